"""One claim each about how the book takes in what is new; `test_cache_machine` mixes all."""

from __future__ import annotations

import json
import os
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfkit.book import batch, cache, parallel, work
from perfkit.book import book as books
from perfkit.book import plan as plans
from perfkit.book.batch import Batch
from perfkit.book.cache import DEFAULT, Activity, Options
from perfkit.book.store import compaction, day_sheet, days
from perfkit.book.store.freshness import nothing_new
from perfkit.book.store.ledger import FileEntry
from perfkit.book.store.pages import Pages
from perfkit.book.verify import contents, first_difference
from perfkit.cli import main as cli
from perfkit.core import values
from perfkit.core.errors import LogReadError
from perfkit.core.trades import Trades
from perfkit.desk.desk import open as open_desk
from perfkit.disk.fingerprints import FINE_GRAIN_NS, fingerprint_of, is_settled
from perfkit.logs import digest
from perfkit.logs.formats.json_lines import JsonLines
from tests.conftest import WriteWorkspace

DAY = "2026-04-06"
LOG = f"logs/trades/{DAY}.jsonl"


def line(order_id: str | None, at: str = "12:00", **fields: object) -> str:
    record = {
        "timestamp": f"{DAY}T10:00:00Z",
        "exit_timestamp": f"{DAY}T{at}:00Z",
        "order_id": order_id,
        "symbol": "X",
        "net_profit_loss": "1",
        **fields,
    }
    return json.dumps(record) + "\n"


def activity(root: Path) -> Activity:
    return open_desk(root).book.activity


def symbols(root: Path, *, cached: bool = True) -> list[str | None]:
    return open_desk(root, cached=cached).book.closed.symbol


def append(root: Path, text: str, log: str = LOG) -> None:
    with (root / log).open("a") as stream:
        stream.write(text)


def wait_until_settled(root: Path, options: Options = DEFAULT) -> None:
    """Lets the clock of the file system pass the last change, and the book see it."""
    while not nothing_new(str(root), ""):
        assert books.read(open_desk(root).config, None, options).files


def stored_files(root: Path) -> list[FileEntry]:
    """What the cache has of the logs, as it is there."""
    known = cache.stored(open_desk(root).config)
    assert known is not None
    return [file for ledger in known.manifest.ledgers.values() for file in ledger.files]


