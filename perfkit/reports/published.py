"""Published reports on disk: where they are, their status, and whether they are complete.

A report is the folder `reports/<kind>/<name>/`; the name is the label of its window, and of its
filter if it has one. `status.json` is written last: a folder without it is not a report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from perfkit.core.calendar import Window, parse_date
from perfkit.core.errors import UsageError
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import slug
from perfkit.disk.atomic import replace
from perfkit.summary.filters import as_where

REPORTS = Path("reports")
KINDS = ("daily", "weekly", "monthly")
STATUS = "status.json"
PAGE = "report.md"
HTML = "report.html"
NOTEBOOK = "report.ipynb"
SUMMARY = "summary.json"

OK, NO_DATA = "ok", "no-data"

NOT_JSON = (msgspec.MsgspecError, ValueError, RecursionError)
"""What msgspec raises for a file that is not the JSON it should be."""

T = TypeVar("T")


class ReportStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a published report was made from.

    Digests: `digest` covers its summary, `figures` all it shows, `settled` the part that later
    lines should not change, `model` also notebook, parameters and versions. `files` has the SHA-256
    of each file, `logs` by source how many of its trades come from each log file. Only a stale
    report has `stale_since`, and `rerun` to make it again.
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
    stale_since: str | None = None
    rerun: str | None = None

    def __post_init__(self) -> None:
        check_identity(self.kind, self.where, self.parameters)


class Published(NamedTuple):
    """A report folder with its status."""

    folder: Path
    status: ReportStatus


def check_identity(kind: str, where: Mapping[str, str], parameters: Mapping[str, object]) -> None:
    """Raises `ValueError` where a file names a report that cannot be: msgspec then refuses it."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}")
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


def is_published(root: Path, window: Window, where: Mapping[str, str]) -> bool:
    """Whether that window has a report, stale or not."""
    return (root / REPORTS / window.kind / name_of(window.label, where) / STATUS).exists()


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
    """SHA-256 of each file of a folder except its status."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != STATUS
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
