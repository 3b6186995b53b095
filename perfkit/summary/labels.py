"""How figures are shown: labels, groups and units. This is the only place that rounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from perfkit.core.calendar import zone_named
from perfkit.core.exact import canonical, decimal_places, ratio
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import NOTHING, duration, fixed, percent, signed
from perfkit.metrics.facts import Value
from perfkit.metrics.registry import BROUGHT, METRICS, row_of

LEAST_PLACES = 2
"""Decimals of money, where that is enough to see a trade."""

PART_COLUMNS = (
    "closed_trades",
    "net_pnl",
    "win_rate",
    "profit_factor",
    "expectancy",
    "avg_r",
    "max_drawdown",
)


def groups(names: Iterable[str]) -> dict[str, list[str]]:
    """Metrics in the groups a person reads them in."""
    grouped: dict[str, list[str]] = {}
    for name in names:
        grouped.setdefault(row_of(name).group, []).append(name)
    return grouped


def label_of(name: str) -> str:
    """The name of a metric, or of a dimension, as a person reads it."""
    return (
        row_of(name).label
        if name in METRICS or name in BROUGHT
        else name.replace("_", " ").capitalize()
    )


def in_sentence(metric: str) -> str:
    """The same within a sentence."""
    label = label_of(metric)
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


_PERCENT_PLACES = {"fraction of turnover": 3}
"""Decimals of a percentage that is small by nature: a commission rate of 0.025 %."""


class Cash(NamedTuple):
    """How money is shown on a page: in which currency, with how many decimals."""

    currency: str
    places: int = LEAST_PLACES


NO_CASH = Cash("")


def cash_of(metrics: Mapping[str, Value | None], currency: str) -> Cash:
    """Decimals that show three digits of the typical trade, and no more than the sums have.

    Of trades of about 250 that is 2, the least. Of a win of 0.00016 and a loss of 0.00003 it would
    take 7, but 5 hold their sum of 0.00013 exactly.
    """
    won, lost = metrics.get("gross_profit"), metrics.get("gross_loss")
    sums = [one for one in (won, lost, metrics.get("net_pnl")) if isinstance(one, Decimal)]
    trades = metrics.get("closed_trades")
    total = sum((abs(one) for one in sums[:2]), Decimal(0))
    if len(sums) < 3 or not total or not isinstance(trades, int) or not trades:
        return Cash(currency)
    typical = ratio(total, trades)
    exact = max(decimal_places(canonical(one)) for one in sums)
    return Cash(currency, max(LEAST_PLACES, min(exact, 2 - typical.adjusted())))


def shown(metric: str, value: Value | None, cash: Cash = NO_CASH, timezone: str = "UTC") -> str:
    """One figure as a person reads it; the only place where it is rounded."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return moment(value, timezone)
    if isinstance(value, str):
        return value
    return _number(metric, Decimal(value), cash)


def _number(metric: str, value: Decimal, cash: Cash) -> str:
    row = row_of(metric)
    unit = row.unit
    if unit.startswith("money"):
        amount = signed(value, cash.places) if row.signed else fixed(value, cash.places)
        return f"{amount} {cash.currency}".rstrip()
    if unit.startswith("fraction"):
        return percent(value, _PERCENT_PLACES.get(unit, 1))
    if unit == "seconds":
        return duration(value)
    if unit in ("trades", "days"):
        return fixed(value, 0)
    return f"{fixed(value, 2)} R" if unit == "R" else fixed(value, 2)


def shown_difference(metric: str, difference: Decimal, cash: Cash) -> str:
    """A difference of two figures, with its sign; of rates, in points of 1 %."""
    unit = row_of(metric).unit
    if unit.startswith("fraction"):
        return f"{signed(difference * 100, _PERCENT_PLACES.get(unit, 1))} points"
    if unit in ("trades", "days"):
        return signed(difference, 0)
    if unit.startswith("money"):
        return f"{signed(difference, cash.places)} {cash.currency}"
    return signed(difference)


def moment(at: datetime, timezone: str = "UTC") -> str:
    """A moment in the workspace's zone, to the second."""
    local = at.astimezone(zone_named(timezone) if timezone else UTC)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"
