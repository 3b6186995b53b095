"""The holidays of an exchange, written into a configuration."""

import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.config import settings as configs
from perfkit.config.holidays import exchange_holidays, exchange_in, with_holidays
from perfkit.core.errors import MissingExtraError, UsageError
from tests.conftest import BOT

DAYS = [date(2026, 1, 1), date(2026, 4, 3)]


class TestExchange:
    def test_holidays_of_new_york_are_those_it_published_for_2026(self) -> None:
        """Independence Day is a Saturday in 2026, so the exchange is closed on the Friday."""
        published = "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25"
        found = exchange_holidays("XNYS", date(2026, 1, 1), date(2026, 12, 31))
        assert [f"{day:%m-%d}" for day in found] == published.split()

    def test_an_alias_is_a_name_and_a_market_that_never_closes_has_none(self) -> None:
        span = (date(2026, 4, 1), date(2026, 4, 30))
        assert exchange_holidays("NYSE", *span) == [date(2026, 4, 3)]
        assert exchange_holidays("24/7", *span) == []

    def test_an_unknown_name_is_refused_with_a_suggestion(self) -> None:
        with pytest.raises(UsageError, match=r"there is no calendar 'XNYC'; did you mean XNY"):
            exchange_holidays("XNYC", *DAYS)

    def test_years_that_are_not_known_are_refused(self) -> None:
        with pytest.raises(UsageError, match="choose other years with --from and --to"):
            exchange_holidays("XKRX", date(2090, 1, 1), date(2090, 12, 31))

    def test_without_the_package_it_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "exchange_calendars", None)
        with pytest.raises(
            MissingExtraError, match=r"PERFKIT\[calendars\].*calendars of exchanges"
        ):
            exchange_holidays("XNYS", *DAYS)


class TestWriting:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("", "holidays:  # of X, 2026 to 2026\n  - 2026-01-01\n  - 2026-04-03\n"),
            ("holidays: XNYS\n", None),
            ("holidays: XNYS", None),
            ("holidays:  # of X, 2025 to 2025\n  - 2025-01-01\n  - 2025-12-25\n", None),
            ("holidays:\n- 2025-01-01\n\n- 2025-12-25\n", None),
            ("holidays: [2025-01-01,\n  2025-12-25]\n", None),
        ],
    )
    @pytest.mark.parametrize(
        "more", ["", "\n# when it trades\ntrading_week: mon-fri  # five days\n"]
    )
    def test_the_key_is_replaced_and_all_else_stays(
        self, before: str, after: str | None, more: str
    ) -> None:
        wanted = after or "holidays:  # of X, 2026 to 2026\n  - 2026-01-01\n  - 2026-04-03\n"
        if more and not before.endswith("\n"):
            before += "\n" if before else ""
        if before:
            assert with_holidays(BOT + before + more, "X", DAYS) == BOT + wanted + more
        else:
            assert with_holidays(BOT + more, "X", DAYS) == BOT + more + wanted

    @pytest.mark.parametrize("text", ["- 1\n", "{sources: [], holidays: XNYS}\n"])
    def test_what_cannot_be_replaced_is_refused(self, text: str) -> None:
        with pytest.raises(UsageError, match="copy the lines"):
            with_holidays(text, "X", DAYS)

    @given(st.lists(st.dates(date(2000, 1, 1), date(2050, 1, 1)), unique=True).map(sorted))
    def test_what_is_written_is_read_back(self, days: list[date]) -> None:
        text = with_holidays(BOT + "holidays: XNYS\ntimezone: UTC\n", "XNYS", days)
        config = configs.of_text(text.encode(), "/workspace")
        assert sorted(config.calendar.holidays) == days
        assert with_holidays(text, "XNYS", days) == text

    def test_the_name_in_place_of_holidays_is_found(self) -> None:
        assert exchange_in(BOT + "holidays: XNYS\n") == "XNYS"
        assert exchange_in(BOT + "holidays: [2026-01-01]\n") is None
        assert exchange_in(BOT) is None


def test_holidays_of_a_configuration_are_dates(tmp_path: Path) -> None:
    config = configs.of_text(f"{BOT}holidays: [2026-12-25, 2026-04-03]\n".encode(), str(tmp_path))
    assert config.calendar.holidays == {date(2026, 4, 3), date(2026, 12, 25)}
    assert configs.of_text(f"{BOT}holidays:\n".encode(), str(tmp_path)).calendar.holidays == set()
