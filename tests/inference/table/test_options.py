"""Options: `PUT` says what was bought, and a contract is of 100 shares."""

from decimal import Decimal
from pathlib import Path

from perfkit.desk.reading import desk_on
from perfkit.inference.found import Found
from perfkit.inference.infer import infer
from perfkit.inference.source import answered, found_in
from tests.inference.executions import FOUR, field, fills
from tests.inference.readings import asked

BOUGHT = """\
id,ticker,direction,opt_type,strike,expiration,entry,stop,contracts,size,exit_price,exit_time,pnl
1,AAA,PUT,put,195,2026-05-22,0.70,0.35,1,70,0.35,2026-05-20T10:00:00Z,-35
2,BBB,CALL,call,20,2026-05-22,0.25,0.12,4,100,0.12,2026-05-20T11:00:00Z,-52
3,CCC,PUT,put,31,2026-05-22,0.50,0.25,2,100,0.68,2026-05-20T12:00:00Z,36
4,DDD,PUT,put,88,2026-05-22,0.31,0.15,3,93,0.15,2026-05-20T13:00:00Z,-48
"""
ON_THE_PRICE = """\
ticker,direction,strike,entry_price,exit_price,exit_time,pnl
AAA,PUT,100,100.0,99.5,2026-05-20T10:00:00Z,8.5
AAA,CALL,100,100.0,99.5,2026-05-20T11:00:00Z,-10
AAA,PUT,100,100.0,100.7,2026-05-20T12:00:00Z,-10
AAA,PUT,100,100.0,99.1,2026-05-20T13:00:00Z,8.5
"""
EXECUTIONS = """\
time,direction,action,contract_symbol,strike,expiration,contracts,price
2026-05-20T10:00:00Z,PUT,BUY,AAA-P195,195,2026-05-22,2,0.70
2026-05-20T11:00:00Z,PUT,SELL,AAA-P195,195,2026-05-22,2,0.90
2026-05-20T12:00:00Z,CALL,BUY,AAA-C200,200,2026-05-22,1,0.50
2026-05-20T13:00:00Z,CALL,SELL,AAA-C200,200,2026-05-22,1,0.40
"""


def found(path: Path, text: str) -> Found:
    path.write_text(text)
    return found_in(str(path))


def fields(read: Found) -> dict[str, object]:
    said = read.reading.dialect["fields"]
    assert isinstance(said, dict)
    return said


def test_a_put_that_was_bought_is_not_a_short(tmp_path: Path) -> None:
    read = found(tmp_path / "a.csv", BOUGHT)
    assert read.reading.is_sure
    assert "side" not in fields(read)
    closed = desk_on([read], "UTC").book.closed
    assert sum(closed[row].net_pnl or Decimal(0) for row in range(4)) == Decimal(-99)


def test_contracts_count_for_a_hundred_shares_where_prices_prove_it(tmp_path: Path) -> None:
    read = found(tmp_path / "a.csv", BOUGHT)
    assert fields(read)["quantity"] == "contracts * 100"
    trade = desk_on([read], "UTC").book.closed[0]
    assert (trade.quantity, trade.r) == (Decimal(100), Decimal(-1))


def test_contracts_of_one_are_taken_as_they_are(tmp_path: Path) -> None:
    text = BOUGHT.replace(",-35", ",-0.35").replace(",-52", ",-0.52").replace(",36", ",0.36")
    read = found(tmp_path / "a.csv", text.replace(",-48", ",-0.48"))
    assert fields(read)["quantity"] == "contracts"


def test_a_put_that_earns_as_the_price_falls_is_a_short(tmp_path: Path) -> None:
    assert fields(found(tmp_path / "a.csv", ON_THE_PRICE))["side"] == "direction"


def test_executions_of_puts_are_bought_and_sold_by_their_action(tmp_path: Path) -> None:
    read = found(tmp_path / "a.csv", EXECUTIONS)
    assert fields(read)["side"] == "action"
    assert [doubt.name for doubt in read.reading.doubts] == ["contract_size"]
    closed = desk_on([answered(read, "contract_size", 1)], "UTC").book.closed
    assert [closed[row].net_pnl for row in range(2)] == [Decimal(40), Decimal(-10)]


def test_the_result_of_the_index_is_not_that_of_options_on_it() -> None:
    moves = ((1869, "925.75"), (-5782, "-3477.25"), (3402, "910.5"), (-1204, "-612.25"))
    trades: list[dict[str, object]] = [
        {
            "instrument": f"BANK{56800 + 100 * n}CE",
            "exit_time": f"2026-04-0{n + 1}T10:00:00Z",
            "quantity": "35",
            "index_pnl": str(of_index),
            "option_pnl": of_option,
            "result": "WIN" if of_index > 0 else "LOSS",
        }
        for n, (of_index, of_option) in enumerate(moves)
    ]
    reading = infer(trades)
    assert (asked(reading), field(reading, "net_pnl")) == ([], "option_pnl")
    shares = infer([{**one, "instrument": "BANK"} for one in trades])
    assert asked(shares) == ["two_results"]


def test_options_beside_shares_are_hundreds_where_a_column_says_which_they_are() -> None:
    kinds: list[object] = ["CALL", "CALL", "STOCK", "STOCK"]
    strikes: list[object] = ["500", "500", "", ""]
    reading = infer(fills(*FOUR, type=kinds, strike=strikes))
    (doubt,) = reading.doubts
    assert doubt.name == "contract_size"
    assert doubt.answers[0].changes == {
        "fields.quantity": 'where(quantity, type, "CALL") * 100 or quantity'
    }
