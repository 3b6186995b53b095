"""Results of partial exits in a column of their own, which the P&L beside it may lack.

entry 10, exit 16, size 10, pnl 36, partial_pnl 8      36 is that of the 6 that were left
entry 10, exit 16, size 10, pnl 44, partial_pnl 8      44 is that of all
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.questions.left_out.partial_results import asked_of_parts, with_parts
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import MONEY, pnl_name, word_set

_RESULTS = ("net_pnl", "gross_pnl")
_PARTIAL = word_set("partial partials tp1 scaled banked")
_OF_ALL = word_set("total overall combined all full")
_REST = word_set("close closed remaining remainder rest final runner leg last exit")
_LEAST = 2
_NEARLY = Decimal("0.02")
"""Costs and rounding change the part that was left by so much."""


def with_partial_column_added(
    reading: Reading, best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column]
) -> Reading:
    """The reading, with a column of partial results added where it is not in the P&L.

    Where neither the balance nor the prices show whether it is, that is asked.
    """
    fields = reading.dialect.get("fields")
    if best.unit != MONEY or not isinstance(fields, Mapping) or set(best.pnl.words) & _OF_ALL:
        return reading
    key = next((one for one in _RESULTS if one in fields), None)
    part = next((one for one in columns if _is_partial(one, best)), None)
    if key is None or part is None or best.pnl.expression not in str(fields[key]):
        return reading
    rows = [row for row in best.closing.rows if part.numbers[row]]
    is_in = _is_sum(best, part, columns) or _is_in(best, part, roles, rows)
    own = str(fields[key])
    gaps = any(part.numbers[row] is None for row in best.closing.rows)
    added = f"({part.expression} or 0)" if gaps else part.expression
    whole = f"{own} + {added}"
    total = sum((part.numbers[row] or Decimal(0) for row in rows), Decimal(0))
    if is_in:
        return reading
    said = f"{best.pnl.name} is of what was left: {part.name} is added"
    asked = f"{len(rows)} records have results of partial exits in {part.name}, {total:f} in total"
    doubt = asked_of_parts(f"{asked}; are these in {best.pnl.name}?", key, whole)
    return with_parts(reading, key, whole, total, said if is_in is False else doubt)


def _is_partial(column: Column, best: Candidate) -> bool:
    """Whether a column is by its name the result of partial exits, and has some in closes."""
    if column.kind != NUMBER or column is best.pnl or not set(column.words) & _PARTIAL:
        return False
    if len(column.path) > 1 or best.pnl.expression == column.expression:
        return False
    named = pnl_name("_".join(word for word in column.words if word not in _PARTIAL) or "none")
    if named is None or named.unit != MONEY or named.per_unit != 1:
        return False
    return any(column.numbers[row] for row in best.closing.rows)


def _is_sum(best: Candidate, part: Column, columns: Sequence[Column]) -> bool | None:
    """True where the P&L is the partial result and another column in each record; else None."""
    rows, pnl = best.closing.rows, best.pnl
    for other in columns:
        if other.kind != NUMBER or other in (pnl, part) or not set(other.words) & _REST:
            continue
        allowed = pnl.step + part.step + other.step
        sums = [abs(_at(part, row) + _at(other, row) - _at(pnl, row)) for row in rows]
        if any(other.numbers) and all(one <= allowed for one in sums):
            return True
    return None


def _at(column: Column, row: int) -> Decimal:
    return column.numbers[row] or Decimal(0)


def _is_in(
    best: Candidate, part: Column, roles: Mapping[str, Column], rows: Sequence[int]
) -> bool | None:
    """Whether a partial result is in the P&L, as a balance or the prices show; None: unknown."""
    by_balance = _by_balance(best, part, roles)
    return _by_prices(best, part, roles, rows) if by_balance is None else by_balance


def _by_balance(best: Candidate, part: Column, roles: Mapping[str, Column]) -> bool | None:
    """Whether a balance moves by the P&L alone, or by that and the partial result."""
    balance, pnl = roles.get("balance"), best.pnl
    if balance is None or balance is pnl:
        return None
    found = {True: 0, False: 0}
    compared = 0
    for one, row in pairwise(best.closing.rows):
        before, after = balance.numbers[one], balance.numbers[row]
        earned, extra = pnl.numbers[row], part.numbers[row]
        if before is None or after is None or earned is None or not extra:
            continue
        compared += 1
        allowed = 2 * (pnl.step + balance.step) + part.step
        found[True] += abs(after - before - earned) <= allowed < abs(extra)
        found[False] += abs(after - before - earned - extra) <= allowed < abs(extra)
    return _clear(found, compared)


def _by_prices(
    best: Candidate, part: Column, roles: Mapping[str, Column], rows: Sequence[int]
) -> bool | None:
    """Whether the P&L is the same part of what prices give for all pieces in these records.

    So it is of what was left; and of all exits where that less the partial result is.
    """
    if not {"entry_price", "exit_price", "quantity"} <= roles.keys():
        return None
    entries, exits, sizes = (
        roles[one].numbers for one in ("entry_price", "exit_price", "quantity")
    )
    ways = directions(roles["side"]) if "side" in roles else [1] * len(entries)
    shares: dict[bool, list[Decimal]] = {True: [], False: []}
    for row in rows:
        entry, out, size, earned = entries[row], exits[row], sizes[row], best.pnl.numbers[row]
        if not entry or not out or not size or earned is None:
            continue
        amount = (out - entry) * abs(size) * (ways[row] or 1)
        if abs(amount) <= 50 * best.pnl.step:
            continue
        shares[False].append(earned / amount)
        shares[True].append((earned - (part.numbers[row] or 0)) / amount)
    compared = len(shares[False])
    return _clear({is_in: _alike(found) for is_in, found in shares.items()}, compared)


def _alike(shares: Sequence[Decimal]) -> int:
    """How many shares are about the middle one, which is above 0 and at most the whole."""
    middle = sorted(shares)[len(shares) // 2] if shares else Decimal(0)
    if not 0 < middle <= 1 + _NEARLY:
        return 0
    return sum(abs(one - middle) <= middle * _NEARLY for one in shares)


def _clear(found: Mapping[bool, int], compared: int) -> bool | None:
    if compared < _LEAST or max(found.values()) * 10 < 8 * compared:
        return None
    return None if min(found.values()) * 2 > compared else found[True] > found[False]
