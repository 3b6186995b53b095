"""Trading days and windows: half-open, in a time zone, clock changes included."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.calendar import (
    CALENDAR_WINDOWS,
    DAY_US,
    EVERY_DAY,
    HOUR_US,
    MONDAY_TO_FRIDAY,
    WINDOW_KINDS,
    Calendar,
    instant_of,
    moment_of,
    parse_date,
    zone_named,
)
from perfkit.core.errors import UsageError, WindowError
from tests import oracle

CHANGES = {
    "UTC": ["2024-12-31T23:00"],
    "Asia/Kolkata": ["2026-03-31T18:30"],
    "America/New_York": ["2026-03-08T07:00", "2025-11-02T06:00"],
    "Europe/Berlin": ["2026-03-29T01:00", "2025-10-26T01:00"],
    "America/Sao_Paulo": ["2018-11-04T03:00", "2018-02-18T02:00"],  # skipped midnights
    "Asia/Beirut": ["2024-03-30T22:00"],  # skips midnights
    "America/Havana": ["2024-03-10T05:00", "2024-11-03T05:00"],  # skips and repeats midnights
    "America/St_Johns": ["2010-11-07T02:31"],  # fell back over midnight
    "Australia/Lord_Howe": ["2026-04-04T15:00"],  # changes by half an hour
    "Pacific/Apia": ["2011-12-30T10:00"],  # skipped a whole day
    "Africa/Monrovia": ["1972-01-07T00:44:30"],  # skipped 44.5 minutes from midnight on
}
"""Zones, and instants of interest in them, mostly clock changes."""

zones = st.sampled_from(sorted(CHANGES))
day_starts = st.one_of(
    st.sampled_from([time(0), time(17), time(2, 30), time(0, 30), time(23, 30)]),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)
days = st.dates(date(1971, 1, 1), date(2100, 1, 1))


@st.composite
def instants_in(draw: st.DrawFn, zone: str) -> int:
    """An instant at or around a clock change of the zone."""
    offsets = [0, -1, 1, HOUR_US, -HOUR_US, HOUR_US // 2, -HOUR_US // 2]
    offset = draw(st.one_of(st.sampled_from(offsets), st.integers(-3 * DAY_US, 3 * DAY_US)))
    return utc(draw(st.sampled_from(CHANGES[zone]))) + offset


zoned_instants = zones.flatmap(lambda zone: st.tuples(st.just(zone), instants_in(zone)))


@st.composite
def days_in(draw: st.DrawFn, zone: str) -> date:
    """A date around a clock change of the zone, or any."""
    change = moment_of(utc(draw(st.sampled_from(CHANGES[zone])))).astimezone(ZoneInfo(zone)).date()
    near = st.integers(-1, 2).map(lambda n: change + timedelta(days=n))
    return draw(st.one_of(near, near, days))


def utc(text: str) -> int:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


def hours_in(calendar: Calendar, day: date) -> float:
    return (calendar.end_of(day) - calendar.start_of(day)) / HOUR_US


class TestDays:
    def test_a_window_holds_its_start_and_not_its_end(self) -> None:
        window = Calendar().window("daily", date(2026, 4, 8))
        assert window.holds(utc("2026-04-08T00:00"))
        assert window.holds(utc("2026-04-09T00:00") - 1)
        assert not window.holds(utc("2026-04-09T00:00"))
        assert not window.holds(utc("2026-04-08T00:00") - 1)

    @pytest.mark.parametrize(
        ("zone", "day", "hours"),
        [
            ("Europe/Berlin", date(2026, 3, 28), 24),
            ("Europe/Berlin", date(2026, 3, 29), 23),
            ("Europe/Berlin", date(2025, 10, 26), 25),
            ("America/New_York", date(2026, 3, 8), 23),
            ("America/New_York", date(2025, 11, 2), 25),
            ("America/Sao_Paulo", date(2018, 11, 4), 23),
            ("Asia/Beirut", date(2024, 3, 31), 23),
            ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
            ("Pacific/Apia", date(2011, 12, 30), 0),
            ("UTC", date(2026, 3, 29), 24),
        ],
    )
    def test_a_day_with_a_clock_change_is_shorter_or_longer(
        self, zone: str, day: date, hours: float
    ) -> None:
        assert hours_in(Calendar(zone), day) == hours

    def test_with_a_day_start_the_day_bears_the_date_on_which_it_ends(self) -> None:
        calendar = Calendar("America/New_York", time(17))
        tuesday = date(2026, 4, 7)
        assert calendar.start_of(tuesday) == utc("2026-04-06T21:00")
        assert calendar.end_of(tuesday) == utc("2026-04-07T21:00")
        assert calendar.day_of(utc("2026-04-06T21:00")) == tuesday
        assert calendar.day_of(utc("2026-04-06T21:00") - 1) == date(2026, 4, 6)

    @pytest.mark.parametrize(
        ("day", "hours"), [(date(2026, 3, 8), 23), (date(2025, 11, 2), 25), (date(2026, 3, 9), 24)]
    )
    def test_with_a_day_start_the_clock_change_is_in_the_day_that_ends_after_it(
        self, day: date, hours: int
    ) -> None:
        assert hours_in(Calendar("America/New_York", time(17)), day) == hours

    @pytest.mark.parametrize(
        ("zone", "day_start", "day", "start"),
        [
            ("America/Sao_Paulo", time(0), date(2018, 11, 4), "2018-11-04T03:00"),
            ("Asia/Beirut", time(0), date(2024, 3, 31), "2024-03-30T22:00"),
            ("Africa/Monrovia", time(0, 30), date(1972, 1, 8), "1972-01-07T00:44:30"),
            ("America/New_York", time(2), date(2026, 3, 9), "2026-03-08T07:00"),
            ("America/New_York", time(2, 30), date(2026, 3, 9), "2026-03-08T07:00"),
            ("Europe/Berlin", time(2, 59), date(2026, 3, 30), "2026-03-29T01:00"),
        ],
    )
    def test_a_day_whose_start_is_skipped_starts_at_the_clock_change(
        self, zone: str, day_start: time, day: date, start: str
    ) -> None:
        assert moment_of(Calendar(zone, day_start).start_of(day)) == moment_of(utc(start))

    @pytest.mark.parametrize(
        ("zone", "day_start", "day", "start"),
        [
            ("America/Havana", time(0), date(2024, 11, 3), "2024-11-03T04:00"),
            ("America/St_Johns", time(0), date(2010, 11, 7), "2010-11-07T02:30"),
            ("America/New_York", time(1, 30), date(2025, 11, 3), "2025-11-02T05:30"),
        ],
    )
    def test_a_day_whose_start_comes_twice_starts_at_the_first(
        self, zone: str, day_start: time, day: date, start: str
    ) -> None:
        assert moment_of(Calendar(zone, day_start).start_of(day)) == moment_of(utc(start))

    # The oracle looks for a skipped start minute by minute; Monrovia's was half a minute later.
    @given(data=st.data(), zone=zones.filter("Africa/Monrovia".__ne__), day_start=day_starts)
    def test_days_start_where_the_oracle_says(
        self, data: st.DataObject, zone: str, day_start: time
    ) -> None:
        day = data.draw(days_in(zone))
        config = oracle.Config(timezone=zone, day_start=f"{day_start:%H:%M}")
        start = moment_of(Calendar(zone, day_start).start_of(day))
        assert start == oracle.day_begin(day, config)

    @given(zoned_instant=zoned_instants, day_start=day_starts)
    def test_every_instant_lies_in_exactly_one_day(
        self, zoned_instant: tuple[str, int], day_start: time
    ) -> None:
        zone, instant = zoned_instant
        calendar = Calendar(zone, day_start)
        day = calendar.day_of(instant)
        around = [day + timedelta(days=n) for n in range(-4, 5)]
        holding = [
            one for one in around if calendar.start_of(one) <= instant < calendar.end_of(one)
        ]
        assert holding == [day]

    @given(data=st.data(), zone=zones, day_start=day_starts)
    def test_days_of_many_instants_are_those_of_each(
        self, data: st.DataObject, zone: str, day_start: time
    ) -> None:
        some = data.draw(st.lists(instants_in(zone), max_size=8))
        calendar = Calendar(zone, day_start)
        for own in (some, sorted(some)):
            assert calendar.days_of(own) == [Calendar(zone, day_start).day_of(one) for one in own]

    @pytest.mark.parametrize("day_start", [time(0), time(17)])
    def test_an_instant_between_two_days_is_of_the_later(self, day_start: time) -> None:
        calendar = Calendar("Europe/Berlin", day_start)
        day, after = date(2026, 3, 29), date(2026, 3, 30)
        edge = calendar.end_of(day)
        some = [edge, calendar.start_of(day), edge - 1, edge + 1, edge]
        assert calendar.days_of(some) == [after, day, day, after, after]
        assert calendar.days_of(sorted(some)) == [day, day, after, after, after]
        assert [calendar.day_of(one) for one in some] == [after, day, day, after, after]

    @given(
        zoned_instant=zoned_instants,
        steps=st.lists(st.sampled_from([0, 1, HOUR_US // 4, HOUR_US, 20 * HOUR_US]), max_size=8),
    )
    def test_hours_of_ascending_instants_are_the_local_hours_of_each(
        self, zoned_instant: tuple[str, int], steps: list[int]
    ) -> None:
        zone, first = zoned_instant
        some = [first + sum(steps[:n]) for n in range(len(steps) + 1)]
        local = [moment_of(one).astimezone(ZoneInfo(zone)).hour for one in some]
        assert Calendar(zone).hours_of(some) == local

    def test_hours_of_nothing_and_days_of_nothing_are_nothing(self) -> None:
        calendar = Calendar()
        assert (calendar.hours_of([]), calendar.days_of([])) == ([], [])


class TestWindows:
    @pytest.mark.parametrize(
        ("day", "label", "monday"),
        [
            (date(2026, 4, 8), "2026-W15", date(2026, 4, 6)),
            (date(2026, 1, 1), "2026-W01", date(2025, 12, 29)),
            (date(2025, 12, 29), "2026-W01", date(2025, 12, 29)),
            (date(2025, 12, 28), "2025-W52", date(2025, 12, 22)),
            (date(2021, 1, 3), "2020-W53", date(2020, 12, 28)),
            (date(2024, 12, 30), "2025-W01", date(2024, 12, 30)),
        ],
    )
    def test_a_week_is_the_iso_week_monday_first(self, day: date, label: str, monday: date) -> None:
        window = Calendar().window("weekly", day)
        assert (window.label, window.first_day) == (label, monday)
        assert window.last_day == monday + timedelta(days=6)

    @given(day=st.dates(date(1971, 1, 1), date(2100, 1, 1)), starts=st.integers(0, 6))
    def test_a_week_begins_on_the_day_it_is_told_to(self, day: date, starts: int) -> None:
        calendar = Calendar(week_starts=starts)
        window = calendar.window("weekly", day)
        assert window.first_day.weekday() == starts
        assert timedelta(0) <= day - window.first_day <= timedelta(days=6)
        assert window.last_day == window.first_day + timedelta(days=6)
        assert calendar.window("weekly", window.last_day) == window
        assert calendar.previous(window).last_day == window.first_day - timedelta(days=1)
        assert ("-W" in window.label) is (starts == 0)
        assert starts == 0 or date.fromisoformat(window.label) == window.first_day

    @pytest.mark.parametrize(
        ("day", "label", "last"),
        [
            (date(2026, 4, 8), "2026-04", date(2026, 4, 30)),
            (date(2024, 2, 29), "2024-02", date(2024, 2, 29)),
            (date(2026, 2, 1), "2026-02", date(2026, 2, 28)),
            (date(2025, 12, 31), "2025-12", date(2025, 12, 31)),
        ],
    )
    def test_a_month_is_the_calendar_month(self, day: date, label: str, last: date) -> None:
        window = Calendar().window("monthly", day)
        assert (window.label, window.first_day, window.last_day) == (
            label,
            day.replace(day=1),
            last,
        )

    @pytest.mark.parametrize(
        ("kind", "day", "label", "first", "last"),
        [
            ("quarterly", date(2026, 4, 8), "2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
            ("quarterly", date(2026, 1, 1), "2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
            ("quarterly", date(2025, 9, 30), "2025-Q3", date(2025, 7, 1), date(2025, 9, 30)),
            ("quarterly", date(2025, 12, 31), "2025-Q4", date(2025, 10, 1), date(2025, 12, 31)),
            ("yearly", date(2024, 2, 29), "2024", date(2024, 1, 1), date(2024, 12, 31)),
            ("yearly", date(2026, 12, 31), "2026", date(2026, 1, 1), date(2026, 12, 31)),
        ],
    )
    def test_quarters_and_years_are_those_of_the_calendar(
        self, kind: str, day: date, label: str, first: date, last: date
    ) -> None:
        window = Calendar().window(kind, day)
        assert (window.kind, window.label) == (kind, label)
        assert (window.first_day, window.last_day) == (first, last)

    def test_a_quarter_follows_the_date_of_the_trading_day(self) -> None:
        calendar = Calendar("America/New_York", time(17))
        assert calendar.window("quarterly", date(2026, 4, 1)).start == utc("2026-03-31T21:00")

    @given(day=days)
    def test_months_quarters_and_years_are_made_of_each_other(self, day: date) -> None:
        """Walking on month by month gives every quarter after 3 and every year after 12."""
        calendar = Calendar()
        for kind, parts in (("quarterly", 3), ("yearly", 12)):
            window = calendar.window(kind, day)
            within = [calendar.window("monthly", window.first_day)]
            while within[-1].last_day < window.last_day:
                within.append(calendar.window("monthly", within[-1].last_day + timedelta(days=1)))
            assert len(within) == parts
            assert (within[0].start, within[-1].end) == (window.start, window.end)
            assert window.label.startswith(f"{day.year:04d}")

    @pytest.mark.parametrize(
        ("kind", "first", "label"),
        [
            ("last-7d", date(2026, 4, 2), "2026-04-02..2026-04-08"),
            ("last-30d", date(2026, 3, 10), "2026-03-10..2026-04-08"),
        ],
    )
    def test_last_n_days_end_with_the_date_given_and_include_it(
        self, kind: str, first: date, label: str
    ) -> None:
        window = Calendar().window(kind, date(2026, 4, 8))
        assert (window.first_day, window.last_day) == (first, date(2026, 4, 8))
        assert window.label == label
        assert window.end == utc("2026-04-09T00:00")

    def test_a_daily_window_is_labelled_with_its_date(self) -> None:
        assert Calendar().window("daily", date(2026, 4, 8)).label == "2026-04-08"

    def test_a_week_with_a_clock_change_is_an_hour_longer(self) -> None:
        window = Calendar("Europe/Berlin").window("weekly", date(2025, 10, 26))
        assert (window.end - window.start) / HOUR_US == 7 * 24 + 1

    def test_week_and_month_follow_the_date_of_the_trading_day(self) -> None:
        """Sunday 17:00 in New York opens the Monday, hence the week; so too for the month."""
        calendar = Calendar("America/New_York", time(17))
        monday = calendar.day_of(utc("2026-04-05T21:00"))
        assert calendar.window("weekly", monday).start == utc("2026-04-05T21:00")
        assert calendar.window("monthly", date(2026, 4, 1)).start == utc("2026-03-31T21:00")

    @given(
        zoned_instant=zoned_instants,
        day_start=day_starts,
        kind=st.sampled_from(CALENDAR_WINDOWS),
    )
    def test_every_instant_lies_in_exactly_one_day_week_and_month(
        self, zoned_instant: tuple[str, int], day_start: time, kind: str
    ) -> None:
        zone, instant = zoned_instant
        calendar = Calendar(zone, day_start)
        window = calendar.window(kind, calendar.day_of(instant))
        before = calendar.previous(window)
        after = calendar.window(kind, window.last_day + timedelta(days=1))
        assert (before.end, window.end) == (window.start, after.start)
        assert [one.holds(instant) for one in (before, window, after)] == [False, True, False]

    @given(zone=zones, kind=st.sampled_from(CALENDAR_WINDOWS), day=days)
    def test_every_date_of_a_window_names_the_same_window(
        self, zone: str, kind: str, day: date
    ) -> None:
        calendar = Calendar(zone)
        window = calendar.window(kind, day)
        length = (window.last_day - window.first_day).days
        dates = [window.first_day + timedelta(days=n) for n in range(length + 1)]
        assert day in dates
        assert {calendar.window(kind, one) for one in dates} == {window}

    def test_a_range_includes_both_dates(self) -> None:
        window = Calendar().between("range", date(2026, 4, 1), date(2026, 4, 3))
        assert (window.start, window.end) == (utc("2026-04-01T00:00"), utc("2026-04-04T00:00"))
        assert window.label == "2026-04-01..2026-04-03"

    @pytest.mark.parametrize(
        ("kind", "first", "last"),
        [
            ("daily", date(2026, 4, 7), date(2026, 4, 7)),
            ("weekly", date(2026, 3, 30), date(2026, 4, 5)),
            ("monthly", date(2026, 3, 1), date(2026, 3, 31)),
            ("quarterly", date(2026, 1, 1), date(2026, 3, 31)),
            ("yearly", date(2025, 1, 1), date(2025, 12, 31)),
            ("last-7d", date(2026, 3, 26), date(2026, 4, 1)),
        ],
    )
    def test_the_period_before_ends_where_the_window_starts(
        self, kind: str, first: date, last: date
    ) -> None:
        calendar = Calendar()
        before = calendar.previous(calendar.window(kind, date(2026, 4, 8)))
        assert (before.kind, before.first_day, before.last_day) == (kind, first, last)

    def test_the_period_before_a_range_has_as_many_days(self) -> None:
        calendar = Calendar()
        before = calendar.previous(calendar.between("range", date(2026, 4, 4), date(2026, 4, 6)))
        assert (before.first_day, before.last_day) == (date(2026, 4, 1), date(2026, 4, 3))

    def test_a_range_that_ends_before_it_starts_is_refused_with_the_remedy(self) -> None:
        with pytest.raises(WindowError, match="swap start and end"):
            Calendar().between("range", date(2026, 4, 3), date(2026, 4, 1))

    def test_an_unknown_kind_of_window_is_refused_with_those_there_are(self) -> None:
        with pytest.raises(WindowError, match="'hourly' is unknown; use one of daily, weekly"):
            Calendar().window("hourly", date(2026, 4, 8))

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    @pytest.mark.parametrize("kind", [kind for kind in WINDOW_KINDS if kind != "all"])
    def test_a_window_at_the_end_of_the_calendar_is_whole_or_refused(
        self, kind: str, day: str
    ) -> None:
        try:
            window = Calendar("America/New_York", time(17)).window(kind, parse_date(day))
        except UsageError as refusal:
            assert day[:4] in str(refusal)  # noqa: PT017  either outcome is right
        else:
            assert window.start < window.end


EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
"""Good Friday and Easter Monday."""


class TestExpectedDays:
    def test_every_day_is_expected_by_default(self) -> None:
        calendar = Calendar()
        assert calendar.trading_week == EVERY_DAY
        assert len(calendar.expected_days(date(2026, 4, 6), date(2026, 4, 12))) == 7

    def test_only_days_of_the_trading_week_are_expected(self) -> None:
        calendar = Calendar(trading_week=MONDAY_TO_FRIDAY)
        expected = calendar.expected_days(date(2026, 4, 3), date(2026, 4, 7))
        assert expected == [date(2026, 4, 3), date(2026, 4, 6), date(2026, 4, 7)]

    def test_a_holiday_is_not_expected(self) -> None:
        calendar = Calendar(trading_week=MONDAY_TO_FRIDAY, holidays=EASTER)
        expected = calendar.expected_days(date(2026, 4, 2), date(2026, 4, 8))
        assert expected == [date(2026, 4, 2), date(2026, 4, 7), date(2026, 4, 8)]

    @pytest.mark.parametrize(
        ("day", "last"),
        [
            (date(2026, 4, 8), date(2026, 4, 8)),
            (date(2026, 4, 6), date(2026, 4, 2)),
            (date(2026, 4, 4), date(2026, 4, 2)),
        ],
    )
    def test_the_last_expected_day_is_before_holidays_and_weekends(
        self, day: date, last: date
    ) -> None:
        calendar = Calendar(trading_week=MONDAY_TO_FRIDAY, holidays=EASTER)
        assert calendar.last_expected(day) == last

    @pytest.mark.parametrize(
        ("count", "last"),
        [
            (0, date(2026, 4, 12)),
            (1, date(2026, 4, 7)),
            (3, date(2026, 4, 9)),
            (4, date(2026, 4, 12)),
            (9, date(2026, 4, 12)),
        ],
    )
    def test_the_first_days_of_a_window_are_counted_without_holidays(
        self, count: int, last: date
    ) -> None:
        """Of the week from Monday 6 April, a holiday, the first day is Tuesday."""
        calendar = Calendar(trading_week=MONDAY_TO_FRIDAY, holidays=EASTER)
        week = calendar.window("weekly", date(2026, 4, 8))
        begun = calendar.first_days(week, count)
        assert (begun.first_day, begun.last_day) == (date(2026, 4, 6), last)

    def test_no_day_is_expected_of_a_span_that_ends_before_it_starts(self) -> None:
        assert Calendar().expected_days(date(2026, 4, 7), date(2026, 4, 6)) == []


class TestNames:
    @pytest.mark.parametrize(
        "text", ["2026-4-8", "20260408", "2026-02-30", "08.04.2026", "2026-W15", "", "today"]
    )
    def test_what_is_no_plain_date_is_refused_with_an_example(self, text: str) -> None:
        with pytest.raises(WindowError, match="write YYYY-MM-DD"):
            parse_date(text)

    def test_a_date_is_read(self) -> None:
        assert parse_date("2024-02-29") == date(2024, 2, 29)

    @pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "/etc/localtime", "+02"])
    def test_an_unknown_zone_is_refused_with_an_example(self, name: str) -> None:
        with pytest.raises(WindowError, match="use an IANA name such as Europe/Berlin"):
            zone_named(name)

    @given(st.integers(0, 200_000 * DAY_US))
    def test_instants_and_moments_are_inverse(self, instant: int) -> None:
        assert instant_of(moment_of(instant)) == instant
