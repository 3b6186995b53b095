"""A column that is renamed from one file to the next is told."""

from __future__ import annotations

import pytest

from perfkit.alerts import cron
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

CONFIG = """\
quiet_days: zero
sources:
  - name: bot
    path: logs/trades
    pattern: "????-??-??.csv"
    currency: USD
    dialect: {{{dialect}}}
"""
TRADES = "fields: {closed_at: t, opened_at: o, gross_pnl: pnl, commission: fee or costs}"
RULE = "rules: [{id: r, metric: win_rate, over: {trades: 5}, below: 0.1, severity: warning}]"
FIRST = "t,o,pnl,fee,k\n2026-01-05 10:00,2026-01-05 09:00,5,1,T\n"


def said(
    workspace: WriteWorkspace, second: str, dialect: str = TRADES
) -> tuple[list[tuple[int, str]], int]:
    """The findings about columns, with their counts, and the exit code of the alerts."""
    logs = {
        "logs/trades/2026-01-05.csv": FIRST,
        "logs/trades/2026-01-06.csv": second.replace("{}", "2026-01-06 10:00,2026-01-06 09:00"),
        "config/alerts.yaml": RULE,
    }
    root = workspace(CONFIG.format(dialect=dialect), logs)
    found = open_desk(root).summary("all").data.findings
    messages = [(one.count, one.message) for one in found if one.code == "lost_column"]
    return messages, cron.main(["--root", str(root)])


@pytest.mark.parametrize(
    ("second", "field", "code"),
    [
        ("t,o,pnl,Fee\n{},-5,1\n", "commission", 0),
        ("T,o,pnl,fee\n{},-5,1\n", "closed_at", 3),
        ("t,o,PnL,fee\n{},-5,1\n", "gross_pnl", 3),
    ],
)
def test_a_field_whose_column_has_another_name_in_a_newer_file_is_told(
    workspace: WriteWorkspace, second: str, field: str, code: int
) -> None:
    ((count, message),), found = said(workspace, second)
    assert (count, found) == (1, code)
    assert message.startswith("logs/trades/2026-01-06.csv has no column `")
    assert f"which earlier files have and {field} is read from" in message


@pytest.mark.parametrize("second", ["t,o,pnl,costs\n{},-5,1\n", "o,fee,pnl,t,x\n", ""])
def test_other_names_of_the_dialect_and_another_order_are_nothing(
    workspace: WriteWorkspace, second: str
) -> None:
    assert said(workspace, second)[0] == []


def test_a_condition_on_a_column_that_is_gone_is_told(workspace: WriteWorkspace) -> None:
    dialect = "only: {k: T}, " + TRADES
    ((_, message),), code = said(workspace, "t,o,pnl,fee,K\n{},-5,1,T\n", dialect)
    assert "`k`, which earlier files have and only is read from" in message
    assert code == 3


def test_the_first_of_several_files_is_named_and_older_ones_are_not(
    workspace: WriteWorkspace,
) -> None:
    second = "t,o,pnl\n{},-5\n"
    assert said(workspace, second)[0][0][0] == 1
    root = workspace(
        CONFIG.format(dialect=TRADES),
        {"logs/trades/2026-01-07.csv": "t,o,pnl\n", "logs/trades/2026-01-04.csv": "t,o,pnl\n"},
    )
    found = [
        one for one in open_desk(root).summary("all").data.findings if one.code == "lost_column"
    ]
    assert [(one.count, one.message[:29]) for one in found] == [
        (2, "logs/trades/2026-01-06.csv ha")
    ]
