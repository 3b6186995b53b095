"""Filters that leave nothing."""

from pathlib import Path

import pytest

from perfkit.cli.main import main
from tests.small_desk import bot_line, desk_of


def test_a_filter_that_no_trade_ever_meets_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_of(tmp_path, "t.jsonl", {"t.jsonl": bot_line(1, "5").encode() + b"\n"})
    assert main(["summary", "--root", str(tmp_path), "--where", "symbol=BTCC"]) == 0
    assert "no trade in the logs has symbol = BTCC" in capsys.readouterr().err
    assert main(["summary", "--root", str(tmp_path), "--where", "symbol=BTC"]) == 0
    assert "no trade" not in capsys.readouterr().err
