"""What amounts beside a P&L say of its costs: balances, gross amounts, names that are no costs."""

from decimal import Decimal

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading
from tests.inference.executions import field
from tests.inference.readings import Record, asked


def closed(**more: object) -> Record:
    return {
        "symbol": "A",
        "side": "long",
        "exit_time": "2026-04-07T10:00:00Z",
        "pnl": "35",
        "fees": "2.5",
        "status": "closed",
        **more,
    }


def costs_of(reading: Reading) -> object:
    return reading.dialect["fields"].get("commission")  # type: ignore[attr-defined]


def test_a_balance_before_and_after_says_that_costs_are_in_the_pnl() -> None:
    reading = infer([closed(equity_before="70000", equity_after="70035")])
    assert "costs" not in asked(reading)
    assert field(reading, "net_pnl") == "pnl"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("krw_before", "krw_after"),
        ("start_balance", "end_balance"),
        ("prev_capital", "new_capital"),
        ("opening_balance", "closing_balance"),
    ],
)
def test_what_an_account_held_at_first_and_then_has_many_names(first: str, then: str) -> None:
    reading = infer([closed(**{first: "70000", then: "70032.5"})])
    assert ("costs" not in asked(reading), field(reading, "net_pnl")) == (True, "pnl - fees")


def test_what_is_before_and_after_something_else_proves_nothing() -> None:
    assert "costs" in asked(infer([closed(score_before="70000", score_after="70035")]))


def test_a_balance_before_and_after_says_that_costs_come_on_top() -> None:
    reading = infer([closed(equity_before="70000", equity_after="70032.5")])
    assert "costs" not in asked(reading)
    assert field(reading, "net_pnl") == "pnl - fees"


@pytest.mark.parametrize(("gross", "is_asked"), [("37.5", False), ("38", True)])
def test_one_record_with_a_gross_amount_proves_the_costs_to_the_last_digit(
    gross: str, is_asked: bool
) -> None:
    reading = infer([closed(gross_usd=gross)])
    assert ("costs" in asked(reading)) is is_asked


def backtest(**more: str) -> list[Record]:
    """Three trades that an account moves by, to the last digit, as prices and sizes give them."""
    records: list[Record] = []
    equity = 1000
    for n, (entry, out, size) in enumerate([(10, 13, 2), (20, 19, 5), (30, 34, 3), (9, 8, 4)]):
        earned = (out - entry) * size
        equity += earned
        records.append(
            {
                "entry_date": f"2026-04-0{n + 1}",
                "entry_price": str(entry),
                "exit_date": f"2026-04-0{n + 2}",
                "exit_price": str(out),
                "position_size": str(size),
                "profit_loss": str(earned),
                "account_equity": str(equity),
                **more,
            }
        )
    return records


@pytest.mark.parametrize(
    "name", ["after_tax_equity", "tax_estimate", "fee_balance", "total_funding_received", "fees"]
)
def test_what_leaves_no_account_and_is_no_cost_by_name_is_not_subtracted(name: str) -> None:
    reading = infer(backtest(**{name: "980"}))
    assert field(reading, "net_pnl") == "profit_loss"
    assert "costs" not in asked(reading)


def test_costs_are_in_what_a_stake_in_money_earned() -> None:
    moves = [("100", "110", "4.6"), ("100", "90", "-5.4"), ("50", "51", "0.6")]
    records: list[Record] = [
        {
            "symbol": "B",
            "side": "long",
            "entry_price": entry,
            "exit_price": out,
            "size": "50",
            "pnl": pnl,
            "fees_paid": "0.4",
            "closed_at": f"2026-04-0{n + 1}T10:00:00Z",
            "id": str(n),
        }
        for n, (entry, out, pnl) in enumerate(moves)
    ]
    reading = infer(records)
    assert reading.is_sure
    assert field(reading, "net_pnl") == "pnl"


@pytest.mark.parametrize(("rate", "questions"), [("-1.0", []), ("1.0", ["weak"])])
def test_a_rate_with_the_sign_of_each_amount_says_that_it_is_a_result(
    rate: str, questions: list[str]
) -> None:
    records: list[dict[str, object]] = [
        {"date": f"2026-04-0{n}", "quantity": "100", "PnL": pnl, "percentage change": change}
        for n, (pnl, change) in enumerate([("500", "2.5"), ("-200", rate), ("750", "3.2")], 1)
    ]
    assert [doubt.name for doubt in infer(records).doubts] == questions


def test_a_total_of_binary_floats_moves_by_the_results() -> None:
    total, records = 0.0, list[Record]()
    for n in range(300):
        profit = (0.1 * 3.2, -0.1 * 1.1, 70.1 * 1.1)[n % 3]
        total += profit
        time = f"2026-04-{n // 24 + 1:02}T{n % 24:02}:00:00Z"
        records.append({"time": time, "bot": "a", "profit": str(profit), "equity": str(total)})
    assert asked(infer(records)) == []


