"""The documentation says what the code does: no command, option, key or figure is left out."""

import argparse
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

import perfkit
from perfkit.book.store.day_sheet import DIMENSIONS
from perfkit.cli.commands import command_parser
from perfkit.config import fills, joining, settings, targets
from perfkit.config.built_in import EXTENDS, TRADE_RECORD, names
from perfkit.config.dialect import _KEYS as DIALECT_KEYS
from perfkit.config.dialect import TARGETS
from perfkit.config.layout import LAYOUT_KEYS
from perfkit.config.yaml import parse
from perfkit.core.calendar import WINDOW_KINDS
from perfkit.core.trade import FILTER_FIELDS, Trade
from perfkit.core.trades import Trades
from perfkit.metrics.concurrency import ON_REQUEST
from perfkit.metrics.metric import TRADES, metric
from perfkit.metrics.reference import metrics_page
from perfkit.metrics.registry import METRICS
from perfkit.schemas import make
from perfkit.schemas.make import hints_of, schemas
from perfkit.summary import findings
from perfkit.summary import shape as shapes
from perfkit.summary.shape import SummaryShape
from tests.conftest import WriteWorkspace

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])
GUIDES = [page for page in PAGES if page.name not in ("CHANGELOG.md", "metrics.md")]

IN_A_RECORD = re.findall(
    r"\w+",
    "timestamp symbol action quantity price total_value order_id execution_mode account_id "
    "strategy_name entry_type stop_loss target decision_reasoning indicators_used "
    "risk_reward_ratio outcome profit_loss hold_duration_seconds exit_timestamp exit_reasoning "
    "slippage commission net_profit_loss session_id bot_version config_hash",
)
"""The fields of a `trade_record` line, in the order the sample bot writes them."""


class Block(NamedTuple):
    """A fenced block: its language, its text, and the text between it and the next heading."""

    language: str
    text: str
    after: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [
        Block(one[1], one[2], re.split(r"^#", text[one.end() :], flags=re.M)[0]) for one in found
    ]


def tables_of(text: str) -> list[list[list[str]]]:
    """The tables of a text, each as rows of cells, without its header."""
    found = re.findall(r"(?:^\|.*\n)+", text + "\n", re.MULTILINE)
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
        for table in found
    ]


