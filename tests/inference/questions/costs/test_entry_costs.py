"""Openings whose P&L is their costs."""

from decimal import Decimal
from pathlib import Path

from perfkit.desk.reading import desk_on
from perfkit.inference.found import Found
from perfkit.inference.source import found_in

OF_BALANCE = """\
time,symbol,side,price,qty,pnl,equity
2026-04-06T10:00:00Z,A,ENTRY,100,1,-0.10,199.90
2026-04-06T11:00:00Z,A,EXIT,95,1,-5.10,194.80
2026-04-06T12:00:00Z,B,ENTRY,50,2,-0.10,194.70
2026-04-06T13:00:00Z,B,EXIT,56,2,11.90,206.60
2026-04-06T14:00:00Z,A,ENTRY,90,1,-0.09,206.51
2026-04-06T15:00:00Z,A,FORCE_EXIT,93,1,2.91,209.42
2026-04-06T16:00:00Z,A,ENTRY,90,1,-0.09,209.33
"""
OF_FEES = """\
timestamp,asset,event,gross_pnl,fees,net_pnl
2026-04-06T10:00:00Z,A,OPEN,0,0.03,-0.03
2026-04-06T10:00:00Z,B,OPEN,0,0.04,-0.04
2026-04-06T11:00:00Z,A,STOP_LOSS,-0.06,0.03,-0.09
2026-04-06T12:00:00Z,B,TAKE_PROFIT,0.50,0.04,0.46
2026-04-06T13:00:00Z,A,OPEN,0,0.03,-0.03
2026-04-06T14:00:00Z,A,STOP_LOSS,-0.07,0.03,-0.10
"""

BESIDE_CLOSES = """\
time,symbol,side,event,price,qty,fee,balance_before,balance_after,pnl
2026-04-06T10:00:00Z,A,long,OPEN,100,10,0.80,1000.00,999.20,0
2026-04-06T11:00:00Z,A,long,CLOSE_STOP,99,10,0.79,999.20,988.41,-10.79
2026-04-06T12:00:00Z,B,long,OPEN,50,20,0.81,988.41,987.60,0
2026-04-06T13:00:00Z,B,long,CLOSE_TARGET,51,20,0.82,987.60,1006.78,19.18
2026-04-06T14:00:00Z,A,long,OPEN,100,10,0.80,1006.78,1005.98,0
2026-04-06T15:00:00Z,A,long,CLOSE_TARGET,102,10,0.84,1005.98,1025.14,19.16
"""


def found(path: Path, text: str) -> Found:
    path.write_text(text)
    return found_in(str(path))


def results(read: Found) -> list[Decimal | None]:
    closed = desk_on([read], "UTC").book.closed
    return [closed[row].net_pnl for row in range(len(closed))]


def test_what_a_balance_paid_for_openings_comes_off_their_trades(tmp_path: Path) -> None:
    read = found(tmp_path / "a.csv", OF_BALANCE)
    assert read.reading.is_sure
    assert results(read) == [Decimal("-5.20"), Decimal("11.80"), Decimal("2.82")]


def test_fees_of_openings_come_off_their_trades_and_count_once(tmp_path: Path) -> None:
    read = found(tmp_path / "a.csv", OF_FEES)
    assert read.reading.is_sure
    assert results(read) == [Decimal("-0.12"), Decimal("0.42"), Decimal("-0.13")]


def test_fees_of_openings_beside_the_pnl_of_closes_come_off_their_trades(tmp_path: Path) -> None:
    read = found(tmp_path / "a.csv", BESIDE_CLOSES)
    assert read.reading.is_sure
    assert results(read) == [Decimal("-11.59"), Decimal("18.37"), Decimal("18.36")]


def test_fees_of_openings_that_no_balance_pays_do_not_come_off(tmp_path: Path) -> None:
    text = BESIDE_CLOSES.replace("_before", "_a").replace("_after", "_b")
    assert "combine" not in found(tmp_path / "a.csv", text).reading.dialect


def test_a_balance_that_openings_do_not_move_is_asked_about(tmp_path: Path) -> None:
    text = OF_BALANCE
    for paid, unpaid in (("199.90", "200.00"), ("194.70", "194.80"), ("206.51", "206.60")):
        text = text.replace(paid, unpaid)
    asked = [doubt.name for doubt in found(tmp_path / "a.csv", text).reading.doubts]
    assert "opening_results" in asked


def test_openings_that_nothing_links_to_their_closes_are_asked_about(tmp_path: Path) -> None:
    text = OF_FEES.replace("B,OPEN", "A,OPEN")
    asked = [doubt.name for doubt in found(tmp_path / "a.csv", text).reading.doubts]
    assert "opening_results" in asked


def test_a_profit_that_on_openings_is_the_commission_is_after_swap_as_well(tmp_path: Path) -> None:
    trades = [
        ("47.5", "-2.5", "0"),
        ("-7.5", "-2.5", "4"),
        ("12", "-1.5", "-3"),
        ("-30", "-2", "0"),
    ]
    lines = ["Ticket,Symbol,Date,Entry,Profit,Commission,Swap"]
    for n, (profit, paid, swap) in enumerate(trades, 1):
        lines.append(f"900{n},EURUSD,2026-05-0{n}T09:00:00,In,{paid},{paid},0")
        lines.append(f"900{n},EURUSD,2026-05-0{n}T10:00:00,Out,{profit},{paid},{swap}")
    read = found(tmp_path / "a.csv", "\n".join(lines) + "\n")
    assert read.reading.is_sure
    assert results(read) == [Decimal("45.0"), Decimal("-10.0"), Decimal("10.5"), Decimal("-32")]
    closed = desk_on([read], "UTC").book.closed
    assert closed[1].commission == Decimal("1.0")  # 2.5 + 2.5, less a swap of 4 received


def test_numbers_of_executions_are_no_identity_of_openings_and_closes(tmp_path: Path) -> None:
    lines = ["coin,px,sz,time,dir,closedPnl,fee,tid"]
    for n in range(9):
        entry, out = 100 + n, 103 - n % 4
        lines += [
            f"BTC,{entry},2,2026-04-{n + 6:02}T10:00:00Z,Open Long,0.0,0.5,{n}a",
            f"BTC,{out},2,2026-04-{n + 6:02}T11:00:00Z,Close Long,{2 * (out - entry)},0.5,{n}b",
        ]
    read = found(tmp_path / "a.csv", "\n".join(lines) + "\n")
    assert read.reading.is_sure
    assert "identity" not in read.reading.dialect
    earned = sum(2 * (3 - n % 4 - n) for n in range(9))
    assert sum(one or Decimal(0) for one in results(read)) == earned - 9
