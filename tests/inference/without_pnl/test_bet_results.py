"""Bets that log a stake, odds and how they ended, and no P&L."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from perfkit.inference.table.outcomes import outcome_of
from tests.inference.executions import field
from tests.inference.readings import Record, fields

ENDS = ("Won", "Lost", "Lost", "Push", "Won")
ODDS = ("1.9", "2.5", "1.5", "1.8", "3")


def bets(ends: tuple[object, ...] = ENDS, **more: object) -> list[Record]:
    return [
        {
            "date": f"2026-04-0{n + 1}",
            "game": f"G{n}",
            "result": end,
            "stake": "100",
            "odds": odds,
            **more,
        }
        for n, (end, odds) in enumerate(zip(ends, ODDS, strict=True))
    ]


def net_of(tmp_path: Path, records: list[Record]) -> object:
    path = tmp_path / "bets.json"
    path.write_text(json.dumps(records))
    return perfkit.read(path, quiet=True).summary("all").metrics["net_pnl"]


def test_odds_say_what_the_stake_brought_in(tmp_path: Path) -> None:
    # 90 - 100 - 100 + 0 + 200
    assert net_of(tmp_path, bets()) == 90
    assert net_of(tmp_path, bets((True, False, False, False, True))) == -10


def test_contracts_that_pay_1_are_bets_at_their_price(tmp_path: Path) -> None:
    # 10 x 0.6 won twice, 10 x 0.4 lost twice, and one that came out even
    contracts = [
        {name: one[name] for name in one if name not in ("odds", "stake")} for one in bets()
    ]
    assert (
        net_of(tmp_path, [{**one, "entry_price": "0.4", "contracts": "10"} for one in contracts])
        == 4
    )
    # 100 / 0.4 - 100 = 150, twice, less 200
    staked = [{**one, "entry_price": "0.4", "stake": "100"} for one in contracts]
    assert net_of(tmp_path, staked) == 100


def test_what_was_assumed_is_said() -> None:
    reading = infer(bets())
    assert reading.doubts == ()
    assert "what was won is stake x (odds - 1), and what was lost is the stake" in reading.assumed


@pytest.mark.parametrize("odds", ["-110", "150", "0.9", None])
def test_other_odds_say_nothing(odds: str | None) -> None:
    assert field(infer(bets(odds=odds)), "outcome") == "result"
    assert "net_pnl" not in infer(bets(odds=odds)).dialect["fields"]  # type: ignore[operator]


def test_what_was_bet_on_is_no_outcome() -> None:
    picks = ("Draw", "Red Stars", "Green Kickers", "Albion", "United", "Rovers", "Wanderers")
    records: list[Record] = [
        {
            "time": f"2026-04-07T{n:02}:00:00Z",
            "match": f"{pick} v {n}",
            "outcome": f"{pick}{n // 21 or ''}" if pick != "Draw" else pick,
            "stake": "100",
            "odds": "1.9",
        }
        for n, pick in enumerate(picks * 3)
    ]
    assert not infer(records).has_results


@pytest.mark.parametrize(("word", "said"), [("green", "win"), ("Red", "loss"), ("Red Sox", "")])
def test_a_colour_alone_is_an_outcome(word: str, said: str) -> None:
    assert outcome_of(word) == said


@pytest.mark.parametrize(
    ("name", "payout"), [("payout", "85"), ("payout_pct", "85"), ("payout", "0.85")]
)
def test_a_payout_below_the_stake_is_the_part_of_it_that_is_won(
    tmp_path: Path, name: str, payout: str
) -> None:
    records = [{**one, "odds": None, name: payout} for one in bets(("Win", "Loss") * 2 + ("Win",))]
    assert net_of(tmp_path, records) == 3 * 85 - 2 * 100


@pytest.mark.parametrize("payout", ["185", "0.1"])
def test_a_payout_in_money_is_no_part_of_the_stake(payout: str) -> None:
    records = [{**one, "odds": None, "payout": payout} for one in bets()]
    assert [one.name for one in infer(records).doubts] == ["amount"]


BETS = ((10, "0.4", True), (5, "0.5", False), (20, "0.8", True), (8, "0.25", False),
        (10, "0.5", True), (4, "0.2", False))  # fmt: skip


def of_amounts(way: str = "", name: str = "amount") -> list[Record]:
    """Bets of an amount at a price below 1; what came back is that of contracts, or of money."""
    records: list[Record] = []
    for n, (amount, price, is_won) in enumerate(BETS):
        back = Decimal(amount) / (Decimal(price) if way == "money" else 1) * is_won
        record: Record = {name: amount, "price": price, "result": "won" if is_won else "lost"}
        at = {"market": f"m{n}", "settled_at": f"2026-04-{n + 1:02}T10:00:00Z"}
        records.append({**at, **record, **({"payout": str(back)} if way else {})})
    return records


def test_an_amount_of_bets_at_prices_is_asked_about() -> None:
    (doubt,) = infer(of_amounts()).doubts
    assert doubt.name == "quantity_or_money"
    money, pieces = (one.changes["fields.net_pnl"] for one in doubt.answers)
    assert "(1 / price - 1)" in str(money)
    assert "(1 - price)" in str(pieces)


@pytest.mark.parametrize(("way", "part"), [("money", "(1 / price - 1)"), ("pieces", "(1 - price)")])
def test_what_came_back_shows_whether_an_amount_is_one_of_money(way: str, part: str) -> None:
    reading = infer(of_amounts(way))
    assert reading.is_sure
    assert part in str(fields(reading)["net_pnl"])


def test_contracts_are_no_money() -> None:
    reading = infer(of_amounts(name="contracts"))
    assert reading.is_sure
    assert "(1 - price)" in str(fields(reading)["net_pnl"])


def test_an_amount_beside_odds_is_the_stake() -> None:
    records = [{**one, "odd": "1.9"} for one in of_amounts()]
    for one in records:
        del one["price"]
    reading = infer(records)
    assert reading.is_sure
    assert "(odd - 1)" in str(fields(reading)["net_pnl"])


def test_a_cost_that_is_the_amount_at_its_price_shows_that_it_counts_contracts() -> None:
    records = of_amounts(name="size")
    for one in records:
        one["total_cost"] = str(Decimal(str(one["size"])) * Decimal(str(one["price"])))
    reading = infer(records)
    assert reading.is_sure
    assert "(1 - price)" in str(fields(reading)["net_pnl"])


@pytest.mark.parametrize("name", ["stake_usd", "bet_usd"])
def test_a_stake_in_dollars_is_one(name: str) -> None:
    reading = infer(of_amounts(name=name))
    assert reading.is_sure
    assert "(1 / price - 1)" in str(fields(reading)["net_pnl"])
