"""Orders beside the side of the position that each of them is of."""

from decimal import Decimal
from pathlib import Path

from perfkit import read
from perfkit.inference.infer import infer
from tests.inference.executions import field

ORDERS = """time,symbol,action,position_type,quantity,price
2026-04-06 09:00:00,A,BUY,long,2,10
2026-04-06 10:00:00,A,SELL_TARGET,long,2,13
2026-04-06 11:00:00,A,SHORT_SELL,short,4,12
2026-04-06 12:00:00,A,COVER_STOP_LOSS,short,4,13
2026-04-06 13:00:00,B,BUY,long,1,20
2026-04-06 14:00:00,B,SELL_STOP_LOSS,long,1,19
"""


def test_orders_with_their_reason_buy_and_sell(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    desk = read(path, quiet=True)
    assert desk.summary("all").metrics["closed_trades"] == 3
    assert desk.summary("all").metrics["net_pnl"] == Decimal(1)  # 6 - 4 - 1


def test_a_side_of_positions_stays_where_orders_close_before_they_open() -> None:
    first, *rest = [line.split(",") for line in ORDERS.splitlines()]
    records: list[dict[str, object]] = [dict(zip(first, one, strict=True)) for one in rest]
    for record in records:
        record["action"] = "SELL" if record["action"] == "BUY" else record["action"]
    assert field(infer(records), "side") == "position_type"
