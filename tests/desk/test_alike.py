"""Questions whose answers all give the same trades."""

import json
from pathlib import Path

import pytest

from perfkit.core.errors import UndecidedError
from perfkit.desk.reading import inferred

TRADES: list[dict[str, object]] = [
    {"id": n, "symbol": "A", "entry": 10, "exit": 11, "exit_time": f"2026-04-0{n}T10:00", "pnl": n}
    for n in (1, 2, 3)
]


def written(path: Path, records: list[dict[str, object]]) -> str:
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    return str(path)


def test_records_that_an_identity_merges_are_not_asked_about(tmp_path: Path) -> None:
    (found,) = inferred([written(tmp_path / "a.jsonl", TRADES * 2)], None, {})
    assert any("makes no difference" in said for said in found.reading.assumed)


def test_what_makes_a_difference_is_asked(tmp_path: Path) -> None:
    records = [{name: one for name, one in each.items() if name != "id"} for each in TRADES * 2]
    with pytest.raises(UndecidedError) as raised:
        inferred([written(tmp_path / "a.jsonl", records)], None, {})
    assert "repeats=1" in str(raised.value)
