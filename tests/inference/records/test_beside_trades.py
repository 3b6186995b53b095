"""Flags of true and false that say whether there was a trade, and those that say how it ended."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record


def trades(flag: str) -> list[Record]:
    return [
        {
            "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "symbol": "A",
            "exit_reason": "target" if n % 3 else "stop",
            "pnl": str(n + 1 if n % 3 else -n - 1),
            flag: n % 2 == 0,
        }
        for n in range(12)
    ]


@pytest.mark.parametrize("flag", ["partial_taken", "tp1_filled", "half_executed", "profit_taken"])
def test_what_was_done_of_an_exit_is_true_of_some_trades(flag: str) -> None:
    reading = infer(trades(flag))
    assert (reading.doubts, reading.closed) == ((), 12)


@pytest.mark.parametrize("flag", ["executed", "taken", "trade_taken", "order_filled"])
def test_signals_that_nobody_followed_are_asked_about(flag: str) -> None:
    reading = infer(trades(flag))
    assert ([one.name for one in reading.doubts], reading.closed) == (["ignored"], 6)


def limit_orders(column: str, word: str, unfilled: str = "0") -> list[Record]:
    """Trades, and limit orders that came to nothing, with the time at which these were given up."""
    return [
        {
            "entry_time": f"2026-04-{n + 1:02}T09:00:00Z",
            "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "direction": "long",
            "entry_price": "100",
            "exit_price": "100" if n % 4 == 0 else "102" if n % 2 else "99",
            column: word if n % 4 == 0 else "WIN" if n % 2 else "LOSS",
            "profit": unfilled if n % 4 == 0 else "2" if n % 2 else "-1",
        }
        for n in range(20)
    ]


@pytest.mark.parametrize("column", ["outcome", "exit_reason", "result"])
@pytest.mark.parametrize("word", ["NO_FILL", "Not Filled", "no entry", "NEVER_TRIGGERED"])
def test_orders_that_were_never_filled_are_no_trades(column: str, word: str) -> None:
    reading = infer(limit_orders(column, word))
    assert ([one.name for one in reading.doubts], reading.closed) == ([], 15)
    assert reading.dialect["only"] == {column: {"not": [word]}}


def test_those_with_a_result_are() -> None:
    assert infer(limit_orders("outcome", "NO_FILL", "-0.5")).closed == 20


@pytest.mark.parametrize("word", ["FLAT", "neutral", "no_trade"])
def test_decisions_to_stay_out_are_no_trades(word: str) -> None:
    records: list[Record] = [
        {
            "day": f"2026-04-{n + 1:02}",
            "symbol": "ES",
            "direction": word if n % 5 == 0 else "LONG" if n % 2 else "SHORT",
            "morning_ret": str(0.001 * n + 0.0003),
            "settled_at": f"2026-04-{n + 1:02}T20:00:00Z",
            "net_pnl": "0" if n % 5 == 0 else str(n - 9.5),
        }
        for n in range(20)
    ]
    assert infer(records).closed == 16


def test_those_are_no_closes_beside_orders_that_wait() -> None:
    ends = (("SL_HIT", "99"), ("EXIT_AT_CLOSE", "103"), ("NOT_TRIGGERED", ""), ("WAITING", ""))
    records: list[Record] = [
        {
            "Status": status,
            "date": f"2026-04-{n + 1:02}",
            "symbol": "A",
            "entry_price": "100",
            "exit_price": out,
            "pnl": "" if status == "WAITING" else str(int(out or 100) - 100),
        }
        for n, (status, out) in enumerate(ends * 5)
    ]
    assert infer(records).closed == 10


@pytest.mark.parametrize("flag", ["should_trade", "take_trade", "traded", "trade_taken"])
def test_records_of_no_trade_by_a_flag_earn_nothing(flag: str) -> None:
    records: list[Record] = [
        {
            "time": f"2026-04-{n + 1:02}T10:00:00Z",
            "symbol": "A",
            "exit_reason": "tp" if n % 2 else "sl",
            flag: n % 3 > 0,
            "pnl": "0" if n % 3 == 0 else "4" if n % 2 else "-3",
        }
        for n in range(18)
    ]
    assert infer(records).closed == 12


def test_a_return_is_that_of_a_trade_by_its_name() -> None:
    records: list[Record] = [
        {
            "date": f"2026-04-{n + 1:02}",
            "close": str(100 + n),
            "signal": "SELL" if n % 4 == 3 else "BUY" if n % 4 == 1 else "HOLD",
            "trade_return_pct": str(n % 7 - 2.5) if n % 4 == 3 else "",
        }
        for n in range(28)
    ]
    reading = infer(records)
    assert ([one.name for one in reading.doubts], reading.closed) == ([], 7)


def test_settlements_that_pay_funding_are_no_executions() -> None:
    rows = (("TRADE", "BUY", "1", "0"), ("SETTLEMENT", "BUY", "1", "-0.1"))
    records: list[Record] = [
        {"time": f"2026-04-07T{n:02}:00:00Z", "type": kind, "contract": "A", "side": side,
         "quantity": size, "price": str(100 + n), "funding": funding}
        for n, (kind, side, size, funding) in enumerate((*rows, ("TRADE", "SELL", "1", "0")))
    ]  # fmt: skip
    reading = infer(records)
    assert reading.closed == 1
    assert reading.dialect["only"] == {"type": {"not": ["SETTLEMENT"]}}


def bets() -> list[Record]:
    """Bets, and five records whose market is called `total`."""
    return [
        {
            "date": f"2026-04-{n + 1:02}",
            "market": "total" if n % 6 == 5 else "spread" if n % 2 else "moneyline",
            "odds": str(150 + n),
            "stake": "10",
            "won": n % 3 == 0,
            "pnl": "16" if n % 3 == 0 else "-10",
        }
        for n in range(30)
    ]


def test_bets_on_totals_are_bets() -> None:
    reading = infer(bets())
    assert (reading.closed, reading.dialect.get("only")) == (30, None)


def test_totals_that_add_up_the_bets_before_them_are_none() -> None:
    records = bets()
    for place in range(5, 30, 6):
        before = [str(one["pnl"]) for one in records[place - 5 : place]]
        records[place]["pnl"] = str(sum(map(int, before)))
    assert infer(records).closed == 25


@pytest.mark.parametrize("column", ["status", "exit_reason", "outcome"])
@pytest.mark.parametrize("word", ["PHANTOM", "ghost_position", "Hypothetical"])
def test_trades_that_were_never_made_are_none(column: str, word: str) -> None:
    reading = infer(limit_orders(column, word))
    assert ([one.name for one in reading.doubts], reading.closed) == ([], 15)


def test_those_on_paper_are_trades() -> None:
    assert infer(limit_orders("outcome", "PAPER")).closed == 20


def orders_in(waits: str, done: str) -> list[Record]:
    """Purchases and sales that were executed, of which the sales have a profit, and others."""
    kinds = [("Buy", done, "0"), ("Sell", done, "25"), ("Sell", waits, "0"), ("Buy", waits, "0")]
    return [
        {
            "trade_time": f"2026-04-{n + 1:02} 10:00:{place:02}",
            "ticker": f"KRW-C{n}",
            "price": "100" if side == "Buy" else "125" if state == done else "150",
            "volume": "1",
            "profit": profit,
            "side": side,
            "status": state,
        }
        for n in range(4)
        for place, (side, state, profit) in enumerate(kinds)
    ]


@pytest.mark.parametrize(
    ("waits", "done"),
    [("Wait", "Done"), ("PENDING", "done"), ("open", "filled"), ("New", "Executed")],
)
def test_orders_that_wait_are_no_trades_beside_those_that_were_executed(
    waits: str, done: str
) -> None:
    reading = infer(orders_in(waits, done))
    assert ([one.name for one in reading.doubts], reading.closed) == ([], 4)


@pytest.mark.parametrize(
    ("starts", "stops"),
    [("engine_started", "engine_stopped"), ("bot start", "bot shutdown"), ("RUN_START", "RUN_END")],
)
def test_what_a_run_of_a_program_earned_is_that_of_no_trade(starts: str, stops: str) -> None:
    records: list[Record] = []
    for n in range(4):
        day = f"2026-04-{n + 1:02}"
        buys = [("BUY", "2", "10"), ("BUY", "1", "12"), ("BUY", "3", "20"), ("BUY", "1", "5")]
        orders = [*buys, ("SELL", "2", "11"), ("SELL", "1", "14"), ("SELL", "3", "19")]
        records.append({"time": f"{day}T09:00:00Z", "entry_type": starts, "symbol": ""})
        for place, (side, size, price) in enumerate(orders):
            one: Record = {"time": f"{day}T10:00:{place:02}Z", "entry_type": "order_filled"}
            symbol = f"S{n}{place % 4}"
            records.append(
                {**one, "symbol": symbol, "side": side, "quantity": size, "price": price}
            )
        records.append({"time": f"{day}T17:00:00Z", "entry_type": stops, "symbol": "", "pnl": "1"})
    fields = infer(records).dialect["fields"]
    assert isinstance(fields, dict)
    assert "net_pnl" not in fields


@pytest.mark.parametrize("word", ["PHANTOM", "shadow_closed", "Hypothetical"])
def test_those_with_a_result_are_asked_about(word: str) -> None:
    reading = infer(limit_orders("status", word, "1.5"))
    (doubt,) = (one for one in reading.doubts if one.name == "struck_off")
    assert doubt.answers[1].changes == {"only.status": {"not": [word]}}
    names = [one.name for one in infer(limit_orders("status", "PAPER", "1.5")).doubts]
    assert "struck_off" not in names


def test_those_beside_what_is_open_leave_that_out() -> None:
    records = [
        {**one, "status": "PHANTOM" if n % 4 == 0 else "CLOSED"}
        for n, one in enumerate(limit_orders("reason", "x", "1.5"))
    ]
    records += [{**records[1], "exit_time": "", "exit_price": "", "status": "OPEN", "profit": "0"}]
    (doubt,) = (one for one in infer(records).doubts if one.name == "struck_off")
    assert doubt.answers[1].changes == {"only.status": "CLOSED"}
