"""Days on which several sources have trades: a sheet of all of these together.

The drawdown and the streaks of two sources cannot be had from their own: they depend on the order
in which all trades closed. So such a day is folded over the trades of all its sources:

    the day                                         what is done
    ----------------------------------------------  -----------------------------------------------
    no source has changed it                        its sheet stays
    some have trades more, and all of these close   it is extended by them: 100,000 trades of 1,000
      after all that were known                       sources and one more are not read again
    any other change, or not known yet              it is made of the trades of all sources
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.book.store.day_sheet import digest_of, sheet_of
from perfkit.book.store.days import extended_joint_day, joint_day, loaded
from perfkit.book.store.ledger import DayEntry
from perfkit.book.store.manifest import JointDay, Manifest
from perfkit.book.store.packing import PackedTrades
from perfkit.book.store.pages import Pages
from perfkit.config.settings import Config
from perfkit.core.trades import Trades, joined, ordered
from perfkit.logs.file_log import OPEN

Own = list[tuple[str, DayEntry]]
"""The sources with trades on a day, in the order they are configured, each with its day."""


def joint_days(manifest: Manifest, config: Config, pages: Pages) -> dict[int, JointDay]:
    """A sheet for each day that several sources have closed trades on, in order."""
    by_day: dict[int, Own] = {}
    for source in config.sources:
        ledger = manifest.ledgers.get(source.name)
        for day, entry in {} if ledger is None else ledger.days.items():
            by_day.setdefault(day, []).append((source.name, entry))
    joint: dict[int, JointDay] = {}
    paths: dict[int, str] | None = None
    for day, own in sorted(by_day.items()):
        if day == OPEN or len(own) < 2:
            continue
        made_of = tuple((name, entry.epoch, entry.rows) for name, entry in own)
        known = manifest.joint.get(day)
        if known is not None and known.made_of == made_of:
            joint[day] = known
            continue
        if paths is None:
            ledgers = manifest.ledgers.values()
            paths = {file.number: file.label for ledger in ledgers for file in ledger.files}
        made = None if known is None else _extended(known, own, config, pages, paths)
        joint[day] = JointDay(
            made or _made([entry for _, entry in own], config, pages, paths), made_of
        )
    return joint


def _made(
    own: Sequence[DayEntry], config: Config, pages: Pages, paths: Mapping[int, str]
) -> DayEntry:
    trades = ordered(joined([loaded(entry, pages, paths) for entry in own]))
    sheet = sheet_of(trades, config.calendar, digest_of(PackedTrades(trades)))
    return joint_day(sheet, trades, pages)


def _extended(
    known: JointDay, own: Own, config: Config, pages: Pages, paths: Mapping[int, str]
) -> DayEntry | None:
    """The day with the trades that came after all of its own; None where it is not that."""
    had = {name: (epoch, rows) for name, epoch, rows in known.made_of}
    if not had.keys() <= dict(own).keys():
        return None
    new: list[Trades] = []
    for name, entry in own:
        epoch, rows = had.get(name, (entry.epoch, 0))
        if epoch != entry.epoch or rows > entry.rows:
            return None
        if rows < entry.rows:
            new.append(loaded(entry, pages, paths).slice(rows, entry.rows))
    trades = ordered(joined(new))
    if not len(trades) or trades.closed_at[0] <= known.entry.last_at:
        return None
    return extended_joint_day(known.entry, trades, config.calendar, pages)
