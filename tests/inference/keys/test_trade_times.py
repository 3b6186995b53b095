"""When trades closed: forms of times, zones in words, and logs without any time."""

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.keys.trade_times import ONE_DAY
from perfkit.inference.result import Reading
from tests.inference.readings import Record, fields

PNLS = ("1", "-2", "3")


def closed_at(*closed: object, name: str = "closed_at", **more: object) -> Reading:
    records: list[Record] = [
        {"symbol": "A", "side": "long", name: time, "pnl": pnl, **more}
        for time, pnl in zip(closed, PNLS, strict=True)
    ]
    return infer(records)


def days(form: str) -> list[str]:
    return [form.format(day=day) for day in (8, 9, 10)]


class TestForms:
    @pytest.mark.parametrize(
        ("form", "layout"),
        [
            ("{day:02} Jul 2026 14:01", "%d %b %Y %H:%M"),
            ("Jul {day:02}, 2026 2:30 PM", "%b %d, %Y %I:%M %p"),
            ("7/{day}/2026 2:30:00\u202fPM", "%m/%d/%Y %I:%M:%S\u202f%p"),
            ("Jul {day} 2026", "%b %d %Y"),
            ("{day} July 2026", "%d %B %Y"),
            ("{day:02}-Jul-26 10:00:00", "%d-%b-%y %H:%M:%S"),
            ("Wed, {day:02} Jul 2026 14:01:00", "%a, %d %b %Y %H:%M:%S"),
            ("2026年7月{day}日 10:00", "%Y年%m月%d日 %H:%M"),
            ("Wed Jul {day:02} 2026 14:01:00 GMT+0300", "%a %b %d %Y %H:%M:%S GMT%z"),
            ("2026-7-{day} 9:30", "%Y-%m-%d %H:%M"),
            ("14:01 2026-07-{day:02}", "%H:%M %Y-%m-%d"),
        ],
    )
    def test_a_form_that_the_reader_does_not_know_is_named(self, form: str, layout: str) -> None:
        reading = closed_at(*days(form))
        assert reading.is_sure
        assert reading.dialect["time_format"] == layout

    def test_may_is_the_name_of_a_month_in_full_beside_others(self) -> None:
        reading = closed_at("May 8, 2026", "June 9, 2026", "May 10, 2026")
        assert (reading.is_sure, reading.closed) == (True, 3)
        assert reading.dialect["time_format"] == "%B %d, %Y"

    def test_numbers_in_several_units_are_told_by_their_size(self) -> None:
        reading = closed_at(1775554200, 1775640600000, 1775727000)
        assert reading.is_sure
        assert reading.closed == 3
        assert "time_unit" not in reading.dialect

    def test_a_date_and_a_time_of_day_are_joined_with_the_form_of_both(self) -> None:
        records: list[Record] = [
            {"Date": date, "Time": "09:31:00", "Symbol": "ES", "Side": "long", "PnL": pnl}
            for date, pnl in zip(("04/13/2026", "04/14/2026", "04/15/2026"), PNLS, strict=True)
        ]
        reading = infer(records)
        assert reading.dialect["fields"]["closed_at"] == "join(Date, Time)"  # type: ignore[index]
        assert reading.dialect["time_format"] == "%m/%d/%Y %H:%M:%S"


class TestTwoForms:
    @pytest.mark.parametrize("last", ["10-Mar-26", "2026/03/10", "Mar 10, 2026"])
    def test_dates_in_no_doubt_are_read_beside_iso_dates(self, last: str) -> None:
        records = [{"symbol": "A", "side": "long", "closed_at": f"2026-02-{n:02}", "pnl": str(n)}
                   for n in range(1, 9)]  # fmt: skip
        reading = infer([*records, {**records[0], "closed_at": last}])
        assert reading.is_sure
        assert "time_format" in reading.dialect

    def test_a_date_whose_month_may_be_its_day_says_nothing(self) -> None:
        records = [{"symbol": "A", "side": "long", "closed_at": f"2026-02-{n:02}", "pnl": str(n)}
                   for n in range(1, 9)]  # fmt: skip
        reading = infer([*records, {**records[0], "closed_at": "10/03/2026"}])
        assert "time_format" not in reading.dialect


def test_numbers_beyond_all_times_are_none() -> None:
    records = [{"symbol": "A", "side": "long", "n": "3E+40", "pnl": pnl} for pnl in PNLS]
    (doubt,) = [one for one in infer(records).doubts if one.name == "no_time"]
    assert len(doubt.answers) == 1


def test_amounts_with_cents_are_no_times() -> None:
    records = [
        {"symbol": "A", "side": "long", "pnl": pnl, "cash": cash}
        for pnl, cash in zip(PNLS, ("996512207.27", "1015348860.17", "1011807533.8"), strict=True)
    ]
    doubt = next(one for one in infer(records).doubts if one.name == "no_time")
    assert [answer.changes["fields.closed_at"] for answer in doubt.answers] == [ONE_DAY]


class TestZones:
    def test_the_word_for_one_zone_is_that_of_the_source(self) -> None:
        reading = closed_at(*days("{day:02} Jul 2026 14:01 KST"))
        assert reading.source["timezone"] == "Asia/Seoul"

    def test_a_word_for_several_zones_names_none_and_is_said(self) -> None:
        reading = closed_at(*days("{day:02} Jul 2026 14:01 IST"))
        assert reading.is_sure
        assert "timezone" not in reading.source
        assert any("IST" in said for said in reading.assumed)
        assert reading.dialect["time_format"] == "%d %b %Y %H:%M IST"


