"""What the name of a column says: words, and which part of a trade they stand for.

    words("realizedPnl")        ("realized", "pnl")
    words("Net P/L (USD)")      ("net", "pnl", "usd")
    words("trade.exitPrice")    ("trade", "exit", "price")

A name is compared by its words, so `exit_price`, `exitPrice` and `Exit Price` are the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from perfkit.inference.words.languages import translated


def word_set(text: str) -> frozenset[str]:
    """The words of a text, without order."""
    return frozenset(text.split())


PERCENT = "%"
FRACTION = "fraction"
RISK = "R"
POINTS = "points"
MONEY = "money"

CURRENCIES = {
    **{
        code: code.upper()
        for code in (
            *("usd", "usdt", "usdc", "busd", "eur", "gbp", "jpy", "chf", "aud", "cad", "inr"),
            *("krw", "cny", "hkd", "sgd", "brl", "btc", "eth", "sol", "bnb", "xrp", "near"),
            *("nzd", "sek", "nok", "dkk", "pln", "czk", "rub", "mxn", "zar", "thb", "twd", "idr"),
        )
    },
    **dict.fromkeys(("dollar", "dollars", "$"), "USD"),
    **dict.fromkeys(("euro", "euros", "€"), "EUR"),
    **dict.fromkeys(("rupees", "rs", "₹"), "INR"),
    "yen": "JPY",
    **dict.fromkeys(("yuan", "rmb"), "CNY"),
    **dict.fromkeys(("sterling", "£"), "GBP"),
}
_PERCENTS = word_set("pct percent percentage perc prct %")
_UNITS = {
    **dict.fromkeys((*_PERCENTS, "roi", "roe"), PERCENT),
    **dict.fromkeys(("return", "returns", "ret", "ratio", "bps"), PERCENT),
    **dict.fromkeys(("r", "multiple", "rr"), RISK),
    **dict.fromkeys(("pips", "pip", "points", "pts", "ticks", "pp"), POINTS),
}
_OF_RATES = word_set("rate pnl profit gain result return returns net realized trade final actual")
"""Words of names such as `profit_rate`, which is what a trade earned in per cent of it."""
_OF_UNITS = word_set("r multiple achieved actual net gross realized trade final made in per")
"""Words that beside that of a unit say nothing else."""
_SPELLINGS = {
    "realised": "realized",
    "unrealised": "unrealized",
    "booked": "realized",
    "unbooked": "unrealized",
    "commissions": "commission",
    "fees": "fee",
    "qty": "quantity",
    "ts": "time",
    "datetime": "time",
    "timestamp": "time",
    "px": "price",
    "closing": "close",
    "closed": "close",
    "opened": "open",
    "opening": "open",
    "exited": "exit",
    "share": "shares",
    "entered": "entry",
    "pl": "pnl",
    "sym": "symbol",
    "vol": "volume",
    "gains": "gain",
    "profits": "profit",
    "results": "result",
    "ex": "exit",
}
_PNL = re.compile(
    r"p(?:n|[/&]|rofit[ _/&(-]*(?:and|or|n)?[ _/&(-]*)l(?:oss)?(?-i:(?![a-z]))", re.IGNORECASE
)
_CASED = re.compile("(?<![A-Za-z])([RU]?)PnL(?![a-z])")
"""The word in capitals, whose pieces are none: PnL."""
_GAIN_OR_LOSS = re.compile(
    r"gains?[ _/&(-]*(?:and|or|n)?[ _/&(-]*loss(?:es)?(?![a-z]|[ _-]*ratio)|"
    r"(?<![a-z])g/l(?![a-z])",
    re.IGNORECASE,
)
_SIGNS = {
    "R$": "brl",
    "US$": "usd",
    "HK$": "hkd",
    "NT$": "twd",
    "AU$": "aud",
    "A$": "aud",
    "CA$": "cad",
    "C$": "cad",
    "NZ$": "nzd",
    "S$": "sgd",
    "MX$": "mxn",
    "₩": "krw",
    "₽": "rub",
    "฿": "thb",
    "ZŁ": "pln",
}
_SIGN = re.compile(
    "(?<![A-Za-z])(?:" + "|".join(map(re.escape, _SIGNS)) + ")(?![A-Za-z])", re.IGNORECASE
)
"""Signs of currencies, of which `R$` is the real and no R of what was risked."""
_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+[a-z]*|[$%€£₹]|[^\W\d_A-Za-z]+")
_GLUED = re.compile(
    "(net|gross|total|realized|realised|unrealized|unrealised|closed|cum|r|u)?(pnl|profit|pl)"
    "(usd|usdt|usdc|eur|inr|pct|percent|perc|abs|ratio|money|loss|comm)?"
)
_GLUED_ROLES = re.compile(
    "(entry|exit|open|close|buysell|buy|sell|avg|fill|traded|trade|order|exec|position|unit|share)"
    "(price|time|date|id|qty|quantity|size|type|reason|side)"
)
_GLUED_TIMES = re.compile("(dt)(open|close|in|out)|(open|close|entry|exit)(dt)")
_ONE_LETTER = re.compile("(?<![a-z])[ru](?=pn?l(?![a-z]))", re.IGNORECASE)
_LETTER = {"r": "realized", "u": "unrealized"}

_DOT = re.compile(r"(?<=[^\s.])\.(?=[^\s.])")

_BASES = {"pnl": 24, "profit": 22, "gain": 14, "earnings": 12, "result": 10}
"""How well a word says that a number is what a trade earned, in tenths."""

NOT_EARNED = word_set("""
    expected estimated est potential predicted prediction target take max min maximum minimum
    mae mfe bar bars
    hourly daily day week weekly month monthly unrealized floating live open
    avg average mean median factor peak
    implied modeled model theoretical hypothetical best worst high low highest lowest
    threshold limit
    stop trailing tp sl ev margin rate count number num status id type currency reason label note
    time date at locked missed prob probability confidence score win wins loss losses trades
    percentile rank std var version color required desired goal projected possible if
    entry balance equity color text message remaining previous prev
    train training test validation benchmark forward fwd future annual annualized ytd mtd ttm yoy
    qoq trend momentum asset assets revenue operating growth surprise yield consensus forecast basis
    guaranteed achievable attainable estimate estimates estimation projection
    rolling latest breakeven be scenario yearly sum pot sharpe sortino calmar mdd turnover ann cagr
    successful successfully alltime
    """)
"""Words that turn a name with `pnl` in it into something else than the result of a trade."""
_SPAN = re.compile("[0-9]+(?:m|min|h|d|w|y|mo|days?|bars?|weeks?|months?)")
"""What a result or a return is that is measured over some time: `20d`, whatever was held."""
_OF_MARKETS = word_set(
    "market index sector stock underlying cur past prior lookback rolling gap hold hodl factor "
    "portfolio"
)
"""Words of what earned a return, or when, that is not the trade."""

_AHEAD = word_set(
    "target targets plan planned expected potential estimate estimates projection holdings holding"
)
"""Words of an object whose results are none that were earned yet."""
OF_STATES = word_set(
    "unrealized floating open state states snapshot snapshots current last latest previous prev "
    "account portfolio wallet positions param params parameters config settings rules"
)
"""Words of an object that says how things stand, whatever the record that it lies in is about."""
_OF_COSTS = word_set(
    "fee fees commission funding swap tax slippage spread brokerage interest borrow"
)
"""Words of what a trade costs: `funding_r` is a part of its result, and not the result."""
_SMALLEST = {
    **dict.fromkeys(("lamports", "lamport"), (10**9, "SOL")),
    **dict.fromkeys(("sats", "sat", "satoshi", "satoshis"), (10**8, "BTC")),
    "wei": (10**18, ""),
    "gwei": (10**9, ""),
}
"""The smallest units of coins, how many of them are one, and of which; several chains have wei."""
RUNNING = word_set("total cum cumulative cumul running overall lifetime session acc")
_BESIDE = word_set("realized abs close trade amount value exit final cents fee fees combined")
"""Words that beside that of a result change nothing."""
_OF_ORDERS = word_set("quantity size shares volume units contracts lots leverage")
"""Words of a part of an order, such as `result.quantity`, in an object that is called a result."""
_OF_ACCOUNTS = word_set(
    "asset worth price liq liquidation liquidity income debt sales flow inflow outflow exposure "
    "proceeds invested investment cost paid spent received spread volatility vol variance "
    "change chg delta position quantity volume credit debit premium"
)
"""Words beside `net` of what an account holds, a company earns or a market does."""
NET = frozenset(("net", "after", "comm"))
GROSS = frozenset(("gross", "raw", "before"))


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, synonyms spelled one way."""
    marked = translated(_CASED.sub(r" \1pnl ", name.replace("\uff05", "%")))
    marked = _ONE_LETTER.sub(lambda found: f"{_LETTER[found[0].lower()]} ", marked)
    marked = _SIGN.sub(lambda found: f" {_SIGNS[found[0].upper()]} ", marked)
    marked = _PNL.sub(" pnl ", _GAIN_OR_LOSS.sub(" gain ", marked))
    if marked.strip().lower() == "pl":
        marked = "pnl"
    found = [part for piece in _PIECES.findall(marked) for part in _parted(piece.lower())]
    return tuple(_SPELLINGS.get(word, word) for word in found)


