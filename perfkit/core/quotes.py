"""The currency that a traded pair is priced in, from its symbol.

    ETHBTC              BTC        XXBTZUSD, ADA/XBT    USD, BTC
    EURUSD.m, EURUSDx   USD        as some brokers mark their symbols
    BTCUSDT, BTC-USDT   USDT       ETH-USDT-SWAP        USDT
    BTC/USDT:USDT       USDT       BTCPERP              USDC, as Bybit names its contracts

Where nothing separates the two, the longest known currency that a symbol ends with counts, if three
letters are before it: BTCBUSD is in BUSD, BNBUSD in USD. What is not recognised is no currency, and
neither is a contract such as BTC-USD-SWAP or BTCUSD_PERP, which earns what is before the USD.
"""

from __future__ import annotations

import re

_KNOWN = (
    *("USDT", "USDC", "USDE", "USDD", "USDG", "USDP", "BUSD", "FDUSD", "PYUSD", "DAI"),
    *("USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "SGD", "HKD", "CNY", "CNH", "KRW"),
    *("INR", "TRY", "BRL", "MXN", "ARS", "COP", "ZAR", "RUB", "UAH", "PLN", "CZK", "RON", "IDR"),
    *("NGN", "SEK", "NOK", "DKK", "EURC", "EURT"),
    *("BTC", "XBT", "ETH", "BNB", "SOL", "TRX", "XRP", "DOGE", "DOT"),
)
"""Currencies that pairs are priced in."""

_CONTRACT = re.compile(r"[-_](?:PERP|SWAP|[0-9]{2,8}(?:[-_].*)?)$")


def quote_of(symbol: str, currency: str | None = None) -> str | None:
    """The currency of the prices of a pair; None if it is not recognised.

    The `currency` of a source counts as known.
    """
    plain = re.sub(r"(?<=[A-Z]{6})(?:[.#].*|[a-z]+)$", "", symbol.strip())
    text, _, settled = plain.upper().partition(":")
    known = {one.upper() for one in (*_KNOWN, *([currency] if currency else []))}
    pair = _CONTRACT.sub("", text)
    parts = re.split(r"[-_/]", pair)
    if len(parts) == 2:
        quote = parts[1]
    else:
        fitting = [one for one in known if pair.endswith(one) and len(pair) > len(one)]
        quote = max(fitting, key=lambda one: (len(pair) - len(one) > 2, len(one)), default="")
        quote = "USDC" if not quote and pair.endswith("PERP") else quote
    quote = {"XXBT": "XBT", "ZUSD": "USD", "ZEUR": "EUR"}.get(quote, quote)
    if (pair != text and quote == "USD") or (settled and settled.partition("-")[0] != quote):
        return None
    if quote == "XBT" and (currency or "").upper() != "XBT":
        return "BTC"
    return quote or None
