"""`config/perfkit.yaml` as typed values, or an error that names file, line, key and remedy."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import time
from decimal import Decimal

from perfkit.config.dialect import BUILT_IN, Dialect, compile_dialect
from perfkit.config.workspace import CONFIG, below
from perfkit.config.yaml import Document, KeyPath, document
from perfkit.core.calendar import (
    EVERY_DAY,
    MONDAY_TO_FRIDAY,
    WEEKDAYS,
    WINDOW_KINDS,
    Calendar,
    zone_named,
)
from perfkit.core.errors import ConfigError, PerfkitError, WindowError
from perfkit.core.fast_imports import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # an alert run has no time to load it
    from pathlib import Path
    from typing import Any

DAILY_PATTERN = "????-??-??.jsonl"
LONGEST_CURRENCY = 12
DEFAULT_PERIODS = 365
WEEKDAY_PERIODS = 252
"""Trading days a year, by default and for a Monday-Friday week."""

_KEYS = (
    "sources",
    "timezone",
    "day_start",
    "trading_week",
    "quiet_days",
    "starting_equity",
    "breakeven_tolerance",
    "multiplier",
    "targets",
    "periods_per_year",
)
_SOURCE_KEYS = ("name", "path", "pattern", "currency", "timezone", "dialect")
BOUNDS = ("at_least", "at_most")


class Source(NamedTuple):
    """One bot's logs: where they lie, in which dialect and currency.

    `location` is the path of a file, or of a folder in which `pattern` names the files.
    """

    name: str
    location: str
    pattern: str
    currency: str
    dialect: Dialect

    @property
    def path(self) -> Path:
        """The location as a path."""
        from pathlib import Path

        return Path(self.location)


class Target(NamedTuple):
    """What a metric should reach: `bound` is at_least or at_most; `window` None means every one."""

    metric: str
    bound: str
    value: Decimal
    window: str | None


class Config(NamedTuple):
    """A workspace's settings; `folder` is the path of the one that holds `config/`.

    `text` is the file they were read from, `override` the time zone given in place of its own,
    empty without one.
    """

    folder: str
    sources: tuple[Source, ...]
    calendar: Calendar
    quiet_days_are_zero: bool
    starting_equity: Decimal | None
    breakeven_tolerance: Decimal
    multipliers: dict[str, Decimal]
    targets: tuple[Target, ...]
    periods_per_year: int
    text: bytes = b""
    override: str = ""

    @property
    def root(self) -> Path:
        """The folder as a path."""
        from pathlib import Path

        return Path(self.folder)


def load(root: Path | str, timezone: str | None = None, *, cached: bool = True) -> Config:
    """Reads the configuration of a workspace; `timezone` overrides the one it names.

    `cached` says whether a copy of the parsed file may be used, and left.

    Raises `ConfigError`; nothing missing or wrong is ever replaced by a guess.
    """
    folder = os.fspath(root)
    file = os.path.join(folder, CONFIG)
    try:
        with open(file, "rb") as stream:
            content = stream.read()
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(CONFIG, "", "is not UTF-8", "save it as plain UTF-8 text") from error
    except OSError as error:
        raise ConfigError(
            file, "", f"cannot be read: {error.strerror}", "check that it may be read"
        ) from error
    parsed = document(folder, CONFIG, content, cached=cached)
    config = _Reader(CONFIG, parsed).config(folder, timezone)
    return config._replace(text=content, override=timezone or "")


def _reads_the_same(one: Source, other: Source) -> bool:
    return (one.location, one.pattern, one.dialect._replace(name="")) == (
        other.location,
        other.pattern,
        other.dialect._replace(name=""),
    )


class _Reader:
    """Checks one parsed file, key by key."""

    def __init__(self, shown: str, document: Document) -> None:
        self.shown = shown
        self.document = document

    def config(self, folder: str, timezone: str | None) -> Config:
        top = self._mapping((), self.document.value or {}, _KEYS)
        calendar = self._calendar(top, timezone)
        sources = self._sources(top.get("sources"), folder, calendar.timezone)
        return Config(
            folder=folder,
            sources=sources,
            calendar=calendar,
            quiet_days_are_zero=self._choice(top, "quiet_days", ("missing", "zero")) == "zero",
            starting_equity=self._optional_number(top, "starting_equity", above_zero=True),
            breakeven_tolerance=self._optional_number(top, "breakeven_tolerance") or Decimal(0),
            multipliers=self._multipliers(top.get("multiplier", {})),
            targets=self._targets(top.get("targets", {})),
            periods_per_year=self._periods(top, calendar),
        )

    def problem(self, path: KeyPath, problem: str, remedy: str) -> ConfigError:
        """The error about a key, with the line it (or what should hold it) stands on."""
        known = path
        while known not in self.document.lines and known:
            known = known[:-1]
        line = self.document.lines.get(known)
        where = self.shown if line is None else f"{self.shown}:{line}"
        return ConfigError(where, ".".join(path), problem, remedy)

    def _calendar(self, top: Mapping[str, Any], override: str | None) -> Calendar:
        name = override if override is not None else top.get("timezone", "UTC")
        path = ("timezone",)
        if not isinstance(name, str):
            raise self.problem(path, f"{name!r} is no zone", "write one such as Europe/Berlin")
        try:
            zone_named(name)
        except WindowError as error:
            if override is not None:
                raise
            raise self.problem(
                path, f"{name!r} is unknown", "write one such as Europe/Berlin"
            ) from error
        return Calendar(name, self._day_start(top), self._trading_week(top))

    def _day_start(self, top: Mapping[str, Any]) -> time:
        text = top.get("day_start", "00:00")
        try:
            parsed = time.fromisoformat(text)
        except (TypeError, ValueError):
            parsed = None
        if parsed is None or parsed.tzinfo is not None or len(str(text)) != len("00:00"):
            raise self.problem(("day_start",), f"{text!r} is no time", 'write "HH:MM", say "17:00"')
        return parsed

    def _trading_week(self, top: Mapping[str, Any]) -> frozenset[int]:
        if "trading_week" not in top:
            return EVERY_DAY
        given = top["trading_week"]
        names = given if isinstance(given, list) else str(given).split(",")
        days: set[int] = set()
        for name in names:
            first, _, last = str(name).strip().lower().partition("-")
            if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
                raise self.problem(
                    ("trading_week",), f"{name!r} is no weekday", "write mon-fri, or mon,wed,fri"
                )
            start, stop = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            days |= {n % 7 for n in range(start, stop + 1 if stop >= start else stop + 8)}
        if not days:
            raise self.problem(("trading_week",), "has no day", "write mon-fri, or leave it out")
        return frozenset(days)

    def _sources(self, given: object, folder: str, zone: str) -> tuple[Source, ...]:
        if not isinstance(given, list) or not given:
            raise self.problem(
                ("sources",), "names no source", "list at least one: `- name: bot` with its path"
            )
        sources = tuple(
            self._source(("sources", str(n)), entry, folder, zone) for n, entry in enumerate(given)
        )
        for n, source in enumerate(sources):
            if source.name in {earlier.name for earlier in sources[:n]}:
                raise self.problem(
                    ("sources", str(n), "name"),
                    f"{source.name!r} is the name of two sources",
                    "give each source a name of its own",
                )
            same = [earlier.name for earlier in sources[:n] if _reads_the_same(earlier, source)]
            if same:
                raise self.problem(
                    ("sources", str(n), "path"),
                    f"{source.name!r} reads what {same[0]!r} reads, so every trade counts twice",
                    "name another path, or tell their lines apart with `only`",
                )
        return sources

    def _source(self, path: KeyPath, given: object, folder: str, zone: str) -> Source:
        entry = self._mapping(path, given, _SOURCE_KEYS)
        name = self._text((*path, "name"), entry.get("name"))
        location = self._text((*path, "path"), entry.get("path"))
        source_zone = self._text((*path, "timezone"), entry.get("timezone", zone))
        try:
            tzinfo = zone_named(source_zone)
        except WindowError as error:
            raise self.problem(
                (*path, "timezone"), f"{source_zone!r} is unknown", "write one such as UTC"
            ) from error
        spec = entry.get("dialect", "trade_record")
        known = BUILT_IN.get(spec) if isinstance(spec, str) else spec
        if not isinstance(known, dict):
            raise self.problem(
                (*path, "dialect"),
                f"{spec!r} is unknown",
                f"write {', '.join(BUILT_IN)} or a mapping with `fields`",
            )
        label = spec if isinstance(spec, str) else name

        def problem(key: str, what: str, remedy: str) -> PerfkitError:
            keys = tuple(part for part in key.split(".") if part)
            return self.problem((*path, "dialect", *keys), what, remedy)

        return Source(
            name=name,
            location=below(folder, location),
            pattern=self._pattern((*path, "pattern"), entry.get("pattern", DAILY_PATTERN)),
            currency=self._currency((*path, "currency"), entry.get("currency")),
            dialect=compile_dialect(label, known, problem, tzinfo),
        )

    def _pattern(self, path: KeyPath, value: object) -> str:
        pattern = self._text(path, value)
        if "/" not in pattern and "**" not in pattern and pattern.strip("."):
            return pattern
        from pathlib import Path

        try:
            for own in (pattern, pattern + ".gz"):
                next(Path(os.devnull).glob(own), None)
        except (NotImplementedError, ValueError, IndexError) as error:
            raise self.problem(
                path, f"{pattern!r} is no pattern: {error}", 'write one such as "????-??-??.jsonl"'
            ) from error
        return pattern

    def _currency(self, path: KeyPath, value: object) -> str:
        currency = self._text(path, value)
        if not currency.isalnum() or len(currency) > LONGEST_CURRENCY:
            raise self.problem(path, f"{currency!r} is no currency", "write a code such as USD")
        return currency

    def _multipliers(self, given: object) -> dict[str, Decimal]:
        mapping = self._mapping(("multiplier",), given, None)
        return {
            symbol: self._number(("multiplier", symbol), value, above_zero=True)
            for symbol, value in mapping.items()
        }

    def _targets(self, given: object) -> tuple[Target, ...]:
        targets: list[Target] = []
        for name, value in self._mapping(("targets",), given, None).items():
            if name in WINDOW_KINDS:
                nested = self._mapping(("targets", name), value, None)
                for metric, bounds in nested.items():
                    path = ("targets", name, metric)
                    targets += self._bounds(path, metric, bounds, name)
            else:
                targets += self._bounds(("targets", name), name, value, None)
        return tuple(targets)

    def _bounds(
        self,
        path: KeyPath,
        metric: str,
        given: object,
        window: str | None,
    ) -> list[Target]:
        from perfkit.metrics.registry import METRICS

        if metric not in METRICS:
            raise self.problem(path, "is no metric", "see docs/metrics.md for their names")
        bounds = self._mapping(path, given, BOUNDS)
        if not bounds:
            raise self.problem(path, "has no bound", "write at_least or at_most with a number")
        if not METRICS[metric].is_number:
            raise self.problem(path, "is no number", "set targets for figures that are numbers")
        targets = []
        for bound, value in bounds.items():
            number = self._number((*path, bound), value)
            if METRICS[metric].unit == "fraction" and abs(number) > 1:
                raise self.problem(
                    (*path, bound), f"{value} is no fraction", "write 0.6 for 60 per cent"
                )
            targets.append(Target(metric, bound, number, window))
        return targets

    def _periods(self, top: Mapping[str, Any], calendar: Calendar) -> int:
        weekdays = calendar.trading_week == MONDAY_TO_FRIDAY
        default = WEEKDAY_PERIODS if weekdays else DEFAULT_PERIODS
        periods = top.get("periods_per_year", default)
        if not isinstance(periods, int) or isinstance(periods, bool) or periods < 1:
            raise self.problem(
                ("periods_per_year",), f"{periods!r} is no count", "write a whole number above 0"
            )
        return periods

    def _choice(self, top: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
        value = top.get(key, allowed[0])
        if value not in allowed:
            raise self.problem((key,), f"{value!r} is unknown", f"write {' or '.join(allowed)}")
        return str(value)

    def _optional_number(
        self, top: Mapping[str, Any], key: str, *, above_zero: bool = False
    ) -> Decimal | None:
        value = top.get(key)
        return None if value is None else self._number((key,), value, above_zero=above_zero)

    def _number(self, path: KeyPath, value: object, *, above_zero: bool = False) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.problem(path, f"{value!r} is no number", "write a plain decimal")
        number = Decimal(value)
        if above_zero and number <= 0:
            raise self.problem(path, f"{value} is not above 0", "write a number above 0")
        if path[-1] == "breakeven_tolerance" and number < 0:
            raise self.problem(path, f"{value} is below 0", "write 0 or more")
        return number

    def _text(self, path: KeyPath, value: object) -> str:
        if not isinstance(value, str) or not value:
            raise self.problem(path, "is missing or no text", "write a text")
        return value

    def _mapping(
        self, path: KeyPath, value: object, known: tuple[str, ...] | None
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.problem(path, "is not a mapping", "write `key: value` lines below it")
        for key in value:
            if known is not None and key not in known:
                raise self.problem((*path, key), "is unknown", f"use one of {', '.join(known)}")
        return value
