"""Records that are kept as columns are the same as one mapping each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.inference.layouts.places import places_of
from perfkit.inference.table.alike_records import (
    AlikeRecords,
    column_of,
    field_names,
    lines_of,
    of_cells,
    of_lines,
    of_rows,
    of_text,
)
from perfkit.inference.table.columns import columns_of

NAMES = st.lists(st.text(min_size=1), unique=True, min_size=1, max_size=4)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.text(),
    st.lists(st.integers(0, 9), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)


@st.composite
def alike(draw: st.DrawFn) -> list[dict[str, object]]:
    """Some records with the same fields."""
    names = draw(NAMES)
    rows = draw(st.lists(st.tuples(*[VALUES] * len(names)), min_size=1, max_size=6))
    return [dict(zip(names, row, strict=True)) for row in rows]


def as_columns(records: list[dict[str, object]]) -> AlikeRecords:
    names = list(records[0])
    return AlikeRecords(names, [[record[name] for record in records] for name in names])


class TestRecordsAsColumns:
    @given(alike())
    def test_are_the_same_one_by_one_by_number_and_in_parts(
        self, records: list[dict[str, object]]
    ) -> None:
        kept = as_columns(records)
        assert len(kept) == len(records)
        assert list(kept) == records
        assert [kept[n] for n in range(-len(records), len(records))] == records * 2
        assert list(kept[1:4]) == records[1:4]
        assert list(kept[-2:]) == records[-2:]

    @given(alike(), st.text(max_size=2))
    def test_have_the_same_fields(self, records: list[dict[str, object]], other: str) -> None:
        kept = as_columns(records)
        assert field_names(kept) == field_names(records)
        for name in (*records[0], other):
            assert list(column_of(kept, name)) == list(column_of(records, name))

    @given(alike())
    def test_make_the_same_columns(self, records: list[dict[str, object]]) -> None:
        found, expected = columns_of(as_columns(records)), columns_of(records)
        assert [(one.path, list(one.values), one.kind) for one in found] == [
            (one.path, list(one.values), one.kind) for one in expected
        ]

    def test_there_is_no_record_beyond_the_last(self) -> None:
        with pytest.raises(IndexError):
            as_columns([{"a": 1}])[1]


class TestLines:
    @given(alike())
    def test_that_are_alike_are_kept_as_columns(self, records: list[dict[str, object]]) -> None:
        found = of_lines([json.dumps(record) for record in records])
        if found is not None:  # msgspec refuses names with control characters
            assert list(found) == records
        else:
            assert any(not name.isprintable() or set('\\"') & set(name) for name in records[0])

    def test_numbers_keep_their_digits(self) -> None:
        found = of_lines(['{"pnl": 1.50, "n": 2}', '{"pnl": 0.1e1, "n": 3}'])
        assert found is not None
        assert list(found) == [{"pnl": "1.50", "n": 2}, {"pnl": "0.1e1", "n": 3}]

    @pytest.mark.parametrize(
        "lines",
        [
            pytest.param(['{"a": 1}', '{"a": 1, "b": 2}', '{"a": 1}'], id="a field more"),
            pytest.param(['{"a": 1, "b": 2}', '{"a": 1}', '{"a": 1, "b": 2}'], id="a field less"),
            pytest.param(['{"a": 1}', '{"b": 1}', '{"a": 1}', '{"a": 1}'], id="another field"),
            pytest.param(['{"a": 1}', "[1]", '{"a": 1}'], id="a list"),
            pytest.param(['{"a": 1}', '{"a": NaN}', '{"a": 1}'], id="not valid JSON"),
            pytest.param(["{}", "{}"], id="no fields"),
            pytest.param(["oh", '{"a": 1}'], id="not JSON"),
            pytest.param([], id="no lines"),
        ],
    )
    def test_that_are_not_alike_are_not(self, lines: list[str]) -> None:
        assert of_lines(lines) is None


class TestATextOfLines:
    ALIKE = ('{"a": 1.50, "b": "x"}', '{"a": 2, "b": null}', '{"b": "y", "a": 3}')

    @pytest.mark.parametrize("end", ["", "\n", "\r\n"])
    def test_is_read_as_its_lines_are(self, end: str) -> None:
        found, expected = of_text("\n".join(self.ALIKE) + end, 3), of_lines(self.ALIKE)
        assert found is not None
        assert expected is not None
        assert list(found) == list(expected)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param('{"a": 1}\n\n{"a": 2}', id="a blank second line"),
            pytest.param('{"a": 1}\n{"a": 2}\n{"a": 3}\n\n{"a": 4}', id="a blank line"),
            pytest.param('{"a": 1}\n{"a": 2} {"a": 3}', id="two on a line"),
            pytest.param('{"a": 1}\n{"a":\n2}', id="one on two lines"),
            pytest.param('{"a": 1}\n' * 6, id="too many"),
            pytest.param('{"a": 1}\n{"a": 2, "b": 1}', id="another field"),
            pytest.param('{"a": 1}\n{"a": 2', id="cut off"),
            pytest.param('[{"a": 1},\n{"a": 2}]', id="a document"),
            pytest.param('{"a": 1}', id="one line"),
            pytest.param("", id="nothing"),
        ],
    )
    def test_is_looked_at_line_by_line_where_it_may_be_something_else(self, text: str) -> None:
        assert of_text(text, 5) is None


def test_rows_of_csv_are_kept_as_columns() -> None:
    found = of_cells(["a", "b"], [["1", "2"], ["", "x"]])
    assert list(found) == [{"a": "1", "b": ""}, {"a": "2", "b": "x"}]
    assert of_cells(["a"], []) == []


def test_of_columns_of_one_name_the_last_counts() -> None:
    expected: list[Mapping[str, object]] = [{"a": "3", "b": "2"}]
    assert list(of_cells(["a", "b", "a"], [["1"], ["2"], ["3"]])) == expected


def test_a_real_is_the_shortest_decimal_of_its_double_and_a_blob_is_left_out() -> None:
    rows: list[tuple[object, ...]] = [(0.1, 1, "x"), (2.0, None, b"\0")]
    assert list(of_rows(["a", "b", "c"], rows)) == [
        {"a": "0.1", "b": 1, "c": "x"},
        {"a": "2.0", "b": None},
    ]
    assert list(of_rows(["a", "b"], [row[:2] for row in rows])) == [
        {"a": "0.1", "b": 1},
        {"a": "2.0", "b": None},
    ]
    assert of_rows(["a"], []) == []


def test_lines_of_which_one_is_not_alike_are_all_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n{"a": 2, "b": 3}\n{"a": NaN}\noh\n{"a": 4}\n')
    (place,) = places_of(str(path))
    assert list(place.records) == [{"a": 1}, {"a": 2, "b": 3}, {"a": None}, {"a": 4}]


@given(st.lists(st.one_of(st.text("a\n", max_size=3), st.none()), min_size=1, max_size=4))
def test_lines_are_the_texts_of_a_field_or_nothing(values: list[str | None]) -> None:
    found = lines_of(AlikeRecords(["a"], [values]), "a")
    assert found == lines_of([{"a": value} for value in values], "a")
    if found is None:
        assert any(value is None or "\n" in value for value in values)
    else:
        assert found.split("\n") == values
