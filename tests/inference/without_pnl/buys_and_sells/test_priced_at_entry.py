"""Executions whose price is called that of the entry."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked


@pytest.mark.parametrize(("stop", "is_read"), [(None, True), ("106", False)])
def test_sales_whose_price_is_called_entry_price_close_what_was_bought(
    stop: str | None, *, is_read: bool
) -> None:
    orders = [("BUY", "100", "2"), ("SKIP", None, None), ("SELL", "104", "2")]
    records: list[Record] = [
        {
            "timestamp": f"2026-04-{n + 1:02}T10:00:00Z",
            "action": side,
            "symbol": "A",
            "entry_price": price,
            "quantity": size,
            "stop_loss": "95" if side == "BUY" else stop if side == "SELL" else None,
        }
        for n, (side, price, size) in enumerate([*orders, *orders])
    ]
    reading = infer(records)
    assert reading.has_results is is_read
    if is_read:
        fields = reading.dialect["fields"]
        assert isinstance(fields, dict)
        assert (asked(reading), fields["price"], reading.closed) == ([], "entry_price", 2)
        assert "entry_price is the price of sales as well, which have no stop_loss" in (
            reading.assumed
        )
