"""Records that closed and have no result: asked about, computed from prices, or told."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked


def journal(**last: object) -> list[Record]:
    """Two trades that closed: 14 x 40 = 560 without a result, then -18 x 1 = -18, or -3 %."""
    usual: Record = {"direction": "Long", "entry_price": "16", "exit_price": "30", "size": "40"}
    opened: Record = {"exit_price": None, "exit_date": None, "status": "open"}
    records: list[Record] = [
        {**usual, "ticker": f"T{n}", "entry_date": f"2026-01-0{n}", **opened} for n in range(1, 6)
    ]
    first = {"ticker": "A", "entry_date": "2026-02-01", "exit_date": "2026-03-01"}
    records.append({**usual, **first, "status": "closed"})
    second = {"ticker": "B", "entry_date": "2026-02-02", "closed_at": "2026-03-05"}
    priced = {"direction": "Short", "entry_price": "600", "exit_price": "618", "size": "1"}
    records.append({**priced, **second, "status": "closed", "return_pct": "-3", **last})
    return records


class TestAClosedTradeWithoutTheResult:
    def test_it_is_asked_about(self) -> None:
        reading = infer(journal())
        assert asked(reading) == ["left_out"]
        assert "1 record with both prices and a closing time has no return_pct" in (
            reading.doubts[0].question
        )

    def test_prices_give_both(self, tmp_path: Path) -> None:
        path = tmp_path / "journal.json"
        path.write_text(json.dumps(journal()))
        summary = perfkit.read(path, answers={"left_out": 1}, quiet=True).summary("all").metrics
        assert summary["closed_trades"] == 2
        assert summary["net_pnl"] == Decimal("542")

    def test_one_that_is_open_by_its_status_is_not(self) -> None:
        records = journal()
        records[5] |= {"status": "open"}
        assert "left_out" not in asked(infer(records))

    @pytest.mark.parametrize(("missing", "is_asked"), [(6, True), (2, False)])
    def test_few_results_of_money_are_reported(self, missing: int, *, is_asked: bool) -> None:
        records: list[Record] = [
            {
                "symbol": "A",
                "side": "long",
                "entry_time": f"2026-04-{n + 1:02}T09:00:00Z",
                "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "entry_price": "100",
                "exit_price": "101" if n % 3 else "98",
                "quantity": "2",
                "pnl": ("2" if n % 3 else "-4") if n >= missing else None,
            }
            for n in range(12)
        ]
        records[-1]["pnl"] = "1.9"  # so that prices do not give each of them
        reading = infer(records)
        assert (asked(reading) == ["left_out"]) is is_asked
        assert any("left out" in one for one in reading.assumed) is not is_asked


def test_logs_without_closing_times_may_leave_results_out_as_well() -> None:
    records: list[Record] = [
        {
            "timestamp": f"2026-04-0{n + 1}T10:00:00Z",
            "symbol": "A",
            "side": "long",
            "entry_price": "10",
            "exit_price": f"{10 + n}",
            "size": "2",
            "pnl": None if n < 4 else f"{2 * n + 1}",
        }
        for n in range(1, 8)
    ]
    reading = infer(records)
    assert asked(reading) == ["left_out"]
    assert reading.doubts[0].question.startswith("3 records with both prices have no pnl")
    exact = [{**one, "pnl": f"{2 * n}" if n > 3 else None} for n, one in enumerate(records, 1)]
    exact.append({**exact[-1], "timestamp": "2026-04-09T10:00:00Z"})
    assert (asked(infer(exact)), infer(exact).closed) == ([], 8)
    without = [{**one, "exit_price": None} if one["pnl"] is None else one for one in records]
    assert "left_out" not in asked(infer(without))


@pytest.mark.parametrize(("status", "is_told"), [("closed", True), ("cancelled", False)])
def test_records_that_closed_without_a_price_or_a_result_are_told(
    status: str, *, is_told: bool
) -> None:
    records: list[Record] = [
        {
            "symbol": "A",
            "side": "long",
            "closed_at": f"2026-04-{n + 1:02}T10:00:00Z",
            "entry_price": "100",
            "exit_price": "101" if n > 1 else None,
            "quantity": "2",
            "pnl": "2" if n > 1 else None,
            "status": "closed" if n > 1 else status,
        }
        for n in range(7)
    ]
    reading = infer(records)
    said = "2 records with closed_at have no pnl nor prices; left out"
    assert (asked(reading), reading.closed) == ([], 5)
    assert (said in reading.assumed) is is_told


def test_the_end_of_a_market_closes_no_record() -> None:
    records: list[Record] = [
        {
            "type": "EXIT" if n % 2 else "ENTER",
            "ts": f"2026-04-{n + 1:02}T10:00:00Z",
            "end_date": None if n % 2 else f"2026-05-{n + 1:02}T00:00:00Z",
            "price": "0.5",
            "qty": "10",
            "pnl": f"{n - 4}" if n % 2 else None,
        }
        for n in range(10)
    ]
    reading = infer(records)
    assert reading.closed == 5
    assert not any("nor prices" in said for said in reading.assumed)
