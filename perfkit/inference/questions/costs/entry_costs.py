"""A P&L on openings that is nothing but their costs, which the trade that each opens has to bear.

ENTRY   pnl -0.5   balance 99.5     one trade: 4 - 0.5 = 3.5
EXIT    pnl  4     balance 103.5

Each opening shows its costs as the P&L, or the balance moves by it as it does by that of a close.
So it may by a fee of the opening, whose P&L is 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial

from perfkit.inference.keys.identity import Identity
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.pnl_column.costs import gross_of
from perfkit.inference.proof.evidence import costs, moves_of_balance
from perfkit.inference.questions.costs.entry_fills import as_executions, by_sides
from perfkit.inference.records.matched_closes import matched_closes
from perfkit.inference.table.columns import Column
from perfkit.inference.words.names import MONEY
from perfkit.inference.words.role_names import is_signed_cost

_LEAST = 2
_SMALL = Decimal("0.1")
"""Costs of openings that nothing else shows are less than so much of what was earned or lost."""

_CONDITIONS = ("only", "open_when")
SAID = "the costs of openings are not in the P&L of closes: they come off the trade that each opens"


def with_entry_costs(
    dialect: Mapping[str, object],
    best: Candidate,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    identity: Identity,
    columns: Sequence[Column],
) -> dict[str, object] | None:
    """The dialect that takes the P&L of openings off their trades; None where it is no costs."""
    closing = best.closing
    marker, fields = closing.marker, dialect["fields"]
    if (of_both := _of_matched(dialect, best, roles, fees, columns)) is not None:
        return of_both
    if (of_orders := by_sides(dialect, best, roles, fees)) is not None:
        return of_orders
    paid, of_fees = _paid_by(best, roles, fees, columns)
    if marker is None or best.unit != MONEY or len(paid) < _LEAST or best.is_net is False:
        return None
    if not closing.open_words or not closing.close_words or not isinstance(fields, dict):
        return None
    if not of_fees and not (_are_small(best, paid) and _is_moved(best, roles.get("balance"))):
        return None
    link = _link(best, roles, identity)
    if link is None:
        return as_executions(dialect, best, roles, fees) if of_fees and fees else None
    if "closed_at" not in fields:
        return None
    return _bearing(dialect, best, link, *_as_costs(best, fees if of_fees else ()))


def _of_matched(
    dialect: Mapping[str, object],
    best: Candidate,
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    columns: Sequence[Column],
) -> dict[str, object] | None:
    """The dialect where prices prove that the costs of openings are not in the P&L of closes."""
    closing, fields = best.closing, dialect["fields"]
    if best.unit != MONEY or not closing.open_words or not closing.close_words:
        return None
    matched = matched_closes(best.pnl, closing, columns, roles, partial(costs, fees))
    if matched is None or not isinstance(fields, dict) or "closed_at" not in fields:
        return None
    cost, less = _as_costs(best, fees)
    link = {"pair": {"by": matched.by, "order": matched.order}}
    return _bearing(dialect, best, link, cost, less if matched.has_exit_costs else gross_of(best))


def _bearing(
    dialect: Mapping[str, object],
    best: Candidate,
    link: Mapping[str, object],
    cost: str,
    gross: str,
) -> dict[str, object]:
    """The dialect that links each opening to its close, and adds up what both cost."""
    closing, fields = best.closing, dialect["fields"]
    assert closing.marker is not None
    assert isinstance(fields, dict)
    marker = closing.marker
    kept = {name: one for name, one in fields.items() if name not in ("net_pnl", "commission")}
    only = dialect.get("only")
    other = {*_CONDITIONS, *link, *(("identity", "closes") if "pair" in link else ())}
    words = [*closing.open_words, *closing.close_words]
    return {
        "only": {**(only if isinstance(only, dict) else {}), marker.expression: words},
        "open_when": {marker.expression: _one(closing.open_words)},
        **link,
        **{name: one for name, one in dialect.items() if name not in other},
        "combine": {"commission": "sum"},
        "fields": {
            "opened_at": fields["closed_at"],
            **kept,
            "gross_pnl": gross,
            "commission": cost,
        },
    }


def _paid_by(
    best: Candidate, roles: Mapping[str, Column], fees: Sequence[Column], columns: Sequence[Column]
) -> tuple[list[int], bool]:
    """The openings that cost something beside the P&L of closes, and whether these are the fees."""
    opening, pnl = best.closing.opening, best.pnl
    paid = [row for row in opening if pnl.numbers[row]]
    if paid or not fees:
        return paid, all(costs(fees, row) == -(pnl.numbers[row] or 0) for row in paid)
    paid = [row for row in opening if costs(fees, row)]
    held = moves_of_balance(columns, roles.get("balance"), sorted([*best.closing.rows, *opening]))
    allowed = 2 * (pnl.step + min((fee.step for fee in fees), default=pnl.step))
    openings = [(held.get(row), -costs(fees, row)) for row in paid]
    closes = [(held.get(row), pnl.numbers[row]) for row in best.closing.rows]
    return (paid, True) if _agree(openings, allowed) and _agree(closes, allowed) else ([], False)


def _agree(pairs: Sequence[tuple[Decimal | None, Decimal | None]], allowed: Decimal) -> bool:
    """Whether a balance moves by nearly all of some amounts, most of which are no rounding."""
    known = [(moved, said) for moved, said in pairs if moved is not None and said]
    agreed = sum(abs(moved - said) <= allowed for moved, said in known)
    clear = sum(abs(said) > 2 * allowed for _, said in known)
    return len(known) >= _LEAST and agreed * 10 >= 9 * len(known) and clear * 2 >= len(known)


def _are_small(best: Candidate, paid: Sequence[int]) -> bool:
    numbers = best.pnl.numbers
    if any((numbers[row] or 0) > 0 for row in paid):
        return False
    spent = sum((abs(numbers[row] or Decimal(0)) for row in paid), Decimal(0)) / len(paid)
    earned = [abs(numbers[row] or Decimal(0)) for row in best.closing.rows]
    return spent <= max(earned, default=Decimal(0)) * _SMALL


def _is_moved(best: Candidate, balance: Column | None) -> bool:
    """Whether a balance moves by the P&L of openings as by that of closes."""
    if balance is None or balance is best.pnl:
        return False
    opening = set(best.closing.opening)
    moved = agreed = 0
    before: Decimal | None = None
    for row in sorted([*best.closing.rows, *opening]):
        after, earned = balance.numbers[row], best.pnl.numbers[row]
        if before is not None and after is not None and earned and row in opening:
            moved += 1
            agreed += abs(after - before - earned) <= 2 * (best.pnl.step + balance.step)
            agreed -= abs(after - before) <= abs(after - before - earned)  # no sign of it
        before = after
    return moved >= _LEAST and agreed * 10 >= 9 * moved


def _link(
    best: Candidate, roles: Mapping[str, Column], identity: Identity
) -> dict[str, object] | None:
    """What leads from an opening to its close: an id that both have, or that they take turns."""
    if identity.links_all:
        return {"identity": [column.expression for column in identity.columns]}
    symbol = roles.get("symbol")
    if identity.columns or symbol is None:
        return None
    rows = sorted([*best.closing.rows, *best.closing.opening])
    if not _take_turns(best, symbol, rows) and (
        _take_turns(best, symbol, rows[::-1])
        or not _take_turns(best, symbol, _from_first_opening(best, symbol, rows))
    ):
        return None
    return {"pair": {"by": [symbol.expression], "order": "fifo"}}


def _take_turns(best: Candidate, symbol: Column, rows: Sequence[int]) -> bool:
    """Whether each opening of a symbol is followed by its close, and no other close comes."""
    opening = set(best.closing.opening)
    held: set[str] = set()
    for row in rows:
        name = symbol.labels[row]
        if (row in opening) == (name in held):
            return False
        held ^= {name}
    return True


def _from_first_opening(best: Candidate, symbol: Column, rows: Sequence[int]) -> list[int]:
    """The rows without a first close of a symbol, which was opened before the log begins."""
    first = {symbol.labels[row]: row for row in reversed(rows)}
    opening = set(best.closing.opening)
    return [row for row in rows if row in opening or first[symbol.labels[row]] != row]


def _as_costs(best: Candidate, fees: Sequence[Column]) -> tuple[str, str]:
    """The costs of each record, and the P&L of a close before those that are known."""
    if fees:
        cost = " + ".join(map(_paid, fees)).replace("+ -", "- ")
        return cost, f"{gross_of(best)} + {cost}"
    marker, pnl = best.closing.marker, best.pnl.expression
    assert marker is not None
    parts = [f"-where({pnl}, {marker.expression}, {_quoted(w)})" for w in best.closing.open_words]
    return " or ".join(parts), gross_of(best)


def _paid(fee: Column) -> str:
    """What is paid by a record; a swap above 0 is received."""
    return f"-{fee.expression}" if is_signed_cost(fee.words) else f"abs({fee.expression})"


def _quoted(word: object) -> str:
    text = str(word).lower() if isinstance(word, bool) else str(word)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _one(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values
