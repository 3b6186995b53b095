"""What was won in one column and lost in another."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import field
from tests.inference.readings import Record, asked


def trades(*pairs: tuple[object, object]) -> list[Record]:
    return [
        {"exit_time": f"2026-04-0{n}", "symbol": "A", "side": "long", "Profit": won, "Loss": lost}
        for n, (won, lost) in enumerate(pairs, 1)
    ]


@pytest.mark.parametrize("empty", [None, "", 0])
def test_they_are_one_result(empty: object) -> None:
    reading = infer(trades((5, empty), (empty, 3), (2, empty), (empty, 1)))
    assert (asked(reading), reading.closed) == ([], 4)
    assert field(reading, "net_pnl") == "(Profit or 0) - (Loss or 0)"


def test_they_are_not_where_a_record_has_both() -> None:
    reading = infer(trades((5, 1), (4, 3), (2, 2), (1, 1)))
    assert field(reading, "net_pnl") == "Profit"


def test_amounts_before_a_bracket_are_the_result() -> None:
    texts = ["+$12.50 (+1.2%)", "-$8.00 (-0.8%)", "+$20.00 (+1.9%)"]
    records: list[dict[str, object]] = [
        {"closed": f"2026-04-0{n + 1}", "pair": "EURUSD", "side": "buy", "result": text}
        for n, text in enumerate(texts)
    ]
    reading = infer(records)
    assert reading.source["currency"] == "USD"
    assert reading.dialect["fields"]["net_pnl"] == 'before(result, " (")'  # type: ignore[index]
    assert not infer([{**one, "result": "won (1 %)"} for one in records]).has_results
