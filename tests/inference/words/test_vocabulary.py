"""Exports of brokers in other languages, from the file to the figures."""

from decimal import Decimal
from pathlib import Path

import pytest

import perfkit
from perfkit.inference.words.names import words

GERMAN = """\
Datum,Uhrzeit,Produkt,ISIN,Anzahl,Kurs,Wert,Transaktionskosten,Gesamt
06-04-2026,09:30,ACME AG,DE0001,10,100.00,-1000.00,-2.00,-1002.00
17-04-2026,09:30,ACME AG,DE0001,-10,110.00,1100.00,-2.00,1098.00
18-04-2026,09:30,BETA AG,DE0002,5,50.00,-250.00,-2.00,-252.00
19-04-2026,09:30,BETA AG,DE0002,-5,45.00,225.00,-2.00,223.00
"""
SPANISH = """\
Hora;Posición;Símbolo;Tipo;Volumen;Precio;Hora de cierre;Precio de cierre;Comisión;Swap;Beneficio
2026.04.06 10:00:00;101;XAU;buy;0.10;1.1000;2026.04.06 12:00:00;1.1050;-0.50;-0.10;50.00
2026.04.07 10:00:00;102;XAU;sell;0.10;1.1100;2026.04.07 12:00:00;1.1120;-0.50;0;-20.00
2026.04.08 10:00:00;103;XAU;buy;0.20;1.1000;2026.04.08 12:00:00;1.1050;-1.00;0;100.00
"""
JAPANESE = """\
約定日,銘柄,取引,約定数量,約定単価,手数料/諸経費等,受渡日,受渡金額/決済損益
2026/04/06,架空工業,株式現物買,100,1500,275,2026/04/08,150275
2026/04/07,架空工業,株式現物売,100,1550,275,2026/04/09,154725
2026/04/08,仮想電機,株式現物買,200,800,275,2026/04/10,160275
2026/04/09,仮想電機,株式現物売,200,790,275,2026/04/13,157725
"""
JAPANESE_ON_MARGIN = """\
約定日,銘柄,取引,約定数量,約定単価,手数料/諸経費等,受渡日,受渡金額/決済損益
2026/04/06,架空工業,信用新規買,100,1500,--,2026/04/08,--
2026/04/07,架空工業,信用返済売,100,1550,120,2026/04/09,4880
2026/04/08,仮想電機,信用新規売,200,800,--,2026/04/10,--
2026/04/09,仮想電機,信用返済買,200,790,130,2026/04/13,1870
"""
CHINESE = """\
成交日期,成交时间,证券代码,业务名称,成交数量,成交均价,佣金,印花税
20260406,09:31:05,600519,证券买入,1000,10.00,5,0
20260410,15:00:00,600519,红利入账,0,0,0,0
20260413,10:31:05,600519,证券卖出,-1000,11.00,5,5.5
20260414,09:31:05,000001,证券买入,500,10.00,5,0
20260415,09:31:05,000001,证券卖出,-500,9.00,5,2.25
"""
TURKISH = """\
İşlem Tarihi,Hisse,İşlem Tipi,Adet,Fiyat,Komisyon
2026-04-06 10:00:00,THYAO,AL,100,280.0,28
2026-04-07 10:00:00,THYAO,SAT,100,285.0,28
2026-04-08 10:00:00,GARAN,AL,200,90.0,18
2026-04-09 10:00:00,GARAN,SAT,200,89.0,18
"""
RUSSIAN = """\
Дата сделки;Тикер;Операция;Кол-во;Цена;Комиссия
06.04.2026 10:00:00;SBER;Покупка;10;300,00;1,5
07.04.2026 10:00:00;SBER;Продажа;10;310,00;1,5
18.04.2026 10:00:00;GAZP;Покупка;20;150,00;1,5
19.04.2026 10:00:00;GAZP;Продажа;20;149,00;1,5
"""
TURKISH_ORDERS = """\
Tarih,Sembol,İşlem Tipi,İşlem Durumu,Para Birimi,Emir Adedi,Gerçekleşen Adet,\
Ortalama İşlem Fiyati,İşlem Ücreti
06/04/2026 17:30:00,AAPL,Aliş,Gerçekleşti,USD,10,10,200.00,1.50
17/04/2026 17:30:00,AAPL,Satiş,Gerçekleşti,USD,10,10,210.00,1.50
18/04/2026 17:30:00,MSFT,Aliş,İptal Edildi,USD,5,0,0,0
19/04/2026 17:30:00,MSFT,Aliş,Gerçekleşti,USD,5,5,400.00,1.50
20/04/2026 17:30:00,MSFT,Satiş,Gerçekleşti,USD,5,5,390.00,1.50
"""
CHINESE_WITH_EFFECTS = """\
时间,交易对,方向,开平,成交价,成交量,手续费,已实现盈亏
2026-04-06 10:00:00,BTC-USDT,买入,开多,60000,0.1,-3,0
2026-04-06 12:00:00,BTC-USDT,卖出,平多,61000,0.1,-3.05,100
2026-04-07 10:00:00,ETH-USDT,卖出,开空,3000,1,-1.5,0
2026-04-07 12:00:00,ETH-USDT,买入,平空,3050,1,-1.525,-50
2026-04-08 10:00:00,BTC-USDT,买入,开多,60000,0.1,-3,0
2026-04-08 12:00:00,BTC-USDT,卖出,平多,60500,0.1,-3.025,50
"""


