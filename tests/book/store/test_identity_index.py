"""The index of identities against a plain set of its entries."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.book.store import identity_index
from perfkit.book.store.identity_index import (
    day_in,
    entry,
    find,
    in_order,
    place_in,
    shared_keys,
    with_entries,
)
from perfkit.book.store.ledger import Run
from perfkit.book.store.pages import Pages

Fields = tuple[int, int, int, int]

NUMBERS = st.integers(0, (1 << 32) - 1)
KEYS = st.sampled_from([0, 1, 255, 256, (1 << 31) - 1, 1 << 31, (1 << 32) - 1]) | NUMBERS
FILES = st.integers(0, 3)
FIELDS = st.tuples(KEYS, NUMBERS, FILES, NUMBERS)


@pytest.fixture(autouse=True)
def cut_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_index, "BLOCK_ENTRIES", 3)
    monkeypatch.setattr(identity_index, "MERGED_ENTRIES", 4)
    monkeypatch.setattr(identity_index, "MOST_RUNS", 5)


@given(FIELDS)
def test_an_entry_keeps_what_it_was_made_of(one: Fields) -> None:
    made = entry(*one)
    assert (*in_order([made]).keys, day_in(made), *place_in(made)) == one


@given(st.lists(FIELDS))
def test_entries_sort_as_their_numbers_do(some: list[Fields]) -> None:
    entries = in_order(entry(*one) for one in some)
    assert list(entries) == [entry(*one) for one in sorted(some)]
    assert list(entries.keys) == sorted(key for key, *_ in some)
    assert len(entries) == len(some)
    for key in {key for key, *_ in some}:
        assert list(entries.of(key)) == [entry(*one) for one in sorted(some) if one[0] == key]
        assert list(entries.without({key})) == [
            entry(*one) for one in sorted(some) if one[0] != key
        ]


@given(st.lists(st.lists(FIELDS)))
def test_shared_keys_are_those_that_several_have(some: list[list[Fields]]) -> None:
    had = Counter(key for own in some for key in {key for key, *_ in own})
    every = [in_order(entry(*one) for one in own) for own in some]
    assert shared_keys(every) == {key for key, count in had.items() if count > 1}


@given(st.lists(st.lists(st.lists(FIELDS), max_size=3), max_size=12))
def test_every_entry_is_found_in_runs_of_many_blocks(told: list[list[list[Fields]]]) -> None:
    pages, runs = Pages(None, "test"), tuple[Run, ...]()
    alive = frozenset(range(4))
    for news in told:
        new = [in_order(entry(*one) for one in own) for own in news]
        runs = with_entries(runs, new, pages, alive)
        assert len(runs) <= identity_index.MOST_RUNS
    every = [one for news in told for own in news for one in own]
    assert sum(run.entries for run in runs) == len(every)
    keys = {key for key, *_ in every}
    found = find(runs, pages, sorted({*keys, 5, 1 << 30}))
    assert found == {key: {entry(*one) for one in every if one[0] == key} for key in keys}


def test_entries_of_files_that_are_gone_drop_out_of_what_is_merged() -> None:
    pages, runs = Pages(None, "test"), tuple[Run, ...]()
    told = [(n * 7 % 11, n % 3, n % 4, n) for n in range(60)]
    for one in told:
        runs = with_entries(runs, [in_order([entry(*one)])], pages, frozenset(range(4)))
    assert max(len(run.blocks) for run in runs) > 5
    alive = frozenset({0, 1, 2})
    while len(runs) < identity_index.MOST_RUNS:
        some = in_order(entry(50, 0, 0, n) for n in range(5))
        runs = with_entries(runs, [some], pages, alive)
    runs = with_entries(runs, [in_order([entry(51, 0, 0, 1)])], pages, alive)
    assert len(runs) == 1
    found = find(runs, pages, list(range(12)))
    assert found == {
        key: {entry(*one) for one in told if one[0] == key and one[2] != 3} for key in range(11)
    }
