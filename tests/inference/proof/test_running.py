"""Totals so far and results of positions: which of the two a column is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.inference.infer import infer
from tests.inference.executions import field, renamed
from tests.inference.readings import Record, asked, fields

MOVES = (("100", "103", "2"), ("50", "49", "3"), ("12", "10", "5"))
RESULTS = ("6", "-3", "10")
SO_FAR = ("6", "3", "13")


def trades(totals: tuple[str, ...], **more: str) -> list[Record]:
    return [
        {
            "symbol": "A",
            "side": "short" if n == 2 else "long",
            "entry_price": entry,
            "exit_price": out,
            "qty": size,
            "exit_time": f"2026-04-0{n + 1}T10:00:00Z",
            "total_pnl": total,
            **more,
        }
        for n, ((entry, out, size), total) in enumerate(zip(MOVES, totals, strict=True))
    ]


def test_a_total_so_far_that_prices_add_up_to_leaves_the_prices() -> None:
    reading = infer(trades(SO_FAR))
    assert (asked(reading), reading.closed) == ([], 3)
    assert "net_pnl" not in reading.dialect["fields"]  # type: ignore[operator]
    assert "total_pnl adds them up" in reading.evidence


def test_a_total_that_prices_give_for_each_trade_is_a_result() -> None:
    reading = infer(trades(RESULTS))
    assert (asked(reading), field(reading, "net_pnl")) == ([], "total_pnl")


def test_a_total_that_prices_do_not_give_is_asked_about() -> None:
    reading = infer(trades(("60", "30", "130")))
    assert "total_so_far" in asked(reading)
    doubt = next(one for one in reading.doubts if one.name == "total_so_far")
    assert doubt.question.endswith("cannot read: see `perfkit docs which-logs`")


def test_the_total_of_a_position_with_its_reason_and_times_is_a_result() -> None:
    records = trades(RESULTS, close_reason="stop hit")
    for record in records:
        del record["exit_price"], record["qty"]
    assert asked(infer(records)) == []
    assert "total_so_far" in asked(infer(renamed(records, total_pnl="cumulative_pnl")))


@pytest.mark.parametrize("names", [("R", "cumR"), ("pips", "cum_pips")])
def test_a_total_so_far_proves_results_in_other_units_than_money(names: tuple[str, str]) -> None:
    results = [3, -1, 2, -1, -1, 4]
    records: list[Record] = [
        {"date": f"2026-04-0{n + 1}", "pair": "EURUSD", "dir": "long" if n % 2 else "short",
         names[0]: str(result), names[1]: str(sum(results[: n + 1]))}
        for n, result in enumerate(results)
    ]  # fmt: skip
    reading = infer(records)
    assert (asked(reading), field(reading, "net_pnl")) == ([], names[0])


@given(st.lists(st.integers(1, 900), min_size=3, max_size=12))
def test_prices_are_told_from_their_sums(exits: list[int]) -> None:
    records, total = [], Decimal(0)
    for n, out in enumerate(exits):
        total += out - 1000
        records.append(
            {
                **trades(SO_FAR)[0],
                "entry_price": "1000",
                "exit_price": str(out),
                "qty": "1",
                "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "total_pnl": str(total),
            }
        )
    assert asked(infer(records)) == []
    assert "net_pnl" not in infer(records).dialect["fields"]  # type: ignore[operator]


@pytest.mark.parametrize(("goes_on", "questions"), [(False, []), (True, ["total_so_far"])])
def test_results_that_hardly_differ_are_no_total_where_buys_have_none(
    goes_on: bool, questions: list[str]
) -> None:
    records: list[Record] = []
    for n in range(48):
        at = f"2026-04-{n // 24 + 1:02}T{n % 24:02}:00:00Z"
        side, profit = "sell" if n % 2 else "buy", f"{10 + n // 2}.{n % 7}"
        profit = profit if goes_on or side == "sell" else "0"
        records.append({"time": at, "side": side, "price": "100", "amount": "1", "profit": profit})
    reading = infer(records)
    assert [one for one in asked(reading) if one == "total_so_far"] == questions


@pytest.mark.parametrize(("moves_by", "currency"), [("money", "money"), ("nothing", "%")])
def test_per_cent_beside_an_account_that_prices_move_is_money(moves_by: str, currency: str) -> None:
    records, held = [], Decimal(1000)
    for n, ((entry, out, _), earned) in enumerate(zip(MOVES, RESULTS, strict=True)):
        held += Decimal(earned) if moves_by == "money" else 0
        way = -1 if n == 2 else 1
        rate = (Decimal(out) / Decimal(entry) - 1) * 100 * way
        trade = {**trades(RESULTS)[n], "return_pct": f"{rate:.4f}", "account_value": str(held)}
        records.append({key: trade[key] for key in trade if key != "total_pnl"})
    reading = infer(records)
    assert reading.source["currency"] == currency
    assert asked(reading) == ([] if moves_by == "money" else ["per_cent"])


def legs(**more: list[str]) -> list[Record]:
    every = [("50", "-20", "30"), ("-30", "45", "15"), ("-10", "-15", "-25")]
    return [
        {
            "pair": "KO-PEP",
            "exit": f"2026-04-0{n + 1}",
            "leg1_pnl": one,
            "leg2_pnl": other,
            "total_pnl": total,
            **{name: values[n] for name, values in more.items()},
        }
        for n, (one, other, total) in enumerate(every)
    ]


def test_the_sum_of_two_legs_is_the_result_of_a_trade() -> None:
    reading = infer(legs())
    assert (asked(reading), field(reading, "net_pnl")) == ([], "total_pnl")
    assert asked(infer([{**one, "total_pnl": "7"} for one in legs()])) != []


@pytest.mark.parametrize(("running", "is_asked"), [("200 100 250 200", False), ("9 8 7 6", True)])
def test_a_total_so_far_shows_what_it_moves_by(running: str, is_asked: bool) -> None:
    records: list[Record] = [
        {
            "time": f"2026-04-07T{n:02}:00:00Z",
            "symbol": "ES",
            "direction": "Long",
            "result ($)": earned,
            "running ($)": total,
        }
        for n, (earned, total) in enumerate(
            zip(("200", "-100", "150", "-50"), running.split(), strict=True)
        )
    ]
    assert ("weak" in asked(infer(records))) is is_asked


def test_a_sum_of_two_legs_is_the_result_though_binary_floats_left_their_dust() -> None:
    legs = (
        ("440.2500000000001", "-412.9999999999998"),
        ("-556.0000000000002", "-447.5"),
        ("5.5", "697.9999999999998"),
    )
    records: list[Record] = [
        {
            "ticker": "A",
            "exit_date": f"2026-04-0{n + 1}T10:00:00Z",
            "short_pnl": short,
            "long_pnl": long,
            "total_pnl": f"{Decimal(short) + Decimal(long) + Decimal('9E-13'):f}",
        }
        for n, (short, long) in enumerate(legs)
    ]
    reading = infer(records)
    assert (asked(reading), field(reading, "net_pnl")) == ([], "total_pnl")


def test_a_total_so_far_is_no_result_beside_what_it_adds_up() -> None:
    earned = ("-55.5", "43.5", "46.5", "-59.5", "49.25")
    records: list[Record] = []
    so_far = Decimal(0)
    for n, one in enumerate(earned):
        so_far += Decimal(one)
        records.append(
            {
                "ticker": "A",
                "close_time": f"2026-04-0{n + 1}T10:00:00Z",
                "pnl": one,
                "pnl_pct": one,
                "cumulative_pnl": f"{so_far:f}",
                "cumulative_return": f"{so_far / 100:f}",
                "entry_price": f"0.5{n}",
                "exit_price": f"0.6{n}",
                "price": "100",
            }
        )
    reading = infer(records)
    assert (asked(reading), field(reading, "net_pnl")) == ([], "pnl")


def test_steps_of_nothing_do_not_make_a_total_of_amounts_that_are_as_small() -> None:
    records: list[Record] = [
        {
            "time": f"2026-04-0{n + 1}T10:00:00Z",
            "entry": "100",
            "outcome": "SL" if n % 2 else "TP",
            "gross_pct": "-0.01" if n % 2 else "0.02",
            "net_pct": "-0.012" if n % 2 else "0.018",
        }
        for n in (1, 3, 5, 7, 8)
    ]
    assert not any("adds up" in one for one in infer(records).evidence)


def test_a_total_of_two_legs_and_their_funding_is_a_result() -> None:
    legs = (("4", "-3", "0.2"), ("-2", "3", "0.1"), ("5", "-4", "-0.3"), ("-1", "1.5", "0.2"))
    records: list[Record] = [
        {
            "time": f"2026-04-0{n + 1}T10:00:00Z",
            "symbol": "A",
            "long_pnl": long,
            "short_pnl": short,
            "funding": paid,
            "total_pnl": str(Decimal(long) + Decimal(short) + Decimal(paid)),
        }
        for n, (long, short, paid) in enumerate(legs)
    ]
    assert field(infer(records), "net_pnl") == "total_pnl"


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        ("total_pnl", ("tp1_pnl", "tp2_pnl", "runner_pnl")),
        ("pnl", ("partial_pnl", "runner_pnl")),
        ("pnl", ("pnl_leg1", "pnl_leg2")),
    ],
)
def test_a_result_of_parts_is_what_they_add_up_to(total: str, parts: tuple[str, ...]) -> None:
    records: list[Record] = []
    for n in range(12):
        amounts = [(n * 7 + place * 5) % 11 - 4 for place in range(len(parts))]
        records.append(
            {
                "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "symbol": "A",
                "side": "long",
                "exit_reason": "x",
                **{part: str(amount) for part, amount in zip(parts, amounts, strict=True)},
                total: str(sum(amounts)),
            }
        )
    reading = infer(records)
    assert (asked(reading), field(reading, "net_pnl")) == ([], total)


def test_parts_of_an_exit_beside_other_numbers_of_a_trade_add_up_to_its_total() -> None:
    records: list[Record] = [
        {
            "date": f"2026-04-{n + 1:02}",
            "symbol": "A",
            "trade_id": n + 1,
            "total_trade_pnl": str(n * 3 + n * 5 % 7 - 2),
            "t1_pnl": str(n * 3),
            "trail_pnl": str(n * 5 % 7),
            "time_exit_pnl": "-2",
        }
        for n in range(1, 12)
    ]
    reading = infer(records)
    assert (asked(reading), fields(reading)["net_pnl"]) == ([], "total_trade_pnl")
