"""Symbols of futures and of options, one of which is worth more than its price.

ESZ25   MNQ 03-26   GC=F   FDXS DEC 21           futures
SPY260116C00500000   SPY 1/16/2026 Call $500     options on 100 shares

Brokers in India count such contracts in units, each of which is worth its price, and so are the
shares and coins whose names only look like a future: only roots of futures are known here.
"""

from __future__ import annotations

import re

from perfkit.inference.table.names import word_set

_ROOTS = word_set("""
    es mes nq mnq ym mym rty m2k emd nkd cl mcl qm ng mng qg rb ho bz gc mgc qo si sil qi hg mhg pl
    pa zb zn zf zt ub tn zc zs zw zl zm ke he le gf cc kc ct sb oj 6e 6b 6j 6a 6c 6s 6n m6e m6b m6a
    mbt met vx vxm dx fdax fdxm fdxs fesx fsxe fgbl fgbm fgbs fgbx win wdo ind dol
    """)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_END = rf"[ -]?[fghjkmnquvxz][0-9]{{1,4}}| [0-9]{{2}}-[0-9]{{2,4}}| (?:{_MONTHS}) ?'?[0-9]{{2,4}}"
_FUTURE = re.compile(rf"/?(?P<root>[a-z0-9]{{2,4}}?)(?:=f|[0-9]?!|{_END})(?:[.@ ].*)?")
_ROOT = re.compile(r"/(?P<root>[a-z0-9]{2,4})")
_LONGEST = 60
_KIND = r"(?:\b(?:call|put)\b.*[0-9]|[0-9] ?(?:call|put|c|p))"
_DAY = rf"(?:[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{2,4}}|(?:{_MONTHS})[a-z]*)"
_OPTION = re.compile(
    r"\.?[a-z]{1,6}[ _-]*[0-9]{6}[cp][0-9]{8}"
    r"|\.[a-z]{1,6}[0-9]{6}[cp][0-9.]+"
    rf"|[a-z.]{{1,6}} .*{_DAY} .*{_KIND}"
)


def is_future(symbol: str) -> bool:
    """Whether a symbol in lower case is a future of an exchange, whose points are worth more."""
    found = _FUTURE.fullmatch(symbol) or _ROOT.fullmatch(symbol)
    return found is not None and found["root"] in _ROOTS


def is_share_option(name: str) -> bool:
    """Whether a name in lower case is that of an option on shares, as exchanges write these."""
    return len(name) <= _LONGEST and _OPTION.fullmatch(name) is not None
