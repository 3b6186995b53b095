"""Logs of fills as trades: known answers of public projects, and each rule with lines that show it.

The known answers are those that the tests and docs of these projects assert, or what follows from
their inputs by our rules: LEAN (TradeBuilderTests.cs), nautilus_trader (test_position.py),
freqtrade (test_persistence.py), vectorbt (portfolio/trades.py), pyfolio-reloaded
(test_round_trips.py).
"""

import json
from collections.abc import Sequence
from decimal import Decimal

import pytest

from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace
from tests.fillkit import CONFIG, closed, desk_of_fills, left, lines_of, shown

ANY = ("fifo", "lifo", "average")

LEAN_IN = "0: +1000@1.08 1; 10: +1000@1.07 1; 20: -2000@1.09 1"
LEAN_OUT = "0: +2000@1.07 1; 10: -1000@1.08 1; 20: -1000@1.09 1"
LEAN_SHORT = "0: -2000@1.07 1; 10: +1000@1.08 1; 20: +1000@1.09 1"
LEAN_REVERSAL = "0: +1000@1.07 1; 10: -2000@1.08 1; 20: +1000@1.09 1"
LEAN_BOTH = (
    "0: +1000@1.07 1; 10: +1000@1.08 1; 20: -1000@1.09 1; 30: +1000@1.08 1; 40: -2000@1.09 1"
)
NAUTILUS = "1: +12@100 0.12; 2: +17@99 0.1683; 3: -9@101 0.0909; 4: -4@105 0.042; 5: +3@103 0.0309"
FREQTRADE = "+100@3; +100@7; -100@11; +150@15; -100@19; -150@23"
VECTORBT_REVERSING = "+1@1 1; -2@2 1; +2@3 1; -2@4 1; +1@5 1"


@pytest.mark.parametrize(
    ("text", "matches", "trade", "expected"),
    [
        (LEAN_IN, ANY, "exit", ["L 2000 1.075->1.09 [0..20] 30 3 27"]),
        (LEAN_IN, ANY, "position", ["L 2000 1.075->1.09 [0..20] 30 3 27"]),
        (
            LEAN_OUT,
            ANY,
            "exit",
            ["L 1000 1.07->1.08 [0..10] 10 1.5 8.5", "L 1000 1.07->1.09 [0..20] 20 1.5 18.5"],
        ),
        (LEAN_OUT, ANY, "position", ["L 2000 1.07->1.085 [0..20] 30 3 27"]),
        (LEAN_SHORT, ANY, "position", ["S 2000 1.07->1.085 [0..20] -30 3 -33"]),
        *(
            (
                LEAN_REVERSAL,
                ANY,
                trade,
                [
                    "L 1000 1.07->1.08 [0..10] 10 1.5 8.5",
                    "S 1000 1.08->1.09 [10..20] -10 1.5 -11.5",
                ],
            )
            for trade in ("exit", "position")
        ),
        (
            LEAN_BOTH,
            ["fifo"],
            "exit",
            ["L 1000 1.07->1.09 [0..20] 20 2 18", "L 2000 1.08->1.09 [10..40] 20 3 17"],
        ),
        (
            LEAN_BOTH,
            ["lifo"],
            "exit",
            ["L 1000 1.08->1.09 [10..20] 10 2 8", "L 2000 1.075->1.09 [0..40] 30 3 27"],
        ),
        (
            LEAN_BOTH,
            ["average"],
            "exit",
            ["L 1000 1.075->1.09 [0..20] 15 2 13", "L 2000 1.0775->1.09 [0..40] 25 3 22"],
        ),
        (LEAN_BOTH, ANY, "position", ["L 3000 1.076666666667->1.09 [0..40] 40 5 35"]),
        (
            NAUTILUS,
            ["fifo"],
            "exit",
            ["L 9 100->101 [1..3] 9 0.1809 8.8191", "L 4 99.75->105 [1..4] 21 0.0819 20.9181"],
        ),
        (
            NAUTILUS,
            ["lifo"],
            "exit",
            ["L 9 99->101 [2..3] 18 0.18 17.82", "L 4 99->105 [2..4] 24 0.0816 23.9184"],
        ),
        (
            NAUTILUS,
            ["average"],
            "exit",
            [
                "L 9 99.413793103448->101 [1..3] 14.275862068966 0.180372413793 14.095489655173",
                "L 4 99.413793103448->105 [1..4] 22.344827586207 0.081765517241 22.263062068966",
            ],
        ),
        (
            FREQTRADE,
            ["average"],
            "exit",
            [
                "L 100 5->11 [0..2] 600 - 600",
                "L 100 11->19 [0..4] 800 - 800",
                "L 150 11->23 [0..5] 1800 - 1800",
            ],
        ),
        (
            FREQTRADE,
            ANY,
            "position",
            ["L 350 9.285714285714->18.428571428571 [0..5] 3200 - 3200"],
        ),
        (
            VECTORBT_REVERSING,
            ANY,
            "exit",
            [
                "L 1 1->2 [0..1] 1 1.5 -0.5",
                "S 1 2->3 [1..2] -1 1 -2",
                "L 1 3->4 [2..3] 1 1 0",
                "S 1 4->5 [3..4] -1 1.5 -2.5",
            ],
        ),
        (
            "+2@10; -4@15; +3@20",
            ANY,
            "exit",
            ["L 2 10->15 [0..1] 10 - 10", "S 2 15->20 [1..2] -10 - -10"],
        ),
    ],
)
def test_known_answers(
    workspace: WriteWorkspace, text: str, matches: Sequence[str], trade: str, expected: list[str]
) -> None:
    for match in matches:
        desk = desk_of_fills(workspace, lines_of(text), f"{{match: {match}, trade: {trade}}}")
        assert [shown(one) for one in closed(desk)] == expected, match


