"""Tallies merge exactly: sorted trades cut anywhere give the tally of the whole.

P&L comes from a few small numbers, so that equal falls, equal peaks and returns to a peak are the
rule; trades close together, so that a cut often falls between equal closing times.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.calendar import instant_of
from perfkit.core.trades import Trades
from perfkit.desk.desk import open as open_desk
from perfkit.metrics import tally
from perfkit.metrics.tally import EMPTY, SUMS, Columns, Tally
from tests.conftest import WriteWorkspace
from tests.generated import LogLine, line_bytes, time_text

START = datetime(2026, 4, 6, tzinfo=UTC)


class Deal(NamedTuple):
    """A trade: minutes since the one before, P&L (None: only `outcome` is logged), and the rest."""

    minutes: int
    pnl: str | None
    outcome: str
    commission: str | None
    stop: str | None
    symbol: str


deals = st.lists(
    st.builds(
        Deal,
        minutes=st.sampled_from([0, 0, 1, 7]),
        pnl=st.sampled_from(["1", "-1", "2", "-2", "3", "-3", "0", "0.1", "-1e-7", None]),
        outcome=st.sampled_from(["win", "loss", "breakeven"]),
        commission=st.sampled_from([None, "0.35", "-1"]),
        stop=st.sampled_from([None, "97", "100", "103.3"]),
        symbol=st.sampled_from("AB"),
    ),
    max_size=16,
)


def lines_of(run: Sequence[Deal]) -> list[LogLine]:
    at, lines = START, list[LogLine]()
    for deal in run:
        at += timedelta(minutes=deal.minutes)
        lines.append(
            {
                "timestamp": time_text(START - timedelta(hours=1)),
                "exit_timestamp": time_text(at),
                "symbol": deal.symbol,
                "outcome": deal.outcome,
                "net_profit_loss": deal.pnl,
                "commission": deal.commission,
                "price": "100",
                "stop_loss": deal.stop,
                "target": "107",
                "quantity": "3",
            }
        )
    return lines


def sorted_trades(workspace: WriteWorkspace, lines: Sequence[LogLine]) -> Trades:
    """The closed trades of those lines as the library reads them, in trade order."""
    content = b"".join(map(line_bytes, lines))
    root = workspace(logs={"logs/trades/2026-04-06.jsonl": content})
    return open_desk(root).book.closed


def cut_at(trades: Trades, cuts: Sequence[int]) -> list[Trades]:
    edges = [0, *sorted(min(cut, len(trades)) for cut in cuts), len(trades)]
    return [trades.take(range(first, last)) for first, last in pairwise(edges)]


cuts = st.lists(st.integers(0, 16), max_size=6)


@given(run=deals, cuts=cuts)
def test_sorted_trades_cut_anywhere_and_merged_in_order_give_the_tally_of_the_whole(
    fresh_workspace: WriteWorkspace, run: list[Deal], cuts: list[int]
) -> None:
    trades = sorted_trades(fresh_workspace, lines_of(run))
    assert len(trades) == len(run)
    pieces = [tally.of(piece) for piece in cut_at(trades, cuts)]
    assert tally.merged(pieces) == tally.of(trades)


@given(run=deals, cuts=cuts)
def test_runs_read_apart_in_units_of_their_own_merge_to_the_tally_of_the_whole(
    fresh_workspace: WriteWorkspace, run: list[Deal], cuts: list[int]
) -> None:
    """The columns of a file are integers in a unit that suits that file alone."""
    lines = lines_of(run)
    whole = sorted_trades(fresh_workspace, lines)
    in_order = [lines[whole.line[row] - 1] for row in range(len(whole))]
    edges = [0, *sorted(min(cut, len(lines)) for cut in cuts), len(lines)]
    pieces = [
        tally.of(sorted_trades(fresh_workspace, in_order[first:last]))
        for first, last in pairwise(edges)
    ]
    assert tally.merged(pieces) == tally.of(whole)


@given(run=deals, cuts=st.tuples(st.integers(0, 16), st.integers(0, 16)))
def test_merging_is_associative(
    fresh_workspace: WriteWorkspace, run: list[Deal], cuts: tuple[int, int]
) -> None:
    a, b, c = map(tally.of, cut_at(sorted_trades(fresh_workspace, lines_of(run)), cuts))
    assert tally.merge(tally.merge(a, b), c) == tally.merge(a, tally.merge(b, c))


@given(run=deals)
def test_the_empty_tally_is_the_identity_of_merging(
    fresh_workspace: WriteWorkspace, run: list[Deal]
) -> None:
    whole = tally.of(sorted_trades(fresh_workspace, lines_of(run)))
    assert tally.merge(EMPTY, whole) == whole == tally.merge(whole, EMPTY)


@given(run=deals)
def test_a_part_has_the_tally_of_its_own_trades(
    fresh_workspace: WriteWorkspace, run: list[Deal]
) -> None:
    trades = sorted_trades(fresh_workspace, lines_of(run))
    for column in (trades.symbol, [row % 3 for row in range(len(trades))]):
        expected = {
            key: tally.of(trades.take([row for row, one in enumerate(column) if one == key]))
            for key in set(column)
        }
        assert (Columns(trades).parts(column) if len(trades) else {}) == expected


def test_no_trades_have_the_empty_tally(workspace: WriteWorkspace) -> None:
    assert tally.of(sorted_trades(workspace, [])) == EMPTY == tally.merged([])
    assert (EMPTY.trades, EMPTY.sums.net_pnl, EMPTY.first_at) == (0, Decimal(0), None)


def test_tallies_are_equal_by_value_whatever_their_units(workspace: WriteWorkspace) -> None:
    whole = tally.of(sorted_trades(workspace, lines_of([Deal(1, "1", "win", None, None, "A")])))
    finer = whole.at_places((3, 1, 0, 0, 2, 0))
    assert finer == whole
    assert (finer != whole) is False
    assert hash(finer) == hash(whole)
    assert whole != EMPTY
    assert [getattr(finer.sums, name) for name in SUMS] == [
        getattr(whole.sums, name) for name in SUMS
    ]


def two_runs(workspace: WriteWorkspace, minutes_between: int) -> tuple[Tally, Tally]:
    pnls = (("1", 1), ("2", 5), ("-1", minutes_between), ("-2", 5))
    run = [Deal(minutes, pnl, "win", None, None, "A") for pnl, minutes in pnls]
    early, late = cut_at(sorted_trades(workspace, lines_of(run)), [2])
    return tally.of(early), tally.of(late)


def test_runs_that_overlap_in_time_do_not_merge(workspace: WriteWorkspace) -> None:
    early, late = two_runs(workspace, minutes_between=1)
    assert tally.merge(early, late).trades == 4
    with pytest.raises(ValueError, match="precede"):
        tally.merge(late, early)
    with pytest.raises(ValueError, match="precede"):
        tally.merge(tally.merge(early, late), late)


def test_runs_that_touch_in_one_closing_instant_merge(workspace: WriteWorkspace) -> None:
    early, late = two_runs(workspace, minutes_between=0)
    assert early.last_at == late.first_at
    assert tally.merge(early, late).trades == 4


def minutes_after_start(minutes: int) -> int:
    return instant_of(START + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("pnls", "depth", "peak_after", "trough_after"),
    [
        pytest.param(["-1", "2"], "1", None, 1, id="a first loss counts"),
        pytest.param(["1", "-1", "1", "-1"], "1", 1, 2, id="the earlier of two equal falls"),
        pytest.param(["2", "-1", "-1", "2"], "2", 1, 3, id="a fall across the seam"),
        pytest.param(["1", "-1", "2", "-2"], "2", 3, 4, id="a deeper fall later"),
        pytest.param(["1", "-2", "1", "-1", "3"], "2", 1, 2, id="the same trough twice"),
        pytest.param(["1", "-1", "1", "-2"], "2", 1, 4, id="the same peak twice"),
        pytest.param(["1", "0", "2"], "0", None, None, id="no fall at all"),
    ],
)
@pytest.mark.parametrize("cut", range(6))
def test_the_drawdown_of_merged_runs_has_the_times_of_the_earliest_deepest_fall(
    workspace: WriteWorkspace,
    *,
    pnls: list[str],
    depth: str,
    peak_after: int | None,
    trough_after: int | None,
    cut: int,
) -> None:
    run = [Deal(1, pnl, "win", None, None, "A") for pnl in pnls]
    pieces = cut_at(sorted_trades(workspace, lines_of(run)), [cut])
    fall = tally.merged(map(tally.of, pieces)).drawdown
    assert fall.depth == Decimal(depth)
    assert fall.from_at == (None if peak_after is None else minutes_after_start(peak_after))
    assert fall.trough_at == (None if trough_after is None else minutes_after_start(trough_after))


@pytest.mark.parametrize("cut", range(8))
def test_streaks_meet_across_a_seam_and_breakevens_neither_end_nor_lengthen_them(
    workspace: WriteWorkspace, cut: int
) -> None:
    pnls = ["1", "0", "1", "-1", "-1", "0", "-1"]
    run = [Deal(1, pnl, "breakeven", None, None, "A") for pnl in pnls]
    pieces = cut_at(sorted_trades(workspace, lines_of(run)), [cut])
    streaks = tally.merged(map(tally.of, pieces)).streaks
    assert (streaks.first, streaks.last) == (("win", 2), ("loss", 3))
    assert (streaks.longest_win, streaks.longest_loss) == (2, 3)


def test_a_trade_of_unknown_pnl_counts_by_its_outcome_and_moves_no_sum(
    workspace: WriteWorkspace,
) -> None:
    run = [Deal(1, "-2", "loss", None, None, "A"), Deal(1, None, "win", "0.35", None, "A")]
    whole = tally.of(sorted_trades(workspace, lines_of(run)))
    assert (whole.counts.wins, whole.counts.known_wins, whole.counts.known) == (1, 0, 1)
    assert (whole.sums.net_pnl, whole.sums.commission) == (Decimal(-2), Decimal("0.35"))
    assert whole.streaks.last == ("win", 1)
    assert whole.drawdown.total == Decimal(-2)
