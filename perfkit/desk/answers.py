"""What each answer to a question about a log gives: how many trades, and what they earned."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from perfkit.core.errors import PerfkitError, UsageError
from perfkit.core.formatting import amount
from perfkit.desk.alike import MOST_BYTES, with_trades
from perfkit.inference.doubts import Doubt
from perfkit.inference.found import Found
from perfkit.inference.source import answered

if TYPE_CHECKING:
    from perfkit.desk.desk import Desk


def with_figures(found: Found, desk_of: Callable[[Found], Desk]) -> Found:
    """The reading, whose answers say what they give where all other questions get the first one."""
    doubts = found.reading.doubts
    if os.path.getsize(found.path) > MOST_BYTES or not all(one.answers for one in doubts):
        return found
    seen: dict[str, str] = {}

    def figures(doubt: Doubt, number: int) -> str:
        try:
            known = _answered(found, doubt.name, number)
        except UsageError:  # an answer left out another question
            return ""
        reading = repr((known.layout, known.reading.source, known.reading.dialect))
        if reading not in seen:  # the first answers to all questions are one reading
            seen[reading] = _figures(known, desk_of)
        return seen[reading]

    with_gives = tuple(
        doubt._replace(
            answers=tuple(
                answer if answer.why_none else answer._replace(gives=figures(doubt, number))
                for number, answer in enumerate(doubt.answers, 1)
            )
        )
        for doubt in doubts
    )
    return found._replace(reading=found.reading._replace(doubts=with_gives))


def _answered(found: Found, name: str, number: int) -> Found:
    """The reading with one answer, and the first one to all other questions, in their order."""
    known = found
    for doubt in found.reading.doubts:
        chosen = number if doubt.name == name else next(iter(with_trades(doubt)), 1)
        known = answered(known, doubt.name, chosen)
    return known


def _figures(known: Found, desk_of: Callable[[Found], Desk]) -> str:
    """The figures of a reading without questions; empty where they cannot be given."""
    if not known.reading.has_results:
        return ""
    try:
        closed = desk_of(known).book_of({}).closed
    except PerfkitError:
        return ""
    amounts = (closed.net_pnl.decimal(row) for row in range(len(closed)))
    earned = [one for one in amounts if one is not None]
    trades = "1 closed trade" if len(closed) == 1 else f"{len(closed):,} closed trades"
    if len(closed) and not earned:
        return f"{trades} without a P&L"
    return f"{trades}, net P&L {amount(sum(earned, Decimal(0)))} {known.reading.source['currency']}"
