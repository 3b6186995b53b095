"""Closes that share an id, where prices show whether they are parts, and the last one has all."""

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked, fields

PRICES = ((100, 104, 110), (50, 52, 48), (80, 84, 90), (60, 63, 61), (40, 42, 45), (90, 95, 91))
TWICE = "id_closes_twice"


def at(n: int) -> str:
    return f"2026-04-07T{10 + n // 60:02}:{n % 60:02}:00Z"


def closes(first: str = "tp1", last: str = "stop") -> list[Record]:
    """Trades of 4 pieces that close in two parts, each with its own prices and result."""
    records: list[Record] = []
    for n, (entry, *exits) in enumerate(PRICES):
        for k, (out, reason) in enumerate(zip(exits, (first, last), strict=True)):
            records.append(
                {
                    "id": f"t{n}",
                    "symbol": "ABC",
                    "side": "long",
                    "entry_price": entry,
                    "exit_price": out,
                    "quantity": 2,
                    "pnl": (out - entry) * 2,
                    "exit_reason": reason,
                    "opened_at": at(4 * n),
                    "closed_at": at(4 * n + k + 1),
                }
            )
    return records


def events(*, has_all: bool) -> list[Record]:
    """The same as events of an opening, a partial close and a close."""
    records: list[Record] = []
    for n, (entry, first, last) in enumerate(PRICES):
        named = {"trade_id": f"t{n}", "symbol": "ABC", "side": "LONG"}
        part, rest = (first - entry) * 2, (last - entry) * 2
        closed = rest + part * has_all
        for k, (event, price, size, pnl) in enumerate(
            (
                ("OPEN", entry, 4, None),
                ("PARTIAL_CLOSE", first, 2, part),
                ("CLOSE", last, 2, closed),
            )
        ):
            more = {} if pnl is None else {"pnl": pnl}
            record = {"event": event, **named, "price": price, "qty": size, "ts": at(4 * n + k)}
            records.append({**record, **more})
    return records


def test_closes_that_say_that_they_are_parts_are_added_up_where_prices_prove_each() -> None:
    reading = infer(closes())
    assert asked(reading) == []
    assert (reading.dialect["identity"], reading.dialect["closes"]) == (["id"], "sum")
    assert "6 closes have the id of an earlier one: parts of one trade" in reading.assumed[-1]


def test_closes_that_say_nothing_of_the_kind_are_asked_about() -> None:
    assert asked(infer(closes("signal", "stop"))) == [TWICE]


def test_results_that_are_not_those_of_the_prices_are_asked_about() -> None:
    records = [{**one, "pnl": str(Decimal(n % 5) - 2)} for n, one in enumerate(closes())]
    assert TWICE in asked(infer(records))


@pytest.mark.parametrize(("has_all", "way"), [(True, "last"), (False, "sum")])
def test_the_price_of_the_opening_shows_whether_the_last_close_has_all(
    has_all: bool, way: str
) -> None:
    reading = infer(events(has_all=has_all))
    assert asked(reading) == []
    assert (reading.dialect["identity"], reading.dialect["closes"]) == (["trade_id"], way)
    assert fields(reading)["net_pnl"] == "pnl"
