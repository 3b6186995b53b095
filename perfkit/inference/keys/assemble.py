"""A reading as a dialect: the keys of YAML that say which records count and what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from perfkit.inference.keys.identity import Identity
from perfkit.inference.keys.open_trades import words_of_open_trades
from perfkit.inference.keys.trade_times import Moments
from perfkit.inference.records.closing import Closing
from perfkit.inference.records.kinds import logged, says_it_is_open
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import BOOLEAN, NUMBER, TIME, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.table.outcomes import outcome_of
from perfkit.inference.words.names import words

_TEXT_FIELDS = ("symbol", "strategy", "execution_mode", "account", "exit_reason")
_NUMBER_FIELDS = ("quantity", "entry_price", "exit_price", "stop_loss", "target")
_KNOWN_SIDES = {"long", "short", "buy", "sell"}
_CLOSING = {"close", "exit"}
_NOT_YET = ("open", "pending", "active")
_SIDES = {1: "long", -1: "short"}


def dialect_of(
    result: Mapping[str, str],
    closing: Closing,
    failed: Mapping[str, object],
    moments: Moments,
    identity: Identity,
    roles: Mapping[str, Column],
    *,
    side_of_exit: bool = False,
) -> dict[str, object]:
    """The dialect of a log with a result on its closing records.

    `result` has the fields of P&L, costs and outcome. `side_of_exit` says that the side is that of
    the closing order, so that `sell` closes a long trade.
    """
    are_timed = bool(moments.opened_at) or (identity.links_all and bool(closing.open_words))
    still_open = words_of_open_trades(closing, moments, identity, roles)
    only, open_when = _conditions(closing, failed, identity, still_open, are_timed=are_timed)
    conditions = {"only": only, "open_when": open_when}
    dialect: dict[str, object] = {key: said for key, said in conditions.items() if said}
    if identity.columns:
        dialect["identity"] = [column.expression for column in identity.columns]
    linked = bool(open_when) and not still_open and "only" not in result
    fields: dict[str, object] = {}
    if moments.closed_at:
        fields["closed_at"] = moments.closed_at
    if moments.opened_at:
        fields["opened_at"] = moments.opened_at
    elif linked and identity.links_all and moments.closed_at:
        fields["opened_at"] = moments.closed_at
    fields |= result
    used = [*moments.columns, *identity.columns]
    values: dict[str, object] = {}
    for role in (*_TEXT_FIELDS, *_NUMBER_FIELDS):
        column = roles.get(role)
        if column is not None and _is_readable(column, role, closing.rows):
            fields[role] = column.expression
            used.append(column)
    _add_side(fields, values, closing, roles, side_of_exit=side_of_exit)
    dialect["fields"] = fields
    if values:
        dialect["values"] = values
    dialect |= _reading_of_times(moments)
    nulls = _nulls(used)
    if nulls:
        dialect["nulls"] = nulls
    return dialect


def _conditions(
    closing: Closing,
    failed: Mapping[str, object],
    identity: Identity,
    still_open: list[object],
    *,
    are_timed: bool,
) -> tuple[dict[str, object], dict[str, object]]:
    """`only` and `open_when`: closing records, and openings that an identity links to them.

    Openings without an opening time, or with that of a close which only some of them have
    (not `are_timed`), could not be read. `still_open` are the words of trades that are open.
    """
    only = {**failed, **closing.only}
    marker = closing.marker
    if marker is None or not closing.open_words:
        if marker is not None and marker.kind == TIME and not are_timed:
            only[marker.expression] = "exists"
        return only, {}
    zeros = closing.open_words == [0] and not closing.close_words
    if zeros:
        return only, {marker.expression: 0}
    if list(closing.only) != [marker.expression] or closing.only[marker.expression] == "exists":
        return only, {}
    linked = identity.links and are_timed
    words = _linked_words(closing, marker, identity) if linked else still_open
    if not words:
        return only, {}
    left_out = [word for word in closing.open_words if word not in words]
    if not isinstance(closing.only[marker.expression], dict):
        only[marker.expression] = [*words, *closing.close_words]
    elif left_out:
        only[marker.expression] = {"not": left_out}
    else:
        del only[marker.expression]
    return only, {marker.expression: words[0] if len(words) == 1 else words}


def _linked_words(closing: Closing, marker: Column, identity: Identity) -> list[object]:
    """The words of openings that have the identity; `signal` may stand on records of no trade."""
    labels = {
        marker.labels[row]
        for row in closing.opening
        if all(column.present[row] for column in identity.columns)
    }
    return [word for word in logged(marker, labels) if word in closing.open_words]


def _is_readable(column: Column, role: str, rows: Sequence[int]) -> bool:
    """Whether a field can be read in every closing record that has it."""
    if role in _TEXT_FIELDS:
        return all(
            isinstance(column.values[row], str | int) and not isinstance(column.values[row], bool)
            for row in rows
            if column.present[row]
        )
    return all(column.numbers[row] is not None for row in rows if column.present[row])


def _add_side(
    fields: dict[str, object],
    values: dict[str, object],
    closing: Closing,
    roles: Mapping[str, Column],
    *,
    side_of_exit: bool,
) -> None:
    side = roles.get("side")
    if side is None:
        return
    if side is closing.marker and not {"long", "short"} & {
        part for label in side.distinct for part in label.split("_")
    }:
        return  # it names the closing order, not the trade
    ways = directions(side)
    rows = [row for row in closing.rows if side.present[row]]
    if not rows or not all(ways[row] for row in rows):
        return
    if not {"entry_price", "exit_price"} <= roles.keys():  # which decide what a side means
        orders = {side.labels[row] for row in rows if _closes(side.labels[row])}
        if not all(map(_is_closing_order, orders)):
            return  # `close buy` may close what was bought, or close by buying
        side_of_exit = side_of_exit or orders == {side.labels[row] for row in rows}
    turn = -1 if side_of_exit else 1
    logged = {_word(side.values[row]): _SIDES[ways[row] * turn] for row in rows}
    fields["side"] = side.expression
    if side.kind in (BOOLEAN, NUMBER) or side_of_exit or not _are_known(logged):
        values["side"] = logged


def _closes(label: str) -> bool:
    """Whether a side says buy or sell, and that it closes a trade."""
    said = set(words(label))
    return bool(said & _CLOSING) and bool(said & {"buy", "sell"})


def _is_closing_order(label: str) -> bool:
    """Whether a side that closes is that of the order, as in `sell to close` and in Japanese."""
    return not label.isascii() or "to" in words(label)


def _are_known(logged: Mapping[str, str]) -> bool:
    return {word.lower() for word in logged} <= _KNOWN_SIDES


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def outcome_words(column: Column) -> dict[str, object]:
    """What each logged outcome means, where it is not one of the known words itself."""
    words: dict[str, object] = {}
    for value, label in zip(column.values, column.labels, strict=True):
        meaning = outcome_of(label)
        if meaning and label != meaning:
            words[_word(value)] = meaning
    return words


def _reading_of_times(moments: Moments) -> dict[str, object]:
    found: dict[str, object] = {}
    units = [column.unit for column in moments.columns if column.unit]
    if units and len(set(units)) == 1 and units[0] != shapes.ANY_UNIT:
        found["time_unit"] = units[0]
    layouts = {column.layout for column in moments.columns if column.layout}
    if len(layouts) == 1 and not any("%Y%m%d" in one for one in layouts):
        found["time_format"] = layouts.pop()
    return found


def _nulls(columns: Iterable[Column]) -> list[object]:
    """Texts that stand for nothing in the columns that are read."""
    found: dict[object, None] = {}
    for column in columns:
        if column.kind == TIME:
            found |= dict.fromkeys(
                value
                for value, label in zip(column.values, column.labels, strict=True)
                if label in _NOT_YET
                or (value and not label[:1].isdigit() and says_it_is_open(label))
            )
        if column.filled == len(column.values):
            continue
        for value, here in zip(column.values, column.present, strict=True):
            if not here and isinstance(value, str) and value:
                found.setdefault(value)
    return list(found)
