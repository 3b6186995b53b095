"""Sizes that are a quantity or money, results that are of one unit or of all."""

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, fills
from tests.inference.readings import Record, asked


def trades(**more: object) -> list[Record]:
    """Long trades at different prices, the price 1 % up, level, or 1 % down."""
    return [
        {
            "entry_time": f"2026-04-07T{8 + n:02}:00:00Z",
            "exit_time": f"2026-04-07T{8 + n:02}:30:00Z",
            "symbol": "X",
            "side": "long",
            "entry_price": str(200 + 10 * n),
            "exit_price": f"{(200 + 10 * n) * (1 + Decimal(n % 3 - 1) / 100)}",
            **more,
        }
        for n in range(15)
    ]


class TestOneUnit:
    @pytest.mark.parametrize("name", ["profit_per_contract", "pnl_per_share", "gain per unit"])
    def test_a_result_of_one_unit_by_its_name_is_asked_about(self, name: str) -> None:
        records = [{**one, name: str(7 - n)} for n, one in enumerate(trades(quantity="3"))]
        reading = infer(records)
        assert "of_one_unit" in asked(reading)
        doubt = next(one for one in reading.doubts if one.name == "of_one_unit")
        assert str(doubt.answers[0].changes["fields.net_pnl"]).endswith(" * abs(quantity)")

    def test_a_quantity_decides_nothing_of_a_result_of_the_trade(self) -> None:
        records = [{**one, "profit": str(7 - n)} for n, one in enumerate(trades(quantity="3"))]
        assert "of_one_unit" not in asked(infer(records))

    def test_a_quantity_that_is_always_0_is_none(self) -> None:
        records = [
            {**one, "pnl": str(Decimal(str(one["exit_price"])) - Decimal(str(one["entry_price"])))}
            for one in trades(size="0.0")
        ]
        reading = infer(records)
        assert asked(reading) == asked(infer([{**one, "size": None} for one in records])) == []
        assert "quantity" not in reading.dialect["fields"]  # type: ignore[operator]

    def test_exit_less_entry_beside_a_quantity_is_asked(self) -> None:
        records = [
            {**one, "pnl": str(Decimal(str(one["exit_price"])) - Decimal(str(one["entry_price"])))}
            for one in trades(qty="5")
        ]
        reading = infer(records)
        assert "of_one_unit" in asked(reading)
        doubt = next(one for one in reading.doubts if one.name == "of_one_unit")
        assert [one.changes["fields.net_pnl"] for one in doubt.answers] == [
            "pnl * abs(qty)",
            "pnl",
            "pnl",
        ]
        whole = infer([{**one, "qty": "1"} for one in records])
        assert "of_one_unit" not in asked(whole)

    def test_a_quantity_that_counts_where_it_is_not_one(self) -> None:
        records = trades()
        for n, record in enumerate(records):
            size = Decimal("0.05") if n % 5 == 0 else Decimal(1)
            move = Decimal(str(record["exit_price"])) - Decimal(str(record["entry_price"]))
            record |= {"qty": str(size), "pnl": str(move * size)}
        assert "of_one_unit" not in asked(infer(records))


