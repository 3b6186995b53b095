"""Lines of one identity become one trade: each rule, with the lines that show it."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from perfkit.core.trade import Trade
from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

DAY = "logs/trades/2026-04-06.jsonl"
LATER = "logs/trades/2026-05-20.jsonl"
TEN, ELEVEN, NOON = (f"2026-04-06T{hour}:00:00Z" for hour in (10, 11, 12))


def opened(**fields: object) -> dict[str, object]:
    """A line of a trade still open."""
    return {"order_id": "T1", "timestamp": TEN, "outcome": "open", **fields}


def closed(**fields: object) -> dict[str, object]:
    """A line of a trade that has closed."""
    return {"order_id": "T1", "timestamp": TEN, "exit_timestamp": ELEVEN, **fields}


def text(*lines: dict[str, object]) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


def desk(workspace: WriteWorkspace, *lines: dict[str, object]) -> Desk:
    return open_desk(workspace(logs={DAY: text(*lines)}))


def closed_trades(desk: Desk) -> list[Trade]:
    return [desk.book.closed[row] for row in range(len(desk.book.closed))]


def only_trade(workspace: WriteWorkspace, *lines: dict[str, object]) -> Trade:
    """The one trade of all lines, which has closed."""
    of = desk(workspace, *lines)
    assert len(of.book.open) == 0
    (trade,) = closed_trades(of)
    return trade


def findings(desk: Desk) -> dict[str, int]:
    return {finding.code: finding.count for finding in desk.summary("all").data.findings}


def at(logged: str) -> datetime:
    return datetime.fromisoformat(logged)


class TestALaterNonNullValueWins:
    @pytest.mark.parametrize(
        ("field", "attribute", "first", "later", "expected"),
        [
            ("symbol", "symbol", "AAPL", "MSFT", "MSFT"),
            ("strategy_name", "strategy", "a", "b", "b"),
            ("action", "side", "BUY", "SELL", "short"),
            ("execution_mode", "execution_mode", "PAPER", "LIVE", "LIVE"),
            ("account_id", "account", "A1", "A2", "A2"),
            ("commission", "commission", "1", "2", Decimal(2)),
            ("slippage", "slippage", "0.1", "0.2", Decimal("0.2")),
            ("risk_reward_ratio", "risk_reward", "1", "2", Decimal(2)),
        ],
    )
    @pytest.mark.parametrize("nothing", [None, ""])
    def test_of_what_may_change_the_last_that_is_said_counts(
        self,
        workspace: WriteWorkspace,
        *,
        field: str,
        attribute: str,
        first: str,
        later: str,
        expected: object,
        nothing: str | None,
    ) -> None:
        lines = (
            opened(**{field: first}),
            opened(**{field: later}),
            opened(**{field: nothing}),
            closed(net_profit_loss="1", **{field: nothing}),
        )
        assert getattr(only_trade(workspace, *lines), attribute) == expected

    def test_fields_combine_one_by_one(self, workspace: WriteWorkspace) -> None:
        trade = only_trade(
            workspace,
            opened(symbol="AAPL", price="100", stop_loss="97", quantity="2", action="BUY"),
            closed(net_profit_loss="6", commission="1", exit_reasoning="target"),
        )
        assert (trade.symbol, trade.side, trade.entry_price) == ("AAPL", "long", Decimal(100))
        assert (trade.net_pnl, trade.exit_reason, trade.r) == (Decimal(6), "target", Decimal(1))


class TestWhatWasTrueAtEntryKeepsItsFirstValue:
    @pytest.mark.parametrize(
        ("field", "attribute"),
        [
            ("price", "entry_price"),
            ("stop_loss", "stop_loss"),
            ("target", "target"),
            ("quantity", "quantity"),
        ],
    )
    def test_the_first_price_stop_target_and_quantity_stay(
        self, workspace: WriteWorkspace, field: str, attribute: str
    ) -> None:
        lines = (
            opened(**{field: None}),
            opened(**{field: "5"}),
            opened(**{field: "6"}),
            closed(net_profit_loss="1", **{field: "7"}),
            closed(net_profit_loss="1", **{field: "8"}),
        )
        assert getattr(only_trade(workspace, *lines), attribute) == Decimal(5)

    def test_the_first_opening_time_stays(self, workspace: WriteWorkspace) -> None:
        trade = only_trade(
            workspace,
            opened(timestamp=TEN),
            closed(timestamp=NOON, exit_timestamp=NOON, net_profit_loss="1"),
        )
        assert trade.opened_at == at(TEN)
        assert trade.hold_seconds == 7200

    def test_a_stop_that_was_moved_does_not_change_what_was_risked(
        self, workspace: WriteWorkspace
    ) -> None:
        trade = only_trade(
            workspace,
            opened(price="100", stop_loss="98", quantity="10", action="BUY"),
            opened(price="100", stop_loss="100.5", quantity="10", action="BUY"),
            closed(net_profit_loss="40", stop_loss="103"),
        )
        assert trade.r == Decimal(2)


class TestAfterACloseAnOpenLineOnlyFillsGaps:
    def test_it_overrides_nothing(self, workspace: WriteWorkspace) -> None:
        trade = only_trade(
            workspace,
            closed(net_profit_loss="5", symbol="AAPL", commission="1"),
            opened(symbol="MSFT", commission="9", net_profit_loss="-50"),
        )
        assert (trade.symbol, trade.commission, trade.net_pnl) == ("AAPL", Decimal(1), Decimal(5))

    def test_it_tells_what_the_close_left_out(self, workspace: WriteWorkspace) -> None:
        trade = only_trade(
            workspace,
            closed(net_profit_loss="5", timestamp=None),
            opened(symbol="MSFT", price="100", timestamp=TEN),
            opened(symbol="TSLA", price="200", timestamp=NOON),
        )
        assert (trade.symbol, trade.entry_price) == ("MSFT", Decimal(100))
        assert trade.opened_at == at(TEN)

    def test_it_does_not_open_the_trade_again(self, workspace: WriteWorkspace) -> None:
        trade = only_trade(workspace, closed(net_profit_loss="5"), opened())
        assert trade.closed_at == at(ELEVEN)
        assert trade.outcome == "win"

    def test_it_fills_no_gap_of_pnl_outcome_or_exit(self, workspace: WriteWorkspace) -> None:
        trade = only_trade(
            workspace,
            closed(outcome="loss"),
            opened(net_profit_loss="3", profit_loss="3", exit_reasoning="not yet"),
        )
        assert (trade.net_pnl, trade.gross_pnl, trade.outcome) == (None, None, "loss")
        assert trade.exit_reason is None

    def test_a_later_close_still_corrects_what_it_filled(self, workspace: WriteWorkspace) -> None:
        trade = only_trade(
            workspace,
            closed(net_profit_loss="5"),
            opened(symbol="MSFT"),
            closed(net_profit_loss="5", symbol="AAPL"),
        )
        assert trade.symbol == "AAPL"


class TestACloseSupersedesWhatOpenLinesSaidOfPnlAndOutcome:
    def test_the_pnl_of_open_lines_is_gone_even_where_the_close_says_it_otherwise(
        self, workspace: WriteWorkspace
    ) -> None:
        trade = only_trade(
            workspace,
            opened(net_profit_loss="-50", profit_loss="-49"),
            closed(profit_loss="10", net_profit_loss=None, commission="1"),
        )
        assert (trade.net_pnl, trade.gross_pnl) == (Decimal(9), Decimal(10))

    def test_a_close_that_only_says_the_outcome_leaves_no_pnl(
        self, workspace: WriteWorkspace
    ) -> None:
        trade = only_trade(workspace, opened(net_profit_loss="-50"), closed(outcome="win"))
        assert (trade.net_pnl, trade.outcome) == (None, "win")

    def test_until_then_the_last_pnl_of_open_lines_is_unrealized(
        self, workspace: WriteWorkspace
    ) -> None:
        of = desk(
            workspace,
            opened(net_profit_loss="-50"),
            opened(net_profit_loss="7"),
            opened(net_profit_loss=None),
        )
        assert of.summary("all").metrics["unrealized_pnl"] == 7
        assert of.summary("all").metrics["closed_trades"] == 0


class TestWholeStories:
    def test_open_then_close_is_one_trade(self, workspace: WriteWorkspace) -> None:
        of = desk(workspace, opened(symbol="AAPL"), closed(net_profit_loss="5"))
        assert (len(of.book.closed), len(of.book.open)) == (1, 0)
        assert findings(of) == {}

    def test_a_trade_line_then_its_resolution_is_one_trade(self, workspace: WriteWorkspace) -> None:
        """The first line says neither outcome nor exit; the second says little else."""
        trade = only_trade(
            workspace,
            {"order_id": "T1", "timestamp": TEN, "symbol": "AAPL", "action": "SELL"},
            {"order_id": "T1", "outcome": "win", "exit_timestamp": NOON, "profit_loss": "3"},
        )
        assert (trade.symbol, trade.side, trade.net_pnl) == ("AAPL", "short", Decimal(3))
        assert (trade.opened_at, trade.closed_at) == (at(TEN), at(NOON))

    def test_a_correction_weeks_later_in_another_file_changes_the_trade_where_it_was(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(
            logs={
                DAY: text(closed(profit_loss="10", commission="1", symbol="AAPL")),
                LATER: text(
                    {
                        "order_id": "T1",
                        "timestamp": "2026-05-20T09:00:00Z",
                        "outcome": "win",
                        "commission": "4",
                    },
                    closed(order_id="T2", exit_timestamp="2026-05-20T10:00:00Z", profit_loss="1"),
                ),
            }
        )
        of = open_desk(root)
        day = of.summary("daily", "2026-04-06")
        assert (day.metrics["closed_trades"], day.metrics["net_pnl"]) == (1, 6)
        assert {finding.code: finding.count for finding in day.data.findings} == {"corrections": 1}
        assert of.summary("daily", "2026-05-20").metrics["closed_trades"] == 1
        assert closed_trades(of)[0].closed_at == at(ELEVEN)

    def test_a_correction_counts_once_however_often_it_comes(
        self, workspace: WriteWorkspace
    ) -> None:
        of = desk(
            workspace,
            closed(net_profit_loss="5"),
            closed(net_profit_loss="6"),
            closed(net_profit_loss="7"),
        )
        assert [trade.net_pnl for trade in closed_trades(of)] == [Decimal(7)]
        assert findings(of)["corrections"] == 1

    def test_a_correction_may_say_another_closing_time(self, workspace: WriteWorkspace) -> None:
        trade = only_trade(
            workspace,
            closed(net_profit_loss="5"),
            closed(net_profit_loss="5", exit_timestamp=NOON),
        )
        assert trade.closed_at == at(NOON)

    def test_the_same_line_twice_is_one_trade_and_a_finding(
        self, workspace: WriteWorkspace
    ) -> None:
        of = desk(workspace, closed(net_profit_loss="5"), closed(net_profit_loss="5"))
        assert [trade.net_pnl for trade in closed_trades(of)] == [Decimal(5)]
        assert findings(of) == {"repeated_lines": 1}

    def test_lines_of_other_identities_are_left_alone(self, workspace: WriteWorkspace) -> None:
        of = desk(
            workspace,
            closed(order_id="T0", net_profit_loss="1"),
            opened(symbol="AAPL"),
            closed(order_id="T2", net_profit_loss="2"),
            closed(net_profit_loss="3"),
            opened(order_id="T4"),
        )
        assert sorted(str(trade.net_pnl) for trade in closed_trades(of)) == ["1", "2", "3"]
        assert len(of.book.open) == 1

    @pytest.mark.parametrize("order_id", [None, ""])
    def test_lines_without_an_identity_are_trades_of_their_own(
        self, workspace: WriteWorkspace, order_id: str | None
    ) -> None:
        line = closed(order_id=order_id, net_profit_loss="5")
        without = {name: value for name, value in line.items() if name != "order_id"}
        of = desk(workspace, line, line, without)
        assert len(of.book.closed) == 3
        assert findings(of) == {}

    def test_the_same_identity_in_two_sources_is_two_trades(
        self, workspace: WriteWorkspace
    ) -> None:
        config = """\
