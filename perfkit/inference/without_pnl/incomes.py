"""Income histories: a record for each realised P&L, fee and funding, which a word tells apart.

type           income   asset
REALIZED_PNL     12.5   USDT     a trade
COMMISSION       -0.4   USDT     asked about: the result is before it
TRANSFER        100     USDT     nothing that was earned
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.keys.assemble import dialect_of
from perfkit.inference.keys.identity import identity_of
from perfkit.inference.keys.trade_times import moments_of
from perfkit.inference.records.closing import Closing
from perfkit.inference.records.kinds import logged
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.without_pnl.log_facts import Log, reading_of
from perfkit.inference.words.names import word_set, words

_KINDS = word_set("type kind operation category action event description reason remark income")
_AMOUNTS = word_set("income amount change delta value cash flow sum total quantity size funds")
_NOT_AMOUNTS = word_set("balance after before price rate id fee")
_COSTS = word_set("commission fee fees funding rebate interest insurance swap kickback tax")
_ASSETS = word_set("asset coin currency ccy")


def from_incomes(log: Log) -> Reading | None:
    """The records of realised P&L alone; what others cost is asked about."""
    kind = next((one for one in log.columns if _results(one)), None)
    if kind is None or "price" in log.roles or "entry_price" in log.roles:
        return None
    results = _results(kind)
    rows = [row for row, label in enumerate(kind.labels) if label in results]
    amount = _amount(log.columns, rows)
    if amount is None:
        return None
    log = log._replace(roles=_roles(log))
    values = logged(kind, results)
    only: dict[str, object] = {kind.expression: values[0] if len(values) == 1 else values}
    closing = Closing(rows, only, [], kind, 12, [], [])
    moments = moments_of(log.times, log.columns, rows, events=False)
    identity = identity_of(log.columns, log.roles, None, closing)
    dialect = dialect_of({"net_pnl": amount.expression}, closing, {}, moments, identity, log.roles)
    costs = _costs(log, kind, amount, values)
    said = " and ".join(map(str, values))
    return reading_of(
        log,
        dialect,
        rows,
        f"{kind.name} {said} marks what was earned",
        (*moments.assumed, f"each record of {said} is a trade"),
        (*moments.doubts, *identity.doubts, *([] if costs is None else [costs])),
        moments.zone,
    )


def _results(kind: Column) -> set[str]:
    """The words of a column for a realised P&L: `REALIZED_PNL`, `Realized Profit and Loss`."""
    if kind.kind != TEXT or not set(kind.words) & _KINDS or not kind.has_few_words:
        return set()
    return {label for label in kind.distinct if _is_realized(set(words(label)))}


def _is_realized(said: set[str]) -> bool:
    return "realized" in said and bool(said & {"pnl", "profit", "gain", "loss"})


def _amount(columns: Sequence[Column], rows: Sequence[int]) -> Column | None:
    """The column of amounts that each of the records has."""
    for column in columns:
        said = set(column.words)
        if column.kind != NUMBER or not said & _AMOUNTS or said & _NOT_AMOUNTS:
            continue
        if rows and all(column.numbers[row] is not None for row in rows):
            return column
    return None


def _roles(log: Log) -> dict[str, Column]:
    """The roles, in which an asset is the currency of the amounts, and no symbol or side."""
    kept = ("symbol", "account", "currency", "strategy")
    roles = {role: log.roles[role] for role in kept if role in log.roles}
    asset = next((one for one in log.columns if set(one.words) & _ASSETS and one.filled), None)
    if asset is not None and asset.kind == TEXT:
        roles = {role: one for role, one in roles.items() if one is not asset}
        roles["currency"] = asset
    return roles


def _costs(log: Log, kind: Column, amount: Column, results: Sequence[object]) -> Doubt | None:
    """What the records of costs come to, which no word assigns to a trade."""
    costs = {label for label in kind.distinct if set(words(label)) & _COSTS}
    totals = dict.fromkeys(costs, Decimal(0))
    for label, number in zip(kind.labels, amount.numbers, strict=True):
        if label in costs:
            totals[label] += number or Decimal(0)
    if not any(totals.values()):
        return None
    said = logged(kind, costs)
    listed = ", ".join(f"{word} {totals[str(word).strip().lower()]:f}" for word in said)
    names = " and ".join(map(str, results))
    return Doubt(
        "income_costs",
        f"Beside {names} there is {listed} in total, which no field assigns to a trade; how should "
        "it count?",
        (
            Answer("leave it out: results are before these", {}),
            Answer(
                "count each such record as well: the total is right, the number of trades is not",
                {f"only.{kind.expression}": [*results, *said]},
            ),
        ),
    )
