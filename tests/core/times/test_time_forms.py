"""Times in whatever form a log has them, against `datetime`'s own formatting."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.calendar import instant_of
from perfkit.core.one_value import BadValueError
from perfkit.core.times.time_forms import has_date, zone_in_name
from perfkit.core.values import exact_instant, instants

BERLIN = ZoneInfo("Europe/Berlin")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
moments = st.integers(10**8, 7_258_000_000).map(lambda at: EPOCH + timedelta(seconds=at))

FORMS = [
    "%Y-%m-%d %H:%M:%S UTC",
    "%Y-%m-%d %H:%M:%S GMT",
    "%Y-%m-%d %H:%M:%SUTC",
    "%Y-%m-%dT%H:%M:%S +0000",
    "%Y-%m-%d %H:%M:%S UTC+0",
    "%Y%m%dT%H%M%SZ",
    "%Y%m%dT%H%M%S",
    "%Y%m%d%H%M%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d %H:%M:%S",
    "%Y%m%d;%H%M%S",
    "%Y-%m-%d, %H:%M:%S",
    "%Y-%m-%d,%H:%M:%S",
    "%Y%m%d %H:%M:%S",
    "%Y.%m.%d %H:%M:%S.000",
    "%Y/%m/%d %I:%M:%S %p",
]


class TestForms:
    @given(moment=moments, form=st.sampled_from(FORMS))
    def test_every_form_is_the_time_that_was_written(self, moment: datetime, form: str) -> None:
        expected = instant_of(moment)
        text = moment.strftime(form)
        assert exact_instant(text, UTC, None) == expected
        assert instants([text, None], UTC, None) == [expected, None]

    @given(moment=moments, form=st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"]))
    def test_a_date_alone_is_the_start_of_that_day_in_the_zone(
        self, moment: datetime, form: str
    ) -> None:
        start = datetime(moment.year, moment.month, moment.day, tzinfo=BERLIN)
        expected = instant_of(start.astimezone(UTC))
        assert exact_instant(moment.strftime(form), BERLIN, None) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-08-19 21:45 UTC", "2026-08-19T21:45:00+00:00"),
            ("2026-08-19 21:45 GMT+2", "2026-08-19T19:45:00+00:00"),
            ("2026-08-19 21:45:10.25", "2026-08-19T19:45:10.25+00:00"),
            ("2026.8.9 7:05", "2026-08-09T05:05:00+00:00"),
            ("20260918;085905", "2026-09-18T06:59:05+00:00"),
            ("13/01/2026 10:00:00", "2026-01-13T09:00:00+00:00"),
            ("01/13/2026 12:30 AM", "2026-01-12T23:30:00+00:00"),
            ("1/13/2026 12:30:00 PM", "2026-01-13T11:30:00+00:00"),
            ("25.12.2026", "2026-12-24T23:00:00+00:00"),
            ("05/05/2026", "2026-05-04T22:00:00+00:00"),
            (20260105, "2026-01-04T23:00:00+00:00"),
        ],
    )
    def test_a_time_is_read_in_the_zone_of_its_source(self, text: object, expected: str) -> None:
        assert exact_instant(text, BERLIN, None) == instant_of(datetime.fromisoformat(expected))

    @given(
        day=st.integers(1, 12),
        month=st.integers(1, 12),
        mark=st.sampled_from("/-."),
        clock=st.sampled_from([" 10:00:00", " 10:00", " 10:00:00 AM", " 10:00 AM", ""]),
    )
    def test_day_and_month_are_never_guessed(
        self, day: int, month: int, mark: str, clock: str
    ) -> None:
        text = f"{day:02}{mark}{month:02}{mark}2026{clock}"
        if day == month:
            assert exact_instant(text, UTC, None) is not None
            return
        with pytest.raises(BadValueError, match="write `time_format: ") as error:
            exact_instant(text, UTC, None)
        first = str(error.value).partition("`time_format: ")[2].split('"')[1]
        found = exact_instant(text, UTC, None, first)
        assert found == instant_of(datetime(2026, month, day, 10 if clock else 0, tzinfo=UTC))

    @pytest.mark.parametrize(
        "text",
        [
            "2026-08-19 21:45 EST",
            "2026-08-19 25:00",
            "2026-08-19 13:00 PM",
            "2026-08-19 00:00 AM",
            "2026/08-19",
            "31/02/2026",
            "2026-02-30",
            "26-08-19",
            "19/08/26",
            "10:29",
            "2026-08-19 21:45 +25:00",
            "٢٠٢٦/04/06",
            "1969/12/31",
            "2200/01/01",
        ],
    )
    def test_what_is_no_clear_time_is_bad(self, text: str) -> None:
        with pytest.raises(BadValueError):
            exact_instant(text, UTC, None)


class TestNumbersSince1970:
    @given(
        moment=moments,
        unit=st.sampled_from([("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)]),
    )
    def test_the_size_of_a_number_tells_its_unit(
        self, moment: datetime, unit: tuple[str, int]
    ) -> None:
        seconds = (moment - EPOCH) // timedelta(seconds=1)
        name, factor = unit
        for value in (seconds * factor, str(seconds * factor)):
            assert exact_instant(value, UTC, None) == exact_instant(value, UTC, name)
            assert exact_instant(value, UTC, None) == seconds * 10**6

    def test_a_float_of_seconds_keeps_its_microseconds(self) -> None:
        assert exact_instant("1767607200.123456", UTC, None) == 1_767_607_200_123_456

    @pytest.mark.parametrize(
        ("value", "unit", "remedy"),
        [
            (1_767_607_200, "ms", "write `time_unit: s`"),
            (1_767_607_200_000, "s", "write `time_unit: ms`"),
            (1_767_607_200_000, "us", "write `time_unit: ms`"),
            (1_767_607_200_000_000, "ns", "write `time_unit: us`"),
            (1_767_607_200_000_000_000, "ms", "write `time_unit: ns`"),
            (20_000_000, None, "write `time_unit: s`"),
            (0, None, None),
            (-1, None, None),
            (5, "s", None),
        ],
    )
    def test_a_wrong_unit_is_bad_and_the_reason_says_which_fits(
        self, value: int, unit: str | None, remedy: str | None
    ) -> None:
        with pytest.raises(BadValueError, match="between March 1970 and 2200") as error:
            exact_instant(value, UTC, unit)
        assert str(error.value).partition("; ")[2] == (remedy or "")

    def test_twelve_digits_that_are_a_date_or_milliseconds_are_not_guessed(self) -> None:
        for value in (202601051000, "202601051000"):
            with pytest.raises(BadValueError, match="is not a clear time: write `time_unit: ms`"):
                exact_instant(value, UTC, None)
            with pytest.raises(BadValueError, match="is not a clear time"):
                instants([value, value], UTC, None)
        assert exact_instant(202601051000, UTC, "ms") == 202_601_051_000_000
        tenth = instant_of(datetime(2026, 1, 5, 10, tzinfo=UTC))
        assert exact_instant(202601051000, UTC, None, "%Y%m%d%H%M") == tenth
        assert exact_instant(209_913_990_000, UTC, None) == 209_913_990_000_000

    @pytest.mark.parametrize("value", [20260105, 20260105100000, "20260105", "20260105100000"])
    def test_a_column_of_dates_in_digits_is_dates(self, value: object) -> None:
        hour = 10 if len(str(value)) > 8 else 0
        expected = instant_of(datetime(2026, 1, 5, hour, tzinfo=UTC))
        assert instants([value, value], UTC, None) == [expected, expected]

    @given(
        st.lists(st.integers(10**8, 7_258_000_000), min_size=1, max_size=5),
        st.sampled_from([1, 10**3, 10**6, 10**9]),
    )
    def test_a_column_of_numbers_is_each_of_its_numbers(
        self, seconds: list[int], factor: int
    ) -> None:
        values = [one * factor for one in seconds]
        assert instants(values, UTC, None) == [exact_instant(one, UTC, None) for one in values]


class TestFormats:
    @given(moment=moments)
    def test_a_format_decides_and_year_first_forms_are_read_without_it(
        self, moment: datetime
    ) -> None:
        expected = instant_of(moment)
        for form in ("%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y.%m.%d %H:%M:%S"):
            text = moment.strftime(form)
            assert exact_instant(text, UTC, None, "%m/%d/%Y %H:%M:%S") == expected

    def test_a_date_that_contradicts_the_format_is_bad(self) -> None:
        with pytest.raises(BadValueError, match="is not a time"):
            exact_instant("13/01/2026", UTC, None, "%m/%d/%Y")

    def test_a_format_may_have_a_zone(self) -> None:
        found = exact_instant("5 Jan 2026 10:00 +0200", UTC, None, "%d %b %Y %H:%M %z")
        assert found == instant_of(datetime(2026, 1, 5, 8, tzinfo=UTC))

    @pytest.mark.parametrize("word", ["UTC", "GMT", "utc"])
    def test_the_word_for_a_zone_counts(self, word: str) -> None:
        zone, pattern = ZoneInfo("America/New_York"), "%d/%m/%Y %H:%M:%S %Z"
        found = exact_instant(f"08/04/2026 02:30:00 {word}", zone, None, pattern)
        assert found == instant_of(datetime(2026, 4, 8, 2, 30, tzinfo=UTC))
        with pytest.raises(BadValueError):
            exact_instant("08/04/2026 02:30:00 CEST", zone, None, pattern)

    def test_a_format_without_a_full_date_is_known(self) -> None:
        assert has_date("%d/%m/%Y")
        assert not any(map(has_date, ("%H:%M", "%d/%m", "%Y-%m", "", "%Q", "%d %Y")))


class TestZoneOfAColumn:
    @pytest.mark.parametrize(
        ("name", "hours"),
        [
            ("Closing Time (UTC+2)", "2"),
            ("Closing Time (UTC-3:30)", "-3.5"),
            ("Time (UTC+0)", "0"),
            ("Time (UTC)", "0"),
            ("Time (GMT+01:00)", "1"),
            ("Date(UTC)", "0"),
            ("Time [UTC]", "0"),
            ("Time UTC", "0"),
            ("time_utc", "0"),
            ("createdAtUtc", "0"),
        ],
    )
    def test_is_what_its_name_ends_with(self, name: str, hours: str) -> None:
        zone = zone_in_name(name)
        assert zone is not None
        assert zone.utcoffset(None) == timedelta(hours=float(hours))

    @pytest.mark.parametrize(
        "name", ["Time", "Time (local)", "Time (UTC+2) of entry", "Time ()", "utcTime"]
    )
    def test_is_unknown_where_it_ends_otherwise(self, name: str) -> None:
        assert zone_in_name(name) is None
