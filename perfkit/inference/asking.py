"""What has to be asked before there are figures, once the best reading of a log is known.

A question is asked only where its answer changes the figures and nothing in the log decides it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.candidates import CLOSE_CALL, CONFIDENT, Candidate
from perfkit.inference.doubts import Answer, Doubt, no
from perfkit.inference.identity import Identity
from perfkit.inference.proof import evidence as says
from perfkit.inference.proof.prices import size_says
from perfkit.inference.proof.running import is_as_large_as_prices
from perfkit.inference.questions.groups import nearly_again, on_openings, same_in_each_group
from perfkit.inference.questions.incomplete import (
    closes_without_result,
    unpriced,
    without_result,
)
from perfkit.inference.questions.kinds import (
    bars,
    called_open,
    coded_open,
    corrected,
    ends_with_total,
    excluded,
    flagged_open,
    never_entered,
    sums_of_others,
)
from perfkit.inference.questions.repeated_trades import closed_again, run_again, under_labels
from perfkit.inference.questions.signs import losses_above_zero, turned_round
from perfkit.inference.records.closing import HOLDS, opening_results
from perfkit.inference.records.no_trades import OF_A_TRADE
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import BOOLEAN, NUMBER, OTHER, TIME, Column, rows_equal
from perfkit.inference.table.derived_columns import Either, WonOrLost
from perfkit.inference.table.names import FRACTION, MONEY, PERCENT, pnl_name, word_set, words
from perfkit.inference.table.role_names import is_fee
from perfkit.inference.table.roles import EVEN, Times, fees_of, outcome_of

_DESCRIBING = {*OF_A_TRADE, "symbol", "strategy", "outcome", "exit_reason"}
_MOST_ZEROS = 0.3
_LEAST_TOTALS = 3
_PLAIN = 22
"""The score of a plain name such as `profit`, with nothing that speaks against it."""
_TERMS = word_set("short long st lt")
"""Words for how long something was held, as gains are taxed."""
_OF_NUMBERING = word_set("id number no num nr index idx n")
_MARKED = 12
"""The score of closing records that a column of words marks."""


def doubts_of(
    candidates: Sequence[Candidate],
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    identity: Identity,
    times: Times,
) -> list[Doubt]:
    """The questions about the best of some candidates."""
    best = candidates[0]
    found = [
        _which_result(best, _rival(candidates), identity),
        _two_names(best, columns),
        _total_so_far(best, roles),
        _thin(best, roles, identity),
        _zeros(best, candidates, roles, fees_of(columns)),
        _opening_results(best),
        same_in_each_group(best, roles)
        or on_openings(best, roles)
        or _repeats(best, columns, roles, identity)
        or under_labels(best, columns, roles, times)
        or closed_again(best, roles, identity, times)
        or _nearly_again(best, roles, identity, times)
        or run_again(best, roles, times),
        without_result(best, times),
        closes_without_result(best, columns),
        _fraction(best, roles),
        losses_above_zero(best, roles),
        turned_round(best, roles),
        flagged_open(best, columns, roles, times)
        or called_open(best, columns)
        or coded_open(best, columns, roles)
        or unpriced(best, roles, times),
        excluded(best, columns),
        bars(best, columns, roles, times),
        ends_with_total(best, columns) or sums_of_others(best, columns),
        never_entered(best),
        corrected(best, columns),
    ]
    asked = [doubt for doubt in found if doubt is not None]
    if any(doubt.name == "weak" for doubt in asked):  # which is the same question
        asked = [doubt for doubt in asked if doubt.name != "thin"]
    return asked


def _which_result(best: Candidate, rival: Candidate | None, identity: Identity) -> Doubt | None:
    name = best.pnl.name
    if rival is not None:
        return Doubt(
            "two_results",
            f"Which is the result of a trade, {name} or {rival.pnl.name}?",
            tuple(
                Answer(one.pnl.name, {"fields.net_pnl": one.pnl.expression})
                for one in (best, rival)
            ),
        )
    is_sure = best.score >= CONFIDENT or _is_of_numbered_trades(best, identity)
    of_signals = any("signal" in words(str(one)) for one in best.closing.open_words)
    if is_sure and (best.proved or not of_signals):
        return None
    answers = [Answer("yes", {})]
    if best.unit == PERCENT and best.pnl.words in (("return",), ("returns",)):  # of what, is unsaid
        answers = [
            Answer("yes, in per cent", {}),
            Answer("yes, in money", {"currency": "money"}),
            Answer("yes, in points", {"currency": "points"}),
        ]
    if best.unit == MONEY and not best.name.currency:
        answers += [
            Answer(f"yes, in {what}", {"currency": unit})
            for unit, what in (("%", "per cent"), ("R", "R"), ("points", "points"))
        ]
    answers.append(no(f"{name} is not the result of a trade, as answered"))
    return Doubt("weak", f"Is {name} the result of a closed trade?", tuple(answers))


def _is_of_numbered_trades(best: Candidate, identity: Identity) -> bool:
    """Whether the name of a result stands beside a column that numbers trades: `Trade #`."""
    numbered = any(set(one.words) - _OF_NUMBERING == {"trade"} for one in identity.columns)
    return numbered and best.unit == MONEY and best.score >= _PLAIN


def _two_names(best: Candidate, columns: Sequence[Column]) -> Doubt | None:
    """Two columns that are joined, unless they are one name in two spellings."""
    if not isinstance(best.pnl, Either) or isinstance(best.pnl, WonOrLost):
        return None
    first, second = best.pnl.parts
    one, other = ({word.rstrip("s") for word in part.words} for part in best.pnl.parts)
    if one == other or one ^ other <= _TERMS:
        return None
    counts = [sum(part.present[row] for row in best.closing.rows) for part in (first, second)]
    return Doubt(
        "two_names",
        f"{counts[0]} records have {first.name}, {counts[1]} have {second.name}, none has both; "
        "are both the result of a trade?",
        (
            Answer("yes", {}),
            *_one_before_costs(best, columns),
            *(
                Answer(
                    f"only {part.name}",
                    {"fields.net_pnl": part.expression, f"only.{part.expression}": "exists"},
                )
                for part in (first, second)
            ),
        ),
    )


def _one_before_costs(best: Candidate, columns: Sequence[Column]) -> list[Answer]:
    """The answer that one of two names is before the costs beside it, the other after its own."""
    assert isinstance(best.pnl, Either)
    after = [part for part in best.pnl.parts if (known := pnl_name(part.name)) and known.is_net]
    before = [part for part in best.pnl.parts if part not in after]
    if len(after) != 1 or len(before) != 1:
        return []
    rows = [row for row in best.closing.rows if before[0].present[row]]
    fees = [one for one in columns if one.kind == NUMBER and is_fee(one.name)]
    fees = [fee for fee in fees if all(fee.present[row] for row in rows)]
    paid = " - ".join(fee.expression for fee in fees)
    if not fees or not any(fee.numbers[row] for fee in fees for row in rows):
        return []
    names = " and ".join(fee.name for fee in fees)
    less = f"{after[0].expression} or ({before[0].expression} - {paid})"
    return [Answer(f"yes, {before[0].name} before {names}", {"fields.net_pnl": less})]


def _rival(candidates: Sequence[Candidate]) -> Candidate | None:
    """Another column of money that is as good, and says something else."""
    best = candidates[0]
    for other in candidates[1:]:
        if best.is_net is False and _is_after_costs(other, best):
            return other
        if best.score - other.score >= CLOSE_CALL or other.unit != best.unit:
            continue
        if other.name.is_running != best.name.is_running or best.unit != MONEY:
            continue
        if best.is_net is True and other.is_net is False:
            continue
        if isinstance(best.pnl, Either) and other.pnl in best.pnl.parts:
            continue
        if _is_part(other, best) or _is_of_piece(other, best):
            continue
        mine, theirs = best.pnl.numbers, other.pnl.numbers
        if any(mine[row] != theirs[row] for row in best.closing.rows):
            return other
    return None


def _is_part(other: Candidate, best: Candidate) -> bool:
    """Whether another column, such as `partial_pnl`, is that of a part which few trades have."""
    there = sum(other.pnl.present[row] for row in best.closing.rows)
    return "partial" in other.pnl.words and there * 2 < len(best.closing.rows)


def _is_of_piece(other: Candidate, best: Candidate) -> bool:
    """Whether another column, such as `pnl_per_share` or `pnl_ps`, is that of one piece."""
    said = {*other.pnl.words} - {*best.pnl.words}
    return bool(said & {"per", "ps"})


def _is_after_costs(other: Candidate, best: Candidate) -> bool:
    """Whether another column is by its name after costs, in the unit of the best, and differs."""
    if not other.name.is_net or other.unit != best.unit or other.name.is_running:
        return False
    mine, theirs, rows = best.pnl.numbers, other.pnl.numbers, best.closing.rows
    there = [row for row in rows if theirs[row] is not None]
    return len(there) == len(rows) and any(mine[row] != theirs[row] for row in rows)


def _total_so_far(best: Candidate, roles: Mapping[str, Column]) -> Doubt | None:
    if best.name.is_running:
        looks_so = not _is_of_position(best, roles)
    else:
        looks_so = says.wanders(best.pnl, best.closing.rows) and not _is_nothing_between(best)
        looks_so = looks_so or _goes_on(best)
    if best.proved or not looks_so:
        return None
    question = (
        f"Is {best.pnl.name} the P&L of each trade? It may be a running total, which perfkit "
        "cannot read: see `perfkit docs which-logs`"
    )
    running = f"{best.pnl.name} is a running total, as answered, which perfkit cannot read"
    return Doubt(
        "total_so_far",
        question,
        (Answer("of each trade", {}), Answer("a running total", {}, running)),
    )


def _is_of_position(best: Candidate, roles: Mapping[str, Column]) -> bool:
    """Whether a `total_pnl` is that of a position with all its parts, which the record is of.

    It is about what prices give; or where no exit price is logged, the record says when and why
    the position ended, and what was paid for it.
    """
    if {"cum", "cumulative", "running", "cumul"} & set(best.pnl.words):
        return False
    if "exit_price" in roles:
        return is_as_large_as_prices(best.pnl, roles, best.closing.rows)
    is_said = "exit_reason" in roles and any("closing time" in one for one in best.reasons)
    return is_said and "entry_price" in roles


def _is_nothing_between(best: Candidate) -> bool:
    """Whether records between the closes have a P&L of 0, where a total so far would go on."""
    numbers, rows = best.pnl.numbers, set(best.closing.rows)
    first, last = min(rows), max(rows)
    between = [numbers[row] for row in range(first, last) if row not in rows]
    return len(between) * 4 >= len(rows) and not any(between)


def _goes_on(best: Candidate) -> bool:
    """Whether openings have the P&L of the close before them, as a total so far has.

    Lists in which each trade begins with its close have one P&L on both, which is no total.
    """
    numbers, opening = best.pnl.numbers, set(best.closing.opening)
    rows = sorted([*best.closing.rows, *opening])
    if rows[0] not in opening:
        return False
    before: Decimal | None = None
    repeated, others = set(), 0
    for row in rows:
        if row not in opening:
            before = numbers[row]
        elif before is not None and numbers[row] == before:
            repeated.add(before)
        elif before is not None:
            others += 1
    return len(repeated) >= _LEAST_TOTALS and others * 10 <= len(repeated)


def _thin(best: Candidate, roles: Mapping[str, Column], identity: Identity) -> Doubt | None:
    if roles.keys() & _DESCRIBING or best.closing.marker is not None or identity.columns:
        return None
    question = f"Is each record a trade? It has {best.pnl.name} and little else."
    return Doubt("thin", question, (Answer("yes", {}), no("records are not trades, as answered")))


def _zeros(
    best: Candidate,
    candidates: Sequence[Candidate],
    roles: Mapping[str, Column],
    fees: Sequence[Column],
) -> Doubt | None:
    """Records with a P&L of 0 that no other column shows to be rounded, or to have ended.

    One in per cent may show the first, an outcome the second.
    """
    rows, name = best.closing.rows, best.pnl.name
    others = [one.pnl for one in candidates if one.unit != best.unit and not one.name.is_running]
    outcome = roles.get("outcome")
    ends = {EVEN} if any(best.pnl.numbers[row] for row in rows) else set()
    if outcome is not None:  # losses of 0 alone may not have been lost yet
        ends |= {outcome_of(outcome.labels[row]) for row in rows if best.pnl.numbers[row]} - {""}
    zeros = sum(
        not best.pnl.numbers[row]
        and not any(other.numbers[row] for other in others)
        and not (outcome is not None and outcome_of(outcome.labels[row]) in ends)
        for row in rows
    )
    is_known = best.proved or best.closing.score >= _MARKED
    if zeros <= _MOST_ZEROS * len(rows) or (is_known and not _are_sales(best)):
        return None
    if "outcome" not in roles and says.is_even(best.pnl, roles):  # as both prices show
        return None
    return Doubt(
        "zeros",
        f"{zeros} of {len(rows)} records have a {name} of 0; are they trades?",
        (
            Answer("yes, they broke even", {}),
            Answer(
                f"no{_with_their_costs(best, fees)}", {f"only.{best.pnl.expression}": {"not": 0}}
            ),
        ),
    )


def _with_their_costs(best: Candidate, fees: Sequence[Column]) -> str:
    """What goes with records of 0, such as openings: their costs."""
    rows = [row for row in best.closing.rows if not best.pnl.numbers[row]]
    lost = sum((abs(fee.numbers[row] or Decimal(0)) for fee in fees for row in rows), Decimal(0))
    if not lost or best.unit != MONEY:
        return ""
    return (
        f"; their {' and '.join(fee.name for fee in fees)}, {lost:f} in total, does not count then"
    )


def _are_sales(best: Candidate) -> bool:
    """Whether the closing records are sales, of which some may open a short position."""
    said = [set(words(str(word))) for word in best.closing.close_words]
    return (
        bool(said)
        and any("sell" in one for one in said)
        and all(one <= {"sell", "sold", "partial", "buy", "bought"} for one in said)
    )


def _opening_results(best: Candidate) -> Doubt | None:
    """Openings that log a P&L, such as their costs, though nothing is earned yet."""
    rows = opening_results(best.pnl, best.closing)
    nonzero = sum(bool(best.pnl.numbers[row]) for row in best.closing.rows)
    if best.closing.marker is None or len(rows) <= (1 - HOLDS) * (len(rows) + nonzero):
        return None
    if _goes_on(best):  # which is asked about as a total so far
        return None
    total = sum((best.pnl.numbers[row] or Decimal(0) for row in rows), Decimal(0))
    marker = best.closing.marker.expression
    every = [*best.closing.open_words, *best.closing.close_words]
    return Doubt(
        "opening_results",
        f"{len(rows)} opening records have a {best.pnl.name}, {total:f} in total; does it count?",
        (
            Answer("no, only that of closes", {}),
            Answer("yes, each record counts by itself", {f"only.{marker}": every}),
        ),
    )


def _fraction(best: Candidate, roles: Mapping[str, Column]) -> Doubt | None:
    """Small numbers that are called per cent, which neither prices nor a balance prove."""
    if best.unit != PERCENT or best.proved or best.name.per_unit != 1:
        return None
    numbers = [number for row in best.closing.rows if (number := best.pnl.numbers[row])]
    if not numbers:
        return None
    size = size_says(best.pnl, roles, says.checked(best.closing.rows))
    if size == PERCENT or (size != FRACTION and any(abs(number) > 1 for number in numbers)):
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


def _repeats(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column], identity: Identity
) -> Doubt | None:
    rows = best.closing.rows
    repeats = 0 if identity.columns else rows_equal(columns, rows)
    if repeats:
        fields = [
            column.expression
            for column in columns
            if column.kind not in (OTHER, BOOLEAN) and all(column.present[row] for row in rows)
        ]
        return _come_again(f"{repeats} records repeat an earlier one exactly", fields)
    parts = _of_a_trade(best, columns, roles)
    repeats = rows_equal(parts, rows) if parts else 0
    if repeats * 5 < len(rows):
        return None
    fields = [column.expression for column in parts]
    return _come_again(
        f"{repeats} records have the times, prices and result of an earlier one", fields
    )


def _of_a_trade(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column]
) -> list[Column]:
    """Times, symbol, prices and result, which two trades never share; none without such times."""
    rows = best.closing.rows
    times = [one for one in columns if one.kind == TIME and all(one.present[row] for row in rows)]
    precise = [one for one in times if not all(map(shapes.is_date_alone, one.sample[:20]))]
    prices = [roles[role] for role in ("entry_price", "exit_price") if role in roles]
    if not precise or not prices or isinstance(best.pnl, Either):
        return []
    symbols = [roles["symbol"]] if "symbol" in roles else []
    parts = [*times, *symbols, *prices, best.pnl]
    return parts if all(one.present[row] for one in parts for row in rows) else []


def _nearly_again(
    best: Candidate, roles: Mapping[str, Column], identity: Identity, times: Times
) -> Doubt | None:
    closed = next(iter((*times.closed, *times.event)), None)
    return None if identity.columns or closed is None else nearly_again(best, roles, closed)


def _come_again(what: str, fields: list[str]) -> Doubt:
    return Doubt(
        "repeats",
        f"{what}; do they count again?",
        (Answer("yes", {}), Answer("no", {"identity": fields})),
    )
