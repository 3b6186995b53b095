"""Which records close a trade, where a log says it in odd ways."""

from __future__ import annotations

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.readings import Record, fields


def asked(reading: Reading) -> list[str]:
    return [one.name for one in reading.doubts]


def trades(count: int = 8) -> list[Record]:
    """Long trades of 2 pieces, each other of which lost."""
    return [
        {
            "symbol": "A",
            "side": "long",
            "entry_date": f"2026-04-{n + 1:02}",
            "exit_date": f"2026-04-{n + 2:02}",
            "entry_price": "100",
            "exit_price": f"{100 + (n % 3 - 1) * 5 + n}",
            "qty": "2",
            "pnl": f"{2 * ((n % 3 - 1) * 5 + n)}",
        }
        for n in range(count)
    ]


class TestPnlAfterCommission:
    def test_it_is_the_result_where_it_is_a_little_less_than_what_prices_give(self) -> None:
        records = [{**one, "pnl_comm": f"{one['pnl']}"} for one in trades()]
        for one in records:
            one["pnl_comm"] = f"{int(str(one['pnl'])) - 0.25}"
        reading = infer(records)
        assert fields(reading)["net_pnl"] == "pnl_comm"
        assert not asked(reading)

    def test_not_where_it_is_more_in_one_of_them(self) -> None:
        records = [{**one, "net_pnl": f"{int(str(one['pnl'])) - 0.25}"} for one in trades()]
        records[3]["net_pnl"] = f"{int(str(records[3]['pnl'])) + 9}"
        assert not any("less the costs" in one for one in infer(records).evidence)


class TestTradesThatAreOpen:
    def test_a_reason_that_says_so_keeps_their_result_out(self) -> None:
        records: list[Record] = [{**one, "exit_reason": "Signal"} for one in trades()]
        records[-1] |= {"exit_reason": "Open"}
        assert infer(records).closed == len(records) - 1

    def test_so_does_a_flag_that_only_they_have(self) -> None:
        records: list[Record] = [{**one, "open": ""} for one in trades()]
        del records[-1]["exit_date"], records[-1]["exit_price"]
        records[-1] |= {"open": "True", "pnl": "0"}
        assert infer(records).closed == len(records) - 1


def with_outcomes() -> list[Record]:
    """Trades of which each was won or lost, with a column that says so."""
    return [
        {
            **one,
            "exit_price": "105" if n % 3 else "95",
            "pnl": "10" if n % 3 else "-10",
            "outcome": "win" if n % 3 else "loss",
        }
        for n, one in enumerate(trades(12))
    ]


class TestWordsLikeThoseOfCloses:
    def test_one_whose_records_have_an_exit_and_a_result_of_0_closes_as_well(self) -> None:
        records = with_outcomes()
        records[3] |= {"pnl": "0", "exit_price": "100", "outcome": "nothing gained"}
        reading = infer(records)
        assert reading.closed == len(records)
        assert "only" not in reading.dialect

    def test_not_one_whose_records_have_no_exit(self) -> None:
        records = with_outcomes()
        records[3] |= {"pnl": "0", "exit_price": "", "exit_date": "", "outcome": "nothing gained"}
        assert infer(records).closed == len(records) - 1

    def test_a_column_without_a_word_for_openings_marks_no_closes_then(self) -> None:
        records: list[Record] = [
            {
                "time": f"2026-04-{n + 1:02}T10:00:00Z",
                "symbol": "A",
                "entry_price": "100",
                **(
                    {}
                    if n % 3 == 1
                    else {
                        "exit_action": "turn" if n % 3 else "exit_time",
                        "exit_price": f"{103 + n}",
                        "pnl": f"{3 + n}",
                    }
                ),
            }
            for n in range(12)
        ]
        reading = infer(records)
        assert reading.closed == 8
        assert reading.dialect["only"] == {"pnl": "exists"}

    def test_targets_that_are_hit_close_as_stops_do(self) -> None:
        records: list[Record] = [
            {
                "opened_at": f"2026-04-{n + 1:02} 09:00:00",
                "symbol": f"S{n}",
                "side": "LONG",
                "entry": "100",
                "status": ("SL_HIT", "TARGET_HIT", "CLOSED")[n % 3],
                "last_checked_at": f"2026-04-{n + 1:02} 15:00:00",
                "pnl_points": f"{(-5, 9, 2)[n % 3]}",
            }
            for n in range(12)
        ]
        records[-1] |= {"status": "OPEN", "pnl_points": "1.5"}
        assert infer(records).closed == len(records) - 1


