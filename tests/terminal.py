"""What a program wrote to a terminal."""

import contextlib
import os


def read_to_end(terminal: int) -> str:
    """All of it, which comes in pieces; the end that it was written to has to be closed."""
    pieces = []
    with contextlib.suppress(OSError):  # on Linux, that the other end is closed is an error
        while piece := os.read(terminal, 65536):
            pieces.append(piece)
    return b"".join(pieces).decode()
