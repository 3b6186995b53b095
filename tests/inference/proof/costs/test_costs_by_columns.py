"""Whether costs are in a P&L, as a gross P&L, the equity at entries and ids of lots show it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.inference.infer import infer
from tests.inference.executions import field
from tests.inference.readings import Record, asked

MOVES = (31, -17, 44, 8, -29, 15, 63, -5, 22, -41, 19, 7)
PRICES = ((100, 103), (97, 92), (110, 121), (80, 79), (95, 99), (120, 118), (60, 66), (70, 77))


def at_entries(*, net: bool, overlapping: int = 0) -> list[Record]:
    """Trades with the equity at each entry, which all but some that overlap move one by one."""
    held, records = Decimal(1000), list[Record]()
    for n, move in enumerate(MOVES):
        fee = Decimal("0.83") + Decimal(n % 5) / 7
        pnl = (Decimal(move) / 3).quantize(Decimal("0.001"))
        records.append(
            {
                "symbol": "A",
                "side": "long",
                "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "entry_equity": str(held + (17 if n < overlapping else 0) * (-1) ** n),
                "pnl": str(pnl),
                "fees": f"{fee:.3f}",
            }
        )
        held += pnl if net else pnl - Decimal(f"{fee:.3f}")
    return records


@pytest.mark.parametrize("overlapping", [0, 3])
def test_the_equity_at_the_next_entry_tells_whether_costs_are_in_the_result(
    overlapping: int,
) -> None:
    after = infer(at_entries(net=True, overlapping=overlapping))
    assert (asked(after), field(after, "net_pnl")) == ([], "pnl")
    before = infer(at_entries(net=False, overlapping=overlapping))
    assert (asked(before), field(before, "net_pnl")) == ([], "pnl - fees")


def test_an_equity_that_moves_by_something_else_says_nothing() -> None:
    records = at_entries(net=True, overlapping=len(MOVES))
    assert asked(infer(records)) == ["costs"]
    for record in records:
        del record["entry_equity"]
    assert asked(infer(records)) == ["costs"]


def lots(*, paid: int, size_sold: str = "2") -> list[Record]:
    """Lots bought first to last and sold last to first; the P&L is after `paid` of two costs."""
    records: list[Record] = []
    for n, (entry, _) in enumerate(PRICES):
        one = {"side": "BUY", "price": str(entry), "qty": "2", "fee": "0.37", "pnl": "0"}
        records.append({"time": f"2026-04-01T{n:02}:00:00Z", "lot_id": n, **one})
    for n, (entry, out) in reversed([*enumerate(PRICES)]):
        pnl = (out - entry) * 2 - Decimal("0.37") * paid
        one = {"side": "SELL", "price": str(out), "qty": size_sold, "fee": "0.37", "pnl": str(pnl)}
        records.append({"time": f"2026-04-02T{9 - n:02}:00:00Z", "lot_id": n, **one})
    return records


def test_lots_that_ids_pair_tell_that_both_costs_are_in_the_result() -> None:
    reading = infer(lots(paid=2))
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl")


def test_lots_of_other_sizes_and_results_of_one_cost_say_nothing() -> None:
    assert "costs" in asked(infer(lots(paid=2, size_sold="3")))
    unpaired = [{key: one[key] for key in one if key != "lot_id"} for one in lots(paid=2)]
    assert "costs" in asked(infer(unpaired))


@given(st.lists(st.integers(-900, 900).filter(bool), min_size=3, max_size=8))
def test_binary_numbers_that_differ_by_a_swap_are_net_and_gross(moves: list[int]) -> None:
    records: list[Record] = []
    for n, move in enumerate(moves):
        profit, swap = move / 7, (0.19, -1.02, 0.55)[n % 3]
        records.append(
            {
                "symbol": "A",
                "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "profit": repr(profit),
                "swap": repr(swap),
                "net_profit": repr(profit + swap),
            }
        )
    reading = infer(records)
    assert (asked(reading), field(reading, "net_pnl")) == ([], "net_profit")


def with_slippage(*, in_balance: bool) -> list[Record]:
    balance, records = Decimal(1000), list[Record]()
    for n in range(10):
        entry, out = Decimal(100 + n), Decimal(101 + 3 * (n % 4) + n)
        earned, slippage = (out - entry) * 2, Decimal(n + 1) / 10
        balance += earned - Decimal("0.3") - (slippage if in_balance else 0)
        records.append({
            "symbol": "A", "side": "long", "entry_price": str(entry), "exit_price": str(out),
            "quantity": "2", "exit_time": f"2026-04-{n + 1:02}T10:00:00Z", "fee": "0.3",
            "slippage": str(slippage), "pnl": str(earned), "equity": str(balance),
        })  # fmt: skip
    return records


def test_slippage_that_comes_off_the_balance_is_a_cost() -> None:
    reading = infer(with_slippage(in_balance=True))
    assert reading.is_sure
    assert field(reading, "net_pnl") == "pnl - fee - slippage"


def test_slippage_that_moves_no_balance_is_in_the_prices() -> None:
    reading = infer(with_slippage(in_balance=False))
    assert field(reading, "net_pnl") == "pnl - fee"
    assert any("slippage is taken to be in the prices" in one for one in reading.assumed)


def test_an_entry_and_an_exit_of_one_id_may_have_prices_of_their_own_names() -> None:
    records: list[Record] = []
    for n, move in enumerate((5, -3, 2, 4, -1, 6, -2, 3)):
        opened = {
            "type": "position_opened",
            "symbol": "A",
            "side": "long",
            "entry": "100",
            "qty": "2",
        }
        closed = {
            "type": "position_closed",
            "exit": str(100 + move),
            "pnl": str(2 * move - Decimal("0.1")),
        }
        for hour, data in ((9, opened), (10, {**closed, "fee": "0.1"})):
            records.append({"time": f"2026-04-0{n + 1}T{hour:02}:00:00Z", "trade_id": n, **data})
    reading = infer(records)
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl")
    gross = [
        {**one, "pnl": str(Decimal(str(one["pnl"])) + Decimal("0.1"))} if "pnl" in one else one
        for one in records
    ]
    assert field(infer(gross), "net_pnl") == "pnl - fee"


@pytest.mark.parametrize("name", ["total", "net_amount", "cash"])
def test_a_total_that_is_the_result_less_the_costs_says_that_these_come_off_it(name: str) -> None:
    trades = [
        {
            "symbol": "A",
            "side": "long",
            "time": f"2026-04-{n + 1:02}T10:00:00Z",
            "realizedPnl": str(move),
            "fee": "0.5",
            name: str(move - Decimal("0.5")),
        }
        for n, move in enumerate(MOVES)
    ]
    reading = infer(trades)
    assert asked(reading) == []
    assert field(reading, "net_pnl") == "realizedPnl - fee"


def of_proceeds(*, fee_in_result: bool, sign: str = "") -> list[Record]:
    """Sales with what came back, the cost basis and a fee of its own."""
    records = list[Record]()
    for n, (basis, proceeds) in enumerate(PRICES):
        fee, came = Decimal("0.31") + Decimal(n) / 100, proceeds + Decimal(n) / 8
        earned = came - basis - (fee if fee_in_result else 0)
        records.append(
            {
                "symbol": "A",
                "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "proceeds": str(came),
                "basis": f"{sign}{basis}",
                "fee": str(fee),
                "realized_pnl": str(earned),
            }
        )
    return records


@pytest.mark.parametrize("sign", ["", "-"])
def test_what_is_left_of_proceeds_after_basis_and_costs_is_after_costs(sign: str) -> None:
    assert asked(infer(of_proceeds(fee_in_result=True, sign=sign))) == []
    assert asked(infer(of_proceeds(fee_in_result=False, sign=sign))) == ["costs"]
