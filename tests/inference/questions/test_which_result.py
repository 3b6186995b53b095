"""Whether a column is the result of a trade, by its name and by what stands beside it."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, fields


def asked(records: list[Record]) -> list[str]:
    return [doubt.name for doubt in infer(records).doubts]


class TestNoResults:
    def test_a_cost_basis_is_no_result(self) -> None:
        records: list[Record] = [
            {"time": f"2026-04-07T{n:02}:00:00Z", "note": "x", "net_cost_basis": str(n - 4)}
            for n in range(9)
        ]
        assert not infer(records).has_results

    def test_a_rate_of_interest_is_no_multiple_of_a_risk(self) -> None:
        records: list[Record] = [
            {"time": f"2026-04-07T{n:02}:00:00Z", "strike": "50", "sigma": "0.2", "r": f"0.0{n}"}
            for n in range(1, 9)
        ]
        assert not infer(records).has_results

    def test_multiples_of_a_risk_are_won_and_lost(self) -> None:
        records: list[Record] = [
            {"time": f"2026-04-07T{n:02}:00:00Z", "symbol": "A", "side": "long", "r": str(n - 4)}
            for n in range(1, 9)
        ]
        assert infer(records).source["currency"] == "R"


@pytest.mark.parametrize(
    ("number", "is_asked"), [("Trade #", False), ("trade_id", False), ("row", True)]
)
def test_a_plain_result_beside_the_number_of_each_trade_is_that_of_a_trade(
    number: str, is_asked: bool
) -> None:
    records: list[Record] = [
        {number: str(n), "pnl": str(10 - 7 * n), "time": f"2026-04-07T{n:02}:00:00Z"}
        for n in range(1, 6)
    ]
    assert ("weak" in asked(records)) is is_asked


def test_a_result_that_a_balance_moves_by_is_none_of_a_signal() -> None:
    records: list[Record] = []
    total = 0
    for n, earned in enumerate((5, -3, 4, 6, -2)):
        total += earned
        at = f"2026-04-0{n + 1}T"
        records += [
            {"time": f"{at}09:00:00Z", "event": "signal", "side": "long"},
            {
                "time": f"{at}10:00:00Z",
                "event": "close",
                "side": "long",
                "pnl": str(earned),
                "balance": str(100 + total),
            },
        ]
    assert "weak" not in asked(records)


@pytest.mark.parametrize(
    ("name", "is_sure"), [("profit_dollars", True), ("profit_eur", True), ("profit", False)]
)
def test_money_that_was_won_and_lost_by_its_name_is_a_result(name: str, *, is_sure: bool) -> None:
    records: list[Record] = [
        {"date": f"2026-04-{n + 1:02}T10:00:00Z", "ticker": "A", name: amount}
        for n, amount in enumerate(("5", "-3", "4", "-2", "7"))
    ]
    assert infer(records).is_sure is is_sure
    won = [{**one, name: str(one[name]).removeprefix("-")} for one in records]
    assert not infer(won).is_sure


def test_signals_beside_entries_are_no_reason_to_ask() -> None:
    records: list[Record] = []
    for n in range(8):
        at = f"2026-04-{n + 1:02}T1"
        records += [
            {"event": "SIGNAL", "time": f"{at}0:00:00Z", "close": "100"},
            {"event": "ENTRY", "time": f"{at}1:00:00Z", "entry_price": "100"},
            {"event": "EXIT", "time": f"{at}2:00:00Z", "exit_price": "101", "pnl": str(n % 3 - 1),
             "exit_reason": "TP" if n % 3 else "SL"},
        ]  # fmt: skip
    assert "weak" not in asked(records)
    assert "weak" in asked([one for one in records if one["event"] != "ENTRY"])


@pytest.mark.parametrize("real", ["live_pnl", "actual_pnl"])
def test_the_result_of_a_test_beside_that_with_money_is_asked_about(real: str) -> None:
    records: list[Record] = [
        {
            "entry_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "exit_time": f"2026-04-{n + 1:02}T12:00:00Z",
            "symbol": "A",
            "backtest_pnl": str(n % 5 - 2),
            real: str(n % 5 - 2.3),
        }
        for n in range(12)
    ]
    assert asked(records) == ["two_results"]
    assert asked([{**one, real: ""} for one in records]) == []


def test_a_return_of_a_symbol_with_both_dates_is_that_of_a_trade() -> None:
    records: list[Record] = [
        {
            "entry_date": f"2026-04-{n + 1:02}",
            "exit_date": f"2026-04-{n + 3:02}",
            "symbol": "A",
            "Return": f"{n % 5 - 2}.25%",
        }
        for n in range(12)
    ]
    assert asked(records) == []
    assert asked([{**one, "symbol": ""} for one in records]) == ["weak"]


def legs(**more: int) -> list[Record]:
    """Positions of two legs, of which each record has what both earned."""
    return [
        {
            "symbol": "BTC",
            "closed_at": f"2026-04-{n + 1:02}T10:00:00Z",
            "long_pnl": str(n - 4),
            "short_pnl": str(5 - 2 * (n % 4)),
            **{name: str(n - 4 + 5 - 2 * (n % 4) + less) for name, less in more.items()},
        }
        for n in range(9)
    ]


def test_what_both_legs_earned_is_an_answer() -> None:
    doubt = next(one for one in infer(legs()).doubts if one.name == "two_results")
    assert [one.meaning for one in doubt.answers] == ["both, added up", "long_pnl", "short_pnl"]
    assert doubt.answers[0].changes == {"fields.net_pnl": "long_pnl + short_pnl"}


def test_the_result_of_a_leg_is_no_rival_of_that_of_the_whole() -> None:
    reading = infer([{**one, "funding_pnl": "0.25"} for one in legs(net_pnl=1)])
    assert "two_results" not in [one.name for one in reading.doubts]
    assert reading.dialect["fields"]["net_pnl"] == "net_pnl"  # type: ignore[index]


def test_a_sum_of_a_session_is_no_other_name_of_a_result() -> None:
    records: list[Record] = []
    for n, (symbol, out) in enumerate((("INFY", "91"), ("SBI", "95"), ("TCS", "97"))):
        at, earned = f"2026-04-{n + 1:02} 1", int(out) - 100
        trade: Record = {"symbol": symbol, "side": "BUY", "entry_price": "100"}
        records += [
            {"event": "ENTRY", "time": f"{at}0:00:00", **trade},
            {"event": "FULL_EXIT", "time": f"{at}1:00:00", **trade, "exit_price": out,
             "reason": "STOPLOSS", "pnl_from_partials": 0, "pnl_final_exit": earned,
             "total_pnl": earned},
        ]  # fmt: skip
        if n != 1:
            total = {"total_pnl": earned, "per_symbol_pnl": {symbol: earned}}
            records.append({"event": "SESSION_SUMMARY", "time": f"{at}2:00:00", **total})
    reading = infer(records)
    assert ([one.name for one in reading.doubts], reading.closed) == ([], 3)


def test_what_both_legs_earned_together_is_the_result() -> None:
    records: list[Record] = [
        {
            "id": n,
            "exitTimestamp": f"2026-04-{n + 1:02}T10:00:00Z",
            "symbolA": "BTC",
            "symbolB": "ETH",
            "pnlA": str(n * 7 % 5 - 2.5),
            "pnlB": str(n * 5 % 7 - 3.25),
            "combinedPnl": str(n * 7 % 5 - 2.5 + n * 5 % 7 - 3.25),
        }
        for n in range(12)
    ]
    assert asked(records) == []
    assert fields(infer(records))["net_pnl"] == "combinedPnl"


EARNED = ["12.5", "-4", "3", "-8.25", "6"]


def rows(name: str, **more: list[object]) -> list[Record]:
    return [
        {
            "time": f"2026-04-07T{n:02}:00:00Z",
            name: earned,
            **{key: values[n % len(values)] for key, values in more.items()},
        }
        for n, earned in enumerate(EARNED)
    ]


@pytest.mark.parametrize("name", ["closedPnL", "closed_pnl", "realizedProfit"])
def test_what_is_called_closed_and_has_a_size_is_a_result(name: str) -> None:
    assert asked(rows(name, size=["0.5", "2"], leverage=["3"])) == []
    assert asked(rows(name, leverage=["3"], note=["a", "b"])) == ["weak"]
    assert asked(rows(name, size=["0.5", "2"], unrealized_pnl=["1", "2"])) != []


def test_results_that_end_as_their_reasons_say_are_those_of_trades() -> None:
    reasons: list[object] = ["TP", "SL", "TP", "SL", "TP"]
    per_cent = [{**one, "result": f"{one['result']}%"} for one in rows("result", reason=reasons)]
    assert asked(per_cent) == ["weak"]
    assert asked([{**one, "coin": "A", "side": "long"} for one in per_cent]) == []


def test_results_in_r_beside_the_number_of_each_trade_are_those_of_trades() -> None:
    numbers: list[object] = [1, 2, 3, 4, 5]
    parts: dict[str, list[object]] = {"Trade No": numbers, "Pair": ["A"], "Direction": ["Long"]}
    assert asked(rows("Result (R)", **parts)) == []


def test_what_came_back_less_what_was_spent_is_a_result() -> None:
    records: list[Record] = [
        {
            "time": f"2026-04-07T{n:02}:00:00Z",
            "slug": "up-or-down",
            "spent": 30 + n,
            "returned": 35 - n,
            "pnl": 5 - 2 * n,
        }
        for n in range(6)
    ]
    assert asked(records) == []
    assert asked([{**one, "returned": 35} for one in records]) == ["weak"]


def test_a_signal_that_a_trade_was_opened_for_is_its_cause() -> None:
    records: list[Record] = [
        {
            "Timestamp": f"2026-04-{n + 1:02}T10:00:00Z",
            "Action": "CLOSE" if n % 2 else "SELL",
            "Price": str(70 + n),
            "Quantity": "35.13",
            "PnL": str(n * 7 % 5 - 2.25) if n % 2 else "0.0",
            "Reason": "Stop Loss (ATR)" if n % 2 else "Balanced Signal",
        }
        for n in range(8)
    ]
    assert "weak" not in asked(records)
    for one in records:
        one["event"] = "exit" if one["Action"] == "CLOSE" else "signal"
        del one["Reason"], one["Action"]
    assert "weak" in asked(records)


@pytest.mark.parametrize(("part", "is_asked"), [("stop_loss", False), ("memo", True)])
def test_outcomes_of_plans_with_a_stop_and_a_target_are_results(part: str, is_asked: bool) -> None:
    ends = [("win", "0.82%"), ("loss", "-0.44%"), ("loss", "-0.48%"), ("win", "0.23%")]
    records: list[Record] = [
        {
            "entry_time": f"2026-04-07T{n:02}:00:00Z",
            "result": said,
            "gain": gain,
            "start_price": "100",
            part: "99",
            "take_profit": "103",
        }
        for n, (said, gain) in enumerate(ends)
    ]
    assert ("weak" in asked(records)) is is_asked


@pytest.mark.parametrize(
    ("exits", "is_asked"), [("2026-04-0{}T09:45:00", False), ("2026-04-0{}", True)]
)
def test_results_that_a_total_adds_up_at_each_exit_are_trades(exits: str, is_asked: bool) -> None:
    amounts = (-109, -44, 31, -7, 10, -73)
    records: list[Record] = [
        {
            "exit_time": exits.format(n + 1),
            "pnl_usd": one,
            "cumulative_pnl_usd": sum(amounts[: n + 1]),
        }
        for n, one in enumerate(amounts)
    ]
    assert infer(records).is_sure is not is_asked
