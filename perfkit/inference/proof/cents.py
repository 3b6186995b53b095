"""Results in hundredths, as contracts at prices from 1 to 99 say that pay 100 or nothing.

bought 10 at 45, won     10 x (100 - 45) = 550      which are 5.50
bought 10 at 45, lost    -10 x 45 = -450            which are -4.50
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.table.columns import NUMBER, Column

_LEAST = 4
_WHOLE = 100
_OF_KALSHI = "kx"


def is_in_cents(
    pnl: Column, columns: Sequence[Column], roles: Mapping[str, Column], rows: Sequence[int]
) -> bool:
    """Whether each result is what contracts at whole prices below 100 won or lost."""
    size = roles.get("quantity")
    if size is None or pnl.kind != NUMBER:
        return False
    prices = [one for one in columns if one.kind == NUMBER and "price" in one.words]
    return any(_are_payoffs(pnl, size, price, rows) for price in prices if price not in (pnl, size))


def _are_payoffs(pnl: Column, size: Column, price: Column, rows: Sequence[int]) -> bool:
    won = lost = compared = 0
    for row in rows:
        count, paid, earned = size.numbers[row], price.numbers[row], pnl.numbers[row]
        if not count or paid is None or not earned:
            continue
        if not 0 < paid < _WHOLE or paid != paid.to_integral_value():
            return False
        compared += 1
        won += earned == abs(count) * (_WHOLE - paid)
        lost += earned == -abs(count) * paid
    return compared >= _LEAST and bool(won and lost) and (won + lost) * 10 >= 9 * compared


def currency_of_contracts(symbol: Column | None, rows: Sequence[int]) -> str:
    """USD where all symbols are those of Kalshi, such as `KXHIGHNY-26APR07`; else empty."""
    if symbol is None or not all(symbol.labels[row].startswith(_OF_KALSHI) for row in rows):
        return ""
    return "USD"
