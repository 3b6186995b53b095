"""Small logs whose values are written as people write them, against figures worked out by hand.

The logs are not ours to publish: without `PERFKIT_SHARED_DATA`, beside which they lie in `cases/`,
these tests skip.
"""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from perfkit.desk.desk import open as open_desk
from perfkit.metrics.facts import Value
from tests.conftest import WriteWorkspace

SHARED = os.environ.get("PERFKIT_SHARED_DATA", "")
CASES = Path(SHARED).parent / "cases" if SHARED else None

pytestmark = pytest.mark.skipif(CASES is None, reason="PERFKIT_SHARED_DATA is not set")

CONFIG = """\
sources:
  - name: bot
    path: logs/bot.jsonl
    currency: %s
    dialect: %s
"""

Figures = dict[str, str | int | None]
KNOWN: dict[str, tuple[str, str, Figures, list[str]]] = {
    "boolean-outcome": (
        "USD",
        "{fields: {closed_at: t, outcome: won}, values: {outcome: {true: win, false: loss}}}",
        {"closed_trades": 2, "wins": 1, "losses": 1, "net_pnl": None},
        ["without_pnl"],
    ),
    "currencies-in-one-log": (
        "USD",
        "{fields: {closed_at: t, net_pnl: pnl, currency: cur}}",
        {"closed_trades": 1, "net_pnl": "10"},
        ["bad_lines"],
    ),
    "date-only": (
        "USD",
        "{fields: {closed_at: date, net_pnl: pnl}}",
        {"closed_trades": 2, "trading_days": 2, "net_pnl": "1.70"},
        [],
    ),
    "epoch-seconds-by-default": (
        "USD",
        "{fields: {closed_at: t, net_pnl: p}}",
        {"closed_trades": 4, "trading_days": 4, "net_pnl": "-2"},
        [],
    ),
    "field-name-with-a-blank": (
        "USD",
        "{fields: {closed_at: Exit Time, net_pnl: P/L}}",
        {"closed_trades": 1, "net_pnl": "1"},
        [],
    ),
    "float-dust-net-disagrees": (
        "USD",
        "{fields: {closed_at: t, net_pnl: n, gross_pnl: g, commission: f}}",
        {"closed_trades": 1, "net_pnl": "0.19999999999999998"},
        [],
    ),
    "optional-field-loses-the-trade": (
        "USD",
        "{fields: {closed_at: t, net_pnl: p, side: side, stop_loss: sl, opened_at: o}}",
        {"closed_trades": 3, "net_pnl": "18"},
        ["left_out"] * 3,
    ),
    "outcome-without-pnl-reasons": (
        "USD",
        "{fields: {closed_at: t, outcome: o}}",
        {
            "closed_trades": 3,
            "wins": 2,
            **dict.fromkeys(("net_pnl", "best_day", "worst_day", "avg_win", "avg_loss")),
        },
        ["without_pnl"],
    ),
    "pnl-from-prices": (
        "USD",
        "{fields: {closed_at: t, side: dir, entry_price: entry, exit_price: exit, quantity: qty, "
        "commission: fee}}",
        {"closed_trades": 2, "net_pnl": "5.46", "largest_win": "5.98", "largest_loss": "-0.52"},
        ["pnl_computed"],
    ),
    "small-amounts-print-as-zero": (
        "BTC",
        "{fields: {closed_at: t, net_pnl: p}}",
        {"net_pnl": "0.00013", "gross_profit": "0.00016", "max_drawdown": "-0.00003"},
        [],
    ),
    "time-with-zone-word": (
        "USD",
        "{fields: {closed_at: t, net_pnl: p}}",
        {"closed_trades": 2, "net_pnl": "1"},
        [],
    ),
    "rel-zero-minus-number": (
        "USD",
        "trade_record",
        {"closed_trades": 1, "net_pnl": "10.5"},
        ["bad_lines"],
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_the_figures_are_those_worked_out_by_hand(workspace: WriteWorkspace, name: str) -> None:
    assert CASES is not None
    currency, dialect, figures, codes = KNOWN[name]
    log = (CASES / f"{name}.jsonl").read_text(encoding="utf-8")
    summary = open_desk(workspace(CONFIG % (currency, dialect), {"logs/bot.jsonl": log})).summary(
        "all"
    )
    found = {metric: summary.metrics[metric] for metric in figures}
    assert found == {metric: as_value(figure) for metric, figure in figures.items()}
    assert [finding.code for finding in summary.data.findings] == codes
    assert summary.data.lines == sum(map(bool, map(json.loads, log.splitlines())))


def as_value(figure: str | int | None) -> Value | None:
    return Decimal(figure) if isinstance(figure, str) else figure


def test_a_week_may_begin_on_sunday(workspace: WriteWorkspace) -> None:
    assert CASES is not None
    config = CONFIG % ("USD", "{fields: {closed_at: t, net_pnl: p}}") + "week_starts: sunday\n"
    log = (CASES / "week-from-sunday.jsonl").read_text(encoding="utf-8")
    summary = open_desk(workspace(config, {"logs/bot.jsonl": log})).summary("weekly", "2026-01-05")
    assert summary.window.label == "2026-01-04"
    assert (summary.metrics["closed_trades"], summary.metrics["net_pnl"]) == (2, Decimal(3))
