"""The library as an analyst uses it from a notebook: `perfkit.open()` and what hangs off it."""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from decimal import Decimal
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config as TraitConfig

import perfkit
from perfkit import Desk, PerfkitError
from perfkit.book.store.day_sheet import DIMENSIONS
from perfkit.charts.desk import ChartDesk
from perfkit.core.errors import (
    ConfigError,
    LogReadError,
    MixedCurrencyError,
    NoTradesError,
    UsageError,
    WorkspaceNotFoundError,
)
from perfkit.core.filters.plain import ORDERED_FIELDS
from perfkit.core.trade import FILTER_FIELDS
from perfkit.summary.filters import as_where, condition_texts, parse_where, where_text
from tests.conftest import WriteWorkspace


def trade(order: str, closed_at: str | None, pnl: str, **more: str) -> str:
    """A line of a `trade_record` log, of an open trade where it has no closing time."""
    times = {"timestamp": "2026-04-06T12:00:00Z", "exit_timestamp": closed_at and f"{closed_at}Z"}
    outcome = {} if closed_at else {"outcome": "open"}
    return (
        json.dumps({"order_id": order, **times, "net_profit_loss": pnl, **outcome, **more}) + "\n"
    )


LOGS = {
    "logs/trades/2026-04-06.jsonl": trade("O1", None, "7.5", symbol="ETH"),
    "logs/trades/2026-04-07.jsonl": trade("A1", "2026-04-07T00:00:00", "0.1", symbol="BTC")
    + trade("A2", "2026-04-07T23:59:59.999999", "0.2", symbol="ETH"),
    "logs/trades/2026-04-08.jsonl": trade("B1", "2026-04-08T00:00:00", "-2", symbol="BTC"),
}
TWO_SOURCES = """\
sources:
  - {name: scalper, path: logs/scalper.jsonl, currency: USD}
  - {name: swing, path: logs/swing.jsonl, currency: EUR}
"""
SOURCE_LOGS = {
    "logs/scalper.jsonl": trade("S1", "2026-04-07T10:00:00", "1"),
    "logs/swing.jsonl": trade("W1", "2026-04-08T10:00:00", "5"),
}


def log_one_more(desk: Desk) -> None:
    with (desk.config.root / "logs/trades/2026-04-08.jsonl").open("a") as log:
        log.write(trade("B2", "2026-04-08T01:00:00", "1"))


@pytest.fixture
def desk(workspace: WriteWorkspace) -> Desk:
    return perfkit.open(workspace(logs=LOGS))


