"""Combined records to trades, by trading day."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from perfkit.config.settings import Config, Source
from perfkit.core.calendar import Calendar
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import take
from perfkit.core.trades import COLUMNS, CORRECTED, PNL_COMPUTED, REPEATED, Trades
from perfkit.logs.combine import Records, combined, evaluated
from perfkit.logs.derive import NO_RESULT, derived
from perfkit.logs.file_log import FileLog
from perfkit.logs.reader import without

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Combined(NamedTuple):
    """The trades some lines make, and the lines that close one without any result."""

    trades: Trades
    fruitless: list[Fruitless]


def combined_trades(
    source: Source,
    config: Config,
    logs: Sequence[FileLog],
    numbers: Sequence[int],
) -> Combined:
    """The trades that lines in some order make; `numbers` are those of their files.

    Lines that close a trade without any P&L or outcome are left out, but what other lines say of
    that trade (that it was opened, say) still holds. Where all lines of a trade together say
    nothing of its result, none of those that close it does, and all of them are left out at once;
    but if a result may vanish, one after the other from the last.
    """
    fruitless: defaultdict[int, set[int]] = defaultdict(set)
    found: list[Fruitless] = []
    while True:
        left = [without(log, fruitless[place]) for place, log in enumerate(logs)]
        records, columns = _derived(source, left, config)
        bad = [row for row, finding in enumerate(columns["findings"]) if finding == NO_RESULT]
        if not bad:
            break
        for row in bad:
            lines = [(records.file[row], records.line[row])]
            if not source.dialect.result_may_vanish:
                lines += records.other_lines.get(row, ())
            for place, line in lines:
                log = logs[place]
                nth = bisect_left(log.lines.line, line)
                if not log.lines.is_open[nth]:
                    fruitless[place].add(line)
                    day = config.calendar.day_of(log.at[nth]).toordinal()
                    key, offset = columns["key"][row], log.offset_of[line]
                    found.append(Fruitless(key, numbers[place], line, offset, day))
    columns["file"] = take(numbers, records.file)
    others = {
        (numbers[records.file[row]], records.line[row]): tuple(
            (numbers[place], line) for place, line in lines
        )
        for row, lines in records.other_lines.items()
    }
    paths = {number: log.path for number, log in zip(numbers, logs, strict=True)}
    return Combined(Trades({name: columns[name] for name in COLUMNS}, paths, others), found)


def by_day(trades: Trades, calendar: Calendar) -> dict[int, Trades]:
    """Trades by the day they closed on, those still open under `OPEN`."""
    closed_at: list[int | None] = trades.closed_at  # type: ignore[assignment]
    days: dict[int, Trades] = {}
    if None in closed_at:
        days[OPEN] = trades.take([row for row, at in enumerate(closed_at) if at is None])
        trades = trades.take([row for row, at in enumerate(closed_at) if at is not None])
    if not len(trades):
        return days
    closed_on = calendar.ordinals_of(trades.closed_at)
    changes = [row for row, (a, b) in enumerate(pairwise(closed_on), 1) if a != b]
    if len(changes) < len(set(closed_on)):  # each day is a run of trades
        for first, last in pairwise([0, *changes, len(trades)]):
            days[closed_on[first]] = trades.slice(first, last)
        return days
    members: defaultdict[int, list[int]] = defaultdict(list)
    for row, day in enumerate(closed_on):
        members[day].append(row)
    for day, rows in members.items():
        days[day] = trades.take(rows)
    return days


def _derived(
    source: Source, logs: Sequence[FileLog], config: Config
) -> tuple[Records, dict[str, Any]]:
    records = combined(list(logs), source.dialect)
    targets = evaluated(records, source.dialect)
    if source.dialect.pnl_from_prices:
        from perfkit.logs.prices import net_pnl_from_prices

        computed = net_pnl_from_prices(targets, config.multipliers, len(records.line))
        targets["net_pnl"] = computed
    columns = derived(
        source.name,
        targets,
        records.is_open,
        config.breakeven_tolerance,
        config.multipliers,
    )
    columns["line"] = records.line
    columns["key"] = records.key
    findings = columns["findings"]
    closed = [row for row, opened in enumerate(records.is_open) if not opened]
    for rows, finding in (
        (records.corrected, CORRECTED),
        (records.repeated, REPEATED),
        (closed if source.dialect.pnl_from_prices else (), PNL_COMPUTED),
    ):
        for row in rows:
            if findings[row] != NO_RESULT:
                findings[row] |= finding
    return records, columns


OPEN = 0
"""The day of trades without a close, and of lines that made no trade."""


class Fruitless(NamedTuple):
    """A line that closes a trade without any P&L or outcome."""

    key: int | None
    file: int
    line: int
    offset: int
    day: int
