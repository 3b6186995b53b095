"""The index as a page: months as calendars, a tile per day, then weeks and months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import escape

from perfkit.core.calendar import WEEKDAYS
from perfkit.core.formatting import amount, percent, plain
from perfkit.reports.html_page import document
from perfkit.reports.index.periods import EMPTY, FAILED, MISSING, OK_STATE, STALE, PeriodEntry
from perfkit.reports.index.to_look_at import ToDo, todo
from perfkit.reports.published import KINDS
from perfkit.summary.filters import conditions_in_words

MOST_MONTHS = 24
"""Calendars shown; older days are in the Markdown index."""

_CLASSES = {
    OK_STATE: "ok",
    STALE: "stale",
    FAILED: "failed",
    EMPTY: "empty",
    MISSING: "missing",
}

STYLE = """\
body { max-width: 76rem; }
.legend { color: var(--muted); font-size: .9rem; }
.legend span { display: inline-block; padding: 0 .45rem; margin-right: .3rem; }
.months { display: grid; grid-template-columns: repeat(auto-fill, minmax(30rem, 1fr));
  gap: 1.2rem 2rem; }
.months h3 { margin: .4rem 0; font-size: 1rem; }
.month { display: grid; grid-template-columns: repeat(7, minmax(0, 1fr)); gap: 3px; }
.month b { font-weight: 600; font-size: .75rem; color: var(--muted); text-align: center; }
.tile { display: block; min-height: 3.1rem; padding: .15rem .3rem; font-size: .72rem;
  line-height: 1.25; color: var(--ink); text-decoration: none; border: 1px solid transparent;
  border-radius: 3px; overflow: hidden; font-variant-numeric: tabular-nums; }
.tile i { display: block; white-space: nowrap; font-style: normal; color: var(--muted); }
.tile em { display: block; font-style: normal; font-weight: 600; white-space: nowrap; }
a.tile:hover, a.tile:focus { outline: 2px solid var(--ink); }
.none { color: #aaa; }
.ok { background: #eaf3f9; border-color: #c4deee; }
.stale { background: #fdf0d5; border-color: #e69f00; }
.failed { background: #fbe3d5; border-color: #d55e00; }
.empty { background: #f3f3f3; border-color: #e0e0e0; }
.missing { background: #fff; border: 1px dashed #8c8c8c; }
.up { color: var(--good); } .down { color: var(--bad); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .5rem; }
.cards .tile { font-size: .82rem; min-height: 0; padding: .4rem .55rem; }
.cards .tile strong { display: block; }
code { background: var(--soft); padding: .1rem .3rem; font-size: .85rem; overflow-wrap: anywhere; }
li { margin: .35rem 0; }
@media (max-width: 40rem) {
  .months { grid-template-columns: 1fr; }
  .tile { font-size: .62rem; padding: .1rem .15rem; min-height: 2.7rem; }
  .month .tile i { display: none; }
  .month .tile em { white-space: normal; overflow-wrap: anywhere; }
}
"""


def index_page(found: Mapping[str, Sequence[PeriodEntry]]) -> str:
    """The whole page, without a script."""
    parts = ["<h1>Reports</h1>"]
    if not any(found.values()):
        return document("Reports", parts[0] + "\n<p>No reports yet.</p>\n", STYLE)
    to_do = list(map(_to_do, todo(found)))
    if to_do:
        parts += ["<h2>Needs attention</h2>\n<ul>", *to_do, "</ul>"]
    days = [entry for entry in found["daily"] if not entry.where]
    if days:
        parts += ["<h2>Days</h2>", _LEGEND, _calendars(days)]
    filtered = [entry for entry in found["daily"] if entry.where]
    for title, listed in (
        ("Filtered days", filtered),
        ("Weeks", found["weekly"]),
        ("Months", found["monthly"]),
        *((escape(plain(kind)), found[kind]) for kind in found if kind not in KINDS),
    ):
        if listed:
            cards = "\n".join(map(_card, listed))
            parts.append(f'<h2>{title}</h2>\n<div class="cards">\n{cards}\n</div>')
    return document("Reports", "\n".join(parts) + "\n", STYLE)


_LEGEND = (
    '<p class="legend">'
    + "".join(f'<span class="tile {name}">{state}</span>' for state, name in _CLASSES.items())
    + "</p>"
).replace('class="tile ', 'class="')


def _to_do(one: ToDo) -> str:
    name = f"<strong>{escape(plain(one.names))}</strong>{escape(_conditions(one.first))}"
    failed = "" if one.first.card is None else f' <a href="{_url(one.first.card)}">failed</a>,'
    command = f"<code>{escape(plain(one.command, 400))}</code>"
    return f"<li>{name}{failed} {escape(one.problem)}<br>{command}</li>"


def _calendars(days: Sequence[PeriodEntry]) -> str:
    by_day = {entry.first_day: entry for entry in days}
    months = sorted({(day.year, day.month) for day in by_day}, reverse=True)
    blocks = [_calendar(date(*month, 1), by_day) for month in months[:MOST_MONTHS]]
    return '<div class="months">\n' + "\n".join(blocks) + "\n</div>"


def _calendar(first: date, by_day: Mapping[date, PeriodEntry]) -> str:
    tiles = [f"<b>{name.capitalize()}</b>" for name in WEEKDAYS]
    tiles += ["<span></span>"] * first.weekday()
    day = first
    while day.month == first.month:
        tiles.append(_tile(day, by_day.get(day)))
        day += timedelta(days=1)
    body = "\n".join(tiles)
    return f'<section><h3>{first:%B %Y}</h3>\n<div class="month">\n{body}\n</div></section>'


def _tile(day: date, entry: PeriodEntry | None) -> str:
    if entry is None:
        return f'<span class="tile none">{day.day}</span>'
    return _linked(entry, f"{day.day}{_figures(entry)}")


def _card(entry: PeriodEntry) -> str:
    return _linked(entry, f"<strong>{escape(_name(entry))}</strong>{_figures(entry)}")


def _linked(entry: PeriodEntry, inside: str) -> str:
    link = entry.html or entry.page or entry.card
    title = f"{entry.label}: {entry.state}" + (f" since {entry.since}" if entry.since else "")
    attributes = f'class="tile {_CLASSES[entry.state]}" title="{escape(title)}"'
    if link is None:
        return f"<span {attributes}>{inside}</span>"
    return f'<a {attributes} href="{_url(link)}">{inside}</a>'


def _figures(entry: PeriodEntry) -> str:
    headline = entry.headline
    if headline is None or entry.state == EMPTY:
        return f"<i>{entry.state}</i>"
    net = headline.net_pnl
    way = "" if not net else "up" if net > 0 else "down"
    rate = headline.win_rate
    lines = [
        f"{headline.trades:,} trade{'' if headline.trades == 1 else 's'}",
        "" if rate is None else f"{percent(rate, 0)} won",
        entry.state if entry.state == STALE else "",
    ]
    details = "".join(f"<i>{line}</i>" for line in lines if line)
    return f'<em class="{way}">{amount(net)}</em>{details}'


def _name(entry: PeriodEntry) -> str:
    return plain(entry.label) + _conditions(entry)


def _conditions(entry: PeriodEntry) -> str:
    where = ", ".join(conditions_in_words(entry.where))
    return f" ({plain(where)})" if where else ""


def _url(path: object) -> str:
    from urllib.parse import quote

    return quote(str(path))
