"""Columns made of others: one or the other, one over the other, one without its sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from perfkit.inference.table import shapes
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.words.names import pnl_name


@dataclass(frozen=True, eq=False)
class Either(Column):
    """Two columns of which no record has both, as one: `a or b`."""

    parts: tuple[Column, ...] = ()

    @property
    def name(self) -> str:
        return " or ".join(part.name for part in self.parts)

    @property
    def expression(self) -> str:
        return " or ".join(part.expression for part in self.parts)


def either(one: Column, other: Column) -> Either | None:
    """Two columns of numbers as one; None where a record has both, or one is never there."""
    values = zip(one.values, other.values, one.present, other.present, strict=True)
    if any(map(min, one.present, other.present)) or not one.filled or not other.filled:
        return None
    joined = [left if is_left else right for left, right, is_left, _ in values]
    return Either(one.path, joined, one.kind, parts=(one, other))


def joined(named: Sequence[Column]) -> list[Either]:
    """Columns of one unit of which no record has two, as one column.

    Not where another has what one of the two has in each record: a `gain` of both terms.
    """
    found = []
    for one, other in combinations(named, 2):
        names = pnl_name(one.name), pnl_name(other.name)
        if names[0] is None or names[1] is None or names[0].unit != names[1].unit:
            continue
        both = either(one, other)
        if both is not None and not any(both.numbers == third.numbers for third in named):
            found.append(both)
    return found


class WonOrLost(Either):
    """What was won in one column and what was lost in another, both above 0, as one result."""

    @property
    def name(self) -> str:
        return " less ".join(part.name for part in self.parts)

    @property
    def expression(self) -> str:
        won, lost = (part.expression for part in self.parts)
        return f"({won} or 0) - ({lost} or 0)"


def won_or_lost(won: Column, lost: Column) -> WonOrLost | None:
    """Two columns as one result; None where one is below 0, or a record has both or neither."""
    pairs = list(zip(won.numbers, lost.numbers, strict=True))
    if any((a or 0) < 0 or (b or 0) < 0 or (a and b) for a, b in pairs):
        return None
    if not any(a for a, _ in pairs) or not any(b for _, b in pairs):
        return None
    if any(a is None and b is None for a, b in pairs):
        return None
    return WonOrLost(
        won.path, [str((a or 0) - (b or 0)) for a, b in pairs], NUMBER, parts=(won, lost)
    )


class PaidOrReceived(Either):
    """What was paid in one column and what was received in another, as one amount of each."""

    @property
    def expression(self) -> str:
        paid, received = (part.expression for part in self.parts)
        return f"(({paid} or 0) + ({received} or 0))"


def paid_or_received(paid: Column, received: Column) -> PaidOrReceived | None:
    """Two columns of amounts as one; None where a record has both, or each has the same one."""
    pairs = list(zip(paid.numbers, received.numbers, strict=True))
    if (
        any(a and b for a, b in pairs)
        or not any(a for a, _ in pairs)
        or not any(b for _, b in pairs)
    ):
        return None
    values = [str(a or b) if a or b else None for a, b in pairs]
    return PaidOrReceived(paid.path, values, NUMBER, parts=(paid, received))


class AmountBefore(Column):
    """The amounts that texts begin with: 12.50 of `+$12.50 (+1.2%)`."""

    @property
    def expression(self) -> str:
        return f'before({super().expression}, " (")'


def amounts_before(column: Column) -> AmountBefore | None:
    """The amounts before a bracket in all texts of a column; None where some have none."""
    texts = [value if isinstance(value, str) else "" for value in column.values]
    amounts = [text.partition(" (")[0] for text in texts if " (" in text]
    if column.kind != TEXT or len(amounts) < len(texts):
        return None
    return (
        None if None in map(shapes.number, amounts) else AmountBefore(column.path, amounts, NUMBER)
    )


@dataclass(frozen=True, eq=False)
class Difference(Column):
    """One column less another: `payout - stake`."""

    written: str = ""

    @property
    def name(self) -> str:
        return self.written

    @property
    def expression(self) -> str:
        return self.written


def difference(received: Column, paid: Column) -> Difference:
    """What came back less what was paid, where both are there."""
    values = [
        None if left is None or right is None else str(left - abs(right))
        for left, right in zip(received.numbers, paid.numbers, strict=True)
    ]
    written = f"{received.expression} - {paid.expression}"
    return Difference(received.path, values, NUMBER, written=written)


@dataclass(frozen=True, eq=False)
class AmountOverPrice(Column):
    """One column over another: `usd / price`."""

    written: str = ""

    @property
    def expression(self) -> str:
        return self.written


def quotient(amount: Column, price: Column) -> AmountOverPrice:
    """What an amount buys at a price, record by record."""
    values = [
        None if not paid or not each else str(paid / each)
        for paid, each in zip(amount.numbers, price.numbers, strict=True)
    ]
    written = f"{amount.expression} / {price.expression}"
    return AmountOverPrice(amount.path, values, NUMBER, written=written)


@dataclass(frozen=True, eq=False)
class Change(Column):
    """By how much a column is above or below another: `abs(shares_after - shares_before)`."""

    written: str = ""

    @property
    def expression(self) -> str:
        return self.written


def change(before: Column, after: Column, each: Column | None = None) -> Change:
    """How far a record takes one column to another; with a price for `each`, over that."""
    prices = [Decimal(1)] * len(before.values) if each is None else each.numbers
    values = [
        None if first is None or last is None or not price else str(abs(last - first) / price)
        for first, last, price in zip(before.numbers, after.numbers, prices, strict=True)
    ]
    over = "" if each is None else f" / {each.expression}"
    written = f"abs({after.expression} - {before.expression}){over}"
    return Change(after.path, values, NUMBER, written=written)


class WithoutSign(Column):
    """A column without its sign: `abs(price)`."""

    @property
    def expression(self) -> str:
        return f"abs({super().expression})"


def without_sign(price: Column, ways: Sequence[int], rows: Sequence[int]) -> Column:
    """A price that is below 0 in all purchases or in all sales, and only there, without its sign.

    So are those that say what was paid and received: -150 for what is bought, 200 for what is sold.
    """
    signs = {
        (ways[row], number < 0) for row in rows if ways[row] and (number := price.numbers[row])
    }
    if signs not in ({(1, True), (-1, False)}, {(1, False), (-1, True)}):
        return price
    values = [None if number is None else str(abs(number)) for number in price.numbers]
    return WithoutSign(price.path, values, NUMBER)
