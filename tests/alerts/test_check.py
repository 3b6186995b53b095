"""Exit 0 is a claim: every source was read to its end just now, and nothing fires."""

import fcntl
import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from perfkit.alerts import commands, state_file
from perfkit.cli import main
from perfkit.core.calendar import HOUR_US, instant_of
from tests.alerting import BOT, START, Bench, minutes, trade

LOSS = """\
rules:
  - {id: loss, metric: net_pnl, over: {window: all}, below: -100, severity: critical}
  - {id: stale, metric: minutes_since_last_line, above: 60}
"""
ONE_LOSS = "rules: [{id: loss, metric: net_pnl, over: {window: all}, below: -100}]\n"
DAILY = "rules: [{id: daily-loss, metric: net_pnl, over: {window: daily}, below: -300}]\n"
TWO = """\
sources:
  - {name: a, path: logs/a, currency: USD}
  - {name: b, path: logs/b, currency: USD}
"""


def firing(root: Path) -> Bench:
    """A workspace in which `loss` fires, with two log files."""
    bench = Bench(root, LOSS)
    bench.trade(START - timedelta(days=1), 1)
    bench.trade(minutes(-1), -500)
    assert bench.run(START).code == 2
    return bench


def newest(bench: Bench) -> Path:
    return max((bench.root / "logs/trades").iterdir())


def emptied(bench: Bench) -> None:
    os.truncate(newest(bench), 0)


def moved_away(bench: Bench) -> None:
    for file in (bench.root / "logs/trades").iterdir():
        shutil.move(file, bench.root / f"away-{file.name}")


def folder_gone(bench: Bench) -> None:
    shutil.move(bench.root / "logs/trades", bench.root / "away")


def a_file_instead_of_the_folder(bench: Bench) -> None:
    folder_gone(bench)
    (bench.root / "logs/trades").write_text("")


def empty_gz(bench: Bench) -> None:
    (bench.root / "logs/trades/2026-04-09.jsonl.gz").touch()


def gz_without_text(bench: Bench) -> None:
    (bench.root / "logs/trades/2026-04-09.jsonl.gz").write_bytes(gzip.compress(b""))


def torn_gz(bench: Bench) -> None:
    packed = gzip.compress(b'{"a": 1}\n' * 1000)
    (bench.root / "logs/trades/2026-04-09.jsonl.gz").write_bytes(packed[:-20])


def link_to_nowhere(bench: Bench) -> None:
    moved_away(bench)
    (bench.root / "logs/trades/2026-04-08.jsonl").symlink_to(bench.root / "nowhere")


def folders_only(bench: Bench) -> None:
    moved_away(bench)
    (bench.root / "logs/trades/2026-04-08.jsonl").mkdir()


def replaced_by_a_new_day(bench: Bench) -> None:
    moved_away(bench)
    bench.log(trade(minutes(0.5), 1), name="2026-04-09.jsonl")


def nothing_but_a_newline(bench: Bench) -> None:
    for file in (bench.root / "logs/trades").iterdir():
        file.write_text("\n")


def garbage(bench: Bench) -> None:
    newest(bench).write_text("garbage\n" * 100)


def zeros(bench: Bench) -> None:
    newest(bench).write_bytes(bytes(4096) + b"\n")


LOST = [
    replaced_by_a_new_day,
    nothing_but_a_newline,
    garbage,
    zeros,
    emptied,
    moved_away,
    folder_gone,
    a_file_instead_of_the_folder,
    empty_gz,
    gz_without_text,
    torn_gz,
    link_to_nowhere,
    folders_only,
]


@pytest.mark.parametrize("lose", LOST)
def test_a_lost_source_is_3_for_as_long_as_it_lasts_and_resolves_nothing(
    tmp_path: Path, lose: Callable[[Bench], None]
) -> None:
    bench = firing(tmp_path)
    kept = tmp_path / "kept"
    shutil.copytree(bench.root / "logs/trades", kept)
    before = len(bench.events())
    lose(bench)
    for minute in (1, 2, 3, 600, 50_000):
        found = bench.run(minutes(minute))
        assert (found.code, found.out) == (3, "")
        assert found.err.startswith("perfkit-alerts: ")
        assert "Traceback" not in found.err
    assert bench.events("resolved") == []
    assert len(bench.events()) - before <= 1  # said once, where the others can be read

    (bench.root / "logs/trades").unlink() if (bench.root / "logs/trades").is_file() else None
    shutil.rmtree(bench.root / "logs/trades", ignore_errors=True)
    shutil.copytree(kept, bench.root / "logs/trades")
    assert bench.run(minutes(50_001)).code == 2
    assert [one["rule"] for one in bench.events("firing")] in (["loss"], ["loss", "stale"])
    assert bench.events("history_rewritten", "resolved") == []


