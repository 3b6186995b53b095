"""One report in a process of its own: the notebook is executed, examined and written out.

Papermill executes it in a kernel that already runs. What papermill's metadata says of success is
not believed: each cell must have run, none may have raised (`SystemExit` included), the kernel
must live when all is done, each chart must be there, the figures must be those of the summary.
"""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from perfkit.core.errors import MissingExtraError, OutputError, PerfkitError, ReportError
from perfkit.core.fast_imports import NamedTuple
from perfkit.reports.failure import Failure, last_lines
from perfkit.reports.model import Model
from perfkit.reports.processes.kernels import Kernel
from perfkit.reports.processes.lean_imports import import_jsonschema
from perfkit.reports.processes.signals import die_with_parent
from perfkit.reports.published import HTML, PAGE
from perfkit.schemas.make import FOLDER as SCHEMAS

NOTEBOOK = "report.ipynb"
SUMMARY = "summary.json"
KERNEL_DIED = "its kernel died"

_CHART = ".chart."
"""What a cell that draws has in it."""

_HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)


class ReportJob(NamedTuple):
    """A report to make: its model, the folder to fill, whether it wants an HTML page as well."""

    model: Model
    staging: Path
    html: bool


class RunnerMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a runner tells: which cell it is at, and at the end how it went.

    `other_figures` says that the notebook saw other data than the model: the logs were rewritten.
    `tells_figures` says that it showed what data it saw, and saw the right.
    """

    cell: int | None = None
    heading: str = ""
    done: bool = False
    tells_figures: bool = False
    other_figures: bool = False
    images: tuple[str, ...] = ()
    failure: Failure | None = None


class _OtherFigures(Exception):  # noqa: N818  no error: the run is repeated
    """The notebook saw other data than the model has."""


@cache
def load() -> None:
    """Loads what runners need at once, so that each of them is forked with it."""
    try:
        import_jsonschema()
        import papermill  # noqa: F401  loaded for the forks to come

        import perfkit.reports.processes.running_kernel  # noqa: F401  the same
    except ModuleNotFoundError as error:  # pragma: no cover - needs an environment without it
        raise MissingExtraError("papermill", "reports") from error
    gc.freeze()  # no fork need look through what was loaded


@cache
def warm_up() -> None:
    """Loads and compiles what runners need in the end, while something else is waited for.

    The first runner does so while its kernel works, later ones are forked with it.
    """
    from perfkit.reports import markdown_export

    markdown_export.warm_up()
    _summary_validator()
    gc.freeze()


def fork_runner(
    job: ReportJob, kernel: Kernel, root: Path, prepare: Callable[[], None]
) -> tuple[int, int]:
    """Starts a runner; returns its process number and the descriptor it tells its story through.

    `prepare` is called in the new process first, to close what it must not hold open.
    """
    told, tell = os.pipe()
    parent = os.getpid()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    pid = os.fork()
    if not pid:
        _be_runner(job, kernel, root, (told, tell), partial(_settle_in, parent, prepare))
    os.close(tell)
    return pid, told


def _be_runner(
    job: ReportJob, kernel: Kernel, root: Path, pipe: tuple[int, int], settle: Callable[[], None]
) -> NoReturn:
    code = 1
    try:
        settle()
        os.close(pipe[0])
        run(job, kernel, root, lambda told: _send(pipe[1], told))
        code = 0
    finally:
        os._exit(code)


def _settle_in(parent: int, prepare: Callable[[], None]) -> None:
    """Makes the fork a process of its own that ends with its parent and says nothing."""
    os.setpgid(0, 0)
    die_with_parent(parent)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    prepare()
    silence = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(silence, standard)


def _send(pipe: int, told: RunnerMessage) -> None:
    body = msgspec.json.encode(told) + b"\n"
    while body:
        body = body[os.write(pipe, body) :]


def run(job: ReportJob, kernel: Kernel, root: Path, tell: Callable[[RunnerMessage], None]) -> None:
    """Makes the report in its staging folder and tells how it went."""
    try:
        told = _made(job, kernel, root, tell)
    except _OtherFigures:
        tell(RunnerMessage(other_figures=True))
    except PerfkitError as error:
        tell(RunnerMessage(failure=getattr(error, "failure", None) or Failure(str(error))))
    except OSError as error:
        problem = OutputError(str(error.filename or job.staging), error.strerror or str(error))
        tell(RunnerMessage(failure=Failure(str(problem))))
    except Exception as error:  # papermill and nbconvert let through what their libraries raise
        tell(RunnerMessage(failure=_unforeseen(job, error)))
    else:
        tell(told)


def _made(
    job: ReportJob, kernel: Kernel, root: Path, tell: Callable[[RunnerMessage], None]
) -> RunnerMessage:
    executed = _execute(job, kernel, root, tell)
    from perfkit.reports.markdown_export import (  # loaded meanwhile, see `warm_up`
        canonical,
        to_markdown,
    )

    tells_figures = _check(job, executed, kernel)
    markdown, images = to_markdown(executed)
    summary = job.model.summary.to_json()
    _check_summary(summary)
    files: dict[str, bytes] = {
        PAGE: markdown.encode(),
        NOTEBOOK: canonical(executed).encode(),
        SUMMARY: summary.encode(),
        **images,
    }
    if job.html:
        from perfkit.reports.html_page import html_page

        files[HTML] = html_page(markdown, images).encode()
    for name, body in files.items():
        (job.staging / name).write_bytes(body)
    return RunnerMessage(done=True, tells_figures=tells_figures, images=tuple(images))


def _execute(
    job: ReportJob, kernel: Kernel, root: Path, tell: Callable[[RunnerMessage], None]
) -> Any:
    """The executed notebook; raises `_CellError` naming the cell that failed."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from perfkit.reports.processes.running_kernel import RunningKernel, is_running, wait_until_bound

    at = RunnerMessage()
    cells: list[Any] = []

    def starts(cell: Any, cell_index: int) -> None:
        nonlocal at
        at = RunnerMessage(
            cell=_number(cells, cell_index), heading=heading_above(cells, cell_index)
        )
        tell(at)

    def sent(cell: Any, **_: object) -> None:
        if _CHART in cell.source:  # that takes the kernel a moment, which is ours
            warm_up()

    wait_until_bound(kernel.connection, kernel.pid)
    try:
        return papermill.execute_notebook(
            job.model.notebook.path,
            None,
            parameters=dict(job.model.parameters),
            kernel_name="python3",
            language="python",
            km=RunningKernel(kernel.connection, kernel.pid),
            on_notebook_start=lambda notebook: cells.extend(notebook.cells),
            on_cell_start=starts,
            on_cell_complete=sent,
            request_save_on_cell_execute=False,
            progress_bar=False,
            cwd=str(root),
        )
    except PapermillExecutionError as error:
        reason = _first_line(f"{error.ename}: {error.evalue}")
        lines = last_lines(error.traceback)
        raise _CellError(Failure(reason, at.cell, at.heading, lines)) from error
    except Exception as error:
        if is_running(kernel.pid):
            raise
        words = last_lines(kernel.last_words())
        raise _CellError(Failure(KERNEL_DIED, at.cell, at.heading, words)) from error


