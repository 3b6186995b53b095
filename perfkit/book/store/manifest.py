"""The manifest: which files, days and sections make up the book, replaced as a whole.

Whoever reads it needs no lock: it names only sections that never change. It says by what settings
the book was made; a book made by others, or by another version, is not taken over.
"""

from __future__ import annotations

import marshal
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Set

from perfkit.book.store.freshness import (
    Head,
    PackedWatch,
    Standing,
    Watch,
    WatchedFile,
    Watches,
)
from perfkit.book.store.ledger import DayEntry, FileEntry, Ledger, ledger_of, moved_day
from perfkit.book.store.pages import Address, CacheDamagedError, Pages
from perfkit.config.settings import Config, Source
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.atomic import narrowed
from perfkit.disk.fingerprints import is_settled
from perfkit.disk.sealed import MARSHAL, VERSION, sealed_in_two, unsealed_in_two
from perfkit.logs.forms import is_packed
from perfkit.logs.listing import is_below, is_own_output, pattern_meets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class LedgerSummary(NamedTuple):
    """What an update asks of every source: how many `files` and `rows` of trades it has.

    `packed_days` are those of its trades, as bytes: most updates need those of few sources.
    `newest_epoch` is the latest epoch of these. `sampled` are the lengths of which only a sample
    was compared, `page_bytes` says how much it refers to in each page.
    """

    files: int
    rows: int
    packed_days: bytes
    newest_epoch: int
    sampled: tuple[int, ...]
    page_bytes: tuple[tuple[str, int], ...]
    mode: int

    @property
    def days(self) -> tuple[int, ...]:
        """The days on which it has trades."""
        found: tuple[int, ...] = marshal.loads(self.packed_days)
        return found

    def is_doubtful(self, verified_bytes: int) -> bool:
        """Whether it has such a file (see `FileEntry.is_doubtful`)."""
        return bool(self.sampled) and min(self.sampled) <= verified_bytes


def summary_of(ledger: Ledger) -> LedgerSummary:
    """The summary of a ledger."""
    page_bytes: Counter[str] = Counter()
    for page, _, length, _ in ledger.addresses():
        page_bytes[page] += length
    days = ledger.days
    return LedgerSummary(
        files=len(ledger.files),
        rows=sum(day.rows for day in days.values()),
        packed_days=marshal.dumps(tuple(days), MARSHAL),
        newest_epoch=max((day.epoch for day in days.values()), default=0),
        sampled=tuple({file.sampled for file in ledger.files if file.sampled}),
        page_bytes=tuple(page_bytes.items()),
        mode=ledger.mode,
    )


StoredLedger = tuple[LedgerSummary, bytes | Address]
"""A summary, and the ledger as bytes, or where in the pages these are."""

MOST_LEDGER_BYTES = 1 << 20
"""So long may the ledgers be that are written again with each manifest. More go into pages: of
1,000 sources most have not changed since the last one."""


class Ledgers:
    """The ledgers of sources by their names, each read and decoded when it is first asked for.

    Of those that are in pages, that may raise `CacheDamagedError`.
    """

    def __init__(
        self, stored: Mapping[str, StoredLedger] | None = None, pages: Pages | None = None
    ) -> None:
        self._kept = {name: _KeptLedger(None, *one, pages) for name, one in (stored or {}).items()}

    def __getitem__(self, name: str) -> Ledger:
        return self._kept[name].ledger

    def __contains__(self, name: str) -> bool:
        return name in self._kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def get(self, name: str) -> Ledger | None:
        """The ledger of a source; None where there is none."""
        kept = self._kept.get(name)
        return None if kept is None else kept.ledger

    def values(self) -> list[Ledger]:
        """Every ledger."""
        return [kept.ledger for kept in self._kept.values()]

    def items(self) -> list[tuple[str, Ledger]]:
        """Every ledger with the name of its source."""
        return [(name, kept.ledger) for name, kept in self._kept.items()]

    def summary(self, name: str) -> LedgerSummary:
        """The summary of a ledger."""
        return self._kept[name].summary

    def summaries(self) -> list[LedgerSummary]:
        """The summary of every ledger."""
        return [kept.summary for kept in self._kept.values()]

    def updated(self, ledgers: Mapping[str, Ledger]) -> Ledgers:
        """These, with some others in their place or besides; one that is the same stays."""
        made = Ledgers()
        made._kept = dict(self._kept)
        for name, ledger in ledgers.items():
            known = self._kept.get(name)
            if known is None or known.ledger is not ledger:
                made._kept[name] = _KeptLedger(ledger)
        return made

    def not_in(self, others: Ledgers) -> set[str]:
        """The names of those ledgers that others have not, or not the same."""
        return {name for name, kept in self._kept.items() if others._kept.get(name) is not kept}

    def page_bytes(self) -> defaultdict[str, int]:
        """How much of each page the ledgers are in or refer to."""
        found: defaultdict[str, int] = defaultdict(int)
        for kept in self._kept.values():
            for page, length in kept.summary.page_bytes:
                found[page] += length
            if kept.address is not None:
                found[kept.address[0]] += kept.address[2]
        return found

    def moved(self, place: Callable[[Address], Address], pages: Set[str]) -> Ledgers:
        """These with other addresses for what is in those pages."""
        made = Ledgers()
        made._kept = {name: kept.moved(place, pages) for name, kept in self._kept.items()}
        return made

    def put_into(self, pages: Pages) -> list[str]:
        """Puts those that are not in pages there, if they are several and long; which pages."""
        rest = [kept for kept in self._kept.values() if kept.address is None]
        if len(rest) < 2 or sum(len(kept.content) for kept in rest) <= MOST_LEDGER_BYTES:
            return []
        return [kept.put_into(pages) for kept in rest]

    def plain(self) -> dict[str, tuple[tuple[Any, ...], bytes | Address]]:
        """What they are stored as: summaries, and what was read where nothing changed."""
        return {
            name: (tuple(kept.summary), kept.address or kept.content)
            for name, kept in self._kept.items()
        }


