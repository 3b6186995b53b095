"""What a report run does first, before anything heavy is loaded.

It checks that the extra is installed, and starts the kernel server, which takes a second to load
its libraries, while the run itself reads the logs.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from perfkit.core.errors import MissingExtraError
from perfkit.reports.processes.kernels import Kernels

__all__ = ["Kernels", "check_extra", "start_kernels"]

REQUIRED = ("ipykernel", "matplotlib", "mistune", "nbconvert", "nbformat", "pandas", "papermill")
"""Packages of the extra `reports` without which no report can be made."""


def check_extra() -> None:
    """Raises `MissingExtraError`, naming the packages that are missing; imports none."""
    missing = [name for name in REQUIRED if not _is_there(name)]
    if missing:
        raise MissingExtraError(missing, "reports")


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ImportError:
        return False


def start_kernels(root: Path, cached: bool) -> Kernels:
    """Kernels of a workspace, started ahead; `cached` is whether notebooks use the cache."""
    return Kernels(root, cached)
