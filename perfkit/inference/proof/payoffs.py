"""What contracts that pay 1 or nothing say of a P&L, as those of prediction markets do.

bought 10 at 0.63, won     10 x (1 - 0.63) = 3.70
bought 10 at 0.63, lost    -10 x 0.63 = -6.30
paid 5 at 0.40, won        5 / 0.40 - 5 = 7.50
staked 5, fee 0.10, lost   -5.10, so the fee is in it
cost 100, proceeds 112     112 - 100 = 12
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product

from perfkit.inference.proof.evidence import costs
from perfkit.inference.proof.prices import NO_PRICES, Prices
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.outcomes import LOST, WON, outcome_of
from perfkit.inference.words.names import MONEY, word_set
from perfkit.inference.words.role_names import is_fee

_LEAST = 3
_NEARLY = Decimal("0.002")
_PAID_OUT = word_set("return returns")
_RATES = word_set("pct percent % rate")
_PAID = word_set(
    "buy bought purchase cost paid invest invested stake staked wager wagered spent spend"
)
_RECEIVED = word_set("sell sold sale proceeds received payout revenue returned")
_NO_TOTALS = word_set("price per avg average each unit share expected max rate pct")
_STAKES = word_set("stake bet wager size amount invested risk")
_PRICES = word_set("price cost odds entry ask fill paid avg average")


def payoffs_say(
    pnl: Column, roles: Mapping[str, Column], fees: Sequence[Column], rows: Sequence[int]
) -> Prices:
    """Compares a P&L with what contracts at a price below 1 pay, before and after costs."""
    paid = roles.get("entry_price") or roles.get("price")
    outcome, sizes = roles.get("outcome"), roles.get("quantity")
    stakes = roles.get("stake")
    if paid is None or outcome is None or (sizes is None and stakes is None):
        return NO_PRICES
    gross = net = compared = 0
    for row in rows:
        said, price = outcome_of(outcome.labels[row]), paid.numbers[row]
        earned = pnl.numbers[row]
        if earned is None or not price or said not in (WON, LOST):
            continue
        if not 0 < price < 1:
            return NO_PRICES
        count = sizes.numbers[row] if sizes is not None else _bought(stakes, price, row)
        if not count:
            continue
        expected = abs(count) * (1 - price if said == WON else -price)
        allowed = 2 * pnl.step + abs(expected) * _NEARLY
        compared += 1
        gross += abs(earned - expected) <= allowed
        net += abs(earned - expected + costs(fees, row)) <= allowed
    if compared < _LEAST or max(gross, net) * 10 < 9 * compared:
        return NO_PRICES
    return Prices(True, MONEY, None if gross == net else net > gross, None)


def _bought(stakes: Column | None, price: Decimal, row: int) -> Decimal | None:
    stake = None if stakes is None else stakes.numbers[row]
    return stake / price if stake else None


def is_payout(column: Column, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether `returns` are what bets paid, with the stake: 0 of all that were lost."""
    outcome = roles.get("outcome")
    if outcome is None or not {*column.words} & _PAID_OUT or {*column.words} & _RATES:
        return False
    ended = {WON: list[Decimal](), LOST: list[Decimal]()}
    for row in rows:
        said, paid = outcome_of(outcome.labels[row]), column.numbers[row]
        if said in ended and paid is not None:
            ended[said].append(paid)
    return bool(ended[LOST]) and not any(ended[LOST]) and min(ended[WON], default=Decimal(0)) > 0


