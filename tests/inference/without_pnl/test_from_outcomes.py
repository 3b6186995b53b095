"""Logs that say whether a trade was won or lost, and not what it earned."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record


def at(hour: int) -> str:
    return f"2026-04-07T{hour:02}:00:00Z"


@pytest.mark.parametrize("word", ["scratch", "riskFree", "risk free", "flat", "be"])
def test_outcomes_that_came_out_even_count(word: str) -> None:
    said = ["win", "loss"] * 4 + [word]
    records: list[dict[str, object]] = [
        {"date": f"2026-04-{n + 1:02}", "id": f"t{n}", "setup": "A", "outcome": outcome}
        for n, outcome in enumerate(said)
    ]
    assert infer(records).closed == 9


@pytest.mark.parametrize(("name", "unit"), [("growth %", "%"), ("earned", None)])
def test_an_amount_with_the_sign_of_nearly_all_outcomes_is_asked_about(
    name: str, unit: str | None
) -> None:
    records: list[Record] = [
        {"time": at(n % 24), "pair": "A", "result": result, name: earned}
        for n, (result, earned) in enumerate([("WON", "0.02"), ("LOST", "-0.01")] * 20)
    ]
    records[3][name] = "0"
    (doubt,) = infer(records).doubts
    assert doubt.name == "amount"
    assert doubt.answers[0].changes.get("currency") == unit
    assert not infer([{**one, name: "0.02"} for one in records]).doubts


@pytest.mark.parametrize(
    "more", [{"confidence": "0.6"}, {"predicted": "UP", "actual": "DOWN"}, {"forecast": "UP"}]
)
@pytest.mark.parametrize("name", ["correct"])
def test_predictions_that_were_right_or_wrong_are_no_trades(name: str, more: Record) -> None:
    records: list[Record] = [
        {"time": at(n), "market": f"m{n % 3}", name: n % 2 == 0, **more} for n in range(12)
    ]
    assert not infer(records).has_results
    bets = [{**one, "stake": "5", "odds": "1.9"} for one in records]
    assert infer(bets).closed == 12


def test_a_class_of_0_and_1_in_a_data_set_is_no_outcome_of_a_trade() -> None:
    records: list[Record] = [
        {"Age": 20 + n, "BMI": str(20 + n % 7), "Insulin": n * 7 % 90, "Outcome": n % 2}
        for n in range(30)
    ]
    assert not infer(records).has_results
    assert infer([{**one, "symbol": "A"} for one in records]).has_results


def test_how_many_were_won_and_lost_is_no_outcome() -> None:
    records: list[Record] = [
        {"user": f"u{n}", "updated_at": 1_784_950_040 + n, "a": {"won": n % 2, "lost": n % 3}}
        for n in range(20)
    ]
    assert not infer(records).has_results
