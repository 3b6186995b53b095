"""Lines that add up, close in parts, come again or are paired: each rule, with lines to show it."""

import json
from collections.abc import Sequence
from decimal import Decimal
from textwrap import indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.trade import Trade
from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

HEAD = """\
sources:
  - name: bot
    path: logs/bot.jsonl
    currency: USD
    dialect:
"""
Line = dict[str, object]


def at(minute: int) -> str:
    return f"2026-03-02T10:{minute:02d}:00Z"


def opened(minute: int, **more: object) -> Line:
    return {"ev": "open", "t": at(minute), "id": 7, **more}


def closed(minute: int, **more: object) -> Line:
    return {"ev": "close", "t": at(minute), "id": 7, **more}


def desk_of(workspace: WriteWorkspace, dialect: str, lines: Sequence[Line]) -> Desk:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    config = HEAD + indent("open_when: {ev: open}\n" + dialect, " " * 6)
    return open_desk(workspace(config, {"logs/bot.jsonl": text}))


def trades(desk: Desk) -> list[Trade]:
    assert not desk.book.errors
    return [desk.book.closed[row] for row in range(len(desk.book.closed))]


def left(desk: Desk) -> list[Trade]:
    return [desk.book.open[row] for row in range(len(desk.book.open))]


def codes(desk: Desk) -> set[str]:
    return {one.code for one in desk.summary("all").data.findings}


def minutes(trade: Trade) -> tuple[int | None, int | None]:
    found = [None if one is None else one.minute for one in (trade.opened_at, trade.closed_at)]
    return found[0], found[1]


def pnl(trade: Trade) -> object:
    """Its net P&L, to compare with whole numbers."""
    return trade.net_pnl


FIELDS = """\
fields: {opened_at: t, closed_at: t, gross_pnl: pnl, commission: fee, quantity: qty,
         entry_price: price, exit_price: out, stop_loss: sl, exit_reason: why, symbol: s}
"""
BY_ID = "identity: [id]\n" + FIELDS


