"""Decoded lines to typed columns, in the words of a dialect.

A column is converted at once. Where a value in it is bad, its values are looked at one by one. What
a closed trade can do without, such as a side or a stop, is left out of its line; a line that needs
the bad value (see `bad_values`) is a bad one, and the caller goes on without it.
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.config.dialect import (
    CLOSING,
    LABEL,
    NUMBER,
    OPEN,
    RAW,
    TEXT,
    TIME,
    WHOLE_LINE,
    Condition,
    Dialect,
    Slot,
    SlotValue,
)
from perfkit.config.expressions import EVERY, Call, Constant, Field, Leaf
from perfkit.core import values as col
from perfkit.core.exact import sum_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import Numbers, is_constant, take
from perfkit.core.one_value import BadValueError
from perfkit.logs.formulas import Column, alternatives, is_there

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import tzinfo
    from typing import Any, TypeAlias

Raw: TypeAlias = "Sequence[Sequence[Any]]"
"""Decoded values, a column for each key of the dialect."""


MONEY = ("net_pnl", "gross_pnl", "realized_pnl", "commission", "slippage", "mae", "mfe")
"""Targets that are amounts of the currency of the source."""

PRICES = ("price", "entry_price", "exit_price")
"""Targets that are so where P&L is computed from them."""


class Typed(NamedTuple):
    """Some lines as columns, one for each slot, and the instant each line speaks of.

    The instant is None where a line has neither a closing nor an opening time. `left_out` has the
    row of each value that could not be read and that its line can do without, and why.
    """

    slots: list[Column]
    identity: list[str | None]
    is_open: list[bool]
    at: list[int | None]
    left_out: Sequence[tuple[int, str]] = ()


class LineColumns:
    """What a dialect makes of decoded lines."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.keys = {key: n for n, key in enumerate(dialect.keys)}
        sources = [slot.source for slot in dialect.slots if slot.kind == TIME]
        sources += [part for one in sources if isinstance(one, Call) for part in one.parts]
        self.zones = {one: zone for one in sources if (zone := _zone_named_in(one)) is not None}
        exits = [slot.source for slot in dialect.slots if slot.target == "exit_price"]
        self.own_exits = [
            n
            for n, slot in enumerate(dialect.slots)
            if slot.target == "entry_price" and slot.source in exits
        ]

    def typed(self, raw: Raw, count: int) -> Typed:
        """Typed columns of some rows; raises `BadValueError` if any value is bad."""
        is_open = self.said_open(raw, count)
        slots: list[Column] = []
        times: dict[Leaf, Column] = {}
        for slot in self.dialect.slots:
            if slot.kind != TIME or (slot.policy == CLOSING and True in is_open):
                slots.append(self._converted(slot, raw, is_open))
                continue
            if slot.source not in times:
                times[slot.source] = self._converted(slot, raw, is_open)
            slots.append(times[slot.source])
        is_open, at = self.settled(slots, is_open)
        return Typed(slots, self.identities(raw, slots, count), is_open, at)

    def unusable(self, typed: Typed) -> dict[int, str]:
        """The rows that lack what a trade cannot do without, and why."""
        if self.dialect.fills is not None:
            from perfkit.logs.fills.lines import unusable

            return unusable(typed.slots, typed.at, self.dialect)
        if None not in typed.at:
            return {}
        reason = "neither a closing nor an opening time"
        return {row: reason for row, at in enumerate(typed.at) if at is None}

    def rows_without_result(self, typed: Typed) -> list[int]:
        """The closing lines that by themselves say neither a P&L nor an outcome.

        All closing lines, if a result may vanish: then one line says nothing of it by itself. All
        fills, if some may sell what is not held.
        """
        if self.dialect.fills is not None:
            return [] if self.dialect.fills.short else list(range(len(typed.is_open)))
        results = self.dialect.results
        vanishing = self.dialect.result_may_vanish
        complete = (is_there(one, lambda slot: _is_complete(typed.slots[slot])) for one in results)
        if not vanishing and any(complete):
            return []
        closing = [row for row, opened in enumerate(typed.is_open) if not opened]
        if vanishing:
            return closing
        columns = list(map(values_of, typed.slots))
        known = ([column[row] is not None for column in columns] for row in closing)
        return [
            row
            for row, there in zip(closing, known, strict=True)
            if not any(is_there(result, there.__getitem__) for result in results)
        ]

    def meeting(self, conditions: tuple[Condition, ...], raw: Raw, count: int) -> list[bool]:
        """Which lines meet all of some conditions; raises `BadValueError` if one is not clear."""
        met = [True] * count
        for condition in conditions:
            values = self._raw(condition.source, raw)
            kinds = set(map(type, values))
            if kinds <= {str, int, type(None)}:
                verdict = {value: condition.verdict(value) for value in set(values)}
                if True not in verdict.values():
                    return [False] * count
                here = list(map(verdict.__getitem__, values))
            else:  # a bool equals an int as a key, and a list or an object can be none
                here = [condition.verdict(value) for value in values]
            met = [both and one for both, one in zip(met, here, strict=True)]
        return met

    def said_open(self, raw: Raw, count: int) -> list[bool]:
        """Which lines meet a condition of `open_when`."""
        is_open = [False] * count
        for conditions in self.dialect.open_when:
            meeting = self.meeting(conditions, raw, count)
            if True in meeting:
                is_open = [known or met for known, met in zip(is_open, meeting, strict=True)]
        return is_open

    def slot_column(self, slot: Slot, raw: Raw, count: int) -> Column:
        is_masked = slot.kind == TIME and slot.policy == CLOSING
        is_open = self.said_open(raw, count) if is_masked else []
        return self._converted(slot, raw, is_open)

    def _converted(self, slot: Slot, raw: Raw, is_open: list[bool]) -> Column:
        if isinstance(slot.source, Call) and slot.source.name in ("earliest", "latest"):
            return self._of_two_times(slot, slot.source, raw, is_open)
        if slot == WHOLE_LINE:  # see `Gatherer`
            return [None] * len(raw[0])
        values = self._values(slot.source, raw)
        if slot.kind == NUMBER:
            return self._numbers(slot, values)
        if slot.kind == TEXT:
            return self._texts(slot.target, values)
        if slot.kind == LABEL:
            return self._labels(slot.target, values)
        if slot.kind == RAW:
            return [one if one is None or isinstance(one, str | int) else "..." for one in values]
        if slot.policy == CLOSING and True in is_open:
            # What stands there on an open line (a 0, say) need not be a time.
            values = [None if o else v for v, o in zip(values, is_open, strict=True)]
        dialect = self.dialect
        zone = self.zones.get(slot.source, dialect.zone)
        return col.instants(values, zone, dialect.time_unit, dialect.time_format)

    def _of_two_times(self, slot: Slot, call: Call, raw: Raw, is_open: list[bool]) -> Column:
        """The earlier or the later of two times; None where one of them is missing."""
        one, other = (
            values_of(self._converted(slot._replace(source=part), raw, is_open))
            for part in call.parts
        )
        pick = min if call.name == "earliest" else max
        return [
            None if a is None or b is None else pick(a, b) for a, b in zip(one, other, strict=True)
        ]

    def _numbers(self, slot: Slot, values: Sequence[Any]) -> Numbers:
        if isinstance(slot.source, Call) and slot.source.name == "sum":  # is a plain number
            return col.numbers(values)
        try:
            return col.numbers(values, self.dialect.decimal, self._currency(slot.target))
        except BadValueError:
            if slot.target != "hold_seconds" or self.dialect.hold_unit is not None:
                raise
        from perfkit.core.times.durations import duration_seconds

        return Numbers(*col.in_one_unit(list(map(duration_seconds, values))))

    def _currency(self, target: str) -> str | None:
        """The currency that a number with a unit has to be in, if it is money."""
        dialect = self.dialect
        from_prices = dialect.fills is not None or dialect.pnl_from_prices
        is_money = target in MONEY or (from_prices and target in PRICES)
        return dialect.currency if is_money else None

    def names(self, source: Leaf, raw: Raw, _: int) -> list[str | None]:
        return col.texts(self._values(source, raw))

    def settled(
        self, slots: list[Column], is_open: list[bool]
    ) -> tuple[list[bool], list[int | None]]:
        """Which lines are open, and the instant each speaks of.

        A line without a closing time, or that says `open`, is open and says nothing of a close.
        """
        if self.dialect.fills is not None:
            return is_open, self._evaluated("at", slots, len(is_open))
        closed_at = self._evaluated("closed_at", slots, len(is_open))
        if None in closed_at:
            is_open = [opened or at is None for opened, at in zip(is_open, closed_at, strict=True)]
        for slot, column in zip(self.dialect.slots, slots, strict=True):
            if slot.target == "outcome" and isinstance(column, list) and OPEN in column:
                is_open = [
                    opened or said == OPEN for opened, said in zip(is_open, column, strict=True)
                ]
        for n in self.own_exits:  # the price of a close is not that of the entry
            slots[n] = _cleared(slots[n], [not opened for opened in is_open])
        if True not in is_open:
            return is_open, closed_at
        for n, slot in enumerate(self.dialect.slots):
            if slot.policy == CLOSING:
                slots[n] = _cleared(slots[n], is_open)
        closed_at = self._evaluated("closed_at", slots, len(is_open))
        return is_open, _first_of(closed_at, self._evaluated("opened_at", slots, len(is_open)))

    def _evaluated(self, target: str, slots: list[Column], count: int) -> list[int | None]:
        """A time target from its alternatives."""
        expression = self.dialect.expressions.get(target)
        value: list[int | None] = [None] * count
        if expression is not None:
            for part in alternatives(expression):
                if isinstance(part, SlotValue):
                    column = slots[part.slot]
                    assert isinstance(column, list)
                else:
                    assert isinstance(part, Constant)
                    column = [part.value] * count
                value = _first_of(value, column)
        return value

    def _texts(self, target: str, values: Sequence[Any]) -> list[str | None]:
        """Names as the dialect means them; equal ones share one string."""
        if isinstance(values[0], str | None) and is_constant(values):
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

    def _labels(self, target: str, values: Sequence[Any]) -> list[Any]:
        """Values of a dimension: texts, and of a list its entries, each once."""
        try:
            return self._texts(target, values)
        except BadValueError:  # a list among them
            return [self._label(target, one) for one in values]

    def _label(self, target: str, value: Any) -> str | tuple[str, ...] | None:
        entries = col.texts(list(map(_worded, value if isinstance(value, list) else [value])))
        names = tuple(dict.fromkeys(self.dialect.word(target, one) for one in entries if one))
        return names if len(names) > 1 else names[0] if names else None

    def identities(self, raw: Raw, slots: list[Column], count: int) -> list[str | None]:
        """The identity of each line; of a fill, the group that it is matched in."""
        if self.dialect.fills is not None:
            from perfkit.logs.fills.lines import groups_of  # most logs do without

            return groups_of(slots, count, self.dialect)
        parts = [self.names(source, raw, count) for source in self.dialect.identity]
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
            return [summed(value, field.path[1:], self.dialect) for value in every]
        if source.name == "quote":
            return _quotes(columns[0], self.dialect.currency)
        if source.name == "where":
            words = col.texts(list(map(_worded, columns[1])))
            pairs = zip(columns[0], words, strict=True)
            return [value if word == source.separator else None for value, word in pairs]
        return [called(source, row) for row in zip(*columns, strict=True)]


