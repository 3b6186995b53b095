"""The parts of reports that need no kernel: parameters, comparisons, cards, index, pages."""

import html.parser
import json
import os
import re
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.alerts.status import began_in
from perfkit.cli.main import main
from perfkit.core.calendar import Calendar
from perfkit.core.errors import (
    MissingExtraError,
    OutputError,
    PerfkitError,
    ReportError,
    UsageError,
)
from perfkit.core.formatting import escaped, plain
from perfkit.reports import due, failure, html_page, model, published, verify
from perfkit.reports.failure import Card, Failure
from perfkit.reports.index import readme
from perfkit.reports.index.periods import EMPTY, FAILED, MISSING, OK_STATE, STALE, entries
from perfkit.reports.index.readme import write_index
from perfkit.reports.markdown_export import markdown_of
from perfkit.reports.model import Models
from perfkit.reports.notebook import checked, parse_parameters, read_notebook
from perfkit.reports.processes import kernels
from perfkit.summary import changes
from perfkit.summary.changes import Episode
from tests.reportkit import HOSTILE, LOGS, notebook, tokens, trade, write_workspace

GOLDEN = Path(__file__).parents[2] / "tests/golden_reports"


def golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("PERFKIT_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


class TestParameters:
    """Typed, and checked before anything is started."""

    def read(self, folder: Path, cell: str) -> Any:
        body = json.loads(notebook("1"))
        body["cells"][0]["source"] = cell
        path = folder / "daily.ipynb"
        path.write_text(json.dumps(body))
        return read_notebook(path)

    OWN = 'date: str = ""\nwhere: str = ""\n'

    @pytest.mark.parametrize(
        ("cell", "text", "value"),
        [
            ("n: int = 3", "-12", -12),
            ("n = 3", "12", 12),
            ("n: float = 3", "1.5", 1.5),
            ("n: bool = True", "false", False),
            ("n = True", "true", True),
            ('n: str = ""', "12", "12"),
            ('n = ""', "a=b", "a=b"),
            ("n: int | None = None", "5", 5),
            ("n: date = None", "2026-04-08", "2026-04-08"),
            ("n: Decimal = Decimal(1)", "0.10", "0.10"),
        ],
    )
    def test_value_becomes_what_the_notebook_takes(
        self, tmp_path: Path, cell: str, text: str, value: object
    ) -> None:
        took = checked(self.read(tmp_path, self.OWN + cell), {"n": text})["n"]
        assert (took, type(took)) == (value, type(value))

    @pytest.mark.parametrize(
        ("cell", "text", "wanted"),
        [
            ("n: int = 3", "1.5", "a whole number"),
            ("n: int = 3", "", "a whole number"),
            ("n: float = 3", "nan", "a number"),
            ("n: bool = True", "yes", "true or false"),
            ("n: date = None", "2026-4-8", "a date YYYY-MM-DD"),
        ],
    )
    def test_malformed_value_is_an_error_that_says_what_is_wanted(
        self, tmp_path: Path, cell: str, text: str, wanted: str
    ) -> None:
        with pytest.raises(UsageError, match=f"n: '.*' is not {wanted}, as daily.ipynb needs"):
            checked(self.read(tmp_path, self.OWN + cell), {"n": text})

    @given(st.text())
    def test_any_text_is_a_whole_number_or_an_error(
        self, tmp_path_factory: pytest.TempPathFactory, text: str
    ) -> None:
        folder = tmp_path_factory.getbasetemp()
        taken = self.read(folder, self.OWN + "n: int = 1")
        try:
            value = checked(taken, {"n": text})["n"]
        except UsageError:
            return
        assert (type(value), value) == (int, int(text))

    @pytest.mark.parametrize(
        ("cell", "said"),
        [
            (
                'date: str = ""',
                'has no parameter where; add `where: str = ""` to its',
            ),
            ("x = 1", 'has no parameter date; add `date: str = ""`'),
            ("x = (", "its parameters cell is not valid Python"),
        ],
    )
    def test_notebook_that_cannot_be_a_report_says_why(
        self, tmp_path: Path, cell: str, said: str
    ) -> None:
        with pytest.raises(ReportError, match=said.replace("(", r"\(")):
            self.read(tmp_path, cell)

    def test_notebook_without_a_parameters_cell_or_that_is_a_folder(self, tmp_path: Path) -> None:
        path = tmp_path / "daily.ipynb"
        path.write_text('{"cells": []}')
        with pytest.raises(ReportError, match="has no parameters cell; tag the cell"):
            read_notebook(path)
        path.unlink()
        path.mkdir()
        with pytest.raises(PerfkitError, match="Is a directory"):
            read_notebook(path)

    @pytest.mark.parametrize("texts", [["=1"], ["a b=1"], ["a"], ["a=1", "a=2"], ["root=x"]])
    def test_text_that_names_no_parameter_is_an_error(self, texts: list[str]) -> None:
        with pytest.raises(UsageError, match="--param"):
            parse_parameters(texts)


class TestChanges:
    """What changed since the period before."""

    def test_figures_targets_and_alerts_stand_in_the_section(self, tmp_path: Path) -> None:
        root = write_workspace(tmp_path / "trading", LOGS)
        with (root / "config/perfkit.yaml").open("a") as config:
            config.write("\ntargets: {net_pnl: {at_least: 100}, win_rate: {at_least: 0.1}}\n")
        event = {
            "event": "performance.alert",
            "id": "1",
            "kind": "firing",
            "episode": "e1",
            "rule": "win-rate|20",
            "group": "a",
            "severity": "warning",
            "occurred_at": "2026-04-08T11:00:00Z",
            "message": "win rate 40 % < 60 %",
        }
        other = [
            event | {"kind": "resolved", "reason": "recovered"},
            event | {"episode": "e0", "occurred_at": "2026-04-07T11:00:00Z"},
        ]
        lines = [json.dumps(one) for one in (event, *other)]
        (root / "logs/performance-alerts.jsonl").write_text("\n".join([*lines, "torn"]) + "\n")
        golden("changes.md", str(perfkit.open(root).changes("daily", "2026-04-08")))

    def test_period_without_trades_before_is_said(self, tmp_path: Path) -> None:
        desk = perfkit.open(write_workspace(tmp_path / "trading", LOGS))
        text = str(desk.changes("daily", "2026-04-07"))
        assert text.startswith(
            "Compared with the trading day before, 2026-04-06: no trades closed then.\n"
        )
        assert "| Net P&L | +1.50 USD | 0.00 USD | +1.50 USD |" in text
        nothing = str(desk.changes("daily", "2026-04-06"))
        assert "|" not in nothing
        month = str(desk.changes("monthly", "2026-04-06"))
        assert month.startswith("Compared with the month before, 2026-03: ")
        span = str(desk.changes("last-7d", "2026-04-06"))
        assert span.startswith("Compared with the period before, ")

    def test_monday_is_compared_with_friday_where_nobody_trades_at_weekends(self) -> None:
        calendar = Calendar(trading_week=frozenset(range(5)))
        monday = calendar.window("daily", date(2026, 4, 13))
        assert changes.period_before(calendar, monday).label == "2026-04-10"
        week = calendar.window("weekly", date(2026, 4, 13))
        assert changes.period_before(calendar, week).label == "2026-W15"

    def test_without_an_event_log_there_are_no_episodes(self, tmp_path: Path) -> None:
        assert began_in(tmp_path, Calendar().window("daily", date(2026, 4, 8))) == ()

    def test_of_many_episodes_the_first_are_told(self, tmp_path: Path) -> None:
        desk = perfkit.open(write_workspace(tmp_path / "trading", LOGS))
        summary = desk.summary("daily", "2026-04-08")
        at = datetime(2026, 4, 8, tzinfo=UTC)
        many = [Episode(f"r{n}", "", "critical", at, "x") for n in range(25)]
        text = changes.changes(summary, summary, many).markdown
        assert text.count("critical") == changes.MOST_EPISODES
        assert text.endswith("- and 5 more\n")
        assert ": net P&L is the same.\n" in text


class TestCards:
    """A failure as a page and on a terminal."""

    CARD = Card(
        kind="daily",
        label="2026-04-08",
        where={"strategy": "a|b `c` <d>"},
        notebook="daily.ipynb",
        parameters={"date": "2026-04-08", "where": "strategy=a|b `c` <d>", "days": 30},
        failed_at="2026-04-09T00:15:03Z",
        standing=True,
        failure=Failure(
            "ZeroDivisionError: division by zero",
            7,
            "By *strategy*",
            failure.last_lines("\x1b[31m-----\x1b[0m\nCell In[5], line 1\n----> 1 1 / 0\n\n"),
        ),
    )

    def test_page(self) -> None:
        golden("failure-card.md", failure.card_markdown(self.CARD))

    def test_terminal(self) -> None:
        golden("failure-card.txt", failure.card_text(self.CARD))

    @pytest.mark.parametrize("name", HOSTILE)
    def test_nothing_of_a_log_becomes_markup(self, name: str) -> None:
        card = msgspec.structs.replace(
            self.CARD,
            where={"strategy": name},
            parameters={"date": "2026-04-08", "where": name},
            failure=Failure(name, 1, name, failure.last_lines(name)),
        )
        kinds = [token.type for token in tokens(failure.card_markdown(card))]
        assert not [kind for kind in kinds if kind.startswith(("html", "image", "strong", "em_"))]
        assert kinds.count("heading_open") == 4
        assert kinds.count("link_open") == 1
        assert "\x1b" not in failure.card_text(card)

    @given(st.text())
    def test_lines_of_a_traceback_are_plain_and_few(self, text: str) -> None:
        lines = failure.last_lines(text)
        assert len(lines) <= failure.TRACEBACK_LINES
        for line in lines:
            assert len(line) <= failure.LONGEST_LINE
            assert plain(line, failure.LONGEST_LINE) == line

    def test_first_moment_of_a_failure_is_kept_until_it_is_mended(self, tmp_path: Path) -> None:
        later = msgspec.structs.replace(self.CARD, failed_at="2026-04-10T00:15:03Z")
        failure.write_card(tmp_path, self.CARD)
        failure.write_card(tmp_path, later)
        (kept,) = failure.cards(tmp_path / "reports")
        assert kept == self.CARD
        failure.remove_card(tmp_path, "daily", self.CARD.name)
        assert failure.cards(tmp_path / "reports") == []
        failure.remove_card(tmp_path, "daily", self.CARD.name)


def publish(
    root: Path,
    kind: str,
    day: str,
    net_pnl: str = "1",
    where: Mapping[str, str] | None = None,
    **more: Any,
) -> Path:
    """A report as it lies in its folder, with nothing in it but what the index needs."""
    label = Calendar().window(kind, date.fromisoformat(day)).label
    folder = root / "reports" / kind / published.name_of(label, where or {})
    folder.mkdir(parents=True)
    status: dict[str, Any] = {
        "state": "ok",
        "kind": kind,
        "label": label,
        "where": where or {},
        "parameters": {"date": day},
        "digest": "d",
        "figures": "f",
        "settled": "s",
        "model": "m",
        "notebook_sha256": "n",
        "perfkit": "0",
        "files": {},
        **more,
    }
    metrics = {"net_pnl": net_pnl, "closed_trades": 2, "win_rate": "0.5"}
    (folder / "status.json").write_text(json.dumps(status))
    (folder / "summary.json").write_text(json.dumps({"metrics": metrics, "currency": "USD"}))
    return folder


FIRED = {
    "event": "performance.alert", "id": "x", "kind": "firing", "episode": "e", "rule": "r",
    "group": None, "occurred_at": "2026-04-06T10:00:00Z", "severity": "warning", "message": "m",
}  # fmt: skip


class TestFilesThatMakeNoSense:
    """What is not an event, a status or a card is passed over; the others are still read."""

    @pytest.mark.parametrize(
        "line",
        [
            json.dumps({**FIRED, "occurred_at": "nope"}),
            json.dumps({**FIRED, "occurred_at": 1}),
            json.dumps({**FIRED, "occurred_at": "2026-04-06"}),
            json.dumps({name: value for name, value in FIRED.items() if name != "rule"}),
            json.dumps({name: value for name, value in FIRED.items() if name != "severity"}),
            json.dumps({**FIRED, "rule": ["r"]}),
            json.dumps({**FIRED, "message": None}),
            json.dumps({**FIRED, "group": {}}),
            json.dumps({**FIRED, "episode": []}),
            json.dumps({**FIRED, "kind": {}}),
            '{"event": ' + "[" * 3000 + "]" * 3000 + "}",
            "[" * 100_000,
            '{"event": "performance.alert", "id": "\\ud800", "kind": ' + "9" * 5000 + "}",
            "\ufffd",
            "null",
        ],
    )
    def test_line_of_the_event_log_is_skipped_and_the_report_made(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
    ) -> None:
        root = write_workspace(tmp_path / "ws", LOGS)
        ended = {**FIRED, "id": "z", "kind": "resolved"}
        lines = [line, json.dumps(FIRED), json.dumps(ended), line]
        (root / "logs/performance-alerts.jsonl").write_text("".join(f"{one}\n" for one in lines))
        assert main(["report", "daily", "--date", "2026-04-06", "--root", str(root)]) == 0
        assert capsys.readouterr().err == ""
        window = perfkit.open(root).window("daily", "2026-04-06")
        assert [one.rule for one in began_in(root, window)] == ["r"]

    @pytest.mark.parametrize(
        "change",
        [
            {"parameters": {}},
            {"parameters": {"date": "nope"}},
            {"parameters": {"date": "0001-01-01"}},
            {"parameters": {"date": 20260408}},
            {"kind": "hourly"},
            {"where": {"colour": "red"}},
            {"where": {"symbol": 1}},
            {"files": None},
        ],
    )
    def test_report_whose_status_cannot_be_is_no_report(
        self, tmp_path: Path, change: dict[str, Any]
    ) -> None:
        root = write_workspace(tmp_path / "ws", LOGS)
        publish(root, "daily", "2026-04-07")
        folder = publish(root, "daily", "2026-04-08")
        assert len(published.published(root / "reports", "daily")) == 2
        status = json.loads((folder / "status.json").read_bytes())
        (folder / "status.json").write_text(json.dumps(status | change))
        (one,) = published.published(root / "reports", "daily")
        assert one.status.label == "2026-04-07"
        write_index(perfkit.open(root), {})

    @pytest.mark.parametrize(
        "body",
        ["", "[" * 100_000, "{}", "\x00", '{"kind": "daily"}'],
    )
    def test_card_or_status_that_is_not_one_is_passed_over(self, tmp_path: Path, body: str) -> None:
        folder = publish(tmp_path, "daily", "2026-04-08")
        failure.write_card(tmp_path, TestCards.CARD)
        (card,) = (tmp_path / "reports/failures/daily").glob("*.json")
        for path in (folder / "status.json", card):
            path.write_text(body)
        assert published.published(tmp_path / "reports", "daily") == []
        assert failure.cards(tmp_path / "reports") == []

    def test_pipe_in_the_place_of_a_file_keeps_nobody_waiting(self, tmp_path: Path) -> None:
        folder = publish(tmp_path, "daily", "2026-04-08")
        (folder / "status.json").unlink()
        os.mkfifo(folder / "status.json")
        assert published.published(tmp_path / "reports", "daily") == []

    @pytest.mark.parametrize(
        "change",
        [
            {"net_pnl": "NaN"},
            {"net_pnl": "Infinity"},
            {"net_pnl": "1e999999"},
            {"net_pnl": "1e-999999"},
            {"closed_trades": -1},
            {"closed_trades": 10**30},
            {"win_rate": "2"},
            {"win_rate": "sNaN"},
        ],
    )
    def test_figures_that_cannot_be_are_not_shown_in_the_index(
        self, tmp_path: Path, change: dict[str, Any]
    ) -> None:
        root = write_workspace(tmp_path / "ws", LOGS)
        folder = publish(root, "daily", "2026-04-08")
        summary = json.loads((folder / "summary.json").read_bytes())
        summary["metrics"] |= change
        (folder / "summary.json").write_text(json.dumps(summary))
        write_index(perfkit.open(root), {})
        (entry,) = entries(perfkit.open(root), {})["daily"]
        assert entry.headline is None

    @pytest.mark.parametrize(
        "text",
        [
            "[" * 100_000,
            '{"cells": ' + "[" * 100_000,
            '{"cells": [1]}',
            '{"cells": [{"metadata": null}]}',
            notebook().replace("date: str", "date" + ".a" * 50_000 + ": str"),
            notebook().replace("date: str", "date: " + "-" * 100_000 + "1"),
            notebook().replace("date: str", "x = " + "9" * 5000 + "\\ndate: str"),
            notebook().replace("date: str", "\\u0000date: str"),
        ],
    )
    def test_notebook_that_is_not_one_is_one_clear_error(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
    ) -> None:
        root = write_workspace(tmp_path / "ws", LOGS, daily=text)
        assert main(["report", "daily", "--root", str(root)]) == 3
        said = capsys.readouterr().err.splitlines()[-1]
        assert re.search("it is not a notebook|is not valid Python", said)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("perfkit report", "`perfkit report`"),
        ("--where 'symbol=`x`'", "`` --where 'symbol=`x`' ``"),
        ("a ``` b", "```` a ``` b ````"),
        ("a\x1b[31m\nb", "`a [31m b`"),
    ],
)
def test_command_stands_as_it_is_in_markdown(command: str, code: str) -> None:
    assert readme._in_code(command) == code


