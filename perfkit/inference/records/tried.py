"""Trades with money beside trades that were only tried, as a flag or a mode says.

dry_run   true, false
mode      live, paper
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.table.columns import BOOLEAN, TEXT, Column
from perfkit.inference.words.names import word_set, words

_TRIED = word_set(
    "dry dryrun paper simulated simulation sim demo testnet shadow sandbox virtual ghost phantom "
    "hypothetical"
)
_REAL = word_set("live real production prod")
_MODES = word_set("mode environment env account type trade trading execution")


def live_and_tried(columns: Sequence[Column], rows: Sequence[int]) -> list[str]:
    """What to say where both are added up: how many were only tried; empty where not."""
    for column in columns:
        if column.kind == BOOLEAN and {*column.words} & (_TRIED | _REAL):
            flagged = sum(column.labels[row] == "true" for row in rows)
            others = sum(column.labels[row] == "false" for row in rows)
        elif column.kind == TEXT and "mode" in column.words and {*column.words} <= _MODES:
            said = [{*words(column.labels[row])} for row in rows]
            flagged = sum(bool(one & _TRIED) for one in said)
            others = sum(bool(one & _REAL) for one in said)
        else:
            continue
        if flagged and others:
            return [
                f"trades with money and trades that were only tried are added up, as {column.name} "
                "says; choose one with `only`"
            ]
    return []
