"""Backtests of rules: when each would have fired, and the P&L of trading on meanwhile.

The steps are those of a live run. Trades before the first day are stepped without events, as in the
first run of a new rule. Clock rules cannot be backtested: they depend on when a run happens.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from perfkit.alerts.announce import Announcer
from perfkit.alerts.check import settings_of
from perfkit.alerts.event import instant_from
from perfkit.alerts.event_log import Event, episodes
from perfkit.alerts.feed import Feed, open_feed
from perfkit.alerts.memory import Memory
from perfkit.alerts.replay import RuleEntry, from_start, replay
from perfkit.alerts.rules.rule import Rule
from perfkit.alerts.rules.steps import NO_GROUP, Point, RuleRun, rows_by_group
from perfkit.config.settings import Config
from perfkit.core.calendar import moment_of
from perfkit.core.errors import UsageError
from perfkit.core.exact import ZERO, add
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import aligned, escaped, fixed, plain, signed, table
from perfkit.core.interpreter import uncollected
from perfkit.core.trades import Trades
from perfkit.summary.amounts import amount
from perfkit.summary.selection import as_date
from perfkit.summary.shown import markdown_with_readings, public_names, text_with_readings

if TYPE_CHECKING:
    from perfkit.charts.style import Chart
    from perfkit.summary.shown import Printer


class BacktestEpisode(NamedTuple):
    """One episode: from `fired_at` to `ended_at` (None: it is still firing).

    `trades` closed in this time, with `net_pnl`; `worst` is the figure farthest beyond the
    threshold.
    """

    group: str
    fired_at: int
    ended_at: int | None
    reason: str | None
    trades: int
    net_pnl: Decimal
    worst: Decimal | None


class RuleHistory(NamedTuple):
    """The backtest of one rule: its episodes, and its figure at every trade."""

    rule: Rule
    episodes: tuple[BacktestEpisode, ...]
    points: tuple[Point, ...]
    steps: int


class Backtest(NamedTuple):
    """Several rules over the same history, `[start, end)`; `events` in their live order.

    `readings` says how logs that no workspace describes are likely to be read.
    """

    start: int
    end: int
    currency: str
    timezone: str
    histories: tuple[RuleHistory, ...]
    events: tuple[Event, ...]
    readings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return text_with_readings("\n".join(_lines(self)) + "\n", self.readings)

    def __dir__(self) -> list[str]:
        return public_names(self)

    def _repr_pretty_(self, printer: Printer, _: object) -> None:
        """The text as IPython asks for it; of a tuple it would show the fields."""
        printer.text(str(self))

    def _repr_markdown_(self) -> str:
        return markdown_with_readings(_markdown(self), self.readings)

    def chart(self, rule: str | None = None, group: str | None = None) -> Chart:
        """The figure of a rule (the first without one), its thresholds and its episodes."""
        try:
            from perfkit.alerts.chart import rule_history
        except ModuleNotFoundError as error:
            from perfkit.core.errors import MissingExtraError

            raise MissingExtraError("matplotlib", "reports") from error

        history = self._of(rule)
        names = list(dict.fromkeys(point.group for point in history.points))
        if group is not None and group not in names:
            shown = ", ".join(name or "(none)" for name in names)
            raise UsageError(f"{group}: no trade of that group; the groups are {shown}")
        chosen = group if group is not None else names[0] if names else NO_GROUP
        points = [point for point in history.points if point.group == chosen]
        episodes = sum(one.group == chosen for one in history.episodes)
        return rule_history(history.rule, points, chosen, episodes, self.currency)

    def _of(self, rule: str | None) -> RuleHistory:
        for history in self.histories:
            if rule in (None, history.rule.id):
                return history
        known = ", ".join(history.rule.id for history in self.histories)
        raise UsageError(f"{rule}: is not in this backtest; the rules are {known}")


def desk_backtest(
    config: Config,
    rules: Sequence[Rule],
    first: str | date | None = None,
    last: str | date | None = None,
) -> Backtest:
    """The backtest behind `Desk.backtest`. Raises `UsageError` for clock rules or a wrong date."""
    if all(one.is_clock for one in rules):
        raise UsageError(f"{rules[0].id} is a clock rule; clock rules cannot be backtested")
    days = [None if day is None or day == "" else as_date(day) for day in (first, last)]
    if days[0] is not None and days[1] is not None and days[1] < days[0]:
        raise UsageError(f"the last day ({last}) is before the first ({first}); swap them")
    return backtest(open_feed(config, whole=True), rules, *days)


def backtest(
    feed: Feed, rules: Sequence[Rule], first: date | None = None, last: date | None = None
) -> Backtest:
    """Steps the rules through the days from `first` to `last`, inclusive; default: all days.

    One alone is open to the other side.
    """
    calendar = feed.config.calendar
    days = [day for day in feed.days() if last is None or day.day <= last.toordinal()]
    start_day = first or (date.fromordinal(days[0].day) if days else last or date(1970, 1, 1))
    newest_day = date.fromordinal(days[-1].day) if days else start_day
    end_day = last or max(newest_day, start_day)
    start, end = calendar.start_of(start_day), calendar.end_of(end_day)
    settings = settings_of(feed.config, feed.missing)
    entries = [RuleEntry(rule, RuleRun(rule, settings)) for rule in rules if not rule.is_clock]
    for entry in entries:
        entry.run.points = []
    memory = Memory()
    memory.entries = {entry.rule.id: entry for entry in entries}
    announcer = Announcer(memory, feed, end)
    with uncollected():
        announcer.trades(replay([from_start(entry, start - 1) for entry in entries], feed, days))
    span = feed.rows(start_day.toordinal(), end_day.toordinal())
    histories = tuple(_history(entry, announcer.events, span, start) for entry in entries)
    currency, events = feed.config.sources[0].currency, tuple(announcer.events)
    return Backtest(start, end, currency, calendar.timezone, histories, events)


def _history(entry: RuleEntry, events: Sequence[Event], span: Trades, start: int) -> RuleHistory:
    rule = entry.rule
    points = tuple(one for one in entry.run.points or () if one.at >= start)
    own = [event for event in events if event["rule"] == rule.id]
    rows = rows_by_group(rule, span, entry.run.settings.calendar)
    seen: defaultdict[str, list[Point]] = defaultdict(list)
    for point in points:
        seen[point.group].append(point)
    found = []
    for fired, ended in episodes(own):
        group = fired["group"] or NO_GROUP
        found.append(_episode(rule, fired, ended, span, rows.get(group, []), seen[group]))
    found.sort(key=lambda one: one.fired_at)
    return RuleHistory(rule, tuple(found), points, len(points))


def _episode(
    rule: Rule,
    fired: Event,
    ended: Event | None,
    span: Trades,
    own: Sequence[int],
    points: Sequence[Point],
) -> BacktestEpisode:
    """An episode; `own` are the rows of its group in the span, `points` its figures."""
    since = instant_from(fired["occurred_at"]) or 0
    until = None if ended is None else instant_from(ended["occurred_at"])
    first = bisect_right(own, since, key=span.closed_at.__getitem__)
    last = len(own) if until is None else bisect_right(own, until, key=span.closed_at.__getitem__)
    rows = own[first:last]
    net = ZERO
    for row in rows:
        net = add(net, span.net_pnl.decimal(row) or ZERO)
    begins = bisect_left(points, since, key=lambda one: one.at)
    ends = len(points) if until is None else bisect_left(points, until, key=lambda one: one.at)
    seen = [one.value for one in points[begins:ends] if one.value is not None]
    choose = min if rule.bound == "below" else max
    return BacktestEpisode(
        fired["group"] or NO_GROUP,
        since,
        until,
        None if ended is None else ended["reason"],
        len(rows),
        net,
        choose(seen) if seen else None,
    )


def _time(instant: int) -> str:
    return f"{moment_of(instant):%Y-%m-%d %H:%M}"


def _for_how_long(episode: BacktestEpisode) -> str:
    if episode.ended_at is None:
        return "still firing"
    minutes = (episode.ended_at - episode.fired_at) // 60_000_000
    days, rest = divmod(minutes, 24 * 60)
    return f"{days} d {rest // 60} h" if days else f"{rest // 60} h {rest % 60:02d} min"


def _pnl(history: RuleHistory) -> Decimal:
    net = ZERO
    for episode in history.episodes:
        net = add(net, episode.net_pnl)
    return net


def _verdict(history: RuleHistory, currency: str) -> str:
    """How often the rule fired, and the P&L of trading on meanwhile, in words."""
    count = len(history.episodes)
    if not count:
        return f"never fired in {history.steps} trades"
    net = _pnl(history)
    times = "once" if count == 1 else f"{count} times"
    trades = sum(episode.trades for episode in history.episodes)
    if net < 0:
        meant = f"not trading then would have saved {fixed(-net, 2)} {currency}"
    elif net > 0:
        meant = f"not trading then would have cost {fixed(net, 2)} {currency}"
    else:
        meant = "not trading then would have made no difference"
    return f"fired {times} in {history.steps} trades; {trades} closed while it was firing; {meant}"


def _rows(history: RuleHistory, shown: Callable[[str], str]) -> list[list[str]]:
    return [
        [
            shown(episode.group) or "–",
            _time(episode.fired_at),
            _for_how_long(episode),
            episode.reason or "–",
            "–" if episode.worst is None else _figure(history.rule, episode.worst),
            str(episode.trades),
            signed(episode.net_pnl),
        ]
        for episode in history.episodes
    ]


def _figure(rule: Rule, value: Decimal) -> str:
    return amount(rule.metric, value, (rule.threshold,))


_HEADS = ("group", "fired (UTC)", "for", "ended", "worst", "trades", "net P&L")


def _lines(found: Backtest) -> list[str]:
    lines = [f"{_time(found.start)} to {_time(found.end)} UTC"]
    for history in found.histories:
        lines += ["", f"{history.rule.id}: {_verdict(history, found.currency)}"]
        if history.episodes:
            lines += aligned(_HEADS, _rows(history, plain)).splitlines()
    return lines


def _markdown(found: Backtest) -> str:
    parts = []
    for history in found.histories:
        parts.append(f"**{history.rule.id}** {_verdict(history, found.currency)}.")
        if history.episodes:
            parts.append(table(_HEADS, _rows(history, escaped)))
    return "\n\n".join(parts) + "\n"