class TestIndex:
    """`reports/README.md` and `index.html`, from what lies in the folders."""

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        return write_workspace(tmp_path / "trading", LOGS)

    def markdown(self, root: Path) -> str:
        return write_index(perfkit.open(root), {}).read_text(encoding="utf-8")

    def test_every_state_of_a_day_and_what_to_do(self, root: Path) -> None:
        publish(root, "daily", "2026-03-28", "12345.678")
        publish(root, "daily", "2026-03-29", "-5", stale_since="2026-04-01T00:15:00Z")
        publish(root, "daily", "2026-03-30", "-5", stale_since="2026-04-01T00:15:00Z")
        publish(root, "daily", "2026-04-01", "0", state="no-data")
        publish(root, "daily", "2026-04-02", "3", files={"report.html": "x"})
        publish(root, "weekly", "2026-04-05", "7")
        publish(root, "monthly", "2026-03-31", "7", where={"source": "bot"})
        card = TestCards.CARD
        for label, standing in (("2026-04-02", True), ("2026-04-03", False)):
            told = msgspec.structs.replace(
                card, label=label, where={}, parameters={"date": label}, standing=standing
            )
            failure.write_card(root, told)
        golden("reports-index.md", self.markdown(root))
        golden("reports-index.html", (root / "reports/index.html").read_text(encoding="utf-8"))
        listed = entries(perfkit.open(root), {})["daily"]
        assert {entry.state for entry in listed} == {OK_STATE, STALE, FAILED, EMPTY, MISSING}

    def test_folder_that_is_no_whole_report_is_passed_over(self, root: Path) -> None:
        publish(root, "daily", "2026-04-08")
        (publish(root, "daily", "2026-04-05") / "status.json").unlink()
        (publish(root, "daily", "2026-04-04") / "status.json").write_text("{")
        (publish(root, "daily", "2026-04-06") / "summary.json").unlink()
        aside = root / "reports/daily/.2026-04-07.previous"
        publish(root, "daily", "2026-04-07").rename(aside)
        (root / "reports/daily/notes.txt").write_text("mine")
        links = [
            one.attrs["href"] for one in tokens(self.markdown(root)) if one.type == "link_open"
        ]
        assert set(links) == {"daily/2026-04-08/report.md", "daily/2026-04-06/report.md"}

    def test_names_in_a_filter_are_plain_text(self, root: Path) -> None:
        for n, name in enumerate(HOSTILE):
            publish(root, "daily", f"2026-04-0{n + 1}", where={"strategy": name})
        found = list(tokens(self.markdown(root)))
        kinds = [token.type for token in found]
        assert kinds.count("link_open") == kinds.count("tr_open") - 1 == len(HOSTILE)
        assert not [kind for kind in kinds if kind.startswith(("html", "image", "code", "strong"))]
        texts = Texts((root / "reports/index.html").read_text(encoding="utf-8"))
        for name in HOSTILE:
            assert f"strategy = {plain(name)}" in texts.text

    def test_index_without_a_report_is_a_heading(self, root: Path) -> None:
        assert self.markdown(root) == "# Reports\n"
        assert "No reports yet." in (root / "reports/index.html").read_text(encoding="utf-8")


