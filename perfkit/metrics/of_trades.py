"""Metrics that other packages bring: functions of the columns of closed trades.

    @trade_metric(
        "Share of the trades that were held for less than a minute.",
        formula="trades held for less than 60 s / trades with a holding time",
        unit="fraction",
        range="0 to 1",
        empty="null when no trade has a holding time",
        source="our own",
        group="Streaks and holding",
    )
    def scalp_rate(trades):
        held = [one for one in trades.hold_us if one is not None]
        quick = sum(one < 60_000_000 for one in held)
        return Quotient(quick, len(held), Undefined("no trade has a holding time"))

The function gets the closed trades of a window, or of a part of it, and gives an int, a Decimal, a
`Quotient`, or `Undefined` with the reason. Decimals are added in a context that never rounds.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, Inexact, localcontext

from perfkit.core.exact import EXACT
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import Numbers
from perfkit.core.trades import COLUMNS, Trades, no_trades
from perfkit.metrics.facts import Facts, Undefined
from perfkit.metrics.metric import Bounds, Metric, Quotient, metric
from perfkit.metrics.registry import METRICS

__all__ = ["Quotient", "Trades", "Undefined", "trade_metric"]

Made = int | Decimal | Quotient | Undefined
"""What such a function may give."""

COUNTS = ("trades", "days")
"""Units of which there are whole numbers only."""


class WrongFigureError(Exception):
    """A function gave, or its row says, what cannot be a figure; the text says what."""


class TradeMetric(NamedTuple):
    """What is known of a metric, and the function that computes it."""

    row: Metric
    function: Callable[[Trades], Made]

    def __call__(self, trades: Trades) -> Made:
        """The figure of those trades, checked; raises `WrongFigureError` or what it raises."""
        with localcontext(EXACT):
            try:
                made = self.function(_copy(trades))
            except Inexact as error:
                raise WrongFigureError(
                    "rounds a number; return Quotient(numerator, denominator, Undefined(reason)), "
                    "which is taken once, from exact numbers"
                ) from error
        return _checked(self.row, made)


def trade_metric(
    what: str,
    *,
    formula: str,
    unit: str,
    range: str,
    empty: str,
    source: str,
    group: str,
    label: str = "",
    signed: bool = True,
    parts: tuple[str, str] | None = None,
    marks: int = 0,
    bounds: Bounds = (None, None),
    adds_up: bool = False,
) -> Callable[[Callable[[Trades], Made]], TradeMetric]:
    """The metric of a function of trades; the words are those of `perfkit.metrics.metric.Metric`.

    Its name is that of the function.
    """

    def brought(function: Callable[[Trades], Made]) -> TradeMetric:
        row = metric(
            what,
            formula=formula,
            unit=unit,
            range=range,
            empty=empty,
            source=source,
            group=group,
            label=label,
            signed=signed,
            parts=parts,
            marks=marks,
            bounds=bounds,
            adds_up=adds_up,
        )
        return TradeMetric(row(function), function)  # type: ignore[arg-type]

    return brought


def check_row(row: Metric) -> None:
    """Raises `WrongFigureError` where a row lacks something, or takes a name that is taken."""
    for field in ("what", "formula", "unit", "range", "empty", "source", "label", "group"):
        text = getattr(row, field)
        if not isinstance(text, str) or not text.strip():
            raise WrongFigureError(f"has no {field}; write one")
    if row.name in METRICS:
        raise WrongFigureError("has the name of a built-in metric; give it another")
    if row.label in {one.label for one in METRICS.values()}:
        raise WrongFigureError(f"has the label of a built-in metric, {row.label!r}; write another")
    units = sorted({one.unit for one in METRICS.values() if one.is_number})
    if row.unit not in units:
        raise WrongFigureError(
            f"has the unknown unit {row.unit!r}; write one of {', '.join(units)}"
        )


def metric_of_facts(brought: TradeMetric, called: Callable[[TradeMetric, Trades], Made]) -> Metric:
    """Its row, with a function of the facts of a window; `called` calls it with their trades."""

    def function(facts: Facts) -> Made:
        return called(brought, no_trades({}) if facts.trades is None else facts.trades())

    return brought.row._replace(function=function)


def _copy(trades: Trades) -> Trades:
    """The same trades in lists of their own, so that nothing the function does changes others."""
    columns = {name: getattr(trades, name) for name in COLUMNS}
    own = {
        name: Numbers(list(column.units), column.places)
        if isinstance(column, Numbers)
        else list(column)
        for name, column in columns.items()
    }
    dimensions = trades.dimensions.slice(0, len(trades))
    return Trades(own, trades.paths, trades.other_lines, dimensions)


def _checked(row: Metric, made: object) -> Made:
    if isinstance(made, Undefined):
        if not str(made.reason or "").strip():
            raise WrongFigureError("gave Undefined without a reason; write why there is no figure")
        return made
    if isinstance(made, Quotient):
        numerator, denominator = _number(made.numerator), _number(made.denominator)
        if row.unit in COUNTS:
            raise WrongFigureError(f"gave a Quotient of {row.unit}; return an int")
        if not denominator:
            _checked(row, made.empty)
            if not isinstance(made.empty, Undefined):
                raise WrongFigureError(
                    "gave a Quotient by 0 whose `empty` is not Undefined(reason)"
                )
        else:
            _check_bounds(row, numerator, denominator)
        return made
    number = _number(made)
    if row.unit in COUNTS and not isinstance(number, int):
        raise WrongFigureError(f"gave {number}, a Decimal of {row.unit}; return an int")
    _check_bounds(row, number, 1)
    return number if row.unit in COUNTS else Decimal(number)


def _number(made: object) -> int | Decimal:
    """An exact number; a binary float is none."""
    if isinstance(made, float):
        raise WrongFigureError(f"gave {made!r}, a float; return an int, a Decimal or a Quotient")
    if type(made) is not int and type(made) is not Decimal:
        kind = type(made).__name__
        raise WrongFigureError(
            f"gave a value of type {kind}; return an int, a Decimal, a Quotient or Undefined"
        )
    if isinstance(made, Decimal) and not made.is_finite():
        raise WrongFigureError(f"gave {made}; return Undefined(reason) where there is no figure")
    return made


def _check_bounds(row: Metric, numerator: int | Decimal, denominator: int | Decimal) -> None:
    """Compares without dividing: a/b >= low where a b >= low b b."""
    low, high = row.bounds
    value, unit = (EXACT.multiply(Decimal(one), denominator) for one in (numerator, denominator))
    if (low is not None and value < EXACT.multiply(unit, low)) or (
        high is not None and value > EXACT.multiply(unit, high)
    ):
        shown = numerator if denominator == 1 else f"{numerator} / {denominator}"
        raise WrongFigureError(f"gave {shown}, outside its bounds {low} to {high}; correct either")