class TestOpen:
    def test_workspace_is_the_nearest_folder_upwards(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = workspace(logs=LOGS)
        (root / "notebooks/mine").mkdir(parents=True)
        monkeypatch.chdir(root / "notebooks/mine")
        assert perfkit.open().config.root == root

    def test_root_given_beats_the_environment_which_beats_the_folder(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = workspace(logs=LOGS)
        monkeypatch.chdir(root)
        monkeypatch.setenv("PERFKIT_ROOT", str(root / "elsewhere"))
        with pytest.raises(ConfigError):
            perfkit.open()
        assert perfkit.open(root).config.root == root
        assert perfkit.open(str(root)).config.root == root
        monkeypatch.setenv("PERFKIT_ROOT", ".")
        assert perfkit.open("").config.root == root

    def test_folder_outside_of_any_workspace_is_an_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(WorkspaceNotFoundError, match="perfkit init DIR"):
            perfkit.open()

    def test_currencies_are_only_refused_where_they_would_be_mixed(
        self, workspace: WriteWorkspace
    ) -> None:
        desk = perfkit.open(workspace(TWO_SOURCES, SOURCE_LOGS))
        with pytest.raises(MixedCurrencyError, match="--source"):
            desk.summary("all")
        assert desk.summary("all", where={"source": "swing"}).currency == "EUR"
        assert desk.summary("all", where="source=scalper").currency == "USD"

    def test_source_limits_the_desk_to_one_bot(self, workspace: WriteWorkspace) -> None:
        desk = perfkit.open(workspace(TWO_SOURCES, SOURCE_LOGS), source="swing")
        assert desk.summary().metrics["net_pnl"] == 5
        assert list(desk.trades()["source"]) == ["swing"]

    def test_unknown_source_is_an_error_that_names_those_there_are(
        self, workspace: WriteWorkspace
    ) -> None:
        desk = perfkit.open(workspace(TWO_SOURCES, SOURCE_LOGS), source="nobody")
        with pytest.raises(UsageError, match="scalper, swing"):
            desk.summary()

    def test_each_call_sees_the_logs_as_they_are_then(self, desk: Desk) -> None:
        assert desk.summary("all").metrics["closed_trades"] == 3
        assert desk.book is desk.book
        log_one_more(desk)
        assert desk.summary("all").metrics["closed_trades"] == 4
        assert len(desk.trades()) == 4

    def test_logs_that_are_gone_are_an_error_and_not_what_they_were(self, desk: Desk) -> None:
        desk.summary("all")
        (desk.config.root / "logs/trades").rename(desk.config.root / "logs/moved")
        with pytest.raises(LogReadError, match="no such file or folder"):
            desk.summary("all")

    def test_desk_that_is_not_live_keeps_to_what_it_read_until_refreshed(
        self, workspace: WriteWorkspace
    ) -> None:
        desk = perfkit.open(workspace(logs=LOGS), live=False)
        assert desk.summary("all").metrics["closed_trades"] == 3
        log_one_more(desk)
        assert desk.summary("all").metrics["closed_trades"] == 3
        assert desk.refresh().summary("all").metrics["closed_trades"] == 4

    def test_progress_is_told_of_every_file(self, workspace: WriteWorkspace) -> None:
        told: list[tuple[int, int]] = []
        perfkit.open(workspace(logs=LOGS), progress=lambda *done: told.append(done)).summary()
        assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]

    def test_package_offers_what_it_says(self) -> None:
        assert set(perfkit.__all__) <= set(dir(perfkit))
        assert perfkit.PerfkitError is PerfkitError
        errors = [getattr(perfkit, name) for name in perfkit.__all__ if name.endswith("Error")]
        assert all(issubclass(error, PerfkitError) for error in errors)
        with pytest.raises(AttributeError, match="no attribute 'close'"):
            _ = perfkit.close


class TestWindows:
    def test_date_may_be_a_text_a_date_or_left_out(self, desk: Desk) -> None:
        day = desk.window("weekly", date(2026, 4, 8))
        assert desk.window("weekly", "2026-04-08") == day
        assert desk.window("weekly") == desk.window("weekly", "") == day
        assert day.label == "2026-W15"

    def test_start_and_end_are_both_inclusive(self, desk: Desk) -> None:
        window = desk.window(start="2026-04-06", end=date(2026, 4, 7))
        assert (window.kind, window.label) == ("range", "2026-04-06..2026-04-07")
        summary = desk.summary(start="2026-04-06", end="2026-04-07")
        assert summary.metrics["net_pnl"] == Decimal("0.3")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ({"date": "2026-04-06", "start": "2026-04-06", "end": "2026-04-06"}, "either a date"),
            (
                {"window": "weekly", "start": "2026-04-06", "end": "2026-04-06"},
                "either the window weekly or start and end",
            ),
            ({"start": "2026-04-07", "end": "2026-04-06"}, "ends .* before it starts"),
            ({"date": "6 April"}, "write YYYY-MM-DD"),
            ({"date": date(1, 1, 1)}, "from 1970 to 8999"),
            ({"window": "hourly"}, "use one of daily, weekly"),
            ({"window": "weekli"}, "did you mean weekly?"),
            ({"window": ["daily"]}, "use one of daily, weekly"),
            ({"window": "2026-04-06"}, "is a date and not a window; write date='2026-04-06'"),
            ({"window": date(2026, 4, 6)}, "is a date and not a window; write date='2026-04-06'"),
            ({"date": 20260406}, "20260406 is not a date; write one as text, YYYY-MM-DD"),
            ({"where": 5}, "where=5 is not a filter"),
        ],
    )
    def test_window_that_makes_no_sense_is_a_usage_error(
        self, desk: Desk, arguments: dict[str, str], said: str
    ) -> None:
        with pytest.raises(UsageError, match=said):
            desk.window(**arguments)

    def test_logs_without_a_line_have_no_newest_day(self, workspace: WriteWorkspace) -> None:
        desk = perfkit.open(workspace())
        with pytest.raises(NoTradesError, match="--date"):
            desk.summary()
        assert desk.summary(date="2026-04-08").metrics["closed_trades"] == 0

    def test_newest_day_is_that_of_the_source_filtered_for(self, workspace: WriteWorkspace) -> None:
        desk = perfkit.open(workspace(TWO_SOURCES, SOURCE_LOGS))
        assert desk.window(where={"source": "scalper"}).label == "2026-04-07"
        assert desk.window(where={"source": "swing"}).label == "2026-04-08"


