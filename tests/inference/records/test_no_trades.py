"""Records that are no trades are told by what they are; trades are not taken for such."""

from __future__ import annotations

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record


def days(*amounts: str, first: int = 7) -> list[Record]:
    return [
        {"date": f"2026-04-{first + place:02}", "pnl": amount}
        for place, amount in enumerate(amounts)
    ]


def said(records: list[Record]) -> str:
    reading = infer(records)
    return "" if reading.has_results else " ".join(reading.evidence)


class TestTotalsOfDays:
    def test_an_amount_for_each_day_is_no_trade(self) -> None:
        assert "totals of a day" in said(days("5", "-3", "2", "0"))

    def test_nor_is_a_total_so_far_beside_other_figures_of_the_day(self) -> None:
        records = [{**one, "turnover": "3", "equity": "9"} for one in days("5", "7", "9", "4")]
        assert "(date, pnl)" in said(records)

    def test_nor_are_moments_that_are_always_equally_far_apart(self) -> None:
        records: list[Record] = [
            {"time": 1_686_096_000_000 + 300_000 * place, "pnl": str(place % 3 - 1)}
            for place in range(12)
        ]
        assert "totals of a day" in said(records)

    def test_nor_are_they_beside_lists_of_what_is_held(self) -> None:
        records = [{**one, "positions": [{"symbol": "A"}]} for one in days("5", "7", "9", "4")]
        assert "totals of a day" in said(records)

    def test_weekends_and_the_newest_first_make_no_difference(self) -> None:
        week = [*days("5", "-3", "2"), *days("1", "-1", first=13)]
        assert "totals of a day" in said(week[::-1])

    @pytest.mark.parametrize(
        "records",
        [
            pytest.param([*days("5", "-3", "2", "1"), *days("4", first=10)], id="two of a day"),
            pytest.param([*days("5", "-3"), *days("2", "4", first=28)], id="days far apart"),
            pytest.param(
                [{**one, "r_multiple": "1.5"} for one in days("5", "-3", "2", "1")],
                id="multiples of a risk",
            ),
            pytest.param(
                [{**one, "symbol": "EURUSD"} for one in days("5", "-3", "2", "1")], id="a market"
            ),
            pytest.param(
                [{**one, "trade_id": n} for n, one in enumerate(days("5", "-3", "2", "1"), 1)],
                id="an identity",
            ),
            pytest.param(
                [{**one, "notes": "late"} for one in days("5", "-3", "2", "1")], id="a note"
            ),
            pytest.param(days("5", "-3", "2"), id="three records"),
        ],
    )
    def test_what_may_be_trades_is_asked_and_not_refused(self, records: list[Record]) -> None:
        assert infer(records).has_results


class TestTape:
    @pytest.mark.parametrize(
        "sides",
        [
            {"aggressor_side": "buy"},
            {"maker_order_id": "1", "taker_order_id": "2"},
            {"buyerId": "7", "sellerId": "9"},
        ],
    )
    def test_trades_of_a_whole_market_are_no_fills_of_an_account(self, sides: Record) -> None:
        records: list[Record] = [
            {"time": f"2026-04-07T10:00:{n:02}Z", "symbol": "A", "price": str(100 + n), "qty": "1"}
            | {"side": side}
            | sides
            for n, side in enumerate(["buy", "sell"] * 4)
        ]
        assert "trades of a whole market" in said(records)

    def test_a_result_says_that_they_are_of_an_account(self) -> None:
        records: list[Record] = [
            {
                "time": f"2026-04-07T10:00:{n:02}Z",
                "symbol": "A",
                "pnl": str(n - 3),
                "aggressor": "y",
            }
            for n in range(8)
        ]
        assert infer(records).has_results

    def of_addresses(self, maker: str, taker: str) -> list[Record]:
        return [
            {
                "time": f"2026-04-07T10:00:{n:02}Z",
                "symbol": "A",
                "side": ("buy", "sell")[n % 2],
                "price": str(100 + n),
                "qty": "1",
                "maker_address": maker and f"{maker}{n}",
                "taker_address": taker,
            }
            for n in range(8)
        ]

    def test_addresses_of_both_sides_are_those_of_a_market_also_if_empty(self) -> None:
        assert "whole market" in said(self.of_addresses("", ""))
        assert "maker_address, taker_address" in said(self.of_addresses("0xa", ""))

    def test_one_address_in_all_of_them_is_that_of_the_account(self) -> None:
        assert infer(self.of_addresses("0xa", "0xb")).has_results


def test_bets_that_are_all_pending_have_no_results() -> None:
    records = [
        {**one, "market": "spreads", "result": "pending"} for one in days("5", "3", "2", "9")
    ]
    assert not infer(records).has_results


class TestTotalsOfGroups:
    def test_an_amount_for_each_day_and_desk_is_no_trade(self) -> None:
        records = [{"desk": desk, **one} for one in days("5", "-3", "2", "0") for desk in "AB"]
        assert "totals of a day" in said(records)

    def test_nor_is_one_for_each_month(self) -> None:
        records: list[Record] = [
            {"date": f"2026-{month:02}-28", "index": name, "pnl": f"{month - 3}"}
            for month in range(1, 8)
            for name in ("A", "B")
        ]
        assert "totals of a day" in said(records)

    def test_two_of_a_day_may_be_trades(self) -> None:
        records = [{"desk": "A", **one} for one in days("5", "-3", "2", "0") for _ in range(2)]
        assert infer(records).has_results


def test_payoffs_of_positions_are_no_trades() -> None:
    records: list[Record] = [
        {"strategy": "Spread", "base_pnl": f"{n}", "max_profit": "9", "max_loss": "5"}
        for n in range(-4, 5)
    ]
    assert "payoffs of positions" in said(records)


class TestFiguresOfSomethingElse:
    def test_figures_of_training_and_test_are_no_trades(self) -> None:
        records: list[Record] = [
            {
                "train_start": f"2026-0{n}-01",
                "test_end": f"2026-0{n}-28",
                "params": "a=1",
                "train_profit": f"{n}.5",
                "oos_profit": f"{n - 3}.25",
                "train_drawdown": "2",
                "oos_drawdown": "3",
            }
            for n in range(1, 8)
        ]
        assert "trained and tested (train_profit, oos_profit" in said(records)

    def companies(self, **more: str) -> list[Record]:
        return [
            {
                "ticker": f"T{n}",
                "report_date": f"2026-04-0{n}",
                "gross_profit": f"{n * n - 5}.5",
                "pe_ratio": "20",
                "eps": "1.2",
                "market_cap": "100",
                **more,
            }
            for n in range(1, 8)
        ]

    def test_price_to_earnings_is_no_result_beside_other_ratios(self) -> None:
        ratios = {"P/VP": "1.2", "DY": "3.5", "EV/EBIT": "6.3"}
        records: list[Record] = [{"ticker": "A", "P/L": "6.1", **ratios} for _ in range(4)]
        assert "fundamentals of companies (P/VP, DY, EV/EBIT)" in said(records)
        assert "fundamentals" not in said([{**one, "pnl_usd": "2"} for one in records])

    def test_fundamentals_of_companies_are_none(self) -> None:
        assert "fundamentals of companies (gross_profit, pe_ratio, eps)" in said(self.companies())

    def test_trades_may_log_them_as_well(self) -> None:
        assert infer(self.companies(side="long", exit_reason="stop loss")).has_results

    def test_the_return_of_a_stock_is_not_that_of_the_trade(self) -> None:
        ends = [("8", "CLOSED", "LOSS"), ("11", "CLOSED", "WIN"), ("12", "CLOSED", "WIN")]
        records: list[Record] = [
            {
                "symbol": "A",
                "entry_date": f"2026-04-0{n}",
                "status": status,
                "entry_price": "10",
                "closing_price": price,
                "quantity": "2",
                "outcome": outcome,
                "return_20d": f"{n - 4}.5",
            }
            for n, (price, status, outcome) in enumerate([*ends, *[("", "WATCHED", "")] * 5], 1)
        ]
        reading = infer(records)
        assert (reading.closed, reading.is_sure) == (3, True)
        assert "net_pnl" not in str(reading.dialect)


class TestNothingThatCloses:
    """Amounts whose names may mean something else, in records of which nothing closes."""

    @pytest.mark.parametrize("name", ["us_ret_pct", "net_cost", "williams_r"])
    def test_no_results_are_asked_about(self, name: str) -> None:
        records: list[dict[str, object]] = [
            {
                "run_date": f"2026-04-{n + 1:02}",
                "ticker": "A",
                "strategy": "fade",
                name: f"{n - 3}.5",
            }
            for n in range(9)
        ]
        assert not infer(records).has_results

    def test_a_result_by_its_name_is_one_all_the_same(self) -> None:
        records: list[dict[str, object]] = [
            {"run_date": f"2026-04-{n * 2 + 1:02}", "ticker": "A", "pnl": f"{n * n - 9}.5"}
            for n in range(9)
        ]
        assert infer(records).has_results


