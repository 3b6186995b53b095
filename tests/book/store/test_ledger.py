"""What is kept of bad lines is bounded, and does not depend on how a file was cut."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from perfkit.book.store.ledger import BadLine, limited
from perfkit.core.errors import kind_of

REASONS = ("is not JSON: a", "is not JSON: b", "holds a NUL byte", "price: 'x' is not a number")
bad_lines = st.lists(
    st.tuples(st.sampled_from(REASONS), st.sampled_from([None, 1, 2])), max_size=30
).map(lambda some: [(n, n * 10, reason, day, 0) for n, (reason, day) in enumerate(some, 1)])


def counted(errors: tuple[BadLine, ...] | list[BadLine]) -> Counter[tuple[int | None, str]]:
    found: Counter[tuple[int | None, str]] = Counter()
    for _, _, reason, day, more in errors:
        found[day, kind_of(reason)] += 1 + more
    return found


@given(bad_lines, st.integers(0, 5))
def test_the_first_are_kept_and_every_line_is_counted(errors: list[BadLine], room: int) -> None:
    kept = limited(errors, room)
    assert list(kept[:room]) == errors[:room]
    assert counted(kept) == counted(errors)
    assert len(kept) <= room + 3 * 3
    assert [error[:4] for error in kept] == [
        error[:4] for error in errors if error[:4] in {one[:4] for one in kept}
    ]


@given(bad_lines, st.integers(0, 5), st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_a_file_in_parts_keeps_what_it_keeps_whole(
    errors: list[BadLine], room: int, runs: set[int], sittings: set[int]
) -> None:
    """Runs of one sitting share the room; each sitting has its own."""
    cuts = sorted({0, *runs, *sittings, len(errors)})
    parts: list[BadLine] = []
    left = room
    for start, end in pairwise(cuts):
        if start in sittings:
            left = room
        parts += limited(errors[start:end], left)
        left = max(0, left - max(0, end - start))
    assert limited(parts, room) == limited(errors, room)