class TestPurchases:
    def rows(self) -> list[Record]:
        signs = (70, -70, 50, -50, 40, -40, 10, -10)
        return [
            {
                "date": f"2026-04-{n + 1:02}",
                "code": "A",
                "qty": f"{size}",
                "price": f"{100 + n}",
                "profit": "0" if size > 0 else f"{-size}",
                "cash": "5",
            }
            for n, size in enumerate(signs)
        ]

    def test_the_sign_of_the_quantity_tells_them_from_sales(self) -> None:
        reading = infer(self.rows())
        assert reading.closed == 4
        assert reading.dialect["only"] == {"qty": {"below": 0}}

    def test_not_where_a_purchase_has_a_result(self) -> None:
        rows = self.rows()
        rows[2]["profit"] = "7"
        assert infer(rows).dialect.get("only") != {"qty": {"below": 0}}


class TestZeros:
    def test_sales_without_a_result_may_open_a_position(self) -> None:
        records: list[Record] = [
            {
                "timestamp": f"2026-04-07 10:{n:02}:00",
                "symbol": "A",
                "action": "buy" if n % 2 else "sell",
                "price": "10",
                "amount": "1",
                "pnl": f"{n % 4}" if n % 4 == 2 else "0",
            }
            for n in range(20)
        ]
        assert "zeros" in asked(infer(records))

    def test_an_outcome_that_is_even_answers_it(self) -> None:
        records = [{**one, "outcome": "win"} for one in trades()]
        for one in records[::2]:
            one |= {"pnl": "0", "exit_price": "100", "outcome": "breakeven"}
        assert "zeros" not in asked(infer(records))


def test_closes_by_a_word_that_lack_a_result_are_asked_about() -> None:
    records: list[Record] = [
        {"date": f"2026-04-{n + 1:02}", "ticker": "A", "action": "SELL", "shares": "5"}
        for n in range(8)
    ]
    records += [{**one, "action": "BUY"} for one in records]
    for one in records[:2]:
        one["profit"] = "7"
    assert "left_out" in asked(infer(records))


class TestResultsInWordsThatSayATradeIsOpen:
    def rows(self, held: str) -> list[Record]:
        """Signals of which few were bought; of these, some are closed and most are valued."""
        said = ["見送り"] * 12 + [held] * 5 + ["大引け決済", "損切り", "利確"]
        return [
            {
                "date": f"2026-04-{n + 1:02}",
                "symbol": "A",
                "side": "long",
                "result": result,
                "close": "9",
                "pnl_yen": None if result == "見送り" else f"{100 - n * 10}",
            }
            for n, result in enumerate(said)
        ]

    @pytest.mark.parametrize(
        "held",
        [
            "時点評価・未決済",
            "まだ保有中",
            "valued, not closed yet",
            "unsettled (mark)",
            "noch offen",
        ],
    )
    def test_their_value_is_no_result(self, held: str) -> None:
        reading = infer(self.rows(held))
        assert (reading.closed, asked(reading)) == (3, [])
        assert reading.source["currency"] == "JPY"


def test_a_flag_of_success_says_how_trades_ended_where_all_have_a_result() -> None:
    records = [
        {**one, "success": float(str(one["pnl"])) > 0} for one in trades() if one["pnl"] != "0"
    ]
    reading = infer(records)
    assert reading.is_sure
    assert reading.closed == len(records)
    opened = [{**one, "exit_date": "", "pnl": ""} if not one["success"] else one for one in records]
    assert infer(opened).closed < len(records)


def test_a_type_of_exit_that_failed_is_one_all_the_same() -> None:
    records: list[Record] = [
        {**one, "exit_type": ("EXIT", "FAILED_BREAKOUT")[n % 3 == 0]}
        for n, one in enumerate(trades())
    ]
    assert infer(records).closed == 8
    without = [
        {**one, "exit_date": "" if "FAILED" in str(one["exit_type"]) else one["exit_date"]}
        for one in records
    ]
    assert infer(without).closed == 5


def test_a_note_with_the_word_balance_in_it_moves_no_money() -> None:
    note = "stop moved one minute after entry; day net +3211 -> balance 53272 = eval passed"
    records = [{**one, "level_type": ("wall", "gamma")[n % 2]} for n, one in enumerate(trades())]
    records[3]["level_type"] = note
    assert infer(records).closed == len(records)
    records[3]["level_type"] = "balance"
    assert infer(records).closed == len(records) - 1


