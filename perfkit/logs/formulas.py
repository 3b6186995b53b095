"""The expressions of a dialect computed over columns, exactly.

A column per slot goes in, a column per target comes out: `exit - entry` over two columns of prices
is one column of differences. A result is there only where every part of it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import add, mul, neg, sub

from perfkit.config.dialect import NUMBER, TARGETS, Dialect, Expression, Kinds, SlotValue
from perfkit.config.expressions import Constant, Formula
from perfkit.core.exact import PER_TRADE_PLACES, decimal_places, divide_half_even
from perfkit.core.exact import units as exact_units
from perfkit.core.numbers import Numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

Column: TypeAlias = "list[Any] | Numbers"
"""Texts (`str | None`), instants (`int | None`) or `Numbers`, by the slot's kind."""


def evaluated(
    slots: Sequence[Column], rows: int, dialect: Dialect, kinds: Kinds = TARGETS
) -> dict[str, Column]:
    """A column of so many rows for each target of the dialect."""
    return {
        target: numbers(expression, slots, rows)
        if kinds[target][0] == NUMBER
        else values(expression, slots, rows)
        for target, expression in dialect.expressions.items()
    }


def values(expression: Expression, slots: Sequence[Column], rows: int) -> list[Any]:
    """The texts or times that an expression gives, row by row: the first of its parts."""
    return _first_there([_single(one, slots, rows) for one in alternatives(expression)])


def alternatives(expression: Expression) -> tuple[Expression, ...]:
    """The parts joined by `or`, from the outside in; the expression itself without any."""
    if isinstance(expression, Formula) and expression.operation == "or":
        return tuple(one for part in expression.parts for one in alternatives(part))  # type: ignore[arg-type]
    return (expression,)


def is_there(expression: Expression, is_known: Callable[[int], bool]) -> bool:
    """Whether an expression has a value, knowing which slots have one; no divisor is 0."""
    if isinstance(expression, SlotValue):
        return is_known(expression.slot)
    if not isinstance(expression, Formula):
        return True
    parts = (is_there(part, is_known) for part in expression.parts)  # type: ignore[arg-type]
    return any(parts) if expression.operation == "or" else all(parts)


def _single(part: Expression, slots: Sequence[Column], rows: int) -> list[Any]:
    if isinstance(part, SlotValue):
        column = slots[part.slot]
        assert isinstance(column, list)
        return column
    assert isinstance(part, Constant)
    return [part.value] * rows


def numbers(expression: Expression, slots: Sequence[Column], rows: int) -> Numbers:
    """The numbers an expression gives, row by row."""
    if isinstance(expression, SlotValue):
        column = slots[expression.slot]
        assert isinstance(column, Numbers)
        return column
    if isinstance(expression, Constant):
        assert isinstance(expression.value, Decimal)
        places = decimal_places(expression.value)
        return Numbers([exact_units(expression.value, places)] * rows, places)
    operation, parts = expression
    columns = [numbers(part, slots, rows) for part in parts]  # type: ignore[arg-type]
    if operation == "or":
        return _or(columns)
    if operation in ("neg", "abs", "sign"):
        function, places = _ONE[operation], columns[0].places
        found = [None if one is None else function(one) for one in columns[0].units]
        return Numbers(found, 0 if operation == "sign" else places)
    return _TWO[operation](*columns)


def _or(columns: list[Numbers]) -> Numbers:
    if columns[0].is_complete:
        return columns[0]
    places = max(column.places for column in columns)
    return Numbers(_first_there([column.at_places(places) for column in columns]), places)


def _added(left: Numbers, right: Numbers, operation: Callable[[int, int], int] = add) -> Numbers:
    places = max(left.places, right.places)
    return Numbers(_paired(left.at_places(places), right.at_places(places), operation), places)


def _subtracted(left: Numbers, right: Numbers) -> Numbers:
    return _added(left, right, sub)


def _multiplied(left: Numbers, right: Numbers) -> Numbers:
    return Numbers(_paired(left.units, right.units, mul), left.places + right.places)


def _divided(left: Numbers, right: Numbers) -> Numbers:
    """Quotients at 12 decimal places, each rounded once, half to even; None over 0."""
    shift = PER_TRADE_PLACES + right.places - left.places
    up, down = 10 ** max(shift, 0), 10 ** max(-shift, 0)
    found = [
        None if a is None or not b else divide_half_even(a * up, b * down)
        for a, b in zip(left.units, right.units, strict=True)
    ]
    return Numbers(found, PER_TRADE_PLACES)


def _paired(
    left: list[int | None], right: list[int | None], operation: Callable[[int, int], int]
) -> list[int | None]:
    try:
        return list(map(operation, left, right))  # type: ignore[arg-type]
    except TypeError:  # something is missing
        return [
            None if a is None or b is None else operation(a, b)
            for a, b in zip(left, right, strict=True)
        ]


_ONE: dict[str, Callable[[int], int]] = {
    "neg": neg,
    "abs": abs,
    "sign": lambda number: (number > 0) - (number < 0),
}
_TWO = {"+": _added, "-": _subtracted, "*": _multiplied, "/": _divided}


def _first_there(columns: list[list[Any]]) -> list[Any]:
    first = columns[0]
    for column in columns[1:]:
        if None not in first:
            break
        first = [a if a is not None else b for a, b in zip(first, column, strict=True)]
    return first
