"""What the font can draw, and how wide it is: texts that fit the width of a chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

from perfkit.core.formatting import fixed, plain, signed

FONT = "DejaVu Sans"
"""Comes with matplotlib, so that it is the same everywhere."""

DPI = 200
MOST_LINES = 3


def drawable(text: str) -> str:
    """The text with `?` for every character the font has no glyph for."""
    known = _glyphs()
    return "".join(char if ord(char) in known else "?" for char in text)


def wrapped(text: str, room: float, size: float, weight: str = "normal") -> list[str]:
    """The text in lines of at most `room` inches.

    A word that is too long by itself is cut, and so is what goes beyond three lines.
    """
    words = [_cut(word, room, size, weight) for word in text.split()]
    lines = _filled(words, room, size, weight)
    if len(lines) > MOST_LINES:
        lines = lines[:MOST_LINES]
        lines[-1] = _cut(lines[-1] + " …", room, size, weight)
    return lines


def balanced(text: str, room: float, size: float, weight: str = "normal") -> list[str]:
    """The same in as few lines, but of about equal length, so that no word is left alone."""
    lines = wrapped(text, room, size, weight)
    if len(lines) == 1:
        return lines
    words = " ".join(lines).split()
    narrower = (_filled(words, room * tenths / 10, size, weight) for tenths in (6, 7, 8, 9))
    return next((other for other in narrower if len(other) == len(lines)), lines)


def _filled(words: Sequence[str], room: float, size: float, weight: str) -> list[str]:
    whole = " ".join(words)
    if _inches(whole, size, weight) <= room:  # mostly so, and measuring takes its time
        return [whole]
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}".lstrip()
        if not lines[-1] or _inches(longer, size, weight) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cut(line: str, room: float, size: float, weight: str) -> str:
    while _inches(line, size, weight) > room:
        line = line[:-2] + "…"
    return line


@lru_cache(4096)
def _inches(text: str, size: float, weight: str) -> float:
    font = FontProperties(family=FONT, size=size, weight=weight)
    width, _, _ = _canvas().get_renderer().get_text_width_height_descent(text, font, False)
    return float(width) / DPI


@cache
def _canvas() -> Any:  # matplotlib has no types for its renderers
    """Something to measure texts with, at the resolution of the picture."""
    return FigureCanvasAgg(Figure(figsize=(1, 1), dpi=DPI))


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=FONT))).get_charmap())


NO_NAME, BLANK_NAME = "(none)", "(blank)"


NAME_IN_TITLE = 28


MINUS = "−"


CENT = Decimal("0.01")


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Spelled out, because those of the standard library follow the locale."""


_LETTERS = {0: "", 3: "k", 6: "M", 9: "bn", 12: "tn"}


def money(value: Decimal) -> str:
    """An amount to two decimals, or to two digits where that would leave nothing."""
    return fixed(value, _places(value)).replace("-", MINUS)


def gain(value: Decimal) -> str:
    """An amount with its sign."""
    return signed(value, _places(value)).replace("-", MINUS)


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
    places = 1 if magnitude <= power else 0
    return signed(value.scaleb(-power), places).replace("-", MINUS) + _LETTERS[power]


def safe(name: str, longest: int = 60) -> str:
    """A logged name in characters that can be drawn, on one line; it stays as it is if it can."""
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
