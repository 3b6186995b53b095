"""Whether a P&L is the one that is expected of each record, to the digits that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.inference.proof.evidence import AGREES
from perfkit.inference.table.columns import Column

ROUNDING = Decimal("0.005")
_MANY_DIGITS = 5
_TO_DIGITS = Decimal("1e-5")


def exact_records(pnl: Column, expected: Sequence[tuple[int, Decimal]]) -> int:
    """How many records agree to the digits that they show."""
    found = 0
    for row, amount in expected:
        earned = pnl.numbers[row]
        found += earned is not None and abs(earned - amount) <= 2 * pnl.step
    return found


def is_expected_exactly(pnl: Column, expected: Sequence[tuple[int, Decimal]]) -> bool:
    """Whether nearly all records agree to the digits that they show."""
    return len(expected) >= 2 and exact_records(pnl, expected) * 20 >= 19 * len(expected)


def is_as_expected(pnl: Column, expected: Sequence[tuple[int, Decimal]]) -> bool:
    """Whether most of the records with a P&L have the one that is expected, sign included."""
    compared = agreed = 0
    alone = False
    for row, amount in expected:
        earned = pnl.numbers[row]
        if earned is None or (not earned and not amount):
            continue
        compared += 1
        allowed = 2 * pnl.step + abs(amount) * ROUNDING
        agreed += abs(earned - amount) <= allowed
        alone = alone or _is_rounded(earned, amount)
    return (compared >= 2 or alone) and agreed >= AGREES * compared


def _is_rounded(earned: Decimal, amount: Decimal) -> bool:
    """Whether one amount is another to all digits that it shows, two of them at least.

    0.48 is 0.4808 of a price; 0.5 may be anything.
    """
    exponent = earned.normalize().as_tuple().exponent
    if not earned or not isinstance(exponent, int) or earned.adjusted() == exponent:
        return False
    if earned.adjusted() - exponent >= _MANY_DIGITS:  # prices are rounded as well
        return abs(earned - amount) <= abs(amount) * _TO_DIGITS
    return abs(earned - amount) <= Decimal("0.51").scaleb(exponent).min(abs(amount) * ROUNDING)
