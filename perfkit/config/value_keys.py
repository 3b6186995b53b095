"""The keys of a dialect about how values are written; loaded where a dialect has one of them."""

from __future__ import annotations

from collections.abc import Mapping

from perfkit.config.dialect import Dialect, Problem
from perfkit.core.time_forms import has_date


def with_value_keys(dialect: Dialect, spec: Mapping[str, object], problem: Problem) -> Dialect:
    """The dialect with these keys, checked; raises what `problem` makes of a mistake."""
    if "time_format" in spec:
        pattern = _time_format(spec["time_format"], problem)
        dialect = dialect._replace(time_format=pattern)
    return dialect


def _time_format(pattern: object, problem: Problem) -> str:
    if not isinstance(pattern, str) or not has_date(pattern):
        raise problem(
            "time_format",
            f"{pattern!r} does not say year, month and day",
            'write one such as "%d/%m/%Y %H:%M:%S"',
        )
    return pattern
