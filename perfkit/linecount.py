"""How many lines of which kind each trading day has.

A line that is no trade of its own (bad or ignored) belongs to the day of the trade line before it
in its file, else of the one after it, else of the date its file is named by, else to no day.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import NamedTuple

from perfkit.errors import LineError
from perfkit.tradelog import FileLog
from perfkit.window import Calendar

_DATED = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")


class SourceFile(NamedTuple):
    """One log file as one source reads it.

    `fruitless` are its lines that close a trade without any result: parsed, but bad all the same.
    """

    source: str
    path: Path
    log: FileLog
    fruitless: tuple[LineError, ...] = ()

    @property
    def date(self) -> date | None:
        """The date the file is named by."""
        found = _DATED.search(self.path.name)
        try:
            return None if found is None else date.fromisoformat(found[0])
        except ValueError:
            return None

    @property
    def errors(self) -> list[LineError]:
        """All its bad lines."""
        return sorted([*self.log.errors, *self.fruitless])


class DayLines(NamedTuple):
    """Line counts of one trading day; `files` are numbers of files, `lines` has no blank ones."""

    files: frozenset[int]
    lines: int
    ignored: int
    errors: tuple[LineError, ...]


def count_lines(files: list[SourceFile], calendar: Calendar) -> dict[date | None, DayLines]:
    """Line counts by trading day; those of no day are under None."""
    members: defaultdict[date | None, set[int]] = defaultdict(set)
    lines: Counter[date | None] = Counter()
    ignored: Counter[date | None] = Counter()
    errors: defaultdict[date | None, list[LineError]] = defaultdict(list)
    for number, file in enumerate(files):
        days = calendar.days_of(file.log.at)
        waiting = day_of_waiting(file, calendar) if file.log.waiting_line is not None else None
        if waiting is not None:
            members[waiting].add(number)
        for day, count in Counter(days).items():
            members[day].add(number)
            lines[day] += count
        for line in file.log.ignored:
            own = _day_of_line(line, file, days)
            members[own].add(number)
            ignored[own] += 1
            lines[own] += 1
        for error in file.log.errors:
            own = _day_of_line(error.line, file, days)
            members[own].add(number)
            errors[own].append(error)
            lines[own] += 1
        for error in file.fruitless:
            errors[_day_of_line(error.line, file, days)].append(error)
    return {
        day: DayLines(frozenset(numbers), lines[day], ignored[day], tuple(sorted(errors[day])))
        for day, numbers in members.items()
    }


def day_of_waiting(file: SourceFile, calendar: Calendar) -> date | None:
    """The day of a last line without a newline: the file's, else that of the trade before it."""
    return file.date or (calendar.day_of(file.log.at[-1]) if file.log.at else None)


def _day_of_line(line: int, file: SourceFile, days: list[date]) -> date | None:
    numbers = file.log.lines.line
    if not numbers:
        return file.date
    return days[max(0, bisect_right(numbers, line) - 1)]
