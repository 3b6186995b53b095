"""Warnings about rules that load, but cannot do what was probably meant.

What is certain to be wrong is an error of `file`. What depends on the logs is a warning here: a
strategy that no trade has, a figure made from a field that the bot never logs, a trading day that
ends in the middle of the session, active hours in which no trade ever closes.

Example: `metric: avg_r` with a source whose lines have no `stop_loss` gives "source bot never logs
stop_loss, which avg_r is computed from".
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from perfkit.alerts.rules.active_hours import holds
from perfkit.alerts.rules.file import LONGEST_WINDOW_US
from perfkit.alerts.rules.gauge import BETTER, Gauge, GaugeSettings
from perfkit.alerts.rules.rule import Rule
from perfkit.alerts.rules.steps import grouping
from perfkit.config.checks import YamlReader, suggestion
from perfkit.config.settings import Config
from perfkit.config.yaml import KeyPath
from perfkit.core.calendar import DAY_US, HOUR_US, WEEKDAYS
from perfkit.core.dimensions import NO_NAME, names_in
from perfkit.core.errors import ConfigError
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.filters.plain import ORDERED_FIELDS, is_plain
from perfkit.core.filters.where import meeting
from perfkit.core.formatting import percent
from perfkit.core.numbers import Numbers
from perfkit.core.trades import (
    BEYOND_1R,
    EXIT_KNOWN,
    HELD,
    MAE_KNOWN,
    MFE_KNOWN,
    PLANNED,
    PNL_KNOWN,
    RISKED,
    TURNED,
    Trades,
)
from perfkit.metrics.facts import Undefined
from perfkit.metrics.registry import METRICS

RECENT_US = 30 * DAY_US
FEWEST = 20
"""Fewer trades do not show at which hours a bot trades."""

MOST_NAMED = 12
"""Longer lists of names are not printed."""

NEAR_US = HOUR_US
MOST_NEAR = Decimal("0.25")
"""A day ends in a session if more of the trades close within an hour of its end; by chance 1/12."""

_COLUMNS = {
    RISKED: "r",
    BEYOND_1R: "r",
    PLANNED: "risk_reward",
    HELD: "hold_us",
    EXIT_KNOWN: "exit_price",
    PNL_KNOWN: "net_pnl",
    TURNED: "turnover",
    MAE_KNOWN: "mae",
    MFE_KNOWN: "mfe",
}
_READ = {
    **{name: name for name in ("commission", "slippage", "r", "risk_reward", "hold_us")},
    **dict.fromkeys(("net_pnl", "gross_profit", "gross_loss"), "net_pnl"),
    **{name: name for name in ("turnover", "mae", "mfe")},
}
_MADE_OF = {
    "r": ("stop_loss", "entry_price", "quantity"),
    "risk_reward": ("stop_loss", "target", "entry_price"),
    "hold_us": ("opened_at",),
    "turnover": ("quantity", "entry_price"),
}
"""Columns that are computed from logged fields; the others are logged themselves."""


class Logged(NamedTuple):
    """Trades to compare rules with; `closed` are in trade order, and all there are if `whole`."""

    closed: Trades
    open: Trades
    whole: bool

    @property
    def none(self) -> str:
        """How a sentence about trades that are not there begins."""
        return "no trade" if self.whole else f"none of the latest {len(self.closed):,} trades"


class Check(NamedTuple):
    """One rule at its place in the file."""

    rule: Rule
    path: KeyPath
    reader: YamlReader
    config: Config

    def warning(self, keys: str, what: str, remedy: str) -> ConfigError:
        """A warning about a key of the rule, such as `where.strategy`."""
        return self.reader.problem((*self.path, *keys.split(".")), what, remedy)


def warnings(
    rules: tuple[Rule, ...], reader: YamlReader, config: Config, logged: Logged
) -> list[ConfigError]:
    """What cannot work, rule by rule; without a closed trade, only what the file itself shows."""
    found: list[ConfigError] = []
    for number, rule in enumerate(rules):
        one = Check(rule, ("rules", str(number)), reader, config)
        found += _repeated(one, rules[:number])
        found += _reminder(one)
        found += _active_days(one)
        if len(logged.closed):
            found += _names(one, logged)
            found += list(_fields(one, logged)) or list(_never(one, logged))
            found += _day_end(one, logged)
            found += _hours(one, logged)
    return found


def _repeated(one: Check, earlier: tuple[Rule, ...]) -> Iterator[ConfigError]:
    for other in earlier:
        if other._replace(id=one.rule.id).definition == one.rule.definition:
            yield one.warning(
                "id", f"the same rule as {other.id!r}: both always fire together", "remove one"
            )
            return


def _reminder(one: Check) -> Iterator[ConfigError]:
    rule = one.rule
    longest = LONGEST_WINDOW_US.get(rule.window or "")
    if longest is not None and rule.remind_us is not None and rule.remind_us >= longest:
        yield one.warning(
            "remind_every",
            f"is longer than a {rule.window} window, with which each episode ends, so there is "
            "never a reminder",
            "write a shorter time",
        )


def _active_days(one: Check) -> Iterator[ConfigError]:
    active, week = one.rule.active, one.config.calendar.trading_week
    if active is None or active.implied:
        return
    if active.start_minute == active.end_minute:
        at = f"{active.start_minute // 60:02d}:{active.start_minute % 60:02d}"
        yield one.warning(
            "active.to", f"is the same time as `from`, which means 24 hours from {at}", "change one"
        )
    if not active.days & week:
        days = ", ".join(WEEKDAYS[day] for day in sorted(active.days))
        yield one.warning(
            "active.days", f"{days}: not a day of the trading_week", "name days on which it trades"
        )


def _names(one: Check, logged: Logged) -> Iterator[ConfigError]:
    """Values of `where` and `by` that no trade has."""
    rule, missing = one.rule, False
    for name, value in rule.where:
        if not is_plain(value) or name in ORDERED_FIELDS:
            continue
        values = (*logged.closed.texts(name), *logged.open.texts(name))
        known = {part for one in set(values) for part in names_in(one)} - {NO_NAME}
        if value in known:
            continue
        missing = True
        field = name.replace("_", " ")
        if known:
            remedy = suggestion(value, sorted(known))
            if len(known) > MOST_NAMED and "did you" not in remedy:
                remedy = f"`perfkit summary --window all --by {name}` lists them"
            yield one.warning(f"where.{name}", f"{logged.none} has the {field} {value!r}", remedy)
        else:
            yield _unlogged(one, f"where.{name}", field, logged)
    if rule.by is not None and not {*logged.closed.texts(rule.by)} - {None}:
        yield _unlogged(one, "by", rule.by.replace("_", " "), logged)
    if missing or rule.is_clock or len(_meeting(one, logged)):
        return
    yield one.warning("where", f"{logged.none} meets all of it", "leave a part out")


def _unlogged(one: Check, key: str, field: str, logged: Logged) -> ConfigError:
    article = "an" if field[0] in "aeiou" else "a"
    return one.warning(
        key, f"{logged.none} has {article} {field}", "leave it out, or name the field in a dialect"
    )


def _fields(one: Check, logged: Logged) -> Iterator[ConfigError]:
    """Sources that never log what the figure is made from."""
    if one.rule.is_clock:
        return
    row = METRICS[one.rule.metric]
    columns = {column for mark, column in _COLUMNS.items() if row.marks & mark}
    columns |= {_READ[name] for name in row.reads if name in _READ}
    trades = _meeting(one, logged)
    for source in dict.fromkeys(trades.source):
        rows = [n for n, name in enumerate(trades.source) if name == source]
        for column in sorted(columns):
            if not _is_empty(trades, column, rows):
                continue
            fields = _MADE_OF.get(column, (column,))
            never = [name for name in fields if _is_empty(trades, name, rows)]
            what = f"source {source} never logs {' or '.join(never)}"
            if not never:
                what = f"no trade of source {source} has {' and '.join(fields)} that fit together"
            made = "" if never == [row.name] else f", which {row.name} is made from"
            yield one.warning("metric", what + made, "log it, or use another metric")


def _never(one: Check, logged: Logged) -> Iterator[ConfigError]:
    """Rules whose figure had no value at any trade: too few in each window, or never defined."""
    rule, config = one.rule, one.config
    if rule.is_clock:
        return
    settings = GaugeSettings(
        config.calendar,
        config.starting_equity,
        config.deposits,
        config.periods_per_year,
        lambda *_: 0,
    )
    trades = _meeting(one, logged)
    groups = grouping(rule, trades)
    gauges: dict[str, Gauge] = {}
    most, reason = 0, ""
    for row, day in enumerate(config.calendar.ordinals_of(trades.closed_at)):
        group = groups(row)[0]
        gauge = gauges.get(group)
        if gauge is None:
            gauge = gauges[group] = Gauge(rule.metric, rule.trades, rule.window, settings)
        gauge.add(trades, row, day)
        most = max(most, gauge.count)
        if gauge.count >= rule.min_trades:
            value = gauge.value()
            if not isinstance(value, Undefined) or value.reason in BETTER:
                return
            reason = value.reason
    if reason:
        yield one.warning(
            "metric", f"{rule.metric} had no value so far ({reason})", "use a longer span"
        )
    elif most and rule.window not in (None, "all"):
        yield one.warning(
            "min_trades",
            f"no {rule.window} window so far had {rule.min_trades} trades, the most were {most}, "
            "so the rule is never evaluated",
            "write fewer, or use a longer window",
        )


def _meeting(one: Check, logged: Logged) -> Trades:
    """The closed trades that the rule is about."""
    return meeting(logged.closed, dict(one.rule.where), one.config.calendar)


def _is_empty(trades: Trades, name: str, rows: list[int]) -> bool:
    column = getattr(trades, name)
    values = column.units if isinstance(column, Numbers) else column
    return all(values[row] is None for row in rows)


def _recent(one: Check, logged: Logged) -> list[int]:
    """When the trades of the rule closed, in the last 30 days of the log."""
    closed = _meeting(one, logged).closed_at
    return [at for at in closed if at > logged.closed.closed_at[-1] - RECENT_US]


def _day_end(one: Check, logged: Logged) -> Iterator[ConfigError]:
    """Days that end where the log does not pause, or in another zone than that of the log."""
    if one.rule.window != "daily":
        return
    calendar = one.config.calendar
    wanted = dict(one.rule.where).get("source")
    for source in one.config.sources:
        zone = str(source.dialect.zone)
        if wanted in (None, source.name) and zone != calendar.timezone:
            yield one.warning(
                "over.window",
                f"days end at {calendar.day_start:%H:%M} {calendar.timezone}, but source "
                f"{source.name} writes its times in {zone}",
                f"set `timezone: {zone}` in config/perfkit.yaml if its days are meant",
            )
    closed = _recent(one, logged)
    if len(closed) < FEWEST:
        return
    near = 0
    for at in closed:
        day = calendar.day_of(at)
        near += at - calendar.start_of(day) < NEAR_US or calendar.end_of(day) - at <= NEAR_US
    if near > MOST_NEAR * len(closed):
        hours = calendar.hours_of(closed)
        quiet = min(range(24), key=lambda hour: (_busy(hours, hour), hour))
        yield one.warning(
            "over.window",
            f"{percent(Decimal(near) / len(closed), 0)} of the trades of the last 30 days closed "
            f"within an hour of {calendar.day_start:%H:%M} {calendar.timezone}, when a trading day "
            "ends: it cuts their session in two",
            "set timezone or day_start in config/perfkit.yaml; "
            f"fewest trades close at {quiet:02d}:00",
        )


def _busy(hours: list[int], hour: int) -> int:
    """Trades that close in the hour before or after the full hour."""
    return sum(one in (hour, (hour - 1) % 24) for one in hours)


def _hours(one: Check, logged: Logged) -> Iterator[ConfigError]:
    """Active hours in which no trade closes."""
    active = one.rule.active
    closed = _recent(one, logged)
    if active is None or active.implied or not closed or any(holds(active, at) for at in closed):
        return
    yield one.warning(
        "active",
        f"none of the {len(closed):,} trades of the last 30 days closed in {active}",
        "check its days, its hours and its timezone",
    )
