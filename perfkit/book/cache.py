"""The book on disk: the cache opened, updated, and put back for the next run to find.

One process writes at a time; whoever reads needs no lock. Nothing in the cache is ever relied on:
what is damaged, made by other settings or by another version is rebuilt from the logs, and a
folder that cannot be written costs time, not figures.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Mapping, Sequence

from perfkit.book.store.compaction import compacted
from perfkit.book.store.day_sheet import CHECKED, DIMENSIONS
from perfkit.book.store.freshness import has_settings, is_unchanged, standing
from perfkit.book.store.manifest import Manifest, decoded, encoded, settings_of
from perfkit.book.store.pages import CacheDamagedError, Pages
from perfkit.config.settings import Config, Source
from perfkit.config.workspace import CACHE, CONFIG, MANIFEST
from perfkit.core import log
from perfkit.core.errors import LogReadError, reason_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.interpreter import uncollected
from perfkit.disk.atomic import put_in_place, sweep_temporaries
from perfkit.disk.fingerprints import Fingerprint, fingerprint_of
from perfkit.disk.locks import held
from perfkit.disk.sealed import read_bytes, read_marked
from perfkit.logs.file_log import ContentChangedError
from perfkit.logs.listing import Listing, LogFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.book.dispatch import Executor
    from perfkit.book.parallel import ReadResult


PAGES = "pages"
LOCK = "lock"

Progress = Callable[[int, int], None]
"""Is called with how many files have been read, and how many there are."""

Limits = Mapping[str, int]
"""Log files, as they are shown, and how many bytes of each are to be read."""

ATTEMPTS = 5
"""How often reading starts over when files are renamed or cut while they are read."""


class Activity(NamedTuple):
    """What one run did.

    Files that stood, that grew and that were read from their start; bytes and lines read, trades
    known afterwards; the names of files that were rewritten, that are gone, and of documents that
    are not whole, with why.
    """

    files: int = 0
    bytes_read: int = 0
    lines: int = 0
    trades: int = 0
    hit: int = 0
    grown: int = 0
    rebuilt: int = 0
    rewritten: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    half_written: tuple[tuple[str, str], ...] = ()
    milliseconds: int = 0


class Options(NamedTuple):
    """How the book is opened.

    `cached` False reads every log and writes nothing. `jobs` processes read (None: one per core),
    or the `executor`, where there is much to read.
    With `limits`, only so many bytes of only those files are there; `numbers` are those the files
    get, as they had in another book. A file that grew has all its earlier bytes verified up to
    `verified_bytes`, of a longer one some.
    """

    cached: bool = True
    jobs: int | None = None
    progress: Progress | None = None
    limits: Limits | None = None
    numbers: Mapping[tuple[str, str], int] | None = None
    verified_bytes: int = 64 << 20
    executor: Executor | None = None


DEFAULT = Options()


class Opened(NamedTuple):
    """A manifest, the sections it names, and how it came about."""

    manifest: Manifest
    pages: Pages
    activity: Activity
    problem: OSError | None = None
    """Why the cache could not be written; None when it was, or when nothing was new."""
    mark: Fingerprint | None = None
    """The fingerprint of the manifest in the cache; None where this book is not that one."""
    options: Options = DEFAULT
    """How it was opened; so it is made anew where its pages turn out to be damaged."""


class StoredBook(NamedTuple):
    """What is in the cache: the manifest, its pages, its fingerprint, and whether it is current."""

    manifest: Manifest
    pages: Pages
    mark: Fingerprint
    is_current: bool

    def opened(self, sources: Sequence[Source]) -> Opened:
        """The book as it is there."""
        return Opened(self.manifest, self.pages, _idle(self.manifest, sources), mark=self.mark)


def open_book(config: Config, sources: Sequence[Source], options: Options) -> Opened:
    """The book of those sources as the logs are now.

    Raises `LogReadError` when a file or folder cannot be read.
    """
    started = time.perf_counter()
    with uncollected():
        opened = _opened(config, sources, options)
    spent = int((time.perf_counter() - started) * 1000)
    activity = opened.activity._replace(milliseconds=spent)
    opened = opened._replace(activity=activity, options=options)
    _report(opened)
    return opened


def _report(opened: Opened) -> None:
    """Logs what was done, and warns of what the operator should know."""
    activity = opened.activity
    plain = {
        name: value for name, value in activity._asdict().items() if not isinstance(value, tuple)
    }
    log.account("book", **plain)
    if opened.problem is not None:
        log.warn(
            f"the cache in {CACHE} cannot be written: {reason_of(opened.problem)}; figures are "
            "correct, but until it can be, each run reads the new lines again"
        )
    for name in activity.rewritten:
        log.warn(f"{name}: earlier lines have changed; the whole file was read again")
    for name in activity.gone:
        log.warn(f"{name} is gone; its trades no longer count")
    for name, problem in activity.half_written:
        log.warn(
            f"{name} {problem}; it is being written, or it is damaged: the trades read before "
            "still count"
        )


def _opened(config: Config, sources: Sequence[Source], options: Options) -> Opened:
    folder = _folder(config)
    stale = read_bytes(os.path.join(config.folder, CONFIG)) != config.text
    if not options.cached or stale:
        return _in_memory(config, sources, options)
    if options.limits is not None:
        return _as_limited(config, sources, options)
    known = stored(config)
    if known is not None and known.is_current and _serves(known.manifest, sources, options):
        return known.opened(sources)
    try:
        os.makedirs(os.path.join(folder, PAGES), exist_ok=True)
        with held(os.path.join(folder, LOCK)):
            return _written(config, sources, options, known)
    except OSError as error:
        return _unwritten(config, sources, options, error)


def _vanished(before: Manifest, config: Config) -> tuple[str, ...]:
    """Sources that are gone because their folders are: nobody took them out of the configuration.

    The settings have to list what is there at present.
    """
    if not before.forgotten or not config.looks:
        return ()
    is_present = all(is_unchanged(look, config.folder) for look in config.looks)
    return before.forgotten if is_present else ()


def _as_limited(config: Config, sources: Sequence[Source], options: Options) -> Opened:
    """The book as the cache has it, if that is just what the limits say; else rebuilt."""
    known = stored(config)
    if known is not None and _serves(known.manifest, sources, options):
        with contextlib.suppress(CacheDamagedError):
            read = {
                file.name: file.bytes_read
                for source in sources
                for file in known.manifest.ledgers[source.name].files
            }
            if read == options.limits:
                return known.opened(sources)
    return _in_memory(config, sources, options)


def _serves(manifest: Manifest, sources: Sequence[Source], options: Options) -> bool:
    """Whether it has those sources, days they share, and no file that is yet to be verified.

    Days that they share with a source which the settings have not are not in it.
    """
    return (manifest.is_whole or len(sources) == 1) and all(
        source.name in manifest.ledgers
        and not manifest.ledgers.summary(source.name).is_doubtful(options.verified_bytes)
        for source in sources
    )


def stored(config: Config) -> StoredBook | None:
    """What the cache holds; None where that is nothing, or not for this configuration."""
    folder = _folder(config)
    path = os.path.join(folder, MANIFEST)
    for _ in range(ATTEMPTS):
        found = read_marked(path)
        if found is None:
            return None
        content, mark = found
        try:
            pages = _pages(folder)
            head, manifest = decoded(content, settings_of(config), pages)
            for page in manifest.pages:
                pages.hold(page)
        except CacheDamagedError:
            if read_bytes(path) == content:
                return None
            continue  # replaced meanwhile, and its pages removed
        if not has_settings(head, config.folder, config.override):
            return StoredBook(manifest, pages, mark, is_current=False)
        unchanged = standing(head, config.folder, _now())
        beside, own = head[3]
        current = len(unchanged) == len(own)
        current = current and all(is_unchanged(one, config.folder) for one in beside)
        return StoredBook(manifest._replace(standing=unchanged), pages, mark, current)
    return None


def _folder(config: Config) -> str:
    return os.path.join(config.folder, CACHE)


def _pages(folder: str) -> Pages:
    """The pages of a cache; what this process writes gets names that no page has had."""
    return Pages(os.path.join(folder, PAGES), f"{time.time_ns():x}-{os.getpid()}")


def _empty(config: Config) -> Manifest:
    return Manifest(settings_of(config))


def _in_memory(config: Config, sources: Sequence[Source], options: Options) -> Opened:
    pages = Pages(None, "memory")
    manifest, activity = _refreshed(config, sources, _empty(config), pages, options, _now())
    return Opened(manifest, pages, activity)


def _unwritten(
    config: Config, sources: Sequence[Source], options: Options, problem: OSError
) -> Opened:
    """The book where the cache can be read at most."""
    known = stored(config)
    if known is None:
        return _in_memory(config, sources, options)._replace(problem=problem)
    manifest, pages = known.manifest, known.pages
    pages.problem = problem
    try:
        manifest, activity = _refreshed(config, sources, manifest, pages, options, _now())
    except CacheDamagedError:
        return _in_memory(config, sources, options)._replace(problem=problem)
    return Opened(manifest, pages, activity, problem)


def _written(
    config: Config, sources: Sequence[Source], options: Options, known: StoredBook | None
) -> Opened:
    """The book, updated in the cache; the lock is held, `known` was there before."""
    folder = _folder(config)
    path = os.path.join(folder, MANIFEST)
    now = _touched(os.path.join(folder, LOCK))
    if known is None or _mark(path) != known.mark:  # another process was first
        known = stored(config)
        if known is not None and known.is_current and _serves(known.manifest, sources, options):
            return known.opened(sources)
    manifest = _empty(config) if known is None else known.manifest
    now = max(now, _newest_epoch(manifest) + 1)  # the clock may count whole seconds only
    pages = _pages(folder) if known is None else known.pages
    try:
        manifest, activity = _refreshed(config, sources, manifest, pages, options, now)
        manifest = compacted(manifest, pages)
        content = encoded(manifest, config, config.override)
    except CacheDamagedError:
        pages = _pages(folder)
        manifest, activity = _refreshed(config, sources, _empty(config), pages, options, now)
        manifest = compacted(manifest, pages)
        content = encoded(manifest, config, config.override)
    pages.flush()
    problem, mark = pages.problem, None
    if problem is None:
        live = () if known is None else known.manifest.pages
        try:
            for page in manifest.pages:  # whoever sweeps next may remove it while it is in use
                pages.narrow(page)
            put_in_place(path, content, mode=manifest.mode)
            mark, live = _mark(path), manifest.pages
        except (OSError, CacheDamagedError) as error:
            problem = error if isinstance(error, OSError) else OSError(str(error))
        with contextlib.suppress(OSError):
            pages.sweep(live)
            sweep_temporaries(folder, MANIFEST)
    return Opened(manifest, pages, activity, problem, mark)


def _mark(path: str) -> Fingerprint | None:
    try:
        return fingerprint_of(os.stat(path))
    except OSError:
        return None


def _newest_epoch(manifest: Manifest) -> int:
    return max((summary.newest_epoch for summary in manifest.ledgers.summaries()), default=0)


def _refreshed(
    config: Config,
    sources: Sequence[Source],
    manifest: Manifest,
    pages: Pages,
    options: Options,
    now: int,
) -> tuple[Manifest, Activity]:
    """The manifest with the ledgers of those sources updated."""
    from perfkit.book.parallel import all_stand, listed, settled, updated

    manifest = settled(manifest, options.verified_bytes)
    for attempt in range(ATTEMPTS):
        last = attempt == ATTEMPTS - 1
        try:
            found = listed(config, sources, manifest)
            made = updated(
                config,
                manifest,
                _within(options.limits, found),
                pages,
                now,
                jobs=options.jobs,
                executor=options.executor,
                limits=options.limits,
                given=options.numbers,
                verified_bytes=options.verified_bytes,
                progress=options.progress,
                dimensions=DIMENSIONS if options.cached else CHECKED,
            )
            if not last and not all_stand(config, found, manifest):
                manifest = manifest._replace(standing={})
                continue
        except (FileNotFoundError, ContentChangedError) as error:
            name = getattr(error, "filename", None) or str(error)
            if last:
                raise LogReadError(
                    name, "changes faster than it can be read", "try again"
                ) from error
            manifest = manifest._replace(standing={})
            if attempt:  # it was not just a moment
                manifest = manifest.doubting(name)
            continue
        break
    activity = _activity(made, sources, manifest)
    activity = activity._replace(gone=(*activity.gone, *_vanished(manifest, config)))
    return _with_joint_days(manifest, made.manifest, config, pages, options), activity


def _activity(made: ReadResult, sources: Sequence[Source], before: Manifest) -> Activity:
    read = [[reading.start.offset > 0 for reading in todo.readings] for todo in made.plans]
    summaries = [made.manifest.ledgers.summary(source.name) for source in sources]
    files = sum(summary.files for summary in summaries)
    return Activity(
        files=files,
        bytes_read=made.bytes_read,
        lines=made.lines,
        trades=sum(summary.rows for summary in summaries),
        hit=files - sum(map(len, read)),
        grown=sum(map(sum, read)),
        rebuilt=sum(map(len, read)) - sum(map(sum, read)),
        rewritten=tuple(name for todo in made.plans for name in todo.rewritten),
        gone=tuple(name for todo in made.plans for name in todo.gone),
        half_written=tuple(one for todo in made.plans for one in todo.half_written),
    )


def _within(
    limits: Limits | None, listed: Sequence[tuple[Source, Listing]]
) -> list[tuple[Source, list[LogFile]]]:
    """The files of each source that are to be read."""
    return [
        (source, [file for file in listing.files if limits is None or file.name in limits])
        for source, listing in listed
    ]


def _with_joint_days(
    before: Manifest, manifest: Manifest, config: Config, pages: Pages, options: Options
) -> Manifest:
    """The manifest with a sheet for each day that several sources have trades on."""
    if len(config.sources) < 2 or len({source.currency for source in config.sources}) > 1:
        return manifest._replace(joint={})
    from perfkit.book.joint_days import joint_days

    workers = options.jobs, options.executor
    return manifest._replace(joint=joint_days(before, manifest, config, pages, *workers))


def _idle(manifest: Manifest, sources: Sequence[Source]) -> Activity:
    summaries = [manifest.ledgers.summary(source.name) for source in sources]
    files = sum(summary.files for summary in summaries)
    return Activity(files=files, hit=files, trades=sum(summary.rows for summary in summaries))


def _now() -> int:
    return time.time_ns()


def _touched(path: str) -> int:
    """The time by the clock of the file system that holds the cache."""
    os.utime(path)
    return os.stat(path).st_mtime_ns


def discard(config: Config, mark: Fingerprint | None = None) -> None:
    """Forgets the cache, so that the next run rebuilds it; nothing happens where it cannot.

    With a `mark`, only if its manifest is still that one.
    """
    path = os.path.join(_folder(config), MANIFEST)
    with contextlib.suppress(OSError):
        if mark is None or _mark(path) == mark:
            os.unlink(path)