def _check(job: ReportJob, executed: Any, kernel: Kernel) -> bool:
    """Raises unless there is evidence that all went well; whether it tells what data it saw."""
    from perfkit.reports.markdown_export import CellCheckError, check_executed
    from perfkit.reports.processes.running_kernel import is_running

    charts = sum(_CHART in cell.source for cell in executed.cells if cell.cell_type == "code")
    try:
        check_executed(executed, charts)
    except CellCheckError as problem:
        index = problem.index
        number = None if index is None else _number(executed.cells, index)
        heading = "" if index is None else heading_above(executed.cells, index)
        raise _CellError(Failure(problem.reason, number, heading)) from problem
    if not is_running(kernel.pid):
        raise _CellError(Failure(KERNEL_DIED, traceback=last_lines(kernel.last_words())))
    return _check_figures(job.model, executed)


def _check_figures(model: Model, executed: Any) -> bool:
    """Whether the notebook tells which data it saw; raises `_OtherFigures` if it saw other data.

    Figures of other windows may stand beside those of its own.
    """
    shown = [
        output.metadata
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if "metadata" in output
    ]
    digests = {told["perfkit_digest"] for told in shown if "perfkit_digest" in told}
    compared = {told["perfkit_compared"] for told in shown if "perfkit_compared" in told}
    if digests and model.summary.data.digest not in digests:
        raise _OtherFigures
    if compared and model.compared not in compared:
        raise _OtherFigures
    return bool(digests)


def _check_summary(summary: str) -> None:
    """Raises `ReportError` unless the summary is as its schema says."""
    problem = next(_summary_validator().iter_errors(msgspec.json.decode(summary)), None)
    if problem is not None:
        where = ".".join(map(str, problem.absolute_path))
        raise ReportError(f"the summary does not meet its schema: {where}: {problem.message}")


@cache
def _summary_validator() -> Any:
    from jsonschema import Draft202012Validator

    schema = msgspec.json.decode((SCHEMAS / "summary.schema.json").read_bytes())
    return Draft202012Validator(schema)


def heading_above(cells: Sequence[Any], index: int) -> str:
    """The nearest heading at or above a cell of a notebook, as it is written."""
    return heading_in([(cell.source, cell.cell_type) for cell in cells], index)


def heading_in(cells: Sequence[tuple[str, str]], index: int) -> str:
    """The same, of cells given as source and type."""
    for source, kind in reversed(cells[: index + 1]):
        found = _HEADING.findall(source) if kind == "markdown" else []
        if found:
            return str(found[-1])
    return ""


def _number(cells: Sequence[Any], index: int) -> int:
    """The number of a cell in the notebook as it lies there, without what papermill put in."""
    return sum("injected-parameters" not in _tags(cell) for cell in cells[: index + 1])


def _tags(cell: Any) -> Sequence[str]:
    return cell.metadata.get("tags", ())  # type: ignore[no-any-return]


def _unforeseen(job: ReportJob, error: Exception) -> Failure:
    import traceback

    said = _first_line(f"{type(error).__name__}: {error}")
    lines = last_lines(traceback.format_exception(error))
    return Failure(f"{job.model.notebook.path.name} cannot be run: {said}", traceback=lines)


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "").rstrip(":")


class _CellError(PerfkitError):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure
