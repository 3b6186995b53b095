"""Filters: which trades of a window count. Python, the command line and notebooks share them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from perfkit.core.errors import UsageError
from perfkit.core.formatting import utf8
from perfkit.core.trade import FILTER_FIELDS

Where = Mapping[str, str] | str | None
"""A filter: a mapping, the text `field=value, field=value`, or a JSON object as text."""

_BETWEEN_CONDITIONS = re.compile(rf",\s*(?=(?:{'|'.join(FILTER_FIELDS)})=)")


def parse_where(conditions: Sequence[str]) -> dict[str, str]:
    """`field=value` texts as a filter: `["symbol=BTC"]` is `{"symbol": "BTC"}`.

    A value that is not UTF-8, which no trade has, is kept escaped.
    Raises `UsageError` for a text without `=`, an unknown field, or two values for one field.
    """
    where: dict[str, str] = {}
    for condition in map(utf8, conditions):
        name, equals, value = condition.partition("=")
        if not equals:
            raise UsageError(
                f"--where {condition}: write field=value, for example execution_mode=LIVE"
            )
        if name not in FILTER_FIELDS:
            raise UsageError(f"--where {name}: filter by one of {', '.join(FILTER_FIELDS)}")
        if where.get(name, value) != value:
            raise UsageError(f"--where {name}: given twice; a trade has only one {name}")
        where[name] = value
    return where


def as_where(where: Where) -> dict[str, str]:
    """A filter in any of its spellings as a mapping; None and a blank text select every trade.

    Raises `UsageError`.
    """
    if where is None:
        return {}
    if isinstance(where, str):
        if where.startswith("{"):
            return as_where(_json_object(where))
        return parse_where(_BETWEEN_CONDITIONS.split(where) if where.strip() else [])
    return parse_where([f"{name}={value}" for name, value in where.items()])


def where_text(where: Mapping[str, str]) -> str:
    """A filter as text; `as_where` reads it as the same filter.

    A JSON object is written only where the plain text would be ambiguous: a strategy named
    `a, side=b` becomes `{"strategy":"a, side=b"}`.
    """
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
    except (ValueError, RecursionError) as error:
        raise UsageError(f"where {text!r} is not a JSON object of texts: {error}") from error
    if not all(isinstance(entry, str) for entry in value.values()):
        raise UsageError(f"where {text!r} is not a JSON object of texts")
    return value  # type: ignore[no-any-return]
