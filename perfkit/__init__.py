"""Exact performance figures from the trade logs of bots.

>>> desk = perfkit.open()  # the workspace, a folder with config/perfkit.yaml, here or above
>>> desk = perfkit.read("trades.csv")  # log files without a workspace
>>> desk  # lists its sources and what to try

Names are loaded when first used, so a program that needs only one small module loads nothing else.
"""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.core.errors import ConfigError as ConfigError
    from perfkit.core.errors import LogReadError as LogReadError
    from perfkit.core.errors import MissingExtraError as MissingExtraError
    from perfkit.core.errors import MixedCurrencyError as MixedCurrencyError
    from perfkit.core.errors import NoResultsError as NoResultsError
    from perfkit.core.errors import NoTradesError as NoTradesError
    from perfkit.core.errors import PerfkitError as PerfkitError
    from perfkit.core.errors import UndecidedError as UndecidedError
    from perfkit.core.errors import UsageError as UsageError
    from perfkit.core.errors import WindowError as WindowError
    from perfkit.core.errors import WorkspaceNotFoundError as WorkspaceNotFoundError
    from perfkit.desk.desk import Desk as Desk
    from perfkit.desk.desk import open as open
    from perfkit.desk.reading import read as read

__all__ = [
    "ConfigError",
    "Desk",
    "LogReadError",
    "MissingExtraError",
    "MixedCurrencyError",
    "NoResultsError",
    "NoTradesError",
    "PerfkitError",
    "UndecidedError",
    "UsageError",
    "WindowError",
    "WorkspaceNotFoundError",
    "open",
    "read",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'perfkit' has no attribute {name!r}")
    import importlib

    rooms = {"read": "perfkit.desk.reading"}
    home = "perfkit.core.errors" if name.endswith("Error") else rooms.get(name, "perfkit.desk.desk")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
