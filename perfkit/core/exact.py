"""Exact arithmetic: sums that never round, and the one place where a quotient is taken.

Money is added in `EXACT`, a context that raises instead of rounding and refuses binary floats.
A quotient is taken once, last, from exact sums, to 18 significant digits, half to even; an
expression with a square root is carried at 50 digits and then rounded the same way. Columns of
money are integers in a common unit of 10**-places, which is exact as well and adds faster.
"""

from __future__ import annotations

from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_HALF_EVEN,
    Clamped,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    Inexact,
    InvalidOperation,
    Overflow,
    Rounded,
    Subnormal,
    Underflow,
)
from itertools import repeat
from operator import add as plus
from operator import mul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeVar

    T = TypeVar("T")

EXACT = Context(
    prec=1000,
    rounding=ROUND_HALF_EVEN,
    Emin=MIN_EMIN,
    Emax=MAX_EMAX,
    traps=[
        Clamped,
        DivisionByZero,
        FloatOperation,
        Inexact,
        InvalidOperation,
        Overflow,
        Rounded,
        Subnormal,
        Underflow,
    ],
)
"""Adds, subtracts and multiplies exactly or raises; sums of valid figures are far shorter."""

RATIO_DIGITS = 18
ROOT_DIGITS = 50
PER_TRADE_PLACES = 12
"""Decimal places of a per-trade ratio (R, planned risk-reward), so that its sums stay exact."""

_QUOTIENT_TRAPS = [DivisionByZero, FloatOperation, InvalidOperation, Overflow, Underflow]
_RATIO = Context(
    prec=RATIO_DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=MIN_EMIN,
    Emax=MAX_EMAX,
    traps=_QUOTIENT_TRAPS,
)
_ROOT = Context(
    prec=ROOT_DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=MIN_EMIN,
    Emax=MAX_EMAX,
    traps=_QUOTIENT_TRAPS,
)

ZERO = Decimal(0)


def ratio(numerator: Decimal | int, denominator: Decimal | int) -> Decimal:
    """The quotient at 18 significant digits, half to even.

    Raises `decimal.DivisionByZero` or `decimal.InvalidOperation` where it is undefined, and
    `decimal.FloatOperation` when handed a binary float.
    """
    return _RATIO.divide(_decimal(numerator), _decimal(denominator))


def root_ratio(square: Decimal | int, over: Decimal | int) -> Decimal:
    """The root of square / over, carried at 50 digits and rounded to 18."""
    return _RATIO.plus(_ROOT.sqrt(_ROOT.divide(_decimal(square), _decimal(over))))


def carried(numerator: Decimal | int, denominator: Decimal | int) -> Decimal:
    """A quotient at 50 digits, an intermediate of an expression with a root."""
    return _ROOT.divide(_decimal(numerator), _decimal(denominator))


def carried_root(value: Decimal) -> Decimal:
    """A square root at 50 digits, an intermediate of an expression with a root."""
    return _ROOT.sqrt(_decimal(value))


def carried_product(left: Decimal, right: Decimal) -> Decimal:
    """A product at 50 digits, an intermediate of a chain of them."""
    return _ROOT.multiply(_decimal(left), _decimal(right))


def carried_power(base: Decimal, exponent: Decimal) -> Decimal:
    """A power of a base above 0, at 50 digits."""
    return _ROOT.power(_decimal(base), _decimal(exponent))


def rounded(value: Decimal) -> Decimal:
    """`value` at 18 significant digits, half to even."""
    return _RATIO.plus(value)


def add(left: Decimal, right: Decimal) -> Decimal:
    """The exact sum."""
    return EXACT.add(left, right)


def sum_of(values: Iterable[Decimal]) -> Decimal:
    """The exact sum of some numbers; 0 of none."""
    total = ZERO
    for value in values:
        total = EXACT.add(total, value)
    return total


def subtract(left: Decimal, right: Decimal) -> Decimal:
    """The exact difference."""
    return EXACT.subtract(left, right)


def multiply(left: Decimal | int, right: Decimal | int) -> Decimal:
    """The exact product."""
    return EXACT.multiply(_decimal(left), _decimal(right))


def scaled(units: int, places: int) -> Decimal:
    """Units * 10**-places as a Decimal, without rounding."""
    return Decimal(units).scaleb(-places, EXACT) if units else ZERO


def units(value: Decimal, places: int) -> int:
    """`value` in units of 10**-places; raises `decimal.Inexact` if that would lose a digit."""
    whole = value.scaleb(places, EXACT)
    return int(whole.to_integral_exact(context=EXACT))


def decimal_places(value: Decimal) -> int:
    """How many decimal places `value` is written with; 0 for integers and positive exponents."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise InvalidOperation(f"{value} is not finite")
    return max(0, -exponent)


def divide_half_even(numerator: int, denominator: int) -> int:
    """The integer nearest to numerator / denominator, ties to the even one.

    floor(n / d + 1/2) takes ties upward; a tie leaves no remainder, and goes down to the even one.
    """
    quotient, remainder = divmod(2 * numerator + denominator, 2 * denominator)
    return quotient if remainder else quotient - (quotient & 1)


def quotients_half_even(
    numerators: Iterable[int], denominators: Sequence[int], factor: int
) -> list[int]:
    """`divide_half_even` of each numerator times the factor and its denominator."""
    doubled = map(plus, map(mul, numerators, repeat(2 * factor)), denominators)
    divided = map(divmod, doubled, map(plus, denominators, denominators))
    return [quotient if remainder else quotient - (quotient & 1) for quotient, remainder in divided]


def _decimal(value: Decimal | int) -> Decimal:
    """Refuses binary floats, which `Decimal()` would take silently."""
    if isinstance(value, Decimal):
        return value
    return EXACT.create_decimal(value)


def canonical(value: T) -> T:
    """A Decimal without trailing zeros or a positive exponent; anything else unchanged."""
    if not isinstance(value, Decimal):
        return value
    plain = value.normalize(EXACT)
    return Decimal(int(plain)) if "E+" in str(plain) else plain  # type: ignore[return-value]
