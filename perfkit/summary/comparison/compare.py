"""Two selections of trades compared: each figure of both, and what their difference is worth.

For the win rate, the expectancy and the average R, trades of each side are drawn at random with
replacement, as many as it has, 10,000 times. 95 % of the differences lie between the ends of the
interval: those at ranks 250 and 9,750. Where 0 is not in it, and both sides have 20 trades, the
difference is called better or worse; else there are too few trades to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from perfkit.core.errors import UsageError
from perfkit.core.exact import ratio, subtract
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trades import WON, Trades
from perfkit.metrics.registry import row_of
from perfkit.summary.comparison.intervals import Weighed, differences_at
from perfkit.summary.comparison.shape import (
    BETTER,
    TOO_FEW,
    WORSE,
    ComparedFigure,
    ComparisonShape,
    SideShape,
)
from perfkit.summary.selection import Selection
from perfkit.summary.summary import Summary, summarize

RESAMPLES = 10_000
LEAST_TRADES = 20
"""With fewer on a side there is an interval, and no verdict: three wins of three prove nothing."""

TESTED = ("win_rate", "expectancy", "avg_r")
SCHEMA_VERSION = 1


class Sample(NamedTuple):
    """The values of one figure on one side, in units of 10**-places; the figure is their mean."""

    values: Sequence[int]
    places: int


def compared(base: Selection, other: Selection) -> ComparisonShape:
    """How the trades of `other` differ from those of `base`.

    Raises `UsageError` where they are in different currencies or the same trades, and
    `MissingExtraError` without numpy, where there is anything to draw from.
    """
    currencies = base.book.currency, other.book.currency
    if currencies[0] != currencies[1]:
        raise UsageError(
            f"{currencies[0]} and {currencies[1]} are not compared; choose sources of one currency"
        )
    if base.where == other.where and base.window == other.window:
        raise UsageError(
            "both sides are the same trades; say what the other side has, such as "
            "--with bot_version=1.5 or --with-date 2025-10-09"
        )
    sides = summarize(base, ()), summarize(other, ())
    tested = _tested(base.inside, other.inside)
    names = [name for name in sides[0].metrics if row_of(name).is_number]
    return ComparisonShape(
        schema_version=SCHEMA_VERSION,
        currency=currencies[0],
        base=_side(sides[0]),
        other=_side(sides[1]),
        resamples=RESAMPLES,
        figures=tuple(_figure(name, sides, tested.get(name)) for name in names),
    )


def interval_of(base: Sample, other: Sample, name: str) -> tuple[Decimal, Decimal]:
    """The ends of the 95 % interval of the difference of two means, other less base.

    `name` seeds the random numbers.
    """
    places = max(base.places, other.places)
    first, second = len(base.values), len(other.values)
    # b/n - a/m = (b m - a n) / (m n): whole numbers are compared, nothing is rounded before.
    one = Weighed(base.values, second * 10 ** (places - base.places))
    two = Weighed(other.values, first * 10 ** (places - other.places))
    ranks = _rank(RESAMPLES, 25), _rank(RESAMPLES, 975)
    low, high = differences_at(ranks, one, two, RESAMPLES, name)
    scale = first * second * 10**places
    return ratio(low, scale), ratio(high, scale)


def samples_of(trades: Trades) -> dict[str, Sample]:
    """What win rate, expectancy and average R are the means of."""
    net, r = trades.net_pnl, trades.r
    return {
        "win_rate": Sample([1 if mark & WON else 0 for mark in trades.marks], 0),
        "expectancy": Sample([unit for unit in net.units if unit is not None], net.places),
        "avg_r": Sample([unit for unit in r.units if unit is not None], r.places),
    }


def _rank(count: int, thousandths: int) -> int:
    """The smallest whole number that is at least so many thousandths of a count."""
    return -(-count * thousandths // 1000)


def _tested(base: Trades, other: Trades) -> dict[str, tuple[Decimal, Decimal, bool]]:
    """The interval of each tested figure that both sides have, and whether it has a verdict."""
    one, two = samples_of(base), samples_of(other)
    names = [name for name in TESTED if one[name].values and two[name].values]
    pairs = [(one[name], two[name]) for name in names]
    with ThreadPoolExecutor(2) as pool:  # numpy draws while another thread runs
        found = list(pool.map(interval_of, *zip(*pairs, strict=True), names)) if pairs else []
    enough = {
        name: min(len(one[name].values), len(two[name].values)) >= LEAST_TRADES for name in names
    }
    return {name: (*ends, enough[name]) for name, ends in zip(names, found, strict=True)}


def _side(summary: Summary) -> SideShape:
    return SideShape(summary.window, summary.where, summary.data.digest)


def _number(side: Summary, name: str) -> Decimal | int | None:
    value = side.metrics[name]
    return value if isinstance(value, Decimal | int) else None


def _figure(
    name: str, sides: tuple[Summary, Summary], tested: tuple[Decimal, Decimal, bool] | None
) -> ComparedFigure:
    base, other = (_number(side, name) for side in sides)
    difference = None
    if base is not None and other is not None:
        difference = subtract(Decimal(other), Decimal(base))
    if tested is None:
        return ComparedFigure(name, base, other, difference, None, None, None)
    low, high, is_enough = tested
    verdict = TOO_FEW
    if is_enough and (low > 0 or high < 0):
        verdict = BETTER if low > 0 else WORSE
    return ComparedFigure(name, base, other, difference, low, high, verdict)
