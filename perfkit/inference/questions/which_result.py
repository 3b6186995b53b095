"""Which column is the result of a trade, and whether the best one is a result at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.doubts import Answer, Doubt, no
from perfkit.inference.keys.identity import Identity
from perfkit.inference.pnl_column.candidates import CLOSE_CALL, CONFIDENT, Candidate
from perfkit.inference.questions.no_end import may_be_no_trades
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.derived_columns import Either, WonOrLost
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import MONEY, PERCENT, RISK, pnl_name, word_set, words
from perfkit.inference.words.role_names import CARRY, is_fee

_PLAIN = 22
"""The score of a plain name such as `profit`, with nothing that speaks against it."""
_TERMS = word_set("short long st lt")
"""Words for how long something was held, as gains are taxed."""
_LEGS = word_set("long short spot perp perpetual futures future leg leg1 leg2 hedge a b 1 2")
_OF_PARTS = word_set("partial remaining remainder rest")
_ENTERED = word_set("entry entered open opened")
"""Words of a record that a trade was opened, which may stand beside the signal for it."""
_OF_POSITIONS = word_set("open close entry exit buy sell")
_OF_BOTH_TIMES = 6
"""What it counts that records of a symbol say when they were opened and closed."""
_TRIED = word_set("backtest backtested simulated simulation sim paper test expected model")
_MADE = word_set("live real actual broker")
_AGREES = "its sign agrees with"
_ENDED = word_set("closed close realized")
_OF_ONE_TRADE = ({"symbol", "side"}, {"entry_price", "stop_loss", "target"})
_CAUSES = word_set("reason note notes comment cause")
"""Words of a column that says why something was done, such as for a signal."""
_OF_NUMBERING = word_set("id number no num nr index idx n")


def which_result(
    best: Candidate,
    rival: Candidate | None,
    identity: Identity,
    roles: Mapping[str, Column],
    columns: Sequence[Column],
    times: Times,
) -> Doubt | None:
    """Two results that are equally good, or one that little shows to be that of a trade."""
    name = best.pnl.name
    other = _made_beside(best.pnl, columns) if rival is None else rival.pnl
    if other is not None:
        return _one_of_two(best, other)
    more = _OF_BOTH_TIMES if say_opened_and_closed(times) and "symbol" in roles else 0
    is_sure = best.score + more >= CONFIDENT or _is_of_numbered_trades(best, identity)
    is_sure = is_sure or ("symbol" in roles and _is_won_and_lost_money(best))
    is_sure = is_sure or _ended_as_is_said(best, roles) or _says_it_ended(best, roles, columns)
    opening = [{*words(str(one))} for one in best.closing.open_words]
    marker = best.closing.marker
    is_cause = marker is not None and bool({*marker.words} & _CAUSES)
    of_signals = not is_cause and any("signal" in one for one in opening)
    of_signals = of_signals and not any(one & _ENTERED and "signal" not in one for one in opening)
    is_sure = is_sure and (best.proved or not of_signals)
    if is_sure and not may_be_no_trades(best, roles, columns, times):
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


def _one_of_two(best: Candidate, other: Column) -> Doubt:
    """Two results, each of which may be that of a trade; what both legs earned is that of both."""
    each = tuple(Answer(one.name, {"fields.net_pnl": one.expression}) for one in (best.pnl, other))
    both = f"{best.pnl.expression} + {other.expression}"
    added = Answer("both, added up", {"fields.net_pnl": both})
    return Doubt(
        "two_results",
        f"Which is the result of a trade, {best.pnl.name} or {other.name}?",
        (added, *each) if _are_legs(best, other) else each,
    )


def say_opened_and_closed(times: Times) -> bool:
    """Whether records have an `entry_date` and an `exit_date`, and no window's start and end."""
    said = [{*one.words} & _OF_POSITIONS for one in (*times.opened[:1], *times.closed[:1])]
    return len(said) == 2 and all(said)


def _made_beside(pnl: Column, columns: Sequence[Column]) -> Column | None:
    """The P&L of a trade with money, beside one called that of a test: `live_pnl`."""
    said = {*pnl.words}
    if not said & _TRIED:
        return None
    others = (one for one in columns if one.kind == NUMBER and {*one.words} & _MADE)
    return next((one for one in others if {*one.words} - _MADE == said - _TRIED), None)


def _ended_as_is_said(best: Candidate, roles: Mapping[str, Column]) -> bool:
    """Whether stops were lost and targets won, of records with what only trades have."""
    if best.name.is_running or not any(one <= roles.keys() for one in _OF_ONE_TRADE):
        return False
    said = [one for one in best.reasons if one.startswith(_AGREES)]
    return any("prices" not in one for one in said) and best.score >= _PLAIN


def _says_it_ended(best: Candidate, roles: Mapping[str, Column], columns: Sequence[Column]) -> bool:
    """Whether a result is called that of what was closed, of a size, and none is of what is held.

    Both gains and losses are among them.
    """
    if best.unit != MONEY or best.name.is_running or not {*best.pnl.words} & _ENDED:
        return False
    if "quantity" not in roles or any("unrealized" in one.words for one in columns):
        return False
    amounts = [best.pnl.numbers[row] or 0 for row in best.closing.rows]
    return best.score >= _PLAIN and min(amounts, default=0) < 0 < max(amounts, default=0)


def _is_of_numbered_trades(best: Candidate, identity: Identity) -> bool:
    """Whether the name of a result stands beside a column that numbers trades: `Trade #`."""
    numbered = any(set(one.words) - _OF_NUMBERING == {"trade"} for one in identity.columns)
    return numbered and best.unit in (MONEY, RISK) and best.score >= _PLAIN


def _is_won_and_lost_money(best: Candidate) -> bool:
    """Whether a plain name says of which currency a result is, as `profit_usd`, won or lost."""
    if best.unit != MONEY or not best.name.currency or best.score < _PLAIN:
        return False
    if best.name.is_running or best.name.is_bare:
        return False
    amounts = [best.pnl.numbers[row] or 0 for row in best.closing.rows]
    return min(amounts, default=0) < 0 < max(amounts, default=0)


def two_names(best: Candidate, columns: Sequence[Column]) -> Doubt | None:
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


def rival_of(candidates: Sequence[Candidate]) -> Candidate | None:
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
        if _is_part(other.pnl, best.pnl) or _is_of_piece(other, best):
            continue
        if _is_of_mark(other.pnl, best.pnl):
            continue
        mine, theirs = best.pnl.numbers, other.pnl.numbers
        if any(mine[row] != theirs[row] for row in best.closing.rows):
            return other
    return None


def _are_legs(best: Candidate, other: Column) -> bool:
    """Whether results that most records both have are of two legs: `long_pnl`, `short_pnl`.

    Those of trades that are long or short stand alone.
    """
    mine, theirs = {*best.pnl.words}, {*other.words}
    if not (mine - theirs and theirs - mine and mine ^ theirs <= _LEGS):
        return False
    rows = best.closing.rows
    have_both = sum(bool(best.pnl.numbers[row] and other.numbers[row]) for row in rows)
    return have_both * 2 > len(rows)


def _is_part(other: Column, pnl: Column) -> bool:
    """Whether another column is by its name that of a part: `partial_pnl`, `long_pnl`."""
    parts = (_OF_PARTS, _LEGS, CARRY)
    return any({*other.words} & one and not {*pnl.words} & one for one in parts)


def _is_of_mark(other: Column, pnl: Column) -> bool:
    """Whether another column is what the price of the day's end gives, beside a realized P&L."""
    return "realized" in pnl.words and bool({"mtm", "mark"} & {*other.words})


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
