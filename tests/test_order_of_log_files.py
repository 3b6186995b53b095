"""Which files of a source are read, and in which order."""

from __future__ import annotations

import json
import os
import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.config.settings import load
from perfkit.desk.desk import open as open_desk
from perfkit.logs.listing import log_files
from tests.conftest import WriteWorkspace

CONFIG = "sources:\n  - {{name: bot, path: logs/trades, pattern: '{}', currency: USD}}\n"


def order(workspace: WriteWorkspace, names: list[str], pattern: str) -> list[str]:
    """The names as they are read, made in another order."""
    mixed = sorted(names, key=lambda name: random.Random(name).random())
    root = workspace(CONFIG.format(pattern), {f"logs/trades/{name}": "" for name in mixed})
    config = load(str(root), None)
    return [
        file.name.removeprefix("logs/trades/")
        for file in log_files(config.sources[0], config.folder).files
    ]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        pytest.param(
            "t.jsonl*",
            ["t.jsonl-20251231", "t.jsonl-20260407.gz", "t.jsonl-20260408", "t.jsonl"],
            id="logrotate, dateext",
        ),
        pytest.param(
            "t.jsonl*",
            ["t.jsonl.2025-12-31", "t.jsonl.2026-04-07", "t.jsonl.2026-04-08", "t.jsonl"],
            id="Python, by day",
        ),
        pytest.param(
            "t.jsonl*",
            ["t.jsonl.2026-04-08_09", "t.jsonl.2026-04-08_10", "t.jsonl.2026-04-09_00", "t.jsonl"],
            id="Python, by hour",
        ),
        pytest.param(
            "t.jsonl*", ["t.jsonl.20260407", "t.jsonl.20260408", "t.jsonl"], id="a date, no number"
        ),
        pytest.param(
            "t.jsonl*",
            ["t.jsonl-2026040809", "t.jsonl-2026040810", "t.jsonl-2026040900.gz", "t.jsonl"],
            id="logrotate, by hour",
        ),
        pytest.param(
            "t.jsonl*",
            ["t.jsonl-1775520000", "t.jsonl-1775606400.gz", "t.jsonl"],
            id="logrotate, seconds",
        ),
        pytest.param(
            "t.jsonl*", ["t.jsonl.1775520000", "t.jsonl.1775606400", "t.jsonl"], id="seconds, dot"
        ),
        pytest.param(
            "*.jsonl",
            ["t-2026-04-07.jsonl.gz", "t-2026-04-08.jsonl.gz", "t-2026-04-09.jsonl", "t.jsonl"],
            id="in the middle of the name",
        ),
        pytest.param(
            "t*.jsonl",
            [f"t-2026-04-08-{number}.jsonl" for number in (1, 2, 9, 10, 11)],
            id="numbered within a day",
        ),
        pytest.param(
            "t*",
            ["t-2026-04-07.jsonl.2", "t-2026-04-07.jsonl.1", "t-2026-04-07.jsonl"],
            id="rotated within a day",
        ),
        pytest.param(
            "*.jsonl",
            ["eth-2026-04-07.jsonl", "btc-2026-04-08.jsonl", "eth-2026-04-08.jsonl", "all.jsonl"],
            id="several names",
        ),
        pytest.param(
            "t.jsonl*",
            [
                "t.jsonl-20260407",
                "t.jsonl.2026-04-08",
                "t.jsonl_2026_04_09",
                "t.jsonl.2",
                "t.jsonl",
            ],
            id="mixed",
        ),
        pytest.param(
            "**/*.jsonl",
            ["2025/12/31.jsonl", "2026/04/07.jsonl", "2026/04/08.jsonl", "now.jsonl"],
            id="a folder a month",
        ),
        pytest.param(
            "**/*.jsonl",
            ["archive-20260501/t-20260407.jsonl", "t-20260408.jsonl", "t.jsonl"],
            id="archived later",
        ),
        pytest.param(
            "t.jsonl*",
            ["t.jsonl.10", "t.jsonl.9.gz", "t.jsonl.2", "t.jsonl.1", "t.jsonl"],
            id="numbers count down",
        ),
        pytest.param(
            "*", ["120260407.jsonl", "20261301.jsonl", "a-20260041", "part-2026"], id="not a date"
        ),
    ],
)
def test_files_are_read_from_the_oldest_to_the_one_that_grows(
    workspace: WriteWorkspace, pattern: str, names: list[str]
) -> None:
    assert order(workspace, names, pattern) == names


FORMS = [
    "t.jsonl-{:%Y%m%d}",
    "t.jsonl.{:%Y-%m-%d}",
    "t-{:%Y-%m-%d}.jsonl.gz",
    "{:%Y_%m_%d}-t.jsonl",
]


@given(
    days=st.lists(
        st.tuples(st.dates(date(1970, 1, 1), date(2099, 12, 31)), st.sampled_from(FORMS)),
        max_size=8,
        unique_by=lambda one: one[0],
    )
)
def test_dates_decide_however_they_are_written(
    fresh_workspace: WriteWorkspace, days: list[tuple[date, str]]
) -> None:
    names = [form.format(day) for day, form in sorted(days)]
    assert order(fresh_workspace, [*names, "t.jsonl"], "*") == [*names, "t.jsonl"]


@pytest.mark.parametrize("form", ["t.jsonl-{:%Y%m%d}", "t.jsonl.{:%Y-%m-%d}", "t.jsonl.{}"])
def test_a_correction_is_later_because_its_file_is(workspace: WriteWorkspace, form: str) -> None:
    def line(net: str) -> str:
        record = {
            "timestamp": "2026-04-07T10:00:00Z",
            "exit_timestamp": "2026-04-07T11:00:00Z",
            "order_id": "A",
            "net_profit_loss": net,
        }
        return json.dumps(record) + "\n"

    root = workspace(CONFIG.format("t.jsonl*"))
    current = root / "logs/trades/t.jsonl"
    if form.endswith("{}"):
        names = [form.format(number) for number in (3, 2, 1)]
    else:
        first = date(2026, 4, 8)
        names = [form.format(first + timedelta(days=number)) for number in range(3)]
    for number, name in enumerate(names):
        (root / "logs/trades" / name).write_text(line(str(number)))
        assert open_desk(root).summary("all").metrics["net_pnl"] == number
    current.write_text(line("3"))
    kept = open_desk(root)
    assert kept.summary("all").metrics["net_pnl"] == 3
    assert kept.summary("all").to_json() == open_desk(root, cached=False).summary("all").to_json()
    assert [os.path.basename(file.name) for file in kept.book.files] == [*names, "t.jsonl"]
