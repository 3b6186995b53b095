"""What a symbol is quoted in, as its name says.

BTCUSDT, ETH/USDT    USDT        EURUSD=X, EUR/USD    USD
KRW-BTC              KRW         RELIANCE.NS          INR
"""

from __future__ import annotations

import re

DOLLARS = frozenset(("USDT", "USDC", "BUSD", "FDUSD", "USD"))
_MAJOR = ("USD", "EUR", "GBP", "JPY", "INR", "KRW")
_QUOTES = ("USDT", "USDC", "BUSD", "FDUSD", *_MAJOR, "BTC", "ETH")
_EXCHANGES = {
    **dict.fromkeys(("NS", "BO"), "INR"),
    **dict.fromkeys(("DE", "PA", "MI", "AS", "MC", "BR", "VI", "HE"), "EUR"),
    **dict.fromkeys(("SS", "SZ"), "CNY"),
    **dict.fromkeys(("KS", "KQ"), "KRW"),
    **dict.fromkeys(("TW", "TWO"), "TWD"),
    "T": "JPY",
    "TO": "CAD",
    "HK": "HKD",
    "AX": "AUD",
    "SA": "BRL",
    "SR": "SAR",
    "JK": "IDR",
}
"""What shares are quoted in by the exchange that Yahoo's symbols end with."""
OF_STATES = frozenset(
    (*_MAJOR, *_EXCHANGES.values(), "CHF", "NZD", "SEK", "NOK", "SGD", "CNH", "MXN", "ZAR")
)
_PAIR = re.compile("([A-Z]{3})[-/_ ]?([A-Z]{3})(?:=X)?")
_TICKER = re.compile("[A-Z]{1,5}")
_GAPS = re.compile("[-/_ ]")


def pair_of(symbol: str) -> tuple[str, str] | None:
    """The two currencies of states that a symbol such as `EURUSD` names; None where it does not."""
    pair = _PAIR.fullmatch(symbol.upper())
    if pair is None or not {pair[1], pair[2]} <= OF_STATES:
        return None
    return pair[1], pair[2]


def of_exchange(symbol: str) -> str:
    """What a share is quoted in by the exchange that its symbol ends with; empty: not known."""
    share, _, exchange = symbol.upper().rpartition(".")
    return _EXCHANGES.get(exchange, "") if share else ""


def is_ticker(symbol: str) -> bool:
    """Whether a symbol is one of letters alone, which beside others of Yahoo is of the US."""
    return _TICKER.fullmatch(symbol) is not None


def quote_of(symbol: str) -> str:
    """What a symbol is quoted in; empty: not known."""
    label = symbol.upper().partition(":")[0].removesuffix("-SWAP")
    if (pair := pair_of(label)) is not None:
        return pair[1]
    if code := of_exchange(label):
        return code
    first, *others = _GAPS.split(label)
    of_money = {*DOLLARS, *_MAJOR}
    if first in of_money and others and others[0] and others[0] not in of_money:
        return first
    return next((code for code in _QUOTES if label.endswith(code) and label != code), "")
