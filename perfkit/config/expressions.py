"""Expressions over the fields of a record, on Python's grammar but never run by Python.

    pnl - fees                    fields, added and subtracted
    (exit - entry) * qty          + - * / and parentheses; a minus in front
    trade.exit.price, fills[0].p  fields of objects, items of lists
    Exit Time, Net P&L            fields whose names have blanks
    "Size (qty)", "P/L"           fields whose names look like arithmetic, in quotes
    exit_time or time             the first that is there
    mode or = LIVE                a constant stands after =
    join(date, time)              two texts, a blank between them
    before(pair, "/")             the part of a text before a separator; after(pair, "/")
    quote(symbol)                 the currency of the prices of a pair: USDT of ETH-USDT-SWAP
    earliest(bought, sold)        the earlier of two times; latest(bought, sold)
    sum(exits[*].pnl)             the sum over a list; abs(x), sign(x)
    where(paid, kind, "FEE")      the first field, where the second one is that word

An expression becomes a tree: what reads a value of the record (`Field`, `Call`) at its leaves, and
above them the arithmetic (`Formula`), which is done once the records of a trade are combined.
"""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.fast_imports import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

EVERY = "*"
"""The step of a path to each item of a list."""


class Field(NamedTuple):
    """A field of the record: names, and places in lists, from the outside in."""

    path: tuple[str | int, ...]

    def __str__(self) -> str:
        return ".".join(map(str, self.path))


class Call(NamedTuple):
    """A function of texts, of two times or of an inner list; `separator` is its last text."""

    name: str
    parts: tuple[Field, ...]
    separator: str = ""

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.parts))})"


class Constant(NamedTuple):
    """A number, or a text that stands after `=`; of a time, its microseconds since 1970."""

    value: Decimal | str | int


class Formula(NamedTuple):
    """An operation: `+ - * / neg abs sign or`."""

    operation: str
    parts: tuple[Tree, ...]


Leaf: TypeAlias = "Field | Call"
Tree: TypeAlias = "Field | Call | Constant | Formula"


class ExpressionError(ValueError):
    """An expression cannot be understood; `problem` says why and `remedy` what to write."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def simple(expression: str) -> Tree | None:
    """The tree of fields, constants, or fields added and subtracted, joined by `or`; else None.

    Most expressions are so simple, and `expression_parser`, which reads all, takes time to load.
    """
    found: list[Tree] = []
    for text in expression.split(" or "):
        if text.lstrip().startswith("="):
            found.append(Constant(text.strip()[1:].strip()))
            continue
        words = text.split()
        if not words[0:1] or len(words) % 2 == 0 or not set(words[1::2]) <= {"+", "-"}:
            return None
        if not all(map(_is_plain, words[::2])):
            return None
        tree: Tree = Field(tuple(words[0].split(".")))
        for sign, name in zip(words[1::2], words[2::2], strict=True):
            tree = Formula(sign, (tree, Field(tuple(name.split(".")))))
        found.append(tree)
    return found[0] if len(found) == 1 else Formula("or", tuple(found))


def _is_plain(path: str) -> bool:
    return all(map(str.isidentifier, path.split(".")))
