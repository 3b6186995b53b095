"""What prices and balances say of results: their unit."""

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.readings import Record, asked


def net_pnl(reading: Reading) -> object:
    return reading.dialect["fields"]["net_pnl"]  # type: ignore[index]


def at(hour: int) -> str:
    return f"2026-04-07T{hour:02}:00:00Z"


class TestPerCentOrFraction:
    def orders(self, *returns: str, **balances: list[str]) -> Reading:
        """Bought at 50, and sold at 60, 45 and 55: +20, -10 and +10 %."""
        records: list[Record] = []
        for n, (sold, earned) in enumerate(zip(("60", "45", "55"), returns, strict=True)):
            one: Record = {"ticker": f"T{n}", "qty": "1"}
            records.append({**one, "time": at(2 * n), "action": "BUY", "price": "50"})
            close: Record = {"time": at(2 * n + 1), "action": "SELL", "price": sold}
            more = {name: values[n] for name, values in balances.items()}
            records.append({**one, **close, "pnl_pct": earned, **more})
        return infer(records)

    def test_the_price_of_the_opening_shows_a_fraction(self) -> None:
        reading = self.orders("0.2", "-0.1", "0.1")
        assert reading.is_sure
        assert (net_pnl(reading), reading.source["currency"]) == ("pnl_pct * 100", "%")

    def test_the_price_of_the_opening_shows_per_cent(self) -> None:
        assert net_pnl(self.orders("20", "-10", "10")) == "pnl_pct"

    def closed(self, *returns: str, **more: list[str]) -> Reading:
        records: list[Record] = [
            {
                "exit_time": at(n),
                "symbol": "A",
                "side": "long",
                "pnl_pct": earned,
                **{name: values[n] for name, values in more.items()},
            }
            for n, earned in enumerate(returns)
        ]
        return infer(records)

    def test_small_numbers_that_nothing_proves_are_asked_about(self) -> None:
        reading = self.closed("0.02", "-0.01", "0.03")
        assert asked(reading) == ["fraction"]
        assert reading.doubts[0].answers[1].changes == {"fields.net_pnl": "(pnl_pct) * 100"}

    def test_a_number_above_one_or_a_sign_is_enough(self) -> None:
        assert self.closed("0.02", "-1.5", "0.03").is_sure
        assert self.closed("0.02%", "-0.01%", "0.03%").is_sure

    @pytest.mark.parametrize(
        ("balances", "expression"),
        [
            (["1000", "1100", "1089", "1115.136", "1100.00"], "pnl_pct * 100"),
            (["1000", "1001", "1000.8999", "1001.14", "1001.0041"], "pnl_pct"),
        ],
    )
    def test_a_balance_that_grows_by_it_decides(self, balances: list[str], expression: str) -> None:
        reading = self.closed("0.5", "0.1", "-0.01", "0.024", "-0.01357", equity=balances)
        assert net_pnl(reading) == expression
        assert reading.is_sure

    def test_net_comes_before_gross_though_prices_agree_with_gross(self) -> None:
        reading = self.closed(
            "1.0", "-2.0", "3.0", net_profit_percent=["0.9", "-2.1", "2.9"],
        )  # fmt: skip
        assert reading.source["currency"] == "%"


class TestUnitsThatAColumnNames:
    def test_a_unit_alone_is_a_result_if_the_outcome_agrees(self) -> None:
        records: list[Record] = [
            {"date": at(n), "symbol": "A", "side": "long", "result": result, "dollars": dollars}
            for n, (result, dollars) in enumerate(
                zip("WLWL", ("50", "-25", "75", "-10"), strict=True)
            )
        ]
        reading = infer(records)
        assert reading.is_sure
        assert (net_pnl(reading), reading.source["currency"]) == ("dollars", "USD")

    def test_amounts_that_are_never_lost_are_none(self) -> None:
        records: list[Record] = [
            {"time": at(n), "symbol": "A", "usd": usd} for n, usd in enumerate(("50", "25"))
        ]
        assert not infer(records).has_results

    def test_a_result_that_equals_r_is_in_r(self) -> None:
        records: list[Record] = [
            {"exit_time": at(n), "symbol": "A", "side": "long", "pnl": r, "r": r}
            for n, r in enumerate(("1.5", "-1", "-0.5"))
        ]
        assert infer(records).source["currency"] == "R"


class TestPerCentBesideAQuantity:
    @staticmethod
    def trades(name: str, scale: str, **more: object) -> Reading:
        """Ten trades of 10 at nearly the same price: 1 % up, 2 % down and so on."""
        records: list[Record] = []
        for n in range(10):
            entry, share = Decimal(200) + Decimal(n) / 10, Decimal((1, -2, 3, -1)[n % 4]) / 100
            records.append(
                {
                    "entry_time": at(2 * n),
                    "exit_time": at(2 * n + 1),
                    "symbol": "X",
                    "side": "long",
                    "entry_price": f"{entry}",
                    "exit_price": f"{entry * (1 + share)}",
                    "qty": "10",
                    name: f"{share * Decimal(scale)}",
                    **more,
                }
            )
        return infer(records)

    @pytest.mark.parametrize("name", ["profit_ratio", "pnl_pct", "return"])
    def test_fractions_are_shown_as_per_cent(self, name: str) -> None:
        reading = self.trades(name, "1")
        assert reading.is_sure
        assert reading.source["currency"] == "%"
        assert net_pnl(reading) in (f"{name} * 100", '"return" * 100')

    def test_per_cent_stays_as_it_is(self) -> None:
        reading = self.trades("pnl_pct", "100")
        assert (net_pnl(reading), reading.source["currency"]) == ("pnl_pct", "%")

    def test_per_cent_called_pnl_is_no_money(self) -> None:
        assert self.trades("pnl", "100").source["currency"] == "%"

    def test_a_contract_of_fifty_is_money(self) -> None:
        records = [
            {"entry_time": at(2 * n), "exit_time": at(2 * n + 1), "symbol": "ES", "side": "long",
             "entry_price": "5000", "exit_price": str(5001 + n % 3), "qty": "2",
             "pnl": str(100 * (1 + n % 3))}
            for n in range(10)
        ]  # fmt: skip
        reading = infer(records)
        assert reading.is_sure
        assert reading.source["currency"] == "money"


