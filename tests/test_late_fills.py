"""Fills that come late, one after the other: what is known is what a run without a cache says.

A new fill lets its group be matched from where it was last flat before. Whatever comes when (late
fills, flips, equal times, corrections, lines written twice, files that go), the book with its cache
is the one without: trades, the lines they come from, findings, and lines that make no trade.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.book.verify import contents
from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 2, 18, tzinfo=UTC)
CONFIG = """\
sources:
  - name: bot
    path: logs/trades
    pattern: "*.jsonl"
    currency: USD
    dialect:
      {identity}
      fills: {{by: [symbol], {rules}}}
      fields: {{at: t, side: side, quantity: q, price: p, commission: f, symbol: s}}
"""

Line = dict[str, object]

RULES = (
    "order: id, match: fifo, trade: exit",
    "match: lifo, trade: exit, dust: 1",
    "match: average, trade: exit",
    "order: id, match: fifo, trade: position",
    "match: fifo, short: false",
    "match: average, trade: position, short: false",
)


def line(number: int, hours: int, side: str, quantity: object, symbol: str = "A") -> Line:
    at = START + timedelta(hours=hours)
    price = f"{10 + number % 3}.5"
    return {"id": f"{number}", "t": at.isoformat(), "side": side, "q": quantity, "p": price,
            "f": "0.1", "s": symbol}  # fmt: skip


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[str, list[Line]]]:
    """What is written to which file in each step, over some days; no line removes the file."""
    number = st.integers(0, 30)
    lines = st.builds(
        line,
        number,
        st.integers(0, 60),
        st.sampled_from(["buy", "sell"]),
        st.sampled_from([0, 1, 1, 2, 3]),
        st.sampled_from(["A", "A", "B"]),
    )
    found = [("a.jsonl", draw(st.lists(lines, min_size=4, max_size=12)))]
    for _ in range(draw(st.integers(1, 5))):
        name = draw(st.sampled_from(["a.jsonl", "a.jsonl", "b.jsonl", "c.jsonl"]))
        found.append((name, draw(st.lists(lines, max_size=2))))
    return found


def write(root: Path, name: str, lines: list[Line]) -> None:
    path = root / "logs/trades" / name
    if not lines:
        path.unlink(missing_ok=True)
        return
    with path.open("a") as stream:
        stream.writelines(json.dumps(one) + "\n" for one in lines)


def assert_incremental_is_cold(root: Path) -> Desk:
    warm, cold = open_desk(root), open_desk(root, cached=False)
    for (what, one), (_, other) in zip(contents(warm.book), contents(cold.book), strict=True):
        assert one == other, what
    return warm


@pytest.mark.parametrize("identity", ["", "identity: [id]"], ids=["no ids", "ids"])
@pytest.mark.parametrize("rules", RULES)
@given(story=steps())
def test_whatever_comes_late_the_book_is_that_of_a_run_without_a_cache(
    fresh_workspace: WriteWorkspace,
    rules: str,
    identity: str,
    story: list[tuple[str, list[Line]]],
) -> None:
    root = fresh_workspace(CONFIG.format(rules=rules, identity=identity))
    for name, lines in story:
        write(root, name, lines)
        assert_incremental_is_cold(root)
