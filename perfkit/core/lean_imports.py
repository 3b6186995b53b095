"""Imports large libraries without what only costs time.

Where JupyterLab is installed, jsonschema imports `rfc3987_syntax`, which compiles a grammar for
over a second in order to check addresses that no notebook holds, ipykernel imports a debugger that
no report uses, papermill the libraries of every cloud it could read notebooks from, and the library
of S3 a second library for HTTP that it does not use. All do without where these are not installed.
An import hook makes it look so while they are imported.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator


class _NotInstalled:
    """Says of some packages that they are not installed: a finder, as `sys.meta_path` has them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname.partition(".")[0] in self._names:
            raise ModuleNotFoundError(f"{fullname} is left out here", name=fullname)


@contextlib.contextmanager
def without(*names: str) -> Iterator[None]:
    """Within the block, an import of these packages fails as if they were not installed."""
    finder = _NotInstalled(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
