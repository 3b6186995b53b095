"""Trades as bytes: a run of them has its own other lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from perfkit.book.store.packing import PackedTrades, unpacked_trades
from tests.conftest import WriteWorkspace
from tests.fillkit import desk_of_fills, lines_of

Key = TypeVar("Key")
Value = TypeVar("Value")


class LookedUp(dict[Key, Value]):
    """A mapping that nobody goes through from end to end."""

    def __iter__(self) -> Iterator[Key]:
        raise AssertionError("gone through")

    items = keys = values = __iter__  # type: ignore[assignment]


def test_a_run_holds_its_own_other_lines_and_looks_at_no_others(workspace: WriteWorkspace) -> None:
    desk = desk_of_fills(workspace, lines_of("+1@1; -1@2; +1@3; -1@4; +1@5; -1@6"))
    trades = desk.book.closed.slice(0, 3)
    every = dict(trades.other_lines)
    run = PackedTrades(trades.with_lines(LookedUp(every))).run(1, 3)
    found = unpacked_trades(run, trades.paths)
    places = list(zip(trades.file, trades.line, strict=True))
    assert found.other_lines == {at: every[at] for at in places[1:]}
