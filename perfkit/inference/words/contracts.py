"""Symbols of futures and of options, one of which is worth more than its price.

ESZ25   MNQ 03-26   GC=F   FDXS DEC 21           futures
SPY260116C00500000   SPY 1/16/2026 Call $500     options on 100 shares

Brokers in India count such contracts in units, each of which is worth its price, and so are the
shares and coins whose names only look like a future: only roots of futures are known here.
"""

from __future__ import annotations

import re

from perfkit.inference.words.names import word_set
from perfkit.inference.words.quotes import pair_of

_ROOTS = word_set("""
    es mes nq mnq ym mym rty m2k emd nkd cl mcl qm ng mng qg rb ho bz gc mgc qo si sil qi hg mhg pl
    pa zb zn zf zt ub tn zc zs zw zl zm ke he le gf cc kc ct sb oj 6e 6b 6j 6a 6c 6s 6n m6e m6b m6a
    mbt met vx vxm dx fdax fdxm fdxs fesx fsxe fgbl fgbm fgbs fgbx win wdo ind dol
    """)
_WORTH = dict(
    part.split("=")
    for part in [
        "es=50",
        "mes=5",
        "nq=20",
        "mnq=2",
        "ym=5",
        "mym=0.5",
        "rty=50",
        "m2k=5",
        "cl=1000",
        "mcl=100",
        "ng=10000",
        "gc=100",
        "mgc=10",
        "si=5000",
        "zb=1000",
        "zn=1000",
        "fdax=25",
        "fdxm=5",
        "fdxs=1",
        "fesx=10",
    ]
)
"""What one future is worth for each point of its price, in the currency of its exchange."""
_NO_SHARES = word_set(
    "mes nq mnq ym mym rty m2k mcl mgc mbt fdax fdxm fdxs fesx fsxe fgbl 6e 6b 6j 6a 6c 6s m6e m6b"
)
"""Roots that stand for the future without a month as well, as no share is called so."""
_METALS = frozenset(("xauusd", "xagusd", "xauusdt", "gold", "silver"))
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_END = rf"[ -]?[fghjkmnquvxz][0-9]{{1,4}}| [0-9]{{2}}-[0-9]{{2,4}}| (?:{_MONTHS}) ?'?[0-9]{{2,4}}"
_FUTURE = re.compile(rf"/?(?P<root>[a-z0-9]{{2,4}}?)(?:=f|[0-9]?!|{_END})(?:[.@ ].*)?")
_ROOT = re.compile(r"/(?P<root>[a-z0-9]{2,4})")
_LONGEST = 60
_WITH_LETTER = 7
_KIND = r"(?:\b(?:call|put)\b.*[0-9]|[0-9] ?(?:call|put|c|p))"
_DAY = rf"(?:[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{2,4}}|(?:{_MONTHS})[a-z]*)"
_OPTION = re.compile(
    r"\.?[a-z]{1,6}[ _-]*[0-9]{6}[cp][0-9]{8}"
    r"|\.[a-z]{1,6}[0-9]{6}[cp][0-9.]+"
    rf"|[a-z.]{{1,6}} .*{_DAY} .*{_KIND}"
)


def is_future(symbol: str) -> bool:
    """Whether a symbol in lower case is a future of an exchange, whose points are worth more."""
    if symbol in _NO_SHARES:
        return True
    found = _FUTURE.fullmatch(symbol) or _ROOT.fullmatch(symbol)
    return found is not None and found["root"] in _ROOTS


def worth_of_a_point(symbol: str) -> str:
    """What a future is worth for each point of its price, by its root; empty where not known."""
    found = _FUTURE.fullmatch(symbol) or _ROOT.fullmatch(symbol)
    return _WORTH.get(symbol if found is None else found["root"], "")


def is_currency_pair(symbol: str) -> bool:
    """Whether a symbol in lower case is a pair such as EURUSD, perhaps with a broker's letter."""
    pair = symbol.removesuffix("=x").partition(".")[0]
    return pair_of(pair) is not None or (
        len(pair) == _WITH_LETTER and pair_of(pair[:-1]) is not None
    )


def is_metal(symbol: str) -> bool:
    """Whether a symbol in lower case is gold or silver, as brokers of currencies write them."""
    plain = symbol.partition(".")[0]
    return plain in _METALS or plain[:-1] in _METALS


def is_gold(symbol: str) -> bool:
    """Whether a symbol in lower case is gold, of which a lot is 100 ounces."""
    return is_metal(symbol) and symbol.startswith(("xau", "gold"))


def is_share_option(name: str) -> bool:
    """Whether a name in lower case is that of an option on shares, as exchanges write these."""
    return len(name) <= _LONGEST and _OPTION.fullmatch(name) is not None
