"""Amounts in so few characters that a tile of a calendar on a phone can show them."""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.formatting import NOTHING

_STEPS = (
    (Decimal("1e12"), "T"),
    (Decimal("1e9"), "B"),
    (Decimal("1e6"), "M"),
    (Decimal(1000), "k"),
)


def short_amount(amount: Decimal | None) -> str:
    """At most five characters: +126, -1.2k, +13k, +2.5M; below 1 only which way it went.

    >>> short_amount(Decimal("-1234.56"))
    '-1.2k'
    """
    if amount is None:
        return NOTHING
    if abs(amount) < Decimal("0.5"):
        return "0" if not amount else "▲" if amount > 0 else "▼"
    size = abs(amount)
    text = f"{size:.0f}"
    for least, letter in _STEPS:
        if size >= least * Decimal("0.9995"):
            scaled = size / least
            few = f"{scaled:.1f}"
            text = (few if len(few) < 4 else f"{scaled:.0f}") + letter
            break
    sign = "+" if amount > 0 else "-"
    return sign + text if len(text) < 5 else "▲" if amount > 0 else "▼"
