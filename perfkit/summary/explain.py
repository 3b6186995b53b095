"""How a figure is computed: its formula, the numbers in it, and the log lines behind it.

For an extreme, a streak or a drawdown the lines are exactly those of the trades that make it; for
a sum, a count or a mean they are those of every trade that enters it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from perfkit.core.errors import UsageError, did_you_mean
from perfkit.core.exact import EXACT, canonical
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import aligned, escaped, plain, table
from perfkit.core.trades import HELD, LOST, PNL_KNOWN, WON, Trades, joined
from perfkit.metrics.drawdown import (
    Fall,
    current_fall,
    deepest_fall,
    recovery,
)
from perfkit.metrics.facts import Undefined, Value
from perfkit.metrics.registry import row_of
from perfkit.summary.formula_numbers import numbers_in
from perfkit.summary.labels import moment
from perfkit.summary.render import LONGEST_SENTENCE
from perfkit.summary.selection import Selection
from perfkit.summary.shape import WindowShape
from perfkit.summary.shown import (
    as_html,
    bundle,
    markdown_with_readings,
    public_names,
    text_with_readings,
    with_note,
)
from perfkit.summary.summary import Summary, account_curve, held_in, pnl_curve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.summary.shown import Printer

HEADER = ("closed", "symbol", "outcome", "net P&L", "log lines")
MOST_SHOWN = 50
"""Trades that an explanation lists in a notebook."""


class Explanation(NamedTuple):
    """A figure with what it was made from.

    `inputs` are the numbers its formula names; `trades` the rows of trades behind it, in trade
    order; `text` is what `perfkit explain` prints. `reason` says why there is no value;
    `data_up_to` is the newest trading day with a line, where a desk has made it; `readings` says
    how logs that no workspace describes are likely to be read, as `text` does.
    """

    metric: str
    value: Value | None
    inputs: dict[str, Value | None]
    trades: Trades
    text: str
    window: WindowShape
    reason: str | None = None
    data_up_to: date | None = None
    readings: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """`path:line` of every log line behind the figure."""
        return [str(place) for row in range(len(self.trades)) for place in self.trades.places(row)]

    @property
    def markdown(self) -> str:
        """The same as Markdown, with the first `MOST_SHOWN` trades."""
        return markdown_with_readings(_markdown(self), self.readings)

    def __str__(self) -> str:
        return self.text

    def __dir__(self) -> list[str]:
        return public_names(self)

    def _repr_html_(self) -> str | None:
        return as_html(self.markdown, self.data_up_to)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return bundle(self.text, self.markdown, self.data_up_to)

    def _repr_pretty_(self, printer: Printer, _: object) -> None:
        """The text as IPython asks for it; of a tuple it would show the fields."""
        printer.text(with_note(self.text, self.data_up_to))


def explain(metric: str, summary: Summary, selection: Selection) -> Explanation:
    """Explains one figure of a summary; raises `UsageError` for an unknown metric."""
    if metric not in tuple(summary.metrics):  # also where it cannot be hashed
        raise UsageError(_unknown(metric, list(summary.metrics)))
    trades = _behind(metric, selection)
    inputs = numbers_in(metric, summary, selection)
    readings = tuple(selection.likely_readings)
    text = text_with_readings(_text(metric, summary, inputs, trades), readings)
    reason, window = summary.undefined.get(metric), summary.window
    value = summary.metrics[metric]
    return Explanation(metric, value, inputs, trades, text, window, reason, None, readings)


def _unknown(metric: str, known: list[str]) -> str:
    from perfkit.metrics.concurrency import ON_REQUEST

    if metric in tuple(ON_REQUEST):  # also where it cannot be hashed
        return (
            f"{metric} is only computed on request; write `metrics: [{metric}]` into "
            "config/perfkit.yaml"
        )
    meant = did_you_mean(metric, known)
    return f"unknown metric {metric!r}; {meant}`perfkit summary --json` shows all metrics"


def _behind(metric: str, selection: Selection) -> Trades:
    """The trades that make a figure."""
    inside = selection.inside
    if metric == "open_trades":
        return joined(selection.still_open)
    if metric == "unrealized_pnl":
        never = selection.never_closed
        return never if selection.holds_newest else never.take([])
    if metric == "realized_pnl":
        never = selection.never_closed
        known = [row for row, one in enumerate(never.realized_pnl.units) if one is not None]
        return never.take(known if selection.holds_newest else [])
    if metric == "current_drawdown":
        fall = current_fall(pnl_curve(selection.history))
        return selection.history.take(fall.rows if fall.depth else [])
    if metric in ("exposure", "max_concurrent"):
        return _held(selection, together=metric == "max_concurrent")
    if metric in _ROWS:
        return inside.take(_ROWS[metric](selection))
    wanted = row_of(metric).marks
    return inside.take(_marked(selection, wanted)) if wanted else inside


def _held(selection: Selection, *, together: bool) -> Trades:
    """The trades that were open in the window, or those of the moment when most were."""
    every = joined([selection.inside, *selection.still_open])
    closed_at: Sequence[int | None] = every.closed_at
    spans = enumerate(zip(every.opened_at, closed_at, strict=True))
    known = [(row, opened, closed) for row, (opened, closed) in spans if opened is not None]
    if not together:
        return every.take([row for row, _, _ in known])
    held = held_in(selection)
    if isinstance(held, Undefined):
        return every.take([])
    at = held.most_at
    rows = [row for row, a, b in known if a <= at and (b is None or at < b)]
    return every.take(rows)


Rows = Callable[[Selection], Sequence[int]]
"""Finds the rows of the trades of a window that make a figure."""


def _marked(selection: Selection, wanted: int) -> list[int]:
    """The rows with all of these marks."""
    marks = selection.inside.marks
    return [row for row, mark in enumerate(marks) if mark & wanted == wanted]


def _decided(selection: Selection) -> list[int]:
    return [row for row, mark in enumerate(selection.inside.marks) if mark & (WON | LOST)]


def _breakevens(selection: Selection) -> list[int]:
    return [row for row, mark in enumerate(selection.inside.marks) if not mark & (WON | LOST)]


def _extreme(outcome: int, choose: Callable[..., int]) -> Rows:
    """The first trade with the highest or lowest P&L of those with that outcome."""

    def rows(selection: Selection) -> Sequence[int]:
        net = selection.inside.net_pnl.units
        known = _marked(selection, outcome | PNL_KNOWN)
        return [choose(known, key=net.__getitem__)] if known else []

    return rows


def _longest_held(selection: Selection) -> Sequence[int]:
    """The first of the trades held longest."""
    hold = selection.inside.hold_us
    held = _marked(selection, HELD)
    return [max(held, key=lambda row: hold[row] or 0)] if held else []


def _day(choose: Callable[..., int]) -> Rows:
    """The trades of the first day with the highest or lowest P&L."""

    def rows(selection: Selection) -> Sequence[int]:
        days = selection.book.config.calendar.days_of(selection.inside.closed_at)
        totals = dict.fromkeys(days, 0)
        for day, pnl in zip(days, selection.inside.net_pnl.units, strict=True):
            totals[day] += pnl or 0
        chosen = choose(totals, key=totals.__getitem__, default=None)
        return [row for row, day in enumerate(days) if day == chosen]

    return rows


def _drawdown(selection: Selection) -> Sequence[int]:
    return deepest_fall(pnl_curve(selection.inside)).rows


def _relative_drawdown(selection: Selection) -> Sequence[int]:
    curve = account_curve(selection)
    fall = None if curve is None else curve.deepest
    return fall.rows if fall else []


def _point(reached: Callable[[list[int], Fall], int | None]) -> Rows:
    """The trade that made the peak, the trough or the recovery of the largest drawdown."""

    def rows(selection: Selection) -> Sequence[int]:
        curve = pnl_curve(selection.inside)
        fall = deepest_fall(curve)
        point = reached(curve, fall) if fall.depth else None
        return [point - 1] if point else []

    return rows


def _streaks(selection: Selection, kind: int) -> list[list[int]]:
    """Runs of that outcome, breakevens left out: of W W B W L L and wins, [[0, 1, 3]]."""
    marks = selection.inside.marks
    runs = groupby(_decided(selection), key=lambda row: marks[row] & (WON | LOST))
    return [list(run) for outcome, run in runs if outcome & kind]


def _current_streak(selection: Selection) -> Sequence[int]:
    return (_streaks(selection, WON | LOST) or [[]])[-1]


def _longest_streak(kind: int) -> Rows:
    """The earliest of the longest runs."""
    return lambda selection: max(_streaks(selection, kind), key=len, default=[])


_ROWS: dict[str, Rows] = {
    "breakevens": _breakevens,
    "win_rate_decided": _decided,
    "largest_win": _extreme(WON, max),
    "largest_loss": _extreme(LOST, min),
    "longest_hold_seconds": _longest_held,
    "best_day": _day(max),
    "worst_day": _day(min),
    "max_drawdown": _drawdown,
    "drawdown_peak_at": _point(lambda _, fall: fall.peak),
    "drawdown_trough_at": _point(lambda _, fall: fall.trough),
    "drawdown_recovered_at": _point(recovery),
    "max_drawdown_pct": _relative_drawdown,
    "current_streak": _current_streak,
    "current_streak_kind": _current_streak,
    "longest_win_streak": _longest_streak(WON),
    "longest_loss_streak": _longest_streak(LOST),
}


def _text(metric: str, summary: Summary, inputs: dict[str, Value | None], trades: Trades) -> str:
    row = row_of(metric)
    value = summary.metrics[metric]
    lines = [f"{row.label}, {summary.window.kind} {summary.window.label}"]
    lines.append(f"  {row.what}")
    lines.append(f"  formula  {row.formula}")
    lines += [f"  with     {name} = {_exact(number)}" for name, number in inputs.items()]
    if value is None:
        lines.append(f"  {metric} is undefined: {summary.undefined[metric]}")
    else:
        unit = row.unit.replace("money", summary.currency or "money")
        lines.append(f"  {metric} = {_exact(value)} ({unit})")
    lines.append(f"\nBased on {len(trades):,} trade{'' if len(trades) == 1 else 's'}.")
    if not len(trades):
        return "\n".join(lines) + "\n"
    header, rows = _listed(trades, len(trades), summary.window.timezone)
    return "\n".join(lines) + "\n" + aligned(header, rows, left=3)


def _markdown(found: Explanation) -> str:
    row, trades = row_of(found.metric), found.trades
    count = len(trades)
    parts = [
        f"**{row.label}**, {found.window.kind} {found.window.label}\n",
        f"{escaped(row.what, LONGEST_SENTENCE)}\n",
    ]
    value = _exact(found.value) if found.reason is None else f"undefined: {found.reason}"
    numbers = [[found.metric, f"{value} ({row.unit})" if found.reason is None else value]]
    numbers += [["formula", row.formula]]
    numbers += [[name, _exact(number)] for name, number in found.inputs.items()]
    shown = [[escaped(cell, LONGEST_SENTENCE) for cell in line] for line in numbers]
    parts.append(table(["Figure", "Exactly"], shown))
    parts.append(f"Based on {count:,} trade{'' if count == 1 else 's'}.\n")
    if count:
        header, rows = _listed(trades, min(count, MOST_SHOWN), found.window.timezone)
        cells = [[escaped(cell, LONGEST_SENTENCE) for cell in line] for line in rows]
        parts.append(table(header, cells, left=3))
    if count > MOST_SHOWN:
        parts.append(f"And {count - MOST_SHOWN:,} more: `.trades` and `.lines` have all of them.\n")
    return "\n".join(parts)


def _listed(trades: Trades, most: int, timezone: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the first trades; what is realised of open ones has a column if any is."""
    header = list(HEADER)
    rows = [_row(trades, number, timezone) for number in range(most)]
    if any(one is not None for one in trades.realized_pnl.units):
        header.insert(4, "realized")
        for number, cells in enumerate(rows):
            cells.insert(4, _number(trades[number].realized_pnl))
    return header, rows


def _row(trades: Trades, row: int, timezone: str) -> list[str]:
    trade = trades[row]
    return [
        "open" if trade.closed_at is None else moment(trade.closed_at, timezone),
        plain(trade.symbol or "–"),
        trade.outcome or "–",
        _number(trade.net_pnl),
        " ".join(map(str, trades.places(row))),
    ]


def _number(value: Decimal | None) -> str:
    return "–" if value is None else format(canonical(value), "f")


def _exact(value: Value | None) -> str:
    """A figure without any rounding."""
    if value is None:
        return "undefined"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, int | str) else format(value.normalize(EXACT), "f")
