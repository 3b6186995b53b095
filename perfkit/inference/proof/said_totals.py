"""Totals that stand beside the records, and say how many trades there are and what they earned.

{"total_trades": 3, "total_pnl": 5, "trades": [...]}     each of the three records is a trade
{"avg_pnl_pct": 1.25, "trades": [{"pnl": 2}, ...]}       of which 1.25 is the mean: in per cent
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from perfkit.inference.result import Reading
from perfkit.inference.words.names import (
    CURRENCIES,
    MONEY,
    PERCENT,
    POINTS,
    RISK,
    pnl_name,
    word_set,
    words,
)

_DECIDED = frozenset(("zeros", "repeats", "thin", "weak", "total_so_far"))
"""Questions whether records count, whether they are trades, and whether each has its own P&L."""
_COUNTED = word_set("trades bets trade count number num n total close of positions")
_MEAN = word_set("avg average mean expectancy")
_PERCENT = word_set("pct percent percentage %")
_OF_SOME = word_set("win wins winner winning loss losses loser losing max min best worst")
_OF_MONEY = ("the currency is ", "no currency is named")
_UNITS_ASKED = frozenset(("money_or_per_cent", "fraction"))
_NOT_MONEY = frozenset((PERCENT, POINTS, RISK, None))
_DIGITS = 3
_TRADES = word_set("trades taken")
_OF_COUNTS = _TRADES | word_set("total count number num closed completed executed")
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


def in_per_cent_by_means(reading: Reading, said: Mapping[str, Decimal]) -> Reading:
    """The reading in per cent, where a mean beside the records is that of its results and says so.

    A total is no proof: on 100 of capital, per cent of the account are as many as money.
    """
    fields, total, closed = reading.dialect.get("fields"), reading.total, reading.closed
    if not isinstance(fields, Mapping) or not total or closed < _LEAST or "commission" in fields:
        return reading
    own = {*words(str(fields.get("net_pnl") or fields.get("gross_pnl") or ""))}
    if reading.source.get("currency") in _NOT_MONEY or own & CURRENCIES.keys():
        return reading
    if any(_is_total(name, one, reading) for name, one in said.items()):
        return reading
    mean = total / closed
    named = next((name for name, one in said.items() if _is_mean(name, one, mean)), None)
    if named is None:
        return reading
    return reading._replace(
        source={**reading.source, "currency": PERCENT},
        doubts=tuple(one for one in reading.doubts if one.name not in _UNITS_ASKED),
        assumed=tuple(one for one in reading.assumed if not one.startswith(_OF_MONEY)),
        evidence=(*reading.evidence, f"{named} beside the records is its mean"),
    )


def with_other_count_noted(reading: Reading, said: Mapping[str, Decimal]) -> Reading:
    """The reading, with a note where a number of trades beside the records is another one."""
    if not reading.has_results or _count(said, reading.closed):
        return reading
    counts = {
        name: number
        for name, number in said.items()
        if {*words(name)} <= _OF_COUNTS and {*words(name)} & _TRADES and number >= 1
    }
    if not counts or reading.closed in counts.values():
        return reading
    name, number = next(iter(counts.items()))
    note = f"{name} beside the records is {number:f}; {reading.closed} records are read as trades"
    return reading._replace(assumed=(*reading.assumed, note))


def _is_mean(name: str, number: Decimal, mean: Decimal) -> bool:
    parts = {*words(name)}
    if not parts & _MEAN or not parts & _PERCENT or parts & _OF_SOME:
        return False
    if len(number.normalize().as_tuple().digits) < _DIGITS:
        return False
    return abs(number - mean) <= max(_rounding(number), abs(mean) * _NEARLY)


def _rounding(number: Decimal) -> Decimal:
    """Half of the last digit of a number that is rounded."""
    exponent = number.as_tuple().exponent
    return Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else Decimal(0)


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