OPEN: list[Record] = [
    {
        "time": f"2026-04-07T{n:02}:00:00Z",
        "symbol": "A",
        "side": ("BUY", "SELL")[n % 2],
        "quantity": "2",
        "price": str(10 + n % 3),
    }
    for n in range(6)
]


class TestAllOpen:
    @pytest.mark.parametrize("word", ["open", "OPEN", "not closed yet"])
    def test_a_status_that_is_always_open_says_it(self, word: str) -> None:
        assert "all open" in said([{**one, "status": word} for one in OPEN])

    @pytest.mark.parametrize(
        "flag", [{"closed": False}, {"is_closed": "no"}, {"is_open": True}, {"open": 1}]
    )
    def test_so_does_a_flag_though_there_are_a_price_and_a_profit_of_now(
        self, flag: dict[str, object]
    ) -> None:
        now: Record = {"close_price": "11", "profit": "-3.5", "close_time": None, **flag}
        records = [
            {"open_price" if name == "price" else name: value for name, value in one.items()}
            for one in OPEN
        ]
        assert "all open" in said([{**one, **now} for one in records])
        ended = {**now, "close_time": "2026-04-08T10:00:00Z"}
        assert infer([{**one, **ended} for one in records]).has_results

    def test_so_do_an_exit_and_a_result_that_are_always_missing(self) -> None:
        empty: Record = {"exit_price": None, "close_time": None, "pnl": None}
        assert "exit_price, close_time, pnl are empty" in said([{**one, **empty} for one in OPEN])

    @pytest.mark.parametrize("more", [{"pnl": None}, {"status": "filled"}])
    def test_executions_without_a_result_are_matched(self, more: Record) -> None:
        assert infer([{**one, **more} for one in OPEN]).has_results


class TestGroups:
    @pytest.mark.parametrize("more", [{"accuracy": "0.5"}, {"correct": 7}, {"hits": 7}])
    def test_how_often_something_was_right_is_said_of_many(self, more: Record) -> None:
        records = [
            {"bucket": f"{n}0 %", "total": 12 + n, "pnl": str(5 - n), **more} for n in range(4)
        ]
        assert "figures of many trades" in said(records)


def events(*kinds: str) -> list[Record]:
    """Closes of trades, and after every fourth one a record without a symbol."""
    return [
        {
            "time": f"2026-04-{n + 1:02}T10:00:00Z",
            "event": kinds[n % 5 == 4],
            "symbol": None if n % 5 == 4 else "A",
            "pnl": str(n % 4 - 2),
        }
        for n in range(25)
    ]


class TestTotalsBetweenTrades:
    @pytest.mark.parametrize(
        "word", ["daily_summary", "SESSION SUMMARY", "day_end", "session_close", "weekly report"]
    )
    def test_totals_of_a_period_are_left_out(self, word: str) -> None:
        reading = infer(events("trade_closed", word))
        assert (reading.closed, reading.doubts) == (20, ())
        assert reading.dialect["only"] == {"event": {"not": [word]}}

    def test_what_ends_with_a_session_is_a_trade_where_it_has_a_symbol(self) -> None:
        records = [{**one, "symbol": "A"} for one in events("stop", "session_close")]
        assert infer(records).closed == 25

    @pytest.mark.parametrize(("word", "is_sure"), [("trade", True), ("note", False)])
    def test_an_event_that_is_called_a_trade_is_one(self, word: str, *, is_sure: bool) -> None:
        assert infer(events(word, word)).is_sure is is_sure


@pytest.mark.parametrize("flag", ["taken", "traded", "executed"])
def test_results_of_what_was_not_taken_are_asked_about(flag: str) -> None:
    moves = ((100, 103), (50, 49), (10, 12), (30, 28), (20, 22), (40, 39))
    records: list[Record] = [
        {
            "time": f"2026-04-0{n + 1}T10:00:00Z",
            "symbol": "A",
            flag: n != 2,
            "entry": str(entry),
            "exit": str(out),
            "pnl": str(out - entry),
        }
        for n, (entry, out) in enumerate(moves)
    ]
    reading = infer(records)
    assert (reading.closed, [one.name for one in reading.doubts]) == (5, ["ignored"])


