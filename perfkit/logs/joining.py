"""Lines that make trades by further rules: added up, closed in parts, used again, or paired.

A position opened by 2 at 100 and closed in two parts, with `closes: sum`:

    open   qty 2, fee 0.3                one trade: P&L 12.2 - 30 = -17.8, costs 0.5, quantity 2,
    close  qty 1, pnl 12.2, fee 0.1      closed with its last close, at the mean of the exit prices,
    close  qty 1, pnl -30, fee 0.1       weighted by quantity

What adds up is computed for each line first, then for the trade; a line that was written twice
counts once. All other fields combine as usual (see `combine`).
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.config.dialect import CLOSING, NUMBER, PNL, TARGETS, Dialect, Joining, Total
from perfkit.config.joining import ALL, AVERAGE, LIFO, MIN, OPENING, SUM
from perfkit.core.exact import PER_TRADE_PLACES, divide_half_even
from perfkit.core.numbers import Numbers
from perfkit.logs.combine import Combiner, Joined, Records, closed_quantity, joined_lines
from perfkit.logs.file_log import FileLog, Lines
from perfkit.logs.formulas import Column, numbers, values
from perfkit.logs.parts import Parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def joined(logs: list[FileLog], dialect: Dialect) -> tuple[Records, dict[str, Column]]:
    """The trades of the files of one source, and a column for each total."""
    joiner = _Joiner(*joined_lines(logs, dialect), dialect)
    records = joiner.all_records()
    columns = records.slots[len(dialect.slots) :]
    targets = [one.total.target for one in joiner.totals]
    if joiner.parts is not None:
        targets.append("realized_pnl")
    return records, dict(zip(targets, columns, strict=True))


class _TotalColumn:
    """A total and what each line says of it."""

    def __init__(self, total: Total, slots: Sequence[Column], rows: int) -> None:
        self.total = total
        self.weights: list[int | None] | None = None
        self.places: int | None = None
        self.scale = 1
        if TARGETS[total.target][0] != NUMBER:
            self.said: list[Any] = values(total.expression, slots, rows)
            return
        column = numbers(total.expression, slots, rows)
        self.said, self.places = column.units, column.places
        if total.rule == AVERAGE:
            self.weights = [None] * rows
            if total.weight is not None:
                self.weights = numbers(total.weight, slots, rows).units
            more = max(0, PER_TRADE_PLACES - column.places)
            self.places, self.scale = column.places + more, 10**more

    def column(self) -> Column:
        """What all lines say, as a slot of the lines; an average is computed per trade."""
        said = self.said if self.scale == 1 else [_times(one, self.scale) for one in self.said]
        return said if self.places is None else Numbers(said, self.places)

    def of(self, rows: Sequence[int]) -> Any:
        """The total of some rows; None where none of them has a value."""
        rows = [row for row in rows if self.said[row] is not None]
        said = [self.said[row] for row in rows]
        if not said:
            return None
        if self.weights is not None:
            return self._average(rows)
        return (
            sum(said) if self.total.rule == SUM else (min if self.total.rule == MIN else max)(said)
        )

    def _average(self, rows: Sequence[int]) -> int | None:
        assert self.weights is not None
        first = self.said[rows[0]]
        if all(self.said[row] == first for row in rows):
            return int(first * self.scale)
        weights = [self.weights[row] for row in rows]
        if None in weights or not sum(map(abs, weights)):  # type: ignore[arg-type]
            return None
        parts = [abs(one) * self.said[row] for one, row in zip(weights, rows, strict=True)]  # type: ignore[arg-type]
        return divide_half_even(sum(parts) * self.scale, sum(map(abs, weights)))  # type: ignore[arg-type]


class _Joiner(Combiner):
    """Joins the lines of each identity, also where one line is all there is."""

    def __init__(self, lines: Lines, file: list[int], dialect: Dialect) -> None:
        super().__init__(lines, file, dialect)
        assert dialect.joining is not None
        self.joining: Joining = dialect.joining
        count = len(lines)
        self.totals = [_TotalColumn(one, lines.slots, count) for one in self.joining.totals]
        self.slots = [*lines.slots, *(one.column() for one in self.totals)]
        self.parts: Parts | None = None
        if self.joining.done_when and not self._has_total("realized_pnl"):
            self.parts = Parts(dialect, lines.slots, count)
            self.slots.append(Numbers([None] * count, self.parts.places))
        self.columns = [one.units if isinstance(one, Numbers) else one for one in self.slots]
        self.telling = [self.columns[n] for n in self.said] + self.columns[len(dialect.slots) :]
        self.opened_at, self.closed_at = (
            values(dialect.expressions[name], lines.slots, count)
            if name in dialect.expressions
            else [None] * count
            for name in ("opened_at", "closed_at")
        )

    def all_records(self) -> Records:
        """The trades of all lines; each line without an identity is a trade of its own."""
        groups: dict[str | int, list[int]] = {}
        for row, identity in enumerate(self.lines.identity):
            groups.setdefault(row if identity is None else identity, []).append(row)
        return self.records(groups)

    def trades_of(self, rows: list[int]) -> list[Joined]:
        """The trades of one identity, or of what is paired with each other."""
        if self.joining.pair is not None:
            return self._pairs(rows)
        if self.joining.reuse:
            return [self.one(part) for part in self._uses(rows)]
        return [self.one(rows)]

    def one(self, rows: list[int]) -> Joined:
        """The trade that all of these rows make."""
        trade = super().one(rows)
        said = {self._signature(row): row for row in reversed(rows)}
        distinct = sorted(said.values())
        opens = [row for row in distinct if self.lines.is_open[row]]
        closes = [row for row in distinct if not self.lines.is_open[row]]
        closed = trade.closed and (not self.joining.done_when or any(map(self._is_done, closes)))
        found = [*trade.values, *(one.of(self._counted(one, opens, closes)) for one in self.totals)]
        resized = trade.resized
        for n, one in enumerate(self.totals, len(trade.values)):
            if one.total.target == "quantity" and self.dialect.pnl_from_prices and closed:
                sizes = [one.said[row] for row in closes if one.said[row] is not None]
                if found[n] is not None and sizes:
                    found[n], resized = closed_quantity(found[n], sizes[-1])
        if trade.closed and not closed:
            found = self._without_close(found)
        if self.parts is not None:
            found.append(None if closed else self.parts.realized(distinct, closes))
        return trade._replace(
            values=found,
            resized=resized,
            closed=closed,
            corrected=trade.corrected and not self.joining.sums_closes,
        )

    def _has_total(self, target: str) -> bool:
        return any(one.total.target == target for one in self.totals)

    def _signature(self, row: int) -> tuple[Any, ...]:
        return (self.lines.is_open[row], *(column[row] for column in self.telling))

    def _is_done(self, row: int) -> bool:
        """Whether a close completes its trade."""
        return all(one.holds(self.columns[slot][row]) for one, slot in self.joining.done_when)

    def _without_close(self, found: list[Any]) -> list[Any]:
        """What is said of a trade that is not complete yet: nothing of its close or its result."""
        policies = [slot.policy for slot in self.dialect.slots]
        policies += [TARGETS[one.total.target][1] for one in self.totals]
        return [
            None if policy in (CLOSING, PNL) else value
            for value, policy in zip(found, policies, strict=True)
        ]

    def _counted(self, column: _TotalColumn, opens: list[int], closes: list[int]) -> Sequence[int]:
        """The rows whose values make a total."""
        total = column.total
        opens = [row for row in opens if column.said[row] is not None]
        closes = [row for row in closes if column.said[row] is not None]
        if total.rule in (SUM, AVERAGE) and not self.joining.sums_closes:
            closes = closes[-1:]  # it corrects those before
        if total.over == ALL:
            return [*opens, *closes]
        if total.over == OPENING:
            return opens or closes
        if closes:
            return closes
        policy = TARGETS[total.target][1]
        return [] if policy == CLOSING else opens[-1:] if policy == PNL else opens[:1]

    def _uses(self, rows: list[int]) -> list[list[int]]:
        """The rows of each use of an identity.

        An open line after a close begins another trade, and so does a close with another opening
        time; a line that was there before belongs where it was.
        """
        uses: list[list[int]] = []
        part_of: dict[tuple[Any, ...], list[int]] = {}
        opened: int | None = None
        complete = True
        for row in rows:
            signature = self._signature(row)
            if signature in part_of:
                part_of[signature].append(row)
                continue
            is_open, at = self.lines.is_open[row], self._own_opening(row)
            other = opened is not None and at is not None and at != opened
            if not uses or (complete if is_open else other):
                uses.append([])
                opened, complete = None, False
            opened = at if opened is None else opened
            if not is_open and (not self.joining.done_when or self._is_done(row)):
                complete = True
            uses[-1].append(row)
            part_of[signature] = uses[-1]
        return uses

    def _own_opening(self, row: int) -> int | None:
        """The opening time that a line says; one that is its closing time says nothing."""
        at: int | None = self.opened_at[row]
        return None if at == self.closed_at[row] else at

    def _pairs(self, rows: list[int]) -> list[Joined]:
        """Closes, each with the open line it belongs to, and what is left of both, by time."""
        if self.lines.identity[rows[0]] is None:
            return [self._unpaired(row) for row in rows]
        waiting: list[int] = []
        trades = []
        for row in sorted(rows, key=self._at):
            if self.lines.is_open[row]:
                waiting.append(row)
            elif waiting:
                partner = waiting.pop(-1 if self.joining.pair == LIFO else 0)
                trades.append(self.one(sorted((partner, row))))
            else:
                trades.append(self._unpaired(row))
        return trades + [self.one([row]) for row in waiting]

    def _at(self, row: int) -> int:
        """The instant that a line speaks of."""
        at: int | None = (self.opened_at if self.lines.is_open[row] else self.closed_at)[row]
        assert at is not None
        return at

    def _unpaired(self, row: int) -> Joined:
        """A line by itself; a close without its open line has no opening time of its own."""
        trade = self.one([row])
        if not trade.closed:
            return trade
        if self._own_opening(row) is None:
            for n, slot in enumerate(self.dialect.slots):
                if slot.target == "opened_at":
                    trade.values[n] = None
        return trade._replace(unpaired=True)


def _times(value: int | None, factor: int) -> int | None:
    return None if value is None else value * factor
