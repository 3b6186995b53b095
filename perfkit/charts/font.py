"""The font of the charts: which characters it can draw, and texts that fit a width."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

FONT = "DejaVu Sans"
"""Comes with matplotlib, so it is the same everywhere."""

DPI = 200
MOST_LINES = 3


def drawable(text: str) -> str:
    """The text with `?` for every character the font has no glyph for."""
    return "".join(char if _has_glyph(char) else "?" for char in text)


def wrapped(text: str, room: float, size: float, weight: str = "normal") -> list[str]:
    """The text in lines of at most `room` inches.

    A word too long for a line is cut, and so is what goes beyond three lines.
    """
    words = [_cut(word, room, size, weight) for word in text.split()]
    lines = _filled(words, room, size, weight)
    if len(lines) > MOST_LINES:
        lines = lines[:MOST_LINES]
        lines[-1] = _cut(lines[-1] + " …", room, size, weight)
    return lines


def balanced(text: str, room: float, size: float, weight: str = "normal") -> list[str]:
    """As `wrapped`, in as few lines but of about equal length: no line has a single word."""
    lines = wrapped(text, room, size, weight)
    if len(lines) == 1:
        return lines
    words = " ".join(lines).split()
    narrower = (_filled(words, room * tenths / 10, size, weight) for tenths in (6, 7, 8, 9))
    return next((other for other in narrower if len(other) == len(lines)), lines)


def _filled(words: Sequence[str], room: float, size: float, weight: str) -> list[str]:
    """The words in lines, each measured once: measuring takes long, and words come again."""
    space = _advance(" ", size, weight)
    lines: list[list[str]] = [[]]
    taken = 0.0
    for word in words:
        inches = _advance(word, size, weight)
        if lines[-1] and taken + space + inches > room:
            lines.append([])
            taken = 0.0
        taken += inches + (space if lines[-1] else 0.0)
        lines[-1].append(word)
    return list(map(" ".join, lines))


def _advance(text: str, size: float, weight: str) -> float:
    """Inches from the start of a text to that of what follows it, also of a space."""
    return _inches(f"n{text}n", size, weight) - _inches("nn", size, weight)


def _cut(line: str, room: float, size: float, weight: str) -> str:
    while _advance(line, size, weight) > room:
        line = line[:-2] + "…"
    return line


@lru_cache(4096)
def _inches(text: str, size: float, weight: str) -> float:
    font = FontProperties(family=FONT, size=size, weight=weight)
    width, _, _ = _canvas().get_renderer().get_text_width_height_descent(text, font, False)
    return float(width) / DPI


@cache
def _canvas() -> Any:  # matplotlib has no types for its renderers
    """A canvas to measure texts with, at the resolution of the pictures."""
    return FigureCanvasAgg(Figure(figsize=(1, 1), dpi=DPI))


@cache
def _has_glyph(char: str) -> bool:
    found = _font().get_char_index(ord(char))  # of all characters at once it would take longer
    return bool(found)


@cache
def _font() -> Any:
    return get_font(findfont(FontProperties(family=FONT)))
