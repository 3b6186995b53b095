"""Records that lack the exit price, or the P&L, that others have."""

from __future__ import annotations

from perfkit.inference.infer import infer
from tests.inference.readings import Record


def trades(*missing: int) -> list[Record]:
    return [
        {
            "time": f"2026-04-{n + 1:02}T10:00:00Z",
            "symbol": "A",
            "side": "long",
            "entry_price": "100",
            "exit_price": None if n in missing else f"{101 + n}",
            "qty": "2",
            "pnl": f"{2 + 2 * n}",
        }
        for n in range(9)
    ]


def asked(records: list[Record]) -> list[str]:
    return [doubt.name for doubt in infer(records).doubts]


def test_they_are_asked_about() -> None:
    (doubt,) = infer(trades(3, 7)).doubts
    assert doubt.name == "unpriced"
    assert "2 of 9 records with a pnl have no exit_price, 24 in total" in doubt.question
    assert doubt.answers[0].changes == {"only.exit_price": "exists"}


def test_a_reason_or_an_outcome_says_that_they_closed() -> None:
    assert asked([{**one, "exit_reason": "timeout"} for one in trades(3, 7)]) == []
    assert asked([{**one, "outcome": "win"} for one in trades(3, 7)]) == []


def test_an_exit_price_that_most_lack_says_nothing() -> None:
    assert "unpriced" not in asked(trades(1, 2, 3, 4))


def test_without_a_gap_nothing_is_asked() -> None:
    assert asked(trades()) == []


class TestWordsOfWhichSomeHaveAResult:
    def signals(self) -> list[Record]:
        """Signals that ended at a stop or a target, and many that expired, a few with a value."""
        said = ["STOP_HIT", "TARGET_HIT"] * 4 + ["EXPIRED"] * 60 + ["OPEN"]
        return [
            {
                "opened_at": f"2026-04-{n % 28 + 1:02} 09:{n % 60:02}:00",
                "checked_at": f"2026-04-{n % 28 + 1:02} 15:{n % 60:02}:00",
                "symbol": f"S{n}",
                "side": "LONG",
                "entry": "100",
                "status": status,
                "pnl_points": f"{5 + n}" if n % 2 else f"{-5 - n}" if n < 12 else None,
            }
            for n, status in enumerate(said)
            if not (status == "EXPIRED" and n % 2 and n > 12)
        ]

    def test_they_may_be_none(self) -> None:
        reading = infer(self.signals())
        doubt = next(one for one in reading.doubts if one.name == "left_out")
        assert [one.changes for one in doubt.answers] == [
            {},
            {"only.status": ["STOP_HIT", "TARGET_HIT"]},
        ]
