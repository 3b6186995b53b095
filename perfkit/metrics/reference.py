"""What the docstrings of the metrics say, for the documentation and for printing figures."""

from __future__ import annotations

from functools import cache

from perfkit.core.fast_imports import NamedTuple
from perfkit.metrics.registry import METRICS

SECTIONS = ("Formula", "Unit", "Range", "Empty", "Source", "Elsewhere")
"""`Elsewhere` (optional) tells how other tools define a figure of that name."""

_HEAD = """\
# Metrics

Made from the docstrings in `perfkit/metrics/`; `make docs` writes it anew.

W, L and B are wins, losses and breakevens, N = W + L + B; w, l and n are those of them whose P&L
is known. Sums are exact. A quotient is taken once, last, from exact sums, and given at 18
significant digits, half to even; what has a root is carried at 50 digits and then rounded so. A
per-trade ratio (R, planned risk-reward) is rounded to 12 decimal places before it is summed. An
undefined figure is null, with the reason in `undefined`; with no trades, counts and sums are 0.
Rates are fractions from 0 to 1; per cent exists only on a printed page.
"""


class Reference(NamedTuple):
    """One metric as its docstring defines it; `elsewhere` is empty where tools agree."""

    name: str
    what: str
    formula: str
    unit: str
    range: str
    empty: str
    source: str
    elsewhere: str


@cache
def references() -> dict[str, Reference]:
    """Every metric's definition; raises `ValueError` naming what a docstring lacks."""
    return {name: _reference(name, metric.__doc__ or "") for name, metric in METRICS.items()}


def unit_of(name: str) -> str:
    """The unit of a metric, as its docstring says."""
    return references()[name].unit


def metrics_page() -> str:
    """The text of `docs/metrics.md`."""
    parts = [_HEAD]
    for one in references().values():
        rows = [
            ("Formula", f"`{one.formula}`"),
            ("Unit", one.unit),
            ("Range", one.range),
            ("Empty case", one.empty),
            ("Source", one.source),
            ("Elsewhere", one.elsewhere),
        ]
        listed = "\n".join(f"- **{label}**: {text}" for label, text in rows if text)
        parts.append(f"## {one.name}\n\n{one.what}\n\n{listed}\n")
    return "\n".join(parts)


def _reference(name: str, docstring: str) -> Reference:
    # Not `inspect.cleandoc`: importing that takes longer than all the rest.
    lines = "\n".join(map(str.strip, docstring.strip().splitlines()))
    what, _, rest = lines.partition("\n\n")
    sections: dict[str, str] = {}
    label = ""
    for line in rest.splitlines():
        head, colon, text = line.partition(": ")
        if colon and head in SECTIONS:
            label = head
            sections[label] = text.strip()
        elif label:
            sections[label] += " " + line.strip()
    lacking = [label for label in SECTIONS[:-1] if not sections.get(label)]
    if lacking or not what:
        raise ValueError(f"metric {name}: its docstring lacks {', '.join(lacking) or 'a summary'}")
    return Reference(name, " ".join(what.split()), *(sections.get(label, "") for label in SECTIONS))
