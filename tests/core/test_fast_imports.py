"""Stand-ins behave as what they stand for: `typing.NamedTuple`, `json.loads` and `re`."""

import copy
import inspect
import json
import pickle
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perfkit.core import fast_imports
from perfkit.core.trade import LinePlace
from perfkit.summary.summary import Summary


class Standard(NamedTuple):
    a: int
    b: str = "b"
    c: float | None = None

    @property
    def first(self) -> int:
        return self.a


class Ours(fast_imports.NamedTuple):
    a: int
    b: str = "b"
    c: float | None = None

    @property
    def first(self) -> int:
        return self.a


@pytest.mark.parametrize("make", [Standard, Ours])
def test_it_is_constructed_changed_and_shown_alike(make: Any) -> None:
    one = make(1, c=2.5)
    assert one == (1, "b", 2.5) == make(*one) == make._make(iter(one))
    assert (one.a, one.b, one.c, one.first) == (1, "b", 2.5, 1)
    assert one._replace(a=7) == (7, "b", 2.5)
    assert one._asdict() == {"a": 1, "b": "b", "c": 2.5}
    assert repr(one) == f"{make.__name__}(a=1, b='b', c=2.5)"
    assert (make._fields, make._field_defaults) == (("a", "b", "c"), {"b": "b", "c": None})
    assert make.__annotations__.keys() == {"a", "b", "c"}
    assert copy.deepcopy(one) == one == pickle.loads(pickle.dumps(one))
    assert type(pickle.loads(pickle.dumps(one))) is make
    match one:
        case make(a=1, b=text):
            assert text == "b"
        case _:
            pytest.fail("the pattern does not match")


@pytest.mark.parametrize("make", [Standard, Ours])
@pytest.mark.parametrize("values", [(), (1, 2, 3, 4)])
def test_a_wrong_number_of_values_is_an_error(make: Any, values: tuple[int, ...]) -> None:
    with pytest.raises(TypeError):
        make(*values)
    with pytest.raises(TypeError):
        make._make((*values, *values))
    with pytest.raises((ValueError, TypeError), match="nothing"):  # a TypeError from Python 3.13 on
        make(1)._replace(nothing=1)


@given(
    st.lists(st.integers(), max_size=4),
    st.dictionaries(st.sampled_from(["a", "b", "c", "d", "_fields"]), st.integers()),
)
@example([1], {"c": 2})
@example([], {"a": 1, "b": 2, "c": 3})
@example([1], {"a": 2, "b": 3})
@example([], {"b": 2, "c": 3, "d": 4})
def test_values_are_given_by_place_or_name(values: list[int], named: dict[str, int]) -> None:
    def made(make: Any) -> object:
        try:
            return tuple(make(*values, **named))
        except TypeError:
            return "an error"

    assert made(Ours) == made(Standard)


def test_its_fields_are_its_signature() -> None:
    ours, standard = (inspect.signature(make).parameters.values() for make in (Ours, Standard))
    assert [(one.name, one.kind, one.default) for one in ours] == [
        (one.name, one.kind, one.default) for one in standard
    ]


def test_a_class_that_inherits_shows_the_fields_or_its_own_constructor() -> None:
    class Heir(Ours):
        note = ""

    class OfOne(Ours):
        def __new__(cls, one: int) -> "OfOne":
            return super().__new__(cls, one, "b", None)

    assert str(inspect.signature(Heir)) == str(inspect.signature(Ours))
    assert [*inspect.signature(Summary).parameters] == [*Summary._fields]
    assert [*inspect.signature(OfOne).parameters] == ["one"]
    assert tuple(OfOne(1)) == (1, "b", None)


def test_fields_without_a_default_come_first() -> None:
    with pytest.raises(TypeError, match="without a default"):

        class Wrong(fast_imports.NamedTuple):
            a: int = 1
            b: int  # type: ignore[misc]  # the mistake


def test_values_of_the_package_survive_a_process() -> None:
    assert pickle.loads(pickle.dumps(LinePlace("a.jsonl", 3))) == LinePlace("a.jsonl", 3)


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.text(' \t\n\r{}[]":,.-+0123456789eEaNInfityulrs\\\u00a0') | any_json.map(json.dumps))
@example(" 1 ")
@example("1 2")
@example("\u00a01")
@example("")
@example('{"a": 1, "a": 2.50}')
@example("[-Infinity, NaN, 1e5, -0]")
@example('"\t"')
def test_json_is_read_as_the_standard_library_does(text: str) -> None:
    def found(read: Callable[[str], Any]) -> Any:
        try:
            return read(text)
        except ValueError:
            return "an error"

    functions = (str, "int {}".format, "constant {}".format)
    float_, int_, constant = functions
    expected = found(
        lambda text: json.loads(text, parse_float=float_, parse_int=int_, parse_constant=constant)
    )
    assert found(fast_imports.JsonReader(*functions).read) == expected


def test_json_is_read_where_its_part_in_c_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "_json", None)
    reader = fast_imports.JsonReader(str, int, str)
    assert reader.read(' {"price": 1.50, "sizes": [2, NaN]} ') == {
        "price": "1.50",
        "sizes": [2, "NaN"],
    }
    for wrong in ("", "{", "1 2"):
        with pytest.raises(ValueError, match=r"JSON|more|Expecting"):
            reader.read(wrong)


def test_what_is_not_json_is_an_error_also_where_json_is_not_loaded() -> None:
    wrong = (
        "",
        "{",
        "[1,]",
        '"abc',
        '{"a" 1}',
        "{1: 2}",
        "nul",
        "1 2",
        '"\t"',
        r'"\x"',
        "[1}",
        "-",
    )
    script = """
        import sys
        from perfkit.core.fast_imports import JsonReader
        reader = JsonReader(str, int, str)
        for text in sys.argv[1:]:
            try:
                value = reader.read(text)
            except ValueError:
                continue
            sys.exit(f"{text!r} is {value!r}")
        assert reader.read('{"a": [1, 2.50, null]}') == {"a": [1, "2.50", None]}
        """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script), *wrong], check=True)


@given(st.text("ab1-"), st.integers(0, 3))
def test_a_pattern_is_searched_as_a_compiled_one(text: str, start: int) -> None:
    ours, compiled = fast_imports.Pattern("a(b|1)"), re.compile("a(b|1)")

    def told(found: re.Match[str] | None) -> object:
        return None if found is None else (found.span(), found.groups())

    assert told(ours.fullmatch(text)) == told(compiled.fullmatch(text))
    assert told(ours.match(text)) == told(compiled.match(text))
    assert told(ours.search(text, start)) == told(compiled.search(text, start))
    assert [*map(told, ours.finditer(text))] == [*map(told, compiled.finditer(text))]
