"""Where a workspace is: the folder that is named, else the nearest one upwards that holds one."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.core.errors import ConfigError

CACHE = "logs/performance/cache"
MANIFEST = "manifest"
CONFIG = "config/perfkit.yaml"
MIRROR = "logs/mirror"
EVENT_LOG = "logs/performance-alerts.jsonl"


def setting(name: str) -> str:
    """An environment variable; empty where it is not set.

    No other module reads the environment, but for what kernel processes inherit.
    """
    return os.environ.get(name, "")


def environment() -> dict[str, str]:
    """The environment that a process of its own inherits."""
    return dict(os.environ)


def folder_of(given: str | os.PathLike[str] | None) -> str:
    """The workspace that is given, else PERFKIT_ROOT, else the one around the working directory.

    Raises `WorkspaceNotFoundError`.
    """
    named = given or setting("PERFKIT_ROOT")
    return _absolute(os.fspath(named)) if named else find_root(os.getcwd())


def timezone_override() -> str:
    """The zone that overrides the configured one; empty where none does."""
    return setting("PERFKIT_TIMEZONE")


def find_root(start: str | os.PathLike[str]) -> str:
    """The nearest folder, from `start` upwards, that holds `config/perfkit.yaml`.

    Raises `WorkspaceNotFoundError`.
    """
    begin = _absolute(os.fspath(start))
    folder = workspace_above(begin)
    if folder is None:
        from perfkit.core.errors import WorkspaceNotFoundError

        raise WorkspaceNotFoundError(begin)
    return folder


def workspace_above(folder: str) -> str | None:
    """The nearest workspace from an absolute path upwards, the path itself included."""
    while not os.path.isfile(os.path.join(folder, CONFIG)):
        if folder == os.path.dirname(folder):
            return None
        folder = os.path.dirname(folder)
    return folder


def checked_root(folder: str) -> str:
    """The folder, which has to be a workspace itself; raises `ConfigError`."""
    file = os.path.join(folder, CONFIG)
    if not os.path.isfile(file):
        raise missing_config(file)
    return folder


def missing_config(file: str) -> ConfigError:
    """What to say where a folder that is named as the workspace has no configuration."""
    from perfkit.core.errors import ConfigError, WorkspaceNotFoundError

    try:
        remedy = f"there is a workspace above it: name {find_root(os.path.dirname(file))}"
    except WorkspaceNotFoundError:
        remedy = "name a workspace, or make one with `perfkit init DIR`"
    return ConfigError(file, "", "is missing", remedy)


def below(folder: str, location: str) -> str:
    """A path as `pathlib` would write it."""
    parts = [part for part in location.split("/") if part not in ("", ".")]
    above = "/" if location.startswith("/") else folder
    return os.path.join(above, "/".join(parts)) if parts else above


def wrong_in_pattern(pattern: str) -> str:
    """What is wrong with a pattern of files below a path; empty where it is right."""
    parts = pattern.split("/")
    if any("**" in part and part != "**" for part in parts) or parts[-1] == "**":
        return "`**` stands for whole folders"
    is_elsewhere = {parts[0], parts[-1]} & {"", "."} or ".." in parts
    return "it must name files below the path" if is_elsewhere else ""


def _absolute(path: str) -> str:
    """The working directory, which may be gone, is asked for only where it counts."""
    return below("/" if path.startswith("/") else os.getcwd(), path)
