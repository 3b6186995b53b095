"""What unit the results are in, and what part of them are costs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
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
from perfkit.inference.words.role_names import CARRY, is_fee, is_signed_cost

UNKNOWN = "money"
"""Stands for a currency that the log does not name."""
_KNOWN = frozenset(("USD", "EUR", "GBP", "JPY", "INR", "KRW"))
"""Currencies that results of pairs such as EURUSD are taken to be in."""
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


BEFORE = "before costs"


class Costs(NamedTuple):
    """Expressions of the net P&L and of the costs (empty: none), and what has to be asked."""

    net_pnl: str
    commission: str
    doubts: tuple[Doubt, ...]
    assumed: tuple[str, ...]


def costs_of(best: Candidate, fees: Sequence[Column]) -> Costs:
    """How the P&L and the costs beside it make the net P&L."""
    rows = best.closing.rows
    pnl = gross_of(best)
    paid = [fee for fee in fees if any(fee.numbers[row] for row in rows)]
    if not paid or best.unit != MONEY:
        return Costs(pnl, "", (), ())
    fixed = [fee for fee in paid if not set(fee.words) & CARRY]
    carried = [fee for fee in paid if set(fee.words) & CARRY]
    commission = _sum([_cost(fee, rows) for fee in fixed])
    less = pnl + "".join(_less(*_cost(fee, rows)) for fee in [*fixed, *carried])
    names = " and ".join(fee.name for fee in paid)
    if best.is_net is None and _are_slight(best, paid):
        said = f"{names} are next to nothing in total, and assumed to be in {best.pnl.name} already"
        return Costs(pnl, commission, (), (said,))
    if best.is_net is None:
        return Costs(pnl, commission, (_before_or_after(best, paid, pnl, less),), ())
    asked = _of_openings(best, fees)
    if asked is not None and not best.is_net:
        return Costs(less, commission, (asked,), ())
    if best.is_net:
        return Costs(pnl, commission, (), (f"{best.pnl.name} is after {names}",))
    return Costs(less, commission, (), (f"{best.pnl.name} is before {names}",))


def _are_slight(best: Candidate, paid: Sequence[Column]) -> bool:
    """Whether costs are those of few records, and next to nothing beside what was earned."""
    rows = best.closing.rows
    with_costs = sum(any(fee.numbers[row] for fee in paid) for row in rows)
    total = sum((abs(fee.numbers[row] or Decimal(0)) for fee in paid for row in rows), Decimal(0))
    earned = sum((abs(best.pnl.numbers[row] or Decimal(0)) for row in rows), Decimal(0))
    return with_costs * 20 <= len(rows) and total * 1000 <= earned


def _of_openings(best: Candidate, fees: Sequence[Column]) -> Doubt | None:
    """Costs on the records of openings, which the closes do not have."""
    if not best.closing.close_words:  # the record of the opening again, with its costs so far
        return None
    rows = best.closing.opening
    total = sum((abs(fee.numbers[row] or Decimal(0)) for fee in fees for row in rows), Decimal(0))
    if best.closing.marker is None or not total:
        return None
    return Doubt(
        "opening_costs",
        f"Openings have costs as well, {total:f} in total; do those of the closes include them?",
        (
            Answer("yes, or they do not count", {}),
            Answer("no, they come on top", _on_top(best, fees)),
        ),
    )


def _on_top(best: Candidate, fees: Sequence[Column]) -> dict[str, object]:
    """The net P&L as the gross one less the costs of all records of a trade.

    What holding a position costs is on its close alone, and in the gross P&L.
    """
    rows = best.closing.rows
    carried = [fee for fee in fees if set(fee.words) & CARRY and any(fee.numbers[r] for r in rows)]
    return {
        "fields.net_pnl": None,
        "fields.gross_pnl": gross_of(best) + "".join(_less(*_cost(fee, rows)) for fee in carried),
        "combine.commission": "sum",
    }


def commission_of(fees: Sequence[Column], rows: Sequence[int]) -> str:
    """The costs of a record as an expression, without what holding a position costs."""
    paid = [fee for fee in fees if any(fee.numbers[row] for row in rows)]
    return _sum([_cost(fee, rows) for fee in paid if not set(fee.words) & CARRY])


def gross_of(best: Candidate) -> str:
    """The P&L as it is logged, in money or per cent."""
    if best.unit == FRACTION:
        return f"{best.pnl.expression} * 100"
    if best.name.per_unit != 1:
        return f"{best.pnl.expression} / {best.name.per_unit}"
    return best.pnl.expression


def _cost(fee: Column, rows: Sequence[int]) -> tuple[str, str]:
    """The sign that makes a cost a number above zero, and its expression; logs write either."""
    values = [cost for row in rows if (cost := fee.numbers[row])]
    negative = sum(cost < 0 for cost in values) * 2 > len(values)
    gaps = any(fee.numbers[row] is None for row in rows)
    name = f"({fee.expression} or 0)" if gaps else fee.expression
    if "cents" in fee.words:
        name = f"{name} / 100"
    return ("-" if negative or is_signed_cost(fee.words) else "+"), name


def _sum(costs: Sequence[tuple[str, str]]) -> str:
    """Costs added up, each with its sign: `-a - b` or `a + b`."""
    text = " ".join(f"{sign} {name}" for sign, name in costs)
    return text.removeprefix("+ ") if text.startswith("+") else text.replace("- ", "-", 1)


def _less(sign: str, name: str) -> str:
    return f" {'-' if sign == '+' else '+'} {name}"


def _before_or_after(best: Candidate, paid: Sequence[Column], pnl: str, less: str) -> Doubt:
    total = sum(
        (abs(fee.numbers[row] or Decimal(0)) for fee in paid for row in best.closing.rows),
        Decimal(0),
    )
    names = " and ".join(fee.name for fee in paid)
    on_top = _of_openings(best, paid) is not None
    return Doubt(
        "costs",
        f"Is {best.pnl.name} before or after {names}, which add up to {total:f}?",
        (
            Answer("after costs", {"fields.net_pnl": pnl}),
            Answer(BEFORE, {"fields.net_pnl": less}),
            *(
                [Answer("before the costs of opening and closing", _on_top(best, paid))]
                if on_top
                else []
            ),
        ),
    )
