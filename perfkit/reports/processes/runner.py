"""One report in a process of its own: the notebook is executed, checked and written out.

Papermill executes it in a kernel that already runs. That papermill reports success is not enough:
each cell must have run, none may have raised (`SystemExit` included), the kernel must still run at
the end, each chart must be there, and the figures must be those of the summary. A cell with the tag
`raises-exception` may raise: its traceback is what it shows.
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
from perfkit.core.formatting import utf8
from perfkit.core.lean_imports import without
from perfkit.reports.failure import Failure, failure_of, last_lines
from perfkit.reports.links import links_of
from perfkit.reports.model import Model, own_template
from perfkit.reports.notebook import MAY_RAISE
from perfkit.reports.processes.kernels import Kernel
from perfkit.reports.processes.signals import die_with_parent
from perfkit.reports.published import HTML, KINDS, NOTEBOOK, PAGE, REPORTS, SUMMARY
from perfkit.schemas.make import FOLDER as SCHEMAS

KERNEL_DIED = "its kernel died"

LONGEST_REASON = 300

OUTPUT_SECONDS = 60
"""How long outputs may arrive after their cell has run; the default of 4 s is short where much is
printed while the machine is busy."""

_REMEDIES = {
    "MemoryError": "out of memory: choose a shorter period, or allow more (see `ulimit -v`)",
    "RecursionError": "a function calls itself too often: see the last lines of the traceback",
}

_NEEDLESS = ("rfc3987_syntax", "azure", "boto3", "gcsfs", "github", "pyarrow")
"""What papermill imports where it is installed: a grammar that takes over a second to compile, and
libraries for notebooks in a cloud."""

_CHART = ".chart."
"""What a cell that draws has in it."""

_HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)


class ReportJob(NamedTuple):
    """A report to make: its model, the folder to fill, and whether to add an HTML page."""

    model: Model
    staging: Path
    html: bool


class RunnerMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a runner reports: the cell it is at and, at the end, how it went.

    `other_figures`: the notebook saw other data than the model, because the logs were rewritten.
    `proves_figures`: its outputs name the data they show, and that is the data of the model.
    """

    cell: int | None = None
    heading: str = ""
    done: bool = False
    proves_figures: bool = False
    other_figures: bool = False
    images: tuple[str, ...] = ()
    stderr_cells: tuple[int, ...] = ()
    failure: Failure | None = None


Send = Callable[[RunnerMessage], None]


class _OtherFigures(Exception):  # noqa: N818  not an error: the run is repeated
    """The notebook saw other data than the model has."""


@cache
def load() -> None:
    """Loads what every runner needs from its start, so that each is forked with it."""
    try:
        with without(*_NEEDLESS):
            import nbformat
            import papermill  # noqa: F401  loaded for the forks to come

        import perfkit.reports.processes.running_kernel  # noqa: F401  the same
    except ModuleNotFoundError as error:  # pragma: no cover - needs an environment without it
        raise MissingExtraError("papermill", "reports") from error
    nbformat.validate(nbformat.v4.new_notebook())  # compiles the schema that notebooks are read by
    gc.freeze()  # no fork needs to look through what was loaded


@cache
def warm_up() -> None:
    """Loads and compiles what runners need at their end, so that each is forked with it."""
    for step in _WARM_UP:
        step()
    gc.freeze()


@cache
def _load_exporters() -> None:
    import perfkit.reports.html_exporter  # noqa: F401  loaded for later


@cache
def _compile_templates() -> None:
    from perfkit.reports import html_exporter

    html_exporter.warm_up()


@cache
def _summary_validator() -> Any:
    from jsonschema import Draft202012Validator

    schema = msgspec.json.decode((SCHEMAS / "summary.schema.json").read_bytes())
    return Draft202012Validator(schema)


_WARM_UP: tuple[Callable[[], object], ...] = (
    _load_exporters,
    _compile_templates,
    _summary_validator,
)


def fork_runner(
    job: ReportJob, kernel: Kernel, root: Path, prepare: Callable[[], None]
) -> tuple[int, int]:
    """Starts a runner; returns its process id and the pipe that its messages come through.

    `prepare` is called first in the new process, to close what it must not hold open.
    """
    receiver, sender = os.pipe()
    parent = os.getpid()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    pid = os.fork()
    if not pid:
        settle = partial(_settle_in, parent, prepare)
        _become_runner(job, kernel, root, (receiver, sender), settle)
    os.close(sender)
    return pid, receiver


