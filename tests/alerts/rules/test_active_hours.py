"""When a rule counts time: hours of a week, without holidays."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.alerts.rules.active_hours import (
    ActiveHours,
    active_us,
    holds,
    hours_of_days,
    reached,
    without_holidays,
)
from perfkit.core.calendar import DAY_US, EVERY_DAY, HOUR_US, Calendar, instant_of

MONDAY_HOLIDAY = frozenset({date(2026, 5, 25)})
WEEKDAYS = frozenset(range(5))


def at(text: str) -> int:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


class TestHolidays:
    def test_a_session_on_a_holiday_is_not_active(self) -> None:
        hours = without_holidays(
            ActiveHours(WEEKDAYS, 9 * 60, 17 * 60, "UTC"), Calendar(holidays=MONDAY_HOLIDAY)
        )
        assert holds(hours, at("2026-05-22T10:00"))
        assert not holds(hours, at("2026-05-25T10:00"))
        assert holds(hours, at("2026-05-26T10:00"))
        assert active_us(hours, at("2026-05-22T16:00"), at("2026-05-26T10:00")) == 2 * HOUR_US
        assert reached(hours, at("2026-05-22T16:00"), 2 * HOUR_US) == at("2026-05-26T10:00")

    @pytest.mark.parametrize(
        ("instant", "active"),
        [
            ("2026-05-24T21:59", True),  # Sunday 17:59 in New York
            ("2026-05-24T22:30", False),  # Sunday 18:30: the session of the holiday has begun
            ("2026-05-25T14:00", False),
            ("2026-05-25T22:30", True),  # Monday 18:30: the session of Tuesday
        ],
    )
    def test_a_session_is_of_the_trading_day_it_starts_in(self, instant: str, active: bool) -> None:
        calendar = Calendar("America/New_York", time(17), holidays=MONDAY_HOLIDAY)
        hours = ActiveHours(EVERY_DAY, 18 * 60, 18 * 60, "America/New_York")
        assert holds(without_holidays(hours, calendar), at(instant)) is active

    def test_hours_may_be_of_another_zone_than_the_holidays(self) -> None:
        calendar = Calendar("Asia/Tokyo", holidays=frozenset({date(2026, 5, 5)}))
        london = ActiveHours(EVERY_DAY, 16 * 60, 20 * 60, "Europe/London")
        hours = without_holidays(london, calendar)
        # 16:00 of Monday in London is 0:00 of Tuesday, the holiday, in Tokyo.
        assert not holds(hours, at("2026-05-04T16:00"))
        assert holds(hours, at("2026-05-05T16:00"))

    @given(
        holidays=st.frozensets(st.dates(date(2026, 3, 20), date(2026, 4, 10)), min_size=1),
        zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
        day_start=st.sampled_from([time(0), time(17), time(6, 30)]),
        instant=st.integers(at("2026-03-22T00:00"), at("2026-04-08T00:00")),
    )
    def test_without_hours_all_time_is_active_but_that_of_holidays(
        self, holidays: frozenset[date], zone: str, day_start: time, instant: int
    ) -> None:
        calendar = Calendar(zone, day_start, holidays=holidays)
        hours = hours_of_days(calendar)
        assert holds(hours, instant) is (calendar.day_of(instant) not in holidays)

    @given(st.frozensets(st.dates(date(2026, 4, 1), date(2026, 4, 30))))
    def test_active_time_is_that_of_all_other_days(self, holidays: frozenset[date]) -> None:
        hours = hours_of_days(Calendar(holidays=holidays))
        start, end = at("2026-04-01T00:00"), at("2026-05-01T00:00")
        assert active_us(hours, start, end) == (30 - len(holidays)) * DAY_US

    def test_what_a_rule_says_of_its_hours_does_not_depend_on_holidays(self) -> None:
        """Otherwise a new year of holidays would end every episode."""
        own = ActiveHours(WEEKDAYS, 9 * 60, 17 * 60, "UTC")
        assert str(without_holidays(own, Calendar(holidays=MONDAY_HOLIDAY))) == str(own)
        assert str(hours_of_days(Calendar(holidays=MONDAY_HOLIDAY))) == ""

    def test_spans_go_on_after_years_of_holidays(self) -> None:
        days = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(800))
        hours = hours_of_days(Calendar(holidays=days))
        start = at("2026-01-01T00:00")
        assert next(hours.spans(start)) == (start + 800 * DAY_US, start + 801 * DAY_US)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "UTC", "Pacific/Kiritimati"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00", "9999-12-31T23:59:59"])
def test_hours_end_with_the_calendar(zone: str, moment: str) -> None:
    hours = ActiveHours(frozenset(range(7)), 9 * 60, 8 * 60, zone)
    instant = instant_of(datetime.fromisoformat(moment + "+00:00"))
    spans = list(hours.spans(instant))
    assert all(start < end for start, end in spans)
    assert active_us(hours, instant - 1, instant) in (0, 1)
    assert reached(hours, instant, 60_000_000) >= instant
    assert holds(hours, instant) in (True, False)
