"""A part of the logs is gone: a folder, what a file held, the end of one that is written anew."""

import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from tests.alerting import Bench, minutes, ran

RULES = "rules: [{id: loss, metric: net_pnl, over: {window: all}, below: -10}]\n"
CONFIG = """\
sources:
  - name: bot
    path: logs/trades
    pattern: "{pattern}"
    currency: USD
    dialect: {{fields: {{closed_at: t, net_pnl: pnl}}}}
"""


def lines(*trades: tuple[int, int], time: str = "09:00:00") -> str:
    """A line for each day of April 2026 and P&L."""
    return "".join(f'{{"t": "2026-04-{day:02}T{time}Z", "pnl": {pnl}}}\n' for day, pnl in trades)


def firing(root: Path, files: dict[str, str], pattern: str = "*.jsonl") -> Bench:
    """A workspace with those files, whose rule fires."""
    bench = Bench(root, RULES, CONFIG.format(pattern=pattern))
    for file in (root / "logs/trades").iterdir():
        file.unlink()
    write(bench, files)
    assert bench.run(minutes(0)).code == 2
    return bench


def write(bench: Bench, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = bench.root / "logs/trades" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def assert_waits(bench: Bench, *words: str) -> None:
    """For as long as that lasts the code is 3, and nothing is resolved."""
    for minute in (1, 2, 600):
        found = bench.run(minutes(minute))
        assert found.code == 3, found.err
    for word in words:
        assert word in found.err
    assert bench.events("resolved") == []
    assert troubles(bench)[-1:] == ["error"]


def troubles(bench: Bench) -> list[str]:
    """What was said of the source: `error`, and `ok` when it can be relied on again."""
    said = [str(one["reason"]) for one in bench.events("data_state")]
    return [one for one in said if one in ("error", "ok")]


DAYS = {"07.jsonl": lines((7, 5)), "08.jsonl": lines((8, -500), (8, 1))}


class TestFileWithoutItsRecords:
    @pytest.mark.parametrize(
        "left",
        [
            pytest.param("\0" * 4096, id="zeros after a power cut"),
            pytest.param("\ufeff", id="a byte order mark"),
            pytest.param("  ", id="blanks"),
            pytest.param("\n", id="a newline"),
            pytest.param("\n\n\n", id="newlines"),
            pytest.param(lines((8, -500))[:30], id="half of its first line"),
        ],
    )
    @pytest.mark.parametrize("name", sorted(DAYS))
    def test_what_it_held_is_not_taken_back(self, tmp_path: Path, left: str, name: str) -> None:
        bench = firing(tmp_path, DAYS | {"06.jsonl": lines((6, -100))})
        write(bench, {name: left})
        assert_waits(bench, name)
        write(bench, DAYS)
        assert bench.run(minutes(601)).code == 2
        assert len(bench.events("firing")) == 1

    def test_a_file_that_is_removed_is_no_such_case(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, DAYS)
        write(bench, {"07.jsonl": "\n"})
        assert bench.run(minutes(1)).code == 3
        (tmp_path / "logs/trades/07.jsonl").unlink()
        assert bench.run(minutes(2)).code == 2

    def test_nor_are_records_that_are_ignored_now(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, DAYS)
        path = tmp_path / "config/perfkit.yaml"
        path.write_text(path.read_text().replace("{fields", "{only: {k: Z}, fields"))
        write(bench, {"07.jsonl": lines((7, 5))})
        assert "ignored" in bench.run(minutes(1)).err


class TestFileThatIsWrittenAnew:
    @pytest.mark.parametrize("written", [70, 75, 100])
    def test_a_copy_caught_in_the_middle_is_not_believed(
        self, tmp_path: Path, written: int
    ) -> None:
        whole = lines((8, 5), (8, 1), (8, -500), (8, 2))
        bench = firing(tmp_path, {"07.jsonl": lines((7, 5)), "08.jsonl": whole})
        for minute in (1, 2, 3):
            write(bench, {"08.jsonl": whole[: written + minute]})
            found = bench.run(minutes(minute))
            assert (found.code, "08.jsonl" in found.err) == (3, True), found.err
        write(bench, {"08.jsonl": whole})
        assert bench.run(minutes(4)).code == 2
        assert bench.events("resolved") == []

    @pytest.mark.parametrize("more", [-100, 0, 4096])
    @pytest.mark.parametrize("others", [{}, {"07.jsonl": lines((7, 5))}], ids=["alone", "others"])
    def test_zeros_in_place_of_its_last_lines(
        self, tmp_path: Path, others: dict[str, str], more: int
    ) -> None:
        whole = lines((8, 1), (8, -500), (8, 2), (8, 3), (8, 4))
        bench = firing(tmp_path, others | {"08.jsonl": whole})
        left = whole[: len(whole) // 5]
        write(bench, {"08.jsonl": left + "\0" * (len(whole) - len(left) + more)})
        assert_waits(bench, "08.jsonl")
        write(bench, {"08.jsonl": whole})
        assert bench.run(minutes(601)).code == 2
        assert len(bench.events("firing")) == 1

    def test_a_log_that_was_rotated_is_no_such_case(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, {"bot.jsonl": lines((7, 5), (8, -500))}, "bot.jsonl*")
        trades = tmp_path / "logs/trades"
        (trades / "bot.jsonl").rename(trades / "bot.jsonl.1")
        write(bench, {"bot.jsonl": lines((9, 1), (9, 2))[:70]})
        assert bench.run(minutes(1)).code == 2

    def test_a_whole_file_that_is_shorter_is_a_correction(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, DAYS)
        write(bench, {"08.jsonl": lines((8, 1))})
        assert bench.run(minutes(1)).code == 0
        assert len(bench.events("resolved")) == 1


class TestRotation:
    """The numbers are all there: each file gets the name of another one."""

    def rotated(self, root: Path, new: str, *, copied: str | None = None) -> None:
        """As logrotate does; with `copied`, the log is copied with that at its end, and emptied."""
        trades = root / "logs/trades"
        for number in (2, 1):
            (trades / f"bot.jsonl.{number}").replace(trades / f"bot.jsonl.{number + 1}")
        if copied is None:
            (trades / "bot.jsonl").rename(trades / "bot.jsonl.1")
        else:
            (trades / "bot.jsonl.1").write_text((trades / "bot.jsonl").read_text() + copied)
        (trades / "bot.jsonl").write_text(new)

    def numbered(self, root: Path, newest: str) -> Bench:
        older = {f"bot.jsonl.{n}": lines(*[(7 - n, 1)] * 5) for n in (3, 2, 1)}
        return firing(root, older | {"bot.jsonl": newest}, "bot.jsonl*")

    @pytest.mark.parametrize("copied", [None, "", lines((8, 7))])
    def test_of_a_log_that_ends_within_a_line(self, tmp_path: Path, copied: str | None) -> None:
        begun = "" if copied else lines((8, 1))[:20]
        bench = self.numbered(tmp_path, lines((7, -500)) + begun)
        self.rotated(tmp_path, lines((8, 3)), copied=copied)
        for minute in (1, 2, 700):
            assert bench.run(minutes(minute)).code == 2
        assert troubles(bench) == []

    @pytest.mark.parametrize("copied", [None, ""])
    def test_of_empty_logs_over_a_weekend(self, tmp_path: Path, copied: str | None) -> None:
        bench = self.numbered(tmp_path, lines((7, -500)))
        for day in (1, 2):
            self.rotated(tmp_path, "", copied=copied)
            assert "empty" in bench.run(minutes(1440 * day)).err
        write(bench, {"bot.jsonl": lines((10, -1))})
        assert bench.run(minutes(1440 * 2 + 600)).code == 2
        assert troubles(bench) == ["error", "ok"]

    def test_an_empty_log_that_gets_the_name_of_the_oldest(self, tmp_path: Path) -> None:
        older = {"bot.jsonl.3": lines((6, 5)), "bot.jsonl.2": "", "bot.jsonl.1": ""}
        bench = firing(tmp_path, older | {"bot.jsonl": lines((7, -500), (8, 1))}, "bot.jsonl*")
        self.rotated(tmp_path, lines((8, -1)))
        assert bench.run(minutes(1)).code == 2
        assert troubles(bench) == []

    def test_packed_when_the_cache_is_lost(self, tmp_path: Path) -> None:
        bench = firing(
            tmp_path, {"06.jsonl": lines((6, 5)), "07.jsonl": lines((7, -500))}, "*.jsonl*"
        )
        trades = tmp_path / "logs/trades"
        for name in ("06.jsonl", "07.jsonl"):
            (trades / f"{name}.gz").write_bytes(gzip.compress((trades / name).read_bytes()))
            (trades / name).unlink()
        shutil.rmtree(tmp_path / "logs/performance/cache")
        write(bench, {"08.jsonl": lines((8, 1))})
        assert bench.run(minutes(1)).code == 2
        assert troubles(bench) == []

    @pytest.mark.parametrize("more", ["", lines((8, 7))])
    def test_packed_at_once(self, tmp_path: Path, more: str) -> None:
        bench = firing(tmp_path, {"bot.jsonl": lines((7, -500), (8, 1))}, "bot.jsonl*")
        trades = tmp_path / "logs/trades"
        packed = gzip.compress(((trades / "bot.jsonl").read_text() + more).encode())
        (trades / "bot.jsonl.1.gz").write_bytes(packed)
        write(bench, {"bot.jsonl": lines((8, 3))})
        assert bench.run(minutes(1)).code == 2
        assert troubles(bench) == []

    def test_another_content_is_no_rotated_one(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, {"a/bot.jsonl": lines((7, -500), (8, 1))}, "*/bot.jsonl*")
        write(bench, {"b/bot.jsonl": lines((7, 500), (8, 1))})
        (tmp_path / "logs/trades/a/bot.jsonl").unlink()
        assert_waits(bench, "it had")


class TestBotThatGoesOn:
    """A volume is unmounted, and the bot makes its file anew below the mount point."""

    @pytest.mark.parametrize("minutes_away", [0, 1])
    def test_the_log_of_the_day(self, tmp_path: Path, minutes_away: int) -> None:
        bench = firing(tmp_path, DAYS | {"06.jsonl": lines((6, 5))})
        trades = tmp_path / "logs/trades"
        trades.rename(tmp_path / "away")
        trades.mkdir()
        for minute in range(minutes_away):
            assert bench.run(minutes(0) + (minutes(minute + 1) - minutes(0)) / 2).code == 3
        write(bench, {"08.jsonl": lines((8, 2))})
        assert_waits(bench, "mounted")
        shutil.rmtree(trades)
        (tmp_path / "away").rename(trades)
        assert bench.run(minutes(601)).code == 2

    @pytest.fixture
    def volume(self) -> Iterator[Path]:
        """A folder on another device."""
        shared = Path("/dev/shm")
        if not os.access(shared, os.W_OK):
            pytest.skip("there is no other device to write to")
        with tempfile.TemporaryDirectory(dir=shared) as folder:
            if os.stat(folder).st_dev == os.stat(tempfile.gettempdir()).st_dev:
                pytest.skip("it is the same device")
            yield Path(folder)

    @pytest.mark.parametrize("pattern", ["a/bot.jsonl", "*/bot.jsonl"])
    def test_its_only_log(self, tmp_path: Path, volume: Path, pattern: str) -> None:
        whole = lines((7, -500), (8, 1), (8, 2))
        bench = firing(tmp_path, {"a/bot.jsonl": whole, "b/bot.jsonl": lines((6, 1))}, pattern)
        trades = tmp_path / "logs/trades/a"
        (trades / "bot.jsonl").rename(tmp_path / "bot.jsonl")
        shutil.move(tmp_path / "bot.jsonl", volume / "bot.jsonl")
        trades.rmdir()
        trades.symlink_to(volume)
        assert bench.run(minutes(1)).code == 2, "the same log on another device"
        trades.unlink()
        for more in range(1, 5):  # also when it is as long as the one it was
            write(bench, {"a/bot.jsonl": lines(*[(8, 7)] * more, time="10:01:00")})
            assert bench.run(minutes(2 + more)).code == 3, more
        assert bench.events("resolved") == []
        shutil.rmtree(trades)
        trades.symlink_to(volume)
        assert bench.run(minutes(9)).code == 2

    def test_its_only_log_on_the_same_device(self, tmp_path: Path) -> None:
        files = {"a/bot.jsonl": lines((7, -500), (8, 1)), "b/bot.jsonl": lines((6, 1))}
        bench = firing(tmp_path, files, "*/bot.jsonl")
        trades = tmp_path / "logs/trades/a"
        trades.rename(tmp_path / "away")
        trades.mkdir()
        for more in range(1, 5):
            write(bench, {"a/bot.jsonl": lines(*[(8, 7)] * more, time="10:01:00")})
            assert bench.run(minutes(2 + more)).code == 3, more
        shutil.rmtree(trades)
        (tmp_path / "away").rename(trades)
        assert bench.run(minutes(9)).code == 2
        assert bench.events("resolved") == []

    @pytest.mark.parametrize("kept", [3, 2])
    def test_a_log_that_is_written_anew_each_time_is_none(
        self, tmp_path: Path, volume: Path, kept: int
    ) -> None:
        """The latest trades, newest first, and a device that has another number since."""
        rows = [f"2026-04-08 0{hour}:00:00,{-100 * hour}\n" for hour in range(1, 7)]

        def written(count: int) -> str:
            return "t,pnl\n" + "".join(rows[:count][-4:][::-1])

        bench = firing(tmp_path, {"t.csv": written(4)}, "*.csv")
        trades = tmp_path / "logs/trades"
        shutil.rmtree(trades)
        trades.symlink_to(volume)
        (volume / "t.csv").write_text(written(5))
        assert bench.run(minutes(1)).code == 2
        (volume / "t.csv").write_text("t,pnl\n" + "".join(rows[:6][-kept:][::-1]))
        assert bench.run(minutes(2)).code == 2
        assert troubles(bench) == []

    def test_a_person_who_edits_a_log_is_none(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, DAYS | {"06.jsonl": lines((6, 5))})
        write(bench, {"08.jsonl": lines((8, 1))})
        assert bench.run(minutes(1)).code == 0


VOLUMES = {"a/trades.jsonl": lines((7, -500), (8, 1)), "b/trades.jsonl": lines((6, 5), (8, 2))}


class TestFolders:
    @pytest.mark.parametrize("empty", [True, False])
    @pytest.mark.parametrize("name", ["a", "b"])
    def test_a_volume_that_is_not_mounted(self, tmp_path: Path, name: str, empty: bool) -> None:
        bench = firing(tmp_path, VOLUMES, "*/trades.jsonl")
        folder = tmp_path / "logs/trades" / name
        folder.rename(tmp_path / "away")
        if empty:
            folder.mkdir()
        assert_waits(bench, f"logs/trades/{name}", "mounted")
        if empty:
            folder.rmdir()
        (tmp_path / "away").rename(folder)
        assert bench.run(minutes(601)).code == 2
        assert len(bench.events("firing")) == 1

    def test_one_of_many_is_remembered_whatever_the_others_hold(self, tmp_path: Path) -> None:
        many = {f"b/{n:03}.jsonl": lines((6, 1), (8, 1)) for n in range(50)}
        bench = firing(tmp_path, {"a/0.jsonl": lines((8, -500))} | many, "*/*.jsonl")
        (tmp_path / "logs/trades/a/0.jsonl").unlink()
        assert_waits(bench, "logs/trades/a")

    @pytest.mark.parametrize("name", ["b10", "b27", "b49"])
    def test_each_of_many_volumes(self, tmp_path: Path, name: str) -> None:
        many = {
            f"b{n}/{day:02}.jsonl": lines((day, n if n != 10 else -5000))
            for n in range(10, 50)
            for day in (7, 8)
        }
        bench = firing(tmp_path, many, "*/*.jsonl")
        (tmp_path / "logs/trades" / name).rename(tmp_path / "away")
        assert_waits(bench, f"logs/trades/{name}")

    @pytest.mark.parametrize(
        ("pattern", "files", "lost"),
        [
            pytest.param(
                "*/*/t.jsonl",
                {
                    f"{of}/2026-04-0{n}/t.jsonl": lines((n, -5 * n))
                    for of in "ab"
                    for n in (6, 7, 8)
                },
                "b",
                id="with a folder for each day",
            ),
            pytest.param(
                "*/t.jsonl",
                {f"123456789{n}/t.jsonl": lines((n, -500), (8, n)) for n in (1, 2)},
                "1234567892",
                id="of accounts of ten digits",
            ),
            pytest.param(
                "*/t.jsonl",
                {f"{of}/t.jsonl": lines((8, -50 - n)) for n, of in enumerate("ab")},
                "a",
                id="of one day",
            ),
        ],
    )
    def test_volumes_are_known_whatever_dates_are_in_them(
        self, tmp_path: Path, pattern: str, files: dict[str, str], lost: str
    ) -> None:
        bench = firing(tmp_path, files, pattern)
        (tmp_path / "logs/trades" / lost).rename(tmp_path / "away")
        assert_waits(bench, f"logs/trades/{lost} had")

    def test_sessions_of_a_day_go_in_their_order(self, tmp_path: Path) -> None:
        hours = {f"s{n}/t.jsonl": lines((8, -50), time=f"0{n}:00:00") for n in range(1, 5)}
        bench = firing(tmp_path, hours, "*/t.jsonl")
        for number in (1, 2):
            shutil.rmtree(tmp_path / f"logs/trades/s{number}")
            assert bench.run(minutes(number)).code == 2
        assert troubles(bench) == []
        shutil.rmtree(tmp_path / "logs/trades/s4")
        assert bench.run(minutes(5)).code == 3, "the latest is no old one"

    def test_a_source_that_was_taken_out_begins_anew(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, DAYS)
        config = tmp_path / "config/perfkit.yaml"
        before = config.read_text()
        (tmp_path / "logs/other").mkdir()
        (tmp_path / "logs/other/08.jsonl").write_text(lines((8, 1)))
        config.write_text(before.replace("bot", "other").replace("logs/trades", "logs/other"))
        assert bench.run(minutes(1)).code == 0
        for file in (tmp_path / "logs/trades").iterdir():
            file.unlink()
        write(bench, {"09.jsonl": lines((8, -50))})
        config.write_text(before)
        assert bench.run(minutes(2)).code == 2
        assert troubles(bench) == []

    def test_volumes_whose_trades_are_of_one_day(self, tmp_path: Path) -> None:
        files = {"a/trades.jsonl": lines((8, 5)), "b/trades.jsonl": lines((8, -500))}
        bench = firing(tmp_path, files, "*/trades.jsonl")
        (tmp_path / "logs/trades/b").rename(tmp_path / "away")
        assert_waits(bench, "logs/trades/b")

    @pytest.mark.parametrize(
        ("files", "removed"),
        [
            pytest.param(
                {
                    "history/all.jsonl": lines((1, 5), (8, 5)),
                    "2026-04-06/trades.jsonl": lines((6, 5)),
                    "2026-04-08/trades.jsonl": lines((8, -500)),
                },
                "2026-04-06",
                id="of a day beside a history",
            ),
            pytest.param(
                {"ES/t.jsonl": lines((1, 5), (20, -500)), "NQ/t.jsonl": lines((3, 5), (9, 5))},
                "NQ",
                id="quiet for more than a week",
            ),
        ],
    )
    def test_a_folder_that_retention_removes_stops_no_rule(
        self, tmp_path: Path, files: dict[str, str], removed: str
    ) -> None:
        bench = Bench(tmp_path, RULES, CONFIG.format(pattern="*/*.jsonl"))
        for file in (tmp_path / "logs/trades").iterdir():
            file.unlink()
        write(bench, files)
        assert bench.run(minutes(60 * 24 * 20)).code == 2
        shutil.rmtree(tmp_path / "logs/trades" / removed)
        assert bench.run(minutes(60 * 24 * 20 + 1)).code == 2
        assert troubles(bench) == []

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (
                "{fields: {closed_at: t, net_pnl: pnl}}",
                "{only: {pnl: 5}, fields: {closed_at: t, net_pnl: pnl}}",
            ),
            ("path: logs/trades", "path: logs/other"),
        ],
        ids=["only", "path"],
    )
    def test_other_settings_of_a_source_are_no_loss(
        self, tmp_path: Path, before: str, after: str
    ) -> None:
        bench = firing(tmp_path, {"07.jsonl": lines((7, -500)), "08.jsonl": lines((8, 1))})
        path = tmp_path / "config/perfkit.yaml"
        assert before in path.read_text()
        path.write_text(path.read_text().replace(before, after))
        (tmp_path / "logs/other").mkdir()
        for folder in ("trades", "other"):
            (tmp_path / "logs" / folder / "09.jsonl").write_text(lines((9, 5)))
        assert bench.run(minutes(1)).code == 0

    def test_a_month_that_retention_removes_is_gone_on_purpose(self, tmp_path: Path) -> None:
        months = {"03/1.jsonl": lines((1, 5), (2, 5)), "04/1.jsonl": lines((3, -500))}
        bench = firing(tmp_path, months, "*/*.jsonl")
        (tmp_path / "logs/trades/03/1.jsonl").unlink()
        assert bench.run(minutes(1)).code == 2

    def test_a_file_that_moves_to_the_archive_is_not_gone(self, tmp_path: Path) -> None:
        files = {"archive/06.jsonl": lines((6, 5)), "live/log.jsonl": lines((7, -500), (8, 1))}
        bench = firing(tmp_path, files, "*/*.jsonl")
        trades = tmp_path / "logs/trades"
        (trades / "live/log.jsonl").rename(trades / "archive/08.jsonl")
        assert bench.run(minutes(1)).code == 2
        write(bench, {"live/log.jsonl": lines((9, 1))})
        assert bench.run(minutes(2)).code == 2


