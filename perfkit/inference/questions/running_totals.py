"""A P&L that may be a total so far, and one on openings, where nothing is earned yet."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.keys.identity import Identity
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.pnl_column.scores import OF_EACH_PIECE
from perfkit.inference.proof import evidence as says
from perfkit.inference.proof.running import is_as_large_as_prices
from perfkit.inference.records.closing import HOLDS, opening_results
from perfkit.inference.records.kinds import says_it_is_open
from perfkit.inference.table.columns import TEXT, Column
from perfkit.inference.table.time_columns import Times

_LEAST_TOTALS = 3
_LEAST_TURNS = 5
_SMALL = 5
"""Costs are less than one of so many parts of what closes earned on average."""
_AGREES = "its sign agrees with"


def total_so_far(
    best: Candidate, roles: Mapping[str, Column], identity: Identity, times: Times
) -> Doubt | None:
    """A P&L that may be the total of all trades so far."""
    if best.name.is_running:
        looks_so = not _is_of_position(best, roles) and not _turns_with_outcomes(best)
        looks_so = looks_so and not any(OF_EACH_PIECE in one for one in best.reasons)
    else:
        looks_so = says.wanders(best.pnl, best.closing.rows) and not _is_nothing_between(best)
        looks_so = looks_so and not _are_sorted(best, times)
        looks_so = looks_so and not is_as_large_as_prices(best.pnl, roles, best.closing.rows)
        looks_so = looks_so or _goes_on(best, identity)
    if best.proved or not looks_so:
        return None
    question = (
        f"Is {best.pnl.name} the P&L of each trade? It may be a running total, which perfkit "
        "cannot read: see `perfkit docs which-logs`"
    )
    running = f"{best.pnl.name} is a running total, as answered, which perfkit cannot read"
    return Doubt(
        "total_so_far",
        question,
        (Answer("of each trade", {}), Answer("a running total", {}, running)),
    )


def _is_of_position(best: Candidate, roles: Mapping[str, Column]) -> bool:
    """Whether a `total_pnl` is that of a position with all its parts, which the record is of.

    It is about what prices give; or where no exit price is logged, the record says when and why
    the position ended, and what was paid for it.
    """
    if {"cum", "cumulative", "running", "cumul"} & set(best.pnl.words):
        return False
    if "exit_price" in roles:
        return is_as_large_as_prices(best.pnl, roles, best.closing.rows)
    is_said = "exit_reason" in roles and any("closing time" in one for one in best.reasons)
    return is_said and "entry_price" in roles


def _turns_with_outcomes(best: Candidate) -> bool:
    """Whether a result is below 0 where a trade was lost and above it where one was won, by turns.

    So is no total so far, which stays on one side of 0 for long.
    """
    if not any(one.startswith(_AGREES) and "prices" not in one for one in best.reasons):
        return False
    signs = [earned > 0 for row in best.closing.rows if (earned := best.pnl.numbers[row])]
    turns = sum(one != two for one, two in pairwise(signs))
    return turns >= _LEAST_TURNS and turns * 5 >= len(signs)


def _are_sorted(best: Candidate, times: Times) -> bool:
    """Whether records stand in the order of their results, and not in that of any time."""
    rows, numbers = best.closing.rows, best.pnl.numbers
    whens = [*times.closed, *times.event, *times.opened, *times.other]
    lists = [[numbers[row] or Decimal(0) for row in rows]]
    lists += [[Decimal(one.instants[row] or 0) for row in rows] for one in whens]
    in_order, *others = (values in (sorted(values), sorted(values)[::-1]) for values in lists)
    return in_order and bool(others) and not any(others)


def _is_nothing_between(best: Candidate) -> bool:
    """Whether records between the closes have a P&L of 0, or their costs alone.

    A total so far would go on in them.
    """
    numbers, rows = best.pnl.numbers, set(best.closing.rows)
    first, last = min(rows), max(rows)
    between = [numbers[row] or Decimal(0) for row in range(first, last) if row not in rows]
    earned = sum((abs(numbers[row] or Decimal(0)) for row in rows), Decimal(0)) / len(rows)
    are_costs = all(-earned <= _SMALL * one <= 0 for one in between)
    return len(between) * 4 >= len(rows) and are_costs


def _goes_on(best: Candidate, identity: Identity) -> bool:
    """Whether openings have the P&L of the close before them, as a total so far has.

    Lists in which each trade begins with its close have one P&L on both, which is no total.
    """
    numbers, opening = best.pnl.numbers, set(best.closing.opening)
    rows = sorted([*best.closing.rows, *opening])
    if rows[0] not in opening:
        return False
    before: Decimal | None = None
    closed: list[object] = []
    repeated, others = set(), 0
    for row in rows:
        key = [one.values[row] for one in identity.columns]
        if row not in opening:
            before, closed = numbers[row], key
        elif key and key == closed:
            continue  # the opening of this close
        elif before is not None and numbers[row] == before:
            repeated.add(before)
        elif before is not None:
            others += 1
    return len(repeated) >= _LEAST_TOTALS and others * 10 <= len(repeated)


def counted_on_openings(best: Candidate, identity: Identity) -> Doubt | None:
    """Openings that log a P&L, such as their costs, though nothing is earned yet."""
    rows = opening_results(best.pnl, best.closing)
    nonzero = sum(bool(best.pnl.numbers[row]) for row in best.closing.rows)
    if best.closing.marker is None or len(rows) <= (1 - HOLDS) * (len(rows) + nonzero):
        return None
    if _goes_on(best, identity):  # which is asked about as a total so far
        return None
    total = sum((best.pnl.numbers[row] or Decimal(0) for row in rows), Decimal(0))
    marker = best.closing.marker.expression
    every = [*best.closing.open_words, *best.closing.close_words]
    return Doubt(
        "opening_results",
        f"{len(rows)} opening records have a {best.pnl.name}, {total:f} in total; does it count?",
        (
            Answer("no, only that of closes", {}),
            Answer("yes, each record counts by itself", {f"only.{marker}": every}),
        ),
    )


def still_open(best: Candidate) -> list[str]:
    """What is said of the P&L so far of trades that are open by their words, and left out."""
    marker, numbers = best.closing.marker, best.pnl.numbers
    rows = [row for row in best.closing.opening if numbers[row]]
    if marker is None or marker.kind != TEXT or not rows:
        return []
    if not all(says_it_is_open(marker.labels[row]) for row in rows):
        return []
    total = sum((numbers[row] or Decimal(0) for row in rows), Decimal(0))
    words = " or ".join(sorted({str(marker.values[row]) for row in rows}))
    return [f"{len(rows)} with {marker.name} {words} are left out, {total:f} so far in total"]
