"""How logs of unknown layout are read: known answers, what is asked, what is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.readings import Record, asked, closed_trades, fields, times


class TestRecordsThatHaveClosed:
    @pytest.mark.parametrize("other", ["TIME", "BACKTEST_END", ""])
    def test_an_unknown_exit_reason_leaves_out_no_record_with_a_close_and_pnl(
        self, other: str
    ) -> None:
        records = [
            {**closed_trades()[n % 3], "exit_time": time} for n, time in enumerate(times(40))
        ]
        for n, record in enumerate(records):
            record["reason"] = other if n == 39 else ("TP", "SL")[n % 2]
        reading = infer(records)
        assert "only" not in reading.dialect
        assert reading.closed == 40

    def test_most_records_with_a_closing_time_left_out_is_asked(self) -> None:
        records: list[Record] = [
            {"symbol": "A", "side": "long", "exit_time": time, name: "1"}
            for name, time in zip(["profit_loss"] * 4 + ["made"] * 8, times(12), strict=True)
        ]
        assert "left_out" in asked(infer(records))

    def two_names(self, one: str, other: str) -> Reading:
        return infer(
            [
                {"symbol": "A", "side": "long", "exit_time": time, name: "1"}
                for name, time in zip([one] * 4 + [other] * 8, times(12), strict=True)
            ]
        )

    def test_one_name_in_two_spellings_is_one_result(self) -> None:
        reading = self.two_names("pnl_dollar", "pnl_dollars")
        assert reading.is_sure
        assert reading.closed == 12
        assert fields(reading)["net_pnl"] == "pnl_dollar or pnl_dollars"

    def test_gains_of_two_terms_stand_in_the_column_of_all_as_well(self) -> None:
        records: list[Record] = [
            {
                "symbol": "A",
                "quantity": "2",
                "closed date": time,
                "term": f"{term} Term",
                "gain/loss ($)": gain,
                "gain/loss (%)": gain,
                f"{term} gain/loss": gain,
                "transaction cost basis": "9",
            }
            for time, gain, term in zip(
                times(4), ["1", "-2", "3", "-4"], ["Short", "Long"] * 2, strict=True
            )
        ]
        reading = infer(records)
        assert reading.is_sure
        assert fields(reading)["net_pnl"] == '"gain/loss ($)"'
        assert not {"side", "commission"} & fields(reading).keys()

    def test_gains_of_a_short_and_of_a_long_term_are_results_alike(self) -> None:
        assert self.two_names("short term gain", "long term gain").is_sure

    def test_two_names_that_no_record_has_both_of_are_asked_about(self) -> None:
        reading = self.two_names("profit_loss", "gain_logged")
        assert asked(reading) == ["two_names"]
        assert reading.doubts[0].answers[2].changes == {
            "fields.net_pnl": "gain_logged",
            "only.gain_logged": "exists",
        }

    def test_one_of_two_names_may_be_before_the_costs_beside_it(self) -> None:
        records: list[Record] = [
            {
                "symbol": "A",
                "exit_time": time,
                **({"pnl": "3", "fee": "1"} if n < 4 else {"net_pnl": "2"}),
            }
            for n, time in enumerate(times(12))
        ]
        answer = infer(records).doubts[0].answers[1]
        assert answer.meaning == "yes, pnl before fee"
        assert answer.changes == {"fields.net_pnl": "net_pnl or (pnl - fee)"}

    def test_few_records_without_a_pnl_are_not_asked_about(self) -> None:
        records = [{**closed_trades()[n % 3], "exit_time": time} for n, time in enumerate(times(9))]
        records[0]["pnl"] = None
        assert "left_out" not in asked(infer(records))


class TestWhatIsNotSilent:
    @staticmethod
    def fills(*orders: tuple[str, str]) -> list[Record]:
        return [
            {"time": time, "symbol": "A", "side": side, "quantity": size, "price": "10"}
            for time, (side, size) in zip(times(len(orders)), orders, strict=True)
        ]

    def test_a_sale_of_more_than_is_held_is_asked_though_it_is_bought_back(self) -> None:
        reading = infer(self.fills(("buy", "1"), ("sell", "3"), ("buy", "5"), ("sell", "3")))
        assert "sold_unbought" in asked(reading)

    def test_a_rounded_sale_is_not_asked_about(self) -> None:
        reading = infer(self.fills(("buy", "3.454022"), ("sell", "3.454023")))
        assert "sold_unbought" not in asked(reading)

    def test_strategies_that_trade_one_symbol_are_asked_about(self) -> None:
        records = self.fills(("buy", "1"), ("buy", "1"), ("sell", "1"), ("sell", "1"))
        for record, strategy in zip(records, "xyxy", strict=True):
            record["strategy"] = strategy
        assert "books" in asked(infer(records))
        assert "books" not in asked(infer([{**record, "strategy": "x"} for record in records]))

    def test_an_amount_with_the_sign_of_the_outcome_is_asked_about(self) -> None:
        records: list[Record] = [
            {"date": time, "symbol": "A", "result": result, "made": dollars}
            for time, result, dollars in zip(
                times(4), ("W", "L", "W", "L"), ("50", "-25", "75", "-10"), strict=True
            )
        ]
        reading = infer(records)
        assert "amount" in asked(reading)
        assert reading.doubts[-1].answers[0].changes == {"fields.net_pnl": "made"}


class TestOneRecordForEachTrade:
    def test_closed_trades_with_prices_are_read_without_asking(self) -> None:
        reading = infer(closed_trades())
        assert reading.is_sure
        assert reading.closed == 3
        assert reading.source == {"currency": "USDT"}
        assert reading.dialect == {
            "fields": {
                "closed_at": "exit_time",
                "opened_at": "entry_time",
                "net_pnl": "pnl",
                "symbol": "symbol",
                "quantity": "qty",
                "entry_price": "entry_price",
                "exit_price": "exit_price",
                "side": "side",
            }
        }

    def test_a_name_with_blanks_is_put_in_quotes(self) -> None:
        records: list[Record] = [
            {"Exit Time": "2026-01-05T10:00:00Z", "P/L": "1", "Symbol": "A"},
            {"Exit Time": "2026-01-06T10:00:00Z", "P/L": "-2", "Symbol": "B"},
        ]
        assert fields(infer(records)) == {
            "closed_at": '"Exit Time"',
            "net_pnl": '"P/L"',
            "symbol": "Symbol",
        }

    def test_nested_fields_are_found(self) -> None:
        records: list[Record] = [
            {"trade": {"exit": {"time": time, "pnl": pnl}, "symbol": "A"}}
            for time, pnl in zip(times(3), ("1", "-2", "3"), strict=True)
        ]
        found = fields(infer(records))
        assert found["net_pnl"] == "trade.exit.pnl"
        assert found["closed_at"] == "trade.exit.time"

    def test_a_trade_without_its_closing_time_is_open(self) -> None:
        records = closed_trades()
        records.append({**records[0], "exit_time": None, "exit_price": None, "pnl": None})
        reading = infer(records)
        assert reading.closed == 3
        assert "open_when" not in reading.dialect

    def test_an_id_that_comes_once_identifies_the_trade(self) -> None:
        records = [{"id": n, **record} for n, record in enumerate(closed_trades())]
        assert infer(records).dialect["identity"] == ["id"]

    def test_of_several_names_for_a_result_money_comes_before_per_cent(self) -> None:
        records = [{**record, "pnl_pct": str(n - 1)} for n, record in enumerate(closed_trades())]
        assert fields(infer(records))["net_pnl"] == "pnl"

    @pytest.mark.parametrize(
        "name",
        ["unrealized_pnl", "expected_profit", "daily_pnl", "max_profit", "pnl_target", "avg_pnl"],
    )
    def test_a_result_that_did_not_happen_is_none(self, name: str) -> None:
        records: list[Record] = [
            {"time": time, "symbol": "A", name: pnl}
            for time, pnl in zip(times(3), ("1", "-2", "3"), strict=True)
        ]
        assert not infer(records).has_results


class TestWhichRecordsClose:
    def test_the_words_of_a_column_mark_the_closes(self) -> None:
        records: list[Record] = []
        for time, pnl in zip(times(4), ("1", "-2", "3", "-4"), strict=True):
            records.append({"event": "ENTRY", "ts": time, "symbol": "A", "pnl": "0"})
            records.append({"event": "EXIT", "ts": time, "symbol": "A", "pnl": pnl})
        reading = infer(records)
        assert reading.dialect["only"] == {"event": "EXIT"}
        assert reading.closed == 4

    def test_an_id_links_the_opening_to_the_close(self) -> None:
        records: list[Record] = []
        for n, pnl in enumerate(("1", "-2", "3")):
            opened, closed = f"2026-04-07T1{n}:00:00Z", f"2026-04-07T1{n}:30:00Z"
            records.append({"event": "open", "ts": opened, "trade_id": n, "symbol": "A"})
            records.append(
                {"event": "close", "ts": closed, "trade_id": n, "symbol": "A", "pnl": pnl}
            )
        dialect = infer(records).dialect
        assert dialect["only"] == {"event": ["open", "close"]}
        assert dialect["open_when"] == {"event": "open"}
        assert dialect["identity"] == ["trade_id"]
        assert fields(infer(records))["opened_at"] == "ts"

    def test_a_closing_time_of_zero_is_that_of_an_open_trade(self) -> None:
        records: list[Record] = []
        for n, pnl in enumerate(("1.5", "-2.5", "3.5")):
            start = 1775554200000 + 60_000 * n
            base: Record = {"symbol": "SOL", "engine": "grid", "ts_entry": start}
            records.append({**base, "ts_exit": 0, "pnl": "0"})
            records.append({**base, "ts_exit": start + 30_000, "pnl": pnl})
        dialect = infer(records).dialect
        assert dialect["open_when"] == {"ts_exit": 0}
        assert dialect["identity"] == ["engine", "symbol", "ts_entry"]
        assert dialect["time_unit"] == "ms"

    def test_sell_closes_where_no_buy_has_a_result(self) -> None:
        records: list[Record] = []
        for time, pnl in zip(times(4), ("1", "-2", "3", "-4"), strict=True):
            records.append({"action": "BUY", "time": time, "ticker": "A", "pnl": None})
            records.append({"action": "SELL", "time": time, "ticker": "A", "pnl": pnl})
        reading = infer(records)
        assert reading.dialect["only"] == {"action": "SELL"}
        assert "side" not in fields(reading)

    def test_rejected_records_do_not_count(self) -> None:
        records = [{**record, "status": "filled"} for record in closed_trades()]
        records.append({**records[0], "status": "REJECTED", "pnl": "1000"})
        reading = infer(records)
        assert reading.closed == 3
        assert reading.dialect["only"] == {"status": {"not": ["REJECTED"]}}

    def test_a_reason_that_names_a_signal_is_no_opening_where_the_trade_has_ended(self) -> None:
        records = [
            {**closed_trades()[n % 3], "exit_time": time, "reason": ("Signal_rev", "SL")[n % 2]}
            for n, time in enumerate(times(12))
        ]
        reading = infer(records)
        assert reading.is_sure
        assert reading.closed == 12

    def test_openings_without_an_opening_time_are_not_read(self) -> None:
        records: list[Record] = []
        for n, time in enumerate(times(12)):  # every third sale has no purchase
            one = {"symbol": "A", "id": str(n), "price": "10", "qty": "1"}
            if n % 3:
                records.append({**one, "time": time, "type": "BUY", "pnl": "0"})
            records.append({**one, "time": time, "type": "SELL", "pnl": str(n - 4)})
        reading = infer(records)
        assert reading.dialect["only"] == {"type": "SELL"}
        assert "open_when" not in reading.dialect


class TestEventsOfPositions:
    def test_updates_with_a_result_so_far_are_no_closes(self) -> None:
        records: list[Record] = [
            {"event": f"position_{event}", "time": time, "symbol": "A", "pnl": str(pnl)}
            for time, (event, pnl) in zip(
                times(12), [("opened", 0), ("update", 3), ("closed", 5)] * 4, strict=True
            )
        ]
        reading = infer(records)
        assert (asked(reading), reading.closed) == ([], 4)

    def test_deals_of_metatrader_close_where_entry_is_1(self) -> None:
        deal: Record = {"symbol": "A", "volume": "1", "position_id": "7", "type": 0}
        records: list[Record] = [
            {"time": times(1)[0], "type": 2, "entry": 0, "position_id": 0, "profit": "9999"},
            *(
                {**deal, "time": time, "entry": n % 2, "profit": str(n * 5 - 7) if n % 2 else "0"}
                for n, time in enumerate(times(9)[1:])
            ),
        ]
        reading = infer(records)
        assert (asked(reading), reading.closed) == ([], 4)
        assert reading.dialect["only"] == {"type": [0, 1], "entry": 1}


class TestWhatReasonsSay:
    def trades(self, *pnls: str) -> Reading:
        reasons = ("TAKE_PROFIT", "STOP_LOSS", "STOP_LOSS", "TAKE_PROFIT", "trailing stop")
        return infer(
            [
                {"time": time, "symbol": "A", "Profit": pnl, "Reason": reason}
                for time, pnl, reason in zip(times(5), pnls, reasons, strict=True)
            ]
        )

    def test_a_result_that_agrees_with_all_reasons_is_not_asked_about(self) -> None:
        assert self.trades("5", "-2", "-3", "4", "1").is_sure

    def test_one_that_contradicts_a_reason_is(self) -> None:
        assert asked(self.trades("5", "-2", "3", "4", "1")) == ["weak"]

    def test_reasons_of_stops_and_targets_show_that_records_are_closes(self) -> None:
        reasons = ("WS-STOP-LOSS", "WS-BREAKEVEN", "PSAR-STOP")
        records = [
            {"symbol": "A", "time": time, "profit": str(n % 4 - 2), "reason": reasons[n % 3]}
            for n, time in enumerate(times(9))
        ]
        assert "weak" not in asked(infer(records))
        assert "weak" in asked(infer([{**one, "reason": "breadth is good"} for one in records]))

    def test_so_do_targets_and_plain_ends_beside_a_side(self) -> None:
        reasons = ("target", "close", "stop", "EOD")
        records = [
            {"action": "BUY", "time": time, "pnl": str(n % 4 - 2), "reason": reasons[n % 4]}
            for n, time in enumerate(times(12))
        ]
        assert "weak" not in asked(infer(records))
        assert "weak" in asked(infer([{**one, "reason": "close above MA"} for one in records]))


class TestAsked:
    def test_records_that_come_again(self) -> None:
        reading = infer([*closed_trades(), closed_trades()[0]])
        assert asked(reading) == ["repeats"]

    def test_trades_that_come_again_under_another_number(self) -> None:
        records = [{**one, "run": run} for run in (1, 2) for one in closed_trades()]
        reading = infer(records)
        assert asked(reading) == ["repeats"]
        assert "run" not in reading.doubts[0].answers[1].changes["identity"]  # type: ignore[operator]

    def test_an_id_that_closes_twice(self) -> None:
        records = [
            {
                **one,
                "trade_id": "A" if one["qty"] == "2" else "B",
                "entry_time": "2026-04-01T08:00:00Z",
            }
            for one in closed_trades()
        ]
        assert asked(infer(records)) == ["id_closes_twice"]

    def test_records_of_little_more_than_a_number_are_asked_about_once(self) -> None:
        records: list[Record] = [
            {"time": time, "pnl": pnl} for time, pnl in zip(times(3), ("1", "-2", "3"), strict=True)
        ]
        assert asked(infer(records)) == ["weak"]

    def test_two_results_that_differ(self) -> None:
        records: list[Record] = [
            {"exit_time": time, "symbol": "A", "pnl": pnl, "profit_loss": other}
            for time, pnl, other in zip(times(3), ("1", "-2", "3"), ("2", "-2", "4"), strict=True)
        ]
        assert asked(infer(records)) == ["two_results"]

    def test_results_without_a_time(self) -> None:
        records: list[Record] = [
            {"symbol": "A", "side": "long", "pnl": pnl} for pnl in ("1", "-2", "3")
        ]
        assert asked(infer(records)) == ["no_time"]

    def test_a_time_with_one_answer_is_no_question_where_more_is_asked(self) -> None:
        records: list[Record] = [{"symbol": "A", "pnl": pnl} for pnl in ("1", "-2", "3")]
        reading = infer(records)
        assert (asked(reading), fields(reading)["closed_at"]) == (["weak"], "= 2000-01-01")

    @pytest.mark.parametrize("more", [{"closed": "11/11/1111 11:11:00"}, {}], ids=str)
    def test_trades_without_a_time_count_on_one_day(self, more: Record) -> None:
        trades = [{**one, **more, "pnl": str(n)} for n, one in enumerate(closed_trades(), 1)]
        for one in trades:
            del one["entry_time"], one["exit_time"], one["qty"]
        reading = infer(trades)
        assert (asked(reading), reading.closed) == ([], 3)
        assert fields(reading)["closed_at"] == "= 2000-01-01"

    @pytest.mark.parametrize("more", [{"trades": "9"}, {"current_price": "11"}], ids=str)
    def test_figures_and_positions_without_a_time_are_no_trades(self, more: Record) -> None:
        position: Record = {"side": "long", "quantity": "1", "entry_price": "10"}
        records = [{"symbol": name, **position, "pnl": "1", **more} for name in "ABC"]
        assert not infer(records).has_results

    def test_figures_of_each_symbol_are_no_trades_on_one_day(self) -> None:
        records: list[Record] = [
            {"symbol": name, "side": "long", "outcome": "win", "pnl": "1", "win_rate": "50"}
            for name in "ABC"
        ]
        assert not infer(records).is_sure

    def test_a_day_and_a_month_that_could_be_either(self) -> None:
        records = [
            {**one, "exit_time": f"0{n + 1}/02/2026 10:00"} for n, one in enumerate(closed_trades())
        ]
        assert "day_or_month" in asked(infer(records))

    def test_a_value_above_twelve_decides(self) -> None:
        records = [
            {**one, "exit_time": f"02/1{n + 3}/2026 10:00"} for n, one in enumerate(closed_trades())
        ]
        reading = infer(records)
        assert reading.is_sure
        assert reading.dialect["time_format"] == "%m/%d/%Y %H:%M"

    def test_a_result_on_the_records_of_openings(self) -> None:
        records: list[Record] = []
        for time, pnl in zip(times(4), ("1", "-2", "3", "-4"), strict=True):
            records.append({"event": "ENTRY", "ts": time, "symbol": "A", "pnl": "-0.01"})
            records.append({"event": "EXIT", "ts": time, "symbol": "A", "pnl": pnl})
        reading = infer(records)
        assert asked(reading) == ["opening_results"]
        assert reading.dialect["only"] == {"event": "EXIT"}

    def test_several_currencies(self) -> None:
        records = [
            {**one, "cur": cur}
            for one, cur in zip(closed_trades(), ["USD", "EUR", "USD"], strict=True)
        ]
        reading = infer(records)
        assert asked(reading) == ["currencies"]
        assert reading.doubts[0].answers[1].changes == {"currency": "USD", "only.cur": "USD"}

    def test_costs_of_openings(self) -> None:
        records: list[Record] = []
        for time, pnl in zip(times(4), ("1", "-2", "3", "-4"), strict=True):
            records.append({"event": "ENTRY", "ts": time, "symbol": "A", "fee": "0.3"})
            records.append(
                {"event": "EXIT", "ts": time, "symbol": "A", "fee": "0.4", "gross_pnl": pnl}
            )
        assert asked(infer(records)) == ["opening_costs"]

    def test_costs_of_fills_in_two_currencies(self) -> None:
        orders = [("buy", "100", "USDT"), ("sell", "110", "BNB")]
        records: list[Record] = [
            {
                "time": time,
                "symbol": "A",
                "side": side,
                "qty": "1",
                "price": price,
                "commission": "0.1",
                "commissionAsset": asset,
            }
            for time, (side, price, asset) in zip(times(2), orders, strict=True)
        ]
        reading = infer(records)
        assert asked(reading) == ["cost_currencies"]
        assert reading.doubts[0].answers[0].changes == {"fields.commission": None}


class TestTraps:
    def test_the_gain_of_an_indicator_is_none(self) -> None:
        records: list[Record] = [
            {
                "time": time,
                "symbol": "A",
                "gain": str(n % 3),
                "loss": str(-n % 2),
                "rsi": str(40 + n),
            }
            for n, time in enumerate(times(20))
        ]
        assert not infer(records).has_results

    def test_results_so_far_of_positions_that_are_held_are_not_counted(self) -> None:
        records: list[Record] = []
        for time, pnl in zip(times(4), ("1", "-2", "3", "-4"), strict=True):
            records.append({"action": "HOLD", "time": time, "ticker": "A", "pnl": "0.7"})
            records.append({"action": "SELL", "time": time, "ticker": "A", "pnl": pnl})
        reading = infer(records)
        assert reading.closed == 4
        assert asked(reading) == ["opening_results"]

    def test_closes_without_the_result_that_others_have_are_asked_about(self) -> None:
        records: list[Record] = []
        for time, kind in zip(times(9), ["open", "probe_sell", "close"] * 3, strict=True):
            pnl = {"pnl": "-0.5"} if kind == "probe_sell" else {}
            records.append({"ts": time, "type": kind, "symbol": "A", **pnl})
        assert "left_out" in asked(infer(records))

    def test_losses_without_a_sign_are_asked_about(self) -> None:
        records = [
            {**one, "pnl": str(one["pnl"]).lstrip("-"), "result": said, "side": "long"}
            for one, said in zip(closed_trades(), ("win", "loss", "win"), strict=True)
        ]
        assert "loss_sign" in asked(infer(records))
        assert "loss_sign" not in asked(infer([{**one, "result": "win"} for one in records]))

    def test_a_deposit_is_not_earned(self) -> None:
        records = [{**one, "type": "trade"} for one in closed_trades()]
        records.append({"type": "deposit", "exit_time": "2026-04-01T00:00:00Z", "pnl": "10000"})
        reading = infer(records)
        assert reading.closed == 3
        assert reading.dialect["only"] == {"type": {"not": ["deposit"]}}

    def test_a_flag_that_contradicts_the_closing_time_marks_nothing(self) -> None:
        records = [{**one, "closed": n == 0} for n, one in enumerate(closed_trades())]
        reading = infer(records)
        assert reading.closed == 3
        assert "only" not in reading.dialect

    def test_a_status_in_words_is_believed_though_open_trades_have_a_closing_time(self) -> None:
        records = [{**one, "status": "Closed"} for one in closed_trades()]
        records.append(
            {**closed_trades()[0], "status": "Open", "exit_time": "2026-04-09T10:00:00Z"}
        )
        reading = infer(records)
        assert reading.dialect["only"] == {"status": "Closed"}

    def test_the_result_of_a_whole_trade_on_both_of_its_records_counts_once(self) -> None:
        records: list[Record] = []
        for n, pnl in enumerate(("1", "-2", "3")):
            for kind in ("Exit long", "Entry long"):
                time = f"2026-04-07 1{n}:{30 if kind < 'F' else 45}"
                records.append(
                    {"Trade": n, "Type": kind, "Date and time": time, "Net P&L USD": pnl}
                )
        reading = infer(records)
        assert reading.is_sure
        assert reading.closed == 3
        assert reading.dialect["open_when"] == {"Type": "Entry long"}

    def test_a_running_total_beside_the_result_is_not_taken_for_it(self) -> None:
        total, records = Decimal(0), []
        for one in closed_trades():
            total += Decimal(str(one["pnl"]))
            records.append({**one, "total_pnl": str(total)})
        assert fields(infer(records))["net_pnl"] == "pnl"

    def test_a_side_that_contradicts_all_prices_is_that_of_the_close(self) -> None:
        records = [
            {
                "exit_time": time,
                "symbol": "A",
                "closing_direction": side,
                "entry_price": "100",
                "exit_price": out,
                "closed_pnl": pnl,
            }
            for time, side, out, pnl in zip(
                times(6),
                ["sell", "buy"] * 3,
                ["101", "102", "99", "98", "104", "97"],
                ["3.1", "-5.3", "-2.9", "6.2", "11.1", "8.7"],
                strict=True,
            )
        ]
        reading = infer(list(records))
        assert asked(reading) == []
        assert reading.dialect["values"] == {"side": {"sell": "long", "buy": "short"}}

    def test_the_side_of_the_closing_order_is_turned(self) -> None:
        records = [{**one, "side": "Sell"} for one in closed_trades()]
        assert infer(records).dialect["values"] == {"side": {"Sell": "long"}}


class TestNothingFound:
    @pytest.mark.parametrize(
        "records",
        [
            pytest.param([], id="empty"),
            pytest.param([{}], id="no fields"),
            pytest.param([{"time": "2026-04-07", "signal": "BUY", "price": "1"}] * 3, id="signals"),
            pytest.param(
                [{"date": "2026-04-07", "pnl": "5", "win_rate": "0.5", "trades": 4}] * 2,
                id="figures of many trades",
            ),
            pytest.param([{"exit_time": "2026-04-07", "pnl": "0"}] * 3, id="all zero"),
            pytest.param(
                [{"time": "2026-04-07", "equity": "9", "cash": "4", "pnl": "5"}] * 2,
                id="states of an account",
            ),
            pytest.param(
                [{"bot": "x", "capital": "9", "pnl_usd": "5", "win_rate": "0.5"}] * 2,
                id="figures of many trades beside one rate",
            ),
            pytest.param(
                [{"time": "2026-04-07", "symbol": "A", "pnl": "5", "status": "OPEN"}] * 3,
                id="open positions",
            ),
        ],
    )
    def test_is_said_and_not_guessed(self, records: list[Record]) -> None:
        assert not infer(records).has_results


def test_trades_that_all_came_out_even_are_results() -> None:
    records = [{**one, "pnl": "0", "exit_price": one["entry_price"]} for one in closed_trades()]
    for record, side in zip(records, ("BUY", "SELL", "BUY"), strict=True):
        record["side"] = side
    reading = infer(records)
    assert reading.is_sure
    assert fields(reading)["net_pnl"] == "pnl"
    assert reading.closed == len(records)


def test_a_word_among_dates_with_the_day_first_is_no_date() -> None:
    first = closed_trades()[0]
    records = [{**first, "exit_time": f"{day:02}/06/2026 9:45"} for day in range(1, 12)]
    records += [{**first, "exit_time": word} for word in ("MULTI", "7 days")]
    assert infer(records).has_results


WRITTEN = ("{}/06/2026 9:45", "2026-04-{}T09:00:00Z", "202604{}", "{}.06.26", "1775600{}000", "{}")
ODD = (
    *("", "-", "MULTI", "7 days", "open", "0", "-0.0", "1e999", "1.797e308", "½", "٣", "\0", "=1"),
    *("12/31", "24:61", "31.12.", "2026-13-45", "1,234.5", "1.234,5", "$", "()", "(5)", "5 %", "R"),
)


@given(
    written=st.lists(st.sampled_from(WRITTEN), min_size=9, max_size=9),
    odd=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 8), st.sampled_from(ODD))),
)
def test_no_odd_value_in_a_column_breaks_inference(
    written: list[str], odd: list[tuple[int, int, str]]
) -> None:
    names = [*closed_trades()[0], "fee"]
    records: list[Record] = [
        {name: how.format(f"{row + 10}") for name, how in zip(names, written, strict=True)}
        for row in range(12)
    ]
    for row, record in enumerate(records):
        record |= {"symbol": "A", "pnl": f"{row - 5}"}
    for row, column, value in odd:
        records[row][names[column]] = value
    infer(records)


class TestWithoutResults:
    def test_prices_quantity_and_side_are_enough(self) -> None:
        records = closed_trades()
        for record in records:
            del record["pnl"]
        reading = infer(records)
        assert reading.is_sure
        assert "net_pnl" not in fields(reading)

    def test_buys_and_sells_are_matched(self) -> None:
        orders = [("buy", "100"), ("sell", "110"), ("buy", "90"), ("sell", "80")]
        records: list[Record] = [
            {"time": time, "symbol": "A", "side": side, "qty": "1", "price": price}
            for time, (side, price) in zip(times(4), orders, strict=True)
        ]
        reading = infer(records)
        assert reading.is_sure
        assert reading.dialect["fills"] == {"by": ["symbol"], "match": "fifo"}

    def test_sales_of_what_was_never_bought_are_asked(self) -> None:
        orders = [("buy", "100"), ("sell", "110"), ("sell", "80")]
        records: list[Record] = [
            {"time": time, "symbol": "A", "side": side, "qty": "1", "price": price}
            for time, (side, price) in zip(times(3), orders, strict=True)
        ]
        assert asked(infer(records)) == ["sold_unbought"]

    def test_outcomes_alone_are_counted(self) -> None:
        records: list[Record] = [
            {"t": time, "won": won} for time, won in zip(times(3), (True, False, True), strict=True)
        ]
        reading = infer(records)
        assert fields(reading) == {"closed_at": "t", "outcome": "won"}
        assert reading.dialect["values"] == {"outcome": {"true": "win", "false": "loss"}}


def many_trades(count: int = 6000) -> list[Record]:
    return [
        {"id": n, "exit_time": 1775554200000 + 1000 * n, "symbol": "A", "pnl": n % 7 - 3}
        for n in range(count)
    ]


class TestManyRecords:
    def test_the_first_and_the_last_decide_for_all(self) -> None:
        reading = infer(many_trades())
        assert reading.is_sure
        assert reading.closed == 6000

    def test_an_id_that_comes_again_in_the_middle_is_seen(self) -> None:
        records = many_trades()
        records[3000] = {**records[3001], "pnl": 77}
        assert asked(infer(records)) == ["id_closes_twice"]

    def test_a_word_that_comes_in_the_middle_alone_is_seen(self) -> None:
        records = [{**one, "event": "exit"} for one in many_trades()]
        for n in range(0, len(records), 2):
            records[n] = {**records[n], "event": "entry", "pnl": None}
        records[3001] = {**records[3001], "event": "STOP_LOSS"}
        reading = infer(records)
        assert reading.dialect["only"] == {"event": ["exit", "STOP_LOSS"]}
        assert reading.closed == 3000

    def test_a_record_that_comes_again_in_the_middle_is_asked_about(self) -> None:
        records = [{name: one[name] for name in one if name != "id"} for one in many_trades()]
        records[3000] = records[3001]
        assert asked(infer(records)) == ["repeats"]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals().map(str) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["pnl", "exit_time", "symbol", "side", "fee", "id", "price", "qty", "entry", "exit", "status"]
) | st.text(max_size=6)


@given(st.lists(st.dictionaries(NAMES, JSON_VALUES, max_size=6), max_size=8))
def test_no_records_make_it_fail(records: list[Record]) -> None:
    reading = infer(records)
    assert reading.is_sure <= reading.has_results


@given(st.lists(st.integers(-999, 999).filter(bool), min_size=2, max_size=30), st.randoms())
def test_the_order_of_fields_changes_nothing(pnls: list[int], random: object) -> None:
    records: list[Record] = [
        {"exit_time": time, "symbol": "A", "side": "long", "pnl": pnl, "note": "x"}
        for time, pnl in zip(times(len(pnls)), pnls, strict=True)
    ]
    turned: list[Record] = [dict(reversed(record.items())) for record in records]
    one, other = infer(records), infer(turned)
    assert (one.dialect, one.source, one.closed) == (other.dialect, other.source, other.closed)


def test_a_name_with_abs_is_an_amount_also_where_a_per_cent_is_equal() -> None:
    records: list[Record] = [
        {"exit_time": time, "symbol": "A", "side": "long", "pnl_abs": pnl, "pnl_pct": pnl}
        for time, pnl in zip(times(4), ("7.7", "-2.1", "3", "4.5"), strict=True)
    ]
    assert infer(records).source["currency"] != "%"


def test_words_of_openings_that_have_no_id_are_no_openings() -> None:
    """A `signal` without a trade is none, though `signal` opens one in other logs."""
    records: list[Record] = []
    for n, pnl in enumerate(("5", "-3", "4")):
        at = f"2026-04-0{n + 1}T"
        records += [
            {"event": "signal", "time": f"{at}09:00:00Z"},
            {"event": "entry", "time": f"{at}09:01:00Z", "trade_id": n, "symbol": "A"},
            {"event": "exit", "time": f"{at}10:00:00Z", "trade_id": n, "symbol": "A", "pnl": pnl},
        ]
    dialect = infer(records).dialect
    assert dialect["only"] == {"event": ["entry", "exit"]}
    assert dialect["open_when"] == {"event": "entry"}


class TestRecordsOfNoTrade:
    def test_a_deposit_in_a_history_has_neither_symbol_nor_price(self) -> None:
        records = [
            {**one, "exit_time": at} for one, at in zip(closed_trades() * 3, times(9), strict=True)
        ]
        moved = {**records[0], "symbol": "", "entry_price": "0.0", "exit_price": "0.0", "pnl": "-9"}
        reading = infer([*records, moved])
        assert (asked(reading), reading.closed) == ([], 9)
        assert reading.dialect["only"] == {"symbol": "exists"}

    def test_a_trade_without_its_symbol_is_none(self) -> None:
        records = [
            {**one, "exit_time": at} for one, at in zip(closed_trades() * 3, times(9), strict=True)
        ]
        reading = infer([*records, {**records[0], "symbol": ""}])
        assert reading.closed == 10

    def test_openings_without_a_time_are_left_out_where_a_time_marks_the_closes(self) -> None:
        records: list[Record] = []
        for n, at in enumerate(times(8)):
            opened: Record = {"ticket": str(n), "side": "buy", "entry_price": "100", "pnl": ""}
            records.append({**opened, "close_time": "", "exit_price": ""})
            records.append({**opened, "close_time": at, "exit_price": "101", "pnl": f"{n % 3}.5"})
        reading = infer(records)
        assert (asked(reading), reading.closed) == ([], 8)
        assert reading.dialect["only"] == {"close_time": "exists"}

    def test_one_record_of_an_account_is_no_trade(self) -> None:
        assert not infer([{"pnl_eur": "0.25", "pnl_percent": "2.1", "worth": "9.1"}]).has_results

    def test_an_indicator_of_14_bars_is_no_multiple_of_the_risk(self) -> None:
        records: list[Record] = [
            {"sym": "A", "price": "10", "r14": f"{n}.5", "r7": "3"} for n in range(5)
        ]
        assert not infer(records).has_results


def test_an_id_that_closes_twice_is_asked_about_whatever_marks_the_closes() -> None:
    records: list[Record] = []
    for n, at in enumerate(times(20)):
        records.append({"event": "snapshot", "ts": at, "pnl": None, "ticket": None, "symbol": "A"})
        closed = {"event": "trade_closed", "ts": at, "ticket": n // 2, "symbol": "A"}
        records.append({**closed, "pnl": f"{n // 2 % 7 - 3}.5"})
        records.append({**closed, "pnl": None, "ticket": 100 + n})
    assert "id_closes_twice" in asked(infer(records))


def test_contracts_tell_costs_that_are_not_in_the_result() -> None:
    """2 for each point of the one and 5 of the other, to the last digit: costs are not in it."""
    records: list[Record] = []
    for n, at in enumerate(times(12)):
        name, factor = (("MNQ", 2), ("MES", 5))[n % 2]
        records.append(
            {
                "contract_name": name,
                "side": "long",
                "size": "1",
                "exit_time": at,
                "entry_price": "100",
                "exit_price": str(101 + n % 5),
                "fees": "0.74",
                "pnl": str(factor * (1 + n % 5)),
            }
        )
    reading = infer(records)
    assert (asked(reading), fields(reading)["net_pnl"]) == ([], "pnl - fees")


class TestNothingEarned:
    def test_records_that_all_failed_are_no_trades(self) -> None:
        records = [{**one, "success": False} for one in closed_trades()]
        assert not infer(records).has_results
        assert infer([{**one, "success": True} for one in closed_trades()]).has_results

    def test_what_is_valued_at_a_current_price_has_earned_nothing_yet(self) -> None:
        records: list[Record] = [
            {"timestamp": at, "symbol": "A", "side": "sell", "amount": "2", "pnl": f"{n}.5"}
            for n, at in enumerate(times(6))
        ]
        assert infer(records).has_results
        valued = [{**one, "current_price": "9", "current_value": "18"} for one in records]
        assert not infer(valued).has_results


def test_what_goes_with_results_of_0_is_said_in_the_answer() -> None:
    records: list[Record] = [
        {
            "symbol": "A",
            "time": time,
            "realizedPnl": "0" if n % 2 else f"{n - 9}",
            "commission": "0.25",
        }
        for n, time in enumerate(times(20))
    ]
    zeros = next(one for one in infer(records).doubts if one.name == "zeros")
    assert [one.meaning for one in zeros.answers] == [
        "yes, they broke even",
        "no; their commission, 2.50 in total, does not count then",
    ]


@pytest.mark.parametrize(("beside", "questions"), [("fee_note", []), ("unrealized", ["no_time"])])
def test_a_realized_result_without_a_time_is_that_of_a_trade(
    beside: str, questions: list[str]
) -> None:
    records: list[Record] = [
        {"quantity": "5", "realized_pnl": pnl, "realized_pnl_pct": f"{pnl}1", beside: "x"}
        for pnl in ("12.5", "-3.5", "4.5", "-1.5", "8.5")
    ]
    assert asked(infer(records)) == questions


def test_a_long_and_a_short_trade_with_one_id_are_two() -> None:
    records: list[Record] = [
        {
            "id": str(n // 2),
            "symbol": "A",
            "type": ("LONG", "SHORT")[n % 2],
            "entry time": f"2026-04-07T{n // 2:02}:00:00Z",
            "exit time": f"2026-04-07T{n // 2:02}:0{n % 2 + 4}:00Z",
            "pnl": ("7", "-3", "-4.5", "8")[n % 4],
        }
        for n in range(8)
    ]
    assert "id_closes_twice" not in asked(infer(records))
    both_long = [{**one, "type": "LONG"} for one in records]
    assert "id_closes_twice" in asked(infer(both_long))


@pytest.mark.parametrize(("apart", "questions"), [(3, []), (1, ["id_closes_twice"])])
def test_closes_of_one_id_that_were_opened_at_several_times_are_trades(
    apart: int, questions: list[str]
) -> None:
    lots: list[Record] = [
        {
            "id": f"AMD_160_{n}",
            "ticker": "AMD",
            "buyDate": f"2026-02-0{1 + (part > 0 and n < apart)}",
            "sellDate": f"2026-03-1{n}",
            "cost": str(100 + 7 * n + part),
            "realizedPnl": str(11 * n - 13 * part + 2),
        }
        for n in range(4)
        for part in range(3 if n < 3 else 1)
    ]
    others: list[Record] = [
        {
            "id": f"OTHER_{n}",
            "ticker": "AMD",
            "buyDate": "2026-02-01",
            "cost": "100",
            "sellDate": f"2026-03-2{n}",
            "realizedPnl": str(5 - 3 * n),
        }
        for n in range(4)
    ]
    assert [one for one in asked(infer([*lots, *others])) if one == "id_closes_twice"] == questions


def test_names_that_are_not_in_utf_8_say_what_to_do() -> None:
    records = [
        {"Fecha": f"2026-04-0{n}", "Operaci\N{REPLACEMENT CHARACTER}n": f"{n}.5"}
        for n in range(1, 5)
    ]
    assert "save the file as UTF-8" in infer(records).evidence[0]


def test_trades_with_an_outcome_and_no_date_count_on_one_day() -> None:
    records: list[Record] = [
        {"day": n // 3 + 1, "trade": n + 1, "setup": "ORB", "result": "W" if n % 2 else "L",
         "pnl": "5" if n % 2 else "-3"}
        for n in range(12)
    ]  # fmt: skip
    reading = infer(records)
    assert (asked(reading), fields(reading)["closed_at"]) == ([], "= 2000-01-01")
