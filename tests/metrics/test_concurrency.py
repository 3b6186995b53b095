"""When trades were open, and how many at once."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.metrics.concurrency import held_of
from perfkit.metrics.facts import Held
from perfkit.metrics.ranks import merged_ranks, packed_ranks, ranks_of, unpacked_ranks
from tests.conftest import WriteWorkspace
from tests.metrics.test_exits import at, desk_of, summary


class TestExposure:
    """Intervals are half-open; none of the tools that were looked at counts them like that."""

    def lines(self) -> list[dict[str, str]]:
        hours = [(-2, 0.5), (1, 5), (3, 7), (7, 8), (24.5, 25)]
        closed = [{"in": at(int(60 * a)), "out": at(int(60 * b)), "pnl": "1"} for a, b in hours]
        return [*closed, {"in": at(23 * 60)}]

    def test_half_an_hour_one_to_eight_and_the_last_hour(self, workspace: WriteWorkspace) -> None:
        found = desk_of(workspace, self.lines()).summary("daily", "2026-01-05").metrics
        assert found["exposure"] == Decimal("0.354166666666666667")
        assert found["max_concurrent"] == 2

    def test_explain_names_the_trades_that_were_open_together(
        self, workspace: WriteWorkspace
    ) -> None:
        desk = desk_of(workspace, self.lines())
        most = desk.explain("max_concurrent", "daily", "2026-01-05")
        assert [one.rpartition(":")[2] for one in most.lines] == ["2", "3"]
        share = desk.explain("exposure", "daily", "2026-01-05")
        assert share.inputs == {"time held": Decimal("30600"), "time of the window": 86400}
        assert len(share.trades) == 5

    def test_a_trade_still_open_counts_up_to_the_newest_line(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = [{"in": at(0)}, {"in": at(60), "out": at(6 * 60), "pnl": "1"}]
        found = desk_of(workspace, lines).summary("daily", "2026-01-05").metrics
        assert (found["exposure"], found["max_concurrent"]) == (Decimal("0.25"), 2)

    def test_without_opening_times_there_is_none(self, workspace: WriteWorkspace) -> None:
        found = summary(workspace, [{"out": at(1), "pnl": "1"}])
        assert found.undefined["exposure"] == "no trade has an opening time"
        assert found.undefined["max_concurrent"] == "no trade has an opening time"

    @pytest.mark.parametrize("metric", ["exposure", "max_concurrent"])
    def test_no_rule_may_watch_what_later_lines_change(
        self, workspace: WriteWorkspace, metric: str
    ) -> None:
        rule = {"id": "r", "metric": metric, "over": {"window": "daily"}, "below": 1}
        with pytest.raises(perfkit.PerfkitError, match="not computed from closed trades"):
            desk_of(workspace, self.lines()).backtest([rule])

    @given(
        st.lists(st.tuples(st.integers(-5, 20), st.integers(0, 9), st.booleans()), max_size=9),
        st.lists(st.tuples(st.integers(-5, 30), st.integers(0, 40)), max_size=4),
    )
    def test_it_equals_brute_force_however_days_are_cut(
        self, closed: list[tuple[int, int, bool]], still_open: list[tuple[int, int]]
    ) -> None:
        start, end = 0, 30
        spans = [(a, a + hold) for a, hold, _ in closed if a + hold >= start]
        days = [
            [span for span, one in zip(spans, closed, strict=False) if one[2] is is_first]
            for is_first in (True, False)
        ]
        parts = [
            ranks_of([], 0, [b - a for a, b in day], [a for a, _ in day], [b for _, b in day])
            for day in days
        ]
        ranks = merged_ranks([unpacked_ranks(packed_ranks(parts[0])), parts[1]])
        still_open = [one for one in still_open if one[0] < end]
        found = held_of(ranks, still_open, start, end)
        every = [*spans, *still_open]
        if not every:
            assert not isinstance(found, Held)
            return
        depth = [sum(a <= t < b for a, b in every) for t in range(start, end)]
        assert isinstance(found, Held)
        assert found[:3] == (sum(map(bool, depth)), end - start, max(depth))
        assert not found.most or depth[found.most_at] == found.most


def test_pairs_that_do_not_hold_are_no_spans() -> None:
    """Opened after it closed, or at a time that nobody logged."""
    ranks = ranks_of([], 0, [None, None, 5], [9, None, 1], [4, 5, 6])
    assert [run.steps for runs in (ranks.opened, ranks.closed) for run in runs] == [[1], [6]]
