"""Names and words of other languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.inference.table import role_names
from perfkit.inference.table.columns import Column
from perfkit.inference.table.languages import translated
from perfkit.inference.table.names import pnl_name, words
from perfkit.inference.table.roles import direction, directions


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("precio de entrada", ("price", "entry")),
        ("PrecioEntrada", ("price", "entry")),
        ("preço", ("price",)),
        ("quantidade", ("quantity",)),
        ("Kaufkurs", ("buy", "price")),
        ("Menge", ("quantity",)),
        ("Quantité", ("quantity",)),
        ("gevinst_usdt", ("profit", "usdt")),
        ("beløp", ("amount",)),
        ("Kurtasje", ("fee",)),
        ("antal", ("quantity",)),
        ("Ilość", ("quantity",)),
        ("Cena", ("price",)),
        ("prezzo", ("price",)),
        ("fiyat", ("price",)),
        ("Цена входа", ("price", "entry")),
        ("Дата закрытия", ("date", "close")),
        ("進場價", ("entry", "price")),
        ("交易费用", ("fee",)),
        ("证券名称", ("symbol",)),
        ("操作类型", ("action",)),
        ("发生金额", ("amount",)),
        ("平仓时间", ("exit", "time")),
        ("決済値", ("exit", "price")),
        ("価格損益円", ("price", "pnl", "jpy")),
        ("체결가", ("price",)),
        ("매도금액", ("sell", "amount")),
    ],
)
def test_a_name_says_the_same_in_another_language(name: str, english: tuple[str, ...]) -> None:
    assert words(name) == english


@pytest.mark.parametrize(
    "name", ["ganancia", "lucro", "Gewinn", "bénéfice", "zysk", "guadagno", "kâr", "прибыль"]
)
def test_what_was_earned_is_a_result(name: str) -> None:
    assert pnl_name(name) is not None


@pytest.mark.parametrize("name", ["損益円", "盈亏", "손익", "Gewinn/Verlust", "Ganancia/Pérdida"])
def test_profit_and_loss_is_a_result(name: str) -> None:
    assert words(name)[0] == "pnl"


@pytest.mark.parametrize(
    ("label", "way"),
    [
        ("compra", 1),
        ("venda", -1),
        ("kauf", 1),
        ("verkauf", -1),
        ("achat", 1),
        ("vente", -1),
        ("al\N{LATIN SMALL LETTER DOTLESS I}ş", 1),
        ("sat\N{LATIN SMALL LETTER DOTLESS I}ş", -1),
        ("sprzedaż", -1),
        ("покупка", 1),
        ("шорт", -1),
        ("매수", 1),
        ("卖出", -1),
        ("買", 1),
        ("売", -1),
        ("ショート", -1),
    ],
)
def test_a_side_says_the_same_in_another_language(label: str, way: int) -> None:
    assert direction(label) == way


@pytest.mark.parametrize(
    ("labels", "ways"),
    [
        (["K", "S", "K"], [1, -1, 1]),
        (["C", "V"], [1, -1]),
        (["K", "V"], [1, -1]),
        (["A", "V"], [1, -1]),
    ],
)
def test_two_letters_stand_for_buy_and_sell(labels: list[str], ways: list[int]) -> None:
    assert directions(Column(("x",), labels, "text")) == ways


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("rpnl", ("realized", "pnl")),
        ("uPnl", ("unrealized", "pnl")),
        ("pnlpct", ("pnl", "pct")),
        ("pnlusd", ("pnl", "usd")),
        ("closedPnl", ("close", "pnl")),
        ("entryprice", ("entry", "price")),
        ("pnl_r", ("pnl", "r")),
    ],
)
def test_words_written_without_a_gap_are_parted(name: str, parts: tuple[str, ...]) -> None:
    assert words(name) == parts


def test_no_english_name_of_a_part_of_a_trade_is_taken_for_another_language() -> None:
    names = [name for names in role_names._ROLES.values() for name in names]
    assert [translated(name) for name in names] == names


@given(st.text(max_size=20))
def test_no_name_makes_it_fail(name: str) -> None:
    assert all(words(name))
