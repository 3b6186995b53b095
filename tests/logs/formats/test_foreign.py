"""A file in a format that is not read says which it is and what to do, and nothing else is one."""

from __future__ import annotations

import io
import zipfile

import pytest

from perfkit.core.errors import LogReadError
from perfkit.desk.desk import open as open_desk
from perfkit.desk.reading import read
from perfkit.logs.formats.foreign import ForeignFormatError, refuse_foreign
from tests.conftest import WriteWorkspace


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "remedy"),
    [
        (archive("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook (XLSX)", "sheet"),
        (archive("trades.csv"), "a ZIP archive", "unpack it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20), "an Excel workbook (XLS)", "sheet"),
        (b"%PDF-1.7\n", "a PDF document", "export CSV"),
        (b"PAR1\x15\x04", "a Parquet file", "save it as CSV"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE HTML>\n<html>", "an HTML page", "export CSV"),
        (b"<HTML><body>", "an HTML page", "export CSV"),
        (b'<?xml version="1.0"?>', "an XML document", "export CSV"),
        (b"\x28\xb5\x2f\xfd\x04", "compressed by zstd", "unpack it"),
    ],
)
def test_format_that_is_not_read_is_named_with_the_way_out(
    workspace: WriteWorkspace, content: bytes, kind: str, remedy: str
) -> None:
    config = "sources:\n  - name: bot\n    path: logs/t.csv\n    currency: USD\n"
    root = workspace(config, {"logs/t.csv": content})
    with pytest.raises(LogReadError) as raised:
        open_desk(root).summary("all")
    said = f"logs/t.csv: is {kind}, which perfkit does not read; "
    assert str(raised.value).startswith(said)
    assert remedy in str(raised.value)
    with pytest.raises(LogReadError) as raised:
        read(root / "logs/t.csv", quiet=True)
    assert f"t.csv: is {kind}, which perfkit does not read; " in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"{}", b"P,A,O\n1,2,3\n", b"<x>", b"PK,1\n", b"%,7\n"])
def test_nothing_else_is_refused(content: bytes) -> None:
    refuse_foreign(content)


def test_error_has_the_way_out_apart() -> None:
    with pytest.raises(ForeignFormatError) as raised:
        refuse_foreign(b"%PDF-1.7")
    assert raised.value.remedy.startswith("export CSV or JSON in its place, or name a `reader`")
