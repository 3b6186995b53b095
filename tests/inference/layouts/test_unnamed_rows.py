"""Rows without a header, whose numbers prove what the columns are."""

from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from perfkit.desk.reading import desk_on
from perfkit.inference.layouts.unnamed_rows import names_for
from perfkit.inference.source import found_in

TRADES = [
    "2026-04-06T09:00:00,2026-04-06T10:00:00,TRXUSDT,LONG,0.29101,0.29254,34.3631,10,TP,0.0526,0.0120,0.0405",
    "2026-04-07T09:00:00,2026-04-07T10:00:00,TRXUSDT,SHORT,0.29399,0.29177,34.0148,10,TP,0.0755,0.0120,0.0635",
    "2026-04-08T09:00:00,2026-04-08T10:00:00,TRXUSDT,LONG,0.29206,0.29164,34.2395,10,SL,-0.0144,0.0119,-0.0263",
]
NAMES = [
    *("entry_time", "exit_time", "symbol", "side", "entry_price", "exit_price", "quantity"),
    *("", "", "gross_pnl", "fees", "net_pnl"),
]
ORDERS = [
    "2026-04-03 01:26:19,BUY,$100.00,0.5,$50.00,below",
    "2026-04-03 06:39:44,SELL(SL),$90.00,0.5,$45.00,stop",
    "2026-04-03 06:41:14,BUY,$95.00,0.25,$23.75,above",
    "2026-04-03 07:30:54,SELL(AI),$99.00,0.25,$24.75,down",
]


def cells(lines: list[str]) -> list[list[str]]:
    return [line.split(",") for line in lines]


