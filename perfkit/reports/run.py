"""Runs of reports: made by notebooks, published whole or not at all, only when something changed.

A run holds a lock, works in a staging folder and puts a finished folder in the place of the
earlier report in one step; killed at any instant, it leaves the earlier one. A report that fails
leaves a card beside the reports. At the end the index is written again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from perfkit import __version__
from perfkit.book.bad_lines import keep
from perfkit.core.errors import LogReadError, OutputError, ReportError
from perfkit.core.fast_imports import NamedTuple
from perfkit.desk.desk import Desk
from perfkit.disk.atomic import publish_folder, recover_folders
from perfkit.disk.locks import exclusive
from perfkit.reports.definitions import NOTEBOOKS, Definition, MailHeaders
from perfkit.reports.early import check_extra
from perfkit.reports.failure import (
    Card,
    Failure,
    failure_of,
    remove_card,
    write_card,
)
from perfkit.reports.index.readme import write_index
from perfkit.reports.links import link_pages, links_of
from perfkit.reports.model import Model, Models, own_template
from perfkit.reports.no_data import write_no_data
from perfkit.reports.notebook import checked, read_notebook
from perfkit.reports.processes.kernels import Kernels, remove_left_behind
from perfkit.reports.processes.runner import ReportJob, RunnerMessage
from perfkit.reports.processes.signals import stoppable
from perfkit.reports.processes.supervisor import Supervisor
from perfkit.reports.published import (
    FAILURES,
    HTML,
    NO_DATA,
    NOTEBOOK,
    OK,
    PAGE,
    REPORTS,
    STATUS,
    Published,
    ReportStatus,
    digests_of,
    is_intact,
    kinds_in,
    name_of,
    read_published,
    write_status,
)
from perfkit.reports.stale import mark_stale

LOCK = Path("logs/performance/report.lock")
STAGING = ".staging"
ATTEMPTS = 3
"""How often a notebook is run when the logs are rewritten while it runs."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.reports.processes.cluster_supervisor import ClusterSupervisor

MADE, UNCHANGED, KEPT, FAILED = "made", "unchanged", "kept", "failed"


class Wanted(NamedTuple):
    """A report asked for: its kind, and a trading day of its period.

    `notebook` and `period` are empty where they are the kind: daily, weekly or monthly.
    """

    kind: str
    day: date
    notebook: str = ""
    period: str = ""

    @property
    def window_kind(self) -> str:
        """The kind of its window."""
        return self.period or self.kind

    @property
    def file(self) -> str:
        """The name of its notebook's file."""
        return f"{self.notebook or self.kind}.ipynb"


def wanted_of(definition: Definition, day: date) -> Wanted:
    """The report of that definition and day."""
    name, notebook, period = definition[:3]
    own = period if name != period else ""
    return Wanted(name, day, notebook if notebook != name else "", own)


class ReportSettings(NamedTuple):
    """How to make reports.

    `at` is the time of the run, ISO 8601 in UTC, noted for failures and stale reports; it never
    enters a report. `given` are parameters for the notebook, as texts. `thorough` checks every
    older report for being stale, not only the recent ones.
    """

    at: str
    where: Mapping[str, str] = {}
    given: Mapping[str, str] = {}
    force: bool = False
    html: bool = True
    eml: MailHeaders | None = None
    thorough: bool = False
    jobs: int = 1
    limit_seconds: float = 600.0


class ReportResult(NamedTuple):
    """The result of a report: made, unchanged, kept or failed; its page; its card if it failed.

    Where the published report was kept, since its logs are gone, `reason` says so. `mail` is its
    message where one was asked for and is new.
    """

    wanted: Wanted
    state: str
    page: Path
    card: Card | None = None
    reason: str = ""
    mail: Path | None = None


