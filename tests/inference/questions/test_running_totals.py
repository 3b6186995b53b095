"""Totals so far that no name shows: openings repeat what all closes before them add up to."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record


def entries_and_exits(*amounts: tuple[str, str], turned: bool = False) -> list[Record]:
    """For each trade what its ENTRY and its EXIT have as P&L; the EXIT first where `turned`."""
    found = []
    for n, (opening, close) in enumerate(amounts):
        two: list[Record] = [
            {"time": f"2026-04-07T{n:02}:00:00Z", "type": "ENTRY", "price": "10", "pnl": opening},
            {"time": f"2026-04-07T{n:02}:30:00Z", "type": "EXIT", "price": "11", "pnl": close},
        ]
        found += two[::-1] if turned else two
    return [{"symbol": "A", "side": "long", **one} for one in found]


def asked(records: list[Record]) -> list[str]:
    return [doubt.name for doubt in infer(records).doubts]


TOTALS = (("0", "-1"), ("-1", "2"), ("2", "5"), ("5", "3"), ("3", "7"))


def test_openings_that_repeat_the_close_before_them_have_a_total() -> None:
    found = asked(entries_and_exits(*TOTALS))
    assert "total_so_far" in found
    assert "opening_results" not in found


@pytest.mark.parametrize("close_first", [True, False])
def test_a_pnl_on_both_records_of_a_trade_is_no_total(close_first: bool) -> None:
    same = [(close, close) for _, close in TOTALS]
    assert "total_so_far" not in asked(entries_and_exits(*same, turned=close_first))


def test_costs_on_openings_are_no_total() -> None:
    assert "total_so_far" not in asked(entries_and_exits(*(("-0.5", b) for _, b in TOTALS)))


def slowly(days: list[int]) -> list[Record]:
    """Results that move little from one record to the next, each at a day of its own."""
    return [
        {"exit_date": f"2026-04-{day:02}", "symbol": "A", "pnl": str(400 - 17 * n + n % 2)}
        for n, day in enumerate(days)
    ]


def test_results_in_their_own_order_and_not_in_that_of_time_are_no_total() -> None:
    in_time = list(range(1, 29))
    assert "total_so_far" in asked(slowly(in_time))
    assert "total_so_far" in asked(slowly(in_time[::-1]))
    assert "total_so_far" not in asked(slowly([(day * 11) % 29 for day in in_time]))


def of_ends(*results: str) -> list[Record]:
    return [
        {
            "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "symbol": "A",
            "reason": "stop" if result.startswith("-") else "target",
            "total_r": result,
        }
        for n, result in enumerate(results)
    ]


def test_a_total_that_turns_with_each_outcome_is_that_of_a_trade() -> None:
    by_turns = of_ends("1.5", "-1", "-1.1", "2", "-1", "1.4", "-1.2", "2.2", "-1", "1")
    assert "total_so_far" not in asked(by_turns)
    steady = of_ends("1.5", "2", "2.2", "1.1", "1.4", "-1", "-0.4", "-1.2", "-1.1", "-2")
    assert "total_so_far" in asked(steady)


def test_results_that_prices_give_but_for_unsaid_costs_are_no_total() -> None:
    records: list[Record] = [
        {
            "symbol": "A",
            "side": "long",
            "entry_time": f"2026-04-{n + 1:02}",
            "exit_time": f"2026-05-{n + 1:02}",
            "entry": 100,
            "exit": 120 + 5 * n + n % 3,
            "unidades": 10,
            "pnl": (20 + 5 * n + n % 3) * 10 - 3.25 - n % 4,
        }
        for n in range(24)
    ]
    assert "total_so_far" not in asked(records)


@pytest.mark.parametrize(("total", "found"), [("-140", []), ("-130", ["of_one_unit"])])
def test_a_total_is_that_of_all_contracts_as_one_of_them_shows(
    total: str, found: list[str]
) -> None:
    record: Record = {
        "symbol": "A",
        "qty": "2",
        "entry_price": "0.71",
        "exit_price": "0.01",
        "exit_time": "2026-04-07T10:00:00Z",
        "pnl_per_contract": "-70",
        "pnl_total": total,
    }
    assert asked([record]) == found