sources:
  - {name: a, path: logs/a.jsonl, currency: USD}
  - {name: b, path: logs/b.jsonl, currency: USD}
"""
        lines = text(closed(net_profit_loss="5"))
        root = workspace(config, {"logs/a.jsonl": lines, "logs/b.jsonl": lines})
        assert [trade.source for trade in closed_trades(open_desk(root))] == ["a", "b"]

    def test_files_combine_in_the_order_they_were_written(self, workspace: WriteWorkspace) -> None:
        files = [f"logs/trades/2026-04-{day:02d}.jsonl" for day in (6, 7, 30)]
        logs = {
            file: text(closed(net_profit_loss=pnl))
            for file, pnl in zip(reversed(files), ("30", "7", "6"), strict=True)
        }
        (trade,) = closed_trades(open_desk(workspace(logs=logs)))
        assert trade.net_pnl == Decimal(30)
        assert str(trade.line) == f"{files[-1]}:1"


class TestWhereATradeStands:
    def test_the_last_closing_line_stands_for_a_trade(self, workspace: WriteWorkspace) -> None:
        trade = only_trade(
            workspace, opened(), closed(net_profit_loss="5"), closed(commission="1"), opened()
        )
        assert str(trade.line) == f"{DAY}:3"

    def test_every_line_of_a_trade_is_known_in_file_order(self, workspace: WriteWorkspace) -> None:
        root = workspace(
            logs={
                DAY: text(opened(), closed(order_id="T2", profit_loss="1"), opened()),
                LATER: text(closed(net_profit_loss="5"), closed(net_profit_loss="6")),
            }
        )
        book = open_desk(root).book.closed
        rows = {str(book[row].line): row for row in range(len(book))}
        assert list(map(str, book.places(rows[f"{LATER}:2"]))) == [
            f"{DAY}:1",
            f"{DAY}:3",
            f"{LATER}:1",
            f"{LATER}:2",
        ]
        assert list(map(str, book.places(rows[f"{DAY}:2"]))) == [f"{DAY}:2"]


class TestEachCloseIsATrade:
    CONFIG = """\
