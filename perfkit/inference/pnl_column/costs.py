"""Whether the costs beside a P&L come off it, and what is asked where nothing shows it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.table.columns import Column
from perfkit.inference.words.names import FRACTION, MONEY
from perfkit.inference.words.role_names import CARRY, is_signed_cost

BEFORE = "before costs"


class Costs(NamedTuple):
    """Expressions of the net P&L and of the costs (empty: none), and what has to be asked."""

    net_pnl: str
    commission: str
    doubts: tuple[Doubt, ...]
    assumed: tuple[str, ...]


def costs_of(best: Candidate, fees: Sequence[Column]) -> Costs:
    """How the P&L and the costs beside it make the net P&L."""
    rows = best.closing.rows
    pnl = gross_of(best)
    paid = [fee for fee in fees if any(fee.numbers[row] for row in rows)]
    if not paid or best.unit != MONEY:
        return Costs(pnl, "", (), ())
    fixed = [fee for fee in paid if not set(fee.words) & CARRY]
    carried = [fee for fee in paid if set(fee.words) & CARRY]
    commission = _sum([_cost(fee, rows) for fee in fixed])
    less = pnl + "".join(_less(*_cost(fee, rows)) for fee in [*fixed, *carried])
    names = " and ".join(fee.name for fee in paid)
    if best.is_net is None and _are_slight(best, paid):
        said = f"{names} are next to nothing in total, and assumed to be in {best.pnl.name} already"
        return Costs(pnl, commission, (), (said,))
    if best.is_net is None:
        return Costs(pnl, commission, (_before_or_after(best, paid, pnl, less),), ())
    asked = _of_openings(best, fees)
    if asked is not None and not best.is_net:
        return Costs(less, commission, (asked,), ())
    if best.is_net:
        return Costs(pnl, commission, (), (f"{best.pnl.name} is after {names}",))
    return Costs(less, commission, (), (f"{best.pnl.name} is before {names}",))


def _are_slight(best: Candidate, paid: Sequence[Column]) -> bool:
    """Whether costs are those of few records, and next to nothing beside what was earned."""
    rows = best.closing.rows
    with_costs = sum(any(fee.numbers[row] for fee in paid) for row in rows)
    total = sum((abs(fee.numbers[row] or Decimal(0)) for fee in paid for row in rows), Decimal(0))
    earned = sum((abs(best.pnl.numbers[row] or Decimal(0)) for row in rows), Decimal(0))
    return with_costs * 20 <= len(rows) and total * 1000 <= earned


def _of_openings(best: Candidate, fees: Sequence[Column]) -> Doubt | None:
    """Costs on the records of openings, which the closes do not have."""
    if not best.closing.close_words:  # the record of the opening again, with its costs so far
        return None
    rows = best.closing.opening
    total = sum((abs(fee.numbers[row] or Decimal(0)) for fee in fees for row in rows), Decimal(0))
    if best.closing.marker is None or not total:
        return None
    return Doubt(
        "opening_costs",
        f"Openings have costs as well, {total:f} in total; do those of the closes include them?",
        (
            Answer("yes, or they do not count", {}),
            Answer("no, they come on top", _on_top(best, fees)),
        ),
    )


def _on_top(best: Candidate, fees: Sequence[Column]) -> dict[str, object]:
    """The net P&L as the gross one less the costs of all records of a trade.

    What holding a position costs is on its close alone, and in the gross P&L.
    """
    return {
        "fields.net_pnl": None,
        "fields.gross_pnl": with_carry(best, fees),
        "combine.commission": "sum",
    }


def with_carry(best: Candidate, fees: Sequence[Column]) -> str:
    """The P&L as it is logged, less what holding a position cost, such as a swap beside it."""
    rows = best.closing.rows
    carried = [fee for fee in fees if set(fee.words) & CARRY and any(fee.numbers[r] for r in rows)]
    return gross_of(best) + "".join(_less(*_cost(fee, rows)) for fee in carried)


def commission_of(fees: Sequence[Column], rows: Sequence[int]) -> str:
    """The costs of a record as an expression, without what holding a position costs."""
    paid = [fee for fee in fees if any(fee.numbers[row] for row in rows)]
    return _sum([_cost(fee, rows) for fee in paid if not set(fee.words) & CARRY])


def gross_of(best: Candidate) -> str:
    """The P&L as it is logged, in money or per cent."""
    if best.unit == FRACTION:
        return f"{best.pnl.expression} * 100"
    if best.name.per_unit != 1:
        return f"{best.pnl.expression} / {best.name.per_unit}"
    return best.pnl.expression


def _cost(fee: Column, rows: Sequence[int]) -> tuple[str, str]:
    """The sign that makes a cost a number above zero, and its expression; logs write either."""
    values = [cost for row in rows if (cost := fee.numbers[row])]
    negative = sum(cost < 0 for cost in values) * 2 > len(values)
    gaps = any(fee.numbers[row] is None for row in rows)
    name = f"({fee.expression} or 0)" if gaps else fee.expression
    if "cents" in fee.words:
        name = f"{name} / 100"
    return ("-" if negative or is_signed_cost(fee.words) else "+"), name


def _sum(costs: Sequence[tuple[str, str]]) -> str:
    """Costs added up, each with its sign: `-a - b` or `a + b`."""
    text = " ".join(f"{sign} {name}" for sign, name in costs)
    return text.removeprefix("+ ") if text.startswith("+") else text.replace("- ", "-", 1)


def _less(sign: str, name: str) -> str:
    return f" {'-' if sign == '+' else '+'} {name}"


def _before_or_after(best: Candidate, paid: Sequence[Column], pnl: str, less: str) -> Doubt:
    total = sum(
        (abs(fee.numbers[row] or Decimal(0)) for fee in paid for row in best.closing.rows),
        Decimal(0),
    )
    names = " and ".join(fee.name for fee in paid)
    on_top = _of_openings(best, paid) is not None
    return Doubt(
        "costs",
        f"Is {best.pnl.name} before or after {names}, which add up to {total:f}?",
        (
            Answer("after costs", {"fields.net_pnl": pnl}),
            Answer(BEFORE, {"fields.net_pnl": less}),
            *(
                [Answer("before the costs of opening and closing", _on_top(best, paid))]
                if on_top
                else []
            ),
        ),
    )
