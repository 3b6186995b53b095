"""The files of a workspace as one book: which are read, in what order, and what is counted."""

import gzip
import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.book.book import read
from perfkit.book.cache import Options
from perfkit.config import settings as configs
from perfkit.core.errors import LogReadError, MixedCurrencyError, NoTradesError, UsageError
from perfkit.desk.desk import open as open_desk
from perfkit.summary.summary import Summary
from tests.conftest import BOT, WriteWorkspace
from tests.small_desk import bot_line, desk_of

TWO_SOURCES = """\
sources:
  - {name: scalper, path: logs/scalper, currency: USD}
  - {name: swing, path: logs/swing.jsonl, currency: USD}
"""


def line(day: str = "2026-04-06", pnl: object = 1, **more: object) -> str:
    """A trade that closed at noon of that day."""
    times = {"timestamp": f"{day}T11:00:00Z", "exit_timestamp": f"{day}T12:00:00Z"}
    return json.dumps({**times, "net_profit_loss": pnl, **more}) + "\n"


def findings(summary: Summary) -> dict[str, int]:
    return {finding.code: finding.count for finding in summary.data.findings}


def one_source(pattern: str, path: str = "logs/bot", more: str = "") -> str:
    return f"""\
sources:
  - {{name: bot, path: {path}, pattern: "{pattern}", currency: USD}}
{more}"""


def read_paths(root: Path) -> list[str]:
    """The files read, in order, by the closed trade of each."""
    closed = open_desk(root).book.closed
    return [closed.paths[file] for file in sorted(set(closed.file))]


class TestSources:
    def workspace_of_two(self, workspace: WriteWorkspace, config: str = TWO_SOURCES) -> Path:
        logs = {
            "logs/scalper/2026-04-06.jsonl": line(pnl=1) + line(pnl=2),
            "logs/swing.jsonl": line(pnl=10),
        }
        return workspace(config, logs)

    def test_several_sources_are_one_figure(self, workspace: WriteWorkspace) -> None:
        summary = open_desk(self.workspace_of_two(workspace)).summary()
        assert summary.metrics["net_pnl"] == 13
        parts = {part.name: part.metrics["net_pnl"] for part in summary.breakdowns["source"]}
        assert parts == {"scalper": 3, "swing": 10}
        assert (summary.data.files, summary.data.lines) == (2, 3)

    @pytest.mark.parametrize(("source", "net"), [("scalper", 3), ("swing", 10)])
    def test_one_source_may_be_chosen(
        self, workspace: WriteWorkspace, source: str, net: int
    ) -> None:
        root = self.workspace_of_two(workspace)
        assert open_desk(root, source).summary().metrics["net_pnl"] == net
        by_filter = open_desk(root).summary(where={"source": source})
        assert by_filter.metrics["net_pnl"] == net

    def test_an_unknown_source_is_refused_with_those_there_are(
        self, workspace: WriteWorkspace
    ) -> None:
        root = self.workspace_of_two(workspace)
        with pytest.raises(
            UsageError, match=r"--source hodl: .*; the workspace has scalper, swing"
        ):
            _ = open_desk(root, "hodl").book

    def test_several_currencies_are_refused_with_the_remedy(
        self, workspace: WriteWorkspace
    ) -> None:
        config = TWO_SOURCES.replace("swing.jsonl, currency: USD", "swing.jsonl, currency: EUR")
        root = self.workspace_of_two(workspace, config)
        listed = r"scalper \(USD\), swing \(EUR\)"
        with pytest.raises(MixedCurrencyError, match=f"{listed}.*choose with --source"):
            open_desk(root).summary()
        assert open_desk(root, "swing").summary().currency == "EUR"
        assert open_desk(root).summary(where="source=scalper").currency == "USD"

    def test_trades_of_several_sources_are_in_one_order(self, workspace: WriteWorkspace) -> None:
        logs = {
            "logs/scalper/2026-04-06.jsonl": line(pnl=-1) + line("2026-04-08", pnl=-3),
            "logs/swing.jsonl": line("2026-04-07", pnl=2),
        }
        closed = open_desk(workspace(TWO_SOURCES, logs)).book.closed
        assert [closed[row].net_pnl for row in range(3)] == [Decimal(-1), Decimal(2), Decimal(-3)]
        places = [str(closed[row].line) for row in range(3)]
        assert places == [
            "logs/scalper/2026-04-06.jsonl:1",
            "logs/swing.jsonl:1",
            "logs/scalper/2026-04-06.jsonl:2",
        ]

    def test_bad_lines_are_kept_apart_by_source(self, workspace: WriteWorkspace) -> None:
        logs = {"logs/scalper/2026-04-06.jsonl": "[]\n" + line(), "logs/swing.jsonl": line()}
        errors = open_desk(workspace(TWO_SOURCES, logs)).book.errors_by_source()
        assert {name: len(found) for name, found in errors.items()} == {"scalper": 1, "swing": 0}

    def test_two_sources_may_read_the_same_file(self, workspace: WriteWorkspace) -> None:
        dialect = "fields: {closed_at: exit_timestamp, net_pnl: net_profit_loss}"
        config = "sources:\n" + "".join(
            f"  - {{name: {bot}, path: logs/all.jsonl, currency: USD,\n"
            f"     dialect: {{only: {{bot: {bot}}}, {dialect}}}}}\n"
            for bot in ("a", "b")
        )
        content = line(pnl=1, bot="a") + line(pnl=5, bot="b") + line(pnl="", bot="a")
        book = open_desk(workspace(config, {"logs/all.jsonl": content})).book
        assert [book.closed.source[row] for row in range(2)] == ["a", "b"]
        assert [(error.line, error.reason) for error in book.errors] == [
            (3, "closes a trade without any P&L or outcome")
        ]


