"""`config/alerts.yaml` as rules, or an error that names file, line, key and remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfkit.alerts.rules.active_hours import MINUTE_US, ActiveHours
from perfkit.alerts.rules.gauge import NO_NUMBER, NOT_BY_TRADE
from perfkit.alerts.rules.rule import ABOVE, BELOW, CLOCK_METRICS, Rule
from perfkit.config.settings import Config
from perfkit.config.yaml import Document, KeyPath, parse
from perfkit.core.calendar import WEEKDAYS, WINDOW_KINDS, zone_named
from perfkit.core.errors import ConfigError, WindowError
from perfkit.core.trade import FILTER_FIELDS
from perfkit.metrics.registry import METRICS

RULES_FILE = Path("config/alerts.yaml")

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

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,6})\s*([smhd])")
_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def load_rules(config: Config) -> tuple[Rule, ...]:
    """The rules of a workspace. Raises `ConfigError`; a wrong rule is never left out silently."""
    file, shown = config.root / RULES_FILE, RULES_FILE.as_posix()
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(shown, "", "is not UTF-8", "save it as plain UTF-8 text") from error
    except FileNotFoundError as error:
        raise ConfigError(
            shown, "", "is missing", "write your rules into it; docs/alerts.md shows how"
        ) from error
    except OSError as error:
        raise ConfigError(
            shown, "", f"cannot be read: {error.strerror}", "check that it may be read"
        ) from error
    return rules_of(text, shown, config)


def rules_of(text: str, shown: str, config: Config) -> tuple[Rule, ...]:
    """The rules of a text; `shown` is what errors call the file."""
    return _Reader(shown, parse(text, shown), config).rules()


def duration_us(text: object) -> int | None:
    """Microseconds of `90s`, `10m`, `4h` or `2d`; None where the text is no duration above 0."""
    matched = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if matched is None:
        return None
    return int(matched[1]) * _UNITS[matched[2]] * 1_000_000 or None


class _Reader:
    """Checks one parsed file, key by key."""

    def __init__(self, shown: str, document: Document, config: Config) -> None:
        self.shown = shown
        self.document = document
        self.config = config

    def rules(self) -> tuple[Rule, ...]:
        top = self._mapping((), self.document.value or {}, ("rules",))
        given = top.get("rules")
        if not isinstance(given, list) or not given:
            raise self.problem(
                ("rules",), "holds no rule", "list at least one: `- id: win-rate-20` with its keys"
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

    def problem(self, path: KeyPath, problem: str, remedy: str) -> ConfigError:
        """The error about a key, with the line it (or what should hold it) stands on."""
        known = path
        while known not in self.document.lines and known:
            known = known[:-1]
        line = self.document.lines.get(known)
        where = self.shown if line is None else f"{self.shown}:{line}"
        return ConfigError(where, ".".join(path), problem, remedy)

    def _rule(self, path: KeyPath, given: object) -> Rule:
        entry = self._mapping(path, given, RULE_KEYS)
        name = entry.get("id")
        if not isinstance(name, str) or _ID.fullmatch(name) is None:
            raise self.problem(
                (*path, "id"), f"{name!r} is no id", "write letters, digits, - and _: win-rate-20"
            )
        metric = self._metric(path, entry)
        is_clock = metric in CLOCK_METRICS
        trades, window = self._over(path, entry, is_clock)
        bound, threshold, recover = self._bounds(path, entry, metric)
        for_trades, for_us = self._for(path, entry, is_clock)
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
            severity=self._choice((*path, "severity"), entry.get("severity"), SEVERITIES),
            active=self._active(path, entry),
            remind_us=self._remind(path, entry),
        )

    def _metric(self, path: KeyPath, entry: Mapping[str, Any]) -> str:
        metric = entry.get("metric")
        at = (*path, "metric")
        if metric in NO_NUMBER:
            raise self.problem(at, f"{metric} is no number", "watch a figure that is one")
        if metric in NOT_BY_TRADE:
            raise self.problem(
                at,
                f"{metric} is not a figure of closed trades, so it cannot be told for the past",
                "use open_trade_age_minutes, or a figure of closed trades",
            )
        if not isinstance(metric, str) or metric not in {*METRICS, *CLOCK_METRICS}:
            raise self.problem(
                at,
                f"{metric!r} is no metric",
                f"use a name of docs/metrics.md, or one of {', '.join(CLOCK_METRICS)}",
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
                raise self.problem(at, "is not for what goes by the clock", "leave it out")
            return None, None
        over = self._mapping(at, entry.get("over"), ("trades", "window"))
        if len(over) != 1:
            raise self.problem(at, "names no span, or two", "write {trades: 20} or {window: daily}")
        if "trades" in over:
            return self._count((*at, "trades"), over["trades"], MOST_TRADES), None
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
                (*path, *given[1:]), "has no threshold, or two", "write either `below` or `above`"
            )
        bound = given[0]
        if metric in CLOCK_METRICS and bound == BELOW:
            raise self.problem((*path, bound), "never tells that something is late", "use `above`")
        threshold = self._number((*path, bound), entry[bound], metric)
        recover = threshold
        if "recover" in entry:
            recover = self._number((*path, "recover"), entry["recover"], metric)
        wrong = recover < threshold if bound == BELOW else recover > threshold
        if wrong:
            side = "at or above" if bound == BELOW else "at or below"
            raise self.problem(
                (*path, "recover"),
                f"{recover} is still a breach of `{bound}: {threshold}`",
                f"write a number {side} it",
            )
        return bound, threshold, recover

    def _number(self, path: KeyPath, value: object, metric: str) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.problem(path, f"{value!r} is no number", "write a plain decimal")
        number = Decimal(value)
        if metric in METRICS and METRICS[metric].unit == "fraction" and abs(number) > 1:
            raise self.problem(path, f"{value} is no fraction", "write 0.6 for 60 per cent")
        return number

    def _for(self, path: KeyPath, entry: Mapping[str, Any], is_clock: bool) -> tuple[int, int]:
        at = (*path, "for")
        if "for" not in entry:
            return 1, 0
        given = self._mapping(at, entry["for"], ("trades", "minutes"))
        if len(given) != 1 or (is_clock and "trades" in given):
            raise self.problem(
                at,
                "names no length, or two, or trades where the clock counts",
                "write {minutes: 10}" if is_clock else "write {trades: 2} or {minutes: 10}",
            )
        if "trades" in given:
            return self._count((*at, "trades"), given["trades"], MOST_TRADES), 0
        return 1, self._count((*at, "minutes"), given["minutes"], 1_000_000) * MINUTE_US

    def _min_trades(
        self, path: KeyPath, entry: Mapping[str, Any], is_clock: bool, trades: int | None
    ) -> int:
        at = (*path, "min_trades")
        if "min_trades" not in entry:
            return trades or 1
        if is_clock:
            raise self.problem(at, "is not for what goes by the clock", "leave it out")
        fewest = self._count(at, entry["min_trades"], MOST_TRADES)
        if trades is not None and fewest > trades:
            raise self.problem(
                at, f"{fewest} trades are never in the last {trades}", f"write at most {trades}"
            )
        return fewest

    def _where(
        self, path: KeyPath, entry: Mapping[str, Any], metric: str
    ) -> tuple[tuple[str, str], ...]:
        at = (*path, "where")
        where = self._mapping(at, entry.get("where", {}), self._fields(metric))
        for name, value in where.items():
            if not isinstance(value, str) or not value:
                raise self.problem((*at, name), f"{value!r} is no text", 'write it as a "text"')
            if name == "source" and value not in {one.name for one in self.config.sources}:
                raise self.problem(
                    (*at, name), f"there is no source {value!r}", "name one of config/perfkit.yaml"
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
        """What trades are told apart by; lines only by their source."""
        return ("source",) if metric in ("minutes_since_last_line", "bad_lines") else FILTER_FIELDS

    def _active(self, path: KeyPath, entry: Mapping[str, Any]) -> ActiveHours | None:
        if "active" not in entry:
            return None
        at = (*path, "active")
        given = self._mapping(at, entry["active"], ACTIVE_KEYS)
        zone = given.get("timezone", self.config.calendar.timezone)
        try:
            zone_named(zone)
        except (WindowError, TypeError) as error:
            raise self.problem(
                (*at, "timezone"), f"{zone!r} is unknown", "write one such as America/New_York"
            ) from error
        return ActiveHours(
            self._days((*at, "days"), given.get("days", "mon-sun")),
            self._minute((*at, "from"), given.get("from", "00:00")),
            self._minute((*at, "to"), given.get("to", "24:00")),
            zone,
        )

    def _days(self, path: KeyPath, given: object) -> frozenset[int]:
        names = given if isinstance(given, list) else str(given).split(",")
        days: set[int] = set()
        for name in names:
            first, _, last = str(name).strip().lower().partition("-")
            if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
                raise self.problem(path, f"{name!r} is no weekday", "write mon-fri, or mon,wed,fri")
            start, stop = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            days |= {n % 7 for n in range(start, stop + 1 if stop >= start else stop + 8)}
        if not days:
            raise self.problem(path, "has no day", "write mon-fri, or leave it out")
        return frozenset(days)

    def _minute(self, path: KeyPath, given: object) -> int:
        matched = _CLOCK_TIME.fullmatch(given) if isinstance(given, str) else None
        minute = int(matched[1]) * 60 + int(matched[2]) if matched else -1
        if not 0 <= minute <= 24 * 60:
            raise self.problem(path, f"{given!r} is no time", 'write "HH:MM", say "09:30"')
        return minute

    def _remind(self, path: KeyPath, entry: Mapping[str, Any]) -> int | None:
        if "remind_every" not in entry:
            return None
        length = duration_us(entry["remind_every"])
        if length is None or length < MINUTE_US:
            raise self.problem(
                (*path, "remind_every"),
                f"{entry['remind_every']!r} is no length of at least a minute",
                "write 30m, 4h or 1d",
            )
        return length

    def _count(self, path: KeyPath, value: object, most: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise self.problem(
                path, f"{value!r} is no count", f"write a whole number from 1 to {most}"
            )
        return value

    def _choice(self, path: KeyPath, value: object, allowed: tuple[str, ...]) -> str:
        chosen = allowed[0] if value is None else value
        if chosen not in allowed:
            raise self.problem(path, f"{value!r} is unknown", f"write {' or '.join(allowed)}")
        return str(chosen)

    def _mapping(self, path: KeyPath, value: object, known: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.problem(path, "is not a mapping", "write `key: value` pairs")
        for key in value:
            if key not in known:
                raise self.problem((*path, key), "is unknown", f"use one of {', '.join(known)}")
        return value
