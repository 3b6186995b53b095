"""Rows of CSV: the header that is found, cells under its names, and what cannot be read."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perfkit.config.layout import Layout
from perfkit.core.one_value import BadValueError
from perfkit.logs.formats.csv_quotes import RowEnds
from perfkit.logs.formats.csv_rows import (
    CsvRows,
    Header,
    OddWidthError,
    headers_in,
    likely_header,
    plain_columns,
)

WANTED = ("exit_time", "pnl")


def header(text: str, layout: Layout = Layout(), least: int = 2) -> Header | None:  # noqa: B008
    found = headers_in(text.encode(), WANTED, layout, least)
    return found[-1] if found else None


@pytest.mark.parametrize(
    ("text", "names", "line", "delimiter"),
    [
        ("exit_time,pnl\n", ("exit_time", "pnl"), 1, ","),
        ("Account: 7\n\nexit_time;a;pnl\r\n1;2;3\n", ("exit_time", "a", "pnl"), 3, ";"),
        ("\ufeffexit_time\tpnl\n", ("exit_time", "pnl"), 1, "\t"),
        ("exit_time|pnl|\n", ("exit_time", "pnl", "#3"), 1, "|"),
        ('"exit_time","pnl","pnl"\n', ("exit_time", "pnl", "pnl#2"), 1, ","),
        (" exit_time , pnl\n", ("exit_time", "pnl"), 1, ","),
        ("pnl,x\nexit_time,pnl\n", ("exit_time", "pnl"), 2, ","),
    ],
)
def test_the_header_is_the_line_with_the_names(
    text: str, names: tuple[str, ...], line: int, delimiter: str
) -> None:
    assert header(text) == Header(names, line, delimiter)


def test_a_header_may_be_named_by_its_line_or_by_the_section_it_stands_in() -> None:
    text = "exit_time,pnl\n1,2\nDeals\nexit_time,pnl,fee\n3,4,5\n"
    assert header(text, Layout(header=4)) == Header(("exit_time", "pnl", "fee"), 4, ",")
    assert header(text, Layout(section="Deals")) == Header(("exit_time", "pnl", "fee"), 4, ",")
    assert header(text, Layout(section="Orders")) is None
    assert header(text, Layout(delimiter=";"), 1) is None


def test_without_enough_names_there_is_no_header_but_a_likely_one() -> None:
    text = b"title\nwhen,what,pnl\n1,2,3\n"
    assert headers_in(text, WANTED, Layout(), 2) == []
    (found,) = headers_in(text, WANTED, Layout(), 1)
    assert found == Header(("when", "what", "pnl"), 2, ",") == likely_header(text, Layout())
    assert likely_header(b"title\nrow\n", Layout()) is None
    assert likely_header(b"$ P&L,when\n", Layout()) == Header(("$ P&L", "when"), 1, ",")
    with pytest.raises(BadValueError, match="begins with a row and not with the names"):
        likely_header(b"title\n2026-04-08 09:00,-500,a\nb,c,d\n", Layout())


def test_each_line_with_more_of_the_names_may_be_the_header() -> None:
    text = b"pnl;x\nexit_time,pnl\nexit_time,x\n"
    found = headers_in(text, WANTED, Layout(), 1)
    assert [(one.line, one.delimiter) for one in found] == [(1, ";"), (2, ",")]


@pytest.mark.parametrize(
    ("raw", "alike"),
    [
        (b"exit_time,pnl,x", True),
        (b"exit_time,pnl,y\r", True),
        (b"pnl,exit_time,x", False),
        (b"exit_time,pnl", False),
        (b"exit_time,y,pnl", False),
        (b"exit_time,a,b", None),
        (b"exit_time,pnl,12", None),
        (b"", None),
    ],
)
def test_a_header_within_the_rows_is_told_from_one_that_names_other_columns(
    raw: bytes, alike: bool | None
) -> None:
    assert rows("exit_time", "pnl", "x").reads_alike(raw) is alike


def rows(*names: str, delimiter: str = ",") -> CsvRows:
    return CsvRows(Header(names or WANTED, 1, delimiter), WANTED)


def test_cells_are_texts_under_their_names_and_a_missing_column_is_empty() -> None:
    assert rows("pnl", "x", "exit_time").record(b"1,2,3") == ("3", "1")
    assert rows("x", "pnl").record(b"1,2") == ("", "2")
    assert CsvRows(Header(("x", "pnl"), 1, ","), ["pnl"]).record(b"1,2") == ("2",)


@pytest.mark.parametrize("blank", [b"", b"  ", b",", b"\r", b"  ,  "])
def test_a_row_without_a_cell_is_blank(blank: bytes) -> None:
    assert rows().record(blank) is None
    assert rows().block(blank + b"\n") is None


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xff,1", "is not UTF-8 at byte 1"),
        (b"a\0,1", "holds a NUL byte"),
        (b'"a,1', "a quote begins a cell and does not end it"),
        (b'"a"b,1', "is not a row of CSV"),
        (b'"a" b,1', "is not a row of CSV"),
        (b'"a" "b",1', "is not a row of CSV"),
        (b"1", "has 1 cells, the header has 2"),
        (b"1,2,3", "has 3 cells, the header has 2"),
        (b"1," + b"2" * (1 << 20), "a line of more than 1048576 bytes"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(BadValueError, match=reason):
        rows().record(raw)
    assert rows().block(raw + b"\n") is None


def test_a_row_of_another_width_has_what_could_be_read_of_it() -> None:
    for raw, row in ((b"1", ("1", "")), (b"1,2,3", ("1", "2"))):
        with pytest.raises(OddWidthError) as caught:
            rows().record(raw)
        assert caught.value.row == row
    assert rows().record(b"1,2,,") == ("1", "2")  # empty cells at the end are none


def test_a_row_of_another_width_is_read_from_its_start_where_the_file_is_ragged() -> None:
    ragged = CsvRows(Header(("exit_time", "pnl"), 1, ","), WANTED, ragged=True)
    assert (ragged.record(b"1"), ragged.record(b"1,2,3")) == (("1", ""), ("1", "2"))
    assert ragged.block(b"1,2\n1,2,3\n") is None  # which is then read row by row
    assert ragged.block(b"1,2\n3,4\n") == ([["1", "3"], ["2", "4"]], range(2))


@given(
    st.lists(
        st.tuples(*[st.text(st.sampled_from('a,;"\n \u00e4'), max_size=6)] * 2).filter(
            lambda row: bool("".join(row).strip())
        ),
        max_size=12,
    ),
    st.sampled_from([",", ";"]),
    st.sampled_from(["\n", "\r\n"]),
)
@example([('a"', "\n"), ("b", "c\n\nd")], ",", "\r\n")
def test_what_the_csv_module_writes_is_read_back_with_its_lines(
    given_rows: list[tuple[str, str]], delimiter: str, newline: str
) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=newline)
    at = []
    for row in given_rows:
        at.append(stream.getvalue().count("\n"))
        writer.writerow(row)
    block = stream.getvalue().encode()
    decoder = rows(delimiter=delimiter)
    assert decoder.whole_until(block) == len(block)
    stripped = [(one.strip(" "), other.strip(" ")) for one, other in given_rows]
    kept = [
        (row, line)
        for row, line in zip(stripped, at, strict=True)
        if "".join(row).replace(delimiter, "").replace('"', "").strip()
    ]
    found, line = [], 0
    for raw in decoder.records(block):
        record = decoder.record(raw)
        if record is not None:
            found.append((record, line))
        line += raw.count(b"\n") + 1
    assert [one for one in found if one in kept] == kept
    whole = decoder.block(block)
    if whole is not None and given_rows:
        columns, lines = whole
        assert list(zip(*columns, strict=True)) == stripped
        assert list(lines) == at


cells = st.text(st.sampled_from("ab .\t"), max_size=3)


@given(st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=6), st.integers(1, 4))
@example([["a"], ["b", "c", "d"]], 2)
@example([["a", "b"], [" ", ""]], 2)
def test_columns_are_those_of_the_rows_if_all_are_of_one_width(
    given_rows: list[list[str]], width: int
) -> None:
    text = "".join(",".join(row) + "\n" for row in given_rows)
    columns = plain_columns(text, ",", width)
    if {*map(len, given_rows)} == {width}:
        assert columns == [list(column) for column in zip(*given_rows, strict=True)]
    else:
        assert columns is None


def test_blanks_around_a_cell_are_no_part_of_it() -> None:
    for block in (b" 10 , SELL \n", b"10, SELL\n", b'" 10 ","SELL"\n'):
        whole = rows().block(block)
        assert whole is not None
        assert list(zip(*whole[0], strict=True)) == [("10", "SELL")] == [rows().record(block[:-1])]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        (b'"QQQ" ,"2024-01-02"  \n', ("QQQ", "2024-01-02")),
        (b' "QQQ","2"\r\n', ("QQQ", "2")),
        (b'"a, ""b"" ,c" , "d ""e"" ,f" \r\n', ('a, "b" ,c', 'd "e" ,f')),
        (b'1, "a,b"\n', ("1", "a,b")),
        (b'"a\n b" ,"c"\n', ("a\n b", "c")),
        (b'1, "a\n', ("1", '"a')),
        (b'1, "a"b\n', ("1", '"a"b')),
    ],
)
def test_blanks_around_a_cell_in_quotes_are_no_part_of_it(
    text: bytes, cells: tuple[str, str]
) -> None:
    whole = rows().block(text)
    assert whole is not None
    assert list(zip(*whole[0], strict=True)) == [cells]
    (raw,) = rows().records(text)
    assert rows().record(raw) == cells


def test_names_in_a_header_are_read_without_the_blanks_around_their_quotes() -> None:
    assert header('"exit_time" , "pnl"\n') == Header(("exit_time", "pnl"), 1, ",")
    assert header('"exit_time" , "a,b" ,pnl\n') == Header(("exit_time", "a,b", "pnl"), 1, ",")


def by_row(decoder: CsvRows, text: bytes) -> list[tuple[tuple[object, ...], int]] | None:
    """The rows of a text and their lines, decoded one by one; None where one has no cells."""
    found, line = [], 0
    for raw in decoder.records(text):
        try:
            record = decoder.record(raw)
        except BadValueError:
            return None
        if record is None:
            return None
        found.append((record, line))
        line += raw.count(b"\n") + 1
    return found


delimiters = st.sampled_from([",", "\t", " ", "\u00a6"])


@given(st.text(st.sampled_from('aab,,"""  \n\n\r'), max_size=40), st.integers(1, 3), delimiters)
@example('"a" ,b\n c, "d,e" \n', 2, ",")
@example('a,"b\n" ,\n', 3, ",")
@example('a, "b\n",\n', 2, ",")
@example('"a","b\n", ,\n', 4, " ")
def test_rows_are_the_same_all_at_once_and_one_by_one(
    text: str, width: int, delimiter: str
) -> None:
    names = ("a", "b", "c", "d")[:width]
    decoder = CsvRows(Header(names, 1, delimiter), names)
    block = text.replace(",", delimiter).encode() + b"\n"
    block = block[: RowEnds(delimiter).whole_until(block)]
    whole = decoder.block(block)
    if whole is not None and block:
        found = list(zip(zip(*whole[0], strict=True), whole[1], strict=True))
        assert found == by_row(decoder, block)


