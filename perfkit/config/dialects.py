"""A dialect of any kind compiled: of trades, of trades that several lines make, or of fills."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo

from perfkit.config.compile import compile_dialect
from perfkit.config.dialect import (
    _KEYS,
    JOINING_KEYS,
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
        return compile_dialect(name, spec, problem, zone)
    from perfkit.config.joining import compile_joining

    return compile_joining(name, spec, problem, zone)
