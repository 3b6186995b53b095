"""Logs of fills as they happen, against brute force that sees all fills at once, in their order.

Fills of two symbols come in any order, in two files and two runs, some of equal time, some of them
first logged wrong and corrected later. Whatever the way, the trades are those that pairing units
one by one gives for the fills as they finally stand.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.trade import Trade
from perfkit.desk.desk import open as open_desk
from tests import fills_by_hand as by_hand
from tests.conftest import WriteWorkspace

START = datetime(2026, 3, 2, 22, tzinfo=UTC)
CONFIG = """\
sources:
  - name: bot
    path: logs/trades
    pattern: "*.jsonl"
    currency: USD
    dialect:
      identity: [id]
      fills: {{by: [symbol], match: {match}, trade: {trade}, order: id}}
      fields: {{at: t, side: side, quantity: q, price: p, commission: f, symbol: s}}
"""

Line = dict[str, object]


@st.composite
def fills(draw: st.DrawFn) -> list[Line]:
    """Up to a dozen fills, the id of each its place among those of equal time."""
    return [
        {
            "id": str(number),
            "t": (START + timedelta(hours=draw(st.integers(0, 5)))).isoformat(),
            "side": draw(st.sampled_from(["buy", "sell"])),
            "q": draw(st.integers(0, 5)),
            "p": draw(st.sampled_from(["9.5", "10", "10.25", "11.001", "0"])),
            "f": draw(st.sampled_from(["0.1", "1", "-0.02", "0.0000000000001", None])),
            "s": draw(st.sampled_from(["A", "B"])),
        }
        for number in range(draw(st.integers(1, 12)))
    ]


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Line], list[tuple[str, Line]], int]:
    """The fills as they finally stand, the lines that say so with their files, and a place to cut.

    A file that is read later has what is said later of a fill.
    """
    final = draw(fills())
    lines: list[tuple[str, Line]] = []
    for line in draw(st.permutations(final)):
        name = draw(st.sampled_from(["a.jsonl", "b.jsonl"]))
        wrong = draw(st.sampled_from([None, None, {"p": "7"}, {"q": 4}, {"side": "buy"}]))
        if wrong is not None:
            lines.append(("a.jsonl", {**line, **wrong}))
            name = "b.jsonl"
        lines.append((name, line))
    return final, lines, draw(st.integers(0, len(lines)))


def expected(final: Sequence[Line], match: str, trade: str) -> list[tuple[object, ...]]:
    trips: list[tuple[object, ...]] = []
    for symbol in ("A", "B"):
        own = sorted(
            (line for line in final if line["s"] == symbol),
            key=lambda line: (line["t"], int(str(line["id"]))),
        )
        in_units = [
            by_hand.Fill(
                (datetime.fromisoformat(str(line["t"])) - START) // timedelta(hours=1),
                int(str(line["q"])) * (1 if line["side"] == "buy" else -1),
                Fraction(str(line["p"])),
                Fraction(str(line["f"] or 0)),
            )
            for line in own
        ]
        for one in by_hand.round_trips(in_units, match, trade):
            closed = one.closed_at is not None
            net = by_hand.decimal(one.gross - one.fee) if closed else None
            entry = by_hand.price_of(one.entry_cost, one.quantity)
            trips.append((symbol, one.side, one.quantity, entry, net, one.opened_at, one.closed_at))
    return sorted(trips, key=repr)


def as_expected(trade: Trade) -> tuple[object, ...]:
    hours = [
        None if at is None else (at - START) // timedelta(hours=1)
        for at in (trade.opened_at, trade.closed_at)
    ]
    assert trade.entry_price is not None
    entry = trade.entry_price.quantize(by_hand.TWELVE)
    quantity = None if trade.quantity is None else int(trade.quantity)
    return trade.symbol, trade.side, quantity, entry, plain(trade.net_pnl), *hours


def plain(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.normalize()


@pytest.mark.parametrize("trade", ["exit", "position"])
@pytest.mark.parametrize("match", ["fifo", "lifo", "average"])
@given(story=stories())
def test_trades_are_those_of_the_fills_as_they_finally_stand(
    fresh_workspace: WriteWorkspace,
    match: str,
    trade: str,
    story: tuple[list[Line], list[tuple[str, Line]], int],
) -> None:
    final, lines, cut = story
    root = fresh_workspace(CONFIG.format(match=match, trade=trade))
    for part in (lines[:cut], lines[cut:]):
        for name, line in part:
            with (root / "logs/trades" / name).open("a") as stream:
                stream.write(json.dumps(line) + "\n")
        desk = open_desk(root)
        assert desk.book.errors == []
    found = [desk.book.closed[row] for row in range(len(desk.book.closed))]
    found += [desk.book.open[row] for row in range(len(desk.book.open))]
    known = sorted(map(as_expected, found), key=repr)
    wanted = [
        (*one[:4], plain(one[4]), *one[5:])  # type: ignore[arg-type]
        for one in expected(final, match, trade)
    ]
    assert known == sorted(wanted, key=repr)
