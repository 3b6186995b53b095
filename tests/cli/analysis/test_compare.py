"""`perfkit compare`: what it refuses."""

from pathlib import Path

import pytest

from perfkit.cli.main import main
from tests.filterkit import desk_with, line


def test_one_side_alone_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk_with(tmp_path, {"a.jsonl": [line(1, "1", "2026-04-06")]}, "{tag: tags}")
    assert main(["compare", "--root", str(tmp_path)]) == 3
    assert "both sides are the same trades; say what the other" in capsys.readouterr().err


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["compare", "--help"])
    assert "--where bot_version=1.4 --with bot_version=1.5" in capsys.readouterr().out
