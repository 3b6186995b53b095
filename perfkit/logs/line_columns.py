"""Decoded lines to typed columns, in the words of a dialect.

A column is converted at once. Where a value in it is bad, its values are looked at one by one, and
the caller goes on without the lines of the bad ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from perfkit.config.dialect import (
    CLOSING,
    NUMBER,
    OPEN,
    RESULTS,
    TEXT,
    TIME,
    Condition,
    Dialect,
    Slot,
)
from perfkit.core import values as col
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
    """Some lines as columns, one for each slot, and the instant each line speaks of.

    The instant is None where a line has neither a closing nor an opening time.
    """

    slots: list[Column]
    identity: list[str | None]
    is_open: list[bool]
    at: list[int | None]


class LineColumns:
    """What a dialect makes of decoded lines."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.keys = {key: n for n, key in enumerate(dialect.keys)}

    def typed(self, raw: Raw, count: int) -> Typed:
        """Typed columns of some rows; raises `BadValueError` if any value is bad."""
        is_open = self._said_open(raw, count)
        slots: list[Column] = []
        times: dict[tuple[str, ...], Column] = {}
        for slot in self.dialect.slots:
            values = self._slot_values(slot, raw, is_open)
            if slot.kind != TIME or slot.policy == CLOSING:
                slots.append(self._converted(slot, values))
                continue
            if slot.path not in times:
                times[slot.path] = self._converted(slot, values)
            slots.append(times[slot.path])
        is_open, at = self._settled(slots, is_open)
        return Typed(slots, self._identities(raw, count), is_open, at)

    def bad_rows(self, raw: Raw, count: int) -> dict[int, str]:
        """The rows with a value that cannot be converted: the first such field, and why."""
        is_open = self._said_open(raw, count)
        bad: dict[int, str] = {}
        for slot in self.dialect.slots:
            values = self._slot_values(slot, raw, is_open)
            _look_for_bad(slot.path, values, partial(self._converted, slot), bad)
        for path in self.dialect.identity:
            _look_for_bad(path, self._values(path, raw), col.texts, bad)
        return bad

    def rows_without_result(self, typed: Typed) -> list[int]:
        """The closing lines that by themselves say neither a P&L nor an outcome."""
        known: list[list[list[Any]]] = []
        for target in RESULTS:
            for terms in self.dialect.expressions.get(target, ()):
                parts = [typed.slots[term.slot] for term in terms if term.slot is not None]
                if all(map(_is_complete, parts)):
                    return []
                known.append([_values(part) for part in parts])
        return [
            row
            for row, opened in enumerate(typed.is_open)
            if not opened and not any(all(p[row] is not None for p in parts) for parts in known)
        ]

    def meeting(self, conditions: tuple[Condition, ...], raw: Raw, count: int) -> list[bool]:
        """Which lines meet all of some conditions."""
        met = [True] * count
        for condition in conditions:
            values = self._values(condition.path, raw)
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

    def _said_open(self, raw: Raw, count: int) -> list[bool]:
        """Which lines meet a condition of `open_when`."""
        is_open = [False] * count
        for conditions in self.dialect.open_when:
            meeting = self.meeting(conditions, raw, count)
            if True in meeting:
                is_open = [known or met for known, met in zip(is_open, meeting, strict=True)]
        return is_open

    def _slot_values(self, slot: Slot, raw: Raw, is_open: list[bool]) -> Sequence[Any]:
        values = self._values(slot.path, raw)
        if slot.kind == TIME and slot.policy == CLOSING and True in is_open:
            # What stands there on an open line (a 0, say) need not be a time.
            return [None if o else v for v, o in zip(values, is_open, strict=True)]
        return values

    def _converted(self, slot: Slot, values: Sequence[Any]) -> Column:
        if slot.kind == NUMBER:
            return col.numbers(values)
        if slot.kind == TEXT:
            return self._texts(slot.target, values)
        return col.instants(values, self.dialect.zone, self.dialect.time_unit)

    def _settled(
        self, slots: list[Column], is_open: list[bool]
    ) -> tuple[list[bool], list[int | None]]:
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
            return is_open, closed_at
        for n, slot in enumerate(self.dialect.slots):
            if slot.policy == CLOSING:
                slots[n] = _cleared(slots[n], is_open)
        closed_at = self._evaluated("closed_at", slots, len(is_open))
        return is_open, _first_of(closed_at, self._evaluated("opened_at", slots, len(is_open)))

    def _evaluated(self, target: str, slots: list[Column], count: int) -> list[int | None]:
        """A time target from its alternatives."""
        value: list[int | None] | None = None
        for (term,) in self.dialect.expressions.get(target, ()):
            assert term.slot is not None
            column = slots[term.slot]
            assert isinstance(column, list)
            value = column if value is None else _first_of(value, column)
        return [None] * count if value is None else value

    def _texts(self, target: str, values: Sequence[Any]) -> list[str | None]:
        """Names as the dialect means them; equal ones share one string."""
        if isinstance(values[0], str) and is_constant(values):
            return [self.dialect.word(target, values[0]) if values[0] else None] * len(values)
        try:
            distinct = set(values)
        except TypeError:  # a list or an object among them
            distinct = {None, False}
        if not set(map(type, distinct)) <= {str, type(None)}:
            values = col.texts(values)
            distinct = set(values)
        meaning = {text: self.dialect.word(target, text) if text else None for text in distinct}
        return list(map(meaning.__getitem__, values))

    def _identities(self, raw: Raw, count: int) -> list[str | None]:
        parts = [col.texts(self._values(path, raw)) for path in self.dialect.identity]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return [None] * count
        return [None if None in row else repr(row) for row in zip(*parts, strict=True)]

    def _values(self, path: tuple[str, ...], raw: Raw) -> Sequence[Any]:
        values = raw[self.keys[path[0]]]
        for name in path[1:]:
            values = [value.get(name) if isinstance(value, dict) else None for value in values]
        return values


def _look_for_bad(
    path: tuple[str, ...],
    values: Sequence[Any],
    convert: Callable[[Sequence[Any]], object],
    bad: dict[int, str],
) -> None:
    """Adds the rows whose value does not convert, unless they are known to be bad."""
    try:
        convert(values)
    except BadValueError:
        for row, value in enumerate(values):
            if row in bad:
                continue
            try:
                convert([value])
            except BadValueError as error:
                bad[row] = f"{'.'.join(path)}: {error}"


def _is_complete(column: Column) -> bool:
    return column.is_complete if isinstance(column, Numbers) else None not in column


def _values(column: Column) -> list[Any]:
    return column.units if isinstance(column, Numbers) else column


def _cleared(column: Column, is_open: list[bool]) -> Column:
    cleared = [None if opened else v for v, opened in zip(_values(column), is_open, strict=True)]
    return Numbers(cleared, column.places) if isinstance(column, Numbers) else cleared


def _first_of(first: list[int | None], then: list[int | None]) -> list[int | None]:
    """Row by row, the first of two that is there."""
    if None not in first:
        return first
    return [a if a is not None else b for a, b in zip(first, then, strict=True)]
