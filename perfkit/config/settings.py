"""`config/perfkit.yaml` as typed values, or an error that names file, line, key and remedy."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from time import time_ns

from perfkit.config.built_in import DEFAULT, EXTENDS, TRADE_RECORD
from perfkit.config.checks import YamlReader, read_yaml, suggestion
from perfkit.config.dialect import Dialect
from perfkit.config.dialects import compiled
from perfkit.config.layout import LAYOUT_KEYS
from perfkit.config.targets import Target, targets_of
from perfkit.config.workspace import CONFIG, below, missing_config, wrong_in_pattern
from perfkit.config.yaml import Document, KeyPath, document
from perfkit.core.calendar import (
    EVERY_DAY,
    MONDAY_TO_FRIDAY,
    Calendar,
    zone_named,
)
from perfkit.core.errors import PerfkitError
from perfkit.core.fast_imports import NamedTuple, date, time
from perfkit.core.formatting import plain

TYPE_CHECKING = False
if TYPE_CHECKING:  # an alert run has no time to load it
    from pathlib import Path
    from typing import Any

    from perfkit.config.extensions import Extension
    from perfkit.config.sources.generated import Look

DAILY_PATTERN = "????-??-??.jsonl"
LONGEST_CURRENCY = 12
PER_CENT = "%"
"""The currency of P&L that is logged in per cent; sums of it are not compounded."""
DEFAULT_PERIODS = 365
WEEKDAY_PERIODS = 252
"""Trading days a year, by default and for a Monday-Friday week."""

_KEYS = (
    "sources",
    "sources_from",
    "timezone",
    "day_start",
    "trading_week",
    "week_starts",
    "holidays",
    "quiet_days",
    "starting_equity",
    "deposits",
    "breakeven_tolerance",
    "multiplier",
    "targets",
    "metrics",
    "periods_per_year",
    "reports",  # read by `perfkit.reports.definitions`, when a report is made
)
_SOURCE_KEYS = ("name", "path", "pattern", "currency", "timezone", "dialect", *LAYOUT_KEYS)
WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Source(NamedTuple):
    """One bot's logs: where they lie, in which dialect and currency.

    `location` is the path of a file, or of a folder in which `pattern` names the files.
    `extensions` are what other packages bring to read it, as they are now. Logs in a store are read
    from copies; `remote` is the URL of the store.
    """

    name: str
    location: str
    pattern: str
    currency: str
    dialect: Dialect
    extensions: tuple[Extension, ...] = ()
    remote: str = ""

    @property
    def path(self) -> Path:
        """The location as a path."""
        from pathlib import Path

        return Path(self.location)


class Config(NamedTuple):
    """A workspace's settings; `folder` is the path of the one that holds `config/`.

    `text` is the file they were read from, `override` the time zone given in place of its own,
    empty without one. `looks` are what was looked at beside it to find the sources, at `looked_at`
    in ns.
    """

    folder: str
    sources: tuple[Source, ...]
    calendar: Calendar
    quiet_days_are_zero: bool
    starting_equity: Decimal | None
    deposits: tuple[tuple[date, Decimal], ...]
    breakeven_tolerance: Decimal
    multipliers: dict[str, Decimal]
    targets: tuple[Target, ...]
    periods_per_year: int
    metrics: tuple[Extension, ...] = ()
    text: bytes = b""
    override: str = ""
    looks: tuple[Look, ...] = ()
    looked_at: int = 0

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that its sources declare."""
        return tuple(dict.fromkeys(name for one in self.sources for name in one.dialect.dimensions))

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
        content = read_yaml(file, CONFIG)
    except FileNotFoundError as error:
        raise missing_config(file) from error
    looked_at = time_ns()
    parsed = document(folder, CONFIG, content, cached=cached)
    config = _SettingsReader(CONFIG, parsed).config(folder, timezone, cached=cached)
    return config._replace(text=content, override=timezone or "", looked_at=looked_at)


def of_text(content: bytes, folder: str, timezone: str | None = None) -> Config:
    """The configuration that a text says, of a workspace in memory: no file is read or written.

    Raises `ConfigError`.
    """
    from perfkit.config.yaml import parse

    parsed = parse(content.decode(), CONFIG)
    config = _SettingsReader(CONFIG, parsed).config(folder, timezone, cached=False)
    return config._replace(text=content, override=timezone or "")


