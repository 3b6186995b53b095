"""The holidays of an exchange as dates, and a configuration that has them.

The package `exchange_calendars` (extra `calendars`) takes a second to load, so it is asked once, by
a command that writes the dates out. All else reads dates.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import date, timedelta

from perfkit.config.checks import suggestion
from perfkit.config.workspace import CONFIG
from perfkit.config.yaml import parse
from perfkit.core.errors import ConfigError, MissingExtraError, UsageError

KEY = "holidays"
EVERY_NAME = "`python -c 'import exchange_calendars as c; print(c.get_calendar_names())'`"


def exchange_holidays(name: str, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which an exchange is closed though it is of its week.

    `name` is that of a calendar, such as XNYS, or an alias such as NYSE. Raises `UsageError` for
    a name or a year that the package does not know, and `MissingExtraError` without the package.
    """
    try:
        import exchange_calendars
    except ModuleNotFoundError as error:
        raise MissingExtraError("exchange_calendars", "calendars") from error
    names = exchange_calendars.get_calendar_names(include_aliases=True)
    if name not in names:
        hint = suggestion(name.upper(), names, EVERY_NAME)
        raise UsageError(f"there is no calendar {name!r}; {hint}")
    try:
        calendar = exchange_calendars.get_calendar(name, start=str(first), end=str(last))
    except ValueError as error:
        raise UsageError(
            f"{name} from {first} to {last}: {error}; choose other years with --from and --to"
        ) from error
    sessions = {session.date() for session in calendar.sessions}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    of_week = [weekday for weekday in range(7) if calendar.weekmask[weekday] == "1"]
    return [day for day in days if day.weekday() in of_week and day not in sessions]


def holidays_text(name: str, days: Sequence[date]) -> str:
    """The lines of the configuration that say those holidays."""
    if not days:
        return f"{KEY}: []  # {name} has none\n"
    years = f"{days[0].year} to {days[-1].year}"
    listed = "".join(f"  - {day}\n" for day in days)
    return f"{KEY}:  # of {name}, {years}\n{listed}"


def exchange_in(text: str) -> str | None:
    """The name of an exchange that a configuration has in place of holidays; None without one."""
    value = parse(text, CONFIG).value
    given = value.get(KEY) if isinstance(value, dict) else None
    return given if isinstance(given, str) else None


def with_holidays(text: str, name: str, days: Sequence[date]) -> str:
    """The text of a configuration with those holidays, all else in it as it was.

    Raises `UsageError` where they cannot be put in without changing something else.
    """
    lines = text.splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines) if line.startswith(f"{KEY}:")]
    first = starts[0] if starts else len(lines)
    end = first + 1
    while end < len(lines) and lines[end][:1] in (" ", "\t", "-", "#", "\r", "\n"):
        end += 1
    while end > first + 1 and lines[end - 1][:1] in ("#", "\r", "\n"):  # of the key that follows
        end -= 1
    before = "".join(lines[:first])
    if before and not before.endswith("\n"):
        before += "\n"
    made = before + holidays_text(name, days) + "".join(lines[end:])
    value = parse(text, CONFIG).value
    wanted = {**value, KEY: [str(day) for day in days]} if isinstance(value, dict) else None
    with contextlib.suppress(ConfigError):
        if parse(made, CONFIG).value == wanted:
            return made
    raise UsageError(
        f"cannot put holidays into {CONFIG} as it is written; leave out --write and copy the lines"
    )
