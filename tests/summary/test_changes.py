"""What changed since the period before."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import perfkit
from perfkit.alerts.status import began_in
from perfkit.core.calendar import Calendar, Window, moment_of
from perfkit.summary import changes
from perfkit.summary.changes import Episode
from perfkit.summary.shape import WindowShape
from tests.reportkit import LOGS, golden, write_workspace


def so_far(window: Window, days: int, count: int) -> WindowShape:
    """A window of which so many days have passed."""
    return WindowShape(
        window.kind,
        window.label,
        moment_of(window.start),
        moment_of(window.end),
        window.first_day,
        window.last_day,
        window.timezone,
        days,
        count,
        is_over=days == count,
    )


class TestChanges:
    """What changed since the period before."""

    def test_figures_targets_and_alerts_stand_in_the_section(self, tmp_path: Path) -> None:
        root = write_workspace(tmp_path / "trading", LOGS)
        with (root / "config/perfkit.yaml").open("a") as config:
            config.write("\ntargets: {net_pnl: {at_least: 100}, win_rate: {at_least: 0.1}}\n")
        event = {
            "event": "performance.alert",
            "id": "1",
            "kind": "firing",
            "episode": "e1",
            "rule": "win-rate|20",
            "group": "a",
            "severity": "warning",
            "occurred_at": "2026-04-08T11:00:00Z",
            "message": "win rate 40 % < 60 %",
        }
        other = [
            event | {"kind": "resolved", "reason": "recovered"},
            event | {"episode": "e0", "occurred_at": "2026-04-07T11:00:00Z"},
        ]
        lines = [json.dumps(one) for one in (event, *other)]
        (root / "logs/performance-alerts.jsonl").write_text("\n".join([*lines, "torn"]) + "\n")
        golden("changes.md", str(perfkit.open(root).changes("daily", "2026-04-08")))

    def test_period_without_trades_before_is_said(self, tmp_path: Path) -> None:
        desk = perfkit.open(write_workspace(tmp_path / "trading", LOGS))
        text = str(desk.changes("daily", "2026-04-07"))
        assert text.startswith(
            "Compared with the trading day before, 2026-04-06: no trades closed then.\n"
        )
        assert "| Net P&L | +1.50 USD | 0.00 USD | +1.50 USD |" in text
        nothing = str(desk.changes("daily", "2026-04-06"))
        assert "|" not in nothing
        month = str(desk.changes("monthly", "2026-04-06"))
        assert month.startswith(
            "Compared with the first 8 days of the month before, 2026-03-01 to 2026-03-08: "
            "no trades closed then."
        )
        over = str(desk.changes("monthly", "2026-03-06"))
        assert over.startswith("Compared with the month before, 2026-02: ")
        span = str(desk.changes("last-7d", "2026-04-06"))
        assert span.startswith("Compared with the period before, ")

    def test_monday_is_compared_with_friday_where_nobody_trades_at_weekends(self) -> None:
        calendar = Calendar(trading_week=frozenset(range(5)))
        monday = calendar.window("daily", date(2026, 4, 13))
        assert changes.period_before(calendar, monday, so_far(monday, 1, 1)).label == "2026-04-10"
        week = calendar.window("weekly", date(2026, 4, 13))
        assert changes.period_before(calendar, week, so_far(week, 5, 5)).label == "2026-W15"

    def test_a_day_after_holidays_is_compared_with_the_last_before_them(self) -> None:
        holidays = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
        calendar = Calendar(trading_week=frozenset(range(5)), holidays=holidays)
        tuesday = calendar.window("daily", date(2026, 4, 7))
        assert changes.period_before(calendar, tuesday, so_far(tuesday, 1, 1)).label == "2026-04-02"

    @pytest.mark.parametrize(
        ("kind", "days", "count", "last"),
        [
            ("monthly", 22, 7, date(2026, 3, 10)),
            ("weekly", 5, 2, date(2026, 3, 31)),
            ("monthly", 31, 22, date(2026, 3, 31)),
            ("quarterly", 65, 1, date(2026, 1, 1)),
        ],
    )
    def test_a_window_that_is_not_over_is_compared_with_as_many_days(
        self, kind: str, days: int, count: int, last: date
    ) -> None:
        """7 days of April from Monday to Friday are those up to Thursday 9, of March up to 10."""
        calendar = Calendar(trading_week=frozenset(range(5)))
        window = calendar.window(kind, date(2026, 4, 9))
        before = changes.period_before(calendar, window, so_far(window, days, count))
        assert (before.first_day, before.last_day) == (calendar.previous(window).first_day, last)

    def test_without_an_event_log_there_are_no_episodes(self, tmp_path: Path) -> None:
        assert began_in(tmp_path, Calendar().window("daily", date(2026, 4, 8))) == ()

    def test_of_many_episodes_the_first_are_told(self, tmp_path: Path) -> None:
        desk = perfkit.open(write_workspace(tmp_path / "trading", LOGS))
        summary = desk.summary("daily", "2026-04-08")
        at = datetime(2026, 4, 8, tzinfo=UTC)
        many = [Episode(f"r{n}", "", "critical", at, "x") for n in range(25)]
        text = changes.changes(summary, summary, many).markdown
        assert text.count("critical") == changes.MOST_EPISODES
        assert text.endswith("- and 5 more\n")
        assert ": net P&L is the same.\n" in text
