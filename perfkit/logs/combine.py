"""Lines of one identity become one trade, field by field, before anything is derived.

In file order: a later value replaces an earlier one, except that the first values of the opening
(time, price, stop, target, quantity) are kept; after a close, an open line only fills gaps; and a
close replaces the P&L and outcome of open lines. So an open line then a close, a trade line then
its resolution, a correction weeks later in another file and the same line twice are one trade.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from itertools import chain
from operator import add, mul, neg, sub

from perfkit.config.dialect import (
    CLOSING,
    FIRST,
    NUMBER,
    PNL,
    TARGETS,
    Dialect,
    Expression,
    Slot,
    SlotValue,
)
from perfkit.config.expressions import Constant
from perfkit.core.exact import PER_TRADE_PLACES, decimal_places, divide_half_even
from perfkit.core.exact import units as exact_units
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import Numbers, concatenated, take
from perfkit.logs.file_log import FileLog, Lines
from perfkit.logs.line_columns import Column, alternatives

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Records(NamedTuple):
    """One row per trade: what all its lines together say, still in the words of the dialect.

    `file` and `line` name the line that closed the trade (else its last line); `other_lines` has,
    for a row that took more than one line, the rest. `corrected` and `repeated` hold the rows with
    a line that changed an already closed trade, or that said again what another had said.
    """

    slots: list[Column]
    key: list[int | None]
    is_open: list[bool]
    file: list[int]
    line: list[int]
    other_lines: dict[int, tuple[tuple[int, int], ...]]
    corrected: frozenset[int]
    repeated: frozenset[int]


def combined(logs: list[FileLog], dialect: Dialect) -> Records:
    """The trades of the files of one source; `file` counts in the order of `logs`."""
    lines, file = _joined(logs, dialect)
    groups = _shared(lines)
    if not groups:
        nothing: frozenset[int] = frozenset()
        return Records(
            lines.slots, lines.key, lines.is_open, file, lines.line, {}, nothing, nothing
        )
    return _Combiner(lines, file, dialect).records(groups)


def _joined(logs: list[FileLog], dialect: Dialect) -> tuple[Lines, list[int]]:
    if len(logs) == 1:
        return logs[0].lines, [0] * len(logs[0].lines)
    slots: list[Column] = []
    for n, slot in enumerate(dialect.slots):
        parts = [log.lines.slots[n] for log in logs]
        if slot.kind == NUMBER:
            slots.append(concatenated(parts))  # type: ignore[arg-type]
        else:
            slots.append(list(chain.from_iterable(parts)))  # type: ignore[arg-type]
    file = list(chain.from_iterable([n] * len(log.lines) for n, log in enumerate(logs)))
    joined = Lines(
        slots,
        list(chain.from_iterable(log.lines.identity for log in logs)),
        list(chain.from_iterable(log.lines.key for log in logs)),
        list(chain.from_iterable(log.lines.is_open for log in logs)),
        list(chain.from_iterable(log.lines.line for log in logs)),
    )
    return joined, file


def _shared(lines: Lines) -> dict[str, list[int]]:
    """The rows of each identity that more than one line has."""
    if None not in (keys := set(lines.key)) and len(keys) == len(lines):
        return {}
    counts = Counter(one for one in lines.identity if one is not None)
    groups: dict[str, list[int]] = {one: [] for one, count in counts.items() if count > 1}
    if groups:
        for row, one in enumerate(lines.identity):
            if one in groups:
                groups[one].append(row)
    return groups


class _State(NamedTuple):
    """What the lines read so far say of one trade."""

    values: list[Any]
    closed: bool


class _Combiner:
    """Combines the rows of shared identities; all other rows stay as they are."""

    def __init__(self, lines: Lines, file: list[int], dialect: Dialect) -> None:
        self.lines = lines
        self.file = file
        self.dialect = dialect
        self.columns = [
            column.units if isinstance(column, Numbers) else column for column in lines.slots
        ]

    def records(self, groups: dict[str, list[int]]) -> Records:
        shared = {row for rows in groups.values() for row in rows}
        alone = [row for row in range(len(self.lines)) if row not in shared]
        trades: list[tuple[_State, list[int], bool, bool]] = []
        for rows in groups.values():
            trades += self._trades(rows)
        values = [state.values for state, *_ in trades]
        slots: list[Column] = []
        for n, column in enumerate(self.lines.slots):
            kept = take(self.columns[n], alone) + [row[n] for row in values]
            slots.append(Numbers(kept, column.places) if isinstance(column, Numbers) else kept)
        deciding = [self._deciding(rows) for _, rows, _, _ in trades]
        first = len(alone)
        return Records(
            slots=slots,
            key=take(self.lines.key, alone) + [self.lines.key[rows[0]] for _, rows, _, _ in trades],
            is_open=take(self.lines.is_open, alone) + [not state.closed for state, *_ in trades],
            file=take(self.file, alone) + take(self.file, deciding),
            line=take(self.lines.line, alone) + take(self.lines.line, deciding),
            other_lines={
                first + n: tuple(self._place(row) for row in rows if row != deciding[n])
                for n, (_, rows, _, _) in enumerate(trades)
                if len(rows) > 1
            },
            corrected=frozenset(first + n for n, (*_, yes, _) in enumerate(trades) if yes),
            repeated=frozenset(first + n for n, (*_, yes) in enumerate(trades) if yes),
        )

    def _trades(self, rows: list[int]) -> list[tuple[_State, list[int], bool, bool]]:
        """The trades of one identity: its state, its lines, corrected or not, repeated or not."""
        closing = [row for row in rows if not self.lines.is_open[row]]
        if not self.dialect.closes_each or len(closing) < 2:
            return [self._one(rows)]
        opening = [row for row in rows if self.lines.is_open[row]]
        same: dict[tuple[Any, ...], list[int]] = {}
        for close in closing:
            same.setdefault(tuple(column[close] for column in self.columns), []).append(close)
        return [self._one(sorted([*opening, *closes])) for closes in same.values()]

    def _one(self, rows: list[int]) -> tuple[_State, list[int], bool, bool]:
        state = _State([None] * len(self.columns), closed=False)
        said: set[tuple[Any, ...]] = set()
        corrected = repeated = False
        for row in rows:
            line = [column[row] for column in self.columns]
            is_open = self.lines.is_open[row]
            signature = (is_open, *line)
            if signature in said:
                repeated = True
            said.add(signature)
            after = self._step(state, line, is_open)
            corrected |= state.closed and not is_open and after.values != state.values
            state = after
        return state, rows, corrected, repeated

    def _step(self, state: _State, line: list[Any], is_open: bool) -> _State:
        values = [
            _merged(slot, before, said, state.closed, is_open)
            for slot, before, said in zip(self.dialect.slots, state.values, line, strict=True)
        ]
        return _State(values, state.closed or not is_open)

    def _deciding(self, rows: list[int]) -> int:
        closing = [row for row in rows if not self.lines.is_open[row]]
        return (closing or rows)[-1]

    def _place(self, row: int) -> tuple[int, int]:
        return self.file[row], self.lines.line[row]


def _merged(slot: Slot, before: Any, said: Any, was_closed: bool, is_open: bool) -> Any:
    """The value of one field after one more line."""
    if slot.policy in (CLOSING, PNL):
        if is_open and (was_closed or slot.policy == CLOSING):
            return before
        if not is_open and not was_closed:
            return said
    if slot.policy == FIRST or (is_open and was_closed):
        return said if before is None else before
    return before if said is None else said


def evaluated(records: Records, dialect: Dialect) -> dict[str, Column]:
    """A column per target of the dialect; a result is there only when every part of it is."""
    rows = len(records.line)
    return {
        target: _numbers(expression, records, rows)
        if TARGETS[target][0] == NUMBER
        else _first_there([_single(one, records, rows) for one in alternatives(expression)])
        for target, expression in dialect.expressions.items()
    }


def _single(part: Expression, records: Records, rows: int) -> list[Any]:
    if isinstance(part, SlotValue):
        column = records.slots[part.slot]
        assert isinstance(column, list)
        return column
    assert isinstance(part, Constant)
    return [part.value] * rows


def _numbers(expression: Expression, records: Records, rows: int) -> Numbers:
    """The numbers an expression gives, row by row."""
    if isinstance(expression, SlotValue):
        column = records.slots[expression.slot]
        assert isinstance(column, Numbers)
        return column
    if isinstance(expression, Constant):
        assert isinstance(expression.value, Decimal)
        places = decimal_places(expression.value)
        return Numbers([exact_units(expression.value, places)] * rows, places)
    operation, parts = expression
    columns = [_numbers(part, records, rows) for part in parts]  # type: ignore[arg-type]
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
