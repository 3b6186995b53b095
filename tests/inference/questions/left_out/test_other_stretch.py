"""Results that went by another name at first."""

import json
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import perfkit
from perfkit.inference.infer import infer
from perfkit.inference.questions.left_out.other_stretch import with_other_name_asked
from perfkit.inference.result import LeftOut
from tests.inference.readings import Record, asked


def renamed(*, both: bool, count: int = 20, old: int = 8) -> list[Record]:
    """Trades of 20 or -10 before costs of 1; the later ones have other names for all of it."""
    records: list[Record] = []
    for n in range(count):
        earned = -10 if n % 3 else 20
        record: Record = {
            "symbol": "ADA",
            "side": "long",
            "opened_at": f"2026-04-{n + 1:02}T09:00:00Z",
            "closed_at": f"2026-04-{n + 1:02}T10:00:00Z",
            "amount": "10",
        }
        if n < old or both:
            record |= {"entry": "50", "exit": str(50 + earned // 10), "pnl_usd": str(earned)}
        if n >= old:
            record |= {"entry_price": "50", "exit_price": str(50 + earned // 10)}
            record |= {"fees_usd": "1", "net_pnl": str(earned - 1)}
        records.append(record)
    return records


def test_both_names_together_are_an_answer(tmp_path: Path) -> None:
    records = renamed(both=True)
    reading = infer(records)
    assert asked(reading) == ["two_results"]
    assert "8 that closed have pnl_usd alone" in reading.doubts[0].question
    assert not any("left out" in said for said in reading.assumed)
    path = tmp_path / "trades.json"
    path.write_text(json.dumps(records))
    figures = perfkit.read(path, answers={"two_results": 1}, quiet=True).summary("all").metrics
    gross = sum(-10 if n % 3 else 20 for n in range(20))
    assert (figures["closed_trades"], figures["net_pnl"]) == (20, Decimal(gross - 12))


def test_a_few_of_another_name_among_others_are_not_of_a_stretch() -> None:
    records = renamed(both=True)
    for n, record in enumerate(renamed(both=True, old=0)):
        if n % 2:
            records[n] = record
    assert "two_results" not in asked(infer(records))


def test_no_prices_is_said_only_of_records_without_any() -> None:
    records = [{**one, "note": ""} for one in renamed(both=True, old=3)]
    said = infer(records).assumed
    assert "3 records with closed_at have no net_pnl; left out" in said
    bare = [
        {k: v for k, v in one.items() if k not in ("entry", "exit", "pnl_usd")} for one in records
    ]
    assert "3 records with closed_at have no net_pnl nor prices; left out" in infer(bare).assumed


def test_records_without_a_closing_time_are_told_with_the_question() -> None:
    records = renamed(both=True)
    for record in records[:2]:
        del record["closed_at"]
    question = infer(records).doubts[0].question
    assert "6 that closed have pnl_usd alone, and 2 more without closed_at" in question


def test_only_what_is_said_of_records_left_out_falls_away_with_the_question() -> None:
    def candidate(name: str, numbers: list[int | None]) -> Any:
        column = SimpleNamespace(name=name, expression=name, numbers=numbers)
        return SimpleNamespace(pnl=column, closing=SimpleNamespace(rows=[1]))

    times: Any = SimpleNamespace(closed=[SimpleNamespace(name="closed_at", present=[1, 1])])
    reading = infer(renamed(both=False))
    other = "fees of trades with no net_pnl are left out"
    reading = reading._replace(assumed=(other, LeftOut("one record lacks it"), LeftOut("another")))
    best, also = candidate("net_pnl", [None, 5]), candidate("pnl_usd", [4, None])
    asked_of = with_other_name_asked(reading, best, also, [0], reading, times)
    assert asked_of.assumed == (other,)


def test_records_left_out_are_told_from_what_else_is_assumed() -> None:
    said = infer([{**one, "note": ""} for one in renamed(both=True, old=3)]).assumed
    left_out = [one for one in said if isinstance(one, LeftOut)]
    assert left_out == ["3 records with closed_at have no net_pnl; left out"]
