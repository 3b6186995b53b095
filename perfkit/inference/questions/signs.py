"""Questions about the sign of a P&L that an outcome, or prices, contradict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.assemble import outcome_words
from perfkit.inference.candidates import Candidate
from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.proof.evidence import checked
from perfkit.inference.proof.prices import prices_say
from perfkit.inference.records.kinds import logged
from perfkit.inference.table.columns import Column
from perfkit.inference.table.roles import LOST, outcome_of

_LEAST = 3


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


def turned_round(best: Candidate, roles: Mapping[str, Column]) -> Doubt | None:
    """A P&L that is to the digit what prices give, with the other sign in all records."""
    rows = checked(best.closing.rows)
    if not best.sign_contradicts or best.side_of_exit or len(rows) < _LEAST:
        return None
    if not prices_say(best.pnl, roles, [], rows, turn=-1).proved:
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
