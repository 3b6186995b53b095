"""Reports: made by notebooks, published as a whole or not at all, and only when anything changed.

A run holds a lock, works in a staging folder and puts a finished folder in the place of the
earlier report in one step; killed at any instant it leaves the earlier one. What fails leaves a
card beside the reports. In the end the index is written anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import msgspec

from perfkit import __version__
from perfkit.book.bad_lines import keep
from perfkit.core.errors import LogReadError, OutputError, ReportError
from perfkit.core.fast_imports import NamedTuple
from perfkit.desk.desk import Desk
from perfkit.disk.atomic import publish_folder, recover_folders
from perfkit.disk.locks import exclusive
from perfkit.reports.failure import Card, Failure, remove_card, write_card
from perfkit.reports.html_page import html_page
from perfkit.reports.index.readme import write_index
from perfkit.reports.model import Model, Models
from perfkit.reports.notebook import checked, read_notebook
from perfkit.reports.processes.kernels import Kernels, remove_left_behind
from perfkit.reports.processes.runner import SUMMARY, ReportJob, RunnerMessage
from perfkit.reports.processes.supervisor import Supervisor
from perfkit.reports.published import (
    HTML,
    KINDS,
    NO_DATA,
    OK,
    PAGE,
    REPORTS,
    STATUS,
    Published,
    ReportStatus,
    digests_of,
    is_intact,
    name_of,
    read_published,
    write_status,
)
from perfkit.reports.stale import mark_stale
from perfkit.summary import render
from perfkit.summary.changes import Episode, changes
from perfkit.summary.shape import SummaryShape

NOTEBOOKS = Path("notebooks")
LOCK = Path("logs/performance/report.lock")
STAGING = ".staging"
ATTEMPTS = 3
"""How often a report is run anew when logs were rewritten while its notebook was running."""

MADE, UNCHANGED, FAILED = "made", "unchanged", "failed"


class Wanted(NamedTuple):
    """A report asked for: its kind, and a trading day of its period."""

    kind: str
    day: date


class ReportSettings(NamedTuple):
    """How reports are to be made.

    `at` is the moment of the run, ISO 8601 in UTC, noted where something fails or is found to be
    stale; it never enters a report. `given` are parameters for the notebook, as texts; `thorough`
    looks at every older report for what is stale, not only at recent ones.
    """

    at: str
    where: Mapping[str, str] = {}
    given: Mapping[str, str] = {}
    force: bool = False
    html: bool = False
    thorough: bool = False
    jobs: int = 1
    limit_seconds: float = 600.0


class ReportResult(NamedTuple):
    """What became of a report: made, unchanged or failed; its page; its card if it failed."""

    wanted: Wanted
    state: str
    page: Path
    card: Card | None = None


def run_report(
    desk: Desk, kind: str, day: str | date | None, where: Mapping[str, str], at: str
) -> Path:
    """Makes one report unless it is unchanged; returns `report.md`.

    Raises `ReportError` when it fails; the earlier report then stands as it was.
    """
    wanted = Wanted(kind, desk.window(kind, day, where=where).last_day)
    (outcome,) = run_reports(Models(desk, where), [wanted], ReportSettings(at, where))
    if outcome.card is not None:
        raise ReportError(f"{kind} report {outcome.card.label}: {outcome.card.failure.reason}")
    return outcome.page


def run_reports(
    models: Models,
    wanted: Sequence[Wanted],
    settings: ReportSettings,
    tell: Callable[[ReportResult], None] = lambda _: None,
    early: Kernels | None = None,
) -> list[ReportResult]:
    """Makes the reports that are missing or changed; tells of each as it is over.

    `early` are kernels started already; they are ended in any case. Waits while another run is
    under way. Raises `PerfkitError` for what concerns them all.
    """
    root = models.desk.config.root
    with exclusive(root / LOCK), stoppable():
        clean_up(root)
        press = _Press(models, settings, tell)
        try:
            press.run(wanted, early)
        finally:
            shutil.rmtree(root / REPORTS / STAGING, ignore_errors=True)
        keep(models.desk.book_of(settings.where))
        if settings.thorough:
            mark_stale(models.desk, settings.at, None)
        elif any(outcome.state == MADE for outcome in press.outcomes):
            mark_stale(models.desk, settings.at)
        write_index(models.desk, settings.where)
    return press.outcomes


class _Press:
    """One run of one or many reports."""

    def __init__(
        self, models: Models, settings: ReportSettings, tell: Callable[[ReportResult], None]
    ) -> None:
        self.outcomes: list[ReportResult] = []
        self._models = models
        self._settings = settings
        self._tell = tell
        self._root = models.desk.config.root
        self._running: dict[Path, tuple[Wanted, int]] = {}
        self._again: list[tuple[Wanted, int]] = []

    def run(self, wanted: Sequence[Wanted], early: Kernels | None) -> None:
        settings = self._settings
        waiting: Iterable[tuple[Wanted, int]] = ((one, 1) for one in wanted)
        limits = settings.jobs, settings.limit_seconds
        with Supervisor(self._root, *limits, early) as supervisor:
            while True:
                for job, told in supervisor.run(self._jobs(waiting), self._snapshot_of):
                    self._finish(job, told)
                if not self._again:
                    return
                waiting, self._again = self._again, []
                self._models.refresh()

    def _jobs(self, waiting: Iterable[tuple[Wanted, int]]) -> Iterator[ReportJob]:
        """The jobs of those that need their notebook run; the others are done at once."""
        for wanted, attempt in waiting:
            try:
                model = read_model(self._models, wanted, self._settings)
            except (ReportError, LogReadError) as error:
                self._fail(wanted, Failure(str(error)))
                continue
            standing = read_published(self._target(model))
            had_html = standing is not None and HTML in standing.status.files
            html = self._settings.html or had_html
            if standing is not None and not self._settings.force and _is_of(standing, model):
                if html and not had_html:
                    self._publish(wanted, model, partial(_add_html, standing.folder))
                else:
                    self._over(wanted, UNCHANGED, model)
            elif not model.summary.metrics["closed_trades"]:
                self._publish(wanted, model, partial(write_no_data, model, self._models, html))
            else:
                staging = self._staging(model)
                self._running[staging] = wanted, attempt
                yield ReportJob(model, staging, html)

    def _snapshot_of(self, job: ReportJob) -> bytes:
        return snapshot_of(self._models, job)

    def _finish(self, job: ReportJob, told: RunnerMessage) -> None:
        wanted, attempt = self._running.pop(job.staging)
        if told.other_figures or (told.done and not self._still_true(job, told)):
            shutil.rmtree(job.staging, ignore_errors=True)
            if attempt < ATTEMPTS:
                self._again.append((wanted, attempt + 1))
            else:
                reason = "the logs changed during each run of the notebook; run the report again"
                self._fail(wanted, Failure(reason), job.model)
        elif told.failure is not None:
            shutil.rmtree(job.staging, ignore_errors=True)
            self._fail(wanted, told.failure, job.model)
        else:
            self._put(wanted, job.model, job.staging, told.images)

    def _still_true(self, job: ReportJob, told: RunnerMessage) -> bool:
        """Whether the logs say the same as before the run, where the notebook does not tell."""
        if told.tells_figures:
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
            self._fail(wanted, Failure(str(_unwritable(staging, error))), model)
        else:
            images = sorted(path.name for path in staging.glob("*.png"))
            self._put(wanted, model, staging, images)

    def _put(self, wanted: Wanted, model: Model, staging: Path, images: Sequence[str]) -> None:
        """Completes the folder with its status, and puts it in the place of the earlier one."""
        target = self._target(model)
        try:
            write_status(staging, _status(model, digests_of(staging), images))
            publish_folder(staging, target)
        except (OutputError, OSError) as error:
            said = str(error if isinstance(error, OutputError) else _unwritable(staging, error))
            self._fail(wanted, Failure(said), model)
            return
        remove_card(self._root, model.kind, model.name)
        self._over(wanted, MADE, model)

    def _over(self, wanted: Wanted, state: str, model: Model) -> None:
        if state == UNCHANGED:
            remove_card(self._root, model.kind, model.name)
        self._told(ReportResult(wanted, state, self._target(model) / PAGE))

    def _fail(self, wanted: Wanted, failure: Failure, model: Model | None = None) -> None:
        window = self._models.window(wanted.kind, wanted.day)
        where = self._settings.where
        target = self._root / REPORTS / wanted.kind / name_of(window.label, where)
        card = Card(
            kind=wanted.kind,
            label=window.label,
            where=dict(where),
            notebook=f"{wanted.kind}.ipynb",
            parameters=dict(model.parameters) if model else {"date": str(window.last_day)},
            failed_at=self._settings.at,
            standing=read_published(target) is not None,
            failure=failure,
        )
        page = target / PAGE
        with contextlib.suppress(OutputError):  # where nothing can be written, it is still told
            page = write_card(self._root, card)
        self._told(ReportResult(wanted, FAILED, page, card))

    def _told(self, outcome: ReportResult) -> None:
        self.outcomes.append(outcome)
        self._tell(outcome)

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
    """The model of a report that is wanted; raises `PerfkitError` for a notebook that is none."""
    path = models.desk.config.root / NOTEBOOKS / f"{wanted.kind}.ipynb"
    notebook = read_notebook(path)
    given = checked(notebook, settings.given)
    return models.of(notebook, wanted.kind, wanted.day, given)


def snapshot_of(models: Models, job: ReportJob) -> bytes:
    """What the kernel of a job may see: the logs as they were when its model was made."""
    book = models.desk.book_of(job.model.summary.where)
    return msgspec.json.encode(book.snapshot())


def _is_of(standing: Published, model: Model) -> bool:
    """Whether the published report is what would be made again, and as it was published."""
    return standing.status.model == model.digest and is_intact(standing)


def _status(model: Model, files: dict[str, str], images: Sequence[str]) -> ReportStatus:
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
    )


def _add_html(folder: Path, staging: Path) -> None:
    """The same report with an HTML page; its figures need not be made again."""
    for path in folder.iterdir():
        if path.name != STATUS:
            shutil.copyfile(path, staging / path.name)
    images = {path.name: path.read_bytes() for path in staging.glob("*.png")}
    page = html_page((staging / PAGE).read_text(encoding="utf-8"), images)
    (staging / HTML).write_text(page, encoding="utf-8")


def write_no_data(model: Model, models: Models, html: bool, staging: Path) -> None:
    """The page of a window without trades, which needs no notebook."""
    window = models.window(model.kind, model.summary.window.last_day)
    page = no_data_page(model.summary, model.previous, models.episodes(window))
    (staging / PAGE).write_text(page, encoding="utf-8")
    (staging / SUMMARY).write_text(model.summary.to_json(), encoding="utf-8")
    if html:
        (staging / HTML).write_text(html_page(page, {}), encoding="utf-8")


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(str(error.filename or path), error.strerror or str(error))


class _Stopped(BaseException):
    """A signal has come; like an interrupt, nothing on the way takes it for an error."""


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turns the signals that end a process into an error, so that everything is put in order."""

    def stop(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_IGN)
        raise _Stopped(signal.Signals(number).name)

    numbers = (signal.SIGTERM, signal.SIGHUP)
    try:
        before = [signal.signal(number, stop) for number in numbers]
    except ValueError:  # only the main thread gets signals
        yield
        return
    try:
        yield
    except _Stopped as error:
        raise ReportError(f"stopped by {error}; what was published before stands") from None
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def clean_up(root: Path) -> None:
    """Mends what killed runs left behind; the lock says that no run is under way."""
    for kind in KINDS:
        recover_folders(root / REPORTS / kind)
    shutil.rmtree(root / REPORTS / STAGING, ignore_errors=True)
    remove_left_behind()


def no_data_page(summary: SummaryShape, previous: SummaryShape, episodes: Sequence[Episode]) -> str:
    """Markdown that says so, with what changed and what was read."""
    return "\n".join(
        [
            f"# {summary.window.kind.capitalize()} report\n",
            render.glance(summary),
            "## What changed\n",
            changes(summary, previous, episodes).markdown,
            "## Data quality\n",
            render.quality(summary),
        ]
    )
