"""Executions that stand in a log more than once, though not in every field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.records.filled import EVENTS, FILLS, NUMBERED
from perfkit.inference.records.kinds import logged
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import word_set, words

_PARTS = ("symbol", "side", "quantity", "price")
_REPEATED = 3
"""Executions that come again are asked about if they are one of so many."""
_LEAST_SYMBOLS = 2
_LEAST_REPEATED = 4
_KINDS = EVENTS | word_set("status state stage phase step level")
_IN_PART = word_set("partial partially part")


def numbered_again(
    columns: Sequence[Column], roles: Mapping[str, Column], when: Column, rows: Sequence[int]
) -> Doubt | None:
    """Executions that come again with the same number, time, symbol, side, quantity and price.

    So they do where several exports of an account were joined. The number is that of a column which
    has another value for each of them, and the same value where they come again. Where it is called
    an id, the time may be that at which a bot looked once more.
    """
    parts = [roles[role] for role in _PARTS if role in roles]
    for named in ([when, *parts], parts):
        has_time = named is not parts
        keys = [tuple(one.labels[row] for one in named) for row in rows]
        different = len(set(keys))
        if (len(rows) - different) * _REPEATED < len(rows):
            continue
        for column in columns:
            if column in named or column.kind not in (TEXT, NUMBER) or column.filled < len(rows):
                continue
            if not has_time and not set(column.words) & NUMBERED:
                continue
            labels = [column.labels[row] for row in rows]
            ids, pairs = len(set(labels)), len(set(zip(labels, keys, strict=True)))
            if pairs == ids and (ids == different or (not has_time and ids * 2 <= len(rows))):
                return _come_again(column, len(rows) - ids, len(rows), has_time=has_time)
    return None


def _come_again(column: Column, repeats: int, count: int, *, has_time: bool) -> Doubt:
    of_time = ", time, quantity and price" if has_time else ", quantity and price"
    return Doubt(
        "repeats",
        f"{repeats} of {count} executions have the {column.name}{of_time} of an earlier one; do "
        "they count again?",
        (
            Answer(f"no, once for each {column.name}", {"identity": [column.expression]}),
            Answer("yes", {}),
        ),
    )


def logged_by_kinds(
    columns: Sequence[Column], roles: Mapping[str, Column], rows: Sequence[int]
) -> Doubt | None:
    """Executions that a column of kinds of records says twice, with the same side and price.

    stage: decided, done                    each purchase and each sale once for each of them
    """
    parts = [roles[role] for role in _PARTS if role in roles]
    for column in columns:
        if column.kind != TEXT or column in parts or not set(column.words) & _KINDS:
            continue
        if not column.has_few_words or len(column.distinct) < 2:
            continue
        each: dict[str, Counter[tuple[str, ...]]] = {}
        for row in rows:
            key = tuple(one.labels[row] for one in parts)
            each.setdefault(column.labels[row], Counter())[key] += 1
        counts = list(each.values())
        if len(counts) < 2 or "" in each or len(rows) < _LEAST_REPEATED * len(counts):
            continue
        if all(one == counts[0] for one in counts[1:]):
            names = list(each)
            only = f"only.{column.expression}"
            return Doubt(
                "repeats",
                f"Each execution is logged with {column.name} {' and '.join(names)}; which count?",
                (
                    *(Answer(f"only {one}", {only: logged(column, {one})}) for one in names[::-1]),
                    Answer("all of them", {}),
                ),
            )
    return None


_SO_FAR = word_set("filled executed cum cumulative")
_ORDERED = word_set("orig original ordered order requested total qty quantity size amount")


def parts_or_so_far(
    columns: Sequence[Column], roles: Mapping[str, Column], rows: Sequence[int]
) -> Doubt | None:
    """Whether an order that was filled in part, then wholly, says both times how much so far."""
    size, price = roles["quantity"], roles["price"]
    if "last" in size.words:  # quantity, of the last execution
        return None
    is_so_far = bool({*size.words} & _SO_FAR and {*price.words} & {"avg", "average"})
    for column in columns:
        if column.kind != TEXT or not set(column.words) & _KINDS or not column.has_few_words:
            continue
        said = {label: set(words(label)) for label in column.distinct if label}
        whole = {label for label, one in said.items() if one & FILLS and not one & _IN_PART}
        in_part = {label for label, one in said.items() if one & _IN_PART}
        ids = next((one for one in columns if _may_be_of_order(one, column, in_part, whole)), None)
        if not whole or not in_part or ids is None:
            continue
        last = {ids.labels[row]: size.numbers[row] for row in rows if column.labels[row] in whole}
        parts = [row for row in rows if column.labels[row] in in_part and ids.labels[row] in last]
        pairs = [(size.numbers[row], last[ids.labels[row]]) for row in parts]
        if pairs and all(one and two and abs(one) <= abs(two) for one, two in pairs):
            only: dict[str, object] = {f"only.{column.expression}": logged(column, whole)}
            return Doubt(
                "repeats",
                f"Orders are logged when filled in part and when filled; what is {size.name}?",
                (
                    Answer("what was filled so far: the last counts", only),
                    Answer("what was filled each time", {}),
                ),
                _why_so_far(
                    columns, size, [(row, pair[1]) for row, pair in zip(parts, pairs, strict=True)]
                )
                or ("the price beside it is the average so far" if is_so_far else ""),
            )
    return None


def _why_so_far(
    columns: Sequence[Column], size: Column, last: Sequence[tuple[int, Decimal | None]]
) -> str:
    """What is said where the last quantity of each order is all that was ordered; else empty."""
    for column in columns:
        said = {*column.words}
        if column is size or column.kind != NUMBER or not said & _ORDERED or said & _SO_FAR:
            continue
        if all(column.numbers[row] == whole for row, whole in last):
            return f"the last is all of {column.name}"
    return ""


def _may_be_of_order(ids: Column, column: Column, in_part: set[str], whole: set[str]) -> bool:
    """Whether a column numbers orders: most that were filled in part were filled later."""
    if ids.kind not in (TEXT, NUMBER) or not set(ids.words) & NUMBERED:
        return False
    labels = list(zip(ids.labels, column.labels, strict=True))
    parts = {one for one, state in labels if state in in_part and one}
    done = {one for one, state in labels if state in whole and one}
    return len(parts & done) * 2 > len(parts)


def bought_twice(roles: Mapping[str, Column], rows: Sequence[int]) -> Doubt | None:
    """Purchases that each stand twice, where only half of what was bought so was ever sold.

    So they do where a log lists what is held among what was bought. Bought 10, bought 10, sold 10:
    either 10 are left, or the second line is no purchase. `rows` are in the order of time.
    """
    side, size, symbol = roles.get("side"), roles["quantity"], roles.get("symbol")
    if side is None or symbol is None:
        return None
    ways = directions(side)
    bought: dict[str, list[Decimal]] = {}
    sold: Counter[str] = Counter()
    for row in rows:
        name, amount = symbol.labels[row], abs(size.numbers[row] or Decimal(0))
        if ways[row] > 0:
            bought.setdefault(name, []).append(amount)
        else:
            sold[name] += 1
            if sold[name] > 1 or bought.get(name) != [amount, amount]:
                return None
    if len(sold) < _LEAST_SYMBOLS or set(bought) != set(sold):
        return None
    if any(len(amounts) > 2 for amounts in bought.values()):
        return None
    return Doubt(
        "bought_twice",
        f"Each purchase occurs twice with the same {size.name}, and half of it is sold; are both "
        "purchases? If not, remove one of them from the file",
        (Answer("yes, half is still held", {}),),
    )
