"""One trading day written down: its trades in fragments, and its sheet.

Fragments are short, so that the last trades of a day are read cheaply; a day is extended by
trades that come after its own without reading more than its last fragment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.book.store.day_sheet import (
    DIMENSIONS,
    Sheet,
    digest_of,
    extended,
    sheet_of,
    unpacked_sheet,
)
from perfkit.book.store.ledger import DayEntry
from perfkit.book.store.packing import PackedTrades, unpacked_trades
from perfkit.book.store.pages import Address, Pages
from perfkit.core.calendar import Calendar
from perfkit.core.trades import Trades, joined
from perfkit.logs.file_log import OPEN

FRAGMENT_ROWS = 512

Fragments = tuple[tuple[Address, int], ...]


def sealed(
    day: int,
    trades: Trades,
    calendar: Calendar,
    pages: Pages,
    epoch: int,
    dimensions: Sequence[str] = DIMENSIONS,
) -> DayEntry:
    """A day written down, with those breakdowns; closed trades are in trade order."""
    packed = PackedTrades(trades)
    sheet = None if day == OPEN else sheet_of(trades, calendar, digest_of(packed), dimensions)
    fragments = _fragments(packed, pages)
    return _entry(epoch, len(trades), fragments, sheet, _opened_from(trades), pages)


def extended_day(
    day: int,
    old: DayEntry,
    trades: Trades,
    calendar: Calendar,
    pages: Pages,
) -> DayEntry:
    """A day with trades that all come after its own, in trade order themselves."""
    fragments = old.fragments
    address, rows = fragments[-1]
    if rows + len(trades) <= FRAGMENT_ROWS:
        last = unpacked_trades(pages.get(address), trades.paths)
        fragments = (*fragments[:-1], *_fragments(PackedTrades(joined([last, trades])), pages))
    else:
        fragments += _fragments(PackedTrades(trades), pages)
    sheet = None
    if old.sheet is not None and day != OPEN:
        sheet = extended([unpacked_sheet(pages.get(old.sheet)), sheet_of(trades, calendar, None)])
    opened_from = _earliest(old.opened_from, _opened_from(trades))
    return _entry(old.epoch, old.rows + len(trades), fragments, sheet, opened_from, pages)


def chained_days(days: Sequence[DayEntry], pages: Pages) -> DayEntry:
    """Runs of one day's trades, each sealed and after the one before, as one."""
    sheets = [unpacked_sheet(pages.get(day.sheet)) for day in days if day.sheet is not None]
    opened_from = None
    for day in days:
        opened_from = _earliest(opened_from, day.opened_from)
    return _entry(
        days[0].epoch,
        sum(day.rows for day in days),
        tuple(fragment for day in days for fragment in day.fragments),
        extended(sheets) if sheets else None,
        opened_from,
        pages,
    )


def joint_day(sheet: Sheet, trades: Trades, pages: Pages) -> DayEntry:
    """A day of several sources together: its trades stay with the sources."""
    return _entry(0, len(trades), (), sheet, _opened_from(trades), pages)


def extended_joint_day(old: DayEntry, trades: Trades, calendar: Calendar, pages: Pages) -> DayEntry:
    """The same with trades that all come after its own, in trade order themselves."""
    assert old.sheet is not None
    sheet = extended([unpacked_sheet(pages.get(old.sheet)), sheet_of(trades, calendar, None)])
    opened_from = _earliest(old.opened_from, _opened_from(trades))
    return _entry(0, old.rows + len(trades), (), sheet, opened_from, pages)


def loaded(day: DayEntry, pages: Pages, paths: Mapping[int, str]) -> Trades:
    """The trades of a day; raises `CacheDamagedError`."""
    return joined([unpacked_trades(pages.get(address), paths) for address, _ in day.fragments])


def _fragments(packed: PackedTrades, pages: Pages) -> Fragments:
    rows = len(packed.trades)
    return tuple(
        (pages.put(packed.run(first, last)), last - first)
        for first in range(0, rows, FRAGMENT_ROWS)
        for last in [min(first + FRAGMENT_ROWS, rows)]
    )


def _entry(
    epoch: int,
    rows: int,
    fragments: Fragments,
    sheet: Sheet | None,
    opened_from: int | None,
    pages: Pages,
) -> DayEntry:
    if sheet is None:
        return DayEntry(epoch, rows, fragments, None, 0, 0, opened_from, 0, 0, 0)
    whole = sheet.whole
    assert whole.first_at is not None
    assert whole.last_at is not None
    return DayEntry(
        epoch=epoch,
        rows=rows,
        fragments=fragments,
        sheet=pages.put(sheet.packed),
        first_at=whole.first_at,
        last_at=whole.last_at,
        opened_from=opened_from,
        net=whole.curve.total,
        peak=whole.curve.peak,
        places=whole.places[0],
    )


def _opened_from(trades: Trades) -> int | None:
    opened_at = trades.opened_at
    if None in opened_at:
        opened_at = [at for at in opened_at if at is not None]
    return min(opened_at, default=None)  # type: ignore[type-var]


def _earliest(one: int | None, other: int | None) -> int | None:
    return min((at for at in (one, other) if at is not None), default=None)