sources:
  - name: bot
    path: logs/trades
    currency: USD
    dialect:
      identity: [id]
      closes: each
      fields: {opened_at: at, closed_at: done, net_pnl: pnl, symbol: coin, quantity: qty,
               entry_price: price, exit_price: exit}
"""

    def trades(self, workspace: WriteWorkspace, *lines: dict[str, object]) -> list[Trade]:
        return closed_trades(open_desk(workspace(self.CONFIG, {DAY: text(*lines)})))

    def test_partial_exits_are_trades_that_share_their_opening(
        self, workspace: WriteWorkspace
    ) -> None:
        first, second = self.trades(
            workspace,
            {"id": 1, "at": TEN, "coin": "BTC", "price": "100", "qty": "3"},
            {"id": 1, "done": ELEVEN, "pnl": "5", "exit": "105"},
            {"id": 1, "done": NOON, "pnl": "-2", "exit": "99"},
        )
        assert (first.net_pnl, second.net_pnl) == (Decimal(5), Decimal(-2))
        assert (first.exit_price, second.exit_price) == (Decimal(105), Decimal(99))
        for trade in (first, second):
            assert (trade.symbol, trade.opened_at) == ("BTC", at(TEN))
            assert (trade.entry_price, trade.quantity) == (Decimal(100), Decimal(3))

    def test_one_partial_exit_says_nothing_of_another(self, workspace: WriteWorkspace) -> None:
        first, second = self.trades(
            workspace,
            {"id": 1, "at": TEN, "done": ELEVEN, "pnl": "5", "coin": "BTC"},
            {"id": 1, "at": TEN, "done": NOON, "pnl": "-2"},
        )
        assert (first.symbol, second.symbol) == ("BTC", None)

    def test_partial_exits_are_no_corrections(self, workspace: WriteWorkspace) -> None:
        lines = (
            {"id": 1, "done": ELEVEN, "pnl": "5"},
            {"id": 1, "done": NOON, "pnl": "-2"},
        )
        assert len(self.trades(workspace, *lines)) == 2
        assert findings(open_desk(workspace(self.CONFIG))) == {}

    def test_a_trade_with_one_exit_is_one_trade(self, workspace: WriteWorkspace) -> None:
        (trade,) = self.trades(
            workspace, {"id": 1, "at": TEN, "coin": "BTC"}, {"id": 1, "done": NOON, "pnl": "5"}
        )
        assert (trade.symbol, trade.net_pnl) == ("BTC", Decimal(5))


def test_a_trade_belongs_to_the_day_it_closed_on_whatever_file_it_was_written_in(
    workspace: WriteWorkspace,
) -> None:
    early = closed(order_id="T1", exit_timestamp="2026-04-06T23:59:59Z", net_profit_loss="1")
    late = closed(order_id="T2", exit_timestamp="2026-04-07T00:00:00Z", net_profit_loss="2")
    root = workspace(logs={LATER: text(early), DAY: text(late)})
    of = open_desk(root)
    assert of.summary("daily", "2026-04-06").metrics["net_pnl"] == 1
    assert of.summary("daily", "2026-04-07").metrics["net_pnl"] == 2
    assert of.summary("daily", "2026-05-20").metrics["closed_trades"] == 0


def test_times_compare_as_instants(workspace: WriteWorkspace) -> None:
    trade = only_trade(
        workspace, closed(timestamp="2026-04-06T12:00:00+02:00", net_profit_loss="1")
    )
    assert trade.opened_at == datetime(2026, 4, 6, 10, tzinfo=UTC)
