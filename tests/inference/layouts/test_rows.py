"""Rows of CSV are the same records whether their cells are in quotes or not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perfkit.inference.layouts.rows import places_in_csv

CELLS = st.sampled_from(["1", "2.5", "2026-01-05", "", "a", " "])


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_cells_in_quotes_and_plain_ones_are_the_same_records(
    rows: list[list[str]], newline: str, is_ended: bool
) -> None:
    def text(quote: str) -> str:
        table = [["time", "symbol", "pnl"], *rows]
        lines = (",".join(f"{quote}{cell}{quote}" for cell in row) for row in table)
        return newline.join(lines) + newline * is_ended

    (plain,), (quoted,) = places_in_csv(text(""), True), places_in_csv(text('"'), True)
    assert list(plain.records) == list(quoted.records)
    assert (plain.layout, plain.odd_rows) == (quoted.layout, quoted.odd_rows)
