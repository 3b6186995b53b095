"""The built-in dialects, in the words in which anybody may write one.

`trade_record` is here, as it is read often. The others are YAML files in `built_in_dialects/`, read
where a source names one. In them `{currency}` stands for the currency of the source: some tools
write it into the names of columns.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

FOLDER = os.path.join(os.path.dirname(__file__), "built_in_dialects")
SUFFIX = ".yaml"
DEFAULT = "trade_record"
EXTENDS = "extends"
"""The key of a dialect that names the built-in one it adds to."""

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
    "dimensions": {
        "bot_version": "bot_version",
        "config_hash": "config_hash",
        "session_id": "session_id",
        "entry_type": "entry_type",
    },
}


def names() -> list[str]:
    """The names of all built-in dialects."""
    files = (name for name in os.listdir(FOLDER) if name.endswith(SUFFIX))
    return [DEFAULT, *sorted(name.removesuffix(SUFFIX) for name in files)]


def text_of(name: str, currency: str) -> str:
    """The YAML of one of `names`; its first line is a comment that says what it reads."""
    if name == DEFAULT:
        import yaml

        text = yaml.safe_dump(TRADE_RECORD, sort_keys=False, width=100)
        return f"# perfkit: one JSON object a line, as in the sample log\n{text}"
    with open(os.path.join(FOLDER, name + SUFFIX), encoding="utf-8") as file:
        return file.read().replace("{currency}", currency)


def built_in(name: str, currency: str) -> dict[str, object]:
    """One of `names`, for a source in that currency."""
    if name == DEFAULT:
        return TRADE_RECORD
    from perfkit.config.yaml import parse

    value: dict[str, object] = parse(text_of(name, currency), name + SUFFIX).value
    return value


def extended(base: Mapping[str, object], spec: Mapping[str, object]) -> dict[str, object]:
    """A dialect with what `spec`, which extends it, adds.

    A mapping such as `fields` is added to key by key, anything else is replaced:
    {extends: kraken, fills: {match: lifo}} keeps how the fills of kraken are grouped.
    """
    result = dict(base)
    for key, value in spec.items():
        known = result.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            result[key] = {**known, **value}
        elif key != EXTENDS:
            result[key] = value
    return result
