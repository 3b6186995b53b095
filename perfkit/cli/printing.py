"""What several commands print: a summary as text, and bad lines."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from perfkit.core.errors import LineError, lines_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.book.book import Book
    from perfkit.summary.summary import Summary

MOST_BAD_LINES = 20
"""More bad lines than this are counted, not printed."""


def text_of(summary: Summary, dimensions: Sequence[str]) -> str:
    """A summary as it is printed, with a table for each dimension."""
    from perfkit.summary.render import breakdown_text

    return str(summary) + "".join(
        "\n" + breakdown_text(summary, dimension) for dimension in dimensions
    )


def print_silence(book: Book) -> None:
    """Prints to stderr why nothing comes of a source."""
    from perfkit.book.silent import silent_sources

    for said in silent_sources(book):
        print(f"perfkit: {said}", file=sys.stderr)


def print_bad_lines(errors: Sequence[LineError]) -> None:
    """Prints bad lines to stderr as `path:line: reason`, so that stdout stays pure JSON."""
    for error in errors[:MOST_BAD_LINES]:
        print(error, file=sys.stderr)
    more = lines_in(errors[MOST_BAD_LINES:])
    if more:
        print(f"... and {more:,} more, see logs/performance/quarantine/", file=sys.stderr)
