"""A P&L that is missing in closed records, where prices give all others to the last digit."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import field
from tests.inference.readings import Record, asked


def closes(missing: int = 4, *, options: bool = False, rounded: str = "") -> list[Record]:
    """Twenty trades of 5 pieces at 10; the last ones log no P&L, but all else."""
    records: list[Record] = []
    for n in range(20):
        out, earned = ("12", "10") if n % 2 else ("9", "-5")
        record: Record = {
            "symbol": f"NIFTY24000{'CP'[n % 2]}E" if options else "A",
            "direction": ("LONG", "SHORT")[n % 2] if options else "LONG",
            "entry_time": f"2026-04-{n + 1:02}T09:00:00Z",
            "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "entry_price_option": "10",
            "exit_price_option": out,
            "quantity": "5",
            "result": "WIN" if n % 2 else "LOSS",
            "pnl": (rounded if n == 0 and rounded else earned) if n < 20 - missing else None,
        }
        records.append(record)
    return records


@pytest.mark.parametrize("missing", [1, 4, 12])
def test_prices_that_give_all_others_give_the_missing_ones(missing: int) -> None:
    reading = infer(closes(missing))
    assert asked(reading) == []
    assert reading.closed == 20
    assert "only" not in reading.dialect
    assert any(f"{missing} closed record" in one for one in reading.assumed)


def test_the_logged_results_show_that_all_options_were_bought() -> None:
    reading = infer(closes(options=True))
    assert asked(reading) == []
    assert (reading.closed, field(reading, "side")) == (20, "= long")


def test_one_other_amount_is_enough_to_leave_them_out() -> None:
    reading = infer(closes(rounded="-6"))
    assert reading.closed == 16
    assert any("left out" in one for one in reading.assumed)


@pytest.mark.parametrize(("missing", "is_asked"), [(9, True), (4, False)])
def test_closes_with_an_outcome_and_no_price_are_asked_about_or_reported(
    missing: int, *, is_asked: bool
) -> None:
    records = [
        {key: one[key] for key in one if key != "exit_price_option"} for one in closes(missing)
    ]
    reading = infer(records)
    assert (asked(reading) == ["left_out"]) is is_asked
    assert any("an outcome" in one for one in reading.assumed) is not is_asked
