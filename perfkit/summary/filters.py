"""Filters: which trades of a window count, from Python, the command line and notebooks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from perfkit.core.errors import UsageError
from perfkit.core.trade import FILTER_FIELDS


def parse_where(conditions: Sequence[str]) -> dict[str, str]:
    """`field=value` texts as a filter; raises `UsageError` for a field that cannot be filtered."""
    where: dict[str, str] = {}
    for condition in conditions:
        name, equals, value = condition.partition("=")
        if not equals:
            raise UsageError(
                f"--where {condition}: write field=value, for example execution_mode=LIVE"
            )
        if name not in FILTER_FIELDS:
            raise UsageError(f"--where {name}: filter by one of {', '.join(FILTER_FIELDS)}")
        if where.get(name, value) != value:
            raise UsageError(f"--where {name}: given twice, but a trade has only one {name}")
        where[name] = value
    return where


Where = Mapping[str, str] | str | None
"""A filter: a mapping, the text `field=value, field=value`, or a JSON object as text."""


_BETWEEN_CONDITIONS = re.compile(rf",\s*(?=(?:{'|'.join(FILTER_FIELDS)})=)")


def as_where(where: Where) -> dict[str, str]:
    """A filter in any of its spellings as a mapping."""
    if where is None:
        return {}
    if isinstance(where, str):
        if where.startswith("{"):
            return as_where(_json_object(where))
        return parse_where(_BETWEEN_CONDITIONS.split(where) if where.strip() else [])
    return parse_where([f"{name}={value}" for name, value in where.items()])


def where_text(where: Mapping[str, str]) -> str:
    """A filter as the text that `as_where` reads as the same filter."""
    text = ", ".join(f"{name}={value}" for name, value in where.items())
    try:
        plain = as_where(text) == where
    except UsageError:
        plain = False
    if plain:
        return text
    import json

    return json.dumps(where, ensure_ascii=False, separators=(",", ":"))


def _json_object(text: str) -> dict[str, str]:
    import json

    try:
        value = json.loads(text)
    except ValueError as error:
        raise UsageError(f"where {text!r} is not a JSON object of texts: {error}") from error
    if not all(isinstance(entry, str) for entry in value.values()):
        raise UsageError(f"where {text!r} is not a JSON object of texts")
    return value  # type: ignore[no-any-return]
