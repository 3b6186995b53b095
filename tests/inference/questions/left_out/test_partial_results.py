"""Results of partial exits that stand in a list inside each record."""

import json
from decimal import Decimal
from pathlib import Path

import perfkit
from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked, fields


def scaled_out(kind: str, count: int = 6) -> list[Record]:
    """Trades of 10 at 100, half of them with 4 sold at 105 before: 20, and (exit - 100) x 6."""
    records: list[Record] = []
    for n in range(count):
        out, part = 100 + (-1) ** n * (n + 2), n % 2
        rest = (out - 100) * (6 if part else 10)
        record: Record = {
            "symbol": "A",
            "side": "long",
            "opened_at": f"2026-04-{n + 1:02}T09:00:00Z",
            "closed_at": f"2026-04-{n + 1:02}T10:00:00Z",
            "entry_price": "100",
            "exit_price": str(out),
            "quantity": "10",
            "pnl": str(
                rest + (20 if part and kind == "total" else 0) - (7 if kind == "odd" else 0)
            ),
            "scale_outs": [{"price": "105", "realized_pnl": "20"}] if part else [],
        }
        if n == 2:
            record["scale_outs"] = None
        records.append(record)
    return records


def test_they_are_added_to_the_result_of_the_rest(tmp_path: Path) -> None:
    records = scaled_out("rest")
    reading = infer(records)
    assert asked(reading) == []
    assert fields(reading)["net_pnl"] == "pnl + (sum(scale_outs[*].realized_pnl) or 0)"
    assert any("scale_outs[].realized_pnl is added" in said for said in reading.assumed)
    path = tmp_path / "trades.json"
    path.write_text(json.dumps(records))
    figures = perfkit.read(path, quiet=True).summary("all").metrics
    total = sum((Decimal(str(one["pnl"])) for one in records), Decimal(60))
    assert (figures["closed_trades"], figures["net_pnl"]) == (6, total)
    assert reading.total == total


def test_not_to_that_of_the_whole_trade() -> None:
    reading = infer(scaled_out("total"))
    assert (asked(reading), fields(reading)["net_pnl"]) == ([], "pnl")
    every = scaled_out("rest")
    for one in every:  # with the last exit in the list as well
        one["scale_outs"] = [{"price": one["exit_price"], "realized_pnl": one["pnl"]}]
    assert (asked(infer(every)), fields(infer(every))["net_pnl"]) == ([], "pnl")


def test_lists_with_the_last_exit_say_what_the_result_is_made_of() -> None:
    records = [{**one, "entry_fills": one["scale_outs"]} for one in scaled_out("odd")]
    for one in records:  # before costs of 7, beside the openings
        del one["scale_outs"]
        last = Decimal(str(one["pnl"])) + 7
        one["exit_fills"] = [
            {"price": one["exit_price"], "realized_pnl": str(last), "time": one["closed_at"]}
        ]
    assert "partial_results" not in asked(infer(records))


def test_it_is_asked_where_prices_prove_neither() -> None:
    for records in (
        scaled_out("odd"),
        [{k: v for k, v in one.items() if k != "quantity"} for one in scaled_out("rest")],
    ):
        reading = infer(records)
        doubt = next(one for one in reading.doubts if one.name == "partial_results")
        assert "3 records have results of partial exits" in doubt.question
        assert "60 in total" in doubt.question
        assert list(doubt.answers[0].changes) == ["fields.net_pnl"]
        assert doubt.answers[1].changes == {}
