"""Progress of several reports on a terminal, and none elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def printer(reports: int) -> Iterator[Callable[[str, TextIO], None]]:
    """Prints the result of each report; on a terminal, above a progress bar for all of them."""
    if reports < 2 or not sys.stderr.isatty():
        yield lambda text, stream: print(text, file=stream)
        return
    from shutil import get_terminal_size

    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread: the run forks
    # Where a terminal's size is unknown, tqdm would show nothing.
    width, rows = get_terminal_size().columns, 20
    with tqdm(
        total=reports, leave=False, mininterval=0, unit=" reports", ncols=width, nrows=rows
    ) as bar:

        def show(text: str, stream: TextIO) -> None:
            bar.write(text, file=stream)
            bar.update()

        yield show
