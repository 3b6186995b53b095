"""The log files of a source, in the order their lines were written."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from time import gmtime, strftime

from perfkit.config.settings import DAILY_PATTERN, Config, Source
from perfkit.config.workspace import CONFIG
from perfkit.core.errors import ConfigError, LogReadError, MixedCurrencyError, UsageError
from perfkit.core.fast_imports import NamedTuple, Pattern
from perfkit.core.filters.plain import is_plain
from perfkit.logs.forms import PACKED_SUFFIXES, is_packed

OWN_OUTPUT = ("logs/performance", "logs/performance-alerts.jsonl")
"""What perfkit writes below the workspace and therefore never reads as a trade log."""

_DATED = Pattern(
    r"(?<![0-9])(?:"
    r"((?:19[7-9]|20[0-9])[0-9])([-_./]?)(0[1-9]|1[0-2])\2(0[1-9]|[12][0-9]|3[01])"
    r"|(1[0-9]{9})(?![0-9])"
    r")"
)
"""A date in the name of a file, or seconds since 1970."""

_OF_A_DAY = Pattern(
    r"(?<![0-9])(?:19[7-9]|20[0-9])[0-9]"
    r"(?:[-_./](?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))(?![0-9])"
)
"""A day or a month in the name of a folder."""

_ROTATED = Pattern(r"\.([0-9]+)(\.gz|\.bz2|\.xz)?$")
_DIGITS = Pattern("[0-9]+")


_OF_RESULT = ("net_pnl", "gross_pnl", "outcome", "exit_price", "price")
"""Fields that what a trade earned is read from."""


class LogFile(NamedTuple):
    """A log file: its path, as errors and reports show it, and its inode."""

    path: str
    name: str
    inode: int


class Listing(NamedTuple):
    """The files of a source in the order their lines were written, and all that its pattern met.

    `found` has the inode of each path in the folder, None where that has to be asked for.
    """

    files: list[LogFile]
    found: dict[str, int | None]


def check_read_once(listed: Sequence[tuple[Source, Listing]]) -> None:
    """Raises `ConfigError` if two sources take the same from one file: it would count twice.

    They may share a file if `only`, the place of the records or the fields of the result differ.
    """
    if len(listed) < 2:
        return
    known: dict[str, list[Source]] = {}
    for source, listing in listed:
        for file in listing.files:
            others = known.setdefault(file.path, [])
            for other in others:
                if _takes(source) == _takes(other):
                    raise ConfigError(
                        CONFIG,
                        "sources",
                        f"{other.name!r} and {source.name!r} both read {file.name}, so its trades "
                        "would count twice",
                        "narrow `path` or `pattern` of one, or tell their lines apart with `only`",
                    )
            others.append(source)


def _takes(source: Source) -> tuple[object, ...]:
    """What a source takes from a file of its own."""
    dialect = source.dialect
    results = [(one.target, one.source) for one in dialect.slots if one.target in _OF_RESULT]
    made = {name: dialect.expressions.get(name) for name in _OF_RESULT}
    return dialect.only, dialect.layout, results, made


def chosen(config: Config, said: str | None) -> tuple[Source, ...]:
    """The source of that name, those that a filter's condition names (`a|b`, `!=a`), or all.

    Raises `UsageError` or `MixedCurrencyError`.
    """
    sources = config.sources
    if said is not None:
        wanted, are_meant = _names_in(said)
        known = [source.name for source in sources]
        for name in wanted:
            if name not in known:
                raise UsageError(
                    f"--source {name}: there is no such source; the workspace has "
                    f"{', '.join(known)}"
                )
        sources = tuple(source for source in sources if (source.name in wanted) == are_meant)
        if not sources:
            raise UsageError(f"--where source{said}: no source is left; leave one out")
    currencies = {source.name: source.currency for source in sources}
    if len(set(currencies.values())) > 1:
        raise MixedCurrencyError(currencies)
    return sources


def _names_in(said: str) -> tuple[tuple[str, ...], bool]:
    """The sources that a condition names, and whether they are meant or all others."""
    if is_plain(said):
        return (said,), True
    from perfkit.core.filters.conditions import IS, conditions_of

    ((sign, names),) = conditions_of("source", said)
    return names, sign == IS


def log_files(source: Source, root: str, own: Sequence[str] = ()) -> Listing:
    """The files of a source, the oldest first (see `_age_key`).

    `own` is what perfkit writes, if that is known (see `own_output`). Raises `LogReadError` when
    there is no such file or folder.
    """
    location = source.location
    own, at = own or own_output(root), os.path.realpath(location)
    if any(is_below(at, one) for one in own):
        raise LogReadError(
            shown_path(location, root),
            "is written by perfkit itself",
            "name the bot's log instead",
        )
    if os.path.isfile(location):
        only = LogFile(location, shown_path(location, root), os.stat(location).st_ino)
        return Listing([only], {})
    if not os.path.isdir(location):
        raise LogReadError(
            shown_path(location, root),
            "there is no such file or folder" if not source.remote else "nothing was fetched yet",
            f"check `path` of source {source.name} in config/perfkit.yaml"
            if not source.remote
            else f"run `perfkit fetch {source.name}`",
        )
    try:
        found = _matching(location, source.pattern)
    except PermissionError as error:
        raise LogReadError(
            shown_path(location, root), str(error.strerror), "check the permissions of the folder"
        ) from error
    inside = os.path.join(location, "")
    shown = shown_path(inside, root)
    resolved = os.path.join(at, "")
    reserved = {one.removeprefix(resolved) for one in own}
    files = []
    for name, inode in found.items():
        if is_packed(name) and name[: name.rindex(".")] in found:
            continue  # beside a file, its compressed twin is a copy of it, perhaps half written
        path = inside + name
        if inode is not None:
            if name not in reserved:
                files.append(LogFile(path, shown + name, inode))
        elif os.path.isfile(path) and not _is_within(path, own):
            files.append(LogFile(path, shown + name, os.stat(path).st_ino))
    if source.pattern == DAILY_PATTERN:
        return Listing(sorted(files), found)
    return Listing(sorted(files, key=lambda file: _age_key(file.path[len(inside) :])), found)


def newest_is_no_file(source: Source, root: str) -> str | None:
    """The newest name that the pattern matches, if that is a folder or a link to nowhere."""
    if not os.path.isdir(source.location):
        return None
    inside = os.path.join(source.location, "")
    found = _matching(source.location, source.pattern)
    odd = {name for name, inode in found.items() if inode is None}
    odd = {name for name in odd if not os.path.isfile(inside + name)}
    if not odd or (newest := max(found, key=_age_key)) not in odd:
        return None
    return shown_path(inside, root) + newest


def stands(source: Source, listing: Listing) -> bool:
    """Whether nothing was made, renamed or removed since the files of a source were listed."""
    if listing.found != _known_or_new(source, listing.found):
        return False
    above = len(os.path.join(source.location, ""))
    asked = [file for file in listing.files if listing.found.get(file.path[above:]) is None]
    try:
        return all(os.stat(file.path).st_ino == file.inode for file in asked)
    except FileNotFoundError:
        return False


def is_own_output(path: str, root: str) -> bool:
    """Whether perfkit itself writes what is at that path."""
    return _is_within(path, own_output(root))


def is_below(path: str, folder: str) -> bool:
    """Whether a path is that of a folder, or of what is in it."""
    return path == folder or path.startswith(os.path.join(folder, ""))


def shown_path(path: str, root: str) -> str:
    """A path as the workspace shows it: below its root where it is."""
    return path.removeprefix(os.path.join(root, ""))


def own_output(root: str) -> list[str]:
    """Where perfkit itself writes, with all links resolved."""
    return [os.path.realpath(os.path.join(root, one)) for one in OWN_OUTPUT]


def _is_within(path: str, own: Sequence[str]) -> bool:
    resolved = os.path.realpath(path)
    return any(is_below(resolved, one) for one in own)


def _matching(folder: str, pattern: str) -> dict[str, int | None]:
    """What matches in a folder, by its path in it; the inode of each file that is plainly there."""
    if _is_deep(pattern):
        return _globbed(folder, pattern)
    matches = _matcher(pattern)
    with os.scandir(folder) as entries:
        return {
            entry.name: entry.inode() if entry.is_file(follow_symlinks=False) else None
            for entry in entries
            if matches(entry.name)
        }


def _known_or_new(source: Source, known: Mapping[str, int | None]) -> dict[str, int | None]:
    """What `_matching` found, found again with less work."""
    location, pattern = source.location, source.pattern
    if not os.path.isdir(location):
        return {}
    if _is_deep(pattern):
        return _globbed(location, pattern)
    matches = _matcher(pattern)
    with os.scandir(location) as entries:
        return {
            entry.name: None if known.get(entry.name, 0) is None else entry.inode()
            for entry in entries
            if entry.name in known or matches(entry.name)
        }


def pattern_meets(pattern: str) -> Callable[[str], object]:
    """Whether a path below the folder of a source is that of a log of it, compressed or not."""
    if not _is_deep(pattern):
        return _matcher(pattern)
    each = {"**": "(?:[^/]+/)*"}
    parts = [each.get(part) or _of_one_folder(part) + "/" for part in pattern.split("/")]
    packed = "|".join(PACKED_SUFFIXES).replace(".", r"\.")
    return Pattern(f"{''.join(parts)[:-1]}(?:{packed})?").fullmatch


def _of_one_folder(part: str) -> str:
    from fnmatch import translate

    return translate(part).replace(".*", "[^/]*").removesuffix(r"\Z").removesuffix(r"\z")


def _is_deep(pattern: str) -> bool:
    return "/" in pattern or "**" in pattern


def _globbed(folder: str, pattern: str) -> dict[str, int | None]:
    from pathlib import Path

    patterns = (pattern, *(pattern + suffix for suffix in PACKED_SUFFIXES))
    found = {path for own in patterns for path in Path(folder).glob(own)}
    return dict.fromkeys(str(path.relative_to(folder)) for path in found)


@lru_cache(maxsize=64)
def _matcher(pattern: str) -> Callable[[str], object]:
    """Whether a name is that of a log file, compressed or not."""
    patterns = (pattern, *(pattern + suffix for suffix in PACKED_SUFFIXES))
    if not {"*", "["} & set(pattern) and pattern.strip("?"):  # so `re`, slow to load, stays out
        first, *others = map(_fits, patterns)
        return lambda name: first(name) or any(fits(name) for fits in others)
    from fnmatch import translate

    return Pattern("|".join(f"(?:{translate(own)})" for own in patterns)).fullmatch


def _fits(pattern: str) -> Callable[[str], bool]:
    """Whether a name is the pattern, whose `?` stand for any character: 4.jsonl is ?.jsonl."""
    places = [place for place, character in enumerate(pattern) if character != "?"]
    of_places = itemgetter(*places, places[0])
    wanted, length = of_places(pattern), len(pattern)
    return lambda name: len(name) == length and of_places(name) == wanted


def volume_of(name: str, where: str) -> str:
    """The folder of a log file that may be a volume of its own: what a date names is not one.

    Below `logs`, `logs/a/2026-04-08/trades.jsonl` and `logs/a/2026/04/x.csv` are of `logs/a`.
    """
    if name == where:
        return os.path.dirname(where)
    below = os.path.dirname(name.removeprefix(where).lstrip("/"))
    dated = _OF_A_DAY.search(below) if below else None
    if dated is not None:
        below = below[: dated.start() + 1].rpartition("/")[0]
    return os.path.join(where, below) if below else where


def folder_mark(root: str, folder: str) -> tuple[int, int] | None:
    """Which folder that is: its inode and its file system; None where there is none.

    The number of its device is not in it, as it may be another one after a restart.
    """
    path = os.path.join(root, folder)
    try:
        return os.stat(path).st_ino, os.statvfs(path).f_fsid
    except OSError:
        return None


def _age_key(name: str) -> tuple[object, ...]:
    """Dated files by date, time and number, then those without a date by name.

    `x.jsonl-20260407`, `x.jsonl.2026-04-08`, `x-2026-04-09.jsonl.gz`, `x-2026-04-10-2.jsonl`,
    `x-2026-04-10-11.jsonl`; then `x.jsonl.2`, `x.jsonl.1` and `x.jsonl`. Of several dates in a name
    the last one counts: `archive-20260501/x-20260407.jsonl` is of April 7.
    """
    dated = next(iter(deque(_DATED.finditer(name), maxlen=1)), None)
    rotated = _ROTATED.search(name, dated.end() if dated else 0)
    stem = name[: rotated.start()] if rotated else name
    if not rotated and is_packed(name):
        stem = name[: name.rindex(".")]
    number = -int(rotated[1]) if rotated else 0
    if dated is None:
        return True, "", [], stem, number, name
    year, _, month, day, seconds = dated.groups()
    date = strftime("%Y%m%d", gmtime(int(seconds))) if seconds else year + month + day
    rest = stem[dated.start(5) if seconds else dated.end() :]
    return False, date, [int(found[0]) for found in _DIGITS.finditer(rest)], stem, number, name
