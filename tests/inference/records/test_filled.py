"""Executions are told from the orders and signals that are logged beside them."""

from __future__ import annotations

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import FOUR, fills
from tests.inference.readings import Record, asked


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

    def test_some_orders_that_waited_before_they_were_filled_count_once(self) -> None:
        waited = [one for one in each_as("status", "new") if one["order_id"] in ("a", "b")]
        reading = infer([*waited, *each_as("status", "filled")])
        assert (asked(reading), reading.dialect["only"]) == ([], {"status": "filled"})

    @pytest.mark.parametrize("column", ["event", "status"])
    def test_orders_of_which_only_a_part_was_filled_count(self, column: str) -> None:
        records = each_as(column, "submitted", "filled")
        records[3][column], records[5][column] = "partial", "Partially done"
        reading = infer(records)
        assert (asked(reading), reading.closed) == ([], 2)
        kept = {column: ["filled", "Partially done", "partial"]}
        assert {*reading.dialect["only"][column]} == {*kept[column]}  # type: ignore[index]

    @pytest.mark.parametrize("word", ["partial", "partially cancelled"])
    def test_parts_of_what_was_filled_then_do_not_count_again(self, word: str) -> None:
        reading = infer(each_as("event", "submitted", word, "filled"))
        assert reading.dialect["only"] == {"event": "filled"}

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


class TestLoggedTwice:
    def test_stages_that_say_each_execution_again_are_asked_about(self) -> None:
        records = [{**one, "order_id": None} for one in each_as("stage", "decided", "done")]
        doubt = infer(records).doubts[0]
        assert doubt.name == "repeats"
        assert [one.changes for one in doubt.answers] == [
            {"only.stage": ["done"]},
            {"only.stage": ["decided"]},
            {},
        ]

    def test_stages_of_different_executions_are_no_repeats(self) -> None:
        assert not asked(infer(fills(*FOUR, stage=["a", "a", "b", "b"])))

    @pytest.mark.parametrize("halves", [("1", "2"), ("1", "1.5")])
    def test_how_much_an_order_filled_in_part_says_is_asked(self, halves: tuple[str, str]) -> None:
        states = ("partially_filled", "filled")
        records = [
            {**one, "order_id": f"o{n}", "filled_qty": half, "quantity": None, "status": state}
            for n, one in enumerate(fills(*FOUR))
            for half, state in zip(halves, states, strict=True)
        ]
        reading = infer(records)
        assert asked(reading) == ["repeats"]
        assert reading.doubts[0].answers[0].changes == {"only.status": ["filled"]}

    def test_parts_of_other_orders_are_not_asked_about(self) -> None:
        states: list[object] = ["partially_filled", "partially_filled", "filled", "filled"]
        assert not asked(infer(fills(*FOUR, order_id=list("abcd"), status=states)))

    def test_orders_that_a_bot_looked_at_again_are_asked_about(self) -> None:
        records = [
            {
                **one,
                "order_id": f"o{n}",
                "filled": one["time"],
                "time": f"2026-04-08T{n:02}:0{look}:00Z",
            }
            for n, one in enumerate(fills(*FOUR))
            for look in range(2)
        ]
        reading = infer(records)
        assert asked(reading) == ["repeats"]
        assert reading.doubts[0].answers[0].changes == {"identity": ["order_id"]}

    def test_equal_orders_with_numbers_of_their_own_are_no_repeats(self) -> None:
        same = (FOUR[0], FOUR[1]) * 4
        assert not asked(infer(fills(*same, order_id=list("abcdefgh"))))

    def test_open_orders_beside_filled_ones_are_asked_about(self) -> None:
        states: list[object] = ["filled", "filled", "open", "filled"]
        doubt = infer(fills(*FOUR, status=states)).doubts[0]
        assert doubt.name == "not_filled"
        assert doubt.answers[0].changes == {"only.status": ["filled"]}
