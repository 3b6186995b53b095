"""Names and words of other languages, as the English words that they stand for.

    translated("preço de entrada")   "price entry"
    translated("決済値")              "exit price"
    translated("Цена входа")         "price entry"

Languages without blanks are cut into the longest known pieces. A word that is not known stays.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_LATIN = """
    fecha fechas datum tarih tarihi tanggal = date
    hora heure uhrzeit zeit godzina saat zaman waktu horario = time
    precio preco prix preis prezzo cena fiyat fiyati prijs harga kurs koers cours = price
    cantidad quantidade qtd qtde cant quantite quantita menge anzahl stueck stuck ilosc liczba
    miktar adet aantal jumlah = quantity
    volumen wolumen = volume
    ganancia ganancias ganho lucro beneficio utilidad benefice gewinn winst zysk profitto guadagno
    utile kar untung = profit
    resultado resultat ergebnis risultato wynik = result
    guv gewinnverlust karzarar = pnl
    perda perdida perte verlust perdita strata zarar rugi prejuizo = loss
    lado seite sens lato strona taraf = side
    direccion direcao richtung direzione kierunek yon = direction
    tipo typ typu tur = type
    compra comprar achat acheter kauf kaufen acquisto acquistare kupno zakup alis koop beli mua =
    buy
    comprado comprada gekauft achete = bought
    venta venda vender vente vendre verkauf verkaufen vendita vendere sprzedaz satis verkoop jual
    ban = sell
    vendido vendida verkauft vendu venduto = sold
    largo comprado = long
    corto vendido = short
    entrada entree ingresso einstieg wejscia wejscie giris = entry
    salida saida sortie uscita ausstieg wyjscia wyjscie cikis = exit
    apertura abertura ouverture eroeffnung eroffnung otwarcia otwarcie acilis = open
    cierre fechamento cloture chiusura schliessung schlusskurs zamkniecia zamkniecie kapanis =
    close
    cerrado cerrada fechado fechada geschlossen chiuso chiusa zamkniete = closed
    abierto abierta aberto aberta offen aperto aperta otwarte acik = opened
    ganada ganado ganhou gewonnen vinto vinta gagne = won
    perdido perdeu verloren perso = lost
    comision comisiones comissao comissoes commissione commissioni prowizja komisyon corretagem
    gebuehr gebuehren gebuhr gebuhren frais taxa = fee
    simbolo symbole sembol ativo activo actif titolo wertpapier aktie hisse walor spolka par paire
    = symbol
    aandeel fonds saham = symbol
    saldo solde bakiye kontostand = balance
    motivo motif grund powod sebep = reason
    moneda moeda devise waehrung wahrung valuta waluta = currency
    estado etat durum = status
    operacion operacao transakcja islem = trade
    accion acao = action
    monto montante montant betrag importo kwota tutar valor = amount
    rendimiento rendimento rendement rendite getiri retorno = return
    einstiegskurs einstiegspreis = entry price
    kaufkurs kaufpreis = buy price
    ausstiegskurs ausstiegspreis = exit price
    verkaufskurs verkaufspreis = sell price
    kaufdatum = entry date
    verkaufsdatum = exit date
    tidspunkt klokkeslett klockslag = time
    dato = date
    pris kurss = price
    mengde antall antal maengde = quantity
    gevinst vinst fortjeneste overskudd = profit
    tap forlust tab = loss
    kjop kjopt kop kopt kob kobt = buy
    selg solgt salg saljer salj salt saelg = sell
    inngang ingang indgang = entry
    utgang udgang = exit
    apnet oppnad = opened
    lukket stangd = closed
    belop belopp belob = amount
    gebyr avgift kurtasje courtage = fee
    handling = action
    grunn orsak arsak = reason
    aksje = symbol
    prosent = pct
    einheit unidad unidade unite unita = unit
    porcentaje porcentagem prozent pourcentage percentuale procent yuzde = pct
    cambio variacion variacao variazione veraenderung veranderung aenderung anderung zmiana degisim
    perubahan = change
    giorno dia tag jour gun ngay = day
    ngay tgl = date
    gio jam pukul = time
    gia = price
    khoiluong soluong = quantity
    lai loi loinhuan keuntungan laba = profit
    lo kerugian = loss
    hasil sonuc ketqua uitslag = result
    winst = profit
    verlies = loss
    aankoop koop gekocht = buy
    verkocht = sold
    instap aankoopprijs = entry price
    uitstap verkoopprijs = exit price
    kosten provisie biaya phi = fee
    posisi posicion posicao posizione pozisyon pozycja positie = position
    masuk = entry
    keluar = exit
    kemenangan menang kazanc kazandi wygrana wygrany gewonnen = won
    kalah kaybetti przegrana przegrany verloren = lost
    esito = result
    apalancamiento alavancagem levier hebel leva kaldirac = leverage
    """

_CYRILLIC = """
    дата = date
    время = time
    цена цены = price
    количество кол объем объём лот лоты = quantity
    прибыль профит доход = profit
    убыток = loss
    результат итог = result
    пнл = pnl
    сторона = side
    направление = direction
    тип = type
    покупка покупки купить купил = buy
    продажа продажи продать продал = sell
    лонг = long
    шорт = short
    вход входа = entry
    выход выхода = exit
    открытие открытия = open
    открыта открыт открыто активная активна активный = opened
    ожидание ожидает отложен отложенный = pending
    закрытие закрытия = close
    закрыта закрыт закрыто закрытая = closed
    комиссия комиссии = fee
    тикер символ инструмент пара актив = symbol
    баланс = balance
    причина = reason
    валюта = currency
    статус = status
    действие операция = action
    сумма = amount
    доходность = return
    стоп = stop
    тейк = takeprofit
    """

_ARABIC = """
    التاريخ تاريخ = date
    الوقت وقت = time
    السعر سعر = price
    الكمية كمية الحجم = quantity
    الربح ربح رابح رابحة فوز مربح = profit
    الخسارة خسارة خاسر خاسرة = loss
    النتيجة نتيجة = result
    الجانب الاتجاه = side
    شراء الشراء = buy
    بيع البيع = sell
    الدخول دخول الابتدائي = entry
    الخروج خروج = exit
    الإغلاق اغلاق إغلاق = close
    الفتح فتح = open
    الرمز رمز العملة الزوج = symbol
    الرسوم رسوم العمولة = fee
    الرصيد رصيد = balance
    الهدف هدف = target
    الإيقاف إيقاف وقف = stop
    الحالة = status
    السبب = reason
    النوع = type
    """

_PIECES_OF_CJK = """
    价格 價格 価格 가격 단가 成交价 成交價 約定価格 約定単価 単価 单价 單價 체결가 체결가격
    成交均价 均价 = price
    开仓价 開倉價 开仓价格 进场价 進場價 入场价 建値 新規価格 エントリー価格 진입가 진입가격 =
    entry price
    买入价 買入價 매수가 매수가격 매입가 买入价格 買入価格 = buy price
    平仓价 平倉價 平仓价格 出场价 出場價 离场价 決済値 決済価格 청산가 청산가격 = exit price
    卖出价 賣出價 매도가 매도가격 卖出价格 売却価格 = sell price
    数量 數量 成交量 股数 股數 手数 枚数 株数 ロット 수량 계약수 체결수량 約定数量 = quantity
    日期 日付 날짜 일자 約定日 成交日期 체결일 = date
    时间 時間 日時 時刻 시간 시각 일시 成交时间 成交時間 約定日時 체결시간 = time
    开仓时间 開倉時間 进场时间 进场日期 进場時間 买入时间 买入日期 買入日期 建玉日 建玉日時
    新規日時 진입시간 진입일 매수일 매수시간 エントリー日時 = entry time
    平仓时间 平倉時間 出场时间 出场日期 出場時間 卖出时间 卖出日期 賣出日期 決済日 決済日時
    청산시간 청산일 매도일 매도시간 決済時間 = exit time
    盈亏 盈虧 损益 損益 손익 净盈亏 淨損益 실현손익 実現損益 已实现盈亏 平仓盈亏 = pnl
    利润 利潤 收益 盈利 利益 수익 수익금 净利润 獲利 = profit
    收益率 盈亏率 盈虧率 損益率 수익률 손익률 利益率 回报率 報酬率 = return pct
    亏损 虧損 損失 손실 = loss
    浮动盈亏 未实现盈亏 評価損益 평가손익 미실현손익 = unrealized pnl
    方向 방향 = direction
    买卖 買賣 売買 매매 买卖方向 매매구분 売買区分 구분 类型 類型 種別 유형 = side
    买入 買入 买 買 買い 買付 매수 = buy
    卖出 賣出 卖 賣 売 売り 売却 매도 = sell
    做多 多头 多單 多 ロング 롱 = long
    做空 空头 空單 空 ショート 숏 = short
    开仓 開倉 新規 建玉 진입 进场 進場 入场 エントリー = entry
    平仓 平倉 決済 청산 出场 出場 离场 = exit
    止损 止損 損切り 損切 손절 = stoploss
    止盈 停利 利確 익절 = takeprofit
    手续费 手續費 手数料 수수료 佣金 交易费用 交易費用 费用 費用 过户费 過戶費 印花税 = fee
    スワップ = swap
    日数 天数 天數 일수 = days
    操作类型 操作 业务名称 业务类型 交易类别 交易类型 委托方向 = action
    发生金额 收付金额 清算金额 = amount
    代码 代碼 证券代码 證券代碼 证券名称 證券名稱 股票名称 股票代码 标的
    標的 合约 合約 品种 品種 币种 幣種 交易对 交易對 종목 종목코드
    종목명 銘柄 通貨ペア 코인 코드 名称 名稱 = symbol
    余额 餘額 残高 잔고 账户余额 = balance
    状态 狀態 状態 상태 = status
    原因 理由 사유 = reason
    金额 金額 금액 成交金额 成交額 체결금액 約定代金 = amount
    策略 戦略 전략 システム = strategy
    币 币种 通貨 통화 货币 = currency
    円 = jpy
    원 = krw
    元 = cny
    """
_LINKING = frozenset(("de", "di", "do", "da", "du", "del", "della", "des", "der"))
_UNFOLDED = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "ß": "ss",
        "ø": "o",
        "đ": "d",
        "æ": "ae",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
_LETTERS = re.compile(r"[A-Za-z]+|[\u0400-\u04ff]+|[^\W\d_A-Za-z]+")


@cache
def _known() -> dict[str, str]:
    """Words of languages that part them, with what they mean; the first meaning counts."""
    return _read(_LATIN) | _read(_CYRILLIC) | _read(_ARABIC)


@cache
def _pieces() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_meanings(), key=len, reverse=True)))


@cache
def _meanings() -> dict[str, str]:
    return _read(_PIECES_OF_CJK)


def _read(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for words, meaning in re.findall(r"([^=]+)=\s+([a-z ]+)\n", text):
        for word in words.split():
            found.setdefault(word, meaning)
    return found


_PHRASES = {
    "khối lượng": "quantity",
    "số lượng": "quantity",
    "lợi nhuận": "profit",
    "thời gian": "time",
    "số dư": "balance",
    "kết quả": "result",
    "giá vào": "entry price",
    "giá ra": "exit price",
    "mã": "symbol",
    "kar/zarar": "pnl",
    "kâr/zarar": "pnl",
    "zysk/strata": "pnl",
}


@cache
def _phrase() -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(_PHRASES) + r")(?!\w)", re.IGNORECASE)


def translated(name: str) -> str:
    """The name with the words of other languages in English."""
    if not name.isascii() or "/" in name:
        name = _phrase().sub(lambda found: _PHRASES[found[0].lower()], name)
    if not name.isascii():
        name = "".join(map(_folded, name))
        name = _pieces().sub(lambda found: f" {_meanings()[found[0]]} ", name)
    known = _known()
    parts = _LETTERS.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    if not any(part.lower() in known for part in parts):
        return name
    found = _LETTERS.sub(lambda part: _one(part[0], known), name)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", found)


def _one(word: str, known: dict[str, str]) -> str:
    if word.lower() in _LINKING:
        return " "
    if word.lower() in known:
        return f" {known[word.lower()]} "
    cut = [known.get(piece.lower(), piece) for piece in re.findall("[A-Z]?[a-z]+|[A-Z]+", word)]
    return " ".join(cut) if word.isascii() and len(cut) > 1 else word


def _folded(letter: str) -> str:
    """A Latin letter without its accent; any other as it is."""
    if not "\u00c0" <= letter <= "\u024f" and not "\u1e00" <= letter <= "\u1eff":
        return letter
    plain = letter.translate(_UNFOLDED)
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
