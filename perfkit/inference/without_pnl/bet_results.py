"""What bets earned: the stake, the odds and how each ended say it, where no P&L is logged.

stake 100, odds 1.91, won         100 x (1.91 - 1) = 91
stake 100, odds 1.91, lost        -100
10 contracts at 0.40, won         10 x (1 - 0.40) = 6
amount 100, payout 85 %, won      100 x 0.85 = 85
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.outcomes import EVEN, LOST, WON, outcome_of
from perfkit.inference.words.names import word_set

_LEAST = 5
_OF_RATES = word_set("pct percent percentage % rate")
_LEAST_PAYOUT = Decimal("0.3")
_OTHER_ODDS = word_set("closing close fair implied best max min opening model true american")
_MAY_BE_MONEY = word_set("amount size bet position")
_OF_PIECES = word_set("shares share contracts contract tokens token count pieces units")
_NEARLY = Decimal("0.005")
_AMERICAN = 100
"""Odds from here on are not what a stake of 1 brings in: +150 is 2.5."""


class Bets(NamedTuple):
    """The P&L as an expression, what it is taken to be, and what has to be asked."""

    net_pnl: str
    assumed: str
    doubts: tuple[Doubt, ...] = ()


def bets_of(
    columns: Sequence[Column], roles: Mapping[str, Column], outcome: Column, rows: Sequence[int]
) -> Bets | None:
    """What bets earned; None where stakes or odds are not there in each record."""
    if len(rows) < _LEAST:
        return None
    stake, count = roles.get("stake"), roles.get("quantity")
    odds = next((one for one in columns if _are_odds(one, rows)), None)
    price = roles.get("entry_price") or roles.get("price")
    at = price if price is not None and _are_shares_of_one(price, rows) else None
    paid = stake or count
    if paid is not None and odds is not None and _are_there(paid, rows):
        won, lost = f"({odds.expression} - 1)", ""
        return _as_bets(paid, outcome, rows, won, lost, f"{paid.name} x ({odds.name} - 1)")
    if paid is not None and _are_there(paid, rows):
        for rate in columns:
            if part := part_of_stake(rate, paid, rows):
                said = f"{paid.name} x {rate.name}" + " / 100" * part.endswith("100")
                return _as_bets(paid, outcome, rows, part, "", said)
    if at is None:
        return None
    if count is not None and _are_there(count, rows):
        return _of_count(count, at, columns, outcome, rows)
    return _of_stake(stake, at, outcome, rows) if stake and _are_there(stake, rows) else None


def _of_stake(stake: Column, at: Column, outcome: Column, rows: Sequence[int]) -> Bets:
    won = f"(1 / {at.expression} - 1)"
    return _as_bets(stake, outcome, rows, won, "", f"{stake.name} / {at.name} - {stake.name}")


def _of_count(
    count: Column, at: Column, columns: Sequence[Column], outcome: Column, rows: Sequence[int]
) -> Bets:
    """What contracts at a price earned; of an `amount` it is asked whether it is one of money.

    What came back for those that won may show it: the amount itself, or that by the price.
    """
    won, lost = f"(1 - {at.expression})", f" * {at.expression}"
    bets = _as_bets(count, outcome, rows, won, lost, f"{count.name} x (1 - {at.name})")
    if not {*count.words} & _MAY_BE_MONEY or {*count.words} & _OF_PIECES:
        return bets
    if any(_is_worth(one, count, at, rows) for one in columns):
        return bets
    staked = _of_stake(count, at, outcome, rows)
    wins = [row for row in rows if outcome_of(outcome.labels[row]) == WON]
    for column in columns:
        if column.kind == NUMBER and column not in (count, at):
            pieces, money = (
                sum(_is_about(column.numbers[row], _bought(count, at, row, way)) for row in wins)
                for way in (1, 0)
            )
            if max(pieces, money) * 10 >= 9 * len(wins) > 0 and pieces != money:
                return bets if pieces > money else staked
    doubt = Doubt(
        "quantity_or_money",
        f"Is {count.name} how many contracts were bought, or what was paid for them?",
        (
            Answer("what was paid", {"fields.net_pnl": staked.net_pnl}),
            Answer("how many were bought", {"fields.net_pnl": bets.net_pnl}),
        ),
    )
    return staked._replace(doubts=(doubt,))


def _is_worth(worth: Column, count: Column, at: Column, rows: Sequence[int]) -> bool:
    """Whether a column such as `cost` is the count x the price, so that this counts contracts."""
    if worth.kind != NUMBER or worth in (count, at):
        return False
    agreed = sum(
        _is_about(worth.numbers[row], (count.numbers[row] or 0) * (at.numbers[row] or Decimal(0)))
        for row in rows
    )
    return agreed * 10 >= 9 * len(rows)


def _bought(count: Column, at: Column, row: int, are_pieces: int) -> Decimal | None:
    """What a bet that was won brings in: 1 for each contract."""
    size, price = count.numbers[row], at.numbers[row]
    return size if are_pieces else size / price if size and price else None


def _is_about(number: Decimal | None, other: Decimal | None) -> bool:
    return number is not None and other is not None and abs(number - other) <= _NEARLY * other


def part_of_stake(rate: Column, paid: Column, rows: Sequence[int]) -> str:
    """What part of a stake a win brings in, such as a payout of 85 %; empty where it is none.

    A payout in money is more than the stake, and 0 where that was lost.
    """
    if rate.kind != NUMBER or "payout" not in rate.words:
        return ""
    parts = [rate.numbers[row] or Decimal(0) for row in rows]
    least, most = min(parts), max(parts)
    is_named = bool(set(rate.words) & _OF_RATES)
    is_less = all(
        part < (paid.numbers[row] or Decimal(0)) for part, row in zip(parts, rows, strict=True)
    )
    if least <= 0 or not (is_named or is_less):
        return ""
    if least >= _LEAST_PAYOUT and most <= 1:
        return rate.expression
    return f"{rate.expression} / 100" if least >= 100 * _LEAST_PAYOUT and most <= 100 else ""


def _as_bets(
    size: Column, outcome: Column, rows: Sequence[int], won: str, lost: str, said: str
) -> Bets:
    """The P&L of each word for an outcome, one after the other."""
    ends = {WON: f" * {won}", LOST: lost, EVEN: " * 0"}
    parts = []
    for label, value in {outcome.labels[row]: outcome.values[row] for row in rows}.items():
        end = outcome_of(label)
        word = str(value).lower() if isinstance(value, bool) else str(value)
        quoted = word.replace("\\", "\\\\").replace('"', '\\"')
        sign = "-" * (end == LOST)
        parts.append(f'{sign}where({size.expression}, {outcome.expression}, "{quoted}"){ends[end]}')
    return Bets(" or ".join(parts), f"what was won is {said}, and what was lost is the stake")


def _are_odds(column: Column, rows: Sequence[int]) -> bool:
    """Whether a column is what a stake of 1 brings in, such as 1.91."""
    said = set(column.words)
    if column.kind != NUMBER or not said & {"odds", "odd"} or said & _OTHER_ODDS:
        return False
    odds = [column.numbers[row] for row in rows]
    known = [one for one in odds if one is not None and one > 1]
    return len(known) == len(rows) and min(known) < _AMERICAN and any(one % 1 for one in known)


def _are_shares_of_one(price: Column, rows: Sequence[int]) -> bool:
    return all(0 < (price.numbers[row] or Decimal(0)) < 1 for row in rows)


def _are_there(size: Column, rows: Sequence[int]) -> bool:
    return all((size.numbers[row] or Decimal(0)) > 0 for row in rows)
