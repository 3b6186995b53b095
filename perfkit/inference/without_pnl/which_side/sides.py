"""Whether trades are long or short, where no column says so but others do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.proof import evidence as says
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.table.options import OF_OPTION, kinds_of_options
from perfkit.inference.table.time_columns import Times

_LEAST = 3
_DAY = 86_400_000_000


def side_of_options(
    columns: Sequence[Column], roles: Mapping[str, Column], rows: Sequence[int], side: object
) -> Doubt | None:
    """Calls that are all long beside puts that are all short, as where each option was bought.

    The side is then that of the market: who expects it to fall buys a put. `side` is an expression.
    """
    ways = directions(roles["side"])
    kinds = _kinds(columns, roles)
    if {(kinds[row], ways[row]) for row in rows} != {("c", 1), ("p", -1)}:
        return None
    name = roles["side"].name
    return Doubt(
        "side",
        f"By {name}, all calls are long and all puts short. Is that the side of the option, or of "
        "the market that it is on?",
        (
            Answer("of the market: all options were bought", {"fields.side": "= long"}),
            Answer("of the option: puts were sold", {"fields.side": side}),
        ),
    )


def _kinds(columns: Sequence[Column], roles: Mapping[str, Column]) -> list[str]:
    """For each record `c` of a call or `p` of a put; empty where nothing says which."""
    if said := kinds_of_options(columns):
        return [label[:1] for label in said[0].labels]
    labels = roles["symbol"].labels if "symbol" in roles else [""] * len(columns[0].values)
    found = map(OF_OPTION.search, labels)
    return ["" if one is None else one[1] or one[2] for one in found]


class Way(NamedTuple):
    """The side of all trades of a log, and why."""

    side: str
    why: str


def way_of(roles: Mapping[str, Column], times: Times, rows: Sequence[int]) -> Way | None:
    """The side that names of prices, stops, targets, reasons or outcomes say of all trades.

    What is bought at one price and sold at another earns the difference, in whatever order.
    """
    entry, out = roles["entry_price"], roles["exit_price"]
    if {"buy", "bought"} & set(entry.words) and {"sell", "sold"} & set(out.words):
        return Way("long", f"{entry.name} and {out.name} say")
    found = [one for one in (_of_stops(roles, rows), _of_ends(roles, rows)) if one is not None]
    if found:
        return found[0] if len({one.side for one in found}) == 1 else None
    return _of_holding(roles, times, rows)


def _of_holding(roles: Mapping[str, Column], times: Times, rows: Sequence[int]) -> Way | None:
    """Shares of several symbols that were held for days; nothing says that they are short."""
    if not {"symbol", "quantity"} <= roles.keys() or not times.opened or not times.closed:
        return None
    opened, closed = times.opened[0], times.closed[0]
    pairs = [(opened.instant(row), closed.instant(row)) for row in rows]
    held = sorted(end - start for start, end in pairs if start is not None and end is not None)
    if len(held) < _LEAST or held[len(held) // 2] < _DAY:
        return None
    if len({roles["symbol"].labels[row] for row in rows}) < _LEAST:
        return None
    return Way("long", "those held for days without a side usually are")


def _of_stops(roles: Mapping[str, Column], rows: Sequence[int]) -> Way | None:
    """Stops below the entry are those of long trades; targets are above it."""
    for role, turn in (("stop_loss", 1), ("target", -1)):
        if role not in roles:
            continue
        pairs = [(roles["entry_price"].numbers[row], roles[role].numbers[row]) for row in rows]
        gaps = [(entry - level) * turn for entry, level in pairs if entry and level]
        if len(gaps) >= _LEAST and len(gaps) * 2 > len(rows) and (min(gaps) > 0 or max(gaps) < 0):
            return Way("long" if gaps[0] > 0 else "short", f"{roles[role].name} says")
    return None


def _of_ends(roles: Mapping[str, Column], rows: Sequence[int]) -> Way | None:
    """Reasons and outcomes that agree with the move of the price in all trades, or in none."""
    entries, exits = roles["entry_price"].numbers, roles["exit_price"].numbers
    for side, turn in (("long", 1), ("short", -1)):
        moved = [
            None if a is None or b is None else str((b - a) * turn)
            for a, b in zip(entries, exits, strict=True)
        ]
        earned = Column(roles["exit_price"].path, moved, NUMBER)
        both = {(number or Decimal(0)) > 0 for row in rows if (number := earned.numbers[row])}
        if "exit_reason" in roles and says.reason_agrees(earned, roles["exit_reason"], rows):
            return Way(side, f"{roles['exit_reason'].name} says")
        if len(both) < 2 or "outcome" not in roles:
            continue
        if says.outcome_agrees(earned, roles["outcome"], rows):
            return Way(side, f"{roles['outcome'].name} says")
    return None
