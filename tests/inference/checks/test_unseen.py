"""What the middle of a long log shows, and its ends do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.inference import infer as module
from perfkit.inference.checks.unseen import unseen
from perfkit.inference.infer import infer
from tests.inference.readings import Record

USUAL = 300
ODD = range(140, 146)


def log(**of_odd: object) -> list[Record]:
    """Many trades that earn -3 to 3; those in the middle have other values."""
    records: list[Record] = []
    for n in range(USUAL):
        day, minute = divmod(n, 60)
        record: Record = {
            "entry_time": f"2026-04-{day + 1:02}T09:{minute:02}:00Z",
            "exit_time": f"2026-04-{day + 1:02}T10:{minute:02}:00Z",
            "symbol": "X",
            "status": "closed",
            "is_closed": True,
            "currency": "USD",
            "fee": "0",
            "pnl": f"{n % 7 - 3}.{n % 50}",
        }
        records.append({**record, **of_odd} if n in ODD else record)
    return records


@pytest.fixture(autouse=True)
def few_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_DECIDING", 60)


@pytest.mark.parametrize(
    "odd",
    [{"status": "cancelled", "pnl": "0"}, {"status": "open"}, {"is_closed": False}],
    ids=str,
)
def test_what_did_not_close_is_left_out_wherever_it_stands(odd: Record) -> None:
    reading = infer(log(**{"pnl": "1000", **odd}))
    assert reading.is_sure
    assert reading.closed == USUAL - len(ODD)
    assert {*odd} - {"pnl"} <= {*dict(reading.dialect["only"])}  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("odd", "question"),
    [
        ({"currency": "EUR"}, "currencies"),
        ({"fee": "2.5"}, "costs"),
        ({"status": "cancelled", "pnl": "1000"}, "ignored"),
        ({"pnl": None, "profit": "1000"}, "two_names"),
    ],
    ids=str,
)
def test_what_has_to_be_asked_is_asked_wherever_it_stands(odd: Record, question: str) -> None:
    assert question in [doubt.name for doubt in infer(log(**odd)).doubts]


@pytest.mark.parametrize(
    "odd",
    [
        {"pnl": "1,234.50"},
        {"pnl": "€5.5"},
        {"pnl": ""},
        {"pnl": "-"},
        {"pnl": "N/A"},
        {"pnl": None},
        {"exit_time": "2026/04/03 10:00"},
        {"note": "by hand"},
        {"fees": {"paid": "3"}},
        {"status": None},
    ],
    ids=str,
)
def test_each_kind_of_other_value_is_seen(odd: Record) -> None:
    records = log(**odd)
    assert unseen(records, 60) == [records[n] for n in ODD]


def test_other_numbers_are_nothing_new() -> None:
    assert unseen(log(pnl="99.25", exit_time="2026-04-09T10:00:00Z"), 60) == []


@given(st.integers(60, USUAL - 61), st.sampled_from(["status", "currency", "symbol"]))
def test_one_record_is_enough(row: int, field: str) -> None:
    records = log()
    records[row] = {**records[row], field: "other"}
    assert records[row] in unseen(records, 60)


@pytest.mark.parametrize(
    ("first", "middle", "count"),
    [("T", "N/A", 1), ("N/A", "N/A", 0), ("T", "U", 0)],
    ids=["missing for the first time", "missing before", "another id"],
)
def test_an_id_that_is_missing_is_new(first: str, middle: str, count: int) -> None:
    records: list[Record] = [{"id": f"T{n}"} for n in range(2_000)]
    records[3], records[1_000] = {"id": first}, {"id": middle}
    assert len(unseen(records, 900)) == count