class TestQuantityOrMoney:
    @pytest.mark.parametrize("name", ["position_size", "amount", "size"])
    def test_a_thousand_of_either_is_asked(self, name: str) -> None:
        reading = infer(trades(**{name: "1000"}))
        assert asked(reading) == ["quantity_or_money"]
        money = reading.doubts[0].answers[1]
        assert money.changes == {"fields.quantity": f"{name} / entry_price"}

    @pytest.mark.parametrize(("name", "size"), [("qty", "1000"), ("amount", "0.5")])
    def test_what_can_only_be_a_quantity_is_not(self, name: str, size: str) -> None:
        assert infer(trades(**{name: size})).is_sure

    def test_sizes_of_equal_worth_are_quantities(self) -> None:
        records = [
            {**one, "size": f"{20_000 / Decimal(str(one['entry_price'])):.6f}"} for one in trades()
        ]
        assert infer(records).is_sure

    def test_executions_of_one_amount_are_asked(self) -> None:
        records: list[Record] = [
            {"time": f"2026-04-07T{n:02}:00:00Z", "symbol": "X", "side": ("buy", "sell")[n % 2],
             "price": str(500 + 5 * (n % 2)), "amount": "1000"}
            for n in range(20)
        ]  # fmt: skip
        assert asked(infer(records)) == ["quantity_or_money"]
        assert infer([{**one, "amount": str(10 + n // 2)} for n, one in enumerate(records)]).is_sure


class TestContractSize:
    @pytest.mark.parametrize("name", ["contracts", "lots", "lot_size", "口數"])
    def test_lots_without_a_pnl_are_asked_about(self, name: str) -> None:
        reading = infer(trades(**{name: "2"}))
        assert asked(reading) == ["contract_size"]
        assert reading.doubts[0].answers[1].changes == {"currency": "points"}

    def test_a_pnl_shows_what_a_lot_is_worth(self) -> None:
        records = [
            {**one, "pnl": str(50 * (Decimal(str(one["exit_price"])) - 200 - 10 * n))}
            for n, one in enumerate(trades(lots="1"))
        ]
        assert asked(infer(records)) == []

    def test_contracts_that_pay_1_are_not_asked_about(self) -> None:
        records = [
            {**one, "entry_price": "0.4", "exit_price": ("1", "0")[n % 2]}
            for n, one in enumerate(trades(contracts="5"))
        ]
        assert "contract_size" not in asked(infer(records))

    @pytest.mark.parametrize(
        ("symbol", "answer"),
        [("MESH2", "its price"), ("FDXS DEC 21", "its price"), ("SPY260116C00500000", "of 100")],
    )
    def test_futures_and_options_on_shares_are_asked_about(self, symbol: str, answer: str) -> None:
        (doubt,) = infer(trades(quantity="2", symbol=symbol)).doubts
        assert (doubt.name, doubt.answers[0].meaning) == ("contract_size", answer)

    def test_few_options_are_contracts_beside_shares(self) -> None:
        records: list[Record] = [
            {"time": f"2026-04-07T{n:02}:00:00Z", "underlying_symbol": name, "side": side,
             "quantity": "1", "price": price, "strike": kind and "450", "option_type": kind}
            for n, (name, side, price, kind) in enumerate([
                ("A", "buy", "150", ""), ("A", "sell", "155", ""),
                ("B", "buy", "5", "Call"), ("B", "sell", "6.5", "Call")])
        ]  # fmt: skip
        (doubt,) = infer(records).doubts
        assert doubt.name == "contract_size"
        of_hundred = 'where(quantity, option_type, "Call") * 100 or quantity'
        assert doubt.answers[0].changes == {"fields.quantity": of_hundred}
        many = [{**one, "quantity": "75"} for one in records]
        assert "contract_size" not in asked(infer(many))

    @pytest.mark.parametrize(("size", "questions"), [("2", ["contract_size"]), ("75", [])])
    def test_few_calls_and_puts_are_asked_about_and_units_are_not(
        self, size: str, questions: list[str]
    ) -> None:
        assert asked(infer(trades(quantity=size, strike="450", option_type="Call"))) == questions

    def test_shares_beside_calls_are_no_hundreds(self) -> None:
        records = trades(quantity="2", strike="450", option_type="Call")
        (doubt,) = infer(
            [*({**one, "option_type": ""} for one in records[:5]), *records[5:]]
        ).doubts
        sizes = 'where(quantity, option_type, "Call") * 100 or quantity'
        assert doubt.answers[0].changes == {"fields.quantity": sizes}

    @pytest.mark.parametrize("name", ["volume", "size", "quantity", "lots"])
    def test_few_of_a_pair_of_currencies_are_lots(self, name: str) -> None:
        (doubt,) = infer(trades(symbol="AUDUSDm", **{name: "0.1"})).doubts
        assert doubt.name == "contract_size"
        assert doubt.answers[0].changes == {"fields.quantity": f"{name} * 100000"}

    def test_units_of_a_pair_of_currencies_are_worth_their_price(self) -> None:
        assert asked(infer(trades(symbol="EURUSD", units="25000"))) == []

    @pytest.mark.parametrize(
        ("symbol", "answers"), [("XAUUSD", ["a", "its", "not"]), ("XAGUSD", ["its", "not"])]
    )
    def test_gold_has_lots_of_its_own(self, symbol: str, answers: list[str]) -> None:
        (doubt,) = infer(trades(symbol=symbol, volume="0.05")).doubts
        assert [one.meaning.split()[0] for one in doubt.answers] == answers
        if len(answers) > 2:
            assert doubt.answers[0].changes == {"fields.quantity": "volume * 100"}

    @pytest.mark.parametrize(("more", "answers"), [({"asset_class": "STK"}, 2), ({}, 1)])
    def test_shares_beside_options_by_their_symbols_are_no_hundreds(
        self, more: dict[str, str], answers: int
    ) -> None:
        options = trades(quantity="2", symbol="SPY260116C00500000", asset_class="OPT")
        shares = [{**one, "symbol": "SPY", "asset_class": None, **more} for one in options[:5]]
        (doubt,) = infer([*shares, *options[5:]]).doubts
        assert (doubt.name, len(doubt.answers)) == ("contract_size", answers)
        if more:
            sizes = 'where(quantity, asset_class, "STK") or quantity * 100'
            assert doubt.answers[0].changes == {"fields.quantity": sizes}


def test_what_the_exchange_says_of_one_future_is_an_answer() -> None:
    records = [{**one, "symbol": "MNQM6"} for one in fills(*FOUR)]
    doubt = next(one for one in infer(records).doubts if one.name == "contract_size")
    assert {"fields.quantity": "quantity * 2"} in [one.changes for one in doubt.answers]
    both = [
        {**one, "symbol": name} for one, name in zip(records, ("NQM6", "ESM6") * 2, strict=True)
    ]
    for one in infer(both).doubts:
        assert not any("exchange" in answer.meaning for answer in one.answers)


@pytest.mark.parametrize("size", ["100", "250"])
def test_a_position_that_moves_by_each_size_counts_pieces(size: str) -> None:
    records: list[Record] = [
        {
            "timestamp": f"2026-04-07T10:00:{n:02}Z",
            "side": "buy" if n % 2 else "sell",
            "price": str(111 + n % 3),
            "size": "100",
            "position_after": "0" if n % 2 else f"-{size}",
        }
        for n in range(12)
    ]
    assert ("quantity_or_money" in asked(infer(records))) == (size != "100")
