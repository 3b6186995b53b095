"""Buys and sells that log what is held after each, and not what was traded."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from perfkit.desk.reading import desk_on
from perfkit.inference.infer import infer
from perfkit.inference.source import found_in
from tests.inference.executions import fills
from tests.inference.readings import Record, asked

TRADES = ((50, 55, 20), (40, 38, 30), (60, 66, 10))
"""Prices of the purchase and the sale, and how many: 100 - 60 + 60."""


def records(
    trades: Sequence[tuple[int, int, int]] = TRADES,
    *,
    costs: str = "0",
    cash: str | None = "cash_after",
    symbol: str | None = "AAA",
    held: str = "shares_after",
    words: tuple[str, str, str] = ("BUY", "HOLD", "SELL"),
) -> list[Record]:
    """A purchase, a record without one, and a sale of each trade, and a purchase left open."""
    rest = Decimal(1000)
    lines: list[tuple[str, Decimal, Decimal, Decimal]] = []
    for bought, sold, size in trades:
        rest -= bought * size * (1 + Decimal(costs))
        lines += [(one, Decimal(bought), Decimal(size), rest) for one in words[:2]]
        rest += sold * size * (1 - Decimal(costs))
        lines.append((words[2], Decimal(sold), Decimal(0), rest))
    return [
        {
            "time": f"2026-04-{n:02}T10:00:00Z",
            **({"symbol": symbol} if symbol else {}),
            "action": word,
            "price": str(price),
            held: str(size),
            **({cash: str(left)} if cash else {}),
        }
        for n, (word, price, size, left) in enumerate(lines, 1)
    ]


def read(path: Path, some: Sequence[Record]) -> tuple[int, Decimal]:
    path.write_text("\n".join(
        [",".join(some[0]), *(",".join(map(str, one.values())) for one in some), ""]))  # fmt: skip
    found = found_in(str(path))
    assert found.reading.is_sure, found.reading.doubts
    book = desk_on([found], "UTC").book
    assert book.errors == []
    earned = [book.closed[n].net_pnl or Decimal(0) for n in range(len(book.closed))]
    return len(earned), sum(earned, Decimal(0))


@pytest.mark.parametrize("held", ["shares_after", "position", "Holdings", "btc_held"])
@pytest.mark.parametrize("cash", ["cash_after", "balance", None])
def test_a_trade_is_of_what_is_held_after_its_opening(
    tmp_path: Path, held: str, cash: str | None
) -> None:
    assert read(tmp_path / "a.csv", records(held=held, cash=cash)) == (3, Decimal(100))


def test_a_record_that_trades_nothing_may_be_of_any_word(tmp_path: Path) -> None:
    some = records(words=("LONG", "FINAL_MARK_TO_MARKET", "EXIT"))
    assert read(tmp_path / "a.csv", some) == (3, Decimal(100))


def test_short_positions_are_below_0(tmp_path: Path) -> None:
    short = tuple((sold, bought, -size) for sold, bought, size in TRADES)
    assert read(tmp_path / "a.csv", records(short, words=("SELL", "HOLD", "BUY"))) == (
        3,
        Decimal(-100),
    )


def all_in(costs: str = "0", symbol: str | None = "AAA") -> list[Record]:
    """What all cash buys at 50 and 40, sold at 55 and 38."""
    part, cash, some = 1 - Decimal(costs), Decimal(1000), records(symbol=symbol)[:6]
    for first, bought, sold in ((0, 50, 55), (3, 40, 38)):
        size = cash * part / bought
        cash = size * sold * part
        some[first] |= {"shares_after": str(size), "cash_after": "0"}
        some[first + 1] |= {"shares_after": str(size), "cash_after": "0"}
        some[first + 2] |= {"cash_after": str(cash)}
    start: Record = {**some[0], "time": "2026-03-30T10:00:00Z", "action": "HOLD"}
    return [{**start, "shares_after": "0", "cash_after": "1000"}, *some]


def test_costs_that_all_cash_lacks_are_in_the_result(tmp_path: Path) -> None:
    closed, earned = read(tmp_path / "a.csv", all_in("0.001"))
    left = Decimal(1000) * Decimal("1.1") * Decimal("0.95") * Decimal("0.999") ** 4
    assert (closed, round(earned, 6)) == (2, round(left - 1000, 6))


def test_without_a_symbol_what_was_sold_is_the_cash_over_the_price(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", all_in(symbol=None)) == (2, Decimal(45))


def test_costs_that_nothing_shows_are_asked_about() -> None:
    assert [one.name for one in infer(records(costs="0.002")).doubts] == ["costs"]


def test_a_position_of_1_is_a_flag_where_no_cash_says_how_many() -> None:
    flags = tuple((bought, sold, 1) for bought, sold, _ in TRADES)
    assert not infer(records(flags, cash=None)).is_sure
    assert infer(records(flags)).is_sure


@pytest.mark.parametrize("change", [{"shares_after": "7"}, {"action": "BUY"}])
def test_what_is_held_has_to_follow_the_actions(change: Record) -> None:
    some = records()
    some[1] |= change
    assert "open_when" not in infer(some).dialect


def test_a_quantity_that_is_logged_beside_what_is_held_makes_executions() -> None:
    orders = (("buy", "2", "10"), ("sell", "2", "12"), ("sell", "1", "11"), ("buy", "1", "10"))
    held: list[object] = ["2", "0", "-1", "0"]
    reading = infer(fills(*orders, position=held, fee=["0.1", "0.2", "0.1", "0.2"]))
    assert reading.is_sure
    assert "fills" in reading.dialect
    assert reading.dialect["fields"]["commission"] == "fee"  # type: ignore[index]


def test_a_word_that_opens_and_closes_says_no_quantity() -> None:
    orders = (("buy", "2", "10"), ("sell", "2", "12"), ("sell", "1", "11"), ("buy", "1", "10"))
    both = fills(*orders, position=["2", "0", "-1", "0"])
    without = [{key: one for key, one in record.items() if key != "quantity"} for record in both]
    assert asked(infer(without))[0] == "unit"
