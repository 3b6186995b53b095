"""How files are shared out to several processes."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfkit.book import parallel
from perfkit.book.batch import FileReading

MIB = 1 << 20


def files(folder: Path, sizes: list[int]) -> list[FileReading]:
    """Files of so many MiB each; they hold nothing, and take no room."""
    made = []
    for number, size in enumerate(sizes):
        path = folder / f"{number}.jsonl"
        with path.open("wb") as stream:
            stream.truncate(size * MIB)
        made.append(FileReading(number, str(path), path.name))
    return made


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30), st.integers(2, 8), st.integers(0, 30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_file_is_in_one_lot_in_order(
    tmp_path: Path, sizes: list[int], workers: int, cut: int
) -> None:
    readings = files(tmp_path, sizes)
    lots = parallel._Chunks(sum(sizes) * MIB, workers)
    shared = [lot for own in (readings[:cut], readings[cut:]) for lot in lots.of(own)]
    assert [one for lot in shared for one in lot] == readings
    assert all(shared)
    assert lots.left == 0


def test_lots_are_large_at_first_and_then_ever_smaller(tmp_path: Path) -> None:
    lots = parallel._Chunks(300 * MIB, 2)
    sizes = [len(lot) for lot in lots.of(files(tmp_path, [1] * 300))]
    assert sizes[0] == parallel.MOST_BYTES // MIB
    assert sizes[:-1] == sorted(sizes[:-1], reverse=True)
    assert set(sizes[-4:-1]) == {parallel.LEAST_BYTES // MIB}
    assert len(sizes) < 20


def test_little_is_shared_by_all(tmp_path: Path) -> None:
    lots = parallel._Chunks(8 * MIB, 4)
    assert len(list(lots.of(files(tmp_path, [1] * 8)))) == 4
