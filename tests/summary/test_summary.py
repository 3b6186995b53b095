"""What a summary says of its window: how much of it has passed, and which days are expected."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.core.calendar import WINDOW_KINDS
from tests.conftest import BOT, WriteWorkspace
from tests.small_desk import bot_line, desk_of

WEEKDAYS = "trading_week: mon-fri\n"
EASTER = "holidays: [2026-04-03, 2026-04-06]\n"


def with_days(workspace: WriteWorkspace, more: str, *days: str) -> perfkit.Desk:
    """A bot that wrote a file on each of those days, with a trade of 1 USD in it."""
    logs = {
        f"logs/trades/{day}.jsonl": f'{{"order_id": "{day}", "exit_timestamp": "{day}T10:00:00Z", '
        '"net_profit_loss": "1"}\n'
        for day in days
    }
    return perfkit.open(workspace(BOT + more, logs))


class TestSoFar:
    @pytest.mark.parametrize(
        ("config", "words", "passed", "days"),
        [
            ("", ("monthly", "2026-10-09"), 9, 31),
            ("", ("weekly", "2026-10-09"), 5, 7),
            ("", ("quarterly", "2026-10-09"), 9, 92),
            ("", ("yearly", "2026-10-09"), 282, 365),
            ("", ("daily", "2026-10-09"), 1, 1),
            ("", ("daily", "2026-10-10"), 0, 1),
            ("", ("monthly", "2026-09-30"), 30, 30),
            ("", ("monthly", "2026-11-01"), 0, 30),
            ("", ("last-7d", "2026-10-12"), 4, 7),
            ("", ("last-30d", "2026-10-09"), 30, 30),
            ("", ("all",), 1, 1),
            (WEEKDAYS, ("monthly", "2026-10-09"), 7, 22),
            (WEEKDAYS, ("weekly", "2026-10-09"), 5, 5),
            (WEEKDAYS + "holidays: [2026-10-05, 2026-10-12]\n", ("monthly",), 6, 20),
        ],
    )
    def test_expected_days_up_to_the_newest_line_have_passed(
        self,
        workspace: WriteWorkspace,
        config: str,
        words: tuple[str, ...],
        passed: int,
        days: int,
    ) -> None:
        """The newest line is of Friday, 9 October 2026."""
        window = with_days(workspace, config, "2026-10-09").summary(*words).window
        assert (window.days_so_far, window.days) == (passed, days)
        assert window.is_over is (passed == days)

    def test_it_is_said_in_text_markdown_and_json(self, workspace: WriteWorkspace) -> None:
        desk = with_days(workspace, "", "2026-10-09")
        month = desk.summary("monthly")
        assert str(month).splitlines()[0].endswith("2026-10-31 (9 of 31 days so far)")
        assert "(9 of 31 days so far)" in desk.glance("monthly").markdown
        assert "9 of 31 days so far" in str(month._repr_html_())
        said = month.to_builtins()["window"]
        assert (said["days_so_far"], said["days"], said["is_over"]) == (9, 31, False)

    def test_a_window_that_is_over_says_nothing_of_it(self, workspace: WriteWorkspace) -> None:
        desk = with_days(workspace, "", "2026-10-09")
        assert "so far" not in str(desk.summary("daily"))
        assert "so far" not in str(desk.summary("monthly", "2026-09-30"))

    def test_the_digest_changes_when_a_window_ends(self, workspace: WriteWorkspace) -> None:
        """A quiet last day changes no figure, but nothing more can come."""
        quiet = "quiet_days: zero\n"
        before = with_days(workspace, quiet, "2026-09-29").summary("monthly", "2026-09-30")
        after = with_days(workspace, quiet, "2026-09-29", "2026-10-01").summary(
            "monthly", "2026-09-30"
        )
        assert before.metrics["net_pnl"] == after.metrics["net_pnl"]
        assert (before.window.is_over, after.window.is_over) == (False, True)
        assert before.data.digest != after.data.digest

    def test_changes_compare_with_as_many_days(self, workspace: WriteWorkspace) -> None:
        desk = with_days(workspace, "", "2026-09-03", "2026-09-20", "2026-10-05")
        text = desk.changes("monthly").markdown
        assert text.startswith(
            "Compared with the first 5 days of the month before, 2026-09-01 to 2026-09-05: "
            "net P&L is the same.\n"
        )
        assert "| Closed trades | 1 | 1 | 0 |" in text
        assert desk.changes("monthly", "2026-09-20").markdown.startswith(
            "Compared with the month before, 2026-08: no trades closed then."
        )

    @given(
        newest=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
        asked=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
        kind=st.sampled_from([kind for kind in WINDOW_KINDS if kind != "all"]),
        week=st.sampled_from([range(5), range(7), [6, 0, 1]]),
        holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=9),
    )
    def test_days_are_counted_one_by_one(
        self,
        fresh_workspace: WriteWorkspace,
        newest: date,
        asked: date,
        kind: str,
        week: range,
        holidays: frozenset[date],
    ) -> None:
        names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        config = f'trading_week: "{",".join(names[n] for n in week)}"\n'
        config += (
            "".join(["holidays:\n", *(f"  - {day}\n" for day in holidays)]) if holidays else ""
        )
        window = with_days(fresh_workspace, config, str(newest)).summary(kind, asked).window
        days = [
            date.fromordinal(n)
            for n in range(window.first_day.toordinal(), window.last_day.toordinal() + 1)
        ]
        expected = [day for day in days if day.weekday() in week and day not in holidays]
        assert window.days == len(expected)
        assert window.days_so_far == sum(day <= newest for day in expected)


class TestHolidays:
    def test_a_holiday_is_not_missing(self, workspace: WriteWorkspace) -> None:
        desk = with_days(workspace, WEEKDAYS + EASTER, "2026-04-02", "2026-04-07")
        data = desk.summary("monthly").data
        assert data.missing_days == (date(2026, 4, 1),)
        without = with_days(workspace, WEEKDAYS, "2026-04-02", "2026-04-07")
        assert len(without.summary("monthly").data.missing_days) == 3

    def test_a_holiday_is_no_day_of_a_ratio(self, workspace: WriteWorkspace) -> None:
        """Two trades in 3 expected days of 5: 2/3 a day."""
        config = WEEKDAYS + EASTER + "quiet_days: zero\n"
        desk = with_days(workspace, config, "2026-04-02", "2026-04-07")
        rate = desk.summary(start="2026-04-01", end="2026-04-07").metrics["trades_per_day"]
        assert str(rate) == "0.666666666666666667"
        frame = desk.daily(start="2026-04-01", end="2026-04-07")
        assert [day.day for day in frame.index] == [1, 2, 7]

    def test_a_trade_on_a_holiday_counts(self, workspace: WriteWorkspace) -> None:
        desk = with_days(workspace, WEEKDAYS + EASTER, "2026-04-02", "2026-04-06", "2026-04-07")
        assert desk.summary("monthly").metrics["closed_trades"] == 3


class TestOpenSides:
    """`start` alone goes on to the newest line, `end` alone begins with the first."""

    def test_a_window_is_the_same_everywhere(self, tmp_path: Path) -> None:
        days = ("2026-04-06", "2026-04-07", "2026-04-09")
        files = {f"{day}.jsonl": bot_line(n, "1", day).encode() for n, day in enumerate(days)}
        desk = desk_of(tmp_path, "????-??-??.jsonl", files)
        assert desk.window(start="2026-04-07").label == "2026-04-07..2026-04-09"
        assert desk.window(end="2026-04-07").label == "2026-04-06..2026-04-07"
        assert desk.window(start="", end="").label == "2026-04-09"
        assert len(desk.trades("2026-04-07")) == len(desk.trades("2026-04-07", "")) == 2
        assert len(desk.trades(end="2026-04-07")) == 2
        assert desk.explain("wins", start="2026-04-07").value == 2
        assert len(desk.daily(end="2026-04-07")) == 2
        assert desk.summary(start="2026-04-07", window="range").metrics["wins"] == 2
        assert desk.changes(end="2026-04-07").markdown.startswith("Compared with the period before")

    def test_a_line_that_is_dated_ahead_is_in_it(self, tmp_path: Path) -> None:
        files = {
            "2026-04-06.jsonl": bot_line(1, "1").encode(),
            "2199-01-01.jsonl": bot_line(2, "1", "2199-01-01").encode(),
        }
        desk = desk_of(tmp_path, "????-??-??.jsonl", files)
        assert desk.window(start="2026-04-06").last_day == date(2199, 1, 1)