@pytest.mark.parametrize(
    ("text", "fills", "expected"),
    [
        (NAUTILUS, "{match: average}", "L 19 99.980036297641->- [1..] - 0.189962068966 -"),
        (NAUTILUS, "{match: fifo}", "L 19 99.631578947368->- [2..] - 0.1893 -"),
        ("+2@10; +2@15; -9@10", "{}", "S 5 10->- [2..] - - -"),
        ("+4@10; -2@15; +2@20", "{trade: position}", "L 4 15->- [0..] - - -"),
    ],
)
def test_what_is_left_is_an_open_trade(
    workspace: WriteWorkspace, text: str, fills: str, expected: str
) -> None:
    assert [shown(one) for one in left(desk_of_fills(workspace, lines_of(text), fills))] == [
        expected
    ]


@pytest.mark.parametrize(
    ("text", "fills", "realized"),
    [
        # sold 2 of 4: 2 x (15 - 10) - half of the fee of 2 - 0.5
        ("+4@10 2; -2@15 0.5; +2@20 1", "{trade: position}", "8.5"),
        # the rest costs 20, of which half is 2 x 15: 2 x (15 - 15)
        ("+2@10; +2@20; -2@15", "{trade: position, match: average}", "0"),
        ("+2@10; +2@20; -2@15", "{trade: position, match: lifo}", "-10"),
        # a short; what was closed before it is no part of it
        ("+1@5; -1@9; -3@10; +1@12", "{trade: position}", "-2"),
        ("+4@10; +2@20", "{trade: position}", None),
        # a fill through zero closes one position and has realized nothing of the other
        ("+4@10; -6@15", "{trade: position}", None),
        # by exit, what was closed is a trade
        ("+4@10 2; -2@15 0.5", "{}", None),
    ],
)
def test_what_was_closed_of_an_open_position_is_realized(
    workspace: WriteWorkspace, text: str, fills: str, realized: str | None
) -> None:
    desk = desk_of_fills(workspace, lines_of(text), fills)
    (trade,) = left(desk)
    expected = None if realized is None else Decimal(realized)
    assert (trade.realized_pnl, trade.net_pnl) == (expected, None)
    summary = desk.summary("all")
    assert summary.metrics["realized_pnl"] == expected
    assert summary.metrics["unrealized_pnl"] is None


def test_a_multiplier_counts_in_what_is_realized_and_not_in_its_costs(
    workspace: WriteWorkspace,
) -> None:
    lines = lines_of("+2@10 2; -1@11 0.5", "ES")
    desk = desk_of_fills(workspace, lines, "{trade: position}", "multiplier: {ES: 12.5}\n")
    assert left(desk)[0].realized_pnl == Decimal("12.5") - 1 - Decimal("0.5")


def test_a_multiplier_counts_in_the_pnl(workspace: WriteWorkspace) -> None:
    lines = lines_of("+1000@1.08 1; -1000@1.09 1", "ES")
    desk = desk_of_fills(workspace, lines, top="multiplier: {ES: 10}\n")
    assert [shown(one) for one in closed(desk)] == ["L 1000 1.08->1.09 [0..1] 100 2 98"]


def test_fills_of_different_symbols_are_never_matched(workspace: WriteWorkspace) -> None:
    lines = [*lines_of("0: +1@10", "A"), *lines_of("1: -1@99", "B"), *lines_of("2: -1@12", "A")]
    desk = desk_of_fills(workspace, lines, "{by: []}")
    assert [shown(one) for one in closed(desk)] == ["L 1 10->12 [0..2] 2 - 2"]
    assert [one.symbol for one in left(desk)] == ["B"]


