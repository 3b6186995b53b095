"""Every figure once more, by brute force: what the fast implementation is checked against.

Nothing here is clever and nothing is shared with the package: fractions, dicts and loops over the
whole history, for every figure anew.  Where a rule can be said as "the last non-null of these
lines" or "the first trade that ...", it is written that way rather than as a running state.

Conventions
    * Money, prices and quantities are `Fraction`s until a figure is handed out.
    * A sum comes out as the exact Decimal; a quotient at 18 significant digits, half even; an
      expression with a root is carried at 50 digits, then rounded to 18.
    * Ratios that are summed per trade (R, planned risk-reward) are first rounded to 12 decimal
      places, half even.
    * Instants are aware and in UTC; windows are half-open, [start, end).
    * None means undefined or unknown.  An empty string in a log line counts as null.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

Line: TypeAlias = Mapping[str, object]
LogLines: TypeAlias = Sequence[tuple[str, Line]]
Figure: TypeAlias = int | Decimal | str | datetime | None

DIMENSIONS = (
    "source",
    "strategy",
    "symbol",
    "side",
    "weekday",
    "hour",
    "exit_reason",
    "execution_mode",
    "account",
)
OTHER = "other"
NAMED_EXIT_REASONS = 49
SHORTEST_SHARPE_DAYS = 20
MONDAY_TO_FRIDAY = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
WILSON_Z = Fraction("1.959963984540054")
SIDES = {"BUY": "long", "SELL": "short"}

_TO_18_DIGITS = Context(prec=18, rounding=ROUND_HALF_EVEN)
_TO_50_DIGITS = Context(prec=50, rounding=ROUND_HALF_EVEN)
MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Config:
    """What the figures depend on besides the lines.

    `periods_per_year` None means 252 for a Monday-Friday trading week, else 365.
    `trading_week` holds weekdays, Monday = 0.
    """

    timezone: str = "UTC"
    day_start: str = "00:00"
    starting_equity: Decimal | None = None
    breakeven_tolerance: Decimal = Decimal(0)
    multiplier: Mapping[str, Decimal] = field(default_factory=dict)
    periods_per_year: int | None = None
    trading_week: frozenset[int] = EVERY_DAY
    deposits: tuple[tuple[date, Decimal], ...] = ()
    holidays: frozenset[date] = frozenset()

    def is_expected(self, day: date) -> bool:
        """Whether trading is expected on a day."""
        return day.weekday() in self.trading_week and day not in self.holidays


@dataclass(frozen=True)
class Trade:
    """One trade, its lines combined.  `closed_at` None: still open, `net_pnl` then unrealized,
    but for `realized_pnl`, what parts of it have earned.

    `logged_outcome`, `logged_risk_reward` and `logged_hold_seconds` are what the bot wrote; what
    they come to beside the other fields is decided by `outcome`, `planned_risk_reward` and
    `hold_seconds`.
    """

    opened_at: datetime | None = None
    closed_at: datetime | None = None
    order_id: str | None = None
    source: str | None = None
    symbol: str | None = None
    side: str | None = None
    strategy: str | None = None
    execution_mode: str | None = None
    account: str | None = None
    exit_reason: str | None = None
    quantity: Fraction | None = None
    entry_price: Fraction | None = None
    stop_loss: Fraction | None = None
    target: Fraction | None = None
    exit_price: Fraction | None = None
    net_pnl: Fraction | None = None
    realized_pnl: Fraction | None = None
    commission: Fraction | None = None
    slippage: Fraction | None = None
    logged_outcome: str | None = None
    logged_risk_reward: Fraction | None = None
    logged_hold_seconds: Fraction | None = None


# --- from lines to trades -------------------------------------------------------------------------


def combine(lines: LogLines, config: Config, source: str | None = None) -> list[Trade]:
    """The trades of `trade_record` lines given in file order: one per `order_id`.

    A line without an order_id (missing, null or empty) is a trade of its own.
    """
    groups: list[list[Line]] = []
    group_of: dict[object, list[Line]] = {}
    for _file_name, line in lines:
        order_id = _value(line, "order_id")
        if order_id is None:
            groups.append([line])
        elif order_id in group_of:
            group_of[order_id].append(line)
        else:
            group_of[order_id] = [line]
            groups.append(group_of[order_id])
    return [_combined(group, config, source) for group in groups]


def is_open(line: Line) -> bool:
    """Outcome `open`, or neither an outcome nor an exit time."""
    outcome_logged = _value(line, "outcome")
    if outcome_logged is None:
        return _value(line, "exit_timestamp") is None
    return outcome_logged == "open"


def _combined(lines: Sequence[Line], config: Config, source: str | None) -> Trade:
    """One trade of all lines of one identity.

    first    the first non-null of the open lines, and only where those say nothing, of the closing
             lines: what was true at entry, the initial stop above all.
    latest   the last non-null of the open lines before the first close and of all closing lines;
             only where those say nothing, the first non-null of the open lines after the close.
    result   P&L and outcome: the last non-null of the closing lines alone, once there is one.
    at_exit  the last non-null of the closing lines; open lines know nothing of an exit.

    The rules apply to the raw fields.  So closed_at is the last exit_timestamp any closing line
    gave, and only where none gave one, the timestamp of the last closing line: a correction that
    says no exit time does not move the close to the day it was written.
    """
    closing = [line for line in lines if not is_open(line)]
    first_close = next((i for i, line in enumerate(lines) if not is_open(line)), len(lines))
    late_open = [line for line in lines[first_close:] if is_open(line)]
    telling = [*lines[:first_close], *closing]

    def first(name: str) -> object:
        return _first([*(line for line in lines if is_open(line)), *closing], name)

    def latest(name: str) -> object:
        value = _last(telling, name)
        return value if value is not None else _first(late_open, name)

    def result(name: str) -> object:
        return _last(closing or lines, name)

    def at_exit(name: str) -> object:
        return _last(closing, name)

    commission = _number(latest("commission"))
    return Trade(
        opened_at=_instant(first("timestamp"), config),
        closed_at=_instant(at_exit("exit_timestamp") or at_exit("timestamp"), config),
        order_id=_text(first("order_id")),
        source=source,
        symbol=_text(latest("symbol")),
        side=_side(latest("action")),
        strategy=_text(latest("strategy_name")),
        execution_mode=_text(latest("execution_mode")),
        account=_text(latest("account_id")),
        exit_reason=_text(at_exit("exit_reasoning")),
        quantity=_number(first("quantity")),
        entry_price=_number(first("price")),
        stop_loss=_number(first("stop_loss")),
        target=_number(first("target")),
        net_pnl=_net_pnl(
            _number(result("net_profit_loss")), _number(result("profit_loss")), commission
        ),
        realized_pnl=None if closing else _number(_last(lines, "realized_pnl")),
        commission=commission,
        slippage=_number(latest("slippage")),
        logged_outcome=_text(result("outcome")),
        logged_risk_reward=_number(latest("risk_reward_ratio")),
        logged_hold_seconds=_number(latest("hold_duration_seconds")),
    )


def _net_pnl(
    net: Fraction | None, gross: Fraction | None, commission: Fraction | None
) -> Fraction | None:
    """The logged net, else gross less commission, else gross."""
    if net is not None:
        return net
    if gross is None:
        return None
    return gross if commission is None else gross - commission


def _value(line: Line, name: str) -> object:
    value = line.get(name)
    return None if value == "" else value


def _first(lines: Sequence[Line], name: str) -> object:
    for line in lines:
        value = _value(line, name)
        if value is not None:
            return value
    return None


def _last(lines: Sequence[Line], name: str) -> object:
    return _first(lines[::-1], name)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _side(value: object) -> str | None:
    return None if value is None else SIDES[str(value)]


def _number(value: object) -> Fraction | None:
    """The number a field says, from its digits.  A float has lost them, so it is refused."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise TypeError(f"not an exact number: {value!r}")
    return Fraction(Decimal(value))


