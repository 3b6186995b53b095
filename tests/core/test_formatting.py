"""Figures and names as text: nothing that a log says can break a table or become markup.

What a reader would see is asked of a CommonMark parser with tables, as forges use one.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from perfkit.core.formatting import (
    LONGEST_NAME,
    aligned,
    duration,
    escaped,
    fixed,
    percent,
    plain,
    signed,
    slug,
    table,
)

INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories of what a page must not hold: control, bidirectional, unassigned, ..."""

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

MARKUP = (
    "|",
    "||",
    "\\|",
    "\\",
    "\\\\",
    "`",
    "``x``",
    "*b*",
    "__b__",
    "~~s~~",
    "<script>alert(1)</script>",
    "<!--",
    "<a@b.example>",
    "<https://x.example>",
    "](javascript:x)",
    "[a](b)",
    "![a](b)",
    "[^1]",
    "$x$",
    "&lt;",
    "&#124;",
    "\n",
    "\r\n",
    "\n\n# x\n",
    "\n| a |\n| - |\n",
    "\t",
    "\u2028",
    "\u2029",
    "\u0085",
    "\x0b",
    "\x1b[31m",
    "\0",
    "\u202e",
    "\u2066",
    "\u200f",
    "\u200b",
    "\ufeff",
    "- ",
    "1. ",
    "> ",
    "---",
    "===",
    "    ",
    "é",
    "日本",
    "🚀",
)
names = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(MARKUP), max_size=8).map("".join),
    st.lists(st.one_of(st.sampled_from(MARKUP), st.text(max_size=4)), max_size=8).map("".join),
)
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
cells = st.lists(st.lists(names, min_size=3, max_size=3), max_size=4)


def tokens(markdown: str) -> Iterator[Token]:
    """Every token of a page, those inside of a line included."""
    for token in PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def read_as(markdown: str) -> str:
    """The text a reader sees of one line; fails where it is more than plain text."""
    kinds = [token.type for token in tokens(markdown)]
    assert set(kinds) <= {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}
    return "".join(token.content for token in tokens(markdown) if token.type.startswith("text"))


class TestNames:
    @given(name=names)
    def test_name_holds_no_control_bidirectional_or_other_invisible_character(
        self, name: str
    ) -> None:
        for shown in (plain(name), escaped(name)):
            assert not {unicodedata.category(char) for char in shown} & INVISIBLE

    @given(name=names)
    def test_escaped_name_has_no_bare_character_that_markdown_gives_a_meaning(
        self, name: str
    ) -> None:
        bare = re.sub(r"\\[\\`*_{}\[\]()#+!|~$:.]|&(?:lt|gt|amp);", "", escaped(name))
        assert not set(bare) & set("\\`*_[]<>|~$&\n\r")

    @given(name=names)
    def test_escaped_name_reads_as_the_plain_one(self, name: str) -> None:
        assert read_as("x" + escaped(name) + "x") == "x" + plain(name) + "x"

    @given(name=names, longest=st.integers(1, 80))
    def test_name_is_cut_to_its_longest_length_and_says_so(self, name: str, longest: int) -> None:
        shown = plain(name, longest)
        assert len(shown) == min(len(name), longest)
        assert shown.endswith("…") or len(name) <= longest

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            pytest.param("momentum", "momentum", id="an ordinary name stays"),
            pytest.param("mean_reversion", "mean\\_reversion", id="underscore"),
            pytest.param("a|b", "a\\|b", id="pipe"),
            pytest.param("`x`", "\\`x\\`", id="backticks"),
            pytest.param("<script>", "&lt;script&gt;", id="html"),
            pytest.param("a](b", "a\\]\\(b", id="end of a link"),
            pytest.param("a\nb\r\nc\td", "a b  c d", id="line feed, carriage return and tab"),
            pytest.param("a\u202eb", "a?b", id="right-to-left override"),
            pytest.param("a\u200fb", "a?b", id="right-to-left mark"),
            pytest.param("a\x1b[31mb", "a?\\[31mb", id="terminal escape"),
            pytest.param("a\0b", "a?b", id="NUL"),
            pytest.param("AT&T", "AT&amp;T", id="ampersand"),
            pytest.param("x" * 61, "x" * 59 + "…", id="longer than 60"),
            pytest.param("x" * 60, "x" * 60, id="exactly 60"),
        ],
    )
    def test_name_in_markdown(self, name: str, shown: str) -> None:
        assert escaped(name) == shown
        assert LONGEST_NAME == 60


