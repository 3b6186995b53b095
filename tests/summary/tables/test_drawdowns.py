"""The deepest drawdowns of a window, by hand and by brute force."""

import json
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.summary.tables.drawdowns import DrawdownRow, deepest_drawdowns
from tests.conftest import BOT, WriteWorkspace


def desk_of(workspace: WriteWorkspace, pnls: Sequence[object]) -> perfkit.Desk:
    """A trade a minute from 10:01 on, so that trade n closes in minute n."""
    lines = [
        {"exit_timestamp": f"2026-04-06T10:{n:02d}:00Z", "net_profit_loss": str(pnl)}
        for n, pnl in enumerate(pnls, 1)
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    return perfkit.open(workspace(BOT, {"logs/trades/2026-04-06.jsonl": text}))


def minutes(row: DrawdownRow) -> tuple[int, int, int, int | None]:
    """Depth, and the minutes of peak (0: the start), trough and recovery."""
    peak = 0 if row.peak_at is None else row.peak_at.minute
    recovered = None if row.recovered_at is None else row.recovered_at.minute
    return int(row.depth), peak, row.trough_at.minute, recovered


def by_brute_force(pnls: Sequence[int]) -> list[tuple[int, int, int, int | None]]:
    """Point by point: each peak that is followed by something lower, up to where it is regained."""
    levels = [sum(pnls[:n]) for n in range(len(pnls) + 1)]
    found, point = [], 0
    while point < len(levels) - 1:
        if levels[point + 1] >= levels[point]:
            # a higher level is a new peak; one as high is not, unless a fall has just ended there
            step = point + 1
            while step < len(levels) and levels[step] == levels[point]:
                step += 1
            if step == len(levels):
                break
            if levels[step] > levels[point]:
                point = step
                continue
            below = step
        else:
            below = point + 1
        end = next((n for n in range(below, len(levels)) if levels[n] >= levels[point]), None)
        inside = levels[below:end]
        trough = below + inside.index(min(inside))
        found.append((min(inside) - levels[point], point, trough, end))
        if end is None:
            break
        point = end
    return sorted(found, key=lambda one: (one[0], one[1]))[:5]


class TestRows:
    @pytest.mark.parametrize(
        ("pnls", "rows"),
        [
            # pyfolio, gen_drawdown_table: 100 120 100 80 70 110 180 150, peak, valley and recovery
            ([20, -20, -20, -10, 40, 70, -30], [(-50, 1, 4, 6), (-30, 6, 7, None)]),
            # backtesting.py, test_compute_drawdown: 7 and 4
            ([0, -1, -6, 7, -4, 4, 0], [(-7, 0, 3, 4), (-4, 4, 5, 6)]),
            # QuantConnect/Lean, DrawdownRecoveryTests: 100 90 100 90 80 100
            ([-10, 10, -10, -10, 20], [(-20, 2, 4, 5), (-10, 0, 1, 2)]),
            ([1, 2], []),
            ([], []),
            ([-1], [(-1, 0, 1, None)]),
            ([5, 0, -1, 1, 0, -1], [(-1, 1, 3, 4), (-1, 4, 6, None)]),
            ([-2, 3, -2, 3, -2], [(-2, 0, 1, 2), (-2, 2, 3, 4), (-2, 4, 5, None)]),
        ],
    )
    def test_known_drawdowns(
        self,
        workspace: WriteWorkspace,
        pnls: list[int],
        rows: list[tuple[int, int, int, int | None]],
    ) -> None:
        desk = desk_of(workspace, pnls)
        if not pnls:
            assert str(desk.drawdowns("daily", "2026-04-06")) == "No drawdown in the window.\n"
            return
        assert list(map(minutes, deepest_drawdowns(desk.selection("all")))) == rows

    def test_the_deepest_is_that_of_the_metrics(self, workspace: WriteWorkspace) -> None:
        desk = desk_of(workspace, [5, -3, 2, -6, 8, -1])
        (first, *_), metrics = deepest_drawdowns(desk.selection("all")), desk.summary("all").metrics
        assert first.depth == metrics["max_drawdown"] == Decimal(-7)
        assert first.peak_at == metrics["drawdown_peak_at"]
        assert first.trough_at == metrics["drawdown_trough_at"]
        assert first.recovered_at == metrics["drawdown_recovered_at"]
        assert first.trades == 4

    @given(st.lists(st.integers(-3, 3), min_size=1, max_size=30))
    def test_they_are_those_found_point_by_point(
        self, fresh_workspace: WriteWorkspace, pnls: list[int]
    ) -> None:
        found = deepest_drawdowns(desk_of(fresh_workspace, pnls).selection("all"))
        assert list(map(minutes, found)) == by_brute_force(pnls)


def test_the_table_has_a_line_for_each(workspace: WriteWorkspace) -> None:
    text = desk_of(workspace, [20, -20, -20, -10, 40, 70, -30]).drawdowns("all").markdown
    header, _, first, second = text.splitlines()
    assert header == "| Drawdown | From | Lowest | Recovered | Lasted | Trades |"
    assert first.startswith("| -50.00 USD | 2026-04-06 10:01:00 UTC | 2026-04-06 10:04:00 UTC |")
    assert first.endswith("| 2026-04-06 10:06:00 UTC | 5 min 00 s | 5 |")
    assert second.endswith("| 2026-04-06 10:07:00 UTC | – | 1 min 00 s so far | 1 |")
