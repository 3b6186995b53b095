"""`perfkit report --verify`: published reports, made again elsewhere and compared byte by byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from perfkit.core.errors import LogReadError, ReportError
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.locks import exclusive
from perfkit.reports.early import check_extra
from perfkit.reports.model import Model, Models
from perfkit.reports.no_data import write_no_data
from perfkit.reports.processes.runner import ReportJob, RunnerMessage, heading_in
from perfkit.reports.processes.signals import stoppable
from perfkit.reports.published import (
    HTML,
    NOT_JSON,
    NOTEBOOK,
    REPORTS,
    SUMMARY,
    Published,
    digests_of,
    name_of,
    read_published,
)
from perfkit.reports.run import (
    LOCK,
    STAGING,
    ReportSettings,
    Wanted,
    clean_up,
    read_model,
    snapshot_of,
    supervisor_of,
)


class Verdict(NamedTuple):
    """A published report, and how it differs from the one made again; None when it does not.

    Of a report that was `thinned`, only the figures are compared.
    """

    report: str
    difference: str | None
    thinned: bool = False


def verify_reports(
    models: Models,
    wanted: Iterable[Wanted],
    settings: ReportSettings,
    on_verdict: Callable[[Verdict], None] = lambda _: None,
) -> list[Verdict]:
    """Makes each report again and compares it with the published one, which stays untouched."""
    root = models.desk.config.root
    check_extra()
    with exclusive(str(root / LOCK)), stoppable():
        clean_up(root)
        check = _Check(models, settings, on_verdict)
        try:
            with supervisor_of(models, settings) as supervisor:
                for job, message in supervisor.run(check.jobs(wanted), check.snapshot):
                    check.compare(job, message)
        finally:
            shutil.rmtree(root / REPORTS / STAGING, ignore_errors=True)
    return check.verdicts


class _Check:
    def __init__(
        self, models: Models, settings: ReportSettings, on_verdict: Callable[[Verdict], None]
    ) -> None:
        self.verdicts: list[Verdict] = []
        self._models = models
        self._settings = settings
        self._on_verdict = on_verdict
        self._root = models.desk.config.root
        self._standing: dict[Path, Published] = {}

    def jobs(self, wanted: Iterable[Wanted]) -> Iterator[ReportJob]:
        """The reports that must be run to be compared; the others are judged at once."""
        for one in wanted:
            try:
                model = read_model(self._models, one, self._settings)
            except (ReportError, LogReadError) as error:
                window = self._models.window(one.window_kind, one.day)
                name = f"{one.kind}/{name_of(window.label, self._models.where)}"
                self._judge(name, f"it cannot be made again: {error}")
                continue
            name = f"{model.kind}/{model.name}"
            standing = read_published(self._root / REPORTS / name)
            if standing is None:
                self._judge(name, "there is no such report")
                continue
            if standing.status.model != model.digest:
                window = self._models.window(model.period, model.summary.window.last_day)
                lost = self._models.lost_logs(standing, window)
                if lost is not None:
                    self._judge(name, lost)
                    continue
                what = "figures" if standing.status.figures != model.figures else "notebook"
                more = ", parameters or versions" if what == "notebook" else ""
                self._judge(name, f"its {what}{more} changed since; make it again first")
                continue
            if standing.status.thinned:
                self._judge(name, _thinned_difference(standing, model), thinned=True)
                continue
            staging = self._root / REPORTS / STAGING / f"verify-{model.kind}-{model.name}"
            staging.mkdir(parents=True)
            self._standing[staging] = standing
            html = HTML in standing.status.files
            if model.summary.metrics["closed_trades"]:
                yield ReportJob(model, staging, html)
            else:
                write_no_data(model, self._models, html, staging)
                self.compare(ReportJob(model, staging, html), RunnerMessage(done=True))

    def snapshot(self, job: ReportJob) -> bytes:
        """What the kernel may see."""
        return snapshot_of(self._models, job)

    def compare(self, job: ReportJob, message: RunnerMessage) -> None:
        """Judges a report made again."""
        standing = self._standing.pop(job.staging)
        name = f"{job.model.kind}/{job.model.name}"
        if message.other_figures:
            difference: str | None = "the logs changed during the run; verify it again"
        elif message.failure is not None:
            difference = f"it fails now: {message.failure.reason}"
        else:
            difference = first_difference(standing.folder, job.staging)
        shutil.rmtree(job.staging, ignore_errors=True)
        self._judge(name, difference)

    def _judge(self, name: str, difference: str | None, *, thinned: bool = False) -> None:
        verdict = Verdict(name, difference, thinned)
        self.verdicts.append(verdict)
        self._on_verdict(verdict)


def _thinned_difference(standing: Published, model: Model) -> str | None:
    """What differs of the figures, which are all that is left as it was made."""
    now = sha256(model.summary.to_json().encode()).hexdigest()
    return None if digests_of(standing.folder).get(SUMMARY) == now else f"{SUMMARY} differs"


def first_difference(published: Path, again: Path) -> str | None:
    """The first cell and type that differ, else the first file; None when nothing does."""
    before, now = digests_of(published), digests_of(again)
    if before == now:
        return None
    if NOTEBOOK in before and NOTEBOOK in now and before[NOTEBOOK] != now[NOTEBOOK]:
        old, new = ((folder / NOTEBOOK).read_bytes() for folder in (published, again))
        try:
            found = notebook_difference(old, new)
        except (*NOT_JSON, KeyError, TypeError, AttributeError):
            found = f"{NOTEBOOK} is no longer a notebook"
        if found is not None:
            return found
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            missing = "is missing" if name not in before else "is no longer made"
            return f"{name} differs" if name in before and name in now else f"{name} {missing}"
    return None


def notebook_difference(old: bytes, new: bytes) -> str | None:
    """The first cell that differs, with the type of the first output that does."""
    cells, again = (msgspec.json.decode(body)["cells"] for body in (old, new))
    for index, (one, other) in enumerate(zip(cells, again, strict=False)):
        what = _cell_difference(one, other)
        if what is not None:
            heading = heading_in([("".join(c["source"]), c["cell_type"]) for c in cells], index)
            under = f" under “{heading}”" if heading else ""
            return f"cell {index + 1}{under}: {what} differs"
    if len(cells) != len(again):
        return f"it has {len(again)} cells now, and had {len(cells)}"
    return None


def _cell_difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    if one == other:
        return None
    if one.get("source") != other.get("source"):
        return "source"
    return _output_difference(one.get("outputs", []), other.get("outputs", [])) or "metadata"


def _output_difference(
    ones: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]
) -> str | None:
    for one, other in zip(ones, others, strict=False):
        if one == other:
            continue
        data, again = one.get("data", {}), other.get("data", {})
        for kind in [*data, *again]:
            if data.get(kind) != again.get(kind):
                return str(kind)
        return f"{one.get('output_type')} output"
    return "number of outputs" if len(ones) != len(others) else None
