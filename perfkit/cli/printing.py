"""What several commands print: bad lines, and what nothing comes of."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from perfkit.core.errors import LineError, LogReadError, lines_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.book.book import Book
    from perfkit.config.settings import Config
    from perfkit.summary.selection import Selection

MOST_BAD_LINES = 20
"""More bad lines than this are counted, not printed."""


def print_silence(book: Book) -> None:
    """Prints to stderr why nothing comes of a source."""
    from perfkit.book.silent import silent_sources

    for said in silent_sources(book):
        print(f"perfkit: {said}", file=sys.stderr)


def print_likely_readings(selection: Selection) -> None:
    """Prints to stderr how logs that no workspace describes are likely to be read."""
    if readings := selection.likely_readings:
        from perfkit.summary.shown import reading_sentence

        for one in readings:
            print(f"perfkit: {reading_sentence(one)}", file=sys.stderr)


def print_silences(config: Config) -> bool:
    """The same of every source, also where they differ in currency; returns whether any has trades.

    A source that cannot be read is named with the reason.
    """
    from perfkit.book.book import read

    found = False
    for source in config.sources:
        try:
            book = read(config, source.name)
        except LogReadError as error:
            print(f"perfkit: {error}", file=sys.stderr)
            continue
        print_silence(book)
        found |= book.has_trades(source.name)
    return found


def print_if_none_meets(book: Book, where: Mapping[str, str]) -> bool:
    """Prints that no trade of any day meets a filter, which is probably a typing error.

    Returns whether that is so.
    """
    from perfkit.core.filters.where import meeting
    from perfkit.summary.filters import conditions_in_words

    if not where or len(book.last(1, where)):
        return False
    if len(meeting(book.open, where, book.config.calendar)):
        return False

    conditions = " and ".join(conditions_in_words(where))
    print(f"perfkit: no trade in the logs has {conditions}", file=sys.stderr)
    return True


def print_bad_lines(errors: Sequence[LineError]) -> None:
    """Prints bad lines to stderr as `path:line: reason`, so that stdout stays pure JSON."""
    for error in errors[:MOST_BAD_LINES]:
        print(error, file=sys.stderr)
    more = lines_in(errors[MOST_BAD_LINES:])
    if more:
        print(f"... and {more:,} more, see logs/performance/quarantine/", file=sys.stderr)