def test_a_source_without_any_file_since_the_first_run_is_no_all_clear(tmp_path: Path) -> None:
    bench = Bench(tmp_path, LOSS)
    for file in (tmp_path / "logs/trades").iterdir():
        file.unlink()
    for minute in range(3):
        found = bench.run(minutes(minute))
        assert found.code == 3
        assert "no file of logs/trades matches ????-??-??.jsonl" in found.err
    bench.trade(minutes(3), -500)
    assert bench.run(minutes(4)).code == 2


def test_files_that_retention_removes_are_no_such_case(tmp_path: Path) -> None:
    bench = firing(tmp_path)
    (bench.root / "logs/trades/2026-04-07.jsonl").unlink()
    assert bench.run(minutes(1)).code == 2


def test_a_new_breach_while_the_source_was_away_is_announced_once_it_is_back(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path, LOSS)
    bench.trade(START, 1)
    assert bench.run(START).code == 0
    shutil.move(tmp_path / "logs/trades", tmp_path / "away")
    assert bench.run(minutes(1)).code == 3
    shutil.move(tmp_path / "away", tmp_path / "logs/trades")
    bench.trade(minutes(2), -500)
    assert bench.run(minutes(3)).code == 2
    assert [one["rule"] for one in bench.events("firing")] == ["loss"]


