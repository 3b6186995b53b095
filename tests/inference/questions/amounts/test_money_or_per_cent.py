"""Results in money, in per cent or in fractions: which they are, and which are to be added up."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from tests.inference.executions import fills
from tests.inference.readings import Record, asked, times

SALES = (("50", "10", "15"), ("-20", "1000", "0.8"), ("10", "20", "2.2"), ("-5", "40", "0.95"))
"""Per cent, quantity, price: sold at 15 what was bought at 10, and so on."""
PAID = ("10", "1", "2", "1")


def sales() -> list[Record]:
    """Purchases without a result, and sales with one in per cent: in money 50, -200, 4 and -2."""
    records: list[Record] = []
    for n, ((per_cent, size, price), paid) in enumerate(zip(SALES, PAID, strict=True)):
        of_both = {"market": f"M{n}", "size": size}
        bought = {"side": "BUY", "price": paid, "entry_price": None, "roi_percent": None}
        sold = {"side": "SELL", "price": price, "entry_price": paid, "roi_percent": per_cent}
        for hour, one in ((8, bought), (9, sold)):
            records.append({"timestamp": f"2026-04-0{n + 1}T{hour:02}:00:00Z", **of_both, **one})
    return records


class TestPerCentBesidePricesAndSizes:
    def test_it_is_asked_whether_money_is_to_be_added_up(self) -> None:
        reading = infer(sales())
        assert asked(reading) == ["per_cent"]
        money, per_cent = reading.doubts[0].answers
        assert money.changes["fields.net_pnl"] == "(price - entry_price) * abs(size)"
        assert per_cent.changes == {}

    def test_without_sizes_there_is_nothing_else_to_add_up(self) -> None:
        records = [{key: one[key] for key in one if key != "size"} for one in sales()]
        assert "per_cent" not in asked(infer(records))


def in_per_cent(*sizes: str, **more: object) -> list[Record]:
    """Trades with both prices and a result in per cent: 50, -20, 10 and -5."""
    return [
        {
            "ticker": f"T{n}",
            "entry_date": f"2026-04-0{n + 1}",
            "exit_date": f"2026-04-0{n + 3}",
            "entry_price": paid,
            "exit_price": price,
            "shares": size,
            "result_pct": per_cent,
            **more,
        }
        for n, ((per_cent, _, price), paid, size) in enumerate(zip(SALES, PAID, sizes, strict=True))
    ]


class TestTradesInPerCentWithBothPrices:
    def test_it_is_asked_whether_money_is_to_be_added_up(self) -> None:
        reading = infer(in_per_cent("10", "1000", "20", "40"))
        assert asked(reading) == ["per_cent"]
        money, per_cent = reading.doubts[0].answers
        fields = money.changes["fields"]
        assert isinstance(fields, dict)
        assert (fields["side"], "net_pnl" in fields) == ("= long", False)
        assert per_cent.changes == {}

    @pytest.mark.parametrize(("stakes", "questions"), [("paid", ["per_cent"]), ("other", [])])
    def test_what_was_paid_for_the_quantity_may_deny_its_unit(
        self, stakes: str, questions: list[str]
    ) -> None:
        records = in_per_cent("10", "1000", "20", "40")
        for n, record in enumerate(records):
            paid = Decimal(str(record["entry_price"])) * Decimal(str(record["shares"]))
            record["stake"] = str(paid if stakes == "paid" else Decimal("0.01") + n)
        assert asked(infer(records)) == questions

    def test_trades_of_one_size_weigh_as_their_prices_do(self) -> None:
        assert asked(infer(in_per_cent("1", "1", "1", "1"))) == []


def orders(*sizes: str) -> list[Record]:
    """Purchases at 10, 20 and 30, each sold at 11, 15 and 36; the P&L is in per cent."""
    rows = [("10", "11", "10"), ("20", "15", "-25"), ("30", "36", "20")]
    found: list[Record] = []
    for n, ((paid, price, share), size) in enumerate(zip(rows, sizes, strict=True), 6):
        of_both: Record = {"symbol": "A", "shares": size}
        found += [
            {"date": f"2026-04-{n:02}T09:00:00Z", "action": "BUY", "price": paid, **of_both},
            {"date": f"2026-04-{n:02}T10:00:00Z", "action": "SELL", "price": price, **of_both}
            | {"pnl_pct": share},
        ]
    return found


class TestOrdersInPerCentWithQuantities:
    def test_it_is_asked_whether_money_is_to_be_added_up(self, tmp_path: Path) -> None:
        path = tmp_path / "orders.json"
        path.write_text(json.dumps(orders("1", "100", "5")))
        results = {
            answer: perfkit.read(path, answers={"per_cent": answer}, quiet=True)
            .summary("all")
            .metrics["net_pnl"]
            for answer in (1, 2)
        }
        assert results == {1: Decimal(-469), 2: Decimal(5)}

    def test_without_quantities_there_is_nothing_else_to_add_up(self) -> None:
        records = [{key: one[key] for key in one if key != "shares"} for one in orders(*"111")]
        assert asked(infer(records)) == []


class TestWorth:
    ORDERS = (
        ("buy", "9000000", "2"),
        ("sell", "9000000", "3"),
        ("buy", "4000000", "5"),
        ("sell", "4000000", "4"),
        ("buy", "700000", "2"),
        ("sell", "700000", "3"),
    )
    GAINS: tuple[object, ...] = ("", "50%", "", "-20%", "", "50%")

    def test_quantities_and_prices_that_an_amount_denies_are_no_money(self) -> None:
        paid: list[object] = ["0.01"] * 6
        reading = infer(fills(*self.ORDERS, pnl_pct=[*self.GAINS], sol_amount=paid))
        assert asked(reading) == []
        assert reading.source["currency"] == "%"

    def test_those_that_none_denies_are_asked_about(self) -> None:
        assert asked(infer(fills(*self.ORDERS, pnl_pct=[*self.GAINS]))) == ["per_cent"]


def invested(paid: str = "investedSol", back: str = "finalValueSol") -> list[Record]:
    amounts = (("1", "1.5", "50"), ("2", "1", "-50"), ("4", "5", "25"), ("1", "0.9", "-10"))
    return [
        {"mint": f"M{n}", paid: before, back: after, "pnlPct": rate}
        for n, (before, after, rate) in enumerate(amounts)
    ]


def test_what_was_put_in_and_came_back_may_be_added_up_instead_of_per_cent() -> None:
    reading = infer(invested())
    assert asked(reading) == ["per_cent"]
    assert reading.doubts[0].answers[0].changes == {
        "currency": "SOL",
        "fields.net_pnl": "finalValueSol - investedSol",
    }


@pytest.mark.parametrize(
    ("paid", "back"), [("mcapAtCall", "mcapAtPeak"), ("entryPrice", "exitPrice")]
)
def test_what_markets_were_worth_was_not_put_in(paid: str, back: str) -> None:
    assert "per_cent" not in asked(infer(invested(paid, back)))


def test_amounts_that_do_not_give_the_per_cent_say_nothing() -> None:
    records = [{**one, "finalValueSol": "3"} for one in invested()]
    assert asked(infer(records)) == ["weak"]


@pytest.mark.parametrize(
    ("pnl", "questions"),
    [("-0.0023874903747854", ["fraction"]), ("-0.0024", []), ("2.38749037", [])],
)
def test_small_amounts_of_many_digits_beside_no_size_may_be_fractions(
    pnl: str, questions: list[str]
) -> None:
    records: list[Record] = [
        {"type": "LONG", "symbol": "A", "exit_time": at, "pnl": str(Decimal(pnl) * (n + 1))}
        for n, at in enumerate(times(9))
    ]
    assert asked(infer(records)) == questions


@pytest.mark.parametrize(("size", "is_asked"), [("0.345", True), ("3.45", False)])
def test_sizes_below_one_may_be_shares_of_an_account(size: str, *, is_asked: bool) -> None:
    records: list[Record] = [
        {"type": "LONG", "symbol": "A", "exit_time": at, "size": size, "pnl": f"0.0{n + 1}23874903"}
        for n, at in enumerate(times(9))
    ]
    assert ("fraction" in asked(infer(records))) is is_asked


@pytest.mark.parametrize(("most", "is_asked"), [("1.8036159316557", True), ("18.036159316", False)])
def test_one_fraction_of_many_may_be_large(most: str, *, is_asked: bool) -> None:
    records: list[Record] = [
        {"type": "LONG", "symbol": "A", "exit_time": at, "pnl": f"-0.0{n % 9 + 1}23874{n:03}"}
        for n, at in enumerate(times(150))
    ]
    records[70]["pnl"] = most
    assert ("fraction" in asked(infer(records))) is is_asked


def test_a_weak_rate_is_asked_about_once_with_its_unit_and_a_no() -> None:
    records: list[Record] = [
        {"date": f"2026-04-{n:02}", "symbol": "A", "profit_rate": f"0.0{n}1", "note": "x"}
        for n in range(1, 8)
    ]
    (doubt,) = infer(records).doubts
    assert doubt.name == "fraction"
    assert [one.meaning for one in doubt.answers] == ["yes, per cent", "yes, a fraction", "no"]
    assert doubt.answers[1].changes == {"fields.net_pnl": "(profit_rate) * 100"}
    assert doubt.answers[2].why_none


def test_a_few_fractions_of_many_digits_may_be_above_one() -> None:
    parts = [f"{(n % 5 - 2) / 7:.16f}" for n in range(60)]
    records: list[Record] = [
        {"exit_time": at, "symbol": "A", "side": "long", "return": part}
        for at, part in zip(times(60), ["1.4571428571428571", *parts[1:]], strict=True)
    ]
    assert asked(infer(records)) == ["fraction"]
    short = [{**one, "return": str(one["return"])[:5]} for one in records]
    assert "fraction" not in asked(infer(short))


class TestFractionsThatPricesDeny:
    def _trades(self, **more: object) -> list[Record]:
        moves = [("97", "103"), ("103", "101"), ("101", "102"), ("109", "117")]
        sizes = ["0.087", "0.09", "0.36", "0.12"]
        return [
            {
                "dir": "long",
                "entry_price": entry,
                "exit_price": out,
                "size": sizes[n],
                "return": f"{(Decimal(out) / Decimal(entry)).ln() * Decimal(sizes[n]):.12f}",
                "entry_time": f"2026-04-0{n + 1}T09:00:00Z",
                "exit_time": f"2026-04-0{n + 1}T10:00:00Z",
                **more,
            }
            for n, (entry, out) in enumerate(moves)
        ]

    def test_money_is_an_answer(self) -> None:
        (doubt,) = (one for one in infer(self._trades()).doubts if one.name == "fraction")
        assert "size" in doubt.answers[2].meaning
        assert "net_pnl" not in doubt.answers[2].changes["fields"]  # type: ignore[operator]

    @pytest.mark.parametrize("part", ["dir", "size"])
    def test_without_all_parts_it_is_not_offered(self, part: str) -> None:
        doubts = infer(self._trades(**{part: None})).doubts
        assert not any("neither: money" in a.meaning for one in doubts for a in one.answers)


def orders_that_close(*, per_cent: bool) -> list[Record]:
    """A sale closes a long trade; the records that open one have the other side."""
    trades = [
        ("BUY", "SELL", "100", "110", "2", "10"),
        ("SELL", "BUY", "50", "55", "10", "-10"),
        ("BUY", "SELL", "20", "19", "4", "-5"),
        ("SELL", "BUY", "10", "8", "30", "20"),
    ]
    found: list[Record] = []
    for n, (opens, closes, entry, out, size, earned) in enumerate(trades):
        one: Record = {"symbol": f"S{n}USDT", "qty": size, "entry_price": entry}
        first = {"time": f"2026-04-0{n + 1}T09:00:00Z", "event": "ENTRY", "side": opens}
        last = {"time": f"2026-04-0{n + 1}T10:00:00Z", "event": "EXIT", "side": closes}
        told = {"exit_price": out, "pnl_pct": earned if per_cent else ""}
        found += [{**first, **one, "exit_price": "", "pnl_pct": ""}, {**last, **one, **told}]
    return found


MEANT = {"side": {"SELL": "long", "BUY": "short"}}


class TestSidesOfOrdersThatClose:
    def test_money_has_the_sides_that_prove_the_per_cent(self) -> None:
        reading = infer(orders_that_close(per_cent=True))
        (doubt,) = (one for one in reading.doubts if one.name == "per_cent")
        assert "values" not in doubt.answers[0].changes
        assert reading.dialect["values"] == MEANT

    @pytest.mark.parametrize("order", [1, -1])
    def test_without_a_result_the_records_that_open_say_so(self, order: int) -> None:
        reading = infer(orders_that_close(per_cent=False)[::order])
        assert (asked(reading), reading.dialect["values"]) == ([], MEANT)

    def test_sides_of_trades_are_the_same_at_both_ends(self) -> None:
        records = orders_that_close(per_cent=False)
        for first, last in zip(records[::2], records[1::2], strict=True):
            last["side"] = first["side"]
        assert "values" not in infer(records).dialect
