"""A P&L that few of the closes have, beside one that all have."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked


def moves(with_money: int, count: int = 12) -> list[Record]:
    """Trades of a point each, won and lost in turn; the last ones log money as well."""
    records: list[Record] = []
    for n in range(count):
        won = n % 2 == 0
        record: Record = {
            "pair": "EURJPY",
            "direction": "LONG",
            "entry_time": f"2026-04-{n + 1:02}T09:00:00Z",
            "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
            "entry_price": "100",
            "exit_price": "101" if won else "99",
            "pips": "1" if won else "-1",
        }
        if n >= count - with_money:
            record |= {"pnl_jpy": "250" if won else "-250", "note": "sized"}
        records.append(record)
    return records


def test_few_amounts_of_money_beside_pips_of_all_are_asked_about() -> None:
    reading = infer(moves(3))
    assert asked(reading) == ["two_results"]
    first, second = reading.doubts[0].answers
    assert (first.meaning, second.meaning) == ("pips", "pnl_jpy")
    assert first.changes["currency"] == "points"
    assert second.changes == {}


def test_money_of_all_trades_is_not_asked_about() -> None:
    assert "two_results" not in asked(infer(moves(12)))


def test_a_strategy_that_is_active_is_no_open_trade() -> None:
    records = [{**one, "strategy_active": n % 3 > 0} for n, one in enumerate(moves(12))]
    reading = infer(records)
    assert "flagged_open" not in asked(reading)
    assert reading.closed == 12


@pytest.mark.parametrize("few", [3, 5])
def test_an_amount_of_many_more_records_is_asked_about_without_closing_times(few: int) -> None:
    records: list[dict[str, object]] = [
        {
            "window_start": f"2026-04-{n + 1:02}T10:00:00Z",
            "market": "A",
            "side": "long",
            "entry_price": "0.5",
            "exit_price": f"0.{60 + n}" if n < few else "",
            "original_pnl": f"-0.{n + 11}",
            "flip_pnl": f"0.{n + 31}" if n < few else "",
        }
        for n in range(24)
    ]
    assert "two_results" in asked(infer(records))


class TestTwoSetsSideBySide:
    def pairs(self, *, named: bool = True) -> list[Record]:
        """Live trades beside those of a test, whose results have another sign in each third."""
        live, tested = ("_live", "_test") if named else ("", "2")
        return [
            {
                f"entry_ts{live}": f"2026-04-{n + 1:02}T09:00:00Z",
                f"exit_ts{live}": f"2026-04-{n + 1:02}T10:00:00Z",
                f"entry_ts{tested}": f"2026-04-{n + 1:02}T09:05:00Z",
                f"exit_ts{tested}": f"2026-04-{n + 1:02}T10:05:00Z",
                f"setup{live}": f"setup {n % 3}",
                f"setup{tested}": f"setup {n % 3}",
                "pnl": f"{(n % 5 + 1) * 7 * (-1) ** n}.25",
                "charges": "1.5",
                "gross_pnl": f"{(n % 4 + 2) * 11}.5",
                "net_pnl": f"{(n % 4 + 2) * 11}",
                "exit_reason": "stop" if n % 2 else "target",
            }
            for n in range(12)
        ]

    def test_it_is_asked_whose_result_counts(self) -> None:
        reading = infer(self.pairs())
        assert asked(reading) == ["two_results"]
        first, second = reading.doubts[0].answers
        assert (first.meaning, second.meaning) == ("net_pnl", "pnl")
        taken = second.changes["fields"]
        assert isinstance(taken, dict)
        assert (taken["net_pnl"], "commission" in taken) == ("pnl", False)

    def test_not_where_columns_are_of_one_set(self) -> None:
        assert "two_results" not in asked(infer(self.pairs(named=False)))


def moves_and_amounts(sizes: tuple[str, ...]) -> list[dict[str, object]]:
    """Moves of a point, and what positions of these sizes earned by them."""
    return [
        {
            "Direction": "Long",
            "Entry_Date": f"2026-04-{n + 1:02}",
            "Exit_Date": f"2026-05-{n + 1:02}",
            "Entry_Price": "50",
            "Exit_Price": ("51", "48")[n % 2],
            "Spread_PnL": ("1", "-2")[n % 2],
            "Portfolio_PnL": f"{'' if n % 2 == 0 else '-'}{size}",
        }
        for n, size in enumerate(sizes)
    ]


def test_amounts_of_positions_beside_moves_of_a_price_are_asked_about() -> None:
    reading = infer(moves_and_amounts(("9000", "4000", "8000", "3000", "7000", "2000")))
    assert asked(reading) == ["two_results"]
    money, points = reading.doubts[0].answers
    assert (money.meaning, points.meaning) == ("Portfolio_PnL", "Spread_PnL")
    assert points.changes == {}


class TestAResultThatIsLessThanAGrossOne:
    @pytest.mark.parametrize("least", ["1.1", "0.9"])
    def test_it_is_after_costs_where_that_is_what_prices_give(self, least: str) -> None:
        records: list[dict[str, object]] = [
            {
                "type": "long",
                "entry_time": f"2026-04-{n + 1:02}T09:00:00Z",
                "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "entry_price": "100",
                "exit_price": str(100 + move),
                "size": "2",
                "commission": "0.8",
                "slippage": "0.2",
                "gross_pnl": str(2 * move),
                "pnl": f"{2 * move - float(least):.1f}",
            }
            for n, move in enumerate((10, -5, 12, 7, -3, 9))
        ]
        reading = infer(records)
        assert asked(reading) == []
        assert reading.dialect["fields"]["net_pnl"] == "pnl"  # type: ignore[index]


def rates(**more: list[str]) -> list[Record]:
    """Trades in small numbers that may be per cent or fractions, with other columns beside."""
    return [
        {
            "time": f"2026-04-{n + 1:02}T10:00:00Z",
            "entry": "100",
            "outcome": "TP" if n % 2 else "SL",
            "net_pct": "0.018" if n % 2 else "-0.012",
            **{name: values[n % 2] for name, values in more.items()},
        }
        for n in range(6)
    ]


def test_results_in_risk_are_an_answer_where_the_unit_of_a_rate_is_asked() -> None:
    reading = infer(rates(R=["-1.2", "1.8"]))
    doubt = next(one for one in reading.doubts if one.name == "fraction")
    assert doubt.answers[-1].changes == {"currency": "R", "fields.net_pnl": "R"}
    assert all("R" not in one.changes.values() for d in infer(rates()).doubts for one in d.answers)


def test_a_result_after_costs_that_began_later_is_asked_about() -> None:
    amounts = ["4", "-3", "5", "6", "-2", "3", "-1", "2", "7", "-4", "2", "1"]
    records: list[Record] = [
        {"time": f"2026-04-{n + 1:02}T10:00:00Z", "symbol": "A", "pnl": amount}
        for n, amount in enumerate(amounts)
    ]
    later = [
        {**one, "fee": "0.1", "net_pnl": f"{float(str(one['pnl'])) - 0.1:.1f}"} for one in records
    ]
    reading = infer([*records[:6], *later[6:]])
    assert asked(reading) == ["two_results"]
    assert reading.doubts[0].answers[0].meaning == "pnl"
    assert "two_results" not in asked(infer(later))


@pytest.mark.parametrize(("later", "closed"), [("2.25", 6), ("3.25", 2)])
def test_a_result_that_says_the_same_of_many_more_records_counts(later: str, closed: int) -> None:
    records: list[Record] = [
        {"symbol": "A", "entry": str(100 + n), "exit": str((100 + n) * (1 + (n % 4 - 1) / 50)),
         "reason": "TP", "PNL %": f"{(n % 4 - 1) * 2:+}.00%", "closed_at": f"2026-04-0{n + 1}"}
        for n in range(6)
    ]  # fmt: skip
    records[2] |= {"PNL %": "+2.25%", "pnl": later}
    records[3] |= {"pnl": "4.00"}
    assert infer(records).closed == closed