class TestRulesOfOtherSources:
    RULES = """\
rules:
  - {id: of-a, metric: net_pnl, over: {window: all}, below: -100, where: {source: a}}
  - {id: of-b, metric: net_pnl, over: {window: all}, below: -100, where: {source: b}}
  - {id: of-all, metric: net_pnl, over: {window: all}, below: -100}
  - {id: stale-a, metric: minutes_since_last_line, above: 60, where: {source: a}}
"""

    def bench(self, root: Path) -> Bench:
        bench = Bench(root, self.RULES, TWO)
        for name in "ab":
            (root / "logs" / name).mkdir()
            self.log(bench, name, -10, 1)
        assert bench.run(START).code == 0
        return bench

    def log(self, bench: Bench, name: str, minute: int, pnl: int) -> None:
        bench.log(trade(minutes(minute), pnl), name=f"../{name}/2026-04-08.jsonl")

    def fired(self, bench: Bench) -> list[str]:
        return [one["rule"] for one in bench.events("firing")]

    @pytest.mark.parametrize("lost", ["folder", "files", "content"])
    def test_they_fire_while_another_source_is_lost(self, tmp_path: Path, lost: str) -> None:
        bench = self.bench(tmp_path)
        kept = shutil.copytree(tmp_path / "logs/b", tmp_path / "kept")
        file = tmp_path / "logs/b/2026-04-08.jsonl"
        if lost == "folder":
            shutil.rmtree(tmp_path / "logs/b")
        elif lost == "files":
            file.unlink()
        else:
            os.truncate(file, 0)
        self.log(bench, "a", 1, -500)
        found = bench.run(minutes(2))
        assert found.code == 3
        assert "ource b" in found.err
        assert self.fired(bench) == ["of-a"]
        assert bench.run(minutes(70)).code == 3
        assert self.fired(bench) == ["of-a", "stale-a"]

        shutil.rmtree(tmp_path / "logs/b", ignore_errors=True)
        shutil.copytree(kept, tmp_path / "logs/b")
        assert bench.run(minutes(71)).code == 2
        assert self.fired(bench) == ["of-a", "stale-a", "of-all"]
        assert bench.events("resolved", "history_rewritten") == []

    def test_a_rule_added_meanwhile_begins_when_its_source_is_back(self, tmp_path: Path) -> None:
        bench = self.bench(tmp_path)
        kept = shutil.move(tmp_path / "logs/b", tmp_path / "kept")
        bench.run(minutes(1))
        bench.rules(self.RULES + "  - {id: new, metric: net_pnl, over: {window: all}, below: 9}\n")
        assert bench.run(minutes(2)).code == 3
        assert "new" not in self.fired(bench)
        shutil.move(kept, tmp_path / "logs/b")
        assert bench.run(minutes(3)).code == 2
        assert self.fired(bench) == ["new"]

    def away(self, bench: Bench) -> Path:
        return Path(shutil.move(bench.root / "logs/b", bench.root / "kept"))

    def back(self, bench: Bench) -> None:
        shutil.move(bench.root / "kept", bench.root / "logs/b")

    def news(self, bench: Bench) -> list[str]:
        """The rule and kind of each event but those of sources."""
        found = [f"{one['rule']} {one['kind']}" for one in bench.events() if one["rule"]]
        ids = [one["id"] for one in bench.events()]
        assert len(set(ids)) == len(ids)
        return found

    def test_a_lost_state_beside_a_lost_source_repeats_nothing(self, tmp_path: Path) -> None:
        bench = self.bench(tmp_path)
        self.log(bench, "b", 1, -500)
        assert bench.run(minutes(1)).code == 2
        before = bench.events()
        self.away(bench)
        bench.state.unlink()
        assert bench.run(minutes(2)).code == 3
        assert bench.run(minutes(3)).code == 3
        self.back(bench)
        assert bench.run(minutes(4)).code == 2
        after = bench.events()
        assert after[: len(before)] == before
        sources = [(one["kind"], one["reason"]) for one in after[len(before) :]]
        assert sources == [("data_state", "error"), ("data_state", "ok")]

    def test_a_lost_state_beside_a_lost_source_holds_only_rules_about_it(
        self, tmp_path: Path
    ) -> None:
        bench = self.bench(tmp_path)
        self.log(bench, "b", 1, -500)
        assert bench.run(minutes(1)).code == 2
        before = self.news(bench)
        self.away(bench)
        bench.state.unlink()
        self.log(bench, "a", 2, -500)
        found = bench.run(minutes(2))
        assert (found.code, "WARN warning firing" in found.err) == (3, True)
        assert bench.run(minutes(70)).code == 3
        bench.state.unlink()
        assert bench.run(minutes(71)).code == 3
        assert self.news(bench) == [*before, "of-a firing", "stale-a firing"]
        self.back(bench)
        self.log(bench, "b", 72, 2000)
        assert bench.run(minutes(73)).code == 2
        assert self.news(bench)[len(before) + 2 :] == ["of-b resolved", "of-all resolved"]

    @pytest.mark.parametrize(
        ("edit", "ends"),
        [
            (("-100}", "-200}"), ["of-all resolved", "of-all baseline", "of-all firing"]),
            (("of-all", "other"), ["of-all resolved", "other baseline", "other firing"]),
        ],
    )
    def test_a_rule_edited_while_it_waits_after_a_lost_state_ends_in_the_log(
        self, tmp_path: Path, edit: tuple[str, str], ends: list[str]
    ) -> None:
        bench = self.bench(tmp_path)
        self.log(bench, "b", 1, -500)
        bench.run(minutes(1))
        before = self.news(bench)
        self.away(bench)
        bench.state.unlink()
        bench.run(minutes(2))
        lines = self.RULES.splitlines(keepends=True)
        bench.rules("".join(one.replace(*edit) if "of-all" in one else one for one in lines))
        assert bench.run(minutes(3)).code == 3
        assert self.news(bench)[len(before) :] == ends[:1]
        self.back(bench)
        assert bench.run(minutes(4)).code == 2
        assert self.news(bench)[len(before) :] == ends

    def test_what_was_said_of_a_rule_that_waits_after_a_lost_state_holds(
        self, tmp_path: Path
    ) -> None:
        bench = self.bench(tmp_path)
        self.log(bench, "b", 1, -500)
        bench.run(minutes(1))
        self.away(bench)
        bench.state.unlink()
        bench.run(minutes(2))
        for rule in ("of-all", "of-b"):
            commands.silence(tmp_path, rule, HOUR_US, instant_of(minutes(3)))
        assert bench.run(minutes(4)).code == 3
        self.back(bench)
        assert bench.run(minutes(5)).code == 0
        assert bench.run(minutes(64)).code == 2

    @pytest.mark.parametrize("fired", [-500, 1000])
    def test_what_a_killed_run_wrote_of_a_rule_that_waits_since_is_not_written_again(
        self, tmp_path: Path, fired: int
    ) -> None:
        bench = self.bench(tmp_path)
        self.log(bench, "b", 1, -500)
        if fired > 0:
            bench.run(minutes(1))
            self.log(bench, "b", 2, fired)
        saved = bench.state.read_bytes()
        code = bench.run(minutes(3)).code
        before = self.news(bench)
        bench.state.write_bytes(saved)  # as if the run had been killed before it wrote the state
        self.away(bench)
        assert bench.run(minutes(4)).code == 3
        assert bench.run(minutes(5)).code == 3
        self.back(bench)
        assert bench.run(minutes(6)).code == code
        assert self.news(bench) == before


