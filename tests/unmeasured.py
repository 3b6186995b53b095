"""Processes that tests start by the hundred, without coverage: writing it takes longer than a run.

What they run is measured in the process of the tests as well.
"""

import os
from posix import _exit as leave  # `coverage` puts its own in the place of `os._exit`

__all__ = ["environment", "leave"]


def environment() -> dict[str, str]:
    """That of this process, without what makes a child measure itself."""
    return {name: one for name, one in os.environ.items() if not name.startswith("COVERAGE_")}
