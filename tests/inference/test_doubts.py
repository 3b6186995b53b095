"""Questions: those that can be answered with no, and those with a likely answer."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import perfkit
from perfkit.core.errors import NoResultsError
from perfkit.inference.infer import infer
from tests.inference.executions import fills, renamed
from tests.inference.readings import Record, closed_trades, times

Records = list[dict[str, object]]


def moments(count: int) -> list[str]:
    return [f"2026-04-0{n // 5 + 1}T1{n % 5}:{n * 7 % 60:02}:00Z" for n in range(count)]


def of_column(name: str, numbers: list[str], **others: object) -> Records:
    return [
        {"time": time, name: number, **others}
        for time, number in zip(moments(len(numbers)), numbers, strict=True)
    ]


TRADE = {"symbol": "A", "side": "long", "reason": "stop loss", "qty": 1}
RUNNING = [str(100 + n * n % 7 + 3 * n) for n in range(12)]
ORDERS: Records = [
    {"time": time, "side": side, "price": price, "qty": "1", "status": "accepted"}
    for time, side, price in zip(moments(4), ["buy", "sell"] * 2, ["5", "6", "7", "9"], strict=True)
]
POSITIONS: Records = [
    {"time": time, "symbol": "A", "pnl": str(n % 5 - 2), "position": n % 2}
    for n, time in enumerate(moments(20))
]


@pytest.mark.parametrize(
    ("records", "name", "number", "why"),
    [
        (of_column("pnl", ["1", "-2", "3"]), "weak", 5, "pnl is not the result of a trade"),
        (
            of_column("total_pnl", RUNNING, **TRADE),
            "total_so_far",
            2,
            "total_pnl is a running total",
        ),
        (ORDERS, "not_filled", 2, "the orders were not filled"),
        (POSITIONS, "bars", 2, "records are bars, not trades"),
    ],
    ids=["weak", "running", "orders", "bars"],
)
def test_no_ends_in_no_results(
    tmp_path: Path, records: Records, name: str, number: int, why: str
) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps(records))
    with pytest.raises(NoResultsError, match=f"no results found: {why}, as answered"):
        perfkit.read(path, answers={name: number}, quiet=True)


def test_other_answers_make_no_difference_then(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps(of_column("pnl", ["0", "0", "3", "0", "-2"], fee="0.1")))
    with pytest.raises(NoResultsError, match="not the result of a trade"):
        perfkit.read(path, answers={"weak": 5, "zeros": 2}, quiet=True)


MANY = 40


def trades(count: int) -> list[Record]:
    return [
        {"time": time, "symbol": "AB"[n % 2], "net_pnl": str(n % 7 - 3), "exit_reason": "stop"}
        for n, time in enumerate(times(count))
    ]


def of_zeros(side: Sequence[str], results: Sequence[str]) -> list[Record]:
    return [
        {"time": time, "symbol": "A", "side": side[n % len(side)], "pnl": results[n % len(results)]}
        for n, time in enumerate(times(MANY))
    ]


def without_a_time() -> list[Record]:
    return [{"symbol": "A", "side": "long", "pnl": pnl} for pnl in ("5", "-2", "3.5")]


def expired() -> list[Record]:
    pnls = {"TP_HIT": "2", "SL_HIT": "-1", "EXPIRED": "0", "OPEN": "0"}
    return [
        {"time": time, "symbol": "A", "side": "long", "id": n, "status": word, "pnl": pnls[word]}
        for n, (time, word) in enumerate(zip(times(20), list(pnls) * 5, strict=True))
    ]


def without_a_quantity() -> list[Record]:
    return [
        {"time": time, "symbol": "A", "action": ("buy", "sell")[n % 2], "price": str(10 + n)}
        for n, time in enumerate(times(8))
    ]


def options() -> list[Record]:
    found = fills(("buy", "2", "1.5"), ("sell", "2", "1.75"), ("buy", "2", "2"), ("sell", "2", "1"))
    return [{**one, "symbol": "SPY260117C00500000"} for one in found]


def futures() -> list[Record]:
    found = fills(("buy", "2", "5000"), ("sell", "2", "5010"), ("buy", "2", "4990"))
    return [{**one, "symbol": "ESZ26"} for one in [*found, {**found[1], "time": "2026-04-08"}]]


def several_markets() -> list[Record]:
    orders = (
        *(("buy", "1", "10"), ("buy", "1", "50"), ("sell", "1", "12"), ("sell", "1", "55")),
        *(("buy", "1", "11"), ("sell", "1", "11")),
    )
    records = [{**one, "symbol": "XYXYXX"[n]} for n, one in enumerate(fills(*orders))]
    return renamed(records, symbol="emitent")


def in_per_cent() -> list[Record]:
    per_cent = ("3", "-2", "20")
    return [
        {name: value for name, value in one.items() if name != "pnl"} | {"pnl_pct": said}
        for one, said in zip(closed_trades(), per_cent, strict=True)
    ]


def with_costs(records: list[Record], fee: str) -> list[Record]:
    """The same with a fee of the records with a P&L of 0, and of others."""
    return [{**one, "fee": "0.5" if one["pnl"] != "0" else fee} for one in records]


def costs_beside() -> list[Record]:
    return [{**one, "fee": "0.5"} for one in without_prices()]


def without_prices() -> list[Record]:
    names = ("symbol", "side", "exit_time", "pnl")
    return [{name: one[name] for name in names} for one in closed_trades()]


@pytest.mark.parametrize(
    ("records", "name", "is_likely"),
    [
        (of_zeros(("long", "short"), ("0", "1.5", "0", "-0.5")), "zeros", True),
        (of_zeros(("sell", "buy"), (*("1.5", "0", "-2", "0") * 9, "3", "1")), "zeros", False),
        (with_costs(of_zeros(("long",), ("0", "1.5", "0", "-0.5")), "0"), "zeros", True),
        (with_costs(of_zeros(("long",), ("0", "1.5", "0", "-0.5")), "0.5"), "zeros", False),
        (trades(MANY) + trades(2), "repeats", True),
        (trades(MANY) + trades(20), "repeats", False),
        (without_a_time(), "no_time", True),
        (
            [{**one, "timestamp": "2026-04-07" * (one["pnl"] != "5")} for one in without_a_time()],
            "no_time",
            False,
        ),
        (expired(), "never_entered", True),
        (with_costs(expired(), "0"), "never_entered", True),
        (with_costs(expired(), "0.5"), "never_entered", False),
        (without_a_quantity(), "unit", True),
        (options(), "contract_size", True),
        (futures(), "contract_size", False),
        (several_markets(), "markets", True),
        (in_per_cent(), "per_cent", True),
        (costs_beside(), "costs", False),
    ],
)
def test_an_answer_is_likely(records: list[Record], name: str, *, is_likely: bool) -> None:
    said = {doubt.name: bool(doubt.likely) for doubt in infer(records).doubts}
    assert said[name] is is_likely, said
