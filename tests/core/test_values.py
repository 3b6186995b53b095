"""A column converts as each of its values does; what is not plainly a number or a time is bad."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perfkit.core import values as columns
from perfkit.core.calendar import instant_of
from perfkit.core.exact import EXACT, decimal_places
from perfkit.core.number_forms import written_number
from perfkit.core.numbers import Numbers, concatenated
from perfkit.core.one_value import MAX_SHOWN, BadValueError, exact_number, exact_text, shown
from perfkit.core.values import exact_instant, instants, logged_number, numbers, texts

NEW_YORK = ZoneInfo("America/New_York")

number_texts = st.one_of(
    st.from_regex(r"-?[0-9]{1,6}(\.[0-9]{1,4})?", fullmatch=True),
    st.from_regex(r"[+-]?([0-9]{1,3}\.?|\.[0-9]{1,3})([eE][+-]?[12]?[0-9])?", fullmatch=True),
    st.sampled_from(["0", "-0", "-0.00", "007", "1E+30", "1e-30", f"0.{'1' * 39}", "9" * 40]),
)
bad_number_texts = st.one_of(
    st.text("0123456789.-+eE_ \n\t\u0661²,x", min_size=1, max_size=8),
    st.from_regex(r"[0-9]{1,2}[eE][+-]?[0-9]{1,3}", fullmatch=True),
    st.sampled_from(["9" * 41, "1e31", "NaN", "-Infinity", "1\n2", "12\n"]),
)
nulls = st.sampled_from([None, ""])
whole_numbers = st.integers(-(10**41), 10**41)
number_columns: st.SearchStrategy[list[object]] = st.one_of(
    # Alike, as bots write them; with gaps; all kinds; and with what is bad.
    st.lists(st.from_regex(r"-?[0-9]{1,4}\.[0-9]{2}", fullmatch=True), min_size=1),
    st.lists(st.integers(-1000, 1000), min_size=1),
    st.lists(st.one_of(number_texts, nulls, whole_numbers), min_size=1),
    st.lists(st.one_of(number_texts, bad_number_texts), min_size=1, max_size=4),
    st.lists(st.one_of(number_texts, st.booleans(), st.just([]), st.just({})), min_size=1),
)

_DIGITS = st.one_of(
    st.sampled_from(["0", "00", "5", "05", "9", "40", "100"]),
    st.text("0123456789", max_size=4),
    st.sampled_from([17, 18, 19, 38, 39, 40, 41]).flatmap(
        lambda length: st.sampled_from("019").map(lambda first: first + "1" * (length - 1))
    ),
)
_SIGNS = st.sampled_from(["", "", "", "-", "-", "+", "--", "-+"])
_BETWEEN = st.sampled_from(
    ["", "", "", "", "-", "+", "0-", "-0", "_", " ", ",", "x", "\u0661", "."]
)
_EXPONENTS = st.sampled_from(
    [
        "",
        "",
        "",
        "",
        "e1",
        "E-7",
        "e+30",
        "e31",
        "e-31",
        "e",
        "e1.",
        "e00030",
        "e+000030",
        "e9999999",
    ]
)
near_numbers = st.one_of(
    st.builds("".join, st.tuples(_SIGNS, _DIGITS, _BETWEEN, _DIGITS, _EXPONENTS)),
    st.builds("{}{}{}.{}{}".format, _SIGNS, _DIGITS, _BETWEEN, _DIGITS, _EXPONENTS),
    st.sampled_from(["0-54.45", "0-.5", "0-0.5", "-0-.5", ".-5", "5.", ".5", "+1", ".", "-", "-."]),
    st.sampled_from(["-0", "-.0", "0x1", "NaN", "nan", "Infinity", "1\n", " 1", "1 ", "\uff11"]),
)


@st.composite
def near_number_columns(draw: st.DrawFn) -> list[str]:
    """Columns as bots write them, with equally many decimal places or not, and what looks alike."""
    places = draw(st.integers(0, 4))
    digits = st.text("0123456789", min_size=places, max_size=places)
    whole = st.one_of(_DIGITS, st.builds("".join, st.tuples(_DIGITS, _BETWEEN, _DIGITS)))
    alike = st.builds("{}{}{}{}".format, _SIGNS, whole, st.just("." if places else ""), digits)
    plain = st.builds("{}.{:0>2}".format, st.integers(-99, 99), st.integers(0, 99))
    kinds = draw(st.sampled_from([[alike], [alike, alike, near_numbers], [plain, near_numbers]]))
    return draw(st.lists(st.one_of(kinds), min_size=1, max_size=8))


def by_hand(text: str) -> Decimal | None:
    """A number of the grammar in `perfkit.core.values`, read character by character; else None."""
    rest = text[1:] if text[:1] in ("+", "-") else text
    mantissa, _, exponent = rest.replace("E", "e").partition("e")
    has_exponent = len(mantissa) < len(rest)
    whole, _, places = mantissa.partition(".")
    if has_exponent:
        size = exponent[1:] if exponent[:1] in ("+", "-") else exponent
        if not size or set(size) - set("0123456789") or len(exponent) > 6 or int(size) > 30:
            return None
    if not (whole or places) or set(whole + places) - set("0123456789"):
        return None
    return Decimal(text) if len(whole + places) <= 40 else None


_DATES = st.sampled_from(["2026-04-06", "2024-02-29", "1970-01-01", "2026-02-30", "2025-13-01"])
_CLOCKS = st.sampled_from(["00:00:00", "09:30:59", "23:59:59", "24:00:00", "12:60:00", "12:00:60"])
_FRACTIONS = st.sampled_from(["", ".1", ".123", ".123456", ".123456789", ".1234567"])
_OFFSETS = st.sampled_from(["", "Z", "+00:00", "+02:00", "+0530", " Z", "z"])
time_texts = st.builds(
    "".join,
    st.tuples(_DATES, st.sampled_from(["T", "T", " "]), _CLOCKS, _FRACTIONS, _OFFSETS),
)
time_values = st.one_of(
    time_texts,
    nulls,
    st.integers(-1, 2 * 10**15),
    st.sampled_from(["1775433600000", "1775433600.5", "", "yesterday", True, [], "2026-04-06"]),
)


@st.composite
def uniform_time_columns(draw: st.DrawFn) -> list[object]:
    """Times written alike, impossible ones now and then."""
    fraction, offset = draw(_FRACTIONS), draw(_OFFSETS)
    possible = st.sampled_from(["2026-04-06", "2024-02-29", "1970-01-01"])
    clocks = st.sampled_from(["00:00:00", "09:30:59", "23:59:59"])
    rare_dates, rare_clocks = st.one_of(possible, _DATES), st.one_of(clocks, _CLOCKS)
    dates, clocks = draw(st.sampled_from([(possible, clocks), (rare_dates, rare_clocks)]))
    one = st.builds(lambda day, clock: f"{day}T{clock}{fraction}{offset}", dates, clocks)
    return draw(st.lists(one, min_size=1, max_size=6))


def each(
    values: Sequence[object], convert: Callable[[object], object]
) -> list[object] | type[BadValueError]:
    """The column converted one by one; the error class if any value is bad."""
    try:
        return [convert(value) for value in values]
    except BadValueError:
        return BadValueError


def written(text: str) -> Decimal | None:
    """The number of a text that is not plain, such as 1,234.5; None without one."""
    try:
        return written_number(text)
    except BadValueError:
        return None


class TestNumbers:
    @given(number_columns)
    @example(["1.25", "1\n2"])
    @example(["1", "22", "-3"])
    @example([10**40])
    @example([10**40 - 1, 5])
    @example(["1.5", 2])
    @example([f"00{'1' * 40}.50", "1.50"])
    @example(["007.50", "1.50"])
    @example(["-0.05", "1.5", "20"])
    @example(["1,234", "1.5"])
    @example(["1.5", "20."])
    @example([f"0{'1' * 40}", "7"])
    @example(["1" * 40, "7"])
    def test_a_column_of_numbers_is_each_of_its_numbers(self, values: list[object]) -> None:
        expected = each(values, logged_number)
        try:
            column = numbers(values)
        except BadValueError:
            assert expected is BadValueError
        else:
            assert [column.decimal(row) for row in range(len(values))] == expected

    @given(near_numbers)
    def test_a_number_is_what_the_grammar_says(self, text: str) -> None:
        number = by_hand(text)
        expected = BadValueError if text and number is None else [number]
        assert each([text], exact_number) == expected

    @given(near_number_columns())
    @example(["0-54.45"])
    @example(["0-54.45", "0-54.45"])
    @example(["0-54.45", "10.50"])
    @example(["0-.5", "0-0.5"])
    @example(["-0-1.5", "1.5"])
    @example(["00.5", "0.5"])
    @example(["0.50-1", "1.25"])
    @example(["1.5,2.5", "3"])
    @pytest.mark.parametrize("few_bytes", [0, 4096], ids=["msgspec", "json"])
    def test_every_way_to_read_a_column_takes_the_same_numbers(
        self, few_bytes: int, column: list[str]
    ) -> None:
        hands = [by_hand(text) if text else None for text in column]
        expected = [
            written(text) if text and one is None else one
            for text, one in zip(column, hands, strict=True)
        ]
        bad = any(text and one is None for text, one in zip(column, expected, strict=True))
        ways: list[tuple[list[object], list[Decimal | None]]] = [
            ([*column], expected),
            ([*column, *column], [*expected, *expected]),
            ([*column, None], [*expected, None]),
            ([*column, 7], [*expected, Decimal(7)]),
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(columns, "FEW_BYTES", few_bytes)
            for values, known in ways:
                try:
                    read = numbers(values)
                except BadValueError:
                    assert bad
                else:
                    assert not bad
                    assert [read.decimal(row) for row in range(len(values))] == known

    @given(st.lists(st.lists(number_texts, min_size=1), min_size=1))
    def test_columns_of_different_units_concatenate_exactly(self, parts: list[list[str]]) -> None:
        whole = concatenated(numbers(list(part)) for part in parts)
        assert [whole.decimal(row) for row in range(len(whole.units))] == [
            Decimal(text) for part in parts for text in part
        ]

    @given(st.lists(st.none() | number_texts), st.integers(0, 80))
    @example(["-20.0", None], 0)
    @example([None, ""], 0)
    @example(["1.5", "1.5"], 0)
    def test_a_column_in_another_unit_has_the_same_numbers_or_is_refused(
        self, values: list[object], places: int
    ) -> None:
        column = numbers(values)
        expected = [column.decimal(row) for row in range(len(values))]
        needed = [one.normalize(EXACT) for one in expected if one is not None]
        if any(decimal_places(one) > places for one in needed):
            with pytest.raises(ValueError, match="do not hold"):
                column.at_places(places)
        else:
            moved = Numbers(column.at_places(places), places)
            assert [moved.decimal(row) for row in range(len(values))] == expected

    @given(number_texts)
    def test_a_number_keeps_every_digit(self, text: str) -> None:
        assert exact_number(text) == Decimal(text)

    def test_null_and_the_empty_text_are_no_number(self) -> None:
        assert (exact_number(None), exact_number("")) == (None, None)
        assert numbers([None, "", None]) == Numbers([None, None, None], 0)

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("25.246000000000002", "25.246000000000002"),
            ("-0.10", "-0.10"),
            ("1e-7", "0.0000001"),
            ("1E+3", "1000"),
            (12, "12"),
            ("1e30", "1" + "0" * 30),
            ("1e-30", "1E-30"),
            ("9" * 40, "9" * 40),
            (-(10**40 - 1), "-" + "9" * 40),
        ],
    )
    def test_what_is_plainly_a_number_is_taken(self, value: object, expected: str) -> None:
        assert exact_number(value) == Decimal(expected)
        assert numbers([value]).decimal(0) == Decimal(expected)

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("NaN", id="NaN"),
            pytest.param("nan", id="nan"),
            pytest.param("sNaN", id="signalling NaN"),
            pytest.param("Infinity", id="Infinity"),
            pytest.param("-inf", id="-inf"),
            pytest.param("1e999999", id="huge exponent"),
            pytest.param("1e-999999", id="tiny exponent"),
            pytest.param("1e31", id="exponent of 31"),
            pytest.param("1E-31", id="exponent of -31"),
            pytest.param("1e+0000031", id="exponent of 31 with zeros"),
            pytest.param("1_000", id="underscore"),
            pytest.param("1,000", id="thousands separator"),
            pytest.param(" 1", id="leading blank"),
            pytest.param("1 ", id="trailing blank"),
            pytest.param("1\n", id="line feed"),
            pytest.param("- 1", id="blank inside"),
            pytest.param(" ", id="only a blank"),
            pytest.param("١٢٣", id="Arabic-Indic digits"),
            pytest.param("１２", id="full-width digits"),  # noqa: RUF001  the point of it
            pytest.param("1²", id="superscript"),
            pytest.param("9" * 41, id="41 digits"),
            pytest.param("0." + "1" * 40, id="41 digits with a point"),
            pytest.param(10**40, id="integer of 41 digits"),
            pytest.param(-(10**40), id="negative integer of 41 digits"),
            pytest.param(10**5000, id="integer too long to print"),
            pytest.param("0x1F", id="hexadecimal"),
            pytest.param("1e", id="no exponent"),
            pytest.param(".", id="only a point"),
            pytest.param("-", id="only a sign"),
            pytest.param("--1", id="two signs"),
            pytest.param("1.2.3", id="two points"),
            pytest.param("abc", id="a word"),
            pytest.param(True, id="true"),
            pytest.param([], id="array"),
            pytest.param({}, id="object"),
            pytest.param(1.5, id="binary float"),
        ],
    )
    def test_what_is_not_plainly_a_number_is_bad(self, value: object) -> None:
        with pytest.raises(BadValueError):
            exact_number(value)
        for column in ([value], ["1.25", value], [7, value], [None, value]):
            if value == "- 1":  # a number with a form of its own
                continue
            with pytest.raises(BadValueError):
                numbers(column)


class TestTimes:
    @given(
        values=st.one_of(uniform_time_columns(), st.lists(time_values, min_size=1, max_size=5)),
        zone=st.sampled_from([UTC, NEW_YORK]),
        unit=st.sampled_from(["s", "ms", "us", "ns"]),
    )
    @example(["2026-04-06T00:00:00Z\n2026-04-06T00:00:00Z"], UTC, "ms")
    @example(["2026-04-06T00:00:00+02:00"], UTC, "ms")
    @example(["2026-04-06T00:00:00", "2026-04-06T00:00:00"], NEW_YORK, "ms")
    @example(["2026-04-06T00:00:00.1234567Z", "2026-04-06T00:00:00.9999999Z"], UTC, "ms")
    def test_a_column_of_times_is_each_of_its_times(
        self, values: list[object], zone: tzinfo, unit: str
    ) -> None:
        expected = each(values, lambda value: exact_instant(value, zone, unit))
        try:
            column: object = instants(values, zone, unit)
        except BadValueError:
            column = BadValueError
        assert column == expected

    @pytest.mark.parametrize("digits", ["", ".1", ".12", ".123", ".1234", ".123456", ".987654321"])
    @pytest.mark.parametrize("ending", ["", "Z"])
    @pytest.mark.parametrize("day", ["2024-02-29", "2024-03-01"])
    def test_a_column_has_each_second_of_a_day(self, digits: str, ending: str, day: str) -> None:
        seconds = range(0, 86_400, 7)
        clocks = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in seconds]
        texts = [f"{day}T{clock}{digits}{ending}" for clock in clocks]
        texts[-1] = texts[-1].replace(day, "2024-02-29")
        start = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        fraction = int((digits[1:7] or "0").ljust(6, "0"))
        expected = [instant_of(start) + s * 1_000_000 + fraction for s in seconds]
        if day != "2024-02-29":
            expected[-1] -= 86_400_000_000
        assert instants(texts, UTC, None) == expected

    @pytest.mark.parametrize(
        "wrong",
        [
            *("2024-02-30T10:00:00Z", "2023-02-29T10:00:00Z", "2024-13-01T10:00:00Z"),
            *("2024-02-29T25:00:00Z", "2024-02-29T30:00:00Z", "2024-02-29T10:60:00Z"),
            *("2024-02-29T10:00:60Z", "2024-02-29T10:00:99Z", "1970-02-28T23:59:59Z"),
            *("2200-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ],
    )
    def test_no_column_has_a_time_that_does_not_exist(self, wrong: str) -> None:
        for place in (0, 25, 49):
            texts = ["2024-02-29T10:00:00Z"] * 50
            texts[place] = wrong
            with pytest.raises(BadValueError):
                instants(texts, UTC, None)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-04-06T10:00:00Z", "2026-04-06T10:00:00"),
            ("2026-04-06 10:00:00Z", "2026-04-06T10:00:00"),
            ("2026-04-06T10:00Z", "2026-04-06T10:00:00"),
            ("2026-04-06T10:00:00+02:00", "2026-04-06T08:00:00"),
            ("2026-04-06T10:00:00-0530", "2026-04-06T15:30:00"),
            ("2026-04-06T10:00:00+02", "2026-04-06T08:00:00"),
            ("2026-04-06T10:00:00.1Z", "2026-04-06T10:00:00.100000"),
            ("2026-04-06T10:00:00,25Z", "2026-04-06T10:00:00.250000"),
            ("2026-04-06T10:00:00.123456789Z", "2026-04-06T10:00:00.123456"),
            ("2026-04-06T10:00:00.999999999Z", "2026-04-06T10:00:00.999999"),
            ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59"),
        ],
    )
    def test_an_iso_time_is_read_to_the_microsecond(self, text: str, expected: str) -> None:
        instant = instant_of(datetime.fromisoformat(expected).replace(tzinfo=UTC))
        assert exact_instant(text, UTC, "ms") == instant
        assert instants([text], UTC, "ms") == [instant]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-04-06T10:00:00", "2026-04-06T14:00:00"),
            ("2026-01-06T10:00:00", "2026-01-06T15:00:00"),
            ("2026-04-06T10:00:00Z", "2026-04-06T10:00:00"),
            ("2025-11-02T01:30:00", "2025-11-02T05:30:00"),
            ("2026-03-08T02:30:00", "2026-03-08T07:30:00"),
        ],
        ids=["summer", "winter", "zoned", "a time that comes twice", "a time that is skipped"],
    )
    def test_a_naive_time_is_local_to_the_source(self, text: str, expected: str) -> None:
        instant = instant_of(datetime.fromisoformat(expected).replace(tzinfo=UTC))
        assert exact_instant(text, NEW_YORK, "ms") == instant
        assert instants([text, text], NEW_YORK, "ms") == [instant, instant]

    @pytest.mark.parametrize(
        ("value", "unit"),
        [
            (1_775_469_600, "s"),
            ("1775469600", "s"),
            ("1775469600.123456", "s"),
            (1_775_469_600_123, "ms"),
            (1_775_469_600_123_456, "us"),
            (1_775_469_600_123_456_789, "ns"),
            ("1.775469600123456789E+18", "ns"),
        ],
    )
    def test_epoch_times_count_their_unit(self, value: object, unit: str) -> None:
        exact = Fraction(Decimal(str(value)))
        per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
        assert exact_instant(value, UTC, unit) == exact * 10**6 // per_second
        assert exact * 10**6 // per_second // 10**6 == 1_775_469_600

    def test_null_and_the_empty_text_are_no_time(self) -> None:
        assert instants([None, ""], UTC, "ms") == [None, None]

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("2026-02-30T10:00:00Z", id="30 February"),
            pytest.param("2025-02-29T10:00:00Z", id="29 February of a common year"),
            pytest.param("2026-13-01T10:00:00Z", id="13th month"),
            pytest.param("2026-00-10T10:00:00Z", id="month 0"),
            pytest.param("0000-01-01T10:00:00Z", id="year 0"),
            pytest.param("2026-04-06T24:30:00Z", id="half past 24"),
            pytest.param("2026-04-06T12:60:00Z", id="minute 60"),
            pytest.param("2016-12-31T23:59:60Z", id="leap second"),
            pytest.param("2016-12-31T23:59:60.5Z", id="within a leap second"),
            pytest.param("2026-04-06T10:00:00+25:00", id="offset of 25 hours"),
            pytest.param("06.04.2026 10:00", id="day or month first"),
            pytest.param("1970-02-28T23:59:59Z", id="before March 1970"),
            pytest.param("2200-01-01T00:00:00Z", id="after 2199"),
            pytest.param("2026-04-06T10:00:00 Europe/Berlin", id="zone name"),
            pytest.param(" 2026-04-06T10:00:00Z", id="leading blank"),
            pytest.param("2026-04-06T10:00:00Z\n", id="line feed"),
            pytest.param("2026-04-06T10:00:00Z\n2026-04-06T10:00:00Z", id="two times"),
            pytest.param("٢٠٢٦-04-06T10:00:00Z", id="Arabic-Indic digits"),
            pytest.param("1969-12-31T23:59:59Z", id="before the epoch"),
            pytest.param("9999-12-31T23:59:59Z", id="far future"),
            pytest.param(-1, id="negative epoch"),
            pytest.param(10**18, id="epoch far beyond"),
            pytest.param("NaN", id="NaN"),
            pytest.param("yesterday", id="a word"),
            pytest.param(True, id="true"),
            pytest.param({}, id="object"),
        ],
    )
    def test_what_is_no_possible_time_is_bad(self, value: object) -> None:
        with pytest.raises(BadValueError):
            exact_instant(value, UTC, "ms")
        for column in ([value], ["2026-04-06T10:00:00Z", value], [1_775_469_600_000, value]):
            with pytest.raises(BadValueError):
                instants(column, UTC, "ms")


class TestTexts:
    @given(st.lists(st.one_of(st.text(max_size=3), nulls, st.integers(), st.booleans())))
    def test_a_column_of_texts_is_each_of_its_texts(self, values: list[object]) -> None:
        expected = each(values, exact_text)
        try:
            column: object = texts(values)
        except BadValueError:
            column = BadValueError
        assert column == expected

    def test_an_id_may_be_a_whole_number(self) -> None:
        assert texts([17, "17", None, ""]) == ["17", "17", None, None]

    @pytest.mark.parametrize("value", [True, [], {}, 10**40])
    def test_what_is_no_name_is_bad(self, value: object) -> None:
        with pytest.raises(BadValueError):
            exact_text(value)


def _deep_list() -> list[object]:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    return deep


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("x" * 1_000_000, id="long text"),
        pytest.param("\U0010ffff" * 1000, id="text that is longer when escaped"),
        pytest.param("'\"" * 40, id="quotes"),
        pytest.param(10**5000, id="integer that Python does not print"),
        pytest.param(-(10**5000), id="negative one"),
        pytest.param([10**5000], id="list of such an integer"),
        pytest.param({"x" * 1000: "y" * 1000}, id="object"),
        pytest.param(_deep_list(), id="list that is nested deep"),
        pytest.param(True, id="true"),
    ],
)
@pytest.mark.parametrize(
    "convert",
    [exact_number, exact_text, lambda value: exact_instant(value, UTC, "ms")],
    ids=["number", "text", "time"],
)
def test_a_reason_shows_at_most_80_characters_of_any_value(
    value: object, convert: Callable[[object], object]
) -> None:
    assert len(shown(value)) <= MAX_SHOWN == 80
    if convert is exact_text and isinstance(value, str):
        return
    with pytest.raises(BadValueError) as caught:
        convert(value)
    assert len(str(caught.value).partition(" is not")[0]) <= MAX_SHOWN


def test_a_short_value_is_shown_as_it_is() -> None:
    assert [shown(value) for value in ("a\n", "x" * 78, 10**39, [], {}, [1], {"a": 1}, True)] == [
        "'a\\n'",
        "'" + "x" * 78 + "'",
        "1" + "0" * 39,
        "[]",
        "{}",
        "[...]",
        "{...}",
        "True",
    ]
