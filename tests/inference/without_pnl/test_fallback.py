"""Results where there is no P&L: from prices, from what was paid and came back."""

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.readings import Record, asked


def net_pnl(reading: Reading) -> object:
    return reading.dialect["fields"]["net_pnl"]  # type: ignore[index]


def at(hour: int) -> str:
    return f"2026-04-07T{hour:02}:00:00Z"


class TestWithoutAResult:
    PRICES = (("100", "110", "long"), ("100", "90", "long"), ("50", "49", "short"))

    def trades(self, **more: str) -> list[Record]:
        return [
            {
                "entry_time": at(n),
                "exit_time": at(n + 1),
                "symbol": "A",
                "side": side,
                "entry_price": entry,
                "exit_price": out,
                **more,
            }
            for n, (entry, out, side) in enumerate(self.PRICES)
        ]

    def test_prices_without_a_quantity_are_points_or_per_cent(self) -> None:
        reading = infer(self.trades())
        assert asked(reading) == ["unit"]
        assert [answer.changes for answer in reading.doubts[0].answers] == [
            {"currency": "points", "fields.quantity": "= 1"},
            {"currency": "%", "fields.quantity": "100 / entry_price"},
        ]

    def test_what_was_staked_gives_the_quantity(self) -> None:
        reading = infer(self.trades(size_usd="200"))
        assert asked(reading) == ["staked"]
        assert reading.dialect["fields"]["quantity"] == "size_usd / entry_price"  # type: ignore[index]

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


@pytest.mark.parametrize("word", ["scratch", "riskFree", "risk free", "flat", "be"])
def test_outcomes_that_came_out_even_count(word: str) -> None:
    said = ["win", "loss"] * 4 + [word]
    records: list[dict[str, object]] = [
        {"date": f"2026-04-{n + 1:02}", "id": f"t{n}", "setup": "A", "outcome": outcome}
        for n, outcome in enumerate(said)
    ]
    assert infer(records).closed == 9


@pytest.mark.parametrize(("name", "unit"), [("growth %", "%"), ("earned", None)])
def test_an_amount_with_the_sign_of_nearly_all_outcomes_is_asked_about(
    name: str, unit: str | None
) -> None:
    records: list[Record] = [
        {"time": at(n % 24), "pair": "A", "result": result, name: earned}
        for n, (result, earned) in enumerate([("WON", "0.02"), ("LOST", "-0.01")] * 20)
    ]
    records[3][name] = "0"
    (doubt,) = infer(records).doubts
    assert doubt.name == "amount"
    assert doubt.answers[0].changes.get("currency") == unit
    assert not infer([{**one, name: "0.02"} for one in records]).doubts


@pytest.mark.parametrize(("stop", "is_read"), [(None, True), ("106", False)])
def test_sales_whose_price_is_called_entry_price_close_what_was_bought(
    stop: str | None, *, is_read: bool
) -> None:
    orders = [("BUY", "100", "2"), ("SKIP", None, None), ("SELL", "104", "2")]
    records: list[Record] = [
        {
            "timestamp": f"2026-04-{n + 1:02}T10:00:00Z",
            "action": side,
            "symbol": "A",
            "entry_price": price,
            "quantity": size,
            "stop_loss": "95" if side == "BUY" else stop if side == "SELL" else None,
        }
        for n, (side, price, size) in enumerate([*orders, *orders])
    ]
    reading = infer(records)
    assert reading.has_results is is_read
    if is_read:
        fields = reading.dialect["fields"]
        assert isinstance(fields, dict)
        assert (asked(reading), fields["price"], reading.closed) == ([], "entry_price", 2)
        assert "entry_price is the price of sales as well, which have no stop_loss" in (
            reading.assumed
        )


@pytest.mark.parametrize("name", ["R", "note"])
def test_a_column_in_risk_is_an_answer_where_points_or_per_cent_are_asked(name: str) -> None:
    moves = (("100", "110", "2"), ("50", "53", "1.5"), ("20", "21", "0.5"))
    records: list[Record] = [
        {"symbol": "A", "side": "long", "exit_date": f"2026-04-0{n + 1}", "entry": a, "exit": b,
         name: r} for n, (a, b, r) in enumerate(moves)
    ]  # fmt: skip
    (doubt,) = (one for one in infer(records).doubts if one.name == "unit")
    chosen = {"currency": "R", "fields.net_pnl": "R", "fields.quantity": None}
    assert (chosen in [one.changes for one in doubt.answers]) is (name == "R")
