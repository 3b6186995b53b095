"""Records that repeat an earlier one, in all fields or in those of a trade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.keys.identity import Identity
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.records.filled import NUMBERED
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import BOOLEAN, NUMBER, OTHER, TEXT, TIME, Column, rows_equal
from perfkit.inference.table.derived_columns import Either
from perfkit.inference.words.names import word_set

_LEAST_FIELDS = 4
_FEW = 1000
"""One record of so many may equal another by chance, where only its day is logged."""
_FEW_OF_ALL = 20
"""Where at most one record of so many repeats another, it is likely to be a trade as well."""
_SECONDS = 2_000_000
OWNERS = word_set(
    "account user client owner trader broker exchange wallet bot subscriber portfolio book"
)
"""Words of a column that says who traded: each of them may have made the same trade."""
_NUMBERED = word_set("id no number num name")
_SAMPLED = 200
"""Where so many records have no repeats, the others are not looked at."""


def repeated_as_they_are(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column], identity: Identity
) -> Doubt | None:
    """Records that are equal to an earlier one, in all fields or in those of a trade."""
    rows = best.closing.rows
    repeats = 0 if identity.columns else rows_equal(columns, rows)
    if repeats and not _is_by_chance(repeats, best, columns):
        fields = [
            column.expression
            for column in columns
            if column.kind not in (OTHER, BOOLEAN) and all(column.present[row] for row in rows)
        ]
        are_few = repeats * _FEW_OF_ALL <= len(rows)
        likely = "few records do, and trades may be alike" if are_few else ""
        return _come_again(f"{repeats} records repeat an earlier one exactly", fields, likely)
    if (doubt := _within_a_second(best, columns, identity)) is not None:
        return doubt
    parts = _of_a_trade(best, columns, roles)
    repeats = rows_equal(parts, rows) if parts else 0
    if repeats * 5 < len(rows) or are_of_own_strategies(parts, columns, roles, rows):
        return None
    fields = [column.expression for column in parts]
    return _come_again(
        f"{repeats} records have the times, prices and result of an earlier one", fields
    )


def few_repeats(best: Candidate, columns: Sequence[Column], identity: Identity) -> list[str]:
    """What is said of a few records that are equal to others, as trades of one day may be."""
    rows = best.closing.rows
    repeats = 0 if identity.columns else rows_equal(columns, rows)
    if not repeats or not _is_by_chance(repeats, best, columns):
        return []
    return [f"{repeats} of {len(rows)} records equal an earlier one in all fields; each counts"]


def _is_by_chance(repeats: int, best: Candidate, columns: Sequence[Column]) -> bool:
    """Whether so few records are equal that trades of one day may be so, as no time tells them."""
    if repeats * _FEW > len(best.closing.rows):
        return False
    samples = (one.sample[:20] for one in columns if one.kind == TIME)
    return all(all(map(shapes.is_date_alone, values)) for values in samples)


def are_of_own_strategies(
    parts: Sequence[Column],
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    rows: Sequence[int],
) -> bool:
    """Whether trades that are alike are each of another strategy, and have an id of their own.

    Those of several owners, such as portfolios, are trades of each of them. Several strategies may
    make the same trade. An id that only counts records says nothing.
    """
    owners = (one for one in columns if {*one.words} - _NUMBERED <= OWNERS)
    if any(_tells_apart(one, parts, rows) for one in owners):
        return True
    strategy = roles.get("strategy")
    if strategy is None:
        return False
    untold = rows_equal([*parts, strategy], rows)
    ids = [
        one
        for one in columns
        if one.kind == TEXT and {*one.words} & NUMBERED and not rows_equal([one], rows)
    ]
    if not ids or untold * 10 > rows_equal(parts, rows):
        return False
    return all(shapes.number(one.values[rows[0]]) is None for one in ids)


def _tells_apart(owner: Column, parts: Sequence[Column], rows: Sequence[int]) -> bool:
    """Whether each of several owners has made trades that are alike but once."""
    if owner.kind not in (TEXT, NUMBER) or not all(owner.present[row] for row in rows):
        return False
    names = {owner.labels[row] for row in rows}
    return len(names) * 2 <= len(rows) and not rows_equal([*parts, owner], rows)


def _within_a_second(
    best: Candidate, columns: Sequence[Column], identity: Identity
) -> Doubt | None:
    """Records that repeat an earlier one in all but a time, less than a second after it.

    So does a bot that runs twice, and logs each trade once for each of them.
    """
    rows = best.closing.rows
    times = [one for one in columns if one.kind == TIME and all(one.present[row] for row in rows)]
    others = [one for one in columns if one not in times]
    if identity.columns or len(others) < _LEAST_FIELDS or isinstance(best.pnl, Either):
        return None
    if not rows_equal(others, rows[:_SAMPLED]) or rows_equal(others, rows) * 5 < len(rows):
        return None
    moments = [tuple((one.instants[row] or 0) // _SECONDS for one in times) for row in rows]
    each = [
        (moment, *(one.labels[row] for one in others))
        for moment, row in zip(moments, rows, strict=True)
    ]
    repeats = len(each) - len(set(each))
    if repeats * 5 < len(rows):
        return None
    fields = [
        one.expression
        for one in others
        if one.kind not in (OTHER, BOOLEAN) and all(one.present[row] for row in rows)
    ]
    what = f"{repeats} records repeat an earlier one within seconds, in all but the time"
    return _come_again(what, fields)


def _of_a_trade(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column]
) -> list[Column]:
    """Times, symbol, prices and result, which two trades never share; none without such times."""
    rows = best.closing.rows
    times = [one for one in columns if one.kind == TIME and all(one.present[row] for row in rows)]
    precise = [one for one in times if not all(map(shapes.is_date_alone, one.sample[:20]))]
    prices = [roles[role] for role in ("entry_price", "exit_price") if role in roles]
    if not precise or not prices or isinstance(best.pnl, Either):
        return []
    symbols = [roles["symbol"]] if "symbol" in roles else []
    parts = [*times, *symbols, *prices, best.pnl]
    return parts if all(one.present[row] for one in parts for row in rows) else []


def _come_again(what: str, fields: list[str], likely: str = "") -> Doubt:
    return Doubt(
        "repeats",
        f"{what}; do they count again?",
        (Answer("yes", {}), Answer("no", {"identity": fields})),
        likely,
    )
