"""Questions about the sign of a P&L that an outcome, or prices, contradict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.keys.assemble import outcome_words
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.proof import evidence as says
from perfkit.inference.proof.prices import is_less_by_costs, prices_say
from perfkit.inference.records.kinds import logged
from perfkit.inference.table.columns import Column
from perfkit.inference.table.outcomes import LOST, outcome_of
from perfkit.inference.words.names import MONEY

_LEAST = 3
_LEAST_MOVED = 5
_PAID = frozenset(("cost", "costs", "paid"))


def losses_above_zero(best: Candidate, roles: Mapping[str, Column]) -> Doubt | None:
    """Losses whose amount is logged without a sign, as the outcome beside them says."""
    outcome, numbers = roles.get("outcome"), best.pnl.numbers
    if outcome is None or any((numbers[row] or 0) < 0 for row in best.closing.rows):
        return None
    lost = [row for row in best.closing.rows if outcome_of(outcome.labels[row]) == LOST]
    positive = [row for row in lost if numbers[row]]
    if not positive or len(positive) * 2 < len(lost):
        return None
    name = best.pnl.name
    return Doubt(
        "loss_sign",
        f"{len(positive)} records are losses by {outcome.name}, but have a {name} above 0; "
        "which is right?",
        (
            Answer(
                f"the outcome: the {name} of losses is below 0",
                {"fields.net_pnl": _signed(best.pnl, outcome, best.closing.rows)},
            ),
            Answer(f"the {name} as logged", {}),
            Answer(
                "the outcome: count wins and losses, without amounts",
                {
                    "fields.net_pnl": None,
                    "fields.outcome": outcome.expression,
                    "values.outcome": outcome_words(outcome),
                },
            ),
        ),
    )


def _signed(pnl: Column, outcome: Column, rows: Sequence[int]) -> str:
    """The P&L below 0 for the words of a loss: `where(pnl, result, "W") or -where(...)`."""
    labels = {outcome.labels[row] for row in rows} - {""}
    parts = [
        f"{'-' if outcome_of(str(word).lower()) == LOST else ''}"
        f"where({pnl.expression}, {outcome.expression}, {_quoted(word)})"
        for word in logged(outcome, labels)
    ]
    return " or ".join(parts)


def _quoted(word: object) -> str:
    text = str(word).lower() if isinstance(word, bool) else str(word)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def turned_round(
    best: Candidate, roles: Mapping[str, Column], fees: Sequence[Column]
) -> Doubt | None:
    """A P&L that is to the digit what prices give, with the other sign in all records.

    Where the costs are in it they come off it as it is logged, so that its sign is right.
    """
    rows = says.checked(best.closing.rows)
    if not best.sign_contradicts or best.side_of_exit or len(rows) < _LEAST:
        return None
    if not prices_say(best.pnl, roles, [], rows, turn=-1).proved:
        return None
    if is_less_by_costs(best.pnl, roles, fees, rows):
        return None
    name = best.pnl.name
    return Doubt(
        "sign",
        f"{name} is what the prices give, with the opposite sign; which is right?",
        (
            Answer(f"the prices: -{name}", {"fields.net_pnl": f"-({best.pnl.expression})"}),
            Answer(f"{name} as logged", {}),
        ),
    )


def with_way_of_carry(
    result: dict[str, str],
    best: Candidate,
    fees: Sequence[Column],
    columns: Sequence[Column],
    roles: Mapping[str, Column],
) -> tuple[dict[str, str], list[Doubt]]:
    """The result with funding of both signs the way that a balance shows; else a question.

    funding -0.40   is paid where logs have it as a part of what was earned, and received where they
                    have it as a cost
    """
    said = result.get("net_pnl", "")
    if best.unit != MONEY or best.is_net is not False:
        return result, []
    rows = best.closing.rows
    for fee in fees:
        if "funding" not in fee.words or not _has_both_signs(fee, rows):
            continue
        written = next((one for one in (f"({fee.expression} or 0)", fee.expression)
                        if said.endswith(f" {one}")), "")  # fmt: skip
        if not written:
            continue
        begun = said.removesuffix(written)[:-2]
        ways = {"-": f"{begun}- {written}", "+": f"{begun}+ {written}"}
        fixed = [one for one in fees if one is not fee]
        way = _way_of(best.pnl, fee, fixed, columns, roles, rows)
        way = way or "-" * bool(set(fee.words) & _PAID)
        if way:
            return {**result, "net_pnl": ways[way]}, []
        doubt = Doubt(
            "funding",
            f"{fee.name} is above 0 in some trades and below 0 in others; what was paid?",
            (
                Answer("what is above 0", {"fields.net_pnl": ways["-"]}),
                Answer("what is below 0", {"fields.net_pnl": ways["+"]}),
            ),
        )
        return result, [doubt]
    return result, []


def _has_both_signs(fee: Column, rows: Sequence[int]) -> bool:
    amounts = [amount for row in rows if (amount := fee.numbers[row])]
    negative = sum(amount < 0 for amount in amounts)
    return min(negative, len(amounts) - negative) * 10 >= len(amounts) > 0


def _way_of(
    pnl: Column,
    fee: Column,
    fixed: Sequence[Column],
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    rows: Sequence[int],
) -> str:
    """The sign with which funding is in what a balance moves by; empty where none shows it."""
    moved = says.moves_of_balance(columns, roles.get("balance"), rows)
    found = {"-": 0, "+": 0}
    compared = 0
    for row, move in moved.items():
        earned, paid = pnl.numbers[row], fee.numbers[row]
        if not earned or not paid:
            continue
        compared += 1
        left = move - earned + says.costs(fixed, row)
        found["-"] += abs(left + paid) <= 4 * (pnl.step + fee.step) < abs(paid)
        found["+"] += abs(left - paid) <= 4 * (pnl.step + fee.step) < abs(paid)
    best = max(found, key=lambda way: found[way])
    return best if compared >= _LEAST_MOVED and found[best] * 10 >= 7 * compared else ""
