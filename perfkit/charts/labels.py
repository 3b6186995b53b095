"""The words of a chart: amounts, dates and logged names as texts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from perfkit.charts.font import drawable
from perfkit.core.formatting import fixed, plain, signed

NO_NAME, BLANK_NAME = "(none)", "(blank)"
NAME_IN_TITLE = 28
LONGEST_AMOUNT = 12
MINUS = "−"
CENT = Decimal("0.01")
TEN_ROUNDED = Decimal("9.95")
"""From here on, an amount with one decimal reads 10.0."""
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Spelled out, because the names in the standard library follow the locale."""
_LETTERS = {0: "", 3: "k", 6: "M", 9: "bn", 12: "tn"}


def money(value: Decimal) -> str:
    """An amount with two decimals; below 0.01, with two digits: `0.0012`."""
    return fixed(value, _places(value)).replace("-", MINUS)


def gain(value: Decimal) -> str:
    """An amount as `money` writes it, with its sign."""
    return signed(value, _places(value)).replace("-", MINUS)


def brief(value: Decimal) -> str:
    """An amount as `gain` writes it; a long one in two or three digits."""
    text = gain(value)
    return text if len(text) <= LONGEST_AMOUNT else short(value)


def signed_whole(value: Decimal) -> str:
    """An amount without decimals, with its sign: `+12,345`."""
    return signed(value, 0).replace("-", MINUS)


def made(value: Decimal) -> str:
    """`made 6.63` or `lost 4.96`."""
    return f"{'lost' if value < 0 else 'made'} {money(abs(value))}"


def _places(value: Decimal) -> int:
    return 2 if abs(value) >= CENT or not value else 1 - value.adjusted()


def short(value: Decimal) -> str:
    """An amount in two or three digits with its sign: `+1.2k`, `−342`, `+0.3`."""
    if not value:
        return "0"
    magnitude = value.adjusted()
    if magnitude >= 15:
        return f"{value:+.0e}".replace("-", MINUS)
    power = max(0, magnitude // 3 * 3)
    scaled = value.scaleb(-power)
    places = 1 if abs(scaled) < TEN_ROUNDED else 0
    return signed(scaled, places).replace("-", MINUS) + _LETTERS[power]


def safe(name: str, longest: int = 60) -> str:
    """A logged name on one line, at most `longest` characters, in characters the font can draw."""
    if not name:
        return NO_NAME
    return drawable(plain(name, longest)).strip() or BLANK_NAME


def count_of(number: int, noun: str) -> str:
    """`1 trade`, `19 trades`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def short_day(day: date, *, with_year: bool = False) -> str:
    """`9 Oct`, or `9 Oct 2025`."""
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if with_year else "")


def day_text(day: date) -> str:
    """`Thu 9 Oct`."""
    return f"{WEEKDAYS[day.weekday()]} {short_day(day)}"


def two_lines(day: date) -> str:
    """`Thu` above `9 Oct`, for ticks."""
    return f"{WEEKDAYS[day.weekday()]}\n{short_day(day)}"
