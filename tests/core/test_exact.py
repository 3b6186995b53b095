"""Exact arithmetic raises rather than rounds; a quotient has 18 digits, half to even."""

from collections.abc import Callable
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    Inexact,
    InvalidOperation,
    Rounded,
)
from fractions import Fraction
from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core import exact

HUGE = Decimal(f"{'9' * 600}")
TINY = Decimal("1E-1200")
amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
counts = st.integers(1, 10**9)
TO_18 = Context(prec=18, rounding=ROUND_HALF_EVEN)
TO_80 = Context(prec=80, rounding=ROUND_HALF_EVEN)


@pytest.mark.parametrize(
    "inexact",
    [
        pytest.param(lambda: exact.add(Decimal(1), TINY), id="a sum of over 1000 digits"),
        pytest.param(lambda: exact.subtract(Decimal(1), TINY), id="a difference"),
        pytest.param(lambda: exact.multiply(HUGE, HUGE), id="a product"),
        pytest.param(lambda: exact.EXACT.divide(Decimal(1), Decimal(3)), id="a quotient"),
        pytest.param(lambda: exact.EXACT.sqrt(Decimal(2)), id="a root"),
        pytest.param(lambda: exact.units(Decimal("1.234"), 2), id="too coarse a unit"),
    ],
)
def test_inexact_arithmetic_raises_rather_than_rounds(inexact: Callable[[], object]) -> None:
    with pytest.raises((Inexact, Rounded)):
        inexact()


@pytest.mark.parametrize(
    "take_float",
    [
        pytest.param(lambda: exact.ratio(0.5, 2), id="dividend"),  # type: ignore[arg-type]
        pytest.param(lambda: exact.ratio(1, 0.5), id="divisor"),  # type: ignore[arg-type]
        pytest.param(lambda: exact.multiply(0.1, 3), id="factor"),  # type: ignore[arg-type]
        pytest.param(lambda: exact.carried(0.1, 3), id="carried"),  # type: ignore[arg-type]
        pytest.param(lambda: exact.root_ratio(2.0, 1), id="root"),  # type: ignore[arg-type]
        pytest.param(lambda: exact.carried_root(2.0), id="carried root"),  # type: ignore[arg-type]
        pytest.param(lambda: exact.EXACT.create_decimal(0.1), id="conversion"),
        pytest.param(lambda: exact.EXACT.compare(Decimal(1), 0.1), id="comparison"),  # type: ignore[arg-type]
        pytest.param(lambda: exact.add(Decimal(1), 0.1), id="summand"),  # type: ignore[arg-type]
    ],
)
def test_binary_floats_are_refused(take_float: Callable[[], object]) -> None:
    with pytest.raises((FloatOperation, TypeError)):
        take_float()


@given(st.lists(amounts, max_size=20))
def test_sums_are_exact_whatever_the_scales(values: list[Decimal]) -> None:
    total = Decimal(0)
    for value in values:
        total = exact.add(total, value)
    assert Fraction(total) == sum(map(Fraction, values), Fraction(0))


@given(amounts, amounts)
def test_differences_and_products_are_exact(left: Decimal, right: Decimal) -> None:
    assert Fraction(exact.subtract(left, right)) == Fraction(left) - Fraction(right)
    assert Fraction(exact.multiply(left, right)) == Fraction(left) * Fraction(right)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (1, 3, "0.333333333333333333"),
        (2, 3, "0.666666666666666667"),
        (-2, 3, "-0.666666666666666667"),
        (1, 7, "0.142857142857142857"),
        (10, 4, "2.5"),
        (0, 5, "0"),
        # 19 digits that end in 5 after an even digit stay below, after an odd one go up.
        ("1000000000000000005", 10, "100000000000000000"),
        ("1000000000000000015", 10, "100000000000000002"),
        ("-1000000000000000005", 10, "-100000000000000000"),
        ("-1000000000000000015", 10, "-100000000000000002"),
        # One digit further on is no longer a tie.
        ("10000000000000000051", 100, "100000000000000001"),
        ("9999999999999999995", 1, "10000000000000000000"),
        (1, 10**60, "1E-60"),
    ],
)
def test_a_ratio_has_18_significant_digits_half_to_even(
    numerator: int | str, denominator: int, expected: str
) -> None:
    assert exact.ratio(Decimal(numerator), denominator) == Decimal(expected)


@given(amounts, amounts.filter(bool))
def test_a_ratio_is_within_half_a_unit_of_its_18th_digit(
    numerator: Decimal, denominator: Decimal
) -> None:
    quotient = exact.ratio(numerator, denominator)
    true = Fraction(numerator) / Fraction(denominator)
    last_digit = Fraction(10) ** (quotient.adjusted() - 17)
    assert abs(Fraction(quotient) - true) <= last_digit / 2
    assert len(quotient.as_tuple().digits) <= 18