class TestAheadOfTheClock:
    def test_it_does_not_end_the_present_window(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY)
        bench.trade(minutes(-2), 1)
        bench.trade(minutes(-1), -400)
        assert bench.run(START).code == 2
        bench.trade(START + timedelta(days=365), 5)
        assert bench.run(minutes(1)).code == 2
        bench.trade(minutes(2), 200)
        assert bench.run(minutes(3)).code == 0
        bench.trade(minutes(4), -5000)
        assert bench.run(minutes(5)).code == 2
        assert bench.told() == [
            "firing",
            "data_state error",
            "resolved recovered",
            "firing",
        ]

    @pytest.mark.parametrize(
        "ahead",
        [
            timedelta(minutes=11),
            timedelta(hours=2),
            timedelta(hours=14),
            timedelta(days=1),
            timedelta(days=40_000),
        ],
    )
    def test_it_waits_until_its_time_has_come(self, tmp_path: Path, ahead: timedelta) -> None:
        bench = Bench(tmp_path, LOSS)
        bench.trade(START, 1)
        assert bench.run(START).code == 0
        bench.trade(START + ahead, -500)
        assert bench.run(minutes(0.5)).code == 0
        assert bench.run(minutes(0.9)).code == 0
        assert bench.told() == ["data_state error"]  # said once
        found = json.loads(bench.run(minutes(0.9), "--json").out)
        assert len(found["ahead"]) == 1
        assert found["ahead"][0].endswith(".jsonl:1") or ahead < timedelta(days=1)
        bench.rules(LOSS.replace("above: 60", "above: 60000000"))
        due = START + ahead - timedelta(minutes=10)
        assert bench.run(due - timedelta(seconds=1)).code == 0
        assert bench.run(due).code == 2
        assert json.loads(bench.run(due, "--json").out)["ahead"] == []
        assert bench.events("firing")[0]["rule"] == "loss"

    def test_ten_minutes_ahead_are_the_present(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, LOSS)
        bench.run(START)
        bench.trade(minutes(10), -500)
        assert bench.run(START).code == 2

    def test_how_far_ahead_counts_is_configured(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, "ahead: 2h\n" + LOSS)
        bench.run(START)
        bench.trade(minutes(119), -500)
        assert bench.run(START).code == 2
        for wrong in ("none", "999999d", "2d"):
            bench.rules(f"ahead: {wrong}\n{LOSS}")
            found = bench.run(minutes(1))
            assert found.code == 3
            assert f"'{wrong}' is not a duration of at most a day" in found.err

    def test_it_does_not_hide_a_dead_bot(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, LOSS)
        bench.trade(START, 1)
        bench.trade(START + timedelta(days=3), 1)
        assert bench.run(minutes(60)).code == 0
        assert bench.run(minutes(61)).code == 2

    def test_an_open_trade_ahead_hides_nothing_either(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, LOSS)
        bench.trade(START, 1)
        opened = {"timestamp": "2026-04-11T10:00:00Z", "order_id": "1", "outcome": "open"}
        bench.log(opened, name="2026-04-08.jsonl")
        assert bench.run(minutes(60)).code == 0
        assert bench.run(minutes(61)).code == 2

    def test_many_of_them_are_said_once_and_new_ones_again(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, LOSS)
        bench.trade(START, 1)
        bench.run(START)
        for day in range(1, 40):
            bench.trade(START + timedelta(days=day), 1, order_id=str(day))
        found = bench.run(minutes(1))
        assert found.code == 0
        assert found.err.count("\n") == 1
        assert "39 trades close later than now" in found.err
        bench.trade(START + timedelta(days=50), 1)
        bench.run(minutes(2))
        bench.run(minutes(3))
        assert bench.told() == ["data_state error", "data_state error"]


