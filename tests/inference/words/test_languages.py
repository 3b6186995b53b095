"""Names and words of other languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.inference.records.kinds import says_it_is_open
from perfkit.inference.table.columns import Column
from perfkit.inference.table.directions import direction, directions
from perfkit.inference.words import role_names
from perfkit.inference.words.languages import translated
from perfkit.inference.words.names import pnl_name, words


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
        ("成交口數", ("lots",)),
        ("成交均價", ("price",)),
        ("倉別", ("offset",)),
        ("商品", ("symbol",)),
        ("平仓日期", ("exit", "time")),
        ("買進日期", ("entry", "time")),
        ("手續費", ("fee",)),
        ("證交稅", ("tax",)),
        ("委託書號", ("order", "id")),
        ("約定数量", ("quantity",)),
        ("份额", ("quantity",)),
        ("返済単価", ("exit", "price")),
        ("銘柄コード", ("symbol",)),
        ("諸経費", ("fee",)),
        ("거래일자", ("date",)),
        ("매입단가", ("entry", "price")),
        ("매수평단가", ("entry", "price")),
        ("평균단가", ("average", "price")),
        ("盈亏比", ("profit", "factor")),
        ("종목명", ("symbol",)),
        ("prix d'entrée", ("price", "entry")),
        ("Acciones", ("quantity",)),
        ("Importe", ("amount",)),
        ("Preço de Saída", ("price", "exit")),
        ("Taxas", ("fee",)),
        ("Ausführungskurs", ("price",)),
        ("Provision", ("fee",)),
        ("Eröffnungszeit", ("open", "time")),
        ("Prezzo di chiusura", ("price", "close")),
        ("Satis Fiyati", ("sell", "price")),
        ("Кол-во", ("quantity",)),
        ("Номер сделки", ("trade", "number")),
        ("Wartość", ("amount",)),
        ("Data zamknięcia", ("data", "close")),
        ("ngày bán", ("day", "sell")),
        ("mã chứng khoán", ("symbol",)),
        ("Harga Jual", ("price", "sell")),
        ("Komisi", ("fee",)),
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
    ("name", "is_net"),
    [("净盈亏", True), ("Lucro líquido", True), ("zysk netto", True), ("毛利潤", False)],
)
def test_net_and_gross_are_told_apart(name: str, is_net: bool) -> None:
    said = pnl_name(name)
    assert said is not None
    assert (said.is_net, said.is_gross) == (is_net, not is_net)


@pytest.mark.parametrize(
    "name",
    [
        *("浮動損益", "未实现盈亏", "含み損益", "평가손익", "当日盈亏", "预期收益", "最大亏损"),
        *("Resultado no realizado", "lucro não realizado", "unrealisierter Gewinn"),
        *("Ganancia flotante", "нереализованная прибыль", "plus-value latente"),
    ],
)
def test_what_was_not_earned_yet_is_no_result(name: str) -> None:
    assert pnl_name(name) is None


@pytest.mark.parametrize("name", ["累计盈亏", "總損益", "누적손익", "Lucro acumulado", "累積損益"])
def test_a_total_so_far_is_told_as_such(name: str) -> None:
    said = pnl_name(name)
    assert said is not None
    assert said.is_running


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
        ("買進", 1),
        ("开多", 1),
        ("空单", -1),
        ("AL", 1),
        ("SAT", -1),
        ("куплено", 1),
        ("sprzedaj", -1),
        ("dijual", 0),
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
        ("buysellprice", ("buysell", "price")),
        ("tradedprice", ("traded", "price")),
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


def test_an_outcome_may_say_that_a_trade_is_still_held() -> None:
    assert [words(one) for one in ("胜败", "勝敗", "승패")] == [("outcome",)] * 3
    assert says_it_is_open("盈(持仓中)")
