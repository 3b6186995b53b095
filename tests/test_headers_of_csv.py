"""CSV files with several headers, or none: rows are read by their own header or are told."""

from __future__ import annotations

import pytest

from perfkit.core.errors import LogReadError
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace
from tests.test_forms_of_logs import assert_incremental_is_cold

CONFIG = """\
sources:
  - name: bot
    path: logs/t.csv
    currency: USD
    dialect: {dialect}
"""
FIELDS = "fields: {closed_at: t, net_pnl: pnl, commission: fee}"
ALL = CONFIG.format(dialect=f"{{{FIELDS}}}")
SOME = CONFIG.format(dialect=f"{{only: {{k: T}}, {FIELDS}}}")

HEADERS = {
    "a column that is read took the place of another": "t,pnl,x\n{a},5,y\nt,pnl,fee\n{b},7,1\n",
    "columns swapped": "t,pnl,fee\n{a},5,1\nt,fee,pnl\n{b},1,7\n",
    "a column more": "t,pnl\n{a},5\nt,pnl,fee\n{b},7,1\n",
    "far below": "t,pnl,x\n" + "{a},5,y\n" * 200 + "t,pnl,fee\n{b},7,1\n",
    "none below": "t,pnl,x\n{a},5,y\nt,fee,pnl\n",
}


def at(text: str) -> str:
    return text.replace("{a}", "2026-04-08 09:00").replace("{b}", "2026-04-08 10:00")


@pytest.mark.parametrize("text", HEADERS.values(), ids=HEADERS)
def test_another_header_within_the_rows_is_an_error_also_when_it_comes_later(
    workspace: WriteWorkspace, text: str
) -> None:
    text = at(text)
    second = text.index("\nt,") + 1
    root = workspace(ALL, {"logs/t.csv": text[:second]})
    assert open_desk(root).summary("all").metrics["net_pnl"]
    with (root / "logs/t.csv").open("a") as log:
        log.write(text[second:])
    for cached in (True, False):
        with pytest.raises(LogReadError, match=r"t\.csv: line \d+ is another header than line 1"):
            open_desk(root, cached=cached).summary("all")


def test_the_same_header_again_is_one_bad_line(workspace: WriteWorkspace) -> None:
    text = at("t,pnl,fee\n{a},5,1\nt,pnl,fee\n{b},7,1\n")
    summary = open_desk(workspace(ALL, {"logs/t.csv": text})).summary("all")
    assert (summary.metrics["net_pnl"], summary.data.bad_lines) == (12, 1)


def test_a_table_that_only_passes_over_may_have_a_header_of_its_own(
    workspace: WriteWorkspace,
) -> None:
    first, other = "k,t,pnl,fee\nT,{a},5,1\n", "k,t,fee,pnl\nU,{b},1,100\n"
    root = workspace(SOME, {"logs/t.csv": at(first)})
    assert_incremental_is_cold(root)
    for part, net in ((other, 5), ("U,{b},1,100\n", 5), (first, 10), (other, 10)):
        with (root / "logs/t.csv").open("a") as log:
            log.write(at(part))
        desk = assert_incremental_is_cold(root)
        assert desk.summary("all").metrics["net_pnl"] == net
        assert not desk.book.activity.rewritten
    with (root / "logs/t.csv").open("a") as log:
        log.write(at("T,{b},1,7\n"))
    for cached in (True, False):
        with pytest.raises(LogReadError, match="line 8 is another header than line 1"):
            open_desk(root, cached=cached).summary("all")


def test_what_precedes_the_header_is_no_header_unless_trades_stand_under_it(
    workspace: WriteWorkspace,
) -> None:
    text = at("pnl,t\n12,now\nt,pnl,fee\n{a},5,1\n")
    assert open_desk(workspace(ALL, {"logs/t.csv": text})).summary("all").metrics["net_pnl"] == 5


def test_a_csv_without_header_is_an_error(workspace: WriteWorkspace) -> None:
    root = workspace(ALL, {"logs/t.csv": at("{a},-500,1\n")})
    with pytest.raises(LogReadError, match="begins with a row and not with the names"):
        open_desk(root).summary("all")


def test_a_section_ends_where_the_next_table_begins(workspace: WriteWorkspace) -> None:
    dialect = "{section: Trades, fields: {closed_at: t, net_pnl: pnl}}"
    text = at("Account,1\nTrades\nt,pnl\n{a},5\n{b},6\n")
    root = workspace(CONFIG.format(dialect=dialect), {"logs/t.csv": text})
    for part, net in (("", 11), ("{b},3\n", 14), ("Dividends\nd,amount\n{b},100\n", 14)):
        with (root / "logs/t.csv").open("a") as log:
            log.write(at(part))
        desk = assert_incremental_is_cold(root)
        summary = desk.summary("all")
        assert (summary.metrics["net_pnl"], summary.data.bad_lines) == (net, 0)
        assert not desk.book.activity.rewritten
