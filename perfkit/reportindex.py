"""`reports/README.md` and `reports/index.html`: every period with its state and its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from perfkit.desk import Desk
from perfkit.files import replace
from perfkit.indexpage import index_page
from perfkit.markdown import NOTHING, escaped, percent, signed, table
from perfkit.periods import EMPTY, FAILED, MISSING, OK_STATE, STALE, Entry, entries
from perfkit.published import KINDS, REPORTS
from perfkit.window import WEEKDAYS

TITLES = {"daily": "Days", "weekly": "Weeks", "monthly": "Months"}
SIGNS = {OK_STATE: "✓", STALE: "⚠ stale", FAILED: "✗ failed", EMPTY: "∅", MISSING: "missing"}
LEGEND = (
    "✓ ok · ⚠ stale: its figures changed since, or it could not be made anew · ✗ failed · "
    "∅ no trades · missing: not made yet\n"
)


def write_index(desk: Desk, where: Mapping[str, str]) -> Path:
    """Writes both from what lies in the folders; returns the path of the Markdown.

    `where` names the book that tells how far the logs go. Raises `OutputError`.
    """
    reports = desk.config.root / REPORTS
    found = entries(desk, where)
    replace(reports / "index.html", index_page(found))
    replace(reports / "README.md", index_markdown(found))
    return reports / "README.md"


def index_markdown(found: Mapping[str, Sequence[Entry]]) -> str:
    """The index for a forge: what needs a look, a calendar of the days, then every report."""
    parts = ["# Reports\n"]
    if not any(found.values()):
        return parts[0]
    todo = [_to_do(entry) for kind in KINDS for entry in found[kind] if needs_a_look(entry)]
    if todo:
        parts += ["## To look at\n", "\n".join(todo) + "\n"]
    days = [entry for entry in found["daily"] if not entry.where]
    if days:
        parts += ["## Calendar\n", *_calendar(days), LEGEND]
    for kind in KINDS:
        if found[kind]:
            header = ["Period", "Net P&L", "Trades", "Win rate", "State"]
            rows = [_row(entry) for entry in found[kind]]
            parts += [f"## {TITLES[kind]}\n", table(header, rows)]
    return "\n".join(parts)


def needs_a_look(entry: Entry) -> bool:
    """Whether somebody should do something about it."""
    return entry.state in (STALE, FAILED, MISSING)


def _to_do(entry: Entry) -> str:
    name = f"{entry.kind.capitalize()} {_named(entry)}"
    if entry.state == MISSING:
        said = "has no report"
    elif entry.card is not None:
        stale = "; the report there is stands since before" if entry.page else ""
        said = f"[failed]({entry.card.as_posix()}), first at {entry.since}{stale}"
    else:
        said = f"is stale since {entry.since}: its figures have changed"
    return f"- {name} {said}. `{_in_code(entry.rerun)}`"


def _in_code(command: str) -> str:
    return " ".join(command.replace("`", "'").split())


def _calendar(days: Sequence[Entry]) -> Iterable[str]:
    """A table per month, newest first, with a row per week."""
    by_day = {entry.first_day: entry for entry in days}
    for month in sorted({(day.year, day.month) for day in by_day}, reverse=True):
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


def _cell(day: date, entry: Entry | None) -> str:
    if entry is None:
        return str(day.day)
    number = str(day.day)
    link = entry.page or entry.card
    if link is not None:
        number = f"[{day.day}]({link.as_posix()})"
    text = f"{number} {SIGNS[entry.state]}"
    if entry.headline is not None and entry.state in (OK_STATE, STALE):
        text += f" {signed(entry.headline.net_pnl)}"
    return text


def _row(entry: Entry) -> list[str]:
    link = entry.page or entry.card
    name = _named(entry)
    if link is not None:
        name = f"[{name}]({link.as_posix()})"
    state = entry.state if entry.since is None else f"{entry.state} since {entry.since}"
    if entry.headline is None:
        return [name, NOTHING, NOTHING, NOTHING, state]
    net_pnl, trades, rate, currency = entry.headline
    return [
        name,
        f"{signed(net_pnl)} {escaped(currency)}",
        f"{trades:,}",
        NOTHING if rate is None else percent(rate),
        state,
    ]


def _named(entry: Entry) -> str:
    where = ", ".join(f"{name} = {value}" for name, value in entry.where.items())
    return escaped(entry.label) + (f" ({escaped(where)})" if where else "")
