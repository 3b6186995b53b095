"""Imports Jupyter's libraries without what only costs time.

Where JupyterLab is installed, jsonschema imports `rfc3987_syntax`, which compiles a grammar for
over a second in order to check addresses that no notebook holds. ipykernel imports a debugger
that no report uses. Both do without where these are not installed, so that is what they are told.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from types import ModuleType


def import_lean(name: str, without: str) -> None:
    """Imports a module, if it is installed, as if another were not installed."""
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
    if without in modules:
        return
    modules[without] = None  # an entry of None makes the import fail
    try:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    finally:
        del modules[without]


def import_jsonschema() -> None:
    """Jsonschema without its grammar of addresses."""
    import_lean("jsonschema", without="rfc3987_syntax")


def import_kernel() -> None:
    """What a kernel of ipykernel loads when it starts, without the debugger."""
    import_lean("ipykernel.debugger", without="debugpy")
    for name in ("IPython.core.completerlib", "IPython.extensions.storemagic", "sqlite3"):
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