class TestCombine:
    def test_commission_is_the_sum_over_the_lines_of_a_trade(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = [opened(0, fee="0.3"), closed(5, fee="0.4", pnl="20")]
        (trade,) = trades(desk_of(workspace, "combine: {commission: sum}\n" + BY_ID, lines))
        assert (trade.commission, trade.net_pnl) == (Decimal("0.7"), Decimal("19.3"))

    def test_a_line_that_was_written_twice_counts_once(self, workspace: WriteWorkspace) -> None:
        first, last = opened(0, fee="0.3"), closed(5, fee="0.4", pnl="20")
        desk = desk_of(
            workspace, "combine: {commission: sum}\n" + BY_ID, [first, first, last, last]
        )
        (trade,) = trades(desk)
        assert (trade.commission, codes(desk)) == (Decimal("0.7"), {"repeated_lines"})

    def test_a_close_that_corrects_another_takes_its_place(self, workspace: WriteWorkspace) -> None:
        lines = [opened(0, fee="0.3"), closed(5, fee="0.4", pnl="20"), closed(6, fee="0.5")]
        desk = desk_of(workspace, "combine: {commission: sum}\n" + BY_ID, lines)
        (trade,) = trades(desk)
        assert (trade.commission, codes(desk)) == (Decimal("0.8"), {"corrections"})

    def test_a_position_that_was_added_to_has_its_mean_entry_and_its_whole_risk(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = [
            opened(0, qty="1", price="100", sl="95"),
            opened(1, qty="1", price="110", sl="95"),
            closed(5, pnl="-15", qty="2", price="99"),
        ]
        rules = "combine: {quantity: sum, entry_price: average}\n"
        (trade,) = trades(desk_of(workspace, rules + BY_ID, lines))
        assert (trade.quantity, trade.entry_price) == (Decimal(2), Decimal(105))
        assert trade.r == Decimal("-0.75")

    def test_a_mean_is_rounded_once_to_12_places(self, workspace: WriteWorkspace) -> None:
        lines = [opened(n, qty=n, price=str(n)) for n in (1, 2)] + [closed(5, pnl="1")]
        (trade,) = trades(desk_of(workspace, "combine: {entry_price: average}\n" + BY_ID, lines))
        assert trade.entry_price == Decimal("1.666666666667")

    @pytest.mark.parametrize(
        ("rule", "expected"), [("min", "2"), ("max", "9"), ("first", "3"), ("last", "5")]
    )
    def test_other_rules(self, workspace: WriteWorkspace, rule: str, expected: str) -> None:
        lines = [opened(n, sl=sl) for n, sl in enumerate(["3", "9", "2", "5"])]
        lines.append(closed(9, pnl="1"))
        (trade,) = trades(desk_of(workspace, f"combine: {{stop_loss: {rule}}}\n" + BY_ID, lines))
        assert trade.stop_loss == Decimal(expected)

    def test_what_is_computed_adds_up_line_by_line(self, workspace: WriteWorkspace) -> None:
        fields = "fields: {opened_at: t, closed_at: t, net_pnl: pnl, commission: q * f}\n"
        lines = [opened(0, q="2", f="3"), closed(1, q="5", f="7", pnl="1")]
        rules = "identity: [id]\ncombine: {commission: sum}\n"
        (trade,) = trades(desk_of(workspace, rules + fields, lines))
        assert trade.commission == Decimal(2 * 3 + 5 * 7)


class TestClosesAddUp:
    def test_a_position_closed_in_parts_is_one_trade(self, workspace: WriteWorkspace) -> None:
        lines = [
            opened(0, fee="0.3", qty=3, price="100"),
            closed(1, fee="0.1", pnl="12.2", qty=1, out="110"),
            closed(2, fee="0.1", pnl="11.8", qty=1, out="112"),
            closed(3, fee="0.1", pnl="-30", qty=1, out="70", why="stop"),
        ]
        desk = desk_of(workspace, "closes: sum\n" + BY_ID, lines)
        (trade,) = trades(desk)
        assert (trade.gross_pnl, trade.commission) == (Decimal(-6), Decimal("0.6"))
        assert (trade.net_pnl, trade.outcome) == (Decimal("-6.6"), "loss")
        assert (trade.quantity, trade.exit_price) == (Decimal(3), Decimal("97.333333333333"))
        assert (minutes(trade), trade.exit_reason) == ((0, 3), "stop")
        assert codes(desk) == set()

    def test_it_closed_with_its_last_close_in_whatever_order_the_lines_are(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = [closed(3, pnl="1"), closed(1, pnl="2"), opened(0)]
        (trade,) = trades(desk_of(workspace, "closes: sum\n" + BY_ID, lines))
        assert (minutes(trade), pnl(trade)) == ((0, 3), 3)

    @pytest.mark.parametrize("condition", ["{left: 0}", "{done: true}"])
    def test_until_a_close_is_the_last_the_trade_is_open(
        self, workspace: WriteWorkspace, condition: str
    ) -> None:
        rules = f"closes: sum\ndone_when: {condition}\n{BY_ID}"
        part = closed(1, pnl="1", left="0.5", done=False)
        desk = desk_of(workspace, rules, [opened(0), part])
        assert (trades(desk), len(left(desk))) == ([], 1)
        assert left(desk)[0].net_pnl is None
        last = closed(2, pnl="2", left="0.0", done=True)
        (trade,) = trades(desk_of(workspace, rules, [opened(0), part, last]))
        assert (pnl(trade), minutes(trade)) == (3, (0, 2))

    def test_until_then_its_closes_are_realized_less_their_own_costs(
        self, workspace: WriteWorkspace
    ) -> None:
        """12.2 - 0.1 and -30 - 0.1; the fee of the opening counts with the last close."""
        rules = f"closes: sum\ndone_when: {{left: 0}}\n{BY_ID}"
        first = closed(1, fee="0.1", pnl="12.2", left=2)
        lines = [opened(0, fee="0.3"), first, closed(2, fee="0.1", pnl="-30", left=1), first]
        desk = desk_of(workspace, rules, lines)
        (trade,) = left(desk)
        assert (trade.realized_pnl, trade.net_pnl) == (Decimal(-18), None)
        summary = desk.summary("all")
        assert summary.metrics["realized_pnl"] == -18
        assert summary.metrics["unrealized_pnl"] is None
        assert (summary.metrics["net_pnl"], summary.metrics["closed_trades"]) == (0, 0)
        last = closed(3, fee="0.1", pnl="5", left=0)
        desk = desk_of(workspace, rules, [*lines, last])
        (trade,) = trades(desk)
        assert (trade.realized_pnl, trade.net_pnl) == (
            None,
            Decimal("12.2") - 30 + 5 - Decimal("0.6"),
        )
        assert desk.summary("all").metrics["realized_pnl"] == 0

    def test_nothing_is_realized_without_a_close(self, workspace: WriteWorkspace) -> None:
        rules = f"closes: sum\ndone_when: {{left: 0}}\n{BY_ID}"
        desk = desk_of(workspace, rules, [opened(0, pnl="3")])
        assert (left(desk)[0].realized_pnl, left(desk)[0].net_pnl) == (None, Decimal(3))
        summary = desk.summary("all")
        assert summary.undefined["realized_pnl"] == "no open trade has a realized P&L"

    def test_where_each_close_has_all_so_far_the_last_one_is_realized(
        self, workspace: WriteWorkspace
    ) -> None:
        rules = f"closes: last\ndone_when: {{left: 0}}\n{BY_ID}"
        lines = [opened(0), closed(1, pnl="5", left=2), closed(2, pnl="3", left=1)]
        assert left(desk_of(workspace, rules, lines))[0].realized_pnl == 3

    def test_what_a_log_says_is_realized_counts_before_all_that_is_computed(
        self, workspace: WriteWorkspace
    ) -> None:
        fields = BY_ID.replace("symbol: s}", "realized_pnl: sofar}")
        rules = f"closes: sum\ndone_when: {{left: 0}}\n{fields}"
        lines = [
            opened(0, sofar="0"),
            closed(1, pnl="5", left=2, sofar="4.5"),
            closed(2, pnl="3", left=1, sofar="7.25"),
        ]
        for count, expected in ((1, 0), (2, "4.5"), (3, "7.25")):
            (trade,) = left(desk_of(workspace, rules, lines[:count]))
            assert trade.realized_pnl == Decimal(expected)

    @given(
        parts=st.lists(st.tuples(st.integers(-99, 99), st.integers(-9, 9)), min_size=2, max_size=6)
    )
    def test_realized_and_the_rest_come_to_the_pnl(
        self, fresh_workspace: WriteWorkspace, parts: list[tuple[int, int]]
    ) -> None:
        rules = f"closes: sum\ndone_when: {{left: 0}}\n{BY_ID}"
        lines = [
            closed(n, pnl=f"{pnl}e-3", fee=f"{fee}e-4", left=len(parts) - n - 1)
            for n, (pnl, fee) in enumerate(parts)
        ]
        (trade,) = left(desk_of(fresh_workspace, rules, lines[:-1]))
        assert trade.realized_pnl is not None
        last = Decimal(parts[-1][0]) / 1000 - Decimal(parts[-1][1]) / 10000
        (whole,) = trades(desk_of(fresh_workspace, rules, lines))
        assert whole.net_pnl == trade.realized_pnl + last

    @given(parts=st.lists(st.integers(-99, 99), min_size=1, max_size=6, unique=True))
    def test_the_sum_is_exact(self, fresh_workspace: WriteWorkspace, parts: list[int]) -> None:
        lines = [closed(n, pnl=f"{part}e-7", fee="0.1") for n, part in enumerate(parts)]
        (trade,) = trades(desk_of(fresh_workspace, "closes: sum\n" + BY_ID, lines))
        assert trade.gross_pnl == sum(parts) * Decimal("1e-7")
        assert trade.commission == len(parts) * Decimal("0.1")


class TestReuse:
    def test_an_open_line_after_a_close_begins_another_trade(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = [
            opened(0, price="1"),
            closed(1, pnl="1"),
            opened(2, price="5"),
            closed(3, pnl="2"),
        ]
        found = trades(desk_of(workspace, "reuse: true\n" + BY_ID, lines))
        assert [(minutes(one), pnl(one), one.entry_price) for one in found] == [
            ((0, 1), 1, Decimal(1)),
            ((2, 3), 2, Decimal(5)),
        ]

    def test_so_does_a_close_with_another_opening_time(self, workspace: WriteWorkspace) -> None:
        fields = "identity: [id]\nfields: {opened_at: o, closed_at: t, net_pnl: pnl}\n"
        lines = [
            closed(1, o=at(0), pnl="1"),
            closed(1, o=at(0), pnl="4"),
            closed(5, o=at(3), pnl="2"),
        ]
        desk = desk_of(workspace, "reuse: true\n" + fields, lines)
        assert [(minutes(one), pnl(one)) for one in trades(desk)] == [((0, 1), 4), ((3, 5), 2)]
        assert codes(desk) == {"corrections"}

    def test_a_line_that_was_there_before_belongs_where_it_was(
        self, workspace: WriteWorkspace
    ) -> None:
        first = opened(0)
        lines = [first, closed(1, pnl="1"), first, opened(2), closed(3, pnl="2")]
        found = trades(desk_of(workspace, "reuse: true\n" + BY_ID, lines))
        assert [minutes(one) for one in found] == [(0, 1), (2, 3)]

    def test_only_a_close_that_completes_a_trade_ends_it(self, workspace: WriteWorkspace) -> None:
        rules = "reuse: true\ncloses: sum\ndone_when: {left: 0}\n" + BY_ID
        lines = [
            opened(0),
            closed(1, pnl="1", left=1),
            opened(2),
            closed(3, pnl="2", left=0),
            opened(4),
        ]
        desk = desk_of(workspace, rules, lines)
        assert [(minutes(one), pnl(one)) for one in trades(desk)] == [((0, 3), 3)]
        assert [minutes(one) for one in left(desk)] == [(4, None)]


class TestPairs:
    LINES = (
        opened(0, s="A", price="1"),
        opened(1, s="A", price="2"),
        opened(2, s="B", price="3"),
        closed(3, s="A", pnl="1"),
        closed(4, s="B", pnl="2"),
    )

    @pytest.mark.parametrize(("order", "first", "rest"), [("fifo", 0, 1), ("lifo", 1, 0)])
    def test_a_close_belongs_to_the_oldest_or_the_newest_open_line(
        self, workspace: WriteWorkspace, order: str, first: int, rest: int
    ) -> None:
        pair = f"pair: {{by: [symbol], order: {order}}}\n"
        desk = desk_of(workspace, pair + FIELDS, self.LINES)
        assert [(minutes(one), one.symbol) for one in trades(desk)] == [
            ((first, 3), "A"),
            ((2, 4), "B"),
        ]
        assert [minutes(one) for one in left(desk)] == [(rest, None)]
        assert [one.entry_price for one in trades(desk)] == [first + 1, 3]

    def test_time_decides_and_not_the_order_of_the_lines(self, workspace: WriteWorkspace) -> None:
        pair = "pair: {by: [symbol]}\n"
        found = []
        for lines in (self.LINES, self.LINES[::-1]):
            desk = desk_of(workspace, pair + FIELDS, lines)
            found.append([(minutes(one), pnl(one)) for one in trades(desk)])
        one, two = found
        assert one == two

    def test_a_close_without_one_has_no_opening_time_and_is_a_finding(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = [closed(0, s="A", pnl="1"), *self.LINES[:1], closed(4, s=None, pnl="3")]
        desk = desk_of(workspace, "pair: {by: [symbol]}\n" + FIELDS, lines)
        assert [minutes(one) for one in trades(desk)] == [(None, 0), (None, 4)]
        assert {one.code: one.count for one in desk.summary("all").data.findings} == {"unpaired": 2}


class TestOpenLinesSayWhatWasTrueAtEntry:
    @pytest.mark.parametrize("dialect", ["", "combine: {commission: sum}\n"])
    def test_also_where_they_come_after_the_close(
        self, workspace: WriteWorkspace, dialect: str
    ) -> None:
        lines = [closed(5, pnl="1", price="9", sl="3"), opened(0, price="2")]
        (trade,) = trades(desk_of(workspace, dialect + BY_ID, lines))
        assert (trade.entry_price, trade.stop_loss) == (Decimal(2), Decimal(3))
        assert minutes(trade) == (0, 5)


@pytest.mark.parametrize(("closes", "count"), [("sum", 1), ("each", 2)])
@pytest.mark.parametrize("form", ["jsonl", "csv", "json"])
def test_equal_parts_count_each_unless_the_whole_line_is_repeated(
    workspace: WriteWorkspace, closes: str, count: int, form: str
) -> None:
    dialect = (
        f"identity: [id]\ncloses: {closes}\n"
        "fields: {closed_at: t, net_pnl: pnl, quantity: q, commission: fee}\n"
    )
    part = {"id": 1, "t": at(0), "q": 1, "pnl": 5, "fee": "0.1"}
    lines = [{**part, "oid": oid} for oid in "abb"]
    texts = {
        "jsonl": "".join(json.dumps(line) + "\n" for line in lines),
        "json": json.dumps(lines),
        "csv": ",".join(lines[0])
        + "\n"
        + "".join(",".join(map(str, line.values())) + "\n" for line in lines),
    }
    config = HEAD + indent(dialect, " " * 6)
    desk = open_desk(workspace(config, {"logs/bot.jsonl": texts[form]}))
    found = trades(desk)
    assert (len(found), sum(one.net_pnl or 0 for one in found)) == (count, 10)
    assert sum(one.commission or 0 for one in found) == Decimal("0.2")
    assert codes(desk) == {"repeated_lines"}


def test_lines_that_differ_somewhere_repeat_nothing(workspace: WriteWorkspace) -> None:
    fields = "{closed_at: t, net_pnl: pnl}"
    lines = [closed(1, pnl=5, order=n) for n in range(3)]
    desk = desk_of(workspace, f"identity: [id]\ncloses: sum\nfields: {fields}", lines)
    assert trades(desk)[0].net_pnl == 15
    assert not codes(desk)


def test_a_trade_that_is_not_done_is_open_also_without_an_opening_time(
    workspace: WriteWorkspace,
) -> None:
    dialect = (
        "identity: [id]\ncloses: sum\ndone_when: {left: 0}\nfields: {closed_at: t, net_pnl: pnl}"
    )
    lines = [closed(1, pnl=-50, left=1), closed(2, pnl=5, left=0, id=8), closed(3, id=9, left=2)]
    desk = desk_of(workspace, dialect, lines)
    assert [desk.summary(kind).metrics["open_trades"] for kind in ("all", "daily")] == [2, 2]
    assert desk.summary("daily", "2026-03-01").metrics["open_trades"] == 0
    assert desk.summary("all").open.trades == 2
