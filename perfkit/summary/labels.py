"""How figures are shown: labels, groups and units. This is the only place that rounds."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from perfkit.core.calendar import zone_named
from perfkit.core.formatting import NOTHING, duration, fixed, percent, signed
from perfkit.metrics.facts import Value
from perfkit.metrics.registry import METRICS

PART_COLUMNS = (
    "closed_trades",
    "net_pnl",
    "win_rate",
    "profit_factor",
    "expectancy",
    "avg_r",
    "max_drawdown",
)


def groups() -> dict[str, list[str]]:
    """Every metric, in the groups a person reads them in."""
    grouped: dict[str, list[str]] = {}
    for name, row in METRICS.items():
        grouped.setdefault(row.group, []).append(name)
    return grouped


def label_of(name: str) -> str:
    """The name of a metric, or of a dimension, as a person reads it."""
    return METRICS[name].label if name in METRICS else name.replace("_", " ").capitalize()


def in_sentence(metric: str) -> str:
    """The same within a sentence."""
    label = label_of(metric)
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def shown(metric: str, value: Value | None, currency: str = "", timezone: str = "UTC") -> str:
    """One figure as a person reads it; the only place where it is rounded."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return moment(value, timezone)
    if isinstance(value, str):
        return value
    return _number(metric, Decimal(value), currency)


def _number(metric: str, value: Decimal, currency: str) -> str:
    row = METRICS[metric]
    unit = row.unit
    if unit.startswith("money"):
        amount = signed(value) if row.signed else fixed(value, 2)
        return f"{amount} {currency}".rstrip()
    if unit == "fraction":
        return percent(value)
    if unit == "seconds":
        return duration(value)
    if unit in ("trades", "days"):
        return fixed(value, 0)
    return f"{fixed(value, 2)} R" if unit == "R" else fixed(value, 2)


def shown_difference(metric: str, difference: Decimal, currency: str) -> str:
    """A difference of two figures, with its sign; of rates, in points of 1 %."""
    unit = METRICS[metric].unit
    if unit == "fraction":
        return f"{signed(difference * 100, 1)} points"
    if unit in ("trades", "days"):
        return signed(difference, 0)
    return f"{signed(difference)} {currency}" if unit.startswith("money") else signed(difference)


def moment(at: datetime, timezone: str = "UTC") -> str:
    """A moment in the workspace's zone, to the second."""
    local = at.astimezone(zone_named(timezone) if timezone else UTC)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"
