"""A dialect of any kind compiled: of trades, of trades that several lines make, or of fills."""

from __future__ import annotations

from collections.abc import Mapping

from perfkit.config.compile import compile_dialect, expression_of
from perfkit.config.dialect import (
    _KEYS,
    JOINING_KEYS,
    LABEL,
    LAST,
    TARGETS,
    WHOLE_LINE,
    Dialect,
    Problem,
    check_keys,
    mapping_of,
)
from perfkit.core.fast_imports import UTC, tzinfo

RESERVED = frozenset(
    (
        *(*TARGETS, "source", "outcome", "r", "turnover", "line", "at", "price", "key", "file"),
        *("hour", "weekday", "day", "week", "month", "holding_time", "drawdown", "streak"),
    )
)
"""Names that trades, breakdowns and windows have a meaning for."""


def compiled(
    name: str, spec: Mapping[str, object], problem: Problem, zone: tzinfo = UTC
) -> Dialect:
    """Checks a dialect and compiles it; raises what `problem` makes of a mistake."""
    check_keys(spec, _KEYS, "", problem)
    if "fills" in spec:
        from perfkit.config.fills import compile_fills  # most logs do without

        return _with_dimensions(compile_fills(name, spec, problem, zone), spec, problem)
    if spec.keys().isdisjoint(JOINING_KEYS) and spec.get("closes") != "sum":
        dialect = _with_dimensions(compile_dialect(name, spec, problem, zone), spec, problem)
        return _with_whole_lines(dialect) if dialect.closes_each else dialect
    from perfkit.config.joining import compile_joining

    joining = compile_joining(name, spec, problem, zone)
    return _with_whole_lines(_with_dimensions(joining, spec, problem))


def _with_dimensions(dialect: Dialect, spec: Mapping[str, object], problem: Problem) -> Dialect:
    """The dialect with the further fields that it declares, read after all others."""
    if not spec.get("dimensions"):
        return dialect
    fields = mapping_of(spec["dimensions"], "dimensions", problem)
    slots = list(dialect.slots)

    def of_dimension(key: str, what: str, remedy: str) -> Exception:
        return problem(key.replace("fields.", "dimensions.", 1), what, remedy)

    dimensions = {}
    for dimension, source in fields.items():
        _check_dimension(dimension, problem)
        kinds = {dimension: (LABEL, LAST)}
        dimensions[dimension] = expression_of(dimension, source, slots, kinds, of_dimension)
    return dialect._replace(slots=tuple(slots), dimensions=dimensions)


def _check_dimension(name: str, problem: Problem) -> None:
    key = f"dimensions.{name}"
    if not (name.isascii() and name.isidentifier() and name == name.lower()):
        remedy = "write a name of lower-case letters, digits and `_`, such as bot_version"
        raise problem(key, "is not the name of a dimension", remedy)
    if name in RESERVED:
        remedy = "write another name; breakdowns and filters know this one already"
        raise problem(key, "has a meaning of its own", remedy)


def _with_whole_lines(dialect: Dialect) -> Dialect:
    """The dialect with what tells two equal parts of a trade from one that was logged twice."""
    return dialect._replace(slots=(*dialect.slots, WHOLE_LINE))