def run_report(
    desk: Desk, kind: str, day: str | date | None, where: Mapping[str, str], at: str
) -> Path:
    """Makes one report unless it is unchanged; returns the path of `report.md`.

    Raises `ReportError` when it fails; the earlier report is then unchanged. Raises
    `MissingExtraError` where the extra `reports` is not installed.
    """
    wanted = Wanted(kind, desk.window(kind, day, where=where).last_day)
    (result,) = run_reports(Models(desk, where), [wanted], ReportSettings(at, where))
    if result.card is not None:
        raise ReportError(f"{kind} report {result.card.label}: {result.card.failure.reason}")
    if result.state == KEPT:
        raise ReportError(result.reason)
    return result.page


def run_reports(
    models: Models,
    wanted: Sequence[Wanted],
    settings: ReportSettings,
    on_result: Callable[[ReportResult], None] = lambda _: None,
    early: Kernels | None = None,
) -> list[ReportResult]:
    """Makes the reports that are missing or changed; calls `on_result` as each ends.

    `early` are kernels started already; the caller closes them. Waits while another run is under
    way. Raises `PerfkitError` for what concerns all of them, such as a missing extra.
    """
    check_extra()
    root = models.desk.config.root
    with exclusive(str(root / LOCK)), stoppable():
        clean_up(root)
        run = _ReportRun(models, settings, on_result)
        try:
            run.run(wanted, early)
            made = (one.page.parent for one in run.results if one.state in (MADE, UNCHANGED))
            link_pages(made, root / REPORTS / STAGING)
        finally:
            shutil.rmtree(root / REPORTS / STAGING, ignore_errors=True)
        keep(models.desk.book_of(settings.where))
        if settings.thorough:
            mark_stale(models.desk, settings.at, None)
        elif any(result.state == MADE for result in run.results):
            mark_stale(models.desk, settings.at)
        write_index(models.desk, settings.where)
    return run.results


