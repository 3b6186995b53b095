"""How much a cell may put out: beyond that it is dropped as it arrives, before it fills memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MOST_BYTES = 10_000_000
"""Characters that a cell may print, and as many that it may display."""

CUT = "Output cut: this cell displays more than 10 MB."
"""Takes the place of what is dropped."""

CUT_PRINT = "\n… this cell prints more than 10 MB; the rest is left out.\n"
"""The same, of what it prints."""

_OVERHEAD = 200
"""What an output takes besides its text, so that many small ones are limited as well."""
_ERROR_LINE = 10_000
_ERROR_LINES = 1_000


class OutputLimit:
    """The outputs of one cell after the other, each up to `MOST_BYTES`."""

    def __init__(self) -> None:
        self._cell: str | None = None
        self._sizes: dict[str, int] = {}

    def limited(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """The message of a kernel, whole, cut or replaced by a note; None where it is dropped."""
        kind, content = message["msg_type"], message["content"]
        cell = message["parent_header"].get("msg_id")
        if cell != self._cell or kind == "clear_output":
            self._cell = cell
            self._sizes.clear()
        if kind == "error":
            return {**message, "content": {**content, **_short_error(content)}}
        if kind == "stream":
            before = self._sizes.get(kind, 0)
            if self._grown(kind, len(content["text"])) <= MOST_BYTES:
                return message
            if before > MOST_BYTES:
                return None
            text = content["text"][: MOST_BYTES - before] + CUT_PRINT
            return {**message, "content": {**content, "text": text}}
        if kind == "update_display_data":  # takes the place of an earlier output
            return message if _size(content["data"]) <= MOST_BYTES else None
        if kind not in ("display_data", "execute_result"):
            return message
        before = self._sizes.get("display", 0)
        if self._grown("display", _size(content["data"])) <= MOST_BYTES:
            return message
        return _note(message) if before <= MOST_BYTES else None

    def _grown(self, kind: str, size: int) -> int:
        self._sizes[kind] = self._sizes.get(kind, 0) + size + _OVERHEAD
        return self._sizes[kind]


def _size(data: Mapping[str, object]) -> int:
    return sum(len(one if isinstance(one, str) else repr(one)) for one in data.values())


def _note(message: dict[str, Any]) -> dict[str, Any]:
    content = {"data": {"text/plain": CUT}, "metadata": {}, "transient": {}}
    header = {**message["header"], "msg_type": "display_data"}
    return {**message, "msg_type": "display_data", "header": header, "content": content}


def _short_error(content: Mapping[str, Any]) -> dict[str, object]:
    lines: Sequence[str] = content.get("traceback", ())
    return {
        "evalue": str(content.get("evalue", ""))[:_ERROR_LINE],
        "traceback": [line[-_ERROR_LINE:] for line in lines[-_ERROR_LINES:]],
    }
