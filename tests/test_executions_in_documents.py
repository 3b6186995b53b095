"""Fills and trades of several records in a JSON document, however deep, are what lines would be.

A list of fills under a key, or a list in each order, gives the trades of the same fills as JSON
Lines, while the document is written anew, is caught half-written, or holds records that are bad.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.book.verify import contents
from perfkit.core.errors import LogReadError
from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

pytestmark = pytest.mark.slow

Fill = dict[str, str]

FILLS = """\
sources:
  - name: bot
    path: logs/log
    currency: USD
    {records}
    dialect:
      identity: [id]
      fills: {{by: [symbol], order: id, match: {match}}}
      fields: {{at: t, side: side, quantity: q, price: p, commission: f, symbol: {symbol}}}
"""

JOINED = """\
sources:
  - name: bot
    path: logs/log
    currency: USD
    {records}
    dialect:
      open_when: {{side: buy}}
      {rule}
      fields: {{closed_at: t, opened_at: t, net_pnl: p, commission: f, symbol: {symbol}}}
"""

RULES = (
    "pair: {by: [symbol]}",
    "identity: [id]\n      closes: sum",
    "identity: [id]\n      combine: {commission: sum}",
    "identity: [id]\n      closes: sum\n      reuse: true",
)

fills = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["1", "2", "3", "12"]),
            "t": st.sampled_from(
                ["2026-04-06T09:00:00Z", "2026-04-06T10:00:00Z", "2026-04-07T11:00:00Z"]
            ),
            "side": st.sampled_from(["buy", "sell"]),
            "q": st.sampled_from(["1", "2", "0.5", "x"]),
            "p": st.sampled_from(["10", "11.25", "9.9", ""]),
            "f": st.sampled_from(["0.1", "0.0000000000001"]),
            "s": st.sampled_from(["SOL", "ETH"]),
        }
    ),
    min_size=1,
    max_size=8,
)


def json_lines(rows: Sequence[Fill]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def under_a_key(rows: Sequence[Fill]) -> bytes:
    return json.dumps({"account": "x", "result": {"fills": rows}}, indent=1).encode()


def in_orders(rows: Sequence[Fill]) -> bytes:
    """Each fill in the order of its symbol, which alone says the symbol, one or two an order."""
    orders: list[dict[str, object]] = [{"s": "none", "fills": []}, {"s": "cancelled"}]
    for row in rows:
        fill = {name: value for name, value in row.items() if name != "s"}
        last = orders[-1]
        if last["s"] == row["s"] and len(last["fills"]) < 2:  # type: ignore[arg-type]
            last["fills"].append(fill)  # type: ignore[attr-defined]
        else:
            orders.append({"s": row["s"], "note": "\n", "fills": [fill]})
    return json.dumps({"run": 1, "orders": orders}, indent=1).encode()


LAYOUTS: dict[str, tuple[Callable[[Sequence[Fill]], bytes], str, str]] = {
    "lines": (json_lines, "format: jsonl", "s"),
    "list": (under_a_key, "records: result.fills", "s"),
    "orders": (in_orders, "records: orders.*.fills", "_parent.s"),
}


def of_fills(layout: str, match: str = "fifo") -> str:
    _, records, symbol = LAYOUTS[layout]
    return FILLS.format(records=records, symbol=symbol, match=match)


def of_rule(layout: str, rule: str) -> str:
    _, records, symbol = LAYOUTS[layout]
    return JOINED.format(records=records, symbol=symbol, rule=rule)


def assert_incremental_is_cold(root: Path) -> Desk:
    warm, cold = open_desk(root), open_desk(root, cached=False)
    for (what, one), (_, other) in zip(contents(warm.book), contents(cold.book), strict=True):
        assert one == other, what
    return warm


def what_it_says(desk: Desk) -> tuple[object, ...]:
    """The trades, without the names of the files, and the reasons of bad records."""
    book = desk.book
    trades = [
        (one.symbol, one.side, one.opened_at, one.closed_at, one.quantity, one.net_pnl)
        for group in (book.closed, book.open)
        for one in (group[row] for row in range(len(group)))
    ]
    return sorted(trades, key=repr), sorted((error.line, error.reason) for error in book.errors)


def steps(root: Path, write: Callable[[Sequence[Fill]], bytes], logs: list[list[Fill]]) -> object:
    """What the log says after each time it was written."""
    said = []
    for rows in logs:
        (root / "logs/log").write_bytes(write(rows))
        said.append(what_it_says(assert_incremental_is_cold(root)))
    return said


@pytest.mark.parametrize("layout", ["list", "orders"])
@pytest.mark.parametrize("match", ["fifo", "average"])
@given(rows=fills, more=fills, place=st.integers(0, 8))
def test_fills_in_a_document_make_the_trades_that_they_make_as_lines(
    fresh_workspace: WriteWorkspace,
    layout: str,
    match: str,
    rows: list[Fill],
    more: list[Fill],
    place: int,
) -> None:
    logs = [rows, [*rows[:place], *more, *rows[place:]], more]
    root = fresh_workspace(of_fills("lines", match), {"logs/log": b""})
    expected = steps(root, json_lines, logs)
    root = fresh_workspace(of_fills(layout, match), {"logs/log": b""})
    assert steps(root, LAYOUTS[layout][0], logs) == expected


@pytest.mark.parametrize("layout", ["list", "orders"])
@pytest.mark.parametrize("rule", RULES)
@given(rows=fills, more=fills)
def test_trades_of_several_records_in_a_document_are_those_of_lines(
    fresh_workspace: WriteWorkspace, layout: str, rule: str, rows: list[Fill], more: list[Fill]
) -> None:
    logs = [rows, [*rows, *more]]
    root = fresh_workspace(of_rule("lines", rule), {"logs/log": b""})
    expected = steps(root, json_lines, logs)
    root = fresh_workspace(of_rule(layout, rule), {"logs/log": b""})
    assert steps(root, LAYOUTS[layout][0], logs) == expected


def fill(number: int, side: str, price: str, symbol: str = "SOL") -> Fill:
    at = f"2026-04-06T09:{number:02}:00Z"
    return {"id": str(number), "t": at, "side": side, "q": "2", "p": price, "f": "1", "s": symbol}


BOUGHT_AND_SOLD = [
    fill(1, "buy", "10"),
    fill(2, "buy", "12"),
    fill(3, "buy", "5", "ETH"),
    fill(4, "sell", "15"),
    fill(5, "sell", "11"),
]


@pytest.mark.parametrize("layout", ["list", "orders"])
def test_places_lead_back_to_the_record_among_all_of_the_document(
    workspace: WriteWorkspace, layout: str
) -> None:
    bad = {**fill(6, "sell", "11"), "q": "x"}
    rows = [*BOUGHT_AND_SOLD[:3], bad, *BOUGHT_AND_SOLD[3:]]
    root = workspace(of_fills(layout), {"logs/log": LAYOUTS[layout][0](rows)})
    book = open_desk(root).book
    places = book.trades_of(book.days)
    # 2 x (15 - 10) - 2 and 2 x (11 - 12) - 2
    assert [str(places[row].net_pnl) for row in range(len(places))] == ["8", "-4"]
    assert [[str(place) for place in places.places(row)] for row in range(2)] == [
        ["logs/log[0]", "logs/log[4]"],
        ["logs/log[1]", "logs/log[5]"],
    ]
    assert [str(one) for one in book.errors] == ["logs/log[3]: q: 'x' is not a number"]


@pytest.mark.parametrize("layout", ["list", "orders"])
def test_a_document_of_fills_caught_half_written_leaves_the_earlier_figures(
    workspace: WriteWorkspace, layout: str, caplog: pytest.LogCaptureFixture
) -> None:
    write = LAYOUTS[layout][0]
    root = workspace(of_fills(layout), {"logs/log": write(BOUGHT_AND_SOLD[:4])})
    assert open_desk(root).summary("all").metrics["net_pnl"] == 8
    later = write(BOUGHT_AND_SOLD)
    for cut in range(1, len(later) - 1, 97):
        caplog.clear()
        (root / "logs/log").write_bytes(later[:cut])
        assert open_desk(root).summary("all").metrics["net_pnl"] == 8
        assert "logs/log is not a whole JSON document" in caplog.text
    with pytest.raises(LogReadError, match="not a whole JSON document"):
        open_desk(root, cached=False).summary("all")
    (root / "logs/log").write_bytes(later)
    assert open_desk(root).summary("all").metrics["net_pnl"] == 4


def test_an_order_that_is_not_an_object_costs_no_other_order(workspace: WriteWorkspace) -> None:
    document = json.loads(in_orders(BOUGHT_AND_SOLD))
    document["orders"][1:1] = [None, "x"]
    root = workspace(of_fills("orders"), {"logs/log": json.dumps(document)})
    book = open_desk(root).book
    assert open_desk(root).summary("all").metrics["net_pnl"] == 4
    assert [str(one) for one in book.errors] == [
        "logs/log[0]: is not a JSON object",
        "logs/log[1]: is not a JSON object",
    ]