class TestFiguresSoFar:
    EARNED = (5, -2, 4, 6, -3, 1, 8, -4)

    def rows(self, **more: str) -> list[Record]:
        total, found = 0, list[Record]()
        for n, earned in enumerate(self.EARNED):
            total += earned
            own: Record = {"name": "AB"[n % 2], "net_pnl": str(earned), "drawdown": str(n % 3)}
            found.append({**own, "equity": str(500 + total), **more})
        return found

    def test_beside_results_with_a_reason_of_each_exit_they_make_no_summary(self) -> None:
        records = [
            {**one, "exit_reason": ("sl_hit", "target_hit")[n % 2], "equity": "1"}
            for n, one in enumerate(self.rows(side="long"))
        ]
        assert infer(records).closed == len(self.EARNED)

    def test_nor_where_one_of_them_adds_up_the_results(self) -> None:
        assert infer(self.rows(side="long", win_rate="0.5", lots="2")).closed == len(self.EARNED)

    def test_without_either_they_are_figures_of_many_trades(self) -> None:
        records = [{**one, "equity": "1"} for one in self.rows(side="long")]
        assert "figures of many trades" in said(records)


def test_a_rate_of_wins_in_per_cent_says_that_records_are_of_many_trades() -> None:
    windows: list[Record] = [
        {"Symbol": "A", "OOS Start": f"2026-0{n}-01", "OOS End": f"2026-0{n}-15",
         "Return (%)": f"{n - 3}.5", "Trades": "12", "Win Rate (%)": "58.3"}
        for n in range(1, 7)
    ]  # fmt: skip
    assert "figures of many trades" in said(windows)


@pytest.mark.parametrize("now", ["CMP", "Live Price", "latest_close", "current_rate"])
def test_what_is_held_has_a_price_of_now(now: str) -> None:
    records: list[Record] = [
        {"Stock": f"S{n}", "BuyDate": f"2026-04-{n + 1:02}", "BuyPrice": "10", "Qty": str(n + 1),
         now: str(n + 8), "PnL": str((n - 2) * (n + 1)), "PnL%": str((n - 2) * 10)}
        for n in range(9)
    ]  # fmt: skip
    assert "still held" in infer(records).evidence[0]


def test_periods_of_a_walk_forward_test_are_no_trades() -> None:
    records: list[Record] = [
        {"fold": n, "train_start": f"2025-{n:02}-01", "train_end": f"2025-{n + 2:02}-01",
         "test_start": f"2025-{n + 2:02}-01", "test_end": f"2025-{n + 3:02}-01",
         "oos_return": str(n % 3 - 1.5), "pnl": str(n * 3 - 8)}
        for n in range(1, 8)
    ]  # fmt: skip
    assert "training and test" in infer(records).evidence[0]
    trades = [{**one, "entry_time": f"2025-{n + 3:02}-11"} for n, one in enumerate(records)]
    assert infer(trades).closed == len(trades)


class TestStatesOfAnAccount:
    """What stands beside totals of an account, whichever trade was its last one."""

    def wallets(self, last: str) -> list[Record]:
        return [
            {
                "started_at": f"2026-04-0{n + 1}T10:00:00Z",
                "cash": str(9_000 + 10 * n),
                "pnl": str(n * 7 % 5 - 2.5),
                "trades_count": 40 + n,
                "wins": 20 + n,
                "losses": 20,
                last: {"symbol": "A", "action": "SELL", "price": "10", "qty": "2", "pnl": "0.5"},
            }
            for n in range(4)
        ]

    @pytest.mark.parametrize("last", ["last_trade", "latest_order", "account_state"])
    def test_the_last_trade_of_an_account_makes_no_trade_of_it(self, last: str) -> None:
        assert "figures of many trades (trades_count, wins, losses)" in said(self.wallets(last))

    def test_totals_are_none_beside_what_is_held_now(self) -> None:
        state: Record = {"entry_price": "10", "entry_time": "2026-04-07T10:00:00Z", "qty": "2"}
        totals: Record = {"total_pnl": "-12.75", "n_trades": 2, "n_wins": 0}
        assert "figures of many trades (n_trades, n_wins)" in said([{**state, **totals}])

    def test_a_size_of_each_order_is_no_trade_beside_figures_of_many(self) -> None:
        run: Record = {"timestamp": "2026-04-07T10:00:00Z", "position_size": "5000"}
        report = {"net_pnl": "52", "total_trades": 2, "winning_trades": 1, "losing_trades": 1}
        assert "figures of many trades (report.total_trades" in said([{**run, "report": report}])

    def test_nor_are_positions_that_count_the_trades_of_each(self) -> None:
        records: list[Record] = [
            {
                "Symbol": f"S{n}",
                "Current_Position": str(10 * n + 10),
                "Average_Price": "5",
                "Total_Trades": count,
                "Realized_PnL": str(n * 7 % 5 - 2),
                "Last_Trade_Date": f"2026-04-0{n + 1}",
            }
            for n, count in enumerate([8, 5, 6, 2, 9])
        ]
        assert "figures of many trades (Total_Trades)" in said(records)

    def test_nor_are_the_days_of_an_account(self) -> None:
        records: list[Record] = [
            {
                "date": f"2026-04-{n + 1:02}",
                "net": str(1000 + n * 7 % 5),
                "cash": "500",
                "holdings": str(500 + n * 7 % 5),
                "cost_basis": "480",
                "realized": str(n * 3 % 7),
                "drawdown": "0.1",
                "sharpe": "1.5",
            }
            for n in range(9)
        ]
        assert "figures of many trades (drawdown, sharpe)" in said(records)

    def test_nor_is_the_date_of_a_summary(self) -> None:
        records: list[Record] = [
            {
                "bot": f"b{n % 2}",
                "summary_date": f"2026-04-{n // 2 + 1:02}",
                "activity": n,
                "profit": str(n * 7 % 5 - 2.5),
            }
            for n in range(12)
        ]
        assert said(records)

    def test_a_single_trade_with_such_figures_so_far_is_one(self) -> None:
        trade: Record = {
            "exit_time": "2026-04-07T10:00:00Z",
            "entry_price": "10",
            "exit_price": "12",
            "qty": "2",
            "pnl": "4",
        }
        reading = infer([{**trade, "n_trades": 2, "n_wins": 1, "exit_reason": "target"}])
        assert reading.closed == 1


