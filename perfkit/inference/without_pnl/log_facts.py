"""What is known of some records before a result is looked for, and readings made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.keys.number_marks import with_decimal
from perfkit.inference.pnl_column.unit import unit_of
from perfkit.inference.result import Reading, source_of
from perfkit.inference.table.columns import Column, names_of
from perfkit.inference.table.derived_columns import AmountOverPrice
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import MONEY, PERCENT


class Log(NamedTuple):
    """What is known of some records before a result is looked for."""

    columns: Sequence[Column]
    roles: dict[str, Column]
    times: Times
    fees: Sequence[Column]
    failed: set[int]
    left_out: dict[str, object]


def reading_of(
    log: Log,
    dialect: dict[str, object],
    rows: Sequence[int],
    evidence: str,
    assumed: Sequence[str],
    doubts: Sequence[Doubt],
    zone: str = "",
    *,
    has_amounts: bool = True,
    is_in_per_cent: bool = False,
) -> Reading:
    kind = PERCENT if is_in_per_cent else MONEY
    unit = unit_of(kind, "", None, log.columns, log.roles, rows, is_in_quotes=has_amounts)
    return Reading(
        source=source_of(unit.currency, zone),
        dialect=with_decimal(dialect, log.columns),
        score=30,
        closed=len(rows),
        evidence=(evidence,),
        assumed=(*assumed, *unit.assumed),
        doubts=(*doubts, *unit.doubts),
        columns=tuple(names_of(log.columns)),
    )


def currency_of(log: Log, rows: Sequence[int]) -> str:
    """The currency of results that are computed from other columns."""
    return unit_of(MONEY, "", None, log.columns, log.roles, rows).currency


def of_stake(size: AmountOverPrice, what: str) -> Doubt:
    """Whether a quantity is what was paid over the price."""
    return Doubt(
        "staked",
        f"Is {size.name} the money that was {what}?",
        (Answer("yes", {"fields.quantity": size.expression}),),
    )
