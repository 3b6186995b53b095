"""CSV without a header: the source names the columns, and all else is as with a header."""

from __future__ import annotations

import bz2

import pytest

from perfkit.config.settings import load
from perfkit.core.errors import ConfigError, LogReadError
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace
from tests.test_forms_of_logs import assert_incremental_is_cold

CONFIG = """\
sources:
  - name: bot
    path: logs/t.csv
    currency: USD
    {layout}
    dialect: {{{more}fields: {{closed_at: t, net_pnl: pnl, symbol: s}}}}
"""
COLUMNS = "columns: [t, s, '', pnl]"
ROWS = "2026-04-08 09:00,A,x,5\n2026-04-08 10:00,B,y,-2\n"


def config(layout: str = COLUMNS, more: str = "") -> str:
    return CONFIG.format(layout=layout, more=more)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("first", ["", "\ufeff", "\n\n"])
def test_every_row_is_a_record_with_its_line(
    workspace: WriteWorkspace, mark: str, first: str
) -> None:
    desk = open_desk(workspace(config(), {"logs/t.csv": first + ROWS.replace(",", mark)}))
    trades = [desk.book.closed[row] for row in range(2)]
    above = first.count("\n")
    assert [(one.symbol, str(one.net_pnl), one.line.line) for one in trades] == [
        ("A", "5", above + 1),
        ("B", "-2", above + 2),
    ]
    assert not desk.book.errors


def test_it_grows_from_nothing_byte_by_byte_as_it_is_read_at_once(
    workspace: WriteWorkspace,
) -> None:
    """The last row waits for its newline, and no row is read twice."""
    root = workspace(config(), {"logs/t.csv": ""})
    text = ROWS + '2026-04-08 11:00,"C\nD",z,1\n'
    for place, character in enumerate(text, 1):
        with (root / "logs/t.csv").open("a") as log:
            log.write(character)
        desk = assert_incremental_is_cold(root)
        whole = text[:place].count("\n") - ("C\n" in text[:place])  # C and D are one cell
        assert len(desk.book.closed) == whole
        assert not desk.book.errors
        is_first = place == text.index("\n") + 1  # as with a header: till then it has no form
        assert bool(desk.book.activity.rewritten) is is_first


def test_a_packed_one_is_whole_and_so_is_one_that_is_complete(workspace: WriteWorkspace) -> None:
    row = ROWS.split("\n", maxsplit=1)[0]
    root = workspace(config(COLUMNS + "\n    complete: true"), {"logs/t.csv": row})
    assert open_desk(root).summary("all").metrics["net_pnl"] == 5
    root = workspace(config().replace("t.csv", "t.csv.bz2"), {})
    (root / "logs").mkdir(exist_ok=True)
    (root / "logs/t.csv.bz2").write_bytes(bz2.compress(ROWS.encode()))
    assert open_desk(root).summary("all").metrics["net_pnl"] == 3


def test_rows_of_another_width_are_bad_unless_only_leaves_them_out(
    workspace: WriteWorkspace,
) -> None:
    odd = "2026-04-08 11:00,C,1\n2026-04-08 11:00,C,,1,2\n"
    desk = open_desk(workspace(config(), {"logs/t.csv": odd + ROWS}))
    assert desk.summary("all").metrics["net_pnl"] == 3
    assert [(one.line, one.reason) for one in desk.book.errors] == [
        (1, "has 3 cells, `columns` has 4"),
        (2, "has 5 cells, `columns` has 4"),
    ]
    desk = open_desk(workspace(config(more="only: {s: [A, B]}, "), {"logs/t.csv": odd + ROWS}))
    assert (len(desk.book.errors), desk.summary("all").metrics["net_pnl"]) == (0, 3)


def test_a_header_that_comes_all_the_same_is_one_bad_line(workspace: WriteWorkspace) -> None:
    desk = open_desk(workspace(config(), {"logs/t.csv": "t,s,,pnl\n" + ROWS}))
    assert [one.line for one in desk.book.errors] == [1]
    assert desk.summary("all").metrics["net_pnl"] == 3


def test_another_header_is_an_error_that_names_the_columns(workspace: WriteWorkspace) -> None:
    root = workspace(config(), {"logs/t.csv": ROWS + "t,pnl,s,q\n"})
    with pytest.raises(LogReadError, match="line 3 is another header than the `columns` of its"):
        open_desk(root).summary("all")


def test_without_columns_the_error_says_how_to_write_them(workspace: WriteWorkspace) -> None:
    root = workspace(config("delimiter: ','"), {"logs/t.csv": ROWS})
    with pytest.raises(LogReadError, match=r"not with the names .* such as `columns: \[time"):
        open_desk(root).summary("all")


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        ("columns: t", "columns: is not a list of names"),
        ("columns: [t]", "columns: is not a list of names"),
        ("columns: [t, 1]", "columns: is not a list of names"),
        (COLUMNS + "\n    header: 2", "columns: is for a file that has no line with the names"),
        (COLUMNS + "\n    section: Trades", "columns: is for a file that has no line"),
        (COLUMNS + "\n    format: json", "columns: is for csv, not for json"),
    ],
)
def test_columns_that_make_no_sense_are_an_error(
    workspace: WriteWorkspace, layout: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        load(workspace(config(layout)))