def _instant(value: object, config: Config) -> datetime | None:
    """An ISO 8601 time, to the microsecond (finer digits cut off); naive ones are local."""
    if value is None:
        return None
    at = datetime.fromisoformat(str(value))
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(config.timezone))
    return at.astimezone(UTC)


# --- days and windows -----------------------------------------------------------------------------


def day_begin(day: date, config: Config) -> datetime:
    """The instant the trading day starts that bears `day`, the local date on which it ends.

    With a day_start of 00:00 that is local midnight of `day`; with any other, that time on the
    local date before.  A wall time that a clock change skips starts the day at the change; one
    that comes twice starts it the first time.
    """
    wall_time = time.fromisoformat(config.day_start)
    begins_on = day if wall_time == time(0) else day - timedelta(days=1)
    wall = datetime.combine(begins_on, wall_time)
    zone = ZoneInfo(config.timezone)
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    if _wall(at, zone) == wall:
        return at
    at = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while _wall(at, zone) < wall:
        at += timedelta(minutes=1)
    return at


def trading_day(at: datetime, config: Config) -> date:
    """The date borne by the trading day that holds `at`."""
    near = at.astimezone(ZoneInfo(config.timezone)).date()
    for offset in (-1, 0, 1, 2):
        day = near + timedelta(days=offset)
        if day_begin(day, config) <= at < day_begin(day + timedelta(days=1), config):
            return day
    raise ValueError(f"no trading day holds {at}")


def span(first: date, last: date, config: Config) -> tuple[datetime, datetime, list[date]]:
    """Start, end and all dates of the window of the trading days `first` to `last`, inclusive."""
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return day_begin(first, config), day_begin(last + timedelta(days=1), config), dates


def newest_instant(trades: Iterable[Trade]) -> datetime | None:
    """The newest closed_at, or opened_at of a trade without one; None with no trades."""
    instants = [trade.closed_at or trade.opened_at for trade in trades]
    return max((at for at in instants if at is not None), default=None)


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


# --- one trade ------------------------------------------------------------------------------------


def order_key(trade: Trade, config: Config) -> tuple[tuple[bool, object], ...]:
    """(closed_at, opened_at, symbol, strategy, side, net P&L), missing first.

    Trades equal in all of these differ in no figure, except that logged outcomes of trades
    without a P&L may make or break a streak; so the outcome's name comes last in the key.
    """
    parts: tuple[object, ...] = (
        trade.closed_at,
        trade.opened_at,
        trade.symbol,
        trade.strategy,
        trade.side,
        trade.net_pnl,
        outcome(trade, config),
    )
    return tuple((part is not None, 0 if part is None else part) for part in parts)


def closed_in(
    trades: Iterable[Trade], start: datetime | None, end: datetime, config: Config
) -> list[Trade]:
    """The closed trades with start <= closed_at < end, in order; start None: from the beginning."""
    inside = [
        trade
        for trade in trades
        if trade.closed_at is not None
        and trade.closed_at < end
        and (start is None or trade.closed_at >= start)
    ]
    return sorted(inside, key=lambda trade: order_key(trade, config))


def outcome(trade: Trade, config: Config) -> str:
    """`win`, `loss` or `breakeven` by the sign of net P&L, zero within +-breakeven_tolerance.

    Without a P&L what was logged.  `open` for a trade without a close.
    """
    if trade.closed_at is None:
        return "open"
    if trade.net_pnl is None:
        if trade.logged_outcome not in ("win", "loss", "breakeven"):
            raise ValueError(f"closed with neither P&L nor outcome: {trade}")
        return trade.logged_outcome
    if abs(trade.net_pnl) <= Fraction(config.breakeven_tolerance):
        return "breakeven"
    return "win" if trade.net_pnl > 0 else "loss"


def risk(trade: Trade, config: Config) -> Fraction | None:
    """abs(entry - initial stop) x quantity x multiplier, in money; > 0.

    None: entry, stop or quantity missing, stop equal to entry or on the wrong side of a known
    side (at or above entry for a long, at or below for a short), or quantity <= 0.
    """
    entry, stop, quantity = trade.entry_price, trade.stop_loss, trade.quantity
    if entry is None or stop is None or quantity is None:
        return None
    if stop == entry or quantity <= 0:
        return None
    if trade.side == "long" and stop > entry:
        return None
    if trade.side == "short" and stop < entry:
        return None
    multiplier = config.multiplier.get(trade.symbol or "", Decimal(1))
    return abs(entry - stop) * quantity * Fraction(multiplier)


def realised_r(trade: Trade, config: Config) -> Fraction | None:
    """Net P&L / risk, to 12 places; None where either is unknown."""
    at_risk = risk(trade, config)
    if at_risk is None or trade.net_pnl is None:
        return None
    return _to_12_places(trade.net_pnl / at_risk)


def planned_risk_reward(trade: Trade) -> Fraction | None:
    """(target - entry) / (entry - stop) if defined and > 0, else the logged ratio; to 12 places."""
    entry, stop, target = trade.entry_price, trade.stop_loss, trade.target
    if entry is not None and stop is not None and target is not None and entry != stop:
        planned = (target - entry) / (entry - stop)
        if planned > 0:
            return _to_12_places(planned)
    logged = trade.logged_risk_reward
    return None if logged is None else _to_12_places(logged)


def hold_seconds(trade: Trade) -> Fraction | None:
    """closed - opened; the logged hold where a time is missing; None if closed before opened."""
    if trade.closed_at is None or trade.opened_at is None:
        return trade.logged_hold_seconds
    if trade.closed_at < trade.opened_at:
        return None
    microseconds = (trade.closed_at - trade.opened_at) // timedelta(microseconds=1)
    return Fraction(microseconds, 1_000_000)


def hit_target(trade: Trade) -> bool:
    """Exit at or beyond the target: at or above it for a long, at or below it for a short.

    Without a side the target's side of the entry tells the direction; without either only an
    exit exactly at the target counts.
    """
    if trade.exit_price is None or trade.target is None:
        return False
    entry = trade.target if trade.entry_price is None else trade.entry_price
    if trade.side == "long" or (trade.side is None and trade.target > entry):
        return trade.exit_price >= trade.target
    if trade.side == "short" or (trade.side is None and trade.target < entry):
        return trade.exit_price <= trade.target
    return trade.exit_price == trade.target


# --- figures --------------------------------------------------------------------------------------


def metrics(
    trades: Sequence[Trade],
    window_start: datetime,
    window_end: datetime,
    config: Config,
    dates: Sequence[date],
    *,
    missing_day: bool = False,
    newest: datetime | None = None,
) -> dict[str, Figure]:
    """Every figure of the window [window_start, window_end), by its JSON name.

    `trades` are those of the whole history, open ones included, in any order.  `dates` are the
    window's trading days; those outside the trading week are left out here.  `missing_day` says
    that an expected day has no file.  `newest` is the newest instant of the log, for the trades of
    a part, which may end earlier than the log; by default that of `trades`.
    """
    if newest is None:
        newest = newest_instant(trades)
    closed = closed_in(trades, window_start, window_end, config)
    history = closed_in(trades, None, window_end, config)
    before = closed_in(trades, None, window_start, config)
    expected = [day for day in dates if config.is_expected(day)]
    daily = _daily(closed, config)
    until_newest = [
        daily.get(day, Fraction(0))
        for day in expected
        if newest is not None and day <= trading_day(newest, config)
    ]
    return {
        **_counts(closed, config),
        "open_trades": sum(_is_open_at(window_end, trade) for trade in trades),
        "trades_per_day": _quotient(Fraction(len(closed)), len(expected)),
        **_money(closed, config),
        **_risk(closed, config),
        **_streaks([outcome(trade, config) for trade in closed]),
        **_drawdown(closed),
        "current_drawdown": None if _is_unknown(closed) else _current_drawdown(history),
        "max_drawdown_pct": _rounded(_max_drawdown_pct(before, closed, config, dates[0])),
        "unrealized_pnl": _unrealized(trades, window_start, window_end, newest),
        "realized_pnl": _realized(trades, window_start, window_end, newest),
        **_holds(closed, config),
        **_held(trades, closed, window_start, window_end, newest),
        **_days(list(daily.values()), unknown=_is_unknown(closed)),
        **_sharpe(until_newest, config, missing_day),
        **_tail(until_newest, missing_day),
        **_account(before, closed, daily, expected, config, dates[0], newest, missing_day),
    }


def parts(
    trades: Sequence[Trade],
    dimension: str,
    config: Config,
    window_start: datetime | None = None,
    window_end: datetime | None = None,
) -> dict[str, list[Trade]]:
    """`trades` dealt out by their value in `dimension`; a trade without a value is in part "".

    Weekdays are "0" (Monday) to "6", of the trading day of the close; hours "0" to "23", local, of
    the close.  Exit reasons beyond the 49 most frequent are in part "other": counted over the
    closed trades given, or only those closed in the window if one is given; the name decides
    between equally frequent ones, and trades without a reason take none of the 49 places.
    """
    value_of = _values(config)[dimension]
    dealt: dict[str, list[Trade]] = {}
    named = _frequent_reasons(trades, window_start, window_end)
    for trade in trades:
        value = value_of(trade)
        if dimension == "exit_reason" and value != "" and value not in named:
            value = OTHER
        dealt.setdefault(value, []).append(trade)
    return dealt


def _values(config: Config) -> dict[str, Callable[[Trade], str]]:
    zone = ZoneInfo(config.timezone)

    def weekday(trade: Trade) -> str:
        if trade.closed_at is None:
            return ""
        return str(trading_day(trade.closed_at, config).weekday())

    def hour(trade: Trade) -> str:
        return "" if trade.closed_at is None else str(trade.closed_at.astimezone(zone).hour)

    return {
        "source": lambda trade: trade.source or "",
        "strategy": lambda trade: trade.strategy or "",
        "symbol": lambda trade: trade.symbol or "",
        "side": lambda trade: trade.side or "",
        "weekday": weekday,
        "hour": hour,
        "exit_reason": lambda trade: trade.exit_reason or "",
        "execution_mode": lambda trade: trade.execution_mode or "",
        "account": lambda trade: trade.account or "",
    }


def _frequent_reasons(
    trades: Iterable[Trade], start: datetime | None, end: datetime | None
) -> set[str]:
    counts = Counter(
        trade.exit_reason
        for trade in trades
        if trade.exit_reason is not None
        and trade.closed_at is not None
        and (start is None or trade.closed_at >= start)
        and (end is None or trade.closed_at < end)
    )
    ranked = sorted(counts, key=lambda reason: (-counts[reason], reason))
    return set(ranked[:NAMED_EXIT_REASONS])


def _is_open_at(end: datetime, trade: Trade) -> bool:
    """Opened before `end` and not closed before it."""
    if trade.opened_at is None or trade.opened_at >= end:
        return False
    return trade.closed_at is None or trade.closed_at >= end


def _counts(closed: Sequence[Trade], config: Config) -> dict[str, Figure]:
    """W, L, B and the rates of W, by outcome, whether or not the P&L is known."""
    outcomes = [outcome(trade, config) for trade in closed]
    wins, losses = outcomes.count("win"), outcomes.count("loss")
    low, high = _wilson(wins, len(closed))
    return {
        "closed_trades": len(closed),
        "wins": wins,
        "losses": losses,
        "breakevens": outcomes.count("breakeven"),
        "win_rate": _quotient(Fraction(wins), len(closed)),
        "win_rate_decided": _quotient(Fraction(wins), wins + losses),
        "win_rate_low": low,
        "win_rate_high": high,
    }


def _wilson(wins: int, n: int) -> tuple[Decimal | None, Decimal | None]:
    """(2W + z^2 -+ z sqrt(z^2 + 4W(N-W)/N)) / (2 (N + z^2)); exactly 0 for W=0, 1 for W=N."""
    if n == 0:
        return None, None
    carry = _TO_50_DIGITS
    z_squared = WILSON_Z * WILSON_Z
    root = _root(z_squared + Fraction(4 * wins * (n - wins), n))
    middle = _at_50(2 * wins + z_squared)
    reach = carry.multiply(_at_50(WILSON_Z), root)
    divisor = _at_50(2 * (n + z_squared))
    low = carry.divide(carry.subtract(middle, reach), divisor)
    high = carry.divide(carry.add(middle, reach), divisor)
    return _TO_18_DIGITS.plus(low), _TO_18_DIGITS.plus(high)


def _money(closed: Sequence[Trade], config: Config) -> dict[str, Figure]:
    """Sums, means and extremes of net P&L over the trades whose P&L is known; costs over all."""
    known = [
        (outcome(trade, config), trade.net_pnl) for trade in closed if trade.net_pnl is not None
    ]
    outcomes = Counter(outcome(trade, config) for trade in closed)
    pnls = [pnl for _, pnl in known]
    won = [pnl for kind, pnl in known if kind == "win"]
    lost = [pnl for kind, pnl in known if kind == "loss"]
    avg_win = _mean(won) if won else None
    avg_loss = _mean(lost) if lost else None
    payoff = required = kelly = None
    if avg_win is not None and avg_loss is not None:
        rate = Fraction(outcomes["win"], outcomes["win"] + outcomes["loss"])
        kelly = _rounded(rate - (1 - rate) / (avg_win / -avg_loss))
        payoff = _rounded(avg_win / -avg_loss)
        required = _rounded(-avg_loss / (avg_win - avg_loss))
    return {
        "net_pnl": _exact(_total(pnls)) if pnls or not closed else None,
        "gross_profit": _exact(_total(won)) if won or not outcomes["win"] else None,
        "gross_loss": _exact(_total(lost)) if lost or not outcomes["loss"] else None,
        "profit_factor": _quotient(_total(won), -_total(lost))
        if won or not outcomes["win"]
        else None,
        "avg_win": _rounded(avg_win),
        "avg_loss": _rounded(avg_loss),
        "payoff_ratio": payoff,
        "expectancy": _quotient(_total(pnls), len(pnls)),
        "required_win_rate": required,
        "kelly": kelly,
        "largest_win": _exact(max(won)) if won else None,
        "largest_loss": _exact(min(lost)) if lost else None,
        "median_pnl": _median(pnls),
        **_turnover(closed, config),
        "commission": _exact(_total(_known(trade.commission for trade in closed))),
        "slippage": _exact(_total(_known(trade.slippage for trade in closed))),
    }


def _turnover(closed: Sequence[Trade], config: Config) -> dict[str, Figure]:
    """What entries were worth: null if unknown of all trades; the rate, if unknown of any."""
    worth = [
        None
        if trade.quantity is None or trade.entry_price is None
        else abs(trade.quantity)
        * trade.entry_price
        * Fraction(config.multiplier.get(trade.symbol or "", Decimal(1)))
        for trade in closed
    ]
    known = _known(worth)
    paid = _total(_known(trade.commission for trade in closed))
    return {
        "turnover": _exact(_total(known)) if known or not closed else None,
        "commission_rate": None if len(known) < len(closed) else _quotient(paid, _total(known)),
        "mae": None,
        "mfe": None,
        "mfe_captured": None,
    }


