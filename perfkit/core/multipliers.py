"""What a contract of a symbol is worth a point, by the keys of `multiplier`.

    {ES: 50, "EUR*": 100000}

    ES                       50       the symbol itself
    ESZ6, ESZ26, ES 12-26    50       a contract of it: a month and a year follow
    EURUSD                   100000   a pattern, with * and ?
    ESTC                     none: nothing is said of it

The symbol itself counts before a contract, and a contract before a pattern; of several, the longest
key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fnmatch import fnmatchcase

_CONTRACT = re.compile(r"[ -]?(?:[FGHJKMNQUVXZ][0-9]{1,4}|[0-9]{2}-[0-9]{2,4})(?:[.@ ].*)?")


def multipliers_of(
    given: Mapping[str, Decimal], symbols: Iterable[str | None]
) -> dict[str, Decimal]:
    """The multipliers with those of symbols that a key stands for; other symbols have none."""
    found = dict(given)
    for symbol in set(symbols) - given.keys():
        key = None if symbol is None else _key_of(symbol, given)
        if symbol is not None and key is not None:
            found[symbol] = given[key]
    return found


def _key_of(symbol: str, keys: Iterable[str]) -> str | None:
    contracts = [
        key
        for key in keys
        if symbol.startswith(key) and _CONTRACT.fullmatch(symbol.removeprefix(key))
    ]
    patterns = [key for key in keys if {"*", "?"} & set(key) and fnmatchcase(symbol, key)]
    return max(contracts or patterns, key=len, default=None)
