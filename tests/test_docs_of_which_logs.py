"""docs/which-logs.md: every example is read as the page says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from perfkit.core.trades import Trades
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace
from tests.packages import install
from tests.test_docs import Block, blocks, iso, tables_of
from tests.test_extensions import packages

__all__ = ["packages"]

PAGE = Path(__file__).parents[1] / "docs/which-logs.md"


def parts(heading: str) -> list[Block]:
    """The fenced blocks below a heading."""
    text = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    assert text, heading
    count = len(re.findall(r"^```\w+$", text.partition("\n## ")[0], re.MULTILINE))
    every = blocks(PAGE)
    before = len(re.findall(r"^```\w+$", PAGE.read_text().partition(f"\n## {heading}\n")[0], re.M))
    return every[before : before + count]


def shown(trades: Trades) -> list[list[str]]:
    """Trades as the page shows them."""
    return [
        [
            iso(trade.closed_at),
            str(trade.symbol or "–"),
            str(trade.net_pnl),
            ", ".join(map(str, trades.places(row))),
        ]
        for row in range(len(trades))
        for trade in [trades[row]]
    ]


def test_worked_reader_reads_the_statement_as_shown(
    workspace: WriteWorkspace, packages: Path
) -> None:
    statement, project, code, dialect, source, said = parts("A reader of your own")
    brought = tomllib.loads(project.text)["project"]
    points = brought["entry-points"]
    install(
        packages,
        brought["name"],
        {"broker_logs/__init__.py": code.text, "broker_logs/broker.yaml": dialect.text},
        brought["version"],
        readers=points["perfkit.readers"],
        dialects=points["perfkit.dialects"],
    )
    desk = open_desk(workspace(source.text, {"logs/statement.xml": statement.text}))
    assert shown(desk.book.closed) == tables_of(source.after)[0]
    assert [str(error) for error in desk.book.errors] == said.text.splitlines()[2:]


@pytest.mark.parametrize("value", ['"3"', "3", "Decimal('3')", "3.0"])
def test_numbers_may_be_given_in_any_of_the_kinds_named(
    workspace: WriteWorkspace, packages: Path, value: str
) -> None:
    code = (
        "from datetime import UTC, datetime\nfrom decimal import Decimal\n\ndef read(file):\n"
        f"    yield {{'at': datetime(2026, 4, 6, tzinfo=UTC), 'pnl': {value}, 'x': float('nan')}}\n"
        f"    yield {{'at': datetime(2026, 4, 6, 3), 'pnl': None}}\n"
    )
    install(packages, "kinds", {"kinds.py": code}, readers={"kinds": "kinds:read"})
    config = (
        "sources:\n  - name: a\n    path: logs/a\n    currency: USD\n    reader: kinds\n"
        "    dialect: {fields: {closed_at: at, net_pnl: pnl, commission: x}}\n"
    )
    desk = open_desk(workspace(config, {"logs/a": ""}))
    assert shown(desk.book.closed) == [
        ["2026-04-06T00:00:00Z", "–", value.strip("Decimal(')\""), "logs/a[0]"]
    ]
    assert [str(one) for one in desk.book.errors] == [
        "logs/a[1]: closes a trade without any P&L or outcome"
    ]
