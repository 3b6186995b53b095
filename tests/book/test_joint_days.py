"""A day of several sources that grew is what a cold run makes of it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.book import joint_days
from perfkit.book.verify import contents
from perfkit.book.work import UnitResult
from tests.clusterkit import Elsewhere, days_of_logs, line
from tests.conftest import WriteWorkspace

CONFIG = 'sources: [{path: "logs/bots/{source}/", currency: USD}]\n'
FILE = "2026-04-08.jsonl"

POOL = """
import os, sys
import perfkit
from perfkit.book import joint_days, parallel

parent, make = os.getpid(), joint_days.JointDays._made
joint_days.ROWS = parallel.PARALLEL_BYTES = 0

def elsewhere(*given):
    assert os.getpid() != parent
    return make(*given)

joint_days.JointDays._made = elsewhere
perfkit.open(sys.argv[1], jobs=2).summary("all")
"""

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
    make = joint_days.JointDays._made

    def noted(*given: Any) -> Any:
        made.append(1)
        return make(*given)

    monkeypatch.setattr(joint_days.JointDays, "_made", noted)
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


class TestManyTrades:
    """Days with many trades are put together by those who read the logs."""

    @pytest.fixture(autouse=True)
    def _little_is_much(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(joint_days, "ROWS", 0)

    @pytest.fixture
    def root(self, workspace: WriteWorkspace) -> Path:
        logs = {
            name.replace("trades", f"bots/{bot}"): text
            for bot in "abc"
            for name, text in days_of_logs(6).items()
        }
        return workspace(CONFIG, logs)

    def test_an_executor_makes_them(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        sent: list[joint_days.JointDays] = []

        class Noting(Elsewhere):
            def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
                unit, *_ = pickle.loads(args[1])
                sent.append(unit)
                return super().submit(function, *args)

        perfkit.open(root, executor=Noting(), jobs=2).summary("all")
        assert len(sent) > 1
        assert sum(len(unit.days) for unit in sent) == 6
        is_as_cold(root)

    def test_a_pool_makes_them(self, root: Path) -> None:
        """In a process of its own: one with other threads is not copied."""
        command = [sys.executable, "-c", POOL, str(root)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        is_as_cold(root)

    def test_what_a_worker_cannot_do_is_done_here(
        self, root: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Failing(Elsewhere):
            def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
                future: Future[Any] = Future()
                future.set_result(UnitResult("w7", problem="page 1 cannot be opened"))
                return future

        perfkit.open(root, executor=Failing(), jobs=2).summary("all")
        assert "worker w7: page 1 cannot be opened; its part was done here" in caplog.text
        is_as_cold(root)

    @pytest.mark.parametrize("options", [{"cached": False}, {"jobs": 1}])
    def test_one_process_makes_them_where_others_could_not_read_what_it_has(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
    ) -> None:
        expected = list(contents(perfkit.open(root).book))
        for page in (root / "logs/performance").rglob("*.page"):
            page.unlink()
        monkeypatch.setattr("perfkit.book.dispatch.done_by", None)
        assert list(contents(perfkit.open(root, **options).book)) == expected
