"""What earlier orders say of a P&L that stands on the order that closes."""

from decimal import Decimal
from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.executions import field, fills
from tests.inference.readings import Record

ORDERS = (("buy", "10"), ("buy", "12"), ("sell", "14"), ("buy", "10"), ("sell", "9"))


def orders(*pnls: str, fee: str = "") -> Reading:
    """Two shares at 11 on average are sold at 14 for +6, then one of 10 at 9 for -1."""
    sizes = ("1", "1", "2", "1", "1")
    records: list[Record] = [
        {
            "time": f"2026-04-07T1{n}:00:00Z",
            "ticker": "A",
            "action": side,
            "shares": size,
            "price": price,
            "realized_pl": pnl,
            **({"commission": fee} if fee else {}),
        }
        for n, ((side, price), size, pnl) in enumerate(zip(ORDERS, sizes, pnls, strict=True))
    ]
    return infer(records)


def test_a_result_without_costs_is_proved() -> None:
    reading = orders("0", "0", "6", "0", "-1")
    assert reading.is_sure
    assert any("earlier orders" in said for said in reading.evidence)


@pytest.mark.parametrize(
    "pnls",
    [
        pytest.param(("0", "0", "5", "0", "-2"), id="less the cost of the sale"),
        pytest.param(("0", "0", "3", "0", "-3"), id="less the costs of all its orders"),
    ],
)
def test_a_result_after_costs_is_proved(pnls: tuple[str, ...]) -> None:
    reading = orders(*pnls, fee="1")
    assert reading.is_sure
    assert reading.dialect["fields"]["net_pnl"] == "realized_pl"  # type: ignore[index]


def test_a_result_of_prices_that_are_rounded_for_display_is_after_costs() -> None:
    """A thousand shares at 10.00 were bought at 9.999: the result is 0.9 off, and the fee 5."""
    records: list[Record] = []
    for n, (entry, out, pnl) in enumerate([("10.00", "10.01", "0.9"), ("10.00", "9.98", "-30.9")]):
        for hour, side, price, said in (("09", "BUY", entry, "0"), ("10", "SELL", out, pnl)):
            records.append(
                {
                    "date": f"2026-04-0{n + 1}T{hour}:00:00Z",
                    "code": "A",
                    "side": side,
                    "price": price,
                    "shares": "1000",
                    "commission": "5",
                    "pnl": said,
                }
            )
    reading = infer(records)
    assert reading.is_sure
    assert reading.dialect["fields"]["net_pnl"] == "pnl"  # type: ignore[index]


def test_a_result_against_the_last_opening_alone_is_after_costs() -> None:
    """A bot that was started anew knows only its last order: (14 - 12) x 2 less two fees is 2."""
    assert orders("0", "0", "2", "0", "-3", fee="1").is_sure


def test_openings_with_a_result_of_0_are_no_trades() -> None:
    """Nothing marks them but the sign of the quantity: +1, +1, -2 at 10, 12 and 14 earns 6."""
    records: list[Record] = [
        {
            "time": f"2026-04-07T1{n}:00:00Z",
            "symbol": "A",
            "quantity": size,
            "price": price,
            "realized_pl": pnl,
        }
        for n, (size, price, pnl) in enumerate(
            [(1, 10, 0), (1, 12, 0), (-2, 14, 6), (1, 10, 0), (-1, 9, -1)]
        )
    ]
    reading = infer(records)
    assert (reading.is_sure, reading.closed) == (True, 2)
    assert reading.dialect["only"] == {"quantity": {"below": 0}}


def test_a_result_that_agrees_with_neither_is_asked_about() -> None:
    assert "costs" in [doubt.name for doubt in orders("0", "0", "7", "0", "3", fee="1").doubts]


