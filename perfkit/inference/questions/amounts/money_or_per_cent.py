"""Whether a P&L is in money, in per cent or a fraction, and which of these is to be added up.

pnl 2.9, bought at 100, sold at 103     2.9 % after costs, or an amount of money?
pnl_pct 0.004                           0.004 %, or 0.4 %?
pnl_pct 50, quantity 10, at 10 to 15    50 %, or 50 in money, as prices and quantities say?
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import LONG_OR_SHORT, Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.proof import evidence as says
from perfkit.inference.proof.prices import size_says
from perfkit.inference.proof.rates import may_be_rate
from perfkit.inference.questions.left_out.coverage import changes_to
from perfkit.inference.result import Reading
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.words.names import CURRENCIES, FRACTION, MONEY, PERCENT, word_set

_NEARLY_PAID = Decimal("0.9")
_PAID = word_set("invested investment paid cost spent stake staked amount size bet wager")
_HUNDRED = Decimal(100)
_MOST_AMOUNTS = 12
_COMPARED = 200
_LEAST_GIVEN = 4
_MONEY_COUNTS = "per cent of different amounts do not add up to what was earned"
_SAME = frozenset(("per_cent", "two_results", "left_out"))
_SIZES = frozenset(("quantity", "stake", "price", "entry_price", "exit_price", "balance"))
_QUANTITIES = frozenset(("quantity", "stake"))
_LEAST_AMOUNT = Decimal("0.5")
_FEW = 100
_MOST_SHARE = 5
"""One fraction of so many may be larger, of a trade that won at most so many times its stake."""
_MANY_PLACES = 6
_MOST_OF_LARGE = 20
"""Fractions are above 1 in less than one trade of so many."""


def money_or_per_cent(best: Candidate, roles: Mapping[str, Column]) -> Doubt | None:
    """A P&L that is about the move of the price in per cent, beside no size, in few records.

    bought at 100, sold at 103: 2.9 may be 2.9 % after costs, or an amount of money
    """
    if best.unit != MONEY or best.proved or best.name.currency or best.name.is_absolute:
        return None
    if {"quantity", "stake"} & roles.keys() or not may_be_rate(best.pnl, roles, best.closing.rows):
        return None
    return Doubt(
        "money_or_per_cent",
        f"{best.pnl.name} is about how far the price moved in per cent; is it an amount of money?",
        (
            Answer("no, it is in per cent", {"currency": "%"}),
            Answer("yes, money", {"fields.net_pnl": best.pnl.expression}),
        ),
    )


def money_or_fraction(best: Candidate, roles: Mapping[str, Column]) -> Doubt | None:
    """A P&L of many digits behind 0.0, beside nothing that says how large trades are.

    -0.0023874903747854 may be so much money, or -0.24 % of what was put in.
    """
    if best.unit != MONEY or best.proved or best.name.currency or best.name.is_bare:
        return None
    if roles.keys() & _SIZES - _QUANTITIES or not _are_shares(best, roles):
        return None
    numbers = [number for row in best.closing.rows if (number := best.pnl.numbers[row])]
    large = [one for one in map(abs, numbers) if one >= _LEAST_AMOUNT]
    if (
        not numbers
        or len(large) * _FEW > len(numbers)
        or max(large, default=Decimal(0)) > _MOST_SHARE
    ):
        return None
    if not _have_many_places(numbers):
        return None
    name = best.pnl.expression
    return Doubt(
        "fraction",
        f"Is a {best.pnl.name} of {numbers[0]:f} an amount of money, or a fraction, where 0.01 "
        "is 1 %?",
        (
            Answer("money", {"fields.net_pnl": name}),
            Answer("a fraction", {"currency": "%", "fields.net_pnl": f"({name}) * 100"}),
        ),
    )


def _have_many_places(numbers: Sequence[Decimal]) -> bool:
    """Whether at least half of the numbers have many decimal places, as binary fractions do."""
    digits = [-exponent for one in numbers if isinstance(exponent := one.as_tuple().exponent, int)]
    return sum(count >= _MANY_PLACES for count in digits) * 2 >= len(numbers)


def _are_shares(best: Candidate, roles: Mapping[str, Column]) -> bool:
    """Whether sizes are all below 1, if there are any, as those of shares of an account are."""
    rows = best.closing.rows
    sizes = [roles[role].numbers[row] for role in _QUANTITIES & roles.keys() for row in rows]
    return all(abs(size) < 1 for size in sizes if size is not None)


def per_cent_or_fraction(best: Candidate, roles: Mapping[str, Column]) -> Doubt | None:
    """Small numbers that are called per cent, which neither prices nor a balance prove."""
    if best.unit != PERCENT or best.proved or best.name.per_unit != 1:
        return None
    numbers = [number for row in best.closing.rows if (number := best.pnl.numbers[row])]
    if not numbers:
        return None
    size = size_says(best.pnl, roles, says.checked(best.closing.rows))
    large = [abs(number) for number in numbers if abs(number) > 1]
    is_large = len(large) * 2 > len(numbers) if "rate" in best.pnl.words else bool(large)
    if is_large and len(large) * _MOST_OF_LARGE < len(numbers) and max(large) <= _MOST_SHARE:
        is_large = not _have_many_places(numbers)
    if size == PERCENT or (size != FRACTION and is_large):
        return None
    if "%" in map(shapes.unit_of_number, best.pnl.sample[:20]):
        return None
    first = numbers[0]
    return Doubt(
        "fraction",
        f"Is a {best.pnl.name} of {first:f} in per cent, or a fraction, where 0.01 is 1 %?",
        (
            Answer("per cent", {}),
            Answer("a fraction", {"fields.net_pnl": f"({best.pnl.expression}) * 100"}),
        ),
    )


def per_cent_of_sales(best: Candidate, roles: Mapping[str, Column], currency: str) -> Doubt | None:
    """Sales in per cent of what was paid, each with the entry price, its price and its quantity.

    Sums of per cent weigh a sale of 1 as one of 1,000: 50 % of 10 and -20 % of 1,000 are +30 %,
    and -195 in money.
    """
    if (
        best.unit != PERCENT
        or "exit_price" in roles
        or best.closing.marker is not roles.get("side")
    ):
        return None
    if not {"entry_price", "price", "quantity"} <= roles.keys():
        return None
    ways, rows = directions(roles["side"]), best.closing.rows
    parts = [roles[role] for role in ("entry_price", "price", "quantity")]
    if any(ways[row] >= 0 for row in rows) or not all(
        one.numbers[row] for one in parts for row in rows
    ):
        return None
    entry, price, size = (one.expression for one in parts)
    code = currency if currency not in ("%", "points") else "money"
    said = f"{parts[0].name}, {parts[1].name} and {parts[2].name} say what each sale earned"
    return _which_to_add_up(best, said, code, f"({price} - {entry}) * abs({size})")


def per_cent_of_amounts(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column]
) -> Doubt | None:
    """Results in per cent of what was put in, where that and what came back are logged.

    put in 0.5, came back 0.6: 20 %, and 0.1 in money
    """
    if best.unit not in (PERCENT, FRACTION):
        return None
    times = _HUNDRED if best.unit == PERCENT else Decimal(1)
    known = [best.pnl, *(one for role, one in roles.items() if "price" in role)]
    amounts = [
        one
        for one in columns
        if one.kind == NUMBER and not _is_price(one) and all(one is not other for other in known)
    ]
    for paid in amounts[:_MOST_AMOUNTS]:
        for back in amounts[:_MOST_AMOUNTS]:
            if paid is not back and {*paid.words} & _PAID and _gives(best, paid, back, times):
                code = next((CURRENCIES[one] for one in paid.words if one in CURRENCIES), "money")
                said = f"{back.name} less {paid.name} is what each trade earned"
                earned = f"{back.expression} - {paid.expression}"
                return _which_to_add_up(best, said, code, earned)
    return None


def _which_to_add_up(best: Candidate, said: str, code: str, earned: str) -> Doubt:
    return Doubt(
        "per_cent",
        f"{best.pnl.name} is in per cent, and {said}; which should be added up?",
        (
            Answer("money", {"currency": code, "fields.net_pnl": earned}),
            Answer("per cent", {}),
        ),
        _MONEY_COUNTS,
    )


def _is_price(column: Column) -> bool:
    return bool({*column.words} & {"price", "high", "low", "entry", "exit", "open", "close"})


def _gives(best: Candidate, paid: Column, back: Column, times: Decimal) -> bool:
    """Whether what came back is in each record as much more than what was paid as a P&L says."""
    rows = best.closing.rows[:_COMPARED]
    triples = [(paid.numbers[row], back.numbers[row], best.pnl.numbers[row]) for row in rows]
    known = [(a, b, said) for a, b, said in triples if a and b and said]
    allowed = 2 * best.pnl.step
    agreed = sum(abs((b / a - 1) * times - said) <= allowed for a, b, said in known)
    return len(known) >= _LEAST_GIVEN and agreed * 20 >= 19 * len(known)


def without_weak(reading: Reading) -> Reading:
    """The reading without the question whether a P&L is a result, where amounts prove it."""
    names = {doubt.name for doubt in reading.doubts}
    if not names >= {"weak", "per_cent"}:
        return reading
    return reading._replace(doubts=tuple(one for one in reading.doubts if one.name != "weak"))


def may_be_in_money(best: Candidate, roles: Mapping[str, Column]) -> bool:
    """Whether results are in per cent, of executions whose quantities differ."""
    if best.unit not in (PERCENT, FRACTION) or roles.keys() & {"entry_price", "exit_price"}:
        return False
    size = roles.get("quantity")
    return size is not None and len({size.numbers[row] for row in best.closing.rows}) > 1


def weighs_otherwise(best: Candidate, roles: Mapping[str, Column]) -> bool:
    """Whether prices prove results in per cent, of trades whose quantities differ.

    An amount beside them that is not what was paid for the quantity says that it is of other units.
    """
    if best.unit not in (PERCENT, FRACTION) or not best.proved:
        return False
    if not {"entry_price", "exit_price", "quantity"} <= roles.keys():
        return False
    size, rows = roles["quantity"], best.closing.rows
    if len({size.numbers[row] for row in rows} - {None}) < 2:
        return False
    stake, entry = roles.get("stake"), roles["entry_price"]
    if stake is None:
        return True
    parts = [(stake.numbers[row], size.numbers[row], entry.numbers[row]) for row in rows]
    paid = [abs(amount / (pieces * price)) for amount, pieces, price in parts
            if amount and pieces and price]  # fmt: skip
    return sum(_NEARLY_PAID <= one <= 1 / _NEARLY_PAID for one in paid) * 10 >= 9 * len(paid)


def asked_of_prices(
    reading: Reading, best: Candidate, roles: Mapping[str, Column], instead: Reading | None
) -> Reading:
    """The reading, with the question where trades in per cent have prices and quantities as well.

    Without a side they are long if all results have the sign of the move of the price.
    """
    if instead is None or any(doubt.name in _SAME for doubt in reading.doubts):
        return reading
    fields = instead.dialect["fields"]
    if instead.doubts == (LONG_OR_SHORT,) and isinstance(fields, dict) and _are_long(best, roles):
        dialect = {**instead.dialect, "fields": {**fields, "side": "= long"}}
        instead = instead._replace(dialect=dialect, doubts=())
    return _with_per_cent_asked(
        reading, best, instead, "prices and quantities say what each trade earned"
    )


def _are_long(best: Candidate, roles: Mapping[str, Column]) -> bool:
    """Whether all that was earned was earned as the price rose."""
    entries, exits = roles["entry_price"].numbers, roles["exit_price"].numbers
    triples = ((entries[row], exits[row], best.pnl.numbers[row]) for row in best.closing.rows)
    return all((b > a) == (said > 0) for a, b, said in triples if a and b and said and a != b)


def with_money_offered(
    reading: Reading, best: Candidate, roles: Mapping[str, Column], instead: Reading | None
) -> Reading:
    """The reading, with money as an answer where prices deny both per cent and a fraction.

    So they do where a result is in per cent of an account, or weighed by the size of the trade.
    """
    if instead is None or instead.doubts or size_says(best.pnl, roles, best.closing.rows):
        return reading
    names = [roles[one].name for one in ("entry_price", "exit_price", "quantity")]
    said = f"neither: money, as {names[0]}, {names[1]} and {names[2]} say"
    answer = Answer(said, changes_to(instead, reading))
    doubts = [
        one._replace(answers=(*one.answers, answer)) if one.name == "fraction" else one
        for one in reading.doubts
    ]
    return reading._replace(doubts=tuple(doubts))


def may_be_of_sizes(reading: Reading, roles: Mapping[str, Column]) -> bool:
    """Whether small results are asked about of trades with both prices, a side and a quantity."""
    is_asked = any(one.name == "fraction" for one in reading.doubts)
    return is_asked and {"entry_price", "exit_price", "quantity", "side"} <= roles.keys()


def asked_of_executions(reading: Reading, best: Candidate, instead: Reading | None) -> Reading:
    """The reading, with the question where executions in per cent have quantities as well.

    `instead` matches them: what was bought and sold says what each sale earned in money.
    """
    said = "quantities and prices of purchases and sales say what each sale earned"
    return _with_per_cent_asked(reading, best, instead, said)


def _with_per_cent_asked(
    reading: Reading, best: Candidate, instead: Reading | None, said: str
) -> Reading:
    """The reading, with the question, unless the other one has questions of its own."""
    is_asked = any(doubt.name in _SAME for doubt in reading.doubts)
    if instead is None or instead.doubts or is_asked:
        return reading
    doubt = Doubt(
        "per_cent",
        f"{best.pnl.name} is in per cent, and {said}; which should be added up?",
        (Answer("money", changes_to(instead, reading)), Answer("per cent", {})),
        _MONEY_COUNTS,
    )
    return reading._replace(doubts=(*reading.doubts, doubt))
