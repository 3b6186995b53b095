"""One row per metric: how it is computed, and everything else that is known of it.

A metric is a function of `Facts`. The decorator `metric` makes its row next to the function;
the documentation, labels, explanations, targets, rules and alert events all read that row, so a
new metric is written in one place. No text is parsed for it: `python -OO` drops docstrings.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from perfkit.core.exact import ratio
from perfkit.core.fast_imports import NamedTuple
from perfkit.metrics.facts import Facts, Undefined, Value

TRADES = "Trades"
PNL = "Profit and loss"
RISK = "Risk"
STREAKS = "Streaks and holding"
DAYS = "Days"

Inputs = dict[str, Value | None]
"""Numbers by the names that a formula gives them."""


Bounds = tuple[int | None, int | None]
"""The lowest and the highest value that a figure can have."""


class Quotient(NamedTuple):
    """A figure as its exact numerator and denominator; `empty` is the figure where that is 0."""

    numerator: Decimal | int
    denominator: Decimal | int
    empty: Undefined


class Metric(NamedTuple):
    """A metric, which gives its figure when called with the facts of a window.

    `what` to `elsewhere` define it, for the documentation; `elsewhere` says how other tools define
    a figure of that name. `label` and `group` are what a person reads; money that is not `signed`
    is no gain or loss by itself.

    `reads` names what it needs apart from counts: sums of the tally, fields of `Facts`, else parts
    of the tally that only merge. `inputs` are the numbers in its formula: other metrics by name,
    or a function of the facts; `parts` names the numerator and denominator of a `Quotient`.

    `marks` are those that every trade behind it has. `interval` names the ends of the 95 % interval
    of a rate, and `end_of` the rate that such an end belongs to. `bounds` are the lowest and
    highest value in any window, None where there is none. One that `adds_up` is the sum of its
    figures of the days.
    """

    name: str
    function: Callable[[Facts], Value | Quotient | Undefined]
    what: str
    formula: str
    unit: str
    range: str
    empty: str
    source: str
    elsewhere: str
    label: str
    group: str
    signed: bool
    reads: tuple[str, ...]
    inputs: tuple[str, ...] | Callable[[Facts], Inputs]
    parts: tuple[str, str] | None
    marks: int
    interval: tuple[str, str] | None
    end_of: str | None
    bounds: Bounds
    adds_up: bool

    @property
    def is_number(self) -> bool:
        """Whether its figure is a number, rather than a moment or a word."""
        return self.unit not in ("moment", "win, loss or none")

    def __call__(self, facts: Facts) -> Value | Undefined:
        value = self.function(facts)
        if not isinstance(value, Quotient):
            return value
        return ratio(value.numerator, value.denominator) if value.denominator else value.empty


def metric(
    what: str,
    *,
    formula: str,
    unit: str,
    range: str,
    empty: str,
    source: str,
    group: str,
    elsewhere: str = "",
    label: str = "",
    signed: bool = True,
    reads: tuple[str, ...] = (),
    inputs: tuple[str, ...] | Callable[[Facts], Inputs] = (),
    parts: tuple[str, str] | None = None,
    marks: int = 0,
    interval: tuple[str, str] | None = None,
    end_of: str | None = None,
    bounds: Bounds = (None, None),
    adds_up: bool = False,
) -> Callable[[Callable[[Facts], Value | Quotient | Undefined]], Metric]:
    """The row of a metric: `win_rate` has its name, and the label "Win rate", from the function."""

    def row(function: Callable[[Facts], Value | Quotient | Undefined]) -> Metric:
        name = function.__name__
        return Metric(
            name,
            function,
            what,
            formula,
            unit,
            range,
            empty,
            source,
            elsewhere,
            label or name.replace("_", " ").capitalize(),
            group,
            signed,
            reads,
            inputs,
            parts,
            marks,
            interval,
            end_of,
            *(bounds, adds_up),
        )

    return row
