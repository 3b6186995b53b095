"""Two values in a file: the head is read alone, and damage to either shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from perfkit.disk.sealed import read_head, sealed_in_two, unsealed_in_two

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_both_values_come_back(head: Any, body: Any) -> None:
    assert unsealed_in_two(sealed_in_two(head, body)) == (head, body)


@given(VALUES, VALUES, st.data())
def test_any_other_byte_or_length_is_noticed(head: Any, body: Any, data: st.DataObject) -> None:
    whole = sealed_in_two(head, body)
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    assert unsealed_in_two(whole[:place] + bytes([changed]) + whole[place + 1 :]) is None
    assert unsealed_in_two(whole[:place]) is None


def test_the_head_is_read_without_the_body(tmp_path: Path) -> None:
    file = tmp_path / "pair"
    whole = sealed_in_two(("head", 1), b"body" * 100)
    file.write_bytes(whole[:-1] + b"!")
    found = read_head(str(file))
    assert found is not None
    assert found[0] == ("head", 1)
    assert unsealed_in_two(file.read_bytes()) is None


def test_a_head_that_is_damaged_or_cut_is_none(tmp_path: Path) -> None:
    file = tmp_path / "pair"
    whole = sealed_in_two(("head", 1), b"")
    for content in (b"", whole[:5], whole[:15], whole[:10] + b"!" + whole[11:], b"\xff" * 40):
        file.write_bytes(content)
        assert read_head(str(file)) is None
    assert read_head(str(tmp_path / "none")) is None
