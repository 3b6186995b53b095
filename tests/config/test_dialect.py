"""What each word of a dialect means, and what is said about a word that means nothing."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from textwrap import indent

import pytest

from perfkit.cli.main import main
from perfkit.config.settings import load
from perfkit.core.errors import ConfigError
from perfkit.core.trade import Trade
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace
from tests.small_desk import desk_of

HEAD = """\
sources:
  - name: bot
    path: logs/bot.jsonl
    currency: USD
    dialect:
"""
FIRST_LINE = HEAD.count("\n") + 1
"""Of the dialect, in the file."""

CLOSED = '{"t": "2026-04-06T11:00:00Z", "pnl": "1.50"}'


def config(dialect: str, *, top: str = "") -> str:
    return HEAD + indent(dialect, " " * 6) + top


def trades(root: Path) -> list[Trade]:
    """The closed trades in the order of their lines."""
    closed = open_desk(root).book.closed
    return sorted((closed[row] for row in range(len(closed))), key=lambda trade: trade.line)


def read(workspace: WriteWorkspace, dialect: str, *lines: str, top: str = "") -> list[Trade]:
    root = workspace(
        config(dialect, top=top), {"logs/bot.jsonl": "".join(f"{one}\n" for one in lines)}
    )
    book = open_desk(root).book
    assert not book.errors
    return trades(root)


def fields(**more: str) -> str:
    pairs = {"closed_at": "t", "net_pnl": "pnl", **more}
    return f"fields: {json.dumps(pairs)}\n"


def line(**more: object) -> str:
    return json.dumps({**json.loads(CLOSED), **more})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestExpressions:
    def test_a_field_is_named(self, workspace: WriteWorkspace) -> None:
        (trade,) = read(workspace, fields(symbol="coin"), line(coin="BTC", symbol="no"))
        assert (trade.symbol, trade.net_pnl) == ("BTC", Decimal("1.50"))

    def test_a_field_name_may_be_any_text_without_blanks(self, workspace: WriteWorkspace) -> None:
        (trade,) = read(workspace, fields(symbol="señal€-1/x"), line(**{"señal€-1/x": "BTC"}))
        assert trade.symbol == "BTC"

    def test_a_dotted_path_reaches_into_objects(self, workspace: WriteWorkspace) -> None:
        first, second, third = read(
            workspace,
            fields(symbol="order.coin.name", quantity="order.qty"),
            line(order={"coin": {"name": "BTC"}, "qty": 3}),
            line(order={"coin": "flat"}),
            line(),
        )
        assert (first.symbol, first.quantity) == ("BTC", Decimal(3))
        assert (second.symbol, second.quantity) == (None, None)
        assert (third.symbol, third.quantity) == (None, None)

    def test_a_constant_holds_for_every_trade(self, workspace: WriteWorkspace) -> None:
        found = read(
            workspace,
            fields(symbol="= BTC USD", commission="= 0.35", side="= short"),
            line(),
            line(symbol="ETH"),
        )
        assert [trade.symbol for trade in found] == ["BTC USD"] * 2
        assert [trade.commission for trade in found] == [Decimal("0.35")] * 2
        assert [trade.side for trade in found] == ["short"] * 2

    def test_a_constant_side_is_read_like_a_logged_one(self, workspace: WriteWorkspace) -> None:
        (trade,) = read(workspace, fields(side="= BUY"), line())
        assert trade.side == "long"

    def test_a_sum_and_difference_of_fields_is_exact(self, workspace: WriteWorkspace) -> None:
        (trade,) = read(
            workspace,
            fields(net_pnl="pnl - fees - cost.funding + rebate"),
            line(pnl="0.3", fees="0.1", cost={"funding": 2}, rebate="1e-7"),
        )
        assert trade.net_pnl == Decimal("-1.7999999")

    def test_a_sum_may_begin_with_a_sign(self, workspace: WriteWorkspace) -> None:
        (trade,) = read(workspace, fields(commission="- fees"), line(fees="-0.25"))
        assert trade.commission == Decimal("0.25")

    def test_a_sum_is_there_only_when_every_part_is(self, workspace: WriteWorkspace) -> None:
        found = read(
            workspace,
            fields(commission="fees + funding"),
            line(fees="1"),
            line(fees="1", funding=None),
            line(fees="1", funding=""),
            line(fees="1", funding="0.5"),
        )
        assert [trade.commission for trade in found] == [None, None, None, Decimal("1.5")]

    def test_of_alternatives_the_first_that_is_there_counts(
        self, workspace: WriteWorkspace
    ) -> None:
        found = read(
            workspace,
            fields(symbol="pair or coin or = none", commission="fee - rebate or fee or = 0"),
            line(pair="P", coin="C", fee=3, rebate=1),
            line(pair="", coin="C", fee=3),
            line(pair=None),
        )
        assert [trade.symbol for trade in found] == ["P", "C", "none"]
        assert [trade.commission for trade in found] == [Decimal(2), Decimal(3), Decimal(0)]

    def test_a_time_may_have_alternatives(self, workspace: WriteWorkspace) -> None:
        found = read(
            workspace,
            fields(closed_at="done or t"),
            line(done="2026-04-07T00:00:00Z"),
            line(),
        )
        closed_at = [trade.closed_at for trade in found]
        assert closed_at == [at("2026-04-07T00:00"), at("2026-04-06T11:00")]


class TestValuesAndNulls:
    def test_booleans_have_a_meaning_like_words(self, workspace: WriteWorkspace) -> None:
        dialect = (
            "fields: {closed_at: t, outcome: won, symbol: flag}\n"
            "values: {outcome: {true: win, false: loss}}\n"
        )
        lines = (line(won=True, flag=True), line(won=False), line(won="True"), line(won="false"))
        found = read(workspace, dialect, *lines)
        assert [trade.outcome for trade in found] == ["win", "loss", "win", "loss"]
        assert found[0].symbol == "true"

    def test_texts_named_as_nulls_are_not_there(self, workspace: WriteWorkspace) -> None:
        dialect = fields(symbol="s", stop_loss="sl", opened_at="o") + 'nulls: ["N/A", "-", none]\n'
        (trade,) = read(workspace, dialect, line(s="none", sl="N/A", o="-"))
        assert (trade.symbol, trade.stop_loss, trade.opened_at) == (None, None, None)

    def test_other_texts_are_still_left_out_with_a_reason(self, workspace: WriteWorkspace) -> None:
        dialect = config(fields(stop_loss="sl") + 'nulls: ["N/A"]\n')
        root = workspace(dialect, {"logs/bot.jsonl": line(sl="n/a") + "\n"})
        ((_, error),) = open_desk(root).book.left_out
        assert "sl: 'n/a' is not a number" in str(error)


class TestOnly:
    def lines_read(self, workspace: WriteWorkspace, only: str, *lines: str) -> list[int]:
        return [trade.line.line for trade in read(workspace, only + fields(), *lines)]

    def test_lines_that_do_not_meet_it_are_ignored_and_counted(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = (line(action="exit"), line(action="entry"), line(), '{"action": "entry"}')
        assert self.lines_read(workspace, "only: {action: exit}\n", *lines) == [1]
        data = open_desk(workspace(config("only: {action: exit}\n" + fields()))).summary("all").data
        assert (data.lines, data.ignored, data.bad_lines) == (4, 3, 0)

    def test_every_condition_must_be_met(self, workspace: WriteWorkspace) -> None:
        lines = (line(a="x", b=1), line(a="x", b=2), line(a="y", b=1))
        assert self.lines_read(workspace, "only: {a: x, b: 1}\n", *lines) == [1]

    def test_a_condition_may_allow_several_values(self, workspace: WriteWorkspace) -> None:
        lines = (line(a="x"), line(a="y"), line(a="z"))
        assert self.lines_read(workspace, "only: {a: [x, z]}\n", *lines) == [1, 3]

    def test_null_stands_for_missing_null_or_empty(self, workspace: WriteWorkspace) -> None:
        lines = (line(), line(error=None), line(error=""), line(error="x"), line(error=0))
        assert self.lines_read(workspace, "only: {error: null}\n", *lines) == [1, 2, 3]

    def test_a_number_is_met_by_its_value_however_it_is_written(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = (
            line(v=1.5),
            line(v="1.50"),
            line(v="1.5x"),
            line(v=[1.5]),
            '{"t": "2026-04-06T11:00:00Z", "pnl": 1, "v": 15e-1}',
        )
        assert self.lines_read(workspace, "only: {v: 1.5}\n", *lines) == [1, 2, 5]

    def test_true_is_met_by_true_and_by_the_text_true(self, workspace: WriteWorkspace) -> None:
        lines = (line(v=True), line(v="true"), line(v="True"), line(v=False), line(v={}), line(v=1))
        assert self.lines_read(workspace, "only: {v: true}\n", *lines) == [1, 2, 3]

    @pytest.mark.parametrize(
        ("condition", "met"),
        [
            ("exists", [1, 2, 3]),
            ("missing", [4, 5]),
            ("{not: 0}", [2, 3, 4, 5]),
            ("{not: [0, 5.0]}", [3, 4, 5]),
            ("{not: null}", [1, 2, 3]),
            ("{above: 0}", [2]),
            ("{below: 5}", [1]),
            ("{above: -1, below: 5.01}", [1, 2]),
            ("{above: 0, not: 5}", []),
        ],
    )
    def test_a_condition_may_ask_for_presence_and_bounds(
        self, workspace: WriteWorkspace, condition: str, met: list[int]
    ) -> None:
        lines = (line(v=0), line(v="5.00"), line(v="text"), line(v=None), line(v=""))
        assert self.lines_read(workspace, f"only: {{v: {condition}}}\n", *lines) == met

    @pytest.mark.parametrize(
        ("condition", "met"), [("{above: 100}", [1]), ("0", [3, 4]), ("{not: 0}", [1, 2, 5])]
    )
    def test_with_a_decimal_comma_a_point_parts_thousands_in_conditions_too(
        self, workspace: WriteWorkspace, condition: str, met: list[int]
    ) -> None:
        values = ("1.234", "99,5", 0.0, "0,00", 1.5)
        lines = [line(v=one, pnl=1.5) for one in values]
        only = f'decimal: ","\nonly: {{v: {condition}}}\n'
        assert self.lines_read(workspace, only, *lines) == met

    @pytest.mark.parametrize(
        ("condition", "met", "bad"),
        [("{above: 100}", [2], 1), ("{above: 1}", [1, 2], 0), ("{not: 0}", [1, 2, 3], 0)],
    )
    def test_a_number_that_may_meet_it_or_not_is_a_bad_line(
        self, workspace: WriteWorkspace, condition: str, met: list[int], bad: int
    ) -> None:
        dialect = f"only: {{v: {condition}}}\n" + fields()
        lines = (line(v="1,234"), line(v=500), line(v="N/A"))
        book = open_desk(
            workspace(config(dialect), {"logs/bot.jsonl": "\n".join(lines) + "\n"})
        ).book
        closed = sorted(book.closed[row].line.line for row in range(len(book.closed)))
        assert (closed, len(book.errors)) == (met, bad)

    def test_a_text_is_met_by_the_same_text_alone(self, workspace: WriteWorkspace) -> None:
        lines = (line(v="exit"), line(v="Exit"), line(v="exit "), line(v=["exit"]))
        assert self.lines_read(workspace, "only: {v: exit}\n", *lines) == [1]

    def test_a_condition_may_name_a_dotted_path(self, workspace: WriteWorkspace) -> None:
        lines = (line(o={"k": "x"}), line(o={"k": "y"}), line(o="x"))
        assert self.lines_read(workspace, "only: {o.k: x}\n", *lines) == [1]


class TestOpenWhen:
    def test_lines_that_meet_it_are_of_a_trade_still_open(self, workspace: WriteWorkspace) -> None:
        dialect = "open_when: {done: 0}\n" + fields(opened_at="at")
        lines = (
            line(done=0, at="2026-04-06T10:00:00Z", pnl="-2"),
            line(done=1, at="2026-04-06T10:00:00Z"),
        )
        assert [trade.line.line for trade in read(workspace, dialect, *lines)] == [2]
        summary = open_desk(workspace(config(dialect))).summary("all")
        assert summary.metrics["open_trades"] == 1
        assert summary.metrics["unrealized_pnl"] == -2

    def test_what_an_open_line_has_for_a_closing_time_need_not_be_one(
        self, workspace: WriteWorkspace
    ) -> None:
        dialect = "open_when: {t: never}\n" + fields(opened_at="at")
        read(workspace, dialect, line(t="never", at="2026-04-06T10:00:00Z"))

    def test_any_group_of_conditions_opens(self, workspace: WriteWorkspace) -> None:
        dialect = "open_when: [{a: 1, b: 1}, {c: 1}]\n" + fields(opened_at="at")
        opened = "2026-04-06T10:00:00Z"
        lines = (
            line(a=1, b=1, at=opened),
            line(a=1, b=2, at=opened),
            line(c=1, at=opened),
            line(at=opened),
        )
        assert [trade.line.line for trade in read(workspace, dialect, *lines)] == [2, 4]

    def test_a_line_without_a_closing_time_is_open_without_being_told(
        self, workspace: WriteWorkspace
    ) -> None:
        opened = line(t=None, at="2026-04-06T10:00:00Z")
        assert read(workspace, fields(opened_at="at"), opened) == []
        assert len(open_desk(workspace(config(fields(opened_at="at")))).book.open) == 1


class TestIdentity:
    def pnls(self, workspace: WriteWorkspace, identity: str, *lines: str) -> list[object]:
        return [trade.net_pnl for trade in read(workspace, identity + fields(), *lines)]

    def test_without_an_identity_each_line_is_a_trade(self, workspace: WriteWorkspace) -> None:
        assert self.pnls(workspace, "", line(id="1"), line(id="1")) == [Decimal("1.50")] * 2

    def test_lines_of_the_same_identity_are_one_trade(self, workspace: WriteWorkspace) -> None:
        lines = (line(id="1"), line(id="2"), line(id="1", pnl="9"))
        assert sorted(map(str, self.pnls(workspace, "identity: [id]\n", *lines))) == [
            "1.50",
            "9.00",
        ]

    def test_an_identity_of_several_fields_needs_all_of_them_equal(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = (line(a="1", b="2"), line(a="1", b="3"), line(a="1", b="2"), line(a="12", b=""))
        assert len(self.pnls(workspace, "identity: [a, b]\n", *lines)) == 3

    def test_a_line_that_lacks_a_part_of_its_identity_is_a_trade_of_its_own(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = (line(a="1", b=""), line(a="1", b=None), line(a="1"), line(b="2"))
        assert len(self.pnls(workspace, "identity: [a, b]\n", *lines)) == 4

    def test_an_identity_may_be_a_number_a_path_and_a_single_name(
        self, workspace: WriteWorkspace
    ) -> None:
        assert (
            len(self.pnls(workspace, "identity: o.id\n", line(o={"id": 7}), line(o={"id": 7}))) == 1
        )

    def test_parts_that_hold_control_characters_do_not_run_together(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = (line(a="x\x1fy", b="z"), line(a="x", b="y\x1fz"))
        assert len(self.pnls(workspace, "identity: [a, b]\n", *lines)) == 2


class TestCloses:
    def test_a_later_closing_line_corrects_an_earlier_one(self, workspace: WriteWorkspace) -> None:
        dialect = "identity: [id]\ncloses: last\n" + fields()
        found = read(workspace, dialect, line(id="1"), line(id="1", pnl="9"))
        assert [trade.net_pnl for trade in found] == [Decimal(9)]

    def test_each_closing_line_may_be_a_trade(self, workspace: WriteWorkspace) -> None:
        dialect = "identity: [id]\ncloses: each\n" + fields()
        found = read(workspace, dialect, line(id="1"), line(id="1", pnl="9"))
        assert [trade.net_pnl for trade in found] == [Decimal("1.50"), Decimal(9)]


class TestTimes:
    @pytest.mark.parametrize(
        ("unit", "value"),
        [
            ("s", 1_775_473_200),
            ("ms", 1_775_473_200_000),
            ("us", 1_775_473_200_000_000),
            ("ns", 1_775_473_200_000_000_000),
        ],
    )
    def test_numeric_times_count_the_unit_named(
        self, workspace: WriteWorkspace, unit: str, value: int
    ) -> None:
        (trade,) = read(workspace, f"time_unit: {unit}\n" + fields(), line(t=value))
        assert trade.closed_at == at("2026-04-06T11:00")

    def test_naive_times_take_the_zone_of_the_workspace(self, workspace: WriteWorkspace) -> None:
        (trade,) = read(
            workspace, fields(), line(t="2026-04-06T11:00:00"), top="timezone: America/New_York\n"
        )
        assert trade.closed_at == at("2026-04-06T15:00")

    def test_naive_times_take_the_zone_of_their_source_first(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(
            config(fields(), top="    timezone: Asia/Kolkata\ntimezone: America/New_York\n"),
            {"logs/bot.jsonl": line(t="2026-04-06T11:00:00") + "\n"},
        )
        assert [trade.closed_at for trade in trades(root)] == [at("2026-04-06T05:30")]


class TestFormsOfValues:
    def test_numbers_may_have_units_and_separators(self, workspace: WriteWorkspace) -> None:
        lines = [line(pnl=pnl) for pnl in ("-40.00 USD", "$(33.50)", "1,234.50", 2, "0.25")]
        found = read(workspace, fields(), *lines)
        assert [trade.net_pnl for trade in found] == [
            Decimal(pnl) for pnl in ("-40", "-33.5", "1234.5", "2", "0.25")
        ]

    def test_an_amount_in_another_currency_is_a_bad_line(self, workspace: WriteWorkspace) -> None:
        root = workspace(config(fields()), {"logs/bot.jsonl": line(pnl="5 EUR") + "\n" + line()})
        (error,) = open_desk(root).book.errors
        assert error.reason == "pnl: '5 EUR' is not in USD, the currency of the source"

    def test_a_commission_in_another_currency_is_left_out(self, workspace: WriteWorkspace) -> None:
        log = line(fee="0.001 BNB", gross="5") + "\n"
        root = workspace(config(fields(commission="fee")), {"logs/bot.jsonl": log})
        ((_, error),) = open_desk(root).book.left_out
        assert error.reason == "fee: '0.001 BNB' is not in USD, the currency of the source"
        assert [trade.net_pnl for trade in trades(root)] == [Decimal("1.50")]

    def test_records_of_another_currency_are_bad_lines_that_say_what_to_do(
        self, workspace: WriteWorkspace
    ) -> None:
        lines = [line(cur="USD"), line(cur="EUR"), line(cur="usd"), line(cur=None)]
        log = "".join(f"{one}\n" for one in lines)
        root = workspace(config(fields(currency="cur")), {"logs/bot.jsonl": log})
        (error,) = open_desk(root).book.errors
        assert str(error) == (
            "logs/bot.jsonl:2: cur: 'EUR' is not USD, the currency of the source: "
            "give each currency a source of its own with `only`"
        )
        assert [trade.net_pnl for trade in trades(root)] == [Decimal("1.50")] * 3

    def test_each_currency_may_have_a_source_of_its_own(self, workspace: WriteWorkspace) -> None:
        usd = config("only: {cur: USD}\n" + fields(currency="cur"))
        eur = usd.partition("sources:\n")[2].replace("bot\n", "euro\n").replace("USD", "EUR")
        log = "".join(f"{line(cur=cur, pnl=10)}\n" for cur in ("USD", "EUR"))
        root = workspace(usd + eur, {"logs/bot.jsonl": log})
        for source, currency in (("bot", "USD"), ("euro", "EUR")):
            summary = open_desk(root, source=source).summary("all")
            assert (summary.metrics["net_pnl"], summary.currency) == (10, currency)
            assert summary.data.bad_lines == 0

    @pytest.mark.parametrize("asset", ["BNB", "bnb", "USD", "", None])
    def test_a_commission_in_an_asset_of_its_own_stays_out_of_the_pnl(
        self, workspace: WriteWorkspace, asset: str | None
    ) -> None:
        dialect = fields(commission="fee", commission_currency="asset", gross_pnl="gross")
        dialect = dialect.replace('"net_pnl": "pnl", ', "")
        lines = [line(gross="5", fee="0.5", asset=asset), line(gross="7", fee="1", asset="USD")]
        log = "".join(f"{one}\n" for one in lines)
        root = workspace(config(dialect), {"logs/bot.jsonl": log})
        foreign = (asset or "").upper() == "BNB"
        first, second = trades(root)
        assert first.net_pnl == (Decimal(5) if foreign else Decimal("4.5"))
        assert first.commission == (None if foreign else Decimal("0.5"))
        assert (second.net_pnl, second.commission) == (Decimal(6), Decimal(1))
        reasons = [error.reason for _, error in open_desk(root).book.left_out]
        wanted = f"asset: {asset!r} is not USD, the currency of the source"
        assert reasons == ([wanted] if foreign else [])

    @pytest.mark.parametrize(("mark", "pnl"), [(".", "1234"), (",", "1.234")])
    def test_decimal_decides_what_a_comma_is(
        self, workspace: WriteWorkspace, mark: str, pnl: str
    ) -> None:
        dialect = f'decimal: "{mark}"\n' + fields(quantity="sum(parts[*].q)")
        (trade,) = read(workspace, dialect, line(pnl="1,234", parts=[{"q": "1,000"}]))
        assert (trade.net_pnl, trade.quantity) == (
            Decimal(pnl),
            Decimal("1000" if mark == "." else "1"),
        )

    @pytest.mark.parametrize(
        ("unit", "held", "seconds"),
        [
            ("", 90, "90"),
            ("", "1h 16min 45sec", "4605"),
            ("", "1.02:03:04", "93784"),
            ("hold_unit: min\n", "90", "5400"),
            ("hold_unit: h\n", 0.5, "1800"),
        ],
    )
    def test_a_holding_time_has_its_unit(
        self, workspace: WriteWorkspace, unit: str, held: object, seconds: str
    ) -> None:
        (trade,) = read(workspace, unit + fields(hold_seconds="held"), line(held=held))
        assert trade.hold_seconds == Decimal(seconds)

    def test_ids_and_names_lose_the_quotes_of_a_spreadsheet_and_stay_texts(
        self, workspace: WriteWorkspace
    ) -> None:
        dialect = "identity: [id]\n" + fields(symbol="sym")
        lines = [line(id='="0010"', sym='="007"'), line(id="0010", sym="007"), line(id="10")]
        assert [trade.symbol for trade in read(workspace, dialect, *lines)] == ["007", None]

    def test_conditions_read_such_numbers(self, workspace: WriteWorkspace) -> None:
        dialect = "only: {pnl: {above: 1000}}\n" + fields()
        lines = [line(pnl="1,234.50 USD"), line(pnl="- 1,234.50"), line(pnl="5")]
        assert [trade.net_pnl for trade in read(workspace, dialect, *lines)] == [Decimal("1234.5")]

    def test_pnl_may_be_in_per_cent(self, workspace: WriteWorkspace) -> None:
        text = config(fields()).replace("currency: USD", 'currency: "%"')
        root = workspace(text, {"logs/bot.jsonl": line(pnl="1.2 %") + "\n"})
        assert [trade.net_pnl for trade in trades(root)] == [Decimal("1.2")]

    def test_a_format_reads_times(self, workspace: WriteWorkspace) -> None:
        dialect = 'time_format: "%d/%m/%Y %H:%M"\n' + fields()
        (trade,) = read(workspace, dialect, line(t="05/04/2026 11:00"))
        assert trade.closed_at == at("2026-04-05T11:00:00+00:00")


class TestValues:
    def test_logged_words_are_put_into_ours(self, workspace: WriteWorkspace) -> None:
        dialect = (
            "values: {side: {1: long, -1: short}, outcome: {TP: win, SL: loss, BE: breakeven},\n"
            "         symbol: {XBT: BTC}}\n"
        )
        given = fields(side="dir", outcome="how", symbol="coin", net_pnl="none")
        found = read(
            workspace,
            dialect + given,
            line(dir=1, how="TP", coin="XBT"),
            line(dir="-1", how="SL", coin="ETH"),
            line(dir="buy", how="win", coin=None),
        )
        assert [trade.side for trade in found] == ["long", "short", "long"]
        assert [trade.outcome for trade in found] == ["win", "loss", "win"]
        assert [trade.symbol for trade in found] == ["BTC", "ETH", None]

    @pytest.mark.parametrize(
        ("word", "side"),
        [("BUY", "long"), ("buy", "long"), ("Long", "long"), ("SELL", "short"), ("short", "short")],
    )
    def test_usual_words_for_a_side_need_no_mapping(
        self, workspace: WriteWorkspace, word: str, side: str
    ) -> None:
        (trade,) = read(workspace, fields(side="side"), line(side=word))
        assert trade.side == side

    def test_an_outcome_may_mean_that_the_trade_is_open(self, workspace: WriteWorkspace) -> None:
        dialect = "values: {outcome: {RUNNING: open}}\n" + fields(outcome="how", opened_at="t")
        assert read(workspace, dialect, line(how="RUNNING")) == []

    def test_a_word_that_is_not_mapped_is_left_out_with_the_remedy(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(
            config(fields(side="dir")), {"logs/bot.jsonl": line(dir="up") + "\n" + line() + "\n"}
        )
        ((_, error),) = open_desk(root).book.left_out
        assert str(error).startswith("logs/bot.jsonl:1: dir: 'up' is not one of long, short")
        assert "map it with `values`" in error.reason
        assert [trade.side for trade in trades(root)] == [None, None]


MISTAKES = {
    "unknown word": ("feilds: {}\n", 0, "feilds", "is unknown", "use one of only, open_when"),
    "unknown field": (
        "fields:\n  closed_at: t\n  net_pln: pnl\n",
        2,
        "fields.net_pln",
        "is unknown",
        "use one of opened_at, closed_at",
    ),
    "no fields": ("closes: last\n", None, "fields", "is not a mapping", "write `name: value`"),
    "format without a date": (
        'time_format: "%H:%M"\nfields: {closed_at: t, net_pnl: p}\n',
        0,
        "time_format",
        "'%H:%M' does not say year, month and day",
        'write one such as "%d/%m/%Y %H:%M:%S"',
    ),
    "unknown decimal mark": (
        'decimal: ";"\nfields: {closed_at: t, net_pnl: p}\n',
        0,
        "decimal",
        "';' is unknown",
        'write "." or ","',
    ),
    "unknown unit of holding times": (
        "fields: {closed_at: t, net_pnl: p, hold_seconds: h}\nhold_unit: weeks\n",
        1,
        "hold_unit",
        "'weeks' is unknown",
        "write one of ms, s, min, h, d",
    ),
    "unit without a holding time": (
        "fields: {closed_at: t, net_pnl: p}\nhold_unit: min\n",
        1,
        "hold_unit",
        "has no field",
        "name one in `fields: {hold_seconds: ...}`",
    ),
    "no closing time": (
        "fields: {net_pnl: p}\n",
        0,
        "fields",
        "has no closed_at",
        "name the field",
    ),
    "no P&L": ("fields: {closed_at: t}\n", 0, "fields", "has no P&L", "name the field"),
    "number for a name": (
        "fields:\n  closed_at: t\n  net_pnl: 5\n",
        2,
        "fields.net_pnl",
        "5 is a number",
        'write "= 5" for a constant',
    ),
    "empty expression": (
        "fields:\n  closed_at: t\n  net_pnl:\n",
        2,
        "fields.net_pnl",
        "is empty",
        "name a field",
    ),
    "fields without a sign between": (
        "fields:\n  closed_at: t\n  net_pnl: (pnl fees)\n",
        2,
        "fields.net_pnl",
        "'\\(pnl fees\\)' is not an expression",
        "write `a - b`",
    ),
    "sign without a name": (
        "fields:\n  closed_at: t\n  net_pnl: pnl -\n",
        2,
        "fields.net_pnl",
        "'pnl -' is not an expression",
        "write `a - b",
    ),
    "sum of names": (
        "fields:\n  closed_at: t\n  net_pnl: pnl\n  symbol: a + b\n",
        3,
        "fields.symbol",
        "'\\+' needs numbers",
        "name one field",
    ),
    "sum of times": (
        "fields:\n  closed_at: t + u\n  net_pnl: pnl\n",
        1,
        "fields.closed_at",
        "'\\+' needs numbers",
        "name one field",
    ),
    "path with a hole": (
        "fields:\n  closed_at: a..b\n  net_pnl: pnl\n",
        1,
        "fields.closed_at",
        "'a..b' is not an expression",
        "write `a - b`",
    ),
    "constant time": (
        'fields:\n  closed_at: "= now"\n  net_pnl: pnl\n',
        1,
        "fields.closed_at",
        "'now' is not a time",
        "name the field",
    ),
    "constant that is not a number": (
        'fields:\n  closed_at: t\n  net_pnl: "= much"\n',
        2,
        "fields.net_pnl",
        "'much' is not a number",
        "write a plain decimal",
    ),
    "empty constant": (
        'fields:\n  closed_at: t\n  net_pnl: "= "\n',
        2,
        "fields.net_pnl",
        ".*",
        ".*",
    ),
    "constant outcome that is none": (
        'fields:\n  closed_at: t\n  outcome: "= maybe"\n',
        2,
        "fields.outcome",
        ".*maybe.*",
        ".*",
    ),
    "unknown way to close": (
        "closes: first\n" + fields(),
        0,
        "closes",
        "'first' is unknown",
        "write last, each or sum",
    ),
    "unknown time unit": (
        fields() + "time_unit: m\n",
        1,
        "time_unit",
        "'m' is unknown",
        "write s, ms, us or ns",
    ),
    "several time units": (
        fields() + "time_unit: [s, ms]\n",
        1,
        "time_unit",
        ".* is unknown",
        "write s, ms, us or ns",
    ),
    "only without a mapping": (
        "only: exit\n" + fields(),
        0,
        "only",
        "is not a mapping",
        "write `name: value`",
    ),
    "open_when without a mapping": (
        "open_when: [exit]\n" + fields(),
        0,
        "open_when",
        "is not a mapping",
        "write `name: value`",
    ),
    "identity that is no name": (
        "identity: [a, 5]\n" + fields(),
        0,
        "identity",
        "5 is not a field name",
        "write a name",
    ),
    "values of a number": (
        "values:\n  net_pnl: {a: b}\n" + fields(),
        1,
        "values.net_pnl",
        "is not a field that holds a name",
        "map side",
    ),
    "unknown meaning": (
        "values:\n  side:\n    UP: upwards\n" + fields(),
        2,
        "values.side.UP",
        "'upwards' is unknown",
        "write one of long, short",
    ),
}


@pytest.mark.parametrize(
    ("dialect", "after", "key", "problem", "remedy"), MISTAKES.values(), ids=MISTAKES
)
def test_a_mistake_is_told_with_file_line_key_and_remedy(
    workspace: WriteWorkspace,
    *,
    dialect: str,
    after: int | None,
    key: str,
    problem: str,
    remedy: str,
) -> None:
    """`after`: how many lines of the dialect come before the mistake; None: it is what lacks."""
    root = workspace(config(dialect))
    line_number = FIRST_LINE - 1 if after is None else FIRST_LINE + after
    place = rf"config/perfkit\.yaml:{line_number}: sources\.0\.dialect\.{key}: "
    with pytest.raises(ConfigError, match=f"^{place}{problem}; {remedy}"):
        load(root)


def test_an_unknown_built_in_dialect_is_refused_with_those_there_are(
    workspace: WriteWorkspace,
) -> None:
    root = workspace(HEAD.replace("dialect:", "dialect: nautlius"))
    with pytest.raises(
        ConfigError,
        match=r"yaml:5: sources\.0\.dialect: 'nautlius' is unknown; did you mean nautilus\?",
    ):
        load(root)


def test_the_default_dialect_reads_the_27_fields_of_a_trade_record(
    workspace: WriteWorkspace,
) -> None:
    record = {
        "timestamp": "2026-04-06T10:00:00Z",
        "symbol": "AAPL",
        "action": "BUY",
        "quantity": "10",
        "price": "100.5",
        "total_value": "1005",
        "order_id": "o-1",
        "execution_mode": "PAPER",
        "account_id": "A1",
        "strategy_name": "momentum",
        "entry_type": "MARKET",
        "stop_loss": "99.5",
        "target": "103.5",
        "decision_reasoning": "breakout",
        "indicators_used": ["RSI"],
        "risk_reward_ratio": "3",
        "outcome": "win",
        "profit_loss": "20",
        "hold_duration_seconds": 3600,
        "exit_timestamp": "2026-04-06T11:00:00Z",
        "exit_reasoning": "target",
        "slippage": "0.01",
        "commission": "0.35",
        "net_profit_loss": "19.65",
        "session_id": "s",
        "bot_version": "1",
        "config_hash": "c",
    }
    assert len(record) == 27
    root = workspace(logs={"logs/trades/2026-04-06.jsonl": json.dumps(record) + "\n"})
    (trade,) = trades(root)
    assert trade == Trade(
        source="bot",
        symbol="AAPL",
        strategy="momentum",
        side="long",
        execution_mode="PAPER",
        account="A1",
        opened_at=at("2026-04-06T10:00"),
        closed_at=at("2026-04-06T11:00"),
        outcome="win",
        net_pnl=Decimal("19.65"),
        gross_pnl=Decimal(20),
        realized_pnl=None,
        commission=Decimal("0.35"),
        slippage=Decimal("0.01"),
        quantity=Decimal(10),
        entry_price=Decimal("100.5"),
        exit_price=None,
        stop_loss=Decimal("99.5"),
        target=Decimal("103.5"),
        risk_reward=Decimal(3),
        r=Decimal("1.965"),
        turnover=Decimal(1005),
        mae=None,
        mfe=None,
        hold_seconds=Decimal(3600),
        exit_reason="target",
        line=trade.line,
    )
    assert str(trade.line) == "logs/trades/2026-04-06.jsonl:1"


@pytest.mark.parametrize(
    ("outcome", "exit_at", "is_open"),
    [
        ("open", None, True),
        ("open", "2026-04-06T11:00:00Z", True),
        (None, None, True),
        ("", "", True),
        (None, "2026-04-06T11:00:00Z", False),
        ("win", None, False),
    ],
)
def test_a_trade_record_is_open_by_its_outcome_or_for_want_of_outcome_and_exit(
    workspace: WriteWorkspace, *, outcome: str | None, exit_at: str | None, is_open: bool
) -> None:
    record = {
        "timestamp": "2026-04-06T10:00:00Z",
        "outcome": outcome,
        "exit_timestamp": exit_at,
        "profit_loss": 1,
    }
    root = workspace(logs={"logs/trades/2026-04-06.jsonl": json.dumps(record) + "\n"})
    book = open_desk(root).book
    assert (len(book.open), len(book.closed)) == ((1, 0) if is_open else (0, 1))
    if outcome == "win":
        assert trades(root)[0].closed_at == at("2026-04-06T10:00")


def test_a_condition_for_open_lines_without_a_field_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_of(tmp_path, "t.jsonl", {})
    config = tmp_path / "config/perfkit.yaml"
    config.write_text(config.read_text().replace("{state: open}", "{}"))
    assert main(["summary", "--root", str(tmp_path)]) == 3
    assert "open_when" in capsys.readouterr().err
