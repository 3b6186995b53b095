"""New workspaces: `perfkit init` for a user's own logs, `perfkit demo` with sample logs.

A workspace is built in a hidden folder and moved into place when it is whole, so that a failure,
an interrupt or a full disk leaves nothing behind. What a killed run leaves is removed by the next.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from perfkit.alerts.rules.file import RULES_FILE
from perfkit.config.workspace import CONFIG
from perfkit.core.errors import OutputError, UsageError
from perfkit.disk.atomic import replace
from perfkit.disk.locks import try_lock

FOLDERS = ("config", "logs/trades", "notebooks", "reports")

_LOOK = "see how your log is read and correct what is wrong"
_PACKAGE = Path(__file__).parents[1]
TEMPLATE = _PACKAGE / "templates" / "perfkit.yaml"
REPORT_KINDS = ("daily", "weekly", "monthly")
MARK = ".unfinished-workspace"
"""A file in a folder that is being built; the run that builds it holds its lock."""


def make_workspace(folder: Path, config: str | None = None) -> str:
    """Makes a workspace for a user's own logs; returns what to do next.

    `config` is the text of its configuration, where that is known already.

    Raises `UsageError` when the folder is not empty, `OutputError` when it cannot be written.
    """
    with _new_folder(folder) as unfinished:
        _put_common_files(unfinished, TEMPLATE)
        if config is not None:
            replace(unfinished / CONFIG, config.encode())
    first = "write where your bot's log is and how to read it" if config is None else _LOOK
    return (
        f"A workspace is in {folder}. Next:\n"
        f"  1. {first}, in {folder}/config/perfkit.yaml\n"
        f"  2. perfkit summary --root {folder} --window all\n"
        f"  3. perfkit report daily --root {folder}{_needs('papermill', 'reports')}\n"
        f"  4. set the limits in {folder}/config/alerts.yaml, and let cron run perfkit-alerts\n"
        f"  5. open {folder}/notebooks in JupyterLab{_needs('jupyterlab', 'lab')}"
    )


def make_demo(folder: Path) -> str:
    """Makes a workspace with sample logs and its three reports; returns where to look."""
    from datetime import UTC, datetime

    from perfkit.desk.desk import open as open_desk
    from perfkit.reports.run import run_report

    with _new_folder(folder) as unfinished:
        _put_common_files(unfinished, shipped("config") / Path(CONFIG).name)
        for log in sorted(shipped("logs/trades").glob("*.jsonl")):
            replace(unfinished / "logs/trades" / log.name, log.read_bytes())
        desk = open_desk(unfinished, live=False)
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        made = [run_report(desk, kind, None, {}, now) for kind in REPORT_KINDS]
        reports = [folder / path.relative_to(desk.config.root) for path in made]
    return "\n".join(
        [
            f"A workspace with sample logs is in {folder}. Look at:",
            *(f"  {path}" for path in reports),
            "Then try:",
            f"  perfkit summary --root {folder} --window weekly",
            f"  perfkit explain max_drawdown --root {folder} --window weekly",
            f"  and open {folder}/notebooks in JupyterLab{_needs('jupyterlab', 'lab')}",
        ]
    )


def _needs(package: str, extra: str) -> str:
    """What to add to a step that needs an extra, where that is not installed."""
    return "" if find_spec(package) else f" (with the extra `{extra}`)"


def shipped(name: str) -> Path:
    """A folder that ships with perfkit: inside the package, or beside it in a checkout."""
    inside = _PACKAGE / "workspace" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def _put_common_files(folder: Path, config: Path) -> None:
    """Makes the folders of a workspace, its notebooks, rules and configuration."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    for notebook in sorted(shipped("notebooks").glob("*.ipynb")):
        shutil.copyfile(notebook, folder / "notebooks" / notebook.name)
    replace(folder / RULES_FILE, (shipped("config") / RULES_FILE.name).read_bytes())
    replace(folder / CONFIG, config.read_bytes())


@contextlib.contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A hidden folder to build a workspace in; it becomes `folder` when the block ends well.

    A new folder is built beside its place and renamed. An existing empty folder is kept, because it
    may be the working directory of a shell: the workspace is built inside it and moved up.

    Raises `UsageError` when the folder is not empty, `OutputError` when it cannot be written.
    """
    is_new = not folder.exists()
    unfinished = (
        folder.with_name(f".{folder.name}.unfinished") if is_new else folder / ".unfinished"
    )
    _remove_left_behind(unfinished)
    if not is_new and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not an empty folder; name a new one")
    new_parents = [parent for parent in folder.parents if not parent.exists()]
    lock = None
    try:
        unfinished.mkdir(parents=True)
        lock = try_lock(str(unfinished / MARK))
        yield unfinished
        if is_new:
            unfinished.rename(folder)
            (folder / MARK).unlink()
        else:
            _move_up(unfinished, folder)
    except BaseException as error:
        _remove(unfinished, new_parents)
        if isinstance(error, OSError):
            raise OutputError(str(folder), error) from error
        raise
    finally:
        if lock is not None:
            os.close(lock)


def _remove_left_behind(unfinished: Path) -> None:
    """Removes what a killed run left, unless it may be someone's work; raises `UsageError`."""
    if not unfinished.is_dir():
        return
    mark = unfinished / MARK
    if mark.is_file():
        lock = try_lock(str(mark))
        if lock is None:
            raise UsageError(f"another run is making this workspace in {unfinished}; wait for it")
        with contextlib.suppress(OSError):
            shutil.rmtree(unfinished)
        os.close(lock)
    else:
        with contextlib.suppress(OSError):
            unfinished.rmdir()
    if unfinished.exists():
        raise UsageError(f"{unfinished} is in the way; remove it, then try again")


def _move_up(unfinished: Path, folder: Path) -> None:
    """Moves what is in `unfinished` into `folder`: all of it or, when that fails, nothing.

    `config` is moved last: only with it is the folder a workspace.
    """
    moved: list[Path] = []
    try:
        built = [path for path in unfinished.iterdir() if path.name != MARK]
        for made in sorted(built, key=lambda path: path.name == "config"):
            moved.append(made.rename(folder / made.name))
        (unfinished / MARK).unlink()
        unfinished.rmdir()
    except BaseException:
        for path in moved:
            shutil.rmtree(path, ignore_errors=True)
        raise


def _remove(unfinished: Path, parents: list[Path]) -> None:
    """Removes what was begun; names it where that is not possible."""
    shutil.rmtree(unfinished, ignore_errors=True)
    if unfinished.exists():
        print(f"perfkit: {unfinished} could not be removed; please delete it", file=sys.stderr)
    for parent in parents:
        with contextlib.suppress(OSError):
            parent.rmdir()