FIELDS = (*FILTER_FIELDS, "bot_version", *ORDERED_FIELDS)


class TestFilters:
    @pytest.mark.parametrize(
        ("spelling", "filter_"),
        [
            (None, {}),
            ("", {}),
            ("  ", {}),
            ({}, {}),
            ("symbol=BTC", {"symbol": "BTC"}),
            ("symbol=BTC, side=long", {"symbol": "BTC", "side": "long"}),
            ("symbol=BTC,side=long", {"symbol": "BTC", "side": "long"}),
            ("strategy=a, b", {"strategy": "a, b"}),
            ("strategy=a=b", {"strategy": "a=b"}),
            ('{"strategy": "a, side=b"}', {"strategy": "a, side=b"}),
            ({"symbol": "BTC"}, {"symbol": "BTC"}),
            ({"account": 1001}, {"account": "1001"}),
            ({"symbol": ["ETH", "BTC", "ETH"]}, {"symbol": "BTC|ETH"}),
            ("symbol=ETH | BTC", {"symbol": "BTC|ETH"}),
            ({"symbol": ["BTC"]}, {"symbol": "BTC"}),
            ({"strategy": ["a|b"]}, {"strategy": '"a|b"'}),
            ({"strategy": {">1", "a"}}, {"strategy": '">1"|a'}),
            ('strategy="a|b"|c', {"strategy": '"a|b"|c'}),
            ("symbol!=BTC, symbol!=ETH", {"symbol": "!=BTC|ETH"}),
            ("symbol=", {"symbol": ""}),
            ("symbol!=", {"symbol": "!="}),
            ("net_pnl > 0.50, net_pnl<=1e2", {"net_pnl": "<=100 and >0.5"}),
            ({"net_pnl": ">0 and <100"}, {"net_pnl": "<100 and >0"}),
            ({"net_pnl": Decimal("1.50")}, {"net_pnl": "1.5"}),
            ({"quantity": [1, 2]}, {"quantity": "1|2"}),
            ({"closed_at": date(2026, 4, 8)}, {"closed_at": "2026-04-08"}),
            ("closed_at>=2026-04-08T09:30Z", {"closed_at": ">=2026-04-08T09:30:00+00:00"}),
            ('{"symbol": ["BTC", "ETH"]}', {"symbol": "BTC|ETH"}),
            ("bot_version=1.4", {"bot_version": "1.4"}),
        ],
    )
    def test_spelling(self, spelling: Mapping[str, str] | str | None, filter_: object) -> None:
        assert as_where(spelling) == filter_

    @pytest.mark.parametrize(
        ("spelling", "said"),
        [
            ("colour=red", "filter by one of"),
            ({"colour": "red"}, "filter by one of"),
            ({"symbl": "BTC"}, "did you mean symbol"),
            ("bot_versoin=1.4", "did you mean bot_version"),
            ({"symbol": []}, "an empty list, which no trade meets"),
            ("symbol>BTC", "symbol is a text, which is not compared"),
            ({"symbol": ">BTC"}, "symbol is a text, which is not compared"),
            ("symbol=>BTC", "two signs; write symbol>BTC"),
            ("symbol=BTC|", "nothing before or after"),
            ("symbol=BTC||ETH", "nothing before or after"),
            ('symbol="BTC', "a value in quotes has to end with one"),
            ("net_pnl>lots", "'lots' is not a number; write one such as net_pnl>0"),
            ("net_pnl>", "write a number after >"),
            ("net_pnl>1|2", "> takes one value"),
            ({"net_pnl": 1.5}, "net_pnl=1.5 is not text"),
            ("closed_at<yesterday", "'yesterday' is not a date or a time"),
            ("closed_at<2026-02-30", "'2026-02-30' is not a date or a time"),
            ({"symbol": None}, "symbol=None is not text"),
            ({"account": True}, "account=True is not text"),
            ({"account": 1.5}, "account=1.5 is not text"),
            (["symbol=BTC"], "is not a filter; write where="),
            ("symbol", "write field=value"),
            ("symbol=BTC, symbol=ETH", "given twice; .* write symbol=BTC|ETH for one of several"),
            ('{"symbol": 1}', "not a JSON object of texts"),
            ('{"symbol"', "not a JSON object of texts"),
        ],
    )
    def test_filter_that_makes_no_sense_is_a_usage_error(
        self, spelling: Mapping[str, str] | str, said: str
    ) -> None:
        with pytest.raises(UsageError, match=said):
            as_where(spelling, FIELDS)

    @given(
        where=st.dictionaries(
            st.sampled_from(FILTER_FIELDS),
            st.one_of(
                st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
                st.lists(
                    st.sampled_from([",", " ", "=", "side=", ", side=", '"', "{", "}", "a", "\n"]),
                    max_size=5,
                ).map("".join),
            ),
        )
    )
    @example(where={"strategy": "a, symbol=b"})
    @example(where={"strategy": "a "})
    @example(where={"strategy": "a,", "symbol": "b"})
    def test_filter_written_as_text_is_read_as_the_same_filter(self, where: dict[str, str]) -> None:
        found = as_where({name: [value] for name, value in where.items()})
        assert as_where(where_text(found)) == found
        assert as_where(found) == found
        assert parse_where(condition_texts(found)) == found

    def test_every_spelling_selects_the_same_trades(self, desk: Desk) -> None:
        mapping = desk.summary("all", where={"symbol": "BTC"})
        assert desk.summary("all", where="symbol=BTC") == mapping
        assert mapping.metrics["net_pnl"] == Decimal("-1.9")
        assert mapping.where == {"symbol": "BTC"}


