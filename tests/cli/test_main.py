"""The `perfkit` command: what it prints, where, and with which exit code.

Most tests call `main` in this process; what needs a process of its own (pipes, signals, an empty
environment, console scripts) is at the end.
"""

import fcntl
import gzip
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator

import perfkit
from perfkit.book.store.day_sheet import DIMENSIONS
from perfkit.cli.arguments import WINDOWS
from perfkit.cli.commands import command_parser
from perfkit.cli.main import main
from perfkit.cli.summary import MOST_BACKFILLED
from perfkit.schemas.make import FOLDER as SCHEMAS
from tests.conftest import BOT, WriteWorkspace
from tests.terminal import read_to_end

COMMANDS = ("summary", "explain", "report", "demo", "init")
VALIDATOR = Draft202012Validator(
    json.loads((SCHEMAS / "summary.schema.json").read_text(encoding="utf-8")),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)
ROOT = Path(__file__).parents[2]
SCRIPTS = Path(sys.executable).parent
"""Where the console scripts of this environment lie."""


class Ran(NamedTuple):
    """What a command did."""

    code: object
    out: str
    err: str

    @property
    def figures(self) -> dict[str, Any]:
        """The metrics of a summary printed as JSON."""
        metrics: dict[str, Any] = json.loads(self.out)["metrics"]
        return metrics


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `perfkit WORDS...` in this process."""

    def run_words(*words: object) -> Ran:
        try:
            code: object = main(list(map(str, words)))
        except SystemExit as stop:
            code = stop.code
        return Ran(code, *capsys.readouterr())

    return run_words


def trade(order: str, closed_at: str, pnl: str, **more: str) -> str:
    """A line of a `trade_record` log."""
    times = {"timestamp": "2026-04-06T00:00:00Z", "exit_timestamp": f"{closed_at}Z"}
    return json.dumps({"order_id": order, **times, "net_profit_loss": pnl, **more}) + "\n"


TUESDAY = trade("A1", "2026-04-07T10:00:00", "10.10", symbol="BTC", execution_mode="LIVE") + trade(
    "A2", "2026-04-07T23:30:00", "-4.05", symbol="ETH", execution_mode="PAPER"
)
WEDNESDAY = trade("B1", "2026-04-08T09:00:00", "-2", symbol="BTC", execution_mode="LIVE")
TWO_DAYS = {
    "logs/trades/2026-04-06.jsonl": "",
    "logs/trades/2026-04-07.jsonl": TUESDAY,
    "logs/trades/2026-04-08.jsonl": WEDNESDAY,
}
"""A week's Monday without a trade, Tuesday with two, Wednesday with one."""

TWO_SOURCES = """\
sources:
  - {name: scalper, path: logs/scalper.jsonl, currency: USD}
  - {name: swing, path: logs/swing.jsonl, currency: CURRENCY}
"""
SOURCE_LOGS = {
    "logs/scalper.jsonl": trade("S1", "2026-04-07T10:00:00", "1"),
    "logs/swing.jsonl": trade("W1", "2026-04-08T10:00:00", "5"),
}


NO_FILE = (
    "perfkit: logs/trades: no file matches ????-??-??.jsonl (the folder is empty); "
    "check `path` and `pattern` of bot\n"
)
RULES = "rules: [{id: win-rate, metric: win_rate, over: {trades: 3}, below: 0.5}]\n"


