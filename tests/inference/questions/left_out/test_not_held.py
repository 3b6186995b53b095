"""Days on which nothing was held, and positions that were struck off the books."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked


def _days(name: str = "signal", **more: object) -> list[Record]:
    return [
        {
            "date": f"2026-04-{n + 1:02}",
            "ticker": "AAPL",
            name: str(n % 2),
            "trade_pnl": str(n % 7 - 3 + n / 10) if n % 2 else "-0.0",
            **more,
        }
        for n in range(28)
    ]


def _bars(records: list[Record]) -> list[dict[str, object]]:
    found = [one for one in infer(records).doubts if one.name == "bars"]
    return [answer.changes for one in found for answer in one.answers]


@pytest.mark.parametrize("name", ["signal", "prediction", "predicted_signal"])
def test_days_without_a_signal_are_no_trades_perhaps(name: str) -> None:
    assert _bars(_days(name)) == [{f"only.{name}": {"not": 0}}, {}, {}]


def test_the_signal_counts_that_says_most() -> None:
    records = [{**one, "prediction": str(n % 4 and 1)} for n, one in enumerate(_days())]
    assert _bars(records)[0] == {"only.signal": {"not": 0}}


def test_signals_of_trades_with_prices_are_not_asked_about() -> None:
    assert not _bars(_days(entry_price="10", exit_price="11"))


def test_a_signal_of_0_with_a_result_says_nothing() -> None:
    assert not _bars([{**one, "trade_pnl": str(n - 9)} for n, one in enumerate(_days())])


def _struck(reason: str, out: str, pnl: str) -> list[Record]:
    return [
        {
            "id": f"T{n}",
            "symbol": "ETH/USDT",
            "direction": "long",
            "entry_price": f"4{n}00",
            "exit_price": out or f"4{n}00",
            "pnl_usdt": f"{pnl}.{n}",
            "entry_time": f"2026-04-0{n}T09:00:00Z",
            "exit_time": f"2026-04-0{n}T10:00:00Z",
            "exit_reason": reason,
        }
        for n in range(1, 7)
    ]


@pytest.mark.parametrize("reason", ["ghost_position_purge", "ORPHANED", "position sync"])
def test_losses_of_ghosts_without_a_move_of_the_price_are_asked_about(reason: str) -> None:
    assert "struck_off" in asked(infer(_struck(reason, "", "-105")))


def test_beside_others_they_can_be_left_out() -> None:
    others = [{**one, "id": f"{one['id']}b"} for one in _struck("stop", "4050", "-20")]
    (doubt,) = (
        one
        for one in infer([*others, *_struck("ghost_purge", "", "-105")]).doubts
        if one.name == "struck_off"
    )
    assert doubt.answers[1].changes == {"only.exit_reason": {"not": ["ghost_purge"]}}


@pytest.mark.parametrize(
    ("reason", "out", "pnl"),
    [("stop_loss", "", "-1"), ("ghost_purge", "4050", "-105"), ("position sync", "", "0")],
    ids=["another reason", "a move of the price", "no loss"],
)
def test_other_losses_are_not(reason: str, out: str, pnl: str) -> None:
    assert "struck_off" not in asked(infer(_struck(reason, out, pnl)))
