"""Turnover and excursions: vectors of other projects, and what is left out.

Vectors of other projects are retyped; each names where it stands.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import perfkit
from perfkit.summary.summary import Summary
from tests.conftest import WriteWorkspace

CONFIG = """\
sources:
  - name: bot
    path: logs/trades
    currency: USD
    dialect:
      open_when: {out: null}
      identity: id
      fields: {closed_at: out, opened_at: in, net_pnl: pnl, commission: fee, quantity: size,
               entry_price: price, mae: worst, mfe: best, strategy: strategy, symbol: symbol}
quiet_days: zero
"""
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)

FILLS = """\
sources:
  - name: bot
    path: logs/fills
    currency: USD
    dialect:
      fills: {by: [symbol], match: average, trade: position}
      fields: {at: at, symbol: symbol, quantity: quantity, price: price, commission: fee}
quiet_days: zero
"""


def at(minutes: int) -> str:
    """So many minutes after Monday begins."""
    return (MONDAY + timedelta(minutes=minutes)).isoformat()


def desk_of(
    workspace: WriteWorkspace, lines: Sequence[Mapping[str, object]], config: str = CONFIG
) -> perfkit.Desk:
    numbered = [{"id": f"T{number}", **line} for number, line in enumerate(lines)]
    text = "".join(json.dumps(line) + "\n" for line in numbered)
    return perfkit.open(workspace(config, {"logs/trades/2026-01-05.jsonl": text}))


def summary(workspace: WriteWorkspace, lines: Sequence[Mapping[str, object]]) -> Summary:
    return desk_of(workspace, lines).summary("all")


def lean(pnls: str, worst: str, best: str, opened: str, closed: str) -> list[dict[str, str]]:
    """Trades with a fee of 2 each; QuantConnect/Lean gives gross P&L."""
    columns = zip(*(text.split() for text in (pnls, worst, best, opened, closed)), strict=True)
    return [
        {
            "pnl": str(int(pnl) - 2),
            "fee": "2",
            "worst": low,
            "best": high,
            "in": at(int(start)),
            "out": at(int(end)),
        }
        for pnl, low, high, start, end in columns
    ]


class TestLean:
    """QuantConnect/Lean, Tests/Common/Statistics/TradeStatisticsTests.cs."""

    def test_three_winners(self, workspace: WriteWorkspace) -> None:
        """Theirs: average MAE -16.67, MFE 33.33."""
        lines = lean("20 20 10", "-5 -30 -15", "30 40 30", "0 0 0", "20 30 10")
        found = summary(workspace, lines).metrics
        assert found["mae"] == Decimal("-16.6666666666666667")
        assert found["mfe"] == Decimal("33.3333333333333333")
        assert found["mfe_captured"] == Decimal("0.44")
        assert (found["net_pnl"], found["median_pnl"], found["longest_hold_seconds"]) == (
            *(44, 18, 1800),
        )

    def test_one_loser_and_two_winners(self, workspace: WriteWorkspace) -> None:
        """Theirs: average MAE -28.33, MFE 21.67."""
        lines = lean("-20 20 10", "-30 -40 -15", "5 30 30", "0 10 30", "20 20 40")
        found = summary(workspace, lines).metrics
        assert found["mae"] == Decimal("-28.3333333333333333")
        assert found["mfe"] == Decimal("21.6666666666666667")
        assert found["mfe_captured"] == Decimal("0.0615384615384615385")
        assert found["recovery_factor"] == Decimal("0.181818181818181818")


class TestTurnover:
    def test_both_sides_of_the_sign_and_the_multiplier_count(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = [
            {"out": at(1), "pnl": "1", "fee": "3", "size": "2", "price": "10.5", "symbol": "ES"},
            {"out": at(2), "pnl": "1", "fee": "-1", "size": "-3", "price": "4", "symbol": "X"},
        ]
        root = CONFIG + "multiplier: {ES: 50}\n"
        found = desk_of(workspace, lines, root).summary("all").metrics
        assert found["turnover"] == 2 * Decimal("10.5") * 50 + 12 == 1062
        assert found["commission_rate"] == Decimal("0.00188323917137476460")

    def test_it_comes_from_what_was_paid_not_from_a_rounded_mean(
        self, workspace: WriteWorkspace
    ) -> None:
        """freqtrade, test_recalc_trade_from_orders_dca: entries at 65/7 on average, for 3250."""
        orders = [(100, 3), (100, 7), (-100, 11), (150, 15), (-100, 19), (-150, 23)]
        text = "".join(
            json.dumps(
                {
                    "at": at(number),
                    "symbol": "X",
                    "quantity": str(size),
                    "price": str(price),
                    "fee": str(Decimal("0.0025") * abs(size) * price),
                }
            )
            + "\n"
            for number, (size, price) in enumerate(orders)
        )
        desk = perfkit.open(workspace(FILLS, {"logs/fills/2026-01-05.jsonl": text}))
        found = desk.summary("all").metrics
        assert (found["turnover"], found["net_pnl"]) == (3250, Decimal("3175.75"))
        assert found["commission_rate"] == Decimal("0.00746153846153846154")

    def test_a_trade_of_unknown_turnover_leaves_no_rate(self, workspace: WriteWorkspace) -> None:
        known = {"out": at(1), "pnl": "1", "fee": "1", "size": "1", "price": "100"}
        found = summary(workspace, [known, {"out": at(2), "pnl": "1", "fee": "1", "size": "1"}])
        assert found.metrics["turnover"] == 100
        assert found.undefined["commission_rate"] == (
            "1 closed trade has no quantity or no entry price"
        )
        none = summary(workspace, [{"out": at(2), "pnl": "1"}])
        assert none.undefined["turnover"] == "no closed trade has a quantity and an entry price"
        assert none.undefined["commission_rate"] == none.undefined["turnover"]

    def test_a_turnover_of_0_leaves_no_rate(self, workspace: WriteWorkspace) -> None:
        free = {"out": at(1), "pnl": "1", "fee": "1", "size": "1", "price": "0"}
        found = summary(workspace, [free])
        assert (found.metrics["turnover"], found.undefined["commission_rate"]) == (
            *(0, "turnover is 0"),
        )


class TestExcursions:
    def test_one_on_the_wrong_side_of_0_is_left_out_and_said(
        self, workspace: WriteWorkspace
    ) -> None:
        good = {"out": at(1), "pnl": "1", "worst": "-4", "best": "0"}
        bad = {"out": at(2), "pnl": "1", "worst": "4", "best": "-0.01"}
        found = summary(workspace, [good, bad])
        assert (found.metrics["mae"], found.metrics["mfe"]) == (-4, 0)
        counts = {one.code: one.count for one in found.data.findings}
        assert counts["wrong_excursion"] == 1
        assert found.undefined["mfe_captured"].startswith("no trade was ever in profit")

    def test_a_share_kept_needs_the_pnl_of_each(self, workspace: WriteWorkspace) -> None:
        config = CONFIG.replace("symbol: symbol}", "symbol: symbol, outcome: outcome}")
        known = {"out": at(1), "pnl": "1", "best": "2"}
        unknown = {"out": at(2), "outcome": "win", "best": "2"}
        found = desk_of(workspace, [known, unknown], config).summary("all")
        assert found.undefined["mfe_captured"] == "1 trade that logs an mfe has no P&L"

    def test_without_any_in_the_log_they_say_so(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, [{"out": at(1), "pnl": "1"}])
        assert "mae" in found.undefined["mae"]
        assert found.undefined["mfe"] == found.undefined["mfe_captured"]
        assert "mfe" in found.undefined["mfe"]

    def test_a_trade_has_its_own_and_filters_know_them(self, workspace: WriteWorkspace) -> None:
        lines = [
            {"out": at(n), "pnl": "1", "worst": str(-n), "size": "2", "price": str(n)}
            for n in (1, 2, 3)
        ]
        desk = desk_of(workspace, lines)
        trades = desk.trades()
        assert list(trades["mae"]) == [-1, -2, -3]
        assert list(trades["turnover"]) == [2, 4, 6]
        assert desk.summary("all", where="mae<=-2, turnover<6").metrics["closed_trades"] == 1

    def test_a_rule_may_watch_them(self, workspace: WriteWorkspace) -> None:
        lines = [
            {"out": at(n), "pnl": str(n), "worst": str(-n), "best": "10", "size": "1", "price": "8"}
            for n in (1, 5, 9)
        ]
        desk = desk_of(workspace, lines)
        for metric, below in (("mae", -6), ("mfe_captured", "0.6"), ("commission_rate", "0.1")):
            rule = {"id": "r", "metric": metric, "over": {"trades": 2}, "below": below}
            events = desk.backtest([rule]).events
            assert len([one for one in events if one["kind"] == "firing"]) == 1, metric

    def test_parts_have_their_own(self, workspace: WriteWorkspace) -> None:
        lines = [
            {"out": at(n), "in": at(0), "pnl": "1", "worst": str(-n), "strategy": name}
            for n, name in ((1, "a"), (2, "b"), (4, "b"))
        ]
        parts = summary(workspace, lines).breakdowns["strategy"]
        assert [one.metrics["mae"] for one in parts] == [-1, -3]