def _zone_named_in(source: Leaf) -> tzinfo | None:
    """The zone in the name of a field that times are read from, such as `Time (UTC+2)`."""
    names = [
        str(one.path[-1]) for one in ((source,) if isinstance(source, Field) else source.parts)
    ]
    for name in names:
        if "UTC" in (upper := name.upper()) or "GMT" in upper:
            from perfkit.core.times.time_forms import zone_in_name

            zone = zone_in_name(name)
            if zone is not None:
                return zone
    return None


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


def summed(value: Any, path: tuple[str | int, ...], dialect: Dialect) -> str | None:
    """The exact sum over a list, as a text; None where no item has a number."""
    place = path.index(EVERY)
    items = value_at(value, path[:place])
    if not isinstance(items, list):
        return None
    every = (value_at(item, path[place + 1 :]) for item in items)
    numbers = [col.logged_number(one, dialect.decimal, dialect.currency) for one in every]
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


def _quotes(symbols: Sequence[Any], currency: str | None) -> list[str | None]:
    """The currency of each pair; the pair itself where its currency is not recognised."""
    from perfkit.core.quotes import quote_of

    texts = col.texts(symbols)
    quotes = {one: one and (quote_of(one, currency) or one) for one in set(texts)}
    return list(map(quotes.__getitem__, texts))


def _worded(value: Any) -> Any:
    """A boolean as the word that `values` maps."""
    return ("true" if value else "false") if isinstance(value, bool) else value


def kept(raw: Raw, numbers: list[int], keep: list[bool]) -> tuple[Raw, list[int]]:
    """The rows to keep, and their line numbers."""
    rows = [row for row, keeps in enumerate(keep) if keeps]
    return [take(column, rows) for column in raw], take(numbers, rows)


def _is_complete(column: Column) -> bool:
    return column.is_complete if isinstance(column, Numbers) else None not in column


def values_of(column: Column) -> list[Any]:
    return column.units if isinstance(column, Numbers) else column


def _cleared(column: Column, is_open: list[bool]) -> Column:
    cleared = [None if opened else v for v, opened in zip(values_of(column), is_open, strict=True)]
    return Numbers(cleared, column.places) if isinstance(column, Numbers) else cleared


def _first_of(first: list[int | None], then: list[int | None]) -> list[int | None]:
    """Row by row, the first of two that is there."""
    if None not in first:
        return first
    return [a if a is not None else b for a, b in zip(first, then, strict=True)]
