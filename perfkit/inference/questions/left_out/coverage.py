"""A P&L that few of the closed trades have, or one of other trades, beside another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import itemgetter

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import Column
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import FRACTION, MONEY, PERCENT, POINTS, RISK, word_set, words

_LEAST = 5
_MANY = 2
_MANY_MORE = 4
_DIFFER = 10
"""Results of which one in so many has another sign are those of different trades."""
_OF_PIPS = (Decimal(10_000), Decimal(100), Decimal(10), Decimal(1000), Decimal(100_000))
_SHORT = 20
"""Digits that are not logged are less than one of so many parts of a number."""
_VARIED = Decimal("1.1")
"""Amounts are of positions of different sizes where one is so many times as much for each point."""
_TWICE = 3
_OF_ONE_TRADE = word_set(
    "entry exit open close opened closed buy sell in out start end before after high low long "
    "short time date price pct percent usd at id fast slow up down min max"
)
"""Endings of names, of which one trade has two: `price_entry` and `price_exit`."""


def covers_more(
    other: Candidate, best: Candidate, roles: Mapping[str, Column], times: Times
) -> bool:
    """Whether another P&L is that of all that closed by price and time, and the best of few.

    Where neither is logged, it is enough that the other one stands on many more records, as
    `original_pnl` does beside the `flip_pnl` of a few; or that the best one began later, as a
    `net_pnl` does that is `pnl` less the costs.
    """
    out = roles.get("exit_price")
    if other.name.is_running:
        return False
    if _is_of_earlier_ones(other, best, roles):
        return True
    if not times.closed:
        return _is_of_many_more(other, best)
    if out is None:
        return False
    closed = times.closed[0].present
    ended = {row for row, price in enumerate(out.numbers) if price and closed[row]}
    mine = {row for row in best.closing.rows if best.pnl.numbers[row] is not None} & ended
    theirs = {row for row in other.closing.rows if other.pnl.numbers[row] is not None} & ended
    return len(theirs) >= max(_LEAST, _MANY * len(mine)) and mine <= theirs


def with_whole_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates; one that says the same as the best, and of many more records, comes first."""
    whole = next((one for one in candidates[1:] if _is_the_whole_of(candidates[0], one)), None)
    if whole is None:
        return list(candidates)
    return [whole, *(one for one in candidates if one is not whole)]


def _is_the_whole_of(best: Candidate, other: Candidate) -> bool:
    mine = {row for row in best.closing.rows if best.pnl.numbers[row] is not None}
    theirs = {row for row in other.closing.rows if other.pnl.numbers[row] is not None}
    if other.unit != best.unit or not mine < theirs or len(theirs) < _MANY * len(mine):
        return False
    step = max(best.pnl.step, other.pnl.step)
    pairs = [(best.pnl.numbers[row], other.pnl.numbers[row]) for row in mine]
    return any(said for said, _ in pairs) and all(
        said is not None and whole is not None and abs(said - whole) <= step
        for said, whole in pairs
    )


def _is_of_earlier_ones(other: Candidate, best: Candidate, roles: Mapping[str, Column]) -> bool:
    """Whether another P&L is that of earlier trades as well, and goes with the best one since."""
    if other.unit != MONEY or best.unit != MONEY or other.pnl is best.pnl:
        return False
    if best.closing.marker is not None or other.closing.marker is not None:
        return False
    mine, theirs = set(best.closing.rows), set(other.closing.rows)
    earlier = [row for row in theirs - mine if other.pnl.numbers[row]]
    if not mine < theirs or len(earlier) < _LEAST or max(earlier) > min(mine):
        return False
    if "outcome" in roles and not all(roles["outcome"].present[row] for row in earlier):
        return False
    pairs = [(best.pnl.numbers[row], other.pnl.numbers[row]) for row in mine]
    alike = sum(a is not None and b is not None and a * b > 0 for a, b in pairs)
    return alike * 10 >= 8 * len(pairs)


def _is_of_many_more(other: Candidate, best: Candidate) -> bool:
    """Whether another amount of money is there for many times as many records, not 0 for most."""
    if best.proved or best.closing.marker is not None or other.closing.marker is not None:
        return False
    if other.unit != MONEY or best.unit != MONEY or other.name.is_bare:
        return False
    mine, theirs = set(best.closing.rows), set(other.closing.rows)
    earned = sum(bool(other.pnl.numbers[row]) for row in theirs)
    return mine < theirs and earned >= max(_LEAST, _MANY_MORE * len(mine))


def is_of_another_set(other: Candidate, best: Candidate, columns: Sequence[Column]) -> bool:
    """Whether two results are of two sets of trades that were joined, side by side in each record.

    type_live, exit_time_live, pnl   type_test, exit_time_test, net_pnl
    """
    if other.unit != best.unit or other.name.is_running or other.pnl is best.pnl:
        return False
    mine, theirs = best.pnl.numbers, other.pnl.numbers
    signs = [(a > 0, b > 0) for row in best.closing.rows if (a := mine[row]) and (b := theirs[row])]
    differ = sum(one != two for one, two in signs)
    return differ >= _LEAST and differ * _DIFFER >= len(signs) and bool(_joined(columns))


def _joined(columns: Sequence[Column]) -> tuple[str, str] | None:
    """The two endings of names that are there twice in all else: `exit_time_live` and `_test`."""
    endings: dict[str, set[str]] = {}
    for column in columns:
        stem, _, ending = column.name.rpartition("_")
        if stem and ending.isalpha() and not set(words(ending)) & _OF_ONE_TRADE:
            endings.setdefault(stem, set()).add(ending)
    pairs = Counter(tuple(sorted(two)) for two in endings.values() if len(two) == 2)
    (first, second), times = max(pairs.items(), key=itemgetter(1), default=(("", ""), 0))
    return (first, second) if times >= _TWICE else None


