"""Who holds the positions of executions: one book for all, one for each bot, one for each game."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.proof.executions import Executions, executions_of
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.words.names import word_set, words

_BOOKS = frozenset(("bot", "agent", "trader", "portfolio", "wallet", "user", "account", "player"))
_PEOPLE = _BOOKS - {"bot", "agent", "portfolio"}
_NUMBERED = frozenset(("id", "no", "number", "num", "name"))
_OF_ROUNDS = word_set("game match session round run episode simulation sim seed fold window")
"""Words for what begins anew, with positions of its own."""
_HELD = word_set("spot cash")
_AGREED = word_set("fut future futures perp perps perpetual perpetuals swap swaps linear inverse")
"""Words for what is bought at once, and for contracts on it, which are no part of one position."""
_NO_STRATEGY = frozenset(("", "none", "null", "nan", "n/a", "na", "-"))
"""Words that name no strategy, as on an order that closes what one opened."""
_LEAST = 4
"""A bot and the like has so many executions on average."""


class Books(NamedTuple):
    """Further parts of a book, what is taken for granted of them, and what is asked.

    `fields` are those of the dialect that the parts need, `apart` are the executions in such books.
    """

    by: list[str]
    assumed: list[str]
    doubts: list[Doubt]
    fields: Mapping[str, object] = MappingProxyType({})
    apart: Executions | None = None


NO_BOOKS = Books([], [], [])


def books_of(
    log: Log, when: Column | None, rows: Sequence[int], found: Executions, by: Sequence[str]
) -> Books:
    """Whose positions executions belong to, besides those of the symbols in `by`."""
    if (kinds := _of_kinds(log, when, found.rows)) is not None:
        return kinds
    shared = _share_symbols(log, found.rows)
    if shared and _are_books(log, when, rows):
        said = f"each {log.roles['strategy'].name} holds positions of its own"
        return Books(["strategy"], [said], [])
    if shared and not _is_one_book(log, when, rows, found):
        return Books([], [], [_books(log.roles["strategy"], by)])
    if (holder := _holder(log, found.rows)) is not None:
        return _of_holders(holder, log, executions_of(log.roles, when, rows, holder), by)
    if found.shorting and (holder := _holder(log, found.rows, least=1)) is not None:
        return Books([], [], [_of_others(_of_holders(holder, log, None, by).doubts[0], holder)])
    if (hedged := _both_sides(log)) is not None:
        return Books([], [], [_hedged(hedged, by)])
    if (column := _of_rounds(log, found)) is not None:
        return Books([], [], [_rounds(column, by)])
    return NO_BOOKS


def _of_kinds(log: Log, when: Column | None, rows: Sequence[int]) -> Books | None:
    """Books for what is held and what is agreed on: `venue: spot` and `venue: futures`.

    What is agreed on may be sold without having been bought.
    """
    role = next((one for one in ("symbol", "strategy", "account") if one not in log.roles), "")
    for column in log.columns:
        if column.kind != TEXT or not role or column in log.roles.values():
            continue
        said = {word for row in rows for word in words(column.labels[row])}
        is_known = all({*words(column.labels[row])} & (_HELD | _AGREED) for row in rows)
        if is_known and said & _HELD and said & _AGREED:
            why = f"{column.name} says what was traded, and each has positions of its own"
            apart = executions_of(log.roles, when, rows, column)
            held = {row for row in rows if {*words(column.labels[row])} & _HELD}
            if apart is not None:
                apart = apart._replace(shorting=[row for row in apart.shorting if row in held])
            return Books([role], [why], [], {role: column.expression}, apart)
    return None


def _holder(log: Log, rows: Sequence[int], least: int = _LEAST) -> Column | None:
    """A column such as `bot_id`, each of whose bots trades, and several of them one symbol.

    `least` is how often each of them trades, on average; those of one trade each are no books.
    """
    symbol = log.roles.get("symbol")
    for column in log.columns:
        parts = set(column.words)
        if column.kind not in (TEXT, NUMBER) or not parts & _BOOKS or parts - _BOOKS - _NUMBERED:
            continue
        if column in log.roles.values() or not all(column.present[row] for row in rows):
            continue
        names = {column.labels[row] for row in rows}
        pairs = {(symbol.labels[row] if symbol else "", column.labels[row]) for row in rows}
        if len(pairs) > len({name for name, _ in pairs}) and len(names) * least <= len(rows) > len(
            names
        ):
            return column
    return None


def _of_holders(column: Column, log: Log, apart: Executions | None, by: Sequence[str]) -> Books:
    """Books of their own where none sells what another bought; else that is asked."""
    role = next((one for one in ("account", "strategy") if one not in log.roles), "")
    fields: dict[str, object] = {f"fields.{role}": column.expression} if role else {}
    part = role or column.expression
    if apart is not None and apart.reducing and not apart.shorting:
        said = f"each {column.name} holds positions of its own"
        return Books([part], [said], [], {role: column.expression} if role else {})
    doubt = Doubt(
        "books",
        f"Does each {column.name} hold positions of its own?",
        (
            Answer("yes", {**fields, "fills.by": [*by, part]}),
            Answer("no, they share one position", {}),
        ),
    )
    return Books([], [], [doubt])


def _of_others(doubt: Doubt, column: Column) -> Doubt:
    """The question, with the answer that traders of few trades are others than one account."""
    if not set(column.words) & _PEOPLE:
        return doubt
    why = f"rows are trades of others, each {column.name} of its own, as answered"
    none = Answer(f"neither: each {column.name} is someone else", {}, why)
    return doubt._replace(answers=(*doubt.answers, none))


def _of_rounds(log: Log, found: Executions) -> Column | None:
    """A column such as `game_id`, whose executions stand together and begin anew with each."""
    for column in log.columns:
        if column.kind not in (TEXT, NUMBER) or not set(column.words) & _OF_ROUNDS:
            continue
        if set(column.words) - _OF_ROUNDS - _NUMBERED:
            continue
        rows = sorted(found.rows)
        labels = [column.labels[row] for row in rows]
        changes = sum(one != other for one, other in pairwise(labels))
        different = len(set(labels))
        if 1 < different <= changes + 1 <= 2 * different and different * 4 <= len(labels):
            return column
    return None


def _rounds(column: Column, by: Sequence[str]) -> Doubt:
    apart: dict[str, object] = {"fields.strategy": column.expression, "fills.by": [*by, "strategy"]}
    return Doubt(
        "books",
        f"Does each {column.name} begin with positions of its own?",
        (Answer("yes", apart), Answer("no, one position continues", {})),
    )


def _share_symbols(log: Log, rows: Sequence[int]) -> bool:
    """Whether several strategies trade the same symbol."""
    strategy, symbol = log.roles.get("strategy"), log.roles.get("symbol")
    if strategy is None or symbol is None:
        return False
    pairs = {(symbol.labels[row], strategy.labels[row]) for row in rows}
    named = {(name, label) for name, label in pairs if label not in _NO_STRATEGY}
    return len(named) > len({name for name, _ in named})


def _are_books(log: Log, when: Column | None, rows: Sequence[int]) -> bool:
    """Whether a column such as `bot` names who holds positions, and none sells another's."""
    strategy = log.roles["strategy"]
    if not set(strategy.words) & _BOOKS:
        return False
    found = executions_of(log.roles, when, rows, strategy)
    return found is not None and bool(found.reducing) and not found.shorting


