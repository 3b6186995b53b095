"""Trades chosen in pandas, and their exact figures.

The rows of a frame are identified by the log line that closed each trade, and compared with what
the log says, column by column. What is summed are the trades of the log, never the numbers of the
frame: so a frame of floats has exact figures too. A row that is no trade of the logs, that was
changed or that stands twice is an error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from perfkit.book.book import Book, PnlCurve
from perfkit.core.calendar import Window
from perfkit.core.errors import UsageError
from perfkit.core.trade import Trade
from perfkit.core.trades import Trades
from perfkit.metrics import tally
from perfkit.summary.selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CHOSEN = "chosen"
REMEDY = "take rows of desk.trades() as they are, such as frame[frame['side'] == 'long']"


class ChosenSelection(Selection):
    """Trades that somebody chose one by one: closed ones of a window in trade order, and open ones.

    Its filter says how many they are; no trade has such a field.
    """

    def __init__(
        self,
        book: Book,
        window: Window,
        where: Mapping[str, str],
        closed: Trades,
        opened: Trades,
        readings: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        total = len(book.closed) + len(book.open)
        number = len(closed) + len(opened)
        super().__init__(
            book, window, {**where, CHOSEN: f"{number:,} of {total:,} trades"}, readings
        )
        self.closed = closed
        self.never_closed = opened

    def _trades_of(self, days: Sequence[date]) -> Trades:
        calendar = self.book.config.calendar
        if not days:
            return self.closed.take([])
        return self.closed.between(calendar.start_of(days[0]), calendar.end_of(days[-1]))

    def _curve(self, day: date) -> PnlCurve:
        whole = tally.of(self.day_trades(day))
        return PnlCurve(whole.curve.total, whole.curve.peak, whole.places[0])


class _Known:
    """The trades of a book by their lines, and the values that frames show of them."""

    def __init__(self, book: Book, columns: Mapping[str, list[Any]]) -> None:
        from perfkit.summary.frame import trades_frame

        self.kinds = (book.closed, book.open)
        self.columns = columns
        frames = [trades_frame(trades) for trades in self.kinds]
        self._values = {
            name: tuple(_cells(frame[name]) for frame in frames)
            for name in columns
            if name != "line"
        }
        self._by_line: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for kind, trades in enumerate(self.kinds):
            for row in range(len(trades)):
                self._by_line[str(trades.place(row))].append((kind, row))

    def trade(self, number: int, taken: Container[tuple[int, int]]) -> tuple[int, int]:
        """Kind and row of the trade that a row of the frame is; `taken` are those of rows before.

        Raises `UsageError`.
        """
        line = self.columns["line"][number]
        candidates = self._by_line.get(line, [])
        if not candidates:
            raise UsageError(f"row {number + 1}: {line!r} is not the line of a trade; {REMEDY}")
        equal = [found for found in candidates if self._difference(number, *found) is None]
        for found in equal:
            if found not in taken:
                return found
        if equal:
            raise UsageError(
                f"row {number + 1}: the trade of {line} is in the frame twice; "
                "remove copies with frame.drop_duplicates('line')"
            )
        kind, row = candidates[0]
        name = self._difference(number, kind, row) or ""
        raise UsageError(
            f"row {number + 1}: {name} is {self.columns[name][number]}, but the trade of {line} "
            f"has {self._values[name][kind][row]}; put your own values into columns with other "
            "names; if the log has changed, make the frame again"
        )

    def _difference(self, number: int, kind: int, row: int) -> str | None:
        """The first column in which a row of the frame differs from a trade."""
        for name, values in self._values.items():
            if not _same(self.columns[name][number], values[kind][row]):
                return name
        return None


def chosen_trades(frame: Any, book: Book) -> tuple[Trades, Trades]:
    """The closed and the open trades that the rows of a frame are. Raises `UsageError`."""
    known = _Known(book, _columns_of(frame))
    taken: dict[tuple[int, int], None] = {}
    for number in range(len(frame)):
        taken[known.trade(number, taken)] = None
    closed, opened = (sorted(row for kind, row in taken if kind == wanted) for wanted in (0, 1))
    return book.closed.take(closed), book.open.take(opened)


def chosen_selection(
    frame: Any,
    book: Book,
    window: Window,
    where: Mapping[str, str],
    readings: Mapping[str, Sequence[str]] | None = None,
) -> ChosenSelection:
    """The trades that the rows of a frame are, all closed in the window. Raises `UsageError`."""
    closed, opened = chosen_trades(frame, book)
    outside = len(closed) - len(closed.between(window.start, window.end))
    if outside:
        noun = "trade" if outside == 1 else "trades"
        raise UsageError(
            f"{outside} {noun} of the frame closed outside {window.label}; choose a window that "
            "contains all of them"
        )
    return ChosenSelection(book, window, where, closed, opened, readings)


def _columns_of(frame: Any) -> dict[str, list[Any]]:
    """The columns of a frame that trades have, as lists."""
    names = getattr(frame, "columns", None)
    if names is None:
        kind = type(frame).__name__
        raise UsageError(f"this needs a frame and was given a value of type {kind}; {REMEDY}")
    if "line" not in names:
        raise UsageError(
            f"the frame has no column 'line', which shows which trade a row is; {REMEDY}"
        )
    twice = [name for name in Trade._fields if list(names).count(name) > 1]
    if twice:
        raise UsageError(f"the frame has two columns {twice[0]!r}; give one of them another name")
    return {name: _cells(frame[name]) for name in Trade._fields if name in names}


def _cells(column: Any) -> list[Any]:
    """The values of a column; None for whatever pandas takes for nothing."""
    pairs = zip(column.tolist(), column.isna().tolist(), strict=True)
    return [None if is_nothing else value for value, is_nothing in pairs]


def _same(shown: Any, known: Any) -> bool:
    """Whether a cell shows that value: exactly, or as the nearest float."""
    if known is None or shown is None:
        return known is shown
    if isinstance(known, Decimal):
        if isinstance(shown, float):
            return shown == float(known)
        return isinstance(shown, Decimal | int) and shown == known
    if isinstance(known, datetime):
        return isinstance(shown, datetime) and shown.tzinfo is not None and shown == known
    return bool(shown == known)
