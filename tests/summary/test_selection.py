"""A last row of CSV without its newline is told, and counts once it is whole."""

import gzip
from pathlib import Path

import pytest

from perfkit.desk.desk import open as open_desk
from tests.small_desk import desk_of

HEAD = b"id,state,opened,closed,pnl,symbol\n"
ROW = b"A,closed,2026-04-06T09:00:00Z,2026-04-06T10:00:00Z,1,BTC\n"
OPEN = ROW.replace(b"A,", b"B,").replace(b"BTC", b'"BTC')
FULL = HEAD + ROW


def waiting_in(root: Path, files: dict[str, bytes]) -> list[tuple[int, str]]:
    """The findings about what waits, the same with a cache and without."""
    desk = desk_of(root, "*.csv", files)
    found = [desk.summary("all").data.findings for _ in range(2)]
    assert found[0] == found[1]
    return [(one.count, one.message) for one in found[0] if one.code == "unended_row"]


@pytest.mark.parametrize(
    ("files", "count", "word"),
    [
        ({"a.csv": FULL}, 0, ""),
        ({"a.csv": FULL + ROW[:30]}, 1, "(logs/bot/a.csv:3)"),
        ({"a.csv": FULL + ROW[:-1]}, 1, "no newline"),
        ({"a.csv": FULL + ROW[:-1], "b.csv": FULL}, 0, ""),
        ({"a.csv": FULL + OPEN + ROW * 9}, 0, ""),
        ({"a.csv.gz": gzip.compress(FULL + ROW[:-1])}, 0, ""),
    ],
)
def test_it_is_a_finding(tmp_path: Path, files: dict[str, bytes], count: int, word: str) -> None:
    found = waiting_in(tmp_path, files)
    assert [count for count, _ in found] == ([count] if count else [])
    assert all(word in message for _, message in found)


def test_it_is_a_finding_of_its_day(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, "*.csv", {"a.csv": FULL + ROW[:-1]})
    codes = {
        day: [one.code for one in desk.summary("daily", day).data.findings]
        for day in ("2026-04-05", "2026-04-06")
    }
    assert codes == {"2026-04-05": [], "2026-04-06": ["unended_row"]}


def test_the_digest_of_a_summary_shows_that_something_waits(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, "*.csv", {"a.csv": FULL})
    before = desk.summary("all").data
    with (tmp_path / "logs/bot/a.csv").open("ab") as stream:
        stream.write(ROW[:20])
    after = open_desk(tmp_path).summary("all").data
    assert before.digest != after.digest
    assert before.lines == after.lines
