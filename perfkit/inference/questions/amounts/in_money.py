"""Results that are no money, or are not there, where prices and quantities say what was earned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import LONG_OR_SHORT, Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.proof.exact_prices import are_exact, can_be_computed, ways_by_side
from perfkit.inference.questions.left_out.coverage import changes_to
from perfkit.inference.records.kinds import FAILED, STILL_OPEN
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.table.outcomes import LOST, WON, outcome_of
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import CURRENCIES, FRACTION, MONEY, PERCENT, word_set, words

_NEARLY_PAID = Decimal("0.9")
_PAID = word_set("invested investment paid cost spent stake staked amount size bet wager")
_HUNDRED = Decimal(100)
_MOST_AMOUNTS = 12
_COMPARED = 200
_LEAST_GIVEN = 4
_FEW = 3
"""Of so many results in money, one that is missing is reported; more are asked about."""


def closed_without(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column], times: Times
) -> list[int]:
    """Records that closed, and that a reading leaves out for want of a P&L.

    They have a closing time, and both prices, or a word for won or lost. In a log without closing
    times they have both prices, as all records with a P&L do.
    """
    ended = _with_ends(roles)
    rows = set(best.closing.rows)
    if not ended or not (times.closed or rows <= ended & _with_prices(roles)):
        return []
    if not times.closed:
        ended &= _with_prices(roles)
    states = [one for one in columns if one.kind == TEXT and set(one.words) & {"status", "state"}]
    return [
        row
        for row, earned in enumerate(best.pnl.numbers)
        if earned is None
        and row not in rows
        and row in ended
        and (not times.closed or any(one.present[row] for one in times.closed))
        and not any(set(words(one.labels[row])) & _NO_CLOSE for one in states)
    ]


def closed_unpriced(
    best: Candidate,
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    times: Times,
    failed: set[int],
) -> list[str]:
    """What is said of records with a closing time that nothing says the result of.

    closed_at 10:00   status closed   exit_price -   pnl -      perhaps it was closed elsewhere
    """
    rows = best.closing.rows
    if not times.closed or not all(times.closed[0].present[row] for row in rows):
        return []  # such as the end of a market
    closed, known = times.closed[0], _with_ends(roles) | set(rows) | failed
    states = [one for one in columns if one.kind == TEXT and set(one.words) & {"status", "state"}]
    missing = [
        row
        for row, is_closed in enumerate(closed.present)
        if is_closed
        and best.pnl.numbers[row] is None
        and row not in known
        and not any(set(words(one.labels[row])) & _NO_CLOSE for one in states)
    ]
    if not missing:
        return []
    one, have = ("record", "has") if len(missing) == 1 else ("records", "have")
    name = best.pnl.name
    return [f"{len(missing)} {one} with {closed.name} {have} no {name} nor prices; left out"]


def _with_ends(roles: Mapping[str, Column]) -> set[int]:
    """The records with both prices, and those whose outcome is that of a trade which ended."""
    found = _with_prices(roles)
    if "outcome" in roles:
        labels = roles["outcome"].labels
        found |= {row for row, label in enumerate(labels) if outcome_of(label) in (WON, LOST)}
    return found


def _with_prices(roles: Mapping[str, Column]) -> set[int]:
    """The records with both prices."""
    if not {"entry_price", "exit_price"} <= roles.keys():
        return set()
    entry, out = roles["entry_price"].numbers, roles["exit_price"].numbers
    return {row for row, (a, b) in enumerate(zip(entry, out, strict=True)) if a and b}


def computed_for_all(
    reading: Reading,
    best: Candidate,
    missing: Sequence[int],
    roles: Mapping[str, Column],
    instead: Reading | None,
) -> Reading | None:
    """The reading of all records from prices, where these give each P&L that there is exactly."""
    if not missing or instead is None:
        return None
    if any(doubt.name != "left_out" for doubt in reading.doubts):
        return None
    computed = _as_logged(instead, best, missing, roles)
    if computed is None:
        return None
    several = len(missing) > 1
    said = (
        f"{len(missing)} closed record{'s' * several} {'have' if several else 'has'} no "
        f"{best.pnl.name}; prices give exactly that of all others"
    )
    return computed._replace(
        score=reading.score, evidence=reading.evidence, assumed=(*computed.assumed, said)
    )


def _as_logged(
    instead: Reading, best: Candidate, missing: Sequence[int], roles: Mapping[str, Column]
) -> Reading | None:
    """The reading from prices for the side that each logged P&L proves; None where none does."""
    rows, fields = best.closing.rows, instead.dialect["fields"]
    ways = ways_by_side(roles)
    if not instead.doubts:
        known = can_be_computed(roles, missing, ways)
        return instead if known and are_exact(best.pnl, roles, rows, ways) else None
    all_long = [1] * len(best.pnl.values)
    if [doubt.name for doubt in instead.doubts] != ["side"] or not isinstance(fields, dict):
        return None
    if not can_be_computed(roles, missing, all_long):
        return None
    if not are_exact(best.pnl, roles, rows, all_long):
        return None
    dialect = {**instead.dialect, "fields": {**fields, "side": "= long"}}
    return instead._replace(dialect=dialect, doubts=())


def with_closed_asked(
    reading: Reading,
    best: Candidate,
    missing: list[int],
    roles: Mapping[str, Column],
    instead: Reading | None,
) -> Reading:
    """The reading, with what it leaves out: asked where it may change much, else reported."""
    if not missing or any(doubt.name in ("left_out", "two_results") for doubt in reading.doubts):
        return reading
    name = best.pnl.name
    several = len(missing) > 1
    timed = any(reason.startswith("the closing time") for reason in best.reasons)
    ended = f"with {_what_ends(missing, roles)}{' and a closing time' * timed}"
    said = f"{len(missing)} record{'s' * several} {ended} {'have' if several else 'has'} no {name}"
    if best.unit == MONEY and len(missing) * _FEW < len(best.closing.rows):
        return reading._replace(assumed=(*reading.assumed, f"{said}; left out"))
    answers = [Answer("yes", {})]
    if instead is not None:
        answers.insert(0, Answer("no, prices say what was earned", changes_to(instead, reading)))
    doubt = Doubt("left_out", f"{said}; are only records with one trades?", tuple(answers))
    return reading._replace(doubts=(*reading.doubts, doubt))


def _what_ends(missing: Sequence[int], roles: Mapping[str, Column]) -> str:
    if {"entry_price", "exit_price"} <= roles.keys():
        prices = [roles[role].numbers for role in ("entry_price", "exit_price")]
        if all(one[row] for one in prices for row in missing):
            return "both prices"
    return "an outcome"


def per_cent_or_money(best: Candidate, roles: Mapping[str, Column], currency: str) -> Doubt | None:
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
    earned = f"({price} - {entry}) * abs({size})"
    return Doubt(
        "per_cent",
        f"{best.pnl.name} is in per cent, and {parts[0].name}, {parts[1].name} and {parts[2].name} "
        "say what each sale earned; which should be added up?",
        (
            Answer("money", {"currency": code, "fields.net_pnl": earned}),
            Answer("per cent", {}),
        ),
    )


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
                return _money_or_per_cent(best, paid, back)
    return None


def _money_or_per_cent(best: Candidate, paid: Column, back: Column) -> Doubt:
    code = next((CURRENCIES[word] for word in paid.words if word in CURRENCIES), "money")
    earned = f"{back.expression} - {paid.expression}"
    return Doubt(
        "per_cent",
        f"{best.pnl.name} is in per cent, and {back.name} less {paid.name} is what each trade "
        "earned; which should be added up?",
        (
            Answer("money", {"currency": code, "fields.net_pnl": earned}),
            Answer("per cent", {}),
        ),
    )


def without_weak(reading: Reading) -> Reading:
    """The reading without the question whether a P&L is a result, where amounts prove it."""
    names = {doubt.name for doubt in reading.doubts}
    if not names >= {"weak", "per_cent"}:
        return reading
    return reading._replace(doubts=tuple(one for one in reading.doubts if one.name != "weak"))


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
    )
    return reading._replace(doubts=(*reading.doubts, doubt))


_SAME = frozenset(("per_cent", "two_results", "left_out"))
_NO_CLOSE = FAILED | STILL_OPEN
