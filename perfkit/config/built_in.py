"""The built-in dialects, in the words in which anybody may write one."""

from __future__ import annotations

TRADE_RECORD: dict[str, object] = {
    "open_when": [{"outcome": "open"}, {"outcome": None, "exit_timestamp": None}],
    "identity": ["order_id"],
    "fields": {
        "closed_at": "exit_timestamp or timestamp",
        "opened_at": "timestamp",
        "symbol": "symbol",
        "strategy": "strategy_name",
        "side": "action",
        "execution_mode": "execution_mode",
        "account": "account_id",
        "exit_reason": "exit_reasoning",
        "outcome": "outcome",
        "net_pnl": "net_profit_loss",
        "gross_pnl": "profit_loss",
        "commission": "commission",
        "slippage": "slippage",
        "quantity": "quantity",
        "entry_price": "price",
        "stop_loss": "stop_loss",
        "target": "target",
        "risk_reward": "risk_reward_ratio",
        "hold_seconds": "hold_duration_seconds",
    },
}
BUILT_IN: dict[str, dict[str, object]] = {"trade_record": TRADE_RECORD}
