"""A column whose amounts are partly of one unit and partly of the whole trade is no sum."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from tests.inference.readings import Record


def trades(*sizes: int) -> list[Record]:
    """Longs from 50 to 51, 53, 56 and so on, of 10 pieces; the P&L is that of so many."""
    moves = [n * (n + 1) // 2 for n in range(1, len(sizes) + 1)]
    return [
        {
            "symbol": "A",
            "side": "long",
            "entry_time": f"2026-04-{n:02}T09:00:00Z",
            "exit_time": f"2026-04-{n:02}T10:00:00Z",
            "quantity": "10",
            "entry_price": "50",
            "exit_price": str(50 + move),
            "pnl": str(move * size),
        }
        for n, (move, size) in enumerate(zip(moves, sizes, strict=True), 1)
    ]


MIXED = (1, 1, 10, 1, 10, 1, 10)


def asked(records: list[Record]) -> list[str]:
    return [doubt.name for doubt in infer(records).doubts]


def test_it_is_asked_and_prices_answer(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps(trades(*MIXED)))
    with pytest.raises(perfkit.UndecidedError, match="4 results in pnl are of one unit and 3 are"):
        perfkit.read(path, quiet=True)
    sums = [
        perfkit.read(path, answers={"mixed_units": n}, quiet=True).summary("all").metrics["net_pnl"]
        for n in (1, 2)
    ]
    moves = 1 + 3 + 6 + 10 + 15 + 21 + 28
    assert sums == [Decimal(moves * 10), Decimal(moves)]


def test_two_that_differ_may_be_wrong_and_are_no_unit() -> None:
    assert "mixed_units" not in asked(trades(10, 10, 10, 1, 10, 1, 10))


@pytest.mark.parametrize("sizes", [(10,) * 7, (1,) * 7])
def test_one_unit_throughout_is_not_mixed(sizes: tuple[int, ...]) -> None:
    assert "mixed_units" not in asked(trades(*sizes))