def is_money_beside_points(other: Candidate, best: Candidate) -> bool:
    """Whether another result is of nearly all trades, and no fixed multiple of the move of a price.

    Of positions of different sizes, the sum of moves may even have the opposite sign:

    spread_pnl 0.10, -0.12    portfolio_pnl 9,500, -4,000
    """
    if other.unit != MONEY or best.unit != MONEY or other.name.is_running or other.name.is_bare:
        return False
    pairs = [
        (move, earned)
        for row in best.closing.rows
        if (move := best.pnl.numbers[row]) and (earned := other.pnl.numbers[row])
    ]
    if len(pairs) < _LEAST or len(pairs) * _DIFFER < len(best.closing.rows) * (_DIFFER - 1):
        return False
    ratios = sorted(abs(earned / move) for move, earned in pairs)
    return ratios[-1] > ratios[0] * _VARIED


def is_in_other_points(other: Candidate, best: Candidate) -> bool:
    """Whether another result of the same trades is in points by its name, such as `pnl_pips`.

    Beside moves of the price it is another number for each trade: 0.0016 and 16 pips.
    """
    if other.unit != POINTS or other.name.is_running or best.unit == POINTS:
        return False
    mine, theirs, rows = best.pnl.numbers, other.pnl.numbers, best.closing.rows
    there = all(theirs[row] is not None for row in rows)
    return there and any(mine[row] != theirs[row] for row in rows)


def counts_pips(other: Candidate, best: Candidate) -> bool:
    """Whether another result is, in each record, 10, 100 or so times the move of the price.

    Both say the same, and what is called pips is what results of several pairs are added up in.
    """
    if not {"pips", "pip"} & {*other.pnl.words} or other.closing.rows != best.closing.rows:
        return False
    mine, theirs = best.pnl.numbers, other.pnl.numbers
    pairs = [(mine[row] or Decimal(0), theirs[row] or Decimal(0)) for row in best.closing.rows]
    steps = (best.pnl.step, other.pnl.step)
    return all(_is_multiple(move, pips, steps) for move, pips in pairs)


def _is_multiple(move: Decimal, pips: Decimal, steps: tuple[Decimal, Decimal]) -> bool:
    """Whether a move times 10, 100 or so is a number of pips, but for the digits that they lack."""
    return any(
        abs(move * times - pips) <= min(times * steps[0] + steps[1], abs(pips) / _SHORT)
        for times in _OF_PIPS
    )


def which_amount(best: Candidate, other: Candidate, reading: Reading, instead: Reading) -> Doubt:
    """The question, with the answers of a reading in points and of the one in money."""
    return Doubt(
        "two_results",
        f"{best.pnl.name} is exit less entry, and {other.pnl.name} another amount for each trade; "
        "which is the result of a trade?",
        (Answer(other.pnl.name, changes_to(instead, reading)), Answer(best.pnl.name, {})),
    )


def which_set(best: Candidate, other: Candidate, reading: Reading, instead: Reading) -> Doubt:
    """The question, with the answers of a reading and of the one that takes the other P&L."""
    return Doubt(
        "two_results",
        f"Two sets of trades stand side by side, and {best.pnl.name} and {other.pnl.name} are not "
        "those of the same ones; which is the result of a trade?",
        (Answer(best.pnl.name, {}), Answer(other.pnl.name, changes_to(instead, reading))),
    )


def which_covers(best: Candidate, other: Candidate, reading: Reading, instead: Reading) -> Doubt:
    """The question, with the answers of a reading and of the one that takes the other P&L."""
    return Doubt(
        "two_results",
        f"{len(best.closing.rows)} records have {best.pnl.name}, and {len(other.closing.rows)} "
        f"that closed have {other.pnl.name}; which is the result of a trade?",
        (
            Answer(other.pnl.name, changes_to(instead, reading)),
            Answer(best.pnl.name, {}),
        ),
    )


def changes_to(instead: Reading, reading: Reading) -> dict[str, object]:
    """The keys of a dialect that turn one reading into another."""
    keys = dict.fromkeys((*instead.dialect, *reading.dialect))
    changed = {
        key: instead.dialect.get(key)
        for key in keys
        if instead.dialect.get(key) != reading.dialect.get(key)
    }
    return {"currency": instead.source["currency"], **changed}


def with_risk_offered(reading: Reading, candidates: Sequence[Candidate]) -> Reading:
    """The reading; where it is asked in what unit results are, those in R beside are an answer."""
    best = candidates[0]
    if best.unit not in (PERCENT, FRACTION, POINTS):
        return reading
    rows = best.closing.rows
    risks = (one for one in candidates[1:] if one.unit == RISK and one.closing.rows == rows)
    other = next(risks, None)
    asked = {doubt.name for doubt in reading.doubts}
    name = next((name for name in ("fraction", "weak") if name in asked), "")
    if other is None or not name:
        return reading
    changes: dict[str, object] = {"currency": "R", "fields.net_pnl": other.pnl.expression}
    answer = Answer(f"neither: {other.pnl.name}, in R", changes)
    doubts = (
        one._replace(answers=(*one.answers, answer)) if one.name == name else one
        for one in reading.doubts
    )
    return reading._replace(doubts=tuple(doubts))
