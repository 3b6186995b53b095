"""Names of columns: their words, and what they say of a P&L, a time, costs."""

import pytest

from perfkit.inference.infer import infer
from perfkit.inference.words import role_names
from perfkit.inference.words.names import CLOSED, EVENT, OPENED, pnl_name, spelled, time_role, words
from perfkit.inference.words.role_names import is_fee, is_skipped_place, role_rank


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("realizedPnl", ("realized", "pnl")),
        ("Net P/L (USD)", ("net", "pnl", "usd")),
        ("trade.exitPrice", ("trade", "exit", "price")),
        ("profit_loss", ("pnl",)),
        ("pnlPct", ("pnl", "pct")),
        ("closed_at", ("close", "at")),
        ("qty", ("quantity",)),
    ],
)
def test_a_name_is_its_words_with_synonyms_spelled_one_way(
    name: str, expected: tuple[str, ...]
) -> None:
    assert words(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        *("pnl", "PnL", "p/l", "P&L", "profit", "net_pnl", "closedPnl", "profit or loss"),
        *("Gain/Loss ($)", "Realized Gain/Loss", "gain_loss", "Net Gain or Loss", "Gain (Loss)"),
        *("Profit (Loss)", "GainLoss", "price_pnl", "results_pips", "Realized G/L"),
    ],
)
def test_a_result_is_known_by_its_name(name: str) -> None:
    assert pnl_name(name) is not None


@pytest.mark.parametrize(
    "name",
    [
        "take_profit",
        "pnl_target",
        "unrealizedPnl",
        "daily_pnl",
        "Hourly_PnL",
        "profit_factor",
        "entry",
        "net_liq",
        "Net Amount",
        "r14",
        "return_20d",
        "pnl_60min",
        "trend_return",
        "fwd_ret",
        "training_return",
        "benchmark_return_pct",
        "gross_profit_asset",
        "profit_growth",
        "funding_r",
        "pnl.current_price",
        "holdings.RIVN.pnl_pct",
        "fees_r",
        "slippage_return_pct",
        "gain_loss_ratio",
        "Unrealized Gain/Loss",
        "win/loss",
        "guaranteed_profit",
        "net_credit_per_share",
        "net_premium",
        "net_proceeds",
        "unrealizedPnL.pnL",
        "positions_snapshot.SOL_short.pnl_abs",
        "risk_state.realized_pnl",
        "last_trade.pnl",
        "latest_profit",
        "rolling_pnl",
        "be_r",
        "scenario_pnl",
        "Pot_Profit",
        "sharpe_net",
        "pnl_alltime",
        "payout_rules.profit_split_after",
        "ann_ret_net",
        "exit_params.profit_giveback_pct",
        "sum_of_yearly_pnl",
        "realized_spread",
        "results.closed_successfully",
    ],
)
def test_a_name_with_another_meaning_is_no_result(name: str) -> None:
    assert pnl_name(name) is None


@pytest.mark.parametrize(
    "path", ["buy_and_hold", "benchmarks", "scenarios.*.changed", "top_trades"]
)
def test_what_nobody_traded_is_skipped(path: str) -> None:
    assert is_skipped_place(path)


def test_percentage_points_are_points() -> None:
    known = pnl_name("pnl_pp")
    assert known is not None
    assert known.unit == "points"


@pytest.mark.parametrize(
    "name", ["price_pnl", "net_r_after_fees", "funding_pnl", "return_before_fees_pct"]
)
def test_a_result_may_name_the_costs_that_are_in_it(name: str) -> None:
    assert pnl_name(name) is not None


@pytest.mark.parametrize(
    ("name", "per_unit", "currency"),
    [("pnl_lamports", 10**9, "SOL"), ("profitSats", 10**8, "BTC"), ("pnl_wei", 10**18, "")],
)
def test_the_smallest_units_of_a_coin_are_parts_of_it(
    name: str, per_unit: int, currency: str
) -> None:
    found = pnl_name(name)
    assert found is not None
    assert (found.per_unit, found.currency) == (per_unit, currency)


