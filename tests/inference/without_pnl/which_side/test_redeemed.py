"""Positions that were redeemed or settled for an amount, beside purchases and sales at prices."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked

BOUGHT = ((20, "0.4"), (10, "0.7"), (30, "0.5"), (8, "0.25"))
SOLD = {0: "0.55", 2: "0.2"}


def history(*, word: str = "REDEEM", apart: bool = True, amount: str = "usdcSize") -> list[Record]:
    """Four positions: two were sold, one came back at 1 each, and nothing is said of the last."""
    records: list[Record] = []
    for n, (size, price) in enumerate(BOUGHT):
        one = {"conditionId": f"0x{n}", "asset": f"a{n}", "size": size}
        worth = str(size * Decimal(price))
        record = {**one, "side": "BUY", "price": price, amount: worth, "timestamp": at(2 * n)}
        records.append({**record, "type": "TRADE"} if apart else record)
        if n in SOLD:
            worth = str(size * Decimal(SOLD[n]))
            more = {"side": "SELL", "price": SOLD[n], amount: worth, "timestamp": at(2 * n + 1)}
            records.append({**record, **more} | ({"type": "TRADE"} if apart else {}))
        elif n == 1:
            ended = {**one, "asset": "", "price": 0, amount: size, "timestamp": at(2 * n + 1)}
            records.append(
                {**ended, "side": "", "type": word} if apart else {**ended, "side": word}
            )
    return records


def at(n: int) -> str:
    return f"2026-04-07T{10 + n}:00:00Z"


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize("word", ["REDEEM", "claimed", "Settlement"])
def test_what_was_redeemed_is_asked_about_and_counts_at_what_came_back(
    tmp_path: Path, word: str, apart: bool
) -> None:
    records = history(word=word, apart=apart)
    reading = infer(records)
    assert asked(reading) == ["other_sides"]
    assert word in reading.doubts[0].question
    path = tmp_path / "activity.json"
    path.write_text(json.dumps(records))
    found = {
        answer: perfkit.read(path, answers={"other_sides": answer}, quiet=True).summary("all")
        for answer in (1, 2)
    }
    assert [(one.metrics["closed_trades"], one.metrics["net_pnl"]) for one in found.values()] == [
        (3, -3),
        (2, -6),
    ]


def test_nothing_is_asked_where_no_amount_came_back() -> None:
    assert "other_sides" not in asked(infer(history(amount="note")))


def test_nothing_is_asked_about_words_of_what_was_not_done() -> None:
    assert "other_sides" not in asked(infer(history(word="cancelled")))
