"""Trades as a table, CSV, JSON and Parquet, with all their digits."""

import csv
import io
import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import perfkit
from perfkit import Desk
from perfkit.core.errors import MissingExtraError, UsageError
from perfkit.core.trade import Trade
from perfkit.desk.exports import FIELDS, csv_of, harmless, json_of, parquet_of, table_of
from tests.conftest import BOT, WriteWorkspace


def line(order: str, pnl: str | None, closed: str | None = "10:30:00.25", **more: object) -> str:
    record = {"order_id": order, "timestamp": "2026-04-07T09:00:00Z", **more}
    if closed is not None:
        record["exit_timestamp"] = f"2026-04-07T{closed}Z"
    else:
        record["outcome"] = "open"
    return json.dumps({**record, "net_profit_loss": pnl}) + "\n"


def desk_with(root: Path, text: str) -> Desk:
    (root / "config").mkdir()
    (root / "config/perfkit.yaml").write_text(BOT)
    (root / "logs/trades").mkdir(parents=True)
    (root / "logs/trades/2026-04-07.jsonl").write_text(text)
    return perfkit.open(root)


@pytest.fixture
def desk(workspace: WriteWorkspace) -> Desk:
    text = line("A", "1.50", symbol="BTC", action="BUY", price="100.10", quantity="0.20")
    text += line("B", "-0.125", closed="11:00:00", symbol="ETH", commission="1E+2")
    text += line("C", None, closed="12:00:00", outcome="loss")
    return perfkit.open(workspace(logs={"logs/trades/2026-04-07.jsonl": text}))


class TestCsv:
    def test_it_has_every_field_with_all_digits_and_no_more(self, desk: Desk) -> None:
        header, first, second, third = csv_of(desk.all_closed(), "USD").splitlines()
        assert header.split(",") == [*Trade._fields, "currency"]
        assert first == (
            "bot,BTC,,long,,,2026-04-07T09:00:00Z,2026-04-07T10:30:00.250000Z,win,1.5,,,,,0.2,100.1,"
            ",,,,,20.02,,,5400.25,,logs/trades/2026-04-07.jsonl:1,USD"
        )
        assert second.split(",")[8:13] == ["loss", "-0.125", "", "", "100"]
        assert third.split(",")[8:10] == ["loss", ""]

    def test_nothing_is_a_header(self, desk: Desk) -> None:
        assert csv_of(desk.all_closed().take([]), "USD") == ",".join(FIELDS) + "\n"

    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("=1+1", "'=1+1"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+SUM(A1)", "'+SUM(A1)"),
            ("-2+3", "'-2+3"),
            (" =1", "' =1"),
            ("\t=1", "'\t=1"),
            ("\ttext", "'\ttext"),
            ("\uff1d1+1", "'\uff1d1+1"),
            ("-", "'-"),
            ("-5", "-5"),
            ("+1,234.5", "+1,234.5"),
            ("-1e-7", "-1e-7"),
            ("a=b", "a=b"),
            ("BTC-USD", "BTC-USD"),
            ("'=1", "'=1"),
            ("", ""),
        ],
    )
    def test_text_that_a_spreadsheet_would_run(self, text: str, written: str) -> None:
        assert harmless(text) == written

    def test_negative_numbers_stay_numbers_and_formulas_do_not_run(
        self, workspace: WriteWorkspace
    ) -> None:
        text = line("A", "-3.5", symbol="=HYPERLINK()", strategy_name="-2", account_id="+x")
        desk = perfkit.open(workspace(logs={"logs/trades/2026-04-07.jsonl": text}))
        (row,) = csv.DictReader(io.StringIO(csv_of(desk.all_closed(), "USD")))
        assert row["net_pnl"] == "-3.5"
        assert (row["symbol"], row["strategy"], row["account"]) == ("'=HYPERLINK()", "-2", "'+x")

    @given(
        texts=st.lists(
            st.text(st.characters(exclude_characters="\x00"), min_size=1, max_size=12), max_size=4
        )
    )
    @example(texts=['a,"b"\r\nc', " x ", "=1", "\x1f=1", "\xa0@x", "\ud800"])
    def test_every_text_comes_back_and_none_runs(self, texts: list[str]) -> None:
        lines = "".join(line(str(n), "1", symbol=text) for n, text in enumerate(texts))
        with TemporaryDirectory() as folder:
            closed = desk_with(Path(folder), lines or line("0", "1")).all_closed()
            written = csv_of(closed, "USD")
        rows = list(csv.DictReader(io.StringIO(written, newline="")))
        assert len(rows) == len(closed)
        for row, symbol in zip(rows, closed.symbol, strict=True):
            known = (symbol or "").encode("utf-8", "backslashreplace").decode()
            assert row["symbol"] in (known, f"'{known}")
            runs = row["symbol"].strip()[:1] in tuple("=+-@")
            assert not runs or re.fullmatch(r"[+-][0-9][0-9.,]*", row["symbol"])


