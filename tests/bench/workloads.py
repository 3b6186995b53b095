"""Workspaces to measure on: `trade_record` logs of any size, made without perfkit."""

from __future__ import annotations

import json
from datetime import date, timedelta
from operator import itemgetter
from pathlib import Path
from random import Random

CONFIG = """\
sources:
  - {name: bot, path: logs/trades, currency: USD, dialect: trade_record}
starting_equity: 25000
"""
CONFIG_OF_BOTS = """\
sources:
  - {path: "logs/bots/{source}/", currency: USD}
"""
FIRST_DAY = date(2023, 1, 1)
"""A thousand days from here are over: nothing is ahead of the clock."""
_REASONING = "RSI oversold and price above the 50 EMA, volume confirmed"


def workspace(root: Path, days: int, trades_per_day: int, bots: int = 1) -> Path:
    """A workspace with one file per day and so many trades in each, in the order they closed.

    Several bots have each a folder with such files, and are a source each.
    """
    (root / "config").mkdir(parents=True)
    (root / "config/perfkit.yaml").write_text(CONFIG if bots == 1 else CONFIG_OF_BOTS)
    rng = Random(20260101)
    for bot in range(bots):
        folder = root / ("logs/trades" if bots == 1 else f"logs/bots/bot{bot:04d}")
        folder.mkdir(parents=True)
        for number in range(days):
            day = FIRST_DAY + timedelta(days=number)
            records = [_record(rng, day, n, trades_per_day) for n in range(trades_per_day)]
            records.sort(key=itemgetter("exit_timestamp"))
            lines = "".join(json.dumps(record) + "\n" for record in records)
            (folder / f"{day}.jsonl").write_text(lines)
    return root


def _record(rng: Random, day: date, number: int, per_day: int) -> dict[str, object]:
    opened = number * (80_000_000 // per_day)
    closed = opened + rng.randrange(60_000, 3_600_000)
    long = rng.randrange(2) == 0
    cents = rng.randrange(10_000, 500_000)
    pnl = rng.randrange(-6_000, 7_000)
    away = rng.randrange(50, 900) * (1 if long else -1)
    return {
        "timestamp": _iso(day, opened),
        "symbol": rng.choice(["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"]),
        "action": "BUY" if long else "SELL",
        "quantity": f"0.{rng.randrange(1_000, 9_999)}",
        "price": _money(cents),
        "total_value": _money(cents * 2),
        "order_id": f"ORD-{day:%Y%m%d}-{number:06d}",
        "execution_mode": "LIVE",
        "account_id": "main",
        "strategy_name": rng.choice(["momentum", "mean_reversion", "breakout"]),
        "entry_type": "LIMIT",
        "stop_loss": _money(cents - away),
        "target": _money(cents + 2 * away),
        "decision_reasoning": _REASONING,
        "indicators_used": {"rsi": "28.4", "ema50": "2310.22", "atr": "14.2"},
        "risk_reward_ratio": "2.0",
        "outcome": "win" if pnl > 0 else "loss" if pnl < 0 else "breakeven",
        "profit_loss": _money(pnl + 100),
        "hold_duration_seconds": (closed - opened) // 1000,
        "exit_timestamp": _iso(day, closed),
        "exit_reasoning": rng.choice(["take_profit", "stop_loss", "time_exit", "trailing_stop"]),
        "slippage": "0.12",
        "commission": "1.00",
        "net_profit_loss": _money(pnl),
        "session_id": f"S-{day}",
        "bot_version": "1.4.2",
        "config_hash": "a1b2c3d4e5f6",
    }


def _iso(day: date, milliseconds: int) -> str:
    seconds, millis = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{day}T{hour:02d}:{minute:02d}:{second:02d}.{millis:03d}Z"


def _money(cents: int) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"
