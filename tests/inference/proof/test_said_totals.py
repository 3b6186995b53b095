"""Numbers beside the records of a document: how many trades there are, and what they earned."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from perfkit.inference.found import Found
from perfkit.inference.layouts.beside import numbers_beside
from perfkit.inference.source import found_in

# two of four are 0, and the last repeats the first
BETS = [{"won": n % 2 == 0, "pnl": "5" if n % 2 == 0 else "0"} for n in range(4)]


def read(tmp_path: Path, document: object) -> Found:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document))
    return found_in(str(path))


def asked(found: Found) -> list[str]:
    return [doubt.name for doubt in found.reading.doubts]


@pytest.mark.parametrize(
    "beside",
    [
        {"total_pnl": 10, "wins": 2, "losses": 2},
        {"total_trades": 4, "pnl": 10},
        {"summary": {"trade_count": 4, "net_pnl": "10.00"}},
    ],
)
def test_totals_say_that_all_records_are_trades(tmp_path: Path, beside: dict[str, object]) -> None:
    found = read(tmp_path, {**beside, "trades": BETS})
    assert (asked(found), found.reading.closed) == ([], 4)


@pytest.mark.parametrize(
    "beside",
    [
        {},
        {"total_pnl": 10},
        {"total_trades": 4},
        {"total_pnl": 10, "total_trades": 2},
        {"total_pnl": 15, "total_trades": 4},
        {"unrealized_pnl": 10, "max_trades": 4},
    ],
)
def test_without_both_it_is_asked(tmp_path: Path, beside: dict[str, object]) -> None:
    assert asked(read(tmp_path, {**beside, "trades": BETS})) == ["zeros", "repeats"]


def test_totals_of_several_lists_are_added(tmp_path: Path) -> None:
    one = {"bets": 4, "pnl": 10, "trades": BETS}
    found = read(tmp_path, {"strategies": {"a": one, "b": one}})
    assert (asked(found), found.reading.closed) == ([], 8)
    other = {**one, "bets": 3}
    assert asked(read(tmp_path, {"strategies": {"a": one, "b": other}})) == ["zeros", "repeats"]


def test_numbers_of_all_owners_of_a_path_are_added() -> None:
    document = {"x": {"n": 1, "m": 2, "trades": []}, "y": {"n": "1.5", "trades": []}, "z": 3}
    assert numbers_beside(document, ["*", "trades"]) == {"n": Decimal("2.5")}
    assert numbers_beside([], []) == {}


def test_a_list_of_all_results_is_what_it_adds_up_to(tmp_path: Path) -> None:
    beside = {"total_trades": 4, "pnl_sequence": ["5", 0, 5, 0]}
    assert asked(read(tmp_path, {**beside, "trades": BETS})) == []
    beside["pnl_sequence"] = [5, 0, 5, 5]
    assert asked(read(tmp_path, {**beside, "trades": BETS})) == ["zeros", "repeats"]
    assert numbers_beside({"history": "a", "list": [1, "a"], "trades": []}, ["trades"]) == {}


def test_a_total_of_as_many_trades_is_none_of_totals_so_far(tmp_path: Path) -> None:
    trades = [
        {"at": f"2026-04-0{n + 1}", "symbol": "A", "side": "buy", "total_pnl": pnl}
        for n, pnl in enumerate(("3", "4.5", "2", "6"))
    ]
    assert "total_so_far" in asked(read(tmp_path, {"trades": trades}))
    beside = {"closed_trades": 4, "total_pnl": "15.50"}
    assert asked(read(tmp_path, {"day": {**beside, "trades": trades}})) == []


RATES = ["1.273", "6.211", "-3.936", "3.851", "3.229"]


@pytest.mark.parametrize(
    ("beside", "name", "unit"),
    [
        ({"metrics": {"expectancy_pct_per_trade": "2.1256"}}, "pnl", "%"),
        ({"average_return_percent": "2.13"}, "profit", "%"),
        ({"avg_win_pct": "2.1256"}, "pnl", "USDT"),
        ({"avg_pnl_pct": "2.1256"}, "pnl_usdt", "USDT"),
        ({"avg_pnl": "2.1256"}, "pnl", "USDT"),
        ({"avg_pnl_pct": "2.4"}, "pnl", "USDT"),
        ({"avg_pnl_pct": "2.1256", "total_pnl": "10.628"}, "pnl", "USDT"),
    ],
)
def test_a_mean_in_per_cent_says_the_unit(
    tmp_path: Path, beside: dict[str, object], name: str, unit: str
) -> None:
    trades = [
        {"symbol": "ADAUSDT", "timestamp": f"2026-04-0{n}T10:00:00Z", name: earned, "win": True}
        for n, earned in enumerate(RATES, 1)
    ]
    trades[2]["win"] = False
    found = read(tmp_path, {**beside, "trades": trades})
    assert (asked(found), found.reading.source["currency"]) == ([], unit)
    assert any("the currency is" in said for said in found.reading.assumed) is (
        unit == "USDT" and name == "pnl"
    )


@pytest.mark.parametrize(
    ("beside", "is_told"),
    [
        ({"stats": {"taken": 3}}, True),
        ({"total_trades": 9}, True),
        ({"total_trades": 9, "closed_trades": 5}, False),
        ({"wins": 4, "losses": 1, "total_trades": 9}, False),
        ({"max_trades": 9, "open_trades": 2}, False),
    ],
)
def test_another_number_of_trades_is_told(
    tmp_path: Path, beside: dict[str, object], *, is_told: bool
) -> None:
    trades = [
        {"symbol": "ES", "timestamp": f"2026-04-0{n}T10:00:00Z", "pnl": f"{n - 3}5"}
        for n in range(1, 6)
    ]
    found = read(tmp_path, {**beside, "trades": trades})
    assert found.reading.closed == 5
    assert any("5 records are read as trades" in one for one in found.reading.assumed) is is_told
