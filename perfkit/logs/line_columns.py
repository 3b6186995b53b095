"""Decoded lines to typed columns, in the words of a dialect.

A column is converted at once; one bad value in it makes all of it bad, and the caller looks for
the line.
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.config.dialect import (
    CLOSING,
    NUMBER,
    OPEN,
    TEXT,
    TIME,
    Condition,
    Dialect,
    Expression,
    SlotValue,
)
from perfkit.config.expressions import EVERY, Call, Field, Formula, Leaf
from perfkit.core import values as col
from perfkit.core.exact import sum_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import Numbers, is_constant
from perfkit.core.values import BadValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

Column: TypeAlias = "list[Any] | Numbers"
"""Texts (`str | None`), instants (`int | None`) or `Numbers`, by the slot's kind."""

Raw: TypeAlias = "Sequence[Sequence[Any]]"
"""Decoded values, a column for each key of the dialect."""


class Typed(NamedTuple):
    """Some lines as columns, one for each slot, and the instant each line speaks of."""

    slots: list[Column]
    identity: list[str | None]
    is_open: list[bool]
    at: list[int]


class LineColumns:
    """What a dialect makes of decoded lines."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.keys = {key: n for n, key in enumerate(dialect.keys)}

    def typed(self, raw: Raw, count: int) -> Typed:
        """Typed columns of some rows; raises `BadValueError` if any value is bad."""
        dialect = self.dialect
        is_open = [False] * count
        for conditions in dialect.open_when:
            meeting = self.meeting(conditions, raw, count)
            if True in meeting:
                is_open = [known or met for known, met in zip(is_open, meeting, strict=True)]
        slots: list[Column] = []
        times: dict[Leaf, list[int | None]] = {}
        for slot in dialect.slots:
            values = self._values(slot.source, raw)
            if slot.kind == NUMBER:
                slots.append(col.numbers(values))
            elif slot.kind == TEXT:
                slots.append(self._texts(slot.target, values))
            elif slot.policy == CLOSING and True in is_open:
                # What stands there on an open line (a 0, say) need not be a time.
                values = [None if o else v for v, o in zip(values, is_open, strict=True)]
                slots.append(col.instants(values, dialect.zone, dialect.time_unit))
            else:
                if slot.source not in times:
                    times[slot.source] = col.instants(values, dialect.zone, dialect.time_unit)
                slots.append(times[slot.source])
        is_open, at = self._settled(slots, is_open)
        return Typed(slots, self._identities(raw, count), is_open, at)

    def meeting(self, conditions: tuple[Condition, ...], raw: Raw, count: int) -> list[bool]:
        """Which lines meet all of some conditions."""
        met = [True] * count
        for condition in conditions:
            values = self._raw(condition.source, raw)
            kinds = set(map(type, values))
            if kinds <= {str, int, type(None)}:
                verdict = {value: condition.holds(value) for value in set(values)}
                if True not in verdict.values():
                    return [False] * count
                here = list(map(verdict.__getitem__, values))
            else:  # a bool equals an int as a key, and a list or an object can be none
                here = [condition.holds(value) for value in values]
            met = [both and one for both, one in zip(met, here, strict=True)]
        return met

    def first_bad_field(self, raw: Raw, row: int) -> str | None:
        """The field of a line that cannot be converted, and why."""
        line = [[column[row]] for column in raw]
        for slot in self.dialect.slots:
            (value,) = self._values(slot.source, line)
            try:
                if slot.kind == NUMBER:
                    col.exact_number(value)
                elif slot.kind == TIME:
                    col.exact_instant(value, self.dialect.zone, self.dialect.time_unit)
                else:
                    self._texts(slot.target, [value])
            except BadValueError as error:
                return f"{slot.source}: {error}"
        for source in self.dialect.identity:
            try:
                col.texts(self._values(source, line))
            except BadValueError as error:
                return f"{source}: {error}"
        return None

    def _settled(self, slots: list[Column], is_open: list[bool]) -> tuple[list[bool], list[int]]:
        """Which lines are open, and the instant each speaks of.

        A line without a closing time, or that says `open`, is open and says nothing of a close.
        """
        closed_at = self._evaluated("closed_at", slots, len(is_open))
        if None in closed_at:
            is_open = [opened or at is None for opened, at in zip(is_open, closed_at, strict=True)]
        for slot, column in zip(self.dialect.slots, slots, strict=True):
            if slot.target == "outcome" and isinstance(column, list) and OPEN in column:
                is_open = [
                    opened or said == OPEN for opened, said in zip(is_open, column, strict=True)
                ]
        if True not in is_open:
            return is_open, closed_at  # type: ignore[return-value]
        for n, slot in enumerate(self.dialect.slots):
            if slot.policy == CLOSING:
                slots[n] = _cleared(slots[n], is_open)
        closed_at = self._evaluated("closed_at", slots, len(is_open))
        at = _first_of(closed_at, self._evaluated("opened_at", slots, len(is_open)))
        if None in at:
            raise BadValueError("neither a closing nor an opening time")
        return is_open, at  # type: ignore[return-value]

    def _evaluated(self, target: str, slots: list[Column], count: int) -> list[int | None]:
        """A time target from its alternatives."""
        expression = self.dialect.expressions.get(target)
        value: list[int | None] = [None] * count
        if expression is not None:
            for part in alternatives(expression):
                assert isinstance(part, SlotValue)
                column = slots[part.slot]
                assert isinstance(column, list)
                value = _first_of(value, column)
        return value

    def _texts(self, target: str, values: Sequence[Any]) -> list[str | None]:
        """Names as the dialect means them; equal ones share one string."""
        if isinstance(values[0], str) and is_constant(values):
            return [self.dialect.word(target, values[0]) if values[0] else None] * len(values)
        try:
            distinct = set(values)
        except TypeError:  # a list or an object among them
            distinct = {None, False}
        if not set(map(type, distinct)) <= {str, type(None)}:
            values = col.texts(list(map(_worded, values)))
            distinct = set(values)
        meaning = {text: self.dialect.word(target, text) if text else None for text in distinct}
        return list(map(meaning.__getitem__, values))

    def _identities(self, raw: Raw, count: int) -> list[str | None]:
        parts = [col.texts(self._values(source, raw)) for source in self.dialect.identity]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return [None] * count
        return [None if None in row else repr(row) for row in zip(*parts, strict=True)]

    def _values(self, source: Leaf, raw: Raw) -> Sequence[Any]:
        """What a leaf of an expression reads, None for what the dialect takes as nothing."""
        values = self._raw(source, raw)
        if self.dialect.nulls:
            nulls = self.dialect.nulls
            values = [None if isinstance(one, str) and one in nulls else one for one in values]
        return values

    def _raw(self, source: Leaf, raw: Raw) -> Sequence[Any]:
        if isinstance(source, Field):
            values = raw[self.keys[str(source.path[0])]]
            if len(source.path) > 1:
                values = [value_at(value, source.path[1:]) for value in values]
            return values
        columns = [self._raw(part, raw) for part in source.parts if EVERY not in part.path]
        if source.name == "sum":
            (field,) = source.parts
            every = raw[self.keys[str(field.path[0])]]
            return [summed(value, field.path[1:]) for value in every]
        return [called(source, row) for row in zip(*columns, strict=True)]


def alternatives(expression: Expression) -> tuple[Expression, ...]:
    """The parts joined by `or`, from the outside in; the expression itself without any."""
    if isinstance(expression, Formula) and expression.operation == "or":
        return tuple(one for part in expression.parts for one in alternatives(part))  # type: ignore[arg-type]
    return (expression,)


def value_at(value: Any, path: Sequence[str | int]) -> Any:
    """The value below a decoded one; None where there is none."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def summed(value: Any, path: tuple[str | int, ...]) -> str | None:
    """The exact sum over a list, as a text; None where no item has a number."""
    place = path.index(EVERY)
    items = value_at(value, path[:place])
    if not isinstance(items, list):
        return None
    numbers = [col.exact_number(value_at(item, path[place + 1 :])) for item in items]
    present = [number for number in numbers if number is not None]
    return f"{sum_of(present):f}" if present else None


def called(call: Call, values: Sequence[Any]) -> str | None:
    """The result of `join`, `before` or `after`; None where a text is missing."""
    texts = col.texts(values)
    if None in texts:
        return None
    if call.name == "join":
        return " ".join(texts)  # type: ignore[arg-type]
    before, found, after = str(texts[0]).partition(call.separator)
    return before if call.name == "before" else after if found else None


def _worded(value: Any) -> Any:
    """A boolean as the word that `values` maps."""
    return ("true" if value else "false") if isinstance(value, bool) else value


def _cleared(column: Column, is_open: list[bool]) -> Column:
    values = column.units if isinstance(column, Numbers) else column
    cleared = [None if opened else v for v, opened in zip(values, is_open, strict=True)]
    return Numbers(cleared, column.places) if isinstance(column, Numbers) else cleared


def _first_of(first: list[int | None], then: list[int | None]) -> list[int | None]:
    """Row by row, the first of two that is there."""
    if None not in first:
        return first
    return [a if a is not None else b for a, b in zip(first, then, strict=True)]
