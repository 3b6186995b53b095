"""Filters: which trades of a window count. Python, the command line and notebooks share them.

A filter is kept as a mapping of fields to what is said of them (see `core.filters.conditions`),
always the same for the same filter: `symbol=B|A` and `{"symbol": ["A", "B"]}` are both
`{"symbol": "A|B"}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from perfkit.core.errors import UsageError, did_you_mean
from perfkit.core.filters.plain import ORDERED_FIELDS
from perfkit.core.formatting import utf8
from perfkit.core.trade import FILTER_FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from perfkit.config.settings import Config

One: TypeAlias = "str | int | Decimal | date"
Where: TypeAlias = "Mapping[str, One | Sequence[One] | set[str] | frozenset[str]] | str | None"
"""A filter: a mapping of fields to a value, a list of values or a condition; the text
`field=value, field>value`; or a JSON object as text."""

_BETWEEN_CONDITIONS = r",\s*(?=\w+\s*(?:=|!=|<|>))"
_CONDITION = r"\s*([^=!<>]*?)\s*(=|!=|<=|>=|<|>)(.*)"


def filter_fields(config: Config) -> tuple[str, ...]:
    """The fields that a filter may name, dimensions of the sources among them."""
    return (*FILTER_FIELDS, *config.dimensions, *ORDERED_FIELDS)


def parse_where(conditions: Sequence[str], fields: Sequence[str] | None = None) -> dict[str, str]:
    """Texts such as `field=value` as a filter: `["symbol=BTC"]` is `{"symbol": "BTC"}`.

    `fields` are those that there are; None leaves that to a later check. A value that is not UTF-8,
    which no trade has, is kept escaped.
    Raises `UsageError` for a text without a sign, an unknown field, or two values for one text.
    """
    where: dict[str, str] = {}
    for condition in map(utf8, conditions):
        matched = re.fullmatch(_CONDITION, condition, re.DOTALL)
        if matched is None or not matched[1]:
            raise UsageError(
                f"where {condition}: write field=value, for example execution_mode=LIVE"
            )
        name, sign, value = matched.groups()
        said = value if sign == "=" else sign + value.lstrip()
        if sign == "=" and value.startswith(("=", "!=", "<", ">")):
            raise UsageError(
                f"where {condition}: two signs; write {name}{value} or, for a value that begins "
                f'so, {name}="{value}"'
            )
        where[name] = _both(where.get(name), _said(name, said, fields), name)
    return where


def as_where(where: Where, fields: Sequence[str] | None = None) -> dict[str, str]:
    """A filter in any of its spellings as a mapping; None and a blank text select every trade.

    Raises `UsageError`.
    """
    if where is None:
        return {}
    if isinstance(where, str):
        if where.startswith("{"):
            return as_where(_json_object(where), fields)
        return parse_where(re.split(_BETWEEN_CONDITIONS, where) if where.strip() else [], fields)
    if not isinstance(where, Mapping):
        raise UsageError(
            f"where={where!r} is not a filter; write where='symbol=BTCUSDT' or "
            "where={'symbol': 'BTCUSDT'}"
        )
    if not where:
        return {}
    from perfkit.core.filters.conditions import text_of  # most questions are about all trades

    return {name: _said(name, text_of(name, value), fields) for name, value in where.items()}


def _said(name: str, said: str, fields: Sequence[str] | None) -> str:
    """What is said of a field, checked, in its one form."""
    if fields is not None and name not in fields:
        raise UsageError(f"where {name}: {_instead_of(str(name), fields)}")
    from perfkit.core.filters.conditions import conditions_of, said_of

    return said_of(name, conditions_of(name, said))


def _both(known: str | None, said: str, name: str) -> str:
    """What two conditions say of one field."""
    if known is None or known == said:
        return said
    from perfkit.core.filters.conditions import AND, IS, IS_NOT, Said, conditions_of, said_of

    if name in ORDERED_FIELDS:
        return said_of(name, conditions_of(name, f"{known}{AND}{said}"))
    (one,), (other,) = conditions_of(name, known), conditions_of(name, said)
    if one.sign == other.sign == IS_NOT:
        values = tuple(sorted({*one.values, *other.values}))
        return said_of(name, [Said(IS_NOT, values)])
    either = said_of(name, [Said(IS, tuple(sorted({*one.values, *other.values})))])
    raise UsageError(
        f"where {name}: given twice; a trade has only one {name}, write {name}={either} for one "
        "of several"
    )


def _instead_of(name: str, fields: Sequence[str]) -> str:
    """What to filter by instead."""
    return f"{did_you_mean(name, fields)}filter by one of {', '.join(fields)}"


def where_text(where: Mapping[str, str]) -> str:
    """A filter as text; `as_where` reads it as the same filter.

    A JSON object is written only where the plain text would be ambiguous: a strategy named
    `a, side=b` becomes `{"strategy":"a, side=b"}`.
    """
    text = ", ".join(condition_texts(where))
    try:
        plain = as_where(text) == where
    except UsageError:
        plain = False
    if plain:
        return text
    import json

    return json.dumps(where, ensure_ascii=False, separators=(",", ":"))


def condition_texts(where: Mapping[str, str]) -> list[str]:
    """A filter as the command line takes it, a text for each field: `symbol=BTC`, `net_pnl>0`."""
    from perfkit.core.filters.conditions import with_sign

    return [with_sign(name, said) for name, said in where.items()]


def conditions_in_words(where: Mapping[str, str], clean: Callable[[str], str] = str) -> list[str]:
    """A filter to be read, a text for each field: `symbol = BTC or ETH`, `net_pnl > 0`."""
    from perfkit.core.filters.conditions import in_words

    return [in_words(name, said, clean) for name, said in where.items()]


def _json_object(text: str) -> dict[str, str | list[str]]:
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"where {text!r} is not a JSON object of texts: {error}") from error
    for entry in value.values():
        if not all(isinstance(one, str) for one in (entry if isinstance(entry, list) else [entry])):
            raise UsageError(f"where {text!r} is not a JSON object of texts")
    return value  # type: ignore[no-any-return]