class TestQuotes:
    def rows(self, more: Record) -> list[Record]:
        return [
            {
                "time": f"2026-04-07T10:00:{n:02}Z",
                "symbol": "A",
                "side": "Ask" if n % 2 else "Bid",
                "price": str(10 + n % 3),
                "quantity": "2",
                **more,
            }
            for n in range(12)
        ]

    def test_bids_and_asks_of_orders_are_buys_and_sells(self) -> None:
        reading = infer(self.rows({"order_id": "7"}))
        assert reading.dialect["values"] == {"side": {"Bid": "long", "Ask": "short"}}
        assert "fills" in reading.dialect

    def test_levels_of_an_order_book_are_none(self) -> None:
        assert "levels of an order book (side, price, quantity)" in said(self.rows({}))


def test_a_result_of_now_without_an_entry_is_that_of_no_trade() -> None:
    records: list[Record] = [
        {
            "symbol": f"S{n}",
            "is_open": n % 2 == 0,
            "entry_price": "0" if n % 2 else "10",
            "entry_time": None if n % 2 else f"2026-04-{n + 1:02}T09:00:00Z",
            "last_signal_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "current_pnl_pct": str(n * 7 % 5 - 2.5),
        }
        for n in range(12)
    ]
    assert "positions that are held, or were before (current_pnl_pct)" in said(records)
    for one in records:
        one["entry_price"] = "10"
    assert infer(records).closed == 6


@pytest.mark.parametrize(
    "names",
    [
        ("銘柄", "買付日", "数量", "取得単価", "現在値", "損益", "損益(\uff05)"),
        ("股票名称", "买入日期", "数量", "成本价", "现价", "盈亏", "盈亏比例"),
        (
            "Wertpapier",
            "Kaufdatum",
            "Stück",
            "Einstandskurs",
            "Bewertungskurs",
            "Gewinn",
            "Gewinn %",
        ),
        ("Ativo", "Data de compra", "Quantidade", "Preço médio", "Preço atual", "Lucro", "Lucro %"),
    ],
)
def test_what_is_held_is_known_by_a_price_of_now_in_any_language(names: tuple[str, ...]) -> None:
    values = [("A", "2026/04/01", 100, 25, 28, 300, 12), ("B", "2026/05/10", 10, 30, 29, -10, -3.3)]
    reading = infer([dict(zip(names, one, strict=True)) for one in values])
    assert not reading.has_results
    assert "still held" in reading.evidence[0]


@pytest.mark.parametrize(
    ("sides", "what"), [(("Buy", "Sell"), "fills:"), (("Long", "Short"), "still held")]
)
def test_orders_with_what_they_were_worth_are_not_held(sides: tuple[str, str], what: str) -> None:
    records: list[Record] = [
        {
            "TxnId": n,
            "Symbol": "A",
            "Action": sides[n % 2],
            "Quantity": 10,
            "Price": 50 + n,
            "MarketValue": 500 + 10 * n,
        }
        for n in range(6)
    ]
    assert what in said(records)