class TestUsage:
    """Wrong usage: exit code 3 with one sentence on stderr, nothing on stdout; never 2."""

    @pytest.mark.parametrize(
        "words",
        [
            "",
            "frobnicate",
            "--frobnicate",
            "summary --frobnicate",
            "summary --window hourly",
            "summary extra",
            "summary --root",
            "summary --date yesterday",
            "summary --date 2026-02-30",
            "summary --date 2026-4-8",
            "summary --date 20260408",
            "summary --date 0001-01-01",
            "summary --date 9999-12-31 --window weekly",
            "summary --start 2026-04-08 --end 2026-04-07",
            "summary --date 2026-04-07 --start 2026-04-07 --end 2026-04-08",
            "summary --start 2026-04-07 --end 2026-04-08 --window daily",
            "explain wins --start 2026-04-07 --end 2026-04-08 --window weekly",
            "summary --backfill 2 --by symbol",
            "summary --backfill 2 --check",
            "cache status --jobs 2",
            "check logs/trades/2026-04-07.jsonl --root .",
            "summary --where symbol",
            "summary --where colour=red",
            "summary --where symbol=BTC --where symbol=ETH",
            "summary --where source=bot --source other",
            "summary --source nobody",
            "summary --by colour",
            "summary --backfill 0",
            "summary --backfill -1",
            "summary --backfill two",
            "summary --backfill 1.5",
            "summary --backfill ٣",
            f"summary --backfill {MOST_BACKFILLED + 1}",
            "summary --backfill 99999999999999999999",
            "summary --backfill 2 --window all",
            "summary --backfill 2 --start 2026-04-07 --end 2026-04-08",
            "summary --backfill 2 --json",
            "summary --backfill 2 --date 1970-01-01",
            "explain",
            "explain win_ratio",
            "explain net_pnl wins",
            "explain net_pnl --json",
            "report",
            "report hourly",
            "report daily --window weekly",
            "demo",
            "init",
        ],
    )
    def test_exit_code_is_3_and_stderr_says_why_in_one_line(
        self, workspace: WriteWorkspace, run: Run, monkeypatch: pytest.MonkeyPatch, words: str
    ) -> None:
        monkeypatch.chdir(workspace(logs=TWO_DAYS))
        ran = run(*shlex.split(words))
        assert (ran.code, ran.out) == (3, "")
        assert re.fullmatch(r"perfkit[a-z ]*: \S.*\n", ran.err)

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("summary --window hourly", "see `perfkit summary --help`"),
            ("summary --bogus", "perfkit summary: unrecognized arguments: --bogus; see"),
            ("summary --bogus", "see `perfkit summary --help`"),
            ("cache status --bogus", "see `perfkit cache --help`"),
            ("alerts lint --bogus", "see `perfkit alerts lint --help`"),
            ("summary --where colour=red", "filter by one of source, strategy, symbol, side"),
            ("summary --where symbol", "write field=value"),
            ("summary --source nobody", "the workspace has bot"),
            ("summary --date 8.4.2026", "write YYYY-MM-DD"),
            (
                "summary --start 2026-04-07 --end 2026-04-08 --window daily",
                "give either --window or --start and --end",
            ),
            ("summary --start 2026-04-08 --end 2026-04-07", "swap start and end"),
            ("explain win_ratio", "perfkit summary --json"),
        ],
    )
    def test_message_says_how_to_go_on(
        self, workspace: WriteWorkspace, run: Run, words: str, said: str
    ) -> None:
        root = workspace(logs=TWO_DAYS)
        assert said in run(*shlex.split(words), "--root", root).err

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("--bogus", "perfkit: unrecognized arguments: --bogus; see `perfkit --help`\n"),
            ("", "perfkit: the following arguments are required: COMMAND; see `perfkit --help`\n"),
            (
                "alerts",
                "perfkit alerts: the following arguments are required: COMMAND; "
                "see `perfkit alerts --help`\n",
            ),
            (
                "alerts --bogus",
                "perfkit alerts: unrecognized arguments: --bogus; see `perfkit alerts --help`\n",
            ),
        ],
    )
    def test_unknown_option_is_named_also_without_a_command(
        self, run: Run, words: str, said: str
    ) -> None:
        assert run(*words.split()) == (3, "", said)


class TestDocs:
    def test_pages_are_listed_and_printed(self, run: Run) -> None:
        listed = run("docs").out
        assert re.search(r"^configuration +Configuration$", listed, re.MULTILINE)
        page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
        assert run("docs", "configuration") == run("docs", "docs/configuration.md") == (0, page, "")

    def test_page_that_is_not_there_is_wrong_usage(self, run: Run) -> None:
        ran = run("docs", "configuratoin")
        assert (ran.code, ran.err) == (
            3,
            "perfkit: there is no page configuratoin; did you mean configuration?\n",
        )

    def test_no_message_or_comment_names_a_page_by_a_path(self) -> None:
        """An installed perfkit has no folder `docs`."""
        files = [*ROOT.glob("perfkit/**/*.py"), *ROOT.glob("perfkit/**/*.yaml")]
        files += ROOT.glob("config/*.yaml")
        own = ("metrics/reference.py", "schemas/make.py", "cli/docs.py")
        named = {
            path.relative_to(ROOT).as_posix()
            for path in files
            if re.search(r"docs/[a-z-]+\.md", path.read_text(encoding="utf-8"))
            and not path.as_posix().endswith(own)
        }
        assert named == set()

    def test_each_page_that_is_named_is_there(self, run: Run) -> None:
        pages = {line.split()[0] for line in run("docs").out.splitlines()}
        texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("perfkit/**/*.py")]
        texts += [path.read_text(encoding="utf-8") for path in ROOT.glob("**/perfkit.yaml")]
        found = {name for text in texts for name in re.findall(r"`perfkit docs ([a-z-]+)`", text)}
        assert found
        assert found <= pages


