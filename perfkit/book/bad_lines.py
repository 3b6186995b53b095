"""Bad lines kept where an operator finds them: `logs/performance/quarantine/<source>.jsonl`."""

from __future__ import annotations

import os

from perfkit.book.book import Book
from perfkit.core.errors import LineError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

QUARANTINE = "logs/performance/quarantine"
KEPT_BYTES = 2000


def keep(book: Book) -> list[Path]:
    """Writes the bad lines of each source of the book, as they are now; returns changed paths.

    An entry has `path`, `line`, `offset`, `reason` and the first 2,000 bytes of the line as
    `text`. Raises `OutputError`.
    """
    if not book.errors and not os.path.isdir(os.path.join(book.config.folder, QUARANTINE)):
        return []
    from perfkit.disk.atomic import replace

    changed = []
    for source, errors in book.errors_by_source().items():
        path = book.config.root / QUARANTINE / f"{_file_name(source)}.jsonl"
        body = b"".join(_entry(book.config.root, error) for error in errors)
        if (body or path.exists()) and replace(path, body, mode=book.mode_of(source)):
            changed.append(path)
    return changed


def _file_name(source: str) -> str:
    plain = source.replace("-", "").replace("_", "")
    if plain.isascii() and plain.isalnum():
        return source
    from perfkit.core.formatting import slug

    return slug({"source": source})


def _entry(root: Path, error: LineError) -> bytes:
    import json

    from perfkit.logs.files import read_at

    text = read_at(str(root / error.path), error.offset, KEPT_BYTES).decode(
        "utf-8", "backslashreplace"
    )
    entry = {**error._asdict(), "text": text}
    return (
        json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "backslashreplace"
        )
        + b"\n"
    )