class TestAfterExitAlone:
    ORDERS = (("buy", "2", "10"), ("sell", "2", "12"), ("buy", "3", "11"), ("sell", "3", "10"),
              ("buy", "1", "10"), ("sell", "1", "13"))  # fmt: skip
    FEES: tuple[object, ...] = ("0.20", "0.24", "0.33", "0.30", "0.10", "0.13")

    def read(self, *pnls: object, **more: list[object]) -> Reading:
        return infer(fills(*self.ORDERS, fee=[*self.FEES], pnl=[*pnls], **more))

    def test_costs_of_openings_come_off_as_well(self, tmp_path: Path) -> None:
        records = fills(*self.ORDERS, fee=[*self.FEES],
                        pnl=["0", "3.76", "0", "-3.30", "0", "2.87"])  # fmt: skip
        path = tmp_path / "orders.csv"
        lines = [",".join(records[0]), *(",".join(map(str, one.values())) for one in records)]
        path.write_text("\n".join(lines) + "\n")
        assert sum(perfkit.read(path).trades()["net_pnl"]) == Decimal("2.70")

    def test_the_average_price_of_what_is_held_may_stand_beside(self) -> None:
        held: list[object] = ["10", "0", "11", "0", "10", "0"]
        reading = self.read("0", "3.76", "0", "-3.30", "0", "2.87", avg_entry_price=held)
        assert reading.is_sure
        assert "fills" in reading.dialect

    def test_a_pnl_after_all_costs_is_read_as_logged(self) -> None:
        reading = self.read("0", "3.56", "0", "-3.63", "0", "2.77")
        assert "fills" not in reading.dialect
        assert field(reading, "net_pnl") == "pnl"


def test_the_costs_of_openings_come_off_where_the_side_is_that_of_the_position() -> None:
    records: list[Record] = []
    prices = ((10, 12), (20, 17), (15, 16), (30, 34))
    for n, (entry, out) in enumerate(prices):
        for hour, side, price in ((9, "BUY", entry), (15, "SELL", out)):
            pnl = "0" if side == "BUY" else f"{(out - entry) * 5 - 0.25:.2f}"
            of_both = {"position_type": "LONG", "quantity": "5", "transaction_cost": "0.25"}
            at = f"2026-04-0{n + 1}T{hour:02}:00:00Z"
            records.append({"timestamp": at, "action": side, "price": str(price), **of_both})
            records[-1]["pnl"] = pnl
    records[-1]["position_type"] = "SHORT"
    reading = infer(records)
    assert reading.is_sure
    assert (field(reading, "side"), "net_pnl" in reading.dialect["fields"]) == ("action", False)  # type: ignore[operator]


def test_a_cover_buys_back_what_was_sold_short() -> None:
    orders = [
        ("BUY", "2", "100"),
        ("SELL", "2", "110"),
        ("SHORT", "1", "120"),
        ("COVER", "1", "90"),
    ]
    orders += [("BUY", "3", "90"), ("SELL", "3", "80"), ("SHORT", "2", "85"), ("COVER", "2", "95")]
    records = fills(
        *orders,
        fee=["0.2", "0.22", "0.12", "0.09", "0.27", "0.24", "0.17", "0.19"],
        pnl=["", "19.58", "", "29.79", "", "-30.51", "", "-20.36"],
    )
    reading = infer(records)
    assert reading.is_sure
    earned = [{name: one for name, one in each.items() if name != "pnl"} for each in records]
    assert infer(earned).is_sure


def with_scores(*, short: bool = False) -> list[Record]:
    """Purchases with a score where sales have what they earned, of shares bought at 10."""
    first, last = ("SELL", "BUY") if short else ("BUY", "SELL")
    found: list[Record] = []
    for n, out in enumerate(("12", "9", "15", "7")):
        earned = (10 - int(out) if short else int(out) - 10) * 5
        for hour, side, price, said in (("09", first, "10", f"7{n}.5"), ("10", last, out, earned)):
            found.append(
                {
                    "datetime": f"2026-04-{n + 1:02}T{hour}:00:00Z",
                    "symbol": f"S{n}",
                    "action": side,
                    "qty": "5",
                    "price": price,
                    "realized_pnl": str(said),
                }
            )
    return found


@pytest.mark.parametrize("short", [False, True])
def test_executions_that_only_open_have_earned_nothing_whatever_stands_beside_them(
    short: bool,
) -> None:
    reading = infer(with_scores(short=short))
    assert (reading.doubts, reading.closed) == ((), 4)
    assert reading.dialect["only"] == {"action": "BUY" if short else "SELL"}
    assert any("realized_pnl is none" in said for said in reading.assumed)


def test_trades_of_one_record_each_count_whatever_their_side() -> None:
    records = with_scores()
    for record in records[1::2]:
        record["realized_pnl"] = "3.5"
    assert infer(records).closed == 8


def test_that_purchases_have_a_result_as_well_is_said() -> None:
    records = with_scores()
    said = "action is buy or sell, and both have a realized_pnl: each record is taken for a trade"
    assert said not in infer(records).assumed
    for n, record in enumerate(records):
        record["realized_pnl"] = str(n - 3.5)
    assert said in infer(records).assumed
