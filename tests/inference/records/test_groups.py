"""Records of hours, traders, symbols and bars are no trades, whatever P&L they have."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record


def said(records: list[Record]) -> str:
    reading = infer(records)
    return "" if reading.has_results else " ".join(reading.evidence)


def rows(many: int = 8, **more: object) -> list[Record]:
    """A P&L of -3 to 4 each; of what is a list, each record has its own."""
    return [
        {name: value[n] if isinstance(value, list) else value for name, value in more.items()}
        | {"pnl": str(n - 3)}
        for n in range(many)
    ]


SYMBOLS = [f"T{n}" for n in range(8)]
DAYS = [f"2026-04-{n + 1:02}T09:00:00Z" for n in range(8)]
COUNTS = [5, 3, 8, 4, 2, 6, 3, 9]
SOLD = [count - 2 for count in COUNTS]


def test_a_count_of_trades_so_far_is_no_total_of_a_period() -> None:
    so_far = [3, 4, 5, 6, 7, 8, 9, 10]
    sold = [count - 2 for count in so_far]
    assert not said(rows(end=DAYS, trade_count=so_far, buy_count="2", sell_count=sold))


@pytest.mark.parametrize(
    ("records", "what"),
    [
        (rows(hour=list(range(8)), cost="1"), "totals of a period (hour)"),
        (rows(5, weekday=["Mon", "Tue", "Wed", "Thu", "Fri"]), "totals of a period (weekday)"),
        (rows(episode=list(range(8)), reward="3"), "totals of a period (episode)"),
        (rows(rank=["1", "2"] * 4, wallet=SYMBOLS, scan_date="2026-04-07"), "a ranking of traders"),
        (rows(proxyWallet=SYMBOLS, entry_price="0.4", time="2026-04-07"), "of many accounts"),
        (rows(rank=list(range(8)), user_address=SYMBOLS, volume="9"), "a ranking of traders"),
        (rows(symbol=SYMBOLS, count="12"), "totals of each symbol (count)"),
        (rows(wallet=SYMBOLS, win_rate="0.4", avg_entry="0.3", seen=DAYS), "of each wallet"),
        (rows(end=DAYS, trade_count=COUNTS, buy_count="2", sell_count=SOLD), "(trade_count, buy"),
    ],
    ids=[
        "hours",
        "weekdays",
        "episodes",
        "ranks",
        "accounts",
        "traders",
        "symbols",
        "wallets",
        "windows",
    ],
)
def test_records_of_groups_are_told_by_what_they_are(records: list[Record], what: str) -> None:
    assert what in said(records)


def test_a_symbol_that_comes_again_may_be_traded_twice() -> None:
    assert infer(rows(symbol=[*SYMBOLS[:7], "T1"], count="12")).has_results


def test_trades_have_an_hour_as_well() -> None:
    assert infer(rows(hour=list(range(8)), side="long", symbol="A")).has_results


BAR: Record = {"open": "10", "high": "12", "low": "9", "close": "11", "volume": "900"}


def test_the_return_of_a_bar_is_none_of_a_trade() -> None:
    records = [
        {"time": f"2026-04-0{n}", **BAR, "returns": f"0.0{n}", "signal": n % 2} for n in range(1, 9)
    ]
    assert "bars of a market" in said(records)


def test_a_trade_may_log_its_bar() -> None:
    records = [{**one, **BAR, "exit_time": f"2026-04-0{n + 1}"} for n, one in enumerate(rows())]
    assert infer([{**one, "symbol": "A", "side": "long"} for one in records]).has_results


class TestPositionsOfNow:
    @pytest.mark.parametrize("name", ["last_price", "LTP", "mark_price", "Cur. val"])
    def test_what_something_is_worth_now_shows_that_it_is_held(self, name: str) -> None:
        records = rows(symbol=SYMBOLS, quantity="5", average_price="10")
        records = [{**one, name: "11"} for one in records]
        assert "positions that are still held" in said(records)

    def test_what_is_realized_is_asked_about(self) -> None:
        records = rows(symbol=SYMBOLS, quantity="5", average_price="10", last_price="11")
        realized = [{**one, "realized_pnl": one.pop("pnl")} for one in records]
        assert infer(realized).has_results

    def test_so_does_one_beside_the_time_at_which_it_was_opened(self) -> None:
        assert "positions that are still held (ltp)" in said(self.opened())

    def opened(self, **more: str) -> list[Record]:
        records = rows(symbol=SYMBOLS, qty="5", entry_price="10", ltp="11")
        return [{**one, "entry_date": f"2026-04-0{n + 1}", **more} for n, one in enumerate(records)]

    def test_records_that_say_closed_may_be_closed_at_it(self) -> None:
        assert infer(self.opened(status="CLOSED")).has_results

    def test_a_mark_price_is_of_now_at_any_time(self) -> None:
        records = rows(symbol="A", size="5", entry_price="10", mark_price="11")
        timed = [{**one, "time": f"2026-04-0{n + 1}T09:00:00Z"} for n, one in enumerate(records)]
        assert "positions that are still held (mark_price)" in said(timed)

    def test_nothing_is_held_where_the_quantity_is_0(self) -> None:
        assert infer(rows(symbol=SYMBOLS, quantity="0", last_price="11")).has_results


@pytest.mark.parametrize("name", ["net_income", "net_change", "net_position", "net_flow"])
def test_what_is_net_of_something_else_is_no_result(name: str) -> None:
    records = [{name if key == "pnl" else key: v for key, v in one.items()} for one in rows(x="1")]
    assert not infer(
        [{**one, "date": f"2026-04-{n * 3 + 1:02}"} for n, one in enumerate(records)]
    ).has_results
