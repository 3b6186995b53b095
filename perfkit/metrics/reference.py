"""The page of the documentation that defines every metric."""

from __future__ import annotations

from perfkit.metrics.concurrency import ON_REQUEST
from perfkit.metrics.metric import Metric
from perfkit.metrics.registry import METRICS

_HEAD = """\
# Metrics

Made from the rows in `perfkit/metrics/`; `make docs` writes this page.

W, L and B are wins, losses and breakevens, N = W + L + B; w, l and n are those of them whose P&L
is known. Sums are exact. A quotient is taken once, last, from exact sums, and given at 18
significant digits, half to even; what has a root is carried at 50 digits and then rounded so. A
per-trade ratio (R, planned risk-reward) is rounded to 12 decimal places before it is summed. An
undefined figure is null, with the reason in `undefined`; with no trades, counts and sums are 0.
Rates are fractions from 0 to 1; only printed pages show per cent.
"""


_ON_REQUEST = """\
# On request

These need the times of every trade, which takes longer. They are computed where
`config/perfkit.yaml` names them, like metrics of other packages: `metrics: [exposure,
max_concurrent]`. Alert rules cannot use them.
"""


def metrics_page() -> str:
    """The text of `docs/metrics.md`."""
    parts = [_HEAD]
    parts += map(definition, METRICS.values())
    parts += [_ON_REQUEST, *map(definition, ON_REQUEST.values())]
    return "\n".join(parts)


def definition(one: Metric) -> str:
    """What a metric is, as Markdown."""
    rows = [
        ("Formula", f"`{one.formula}`"),
        ("Unit", one.unit),
        ("Range", one.range),
        ("Empty case", one.empty),
        ("Source", one.source),
        ("Elsewhere", one.elsewhere),
    ]
    listed = "\n".join(f"- **{label}**: {text}" for label, text in rows if text)
    return f"## {one.name}\n\n{one.what}\n\n{listed}\n"
