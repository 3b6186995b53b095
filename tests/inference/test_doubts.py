"""A question whether there are results at all can be answered with no, and then there are none."""

import json
from pathlib import Path

import pytest

import perfkit
from perfkit.core.errors import NoResultsError

Records = list[dict[str, object]]


def moments(count: int) -> list[str]:
    return [f"2026-04-0{n // 5 + 1}T1{n % 5}:{n * 7 % 60:02}:00Z" for n in range(count)]


def of_column(name: str, numbers: list[str], **others: object) -> Records:
    return [
        {"time": time, name: number, **others}
        for time, number in zip(moments(len(numbers)), numbers, strict=True)
    ]


TRADE = {"symbol": "A", "side": "long", "reason": "stop loss", "qty": 1}
RUNNING = [str(100 + n * n % 7 + 3 * n) for n in range(12)]
ORDERS: Records = [
    {"time": time, "side": side, "price": price, "qty": "1", "status": "accepted"}
    for time, side, price in zip(moments(4), ["buy", "sell"] * 2, ["5", "6", "7", "9"], strict=True)
]
POSITIONS: Records = [
    {"time": time, "symbol": "A", "pnl": str(n % 5 - 2), "position": n % 2}
    for n, time in enumerate(moments(20))
]


@pytest.mark.parametrize(
    ("records", "name", "number", "why"),
    [
        (of_column("pnl", ["1", "-2", "3"]), "weak", 5, "pnl is not the result of a trade"),
        (
            of_column("total_pnl", RUNNING, **TRADE),
            "total_so_far",
            2,
            "total_pnl is a running total",
        ),
        (ORDERS, "not_filled", 2, "the orders were not filled"),
        (POSITIONS, "bars", 2, "records are bars, not trades"),
    ],
    ids=["weak", "running", "orders", "bars"],
)
def test_no_ends_in_no_results(
    tmp_path: Path, records: Records, name: str, number: int, why: str
) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps(records))
    with pytest.raises(NoResultsError, match=f"no results found: {why}, as answered"):
        perfkit.read(path, answers={name: number}, quiet=True)


def test_other_answers_make_no_difference_then(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps(of_column("pnl", ["0", "0", "3", "0", "-2"], fee="0.1")))
    with pytest.raises(NoResultsError, match="not the result of a trade"):
        perfkit.read(path, answers={"weak": 5, "zeros": 2}, quiet=True)