def paid_and_received(
    pnl: Column, columns: Sequence[Column], rows: Sequence[int]
) -> tuple[Column, Column] | None:
    """The totals of which a P&L is the difference in every record: what was paid, and came back."""
    totals = [one for one in columns if one.kind == NUMBER and not {*one.words} & _NO_TOTALS]
    paid = [one for one in totals if {*one.words} & _PAID and not is_fee(one.name)]
    received = [one for one in totals if {*one.words} & _RECEIVED and not is_fee(one.name)]
    for first, last in product(paid, received):
        every = [(pnl.numbers[row], first.numbers[row], last.numbers[row]) for row in rows]
        known = [(a, b, c) for a, b, c in every if a and b is not None and c is not None]
        allowed = pnl.step + first.step + last.step
        agreed = sum(abs(c - abs(b) - a) <= allowed for a, b, c in known)
        lost = [b for a, b, c in every if a == 0 and b and c == 0]  # all of it, and it says nothing
        agrees = agreed * 20 >= (len(known) + len(lost)) * 19
        if len(known) >= max(_LEAST, len(rows) // 2) and agrees:
            return first, last
    return None


def net_of_lost(
    pnl: Column,
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    rows: Sequence[int],
) -> bool | None:
    """Whether costs are in a P&L, as bets that were lost show: all of the stake, and the costs.

    None where nothing shows it. That they are not in it is taken from quantity x price and from
    costs of the whole record alone: a stake may have them in it, and those of a piece say little.
    """
    if not fees:
        return None
    lost = [row for row in rows if (pnl.numbers[row] or 0) < 0]
    outcome = roles.get("outcome")
    if outcome is not None and any(outcome_of(outcome.labels[row]) == LOST for row in lost):
        lost = [row for row in lost if outcome_of(outcome.labels[row]) == LOST]
    numbers = [one for one in columns if one.kind == NUMBER and one is not pnl]
    every = [one for one in numbers if is_fee(one.name)]
    pieces = any("per" in fee.words for fee in fees)
    count = roles.get("quantity")
    bought = [] if count is None else [_worth(count, one, lost) for one in numbers]
    bought = [one for one in bought if one]
    staked = [[one.numbers[row] for row in lost] for one in numbers if _is_stake(one, every)]
    each = _costs(every, fees, count, lost) if bought or staked else []
    for worth in [*bought, *staked]:
        for n, paid in enumerate(each):
            said = _share_of_costs(pnl, worth, paid, lost)
            if said is True or (said is False and worth in bought and n == 0 and not pieces):
                return said
    return None


def _is_stake(column: Column, fees: Sequence[Column]) -> bool:
    return bool({*column.words} & _STAKES) and column not in fees


def _worth(count: Column, price: Column, rows: Sequence[int]) -> list[Decimal | None]:
    """What contracts cost, where a column may be their price: below 1, or below 100 cents."""
    if not {*price.words} & _PRICES or is_fee(price.name):
        return []
    pairs = [(count.numbers[row], price.numbers[row]) for row in rows]
    most = 100 if {"cent", "cents"} & {*price.words} else 1
    if not all(one is None or 0 < one < most for _, one in pairs):
        return []
    return [None if size is None or one is None else abs(size) * one for size, one in pairs]


def _costs(
    every: Sequence[Column], fees: Sequence[Column], count: Column | None, rows: Sequence[int]
) -> list[list[Decimal]]:
    """The costs of each record, as one column or several may say; of some, for each piece."""
    found = [[costs(fees, row) for row in rows]]
    for fee in every:
        each = [costs([fee], row) for row in rows]
        if count is not None and {"per", "shares"} <= {*fee.words}:
            sizes = [abs(count.numbers[row] or Decimal(0)) for row in rows]
            each = [cost * size for cost, size in zip(each, sizes, strict=True)]
        found.append(each)
    return found


def _share_of_costs(
    pnl: Column, worth: Sequence[Decimal | None], paid: Sequence[Decimal], rows: Sequence[int]
) -> bool | None:
    """True where losses are what was put in and the costs, False where without these."""
    gross = net = compared = 0
    for row, put_in, cost in zip(rows, worth, paid, strict=False):
        earned = pnl.numbers[row]
        allowed = 2 * pnl.step
        if put_in is None or earned is None or abs(cost) <= allowed:
            continue
        compared += 1
        gross += abs(-earned - put_in) <= allowed
        net += abs(-earned - put_in - cost) <= allowed
    if compared < _LEAST or max(gross, net) * 10 < 9 * compared:
        return None
    return net > gross