def spreads(**more: list[str]) -> list[Record]:
    return [
        {
            "date": f"2026-04-0{n + 1}",
            "pnl_dollar": str(100 * per_spread * size),
            "pnl_per_spread": str(per_spread),
            "qty": str(size),
            **{name: values[n] for name, values in more.items()},
        }
        for n, (per_spread, size) in enumerate([(-7, 26), (3, 20), (5, 11), (-2, 8)])
    ]


def test_a_result_of_each_piece_times_the_quantity_is_that_of_the_trade() -> None:
    reading = infer(spreads())
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl_dollar")
    assert asked(infer([{**one, "pnl_dollar": f"{n}"} for n, one in enumerate(spreads())])) != []


@pytest.mark.parametrize("name", ["pnl_ps", "pnl_per_share"])
def test_a_result_of_one_piece_is_not_that_of_the_trade(name: str) -> None:
    trade: Record = {"date": "2026-04-07", "is_win": False, "pnl": "-1143", name: "-11", "qty": "1"}
    assert "two_results" not in asked(infer([trade]))
    other = {"pnl_other" if key == name else key: value for key, value in trade.items()}
    assert "two_results" in asked(infer([other]))


def test_an_outcome_may_say_how_trades_ended() -> None:
    records: list[Record] = [
        {
            "time": f"2026-04-0{n + 1}T10:00:00Z",
            "pair": "EURUSD",
            "action": "Buy",
            "outcome": outcome,
            "exit_price": "1.1",
            "r_multiple": earned,
        }
        for n, (outcome, earned) in enumerate(
            [("TP3", "1.2"), ("SL", "-1"), ("SL", "0.27"), ("TIMEOUT", "0.1")]
        )
    ]
    assert asked(infer(records)) == []
    assert asked(infer([{**one, "outcome": "x"} for one in records])) == ["weak"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("entry_equity", "exit_equity"),
        ("capital_before", "capital_after"),
        ("equity_in", "equity_out"),
    ],
)
def test_an_equity_before_and_after_says_that_a_return_is_a_fraction(
    before: str, after: str
) -> None:
    records: list[Record] = [
        {
            "symbol": "A",
            "exit_date": f"2026-04-{n + 6:02}",
            before: "100000",
            after: str(100_000 + made),
            "net_return": str(Decimal(made) / 100_000),
        }
        for n, made in enumerate([250, -120, 75, 310])
    ]
    reading = infer(records)
    assert reading.is_sure
    assert field(reading, "net_pnl") == "net_return * 100"
    other = [{**one, after: str(101_000 - 7 * n)} for n, one in enumerate(records)]
    assert "fraction" in asked(infer(other))


def test_a_balance_in_cents_moves_by_a_result_of_more_digits() -> None:
    records = [
        closed(
            pnl=pnl,
            exit_time=f"2026-04-{n + 6:02}T10:00:00Z",
            equity_before="1000.00",
            equity_after=str((1000 + Decimal(pnl)).quantize(Decimal("0.01"))),
        )
        for n, pnl in enumerate(["12.34567", "-3.21098", "0.45551"])
    ]
    assert "costs" not in asked(infer(records))
    assert field(infer(records), "net_pnl") == "pnl"


@pytest.mark.parametrize("lost", ["-3", "0"])
def test_a_result_of_0_that_is_called_won_or_lost_is_told(lost: str) -> None:
    words = {"5": "WIN", "4": "WIN", "-2": "LOSS", lost: "LOSS"}
    reading = infer([closed(pnl=pnl, outcome=word, id=n) for n, (pnl, word) in
                     enumerate(words.items())])  # fmt: skip
    said = next(one for one in reading.evidence if "agrees with outcome" in one)
    assert ("1 with 0 are called" in said) is (lost == "0")


class TestMultiplesOfPoints:
    def trades(self, name: str, side: str = "direction") -> list[Record]:
        moves = ["4.25", "-2.5", "8", "-1.75", "3", "-6.5"]
        return [
            {"date": f"2026-04-{n + 1:02}", "profit": str(float(move) * 5), name: move,
             side: "long" if n % 2 else "short"}
            for n, move in enumerate(moves * 3)
        ]  # fmt: skip

    @pytest.mark.parametrize("name", ["points", "pips", "pnl_ticks", "r_multiple"])
    def test_show_that_a_profit_is_that_of_a_trade(self, name: str) -> None:
        assert "weak" not in asked(infer(self.trades(name)))

    def test_show_nothing_of_records_without_a_side(self) -> None:
        records = [
            {key: value for key, value in one.items() if key != "direction"}
            for one in self.trades("points")
        ]
        assert infer(records).closed == 0

    def test_show_nothing_where_the_profit_is_no_multiple(self) -> None:
        records = [{**one, "points": str(n % 7 - 3)} for n, one in enumerate(self.trades("x"))]
        assert "weak" in asked(infer(records))