def spelled(name: str) -> str:
    """The words of a name that is written as `exit_price` is, without a look for others in it."""
    return " ".join(_SPELLINGS.get(word, word) for word in name.split("_"))


def _parted(word: str) -> list[str]:
    """The words of one that is written without a gap: `rpnl`, `pnlpct`, `entryprice`."""
    glued = _GLUED.fullmatch(word)
    if glued is not None and word not in ("pl", "profit") and (glued[1] or glued[2] != "pl"):
        base = "pnl" if glued[2] == "pl" or glued[3] == "loss" else glued[2]
        parts = (_LETTER.get(glued[1] or "", glued[1]), base, glued[3])
        return [part for part in parts if part and part != "loss"]
    roles = _GLUED_ROLES.fullmatch(word) or _GLUED_TIMES.fullmatch(word)
    return [word] if roles is None else [part for part in roles.groups() if part]


def inner_name(name: str) -> str:
    """The name of a field without those of the objects around it: `price` of `exit.price`.

    A dot before a blank or at the end belongs to the name, as in `Cum. Profit` and `Qty.`.
    """
    return _DOT.split(name)[-1]


def lies_in_state(path: Sequence[str]) -> bool:
    """Whether a field is part of how things stand, such as `last_trade.price`."""
    return any(set(words(outer)) & OF_STATES for outer in path[:-1])


