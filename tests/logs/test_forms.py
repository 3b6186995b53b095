"""Which form a log file is taken for, by its first bytes and by what the dialect says."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sqlite3
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest

from perfkit.config.compile import compile_dialect
from perfkit.config.dialect import Dialect
from perfkit.core.errors import LogReadError
from perfkit.logs.files import HalfWrittenError, opened
from perfkit.logs.formats.form import PLAIN, Form
from perfkit.logs.forms import PEEKED_BYTES, form_fingerprint, form_of

RECORD = '{"t": "2026-04-06T10:00:00Z", "p": 1.50}'


def dialect(**layout: object) -> Dialect:
    def problem(key: str, what: str, remedy: str) -> Exception:
        return AssertionError(f"{key}: {what}; {remedy}")

    return compile_dialect("bot", {"fields": {"closed_at": "t", "net_pnl": "p"}, **layout}, problem)


def form(tmp_path: Path, content: str | bytes, name: str = "log", **layout: object) -> Form:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with path.open("rb") as stream:
        found = form_of(str(path), stream, dialect(**layout))
        assert stream.tell() == 0
    return found


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("", "jsonl"),
        ("\n \n", "jsonl"),
        (RECORD, "jsonl"),
        (RECORD + "\n", "jsonl"),
        ("\n" + RECORD + "\n" + RECORD, "jsonl"),
        ("\ufeff" + RECORD + "\n" + RECORD, "jsonl"),
        (RECORD[:20], "jsonl"),
        (RECORD[:20] + "\n" + RECORD, "jsonl"),
        (RECORD[:20] + "\n" + RECORD[20:] + "\n" + RECORD + "\n", "jsonl"),
        ("[1, 2]\n" + RECORD, "jsonl"),
        ("what is that\n" + RECORD, "jsonl"),
        ('{"t": 1, "legs": [{"p": 1}]}', "jsonl"),
        ("[" + RECORD + "]", "json"),
        ("[\n" + RECORD + ",\n" + RECORD + "\n]", "json"),
        ("[\n" + RECORD, "json"),
        ("[" + RECORD + ", " + RECORD[:9], "json"),
        ("[", "json"),
        ("[" + RECORD + ",\n[", "jsonl"),
        ('{"x": {"y": 1}, "n": 5}', "jsonl"),
        ("{\n" + RECORD[1:], "json"),
        ('[["t", "p"],\n["x", 1]]', "json"),
        ('[\n["t", "p"],\n["x", 1]\n]', "json"),
        ('["x", 1]\n["y", 2]\n', "jsonl"),
        ('{\n"trades": [\n' + RECORD + "\n]}", "json"),
        ('{"trades": [' + RECORD + "]}", "json"),
        ('{"a": ' + RECORD + "}", "json"),
        ('{"note": "' + "x" * 9000 + '", "trades": [' + RECORD + "]}", "json"),
        ("t,p\n1,2\n", "csv"),
        ("\ufeffAccount;7\nt;p\n1;2\n", "csv"),
        ("t,what\n1,2\n", "jsonl"),
        ("t,p", "jsonl"),
    ],
)
def test_the_first_bytes_tell_the_format(tmp_path: Path, content: str, wanted: str) -> None:
    assert form(tmp_path, content).format == wanted


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ('{"trades": [' + ", ".join([RECORD] * 5000) + "]}", "json"),
        ("[" + ", ".join([RECORD] * 5000) + "]", "json"),
        ('{"t": 1, "note": "' + "x" * 200_000 + '"}', "jsonl"),
        ('{"t": 1, "note": "' + "x" * 200_000, "jsonl"),
    ],
    ids=["object", "list", "record", "part of a record"],
)
def test_a_long_line_is_read_once_to_tell_its_format(
    tmp_path: Path, content: str, wanted: str
) -> None:
    class Counted(BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            found = super().read(size)
            self.taken += len(found)
            return found

    stream = Counted(content.encode())
    assert form_of(str(tmp_path / "log"), stream, dialect()).format == wanted
    assert stream.taken <= len(content) + PEEKED_BYTES


def test_a_name_tells_that_it_is_csv_and_a_dialect_tells_anything(tmp_path: Path) -> None:
    assert form(tmp_path, "when,what\n1,2\n", "a.csv").header is not None
    assert form(tmp_path, "when\twhat\n1\t2\n", "a.TSV").format == "csv"
    assert form(tmp_path, "when,what\n1,2\n", "a.txt") == PLAIN
    assert form(tmp_path, "when,what\n1,2\n", "a.txt", format="csv").format == "csv"
    assert form(tmp_path, "x\nwhen,what\n1,2\n", "a", header=2).header == (("when", "what"), 2, ",")
    assert form(tmp_path, RECORD + "\n", "a.json", format="json").format == "json"
    assert form(tmp_path, "t,p\n", "a.csv", format="jsonl") == PLAIN
    assert form(tmp_path, '{"t": 1, "x": [{"t": 2}]}', records="x").format == "json"
    assert form(tmp_path, "", "a.csv", format="csv") == PLAIN
    with pytest.raises(ValueError, match="no line that could be the header"):
        form(tmp_path, "one\ntwo\n", "a.csv", format="csv")


@pytest.mark.parametrize(
    ("pack", "packing"),
    [
        (gzip.compress, "gz"),
        (bz2.compress, "bz2"),
        (lzma.compress, "xz"),
        (lambda content: content.decode().encode("utf-16"), "utf-16"),
    ],
)
@pytest.mark.parametrize("text", [RECORD + "\n" + RECORD, "[" + RECORD + "]", "t,p\n1,2\n"])
def test_what_is_packed_is_looked_into(
    tmp_path: Path, pack: Callable[[bytes], bytes], packing: str, text: str
) -> None:
    found = form(tmp_path, pack(text.encode()))
    assert found.packing == packing
    assert found._replace(packing="") == form(tmp_path, text)
    with opened(str(tmp_path / "log"), "log", dialect()) as (plain, of):
        plain_text = plain.read()
    (tmp_path / "log").write_bytes(pack(text.encode()))
    with opened(str(tmp_path / "log"), "log", dialect()) as (unpacked, own):
        assert own == of._replace(packing=packing)
        assert unpacked.read().rstrip() == plain_text.rstrip()


def test_a_file_called_as_a_packed_one_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gzip"):
        form(tmp_path, RECORD, "a.jsonl.gz")


def test_a_packed_csv_counts_its_last_row_without_newline(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"t,p\n1,2"))
    with opened(str(path), "a", dialect()) as (text, _):
        assert text.read() == b"t,p\n1,2\n"


def test_a_document_cut_short_is_told_apart_from_one_without_records(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("[\n" + RECORD)
    with pytest.raises(HalfWrittenError, match=r"a\.json: is not a whole JSON document"):
        opened(str(path), "a.json", dialect()).__enter__()
    path.write_text('{\n"a": [{"x": 1}]}')
    with pytest.raises(LogReadError, match="no records with the fields") as caught:
        opened(str(path), "a.json", dialect()).__enter__()
    assert not isinstance(caught.value, HalfWrittenError)


def test_a_database_changes_with_what_its_writers_keep_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "trades.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE trades (t, p)")
        database.commit()
        before = form_fingerprint(str(path), path.stat())
        database.execute("INSERT INTO trades VALUES ('2026-04-06', 1.5)")
        database.commit()
        assert form_fingerprint(str(path), path.stat()) != before
        with opened(str(path), "trades.db", dialect()) as (text, found):
            assert (found.format, found.table, found.numbering) == ("sqlite", "trades", ":trades#")
            assert text.read() == b'{"t": "2026-04-06", "p": 1.5}\n'


LAYOUT_MISTAKES = {
    "format": ({"format": "xml"}, "format: 'xml' is unknown; write one of auto, jsonl, csv"),
    "another": ({"format": "csv", "table": "x"}, "table: is for sqlite, not for csv; leave out"),
    "two": ({"header": 1, "records": "a"}, "format: is not clear; the keys are of csv and json"),
    "both": ({"table": "x", "query": "y"}, "query: is given beside a table"),
    "line": ({"header": 0}, "header: 0 is not the number of a line"),
    "line of text": ({"header": "1"}, "header: '1' is not the number of a line"),
    "delimiter": ({"delimiter": "::"}, "delimiter: '::' is not one character"),
    "no text": ({"section": 5}, "section: 5 is not a text"),
}


@pytest.mark.parametrize(("layout", "told"), LAYOUT_MISTAKES.values(), ids=LAYOUT_MISTAKES)
def test_a_mistake_in_the_layout_is_told(layout: dict[str, object], told: str) -> None:
    with pytest.raises(AssertionError) as caught:
        dialect(**layout)
    assert str(caught.value).startswith(told)


def test_a_csv_in_utf16_waits_for_the_newline_of_its_last_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("t;p\n1;5.00\n2;12".encode("utf-16"))  # of 12.50
    with opened(str(path), "a", dialect()) as (text, _):
        assert text.read() == b"t;p\n1;5.00\n2;12"


@pytest.mark.parametrize("columns", [10_000, 60_000])
def test_a_header_may_be_long(tmp_path: Path, columns: int) -> None:
    names = ",".join(f"column{n}" for n in range(columns)) + ",t,p\n"
    found = form(tmp_path, names + "1" + ",2" * (columns + 1) + "\n").header
    assert found is not None
    assert (found.line, len(found.names)) == (1, columns + 2)
