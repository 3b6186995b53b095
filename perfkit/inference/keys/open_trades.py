"""Records of trades that are still open, which stand beside those that closed.

id 1   status CLOSED   opened 2026-04-06   closed 2026-04-07   pnl 12
id 2   status OPEN     opened 2026-04-08                       one open trade

They are counted where each is a trade of its own: by its identity, or by its market and opening
time, neither of which a closed one has as well. Other records of openings are events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.keys.identity import Identity
from perfkit.inference.keys.trade_times import Moments
from perfkit.inference.records.closing import Closing
from perfkit.inference.records.kinds import logged, says_it_is_open
from perfkit.inference.table.columns import BOOLEAN, NUMBER, TEXT, Column
from perfkit.inference.words.names import word_set

_OF_STATES = word_set("status state result outcome open close resolved settled active")
_FLAGS = (BOOLEAN, NUMBER)
_NUMBERS = ("quantity", "entry_price", "exit_price", "stop_loss", "target")


def words_of_open_trades(
    closing: Closing, moments: Moments, identity: Identity, roles: Mapping[str, Column]
) -> list[object]:
    """What a status says of trades that are still open; empty where such records are none."""
    marker = closing.marker
    if marker is None or not closing.opening or len(moments.columns) < 2:
        return []
    if marker.kind not in (TEXT, *_FLAGS) or not set(marker.words) & _OF_STATES:
        return []
    labels = {marker.labels[row] for row in closing.opening}
    said = {one for one in labels if marker.kind in _FLAGS or says_it_is_open(one)}
    rows = [row for row in closing.opening if marker.labels[row] in said]
    parts = identity.columns or tuple(roles[role] for role in ("symbol",) if role in roles)
    opened = moments.columns[1]
    keys = [*parts, opened] if not identity.columns else [*parts]
    if not rows or not moments.opened_at or not _are_of_their_own(keys, rows, closing.rows):
        return []
    if not all(opened.instants[row] for row in rows):
        return []
    if not _are_read(closing, moments.columns[0], roles, rows):
        return []
    return logged(marker, said)


def _are_of_their_own(parts: Sequence[Column], rows: Sequence[int], closed: Sequence[int]) -> bool:
    """Whether each record has a key that no other one has."""
    if not all(part.present[row] for part in parts for row in rows):
        return False
    keys = [tuple(str(part.values[row]) for part in parts) for row in rows]
    others = {tuple(str(part.values[row]) for part in parts) for row in closed}
    return len(set(keys)) == len(keys) and others.isdisjoint(keys)


def _are_read(
    closing: Closing, when: Column, roles: Mapping[str, Column], rows: Sequence[int]
) -> bool:
    """Whether the fields of a trade can be read in these records as in those that close."""
    side = roles.get("side")
    if side is not None:
        known = {side.labels[row] for row in closing.rows}
        if any(side.labels[row] not in known for row in rows if side.present[row]):
            return False
    if any(when.present[row] and when.instants[row] is None for row in rows):
        return False
    numbers = [roles[role] for role in _NUMBERS if role in roles]
    return all(one.numbers[row] is not None for one in numbers for row in rows if one.present[row])
