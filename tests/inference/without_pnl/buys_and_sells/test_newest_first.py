"""Executions of the same time in a log that has the newest one first."""

from pathlib import Path

import perfkit
from perfkit.inference.infer import infer
from tests.inference.executions import fills
from tests.inference.readings import Record

ORDERS = (("buy", "1", "10"), ("buy", "1", "12"), ("sell", "2", "13"), ("buy", "1", "11"),
          ("sell", "1", "14"))  # fmt: skip


def newest_first(ids: list[object]) -> list[Record]:
    records = fills(*ORDERS, id=ids)
    for record in records[1:3]:
        record["time"] = "2026-04-07T02:00:00Z"
    return records[::-1]


def test_ids_say_which_of_two_came_first(tmp_path: Path) -> None:
    reading = infer(newest_first([11, 12, 13, 14, 15]))
    assert reading.is_sure
    assert reading.dialect["fills"]["order"] == "id"  # type: ignore[index]
    path = tmp_path / "fills.csv"
    records = newest_first([11, 12, 13, 14, 15])
    lines = [",".join(records[0]), *(",".join(map(str, one.values())) for one in records)]
    path.write_text("\n".join(lines) + "\n")
    assert len(perfkit.read(path).trades()) == 2


def test_ids_in_another_order_say_nothing() -> None:
    assert "order" not in infer(newest_first([11, 13, 12, 14, 15])).dialect["fills"]  # type: ignore[operator]


def test_a_log_with_the_oldest_first_needs_no_order() -> None:
    records = newest_first([11, 12, 13, 14, 15])[::-1]
    assert "order" not in infer(records).dialect["fills"]  # type: ignore[operator]
