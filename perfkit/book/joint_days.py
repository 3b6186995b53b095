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
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.book.store.day_sheet import digest_of, sheet_of
from perfkit.book.store.days import extended_joint_day, joint_day, loaded
from perfkit.book.store.ledger import DayEntry
from perfkit.book.store.manifest import Manifest
from perfkit.book.store.packing import PackedTrades
from perfkit.book.store.pages import Pages
from perfkit.config.settings import Config
from perfkit.core.trades import Trades, joined, ordered
from perfkit.logs.file_log import OPEN

Change = tuple[str, DayEntry | None, DayEntry | None]
"""A source whose trades of a day are others than before: its name, the day before, and since."""


def joint_days(
    before: Manifest, manifest: Manifest, config: Config, pages: Pages
) -> dict[int, DayEntry]:
    """A sheet for each day that several sources have closed trades on, in order.

    `before` has those of the ledgers as they were before the update.
    """
    changes = _changes(before, manifest, config)
    joint = {day: known for day, known in before.joint.items() if day not in changes}
    days = set(changes)
    if not before.is_whole:
        days.update(*(summary.days for summary in manifest.ledgers.summaries()))
    for day in days - joint.keys() - {OPEN}:
        known = before.joint.get(day)
        entry = known and _extended(day, known, changes[day], manifest, config, pages)
        if entry is None:
            names = [
                source.name
                for source in config.sources
                if source.name in manifest.ledgers
                and day in manifest.ledgers.summary(source.name).days
            ]
            if len(names) < 2:
                continue
            entry = _made(day, names, manifest, config, pages)
        joint[day] = entry
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


def _made(
    day: int, names: Sequence[str], manifest: Manifest, config: Config, pages: Pages
) -> DayEntry:
    paths = _paths(names, manifest)
    entries = [manifest.ledgers[name].days[day] for name in names]
    trades = ordered(joined([loaded(entry, pages, paths) for entry in entries]))
    sheet = sheet_of(trades, config.calendar, digest_of(PackedTrades(trades)))
    return joint_day(sheet, trades, pages)


def _extended(
    day: int,
    known: DayEntry,
    changes: Sequence[Change],
    manifest: Manifest,
    config: Config,
    pages: Pages,
) -> DayEntry | None:
    """The day with the trades that came after all of its own; None where it is not that."""
    paths = _paths([name for name, *_ in changes], manifest)
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


def _paths(names: Sequence[str], manifest: Manifest) -> Mapping[int, str]:
    """The files of some sources, by their numbers, in the order of the manifest."""
    wanted = set(names)
    return {
        file.number: file.label
        for name in manifest.ledgers
        if name in wanted
        for file in manifest.ledgers[name].files
    }
