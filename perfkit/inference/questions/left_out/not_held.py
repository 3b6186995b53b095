"""Records of days on which nothing was held, and of positions that were struck off unsold.

signal 1   trade_pnl 52.23      one day of what was predicted
signal 0   trade_pnl 0.0

entry_price 4142   exit_price 4142   pnl -105   reason ghost_position_purge
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.doubts import Answer, Doubt, no
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.records.kinds import logged
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import word_set, words

_SIGNALS = word_set("signal prediction predicted")
_EXPOSURES = {"-1", "0", "1", "-1.0", "0.0", "1.0", ""}
_FLAT = ("0", "0.0")
_OF_A_TRADE = {"entry_price", "exit_price", "quantity"}
_REASONS = word_set("reason status state note notes outcome result")
_STATES = word_set("status state")
_IMAGINED = word_set("ghost phantom shadow hypothetical counterfactual")
_STRUCK = word_set(
    "ghost phantom purge purged orphan orphaned cleanup stale sync desync reconcile reconciled "
    "reconciliation removed missing"
)


def predicted(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column], times: Times
) -> Doubt | None:
    """Whether each record is a trade, where all those with a signal of 0 have a P&L of 0."""
    rows = best.closing.rows
    if times.closed or times.opened or _OF_A_TRADE & roles.keys():
        return None
    flat = {
        column: sum(column.labels[row] in _FLAT for row in rows)
        for column in columns
        if _says_what_was_held(column, best)
    }
    if not flat:
        return None
    column = max(flat, key=flat.__getitem__)
    return Doubt(
        "bars",
        f"Is each record a trade? {column.name} is 0 in {flat[column]} of {len(rows)}, as where "
        "each is a day or a bar.",
        (
            Answer("those in which something was held", {f"only.{column.expression}": {"not": 0}}),
            Answer("yes", {}),
            no("records are bars, not trades, as answered"),
        ),
    )


def _says_what_was_held(column: Column, best: Candidate) -> bool:
    """Whether a signal is 0 in some records, all with a P&L of 0, and 1 or -1 in others."""
    if column.kind != NUMBER or not {*column.words} <= _SIGNALS:
        return False
    earned = [(column.labels[row], bool(best.pnl.numbers[row])) for row in best.closing.rows]
    flat = [has_result for label, has_result in earned if label in _FLAT]
    is_held = any(has_result for _, has_result in earned)
    return {*column.distinct} <= _EXPOSURES and bool(flat) and not any(flat) and is_held


def struck_off(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column]
) -> Doubt | None:
    """Whether positions count that are said to be ghosts, with a loss and one price for both ends.

    Nothing was lost at that price: what is said to be lost is what was paid.
    """
    rows, earned = best.closing.rows, best.pnl.numbers
    if not {"entry_price", "exit_price"} <= roles.keys():
        return None
    entry, out = roles["entry_price"].numbers, roles["exit_price"].numbers
    for column in columns:
        if column.kind != TEXT or not {*column.words} & _REASONS or not column.has_few_words:
            continue
        labels = {label for label in column.distinct if {*words(label)} & _STRUCK}
        struck = [row for row in rows if column.labels[row] in labels]
        if not struck or not all((earned[row] or 0) < 0 for row in struck):
            continue
        if not all(entry[row] and entry[row] == out[row] for row in struck):
            continue
        said = " and ".join(map(str, logged(column, labels)))
        where = {f"only.{column.expression}": {"not": logged(column, labels)}}
        never = no("positions that were struck off are no trades, as answered")
        is_all = len(struck) == len(rows)
        return Doubt(
            "struck_off",
            f"{len(struck)} of {len(rows)} records have {column.name} {said}, a loss, and an exit "
            "price that is that of the entry; did these trades lose it?",
            (Answer("yes", {}), never if is_all else Answer("no", {**where})),
        )
    return None


def imagined(best: Candidate, columns: Sequence[Column]) -> Doubt | None:
    """Whether records count whose status says that nothing was traded, such as `SHADOW`."""
    rows = best.closing.rows
    for column in columns:
        if column.kind != TEXT or not {*column.words} & _STATES or not column.has_few_words:
            continue
        labels = {label for label in column.distinct if {*words(label)} & _IMAGINED}
        found = [row for row in rows if column.labels[row] in labels]
        if not found or len(found) == len(rows):
            continue
        said = logged(column, labels)
        return Doubt(
            "struck_off",
            f"{len(found)} of {len(rows)} records have {column.name} "
            f"{' and '.join(map(str, said))}, and a {best.pnl.name}; were these traded?",
            (
                Answer("yes", {}),
                Answer("no", {f"only.{column.expression}": _without(best, column, said)}),
            ),
        )
    return None


def _without(best: Candidate, column: Column, said: Sequence[object]) -> object:
    """The condition that leaves out some words, and what is left out already."""
    known = best.closing.only.get(column.expression)
    if known is None or isinstance(known, dict):
        before = known.get("not", []) if known else []
        return {"not": [*(before if isinstance(before, list) else [before]), *said]}
    kept = [one for one in known if one not in said] if isinstance(known, list) else []
    return kept[0] if len(kept) == 1 else kept or {"not": said}
