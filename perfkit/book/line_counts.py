"""How many lines of which kind each trading day has.

A line that is no trade of its own (bad or ignored) belongs to the day of the trade line before it
in its file, else of the one after it, else of the date its file is named by, else to no day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from perfkit.book.store.ledger import FileEntry
from perfkit.core.fast_imports import NamedTuple, Pattern, date

_DATED = Pattern(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")


class DayLines(NamedTuple):
    """Line counts of one trading day; `files` are numbers of files, `lines` has no blank ones."""

    files: frozenset[int]
    lines: int
    ignored: int


def count_lines(files: Iterable[FileEntry]) -> dict[date | None, DayLines]:
    """Line counts by trading day; those of no day are under None."""
    members: defaultdict[date | None, set[int]] = defaultdict(set)
    lines: Counter[date | None] = Counter()
    ignored: Counter[date | None] = Counter()
    for file in files:
        counts: list[tuple[date | None, int, int, int]] = [
            (date.fromordinal(day), parsed, passed, bad) for day, parsed, passed, bad in file.days
        ]
        named = date_in(file.name)
        first = named if file.first_day is None else date.fromordinal(file.first_day)
        if any(file.leading):
            counts.append((first, 0, file.leading[0], file.leading[1]))
        if file.waiting and (waits := day_of_waiting(file)) is not None:
            members[waits].add(file.number)
        for day, parsed, passed, bad in counts:
            members[day].add(file.number)
            lines[day] += parsed + passed + bad
            ignored[day] += passed
    return {
        day: DayLines(frozenset(numbers), lines[day], ignored[day])
        for day, numbers in members.items()
    }


def day_of_waiting(file: FileEntry) -> date | None:
    """The day that what waits at the end of a file counts in; None where that is every day."""
    named = date_in(file.name)
    return named or (None if file.last_day is None else date.fromordinal(file.last_day))


def date_in(name: str) -> date | None:
    """The date a file is named by; None when it is not."""
    found = _DATED.search(name.rpartition("/")[2])
    try:
        return None if found is None else date.fromisoformat(found[0])
    except ValueError:
        return None
