"""Totals so far that no name shows: openings repeat what all closes before them add up to."""

import pytest

from perfkit.inference.infer import infer

Record = dict[str, object]


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


class TestNoResults:
    def test_a_cost_basis_is_no_result(self) -> None:
        records: list[Record] = [
            {"time": f"2026-04-07T{n:02}:00:00Z", "note": "x", "net_cost_basis": str(n - 4)}
            for n in range(9)
        ]
        assert not infer(records).has_results

    def test_a_rate_of_interest_is_no_multiple_of_a_risk(self) -> None:
        records: list[Record] = [
            {"time": f"2026-04-07T{n:02}:00:00Z", "strike": "50", "sigma": "0.2", "r": f"0.0{n}"}
            for n in range(1, 9)
        ]
        assert not infer(records).has_results

    def test_multiples_of_a_risk_are_won_and_lost(self) -> None:
        records: list[Record] = [
            {"time": f"2026-04-07T{n:02}:00:00Z", "symbol": "A", "side": "long", "r": str(n - 4)}
            for n in range(1, 9)
        ]
        assert infer(records).source["currency"] == "R"


@pytest.mark.parametrize(
    ("number", "is_asked"), [("Trade #", False), ("trade_id", False), ("row", True)]
)
def test_a_plain_result_beside_the_number_of_each_trade_is_that_of_a_trade(
    number: str, is_asked: bool
) -> None:
    records: list[Record] = [
        {number: str(n), "pnl": str(10 - 7 * n), "time": f"2026-04-07T{n:02}:00:00Z"}
        for n in range(1, 6)
    ]
    assert ("weak" in asked(records)) is is_asked


def rounded(outcomes: str, amounts: str) -> list[Record]:
    words = {"w": "win", "l": "loss"}
    return [
        {
            "time": f"2026-04-{n + 1:02}T10:00:00Z",
            "symbol": "A",
            "result": words[word],
            "profit": amount,
        }
        for n, (word, amount) in enumerate(zip(outcomes, amounts, strict=True))
    ]


def test_wins_and_losses_that_are_rounded_to_0_are_trades() -> None:
    records = [
        {**one, "profit": {"3": "-3"}.get(str(one["profit"]), one["profit"])}
        for one in rounded("wlwlwl", "530000")
    ]
    assert asked(records) == []


def test_losses_that_are_all_0_are_asked_about() -> None:
    assert asked(rounded("wwllll", "520000")) == ["zeros"]


def test_amounts_that_are_all_0_are_no_per_cent() -> None:
    prices = {"entry_price": "0.5", "exit_price": "0.5", "pnl": "0.0", "pnl_percent": "0.0"}
    records: list[Record] = [
        {"closed_at": f"2026-04-0{n + 1}T10:00:00Z", "market": "A", **prices} for n in range(2)
    ]
    reading = infer(records)
    assert (reading.doubts, reading.source["currency"]) == ((), "money")


def test_a_result_that_a_balance_moves_by_is_none_of_a_signal() -> None:
    records: list[Record] = []
    total = 0
    for n, earned in enumerate((5, -3, 4, 6, -2)):
        total += earned
        at = f"2026-04-0{n + 1}T"
        records += [
            {"time": f"{at}09:00:00Z", "event": "signal", "side": "long"},
            {
                "time": f"{at}10:00:00Z",
                "event": "close",
                "side": "long",
                "pnl": str(earned),
                "balance": str(100 + total),
            },
        ]
    assert "weak" not in asked(records)
