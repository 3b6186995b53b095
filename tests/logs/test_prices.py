"""Net P&L from prices, against fractions and by hand."""

import json
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.errors import ConfigError
from perfkit.core.values import numbers
from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from perfkit.logs.prices import net_pnl_from_prices
from perfkit.summary.summary import Summary
from tests.conftest import WriteWorkspace

CONFIG = """\
multiplier: {ES: 50}
sources:
  - name: bot
    path: logs/bot.jsonl
    currency: USD
    dialect:
      open_when: {event: open}
      identity: [id]
      fields: {closed_at: t, side: side, entry_price: entry, exit_price: exit, quantity: qty,
               commission: fee, symbol: symbol, opened_at: o}
"""
T = "2026-01-05T10:00:00Z"
SHORT = {"t": T, "side": "short", "qty": "0.5", "entry": "2925.5", "exit": "2926.5", "fee": "0.02"}
LONG = {"t": T, "side": "long", "qty": "2", "entry": "100", "exit": "103", "fee": "0.02"}

texts = st.decimals(-1000, 1000, places=3).map(str) | st.sampled_from(["0", "1e3", "0.1", "-7"])
optional = st.none() | texts


def desk(workspace: WriteWorkspace, *lines: object, config: str = CONFIG) -> Desk:
    log = "".join(f"{json.dumps(one)}\n" for one in lines)
    return open_desk(workspace(config, {"logs/bot.jsonl": log}))


