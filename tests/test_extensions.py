"""Readers and dialects of packages that are installed: what they bring is read like any other log.

Each test installs a small package into a folder of its own. Some run the real commands, which find
it by PYTHONPATH; the others put the folder on the path of this process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given

from perfkit.core.errors import ConfigError, ExtensionError, LogReadError, PerfkitError
from perfkit.desk.desk import open as open_desk
from perfkit.logs.formats import reader_records
from tests.conftest import WriteWorkspace
from tests.packages import install
from tests.test_forms_of_logs import (
    CONFIG,
    Record,
    assert_incremental_is_cold,
    desk_on,
    figures,
    json_lines,
    records,
)

BROKER = """
    import xml.etree.ElementTree as ET
    from decimal import Decimal

    def read(file):
        for row in ET.parse(file).iter("trade"):
            if "closed" in row.attrib:
                yield {**row.attrib, "pnl": Decimal(row.attrib["pnl"])}
            else:
                yield ValueError("a trade without a closing time")
    """
DIALECT = """\
# Broker: statement (XML)
reader: broker-xml
fields: {closed_at: closed, net_pnl: pnl, symbol: symbol}
"""
STATEMENT = """\
<statement>
  <trade closed="2026-04-06T10:00:00Z" pnl="1.50" symbol="ES"/>
  <trade pnl="3"/>
  <trade closed="2026-04-07T10:00:00Z" pnl="-0.25" symbol="NQ"/>
</statement>
"""
BY_NAME = """\
sources:
  - name: bot
    path: logs/statement.xml
    currency: USD
    dialect: broker
