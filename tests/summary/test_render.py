"""Summaries as a person reads them, byte for byte: see `tests/golden/`.

`PERFKIT_GOLDEN=write pytest tests/summary/test_render.py` writes the golden files
anew; read their diff.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import perfkit
from perfkit import Desk
from perfkit.book.store.day_sheet import DIMENSIONS
from perfkit.metrics.registry import METRICS
from perfkit.summary.labels import Cash, groups, label_of, moment, shown
from perfkit.summary.render import breakdown_text, period_words, summary_markdown, summary_text
from tests.conftest import BOT, WriteWorkspace

GOLDEN = Path(__file__).parents[2] / "tests/golden"
WRITE = os.environ.get("PERFKIT_GOLDEN") == "write"

HOSTILE = "b|`<b>\n\u202e](x)"

CONFIG = (
    BOT
    + """\
timezone: America/New_York
starting_equity: 1000
targets:
  win_rate: {at_least: 0.5}
  win_rate_low: {at_least: 0.9}
  expectancy: {at_least: 10, at_most: 10000}
  sharpe: {at_least: 1}
  weekly:
    net_pnl: {at_least: 25}
    max_drawdown: {at_least: -400}
  monthly:
    net_pnl: {at_least: 1000}
"""
)


def trade(order: str, opened_at: str, closed_at: str | None, pnl: str | None, **more: str) -> str:
    """A line of a `trade_record` log; times are UTC, in April 2026."""
    times = {
        "timestamp": f"2026-04-{opened_at}Z",
        "exit_timestamp": closed_at and f"2026-04-{closed_at}Z",
    }
    return json.dumps({"order_id": order, **times, "net_profit_loss": pnl, **more}) + "\n"


PLAN = {"action": "BUY", "price": "100", "stop_loss": "98", "target": "106", "quantity": "10"}
LOGS = {
    "logs/trades/2026-04-06.jsonl": trade(
        *("A1", "06T13:30:00", "06T15:00:00", "1234.565"),
        **PLAN, strategy_name="trend", execution_mode="LIVE", commission="1.25", slippage="-0.5",
    )
    + trade(
        *("A2", "06T13:30:00", "06T15:00:00", "-20.01"),
        **PLAN, strategy_name=HOSTILE, execution_mode="PAPER", commission="0.35",
    )
    + trade("A3", "06T14:00:00", None, "7.5", outcome="open", strategy_name="trend"),
    "logs/trades/2026-04-07.jsonl": trade(
        *("B1", "06T20:00:00", "07T03:59:59", "-500"), strategy_name=HOSTILE
    )
    + trade("B2", "07T14:00:00", "07T16:00:00", "0", strategy_name="trend")
    + trade("B2", "07T14:00:00", "07T16:00:00", "0", strategy_name="trend")
    + trade("B3", "07T14:00:00", "07T17:00:00", None, outcome="win")
    + "not JSON\n",
    "logs/trades/2026-04-09.jsonl": trade(
        *("C1", "09T14:00:00", "09T15:30:00", "-100.005"), strategy_name="trend", symbol="日本"
    )
    + trade("C2", "09T14:00:00", "09T15:40:00", "0.004", strategy_name="trend"),
}  # fmt: skip
"""A week with a win, losses on either side of midnight in New York, a breakeven logged twice, a win
of unknown P&L, an open trade, a bad line, and no file for the 8th."""

CLEAN = {"logs/trades/2026-04-06.jsonl": trade("A1", "06T13:30:00", "06T15:00:00", "10")}

PAGES: Mapping[str, Callable[[Desk], object]] = {
    "week.txt": lambda desk: summary_text(desk.summary("weekly")),
    "week.md": lambda desk: summary_markdown(desk.summary("weekly")),
    "week-by-strategy.md": lambda desk: desk.breakdown("strategy", "weekly"),
    "week-by-strategy.txt": lambda desk: breakdown_text(desk.summary("weekly"), "strategy"),
    "week-by-weekday.md": lambda desk: desk.breakdown("weekday", "weekly"),
    "week-of-one-strategy.md": lambda desk: desk.glance("weekly", where={"strategy": [HOSTILE]}),
    "month-glance.md": lambda desk: desk.glance("monthly"),
    "two-days.txt": lambda desk: summary_text(desk.summary(start="2026-04-06", end="2026-04-07")),
    "day-without-trades.txt": lambda desk: summary_text(desk.summary(date="2026-04-10")),
    "day-without-trades.md": lambda desk: summary_markdown(desk.summary(date="2026-04-10")),
    "explain-max-drawdown.txt": lambda desk: desk.explain("max_drawdown", "weekly"),
}
"""Golden file to what makes it."""


@pytest.fixture
def desk(workspace: WriteWorkspace) -> Desk:
    return perfkit.open(workspace(CONFIG, LOGS))


def is_golden(name: str, text: str) -> None:
    """Compares the bytes of a text with a golden file, or writes it."""
    path = GOLDEN / name
    if WRITE:
        path.write_bytes(text.encode())
    assert text.encode() == path.read_bytes()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_the_golden_one(desk: Desk, name: str) -> None:
    is_golden(name, str(PAGES[name](desk)))


def test_day_about_which_there_is_nothing_to_say_is_the_golden_one(
    workspace: WriteWorkspace,
) -> None:
    desk = perfkit.open(workspace(logs=CLEAN))
    is_golden("clean-day.md", summary_markdown(desk.summary()))


def test_every_golden_file_has_its_test() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {
        *PAGES,
        "clean-day.md",
        "alert-sentences.txt",
    }


@pytest.mark.parametrize("name", [name for name in PAGES if name.endswith(".md")])
def test_page_is_markdown_whose_tables_are_whole_and_in_which_no_name_is_markup(name: str) -> None:
    text = (GOLDEN / name).read_text(encoding="utf-8")
    page = MarkdownIt("commonmark").enable("table").parse(text)
    kinds = Counter(token.type for token in page)
    inside = Counter(child.type for token in page for child in token.children or ())
    assert not [kind for kind in kinds + inside if kind.startswith(("html", "link", "fence"))]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    rules = [line for line in rows if line.startswith("| :--")]
    assert kinds["table_open"] == len(rules) > 0
    cells = [line.replace("\\|", "").count("|") - 1 for line in rows if line not in rules]
    found = [token.type for token in page]
    assert cells == [
        found[start:stop].count("td_open") + found[start:stop].count("th_open")
        for start, stop in rows_of(found)
    ]


def rows_of(kinds: list[str]) -> list[tuple[int, int]]:
    """Where each row of a table begins and ends in a list of token types."""
    starts = [n for n, kind in enumerate(kinds) if kind == "tr_open"]
    stops = [n for n, kind in enumerate(kinds) if kind == "tr_close"]
    return list(zip(starts, stops, strict=True))


def test_every_metric_stands_in_one_group_and_has_a_label_of_its_own() -> None:
    listed = [name for names in groups(METRICS).values() for name in names]
    assert sorted(listed) == sorted(METRICS)
    assert len({label_of(name) for name in METRICS}) == len(METRICS)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_breakdown_in_the_terminal_has_a_line_for_each_part(desk: Desk, dimension: str) -> None:
    summary = desk.summary("weekly")
    lines = breakdown_text(summary, dimension).splitlines()
    assert len(lines) == 1 + len(summary.breakdowns[dimension])
    assert lines[0].startswith(label_of(dimension))


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("net_pnl", Decimal("1234.565"), "+1,234.56 USD"),
        ("net_pnl", Decimal("-0.001"), "0.00 USD"),
        ("avg_loss", Decimal("-12.5"), "-12.50 USD"),
        ("commission", Decimal("3.5"), "3.50 USD"),
        ("sd_day", Decimal("3.5"), "3.50 USD"),
        ("win_rate", Decimal("0.333333333333333333"), "33.3 %"),
        ("max_drawdown_pct", Decimal("-0.5"), "-50.0 %"),
        ("avg_hold_seconds", Decimal("7500"), "2 h 05 min"),
        ("wins", 1234, "1,234"),
        ("trading_days", 5, "5"),
        ("avg_r", Decimal("-0.333333333333"), "-0.33 R"),
        ("profit_factor", Decimal("1.005"), "1.00"),
        ("trades_per_day", Decimal("2.5"), "2.50"),
        ("current_streak_kind", "loss", "loss"),
        ("drawdown_trough_at", datetime(2026, 4, 6, 15, tzinfo=UTC), "2026-04-06 11:00:00 EDT"),
        ("sharpe", None, "–"),
    ],
)
def test_figure_is_shown_in_its_unit(
    metric: str, value: int | str | Decimal | datetime | None, text: str
) -> None:
    assert shown(metric, value, Cash("USD"), "America/New_York") == text


@pytest.mark.parametrize(
    ("at", "zone", "text"),
    [
        ("2026-01-01T00:00:00.999999+00:00", "UTC", "2026-01-01 00:00:00 UTC"),
        ("2026-10-25T00:30:00+00:00", "Europe/Berlin", "2026-10-25 02:30:00 CEST"),
        ("2026-10-25T01:30:00+00:00", "Europe/Berlin", "2026-10-25 02:30:00 CET"),
    ],
)
def test_moment_is_shown_in_the_zone_of_the_workspace(at: str, zone: str, text: str) -> None:
    assert moment(datetime.fromisoformat(at), zone) == text


@pytest.mark.parametrize(
    ("pnls", "net", "won"),
    [
        (("0.00016", "-0.00003"), "+0.00013 BTC", "+0.00016 BTC"),
        (("250.5", "-12.125"), "+238.38 BTC", "+250.50 BTC"),
        (("0.62134234", "-0.1"), "+0.521 BTC", "+0.621 BTC"),
        (("0", "0"), "0.00 BTC", "0.00 BTC"),
        (("0.0000000123456", "0.00000001"), "+0.0000000223 BTC", "+0.0000000223 BTC"),
    ],
)
def test_money_has_the_decimals_that_show_a_typical_trade(
    workspace: WriteWorkspace, pnls: tuple[str, str], net: str, won: str
) -> None:
    lines = [
        {"exit_timestamp": f"2026-04-06T1{n}:00:00Z", "net_profit_loss": pnl}
        for n, pnl in enumerate(pnls)
    ]
    config = BOT.replace("USD", "BTC")
    log = "".join(f"{json.dumps(line)}\n" for line in lines)
    summary = perfkit.open(workspace(config, {"logs/trades/2026-04-06.jsonl": log})).summary("all")
    rows = dict(re.findall(r"  (Net P&L|Gross profit) +(\S+ BTC)", str(summary)))
    assert rows == {"Net P&L": net, "Gross profit": won}


@pytest.mark.parametrize(
    ("window", "day", "words"),
    [
        ("daily", "2025-10-09", "Thursday 9 October 2025"),
        ("weekly", "2025-10-09", "6 to 12 October 2025 (2025-W41)"),
        ("weekly", "2025-10-01", "29 September to 5 October 2025 (2025-W40)"),
        ("weekly", "2026-01-01", "29 December 2025 to 4 January 2026 (2026-W01)"),
        ("monthly", "2025-10-09", "October 2025"),
        ("quarterly", "2025-10-09", "Q4 2025"),
        ("yearly", "2025-10-09", "2025"),
        ("last-7d", "2025-10-09", "3 to 9 October 2025"),
    ],
)
def test_period_in_words(workspace: WriteWorkspace, window: str, day: str, words: str) -> None:
    desk = perfkit.open(workspace(BOT, {"logs/trades/2025-10-09.jsonl": ""}))
    assert period_words(desk.summary(window, day).window) == words


def test_title_names_the_period_and_the_filter(workspace: WriteWorkspace) -> None:
    line = '{"order_id": "1", "timestamp": "2025-10-09T10:00:00Z", "outcome": "win"}\n'
    desk = perfkit.open(workspace(BOT, {"logs/trades/2025-10-09.jsonl": line}))
    week = desk.glance("weekly", where="side=long", title="Weekly report").markdown
    assert week.startswith(
        "# Weekly report, 6 to 12 October 2025 (2025-W41) where side = long\n\n"
        "Data up to Thursday 9 October 2025: 4 of 7 days so far.\n\n"
    )
    before = desk.glance("weekly", "2025-10-01", title="Weekly report").markdown
    assert "\n\nThe week is over.\n\n" in before
    day = desk.glance("daily", title="Daily report").markdown
    assert day.startswith("# Daily report, Thursday 9 October 2025\n\nNet P&L ")
