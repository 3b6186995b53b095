"""A P&L on openings that is nothing but their costs, where a close has several openings.

Open Long   2 at 10   fee 0.1   closedPnl -0.1
Open Long   1 at 11   fee 0.1   closedPnl -0.1
Close Long  3 at 12   fee 0.2   closedPnl  4.8      one trade: 4.8 - 0.2 = 4.6

Such records are executions. The costs of those that open come off what they are closed with, and
those of a position that is still open count nowhere yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.pnl_column.costs import commission_of, gross_of, with_carry
from perfkit.inference.proof.evidence import costs
from perfkit.inference.records.kinds import logged
from perfkit.inference.table.columns import Column
from perfkit.inference.table.directions import direction, directions
from perfkit.inference.words.role_names import CARRY

_PARTS = ("symbol", "account", "strategy")
_KEPT = ("time_unit", "time_format", "nulls")
_SIDES = {1: "buy", -1: "sell"}
_EXCESS = Decimal("1e-9")
_HARDLY_MORE = Decimal("1.4")


def as_executions(
    dialect: Mapping[str, object],
    best: Candidate,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
) -> dict[str, object] | None:
    """The dialect that matches openings and closes; None where these are not all of a position.

    One column says of each record whether it opens or closes and which side: `Open Long`.
    """
    marker, fields = best.closing.marker, dialect["fields"]
    if marker is None or not isinstance(fields, dict) or "closed_at" not in fields:
        return None
    ways = _ways(best, marker)
    if ways is None or not {"quantity", "price", "symbol"} <= roles.keys():
        return None
    rows = sorted([*best.closing.rows, *best.closing.opening])
    turns = [ways.get(label, 0) for label in marker.labels]
    if not any(_leave_no_gap(best, one, turns, roles) for one in (rows, rows[::-1])):
        return None
    only = {
        key: value
        for key, value in _mapping(dialect.get("only")).items()
        if key not in (marker.expression, best.pnl.expression)
    }
    labels = {label for label in marker.distinct if label in ways}
    if len(labels) < len(set(marker.distinct)):
        only[marker.expression] = logged(marker, labels)
    cost = " + ".join(f"abs({fee.expression})" for fee in fees)
    by = [role for role in ("account", "symbol") if role in fields]
    sides = {str(word): _SIDES[ways[str(word).lower()]] for word in logged(marker, labels)}
    return {
        **({"only": only} if only else {}),
        "fills": {"by": by, "match": "average"},
        "fields": {
            "at": fields["closed_at"],
            **{part: fields[part] for part in _PARTS if part in fields},
            "side": marker.expression,
            "quantity": roles["quantity"].expression,
            "price": roles["price"].expression,
            "gross_pnl": f"{gross_of(best)} + {cost}",
            "commission": cost,
        },
        "values": {"side": sides},
        **{key: dialect[key] for key in _KEPT if key in dialect},
    }


def by_sides(
    dialect: Mapping[str, object],
    best: Candidate,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
) -> dict[str, object] | None:
    """The dialect that matches buys and sells, of which those that open have costs and no P&L.

    None where the P&L is after costs, or where openings close something and closes do not. What
    holding a position costs is no part of what it cost to open.
    """
    closing, fields = best.closing, dialect["fields"]
    if best.is_net is not False or not isinstance(fields, dict) or "closed_at" not in fields:
        return None
    if not {"side", "quantity", "price", "symbol"} <= roles.keys():
        return None
    turns = _turns(best, roles, fees)
    if turns is None:
        return None
    rows = sorted([*closing.rows, *closing.opening])
    ways, paid = directions(roles["side"]), commission_of(fees, rows)
    if not paid or not any(costs(fees, row) for row in closing.opening):
        return None
    if not any(_leave_no_gap(best, one, ways, roles) for one in (rows, rows[::-1])):
        return None
    only = {key: one for key, one in _mapping(dialect.get("only")).items()
            if key != best.pnl.expression} | turns  # fmt: skip
    parts = {name: roles[name].expression for name in ("side", "quantity", "price")}
    return {
        **({"only": only} if only else {}),
        "fills": {"by": [one for one in ("account", "symbol") if one in fields],
                  "match": "average"},
        "fields": {
            "at": fields["closed_at"],
            **{part: fields[part] for part in _PARTS if part in fields},
            **parts,
            "gross_pnl": with_carry(best, fees),
            "commission": paid,
        },
        **{key: dialect[key] for key in (*_KEPT, "values") if key in dialect},
    }  # fmt: skip


def _turns(
    best: Candidate, roles: Mapping[str, Column], fees: Sequence[Column]
) -> dict[str, object] | None:
    """The condition for all that opens or closes, which the P&L alone tells apart, or a marker.

    That may be `in` and `out`, where closes cost about as much as openings: they may else have the
    costs of both. None where neither tells.
    """
    closing, marker = best.closing, best.closing.marker
    if marker is None:
        return {} if [*closing.only] == [best.pnl.expression] else None
    words = [*closing.open_words, *closing.close_words]
    has_both = bool(closing.open_words and closing.close_words)
    if not has_both or not _cost_no_more(best, roles["quantity"], fees):
        return None
    return {marker.expression: words}


def _cost_no_more(best: Candidate, size: Column, fees: Sequence[Column]) -> bool:
    """Whether closes cost hardly more than openings, for each piece of the quantity."""
    fixed = [fee for fee in fees if not {*fee.words} & CARRY]
    rates = []
    for rows in (best.closing.opening, best.closing.rows):
        pieces = sum((abs(size.numbers[row] or Decimal(0)) for row in rows), Decimal(0))
        rates.append(sum((costs(fixed, row) for row in rows), Decimal(0)) / (pieces or 1))
    return rates[0] > 0 and rates[1] <= rates[0] * _HARDLY_MORE


def _ways(best: Candidate, marker: Column) -> dict[str, int] | None:
    """For each word whether it buys (1) or sells (-1): who closes a long position sells."""
    found: dict[str, int] = {}
    for words, turn in ((best.closing.open_words, 1), (best.closing.close_words, -1)):
        for word in words:
            label = str(word).lower()
            way = direction(label) * turn
            if not way or label not in marker.distinct:
                return None
            found[label] = way
    return found if set(found.values()) == {1, -1} else None


def _leave_no_gap(
    best: Candidate, rows: Sequence[int], ways: Sequence[int], roles: Mapping[str, Column]
) -> bool:
    """Whether all that is closed was opened before, and openings never close anything."""
    sizes, prices = roles["quantity"].numbers, roles["price"].numbers
    symbols, opening = roles["symbol"].labels, set(best.closing.opening)
    held: dict[str, Decimal] = {}
    for row in rows:
        size, before = sizes[row], held.get(symbols[row], Decimal(0))
        if not size or not prices[row] or not ways[row]:
            return False
        moved = ways[row] * abs(size)
        after = before + moved
        if row in opening and before * moved < 0:
            return False
        if row not in opening and (before * moved >= 0 or abs(moved) > abs(before) + _EXCESS):
            return False
        held[symbols[row]] = Decimal(0) if abs(after) <= _EXCESS else after
    return True


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
