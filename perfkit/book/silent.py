"""Sources and days of which nothing is read: an empty result is never without a word.

logs: no file matches ????-??-??.jsonl (there are trades.json, bot.log); check `pattern`
logs/trades.jsonl: all 12 records are ignored; check `only` in the dialect of source bot
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from perfkit.book.book import Book
from perfkit.config.settings import Source
from perfkit.core.errors import kind_of
from perfkit.core.fast_imports import date, time
from perfkit.logs.listing import shown_path

_NAMED = 3
_OWN_OUTPUT = ("performance", ".")


def silent_sources(book: Book) -> list[str]:
    """A sentence for each source of a book from which no trade comes."""
    return [said for source in book.sources if (said := _silence(book, source))]


def missing_days(book: Book, days: Iterable[date]) -> list[date]:
    """Which of some expected days have no file in a source that writes one a day."""
    newest = book.newest_day
    if book.config.quiet_days_are_zero or newest is None:
        return []
    missing: set[date] = set()
    for source, dated in book.dated.items():
        # With a `day_start`, the newest day's first lines stand in the file of the date before.
        split = book.config.calendar.day_start != time(0)
        begun = {newest} if split and book.begun_by(source, newest) else set()
        missing |= {day for day in days if day <= newest and day not in dated | begun}
    return sorted(missing)


def _silence(book: Book, source: Source) -> str:
    files = book.files_of(source.name)
    where = shown_path(source.location, book.config.folder)
    if not files:
        return f"{where}: {_no_file(source)}"
    if book.has_trades(source.name):
        return ""
    read = sum(parsed for file in files for _, parsed, _, _ in file.days)
    ignored = sum(left for file in files for _, _, left, _ in file.days)
    ignored += sum(file.leading[0] for file in files)
    errors = book.errors_by_source().get(source.name, [])
    bad = sum(1 + error.more for error in errors)
    look = f"see `perfkit check {source.name}`"
    if bad and not read:
        reasons = [kind_of(error.reason) for error in errors]
        most = max(set(reasons), key=reasons.count)
        return f"{where}: none of {bad + ignored} records could be read, mostly: {most}; {look}"
    if read:
        return f"{where}: no trade in {read} records; {look}"
    if ignored:
        look = f"check `only` in the dialect of source {source.name}"
        return f"{where}: all {ignored} records are ignored; {look}"
    waiting = next((file.name for file in files if file.waiting), None)
    if waiting is not None:
        return f"{where}: no record is complete yet; check the end of {waiting}"
    return f"{where}: there are no records yet"


def _no_file(source: Source) -> str:
    try:
        found = sorted(os.listdir(source.location))
        names = [name for name in found if not name.startswith(_OWN_OUTPUT)]
    except OSError:
        names = []
    there = ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
    seen = f"there are {there}" if names else "the folder is empty"
    return f"no file matches {source.pattern} ({seen}); check `path` and `pattern` of {source.name}"