class TestClock:
    @pytest.mark.parametrize(
        "now",
        [
            "1970-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "1800-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2300-01-01T00:00:00+14:00",
        ],
    )
    def test_any_clock_is_survived_and_soon_forgotten(self, tmp_path: Path, now: str) -> None:
        bench = Bench(tmp_path, LOSS)
        bench.trade(START, 1)
        assert bench.run(START).code == 0
        odd = bench.run(datetime.fromisoformat(now))
        assert odd.code in (2, 3)
        assert "Traceback" not in odd.err
        assert "a bug" not in odd.err
        bench.run(minutes(1))
        assert bench.run(minutes(2)).code == 0
        assert bench.run(minutes(61)).code == 2  # the clock rule works again
        assert [one["rule"] for one in bench.events("firing")][-1] == "stale"

    @pytest.mark.parametrize("now", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+10:00"])
    def test_a_time_that_no_calendar_has_is_wrong_usage(self, tmp_path: Path, now: str) -> None:
        bench = Bench(tmp_path, LOSS)
        found = bench.run(datetime.fromisoformat(now))
        assert found.code == 3
        assert "is not in the years 1 to 9999 of UTC" in found.err
        assert not bench.state.exists()

    def test_a_clock_ahead_for_one_run_silences_nothing_for_years(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, LOSS)
        bench.trade(START, 1)
        bench.run(START)
        assert bench.run(START + timedelta(days=3650)).code == 2
        bench.run(minutes(1))
        assert bench.run(minutes(2)).code == 0
        assert bench.run(minutes(62)).code == 2
        assert bench.events("clock_skew")[0]["detected_at"] == "2026-04-08T10:01:00Z"
        assert len(bench.events("clock_skew")) == 1

    def test_a_clock_that_is_behind_what_was_evaluated_is_no_all_clear(
        self, tmp_path: Path
    ) -> None:
        bench = firing(tmp_path)
        for minute in range(3):
            found = bench.run(START - timedelta(days=1) + timedelta(minutes=minute))
            assert found.code == 3
        assert "check the clock" in found.err
        assert bench.events("resolved") == []
        assert bench.run(minutes(1)).code == 2


@contextmanager
def locked(bench: Bench) -> Iterator[None]:
    """Another run is working, and has been for a short time."""
    with (bench.root / state_file.LOCK).open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        os.utime(held.fileno())
        yield


class TestBesideAnotherRun:
    def test_it_answers_from_the_last_run_while_that_is_fresh(self, tmp_path: Path) -> None:
        bench = firing(tmp_path)
        with locked(bench):
            assert bench.run(minutes(1)).code == 2
            assert bench.run(minutes(2)).code == 2
            found = bench.run(minutes(2.1))
            assert found.code == 3
            assert "the last finished run was at 2026-04-08T10:00:00Z" in found.err

    def test_rare_runs_have_longer_intervals(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, LOSS)
        bench.trade(START, 1)
        for minute in (0, 15, 30):
            bench.run(minutes(minute))
        with locked(bench):
            assert bench.run(minutes(59)).code == 0
            assert bench.run(minutes(61)).code == 3

    @pytest.mark.parametrize("text", ["rules: [\n", LOSS.replace("-100", "-200")])
    def test_a_changed_configuration_is_no_all_clear(self, tmp_path: Path, text: str) -> None:
        bench = Bench(tmp_path, LOSS)
        bench.trade(START, 1)
        assert bench.run(START).code == 0
        bench.rules(text)
        with locked(bench):
            found = bench.run(minutes(1))
        assert found.code == 3
        assert "the configuration has changed" in found.err

    @pytest.mark.parametrize("lost", [state_file.STATE, state_file.HEARTBEAT])
    def test_without_a_state_nothing_is_awaited(self, tmp_path: Path, lost: str) -> None:
        bench = Bench(tmp_path, LOSS)
        bench.trade(START, 1)
        assert bench.run(START).code == 0
        (tmp_path / lost).unlink()
        with locked(bench):
            found = bench.run(minutes(1))
        assert found.code == 3
        assert "no run before it has left a state" in found.err

    def test_a_run_that_could_not_evaluate_is_no_all_clear(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, LOSS)
        bench.trade(START, 1)
        assert bench.run(START).code == 0
        shutil.move(tmp_path / "logs/trades", tmp_path / "away")
        assert bench.run(minutes(1)).code == 3
        with locked(bench):
            assert bench.run(minutes(1.5)).code == 3


class TestClockThatWasAhead:
    YEAR = timedelta(days=365)

    def us(self, at: datetime) -> int:
        return instant_of(at)

    @pytest.mark.parametrize("runs_ahead", [True, False])
    def test_a_silence_that_it_began_ends(self, tmp_path: Path, runs_ahead: bool) -> None:
        bench = Bench(tmp_path, ONE_LOSS)
        bench.trade(START, 1)
        bench.run(START)
        commands.silence(tmp_path, "loss", HOUR_US, self.us(START + self.YEAR))
        if runs_ahead:
            bench.run(START + self.YEAR)
        bench.trade(minutes(1), -500)
        found = bench.run(minutes(2))
        assert (found.code, "WARN warning firing" in found.err) == (2, True)
        assert len(bench.events("unsilenced")) == 1

    def test_a_silence_by_a_clock_a_moment_ahead_holds(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, ONE_LOSS)
        bench.trade(START, -500)
        assert bench.run(START).code == 2
        commands.silence(tmp_path, "loss", HOUR_US, self.us(minutes(1)) + 500_000)
        assert bench.run(minutes(1)).code == 0

    def test_reminders_go_on_by_the_clock_as_it_is(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, ONE_LOSS.replace("-100}", "-100, remind_every: 1h}"))
        bench.trade(START, -500)
        bench.run(minutes(1))
        bench.run(START + self.YEAR)
        for minute in (61, 62, 121, 600):
            bench.run(minutes(minute))
        kinds = [one["kind"] for one in bench.events("reminder", "clock_skew")]
        assert kinds == ["reminder", "clock_skew", "reminder", "reminder", "reminder"]

    @pytest.mark.parametrize(
        ("runs", "reminders"),
        [
            # reminded by the right clock, then once behind, then right again
            ((1, 61, 121, 301, 30, 302, 361), [61, 121, 301, 361]),
            # once ahead: the first is due in the very run that notices it
            ((1, 301, 61, 62, 121), [301, 61, 121]),
            # ahead when it fired
            ((301, 61, 62, 121), [61, 121]),
            # behind by less than what is between two
            ((1, 61, 121, 119, 122, 181), [61, 121, 181]),
            # back twice
            ((1, 61, 121, 301, 30, 122, 40, 123, 302, 361), [61, 121, 301, 361]),
        ],
    )
    def test_each_reminder_comes_once_wherever_the_clock_jumps(
        self, tmp_path: Path, runs: tuple[int, ...], reminders: list[int]
    ) -> None:
        bench = Bench(tmp_path, ONE_LOSS.replace("-100}", "-100, remind_every: 1h}"))
        bench.trade(START, -500)
        for minute in runs:
            bench.run(minutes(minute))
        found = [datetime.fromisoformat(one["detected_at"]) for one in bench.events("reminder")]
        assert found == [minutes(minute) for minute in reminders]
        ids = [one["id"] for one in bench.events()]
        assert len(set(ids)) == len(ids)

    @pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
    def test_hours_and_reminders_at_the_ends_of_the_calendar(
        self, tmp_path: Path, moment: str
    ) -> None:
        active = '{days: mon-fri, from: "09:30", to: "16:00", timezone: America/New_York}'
        rule = f"id: old, metric: minutes_since_last_line, above: 60, active: {active}"
        bench = Bench(tmp_path, f"rules: [{{{rule}, remind_every: 1h}}]\n")
        bench.trade(START, -500)
        for at in (START, datetime.fromisoformat(moment), START + self.YEAR):
            assert "Traceback" not in bench.run(at).err
        commands.silence(tmp_path, "old", HOUR_US, self.us(datetime.fromisoformat(moment)))


class TestLogWithoutItsHead:
    def test_what_a_killed_run_wrote_is_not_written_again(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, ONE_LOSS)
        bench.trade(START, 1)
        bench.run(START)
        saved = bench.state.read_bytes()
        bench.trade(minutes(1), -500)
        assert bench.run(minutes(2)).code == 2
        bench.state.write_bytes(saved)  # as if the run had been killed before it wrote the state
        lines = bench.event_log.read_bytes().splitlines(keepends=True)
        bench.event_log.write_bytes(b"".join(lines[1:]))
        assert bench.run(minutes(3)).code == 2
        assert len(bench.events("firing")) == 1

    def test_an_edited_rule_is_known_after_a_lost_state(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, ONE_LOSS)
        bench.trade(START, -500)
        bench.run(START)
        bench.rules(ONE_LOSS.replace("-100", "-200"))
        bench.run(minutes(1))
        lines = bench.event_log.read_bytes().splitlines(keepends=True)
        bench.event_log.write_bytes(b"".join(lines[-2:]))
        bench.state.unlink()
        before = len(bench.events())
        assert bench.run(minutes(2)).code == 2
        assert len(bench.events()) == before


class TestIds:
    ONE = "rules: [{id: loss, metric: net_pnl, over: {window: all}, below: -100}]\n"

    def all_ids_differ(self, bench: Bench) -> None:
        ids = [one["id"] for one in bench.events()]
        assert len(set(ids)) == len(ids)
        ends = {one["episode"] for one in bench.events("resolved")}
        open_now = [one for one in bench.events("firing") if one["episode"] not in ends]
        assert len(open_now) <= 1

    def test_not_after_a_lost_state_and_a_file_that_came_back(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, self.ONE)
        bench.trade(START - timedelta(days=1), 1)
        bench.trade(START, -500)
        file = tmp_path / "logs/trades/2026-04-08.jsonl"
        for round_ in range(3):
            assert bench.run(minutes(3 * round_)).code == 2
            kept = file.rename(tmp_path / "kept")
            assert bench.run(minutes(3 * round_ + 1)).code == 0
            bench.state.unlink()
            assert bench.run(minutes(3 * round_ + 2)).code == 0
            kept.rename(file)
        assert bench.run(minutes(20)).code == 2
        assert len(bench.events("firing")) == 4
        self.all_ids_differ(bench)

    def test_not_after_a_rule_was_removed_the_state_lost_and_the_rule_added(
        self, tmp_path: Path
    ) -> None:
        other = "rules: [{id: other, metric: net_pnl, over: {window: all}, below: -1000}]\n"
        bench = Bench(tmp_path, self.ONE)
        bench.trade(START, -500)
        for round_ in range(3):
            bench.rules(self.ONE)
            assert bench.run(minutes(3 * round_)).code == 2
            bench.rules(other)
            assert bench.run(minutes(3 * round_ + 1)).code == 0
            bench.state.unlink()
        assert len(bench.events("firing")) == 3
        self.all_ids_differ(bench)

    @pytest.mark.parametrize(
        ("rules", "reason", "code"),
        [
            (ONE.replace("-100", "-900"), "rule_changed", 0),
            (ONE.replace("-100", "-200"), "rule_changed", 2),
            (ONE.replace("loss", "gain"), "rule_removed", 2),
        ],
    )
    def test_an_episode_ends_in_the_log_though_the_state_was_lost_before_its_rule(
        self, tmp_path: Path, rules: str, reason: str, code: int
    ) -> None:
        bench = Bench(tmp_path, self.ONE)
        bench.trade(START, -500)
        assert bench.run(START).code == 2
        bench.state.unlink()
        bench.rules(rules)
        assert bench.run(minutes(1)).code == code
        (ended,) = bench.events("resolved")
        assert (ended["rule"], ended["reason"]) == ("loss", reason)
        assert ended["episode"] == bench.events("firing")[0]["episode"]
        self.all_ids_differ(bench)

    @pytest.mark.parametrize(
        ("over", "more", "days"),
        [
            pytest.param("{window: daily}", "", 1, id="a day that is over"),
            pytest.param("{window: monthly}", "", 30, id="a month that is over"),
            pytest.param("{window: daily}", ", by: symbol", 1, id="a day of a group"),
            pytest.param("{trades: 3}", ", by: symbol, min_trades: 1", 40, id="an idle group"),
        ],
    )
    def test_an_end_that_a_later_trade_showed_is_not_told_again(
        self, tmp_path: Path, over: str, more: str, days: int
    ) -> None:
        one = f"rules: [{{id: loss, metric: net_pnl, over: {over}, below: -100{more}}}]\n"
        bench = Bench(tmp_path, one)
        bench.trade(START - timedelta(days=1), 5)
        assert bench.run(minutes(-60)).code == 0
        bench.trade(START, -500)
        assert bench.run(minutes(1)).code == 2
        later = START + timedelta(days=days)
        for number, symbol in enumerate(("ETH", "BTC", "ETH")):
            at = later + timedelta(hours=number)
            bench.trade(at, 5, symbol=symbol)
            bench.run(at)
            before = bench.events()
            bench.state.unlink()
            bench.run(at + timedelta(minutes=1))
            assert bench.events() == before
        assert len(bench.events("resolved")) == 1
        self.all_ids_differ(bench)

    def test_reminders_are_not_repeated_after_a_lost_state(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, self.ONE.replace("-100}", "-100, remind_every: 1h}"))
        bench.trade(START, -500)
        bench.run(START)
        bench.run(minutes(61))
        bench.state.unlink()
        bench.run(minutes(62))
        bench.run(minutes(121))
        assert len(bench.events("reminder")) == 2
        self.all_ids_differ(bench)

    @pytest.mark.parametrize("cut", range(4))
    def test_not_after_the_state_and_the_head_of_the_log_are_lost(
        self, tmp_path: Path, cut: int
    ) -> None:
        bench = Bench(tmp_path, self.ONE)
        bench.trade(START, 1)
        known, lines = set[str](), list[str]()
        for minute in range(8):
            if minute % 2:
                moved_away(bench)
            else:
                for file in tmp_path.glob("away-*"):
                    file.rename(tmp_path / "logs/trades" / file.name.removeprefix("away-"))
            if minute == 4:
                events = bench.event_log.read_bytes().splitlines(keepends=True)
                bench.event_log.write_bytes(b"".join(events[:1] + events[1 + cut :]))
                bench.state.unlink()
            found = bench.run(minutes(minute))
            lines += [line for line in found.err.splitlines() if "WARN data_state" in line]
            known |= {one["id"] for one in bench.events("data_state")}
        assert len(known) == len(lines) >= 6

    def test_the_same_history_gives_the_same_ids(self, tmp_path: Path) -> None:
        found = []
        for name in ("one", "other"):
            bench = Bench(tmp_path / name, self.ONE)
            bench.trade(START, -500)
            bench.run(START if name == "one" else minutes(7))
            bench.trade(START + timedelta(days=9), -1)
            bench.run(minutes(8))
            bench.trade(minutes(8), 900)
            bench.run(minutes(9))
            found.append([one["id"] for one in bench.events()])
        assert found[0] == found[1]


def test_status_says_that_the_latest_run_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path, LOSS)
    bench.trade(START, 1)
    assert bench.run(START).code == 0
    moved_away(bench)
    assert bench.run(minutes(1)).code == 3
    assert main.main(["alerts", "status", "--root", str(tmp_path)]) == 3
    assert "could not evaluate everything" in capsys.readouterr().out