def test_where_a_blank_is_the_delimiter_each_one_parts_cells() -> None:
    decoder = CsvRows(Header(("a", "b", "c"), 1, " "), ("a", "b", "c"))
    block = b'"x y" "" \n "1\n2" 3\n'
    cells = [("x y", "", ""), ("", "1\n2", "3")]
    assert by_row(decoder, block) == [(cells[0], 0), (cells[1], 1)]
    whole = decoder.block(block)
    assert whole is not None
    assert list(zip(*whole[0], strict=True)) == cells


@given(
    st.text(st.sampled_from('aab,,"""  \n\n\r'), max_size=40),
    st.lists(st.integers(1, 60), max_size=4),
    delimiters,
)
@example('"a\n" ,b\n', [6], "\u00a6")
def test_rows_are_the_same_in_pieces(text: str, cuts: list[int], delimiter: str) -> None:
    """Also where a piece ends within a character."""
    ends = RowEnds(delimiter)
    whole = text.replace(",", delimiter).encode() + b"\n"
    found: list[bytes] = []
    at = 0
    for cut in [*sorted(cuts), len(whole)]:
        piece = whole[at : max(at, cut)]
        rows_until = ends.whole_until(piece)
        found += ends.rows(piece[:rows_until]) if rows_until else []
        at += rows_until
    rows_until = ends.whole_until(whole)
    assert found == (list(ends.rows(whole[:rows_until])) if rows_until else [])


def test_a_block_ends_where_a_row_does() -> None:
    decoder = rows()
    assert decoder.whole_until(b'1,2\n3,"4\n') == 4
    assert decoder.whole_until(b'1,2\n3,"4\n5"\n6,7') == 12
    assert decoder.whole_until(b"1,2") == 0
    assert not decoder.is_whole(b'3,"4\n')
    assert decoder.is_whole(b'3,"4\n5"\n')


def test_line_ends_inside_a_cell_are_the_same_however_a_row_is_read() -> None:
    block = b'"a\r\nb",1\r\n'
    whole = rows().block(block)
    assert whole is not None
    assert list(zip(*whole[0], strict=True)) == [("a\nb", "1")] == [rows().record(block[:-1])]


def test_cells_of_any_length_are_read_alike_with_and_without_company() -> None:
    long = b"x" * 200_000
    whole = rows().block(long + b",1\n")
    assert whole is not None
    assert list(zip(*whole[0], strict=True)) == [rows().record(long + b",1")]
    assert rows().block(b'" "," "\n') is None  # blank, or a row: `record` decides
