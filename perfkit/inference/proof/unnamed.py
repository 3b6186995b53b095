"""Columns that are proved to be results, whatever their names and in whatever language.

    saldo 1010, 995, 1040    x 10, -15, 45    the balance moves by x in every record
    entry 10, exit 12        x 20             with a quantity of 10, x is what prices give

Where a name says what a trade earned, it is not looked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.proof import evidence as says
from perfkit.inference.proof.executions import is_cash_flow
from perfkit.inference.proof.prices import prices_say
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import MONEY, PnlName, pnl_name, word_set
from perfkit.inference.words.role_names import is_fee

NAME = PnlName(10, MONEY, "", False, False, False)
"""What is known of a column by its name: nothing."""
_LEAST_STEPS = 4
_MOST_COLUMNS = 24
_NOT_BALANCES = word_set(
    "position quantity shares volume holdings size units contracts inventory price open high low "
    "close entry exit last"
)
_NOT_RESULTS = word_set(
    "unrealized floating potential expected predicted price rate quantity volume size shares fee "
    "deposit withdrawal transfer amount day daily"
)


def proved_columns(
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    times: Times,
    fees: Sequence[Column],
    rows: Sequence[int],
) -> list[Column]:
    """Columns of numbers by which a balance moves, or which are what prices and quantity give."""
    if not _are_of_trades(roles, times) or len(rows) <= _LEAST_STEPS:
        return []
    named = {column.path for column in roles.values()}
    free = [column for column in columns if column.kind == NUMBER and _may_earn(column, named)]
    free = [one for one in free if not is_cash_flow(one, roles, fees, rows)][:_MOST_COLUMNS]
    looked_at, first = says.checked(rows), rows[: says.CHECKED]
    balances = [*([roles["balance"]] if "balance" in roles else []), *free]
    found = []
    for one in free:
        is_of_all = _has_both_signs(one, rows)
        if not is_of_all and not {"entry_price", "exit_price"} <= roles.keys():
            continue  # all won or all lost, or something else
        if any(_moves(other, one, first) for other in balances if other is not one):
            found.append(one)
        elif is_of_all and "quantity" in roles:
            prices = prices_say(one, roles, fees, looked_at)
            if prices.proved and prices.unit == MONEY:
                found.append(one)
    return found


def _are_of_trades(roles: Mapping[str, Column], times: Times) -> bool:
    return {"entry_price", "exit_price"} <= roles.keys() or bool(times.closed and times.opened)


def _may_earn(column: Column, named: set[tuple[str, ...]]) -> bool:
    if column.path in named or is_fee(column.name) or pnl_name(column.name) is not None:
        return False
    return not set(column.words) & _NOT_RESULTS


def _has_both_signs(column: Column, rows: Sequence[int]) -> bool:
    numbers = [column.numbers[row] or Decimal(0) for row in rows]
    return min(numbers) < 0 < max(numbers)


def _moves(balance: Column, earned: Column, rows: Sequence[int]) -> bool:
    """Whether a balance moves by an amount in nearly all steps from one record to the next."""
    if set(balance.words) & _NOT_BALANCES:
        return False
    steps = agreed = 0
    before: Decimal | None = None
    for row in rows:
        after, amount = balance.numbers[row], earned.numbers[row]
        if before is not None and after is not None and amount:
            steps += 1
            allowed = 2 * (balance.step + earned.step) + abs(after) * says.OF_SUMS
            agreed += abs(after - before - amount) <= allowed
        before = after
        if steps == _LEAST_STEPS and not agreed:
            return False
    return steps >= _LEAST_STEPS and agreed * 10 >= 9 * steps
