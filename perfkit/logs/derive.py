"""What follows from a logged trade: outcome, R, planned risk-reward, holding time, findings.

Every rule works on whole columns of one source's trades and is exact: prices and money are
integers in a common unit, and a per-trade ratio is rounded once, to 12 decimal places. A long
trade at 100.5 with its stop at 99.25 and a net P&L of 2.5 has, in units of 0.01: entry 10050, stop
9925, P&L 250; its risk is 125 and its R is 250 / 125 = 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import repeat
from operator import add, mul, or_, sub

from perfkit.core.calendar import SECOND_US
from perfkit.core.exact import (
    PER_TRADE_PLACES,
    decimal_places,
    divide_half_even,
    quotients_half_even,
    units,
)
from perfkit.core.numbers import Numbers
from perfkit.core.trade import BREAKEVEN, LONG, LOSS, SHORT, WIN, outcome_of
from perfkit.core.trades import (
    BEYOND_1R,
    CLOSED_BEFORE_OPENED,
    EXIT_KNOWN,
    HELD,
    HOLD_DISAGREES,
    LOST,
    MAE_KNOWN,
    MFE_KNOWN,
    NET_DISAGREES,
    NET_DUST,
    NUMBER_COLUMNS,
    OUTCOME_DISAGREES,
    PLANNED,
    PNL_KNOWN,
    RISKED,
    TARGET_HIT,
    TEXT_COLUMNS,
    TURNED,
    WON,
    WRONG_EXCURSION,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NO_RESULT = -1
"""Stands in the findings of a closed trade with neither P&L nor outcome."""

FLOAT_DIGITS = 10**9
"""A difference below this part of the amounts is what binary floats lose."""

HOLD_TOLERANCE_US = SECOND_US
"""A logged holding time may differ from exit minus entry by less than this: bots round it."""


def derived(
    source: str,
    targets: Mapping[str, Any],
    is_open: Sequence[bool],
    tolerance: Decimal,
    multipliers: Mapping[str, Decimal],
) -> dict[str, Any]:
    """The derived columns of one source's trades, from a column per target.

    `targets` may lack columns; `tolerance` is the breakeven tolerance in money. The findings of a
    closed trade with neither P&L nor outcome are `NO_RESULT`, which makes it a bad line.
    """
    rows = len(is_open)
    nothing: list[Any] = [None] * rows
    columns: dict[str, Any] = {name: targets.get(name, nothing) for name in TEXT_COLUMNS}
    for name in NUMBER_COLUMNS:
        columns[name] = targets.get(name, Numbers(nothing, 0))
    columns["source"] = [source] * rows
    columns["opened_at"] = targets.get("opened_at", nothing)
    columns["closed_at"] = targets["closed_at"]
    if "realized_pnl" in targets:
        columns["realized_pnl"] = _of_open(targets["realized_pnl"], is_open)
    net: Numbers = _net_pnl(columns, tolerance)
    columns["net_pnl"] = net
    findings = [0] * rows
    hold_logged = targets.get("hold_seconds", Numbers(nothing, 0))
    columns["hold_us"] = _hold(columns, hold_logged, findings)
    columns["risk_reward"] = _planned(columns)
    risk, places = _risk(columns, multipliers)
    columns["r"] = _realised(net, risk, places)
    _compare_net(columns, findings)
    if "turnover" not in targets:
        columns["turnover"] = _turnover(columns, multipliers)
    held = Numbers(columns["hold_us"], 6)
    gaps = {HELD: held, PLANNED: columns["risk_reward"], RISKED: columns["r"]}
    gaps[TURNED] = columns["turnover"]
    gaps.update(_excursions(columns, targets, findings))
    known = _known(gaps)
    said = targets.get("outcome", nothing)
    marks = _outcomes(net, said, units(tolerance, net.places), is_open, findings, known)
    _mark_beyond(columns, risk, places, marks)
    _mark_exits(columns, marks)
    columns["marks"] = marks
    columns["findings"] = findings
    return columns


def _of_open(column: Numbers, is_open: Sequence[bool]) -> Numbers:
    """The values of trades still open: what parts of a closed trade earned is in its P&L."""
    pairs = zip(column.units, is_open, strict=True)
    return Numbers([value if opened else None for value, opened in pairs], column.places)


def _net_pnl(columns: Mapping[str, Any], tolerance: Decimal) -> Numbers:
    """Net, else gross minus commission, else gross; fine enough a unit for the tolerance."""
    net: Numbers = columns["net_pnl"]
    gross: Numbers = columns["gross_pnl"]
    commission: Numbers = columns["commission"]
    places = max(net.places, decimal_places(tolerance))
    if net.is_complete:
        return Numbers(net.at_places(places), places, complete=True)
    places = max(places, gross.places, commission.places)
    rows = zip(
        net.at_places(places),
        gross.at_places(places),
        commission.at_places(places),
        strict=True,
    )
    return Numbers(
        [n if n is not None else None if g is None else g - (c or 0) for n, g, c in rows], places
    )


_OUTCOME_MARKS = {WIN: WON, LOSS: LOST, BREAKEVEN: 0, None: 0}


def _outcomes(
    net: Numbers,
    said: Sequence[str | None],
    tolerance: int,
    is_open: Sequence[bool],
    findings: list[int],
    known: int | list[int],
) -> list[int]:
    """Marks of the outcome beside those `known`, of all trades or of each.

    Finds where the logged outcome disagrees, and where neither that nor a P&L is there.
    """
    constant = known if isinstance(known, int) else 0
    won, lost, even = (PNL_KNOWN | constant | own for own in (WON, LOST, 0))
    expected = {WIN: won, LOSS: lost, BREAKEVEN: even}
    if net.is_complete:
        marks = [
            won if pnl > tolerance else lost if pnl < -tolerance else even  # type: ignore[operator]
            for pnl in net.units
        ]
    else:
        marks = [
            _OUTCOME_MARKS[outcome] | constant
            if pnl is None
            else expected[outcome_of(pnl, tolerance)]
            for pnl, outcome in zip(net.units, said, strict=True)
        ]
        for row, (mark, outcome) in enumerate(zip(marks, said, strict=True)):
            if not mark & PNL_KNOWN and outcome is None and not is_open[row]:
                findings[row] = NO_RESULT
    if [expected.get(outcome) for outcome in said] != marks:  # type: ignore[arg-type]
        for row, (mark, outcome) in enumerate(zip(marks, said, strict=True)):
            if outcome is not None and mark != expected[outcome] and mark & PNL_KNOWN:
                findings[row] |= OUTCOME_DISAGREES
    return marks if isinstance(known, int) else list(map(or_, marks, known))


def _known(columns: Mapping[int, Numbers]) -> int | list[int]:
    """The mark of each column where it has a value: one for all trades, or one for each."""
    gaps = {mark: column.units for mark, column in columns.items() if not column.is_complete}
    constant = sum(mark for mark in columns if mark not in gaps)
    if not gaps:
        return constant
    marks = [constant] * len(next(iter(gaps.values())))
    for mark, column in gaps.items():
        marks = [
            known if value is None else known | mark
            for known, value in zip(marks, column, strict=True)
        ]
    return marks


def _hold(columns: Mapping[str, Any], logged: Numbers, findings: list[int]) -> list[int | None]:
    """Closing minus opening time, else the logged holding time; none when closed before opened."""
    opened_at, closed_at = columns["opened_at"], columns["closed_at"]
    logged_us = _microseconds(logged)
    with suppress(TypeError):  # a time is missing, or no holding time is logged
        spent = list(map(sub, closed_at, opened_at))
        off = list(map(sub, spent, logged_us))
        widest = max(max(off, default=0), -min(off, default=0))
        if widest < HOLD_TOLERANCE_US and min(spent, default=0) >= 0:
            return spent
    hold: list[int | None] = [
        None if closed is None else said if opened is None else closed - opened
        for opened, closed, said in zip(opened_at, closed_at, logged_us, strict=True)
    ]
    odd = [
        row
        for row, (spent, said) in enumerate(zip(hold, logged_us, strict=True))
        if spent is not None
        and (spent < 0 or (said is not None and abs(spent - said) >= HOLD_TOLERANCE_US))
    ]
    for row in odd:
        if hold[row] < 0:  # type: ignore[operator]
            hold[row] = None
            findings[row] |= CLOSED_BEFORE_OPENED
        else:
            findings[row] |= HOLD_DISAGREES
    return hold


def _microseconds(seconds: Numbers) -> list[int | None]:
    if seconds.places <= 6:
        return seconds.at_places(6)
    factor = 10 ** (seconds.places - 6)
    return [None if s is None else divide_half_even(s, factor) for s in seconds.units]


def _planned(columns: Mapping[str, Any]) -> Numbers:
    """Planned risk-reward: (target - entry) / (entry - stop) where positive, else as logged."""
    entry, stop, target = _prices(columns, "entry_price", "stop_loss", "target")
    one = 10**PER_TRADE_PLACES
    with suppress(TypeError):  # a price is missing
        gains, risks = list(map(sub, target, entry)), list(map(sub, entry, stop))
        if min(map(mul, gains, risks), default=1) > 0:
            return Numbers(
                quotients_half_even(gains, risks, one),  # type: ignore[arg-type]
                PER_TRADE_PLACES,
                complete=True,
            )
    logged = _at_twelve(columns["risk_reward"])
    planned = [
        said
        if price is None
        or initial is None
        or goal is None
        or (gain := goal - price) * (risk := price - initial) <= 0
        else divide_half_even(gain * one, risk)
        for price, initial, goal, said in zip(entry, stop, target, logged, strict=True)
    ]
    return Numbers(planned, PER_TRADE_PLACES)


def _at_twelve(column: Numbers) -> list[int | None]:
    if column.places <= PER_TRADE_PLACES:
        return column.at_places(PER_TRADE_PLACES)
    factor = 10 ** (column.places - PER_TRADE_PLACES)
    return [None if u is None else divide_half_even(u, factor) for u in column.units]


def _prices(columns: Mapping[str, Any], *names: str) -> list[list[int | None]]:
    """Price columns in one common unit."""
    places = max(columns[name].places for name in names)
    return [columns[name].at_places(places) for name in names]


_WAYS = {LONG: 1, SHORT: -1}
"""On which side of its stop the entry of a trade lies."""


def _risk(
    columns: Mapping[str, Any], multipliers: Mapping[str, Decimal]
) -> tuple[list[int | None], int]:
    """Money at risk from entry to initial stop, in units of 10**-places; None without a valid stop.

    abs(entry - stop) x quantity x multiplier of the symbol; none where the stop is missing, equal
    to the entry, on the wrong side of a known side, or the quantity is not positive.
    """
    names = ("entry_price", "stop_loss")
    entry, stop = _prices(columns, *names)
    quantity: Numbers = columns["quantity"]
    finest = max(map(decimal_places, multipliers.values()), default=0)
    places = max(columns[name].places for name in names) + quantity.places + finest
    default = 10**finest
    factors = {symbol: units(value, finest) for symbol, value in multipliers.items()}
    if not factors:
        with suppress(TypeError):  # a price, a quantity or a side is missing
            away = list(map(mul, map(sub, entry, stop), map(_WAYS.get, columns["side"])))
            if min(away, default=1) > 0 and min(quantity.units, default=1) > 0:  # type: ignore[operator, type-var]
                return list(map(mul, away, quantity.units)), places
    factor_of_each = map(factors.get, columns["symbol"], repeat(default))
    ways = map(_WAYS.get, columns["side"])
    rows = zip(entry, stop, quantity.units, ways, factor_of_each, strict=True)
    risk = [
        None
        if price is None
        or initial is None
        or size is None
        or size <= 0
        or (distance := price - initial) * (way or distance) <= 0
        else abs(distance) * size * factor or None  # type: ignore[operator]
        for price, initial, size, way, factor in rows
    ]
    return risk, places


def _realised(net: Numbers, risk: list[int | None], places: int) -> Numbers:
    """R, net P&L over the money at risk, at 12 decimal places."""
    shift = PER_TRADE_PLACES + places - net.places
    up, down = 10 ** max(shift, 0), 10 ** max(-shift, 0)
    if net.is_complete and None not in risk:
        at_risk = risk if down == 1 else list(map(mul, risk, repeat(down)))
        ratios = quotients_half_even(net.units, at_risk, up)  # type: ignore[arg-type]
        return Numbers(ratios, PER_TRADE_PLACES, complete=True)  # type: ignore[arg-type]
    return Numbers(
        [
            None if pnl is None or money is None else divide_half_even(pnl * up, money * down)
            for pnl, money in zip(net.units, risk, strict=True)
        ],
        PER_TRADE_PLACES,
    )


def _turnover(columns: Mapping[str, Any], multipliers: Mapping[str, Decimal]) -> Numbers:
    """abs(quantity) x entry price x multiplier of the symbol: what the entry was worth."""
    quantity, entry = columns["quantity"], columns["entry_price"]
    finest = max(map(decimal_places, multipliers.values()), default=0)
    places = quantity.places + entry.places + finest
    if quantity.is_complete and entry.is_complete and not multipliers:
        return Numbers(list(map(mul, map(abs, quantity.units), entry.units)), places, complete=True)
    factors = {symbol: units(value, finest) for symbol, value in multipliers.items()}
    rows = zip(quantity.units, entry.units, columns["symbol"], strict=True)
    worth = [
        None
        if size is None or price is None
        else abs(size) * price * factors.get(symbol, 10**finest)
        for size, price, symbol in rows
    ]
    return Numbers(worth, places)


def _excursions(
    columns: dict[str, Any], targets: Mapping[str, Any], findings: list[int]
) -> dict[int, Numbers]:
    """The excursions that are logged, by their mark, without those on the wrong side of 0."""
    logged: dict[int, Numbers] = {}
    for name, sign, mark in (("mae", -1, MAE_KNOWN), ("mfe", 1, MFE_KNOWN)):
        if name not in targets:
            continue
        column: Numbers = columns[name]
        kept = list(column.units)
        for row, units_ in enumerate(kept):
            if units_ is not None and units_ * sign < 0:
                kept[row] = None
                findings[row] |= WRONG_EXCURSION
        logged[mark] = columns[name] = Numbers(kept, column.places)
    return logged


def _compare_net(columns: Mapping[str, Any], findings: list[int]) -> None:
    """A finding where net, gross and commission are logged and do not add up.

    Bots compute in binary floats: 0.3 - 0.1 is logged as 0.19999999999999998. That is dust, which
    is counted apart.
    """
    net, gross, commission = columns["net_pnl"], columns["gross_pnl"], columns["commission"]
    places = max(net.places, gross.places, commission.places)
    expected, before, cost = (one.at_places(places) for one in (net, gross, commission))
    try:
        if list(map(sub, before, cost)) == expected:
            return
    except TypeError:
        pass
    rows = zip(expected, before, cost, strict=True)
    for row, (n, g, c) in enumerate(rows):
        if n is None or g is None or c is None or n == g - c:
            continue
        is_dust = abs(n - g + c) * FLOAT_DIGITS < max(abs(n), abs(g), abs(c))
        findings[row] |= NET_DUST if is_dust else NET_DISAGREES


def _mark_beyond(
    columns: Mapping[str, Any], risk: list[int | None], places: int, marks: list[int]
) -> None:
    """Marks losses whose gross P&L (net + commission) went beyond the money at risk."""
    net, commission = columns["net_pnl"], columns["commission"]
    finest = max(net.places, commission.places, places)
    at_risk = Numbers(risk, places).at_places(finest)
    pnl, cost = net.at_places(finest), commission.at_places(finest)
    try:
        left = list(map(add, map(add, pnl, cost), at_risk))
        beyond = [row for row, one in enumerate(left) if one < 0]
    except TypeError:  # one of them is missing
        beyond = [
            row
            for row, (one, earned, spent) in enumerate(zip(at_risk, pnl, cost, strict=True))
            if one is not None and earned is not None and earned + (spent or 0) + one < 0
        ]
    for row in beyond:
        marks[row] |= BEYOND_1R


def _mark_exits(columns: Mapping[str, Any], marks: list[int]) -> None:
    """Marks trades with an exit price, and those that closed at or beyond their target."""
    if columns["exit_price"].units.count(None) == len(marks):
        return
    exits, targets, entries = _prices(columns, "exit_price", "target", "entry_price")
    for row, (price, goal, entry, side) in enumerate(
        zip(exits, targets, entries, columns["side"], strict=True)
    ):
        if price is None:
            continue
        marks[row] |= EXIT_KNOWN
        if goal is not None and _reached(price, goal, entry, side):
            marks[row] |= TARGET_HIT


def _reached(price: int, goal: int, entry: int | None, side: str | None) -> bool:
    """Whether an exit is at or beyond the target; the side may follow from entry and target."""
    if price == goal:
        return True
    if side is None:
        return entry is not None and goal != entry and (price > goal) == (goal > entry)
    return (price > goal) == (side == LONG)