class _KeptLedger:
    """One ledger as a value, as bytes, in pages: each is made of another when it is needed."""

    __slots__ = ("_content", "_ledger", "_pages", "_summary", "address")

    def __init__(
        self,
        ledger: Ledger | None,
        summary: LedgerSummary | None = None,
        stored: bytes | Address | None = None,
        pages: Pages | None = None,
    ) -> None:
        self._ledger = ledger
        self._summary = summary
        self._pages = pages
        self._content: bytes | None = None
        self.address: Address | None = None
        if isinstance(stored, bytes):
            self._content = stored
        else:
            self.address = stored

    def moved(self, place: Callable[[Address], Address], pages: Set[str]) -> _KeptLedger:
        """The same with other addresses for what is in those pages."""
        if any(page in pages for page, _ in self.summary.page_bytes):
            return _KeptLedger(self.ledger.moved(place))
        if self.address is None or self.address[0] not in pages:
            return self
        return _KeptLedger(self._ledger, self.summary, place(self.address), self._pages)

    def put_into(self, pages: Pages) -> str:
        """Puts it into pages; into which one."""
        self.address = pages.put(self.content)
        self._pages, self._content = pages, None
        return self.address[0]

    @property
    def ledger(self) -> Ledger:
        if self._ledger is None:
            self._ledger = ledger_of(marshal.loads(self.content))
        return self._ledger

    @property
    def summary(self) -> LedgerSummary:
        if self._summary is None:
            self._summary = summary_of(self.ledger)
        return self._summary

    @property
    def content(self) -> bytes:
        if self.address is not None:
            assert self._pages is not None
            return self._pages.get(self.address)
        if self._content is None:
            self._content = marshal.dumps(self.ledger.plain(), MARSHAL)
        return self._content


class Settings(NamedTuple):
    """What the book depends on, as texts: of the workspace, and of each source by its name.

    Those of a source are its dialect, which others may share, and before it the rest.
    """

    common: str
    sources: Mapping[str, tuple[str, str]]


class Manifest(NamedTuple):
    """Ledgers by the name of their source; `joint` are the days that several sources share.

    `next_number` is for the next new file. `pages` are those it refers to, once it is written.
    `forgotten` are sources that the one it was read from had and the settings have not. Where it
    `is_whole`, that one was for the same sources. `standing` are sources whose files have not
    changed since it was written.
    """

    settings: Settings
    ledgers: Ledgers = Ledgers()
    joint: Mapping[int, DayEntry] = {}
    next_number: int = 1
    pages: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    is_whole: bool = False
    standing: Mapping[str, Standing] = {}

    @property
    def mode(self) -> int:
        """The mode of what is made from all logs."""
        return narrowed(summary.mode for summary in self.ledgers.summaries())

    def doubting(self, name: str) -> Manifest:
        """The same, but with a digest of that log file which no content has."""
        return self._replace(
            ledgers=self.ledgers.updated(
                {
                    source: ledger._replace(
                        files=tuple(
                            file._replace(chunks=(b"",), fingerprint=(0,) * 5)
                            if file.name == name
                            else file
                            for file in ledger.files
                        )
                    )
                    for source, ledger in self.ledgers.items()
                }
            )
        )

    def moved(self, place: Callable[[Address], Address], pages: Set[str]) -> Manifest:
        """The same with other addresses for what lies in those pages."""
        return self._replace(
            ledgers=self.ledgers.moved(place, pages),
            joint={number: moved_day(day, place) for number, day in self.joint.items()},
        )


def settings_of(config: Config) -> Settings:
    """What of a configuration the book depends on."""
    dialects: dict[int, str] = {}  # many sources share one, and it is long
    sources = {}
    inside = os.path.join(config.folder, "")
    for source in config.sources:
        dialect = dialects.get(id(source.dialect))
        if dialect is None:
            dialect = dialects[id(source.dialect)] = repr(source.dialect)
        where = source.location.removeprefix(inside)
        if where == source.location:
            where = os.path.relpath(where, config.folder)
        own = where, source.pattern, source.currency, *source.extensions
        sources[source.name] = repr(own), dialect
    calendar = config.calendar
    common = (
        *(calendar.timezone, calendar.day_start),
        *(config.breakeven_tolerance, sorted(config.multipliers.items())),
    )
    return Settings(repr(common), sources)


