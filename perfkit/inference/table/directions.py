"""Which way a side points, in words, letters, numbers or yes and no: long or short."""

from __future__ import annotations

from perfkit.inference.table.columns import BOOLEAN, NUMBER, TEXT, Column
from perfkit.inference.words.names import word_set, words

LONG_WORDS = word_set("long buy b bull bullish l up call bought lng bot al bto cover bid")
SHORT_WORDS = word_set("short sell s bear bearish down put sold sht sld sat stc sto ask")
"""Beside English words al and sat, the Turkish for buy and sell, which are no names of fields, and
the sides of orders at exchanges that call them bid and ask."""
_LETTERS = {
    frozenset(pair): {pair[0]: 1, pair[1]: -1}
    for pair in ("ks", "kv", "cv", "av", "as", "bv", "ls")
}
"""Two letters that stand for buy and sell: kupno and sprzedaż, Kauf and Verkauf, compra and venta,
achat and vente."""
_TO_OPEN_OR_CLOSE = word_set("bto stc sto")
"""Codes of orders in options: bought to open, sold to close, sold to open."""
_BOTH_ORDERS: dict[tuple[str, ...], int] = {
    **dict.fromkeys((("buy", "sell"), ("bought", "sold")), 1),
    **dict.fromkeys((("sell", "buy"), ("sold", "bought")), -1),
}
"""Sides that name both orders of a trade: what was bought and then sold was long."""
_BETWEEN = word_set("then to and first")
REINVESTED = word_set("drip reinvest reinvested reinvestment")
"""Words of purchases with a dividend."""
_BESIDE_SIDES = REINVESTED | word_set(
    "dividend dividends div interest deposit withdrawal withdraw fee fees tax split transfer "
    "contribution distribution"
)
"""Words of an account that stand beside buys and sells, however many there are."""
_STEPS = word_set("add reduce trim")
_ENDS = word_set("close exit")
_OF_SIGNS = word_set("side direction dir")
_OF_KINDS = word_set("type action")
_OF_ORDERS = word_set("transaction trade order deal position fill exec txn type action")
_SIGNED = {"1": 1, "-1": -1, "1.0": 1, "-1.0": -1}


def is_side(column: Column) -> bool:
    """Whether most values are words of a side, or numbers or truths that a name makes one."""
    if column.kind in (BOOLEAN, NUMBER):
        says_which = bool({"short", "buyer", "buy", "long"} & set(column.words))
        return says_which or is_signed_side(column)
    if _letters(column):
        return True
    known = LONG_WORDS | SHORT_WORDS
    if _of_steps(column):
        known |= _STEPS | _ENDS
    named = sum(count for label, count in column.distinct.items() if side_word(label, known))
    return named * 2 >= column.filled - _beside(column)


def _of_steps(column: Column) -> bool:
    """Whether words of orders stand beside those that make a position larger and smaller."""
    labels = column.distinct.keys()
    return (
        bool(labels & (LONG_WORDS | SHORT_WORDS))
        and len(labels & (_STEPS | _ENDS)) > 1
        and (bool(labels & _STEPS))
    )


def _beside(column: Column) -> int:
    """How many values are neither of two sides, but words such as `dividend` beside both."""
    if not column.distinct.keys() & LONG_WORDS or not column.distinct.keys() & SHORT_WORDS:
        return 0
    return sum(
        count for label, count in column.distinct.items() if set(words(label)) & _BESIDE_SIDES
    )


def is_signed_side(column: Column) -> bool:
    """Whether a side is written as 1 for what is bought and -1 for what is sold."""
    said = set(column.words)
    is_named = bool(said & _OF_SIGNS) or (bool(said & _OF_KINDS) and said <= _OF_ORDERS)
    if column.kind != NUMBER or not is_named:
        return False
    return set(map(_SIGNED.get, set(column.distinct) - {""})) == {1, -1}


def has_sides(column: Column) -> bool:
    """Whether a column, whatever its name, has words for both sides and no other words."""
    if column.kind != TEXT or column.filled * 10 < 9 * len(column.values):
        return False
    if not column.has_few_words or not 2 <= len(set(column.distinct) - {""}) <= 6:
        return False
    return {-1, 1} == set(directions(column)) - ({0} if "" in column.distinct else set())


def side_word(label: str, known: frozenset[str]) -> bool:
    """Whether a logged side is one of some words: `BUY`, `open_long`."""
    parts = {label, *label.replace("-", "_").replace(" ", "_").split("_"), *words(label)}
    return bool(parts & known) and "term" not in parts  # short term is how long, not which way


def _letters(side: Column) -> dict[str, int]:
    """The directions of two letters, where a column has these and no other words."""
    return dict(_LETTERS.get(frozenset(set(side.distinct) - {""}), {}))


def direction(label: str) -> int:
    """1 for a long side, -1 for a short one, 0 where the word says neither."""
    if (both := _BOTH_ORDERS.get(_orders_in(label), 0)) != 0:
        return both
    if side_word(label, SHORT_WORDS):
        return -1
    return 1 if side_word(label, LONG_WORDS) else 0


def are_quotes(side: Column) -> bool:
    """Whether a side says `bid` and `ask` alone, as orders do at some exchanges, and all quotes."""
    return {*side.distinct} - {""} <= {"bid", "ask", "bids", "asks"}


def _orders_in(label: str) -> tuple[str, ...]:
    """The words of a label without those between two orders: `buy`, `sell` of `buy, then sell`."""
    return tuple(word for word in words(label) if word not in _BETWEEN)


def directions(side: Column) -> list[int]:
    """The direction of each record; of a column such as `is_short`, what its truth says."""
    if is_signed_side(side):
        return [_SIGNED.get(label, 0) for label in side.labels]
    if side.kind in (BOOLEAN, NUMBER):
        yes = -1 if "short" in side.words else 1
        meaning = {"true": yes, "1": yes, "false": -yes, "0": -yes}
        return [meaning.get(label, 0) for label in side.labels]
    known = _letters(side) or {label: direction(label) for label in side.distinct}
    if _TO_OPEN_OR_CLOSE & known.keys():
        known["btc"] = 1  # bought to close, and no coin
    known.setdefault("", 0)
    return [known[label] for label in side.labels]