class PnlName(NamedTuple):
    """What the name of a P&L column says.

    `score` is in tenths, 24 for a plain `pnl`; `unit` is money, per cent, R or points; `currency`
    is one the name has, else empty. `is_running` says that it may be a total so far, `is_bare` that
    it is that of a unit alone, `is_absolute` that it is an amount and no share, as `profit_abs` is.
    """

    score: int
    unit: str
    currency: str
    is_net: bool
    is_gross: bool
    is_running: bool
    per_unit: int = 1
    is_bare: bool = False
    is_absolute: bool = False


def pnl_name(name: str) -> PnlName | None:
    """The reading of a name as that of a result; None where it says something else.

    `pnl_cents` counts hundredths: its `per_unit` is 100. A name such as `dollars` is one of a unit
    alone.
    """
    parts = words(name)
    last = words(inner_name(name))
    meant = set(last) if set(last) & _BASES.keys() else set(parts)
    is_rate = "rate" in meant and meant <= _OF_RATES | _PERCENTS and len(meant) > 1
    if meant & NOT_EARNED - ({"rate"} if is_rate else set()) or any(map(_SPAN.fullmatch, meant)):
        return None
    if "price" in last and not set(last) & _BASES.keys():
        return None
    if set(last) & _OF_ORDERS and not set(last) & (_BASES.keys() | _UNITS.keys()):
        return None
    if set(words(name.removesuffix(inner_name(name)))) & (_AHEAD | OF_STATES):
        return None
    score = max((_BASES[word] for word in meant & _BASES.keys()), default=0)
    if not score and meant & {"net", "realized"} and not meant & _OF_ACCOUNTS:
        score = 0 if {"net", "amount"} <= meant else 12  # which is what an order cost
    unit = next((_UNITS[word] for word in last if word in _UNITS), PERCENT if is_rate else MONEY)
    if not score and unit in (PERCENT, RISK) and meant - {"pct", "percent", "%"}:
        score = _score_of_return(meant)
    is_bare = not score and set(last) <= CURRENCIES.keys() | _UNITS.keys() | _OF_UNITS
    if is_bare and set(last) - _OF_UNITS:
        score = 8
    if not score:
        return None
    if score == _BASES["result"] and unit in (POINTS, RISK):
        score += 8  # results in pips are nothing else
    currency = next((CURRENCIES[word] for word in last if word in CURRENCIES), "")
    unknown = meant - _BASES.keys() - _UNITS.keys() - CURRENCIES.keys() - RUNNING - NET - GROSS
    unknown -= _BESIDE | _SMALLEST.keys() | {"rate"}
    cents, currency = _parts_of_one(meant, currency)
    return PnlName(
        score=max(score - 3 * len(unknown), 6),
        unit=unit,
        currency=currency if unit == MONEY else "",
        is_net=bool(meant & NET),
        is_gross=bool(meant & GROSS),
        is_running=bool(meant & RUNNING),
        per_unit=cents,
        is_bare=is_bare,
        is_absolute="abs" in meant,
    )


def _score_of_return(meant: set[str]) -> int:
    """How well words say that a return or a multiple is that of a trade; 0 where of another thing.

    A `trade_return` is one, as a `pnl` is, and `r14` is over fourteen bars.
    """
    is_other = any(word[0].isdigit() for word in meant)
    costs = meant & _OF_COSTS - ({"spread"} if meant & {"return", "returns"} else set())
    is_other = is_other or bool(costs and not meant & (NET | GROSS))
    known = meant & {"return", "returns", "ret", "roi", "multiple", "r"}
    if not known or is_other or meant & _OF_MARKETS:
        return 0
    return _BASES["pnl"] if "trade" in meant else 12


def _parts_of_one(meant: set[str], currency: str) -> tuple[int, str]:
    """How many of what a name counts are one, and the currency: 100 cents are a dollar."""
    for word in meant & _SMALLEST.keys():
        return _SMALLEST[word]
    return (100, currency or "USD") if meant & {"cents", "cent", "bps"} else (1, currency)


_CLOSING_TIME = word_set(
    "exit close resolve resolved settle settled settlement sell sold end ended finish out"
)
_OPENING_TIME = word_set("entry open buy bought placed start in added enter")
_TIME_WORDS = word_set("time date data at ts t when day dt utc on bar candle")
_INTENDED = _AHEAD | word_set("scheduled intended estimated projected deadline due max maximum")
_REACHED = word_set("hit reached")
CLOSED, OPENED, EVENT = "closed", "opened", "event"
_OUTER_ROLES = {
    **dict.fromkeys(("close", "exit", "closed", "closing", "sell"), CLOSED),
    **dict.fromkeys(("open", "entry", "opened", "opening", "buy"), OPENED),
}
"""Objects whose times are those of a close or of an opening: `close.time`."""


def time_role(name: str) -> str:
    """Whether a time is that of the close, of the opening, or of the record; empty: of neither."""
    parts = words(inner_name(name))
    if set(parts) & {"expiry", "expiration", "maturity", "updated", "expires", "next", "signal"}:
        return ""
    if set(parts) >= {"market", "end"}:  # which is that of the market, whoever holds it
        return ""
    if set(parts) & _INTENDED and not set(parts) & _REACHED:
        return ""
    if set(parts) & _CLOSING_TIME:
        return CLOSED
    if set(parts) & _OPENING_TIME:
        return OPENED
    if set(parts) & _TIME_WORDS or set(parts) & {"logged", "created"}:
        return _OUTER_ROLES.get(name.removesuffix(inner_name(name)).rstrip(".").lower(), EVENT)
    return ""
