"""What is said of records without results that have what these can be made of."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record


def why(records: list[Record]) -> str:
    reading = infer(records)
    assert not reading.has_results
    return " ".join(reading.evidence)


def held(before: str, after: str) -> list[Record]:
    return [
        {
            "date_open": f"2026-04-{n + 1:02}",
            "date_close": f"2026-04-{n + 2:02}",
            before: f"{1_500_000_000 + n}.5",
            after: f"{1_500_000_001 + n}.5",
        }
        for n in range(5)
    ]


def test_what_was_held_before_and_after_is_named_with_the_difference_to_write() -> None:
    said = why(held("capital_open", "capital_close"))
    assert "if each record is a trade, write `net_pnl: capital_close - capital_open`" in said
    assert "net_pnl" not in why(held("level_open", "level_close"))


@pytest.mark.parametrize(("other", "is_named"), [("take_profit", True), ("sell", False)])
def test_words_that_may_be_sales_and_a_missing_time_are_named(
    other: str, *, is_named: bool
) -> None:
    sides = ["buy", other, "buy", "sell"]
    said = why([{"Type": side, "Price": "5", "Shares": "10"} for side in sides])
    assert "Type says what was bought and sold, beside Price and Shares" in said
    assert "write `fills:` with `at: '= 2000-01-01'`, as no time is logged" in said
    assert ("`values:` that say which of take_profit is a sale" in said) is is_named


def test_signals_at_prices_are_no_executions() -> None:
    records: list[Record] = [{"signal": one, "price": "5"} for one in ("buy", "sell", "buy")]
    assert "fills" not in why(records)


@pytest.mark.parametrize(("inside", "is_named"), [("price", True), ("note", False)])
def test_lists_of_executions_inside_records_are_named(inside: str, *, is_named: bool) -> None:
    order = {"code": "A", "shares": "5", inside: "7"}
    records: list[Record] = [
        {
            "date": f"2026-04-{n + 1:02}",
            "cash": "500",
            "market_value": "700",
            "trades": {"buys": [order], "sells": [order] if n else []},
        }
        for n in range(3)
    ]
    said = why(records)
    assert said.startswith("rows look like states of an account (cash, market_value)")
    named = "trades.buys and trades.sells in each record are lists with prices"
    assert (named in said) is is_named
    assert ("`'*.trades.buys.*'`" in said) is is_named


def test_results_of_0_everywhere_are_of_trades_that_have_not_ended() -> None:
    records: list[Record] = [
        {"time": f"2026-04-0{n}", "ticker": "A", "side": "BUY", "stake": "9", "pnl": "0"}
        for n in (1, 2, 3)
    ]
    assert why(records) == "no trade has ended: pnl is 0 in all records"


@pytest.mark.parametrize(("stop", "is_said"), [("95", True), ("", False)])
def test_openings_with_a_stop_and_a_target_are_no_closes(stop: str, *, is_said: bool) -> None:
    records: list[Record] = [
        {"time": f"2026-04-0{n}", "symbol": "A", "side": "long", "entry_price": "100"}
        for n in (1, 2, 3)
    ]
    stops = ("95", stop, stop)
    said = why([{**one, "sl": at, "tp": "110"} for one, at in zip(records, stops, strict=True)])
    assert ("no close of a trade is logged, only openings with sl and tp" in said) is is_said


def swaps(**more: object) -> list[Record]:
    return [
        {
            "time": f"2026-04-07T{n:02}:00:00Z",
            "action": ("buy", "sell")[n % 2],
            "token": "A",
            "sol_amount": f"0.{3 + n}",
            "token_amount": "1000",
            **more,
        }
        for n in range(6)
    ]


def test_what_was_paid_and_for_how_much_is_named_with_the_price_to_write() -> None:
    assert "and `price: sol_amount / token_amount`" in why(swaps())
    assert "price:" not in why([{**one, "action": "buy"} for one in swaps()])


def test_a_score_is_not_what_was_paid() -> None:
    records: list[dict[str, object]] = [
        {
            "ts": f"2026-04-0{n + 1}T10:00:00Z",
            "ticker": "A",
            "action": ("BUY", "SELL")[n % 2],
            "shares": 1 + n,
            "total_score": f"0.{n + 2}",
        }
        for n in range(6)
    ]
    assert "total_score may be" not in " ".join(infer(records).evidence)
    paid = [{**one, "total_cost": one.pop("total_score")} for one in records]
    assert "total_cost may be" in " ".join(infer(paid).evidence)


def test_a_quantity_of_one_is_named_where_cash_moves_by_the_price() -> None:
    steps = (("Hold", "9", "100"), ("Buy", "10", "90"), ("Hold", "11", "90"), ("Sell", "12", "102"))
    records: list[Record] = [
        {"Step": str(n), "Action": action, "Price": price, "Cash": cash}
        for n, (action, price, cash) in enumerate(steps * 4)
    ]
    for n, record in enumerate(records):
        record["Cash"] = str(int(str(record["Cash"])) + n // 4 * 2)
    said = why(records)
    assert "Action says what was bought and sold, and Cash moves by Price" in said
    assert "write `only: {Action: [Buy, Sell]}`" in said
    records[5]["Cash"] = "91"
    assert "moves by" not in why(records)
