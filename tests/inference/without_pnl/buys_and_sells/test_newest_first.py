"""Executions of the same time in a log that has the newest one first."""

from pathlib import Path

import perfkit
from perfkit.inference.infer import infer
from tests.inference.executions import fills
from tests.inference.readings import Record

ORDERS = (("buy", "1", "10"), ("buy", "1", "12"), ("sell", "2", "13"), ("buy", "1", "11"),
          ("sell", "1", "14"))  # fmt: skip


def newest_first(ids: list[object]) -> list[Record]:
    records = fills(*ORDERS, id=ids)
    for record in records[1:3]:
        record["time"] = "2026-04-07T02:00:00Z"
    return records[::-1]


def test_ids_say_which_of_two_came_first(tmp_path: Path) -> None:
    reading = infer(newest_first([11, 12, 13, 14, 15]))
    assert reading.is_sure
    assert reading.dialect["fills"]["order"] == "id"  # type: ignore[index]
    path = tmp_path / "fills.csv"
    records = newest_first([11, 12, 13, 14, 15])
    lines = [",".join(records[0]), *(",".join(map(str, one.values())) for one in records)]
    path.write_text("\n".join(lines) + "\n")
    assert len(perfkit.read(path).trades()) == 2


DAYS = (("buy", "1", "10", 1), ("sell", "1", "12", 1), ("buy", "2", "13", 2),
        ("sell", "1", "14", 2), ("sell", "1", "15", 3), ("buy", "1", "9", 4),
        ("sell", "1", "8", 5))  # fmt: skip


def days(symbol: str = "A") -> list[Record]:
    return [
        {
            "date": f"2026-04-{day:02}",
            "symbol": symbol,
            "side": side,
            "quantity": size,
            "price": price,
        }
        for side, size, price, day in DAYS
    ]


def test_lines_say_which_execution_of_a_day_came_first(tmp_path: Path) -> None:
    for records in (days()[::-1], [*days("B")[::-1], *days()[::-1]]):
        reading = infer(records)
        assert reading.is_sure
        assert reading.dialect["fills"]["newest_first"]  # type: ignore[index]
        path = tmp_path / "fills.csv"
        lines = [",".join(records[0]), *(",".join(map(str, one.values())) for one in records)]
        path.write_text("\n".join(lines) + "\n")
        markets = len({one["symbol"] for one in records})
        trades = perfkit.read(path, quiet=True).trades()
        assert (len(trades), sum(trades["net_pnl"])) == (4 * markets, 4 * markets)


def test_the_order_of_the_lines_counts_where_days_rise_or_less_is_sold_unbought() -> None:
    sorted_by_day = sorted(days(), key=lambda one: str(one["date"]), reverse=True)
    for records in (days(), sorted_by_day):
        assert "newest_first" not in infer(records).dialect["fills"]  # type: ignore[operator]


def test_ids_in_another_order_say_nothing() -> None:
    assert "order" not in infer(newest_first([11, 13, 12, 14, 15])).dialect["fills"]  # type: ignore[operator]


def test_a_log_with_the_oldest_first_needs_no_order() -> None:
    records = newest_first([11, 12, 13, 14, 15])[::-1]
    assert "order" not in infer(records).dialect["fills"]  # type: ignore[operator]


def shorts() -> list[Record]:
    """Positions sold short and bought back on one day each, the newest first."""
    prices = (("Bought To Cover", "9"), ("Sold Short", "10"))
    return [
        {
            "date": f"2026-04-{day:02}",
            "symbol": f"S{day % 3}",
            "side": side,
            "quantity": "1",
            "price": price,
        }
        for day in range(12, 0, -1)
        for side, price in prices
    ]


def test_lines_of_which_none_is_an_execution_say_nothing_of_the_order() -> None:
    blank: Record = dict.fromkeys(shorts()[0], "")
    records = [blank, {**blank, "date": "2026-04-12", "side": "Adjustment"}, *shorts()]
    fills_of = infer(records).dialect["fills"]
    assert isinstance(fills_of, dict)
    assert fills_of["newest_first"]


def test_what_is_sold_short_by_its_name_opens_beside_sales_of_what_was_held_before() -> None:
    records = [*shorts(), {**shorts()[0], "symbol": "Z", "side": "Sold To Close"}]
    records[-1]["date"] = "2026-03-01"
    reading = infer(records)
    fills_of = reading.dialect["fills"]
    assert isinstance(fills_of, dict)
    assert "short" not in fills_of
    assert any("change no trade" in said for said in reading.assumed)
