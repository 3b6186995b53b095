"""A part of the logs is gone: a folder, what a file held, the end of one that is written anew."""

from pathlib import Path

import pytest

from tests.alerting import Bench, minutes

RULES = "rules: [{id: loss, metric: net_pnl, over: {window: all}, below: -10}]\n"
CONFIG = """\
sources:
  - name: bot
    path: logs/trades
    pattern: "{pattern}"
    currency: USD
    dialect: {{fields: {{closed_at: t, net_pnl: pnl}}}}
"""


def lines(*trades: tuple[int, int]) -> str:
    """A line for each day of April 2026 and P&L."""
    return "".join(f'{{"t": "2026-04-{day:02}T09:00:00Z", "pnl": {pnl}}}\n' for day, pnl in trades)


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
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def assert_waits(bench: Bench, *words: str) -> None:
    """For as long as that lasts the code is 3, and nothing is resolved."""
    for minute in (1, 2, 600):
        found = bench.run(minutes(minute))
        assert found.code == 3, found.err
    for word in words:
        assert word in found.err
    assert bench.events("resolved") == []
    assert len(bench.events("data_state")) == 1


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