class Texts(html.parser.HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


class TestPages:
    """HTML made of a report's Markdown."""

    @given(st.text(max_size=70))
    def test_any_name_comes_through_as_plain_text(self, name: str) -> None:
        markdown = f"# Day\n\n| a | b |\n| :-- | --: |\n| {escaped(name)} | end |\n"
        texts = Texts(html_page.html_page(markdown, {}))
        assert texts.tags.count("td") == 2
        assert not {"script", "a", "img", "em", "strong", "code"} & set(texts.tags)
        shown = " ".join(plain(name).split())
        assert shown in " ".join(texts.text.split())

    def test_html_in_the_markdown_is_text_and_a_picture_it_has_not_is_its_description(self) -> None:
        text = "**Day**\n\n<script>alert(1)</script>\n\na <b>c</b>\n\n![what](x.png)\n"
        texts = Texts(html_page.html_page(text, {"y.png": b""}))
        assert "script" not in texts.tags
        assert "b" not in texts.tags
        assert "img" not in texts.tags
        for said in ("<script>alert(1)</script>", "a <b>c</b>", "what"):
            assert said in texts.text

    def test_title_is_that_of_the_report(self) -> None:
        assert "<title>Daily report · Thu\\ &lt;1&gt;</title>" not in html_page.html_page("x", {})
        text = "# Daily report\n\n**Thu &lt;1&gt;** where a\n"
        assert "<title>Daily report · Thu &lt;1&gt;</title>" in html_page.html_page(text, {})
        assert "<title>Report</title>" in html_page.html_page("x", {})


class TestTables:
    """HTML tables of notebooks as Markdown."""

    @given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
    def test_any_cells_come_through(self, cells: list[str]) -> None:
        import html as markup

        row = "".join(f"<td>{markup.escape(cell)}</td>" for cell in cells)
        text = markdown_of(f"<div><table><tr>{row}</tr><tr>{row}</tr></table></div>")
        assert text is not None
        read = [
            " ".join("".join(c.content for c in token.children or ()).split())
            for token in tokens(text)
            if token.type == "inline"
        ]
        # A browser takes CR for a line feed, and so does the parser.
        wanted = [" ".join(plain(c.replace("\r\n", "\n").strip(), 200).split()) for c in cells]
        assert read == wanted * 2

    def test_what_is_no_table_is_none(self) -> None:
        assert markdown_of("<p>x</p>") is None
        assert markdown_of("<table></table>") is None
        text = markdown_of("<table><tr><th>a<br>b</th></tr><tr><td>1<td></tr></table>")
        assert text is not None
        assert text.startswith("| a b |")


class TestDue:
    """Which reports a command is about."""

    @given(
        st.sampled_from(published.KINDS),
        st.dates(date(2020, 1, 1), date(2030, 1, 1)),
        st.integers(0, 400),
        st.sets(st.integers(0, 6), min_size=1),
    )
    def test_every_trading_day_of_a_span_has_its_report_once(
        self, kind: str, first: date, days: int, week: set[int]
    ) -> None:
        calendar = Calendar(trading_week=frozenset(week))
        last = first + timedelta(days=days)
        wanted = due.between(calendar, kind, first, last)
        windows = [calendar.window(one.kind, one.day) for one in wanted]
        assert len({window.label for window in windows}) == len(windows)
        assert windows == sorted(windows, key=lambda window: window.first_day)
        for day in calendar.expected_days(first, last):
            assert sum(window.first_day <= day <= window.last_day for window in windows) == 1

    def test_span_that_is_none_or_too_long_is_an_error(self) -> None:
        with pytest.raises(UsageError, match="swap them"):
            due.between(Calendar(), "daily", date(2026, 4, 8), date(2026, 4, 7))
        with pytest.raises(UsageError, match="at most 3660 days"):
            due.between(Calendar(), "daily", date(1990, 4, 8), date(2026, 4, 7))

    def test_weekend_of_a_trading_week_is_not_due(self, tmp_path: Path) -> None:
        root = write_workspace(tmp_path / "trading", LOGS)
        with (root / "config/perfkit.yaml").open("a") as config:
            config.write("\ntrading_week: mon-fri\n")
        models = Models(perfkit.open(root), {})
        wanted = due.due(models, date(2026, 4, 12))
        assert wanted == [
            ("daily", date(2026, 4, 10)),
            ("weekly", date(2026, 4, 12)),
            ("monthly", date(2026, 3, 31)),
        ]


class TestVerify:
    """The first cell and type that differ."""

    def pair(self, tmp_path: Path, one: object, other: object) -> str | None:
        for name, body in (("a", one), ("b", other)):
            (tmp_path / name).mkdir()
            (tmp_path / name / "report.ipynb").write_text(json.dumps(body))
        return verify.first_difference(tmp_path / "a", tmp_path / "b")

    def cells(self, *outputs: object, source: str = "x") -> dict[str, Any]:
        return {"cells": [{"cell_type": "code", "source": source, "outputs": list(outputs)}]}

    A = {"output_type": "display_data", "data": {"image/png": "AA", "text/plain": "a"}}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("one", "other", "said"),
        [
            ([A], [{**A, "data": {**A["data"], "image/png": "AB"}}], "cell 1: image/png differs"),  # type: ignore[dict-item]
            ([A], [{**A, "data": {"image/png": "AA"}}], "cell 1: text/plain differs"),
            ([A], [], "cell 1: number of outputs differs"),
            ([A], [{**A, "metadata": {}}], "cell 1: display_data output differs"),
        ],
    )
    def test_outputs(self, tmp_path: Path, one: Any, other: Any, said: str) -> None:
        assert self.pair(tmp_path, self.cells(*one), self.cells(*other)) == said

    def test_sources_cells_and_what_is_no_notebook(self, tmp_path: Path) -> None:
        found = [
            self.pair(self.folder(tmp_path, n), one, other)
            for n, (one, other) in enumerate(
                [
                    (self.cells(), self.cells(source="y")),
                    (self.cells(), {"cells": []}),
                    (self.cells(), {"cells": [{**self.cells()["cells"][0], "id": "1"}]}),
                    (self.cells(), {}),
                    (self.cells(), {**self.cells(), "metadata": {}}),
                    (self.cells(), self.cells()),
                ]
            )
        ]
        assert found == [
            "cell 1: source differs",
            "it has 0 cells now, and had 1",
            "cell 1: metadata differs",
            "report.ipynb is no longer a notebook",
            "report.ipynb differs",
            None,
        ]

    def folder(self, tmp_path: Path, number: int) -> Path:
        (tmp_path / str(number)).mkdir()
        return tmp_path / str(number)

    def test_file_that_is_there_only_once(self, tmp_path: Path) -> None:
        assert self.pair(tmp_path, {}, {}) is None
        (tmp_path / "a/equity.png").write_text("x")
        said = verify.first_difference(tmp_path / "a", tmp_path / "b")
        assert said == "equity.png is no longer made"
        said = verify.first_difference(tmp_path / "b", tmp_path / "a")
        assert said == "equity.png is missing"


