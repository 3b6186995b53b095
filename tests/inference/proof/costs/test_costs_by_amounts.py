"""Whether costs are in a P&L: by its digits, by openings, and by cash from flat to flat."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.executions import field
from tests.inference.readings import Record, asked

COSTS = ("entry_fee", "exit_fee", "funding_cost")
FEES = ("0.74", "1.48", "2.22")


def closed(*pnls: Decimal) -> Reading:
    return infer(
        [
            {
                "symbol": "A",
                "side": "long",
                "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "pnl": str(pnl),
                "fees": FEES[n % 3],
            }
            for n, pnl in enumerate(pnls)
        ]
    )


def net(reading: Reading) -> tuple[list[str], object]:
    return asked(reading), field(reading, "net_pnl")


MOVES = st.lists(st.integers(-400, 400).filter(bool), min_size=10, max_size=20)


@given(MOVES)
def test_round_results_less_costs_are_after_costs(moves: list[int]) -> None:
    pnls = [Decimal(move) - Decimal(FEES[n % 3]) for n, move in enumerate(moves)]
    assert net(closed(*pnls)) == ([], "pnl")


@given(MOVES)
def test_results_of_whole_ticks_are_before_costs(moves: list[int]) -> None:
    pnls = [Decimal(move // 2) + Decimal("0.25") * (1 + n % 3) for n, move in enumerate(moves)]
    assert net(closed(*pnls)) == ([], "pnl - fees")


@pytest.mark.parametrize("places", ["1", "0.1", "0.01"])
def test_results_of_any_digits_are_asked_about(places: str) -> None:
    pnls = [(Decimal(n * n * 17 % 293) / 7).quantize(Decimal(places)) for n in range(3, 20)]
    assert "costs" in asked(closed(*pnls))


def test_openings_that_earned_nothing_but_their_costs_tell_that_costs_are_in_the_result() -> None:
    records: list[Record] = []
    for n in range(6):
        at = f"2026-04-{n + 1:02}"
        fee = f"0.{31 + n}"
        opened = {"time": f"{at}T09:00:00Z", "coin": "A", "dir": "Open", "fee": fee}
        records.append({**opened, "sz": "1", "closedPnl": f"-{fee}"})
        for hour in ("10", "11"):
            records.append(
                {
                    **opened,
                    "time": f"{at}T{hour}:00:00Z",
                    "dir": "Close",
                    "closedPnl": f"{n}.{hour}",
                }
            )
    assert "costs" not in asked(infer(records))


def orders(lots: list[tuple[int, int, int]], *, in_result: bool) -> list[Record]:
    """Purchases and sales in parts, sold lot by lot as no matching finds it, with cash after."""
    cash, records = Decimal(10_000), list[Record]()

    def order(side: str, size: int, price: int, pnl: Decimal) -> None:
        nonlocal cash
        cash += size * price * (1 if side == "SELL" else -1) - Decimal("1.37")
        records.append(
            {
                "time": f"2026-04-07T10:{len(records):02}:00Z",
                "side": side,
                "price": str(price),
                "shares": str(size),
                "commission": "1.37",
                "cash_after": str(cash),
                "pnl": str(pnl),
            }
        )

    for size, entry, _ in lots:
        order("BUY", size, entry, Decimal(0))
    for size, entry, out in reversed(lots):
        earned = size * Decimal(out - entry)
        order("SELL", size, out, earned - Decimal("2.74") * in_result)
    return records


LOTS = [(3, 100, 110), (5, 90, 95), (2, 120, 101), (4, 80, 99)]


def test_cash_grows_by_a_result_that_has_all_costs() -> None:
    assert net(infer(orders(LOTS, in_result=True))) == ([], "pnl")


def test_cash_grows_by_less_than_a_result_before_costs() -> None:
    assert "costs" not in asked(infer(orders(LOTS, in_result=False)))
    assert field(infer(orders(LOTS, in_result=False)), "net_pnl") != "pnl"


def test_cash_that_someone_paid_in_says_nothing() -> None:
    records = orders(LOTS, in_result=True)
    for record in records[6:]:
        record["cash_after"] = str(Decimal(str(record["cash_after"])) + 5_000)
    assert "costs" in asked(infer(records))


class TestResultsThatPricesGive:
    def trades(self, *, net: bool, side: str = "") -> list[Record]:
        """Trades with fees of both orders and funding that is paid or received."""
        records: list[Record] = []
        for n in range(12):
            entry, out, size = Decimal(100 + n), Decimal(101 + 3 * (n % 4)) + n, Decimal(n + 2)
            costs = [Decimal("0.31"), Decimal("0.32"), Decimal(n % 3 - 1) / 4]
            earned = (out - entry) * size - (sum(costs) if net else 0)
            records.append(
                {
                    "symbol": "A",
                    **({"side": side} if side else {}),
                    "entry_date": f"2026-04-{n + 1:02}",
                    "exit_date": f"2026-04-{n + 2:02}",
                    "entry_price": str(entry),
                    "exit_price": str(out),
                    "quantity": str(size),
                    **dict(
                        zip(("entry_fee", "exit_fee", "funding_cost"), map(str, costs), strict=True)
                    ),
                    "pnl": str(earned),
                }
            )
        return records

    @pytest.mark.parametrize("side", ["", "long"])
    def test_less_all_costs_they_are_after_costs(self, side: str) -> None:
        assert net(infer(self.trades(net=True, side=side))) == ([], "pnl")

    def test_alone_they_are_before_costs(self) -> None:
        less = "pnl - entry_fee - exit_fee - funding_cost"
        assert net(infer(self.trades(net=False, side="long"))) == ([], less)


def contracts(*, net: bool, worth: str = "5", noise: str = "0") -> list[Record]:
    """Trades of a contract whose move of 1 is worth something, with a commission for each."""
    records: list[Record] = []
    for n in range(14):
        size, moved = 1 + n % 4, Decimal((n * 7) % 11 - 5) or Decimal(3)
        cost = Decimal("1.7") * size
        way = -1 if n % 3 else 1
        earned = moved * size * Decimal(worth) + Decimal(noise) * (n % 3 - 1)
        records.append(
            {
                "symbol": "F",
                "side": "short" if n % 3 else "long",
                "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "entry_price": str(500 + n),
                "exit_price": str(500 + n + moved * way),
                "quantity": str(size),
                "commission": str(cost),
                "profit_loss": str(earned - cost * net),
            }
        )
    return records


@pytest.mark.parametrize("noise", ["0", "0.3"])
def test_what_a_move_is_worth_shows_whether_costs_are_in_a_result(noise: str) -> None:
    assert net_of_worth(contracts(net=True, noise=noise)) == ([], "profit_loss")
    less = "profit_loss - commission"
    assert net_of_worth(contracts(net=False, noise=noise)) == ([], less)


def net_of_worth(records: list[Record]) -> tuple[list[str], object]:
    reading = infer(records)
    return asked(reading), field(reading, "net_pnl")


def test_moves_that_are_worth_anything_show_nothing() -> None:
    assert "costs" in asked(infer(contracts(net=True, noise="29")))


def test_one_result_of_many_digits_shows_it_for_all() -> None:
    trades = [
        {"exit_avg_px": "85.55", "exit_size": "16.58", "realized_pnl": "-23.149079"},
        {"exit_avg_px": "86.90", "exit_size": "16.00", "realized_pnl": "-1.874236"},
    ]
    records: list[Record] = [
        {
            "symbol": "A",
            "side": "buy",
            "closed_at": f"2026-04-0{n + 1}T10:00:00Z",
            "entry_avg_px": "86.86",
            "fees": ("-1.429279", "-1.574236")[n],
            **one,
        }
        for n, one in enumerate(trades)
    ]
    assert net_of_worth(records) == ([], "realized_pnl")
