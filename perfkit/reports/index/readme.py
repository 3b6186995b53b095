"""`reports/README.md` and `reports/index.html`: every period with its state and its figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from perfkit.core.calendar import WEEKDAYS
from perfkit.core.formatting import NOTHING, amount, escaped, percent, table
from perfkit.desk.desk import Desk
from perfkit.disk.atomic import replace
from perfkit.reports.index.page import index_page
from perfkit.reports.index.periods import (
    EMPTY,
    FAILED,
    MISSING,
    OK_STATE,
    STALE,
    TITLES,
    PeriodEntry,
    entries,
    year_of,
)
from perfkit.reports.index.to_look_at import ToDo, todo
from perfkit.reports.published import REPORTS

MOST_MONTHS = 12
"""Calendars shown; older days are in the tables, and as calendars in `index.html`."""

SIGNS = {OK_STATE: "✓", STALE: "⚠ stale", FAILED: "✗ failed", EMPTY: "∅", MISSING: "missing"}
LEGEND = (
    "✓ ok · ⚠ stale: its figures have changed since, or making it again failed · ✗ failed · "
    "∅ no trades · missing: not made yet · thinned: without pictures and notebook, to save space\n"
)


def write_index(desk: Desk, where: Mapping[str, str]) -> Path:
    """Writes both from the published reports; returns the path of the Markdown.

    `where` chooses the book whose newest day is where the index ends. Raises `OutputError`.
    """
    reports = desk.config.root / REPORTS
    found = entries(desk, where)
    replace(reports / "index.html", index_page(found))
    replace(reports / "README.md", index_markdown(found))
    return reports / "README.md"


def index_markdown(found: Mapping[str, Sequence[PeriodEntry]]) -> str:
    """The index for GitHub and the like: what needs attention, a calendar, then every report."""
    parts = ["# Reports\n"]
    if not any(found.values()):
        return parts[0]
    to_do = list(map(_to_do, todo(found)))
    if to_do:
        parts += ["## Needs attention\n", "\n".join(to_do) + "\n"]
    days = [entry for entry in found["daily"] if not entry.where]
    if days:
        parts += ["## Calendar\n", *_calendar(days), LEGEND]
    for kind, listed in found.items():
        parts += _tables(TITLES.get(kind) or escaped(kind), listed)
    return "\n".join(parts)


def _tables(title: str, listed: Sequence[PeriodEntry]) -> Iterable[str]:
    """The reports of a kind: a table, or one for each year, newest first."""
    if not listed:
        return
    yield f"## {title}\n"
    years = [(year, list(group)) for year, group in groupby(listed, key=year_of)]
    for year, group in years:
        if len(years) > 1:
            yield f"### {title} {year}\n"
        yield table(["Period", "Net P&L", "Trades", "Win rate", "State"], list(map(_row, group)))


def _to_do(one: ToDo) -> str:
    where = _conditions(one.first)
    failed = "" if one.first.card is None else f" [failed]({_url(one.first.card)}),"
    command = _in_code(one.command)
    return f"- {escaped(one.names)}{where}{failed} {one.problem}. {command}"


def _in_code(command: str) -> str:
    """A command as Markdown code on one line, fenced by more backticks than it has in a row."""
    line = "".join(one if one.isprintable() else " " for one in command)
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence, space = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{space}{' '.join(line.split())}{space}{fence}"


def _calendar(days: Sequence[PeriodEntry]) -> Iterable[str]:
    """A table per month, newest first, with a row per week."""
    by_day = {entry.first_day: entry for entry in days}
    months = sorted({(day.year, day.month) for day in by_day}, reverse=True)
    for month in months[:MOST_MONTHS]:
        first = date(*month, 1)
        monday = first - timedelta(days=first.weekday())
        rows = []
        while (monday.year, monday.month) <= month:
            week = [monday + timedelta(days=n) for n in range(7)]
            rows.append(
                [_cell(day, by_day.get(day)) if day.month == first.month else "" for day in week]
            )
            monday += timedelta(days=7)
        yield f"### {first:%B %Y}\n"
        yield table([name.capitalize() for name in WEEKDAYS], rows, left=7)


def _cell(day: date, entry: PeriodEntry | None) -> str:
    if entry is None:
        return str(day.day)
    number = str(day.day)
    link = entry.page or entry.card
    if link is not None:
        number = f"[{day.day}]({_url(link)})"
    text = f"{number} {SIGNS[entry.state]}"
    if entry.headline is not None and entry.state in (OK_STATE, STALE):
        text += f" {amount(entry.headline.net_pnl)}"
    return text


def _row(entry: PeriodEntry) -> list[str]:
    link = entry.page or entry.card
    name = _named(entry)
    if link is not None:
        name = f"[{name}]({_url(link)})"
    state = entry.shown_state
    if entry.headline is None:
        return [name, NOTHING, NOTHING, NOTHING, state]
    net_pnl, trades, rate, currency = entry.headline
    return [
        name,
        NOTHING if net_pnl is None else f"{amount(net_pnl)} {escaped(currency)}",
        f"{trades:,}",
        NOTHING if rate is None else percent(rate),
        state,
    ]


def _url(path: Path) -> str:
    return quote(path.as_posix())


def _named(entry: PeriodEntry) -> str:
    return escaped(entry.label) + _conditions(entry)


def _conditions(entry: PeriodEntry) -> str:
    where = ", ".join(f"{name} = {value}" for name, value in entry.where.items())
    return f" ({escaped(where)})" if where else ""
