"""Documents that have no list of records: one trade, or a list for each field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from perfkit.inference.layouts.places import places_of

ONE = {"symbol": "ES", "side": "long", "exit_time": "2026-04-06T10:00:00Z", "pnl": "1.5"}


@pytest.mark.parametrize(
    ("document", "records"),
    [
        (ONE, [({}, ONE)]),
        ({"trade": ONE, "version": 3}, [({"records": "trade"}, ONE)]),
        ({"version": 3, "inner": {"trade": ONE}}, []),
        ({"t": ["x", "y"], "p": [1, 2], "run": 7}, [({}, {"t": "x", "p": 1})]),
        ({"run": {"t": ["x", "y"], "p": [1, 2]}}, [({"records": "run"}, {"t": "x", "p": 1})]),
        ({"t": {"0": "x", "1": "y"}, "p": {"0": 1, "1": 2}}, [({}, {"t": "x", "p": 1})]),
        ({"days": [1, 2, 3]}, []),
    ],
    ids=["a record", "inside", "deeper", "columns", "columns inside", "of pandas", "one list"],
)
def test_documents_without_a_list_of_records(
    tmp_path: Path, document: object, records: list[tuple[dict[str, str], object]]
) -> None:
    path = tmp_path / "trades.json"
    path.write_text(json.dumps(document, indent=1))
    found = places_of(str(path))
    assert [(place.layout, place.records[0]) for place in found] == records


def test_what_a_record_earned_as_a_whole_is_not_what_each_of_its_parts_did(tmp_path: Path) -> None:
    orders = [{"symbol": "ES", "pnl": 1.5, "fee": 0.5, "fills": [{"price": 1}, {"price": 2}]}]
    path = tmp_path / "orders.json"
    path.write_text(json.dumps({"orders": orders}))
    fills = places_of(str(path))[1]
    assert list(fills.records) == [
        {"price": price, "_parent": {"symbol": "ES"}} for price in (1, 2)
    ]


def of_symbols(*names: str, **more: str) -> dict[str, object]:
    return {
        name: [{"symbol": name, "side": side, "price": 5, "pnl": 2, **more} for side in ("a", "b")]
        for name in names
    }


@pytest.mark.parametrize("names", [("AAPL.US", "VOD.L"), ("AAPL", "MSFT"), ("x.1", "x.2", "x.3")])
def test_lists_of_symbols_or_with_dots_in_their_names_are_one(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    path = tmp_path / "trades.json"
    path.write_text(json.dumps({**of_symbols(*names), "empty.list": []}))
    (found,) = places_of(str(path))
    assert (found.layout, len(found.records), found.lists) == (
        {"records": "*"},
        2 * len(names),
        (),
    )


def test_not_beside_a_list_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "trades.json"
    path.write_text(json.dumps({**of_symbols("AAPL", "MSFT"), "days": [{"day": 1}, {"day": 2}]}))
    assert {str(one.layout["records"]) for one in places_of(str(path))} == {"AAPL", "MSFT", "days"}
