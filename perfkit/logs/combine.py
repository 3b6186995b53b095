"""Lines of one identity become one trade, field by field, before anything is derived.

In file order: a later value replaces an earlier one, except that the first values of the opening
(time, price, stop, target, quantity) are kept; after a close, an open line only fills gaps; and a
close replaces the P&L and outcome of open lines. So an open line then a close, a trade line then
its resolution, a correction weeks later in another file and the same line twice are one trade.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import chain

from perfkit.config.dialect import CLOSING, ENTRY, FIRST, NUMBER, PNL, Dialect, Slot
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import Numbers, concatenated, take
from perfkit.logs.file_log import FileLog, Lines
from perfkit.logs.formulas import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Records(NamedTuple):
    """One row per trade: what all its lines together say, still in the words of the dialect.

    `file` and `line` name the line that closed the trade (else its last line); `other_lines` has,
    for a row that took more than one line, the rest. `corrected` and `repeated` hold the rows with
    a line that changed an already closed trade, or that said again what another had said, `resized`
    those that closed another quantity than they opened, where P&L is computed from it.
    """

    slots: list[Column]
    key: list[int | None]
    is_open: list[bool]
    file: list[int]
    line: list[int]
    other_lines: dict[int, tuple[tuple[int, int], ...]]
    corrected: frozenset[int]
    repeated: frozenset[int]
    unpaired: frozenset[int] = frozenset()
    resized: frozenset[int] = frozenset()


class Joined(NamedTuple):
    """One trade made of lines: the value of each slot, its rows, and what was found on the way."""

    values: list[Any]
    closed: bool
    rows: list[int]
    corrected: bool
    repeated: bool
    unpaired: bool = False
    resized: bool = False


def combined(logs: list[FileLog], dialect: Dialect) -> Records:
    """The trades of the files of one source; `file` counts in the order of `logs`."""
    lines, file = joined_lines(logs, dialect)
    groups = _shared(lines)
    if not groups:
        nothing: frozenset[int] = frozenset()
        return Records(
            lines.slots, lines.key, lines.is_open, file, lines.line, {}, nothing, nothing
        )
    return Combiner(lines, file, dialect).records(groups)


def joined_lines(logs: list[FileLog], dialect: Dialect) -> tuple[Lines, list[int]]:
    """The lines of all logs one after the other, and the place of the log of each."""
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


class Combiner:
    """Combines the rows of shared identities; all other rows stay as they are."""

    def __init__(self, lines: Lines, file: list[int], dialect: Dialect) -> None:
        self.lines = lines
        self.file = file
        self.dialect = dialect
        self.slots = lines.slots
        self.columns = [
            column.units if isinstance(column, Numbers) else column for column in lines.slots
        ]
        slots = list(enumerate(dialect.slots))
        self.said = dialect.said
        self.of_entry = [n for n, slot in slots if slot.policy == ENTRY]
        self.quantities: list[int] = []
        if dialect.pnl_from_prices:
            self.quantities = [n for n, slot in slots if slot.target == "quantity"]

    def records(self, groups: Mapping[Any, list[int]]) -> Records:
        """The trades of each of some identities, after those of all other rows."""
        shared = {row for rows in groups.values() for row in rows}
        alone = [row for row in range(len(self.lines)) if row not in shared]
        trades = [trade for rows in groups.values() for trade in self.trades_of(rows)]
        slots: list[Column] = []
        for n, column in enumerate(self.slots):
            kept = take(self.columns[n], alone) + [trade.values[n] for trade in trades]
            slots.append(Numbers(kept, column.places) if isinstance(column, Numbers) else kept)
        deciding = [self._deciding(trade.rows) for trade in trades]
        first = len(alone)
        keys = self.lines.key
        return Records(
            slots=slots,
            key=take(keys, alone) + [keys[trade.rows[0]] for trade in trades],
            is_open=take(self.lines.is_open, alone) + [not trade.closed for trade in trades],
            file=take(self.file, alone) + take(self.file, deciding),
            line=take(self.lines.line, alone) + take(self.lines.line, deciding),
            other_lines={
                first + n: tuple(self._place(row) for row in trade.rows if row != deciding[n])
                for n, trade in enumerate(trades)
                if len(trade.rows) > 1
            },
            corrected=frozenset(first + n for n, trade in enumerate(trades) if trade.corrected),
            repeated=frozenset(first + n for n, trade in enumerate(trades) if trade.repeated),
            unpaired=frozenset(first + n for n, trade in enumerate(trades) if trade.unpaired),
            resized=frozenset(first + n for n, trade in enumerate(trades) if trade.resized),
        )

    def trades_of(self, rows: list[int]) -> list[Joined]:
        """The trades of one identity."""
        closing = [row for row in rows if not self.lines.is_open[row]]
        if not self.dialect.closes_each or len(closing) < 2:
            return [self.one(rows)]
        opening = [row for row in rows if self.lines.is_open[row]]
        same: dict[tuple[Any, ...], list[int]] = {}
        for close in closing:
            signature = tuple(self.columns[n][close] for n in self.said)
            same.setdefault(signature, []).append(close)
        return [self.one(sorted([*opening, *closes])) for closes in same.values()]

    def one(self, rows: list[int]) -> Joined:
        """The trade that all of these rows make."""
        state = _State([None] * len(self.dialect.slots), closed=False)
        said: set[tuple[Any, ...]] = set()
        corrected = repeated = late = False
        for row in rows:
            line = [column[row] for column in self.columns]
            is_open = self.lines.is_open[row]
            signature = (is_open, *map(line.__getitem__, self.said))
            if signature in said:
                repeated = True
            said.add(signature)
            after = self._step(state, line, is_open)
            if state.closed and not is_open and not corrected:
                corrected = any(after.values[n] != state.values[n] for n in self.said)
            late |= state.closed and is_open
            state = after
        if late:
            self._open_first(rows, state.values)
        for n in self.of_entry:
            said_open = self._said_open(n, rows)
            state.values[n] = said_open[-1] if said_open else state.values[n]
        resized = False
        for n in self.quantities if state.closed else ():
            for opened in self._said_open(n, rows)[:1]:
                state.values[n], other = closed_quantity(opened, state.values[n])
                resized |= other and not self.dialect.closes_each
        return Joined(state.values, state.closed, rows, corrected, repeated, resized=resized)

    def _said_open(self, slot: int, rows: list[int]) -> list[Any]:
        """What open lines say of a slot."""
        column, is_open = self.columns[slot], self.lines.is_open
        return [column[row] for row in rows if is_open[row] and column[row] is not None]

    def _open_first(self, rows: list[int], values: list[Any]) -> None:
        """What was true at entry comes from open lines, also where those come after a close."""
        rows = sorted(rows, key=lambda row: not self.lines.is_open[row])
        for n, slot in enumerate(self.dialect.slots):
            if slot.policy == FIRST:
                column = self.columns[n]
                values[n] = next((column[row] for row in rows if column[row] is not None), None)

    def _step(self, state: _State, line: list[Any], is_open: bool) -> _State:
        values = [
            _merged(slot, before, said, state.closed, is_open)
            for slot, before, said in zip(self.dialect.slots, state.values, line, strict=False)
        ]
        return _State(values, state.closed or not is_open)

    def _deciding(self, rows: list[int]) -> int:
        closing = [row for row in rows if not self.lines.is_open[row]]
        return (closing or rows)[-1]

    def _place(self, row: int) -> tuple[int, int]:
        return self.file[row], self.lines.line[row]


def closed_quantity(opened: int, closed: int | None) -> tuple[int | None, bool]:
    """The quantity that a close has the P&L of, and whether it is another than was opened.

    Of 3 that were opened, a close of 1 has the P&L of 1. A close of 4 has none: nothing tells at
    which price the fourth was opened.
    """
    if closed is None or abs(closed) == abs(opened):
        return opened, False
    return (closed if abs(closed) < abs(opened) else None), True


class _State(NamedTuple):
    """What the lines read so far say of one trade."""

    values: list[Any]
    closed: bool


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
