"""Entries and exits on records of their own."""

from __future__ import annotations

import pytest

from perfkit import read
from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked

ROWS = (
    ("ENTRY", "A", "LONG", "100", "2"),
    ("TP", "A", "LONG", "103", "2"),
    ("ENTRY", "A", "SHORT", "50", "3"),
    ("SL", "A", "SHORT", "51", "3"),
    ("ENTRY", "B", "LONG", "10", "5"),
)
"""2 x (103 - 100) = 6, and 3 x (50 - 51) = -3."""


def events(*names: str) -> list[Record]:
    every = ("event", "symbol", "side", "price", "qty")
    return [
        {
            "time": f"2026-04-07T{n:02}:00:00Z",
            **{name: cell for name, cell in zip(every, row, strict=True) if name in names},
        }
        for n, row in enumerate(ROWS)
    ]


def test_each_exit_belongs_to_the_entry_before_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("logs") / "trades.csv"
    records = events("event", "symbol", "side", "price", "qty")
    lines = [",".join(records[0]), *(",".join(map(str, one.values())) for one in records)]
    path.write_text("\n".join(lines) + "\n")
    desk = read(path, quiet=True)
    closed = [desk.book.closed[row] for row in range(2)]
    assert [str(one.net_pnl) for one in closed] == ["6", "-3"]
    assert desk.summary("all").metrics["open_trades"] == 1


def test_sides_of_positions_are_never_taken_for_those_of_orders() -> None:
    records = events("event", "symbol", "side", "price", "qty")
    reading = infer([records[0], *records])  # a second entry before the exit
    assert "fills" not in reading.dialect


def test_a_part_that_is_closed_is_not_taken_for_all() -> None:
    records = events("event", "symbol", "side", "price", "qty")
    assert "pair" not in infer([*records[:1], {**records[1], "qty": "1"}, *records[2:]]).dialect


def test_without_a_quantity_the_unit_is_asked_for() -> None:
    reading = infer(events("event", "symbol", "side", "price"))
    assert (asked(reading), reading.closed) == (["unit"], 2)


def test_without_a_side_it_is_asked_for() -> None:
    assert asked(infer(events("event", "symbol", "price", "qty"))) == ["side"]


def test_prices_in_columns_of_their_own_take_turns() -> None:
    records: list[Record] = [
        {
            "time": f"2026-04-07T{n:02}:00:00Z",
            "side": side,
            "entry_price": entry,
            "exit_price": out,
        }
        for n, (side, entry, out) in enumerate(
            [("short", "12", ""), ("short", "", "10"), ("long", "8", ""), ("long", "", "7")]
        )
    ]
    reading = infer(records)
    assert (asked(reading), reading.closed) == (["unit"], 2)
    assert reading.dialect["open_when"] == {"exit_price": "missing"}
    assert reading.dialect["pair"] == {"by": ["side"], "order": "fifo"}


class TestTwoPrices:
    def records(self) -> list[Record]:
        names = ("event", "symbol", "side", "price", "qty")
        return [
            {
                **{key: one[key] for key in one if key != "price"},
                "spot_price": "7",
                "stop_price": "9",
            }
            | {"futures_price": one["price"]}
            for one in events(*names)
        ]

    def test_it_is_asked_which_was_traded(self) -> None:
        reading = infer(self.records())
        assert asked(reading) == ["which_price"]
        assert [one.changes for one in reading.doubts[0].answers] == [
            {"fields.entry_price": name, "fields.exit_price": name}
            for name in ("spot_price", "futures_price")
        ]

    def test_one_by_any_name_is_taken(self) -> None:
        records = [{key: one[key] for key in one if key != "spot_price"} for one in self.records()]
        reading = infer(records)
        assert asked(reading) == []
        assert reading.dialect["fields"]["entry_price"] == "futures_price"  # type: ignore[index]