class TestTables:
    @given(rows=cells)
    def test_table_of_any_names_has_its_rows_and_columns_and_reads_as_the_plain_names(
        self, rows: list[list[str]]
    ) -> None:
        text = table(["a", "b", "c"], [[escaped(name) for name in row] for row in rows])
        page = list(tokens(text))
        assert {token.type for token in page} <= {
            *("table_open", "table_close", "thead_open", "thead_close", "tbody_open"),
            *("tbody_close", "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close"),
            *("inline", "text", "text_special"),
        }
        inline = [token for token in page if token.type == "inline"]
        read = ["".join(child.content for child in token.children or ()) for token in inline]
        expected = [["a", "b", "c"], *([plain(name).strip() for name in row] for row in rows)]
        assert read == [cell for row in expected for cell in row]

    def test_first_columns_are_aligned_left_and_the_others_right(self) -> None:
        assert table(["a", "b", "c"], [["1", "2", "3"]], left=2) == (
            "| a | b | c |\n| :-- | :-- | --: |\n| 1 | 2 | 3 |\n"
        )

    @given(rows=st.lists(st.lists(names, min_size=2, max_size=2), min_size=1, max_size=4))
    def test_plain_table_has_one_line_a_row_and_nothing_after_the_last_column(
        self, rows: list[list[str]]
    ) -> None:
        text = aligned(["name", "figure"], [[plain(name) for name in row] for row in rows])
        lines = text.split("\n")
        assert len(lines) == len(rows) + 2
        assert lines[-1] == ""
        assert all(line == line.rstrip() for line in lines)

    @pytest.mark.parametrize(
        ("header", "rows", "text"),
        [
            pytest.param(
                ["name", "P&L"], [["a", "+1.00"], ["longer", "-10.00"]],
                "name       P&L\na        +1.00\nlonger  -10.00\n",
                id="names left, figures right",
            ),
            pytest.param(["", ""], [["a", "1"]], "a  1\n", id="no header, no line for it"),
            pytest.param(
                ["", ""], [["日本", "1"], ["e\u0301e", "2"], ["abcd", "3"]],
                "日本  1\ne\u0301e    2\nabcd  3\n",
                id="wide characters take two columns, combining ones none",
            ),
        ],
    )  # fmt: skip
    def test_plain_table_lines_its_columns_up(
        self, header: Sequence[str], rows: list[list[str]], text: str
    ) -> None:
        assert aligned(header, rows) == text


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ("0", "0.00"),
            ("-0", "0.00"),
            ("-0.00", "0.00"),
            ("-0.004", "0.00"),
            ("-0.005", "0.00"),
            ("-0.0051", "-0.01"),
            ("0.005", "0.00"),
            ("0.015", "0.02"),
            ("1E+3", "1,000.00"),
            ("999.995", "1,000.00"),
            ("1234567.891", "1,234,567.89"),
            ("-1234567.891", "-1,234,567.89"),
            ("12345678901234567890123456789.125", "12,345,678,901,234,567,890,123,456,789.12"),
        ],
    )
    def test_number_has_thousands_and_two_places_rounded_half_to_even(
        self, value: str, shown: str
    ) -> None:
        assert fixed(Decimal(value), 2) == shown

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ("1", "+1.00"),
            ("1234.5", "+1,234.50"),
            ("-1", "-1.00"),
            ("0", "0.00"),
            ("-0.00", "0.00"),
            ("0.004", "0.00"),
            ("-0.004", "0.00"),
            ("0.006", "+0.01"),
        ],
    )
    def test_signed_number_has_a_sign_unless_it_reads_zero(self, value: str, shown: str) -> None:
        assert signed(Decimal(value)) == shown

    @given(value=numbers, places=st.integers(0, 6))
    def test_what_is_shown_is_at_most_half_a_unit_of_its_last_place_off(
        self, value: Decimal, places: int
    ) -> None:
        for text in (fixed(value, places), signed(value, places)):
            decimals = rf"\.\d{{{places}}}" if places else ""
            assert re.fullmatch(rf"[+-]?\d{{1,3}}(,\d{{3}})*{decimals}", text)
            off = Fraction(text.replace(",", "")) - Fraction(value)
            assert abs(off) * 2 * 10**places <= 1

    @given(value=numbers, places=st.integers(0, 6))
    def test_nothing_is_ever_shown_as_minus_zero(self, value: Decimal, places: int) -> None:
        for text in (fixed(value, places), signed(value, places), percent(value, places)):
            assert not text.startswith("-") or text.strip("-0., %")

    @pytest.mark.parametrize(
        ("fraction", "shown"),
        [
            ("0", "0.0 %"),
            ("1", "100.0 %"),
            ("0.333333333333333333", "33.3 %"),
            ("0.0005", "0.0 %"),
            ("-0.0004", "0.0 %"),
            ("-0.125", "-12.5 %"),
            ("12.5", "1,250.0 %"),
        ],
    )
    def test_fraction_is_shown_as_per_cent(self, fraction: str, shown: str) -> None:
        assert percent(Decimal(fraction)) == shown

    @pytest.mark.parametrize(
        ("seconds", "shown"),
        [
            ("0", "0 s"),
            ("0.999999", "0 s"),
            ("59.9", "59 s"),
            ("60", "1 min 00 s"),
            ("3599", "59 min 59 s"),
            ("3600", "1 h 00 min"),
            ("7500.5", "2 h 05 min"),
            ("86399", "23 h 59 min"),
            ("86400", "1 d 00 h"),
            ("8640000", "100 d 00 h"),
        ],
    )
    def test_duration_is_shown_in_its_two_largest_units_rounded_down(
        self, seconds: str, shown: str
    ) -> None:
        assert duration(Decimal(seconds)) == shown


class TestSlugs:
    @given(where=st.dictionaries(st.sampled_from(["strategy", "symbol", "side"]), names))
    def test_slug_is_a_safe_part_of_a_file_name(self, where: dict[str, str]) -> None:
        assert re.fullmatch(r"[a-z0-9-]{8,70}", slug(where))

    @given(one=names, other=names)
    def test_filters_that_differ_have_slugs_that_differ(self, one: str, other: str) -> None:
        different = {"strategy": one} != {"strategy": other}
        assert (slug({"strategy": one}) != slug({"strategy": other})) is different

    def test_slug_does_not_depend_on_the_order_of_the_conditions(self) -> None:
        one = slug({"side": "long", "symbol": "BTC-USD"})
        assert slug({"symbol": "BTC-USD", "side": "long"}) == one
        assert one.startswith("side-long-symbol-btc-usd-")
