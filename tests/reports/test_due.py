"""Which reports a command is about."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.core.calendar import Calendar
from perfkit.core.errors import (
    UsageError,
)
from perfkit.reports import due, published
from perfkit.reports.definitions import Definition
from perfkit.reports.model import Models
from perfkit.reports.run import Wanted
from tests.reportkit import LOGS, write_workspace


class TestDue:
    """Which reports a command is about."""

    @given(
        st.sampled_from(published.KINDS),
        st.dates(date(2020, 1, 1), date(2030, 1, 1)),
        st.integers(0, 400),
        st.sets(st.integers(0, 6), min_size=1),
    )
    def test_every_trading_day_of_a_span_has_its_report_once(
        self, kind: str, first: date, days: int, week: set[int]
    ) -> None:
        calendar = Calendar(trading_week=frozenset(week))
        last = first + timedelta(days=days)
        wanted = due.between(calendar, Definition("own", "own", kind), first, last)
        windows = [calendar.window(one.window_kind, one.day) for one in wanted]
        assert len({window.label for window in windows}) == len(windows)
        assert windows == sorted(windows, key=lambda window: window.first_day)
        for day in calendar.expected_days(first, last):
            assert sum(window.first_day <= day <= window.last_day for window in windows) == 1

    def test_span_that_is_none_or_too_long_is_an_error(self) -> None:
        with pytest.raises(UsageError, match="swap them"):
            due.between(Calendar(), due.STANDARD[0], date(2026, 4, 8), date(2026, 4, 7))
        with pytest.raises(UsageError, match="at most 3660 days"):
            due.between(Calendar(), due.STANDARD[0], date(1990, 4, 8), date(2026, 4, 7))

    def test_weekend_of_a_trading_week_is_not_due(self, tmp_path: Path) -> None:
        root = write_workspace(tmp_path / "trading", LOGS)
        with (root / "config/perfkit.yaml").open("a") as config:
            config.write("\ntrading_week: mon-fri\n")
        models = Models(perfkit.open(root), {})
        wanted = due.due(models, date(2026, 4, 12))
        assert wanted == [
            Wanted("daily", date(2026, 4, 10)),
            Wanted("weekly", date(2026, 4, 12)),
            Wanted("monthly", date(2026, 3, 31)),
        ]
