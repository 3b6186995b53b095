"""Results of partial exits in a list inside each record, which the result of the record may lack.

entry 10, exit 16, size 10, pnl 36, exits [{price 12, pnl 8}]      8 is of 4 that were sold before,
                                                                   and 36 that of the other 6
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.result import Reading
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import OTHER, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import MONEY, pnl_name, word_set
from perfkit.inference.words.role_names import role_rank

_RESULTS = ("net_pnl", "gross_pnl")
_EXITS = word_set("""
    partial partials exit exits close closes closings scale scaled scaleouts outs reductions trims
    fills sells sales tps takes tranches realizations
    """)
_ENTRIES = word_set("entry entries open opens opening openings buys")
_ROUNDING = Decimal("0.01")
_LEAST = 2


class _Parts(NamedTuple):
    """What lists of partial exits earned in each record, and what by prices was left to earn.

    In the records of `whole`, the last exit is among them.
    """

    column: Column
    field: str
    earned: dict[int, Decimal]
    rest: dict[int, Decimal | None]
    whole: set[int]

    @property
    def expression(self) -> str:
        return f"(sum({self.column.expression}[*].{self.field}) or 0)"


def with_parts_added(
    reading: Reading,
    best: Candidate,
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    times: Times,
) -> Reading:
    """The reading, with partial exits added where prices prove that they are not in its results.

    Where prices prove neither that nor the opposite, it is asked.
    """
    fields = reading.dialect.get("fields")
    if best.unit != MONEY or not isinstance(fields, Mapping):
        return reading
    key = next((one for one in _RESULTS if one in fields), None)
    parts = next(filter(None, (_parts(one, best, roles, times) for one in columns)), None)
    if key is None or parts is None or best.pnl.expression not in str(fields[key]):
        return reading
    own = str(fields[key])
    whole = f"{own if own == best.pnl.expression else f'({own})'} + {parts.expression}"
    rests, totals = _proofs(parts, best, roles)
    compared, total = len(parts.earned), sum(parts.earned.values(), Decimal(0))
    name = f"{parts.column.name}[].{parts.field}"
    if totals * 10 >= 9 * compared:
        return reading
    are_out = rests >= min(_LEAST, compared) and rests * 10 >= 9 * compared
    said = f"{best.pnl.name} is of what was left, as prices prove: {name} is added"
    asked = f"{compared} records have results of partial exits in {name}, {total:f} in total"
    doubt = asked_of_parts(f"{asked}; are these in {best.pnl.name}?", key, whole)
    return with_parts(reading, key, whole, total, said if are_out else doubt)


def asked_of_parts(question: str, key: str, whole: str) -> Doubt:
    """Whether parts are in a result, which is `whole` where they are not."""
    answers = Answer("no, add them", {f"fields.{key}": whole}), Answer("yes", {})
    return Doubt("partial_results", question, answers)


def with_parts(
    reading: Reading, key: str, whole: str, total: Decimal, said: str | Doubt
) -> Reading:
    """The reading with parts added to its result, as it is `said`; or with the question of it."""
    if isinstance(said, Doubt):
        return reading._replace(doubts=(*reading.doubts, said))
    fields = reading.dialect["fields"]
    assert isinstance(fields, Mapping)
    return reading._replace(
        dialect={**reading.dialect, "fields": {**fields, key: whole}},
        total=None if reading.total is None else reading.total + total,
        assumed=(*reading.assumed, said),
    )


def _parts(
    column: Column, best: Candidate, roles: Mapping[str, Column], times: Times
) -> _Parts | None:
    """What the lists of a column say of the records that close, where they hold results."""
    said = set(column.words)
    if column.kind != OTHER or not said & _EXITS or said & _ENTRIES:
        return None
    lists = {row: _items(column.values[row]) for row in best.closing.rows}
    names = dict.fromkeys(str(name) for items in lists.values() for one in items for name in one)
    fields = [name for name in names if name.isidentifier() and _is_result(name)]
    if not fields:
        return None
    field = fields[0]
    earned: dict[int, Decimal] = {}
    rest: dict[int, Decimal | None] = {}
    ways = directions(roles["side"]) if "side" in roles else [1] * len(column.values)
    for row, items in lists.items():
        if total := sum((shapes.number(one.get(field)) or Decimal(0) for one in items), Decimal(0)):
            earned[row] = total
            rest[row] = _of_the_rest(items, field, roles, row, ways[row] or 1)
    ends = times.closed[0].values if times.closed else [None] * len(column.values)
    whole = {row for row in earned if ends[row] and ends[row] in lists[row][-1].values()}
    return _Parts(column, field, earned, rest, whole) if earned else None


def _is_result(name: str) -> bool:
    found = pnl_name(name)
    return found is not None and found.unit == MONEY and not found.is_bare and found.per_unit == 1


def _items(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [one for one in value if isinstance(one, Mapping)]


def _pieces(items: Sequence[Mapping[str, object]], field: str, entry: Decimal, way: int) -> Decimal:
    """How many pieces left by these exits, as their prices and results say; 0 where they do not."""
    found = Decimal(0)
    for one in items:
        price = next(
            (n for name in one if _is_price(name) and (n := shapes.number(one[name]))), None
        )
        earned = shapes.number(one.get(field))
        if price is None or earned is None or price == entry:
            return Decimal(0)
        found += earned / ((price - entry) * way)
    return found


def _is_price(name: object) -> bool:
    return (
        role_rank(str(name), "price") is not None or role_rank(str(name), "exit_price") is not None
    )


def _proofs(parts: _Parts, best: Candidate, roles: Mapping[str, Column]) -> tuple[int, int]:
    """In how many records the result is proved to be that of the rest, and that of all exits."""
    rests = totals = 0
    for row, earned in parts.earned.items():
        said = best.pnl.numbers[row]
        if said is None:
            continue
        allowed = 2 * best.pnl.step + abs(earned) * _ROUNDING
        if row in parts.whole or abs(said - earned) <= allowed:
            totals += 1
            continue
        rest = parts.rest[row]
        if rest is not None:
            allowed = 2 * best.pnl.step + abs(rest) * _ROUNDING
            totals += abs(said - rest - earned) <= allowed < abs(said - rest)
            rests += abs(said - rest) <= allowed < abs(said - rest - earned)
    return rests, totals


def _of_the_rest(
    items: Sequence[Mapping[str, object]],
    field: str,
    roles: Mapping[str, Column],
    row: int,
    way: int,
) -> Decimal | None:
    """What was left earned by the prices of a record, whose size is that of all pieces."""
    if not {"entry_price", "exit_price", "quantity"} <= roles.keys():
        return None
    entry, out, size = (
        roles[role].numbers[row] for role in ("entry_price", "exit_price", "quantity")
    )
    if entry is None or out is None or not size:
        return None
    pieces = _pieces(items, field, entry, way)
    return (out - entry) * way * (abs(size) - pieces) if 0 < pieces < abs(size) else None
