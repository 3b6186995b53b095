"""Values that cannot be read: what a line can do without is left out, else the line is a bad one.

Loaded where a log has such a value. A row is looked for in parts, as most rows are good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from perfkit.config.dialect import LABEL, NUMBER, OF_PRICES, RESULTS, Slot, SlotValue
from perfkit.core.numbers import Numbers, take
from perfkit.core.one_value import OTHER_CURRENCY, BadValueError
from perfkit.logs.formulas import Column, alternatives, is_there
from perfkit.logs.line_columns import LineColumns, Raw, Typed, values_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PARTS = 16

SPARED_OF_FILLS = (
    *("strategy", "execution_mode", "exit_reason", "stop_loss", "target"),
    "commission_currency",
)
"""What a fill can do without, unless fills are grouped by it."""


def looked_over(columns: LineColumns, raw: Raw, count: int) -> tuple[Typed | None, dict[int, str]]:
    """The rows without their bad values; None where some need one: these, and why each does."""
    bad: dict[int, str] = {}
    _look_for_bad(columns.said_open, "open_when", raw, count, bad)
    for source in columns.dialect.identity:
        _look_for_bad(partial(columns.names, source), str(source), raw, count, bad)
    if not bad:
        typed, needing = without_bad_values(columns, raw, count)
        return None if needing else typed, needing
    left = [row for row in range(count) if row not in bad]
    if not left:
        return None, bad
    _, others = without_bad_values(columns, [take(column, left) for column in raw], len(left))
    return None, bad | {left[row]: reason for row, reason in others.items()}


def bad_conditions(columns: LineColumns, raw: Raw, count: int) -> dict[int, str]:
    """The rows of which it cannot be said whether the dialect reads them, and why."""
    bad: dict[int, str] = {}
    _look_for_bad(partial(columns.meeting, columns.dialect.only), "only", raw, count, bad)
    return bad


def without_bad_values(columns: LineColumns, raw: Raw, count: int) -> tuple[Typed, dict[int, str]]:
    """The rows without their bad values, and those that need one of them, with the reason.

    A fill needs all of its values.
    """
    slots: list[Column] = []
    faults: list[dict[int, str]] = []
    for slot in columns.dialect.slots:
        convert = partial(columns.slot_column, slot)
        bad: dict[int, str] = {}
        faults.append(bad)
        _look_for_bad(convert, str(slot.source), raw, count, bad)
        good = [row for row in range(count) if row not in bad]
        column = convert([take(one, good) for one in raw], len(good)) if good else None
        slots.append(_spread(slot, column, good, count))
    _leave_out_foreign_costs(columns, slots, faults)
    is_open, at = columns.settled(slots, columns.said_open(raw, count))
    needing: dict[int, str] = {}
    left_out: set[tuple[int, str]] = set()
    for number, (slot, found) in enumerate(zip(columns.dialect.slots, faults, strict=True)):
        for row, reason in found.items():
            needed = slot.kind != LABEL and _needed(
                columns, number, slots, row, closing=not is_open[row], at=at[row]
            )
            if needed and not (slot.target == "commission" and reason.endswith(OTHER_CURRENCY)):
                needing.setdefault(row, reason)
            else:
                left_out.add((row, reason))
    typed = Typed(slots, columns.identities(raw, slots, count), is_open, at, sorted(left_out))
    return typed, needing


def _leave_out_foreign_costs(
    columns: LineColumns, slots: list[Column], faults: list[dict[int, str]]
) -> None:
    """Takes away commissions in a currency of their own: they are no part of the P&L."""
    targets = [slot.target for slot in columns.dialect.slots]
    foreign = {
        row
        for target, found in zip(targets, faults, strict=True)
        if target == "commission_currency"
        for row in found
    }
    for number, target in enumerate(targets):
        column = slots[number]
        if target == "commission" and foreign and isinstance(column, Numbers):
            left = [None if row in foreign else one for row, one in enumerate(column.units)]
            slots[number] = Numbers(left, column.places)


def _needed(
    columns: LineColumns,
    number: int,
    slots: list[Column],
    row: int,
    *,
    closing: bool,
    at: int | None,
) -> bool:
    """Whether a line is of no use without the value of that slot.

    It needs a time, and what its P&L is made of: a commission where gross P&L is logged and net
    P&L is not, prices where neither is named; and its money must be in the currency of the source.
    What is realized of a trade counts while that is open.
    A second alternative for a closing time is not needed where the first is there.
    """
    target = columns.dialect.slots[number].target

    def known(name: str) -> bool:
        expression = columns.dialect.expressions.get(name)
        return expression is not None and is_there(
            expression, lambda slot: values_of(slots[slot])[row] is not None
        )

    fills = columns.dialect.fills
    if fills is not None:
        return target not in SPARED_OF_FILLS or target in fills.by
    if target == "closed_at":
        first = alternatives(columns.dialect.expressions[target])
        before = first[: first.index(SlotValue(number))]
        return not any(
            values_of(slots[one.slot])[row] is not None
            for one in before
            if isinstance(one, SlotValue)
        )
    if target == "opened_at":
        return at is None
    if columns.dialect.pnl_from_prices:
        return closing and target in (*OF_PRICES, "commission")
    if target == "commission":
        return not known("net_pnl") and known("gross_pnl")
    if target == "currency":
        return True
    if target == "realized_pnl":
        joining = columns.dialect.joining
        return not closing or (joining is not None and bool(joining.done_when))
    return target in RESULTS and not (target == "gross_pnl" and known("net_pnl"))


def _look_for_bad(
    convert: Callable[[Raw, int], object],
    what: str,
    raw: Raw,
    count: int,
    bad: dict[int, str],
    first: int = 0,
) -> None:
    """Adds the rows from `first` on that do not convert, and why, unless they are known to be bad.

    In parts, as most rows are good: one bad row of 3,000 is found in some 50 conversions.
    """
    try:
        convert(raw, count)
    except BadValueError as error:
        if count == 1:
            bad.setdefault(first, f"{what}: {error}")
            return
        size = -(-count // _PARTS)
        for start in range(0, count, size):
            part = [column[start : start + size] for column in raw]
            _look_for_bad(convert, what, part, min(size, count - start), bad, first + start)


def _spread(slot: Slot, column: Column | None, rows: Sequence[int], count: int) -> Column:
    """The column of some rows as one of all rows, with nothing in the others."""
    values: list[Any] = [None] * count
    for row, value in zip(rows, () if column is None else values_of(column), strict=True):
        values[row] = value
    if slot.kind != NUMBER:
        return values
    return Numbers(values, column.places if isinstance(column, Numbers) else 0)