class TestJson:
    def test_numbers_are_texts_and_what_nobody_knows_is_null(self, desk: Desk) -> None:
        first, second, third = json.loads(json_of(desk.all_closed(), "USD"))
        assert list(first) == list(FIELDS)
        assert (first["net_pnl"], second["commission"], third["net_pnl"]) == ("1.5", "100", None)
        assert first["hold_seconds"] == "5400.25"
        assert second["line"] == "logs/trades/2026-04-07.jsonl:2"
        assert json.loads(json_of(desk.all_closed().take([]), "USD")) == []

    def test_trade_is_written_the_same_whichever_others_there_are(self, desk: Desk) -> None:
        closed = desk.all_closed()
        alone = [json.loads(json_of(closed.take([row]), "USD"))[0] for row in range(len(closed))]
        assert json.loads(json_of(closed, "USD")) == alone

    @given(st.lists(st.decimals(-(10**9), 10**9, places=9), min_size=1, max_size=5))
    def test_every_digit_comes_back(self, amounts: list[Decimal]) -> None:
        lines = "".join(
            line(str(n), f"{amount:f}", closed=f"10:{n:02d}:00") for n, amount in enumerate(amounts)
        )
        with TemporaryDirectory() as folder:
            closed = desk_with(Path(folder), lines).all_closed()
            written = [one["net_pnl"] for one in json.loads(json_of(closed, "USD"))]
        assert list(map(Decimal, written)) == amounts
        assert not [one for one in written if "." in one and one.endswith("0")]


class TestTable:
    def test_it_has_a_line_per_trade_and_their_exact_sum(self, desk: Desk) -> None:
        header, first, *_, last = table_of(desk.all_closed(), "USD", "UTC").splitlines()
        assert header.split()[:5] == ["opened", "closed", "symbol", "side", "strategy"]
        assert first.split()[-5:] == ["0.2", "100.1", "–", "1.5", "logs/trades/2026-04-07.jsonl:1"]
        assert last == "3 closed trades, net P&L 1.375 USD (not logged for 1)"

    def test_times_are_those_of_the_zone(self, desk: Desk) -> None:
        assert "2026-04-07 12:30:00 CEST" in table_of(desk.all_closed(), "USD", "Europe/Berlin")

    def test_open_trades_have_no_close(self, workspace: WriteWorkspace) -> None:
        text = line("O", "7.5", closed=None, symbol="ETH\x1b[31m")
        desk = perfkit.open(workspace(logs={"logs/trades/2026-04-07.jsonl": text}))
        shown = table_of(desk.book.open, "USD", "UTC", is_open=True)
        assert "closed" not in shown
        assert "\x1b" not in shown
        assert shown.endswith("1 open trade, net P&L 7.5 USD\n")

    def test_what_is_realized_of_open_trades_has_a_column(self, workspace: WriteWorkspace) -> None:
        config = (
            "sources:\n  - name: bot\n    path: logs/bot.jsonl\n    currency: USD\n    dialect:\n"
            "      open_when: {state: open}\n"
            "      fields: {opened_at: at, closed_at: end, net_pnl: pnl, realized_pnl: part}\n"
        )
        record = {"at": "2026-04-07T09:00:00Z", "state": "open", "pnl": "7.5", "part": "2.50"}
        desk = perfkit.open(workspace(config, {"logs/bot.jsonl": json.dumps(record) + "\n"}))
        header, row, *_ = table_of(desk.book.open, "USD", "UTC", is_open=True).splitlines()
        assert header.split()[-6:] == ["net", "P&L", "realized", "P&L", "log", "line"]
        assert row.split()[-3:] == ["7.5", "2.5", "logs/bot.jsonl:1"]
        assert "realized" not in table_of(desk.book.open.take([]), "USD", "UTC", is_open=True)

    def test_nothing_says_so(self, desk: Desk) -> None:
        none = desk.all_closed().take([])
        assert table_of(none, "USD", "UTC") == "No closed trades in window.\n"
        lost = desk.all_closed().take([2])
        assert table_of(lost, "USD", "UTC").endswith("1 closed trade, net P&L not logged\n")


