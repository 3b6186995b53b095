"""What was redeemed or settled beside purchases and sales: it has an amount, and no price.

TRADE   BUY    size 20   price 0.40   usdc 8
REDEEM         size 20   price 0      usdc 20      20 pieces came back at 1
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.records.kinds import CLOSING, FAILED, logged
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.words.names import word_set, words

_REDEEMED = word_set(
    "redeem redeemed redemption claim claimed settlement settled payout expiry"
) | (CLOSING - word_set("won win lost loss"))
_AMOUNTS = word_set("amount value usdc usd usdt cash total proceeds payout notional quote cost")
_NEARLY = Decimal("0.02")
"""Costs are at most so much of what is paid."""


def redeemed(log: Log, rows: Sequence[int]) -> Doubt | None:
    """A question about records that say with a word alone that pieces came back for an amount.

    Nothing says whether what is neither sold nor redeemed is still held, or lost.
    """
    side, size, price = (log.roles.get(one) for one in ("side", "quantity", "price"))
    if side is None or size is None or price is None:
        return None
    ways = directions(side)
    traded = [row for row in rows if ways[row] and size.numbers[row] and price.numbers[row]]
    blank = [row for row in rows if not ways[row] and size.numbers[row] and not price.numbers[row]]
    if not blank or not traded:
        return None
    kind = next((one for one in (side, *log.columns) if _tells(one, blank, traded)), None)
    amount = next((one for one in log.columns if _is_amount(one, size, price, blank, traded)), None)
    symbol = next((one for one in _ids(log) if _is_held(one, blank, traded)), None)
    if kind is None or amount is None or symbol is None:
        return None
    said = {kind.labels[row] for row in blank}
    values = [str(one) for one in logged(kind, said)]
    known = {str(side.values[row]): "buy" if ways[row] > 0 else "sell" for row in traded}
    changes: dict[str, object] = {
        "values.side": {**known, **dict.fromkeys(values, "sell")},
        "fields.price": f"{amount.expression} / {size.expression}",
        "fields.symbol": symbol.expression,
        "fills.short": False,
    }
    if kind is side:
        changes[f"only.{side.expression}"] = [*known, *values]
    else:
        others = [str(one) for one in logged(kind, {kind.labels[row] for row in traded})]
        changes[f"only.{side.expression}"] = None
        changes[f"only.{kind.expression}"] = [*others, *values]
        changes["fields.side"] = f"{side.expression} or {kind.expression}"
        changes["nulls"] = others
    total = sum((amount.numbers[row] or Decimal(0) for row in blank), Decimal(0))
    return Doubt(
        "other_sides",
        f"{len(blank)} records with {kind.name} {', '.join(values)} have no price, but "
        f"{amount.name}, {total:f} in total; do they end positions? What is neither sold nor "
        "ended so stays open, even if it was lost",
        (Answer("yes, at what came back for each piece", changes), Answer("no", {})),
    )


def _tells(column: Column, blank: Sequence[int], traded: Sequence[int]) -> bool:
    """Whether words of a column such as `REDEEM` tell records from those of orders."""
    if column.kind != TEXT or not column.has_few_words:
        return False
    said = {column.labels[row] for row in blank}
    parts = [{*words(label)} for label in said]
    if not all(one & _REDEEMED and not one & FAILED for one in parts):
        return False
    return said.isdisjoint(column.labels[row] for row in traded)


def _is_amount(
    column: Column, size: Column, price: Column, blank: Sequence[int], traded: Sequence[int]
) -> bool:
    """Whether a column is quantity x price of orders, and is there where there is no price."""
    if column.kind != NUMBER or column in (size, price) or not {*column.words} & _AMOUNTS:
        return False
    if any(column.numbers[row] is None for row in blank):
        return False
    if not any(column.numbers[row] for row in blank):
        return False
    agreed = 0
    for row in traded:
        paid = abs((size.numbers[row] or Decimal(0)) * (price.numbers[row] or Decimal(0)))
        agreed += abs(abs(column.numbers[row] or Decimal(0)) - paid) <= paid * _NEARLY + column.step
    return agreed * 10 >= 9 * len(traded)


def _ids(log: Log) -> list[Column]:
    """The symbol, and other columns that may say what was bought and what came back."""
    own = [log.roles["symbol"]] if "symbol" in log.roles else []
    return [*own, *(one for one in log.columns if one.kind == TEXT and one not in own)]


def _is_held(column: Column, blank: Sequence[int], traded: Sequence[int]) -> bool:
    """Whether a column says of all that came back what it was, and that this was traded before."""
    bought = {column.labels[row] for row in traded}
    if "" in bought or len(bought) < 2:
        return False
    return all(column.labels[row] in bought for row in blank)
