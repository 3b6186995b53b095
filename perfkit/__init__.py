"""Exact performance figures from the trade logs of bots.

`perfkit.open()` finds the workspace and returns a `Desk`. Names load when first used, so that a
program that only needs one small module pays for nothing else.
"""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.core.errors import PerfkitError as PerfkitError
    from perfkit.desk.desk import Desk as Desk
    from perfkit.desk.desk import open as open

_HOMES = {
    "open": "perfkit.desk.desk",
    "Desk": "perfkit.desk.desk",
    "PerfkitError": "perfkit.core.errors",
}

__all__ = ["Desk", "PerfkitError", "open"]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'perfkit' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
