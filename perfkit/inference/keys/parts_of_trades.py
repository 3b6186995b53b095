"""Closes that share an id, as parts of one trade do: each says so, and earned its own amount.

id 7   entry 10   exit 12   quantity 5   pnl 10   tp1
id 7   entry 10   exit 14   quantity 5   pnl 20   tp2          together 30
id 7   entry 10   exit 14   quantity 5   pnl 30   closed       the last one has all of it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.keys.identity import Identity
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.table.columns import TEXT, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import word_set, words

ASKED = "id_closes_twice"
_PARTS = word_set("partial partially part scale scaled scaleout trim trimmed half runner")
_TARGETS = word_set("tp target profit takeprofit")
_NUMBERS = frozenset("1234")
_PROVED = "agrees with "
_LAST, _TOGETHER = 1, 2
"""Which of the answers says that the last close has all of it, and which that they are parts."""
_LEAST = 3
_NEARLY = Decimal("0.001")


def with_parts_together(
    dialect: dict[str, object],
    identity: Identity,
    best: Candidate,
    columns: Sequence[Column],
    roles: Mapping[str, Column],
) -> tuple[dict[str, object], Identity, list[str]]:
    """The dialect with parts added up, and a note, where prices prove what each of them earned."""
    doubt = next((one for one in identity.doubts if one.name == ASKED), None)
    if doubt is None or len(doubt.answers) <= _TOGETHER or "quantity" not in roles:
        return dialect, identity, []
    expressions = doubt.answers[_TOGETHER].changes.get("identity")
    ids = next((one for one in columns if [one.expression] == expressions), None)
    if ids is None or not _are_parts(ids, best.closing.rows, columns):
        return dialect, identity, []
    is_proved = best.proved and any(one.startswith(_PROVED) for one in best.reasons)
    number = _TOGETHER if is_proved else _by_openings(ids, best, roles)
    if number is None:
        return dialect, identity, []
    left = tuple(one for one in identity.doubts if one is not doubt)
    what = "are added up" if number == _TOGETHER else "count once: the last has all of it"
    said = f"{doubt.question.partition(';')[0]}: parts of one trade, which {what}"
    return {**dialect, **doubt.answers[number].changes}, identity._replace(doubts=left), [said]


def _by_openings(ids: Column, best: Candidate, roles: Mapping[str, Column]) -> int | None:
    """Whether closes earned what their prices give, or the last one what all of them did.

    The price of the entry is on the record that opened what has the id. None: neither.
    """
    if not {"price", "side"} <= roles.keys():
        return None
    prices, sizes, ways = (
        roles["price"].numbers,
        roles["quantity"].numbers,
        directions(roles["side"]),
    )
    opened = {ids.labels[row]: row for row in reversed(best.closing.opening)}
    groups = _groups(ids, best.closing.rows)
    found = {_LAST: 0, _TOGETHER: 0}
    compared = 0
    for group in (one for one in groups if len(one) > 1):
        start = opened.get(ids.labels[group[0]])
        if start is None or not prices[start]:
            return None
        entry, way = prices[start] or Decimal(0), ways[start]
        each = [
            ((prices[row] or entry) - entry) * abs(sizes[row] or Decimal(0)) * way for row in group
        ]
        last = best.pnl.numbers[group[-1]] or Decimal(0)
        allowed = 2 * best.pnl.step + sum(map(abs, each)) * _NEARLY
        compared += 1
        found[_TOGETHER] += abs(last - each[-1]) <= allowed
        found[_LAST] += abs(last - sum(each)) <= allowed
    number = max(found, key=found.__getitem__)
    is_clear = compared >= _LEAST and found[number] * 10 >= 9 * compared > 5 * min(found.values())
    return number if is_clear else None


def _groups(ids: Column, rows: Sequence[int]) -> list[list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(ids.labels[row], []).append(row)
    return list(found.values())


def _are_parts(ids: Column, rows: Sequence[int], columns: Sequence[Column]) -> bool:
    """Whether of the closes with one id, some say that they are a part: in nearly all groups."""
    several = [group for group in _groups(ids, rows) if len(group) > 1]
    for column in columns:
        if column.kind != TEXT or not column.has_few_words:
            continue
        partial = {label for label in column.distinct if _says_part({*words(label)})}
        if not partial:
            continue
        said = sum(any(column.labels[row] in partial for row in group) for group in several)
        differ = all(len({column.labels[row] for row in group}) > 1 for group in several)
        if said * 10 >= 9 * len(several) and differ:
            return True
    return False


def _says_part(said: set[str]) -> bool:
    """Whether words are those of a part: `partial close`, or one of several targets: `tp1`."""
    return bool(said & _PARTS) or bool(said & _TARGETS and said & _NUMBERS)
