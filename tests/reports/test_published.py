"""What is read of the files of reports, whole and mangled."""

import json
import os
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

import perfkit
from perfkit.alerts.status import began_in
from perfkit.cli.main import main
from perfkit.reports import failure, published
from perfkit.reports.index.periods import entries
from perfkit.reports.index.readme import write_index
from tests.reportkit import CARD, LOGS, notebook, write_workspace
from tests.reports.index.test_readme import publish


def test_status_is_documented_key_by_key() -> None:
    text = (Path(__file__).parents[2] / "docs/reports.md").read_text(encoding="utf-8")
    rows = text.partition("| key of `status.json` |")[2].partition("\n\n")[0]
    documented = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|([^|]*)\|", rows, re.M)))
    assert documented == [field.name for field in msgspec.structs.fields(published.ReportStatus)]


FIRED = {
    "event": "performance.alert", "id": "x", "kind": "firing", "episode": "e", "rule": "r",
    "group": None, "occurred_at": "2026-04-06T10:00:00Z", "severity": "warning", "message": "m",
}  # fmt: skip

NO_EVENTS = [
    json.dumps({**FIRED, "occurred_at": "nope"}),
    json.dumps({**FIRED, "occurred_at": 1}),
    json.dumps({**FIRED, "occurred_at": "2026-04-06"}),
    json.dumps({name: value for name, value in FIRED.items() if name != "rule"}),
    json.dumps({name: value for name, value in FIRED.items() if name != "severity"}),
    json.dumps({**FIRED, "rule": ["r"]}),
    json.dumps({**FIRED, "message": None}),
    json.dumps({**FIRED, "group": {}}),
    json.dumps({**FIRED, "episode": []}),
    json.dumps({**FIRED, "kind": {}}),
    '{"event": ' + "[" * 3000 + "]" * 3000 + "}",
    "[" * 100_000,
    '{"event": "performance.alert", "id": "\\ud800", "kind": ' + "9" * 5000 + "}",
    "\ufffd",
    "null",
]
"""Lines that stand in an event log and are not events."""


class TestFilesThatMakeNoSense:
    """What is not an event, a status or a card is passed over; the others are still read."""

    @pytest.mark.parametrize("line", NO_EVENTS)
    def test_line_of_the_event_log_is_skipped(self, tmp_path: Path, line: str) -> None:
        root = write_workspace(tmp_path / "ws", LOGS)
        self.write_events(root, line)
        window = perfkit.open(root).window("daily", "2026-04-06")
        assert [one.rule for one in began_in(root, window)] == ["r"]

    def test_report_is_made_beside_an_event_log_full_of_such_lines(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        root = write_workspace(tmp_path / "ws", LOGS)
        self.write_events(root, *NO_EVENTS)
        assert main(["report", "daily", "--date", "2026-04-06", "--root", str(root)]) == 0
        assert capsys.readouterr().err == ""

    def write_events(self, root: Path, *lines: str) -> None:
        """An event, and the end of its episode, among those lines."""
        ended = {**FIRED, "id": "z", "kind": "resolved"}
        written = [*lines, json.dumps(FIRED), json.dumps(ended), *lines]
        (root / "logs/performance-alerts.jsonl").write_text("".join(f"{one}\n" for one in written))

    @pytest.mark.parametrize(
        "change",
        [
            {"parameters": {}},
            {"parameters": {"date": "nope"}},
            {"parameters": {"date": "0001-01-01"}},
            {"parameters": {"date": 20260408}},
            {"kind": "hourly"},
            {"where": {"symbol": "<b>"}},
            {"where": {"symbol": 1}},
            {"files": None},
        ],
    )
    def test_report_whose_status_cannot_be_is_no_report(
        self, tmp_path: Path, change: dict[str, Any]
    ) -> None:
        root = write_workspace(tmp_path / "ws", LOGS)
        publish(root, "daily", "2026-04-07")
        folder = publish(root, "daily", "2026-04-08")
        assert len(published.published(root / "reports", "daily")) == 2
        status = json.loads((folder / "status.json").read_bytes())
        (folder / "status.json").write_text(json.dumps(status | change))
        (one,) = published.published(root / "reports", "daily")
        assert one.status.label == "2026-04-07"
        write_index(perfkit.open(root), {})

    @pytest.mark.parametrize(
        "body",
        ["", "[" * 100_000, "{}", "\x00", '{"kind": "daily"}'],
    )
    def test_card_or_status_that_is_not_one_is_passed_over(self, tmp_path: Path, body: str) -> None:
        folder = publish(tmp_path, "daily", "2026-04-08")
        failure.write_card(tmp_path, CARD)
        (card,) = (tmp_path / "reports/failures/daily").glob("*.json")
        for path in (folder / "status.json", card):
            path.write_text(body)
        assert published.published(tmp_path / "reports", "daily") == []
        assert failure.cards(tmp_path / "reports") == []

    def test_pipe_in_the_place_of_a_file_keeps_nobody_waiting(self, tmp_path: Path) -> None:
        folder = publish(tmp_path, "daily", "2026-04-08")
        (folder / "status.json").unlink()
        os.mkfifo(folder / "status.json")
        assert published.published(tmp_path / "reports", "daily") == []

    @pytest.mark.parametrize(
        "change",
        [
            {"net_pnl": "NaN"},
            {"net_pnl": "Infinity"},
            {"net_pnl": "1e999999"},
            {"net_pnl": "1e-999999"},
            {"closed_trades": -1},
            {"closed_trades": 10**30},
            {"win_rate": "2"},
            {"win_rate": "sNaN"},
        ],
    )
    def test_figures_that_cannot_be_are_not_shown_in_the_index(
        self, tmp_path: Path, change: dict[str, Any]
    ) -> None:
        root = write_workspace(tmp_path / "ws", LOGS)
        folder = publish(root, "daily", "2026-04-08")
        summary = json.loads((folder / "summary.json").read_bytes())
        summary["metrics"] |= change
        (folder / "summary.json").write_text(json.dumps(summary))
        write_index(perfkit.open(root), {})
        (entry,) = entries(perfkit.open(root), {})["daily"]
        assert entry.headline is None

    @pytest.mark.parametrize(
        "text",
        [
            "[" * 100_000,
            '{"cells": ' + "[" * 100_000,
            '{"cells": [1]}',
            '{"cells": [{"metadata": null}]}',
            notebook().replace("date: str", "date" + ".a" * 50_000 + ": str"),
            notebook().replace("date: str", "date: " + "-" * 100_000 + "1"),
            notebook().replace("date: str", "x = " + "9" * 5000 + "\\ndate: str"),
            notebook().replace("date: str", "\\u0000date: str"),
        ],
    )
    def test_notebook_that_is_not_one_is_one_clear_error(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
    ) -> None:
        root = write_workspace(tmp_path / "ws", LOGS, daily=text)
        assert main(["report", "daily", "--root", str(root)]) == 3
        said = capsys.readouterr().err.splitlines()[-1]
        assert re.search("it is not a notebook|is not valid Python", said)
