"""What is derived of many trades at once is what is derived of each by itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from perfkit.core.numbers import Numbers
from perfkit.logs.derive import derived

PLACES = {
    "net_pnl": 2,
    "gross_pnl": 2,
    "commission": 3,
    "quantity": 1,
    "entry_price": 2,
    "stop_loss": 1,
    "target": 2,
    "hold_seconds": 0,
}
small = st.integers(-40, 40)
row = st.fixed_dictionaries(
    {name: st.one_of(small, small, st.none()) for name in PLACES}
    | {
        "opened_at": st.one_of(st.integers(0, 60_000_000), st.none()),
        "closed_at": st.integers(20_000_000, 80_000_000),
        "side": st.sampled_from(["long", "short", None]),
        "symbol": st.sampled_from(["ES", "BTC"]),
    }
)
WINNER = {
    "net_pnl": 30,
    "gross_pnl": 31,
    "commission": 10,
    "quantity": 20,
    "hold_seconds": 20,
    "entry_price": 100,
    "stop_loss": 9,
    "target": 135,
    "side": "long",
    "symbol": "BTC",
    "opened_at": 10_000_000,
    "closed_at": 30_500_000,
}
SHORT = {**WINNER, "side": "short", "stop_loss": 11, "target": 60, "net_pnl": -7, "quantity": 1}
LATE = {**WINNER, "opened_at": 30_500_001, "hold_seconds": 0}
WRONG_SIDE = {**WINNER, "stop_loss": 11}
NO_SIZE = {**WINNER, "quantity": 0}
NO_GAIN = {**WINNER, "target": 100}
SLOW = {**WINNER, "hold_seconds": 10}
RUIN = {**WINNER, "net_pnl": -5000}
MULTIPLIERS: list[dict[str, Decimal]] = [{}, {"ES": Decimal("0.5")}]


def of(rows: list[dict[str, Any]], multipliers: dict[str, Decimal]) -> list[dict[str, Any]]:
    """Each trade with what is derived of all of them."""
    targets: dict[str, Any] = {
        name: Numbers([one[name] for one in rows], PLACES[name])
        if name in PLACES
        else [one[name] for one in rows]
        for name in rows[0]
    }
    columns = derived("bot", targets, [False] * len(rows), Decimal("0.05"), multipliers)
    return [
        {
            name: column.decimal(number) if isinstance(column, Numbers) else column[number]
            for name, column in columns.items()
        }
        for number in range(len(rows))
    ]


@given(st.lists(row, min_size=1, max_size=4), st.sampled_from(MULTIPLIERS))
@example([WINNER, SHORT], {})
@example([WINNER, SHORT], {"ES": Decimal("0.5")})
@example([WINNER, LATE], {})
@example([WINNER, SLOW], {})
@example([WINNER, WRONG_SIDE], {})
@example([WINNER, NO_SIZE], {})
@example([WINNER, NO_GAIN], {})
@example([SHORT, RUIN], {})
@example([WINNER, {**WINNER, "stop_loss": None}], {})
def test_trades_together_are_as_each_by_itself(
    rows: list[dict[str, Any]], multipliers: dict[str, Decimal]
) -> None:
    alone = [of([one], multipliers)[0] for one in rows]
    assert of(rows, multipliers) == alone
    beside = {**WINNER, "entry_price": None, "opened_at": None, "commission": None, "side": None}
    assert of([*rows, beside], multipliers)[:-1] == alone
