"""Which records close a trade.

A log may have a record for each closed trade, or records of orders, openings and other events
beside them. What marks the closing ones is looked for in this order:

1. a column of few words whose closing ones (`exit`, `SOLD`, `take_profit`) hold 97 % of all P&L
   other than 0, such as `event`, `status` or `exit_reason`; or `sell`, where no `buy` has a P&L
2. a column with the closing time, which open trades do not have
3. the P&L itself, which other records do not have
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from perfkit.inference.records.codes import open_code
from perfkit.inference.records.kinds import (
    STILL_OPEN,
    UPDATES,
    closing_words,
    is_held,
    is_plainly_held,
    is_state,
    logged,
    says_it_is_open,
)
from perfkit.inference.records.like_closes import words_like_closes
from perfkit.inference.records.paid_openings import paid_openings
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import BOOLEAN, MOST_WORDS, NUMBER, TEXT, Column
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import word_set, words

HOLDS = 0.97
"""Of all P&L other than 0, what marks the closing records must hold so much."""
_LEAST_UNENDED = 2
_HOLDS_BY_TIME = 0.8
"""Some logs have a P&L so far for open trades, which have no closing time."""

_OF_SIDES = frozenset(("side", "direction"))
_OF_ENDS = frozenset(("reason", "note"))
"""Words of a column that says why a trade ended, where `Signal` is no opening."""
_ENDED = word_set(
    "close c exit sell sold settle settled resolve resolved complete completed finished done out be"
)
"""Words that say that a trade ended, but not how."""
_PREFERRED = ("event", "status", "state", "kind", "action", "phase", "type", "closed", "outcome")


_OF_STATES = frozenset(("status", "state", "result", "outcome"))


class Closing(NamedTuple):
    """The records that close a trade, and the conditions that a dialect needs to find them.

    `opening` are records that only open one. `marker` is the column that tells them apart; `score`
    what that is worth as evidence, in tenths.
    """

    rows: list[int]
    only: dict[str, object]
    opening: list[int]
    marker: Column | None
    score: int
    open_words: list[object]
    close_words: list[object]


def closing_records(
    pnl: Column,
    columns: Sequence[Column],
    times: Times,
    failed: set[int],
    out: Column | None = None,
) -> Closing:
    """The records that close a trade whose result is in the column `pnl`; `out` has exit prices."""
    rows = [row for row in range(len(pnl.values)) if row not in failed]
    known = [row for row in rows if pnl.numbers[row] is not None]
    nonzero = [row for row in known if pnl.numbers[row]]
    ended = _ended(times, out)
    marked = [
        found
        for column in columns
        if column is not pnl
        and (found := _by_words(column, pnl, columns, rows, nonzero, ended)) is not None
    ]
    if marked:
        whole = [one for one in marked if _holds(one, nonzero)]
        best = _without_openings(max(whole or marked, key=_worth), whole, pnl)
        timed = None if best.open_words else _by_time(times, rows, known, nonzero)
        if timed is not None and timed.rows == best.rows:  # words are never complete
            best = timed
        return _with_result(best, pnl, rows)
    if _are_all_open([one for one in columns if _is_around(one, pnl)], rows):
        return Closing([], {}, rows, None, 0, [], [])
    if (coded := open_code(columns)) is not None:
        return _with_result(_by_code(*coded, rows), pnl, rows)
    by_time = _by_time(times, rows, known, nonzero)
    if by_time is not None:
        return _with_result(by_time, pnl, rows)
    return _with_result(Closing(rows, {}, [], None, 0, [], []), pnl, rows)


def _by_code(status: Column, code: str, rows: Sequence[int]) -> Closing:
    """The records whose status in numbers is not the code of open trades."""
    labels = status.labels
    held, ended = logged(status, {code}), logged(status, set(status.distinct) - {code})
    return Closing(
        rows=[row for row in rows if labels[row] != code],
        only={status.expression: ended[0]},
        opening=[row for row in rows if labels[row] == code],
        marker=status,
        score=12,
        open_words=held,
        close_words=ended,
    )


def _is_around(column: Column, pnl: Column) -> bool:
    """Whether a column is in the object that the P&L is in, or in one around that."""
    outer = column.path[:-1]
    return outer == pnl.path[: len(outer)]


def _are_all_open(columns: Sequence[Column], rows: Sequence[int]) -> bool:
    """Whether a status in words says of all records that they are of positions still open."""
    for column in columns:
        if column.kind == TEXT and set(column.words) & _OF_STATES:
            said = {word: set(words(word)) & (STILL_OPEN | {"pending"}) for word in column.distinct}
            if sum(bool(said[column.labels[row]]) for row in rows) >= HOLDS * len(rows) > 0:
                return True
    return False


def _with_result(closing: Closing, pnl: Column, rows: Sequence[int]) -> Closing:
    """Only the closing records that have a P&L, with the condition for it where some have none."""
    kept = [row for row in closing.rows if pnl.numbers[row] is not None]
    if len(kept) == len(closing.rows):
        return closing
    missing = len(closing.rows) - len(kept)
    openings = [row for row in closing.rows if pnl.numbers[row] is None] if not closing.only else []
    if closing.marker is not None and closing.only and not kept:
        return closing
    score = closing.score or (6 if missing else 0)
    only = {**closing.only, pnl.expression: _is_there(pnl)}
    return closing._replace(rows=kept, only=only, score=score, opening=closing.opening or openings)


def _is_there(pnl: Column) -> object:
    """The condition that there is a P&L, which the largest double does not count as."""
    texts = [value for value in pnl.values if isinstance(value, str)]
    largest = shapes.LARGEST_DOUBLES.intersection(texts)
    return {"not": [None, *sorted(largest)]} if largest else "exists"


def _by_words(
    column: Column,
    pnl: Column,
    columns: Sequence[Column],
    rows: Sequence[int],
    nonzero: Sequence[int],
    ended: Sequence[bool],
) -> Closing | None:
    """What the words of a column say; None where they do not tell the closing records apart.

    Openings that have a closing time (`ended`) are none, whatever a flag of true and false says.
    """
    if column.kind not in (TEXT, BOOLEAN, NUMBER) or not column.has_few_words:
        return None
    if not 2 <= len(column.distinct) <= MOST_WORDS:
        return None
    labels = column.labels
    closing, opening = _words_of_both(column, pnl, columns, rows, nonzero, ended)
    if opening:
        updates = {label for label in column.distinct if set(words(label)) & UPDATES} - closing
        nonzero = [row for row in nonzero if labels[row] not in updates]
    chosen = [row for row in rows if labels[row] in closing]
    if len(chosen) == len(rows) or not chosen:
        return None
    held = sum(labels[row] in closing for row in nonzero)
    of_state = bool(opening) and (is_state(column) or _are_still_open(column, opening))
    others = [row for row in rows if labels[row] not in closing]
    openings = [row for row in others if labels[row] in opening]
    known = _surely(column, openings)
    if column.kind == TEXT and _have_closed(others, known, ended, pnl):
        return None
    if set(column.words) & _OF_SIDES and ended and all(ended[row] for row in nonzero):
        return None  # the records with a closing time say themselves that they close
    if held < HOLDS * len(nonzero):
        is_pair = len(openings) + len(chosen) >= HOLDS * len(rows)
        is_flag = column.kind != TEXT  # which bots forget to set, other than a status in words
        has_ended = is_flag and ended and sum(ended[row] for row in openings) * 10 > len(openings)
        if not held or not (of_state or is_pair) or has_ended:
            return None
    return Closing(
        rows=chosen,
        only={column.expression: condition_of(column, closing, opening)},
        opening=openings,
        marker=column,
        score=12,
        open_words=logged(column, opening),
        close_words=logged(column, closing),
    )


def _words_of_both(
    column: Column,
    pnl: Column,
    columns: Sequence[Column],
    rows: Sequence[int],
    nonzero: Sequence[int],
    ended: Sequence[bool],
) -> tuple[set[str], set[str]]:
    """The words of closes and those of openings; empty where none tells them apart."""
    closing, opening = closing_words(column, pnl, rows, nonzero)
    if not opening and not any(ended):
        of_paid = paid_openings(column, pnl, columns, rows)
        closing, opening = of_paid if of_paid[0] else (closing, opening)
    more = words_like_closes(column, pnl, rows, ended, closing | opening)
    return (set(), opening) if more and not opening else (closing and closing | more, opening)


def _are_still_open(column: Column, opening: set[str]) -> bool:
    """Whether results in words, such as `valued, not settled`, say that trades are open."""
    return bool(set(column.words) & _OF_STATES) and all(map(says_it_is_open, opening))


def _are_unended(column: Column, opening: set[str]) -> bool:
    """Whether reasons for an end say of trades that they have none, as `Open` does."""
    is_of_ends = bool(set(column.words) & _OF_ENDS) and {"exit", "close"} & set(column.words)
    return bool(is_of_ends) and all(map(is_plainly_held, opening))


def _surely(column: Column, openings: list[int]) -> list[int]:
    """The openings that are none of a trade which ended: not where `Signal` is why one did."""
    if not set(column.words) & _OF_ENDS:
        return openings
    return [row for row in openings if is_held(column.labels[row])]


def condition_of(column: Column, closing: set[str], opening: set[str]) -> object:
    """The condition that the closing words of a column meet, in as few words as it takes.

    Words that say how trades ended are never complete: after `STOP_LOSS` comes `TAKE_PROFIT`. So
    the condition is then that it is no word of an opening, where all others are such.
    """
    left_out = {label for label in column.distinct if label and label not in closing}
    if not left_out:
        return "exists"
    if "" in closing:
        return {"not": _one_or_list(logged(column, left_out))}
    say_how = column.kind == TEXT and not any(set(words(label)) & _ENDED for label in closing)
    if say_how and left_out <= opening and "" not in column.distinct:
        return {"not": _one_or_list(logged(column, left_out))}
    if len(closing) > 4 and len(left_out) < len(closing) and "" not in column.distinct:
        return {"not": logged(column, left_out)}
    return _one_or_list(logged(column, closing))


def _have_closed(
    others: Sequence[int], openings: Sequence[int], ended: Sequence[bool], pnl: Column
) -> bool:
    """Whether records that words leave out have a closing time and a P&L, so that they count.

    A list of words is never complete: `TIME` or `END` may end a trade as `TP` and `SL` do.
    """
    known = set(openings)
    return bool(ended) and any(
        ended[row] and pnl.numbers[row] for row in others if row not in known
    )


def without_purchases(closing: Closing, pnl: Column, roles: Mapping[str, Column]) -> Closing:
    """The closing records without purchases, where the sign of a quantity says what is sold.

    No purchase has a P&L then, and most sales have one.
    """
    size = roles.get("quantity")
    if size is None or "side" in roles or closing.only:
        return closing
    bought = [row for row in closing.rows if (size.numbers[row] or 0) > 0]
    sold = [row for row in closing.rows if (size.numbers[row] or 0) < 0]
    earned = sum(bool(pnl.numbers[row]) for row in sold)
    if not bought or len(bought) + len(sold) < len(closing.rows) or earned * 2 < len(sold):
        return closing
    if not sold or any(pnl.numbers[row] for row in bought):
        return closing
    only: dict[str, object] = {size.expression: {"below": 0}}
    return closing._replace(rows=sold, only=only, opening=bought)


def without_unsettled(closing: Closing, pnl: Column, roles: Mapping[str, Column]) -> Closing:
    """The closing records without those that have a P&L of 0 and, unlike the others, no outcome.

    So are bets that nobody has settled yet.
    """
    outcome = roles.get("outcome")
    if outcome is None or "exit_price" in roles or closing.marker is not None or closing.only:
        return closing
    rows = [row for row in closing.rows if outcome.present[row]]
    others = [row for row in closing.rows if not outcome.present[row]]
    earned = sum(bool(pnl.numbers[row]) for row in rows)
    if not others or earned * 2 < len(closing.rows) or any(pnl.numbers[row] for row in others):
        return closing
    return closing._replace(rows=rows, only={outcome.expression: "exists"}, opening=others)


def without_unended(
    closing: Closing, pnl: Column, roles: Mapping[str, Column], times: Times
) -> Closing:
    """The closing records without those that have a P&L of 0 and no exit price, as openings do.

    Those that have another part of an end, such as a closing time or a reason, are trades.

    position   LONG   NONE   SHORT   NONE
    exit       0      1.21   0       1.19
    profit     0      57.6   0       -12
    """
    out = roles.get("exit_price")
    if out is None or closing.marker is not None or closing.only:
        return closing
    opening = [row for row in closing.rows if not out.numbers[row] and not pnl.numbers[row]]
    ends = [*times.closed, *(roles[role] for role in ("exit_reason", "outcome") if role in roles)]
    if any(one.present[row] for one in ends for row in opening):
        return closing
    left = {*opening}
    rows = [row for row in closing.rows if row not in left]
    if len(opening) < _LEAST_UNENDED or not all(out.numbers[row] for row in rows):
        return closing
    if sum(bool(pnl.numbers[row]) for row in rows) * 10 < 9 * len(rows):
        return closing
    is_there = {out.present[row] for row in opening}
    of_price: object = {"not": 0} if is_there == {True} else "exists"
    of_price = {"above": 0} if len(is_there) > 1 else of_price
    return closing._replace(rows=rows, only={out.expression: of_price}, opening=opening)


def opening_results(pnl: Column, closing: Closing) -> list[int]:
    """Openings with a P&L of their own, which is not that of the closes once more."""
    marker = closing.marker
    if marker is None or not closing.close_words or is_state(marker):
        return []
    said = {marker.labels[row] for row in closing.opening}
    if _are_still_open(marker, said) or _are_unended(marker, said):
        return []
    closed = Counter(pnl.numbers[row] for row in closing.rows)
    opened = Counter(pnl.numbers[row] for row in closing.opening)
    return [row for row in closing.opening if pnl.numbers[row]] if opened - closed else []


def that_only_open(closing: Closing) -> set[int]:
    """The records that only open as matching shows, whatever a P&L and words beside them say."""
    marker = closing.marker
    if marker is None or marker.kind != TEXT or closing.close_words:
        return set()
    return {*closing.opening}


def _ended(times: Times, out: Column | None) -> Sequence[bool]:
    """For each record whether it has a closing time, or where none are logged an exit price.

    Empty where there is neither such a column.
    """
    if times.closed:
        return times.closed[0].present
    return [] if out is None else [bool(price) for price in out.numbers]


def _holds(closing: Closing, nonzero: Sequence[int]) -> bool:
    """Whether the closing records have nearly all P&L other than 0."""
    kept = set(closing.rows)
    return sum(row in kept for row in nonzero) >= HOLDS * len(nonzero)


def _without_openings(best: Closing, others: Sequence[Closing], pnl: Column) -> Closing:
    """The best marker, or another one if the best counts openings of that one as closes.

    So does the status of orders, `completed`, which purchases without a P&L have as well.
    """
    for other in others:
        more = set(best.rows) - set(other.rows)
        if not more or not set(other.rows) <= set(best.rows) or not more <= set(other.opening):
            continue
        if not any(pnl.numbers[row] for row in other.opening):
            return other
    return best


def _worth(closing: Closing) -> tuple[int, ...]:
    """How good a marker is: one with words for both, with the better name, that leaves out more."""
    assert closing.marker is not None
    parts = closing.marker.words
    named = next((len(_PREFERRED) - n for n, one in enumerate(_PREFERRED) if one in parts), 0)
    return bool(closing.open_words), named, -len(closing.rows), -len(closing.marker.path)


def _by_time(
    times: Times, rows: Sequence[int], known: Sequence[int], nonzero: Sequence[int]
) -> Closing | None:
    """Records that have the closing time; None where all have it, or where P&L stands elsewhere."""
    for column in times.closed:
        has = column.present
        zero = [row for row in rows if is_zero(column, row)]
        closed = [row for row in rows if has[row] and not is_zero(column, row)]
        if not closed or len(closed) == len(rows):
            continue
        with_time = set(closed)
        if sum(row in with_time for row in nonzero) < _HOLDS_BY_TIME * len(nonzero):
            continue
        others = [row for row in rows if row not in with_time]
        zeros: list[object] = [0] if zero else []
        starts = times.opened
        is_timeless = starts and not any(one.present[row] for one in starts for row in others)
        only: dict[str, object] = {column.expression: "exists"} if is_timeless else {}
        return Closing(closed, only, others, column, 12, zeros, [])
    return None


def is_zero(column: Column, row: int) -> bool:
    """Whether a time in seconds since 1970 is 0, which says that there is none yet."""
    value = column.values[row]
    return bool(column.unit) and column.present[row] and not shapes.number(value)


def _one_or_list(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values