class TestConfiguration:
    """Bad configuration: exit code 3; the message names the file, and what to do."""

    @pytest.mark.parametrize(
        ("config", "said"),
        [
            pytest.param("", "sources", id="empty file"),
            pytest.param(BOT + "timezome: UTC\n", "timezome", id="unknown key"),
            pytest.param(BOT + "timezone: Mars/Base\n", "Mars/Base", id="unknown zone"),
            pytest.param("sources: [\n", "not valid YAML", id="broken YAML"),
            pytest.param(BOT + "targets: {win_ratio: {at_least: 1}}\n", "win_ratio", id="metric"),
            pytest.param(BOT + BOT, "twice", id="key given twice"),
        ],
    )
    @pytest.mark.parametrize("command", ["summary", "explain net_pnl", "report daily"])
    def test_bad_configuration(
        self, workspace: WriteWorkspace, run: Run, command: str, config: str, said: str
    ) -> None:
        ran = run(*command.split(), "--root", workspace(config, TWO_DAYS))
        assert (ran.code, ran.out) == (3, "")
        assert ran.err.startswith("perfkit: config/perfkit.yaml")
        assert said in ran.err

    def test_configuration_that_is_not_utf_8(self, workspace: WriteWorkspace, run: Run) -> None:
        root = workspace()
        (root / "config/perfkit.yaml").write_bytes(b"timezone: M\xfcnchen\n")
        ran = run("summary", "--root", root)
        assert (ran.code, ran.out) == (3, "")
        assert "config/perfkit.yaml: is not UTF-8" in ran.err

    def test_root_without_a_configuration(self, tmp_path: Path, run: Run) -> None:
        ran = run("summary", "--root", tmp_path)
        assert (ran.code, ran.out) == (3, "")
        assert str(tmp_path / "config/perfkit.yaml") in ran.err

    def test_folder_outside_of_any_workspace(
        self, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        ran = run("summary")
        assert (ran.code, ran.out) == (3, "")
        for remedy in ("--root DIR", "PERFKIT_ROOT", "perfkit init DIR"):
            assert remedy in ran.err

    def test_unknown_zone_in_the_environment(
        self, workspace: WriteWorkspace, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PERFKIT_TIMEZONE", "Mars/Base")
        ran = run("summary", "--root", workspace(logs=TWO_DAYS))
        assert (ran.code, ran.out) == (3, "")
        assert "Mars/Base" in ran.err


class TestUnreadableInput:
    @pytest.mark.parametrize(
        ("path", "content"),
        [
            pytest.param("logs/nowhere", None, id="no such folder"),
            pytest.param("logs/cut.jsonl.gz", gzip.compress(b"{}\n" * 99)[:-9], id="cut gzip"),
            pytest.param("logs/plain.jsonl.gz", b"{}\n", id="no gzip at all"),
            pytest.param("logs/performance", b"", id="perfkit's own output"),
        ],
    )
    def test_log_that_cannot_be_read_is_exit_code_3_and_names_the_path(
        self, workspace: WriteWorkspace, run: Run, path: str, content: bytes | None
    ) -> None:
        logs = {} if content is None else {path: content}
        root = workspace(BOT.replace("logs/trades", path), logs)
        ran = run("summary", "--root", root)
        assert (ran.code, ran.out) == (3, "")
        assert path in ran.err

    def test_currencies_are_never_mixed_and_the_message_says_source(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        root = workspace(TWO_SOURCES.replace("CURRENCY", "EUR"), SOURCE_LOGS)
        ran = run("summary", "--root", root)
        assert (ran.code, ran.out) == (3, "")
        assert "scalper (USD), swing (EUR)" in ran.err
        assert "--source scalper" in ran.err
        one = run("summary", "--root", root, "--source", "swing", "--json")
        assert one.code == 0
        assert json.loads(one.out)["currency"] == "EUR"
        assert one.figures["net_pnl"] == "5"

    def test_output_that_cannot_be_written_is_exit_code_3(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        root = workspace(logs={**TWO_DAYS, "logs/performance": "in the way"})
        ran = run("summary", "--root", root, "--export")
        assert (ran.code, ran.out) == (3, "")
        assert "cannot write" in ran.err


class TestSummary:
    def test_table_names_the_window_and_every_figure_of_it(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        ran = run("summary", "--root", workspace(logs=TWO_DAYS), "--window", "weekly")
        assert (ran.code, ran.err) == (0, "")
        first = "Week 2026-W15: 2026-04-06 to 2026-04-12 (3 of 7 days so far)\n"
        assert ran.out.startswith(first)
        assert re.search(r"^  Net P&L +\+4\.05 USD$", ran.out, re.MULTILINE)
        assert re.search(r"^  Win rate +33\.3 %$", ran.out, re.MULTILINE)

    def test_variance_against_targets_stands_beside_the_figure(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        config = BOT + "targets: {net_pnl: {at_least: 10}, max_drawdown: {at_least: -100}}\n"
        span = ("--start", "2026-04-07", "--end", "2026-04-08")
        ran = run("summary", "--root", workspace(config, TWO_DAYS), *span)
        assert ran.code == 0
        assert "+4.05 USD   target ≥ 10.00 USD: missed by -5.95 USD\n" in ran.out
        assert "-6.05 USD   target ≥ -100.00 USD: met by +93.95 USD\n" in ran.out

    def test_without_a_date_it_is_the_newest_day_that_has_a_line(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        root = workspace(logs={**TWO_DAYS, "logs/trades/2026-04-09.jsonl": ""})
        assert run("summary", "--root", root).out.startswith("Wednesday, 2026-04-08\n")

    @pytest.mark.parametrize(
        ("words", "label", "net_pnl"),
        [
            ("--date 2026-04-07", "2026-04-07", "6.05"),
            ("--window weekly --date 2026-04-12", "2026-W15", "4.05"),
            ("--window monthly --date 2026-04-30", "2026-04", "4.05"),
            ("--window last-7d --date 2026-04-13", "2026-04-07..2026-04-13", "4.05"),
            ("--window last-7d --date 2026-04-14", "2026-04-08..2026-04-14", "-2"),
            ("--window last-30d", "2026-03-10..2026-04-08", "4.05"),
            ("--window all", "2026-04-07..2026-04-08", "4.05"),
            ("--window all --date 2026-04-07", "2026-04-07..2026-04-07", "6.05"),
            ("--start 2026-04-07 --end 2026-04-07", "2026-04-07..2026-04-07", "6.05"),
            ("--start 2026-04-08", "2026-04-08..2026-04-08", "-2"),
            ("--start 2026-04-01", "2026-04-01..2026-04-08", "4.05"),
            ("--start 2026-05-01", "2026-05-01..2026-05-01", "0"),
            ("--end 2026-04-07", "2026-04-07..2026-04-07", "6.05"),
            ("--end 2026-05-01", "2026-04-07..2026-05-01", "4.05"),
            ("--end 2026-04-01", "2026-04-01..2026-04-01", "0"),
            ("--window quarterly", "2026-Q2", "4.05"),
            ("--window yearly --date 2026-12-31", "2026", "4.05"),
            ("--start 2026-04-08 --end 2026-12-31", "2026-04-08..2026-12-31", "-2"),
        ],
    )
    def test_window(
        self, workspace: WriteWorkspace, run: Run, words: str, label: str, net_pnl: str
    ) -> None:
        ran = run("summary", "--json", "--root", workspace(logs=TWO_DAYS), *words.split())
        assert json.loads(ran.out)["window"]["label"] == label
        assert ran.figures["net_pnl"] == net_pnl

    @pytest.mark.parametrize(
        ("words", "net_pnl"),
        [
            ("--where execution_mode=LIVE", "8.1"),
            ("--where symbol=BTC --where execution_mode=PAPER", "0"),
            ("--where symbol=ETH", "-4.05"),
            ("--where symbol=ETH --where symbol=ETH", "-4.05"),
            ("--where symbol=", "0"),
            ("--where source=bot", "4.05"),
            ("--source bot --where symbol=ETH", "-4.05"),
        ],
    )
    def test_filter(self, workspace: WriteWorkspace, run: Run, words: str, net_pnl: str) -> None:
        root = workspace(logs=TWO_DAYS)
        ran = run("summary", "--json", "--root", root, "--window", "all", *words.split())
        assert ran.figures["net_pnl"] == net_pnl

    def test_source_limits_figures_and_the_newest_day_to_one_bot(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        root = workspace(TWO_SOURCES.replace("CURRENCY", "USD"), SOURCE_LOGS)
        both = run("summary", "--json", "--root", root, "--window", "all")
        one = run("summary", "--json", "--root", root, "--source", "scalper")
        assert both.figures["net_pnl"] == "6"
        assert json.loads(one.out)["window"]["label"] == "2026-04-07"
        assert json.loads(one.out)["where"] == {"source": "scalper"}
        assert one.figures["net_pnl"] == "1"

    def test_by_adds_a_table_for_each_breakdown_asked_for(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        root = workspace(logs=TWO_DAYS)
        words = ("summary", "--root", root, "--window", "weekly")
        plain = run(*words).out
        ran = run(*words, "--by", "symbol", "--by", "execution_mode")
        assert ran.out.startswith(plain + "\n")
        assert re.search(r"^BTC +2 +\+8\.10 USD +50\.0 %", ran.out, re.MULTILINE)
        assert re.search(r"^PAPER +1 +-4\.05 USD +0\.0 %", ran.out, re.MULTILINE)

    def test_no_trades_in_the_window_is_zeros_a_sentence_and_exit_code_0(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        words = ("summary", "--root", workspace(logs=TWO_DAYS), "--date", "2026-04-06")
        ran, asjson = run(*words), run(*words, "--json")
        assert (ran.code, asjson.code, ran.err) == (0, 0, "")
        assert "No trades in window." in ran.out
        figures = asjson.figures
        assert [figures[name] for name in ("closed_trades", "wins", "open_trades")] == [0, 0, 3]
        assert [figures[name] for name in ("net_pnl", "commission", "max_drawdown")] == ["0"] * 3
        assert [figures[name] for name in ("win_rate", "profit_factor", "expectancy")] == [None] * 3

    def test_logs_without_any_trade_have_figures_and_a_word_on_why(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        ran = run("summary", "--root", workspace())
        assert ran.code == 3
        assert ran.err == (
            "perfkit: logs/trades: no file matches ????-??-??.jsonl (the folder is empty); "
            "check `path` and `pattern` of bot\n"
        )
        assert "No trades in window." in ran.out
        assert run("summary", "--root", workspace(), "--date", "2026-04-08").code == 0

    @pytest.mark.parametrize(
        "words",
        ["summary", "summary --backfill 2", "explain win_rate", "alerts backtest"],
    )
    def test_logs_without_any_trade_are_exit_code_3_and_one_line(
        self, workspace: WriteWorkspace, run: Run, words: str
    ) -> None:
        root = workspace()
        (root / "config/alerts.yaml").write_text(RULES)
        ran = run(*words.split(), "--root", root)
        assert (ran.code, ran.err) == (3, NO_FILE)
        assert "1970" not in ran.out

    @pytest.mark.parametrize(
        "words",
        [
            "explain win_rate --date 2026-04-08",
            "alerts backtest --from 2026-04-08",
            "alerts lint",
            "cache verify",
            "cache rebuild",
        ],
    )
    def test_logs_without_any_trade_are_one_line_where_none_is_needed(
        self, workspace: WriteWorkspace, run: Run, words: str
    ) -> None:
        root = workspace()
        (root / "config/alerts.yaml").write_text(RULES)
        ran = run(*words.split(), "--root", root)
        assert (ran.code, ran.err) == (0, NO_FILE)

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ("summary", 0),
            ("summary --json", 0),
            ("summary --backfill 2", 0),
            ("explain win_rate", 0),
            ("report daily", 3),
            ("report daily --date 2026-04-08", 3),
            ("report all", 3),
        ],
    )
    def test_filter_that_no_trade_meets_is_named(
        self, workspace: WriteWorkspace, run: Run, words: str, code: int
    ) -> None:
        root = workspace(logs=TWO_DAYS)
        ran = run(*words.split(), "--where", "strategy=nope", "--root", root)
        assert (ran.code, ran.err) == (
            code,
            "perfkit: no trade in the logs has strategy = nope\n",
        )
        assert not (root / "reports").exists()

    def test_filter_that_no_trade_of_a_file_meets_is_named(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        file = workspace(logs=TWO_DAYS) / "logs/trades/2026-04-08.jsonl"
        ran = run("summary", file, "--where", "strategy=nope")
        assert ran.err == "perfkit: no trade in the logs has strategy = nope\n"

    def test_missed_targets_and_bad_lines_do_not_change_the_exit_code(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        config = BOT + "targets: {net_pnl: {at_least: 1000000}}\n"
        logs = {"logs/trades/2026-04-08.jsonl": "garbage\n" + WEDNESDAY}
        ran = run("summary", "--root", workspace(config, logs))
        assert ran.code == 0
        assert "missed" in ran.out


class TestBadLines:
    LOGS: Mapping[str, str] = {
        "logs/trades/2026-04-07.jsonl": "garbage\n" + TUESDAY,
        "logs/trades/2026-04-08.jsonl": WEDNESDAY
        + trade("B2", "2026-04-08T10:00:00", "1e999999")
        + "\n"
        + "[1]\n",
    }

    def test_bad_lines_of_the_window_go_to_stderr_as_path_line_and_reason(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        ran = run("summary", "--root", workspace(logs=self.LOGS), "--date", "2026-04-08")
        assert ran.code == 0
        lines = ran.err.splitlines()
        assert len(lines) == 2
        assert re.fullmatch(r"logs/trades/2026-04-08\.jsonl:2: net_profit_loss: \S.*", lines[0])
        assert re.fullmatch(
            r"logs/trades/2026-04-08\.jsonl:4: is not a JSON object: it is a list; .*", lines[1]
        )

    def test_summary_counts_them_and_the_rest_is_right(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        words = ("summary", "--root", workspace(logs=self.LOGS), "--window", "all", "--json")
        ran = run(*words)
        assert json.loads(ran.out)["data"]["bad_lines"] == 3
        assert ran.figures["net_pnl"] == "4.05"
        assert len(ran.err.splitlines()) == 3

    def test_only_the_first_twenty_are_printed_and_the_rest_counted(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        logs = {"logs/trades/2026-04-08.jsonl": WEDNESDAY + "garbage\n" * 23}
        ran = run("summary", "--root", workspace(logs=logs))
        lines = ran.err.splitlines()
        assert len(lines) == 21
        assert lines[-1] == "... and 3 more, see logs/performance/quarantine/"

    def test_backfill_tells_and_keeps_them_too(self, workspace: WriteWorkspace, run: Run) -> None:
        root = workspace(logs=self.LOGS)
        ran = run("summary", "--root", root, "--backfill", "2")
        assert ran.code == 0
        assert "logs/trades/2026-04-07.jsonl:1: is not JSON" in ran.err
        assert (root / "logs/performance/quarantine/bot.jsonl").read_text().count("\n") == 3

    def test_quarantine_that_cannot_be_written_is_a_warning_and_the_figures_are_printed(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        root = workspace(logs={**self.LOGS, "logs/performance/quarantine": "in the way"})
        ran = run("summary", "--root", root, "--json")
        assert ran.code == 0
        assert ran.figures["net_pnl"] == "-2"
        assert ran.err.startswith("perfkit: warning: cannot write ")


class TestJson:
    """`--json`: one JSON document on stdout and nothing else, as the shipped schema has it."""

    NASTY: Mapping[str, str] = {
        "logs/trades/2026-04-07.jsonl": "garbage\n"
        + trade("A1", "2026-04-07T10:00:00", "1E+3", strategy_name="a|`<b>\n\u202e", action="BUY")
        + trade("A1", "2026-04-07T10:00:00", "1E+3", strategy_name="a|`<b>\n\u202e", action="BUY")
        + trade("A2", "2026-04-07T10:00:00.123456789", "-1e-7", exit_reasoning="日本", price="3")
        + trade("A3", "2026-04-07T11:00:00", "0", stop_loss="1", price="2", quantity="1")
        + json.dumps({"timestamp": "2026-04-07T10:00:00Z", "outcome": "open", "profit_loss": "3"})
        + "\n",
        "logs/trades/2026-04-08.jsonl": WEDNESDAY + '{"half',
    }
    CONFIG = BOT + (
        "timezone: Asia/Kolkata\nstarting_equity: 0.5\n"
        "targets: {win_rate: {at_least: 0.5}, sharpe: {at_least: 1}, net_pnl: {at_most: 0}}\n"
    )

    @pytest.mark.parametrize(
        "words",
        [
            *(f"--window {window}" for window in WINDOWS),
            "--start 2026-04-01 --end 2026-05-01",
            "--date 2001-01-01",
            "--window all --where symbol=BTC",
            "--window all --source bot",
            "--window all --export",
            "--window all --by strategy",
        ],
    )
    def test_output_validates_against_the_schema(
        self, workspace: WriteWorkspace, run: Run, words: str
    ) -> None:
        root = workspace(self.CONFIG, self.NASTY)
        ran = run("summary", "--json", "--root", root, *words.split())
        assert ran.code == 0
        assert ran.out.startswith("{\n")
        assert ran.out.endswith("}\n")
        assert list(VALIDATOR.iter_errors(json.loads(ran.out))) == []

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            pytest.param("metrics.net_pnl", 4.05, id="money as a binary number"),
            pytest.param("metrics.net_pnl", "1e3", id="money with an exponent"),
            pytest.param("metrics.net_pnl", "NaN", id="money that is not a number"),
            pytest.param("metrics.wins", "1", id="a count as a text"),
            pytest.param("metrics.win_ratio", 0.5, id="a metric of a package as a binary number"),
            pytest.param("metrics.wins", ..., id="a metric left out"),
            pytest.param("metrics.current_streak_kind", "draw", id="an unknown word"),
            pytest.param("data.digest", ..., id="no digest"),
            pytest.param("window.start", None, id="no moment"),
            pytest.param("breakdowns.symbol.0.metrics.wins", "1", id="a part's count as a text"),
        ],
    )
    def test_schema_refuses_what_a_summary_never_says(
        self, workspace: WriteWorkspace, run: Run, path: str, value: object
    ) -> None:
        summary = json.loads(run("summary", "--json", "--root", workspace(logs=TWO_DAYS)).out)
        *way, last = path.split(".")
        place = summary
        for name in way:
            place = place[int(name) if name.isdigit() else name]
        if value is ...:
            del place[last]
        else:
            place[last] = value
        assert not VALIDATOR.is_valid(summary)

    def test_it_is_the_summary_of_the_library(self, workspace: WriteWorkspace, run: Run) -> None:
        root = workspace(logs=TWO_DAYS)
        ran = run("summary", "--json", "--root", root, "--window", "weekly")
        assert ran.out == perfkit.open(root).summary("weekly").to_json()

    def test_every_undefined_figure_has_a_reason_and_no_other(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        summary = json.loads(run("summary", "--json", "--root", workspace(logs=TWO_DAYS)).out)
        nulls = {name for name, value in summary["metrics"].items() if value is None}
        assert nulls == summary["undefined"].keys()
        assert all(summary["undefined"].values())

    def test_money_is_exact_to_the_last_digit_logged(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        amounts = ["0.1", "0.2", "123456789012345678901234567890.0000000001"]
        lines = [
            trade(str(n), f"2026-04-08T0{n}:00:00", pnl).replace(f'"{pnl}"', pnl)
            for n, pnl in enumerate(amounts)
        ]
        root = workspace(logs={"logs/trades/2026-04-08.jsonl": "".join(lines)})
        ran = run("summary", "--json", "--root", root)
        assert ran.figures["net_pnl"] == "123456789012345678901234567890.3000000001"

    def test_breakdowns_add_up_to_the_whole(self, workspace: WriteWorkspace, run: Run) -> None:
        ran = run("summary", "--json", "--root", workspace(logs=TWO_DAYS), "--window", "all")
        summary = json.loads(ran.out)
        assert summary["breakdowns"].keys() == set(DIMENSIONS)
        for dimension, parts in summary["breakdowns"].items():
            total = sum(Decimal(part["metrics"]["net_pnl"]) for part in parts)
            assert (dimension, total) == (dimension, Decimal("4.05"))


class TestWhere:
    """Where the workspace is found, and in which zone its days are cut."""

    def test_workspace_is_found_in_a_folder_above(
        self, workspace: WriteWorkspace, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(workspace(logs=TWO_DAYS) / "logs/trades")
        assert run("summary", "--json").figures["net_pnl"] == "-2"

    def test_environment_names_the_workspace_and_root_overrides_it(
        self, workspace: WriteWorkspace, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = workspace(logs=TWO_DAYS)
        monkeypatch.chdir("/")
        monkeypatch.setenv("PERFKIT_ROOT", str(root))
        assert run("summary", "--json").figures["net_pnl"] == "-2"
        monkeypatch.setenv("PERFKIT_ROOT", str(root / "nowhere"))
        assert run("summary").code == 3
        assert run("summary", "--json", "--root", root).figures["net_pnl"] == "-2"
        monkeypatch.setenv("PERFKIT_ROOT", "")
        monkeypatch.chdir(root)
        assert run("summary", "--json").figures["net_pnl"] == "-2"

    def test_environment_overrides_the_zone_of_the_configuration(
        self, workspace: WriteWorkspace, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """23:30 UTC on Tuesday is Wednesday in Kolkata."""
        root = workspace(BOT + "timezone: America/New_York\n", TWO_DAYS)
        words = ("summary", "--json", "--root", root, "--date", "2026-04-08")
        assert run(*words).figures["net_pnl"] == "-2"
        monkeypatch.setenv("PERFKIT_TIMEZONE", "Asia/Kolkata")
        ran = run(*words)
        assert ran.figures["net_pnl"] == "-6.05"
        assert json.loads(ran.out)["window"]["timezone"] == "Asia/Kolkata"
        assert json.loads(ran.out)["window"]["start"] == "2026-04-07T18:30:00Z"
        monkeypatch.setenv("PERFKIT_TIMEZONE", "")
        assert run(*words).figures["net_pnl"] == "-2"


class TestHelp:
    @pytest.mark.parametrize("command", COMMANDS)
    def test_help_of_each_command_has_an_example_that_parses(self, run: Run, command: str) -> None:
        ran = run(command, "--help")
        assert (ran.code, ran.err) == (0, "")
        (example,) = re.findall(rf"^example: perfkit ({command} .*)$", ran.out, re.MULTILINE)
        assert command_parser().parse_args(shlex.split(example)).run

    @pytest.mark.parametrize(
        ("command", "units"),
        [
            ("summary", ["currency of the source", "fractions", "seconds", "UTC"]),
            ("explain", ["units are those of the metric"]),
            ("report", ["currency of the source", "workspace's zone"]),
        ],
    )
    def test_help_of_a_command_that_prints_figures_says_their_units(
        self, run: Run, command: str, units: list[str]
    ) -> None:
        said = " ".join(run(command, "--help").out.split())
        assert [unit for unit in units if unit not in said] == []

    @pytest.mark.parametrize(
        ("command", "window"),
        [("summary", "daily"), ("trades", "daily"), ("compare", "all"), ("monte-carlo", "all")],
    )
    def test_help_names_the_window_that_is_meant_where_none_is_given(
        self, run: Run, command: str, window: str
    ) -> None:
        said = " ".join(run(command, "--help").out.split())
        assert f"all: everything up to it (default: {window})" in said

    @pytest.mark.parametrize(("columns", "widest"), [("0", 78), ("-5", 78), ("x", 78), ("60", 58)])
    def test_help_is_as_wide_as_the_terminal_says(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, columns: str, widest: int
    ) -> None:
        monkeypatch.setenv("COLUMNS", columns)
        text = run("summary", "--help").out.partition("options:")[2]
        options = text.partition("\n\n")[0].splitlines()
        assert widest - 20 < max(map(len, options)) <= widest

    def test_help_names_every_command(self, run: Run) -> None:
        ran = run("--help")
        assert ran.code == 0
        for command in COMMANDS:
            assert re.search(rf"^    {command} ", ran.out, re.MULTILINE)

    def test_version(self, run: Run) -> None:
        assert run("--version") == (0, f"perfkit {perfkit.__version__}\n", "")


@pytest.mark.slow
class TestProcess:
    """Whole processes, started as a shell or cron would."""

    def start(
        self, *words: object, env: Mapping[str, str] | None = None, **streams: Any
    ) -> subprocess.Popen[str]:
        """Starts `python -m perfkit WORDS...`, its output buffered as usual."""
        plain = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        return subprocess.Popen(
            [sys.executable, "-m", "perfkit", *map(str, words)],
            env=plain if env is None else env,
            text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
        )

    def finish(self, process: subprocess.Popen[str]) -> Ran:
        out, err = process.communicate(timeout=60)
        return Ran(process.returncode, out or "", err or "")

    def test_module_and_console_script_are_the_same_program(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        root = workspace(logs={"logs/trades/2026-04-08.jsonl": "garbage\n" + WEDNESDAY})
        words = ("summary", "--json", "--root", root)
        expected = run(*words)
        assert self.finish(self.start(*words)) == expected
        script = subprocess.run(
            [SCRIPTS / "perfkit", *map(str, words)], capture_output=True, text=True, check=False
        )
        assert (script.returncode, script.stdout, script.stderr) == expected

    @pytest.mark.parametrize("words", ["", "frobnicate", "summary --window x", "report x"])
    def test_exit_code_of_wrong_usage_is_3(self, words: str) -> None:
        ran = self.finish(self.start(*words.split()))
        assert (ran.code, ran.out) == (3, "")

    def test_empty_environment_and_the_root_folder_are_enough(
        self, workspace: WriteWorkspace, run: Run
    ) -> None:
        root = workspace(logs=TWO_DAYS)
        words = ("summary", "--root", root, "--window", "weekly")
        assert self.finish(self.start(*words, env={}, cwd="/")) == run(*words)

    def test_variables_name_workspace_and_zone(self, workspace: WriteWorkspace) -> None:
        env = {"PERFKIT_ROOT": str(workspace(logs=TWO_DAYS)), "PERFKIT_TIMEZONE": "Asia/Kolkata"}
        ran = self.finish(self.start("summary", "--json", env=env, cwd="/"))
        assert (ran.code, ran.err) == (0, "")
        assert ran.figures["net_pnl"] == "-6.05"

    @pytest.mark.parametrize(
        "words",
        ["summary", "summary --json", "explain net_pnl", "summary --backfill 2"],
    )
    def test_reader_that_goes_away_is_no_error_and_nothing_is_said(
        self, workspace: WriteWorkspace, words: str
    ) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        root = workspace(logs=TWO_DAYS)
        process = self.start(*words.split(), "--root", root, stdout=writing)
        os.close(writing)
        assert self.finish(process) == (0, "", "")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
    @pytest.mark.parametrize("words", ["summary", "summary --json", "explain net_pnl"])
    def test_full_disk_behind_stdout_is_exit_code_3_and_a_sentence(
        self, workspace: WriteWorkspace, words: str
    ) -> None:
        root = workspace(logs=TWO_DAYS)
        with open("/dev/full", "w") as full:
            ran = self.finish(self.start(*words.split(), "--root", root, stdout=full))
        assert ran.code == 3
        assert ran.err == "perfkit: cannot write the output: No space left on device\n"

    def test_terminal_that_knows_no_utf_8_shows_the_figures(
        self, workspace: WriteWorkspace
    ) -> None:
        config = BOT + "targets: {net_pnl: {at_least: 10}}\n"
        root = workspace(config, TWO_DAYS)
        ran = self.finish(self.start("summary", "--root", root, env={"PYTHONIOENCODING": "ascii"}))
        assert (ran.code, ran.err) == (0, "")
        assert re.search(r"^  Net P&L +-2\.00 USD ", ran.out, re.MULTILINE)

    def test_interrupt_is_exit_code_3_and_a_sentence(self, workspace: WriteWorkspace) -> None:
        """The lock of the cache is held, so that perfkit is known to be waiting for it."""
        root = workspace(logs=TWO_DAYS)
        lock = root / "logs/performance/cache/lock"
        lock.parent.mkdir(parents=True)
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            process = self.start("summary", "--root", root)
            for _ in range(1000):
                waiting = Path("/proc/locks").read_text(encoding="ascii").splitlines()
                if any("->" in line and f" {process.pid} " in line for line in waiting):
                    break
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            ran = self.finish(process)
        assert ran == (3, "", "perfkit: interrupted; no file was left half written\n")

    def test_progress_is_shown_on_a_terminal_and_wiped_off_again(
        self, workspace: WriteWorkspace
    ) -> None:
        days = {f"logs/trades/2026-01-{day:02d}.jsonl": "" for day in range(1, 32)}
        days |= {f"logs/trades/2026-02-{day:02d}.jsonl": "" for day in range(1, 29)}
        root = workspace(logs={**days, **TWO_DAYS})
        controller, terminal = os.openpty()
        process = self.start("summary", "--root", root, stderr=terminal)
        os.close(terminal)
        ran = self.finish(process)
        shown = read_to_end(controller)
        os.close(controller)
        assert ran.out.startswith("Wednesday, 2026-04-08\n")
        assert "reading logs 1/62 " in shown
        assert shown.endswith("\r\x1b[K")
        assert self.finish(self.start("summary", "--root", root)).err == ""