def test_cents_are_hundredths_of_dollars() -> None:
    found = pnl_name("pnl_cents")
    assert found is not None
    assert (found.per_unit, found.currency) == (100, "USD")


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("exit_time", CLOSED),
        ("opened_at", OPENED),
        ("timestamp", EVENT),
        ("expiry_date", ""),
        ("PlannedExitDate", ""),
        ("expected_close_at", ""),
        ("max_exit_time", ""),
        ("target_hit_at", EVENT),
    ],
)
def test_a_time_is_that_of_the_close_the_opening_or_the_record(name: str, role: str) -> None:
    assert time_role(name) == role


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("fees", True), ("entry_commission", True), ("financing", True), ("fee_rate", False)),
        ("pnl_after_fees", False),
    ],
)
def test_costs_are_amounts_not_rates(name: str, expected: bool) -> None:
    assert is_fee(name) is expected


def test_the_more_frequent_name_of_a_part_ranks_first() -> None:
    assert (role_rank("symbol", "symbol") or 0) < (role_rank("market", "symbol") or 0)
    assert role_rank("colour", "symbol") is None


@pytest.mark.parametrize(
    ("place", "skipped"),
    [
        ("signals", True),
        ("open_positions", True),
        ("tp_ladder_levels", True),
        ("closed_trades", False),
    ],
)
def test_some_places_hold_no_trades(place: str, skipped: bool) -> None:
    assert is_skipped_place(place) is skipped


@pytest.mark.parametrize(
    ("name", "currency"),
    [
        ("pnl_yen", "JPY"),
        ("Profit (£)", "GBP"),
        ("pnl_nzd", "NZD"),
        ("Прибыль, рублей", "RUB"),
        ("盈亏(美元)", "USD"),
        ("盈亏(元)", "CNY"),
        ("損益 (台幣)", "TWD"),
        ("손익(달러)", "USD"),
        ("profit_won", ""),
    ],
)
def test_the_currency_that_a_name_says(name: str, currency: str) -> None:
    found = pnl_name(name)
    assert found is not None
    assert found.currency == currency


def test_results_in_pips_are_results_of_trades_though_no_time_is_logged() -> None:
    records = [
        {"trade": n, "direction": "sell", "results_pips": pips, "image": f"{n}.png"}
        for n, pips in enumerate(("180", "-40", "60", "-80"), 1)
    ]
    reading = infer(records)
    assert reading.source["currency"] == "points"
    assert reading.has_results


@pytest.mark.parametrize(
    ("name", "unit", "currency"),
    [("Resultado (R$)", "money", "BRL"), ("P&L US$", "money", "USD"), ("Result (R)", "R", "")],
)
def test_a_sign_of_a_currency_is_one_whatever_its_letters(
    name: str, unit: str, currency: str
) -> None:
    found = pnl_name(name)
    assert found is not None
    assert (found.unit, found.currency) == (unit, currency)


def test_a_time_in_the_object_of_a_close_is_that_of_the_close() -> None:
    assert (time_role("close.time"), time_role("open.time")) == (CLOSED, OPENED)
    assert is_fee("fees.open")
    assert is_fee("fees.usd")
    assert not is_fee("fees.bps")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *((one, ("pnl", "net")) for one in ("PnL Neto", "PnLNeto", "PNL neto", "PnL_neto")),
        ("RPnL", ("realized", "pnl")),
        ("UPnL neto", ("unrealized", "pnl", "net")),
    ],
)
def test_a_word_in_capitals_stays_one_beside_words_of_other_languages(
    name: str, expected: tuple[str, ...]
) -> None:
    assert words(name) == expected


@pytest.mark.parametrize("name", ["profit_rate", "pnl_rate", "Return Rate", "result rate (%)"])
def test_a_rate_of_a_result_is_one_in_per_cent(name: str) -> None:
    found = pnl_name(name)
    assert found is not None
    assert found.unit == "%"


@pytest.mark.parametrize("name", ["win_rate", "profit_rate_target", "rate", "hit rate"])
def test_other_rates_are_none(name: str) -> None:
    assert pnl_name(name) is None


def test_names_of_roles_are_spelled_as_their_words() -> None:
    names = [name for every in role_names._ROLES.values() for name in every]
    assert len(names) > 300
    assert [spelled(name) for name in names] == [" ".join(words(name)) for name in names]


@pytest.mark.parametrize("name", ["result.quantity", "pnl.size", "trade_result.filledQuantity"])
def test_parts_of_an_order_in_an_object_called_result_are_no_results(name: str) -> None:
    assert pnl_name(name) is None
    assert pnl_name("result.value") is not None


@pytest.mark.parametrize("name", ["Unbooked P&L", "unbooked_profit"])
def test_what_is_not_booked_is_not_earned(name: str) -> None:
    assert pnl_name(name) is None
    assert pnl_name("Booked P&L") is not None