"""
BY_READER = BY_NAME.replace("dialect: broker", "reader: broker-xml") + (
    "    dialect: {fields: {closed_at: closed, net_pnl: pnl}}\n"
)


def broker(folder: Path, code: str = BROKER, version: str = "1.0", dialect: str = DIALECT) -> Path:
    """The package of a broker, with a reader and a dialect."""
    files = {"broker_logs/__init__.py": dedent(code), "broker_logs/broker.yaml": dialect}
    return install(
        folder,
        "broker_logs",
        files,
        version,
        readers={"broker-xml": "broker_logs:read"},
        dialects={"broker": "broker_logs"},
    )


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path of this process, from which nothing stays loaded."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    forget()
    yield folder
    forget()


def forget() -> None:
    """What a new process does not know: the packages that were loaded."""
    reader_records.loaded.cache_clear()
    for name, module in list(sys.modules.items()):
        if (
            f"{os.sep}packages{os.sep}"
            in str(getattr(module, "__file__", "")).partition("site-")[0]
        ):
            del sys.modules[name]


class TestFigures:
    """A reader's records are read like those of any document."""

    @pytest.mark.parametrize("config", [BY_NAME, BY_READER], ids=["dialect", "reader"])
    def test_statement_gives_its_trades_and_its_bad_record_at_their_places(
        self, workspace: WriteWorkspace, packages: Path, config: str
    ) -> None:
        broker(packages)
        root = workspace(config, {"logs/statement.xml": STATEMENT})
        desk = assert_incremental_is_cold(root)
        assert str(desk.summary("all").metrics["net_pnl"]) == "1.25"
        (error,) = desk.book.errors
        assert str(error) == "logs/statement.xml[1]: a trade without a closing time"
        trades = desk.book.closed
        places = [[str(place) for place in trades.places(row)] for row in range(len(trades))]
        assert places == [["logs/statement.xml[0]"], ["logs/statement.xml[2]"]]

    @pytest.mark.slow
    @given(rows=records, more=records)
    def test_says_what_json_lines_say(
        self, fresh_workspace: WriteWorkspace, rows: list[Record], more: list[Record]
    ) -> None:
        root = desk_on(fresh_workspace, "plain.jsonl", json_lines(rows))
        plain = [figures(open_desk(root))]
        (root / "logs/plain.jsonl").write_bytes(json_lines([*rows, *more]))
        plain.append(figures(open_desk(root)))
        config = CONFIG.format(path="logs/a.rows") + "    reader: rows\n"
        root = fresh_workspace(config, {"logs/a.rows": json.dumps(["rows", *rows])})
        code = "import json\n\ndef read(file):\n    return json.load(file)[1:]\n"
        folder = install(
            root / "packages",
            "rows",
            {"rows_reader.py": code},
            readers={"rows": "rows_reader:read"},
        )
        sys.path.insert(0, str(folder))
        try:
            forget()
            found = [figures(assert_incremental_is_cold(root))]
            (root / "logs/a.rows").write_text(json.dumps(["rows", *rows, *more]))
            found.append(figures(assert_incremental_is_cold(root)))
        finally:
            sys.path.remove(str(folder))
        assert found == plain

    def test_compressed_file_is_unpacked_for_its_reader(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        import gzip

        broker(packages)
        config = BY_NAME.replace("statement.xml", "statement.xml.gz")
        content = gzip.compress(STATEMENT.encode())
        root = workspace(config, {"logs/statement.xml.gz": content})
        desk = assert_incremental_is_cold(root)
        assert str(desk.summary("all").metrics["net_pnl"]) == "1.25"

    def test_utf_16_is_left_to_the_reader(self, workspace: WriteWorkspace, packages: Path) -> None:
        broker(packages)
        content = ('<?xml version="1.0" encoding="utf-16"?>\n' + STATEMENT).encode("utf-16")
        desk = open_desk(workspace(BY_NAME, {"logs/statement.xml": content}))
        assert str(desk.summary("all").metrics["net_pnl"]) == "1.25"

    def test_file_caught_half_written_leaves_the_earlier_figures_and_says_so(
        self, workspace: WriteWorkspace, packages: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        broker(packages)
        root = workspace(BY_NAME, {"logs/statement.xml": STATEMENT})
        assert open_desk(root).summary("all").metrics["closed_trades"] == 2
        (root / "logs/statement.xml").write_text(STATEMENT[:-20])
        assert open_desk(root).summary("all").metrics["closed_trades"] == 2
        assert (
            "logs/statement.xml cannot be read by the reader broker-xml of broker_logs 1.0: "
            in (caplog.text)
        )
        with pytest.raises(LogReadError, match="ParseError"):
            open_desk(root, cached=False).summary("all")

    @pytest.mark.parametrize("value", ['"3"', "3", "Decimal('3')", "3.0"])
    def test_numbers_and_times_may_be_of_several_kinds(
        self, workspace: WriteWorkspace, packages: Path, value: str
    ) -> None:
        code = (
            "from datetime import UTC, datetime\nfrom decimal import Decimal\n\ndef read(file):\n"
            "    at, x = datetime(2026, 4, 6, tzinfo=UTC), float('nan')\n"
            f"    yield {{'at': at, 'pnl': {value}, 'x': x}}\n"
            "    yield {'at': datetime(2026, 4, 6, 3), 'pnl': None}\n"
            "    yield ['a list']\n    yield {'at': object()}\n"
        )
        install(packages, "kinds", {"kinds.py": code}, readers={"kinds": "kinds:read"})
        config = (
            "sources:\n  - name: a\n    path: logs/a\n    currency: USD\n    reader: kinds\n"
            "    dialect: {fields: {closed_at: at, net_pnl: pnl, commission: x}}\n"
        )
        desk = open_desk(workspace(config, {"logs/a": ""}))
        metrics = desk.summary("all").metrics
        assert (metrics["net_pnl"], metrics["commission"]) == (3, 0)
        assert [str(one) for one in desk.book.errors] == [
            "logs/a[1]: closes a trade without any P&L or outcome",
            "logs/a[2]: its reader gave a value of type list, not fields with their values",
            "logs/a[3]: its reader gave what is not a record: TypeError: a value of type object",
        ]


class TestCache:
    """Figures made by another state of a package are computed anew."""

    def test_another_version_is_noticed_when_nothing_else_changed(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        broker(packages)
        root = workspace(BY_NAME, {"logs/statement.xml": STATEMENT})
        assert open_desk(root).book.activity.rebuilt == 1
        assert open_desk(root).book.activity.hit == 1
        broker(packages, version="1.1")
        forget()
        assert open_desk(root).book.activity.rebuilt == 1
        assert open_desk(root).book.activity.hit == 1

    def test_package_that_is_being_worked_on_is_noticed(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        broker(packages)
        root = workspace(BY_NAME, {"logs/statement.xml": STATEMENT})
        assert str(open_desk(root).summary("all").metrics["net_pnl"]) == "1.25"
        broker(packages, dialect=DIALECT.replace("net_pnl: pnl", "net_pnl: -pnl"))
        forget()
        assert str(open_desk(root).summary("all").metrics["net_pnl"]) == "-1.25"
        broker(packages, BROKER.replace('Decimal(row.attrib["pnl"])', '"0.5"'))
        forget()
        assert str(open_desk(root).summary("all").metrics["net_pnl"]) == "1"

    def test_reader_that_was_replaced_after_it_was_loaded_says_so(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        broker(packages)
        root = workspace(BY_NAME, {"logs/statement.xml": STATEMENT})
        assert open_desk(root).summary("all").metrics["closed_trades"] == 2
        broker(packages, BROKER.replace('Decimal(row.attrib["pnl"])', '"0.5"'), version="1.1")
        with pytest.raises(LogReadError, match=r"was replaced meanwhile; .* start again"):
            open_desk(root).summary("all")


class TestMistakes:
    """Whatever is wrong with a package is said in one sentence that names it."""

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("import not_there", "the reader broker-xml of broker_logs 1.0 cannot be loaded: "
             "ModuleNotFoundError: No module named 'not_there'; install what it needs"),
            ("raise SystemExit(0)", "cannot be loaded: SystemExit: 0"),
            ("x = 1", "cannot be loaded: AttributeError"),
            ("read = 1", "read by the reader .*: TypeError: 'int' object is not callable"),
            ("def read(file): pass", "'NoneType' object is not iterable"),
            ("def read(file): raise SystemExit(0)", "SystemExit: 0"),
            ("def read(file):\n    yield {'closed': 1}\n    raise KeyError('pnl')",
             "after 1 records: KeyError: 'pnl'; if the file is being written, try again"),
        ],
    )  # fmt: skip
    def test_reader_that_fails_is_named(
        self, workspace: WriteWorkspace, packages: Path, code: str, said: str
    ) -> None:
        broker(packages, code)
        root = workspace(BY_READER, {"logs/statement.xml": STATEMENT})
        with pytest.raises(LogReadError, match=said) as raised:
            open_desk(root).summary("all")
        assert str(raised.value).startswith("logs/statement.xml: cannot be read")

    @pytest.mark.parametrize("config", [BY_READER, BY_NAME], ids=["reader", "dialect"])
    def test_name_that_is_not_installed_says_what_to_do(
        self, workspace: WriteWorkspace, packages: Path, config: str
    ) -> None:
        root = workspace(config, {"logs/statement.xml": STATEMENT})
        with pytest.raises(ConfigError, match="install the package that brings it"):
            open_desk(root)
        broker(packages)
        root = workspace(config.replace("broker", "brokr"))
        with pytest.raises(ConfigError, match=r"broker-xml .of broker_logs|did you mean broker"):
            open_desk(root)

    def test_two_packages_with_the_same_name_are_refused(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        broker(packages)
        install(packages, "other", {}, "2.0", readers={"broker-xml": "other:read"})
        with pytest.raises(PerfkitError, match=r"broker_logs 1\.0 and by other 2\.0"):
            open_desk(workspace(BY_READER, {"logs/statement.xml": STATEMENT}))
        install(packages, "other", {}, "2.0", dialects={"broker": "other"})
        with pytest.raises(ExtensionError, match="uninstall all but one"):
            open_desk(workspace(BY_NAME))

    @pytest.mark.parametrize(
        ("dialect", "said"),
        [
            ("fields: {closed_at: [", r"broker\.yaml of broker_logs 1\.0:\d: .*not valid YAML"),
            ("- 1", r"broker\.yaml of broker_logs 1\.0: has no keys of a dialect"),
            ("fields: {closed_at: t}", r"broker\.yaml of broker_logs 1\.0: fields: has no P&L"),
            (None, r"broker\.yaml of broker_logs 1\.0: cannot be read: SystemExit: 0; its package"),
            ("colour: red", r"broker\.yaml of broker_logs 1\.0: colour: is unknown"),
            ("extends: krakn", r"broker\.yaml of broker_logs 1\.0: extends: 'krakn' is not built"),
            (DIALECT.replace("broker-xml", "nobodys"), "there is no reader 'nobodys'"),
        ],
    )
    def test_dialect_that_is_wrong_is_named(
        self, workspace: WriteWorkspace, packages: Path, dialect: str | None, said: str
    ) -> None:
        if dialect is None:
            broker(packages, "raise SystemExit(0)")
        else:
            broker(packages, dialect=dialect)
        with pytest.raises(PerfkitError, match=said):
            open_desk(workspace(BY_NAME, {"logs/statement.xml": STATEMENT}))

    def test_dialect_without_its_file_is_named(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        broker(packages)
        (packages / "broker_logs/broker.yaml").unlink()
        with pytest.raises(ExtensionError, match=r"broker_logs should have a file broker\.yaml"):
            open_desk(workspace(BY_NAME))

    def test_dialect_of_a_package_can_be_extended(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        broker(packages)
        more = "dialect: {extends: broker, only: {symbol: ES}}"
        root = workspace(
            BY_NAME.replace("dialect: broker", more), {"logs/statement.xml": STATEMENT}
        )
        assert str(open_desk(root).summary("all").metrics["net_pnl"]) == "1.5"

    def test_dialect_of_a_package_can_extend_a_built_in_one(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        broker(packages, dialect="extends: trade_record\nfields: {net_pnl: pnl}\n")
        line = (
            '{"timestamp": "2026-04-08T10:00:00Z", "order_id": "1", "outcome": "win", "pnl": "7"}\n'
        )
        root = workspace(BY_NAME, {"logs/statement.xml": line})
        assert str(open_desk(root).summary("all").metrics["net_pnl"]) == "7"


def run(*words: str, path: Path, root: Path) -> subprocess.CompletedProcess[str]:
    """A command of perfkit in a process of its own, which finds packages in a folder."""
    module = "perfkit.alerts.cron" if words[0] == "perfkit-alerts" else "perfkit"
    return subprocess.run(
        [sys.executable, "-m", module, *words[1:]],
        env={**os.environ, "PYTHONPATH": str(path)},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
class TestCommands:
    """A package that pip has installed, and the commands as an operator runs them."""

    def test_figures_alerts_and_an_upgrade(self, workspace: WriteWorkspace, tmp_path: Path) -> None:
        path = broker(tmp_path / "packages")
        root = workspace(BY_NAME, {"logs/statement.xml": STATEMENT})
        (root / "config/alerts.yaml").write_text(
            "rules: [{id: loss, metric: net_pnl, over: {window: all}, below: 1}]\n"
        )
        words = ("perfkit", "summary", "--window", "all", "--json")
        done = run(*words, path=path, root=root)
        assert json.loads(done.stdout)["metrics"]["net_pnl"] == "1.25"
        assert done.stderr == "logs/statement.xml[1]: a trade without a closing time\n"
        explained = run("perfkit", "explain", "net_pnl", "--window", "all", path=path, root=root)
        assert "logs/statement.xml[2]" in explained.stdout
        assert run("perfkit-alerts", path=path, root=root).returncode == 0
        verified = run("perfkit", "cache", "verify", path=path, root=root)
        assert verified.returncode == 0, verified.stderr

        (root / "logs/statement.xml").write_text(STATEMENT[:-20])
        alerted = run("perfkit-alerts", path=path, root=root)
        assert alerted.returncode == 3
        assert "cannot be read by the reader broker-xml" in alerted.stderr
        (root / "logs/statement.xml").write_text(STATEMENT)
        assert run("perfkit-alerts", path=path, root=root).returncode == 0

        broker(path, BROKER.replace('Decimal(row.attrib["pnl"])', '"0.5"'), version="2.0")
        done = run(*words, path=path, root=root)
        assert json.loads(done.stdout)["metrics"]["net_pnl"] == "1"
        broker(path, BROKER.replace('Decimal(row.attrib["pnl"])', '"-1"'), version="3.0")
        alerted = run("perfkit-alerts", path=path, root=root)
        assert alerted.returncode == 2, alerted.stderr

        broker(path, "def read(file): raise OSError('no licence')", version="4.0")
        alerted = run("perfkit-alerts", path=path, root=root)
        assert alerted.returncode == 3
        assert "broker-xml of broker_logs 4.0: OSError: no licence" in alerted.stderr
        alerted = run("perfkit-alerts", path=tmp_path, root=root)
        assert alerted.returncode == 3
        assert "'broker' is unknown" in alerted.stderr
        assert "Traceback" not in alerted.stderr + done.stderr

    def test_check_names_the_package(self, workspace: WriteWorkspace, tmp_path: Path) -> None:
        path = broker(tmp_path / "packages")
        root = workspace(BY_NAME, {"logs/statement.xml": STATEMENT})
        done = run("perfkit", "check", path=path, root=root)
        assert "  from      broker-xml of broker_logs 1.0\n" in done.stdout
        assert " closed     2 of 2 " in done.stdout

    def test_dialects_lists_and_prints_those_of_packages(self, tmp_path: Path) -> None:
        path = broker(tmp_path / "packages")
        done = run("perfkit", "dialects", path=path, root=tmp_path)
        assert "Broker: statement (XML), from broker_logs 1.0\n" in done.stdout
        assert done.returncode == 0
        assert run("perfkit", "dialects", "broker", path=path, root=tmp_path).stdout == DIALECT
        install(path, "other", {"other/__init__.py": ""}, "2.0", dialects={"kraken": "other"})
        done = run("perfkit", "dialects", path=path, root=tmp_path)
        assert done.returncode == 3
        assert "broker_logs 1.0" in done.stdout
        assert "'kraken' of other 2.0 has the name of a built-in dialect" in done.stderr

    def test_nothing_looks_for_packages_unless_a_source_names_one(
        self, workspace: WriteWorkspace, tmp_path: Path
    ) -> None:
        config = BY_NAME.replace("broker", "kraken").replace("USD", "EUR")
        root = workspace(config, {"logs/statement.xml": "{}\n"})
        (root / "config/alerts.yaml").write_text(
            "rules: [{id: loss, metric: net_pnl, over: {window: all}, below: 1}]\n"
        )
        for script in (
            "from perfkit.cli.main import main; main(['summary', '--window', 'all'])",
            "from perfkit.alerts.cron import main; main([])",
        ):
            look = "; import sys; print('importlib.metadata' in sys.modules)"
            done = subprocess.run(
                [sys.executable, "-c", script + look],
                cwd=root,
                capture_output=True,
                text=True,
                check=True,
            )
            assert done.stdout.splitlines()[-1] == "False"
