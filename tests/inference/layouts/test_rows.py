"""Rows of CSV are the same records whether their cells are in quotes or not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.inference.layouts.rows import places_in_csv

CELLS = st.sampled_from(["1", "2.5", "2026-01-05", "", "a", " ", " a", "1 "])


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_cells_in_quotes_and_plain_ones_are_the_same_records(
    rows: list[list[str]], newline: str, is_ended: bool
) -> None:
    def text(before: str, after: str) -> str:
        table = [["time", "symbol", "pnl"], *rows]
        lines = (",".join(f"{before}{cell}{after}" for cell in row) for row in table)
        return newline.join(lines) + newline * is_ended

    (plain,) = places_in_csv(text("", ""), True)
    for before, after in [('"', '"'), ('"', '" '), ('  "', '"')]:
        (quoted,) = places_in_csv(text(before, after), True)
        assert list(plain.records) == list(quoted.records)
        assert (plain.layout, plain.odd_rows) == (quoted.layout, quoted.odd_rows)


def test_delimiters_and_quotes_in_cells_with_blanks_around_their_quotes_part_nothing() -> None:
    rows = [f'"2026-04-0{n}" ,  "A, ""B"" ,C" ,"{n}" \n' for n in range(1, 4)]
    (place,) = places_in_csv("".join(['"time" ,"symbol" ,"pnl" \n', *rows]), True)
    assert [record["symbol"] for record in place.records] == ['A, "B" ,C'] * 3
    assert [record["pnl"] for record in place.records] == ["1", "2", "3"]


JUNK = ["signal=hold | rsi=45 | wait"] * 60


def test_a_header_with_rows_at_the_top_counts_though_most_lines_are_of_something_else() -> None:
    rows = [f"2026-04-0{n} 10:00,A,long,{n}.5" for n in range(1, 5)]
    (place,) = places_in_csv("\n".join(["time,symbol,side,pnl", *rows, *JUNK]) + "\n", True)
    assert len(place.records) == 4
    assert place.records[0]["pnl"] == "1.5"


def test_a_header_counts_though_most_rows_have_one_cell_more() -> None:
    rows = [f"A,{n},buy,2026-04-0{n} 10:00" for n in range(1, 4)]
    longer = [f"{row},paper" for row in rows * 3]
    text = "\n".join(["symbol,qty,side,time", *rows, *longer]) + "\n"
    (place,) = places_in_csv(text, True)
    assert (len(place.records), place.layout) == (12, {"ragged": True})


def test_a_small_table_above_the_rows_is_not_taken_for_their_header() -> None:
    table = ["name,trades,won", "A,5,3", "B,7,2", ""]
    rows = [f"2026-04-0{n} 10:00,A,long,{n}.5" for n in range(1, 8)]
    (place,) = places_in_csv("\n".join([*table, "time,symbol,side,pnl", *rows]) + "\n", True)
    assert len(place.records) == 7


def test_a_row_that_lacks_only_what_no_row_has_is_whole() -> None:
    rows = [f"2026-04-0{n} 10:00,A,long,{n}.5,1{n},," for n in range(1, 8)]
    names = "time,symbol,side,pnl,equity,score,note"
    (place,) = places_in_csv("\n".join([names, *rows, "2026-04-08 10:00,A,long,3,17", ""]), True)
    assert (len(place.records), place.layout, place.odd_rows) == (8, {"ragged": True}, [])
    cut = "\n".join([names, *rows, "2026-04-08 10:00,A,long,3", ""])
    (place,) = places_in_csv(cut, True)
    assert len(place.odd_rows) == 1


def test_blanks_around_cells_are_no_part_of_words() -> None:
    rows = [f"2026-04-0{n} , A,{n}" for n in range(1, 4)]
    (place,) = places_in_csv("\n".join(["time,symbol,pnl", *rows, ""]), True)
    assert place.records[0]["symbol"] == "A"


def test_a_header_counts_though_most_rows_lack_cells_at_their_ends() -> None:
    opened = [f"10:0{n},ENTRY,A,4{n},,,7" for n in range(1, 4)]
    closed = [f"10:1{n},EXIT,A,4{n},5{n},{n}.5" for n in range(1, 8)]
    names = "time,event,symbol,entry,exit,pnl,risk"
    (place,) = places_in_csv("\n".join([names, closed[0], *opened, *closed[1:], ""]), True)
    assert (len(place.records), place.layout) == (10, {"ragged": True})
    assert place.records[4]["pnl"] == "2.5"


def test_it_does_not_where_they_may_lack_others() -> None:
    whole = [f"10:0{n},EXIT,A,4{n},5{n},{n}.5,x" for n in range(1, 4)]
    moved = [f"10:1{n},EXIT,4{n},5{n},{n}.5,x" for n in range(1, 8)]
    names = "time,event,symbol,entry,exit,pnl,note"
    assert places_in_csv("\n".join([names, *moved, *whole, ""]), True) == []
    (place,) = places_in_csv("\n".join([names, *whole, *moved, ""]), True)
    assert (len(place.records), len(place.odd_rows)) == (3, 7)


@pytest.mark.parametrize("names", ["20 MA", "50SMA,200 EMA", "24h"])
def test_a_name_that_begins_with_a_number_is_one(names: str) -> None:
    header = f"date,symbol,side,shares,entry price,pnl,setup,{names}"
    rows = [f"2026-04-0{n},A,long,3,10,{n}.5,gap" + ",7" * len(names.split(",")) for n in (1, 2, 3)]
    (place,) = places_in_csv("\n".join([header, *rows]) + "\n", True)
    assert [record["pnl"] for record in place.records] == ["1.5", "2.5", "3.5"]


def test_a_row_with_an_amount_of_a_currency_is_no_header() -> None:
    rows = [f"A,long,filled,shares,entry,gap,pnl,{n} USD" for n in (1, 2, 3)]
    assert not any(
        "1 USD" in record for one in places_in_csv("\n".join(rows), True) for record in one.records
    )
