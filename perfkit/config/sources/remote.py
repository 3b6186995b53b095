"""Sources whose `path` is a URL: what such a URL may be, and where the copies of its logs are."""

from __future__ import annotations

from perfkit.config.workspace import MIRROR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from perfkit.core.errors import PerfkitError


def check_url(url: str, name: str, problem: Callable[[str, str, str], PerfkitError]) -> None:
    """Raises where a URL has a password, or its source a name that cannot name a folder.

    `problem` makes the error of a key, from what is wrong and what to do about it.
    """
    if "@" in url.partition("://")[2].partition("/")[0]:
        remedy = "leave it to the configuration of fsspec, or to the environment"
        raise problem("path", "a URL must not hold a user or password", remedy)
    if "/" in name or name.startswith("."):
        remedy = "use a name without / and without a leading dot"
        raise problem("name", f"{name!r} cannot name the folder of its copies", remedy)


def copies_of(url: str, name: str) -> str:
    """Where the copies of what is at a URL are: a folder, or one file in it."""
    return f"{MIRROR}/{name}/{url.rpartition('/')[2]}"
