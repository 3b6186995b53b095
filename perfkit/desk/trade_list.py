"""The trades of a window as tables to read: what closed, and what was open at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from perfkit.core.calendar import moment_of, zone_named
from perfkit.core.exact import canonical, scaled
from perfkit.core.formatting import NOTHING, duration, escaped, table
from perfkit.core.numbers import Numbers
from perfkit.core.trades import Trades, joined
from perfkit.summary.labels import Cash, cash_of, shown
from perfkit.summary.selection import Selection
from perfkit.summary.summary import summarize

MOST_TRADES = 200
"""Trades that a table shows; the others are counted."""

LONGEST_NAME = 40

Columns = dict[str, list[str]]


def trade_list(selection: Selection) -> str:
    """Both tables as Markdown; a column of which nothing is known is left out."""
    summary = summarize(selection, ())
    cash = cash_of(summary.metrics, summary.currency)
    closed, opened = selection.inside, joined(selection.still_open)
    parts = [_closed(closed, selection, cash) if len(closed) else "No trade closed.\n"]
    if len(opened):
        were = "trade was" if len(opened) == 1 else "trades were"
        parts.append(f"{len(opened):,} {were} open at the end:\n")
        parts.append(_open(opened, selection))
    return "\n".join(parts)


def _closed(trades: Trades, selection: Selection, cash: Cash) -> str:
    pnl = [_cell(one, lambda known: shown("net_pnl", known, cash)) for one in _of(trades.net_pnl)]
    ratio = [_cell(one, lambda known: shown("avg_r", known)) for one in _of(trades.r)]
    held = [NOTHING if us is None else duration(Decimal(us) / 1_000_000) for us in trades.hold_us]
    texts = {"Closed": _times(trades.closed_at, selection), **_names(trades)}
    strategy = texts.pop("Strategy")
    exits = {"Strategy": strategy, "Exit": list(map(_name, trades.exit_reason))}
    return _table([texts, {"Net P&L": pnl, "R": ratio, "Held": held}, exits], len(trades))


def _open(trades: Trades, selection: Selection) -> str:
    """What was known when they were opened: whatever happens later, the table stays the same."""
    columns = {"Quantity": trades.quantity, "Entry price": trades.entry_price}
    figures = {
        label: [_cell(one, lambda known: f"{canonical(known):f}") for one in _of(column)]
        for label, column in columns.items()
    }
    texts = {"Opened": _times(trades.opened_at, selection), **_names(trades)}
    return _table([texts, figures], len(trades))


def _table(kinds: Sequence[Columns], count: int) -> str:
    """A table of texts, then figures, then texts."""
    left: list[int] = []
    columns: Columns = {}
    for number, kind in enumerate(kinds):
        for label, cells in kind.items():
            if set(cells) != {NOTHING}:
                left += [len(columns)] if number != 1 else []
                columns[label] = cells[:MOST_TRADES]
    text = table([*columns], list(zip(*columns.values(), strict=True)), left)
    more = count - MOST_TRADES
    return text + (f"\nAnd {more:,} more; `perfkit trades` lists them all.\n" if more > 0 else "")


def _names(trades: Trades) -> Columns:
    columns = {"Symbol": trades.symbol, "Side": trades.side, "Strategy": trades.strategy}
    return {label: list(map(_name, column)) for label, column in columns.items()}


def _name(text: str | None) -> str:
    return escaped(text, LONGEST_NAME) if text else NOTHING


def _times(instants: Sequence[int | None], selection: Selection) -> list[str]:
    """The time of day within a day, else with its date, in the workspace's zone."""
    window = selection.window
    zone = zone_named(selection.book.config.calendar.timezone)
    texts = []
    for at in instants:
        if at is None:
            texts.append(NOTHING)
            continue
        local = moment_of(at).astimezone(zone)
        is_within = window.first_day == window.last_day and window.start <= at < window.end
        texts.append(f"{local:%H:%M:%S}" if is_within else f"{local:%Y-%m-%d %H:%M}")
    return texts


def _of(numbers: Numbers) -> list[Decimal | None]:
    return [None if units is None else scaled(units, numbers.places) for units in numbers.units]


def _cell(value: Decimal | None, show: Callable[[Decimal], str]) -> str:
    return NOTHING if value is None else show(value)
