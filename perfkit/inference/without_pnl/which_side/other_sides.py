"""Words in a column of sides that are neither buy nor sell: TRIM, REDUCE, ADD, SCALE_OUT.

What such orders do is decided by the cash that they move, or by amounts that are below 0 for
purchases, and asked where none is logged. They are
never left out without a word, unless they say themselves that nothing was done: HOLD, SKIP.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.proof.evidence import costs
from perfkit.inference.proof.executions import executions_of
from perfkit.inference.records.kinds import CLOSING, FAILED, MOVED, OPENING, logged
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.directions import REINVESTED, directions
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.words.names import word_set, words

_NOTHING_DONE = (
    MOVED
    | FAILED
    | word_set(
        "hold holding wait none flat neutral no nothing noop skip stay watch signal "
        "dividend interest split fee tax credit debit bonus funding reward staking airdrop deposit "
        "receive received send sent"
    )
)
_SMALLER = word_set("trim reduce reduced scaleout out partial")
_LARGER = word_set("add added pyramid topup increase scalein dca accumulate")
_LEAST = 3
_MOST_SHORTING = 4
"""One order of so many may sell what was bought before the log began."""
_OF_CASH = Decimal("0.01")
"""Costs that are not logged, and slippage, are at most so much of what is paid."""
_BOUGHT, _SOLD = "buy", "sell"


@dataclass(frozen=True, eq=False)
class Sides(Column):
    """A column of sides in which some words stand for buy or sell."""

    meanings: tuple[tuple[str, str], ...] = ()

    @cached_property
    def labels(self) -> list[str]:
        meant = dict(self.meanings)
        plain = Column(self.path, self.values, self.kind).labels
        return [meant.get(label, label) for label in plain]


def with_other_sides(log: Log, rows: Sequence[int]) -> tuple[Log, Doubt | None]:
    """The log with the sides that cash proves, and the question about those that it does not."""
    unknown = _unknown(log, rows)
    if not unknown:
        return log, None
    side = log.roles["side"]
    moved = _proved(log, rows)
    meanings: dict[str, str] = {}
    for label, found in unknown.items():
        ways = Counter(moved.get(row, 0) for row in found)
        for way, word in ((1, _BOUGHT), (-1, _SOLD)):
            if ways[way] * 10 >= 9 * len(found):
                meanings[label] = word
    meanings = {**_by_meaning(log, unknown.keys() - meanings.keys(), rows), **meanings}
    for label in unknown:
        if set(words(label)) & REINVESTED:
            meanings.setdefault(label, _BOUGHT)
    if meanings:
        log = _with_meanings(log, meanings)
    asked = {label: found for label, found in unknown.items() if label not in meanings}
    return log, _asked(side, asked) if asked else None


def _proved(log: Log, rows: Sequence[int]) -> dict[int, int]:
    """What cash or amounts show of each record, where they agree with the sides that are known."""
    known = directions(log.roles["side"])
    amounts = [one for one in log.columns if _is_signed(one, log)]
    for moved in (_moved_cash(log, rows), *(_by_amounts(one, log, rows) for one in amounts)):
        agrees = [moved[row] == known[row] for row in rows if known[row] and row in moved]
        if len(agrees) >= _LEAST and sum(agrees) * 10 >= 9 * len(agrees):
            return moved
    return {}


def _is_signed(column: Column, log: Log) -> bool:
    """Whether a column beside the parts of an order has amounts above 0 and others below."""
    if column.kind != NUMBER or column in (log.roles["quantity"], log.roles["price"]):
        return False
    amounts = [amount for amount in column.numbers if amount]
    return bool(amounts) and min(amounts) < 0 < max(amounts)


def _by_amounts(column: Column, log: Log, rows: Sequence[int]) -> dict[int, int]:
    """1 for records with an amount of -(quantity x price), -1 for those with that above 0."""
    sizes, prices = log.roles["quantity"].numbers, log.roles["price"].numbers
    moved: dict[int, int] = {}
    for row in rows:
        amount, size, price = column.numbers[row], sizes[row], prices[row]
        if amount and size and price:
            paid = abs(size * price)
            if abs(abs(amount) - paid) <= paid * _OF_CASH + costs(log.fees, row):
                moved[row] = 1 if amount < 0 else -1
    return moved


def _with_meanings(log: Log, meanings: Mapping[str, str]) -> Log:
    side = log.roles["side"]
    sides = Sides(
        side.path, side.values, side.kind, side.unit, side.layout, tuple(meanings.items())
    )
    return log._replace(roles={**log.roles, "side": sides})


def _by_meaning(log: Log, labels: Iterable[str], rows: Sequence[int]) -> dict[str, str]:
    """The sides of words such as `trim`, `stop_loss` and `add`.

    They are orders that close a position, or make it smaller or larger, where nothing that is not
    held is sold by them, or little of it if there are no other orders that sell.
    """
    found: dict[str, str] = {}
    for label in labels:
        said = set(words(label))
        if said & REINVESTED:
            continue
        is_smaller = bool(said & (_SMALLER | CLOSING)) and not said & OPENING
        if is_smaller and not said & _LARGER:
            found[label] = _SOLD
        elif said & _LARGER and not is_smaller:
            found[label] = _BOUGHT
    whens = [*log.times.event, *log.times.other, *log.times.closed]
    if not found or not whens:
        return {}
    matched = executions_of(_with_meanings(log, found).roles, whens[0], rows)
    if matched is None:
        return {}
    known = directions(log.roles["side"])
    are_needed = {-1, 1} - {known[row] for row in rows}  # of buys alone nothing is ever sold
    few = len(matched.reducing) // _MOST_SHORTING if are_needed else 0
    return found if len(matched.shorting) <= few else {}


def _unknown(log: Log, rows: Sequence[int]) -> dict[str, list[int]]:
    """The records of each word that is no known side, where they have a quantity and a price."""
    side = log.roles.get("side")
    if side is None or side.kind != TEXT or not {"quantity", "price"} <= log.roles.keys():
        return {}
    sizes, prices = log.roles["quantity"].numbers, log.roles["price"].numbers
    ways = directions(side)
    if {-1, 1} - {ways[row] for row in rows} == {-1, 1}:
        return {}
    found: dict[str, list[int]] = {}
    for row in rows:
        label = side.labels[row]
        if label and not ways[row] and sizes[row] and prices[row]:
            found.setdefault(label, []).append(row)
    said = {label: set(words(label)) for label in found}
    return {
        label: one
        for label, one in found.items()
        if said[label] & REINVESTED or not said[label] & _NOTHING_DONE
    }


def _moved_cash(log: Log, rows: Sequence[int]) -> dict[int, int]:
    """1 for records whose cash fell by quantity x price, -1 for those where it rose by that."""
    cash = log.roles.get("balance")
    if cash is None:
        return {}
    sizes, prices = log.roles["quantity"].numbers, log.roles["price"].numbers
    moved: dict[int, int] = {}
    before: Decimal | None = None
    for row in rows:
        after, size, price = cash.numbers[row], sizes[row], prices[row]
        if before is not None and after is not None and size and price:
            paid, change = abs(size * price), after - before
            allowed = paid * _OF_CASH + costs(log.fees, row) + 2 * cash.step
            if abs(abs(change) - paid) <= allowed:
                moved[row] = 1 if change < 0 else -1
        before = after
    return moved


def _asked(side: Column, unknown: dict[str, list[int]]) -> Doubt:
    names = ", ".join(sorted(unknown))
    count = sum(map(len, unknown.values()))
    values = [str(value) for value in logged(side, set(unknown))]
    known = {
        str(value): way
        for value, way in zip(side.values, directions(side), strict=True)
        if way and value
    }

    def meaning(word: str) -> dict[str, object]:
        ways = {name: _BOUGHT if way > 0 else _SOLD for name, way in known.items()}
        return {
            f"only.{side.expression}": [*known, *values],
            "values.side": {**ways, **dict.fromkeys(values, word)},
        }

    return Doubt(
        "other_sides",
        f"{count} orders with a quantity and a price have the side {names}, which says neither buy "
        "nor sell; what are they?",
        (
            Answer("sales", meaning(_SOLD)),
            Answer("purchases", meaning(_BOUGHT)),
            Answer("not executed", {}),
        ),
    )
