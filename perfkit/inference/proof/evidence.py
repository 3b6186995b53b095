"""What the numbers themselves say of a P&L column: prices, a balance, costs and outcomes.

Each check compares on a sample of the closing records, and says what it found only where nearly all
of them agree. Logged amounts are rounded, so a match allows for the last digit that is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.derived_columns import WonOrLost, won_or_lost
from perfkit.inference.table.held import before_and_after
from perfkit.inference.table.outcomes import EVEN, LOST, WON, outcome_of
from perfkit.inference.table.roles import is_part_of_indicator
from perfkit.inference.words.names import POINTS, RISK, pnl_name, word_set, words
from perfkit.inference.words.role_names import is_signed_cost

AGREES = Decimal("0.8")
"""A check holds if so many of the records agree."""
CHECKED = 400
_LEAST_GROWN = 3
_OF_FLOATS = Decimal("1e-9")
HUNDRED = Decimal(100)
OF_SUMS = Decimal("1e-12")
"""Differences of binary numbers are off by so much of them."""
_LEAST_PIECES = 4
_LEAST_SIGNS = 3
_OF_ONE_TRADE = frozenset(("side", "entry_price", "exit_price"))
_NEARLY_SAME = Decimal("0.01")
_TRAILING = word_set("trailing trail breakeven be ts time partial")
_STOPS = word_set("sl stop stoploss")
_ENDS = word_set("""
    stop stopped tp tp1 tp2 tp3 takeprofit trailing breakeven exit timeout cut target targets tgt
    eod eos squareoff liquidation liquidated
    """)
_PLAIN_ENDS = frozenset(("close", "time", "end", "expiry", "session"))
"""Reasons that are ends by themselves, while `close above the average` is one to buy."""
_RATES = word_set("pct percent percentage % perc prct prc return roi")
_TARGETS = word_set("tp target takeprofit profit tp1 tp2 tp3")


def checked(rows: Sequence[int]) -> list[int]:
    """The records that are looked at: all, or the first part of them and some of the rest."""
    if len(rows) <= CHECKED:
        return list(rows)
    step = len(rows) // (CHECKED // 2) + 1
    return sorted({*rows[: CHECKED // 2], *rows[::step]})


def costs(fees: Sequence[Column], row: int) -> Decimal:
    """The costs of a record; their sign, which logs write either way, is dropped.

    Swap and interest have the sign of a part of the P&L.
    """
    return sum((_cost(fee, fee.numbers[row]) for fee in fees), Decimal(0))


def _cost(fee: Column, logged: Decimal | None) -> Decimal:
    if not logged:
        return Decimal(0)
    return -logged if is_signed_cost(fee.words) else abs(logged)


class Balance(NamedTuple):
    """Whether a balance moves by the P&L, and whether that is after costs (None: unknown).

    `growth` is what a P&L in per cent or parts is multiplied with to be how much it grew, in %.
    """

    moves: bool
    is_net: bool | None
    growth: Decimal | None = None


NO_BALANCE = Balance(False, None)


def balance_says(
    pnl: Column, balance: Column, fees: Sequence[Column], rows: Sequence[int]
) -> Balance:
    """Compares the P&L with how a balance moves from one closing record to the next.

    A P&L after costs is what it moves by; one before costs is that plus the costs. The balance may
    be that after each trade or before it, and the newest may come first.
    """
    steps = [*pairwise(rows[:CHECKED])]
    back = [(two, one) for one, two in steps]
    for way, of_first in ((steps, False), (steps, True), (back, False), (back, True)):
        found = _moves(pnl, balance, fees, [(*one, one[not of_first]) for one in way])
        if found.moves:
            return found
    return NO_BALANCE


def _moves(
    pnl: Column, balance: Column, fees: Sequence[Column], steps: Sequence[tuple[int, int, int]]
) -> Balance:
    """Whether a balance moves, from one record to another, by what a record earned."""
    moved = by_pnl = by_less = 0
    for first, last, row in steps:
        before, after, earned = balance.numbers[first], balance.numbers[last], pnl.numbers[row]
        if before is not None and after is not None and earned:
            moved += 1
            allowed = 2 * (pnl.step + balance.step) + abs(after) * OF_SUMS
            if after != before or abs(earned) > allowed:  # else it may be a rounded nothing
                by_pnl += abs(after - before - earned) <= allowed
                by_less += _are_costs(after - before - earned, fees, row, allowed)
    if moved < 3 or max(by_pnl, by_less) * 10 < moved * 7:
        return NO_BALANCE
    return Balance(True, None if by_pnl == by_less else by_pnl > by_less)


def _are_costs(lacking: Decimal, fees: Sequence[Column], row: int, allowed: Decimal) -> bool:
    """Whether what a balance lacks is the costs of a record, with funding paid or received."""
    fixed = costs([fee for fee in fees if "funding" not in fee.words], row)
    carried = sum((fee.numbers[row] or Decimal(0) for fee in fees if "funding" in fee.words),
                  Decimal(0))  # fmt: skip
    ways = {abs(carried), carried, -carried}
    return any(abs(lacking + fixed + way) <= allowed for way in ways)


def balances_say(
    pnl: Column, columns: Sequence[Column], fees: Sequence[Column], rows: Sequence[int]
) -> Balance:
    """Compares the P&L with a balance before and after, which each record has: equity_before."""
    for earlier, later in before_and_after(columns):
        compared = by_pnl = by_less = 0
        for row in rows[:CHECKED]:
            before, after, earned = earlier.numbers[row], later.numbers[row], pnl.numbers[row]
            if before is None or after is None or not earned:
                continue
            compared += 1
            moved = after - before
            allowed = abs(before) * OF_SUMS
            if _is_rounded(earlier, pnl):
                allowed += earlier.step + later.step + pnl.step
            by_pnl += abs(moved - earned) <= allowed
            by_less += _are_costs(moved - earned, fees, row, allowed)
        if compared and max(by_pnl, by_less) * 10 >= compared * 9:
            return Balance(True, None if by_pnl == by_less else by_pnl > by_less)
    return NO_BALANCE


def moves_of_balance(
    columns: Sequence[Column], balance: Column | None, rows: Sequence[int]
) -> dict[int, Decimal]:
    """By how much the balance moves in each record: after less before, or less the record above."""
    for earlier, later in before_and_after(columns):
        pairs = ((row, earlier.numbers[row], later.numbers[row]) for row in rows)
        return {row: b - a for row, a, b in pairs if a is not None and b is not None}
    if balance is None:
        return {}
    held = [(row, balance.numbers[row]) for row in rows]
    return {
        row: after - before
        for (_, before), (row, after) in pairwise(held)
        if before is not None and after is not None
    }


def _is_rounded(balance: Column, pnl: Column) -> bool:
    """Whether a balance has fewer digits than the P&L, so that it moves by about that."""
    return balance.step > pnl.step


def grows_between(pnl: Column, columns: Sequence[Column], rows: Sequence[int]) -> Decimal | None:
    """What a P&L is multiplied with to be by how much a balance grew from before to after.

    1 for per cent, 100 for parts, such as the 0.02 of an equity that went from 100 to 102.
    """
    for earlier, later in before_and_after(columns):
        agreed = {Decimal(1): 0, HUNDRED: 0}
        compared = 0
        for row in rows[:CHECKED]:
            before, after, earned = earlier.numbers[row], later.numbers[row], pnl.numbers[row]
            if not before or after is None or not earned:
                continue
            compared += 1
            for factor in agreed:
                allowed = factor * pnl.step + HUNDRED * later.step / abs(before)
                allowed = 2 * max(allowed, _OF_FLOATS)
                grown = (after / before - 1) * HUNDRED
                agreed[factor] += abs(grown - earned * factor) <= allowed < abs(earned * factor)
        best = max(agreed, key=lambda factor: agreed[factor])
        if compared >= _LEAST_GROWN and agreed[best] * 10 >= compared * 9:
            return best
    return None


def grows_by(pnl: Column, balance: Column, rows: Sequence[int]) -> Decimal | None:
    """What a P&L is multiplied with so that a balance grows by it: 1 for per cent, 100 for parts.

    None where the balance does not move so.
    """
    moved = 0
    agreed = {Decimal(1): 0, HUNDRED: 0}
    before: Decimal | None = None
    for row in rows[:CHECKED]:
        after, earned = balance.numbers[row], pnl.numbers[row]
        if before and after is not None and earned:
            moved += 1
            grown = (after / before - 1) * HUNDRED
            for factor in agreed:
                allowed = 2 * (factor * pnl.step + HUNDRED * balance.step / abs(before))
                agreed[factor] += abs(grown - earned * factor) <= allowed < abs(earned * factor)
        before = after
    best = max(agreed, key=lambda factor: agreed[factor])
    return best if moved >= 3 and agreed[best] * 10 >= moved * 8 else None


def differ_by_costs(
    gross: Column, net: Column, fees: Sequence[Column], rows: Sequence[int]
) -> bool:
    """Whether one P&L column is another one less the costs."""
    compared = agreed = exact = 0
    for row in rows:
        before, after = gross.numbers[row], net.numbers[row]
        cost = costs(fees, row)
        if before is None or after is None or not cost:
            continue
        compared += 1
        allowed = 2 * (gross.step + net.step) + abs(before) * OF_SUMS
        agreed += abs(before - after - cost) <= allowed < abs(cost)
        exact += before - after == cost
    is_enough = compared >= 2 or exact == compared == 1
    return is_enough and agreed >= AGREES * compared


def of_each_piece(
    pnl: Column, others: Sequence[Column], roles: Mapping[str, Column], rows: Sequence[int]
) -> Column | None:
    """A result of one piece of which a P&L is the product with the quantity, times what one is.

    -7.59 of a spread, 26 spreads of 100: -19734
    """
    size = roles.get("quantity")
    if size is None or size is pnl:
        return None
    for other in others:
        pairs = [
            (pnl.numbers[row], other.numbers[row], size.numbers[row]) for row in rows[:CHECKED]
        ]
        ratios = [a / (b * abs(c)) for a, b, c in pairs if a and b and c]
        if "per" in other.words and ratios and len(ratios) == len(pairs) and {*ratios} == {1}:
            return other
        if len(ratios) < _LEAST_PIECES or len({c for _, _, c in pairs}) < 2:
            continue
        middle = sorted(ratios)[len(ratios) // 2]
        alike = sum(abs(one - middle) <= abs(middle) * _NEARLY_SAME for one in ratios)
        if middle > 0 and alike >= AGREES * len(ratios) and len(ratios) * 2 >= len(pairs):
            return other
    return None


def is_even(pnl: Column, roles: Mapping[str, Column]) -> bool:
    """Whether a P&L is 0 in all records, and outcomes or prices say that they came out even."""
    rows = [row for row, here in enumerate(pnl.present) if here]
    if any(pnl.numbers) or not rows:
        return False
    if "outcome" in roles:
        labels = roles["outcome"].labels
        return all(outcome_of(labels[row]) == EVEN for row in rows)
    if not {"entry_price", "exit_price"} <= roles.keys():
        return False
    entries, exits = roles["entry_price"].numbers, roles["exit_price"].numbers
    return all(entries[row] and entries[row] == exits[row] for row in rows)


def is_less_throughout(net: Column, gross: Column, rows: Sequence[int]) -> bool:
    """Whether one P&L column is a little below another in nearly all records, and never above."""
    pairs = [(gross.numbers[row], net.numbers[row]) for row in rows]
    costs = [a - b for a, b in pairs if a is not None and b is not None]
    sizes = sorted(abs(a) for a, b in pairs if a is not None and b is not None)
    if len(costs) < 2 or min(costs) < 0 or len(costs) < len(rows):
        return False
    is_little = sorted(costs)[len(costs) // 2] < sizes[len(sizes) // 2]
    return is_little and sum(cost > 0 for cost in costs) >= AGREES * len(costs)


def is_never_above(net: Column, gross: Column, rows: Sequence[int]) -> bool:
    """Whether one P&L column is below another in nearly all records, however much, and never above.

    Costs of trades that were held for seconds may be more than what these earned.
    """
    pairs = [(gross.numbers[row], net.numbers[row]) for row in rows]
    costs = [a - b for a, b in pairs if a is not None and b is not None]
    if len(costs) < 2 or min(costs) < 0 or len(costs) < len(rows):
        return False
    return sum(cost > 0 for cost in costs) >= AGREES * len(costs)


def is_near(net: Column, gross: Column, rows: Sequence[int]) -> bool:
    """Whether two results differ by little in most records, as by costs and by funding received."""
    pairs = [(gross.numbers[row], net.numbers[row]) for row in rows]
    apart = sorted(abs(a - b) for a, b in pairs if a is not None and b is not None)
    sizes = sorted(abs(a) for a, b in pairs if a is not None and b is not None)
    if len(apart) < 2 or len(apart) < len(rows):
        return False
    return apart[len(apart) // 2] * 2 < sizes[len(sizes) // 2]


def outcome_agrees(pnl: Column, outcome: Column, rows: Sequence[int]) -> bool | None:
    """Whether the logged outcome has the sign of the P&L; None where there is too little."""
    meanings = {label: outcome_of(label) for label in outcome.distinct}
    compared = agreed = 0
    for row in rows:
        meaning, earned = meanings[outcome.labels[row]], pnl.numbers[row]
        if earned is None or meaning not in (WON, LOST, EVEN) or (meaning == EVEN and earned):
            continue
        compared += 1
        agreed += (earned > 0) == (meaning == WON) or not earned
    if compared < min(2, len(rows)):
        return None
    return agreed * 20 >= compared * 19


def agreed_with(pnl: Column, outcome: Column, rows: Sequence[int]) -> str:
    """What is said of a P&L that has the sign of the logged outcome, save where it is 0."""
    said = (outcome_of(outcome.labels[row]) for row in rows if pnl.numbers[row] == 0)
    even = sum(one in (WON, LOST) for one in said)
    but = f", save that {even} with 0 are called won or lost" if even else ""
    return f"its sign agrees with {outcome.name}{but}"


def rate_agrees(pnl: Column, columns: Sequence[Column], rows: Sequence[int]) -> Column | None:
    """A column in per cent that has the sign of the P&L, of what was won as of what was lost."""
    for column in columns:
        if column is pnl or column.kind != NUMBER or not set(column.words) & _RATES:
            continue
        pairs = [(pnl.numbers[row], column.numbers[row]) for row in rows]
        known = [(earned > 0, rate > 0) for earned, rate in pairs if earned and rate]
        if len(known) >= 3 and len(set(known)) == 2 and all(one == other for one, other in known):
            return column
    return None


def signs_differ(one: Column, other: Column, rows: Sequence[int]) -> bool:
    """Whether the signs of two columns differ too often for results of the same trades."""
    pairs = [(one.numbers[row], other.numbers[row]) for row in checked(rows)]
    alike = [(a > 0) == (b > 0) for a, b in pairs if a and b]
    return len(alike) >= _LEAST_SIGNS and sum(alike) < AGREES * len(alike)


def reason_agrees(pnl: Column, reason: Column, rows: Sequence[int]) -> bool:
    """Whether all that was closed at a target was won, and all at a stop was lost."""
    signs = {label: _sign_of(label) for label in reason.distinct}
    found = {WON: 0, LOST: 0}
    for row in rows:
        said, earned = signs[reason.labels[row]], pnl.numbers[row]
        if not said or not earned:
            continue
        if (earned > 0) != (said == WON):
            return False
        found[said] += 1
    return min(found.values()) >= 2


def reasons_are_ends(reason: Column, rows: Sequence[int]) -> bool:
    """Whether most reasons name a stop, a target or another end, as no reason to buy does."""
    ends = {
        label: bool({*words(label)} & (_ENDS | _STOPS)) or " ".join(words(label)) in _PLAIN_ENDS
        for label in reason.distinct
    }
    return sum(ends[reason.labels[row]] for row in rows) >= AGREES * len(rows) > 0


def _sign_of(label: str) -> str:
    """What a reason says of the outcome: a target is won, a stop that does not trail is lost."""
    said = set(words(label))
    if said & _TRAILING:
        return ""
    if said & _STOPS:
        return LOST
    return WON if said & _TARGETS else ""


def is_total_so_far(pnl: Column, others: Sequence[Column], rows: Sequence[int]) -> bool:
    """Whether a column adds up another one: its differences are that one's values."""
    for other in others:
        moved = agreed = 0
        before: Decimal | None = None
        for row in rows[:CHECKED]:
            after, earned = pnl.numbers[row], other.numbers[row] or Decimal(0)
            allowed = 2 * (pnl.step + other.step)
            if before is not None and after is not None and abs(earned) > allowed:
                moved += 1
                agreed += abs(after - before - earned) <= allowed
            before = after
        if moved >= 3 and agreed * 10 >= moved * 7:
            return True
    return False


