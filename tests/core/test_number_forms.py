"""Numbers with units and separators: read as they are meant, or refused, and never otherwise."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.numbers import Numbers
from perfkit.core.one_value import BadValueError, exact_number
from perfkit.core.values import logged_number, numbers

amounts = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=None).map(
    lambda number: number.quantize(Decimal(10) ** -(abs(hash(number)) % 6))
)
groups = st.sampled_from(["", ",", ".", " ", "'", "\N{NO-BREAK SPACE}"])
STYLES = ["{}", "{} USD", "{}USD", "$ {}", "${}", "{} $", '="{}"', "+{}"]
NEGATIVE = ["-{}", "- {}", "-{} USD", "-${}", "$-{}", "({})", "$({})", "({} USD)", '="-{}"']


def grouped(number: Decimal, group: str, mark: str) -> str:
    """The number without its sign: 1234.5 with "." and "," is 1.234,5."""
    whole, _, fraction = f"{abs(number):,f}".partition(".")
    return whole.replace(",", group) + (mark + fraction if fraction else "")


def each(text: str) -> Decimal | str | None:
    """The number, or that it is refused."""
    try:
        return logged_number(text)
    except BadValueError as error:
        return "refused" if "is not a clear number: write `decimal: " in str(error) else str(error)


class TestForms:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("-40.00 USD", "-40.00"),
            ("$(33.50)", "-33.50"),
            ("0,62 $", "0.62"),
            ("1,234.50", "1234.50"),
            ("1.234,50", "1234.50"),
            ("10 153.00", "10153.00"),
            ("10 153,00", "10153.00"),
            ("- 2.50", "-2.50"),
            ("\N{MINUS SIGN}2.50", "-2.50"),
            ('="10001"', "10001"),
            ("['4.32 USD']", "4.32"),
            ("['-0.5']", "-0.5"),
            ("US$ 5", "5"),
            ("USDT 5.5", "5.5"),
            ("1'234'567.5", "1234567.5"),
            ("12,34,567.00", "1234567.00"),
            ("1,234,567", "1234567"),
            ("1.234.567", "1234567"),
            ("0,123", "0.123"),
            ("1234,567", "1234.567"),
            ("1,5", "1.5"),
            (",5", "0.5"),
            ("10 153", "10153"),
        ],
    )
    def test_a_number_is_read_as_it_is_meant(self, text: str, expected: str) -> None:
        assert logged_number(text, None, "USDT" if "USDT" in text else "USD") == Decimal(expected)
        assert numbers([text, "1.5", None], None, None).decimal(0) == Decimal(expected)

    @given(
        number=amounts,
        group=groups,
        mark=st.sampled_from(".,"),
        style=st.integers(0, len(NEGATIVE) - 1),
    )
    def test_with_the_decimal_mark_said_a_number_is_exact_in_any_style(
        self, number: Decimal, group: str, mark: str, style: int
    ) -> None:
        if group == mark:
            group = ""
        styles = NEGATIVE if number < 0 else STYLES
        text = styles[style % len(styles)].format(grouped(number, group, mark))
        assert logged_number(text, mark, "USD") == number

    @given(
        number=amounts,
        group=groups,
        mark=st.sampled_from(".,"),
        style=st.integers(0, len(NEGATIVE) - 1),
    )
    def test_without_it_a_number_is_exact_or_refused_unless_it_is_a_plain_one(
        self, number: Decimal, group: str, mark: str, style: int
    ) -> None:
        if group == mark:
            group = ""
        styles = NEGATIVE if number < 0 else STYLES
        text = styles[style % len(styles)].format(grouped(number, group, mark))
        digits = grouped(number, group, mark)
        if (found := each(text)) == "refused":
            assert digits.count(",") == 1
        else:
            assert found == number or (digits.count("."), digits.count(",")) == (1, 0)

    @pytest.mark.parametrize("text", ["1,234", "-12,345 USD", "999,999", "$(1,000)"])
    def test_a_comma_before_three_digits_is_not_guessed(self, text: str) -> None:
        with pytest.raises(BadValueError, match="is not a clear number"):
            logged_number(text)
        thousands, fraction = logged_number(text, "."), logged_number(text, ",")
        assert thousands is not None
        assert fraction is not None
        assert thousands == fraction * 1000

    @pytest.mark.parametrize(
        "text",
        [
            *("1.5k", "2M", "3 MIO", "1.2 BPS", "5 MRD", "1,23,4", "12,34.5", "1.2.3", "1 00"),
            *("1,234.5.6", "--1", "+-1", "-(5)", "(-5)", "$5 USD", "5 $ USD", "EUR5USD", "1 2 x"),
            *("0.123,5", "0 153", " 1", "1 ", "USD", "1e5 USD", "\u0661 USD", "()", "1_000"),
            *("0-54.45", "1,", "="),
        ],
    )
    def test_what_is_not_clearly_a_number_is_bad(self, text: str) -> None:
        with pytest.raises(BadValueError):
            logged_number(text)

    @pytest.mark.parametrize(
        ("text", "currency", "read"),
        [
            ("-40.00 EUR", "USD", False),
            ("-40.00 EUR", "EUR", True),
            ("40 €", "USD", False),
            ("$40", "EUR", False),
            ("$40", "USDT", True),
            ("$40", "AUD", True),
            ("US$40", "AUD", False),
            ("US$40", "USD", True),
            ("1.2 %", "USD", False),
            ("1.2 %", "%", True),
            ("0.001 BNB", "USDT", False),
            ("0.001 BNB", None, True),
        ],
    )
    def test_money_is_in_the_currency_of_its_source(
        self, text: str, currency: str | None, *, read: bool
    ) -> None:
        if read:
            assert logged_number(text, None, currency) is not None
            return
        with pytest.raises(BadValueError, match=f"is not in {currency}, the currency of the"):
            logged_number(text, None, currency)


class TestColumns:
    @given(st.lists(st.one_of(st.none(), amounts.map(str)), min_size=1, max_size=8))
    def test_plain_numbers_are_the_same_beside_others(self, texts: list[str | None]) -> None:
        column = numbers([*texts, "1,234.5 USD"])
        assert [column.decimal(row) for row in range(len(texts))] == list(map(exact_number, texts))

    def test_a_decimal_comma_makes_the_point_part_thousands(self) -> None:
        column = numbers(["1.234", "1,5", "1234", 7, "1e2"], ",")
        assert [column.decimal(row) for row in range(5)] == [
            Decimal(text) for text in ("1234", "1.5", "1234", "7", "100")
        ]
        with pytest.raises(BadValueError):
            numbers(["1.5"], ",")

    def test_nothing_is_nothing(self) -> None:
        assert numbers([None, ""], ",") == Numbers([None, None], 0)
