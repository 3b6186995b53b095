"""What identifies a trade, so that a record of its opening and one of its close belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.records.closing import Closing
from perfkit.inference.table.columns import NUMBER, Column, rows_equal
from perfkit.inference.table.directions import directions
from perfkit.inference.table.roles import identities_of
from perfkit.inference.words.names import OPENED, time_role, words


class Identity(NamedTuple):
    """The fields that identify a trade, none where nothing does.

    `links` says that records of openings have them too, for all trades or (`links_all`) each.
    """

    columns: tuple[Column, ...]
    links: bool
    links_all: bool
    doubts: tuple[Doubt, ...]


NONE = Identity((), False, False, ())


def identity_of(
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    opened: Column | None,
    closing: Closing,
) -> Identity:
    """An id that each closing record has once; else symbol and opening time, where they link."""
    doubts: list[Doubt] = []
    for column in identities_of(columns):
        if column is roles.get("side") or not all(column.present[row] for row in closing.rows):
            continue
        keys = [str(column.values[row]) for row in closing.rows]
        if len(set(keys)) == len(keys):
            return _linked((column,), closing)
        if opened is not None and _are_unique((column, opened), closing.rows):
            return _linked((column, opened), closing)
        repeats = _repeated(column, keys, columns, roles, closing, opened)
        if repeats is None:
            return _linked((column,), closing)
        doubts += repeats
    if opened is not None and closing.opening:
        named = [roles[role] for role in ("strategy", "symbol", "side") if role in roles]
        for parts in ((*named[:2], opened), (*named, opened)):
            if all(one.present[row] for one in parts for row in closing.rows):
                found = _linked(parts, closing)
                if found.links and _are_unique(parts, closing.rows):
                    return found
    return Identity((), False, False, tuple(doubts))


def _keys(parts: Sequence[Column], rows: Sequence[int]) -> list[tuple[str, ...]]:
    return [tuple(str(one.values[row]) for one in parts) for row in rows]


def _are_unique(parts: Sequence[Column], rows: Sequence[int]) -> bool:
    keys = _keys(parts, rows)
    return len(set(keys)) == len(keys)


def _linked(parts: tuple[Column, ...], closing: Closing) -> Identity:
    opened = set(_keys(parts, closing.opening))
    closed = _keys(parts, closing.rows)
    found = sum(key in opened for key in closed)
    return Identity(parts, found * 2 >= len(closed) > 0, found == len(closed), ())


def _repeated(
    column: Column,
    keys: Sequence[str],
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    closing: Closing,
    opened: Column | None,
) -> list[Doubt] | None:
    """What an id means that closes more than once; None where the records are plain repeats.

    Closes of several symbols, mostly of several opening times, or of a long and a short trade, as
    of a hedge, are trades of their own.
    """
    by_key: dict[str, list[int]] = {}
    for key, row in zip(keys, closing.rows, strict=True):
        by_key.setdefault(key, []).append(row)
    again = [rows for rows in by_key.values() if len(rows) > 1]
    if all(rows_equal(columns, rows) == len(rows) - 1 for rows in again):
        return None
    symbol = roles.get("symbol")
    if symbol is not None and any(len({symbol.labels[row] for row in rows}) > 1 for rows in again):
        return []
    if opened is not None and _open_apart(opened, again):
        return []
    if _are_opened_apart(columns, roles, again):
        return []
    if "side" in roles and all(_has_both_sides(roles["side"], rows) for rows in again):
        return []
    if 2 * len(by_key) < len(keys):
        return []
    if "order" in words(column.name) and not _opened_once(column, by_key, closing.opening):
        return []
    extra = len(list(chain.from_iterable(again))) - len(again)
    return [
        Doubt(
            "id_closes_twice",
            f"{extra} closes have the {column.name} of an earlier one; what is each of them?",
            (
                Answer("a trade of its own", {}),
                Answer("a correction", {"identity": [column.expression], "closes": "last"}),
                Answer("a part of one trade", {"identity": [column.expression], "closes": "sum"}),
            ),
        )
    ]


def _opened_once(column: Column, closed: Mapping[str, object], opening: Sequence[int]) -> bool:
    """Whether an order opened each trade, once, so that its number is that of the trade."""
    opened = [str(column.values[row]) for row in opening if column.present[row]]
    return len({*opened}) == len(opened) and closed.keys() <= {*opened}


def _has_both_sides(side: Column, rows: Sequence[int]) -> bool:
    """Whether two closes with one id are those of a long and of a short trade."""
    known = directions(side)
    return sorted(known[row] for row in rows) == [-1, 1]


def _are_opened_apart(
    columns: Sequence[Column], roles: Mapping[str, Column], again: Sequence[Sequence[int]]
) -> bool:
    """Whether all closes with one id were opened at several times, and at several prices.

    A correction and a part of a trade have the opening of the trade.
    """
    times = [one for one in columns if one.kind != NUMBER and time_role(one.name) == OPENED]
    price = roles.get("entry_price")
    return price is not None and any(_all_differ((one, price), again) for one in times)


def _all_differ(parts: Sequence[Column], again: Sequence[Sequence[int]]) -> bool:
    """Whether each of some columns has a value of its own in all records with one id."""
    labels = [[one.labels[row] for row in rows] for one in parts for rows in again]
    return all("" not in one and len(set(one)) == len(one) for one in labels)


def _open_apart(opened: Column, again: Sequence[Sequence[int]]) -> bool:
    """Whether most of the closes with one id were opened at several times."""
    apart = sum(len({opened.labels[row] for row in rows} - {""}) > 1 for rows in again)
    return apart * 2 > len(again)
