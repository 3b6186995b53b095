"""Bad lines kept where an operator finds them: `logs/performance/quarantine/<source>.jsonl`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from perfkit.book.book import Book
from perfkit.core.errors import LineError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from perfkit.config.dialect import Dialect

QUARANTINE = "logs/performance/quarantine"
KEPT_BYTES = 2000


def keep(book: Book) -> list[Path]:
    """Writes the bad lines of each source of the book, as they are now; returns changed paths.

    An entry has `path`, `line`, `offset`, `reason` and the first 2,000 bytes of the line as
    `text`; one that stands for more lines also has their number as `more`. Raises `OutputError`.
    """
    if not book.errors and not os.path.isdir(os.path.join(book.config.folder, QUARANTINE)):
        return []
    from perfkit.disk.atomic import replace

    changed = []
    for source, errors in book.errors_by_source().items():
        path = book.config.root / QUARANTINE / f"{_file_name(source)}.jsonl"
        dialect = next(one.dialect for one in book.sources if one.name == source)
        body = b"".join(_entries(book.config.root, dialect, errors))
        if (body or path.exists()) and replace(path, body, mode=book.mode_of(source)):
            changed.append(path)
    return changed


def _file_name(source: str) -> str:
    plain = source.replace("-", "").replace("_", "")
    if plain.isascii() and plain.isalnum():
        return source
    from perfkit.core.formatting import slug

    return slug({"source": source})


def _entries(root: Path, dialect: Dialect, errors: Iterable[LineError]) -> Iterator[bytes]:
    """The entries of bad lines that are in order, so that each log is read once."""
    import json

    from perfkit.logs.files import texts_at

    for path, of_path in groupby(errors, attrgetter("path")):
        those = list(of_path)
        texts = texts_at(str(root / path), dialect, [error.offset for error in those], KEPT_BYTES)
        for error, text in zip(those, texts, strict=True):
            entry = {**error._asdict(), "text": text.decode("utf-8", "backslashreplace")}
            for name in ("more", "numbering"):
                if not entry[name]:
                    del entry[name]
            written = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
            yield written.encode("utf-8", "backslashreplace") + b"\n"