@given(
    rows=st.lists(
        st.tuples(
            optional,
            optional,
            optional,
            optional,
            st.sampled_from(["long", "short", None]),
            st.sampled_from(["ES", "NQ", None]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_it_is_the_exact_difference_times_size_and_multiplier_less_costs(
    rows: Sequence[tuple[str | None, ...]],
) -> None:
    entry, leave, size, cost, side, symbol = zip(*rows, strict=True)
    columns = {
        "entry_price": numbers(entry),
        "exit_price": numbers(leave),
        "quantity": numbers(size),
        "commission": numbers(cost),
        "side": list(side),
        "symbol": list(symbol),
    }
    found = net_pnl_from_prices(columns, {"ES": Decimal("12.5")}, len(rows))
    for row, (e, x, q, c, way, name) in enumerate(rows):
        pnl = found.decimal(row)
        if None in (e, x, q, way):
            assert pnl is None
            continue
        gain = Fraction(x or 0) - Fraction(e or 0)
        money = gain * abs(Fraction(q or 0)) * (Fraction("12.5") if name == "ES" else 1)
        assert pnl is not None
        assert Fraction(pnl) == (money if way == "long" else -money) - Fraction(c or 0)


def test_a_short_loses_when_the_price_rises_and_a_finding_says_it_is_computed(
    workspace: WriteWorkspace,
) -> None:
    summary = desk(workspace, SHORT, {**LONG, "t": "2026-01-05T11:00:00Z"}).summary("all")
    assert summary.metrics["net_pnl"] == Decimal("5.46")
    assert (summary.metrics["wins"], summary.metrics["losses"]) == (1, 1)
    assert [(one.code, one.count) for one in summary.data.findings] == [("pnl_computed", 2)]


def test_the_multiplier_of_the_symbol_counts(workspace: WriteWorkspace) -> None:
    assert desk(workspace, {**LONG, "symbol": "ES"}).book.closed[0].net_pnl == Decimal("299.98")


@pytest.mark.parametrize(
    ("keys", "symbol", "net", "codes"),
    [
        ("{ES: 50}", "ESZ6", "299.98", ["pnl_computed"]),
        ('{"E*": 50}', "ESZ6", "299.98", ["pnl_computed"]),
        ("{ES: 50}", "NQZ6", "5.98", ["pnl_computed", "no_multiplier"]),
        ('{ES: 50, "*": 1}', "NQZ6", "5.98", ["pnl_computed"]),
        ("{}", "NQZ6", "5.98", ["pnl_computed"]),
    ],
)
def test_a_symbol_without_a_multiplier_among_others_is_a_finding(
    workspace: WriteWorkspace, keys: str, symbol: str, net: str, codes: list[str]
) -> None:
    config = CONFIG.replace("{ES: 50}", keys)
    found = desk(workspace, {**LONG, "symbol": symbol}, config=config).summary("all")
    assert found.metrics["net_pnl"] == Decimal(net)
    assert [one.code for one in found.data.findings] == codes


def test_entry_and_exit_may_be_on_two_lines(workspace: WriteWorkspace) -> None:
    opened = {"id": 1, "event": "open", "o": T, "side": "long", "entry": "100", "qty": "2"}
    closed = {"id": 1, "event": "close", "t": "2026-01-05T11:00:00Z", "exit": "103"}
    of = desk(workspace, opened, {**opened, "id": 2}, closed)
    assert [of.book.closed[0].net_pnl, len(of.book.closed)] == [6, 1]
    assert of.book.open[0].net_pnl is None
    assert [one.code for one in of.summary("all").data.findings] == ["pnl_computed"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"exit": "x"}, "exit: 'x' is not a number"),
        ({"side": "FLAT"}, "side: 'FLAT' is not one of long, short"),
        ({"fee": "x"}, "fee: 'x' is not a number"),
        ({"qty": None}, "closes a trade without any P&L or outcome"),
    ],
)
def test_a_trade_without_what_it_takes_is_a_bad_line(
    workspace: WriteWorkspace, fields: dict[str, object], reason: str
) -> None:
    (error,) = desk(workspace, LONG, {**SHORT, **fields}).book.errors
    assert error.line == 2
    assert error.reason.startswith(reason)


def test_a_commission_in_another_currency_stays_out_and_is_told(workspace: WriteWorkspace) -> None:
    of = desk(workspace, {**LONG, "fee": "0.001 BNB"})
    assert of.book.closed[0].net_pnl == 6
    assert [one.code for one in of.summary("all").data.findings] == ["left_out", "pnl_computed"]


def test_a_price_in_another_currency_makes_no_pnl(workspace: WriteWorkspace) -> None:
    of = desk(workspace, {**LONG, "entry": "100 EUR"}, {**LONG, "entry": "100 USD", "exit": "$101"})
    (error,) = of.book.errors
    assert error.reason == "entry: '100 EUR' is not in USD, the currency of the source"
    assert of.summary("all").metrics["net_pnl"] == Decimal("1.98")


def test_a_logged_outcome_or_pnl_is_not_replaced(workspace: WriteWorkspace) -> None:
    config = CONFIG.replace("{closed_at", "{outcome: won, closed_at")
    found = desk(workspace, {**LONG, "won": "loss"}, config=config).summary("all")
    assert found.metrics["losses"] == 1
    assert [one.code for one in found.data.findings] == ["without_pnl"]


def test_a_dialect_that_lacks_one_of_them_is_refused(workspace: WriteWorkspace) -> None:
    config = CONFIG.replace(" quantity: qty,", "")
    with pytest.raises(ConfigError, match="has no P&L; name the field that holds net_pnl or gross"):
        desk(workspace, LONG, config=config)


class TestOfSeveralLines:
    """Opens and closes that share the names of their price, side and quantity."""

    FIELDS = (
        "{opened_at: t, closed_at: t, symbol: s, side: side, quantity: q, "
        "entry_price: p, exit_price: p}"
    )

    def summary(self, workspace: WriteWorkspace, keys: str, *lines: object) -> Summary:
        head = CONFIG[: CONFIG.index("      open_when")].replace("{ES: 50}", "{}")
        config = head + (
            f"      open_when: {{e: open}}\n      {keys}\n      fields: {self.FIELDS}\n"
        )
        return desk(workspace, *lines, config=config).summary("all")

    def line(self, event: str, minute: int, price: int, **more: object) -> dict[str, object]:
        return {"e": event, "t": f"2026-01-05T10:{minute:02d}:00Z", "s": "X", "p": price, **more}

    @pytest.mark.parametrize("keys", ["pair: {by: [s]}", "identity: s"])
    @pytest.mark.parametrize(("side", "other", "net"), [("buy", "sell", 30), ("sell", "buy", -30)])
    def test_a_close_with_a_side_of_its_own_does_not_turn_the_trade(
        self, workspace: WriteWorkspace, keys: str, side: str, other: str, net: int
    ) -> None:
        opened = self.line("open", 0, 100, q=3, side=side)
        for more in ({}, {"q": 3}):
            found = self.summary(
                workspace, keys, opened, self.line("x", 1, 110, side=other, **more)
            )
            assert (found.metrics["net_pnl"], found.data.bad_lines) == (net, 0)
            assert [one.code for one in found.data.findings] == ["pnl_computed"]

    @pytest.mark.parametrize("keys", ["pair: {by: [s]}", "identity: s"])
    def test_the_price_of_a_close_without_its_open_line_is_no_entry(
        self, workspace: WriteWorkspace, keys: str
    ) -> None:
        opened = self.line("open", 0, 100, q=1, side="buy", s="Y")
        close = self.line("x", 1, 110, q=1, side="sell")
        found = self.summary(workspace, keys, opened, close)
        assert (found.metrics["breakevens"], found.data.bad_lines) == (0, 1)

    @pytest.mark.parametrize(
        ("keys", "net", "bad", "codes"),
        [
            ("pair: {by: [s]}", 10, 1, {"bad_lines", "pnl_computed", "other_quantity"}),
            ("identity: s", 40, 0, {"corrections", "pnl_computed", "other_quantity"}),
            ("{identity: s, closes: each}", 50, 0, {"pnl_computed"}),
        ],
    )
    def test_a_close_of_a_part_has_the_pnl_of_that_part(
        self, workspace: WriteWorkspace, keys: str, net: int, bad: int, codes: set[str]
    ) -> None:
        found = self.summary(
            workspace,
            keys.strip("{}").replace(", ", "\n      ") if keys.startswith("{") else keys,
            self.line("open", 0, 100, q=3, side="buy"),
            self.line("x", 1, 110, q=1, side="sell"),
            self.line("x", 2, 120, q=2, side="sell"),
        )
        assert (found.metrics["net_pnl"], found.data.bad_lines) == (net, bad)
        assert {one.code for one in found.data.findings} == codes

    @pytest.mark.parametrize("keys", ["pair: {by: [s]}", "identity: s", "identity: [s, p0]"])
    def test_a_close_of_more_than_was_opened_has_no_pnl(
        self, workspace: WriteWorkspace, keys: str
    ) -> None:
        opened = self.line("open", 0, 100, q=1, side="buy", p0=1)
        close = self.line("x", 1, 110, q=2, side="sell", p0=1)
        found = self.summary(workspace, keys, opened, close)
        assert (found.metrics["net_pnl"], found.data.bad_lines) == (0, 1)
        assert found.metrics["open_trades"] == 1

    def test_opens_that_are_added_up_are_compared_with_the_close(
        self, workspace: WriteWorkspace
    ) -> None:
        keys = "identity: s\n      combine: {quantity: sum}"
        opens = [self.line("open", n, 100, q=1, side="buy") for n in (0, 1)]
        for size, net, codes in (
            (2, 40, ["pnl_computed"]),
            (1, 20, ["pnl_computed", "other_quantity"]),
        ):
            found = self.summary(
                workspace, keys, *opens, self.line("x", 2, 120, q=size, side="sell")
            )
            assert found.metrics["net_pnl"] == net
            assert [one.code for one in found.data.findings] == codes
