"""A P&L after costs of 0 beside one before costs that is not 0."""

from decimal import Decimal

from perfkit.inference.infer import infer
from tests.inference.readings import Record, fields

MOVES = (31, -17, 44, 8, -29, 15, 63, -5)
LESS = "pnl_usd - total_fee"


def trades(*, without: int, fee: str = "0") -> list[Record]:
    """Trades of which the first have no result after costs yet, and the rest fees of 0.5."""
    return [
        {
            "symbol": "A",
            "side": "long",
            "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "pnl_usd": str(move),
            "total_fee": fee if n < without else "0.5",
            "pnl_usd_net": "0" if n < without else str(move - Decimal("0.5")),
        }
        for n, move in enumerate(MOVES)
    ]


def test_the_result_before_costs_counts_where_there_are_no_costs_yet() -> None:
    reading = infer(trades(without=3))
    assert reading.is_sure
    assert fields(reading)["net_pnl"] == LESS
    assert reading.total == sum(MOVES) - Decimal("2.5")
    assert "3 records have a pnl_usd_net of 0, and a pnl_usd that counts" in reading.assumed


def test_all_results_after_costs_count_as_they_are() -> None:
    assert fields(infer(trades(without=0)))["net_pnl"] == "pnl_usd_net"


def test_so_do_they_where_those_of_0_have_costs_as_well() -> None:
    assert fields(infer(trades(without=1, fee="0.25")))["net_pnl"] == "pnl_usd_net"
