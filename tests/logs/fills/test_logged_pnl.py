"""P&L that fills log: it counts before prices, once, less the costs of both sides."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from tests import fills_by_hand as by_hand
from tests.conftest import WriteWorkspace
from tests.fillkit import START, closed, left, lines_of

FIELDS = "at: t, quantity: q, price: p, commission: f, symbol: s"


def desk_of(
    workspace: Callable[..., Path],
    text: str,
    logged: Sequence[str | None],
    field: str = "gross_pnl",
    fills: str = "{}",
    top: str = "",
) -> Desk:
    """A desk over those fills, of which each logs what it has earned."""
    lines = [{**one, "e": pnl} for one, pnl in zip(lines_of(text), logged, strict=True)]
    config = (
        f"{top}sources:\n  - name: bot\n    path: fills.jsonl\n    currency: USD\n    dialect:\n"
        f"      fills: {fills}\n      fields: {{{FIELDS}, {field}: e}}\n"
    )
    return open_desk(workspace(config, {"fills.jsonl": "".join(map(as_line, lines))}))


def as_line(line: dict[str, object]) -> str:
    return json.dumps(line) + "\n"


def money(desk: Desk) -> list[tuple[object, ...]]:
    return [(one.gross_pnl, one.commission, one.net_pnl) for one in closed(desk)]


def codes(desk: Desk) -> set[str]:
    return {one.code for one in desk.summary("all").data.findings}


def decimals(*texts: str | None) -> tuple[Decimal | None, ...]:
    return tuple(None if text is None else Decimal(text) for text in texts)


LOTS = "+0.1@1.10 0.5; -0.1@1.11 0.5"


def test_it_counts_before_prices_and_costs_of_both_sides_come_off(
    workspace: WriteWorkspace,
) -> None:
    desk = desk_of(workspace, LOTS, ["0", "100"])
    assert money(desk) == [decimals("100", "1", "99")]
    assert codes(desk) == set()


def test_a_net_one_has_the_costs_already(workspace: WriteWorkspace) -> None:
    desk = desk_of(workspace, LOTS, [None, "99"], "net_pnl")
    assert money(desk) == [decimals(None, "1", "99")]


def test_a_multiplier_says_nothing_of_it(workspace: WriteWorkspace) -> None:
    desk = desk_of(workspace, LOTS, ["0", "100"], top="multiplier: {ES: 50}\n")
    assert money(desk) == [decimals("100", "1", "99")]
    assert codes(desk) == set()


def test_each_exit_has_its_own_and_a_position_the_sum(workspace: WriteWorkspace) -> None:
    text, logged = "+3@10 3; -1@11 1; -2@12 1", ["0", "7", "-2"]
    assert money(desk_of(workspace, text, logged)) == [
        decimals("7", "2", "5"),
        decimals("-2", "3", "-5"),
    ]
    desk = desk_of(workspace, text, logged, fills="{trade: position}")
    assert money(desk) == [decimals("5", "5", "0")]


def test_what_is_logged_of_a_position_still_open_is_realized(workspace: WriteWorkspace) -> None:
    """7 less the fee of the exit and a third of that of the entry; a net P&L as it is."""
    text, logged = "+3@10 3; -1@11 1; -1@12 1", ["0", "7", "-2"]
    for count, field, expected in (
        (2, "gross_pnl", "5"),
        (3, "gross_pnl", "1"),
        (3, "net_pnl", "5"),
    ):
        part = "; ".join(text.split("; ")[:count])
        desk = desk_of(workspace, part, logged[:count], field, "{trade: position}")
        assert left(desk)[0].realized_pnl == Decimal(expected)
    desk = desk_of(workspace, text, ["0", "7", None], fills="{trade: position}")
    assert left(desk)[0].realized_pnl == Decimal(1 + 2 - 4)


def test_of_a_fill_through_zero_it_is_that_of_what_it_closes(workspace: WriteWorkspace) -> None:
    desk = desk_of(workspace, "+2@10; -3@11; +1@9", ["0", "20", "4"])
    assert [one.gross_pnl for one in closed(desk)] == [20, 4]
    assert codes(desk) == set()


def test_a_trade_of_which_an_exit_logs_nothing_is_computed_from_prices(
    workspace: WriteWorkspace,
) -> None:
    text, logged = "+2@10; -1@11; -1@12; +1@10; -1@15", ["0", "70", None, "0", "9"]
    desk = desk_of(workspace, text, logged, fills="{trade: position}")
    assert [one.gross_pnl for one in closed(desk)] == [3, 9]
    assert codes(desk) == {"pnl_computed"}
    top = "multiplier: {ES: 50}\n"
    desk = desk_of(workspace, text, logged, fills="{trade: position}", top=top)
    found = {one.code: one.count for one in desk.summary("all").data.findings}
    assert found == {"pnl_computed": 1, "no_multiplier": 1}


@pytest.mark.parametrize("field", ["gross_pnl", "net_pnl"])
def test_a_fill_that_earned_something_but_closes_nothing_is_a_finding(
    workspace: WriteWorkspace, field: str
) -> None:
    """A log that begins within a position: its first sale is no short."""
    desk = desk_of(workspace, "-1@10; +1@9; +1@9; -1@10", ["5", "0", "0", "1"], field)
    found = {one.code: one.count for one in desk.summary("all").data.findings}
    assert found == {"opened_with_pnl": 1}


def test_so_is_one_of_a_position_that_is_still_open(workspace: WriteWorkspace) -> None:
    desk = desk_of(workspace, "-1@10; -1@9", ["5", "3"])
    found = {one.code: one.count for one in desk.summary("all").data.findings}
    assert found == {"opened_with_pnl": 1}
    assert desk.summary("all").metrics["closed_trades"] == 0


@pytest.mark.parametrize("logged", ["5 EUR", "much"])
def test_one_that_cannot_be_read_costs_the_fill(workspace: WriteWorkspace, logged: str) -> None:
    desk = desk_of(workspace, LOTS, ["0", logged])
    assert [one.reason.partition(":")[0] for one in desk.book.errors] == ["e"]


fills = st.lists(
    st.tuples(st.integers(-4, 4).filter(bool), st.integers(-99, 99), st.integers(0, 3)),
    min_size=1,
    max_size=9,
)


@pytest.mark.parametrize("match", ["fifo", "lifo", "average"])
@given(some=fills)
def test_every_exit_has_what_its_fill_logs_less_the_costs_that_brute_force_shares(
    fresh_workspace: WriteWorkspace, match: str, some: list[tuple[int, int, int]]
) -> None:
    text = "; ".join(f"{quantity:+d}@10 {fee}" for quantity, _, fee in some)
    logged = [f"{pnl}e-2" for _, pnl, _ in some]
    desk = desk_of(fresh_workspace, text, logged, fills=f"{{match: {match}}}")
    trips = by_hand.round_trips(
        [
            by_hand.Fill(place, quantity, Fraction(10), Fraction(fee))
            for place, (quantity, _, fee) in enumerate(some)
        ],
        match,
        "exit",
    )
    expected = [
        (one.closed_at, Fraction(some[one.closed_at][1], 100) - one.fee)
        for one in trips
        if one.closed_at is not None
    ]
    assert [
        (minute_of(one.closed_at), Fraction(one.net_pnl or 0)) for one in closed(desk)
    ] == expected


def minute_of(at: datetime | None) -> int:
    assert at is not None
    return int((at - START).total_seconds()) // 60
