"""Combined records to trades, by trading day."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import count, pairwise

from perfkit.config.settings import Config, Source
from perfkit.core.calendar import Calendar
from perfkit.core.dimensions import known as known_dimensions
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import take
from perfkit.core.trades import (
    COLUMNS,
    CORRECTED,
    NO_MULTIPLIER,
    PNL_COMPUTED,
    REPEATED,
    RESIZED,
    UNPAIRED,
    Trades,
)
from perfkit.logs.combine import Records, combined
from perfkit.logs.derive import NO_RESULT, derived
from perfkit.logs.file_log import OPEN, SEVERAL, FileLog, Fruitless
from perfkit.logs.formulas import evaluated, values
from perfkit.logs.reader import without

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Combined(NamedTuple):
    """The trades some lines make, and the lines that make none.

    `lines` has the key, day, file and line of each fill: which trades it has a part in, others
    decide. The day is `SEVERAL` where several lines speak of the fill.
    """

    trades: Trades
    fruitless: list[Fruitless]
    lines: list[tuple[int, int, int, int]] | None = None


def combined_trades(
    source: Source,
    config: Config,
    logs: Sequence[FileLog],
    numbers: Sequence[int],
    since: Mapping[int, int] | None = None,
) -> Combined:
    """The trades that lines in some order make; `numbers` are those of their files.

    Of fills, only those count that are not before the instant that `since` has for their key.

    Lines that close a trade without any P&L or outcome are left out, but what other lines say of
    that trade (that it was opened, say) still holds. Where all lines of a trade together say
    nothing of its result, none of those that close it does, and all of them are left out at once;
    but if a result may vanish, one after the other from the last.
    """
    if source.dialect.fills is not None:
        return _of_fills(source, config, logs, numbers, since or {})
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
    return Combined(_trades(records, columns, logs, numbers), found)


def _of_fills(
    source: Source,
    config: Config,
    logs: Sequence[FileLog],
    numbers: Sequence[int],
    since: Mapping[int, int],
) -> Combined:
    """The trades that fills make; those that sell what is not held make none."""
    from perfkit.logs.fills.trades import fill_trades

    made = fill_trades(list(logs), source.dialect, config.multipliers, since)
    unknown = _without_multiplier(made.targets, config) & made.computed
    further = (*made.findings, (unknown, NO_MULTIPLIER))
    columns = _with_findings(made.records, made.targets, source, config, further)
    found = []
    for place, line in made.unmatched:
        log = logs[place]
        nth = bisect_left(log.lines.line, line)
        day = config.calendar.day_of(log.at[nth]).toordinal()
        key, offset = log.lines.key[nth], log.offset_of[line]
        found.append(Fruitless(key, numbers[place], line, offset, day, NOT_HELD_REASON))
    rows = count()
    lines: list[tuple[int, int, int, int]] = []
    for number, log in zip(numbers, logs, strict=True):
        days = config.calendar.ordinals_of(log.at)
        for key, day, line in zip(log.lines.key, days, log.lines.line, strict=True):
            row = next(rows)
            if row not in made.before and key is not None:
                lines.append((key, SEVERAL if row in made.several else day, number, line))
    return Combined(_trades(made.records, columns, logs, numbers), found, lines)


def _trades(
    records: Records, columns: dict[str, Any], logs: Sequence[FileLog], numbers: Sequence[int]
) -> Trades:
    columns["file"] = take(numbers, records.file)
    dimensions = known_dimensions(columns.pop("dimensions", {}))
    others: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}
    for row, lines in records.other_lines.items():
        deciding = numbers[records.file[row]], records.line[row]
        others.setdefault(deciding, tuple((numbers[place], line) for place, line in lines))
    paths = {number: log.path for number, log in zip(numbers, logs, strict=True)}
    return Trades({name: columns[name] for name in COLUMNS}, paths, others, dimensions)


def by_day(trades: Trades, calendar: Calendar) -> dict[int, Trades]:
    """Trades by the day they closed on, those still open under `OPEN`."""
    closed_at: list[int | None] = trades.closed_at  # type: ignore[assignment]
    days: dict[int, Trades] = {}
    if None in closed_at:
        left = trades.take([row for row, at in enumerate(closed_at) if at is None])
        trades = trades.take([row for row, at in enumerate(closed_at) if at is not None])
        days[OPEN] = _with_own_lines(left, trades)
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
    dialect = source.dialect
    totals: dict[str, Any] = {}
    if dialect.joining is None:
        records = combined(list(logs), dialect)
    else:
        from perfkit.logs.joining import joined  # most logs do without

        records, totals = joined(list(logs), dialect)
    targets = {**evaluated(records.slots, len(records.line), dialect), **totals}
    for name, expression in dialect.dimensions.items():
        targets[name] = values(expression, records.slots, len(records.line))
    if not dialect.pnl_from_prices:
        return records, _with_findings(records, targets, source, config)
    from perfkit.logs.prices import net_pnl_from_prices

    multipliers = _multipliers(targets, config)
    computed = net_pnl_from_prices(targets, multipliers, len(records.line))
    targets["net_pnl"] = computed
    closed = frozenset(row for row, opened in enumerate(records.is_open) if not opened)
    unknown = closed & _without_multiplier(targets, config)
    further = ((closed, PNL_COMPUTED), (unknown, NO_MULTIPLIER))
    return records, _with_findings(records, targets, source, config, further)


def _with_findings(
    records: Records,
    targets: Mapping[str, Any],
    source: Source,
    config: Config,
    further: tuple[tuple[frozenset[int], int], ...] = (),
) -> dict[str, Any]:
    """The columns of trades, and what was found about some rows."""
    multipliers = _multipliers(targets, config)
    columns = derived(
        source.name, targets, records.is_open, config.breakeven_tolerance, multipliers
    )
    columns["line"] = records.line
    columns["key"] = records.key
    if source.dialect.dimensions:
        columns["dimensions"] = {name: targets[name] for name in source.dialect.dimensions}
    findings = columns["findings"]
    known = (
        (records.corrected, CORRECTED),
        (records.repeated, REPEATED),
        (records.unpaired, UNPAIRED),
        (records.resized, RESIZED),
    )
    for rows, finding in (*known, *further):
        for row in rows:
            if findings[row] != NO_RESULT:
                findings[row] |= finding
    return columns


def _multipliers(targets: Mapping[str, Any], config: Config) -> Mapping[str, Decimal]:
    """The multiplier of each symbol that the configuration has one for."""
    symbols = targets.get("symbol")
    if not config.multipliers or symbols is None:
        return config.multipliers
    from perfkit.core.multipliers import multipliers_of  # most workspaces do without

    return multipliers_of(config.multipliers, symbols)


def _without_multiplier(targets: Mapping[str, Any], config: Config) -> frozenset[int]:
    """The trades with a symbol of which `multiplier` says nothing, though it speaks of others."""
    symbols = targets.get("symbol", ()) if config.multipliers else ()
    known = _multipliers(targets, config)
    return frozenset(row for row, one in enumerate(symbols) if one is not None and one not in known)


def _with_own_lines(left: Trades, closed: Trades) -> Trades:
    """Trades still open, without the lines of closed ones.

    A fill that goes through zero is the place of two trades: of the one that it closes, with the
    lines of its entries, and of the one that it opens, which has no other line.
    """
    if not left.other_lines:
        return left
    places = set(zip(closed.file, closed.line, strict=True))
    if places.isdisjoint(zip(left.file, left.line, strict=True)):
        return left
    return left.with_lines(
        {place: lines for place, lines in left.other_lines.items() if place not in places}
    )


NOT_HELD_REASON = "sells more than is held, and `short` is false"