class TestWithoutAClosingTime:
    def doubt(self, **more: object) -> list[dict[str, object]]:
        records: list[Record] = [
            {"symbol": "A", "side": "long", "pnl": pnl, **({} if n else more)}
            for n, pnl in enumerate(PNLS)
        ]
        (doubt,) = [one for one in infer(records).doubts if one.name == "no_time"]
        return [answer.changes for answer in doubt.answers]

    def test_all_on_one_day_is_an_answer(self) -> None:
        assert self.doubt() == [{"fields.closed_at": ONE_DAY}]

    def test_an_answer_says_how_many_records_it_leaves_out(self) -> None:
        records: list[Record] = [
            {"symbol": "A", "side": "long", "pnl": pnl, "timestamp": f"2026-04-0{n + 1}" * (n > 0)}
            for n, pnl in enumerate(PNLS)
        ]
        (doubt,) = [one for one in infer(records).doubts if one.name == "no_time"]
        said = f"1 of {len(PNLS)} records without it do not count"
        assert doubt.answers[0].meaning == f"timestamp, a time of the record; {said}"

    def test_trades_that_prices_prove_count_on_one_day_and_that_is_said(self) -> None:
        records: list[Record] = [
            {
                "symbol": "A",
                "side": "long",
                "quantity": "2",
                "entry_price": "100",
                "exit_price": str(100 + n),
                "pnl": str(2 * n),
            }
            for n in (1, -2, 3, 4, -5, 6)
        ]
        reading = infer(records)
        assert reading.is_sure
        assert reading.dialect["fields"]["closed_at"] == ONE_DAY  # type: ignore[index]
        assert any("no time is logged" in said for said in reading.assumed)

    def test_a_time_that_only_some_have_is_an_answer_first(self) -> None:
        assert self.doubt(opened_at="2026-07-08T10:00:00Z") == [
            {"fields.closed_at": "opened_at"},
            {"fields.closed_at": ONE_DAY},
        ]

    def test_an_id_that_is_a_time_is_an_answer(self) -> None:
        records: list[Record] = [
            {"number": 1776646654591 + n * 60_000, "symbol": "A", "side": "long", "pnl": pnl}
            for n, pnl in enumerate(PNLS)
        ]
        (doubt,) = infer(records).doubts
        assert doubt.answers[0].changes == {"fields.closed_at": "number", "time_unit": "ms"}


def test_the_end_of_a_market_is_no_closing_time() -> None:
    records: list[dict[str, object]] = [
        {
            "timestamp": f"2026-04-0{n + 1}T09:00:00Z",
            "market_end_date": "2026-12-31T00:00:00Z",
            "symbol": "A",
            "side": "long",
            "pnl": str(n - 2),
        }
        for n in range(6)
    ]
    assert infer(records).dialect["fields"]["closed_at"] == "timestamp"  # type: ignore[index]


def test_a_date_of_trades_and_a_time_of_orders_are_one_time() -> None:
    records = [
        {"trade_date": "2026-04-06", "order_time": f"1{n}:00:00", "symbol": "A", "side": side,
         "quantity": "1", "price": str(10 + n)}
        for n, side in enumerate(("buy", "sell") * 2)
    ]  # fmt: skip
    fields = infer(records).dialect["fields"]
    assert isinstance(fields, dict)
    assert fields["at"] == "join(trade_date, order_time)"


def test_an_id_of_ten_digits_is_no_time() -> None:
    records: list[Record] = [
        {"ID": f"10377{n}3227", "symbol": "A", "side": "long", "pnl": pnl}
        for n, pnl in enumerate(PNLS)
    ]
    assert [one.name for one in infer(records).doubts if len(one.answers) > 1] == []


def test_a_time_that_goes_on_under_another_name_is_one() -> None:
    names = ["ts"] * 4 + ["timestamp"] * 4
    records: list[Record] = [
        {"symbol": "A", "side": "long", "pnl": str(3 - n), name: f"2026-04-{n + 1:02}T10:00:00Z"}
        for n, name in enumerate(names)
    ]
    reading = infer(records)
    assert reading.is_sure
    assert reading.dialect["fields"]["closed_at"] == "ts or timestamp"  # type: ignore[index]
    both = [
        {**one, "ts": "2026-04-01T10:00:00Z"} if n == 4 else one for n, one in enumerate(records)
    ]
    assert "ts or timestamp" not in str(infer(both).dialect)


@pytest.mark.parametrize(("day", "is_opening"), [("high_52w_date", False), ("trade_date", True)])
def test_a_day_of_something_else_is_no_opening_time(day: str, *, is_opening: bool) -> None:
    records: list[Record] = [
        {
            "exit_date": f"2026-04-{n + 10:02}",
            day: f"2026-04-{n + 2:02}",
            "symbol": "A",
            "side": "long",
            "exit_reason": "target" if n % 2 else "stop",
            "pnl": "3" if n % 2 else "-2",
        }
        for n in range(9)
    ]
    assert ("opened_at" in fields(infer(records))) is is_opening
