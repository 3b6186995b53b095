"""`python -OO` drops docstrings and assertions; nothing that runs may depend on them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import perfkit
from tests.conftest import WriteWorkspace

LOG = """\
{"timestamp": "2026-04-08T10:00:00Z", "order_id": "1", "net_profit_loss": "1"}
"""
RULES = """\
rules:
  - id: losing
    metric: win_rate
    over: {trades: 1}
    below: 0.5
    severity: warning
"""


def run(root: Path, *arguments: str, optimized: bool = True) -> tuple[int, str]:
    """Exit status and output of a command of Python, run in a workspace."""
    done = subprocess.run(
        [sys.executable, *(["-OO"] if optimized else []), *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    "command",
    ["summary", "summary --json", "explain win_rate", "--help", "summary --help"],
)
def test_a_command_prints_the_same(workspace: WriteWorkspace, command: str) -> None:
    root = workspace(logs={"logs/trades/2026-04-08.jsonl": LOG})
    plain = run(root, "-m", "perfkit", *command.split(), optimized=False)
    assert plain[0] == 0
    assert run(root, "-m", "perfkit", *command.split()) == plain


def test_alerts_are_checked(workspace: WriteWorkspace) -> None:
    root = workspace(logs={"logs/trades/2026-04-08.jsonl": LOG})
    (root / "config/alerts.yaml").write_text(RULES, encoding="utf-8")
    status, _ = run(root, "-m", "perfkit", "alerts", "check")
    assert status == 0


def test_schemas_and_the_page_of_metrics_are_the_same(tmp_path: Path) -> None:
    script = (
        "import json; from perfkit.schemas.make import schemas;"
        "from perfkit.metrics.reference import metrics_page;"
        "print(json.dumps([schemas(), metrics_page()]))"
    )
    _, printed = run(tmp_path, "-c", script)
    made, page = json.loads(printed)
    folder = Path(perfkit.__file__).parent / "schemas"
    assert made == {path.name: json.loads(path.read_bytes()) for path in folder.glob("*.json")}
    assert page == (folder.parents[1] / "docs/metrics.md").read_text(encoding="utf-8")
