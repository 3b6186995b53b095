"""The form of a log file: its format, how it is packed, and what its records are numbered by."""

from __future__ import annotations

from perfkit.config.layout import CSV, JSON, JSONL, READER, SQLITE
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.one_value import BadValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.logs.formats.csv_rows import Header

UTF16 = "utf-16"
RETURNS = "cr"
"""Lines that end with a carriage return alone, as old programs on a Mac write them."""
GZIP, BZIP2, XZ = PACKED = ("gz", "bz2", "xz")


DOCUMENT = "[]"
"""What stands after the name of a file whose records are numbered from 0."""


class NotWholeError(BadValueError):
    """A file that cannot be read to its end: it is being written, or it is damaged; says why."""


class Form(NamedTuple):
    """What a log file is; `header` is that of CSV, `table` that of a database.

    Of a CSV file with a section, `table` is its name.
    """

    format: str = JSONL
    packing: str = ""
    header: Header | None = None
    table: str = ""

    @property
    def is_translated(self) -> bool:
        """Whether its text is made from its bytes, and all of it anew when these change."""
        of_others = self.format in (JSON, SQLITE, READER)
        return of_others or bool(self.packing) or (self.format == CSV and bool(self.table))

    @property
    def label(self) -> str:
        """The form as the cache keeps it; empty for plain JSON Lines."""
        if self == PLAIN:
            return ""
        parts = [self.packing, self.format, self.table]
        if self.header is not None:
            parts += [str(self.header.line), self.header.delimiter, *self.header.names]
        return "\n".join(parts)

    @property
    def numbering(self) -> str:
        """What stands after the name of the file in the place of a record (see `place_text`)."""
        if self.format in (JSON, READER):
            return DOCUMENT
        return f":{self.table}#" if self.format == SQLITE else ""


PLAIN = Form()