def _is_one_book(log: Log, when: Column | None, rows: Sequence[int], found: Executions) -> bool:
    """Whether a column such as `strategy` cannot name books that are kept apart.

    Each of its words stands on buys alone or on sells alone, as reasons do; orders without a
    strategy close what one opened; or sales that were all bought before would not be so in books
    of their own.
    """
    strategy, side = log.roles["strategy"], log.roles.get("side")
    if side is not None:
        ways = directions(side)
        pairs = {(strategy.labels[row], ways[row]) for row in found.rows}
        if len(pairs) == len({word for word, _ in pairs}):
            return True
    unnamed = {row for row in found.rows if strategy.labels[row] in _NO_STRATEGY}
    if len(unnamed & {*found.reducing}) * 2 > len(unnamed):  # they close what a strategy opened
        return True
    if set(strategy.words) & _BOOKS:
        return False
    apart = executions_of(log.roles, when, rows, strategy)
    return apart is not None and not found.shorting and bool(apart.shorting)


def _books(strategy: Column, by: Sequence[str]) -> Doubt:
    return Doubt(
        "books",
        f"Does each {strategy.name} hold positions of its own?",
        (
            Answer("no, they share one position", {}),
            Answer("yes", {"fills.by": [*by, "strategy"]}),
        ),
    )


def _both_sides(log: Log) -> Column | None:
    """The column that says of each order whether it is of a long or of a short position."""
    for column in log.columns:
        is_named = column.words == ("position", "side") and column is not log.roles.get("side")
        if is_named and set(column.distinct) - {""} == {"long", "short"}:
            return column
    return None


def _hedged(column: Column, by: Sequence[str]) -> Doubt:
    apart: dict[str, object] = {"fields.strategy": column.expression, "fills.by": [*by, "strategy"]}
    return Doubt(
        "books",
        f"Are long and short positions kept separate, as {column.name} says?",
        (Answer("yes", apart), Answer("no, they share one position", {})),
    )
