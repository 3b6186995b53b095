"""Totals that stand beside the records, and say how many trades there are and what they earned.

{"total_trades": 3, "total_pnl": 5, "trades": [...]}     each of the three records is a trade
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from perfkit.inference.result import Reading
from perfkit.inference.words.names import MONEY, pnl_name, word_set, words

_DECIDED = frozenset(("zeros", "repeats", "thin", "weak", "total_so_far"))
"""Questions whether records count, whether they are trades, and whether each has its own P&L."""
_COUNTED = word_set("trades bets trade count number num n total close of positions")
_LEAST = 3
_CENT = Decimal("0.01")
_NEARLY = Decimal("1e-4")


def decided_by_totals(reading: Reading, said: Mapping[str, Decimal]) -> Reading:
    """The reading without the questions that the number of trades and their total answer."""
    if reading.total is None or not any(doubt.name in _DECIDED for doubt in reading.doubts):
        return reading
    total = next((name for name, one in said.items() if _is_total(name, one, reading)), None)
    count = _count(said, reading.closed)
    if total is None or not count or reading.closed < _LEAST or not reading.total:
        return reading
    return reading._replace(
        doubts=tuple(one for one in reading.doubts if one.name not in _DECIDED),
        evidence=(*reading.evidence, f"{count} and {total} beside the records agree"),
    )


def _is_total(name: str, number: Decimal, reading: Reading) -> bool:
    known = pnl_name(name)
    if known is None or known.unit != MONEY or reading.total is None:
        return False
    return abs(number - reading.total) <= max(_CENT, abs(number) * _NEARLY)


def _count(said: Mapping[str, Decimal], closed: int) -> str:
    """The names of the numbers of trades, where these are as many as were found; else empty."""
    for name, number in said.items():
        if number == closed and {*words(name)} <= _COUNTED:
            return name
    ends = {word: name for name in said for word in (words(name) or ("",))[:1]}
    parts = [ends[word] for word in ("wins", "losses", "breakeven") if word in ends]
    if {"wins", "losses"} <= ends.keys() and sum(said[one] for one in parts) == closed:
        return " and ".join(parts)
    return ""
