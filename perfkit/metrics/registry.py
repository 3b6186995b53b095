"""Every metric: the rows that the modules of this package define, in the order they are shown.

A metric takes the `Facts` of a window and gives a value or `Undefined` with the reason. To add
one, write a function with the decorator `metric` in one of those modules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from perfkit.core.exact import canonical
from perfkit.core.fast_imports import NamedTuple
from perfkit.metrics import account, counts, days, exits, path, pnl, risk
from perfkit.metrics.facts import Facts, Undefined, Value
from perfkit.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    row.name: row
    for module in (counts, pnl, risk, path, days, account, exits)
    for row in vars(module).values()
    if isinstance(row, Metric)
}
"""Name to metric, in the order figures are shown."""

BROUGHT: dict[str, Metric] = {}
"""Those of other packages that a configuration has named (see `of_trades`).

Which of them a window has is said by its own configuration.
"""


class Figures(NamedTuple):
    """The figures of a window or part: name to value (None where undefined), name to reason."""

    values: dict[str, Value | None]
    undefined: dict[str, str]


def row_of(name: str) -> Metric:
    """The row of a metric, built in or brought by a package."""
    return METRICS[name] if name in METRICS else BROUGHT[name]


def evaluate(
    facts: Facts, brought: Iterable[Metric] = (), names: Sequence[str] | None = None
) -> Figures:
    """Every metric, then those `brought`, or just those of `names`, which are built in.

    Decimals have no trailing zeros and no exponent.
    """
    values: dict[str, Value | None] = {}
    undefined: dict[str, str] = {}
    wanted = (*METRICS.values(), *brought) if names is None else map(METRICS.__getitem__, names)
    for metric in wanted:
        name, value = metric.name, metric(facts)
        if isinstance(value, Undefined):
            values[name] = None
            undefined[name] = value.reason
        else:
            values[name] = canonical(value)
    return Figures(values, undefined)
