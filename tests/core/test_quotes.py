"""The currency that a pair is priced in."""

import pytest

from perfkit.core.quotes import quote_of


@pytest.mark.parametrize(
    ("symbol", "quote"),
    [
        ("XXBTZUSD", "USD"),
        ("XETHZEUR", "EUR"),
        ("XETHXXBT", "BTC"),
        ("ADAEUR", "EUR"),
        ("ADA/XBT", "BTC"),
        ("ETHBTC", "BTC"),
        ("XBTUSD", "USD"),
        ("BTCBUSD", "BUSD"),
        ("BNBUSD", "USD"),
        ("btc-usdt", "USDT"),
        ("BTC_USDT", "USDT"),
        ("ETH-USDT-SWAP", "USDT"),
        ("BTCUSDT_260327", "USDT"),
        ("BTC/USDT:USDT", "USDT"),
        ("BTCPERP", "USDC"),
        ("BTC-USD", "USD"),
        ("EURUSD.raw", "USD"),
        ("USDJPYm", "JPY"),
        # These earn bitcoin.
        ("BTC-USD-SWAP", None),
        ("BTCUSD_PERP", None),
        ("BTC/USD:BTC", None),
        ("AAPL", None),
        ("USDT", None),
    ],
)
def test_it_stands_in_the_symbol(symbol: str, quote: str | None) -> None:
    assert quote_of(symbol) == quote


def test_the_currency_of_the_source_is_known() -> None:
    assert (quote_of("ABCXYZ"), quote_of("ABCXYZ", "XYZ")) == (None, "XYZ")
    assert quote_of("ADAXBT", "XBT") == "XBT"
