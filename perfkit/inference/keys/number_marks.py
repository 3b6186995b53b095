"""Which mark parts the fraction of logged numbers, and whether the reader of logs can read them.

In 1,234 nothing tells whether it is 1234 or 1.234, so a dialect has to say it. Other numbers of the
log do: 1,234.50 and 0.5 show a point, 0,5 a comma. Where none does, the comma separates thousands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from perfkit.core.number_forms import written_number
from perfkit.core.one_value import BadValueError
from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.result import Reading
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import NUMBER, Column, columns_of

_MONEY = ("net_pnl", "gross_pnl", "commission")
_NUMBERS = (*_MONEY, "quantity", "price", "entry_price", "exit_price", "stop_loss", "target")
_OPEN = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2},[0-9]{3}(?![0-9.,])")
"""A number in which nothing tells what its comma is."""
_GROUPED = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9.,])")
_COMMA = re.compile(r"[0-9],(?:[0-9]{1,2}|[0-9]{4,})(?![0-9.,])|(?<![0-9])0,[0-9]|\.[0-9]{3},[0-9]")


def with_decimal(dialect: dict[str, object], columns: Sequence[Column]) -> dict[str, object]:
    """The dialect with what its numbers need to be read: a decimal mark, words for missing ones."""
    used = _used(dialect, columns, _NUMBERS)
    dialect = _with_nulls(dialect, used)
    texts = [value for column in used for value in column.sample if isinstance(value, str)]
    if any(map(_COMMA.search, texts)):
        has_groups = any(map(_GROUPED.search, texts)) or any(map(_OPEN.search, texts))
        points = any("." in text and not _is_grouped(text) for text in texts)
        return {**dialect, "decimal": ","} if has_groups and not points else dialect
    if any(map(_OPEN.search, texts)):
        return {**dialect, "decimal": "."}
    return dialect


def _with_nulls(dialect: dict[str, object], used: Sequence[Column]) -> dict[str, object]:
    """The dialect with the largest double among its nulls, where a number is so written."""
    gaps = (one for one in used if one.kind == NUMBER and one.filled < len(one.values))
    here = {
        value
        for column in gaps
        for value, is_there in zip(column.values, column.present, strict=True)
        if not is_there and isinstance(value, str) and value in shapes.LARGEST_DOUBLES
    }
    known = dialect.get("nulls")
    nulls = known if isinstance(known, list) else []
    new = sorted(here - set(nulls))
    return {**dialect, "nulls": [*nulls, *new]} if new else dialect


def with_marks_asked(reading: Reading, records: Sequence[Mapping[str, object]]) -> Reading:
    """The reading of cells between semicolons, whose numbers may have a decimal comma: 1.250.

    It is asked what the point is, where all numbers with one have three digits after it.
    """
    if not reading.has_results or "decimal" in reading.dialect:
        return reading
    columns = [column for column in columns_of(records) if column.kind == NUMBER]
    texts = [value for column in columns for value in column.sample if isinstance(value, str)]
    pointed = [text for text in texts if "." in text]
    if any("," in text for text in texts) or not all(map(_GROUPED.search, pointed)):
        return reading
    for column in _used(reading.dialect, columns, _NUMBERS):
        said = next((text for text in map(str, column.sample) if "." in text), "")
        if said:
            answers = (
                Answer("no, it separates thousands", {"decimal": ","}),
                Answer("yes, it begins the fraction", {"decimal": "."}),
            )
            question = f"Is the point in {said} of {column.name} a decimal point?"
            doubt = Doubt("decimal", question, answers)
            return reading._replace(doubts=(*reading.doubts, doubt))
    return reading


def _is_grouped(text: str) -> bool:
    return re.search(r"\.[0-9]{3}(?![0-9])", text) is not None


def _used(
    dialect: Mapping[str, object], columns: Sequence[Column], parts: Sequence[str]
) -> list[Column]:
    """The columns of numbers that some parts of a dialect name: not `profit` for `profit_usd`."""
    fields = dialect.get("fields")
    named = fields if isinstance(fields, Mapping) else {}
    text = " ".join(str(named[part]) for part in parts if part in named)
    return [
        one
        for one in columns
        if one.kind == NUMBER and re.search(rf"(?<![\w.]){re.escape(one.expression)}(?!\w)", text)
    ]


def of_unreadable(
    dialect: Mapping[str, object], columns: Sequence[Column], currency: object
) -> list[Doubt]:
    """A question where the reader of logs cannot read amounts that a person can, such as `2R`."""
    decimal = dialect.get("decimal")
    for column in _used(dialect, columns, _MONEY):
        texts = [str(value).strip() for value in column.sample if shapes.is_dressed(value)]
        bad = [text for text in texts if not _can_be_read(text, decimal, currency)]
        if len(bad) * 20 > len(column.sample):
            question = f"perfkit cannot read {bad[0]!r} of {column.name} as an amount."
            return [Doubt("unsupported", question)]
    return []


def _can_be_read(text: str, decimal: object, currency: object) -> bool:
    try:
        written_number(
            text,
            decimal if isinstance(decimal, str) else None,
            str(currency) if currency != "money" else None,
        )
    except BadValueError:
        return False
    return True
