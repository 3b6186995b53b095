"""What is realized of a trade that is not complete: values that cannot be read, and money."""

import json
from textwrap import indent

import pytest

from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

FIELDS = "fields: {opened_at: o, closed_at: t, net_pnl: pnl, realized_pnl: sofar}\n"
BY_ID = "identity: [id]\nopen_when: {t: null}\n"
TEN, NOON = "2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z"


def desk_of(workspace: WriteWorkspace, dialect: str, *lines: dict[str, object]) -> Desk:
    text = "".join(json.dumps({"id": 7, "o": TEN, **line}) + "\n" for line in lines)
    head = "sources:\n  - name: bot\n    path: bot.jsonl\n    currency: USD\n    dialect:\n"
    return open_desk(workspace(head + indent(dialect, " " * 6), {"bot.jsonl": text}))


@pytest.mark.parametrize("sofar", ["5 EUR", "much"])
def test_an_open_line_whose_realized_pnl_cannot_be_read_is_a_bad_one(
    workspace: WriteWorkspace, sofar: str
) -> None:
    """Without it, what is realized would count as unrealized."""
    desk = desk_of(workspace, BY_ID + FIELDS, {"pnl": 7, "sofar": sofar})
    assert len(desk.book.errors) == 1
    assert desk.book.errors[0].reason.startswith("sofar: ")
    assert not len(desk.book.open)


def test_a_close_does_without_it(workspace: WriteWorkspace) -> None:
    desk = desk_of(workspace, BY_ID + FIELDS, {"t": NOON, "pnl": 7, "sofar": "much"})
    assert not desk.book.errors
    assert desk.book.closed[0].net_pnl == 7
    assert desk.book.closed[0].realized_pnl is None
    assert {one.code for one in desk.summary("all").data.findings} == {"left_out"}


def test_but_not_where_it_may_be_one_of_several(workspace: WriteWorkspace) -> None:
    dialect = BY_ID + "done_when: {left: 0}\n" + FIELDS
    desk = desk_of(workspace, dialect, {"t": NOON, "pnl": 7, "sofar": "much", "left": 1})
    assert len(desk.book.errors) == 1


def test_how_the_lines_combine_may_be_said(workspace: WriteWorkspace) -> None:
    """Each open line has what one more part has earned."""
    dialect = BY_ID + "combine: {realized_pnl: sum}\n" + FIELDS
    lines: tuple[dict[str, object], ...] = ({"sofar": 2, "left": 2}, {"sofar": "0.5", "left": 1})
    desk = desk_of(workspace, dialect, *lines)
    assert str(desk.book.open[0].realized_pnl) == "2.5"
    desk = desk_of(workspace, dialect + "done_when: {left: 0}\n", *lines)
    assert str(desk.book.open[0].realized_pnl) == "2.5"


def test_no_result_is_realized_where_outcomes_alone_are_logged(workspace: WriteWorkspace) -> None:
    dialect = BY_ID + "done_when: {left: 0}\nfields: {opened_at: o, closed_at: t, outcome: won}\n"
    desk = desk_of(workspace, dialect, {"t": NOON, "won": "win", "left": 1})
    assert desk.book.open[0].realized_pnl is None
