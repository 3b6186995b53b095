"""Rows of CSV with a cell more than the header has names."""

from pathlib import Path

import pytest

from perfkit.desk.reading import desk_on
from perfkit.inference.source import found_in

HEADER = "exit_time,symbol,side,pnl\n"
ROWS = [f"2026-04-{n + 1:02},A,long,{n * 7 % 11 - 5}\n" for n in range(25)]


def asked(path: Path, rows: list[str]) -> list[str]:
    path.write_text(HEADER + "".join(rows))
    return [doubt.name for doubt in found_in(str(path)).reading.doubts]


@pytest.mark.parametrize("moved", ["A,,long", "A,B,3,long"])
def test_records_that_cannot_be_read_are_asked_about(tmp_path: Path, moved: str) -> None:
    rows = [*ROWS[:17], *(row.replace("A,long", moved) for row in ROWS[17:])]
    assert asked(tmp_path / "a.csv", rows) == ["odd_rows"]


@pytest.mark.parametrize("end", [",paper\n", ",paper,live\n"])
def test_rows_with_more_cells_at_their_end_are_read(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "".join([*ROWS[:17], *(row.replace("\n", end) for row in ROWS[17:])]))
    found = found_in(str(path))
    book = desk_on([found], "UTC").book
    assert (found.reading.is_sure, found.layout, found.records) == (True, {"ragged": True}, 25)
    assert (len(book.closed), book.errors) == (25, [])


@pytest.mark.parametrize("end", [",3\n", ",paper,3\n"])
def test_a_cell_more_that_may_be_the_result_is_asked_about(tmp_path: Path, end: str) -> None:
    rows = [*ROWS[:17], *(row.replace("\n", end) for row in ROWS[17:])]
    assert asked(tmp_path / "a.csv", rows) == ["odd_rows"]


@pytest.mark.parametrize(("count", "layout"), [(3, {"ragged": True}), (1, {})])
def test_rows_without_their_last_cells_are_read_where_they_are_no_accident(
    tmp_path: Path, count: int, layout: dict[str, object]
) -> None:
    path = tmp_path / "a.csv"
    notes = [row.replace("\n", ",noted,well\n") for row in ROWS[count:]]
    path.write_text(HEADER.replace("\n", ",note,how\n") + "".join([*ROWS[:count], *notes]))
    assert found_in(str(path)).layout == layout


def test_one_row_of_many_is_a_bad_line(tmp_path: Path) -> None:
    assert asked(tmp_path / "a.csv", [*ROWS, "2026-05-01,A,long,4,paper\n"]) == []


def test_empty_cells_at_the_end_and_remarks_are_none(tmp_path: Path) -> None:
    remarks = ["# a remark, and another\n"] * 3
    padded = [row.replace("\n", ",,\n") for row in ROWS[:3]]
    assert asked(tmp_path / "a.csv", [*padded, *ROWS[3:], *remarks]) == []


EVENTS = "event,time,trade_id,symbol,quantity,price,pnl,note\n"
TICKS = [f"scan,2026-04-07T09:{n:02}:00Z,,,,,,nothing to do\n" for n in range(40)]
CLOSES = [
    f"exit,2026-04-0{n}T10:00:00Z,T{n},A,1,{n}0,{pnl},closed by target\n"
    for n, pnl in ((1, 5), (2, -3), (3, 4))
]


class TestFewRowsOfManyCloses:
    """Most rows are scans without a trade; of four closes, one has a cell too many."""

    def read(self, path: Path, moved: str) -> list[str]:
        path.write_text(EVENTS + "".join([*TICKS, *CLOSES, moved]))
        return [doubt.name for doubt in found_in(str(path)).reading.doubts]

    def test_a_close_that_cannot_be_read_is_asked_about(self, tmp_path: Path) -> None:
        moved = "exit,2026-04-04T10:00:00Z,T4,A,,1,40,7,closed by target\n"
        assert self.read(tmp_path / "a.csv", moved) == ["odd_rows"]

    def test_another_event_is_a_bad_line(self, tmp_path: Path) -> None:
        moved = "entry,2026-04-04T10:00:00Z,T4,A,,1,40,,opened\n"
        assert self.read(tmp_path / "a.csv", moved) == []


def test_rows_with_columns_that_came_later_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    later = [row.replace("\n", ",61.2,104.5,103.9,0.7,Stop-Loss\n") for row in ROWS[17:]]
    path.write_text(HEADER + "".join([*ROWS[:17], *later]))
    found = found_in(str(path))
    assert (found.layout, found.records) == ({"ragged": True}, 25)


@pytest.mark.parametrize("moved", ["A,,long,-900", "A,B,3,long,-900"])
def test_few_with_much_of_what_was_earned_are_asked_about(tmp_path: Path, moved: str) -> None:
    many = [f"2026-04-{n % 28 + 1:02},A,long,{n * 7 % 11 - 5}\n" for n in range(90)]
    odd = [f"2026-05-{n + 1:02},{moved}\n" for n in range(2)]
    assert asked(tmp_path / "a.csv", [*many, *odd]) == ["odd_rows"]
    little = [row.replace("-900", "3") for row in odd]
    assert asked(tmp_path / "a.csv", [*many, *little]) == []


SALES = "time,symbol,action,price,shares,pnl\n"


@pytest.mark.parametrize(("end", "names"), [(",", []), (",4", ["odd_rows"])])
def test_purchases_that_lack_a_cell_are_asked_about_where_they_may_have_a_result(
    tmp_path: Path, end: str, names: list[str]
) -> None:
    path = tmp_path / "a.csv"
    sold = [f"2026-04-{n + 1:02},A,SELL,1{n},3,{n * 7 % 11 - 5}\n" for n in range(12)]
    bought = [f"2026-04-{n + 1:02},A,BUY,1{n}{end}\n" for n in range(12)]
    path.write_text(SALES + "".join([*bought, *sold]))
    assert [doubt.name for doubt in found_in(str(path)).reading.doubts] == names
