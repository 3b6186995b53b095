"""A desk at a glance: its sources, how many trades they have, and what to ask next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from perfkit.book.book import Book
from perfkit.config.settings import Config
from perfkit.core.errors import PerfkitError
from perfkit.core.formatting import NOTHING, aligned, escaped, plain, table

NEXT = (
    "desk.summary('weekly')",
    "desk.breakdown('strategy', 'all')",
    "desk.chart.equity('all')",
    "desk.trades()",
    "desk.explore()",
)
COMPARED = ("strategy", "side", "symbol")
"""Fields whose values are compared where no dimension of the logs has two."""
MOST_VALUES, LONGEST_VALUE = 20, 40
"""Fields with more or longer values, such as the id of a session, are no example."""

HEADER = ("Source", "Currency", "Files", "Closed trades", "Open", "Days")
LONGEST_REASON = 400


class HasBooks(Protocol):
    """What an overview needs of a desk."""

    config: Config
    source: str | None

    def book_of(self, where: dict[str, str]) -> Book: ...


class Overview:
    """What a desk shows of itself: as text, as Markdown, and how far its data goes."""

    def __init__(self, desk: HasBooks) -> None:
        self._rows: list[list[str]] = []
        self.data_up_to: date | None = None
        self._next = [*NEXT]
        names = [one.name for one in desk.config.sources if desk.source in (None, one.name)]
        for name in names:
            self._rows.append(self._row(desk, name))

    def text(self, root: str) -> str:
        """For a terminal."""
        asked = "\n".join(f"  {one}" for one in self._next)
        rows = self._cleaned(plain)
        shown = aligned(HEADER, rows, left=2)
        return f"Desk on {plain(root, LONGEST_REASON)}\n\n{shown}\nAsk:\n{asked}\n"

    def markdown(self, root: str) -> str:
        """For a notebook."""
        asked = ", ".join(f"`{one}`" for one in self._next)
        rows = table(HEADER, self._cleaned(escaped), left=2)
        return f"**Desk** on {escaped(root, LONGEST_REASON)}\n\n{rows}\nAsk: {asked}\n"

    def _cleaned(self, clean: Callable[..., str]) -> list[list[str]]:
        return [[clean(cell, LONGEST_REASON) for cell in row] for row in self._rows]

    def _row(self, desk: HasBooks, name: str) -> list[str]:
        """A source; where it cannot be read, the reason in place of its days."""
        currency = next(one.currency for one in desk.config.sources if one.name == name)
        try:
            book = desk.book_of({"source": name})
            closed, opened = len(book.closed), len(book.open)
            if len(self._next) == len(NEXT):
                self._next[1:1] = _comparison(book, (*desk.config.dimensions, *COMPARED))
        except PerfkitError as error:
            return [name, currency, NOTHING, NOTHING, NOTHING, str(error)]
        present = book.present_day
        if present is not None:
            self.data_up_to = max(present, self.data_up_to or present)
        first = book.days_with_lines[:1]
        days = f"{first[0]} to {book.days_with_lines[-1]}" if first else NOTHING
        return [name, currency, f"{len(book.files):,}", f"{closed:,}", f"{opened:,}", days]


def _comparison(book: Book, fields: Sequence[str]) -> list[str]:
    """A comparison of the two values that closed last, of the first field that has two."""
    from perfkit.summary.comparison.empty_sides import values_in

    for field in fields:
        values = values_in(book.closed, field)
        if 1 < len(values) <= MOST_VALUES and all(map(_is_simple, values[-2:])):
            base, other = (repr(f"{field}={value}") for value in values[-2:])
            return [f"desk.compare({base}, {other})"]
    return []


def _is_simple(value: str) -> bool:
    """Whether a filter takes a value as it stands, and Markdown shows it so."""
    return len(value) <= LONGEST_VALUE and all(char.isalnum() or char in "._- " for char in value)
