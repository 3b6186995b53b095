"""Lines of JSON: the same fields whoever decodes them, and one limit of how deep they nest."""

import json
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perfkit.core.one_value import BadValueError
from perfkit.logs.formats import json_lines
from perfkit.logs.formats.json_lines import (
    MAX_DEPTH,
    decoded_block,
    decoded_line,
    plainly_decoded,
)

T = TypeVar("T")
TOO_DEEP = "is nested more than 64 levels deep"


def nested(levels: int, opening: str = "[") -> str:
    """A value of so many levels."""
    if opening == "[":
        return "[" * levels + "]" * levels
    return '{"a":' * levels + "1" + "}" * levels


def both(raw: str) -> list[object]:
    """What a line is by itself, and in a block: its fields or the reason."""
    found: list[object] = []
    try:
        found.append(decoded_line(raw.encode(), ("a",)))
    except BadValueError as error:
        found.append(str(error))
    rows = decoded_block(raw.encode() + b"\n", ("a",))
    return found + (found if rows is None and isinstance(found[0], str) else [*(rows or ())])


def deep_in_the_stack(function: Callable[[], T], frames: int) -> T:
    """The result of a function, called from so many calls."""
    return deep_in_the_stack(function, frames - 1) if frames else function()


@pytest.mark.parametrize("few_bytes", [0, 65536], ids=["msgspec", "json"])
@pytest.mark.parametrize("opening", ["[", "{"])
@pytest.mark.parametrize("key", ["a", "unread"])
class TestDepth:
    @pytest.fixture(autouse=True)
    def _decoder(self, monkeypatch: pytest.MonkeyPatch, few_bytes: int) -> None:
        monkeypatch.setattr(json_lines, "FEW_BYTES", few_bytes)

    def test_64_levels_are_read(self, key: str, opening: str) -> None:
        raw = f'{{"{key}": {nested(63, opening)}}}'
        expected = json.loads(raw).get("a")
        assert both(raw) == [(expected,), (expected,)]

    @pytest.mark.parametrize("levels", [64, 65, 150, 974, 978, 5000, 100_000])
    def test_more_are_not_whether_the_field_is_read_or_not(
        self, key: str, opening: str, levels: int
    ) -> None:
        assert both(f'{{"{key}": {nested(levels, opening)}}}') == [TOO_DEEP] * 2

    @pytest.mark.parametrize("levels", [63, 64])
    def test_the_stack_of_the_caller_changes_nothing(
        self, key: str, opening: str, levels: int
    ) -> None:
        raw = f'{{"{key}": {nested(levels, opening)}}}'
        used = 0
        frame = sys._getframe()
        while frame.f_back is not None:
            used, frame = used + 1, frame.f_back
        expected = both(raw)
        left = sys.getrecursionlimit() - used - 120
        assert deep_in_the_stack(lambda: both(raw), left) == expected


def test_brackets_in_texts_do_not_count() -> None:
    for text in ("[" * 500, '\\"' + "[" * 500, "{" * 65 + "\\\\", "[" * 65 + '\\\\\\"['):
        raw = f'{{"a": "{text}", "b": "x"}}'
        assert both(raw) == [(json.loads(raw)["a"],)] * 2


def test_many_lists_side_by_side_are_not_deep() -> None:
    raw = '{"a": [' + ",".join(["[1,{}]"] * 500) + "]}"
    assert both(raw) == [(json.loads(raw)["a"],)] * 2


def test_brackets_of_a_text_that_was_cut_do_not_count() -> None:
    (reason, _) = both('{"a": "' + "[" * 500)
    assert str(reason).startswith("is not JSON")