def test_status_is_documented_key_by_key() -> None:
    text = (Path(__file__).parents[2] / "docs/reports.md").read_text(encoding="utf-8")
    rows = text.partition("| key of `status.json` |")[2].partition("\n\n")[0]
    documented = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|([^|]*)\|", rows, re.M)))
    assert documented == [field.name for field in msgspec.structs.fields(published.ReportStatus)]


class TestKernelFolders:
    """Where the sockets of kernels are: private, and short enough for a socket's name."""

    def test_folder_with_a_long_path_is_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        long = tmp_path / ("x" * 120)
        long.mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(long))
        folder, lock = kernels._runtime_folder()
        try:
            assert len(str(folder / "12/s-5")) < kernels.LONGEST_SOCKET
            assert folder.stat().st_mode & 0o777 == 0o700
        finally:
            folder.rmdir()
            os.close(lock)

    def test_nowhere_to_put_it_is_an_error_that_names_the_setting(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
        monkeypatch.setattr(kernels, "_SHORT_FOLDERS", ())
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
        with pytest.raises(OutputError, match="TMPDIR"):
            kernels._runtime_folder()

    def test_folder_whose_lock_nobody_holds_is_removed_and_any_other_left(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kernels, "_bases", lambda: [tmp_path])
        monkeypatch.setattr(kernels, "LONGEST_SOCKET", 1000)
        held, lock = kernels._runtime_folder()
        (held / "1").mkdir()
        left = tmp_path / f"{kernels.RUNTIME}left"
        (left / "1").mkdir(parents=True)
        (tmp_path / "other").mkdir()
        (tmp_path / f"{kernels.RUNTIME}link").symlink_to(tmp_path / "other")
        (tmp_path / f"{kernels.RUNTIME}file").touch()
        kernels.remove_left_behind()
        kept = {held.name, "other", f"{kernels.RUNTIME}link", f"{kernels.RUNTIME}file"}
        assert {path.name for path in tmp_path.iterdir()} == kept
        assert (held / "1").is_dir()
        os.close(lock)
        kernels.remove_left_behind()
        assert not held.exists()

    def test_folder_that_another_run_removes_as_it_is_made_is_made_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kernels, "_bases", lambda: [tmp_path])
        monkeypatch.setattr(kernels, "LONGEST_SOCKET", 1000)
        made: list[str] = []
        make = tempfile.mkdtemp

        def overtaken(**names: Any) -> str:
            made.append(make(**names))
            if len(made) == 1:
                kernels.remove_left_behind()
            return made[-1]

        monkeypatch.setattr(tempfile, "mkdtemp", overtaken)
        folder, lock = kernels._runtime_folder()
        assert [str(folder)] == made[1:]
        assert folder.is_dir()
        os.close(lock)

    def test_reason_why_no_kernel_starts_comes_with_the_remedy(self) -> None:
        missing = kernels._cannot_start("ModuleNotFoundError: No module named 'ipykernel'")
        assert isinstance(missing, MissingExtraError)
        assert "no kernel can be started: OSError: x" in str(kernels._cannot_start("OSError: x"))


