"""What is known of many sources lies in pages, is read where it is needed, and may be damaged."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import perfkit
from perfkit.book import cache, parallel
from perfkit.book.cache import DEFAULT, Options, open_book
from perfkit.book.store import compaction
from perfkit.book.store import manifest as manifests
from perfkit.book.store.ledger import Ledger
from perfkit.book.store.pages import Pages
from perfkit.book.verify import contents, status
from perfkit.config.settings import load
from perfkit.config.workspace import CACHE
from tests.clusterkit import Elsewhere, line
from tests.conftest import CAMPAIGN, WriteWorkspace

BOTS = 'sources: [{path: "logs/bots/{source}/", currency: USD}]\n'


@pytest.fixture
def root(workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three bots with two files each, all known, none too new, and too much for the manifest."""
    monkeypatch.setattr(manifests, "MOST_LEDGER_BYTES", 0)
    root = workspace(BOTS)
    for bot in "abc":
        for day in (7, 8):
            add(root, bot, day, 1)
    time.sleep(0.05)  # until a change would show in the fingerprints of files
    assert len(perfkit.open(root).book.closed) == 6
    return root


def add(root: Path, bot: str, day: int, minute: int) -> None:
    folder = root / "logs/bots" / bot
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"2026-04-{day:02d}.jsonl").open("a") as log:
        log.write(line(f"{bot} {day} {minute}", f"2026-04-{day:02d}T10:{minute:02d}:00Z", "1"))


def in_pages(root: Path) -> dict[str, bool]:
    """Which sources have their ledger in pages."""
    known = cache.stored(load(root))
    assert known is not None
    return {
        name: isinstance(own, tuple) for name, (_, own) in known.manifest.ledgers.plain().items()
    }


def is_as_cold(root: Path) -> None:
    desk, cold = perfkit.open(root), perfkit.open(root, cached=False)
    assert list(contents(desk.book)) == list(contents(cold.book))
    assert desk.summary("all").to_json() == cold.summary("all").to_json()


def overwritten(root: Path, bot: str) -> None:
    """Harms the stored ledger of a source, and nothing else."""
    known = cache.stored(load(root))
    assert known is not None
    _, where = known.manifest.ledgers.plain()[bot]
    assert isinstance(where, tuple)
    page, offset, length, _ = where
    with (root / CACHE / cache.PAGES / f"{page}.page").open("r+b") as stream:
        stream.seek(offset + length // 2)
        stream.write(b"\xff\x00\xff")


def test_a_ledger_that_changed_is_in_the_manifest_until_there_are_several(root: Path) -> None:
    assert in_pages(root) == {"a": True, "b": True, "c": True}
    add(root, "b", 8, 2)
    is_as_cold(root)
    assert in_pages(root) == {"a": True, "b": False, "c": True}
    add(root, "b", 8, 3)
    is_as_cold(root)
    assert in_pages(root) == {"a": True, "b": False, "c": True}
    add(root, "c", 8, 2)
    is_as_cold(root)
    assert in_pages(root) == {"a": True, "b": True, "c": True}


def test_a_short_ledger_stays_in_the_manifest(workspace: WriteWorkspace) -> None:
    root = workspace(BOTS)
    add(root, "a", 7, 1)
    add(root, "b", 7, 2)
    is_as_cold(root)
    assert in_pages(root) == {"a": False, "b": False}


def test_a_ledger_that_nothing_asks_for_is_not_read(root: Path) -> None:
    overwritten(root, "a")
    add(root, "b", 8, 2)
    config = load(root)
    assert open_book(config, config.sources, DEFAULT).activity.lines == 1


@pytest.mark.parametrize("grows", ["", "a", "b"])
def test_after_damage_all_is_read_again(root: Path, grows: str) -> None:
    overwritten(root, "a")
    assert status(load(root)).state == "out of date"
    if grows:
        add(root, grows, 8, 2)
    is_as_cold(root)
    is_as_cold(root)
    assert status(load(root)).state == "up to date"


def test_a_run_for_one_source_is_not_stopped_by_the_damaged_ledger_of_another(root: Path) -> None:
    overwritten(root, "b")
    add(root, "b", 8, 2)
    config = load(root)
    opened = open_book(config, config.sources[:1], DEFAULT)
    assert (opened.problem, opened.activity.trades) == (None, 2)
    is_as_cold(root)


def test_damage_that_shows_when_a_book_is_first_used_is_mended_as_it_was_opened(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = perfkit.open(root, cached=False).summary("all").to_json()
    monkeypatch.setattr(parallel, "PARALLEL_BYTES", 0)
    executor = Elsewhere()
    desk = perfkit.open(root, executor=executor, jobs=3, live=False)
    book = desk.book
    assert executor.units == 0
    overwritten(root, "b")
    assert len(book.files) == 6
    assert executor.units > 0
    assert desk.summary("all").to_json() == expected


def test_a_book_of_limits_does_without_what_is_damaged(root: Path) -> None:
    seen = perfkit.open(root).book.snapshot()
    overwritten(root, "c")
    config = load(root)
    opened = open_book(config, config.sources, Options(limits=seen))
    assert (opened.activity.trades, opened.mark) == (6, None)


def test_a_byte_flipped_anywhere_changes_no_figure(root: Path) -> None:
    cold = perfkit.open(root, cached=False)
    expected = list(contents(cold.book)), cold.summary("all").to_json()
    kept = {path: path.read_bytes() for path in (root / CACHE).rglob("*.page")}
    kept[root / CACHE / "manifest"] = (root / CACHE / "manifest").read_bytes()
    for harmed, good in kept.items():
        for place in range(0, len(good), 1 if CAMPAIGN else max(1, len(good) // 12)):
            for path in (root / CACHE).rglob("*.page"):
                path.unlink()
            for path, content in kept.items():
                path.write_bytes(content)
            harmed.write_bytes(good[:place] + bytes([good[place] ^ 4]) + good[place + 1 :])
            desk = perfkit.open(root)
            found = list(contents(desk.book)), desk.summary("all").to_json()
            assert found == expected, (harmed.name, place)


def test_ledgers_move_with_the_pages_they_are_in(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "MOST_PAGES", 2)
    for minute in range(2, 8):
        for bot in "ab":
            add(root, bot, 8, minute)
            is_as_cold(root)
    assert in_pages(root)["c"]
    assert len(list((root / CACHE / cache.PAGES).iterdir())) <= 4


def test_a_ledger_moves_unread_where_only_its_own_page_goes() -> None:
    summary = manifests.summary_of(Ledger())
    stored = {"a": (summary, ("gone", 0, 1, 0)), "b": (summary, ("left", 0, 1, 0))}
    known = manifests.Ledgers(stored, Pages(None, "memory"))
    moved = known.moved(lambda address: ("new", *address[1:]), {"gone"})
    assert [where for _, where in moved.plain().values()] == [("new", 0, 1, 0), ("left", 0, 1, 0)]
