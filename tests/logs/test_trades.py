"""Lines that close a trade without a result are left out all at once, as if one after the other."""

import json
from bisect import bisect_left
from collections import defaultdict
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfkit.config.settings import Config
from perfkit.core.trades import Trades
from perfkit.desk.desk import open as open_desk
from perfkit.logs import combine
from perfkit.logs import trades as module
from perfkit.logs.derive import NO_RESULT
from perfkit.logs.file_log import FileLog, Fruitless, Start
from perfkit.logs.reader import pieces, without
from perfkit.logs.trades import Combined, combined_trades
from tests.conftest import WriteWorkspace
from tests.small_desk import bot_line, desk_of

CONFIG = """\
sources:
  - name: bot
    path: logs/trades
    currency: USD
    dialect:
      closes: {closes}
      identity: [id]
      open_when: [{{kind: open}}]
      fields:
        closed_at: at
        opened_at: at
        symbol: s
        net_pnl: {net}
        outcome: outcome
        commission: c
"""


@pytest.fixture(params=["last", "each", "vanishing"])
def config(workspace: WriteWorkspace, request: pytest.FixtureRequest) -> Config:
    closes, net = "last", "net or a - b"
    if request.param == "vanishing":
        net = "net or a / b"
    else:
        closes = request.param
    return open_desk(workspace(CONFIG.format(closes=closes, net=net))).config


def logs_of(config: Config, *files: list[dict[str, object]]) -> list[FileLog]:
    found: list[FileLog] = []
    for number, lines in enumerate(files):
        text = "".join(json.dumps(line) + "\n" for line in lines).encode()
        dialect = config.sources[0].dialect
        found += pieces(BytesIO(text), f"{number}.jsonl", dialect, Start())
    return found


def one_by_one(config: Config, logs: list[FileLog]) -> Combined:
    """The trades when the last closing line of a trade without a result is left out, and so on."""
    left_out: defaultdict[int, set[int]] = defaultdict(set)
    found: list[Fruitless] = []
    while True:
        left = [without(log, left_out[place]) for place, log in enumerate(logs)]
        records, columns = module._derived(config.sources[0], left, config)
        bad = [row for row, finding in enumerate(columns["findings"]) if finding == NO_RESULT]
        if not bad:
            break
        for row in bad:
            place, line = records.file[row], records.line[row]
            left_out[place].add(line)
            at = logs[place].at[bisect_left(logs[place].lines.line, line)]
            day = config.calendar.day_of(at).toordinal()
            offset = logs[place].offset_of[line]
            found.append(Fruitless(columns["key"][row], place, line, offset, day))
    return Combined(
        combined_trades(config.sources[0], config, left, range(len(logs))).trades, found
    )


def rows(trades: Trades) -> list[object]:
    return [(trades[row], trades.places(row), trades.findings[row]) for row in range(len(trades))]


log_lines = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["x", "x", "y", None]),
        "at": st.sampled_from(["2026-04-06T10:00:00Z", "2026-04-07T11:00:00Z"]),
        "kind": st.sampled_from(["open", "close", "close"]),
    },
    optional={
        "s": st.sampled_from(["A", "B"]),
        "net": st.sampled_from(["1", "", "-2"]),
        "a": st.just("3"),
        "b": st.sampled_from(["1", "0"]),
        "c": st.just("0.5"),
        "outcome": st.sampled_from(["win", "", "open"]),
    },
)


@given(st.lists(log_lines, max_size=8), st.lists(log_lines, max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_at_once_is_as_one_after_the_other(
    config: Config, first: list[dict[str, object]], second: list[dict[str, object]]
) -> None:
    logs = logs_of(config, first, second)
    expected = one_by_one(config, logs)
    made = combined_trades(config.sources[0], config, logs, range(len(logs)))
    assert sorted(made.fruitless, key=repr) == sorted(expected.fruitless, key=repr)
    assert rows(made.trades) == rows(expected.trades)
    texts = [
        "".join(json.dumps(line) + "\n" for line in lines).encode() for lines in (first, second)
    ]
    for one in made.fruitless:
        assert texts[one.file][: one.offset].count(b"\n") == one.line - 1


@pytest.mark.parametrize("ids", [1, 300], ids=["one identity", "each its own"])
def test_lines_are_combined_twice_however_many_close_without_a_result(
    config: Config, monkeypatch: pytest.MonkeyPatch, ids: int
) -> None:
    lines: list[dict[str, object]] = [
        {"id": n % ids, "at": "2026-04-06T10:00:00Z", "s": str(n)} for n in range(300)
    ]
    combined = []
    real = combine.combined

    def counted(*arguments: object) -> object:
        combined.append(arguments)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("perfkit.logs.trades.combined", counted)
    made = combined_trades(config.sources[0], config, logs_of(config, lines), [0])
    assert len(made.fruitless) == 300
    assert len(combined) == 2 or config.sources[0].dialect.result_may_vanish


def test_a_close_that_says_nothing_leaves_the_trade_open(tmp_path: Path) -> None:
    content = f"{bot_line(1, '0', state='open')}\n{bot_line(1, None)}\n{bot_line(2, '4')}\n"
    desk = desk_of(tmp_path, "t.jsonl", {"t.jsonl": content.encode()})
    summary = desk.summary("all")
    assert (summary.metrics["closed_trades"], summary.metrics["open_trades"]) == (1, 1)
    assert [(error.line, error.offset) for error in desk.book.errors] == [
        (2, len(bot_line(1, "0", state="open")) + 1)
    ]


def test_a_correction_without_pnl_keeps_the_pnl_of_the_close(tmp_path: Path) -> None:
    content = f"{bot_line(1, '5')}\n{bot_line(1, None)}\n"
    desk = desk_of(tmp_path, "t.jsonl", {"t.jsonl": content.encode()})
    assert desk.summary("all").metrics["net_pnl"] == 5
    assert desk.book.errors == []
