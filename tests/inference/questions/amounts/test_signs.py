"""The sign of a P&L: what an outcome or prices say against it."""

from decimal import Decimal

import pytest

from perfkit import read
from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked

LOST = """time,symbol,result,pnl
2026-04-06 09:00:00,A,WIN,10
2026-04-06 10:00:00,A,LOSS,5
2026-04-06 11:00:00,B,Win,7
2026-04-06 12:00:00,B,even,0
2026-04-06 13:00:00,B,LOSS,4
"""


@pytest.mark.parametrize(("answer", "total"), [(1, "8"), (2, "26"), (3, None)])
def test_what_was_lost_may_be_below_zero(
    tmp_path_factory: pytest.TempPathFactory, answer: int, total: str | None
) -> None:
    path = tmp_path_factory.mktemp("logs") / "trades.csv"
    path.write_text(LOST)
    desk = read(path, answers={"loss_sign": answer, "weak": 1}, quiet=True)
    said = desk.summary("all").metrics["net_pnl"]
    assert (None if said is None else f"{said:f}") == total
    assert desk.summary("all").metrics["closed_trades"] == 5


def turned(*pnl: str) -> list[Record]:
    moves = (("100", "103", "long"), ("50", "49", "long"), ("12", "10", "short"))
    return [
        {
            "symbol": "A",
            "side": side,
            "entry_price": entry,
            "exit_price": out,
            "qty": "10",
            "exit_time": f"2026-04-0{n + 1}T10:00:00Z",
            "pnl": earned,
        }
        for n, ((entry, out, side), earned) in enumerate(zip(moves, pnl, strict=True))
    ]


def test_a_pnl_with_the_other_sign_than_prices_is_asked_about() -> None:
    reading = infer(turned("-30", "10", "-20"))
    assert asked(reading) == ["sign"]
    assert reading.doubts[0].answers[0].changes == {"fields.net_pnl": "-(pnl)"}
    assert asked(infer(turned("30", "-10", "20"))) == []


def test_costs_show_that_the_sign_as_logged_is_right() -> None:
    """The last trade has earned little, so that its costs are no fixed part of that."""
    little = {
        **turned("0", "0", "0")[0],
        "exit_price": "100.02",
        "exit_time": "2026-04-09T10:00:00Z",
    }

    def read(*pnl: str) -> list[str]:
        records = [*turned(*pnl[:3]), *turned(*pnl[:3]), {**little, "pnl": pnl[3]}]
        for n, record in enumerate(records):
            record |= {"fee": "0.02", "symbol": f"S{n}"}
        return asked(infer(records))

    assert read("-30.02", "9.98", "-20.02", "-0.22") == []
    assert "sign" in read("-30", "10", "-20", "-0.2")


def test_a_sale_that_closes_a_long_trade_contradicts_no_price() -> None:
    """The P&L is after costs that no field names, so that prices do not prove it."""
    records: list[dict[str, object]] = []
    for n, out in enumerate((110, 95, 120, 104, 90, 108)):
        of_both: dict[str, object] = {"symbol": f"S{n}", "shares": n + 3, "entry_price": "100"}
        records += [
            {**of_both, "date": f"2026-04-{n + 1:02}", "action": "BUY"},
            {
                **of_both,
                "date": f"2026-05-{n + 1:02}",
                "action": "TRAIL_SL" if n == 2 else "SELL",
                "exit_price": str(out),
                "pnl": f"{(out - 100) * (n + 3) - 1.5 * (n % 3)}",
            },
        ]
    reading = infer(records)
    assert reading.closed == 6
    assert not any("contradicts" in one for one in reading.assumed)


class TestFunding:
    def trades(self, way: int | None, name: str = "funding") -> list[dict[str, object]]:
        """Trades before costs, with funding of both signs; the balance says which is paid."""
        balance, records = Decimal(1000), list[dict[str, object]]()
        for n in range(12):
            entry, out = Decimal(100 + n), Decimal(102 + 3 * (n % 4) + n)
            earned, funding = (out - entry) * 2, (Decimal("0.5"), Decimal("-0.4"))[n % 3 == 0]
            balance += earned - Decimal("0.3") + (way or 1) * funding
            more = {} if way is None else {"balance_after": str(balance)}
            records.append({
                "symbol": "A", "side": "long", "entry_price": str(entry), "exit_price": str(out),
                "quantity": "2", "exit_time": f"2026-04-{n + 1:02}T10:00:00Z", "fee": "0.3",
                name: str(funding), "pnl": str(earned), **more,
            })  # fmt: skip
        return records

    @pytest.mark.parametrize(("way", "sign"), [(1, "+"), (-1, "-")])
    def test_a_balance_shows_which_sign_was_paid(self, way: int, sign: str) -> None:
        reading = infer(self.trades(way))
        assert reading.is_sure
        assert reading.dialect["fields"]["net_pnl"] == f"pnl - fee {sign} funding"  # type: ignore[index]

    @pytest.mark.parametrize(("way", "sign"), [(1, "+"), (-1, "-")])
    def test_a_balance_alone_shows_it_as_well(self, way: int, sign: str) -> None:
        names = ("entry_price", "quantity")
        records = [{k: v for k, v in one.items() if k not in names} for one in self.trades(way)]
        reading = infer(records)
        assert reading.is_sure
        assert reading.dialect["fields"]["net_pnl"] == f"pnl - fee {sign} funding"  # type: ignore[index]

    def test_without_a_balance_it_is_asked(self) -> None:
        (doubt,) = infer(self.trades(None)).doubts
        assert doubt.name == "funding"
        said = [one.changes["fields.net_pnl"] for one in doubt.answers]
        assert said == ["pnl - fee - funding", "pnl - fee + funding"]

    def test_what_is_called_a_cost_is_one_above_zero(self) -> None:
        assert infer(self.trades(None, "funding_cost")).is_sure


@pytest.mark.parametrize("side", ["SELL (Square Off)", "Sell - exit", "SELL_STOP"])
def test_a_sale_that_says_that_it_closes_is_no_short_trade(side: str) -> None:
    prices = [("10", "12", "4"), ("20", "19", "-2"), ("10", "13", "6"), ("30", "31", "2")]
    records: list[Record] = [
        {
            "exit_time": f"2026-04-07T1{n}:00:00Z",
            "symbol": "A",
            "action": side,
            "quantity": "2",
            "entry_price": entry,
            "exit_price": out,
            "pnl": pnl,
        }
        for n, (entry, out, pnl) in enumerate(prices)
    ]
    reading = infer(records)
    assert asked(reading) == []
    assert reading.dialect["fields"]["net_pnl"] == "pnl"  # type: ignore[index]
