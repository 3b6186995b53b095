"""Where the records of a JSON document lie, and that their digits stay."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.one_value import BadValueError
from perfkit.logs.formats.json_document import lines_of
from perfkit.logs.formats.json_lines import decoded_line
from perfkit.logs.formats.json_parts import NoRecordsError, NotADocumentError, is_whole
from perfkit.logs.formats.json_places import holds_records

WANTED = ("t", "p")


@pytest.mark.parametrize(
    ("content", "records", "lines"),
    [
        ('[{"t": 1, "p": 1.50}, {"p": 1e-7}]', "", ['{"t": 1, "p": 1.50}', '{"p": 1e-7}']),
        ('[\n {"t": 1,\n  "p": 2}\r\n]\n', "", ['{"t": 1,   "p": 2}']),
        ('{"a": {"t": 1}, "b": {}}', "*", ['{"_key":"a","t": 1}', '{"_key":"b"}']),
        ('{"a": {"t": 1}, "b": {"t": 2}}', "", ['{"_key":"a","t": 1}', '{"_key":"b","t": 2}']),
        ('{"x": 1, "data": [{"t": 1}]}', "", ['{"t": 1}']),
        ('{"a": {"t": 1, "t": 2}}', "", ['{"_key":"a","t": 1, "t": 2}']),
        ('{"data": [{"t": 1}], "other": [{"u": 1}]}', "", ['{"t": 1}']),
        ('{"data": {"list": [{"t": 1}]}}', "data.list", ['{"t": 1}']),
        ('{"s": {"A": {"trades": [{"t": 1}]}, "B": {"trades": [{"t": 2}]}}}',
         "s.*.trades",
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
         ' "B": {"names": ["p", "t"], "rows": [[3, 4]]}}}',
         "s.*.rows",
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
        ('{"a": {"b": 1}}', "a.c", "has no 'c' at the path in `records`; there is b"),
        ('{"a": [1]}', "a.b", "has no 'b' at .*, but a list; write `[*].b` for each"),
        ('{"a": [{"x": [{"t": 1}]}, {"y": 1}]}', "a.*.b", "has no 'b' at .*; there is x"),
        ('{"a": null}', "a", "has no list of records"),
        ('{"a": {"rows": [[1, 2]]}}', "", r"lists of records in it: a\.rows$"),
    ],
)
def test_where_records_are_not_clear_it_says_what_there_is(
    content: str, records: str, reason: str
) -> None:
    with pytest.raises(NoRecordsError, match=reason):
        lines_of(content.encode(), records.split(".") if records else [], WANTED)


SEVERAL = {
    "beside": ('{"trades": [{"t": 1}], "cancelled": [{"t": 1}]}', "trades, cancelled",
               '`records: trades` for one of them, or `records: "*"` for all'),
    "further in": ('{"backtest": {"trades": [{"t": 1}]}, "live": {"trades": [{"t": 1}]}}',
                   "backtest.trades, live.trades", "or `records: \"*.trades\"` for all"),
    "in the middle": ('{"s": {"A": {"x": [{"t": 1}]}, "B": {"x": [{"t": 1}]}}}', "s.A.x, s.B.x",
                      "`records: s.A.x` for one of them, or `records: s.*.x` for all"),
    "more fields": ('{"trades": [{"t": 1}], "cancelled": [{"t": 1, "p": 1}]}',
                    "trades, cancelled", "`records: trades` for"),
    "a later record": ('{"trades": [{"u": 1}, {"t": 1}], "cancelled": [{"t": 1}]}',
                       "trades, cancelled", "`records: trades` for"),
    "one empty": ('{"trades": [], "cancelled": [{"t": 1}]}', "trades, cancelled", "`trades`"),
    "by name": ('{"trades": {"1": {"t": 1}}, "cancelled": {"2": {"t": 1}}}', "trades, cancelled",
                'or `records: "*"` for all'),
    "rows": ('{"trades": [["t"], [1]], "cancelled": [["t"], [2]]}', "trades, cancelled", ""),
    "depths": ('{"a": [{"t": 1}], "b": {"c": [{"t": 1}]}}', "a, b.c", "for one of them"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "names", "remedy"), SEVERAL.values(), ids=SEVERAL)
def test_of_several_lists_none_is_taken_and_none_is_added_to_another(
    content: str, names: str, remedy: str
) -> None:
    with pytest.raises(NoRecordsError, match=f"has several lists of records: {names}$") as caught:
        lines_of(content.encode(), [], WANTED)
    assert remedy.removeprefix("`trades`") in caught.value.remedy


def test_a_list_that_cannot_be_of_trades_is_no_other_list() -> None:
    wanted = ("t", "p", "s", "q", "f")
    content = b"""{"trades": [{"t": 1, "p": 1, "s": "x", "q": 1, "f": 0}],
        "days": [{"t": 1, "p": 1}], "warnings": [], "notes": ["t"], "run": {"tags": []}}"""
    with pytest.raises(NoRecordsError, match=r": trades, warnings$"):
        lines_of(content, [], wanted)
    assert lines_of(content.replace(b'"warnings": [],', b""), [], wanted).count(b"\n") == 1


TWICE = {
    "lists": '{"trades": [{"t": 1}], "trades": [{"t": 2}]}',
    "records": '{"1": {"t": 1}, "1": {"t": 2}}',
    "around": '{"s": {"A": {"x": [{"t": 1}]}, "A": {"x": [{"t": 2}]}}}',
}


@pytest.mark.parametrize("content", TWICE.values(), ids=TWICE)
@pytest.mark.parametrize("records", [[], ["trades"], ["*"], ["s", "*", "x"]], ids=".".join)
def test_a_name_that_comes_twice_loses_no_records(content: str, records: list[str]) -> None:
    with pytest.raises(NoRecordsError, match=r"twice in one object|has no '\w+' at"):
        lines_of(content.encode(), records, WANTED)


HALF = {
    "a value": (r'[{"t": "\ud83d"}, {"t": 2}]', [b"is not UTF-8 at byte 8", None]),
    "a name": (r'[{"\udc00": 1, "t": 1}, {"t": "\ud83d\ude00"}]', [b"is not UTF-8", None]),
    "escaped": (r'[{"t": "\\ud83d"}]', [None]),
    "two halves": (r'[{"t": "\udc00\ud83d"}]', [b"is not UTF-8"]),
    "with numbers": (r'[{"t": "\ud83d", "p": 1.50}, {"p": 1e400, "t": NaN}]', [b"UTF-8", None]),
}


@pytest.mark.parametrize(("content", "reasons"), HALF.values(), ids=HALF)
def test_half_a_character_costs_its_record_alone(content: str, reasons: list[bytes | None]) -> None:
    lines = lines_of(content.encode(), [], WANTED).splitlines()
    for line, reason in zip(lines, reasons, strict=True):
        if reason is None:
            decoded_line(line, WANTED)
        else:
            with pytest.raises(BadValueError, match=reason.decode()):
                decoded_line(line, WANTED)


@pytest.mark.parametrize(
    "content", [r'{"\ud800": {"t": 1}}', '{"tr\xe4des": [{"t": 1}]}', r'{"x\udfff": [{"t": 1}]}']
)
@pytest.mark.parametrize("records", [[], ["*"]], ids=["found", "named"])
def test_a_name_around_records_that_is_not_utf_8_is_an_error(
    content: str, records: list[str]
) -> None:
    with pytest.raises(NoRecordsError, match="a name around its records that is not UTF-8"):
        lines_of(content.encode("latin-1"), records, WANTED)


def test_what_is_nested_too_deep_is_not_a_document() -> None:
    with pytest.raises(NotADocumentError, match="nested too deep"):
        lines_of(b"[" * 100_000 + b"]" * 100_000, [], WANTED)


def test_numbers_of_any_length_are_no_obstacle() -> None:
    number = "9" * 5000
    content = f'{{"n": {number}, "names": [{number}, 1e999], "rows": [["t", "p"], [{number}, 1]]}}'
    assert lines_of(content.encode(), [], WANTED).decode() == f'\n{{"t":{number},"p":1}}\n'


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
