"""Columns made of two others: one or the other, one over the other."""

from __future__ import annotations

from dataclasses import dataclass

from perfkit.inference.table.columns import NUMBER, Column


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