def _stands_for_many(entry: object) -> bool:
    """Whether an entry is of a path that names each of many sources, such as `logs/{source}/`."""
    return isinstance(entry, dict) and "{source}" in str(entry.get("path"))


def _reads_the_same(one: Source, other: Source) -> bool:
    """Whether two sources of the same files take the same from them."""
    dialects = [source.dialect._replace(name="", currency=None) for source in (one, other)]
    return dialects[0] == dialects[1]


class _SettingsReader(YamlReader):
    """Checks the settings, key by key."""

    def __init__(self, shown: str, document: Document) -> None:
        super().__init__(shown, document)
        self._compiled: dict[str, tuple[Dialect, tuple[Extension, ...]]] = {}
        self._firsts: dict[KeyPath, Source] = {}

    def config(self, folder: str, timezone: str | None, *, cached: bool) -> Config:
        top = self.mapping((), self.document.value or {}, _KEYS)
        metrics: tuple[Extension, ...] = ()
        if "metrics" in top:
            from perfkit.config.extensions import metrics_of

            metrics = metrics_of(self, top["metrics"])
        calendar = self._calendar(top, timezone)
        sources, looks = self._sources(top, folder, calendar.timezone, cached=cached)
        return Config(
            folder=folder,
            sources=sources,
            calendar=calendar,
            quiet_days_are_zero=self.choice(
                ("quiet_days",), top.get("quiet_days"), ("missing", "zero")
            )
            == "zero",
            starting_equity=self._starting_equity(top),
            deposits=self._deposits(top),
            breakeven_tolerance=self._tolerance(top),
            multipliers=self._multipliers(top.get("multiplier", {})),
            targets=targets_of(self, top.get("targets", {}), [one.name for one in metrics]),
            periods_per_year=self._periods(top, calendar),
            metrics=metrics,
            looks=looks,
        )

    def _calendar(self, top: Mapping[str, Any], override: str | None) -> Calendar:
        if override is None:
            name = self.zone(("timezone",), top.get("timezone", "UTC"))
        else:
            zone_named(name := override)
        week = EVERY_DAY
        if "trading_week" in top:
            week = self.weekdays(("trading_week",), top["trading_week"])
        starts = 0
        if "week_starts" in top:
            word = self.choice(("week_starts",), top["week_starts"], WEEKDAY_NAMES)
            starts = WEEKDAY_NAMES.index(word)
        return Calendar(name, self._day_start(top), week, starts, self._holidays(top))

    def _holidays(self, top: Mapping[str, Any]) -> frozenset[date]:
        given = top.get("holidays")
        if isinstance(given, str):
            raise self.problem(
                ("holidays",),
                f"{given!r} is not a list of dates",
                f"write the holidays of an exchange out with `perfkit holidays {plain(given, 20)} "
                "--write`",
            )
        days = [] if given is None else self.items(("holidays",), given)
        return frozenset(self.day(("holidays", str(n)), day) for n, day in enumerate(days))

    def _starting_equity(self, top: Mapping[str, Any]) -> Decimal | None:
        value = top.get("starting_equity")
        return None if value is None else self.number(("starting_equity",), value, above_zero=True)

    def _deposits(self, top: Mapping[str, Any]) -> tuple[tuple[date, Decimal], ...]:
        """Dates and amounts, in order."""
        given = top.get("deposits")
        deposits = []
        for n, entry in enumerate([] if given is None else self.items(("deposits",), given)):
            path = ("deposits", str(n))
            one = self.mapping(path, entry, ("date", "amount"))
            day = self.day((*path, "date"), one.get("date", ""))
            amount = self.number((*path, "amount"), one.get("amount"))
            if not amount:
                raise self.problem((*path, "amount"), "is 0", "leave the deposit out")
            deposits.append((day, amount))
        if deposits and top.get("starting_equity") is None:
            raise self.problem(
                ("deposits",), "are added to starting_equity", "set that as well, above 0"
            )
        return tuple(sorted(deposits))

    def _tolerance(self, top: Mapping[str, Any]) -> Decimal:
        path = ("breakeven_tolerance",)
        number = self.number(path, top.get(path[0]) or 0)
        if number < 0:
            raise self.problem(path, f"{number} is below 0", "write 0 or more")
        return number

    def _day_start(self, top: Mapping[str, Any]) -> time:
        text = top.get("day_start", "00:00")
        try:
            parsed = time.fromisoformat(text)
        except (TypeError, ValueError):
            parsed = None
        if parsed is None or parsed.tzinfo is not None or len(str(text)) != len("00:00"):
            raise self.problem(
                ("day_start",), f"{text!r} is not a time", 'write "HH:MM", say "17:00"'
            )
        return parsed

    def _sources(
        self, top: Mapping[str, Any], folder: str, zone: str, *, cached: bool
    ) -> tuple[tuple[Source, ...], tuple[Look, ...]]:
        """The sources, and what was looked at beside this file to find them."""
        given = top.get("sources")
        if "sources_from" not in top and (not isinstance(given, list) or not given):
            raise self.problem(
                ("sources",), "has no source", "list at least one: `- name: bot` with its path"
            )
        entries: list[tuple[_SettingsReader, KeyPath, object]] = [
            (self, ("sources", str(n)), one) for n, one in enumerate(given or ())
        ]
        looks: tuple[Look, ...] = ()
        if "sources_from" in top or any(map(_stands_for_many, given or ())):
            from perfkit.config.sources.generated import generated

            entries, looks = generated(self, top, folder, self._beside, cached=cached)
        sources = tuple(own._one_of(path, one, folder, zone) for own, path, one in entries)
        names: set[str] = set()
        readers: dict[tuple[str, str], list[Source]] = {}
        for (own, path, _), source in zip(entries, sources, strict=True):
            if source.name in names:
                raise own.problem(
                    (*path, "name"),
                    f"{source.name!r} is the name of two sources",
                    "give each source a name of its own",
                )
            names.add(source.name)
            others = readers.setdefault((source.location, source.pattern), [])
            same = [earlier.name for earlier in others if _reads_the_same(earlier, source)]
            if same:
                raise own.problem(
                    (*path, "path"),
                    f"{source.name!r} reads what {same[0]!r} reads, so every trade counts twice",
                    "name another path, or tell their lines apart with `only`",
                )
            others.append(source)
        return sources, looks

    def _beside(self, shown: str, parsed: Document) -> _SettingsReader:
        """A reader of another file, which shares the dialects that were compiled."""
        other = _SettingsReader(shown, parsed)
        other._compiled = self._compiled
        return other

    def _one_of(self, path: KeyPath, given: Any, folder: str, zone: str) -> Source:
        """A source; of the many that one entry stands for, the keys of the first one are checked.

        They differ in name and place; a dialect that is written out has the name of its source.
        """
        if (first := self._firsts.get(path)) is None:
            return self._firsts.setdefault(path, self._source(path, given, folder, zone))
        name, dialect = given["name"], first.dialect
        if not isinstance(given.get("dialect", DEFAULT), str):
            dialect = dialect._replace(name=name)
        of_all = first.pattern, first.currency, dialect, first.extensions, first.remote
        return Source(name, given["path"], *of_all)

    def _source(self, path: KeyPath, given: object, folder: str, zone: str) -> Source:
        entry = self.mapping(path, given, _SOURCE_KEYS)
        name = self.text((*path, "name"), entry.get("name"))
        location = self.text((*path, "path"), entry.get("path"))
        copies, remote = "", "://" in location
        if remote:
            from perfkit.config.sources.remote import check_url, copies_of

            check_url(location, name, lambda key, *said: self.problem((*path, key), *said))
            copies = copies_of(location, name)
        zone_name = self.zone((*path, "timezone"), entry.get("timezone", zone))
        currency = self._currency((*path, "currency"), entry.get("currency"))
        dialect, extensions = self._dialect_of(path, entry, name, currency, zone_name)
        return Source(
            name=name,
            location=below(folder, copies if remote else location),
            pattern=self._pattern((*path, "pattern"), entry.get("pattern", DAILY_PATTERN)),
            currency=currency,
            dialect=dialect,
            extensions=extensions,
            remote=location if remote else "",
        )

    def _dialect_of(
        self, path: KeyPath, entry: Mapping[str, Any], name: str, currency: str, zone_name: str
    ) -> tuple[Dialect, tuple[Extension, ...]]:
        """The dialect of a source, and what other packages bring to read it.

        Sources that name the same one share it: a thousand of them are compiled once.
        """
        spec = entry.get("dialect", DEFAULT)
        own_layout = {key: entry[key] for key in LAYOUT_KEYS if key in entry}
        label = spec if isinstance(spec, str) else name
        key = repr((label, spec, own_layout, currency, zone_name))
        if key in self._compiled:
            return self._compiled[key]
        known, extensions = self._dialect((*path, "dialect"), spec, currency)

        def problem(key: str, what: str, remedy: str) -> PerfkitError:
            keys = tuple(part for part in key.split(".") if part)
            of_dialect = () if keys[:1] and keys[0] in own_layout else ("dialect",)
            return self.problem((*path, *of_dialect, *keys), what, remedy)

        dialect = compiled(label, {**known, **own_layout}, problem, zone_named(zone_name))
        if dialect.layout.reader is not None:
            from perfkit.config.extensions import state_of_reader

            extensions = (*extensions, state_of_reader(dialect.layout.reader, problem))
        self._compiled[key] = dialect._replace(currency=currency), extensions
        return self._compiled[key]

    def _dialect(
        self, path: KeyPath, spec: object, currency: str
    ) -> tuple[Mapping[str, object], tuple[Extension, ...]]:
        """The words of a dialect that is named, extended or written out.

        The second value is the state of the package that brings it, if one does.
        """
        if spec == DEFAULT:
            return TRADE_RECORD, ()
        if isinstance(spec, dict) and EXTENDS not in spec:
            return spec, ()
        from perfkit.config.built_in import built_in, extended, names

        mapping = spec if isinstance(spec, dict) else {EXTENDS: spec}
        name = str(mapping[EXTENDS])
        if name in names():
            return extended(built_in(name, currency), mapping), ()
        from perfkit.config.extensions import DIALECTS, dialect_of, extensions, state_of, the_one

        brought = extensions(DIALECTS)
        if name not in brought:
            raise self.problem(
                path if mapping is not spec else (*path, EXTENDS),
                f"{name!r} is unknown",
                suggestion(name, [*names(), *brought], "`perfkit dialects`")
                + "; install the package that brings it, or write a mapping with `fields`",
            )
        one = the_one(brought[name])
        return extended(dialect_of(one, currency), mapping), (state_of(one),)

    def _pattern(self, path: KeyPath, value: object) -> str:
        pattern = self.text(path, value)
        if wrong := wrong_in_pattern(pattern):
            raise self.problem(
                path,
                f"{pattern!r} is not a valid pattern: {wrong}",
                'write one such as "????-??-??.jsonl"',
            )
        return pattern

    def _currency(self, path: KeyPath, value: object) -> str:
        currency = self.text(path, value)
        if currency == PER_CENT:
            return currency
        if not currency.isalnum() or len(currency) > LONGEST_CURRENCY:
            remedy = 'write a code such as USD, or "%" for P&L in per cent'
            if currency.startswith("field "):
                name = currency.removeprefix("field ")
                remedy = (
                    "write the code here, and in the dialect the field it is checked against: "
                    f"`fields: {{currency: {name}}}`"
                )
            raise self.problem(path, f"{currency!r} is not a currency", remedy)
        return currency

    def _multipliers(self, given: object) -> dict[str, Decimal]:
        mapping = self.mapping(("multiplier",), given, None)
        return {
            symbol: self.number(("multiplier", symbol), value, above_zero=True)
            for symbol, value in mapping.items()
        }

    def _periods(self, top: Mapping[str, Any], calendar: Calendar) -> int:
        weekdays = calendar.trading_week == MONDAY_TO_FRIDAY
        default = WEEKDAY_PERIODS if weekdays else DEFAULT_PERIODS
        periods = top.get("periods_per_year", default)
        if not isinstance(periods, int) or isinstance(periods, bool) or periods < 1:
            raise self.problem(
                ("periods_per_year",), f"{periods!r} is not a count", "write a whole number above 0"
            )
        return periods
