"""Published reports on disk: where they are, their status, and whether they are complete.

A report is the folder `reports/<kind>/<name>/`. Its kind is daily, weekly, monthly, or the name of
a notebook or entry of the configuration; its name is the label of its window, and of its filter if
it has one. `status.json` is written last: a folder without it is not a report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from perfkit.core.calendar import CALENDAR_WINDOWS, Window, parse_date
from perfkit.core.errors import UsageError
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import slug
from perfkit.disk.atomic import replace
from perfkit.summary.filters import as_where

REPORTS = Path("reports")
KINDS = ("daily", "weekly", "monthly")
"""The kinds of every workspace."""
PERIODS = CALENDAR_WINDOWS
"""The periods that a report has."""
ALL = "all"
FAILURES = "failures"
STATUS = "status.json"
PAGE = "report.md"
HTML = "report.html"
NOTEBOOK = "report.ipynb"
MAIL = "report.eml"
"""A message, which is made of all the others and may come and go."""
SUMMARY = "summary.json"

OK, NO_DATA = "ok", "no-data"

LONGEST_KIND = 100
"""Bytes of a kind, which is the name of a folder and part of others."""

NOT_JSON = (msgspec.MsgspecError, ValueError, RecursionError)
"""What msgspec raises for a file that is not the JSON it should be."""

T = TypeVar("T")


class ReportStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a published report was made from.

    Digests: `digest` covers its summary, `figures` all it shows, `settled` the part that later
    lines should not change, `model` also notebook, parameters and versions. `files` has the SHA-256
    of each file, `logs` by source how many of its trades come from each log file, `stderr_cells`
    the numbers of the cells that wrote to standard error. Only a stale report has `stale_since`,
    and `rerun` to make it again; only a report of somebody's own has a `period`; only one that was
    thinned has `thinned`, after how many days.
    """

    state: str
    kind: str
    label: str
    where: dict[str, str]
    parameters: dict[str, str | int | float | bool]
    digest: str
    figures: str
    settled: str
    model: str
    notebook_sha256: str
    perfkit: str
    files: dict[str, str]
    images: tuple[str, ...] = ()
    logs: dict[str, dict[str, int]] = {}
    stderr_cells: tuple[int, ...] = ()
    stale_since: str | None = None
    rerun: str | None = None
    period: str = ""
    thinned: str = ""

    def __post_init__(self) -> None:
        check_identity(self.kind, self.period, self.where, self.parameters)

    @property
    def window_kind(self) -> str:
        """The kind of its window; `period` is empty where that is its own kind."""
        return self.period or self.kind


class Published(NamedTuple):
    """A report folder with its status."""

    folder: Path
    status: ReportStatus


def is_name(text: str) -> bool:
    """Whether a report may have that name: it is a part of paths and commands."""
    return (
        text.isprintable()
        and text == text.strip()
        and not set(text) & set('/\\<>"|?*:`')
        and not text.startswith((".", "-"))
        and not text.endswith(".ipynb")
        and text not in ("", ALL, FAILURES)
        and len(text.encode("utf-8", "replace")) <= LONGEST_KIND
    )


def kinds_in(reports: Path) -> list[str]:
    """The three kinds of every workspace, then all others of which there is a report or failure."""
    folders = [*reports.glob("[!.]*/"), *reports.glob(f"{FAILURES}/[!.]*/")]
    return [*KINDS, *sorted({one.name for one in folders if is_name(one.name)} - {*KINDS})]


def titled(kind: str) -> str:
    """A kind at the start of a sentence; a name of somebody's own stays as it is."""
    return kind.capitalize() if kind in KINDS else kind


def check_identity(
    kind: str, period: str, where: Mapping[str, str], parameters: Mapping[str, object]
) -> None:
    """Raises `ValueError` where a file names a report that cannot be: msgspec then refuses it."""
    if not is_name(kind) or (period or kind) not in PERIODS:
        raise ValueError(f"unknown kind {kind!r} or period {period!r}")
    try:
        as_where(where)
        parse_date(str(parameters.get("date")))
    except UsageError as error:
        raise ValueError(str(error)) from error


def read_as(path: Path, shape: type[T]) -> T | None:
    """What a JSON file of a report holds; None where it is missing or is not that."""
    try:
        # Anything but a plain file, such as a pipe, could keep its reader waiting.
        return msgspec.json.decode(path.read_bytes(), type=shape) if path.is_file() else None
    except (OSError, *NOT_JSON):
        return None


def name_of(label: str, where: Mapping[str, str]) -> str:
    """The name of a report's folder."""
    return label + (f"-{slug(where)}" if where else "")


def is_published(root: Path, kind: str, window: Window, where: Mapping[str, str]) -> bool:
    """Whether that window has a report of that kind, stale or not."""
    return (root / REPORTS / kind / name_of(window.label, where) / STATUS).exists()


def read_published(folder: Path) -> Published | None:
    """The report in a folder; None when it has no readable status."""
    status = read_as(folder / STATUS, ReportStatus)
    return None if status is None else Published(folder, status)


def published(reports: Path, kind: str) -> list[Published]:
    """The reports of a kind, newest first."""
    folders = sorted(reports.joinpath(kind).glob("[!.]*/"), reverse=True)
    return [found for folder in folders if (found := read_published(folder)) is not None]


def is_intact(report: Published) -> bool:
    """Whether its files are the published ones, unchanged."""
    try:
        return digests_of(report.folder) == report.status.files
    except OSError:
        return False


def digests_of(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of a folder except its status and its message."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name not in (STATUS, MAIL)
    }


def write_status(folder: Path, status: ReportStatus) -> None:
    """Writes `status.json`; raises `OutputError`."""
    body = msgspec.json.format(msgspec.json.encode(status), indent=2)
    replace(folder / STATUS, body + b"\n")


def mark(report: Published, since: str | None, rerun: str | None) -> None:
    """Notes in its status since when it is stale; None means that it is not."""
    was = report.status.stale_since
    if (was is None) != (since is None):
        status = msgspec.structs.replace(report.status, stale_since=since, rerun=rerun)
        write_status(report.folder, status)