def test_records_without_a_time_of_opening_or_close_are_no_trades() -> None:
    records: list[Record] = [
        {
            "date": one["entry_date"],
            "open": {"time": one["entry_date"], "price": "100"},
            "close": {"time": one["exit_date"], "price": one["exit_price"]},
            "profit": one["pnl"],
        }
        for one in trades()
    ]
    rejected: list[Record] = [{"date": f"2026-05-0{n}", "message": "no entry"} for n in range(1, 4)]
    reading = infer([*records, *rejected])
    assert fields(reading)["closed_at"] == "close.time"
    assert reading.dialect["only"] == {"close.time": "exists"}


@pytest.mark.parametrize("word", ["OPEN", "still open", "Open Position"])
def test_an_exit_reason_that_says_open_is_that_of_no_close(word: str) -> None:
    records = [
        {
            "symbol": f"S{n}",
            "entry_date": f"2026-04-{n + 1:02}",
            "exit_date": f"2026-05-{n + 1:02}",
            "exit_price": str(90 + n),
            "exit_reason": ("stop", "trail", word)[n % 3],
            "pnl_pct": str(n - 7),
        }
        for n in range(15)
    ]
    reading = infer(records)
    assert ([one.name for one in reading.doubts], reading.closed) == ([], 10)
    assert f"5 with exit_reason {word} are left out, 5 so far in total" in reading.assumed


class TestOpeningsWithAnExitPriceOf0:
    """The state of a position after each order: LONG, then NONE, which closes it."""

    def orders(self, unended: str = "0.0", earned: str = "0.0") -> list[Record]:
        return [
            {
                "time": f"2026-04-{n // 2 + 1:02}T1{n % 2}:00:00Z",
                "position": "NONE" if n % 2 else "LONG" if n % 4 else "SHORT",
                "entry_price": "0.0" if n % 2 else "1.21",
                "exit_price": "1.22" if n % 2 else unended,
                "units": "0.0" if n % 2 else "2",
                "profit": str(n % 7 - 3.5) if n % 2 else earned,
            }
            for n in range(24)
        ]

    @pytest.mark.parametrize("unended", ["0.0", ""])
    def test_do_not_close(self, unended: str) -> None:
        reading = infer(self.orders(unended))
        assert ([one.name for one in reading.doubts], reading.closed) == ([], 12)

    def test_with_a_result_they_do(self) -> None:
        assert infer(self.orders(earned="-0.5")).closed == 24

    def test_with_a_reason_they_do_as_well(self) -> None:
        records = [{**one, "exit_reason": "TP" if n % 2 else "SL"}
                   for n, one in enumerate(self.orders())]  # fmt: skip
        assert infer(records).closed == 24


class TestWordsThatLeaveOutResults:
    def orders(self) -> list[Record]:
        """Purchases and sales, of which a status calls the first ones completed."""
        return [
            {
                "time": f"2026-04-{n + 1:02}T10:00:00Z",
                "market": "KRW-BTC",
                "action": "SELL" if n % 2 else "BUY",
                "status": "completed" if n < 4 else ("left" if n % 2 else "position entry"),
                "profit_loss": str((n - 4) * 7) if n % 2 else "0",
            }
            for n in range(12)
        ]

    def test_a_column_whose_words_have_all_results_marks_the_closes(self) -> None:
        reading = infer(self.orders())
        assert reading.dialect["only"] == {"action": "SELL"}
        assert (reading.closed, asked(reading)) == (6, [])

    def test_a_status_of_orders_that_purchases_have_as_well_marks_no_closes(self) -> None:
        records = [
            {**one, "status": "closed" if one["status"] == "left" else one["status"]}
            for one in self.orders()
        ]
        reading = infer(records)
        assert reading.dialect["only"] == {"action": "SELL"}
        assert (reading.closed, asked(reading)) == (6, [])

    @pytest.mark.parametrize("word", ["liquidate", "FLATTEN"])
    def test_what_ends_positions_closes_beside_sales(self, word: str) -> None:
        records = [{**one, "status": ""} for one in self.orders()]
        records[9]["action"] = word
        reading = infer(records)
        assert (reading.closed, asked(reading)) == (6, [])
