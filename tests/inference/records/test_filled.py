"""Executions are told from the orders and signals that are logged beside them."""

from __future__ import annotations

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, Record, asked, fills


def each_as(column: str, *words: str, **more: list[object]) -> list[Record]:
    """Four executions, each logged once for each of some words."""
    records = fills(*FOUR, order_id=["a", "b", "c", "d"], **more)
    return [{**one, column: word} for one in records for word in words]


class TestOrdersBesideFills:
    @pytest.mark.parametrize(
        ("column", "words"),
        [
            ("event", ("place", "fill")),
            ("event", ("order_submitted", "order_accepted", "ORDER_FILLED")),
            ("type", ("new", "ack", "executed")),
            ("type", ("signal", "trade")),
            ("status", ("submitted", "accepted", "filled")),
        ],
    )
    def test_each_execution_counts_once(self, column: str, words: tuple[str, ...]) -> None:
        reading = infer(each_as(column, *words))
        assert (asked(reading), reading.closed) == ([], 2)
        assert reading.dialect["only"] == {column: words[-1]}

    def test_orders_in_part_filled_are_asked_about(self) -> None:
        words = ("submitted", "partially_filled", "filled")
        assert "not_filled" in asked(infer(each_as("status", *words)))

    def test_other_orders_that_wait_are_asked_about(self) -> None:
        records = [{**one, "order_id": n} for n, one in enumerate(each_as("status", "new"))]
        records += each_as("status", "filled")
        assert "not_filled" in asked(infer(records))

    def test_trades_beside_records_of_another_kind_are_left_alone(self) -> None:
        assert infer(each_as("type", "trade", "correction", "signal")).closed != 2


class TestOrdersAlone:
    def test_orders_placed_and_cancelled_are_no_executions(self) -> None:
        assert not infer(each_as("event", "place", "cancel")).has_results

    def test_whether_orders_that_were_placed_were_filled_is_asked_first(self) -> None:
        first = infer(each_as("event", "place")).doubts[0]
        assert first.name == "not_filled"
        assert first.answers[-1].why_none