def _become_runner(
    job: ReportJob, kernel: Kernel, root: Path, pipe: tuple[int, int], settle: Callable[[], None]
) -> NoReturn:
    code = 1
    try:
        settle()
        os.close(pipe[0])
        run(job, kernel, root, partial(_send, pipe[1]))
        code = 0
    finally:
        os._exit(code)


def _settle_in(parent: int, prepare: Callable[[], None]) -> None:
    """Gives the fork its own process group; it ends with its parent and prints nothing."""
    os.setpgid(0, 0)
    die_with_parent(parent)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    prepare()
    silence = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(silence, standard)


def _send(pipe: int, message: RunnerMessage) -> None:
    body = msgspec.json.encode(message) + b"\n"
    while body:
        body = body[os.write(pipe, body) :]


def run(job: ReportJob, kernel: Kernel, root: Path, send: Send) -> None:
    """Makes the report in its staging folder; sends how it went."""
    try:
        message = _make(job, kernel, root, send)
    except _OtherFigures:
        send(RunnerMessage(other_figures=True))
    except PerfkitError as error:
        send(RunnerMessage(failure=getattr(error, "failure", None) or failure_of(error)))
    except OSError as error:
        problem = OutputError(str(error.filename or job.staging), error)
        send(RunnerMessage(failure=failure_of(problem)))
    except Exception as error:  # papermill and nbconvert raise whatever their libraries do
        send(RunnerMessage(failure=_unexpected(job, error)))
    else:
        send(message)


def _make(job: ReportJob, kernel: Kernel, root: Path, send: Send) -> RunnerMessage:
    summary = job.model.summary.to_json()
    check_summary = cache(partial(_check_summary, summary))
    executed = _execute(job, kernel, root, send, _Beside([*_WARM_UP, check_summary]))
    check_summary()
    from perfkit.reports.html_exporter import html_of  # loaded meanwhile, see `_Beside`
    from perfkit.reports.markdown_export import (
        canonical,
        markdown_page,
        page_of,
        settled,
        stderr_cells,
    )

    proves_figures = _check(job, executed, kernel)
    executed = settled(executed)
    page = page_of(executed, job.model.notebook.path.parent)
    files: dict[str, bytes] = {
        PAGE: markdown_page(page).encode(),
        NOTEBOOK: canonical(executed).encode(),
        SUMMARY: summary.encode(),
        **page.images,
    }
    if job.html:
        folder = root / REPORTS / job.model.kind / job.model.name
        files[HTML] = html_of(page, own_template(root), links_of(folder)).encode()
    for name, body in files.items():
        (job.staging / name).write_bytes(body)
    return RunnerMessage(
        done=True,
        proves_figures=proves_figures,
        images=tuple(page.images),
        stderr_cells=stderr_cells(executed),
    )


