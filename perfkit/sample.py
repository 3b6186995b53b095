"""Sample trade logs: five weeks of an invented crypto bot, the same text on every machine.

They are for trying perfkit out: four strategies of different character on five symbols, long and
short, live and on paper, with fees, a good stretch, a slump and half a recovery. They also
hold what real logs hold: positions carried over midnight (logged open at the day's end, and again
when they close), a few still open at the end, one fee corrected days later, and one line cut short
by a crash. `perfkit.sample_trades` draws the trades; this module is the bot's pen.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from perfkit.sample_trades import ENTRY_FEE_PPM, EXIT_FEE_PPM, MONEY_PLACES, Trade, draw_trades

SEED = 34
CONFIG_HASHES = {"2.3.1": "5f0c9a1e", "2.4.0": "b27d4e83"}
DAY = timedelta(days=1)


def sample_logs(last_day: date = date(2025, 10, 9), days: int = 35) -> dict[str, str]:
    """Return the log files of the `days` days that end with `last_day` (UTC): file name to text.

    A file is named after the day on which its lines were written, and holds them in that order. One
    line of one file is cut short; one trade is corrected, where there are days enough for that.
    """
    end = datetime.combine(last_day, time(), UTC) + DAY
    trades = list(draw_trades(end, days, Random(SEED)))
    lines = [line for trade in trades for line in _lines(trade, end)] + _correction(trades, end)
    files: dict[date, list[str]] = {(end - DAY * back).date(): [] for back in range(days, 0, -1)}
    for written_at, line in sorted(lines):
        files[written_at.date()].append(line)
    _cut_a_line(files[max(last_day - 3 * DAY, min(files))])
    return {f"{day}.jsonl": "".join(f"{line}\n" for line in files[day]) for day in files}


def _lines(trade: Trade, end: datetime) -> Iterator[tuple[datetime, str]]:
    """Yield a trade's lines with the times of writing: open at each day's end, then closed."""
    midnight = datetime.combine(trade.opened_at.date(), time(), UTC) + DAY
    while midnight <= min(trade.closed_at, end):
        gone = (midnight - trade.opened_at) * 1000 // (trade.closed_at - trade.opened_at)
        mark = trade.entry + (trade.exit - trade.entry) * gone // 1000
        yield midnight - timedelta(milliseconds=1), _dumped(_open_record(trade, mark))
        midnight += DAY
    if trade.closed_at < end:
        yield trade.closed_at, _dumped(_closed_record(trade))


def _correction(trades: list[Trade], end: datetime) -> list[tuple[datetime, str]]:
    """Give back a fifth of the fees of one stopped trade, two days after it closed."""
    for trade in trades:
        written_at = trade.closed_at + 2 * DAY
        if trade.exit_reason == "stop_loss" and end - 8 * DAY < written_at < end:
            corrected = trade._replace(commission=trade.commission * 4 // 5)
            return [(written_at, _dumped(_closed_record(corrected)))]
    return []


def _cut_a_line(lines: list[str]) -> None:
    """Put a half-written copy before the middle line: the bot crashed, and wrote it again."""
    middle = len(lines) // 2
    lines.insert(middle, lines[middle][: len(lines[middle]) * 2 // 5])


def _open_record(trade: Trade, mark: int) -> dict[str, object]:
    entry_fee = trade.commission * ENTRY_FEE_PPM // (ENTRY_FEE_PPM + EXIT_FEE_PPM)
    return _record(trade, trade.pnl(mark), entry_fee)


def _closed_record(trade: Trade) -> dict[str, object]:
    pnl = trade.pnl(trade.exit)
    net = pnl - trade.commission
    return _record(trade, pnl, trade.commission) | {
        "outcome": "win" if net > 0 else "loss" if net < 0 else "breakeven",
        "hold_duration_seconds": (trade.closed_at - trade.opened_at) // timedelta(seconds=1),
        "exit_timestamp": _iso(trade.closed_at),
        "exit_reasoning": trade.exit_reason,
        "slippage": _money(trade.slippage),
    }


def _record(trade: Trade, pnl: int, commission: int) -> dict[str, object]:
    """Return the 27 fields as they stand while the trade is open."""
    market, strategy, direction = trade.market, trade.strategy, trade.direction
    mode = strategy.execution_mode
    indicators = {
        name: _text(value, strategy.indicators[name][0]) for name, value in trade.indicators.items()
    }
    reason = strategy.long_reason if direction > 0 else strategy.short_reason
    return {
        "timestamp": _iso(trade.opened_at),
        "symbol": market.symbol,
        "action": "BUY" if direction > 0 else "SELL",
        "quantity": _text(trade.lots, market.quantity_places),
        "price": _text(trade.entry, market.price_places),
        "total_value": _money(trade.entry * trade.lots * market.money_per_tick),
        "order_id": trade.order_id,
        "execution_mode": mode,
        "account_id": f"{mode.lower()}-main",
        "strategy_name": strategy.name,
        "entry_type": strategy.entry_type,
        "stop_loss": _text(trade.entry - direction * trade.risk, market.price_places),
        "target": _text(trade.entry + direction * trade.reward, market.price_places),
        "decision_reasoning": reason.format(**indicators),
        "indicators_used": indicators,
        "risk_reward_ratio": _text((trade.reward * 200 + trade.risk) // (2 * trade.risk), 2),
        "outcome": "open",
        "profit_loss": _money(pnl),
        "hold_duration_seconds": None,
        "exit_timestamp": None,
        "exit_reasoning": None,
        "slippage": None,
        "commission": _money(commission),
        "net_profit_loss": _money(pnl - commission),
        "session_id": f"{mode.lower()}-{trade.opened_at:%Y%m%d}",
        "bot_version": trade.bot_version,
        "config_hash": CONFIG_HASHES[trade.bot_version],
    }


def _money(units: int) -> str:
    return _text(units, MONEY_PLACES)


def _text(units: int, places: int) -> str:
    """Write a count of the smallest unit as a decimal of so many places."""
    return f"{Decimal(units).scaleb(-places):f}"


def _iso(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _dumped(record: dict[str, object]) -> str:
    return json.dumps(record, separators=(",", ":"))