class TestFiles:
    def test_a_source_may_be_one_file(self, workspace: WriteWorkspace) -> None:
        config = "sources: [{name: bot, path: logs/my.log, currency: USD}]\n"
        root = workspace(config, {"logs/my.log": line()})
        assert open_desk(root).summary().metrics["closed_trades"] == 1

    def test_a_source_may_lie_outside_the_workspace(
        self, workspace: WriteWorkspace, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        outside = tmp_path_factory.mktemp("elsewhere") / "bot.jsonl"
        outside.write_text("[]\n" + line(), encoding="utf-8")
        config = f"sources: [{{name: bot, path: {outside}, currency: USD}}]\n"
        (error,) = open_desk(workspace(config)).book.errors
        assert error.path == outside.as_posix()

    def test_only_daily_files_are_read_by_default(self, workspace: WriteWorkspace) -> None:
        names = ("2026-04-06.jsonl", "notes.jsonl", "2026-04-07.jsonl.bak", "2026-04-08.json")
        root = workspace(logs={f"logs/trades/{name}": line() for name in names})
        assert read_paths(root) == ["logs/trades/2026-04-06.jsonl"]

    def test_a_pattern_names_the_files(self, workspace: WriteWorkspace) -> None:
        names = ("a.log", "b.log", "c.txt", "sub/d.log")
        logs = {f"logs/bot/{name}": line() for name in names}
        root = workspace(one_source("*.log"), logs)
        assert read_paths(root) == ["logs/bot/a.log", "logs/bot/b.log"]
        assert len(read_paths(workspace(one_source("**/*.log")))) == 3

    def test_compressed_files_are_read_where_the_pattern_names_the_plain_ones(
        self, workspace: WriteWorkspace
    ) -> None:
        logs: dict[str, str | bytes] = {
            "logs/trades/2026-04-06.jsonl.gz": gzip.compress(line(pnl=1).encode()),
            "logs/trades/2026-04-07.jsonl": line("2026-04-07", pnl=2),
        }
        summary = open_desk(workspace(logs=logs)).summary("all")
        assert (summary.metrics["net_pnl"], summary.data.missing_days) == (3, ())

    def test_rotated_files_are_read_oldest_first(self, workspace: WriteWorkspace) -> None:
        """The highest number is the oldest; 10 is older than 9; the plain name is the newest."""
        oldest_first = ["bot.jsonl.10", "bot.jsonl.9", "bot.jsonl.2.gz", "bot.jsonl.1", "bot.jsonl"]
        logs: dict[str, str | bytes] = {}
        for number, name in enumerate(oldest_first):
            content = line(pnl=number, order_id="T1").encode()
            logs[f"logs/bot/{name}"] = gzip.compress(content) if name.endswith("gz") else content
        root = workspace(one_source("bot.jsonl*"), logs)
        (source,) = configs.load(root).sources
        closed = open_desk(root).book.closed
        assert (len(closed), closed[0].net_pnl) == (1, Decimal(4))
        assert [place.path for place in closed.places(0)] == [
            f"logs/bot/{name}" for name in oldest_first
        ]
        assert source.pattern == "bot.jsonl*"

    def test_rotated_files_of_several_names_stay_together(self, workspace: WriteWorkspace) -> None:
        names = ["a.jsonl.2", "a.jsonl.1", "a.jsonl", "b.jsonl.1", "b.jsonl"]
        logs = {f"logs/bot/{name}": line(order_id=name) for name in names}
        assert read_paths(workspace(one_source("?.jsonl*"), logs)) == [
            f"logs/bot/{name}" for name in names
        ]

    def test_a_folder_that_bears_the_name_of_a_log_is_passed_over(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={"logs/trades/2026-04-06.jsonl": line()})
        (root / "logs/trades/2026-04-07.jsonl").mkdir()
        assert read_paths(root) == ["logs/trades/2026-04-06.jsonl"]

    def test_what_perfkit_writes_is_never_read(self, workspace: WriteWorkspace) -> None:
        own = (
            "logs/performance-alerts.jsonl",
            "logs/performance/quarantine/bot.jsonl",
            "logs/performance/daily.jsonl",
        )
        logs = {name: line(pnl=100) for name in own} | {"logs/bot.jsonl": line(pnl=1)}
        root = workspace(one_source("**/*.jsonl", path="logs"), logs)
        assert read_paths(root) == ["logs/bot.jsonl"]

    def test_what_perfkit_writes_is_never_read_under_another_name_either(
        self, workspace: WriteWorkspace
    ) -> None:
        logs = {"logs/performance/daily.jsonl": line(pnl=100), "logs/bot/a.jsonl": line()}
        root = workspace(one_source("*.jsonl"), logs)
        os.symlink(root / "logs/performance/daily.jsonl", root / "logs/bot/b.jsonl")
        assert read_paths(root) == ["logs/bot/a.jsonl"]

    @pytest.mark.parametrize("path", ["logs/performance-alerts.jsonl", "logs/performance"])
    def test_a_source_that_names_what_perfkit_writes_is_refused(
        self, workspace: WriteWorkspace, path: str
    ) -> None:
        root = workspace(one_source("*.jsonl", path=path))
        with pytest.raises(LogReadError, match=f"{path}: is written by perfkit itself; name the"):
            _ = open_desk(root).book

    def test_a_path_that_is_not_there_is_refused_with_where_to_look(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(one_source("*.jsonl", path="logs/gone"))
        with pytest.raises(
            LogReadError, match=r"logs/gone: there is no such .*`path` of source bot in config"
        ):
            _ = open_desk(root).book

    def test_a_file_that_cannot_be_read_is_an_error_and_not_a_file_without_trades(
        self, workspace: WriteWorkspace
    ) -> None:
        logs: dict[str, str | bytes] = {
            "logs/trades/2026-04-06.jsonl": line(),
            "logs/trades/2026-04-07.jsonl.gz": b"no gzip",
        }
        with pytest.raises(LogReadError, match=r"logs/trades/2026-04-07\.jsonl\.gz: "):
            open_desk(workspace(logs=logs)).summary()

    def test_an_empty_folder_has_no_newest_day(self, workspace: WriteWorkspace) -> None:
        desk = open_desk(workspace())
        with pytest.raises(NoTradesError, match="no trades yet"):
            desk.summary()
        assert desk.summary(date="2026-04-06").metrics["closed_trades"] == 0

    def test_progress_is_told_of_every_file(self, workspace: WriteWorkspace) -> None:
        logs = {f"logs/trades/2026-04-0{day}.jsonl": line() for day in (6, 7)}
        told: list[tuple[int, int]] = []
        progress = Options(progress=lambda done, of: told.append((done, of)))
        read(configs.load(workspace(logs=logs)), options=progress)
        assert told == [(0, 2), (1, 2), (2, 2)]

    def test_a_desk_that_is_not_live_reads_once_until_it_is_refreshed(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={"logs/trades/2026-04-06.jsonl": line()})
        desk = open_desk(root, live=False)
        assert desk.summary().metrics["closed_trades"] == 1
        workspace(logs={"logs/trades/2026-04-06.jsonl": line() + line()})
        assert desk.summary().metrics["closed_trades"] == 1
        assert desk.refresh().summary().metrics["closed_trades"] == 2


class TestNewestLine:
    def test_without_a_date_a_window_is_that_of_the_newest_line(
        self, workspace: WriteWorkspace
    ) -> None:
        opened = json.dumps({"timestamp": "2026-04-09T10:00:00Z", "outcome": "open"}) + "\n"
        logs = {"logs/trades/2026-04-06.jsonl": line() + opened + line("2026-04-07")}
        desk = open_desk(workspace(logs=logs))
        assert desk.summary().window.label == "2026-04-09"
        assert desk.summary("weekly").window.label == "2026-W15"
        assert desk.summary("all").window.label == "2026-04-06..2026-04-09"

    def test_the_newest_line_is_of_a_trading_day(self, workspace: WriteWorkspace) -> None:
        config = BOT + 'timezone: America/New_York\nday_start: "17:00"\n'
        late = line(exit_timestamp="2026-04-06T21:00:00Z")
        root = workspace(config, {"logs/trades/2026-04-06.jsonl": late})
        assert open_desk(root).summary().window.label == "2026-04-07"


class TestMissingDays:
    LOGS: ClassVar = {
        f"logs/trades/2026-04-{day:02d}.jsonl": line(f"2026-04-{day:02d}") for day in (6, 9)
    }

    def missing(
        self, workspace: WriteWorkspace, more: str = "", window: str = "weekly"
    ) -> list[int]:
        summary = open_desk(workspace(BOT + more, self.LOGS)).summary(window)
        days = [day.day for day in summary.data.missing_days]
        assert summary.data.partial is bool(days)
        assert findings(summary).get("missing_days", 0) == len(days)
        return days

    def test_an_expected_day_without_its_file_is_missing_up_to_the_newest_line(
        self, workspace: WriteWorkspace
    ) -> None:
        assert self.missing(workspace) == [7, 8]

    def test_a_day_outside_of_the_trading_week_is_not_expected(
        self, workspace: WriteWorkspace
    ) -> None:
        assert self.missing(workspace, "trading_week: mon,tue,thu,fri\n") == [7]

    def test_quiet_days_may_be_days_without_trades(self, workspace: WriteWorkspace) -> None:
        assert self.missing(workspace, "quiet_days: zero\n") == []

    def test_a_window_whose_days_all_have_files_is_whole(self, workspace: WriteWorkspace) -> None:
        assert self.missing(workspace, window="daily") == []

    def test_an_empty_file_is_a_day_without_trades_and_not_missing(
        self, workspace: WriteWorkspace
    ) -> None:
        logs = self.LOGS | {f"logs/trades/2026-04-0{day}.jsonl": "" for day in (7, 8)}
        summary = open_desk(workspace(logs=logs)).summary("weekly")
        assert summary.data.missing_days == ()
        assert summary.metrics["trades_per_day"] == Decimal("0.5")

    def test_a_missing_day_is_never_zero_trades(self, workspace: WriteWorkspace) -> None:
        summary = open_desk(workspace(logs=self.LOGS)).summary("daily", "2026-04-07")
        assert summary.data.missing_days == (date(2026, 4, 7),)
        assert summary.data.partial

    def test_a_source_that_is_one_file_misses_no_day(self, workspace: WriteWorkspace) -> None:
        config = "sources: [{name: bot, path: logs/bot.jsonl, currency: USD}]\n"
        logs = {"logs/bot.jsonl": line() + line("2026-04-09")}
        assert open_desk(workspace(config, logs)).summary("weekly").data.missing_days == ()

    def test_a_day_missing_in_one_source_is_missing(self, workspace: WriteWorkspace) -> None:
        config = TWO_SOURCES.replace("logs/swing.jsonl", "logs/swing")
        logs = {
            "logs/scalper/2026-04-06.jsonl": line(),
            "logs/scalper/2026-04-07.jsonl": line("2026-04-07"),
            "logs/swing/2026-04-07.jsonl": line("2026-04-07"),
        }
        desk = open_desk(workspace(config, logs))
        assert desk.summary("weekly").data.missing_days == (date(2026, 4, 6),)
        assert desk.summary("weekly", where={"source": "scalper"}).data.missing_days == ()

    def test_a_file_that_is_gone_makes_its_day_missing(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs=self.LOGS)
        (root / "logs/trades/2026-04-06.jsonl").unlink()
        summary = open_desk(root).summary("weekly")
        assert date(2026, 4, 6) in summary.data.missing_days
        assert summary.metrics["closed_trades"] == 1


class TestUnterminatedDays:
    def test_half_a_line_of_a_past_day_is_reported(self, workspace: WriteWorkspace) -> None:
        logs = {
            "logs/trades/2026-04-06.jsonl": line() + line()[:20],
            "logs/trades/2026-04-07.jsonl": line("2026-04-07"),
        }
        desk = open_desk(workspace(logs=logs))
        assert findings(desk.summary("daily", "2026-04-06")) == {"unterminated_days": 1}
        assert findings(desk.summary("daily", "2026-04-07")) == {}

    def test_half_a_line_of_the_newest_day_is_still_being_written(
        self, workspace: WriteWorkspace
    ) -> None:
        logs = {"logs/trades/2026-04-06.jsonl": line() + line()[:20]}
        summary = open_desk(workspace(logs=logs)).summary()
        assert (findings(summary), summary.data.lines, summary.data.bad_lines) == ({}, 1, 0)


class TestLineCounts:
    ONLY_SOME = """\
sources:
  - name: bot
    path: logs/bot
    pattern: "*.jsonl"
    currency: USD
    dialect:
      only: {kind: [trade, open, no result]}
      fields: {opened_at: timestamp, closed_at: exit_timestamp, net_pnl: net_profit_loss}
"""

    def test_a_bad_line_counts_in_the_window_of_the_trades_around_it(
        self, workspace: WriteWorkspace
    ) -> None:
        config = "sources: [{name: bot, path: logs/bot.jsonl, currency: USD}]\n"
        content = line() + "[]\n" + line("2026-04-07") + "{\n" + "}\n" + line("2026-04-09")
        desk = open_desk(workspace(config, {"logs/bot.jsonl": content}))
        bad = {
            day: desk.summary("daily", f"2026-04-{day:02d}").data.bad_lines for day in range(6, 10)
        }
        assert bad == {6: 1, 7: 2, 8: 0, 9: 0}
        assert desk.summary("all").data.bad_lines == 3

    def test_bad_lines_before_any_trade_belong_to_the_first(
        self, workspace: WriteWorkspace
    ) -> None:
        config = "sources: [{name: bot, path: logs/bot.jsonl, currency: USD}]\n"
        root = workspace(config, {"logs/bot.jsonl": "[]\n" + line()})
        assert open_desk(root).summary("daily", "2026-04-06").data.bad_lines == 1

    def test_bad_lines_of_a_file_without_trades_belong_to_the_date_in_its_name(
        self, workspace: WriteWorkspace
    ) -> None:
        logs = {
            "logs/trades/2026-04-05.jsonl": "{\n",
            "logs/trades/2026-04-06.jsonl": line(),
        }
        desk = open_desk(workspace(logs=logs))
        by_day = [desk.summary("daily", f"2026-04-0{day}").data.bad_lines for day in (5, 6)]
        assert by_day == [1, 0]
        assert desk.summary("all").data.bad_lines == 1

    def test_bad_lines_newer_than_every_trade_are_not_lost(self, workspace: WriteWorkspace) -> None:
        """A bot that from today on writes nothing readable must not look like a quiet one."""
        logs = {
            "logs/trades/2026-04-06.jsonl": line(),
            "logs/trades/2026-04-07.jsonl": "[]\n" * 3,
        }
        summary = open_desk(workspace(logs=logs)).summary("all")
        assert (summary.data.bad_lines, summary.data.lines) == (3, 4)

    def test_bad_lines_that_tell_no_day_count_in_every_window(
        self, workspace: WriteWorkspace
    ) -> None:
        logs = {"logs/bot/a.jsonl": line(), "logs/bot/b.jsonl": "[]\n[]\n"}
        desk = open_desk(workspace(one_source("?.jsonl"), logs))
        for day in ("2026-04-06", "2026-04-01"):
            assert desk.summary("daily", day).data.bad_lines == 2

    def test_a_close_without_any_result_is_a_bad_line(self, workspace: WriteWorkspace) -> None:
        content = line() + line(pnl="") + line(pnl=2)
        root = workspace(logs={"logs/trades/2026-04-06.jsonl": content})
        desk = open_desk(root)
        (error,) = desk.book.errors
        assert (error.line, error.reason) == (2, "closes a trade without any P&L or outcome")
        assert content.encode()[error.offset :].startswith(line(pnl="").encode())
        summary = desk.summary()
        assert (summary.data.bad_lines, summary.data.lines) == (1, 3)
        assert summary.metrics["closed_trades"] == 2

    def test_a_close_that_a_later_line_completes_is_no_bad_line(
        self, workspace: WriteWorkspace
    ) -> None:
        content = line(pnl="", order_id="T1") + line(pnl=2, order_id="T1")
        desk = open_desk(workspace(logs={"logs/trades/2026-04-06.jsonl": content}))
        assert desk.book.errors == []
        assert desk.summary().metrics["net_pnl"] == 2

    @given(
        kinds=st.lists(
            st.lists(st.sampled_from(["trade", "open", "bad", "ignored", "blank", "no result"])),
            min_size=1,
            max_size=4,
        ),
        waiting=st.booleans(),
    )
    def test_every_line_that_is_not_blank_is_parsed_or_ignored_or_bad(
        self, fresh_workspace: WriteWorkspace, kinds: list[list[str]], waiting: bool
    ) -> None:
        """In the window of everything, with a first file so that there is a newest day."""
        texts = {
            "trade": line(kind="trade"),
            "open": line(kind="open", exit_timestamp=None),
            "bad": "{\n",
            "ignored": line("2026-04-07", kind="other"),
            "blank": "\n",
            "no result": line("2026-04-05", pnl="", kind="no result"),
        }
        logs = {"logs/bot/0.jsonl": line("2026-04-08", kind="trade")}
        for number, own in enumerate(kinds, 1):
            content = "".join(texts[kind] for kind in own) + ("{" if waiting else "")
            logs[f"logs/bot/{number}.jsonl"] = content
        root = fresh_workspace(self.ONLY_SOME, logs)
        data = open_desk(root).summary("all").data
        every = [kind for own in kinds for kind in own]
        assert data.bad_lines == every.count("bad") + every.count("no result")
        assert data.ignored == every.count("ignored")
        assert data.lines == 1 + len(every) - every.count("blank")


def test_a_book_writes_nothing_but_its_cache(workspace: WriteWorkspace) -> None:
    root = workspace(logs={"logs/trades/2026-04-06.jsonl": line() + "[]\n"})
    before = sorted(root.rglob("*"))
    open_desk(root).summary("all")
    cache = root / "logs/performance/cache"
    left = [path for path in sorted(root.rglob("*")) if cache not in (path, *path.parents)]
    assert left == sorted([*before, cache.parent])


def test_a_trading_day_that_began_in_the_file_of_the_date_before_is_not_missing(
    tmp_path: Path,
) -> None:
    content = bot_line(1, "5").replace("T10:01", "T18:01").encode() + b"\n"
    desk = desk_of(tmp_path, "????-??-??.jsonl", {"2026-04-06.jsonl": content})
    config = tmp_path / "config/perfkit.yaml"
    config.write_text(config.read_text() + 'day_start: "17:00"\n')
    desk = open_desk(tmp_path)
    assert desk.summary().window.label == "2026-04-07"
    assert not desk.summary().data.partial


def test_a_line_in_another_file_does_not_make_up_for_a_lost_one(tmp_path: Path) -> None:
    files = {
        "2026-04-06.jsonl": bot_line(1, "5").encode() + b"\n",
        "2026-04-08.jsonl": b"".join(
            bot_line(n, "1", f"2026-04-0{n}").encode() + b"\n" for n in (7, 8)
        ),
    }
    data = desk_of(tmp_path, "????-??-??.jsonl", files).summary("all").data
    assert (data.partial, list(map(str, data.missing_days))) == (True, ["2026-04-07"])