def test_odd_lines_of_the_event_log_are_passed_over(tmp_path: Path) -> None:
    bench = firing(tmp_path)
    odd = {"event": "performance.alert", "v": 1, "id": "x", "kind": "firing", "rule": "loss"}
    with bench.event_log.open("a") as stream:
        for more in ({}, {"episode": None}, {"episode": 5}):
            stream.write(json.dumps({**odd, **more}) + "\n")
    bench.trade(minutes(1), -5)
    found = bench.run(minutes(2))
    assert (found.code, found.err) == (2, "")


def test_whoever_starts_over_gets_the_lines_again(tmp_path: Path) -> None:
    bench = firing(tmp_path)
    bench.state.unlink()
    bench.event_log.unlink()
    found = bench.run(minutes(1))
    assert found.code == 2
    assert "critical firing" in found.err


@pytest.mark.parametrize("name", ["logs/performance-alerts.jsonl", "config/alerts.yaml"])
def test_nobody_waits_for_a_fifo(tmp_path: Path, name: str) -> None:
    bench = firing(tmp_path)
    (tmp_path / name).unlink()
    os.mkfifo(tmp_path / name)
    bench.trade(minutes(1), 900)
    assert bench.run(minutes(2)).code == 3


def test_json_says_why(tmp_path: Path) -> None:
    bench = Bench(tmp_path, TestRulesOfOtherSources.RULES, TWO)
    for name in "ab":
        (tmp_path / "logs" / name).mkdir()
    bench.log(trade(START, 1), name="../a/2026-04-08.jsonl")
    found = json.loads(bench.run(START, "--json").out)
    assert found["code"] == 3
    assert found["reason"].startswith("source b: no file of logs/b matches")


