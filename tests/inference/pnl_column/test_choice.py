"""Which column is the P&L, where several are near each other."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import field
from tests.inference.readings import Record, asked


def trades(costs: list[str]) -> list[Record]:
    """Trades whose gross P&L is what prices give; costs of below 0 are funding received."""
    records: list[Record] = []
    for n, cost in enumerate(costs):
        gross = (n % 5 - 2) * 3 or 4
        records.append(
            {
                "symbol": "A",
                "entry_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "exit_time": f"2026-04-{n + 1:02}T12:00:00Z",
                "entry_price": "100",
                "exit_price": str(100 + gross),
                "size": "10",
                "gross_pnl": str(gross * 10),
                "net_pnl": str(gross * 10 - float(cost)),
                "return_pct": str(gross),
            }
        )
    return records


def test_a_net_result_that_funding_lifts_above_the_gross_one_is_the_result() -> None:
    reading = infer(trades(["2.5", "1.5", "-3", "42", "-1", "0.5", "1", "2"]))
    assert (asked(reading), field(reading, "net_pnl")) == ([], "net_pnl")


def test_one_that_is_far_from_the_gross_one_is_asked_about() -> None:
    reading = infer(trades(["250", "-350", "120", "-80", "90", "410", "-220", "130"]))
    assert asked(reading) != []


@pytest.mark.parametrize("name", ["exit", "sortie", "Ausstieg"])
def test_words_for_ends_in_a_column_called_exit_agree_with_the_result(name: str) -> None:
    records: list[Record] = [
        {
            "date": f"2026-04-{n + 1:02}",
            "symbol": "A",
            "side": "buy",
            name: ("SL", "TP", "CLOSE")[n % 3],
            "result_R": ("-1", "3.5", "0.4")[n % 3],
        }
        for n in range(12)
    ]
    assert asked(infer(records)) == []


class TestNamesWithAWordForCosts:
    """The P&L of backtrader, before and after commission."""

    def trades(self, paid: str = "0.4") -> list[Record]:
        return [
            {
                "pnl": str(n % 5 * 10 - 15),
                "pnlcomm": str(n % 5 * 10 - 15 - float(paid)),
                "dtopen": f"2026-04-{n + 1:02} 10:00:00",
                "dtclose": f"2026-04-{n + 1:02} 12:00:00",
            }
            for n in range(12)
        ]

    def test_the_one_after_costs_is_the_result_at_the_time_of_the_close(self) -> None:
        reading = infer(self.trades())
        found = [field(reading, one) for one in ("net_pnl", "closed_at", "opened_at")]
        assert (asked(reading), found) == ([], ["pnlcomm", "dtclose", "dtopen"])

    def test_one_that_is_above_the_other_is_asked_about(self) -> None:
        assert "two_results" in asked(infer(self.trades("-0.4")))

    def test_in_per_cent_the_unit_is_asked_about_as_well(self) -> None:
        records = [
            {"exit_time": one["dtclose"], "side": "long", "ret": f"{n % 5 - 2}e-3",
             "net_ret": f"{(n % 5 - 2) * 10 - 1}e-4"}
            for n, one in enumerate(self.trades())
        ]  # fmt: skip
        assert "fraction" in asked(infer(records))


def test_costs_may_be_more_than_what_short_trades_earned() -> None:
    records: list[Record] = [
        {
            "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "side": "L" if n % 2 else "S",
            "entry_price": "100",
            "exit_price": str(100 + (n % 5 - 2) * (1 if n % 2 else -1)),
            "gross_usd": str(n % 5 - 2),
            "modeled_cost_usd": str(2 + n % 3),
            "net_usd": str(n % 5 - 4 - n % 3),
        }
        for n in range(16)
    ]
    reading = infer(records)
    assert (asked(reading), field(reading, "net_pnl")) == ([], "net_usd")


STRENGTHS = ["-6.0", "18.2", "14.8", "-9.5", "16.3", "-9.8", "4.7", "-5.9"]


def rated(name: str, values: list[str]) -> list[Record]:
    return [
        {
            "ticker": "ABC",
            "entry_date": f"2026-04-{n + 1:02}",
            "exit_date": f"2026-04-{n + 3:02}",
            "entry_price": "100",
            "exit_price": out,
            "pnl": str((float(out) - 100) / 100),
            name: value,
        }
        for n, (out, value) in enumerate(
            zip(["98", "97", "104", "103", "95", "108", "99", "101"], values, strict=True)
        )
    ]


@pytest.mark.parametrize("name", ["rs", "RS", "near", "sol"])
def test_a_unit_alone_is_no_result_where_its_signs_are_not_those_of_the_pnl(name: str) -> None:
    reading = infer(rated(name, STRENGTHS))
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl * 100")


def test_one_of_the_same_signs_is() -> None:
    moves = ["-200", "-300", "400", "300", "-500", "800", "-100", "100"]
    assert field(infer(rated("rs", moves)), "net_pnl") == "rs"
