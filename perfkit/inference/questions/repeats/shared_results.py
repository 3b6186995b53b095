"""Questions about a P&L that stands on several records of one trade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from itertools import pairwise

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.proof.evidence import costs
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import BOOLEAN, OTHER, Column, rows_equal
from perfkit.inference.table.directions import directions

_LEAST_GROUPS = 5
_REPEATED = 2
"""Executions that come again are asked about if they are one of so many, as if written twice."""
_LEAST_IN_A_ROW = 20
"""So many executions may come again in their order, as a part of a log that was written twice."""
_MINUTES = 10 * 60 * 1_000_000
_NEARLY = Decimal("0.001")
_TO_TWO_DIGITS = Context(prec=2)
_AGAIN = 3
"""Closes that nearly come again are asked about if they are one of so many."""
_WITHOUT = frozenset(("entry_price", "exit_price", "price", "quantity", "identity"))
"""Parts of a trade that tell one close from another."""


def same_in_each_group(best: Candidate, roles: Mapping[str, Column]) -> Doubt | None:
    """A P&L that is the same on all records of a symbol, whatever else they say.

    So is the result of a market that each of its executions shows: it counts once.
    """
    symbol, rows = roles.get("symbol"), best.closing.rows
    if symbol is None or best.proved:
        return None
    groups: dict[str, list[int]] = {}
    for row in rows:
        groups.setdefault(symbol.labels[row], []).append(row)
    several = [group for group in groups.values() if len(group) > 1]
    if len(several) < _LEAST_GROUPS or len(several) * 5 < len(groups):
        return None
    numbers = best.pnl.numbers
    if any(len({numbers[row] for row in group}) > 1 for group in several):
        return None
    if len({numbers[group[0]] for group in several}) < _LEAST_GROUPS:
        return None
    extra = len(rows) - len(groups)
    return Doubt(
        "repeats",
        f"All records of a {symbol.name} have the same {best.pnl.name}, so {extra} records repeat "
        "one; do they count again?",
        (
            Answer(f"no, once for each {symbol.name}", {"identity": [symbol.expression]}),
            Answer("yes, each record is a trade", {}),
        ),
    )


def proved_once(
    reading: Reading, best: Candidate, roles: Mapping[str, Column], fees: Sequence[Column]
) -> Reading:
    """The reading without the question whether a P&L on several records counts again, if not.

    Records of one symbol at several prices cannot have earned the same each, and what is earned
    from an order to the next one is that of the two.
    """
    doubt = next((one for one in reading.doubts if one.name == "repeats"), None)
    if doubt is None:
        return reading
    changes = doubt.answers[0].changes
    dialect: dict[str, object]
    if "identity" in changes and "symbol" in roles and _differ_in_price(best, roles):
        dialect = {**reading.dialect, **changes}
    elif [*changes] == [f"only.{_side_of(roles)}"] and _earned_by_both(best, roles, fees):
        only = reading.dialect.get("only")
        closes = {_side_of(roles): changes[f"only.{_side_of(roles)}"]}
        closes = {**(only if isinstance(only, dict) else {}), **closes}
        dialect = {**reading.dialect, "only": closes}
    else:
        return reading
    said = doubt.question.partition(";")[0]
    return reading._replace(
        dialect=dialect,
        doubts=tuple(one for one in reading.doubts if one is not doubt),
        assumed=(*reading.assumed, f"{said[0].lower()}{said[1:]}, which counts once"),
    )


def _side_of(roles: Mapping[str, Column]) -> str:
    return roles["side"].expression if "side" in roles else ""


def _differ_in_price(best: Candidate, roles: Mapping[str, Column]) -> bool:
    """Whether records of many symbols have one result, and were traded at several prices."""
    prices: dict[str, set[Decimal | None]] = {}
    for row in best.closing.rows:
        prices.setdefault(roles["symbol"].labels[row], set()).add(_price_of(roles, row))
    return sum(len(found - {None}) > 1 for found in prices.values()) >= _LEAST_GROUPS


def _price_of(roles: Mapping[str, Column], row: int) -> Decimal | None:
    """The price of an order, or what was paid for each piece, roughly."""
    if "price" in roles:
        return roles["price"].numbers[row]
    if not {"stake", "quantity"} <= roles.keys():
        return None
    paid, size = roles["stake"].numbers[row], roles["quantity"].numbers[row]
    return _TO_TWO_DIGITS.divide(paid, size) if paid and size else None


def _earned_by_both(best: Candidate, roles: Mapping[str, Column], fees: Sequence[Column]) -> bool:
    """Whether prices of an order and the next one give the P&L that stands on both of them."""
    if not {"price", "quantity"} <= roles.keys():
        return False
    prices, sizes = roles["price"].numbers, roles["quantity"].numbers
    ways, numbers, rows = directions(roles["side"]), best.pnl.numbers, best.closing.rows
    compared = agreed = 0
    for one, row in pairwise(rows):
        entry, out, size, said = prices[one], prices[row], sizes[row], numbers[row]
        if ways[one] != ways[rows[0]] or ways[row] == ways[one] or not said or not size:
            continue
        compared += 1
        if entry and out and said == numbers[one]:
            earned = (out - entry) * abs(size) * ways[one]
            allowed = 2 * best.pnl.step + abs(earned) * _NEARLY + 2 * costs(fees, row)
            agreed += abs(earned - said) <= allowed
    return compared >= _LEAST_GROUPS and agreed * 10 >= 9 * compared


def executions_again(columns: Sequence[Column], rows: Sequence[int]) -> Doubt | None:
    """Executions that are those of earlier records in every field, where that is no accident.

    Parts of one order are alike as well; a log that was written several times repeats most of it,
    or many different executions in their order.
    """
    repeats = rows_equal(columns, rows)
    if repeats * _REPEATED < len(rows) and not _are_in_a_row(columns, rows, repeats):
        return None
    fields = [
        column.expression
        for column in columns
        if column.kind not in (OTHER, BOOLEAN) and all(column.present[row] for row in rows)
    ]
    return Doubt(
        "repeats",
        f"{repeats} of {len(rows)} executions repeat an earlier one exactly; do they count again?",
        (Answer("yes", {}), Answer("no", {"identity": fields})),
    )


def _are_in_a_row(columns: Sequence[Column], rows: Sequence[int], repeats: int) -> bool:
    """Whether most repeats are those of different earlier records, one after the other."""
    if repeats < _LEAST_IN_A_ROW:
        return False
    keys = [tuple(one.labels[row] for one in columns) for row in sorted(rows)]
    seen: dict[tuple[str, ...], int] = {}
    first = [seen.setdefault(key, place) for place, key in enumerate(keys)]
    follows = sum(
        here != place and here == before + 1
        for (before, here), place in zip(pairwise(first), range(1, len(first)), strict=True)
    )
    return follows * 10 >= 9 * repeats


def on_openings(best: Candidate, roles: Mapping[str, Column]) -> Doubt | None:
    """A P&L on each order that opens which is that of the order that closes it, once more."""
    side, numbers = roles.get("side"), best.pnl.numbers
    if side is None or "exit_price" in roles or best.closing.marker is not None:
        return None
    ways, rows = directions(side), best.closing.rows
    if not rows or any(not ways[row] for row in rows):
        return None
    opens = ways[rows[0]]
    closing = [(one, row) for one, row in pairwise(rows) if ways[one] == opens != ways[row]]
    alike = [row for one, row in closing if numbers[one] == numbers[row] and numbers[row]]
    if len(set(map(numbers.__getitem__, alike))) < _LEAST_GROUPS:
        return None
    if len(alike) * 10 < 9 * len(closing):
        return None
    word, opening = side.values[alike[0]], side.values[rows[0]]
    return Doubt(
        "repeats",
        f"{len(alike)} records of {word} have the same {best.pnl.name} as the {opening} before; "
        "does it count twice?",
        (
            Answer(f"no, only that of {word}", {f"only.{side.expression}": word}),
            Answer("yes, each record is a trade", {}),
        ),
    )


def untimed(
    best: Candidate,
    closed: Column,
    others: Sequence[Column],
    roles: Mapping[str, Column],
    failed: set[int],
) -> Doubt | None:
    """Records with a P&L, but without the closing time that all others have.

    Where that time marks the closing records, only those with an exit price are asked about.
    """
    numbers = best.pnl.numbers
    rows = [row for row in range(len(numbers)) if numbers[row] is not None and row not in failed]
    missing = [row for row in rows if not closed.present[row] and numbers[row]]
    if best.closing.marker is closed:
        out = roles.get("exit_price")
        missing = [row for row in missing if out is not None and out.numbers[row]]
    else:
        missing = [row for row in missing if row in set(best.closing.rows)]
    if not missing or len(missing) == len(rows):
        return None
    total = sum(numbers[row] or 0 for row in missing)
    answers = [Answer("no", {f"only.{closed.expression}": "exists"})]
    for other in others:
        if all(other.present[row] for row in missing):
            at = f"{closed.expression} or {other.expression}"
            answers.insert(0, Answer(f"yes, at {other.name}", {"fields.closed_at": at}))
            break
    return Doubt(
        "untimed",
        f"{len(missing)} of {len(rows)} records with a {best.pnl.name} have no {closed.name}, "
        f"{total:f} in total; did these close?",
        tuple(answers),
    )


def nearly_again(best: Candidate, roles: Mapping[str, Column], closed: Column) -> Doubt | None:
    """Closes of a symbol that come again within minutes with almost the same P&L.

    So they do where a bot that is started again closes once more what it had closed. Equal results
    of equal bets are no sign of it.
    """
    symbol, numbers = roles.get("symbol"), best.pnl.numbers
    if symbol is None or len(roles.keys() & _WITHOUT) > 0:
        return None
    last: dict[str, int] = {}
    again = []
    for row in sorted(best.closing.rows, key=lambda one: closed.instants[one] or 0):
        number, at = numbers[row], closed.instants[row]
        if not number or at is None:
            continue
        before = last.get(symbol.labels[row])
        last[symbol.labels[row]] = row
        if before is None or at - (closed.instants[before] or 0) > _MINUTES:
            continue
        if abs(number - (numbers[before] or 0)) <= abs(number) * _NEARLY:
            again.append(row)
    if len(again) * _AGAIN < len(best.closing.rows) or len({numbers[row] for row in again}) < 2:
        return None
    answers = [Answer("yes, each record is a trade", {})]
    if len({symbol.labels[row] for row in best.closing.rows}) == len(best.closing.rows) - len(
        again
    ):
        no: dict[str, object] = {"identity": [symbol.expression], "closes": "last"}
        answers.append(Answer(f"no, the last of each {symbol.name}", no))
    return Doubt(
        "repeats",
        f"{len(again)} of {len(best.closing.rows)} records have almost the {best.pnl.name} that "
        f"one of the same {symbol.name} had minutes before; do they count again?",
        tuple(answers),
    )