class TestHolidays:
    """On 8 April, a holiday, no rule counts time or steps; START is 10:00 on it."""

    CONFIG = BOT + "holidays: [2026-04-08]\n"

    def test_silence_on_a_holiday_is_no_breach(self, tmp_path: Path) -> None:
        stale = "rules: [{id: stale, metric: minutes_since_last_line, above: 60}]\n"
        for name, config, code in (("open", BOT, 2), ("closed", self.CONFIG, 0)):
            bench = Bench(tmp_path / name, stale, config)
            bench.trade(START - timedelta(hours=10, minutes=30), 1)
            assert bench.run(START).code == code
        # 30 minutes before the holiday and 29, then 32 after it
        assert bench.run(START + timedelta(hours=14, minutes=29)).code == 0
        assert bench.run(START + timedelta(hours=14, minutes=32)).code == 2

    def test_a_trade_on_a_holiday_is_no_step(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY, self.CONFIG)
        bench.trade(START - timedelta(days=1), 1)
        assert bench.run(START - timedelta(days=1)).code == 0
        bench.trade(minutes(-1), -500)
        assert bench.run(START).code == 0
        bench.trade(START + timedelta(days=1), -500)
        assert bench.run(START + timedelta(days=1)).code == 2

    def test_another_year_of_holidays_ends_no_episode(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, LOSS)
        bench.trade(START - timedelta(days=1), -500)
        assert bench.run(START - timedelta(days=1)).code == 2
        config = bench.root / "config/perfkit.yaml"
        config.write_text(config.read_text() + "holidays: [2027-01-01]\n")
        assert bench.run(START - timedelta(days=1) + timedelta(minutes=1)).code == 2
        assert [one["kind"] for one in bench.events()].count("firing") == 1
        assert not bench.events("resolved")
