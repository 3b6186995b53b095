"""Where the table of a section ends."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.logs.formats.csv_sections import rows_in, up_to_section_end

TABLE = b"Trades\nt,pnl\n2026-04-08 09:00,5\n"


@pytest.mark.parametrize(
    "after",
    [
        b"Dividends\nd,amount\n2026-04-08 11:00,100\n",
        b"Dividends,\r\nd,amount\r\n2026-04-08 11:00,100\r\n",
        b"\nDividends\n\nd,amount\n2026-04-08 11:00,100\n",
        b"\nd,amount\n2026-04-08 11:00,100\n",
        b"Deposits\nDividends\nd,amount\n",
    ],
)
def test_a_section_ends_above_the_header_of_the_next_one(after: bytes) -> None:
    assert up_to_section_end(TABLE + after, 2, ",") == TABLE


@pytest.mark.parametrize(
    "after",
    [
        b"a note\n2026-04-08 11:00,100\n",
        b"\n2026-04-08 11:00,100\n",
        b"\n,-7\n",
        b"2026-04-08 1\nt,pnl\n",
        b"Total\n",
        b'2026-04-08 09:00,"5\nDividends\nd,amount"\n',
        b"2026-04-08 09:00",
    ],
)
def test_no_row_is_lost_to_what_only_looks_like_the_end(after: bytes) -> None:
    assert up_to_section_end(TABLE + after, 2, ",") == TABLE + after


@given(st.text(st.sampled_from('ab,;"\n\u2028'), max_size=40), st.sampled_from(",;"))
def test_rows_are_those_of_the_csv_module_with_the_lines_they_end_on(
    text: str, delimiter: str
) -> None:
    rows, expected = rows_in(text, delimiter), csv.reader(io.StringIO(text), delimiter=delimiter)
    found = [(row, rows.line_num) for row in rows]
    assert found == [(row, expected.line_num) for row in expected]


def test_blanks_around_quotes_are_in_no_row() -> None:
    assert list(rows_in('"a" , "b,c"\n\n1,2', ",")) == [["a", "b,c"], [], ["1", "2"]]
