"""Names of futures and of options on shares, and those that only look like them."""

import pytest

from perfkit.inference.words.contracts import is_future, is_share_option

FUTURES = (
    *("esz25", "mesh2", "mnq 03-26", "gc=f", "es1!", "/es", "/mesm5", "nq u4"),
    *("fdxs dec 21", "mnq", "wing25", "mesu2025.cme", "fesx mar 22"),
)
OPTIONS = (
    *("spy260116c00500000", "vips-230120p00008000", "spy 01/17/2026 call $485.00"),
    *("qqq 01/24/2026 398.00 p", ".spy250117c485", "aapl jan 17 '26 $150 call"),
)
OTHERS = (
    "btcusdt",
    "usim5",
    "klbn11",
    "petr4",
    "aapl",
    "ethz",
    "eurusd",
    "600519",
    "",
    "es",
    "gold",
)


@pytest.mark.parametrize("symbol", FUTURES)
def test_a_root_with_a_month_is_a_future(symbol: str) -> None:
    assert is_future(symbol)


@pytest.mark.parametrize("name", OPTIONS)
def test_underlying_day_kind_and_strike_are_an_option(name: str) -> None:
    assert is_share_option(name)


@pytest.mark.parametrize("symbol", [*OTHERS, "nifty26apr24000ce", "banknifty09jul2022800pe"])
def test_shares_coins_and_pairs_are_neither(symbol: str) -> None:
    assert not is_future(symbol)
    assert not is_share_option(symbol)
