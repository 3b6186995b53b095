"""`config/alerts.yaml` as rules, or an error that names file, line, key and remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfkit.alerts.rules.active_hours import (
    MINUTE_US,
    ActiveHours,
    hours_of_days,
    without_holidays,
)
from perfkit.alerts.rules.gauge import NO_NUMBER, NOT_BY_TRADE
from perfkit.alerts.rules.rule import ABOVE, BELOW, CLOCK_METRICS, Rule
from perfkit.config.checks import YamlReader, read_yaml, suggestion
from perfkit.config.settings import Config
from perfkit.config.yaml import Document, KeyPath, parse
from perfkit.core.calendar import WINDOW_KINDS
from perfkit.core.errors import ConfigError
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trade import FILTER_FIELDS
from perfkit.metrics.concurrency import ON_REQUEST
from perfkit.metrics.registry import METRICS

RULES_FILE = Path("config/alerts.yaml")

TOP_KEYS = ("rules", "ahead", "sinks", "metrics_file")
AHEAD = "10m"
"""A trade that closes later than the present by more than this waits for its time."""
MOST_AHEAD_US = 86_400_000_000

RULE_KEYS = (
    "id",
    "metric",
    "over",
    "below",
    "above",
    "recover",
    "for",
    "min_trades",
    "where",
    "by",
    "severity",
    "active",
    "remind_every",
)
ACTIVE_KEYS = ("days", "from", "to", "timezone")
SEVERITIES = ("warning", "critical")
MOST_TRADES = 10_000
_LONGEST_WINDOW_DAYS = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}
LONGEST_WINDOW_US = {
    kind: (days * 24 + 1) * 60 * MINUTE_US for kind, days in _LONGEST_WINDOW_DAYS.items()
}
"""How long a calendar window lasts at most: a clock change adds an hour."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,6})\s*([smhd])")
_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class AlertFile(NamedTuple):
    """The rules, and how far ahead of the clock a trade may close, in microseconds.

    `reader` knows on which line each key stands.
    """

    rules: tuple[Rule, ...]
    ahead_us: int
    reader: YamlReader


def load_alerts(config: Config) -> AlertFile:
    """The file of a workspace. Raises `ConfigError`; nothing wrong in it is left out silently."""
    shown = RULES_FILE.as_posix()
    try:
        content = read_yaml(config.root / RULES_FILE, shown)
    except FileNotFoundError as error:
        raise ConfigError(
            shown, "", "is missing", "write your rules into it; `perfkit docs alerts` shows how"
        ) from error
    return alerts_of(content.decode(), shown, config)


def alerts_of(text: str, shown: str, config: Config) -> AlertFile:
    """The file with that text; `shown` is what errors call it."""
    return _RulesReader(shown, parse(text, shown), config).file()


def rules_from(entries: Sequence[object], shown: str, config: Config) -> tuple[Rule, ...]:
    """The rules of mappings with the keys of the file; `shown` is what errors call them."""
    return _RulesReader(shown, Document({"rules": list(entries)}, {}), config).file().rules


def duration_us(text: object) -> int | None:
    """Microseconds of `90s`, `10m`, `4h` or `2d`; None where the text is not a duration above 0."""
    matched = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if matched is None:
        return None
    return int(matched[1]) * _UNITS[matched[2]] * 1_000_000 or None