class _ReportRun:
    """One run of one or many reports."""

    def __init__(
        self, models: Models, settings: ReportSettings, on_result: Callable[[ReportResult], None]
    ) -> None:
        self.results: list[ReportResult] = []
        self._models = models
        self._settings = settings
        self._on_result = on_result
        self._root = models.desk.config.root
        self._running: dict[Path, tuple[Wanted, int]] = {}
        self._again: list[tuple[Wanted, int]] = []

    def run(self, wanted: Sequence[Wanted], early: Kernels | None) -> None:
        waiting: Iterable[tuple[Wanted, int]] = ((one, 1) for one in wanted)
        with supervisor_of(self._models, self._settings, early) as supervisor:
            while True:
                for job, message in supervisor.run(self._jobs(waiting), self._snapshot_of):
                    self._finish(job, message)
                if not self._again:
                    return
                waiting, self._again = self._again, []
                self._models.refresh()

    def _jobs(self, waiting: Iterable[tuple[Wanted, int]]) -> Iterator[ReportJob]:
        """A job for each report whose notebook must be run; the others are finished here."""
        for wanted, attempt in waiting:
            try:
                model = read_model(self._models, wanted, self._settings)
            except (ReportError, LogReadError) as error:
                self._fail(wanted, failure_of(error))
                continue
            standing = read_published(self._target(model))
            html = self._settings.html
            if standing is not None and not self._settings.force and _is_of(standing, model):
                if html and HTML not in standing.status.files:
                    self._publish(wanted, model, partial(_add_html, standing, self._root))
                else:
                    self._end(wanted, UNCHANGED, model)
            elif standing is not None and (lost := self._lost_logs(standing, model)):
                self._keep(wanted, model, lost)
            elif not model.summary.metrics["closed_trades"]:
                self._publish(wanted, model, partial(write_no_data, model, self._models, html))
            else:
                staging = self._staging(model)
                self._running[staging] = wanted, attempt
                yield ReportJob(model, staging, html)

    def _snapshot_of(self, job: ReportJob) -> bytes:
        return snapshot_of(self._models, job)

    def _finish(self, job: ReportJob, message: RunnerMessage) -> None:
        wanted, attempt = self._running.pop(job.staging)
        if message.other_figures or (message.done and not self._still_true(job, message)):
            shutil.rmtree(job.staging, ignore_errors=True)
            if attempt < ATTEMPTS:
                self._again.append((wanted, attempt + 1))
            else:
                reason = "the logs changed during each run of the notebook; run the report again"
                self._fail(wanted, Failure(reason), job.model)
        elif message.failure is not None:
            shutil.rmtree(job.staging, ignore_errors=True)
            self._fail(wanted, message.failure, job.model)
        else:
            self._put(wanted, job.model, job.staging, message.images, message.stderr_cells)

    def _still_true(self, job: ReportJob, message: RunnerMessage) -> bool:
        """Whether the report shows what the logs say; they are read again if it is not known."""
        if message.proves_figures:
            return True
        desk = Desk(self._models.desk.config)
        summary = job.model.summary
        again = desk.summary(summary.window.kind, summary.window.last_day, where=summary.where)
        return again.data.digest == summary.data.digest

    def _publish(self, wanted: Wanted, model: Model, write: Callable[[Path], None]) -> None:
        """Publishes what `write` puts into a staging folder."""
        staging = self._staging(model)
        try:
            write(staging)
        except OSError as error:
            self._fail(wanted, failure_of(_unwritable(staging, error)), model)
        else:
            standing = read_published(self._target(model))
            made = model.summary.metrics["closed_trades"] and standing is not None
            images = standing.status.images if standing is not None and made else ()
            cells = standing.status.stderr_cells if standing is not None and made else ()
            self._put(wanted, model, staging, images, cells)

    def _put(
        self,
        wanted: Wanted,
        model: Model,
        staging: Path,
        images: Sequence[str],
        stderr_cells: Sequence[int],
    ) -> None:
        """Adds the status to the folder, and puts it in the place of the earlier report."""
        target = self._target(model)
        try:
            status = _status(model, digests_of(staging), images, stderr_cells)
            write_status(staging, status)
            publish_folder(staging, target)
        except (OutputError, OSError) as error:
            problem = error if isinstance(error, OutputError) else _unwritable(staging, error)
            self._fail(wanted, failure_of(problem), model)
            return
        remove_card(self._root, model.kind, model.name)
        self._end(wanted, MADE, model)

    def _end(self, wanted: Wanted, state: str, model: Model) -> None:
        if state == UNCHANGED:
            remove_card(self._root, model.kind, model.name)
        folder = self._target(model)
        self._report(ReportResult(wanted, state, folder / PAGE, mail=self._mail(folder)))

    def _mail(self, folder: Path) -> Path | None:
        standing = None if self._settings.eml is None else read_published(folder)
        if standing is None or self._settings.eml is None:
            return None
        from perfkit.reports.mail import write_mail

        newest = self._models.desk.book_of(self._settings.where).newest
        return write_mail(standing, self._settings.eml, newest)

    def _lost_logs(self, standing: Published, model: Model) -> str | None:
        window = self._models.window(model.period, model.summary.window.last_day)
        return self._models.lost_logs(standing, window)

    def _keep(self, wanted: Wanted, model: Model, lost: str) -> None:
        """Leaves the published report as it is, and says why."""
        reason = f"{model.kind} report {model.name} was kept: {lost}"
        self._report(ReportResult(wanted, KEPT, self._target(model) / PAGE, reason=reason))

    def _fail(self, wanted: Wanted, failure: Failure, model: Model | None = None) -> None:
        window = self._models.window(wanted.window_kind, wanted.day)
        where = self._settings.where
        target = self._root / REPORTS / wanted.kind / name_of(window.label, where)
        card = Card(
            kind=wanted.kind,
            label=window.label,
            where=dict(where),
            notebook=wanted.file,
            parameters=dict(model.parameters) if model else {"date": str(window.last_day)},
            failed_at=self._settings.at,
            standing=read_published(target) is not None,
            failure=failure,
            period=wanted.period,
        )
        page = target / PAGE
        with contextlib.suppress(OutputError):  # the failure is printed in any case
            page = write_card(self._root, card)
        self._report(ReportResult(wanted, FAILED, page, card))

    def _report(self, result: ReportResult) -> None:
        self.results.append(result)
        self._on_result(result)

    def _target(self, model: Model) -> Path:
        return self._root / REPORTS / model.kind / model.name

    def _staging(self, model: Model) -> Path:
        folder = self._root / REPORTS / STAGING / f"{model.kind}-{model.name}-{os.getpid()}"
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise _unwritable(folder, error) from error
        return folder


