"""Values in order of size: packed, merged, and the medians of known lists."""

import json
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.metrics import ranks
from perfkit.metrics.ranks import (
    SortedRun,
    count_of,
    merged_ranks,
    middle_two,
    packed_runs,
    ranks_of,
    sorted_values,
    unpacked_runs,
    value_at,
)
from perfkit.metrics.registry import METRICS
from tests.conftest import BOT, WriteWorkspace

values = st.lists(st.integers() | st.integers(-9, 9).map(lambda n: n * 1_500_000))


@given(values)
def test_packed_values_come_back(numbers: list[int]) -> None:
    runs = ranks_of(numbers, 0, []).net
    assert sorted_values(unpacked_runs(packed_runs(runs))) == sorted(numbers)


INT32, INT64 = 1 << 31, 1 << 63
edges = st.sampled_from([0, INT32 - 1, INT32, -INT32, -INT32 - 1, INT64 - 1, INT64, -INT64])


@given(values, values | st.lists(edges, max_size=3), st.integers(0, 2))
def test_values_put_into_a_packed_run_give_the_bytes_of_all_packed(
    known: list[int], more: list[int], finer: int
) -> None:
    stored = [
        SortedRun(run.unit * 10**finer, run.steps)
        for run in unpacked_runs(packed_runs([SortedRun(1, sorted(known))]))
    ]
    every = sorted([*(one * 10**finer for one in known), *more])
    added = [SortedRun(1, [one]) for one in more]
    assert packed_runs([*stored, *added]) == packed_runs([SortedRun(1, every)])


def test_a_few_values_more_touch_none_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    (known,) = unpacked_runs(packed_runs([SortedRun(1, range(100_000))]))
    monkeypatch.setattr(ranks, "sorted_values", None)
    assert len(packed_runs([known, SortedRun(1, [7])])[2]) == 400_004


def test_whole_seconds_take_four_bytes_each() -> None:
    unit, code, content = packed_runs([SortedRun(60_000_000, range(1, 1001))])
    assert (unit, code, len(content)) == (60_000_000, "i", 4000)
    assert packed_runs([SortedRun(1, [1, 1 << 40])])[1] == "q"
    assert packed_runs([SortedRun(1, [1, 1 << 80])])[1] == ""


@given(st.lists(st.tuples(values, st.integers(0, 3)), min_size=1, max_size=4))
def test_ranks_of_runs_together_are_those_of_all_values(runs: list[tuple[list[int], int]]) -> None:
    parts = [ranks_of(net, places, [None, *net]) for net, places in runs]
    stored = [
        one._replace(net=unpacked_runs(packed_runs(one.net))) if n % 2 else one
        for n, one in enumerate(parts)
    ]
    merged = merged_ranks(stored)
    finest = max(places for _, places in runs)
    expected = sorted(one * 10 ** (finest - places) for net, places in runs for one in net)
    assert merged.places == finest
    assert count_of(merged.net) == len(expected)
    assert [value_at(merged.net, rank) for rank in range(len(expected))] == expected
    assert sorted_values(merged.hold_us) == sorted(one for net, _ in runs for one in net)
    if expected:
        assert sum(middle_two(merged.net)) == 2 * median(map(Fraction, expected))


def summary(workspace: WriteWorkspace, pnls: Sequence[object], holds: Sequence[object]) -> object:
    lines = [
        {
            "exit_timestamp": f"2026-04-{6 + n % 3:02d}T10:{n:02d}:00Z",
            "net_profit_loss": str(pnl),
            "hold_duration_seconds": held,
        }
        for n, (pnl, held) in enumerate(zip(pnls, holds, strict=True))
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    root = workspace(BOT + "quiet_days: zero\n", {"logs/trades/2026-04-06.jsonl": text})
    return perfkit.open(root).summary("all")


@pytest.mark.parametrize(
    ("pnls", "holds", "expected"),
    [
        # QuantConnect/Lean, TradeStatisticsTests.cs: ThreeWinners, OneLoserTwoWinners
        ("18 18 8", [1200, 1800, 600], ("18", "1200", "1800")),
        ("-22 18 8", [1200, 600, 600], ("8", "600", "1200")),
        # freqtrade, test_calculate_expectancy
        ("100 200 50 -150 300 -100 80 -30", [None] * 8, ("65", None, None)),
        ("0.1 0.25", [1, 2], ("0.175", "1.5", "2")),
    ],
)
def test_known_medians(
    workspace: WriteWorkspace,
    pnls: str,
    holds: list[int | None],
    expected: tuple[str | None, ...],
) -> None:
    found = summary(workspace, pnls.split(), holds)
    names = ("median_pnl", "median_hold_seconds", "longest_hold_seconds")
    metrics = [found.metrics[name] for name in names]  # type: ignore[attr-defined]
    assert tuple(None if one is None else str(one) for one in metrics) == expected


@given(st.lists(st.tuples(st.integers(-99, 99), st.integers(0, 9999)), min_size=1, max_size=20))
def test_medians_over_days_are_those_of_the_standard_library(
    fresh_workspace: WriteWorkspace, trades: list[tuple[int, int]]
) -> None:
    pnls, holds = zip(*trades, strict=True)
    metrics = summary(fresh_workspace, pnls, holds).metrics  # type: ignore[attr-defined]
    assert metrics["median_pnl"] == median(map(Decimal, pnls))
    assert metrics["median_hold_seconds"] == median(map(Decimal, holds))
    assert metrics["longest_hold_seconds"] == max(holds)


@pytest.mark.parametrize("name", [name for name, row in METRICS.items() if "ranks" in row.reads])
def test_a_metric_of_ranks_has_marks_or_an_entry_in_explain(
    workspace: WriteWorkspace, name: str
) -> None:
    without_rank = {"exit_timestamp": "2026-04-06T10:00:00Z", "outcome": "win"}
    ranked = {"net_profit_loss": "5", "hold_duration_seconds": 60}
    lines = (without_rank, {"exit_timestamp": "2026-04-06T11:00:00Z", **ranked})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    root = workspace(BOT, {"logs/trades/2026-04-06.jsonl": text})
    explained = perfkit.open(root).explain(name, "all")
    assert list(explained.lines) == ["logs/trades/2026-04-06.jsonl:2"]
