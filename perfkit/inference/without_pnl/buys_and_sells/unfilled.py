"""Orders of which nothing says that they were filled: submitted, pending, tried without money."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.doubts import Answer, Doubt, no
from perfkit.inference.records.filled import EVENTS, FILLS, WAITING
from perfkit.inference.records.kinds import logged
from perfkit.inference.table.columns import BOOLEAN, TEXT, Column
from perfkit.inference.words.names import word_set, words

_WAITING = WAITING | word_set("not")
_RESTING = word_set("open working resting unfilled")
_TRIED = word_set("dry simulated simulation test shadow dryrun backtest paper demo")
_STATES = word_set("status state")


def of_unfilled(columns: Sequence[Column], rows: Sequence[int]) -> Doubt | None:
    """Which of some orders count, where a status or a flag says that some were not executed."""
    for column in columns:
        if column.kind == BOOLEAN and set(column.words) & _TRIED:
            doubt = _of_flag(column, rows)
        elif column.kind == TEXT and column.has_few_words and _may_say_it(column, rows):
            doubt = _of_status(column, rows)
        else:
            continue
        if doubt is not None:
            return doubt
    return None


def _may_say_it(column: Column, rows: Sequence[int]) -> bool:
    """Whether a column is a status, or one of events that all say that an order was placed."""
    said = {column.labels[row] for row in rows}
    is_event = bool(set(column.words) & EVENTS)
    is_event = is_event and all(set(words(label)) & _WAITING for label in said)
    return is_event or bool(set(column.words) & _STATES)


def _of_flag(column: Column, rows: Sequence[int]) -> Doubt | None:
    tried = sum(column.labels[row] == "true" for row in rows)
    if not 0 < tried < len(rows):
        return None
    return Doubt(
        "not_filled",
        f"{column.name} is true for {tried} of {len(rows)} orders; do these count?",
        (
            Answer("no", {f"only.{column.expression}": {"not": True}}),
            Answer("yes", {}),
        ),
    )


def _of_status(column: Column, rows: Sequence[int]) -> Doubt | None:
    said = {label: set(words(label)) for label in {column.labels[row] for row in rows} - {""}}
    tried = {label for label, one in said.items() if one & _TRIED}
    waiting = {label for label, one in said.items() if one & _WAITING} - tried
    if waiting or any(one & FILLS for one in said.values()):  # beside which an open order waits
        waiting |= {label for label, one in said.items() if one & _RESTING} - tried
    sure = said.keys() - tried - waiting
    if not tried and not waiting:
        return None
    if not sure and not (tried and waiting):
        what = ", ".join(sorted(said))
        question = f"All orders are {what}; were they filled at these prices?"
        unfilled = no("the orders were not filled, as answered")
        return Doubt("not_filled", question, (Answer("yes", {}), unfilled))
    kept = set(sure) or waiting
    others = sum(column.labels[row] not in kept for row in rows)
    names = ", ".join(sorted(said.keys() - kept))
    only = f"only.{column.expression}"
    answers = [Answer(f"no, only {', '.join(sorted(kept))}", {only: logged(column, kept)})]
    if sure and tried and waiting:
        real = set(sure) | waiting
        answers.append(Answer(f"only {', '.join(sorted(real))}", {only: logged(column, real)}))
    if len(kept) > 1:
        answers += [Answer(f"only {one}", {only: logged(column, {one})}) for one in sorted(kept)]
    answers.append(Answer("yes, all", {}))
    question = f"{others} of {len(rows)} orders are {names}, not known to be filled; do they count?"
    return Doubt("not_filled", question, tuple(answers))
