"""Records with a P&L that may be no closed trades: open by a flag, bars of a backtest, totals."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked


def trades(count: int = 20) -> list[Record]:
    """Trades that earn -8 to 11."""
    return [
        {
            "entry_time": f"2026-04-07T{8 + n:02}:00:00Z"
            if n < 15
            else f"2026-04-08T{n:02}:00:00Z",
            "exit_time": f"2026-04-07T{8 + n:02}:30:00Z" if n < 15 else f"2026-04-08T{n:02}:30:00Z",
            "symbol": "X",
            "pnl": str(n - 8),
        }
        for n in range(count)
    ]


def test_a_last_record_is_a_trade_where_its_result_comes_again_and_again() -> None:
    pnls = ("2", "-1", "2", "-1", "-1", "1", "2")
    records = [{**one, "pnl": pnl} for one, pnl in zip(trades(7), pnls, strict=True)]
    assert "ends_with_total" not in asked(infer(records))


class TestFlagsOfOpenTrades:
    @pytest.mark.parametrize(
        ("name", "still", "done"),
        [("is_closed", "0", "1"), ("is_open", "1", "0"), ("settled", False, True)],
    )
    def test_half_of_the_records_flagged_open_is_asked(
        self, name: str, still: object, done: object
    ) -> None:
        records = [{**one, name: (still, done)[n % 2]} for n, one in enumerate(trades())]
        reading = infer(records)
        assert asked(reading) == ["flagged_open"]
        no = reading.doubts[0].answers[0]
        assert no.changes == {f"only.{name}": done}

    def test_a_flag_that_is_never_set_says_nothing(self) -> None:
        assert infer([{**one, "is_closed": False} for one in trades()]).is_sure

    def test_a_flag_says_nothing_against_a_closing_time_a_price_and_a_reason(self) -> None:
        records = [
            {**one, "exit_price": "10", "exit_reason": "Time exit", "is_closed": n % 2 == 0}
            for n, one in enumerate(trades())
        ]
        assert infer(records).is_sure


class TestExcluded:
    @pytest.mark.parametrize("flag", ["excluded", "rejected"])
    def test_records_that_are_not_to_count_are_asked_about(self, flag: str) -> None:
        records = [{**one, flag: n == 3} for n, one in enumerate(trades())]
        reading = infer(records)
        assert asked(reading) == ["excluded"]
        assert reading.doubts[0].answers[0].changes == {f"only.{flag}": {"not": True}}

    def test_a_flag_that_is_never_set_says_nothing(self) -> None:
        assert infer([{**one, "excluded": False} for one in trades()]).is_sure


class TestZeros:
    def test_amounts_rounded_to_nothing_are_trades_as_their_per_cent_say(self) -> None:
        records: list[Record] = [
            {"time": one["exit_time"], "symbol": "X", "reason": "STOP", "profit": str(n % 2),
             "pnl_pct": "0.4" if n % 2 else "-0.3"}
            for n, one in enumerate(trades())
        ]  # fmt: skip
        assert infer(records).is_sure
        assert "zeros" in asked(infer([{**one, "pnl_pct": None} for one in records]))


class TestBars:
    @staticmethod
    def bars() -> list[Record]:
        return [
            {"date": f"2026-04-{n + 1:02}", "position": str(n % 2), "price": str(100 + n),
             "pnl": str(n % 3 - 1), "cum_pnl": str(sum(k % 3 - 1 for k in range(n + 1)))}
            for n in range(28)
        ]  # fmt: skip

    def test_a_record_for_each_bar_is_asked(self) -> None:
        assert "bars" in asked(infer(self.bars()))

    def test_a_position_that_is_never_flat_is_not(self) -> None:
        assert "bars" not in asked(infer([{**one, "position": "1"} for one in self.bars()]))


class TestTotals:
    def test_a_row_called_total_is_no_trade(self) -> None:
        records = trades()
        total = {**records[-1], "symbol": "TOTAL", "pnl": "30"}
        reading = infer([*records, total])
        assert reading.is_sure
        assert reading.closed == len(records)
        assert reading.dialect["only"] == {"symbol": {"not": ["TOTAL"]}}

    def test_a_total_of_a_table_beside_the_trades_is_none_of_theirs(self) -> None:
        records = trades()
        beside = ["", "BREAKOUT", "PULLBACK", "TOTAL"]
        records = [
            {**one, "#12": beside[n] if n < len(beside) else ""} for n, one in enumerate(records)
        ]
        reading = infer(records)
        assert (reading.closed, reading.doubts) == (len(records), ())

    def test_totals_between_are_none_either(self) -> None:
        records = trades()
        records[10] = {**records[10], "symbol": "Subtotal", "pnl": "999"}
        assert infer(records).closed == len(records) - 1

    @pytest.mark.parametrize("symbol", ["ALL", "", "X"])
    def test_a_last_result_as_large_as_all_others_together_is_asked(self, symbol: str) -> None:
        total = {**trades(1)[0], "exit_time": "2026-04-09T10:00:00Z", "symbol": symbol, "pnl": "30"}
        reading = infer([*trades(), total])
        assert asked(reading) == ["ends_with_total"]
        assert [one.meaning for one in reading.doubts[0].answers] == [
            "a total, not a trade",
            "a trade",
        ]

    def test_another_last_result_is_not(self) -> None:
        total = {**trades(1)[0], "exit_time": "2026-04-09T10:00:00Z", "pnl": "31"}
        assert infer([*trades(), total]).is_sure


def test_trades_that_came_out_even_are_asked_about_not_denied() -> None:
    record: Record = {"date": "2026-04-07", "pair": "A", "entry_price": "1", "outcome": "BREAKEVEN"}
    reading = infer([{**record, "direction": "SELL", "pnl_usd": "0"}])
    assert asked(reading) == ["zeros"]


def test_zeros_of_which_no_outcome_speaks_are_no_results() -> None:
    record: Record = {"date": "2026-04-07", "pair": "A", "entry_price": "1", "outcome": "PENDING"}
    assert not infer([{**record, "direction": "SELL", "pnl_usd": "0"}]).has_results


@pytest.mark.parametrize(("more", "has_results"), [({}, False), ({"exit_price": "12"}, True)])
def test_positions_held_for_days_without_an_end_are_no_trades(
    more: Record, has_results: bool
) -> None:
    held = [
        {
            "symbol": name,
            "entry_price": "10",
            "pnl_usd": str(n + 1),
            "opened_at": f"2026-04-0{n + 1}T10:00:00Z",
            "days_held": "2",
            **more,
        }
        for n, name in enumerate("ABC")
    ]
    assert infer(held).has_results is has_results


class TestOrdersThatExpired:
    WORDS = ("TP_HIT", "SL_HIT", "EXPIRED", "OPEN")

    def signals(self, of_expired: str) -> list[Record]:
        pnls = {"TP_HIT": "2", "SL_HIT": "-1", "EXPIRED": of_expired, "OPEN": "0"}
        words = [self.WORDS[n % 4] for n in range(20)]
        return [
            {**one, "id": n, "status": word, "pnl": pnls[word]}
            for n, (one, word) in enumerate(zip(trades(), words, strict=True))
        ]

    def test_expired_without_any_result_is_asked_about(self) -> None:
        reading = infer(self.signals("0"))
        assert asked(reading) == ["never_entered"]
        assert [one.changes for one in reading.doubts[0].answers] == [
            {"only.status": ["TP_HIT", "SL_HIT"]},
            {},
        ]

    def test_expired_with_a_result_is_a_trade(self) -> None:
        assert asked(infer(self.signals("0.5"))) == []


class TestCorrections:
    def test_a_record_that_corrects_another_is_asked_about(self) -> None:
        records = trades()
        records[3]["corrects"] = "2026-04-07T08:30:00Z EXIT"
        assert asked(infer(records)) == ["corrected"]

    def test_records_that_others_name_by_id_may_be_left_out(self) -> None:
        records = [{**one, "id": str(n), "correction_of": ""} for n, one in enumerate(trades())]
        records[3]["correction_of"] = "1"
        (doubt,) = infer(records).doubts
        assert doubt.name == "corrected"
        assert doubt.answers[1].changes == {"only.id": {"not": ["1"]}}

    def test_a_flag_that_a_forecast_was_right_is_none(self) -> None:
        records = trades()
        records[3]["correct"] = "yes"
        assert asked(infer(records)) == []


class TestColumnsOfOtherThings:
    """Types of setups and reasons for an entry say nothing of how a record ends."""

    @staticmethod
    def trades(name: str, words: tuple[str, str]) -> list[Record]:
        return [
            {
                "symbol": "A",
                "side": "long",
                "entry_time": f"2026-04-0{n + 1}T09:00:00Z",
                "exit_time": f"2026-04-0{n + 1}T10:00:00Z",
                "pnl": str(n - 2 or 1),
                name: words[n % 2],
            }
            for n in range(6)
        ]

    @pytest.mark.parametrize("name", ["setup_type", "entry_reason", "market_type"])
    @pytest.mark.parametrize("words", [("failed break", "new high"), ("stop run", "open drive")])
    def test_they_leave_out_no_record(self, name: str, words: tuple[str, str]) -> None:
        reading = infer(self.trades(name, words))
        assert (asked(reading), reading.closed) == ([], 6)
        assert "only" not in reading.dialect

    def test_a_type_of_record_does(self) -> None:
        assert infer(self.trades("record_type", ("failed", "new"))).dialect.get("only")


@pytest.mark.parametrize("column", ["side", "reason"])
def test_a_closing_time_marks_the_closes_before_words_that_are_never_complete(column: str) -> None:
    signal: Record = {
        "time": "2026-04-06T09:00:00Z",
        "symbol": "A",
        "side": "buy",
        "reason": "order block",
    }
    close: Record = {
        "time_close": "2026-04-06T10:00:00Z",
        "time_open": "2026-04-06T09:00:00Z",
        "symbol": "A",
        "side": "sell",
        "reason": "SL",
        "entry_price": "10",
        "exit_price": "12",
        "pnl": "-4.00",
    }
    reading = infer([signal, close, {**signal, "time": "2026-04-06T11:00:00Z"}])
    assert reading.closed == 1
    assert column not in reading.dialect.get("only", {})  # type: ignore[operator]


class TestFlagsOfOneWayOfClosing:
    @pytest.mark.parametrize("name", ["forced_exit", "early_close", "auto_closed"])
    def test_they_say_nothing_of_open_trades(self, name: str) -> None:
        reading = infer([{**one, name: n % 4 == 0} for n, one in enumerate(trades())])
        assert asked(reading) == []

    def test_that_the_order_of_an_exit_was_not_filled_says_nothing(self) -> None:
        records = [
            {**one, "exitDetails": {"orderFilled": n % 2 == 0}} for n, one in enumerate(trades())
        ]
        reading = infer(records)
        assert (reading.closed, asked(reading)) == (20, [])


class TestFlagsInWords:
    @pytest.mark.parametrize(
        ("name", "still", "done", "only"),
        [
            ("closed", "no", "yes", {"not": "no"}),
            ("open", "Y", "N", {"not": "Y"}),
            ("trade_state", "O", "C", "C"),
            ("已平仓", "否", "是", {"not": "否"}),
        ],
    )
    def test_they_keep_open_trades_out_and_ask(
        self, name: str, still: str, done: str, only: object
    ) -> None:
        reading = infer(
            [{**one, name: (still, done)[n % 4 != 0]} for n, one in enumerate(trades())]
        )
        assert (reading.closed, asked(reading)) == (15, ["ignored"])
        assert reading.dialect["only"] == {name: only}

    @pytest.mark.parametrize("name", ["unrealized", "is_unrealized", "mark_to_market", "mtm"])
    def test_a_flag_of_a_value_so_far_is_asked_about(self, name: str) -> None:
        reading = infer([{**one, name: n % 4 == 0} for n, one in enumerate(trades())])
        assert asked(reading) == ["flagged_open"]
        assert reading.doubts[0].answers[0].changes == {f"only.{name}": False}


def test_a_rejected_exit_is_no_rejected_trade() -> None:
    records: list[dict[str, object]] = [
        {
            "exit_time": f"2026-04-0{n + 1}T10:00:00Z",
            "symbol": "A",
            "side": "long",
            "state": "resolved",
            "pnl": f"{n + 1}",
            "exit_rejected": n == 2,
            "order_status": "live" if n == 3 else "matched",
        }
        for n in range(6)
    ]
    records.append({**records[0], "exit_time": None, "state": "open", "pnl": None})
    assert infer(records).doubts == ()
    rejected = [
        {"rejected" if k == "exit_rejected" else k: v for k, v in one.items()} for one in records
    ]
    assert "excluded" in [doubt.name for doubt in infer(rejected).doubts]


def test_totals_of_legs_beside_these_are_asked_about() -> None:
    legs = [("LEG", "150"), ("LEG", "-60"), ("TOTAL", "90"), ("LEG", "-200.5"), ("LEG", "120"),
            ("TOTAL", "-80.5")]  # fmt: skip
    records: list[Record] = [
        {"symbol": "SPY", "level": level, "close_date": f"2026-04-0{n + 1}", "pnl": pnl}
        for n, (level, pnl) in enumerate(legs)
    ]
    (doubt,) = infer(records).doubts
    assert doubt.name == "sums_of_others"
    assert [one.changes for one in doubt.answers] == [
        {"only.level": {"not": "TOTAL"}},
        {"only.level": "TOTAL"},
        {},
    ]
    records[2]["pnl"] = "91"
    assert "sums_of_others" not in asked(infer(records))


def test_expired_beside_break_evens_is_asked_about() -> None:
    ends = [("TP1_HIT", "20"), ("SL_HIT", "-20"), ("EXPIRED", "0"), ("BE", "0"), ("TP1_HIT", "35"),
            ("ACTIVE", "0")]  # fmt: skip
    records: list[Record] = [
        {
            "time": f"2026-04-0{n + 1}T09:00:00Z",
            "symbol": "EURUSD",
            "direction": "BUY",
            "entry": "1.08",
            "status": status,
            "pips": pips,
        }
        for n, (status, pips) in enumerate(ends)
    ]
    assert "never_entered" in asked(infer(records))
    assert "never_entered" not in asked(infer([{**one, "status": "BE"} for one in records]))


class TestTradesThatExpired:
    def trades(self, of_expired: str) -> list[Record]:
        pnls = {"WIN": "2", "LOSS": "-1", "EXPIRED": of_expired}
        words = ["WIN", "LOSS", "EXPIRED", "LOSS"] * 5
        return [
            {**one, "result": word, "profit": pnls[word]}
            for one, word in zip(trades(), words, strict=True)
        ]

    def test_those_without_any_result_are_asked_about_though_all_have_a_closing_time(self) -> None:
        (doubt,) = infer(self.trades("0")).doubts
        assert doubt.name == "never_entered"
        assert doubt.answers[0].changes == {"only.result": {"not": "EXPIRED"}}

    def test_those_with_one_are_not(self) -> None:
        assert "never_entered" not in asked(infer(self.trades("0.4")))