def test_a_ratio_by_zero_raises() -> None:
    with pytest.raises(DivisionByZero):
        exact.ratio(1, 0)
    with pytest.raises(InvalidOperation):
        exact.ratio(0, 0)


def root_of(value: Fraction) -> Decimal:
    """The square root to about 70 digits by integers alone."""
    scale = 10**70
    return TO_80.divide(
        Decimal(isqrt(value.numerator * value.denominator * scale**2)),
        TO_80.multiply(Decimal(value.denominator), Decimal(scale)),
    )


@given(square=st.integers(0, 10**24), over=counts)
def test_a_root_ratio_has_the_18_digits_of_the_true_root(square: int, over: int) -> None:
    assert exact.root_ratio(square, over) == TO_18.plus(root_of(Fraction(square, over)))


@pytest.mark.parametrize(
    ("square", "over", "expected"),
    [
        (2, 1, "1.41421356237309505"),
        (16, 1, "4"),
        (1, 4, "0.5"),
        (0, 5, "0"),
        (100, 3, "5.77350269189625765"),
        (12, 1, "3.46410161513775459"),
    ],
)
def test_root_ratios_known_by_heart(square: int, over: int, expected: str) -> None:
    assert exact.root_ratio(square, over) == Decimal(expected)


def test_intermediates_of_roots_carry_50_digits() -> None:
    root_of_2 = "1.4142135623730950488016887242096980785696718753769"
    assert exact.carried_root(Decimal(2)) == Decimal(root_of_2)
    assert exact.carried(1, 3) == Decimal(f"0.{'3' * 50}")
    assert exact.rounded(exact.carried_root(Decimal(2))) == Decimal("1.41421356237309505")


@given(st.integers(-(10**60), 10**60), st.integers(0, 60))
def test_units_and_scaled_are_inverse(units: int, places: int) -> None:
    value = exact.scaled(units, places)
    assert Fraction(value) == Fraction(units, 10**places)
    assert exact.units(value, places) == units


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (5, 2, 2),
        (7, 2, 4),
        (-5, 2, -2),
        (-7, 2, -4),
        (5, -2, -2),
        (2, 3, 1),
        (-2, 3, -1),
        (1, 3, 0),
    ],
)
def test_integers_divide_to_the_nearest_half_to_even(
    numerator: int, denominator: int, expected: int
) -> None:
    assert exact.divide_half_even(numerator, denominator) == expected


@given(st.integers(-(10**30), 10**30), st.integers(-(10**30), 10**30).filter(bool))
def test_integer_division_rounds_as_fractions_do(numerator: int, denominator: int) -> None:
    expected = round(Fraction(numerator, denominator))
    assert exact.divide_half_even(numerator, denominator) == expected


@given(
    st.lists(st.tuples(st.integers(-60, 60), st.integers(-8, 8).filter(bool))),
    st.sampled_from([1, 3, 10**12]),
)
def test_columns_divide_as_their_integers_do(rows: list[tuple[int, int]], factor: int) -> None:
    numerators, denominators = [one for one, _ in rows], [other for _, other in rows]
    expected = [exact.divide_half_even(one * factor, other) for one, other in rows]
    assert exact.quotients_half_even(numerators, denominators, factor) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1.500", "1.5"),
        ("12", "12"),
        ("1E+3", "1000"),
        ("1.20E+3", "1200"),
        ("0.00", "0"),
        ("0E+5", "0"),
        ("-0.50", "-0.5"),
        ("100", "100"),
        ("1E-7", "1E-7"),
    ],
)
def test_a_canonical_decimal_has_no_trailing_zeros_and_no_positive_exponent(
    value: str, expected: str
) -> None:
    assert str(exact.canonical(Decimal(value))) == expected


@given(amounts)
def test_canonical_keeps_the_value(value: Decimal) -> None:
    plain = exact.canonical(value)
    assert plain == value
    exponent = plain.as_tuple().exponent
    assert isinstance(exponent, int)
    assert exponent <= 0
    assert exponent == 0 or plain.as_tuple().digits[-1] != 0


@pytest.mark.parametrize("value", [3, "win", None])
def test_canonical_leaves_what_is_no_decimal(value: object) -> None:
    assert exact.canonical(value) is value


@pytest.mark.parametrize(("value", "places"), [("1.50", 2), ("7", 0), ("1E+3", 0), ("1E-7", 7)])
def test_decimal_places_are_those_written(value: str, places: int) -> None:
    assert exact.decimal_places(Decimal(value)) == places


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_what_is_not_finite_has_no_decimal_places(value: str) -> None:
    with pytest.raises(InvalidOperation):
        exact.decimal_places(Decimal(value))
