"""Questions about a log that need not be asked, and answers that cannot be read.

A question whose answers all give the same trades is none. An answer that is refused once it is
read is not offered, and where all are, nothing can be said of the log.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING, NamedTuple

from perfkit.core.errors import PerfkitError
from perfkit.inference.found import Found
from perfkit.inference.result import nothing_found
from perfkit.inference.source import answered

if TYPE_CHECKING:
    from perfkit.desk.desk import Desk
    from perfkit.inference.doubts import Doubt

MOST_BYTES = 2 * 1024 * 1024
"""Larger files are not read once for each answer."""
_OF_REALITY = ("not_filled",)
"""Questions whether there were trades at all, whatever the figures."""
_MOST = 16
"""So many ways to answer the other questions are looked at."""


def without_idle_questions(found: Found, desk_of: Callable[[Sequence[Found]], Desk]) -> Found:
    """The reading without questions whose answers all give the same trades, in the same unit.

    The first answer is taken, and it is said that it makes no difference.
    """
    if not found.reading.doubts or os.path.getsize(found.path) > MOST_BYTES:
        return found
    found = _without_refused(found, desk_of)
    for doubt in found.reading.doubts:
        is_open = len(doubt.answers) > 1 and doubt.name not in _OF_REALITY
        if is_open and _is_idle(found, doubt, desk_of):
            found = answered(found, doubt.name, 1)
            said = f"{doubt.answers[0].meaning}, which makes no difference here: {doubt.question}"
            reading = found.reading
            found = found._replace(reading=reading._replace(assumed=(*reading.assumed, said)))
    return found


def _without_refused(found: Found, desk_of: Callable[[Sequence[Found]], Desk]) -> Found:
    """The reading without answers that cannot be read, however the other questions are answered."""
    doubts = found.reading.doubts
    if not all(doubt.answers for doubt in doubts):
        return found
    kept = []
    for doubt in doubts:
        answers, why = [], ""
        for number, answer in enumerate(doubt.answers, 1):
            refused = "" if answer.why_none else _refused(found, doubt, number, desk_of)
            if not refused:
                answers.append(answer)
            why = why or refused
        if all(answer.why_none for answer in answers):
            return found._replace(reading=nothing_found(found.reading.columns, why))
        kept.append(doubt._replace(answers=tuple(answers)))
    return found._replace(reading=found.reading._replace(doubts=tuple(kept)))


def _refused(
    found: Found, doubt: Doubt, number: int, desk_of: Callable[[Sequence[Found]], Desk]
) -> str:
    """Why an answer cannot be read with any of the other ones; empty where it can."""
    why = ""
    for known in _others_answered(found, doubt):
        try:
            desk_of([answered(known, doubt.name, number)]).book_of({})
        except PerfkitError as error:
            why = why or str(error).removeprefix(f"{found.path}: ")
        else:
            return ""
    return why


def _others_answered(found: Found, doubt: Doubt) -> Iterator[Found]:
    """The reading with the questions other than one answered, in so many ways."""
    others = [one for one in found.reading.doubts if one is not doubt]
    ways = product(*map(with_trades, others))
    for way in islice(ways, _MOST):
        known = found
        for other, number in zip(others, way, strict=True):
            known = answered(known, other.name, number)
        yield known


def with_trades(doubt: Doubt) -> list[int]:
    """The numbers of the answers that do not say that there are no results."""
    return [number for number, one in enumerate(doubt.answers, 1) if not one.why_none]


def _is_idle(found: Found, doubt: Doubt, desk_of: Callable[[Sequence[Found]], Desk]) -> bool:
    """Whether a question makes no difference, however the other ones are answered."""
    if not all(one.answers for one in found.reading.doubts):
        return False
    if any(answer.why_none for answer in doubt.answers):
        return False
    for known in _others_answered(found, doubt):
        seen = set()
        for number in range(1, len(doubt.answers) + 1):
            try:
                trades = _trades(answered(known, doubt.name, number), desk_of)
            except PerfkitError:
                return False
            seen.add(trades)
            if len(seen) > 1 or (trades.bad and not trades.closed_at):
                return False
    return True


class _Trades(NamedTuple):
    """What a reading says of the trades, and how many records are bad."""

    currency: object
    closed_at: tuple[object, ...]
    results: tuple[object, ...]
    outcomes: tuple[object, ...]
    bad: int
    open: int


def _trades(found: Found, desk_of: Callable[[Sequence[Found]], Desk]) -> _Trades:
    book = desk_of([found]).book_of({})
    closed = book.closed
    results = tuple(closed.net_pnl.decimal(row) for row in range(len(closed)))
    outcomes = tuple(closed.outcome(row) for row in range(len(closed)))
    bad, still = len(book.errors), len(book.open)
    currency = found.reading.source["currency"]
    return _Trades(currency, tuple(closed.closed_at), results, outcomes, bad, still)
