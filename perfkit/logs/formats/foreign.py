"""Files in formats that perfkit does not read, known by their first bytes, and the way out of each.

PK..xl/...      an Excel workbook (XLSX): save the sheet with the trades as CSV
<html>          an HTML page: export CSV or JSON in its place
"""

from __future__ import annotations

from codecs import BOM_UTF8

from perfkit.core.one_value import BadValueError

_READER = "or name a `reader`, see `perfkit docs which-logs`"
_AS_CSV = f"save it as CSV, {_READER}"
_SHEET = f"save the sheet with the trades as CSV, {_READER}"
_EXPORT = f"export CSV or JSON in its place, {_READER}"
_UNPACK = "unpack it, and name the files in it"

_KINDS = (
    (b"%PDF-", "a PDF document", _EXPORT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook (XLS)", _SHEET),
    (b"PAR1", "a Parquet file", _AS_CSV),
    (b"ARROW1\0", "a Feather file", _AS_CSV),
    (b"Obj\x01", "an Avro file", _AS_CSV),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", _AS_CSV),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", "unpack it, or compress it as .gz, .bz2 or .xz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
)
_ZIP = b"PK\x03\x04"
_HTML = (b"<!doctype html", b"<html")


class ForeignFormatError(BadValueError):
    """A file of another format than those that are read; says which, and the way out."""

    def __init__(self, kind: str, remedy: str) -> None:
        super().__init__(f"is {kind}, which perfkit does not read")
        self.remedy = remedy


def refuse_foreign(head: bytes) -> None:
    """Raises `ForeignFormatError` if the first bytes of a file are those of a format not read."""
    for magic, kind, remedy in _KINDS:
        if head.startswith(magic):
            raise ForeignFormatError(kind, remedy)
    if head.startswith(_ZIP):
        if b"[Content_Types].xml" in head or b"xl/" in head:
            raise ForeignFormatError("an Excel workbook (XLSX)", _SHEET)
        raise ForeignFormatError("a ZIP archive", _UNPACK)
    text = head.removeprefix(BOM_UTF8).lstrip()[:20].lower()
    if text.startswith(_HTML):
        raise ForeignFormatError("an HTML page", _EXPORT)
    if text.startswith(b"<?xml"):
        raise ForeignFormatError("an XML document", _EXPORT)
