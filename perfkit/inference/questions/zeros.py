"""Records with a P&L of 0, which may be openings or trades that came out even."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.proof import evidence as says
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import Column
from perfkit.inference.table.outcomes import EVEN, LOST, outcome_of
from perfkit.inference.words.names import MONEY, word_set, words

_MOST_ZEROS = 0.3
_ROUNDED = 8
"""Where one 0 of so many is a loss that was rounded, the others are rounded as well."""
_OF_FILLS = word_set("buy sell bought sold")
_MARKED = 12
"""The score of closing records that a column of words marks."""


def results_of_zero(
    best: Candidate,
    candidates: Sequence[Candidate],
    roles: Mapping[str, Column],
    fees: Sequence[Column],
) -> Doubt | None:
    """Records with a P&L of 0 that no other column shows to be rounded, or to have ended.

    One in per cent may show the first, an outcome the second; and equal prices of trades that say
    why they ended.
    """
    rows, name = best.closing.rows, best.pnl.name
    others = [one.pnl for one in candidates if one.unit != best.unit and not one.name.is_running]
    outcome = roles.get("outcome")
    ends = {EVEN} if any(best.pnl.numbers[row] for row in rows) else set()
    if outcome is not None:  # losses of 0 alone may not have been lost yet
        ends |= {outcome_of(outcome.labels[row]) for row in rows if best.pnl.numbers[row]} - {""}
    is_ended = "exit_reason" in roles and all(roles["exit_reason"].present[row] for row in rows)
    zeros = sum(
        not best.pnl.numbers[row]
        and not any(other.numbers[row] for other in others)
        and not (outcome is not None and outcome_of(outcome.labels[row]) in ends)
        and not (is_ended and _is_even(roles, row))
        for row in rows
    )
    is_known = best.proved or best.closing.score >= _MARKED
    if zeros <= _MOST_ZEROS * len(rows) or (is_known and not _are_sales(best)):
        return None
    if "outcome" not in roles and says.is_even(best.pnl, roles):  # as both prices show
        return None
    losses = sum(_is_rounded_loss(best.pnl.values[row]) for row in rows)
    if losses * _ROUNDED >= zeros:
        return None
    lost = _lost_what_was_paid(best, roles)
    are_likely = not lost and not _are_of_one_side(best, roles)
    return Doubt(
        "zeros",
        f"{zeros} of {len(rows)} records have a {name} of 0; are they trades?",
        (
            *lost,
            Answer("yes, they broke even", {}),
            Answer(
                f"no{_with_their_costs(best, fees)}", {f"only.{best.pnl.expression}": {"not": 0}}
            ),
        ),
        "the P&L is the same in any case" if are_likely else "",
    )


def _are_of_one_side(best: Candidate, roles: Mapping[str, Column]) -> bool:
    """Whether nearly all purchases or nearly all sales have a P&L of 0, as openings do."""
    side = roles.get("side")
    if side is None or not any({*words(one)} & _OF_FILLS for one in side.distinct):
        return False
    records, zeros = Counter[str](), Counter[str]()
    for row in best.closing.rows:
        records[side.labels[row]] += 1
        zeros[side.labels[row]] += not best.pnl.numbers[row]
    return len(records) > 1 and any(
        zeros[word] * 10 >= count * 9 and zeros.total() * 10 < records.total() * 9
        for word, count in records.items()
    )


def _is_rounded_loss(value: object) -> bool:
    """Whether a 0 is written as `-0.0`, which a loss of less than the last digit is rounded to."""
    return str(value).strip().startswith("-") and shapes.number(value) == 0


def _is_even(roles: Mapping[str, Column], row: int) -> bool:
    """Whether a trade was closed at the price at which it was opened."""
    if not {"entry_price", "exit_price"} <= roles.keys():
        return False
    entry = roles["entry_price"].numbers[row]
    return bool(entry) and entry == roles["exit_price"].numbers[row]


def _lost_what_was_paid(best: Candidate, roles: Mapping[str, Column]) -> list[Answer]:
    """The answer that losses, of which each has a P&L of 0, are of what was paid for each."""
    outcome, paid = roles.get("outcome"), roles.get("stake") or roles.get("quantity")
    if outcome is None or paid is None or best.unit != MONEY or "exit_price" in roles:
        return []
    rows, numbers = best.closing.rows, best.pnl.numbers
    said = {outcome.labels[row]: outcome.values[row] for row in rows}
    lost = [row for row in rows if outcome_of(outcome.labels[row]) == LOST]
    if not all(map(outcome_of, said)) or any(numbers[row] for row in lost):
        return []
    if not lost or not all((paid.numbers[row] or Decimal(0)) > 0 for row in lost):
        return []
    parts = []
    for label, word in said.items():
        amount = (
            f"-where({paid.expression}"
            if outcome_of(label) == LOST
            else f"where({best.pnl.expression}"
        )
        parts.append(f'{amount}, {outcome.expression}, "{word}")')
    return [Answer(f"yes, they lost {paid.name}", {"fields.net_pnl": " or ".join(parts)})]


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
