"""Reports: a notebook run by Papermill, rendered by nbconvert, published as a whole or not at all.

A run works in a staging folder and is put in the place of the earlier report in one step, only
when every cell ran and every chart is there; a run killed at any instant leaves the earlier one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from perfkit import __version__
from perfkit.book import Snapshot
from perfkit.desk import Desk, where_text
from perfkit.errors import LogReadError, MissingExtraError, OutputError, ReportError
from perfkit.files import exclusive, publish_folder, recover_folders, replace
from perfkit.markdown import slug
from perfkit.quarantine import keep
from perfkit.reportindex import KINDS, write_index
from perfkit.summary import Summary

REPORTS = Path("reports")
NOTEBOOKS = Path("notebooks")
LOCK = Path("logs/performance/report.lock")
STAGING = ".staging"
RUNTIME = "perfkit-kernel-"
"""How the folders of running kernels are called, before the number of their process."""
CELL_SECONDS = 600
ATTEMPTS = 3
"""How often a report is run anew when logs were rewritten while its notebook was running."""


def run_report(desk: Desk, kind: str, day: str | date | None, where: Mapping[str, str]) -> Path:
    """Runs the daily, weekly or monthly notebook and publishes its report; returns `report.md`.

    Raises `ReportError` when the notebook fails; the earlier report then stands as it was.
    """
    root = desk.config.root
    with exclusive(root / LOCK):
        _clean_up(root)
        for _ in range(ATTEMPTS):
            summary = desk.summary(kind, day, where=where)
            keep(desk.book_of(where))
            published = _attempt(desk, kind, summary)
            if published is not None:
                write_index(root / REPORTS)
                return published
            desk.refresh()
    raise ReportError("the logs changed during each run of the notebook; run the report again")


def _attempt(desk: Desk, kind: str, summary: Summary) -> Path | None:
    """One run; None when its notebook saw other figures than `summary` has."""
    root = desk.config.root
    notebook = root / NOTEBOOKS / f"{kind}.ipynb"
    if not notebook.is_file():
        raise LogReadError(
            str(notebook), "there is no such notebook", "copy it back from `perfkit init DIR`"
        )
    label = summary.window.label + (f"-{slug(summary.where)}" if summary.where else "")
    target = root / REPORTS / kind / label
    staging = root / REPORTS / STAGING / f"{kind}-{label}-{os.getpid()}"
    try:
        staging.mkdir(parents=True)
    except OSError as error:
        raise OutputError(str(staging), error.strerror or str(error)) from error
    try:
        parameters = {
            "date": summary.window.last_day.isoformat(),
            "where": where_text(summary.where),
        }
        seen = desk.book_of(summary.where).snapshot()
        executed = _execute(notebook, staging / "run.ipynb", parameters, root, seen)
        if not _same_figures(executed, summary):
            return None
        status = {
            "state": "ok" if summary.metrics["closed_trades"] else "no-data",
            "kind": kind,
            "label": summary.window.label,
            "where": summary.where,
            "parameters": parameters,
            "digest": summary.data.digest,
            "notebook_sha256": hashlib.sha256(notebook.read_bytes()).hexdigest(),
            "perfkit": __version__,
        }
        _write(staging, executed, summary, status)
        publish_folder(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return target / "report.md"


def _execute(
    notebook: Path, output: Path, parameters: Mapping[str, str], root: Path, seen: Snapshot
) -> Any:
    """The executed notebook; raises `ReportError` with what failed."""
    # The notebook finds this workspace, whatever PERFKIT_ROOT says outside; its `root` parameter
    # stays empty, so that no path of a machine gets into the report. Nobody's own IPython set-up
    # changes a report either. And it sees the logs as they were when its summary was made.
    with tempfile.TemporaryDirectory(prefix=f"{RUNTIME}{os.getpid()}-") as runtime:
        snapshot = Path(runtime) / "snapshot.json"
        snapshot.write_bytes(msgspec.json.encode(seen))
        settings = {"PERFKIT_ROOT": root, "PERFKIT_SNAPSHOT": snapshot, "IPYTHONDIR": runtime}
        with _environment({name: str(value) for name, value in settings.items()}):
            return _run(notebook, output, parameters, root, Path(runtime))


def _run(
    notebook: Path, output: Path, parameters: Mapping[str, str], root: Path, runtime: Path
) -> Any:
    try:
        import papermill
        from nbclient.exceptions import CellTimeoutError, DeadKernelError
        from papermill.exceptions import PapermillException

        from perfkit.kernel import kernel_class
    except ModuleNotFoundError as error:  # pragma: no cover - needs an environment without it
        raise MissingExtraError("papermill", "reports") from error
    try:
        return papermill.execute_notebook(
            notebook,
            output,
            parameters=dict(parameters),
            kernel_name="python3",
            kernel_manager_class=kernel_class(runtime),
            shutdown_kernel="immediate",
            progress_bar=sys.stderr.isatty(),
            execution_timeout=CELL_SECONDS,
            cwd=str(root),
        )
    except PapermillException as error:
        raise ReportError(f"{notebook.name} failed: {_last_line(error)}") from error
    except (DeadKernelError, CellTimeoutError) as error:
        raise ReportError(
            f"{notebook.name} failed: its kernel died or ran out of time: {_last_line(error)}"
        ) from error
    except Exception as error:  # Papermill lets through whatever its own libraries raise
        raise ReportError(f"{notebook.name} cannot be run: {_last_line(error)}") from error


@contextlib.contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    """Sets environment variables for as long as the block runs."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _last_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(error).__name__


def _same_figures(executed: Any, summary: Summary) -> bool:
    """Whether the notebook saw the data of the summary: its digest is among those shown.

    Figures of other windows may stand beside; a notebook of charts alone shows no digest.
    """
    digests = {
        output.metadata["perfkit_digest"]
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if "perfkit_digest" in output.get("metadata", {})
    }
    return not digests or summary.data.digest in digests


def _write(staging: Path, executed: Any, summary: Summary, status: Mapping[str, object]) -> None:
    """Fills the staging folder; `status.json` comes last."""
    from perfkit.exporter import canonical, check_executed, to_markdown

    (staging / "run.ipynb").unlink(missing_ok=True)
    charts = sum(".chart." in cell.source for cell in executed.cells if cell.cell_type == "code")
    check_executed(executed, charts)
    markdown, images = to_markdown(executed)
    replace(staging / "report.md", markdown)
    replace(staging / "report.ipynb", canonical(executed))
    for name, image in images.items():
        replace(staging / name, image)
    replace(staging / "summary.json", summary.to_json())
    told = {**status, "images": list(images)}
    replace(staging / "status.json", msgspec.json.format(msgspec.json.encode(told)) + b"\n")


def _clean_up(root: Path) -> None:
    """Mends what killed runs left behind; the lock says that no run is under way."""
    for kind in KINDS:
        recover_folders(root / REPORTS / kind)
    shutil.rmtree(root / REPORTS / STAGING, ignore_errors=True)
    for runtime in Path(tempfile.gettempdir()).glob(f"{RUNTIME}*"):
        process = runtime.name.removeprefix(RUNTIME).partition("-")[0]
        if process.isdigit() and not Path(f"/proc/{process}").exists():
            shutil.rmtree(runtime, ignore_errors=True)
