"""New workspaces: `perfkit init` for a user's own logs, `perfkit demo` with sample logs."""

from __future__ import annotations

import shutil
from pathlib import Path

from perfkit.alerts.rules.file import RULES_FILE
from perfkit.config.workspace import CONFIG
from perfkit.core.errors import OutputError, UsageError
from perfkit.disk.atomic import replace

FOLDERS = ("config", "logs/trades", "notebooks", "reports")
_PACKAGE = Path(__file__).parents[1]
TEMPLATE = _PACKAGE / "templates" / "perfkit.yaml"
REPORT_KINDS = ("daily", "weekly", "monthly")


def make_workspace(folder: Path) -> str:
    """Makes a workspace for a user's own logs; returns what to do next.

    Raises `UsageError` when the folder is not empty, `OutputError` when it cannot be written.
    """
    _make_folders(folder)
    replace(folder / CONFIG, TEMPLATE.read_bytes())
    _put_rules(folder)
    return (
        f"A workspace is in {folder}. Next:\n"
        f"  1. tell {folder}/config/perfkit.yaml where your bot's log is and what it looks like\n"
        f"  2. perfkit summary --root {folder} --window all\n"
        f"  3. perfkit report daily --root {folder}\n"
        f"  4. set the limits in {folder}/config/alerts.yaml, and let cron run perfkit-alerts\n"
        f"  5. open {folder}/notebooks in JupyterLab"
    )


def make_demo(folder: Path) -> str:
    """Makes a workspace with sample logs and its three reports; returns where to look."""
    from datetime import UTC, datetime

    from perfkit.desk.desk import open as open_desk
    from perfkit.reports.run import run_report

    _make_folders(folder)
    replace(folder / CONFIG, (shipped("config") / Path(CONFIG).name).read_bytes())
    _put_rules(folder)
    for log in sorted(shipped("logs/trades").glob("*.jsonl")):
        replace(folder / "logs/trades" / log.name, log.read_bytes())
    desk = open_desk(folder)
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    reports = [run_report(desk, kind, None, {}, now) for kind in REPORT_KINDS]
    return "\n".join(
        [
            f"A workspace with sample logs is in {folder}. Look at:",
            *(f"  {path}" for path in reports),
            "Then try:",
            f"  perfkit summary --root {folder} --window weekly",
            f"  perfkit explain max_drawdown --root {folder} --window weekly",
            f"  and open {folder}/notebooks in JupyterLab",
        ]
    )


def shipped(name: str) -> Path:
    """A folder that ships with perfkit: inside the package, or beside it in a checkout."""
    inside = _PACKAGE / "workspace" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def _put_rules(folder: Path) -> None:
    replace(folder / RULES_FILE, (shipped("config") / RULES_FILE.name).read_bytes())


def _make_folders(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not an empty folder; name a new one")
    try:
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for notebook in sorted(shipped("notebooks").glob("*.ipynb")):
            shutil.copyfile(notebook, folder / "notebooks" / notebook.name)
    except OSError as error:
        raise OutputError(str(folder), error.strerror or str(error)) from error
