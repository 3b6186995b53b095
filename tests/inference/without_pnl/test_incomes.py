"""Income histories: realised P&L, fees and funding in records of their own."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import field
from tests.inference.readings import Record, asked

NAMES = ("symbol", "incomeType", "income", "asset", "time", "tranId")
ROWS = (
    ("BTCUSDT", "COMMISSION", "-0.40", "USDT", 1770000000000, "1"),
    ("BTCUSDT", "REALIZED_PNL", "12.50", "USDT", 1770003600000, "2"),
    ("ETHUSDT", "FUNDING_FEE", "-0.05", "USDT", 1770004600000, "3"),
    ("ETHUSDT", "REALIZED_PNL", "-3.20", "USDT", 1770007600000, "4"),
    ("", "TRANSFER", "100", "USDT", 1770008600000, "5"),
)


def records(*kinds: str) -> list[Record]:
    return [dict(zip(NAMES, row, strict=True)) for row in ROWS if not kinds or row[1] in kinds]


def test_costs_of_their_own_are_asked_about() -> None:
    reading = infer(records())
    assert asked(reading) == ["income_costs"]
    assert "COMMISSION -0.40, FUNDING_FEE -0.05" in reading.doubts[0].question
    assert reading.doubts[0].answers[1].changes == {
        "only.incomeType": ["REALIZED_PNL", "COMMISSION", "FUNDING_FEE"]
    }


def test_realized_pnl_alone_is_read() -> None:
    reading = infer(records("REALIZED_PNL", "TRANSFER"))
    assert (asked(reading), reading.closed) == ([], 2)
    assert reading.source["currency"] == "USDT"
    assert reading.dialect["only"] == {"incomeType": "REALIZED_PNL"}
    assert field(reading, "net_pnl") == "income"


@pytest.mark.parametrize("word", ["Realized Profit and Loss", "realised pnl", "RealizedPnl"])
def test_words_for_what_was_realized(word: str) -> None:
    found = [{**one, "incomeType": word} for one in records("REALIZED_PNL")]
    assert infer([*found, *records("TRANSFER")]).closed == 2


def test_incomes_without_a_realized_pnl_are_no_results() -> None:
    assert not infer(records("COMMISSION", "FUNDING_FEE", "TRANSFER")).has_results
