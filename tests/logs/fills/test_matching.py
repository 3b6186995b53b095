"""Which fills make which round trips: against brute force, cash flow and public known answers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.logs.fills.matching import MOST_ENTRIES, Fill, Matched, Rules, matched
from tests import fills_by_hand as by_hand

MATCHES = ("fifo", "lifo", "average")
TRADES = ("exit", "position")
PLACES = 14
"""Decimal places of money; prices have 2, quantities none, fees up to 14."""


def rules(match: str = "fifo", trade: str = "exit", dust: int = 0, *, short: bool = True) -> Rules:
    return Rules(match, trade == "position", short, dust, 2, PLACES, PLACES)


def fill(at: int, quantity: int, price: int, fee: int = 0) -> Fill:
    """A fill with its price in hundredths and its fee in hundredths."""
    return Fill(at, quantity, price, fee * 10 ** (PLACES - 2))


def net(found: Matched) -> list[Fraction]:
    """The net P&L of each closed trade, in hundredths."""
    return [
        Fraction(one.gross_pnl - one.fee, 10 ** (PLACES - 2))
        for one in found.trades
        if one.closed_at is not None
    ]


quantities = st.integers(-5, 5)
fills_of_a_group = st.lists(
    st.tuples(quantities, st.integers(0, 9).map(lambda n: 90 + 7 * n), st.integers(-3, 9)),
    max_size=14,
).map(lambda some: [fill(at, *one) for at, one in enumerate(some)])


def in_fractions(fills: list[Fill]) -> list[by_hand.Fill]:
    return [
        by_hand.Fill(one.at, one.quantity, Fraction(one.price, 100), Fraction(one.fee, 10**PLACES))
        for one in fills
    ]


@pytest.mark.parametrize("trade", TRADES)
@pytest.mark.parametrize("match", MATCHES)
@given(fills=fills_of_a_group)
def test_round_trips_are_those_that_brute_force_pairs_unit_by_unit(
    match: str, trade: str, fills: list[Fill]
) -> None:
    found = matched(fills, rules(match, trade)).trades
    expected = by_hand.round_trips(in_fractions(fills), match, trade)
    assert [
        (
            "long" if one.direction > 0 else "short",
            one.quantity,
            Fraction(one.entry_cost, 10**PLACES),
            Fraction(one.exit_value, 10**PLACES),
            Fraction(one.fee, 10**PLACES),
            one.opened_at,
            one.closed_at,
        )
        for one in found
    ] == [
        (
            *(one.side, one.quantity, one.entry_cost, one.exit_value, one.fee),
            *(one.opened_at, one.closed_at),
        )
        for one in expected
    ]


@pytest.mark.parametrize("trade", TRADES)
@pytest.mark.parametrize("match", MATCHES)
@given(fills=fills_of_a_group, dust=st.sampled_from([0, 0, 1, 2]))
def test_nothing_is_lost(match: str, trade: str, fills: list[Fill], dust: int) -> None:
    """Net P&L, what was paid for what is open and its costs come to the cash that flowed."""
    found = matched(fills, rules(match, trade, dust)).trades
    scale = 10 ** (PLACES - 2)
    cash = -sum(
        one.quantity * one.price * scale + (one.fee if one.quantity else 0) for one in fills
    )
    earned = sum(one.gross_pnl - one.fee for one in found if one.closed_at is not None)
    earned += sum((one.realized or 0) - one.realized_fee for one in found)
    held = sum(one.direction * one.entry_cost + one.fee for one in found if one.closed_at is None)
    assert earned - held == cash


@given(fills=fills_of_a_group)
def test_the_sum_of_all_trades_is_the_same_however_they_are_matched_once_all_is_flat(
    fills: list[Fill],
) -> None:
    left = sum(one.quantity for one in fills)
    flat = [*fills, fill(99, -left, 100, 1)]
    sums = {sum(net(matched(flat, rules(match, trade)))) for match in MATCHES for trade in TRADES}
    assert len(sums) == 1


@given(fills=fills_of_a_group)
def test_every_fill_is_named_by_a_trade(fills: list[Fill]) -> None:
    for match in MATCHES:
        for trade in TRADES:
            found = matched(fills, rules(match, trade)).trades
            named = {number for one in found for number in one.fills}
            assert named == {number for number, one in enumerate(fills) if one.quantity}


@pytest.mark.parametrize("match", MATCHES)
def test_a_cost_of_three_parts_gives_the_last_what_is_left(match: str) -> None:
    fills = [fill(0, 3, 1000, 100), *(fill(at, -1, 1100) for at in (1, 2, 3))]
    found = matched(fills, rules(match)).trades
    third = 333_333_333_333 * 10 ** (PLACES - 12)
    assert [one.fee for one in found] == [third, third, 10**PLACES - 2 * third]


def test_the_cost_of_a_fill_through_zero_is_split_by_quantity() -> None:
    fills = [fill(0, 1, 1000), fill(1, -3, 1100, 100), fill(2, 1, 1000), fill(3, 1, 1000)]
    found = matched(fills, rules()).trades
    third = 333_333_333_333 * 10 ** (PLACES - 12)
    assert [one.fee for one in found] == [third, third, 10**PLACES - 2 * third]


def test_a_quantity_of_0_does_nothing_and_a_price_of_0_is_a_price() -> None:
    found = matched([fill(0, 0, 900, 5), fill(1, -4, 47, -153), fill(2, 4, 0)], rules())
    (trade,) = found.trades
    assert net(found) == [4 * 47 + 153]
    assert trade.fills == (1, 2)


def test_what_sells_more_than_is_held_opens_nothing_where_nothing_is_sold_short() -> None:
    fills = [fill(0, -2, 1000), fill(1, 1, 1000, 3), fill(2, -3, 1100, 3), fill(3, -1, 1100)]
    found = matched(fills, rules(short=False))
    (trade,) = found.trades
    assert (trade.oversold, trade.exit_quantity) == (True, 1)
    assert net(found) == [100 - 3 - 1]
    assert found.unmatched == [0, 3]


@pytest.mark.parametrize("rest", [1, -1])
@pytest.mark.parametrize("trade", TRADES)
def test_dust_counts_as_flat_on_both_sides_of_zero(trade: str, rest: int) -> None:
    fills = [fill(0, 100, 1000), fill(1, rest - 100, 1100), fill(2, 50, 1000), fill(3, -50, 1000)]
    found = matched(fills, rules("fifo", trade, dust=1)).trades
    assert [one.closed_at for one in found] == [1, 3]
    assert [one.closed_at for one in matched(fills, rules("fifo", trade)).trades] != [1, 3]


def test_of_an_average_over_many_purchases_the_first_and_the_last_are_named() -> None:
    fills = [*(fill(at, 1, 1000) for at in range(100)), fill(100, -50, 1100)]
    closed, left = matched(fills, rules("average")).trades
    assert len(closed.fills) == MOST_ENTRIES + 1
    assert closed.fills[:2] == left.fills[:2] == (0, 85)


@pytest.mark.parametrize("match", MATCHES)
@given(fills=fills_of_a_group)
def test_what_an_open_position_has_realized_is_the_pnl_of_its_exits_one_by_one(
    match: str, fills: list[Fill]
) -> None:
    """The exits are those of brute force, since the group was last flat or went through zero."""
    found = matched(fills, rules(match, "position")).trades
    exits = by_hand.round_trips(in_fractions(fills), match, "exit")
    for one in found:
        own = [
            trade
            for trade in exits
            if trade.closed_at is not None and trade.closed_at > one.opened_at
        ]
        if one.closed_at is not None or not own:
            assert (one.realized, one.realized_fee) == (None, 0)
            continue
        assert one.realized is not None
        assert Fraction(one.realized - one.realized_fee, 10**PLACES) == sum(
            (trade.exit_value - trade.entry_cost) * (1 if trade.side == "long" else -1) - trade.fee
            for trade in own
        )


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_an_open_position_says_what_it_has_realized(parts: list[int]) -> None:
    total = sum(parts) + 1
    fills = [fill(0, total, 1000, 0), *(fill(1, -one, 1100, 1) for one in parts)]
    (trade,) = matched(fills, rules("fifo", "position")).trades
    scale = 10 ** (PLACES - 2)
    assert (trade.quantity, trade.closed_at) == (1, None)
    assert trade.realized == 100 * sum(parts) * scale
    assert trade.realized_fee == len(parts) * scale
