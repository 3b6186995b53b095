"""Executions that log a P&L, which is on openings nothing but their costs."""

from decimal import Decimal
from pathlib import Path

import pytest

from perfkit.desk.reading import desk_on
from perfkit.inference.found import Found
from perfkit.inference.source import found_in

HEADER = "time,coin,dir,px,sz,fee,closedPnl\n"
ROWS = [
    "06/04/2026 08:00:00,AAA,Open Long,10,2,0.02,-0.02",
    "06/04/2026 08:00:01,AAA,Open Long,13,1,0.01,-0.01",
    "06/04/2026 09:00:00,AAA,Close Long,12,3,0.04,2.96",
    "16/04/2026 08:00:00,BBB,Open Short,20,1,0.02,-0.02",
    "16/04/2026 09:00:00,BBB,Close Short,21,0.5,0.01,-0.51",
    "16/04/2026 09:30:00,BBB,Close Short,18,0.5,0.01,0.99",
    "17/04/2026 09:30:00,BBB,Open Long,18,1,0.02,-0.02",
]


def found(path: Path, rows: list[str]) -> Found:
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return found_in(str(path))


def results(read: Found) -> list[Decimal | None]:
    closed = desk_on([read], "UTC").book.closed
    return [closed[row].net_pnl for row in range(len(closed))]


def asked(read: Found) -> list[str]:
    return [doubt.name for doubt in read.reading.doubts]


def test_costs_of_several_openings_come_off_what_closes_them(tmp_path: Path) -> None:
    read = found(tmp_path / "a.csv", ROWS)
    assert asked(read) == []
    assert results(read) == [Decimal("2.93"), Decimal("-0.52"), Decimal("0.98")]


def test_costs_of_a_position_still_open_count_nowhere(tmp_path: Path) -> None:
    desk = desk_on([found(tmp_path / "a.csv", ROWS)], "UTC")
    assert len(desk.book.open) == 1
    paid = desk.book.open[0].commission
    assert paid == Decimal("0.02")


def test_the_newest_record_may_come_first(tmp_path: Path) -> None:
    read = found(tmp_path / "a.csv", ROWS[::-1])
    assert asked(read) == []
    assert sum(filter(None, results(read))) == Decimal("3.39")


def test_a_close_of_more_than_was_opened_is_asked_about(tmp_path: Path) -> None:
    assert "opening_results" in asked(found(tmp_path / "a.csv", ROWS[1:]))


def test_openings_whose_result_is_not_their_costs_are_asked_about(tmp_path: Path) -> None:
    rows = [one.replace("0.02,-0.02", "0.02,-0.07") for one in ROWS]
    assert "opening_results" in asked(found(tmp_path / "a.csv", rows))


def test_executions_without_a_price_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text((HEADER + "\n".join(ROWS) + "\n").replace("px", "note"))
    assert "opening_results" in asked(found_in(str(path)))


def test_a_first_close_of_what_was_opened_before_the_log_begins_hides_nothing(
    tmp_path: Path,
) -> None:
    rows = [
        "06/04/2026 08:00:00,AAA,Close Long,10,1,0.02,0.98",
        "06/04/2026 09:00:00,AAA,Open Long,12,1,0.02,-0.02",
        "06/04/2026 10:00:00,AAA,Close Long,13,1,0.02,0.98",
        "16/04/2026 09:00:00,AAA,Open Long,12,1,0.03,-0.03",
        "16/04/2026 10:00:00,AAA,Close Long,11,1,0.02,-1.02",
    ]
    read = found(tmp_path / "a.csv", rows)
    assert asked(read) == []
    assert results(read) == [Decimal("0.98"), Decimal("0.96"), Decimal("-1.05")]


OF_SIDES = [
    "06/04/2026 08:00:00,AAA,buy,10,2,0.20,0",
    "06/04/2026 09:00:00,AAA,sell,12,2,0.40,4.00",
    "16/04/2026 08:00:00,BBB,sell,20,1,0.20,0",
    "16/04/2026 09:00:00,BBB,buy,21,0.5,0.10,-0.50",
    "16/04/2026 09:30:00,BBB,buy,18,0.5,0.10,1.00",
    "17/04/2026 09:30:00,CCC,buy,18,1,0.20,0",
    "18/04/2026 09:30:00,CCC,sell,19,1,0.20,1.30",
]
"""Contracts of 0.1, so that prices do not prove the P&L, but a balance does."""


def with_balance(*, first: int = 0) -> list[str]:
    left, rows = Decimal(100), []
    for row in OF_SIDES[first:]:
        *_, fee, earned = row.split(",")
        left += Decimal(earned) - Decimal(fee)
        rows.append(f"{row},{left}")
    return rows


def test_costs_of_orders_that_open_come_off_what_closes_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER.strip() + ",balance\n" + "\n".join(with_balance()) + "\n")
    read = found_in(str(path))
    assert asked(read) == []
    assert results(read) == list(map(Decimal, ("3.40", "-0.70", "0.80", "0.90")))
    path.write_text(HEADER.strip() + ",balance\n" + "\n".join(with_balance(first=1)) + "\n")
    dialect = found_in(str(path)).reading.dialect
    assert "fills" not in dialect


DEALS = """Time;Deal;Symbol;Type;Direction;Volume;Price;Order;Commission;Swap;Profit
2026.04.06 10:00:00;1;GOLDx;buy;in;0.20;2650.0;11;-1.40;0;0
2026.04.06 12:00:00;2;GOLDx;sell;out;0.10;2660.0;12;-0.70;0;100.00
2026.04.07 13:00:00;3;GOLDx;sell;out;0.10;2640.0;13;-0.70;-0.50;-100.00
2026.04.08 10:00:00;4;EURx;sell;in;0.50;1.10000;14;-1.75;0;0
2026.04.08 12:00:00;5;EURx;buy;out;0.50;1.09900;15;-1.75;0;50.00
2026.04.09 10:00:00;6;EURx;buy;in;0.30;1.10000;16;-1.05;0;0
2026.04.09 12:00:00;7;EURx;sell;out;0.30;1.09900;17;-1.05;0;-30.00
"""
NET = ["98.60", "-101.90", "46.50", "-32.10"]


@pytest.mark.parametrize("rows", [slice(0, 8), slice(0, 4)])
def test_deals_bear_the_commission_of_the_deal_that_opened_and_their_swap(
    tmp_path: Path, rows: slice
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(DEALS.splitlines()[rows]) + "\n")
    read = found_in(str(path))
    assert asked(read) == []
    assert results(read) == list(map(Decimal, NET[: (rows.stop or 0) // 2]))


def test_closes_that_cost_twice_as_much_may_have_the_costs_of_both(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(DEALS.replace(";-0.70;", ";-1.40;").replace("-1.75;0;50", "-3.50;0;50"))
    assert "opening_costs" in asked(found_in(str(path)))
