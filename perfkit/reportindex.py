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
        rows = [_row(reports, folder) for folder in _published(reports / kind)]
        if rows:
            header = ["Period", "Net P&L", "Trades", "Win rate", "State"]
            parts += [f"## {TITLES[kind]}\n", table(header, rows)]
    path = reports / "README.md"
    replace(path, "\n".join(parts))
    return path


def _published(folder: Path) -> list[Path]:
    """Complete reports, newest first."""
    if not folder.is_dir():
        return []
    complete = (path for path in folder.iterdir() if (path / "status.json").is_file())
    return sorted(complete, key=lambda path: path.name, reverse=True)


def _row(reports: Path, folder: Path) -> list[str]:
    status: dict[str, Any] = msgspec.json.decode((folder / "status.json").read_bytes())
    summary: dict[str, Any] = msgspec.json.decode((folder / "summary.json").read_bytes())
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
