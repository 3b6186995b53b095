"""Which records are executions, where orders or signals are logged beside them.

event: place, fill                     type: signal, trade
status: submitted, accepted, filled    the same order in each of its states
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.records.kinds import logged
from perfkit.inference.table.columns import MOST_WORDS, NUMBER, TEXT, Column
from perfkit.inference.words.names import word_set, words

FILLS = word_set("fill filled fills executed execution")
EVENTS = frozenset(("event", "type", "kind", "action", "category", "record"))
WAITING = word_set(
    "submitted submit accepted accept pending new placed place sent queued scheduled created "
    "create received requested acknowledged ack notreported"
)
"""Words for an order that waits to be filled."""
_OF_ORDERS = WAITING | word_set("signal intent request quote")
_CHANGES = word_set("cancel cancelled canceled modify modified amend amended replace replaced")
_ORDER = frozenset(("order", "orders"))
_TRADES = word_set("trade traded")
_IN_PART = word_set("partial partially part")
_STATES = word_set("status state")
NUMBERED = word_set("id oid order orderid number no ref ticket uuid")
_LEAST = 2


def fill_records(columns: Sequence[Column]) -> tuple[set[int], dict[str, object]]:
    """Records of executions, where orders are logged beside them, and the condition for these."""
    for column in columns:
        if column.kind != TEXT or not column.has_few_words or len(column.distinct) > MOST_WORDS:
            continue
        if set(column.words) & EVENTS:
            fills = _with_parts(_beside_orders(column), column, columns)
        elif set(column.words) & _STATES:
            fills = _with_parts(_last_states(column, columns), column, columns)
        else:
            continue
        if fills:
            rows = {row for row, label in enumerate(column.labels) if label in fills}
            values = logged(column, fills)
            return rows, {column.expression: values[0] if len(values) == 1 else values}
    return set(), {}


def only_orders(columns: Sequence[Column]) -> Column | None:
    """The column by which all records are of orders that were placed, and some taken back."""
    for column in columns:
        if column.kind != TEXT or not set(column.words) & EVENTS or not column.has_few_words:
            continue
        said = [set(words(label)) for label in column.distinct]
        if not all(one & (WAITING | _CHANGES) and not one & FILLS for one in said):
            continue
        if any(one & _CHANGES for one in said) and any(one & WAITING for one in said):
            return column
    return None


def _beside_orders(column: Column) -> set[str]:
    """The words of a column of events for executions, beside others for orders or signals."""
    said = {label: set(words(label)) for label in column.distinct if label}
    fills = {label for label, one in said.items() if one & FILLS and not one & _OF_ORDERS}
    orders = {label for label, one in said.items() if one & (_OF_ORDERS | _ORDER)} - fills
    if not fills and orders:
        fills = {label for label, one in said.items() if one & _TRADES} - orders
        if said.keys() - fills - orders:
            return set()
    return fills if orders else set()


def _with_parts(fills: set[str], column: Column, columns: Sequence[Column]) -> set[str]:
    """The words for executions, with those for parts of orders that none of the others fills.

    What was filled of an order at first may be in what it says when all of it is.
    """
    said = {label: set(words(label)) for label in column.distinct if label}
    parts = {label for label, one in said.items() if one & _IN_PART and not one & _CHANGES} - fills
    for ids in columns if fills and parts else ():
        if ids.kind not in (TEXT, NUMBER) or not set(ids.words) & NUMBERED:
            continue
        pairs = list(zip(ids.labels, column.labels, strict=True))
        filled = {number for number, label in pairs if label in fills}
        in_part = [number for number, label in pairs if label in parts]
        if "" not in in_part and len({*in_part}) == len(in_part) and filled.isdisjoint(in_part):
            return fills | parts
    return fills


def _last_states(column: Column, columns: Sequence[Column]) -> set[str]:
    """The words of a column of states for filled, where the same orders were waiting before."""
    said = {label: set(words(label)) for label in column.distinct if label}
    fills = {label for label, one in said.items() if one & FILLS}
    waiting = {label for label, one in said.items() if one & WAITING} - fills
    if not fills or not waiting or any(said[label] & _IN_PART for label in fills):
        return set()
    for ids in columns:
        if ids.kind not in (TEXT, NUMBER) or not set(ids.words) & NUMBERED:
            continue
        rows = range(len(ids.labels))
        filled = {ids.labels[row] for row in rows if column.labels[row] in fills} - {""}
        before = {ids.labels[row] for row in rows if column.labels[row] in waiting}
        if len(filled) >= _LEAST and (filled <= before or before <= filled):
            return fills
    return set()
