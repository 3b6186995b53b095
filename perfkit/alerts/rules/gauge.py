"""The figure of a rule over the last N trades or a window, as each trade closes.

A `Gauge` takes the closed trades of one rule and group in trade order, and returns the figure as of
the latest of them, computed by the functions that every summary uses. Figures made of counts and
sums add the new trade and subtract the oldest; others fold tallies. A gauge is saved for the next
run as plain values.

Win rate over the last 3 trades, won, lost, won, won: 1 of 1, 1 of 2, 2 of 3; the fourth trade adds
one win, the first is taken away again: 2 of 3.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from decimal import Decimal

from perfkit.alerts.rules.folds import fold_of, is_counted, is_per_day
from perfkit.core.calendar import CALENDAR_WINDOWS, LAST_N_DAYS, Calendar, Window
from perfkit.core.exact import EXACT, ZERO, canonical, multiply, sum_of
from perfkit.core.fast_imports import NamedTuple, date
from perfkit.core.trades import Trades
from perfkit.metrics.account import Deposits, account_of, deposited
from perfkit.metrics.facts import (
    EQUITY_USED_UP,
    NO_EQUITY,
    NO_LOSING_DAY,
    NO_LOSS,
    NOT_IN_A_PART,
    Account,
    Facts,
    Undefined,
    Value,
    without_log,
)
from perfkit.metrics.registry import METRICS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NOT_BY_TRADE = frozenset(
    row.name
    for row in METRICS.values()
    if not {"open_trades", "unrealized_pnl", "realized_pnl"}.isdisjoint(row.reads)
)
"""Figures that later lines change for the past, so that no step could be repeated."""

NO_NUMBER = frozenset(row.name for row in METRICS.values() if not row.is_number)

BETTER = (NO_LOSS.reason, NO_LOSING_DAY.reason)
"""Reasons to be undefined that are better than any threshold."""


class GaugeSettings(NamedTuple):
    """What of the workspace figures depend on; `missing` counts days without a log."""

    calendar: Calendar
    starting_equity: Decimal | None
    deposits: Deposits
    periods_per_year: int
    missing: Callable[[date, date], int]


class Gauge:
    """The figure of one rule for one group; over `trades` trades, or a window of a kind."""

    def __init__(
        self, metric: str, trades: int | None, window: str | None, settings: GaugeSettings
    ) -> None:
        self.metric = metric
        self.span = trades
        self.kind = window
        self.settings = settings
        self.fold = fold = fold_of(metric)
        self.row = METRICS[metric]
        self.is_counted, self.is_per_day = is_counted(metric), is_per_day(metric)
        self.tail: deque[tuple[int, int, Any, Decimal]] = deque()
        self.days: list[tuple[int, Any, Decimal, int, int]] = []
        """Earlier days of the window: ordinal, fold, net P&L, first closing time, trades."""
        self.window: Window | None = None
        self.today = self.whole = fold.empty
        self.day: int | None = None
        self.day_net = ZERO
        self.day_first_at = 0
        self.day_count = 0
        self.first_day: int | None = None
        self.first_at: int | None = None
        self.last_at: int | None = None
        self.count = 0
        self.equity = self.peak = ZERO
        """Cumulative net P&L of all trades so far, and its highest."""
        self.curve: list[Decimal] = [ZERO]
        """Equity at the start of a rolling span or sliding window, and after each of its trades."""
        self.fall: tuple[Decimal, Decimal, Decimal] | None = None
        """In other windows: peak of what was earned, the deepest relative fall, its equity."""
        self._known: dict[Any, Value | Undefined] = {}

    def add(self, trades: Trades, row: int, day: int) -> None:
        """Adds the next closed trade; `day` is the ordinal of its trading day."""
        unit = self.fold.unit(trades, row)
        net = trades.net_pnl.decimal(row) or ZERO
        at = trades.closed_at[row]
        self.equity = EXACT.add(self.equity, net)
        self.peak = max(self.peak, self.equity)
        if self.span is not None:
            self._roll(at, day, unit, net)
        else:
            self._extend(at, day, unit, net)
        self.last_at = at
        if "max_drawdown_pct" in self.row.reads and self.settings.starting_equity is not None:
            self._follow(net, day)

    def _roll(self, at: int, day: int, unit: Any, net: Decimal) -> None:
        self.tail.append((day, at, unit, net))
        oldest = self.tail.popleft()[2] if len(self.tail) > (self.span or 0) else None
        self.whole = self.fold.rolled(self.whole, unit, oldest, self.tail)
        self.count = len(self.tail)
        self.first_day, self.first_at = self.tail[0][0], self.tail[0][1]
        self.day = day

    def _extend(self, at: int, day: int, unit: Any, net: Decimal) -> None:
        if day != self.day:
            self._turn(day)
            self.day_first_at = at
        self.today = self.fold.plus(self.today, unit)
        self.whole = self.fold.plus(self.whole, unit)
        self.day_net = EXACT.add(self.day_net, net)
        self.count += 1
        self.day_count += 1
        if self.first_at is None:
            self.first_at = at
        if self.first_day is None:
            self.first_day = day

    def _turn(self, day: int) -> None:
        """Ends the previous day, and drops what has left the window."""
        sliding = LAST_N_DAYS.get(self.kind or "")
        if self.day is not None and (sliding or self.is_per_day):
            self.days.append(
                (self.day, self.today, self.day_net, self.day_first_at, self.day_count)
            )
        if self.kind in CALENDAR_WINDOWS:
            on = date.fromordinal(day)
            if self.window is None or not self.window.first_day <= on <= self.window.last_day:
                self.window = self.settings.calendar.window(self.kind, on)
                self.days, self.whole, self.count = [], self.fold.empty, 0
                self.first_at, self.first_day, self.fall = None, None, None
        elif sliding:
            self.days = [one for one in self.days if one[0] > day - sliding]
            self.whole = self.fold.merged([one[1] for one in self.days])
            self.count = sum(one[4] for one in self.days)
            self.first_day = day - sliding + 1
            self.first_at = self.days[0][3] if self.days else None
        self.day, self.today, self.day_net, self.day_count = day, self.fold.empty, ZERO, 0

    def value(self) -> Value | Undefined:
        """The figure at the latest trade."""
        if not self.is_counted:
            return self.row(self.facts())
        value = self._known.get(self.whole)
        if value is None:
            value = self.row(self.facts())
            self._known[self.whole] = value
        return value

    def facts(self) -> Facts:
        """What the figure is computed from."""
        reads = self.row.reads
        # NOT_IN_A_PART: no rule may ask for these.
        return Facts(
            tally=self.fold.tally(self.whole),
            days=self._days() if "days" in reads else (),
            expected_days=len(self._expected()) if "expected_days" in reads else 0,
            open_trades=0,
            recovered_at=NOT_IN_A_PART,
            unrealized_pnl=NOT_IN_A_PART,
            realized_pnl=NOT_IN_A_PART,
            returns=self._returns() if "returns" in reads else NOT_IN_A_PART,
            current_drawdown=EXACT.subtract(self.equity, self.peak),
            max_drawdown_pct=self._relative() if "max_drawdown_pct" in reads else (0, 1),
            periods_per_year=self.settings.periods_per_year,
            every_day=self._every_day() if "every_day" in reads else (),
            account=self._account() if "account" in reads else NOT_IN_A_PART,
        )

    def _days(self) -> tuple[tuple[date, Decimal], ...]:
        by_day: dict[int, Decimal] = {}
        for day, _, _, net in self.tail:
            by_day[day] = EXACT.add(by_day.get(day, ZERO), net)
        for one in self.days:
            by_day[one[0]] = one[2]
        if self.span is None and self.day is not None:
            by_day[self.day] = self.day_net
        return tuple((date.fromordinal(day), net) for day, net in by_day.items())

    def _expected(self) -> list[date]:
        """Expected days of the window up to the day of the latest trade."""
        last = date.fromordinal(self.day or 1)
        return self.settings.calendar.expected_days(self._first(), last)

    def _first(self) -> date:
        """The first day of the window."""
        return (
            date.fromordinal(self.first_day or 1) if self.window is None else self.window.first_day
        )

    def _returns(self) -> tuple[Decimal, ...] | Undefined:
        expected = self._expected()
        if expected:
            missing = self.settings.missing(expected[0], expected[-1])
            if missing:
                return without_log(missing)
        by_day = dict(self._days())
        return tuple(by_day.get(day, ZERO) for day in expected)

    def _every_day(self) -> tuple[Decimal, ...]:
        """Net P&L of every day of the window that is expected or has a closed trade."""
        by_day = dict(self._days())
        days = sorted(by_day.keys() | set(self._expected()))
        return tuple(by_day.get(day, ZERO) for day in days)

    def _account(self) -> Account | Undefined:
        starting, by_day = self.settings.starting_equity, dict(self._days())
        if starting is None:
            return NO_EQUITY
        earned = EXACT.subtract(self.equity, sum_of(by_day.values()))
        first = self._first()
        return account_of(starting, self.settings.deposits, earned, by_day, first, self._expected())

    def _follow(self, net: Decimal, day: int) -> None:
        """Keeps what the relative drawdown needs of the equity."""
        if self.span is not None or self.kind in LAST_N_DAYS:
            self.curve.append(self.equity)
            del self.curve[: len(self.curve) - 1 - self.count]
        else:
            start = EXACT.subtract(self.equity, net)
            before = self.fall or _no_fall(start, self._paid_in(self._first().toordinal()))
            self.fall = _fallen(before, self.equity, self._paid_in(day))

    def _paid_in(self, day: int) -> Decimal:
        """The starting equity and all deposits up to the start of a day."""
        starting, deposits = self.settings.starting_equity or ZERO, self.settings.deposits
        if not deposits:
            return starting
        return EXACT.add(starting, deposited(deposits, date.fromordinal(day)))

    def _relative(self) -> tuple[Decimal, Decimal] | Undefined:
        if self.settings.starting_equity is None:
            return NO_EQUITY
        fall = self.fall
        if fall is None:
            days = [one[0] for one in self.tail]
            if self.span is None:
                days = [one[0] for one in self.days for _ in range(one[4])]
                days += [self.day or 1] * self.day_count
            fall = _no_fall(self.curve[0], self._paid_in(self._first().toordinal()))
            for earned, day in zip(self.curve[1:], days, strict=True):
                fall = _fallen(fall, earned, self._paid_in(day))
        return EQUITY_USED_UP if fall[2] <= 0 else (-fall[1], fall[2])

    @property
    def label(self) -> str | None:
        """The window as events name it: a calendar label, the kind, or how many trades."""
        if self.window is not None:
            return self.window.label
        return self.kind if self.span is None else f"last {self.span} trades"

    def carry(self) -> tuple[Any, ...]:
        """Its whole state as plain values; `resume` reads them."""
        out = self.fold.carried
        return (
            tuple((day, at, out(unit), _text(net)) for day, at, unit, net in self.tail),
            tuple((one[0], out(one[1]), _text(one[2]), *one[3:]) for one in self.days),
            out(self.today),
            out(self.whole),
            (self.day, _text(self.day_net), self.day_first_at, self.day_count),
            (self.first_day, self.first_at, self.last_at, self.count),
            (_text(self.equity), _text(self.peak), tuple(map(_text, self.curve))),
            self.fall and tuple(map(_text, self.fall)),
        )

    def resume(self, carried: tuple[Any, ...]) -> Gauge:
        """Restores what `carry` returned; returns itself."""
        tail, days, today, whole, on, spans, account, fall = carried
        back = self.fold.restored
        self.tail = deque((day, at, back(unit), Decimal(net)) for day, at, unit, net in tail)
        self.days = [(one[0], back(one[1]), Decimal(one[2]), *one[3:]) for one in days]
        self.today, self.whole = back(today), back(whole)
        self.day, net, self.day_first_at, self.day_count = on
        self.day_net = Decimal(net)
        self.first_day, self.first_at, self.last_at, self.count = spans
        self.equity, self.peak = Decimal(account[0]), Decimal(account[1])
        self.curve = [Decimal(one) for one in account[2]]
        self.fall = fall and (Decimal(fall[0]), Decimal(fall[1]), Decimal(fall[2]))
        if self.day is not None and self.kind in CALENDAR_WINDOWS:
            self.window = self.settings.calendar.window(self.kind, date.fromordinal(self.day))
        return self


def _text(value: Decimal) -> str:
    """The same text for equal numbers, however they were computed."""
    return str(canonical(value))


def _no_fall(earned: Decimal, paid_in: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """The peak of what was earned, the deepest relative fall from it, and of which equity it is."""
    return earned, ZERO, EXACT.add(paid_in, earned)


def _fallen(
    fall: tuple[Decimal, Decimal, Decimal], earned: Decimal, paid_in: Decimal
) -> tuple[Decimal, Decimal, Decimal]:
    """The same one trade later; shares are compared as fractions.

    A deposit raises equity and its peak alike, so the peak is one of what was earned.
    """
    peak, depth, of_peak = fall
    if of_peak <= 0:
        return fall  # a start at or below 0 leaves the drawdown undefined, whatever follows
    equity_peak = EXACT.add(peak, paid_in)
    if equity_peak <= 0:
        return peak, depth, ZERO
    if earned > peak:
        return earned, depth, of_peak
    below = EXACT.subtract(peak, earned)
    if multiply(below, of_peak) > multiply(depth, equity_peak):
        return peak, below, equity_peak
    return fall
