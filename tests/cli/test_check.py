"""`perfkit check`: a source, or a file, as perfkit sees it."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from perfkit.book.book import Book
from perfkit.cli.main import main
from perfkit.core.trades import Trades
from tests.conftest import WriteWorkspace

LINES = [
    {"event": "exit", "time": "2026-04-07T10:00:00Z", "pnl": "5.5", "symbol": "A"},
    {"event": "exit", "time": "2026-04-08T10:00:00Z", "pnl": "-2.25", "symbol": "B"},
    {"event": "heartbeat", "time": "2026-04-08T11:00:00Z"},
]
LOG = "".join(json.dumps(line) + "\n" for line in LINES)


def config(fields: str, only: str = "{event: exit}") -> str:
    return f"""\
sources:
  - name: bot
    path: logs/trades.jsonl
    currency: USD
    dialect:
      only: {only}
      fields: {fields}
"""


def checked(
    workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str], fields: str, only: str, log: str
) -> tuple[int, dict[str, Any]]:
    root = workspace(config(fields, only), {"logs/trades.jsonl": log})
    code = main(["check", "--root", str(root), "--json"])
    (found,) = json.loads(capsys.readouterr().out)
    return code, found


RIGHT = "{closed_at: time, net_pnl: pnl, symbol: symbol}"


def test_records_are_counted_by_what_became_of_them(
    workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = checked(workspace, capsys, RIGHT, "{event: exit}", LOG + "oh\n")
    assert code == 0
    assert found["records"] == {
        "read": 2,
        "ignored": 1,
        "bad": {"is not JSON": 1},
        "waiting_bytes": 0,
    }
    assert found["trades"] == {
        "closed": 2,
        "open": 0,
        "first": [
            {
                "opened_at": None,
                "closed_at": "2026-04-07T10:00:00Z",
                "symbol": "A",
                "side": None,
                "outcome": "win",
                "net_pnl": "5.5",
                "at": "logs/trades.jsonl:1",
            },
            {
                "opened_at": None,
                "closed_at": "2026-04-08T10:00:00Z",
                "symbol": "B",
                "side": None,
                "outcome": "loss",
                "net_pnl": "-2.25",
                "at": "logs/trades.jsonl:2",
            },
        ],
    }


def test_a_field_has_its_range_and_samples(
    workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    _, found = checked(workspace, capsys, RIGHT, "{event: exit}", LOG)
    fields = {field["part"]: field for field in found["fields"]}
    assert fields["net_pnl"] == {
        "part": "net_pnl",
        "field": "pnl",
        "found": 2,
        "records": 2,
        "range": ["-2.25", "5.5"],
        "samples": ["5.5", "-2.25"],
        "did_you_mean": None,
    }
    assert found["warnings"] == []


@pytest.mark.parametrize(
    ("fields", "only", "log", "warning"),
    [
        pytest.param(
            "{closed_at: time, net_pnl: pnll}",
            "{event: exit}",
            LOG,
            "net_pnl: pnll found in 0 of 2 records; did you mean pnl?",
            id="misspelt",
        ),
        pytest.param(
            RIGHT,
            "{event: sold}",
            LOG,
            "all 3 records are ignored; check `only` of the dialect",
            id="all ignored",
        ),
        pytest.param(
            RIGHT,
            "{event: exit}",
            "a,b,c\n1,2,3\n",
            "all 2 records are bad; see the reasons",
            id="bad",
        ),
    ],
)
def test_a_source_without_trades_says_why_and_exits_with_3(
    workspace: WriteWorkspace,
    capsys: pytest.CaptureFixture[str],
    fields: str,
    only: str,
    log: str,
    warning: str,
) -> None:
    code, found = checked(workspace, capsys, fields, only, log)
    assert code == 3
    assert warning in found["warnings"]


def test_zeros_are_warned_of(workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]) -> None:
    log = LOG + (json.dumps({**LINES[0], "pnl": "0"}) + "\n") * 3
    _, found = checked(workspace, capsys, RIGHT, "{event: exit}", log)
    assert "3 of 5 closed trades have a net P&L of 0" in found["warnings"]


@pytest.mark.parametrize(("zeros", "is_said"), [(2, False), (3, True)])
def test_of_breakevens_within_the_tolerance_only_zeros_are_warned_of(
    workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str], zeros: int, *, is_said: bool
) -> None:
    pnls = ["5.5"] + ["0.01"] * (4 - zeros) + ["0"] * zeros
    log = "".join(json.dumps({**LINES[0], "pnl": pnl}) + "\n" for pnl in pnls)
    text = f"breakeven_tolerance: 0.05\n{config(RIGHT)}"
    root = workspace(text, {"logs/trades.jsonl": log})
    main(["check", "--root", str(root), "--json"])
    (found,) = json.loads(capsys.readouterr().out)
    said = f"{zeros} of 5 closed trades have a net P&L of 0"
    assert (said in found["warnings"]) is is_said


def test_the_first_trades_are_those_of_as_many_days_as_it_takes_and_no_others_are_read(
    workspace: WriteWorkspace,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [{**LINES[0], "time": f"2026-04-{n // 2 + 1:02}T1{n % 2}:00:00Z"} for n in range(20)]
    log = "".join(json.dumps(line) + "\n" for line in lines[::-1])
    asked: list[date] = []
    read = Book.trades_of

    def noted(book: Book, days: Iterable[date]) -> Trades:
        asked.extend(days := list(days))
        return read(book, days)

    monkeypatch.setattr(Book, "trades_of", noted)
    _, found = checked(workspace, capsys, RIGHT, "{event: exit}", log)
    assert found["trades"]["closed"] == 20
    assert [one["closed_at"] for one in found["trades"]["first"]] == [
        line["time"] for line in lines[:5]
    ]
    assert asked == [date(2026, 4, day) for day in (1, 2, 3)]


def test_a_page_of_text_shows_the_same(
    workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    root = workspace(config(RIGHT), {"logs/trades.jsonl": LOG})
    assert main(["check", "bot", "--root", str(root)]) == 0
    out = capsys.readouterr().out
    assert "records   2 read, 1 ignored, 0 bad" in out
    assert "net_pnl    pnl" in out
    assert main(["check", "bots", "--root", str(root)]) == 3
    assert "there is no source or file bots; the workspace has bot" in capsys.readouterr().err


def test_a_file_is_checked_without_a_workspace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "trades.jsonl"
    path.write_text(LOG)
    assert main(["check", str(path)]) == 0
    out = capsys.readouterr().out
    assert "only: {event: exit}" in out
    assert "trades    2 closed, 0 open" in out


def test_fields_of_lists_of_values_are_those_that_are_read(
    workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {"columns": ["time", "pnl"], "data": [["2026-04-07T10:00:00Z", 5.50], ["x", None]]}
    root = workspace(
        config("{closed_at: time, net_pnl: pnl}", "{time: exists}"),
        {"logs/trades.jsonl": json.dumps(rows)},
    )
    assert main(["check", "--root", str(root), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert [(one["part"], one["found"]) for one in found["fields"]][:2] == [
        ("closed_at", 2),
        ("net_pnl", 1),
    ]
