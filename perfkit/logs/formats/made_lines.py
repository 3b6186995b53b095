"""Lines that were made of records of another kind, where some could not be made.

A record that cannot be a line of JSON leaves one that says why, after a mark with which no JSON
begins: `!has 3 cells, the header has 4`. It is a bad line with that reason, at its place.
"""

from __future__ import annotations

from perfkit.core.formatting import utf8
from perfkit.core.one_value import BadValueError
from perfkit.logs.formats.json_lines import JsonLines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MARK = b"!"


def bad_line(reason: str) -> bytes:
    """The line of a record that cannot be read."""
    return _MARK + utf8(" ".join(reason.split())).encode() + b"\n"


class MadeLines(JsonLines):
    """Decodes lines that were made."""

    def record(self, raw: bytes) -> tuple[Any, ...] | None:
        """One line, None when it is blank; raises `BadValueError` with the reason."""
        if raw.startswith(_MARK):
            raise BadValueError(raw[len(_MARK) :].decode())
        return super().record(raw)