def depth_of(value: Any) -> int:
    """How many levels a decoded value has."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


brackets = st.text('[{]}"\\,: \n', max_size=8)
values = st.recursive(
    st.one_of(brackets, st.integers(-9, 9), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(brackets, inner, max_size=3)
    ),
    max_leaves=12,
)


@given(values, st.integers(1, 6), st.booleans())
@example(["[", {"]": '"{'}], 1, True)
def test_depth_is_that_of_the_decoded_line(value: object, most: int, ascii_only: bool) -> None:
    raw = json.dumps({"a": value}, ensure_ascii=ascii_only)
    depth = depth_of(json.loads(raw))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "MAX_DEPTH", most)
        found = both(raw)
    expected = (value,) if depth <= most else f"is nested more than {most} levels deep"
    assert found == [expected, expected]


@given(st.text('[]{}",:1 \\a', max_size=60))
def test_what_is_not_deep_is_never_deeper_to_a_decoder(raw: str) -> None:
    """A decoder stops where a line stops being JSON; up to there it must not go deeper."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "MAX_DEPTH", 2)
        is_deep = json_lines._is_deep(raw.encode())
    decoder = json.JSONDecoder()
    for end in range(len(raw), 0, -1):
        try:
            value = decoder.decode(raw[:end])
        except ValueError:
            continue
        assert is_deep or depth_of(value) <= 2
        break


def test_only_lines_with_many_brackets_are_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    examined: list[bytes] = []
    real = json_lines._is_deep

    def watched(raw: bytes) -> bool:
        examined.append(raw)
        return real(raw)

    monkeypatch.setattr(json_lines, "_is_deep", watched)
    plain = b'{"a": [[1, 2], {"b": 3}]}\n'
    assert decoded_block(plain * 3000, ("a",)) is not None
    assert examined == []
    many = b'{"a": [' + b"[]," * MAX_DEPTH + b"1]}\n"
    assert decoded_block(plain + many, ("a",)) is not None
    assert len(examined) > 0


raw_numbers = st.sampled_from(
    ["1", "-0", "0", "1.50", "1e5", "1E+5", "-1.0e-7", "9" * 18, "9" * 19, "01", "NaN", "1."]
)


raw_texts = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=6).map(json.dumps),
    st.sampled_from(['"plain"', '"tab\t"', '"\\u0041"', '"\\ud800"', "'x'", '"é"', '"\x7f"']),
)


raw_values = st.recursive(
    st.one_of(raw_numbers, raw_texts, st.sampled_from(["true", "null", "False"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2).map(lambda some: f"[{', '.join(some)}]"),
        inner.map(lambda one: f'{{"in": {one}}}'),
    ),
    max_leaves=4,
)


raw_lines = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), raw_values), max_size=3).map(
    lambda pairs: "{" + ", ".join(f'"{key}": {value}' for key, value in pairs) + "}"
)


@given(lines=st.lists(st.one_of(raw_lines, raw_values, st.just("")), min_size=1, max_size=3))
@example(lines=["{}"])
@example(lines=['{"a": 1.50, "a": 2e3}'])
def test_few_lines_are_decoded_without_msgspec_just_as_with_it(lines: list[str]) -> None:
    """Or not at all: then msgspec decodes them, or says what is wrong."""
    keys = ("a", "b")
    found = plainly_decoded("".join(f"{one}\n" for one in lines).encode(), keys)
    if found is not None:
        decoder = json_lines._line_decoder(keys)
        rows = [msgspec.structs.astuple(decoder.decode(one.encode())) for one in lines]
        assert found == rows
        assert repr(found) == repr(rows)


def test_plain_lines_are_decoded_without_msgspec() -> None:
    block = b'{"a": 1.50, "b": "x", "c": 1}\n{"b": null}\n'
    assert plainly_decoded(block, ("a", "b")) == [("1.50", "x"), (None, None)]


def test_columns_are_those_of_the_keys_asked_for_in_whatever_order_lines_have_them() -> None:
    block = b'{"c": 3, "a": "x"}\n{"a": "y", "b": [2], "c": 4}\n'
    assert json_lines.JsonLines(("a", "b", "c")).block(block) == (
        [("x", "y"), (None, [2]), (3, 4)],
        range(2),
    )
