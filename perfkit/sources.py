"""The log files of a source, in the order their lines were written."""

from __future__ import annotations

import os
import re
from fnmatch import translate
from pathlib import Path

from perfkit.config import Config, Source
from perfkit.errors import LogReadError, MixedCurrencyError, UsageError

OWN_OUTPUT = (Path("logs/performance"), Path("logs/performance-alerts.jsonl"))
"""What perfkit writes below the workspace and therefore never reads as a trade log."""

_ROTATED = re.compile(r"(.*?)\.([0-9]+)(\.gz)?$")


def chosen(config: Config, name: str | None) -> tuple[Source, ...]:
    """The source of that name, or all; raises `UsageError` or `MixedCurrencyError`."""
    if name is None:
        currencies = {source.name: source.currency for source in config.sources}
        if len(set(currencies.values())) > 1:
            raise MixedCurrencyError(currencies)
        return config.sources
    sources = tuple(source for source in config.sources if source.name == name)
    if not sources:
        known = ", ".join(source.name for source in config.sources)
        raise UsageError(f"--source {name}: there is no such source; the workspace has {known}")
    return sources


def log_files(source: Source, root: Path) -> list[Path]:
    """The files of a source, in the order their lines were written: rotated ones oldest first."""
    own = [os.path.realpath(root / path) for path in OWN_OUTPUT]
    folder = os.fspath(source.path)
    if is_own_output(folder, root):
        raise LogReadError(
            shown_path(source.path, root),
            "is written by perfkit itself",
            "name the bot's log instead",
        )
    if os.path.isfile(folder):
        return [source.path]
    if not os.path.isdir(folder):
        raise LogReadError(
            shown_path(source.path, root),
            "there is no such file or folder",
            f"check `path` of source {source.name} in config/perfkit.yaml",
        )
    found = _matching(folder, source.pattern)
    resolved = os.path.realpath(folder)
    # Beside a file, its compressed twin is a copy of it, perhaps still being written.
    twins = {path + ".gz" for path in found}
    files = [
        path
        for path, is_plain in found.items()
        if path not in twins
        and (
            os.path.join(resolved, os.path.basename(path)) not in own
            if is_plain
            else os.path.isfile(path) and not is_own_output(path, root)
        )
    ]
    return list(map(Path, sorted(files, key=_age_key)))


def is_own_output(path: str, root: Path) -> bool:
    """Whether perfkit itself writes what is at that path."""
    resolved = os.path.realpath(path)
    own = [os.path.realpath(root / one) for one in OWN_OUTPUT]
    return any(resolved == one or resolved.startswith(one + os.sep) for one in own)


def _matching(folder: str, pattern: str) -> dict[str, bool]:
    """The paths that match, each with whether it is a file and no link, right in the folder."""
    if "/" in pattern or "**" in pattern:
        found = {path for own in (pattern, pattern + ".gz") for path in Path(folder).glob(own)}
        return dict.fromkeys(map(os.fspath, found), False)
    matches = re.compile(f"(?:{translate(pattern)})|(?:{translate(pattern + '.gz')})").match
    with os.scandir(folder) as entries:
        return {
            entry.path: entry.is_file(follow_symlinks=False)
            for entry in entries
            if matches(entry.name)
        }


def _age_key(path: str) -> tuple[str, int, str]:
    """`x.jsonl.2` before `x.jsonl.1` before `x.jsonl`; otherwise by name."""
    rotated = _ROTATED.match(path)
    if rotated is None:
        return path.removesuffix(".gz"), 0, path
    return rotated[1], -int(rotated[2]), path


def shown_path(path: Path, root: Path) -> str:
    """A path as the workspace shows it: below its root where it is."""
    shown, above = os.fspath(path), os.fspath(root) + os.sep
    return shown.removeprefix(above)
