"""The YAML of a source reads back as that source."""

import json
from pathlib import Path

from perfkit.config.yaml import parse
from perfkit.inference.source import found_in
from perfkit.inference.source_yaml import config_yaml

TRADES = [
    {"symbol": "BTCUSDT", "exit_time": "2026-04-07T10:00:00Z", "pnl": "5.5"},
    {"symbol": "BTCUSDT", "exit_time": "2026-04-08T10:00:00Z", "pnl": "-2.5"},
]


def test_a_configuration_reads_back_as_the_source(tmp_path: Path) -> None:
    path = tmp_path / "my trades.json"
    path.write_text(json.dumps({"x: [y]": TRADES}))
    found = found_in(str(path))
    assert parse(config_yaml([found]), "here").value == {
        "sources": [found.source()],
        "timezone": "UTC",
    }
