"""Where the table of a section ends."""

from __future__ import annotations

import pytest

from perfkit.logs.formats.csv_sections import up_to_section_end

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
