"""Options: which column says call or put, and how many contracts were traded.

direction PUT   strike 195   expiration 2026-05-22   entry 0.70   exit 1.40   contracts 2

A put that was bought earns as its price rises, so the word is no side. One of its price is for 100
shares, which a contract is of: this trade earned 140.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.words.names import word_set

_KINDS = word_set("call put calls puts")
_LETTERS = word_set("c p ce pe")
"""What says call or put in short, where a strike is beside it."""
_SHARES = word_set("stock stocks equity share shares etf")
_OPTION = word_set("option options opt")
_END = word_set("expiration expiry expires maturity dte")
_UNDERLYING = word_set("index spot underlying stock future futures fut")
OF_OPTION = re.compile(r"(?:[0-9]([cp])e|[0-9]{6}([cp])[0-9]{8})\Z")
"""How symbols of options end: `NIFTY26APR24000CE`, `SPY260116C00500000`."""
_DESCRIBING = word_set("description contract option instrument leg")
_DESCRIBED = re.compile(r"\b(?:call|put)s?\b.*[0-9]|[0-9].*\b(?:call|put)s?\b")
"""`SPY 01/17/2026 Call $485.00`, `Put 485`."""
_LEAST = 2


def kinds_of_options(columns: Sequence[Column]) -> list[Column]:
    """The columns whose only words are call and put, where a strike or the like shows options."""
    names = [set(one.words) for one in columns if one.filled]
    has_strike = any("strike" in one for one in names)
    kinds = _KINDS | _LETTERS if has_strike else _KINDS
    said = [_without_shares(one, kinds) for one in columns if one.kind == TEXT]
    said = [one for one in said if _says_only(one, kinds)]
    if not said:
        return []
    has_end = any(one & _END for one in names)
    has_contracts = any("contracts" in one for one in names)
    if has_strike or (has_end and has_contracts) or any(one & _OPTION for one in names):
        return said
    return []


def _without_shares(column: Column, kinds: Set[str]) -> Column:
    """A column of kinds of options without the word for shares: `CALL`, and nothing for `STOCK`."""
    labels = {*column.distinct} - {""}
    if not labels & _SHARES or not labels & kinds or labels - kinds - _SHARES:
        return column
    values = [None if label in _SHARES else value
              for label, value in zip(column.labels, column.values, strict=True)]  # fmt: skip
    return Column(column.path, values, TEXT)


def describes_options(column: Column, rows: Sequence[int]) -> bool:
    """Whether texts name an option by its kind and a number in at least half of the records."""
    if column.kind != TEXT or not set(column.words) & _DESCRIBING:
        return False
    return sum(bool(_DESCRIBED.search(column.labels[row])) for row in rows) * 2 >= len(rows) > 0


def _says_only(column: Column, kinds: Set[str]) -> bool:
    labels = set(column.distinct) - {""}
    return bool(labels) and labels <= kinds


def earn_as_prices_fall(
    kinds: Sequence[Column], entry: Column, out: Column, results: Sequence[Column]
) -> bool:
    """Whether puts earned where the price fell, as where it is that of what the option is on."""
    rose = fell = 0
    for kind in kinds[:1]:
        for row, label in enumerate(kind.labels):
            first, last = entry.numbers[row], out.numbers[row]
            earned = next((one.numbers[row] for one in results if one.numbers[row]), None)
            if label.startswith("put") and first and last and earned and first != last:
                rose += (earned > 0) == (last > first)
                fell += (earned > 0) == (last < first)
    return fell > rose and fell >= _LEAST


def contracts_of(columns: Sequence[Column]) -> Column | None:
    """The number of contracts, which comes before a size: that may be the money paid for them."""
    counted = (one for one in columns if one.kind == NUMBER and one.words == ("contracts",))
    return next((one for one in counted if any(one.numbers)), None)


def without_underlying(results: Sequence[Column], symbol: Column | None) -> list[Column]:
    """The results without that of the index or share that options are on, beside their own.

    It says what the same number of the underlying would have earned: `index_pnl`, `option_pnl`.
    """
    labels = set(symbol.distinct) - {""} if symbol is not None else set()
    if not labels or not all(map(OF_OPTION.search, labels)):
        return [*results]
    if not any(set(one.words) & _OPTION for one in results):
        return [*results]
    return [one for one in results if not set(one.words) & _UNDERLYING]
