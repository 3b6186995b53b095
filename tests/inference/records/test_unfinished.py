"""Exits of trades that are still open, with the value that these have so far."""

from pathlib import Path

import pytest

import perfkit

MOVES = (3, -2, 4, -1, 6, -3)


def exported(path: Path, last: str, *, newest_first: bool = True) -> perfkit.Desk:
    """Two rows a trade, each with its result; `last` is when and why the last one ended."""
    blocks = []
    for n, move in enumerate(MOVES, 1):
        ends = last if n == len(MOVES) else f"2026-01-0{n} 10:30,TP"
        result = f"10,{move * 10},{move}"
        entry = f"{n},Entry long,2026-01-0{n} 09:30,Long,100,{result}"
        blocks.append([f"{n},Exit long,{ends},{100 + move},{result}", entry])
    if newest_first:
        blocks.reverse()
    rows = [row for block in blocks for row in block]
    head = "Trade #,Type,Date and time,Signal,Price USD,Size (qty),Net P&L USD,Net P&L %"
    path.write_text("\n".join([head, *rows]) + "\n")
    return perfkit.read(path, quiet=True)


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("last", ["2026-01-06 10:30,Open", "Open,Open", ",Open"])
def test_they_close_nothing(tmp_path: Path, last: str, *, newest_first: bool) -> None:
    desk = exported(tmp_path / "trades.csv", last, newest_first=newest_first)
    assert (len(desk.book.closed), len(desk.book.open)) == (5, 1)
    assert desk.summary("all").metrics["net_pnl"] == 100
    assert not desk.book.errors


def test_other_signals_close(tmp_path: Path) -> None:
    desk = exported(tmp_path / "trades.csv", "2026-01-06 10:30,Open Long Stop")
    assert (len(desk.book.closed), len(desk.book.open)) == (6, 0)