def encoded(manifest: Manifest, config: Config, timezone: str) -> bytes:
    """The manifest as bytes; `timezone` is the zone that overrides the configured one."""
    head: Head = (VERSION, config.text, timezone, _watches(manifest, config))
    return sealed_in_two(head, _plain(manifest))


def decoded(content: bytes, settings: Settings, pages: Pages) -> tuple[Head, Manifest]:
    """The manifest of those bytes, with the sources that have the settings they had.

    What it knows of others is left out, and so are the days that they have a part in. Raises
    `CacheDamagedError` if it is not for these settings.
    """
    parts = unsealed_in_two(content)
    if parts is None:
        raise CacheDamagedError("the manifest is damaged")
    head, body = parts
    if head[0] != VERSION:
        raise CacheDamagedError(f"the manifest is by {head[0]}")
    common, dialects, sources, ledgers, joint, number, names = body
    if common != settings.common:
        raise CacheDamagedError("the configuration changed")
    known = {name: (own, dialects[number]) for name, (own, number) in sources.items()}
    same = {name for name, own in settings.sources.items() if known.get(name) == own}
    is_whole = len(same) == len(known) and list(known) == list(settings.sources)
    stored = {
        name: (LedgerSummary._make(summary), where) for name, (summary, where) in ledgers.items()
    }
    days = {day: DayEntry._make(entry) for day, entry in joint.items()}
    if not is_whole:
        others = [name for name in stored if name not in same]
        for day in set().union(*(stored.pop(name)[0].days for name in others)):
            days.pop(day, None)
    forgotten = tuple(name for name in ledgers if name not in settings.sources)
    known_ledgers = Ledgers(stored, pages)
    return head, Manifest(settings, known_ledgers, days, number, names, forgotten, is_whole)


def _plain(manifest: Manifest) -> tuple[Any, ...]:
    dialects: dict[str, int] = {}
    sources = {
        name: (own, dialects.setdefault(dialect, len(dialects)))
        for name, (own, dialect) in manifest.settings.sources.items()
    }
    return (
        manifest.settings.common,
        tuple(dialects),
        sources,
        manifest.ledgers.plain(),
        {number: tuple(day) for number, day in manifest.joint.items()},
        manifest.next_number,
        manifest.pages,
    )


def _watches(manifest: Manifest, config: Config) -> Watches:
    """What to look at to see that nothing changed."""
    own: dict[str, PackedWatch | None] = {}
    for source in config.sources:
        name = source.name
        if name in manifest.standing:
            own[name] = manifest.standing[name][0]
        else:
            watch = _watch(source, manifest.ledgers.get(name), config)
            own[name] = None if watch is None else marshal.dumps(watch, MARSHAL)
    beside: list[Watch] = []
    for where, is_folder, files, others in config.looks:
        settled: dict[str, WatchedFile] = {
            name: one if one is not None and is_settled(one, config.looked_at) else None
            for name, one in files.items()
        }
        beside.append((where, is_folder, settled, others))
    return tuple(beside), own


def _watch(source: Source, ledger: Ledger | None, config: Config) -> Watch | None:
    if ledger is None or source.extensions:  # another package changes without its logs
        return None
    # Outside the root, the way there may lead through links: only the whole path is certain.
    inside = is_below(source.location, config.folder)
    where = os.path.relpath(source.location, config.folder) if inside else source.location
    shown = "" if where == "." else where + "/"
    files: dict[str, WatchedFile] = {}
    if not os.path.isdir(source.location):
        if len(ledger.files) != 1:
            return None
        return where, False, {"": _watched(ledger.files[0])}, _NONE
    prefix = shown if inside else source.location + "/"
    for file in ledger.files:
        name = file.name.removeprefix(prefix)
        if "/" in name or not file.name.startswith(prefix):
            return None
        files[name] = _watched(file)
    if "/" in source.pattern or "**" in source.pattern:
        return None
    others = {name for name in os.listdir(source.location) if name not in files}
    unread = {
        name
        for name in others
        if _matches(name, source.pattern, files)
        and not is_own_output(os.path.join(source.location, name), config.folder)
    }
    return None if unread else (where, True, files, frozenset(others))


def _watched(file: FileEntry) -> WatchedFile:
    is_database = file.numbering.endswith("#")  # its writers may write beside it
    settled = not is_database and is_settled(file.fingerprint, file.seen_at)
    return file.fingerprint if settled else None


_NONE: frozenset[str] = frozenset()


def _matches(name: str, pattern: str, files: Mapping[str, WatchedFile]) -> bool:
    """Whether a name would be read if it were a file."""
    if is_packed(name) and name[: name.rindex(".")] in files:
        return False
    return bool(pattern_meets(pattern)(name))
