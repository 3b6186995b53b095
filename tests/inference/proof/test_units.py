"""Results that are moves of the price, where nothing says how much was traded."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.executions import field
from tests.inference.readings import Record, asked

MOVES = (("100", "110", "10"), ("105", "103.5", "-1.5"), ("98", "101", "3"), ("120", "119", "-1"))


def of_trades(rows: Sequence[tuple[str, str, str]] = MOVES, **more: str) -> Reading:
    return infer(
        [
            {
                "exit_time": f"2026-04-{n:02}T10:00:00Z",
                "symbol": "GOLD",
                "entry_price": entry,
                "exit_price": out,
                "pnl": pnl,
                **more,
            }
            for n, (entry, out, pnl) in enumerate(rows, 6)
        ]
    )


def test_exit_less_entry_without_a_quantity_is_in_points() -> None:
    reading = of_trades()
    assert reading.is_sure
    assert reading.source["currency"] == "points"
    assert any("exit less entry" in one for one in reading.assumed)


@pytest.mark.parametrize(
    "base", ["entry", "exit", "both"], ids=["of the entry", "of the exit", "of both"]
)
def test_costs_that_are_a_share_of_the_price_are_in_points_as_well(base: str) -> None:
    def less_costs(entry: str, out: str) -> str:
        paid = {"entry": Decimal(entry), "exit": Decimal(out)}
        price = paid.get(base) or sum(paid.values())
        return str(Decimal(out) - Decimal(entry) - Decimal("0.0007") * Decimal(price))

    rows = tuple((entry, out, less_costs(entry, out)) for entry, out, _ in MOVES)
    assert of_trades(rows).source["currency"] == "points"


@pytest.mark.parametrize(
    "more",
    [{"quantity": "1"}, {"stake": "50"}, {"fee": "0.1"}, {"currency": "EUR"}],
    ids=["a quantity", "a stake", "a fee", "a currency"],
)
def test_what_says_more_of_the_unit_is_not_overruled(more: dict[str, str]) -> None:
    assert of_trades(MOVES, **more).source["currency"] != "points"


def test_one_record_that_is_no_move_says_that_results_are_money() -> None:
    rows = (*MOVES, *MOVES, ("100", "105", "50"))
    assert of_trades(rows).source["currency"] == "money"


def test_a_symbol_that_names_a_currency_makes_no_money_of_points() -> None:
    assert of_trades(symbol="BTC/USDT").source["currency"] == "points"


def test_a_quantity_makes_money_of_them_in_the_currency_of_the_symbol() -> None:
    assert of_trades(symbol="BTC/USDT", quantity="1").source["currency"] == "USDT"


def test_a_currency_beside_them_makes_money_of_them() -> None:
    assert of_trades(symbol="BTC/USDT", currency="USD").source["currency"] == "USD"


def test_a_return_that_is_exit_less_entry_is_in_points() -> None:
    rows = [("0.30", "0.42"), ("0.55", "0.50"), ("0.0305", "0.0315"), ("0.80", "0.95")]
    records = [
        {
            "exit_time": f"2026-04-{n:02}T10:00:00Z",
            "market": f"will it rain {n}",
            "direction": "1",
            "entry_price": entry,
            "exit_price": out,
            "ret_per_share": str(Decimal(out) - Decimal(entry)),
        }
        for n, (entry, out) in enumerate(rows, 6)
    ]
    reading = infer(records)
    assert reading.source["currency"] == "points"


class TestPairsOfCurrencies:
    def of_pairs(self, *symbols: str, size: str = "") -> Reading:
        """What 1 unit earned: exit less entry, as binary floats give it."""
        rows = [("1.1", "1.3"), ("150.2", "149.1"), ("0.9", "0.95"), ("1.2", "1.1")] * 2
        more = {"quantity": size} if size else {}
        return infer(
            [
                {
                    "exit_time": f"2026-04-{n + 6:02}T10:00:00Z",
                    "symbol": symbols[n % len(symbols)],
                    "entry_price": entry,
                    "exit_price": out,
                    "pnl": str(float(out) - float(entry)),
                    **more,
                }
                for n, (entry, out) in enumerate(rows)
            ]
        )

    @pytest.mark.parametrize("symbols", [("EURUSD=X", "USDJPY=X"), ("EUR/USD", "USDCHF")])
    def test_results_in_several_of_them_are_never_added(self, symbols: tuple[str, str]) -> None:
        (doubt,) = self.of_pairs(*symbols).doubts
        assert doubt.name == "currencies"
        assert [one.meaning.split()[-1] for one in doubt.answers[:-1]] == sorted(
            one.removesuffix("=X")[-3:] for one in symbols
        )
        assert doubt.answers[-1].changes == {
            "currency": "%",
            "fields.net_pnl": "pnl / entry_price * 100",
        }

    def test_those_in_one_of_them_are_points_without_a_quantity(self) -> None:
        reading = self.of_pairs("EURCHF=X", "USDCHF=X")
        assert (reading.source["currency"], reading.doubts) == ("points", ())

    def test_those_of_a_quantity_are_amounts_of_it(self) -> None:
        reading = self.of_pairs("EURCHF=X", "USDCHF=X", size="1")
        assert reading.source["currency"] == "CHF"


def test_amounts_that_prices_do_not_give_are_no_share_of_the_entry() -> None:
    records = [
        {
            "exit_time": f"2026-04-{n:02}T10:00:00Z",
            "symbol": ("BTC/USDT", "ETH/BTC")[n % 2],
            "entry_price": "100",
            "exit_price": f"{95 + n}",
            "pnl": f"{(n - 5) * n * 3}",
        }
        for n in range(6, 12)
    ]
    (doubt,) = infer(records).doubts
    assert doubt.name == "currencies"
    assert not any("per cent" in one.meaning for one in doubt.answers)


class TestPips:
    MOVES = (("1.1000", "1.1050", "50"), ("150.20", "149.10", "-110"), ("0.9010", "0.8990", "-20"))

    def of_moves(self, *pnls: str) -> Reading:
        symbols = ("EURUSD", "USDJPY", "EUR/GBP")
        return infer(
            [
                {
                    "exit_time": f"2026-04-{n:02}T10:00:00Z",
                    "symbol": symbol,
                    "side": "buy",
                    "entry_price": entry,
                    "exit_price": out,
                    "profit": pnl,
                }
                for n, (symbol, (entry, out, _), pnl) in enumerate(
                    zip(symbols * 2, self.MOVES * 2, pnls * 2, strict=True), 6
                )
            ]
        )

    def test_what_pairs_of_currencies_moved_in_pips_is_in_points(self) -> None:
        reading = self.of_moves(*(pnl for _, _, pnl in self.MOVES))
        assert (reading.source["currency"], reading.doubts) == ("points", ())

    def test_other_amounts_are_money(self) -> None:
        assert self.of_moves("50", "-70", "-20").source["currency"] == "money"


class TestShares:
    def of_symbols(self, *symbols: str, pnl: str = "2") -> Reading:
        return infer(
            [
                {
                    "exit_time": f"2026-04-{n:02}T10:00:00Z",
                    "symbol": symbol,
                    "side": "long",
                    "quantity": "2",
                    "entry_price": "100",
                    "exit_price": "101",
                    "pnl": pnl,
                }
                for n, symbol in enumerate(symbols * 3, 6)
            ]
        )

    @pytest.mark.parametrize(
        ("symbols", "code"),
        [
            (("RELIANCE.NS", "532540.BO"), "INR"),
            (("2222.SR",), "SAR"),
            (("BRK.B", "AAPL"), "money"),
        ],
    )
    def test_their_exchange_says_the_currency(self, symbols: tuple[str, ...], code: str) -> None:
        reading = self.of_symbols(*symbols)
        assert (reading.source["currency"], reading.doubts) == (code, ())

    def test_what_prices_give_in_several_is_never_added(self) -> None:
        (doubt,) = self.of_symbols("SAP.DE", "AAPL").doubts
        assert doubt.name == "currencies"
        assert [one.meaning for one in doubt.answers] == ["those in EUR", "those in USD"]

    def test_results_that_prices_do_not_give_may_be_in_one(self) -> None:
        assert self.of_symbols("SAP.DE", "AAPL", pnl="1.7").doubts == ()


def rates(count: int, *, less: str = "0.1", **more: str) -> Reading:
    """Trades of which the price moved by 1 % to 4 %, up and down, and what is left after costs."""
    moves = [Decimal((-1) ** n * (1 + n % 4)) for n in range(count)]
    rows = [("200", f"{200 + 2 * move}", f"{move - Decimal(less)}") for move in moves]
    return of_trades(rows, **more)


def test_what_costs_leave_of_each_move_is_in_per_cent() -> None:
    assert (asked(rates(8)), rates(8).source["currency"]) == ([], "%")


def test_a_size_beside_it_says_that_it_is_money() -> None:
    assert rates(8, stake="100").source["currency"] != "%"


def test_in_few_records_it_is_asked_about() -> None:
    reading = rates(2)
    assert asked(reading) == ["money_or_per_cent"]
    assert reading.doubts[0].answers[0].changes == {"currency": "%"}
    assert asked(rates(2, less="0.55")) == []


def test_orders_have_the_price_of_the_opening_before() -> None:
    orders = (("OPEN_SHORT", "100", None), ("CLOSE", "102", "-2.1"))
    records: list[dict[str, object]] = [
        {"time": f"2026-04-0{n + 6}T10:00:00Z", "action": action, "price": price, "pnl": pnl}
        for n, (action, price, pnl) in enumerate(orders)
    ]
    assert asked(infer(records)) == ["money_or_per_cent"]


COINS = (
    *(("0.0424", "0.0433"), ("0.0529", "0.0623"), ("0.3422", "0.3582"), ("52.10", "51.05")),
    *(("100", "231.64"), ("6120", "6011"), ("0.0930", "0.0944"), ("18.2", "17.1")),
)


def of_returns(returns: Sequence[Decimal]) -> Reading:
    return infer(
        [
            {
                "date": f"2026-04-{n:02}",
                "exit_date": f"2026-04-{n + 2:02}",
                "coin": "ADA",
                "entry_price": entry,
                "exit_price": out,
                "net_ret": f"{earned:f}",
            }
            for n, ((entry, out), earned) in enumerate(zip(COINS, returns, strict=True), 6)
        ]
    )


def returns_of(costs: str, times: int = 1) -> list[Decimal]:
    found = [Decimal(out) / Decimal(entry) - 1 - Decimal(costs) for entry, out in COINS]
    return [(one * times).quantize(Decimal("0.000001")) for one in found]


def test_fractions_less_costs_are_fractions_though_one_is_above_1() -> None:
    reading = of_returns(returns_of("0.002"))
    assert reading.is_sure
    assert reading.dialect["fields"]["net_pnl"] == "net_ret * 100"  # type: ignore[index]


def test_per_cents_less_costs_are_per_cents() -> None:
    reading = of_returns(returns_of("0.002", 100))
    assert reading.is_sure
    assert reading.dialect["fields"]["net_pnl"] == "net_ret"  # type: ignore[index]


def test_about_the_moves_in_fractions_is_asked_about_though_one_is_above_1() -> None:
    levered = [one * Decimal("1.4") for one in returns_of("0.002")]
    (doubt,) = of_returns(levered).doubts
    assert doubt.name == "fraction"


def test_near_the_moves_in_fractions_is_a_fraction_whatever_slipped() -> None:
    slipped = [one + Decimal("0.02") * (-1) ** n for n, one in enumerate(returns_of("0.002"))]
    slipped[0], slipped[2] = Decimal("0.025"), Decimal("0.041")
    slipped[5], slipped[6] = Decimal("-0.017"), Decimal("0.014")
    reading = of_returns(slipped)
    assert reading.is_sure
    assert reading.dialect["fields"]["net_pnl"] == "net_ret * 100"  # type: ignore[index]


RISKS = (("100", "95", "110", "1.95"), ("50", "48", "53", "1.4"), ("20", "19", "20.3", "0.25"))


@pytest.mark.parametrize(("least", "is_result"), [("0.25", True), ("2.5", False)])
def test_a_column_r_that_only_won_is_the_result_where_the_stop_gives_it(
    least: str, is_result: bool
) -> None:
    rows = (*RISKS[:2], (*RISKS[2][:3], least))
    reading = infer(
        [
            {
                "symbol": "A",
                "entry_date": f"2026-04-{n:02}",
                "exit_date": f"2026-04-{n + 3:02}",
                "entry": entry,
                "stop": stop,
                "exit": out,
                "R": said,
            }
            for n, (entry, stop, out, said) in enumerate(rows, 6)
        ]
    )
    fields = reading.dialect["fields"]
    assert isinstance(fields, dict)
    assert (fields.get("net_pnl") == "R") is is_result
    assert (reading.source["currency"] == "R") is is_result


class TestPipsBesideMovesOfThePrice:
    def of_results(self, pips: Sequence[str]) -> Reading:
        return infer(
            [
                {
                    "exit_time": f"2026-04-{n:02}T10:00:00Z",
                    "symbol": "USDJPY",
                    "entry_price": entry,
                    "exit_price": out,
                    "pnl_price": moved,
                    "pnl_pips": pips[n - 6],
                }
                for n, (entry, out, moved) in enumerate(MOVES, 6)
            ]
        )

    def test_it_is_asked_which_of_them_is_the_result(self) -> None:
        (doubt,) = self.of_results(["990", "-160", "290", "-110"]).doubts
        assert doubt.name == "two_results"
        assert [answer.meaning for answer in doubt.answers] == ["pnl_pips", "pnl_price"]
        assert doubt.answers[0].changes["currency"] == "points"

    def test_pips_that_are_so_many_times_the_move_say_the_same_and_are_taken(self) -> None:
        reading = self.of_results(["1000", "-150", "300", "-100"])
        fields = reading.dialect["fields"]
        assert isinstance(fields, dict)
        assert reading.is_sure
        assert (fields["net_pnl"], reading.source["currency"]) == ("pnl_pips", "points")

    def test_the_same_numbers_need_no_question(self) -> None:
        assert self.of_results([moved for _, _, moved in MOVES]).is_sure


@pytest.mark.parametrize("times", [1, 100])
def test_a_move_less_the_same_costs_in_each_of_a_few_trades_is_one(times: int) -> None:
    exits = ("304.04", "310.92", "307.66", "304.80", "304.10", "311.20")
    records: list[Record] = [
        {
            "entryTime": f"2026-04-0{n + 1}T09:00:00Z",
            "exitTime": f"2026-04-0{n + 1}T10:00:00Z",
            "entry": "304.10",
            "exit": out,
            "return": f"{times * (Decimal(out) / Decimal('304.10') - 1 - Decimal('0.0004')):.18f}",
            "reason": "time",
        }
        for n, out in enumerate(exits)
    ]
    reading = infer(records)
    assert asked(reading) == []
    said = str(field(reading, "net_pnl")).replace('"', "")
    assert said == ("return * 100" if times == 1 else "return")


@pytest.mark.parametrize(
    ("name", "start", "unit"),
    [("balance_after", 100, "money"), ("equity", 0, "points"), ("cum_pnl", 100, "points")],
)
def test_an_account_that_moves_by_exit_less_entry_has_money(
    name: str, start: int, unit: str
) -> None:
    held, records = Decimal(start), list[Record]()
    for n, (entry, out, pnl) in enumerate(MOVES, 6):
        held += Decimal(pnl)
        records.append(
            {
                "exit_time": f"2026-04-{n:02}T10:00:00Z",
                "entry_price": entry,
                "exit_price": out,
                "pnl": pnl,
                name: f"{held:f}",
            }
        )
    reading = infer(records)
    assert (asked(reading), reading.source["currency"]) == ([], unit)
