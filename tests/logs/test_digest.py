"""Digests by chunk tell a file that grew from one that changed."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.logs import digest as digests
from perfkit.logs.digest import ContentDigest, digest_of, verified


@pytest.fixture(autouse=True, scope="module")
def _small_chunks() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(digests, "CHUNK_BYTES", 8)
    yield
    patch.undo()


@given(content=st.binary(max_size=60), cuts=st.lists(st.integers(0, 60), max_size=4))
def test_the_digest_is_the_same_however_the_bytes_come(content: bytes, cuts: list[int]) -> None:
    digest, edges = ContentDigest(), [0, *sorted(cuts), len(content)]
    for first, last in pairwise(edges):
        digest.update(content[first:last] if first < len(content) else b"")
    assert digest.chunks() == digest_of(BytesIO(content)).chunks()
    assert len(digest.chunks()) == -(-len(content) // 8)
    assert digest.copy().chunks() == digest.chunks()


@given(before=st.binary(max_size=60), after=st.binary(max_size=30))
def test_a_file_that_grew_is_known_again_and_goes_on(before: bytes, after: bytes) -> None:
    known = digest_of(BytesIO(before)).chunks()
    found = verified(BytesIO(before + after), len(before), known, whole_up_to=1000)
    assert found is not None
    found.update(after)
    assert found.chunks() == digest_of(BytesIO(before + after)).chunks()


@given(before=st.binary(min_size=1, max_size=60), at=st.integers(0, 59), bit=st.integers(0, 7))
def test_any_byte_that_changed_is_noticed(before: bytes, at: int, bit: int) -> None:
    known = digest_of(BytesIO(before)).chunks()
    changed = bytearray(before)
    changed[at % len(before)] ^= 1 << bit
    assert verified(BytesIO(bytes(changed)), len(before), known, whole_up_to=1000) is None


@pytest.mark.parametrize("at", [0, 7, 796, 799])
def test_of_a_long_file_the_first_and_the_last_chunk_are_always_looked_at(at: int) -> None:
    before = bytes(range(256)) * 3 + bytes(32)
    known = digest_of(BytesIO(before)).chunks()
    changed = bytearray(before)
    changed[at] ^= 1
    assert verified(BytesIO(before), len(before), known, whole_up_to=100) is not None
    assert verified(BytesIO(bytes(changed)), len(before), known, whole_up_to=100) is None