def wanders(pnl: Column, rows: Sequence[int]) -> bool:
    """Whether a column looks like a total so far: it moves little from one record to the next."""
    values = [earned for row in rows[:CHECKED] if (earned := pnl.numbers[row]) is not None]
    steps = [abs(later - earlier) for earlier, later in pairwise(values)]
    if len(values) < 20 or len(set(values)) * 4 < len(values):
        return False
    flips = sum((one > 0) != (two > 0) for one, two in pairwise(values))
    size = sorted(map(abs, values))[len(values) // 2]
    step = sorted(steps)[len(steps) // 2]
    if max(map(abs, values)) < 3 * min(map(abs, values)):
        return False
    return flips * 10 <= len(values) and step * 5 < size


def in_two_columns(columns: Sequence[Column]) -> WonOrLost | None:
    """What was won and what was lost, where each has a column of its own: `profit`, `loss`."""
    amounts = [column for column in columns if column.kind == NUMBER]
    won = [one for one in amounts if one.words in (("profit",), ("gain",), ("win",), ("won",))]
    lost = [one for one in amounts if one.words in (("loss",), ("losses",), ("lost",))]
    if len(won) != 1 or len(lost) != 1 or is_part_of_indicator(won[0], columns):
        return None
    return won_or_lost(won[0], lost[0])


def of_each_point(
    pnl: Column, others: Sequence[Column], roles: Mapping[str, Column], rows: Sequence[int]
) -> Column | None:
    """A result in points or in R of which a P&L is the same multiple in all records.

    points 4.25, -2.5, 8    profit 21.25, -12.5, 40

    Totals of days have both as well, but neither a side nor a price.
    """
    for other in others if roles.keys() & _OF_ONE_TRADE else ():
        name = pnl_name(other.name)
        if name is None or name.unit not in (POINTS, RISK) or name.is_running:
            continue
        pairs = [(pnl.numbers[row], other.numbers[row]) for row in rows[:CHECKED]]
        ratios = sorted(a / b for a, b in pairs if a and b)
        if len({b for _, b in pairs if b}) < _LEAST_PIECES or len(ratios) * 2 < len(pairs):
            continue
        middle = ratios[len(ratios) // 2]
        alike = sum(abs(one - middle) <= abs(middle) * _NEARLY_SAME for one in ratios)
        if middle > 0 and alike >= AGREES * len(ratios):
            return other
    return None
