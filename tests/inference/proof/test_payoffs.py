"""Contracts that pay 1 or nothing: what they earned, before and after costs."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import field
from tests.inference.readings import Record, asked

BETS = (("WIN", "0.63", "10", "3.70"), ("LOSS", "0.40", "5", "-2.00"), ("WIN", "0.50", "8", "4.00"))


def bets(pnls: list[str], *, stakes: bool = False) -> list[Record]:
    return [
        {
            "time": f"2026-04-0{n + 1}T10:00:00Z",
            "market": f"M{n}",
            "result": result,
            "entry_price": price,
            ("stake" if stakes else "shares"): size,
            "fee": "0.05",
            "pnl": pnl,
        }
        for n, ((result, price, size, _), pnl) in enumerate(zip(BETS, pnls, strict=True))
    ]


def test_a_pnl_that_contracts_give_is_before_costs() -> None:
    reading = infer(bets([pnl for *_, pnl in BETS]))
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl - fee")


def test_a_pnl_that_contracts_give_less_the_fee_is_after_costs() -> None:
    reading = infer(bets(["3.65", "-2.05", "3.95"]))
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl")


def test_what_was_staked_buys_contracts() -> None:
    # 10 / 0.63 - 10 = 5.873; -5; 8 / 0.50 - 8 = 8
    reading = infer(bets(["5.873", "-5.00", "8.00"], stakes=True))
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl - fee")


@pytest.mark.parametrize("pnl", ["9.00", "-3.70"])
def test_any_other_pnl_is_asked_about(pnl: str) -> None:
    assert "costs" in asked(infer(bets([pnl, "-2.00", "4.00"])))


LOST = (("won", "3.7"), ("lost", "-5.1"), ("lost", "-5.2"), ("lost", "-5.1"), ("sold", "0.4"))


def staked(**more: list[str]) -> list[Record]:
    return [
        {
            "time": f"2026-04-0{n + 1}T10:00:00Z",
            "slug": f"m{n}",
            "status": status,
            "paper_stake_usd": "5.0",
            "fee_usd": "0.2" if n == 2 else "0.1",
            "pnl": pnl,
            **{name: values[n] for name, values in more.items()},
        }
        for n, (status, pnl) in enumerate(LOST)
    ]


def test_bets_that_lost_their_stake_and_the_fee_are_after_costs() -> None:
    reading = infer(staked())
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl")


def test_bets_that_lost_their_stake_alone_may_have_the_fee_in_it() -> None:
    records = [
        {**one, "pnl": "-5.0" if one["status"] == "lost" else one["pnl"]} for one in staked()
    ]
    assert asked(infer(records)) == ["costs"]


def test_a_fee_may_be_that_of_each_piece() -> None:
    # 10 x 0.3, and 10 x 0.01 or 10 x 0.02 for the fees
    records: list[Record] = [
        {
            **{name: one[name] for name in ("time", "slug", "status")},
            "shares": "10",
            "entry_cost": "0.3",
            "fee_per_share": "0.02" if one["pnl"] == "-5.2" else "0.01",
            "pnl": {"-5.1": "-3.1", "-5.2": "-3.2"}.get(str(one["pnl"]), "6.9"),
        }
        for one in staked()
    ]
    reading = infer(records)
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl")
    others = [{**one, "pnl": "-3.0"} if one["status"] == "lost" else one for one in records]
    assert asked(infer(others)) == ["costs"]


def test_names_of_teams_are_no_outcomes() -> None:
    teams = ["Green Push", *(f"Lions {n % 14}" for n in range(24))]
    records = [
        {**staked()[n % 5], "slug": f"m{n}", "outcome": team} for n, team in enumerate(teams)
    ]
    assert "its sign agrees with status" in infer(records).evidence


def test_few_outcomes_among_many_open_trades_are_outcomes() -> None:
    records: list[Record] = [
        {"time": f"2026-04-07T{n // 60:02}:{n % 60:02}:00Z", "symbol": "A", "status": status}
        for n, status in enumerate(["open"] * 100 + ["won", "lost"])
    ]
    assert (infer(records).closed, field(infer(records), "outcome")) == (2, "status")


def test_what_came_back_less_what_was_paid_is_the_result() -> None:
    lots = [("100", "112", "12"), ("250", "240", "-10"), ("80", "95.5", "15.5")]
    records: list[dict[str, object]] = [
        {"lot": f"L{n}", "date": f"2026-04-0{n + 1}", "cost basis": a, "proceeds": b, "gain": c}
        for n, (a, b, c) in enumerate(lots)
    ]
    reading = infer(records)
    assert reading.is_sure
    assert "is proceeds less cost basis" in reading.evidence
    assert not infer([{**one, "proceeds": "500"} for one in records]).is_sure


def test_returns_of_bets_are_what_was_paid_with_the_stake() -> None:
    bets = [("10", "Won", "25"), ("10", "Lost", "0"), ("5", "Won", "15"), ("10", "Lost", "0")]
    records: list[dict[str, object]] = [
        {"date": f"2026-04-0{n + 1}", "market": "M", "stake": a, "result": said, "returns": paid}
        for n, (a, said, paid) in enumerate(bets)
    ]
    reading = infer(records)
    assert reading.is_sure
    assert reading.dialect["fields"]["net_pnl"] == "returns - stake"  # type: ignore[index]


def test_contracts_in_cents_that_were_lost_show_the_fee_without_a_word_for_it() -> None:
    records: list[Record] = [
        {
            "settled": f"2026-04-0{n + 1}T20:00:00Z",
            "ticker": f"K{n}",
            "side": "yes",
            "count": "5",
            "price_cents": "40",
            "fee_cents": "3",
            "result": "yes" if n % 2 else "no",
            "profit_cents": "297" if n % 2 else "-203",
        }
        for n in range(8)
    ]
    reading = infer(records)
    assert (asked(reading), field(reading, "net_pnl")) == ([], "profit_cents / 100")


@pytest.mark.parametrize(("days", "is_asked"), [(2, []), (8, ["thin"])])
def test_bets_of_a_day_are_told_by_what_was_staked_and_paid_out(
    days: int, is_asked: list[str]
) -> None:
    payouts = [0, 240, 0, 0, 310, 0, 120, 0]
    records: list[Record] = [
        {
            "date": f"2026-04-{n % days + 1:02}",
            "race": f"R{n}",
            "invest": "100",
            "payout": str(paid),
            "profit": str(paid - 100),
        }
        for n, paid in enumerate(payouts)
    ]
    assert asked(infer(records)) == is_asked
