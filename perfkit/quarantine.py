"""Bad lines kept where an operator finds them: `logs/performance/quarantine.jsonl`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from perfkit.errors import LineError
from perfkit.files import replace
from perfkit.tradelog import read_at

QUARANTINE = Path("logs/performance/quarantine.jsonl")
KEPT_BYTES = 2000


def keep(root: Path, errors: Sequence[LineError]) -> Path | None:
    """Writes every bad line, with its place and reason, and the first 2,000 bytes of its text.

    The file always holds the bad lines there are now. Returns its path, None when there never
    was a bad line.
    """
    path = root / QUARANTINE
    if not errors and not path.exists():
        return None
    replace(path, b"".join(_entry(root, error) for error in errors))
    return path


def _entry(root: Path, error: LineError) -> bytes:
    text = read_at(root / error.path, error.offset, KEPT_BYTES).decode("utf-8", "backslashreplace")
    return msgspec.json.encode({**error._asdict(), "text": text}) + b"\n"
