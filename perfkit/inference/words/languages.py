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

from perfkit.inference.words.vocabulary import ARABIC, CYRILLIC, LATIN
from perfkit.inference.words.vocabulary_cjk import PIECES

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
_ELIDED = re.compile(r"(?<!\w)(?:d|l|dell|all)['\u2019](?=\w)", re.IGNORECASE)
"""A word before a vowel that says nothing: prix d'entrée."""
_GERMAN_FEES = ("kosten", "gebuhr", "gebuhren", "gebuehr", "gebuehren")
"""What a word for a fee of some kind ends with: Transaktionskosten."""
_GAPS = frozenset("/ -")
_LETTERS = re.compile(r"[A-Za-z]+|[\u0400-\u04ff]+|[^\W\d_A-Za-z]+")


@cache
def _known() -> dict[str, str]:
    """Words of languages that part them, with what they mean; the first meaning counts."""
    return _read(LATIN) | _read(CYRILLIC) | _read(ARABIC)


@cache
def _pieces() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_meanings(), key=len, reverse=True)))


@cache
def _meanings() -> dict[str, str]:
    return _read(PIECES)


def _read(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for words, meaning in re.findall(r"([^=]+)=\s+([a-z ]+)\n", text):
        for word in words.split():
            found.setdefault(word, meaning)
    return found


_PHRASES = {
    "no realizado": "unrealized",
    "no realizada": "unrealized",
    "não realizado": "unrealized",
    "nao realizado": "unrealized",
    "não realizada": "unrealized",
    "non réalisé": "unrealized",
    "non réalisée": "unrealized",
    "non realizzato": "unrealized",
    "non realizzata": "unrealized",
    "nicht realisiert": "unrealized",
    "nicht realisierter": "unrealized",
    "sin cerrar": "opened",
    "no cerrado": "opened",
    "no cerrada": "opened",
    "em aberto": "opened",
    "em andamento": "opened",
    "não fechado": "opened",
    "não fechada": "opened",
    "não encerrada": "opened",
    "en curso": "opened",
    "en cours": "opened",
    "non clôturé": "opened",
    "non clôturée": "opened",
    "non soldé": "opened",
    "non soldée": "opened",
    "nicht geschlossen": "opened",
    "in corso": "opened",
    "non chiuso": "opened",
    "non chiusa": "opened",
    "niet gesloten": "opened",
    "w toku": "opened",
    "devam ediyor": "opened",
    "belum ditutup": "opened",
    "ikke lukket": "opened",
    "ej stängd": "opened",
    "trạng thái": "status",
    "đã đóng": "closed",
    "đang mở": "opened",
    "đang giữ": "holding",
    "chưa đóng": "opened",
    "не закрыт": "opened",
    "не закрыта": "opened",
    "не закрыто": "opened",
    "в работе": "opened",
    "غير مغلق": "opened",
    "غير مغلقة": "opened",
    "plus/moins-value": "pnl",
    "plus-value": "profit",
    "moins-value": "loss",
    "k/z": "pnl",
    "g/v": "pnl",
    "g/p": "pnl",
    "p/g": "pnl",
    "gan/per": "pnl",
    "plus/moins value": "pnl",
    "c/v": "side",
    "res. operação": "result",
    "código de negociação": "symbol",
    "para birimi": "currency",
    "mata uang": "currency",
    "кол-во": "quantity",
    "номер сделки": "trade number",
    "финансовый результат": "result",
    "стоп-лосс": "stoploss",
    "тейк-профит": "takeprofit",
    "mã ck": "symbol",
    "mã cp": "symbol",
    "mã chứng khoán": "symbol",
    "mã cổ phiếu": "symbol",
    "giá trị": "amount",
    "giá đóng": "close price",
    "giá mở": "open price",
    "ngày đóng": "close date",
    "ngày mở": "open date",
    "thời gian đóng": "close time",
    "thời gian mở": "open time",
    "tài khoản": "account",
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
    longest = sorted(_PHRASES, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(longest) + r")(?!\w)", re.IGNORECASE)


def translated(name: str) -> str:
    """The name with the words of other languages in English."""
    name = _ELIDED.sub("", name)
    if not name.isascii() or not _GAPS.isdisjoint(name):
        name = _phrase().sub(lambda found: _PHRASES[found[0].lower()], name)
    if not name.isascii():
        name = "".join(map(_folded, name))
        name = _pieces().sub(lambda found: f" {_meanings()[found[0]]} ", name)
    known = _known()
    parts = _LETTERS.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    if not any(part.lower() in known or part.lower().endswith(_GERMAN_FEES) for part in parts):
        return name
    found = _LETTERS.sub(lambda part: _one(part[0], known), name)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", found)


def _one(word: str, known: dict[str, str]) -> str:
    if word.lower() in _LINKING:
        return " "
    if word.lower() in known:
        return f" {known[word.lower()]} "
    if word.lower().endswith(_GERMAN_FEES):
        return " fee "
    cut = [known.get(piece.lower(), piece) for piece in re.findall("[A-Z]?[a-z]+|[A-Z]+", word)]
    return " ".join(cut) if word.isascii() and len(cut) > 1 else word


def _folded(letter: str) -> str:
    """A Latin letter without its accent; any other as it is."""
    if not "\u00c0" <= letter <= "\u024f" and not "\u1e00" <= letter <= "\u1eff":
        return letter
    plain = letter.translate(_UNFOLDED)
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