class TestParquet:
    def test_it_has_the_values_of_the_frame(self, desk: Desk) -> None:
        parquet = pytest.importorskip("pyarrow.parquet")
        table = parquet.read_table(io.BytesIO(parquet_of(desk.all_closed(), "USD")))
        assert table.column_names == list(FIELDS)
        assert table["net_pnl"].to_pylist() == [Decimal("1.500"), Decimal("-0.125"), None]
        frame = desk.trades()
        for name in ("symbol", "side", "quantity", "commission", "hold_seconds", "line"):
            assert table[name].to_pylist() == frame[name].tolist()
        assert table["closed_at"].to_pylist() == [one.to_pydatetime() for one in frame["closed_at"]]
        assert set(table["currency"].to_pylist()) == {"USD"}

    def test_number_of_forty_digits_is_whole(self, workspace: WriteWorkspace) -> None:
        parquet = pytest.importorskip("pyarrow.parquet")
        digits = "1234567890123456789012345678.901234567891"
        text = line("A", digits)
        desk = perfkit.open(workspace(logs={"logs/trades/2026-04-07.jsonl": text}))
        table = parquet.read_table(io.BytesIO(parquet_of(desk.all_closed(), "USD")))
        assert table["net_pnl"].to_pylist() == [Decimal(digits)]

    def test_numbers_of_too_many_digits_are_one_sentence(self, workspace: WriteWorkspace) -> None:
        pytest.importorskip("pyarrow")
        text = line("A", "9" * 40) + line("B", f"0.{'0' * 38}1")
        desk = perfkit.open(workspace(logs={"logs/trades/2026-04-07.jsonl": text}))
        with pytest.raises(UsageError, match="net_pnl has numbers that take"):
            parquet_of(desk.all_closed(), "USD")

    def test_without_pyarrow_it_names_the_extra(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(
            MissingExtraError,
            match=r"pip install 'PERFKIT\[parquet\]'` installs what Parquet needs",
        ):
            parquet_of(desk.all_closed(), "USD")


class TestDimensions:
    """Columns after those of every trade, one for each dimension that a source declares."""

    CONFIG = """\
sources:
  - name: bot
    path: logs/trades
    currency: USD
    dialect:
      identity: order_id
      fields: {closed_at: exit_timestamp, net_pnl: net_profit_loss}
      dimensions: {version: bot_version, tag: tags, quiet: nothing}
"""

    @pytest.fixture
    def desk(self, workspace: WriteWorkspace) -> Desk:
        text = line("A", "1", bot_version="1.4", tags=["scalp", "a|b"])
        text += line("B", "2", bot_version="=1+1", tags=[]) + line("C", "3", tags=["one"])
        return perfkit.open(workspace(self.CONFIG, {"logs/trades/2026-04-07.jsonl": text}))

    def test_csv(self, desk: Desk) -> None:
        names = desk.config.dimensions
        rows = list(csv.DictReader(io.StringIO(csv_of(desk.all_closed(), "USD", names))))
        assert list(rows[0]) == [*FIELDS, "version", "tag", "quiet"]
        assert [row["version"] for row in rows] == ["1.4", "'=1+1", ""]
        assert [row["tag"] for row in rows] == ['scalp|"a|b"', "", "one"]

    def test_json_has_a_list_of_several(self, desk: Desk) -> None:
        rows = json.loads(json_of(desk.all_closed(), "USD", desk.config.dimensions))
        assert [row["version"] for row in rows] == ["1.4", "=1+1", None]
        assert [row["tag"] for row in rows] == [["scalp", "a|b"], None, "one"]
        assert {row["quiet"] for row in rows} == {None}

    def test_table_leaves_out_a_dimension_that_no_trade_has(self, desk: Desk) -> None:
        header, first, *_ = table_of(
            desk.all_closed(), "USD", "UTC", desk.config.dimensions
        ).splitlines()
        assert "version" in header
        assert "quiet" not in header
        assert 'scalp|"a|b"' in first

    def test_parquet(self, desk: Desk) -> None:
        parquet = pytest.importorskip("pyarrow.parquet")
        content = parquet_of(desk.all_closed(), "USD", desk.config.dimensions)
        table = parquet.read_table(io.BytesIO(content))
        assert table.column_names == [*FIELDS, "version", "tag", "quiet"]
        assert table["tag"].to_pylist() == ['scalp|"a|b"', None, "one"]
        assert table["version"].to_pylist() == ["1.4", "=1+1", None]
