"""Whether costs are in a P&L, by other columns: a gross P&L, equity at entry, the id of a lot.

gross 10   fee 1   pnl 9                                  after costs: it is the gross P&L less them
pnl 10     fee 1   total 9                                before costs: the total is it less them
entry_equity 1000   pnl 9   fee 1; the next 1009          after costs: the account grew by it
lot 7   BUY at 10, fee 1; SELL at 20, fee 1, pnl 8        after both costs of the lot
proceeds 120   basis -100   fee -1   pnl 19               after costs: it is what is left of both
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise, product

from perfkit.inference.proof.evidence import costs, differ_by_costs, moves_of_balance
from perfkit.inference.proof.payoffs import net_of_lost
from perfkit.inference.records.closing import Closing
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.table.roles import pnl_columns
from perfkit.inference.words.names import pnl_name, word_set

_LEAST = 8
_EXACT = Decimal("1e-6")
_HELD = word_set("equity balance bankroll capital cash")
_AFTER_COSTS = word_set("net total final amount cash received credited settled")
_AT_ENTRY = word_set("entry before start opening")
_BASES = ({"basis"}, {"cost", "basis"})
_LEAST_OF_BASIS = 3
_IDS = word_set("id lot ticket position ref")


def net_by_columns(
    pnl: Column,
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    closing: Closing,
) -> bool | None:
    """What the surest of these columns says; None where none does."""
    if not fees:
        return None
    if _is_gross_less_costs(pnl, columns, fees, closing.rows):
        return True
    if _is_proceeds_less_costs(pnl, columns, fees, closing.rows):
        return True
    if _has_net_beside(pnl, columns, fees, closing.rows):
        return False
    by_equity = _net_by_equity(pnl, columns, fees, closing.rows)
    if by_equity is not None:
        return by_equity
    by_ids = _net_by_ids(pnl, columns, roles, fees, closing)
    return net_of_lost(pnl, columns, roles, fees, closing.rows) if by_ids is None else by_ids


def _is_gross_less_costs(
    pnl: Column, columns: Sequence[Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool:
    """Whether a column that is called gross, such as `gross_usd`, is the P&L and the costs."""
    return any(
        column.kind == NUMBER
        and "gross" in column.words
        and differ_by_costs(column, pnl, fees, rows)
        for column in columns
        if column is not pnl
    )


def _is_proceeds_less_costs(
    pnl: Column, columns: Sequence[Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool:
    """Whether a P&L is proceeds less the cost basis and the costs, whichever signs these have."""
    numbers = [one for one in columns if one.kind == NUMBER and one is not pnl]
    sold = [one for one in numbers if "proceeds" in one.words]
    bought = [one for one in numbers if {*one.words} in _BASES]
    for proceeds, basis in product(sold, bought):
        compared = agreed = 0
        for row in rows:
            came, paid, earned = proceeds.numbers[row], basis.numbers[row], pnl.numbers[row]
            allowed = 2 * (pnl.step + proceeds.step + basis.step) + abs(came or Decimal(0)) * _EXACT
            if not came or not paid or earned is None or abs(costs(fees, row)) <= 2 * allowed:
                continue
            compared += 1
            left = earned + costs(fees, row) - came
            agreed += min(abs(left - paid), abs(left + paid)) <= allowed
        if compared >= _LEAST_OF_BASIS and agreed * 10 >= 9 * compared:
            return True
    return False


def _has_net_beside(
    pnl: Column, columns: Sequence[Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool:
    """Whether a column such as `total` or `net_amount` is the P&L less the costs."""
    return any(
        column.kind == NUMBER
        and {*column.words} & _AFTER_COSTS
        and column not in fees
        and pnl_name(column.name) is None
        and differ_by_costs(pnl, column, fees, rows)
        for column in columns
        if column is not pnl
    )


def _net_by_equity(
    pnl: Column, columns: Sequence[Column], fees: Sequence[Column], rows: Sequence[int]
) -> bool | None:
    """Whether what an account had at each entry grows by the P&L, or by that less the costs.

    Trades that overlap move it by more than one; half of the moves have to agree, and hardly any
    with the other.
    """
    for column in columns:
        said = set(column.words)
        if column.kind != NUMBER or not (said & _HELD and said & _AT_ENTRY):
            continue
        compared = by_pnl = by_less = 0
        allowed = 2 * (pnl.step + column.step)
        for row, following in pairwise(rows):
            before, after = column.numbers[row], column.numbers[following]
            earned, cost = pnl.numbers[row], costs(fees, row)
            if before is None or after is None or earned is None or abs(cost) <= 2 * allowed:
                continue
            compared += 1
            left = after - before - earned
            by_pnl += abs(left) <= allowed
            by_less += abs(left + cost) <= allowed
        if compared >= _LEAST and _is_clear(by_pnl, by_less, compared):
            return by_pnl > by_less
    return None


def _is_clear(one: int, other: int, compared: int) -> bool:
    """Whether half of what was compared agrees with one of two, and hardly any with the other."""
    return max(one, other) * 2 >= compared and min(one, other) * 20 <= compared


def _net_by_ids(
    pnl: Column,
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    fees: Sequence[Column],
    closing: Closing,
) -> bool | None:
    """Whether a P&L is what a lot was bought and sold for, less the costs of both orders.

    The id of a lot is on the order that opens it, and on that which closes all of it.
    """
    if not {"side", "quantity"} <= roles.keys() or not closing.opening:
        return None
    if "price" not in roles and not {"entry_price", "exit_price"} <= roles.keys():
        return None
    ways = directions(roles["side"])
    for column in columns:
        pairs = _pairs(column, closing) if set(column.words) & _IDS else []
        if len(pairs) < _LEAST or len(pairs) * 10 < 9 * len(closing.rows):
            continue
        gross = agreed = 0
        for opened, closed in pairs:
            moved = _earned(roles, ways[opened] or ways[closed], opened, closed)
            said, paid = pnl.numbers[closed], costs(fees, opened) + costs(fees, closed)
            if moved is None or said is None:
                return None
            allowed = 2 * pnl.step + abs(moved) * _EXACT
            gross += abs(said - moved) <= allowed < abs(paid)
            agreed += abs(said - moved + paid) <= allowed < abs(paid)
        if max(gross, agreed) * 10 >= 8 * len(pairs):
            return agreed > gross
    return None


def _pairs(column: Column, closing: Closing) -> list[tuple[int, int]]:
    """The openings and closes of one id each."""
    opened: dict[str, list[int]] = {}
    closed: dict[str, list[int]] = {}
    for rows, found in ((closing.opening, opened), (closing.rows, closed)):
        for row in rows:
            if column.present[row]:
                found.setdefault(column.labels[row], []).append(row)
    return [
        (opened[name][0], rows[0])
        for name, rows in closed.items()
        if len(rows) == 1 == len(opened.get(name, ()))
    ]


def _earned(roles: Mapping[str, Column], way: int, opened: int, closed: int) -> Decimal | None:
    """What an order and the one that closes all of it earned at their prices.

    Records may name them apart, as `entry` and `exit`, and the quantity once.
    """
    sizes = roles["quantity"].numbers
    entry = roles.get("price", roles.get("entry_price", roles["quantity"])).numbers[opened]
    out = roles.get("price", roles.get("exit_price", roles["quantity"])).numbers[closed]
    size, same = sizes[opened], sizes[closed]
    if not entry or not out or not way or not (size or same):
        return None
    if size and same and abs(size) != abs(same):
        return None
    return (out - entry) * abs(size or same or Decimal(0)) * way


_OF_SLIPPAGE = word_set("slippage spread")
_OF_RATES = word_set("pct percent % bps rate points pips ticks")
_LEAST_MOVED = 5


def slippage_of(columns: Sequence[Column]) -> list[Column]:
    """The columns of what was lost to slippage, in money."""
    return [
        one
        for one in columns
        if one.kind == NUMBER and set(one.words) & _OF_SLIPPAGE and any(one.numbers)
        and not set(one.words) & _OF_RATES
    ]  # fmt: skip


def slippage_that_moves(
    columns: Sequence[Column], roles: Mapping[str, Column], fees: Sequence[Column]
) -> list[Column]:
    """Slippage that comes off the balance beside the costs; none where nothing shows that."""
    slips = slippage_of(columns)
    if not slips:
        return []
    moved = moves_of_balance(columns, roles.get("balance"), range(len(columns[0].values)))
    every = [*fees, *slips]
    for pnl in pnl_columns(columns):
        pairs = [(move, row) for row, move in moved.items() if pnl.numbers[row]]
        allowed = 4 * pnl.step
        agreed, without = (
            sum(abs(move - (pnl.numbers[row] or 0) + costs(paid, row)) <= allowed
                for move, row in pairs)
            for paid in (every, fees)
        )  # fmt: skip
        if len(pairs) >= _LEAST_MOVED and agreed * 10 >= 9 * len(pairs) and without * 2 < agreed:
            return slips
    return []
