"""Which sources are looked at, and how files are shared out to several processes."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import perfkit
from perfkit.book import parallel
from perfkit.book.batch import FileReading
from perfkit.book.cache import DEFAULT, open_book
from perfkit.book.store import manifest as manifests
from perfkit.book.verify import contents
from perfkit.book.work import FilesOf
from perfkit.config.settings import load
from perfkit.core.errors import ConfigError
from tests.clusterkit import line
from tests.conftest import WriteWorkspace

MIB = 1 << 20

BOTS = 'sources: [{path: "logs/bots/{source}/", currency: USD}]\n'


def files(folder: Path, sizes: list[int]) -> list[FileReading]:
    """Files of so many MiB each; they hold nothing, and take no room."""
    made = []
    for number, size in enumerate(sizes):
        path = folder / f"{number}.jsonl"
        with path.open("wb") as stream:
            stream.truncate(size * MIB)
        made.append(FileReading(number, str(path), path.name))
    return made


def of_sources(root: Path, readings: list[FileReading], cuts: list[int]) -> list[FilesOf]:
    """The files dealt to several sources, the first ones to the first."""
    names = [f"bot{number}" for number in range(len(cuts) + 1)]
    entries = "".join(f"  - {{name: {one}, path: {one}, currency: USD}}\n" for one in names)
    (root / "config").mkdir(exist_ok=True)
    (root / "config/perfkit.yaml").write_text(f"sources:\n{entries}")
    begins, ends = [0, *sorted(cuts)], [*sorted(cuts), len(readings)]
    parts = [readings[first:last] for first, last in zip(begins, ends, strict=True)]
    return list(zip(load(str(root)).sources, parts, strict=True))


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=30),
    st.integers(2, 8),
    st.lists(st.integers(0, 30), max_size=5),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_file_is_in_one_lot_in_order(
    tmp_path: Path, sizes: list[int], workers: int, cuts: list[int]
) -> None:
    readings = files(tmp_path, sizes)
    work = of_sources(tmp_path, readings, [min(cut, len(sizes)) for cut in cuts])
    lots = parallel._Chunks(sum(sizes) * MIB, workers)
    shared = list(lots.of(work))
    assert all(own for lot in shared for _, own in lot)
    found = [(source.name, one) for lot in shared for source, own in lot for one in own]
    assert found == [(source.name, one) for source, own in work for one in own]
    assert all(shared)
    assert lots.left == 0


def test_small_sources_are_read_together(tmp_path: Path) -> None:
    work = of_sources(tmp_path, files(tmp_path, [1] * 300), list(range(1, 300)))
    shared = list(parallel._Chunks(300 * MIB, 2).of(work))
    assert len(shared) < 20
    assert sum(len(lot) for lot in shared) == 300


def test_lots_are_large_at_first_and_then_ever_smaller(tmp_path: Path) -> None:
    lots = parallel._Chunks(300 * MIB, 2)
    work = of_sources(tmp_path, files(tmp_path, [1] * 300), [])
    sizes = [len(own) for ((_, own),) in lots.of(work)]
    assert sizes[0] == parallel.MOST_BYTES // MIB
    assert sizes[:-1] == sorted(sizes[:-1], reverse=True)
    assert set(sizes[-4:-1]) == {parallel.LEAST_BYTES // MIB}
    assert len(sizes) < 20


def test_little_is_shared_by_all(tmp_path: Path) -> None:
    lots = parallel._Chunks(8 * MIB, 4)
    work = of_sources(tmp_path, files(tmp_path, [1] * 8), [])
    assert len(list(lots.of(work))) == 4


class TestSourcesThatStand:
    """Sources whose folders and files stand are neither listed nor planned."""

    @pytest.fixture
    def root(self, workspace: WriteWorkspace) -> Path:
        """Three bots with two files each, all known and none too new to be sure of."""
        root = workspace(BOTS)
        for bot in "abc":
            for day in (7, 8):
                add(root, bot, day, 1)
        time.sleep(0.05)  # until a change would show in the fingerprints of files
        assert closed(root) == 6
        return root

    def test_only_the_source_that_changed_is_listed_and_decoded(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        listed = counted(monkeypatch, parallel, "log_files")
        decoded = counted(monkeypatch, manifests, "ledger_of")
        add(root, "b", 8, 2)
        config = load(root)
        opened = open_book(config, config.sources, DEFAULT)
        assert [call[0].name for call in listed] == ["b"]
        assert len(decoded) == 1
        activity = opened.activity
        assert (activity.files, activity.hit, activity.grown) == (6, 5, 1)
        assert activity.trades == 7

    def test_a_file_that_goes_from_a_source_that_stands_to_another_counts_once(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        list_files = parallel.listed
        moving = root / "logs/bots/a/2026-04-07.jsonl"

        def moved_before(*given: Any) -> parallel.Listed:
            if moving.exists():
                moving.rename(root / "logs/bots/b/2026-04-09.jsonl")
            return list_files(*given)

        monkeypatch.setattr(parallel, "listed", moved_before)
        add(root, "b", 8, 2)
        assert closed(root) == 7
        is_as_cold(root)

    @pytest.mark.parametrize("change", ["grown", "cut", "gone", "new"])
    def test_whatever_changes_the_book_is_that_of_a_cold_run(self, root: Path, change: str) -> None:
        log = root / "logs/bots/a/2026-04-07.jsonl"
        for step in range(3):
            if change == "grown":
                add(root, "a", 7, step + 2)
            elif change == "cut":
                log.write_text(log.read_text()[:-1] + " \n")
            elif change == "gone":
                log.unlink(missing_ok=True)
            else:
                add(root, "a", 10 + step, 1)
            is_as_cold(root)
            add(root, "c", 8, step + 2)
            is_as_cold(root)

    def test_a_file_that_another_source_begins_to_read_is_said(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(
            "sources:\n"
            "  - {name: one, path: logs/x.jsonl.gz, currency: USD}\n"
            "  - {name: all, path: logs, pattern: x.jsonl, currency: USD}\n"
        )
        text = line("1", "2026-04-08T10:00:00Z", "1")
        (root / "logs/x.jsonl.gz").write_bytes(gzip.compress(text.encode()))
        (root / "logs/x.jsonl").write_text(line("2", "2026-04-08T10:01:00Z", "1"))
        time.sleep(0.05)
        assert closed(root) == 2
        (root / "logs/x.jsonl").unlink()
        with pytest.raises(ConfigError, match="both read"):
            closed(root)


def add(root: Path, bot: str, day: int, minute: int) -> None:
    folder = root / "logs/bots" / bot
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"2026-04-{day:02d}.jsonl").open("a") as log:
        log.write(line(f"{bot} {day} {minute}", f"2026-04-{day:02d}T10:{minute:02d}:00Z", "1"))


def closed(root: Path) -> int:
    return len(perfkit.open(root).book.closed)


def is_as_cold(root: Path) -> None:
    desk, cold = perfkit.open(root), perfkit.open(root, cached=False)
    assert list(contents(desk.book)) == list(contents(cold.book))


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[tuple[Any, ...]]:
    """What a function of a module is called with from here on."""
    calls: list[tuple[Any, ...]] = []
    function: Callable[..., Any] = getattr(module, name)

    def noted(*given: Any) -> Any:
        calls.append(given)
        return function(*given)

    monkeypatch.setattr(module, name, noted)
    return calls