class TestSummary:
    def test_it_shows_as_a_table_in_jupyter_and_in_markdown(self, desk: Desk) -> None:
        summary = desk.summary("weekly")
        bundle = summary._repr_mimebundle_()
        assert bundle["text/plain"] == f"{summary}Data up to Wednesday, 2026-04-08.\n"
        assert "<td>-1.70 USD</td>" in bundle["text/html"]
        assert bundle["text/html"] == summary._repr_html_()
        assert "| Net P&L | -1.70 USD |" in bundle["text/markdown"]

    def test_same_question_has_the_same_digest_and_another_has_another(self, desk: Desk) -> None:
        digest = desk.summary("weekly").data.digest
        assert desk.refresh().summary("weekly", "2026-04-06").data.digest == digest
        others = [
            desk.summary("monthly"),
            desk.summary("weekly", "2026-03-30"),
            desk.summary("weekly", where="symbol=BTC"),
        ]
        assert digest not in [other.data.digest for other in others]

    @pytest.mark.parametrize("name", ["glance", "figures", "targets", "quality"])
    def test_text_shows_as_markdown_and_bears_the_digest_of_its_summary(
        self, desk: Desk, name: str
    ) -> None:
        text = getattr(desk, name)("weekly")
        shown, told = text._repr_mimebundle_()
        note = "Data up to Wednesday, 2026-04-08."
        assert shown["text/markdown"] == f"{text}\n*{note}*\n"
        assert shown["text/plain"] == f"{text}{note}\n"
        assert note in shown["text/html"]
        assert shown["text/html"] == text._repr_html_()
        assert told == {"perfkit_digest": desk.summary("weekly").data.digest}
        assert str(text).endswith("\n")

    @pytest.mark.parametrize("dimension", DIMENSIONS)
    def test_breakdown_has_a_line_for_each_part(self, desk: Desk, dimension: str) -> None:
        parts = desk.summary("weekly").breakdowns[dimension]
        assert len(str(desk.breakdown(dimension, "weekly")).splitlines()) == len(parts) + 2

    def test_breakdown_by_what_there_is_none_is_a_usage_error(self, desk: Desk) -> None:
        with pytest.raises(UsageError, match="strategy, symbol"):
            desk.breakdown("colour", "weekly")
        with pytest.raises(UsageError, match="did you mean symbol"):
            desk.breakdown("symbols", "weekly")

    def test_breakdown_of_nothing_says_so(self, desk: Desk) -> None:
        assert str(desk.breakdown("weekday", "daily", "2026-04-06")) == "No trades in window.\n"


