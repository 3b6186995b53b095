"""Logs whose trades are made of several lines, against figures worked out by hand.

The inputs are not ours to publish: without `PERFKIT_SHARED_DATA`, beside which a folder `cases` has
them, these tests skip.
"""

import os
from decimal import Decimal
from pathlib import Path
from textwrap import indent

import pytest

from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

SHARED = os.environ.get("PERFKIT_SHARED_DATA", "")
CASES = Path(SHARED).parent / "cases"

HEAD = """\
sources:
  - name: bot
    path: logs/log.jsonl
    currency: USD
    dialect:
"""


@pytest.mark.skipif(not SHARED, reason="PERFKIT_SHARED_DATA is not set")
@pytest.mark.parametrize(
    ("name", "dialect", "expected"),
    [
        (
            "fills-without-pnl",
            """\
fills: {by: [symbol]}
fields: {at: t, symbol: sym, side: side, quantity: qty, price: price}
""",
            {"closed_trades": 2, "net_pnl": 5, "largest_win": 15, "largest_loss": -10,
             "avg_hold_seconds": 600},
        ),
        (
            "partial-exits-of-one-position",
            """\
open_when: {ev: entry}
identity: [pos]
closes: sum
fields: {opened_at: t, closed_at: t, gross_pnl: pnl, commission: fee}
""",
            {"closed_trades": 1, "losses": 1, "net_pnl": Decimal("-6.6"),
             "commission": Decimal("0.6"), "win_rate": 0},
        ),
        (
            "scale-in",
            """\
open_when: {ev: entry}
identity: [id]
combine: {quantity: sum, entry_price: average}
fields: {opened_at: t, closed_at: t, net_pnl: pnl, entry_price: price, stop_loss: sl,
         quantity: qty}
""",
            {"closed_trades": 1, "net_pnl": -15, "avg_r": Decimal("-0.75"), "losses_beyond_1r": 0},
        ),
        (
            "fees-on-both-lines",
            """\
open_when: {ev: OPEN}
identity: [id]
combine: {commission: sum}
fields: {opened_at: t, closed_at: t, gross_pnl: pnl, commission: fee}
""",
            {"closed_trades": 1, "commission": Decimal("0.7"), "net_pnl": Decimal("19.3")},
        ),
    ],
)  # fmt: skip
def test_the_figures_are_those_worked_out_by_hand(
    workspace: WriteWorkspace, name: str, dialect: str, expected: dict[str, object]
) -> None:
    content = (CASES / f"{name}.jsonl").read_bytes()
    root = workspace(HEAD + indent(dialect, " " * 6), {"logs/log.jsonl": content})
    summary = open_desk(root).summary("all")
    assert {metric: summary.metrics[metric] for metric in expected} == expected
    assert summary.data.bad_lines == 0
