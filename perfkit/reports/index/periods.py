"""The state of every period that has a report or should have one, as the index shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import msgspec

from perfkit.core.calendar import Window
from perfkit.core.fast_imports import NamedTuple
from perfkit.desk.desk import Desk
from perfkit.reports.definitions import Definition, definition_of, definitions
from perfkit.reports.failure import Card, cards, rerun
from perfkit.reports.published import (
    FAILURES,
    HTML,
    KINDS,
    NO_DATA,
    PAGE,
    REPORTS,
    SUMMARY,
    Published,
    kinds_in,
    published,
    read_as,
)
from perfkit.reports.template import SINCE_THE_START

OK_STATE, STALE, FAILED, EMPTY, MISSING = "ok", "stale", "failed", "no data", "missing"


_YEAR = re.compile(r"\d{4}", re.ASCII)
TITLES = {
    "daily": "Days",
    "weekly": "Weeks",
    "monthly": "Months",
    "quarterly": "Quarters",
    "yearly": "Years",
}
"""The headings of the kinds that are periods."""

LARGEST_EXPONENT = 150
"""Beyond what sums of logged numbers reach, and within what can be printed."""


class Headline(NamedTuple):
    """The figures shown for a period."""

    net_pnl: Decimal | None
    trades: int
    win_rate: Decimal | None
    currency: str


class PeriodEntry(NamedTuple):
    """One period. Paths are relative to the folder of reports; `since` is when it became stale.

    `first_day` is the first day of the period, `rerun` the command that makes its report, `period`
    the kind of its window where that is not its own kind.
    """

    kind: str
    label: str
    where: Mapping[str, str]
    first_day: date
    state: str
    rerun: str
    page: Path | None = None
    html: Path | None = None
    card: Path | None = None
    card_html: Path | None = None
    since: str | None = None
    headline: Headline | None = None
    period: str = ""
    thinned: bool = False

    @property
    def shown_state(self) -> str:
        """Its state, since when it is stale, and whether its pictures are gone."""
        since = f" since {self.since}" if self.since else ""
        return f"{self.state}{since}{', thinned' if self.thinned else ''}"


class _Figures(msgspec.Struct):
    net_pnl: Decimal | None
    closed_trades: Annotated[int, msgspec.Meta(ge=0, le=10**12)]
    win_rate: Decimal | None

    def __post_init__(self) -> None:
        rate, net = self.win_rate, self.net_pnl
        if net is not None and not (net.is_finite() and abs(net.adjusted()) <= LARGEST_EXPONENT):
            raise ValueError("not an amount of money")
        if rate is not None and not (rate.is_finite() and 0 <= rate <= 1):
            raise ValueError("not a rate")


class _Summary(msgspec.Struct):
    metrics: _Figures
    currency: str


def year_of(entry: PeriodEntry) -> str:
    """The year that its label begins with: week 2026-W01 begins in 2025, and is one of 2026."""
    found = _YEAR.match(entry.label)
    return found[0] if found else str(entry.first_day.year)


def entries(desk: Desk, where: Mapping[str, str]) -> dict[str, list[PeriodEntry]]:
    """Every period by kind, newest first; `where` chooses the book with the newest day.

    A period is missing when it lies between the first report of its kind and the newest day, is
    over, and has neither a report nor a failure. A notebook of somebody's own is made when it is
    asked for, so it misses none, unless the configuration has it as a report.
    """
    reports = desk.config.root / REPORTS
    failed = {(card.kind, card.name): card for card in cards(reports)}
    found: dict[str, list[PeriodEntry]] = {}
    regular = {one.name: one for one in definitions(desk.config)}
    for kind in kinds_in(reports):
        listed = [
            _entry(desk, reports, report, failed.pop((kind, report.folder.name), None))
            for report in published(reports, kind)
        ]
        listed += [_failed(desk, card) for card in failed.values() if card.kind == kind]
        if kind in KINDS:
            listed += missing(desk, Definition(kind, kind, kind), listed, where)
        elif kind in regular:
            listed += missing(desk, definition_of(desk.config, kind), listed, where)
        found[kind] = sorted(listed, key=lambda one: (one.first_day, one.page or Path()))[::-1]
    return found


def missing(
    desk: Desk, definition: Definition, listed: list[PeriodEntry], where: Mapping[str, str]
) -> list[PeriodEntry]:
    """The periods without an entry, from the first of the kind to the last that is over."""
    filters = (definition.where,) if definition.where else ({}, _only_source(where))
    own = [entry for entry in listed if entry.where in filters]
    newest = desk.book_of(definition.where or where).present_day
    if not own or newest is None:
        return []
    calendar = desk.config.calendar
    known = {entry.first_day for entry in own}
    found = []
    window = calendar.window(definition.period, min(known))
    while window.last_day < newest:
        days = calendar.expected_days(window.first_day, window.last_day)
        if days and window.first_day not in known:
            found.append(_missing(definition, window, own[0].where))
        window = calendar.window(definition.period, window.last_day + timedelta(days=1))
    return found


def _only_source(where: Mapping[str, str]) -> dict[str, str]:
    """The filter in a workspace whose sources have different currencies."""
    return {name: value for name, value in where.items() if name == "source"}


def _missing(definition: Definition, window: Window, where: Mapping[str, str]) -> PeriodEntry:
    period = definition.period if definition.name != definition.period else ""
    return PeriodEntry(
        kind=definition.name,
        label=window.label,
        where=where,
        first_day=window.first_day,
        state=MISSING,
        rerun=rerun(definition.name, period, window.last_day.isoformat(), where),
        period=period,
    )


def _entry(desk: Desk, reports: Path, report: Published, card: Card | None) -> PeriodEntry:
    status = report.status
    folder = report.folder.relative_to(reports)
    since = card.failed_at if card else status.stale_since
    state = EMPTY if status.state == NO_DATA else OK_STATE
    day = str(status.parameters["date"])
    return PeriodEntry(
        kind=status.kind,
        label=status.label,
        where=status.where,
        first_day=_first_day(desk, status.window_kind, day),
        state=STALE if since else state,
        rerun=rerun(status.kind, status.period, day, status.where),
        page=folder / PAGE,
        html=folder / HTML if HTML in status.files else None,
        card=_card_path(card) if card else None,
        card_html=_card_html(reports, card) if card else None,
        since=since,
        # The summary beside a page since the start is of its last month alone.
        headline=None if status.kind == SINCE_THE_START else _headline(report.folder),
        period=status.period,
        thinned=bool(status.thinned),
    )


def _failed(desk: Desk, card: Card) -> PeriodEntry:
    day = str(card.parameters["date"])
    return PeriodEntry(
        kind=card.kind,
        label=card.label,
        where=card.where,
        first_day=_first_day(desk, card.period or card.kind, day),
        state=FAILED,
        rerun=rerun(card.kind, card.period, day, card.where),
        period=card.period,
        card=_card_path(card),
        card_html=_card_html(desk.config.root / REPORTS, card),
        since=card.failed_at,
    )


def _first_day(desk: Desk, kind: str, day: str) -> date:
    return desk.config.calendar.window(kind, date.fromisoformat(day)).first_day


def _card_path(card: Card) -> Path:
    return Path(FAILURES) / card.kind / f"{card.name}.md"


def _card_html(reports: Path, card: Card) -> Path | None:
    """The page of a failure for a browser, if there is one."""
    page = _card_path(card).with_suffix(".html")
    return page if (reports / page).exists() else None


def _headline(folder: Path) -> Headline | None:
    summary = read_as(folder / SUMMARY, _Summary)
    if summary is None:
        return None
    figures = summary.metrics
    return Headline(figures.net_pnl, figures.closed_trades, figures.win_rate, summary.currency)
