"""Columns of integers as bytes."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.numbers import words


@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1)))
def test_words_are_those_of_an_array(column: list[int]) -> None:
    assert words(column) == array("q", column).tobytes()


@pytest.mark.parametrize("odd", [1 << 63, -(1 << 63) - 1, 10**40, None, "1"])
def test_what_is_no_integer_of_64_bits_makes_no_words(odd: object) -> None:
    with pytest.raises(OverflowError):
        words([1, odd])  # type: ignore[list-item]
