"""Dates of which day and month could be either way round, and what says it."""

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.readings import Record

DAY, MONTH = "%d/%m/%Y", "%m/%d/%Y"


def dated(*closed: str, **more: list[str]) -> Reading:
    records: list[Record] = [
        {
            "symbol": "A",
            "side": "long",
            "exit_date": text,
            "pnl": str(n * 7 % 5 - 2.5),
            **{name: values[n] for name, values in more.items()},
        }
        for n, text in enumerate(closed)
    ]
    return infer(records)


@pytest.mark.parametrize(
    ("dates", "layout"),
    [
        (("01/11/2026", "01/12/2026", "02/01/2026", "02/02/2026"), MONTH),  # in order
        (("11/01/2026", "12/01/2026", "01/02/2026", "02/02/2026"), DAY),
        (("03/12/2026", "04/02/2026", "03/11/2026", "04/01/2026"), MONTH),  # days apart
        (("12/03/2026", "02/04/2026", "11/03/2026", "01/04/2026"), DAY),
    ],
    ids=["month in order", "day in order", "month by days", "day by days"],
)
def test_the_order_and_the_span_of_dates_say_it(dates: tuple[str, ...], layout: str) -> None:
    reading = dated(*dates)
    assert ([doubt.name for doubt in reading.doubts], reading.dialect.get("time_format")) == (
        [],
        layout,
    )


def test_am_and_pm_stand_behind_a_month_first() -> None:
    reading = dated("03/02/2026 9:30 AM", "05/04/2026 1:05 PM", "04/03/2026 2:00 PM")
    assert reading.is_sure
    assert reading.dialect["time_format"] == "%m/%d/%Y %I:%M %p"


def test_another_column_says_it() -> None:
    opened = ["03/13/2026", "04/02/2026", "04/03/2026"]
    reading = dated("04/02/2026", "04/03/2026", "04/04/2026", entry_date=opened)
    assert reading.is_sure
    assert reading.dialect["time_format"] == MONTH


@pytest.mark.parametrize(
    "dates",
    [
        ("01/02/2026", "02/03/2026"),
        ("01/02/2026", "02/02/2026", "03/02/2026", "04/02/2026"),  # days, or the second of months
    ],
    ids=str,
)
def test_it_is_asked_where_nothing_does(dates: tuple[str, ...]) -> None:
    assert [one.name for one in dated(*dates).doubts] == ["day_or_month"]


def test_a_record_without_a_date_says_nothing() -> None:
    dates = ("01/03/2026", "02/03/2026", "03/03/2026", "04/03/2026", "")
    assert [one.name for one in dated(*dates).doubts] == ["day_or_month"]
