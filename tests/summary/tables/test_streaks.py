"""Streaks by length."""

import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.summary.tables.streaks import streaks_by_length
from tests.conftest import BOT, WriteWorkspace


def desk_of(workspace: WriteWorkspace, letters: str) -> perfkit.Desk:
    """A trade a minute: W wins, L loses, B breaks even."""
    lines = [
        {
            "exit_timestamp": f"2026-04-06T10:{n:02d}:00Z",
            "net_profit_loss": {"W": "1", "L": "-1", "B": "0"}[letter],
        }
        for n, letter in enumerate(letters)
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    return perfkit.open(workspace(BOT, {"logs/trades/2026-04-06.jsonl": text}))


def test_a_breakeven_neither_ends_nor_lengthens_a_streak(workspace: WriteWorkspace) -> None:
    desk = desk_of(workspace, "WWBWLWBLLL")
    rows = streaks_by_length(desk.selection("all"))
    assert [tuple(row) for row in rows] == [(1, 1, 1), (2, 0, 0), (3, 1, 1)]
    text = desk.streaks("all").markdown
    assert text.splitlines()[0] == "| Length | Winning streaks | Losing streaks |"
    assert len(text.splitlines()) == 4  # no line for a length that did not occur


def test_without_a_decided_trade_it_says_so(workspace: WriteWorkspace) -> None:
    text = desk_of(workspace, "B").streaks("all").markdown
    assert text == "No trade won or lost in the window.\n"


@given(st.text("WLB", min_size=1, max_size=40))
def test_runs_are_those_of_the_letters(fresh_workspace: WriteWorkspace, letters: str) -> None:
    desk = desk_of(fresh_workspace, letters)
    rows = streaks_by_length(desk.selection("all"))
    decided = letters.replace("B", "")
    winning = Counter(map(len, decided.replace("L", " ").split()))
    losing = Counter(map(len, decided.replace("W", " ").split()))
    assert {row.length: row.winning for row in rows if row.winning} == winning
    assert {row.length: row.losing for row in rows if row.losing} == losing
    metrics = desk.summary("all").metrics
    longest = max(metrics["longest_win_streak"], metrics["longest_loss_streak"])  # type: ignore[type-var]
    assert len(rows) == longest