def test_trades_are_read_by_what_prices_quantity_and_costs_prove(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n" + "\n".join(TRADES) + "\n")
    found = found_in(str(path))
    assert (found.reading.is_sure, found.layout) == (True, {"columns": NAMES})
    closed = desk_on([found], "UTC").book.closed
    assert [closed[row].net_pnl for row in range(len(closed))] == [
        Decimal(n) for n in ("0.0405", "0.0635", "-0.0263")
    ]
    assert closed[0].commission == Decimal("0.0120")


def test_orders_are_read_by_what_they_are_worth(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(ORDERS) + "\n")
    found = found_in(str(path))
    assert found.layout == {"columns": ["time", "side", "price", "quantity", "amount", ""]}
    closed = desk_on([found], "UTC").book.closed
    results = [closed[row].net_pnl for row in range(len(closed))]
    assert (found.reading.is_sure, results) == (True, [Decimal(-5), Decimal(1)])


def test_a_later_time_in_front_is_that_of_the_close() -> None:
    turned = [[row[1], row[0], *row[2:]] for row in cells(TRADES)]
    assert names_for(turned) == ["exit_time", "entry_time", *NAMES[2:]]


PRICES = ((8078, 8086), (8072, 8064), (8075, 8067), (8075, 8083), (8070, 8061))


def without_side(size: str, *pnls: str) -> list[list[str]]:
    at = "2026-04-06T09:00:00", "2026-04-06T10:00:00"
    rows = zip(PRICES, pnls, strict=True)
    return [["paper", *at, str(entry), "8000", str(out), size, pnl] for (entry, out), pnl in rows]


def test_trades_of_which_nearly_all_are_long_need_no_side() -> None:
    named = ["", "entry_time", "exit_time", "entry_price", "", "exit_price", "quantity", "pnl"]
    assert names_for(without_side("1.5", "12.00", "-12.00", "-12.00", "12.00", "-13.50")) == named
    assert names_for(without_side("1.5", "12.00", "-12.00", "-12.00", "12.00", "13.50")) == named
    assert names_for(without_side("1.5", "12.00", "-12.00", "-12.00", "12.00", "13.51")) == named
    assert names_for(without_side("1.5", "12.00", "-12.00", "-12.00", "12.00", "13.90")) is None
    assert names_for(without_side("1.5", "12.00", "12.00", "-12.00", "12.00", "13.50")) is None


def test_rows_that_prove_nothing_have_no_names() -> None:
    rows = cells(TRADES)
    rows[1][9] = "0.9"
    assert names_for(rows) is None
    assert names_for(cells(TRADES)[:1]) is None
    assert names_for([row[:3] + row[4:] for row in cells(TRADES)]) is None


@given(st.lists(st.tuples(*[st.integers(1, 999)] * 4), min_size=3, max_size=9))
def test_names_are_only_given_where_every_row_bears_them_out(
    rows: list[tuple[int, int, int, int]],
) -> None:
    found = names_for([["2026-04-06 09:00", "long", *map(str, row)] for row in rows])
    for row in rows if found is not None else []:
        assert found is not None
        named = dict(zip(found[2:], row, strict=True))
        if "amount" in named:
            assert (
                abs(named["price"] * named["quantity"] - named["amount"]) * 500 <= named["amount"]
            )
        else:
            earned = (named["exit_price"] - named["entry_price"]) * named["quantity"]
            assert abs(named["pnl"] - earned) <= 2


MOVES = [
    "2026-04-06 09:00,A,-12.50,987.50,stop",
    "2026-04-06 10:00,A,20.00,1007.50,target",
    "2026-04-06 11:00,B,-4.25,1003.25,stop",
    "2026-04-06 12:00,A,8.75,1012.00,target",
    "2026-04-06 13:00,B,3.00,1015.00,target",
    "2026-04-06 14:00,B,-1.00,1014.00,stop",
]
CLOSES = [
    f"2026-04-06 {9 + n}:{minute}:00,{side},NSE_EQ:{name},{price},{size},{pnl},5000.00,Signal"
    for n, (name, bought, sold, size, earned) in enumerate(
        [("SBIN", "10.5", "11", "20", "10.0"), ("POCL", "30", "29.5", "10", "-5.0"),
         ("SBIN", "12", "11", "20", "-20.0"), ("TCS", "40.25", "41.5", "4", "5.00"),
         ("POCL", "31", "31", "10", "0.0"), ("TCS", "42", "43", "4", "4.00")]
    )
    for minute, side, price, pnl in [("00", "BUY", bought, "0.0"), ("30", "SELL", sold, earned)]
]  # fmt: skip


def test_a_balance_shows_which_column_is_the_result() -> None:
    assert names_for(cells(MOVES)) == ["time", "", "pnl", "balance", ""]
    resting = [line.replace("1007.50", "1010.00").replace("1012", "1019") for line in MOVES]
    assert names_for(cells(resting)) is None


def test_a_header_of_another_width_has_names_that_a_balance_does_not_prove(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for line in ("when,what,funding,paid so far,remark,basis", "when,what,funding,remark"):
        path.write_text("\n".join([line, *MOVES]) + "\n")
        reading = found_in(str(path)).reading
        assert (reading.has_results, reading.doubts) == (False, ())
    path.write_text("\n".join(MOVES) + "\n")
    assert found_in(str(path)).reading.has_results


def test_what_accrues_closes_no_trade() -> None:
    for word in ("ACCRUE", "FUNDING", "interest accrued"):
        rows = [[at, word, *rest] for at, _, *rest in cells(MOVES)]
        assert names_for(rows) is None


def test_sales_show_it_by_the_purchases_before_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(CLOSES) + "\n")
    found = found_in(str(path))
    names = ["time", "side", "symbol", "price", "quantity", "pnl", "", ""]
    assert (found.reading.is_sure, found.layout) == (True, {"columns": names})
    closed = desk_on([found], "UTC").book.closed
    assert sum(closed[row].net_pnl or 0 for row in range(len(closed))) == Decimal("-6.00")
    other = [line.replace("-20.0", "-25.0").replace(",5.00,", ",7.00,") for line in CLOSES]
    assert names_for(cells(other)) is None
