"""Tables one below the other in a CSV file."""

from decimal import Decimal
from pathlib import Path

import pytest

from perfkit.desk.reading import desk_on
from perfkit.inference.source import found_in

ABOVE = [
    "Trade History Report,,,,,,,,,",
    "Name:,,,A. Person,,,,,,",
    "Date:,,,2025.05.15 18:14,,,,,,",
]
POSITIONS = [
    "Time,Position,Symbol,Type,Volume,Price,Time,Price,Swap,Profit",
    "2025.04.15 17:11:31,101,EURUSD,buy,0.1,1.1000,2025.04.16 22:25:20,1.1012,0.00,12.00",
    "2025.04.17 11:41:08,102,EURUSD,sell,0.1,1.1050,2025.04.18 01:10:38,1.1075,0.00,-25.00",
    "2025.04.23 16:59:25,103,GBPUSD,buy,0.2,1.3000,2025.05.06 15:50:56,1.3010,0.00,20.00",
]
ORDERS = [
    "Open Time,Order,Symbol,Type,Volume,Price,Time,State,,",
    "2025.04.15 17:11:30,101,EURUSD,buy,0.1 / 0.1,market,2025.04.15 17:11:31,filled,,",
    "2025.04.16 22:25:19,104,EURUSD,sell,0.1 / 0.1,1.1012,2025.04.16 22:25:20,filled,,",
]
DEALS = [
    "Time,Deal,Symbol,Type,Direction,Volume,Price,Swap,Profit,Balance",
    "2025.04.16 22:25:20,9,EURUSD,sell,out,0.1,1.1012,0.00,12.00,1012.00",
    "2025.04.17 11:41:08,10,EURUSD,sell,in,0.1,1.1050,0.00,0.00,1012.00",
    "2025.04.18 01:10:38,11,EURUSD,buy,out,0.1,1.1075,0.00,-25.00,987.00",
    "2025.04.23 16:59:25,12,GBPUSD,buy,in,0.2,1.3000,0.00,0.00,987.00",
    "2025.05.06 15:50:56,13,GBPUSD,sell,out,0.2,1.3010,0.00,20.00,1007.00",
]


def titled(name: str, rows: list[str]) -> list[str]:
    return [name + "," * rows[0].count(","), *rows]


def figures(path: Path, lines: list[str]) -> tuple[str, int, Decimal]:
    path.write_text("\n".join(lines) + "\n")
    found = found_in(str(path))
    assert found.reading.is_sure
    book = desk_on([found], "UTC").book
    assert book.errors == []
    earned = [book.closed[n].net_pnl or Decimal(0) for n in range(len(book.closed))]
    return str(found.layout.get("section")), len(earned), sum(earned, Decimal(0))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("titles", [("Positions", "Deals"), ("Positionen", "Trades")])
def test_a_report_is_read_by_its_positions(
    tmp_path: Path, titles: tuple[str, str], delimiter: str
) -> None:
    lines = [*ABOVE, *titled(titles[0], POSITIONS), *titled("Orders", ORDERS)]
    lines += [*titled(titles[1], DEALS), "Total Net Profit:,,,7.00,,,,,,"]
    lines = [line.replace(",", delimiter) for line in lines]
    assert figures(tmp_path / "a.csv", lines) == (titles[0], 3, Decimal(7))


def test_tables_may_be_parted_by_a_blank_line(tmp_path: Path) -> None:
    transfers = ["Day,Kind,Amount", "2025-04-01,deposit,500", "2025-04-02,deposit,100"]
    trades = ["Closed,Symbol,Side,PnL", "2025-04-16,A,long,5", "2025-04-17,B,long,-3"]
    lines = ["", *transfers, "", *trades]
    assert figures(tmp_path / "a.csv", lines) == ("Closed", 2, Decimal(2))
    assert figures(tmp_path / "b.csv", lines[1:])[1:] == (2, Decimal(2))


def test_positions_alone_have_two_times_and_two_prices(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(POSITIONS) + "\n")
    found = found_in(str(path))
    fields = found.reading.dialect["fields"]
    assert isinstance(fields, dict)
    assert (found.layout, fields["closed_at"]) == ({}, '"Time#2"')
    assert (fields["entry_price"], fields["exit_price"]) == ("Price", '"Price#2"')


def test_a_title_above_the_only_table_makes_no_section(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([*ABOVE, *titled("Positions", POSITIONS)]) + "\n")
    assert "section" not in found_in(str(path)).layout