def _execute(job: ReportJob, kernel: Kernel, root: Path, send: Send, beside: _Beside) -> Any:
    """The executed notebook; raises `_CellError` naming the cell that failed."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from perfkit.reports.processes.running_kernel import is_running, manager_of, wait_until_bound

    at = RunnerMessage()
    cells: list[Any] = []

    def starts(cell: Any, cell_index: int) -> None:
        nonlocal at
        heading = heading_above(cells, cell_index)
        at = RunnerMessage(cell=_number(cells, cell_index), heading=heading)
        send(at)

    raised = _Raised()
    wait_until_bound(kernel.connection, kernel.pid)
    try:
        notebook = papermill.execute_notebook(
            job.model.notebook.path,
            None,
            parameters=dict(job.model.parameters),
            kernel_name="python3",
            language="python",
            km=manager_of(kernel.connection, kernel.pid),
            on_notebook_start=lambda notebook: cells.extend(notebook.cells),
            on_cell_start=starts,
            on_cell_complete=beside.step,
            on_cell_executed=raised.keep,
            iopub_timeout=OUTPUT_SECONDS,
            request_save_on_cell_execute=False,
            progress_bar=False,
            cwd=str(root),
        )
        raised.put_back()
        return notebook
    except PapermillExecutionError as error:
        reason = _reason(str(error.ename), str(error.evalue))
        lines = last_lines(error.traceback)
        raise _CellError(Failure(reason, at.cell, at.heading, lines)) from error
    except Exception as error:
        if is_running(kernel.pid):
            raise
        words = last_lines(kernel.log_lines())
        raise _CellError(Failure(KERNEL_DIED, at.cell, at.heading, words)) from error


class _Beside:
    """What this process has to do in any case, one step for each chart that the kernel draws."""

    def __init__(self, steps: Sequence[Callable[[], object]]) -> None:
        self._steps = iter(steps)

    def step(self, cell: Any, **_: object) -> None:
        """Called when the kernel has been sent a cell."""
        if _CHART in cell.source:
            next(self._steps, _nothing)()


def _nothing() -> None:
    """No step is left."""


class _Raised:
    """Tracebacks of cells that may raise, kept from papermill, which would fail the notebook."""

    def __init__(self) -> None:
        self._cells: list[tuple[Any, list[Any]]] = []

    def keep(self, cell: Any, **_: object) -> None:
        """Takes the tracebacks of a cell that has run, if it may raise."""
        if MAY_RAISE in _tags(cell):
            self._cells.append((cell, cell.outputs))
            cell.outputs = [one for one in cell.outputs if one.output_type != "error"]

    def put_back(self) -> None:
        """Gives each cell its tracebacks again."""
        for cell, outputs in self._cells:
            cell.outputs = outputs


def _check(job: ReportJob, executed: Any, kernel: Kernel) -> bool:
    """Raises unless there is proof that all went well; whether the outputs name their data."""
    from perfkit.reports.markdown_export import CellCheckError, check_executed
    from perfkit.reports.processes.running_kernel import is_running

    try:
        check_executed(executed)
    except CellCheckError as problem:
        index = problem.index
        number = None if index is None else _number(executed.cells, index)
        heading = "" if index is None else heading_above(executed.cells, index)
        raise _CellError(Failure(_one_line(problem.reason), number, heading)) from problem
    if not is_running(kernel.pid):
        raise _CellError(Failure(KERNEL_DIED, traceback=last_lines(kernel.log_lines())))
    return _check_figures(job.model, executed)


def _check_figures(model: Model, executed: Any) -> bool:
    """Whether the outputs name the data they show; raises `_OtherFigures` for other data.

    Figures of other windows may be beside those of the report. A notebook of somebody's own may
    show them alone: nothing is proven then, and the logs are read again.
    """
    shown = [
        output.metadata
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if "metadata" in output
    ]
    digests = {one["perfkit_digest"] for one in shown if "perfkit_digest" in one}
    compared = {one["perfkit_compared"] for one in shown if "perfkit_compared" in one}
    if digests and model.summary.data.digest not in digests:
        if model.kind not in KINDS:
            return False
        raise _OtherFigures
    if compared and model.compared not in compared and model.kind in KINDS:
        raise _OtherFigures
    return bool(digests)


def _check_summary(summary: str) -> None:
    """Raises `ReportError` unless the summary matches its schema."""
    problem = next(_summary_validator().iter_errors(msgspec.json.decode(summary)), None)
    if problem is not None:
        where = ".".join(map(str, problem.absolute_path))
        raise ReportError(f"the summary does not match its schema: {where}: {problem.message}")


def heading_above(cells: Sequence[Any], index: int) -> str:
    """The nearest heading at or above a cell of a notebook, as Markdown."""
    return heading_in([(cell.source, cell.cell_type) for cell in cells], index)


def heading_in(cells: Sequence[tuple[str, str]], index: int) -> str:
    """The same, of cells given as source and type."""
    for source, kind in reversed(cells[: index + 1]):
        found = _HEADING.findall(source) if kind == "markdown" else []
        if found:
            return str(found[-1])
    return ""


def _number(cells: Sequence[Any], index: int) -> int:
    """The number of a cell in the notebook's file, so without the cell papermill adds."""
    return sum("injected-parameters" not in _tags(cell) for cell in cells[: index + 1])


def _tags(cell: Any) -> Sequence[str]:
    return cell.metadata.get("tags", ())  # type: ignore[no-any-return]


def _unexpected(job: ReportJob, error: Exception) -> Failure:
    import traceback

    reason = _reason(type(error).__name__, str(error))
    lines = last_lines(traceback.format_exception(error))
    return Failure(f"{job.model.notebook.path.name} cannot be run: {reason}", traceback=lines)


def _one_line(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return utf8(next(filter(None, lines), "")[:LONGEST_REASON])


def _reason(name: str, message: str) -> str:
    """An exception in one line, with what to do where a limit was reached."""
    reason = _one_line(f"{name}: {message}").rstrip(":")
    remedy = next((text for end, text in _REMEDIES.items() if name.endswith(end)), "")
    return f"{reason}; {remedy}" if remedy else reason


class _CellError(PerfkitError):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure
