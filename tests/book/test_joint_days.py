"""A day of several sources that grew is what a cold run makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.book import joint_days
from perfkit.book.verify import contents
from tests.clusterkit import line
from tests.conftest import WriteWorkspace

CONFIG = 'sources: [{path: "logs/bots/{source}/", currency: USD}]\n'
FILE = "2026-04-08.jsonl"

appends = st.lists(
    st.tuples(st.sampled_from("abcde"), st.integers(0, 40), st.integers(-3, 3)),
    min_size=1,
    max_size=8,
)


def add(root: Path, bot: str, minute: int, net: int, order: str) -> None:
    folder = root / "logs/bots" / bot
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("a") as log:
        log.write(line(order, f"2026-04-08T10:{minute:02d}:00Z", str(net), symbol=bot))


def is_as_cold(root: Path) -> None:
    desk, cold = perfkit.open(root), perfkit.open(root, cached=False)
    assert list(contents(desk.book)) == list(contents(cold.book))
    assert desk.summary("all").to_json() == cold.summary("all").to_json()


@given(st.lists(appends, min_size=1, max_size=4))
def test_whatever_comes_in_whatever_order_makes_the_same_day(
    fresh_workspace: WriteWorkspace, runs: list[list[tuple[str, int, int]]]
) -> None:
    root = fresh_workspace(CONFIG)
    for bot in "bd":
        add(root, bot, 0, 1, f"first {bot}")
    is_as_cold(root)
    for number, run in enumerate(runs):
        for place, (bot, minute, net) in enumerate(run):
            add(root, bot, minute, net, f"{number}-{place}")
        is_as_cold(root)


configured = st.permutations("abcd").flatmap(
    lambda order: st.integers(1, 4).map(lambda count: order[:count])
)


rewritten = st.sampled_from(["", "first line gone", "first line corrected"])


@given(st.lists(st.tuples(configured, rewritten, appends), min_size=2, max_size=5))
def test_sources_come_and_go_and_change_places(
    fresh_workspace: WriteWorkspace,
    runs: list[tuple[list[str], str, list[tuple[str, int, int]]]],
) -> None:
    root = fresh_workspace(CONFIG)
    for bot in "abcd":
        add(root, bot, 0, 1, f"first {bot}")
    for number, (names, change, run) in enumerate(runs):
        entries = [f"{{name: {one}, path: logs/bots/{one}, currency: USD}}" for one in names]
        (root / "config/perfkit.yaml").write_text(f"sources: [{', '.join(entries)}]\n")
        log = root / "logs/bots" / names[0] / FILE
        first, *others = log.read_text().splitlines(keepends=True)
        if change == "first line corrected":
            others.insert(0, line("other", "2026-04-08T09:00:00Z", str(number)))
        if change:
            log.write_text("".join(others or [first]))
        for place, (bot, minute, net) in enumerate(run):
            add(root, bot, minute, net, f"{number}-{place}")
        if number % 2:  # one source alone is read before all are
            perfkit.open(root).summary("all", where={"source": names[0]})
        is_as_cold(root)


def test_a_day_that_only_grew_is_not_read_again(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = workspace(CONFIG)
    for bot in "ab":
        add(root, bot, 5, 1, f"first {bot}")
    perfkit.open(root).summary("all")
    made: list[int] = []
    make = joint_days._made

    def noted(*given: Any) -> Any:
        made.append(1)
        return make(*given)

    monkeypatch.setattr(joint_days, "_made", noted)
    for bot, minute in (("a", 6), ("c", 7), ("b", 8)):
        add(root, bot, minute, 2, f"{minute}")
        is_as_cold(root)
        made.pop()  # that of the cold run
        assert made == []
    add(root, "a", 8, 2, "at the same time")
    perfkit.open(root).summary("all")
    assert made == [1]


def test_a_day_is_made_anew_if_an_earlier_trade_of_it_is_another_one(
    workspace: WriteWorkspace,
) -> None:
    root = workspace(CONFIG)
    for bot in "ab":
        add(root, bot, 5, 1, f"first {bot}")
    is_as_cold(root)
    log = root / "logs/bots/a" / FILE
    log.write_text(log.read_text().replace('"1"', '"2"'))
    add(root, "b", 9, 1, "after all others")
    is_as_cold(root)
