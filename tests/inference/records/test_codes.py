"""A status in numbers: which code stands for trades that are still open."""

from __future__ import annotations

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.readings import Record


def asked(reading: Reading) -> list[str]:
    return [one.name for one in reading.doubts]


def of_vectorbt() -> list[Record]:
    """Long trades of 2 shares without costs; the last one is valued at the last bar."""
    moves = [("10", "12"), ("20", "19"), ("5", "8"), ("30", "31"), ("40", "35")]
    return [
        {
            "id": f"{n}",
            "col": "0",
            "size": "2",
            "entry_idx": f"{10 * n}",
            "entry_price": entry,
            "entry_fees": "0.1",
            "exit_idx": f"{10 * n + 7}",
            "exit_price": out,
            "exit_fees": "0.1",
            "pnl": str(2 * (Decimal(out) - Decimal(entry)) - Decimal("0.2")),
            "return": "0.1",
            "direction": "0",
            "status": "0" if n == 4 else "1",
        }
        for n, (entry, out) in enumerate(moves)
    ]


class TestRecordsOfVectorbt:
    def test_status_0_is_a_trade_that_is_open(self) -> None:
        reading = infer(of_vectorbt())
        assert (reading.closed, asked(reading)) == (4, [])
        assert reading.dialect["only"] == {"status": "1"}


def of_a_bot(codes: str, *, last: int) -> list[Record]:
    """Trades with a status in numbers, the last of which end at the same time."""
    days = [f"2026-04-{n + 2:02}T10:00:00Z" for n in range(len(codes))]
    return [
        {
            "symbol": "A",
            "side": "long",
            "entry_price": "100",
            "exit_price": f"{100 + n % 3 * 5 - 4}",
            "qty": "1",
            "entry_time": f"2026-04-{n + 1:02}T09:00:00Z",
            "exit_time": days[-1] if n >= len(codes) - last else days[n],
            "pnl": f"{n % 3 * 5 - 4}",
            "status": code,
        }
        for n, code in enumerate(codes)
    ]


class TestOtherRecords:
    def test_those_of_one_code_that_end_together_at_the_end_are_asked_about(self) -> None:
        reading = infer(of_a_bot("111111111100", last=2))
        assert (reading.closed, asked(reading)) == (10, ["ignored"])

    def test_a_code_of_few_records_is_asked_about(self) -> None:
        reading = infer(of_a_bot("111101111011", last=1))
        assert (reading.closed, asked(reading)) == (12, ["flagged_open"])
        assert reading.doubts[0].answers[0].changes == {"only.status": "1"}

    @pytest.mark.parametrize("codes", ["010101010101", "111111111111", "123123123123"])
    def test_codes_that_come_often_or_alone_or_are_several_say_nothing(self, codes: str) -> None:
        assert asked(infer(of_a_bot(codes, last=1))) == []

    def test_a_code_of_what_was_won_is_none_of_open_trades(self) -> None:
        records = of_a_bot("000000000000", last=1)
        for n, one in enumerate(records):
            one |= {"exit_price": "90" if n < 9 else "105", "pnl": "-10" if n < 9 else "5"}
            one["status"] = "0" if n < 9 else "1"
        assert asked(infer(records)) == []


def of_a_broker(*codes: str) -> list[Record]:
    """Purchases, and sales of what was bought, with the codes of a broker."""
    return [
        {
            "Symbol": "A",
            "Date/Time": f"2026-04-{n + 1:02}, 10:00:00",
            "T. Price": "50",
            "Proceeds": "-500" if "O" in code else f"{520 + n}",
            "Comm/Fee": "-1.05",
            "Basis": "501.05" if "O" in code else "-501.05",
            "Realized P/L": "0" if "O" in code else str(Decimal("17.9") + n),
            "MTM P/L": f"{n - 3}.2",
            "Code": code,
        }
        for n, code in enumerate(codes)
    ]


class TestCodesInLetters:
    def test_what_opens_and_does_not_close_is_no_trade(self) -> None:
        reading = infer(of_a_broker("O", "C", "O;P", "C;P", "IA;O", "C", "O", "C"))
        assert (reading.closed, asked(reading)) == (4, [])
        assert reading.dialect["only"] == {'"Realized P/L"': {"not": 0}}

    def test_a_close_without_a_result_is_asked_about(self) -> None:
        records = of_a_broker("O", "C", "O;P", "C;P", "IA;O", "C", "O", "C")
        records[1] |= {"Realized P/L": "0"}
        assert "zeros" in asked(infer(records))

    def test_records_that_only_open_beside_a_result_are_asked_about(self) -> None:
        records = of_a_broker("O", "C", "O;P", "C;P", "IA;O", "C", "O", "C")
        records[1] |= {"Code": "O"}
        assert "zeros" in asked(infer(records))