class TestModel:
    def test_versions_name_python_the_packages_and_our_own_code(self) -> None:
        told = model.versions()
        assert told[0] == sys.version
        named = {name.partition("-")[0].lower() for name in told[1:-1]}
        assert {"matplotlib", "nbconvert", "papermill", "ipykernel"} <= named
        assert len(told[-1]) == 64
        assert Path(sysconfig.get_path("purelib")).is_dir()

    def test_trades_before_the_window_count_where_charts_reach_back(self, tmp_path: Path) -> None:
        digests = set()
        for pnl in ("1", "-1"):
            early = trade("E1", "2026-04-03T10:00:00", pnl, timestamp="2026-04-03T09:00:00Z")
            logs = {**LOGS, "logs/trades/2026-04-03.jsonl": early}
            desk = perfkit.open(write_workspace(tmp_path / pnl, logs))
            window = desk.window("daily", "2026-04-08")
            digests.add(Models(desk, {}).figures(window))
        assert len(digests) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "which report? Name one of daily, weekly, monthly, or all"),
        ("daily --date 2026-04-08 --from 2026-04-07", "give either --date or --from and --to"),
        ("daily --to 2026-04-07", "--to needs --from"),
        ("all --from 2026-04-07", "--from and --to go with daily, weekly or monthly"),
        ("daily --date soon", "'soon' is not a date"),
    ],
)
def test_words_that_make_no_sense_are_exit_code_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    root = write_workspace(tmp_path / "trading", LOGS)
    assert main(["report", *words.split(), "--root", str(root)]) == 3
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--jobs=0", "--jobs=x", "--timeout=0", "--timeout=1s"])
def test_number_that_is_none_is_exit_code_3(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["report", "daily", option])
    assert left.value.code == 3
    assert option.partition("=")[0] in capsys.readouterr().err
