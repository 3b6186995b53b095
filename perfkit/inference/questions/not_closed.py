"""Questions about records that may be no closed trades, though they have a P&L."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt, no
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.records.codes import may_be_open
from perfkit.inference.records.kinds import closing_words, is_flag, is_held, logged, says_it_is_open
from perfkit.inference.table.columns import BOOLEAN, NUMBER, TEXT, TIME, Column
from perfkit.inference.table.outcomes import EVEN, outcome_of
from perfkit.inference.table.roles import identities_of
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import word_set, words

_LEAST_TRADES = 5
_OUT = word_set(
    "exclude excluded ignore ignored invalid void voided duplicate deleted removed rejected "
    "skipped blocked"
)
_OF_PARTS = word_set("exit close stop sl tp target alert signal notification message update")
"""Words of what was rejected or skipped in a flag such as `exit_rejected`: not the trade."""
_OF_REASONS = word_set("reason note notes comment")
_OF_OPENINGS = word_set("entry open buy setup signal")
_OF_STATES = word_set("status state result outcome trade position order final exit close")
_EXPIRED = word_set("expired expire lapsed timeout timedout")
_OF_ENDS = word_set("outcome result status state reason")
_CORRECTS = word_set("corrects correction corrected_by supersedes superseded replaces amends")
_FEW_CORRECT = 4
_LEAST_SUMS = 2
_OF_SUMS = word_set("total subtotal sum all combined overall portfolio aggregate net")
_EXPOSURES = frozenset(("-1", "0", "1", "-1.0", "0.0", "1.0", ""))


def flagged_open(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column], times: Times
) -> Doubt | None:
    """Records that count, though a flag such as `is_closed: 0` says that they are still open.

    A flag that was not set is nothing against a closing time, an exit price and a reason.
    """
    rows = best.closing.rows
    for column in columns:
        if not is_flag(column) or column is best.closing.marker or not column.has_few_words:
            continue
        closing, opening = closing_words(column, best.pnl, rows, [])
        still = [row for row in rows if column.labels[row] in opening]
        closed = [row for row in rows if column.labels[row] in closing]
        if not still or not closed or _have_ended(still, roles, times):
            continue
        said = f"{column.name} {column.labels[still[0]]}"
        return Doubt(
            "flagged_open",
            f"{len(still)} records with a {best.pnl.name} have {said}; did they close?",
            (
                Answer("no", {f"only.{column.expression}": _one(logged(column, closing))}),
                Answer("yes", {}),
            ),
        )
    return None


def called_open(best: Candidate, columns: Sequence[Column]) -> Doubt | None:
    """Records that count, though a status or a reason in words says that they are still open."""
    rows = best.closing.rows
    for column in columns:
        if column.kind != TEXT or column is best.closing.marker or not column.has_few_words:
            continue
        if "order" in column.words and best.closing.marker is not None:
            continue  # the order that opened it, of a trade that is said to have closed
        open_ones = {label for label in column.distinct if _is_open(column, label)}
        still = [row for row in rows if column.labels[row] in open_ones]
        if not still or len(still) == len(rows):
            continue
        said = sorted({str(column.values[row]) for row in still})[0]
        return Doubt(
            "flagged_open",
            f"{len(still)} records with a {best.pnl.name} have {column.name} {said}; did they "
            "close?",
            (
                Answer("no", {f"only.{column.expression}": {"not": logged(column, open_ones)}}),
                Answer("yes", {}),
            ),
        )
    return None


def _is_open(column: Column, label: str) -> bool:
    said = set(column.words)
    if said & _OF_REASONS and not said & _OF_OPENINGS:
        return is_held(label)
    return bool(said & _OF_STATES) and said <= _OF_STATES and says_it_is_open(label)


def coded_open(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column]
) -> Doubt | None:
    """Records that count, of which few have another status in numbers than the others."""
    rows = best.closing.rows
    found = may_be_open(columns, roles, best.pnl, rows)
    if found is None or found[0] is best.closing.marker:
        return None
    status, code = found
    rare = sum(status.labels[row] == code for row in rows)
    others = logged(status, set(status.distinct) - {code})
    return Doubt(
        "flagged_open",
        f"{rare} of {len(rows)} records with a {best.pnl.name} have {status.name} {code}; did they "
        "close?",
        (
            Answer("no", {f"only.{status.expression}": _one(others)}),
            Answer("yes", {}),
        ),
    )


def excluded(best: Candidate, columns: Sequence[Column]) -> Doubt | None:
    """Records that count, though a flag such as `excluded: true` says that they are not to."""
    rows = best.closing.rows
    for column in columns:
        said = set(column.words)
        if column.kind != BOOLEAN or not said & _OUT or column is best.closing.marker:
            continue
        if said & _OF_PARTS:
            continue
        out = [row for row in rows if column.labels[row] == "true"]
        if out and len(out) < len(rows):
            return Doubt(
                "excluded",
                f"{len(out)} records with a {best.pnl.name} have {column.name} true; do they "
                "count?",
                (
                    Answer("no", {f"only.{column.expression}": {"not": True}}),
                    Answer("yes", {}),
                ),
            )
    return None


def _have_ended(rows: Sequence[int], roles: Mapping[str, Column], times: Times) -> bool:
    """Whether records have all that says how a trade ended."""
    if not times.closed or not {"exit_price", "exit_reason"} <= roles.keys():
        return False
    parts = (times.closed[0], roles["exit_price"], roles["exit_reason"])
    return all(one.present[row] for one in parts for row in rows)


def _one(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values


def bars(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column], times: Times
) -> Doubt | None:
    """A record for each bar of a backtest: a position of -1, 0 or 1 beside one price."""
    if times.closed or {"entry_price", "exit_price", "side", "quantity"} & roles.keys():
        return None
    for column in columns:
        if column.kind != NUMBER or column.words not in (("position",), ("pos",), ("exposure",)):
            continue
        flat = sum(column.labels[row] in ("0", "0.0") for row in best.closing.rows)
        if set(column.distinct) <= _EXPOSURES and flat and best.closing.marker is None:
            return Doubt(
                "bars",
                f"Is each record a trade? {column.name} is 0 in {flat} of them, as in bars of a "
                "backtest.",
                (Answer("yes", {}), no("records are bars, not trades, as answered")),
            )
    return None


def ends_with_total(best: Candidate, columns: Sequence[Column]) -> Doubt | None:
    """A last record whose P&L is that of all others together."""
    *rows, last = best.closing.rows
    numbers = best.pnl.numbers
    total = numbers[last]
    if not total or sum(bool(numbers[row]) for row in rows) < _LEAST_TRADES:
        return None
    if total in {numbers[row] for row in rows}:  # one of a few values that come again and again
        return None
    if total != sum((numbers[row] or Decimal(0) for row in rows), Decimal(0)):
        return None
    apart = [
        column
        for column in columns
        if column.kind in (TEXT, TIME) and column.labels.count(column.labels[last]) == 1
    ]
    column = next(iter(apart), best.pnl)
    value = column.values[last] if column.present[last] else None
    only: object = "exists" if value is None else {"not": value}
    return Doubt(
        "ends_with_total",
        f"The last {best.pnl.name} is {total:f}, the sum of all others; what is that record?",
        (
            Answer("a total, not a trade", {f"only.{column.expression}": only}),
            Answer("a trade", {}),
        ),
    )


def sums_of_others(best: Candidate, columns: Sequence[Column]) -> Doubt | None:
    """Records with one word, such as `TOTAL`, whose P&L is that of all others together."""
    numbers, rows = best.pnl.numbers, best.closing.rows
    for column in columns:
        if column.kind != TEXT or not column.has_few_words:
            continue
        sums: dict[str, list[Decimal]] = {}
        for row in rows:
            sums.setdefault(column.labels[row], []).append(numbers[row] or Decimal(0))
        every = sum((sum(one, Decimal(0)) for one in sums.values()), Decimal(0))
        for label, one in sums.items() if len(sums) > 1 else ():
            is_called = bool({*words(label)} & _OF_SUMS) and len(one) >= _LEAST_SUMS
            if not is_called or not any(one) or 2 * sum(one, Decimal(0)) != every:
                continue
            value = next(column.values[row] for row in rows if column.labels[row] == label)
            return Doubt(
                "sums_of_others",
                f"The {best.pnl.name} of the {len(one)} records with the {column.name} {value} is "
                "that of all others together; which of them are trades?",
                (
                    Answer("the others", {f"only.{column.expression}": {"not": value}}),
                    Answer(f"those with {value}", {f"only.{column.expression}": value}),
                    Answer("all of them", {}),
                ),
            )
    return None


def never_entered(
    best: Candidate, columns: Sequence[Column], fees: Sequence[Column]
) -> Doubt | None:
    """Records that expired with a P&L of 0, as orders and signals do that were never filled.

    They are not likely to be that where they have costs, which count in the P&L.
    """
    marker = best.closing.marker
    if marker is not None and marker.kind == TEXT:
        return _expired_at_zero(best, marker, fees)
    likely = (one for one in columns if one.kind == TEXT and {*one.words} & _OF_ENDS)
    asked = (_expired_at_zero(best, one, fees) for one in likely if one.has_few_words)
    return next((doubt for doubt in asked if doubt is not None), None)


def _expired_at_zero(best: Candidate, column: Column, fees: Sequence[Column]) -> Doubt | None:
    numbers, labels = best.pnl.numbers, column.labels
    expired = {label for label in column.distinct if set(words(label)) & _EXPIRED}
    rows = [row for row in best.closing.rows if labels[row] in expired]
    others = [row for row in best.closing.rows if labels[row] not in expired]
    if not rows or not others or any(numbers[row] for row in rows):
        return None
    if not all(numbers[row] or outcome_of(labels[row]) == EVEN for row in others):
        return None
    said = logged(column, expired)
    where = f"only.{column.expression}"
    entered: object = {"not": _one(said)}
    if column is best.closing.marker:
        entered = _one([word for word in best.closing.close_words if word not in said])
    have_costs = any(fee.numbers[row] for fee in fees for row in rows)
    return Doubt(
        "never_entered",
        f"{len(rows)} records of {' and '.join(map(str, said))} have a {best.pnl.name} of 0, and "
        "no others but break-evens do; are they trades?",
        (
            Answer("no, they were never entered", {where: entered}),
            Answer("yes, they broke even", {}),
        ),
        "" if have_costs else "the P&L is the same in any case",
    )


def corrected(best: Candidate, columns: Sequence[Column]) -> Doubt | None:
    """Records that say of others that they were wrong, as one with `corrects` does."""
    for column in columns:
        if column.kind == BOOLEAN or not set(column.words) & _CORRECTS:
            continue
        rows = [row for row in range(len(column.present)) if column.present[row]]
        named = _named_by(column, rows, columns)
        if column.kind == NUMBER and named is None:
            continue
        if rows and len(rows) * _FEW_CORRECT <= len(column.present):
            instead = [] if named is None else [_without(column, rows, named)]
            return Doubt(
                "corrected",
                f"{len(rows)} records say in {column.name} that others are wrong, such as "
                f"{str(column.values[rows[0]])[:60]!r}; does the {best.pnl.name} of each close "
                "count as logged? If not, remove the wrong records from the file",
                (Answer("yes, as logged", {}), *instead),
            )
    return None


def _named_by(column: Column, rows: Sequence[int], columns: Sequence[Column]) -> Column | None:
    """The column of ids, each of which stands once, that corrections name."""
    said = {column.labels[row] for row in rows}
    for other in identities_of(columns):
        are_ids = all(other.present) and len({*other.labels}) == len(other.labels)
        if other is not column and are_ids and said <= {*other.labels}:
            return other
    return None


def _without(column: Column, rows: Sequence[int], named: Column) -> Answer:
    """The answer that leaves out the records that corrections name."""
    said = {column.labels[row] for row in rows}
    wrong = [
        value for value, label in zip(named.values, named.labels, strict=True) if label in said
    ]
    return Answer(
        f"without those that {column.name} names", {f"only.{named.expression}": {"not": wrong}}
    )