def unmount(bench: Bench, volume: str = ".", below: dict[str, str] | None = None) -> Path:
    """Puts another folder, with those files, in the place of one; returns where that one is."""
    folder = bench.root / "logs/trades" / volume
    away = bench.root / "away"
    folder.rename(away)
    if below is not None:
        folder.mkdir()
        write(bench, below)
    return away


class TestWhatLiesBelowAMountPoint:
    """Another folder has the place of the one with the known files."""

    def test_logs_that_were_copied_to_the_volume(self, tmp_path: Path) -> None:
        old = {"06.jsonl": lines((6, 5)), "07.jsonl": lines((7, 5))}
        bench = firing(tmp_path, old | {"08.jsonl": lines((8, -500))})
        away = unmount(bench, below=old)
        assert_waits(bench, "logs/trades is another folder, and the newest log file")
        write(bench, {"08.jsonl": lines((8, 5), time="10:00:00")})
        assert bench.run(minutes(601)).code == 3
        shutil.rmtree(tmp_path / "logs/trades")
        away.rename(tmp_path / "logs/trades")
        assert bench.run(minutes(602)).code == 2
        assert bench.events("resolved") == []

    def test_a_trade_of_the_same_day_where_times_are_dates(self, tmp_path: Path) -> None:
        files = {
            "03.csv": "t,pnl\n2026-03-05,5\n",
            "04.csv": "t,pnl\n2026-04-07,5\n2026-04-08,-500",
        }
        bench = firing(tmp_path, {name: f"{text}\n" for name, text in files.items()}, "*.csv")
        unmount(bench, below={"04.csv": "t,pnl\n2026-04-08,5\n"})
        assert_waits(bench, "is another folder")

    def test_a_file_of_the_same_day_where_times_are_dates(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, {"08.csv": "t,pnl\n2026-04-08,-500\n"}, "*.csv")
        unmount(bench, below={"08.csv": "t,pnl\n2026-04-08,5\n"})
        assert_waits(bench, "is another folder")

    def test_it_reads_the_same_for_as_long_as_that_lasts(self, tmp_path: Path) -> None:
        old = {"06.jsonl": lines((6, 5)), "07.jsonl": lines((7, 5))}
        bench = firing(tmp_path, old | {"08.jsonl": lines((8, -500))})
        unmount(bench, below=old | {"09.jsonl": lines((8, 7))})
        assert bench.run(minutes(1)).code == 3
        for number, name in enumerate(old, start=2):
            (tmp_path / "logs/trades" / name).unlink()
            assert bench.run(minutes(number)).code == 3
        assert troubles(bench) == ["error"]

    @pytest.mark.parametrize("way", ["edit", "override"])
    def test_whatever_the_time_zone_is_meanwhile(
        self, tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench = firing(tmp_path, DAYS)
        unmount(bench, below={"08.jsonl": lines((8, 5), time="10:00:00")})
        assert bench.run(minutes(1)).code == 3
        if way == "edit":
            with (tmp_path / "config/perfkit.yaml").open("a") as stream:
                stream.write("timezone: Europe/Berlin\n")
            assert_waits(bench, "gone or empty")
            return
        monkeypatch.setenv("PERFKIT_TIMEZONE", "Europe/Berlin")
        assert bench.run(minutes(2)).code == 3
        monkeypatch.delenv("PERFKIT_TIMEZONE")
        assert_waits(bench, "gone or empty")

    def test_a_link_that_leads_to_a_new_session_is_no_loss(self, tmp_path: Path) -> None:
        trades = tmp_path / "logs/trades"
        (tmp_path / "logs/s1").mkdir(parents=True)
        trades.symlink_to("s1")
        bench = firing(tmp_path, {"07.jsonl": lines((7, -500))})
        (tmp_path / "logs/s2").mkdir()
        trades.unlink()
        trades.symlink_to("s2")
        write(bench, {"08.jsonl": lines((8, -50))})
        assert bench.run(minutes(1)).code == 2
        assert troubles(bench) == []

    def test_a_link_that_became_a_folder_is_one(self, tmp_path: Path) -> None:
        trades = tmp_path / "logs/trades"
        (tmp_path / "logs/s1").mkdir(parents=True)
        trades.symlink_to("s1")
        bench = firing(tmp_path, {"07.jsonl": lines((7, -500))})
        trades.unlink()
        trades.mkdir()
        write(bench, {"08.jsonl": lines((8, 5))})
        assert_waits(bench, "gone or empty")


class TestLinksAndRoots:
    """The path of a source, or of the workspace, leads over links."""

    def test_a_link_on_a_volume_that_is_not_mounted(self, tmp_path: Path) -> None:
        for folder in ("vol/s1", "logs"):
            (tmp_path / folder).mkdir(parents=True)
        (tmp_path / "vol/current").symlink_to("s1")
        (tmp_path / "logs/trades").symlink_to("../vol/current")
        bench = firing(tmp_path, {"08.jsonl": lines((8, -500))})
        (tmp_path / "vol").rename(tmp_path / "away")
        (tmp_path / "vol/current").mkdir(parents=True)
        write(bench, {"09.jsonl": lines((8, 5), time="09:30:00")})
        assert_waits(bench, "gone or empty")

    def test_a_workspace_that_is_reached_by_a_link(self, tmp_path: Path) -> None:
        real, volume, link = tmp_path / "real", tmp_path / "volume", tmp_path / "link"
        (real / "logs").mkdir(parents=True)
        volume.mkdir()
        link.symlink_to("real")
        (real / "logs/trades").symlink_to(volume)
        bench = firing(link, {"08.jsonl": lines((8, -500))})
        (link / "logs/trades").unlink()
        (link / "logs/trades").mkdir()
        write(bench, {"09.jsonl": lines((8, 5), time="09:30:00")})
        assert_waits(bench, "gone or empty")

    def test_one_run_by_another_path_forgets_nothing(self, tmp_path: Path) -> None:
        bench = firing(tmp_path / "real", {"08.jsonl": lines((8, -500))})
        unmount(bench, below={"09.jsonl": lines((8, 5), time="09:30:00")})
        assert bench.run(minutes(1)).code == 3
        (tmp_path / "link").symlink_to("real")
        assert ran(["--root", str(tmp_path / "link"), "--now", minutes(2).isoformat()]).code == 3
        assert_waits(bench, "gone or empty")


class TestExports:
    """A file that is written anew as a whole, each time into a new folder."""

    @pytest.mark.parametrize(
        "days",
        [
            pytest.param([(6, 7, 8), (7, 8, 9), (8, 9, 10)], id="of the last three days"),
            pytest.param([(8, 6), (9, 8, 6), (10, 9, 8, 6)], id="the newest first"),
        ],
    )
    def test_it_is_as_before(self, tmp_path: Path, days: list[tuple[int, ...]]) -> None:
        def written(days: tuple[int, ...]) -> str:
            return "t,pnl\n" + "".join(f"2026-04-{day:02} 08:00:00,{-100 - day}\n" for day in days)

        bench = firing(tmp_path, {"x.csv": written(days[0])}, "*.csv")
        for number, more in enumerate(days[1:], start=1):
            (tmp_path / "logs/trades").rename(tmp_path / f"earlier-{number}")
            write(bench, {"x.csv": written(more)})
            assert bench.run(minutes(60 * 24 * number)).code == 2
        assert troubles(bench) == []

    def test_half_a_copy_of_one_with_the_newest_first(self, tmp_path: Path) -> None:
        def written(name: str, *days: int) -> str:
            return "t,s,pnl\n" + "".join(
                f"2026-04-{day:02} 08:00:00,{name},{-500 if day == 5 else 5}\n" for day in days
            )

        others = {"z.csv": written("NQ", 8, 7, 6)}
        bench = firing(tmp_path, {"x.csv": written("ES", 8, 7, 6, 5)} | others, "*.csv")
        whole = written("ES", 9, 8, 7, 6, 5)
        write(bench, {"x.csv": whole[: len(whole) // 2 + 3]})
        assert bench.run(minutes(24 * 60)).code == 3
        assert bench.run(minutes(24 * 60 + 1)).code == 3
        write(bench, {"x.csv": whole})
        assert bench.run(minutes(24 * 60 + 2)).code == 2
        assert len(bench.events("firing")) == 1


class TestVolumeThatStaysAway:
    """One of two volumes is gone together with the folder it was mounted at."""

    VOLUMES: ClassVar = {
        "a/07.jsonl": lines((7, 5), time="07:00:00"),
        "b/07.jsonl": lines((7, -500)),
        "a/08.jsonl": lines((8, 5)),
    }

    def test_it_grows_no_older(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, self.VOLUMES, "*/*.jsonl")
        unmount(bench, "b")
        for day in (9, 16, 25):
            write(bench, {f"a/{day:02}.jsonl": lines((day, 5))})
            assert bench.run(minutes((day - 8) * 24 * 60)).code == 3, day
        assert bench.events("resolved") == []

    def test_nor_by_a_line_that_is_ahead_of_the_clock(self, tmp_path: Path) -> None:
        ahead = lines((8, 5)) + lines((8, 5)).replace("2026", "2027")
        bench = firing(tmp_path, self.VOLUMES | {"a/08.jsonl": ahead}, "*/*.jsonl")
        unmount(bench, "b")
        assert_waits(bench, "logs/trades/b")

    @pytest.mark.parametrize("name", ["a/09.jsonl", "a/t.jsonl"])
    def test_whatever_becomes_of_the_others(self, tmp_path: Path, name: str) -> None:
        """Retention and rotation take what the other folder had when this one was last seen."""
        early, late = lines((8, 5), time="07:00:00"), lines((8, 5))
        files = {"a/t.jsonl": early + late, "b/t.jsonl": lines((8, -500), time="08:00:00")}
        bench = firing(tmp_path, files, "*/*.jsonl")
        unmount(bench, "b")
        assert bench.run(minutes(1)).code == 3
        (tmp_path / "logs/trades/a/t.jsonl").rename(tmp_path / "t.jsonl.1")
        write(bench, {name: lines((9, 5))})
        for day in (1, 2, 20):
            assert bench.run(minutes(60 * 24 * day)).code == 3
        assert bench.events("resolved") == []

    def test_an_old_copy_with_a_line_that_is_ahead_of_the_clock(self, tmp_path: Path) -> None:
        old = {"07.jsonl": lines((7, 5)) + lines((7, 5)).replace("2026", "2027")}
        bench = firing(tmp_path, old | {"08.jsonl": lines((8, -500))})
        unmount(bench, below=old)
        assert_waits(bench, "the newest log file with trades is gone")

    def test_one_at_a_folder_that_a_date_names(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, {"2026/04/08.jsonl": lines((8, -500))}, "*/*/*.jsonl")
        unmount(bench, "2026")
        write(bench, {"2026/04/20.jsonl": lines((20, 5))})
        for day in (12, 13):
            assert bench.run(minutes(60 * 24 * day + 1)).code == 3
        assert bench.events("resolved") == []


class TestFolderThatStays:
    def test_another_file_as_old_is_there(self, tmp_path: Path) -> None:
        """Of many folders only the last file of each is known."""
        names = [f"a{n}/{of}.jsonl" for n in range(40) for of in ("ES", "NQ")]
        files = {name: lines((8, -5 - number)) for number, name in enumerate(names)}
        bench = firing(tmp_path, files, "*/*.jsonl")
        (tmp_path / "logs/trades/a12/NQ.jsonl").unlink()
        assert bench.run(minutes(1)).code == 2
        (tmp_path / "logs/trades/a12/ES.jsonl").unlink()
        assert_waits(bench, "logs/trades/a12 had")

    def test_a_bot_that_paused_for_longer_than_its_logs_are_kept(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, DAYS)
        for name in DAYS:
            (tmp_path / "logs/trades" / name).unlink()
        write(bench, {"14.jsonl": lines((14, -50))})
        assert bench.run(minutes(6 * 24 * 60)).code == 3
        write(bench, {"17.jsonl": lines((17, -50))})
        assert bench.run(minutes(9 * 24 * 60)).code == 2
        assert troubles(bench) == ["error", "ok"]

    def test_all_are_gone_and_one_had_a_line_ahead_of_the_clock(self, tmp_path: Path) -> None:
        ahead = {"06.jsonl": lines((6, 5)) + lines((7, 5)).replace("2026", "2027")}
        bench = firing(tmp_path, DAYS | ahead)
        for file in (tmp_path / "logs/trades").iterdir():
            file.unlink()
        write(bench, {"09.jsonl": lines((9, 5))})
        assert bench.run(minutes(60 * 24)).code == 3
        assert bench.events("resolved") == []

    def test_other_fields_while_the_logs_are_there_are_no_loss(self, tmp_path: Path) -> None:
        """A bot's keys have changed with its update, and its earlier logs are in an archive."""
        bench = firing(tmp_path, DAYS)
        for name in DAYS:
            (tmp_path / "logs/trades" / name).unlink()
        write(bench, {"09.jsonl": lines((8, -50)).replace("pnl", "net")})
        config = tmp_path / "config/perfkit.yaml"
        config.write_text(config.read_text().replace("net_pnl: pnl", "net_pnl: net"))
        assert bench.run(minutes(1)).code == 2
        assert troubles(bench) == []

    def test_other_fields_while_they_are_not_there_change_nothing(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, DAYS)
        unmount(bench, below={"09.jsonl": lines((8, -5)).replace("pnl", "net")})
        assert bench.run(minutes(1)).code == 3
        config = tmp_path / "config/perfkit.yaml"
        config.write_text(config.read_text().replace("net_pnl: pnl", "net_pnl: pnl or net"))
        assert_waits(bench, "is another folder")

    def test_a_quiet_log_that_was_rotated_and_ends_within_a_line(self, tmp_path: Path) -> None:
        quiet = lines((7, 1), (7, 2), (7, 3))
        bench = firing(tmp_path, {"NQ.jsonl": quiet, "ZN.jsonl": lines((8, -500))})
        (tmp_path / "logs/trades/NQ.jsonl").rename(tmp_path / "NQ.jsonl.1")
        write(bench, {"NQ.jsonl": lines((8, 1))[:-9], "ZN.jsonl": lines((8, -500), (8, 1))})
        write(bench, {"NQ.jsonl": lines((8, 1), time="08:00:00") + lines((8, 1))[:20]})
        assert bench.run(minutes(1)).code == 2
        assert bench.run(minutes(900)).code == 2

    def test_a_source_in_trouble_that_is_taken_out_is_said_to_be(self, tmp_path: Path) -> None:
        bench = firing(tmp_path, DAYS)
        (tmp_path / "logs/other").mkdir()
        (tmp_path / "logs/other/08.jsonl").write_text(lines((8, -50)))
        config = tmp_path / "config/perfkit.yaml"
        other = config.read_text().replace("bot", "other").replace("logs/trades", "logs/other")
        unmount(bench)
        config.write_text(config.read_text() + other.partition("\n")[2])
        assert bench.run(minutes(1)).code == 3
        config.write_text(other)
        assert bench.run(minutes(2)).code == 2
        assert bench.events("data_state")[-1]["message"] == (
            "Source bot, which could not be relied on, is no longer in the configuration"
        )
