"""JSON Schemas made from the types, shipped in `perfkit/schemas/`; `python -m` writes them.

Every schema is strict: nothing may be missing, nothing may be added, but for the metrics of other
packages.
"""

from __future__ import annotations

import ast
import inspect
import typing
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from perfkit.alerts.event import AlertEvent
from perfkit.metrics.registry import METRICS
from perfkit.summary.comparison.shape import ComparisonShape, SideShape
from perfkit.summary.shape import Part, SummaryShape
from perfkit.summary.simulation.shape import MonteCarloShape, SimulatedDrawdowns

FOLDER = Path(__file__).parent
DECIMAL_PATTERN = r"^-?[0-9]+(\.[0-9]+)?$"
MOMENT_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[str, object] = {
    "trades": int | None,
    "days": int | None,
    "moment": Annotated[datetime, msgspec.Meta(tz=True)] | None,
    "win, loss or none": Literal["win", "loss", "none"],
}
"""The type of a metric by its unit; any other is a decimal."""

METRICS_TITLE = "Metrics"
_BROUGHT = {
    "anyOf": [{"type": "integer"}, {"type": "string", "pattern": DECIMAL_PATTERN}, {"type": "null"}]
}
"""A metric of another package: a count, a decimal, or undefined."""


def hints_of(shape: type) -> dict[str, Any]:
    """The type of each field of a shape."""
    return get_type_hints(shape, localns=vars(typing))  # its module does without them


def schemas() -> dict[str, dict[str, Any]]:
    """File name to schema."""
    return {
        "summary.schema.json": _schema(_typed_summary(), "A perfkit summary"),
        "comparison.schema.json": _schema(_typed_comparison(), "A perfkit comparison"),
        "monte-carlo.schema.json": _schema(_typed_monte_carlo(), "Drawdowns by chance"),
        "alert-event.schema.json": _schema(_object(AlertEvent), "A perfkit alert event"),
    }


def write(folder: Path = FOLDER) -> list[Path]:
    """Writes every schema; returns the paths."""
    folder.mkdir(exist_ok=True)
    paths = []
    for name, schema in schemas().items():
        path = folder / name
        body = msgspec.json.format(msgspec.json.encode(schema), indent=2)
        path.write_bytes(body + b"\n")
        paths.append(path)
    return paths


def _typed_summary() -> type:
    """The summary with a typed field for each metric."""
    metrics = msgspec.defstruct(
        METRICS_TITLE,
        [(name, _TYPES.get(row.unit, Decimal | None)) for name, row in METRICS.items()],
    )
    part = _object(Part, metrics=metrics)
    return _object(SummaryShape, metrics=metrics, breakdowns=dict[str, tuple[part, ...]])  # type: ignore[valid-type]


def _typed_comparison() -> type:
    """The comparison, with one type for both sides."""
    side = _object(SideShape)
    return _object(ComparisonShape, base=side, other=side)


def _typed_monte_carlo() -> type:
    """Simulated drawdowns, with one type for both kinds of runs."""
    drawdowns = _object(SimulatedDrawdowns)
    return _object(MonteCarloShape, shuffled=drawdowns | None, resampled=drawdowns | None)


def _object(shape: type, **replaced: object) -> type:
    """A type of JSON objects with the fields of a named tuple."""
    hints = hints_of(shape) | replaced
    return msgspec.defstruct(
        shape.__name__.removesuffix("Shape"),
        [(name, _as_object(hint)) for name, hint in hints.items()],
        namespace={"__doc__": _description(shape)},
    )


def _description(shape: type) -> str | None:
    """The docstring as its source has it, since `python -OO` drops docstrings."""
    definition = ast.parse(inspect.getsource(shape)).body[0]
    return ast.get_docstring(definition) if isinstance(definition, ast.ClassDef) else None


def _as_object(hint: Any) -> Any:
    """A type hint with every named tuple in it as an object."""
    if hint is datetime:
        return Annotated[datetime, msgspec.Meta(tz=True)]
    if isinstance(hint, type) and hasattr(hint, "_fields"):
        return _object(hint)
    arguments = tuple(map(_as_object, get_args(hint)))
    if isinstance(hint, UnionType):
        return reduce(or_, arguments)
    if get_origin(hint) in (tuple, dict):
        return get_origin(hint)[arguments]
    return hint


def _schema(kind: type, title: str) -> dict[str, Any]:
    (reference,), components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    schema = {"$schema": _DIALECT, "title": title, **reference, "$defs": components}
    _tighten(schema)
    return schema


def _tighten(node: Any) -> None:
    """Closes every object type, and describes decimals and moments."""
    if isinstance(node, list):
        for item in node:
            _tighten(item)
    elif isinstance(node, dict):
        if node.get("format") == "decimal":
            del node["format"]
            node["pattern"] = DECIMAL_PATTERN
        if node.get("format") == "date-time":
            node["pattern"] = MOMENT_PATTERN
        if "properties" in node:
            is_metrics = node.get("title") == METRICS_TITLE
            node["additionalProperties"] = dict(_BROUGHT) if is_metrics else False
        for item in node.values():
            _tighten(item)


if __name__ == "__main__":
    for written in write():
        print(written)