def test_charts_are_figures_that_can_be_saved(desk: Desk, tmp_path: Path) -> None:
    chart = desk.chart.equity("weekly", where="symbol=BTC")
    chart.savefig(tmp_path / "equity.svg")
    assert (tmp_path / "equity.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert desk.chart is desk.chart


@pytest.mark.parametrize("name", [name for name in vars(ChartDesk) if name[0] != "_"])
def test_every_chart_shows_its_arguments_its_name_and_what_it_is(desk: Desk, name: str) -> None:
    chart = getattr(desk.chart, name)
    like: Callable[..., object] = desk.summary
    if name in ("comparison", "monte_carlo"):
        like = desk.compare if name == "comparison" else desk.monte_carlo
    assert signature(chart).parameters == signature(like).parameters
    assert chart.__name__ == name
    assert chart.__doc__.strip()


def test_explanation_is_of_the_trades_of_the_window(desk: Desk) -> None:
    explanation = desk.explain("net_pnl", "daily", "2026-04-07")
    assert explanation.value == Decimal("0.3")
    assert explanation.lines == [f"logs/trades/2026-04-07.jsonl:{line}" for line in (1, 2)]
    shown = explanation._repr_mimebundle_()
    assert shown["text/plain"] == f"{explanation}Data up to Wednesday, 2026-04-08.\n"
    assert "| 2026-04-07 00:00:00 UTC | BTC | win | 0.1 |" in shown["text/markdown"]
    assert shown["text/html"] == explanation._repr_html_()
    assert "<td>logs/trades/2026-04-07.jsonl:1</td>" in shown["text/html"]


@pytest.fixture(scope="module")
def shell() -> Any:
    settings = TraitConfig()
    settings.HistoryManager.enabled = False
    return InteractiveShell(config=settings)  # type: ignore[no-untyped-call]


class TestNotebook:
    """What IPython makes of a desk and of its results."""

    @pytest.mark.parametrize(
        "asked",
        [
            "desk",
            "desk.summary('weekly')",
            "desk.explain('net_pnl', 'weekly')",
            "desk.changes('weekly')",
            "desk.breakdown('symbol', 'weekly')",
            "desk.glance('weekly')",
            "desk.summary_of(desk.trades())",
        ],
    )
    def test_result_has_html_markdown_and_text_and_says_how_far_the_data_goes(
        self, shell: Any, desk: Desk, asked: str
    ) -> None:
        result = eval(asked, {"desk": desk})
        shown, _ = shell.display_formatter.format(result)
        assert shown.keys() == {"text/html", "text/markdown", "text/plain"}
        assert all("Data up to Wednesday, 2026-04-08." in one for one in shown.values())
        colours = re.findall(r"[{;](?:color|background)[^;}]*", shown["text/html"])
        assert {one.partition(":")[2] for one in colours} == {"inherit", "transparent"}

    @pytest.mark.parametrize(
        "asked",
        [
            "desk.summary('weekly')",
            "desk.explain('net_pnl', 'weekly')",
            "desk.changes('weekly')",
            "desk.breakdown('symbol', 'weekly')",
            "desk.glance('weekly')",
        ],
    )
    def test_in_a_report_it_is_the_markdown_of_its_window_alone(
        self, shell: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch, asked: str
    ) -> None:
        monkeypatch.setenv("PERFKIT_SNAPSHOT", "anything")
        shown, _ = shell.display_formatter.format(eval(asked, {"desk": desk}))
        assert shown.keys() == {"text/plain", "text/markdown"}
        assert not [one for one in shown.values() if "Data up to" in one]

    def test_breakdown_says_which_days_it_is_of(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = desk.breakdown("symbol", where="symbol!=nothing")
        title = f"**{desk.window().first_day:%A}, {desk.window().label}** where symbol"
        shown, _ = found._repr_mimebundle_()
        assert shown["text/markdown"].startswith(title)
        assert str(desk.window().label) in shown["text/html"]
        monkeypatch.setenv("PERFKIT_SNAPSHOT", "anything")
        shown, _ = found._repr_mimebundle_()
        assert shown["text/markdown"] == found.markdown

    def test_cell_that_runs_again_shows_new_trades(self, shell: Any, desk: Desk) -> None:
        shell.user_ns["desk"] = desk
        cell = "desk.summary('all')"
        assert shell.run_cell(cell).result.metrics["closed_trades"] == 3
        log_one_more(desk)
        assert shell.run_cell(cell).result.metrics["closed_trades"] == 4

    @pytest.mark.parametrize(
        ("cell", "shown"),
        [
            (
                "x = 1\ndesk.summary('weekli')",
                "line 2: desk.summary('weekli')\nWindowError: window 'weekli' is unknown; did you",
            ),
            (
                "desk.chart.equity(where={'symbl': 'A'})",
                "line 1: desk.chart.equity(where={'symbl': 'A'})\nUsageError: where symbl: did",
            ),
            (
                "import perfkit\nperfkit.read('/')",
                "line 2: perfkit.read('/')\nUsageError: / is a folder; name the files in it",
            ),
            (
                "import perfkit\nperfkit.read('nowhere.csv')",
                "line 2: perfkit.read('nowhere.csv')\nLogReadError: nowhere.csv: ",
            ),
            ("desk.summary_of(5)", "line 1: desk.summary_of(5)\nUsageError: this needs a frame"),
            ("desk.rule('x')", "line 1: desk.rule('x')\nConfigError: config/alerts.yaml: is"),
        ],
    )
    def test_wrong_argument_is_the_line_and_one_sentence(
        self,
        shell: Any,
        desk: Desk,
        capsys: pytest.CaptureFixture[str],
        cell: str,
        shown: str,
    ) -> None:
        shell.user_ns["desk"] = desk
        assert not shell.run_cell(cell).success
        printed = re.sub(r"\x1b\[[0-9;]*m", "", "".join(capsys.readouterr()))
        assert printed.startswith(shown)
        assert printed.count("\n") == 2

    @pytest.mark.parametrize(
        "asked",
        [
            "desk",
            "desk.chart",
            "desk.summary('weekly')",
            "desk.explain('net_pnl')",
            "desk.breakdown('symbol')",
            "desk.changes('weekly')",
        ],
    )
    def test_tab_completion_offers_public_names_only(self, desk: Desk, asked: str) -> None:
        names = dir(eval(asked, {"desk": desk}))
        assert names
        assert [name for name in names if name.startswith("_") or name in ("count", "index")] == []

    def test_desk_completes_to_what_it_can_be_asked(self, desk: Desk) -> None:
        assert {"summary", "trades", "returns", "chart", "rule", "config"} <= set(dir(desk))

    @pytest.mark.parametrize("name", [name for name in dir(Desk) if name[0] != "_"])
    def test_every_method_shows_an_example(self, name: str) -> None:
        documented = getattr(Desk, name).__doc__
        assert documented
        if callable(getattr(Desk, name)) and name != "book_of":
            assert ">>> " in documented


def test_database_with_a_write_ahead_log_is_seen_to_grow(workspace: WriteWorkspace) -> None:
    config = (
        "sources:\n  - name: bot\n    path: logs/bot.db\n    currency: USD\n    table: trades\n"
        "    dialect: {fields: {closed_at: closed, net_pnl: pnl}}\n"
    )
    root = workspace(config)
    with closing(sqlite3.connect(root / "logs/bot.db")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE trades (closed TEXT, pnl TEXT)")
        add = "INSERT INTO trades VALUES (?, ?)"
        database.execute(add, ("2026-04-07T10:00:00Z", "1"))
        database.commit()
        desk = perfkit.open(root)
        assert desk.summary("all").metrics["closed_trades"] == 1
        database.execute(add, ("2026-04-07T11:00:00Z", "2"))
        database.commit()
        assert desk.summary("all").metrics["closed_trades"] == 2
