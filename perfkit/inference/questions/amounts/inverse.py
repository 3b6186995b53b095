"""Contracts of so many dollars each, whatever the price of the coin: `XBTUSD`, `BTCUSD_PERP`.

1000 dollars of them bought at 5000 and sold at 6250 are 0.2 coins less 0.16: 0.04 coins are earned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from perfkit.inference.doubts import Answer, Doubt, no
from perfkit.inference.records.kinds import logged
from perfkit.inference.table.columns import Column
from perfkit.inference.table.derived_columns import AmountOverPrice
from perfkit.inference.table.directions import directions

_OF_ONE_DOLLAR = re.compile(
    r"(xbt)usd|(xbt)[fghjkmnquvxz][0-9]{2}|[pf]i_([a-z]{3,5})usd(?:_[0-9]{6})?"
    r"|(btc|eth|sol)-perpetual|(btc|eth|sol)-[0-9]{1,2}[a-z]{3}[0-9]{2}"
)
_OF_SEVERAL = re.compile(r"([a-z]{3,5})usd_(?:perp|[0-9]{6})|([a-z]{3,5})-usd-(?:swap|[0-9]{6})")


def inverse_contracts(roles: Mapping[str, Column], rows: Sequence[int]) -> Doubt | None:
    """What a whole number of contracts is worth, whose symbols are those of inverse ones."""
    size, symbol = roles["quantity"], roles.get("symbol")
    if symbol is None or isinstance(size, AmountOverPrice):
        return None
    known = {_contract(symbol.labels[row]) for row in rows}
    names = sorted({str(symbol.values[row]) for row in rows if _contract(symbol.labels[row])})
    sizes = [abs(number) for row in rows if (number := size.numbers[row])]
    if not names or any(one < 1 or one % 1 for one in sizes):
        return None
    earned = "results are in the coin"
    contract = known.pop() if len(known) == 1 else None
    answers = [Answer("its price", {"fields.quantity": size.expression})]
    if contract is not None:
        coin, dollars = contract
        said = f"{dollars} dollar{'s' if dollars > 1 else ''}, and {earned}"
        if "exit_price" not in roles:
            said += ": each fill is that of dollars, at a price in coins"
        answers.append(Answer(said, _in_coins(roles, rows, coin, dollars)))
    else:
        answers.append(no(f"{earned}, of contracts that are worth dollars, as answered"))
    return Doubt(
        "contract_size",
        f"{' and '.join(names[:3])} may be worth some dollars each, whatever the price, and "
        f"{earned}; what is one of {size.name} worth?",
        tuple(answers),
    )


def _contract(symbol: str) -> tuple[str, int] | None:
    """The coin of an inverse contract and how many dollars it is worth; None of other symbols."""
    if found := _OF_ONE_DOLLAR.fullmatch(symbol):
        return next(filter(None, found.groups())).upper(), 1
    if found := _OF_SEVERAL.fullmatch(symbol):
        coin = next(filter(None, found.groups())).upper()
        return coin, 100 if coin == "BTC" else 10
    return None


def _in_coins(
    roles: Mapping[str, Column], rows: Sequence[int], coin: str, dollars: int
) -> dict[str, object]:
    """The changes that give results in the coin.

    What is bought at a price in dollars is dollars that are sold, at a price in coins.
    """
    size = roles["quantity"].expression
    size = size if dollars == 1 else f"{size} * {dollars}"
    if "exit_price" in roles:
        both = f"{roles['entry_price'].expression} * {roles['exit_price'].expression}"
        return {"currency": coin, "fields.quantity": f"{size} / ({both})"}
    found: dict[str, object] = {
        "currency": coin,
        "fills.short": True,
        "fields.quantity": size,
        "fields.price": f"1 / {roles['price'].expression}",
    }
    if (side := roles.get("side")) is None:
        return {**found, "fields.quantity": f"0 - {size}"}
    ways = directions(side)
    turned = {
        str(value): "sell" if ways[row] > 0 else "buy"
        for row in rows
        for value in logged(side, {side.labels[row]})
    }
    return {**found, "values.side": turned}
