"""Days on which several sources have trades: a sheet of all of these together.

The drawdown and the streaks of two sources cannot be had from their own: they depend on the order
in which all trades closed. So such a day is folded over the trades of all its sources:

    the day                                         what is done
    ----------------------------------------------  -----------------------------------------------
    no source has changed it                        its sheet stays
    some have trades more, and all of these close   it is extended by them: 100,000 trades of 1,000
      after all that were known                       sources and one more are not read again
    any other change, or not known yet              it is made of the trades of all sources

Only days of sources that changed are looked at, if the sheets known so far are of the same sources.
What a sheet is made of is not kept beside it: it is what the ledgers had that it was stored with.
After a first reading of many sources there is a sheet to make for each day, from all of its trades.
So these are shared out among those who read the logs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from perfkit.book.store.day_sheet import digest_of, sheet_of
from perfkit.book.store.days import extended_joint_day, joint_day, loaded
from perfkit.book.store.ledger import DayEntry
from perfkit.book.store.manifest import Manifest
from perfkit.book.store.packing import PackedTrades
from perfkit.book.store.pages import Pages
from perfkit.config.settings import Config
from perfkit.core.calendar import Calendar
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trades import Trades, joined, ordered
from perfkit.logs.file_log import OPEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.book.batch import FileReading
    from perfkit.book.dispatch import Executor

ROWS = 100_000
"""Fewer trades are put together by one process: starting others would take longer."""

UNITS_PER_WORKER = 4
"""Days are shared out in so many portions for each worker, so that all end about the same time."""

SharedDay = list[DayEntry]
"""A day of each of the sources that have closed trades on it."""

Change = tuple[str, DayEntry | None, DayEntry | None]
"""A source whose trades of a day are others than before: its name, the day before, and since."""


class JointDays(NamedTuple):
    """A unit of work: days of which each is to be made a sheet of all its sources.

    `files` are the numbers of their files, in the order of the manifest. It decides which of two
    trades comes first that are alike in all else.
    """

    days: Sequence[SharedDay]
    files: Sequence[int]
    calendar: Calendar

    @property
    def readings(self) -> Sequence[FileReading]:
        """No log is read for it."""
        return ()

    def made(self, pages: Pages) -> list[DayEntry]:
        """The days, in the same order; raises `CacheDamagedError`."""
        paths = dict.fromkeys(self.files, "")  # a sheet does not say where its trades were read
        return [self._made(day, paths, pages) for day in self.days]

    def _made(self, day: SharedDay, paths: Mapping[int, str], pages: Pages) -> DayEntry:
        trades = ordered(joined([loaded(entry, pages, paths) for entry in day]))
        sheet = sheet_of(trades, self.calendar, digest_of(PackedTrades(trades)))
        return joint_day(sheet, trades, pages)


def joint_days(
    before: Manifest,
    manifest: Manifest,
    config: Config,
    pages: Pages,
    jobs: int | None = None,
    executor: Executor | None = None,
) -> dict[int, DayEntry]:
    """A sheet for each day that several sources have closed trades on, in order.

    `before` has those of the ledgers as they were before the update. `jobs` processes or the
    `executor` make them, where these have many trades.
    """
    changes = _changes(before, manifest, config)
    joint = {day: known for day, known in before.joint.items() if day not in changes}
    days = set(changes)
    if not before.is_whole:
        days.update(*(summary.days for summary in manifest.ledgers.summaries()))
    names: dict[int, list[str]] = {}
    for day in sorted(days - joint.keys() - {OPEN}):
        known = before.joint.get(day)
        entry = known and _extended(day, known, changes[day], manifest, config, pages)
        if entry is not None:
            joint[day] = entry
        elif len(own := _names(day, manifest, config)) > 1:
            names[day] = own
    ledgers = manifest.ledgers
    shared = [[ledgers[name].days[day] for name in own] for day, own in names.items()]
    files = _files(set().union(*names.values()), manifest)
    made = _made(JointDays(shared, files, config.calendar), pages, jobs, executor)
    joint.update(zip(names, made, strict=True))
    return dict(sorted(joint.items()))


def _changes(before: Manifest, manifest: Manifest, config: Config) -> dict[int, list[Change]]:
    """What changed of each day, in the order of the sources."""
    changed = manifest.ledgers.not_in(before.ledgers)
    found: dict[int, list[Change]] = {}
    for name in [source.name for source in config.sources if source.name in changed]:
        earlier = before.ledgers.get(name)
        old = {} if earlier is None else earlier.days
        new = manifest.ledgers[name].days
        for day in {**old, **new}:
            change = name, old.get(day), new.get(day)
            if not _is_same(*change[1:]):
                found.setdefault(day, []).append(change)
    return found


def _is_same(old: DayEntry | None, new: DayEntry | None) -> bool:
    """Whether a day of a source has the same trades, wherever these are."""
    if old is None or new is None:
        return old is new
    return (old.epoch, old.rows) == (new.epoch, new.rows)


def _names(day: int, manifest: Manifest, config: Config) -> list[str]:
    """The sources that have closed trades on a day."""
    ledgers = manifest.ledgers
    return [
        source.name
        for source in config.sources
        if source.name in ledgers and day in ledgers.summary(source.name).days
    ]


def _made(
    work: JointDays, pages: Pages, jobs: int | None, executor: Executor | None
) -> list[DayEntry]:
    """The joint days of those days, made by several processes where they have many trades."""
    rows = sum(map(_rows, work.days))
    if rows >= ROWS and len(work.days) > 1 and pages.folder is not None:
        from perfkit.book.dispatch import spread

        def units_for(workers: int) -> list[JointDays]:
            least = rows // (UNITS_PER_WORKER * workers)
            return [work._replace(days=days) for days in _portions(work.days, least)]

        pages.flush()  # others read what is on disk
        if pages.problem is None:
            found = spread(units_for, pages, jobs, executor, lambda _: None)
            if found is not None:
                return found
    return work.made(pages)


def _rows(day: SharedDay) -> int:
    return sum(entry.rows for entry in day)


def _portions(days: Sequence[SharedDay], least: int) -> Iterator[list[SharedDay]]:
    """Consecutive days, with so many trades at least but for the last ones."""
    portion: list[SharedDay] = []
    filled = 0
    for day in days:
        portion.append(day)
        filled += _rows(day)
        if filled >= least:
            yield portion
            portion, filled = [], 0
    if portion:
        yield portion


def _extended(
    day: int,
    known: DayEntry,
    changes: Sequence[Change],
    manifest: Manifest,
    config: Config,
    pages: Pages,
) -> DayEntry | None:
    """The day with the trades that came after all of its own; None where it is not that."""
    paths = dict.fromkeys(_files([name for name, *_ in changes], manifest), "")
    new: list[Trades] = []
    for _, old, entry in changes:
        if entry is None or (old is not None and not _begins_with(entry, old)):
            return None
        rows = 0 if old is None else old.rows
        new.append(loaded(entry, pages, paths).slice(rows, entry.rows))
    trades = ordered(joined(new))
    if not len(trades) or trades.closed_at[0] <= known.last_at:
        return None
    return extended_joint_day(known, trades, config.calendar, pages)


def _begins_with(entry: DayEntry, old: DayEntry) -> bool:
    """Whether a day of a source has all trades that it had, before any others."""
    return entry.epoch == old.epoch and entry.rows >= old.rows


def _files(names: Iterable[str], manifest: Manifest) -> list[int]:
    """The numbers of the files of some sources, in the order of the manifest."""
    wanted = set(names)
    return [
        file.number
        for name in manifest.ledgers
        if name in wanted
        for file in manifest.ledgers[name].files
    ]
