"""Where the records of a JSON document lie, and that their digits stay."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.logs.formats.json_document import (
    NoRecordsError,
    NotADocumentError,
    holds_records,
    is_whole,
    lines_of,
)

WANTED = ("t", "p")


@pytest.mark.parametrize(
    ("content", "records", "lines"),
    [
        ('[{"t": 1, "p": 1.50}, {"p": 1e-7}]', "", ['{"t": 1, "p": 1.50}', '{"p": 1e-7}']),
        ('[\n {"t": 1,\n  "p": 2}\r\n]\n', "", ['{"t": 1,   "p": 2}']),
        ('{"a": {"t": 1}, "b": {}}', "*", ['{"_key":"a","t": 1}', '{"_key":"b"}']),
        ('{"a": {"t": 1}, "b": {"t": 2}}', "", ['{"_key":"a","t": 1}', '{"_key":"b","t": 2}']),
        ('{"x": 1, "data": [{"t": 1}]}', "", ['{"t": 1}']),
        ('{"data": [{"t": 1}], "other": [{"u": 1}]}', "", ['{"t": 1}']),
        ('{"data": {"list": [{"t": 1}]}}', "data.list", ['{"t": 1}']),
        ('{"s": {"A": {"trades": [{"t": 1}]}, "B": {"trades": [{"t": 2}]}}}', "",
         ['{"_key":"A","t": 1}', '{"_key":"B","t": 2}']),
        ('{"s": {"A": {"trades": [{"t": 1}]}}}', "s.*.trades", ['{"_key":"A","t": 1}']),
        ('[[{"t": 1}], [{"t": 2}]]', "*", ['{"t": 1}', '{"t": 2}']),
        ('{"o": [{"f": [{"t": 1}, {"t": 2}]}, {"f": [{"t": 3}]}]}', "o.*.f",
         ['{"t": 1}', '{"t": 2}', '{"t": 3}']),
        ('{"o": [{"f": [{"t": 1}]}, {"x": 1}, {"f": null}, {"f": []}]}', "o.*.f", ['{"t": 1}']),
        ('{"o": [{"f": [{"t": 1}, 5]}, 6, {"f": "x"}, null]}', "o.*.f",
         ['{"t": 1}', "5", "6", '"x"', "null"]),
        ('{"t": 1, "p": 2}', "t", None),
        ("[]", "", []),
        ('[{"t": NaN, "p": 1.50}]', "", ['{"t": "NaN", "p": 1.50}']),
        ("[1, null]", "", ["1", "null"]),
        ('{"columns": ["t", "p"], "index": [7], "data": [[1, 1.50]]}', "", ['{"t":1,"p":1.50}']),
        ('{"data": [[1, 1e-7]], "columns": [{"name": "t"}, {"name": "p"}]}', "data",
         ['{"t":1,"p":1e-7}']),
        ('[["t", "p"], [1, {"t": [2]}]]', "", ["", '{"t":1,"p":{"t": [2]}}']),
        ('[["t", "t", "p", ""], [1, 2, 3, 4]]', "", ["", '{"t":1,"t#2":2,"p":3,"#4":4}']),
        ('[["t", "p"], [1], null, {"t": 2}]', "",
         ["", "!has 1 values, there are 2 columns", "null", '{"t": 2}']),
        ('[["x", "y"], [1, 2]]', "", ['{"#1":"x","#2":"y"}', '{"#1":1,"#2":2}']),
        ('{"s": {"A": {"names": ["t", "p"], "rows": [[1, 2]]},'
         ' "B": {"names": ["p", "t"], "rows": [[3, 4]]}}}', "",
         ['{"_key":"A","t":1,"p":2}', '{"_key":"B","p":3,"t":4}']),
        ('{"tags": ["t", "x", "y"], "names": ["t", "p"], "rows": [[1, 2]]}', "rows",
         ['{"t":1,"p":2}']),
    ],
)  # fmt: skip
def test_records_are_found_or_named(content: str, records: str, lines: list[str] | None) -> None:
    path = records.split(".") if records else []
    if lines is None:
        with pytest.raises(NoRecordsError):
            lines_of(content.encode(), path, WANTED)
        return
    assert lines_of(content.encode(), path, WANTED).decode().splitlines() == lines


@pytest.mark.parametrize(
    ("content", "records", "reason"),
    [
        ('{"a": [{"t": 1}], "b": [{"t": 1}], "c": {"d": [{"t": 1}]}}', "", "several lists of"),
        ('{"a": [{"x": 1}]}', "", "no records with the fields of the dialect; .* a$"),
        ('{"a": 1}', "", "lists of records in it: none"),
        ('{"a": {"b": 1}}', "a.c", "has no 'c' where `records` looks for it; there is b"),
        ('{"a": [1]}', "a.b", "has no 'b' where .*, but a list; write `[*].b` for each"),
        ('{"a": [{"x": [{"t": 1}]}, {"y": 1}]}', "a.*.b", "has no 'b' where .*; there is x"),
        ('{"a": null}', "a", "has no list of records"),
        ('{"a": {"rows": [[1, 2]]}}', "", r"lists of records in it: a\.rows$"),
    ],
)
def test_where_records_are_not_clear_it_says_what_there_is(
    content: str, records: str, reason: str
) -> None:
    with pytest.raises(NoRecordsError, match=reason):
        lines_of(content.encode(), records.split(".") if records else [], WANTED)


@given(st.data())
def test_no_part_of_a_document_is_a_document(data: st.DataObject) -> None:
    content = json.dumps([{"t": 1, "p": "a]"}, {"t": [1, 2]}]).encode()
    cut = data.draw(st.integers(0, len(content) - 1))
    assert not is_whole(content[:cut])
    with pytest.raises(NotADocumentError):
        lines_of(content[:cut], [], WANTED)


@given(st.data())
def test_no_part_of_rows_is_a_document(data: st.DataObject) -> None:
    content = json.dumps({"columns": ["t", "p"], "data": [["]", 1], [[2], "}"]]}).encode()
    cut = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(NotADocumentError):
        lines_of(content[:cut], [], WANTED)


def test_values_without_names_are_found_by_their_numbers() -> None:
    content = b'{"result": [[7, 1.50]], "other": [{"x": 1}]}'
    assert lines_of(content, [], ("#1", "#2")) == b'{"#1":7,"#2":1.50}\n'


def test_an_object_is_a_record_if_it_has_a_field_that_is_wanted() -> None:
    assert not holds_records(b'{"t": 1, "legs": [{"p": 1}]}', WANTED)
    assert holds_records(b'{"trades": [{"t": 1}]}', WANTED)
    assert not holds_records(b'{"x": 1}', WANTED)
    assert not holds_records(b'{"x": ', WANTED)
    assert holds_records(b'{"names": ["t", "p"], "rows": [[1, 2]]}', WANTED)
    assert not holds_records(b'{"x": 1, "bids": [[1, 2]]}', WANTED)
