"""Lines of JSON: decoded by msgspec or without it, with the same fields."""

import json

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from perfkit.logs.formats import json_lines
from perfkit.logs.formats.json_lines import plainly_decoded

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
