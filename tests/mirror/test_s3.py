"""Times of S3 are those that its library reads, sooner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from botocore.utils import parse_timestamp
from hypothesis import given
from hypothesis import strategies as st

from perfkit.mirror.s3 import moment, with_quick_times

AT = datetime(2026, 4, 8, 10, tzinfo=UTC)


@given(st.datetimes(), st.sampled_from(["auto", "milliseconds"]))
def test_times_of_a_listing_are_as_the_library_reads_them(at: datetime, digits: str) -> None:
    said = at.isoformat(timespec=digits) + "Z"
    assert moment(said) == parse_timestamp(said)
    assert moment(said).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "said",
    [
        "Wed, 08 Apr 2026 10:00:00 GMT",
        "2026-04-08T12:00:00+02:00",
        "2026-04-08 10:00:00Z",
        "20260408T100000Z",
        "1775642400",
        1775642400,
        1775642400.0,
    ],
)
def test_other_forms_are_left_to_the_library(said: object) -> None:
    assert moment(said) == AT


def test_what_is_no_time_is_an_error_of_the_library() -> None:
    with pytest.raises(ValueError, match="Invalid timestamp"):
        moment("2026-04-08T99:00:00Z")


def test_a_session_that_is_configured_and_another_library_stay_as_they_are() -> None:
    own = SimpleNamespace(session="configured", kwargs={})
    with_quick_times(own)
    assert own.session == "configured"
    other = SimpleNamespace()
    with_quick_times(other)
    assert vars(other) == {}
