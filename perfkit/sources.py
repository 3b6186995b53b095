"""The log files of a source, in the order their lines were written."""

from __future__ import annotations

import re
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
    own = [(root / path).resolve() for path in OWN_OUTPUT]

    def is_own(path: Path) -> bool:
        resolved = path.resolve()
        return any(resolved == one or one in resolved.parents for one in own)

    if is_own(source.path):
        raise LogReadError(
            shown_path(source.path, root),
            "is written by perfkit itself",
            "name the bot's log instead",
        )
    if source.path.is_file():
        return [source.path]
    if not source.path.is_dir():
        raise LogReadError(
            shown_path(source.path, root),
            "there is no such file or folder",
            f"check `path` of source {source.name} in config/perfkit.yaml",
        )
    patterns = (source.pattern, source.pattern + ".gz")
    names = {path for pattern in patterns for path in source.path.glob(pattern)}
    # Beside a file, its compressed twin is a copy of it, perhaps still being written.
    twins = {path.with_name(path.name + ".gz") for path in names}
    files = (path for path in names - twins if path.is_file() and not is_own(path))
    return sorted(files, key=_age_key)


def _age_key(path: Path) -> tuple[str, int, str]:
    """`x.jsonl.2` before `x.jsonl.1` before `x.jsonl`; otherwise by name."""
    rotated = _ROTATED.match(path.as_posix())
    if rotated is None:
        return path.as_posix().removesuffix(".gz"), 0, path.as_posix()
    return rotated[1], -int(rotated[2]), path.as_posix()


def shown_path(path: Path, root: Path) -> str:
    """A path as the workspace shows it: below its root where it is."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