@pytest.mark.parametrize(
    ("text", "results"),
    [
        pytest.param(GERMAN, ["96", "-29"], id="German"),
        pytest.param(SPANISH, ["49.4", "-20.5", "99"], id="Spanish, of MetaTrader"),
        pytest.param(JAPANESE, ["4450", "-2550"], id="Japanese, what was paid is no result"),
        pytest.param(JAPANESE_ON_MARGIN, ["4880", "1870"], id="Japanese, on margin"),
        pytest.param(CHINESE, ["984.5", "-512.25"], id="Chinese, with a dividend"),
        pytest.param(CHINESE_WITH_EFFECTS, ["93.95", "-53.025", "43.975"], id="before costs"),
        pytest.param(TURKISH, ["444", "-236"], id="Turkish"),
        pytest.param(TURKISH_ORDERS, ["97", "-53"], id="Turkish, with a cancelled order"),
        pytest.param(RUSSIAN, ["97", "-23"], id="Russian"),
    ],
)
def test_an_export_is_read_without_a_question(
    tmp_path: Path, text: str, results: list[str]
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    closed = perfkit.read(path, quiet=True).book.closed
    assert [closed[row].net_pnl for row in range(len(closed))] == list(map(Decimal, results))


def test_an_order_that_sells_to_close_ends_a_long_trade(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(JAPANESE_ON_MARGIN, encoding="utf-8")
    closed = perfkit.read(path, quiet=True).book.closed
    assert [closed[row].side for row in range(2)] == ["long", "short"]


@pytest.mark.parametrize(
    ("sell", "buy", "sides"),
    [
        ("sell to close", "buy to close", ["long", "short"]),
        ("close sell", "close buy", [None, None]),
        ("sell", "buy", ["short", "long"]),
    ],
)
def test_whose_side_a_closing_order_has_is_said_or_left_out(
    tmp_path: Path, sell: str, buy: str, sides: list[str | None]
) -> None:
    path = tmp_path / "trades.csv"
    rows = (f"2026-04-06,A,{sell},5,0.1", f"2026-04-07,B,{buy},-3,0.1", f"2026-04-08,A,{buy},2,0.1")
    path.write_text("\n".join(("exit_time,symbol,side,net_pnl,fee", *rows)) + "\n")
    closed = perfkit.read(path, quiet=True).book.closed
    assert [closed[row].side for row in range(2)] == sides


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("매도일시", "exit date"),
        ("거래타입", "side"),
        ("実現収益", "profit"),
        ("エントリー日", "entry date"),
        ("動作", "action"),
        ("매매손익", "pnl"),
        ("실현 손익(KRW)", "realized pnl krw"),
        ("差損益", "pnl"),
        ("净盈利", "net profit"),
        ("Gan/Per", "pnl"),
        ("交易价格", "price"),
        ("กำไร/ขาดทุน", "pnl"),
        ("ราคาเข้า", "entry price"),
        ("سود/زیان", "pnl"),
        ("Tamaño", "size"),
        ("Portafolio", "portfolio"),
        ("Einstandskurs", "entry price"),
        ("Netto G/V", "net pnl"),
        ("Размер", "size"),
    ],
)
def test_words_of_brokers_and_bots_in_other_languages(name: str, expected: str) -> None:
    assert " ".join(word for word in words(name) if word.isascii()) == expected