class _RulesReader(YamlReader):
    """Checks the rules, key by key."""

    def __init__(self, shown: str, document: Document, config: Config) -> None:
        super().__init__(shown, document)
        self.config = config

    def file(self) -> AlertFile:
        top = self.mapping((), self.document.value or {}, TOP_KEYS)
        return AlertFile(self._rules(top.get("rules")), self._ahead(top), self)

    def _ahead(self, top: Mapping[str, Any]) -> int:
        given = top.get("ahead", AHEAD)
        ahead_us = duration_us(given)
        if ahead_us is None or ahead_us > MOST_AHEAD_US:
            problem = f"{given!r} is not a duration of at most a day"
            raise self.problem(("ahead",), problem, 'write "10m", "90s" or "1h"')
        return ahead_us

    def _rules(self, given: object) -> tuple[Rule, ...]:
        if not isinstance(given, list) or not given:
            raise self.problem(
                ("rules",), "has no rule", "list at least one: `- id: win-rate-20` with its keys"
            )
        rules: list[Rule] = []
        for n, entry in enumerate(given):
            rule = self._rule(("rules", str(n)), entry)
            if rule.id in {earlier.id for earlier in rules}:
                raise self.problem(
                    ("rules", str(n), "id"),
                    f"{rule.id!r} is the id of two rules",
                    "give each rule an id of its own",
                )
            rules.append(rule)
        return tuple(rules)

    def _rule(self, path: KeyPath, given: object) -> Rule:
        entry = self.mapping(path, given, RULE_KEYS)
        name = entry.get("id")
        if not isinstance(name, str) or _ID.fullmatch(name) is None:
            raise self.problem(
                (*path, "id"),
                f"{name!r} is not an id",
                "write letters, digits, - and _: win-rate-20",
            )
        metric = self._metric(path, entry)
        is_clock = metric in CLOCK_METRICS
        trades, window = self._over(path, entry, is_clock)
        bound, threshold, recover = self._bounds(path, entry, metric)
        self._within_reach(path, metric, trades, bound, (threshold, recover))
        for_trades, for_us = self._for(path, entry, is_clock, window)
        return Rule(
            id=name,
            metric=metric,
            trades=trades,
            window=window,
            bound=bound,
            threshold=threshold,
            recover=recover,
            for_trades=for_trades,
            for_us=for_us,
            min_trades=self._min_trades(path, entry, is_clock, trades),
            where=self._where(path, entry, metric),
            by=self._by(path, entry, metric),
            severity=self.choice((*path, "severity"), entry.get("severity"), SEVERITIES),
            active=self._active(path, entry),
            remind_us=self._remind(path, entry),
        )

    def _metric(self, path: KeyPath, entry: Mapping[str, Any]) -> str:
        metric = entry.get("metric")
        at = (*path, "metric")
        if isinstance(metric, list | dict):
            raise self.problem(at, "is not text", "write the name of one metric")
        if metric in NO_NUMBER:
            raise self.problem(at, f"{metric} is not a number", "watch a figure that is one")
        if metric in NOT_BY_TRADE:
            raise self.problem(
                at,
                f"{metric} is not computed from closed trades, so it has no past values",
                "use open_trade_age_minutes, or a figure of closed trades",
            )
        if metric in [one.name for one in self.config.metrics]:
            raise self.problem(
                at,
                f"{metric} is computed from all trades of a window, not from trade to trade",
                "set a target for it in config/perfkit.yaml, and watch a built-in metric here",
            )
        if metric in ON_REQUEST:
            raise self.problem(
                at,
                f"{metric} needs the times of every trade, and is not kept from trade to trade",
                "set a target for it in config/perfkit.yaml, and watch a built-in metric here",
            )
        if not isinstance(metric, str) or metric not in {*METRICS, *CLOCK_METRICS}:
            raise self.problem(
                at,
                f"{metric!r} is not a metric",
                suggestion(str(metric), [*CLOCK_METRICS, *METRICS], "`perfkit docs metrics`"),
            )
        if metric in METRICS and "ranks" in METRICS[metric].reads:
            raise self.problem(
                at, f"{metric} is not kept from trade to trade", "watch a mean, such as expectancy"
            )
        if metric == "max_drawdown_pct" and self.config.starting_equity is None:
            raise self.problem(
                at,
                "max_drawdown_pct needs an account size",
                "set starting_equity in config/perfkit.yaml",
            )
        return metric

    def _over(
        self, path: KeyPath, entry: Mapping[str, Any], is_clock: bool
    ) -> tuple[int | None, str | None]:
        at = (*path, "over")
        if is_clock:
            if "over" in entry:
                raise self.problem(
                    at, "does not apply to rules that go by the clock", "leave it out"
                )
            return None, None
        over = self.mapping(at, entry.get("over"), ("trades", "window"))
        if len(over) != 1:
            raise self.problem(
                at, "needs exactly one span", "write {trades: 20} or {window: daily}"
            )
        if "trades" in over:
            return self.count((*at, "trades"), over["trades"], MOST_TRADES), None
        if over["window"] not in WINDOW_KINDS:
            raise self.problem(
                (*at, "window"),
                f"{over['window']!r} is unknown",
                f"use one of {', '.join(WINDOW_KINDS)}",
            )
        return None, over["window"]

    def _bounds(
        self, path: KeyPath, entry: Mapping[str, Any], metric: str
    ) -> tuple[str, Decimal, Decimal]:
        given = [bound for bound in (BELOW, ABOVE) if bound in entry]
        if len(given) != 1:
            raise self.problem(
                (*path, *given[1:]),
                "needs exactly one threshold",
                "write either `below` or `above`",
            )
        bound = given[0]
        if metric in CLOCK_METRICS and bound == BELOW:
            raise self.problem(
                (*path, bound), "cannot notice that something is late", "use `above`"
            )
        unit = METRICS[metric].unit if metric in METRICS else ""
        threshold = self.number((*path, bound), entry[bound], unit=unit)
        recover = threshold
        if "recover" in entry:
            recover = self.number((*path, "recover"), entry["recover"], unit=unit)
        wrong = recover < threshold if bound == BELOW else recover > threshold
        if wrong:
            side = "at or above" if bound == BELOW else "at or below"
            raise self.problem(
                (*path, "recover"),
                f"{recover} is still a breach of `{bound}: {threshold}`",
                f"write a number {side} it",
            )
        return bound, threshold, recover

    def _within_reach(
        self,
        path: KeyPath,
        metric: str,
        trades: int | None,
        bound: str,
        limits: tuple[Decimal, Decimal],
    ) -> None:
        """Refuses limits that a figure never passes, or always does.

        A `win_rate` is never below 0 or above 1, a `max_drawdown` never above 0, and of 20 trades
        never more than 20 are losses.
        """
        low, high = METRICS[metric].bounds if metric in METRICS else (0, None)
        if trades is not None and high is None and METRICS[metric].unit == "trades":
            high = trades
        if bound == ABOVE:
            low, high = high, low
        sign = 1 if bound == BELOW else -1
        other = ABOVE if bound == BELOW else BELOW
        threshold, recover = limits
        at = (*path, bound)
        if low is not None and (threshold - low) * sign <= 0:
            raise self.problem(
                at,
                f"{metric} is never {bound} {threshold}, so the rule cannot fire",
                f"write a number {other} {low}",
            )
        if high is not None and (threshold - high) * sign > 0:
            mirrored = f", such as {-threshold}" if high == 0 else ""
            raise self.problem(
                at,
                f"{metric} is always {bound} {threshold}, so the rule would fire all the time",
                f"write a number {bound} {high}{mirrored}",
            )
        if high is not None and (recover - high) * sign > 0:
            raise self.problem(
                (*path, "recover"),
                f"{metric} never reaches {recover}, so an episode would never end",
                f"write at {'most' if bound == BELOW else 'least'} {high}",
            )

    def _for(
        self, path: KeyPath, entry: Mapping[str, Any], is_clock: bool, window: str | None
    ) -> tuple[int, int]:
        at = (*path, "for")
        if "for" not in entry:
            return 1, 0
        given = self.mapping(at, entry["for"], ("trades", "minutes"))
        if len(given) != 1 or (is_clock and "trades" in given):
            raise self.problem(
                at,
                "needs exactly one length",
                "write {minutes: 10}" if is_clock else "write {trades: 2} or {minutes: 10}",
            )
        if "trades" in given:
            return self.count((*at, "trades"), given["trades"], MOST_TRADES), 0
        minutes = self.count((*at, "minutes"), given["minutes"], 1_000_000)
        if minutes * MINUTE_US >= LONGEST_WINDOW_US.get(window or "", minutes * MINUTE_US + 1):
            raise self.problem(
                (*at, "minutes"),
                f"{minutes} minutes are longer than a {window} window, so the rule cannot fire",
                "write fewer, or use another window",
            )
        return 1, minutes * MINUTE_US

    def _min_trades(
        self, path: KeyPath, entry: Mapping[str, Any], is_clock: bool, trades: int | None
    ) -> int:
        at = (*path, "min_trades")
        if "min_trades" not in entry:
            return trades or 1
        if is_clock:
            raise self.problem(at, "does not apply to rules that go by the clock", "leave it out")
        fewest = self.count(at, entry["min_trades"], MOST_TRADES)
        if trades is not None and fewest > trades:
            raise self.problem(
                at, f"{fewest} trades are never in the last {trades}", f"write at most {trades}"
            )
        return fewest

    def _where(
        self, path: KeyPath, entry: Mapping[str, Any], metric: str
    ) -> tuple[tuple[str, str], ...]:
        at = (*path, "where")
        where = self.where(at, entry.get("where", {}), self._fields(metric))
        for name, value in where.items():
            if name == "source" and value not in {one.name for one in self.config.sources}:
                raise self.problem(
                    (*at, name),
                    f"there is no source {value!r}",
                    suggestion(value, [one.name for one in self.config.sources]),
                )
        currencies = {one.currency for one in self.config.sources}
        if metric not in CLOCK_METRICS and len(currencies) > 1 and "source" not in where:
            raise self.problem(
                at,
                f"the sources do not share a currency ({', '.join(sorted(currencies))})",
                "name one with `where: {source: NAME}`; their money is never added",
            )
        return tuple(sorted(where.items()))

    def _by(self, path: KeyPath, entry: Mapping[str, Any], metric: str) -> str | None:
        by = entry.get("by")
        if by is None or by in self._fields(metric):
            return by
        raise self.problem(
            (*path, "by"), f"{by!r} is unknown", f"use one of {', '.join(self._fields(metric))}"
        )

    def _fields(self, metric: str) -> tuple[str, ...]:
        """The fields that groups and filters may use; lines only have a source."""
        if metric in ("minutes_since_last_line", "bad_lines"):
            return ("source",)
        return (*FILTER_FIELDS, *self.config.dimensions)

    def _active(self, path: KeyPath, entry: Mapping[str, Any]) -> ActiveHours | None:
        calendar = self.config.calendar
        if "active" not in entry:
            return hours_of_days(calendar) if calendar.holidays else None
        at = (*path, "active")
        given = self.mapping(at, entry["active"], ACTIVE_KEYS)
        zone = given.get("timezone", calendar.timezone)
        hours = ActiveHours(
            self.weekdays((*at, "days"), given.get("days", "mon-sun")),
            self._minute((*at, "from"), given.get("from", "00:00")),
            self._minute((*at, "to"), given.get("to", "24:00")),
            self.zone((*at, "timezone"), zone),
        )
        return without_holidays(hours, calendar)

    def _minute(self, path: KeyPath, given: object) -> int:
        matched = _CLOCK_TIME.fullmatch(given) if isinstance(given, str) else None
        minute = int(matched[1]) * 60 + int(matched[2]) if matched else -1
        if not 0 <= minute <= 24 * 60:
            raise self.problem(path, f"{given!r} is not a time", 'write "HH:MM", say "09:30"')
        return minute

    def _remind(self, path: KeyPath, entry: Mapping[str, Any]) -> int | None:
        if "remind_every" not in entry:
            return None
        length = duration_us(entry["remind_every"])
        if length is None or length < MINUTE_US:
            raise self.problem(
                (*path, "remind_every"),
                f"{entry['remind_every']!r} is not a length of at least a minute",
                "write 30m, 4h or 1d",
            )
        return length
