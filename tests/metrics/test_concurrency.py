"""When trades were open, and how many at once."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.metrics.concurrency import NO_OPENING, ON_REQUEST, held_of
from perfkit.metrics.facts import Held
from perfkit.summary.summary import Summary, summarize
from tests.conftest import WriteWorkspace
from tests.metrics.test_exits import CONFIG, at
from tests.metrics.test_exits import desk_of as plain_desk


def asked(workspace: WriteWorkspace, lines: Sequence[Mapping[str, object]]) -> perfkit.Desk:
    return plain_desk(workspace, lines, CONFIG + "metrics: [exposure, max_concurrent]\n")


def summary_of(workspace: WriteWorkspace, *lines: Mapping[str, object]) -> Summary:
    return asked(workspace, lines).summary("all")


class TestExposure:
    """Intervals are half-open; none of the tools that were looked at counts them like that."""

    def lines(self) -> list[dict[str, str]]:
        hours = [(-2, 0.5), (1, 5), (3, 7), (7, 8), (24.5, 25)]
        closed = [{"in": at(int(60 * a)), "out": at(int(60 * b)), "pnl": "1"} for a, b in hours]
        return [*closed, {"in": at(23 * 60)}]

    def test_half_an_hour_one_to_eight_and_the_last_hour(self, workspace: WriteWorkspace) -> None:
        found = asked(workspace, self.lines()).summary("daily", "2026-01-05").metrics
        assert found["exposure"] == Decimal("0.354166666666666667")
        assert found["max_concurrent"] == 2

    def test_explain_names_the_trades_that_were_open_together(
        self, workspace: WriteWorkspace
    ) -> None:
        desk = asked(workspace, self.lines())
        most = desk.explain("max_concurrent", "daily", "2026-01-05")
        assert [one.rpartition(":")[2] for one in most.lines] == ["2", "3"]
        share = desk.explain("exposure", "daily", "2026-01-05")
        assert share.inputs == {"time held": Decimal("30600"), "time of the window": 86400}
        assert len(share.trades) == 5

    def test_a_trade_still_open_counts_up_to_the_newest_line(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = [{"in": at(0)}, {"in": at(60), "out": at(6 * 60), "pnl": "1"}]
        found = asked(workspace, lines).summary("daily", "2026-01-05").metrics
        assert (found["exposure"], found["max_concurrent"]) == (Decimal("0.25"), 2)

    def test_without_opening_times_there_is_none(self, workspace: WriteWorkspace) -> None:
        found = summary_of(workspace, {"out": at(1), "pnl": "1"})
        assert found.undefined["exposure"] == "no trade has an opening time"
        assert found.undefined["max_concurrent"] == "no trade has an opening time"

    @pytest.mark.parametrize("metric", ["exposure", "max_concurrent"])
    def test_no_rule_may_watch_them(self, workspace: WriteWorkspace, metric: str) -> None:
        rule = {"id": "r", "metric": metric, "over": {"window": "daily"}, "below": 1}
        with pytest.raises(perfkit.PerfkitError, match="computed from all trades of a window"):
            asked(workspace, self.lines()).backtest([rule])

    @given(
        st.lists(st.tuples(st.integers(-5, 29), st.integers(0, 40)), max_size=9),
    )
    def test_it_equals_brute_force(self, trades: list[tuple[int, int]]) -> None:
        spans = [(a, a + hold) for a, hold in trades if a + hold >= 0]
        found = held_of(spans, 0, 30)
        if not spans:
            assert found == NO_OPENING
            return
        depth = [sum(a <= t < b for a, b in spans) for t in range(30)]
        assert isinstance(found, Held)
        assert found[:3] == (sum(map(bool, depth)), 30, max(depth))
        assert not found.most or depth[found.most_at] == found.most


def test_a_trade_that_closed_before_it_opened_is_no_span(workspace: WriteWorkspace) -> None:
    found = summary_of(workspace, {"in": at(9), "out": at(1), "pnl": "1"})
    assert found.undefined["exposure"] == "no trade has an opening time"


def test_the_digest_changes_with_an_opening_time(workspace: WriteWorkspace) -> None:
    digests = {
        summary_of(
            workspace,
            {"in": opened, "out": at(9), "pnl": "1"},
            {"in": at(2), "out": at(10), "pnl": "1"},
        ).data.digest
        for opened in (at(1), at(3))
    }
    assert len(digests) == 2


def test_without_being_named_nothing_of_it_is_computed(workspace: WriteWorkspace) -> None:
    desk = plain_desk(workspace, [{"in": at(0), "out": at(1), "pnl": "1"}])
    selection = desk.selection("all")
    found = summarize(selection, ())
    assert found.metrics.keys().isdisjoint(ON_REQUEST)
    assert "inside" not in vars(selection)
    with pytest.raises(perfkit.UsageError, match=r"write `metrics: \[exposure\]`"):
        desk.explain("exposure", "all")


def test_a_summary_without_them_does_not_load_their_module(workspace: WriteWorkspace) -> None:
    root = plain_desk(workspace, [{"in": at(0), "out": at(1), "pnl": "1"}]).config.root
    program = "import sys, perfkit; perfkit.open(sys.argv[1]).summary('all'); "
    program += "sys.exit('perfkit.metrics.concurrency' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program, str(root)], check=False).returncode == 0
