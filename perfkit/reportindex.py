"""`reports/README.md`: the published reports, newest first, with their headline figures."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from perfkit.files import replace
from perfkit.markdown import escaped, percent, signed, table

KINDS = ("daily", "weekly", "monthly")
TITLES = {"daily": "Days", "weekly": "Weeks", "monthly": "Months"}


def write_index(reports: Path) -> Path:
    """Writes the index of all published reports; returns its path."""
    parts = ["# Reports\n"]
    for kind in KINDS:
        rows = [_row(reports, *found) for found in _published(reports / kind)]
        if rows:
            header = ["Period", "Net P&L", "Trades", "Win rate", "State"]
            parts += [f"## {TITLES[kind]}\n", table(header, rows)]
    path = reports / "README.md"
    replace(path, "\n".join(parts))
    return path


def _published(folder: Path) -> list[tuple[Path, dict[str, Any], dict[str, Any]]]:
    """Complete reports with their status and summary, newest first; others are passed over."""
    found = []
    for path in sorted(folder.glob("[!.]*/status.json"), reverse=True):
        try:
            status = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
            body = path.with_name("summary.json").read_bytes()
            found.append((path.parent, status, msgspec.json.decode(body, type=dict[str, Any])))
        except (OSError, msgspec.MsgspecError):
            continue
    return found


def _row(reports: Path, folder: Path, status: dict[str, Any], summary: dict[str, Any]) -> list[str]:
    metrics = summary["metrics"]
    label = escaped(status["label"])
    if status["where"]:
        where = ", ".join(f"{name} = {value}" for name, value in status["where"].items())
        label += f" ({escaped(where)})"
    rate = metrics["win_rate"]
    return [
        f"[{label}]({folder.relative_to(reports).as_posix()}/report.md)",
        f"{signed(Decimal(metrics['net_pnl']))} {summary['currency']}",
        str(metrics["closed_trades"]),
        "–" if rate is None else percent(Decimal(rate)),
        "no trades" if status["state"] == "no-data" else "ok",
    ]
