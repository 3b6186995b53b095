"""Logs that have what was paid and what came back, and no P&L."""

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.executions import field
from tests.inference.readings import Record, asked


def sold(n: int, bought: str, paid: str, sale: str, back: str, **more: str) -> Record:
    return {
        "uuid": f"T{n}",
        "date": f"2026-04-0{n}T09:00:00Z",
        "btc_amount": "0.0000351",
        "buy_price": bought,
        "buy_total": paid,
        "status": "sold",
        "sell_price": sale,
        "sell_total": back,
        "sell_date": f"2026-04-0{n}T10:00:00Z",
        **more,
    }


TRADES = [
    sold(1, "142423000", "5002", "142709000", "5012"),
    sold(2, "140498000", "5002", "140000000", "4984"),
    sold(3, "136599000", "5003", "139599000", "5113"),
]


def test_totals_of_both_sides_give_the_result_as_their_prices_show() -> None:
    reading = infer(TRADES)
    assert (asked(reading), reading.closed) == ([], 3)
    assert field(reading, "net_pnl") == "sell_total - buy_total"


def test_an_amount_of_coins_does_not_say_what_results_are_in() -> None:
    assert infer(TRADES).source["currency"] == "money"


def test_totals_that_prices_contradict_are_asked_about() -> None:
    records = [{**one, "sell_total": back} for one, back in zip(TRADES, "987", strict=True)]
    assert "amount" in asked(infer(records))


def test_totals_of_short_trades_are_not_subtracted_so() -> None:
    reading = infer([{**one, "side": "short"} for one in TRADES])
    assert "net_pnl" not in reading.dialect["fields"]  # type: ignore[operator]


def test_what_was_paid_in_dollars_for_coins_is_no_result() -> None:
    bought = {"usdc_spent": "100", "token_received": "200"}
    orders: list[Record] = [
        {"time": f"2026-04-0{n + 1}T09:00:00Z", "type": side, "price": "0.5", **amounts}
        for n, (side, amounts) in enumerate(
            [("BUY", bought), ("BUY", bought), ("SELL", {"token_sold": "400"})]
        )
    ]
    assert not infer(orders).has_results
    assert asked(infer([{**one, "type": "BUY"} for one in orders[:2]])) == ["amount"]


def at(hour: int) -> str:
    return f"2026-04-07T{hour:02}:00:00Z"


def net_pnl(reading: Reading) -> object:
    return reading.dialect["fields"]["net_pnl"]  # type: ignore[index]


class TestWhatCameBack:
    def bets(self, *payouts: str) -> Reading:
        return infer(
            [
                {"settled_at": at(n), "market": "M", "stake": "10", "payout": paid, "result": said}
                for n, (paid, said) in enumerate(zip(payouts, ("WON", "LOST", "WON"), strict=True))
            ]
        )

    def test_what_came_back_less_what_was_paid_is_a_result(self) -> None:
        reading = self.bets("20", "0", "15")
        assert reading.is_sure
        assert net_pnl(reading) == "payout - stake"

    def test_totals_that_contradict_the_outcome_are_asked_about(self) -> None:
        assert "amount" in asked(self.bets("5", "0", "8"))
