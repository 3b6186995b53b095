"""Where rows of CSV end: quotes that open cells, quotes that do not, and what must wait."""

from __future__ import annotations

import csv
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perfkit.logs.formats.csv_quotes import MOST_LINES, RowEnds, unpadded
from perfkit.logs.formats.json_lines import MAX_LINE_BYTES


def rows(text: bytes) -> list[bytes]:
    ends = RowEnds(",")
    return list(ends.rows(text[: ends.whole_until(text)]))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b'1,gun 5" long\n2,x\n3,7" y\n', [b'1,gun 5" long', b"2,x", b'3,7" y']),
        (b'1,"two\nlines"\n2,x\n', [b'1,"two\nlines"', b"2,x"]),
        (b'1,"two\r\nlines"\r\n2,x\n', [b'1,"two\r\nlines"\r', b"2,x"]),
        (b'1,"a ""b""\n"\n2,""\n', [b'1,"a ""b""\n"', b'2,""']),
        (b'1,"a"b\n2,"x\ny"\n', [b'1,"a"b', b'2,"x\ny"']),
        (b'1,"open\n2,x"y\n3,z\n', [b'1,"open', b'2,x"y', b"3,z"]),
        (b'"a" ,"b\nc"  \n2\n', [b'"a" ,"b\nc"  ', b"2"]),
        (b'"a" \r\n "b" \r\n', [b'"a" \r', b' "b" \r']),
        (b'1, "a ""b,"" c", "d"x,"e\nf"\n', [b'1, "a ""b,"" c", "d"x,"e\nf"']),
        (b'1, "a,""b" ,"c\nd"\n', [b'1, "a,""b" ,"c\nd"']),
        (b'1,"a" b,"c\nd"\n', [b'1,"a" b,"c', b'd"']),
        (b'1, "a\n2,b\n', [b'1, "a', b"2,b"]),
    ],
)
def test_a_quote_counts_at_the_edges_of_a_cell_alone(text: bytes, wanted: list[bytes]) -> None:
    assert rows(text) == wanted
    assert RowEnds(",").whole_until(text) == len(text)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (b'1,2\n3,"4\n', 4),
        (b'1,2\n3,"4"', 4),
        (b'1,2\n3,"4"\r', 4),
        (b'1,2\n3,"4\n5"\n6,7', 12),
        (b'1,2\n3,"4\n5"6\n', 13),  # nothing makes a row of that
        (b"1,2", 0),
        (b'1,"2" ', 0),
        (b'1,"2\n3" \r', 0),
        (b'1,"2\n3", "4,""', 0),
        (b'1,"2\n3", "4,""5', 0),
        (b'1,"2\n3", "4,""5" ', 0),
    ],
)
def test_what_may_go_on_waits(text: bytes, whole: int) -> None:
    assert RowEnds(",").whole_until(text) == whole


def test_lines_above_the_first_row_are_none_of_csv() -> None:
    text = b'"title\na,b\n1,2\n3,"4\n'
    assert RowEnds(",").whole_until(text, 2) == len(b'"title\na,b\n1,2\n')
    assert RowEnds(",").whole_until(text[:8], 2) == len(b'"title\n')


def test_a_quote_that_is_not_closed_costs_its_line_alone() -> None:
    others = [b"3,4"] * MOST_LINES
    assert rows(b'1,"2\n' + b"\n".join(others) + b"\n") == [b'1,"2', *others]
    closed = b'1,"2\n' + b"3,4\n" * (MOST_LINES - 2) + b'5"\n'
    assert rows(closed) == [closed[:-1]]
    assert RowEnds(",").whole_until(b'1,"2\n' + b"3,4\n" * (MOST_LINES - 2)) == 0
    assert len(rows(b'1,"2\n' + b"3,4\n" * (MOST_LINES - 1) + b'5"\n')) == MOST_LINES + 1


def test_a_row_of_several_lines_is_no_longer_than_a_line() -> None:
    begun = b'1,"' + b"x" * (MAX_LINE_BYTES - 10) + b"\n"
    assert RowEnds(",").whole_until(begun) == 0
    assert rows(begun + b'y"\n') == [begun + b'y"']
    assert rows(begun + b'0123456789"\n') == [begun[:-1], b'0123456789"']
    assert RowEnds(",").whole_until(begun + b"0123456789") == len(begun)


texts = st.text(st.sampled_from('ab,""" \n\r'), max_size=60).map(str.encode)


@given(texts, st.integers(0, 60))
@example(b'1,gun 5" long\n2,x\n3,tube 7" y\n', 20)
@example(b'1,"\n2,x"y\n', 9)
def test_rows_are_the_same_wherever_the_text_is_cut(text: bytes, cut: int) -> None:
    ends = RowEnds(",")
    first = ends.whole_until(text[:cut])
    second = first + ends.whole_until(text[first:])
    assert second == ends.whole_until(text)
    assert [*ends.rows(text[:first]), *ends.rows(text[first:second])] == rows(text)
    assert b"".join(row + b"\n" for row in rows(text)) == text[:second]


@given(st.text(st.sampled_from('ab,""\n\r'), max_size=60))
def test_what_has_no_blank_beside_a_quote_is_left_as_it_is(text: str) -> None:
    assert unpadded(text, ",") is text


@given(texts)
def test_rows_that_the_csv_module_reads_are_those_that_it_finds(text: bytes) -> None:
    text = text.replace(b"\r", b"") + b"\n"
    lines = [line + "\n" for line in unpadded(text.decode(), ",").split("\n")[:-1]]
    try:
        reader = csv.reader(lines, strict=True)
        numbers = [0, *(reader.line_num for _ in reader)]
    except csv.Error:
        return
    assert [row.count(b"\n") + 1 for row in rows(text)] == [
        end - start for start, end in pairwise(numbers)
    ]
