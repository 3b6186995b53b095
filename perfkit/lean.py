"""Imports Jupyter's libraries without what only costs time.

Where JupyterLab is installed, jsonschema imports `rfc3987_syntax`, which compiles a grammar for
over a second in order to check addresses that no notebook holds. jsonschema does without it where
it is not installed, so that is what it is told.
"""

from __future__ import annotations

import sys
from types import ModuleType

_SLOW = "rfc3987_syntax"


def import_jsonschema() -> None:
    """Imports jsonschema, if it is installed, without its grammar of addresses."""
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
    if _SLOW in modules or "jsonschema" in modules:
        return
    modules[_SLOW] = None  # an entry of None makes the import fail
    try:
        import jsonschema  # noqa: F401  only for its side effect
    except ModuleNotFoundError:
        pass
    finally:
        del modules[_SLOW]
