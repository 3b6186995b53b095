"""A desk at a glance: its sources, how many trades they have, and what to ask next."""

from __future__ import annotations

from collections.abc import Callable
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
        names = [one.name for one in desk.config.sources if desk.source in (None, one.name)]
        for name in names:
            self._rows.append(self._row(desk, name))

    def text(self, root: str) -> str:
        """For a terminal."""
        asked = "\n".join(f"  {one}" for one in NEXT)
        rows = self._cleaned(plain)
        shown = aligned(HEADER, rows, left=2)
        return f"Desk on {plain(root, LONGEST_REASON)}\n\n{shown}\nAsk:\n{asked}\n"

    def markdown(self, root: str) -> str:
        """For a notebook."""
        asked = ", ".join(f"`{one}`" for one in NEXT)
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
        except PerfkitError as error:
            return [name, currency, NOTHING, NOTHING, NOTHING, str(error)]
        present = book.present_day
        if present is not None:
            self.data_up_to = max(present, self.data_up_to or present)
        first = book.days_with_lines[:1]
        days = f"{first[0]} to {book.days_with_lines[-1]}" if first else NOTHING
        return [name, currency, f"{len(book.files):,}", f"{closed:,}", f"{opened:,}", days]
