"""What runs often starts fast: heavy packages are only imported where their work is done."""

import json
import pkgutil
import re
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import perfkit
from tests.conftest import WriteWorkspace

HEAVY = (
    "IPython",
    "ipykernel",
    "ipywidgets",
    "jupyter_client",
    "jupyter_core",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
)
HOMES = ("charts", "reports", "alerts.chart", "desk.explore", "summary.frame")
"""Rooms and modules that may import them when they are imported."""

LOG = """\
{"timestamp": "2026-04-08T10:00:00Z", "order_id": "1", "net_profit_loss": "1"}
bad
"""


def imported(script: str, *arguments: object) -> set[str]:
    """The top-level packages a fresh interpreter has imported after that script."""
    told = "\nimport json, sys\nprint(json.dumps([name.split('.')[0] for name in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script) + told, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_imports_none_of_its_modules() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, perfkit; print([m for m in sys.modules if m.startswith('perfkit.')])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
    assert not imported("import perfkit") & {*HEAVY, "msgspec", "yaml"}


@pytest.mark.parametrize(
    "words",
    [
        "summary",
        "summary --json",
        "summary --window all --export",
        "summary --backfill 2",
        "summary --by strategy",
        "trades",
        "trades --json",
        "explain max_drawdown",
        "--help",
        "report --help",
        "report hourly",
    ],
)
def test_command_imports_nothing_heavy(workspace: WriteWorkspace, words: str) -> None:
    root = workspace(logs={"logs/trades/2026-04-08.jsonl": LOG})
    script = """
        import os, sys
        from perfkit.cli.main import main
        os.chdir(sys.argv[1])
        try:
            main(sys.argv[2:])
        except SystemExit:
            pass
        """
    assert not imported(script, root, *words.split()) & set(HEAVY)


def test_an_alert_run_with_a_new_trade_does_without_much_of_the_standard_library(
    workspace: WriteWorkspace,
) -> None:
    path = "logs/trades/2026-04-08.jsonl"
    root = workspace(logs={path: LOG.replace("bad\n", "")})
    rule = "{id: lost, metric: net_pnl, below: 0, over: {trades: 2}, severity: warning}"
    (root / "config/alerts.yaml").write_text(f"rules: [{rule}]\n")
    script = """
        import sys
        from perfkit.alerts.cron import main
        before = set(sys.modules)
        assert main(["--root", sys.argv[1], "--now", "2026-04-08T10:01:00Z"], accounts=False) == 0
        loaded = {*sys.modules} - before
        if len(sys.argv) == 2:
            assert "_json" in loaded  # it read the new line
            unwanted = {"re", "json", "typing", "hashlib", "yaml", "msgspec"}
            assert not loaded & unwanted, loaded & unwanted
        """
    for number in range(2, 5):
        with (root / path).open("a") as log:
            log.write(LOG.splitlines()[0].replace('"1"', f'"{number}"', 1) + "\n")
        time.sleep(0.1)  # settings that were written a moment ago are read again the next time
        imported(script, root, *(["still reads settings"] if number < 4 else []))


@pytest.mark.parametrize(
    "words", ["summary", "summary --window all --by strategy", "explain win_rate"]
)
def test_a_workspace_needs_nothing_that_reads_unknown_logs(
    workspace: WriteWorkspace, words: str
) -> None:
    root = workspace(logs={"logs/trades/2026-04-08.jsonl": LOG})
    script = """
        import os, sys
        from perfkit.cli.main import main
        os.chdir(sys.argv[1])
        main(sys.argv[2:])
        assert not [name for name in sys.modules if "inference" in name]
        """
    imported(script, root, *words.split())


def test_new_workspace_is_made_without_anything_heavy(tmp_path: Path) -> None:
    script = "import sys; from perfkit.cli.main import main; main(['init', sys.argv[1]])"
    assert not imported(script, tmp_path / "new") & set(HEAVY)


def test_opening_a_desk_and_its_figures_import_nothing_heavy(workspace: WriteWorkspace) -> None:
    root = workspace(logs={"logs/trades/2026-04-08.jsonl": LOG})
    script = """
        import sys, perfkit
        desk = perfkit.open(sys.argv[1])
        desk.glance(), desk.figures(), desk.targets(), desk.quality(), desk.breakdown("symbol")
        """
    assert not imported(script, root) & set(HEAVY)


def test_only_charts_frames_and_reports_import_anything_heavy() -> None:
    modules = [module.name for module in pkgutil.walk_packages(perfkit.__path__, "perfkit.")]
    light = [name for name in modules if not name.removeprefix("perfkit.").startswith(HOMES)]
    assert len(light) > 30
    script = "\n".join(f"import {name}" for name in light if name != "perfkit.__main__")
    assert not imported(script) & set(HEAVY)


def test_no_pattern_has_a_possessive_group() -> None:
    """Python 3.11.0 to 3.11.4 match `(a?)*+` wrongly; `[a-z]*+`, of one character, rightly."""
    folder = Path(perfkit.__file__).parent
    possessive = re.compile(r"\)[*+?]\+|\(\?>")
    assert [one for one in folder.rglob("*.py") if possessive.search(one.read_text())] == []
