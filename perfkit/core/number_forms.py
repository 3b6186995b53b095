"""Numbers as people write them: with a unit, with separators, in parentheses.

    -40.00 USD, $(33.50), 0,62 $, 1.2 %      a unit, before or after; parentheses are a minus
    1,234.50, 1.234,50, 10 153.00, 1'234.50  thousands parted by what is not the decimal mark
    - 2.50, ="10001"                         a blank after the sign; as spreadsheets quote texts
    ['4.32 USD']                             a list of one, as Python prints it

Which mark is the decimal one is known where both occur (the last), where one occurs twice (the
other) or where not three digits follow (1,5). In 1,234 nothing tells: it is 1234 in New York and
1.234 in Berlin, so it is refused unless the dialect says `decimal`. This module is loaded where a
log has such a number; plain ones are read by `values`.
"""

from __future__ import annotations

import re
from decimal import Decimal

from perfkit.core.fast_imports import Pattern
from perfkit.core.one_value import (
    OTHER_CURRENCY,
    BadValueError,
    UnclearNumberError,
    exact_number,
    shown,
)

MAGNITUDES = frozenset(
    {"BIL", "BIO", "BLN", "BPS", "HUNDRED", "MIL", "MILLION", "MIO", "MLN", "MLD", "MRD", "TSD"}
)
"""Words behind a number that change it, and so are no unit."""

SYMBOLS = {
    "€": ("EUR", "EURC", "EURT"),
    "£": ("GBP",),
    "¥": ("JPY", "CNY", "CNH"),
    "₿": ("BTC", "XBT"),
    "₹": ("INR",),
    "₩": ("KRW",),
    "US$": ("USD", "USDT", "USDC", "USDE", "BUSD", "TUSD", "FDUSD", "DAI"),
    "$": (
        *("USD", "USDT", "USDC", "USDE", "BUSD", "TUSD", "FDUSD", "DAI", "AUD", "CAD", "HKD"),
        *("NZD", "SGD", "TWD", "MXN"),
    ),
}
"""The currencies a symbol may stand for."""

_UNIT = r"US\$|[$€£¥₿₹₩%]|[A-Z][A-Z0-9]{2,11}"
_MINUS = "\\-\N{MINUS SIGN}"
_BLANKS = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
_DIGITS = rf"[.,]?[0-9](?:[0-9.,'{_BLANKS}]*[0-9])?"
_WRITTEN = Pattern(
    rf"(?:(?P<sign>[{_MINUS}+])[{_BLANKS}]?)?(?:(?P<before>{_UNIT})[{_BLANKS}]?)?"
    rf"(?P<own>[{_MINUS}+])?(?P<digits>{_DIGITS})"
    rf"(?:[{_BLANKS}]?(?P<after>{_UNIT}))?"
)
_PARENTHESES = Pattern(
    rf"(?P<before>{_UNIT})?[{_BLANKS}]?\((?P<inside>[^(){_MINUS}+]+)\)"
    rf"(?:[{_BLANKS}]?(?P<after>{_UNIT}))?"
)


def written_number(text: str, decimal: str | None = None, currency: str | None = None) -> Decimal:
    """The number that a text is; `decimal` is its decimal mark, where the dialect says it.

    With a `currency` it is money, and a unit must be that currency. Raises `BadValueError`.
    """
    quoted = re.fullmatch(r"""="([^"]*)"|\['([^',]*)'\]""", text)
    body = (quoted[1] or quoted[2] or "") if quoted is not None else text
    enclosed = _PARENTHESES.fullmatch(body)
    matched = _WRITTEN.fullmatch(body if enclosed is None else enclosed["inside"])
    if matched is None:
        raise BadValueError(f"{shown(text)} is not a number")
    signs = (matched["sign"] or "") + (matched["own"] or "")
    units = [unit for found in (enclosed, matched) if found for unit in _units(found)]
    if len(signs) > 1 or len(units) > 1 or (units and units[0] in MAGNITUDES):
        raise BadValueError(f"{shown(text)} is not a number")
    if units and currency is not None:
        _check_currency(text, units[0], currency)
    number = exact_number(_plain(text, matched["digits"], decimal))
    assert number is not None
    return -number if enclosed is not None or signs in ("-", "\N{MINUS SIGN}") else number


def _units(matched: re.Match[str]) -> list[str]:
    return [unit for unit in (matched["before"], matched["after"]) if unit]


def _check_currency(text: str, unit: str, currency: str) -> None:
    """Raises `BadValueError` unless the unit of an amount is the currency of its source."""
    if unit == currency or currency in SYMBOLS.get(unit, ()):
        return
    raise BadValueError(f"{shown(text)} is not in {currency}{OTHER_CURRENCY}")


def _plain(text: str, digits: str, decimal: str | None) -> str:
    """The digits as a plain number: "1.234,50" as "1234.50"."""
    digits = re.sub(f"[{_BLANKS}]", " ", digits)
    mark = decimal or _decimal_mark(text, digits)
    whole, _, fraction = digits.partition(mark) if mark else (digits, "", "")
    if not (fraction == "" or fraction.isdigit()) or not _is_grouped(whole, mark):
        raise BadValueError(f"{shown(text)} is not a number")
    return re.sub(r"[^0-9]", "", whole) + (f".{fraction}" if fraction else "")


def _decimal_mark(text: str, digits: str) -> str:
    """The mark before the fraction; empty without one."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return max(".,", key=digits.rindex)
    if points + commas != 1:
        return ""
    if points:
        return "."
    whole, _, fraction = digits.partition(",")
    if len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0"):
        raise UnclearNumberError(
            f"{shown(text)} is not a clear number: write "
            '`decimal: "."` if the comma separates thousands, `decimal: ","` if it begins the '
            "fraction"
        )
    return ","


def _is_grouped(whole: str, mark: str) -> bool:
    """Whether the digits before the decimal mark are grouped by one separator, or not at all.

    Groups have three digits, or as in India two and at last three: 12,34,567.
    """
    separators = {one for one in whole if not one.isdigit()}
    if len(separators) != 1:
        return not separators and (whole != "" or mark != "")
    (one,) = separators
    head, *groups = whole.split(one)
    if not 1 <= len(head) <= 3 or head.startswith("0") or len(groups[-1]) != 3:
        return False
    sizes = {len(group) for group in groups[:-1]}
    return sizes <= {3} or (sizes == {2} and len(head) <= 2 and one == ",")