class TestReading:
    def test_the_first_run_reads_everything_and_the_next_nothing(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={LOG: line("A") + line("B")})
        first, second = activity(root), activity(root)
        assert (first.files, first.rebuilt, first.lines, first.trades) == (1, 1, 2, 2)
        assert first.bytes_read == (root / LOG).stat().st_size
        assert (second.hit, second.lines, second.bytes_read, second.trades) == (1, 0, 0, 2)

    def test_a_source_is_added_moved_read_otherwise_and_removed_without_reading_the_others(
        self, workspace: WriteWorkspace
    ) -> None:
        named = "  - {{name: {0}, path: logs/{0}, currency: {1}, dialect: trade_record}}\n".format
        one, two = f"logs/one/{DAY}.jsonl", f"logs/two/{DAY}.jsonl"
        sources = named("one", "USD")
        root = workspace(f"sources:\n{sources}", {one: line("A"), two: line("B") + line("C")})
        assert activity(root).lines == 1
        histories = [
            (sources + named("two", "USD"), 2, 3),
            (named("two", "USD") + sources, 0, 3),
            (named("two", "USD") + sources.replace("}", ", timezone: Asia/Tokyo}"), 1, 3),
            (named("two", "EUR").replace("two,", "other,", 1) + named("one", "EUR"), 3, 3),
            (named("one", "EUR"), 0, 1),
        ]
        for text, lines, trades in histories:
            (root / "config/perfkit.yaml").write_text(f"sources:\n{text}")
            desk = open_desk(root)
            found = desk.book.activity
            assert (found.lines, found.trades) == (lines, trades), text
            cold = open_desk(root, cached=False).book
            assert list(contents(desk.book)) == list(contents(cold)), text

    def test_a_file_that_grew_is_read_from_where_it_was_left(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={LOG: line("A")})
        activity(root)
        append(root, line("B"))
        grown = activity(root)
        assert (grown.grown, grown.rebuilt, grown.lines) == (1, 0, 1)
        assert grown.bytes_read == len(line("B"))

    def test_what_is_left_out_of_lines_is_known_however_the_file_grew(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={LOG: line("A", action="FLAT")})
        for n in range(40):
            assert sum(1 + one.more for _, one in open_desk(root).book.left_out) == n + 1 + 2 * (
                n > 7
            )
            append(root, line(str(n), action="FLAT", stop_loss="x") if n == 7 else line("x" * n))
            append(root, line(f"Z{n}", action=f"FLAT {n}"))
        grown, cold = (open_desk(root, cached=cached).book for cached in (True, False))
        assert [(one.line, one.more) for _, one in grown.left_out] == [(1, 41), (16, 0)]
        assert grown.left_out == cold.left_out
        assert first_difference(grown.config, grown.sources[0]) is None

    def test_a_torn_line_waits_and_is_read_when_it_is_whole(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={LOG: line("A")})
        append(root, line("B", symbol="Y")[:50])
        assert symbols(root) == ["X"]
        append(root, line("B", symbol="Y")[50:])
        assert symbols(root) == ["X", "Y"]

    def test_a_file_that_was_rewritten_is_read_anew_and_that_is_said(
        self, workspace: WriteWorkspace, caplog: pytest.LogCaptureFixture
    ) -> None:
        root = workspace(logs={LOG: line("A") + line("B")})
        activity(root)
        text = (root / LOG).read_text()
        (root / LOG).write_text(text.replace('"1"', '"7"', 1))
        assert activity(root).rewritten == (LOG,)
        assert f"{LOG}: earlier lines have changed; the whole file was read again" in caplog.text
        assert open_desk(root).summary("all").metrics["net_pnl"] == 8

    def test_a_new_file_with_the_inode_of_one_that_is_gone_has_no_earlier_lines(
        self, workspace: WriteWorkspace, caplog: pytest.LogCaptureFixture
    ) -> None:
        """As where a log is packed, its inode is free, and the first trade of a day makes a log."""
        root = workspace(logs={LOG: line("A") + line("B")})
        activity(root)
        new = str(Path(LOG).with_name("2026-04-09.jsonl"))
        (root / LOG).rename(root / new)
        (root / new).write_text(line("C", symbol="Y"))
        done = activity(root)
        assert (done.rewritten, done.gone) == ((), (LOG,))
        assert "have changed" not in caplog.text
        assert symbols(root) == ["Y"]

    def test_a_file_that_is_gone_takes_its_trades_along_and_that_is_said(
        self, workspace: WriteWorkspace, caplog: pytest.LogCaptureFixture
    ) -> None:
        other = "logs/trades/2026-04-07.jsonl"
        root = workspace(logs={LOG: line("A"), other: line("B", symbol="Y")})
        activity(root)
        (root / other).unlink()
        assert activity(root).gone == (other,)
        assert f"{other} is gone; its trades no longer count" in caplog.text
        assert symbols(root) == ["X"]

    def test_a_renamed_file_is_not_read_again(self, workspace: WriteWorkspace) -> None:
        config = (
            "sources:\n  - {name: bot, path: logs/trades, pattern: 'bot.jsonl*', currency: USD}\n"
        )
        root = workspace(config, {"logs/trades/bot.jsonl": line("A")})
        activity(root)
        (root / "logs/trades/bot.jsonl").rename(root / "logs/trades/bot.jsonl.1")
        (root / "logs/trades/bot.jsonl").write_text(line("B", symbol="Y"))
        found = activity(root)
        assert (found.hit, found.rebuilt, found.lines) == (1, 1, 1)
        desk = open_desk(root)
        assert [str(desk.book.closed.place(row)) for row in (0, 1)] == [
            "logs/trades/bot.jsonl.1:1",
            "logs/trades/bot.jsonl:1",
        ]

    def test_a_file_rewritten_with_its_size_and_time_restored_is_noticed(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={LOG: line("A")})
        wait_until_settled(root)
        status = (root / LOG).stat()
        (root / LOG).write_text(line("A").replace('"1"', '"7"'))
        os.utime(root / LOG, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert (root / LOG).stat().st_size == status.st_size
        assert not nothing_new(str(root), "")
        assert open_desk(root).summary("all").metrics["net_pnl"] == 7

    def test_many_processes_read_what_one_reads(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        logs = {
            f"logs/trades/2026-04-{day:02d}.jsonl": line(f"A{day}") + line("shared", f"{day}:00")
            for day in range(1, 9)
        }
        root = workspace(logs=logs)
        monkeypatch.setattr(parallel, "PARALLEL_BYTES", 0)
        expected = open_desk(root, cached=False, jobs=1).summary("all").to_json()
        assert open_desk(root, cached=False, jobs=3).summary("all").to_json() == expected
        assert open_desk(root, jobs=3).summary("all").to_json() == expected
        assert open_desk(root).book.activity.lines == 0

    def test_files_that_grew_are_read_on_beside_new_ones(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        logs = [f"logs/trades/2026-04-0{n}.jsonl" for n in range(6, 10)]
        root = workspace(logs={name: line(name) for name in logs[:2]})
        symbols(root)
        append(root, line("later", "13:00", symbol="Y"), logs[0])
        append(root, line("last", "13:30", symbol="Z"), logs[1])
        for name in logs[2:]:
            (root / name).write_text(line(name, "14:00"))
        monkeypatch.setattr(parallel, "PARALLEL_BYTES", 0)
        kept = open_desk(root, jobs=3)
        assert kept.book.closed.symbol == ["X", "X", "Y", "Z", "X", "X"]
        assert (kept.book.activity.lines, kept.book.activity.grown) == (4, 2)
        assert (
            kept.summary("all").to_json() == open_desk(root, cached=False).summary("all").to_json()
        )

    def test_a_worker_that_fails_leaves_the_error_to_the_one_who_asked(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = workspace(logs={LOG: line("A"), "logs/trades/2026-04-07.jsonl": line("B")})
        monkeypatch.setattr(parallel, "PARALLEL_BYTES", 0)
        parent, real = os.getpid(), work.FilesToRead.made

        def fails(unit: work.FilesToRead, pages: Pages) -> list[tuple[str, Batch]]:
            if os.getpid() != parent:
                raise MemoryError
            return real(unit, pages)

        monkeypatch.setattr(work.FilesToRead, "made", fails)
        assert symbols(root) == ["X", "X"]


class TestSampled:
    """Of a long log that grew, an alert run compares a sample; other commands compare all of it."""

    CHUNK = 4096

    @pytest.fixture
    def root(self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A log of 40 chunks that grew, with an old line changed in one that no sample has."""
        monkeypatch.setattr(digest, "CHUNK_BYTES", self.CHUNK)
        text = "".join(line(str(n), filler="x" * 40) for n in range(1000))
        root = workspace(logs={LOG: text})
        assert open_desk(root).book.files
        unseen = 5 if len(text) % 2 == 0 else 6  # every other chunk is in the sample
        at = text.index('"net_profit_loss": "1"', unseen * self.CHUNK)
        with (root / LOG).open("r+") as stream:
            stream.seek(at)
            stream.write('"net_profit_loss": "9"')
        append(root, line("new", "13:00"))
        self.alert_run(root)
        wait_until_settled(root, self.IN_HASTE)
        return root

    IN_HASTE = Options(verified_bytes=8 * CHUNK)

    def alert_run(self, root: Path) -> None:
        found = books.read(open_desk(root).config, None, self.IN_HASTE)
        assert not found.activity.rewritten

    def test_a_summary_does_not_take_it_over(self, root: Path) -> None:
        cold = open_desk(root, cached=False).summary("all").metrics["net_pnl"]
        assert cold == 1009
        assert open_desk(root).summary("all").metrics["net_pnl"] == cold
        assert first_difference(open_desk(root).config, open_desk(root).config.sources[0]) is None

    def test_nor_when_the_log_has_grown_since(self, root: Path) -> None:
        size = (root / LOG).stat().st_size
        append(root, line("newer", "13:30", filler="x" * (size % 2)))
        self.alert_run(root)
        append(root, line("newest", "13:45"))
        assert open_desk(root).summary("all").metrics["net_pnl"] == 1011

    def test_nor_does_cache_verify(self, root: Path, caplog: pytest.LogCaptureFixture) -> None:
        assert cli.main(["cache", "verify", "--root", str(root)]) == 0
        assert f"{LOG}: earlier lines have changed" in caplog.text

    def test_an_alert_run_and_the_next_summary_open_no_log(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(plans, "_compared", None)
        self.alert_run(root)
        monkeypatch.undo()
        monkeypatch.setattr(digest, "CHUNK_BYTES", self.CHUNK)
        assert open_desk(root).book.activity.rebuilt == 1
        wait_until_settled(root)
        monkeypatch.setattr(plans, "_compared", None)
        assert open_desk(root).book.activity.hit == 1
        self.alert_run(root)

    def test_one_that_did_not_change_is_compared_once(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs={LOG: line("A")})
        assert open_desk(root).book.files
        append(root, line("B", "13:00"))
        assert books.read(open_desk(root).config, None, Options(verified_bytes=10)).files
        assert [file.sampled for file in stored_files(root)] == [len(line("A"))]
        assert open_desk(root).book.activity.hit == 1
        assert [file.sampled for file in stored_files(root)] == [0]


class TestQuiet:
    def test_nothing_is_new_until_something_is(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs={LOG: line("A")})
        assert not nothing_new(str(root), "")
        wait_until_settled(root)
        append(root, line("B"))
        assert not nothing_new(str(root), "")
        wait_until_settled(root)
        (root / "logs/trades/2026-04-07.jsonl").write_text(line("C"))
        assert not nothing_new(str(root), "")
        wait_until_settled(root)
        (root / "logs/trades/2026-04-07.jsonl").unlink()
        assert not nothing_new(str(root), "")

    def test_what_perfkit_writes_beside_the_logs_is_not_new(
        self, workspace: WriteWorkspace
    ) -> None:
        config = "sources:\n  - {name: bot, path: logs, pattern: '*.jsonl', currency: USD}\n"
        root = workspace(config, {"logs/bot.jsonl": line("A")})
        (root / "logs/performance-alerts.jsonl").write_text("{}\n")
        wait_until_settled(root)
        assert symbols(root) == ["X"]

    def test_another_zone_or_configuration_is_new(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs={LOG: line("A")})
        wait_until_settled(root)
        assert not nothing_new(str(root), "Asia/Tokyo")
        append(root, "# a remark\n", "config/perfkit.yaml")
        assert not nothing_new(str(root), "")

    def test_a_file_changed_within_the_grain_of_the_clock_is_looked_at_again(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "log").touch()
        fingerprint = fingerprint_of((tmp_path / "log").stat())
        changed = (*fingerprint[:4], 1_000_000_001)
        assert not is_settled(changed, changed[4])
        assert not is_settled(changed, changed[4] + FINE_GRAIN_NS)
        assert is_settled(changed, changed[4] + FINE_GRAIN_NS + 1)
        on_a_coarse_clock = (*fingerprint[:4], 1_000_000_000)
        assert not is_settled(on_a_coarse_clock, on_a_coarse_clock[4] + FINE_GRAIN_NS + 1)
        assert is_settled(on_a_coarse_clock, on_a_coarse_clock[4] + 2_000_000_001)


class TestDays:
    def test_a_trade_that_closed_at_the_same_instant_is_put_where_it_belongs(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={LOG: line("A", symbol="M")})
        assert symbols(root) == ["M"]
        append(root, line("B", symbol="C"))
        assert symbols(root) == ["C", "M"] == symbols(root, cached=False)

    def test_a_day_grows_by_fragments_that_stay_short(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(days, "FRAGMENT_ROWS", 3)
        root = workspace(logs={LOG: line("A", "00:01")})
        for number in range(8):
            append(root, line(f"B{number}", f"{number + 1:02d}:00", net_profit_loss=str(number)))
            book = open_desk(root).book
            lengths = [rows for _, rows in book.entry(book.days[0]).fragments]
            assert sum(lengths) == number + 2
            assert max(lengths) <= 3
            assert len(lengths) <= number // 2 + 2
        assert open_desk(root).summary("all").metrics["net_pnl"] == 29
        assert open_desk(root).book.last(2).line == [8, 9]

    def test_runs_of_one_day_that_follow_each_other_are_chained(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(batch, "BATCH_LINES", 2)
        monkeypatch.setattr(JsonLines, "block_bytes", 200)
        monkeypatch.setattr(parallel, "SEALED_BYTES", 0)
        lines = [line(f"B{number}", f"{number:02d}:00") for number in range(9)]
        root = workspace(logs={LOG: "".join(lines)})
        book = open_desk(root).book
        assert len(book.entry(book.days[0]).fragments) > 2
        assert book.closed.line == list(range(1, 10))
        assert open_desk(root).summary("all").metrics["longest_win_streak"] == 9

    def test_an_earlier_trade_logged_late_is_put_where_it_belongs(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={LOG: line("A", "12:00")})
        symbols(root)
        append(root, line("B", "11:00", symbol="Y"))
        assert symbols(root) == ["Y", "X"]

    def test_the_mark_of_a_day_tells_growth_from_change(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs={LOG: line("A", "12:00")})
        (day,) = open_desk(root).book.days
        epoch, rows = open_desk(root).book.marks()[day.toordinal()]
        append(root, line("B", "13:00"))
        assert open_desk(root).book.marks()[day.toordinal()] == (epoch, rows + 1)
        append(root, line("B", "13:00", net_profit_loss="9"))
        changed, rows = open_desk(root).book.marks()[day.toordinal()]
        assert (changed != epoch, rows) == (True, 2)

    def test_marks_differ_however_coarse_the_clock_is(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cache, "_touched", lambda _: 1_000_000_000)
        root = workspace(logs={LOG: line("A")})
        marks = []
        for net in ("2", "3", "4"):
            (root / LOG).write_text(line("A", net_profit_loss=net))
            book = open_desk(root).book
            marks.append(book.marks()[book.days[0].toordinal()])
        assert len(set(marks)) == 3

    def test_sources_that_share_a_day_are_joined_anew_when_either_grows(
        self, workspace: WriteWorkspace
    ) -> None:
        config = """\
sources:
  - {name: one, path: logs/trades, currency: USD}
  - {name: two, path: logs/other, currency: USD}
"""
        other = f"logs/other/{DAY}.jsonl"
        root = workspace(config, {LOG: line("A"), other: line("A", "11:00", symbol="Y")})
        assert symbols(root) == ["Y", "X"]
        append(root, line("B", "10:30", symbol="Z"), other)
        desk = open_desk(root)
        assert desk.book.closed.symbol == ["Z", "Y", "X"]
        assert desk.summary("all").metrics["closed_trades"] == 3
        assert (
            desk.summary("all").to_json() == open_desk(root, cached=False).summary("all").to_json()
        )

    def test_a_day_with_very_many_parts_keeps_no_tallies_of_them(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names = [f"S{n}" for n in range(5)]
        text = "".join(
            line(name, symbol=name, exit_reasoning=name, execution_mode=name) for name in names
        )
        root = workspace(logs={LOG: text})
        expected = open_desk(root, cached=False).summary("all").to_json()
        monkeypatch.setattr(day_sheet, "MOST_PARTS", 3)
        desk = open_desk(root)
        assert desk.book.sheet(desk.book.days[0]).parts["symbol"] is None
        assert desk.summary("all").to_json() == expected
        append(root, line("S9", "13:00", symbol="S9"))
        assert open_desk(root).book.sheet(desk.book.days[0]).parts["symbol"] is None


class TestIdentities:
    def test_lines_of_one_trade_in_two_batches_of_one_run_are_one_trade(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(batch, "BATCH_LINES", 1)
        logs = {
            LOG: line("A", exit_timestamp=None, outcome="open", symbol="first"),
            "logs/trades/2026-04-07.jsonl": line("A", "13:00", symbol=None),
        }
        root = workspace(logs=logs)
        trades = open_desk(root).book.closed
        assert trades.symbol == ["first"]
        assert [str(place) for place in trades.places(0)] == [
            f"{LOG}:1",
            "logs/trades/2026-04-07.jsonl:1",
        ]
        assert len(open_desk(root).book.open) == 0

    def test_identities_whose_keys_collide_stay_two_trades(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(values, "keys_of", lambda ones: [7 for _ in ones])
        root = workspace(logs={LOG: line("A")})
        assert symbols(root) == ["X"]
        append(root, line("B", "13:00", symbol="Y"))
        assert symbols(root) == ["X", "Y"]
        append(root, line("A", "14:00", symbol="Z"))
        assert symbols(root) == ["Y", "Z"]

    def test_a_line_that_closed_without_a_result_is_no_longer_bad_when_one_follows(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={LOG: line("A", net_profit_loss=None)})
        assert len(open_desk(root).book.errors) == 1
        append(root, line("A", "13:00"))
        assert open_desk(root).book.errors == open_desk(root, cached=False).book.errors
        assert symbols(root) == ["X"]


class TestFilters:
    @pytest.mark.parametrize("where", ["symbol=", "symbol=X", "symbol=Y", "symbol=X, side=long"])
    def test_the_drawdown_before_a_window_counts_the_trades_of_the_filter(
        self, workspace: WriteWorkspace, where: str
    ) -> None:
        root = workspace(
            logs={
                LOG: line("A", net_profit_loss="-9", symbol=None)
                + line("B", "13:00", net_profit_loss="-4", action="BUY")
                + line("C", "14:00", net_profit_loss="-2", action="SELL")
            }
        )
        expected = {"symbol=": "-9", "symbol=X": "-6", "symbol=Y": "0"}.get(where, "-4")
        later = open_desk(root).summary("daily", "2026-04-07", where=where)
        assert str(later.metrics["current_drawdown"]) == expected


class TestHeldBooks:
    """A book in use (in JupyterLab, say) while others bring the cache up to date."""

    def test_a_book_stays_as_it_was_however_the_cache_goes_on(
        self, workspace: WriteWorkspace
    ) -> None:
        later = "logs/trades/2026-04-07.jsonl"
        root = workspace(logs={LOG: line("A"), later: line("B", symbol="Y")})
        held = open_desk(root, live=False)
        assert held.book.days_with_lines
        expected = open_desk(root, cached=False).summary("all").to_json()
        manifest = root / "logs/performance/cache/manifest"
        for number in range(4):
            append(root, line(f"C{number}", f"{13 + number}:00"))
            symbols(root)
        (root / later).write_text(line("B", symbol="Y", net_profit_loss="100000"))
        symbols(root)
        (root / later).unlink()
        symbols(root)
        before = manifest.read_bytes()
        assert held.summary("all").to_json() == expected
        assert len(held.book.closed) == 2
        assert manifest.read_bytes() == before

    def test_damage_under_a_book_whose_logs_changed_is_an_error(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={LOG: line("A") + line("B", "13:00")})
        symbols(root)
        held = open_desk(root, live=False)
        assert held.book.days_with_lines
        for page in (root / "logs/performance/cache/pages").iterdir():
            page.write_bytes(page.read_bytes()[::-1])
        (root / LOG).write_text(line("A", net_profit_loss="1000") + line("B", "13:00"))
        with pytest.raises(LogReadError, match="was damaged, and the logs have changed"):
            held.summary("all")
        assert held.refresh().summary("all").metrics["net_pnl"] == 1001

    def test_a_day_read_anew_after_damage_may_be_in_finer_units(
        self, workspace: WriteWorkspace
    ) -> None:
        config = (
            "starting_equity: 1000\nsources:\n  - {name: bot, path: logs/trades, currency: USD}\n"
        )
        root = workspace(config, {LOG: line("A", net_profit_loss="-2")})
        pages = root / "logs/performance/cache/pages"
        symbols(root)
        first = set(pages.iterdir())
        append(root, line("B", outcome="open", net_profit_loss="1.5"))
        symbols(root)
        held = open_desk(root)
        day = held.book.days[0]
        assert held.book.sheet(day).whole.places[0] == 0
        for page in set(pages.iterdir()) - first:
            page.write_bytes(b"")
        assert len(held.book.open) == 1
        assert held.book.trades_of([day]).net_pnl.places == 1
        cold = open_desk(root, cached=False)
        assert held.summary("all").to_json() == cold.summary("all").to_json()
        assert held.summary("all").metrics["max_drawdown_pct"] == Decimal("-0.002")

    def test_a_cache_made_anew_after_damage_is_whole(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs={LOG: line("A") + line("B", "13:00")})
        symbols(root)
        cache = root / "logs/performance/cache"
        for page in (cache / "pages").iterdir():
            page.write_bytes(page.read_bytes()[::-1])
        append(root, line("C", "14:00"))
        assert len(symbols(root)) == 3
        (page,) = (cache / "pages").iterdir()
        kept = page.read_bytes()
        wait_until_settled(root)
        again = open_desk(root)
        assert again.summary("all").metrics["closed_trades"] == 3
        assert again.book.activity.lines == 0
        assert page.read_bytes() == kept

    def test_a_log_copied_and_cut_after_it_was_listed_loses_nothing(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log = "logs/trades/bot.jsonl"
        config = (
            "sources:\n  - {name: bot, path: logs/trades, pattern: 'bot.jsonl*', currency: USD}\n"
        )
        root = workspace(config, logs={log: line("A") + line("B", "13:00")})
        assert len(symbols(root)) == 2
        append(root, line("C", "14:00"), log)
        planned = plans.plan

        def rotating(*given: Any) -> Any:
            if not (root / (log + ".1")).exists():
                shutil.copy(root / log, root / (log + ".1"))
                os.truncate(root / log, 0)
            return planned(*given)

        monkeypatch.setattr(parallel, "plan", rotating)
        assert len(symbols(root)) == 3

    def test_what_a_killed_writer_left_is_swept(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs={LOG: line("A")})
        symbols(root)
        cache = root / "logs/performance/cache"
        left = [cache / ".manifest.999.tmp", cache / "pages/.x.page.999.tmp"]
        for path in left:
            path.write_bytes(b"half")
        other = cache / ".perfkit.parsed.999.tmp"  # perhaps being written at this moment
        other.write_bytes(b"half")
        append(root, line("B", "13:00"))
        symbols(root)
        assert not any(path.exists() for path in left)
        assert other.exists()

    def test_damage_under_a_book_of_one_file_in_two_sources_changes_nothing(
        self, workspace: WriteWorkspace
    ) -> None:
        config = """\
sources:
  - {name: one, path: logs/trades, currency: USD}
  - name: two
    path: logs/trades
    currency: USD
    dialect: {extends: trade_record, only: {symbol: exists}}
"""
        root = workspace(config, {LOG: line("A") + "[]\n"})
        symbols(root)
        held = open_desk(root)
        assert held.book.paths
        for page in (root / "logs/performance/cache/pages").iterdir():
            page.write_bytes(page.read_bytes()[::-1])
        cold = open_desk(root, cached=False)
        for _ in range(2):
            assert held.book.errors_by_source() == cold.book.errors_by_source()
        assert held.summary("all").to_json() == cold.summary("all").to_json()

    def test_few_pages_are_kept_however_often_the_cache_is_written(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(compaction, "MOST_PAGES", 4)
        root = workspace()
        for day in range(1, 13):
            log = f"logs/trades/2026-04-{day:02d}.jsonl"
            (root / log).write_text(line(f"A{day}", exit_timestamp=f"2026-04-{day:02d}T11:00:00Z"))
            symbols(root)
        assert len(list((root / "logs/performance/cache/pages").iterdir())) <= 6
        assert len(open_desk(root).book.closed) == 12


class TestOptions:
    def test_no_cache_neither_reads_nor_writes_one(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs={LOG: line("A")})
        assert open_desk(root, cached=False).book.activity.lines == 1
        assert not (root / "logs/performance").exists()

    def test_limits_hide_what_was_written_later(self, workspace: WriteWorkspace) -> None:
        root = workspace(logs={LOG: line("A")})
        desk = open_desk(root)
        seen = desk.book.snapshot()
        append(root, line("B", "13:00", symbol="Y"))
        desk.options = Options(limits=seen)
        assert desk.refresh().book.closed.symbol == ["X"]
        assert symbols(root) == ["X", "Y"]
        assert desk.refresh().book.closed.symbol == ["X"]

    def test_a_desk_whose_configuration_changed_since_leaves_the_cache_alone(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={LOG: line("A")})
        desk = open_desk(root)
        append(root, "timezone: Asia/Tokyo\n", "config/perfkit.yaml")
        symbols(root)
        before = (root / "logs/performance/cache/manifest").read_bytes()
        assert desk.book.closed.symbol == ["X"]
        assert (root / "logs/performance/cache/manifest").read_bytes() == before

    def test_verify_names_the_first_difference(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = workspace(logs={LOG: line("A")})
        desk = open_desk(root)
        assert first_difference(desk.config, desk.config.sources[0]) is None
        real = Trades.outcome
        asked = iter(range(99))
        monkeypatch.setattr(
            Trades, "outcome", lambda self, row: "loss" if next(asked) == 0 else real(self, row)
        )
        found = first_difference(desk.config, desk.config.sources[0])
        assert found is not None
        assert found.startswith(f"bot: trades of {DAY}: the cache has")
