"""The keys of a dialect about how values are written; loaded where a dialect has one of them."""

from __future__ import annotations

from collections.abc import Mapping

from perfkit.config.dialect import (
    KNOWN_WORDS,
    TARGETS,
    TEXT,
    Condition,
    Dialect,
    Problem,
    mapping_of,
)
from perfkit.config.expressions import Constant, Formula
from perfkit.core.times.durations import UNIT_SECONDS
from perfkit.core.times.time_forms import has_date


def with_value_keys(dialect: Dialect, spec: Mapping[str, object], problem: Problem) -> Dialect:
    """The dialect with these keys, checked; raises what `problem` makes of a mistake."""
    if "values" in spec:
        dialect = dialect._replace(words=_words(spec["values"], spec.get("dimensions"), problem))
    if "time_format" in spec:
        pattern = _time_format(spec["time_format"], problem)
        dialect = dialect._replace(time_format=pattern)
    if "decimal" in spec:
        if spec["decimal"] not in (".", ","):
            raise problem("decimal", f"{spec['decimal']!r} is unknown", 'write "." or ","')
        dialect = _with_decimal(dialect, str(spec["decimal"]))
    if "hold_unit" in spec:
        dialect = _in_seconds(dialect, spec["hold_unit"], problem)
    return dialect


def _with_decimal(dialect: Dialect, mark: str) -> Dialect:
    """The dialect with its decimal mark, also for the numbers that conditions look at."""
    return dialect._replace(
        decimal=mark,
        only=_of_mark(dialect.only, mark),
        open_when=tuple(_of_mark(group, mark) for group in dialect.open_when),
    )


def _of_mark(conditions: tuple[Condition, ...], mark: str) -> tuple[Condition, ...]:
    """Conditions on numbers with that decimal mark."""
    return tuple(one._replace(decimal=mark) for one in conditions)


def _in_seconds(dialect: Dialect, unit: object, problem: Problem) -> Dialect:
    """The dialect with its holding time, a number of `unit`, in seconds."""
    if not isinstance(unit, str) or unit not in UNIT_SECONDS:
        raise problem(
            "hold_unit", f"{unit!r} is unknown", f"write one of {', '.join(UNIT_SECONDS)}"
        )
    if "hold_seconds" not in dialect.expressions:
        raise problem("hold_unit", "has no field", "name one in `fields: {hold_seconds: ...}`")
    parts = (dialect.expressions["hold_seconds"], Constant(UNIT_SECONDS[unit]))
    expressions = {**dialect.expressions, "hold_seconds": Formula("*", parts)}  # type: ignore[arg-type]
    return dialect._replace(expressions=expressions, hold_unit=unit)


def _time_format(pattern: object, problem: Problem) -> str:
    if not isinstance(pattern, str) or not has_date(pattern):
        raise problem(
            "time_format",
            f"{pattern!r} does not say year, month and day",
            'write one such as "%d/%m/%Y %H:%M:%S"',
        )
    return pattern


def _words(spec: object, dimensions: object, problem: Problem) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    dimensions = dimensions if isinstance(dimensions, Mapping) else {}
    for target, mapping in mapping_of(spec, "values", problem).items():
        if TARGETS.get(target, ("", ""))[0] != TEXT and target not in dimensions:
            raise problem(
                f"values.{target}",
                "is not a field that holds a name",
                "map side, outcome, symbol, strategy, execution_mode, account, exit_reason or a "
                "dimension",
            )
        entries = mapping_of(mapping, f"values.{target}", problem)
        words[target] = {logged: str(meaning) for logged, meaning in entries.items()}
        known = KNOWN_WORDS.get(target)
        for logged, meaning in words[target].items():
            if known is not None and meaning.lower() not in known:
                raise problem(
                    f"values.{target}.{logged}",
                    f"{meaning!r} is unknown",
                    f"write one of {', '.join(known)}",
                )
    return words
