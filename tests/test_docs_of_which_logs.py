"""docs/which-logs.md: every example is read as the page says, and every key in it exists."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from perfkit.config import settings
from perfkit.config.built_in import DEFAULT, names
from perfkit.config.dialect import _KEYS as DIALECT_KEYS
from perfkit.config.dialect import TARGETS
from perfkit.core.errors import NoResultsError, UndecidedError
from perfkit.core.trades import Trades
from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from perfkit.desk.reading import read
from perfkit.logs.formats import foreign
from tests.config.test_built_in import BY_HAND, sample_of
from tests.conftest import WriteWorkspace
from tests.packages import install
from tests.test_docs import Block, names_in, tables_of
from tests.test_docs import iso as moment
from tests.test_extensions import packages

__all__ = ["packages"]

PAGE = (Path(__file__).parents[1] / "docs/which-logs.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    """The text below a heading, up to the next heading of any level."""
    below = re.split(rf"^#+ {re.escape(heading)}\n", PAGE, flags=re.MULTILINE)
    assert len(below) == 2, heading
    return re.split(r"^##+ ", below[1], flags=re.MULTILINE)[0]


def parts(heading: str) -> list[Block]:
    """The fenced blocks below a heading, in order."""
    found = re.finditer(r"^```(\w+)\n(.*?)^```$", section(heading), re.MULTILINE | re.DOTALL)
    return [Block(one[1], one[2], "") for one in found]


def table(heading: str) -> list[list[str]]:
    """The last table below a heading."""
    text = re.sub(r"^```.*?^```$", "", section(heading), flags=re.MULTILINE | re.DOTALL)
    return tables_of(text)[-1]


def shown(trades: Trades) -> list[list[str]]:
    """Trades as the page shows them."""
    return [
        [
            moment(trade.closed_at),
            str(trade.symbol or "–"),
            str(trade.net_pnl),
            ", ".join(map(str, trades.places(row))),
        ]
        for row in range(len(trades))
        for trade in [trades[row]]
    ]


def named_alone(rows: list[list[str]]) -> list[list[str]]:
    """Trades with the names of their files, wherever these are."""
    return [[*cells, place.rpartition("/")[2]] for *cells, place in rows]


def closed(desk: Desk) -> list[list[str]]:
    return named_alone(shown(desk.book.closed))


def test_a_log_is_read_without_a_word(tmp_path: Path) -> None:
    (data,) = parts("Nothing to write")
    (tmp_path / "trades.csv").write_text(data.text)
    assert closed(read(tmp_path / "trades.csv", quiet=True)) == table("Nothing to write")


def test_lists_of_values_are_read(workspace: WriteWorkspace) -> None:
    data, source = parts("Lists of values")
    desk = open_desk(workspace(source.text, {"trades.json": data.text}))
    assert closed(desk) == table("Lists of values")


def test_lists_of_values_without_names_are_read_by_their_numbers(workspace: WriteWorkspace) -> None:
    data, source = parts("Lists of values")
    (said,) = re.findall(r"`fields: (\{closed_at: \"#1\".*?\})`", section("Lists of values"))
    config = re.sub(r"fields: \{.*?\}", f"fields: {said}", source.text)
    rows = data.text[data.text.index('"data":') + 7 : data.text.rindex("}")]
    desk = open_desk(workspace(config, {"trades.json": rows}))
    expected = [[at, "–", *rest] for at, _, *rest in table("Lists of values")]
    assert closed(desk) == expected


def test_query_joins_tables(workspace: WriteWorkspace) -> None:
    script, source = parts("A database with several tables")
    root = workspace(source.text)
    with closing(sqlite3.connect(root / "shop.sqlite")) as database:
        database.executescript(script.text)
    trades = closed(open_desk(root))
    expected = table("A database with several tables")
    assert [[*one[:2], Decimal(one[2]), one[3]] for one in trades] == [
        [*one[:2], Decimal(one[2]), one[3]] for one in expected
    ]


class TestTools:
    def rows(self) -> list[tuple[str, set[str], str]]:
        """Of each tool its dialect, the other keys, and what the page says of it without one."""
        found = []
        for _, _, write, without in table("By tool")[:-1]:
            dialect, *more = re.findall(r"`([^`]+)`", write)
            found.append((dialect.removeprefix("dialect: "), set(more), without))
        return found

    def test_every_built_in_dialect_is_listed_with_keys_that_exist(self) -> None:
        rows = self.rows()
        assert {DEFAULT, *(name for name, *_ in rows)} == set(names())
        known = {*settings._KEYS, *settings._SOURCE_KEYS}
        assert set().union(*(keys for _, keys, _ in rows)) <= known

    @pytest.mark.parametrize("name", BY_HAND)
    def test_what_is_said_of_the_sample_without_its_dialect_holds(
        self, tmp_path: Path, name: str
    ) -> None:
        (said,) = (without for dialect, _, without in self.rows() if dialect == name)
        sample = sample_of(name, tmp_path)
        if said == "asks":
            with pytest.raises((UndecidedError, NoResultsError)):
                read(sample, quiet=True)
        elif said == "is read":
            metrics = read(sample, quiet=True).summary("all").metrics
            assert str(metrics["net_pnl"]) == BY_HAND[name].net_pnl


def test_every_key_that_may_be_needed_exists() -> None:
    known = {*settings._KEYS, *settings._SOURCE_KEYS, *DIALECT_KEYS, *TARGETS, "each"}
    for _, write in table("What needs a key"):
        for code in names_in(write):
            assert re.split(r"\W", code)[0] in known, code


def test_every_format_that_is_refused_has_a_way_out() -> None:
    kinds = " ".join(kind for kind, _ in table("What cannot be read"))
    kinds += " Excel workbook (XLSX) Excel workbook (XLS) HTML page XML document PDF document"
    for _, said, _ in foreign._KINDS:
        word = re.sub(r"^an? | file| archive|compressed by ", "", said)
        assert word in kinds, said


def test_frame_of_pandas_is_saved_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pandas = pytest.importorskip("pandas")
    (code,) = parts("A frame of pandas")
    monkeypatch.chdir(tmp_path)
    times = pandas.to_datetime(["2026-04-06T10:00:00Z", "2026-04-07T10:00:00Z"])
    frame = pandas.DataFrame({"exit_time": times, "symbol": ["ES", "NQ"], "net_pnl": [1.5, -0.1]})
    frame.to_pickle("trades.pkl")
    exec(compile(code.text, "which-logs.md", "exec"), {})
    assert closed(read("trades.csv", quiet=True)) == [
        ["2026-04-06T10:00:00Z", "ES", "1.5", "trades.csv:2"],
        ["2026-04-07T10:00:00Z", "NQ", "-0.1", "trades.csv:3"],
    ]


def test_columns_are_read_with_and_without_a_dialect(
    workspace: WriteWorkspace, tmp_path: Path
) -> None:
    data, source = parts("Columns instead of records")
    desk = open_desk(workspace(source.text, {"trades.json": data.text}))
    assert closed(desk) == table("Columns instead of records")
    (tmp_path / "trades.json").write_text(data.text)
    inferred = read(str(tmp_path / "trades.json"), quiet=True)
    assert [row[:3] for row in closed(inferred)] == [
        row[:3] for row in table("Columns instead of records")
    ]


def test_text_log_is_read_by_its_reader(workspace: WriteWorkspace, packages: Path) -> None:
    log, code, source = parts("A text log")
    install(packages, "bot", {"bot_logs.py": code.text}, readers={"bot-log": "bot_logs:read"})
    desk = open_desk(workspace(source.text, {"bot.log": log.text}))
    assert closed(desk) == table("A text log")
    assert [f"`{error}`" in section("A text log") for error in desk.book.errors] == [True]


def test_worked_reader_reads_the_statement_as_shown(
    workspace: WriteWorkspace, packages: Path
) -> None:
    statement, project, code, dialect, source, said = parts("A reader of your own")
    brought = tomllib.loads(project.text)["project"]
    points = brought["entry-points"]
    install(
        packages,
        brought["name"],
        {"broker_logs/__init__.py": code.text, "broker_logs/broker.yaml": dialect.text},
        brought["version"],
        readers=points["perfkit.readers"],
        dialects=points["perfkit.dialects"],
    )
    desk = open_desk(workspace(source.text, {"logs/statement.xml": statement.text}))
    assert shown(desk.book.closed) == table("A reader of your own")
    assert [str(error) for error in desk.book.errors] == said.text.splitlines()[2:]