@pytest.mark.parametrize(
    ("earned", "currency"),
    [("0.48", "%"), ("0.4808", "%"), ("500", ""), ("0.5", ""), ("0.52", "")],
)
def test_one_trade_proves_its_unit_to_all_digits_that_it_shows(earned: str, currency: str) -> None:
    """Bought at 104,000, sold at 104,500: 500, or 0.480769 %."""
    record: Record = {
        "symbol": "BTC", "time": at(12), "buy_price": "104000", "sell_price": "104500",
        "result": earned,
    }  # fmt: skip
    reading = infer([record])
    assert reading.is_sure == (currency == "%")
    if currency:
        assert reading.source["currency"] == currency


def test_a_rate_a_little_less_than_what_prices_give_is_the_result() -> None:
    moves = (-2300, 4700, 900, -1500, 6100, -2700, 3300, -800, 5200, 1900, -3600, 2100)
    records: list[dict[str, object]] = [
        {
            "매수일": f"2026-04-{n + 1:02}",
            "매도일": f"2026-04-{n + 2:02}",
            "매수가": "76400",
            "매도가": str(76400 + move),
            "매도사유": "데드크로스",
            "수익률(%)": f"{move / 764 - 0.2 - n % 3 / 20:.2f}",
        }
        for n, move in enumerate(moves)
    ]
    reading = infer(records)
    assert reading.is_sure
    assert "is a little less than what the prices give" in reading.evidence
    records = [{**one, "매도가": str(83000 + n)} for n, one in enumerate(records)]
    assert not any("little less" in one for one in infer(records).evidence)


def test_results_that_contradict_the_prices_in_many_records_are_told() -> None:
    records: list[dict[str, object]] = [
        {
            "id": str(n),
            "symbol": "A",
            "direction": "LONG",
            "entry_time": f"2026-04-{n + 1:02}T09:00:00Z",
            "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "entry_price": "100",
            "exit_price": str(100 + (n % 5 + 1) * (-1) ** n),
            "qty": "3",
            "pnl": f"{(n * 37 % 11 + 1) * (-1) ** (n // 2)}",
        }
        for n in range(12)
    ]
    said = "the sign of 6 of 12 results contradicts the prices; read as logged"
    assert said in infer(records).assumed


@pytest.mark.parametrize(("is_net", "result"), [(True, "pnl"), (False, "pnl - fee")])
def test_stakes_in_cents_show_whether_costs_are_in_a_result(is_net: bool, result: str) -> None:
    records: list[dict[str, object]] = []
    for n in range(12):
        entry, out = Decimal(100 + 7 * n), Decimal(103 + 7 * n + n % 5)
        stake, fee = Decimal("100.01") + n, Decimal("0.1") + Decimal(n) / 100
        earned = (out / entry - 1) * (stake + Decimal("0.004")) - (fee if is_net else 0)
        records.append({
            "symbol": "AAA", "side": "long", "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "entry_price": str(entry), "exit_price": str(out), "size_usd": str(stake),
            "fee": str(fee), "pnl": f"{earned:.6f}",
        })  # fmt: skip
    reading = infer(records)
    assert reading.is_sure
    assert reading.dialect["fields"]["net_pnl"] == result  # type: ignore[index]


def test_sides_of_closing_orders_may_say_so_of_one_way_alone() -> None:
    moves = [("100", "103", 2), ("50", "49", 3), ("10", "12", 5), ("80", "77", 1)] * 2
    records: list[Record] = [
        {
            "time": f"2026-04-{n + 1:02}T10:00:00Z",
            "symbol": "A",
            "side": "BUY (Cover)" if n % 3 == 0 else "SELL",
            "qty": str(size),
            "entry": entry,
            "exit": out,
            "pnl": str((int(out) - int(entry)) * size * (-1 if n % 3 == 0 else 1)),
        }
        for n, (entry, out, size) in enumerate(moves)
    ]
    reading = infer(records)
    assert asked(reading) == []
    assert "side is the side of the closing order" in reading.assumed


PRICES = (("mid_in", "mid_out"), ("price_at_entry", "price_at_exit"), ("entry_mid", "exit_mid"))


@pytest.mark.parametrize(("entry", "out"), PRICES)
def test_prices_by_less_usual_names_show_that_a_return_is_a_fraction(entry: str, out: str) -> None:
    records: list[Record] = []
    for n in range(12):
        price, later = 100 + n, 101 + n * 2 % 7 + n
        records.append(
            {
                "ts_in": f"2026-04-{n + 1:02}T10:00:00Z",
                "ts_out": f"2026-04-{n + 1:02}T12:00:00Z",
                entry: str(price),
                out: str(later),
                "gross_ret": f"{later / price - 1:.8f}",
                "net_ret": f"{later / price - 1 - 0.0004:.8f}",
                "side": "long",
            }
        )
    reading = infer(records)
    assert (asked(reading), reading.source["currency"]) == ([], "%")
    assert "* 100" in str(reading.dialect["fields"])
