"""`perfkit monte-carlo`: its help, and what it refuses."""

from pathlib import Path

import pytest

from perfkit.cli.main import main
from tests.filterkit import desk_with, line


def test_window_beside_days_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk_with(tmp_path, {"a.jsonl": [line(1, "1", "2026-04-06")]}, "{tag: tags}")
    words = ["monte-carlo", "--root", str(tmp_path), "--start", "2026-04-06"]
    assert main([*words, "--window", "weekly"]) == 3
    assert "give either --window or --start and --end" in capsys.readouterr().err


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["monte-carlo", "--help"])
    assert "perfkit monte-carlo --where strategy=breakout" in capsys.readouterr().out
