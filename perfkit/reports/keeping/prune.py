"""What becomes of old reports: thinned after so many days, removed after some more, if asked for.

`keep` of a report counts days from the end of its period. First the pictures and executed notebooks
of all older reports go, which are most of their bytes, then the reports whose pages may go as well.
Each folder changes in one step, so a run that is killed leaves every report whole or thinned.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import msgspec

from perfkit.config.settings import Config
from perfkit.core.errors import MixedCurrencyError, OutputError
from perfkit.core.fast_imports import NamedTuple
from perfkit.desk.desk import Desk
from perfkit.disk.atomic import publish_folder
from perfkit.disk.locks import exclusive
from perfkit.reports.definitions import keeps
from perfkit.reports.failure import cards, remove_card
from perfkit.reports.index.readme import write_index
from perfkit.reports.keeping.thinned import thinned_html, thinned_markdown
from perfkit.reports.links import link_pages
from perfkit.reports.published import (
    HTML,
    MAIL,
    NOTEBOOK,
    PAGE,
    REPORTS,
    STATUS,
    SUMMARY,
    Published,
    digests_of,
    published,
    write_status,
)
from perfkit.reports.run import LOCK, STAGING, clean_up


class Pruning(NamedTuple):
    """A report that is too old for what it holds: to be thinned, or removed with its figures."""

    report: Published
    days: int
    remove: bool = False


class Pruned(NamedTuple):
    """A report that was thinned or removed, and how many bytes that has freed."""

    folder: Path
    removed: bool
    freed: int


def prune(
    desk: Desk, today: date, on_pruned: Callable[[Pruned], None] = lambda _: None
) -> list[Pruned]:
    """Thins and removes what is too old, and writes the index; waits for a run of reports to end.

    Raises `OutputError` for what cannot be changed, after all others.
    """
    root = desk.config.root
    done: list[Pruned] = []
    failure: OutputError | None = None
    with exclusive(str(root / LOCK)):
        clean_up(root)
        for one in to_prune(desk.config, today):
            try:
                found = _remove(root, one) if one.remove else _thin(root, one)
            except OutputError as error:
                failure = failure or error
                continue
            done.append(found)
            on_pruned(found)
        _remove_cards(desk.config, today)
        if done:
            removed = (root / one.folder for one in done if one.removed)
            link_pages(removed, root / REPORTS / STAGING)
            _write_index(desk)
    if failure is not None:
        raise failure
    return done


def to_prune(config: Config, today: date) -> list[Pruning]:
    """What is too old on that trading day: what is to be thinned, then what is to be removed."""
    found = list(_too_old(config, today))
    return [one for one in found if not one.remove] + [one for one in found if one.remove]


def would_prune(config: Config, today: date) -> list[Pruned]:
    """What `prune` would do; nothing is changed. Raises `OutputError` for what it cannot read."""
    found = []
    for one in to_prune(config, today):
        folder = one.report.folder
        try:
            freed = _size(folder) if one.remove else _gain(one)
        except OSError as error:
            raise OutputError(str(error.filename or folder), error) from error
        found.append(Pruned(folder.relative_to(config.root), one.remove, freed))
    return found


def _too_old(config: Config, today: date) -> Iterator[Pruning]:
    """Oldest first, name by name."""
    for name, keep in keeps(config).items():
        aged = [(_age(config, one, today), one) for one in published(config.root / REPORTS, name)]
        for age, report in sorted(aged, key=lambda pair: -pair[0]):
            if keep.pages is not None and age > keep.pages:
                yield Pruning(report, keep.pages, remove=True)
            elif age > keep.pictures and not report.status.thinned:
                yield Pruning(report, keep.pictures)


def _age(config: Config, report: Published, today: date) -> int:
    """The days since the last day of its period."""
    status = report.status
    day = date.fromisoformat(str(status.parameters["date"]))
    return (today - config.calendar.window(status.window_kind, day).last_day).days


def _first(report: Published) -> list[str]:
    """The files of its folder that go first; a status that names others was not made by a run."""
    others = {PAGE, HTML, SUMMARY, STATUS, ".", ".."}
    images = [name for name in report.status.images if "/" not in name and name not in others]
    return [NOTEBOOK, MAIL, *images]


def _gain(one: Pruning) -> int:
    """How many bytes it frees to thin a report."""
    before = [one.report.folder / name for name in (*_first(one.report), PAGE, HTML)]
    after = _pages(one, one.report.folder)
    there = sum(path.stat().st_size for path in before if path.is_file())
    return there - sum(len(body) for body in after.values())


def _pages(one: Pruning, folder: Path) -> dict[str, bytes]:
    """The pages in a folder, without pictures."""
    pictures = one.report.status.images
    found = {}
    for name, thinned in ((PAGE, thinned_markdown), (HTML, thinned_html)):
        if (folder / name).is_file():
            text = (folder / name).read_bytes().decode(errors="surrogateescape")
            text = thinned(text, pictures, f"{one.days}d")
            found[name] = text.encode(errors="surrogateescape")
    return found


def _thin(root: Path, one: Pruning) -> Pruned:
    """Puts a copy without pictures and notebook in the place of a report."""
    report, status = one.report, one.report.status
    staging = root / REPORTS / STAGING / f"thin-{status.kind}-{report.folder.name}"
    try:
        freed = _gain(one)
        shutil.copytree(report.folder, staging)
        was = digests_of(staging)
        for name in _first(report):
            (staging / name).unlink(missing_ok=True)
        for name, body in _pages(one, staging).items():
            (staging / name).write_bytes(body)
    except OSError as error:
        raise OutputError(str(error.filename or staging), error) from error
    # A file that somebody edited keeps its old digest, so it still counts as edited.
    files = {
        name: digest if was.get(name) == status.files[name] else status.files[name]
        for name, digest in digests_of(staging).items()
        if name in status.files
    }
    thinned = msgspec.structs.replace(status, files=files, images=(), thinned=f"{one.days}d")
    write_status(staging, thinned)
    publish_folder(staging, report.folder)
    return Pruned(report.folder.relative_to(root), False, freed)


def _remove(root: Path, one: Pruning) -> Pruned:
    """Removes a report in one step."""
    folder = one.report.folder
    freed = _size(folder)
    aside = root / REPORTS / STAGING / f"old-{one.report.status.kind}-{folder.name}"
    try:
        aside.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(aside)
        shutil.rmtree(aside)
    except OSError as error:
        raise OutputError(str(folder), error) from error
    return Pruned(folder.relative_to(root), True, freed)


def _remove_cards(config: Config, today: date) -> None:
    """Removes failures of periods whose reports are not kept; they would be asked for for ever."""
    kept = keeps(config)
    for card in cards(config.root / REPORTS):
        keep = kept.get(card.kind)
        day = date.fromisoformat(str(card.parameters["date"]))
        window = config.calendar.window(card.period or card.kind, day)
        if (
            keep is not None
            and keep.pages is not None
            and (today - window.last_day).days > keep.pages
        ):
            remove_card(config.root, card.kind, card.name)


def _write_index(desk: Desk) -> None:
    try:
        write_index(desk, {})
    except MixedCurrencyError:  # the newest day is that of one source
        write_index(desk, {"source": desk.config.sources[0].name})


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
