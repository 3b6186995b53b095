"""The index as a page: by kind, name and year; days as calendars; a field to search in it.

All of it is in the page. It can be read without its one script, which is what the field needs; the
page's policy names the digest of that script, so nothing else that stands in the page ever runs.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from html import escape
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from perfkit.core.calendar import WEEKDAYS
from perfkit.core.formatting import amount, percent, plain
from perfkit.reports.index.periods import (
    EMPTY,
    FAILED,
    MISSING,
    OK_STATE,
    STALE,
    TITLES,
    PeriodEntry,
    year_of,
)
from perfkit.reports.index.short import short_amount
from perfkit.reports.index.to_look_at import ToDo, todo
from perfkit.summary.filters import conditions_in_words

WORDS = {"daily": "Daily", "weekly": "Weekly", "monthly": "Monthly"}
"""What stands before the label of a report that was found."""

MOST_OPEN = 6
"""How many things that need attention are shown; the others are folded."""

MOST_PLACES = 16
"""A longer list of kinds and names is folded."""

_CLASSES = {
    OK_STATE: "ok",
    STALE: "stale",
    FAILED: "failed",
    EMPTY: "empty",
    MISSING: "missing",
}


def index_page(found: Mapping[str, Sequence[PeriodEntry]]) -> str:
    """The whole page."""
    if not any(found.values()):
        return _document("<h1>Reports</h1>\n<p>No reports yet.</p>\n", "")
    sections = list(_sections(found))
    parts = [
        "<h1>Reports</h1>",
        '<input id="search" type="search" hidden aria-label="Search" '
        'placeholder="Search, such as: 2025-10 stale">',
        '<section id="found" hidden>\n<p></p>\n<ol></ol>\n</section>',
        '<div id="all">',
        _places(sections),
        *_attention(found),
        *(f"{section.opening}\n{section.body}\n</section>" for section in sections),
        "</div>",
    ]
    return _document("\n".join(parts) + "\n", _text_of("search.js"))


class _Section:
    """The reports of one kind or name: a heading, and for each year a part that can be folded."""

    def __init__(self, number: int, title: str, kind: str, listed: Sequence[PeriodEntry]) -> None:
        self.title = escape(title)
        self.id = f"s{number}"
        self.years = [(year, list(group)) for year, group in groupby(listed, key=year_of)]
        self.opening = f'<section id="{self.id}" data-kind="{escape(kind)}">'
        self._is_days = title == TITLES["daily"]
        legend = f"{_LEGEND}\n" if self._is_days else ""
        body = "\n".join(self._year(*one, n == 0) for n, one in enumerate(self.years))
        self.body = f"<h2>{self.title}</h2>\n{legend}{body}"

    def _year(self, year: str, listed: list[PeriodEntry], is_open: bool) -> str:
        reports = sum(entry.page is not None for entry in listed)
        counts = [f"{reports:,} report{'' if reports == 1 else 's'}"]
        for state in (STALE, FAILED, MISSING):
            count = sum(entry.state == state for entry in listed)
            counts += [f"{count:,} {state}"] if count else []
        inside = _calendars(listed) if self._is_days else "\n".join(map(_card, listed))
        return (
            f"<details{' open' if is_open else ''}>"
            f"<summary>{year} <small>{', '.join(counts)}</small></summary>\n"
            f'<div class="{"months" if self._is_days else "cards"}" id="{self.id}-{year}">\n'
            f"{inside}\n</div></details>"
        )


def _sections(found: Mapping[str, Sequence[PeriodEntry]]) -> Iterator[_Section]:
    """Those that have a report."""
    days = [entry for entry in found["daily"] if not entry.where]
    filtered = [entry for entry in found["daily"] if entry.where]
    others = [kind for kind in found if kind != "daily"]
    titled = [
        (TITLES["daily"], "daily", days),
        ("Filtered days", "daily", filtered),
        *((TITLES.get(kind) or plain(kind), kind, found[kind]) for kind in others),
    ]
    for number, (title, kind, listed) in enumerate(titled, start=1):
        if listed:
            name = kind.capitalize() if kind in TITLES else plain(kind)
            yield _Section(number, title, name, listed)


def _places(sections: Sequence[_Section]) -> str:
    """Links to each kind, and to each of its years where there are several."""
    lines = []
    for section in sections:
        years = [f'<a href="#{section.id}-{year}">{year}</a>' for year, _ in section.years]
        inside = "".join(years) if len(years) > 1 else ""
        lines.append(f'<div><a href="#{section.id}">{section.title}</a>{inside}</div>')
    if len(lines) <= MOST_PLACES:
        return '<nav class="places">\n' + "\n".join(lines) + "\n</nav>"
    return (
        f'<nav class="places"><details><summary>{len(lines):,} names of reports</summary>\n'
        '<div class="columns">\n' + "\n".join(lines) + "\n</div></details></nav>"
    )


def _attention(found: Mapping[str, Sequence[PeriodEntry]]) -> list[str]:
    to_do = list(map(_to_do, todo(found)))
    if not to_do:
        return []
    parts = ["<h2>Needs attention</h2>\n<ul>", *to_do[:MOST_OPEN], "</ul>"]
    more = to_do[MOST_OPEN:]
    if more:
        summary = f"<summary>{len(more):,} more</summary>"
        parts += [f"<details>{summary}\n<ul>", *more, "</ul></details>"]
    return parts


_LEGEND = (
    '<p class="legend">'
    + "".join(f'<span class="{name}">{state}</span>' for state, name in _CLASSES.items())
    + "</p>"
)


def _to_do(one: ToDo) -> str:
    name = f"<strong>{escape(plain(one.names))}</strong>{escape(_conditions(one.first))}"
    card = one.first.card_html or one.first.card
    failed = "" if card is None else f' <a href="{_url(card)}">failed</a>,'
    command = f"<code>{escape(plain(one.command, 400))}</code>"
    return f"<li>{name}{failed} {escape(one.problem)}<br>{command}</li>"


def _calendars(days: Sequence[PeriodEntry]) -> str:
    by_day = {entry.first_day: entry for entry in days}
    months = sorted({(day.year, day.month) for day in by_day}, reverse=True)
    return "\n".join(_calendar(date(*month, 1), by_day) for month in months)


def _calendar(first: date, by_day: Mapping[date, PeriodEntry]) -> str:
    tiles = [f"<b>{name.capitalize()}</b>" for name in WEEKDAYS]
    tiles += ["<span></span>"] * first.weekday()
    day = first
    while day.month == first.month:
        entry = by_day.get(day)
        inside = str(day.day)
        tile = f"<span>{inside}</span>" if entry is None else _linked(entry, inside)
        tiles.append(tile)
        day += timedelta(days=1)
    body = "\n".join(tiles)
    return f'<section><h3>{first:%B %Y}</h3>\n<div class="month">\n{body}\n</div></section>'


def _card(entry: PeriodEntry) -> str:
    return _linked(entry, f"<strong>{escape(_name(entry))}</strong>")


def _linked(entry: PeriodEntry, inside: str) -> str:
    link = entry.html or entry.page or entry.card_html or entry.card
    title = f"{plain(entry.label)}: {entry.shown_state}"
    attributes = f'class="tile {_CLASSES[entry.state]}" title="{escape(title)}"'
    if link is None:
        return f"<span {attributes}>{inside}{_figures(entry)}</span>"
    return f'<a {attributes} href="{_url(link)}">{inside}{_figures(entry)}</a>'


def _figures(entry: PeriodEntry) -> str:
    headline = entry.headline
    if headline is None or entry.state == EMPTY:
        return f"<i>{entry.state}</i>"
    net = headline.net_pnl
    rate = headline.win_rate
    lines = [
        f"{headline.trades:,} trade{'' if headline.trades == 1 else 's'}",
        "" if rate is None else f"{percent(rate, 0)} won",
        entry.state if entry.state == STALE else "",
    ]
    return _money(net) + "".join(f"<i>{line}</i>" for line in lines if line)


def _money(net: Decimal | None) -> str:
    """An amount, and the few characters of it that a tile on a phone has room for."""
    way = "" if not net else ' class="up"' if net > 0 else ' class="down"'
    short, whole = (text.replace("-", "−") for text in (short_amount(net), amount(net)))
    return f'<em{way} data-short="{short}">{whole}</em>'


def _name(entry: PeriodEntry) -> str:
    return plain(entry.label) + _conditions(entry)


def _conditions(entry: PeriodEntry) -> str:
    where = ", ".join(conditions_in_words(entry.where))
    return f" ({plain(where)})" if where else ""


def _url(path: Path) -> str:
    return quote(path.as_posix())


def _text_of(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _document(body: str, script: str) -> str:
    digest = b64encode(sha256(script.encode()).digest()).decode("ascii")
    allowed = f"; script-src 'sha256-{digest}'" if script else ""
    run = f"<script>{script}</script>\n" if script else ""
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
style-src 'unsafe-inline'{allowed}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Reports</title>
<style>
{_text_of("index.css")}</style>
</head>
<body>
{body}{run}</body>
</html>
"""
