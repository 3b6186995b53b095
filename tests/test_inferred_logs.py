"""Logs of real bots and layouts of known tools, read without a dialect, against known figures.

The files are not ours to publish: without `PERFKIT_SHARED_DATA`, a folder that has the logs in
`real/` and beside it the layouts in `exports/`, these tests skip.
"""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

import perfkit

SHARED = os.environ.get("PERFKIT_SHARED_DATA", "")
REAL = Path(SHARED) / "real"
EXPORTS = Path(SHARED).parent / "exports"

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="PERFKIT_SHARED_DATA names no logs")


@pytest.mark.parametrize("name", ["closed-trades", "entry-exit-events", "open-then-close"])
def test_log_of_a_real_bot_is_read_right_with_nothing_asked(name: str) -> None:
    expected = json.loads((REAL / f"{name}.expected.json").read_text())
    metrics = perfkit.read(REAL / f"{name}.jsonl", quiet=True).summary("all").metrics
    for figure in ("closed_trades", "wins", "losses", "breakevens"):
        assert metrics[figure] == expected[figure]
    assert metrics["net_pnl"] == Decimal(expected["net_pnl"])


@pytest.mark.parametrize(
    ("name", "answers", "closed", "net_pnl"),
    [
        ("bybit-closed-pnl.json", {}, 3, "33.73155"),
        ("coinbase-fills.csv", {}, 2, "-38.04"),
        ("ctrader-history.csv", {}, 3, "84.65"),
        ("freqtrade-backtest.json", {}, 4, "16.959"),
        ("freqtrade-trades.sqlite", {}, 4, "47.5967"),
        ("hummingbot-trades.csv", {}, 2, "3.2019"),
        ("ibkr-flex-trades.csv", {}, 3, "82.74"),
        ("kraken-trades.csv", {}, 2, "24.12"),
        ("lean-closedtrades.json", {}, 3, "170.6"),
        ("ninjatrader-trades.csv", {}, 5, "2374.71"),
        ("tradingview-list-of-trades.csv", {}, 3, "355"),
        ("tradovate-performance.csv", {"day_or_month": 2}, 4, "1375"),
        ("vectorbt-trades.csv", {}, 3, "0.938"),
    ],
)
def test_layout_of_a_known_tool_is_read_right(
    name: str, answers: dict[str, int], closed: int, net_pnl: str
) -> None:
    if answers:
        with pytest.raises(perfkit.UndecidedError):
            perfkit.read(EXPORTS / name, quiet=True)
    desk = perfkit.read(EXPORTS / name, answers=answers, quiet=True)
    metrics = desk.summary("all").metrics
    assert (metrics["closed_trades"], metrics["net_pnl"]) == (closed, Decimal(net_pnl))
