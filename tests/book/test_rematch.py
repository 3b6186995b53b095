"""Which lines a new fill lets be read again: those since the position was last flat before it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from perfkit.book.verify import contents
from perfkit.desk.desk import open as open_desk
from perfkit.logs.reader import read_lines
from tests.conftest import WriteWorkspace
from tests.fillkit import lines_of

CONFIG = """\
sources:
  - name: bot
    path: logs/fills.jsonl
    currency: USD
    dialect:
      identity: [id]
      fills: {{trade: {trade}, short: {short}}}
      fields: {{at: t, quantity: q, price: p, commission: f, symbol: s}}
"""

DAY = 24 * 60
KNOWN = f"0: +2@10; 1: -2@11; {DAY}: +3@12; {DAY + 5}: -1@13; {DAY + 9}: -2@13; {3 * DAY}: +1@14"
"""Flat between lines 2 and 3, and between 5 and 6, which is left open."""


@pytest.fixture(name="read_again")
def _read_again(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The lines that each run reads again."""
    found: list[list[int]] = []

    def noted(stream: Any, shown: str, dialect: Any, wanted: Iterable[int], *rest: Any) -> Any:
        found.append(sorted(wanted))
        return read_lines(stream, shown, dialect, wanted, *rest)

    monkeypatch.setattr("perfkit.book.update.read_lines", noted)
    return found


def append(root: Path, lines: Iterable[dict[str, object]], first_id: int) -> None:
    with (root / "logs/fills.jsonl").open("a") as stream:
        for number, line in enumerate(lines, first_id):
            stream.write(json.dumps({"id": number, **line}) + "\n")


def assert_is_cold(root: Path) -> None:
    warm, cold = open_desk(root), open_desk(root, cached=False)
    for (what, one), (_, other) in zip(contents(warm.book), contents(cold.book), strict=True):
        assert one == other, what


@pytest.mark.parametrize("trade", ["exit", "position"])
@pytest.mark.parametrize(
    ("late", "read"),
    [
        (f"{4 * DAY}: -1@15", [6]),  # comes last, and closes what is open
        (f"{3 * DAY}: -1@15", [6]),  # of the time of the last one
        (f"{3 * DAY - 1}: -1@15", [6]),  # before it, while flat: it opens a short position
        (f"{DAY + 9}: -1@15", [3, 4, 5, 6]),  # of the time of a close, which it may come before
        (f"{DAY + 7}: -1@15", [3, 4, 5, 6]),  # while a position is open
        (f"{DAY - 1}: -1@15", [1, 2, 3, 4, 5, 6]),  # while flat; whole days are read
        ("0: -1@15", [1, 2, 3, 4, 5, 6]),  # of the time of the first one
    ],
)
def test_lines_are_read_from_where_the_position_was_flat(
    workspace: WriteWorkspace, read_again: list[list[int]], trade: str, late: str, read: list[int]
) -> None:
    root = workspace(CONFIG.format(trade=trade, short="true"), {"logs/fills.jsonl": ""})
    append(root, lines_of(KNOWN), 1)
    open_desk(root).summary("all")
    append(root, lines_of(late), 100)
    assert_is_cold(root)
    assert read_again == [read]


def test_fills_of_other_groups_are_not_read(
    workspace: WriteWorkspace, read_again: list[list[int]]
) -> None:
    root = workspace(CONFIG.format(trade="exit", short="true"), {"logs/fills.jsonl": ""})
    append(root, [*lines_of(KNOWN), *lines_of(KNOWN, "B")], 1)
    open_desk(root).summary("all")
    append(root, lines_of(f"{5 * DAY}: -1@15", "B"), 100)
    assert_is_cold(root)
    assert read_again == [[12]]


def test_a_line_about_a_known_fill_lets_all_be_read(
    workspace: WriteWorkspace, read_again: list[list[int]]
) -> None:
    """The first fill is said to have been on the fourth day, so the second one opened a short."""
    root = workspace(CONFIG.format(trade="exit", short="true"), {"logs/fills.jsonl": ""})
    append(root, lines_of(KNOWN), 1)
    open_desk(root).summary("all")
    append(root, lines_of(f"{4 * DAY}: +2@10"), 1)
    assert_is_cold(root)
    assert read_again == [[1, 2, 3, 4, 5, 6]]


def test_lines_of_a_fill_that_was_corrected_are_always_read(
    workspace: WriteWorkspace, read_again: list[list[int]]
) -> None:
    """The last line says of the fill of line 6 only that it cost more, and when it was."""
    root = workspace(CONFIG.format(trade="exit", short="true"), {"logs/fills.jsonl": ""})
    append(root, lines_of(KNOWN), 1)
    append(root, [{"t": "2026-03-20T00:00:00Z", "q": "1", "p": "14", "f": "3", "s": "A"}], 6)
    open_desk(root).summary("all")
    append(root, lines_of(f"{40 * DAY}: -1@15"), 100)
    assert_is_cold(root)
    assert read_again == [[6, 7]]
    assert open_desk(root).summary("all").metrics["net_pnl"] == 2 + 1 + 2 + 1 - 3


def test_sales_of_what_was_not_held_are_known_from_before(
    workspace: WriteWorkspace, read_again: list[list[int]]
) -> None:
    root = workspace(CONFIG.format(trade="exit", short="false"), {"logs/fills.jsonl": ""})
    append(root, lines_of(f"0: -1@10; 9: +1@10; 10: -1@11; {DAY}: -1@9; {DAY + 1}: +1@9"), 1)
    open_desk(root).summary("all")
    append(root, lines_of(f"{DAY + 2}: -1@15"), 100)
    assert_is_cold(root)
    assert read_again == [[4, 5]]
    assert [error.line for error in open_desk(root).book.errors] == [1, 4]
