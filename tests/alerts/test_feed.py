"""What alerts read of the last day of several sources."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.alerts.feed import NO_HORIZON, Feed, open_feed
from perfkit.alerts.rules.steps import trade_key
from perfkit.book.store import days
from perfkit.config.settings import load
from tests.clusterkit import line
from tests.conftest import WriteWorkspace

BOTS = 'sources: [{path: "logs/bots/{source}/", currency: USD}]\n'
trades = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.integers(-2, 2)),
    min_size=1,
    max_size=12,
)


def feed_of(root: Path, made: list[tuple[str, int, int]], horizon: int = NO_HORIZON) -> Feed:
    for number, (bot, minute, net) in enumerate(made):
        folder = root / "logs/bots" / bot
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "2026-04-08.jsonl").open("a") as log:
            at = f"2026-04-08T10:{minute:02d}:00Z"
            log.write(line(f"{number}", at, str(net), symbol="XY"[net % 2]))
    return open_feed(load(root), horizon=horizon)


@given(trades, st.sampled_from([NO_HORIZON, 1_775_642_580_000_000]))
def test_the_last_trade_of_a_day_is_among_its_last_rows(
    fresh_workspace: WriteWorkspace, made: list[tuple[str, int, int]], horizon: int
) -> None:
    feed = feed_of(fresh_workspace(BOTS), made, horizon)
    for mark in feed.days():
        some, every = feed.last_rows(mark.day), feed.rows(mark.day, mark.day)
        assert some.closed_at[-1] == every.closed_at[-1]
        assert trade_key(some, len(some) - 1) == trade_key(every, len(every) - 1)
        assert some[-1] == every[-1]


def test_only_sources_that_closed_last_are_read(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = feed_of(workspace(BOTS), [("a", 1, 1), ("a", 4, 1), ("b", 3, 2), ("c", 4, 0)])
    (mark,) = feed.days()
    read = []

    def loaded(*given: object) -> object:
        read.append(given)
        return days.loaded(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("perfkit.book.book.loaded", loaded)
    assert len(feed.last_rows(mark.day)) == 3
    assert len(read) == 2
