"""Trades that a backtest wrote several times: at the times of its runs, or under labels."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.readings import Record

MOVES = (("100", "103", "2.1", "6.3"), ("50", "49", "3.3", "-3.3"), ("10", "12", "5.5", "11"))


def run(minute: int, milliseconds: int) -> list[Record]:
    """The trades of one run of a backtest, each held for so many milliseconds."""
    return [
        {
            "symbol": "A",
            "side": "BUY",
            "entry": entry,
            "exit": out,
            "amount": size,
            "pnl": pnl,
            "opened_at": f"2026-04-06T10:{minute:02}:{n:02}.000",
            "closed_at": f"2026-04-06T10:{minute:02}:{n:02}.{milliseconds:03}",
        }
        for n, (entry, out, size, pnl) in enumerate(MOVES)
    ]


def asked(records: list[Record]) -> list[str]:
    return [doubt.name for doubt in infer(records).doubts]


def test_trades_of_an_earlier_run_are_asked_about() -> None:
    reading: Reading = infer([*run(1, 3), *run(2, 5)])
    (doubt,) = reading.doubts
    assert doubt.name == "repeats"
    assert "3 of 6 records" in doubt.question
    parts = ["symbol", "side", "entry", "exit", "amount", "pnl"]
    assert doubt.answers[1].changes == {"identity": parts}


def test_one_run_is_not() -> None:
    assert asked(run(1, 3)) == []


def test_trades_that_were_held_for_a_while_may_be_equal() -> None:
    later = [{**one, "closed_at": "2026-04-06T11:30:00"} for one in run(2, 5)]
    assert asked([*run(1, 3), *later]) == []


class TestTradesUnderSeveralLabels:
    def trades(self, column: str) -> list[Record]:
        """Trades of all signals, and half of them once more as those of a filter."""
        every: list[Record] = [
            {
                "entry_date": f"2026-04-{n + 1:02}",
                "exit_date": f"2026-04-{n + 3:02}",
                "direction": "long" if n % 2 else "short",
                "return_pct": f"{(n + 1) * 13 * (-1) ** n / 10}",
                column: "all",
            }
            for n in range(12)
        ]
        return [*every, *({**one, column: "filtered"} for one in every[::2])]

    def test_they_are_asked_about(self) -> None:
        (doubt,) = infer(self.trades("strategy")).doubts
        assert doubt.name == "repeats"
        assert "6 of 18 records have the times and result" in doubt.question
        parts = ["entry_date", "exit_date", "direction", "return_pct"]
        assert doubt.answers[1].changes == {"identity": parts}

    def test_those_of_the_word_that_nearly_all_have_may_count_alone(self) -> None:
        records = self.trades("period")
        records[-1] |= {"exit_date": "2026-05-20", "return_pct": "7.75"}
        (doubt,) = infer(records).doubts
        assert doubt.answers[2].changes == {"only.period": "all"}

    def test_not_those_of_several_accounts(self) -> None:
        assert asked(self.trades("account")) == []

    def test_not_other_trades_of_the_same_days(self) -> None:
        records = self.trades("strategy")
        for n, one in enumerate(records[12:]):
            one["return_pct"] = f"{n + 0.35}"
        assert asked(records) == []


class TestTradesThatCloseAgain:
    """A bot that forgets what it closed reaches the same stop once more."""

    ONCE = (("A", "100", "97", "-3"), ("B", "50", "51", "2"), ("C", "10", "11", "10"))
    AGAIN = (
        ("S", "200", "190", "-5"),
        ("S", "200", "190.4", "-4.8"),
        ("S", "200", "190.4", "-4.8"),
    )

    def of_closes(
        self, again: Sequence[tuple[str, str, str, str]] = AGAIN, **more: object
    ) -> list[Record]:
        return [
            {
                "ticker": symbol,
                "entry_date": "2026-04-06",
                "exit_date": f"2026-04-07 1{n}:30:00",
                "entry_price": entry,
                "exit_price": out,
                "pnl_pct": pnl,
                "reason": "STOP_LOSS",
                **more,
            }
            for n, (symbol, entry, out, pnl) in enumerate([*self.ONCE, *again])
        ]

    def test_the_first_or_the_last_close_may_count(self) -> None:
        (doubt,) = infer(self.of_closes()).doubts
        assert doubt.name == "repeats"
        assert "2 of 6 records" in doubt.question
        identity = ["entry_date", "ticker", "entry_price"]
        combine = {"closed_at": "first", "net_pnl": "first", "exit_price": "first"}
        _, first, last = doubt.answers
        assert first.changes == {"identity": identity, "combine": combine}
        assert last.changes == {"identity": identity}

    def test_in_a_log_with_the_newest_first_no_first_one_is_offered(self) -> None:
        (doubt,) = infer(self.of_closes()[::-1]).doubts
        assert [set(answer.changes) for answer in doubt.answers] == [set(), {"identity"}]

    def test_parts_that_close_at_different_prices_are_not_repeated(self) -> None:
        parts = (("S", "200", "210", "5"), ("S", "200", "220", "10"), ("S", "200", "190", "-5"))
        assert asked(self.of_closes(parts)) == []

    def test_a_quantity_may_be_that_of_a_part(self) -> None:
        assert "repeats" not in asked(self.of_closes(quantity="10"))


def twice(seconds: str) -> list[Record]:
    """Bets that two bots log, one so much later than the other."""
    return [
        {
            "market": f"M{n}",
            "entry": "0.4",
            "won": n % 2 == 0,
            "pnl": ("6", "-4")[n % 2],
            "logged_at": f"2026-04-06T10:{n:02}:{second}Z",
        }
        for n in range(8)
        for second in ("00.000000", seconds)
    ]


def test_records_that_differ_in_a_moment_alone_are_asked_about() -> None:
    assert asked(twice("00.000035")) == ["repeats"]


def test_records_some_seconds_apart_are_not() -> None:
    assert asked(twice("05.000000")) == []


class TestTestsOfOneStrategy:
    """Each trade stands there once for each of three settings, of which one ends it otherwise."""

    def trades(self, column: str, settings: Sequence[object]) -> list[Record]:
        return [
            {
                "symbol": "A",
                "side": "long",
                "entry_price": "100",
                "exit_price": str(101 + n % 5 - 2 * (n % 2) + (setting == settings[2])),
                "qty": "2",
                "closed_at": f"2026-04-{n + 1:02}T1{n % 7}:30:00Z",
                "net_pnl": str(2 * (1 + n % 5 - 2 * (n % 2) + (setting == settings[2]))),
                column: setting,
            }
            for n in range(12)
            for setting in settings
        ]

    def test_each_setting_may_be_meant(self) -> None:
        reading = infer(self.trades("variant", ("base", "tight", "wide")))
        (doubt,) = reading.doubts
        assert (doubt.name, "another variant" in doubt.question) == ("repeats", True)
        assert [one.changes for one in doubt.answers[2:]] == [
            {"only.variant": one} for one in ("base", "tight", "wide")
        ]

    def test_so_may_one_that_is_a_number(self) -> None:
        (doubt,) = infer(self.trades("config_id", (1, 2, 3))).doubts
        assert "another config_id" in doubt.question


class TestArmsOfATest:
    """The same entries under several names, each staked by what it had earned before."""

    def trades(self, column: str) -> list[Record]:
        return [
            {
                column: arm,
                "symbol": f"S{n % 5}",
                "entry_date": f"2026-04-{n + 1:02}",
                "exit_date": f"2026-04-{n + 3:02}",
                "exit_reason": "target" if n % 3 else "stop",
                "pnl": str((n % 3 * 5 - 4) * (20 + place * n)),
            }
            for place, arm in enumerate(("base", "blend", "veto"))
            for n in range(14)
        ]

    @pytest.mark.parametrize("column", ["arm", "variant", "config_name", "scenario"])
    def test_each_may_be_meant(self, column: str) -> None:
        (doubt,) = infer(self.trades(column)).doubts
        assert (doubt.name, f"another {column}" in doubt.question) == ("repeats", True)
        only = [one.changes for one in doubt.answers[1:]]
        assert only == [{f"only.{column}": one} for one in ("base", "blend", "veto")]

    VARIED = (("sl_mult", True), ("hold", True), ("leg", False), ("score", False))

    @pytest.mark.parametrize(("column", "is_asked"), VARIED)
    def test_a_number_that_was_varied_is_one(self, column: str, *, is_asked: bool) -> None:
        records = []
        for n, one in enumerate(self.trades("x")):
            del one["x"]
            day = n % 14 + n // 14 + 1
            records.append({**one, column: str(1 + n // 14 / 2), "exit_date": f"2026-05-{day:02}"})
        assert asked(records) == ["repeats"] * is_asked

    def test_strategies_are_no_arms(self) -> None:
        assert asked(self.trades("strategy")) == []
