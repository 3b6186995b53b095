"""Fields of the objects around a record of a JSON document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perfkit.config.expressions import Field
from perfkit.logs.formats.json_document import lines_of
from perfkit.logs.formats.parents import NO_PARENTS, parents_of, with_member

ORDERS: dict[str, Any] = {
    "desk": "x",
    "orders": [
        {"symbol": "SOL", "id": 7, "fills": [{"p": 1}, {"p": 2}], "note": "y" * 50},
        {"symbol": "ETH", "fills": [{"p": 3}]},
    ],
}
NAMED: dict[str, Any] = {"books": {"A": {"kind": "spot", "fills": {"1": {"p": 1}, "2": {"p": 2}}}}}


@pytest.mark.parametrize(
    ("document", "records", "fields", "lines"),
    [
        (ORDERS, "orders.*.fills", ["p"], [{"p": 1}, {"p": 2}, {"p": 3}]),
        (
            ORDERS,
            "orders.*.fills",
            ["_parent.symbol", "_parent.id"],
            [
                {"_parent": {"symbol": "SOL", "id": 7}, "p": 1},
                {"_parent": {"symbol": "SOL", "id": 7}, "p": 2},
                {"_parent": {"symbol": "ETH"}, "p": 3},
            ],
        ),
        (
            ORDERS,
            "orders.*.fills",
            ["_parent._parent.desk"],
            [{"_parent": {"_parent": {"desk": "x"}}, "p": price} for price in (1, 2, 3)],
        ),
        (
            ORDERS,
            "orders",
            ["_parent.desk"],
            [{"_parent": {"desk": "x"}, **order} for order in ORDERS["orders"]],
        ),
        (
            NAMED,
            "books.*.fills",
            ["_parent._key", "_parent.kind"],
            [
                {"_parent": {"_key": "A", "kind": "spot"}, "_key": key, "p": price}
                for key, price in (("1", 1), ("2", 2))
            ],
        ),
        ({"a": {"b": [{"p": 1}]}}, "a.b", ["_parent._parent._parent.x"],
         [{"_parent": {"_parent": {}}, "p": 1}]),
        ([{"p": 1}], "", ["_parent.x"], [{"p": 1}]),
    ],
    ids=["none", "order", "document", "one level", "names", "more than there are", "list"],
)  # fmt: skip
def test_what_is_wanted_of_each_object_around_is_put_into_the_record(
    document: object, records: str, fields: list[str], lines: list[object]
) -> None:
    parents = parents_of([Field(tuple(field.split("."))) for field in fields])
    path = records.split(".") if records else []
    content = lines_of(json.dumps(document).encode(), path, ["p"], parents)
    assert [json.loads(line) for line in content.decode().splitlines()] == lines


def test_what_nobody_reads_is_not_copied() -> None:
    fields = [Field(("p",)), Field(("_parent",)), Field(("x", "_parent", "y")), Field(("_key",))]
    assert parents_of(fields) == NO_PARENTS


def test_a_record_says_itself_what_it_says() -> None:
    assert json.loads(with_member(b'{ "a": 1}', "a", b"2")) == {"a": 1}
    assert json.loads(with_member(b"{ }", "a", b"2")) == {"a": 2}
