"""Results of 0: trades that came out even or are rounded, or what has not ended."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, fields


def asked(records: list[Record]) -> list[str]:
    return [doubt.name for doubt in infer(records).doubts]


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


def test_equal_prices_say_that_a_trade_came_out_even() -> None:
    records: list[Record] = [
        {
            "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "entry_price": "100",
            "exit_price": price,
            "lot_size": "7",
            "pnl": pnl,
            "exit_reason": "signal",
        }
        for n, (price, pnl) in enumerate((("100", "0"), ("110", "-65"), ("93", "48")) * 4)
    ]
    assert asked(records) == []
    assert asked([{**one, "exit_price": "101"} for one in records]) == ["zeros"]


def test_a_decision_not_to_trade_is_no_trade() -> None:
    records: list[Record] = [
        {
            "date": f"2026-04-{n + 1:02}",
            "city": "A",
            "signal": signal,
            "price": "0.4",
            "pnl": pnl,
        }
        for n, (signal, pnl) in enumerate((("BUY YES", "6"), ("SKIP", "0"), ("BUY NO", "-4")) * 4)
    ]
    assert asked(records) == []
    assert infer(records).closed == 8
    earned = [{**one, "pnl": "1"} if one["signal"] == "SKIP" else one for one in records]
    assert infer(earned).closed == 12


def test_losses_that_are_all_0_may_have_lost_what_was_paid() -> None:
    records = [{**one, "stake": "2"} for one in rounded("wwllll", "520000")]
    (doubt,) = infer(records).doubts
    assert doubt.answers[0].changes == {
        "fields.net_pnl": 'where(profit, result, "win") or -where(stake, result, "loss")'
    }
    assert len(infer(rounded("wwllll", "520000")).doubts[0].answers) == len(doubt.answers) - 1


def test_amounts_of_0_without_an_outcome_are_not_settled() -> None:
    records = rounded("wwlwlw", "534320")
    records = [
        {**one, "result": None if one["profit"] == "0" else one["result"]} for one in records
    ]
    reading = infer(records)
    assert (reading.closed, reading.dialect["only"]) == (5, {"result": "exists"})
    whole = [{**one, "result": one["result"] or "win"} for one in records]
    assert infer(whole).closed == 6


def test_a_loss_that_is_rounded_to_0_says_that_others_may_be() -> None:
    def sold(*profits: str) -> list[Record]:
        return [
            {"time": f"2026-04-{n + 1:02}T10:00:00Z", "coin": "A", "price": "3", "profit": profit}
            for n, profit in enumerate(profits)
        ]

    assert "zeros" not in asked(sold("0.2", "-0.0", "0.0", "-0.1", "0.0", "0.1"))
    assert "zeros" in asked(sold("0.2", "0.0", "0.0", "-0.1", "0.0", "0.1"))
    assert "zeros" in asked(sold("0.2", "-0.0", *["0.0"] * 9, "-0.1"))


def lost_bets(lost: int, **more: tuple[str, str]) -> list[Record]:
    """Ten bets of 10 at 1.9, of which some were lost; the values of `more` are of won and lost."""
    return [
        {
            "date": f"2026-04-{n + 1:02}",
            "match": f"m{n}",
            "stake": "10",
            "result": "loss" if n < lost else "win",
            "profit": "0" if n < lost else f"{9 + n % 2}",
            **{name: ends[n >= lost] for name, ends in more.items()},
        }
        for n in range(10)
    ]


@pytest.mark.parametrize("lost", [2, 6])
def test_losses_of_0_are_those_of_the_stake_where_returns_show_it(lost: int) -> None:
    records = lost_bets(lost, returned=("0", ""))
    for one in records:
        one["returned"] = one["returned"] or str(int(str(one["profit"])) + 10)
    reading = infer(records)
    assert reading.is_sure
    wanted = '-where(stake, result, "loss") or where(profit, result, "win")'
    assert fields(reading)["net_pnl"] == wanted
    assert f"{lost} records that lost have a profit of 0: they lost stake" in reading.assumed[-1]


@pytest.mark.parametrize("lost", [2, 6])
def test_they_are_asked_about_where_nothing_shows_it_even_if_they_are_few(lost: int) -> None:
    assert asked(lost_bets(lost)) == ["zeros"]
