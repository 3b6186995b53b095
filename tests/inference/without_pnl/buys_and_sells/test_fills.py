"""Executions: whose positions they are, and which orders were filled."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, field, fills, renamed
from tests.inference.readings import Record, asked

SIDES = ("buy", "buy", "sell", "sell")


class TestBooks:
    TWO = (("buy", "1", "10"), ("buy", "1", "20"), ("sell", "1", "12"), ("sell", "1", "18"))

    @pytest.mark.parametrize("name", ["bot", "agent", "wallet_name"])
    def test_a_bot_holds_what_it_bought(self, name: str) -> None:
        records = renamed(fills(*self.TWO, bot=list("xyxy")), bot=name if name == "bot" else "bot")
        reading = infer(records)
        assert reading.is_sure
        assert reading.dialect["fills"]["by"] == ["symbol", "strategy"]  # type: ignore[index]

    def test_a_strategy_is_asked_about(self) -> None:
        assert asked(infer(fills(*self.TWO, strategy=list("xyxy")))) == ["books"]

    def test_a_bot_that_sells_what_another_bought_is_asked_about(self) -> None:
        assert asked(infer(fills(*self.TWO, bot=list("xyyy")))) == ["books"]

    @pytest.mark.parametrize("name", ["bot_id", "agent_name", "trader"])
    def test_an_id_of_a_bot_names_who_holds_what_it_bought(self, name: str) -> None:
        records = renamed(fills(*self.TWO * 2, holder=list("xyxyxyxy")), holder=name)
        reading = infer(records)
        assert reading.is_sure
        assert reading.dialect["fills"]["by"] == ["symbol", "account"]  # type: ignore[index]
        assert field(reading, "account") == name

    def test_an_id_of_a_bot_that_sells_what_another_bought_is_asked_about(self) -> None:
        reading = infer(fills(*self.TWO * 2, bot_id=list("xxyyxxyy")))
        assert asked(reading) == ["books"]
        assert reading.doubts[0].answers[0].changes["fields.account"] == "bot_id"

    SHORT = (("buy", "1", "10"), ("sell", "1", "20"), ("sell", "1", "12"), ("buy", "1", "18"))

    @pytest.mark.parametrize("name", ["traderId", "portfolio_id"])
    def test_those_of_few_trades_are_asked_about_before_sales_of_what_nobody_bought(
        self, name: str
    ) -> None:
        reading = infer(renamed(fills(*self.SHORT, holder=list("xxyz")), holder=name))
        assert asked(reading) == ["books", "sold_unbought"]
        own, shared, *others = reading.doubts[0].answers
        assert own.changes == {"fields.account": name, "fills.by": ["symbol", "account"]}
        assert shared.changes == {}
        assert [bool(one.why_none) for one in others] == [True] * (name == "traderId")

    @pytest.mark.parametrize("names", ["wxyz", "xxxx"], ids=["one trade each", "one for all"])
    def test_those_of_one_trade_each_or_one_for_all_are_no_books(self, names: str) -> None:
        assert asked(infer(fills(*self.SHORT, traderId=list(names)))) == ["sold_unbought"]

    def test_a_bot_for_each_symbol_is_no_part_of_a_book(self) -> None:
        reading = infer(fills(*self.TWO * 2, bot_id=["x"] * 8))
        assert reading.dialect["fills"]["by"] == ["symbol"]  # type: ignore[index]

    @pytest.mark.parametrize(("venue", "kinds"), [("venue", "spot fut"), ("leg", "SPOT PERP")])
    def test_spot_and_futures_are_held_apart(self, venue: str, kinds: str) -> None:
        # 12 - 10 of what was held, and 20 - 18 of what was sold before: neither closes the other
        orders = (("buy", "1", "10"), ("sell", "1", "20"), ("sell", "1", "12"), ("buy", "1", "18"))
        spot, agreed = kinds.split()
        records = fills(*orders, venue=[spot, agreed, spot, agreed])
        reading = infer(renamed(records, venue=venue))
        assert reading.is_sure
        assert reading.dialect["fills"]["by"] == ["symbol", "strategy"]  # type: ignore[index]
        assert field(reading, "strategy") == venue
        without = [{name: one[name] for name in one if name != "symbol"} for one in records]
        assert field(infer(without), "symbol") == "venue"

    def test_words_of_one_kind_are_no_books(self) -> None:
        reading = infer(fills(*self.TWO, venue=["spot", "spot", "spot", "spot market"]))
        assert reading.dialect["fills"]["by"] == ["symbol"]  # type: ignore[index]

    def test_games_that_follow_each_other_are_asked_about(self) -> None:
        games: list[object] = [1, 1, 1, 1, 2, 2, 2, 2]
        reading = infer(fills(*self.TWO * 2, game_id=games))
        assert asked(reading) == ["books"]
        assert reading.doubts[0].answers[0].changes == {
            "fields.strategy": "game_id",
            "fills.by": ["symbol", "strategy"],
        }

    def test_reasons_are_no_books(self) -> None:
        assert infer(fills(*self.TWO, strategy=["entry", "add", "exit", "stop"])).is_sure

    def test_sales_that_were_bought_before_are_of_one_book(self) -> None:
        assert infer(fills(*self.TWO, strategy=list("xyyy"))).is_sure


def test_a_running_total_that_executions_give_is_matched() -> None:
    reading = infer(fills(*FOUR, realized_pnl_cumul=["0", "4", "4", "1"]))
    assert (asked(reading), reading.closed) == ([], 2)
    assert "fills" in reading.dialect


def test_a_running_total_of_something_else_is_asked_about() -> None:
    assert not infer(fills(*FOUR, realized_pnl_cumul=["0", "4", "4", "9"])).is_sure


def test_dust_is_next_to_nothing_beside_the_smallest_order() -> None:
    large = (("buy", "50000.4", "10"), ("sell", "50000", "11"))
    reading = infer(fills(*large, ("buy", "0.5", "10"), ("sell", "0.5", "12")))
    assert "dust" not in reading.dialect["fills"]  # type: ignore[operator]


class TestNotFilled:
    def test_each_word_for_filled_may_be_chosen(self) -> None:
        words: list[object] = ["filled", "executed", "paper_filled", "paper_filled"]
        reading = infer(fills(*FOUR, status=words))
        assert [one.changes.get("only.status") for one in reading.doubts[0].answers] == [
            ["filled", "executed"],
            ["executed"],
            ["filled"],
            None,
        ]

    def test_orders_tried_without_money_are_asked_about(self) -> None:
        reading = infer(fills(*FOUR, dry_run=[True, True, False, False]))
        assert asked(reading) == ["not_filled"]
        assert reading.doubts[0].answers[0].changes == {"only.dry_run": {"not": True}}

    def test_submitted_beside_filled_is_asked_about(self) -> None:
        reading = infer(fills(*FOUR, status=["filled", "filled", "submitted", "submitted"]))
        assert asked(reading) == ["not_filled"]
        assert reading.doubts[0].answers[0].changes == {"only.status": ["filled"]}

    def test_orders_that_are_all_only_accepted_are_asked_about(self) -> None:
        assert asked(infer(fills(*FOUR, status=["accepted"] * 4))) == ["not_filled"]

    def test_orders_that_are_all_new_or_not_reported_are_asked_about(self) -> None:
        states: list[object] = ["State.New", "State.NotReported"] * 2
        reading = infer(fills(*FOUR, status=states))
        assert asked(reading) == ["not_filled"]
        assert reading.doubts[0].answers[-1].why_none

    def test_open_orders_wait_beside_new_ones(self) -> None:
        reading = infer(fills(*FOUR, status=["NEW", "OPEN", "OPEN", "NEW"]))
        assert asked(reading) == ["not_filled"]
        assert reading.doubts[0].answers[-1].why_none

    def test_orders_logged_beside_their_fills_are_left_out(self) -> None:
        records = [{**one, "event": event} for one in fills(*FOUR) for event in ("order", "fill")]
        reading = infer(records)
        assert reading.is_sure
        assert (reading.closed, reading.dialect["only"]) == (2, {"event": "fill"})

    def test_orders_that_were_all_cancelled_or_rejected_are_no_executions(self) -> None:
        words: list[object] = ["cancelled", "rejected"] * 2
        assert not infer(fills(*FOUR, status=words)).has_results
        assert infer(fills(*FOUR, status=words, filled_qty=["1", "1", "0", "0"])).has_results

    def test_filled_orders_are_not(self) -> None:
        assert infer(fills(*FOUR, status=["filled"] * 4)).is_sure


def test_what_rounding_leaves_of_a_position_is_dust() -> None:
    reading = infer(fills(("buy", "3.454022", "10"), ("sell", "3.454023", "11")))
    assert reading.dialect["fills"]["dust"] == Decimal("0.000001")  # type: ignore[index]


def test_what_is_left_of_a_dear_thing_is_no_dust() -> None:
    dear = (("buy", "0.00100001", "90000000"), ("sell", "0.001", "91000000"))
    assert "dust" not in infer(fills(*dear)).dialect["fills"]  # type: ignore[operator]


def test_sides_of_other_languages_have_values_beside_records_of_another_kind() -> None:
    records = [
        {**one, "side": {"buy": "买入", "sell": "卖出"}[str(one["side"])]} for one in fills(*FOUR)
    ]
    records.insert(2, {"time": "2026-04-07T01:30:00Z", "symbol": "B", "side": "赎回"})
    assert infer(records).dialect["values"] == {"side": {"买入": "long", "卖出": "short"}}


class TestWhatOrdersDid:
    def test_what_was_filled_counts(self) -> None:
        reading = infer(fills(*FOUR, filled_qty=["2", "2", "1", "1"]))
        assert field(reading, "quantity") == "filled_qty"

    def test_what_was_filled_is_never_more_than_what_was_ordered(self) -> None:
        reading = infer(fills(*FOUR, filled_value=["20", "24", "33", "30"]))
        assert field(reading, "quantity") == "quantity"

    @pytest.mark.parametrize("action", [["OPEN"] * 4, ["entry"] * 4])
    def test_orders_that_only_open_close_nothing(self, action: list[object]) -> None:
        assert not infer(fills(*FOUR, action=action)).has_results

    def test_sides_of_positions_buy_and_sell_nothing(self) -> None:
        orders = (("long", "2", "10"), ("long", "2", "12"), ("short", "3", "11"))
        closed = fills(*orders, ("short", "3", "10"), action=["open", "close", "open", "close"])
        assert "fills" not in infer(closed).dialect

    def test_buys_that_open_and_sales_that_close_are_executions(self) -> None:
        reading = infer(fills(*FOUR, action=["open", "close", "open", "close"]))
        assert "fills" in reading.dialect

    def test_long_and_short_positions_at_once_are_asked(self) -> None:
        orders = (("buy", "2", "10"), ("sell", "3", "12"), ("sell", "2", "13"), ("buy", "3", "9"))
        sides: list[object] = ["LONG", "SHORT", "LONG", "SHORT"]
        reading = infer(fills(*orders, positionSide=sides))
        doubt = next(one for one in reading.doubts if one.name == "books")
        assert doubt.answers[0].changes["fields.strategy"] == "positionSide"
        assert "books" not in asked(infer(fills(*FOUR, positionSide=["LONG"] * 4)))


class TestSoldBeforeBought:
    def orders(self, *sizes: str) -> list[Record]:
        pairs = [(("sell", size, "10"), ("buy", size, "9")) for size in sizes]
        return fills(*(order for pair in pairs for order in pair))

    def test_what_is_bought_back_to_the_last_piece_is_short(self) -> None:
        reading = infer(self.orders("3", "5", "2"))
        assert (asked(reading), reading.closed) == ([], 3)
        assert any("short" in said for said in reading.assumed)

    def test_with_one_size_it_may_as_well_have_been_held_before(self) -> None:
        assert asked(infer(self.orders("3", "3", "3"))) == ["sold_unbought"]

    def test_what_is_bought_in_other_sizes_is_asked_about(self) -> None:
        records = self.orders("3", "5", "2")
        records[3]["quantity"] = "4"
        assert asked(infer(records)) == ["sold_unbought"]


class TestSoldBeforeBoughtWithAnEffect:
    """A column that says of each execution whether it opens a position or closes one."""

    ORDERS = (("sell", "1", "10"), ("buy", "1", "9"), ("buy", "2", "9"), ("sell", "2", "11"))

    def test_a_sale_that_opens_is_short(self) -> None:
        reading = infer(fills(*self.ORDERS, offset=["open", "close", "open", "close"]))
        assert asked(reading) == []
        assert "short" not in reading.dialect["fills"]  # type: ignore[operator]

    def test_a_sale_that_closes_was_bought_before(self) -> None:
        reading = infer(fills(*self.ORDERS, offset=["close", "open", "open", "close"]))
        assert asked(reading) == []
        assert reading.dialect["fills"]["short"] is False  # type: ignore[index]

    def test_sales_that_do_either_are_asked_about(self) -> None:
        orders = (*self.ORDERS, ("sell", "1", "10"))
        effects: list[object] = ["close", "open", "open", "close", "open"]
        assert asked(infer(fills(*orders, offset=effects))) == ["sold_unbought"]


def test_executions_of_futures_in_chinese_are_matched(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "成交日期,商品,買賣,倉別,成交均價,成交口數\n"
        "2026/04/06,黃金期202604,賣出,新倉,1780,1\n"
        "2026/04/07,黃金期202604,買進,平倉,1775,1\n"
        "2026/04/08,黃金期202605,買進,新倉,1790,2\n"
        "2026/04/09,黃金期202605,賣出,平倉,1800,2\n"
    )
    closed = perfkit.read(path, answers={"contract_size": 2}, quiet=True).book.closed
    assert [closed[row].net_pnl for row in range(len(closed))] == [Decimal(5), Decimal(20)]


@pytest.mark.parametrize(
    ("dates", "clocks"),
    [
        (["20260406", "20260407", "20260408", "20260409"], ["09:30:00"] * 4),
        (["20260406093000", "20260407093000", "20260408093000", "20260409093000"], []),
        ([20260406, 20260407, 20260408, 20260409], []),
    ],
    ids=["and a clock beside it", "with a clock in it", "alone"],
)
def test_dates_in_eight_digits_are_times(dates: list[object], clocks: list[object]) -> None:
    records = renamed(fills(*FOUR, day=dates), time="note", day="trade_date")
    for n, record in enumerate(records):
        del record["note"]
        record.update({"trade_time": clocks[n]} if clocks else {})
    reading = infer(records)
    assert reading.is_sure
    at = "join(trade_date, trade_time)" if clocks else "trade_date"
    assert field(reading, "at") == at


def test_eight_digits_that_are_no_date_are_a_number() -> None:
    records = renamed(fills(*FOUR, day=[20261306] * 4), time="note", day="trade_date")
    for record in records:
        del record["note"]
    assert not infer(records).has_results


class TestExecutionsThatComeAgain:
    def test_a_log_that_was_written_twice_is_asked_about(self) -> None:
        """2 x 2 and 3 x -1: 1 in all, and 2 if each counts again."""
        reading = infer([*fills(*FOUR), *fills(*FOUR)])
        assert "repeats" in asked(reading)
        repeats = next(one for one in reading.doubts if one.name == "repeats")
        assert repeats.question.startswith("4 of 8 executions")
        assert repeats.answers[1].changes == {
            "identity": ["time", "symbol", "side", "quantity", "price"]
        }

    def test_parts_of_one_order_that_are_alike_are_not(self) -> None:
        records = fills(*FOUR)
        parts = [{**records[0], "quantity": "1"}] * 2
        assert "repeats" not in asked(infer([*parts, *records[1:]]))


@pytest.mark.parametrize(
    ("prices", "questions"),
    [(("10", "12", "11", "10"), []), (("10", "500", "12", "520"), ["markets"])],
)
def test_leaps_of_the_price_without_a_market_are_asked_about(
    prices: tuple[str, ...], questions: list[str]
) -> None:
    records = fills(*((side, "1", price) for side, price in zip(SIDES, prices, strict=True)))
    assert asked(infer(records)) == []
    for record in records:
        del record["symbol"]
    assert asked(infer(records)) == questions


@pytest.mark.parametrize(
    ("amounts", "questions"),
    [
        # 100 buy 10 at 10, which are 120 at 12; 120 buy 6 at 20, which are 126 at 21
        (("100", "120", "120", "126", "126", "63"), []),
        (("100", "100", "100", "100", "100", "100"), ["staked"]),
    ],
)
def test_all_that_an_account_holds_says_how_much_was_bought(
    amounts: tuple[str, ...], questions: list[str]
) -> None:
    prices = ("10", "12", "20", "21", "18", "9")
    orders = [(("buy", "sell")[n % 2], "1", price) for n, price in enumerate(prices)]
    records = fills(*orders, capital=[*amounts])
    for record in records:
        del record["quantity"]
    reading = infer(records)
    assert [one for one in asked(reading) if one == "staked"] == questions
    assert field(reading, "quantity") == "capital / price"


BOOK = """orderDateTime,symbol,side,qty,tradedPrice
16-01-2024 09:15,A,1,10,100
16-01-2024 09:20,B,1,5,50
16-01-2024 09:25,A,-1,10,103
16-01-2024 09:30,B,-1,5,48
"""


def test_a_book_of_1_and_minus_1_is_matched(tmp_path: Path) -> None:
    """(103 - 100) x 10 + (48 - 50) x 5 = 20."""
    path = tmp_path / "book.csv"
    path.write_text(BOOK)
    summary = perfkit.read(path, quiet=True).summary("all").metrics
    assert (summary["closed_trades"], summary["net_pnl"]) == (2, 20)


@pytest.mark.parametrize("name", ["signal", "change"])
def test_1_and_minus_1_of_other_names_are_no_sides(name: str) -> None:
    records = renamed(
        [{**one, "side": "1" if one["side"] == "buy" else "-1"} for one in fills(*FOUR)], side=name
    )
    assert not infer(records).has_results


def test_signals_are_no_executions() -> None:
    assert infer(fills(*FOUR)).has_results
    signals = [{**one, "side": f"{one['side']}_signal"} for one in fills(*FOUR)]
    assert not infer(signals).has_results


def test_positions_with_a_stop_and_a_target_are_no_executions() -> None:
    sides = {"buy": "LONG", "sell": "SHORT"}
    records = [{**one, "side": sides[str(one["side"])]} for one in fills(*FOUR)]
    assert infer(records).has_results
    assert not infer([{**one, "sl": "9", "tp": "15"} for one in records]).has_results


def test_a_version_of_1_beside_two_equal_prices_is_no_quantity() -> None:
    records = [{**one, "intended_price": one["price"], "version": "1.0"} for one in fills(*FOUR)]
    for record in records:
        del record["quantity"]
    assert "version" not in str(infer(records).dialect)


def test_rates_of_funding_are_no_prices() -> None:
    records = fills(*FOUR, payment=["0.1", "-0.2", "0.1", "0.3"])
    assert infer(fills(*FOUR)).has_results
    assert not infer(renamed(records, price="rate")).has_results


class TestChangesOfAPosition:
    def changes(self, name: str) -> list[Record]:
        moves = (("85", "63"), ("0", ""), ("13", "64.5"), ("0", ""), ("0", ""), ("-17", "67"))
        return [
            {"date": f"2026-04-0{n}", "action": "HOLD", name: size, "fill_price": price}
            for n, (size, price) in enumerate(moves, 1)
        ]

    @pytest.mark.parametrize("name", ["delta_shares", "qty_change", "signed_qty"])
    def test_what_is_added_is_bought_and_what_is_taken_away_is_sold(self, name: str) -> None:
        reading = infer(self.changes(name))
        assert (reading.is_sure, reading.closed) == (True, 1)
        assert field(reading, "quantity") == name

    def test_days_without_a_change_are_left_out(self, tmp_path: Path) -> None:
        rows = [",".join(map(str, one.values())) for one in self.changes("delta_shares")]
        path = tmp_path / "log.csv"
        path.write_text("\n".join(["date,action,delta_shares,fill_price", *rows]) + "\n")
        desk = perfkit.read(path, quiet=True)
        assert desk.summary("all").metrics["net_pnl"] == 68  # 17 x (67 - 63)
        assert not desk.book.errors


def test_what_one_of_a_quantity_is_worth_is_said() -> None:
    assert any("one of quantity is worth its price" in said for said in infer(fills(*FOUR)).assumed)


def test_orders_are_of_the_day_on_which_they_were_placed_not_settled() -> None:
    days: list[object] = [f"2026-04-0{n}" for n in (6, 7, 8, 9)]
    records = fills(*FOUR, settle_date=days)
    reading = infer([{**one, "time": f"2026-04-0{n + 5}"} for n, one in enumerate(records)])
    assert reading.dialect["fields"]["at"] == "time"  # type: ignore[index]


def test_records_with_an_opening_and_a_later_close_are_no_executions() -> None:
    records = fills(*FOUR, open_time=[f"2026-04-07T0{n}:00:00Z" for n in range(4)])
    late = [{**one, "close_time": f"2026-04-08T0{n}:00:00Z"} for n, one in enumerate(records)]
    assert infer(records).has_results
    assert not infer(late).has_results


@pytest.mark.parametrize("name", ["filledVolume", "executed_volume"])
def test_the_volume_that_was_filled_is_the_quantity(name: str) -> None:
    reading = infer(renamed(fills(*FOUR), quantity=name))
    assert (asked(reading), field(reading, "quantity")) == ([], name)


def test_what_binary_floats_leave_of_positions_is_no_position(tmp_path: Path) -> None:
    held = (
        ("0.1552957058200307", "0.00000911903690969802"),
        ("0.15514459460685853", "0.00003441673"),
    )
    lines, more = ["time,symbol,side,quantity,price,fee,pnl"], Decimal("3e-18")
    for n, (first, second) in enumerate(held * 3):
        size, out = Decimal(first) + Decimal(second), 110 - n * 3
        earned = size * out - Decimal(first) * 100 - Decimal(second) * 104
        at = f"2026-04-0{n + 1}T1"
        lines.append(f"{at}0:00:00Z,A,BUY,{first},100,0.15,0.0")
        lines.append(f"{at}1:00:00Z,A,BUY,{second},104,0.15,0.0")
        lines.append(f"{at}2:00:00Z,A,SELL,{size + more:f},{out},0.15,{earned:.9f}")
    path = tmp_path / "fills.csv"
    path.write_text("\n".join(lines) + "\n")
    desk = perfkit.read(path, quiet=True)
    assert (len(desk.book.closed), len(desk.book.open)) == (6, 0)


@pytest.mark.parametrize("name", ["ctVal", "contract_size", "point_value", "$ per point"])
def test_what_one_of_a_quantity_is_worth_may_be_logged(name: str) -> None:
    reading = infer([{**one, name: "0.01"} for one in fills(*FOUR)])
    assert reading.is_sure
    assert str(field(reading, "quantity")).startswith("quantity * ")
    assert field(infer([{**one, name: "1"} for one in fills(*FOUR)]), "quantity") == "quantity"


def test_a_pnl_that_stays_on_purchases_is_the_total_of_its_symbol() -> None:
    """A earns 4, then -3; B earns 2, then 6."""
    orders = (("buy", "2", "10"), ("sell", "2", "12"), ("buy", "3", "11"), ("sell", "3", "10"))
    others = (("buy", "1", "10"), ("sell", "1", "12"), ("buy", "3", "11"), ("sell", "3", "13"))
    totals = {"A": ["0", "4", "4", "1"] * 2, "B": ["0", "2", "2", "8"] * 2}
    totals["A"][4:] = ["1", "5", "5", "2"]
    totals["B"][4:] = ["8", "10", "10", "16"]
    records = [
        {**one, "symbol": symbol, "realized_pnl": total, "time": f"2026-04-0{day}T{n:02}:00:00Z"}
        for day, (symbol, moves) in enumerate((("A", orders), ("B", others)), 1)
        for n, (one, total) in enumerate(zip(fills(*moves * 2), totals[symbol], strict=True))
    ]
    reading = infer(records)
    assert (asked(reading), reading.closed) == ([], 8)
    assert "fills" in reading.dialect


def test_a_rest_of_a_sale_after_which_nothing_is_bought_is_not_asked_about() -> None:
    orders = (("buy", "2", "10"), ("sell", "2", "12"), ("buy", "3", "11"), ("sell", "3.5", "10"))
    reading = infer(fills(*orders))
    assert (reading.is_sure, reading.dialect["fills"]["short"]) == (True, False)  # type: ignore[index]
    assert "nothing was bought afterwards" in " ".join(reading.assumed)
    assert "sold_unbought" in asked(infer(fills(*orders, ("buy", "1", "9"))))


class TestWhatIsHeldAfter:
    SHORT = (("sell", "2", "10"), ("buy", "1", "8"), ("buy", "3", "9"), ("sell", "3", "12"))

    def test_a_position_below_zero_settles_that_sales_are_short(self) -> None:
        reading = infer(fills(*self.SHORT, position=["-2", "-1", "2", "-1"]))
        assert "sold_unbought" not in asked(reading)
        assert any("held after them is below 0" in one for one in reading.assumed)

    def test_one_that_does_not_follow_the_orders_settles_nothing(self) -> None:
        reading = infer(fills(*self.SHORT, position=["-7", "-9", "-4", "-8"]))
        assert "sold_unbought" in asked(reading)


def test_orders_without_a_strategy_close_what_one_opened() -> None:
    orders = [("sell", "2", "10"), ("buy", "2", "12")] * 4
    strategies: list[object] = [
        "trend",
        "none",
        "swing",
        "none",
        "trend",
        "trend",
        "swing",
        "swing",
    ]
    reading = infer(fills(*orders, strategy=strategies))
    assert "books" not in asked(reading)


class TestProceeds:
    PRICES = (10, 12, 11, 15, 13, 12, 10, 14, 9, 10)

    def orders(self, extra: int) -> list[Record]:
        """Sales with what they brought in as their `profit`, and `extra` beside that."""
        return [
            {
                "time": f"2026-04-07T{n:02}:00:00Z",
                "decision": "sell" if n % 2 else "buy",
                "close_price": str(price),
                "volume_moved": "0.5",
                "profit": str(price * Decimal("0.5") + extra) if n % 2 else "0",
            }
            for n, price in enumerate(self.PRICES)
        ]

    def test_what_sales_brought_in_is_no_result(self) -> None:
        reading = infer(self.orders(0))
        assert field(reading, "quantity") == "volume_moved"
        assert field(reading, "price") == "close_price"
        assert "net_pnl" not in reading.dialect["fields"]  # type: ignore[operator]

    def test_another_amount_may_be_one(self) -> None:
        assert field(infer(self.orders(1)), "net_pnl") == "profit"


@pytest.mark.parametrize(("written_again", "is_asked"), [(24, True), (4, False)])
def test_a_part_of_a_log_that_comes_again_in_its_order(written_again: int, is_asked: bool) -> None:
    orders = [("buy" if n % 2 == 0 else "sell", "2", str(10 + n % 7)) for n in range(80)]
    records: list[Record] = [
        {**one, "time": f"2026-04-{n // 20 + 1:02}T{n % 20:02}:00:00Z"}
        for n, one in enumerate(fills(*orders))
    ]
    assert ("repeats" in asked(infer([*records, *records[:written_again]]))) is is_asked


@pytest.mark.parametrize(
    ("orders", "symbol", "why"),
    [
        ((*FOUR, ("sell", "5", "9")), "A", "nothing was bought afterwards"),
        ((("sell", "2", "12"), ("buy", "2", "10"), *FOUR), "MNQM6", "contracts are sold first"),
        ((("sell", "2", "12"), ("buy", "2", "10"), *FOUR), "BTC-USDT-SWAP", "contracts are sold"),
        ((("sell", "2", "12"), ("buy", "2", "10"), *FOUR), "A", ""),
    ],
)
def test_sales_of_what_was_not_bought_are_likely_short_where_it_makes_no_difference(
    orders: tuple[tuple[str, str, str], ...], symbol: str, why: str
) -> None:
    records = [{**one, "symbol": symbol} for one in fills(*orders)]
    doubt = next(one for one in infer(records).doubts if one.name == "sold_unbought")
    assert why in doubt.likely
    assert bool(doubt.likely) is bool(why)


def test_a_flag_that_all_orders_have_does_not_make_executions_open_positions() -> None:
    reading = infer([{**one, "active": True} for one in fills(*FOUR)])
    assert reading.has_results


@pytest.mark.parametrize("word", ["Dividende", "Dividendo", "股息", "Дивиденды"])
def test_dividends_with_an_amount_of_each_share_are_no_sales(word: str) -> None:
    orders = (*FOUR[:2], (word, "2", "0.5"), *FOUR[2:])
    amounts: list[object] = ["-20", "24", "1", "-33", "30"]
    reading = infer(fills(*orders, amount=amounts))
    sides = reading.dialect.get("values", {"side": {}})
    assert word not in sides["side"]  # type: ignore[index]
    assert asked(reading) == []


def test_names_of_exports_for_what_was_filled() -> None:
    named = renamed(fills(*FOUR), quantity="Filled Amount", price="Avg. Filled Price")
    reading = infer(named)
    assert (field(reading, "quantity"), field(reading, "price")) == (
        *('"Filled Amount"', '"Avg. Filled Price"'),
    )


@pytest.mark.parametrize("name", ["Executed", "exec_shares", "cum_qty", "체결수량"])
def test_cancelled_orders_count_as_far_as_they_were_filled(name: str) -> None:
    orders = (("buy", "2", "10"), ("sell", "1", "12"), ("sell", "1", "11"), ("buy", "0", "9"))
    states: list[object] = ["FILLED", "CANCELED", "FILLED", "CANCELED"]
    ordered: list[object] = ["2", "2", "1", "3"]
    records = fills(*orders, status=states, **{"order quantity": ordered})
    named = [{name if key == "quantity" else key: value for key, value in one.items()}
             for one in records]  # fmt: skip
    reading = infer(named)
    assert asked(reading) == []
    assert reading.closed == 2


def test_a_market_is_no_name_of_what_was_traded() -> None:
    titles: list[object] = ["PETR4", "PETR4", "VALE3", "VALE3"]
    records = fills(*FOUR, Mercado=["VISTA"] * 4, **{"Especificação do título": titles})
    named = [{key: value for key, value in one.items() if key != "symbol"} for one in records]
    assert field(infer(named), "symbol") == '"Especificação do título"'


def test_times_in_several_units_and_a_symbol_of_other_records_are_no_keys(tmp_path: Path) -> None:
    records: list[dict[str, object]] = []
    for n in range(12):
        at = 1_775_552_400 + 600 * n
        order = {"side": "SELL" if n % 2 else "BUY", "qty": "2", "px": str(100 + 3 * (n % 2))}
        records.append({"ts": at * 1000 if n < 6 else at, "type": "EXECUTION", **order})
        if n % 3 == 0:
            records.append({"ts": at, "type": "POSITION_UPDATE", "symbol": "ETHUSDC"})
    path = tmp_path / "ledger.jsonl"
    path.write_text("\n".join(map(json.dumps, records)) + "\n")
    summary = perfkit.read(path, quiet=True).summary("all")
    assert (summary.metrics["closed_trades"], summary.metrics["net_pnl"]) == (6, 36)
