"""Prices beside a P&L that is 0 in each trade."""

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked, closed_trades


def _with_pnl(*amounts: object) -> list[Record]:
    return [{**one, "pnl": pnl} for one, pnl in zip(closed_trades(), amounts, strict=True)]


def test_prices_that_contradict_zeros_are_asked_about() -> None:
    reading = infer(_with_pnl("0", 0, "0.00"))
    (doubt,) = (one for one in reading.doubts if one.name == "two_results")
    assert [one.changes for one in doubt.answers] == [{}, {"fields.net_pnl": "pnl"}]


def test_prices_beside_an_empty_pnl_say_what_was_earned() -> None:
    assert "two_results" not in asked(infer(_with_pnl("", "", "")))


def test_what_is_not_realized_may_be_zero_after_a_close() -> None:
    records = [{**one, "unrealized_pnl": one.pop("pnl") and "0"} for one in closed_trades()]
    assert "two_results" not in asked(infer(records))
