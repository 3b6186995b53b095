"""A dialect of any kind compiled: of trades, of trades that several lines make, or of fills."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo

from perfkit.config.compile import compile_dialect
from perfkit.config.dialect import (
    _KEYS,
    JOINING_KEYS,
    WHOLE_LINE,
    Dialect,
    Problem,
    check_keys,
)


def compiled(
    name: str, spec: Mapping[str, object], problem: Problem, zone: tzinfo = UTC
) -> Dialect:
    """Checks a dialect and compiles it; raises what `problem` makes of a mistake."""
    check_keys(spec, _KEYS, "", problem)
    if "fills" in spec:
        from perfkit.config.fills import compile_fills  # most logs do without

        return compile_fills(name, spec, problem, zone)
    if spec.keys().isdisjoint(JOINING_KEYS) and spec.get("closes") != "sum":
        dialect = compile_dialect(name, spec, problem, zone)
        return _with_whole_lines(dialect) if dialect.closes_each else dialect
    from perfkit.config.joining import compile_joining

    return _with_whole_lines(compile_joining(name, spec, problem, zone))


def _with_whole_lines(dialect: Dialect) -> Dialect:
    """The dialect with what tells two equal parts of a trade from one that was logged twice."""
    return dialect._replace(slots=(*dialect.slots, WHOLE_LINE))