def test_a_late_fill_is_matched_anew(workspace: WriteWorkspace) -> None:
    lines = lines_of("5: +1@10; 9: -2@12")
    desk = desk_of_fills(workspace, lines)
    assert [shown(one) for one in closed(desk)] == ["L 1 10->12 [5..9] 2 - 2"]
    desk = desk_of_fills(workspace, [*lines, *lines_of("1: +1@8")])
    assert [shown(one) for one in closed(desk)] == ["L 2 9->12 [1..9] 6 - 6"]
    assert left(desk) == []


def test_the_lines_of_a_trade_are_those_of_its_fills(workspace: WriteWorkspace) -> None:
    desk = desk_of_fills(workspace, lines_of("+1@10; +1@11; -3@12; +1@9"))
    assert [
        [one.line for one in desk.book.closed.places(row)] for row in range(len(desk.book.closed))
    ] == [[1, 2, 3], [3, 4]]
    desk = desk_of_fills(workspace, lines_of("+1@10; +1@11; -3@12"))
    assert [one.line for one in desk.book.open.places(0)] == [3]


def test_a_fee_in_what_was_bought_comes_off_the_quantity(workspace: WriteWorkspace) -> None:
    lines = lines_of("+1@50000 0.001; -0.999@50100 50")
    desk = desk_of_fills(workspace, lines, "{fee_from: quantity, trade: position}")
    assert [shown(one) for one in closed(desk)] == ["L 0.999 50000->50100 [0..1] 99.9 50 49.9"]


@pytest.mark.parametrize("match", ["fifo", "lifo", "average"])
@pytest.mark.parametrize("trade", ["exit", "position"])
def test_of_fees_in_kind_the_price_is_lost_beside_the_pnl(
    workspace: WriteWorkspace, match: str, trade: str
) -> None:
    lines = lines_of("+1@100 0.001; -0.999@110 0.1")
    desk = desk_of_fills(
        workspace, lines, f"{{fee_from: quantity, match: {match}, trade: {trade}}}"
    )
    summary = desk.summary("all")
    cash = -100 + Decimal("0.999") * 110 - Decimal("0.1")
    assert summary.metrics["net_pnl"] == cash + Decimal("0.001") * 100
    assert [(one.code, one.count) for one in summary.data.findings] == [("paid_in_kind", 1)]


@pytest.mark.parametrize(("fee", "bad"), [("0.9", 0), ("1", 1), ("1.5", 1), ("-0.1", 0)])
def test_a_purchase_that_its_fee_takes_all_of_is_a_bad_line(
    workspace: WriteWorkspace, fee: str, bad: int
) -> None:
    desk = desk_of_fills(workspace, lines_of(f"+1@100 {fee}; -3@100 2"), "{fee_from: quantity}")
    assert len(desk.book.errors) == bad
    assert all("has a fee as large as the purchase" in one.reason for one in desk.book.errors)


def test_dust_counts_as_flat(workspace: WriteWorkspace) -> None:
    lines = lines_of("+0.3@100; -0.29999999@110; +1@5; -1@6")
    trades = closed(desk_of_fills(workspace, lines, "{trade: position, dust: 1e-8}"))
    assert [(one.quantity, one.net_pnl) for one in trades] == [
        (Decimal("0.3"), Decimal("2.9999989")),
        (Decimal(1), Decimal(1)),
    ]


