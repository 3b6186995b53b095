"""Records of trades that are still open, beside those that closed."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from perfkit.desk.desk import Desk
from perfkit.desk.reading import desk_on
from perfkit.inference.infer import infer
from perfkit.inference.source import found_in

HEADER = "id,symbol,status,entry_time,exit_time,qty,entry_price,exit_price,fee,pnl\n"
CLOSED = """\
1,A,CLOSED,2026-04-06T10:00:00Z,2026-04-07T10:00:00Z,1,10,12,0.1,2
2,B,CLOSED,2026-04-06T11:00:00Z,2026-04-07T11:00:00Z,1,20,19,0.2,-1
3,C,CLOSED,2026-04-06T12:00:00Z,2026-04-07T12:00:00Z,1,19,21,0.2,2
"""
OPEN = """\
4,A,OPEN,2026-04-08T10:00:00Z,,1,11,,0.05,
5,D,OPEN,2026-04-08T11:00:00Z,,1,5,,0.05,
"""


def desk(path: Path, text: str) -> Desk:
    path.write_text(text)
    return desk_on([found_in(str(path))], "UTC")


def records(text: str) -> list[Mapping[str, object]]:
    names, *rows = [line.split(",") for line in text.splitlines()]
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_trades_whose_status_is_open_are_open_trades(tmp_path: Path) -> None:
    book = desk(tmp_path / "a.csv", HEADER + CLOSED + OPEN).book
    assert (len(book.closed), len(book.open)) == (3, 2)
    assert not book.errors


def test_without_an_id_market_and_opening_time_tell_them_apart(tmp_path: Path) -> None:
    lines = (HEADER + CLOSED + OPEN).splitlines()
    text = "".join(line.partition(",")[2] + "\n" for line in lines)
    book = desk(tmp_path / "a.csv", text).book
    assert (len(book.closed), len(book.open)) == (3, 2)


def test_costs_of_open_trades_are_not_asked_about() -> None:
    reading = infer(records(HEADER + CLOSED + OPEN))
    assert reading.is_sure
    assert reading.dialect["fields"]["net_pnl"] == "pnl - fee"  # type: ignore[index]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2026-04-08T10:00:00Z", ""),
        ("OPEN", "PENDING"),
        ("A,OPEN,2026-04-08T10", "A,OPEN,2026-04-06T10"),
        ("D,OPEN,2026-04-08T11", "A,OPEN,2026-04-08T10"),
    ],
    ids=["no time", "orders", "of a trade that closed", "twice"],
)
def test_records_that_are_no_trades_of_their_own_are_left_out(before: str, after: str) -> None:
    lines = (HEADER + CLOSED + OPEN).replace(before, after).splitlines()
    text = "".join(line.partition(",")[2] + "\n" for line in lines)
    assert infer(records(text)).dialect["only"] == {"status": "CLOSED"}


def test_records_that_cannot_be_read_are_left_out() -> None:
    more = [
        f"{n},A,CLOSED,2026-04-{n:02}T10:00:00Z,2026-04-{n:02}T11:00:00Z,1,10,12,0.1,2\n"
        for n in range(10, 25)
    ]
    text = HEADER + CLOSED + "".join(more) + OPEN.replace("1,11,", "1,at market,")
    assert infer(records(text)).dialect["only"] == {"status": "CLOSED"}


def test_orders_beside_open_trades_are_left_out() -> None:
    text = HEADER + CLOSED + OPEN + "6,E,PENDING,2026-04-08T12:00:00Z,,1,7,,,\n"
    dialect = infer(records(text)).dialect
    assert dialect["only"] == {"status": ["OPEN", "CLOSED"]}
    assert dialect["open_when"] == {"status": "OPEN"}


class TestAWordThatSaysHowTradesEnded:
    """A log in which all closes were stops so far will have targets later."""

    TEXT = (HEADER + CLOSED + OPEN).replace("CLOSED", "STOP_LOSS").replace("OPEN", "ACTIVE")

    def test_another_word_closes_as_well(self, tmp_path: Path) -> None:
        later = "6,E,TAKE_PROFIT,2026-04-08T12:00:00Z,2026-04-09T12:00:00Z,1,7,9,0.1,2\n"
        path = tmp_path / "a.csv"
        path.write_text(self.TEXT)
        found = found_in(str(path))
        path.write_text(self.TEXT + later)
        book = desk_on([found], "UTC").book
        assert (len(book.closed), len(book.open)) == (4, 2)

    def test_openings_are_left_out_by_their_word(self) -> None:
        text = self.TEXT.replace("2026-04-08T10:00:00Z", "")
        assert infer(records(text)).dialect["only"] == {"status": {"not": "ACTIVE"}}


class TestWordsForOpen:
    """Trades whose P&L so far is logged, beside those that closed."""

    def rows(self, name: str, still: str, done: str) -> list[dict[str, object]]:
        return [
            {
                "symbol": "A",
                "side": "long",
                "entry_time": f"2026-04-{n + 1:02}T09:00:00Z",
                "exit_time": f"2026-04-{n + 1:02}T10:00:00Z",
                "entry_price": "100",
                "exit_price": f"{101 + n % 3}",
                "qty": "1",
                "pnl": f"{1 + n % 3}",
                name: still if n in (3, 7) else done,
            }
            for n in range(8)
        ]

    @pytest.mark.parametrize(
        ("name", "still", "done"),
        [
            ("Estado", "en curso", "cerrada"),
            ("durum", "devam ediyor", "kapali"),
            ("statut", "Ouvert", "Fermé"),
            ("stato", "Aperto", "Chiuso"),
            ("Status", "W toku", "Zamknięta"),
            ("Status", "Masih berjalan", "Ditutup"),
            ("trạng thái", "Đang mở", "Đã đóng"),
            ("Статус", "открытая", "закрытая"),
            ("الحالة", "مفتوحة", "مغلقة"),
            ("状态", "持仓中", "已平仓"),
            ("상태", "보유중", "청산완료"),
            ("status", "Not closed", "Closed"),
            ("exit_reason", "Still open", "TP"),
            ("settlement", "unsettled", "settled"),
        ],
    )
    def test_they_are_known_in_many_languages_and_forms(
        self, name: str, still: str, done: str
    ) -> None:
        reading = infer(self.rows(name, still, done))
        assert (reading.closed, reading.doubts) == (6, ())

    @pytest.mark.parametrize("name", ["exit_reason", "exit_type"])
    def test_those_of_a_test_that_ended_are_asked_about(self, name: str) -> None:
        reading = infer(self.rows(name, "OPEN_AT_END", "TP"))
        assert (reading.closed, [one.name for one in reading.doubts]) == (6, ["ignored"])

    @pytest.mark.parametrize("reason", ["End of data", "max hold", "trailing stop active"])
    def test_not_every_reason_with_such_a_word_says_so(self, reason: str) -> None:
        reading = infer(self.rows("exit_reason", reason, "TP"))
        assert (reading.closed, reading.doubts) == (8, ())

    def test_a_status_that_does_not_mark_the_closes_is_asked_about(self) -> None:
        records = self.rows("result", "open at the moment", "xyz")
        reading = infer(records)
        assert [one.name for one in reading.doubts] == ["flagged_open"]
        assert reading.doubts[0].answers[0].changes == {
            "only.result": {"not": ["open at the moment"]}
        }

    @pytest.mark.parametrize("word", ["OPEN", "持仓中", "still open", "noch offen"])
    def test_one_in_place_of_the_closing_time_says_so(self, tmp_path: Path, word: str) -> None:
        lines = ["symbol,entry_time,exit_time,entry_price,exit_price,qty,pnl"]
        for n in range(1, 13):
            end = word if n in (4, 9) else f"2026-04-{n:02}T10:00:00Z"
            lines.append(f"A,2026-04-{n:02}T09:00:00Z,{end},100,{100 + n},1,{n}")
        path = tmp_path / "trades.csv"
        path.write_text("\n".join(lines) + "\n")
        book = desk_on([found_in(str(path))], "UTC").book
        assert (len(book.closed), len(book.open), len(book.errors)) == (10, 2, 0)
