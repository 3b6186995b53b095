"""Logs of real bots, read through dialects, against figures worked out independently of perfkit.

The logs are not ours to publish: without `PERFKIT_SHARED_DATA`, a folder that has them in `real/`,
these tests skip. An expected file is named `<log>[.<date, ISO week or month>].expected.json`.
"""

import json
import os
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from perfkit.metrics.facts import Value
from perfkit.summary.shape import SummaryShape
from tests.conftest import WriteWorkspace

SHARED = os.environ.get("PERFKIT_SHARED_DATA", "")
REAL = Path(SHARED) / "real" if SHARED else None

DIALECTS = {
    "closed-trades": """\
      fields: {closed_at: exit_time, opened_at: entry_time, net_pnl: pnl, strategy: bot,
               symbol: symbol, exit_reason: exit_reason}
""",
    "open-then-close": """\
      open_when: {ts_exit: 0}
      identity: [engine, symbol, ts_entry]
      time_unit: ms
      fields: {closed_at: ts_exit, opened_at: ts_entry, net_pnl: pnl - fees, commission: fees,
               strategy: engine, symbol: symbol, side: side}
""",
    "entry-exit-events": """\
      only: {action: exit}
      fields: {closed_at: timestamp, net_pnl: pnl, strategy: strategy, symbol: symbol,
               exit_reason: exit_reason}
""",
}
IGNORED_LINES = {"closed-trades": False, "open-then-close": False, "entry-exit-events": True}
KINDS = {r"\d{4}-\d{2}-\d{2}": "daily", r"\d{4}-W\d{2}": "weekly", r"\d{4}-\d{2}": "monthly"}


def expected_files() -> list[object]:
    files = sorted(REAL.glob("*.expected.json")) if REAL is not None else []
    if not files:
        reason = "PERFKIT_SHARED_DATA names no folder with real/*.expected.json"
        return [pytest.param(Path(), marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(file, id=file.name.removesuffix(".expected.json")) for file in files]


def desk_of(workspace: WriteWorkspace, name: str) -> Desk:
    assert REAL is not None
    path = REAL.resolve() / f"{name}.jsonl"
    config = f"""\
sources:
  - name: bot
    path: {json.dumps(str(path))}
    currency: USD
    dialect:
{DIALECTS[name]}"""
    return open_desk(workspace(config))


def summary_of(desk: Desk, label: str) -> SummaryShape:
    for pattern, kind in KINDS.items():
        if re.fullmatch(pattern, label):
            first = date.fromisoformat(f"{label}-01" if kind == "monthly" else label)
            return desk.summary(kind, first)
    assert not label
    return desk.summary("all")


def as_logged(value: Value | None, expected: object) -> object:
    """An expected JSON value as the kind of value that the library gives."""
    if isinstance(value, datetime):
        return datetime.fromisoformat(str(expected))
    return (
        Decimal(expected) if isinstance(value, Decimal) and isinstance(expected, str) else expected
    )


@pytest.mark.parametrize("file", expected_files())
def test_every_figure_of_a_real_log_is_the_expected_one(
    workspace: WriteWorkspace, file: Path
) -> None:
    name, _, label = file.name.removesuffix(".expected.json").partition(".")
    summary = summary_of(desk_of(workspace, name), label)
    expected = json.loads(file.read_text(encoding="utf-8"))
    assert len(expected) > 40
    different = {
        metric: (summary.metrics[metric], figure)
        for metric, figure in expected.items()
        if summary.metrics[metric] != as_logged(summary.metrics[metric], figure)
    }
    assert not different
    assert label in ("", summary.window.label)


@pytest.mark.skipif(REAL is None, reason="PERFKIT_SHARED_DATA is not set")
@pytest.mark.parametrize("name", DIALECTS)
def test_real_logs_have_no_bad_line_and_every_line_is_counted(
    workspace: WriteWorkspace, name: str
) -> None:
    assert REAL is not None
    summary = desk_of(workspace, name).summary("all")
    lines = (REAL / f"{name}.jsonl").read_bytes().count(b"\n")
    assert (summary.data.bad_lines, summary.data.lines) == (0, lines)
    assert (summary.data.ignored > 0) is IGNORED_LINES[name]