def _held(
    trades: Sequence[Trade],
    closed: Sequence[Trade],
    start: datetime,
    end: datetime,
    newest: datetime | None,
) -> dict[str, Figure]:
    """Time in the window during which any trade was open, and the most at once, by brute force.

    Between two neighbouring instants of the log nothing opens or closes.
    """
    spans: list[tuple[datetime, datetime]] = []
    for trade in trades:
        if trade.opened_at is None:
            continue
        if trade in closed and trade.closed_at is not None:
            if trade.opened_at <= trade.closed_at:
                spans.append((trade.opened_at, trade.closed_at))
        elif _is_open_at(end, trade):
            spans.append((trade.opened_at, trade.closed_at or newest or end))
    if not spans:
        return {"exposure": None, "max_concurrent": None}
    cuts = sorted({start, end, *(at for span in spans for at in span if start < at < end)})
    open_for, most = timedelta(0), 0
    for a, b in pairwise(cuts):
        count = sum(opened <= a and b <= gone for opened, gone in spans)
        most = max(most, count)
        open_for += (b - a) if count else timedelta(0)
    share = Fraction(open_for // MICROSECOND, (end - start) // MICROSECOND)
    return {"exposure": _rounded(share), "max_concurrent": most}


def _risk(closed: Sequence[Trade], config: Config) -> dict[str, Figure]:
    """R, SQN and planned risk-reward over the trades that have one; a missing commission is 0."""
    planned = _known(planned_risk_reward(trade) for trade in closed)
    rs = _known(realised_r(trade, config) for trade in closed)
    variance = _variance(rs)
    sqn = None
    if variance:
        sqn = _ratio_with_root(_mean(rs), Fraction(min(len(rs), 100)), variance)
    exits_logged = any(trade.exit_price is not None for trade in closed)
    return {
        "avg_risk_reward": _quotient(_total(planned), len(planned)),
        "risk_reward_trades": len(planned),
        "avg_r": _quotient(_total(rs), len(rs)),
        "sd_r": _rounded_root(variance),
        "r_trades": len(rs),
        "sqn": sqn,
        "losses_beyond_1r": sum(_lost_beyond_1r(trade, config) for trade in closed),
        "target_hits": sum(hit_target(trade) for trade in closed) if exits_logged else None,
    }


def _lost_beyond_1r(trade: Trade, config: Config) -> bool:
    at_risk = risk(trade, config)
    if at_risk is None or trade.net_pnl is None:
        return False
    return trade.net_pnl + (trade.commission or Fraction(0)) < -at_risk


def _streaks(outcomes: Sequence[str]) -> dict[str, Figure]:
    """Runs of equal outcomes with the breakevens left out; the current one is the last run."""
    decided = [kind for kind in outcomes if kind != "breakeven"]
    runs = [(kind, len(list(run))) for kind, run in groupby(decided)]
    kind, count = runs[-1] if runs else ("none", 0)
    return {
        "current_streak": count,
        "current_streak_kind": kind,
        "longest_win_streak": max((n for kind, n in runs if kind == "win"), default=0),
        "longest_loss_streak": max((n for kind, n in runs if kind == "loss"), default=0),
    }


def _drawdown(closed: Sequence[Trade]) -> dict[str, Figure]:
    """The largest fall of cumulative P&L below its running peak, which starts at 0.

    Trough: the first time the largest fall was reached.  Peak: the first time the level was
    reached that was the running peak then; None for the 0 of the window's start.  Recovered: the
    first trade after the trough at or above that level.
    """
    curve = _cumulative(Fraction(0), closed)[1:]
    peaks = list(accumulate([Fraction(0), *curve], max))[1:]
    falls = [level - peak for level, peak in zip(curve, peaks, strict=True)]
    largest = min(falls, default=Fraction(0))
    peak_at = trough_at = recovered_at = None
    if largest < 0:
        trough = falls.index(largest)
        peak = peaks[trough]
        trough_at = closed[trough].closed_at
        peak_at = closed[curve.index(peak)].closed_at if peak > 0 else None
        recovered_at = next(
            (
                trade.closed_at
                for trade, level in list(zip(closed, curve, strict=True))[trough + 1 :]
                if level >= peak
            ),
            None,
        )
    earned = curve[-1] if curve else Fraction(0)
    return {
        "recovery_factor": None
        if _is_unknown(closed) or not largest
        else _rounded(earned / -largest),
        "max_drawdown": None if _is_unknown(closed) else _exact(largest),
        "drawdown_peak_at": peak_at,
        "drawdown_trough_at": trough_at,
        "drawdown_recovered_at": recovered_at,
    }


def _current_drawdown(history: Sequence[Trade]) -> Decimal:
    """Cumulative P&L of all trades so far, less the highest it ever was, 0 included."""
    curve = _cumulative(Fraction(0), history)
    return _exact(curve[-1] - max(curve))


def _paid_in(config: Config, day: date) -> Fraction:
    """The starting equity and all that was paid in up to the start of a day."""
    paid = [Fraction(amount) for on, amount in config.deposits if on <= day]
    return Fraction(config.starting_equity or 0) + _total(paid)


def _max_drawdown_pct(
    before: Sequence[Trade], closed: Sequence[Trade], config: Config, first: date
) -> Fraction | None:
    """Most negative (equity - peak) / peak, as a fraction; 0 if equity never fell below a peak.

    The peak starts at the equity the window starts with, and moves with deposits.  None without a
    starting equity, or if the running peak is ever <= 0.
    """
    if config.starting_equity is None:
        return None
    earned = _cumulative(_cumulative(Fraction(0), before)[-1], closed)
    days = [first, *(trading_day(trade.closed_at, config) for trade in closed if trade.closed_at)]
    peaks = list(accumulate(earned, max))
    equity_peaks = [peak + _paid_in(config, day) for peak, day in zip(peaks, days, strict=True)]
    if any(peak <= 0 for peak in equity_peaks):
        return None
    falls = [level - peak for level, peak in zip(earned, peaks, strict=True)]
    return min(fall / peak for fall, peak in zip(falls, equity_peaks, strict=True))


def _cumulative(start: Fraction, trades: Sequence[Trade]) -> list[Fraction]:
    """`start`, then the level after each trade; an unknown P&L moves nothing."""
    return list(accumulate((trade.net_pnl or Fraction(0) for trade in trades), initial=start))


def _unrealized(
    trades: Sequence[Trade], start: datetime, end: datetime, newest: datetime | None
) -> Decimal | None:
    """Logged P&L of the trades without a close, less what is realized of those that log a P&L.

    None unless the window holds the newest instant.
    """
    if newest is None or not start <= newest < end:
        return None
    still_open = [
        None if trade.net_pnl is None else trade.net_pnl - (trade.realized_pnl or 0)
        for trade in trades
        if trade.closed_at is None
    ]
    known = _known(still_open)
    return _exact(_total(known)) if known or not still_open else None


def _realized(
    trades: Sequence[Trade], start: datetime, end: datetime, newest: datetime | None
) -> Decimal | None:
    """What is realized of the trades without a close; None as for `_unrealized`."""
    if newest is None or not start <= newest < end:
        return None
    still_open = [trade.realized_pnl for trade in trades if trade.closed_at is None]
    known = _known(still_open)
    return _exact(_total(known)) if known or not still_open else None


def _is_unknown(closed: Sequence[Trade]) -> bool:
    """Whether trades closed and the P&L of none is known."""
    return bool(closed) and all(trade.net_pnl is None for trade in closed)


def _holds(closed: Sequence[Trade], config: Config) -> dict[str, Figure]:
    """Mean holding seconds over the trades that have one: all, wins, losses."""

    def mean_hold(*kinds: str) -> Decimal | None:
        holds = _known(hold_seconds(trade) for trade in closed if outcome(trade, config) in kinds)
        return _quotient(_total(holds), len(holds))

    known = _known(hold_seconds(trade) for trade in closed)
    return {
        "median_hold_seconds": _median(known),
        "longest_hold_seconds": _exact(max(known)) if known else None,
        "avg_hold_seconds": mean_hold("win", "loss", "breakeven"),
        "win_hold_seconds": mean_hold("win"),
        "loss_hold_seconds": mean_hold("loss"),
    }


def _daily(closed: Sequence[Trade], config: Config) -> dict[date, Fraction]:
    """Net P&L per trading day that has a closed trade; 0 where none of the day's P&L is known."""
    daily: dict[date, Fraction] = {}
    for trade in closed:
        if trade.closed_at is not None:
            day = trading_day(trade.closed_at, config)
            daily[day] = daily.get(day, Fraction(0)) + (trade.net_pnl or Fraction(0))
    return daily


def _days(daily: Sequence[Fraction], *, unknown: bool) -> dict[str, Figure]:
    figures = _known_days(daily)
    if unknown:
        figures.update(dict.fromkeys(("best_day", "worst_day", "avg_day", "sd_day")))
    return figures


def _known_days(daily: Sequence[Fraction]) -> dict[str, Figure]:
    return {
        "trading_days": len(daily),
        "profitable_days": sum(pnl > 0 for pnl in daily),
        "best_day": _exact(max(daily)) if daily else None,
        "worst_day": _exact(min(daily)) if daily else None,
        "avg_day": _quotient(_total(daily), len(daily)),
        "sd_day": _rounded_root(_variance(daily)),
    }


def _sharpe(daily: Sequence[Fraction], config: Config, missing_day: bool) -> dict[str, Figure]:
    """mean x sqrt(P) / sd, and mean x sqrt(P) / sqrt(sum(min(x, 0)^2) / n), of expected days.

    None below 20 days, with a missing day, or with a divisor of 0.
    """
    if missing_day or len(daily) < SHORTEST_SHARPE_DAYS:
        return {"sharpe": None, "sortino": None}
    per_year = _periods(config)
    variance = _variance(daily)
    downside = _mean([min(pnl, Fraction(0)) ** 2 for pnl in daily])
    periods = Fraction(per_year)
    return {
        "sharpe": _ratio_with_root(_mean(daily), periods, variance) if variance else None,
        "sortino": _ratio_with_root(_mean(daily), periods, downside) if downside else None,
    }


def _tail(daily: Sequence[Fraction], missing_day: bool) -> dict[str, Figure]:
    """The k-th worst of n days, k the least with 20 k >= n, and the mean of the k worst."""
    if missing_day or len(daily) < SHORTEST_SHARPE_DAYS:
        return {"var_95": None, "cvar_95": None}
    count = next(k for k in range(1, len(daily) + 1) if 20 * k >= len(daily))
    worst = sorted(daily)[:count]
    return {"var_95": _exact(worst[-1]), "cvar_95": _quotient(_total(worst), count)}


def _account(
    before: Sequence[Trade],
    closed: Sequence[Trade],
    daily: Mapping[date, Fraction],
    expected: Sequence[date],
    config: Config,
    first: date,
    newest: datetime | None,
    missing_day: bool,
) -> dict[str, Figure]:
    """Return, volatility, growth and falls of equity; days that are not expected have no return."""
    passed = [day for day in expected if newest and day <= trading_day(newest, config)]
    every = sorted({*passed, *daily})
    figures: dict[str, Figure] = dict.fromkeys(
        ("return_pct", "volatility", "cagr", "calmar", "ulcer_index")
    )
    figures["longest_drawdown_days"] = (
        None
        if _is_unknown(closed)
        else _longest_fall([daily.get(day, Fraction(0)) for day in every])
    )
    earned = _cumulative(Fraction(0), before)[-1]
    at_start = earned + _paid_in(config, first)
    if config.starting_equity is None or at_start <= 0:
        return figures
    if not _is_unknown(closed):
        figures["return_pct"] = _rounded(_total(list(daily.values())) / at_start)
    if missing_day or len(passed) < SHORTEST_SHARPE_DAYS:
        return figures
    returns, squares, peak = [], Fraction(0), earned
    for day in every:
        start = earned + _paid_in(config, day)
        earned += daily.get(day, Fraction(0))
        peak = max(peak, earned)
        if day in passed:
            if start <= 0:
                return figures
            returns.append(daily.get(day, Fraction(0)) / start)
            squares += ((peak - earned) / (peak + _paid_in(config, day))) ** 2
    periods = _periods(config)
    figures["volatility"] = _rounded_root((_variance(returns) or Fraction(0)) * periods)
    figures["ulcer_index"] = _rounded_root(squares / len(returns))
    growth = _growth(returns, Fraction(periods, len(returns)))
    if growth is None:
        return figures
    figures["cagr"] = _TO_18_DIGITS.plus(growth)
    fall = _max_drawdown_pct(before, closed, config, first)
    if fall:
        figures["calmar"] = _TO_18_DIGITS.divide(growth, _at_50(-fall))
    return figures


def _growth(returns: Sequence[Fraction], power: Fraction) -> Decimal | None:
    """e to the power of the logarithms of (1 + return) together, less 1; None from 0 down."""
    wide = Context(prec=80)
    logarithm = Decimal(0)
    for one in returns:
        if one <= -1:
            return None
        factor = wide.divide(Decimal((1 + one).numerator), Decimal((1 + one).denominator))
        logarithm = wide.add(logarithm, wide.ln(factor))
    exponent = wide.divide(wide.multiply(logarithm, power.numerator), power.denominator)
    return wide.subtract(wide.exp(exponent), Decimal(1))


def _longest_fall(daily: Sequence[Fraction]) -> int | None:
    """The most days from a peak at a day's end to the first day that ends at its level again.

    Every pair of days is tried: `a` is a peak if nothing before is higher, and all days between it
    and `b`, if there are any, end below it.
    """
    levels = list(accumulate(daily, initial=Fraction(0)))
    best = 0
    for a, peak in enumerate(levels):
        if any(level > peak for level in levels[:a]):
            continue
        end = next((b for b in range(a + 1, len(levels)) if levels[b] >= peak), len(levels) - 1)
        if any(level < peak for level in levels[a + 1 : end + 1]):
            best = max(best, end - a)
    return best or None


def _periods(config: Config) -> int:
    if config.periods_per_year is not None:
        return config.periods_per_year
    return 252 if config.trading_week == MONDAY_TO_FRIDAY else 365


# --- numbers --------------------------------------------------------------------------------------


def _known(values: Iterable[Fraction | None]) -> list[Fraction]:
    return [value for value in values if value is not None]


def _total(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


def _mean(values: Sequence[Fraction]) -> Fraction:
    return _total(values) / len(values)


def _median(values: Sequence[Fraction]) -> Decimal | None:
    """The value with as many below as above, halfway between the two nearest to that."""
    if not values:
        return None
    ranked = sorted(values)
    while len(ranked) > 2:
        ranked = ranked[1:-1]
    return _rounded(_mean(ranked))


def _variance(values: Sequence[Fraction]) -> Fraction | None:
    """Sum of squared distances from the mean over n - 1; None for fewer than two values."""
    if len(values) < 2:
        return None
    mean = _mean(values)
    return _total([(value - mean) ** 2 for value in values]) / (len(values) - 1)


def _to_12_places(value: Fraction) -> Fraction:
    """`round` of a Fraction to a whole number is half even."""
    return Fraction(round(value * 10**12), 10**12)


def _exact(value: Fraction) -> Decimal:
    """The Decimal equal to `value`, whose denominator has no other factors than 2 and 5."""
    places = 0
    while 10**places % value.denominator:
        places += 1
        if places > 1000:
            raise ValueError(f"no finite decimal: {value}")
    return Decimal(f"{value.numerator * 10**places // value.denominator}E-{places}")


def _rounded(value: Fraction | None) -> Decimal | None:
    if value is None:
        return None
    return _TO_18_DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def _quotient(dividend: Fraction, divisor: Fraction | int) -> Decimal | None:
    """None for a divisor of 0."""
    return _rounded(dividend / divisor) if divisor else None


def _at_50(value: Fraction) -> Decimal:
    return _TO_50_DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def _root(value: Fraction) -> Decimal:
    return _TO_50_DIGITS.sqrt(_at_50(value))


def _rounded_root(value: Fraction | None) -> Decimal | None:
    return None if value is None else _TO_18_DIGITS.plus(_root(value))


def _ratio_with_root(mean: Fraction, scale: Fraction, variance: Fraction) -> Decimal:
    """mean x sqrt(scale) / sqrt(variance)."""
    scaled = _TO_50_DIGITS.multiply(_at_50(mean), _root(scale))
    return _TO_18_DIGITS.plus(_TO_50_DIGITS.divide(scaled, _root(variance)))


# --- logs of real bots ----------------------------------------------------------------------------


def real_trades(path: Path, config: Config) -> list[Trade]:
    """The trades of one of three logs of real bots, known by the file's name.

    `closed-trades`: one line per closed trade; the bot is the strategy; naive times.
    `open-then-close`: a line at entry (ts_exit 0) and one at exit, joined by engine, symbol and
    ts_entry, in epoch milliseconds; pnl is before fees.
    `entry-exit-events`: only exit lines count; their time is the close, nothing says the opening.

    Stops, targets and quantities are left out.
    """
    readers: dict[str, Callable[[Line], Line | None]] = {
        "closed-trades": _closed_trade,
        "open-then-close": _open_or_close,
        "entry-exit-events": _exit_event,
    }
    reader = readers[path.stem]
    lines: list[tuple[str, Line]] = []
    for text in path.read_text(encoding="utf-8").splitlines():
        line = reader(json.loads(text, parse_float=Decimal))
        if line is not None:
            lines.append((path.name, line))
    return combine(lines, config)


def _closed_trade(line: Line) -> Line:
    return {
        "timestamp": line["entry_time"],
        "exit_timestamp": line["exit_time"],
        "symbol": line["symbol"],
        "strategy_name": line["bot"],
        "exit_reasoning": line["exit_reason"],
        "net_profit_loss": line["pnl"],
    }


def _open_or_close(line: Line) -> Line:
    still_open = line["ts_exit"] == 0
    pnl, fees = Decimal(str(line["pnl"])), Decimal(str(line["fees"]))
    return {
        "order_id": f"{line['engine']}|{line['symbol']}|{line['ts_entry']}",
        "timestamp": _from_milliseconds(line["ts_entry"]),
        "exit_timestamp": None if still_open else _from_milliseconds(line["ts_exit"]),
        "outcome": "open" if still_open else None,
        "symbol": line["symbol"],
        "action": line["side"],
        "strategy_name": line["engine"],
        "net_profit_loss": _exact(Fraction(pnl) - Fraction(fees)),
        "commission": fees,
    }


def _exit_event(line: Line) -> Line | None:
    if line["action"] != "exit":
        return None
    return {
        "exit_timestamp": line["timestamp"],
        "symbol": line["symbol"],
        "strategy_name": line["strategy"],
        "exit_reasoning": line["exit_reason"],
        "net_profit_loss": line["pnl"],
    }


def _from_milliseconds(value: object) -> str:
    return (_EPOCH + timedelta(milliseconds=int(str(value)))).isoformat()
