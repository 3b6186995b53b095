"""Long or short, where no column says so."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import field
from tests.inference.readings import Record, asked


def trades(
    entry: str = "entry_price", out: str = "exit_price", more: dict[str, list[str]] | None = None
) -> list[Record]:
    """Prices that rise by 10, fall by 5, rise by 8 and fall by 2."""
    return [
        {
            "entry_time": f"2026-04-0{n + 1}T09:00:00Z",
            "exit_time": f"2026-04-0{n + 1}T10:00:00Z",
            "symbol": "A",
            "quantity": "2",
            entry: "100",
            out: str(100 + move),
            **{name: values[n] for name, values in (more or {}).items()},
        }
        for n, move in enumerate((10, -5, 8, -2))
    ]


def test_what_is_bought_and_sold_earns_the_difference() -> None:
    reading = infer(trades("buy_price", "sell_price"))
    assert (asked(reading), field(reading, "side")) == ([], "= long")


@pytest.mark.parametrize(
    ("more", "side"),
    [
        ({"reason": ["tp", "sl", "tp", "sl"]}, "long"),
        ({"reason": ["SL hit", "TP hit", "SL hit", "TP hit"]}, "short"),
        ({"outcome": ["win", "loss", "win", "loss"]}, "long"),
        ({"outcome": ["loss", "win", "loss", "win"]}, "short"),
        ({"stop_loss": ["95"] * 4}, "long"),
        ({"stop_loss": ["105"] * 4}, "short"),
    ],
    ids=str,
)
def test_reasons_outcomes_and_stops_say_the_side(more: dict[str, list[str]], side: str) -> None:
    reading = infer(trades(more=more))
    assert (asked(reading), field(reading, "side")) == ([], f"= {side}")


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"reason": ["tp", "tp", "sl", "sl"]},
        {"outcome": ["win", "loss", "win", "loss"], "stop_loss": ["105"] * 4},
    ],
    ids=str,
)
def test_it_is_asked_where_nothing_says_it(more: dict[str, list[str]]) -> None:
    assert asked(infer(trades(more=more))) == ["side"]


def test_shares_held_for_days_are_long() -> None:
    records = trades()
    for n, record in enumerate(records):
        record |= {"symbol": f"S{n}", "exit_time": f"2026-04-1{n}T10:00:00Z"}
    reading = infer(records)
    assert (asked(reading), field(reading, "side")) == ([], "= long")


class TestSidesOfOptions:
    def of_sides(self, *pairs: str, kinds: bool = False) -> list[str]:
        """What is asked of options, each with its kind and the side that is logged: `CE Long`."""
        records = [
            {
                "Ticker": "NIFTY" if kinds else f"NIFTY26APR24000{pair.split()[0]}",
                "Entry Type": pair.split()[1],
                "Entry Time": f"2026-04-{n + 1:02} 09:00:00",
                "Entry Price": "100",
                "Exit Time": f"2026-04-{n + 1:02} 10:00:00",
                "Exit Price": f"{97 + n}",
                "strike": "24000",
                "kind": {"CE": "call", "PE": "put"}[pair.split()[0]],
            }
            for n, pair in enumerate(pairs)
        ]
        if not kinds:
            for one in records:
                del one["strike"], one["kind"]
        return [doubt.name for doubt in infer(records).doubts]

    def test_short_puts_beside_long_calls_may_be_bought(self) -> None:
        assert "side" in self.of_sides("CE Long", "PE Short", "CE Long", "PE Short")
        assert "side" in self.of_sides("CE Long", "PE Short", "PE Short", kinds=True)

    def test_other_sides_are_those_of_the_options(self) -> None:
        assert "side" not in self.of_sides("CE Long", "PE Short", "CE Short", "PE Long")
        assert "side" not in self.of_sides("CE Short", "PE Long", "CE Short")