def read_model(models: Models, wanted: Wanted, settings: ReportSettings) -> Model:
    """The model of a report; raises `PerfkitError` where its notebook cannot be one."""
    notebook = read_notebook(models.desk.config.root / NOTEBOOKS / wanted.file)
    given = checked(notebook, settings.given)
    if settings.where and "where" not in notebook.takes:
        remedy = 'add `where: str = ""` to its parameters cell, and use it'
        raise ReportError(f"{wanted.file} has no parameter where; {remedy}")
    return models.of(notebook, wanted.kind, wanted.day, given, wanted.period)


def supervisor_of(
    models: Models, settings: ReportSettings, early: Kernels | None = None
) -> Supervisor | ClusterSupervisor:
    """What runs the notebooks of one run: this machine, or the cluster that the desk has."""
    desk = models.desk
    limits = settings.jobs, settings.limit_seconds
    local = Supervisor(desk.config.root, desk.options.cached, *limits, early)
    if desk.options.executor is None:
        return local
    from perfkit.reports.processes.cluster_supervisor import ClusterSupervisor

    return ClusterSupervisor(local, desk.options.executor, desk.options.jobs)


def snapshot_of(models: Models, job: ReportJob) -> bytes:
    """What the kernel of a job may see: the logs as they were when its model was made."""
    book = models.desk.book_of(job.model.summary.where)
    return json.dumps(book.snapshot()).encode()  # a file's name may not be UTF-8


def _is_of(standing: Published, model: Model) -> bool:
    """Whether the published report would be made the same again, and nobody edited it."""
    return standing.status.model == model.digest and is_intact(standing)


def _status(
    model: Model, files: dict[str, str], images: Sequence[str], stderr_cells: Sequence[int]
) -> ReportStatus:
    summary = model.summary
    return ReportStatus(
        state=OK if summary.metrics["closed_trades"] else NO_DATA,
        kind=model.kind,
        label=summary.window.label,
        where=summary.where,
        parameters=dict(model.parameters),
        digest=summary.data.digest,
        figures=model.figures,
        settled=model.settled,
        model=model.digest,
        notebook_sha256=hashlib.sha256(model.notebook.body).hexdigest(),
        perfkit=__version__,
        files=files,
        images=tuple(images),
        logs={source: dict(files) for source, files in model.logs.items()},
        stderr_cells=tuple(stderr_cells),
        period="" if model.period == model.kind else model.period,
    )


def _add_html(standing: Published, root: Path, staging: Path) -> None:
    """Copies the report into a staging folder and adds an HTML page; runs nothing."""
    from perfkit.reports.html_exporter import html_of, page_of_markdown
    from perfkit.reports.markdown_export import page_of, read

    for path in standing.folder.iterdir():
        if path.name != STATUS:
            shutil.copyfile(path, staging / path.name)
    executed = staging / NOTEBOOK
    if executed.exists():
        page = page_of(read(executed), root / NOTEBOOKS)
    else:  # a report without trades
        page = page_of_markdown((staging / PAGE).read_text(encoding="utf-8"))
    body = html_of(page, own_template(root), links_of(standing.folder))
    (staging / HTML).write_text(body, encoding="utf-8")


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(str(error.filename or path), error)


def clean_up(root: Path) -> None:
    """Repairs what killed runs left behind; the caller holds the lock, so no other run works."""
    for kind in kinds_in(root / REPORTS):
        recover_folders(root / REPORTS / kind)
    shutil.rmtree(root / REPORTS / STAGING, ignore_errors=True)
    for pattern in (".*.tmp", f"{FAILURES}/*/.*.tmp"):  # see `disk.atomic.put_in_place`
        for temporary in (root / REPORTS).glob(pattern):
            temporary.unlink(missing_ok=True)
    remove_left_behind()
