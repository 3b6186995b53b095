"""Which unit the results are in: a currency, per cent, points, or money of which none is named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import Column
from perfkit.inference.words.names import CURRENCIES, FRACTION, MONEY, PERCENT, word_set
from perfkit.inference.words.quotes import (
    DOLLARS,
    OF_STATES,
    is_ticker,
    of_exchange,
    pair_of,
    quote_of,
)
from perfkit.inference.words.role_names import is_fee

UNKNOWN = "money"
"""Stands for a currency that the log does not name."""
_KNOWN = frozenset(("USD", "EUR", "GBP", "JPY", "INR", "KRW"))
"""Currencies that results of pairs such as EURUSD are taken to be in."""
_LEAST_CONVERTED = 3
_ROUND = Decimal("1.2")
"""What a lot is worth for each 1 of its price is a round number, costs taken into account."""
_CODE = re.compile(r"[A-Za-z]{2,10}")
_AMOUNTS = word_set(
    """
    size amount stake balance cost fee notional value pnl risk equity capital profit bet position
    investment volume
    """
)


class Unit(NamedTuple):
    """The `currency` of a source, and what was assumed or has to be asked."""

    currency: str
    assumed: tuple[str, ...]
    doubts: tuple[Doubt, ...]


def unit_of(
    unit: str,
    named: str,
    pnl: Column | None,
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    rows: Sequence[int],
    *,
    is_in_quotes: bool = True,
) -> Unit:
    """The unit of the results: one that the names or values say, else `money`.

    `is_in_quotes` says that they are computed from prices, or proved to be what these give.
    """
    if unit in (PERCENT, FRACTION):
        return Unit("%", ("results are in per cent; sums of them are not compounded",), ())
    if unit != MONEY:
        return Unit(unit, (f"results are in {unit}, not money",), ())
    column = roles.get("currency")
    if column is not None:
        codes = sorted({str(column.values[row]) for row in rows if column.present[row]})
        if len(codes) == 1 and _CODE.fullmatch(codes[0]):
            return Unit(codes[0].upper(), (), ())
        if 1 < len(codes) <= 8 and all(map(_CODE.fullmatch, codes)):
            return Unit(codes[0].upper(), (), (_of_several(column, codes),))
    if named:
        return Unit(named, (), ())
    written = {shapes.unit_of_number(value) for value in pnl.sample[:50]} if pnl else set()
    codes = sorted(code for code in written if code.isalpha())
    if len(written) == len(codes) == 1:
        return Unit(codes[0], (), ())
    if len(codes) > 1:
        asked = f"{pnl.name if pnl else ''} has amounts in {' and '.join(codes)}; which count?"
        answers = tuple(Answer(f"those in {code}", {"currency": code}) for code in codes)
        return Unit(codes[0], (), (Doubt("currencies", asked, answers),))
    prices = [roles[role] for role in ("price", "entry_price", "exit_price") if role in roles]
    found = _written_in(prices)
    if is_in_quotes or not _are_converted(pnl, roles, rows):
        found = found or _of_symbols(roles.get("symbol"), rows, is_in_quotes=is_in_quotes)
    found = found or _written_in([column for column in columns if is_fee(column.name)])
    several = _of_several_quotes(roles.get("symbol"), rows, is_in_quotes=is_in_quotes)
    if several is not None:
        doubt = _or_in_per_cent(several, pnl, roles) if is_in_quotes else several
        return Unit(UNKNOWN, (), (doubt,))
    found = found or _of_names(columns)
    if found:
        return Unit(found, (f"the currency is {found}, as other names or symbols say",), ())
    return Unit(UNKNOWN, ("no currency is named; write its code at `currency:`",), ())


def _written_in(parts: Sequence[Column]) -> str:
    """The one currency that prices or costs are written with: USD of `$100.00`."""
    found = {shapes.unit_of_number(value) for part in parts for value in part.sample[:50]} - {""}
    code = found.pop() if len(found) == 1 else ""
    return code if code.isalpha() and len(code) > 2 else ""


def _of_several(column: Column, codes: Sequence[str]) -> Doubt:
    """Amounts of several currencies are never added: one of them has to be chosen."""
    where = f"only.{column.expression}"
    return Doubt(
        "currencies",
        f"Amounts are in {' and '.join(codes)}, which cannot be added; which of them count?",
        tuple(
            Answer(f"those in {code}", {"currency": code.upper(), where: code}) for code in codes
        ),
    )


def _quotes(column: Column | None, rows: Sequence[int]) -> dict[str, list[str]]:
    """The symbols by the currency in which each is quoted; under an empty text, those of none."""
    found: dict[str, list[str]] = {}
    if column is None:
        return found
    symbols = dict.fromkeys(str(column.values[row] or "") for row in rows)
    is_of_yahoo = any(map(of_exchange, symbols))
    for symbol in symbols:
        code = quote_of(symbol) or ("USD" if is_of_yahoo and is_ticker(symbol) else "")
        found.setdefault(code, []).append(symbol)
    return found


def _of_symbols(column: Column | None, rows: Sequence[int], *, is_in_quotes: bool) -> str:
    """The currency in which all symbols are quoted: USDT of BTCUSDT and ETH/USDT.

    Brokers show what pairs such as USDCHF earned in the currency of the account, often USD.
    """
    found = _quotes(column, rows)
    code = next(iter(found)) if len(found) == 1 else ""
    pairs = [pair_of(symbol) for symbol in found.get(code, ())]
    is_known = is_in_quotes or code in _KNOWN or not all(pairs)
    return code if is_known else ""


def _are_converted(pnl: Column | None, roles: Mapping[str, Column], rows: Sequence[int]) -> bool:
    """Whether results of currencies are in another one than these are quoted in.

    1 lot of CHFJPY from 154.44 to 153.41 is -103,000 JPY. A result of -713.41 is so many of another
    currency, of which one is about 144 JPY; in JPY it would be 1,000, 10,000 or so for each move.
    """
    if pnl is None or not {"symbol", "quantity", "entry_price", "exit_price"} <= roles.keys():
        return False
    parts = [roles[role] for role in ("quantity", "entry_price", "exit_price")]
    ratios = []
    for row in rows:
        size, entry, out = (one.numbers[row] for one in parts)
        if pair_of(str(roles["symbol"].values[row])) is None:
            return False
        if size and entry and out and entry != out and (earned := pnl.numbers[row]):
            ratios.append(abs(earned / (size * (out - entry))))
    if len(ratios) < _LEAST_CONVERTED:
        return False
    middle = sorted(ratios)[len(ratios) // 2]
    leading = middle.scaleb(-middle.adjusted())
    return _ROUND < leading < 10 / _ROUND


def _of_several_quotes(
    column: Column | None, rows: Sequence[int], *, is_in_quotes: bool
) -> Doubt | None:
    """Results of BTC/USDT and of ETH/BTC are amounts of different things.

    Unless they are computed from prices (`is_in_quotes`), they may be in one currency all the same:
    so are those of brokers for currencies, and dollars of several kinds are taken for dollars.
    """
    found = _quotes(column, rows)
    quoted = {code: symbols for code, symbols in found.items() if code}
    if column is None or len(quoted) < 2 or "" in found:
        return None
    if not is_in_quotes and (quoted.keys() <= OF_STATES or quoted.keys() <= DOLLARS):
        return None
    where = f"only.{column.expression}"
    codes = sorted(quoted)
    return Doubt(
        "currencies",
        f"{column.name} is quoted in {' and '.join(codes)}: what is earned in these cannot be "
        "added; which of them count?",
        (
            *(
                Answer(f"those in {code}", {"currency": code, where: quoted[code]})
                for code in codes
            ),
            *([] if is_in_quotes else [Answer("all, their results are in one currency", {})]),
        ),
    )


def _or_in_per_cent(doubt: Doubt, pnl: Column | None, roles: Mapping[str, Column]) -> Doubt:
    """The question, with the per cent of the entry for results that are exit less entry."""
    entry = roles.get("entry_price")
    if pnl is None or entry is None or "quantity" in roles:
        return doubt
    share = f"{pnl.expression} / {entry.expression} * 100"
    answer = Answer("all, in per cent of the entry", {"currency": "%", "fields.net_pnl": share})
    return doubt._replace(answers=(*doubt.answers, answer))


def _of_names(columns: Sequence[Column]) -> str:
    """The currency that the names of other amounts have, where they agree."""
    found = {
        CURRENCIES[word]
        for column in columns
        if set(column.words) & _AMOUNTS and column.filled and not _is_of_coins(column)
        for word in column.words
        if word in CURRENCIES
    }
    return found.pop() if len(found) == 1 else ""


def _is_of_coins(column: Column) -> bool:
    """Whether amounts are how many coins were traded, and not in what results are: `btc_amount`."""
    said = set(column.words)
    return bool(said & {"btc", "eth"}) and bool(said & {"amount", "size", "position", "volume"})
