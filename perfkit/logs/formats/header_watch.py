"""Headers among the rows of a CSV file, under which the columns may be others.

t,pnl,x                  the header
2026-04-08 09:00,5,a     is read by it
t,pnl,fee                another one
2026-04-08 10:00,7,1     cannot be read by the first: an error, unless the dialect passes over it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from perfkit.core.errors import LogReadError


class HeaderWatch:
    """Watches that no row that is read stands under another header than the first.

    `another` is the line of one that does not name the columns as the first, while it stands above
    what follows; else 0.
    """

    def __init__(self, shown: str, header_line: int, *, passes_over: bool) -> None:
        self.another = 0
        self._shown = shown
        self._first = f"line {header_line}" if header_line else "the `columns` of its source"
        self._passes_over = passes_over

    def look(self, headers: Iterable[tuple[int, bool]], rows: Sequence[int], end: int) -> None:
        """Takes lines that are headers, in order, with whether they read alike, and lines read.

        All of them stand before the line `end`. Raises `LogReadError`.
        """
        for line, alike in headers:
            self._check(rows, line)
            self.another = 0 if alike else line
        self._check(rows, end)

    def _check(self, rows: Sequence[int], end: int) -> None:
        first = self.another
        if first and (not self._passes_over or any(first < row < end for row in rows)):
            raise LogReadError(
                self._shown,
                f"line {first} is another header than {self._first}",
                "move the lines from there on to a file of their own, or write "
                f"`header: {first}` in its source to read them alone",
            )
