"""Every command takes the same lines of a log, however deep it calls the reader."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from perfkit.cli.main import main

RULES = "rules:\n  - {id: unreadable, metric: bad_lines, above: %d}\n"


def nested_line(number: int, field: str, depth: int) -> str:
    """A closing line that is nested so deep in a field."""
    line = {"exit_timestamp": "2026-04-08T10:00:00Z", "order_id": str(number)}
    plain = json.dumps({**line, "net_profit_loss": "1.00", field: "?"})
    return plain.replace('"?"', "[" * (depth - 1) + "]" * (depth - 1)) + "\n"


@pytest.mark.slow
def test_summary_alerts_verification_and_report_count_the_same_bad_lines(tmp_path: Path) -> None:
    """`symbol` is read, and a list, which is no symbol, is left out; `unread` is not read."""
    root = tmp_path / "workspace"
    assert main(["init", str(root)]) == 0
    depths = [*range(60, 70), *range(940, 1000, 3)]
    lines = [nested_line(n, "unread", depth) for n, depth in enumerate(depths)]
    lines += [nested_line(n, "symbol", depth) for n, depth in enumerate(depths, len(depths))]
    (root / "logs/trades").mkdir(parents=True, exist_ok=True)
    (root / "logs/trades/2026-04-08.jsonl").write_text("".join(lines))
    good = 2 * sum(depth <= 64 for depth in depths)

    def ran(module: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", module, *words, "--root", str(root)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    summary = json.loads(ran("perfkit", "summary", "--window", "all", "--json").stdout)
    bad = summary["data"]["bad_lines"]
    assert (bad, summary["metrics"]["closed_trades"]) == (len(lines) - good, good)
    for limit, code in ((bad, 0), (bad - 1, 2)):
        (root / "config/alerts.yaml").write_text(RULES % limit)
        assert ran("perfkit.alerts.cron").returncode == code
    assert ran("perfkit", "cache", "verify").returncode == 0
    report = ran("perfkit", "report", "daily", "--date", "2026-04-08", "--no-cache")
    assert (report.returncode, report.stderr) == (0, "")
    published = json.loads((root / "reports/daily/2026-04-08/summary.json").read_text())
    assert published["data"]["bad_lines"] == bad
