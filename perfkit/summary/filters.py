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
            raise UsageError(f"--where {name}: {_instead_of(name)}")
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
    if not isinstance(where, Mapping):
        raise UsageError(
            f"where={where!r} is not a filter; write where='symbol=BTCUSDT' or "
            "where={'symbol': 'BTCUSDT'}"
        )
    return parse_where([f"{name}={_value_of(name, value)}" for name, value in where.items()])


def _value_of(name: str, value: object) -> str:
    """A value of a filter as text; a number such as that of an account is its digits."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        raise UsageError(
            f"where: {name} is a list, and a filter takes one value; for several, choose rows in "
            f"pandas: desk.summary_of(frame[frame[{name!r}].isin([...])])"
        )
    raise UsageError(f"where: {name}={value!r} is not text; write it in quotes")


def _instead_of(name: str) -> str:
    """What to filter by instead."""
    from difflib import get_close_matches

    close = get_close_matches(name, FILTER_FIELDS, 1)
    meant = f"did you mean {close[0]}? " if close else ""
    return f"{meant}filter by one of {', '.join(FILTER_FIELDS)}"


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
