"""Breakdowns by source: those of more sources than a sheet has room for are as cut from trades."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.book.store import day_sheet
from perfkit.book.store.day_sheet import MOST_PARTS, unpacked_sheet, unpacked_whole
from perfkit.book.store.pages import SUFFIX
from perfkit.cli.main import main
from perfkit.config.workspace import CACHE
from perfkit.core.calendar import WINDOW_KINDS
from perfkit.metrics.tally import Columns
from perfkit.summary import breakdowns
from perfkit.summary.breakdowns import WindowSlices
from tests.conftest import WriteWorkspace

BOTS = 'sources: [{path: "logs/bots/{source}/", pattern: "*.jsonl", currency: USD}]\n'
PLACES = (
    "",
    "timezone: America/New_York\nday_start: '17:00'\n",
    "timezone: Asia/Kolkata\n",
)
WHERE = ("", "symbol=X", "symbol!=X", "net_pnl>0", "source=a", "source=a|b", "source!=b")


class Line(NamedTuple):
    """A line of a bot: a trade that opens or closes; of a number that was there, a correction."""

    bot: str
    number: int
    hours: int
    net: str | None
    symbol: str

    @property
    def text(self) -> str:
        at = f"2026-04-{6 + self.hours // 24:02d}T{self.hours % 24:02d}:30:00Z"
        said = {"timestamp": at, "order_id": f"{self.bot}{self.number}", "symbol": self.symbol}
        if self.net is not None:
            said |= {"exit_timestamp": at, "net_profit_loss": self.net}
        return json.dumps(said) + "\n"


lines = st.builds(
    Line,
    st.sampled_from("abc"),
    st.integers(0, 4),
    st.integers(0, 95),
    st.sampled_from(["1", "-2", "0.25", "0", None]),
    st.sampled_from("XY"),
)


def add(root: Path, one: Line) -> None:
    folder = root / "logs/bots" / one.bot
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "trades.jsonl").open("a") as log:
        log.write(one.text)


def by_source(desk: perfkit.Desk, words: Mapping[str, Any]) -> tuple[str, str]:
    """The breakdown as a table and, with everything else, as JSON."""
    return str(desk.breakdown("source", **words)), desk.summary(**words).to_json()


def none_known(*_: object) -> None:
    """What is known of the parts of a day, where they have to be cut from its trades."""


@given(
    runs=st.lists(st.lists(lines, min_size=1, max_size=8), min_size=1, max_size=3),
    place=st.sampled_from(PLACES),
    where=st.sampled_from(WHERE),
    window=st.sampled_from([*WINDOW_KINDS, "range"]),
    day=st.integers(6, 9),
)
def test_sources_beyond_the_room_of_a_sheet_are_as_cut_from_trades(
    fresh_workspace: WriteWorkspace,
    runs: list[list[Line]],
    place: str,
    where: str,
    window: str,
    day: int,
) -> None:
    """After each run of lines, with a cache and without."""
    root = fresh_workspace(BOTS + place)
    for bot in "abc":
        add(root, Line(bot, 9, 24, "1", "X"))
    words: dict[str, Any] = {"window": window, "date": f"2026-04-{day:02d}"}
    if window == "range":
        words = {"start": "2026-04-07", "end": f"2026-04-{max(day, 7):02d}"}
    words["where"] = where or None
    for run in runs:
        for one in run:
            add(root, one)
        with patch.object(day_sheet, "MOST_PARTS", 2):
            found = by_source(perfkit.open(root), words)
            assert by_source(perfkit.open(root, cached=False), words) == found
            with patch.object(WindowSlices, "_known_parts", none_known):
                assert by_source(perfkit.open(root), words) == found


@given(st.lists(lines, min_size=1, max_size=20))
def test_the_tally_of_a_source_is_that_of_its_trades_among_all(
    fresh_workspace: WriteWorkspace, more: list[Line]
) -> None:
    root = fresh_workspace(BOTS)
    for bot in "abc":
        add(root, Line(bot, 9, 24, "1", "X"))
    for one in more:
        add(root, one)
    with patch.object(day_sheet, "MOST_PARTS", 2):
        desk = perfkit.open(root)
        selection = desk.selection("all")
        for day, parts in WindowSlices(selection)._per_day("source"):
            trades = selection.day_trades(day)
            assert parts == Columns(trades).parts(trades.source)


@pytest.fixture
def many(workspace: WriteWorkspace) -> Path:
    """One source more than a sheet has room for, each with a trade on two days."""
    root = workspace(BOTS)
    for number in range(MOST_PARTS + 1):
        for hours in (10, 34):
            add(root, Line(f"bot{number:03d}", hours, hours, str(number - 100), "X"))
    return root


def no_trades_cut(*_: object) -> None:
    raise AssertionError("parts are cut from trades")


@pytest.mark.parametrize("cached", [True, False])
def test_no_trades_are_needed_for_many_sources(
    many: Path, monkeypatch: pytest.MonkeyPatch, cached: bool
) -> None:
    desk = perfkit.open(many, cached=cached)
    assert desk.book.files
    monkeypatch.setattr(breakdowns, "Columns", no_trades_cut)
    found = {one.name: one.metrics["net_pnl"] for one in desk.breakdown("source", "all").parts}
    assert found == {f"bot{n:03d}": 2 * (n - 100) for n in range(MOST_PARTS + 1)}


def test_many_sources_are_listed_with_the_worst_first(
    many: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["summary", "--window", "all", "--by", "source", "--root", str(many)]) == 0
    rows = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line[:3] == "bot"]
    assert rows == [f"bot{number:03d}" for number in range(MOST_PARTS + 1)]


def test_a_damaged_sheet_of_a_source_leads_to_a_rebuild(many: Path) -> None:
    desk = perfkit.open(many)
    expected = desk.breakdown("source", "all").parts
    first = desk.book.days[0].toordinal()
    address = desk.book.looked_up(lambda ledgers, _: ledgers["bot007"].days[first].sheet)
    assert address is not None
    name, offset, *_ = address
    page = many / CACHE / "pages" / f"{name}{SUFFIX}"
    content = page.read_bytes()
    page.write_bytes(content[:offset] + b"?" + content[offset + 1 :])
    assert perfkit.open(many).breakdown("source", "all").parts == expected
    assert perfkit.open(many).breakdown("source", "all").parts == expected


def test_the_whole_of_a_sheet_is_read_without_the_rest(many: Path) -> None:
    book = perfkit.open(many).book
    for day in book.days:
        packed = book.sheet(day).packed
        assert unpacked_whole(packed) == unpacked_sheet(packed).whole