class TestFillsOfEqualTime:
    def codes(self, desk: Desk) -> dict[str, int]:
        return {one.code: one.count for one in desk.summary("all").data.findings}

    def test_reading_order_decides_and_that_is_a_finding(self, workspace: WriteWorkspace) -> None:
        desk = desk_of_fills(workspace, lines_of("0: -1@10; 0: +1@11"))
        assert [shown(one) for one in closed(desk)] == ["S 1 10->11 [0..0] -1 - -1"]
        assert self.codes(desk)["same_time"] == 1

    def test_an_id_decides_by_its_number(self, workspace: WriteWorkspace) -> None:
        lines = lines_of("0: -1@10; 0: +1@11")
        for line, number in zip(lines, ["10", "9"], strict=True):
            line["id"] = number
        desk = desk_of_fills(workspace, lines, "{order: id}")
        assert [shown(one) for one in closed(desk)] == ["L 1 11->10 [0..0] -1 - -1"]
        assert "same_time" not in self.codes(desk)

    def test_the_last_line_was_the_first_of_a_log_with_the_newest_first(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = lines_of("5: -1@12; 5: +1@9; 0: -1@10; 0: +1@11")
        desk = desk_of_fills(workspace, lines, "{newest_first: true}")
        assert [shown(one) for one in closed(desk)] == [
            "L 1 11->10 [0..0] -1 - -1",
            "L 1 9->12 [5..5] 3 - 3",
        ]
        assert "same_time" not in self.codes(desk)

    def test_equal_fills_are_interchangeable(self, workspace: WriteWorkspace) -> None:
        desk = desk_of_fills(workspace, lines_of("0: +1@10; 0: +1@10; 1: -2@11"))
        assert "same_time" not in self.codes(desk)


class TestLinesThatAreNoFill:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"q": None}, "has no quantity, which a fill needs"),
            ({"p": ""}, "has no price, which a fill needs"),
            ({"t": None}, "has no at, which a fill needs"),
            ({"s": None}, "has no symbol, which `fills` group by"),
        ],
    )
    def test_a_fill_lacks_nothing(
        self, workspace: WriteWorkspace, change: dict[str, object], reason: str
    ) -> None:
        first, second, third = lines_of("+1@10; +1@11; -1@12")
        desk = desk_of_fills(workspace, [first, second | change, third])
        (error,) = desk.book.errors
        assert (error.line, error.reason) == (2, reason)
        assert [shown(one) for one in closed(desk)] == ["L 1 10->12 [0..2] 2 - 2"]

    def test_what_is_sold_without_being_held_is_a_bad_line_where_nothing_is_sold_short(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = lines_of("-1@9; +1@10; -3@12")
        desk = desk_of_fills(workspace, lines, "{short: false}")
        (error,) = desk.book.errors
        assert (error.line, error.reason) == (
            1,
            "sells more than is held, and `short` is false",
        )
        assert [shown(one) for one in closed(desk)] == ["L 1 10->12 [1..2] 2 - 2"]
        assert left(desk) == []
        codes = {one.code: one.count for one in desk.summary("all").data.findings}
        assert codes["oversold"] == 1


SIDES = """\
sources:
  - name: bot
    path: logs/fills.jsonl
    currency: USD
    dialect:
      identity: [id]
      fills: {by: [account, symbol]}
      fields: {at: t, side: side, quantity: q, price: p, symbol: s, strategy: tag,
               exit_reason: why, stop_loss: stop}
"""


def sided(workspace: WriteWorkspace, *lines: dict[str, object]) -> Desk:
    every = [
        {"t": f"2026-03-02T10:0{place}:00Z", "s": "A", **line} for place, line in enumerate(lines)
    ]
    text = "".join(json.dumps(line) + "\n" for line in every)
    return open_desk(workspace(SIDES, {"logs/fills.jsonl": text}))


class TestValuesThatCannotBeRead:
    @pytest.mark.parametrize("field", ["q", "p", "f", "t", "s"])
    def test_a_fill_whose_money_or_group_cannot_be_read_is_a_bad_line(
        self, workspace: WriteWorkspace, field: str
    ) -> None:
        first, second, third = lines_of("+1@10 1; +1@11 1; -1@12 1")
        desk = desk_of_fills(workspace, [first, second | {field: ["?"]}, third])
        (error,) = desk.book.errors
        assert error.line == 2
        assert error.reason.startswith(f"{field}: ")
        assert [shown(one) for one in closed(desk)] == ["L 1 10->12 [0..2] 2 2 0"]

    def test_what_a_fill_can_do_without_costs_no_fill(self, workspace: WriteWorkspace) -> None:
        desk = sided(
            workspace,
            {"side": "buy", "q": "1", "p": "10", "stop": "none", "tag": ["a"]},
            {"side": "sell", "q": "1", "p": "14"},
        )
        (trade,) = closed(desk)
        assert (trade.net_pnl, trade.stop_loss, desk.book.errors) == (Decimal(4), None, [])

    def test_a_fee_in_another_currency_stays_out_of_the_pnl(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = [line | {"c": "USD"} for line in lines_of("+1@10 1; -1@12 1")]
        lines[1]["c"] = "BNB"
        root = workspace(
            CONFIG.format(fills="{}", top="").replace("{at:", "{commission_currency: c, at:"),
            {"logs/fills.jsonl": "".join(json.dumps(line) + "\n" for line in lines)},
        )
        desk = open_desk(root)
        assert [shown(one) for one in closed(desk)] == ["L 1 10->12 [0..1] 2 1 1"]
        assert desk.book.errors == []

    def test_of_several_fills_only_the_fee_in_another_currency_stays_out(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = [line | {"c": "USD"} for line in lines_of("+1@10 1; +1@10 1; -2@12 1")]
        lines[1]["c"] = "BNB"
        root = workspace(
            CONFIG.format(fills="{}", top="").replace("{at:", "{commission_currency: c, at:"),
            {"logs/fills.jsonl": "".join(json.dumps(line) + "\n" for line in lines)},
        )
        desk = open_desk(root)
        assert [shown(one) for one in closed(desk)] == ["L 2 10->12 [0..2] 4 2 2"]
        (finding,) = desk.summary("all").data.findings
        assert (finding.code, finding.count) == ("left_out", 1)

    @pytest.mark.parametrize("price", ["12 EUR", "\u20ac12"])
    def test_a_price_in_another_currency_is_a_bad_line(
        self, workspace: WriteWorkspace, price: str
    ) -> None:
        desk = sided(
            workspace,
            {"side": "buy", "q": "1 ETH", "p": "10 USD"},
            {"side": "sell", "q": "1 ETH", "p": price},
            {"side": "sell", "q": "1 ETH", "p": "$13"},
        )
        (error,) = desk.book.errors
        assert error.line == 2
        assert error.reason == f"p: '{price}' is not in USD, the currency of the source"
        assert [trade.net_pnl for trade in closed(desk)] == [Decimal(3)]


class TestSides:
    def test_a_side_says_what_was_bought_and_what_was_sold(self, workspace: WriteWorkspace) -> None:
        for sold in ("2", "-2"):
            desk = sided(
                workspace,
                {"side": "BUY", "q": "2", "p": "5"},
                {"side": "sell", "q": sold, "p": "6"},
            )
            (trade,) = closed(desk)
            assert (trade.side, trade.net_pnl) == ("long", Decimal(2))

    def test_a_purchase_of_less_than_nothing_is_a_bad_line(self, workspace: WriteWorkspace) -> None:
        (error,) = sided(workspace, {"side": "buy", "q": "-2", "p": "5"}).book.errors
        assert error.reason.startswith("buys a negative quantity")

    def test_the_first_fill_says_what_was_true_at_entry_and_the_last_why_it_closed(
        self, workspace: WriteWorkspace
    ) -> None:
        desk = sided(
            workspace,
            {"side": "buy", "q": "1", "p": "10", "tag": None, "stop": "8", "why": "a"},
            {"side": "buy", "q": "1", "p": "12", "tag": "x", "stop": "9", "why": "b"},
            {"side": "sell", "q": "2", "p": "14", "tag": "y", "stop": None, "why": "c"},
        )
        (trade,) = closed(desk)
        assert (trade.strategy, trade.stop_loss, trade.exit_reason) == ("x", Decimal(8), "c")
        assert trade.r == Decimal(1)


def test_how_fine_a_mean_price_is_does_not_depend_on_the_prices_of_other_trades(
    workspace: WriteWorkspace,
) -> None:
    """The mean of 1 and 1.000000000001 has 13 places; 12 are kept, whatever else is in the log."""
    text = "0: +1@1; 1: +1@1.000000000001; 2: -2@2; 10: +1@1.2000000000003; 11: -1@2"
    found = closed(desk_of_fills(workspace, lines_of(text)))
    assert [trade.entry_price for trade in found] == [Decimal(1), Decimal("1.2000000000003")]


class TestOneFillOnSeveralLines:
    def test_the_same_line_twice_is_one_fill(self, workspace: WriteWorkspace) -> None:
        buy: dict[str, object] = {
            "id": 1,
            "t": "2026-03-02T10:00:00Z",
            "side": "buy",
            "q": 1,
            "p": 5,
        }
        desk = sided(workspace, buy, {"id": 2, "side": "sell", "q": 1, "p": 6}, buy)
        (trade,) = closed(desk)
        assert left(desk) == []
        assert [one.line for one in desk.book.closed.places(0)] == [1, 2, 3]
        codes = {one.code for one in desk.summary("all").data.findings}
        assert (trade.net_pnl, codes) == (Decimal(1), {"repeated_lines"})

    def test_a_later_line_corrects_a_fill(self, workspace: WriteWorkspace) -> None:
        desk = sided(
            workspace,
            {"id": 1, "side": "buy", "q": 1, "p": 5},
            {"id": 2, "side": "sell", "q": 1, "p": 6},
            {"id": 1, "t": "2026-03-02T10:00:00Z", "side": "buy", "q": 1, "p": 4},
        )
        (trade,) = closed(desk)
        codes = {one.code for one in desk.summary("all").data.findings}
        assert (trade.net_pnl, codes) == (Decimal(2), {"corrections"})
