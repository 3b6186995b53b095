"""Records with a P&L of 0, which may be openings or trades that came out even."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.proof import evidence as says
from perfkit.inference.result import Reading
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import NUMBER, Column
from perfkit.inference.table.outcomes import EVEN, LOST, WON, outcome_of
from perfkit.inference.words.names import MONEY, word_set, words

_MOST_ZEROS = 0.3
_ROUNDED = 8
"""Where one 0 of so many is a loss that was rounded, the others are rounded as well."""
_OF_FILLS = word_set("buy sell bought sold")
_LEAST_WON = 3
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
    lost = _lost_what_was_paid(best, roles)
    are_few = zeros <= _MOST_ZEROS * len(rows) or (is_known and not _are_sales(best))
    if are_few and (best.proved or not lost):
        return None
    if "outcome" not in roles and says.is_even(best.pnl, roles):  # as both prices show
        return None
    losses = sum(_is_rounded_loss(best.pnl.values[row]) for row in rows)
    if losses * _ROUNDED >= zeros:
        return None
    costs = _with_their_costs(best, fees)
    are_likely = not (lost or costs or _are_of_one_side(best, roles))
    return Doubt(
        "zeros",
        f"{zeros} of {len(rows)} records have a {name} of 0; are they trades?",
        (
            *lost,
            Answer("yes, they broke even", {}),
            Answer(f"no{costs}", {f"only.{best.pnl.expression}": {"not": 0}}),
        ),
        "the P&L is the same in any case" if are_likely else "",
    )


def with_stakes_lost(
    reading: Reading, best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column]
) -> Reading:
    """The reading with the loss of each stake, where odds or returns show what wins are made of.

    stake 10   odds 1.9   won, profit 9     lost, profit 0: the 10 are lost
    """
    doubt = next((one for one in reading.doubts if one.name == "zeros"), None)
    paid, outcome = roles.get("stake"), roles.get("outcome")
    if doubt is None or paid is None or outcome is None or not _lost_what_was_paid(best, roles):
        return reading
    rows = [row for row in best.closing.rows if outcome_of(outcome.labels[row]) == WON]
    lost = [row for row in best.closing.rows if outcome_of(outcome.labels[row]) == LOST]
    by = next((one for one in columns if _shows_wins(one, best.pnl, paid, rows, lost)), None)
    fields = reading.dialect.get("fields")
    if by is None or not isinstance(fields, dict):
        return reading
    changes = doubt.answers[0].changes
    total = sum((paid.numbers[row] or Decimal(0) for row in lost), Decimal(0))
    said = f"{len(lost)} records that lost have a {best.pnl.name} of 0: they lost {paid.name}"
    return reading._replace(
        dialect={**reading.dialect, "fields": {**fields, "net_pnl": changes["fields.net_pnl"]}},
        doubts=tuple(one for one in reading.doubts if one is not doubt),
        assumed=(*reading.assumed, f"{said}, as {by.name} shows"),
        total=None if reading.total is None else reading.total - total,
    )


def _shows_wins(
    column: Column, pnl: Column, paid: Column, won: Sequence[int], lost: Sequence[int]
) -> bool:
    """Whether wins are the stake x (odds - 1), or what came back less it, which is 0 of losses."""
    if column.kind != NUMBER or column in (pnl, paid) or len(won) < _LEAST_WON:
        return False
    is_odds = "odds" in column.words
    if not is_odds and any(column.numbers[row] for row in lost):
        return False
    agreed = 0
    for row in won:
        stake, other, earned = paid.numbers[row], column.numbers[row], pnl.numbers[row]
        if stake and other and earned:
            expected = stake * (other - 1) if is_odds else other - stake
            agreed += abs(expected - earned) <= 2 * pnl.step
    return agreed * 10 >= 9 * len(won)


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
