"""Times that end in EST in winter and in EDT in summer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from perfkit.desk.reading import desk_on
from perfkit.inference.source import found_in
from perfkit.inference.table.zone_words import zone_words

ORDERS = """\
Symbol,Side,Status,Filled,Avg Price,Filled Time
AAA,Buy,Filled,10,5.00,02/26/2026 10:00:00 EST
AAA,Sell,Filled,10,5.50,03/20/2026 10:00:00 EDT
AAA,Short,Filled,4,6.00,03/21/2026 10:00:00 EDT
AAA,Buy,Filled,3,5.00,03/22/2026 10:00:00 EDT
AAA,Buy,Cancelled,1,5.00,03/22/2026 10:05:00 EDT
AAA,Buy,Cancelled,0,,03/22/2026 10:09:00 EDT
"""


def test_both_are_read_in_their_zone(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    found = found_in(str(path))
    assert found.reading.is_sure
    assert found.reading.source["timezone"] == "America/New_York"
    book = desk_on([found], "UTC").book
    assert book.closed[0].opened_at == datetime(2026, 2, 26, 15, tzinfo=UTC)
    assert book.closed[0].closed_at == datetime(2026, 3, 20, 14, tzinfo=UTC)


def test_what_was_filled_of_a_cancelled_order_counts(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    book = desk_on([found_in(str(path))], "UTC").book
    assert [book.closed[n].net_pnl for n in range(len(book.closed))] == [5, 3, 1]
    assert len(book.open) == 0


@pytest.mark.parametrize(
    "times",
    [
        ("10:00 EST", "11:00 EST"),
        ("10:00 EST", "11:00 PDT"),
        ("10:00 ABT", "11:00 ACT"),
        ("10:00 EST", "11:00"),
        ("10:00 PM PST", "11:00 AM PDT"),
    ],
    ids=["one word", "two zones", "unknown", "not all", "not told from PM"],
)
def test_other_words_are_left_as_they_are(times: tuple[str, ...]) -> None:
    assert zone_words([f"04/06/2026 {one}" for one in times]) is None


def test_the_name_of_a_zone_behind_an_offset_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "trades.csv"
    lines = ["entryTime,exitTime,side,pnl"]
    for day, pnl in ((6, "5"), (7, "-2"), (8, "3")):
        named = f"Apr 0{day} 2026 {{}}:30:00 GMT+0200 (Central European Summer Time)"
        weekday = ("Mon", "Tue", "Wed")[day - 6]
        lines.append(f"{weekday} {named.format('09')},{weekday} {named.format('10')},long,{pnl}")
    path.write_text("\n".join(lines) + "\n")
    found = found_in(str(path))
    assert (found.reading.is_sure, found.reading.source.get("timezone")) == (True, None)
    book = desk_on([found], "UTC").book
    assert not book.errors
    assert book.closed[0].opened_at == datetime(2026, 4, 6, 7, 30, tzinfo=UTC)
    assert book.closed[2].closed_at == datetime(2026, 4, 8, 8, 30, tzinfo=UTC)