def names_in(text: str) -> set[str]:
    """What stands between backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


def section(page: str, heading: str) -> str:
    """The text below a heading, up to the next of its level or above."""
    text = (DOCS / page).read_text(encoding="utf-8")
    level = heading.partition(" ")[0]
    assert f"\n{heading}\n" in text, f"{page} has no section {heading!r}"
    below = text.partition(f"\n{heading}\n")[2]
    return re.split(rf"^#{{1,{len(level)}}} ", below, flags=re.MULTILINE)[0]


def first_cells(text: str) -> set[str]:
    """What is named in code in the first column of the tables of a text."""
    found: set[str] = set()
    for line in text.splitlines():
        if line.startswith("| `"):
            found |= names_in(line.strip("|").split("|")[0])
    return found


class TestCommands:
    """Every command and option is documented, and every documented command is one."""

    def parsers(self) -> dict[str, argparse.ArgumentParser]:
        top = command_parser()
        (commands,) = (one for one in top._actions if isinstance(one, argparse._SubParsersAction))
        return {"perfkit": top, **commands.choices}

    def test_every_command_is_in_operations(self) -> None:
        listed = section("operations.md", "## Commands and options")
        named = {name.split()[1] for name in names_in(listed) if name.startswith("perfkit ")}
        assert named == self.parsers().keys() - {"perfkit"}

    def test_every_option_is_in_operations_with_its_commands(self) -> None:
        rows = tables_of(section("operations.md", "## Commands and options"))[1]
        documented = {
            (command.strip(), option.split()[0])
            for options, commands, _ in rows
            for option in names_in(options)
            for command in (self.parsers() if commands == "all" else commands.split(","))
        }
        real = {
            (name, option)
            for name, parser in self.parsers().items()
            for action in parser._actions
            for option in action.option_strings
        }
        assert documented == real

    def test_every_console_script_is_in_operations(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        listed = names_in(section("operations.md", "## Commands and options"))
        assert project["scripts"].keys() <= listed

    def test_every_shell_example_parses(self) -> None:
        examples = list(shell_examples())
        assert len(examples) > 20
        for page, words in examples:
            try:
                command_parser().parse_args(words)
            except SystemExit:
                pytest.fail(f"{page.name}: perfkit {shlex.join(words)}")

    def test_the_wheel_and_the_extras_named_in_the_readme_exist(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        wheel, extra = re.findall(r"dist/(perfkit-\S+\.whl)\[(\w+)\]", readme)[0]
        assert wheel == f"perfkit-{perfkit.__version__}-py3-none-any.whl"
        extras = project["optional-dependencies"].keys()
        assert {extra, *re.findall(r"`(reports|lab)`", readme)} == {"reports", "lab"} <= extras

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "page", [ROOT / "README.md", DOCS / "quickstart.md"], ids=["README", "quickstart"]
    )
    def test_python_example_runs(self, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (example,) = (one.text for one in blocks(page) if one.language == "python")
        monkeypatch.chdir(ROOT)
        exec(compile(example, page.name, "exec"), {})

    def test_every_make_target_named_exists(self) -> None:
        targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
        texts = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
        named = set(re.findall(r"(?:`|\$ )make ([a-z]+)", texts))
        assert {"report", "test", "docs"} <= named <= targets


def shell_examples() -> Iterator[tuple[Path, list[str]]]:
    """The words after `perfkit` in every console, cron and systemd example."""
    call = re.compile(
        r"(?:^\$ |^[\d* ]+ |^ExecStart=/bin/sh -c ')(?:\S*/|\$)?(?:perfkit|PERFKIT) (.*)$"
    )
    for page in GUIDES:
        for block in blocks(page):
            for line in block.text.splitlines():
                found = call.match(line)
                if found:
                    words = found[1].partition(" | ")[0].replace(">/dev/null", "")
                    words = re.sub(r'"\$\(date .*?\)"\'?', "2025-10-09", words)
                    yield page, shlex.split(words, comments=True)


class TestConfiguration:
    """Every key is documented, and every example is read."""

    def test_every_key_is_documented(self) -> None:
        listed = first_cells(section("configuration.md", "## All keys"))
        assert listed == set(settings._KEYS)

    def test_every_key_of_a_source_is_documented(self) -> None:
        listed = first_cells(section("configuration.md", "## Sources"))
        assert listed == set(settings._SOURCE_KEYS)

    def test_every_key_of_a_dialect_is_documented(self) -> None:
        intro = section("configuration.md", "## Dialects").partition("\n### ")[0]
        assert first_cells(intro) == {*DIALECT_KEYS, EXTENDS}

    def test_every_field_of_a_trade_is_documented_with_its_kind_and_how_lines_combine(self) -> None:
        rows = tables_of(section("configuration.md", "### Fields"))[0]
        shown = {
            name.strip("`"): (kind, policy.replace("P&L", "pnl")) for name, kind, policy, _ in rows
        }
        assert shown == TARGETS

    def test_every_key_and_field_of_fills_is_documented(self) -> None:
        keys, fields, _ = tables_of(section("configuration.md", "### Fills"))
        assert [names_in(row[0]) for row in keys] == [{key} for key in fills.KEYS]
        listed = set().union(*(names_in(row[0]) for row in fields))
        assert listed == set(fills.FIELDS)

    def test_every_rule_of_combine_is_documented(self) -> None:
        assert set(joining.RULES) <= names_in(
            section("configuration.md", "### Trades of several lines")
        )

    def test_every_bound_and_window_of_a_target_is_documented(self) -> None:
        listed = names_in(section("configuration.md", "## Targets"))
        assert set(targets.BOUNDS) | set(WINDOW_KINDS) <= listed

    def test_every_window_and_filter_is_in_the_quickstart(self) -> None:
        text = section("quickstart.md", "## 2. Ask for figures")
        assert first_cells(text) == set(WINDOW_KINDS)
        for field in FILTER_FIELDS:
            assert field.replace("_", " ") in text

    def test_every_environment_variable_is_documented(self) -> None:
        modules = (ROOT / "perfkit").rglob("*.py")
        code = "".join(path.read_text(encoding="utf-8") for path in modules)
        read = set(re.findall(r"(?:environ(?:\.get\(|\[)|setting\()\"(PERFKIT_\w+)", code))
        assert read == first_cells(section("configuration.md", "## Environment variables"))

    def test_every_example_loads(self, tmp_path: Path) -> None:
        examples = [one.text for one in blocks(DOCS / "configuration.md") if one.language == "yaml"]
        assert len(examples) == 17
        for number, example in enumerate(examples):
            root = tmp_path / str(number)
            for folder in ("config", "logs/bots/special", "logs/bots/scalper", "bots", "logs/eu-x"):
                (root / folder).mkdir(parents=True)
            (root / "logs/eu-x/trades.jsonl").touch()
            (root / "bots/other.yaml").write_text("{path: logs/other, currency: USD}")
            (root / "config/perfkit.yaml").write_text(example, encoding="utf-8")
            assert settings.load(root).sources

    def test_the_first_example_has_every_key(self) -> None:
        example = next(
            one.text for one in blocks(DOCS / "configuration.md") if one.language == "yaml"
        )
        top = parse(example, "docs").value
        assert top.keys() == set(settings._KEYS) - {"sources_from"}  # has an example of its own
        layout = set(LAYOUT_KEYS)  # these have an example of their own
        assert top["sources"][0].keys() == set(settings._SOURCE_KEYS) - layout

    def test_trade_record_spelled_out_is_the_built_in_one(self) -> None:
        example = [one.text for one in blocks(DOCS / "configuration.md") if one.language == "yaml"][
            -1
        ]
        (source,) = parse(example, "docs").value["sources"]
        assert source["dialect"] == TRADE_RECORD

    def test_every_built_in_dialect_is_in_the_table(self) -> None:
        table = first_cells(section("configuration.md", "### Built-in dialects"))
        assert table == set(names())

    def test_every_key_has_an_example(self) -> None:
        pages = [DOCS / "configuration.md", DOCS / "which-logs.md"]
        examples = [one.text for page in pages for one in blocks(page) if one.language == "yaml"]
        used = {key for example in examples for key in keys_in(parse(example, "docs").value)}
        every = {*settings._KEYS, *settings._SOURCE_KEYS, *DIALECT_KEYS, *TARGETS}
        assert every | set(fills.KEYS) | set(fills.FIELDS) <= used

    @pytest.mark.parametrize("number", range(11))
    def test_worked_dialect_reads_its_lines_as_the_trades_shown(
        self, workspace: WriteWorkspace, number: int
    ) -> None:
        page = blocks(DOCS / "configuration.md")
        at = [n for n, one in enumerate(page) if one.language in ("json", "csv")][number]
        path = parse(page[at - 1].text, "docs").value["sources"][0]["path"]
        desk = perfkit.open(workspace(page[at - 1].text, {path: page[at].text}))
        assert desk.book.errors == []
        shown = tables_of(page[at].after)[0]
        assert [*rows_shown(desk.book.closed), *rows_shown(desk.book.open)] == shown

    def test_error_shown_for_an_unknown_key_is_the_one_given(
        self, workspace: WriteWorkspace
    ) -> None:
        shown = next(
            one.text for one in blocks(DOCS / "configuration.md") if one.language == "console"
        )
        said = shown.splitlines()[1].removeprefix("perfkit: ").removesuffix(" ...")
        text = (
            "sources:\n  - name: bot\n    path: logs/trades\n    currency: USD\n\ntimezome: UTC\n"
        )
        with pytest.raises(perfkit.PerfkitError) as raised:
            settings.load(workspace(text))
        assert str(raised.value).startswith(said)


def keys_in(value: object) -> Iterator[str]:
    """Every key of a value of YAML, at any depth."""
    if isinstance(value, dict):
        yield from value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from keys_in(one)


def rows_shown(trades: Trades) -> list[list[str]]:
    """Trades as the worked dialects show them."""
    return [
        [
            iso(trade.opened_at),
            iso(trade.closed_at),
            str(trade.symbol),
            str(trade.side),
            "–" if trade.net_pnl is None else str(trade.net_pnl),
            "–" if trade.r is None else str(trade.r),
            ", ".join(str(place.line) for place in trades.places(row)),
        ]
        for row in range(len(trades))
        for trade in [trades[row]]
    ]


def iso(moment: datetime | None) -> str:
    """A moment as the docs write it."""
    if moment is None:
        return "open"
    text = moment.isoformat().removesuffix("+00:00")
    return (text.rstrip("0") if "." in text else text) + "Z"


class TestMetrics:
    def test_metrics_page_is_made_from_the_rows(self) -> None:
        assert (DOCS / "metrics.md").read_text(encoding="utf-8") == metrics_page()

    @pytest.mark.parametrize("part", ["formula", "unit", "range", "empty", "source"])
    def test_metric_that_lacks_a_part_of_its_definition_is_an_error(self, part: str) -> None:
        parts: dict[str, Any] = dict.fromkeys(("formula", "unit", "range", "empty", "source"), "x")
        del parts[part]
        with pytest.raises(TypeError, match=part):
            metric("What it is.", group=TRADES, **parts)

    @pytest.mark.parametrize("part", ["what", "formula", "unit", "range", "empty", "source"])
    def test_no_part_of_a_definition_is_empty(self, part: str) -> None:
        assert [name for name, row in METRICS.items() if not getattr(row, part).strip()] == []

    def test_every_metric_has_a_section(self) -> None:
        text = (DOCS / "metrics.md").read_text(encoding="utf-8")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [*METRICS, *ON_REQUEST]

    def test_metrics_other_tools_define_differently_say_how(self) -> None:
        told = {name for name, one in METRICS.items() if one.elsewhere}
        assert told >= {
            "win_rate",
            "win_rate_decided",
            "profit_factor",
            "payoff_ratio",
            "expectancy",
            "max_drawdown",
            "max_drawdown_pct",
            "sharpe",
            "sortino",
            "sqn",
            "longest_win_streak",
            "longest_loss_streak",
            "avg_hold_seconds",
        }

    def test_the_figures_given_for_the_example_are_ours(self, workspace: WriteWorkspace) -> None:
        """Where "Elsewhere" says "also 1/3" or "also 25", that is what perfkit gives."""
        lines = [
            json.dumps(
                {
                    "timestamp": f"2026-04-08T0{n}:00:00Z",
                    "exit_timestamp": f"2026-04-08T0{n}:30:00Z",
                    "order_id": str(n),
                    "net_profit_loss": pnl,
                }
            )
            for n, pnl in enumerate([100, -50, 0, 0, 200, -100])
        ]
        log = {"logs/trades/2026-04-08.jsonl": "\n".join(lines) + "\n"}
        metrics = perfkit.open(workspace(logs=log)).summary().metrics
        assert metrics["win_rate"] == Decimal("0.333333333333333333")
        assert metrics["win_rate_decided"] == Decimal("0.5")
        assert metrics["expectancy"] == 25
        assert metrics["longest_loss_streak"] == 1
        assert metrics["longest_win_streak"] == 1

    def test_changelog_counts_them(self) -> None:
        assert f"{len(METRICS)} metrics" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


class TestDataModel:
    def test_the_fields_of_trade_record_are_those_the_dialect_reads(self) -> None:
        rows = tables_of(section("data-model.md", "## The fields of `trade_record`"))[0]
        assert [row[0].strip("`") for row in rows] == IN_A_RECORD
        dialect = TRADE_RECORD
        fields: Any = dialect["fields"]
        becomes: dict[str, list[str]] = {name: [] for name in IN_A_RECORD}
        for target, expression in fields.items():
            for name in expression.split(" or "):
                becomes[name].append(target)
        for field, _, shown in rows:
            name = field.strip("`")
            if name == "order_id":
                assert (shown, dialect["identity"]) == ("identity", [name])
            else:
                assert names_in(shown) & TARGETS.keys() == set(becomes[name]), name

    def test_the_sample_log_has_these_fields(self) -> None:
        log = min((ROOT / "logs/trades").glob("*.jsonl"))
        first = log.read_text(encoding="utf-8").splitlines()[0]
        assert sorted(json.loads(first)) == sorted(IN_A_RECORD)

    def test_every_key_of_a_summary_is_documented(self) -> None:
        listed = first_cells(section("data-model.md", "## The JSON of a summary"))
        assert listed - finding_codes() == {*json_keys(SummaryShape), "breakdowns"}

    def test_every_breakdown_is_documented(self) -> None:
        text = section("data-model.md", "## The JSON of a summary")
        (row,) = (line for line in text.splitlines() if line.startswith("| `breakdowns` |"))
        assert names_in(row) == {"breakdowns", *DIMENSIONS}

    def test_every_finding_is_documented(self) -> None:
        text = section("data-model.md", "## The JSON of a summary").partition("| finding |")[2]
        assert first_cells(text) == finding_codes()

    def test_every_column_of_a_frame_is_documented(self) -> None:
        assert set(Trade._fields) <= names_in(section("data-model.md", "## In Python"))

    def test_schemas_that_ship_are_those_of_the_types(self) -> None:
        on_disk = {
            path.name: msgspec.json.decode(path.read_bytes()) for path in make.FOLDER.glob("*.json")
        }
        assert on_disk == schemas()


def finding_codes() -> set[str]:
    """Every code a finding can have."""
    code = (ROOT / "perfkit/summary/findings.py").read_text(encoding="utf-8")
    return {name for _, name, _ in findings._PER_TRADE} | set(
        re.findall(r'Finding\(\s*"(\w+)"', code)
    )


def json_keys(shape: type[tuple[object, ...]], prefix: str = "") -> Iterator[str]:
    """Every key of a shape as the docs write it: `window.kind`, `targets[].metric`."""
    for name, hint in hints_of(shape).items():
        inner = re.search(r"perfkit\.summary\.shape\.([A-Z]\w+)", str(hint))
        if inner is None:
            yield prefix + name
            continue
        step = ".<by>[]." if name == "breakdowns" else "[]." if "tuple" in str(hint) else "."
        yield from json_keys(getattr(shapes, inner[1]), prefix + name + step)


class TestPages:
    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
    def test_every_relative_link_resolves(self, page: Path) -> None:
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if link.startswith(("https://", "http://")):
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), f"{page.name}: {link}"
            if anchor:
                assert anchor in anchors(target), f"{page.name}: {link}"

    def test_changelog_has_something_unreleased(self) -> None:
        text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        below = text.partition("## [Unreleased]\n")[2]
        assert below.split("\n## ")[0].strip()

    def test_every_page_of_docs_is_linked_from_the_readme(self) -> None:
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        for page in DOCS.glob("*.md"):
            assert f"(docs/{page.name})" in readme, page.name

    def test_nothing_tracked_names_a_machine_or_a_registry(self) -> None:
        places = ("root", "work", "home", "tmp", "Users")
        hosts = ("pypi", "hosted.org", "jsdelivr", "unpkg", "npmjs", "conda.anaconda")
        forbidden = re.compile(
            rf"(?<![\w.])/(?:{'|'.join(places)})/[\w.]"
            rf"|(?:{'|'.join(hosts)})\.(?:org|com|net)"
            r"|BEGIN [A-Z ]*PRIVATE KEY"
        )
        found = [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
            for path in tracked()
            for number, line in enumerate(text_of(path).splitlines(), 1)
            if forbidden.search(line)
        ]
        assert found == []


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def tracked() -> list[Path]:
    """Every file of the project; in a copy without history, all but what is built or rendered."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    if listed.returncode or not names:
        pytest.skip("not a checkout")
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """The text of a file; nothing of a picture."""
    return path.read_bytes().decode("utf-8", "ignore") if path.suffix != ".png" else ""
