"""Whether words say of orders that they open a position, or that they close one."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.records.kinds import CLOSING
from perfkit.inference.table.columns import TEXT, Column
from perfkit.inference.words.names import word_set, words

_EFFECTS = frozenset(
    ("action", "event", "type", "kind", "effect", "offset", "phase", "side", "code")
)
_OF_EFFECTS = {
    **dict.fromkeys(("open", "entry", "enter"), "open"),
    **dict.fromkeys(("close", "exit"), "close"),
    **dict.fromkeys(("bto", "sto"), "open"),
    **dict.fromkeys(("stc", "btc"), "close"),
}
_ENTRY = word_set("entry enter entered open opened opening")
_OF_TURNS = _EFFECTS | word_set("kind signal status record side position direction")


def effects_of(columns: Sequence[Column]) -> list[set[str]]:
    """What columns of events say of orders: that they open, that they close, or each of the two."""
    return [set(said.values()) for _, said in _effects(columns)]


def effect_of_all(columns: Sequence[Column], rows: Sequence[int]) -> str:
    """What a column says of each of some orders, `open` or `close`; empty where none says it."""
    for column, said in _effects(columns, of_all=False):
        found = {said.get(column.labels[row], "") for row in rows}
        if len(found) == 1 and len(set(said.values())) > 1:
            return found.pop()
    return ""


def _effects(
    columns: Sequence[Column], *, of_all: bool = True
) -> list[tuple[Column, dict[str, str]]]:
    """The columns whose words say that an order opens or that it closes, `of_all` each of them."""
    found = []
    for column in columns:
        if column.kind != TEXT or not set(column.words) & _EFFECTS or not column.has_few_words:
            continue
        said = {label: set(words(label)) & _OF_EFFECTS.keys() for label in column.distinct if label}
        known = {label: _OF_EFFECTS[min(one)] for label, one in said.items() if len(one) == 1}
        if known and (len(known) == len(said) or not of_all):
            found.append((column, known))
    return found


def entry_and_exit_words(column: Column) -> tuple[set[str], set[str]]:
    """The words of a column of events for an entry and for an exit, such as `TP`; empty: none."""
    if column.kind != TEXT or not set(column.words) & _OF_TURNS or not column.has_few_words:
        return set(), set()
    said = {label: set(words(label)) for label in column.distinct if label}
    opening = {label for label, one in said.items() if one & _ENTRY}
    return opening, {label for label, one in said.items() if one & CLOSING} - opening
