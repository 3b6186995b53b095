"""How deep drawdowns get by chance: the trades of a selection in other orders, and other draws.

Each of 10,000 runs has as many trades as the selection. Shuffled runs have the same trades in
random order, and end at the same net P&L; resampled runs draw each trade from all of them, so
some occur several times and others not at all. A drawdown in 95 % is the smallest that at least
95 % of the runs do not exceed, the one at rank ceil(0.95 x 10,000).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from perfkit.core.exact import scaled
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trades import Trades
from perfkit.metrics.drawdown import deepest_fall, equity_curve
from perfkit.summary.comparison.compare import LEAST_TRADES, RESAMPLES
from perfkit.summary.selection import Selection
from perfkit.summary.shape import SummaryShape
from perfkit.summary.simulation.runs import resampled_depths, shuffled_depths
from perfkit.summary.simulation.shape import MonteCarloShape, SimulatedDrawdowns
from perfkit.summary.summary import summarize

SCHEMA_VERSION = 1


class Depths(NamedTuple):
    """Depths (>= 0) of drawdown in units of 10**-places: as traded, and of each run, sorted."""

    as_traded: int
    shuffled: Sequence[int]
    resampled: Sequence[int]
    places: int


def simulated(selection: Selection) -> MonteCarloShape:
    """The drawdowns of random runs of the trades of a selection.

    Raises `MissingExtraError` without numpy, where there is anything to draw from.
    """
    return simulation_of(summarize(selection, ()), selection.inside)


def simulation_of(summary: SummaryShape, closed: Trades) -> MonteCarloShape:
    """The same of the trades that closed in the window of a summary."""
    found = depths_of(closed)
    trades = len(_known_units(closed))
    return MonteCarloShape(
        schema_version=SCHEMA_VERSION,
        currency=summary.currency,
        window=summary.window,
        where=summary.where,
        digest=summary.data.digest,
        trades=trades,
        without_pnl=len(closed) - trades,
        runs=RESAMPLES,
        is_enough=trades >= LEAST_TRADES,
        max_drawdown=None if found is None else scaled(-found.as_traded, found.places),
        shuffled=None if found is None else _drawdowns(found.shuffled, found),
        resampled=None if found is None else _drawdowns(found.resampled, found),
    )


def depths_of(closed: Trades) -> Depths | None:
    """The depths of all runs; None without a trade that has a P&L."""
    values = _known_units(closed)
    if not values:
        return None
    as_traded = deepest_fall(equity_curve(values)).depth
    return Depths(as_traded, *_runs(tuple(sorted(values))), closed.net_pnl.places)


@lru_cache(maxsize=1)
def _runs(values: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """Kept, as table and chart of the same trades often come one after the other."""
    with ThreadPoolExecutor(2) as pool:  # numpy draws and adds up while another thread runs
        shuffled = pool.submit(shuffled_depths, values, RESAMPLES)
        resampled = pool.submit(resampled_depths, values, RESAMPLES)
    return shuffled.result(), resampled.result()


def _drawdowns(depths: Sequence[int], of: Depths) -> SimulatedDrawdowns:
    half, most, nearly_all = (
        scaled(-depths[-(-len(depths) * share // 100) - 1], of.places) for share in (50, 95, 99)
    )
    return SimulatedDrawdowns(
        half, most, nearly_all, len(depths) - bisect_right(depths, of.as_traded)
    )


def _known_units(trades: Trades) -> list[int]:
    """The P&L of the trades that have one, in trade order."""
    return [units for units in trades.net_pnl.units if units is not None]
