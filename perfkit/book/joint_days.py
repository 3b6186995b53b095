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
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from perfkit.book.store.day_sheet import digest_of, sheet_of
from perfkit.book.store.days import extended_joint_day, joint_day, loaded
from perfkit.book.store.ledger import DayEntry
from perfkit.book.store.manifest import JointDay, Manifest, Part, joint_day_of
from perfkit.book.store.packing import PackedTrades
from perfkit.book.store.pages import Pages
from perfkit.config.settings import Config
from perfkit.core.trades import Trades, joined, ordered
from perfkit.logs.file_log import OPEN


def joint_days(
    before: Manifest, manifest: Manifest, config: Config, pages: Pages
) -> dict[int, JointDay]:
    """A sheet for each day that several sources have closed trades on, in order.

    `before` has those of the ledgers as they were before the update.
    """
    changed = set(manifest.ledgers.not_in(before.ledgers) if before.is_whole else manifest.ledgers)
    days = _days_of(changed, before, manifest) - {OPEN}
    joint = {day: known for day, known in before.joint.items() if day not in days}
    names: dict[int, list[str]] = {}
    for source in config.sources:
        if days and source.name in manifest.ledgers:
            for day in days.intersection(manifest.ledgers.summary(source.name).days):
                names.setdefault(day, []).append(source.name)
    for day, own in names.items():
        if len(own) < 2:
            continue
        known = before.joint.get(day)
        parts = _parts(day, own, known, changed, manifest)
        if known is not None and tuple(known.parts) == tuple(parts):
            joint[day] = known
            continue
        entry = None if known is None else _extended(day, known, parts, manifest, config, pages)
        joint[day] = joint_day_of(entry or _made(day, own, manifest, config, pages), parts)
    return dict(sorted(joint.items()))


def _days_of(changed: Iterable[str], before: Manifest, manifest: Manifest) -> set[int]:
    """The days on which a source that changed has other trades than before."""
    if not before.is_whole:
        return {day for summary in manifest.ledgers.summaries() for day in summary.days}
    found: set[int] = set()
    for name in changed:
        earlier = before.ledgers.get(name)
        old = {} if earlier is None else earlier.days
        new = manifest.ledgers[name].days
        found.update(day for day in {**old, **new} if old.get(day) != new.get(day))
    return found


def _parts(
    day: int, names: Sequence[str], known: JointDay | None, changed: set[str], manifest: Manifest
) -> list[Part]:
    """The parts of a day; those of sources that have not changed are as they were."""
    same = {part[0]: part for part in (known.parts if known else ()) if part[0] not in changed}
    parts = []
    for name in names:
        part = same.get(name)
        if part is None:
            entry = manifest.ledgers[name].days[day]
            part = name, entry.epoch, entry.rows
        parts.append(part)
    return parts


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
    known: JointDay,
    parts: Sequence[Part],
    manifest: Manifest,
    config: Config,
    pages: Pages,
) -> DayEntry | None:
    """The day with the trades that came after all of its own; None where it is not that."""
    had = {name: (epoch, rows) for name, epoch, rows in known.parts}
    if not had.keys() <= {name for name, *_ in parts}:
        return None
    grown: list[tuple[str, int]] = []
    for name, own_epoch, own_rows in parts:
        epoch, rows = had.get(name, (own_epoch, 0))
        if epoch != own_epoch or rows > own_rows:
            return None
        if rows < own_rows:
            grown.append((name, rows))
    paths = _paths([name for name, _ in grown], manifest)
    new: list[Trades] = []
    for name, rows in grown:
        entry = manifest.ledgers[name].days[day]
        new.append(loaded(entry, pages, paths).slice(rows, entry.rows))
    trades = ordered(joined(new))
    if not len(trades) or trades.closed_at[0] <= known.entry.last_at:
        return None
    return extended_joint_day(known.entry, trades, config.calendar, pages)


def _paths(names: Sequence[str], manifest: Manifest) -> Mapping[int, str]:
    """The files of some sources, by their numbers, in the order of the manifest."""
    wanted = set(names)
    return {
        file.number: file.label
        for name in manifest.ledgers
        if name in wanted
        for file in manifest.ledgers[name].files
    }
