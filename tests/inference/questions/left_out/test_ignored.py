"""Records with all that a closed trade has are read, or asked about, whatever their words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.config.compile import compile_dialect
from perfkit.inference.checks.confirm import refused, rows_meeting
from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.readings import Record, asked

WORDS = ("closed", "failed", "rejected", "cancelled", "done", "passed", "skipped", "void", "")


def closes(*statuses: str, pnls: tuple[int, ...] = ()) -> list[Record]:
    return [
        {
            "symbol": "A",
            "status": status,
            "closed": f"2026-04-{n + 1:02}T10:00:00Z",
            "exit_price": str(10 + n),
            "pnl": str(pnls[n] if pnls else (n + 1) * (-1) ** n),
        }
        for n, status in enumerate(statuses)
    ]


def read(reading: Reading, records: list[Record]) -> set[int]:
    """The rows that a reading takes for closed trades."""
    dialect = compile_dialect("inferred", reading.dialect, refused)
    rows = set(rows_meeting(dialect.only, records, range(len(records))))
    for group in dialect.open_when:
        rows -= set(rows_meeting(group, records, sorted(rows)))
    return rows


def test_failed_trades_that_all_lost_beside_others_that_all_won_count() -> None:
    records = closes(*["passed", "failed"] * 3, pnls=(3, -1, 4, -2, 5, -1))
    reading = infer(records)
    assert reading.is_sure
    assert reading.closed == 6


def test_failed_trades_that_also_won_are_asked_about() -> None:
    reading = infer(closes(*["passed", "failed"] * 3, pnls=(3, -1, 4, 2, 5, -1)))
    assert asked(reading) == ["ignored"]
    yes, no = reading.doubts[0].answers
    assert yes.changes == {"only.status": None, "only.closed": "exists"}
    assert no.changes == {}


def test_openings_stay_left_out_where_one_more_word_closes() -> None:
    records = closes(*["entered", "closed"] * 6, pnls=(0, 3, 0, -1, 0, 4, 0, -2, 0, 5, 0, 1))
    records[11]["status"] = "passed"
    for record in records:
        del record["exit_price"]
        record["time"] = record.pop("closed")
    reading = infer(records)
    assert (reading.closed, asked(reading)) == (5, ["ignored"])
    assert reading.doubts[0].answers[0].changes == {"only.status": ["closed", "passed"]}


def test_cancelled_orders_without_a_result_are_left_out_in_silence() -> None:
    records = closes(*["closed"] * 5, "cancelled")
    del records[5]["pnl"], records[5]["exit_price"]
    assert infer(records).is_sure


def test_what_is_open_by_its_word_is_left_out_in_silence() -> None:
    records = closes(*["closed"] * 5, "open")
    assert infer(records).is_sure


def test_a_record_that_is_there_once_more_is_left_out_in_silence() -> None:
    records = closes(*["closed"] * 5)
    records.append({**records[4], "status": "cancelled"})
    assert infer(records).is_sure


def test_a_close_whose_reason_is_empty_counts() -> None:
    records = closes(*[""] * 40)
    for n, record in enumerate(records):
        del record["status"], record["closed"]
        record["exitReason"] = ("stop hit", "target", "trailing")[n % 3] if n != 7 else ""
    assert infer(records).closed == 40


@pytest.mark.parametrize("word", ["EVEN", "tie"])
def test_a_trade_that_came_out_even_is_closed(word: str) -> None:
    records = closes(*["x"] * 9, pnls=(1, -2, 0) * 3)
    for n, record in enumerate(records):
        del record["status"]
        record["result"] = ("WIN", "LOSS", word)[n % 3]
    assert infer(records).closed == 9


@given(
    st.lists(
        st.tuples(st.sampled_from(WORDS), st.integers(-9, 9), st.sampled_from(("tp", "sl", ""))),
        min_size=3,
        max_size=12,
    )
)
def test_no_record_with_all_of_a_closed_trade_is_left_out_without_a_question(
    trades: list[tuple[str, int, str]],
) -> None:
    records = closes(*(word for word, _, _ in trades), pnls=tuple(pnl for _, pnl, _ in trades))
    for record, (_, _, reason) in zip(records, trades, strict=True):
        record["exit_reason"] = reason
    reading = infer(records)
    if reading.is_sure and "net_pnl" in str(reading.dialect):
        whole = {row for row, one in enumerate(records) if Decimal(str(one["pnl"]))}
        assert whole <= read(reading, records)


class TestLogsWithoutExits:
    def events(self, **more: str) -> list[Record]:
        """The last event of each signal: expired or invalid, with a result and nothing else."""
        return [
            {
                "time": f"2026-04-{n + 1:02}T10:00:00Z",
                "symbol": f"S{n}",
                "direction": "long",
                "last_event": "invalid" if n % 4 == 0 else "expired",
                "final_r": "-1" if n % 4 == 0 else f"0.{n}",
                **more,
            }
            for n in range(12)
        ]

    def test_results_that_a_word_leaves_out_are_asked_about(self) -> None:
        reading = infer(self.events())
        assert "ignored" in asked(reading)
        doubt = next(one for one in reading.doubts if one.name == "ignored")
        assert "3 records have a final_r, -3 in total, and a time like others" in doubt.question
        assert doubt.answers[0].changes == {"only.last_event": None, "only.final_r": "exists"}

    def test_what_they_were_before_is_no_reason(self) -> None:
        assert "ignored" in asked(infer(self.events(previous_status="waiting for entry")))

    def test_a_flag_of_0_and_1_says_which_are_open(self) -> None:
        records = [{**one, "last_event": "expired", "is_open": "0"} for one in self.events()]
        for one in records[-2:]:
            one["is_open"] = "1"
        reading = infer(records)
        assert (reading.closed, "ignored" in asked(reading)) == (10, False)


def test_results_without_an_end_are_told() -> None:
    records = closes(*["closed"] * 18, "stale", "stale")
    for one in records[18:]:
        del one["closed"], one["exit_price"]
        one["opened"] = "2026-04-01T09:00:00Z"
    reading = infer(records)
    assert (reading.closed, asked(reading)) == (18, [])
    assert "2 records with a pnl, -1 in total, have no end: left out" in reading.assumed


def test_those_that_a_word_calls_open_need_no_word_more() -> None:
    records = closes(*["closed"] * 4, "open", "open")
    for one in records[4:]:
        del one["closed"], one["exit_price"]
    assert not any("no end" in one for one in infer(records).assumed)


def events(*kinds: str, count: int = 8, again: bool = False) -> list[Record]:
    """Positions, each opened by one event and closed by another, the last ones of these kinds."""
    records: list[Record] = []
    for n in range(count):
        kind = (*["exit"] * (count - len(kinds)), *kinds)[n]
        opened = {"exit_shadow": "entry_shadow"}.get(kind, "entry")
        named = {"position_id": f"p{n}", "symbol": "A"}
        at = f"2026-04-{n % 30 + 1:02}T"
        records.append({"event": opened, **named, "entry": 10, "ts": f"{at}09:00:00Z"})
        earned = str(n * 7 % 13 - 5.5)
        records.append({"event": kind, **named, "pnl": earned, "ts": f"{at}10:00:00Z"})
        if again and kind == "invalidate":
            records.append({"event": "exit", **named, "pnl": "7.25", "ts": f"{at}11:00:00Z"})
    return records


def test_exits_that_were_not_traded_beside_others_are_left_out_with_a_note() -> None:
    reading = infer(events("exit_shadow", "exit_shadow"))
    assert asked(reading) == []
    assert reading.closed == 6
    assert "2 records of event exit_shadow were not traded: left out" in reading.assumed


def test_exits_that_are_all_called_so_count() -> None:
    assert infer(events(*["exit_shadow"] * 8)).closed == 8


def test_an_event_that_ends_what_nothing_else_ends_is_a_trade() -> None:
    records = events("invalidate", count=40)
    reading = infer(records)
    assert asked(reading) == []
    assert len(read(reading, records)) == reading.closed == 40
    assert reading.total == 14
    assert "1 records with a pnl end what nothing else ends: trades as well" in reading.assumed


def test_an_event_of_what_something_else_ends_is_asked_about() -> None:
    assert asked(infer(events("invalidate", count=40, again=True))) == ["ignored"]


def test_a_closing_time_of_0_is_no_end() -> None:
    records: list[Record] = [
        {
            "entry_ts": 1_775_000_000 + n * 7200,
            "exit_ts": 0 if n > 9 else 1_775_003_600 + n * 7200,
            "symbol": "A",
            "exit_reason": "END_OF_DATA" if n > 9 else "TP_HIT" if n % 2 else "SL_HIT",
            "pnl": "-25.5" if n > 9 else "4.5" if n % 2 else "-3.25",
        }
        for n in range(12)
    ]
    reading = infer(records)
    assert ([one.name for one in reading.doubts], reading.closed) == ([], 10)


@pytest.mark.parametrize("more", [{"error": "no balance"}, {"note": "x"}])
def test_closes_that_failed_with_an_error_are_left_out_with_a_note(more: Record) -> None:
    records: list[Record] = [
        {
            "ts": f"2026-04-{n + 1:02}T10:00:00Z",
            "action": f"sell_failed (stop {n})" if n % 3 else f"sell_dry (stop {n})",
            "details": {"symbol": "A", "amount": "2", "pnl": str(n * 7 % 13 - 5.5)},
            "success": n % 3 == 0,
            **(more if n % 3 else {}),
        }
        for n in range(24)
    ]
    reading = infer(records)
    assert "ignored" not in asked(reading)
    assert reading.closed == 8
    assert "16 records with a details.pnl failed, as they say: left out" in reading.assumed
