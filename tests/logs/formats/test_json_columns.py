"""Columns of a JSON document are its records, digit for digit."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.logs.formats.json_document import lines_of
from perfkit.logs.formats.json_parts import NoRecordsError
from perfkit.logs.formats.json_places import holds_records

WANTED = ("t", "p")
ROWS = ['{"t":"x","p":1.50}', '{"t":"y","p":1e-7}']


@pytest.mark.parametrize(
    ("content", "records", "rows"),
    [
        ('{"t": ["x", "y"], "p": [1.50, 1e-7]}', "", ROWS),
        ('{"t": {"0": "x", "1": "y"}, "p": {"0": 1.50, "1": 1e-7}}', "", ROWS),
        ('{"run": 7, "one": [1], "t": ["x", "y"], "p": [1.50, 1e-7]}', "", ROWS),
        ('{"run": {"t": ["x", "y"], "p": [1.50, 1e-7]}}', "", ROWS),
        ('{"run": {"t": ["x", "y"], "p": [1.50, 1e-7]}}', "run", ROWS),
        ('{"t": [null], "p": [NaN]}', "", ['{"t":null,"p":"NaN"}']),
        ('{"t": [], "p": []}', "", None),
        ('{"t": {"1": "x"}, "p": {"1": 2}}', "*", ['{"_key":"t","1": "x"}', '{"_key":"p","1": 2}']),
        ('{"t": [{"p": 1}], "p": [{"p": 2}]}', "t", ['{"p": 1}']),
        ('{"t": "x", "p": 1.50}', "", ['{"t": "x", "p": 1.50}']),
        ('{"t": "x", "p": 1.50, "tags": [1, 2], "more": [3, 4]}', "",
         ['{"t": "x", "p": 1.50, "tags": [1, 2], "more": [3, 4]}']),
    ],
)  # fmt: skip
def test_columns_and_single_records_of_a_document(
    content: str, records: str, rows: list[str] | None
) -> None:
    path = tuple(records.split(".")) if records else ()
    if rows is None:
        assert lines_of(content.encode(), path, WANTED).split() == [
            b'{"t":',
            b"[],",
            b'"p":',
            b"[]}",
        ]
    else:
        assert lines_of(content.encode(), path, WANTED).decode().splitlines() == rows


def test_a_document_without_the_fields_has_no_records() -> None:
    with pytest.raises(NoRecordsError):
        lines_of(b'{"a": ["x", "y"], "b": [1, 2]}', (), WANTED)


def test_columns_on_one_line_are_no_record_of_json_lines() -> None:
    assert holds_records(b'{"t": ["x", "y"], "p": [1, 2]}', WANTED)
    assert not holds_records(b'{"t": "x", "p": 1, "tags": ["a", "b"], "q": [1, 2]}', WANTED)


@given(st.lists(st.tuples(st.text(), st.integers()), min_size=1))
def test_columns_say_what_their_rows_say(rows: list[tuple[str, int]]) -> None:
    names, numbers = zip(*rows, strict=True)
    content = json.dumps({"t": names, "p": numbers}).encode()
    lines = lines_of(content, (), WANTED).splitlines()
    assert [tuple(json.loads(line).values()) for line in lines] == rows
