"""Files of unknown layout: where their records lie, which count, and what an answer changes."""

import gzip
import json
import sqlite3
from pathlib import Path

import pytest

import perfkit
from perfkit.core.errors import LogReadError, UsageError
from perfkit.desk.reading import desk_on
from perfkit.inference.source import answered, found_in
from tests.inference.readings import Record

TRADES = [
    {"symbol": "BTCUSDT", "exit_time": "2026-04-07T10:00:00Z", "pnl": "5.5"},
    {"symbol": "BTCUSDT", "exit_time": "2026-04-08T10:00:00Z", "pnl": "-2.5"},
]
ROWS = [list(one.values()) for one in TRADES]


def written(path: Path, content: str | bytes) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


class TestWhereRecordsLie:
    def test_lines_of_json(self, tmp_path: Path) -> None:
        text = "".join(json.dumps(one) + "\n" for one in TRADES)
        found = found_in(written(tmp_path / "a.log", text))
        assert (found.layout, found.records, found.reading.closed) == ({}, 2, 2)

    @pytest.mark.parametrize(
        ("document", "layout"),
        [
            (TRADES, {}),
            ({"signals": [{"price": 1}], "data": {"trades": TRADES}}, {"records": "data.trades"}),
            ({"a": {"trades": TRADES}, "b": {"trades": TRADES[:1]}}, {"records": "*.trades"}),
            ({"T1": TRADES[0], "T2": TRADES[1]}, {"records": "*"}),
            ({"2026-04-07": TRADES[:1], "2026-04-08": TRADES[1:]}, {"records": "*"}),
            (
                [{"name": "x", "trades": TRADES}, {"name": "y", "trades": TRADES}],
                {"records": "*.trades"},
            ),
            ({"columns": list(TRADES[0]), "data": ROWS}, {"records": "data"}),
            ([list(TRADES[0]), *ROWS], {}),
            ({"winning_trades": TRADES[:1], "losing_trades": TRADES[1:]}, {"records": "*"}),
        ],
        ids=[
            *("list", "inside", "every key", "object of objects", "a list a day", "in records"),
            *("rows beside names", "rows under names", "won and lost"),
        ],
    )
    def test_lists_in_a_document(
        self, tmp_path: Path, document: object, layout: dict[str, object]
    ) -> None:
        found = found_in(written(tmp_path / "a.json", json.dumps(document, indent=1)))
        assert found.layout == layout
        assert found.reading.has_results

    def test_rows_under_a_header_after_a_title(self, tmp_path: Path) -> None:
        text = (
            "Account: 1\n\nSymbol;Exit Time;P/L\nA;2026-04-07 10:00;1,5\nA;2026-04-08 10:00;-2,5\n"
        )
        found = found_in(written(tmp_path / "a.csv", text))
        assert found.records == 2
        assert found.reading.dialect["fields"] == {
            "closed_at": '"Exit Time"',
            "net_pnl": '"P/L"',
            "symbol": "Symbol",
        }

    def test_a_last_row_without_its_newline_counts(self, tmp_path: Path) -> None:
        rows = [f"2026-04-0{day}T10:00:00Z,{pnl},A" for day, pnl in ((6, 5), (7, -2), (8, 7))]
        path = written(tmp_path / "a.csv", "exit_time,net_pnl,symbol\n" + "\n".join(rows))
        found = found_in(path)
        assert (found.layout, found.records) == ({"complete": True}, 3)
        assert len(desk_on([found], "UTC").book.closed) == 3

    def test_totals_at_the_end_are_no_record(self, tmp_path: Path) -> None:
        rows = [f"A,long,{n},2026-04-0{n} 10:00,1.5" for n in range(1, 6)]
        text = "\n".join(["Symbol,Side,Id,Exit Time,P/L", *rows, ",,,,7.5"])
        found = found_in(written(tmp_path / "a.csv", text))
        assert (found.records, found.reading.is_sure) == (5, True)

    def test_tables_of_a_database(self, tmp_path: Path) -> None:
        path = tmp_path / "a.db"
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE candles (time TEXT, close REAL)")
            database.execute("CREATE TABLE done (symbol TEXT, exit_time TEXT, pnl REAL)")
            rows = [(one["symbol"], one["exit_time"], float(one["pnl"])) for one in TRADES]
            database.executemany("INSERT INTO done VALUES (?, ?, ?)", rows)
        database.close()
        assert found_in(str(path)).layout == {"table": "done"}

    @pytest.mark.parametrize("packed", ["gz", "utf-8-sig", "utf-16"])
    def test_packed_and_marked_files(self, tmp_path: Path, packed: str) -> None:
        text = "".join(json.dumps(one) + "\n" for one in TRADES)
        content = gzip.compress(text.encode()) if packed == "gz" else text.encode(packed)
        assert found_in(written(tmp_path / "a.jsonl", content)).reading.closed == 2

    @pytest.mark.parametrize("last", ["\r", ""])
    def test_lines_that_end_with_a_carriage_return_alone(self, tmp_path: Path, last: str) -> None:
        rows = [",".join(one.values()) for one in TRADES]
        path = written(tmp_path / "a.csv", "\r".join([",".join(TRADES[0]), *rows]) + last)
        found = found_in(path)
        assert (found.records, found.reading.closed) == (2, 2)
        closed = desk_on([found], "UTC").book.closed
        assert [str(closed[row].line) for row in range(len(closed))] == [
            f"{path}:2",
            f"{path}:3",
        ]

    def test_lines_of_json_below_one_of_something_else(self, tmp_path: Path) -> None:
        rows = [json.dumps({**TRADES[n % 2], "exit_time": f"2026-04-{n + 10}"}) for n in range(9)]
        found = found_in(written(tmp_path / "a.jsonl", "\n".join(["<<<<<<< HEAD", *rows]) + "\n"))
        book = desk_on([found], "UTC").book
        assert (found.layout, found.records) == ({"format": "jsonl"}, 9)
        assert (len(book.closed), len(book.errors)) == (9, 1)

    def test_fills_inside_orders_have_the_side_of_their_order(self, tmp_path: Path) -> None:
        orders = [
            {
                "symbol": "A",
                "side": side,
                "fills": [{"at": f"2026-04-0{n}T10:00:00Z", "qty": "1", "price": price}],
            }
            for n, (side, price) in enumerate([("buy", "10"), ("sell", "12")], 1)
        ]
        found = found_in(written(tmp_path / "a.json", json.dumps({"orders": orders})))
        assert found.layout == {"records": "orders.*.fills"}
        assert found.reading.dialect["fields"]["side"] == "_parent.side"  # type: ignore[index]
        assert found.reading.is_sure

    def test_what_a_position_earned_counts_once_whatever_events_it_has(
        self, tmp_path: Path
    ) -> None:
        positions = [
            {
                "symbol": symbol,
                "closed_at": f"2026-04-0{n}T12:00:00Z",
                "pnl": pnl,
                "events": [{"id": f"{n}{end}", "action": end} for end in ("open", "close")],
                "check": {"idea": {"id": n, "status": "pending"}},
            }
            for n, (symbol, pnl) in enumerate([("A", "12.5"), ("B", "-4.5")], 1)
        ]
        found = found_in(written(tmp_path / "a.json", json.dumps({"closed": positions})))
        assert (found.layout, found.reading.closed) == ({"records": "closed"}, 2)
        assert found.reading.is_sure

    def test_rows_without_names_are_said_to_have_none(self, tmp_path: Path) -> None:
        text = "2026-04-07 10:00,A,buy,1\n2026-04-08 10:00,A,sell,1\n"
        assert (
            "no line has names" in found_in(written(tmp_path / "a.csv", text)).reading.evidence[0]
        )

    def test_a_header_with_too_few_names_is_said_to_be_so(self, tmp_path: Path) -> None:
        rows = [f"A,trend=B,2,2026-04-0{n}T10:00:00Z,{n},TP" for n in range(1, 6)]
        text = "symbol,strategy,exit_time,pnl,reason\n" + "\n".join(rows) + "\n"
        (said,) = found_in(written(tmp_path / "a.csv", text)).reading.evidence
        assert said.startswith("the first line has 5 names, but most rows have 6 cells")
        assert "add 1 name to that line, each where rows have a cell without one" in said
        assert "if these are the last cells, write `ragged: true` in a dialect instead" in said

    @pytest.mark.parametrize("content", ["", "\n", "hello\n", "[]", "{}", "[1, 2]", "a,b\n"])
    def test_a_file_without_trades(self, tmp_path: Path, content: str) -> None:
        assert not found_in(written(tmp_path / "a", content)).reading.has_results

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(LogReadError, match="No such file"):
            found_in(str(tmp_path / "none.csv"))


SEVERAL_LISTS = {
    "halves": ({"in_sample": {"trades": "one"}, "out_of_sample": {"trades": "other"}},
               ["*.trades", "in_sample.trades", "out_of_sample.trades"]),
    "beside": ({"trades": "one", "cancelled": "other"}, ["*", "trades", "cancelled"]),
    "runs": ({"runs": {"A": {"x": "one"}, "B": {"x": "other"}}},
             ["runs.*.x", "runs.A.x", "runs.B.x"]),
    "at different depths": ({"trades": "one", "live": {"trades": "other"}},
                            ["trades", "live.trades"]),
}  # fmt: skip


def full(days: range) -> list[dict[str, str]]:
    return [
        {"symbol": "BTC", "entry_time": f"2026-04-{day:02}T09:00:00Z", "side": "long",
         "exit_time": f"2026-04-{day:02}T10:00:00Z", "qty": "1", "entry_price": "100",
         "exit_price": str(100 + day), "pnl": str(day)}
        for day in days
    ]  # fmt: skip


def filled(document: object) -> object:
    """The document with trades in place of the words for them."""
    if isinstance(document, dict):
        return {name: filled(value) for name, value in document.items()}
    return full(range(1, 6) if document == "one" else range(6, 10))


@pytest.mark.parametrize(("document", "lists"), SEVERAL_LISTS.values(), ids=SEVERAL_LISTS)
def test_which_of_several_lists_of_trades_count_is_asked(
    tmp_path: Path, document: object, lists: list[str]
) -> None:
    found = found_in(written(tmp_path / "a.json", json.dumps(filled(document))))
    assert [doubt.name for doubt in found.reading.doubts] == ["records"]
    chosen = [answered(found, "records", number + 1) for number in range(len(lists))]
    assert [one.layout for one in chosen] == [{"records": path} for path in lists]
    results = [desk_on([one], "UTC").summary("all").metrics["net_pnl"] for one in chosen]
    assert results[-2:] == [15, 30]
    assert results[:-2] == [45] * (len(lists) - 2)


def test_ids_that_each_list_counts_anew_are_no_ids_of_all(tmp_path: Path) -> None:
    one = [{**trade, "id": n} for n, trade in enumerate(full(range(1, 6)))]
    other = [{**trade, "id": n, "leverage": "2"} for n, trade in enumerate(full(range(6, 10)))]
    document = {"trades_fast": one, "trades_slow": other}
    found = found_in(written(tmp_path / "a.json", json.dumps(document)))
    assert [doubt.name for doubt in found.reading.doubts] == ["records"]
    every = answered(found, "records", 1)
    assert desk_on([every], "UTC").summary("all").metrics["net_pnl"] == 45
    assert answered(found, "records", 2).reading.dialect["identity"] == ["id"]
    document["trades_slow"] = [{**trade, "id": n + 5} for n, trade in enumerate(other)]
    found = found_in(written(tmp_path / "b.json", json.dumps(document)))
    assert answered(found, "records", 1).reading.dialect["identity"] == ["id"]


def test_records_that_several_lists_share_are_part_of_that_question(tmp_path: Path) -> None:
    trades = [{**one, "pnl": "5", "exit_price": "105"} for one in full(range(1, 6))]
    document = {"a1": {"trades": trades}, "b2": {"trades": trades}}
    (doubt,) = found_in(written(tmp_path / "a.json", json.dumps(document))).reading.doubts
    assert doubt.name == "records"
    assert "5 records repeat an earlier one exactly" in doubt.question


def test_lists_that_are_called_as_their_records_are_of_one_kind(tmp_path: Path) -> None:
    gold, coins = full(range(1, 6)), full(range(6, 9))
    document = {
        "GOLD": {"trades": [{**one, "symbol": "Gold"} for one in gold]},
        "BTC": {"trades": coins},
    }
    found = found_in(written(tmp_path / "a.json", json.dumps(document)))
    assert (found.layout, found.reading.doubts) == ({"records": "*.trades"}, ())
    for names in (("AAPL", "META", "EURUSD"), ("BTC/USDT", "ETHUSDT", "TCS.NS")):
        several = zip((1, 4, 7), names, strict=True)
        markets = {name: {"trades": full(range(n, n + 3))} for n, name in several}
        found = found_in(written(tmp_path / "c.json", json.dumps(markets)))
        assert (found.layout, found.reading.doubts) == ({"records": "*.trades"}, ())
    test_runs = ((1, "TRAIN"), (4, "TEST"), (7, "LIVE"))
    runs = {name: {"trades": full(range(n, n + 3))} for n, name in test_runs}
    found = found_in(written(tmp_path / "d.json", json.dumps(runs)))
    assert [doubt.name for doubt in found.reading.doubts] == ["records"]
    modes = {
        name: {"trades": [{**one, "mode": name} for one in gold]} for name in ("live", "paper")
    }
    found = found_in(written(tmp_path / "b.json", json.dumps(modes)))
    assert [doubt.name for doubt in found.reading.doubts] == ["records"]


def test_lists_of_one_kind_and_lists_of_other_records_are_not_asked_about(tmp_path: Path) -> None:
    one, other = {"trades": full(range(1, 6))}, {"trades": full(range(6, 9))}
    days = {"2026-04-01": one, "2026-04-06": other}
    found = found_in(written(tmp_path / "a.json", json.dumps(days)))
    assert (found.layout, found.reading.doubts) == ({"records": "*.trades"}, ())
    found = found_in(written(tmp_path / "a.json", json.dumps({"Strategy": {"A": one, "B": other}})))
    assert (found.layout, found.reading.doubts) == ({"records": "Strategy.*.trades"}, ())
    document = {"trades": full(range(1, 6)), "daily": [{"date": "2026-04-01", "pnl": "1"}] * 3}
    found = found_in(written(tmp_path / "a.json", json.dumps(document)))
    assert (found.layout, found.reading.doubts) == ({"records": "trades"}, ())


def test_which_of_two_tables_counts_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as database:
        for table, days in (("trades", range(1, 6)), ("old_trades", range(6, 10))):
            rows = [tuple(one.values()) for one in full(days)]
            database.execute(f"CREATE TABLE {table} ({', '.join(full(days)[0])})")
            database.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    database.close()
    found = found_in(str(path))
    (doubt,) = found.reading.doubts
    assert [answer.changes for answer in doubt.answers] == [
        {"table": "trades"},
        {"table": "old_trades"},
    ]


def test_an_answer_changes_the_dialect_and_ends_the_question(tmp_path: Path) -> None:
    records = [{**one, "fee": "0.1"} for one in TRADES]
    found = found_in(written(tmp_path / "a.json", json.dumps(records)))
    assert [doubt.name for doubt in found.reading.doubts] == ["costs"]
    reading = answered(found, "costs", 2).reading
    assert reading.is_sure
    assert reading.dialect["fields"]["net_pnl"] == "pnl - fee"  # type: ignore[index]
    with pytest.raises(UsageError, match="write one of costs=1, costs=2"):
        answered(found, "costs", 3)


def test_costs_that_are_left_out_are_not_assumed(tmp_path: Path) -> None:
    rows = [f"2026-04-0{n},A,{way},1,{10 + n},0.1,{asset}" for n, way, asset in
            ((1, "buy", "USDT"), (2, "sell", "BNB"))]  # fmt: skip
    text = "\n".join(["date,symbol,side,qty,price,commission,commission_asset", *rows, ""])
    found = found_in(written(tmp_path / "a.csv", text))
    assert [doubt.name for doubt in found.reading.doubts] == ["cost_currencies"]
    assert any("costs" in said for said in found.reading.assumed)
    assert not any(
        "costs" in said for said in answered(found, "cost_currencies", 1).reading.assumed
    )


@pytest.mark.parametrize("first", ["two_results", "costs"])
@pytest.mark.parametrize("result", [1, 2])
@pytest.mark.parametrize("costs", [1, 2])
def test_costs_are_those_of_the_result_that_is_chosen(
    tmp_path: Path, result: int, costs: int, first: str
) -> None:
    rows = [(30 - 10 * n, 1) for n in range(6)]
    lines = [
        f"{n},2026-04-{n + 1:02d} 10:00:00,Long,{100 + n},{pnl},{pnl - fee + n % 2},{fee}"
        for n, (pnl, fee) in enumerate(rows)
    ]
    path = tmp_path / "trades.csv"
    path.write_text("\n".join(["Ref,Datetime,Type,Price,PnL,Net PnL,Commission", *lines]) + "\n")
    answers = {"two_results": result, "costs": costs}
    given = {name: answers[name] for name in sorted(answers, reverse=first == "two_results")}
    net = perfkit.read(path, answers=given, quiet=True).summary("all").metrics["net_pnl"]
    chosen = [pnl if result == 1 else pnl - fee + n % 2 for n, (pnl, fee) in enumerate(rows)]
    assert net == sum(chosen) - (len(rows) if costs == 2 else 0)


@pytest.mark.parametrize("name", ["positions", "signals", "predictions"])
def test_positions_that_closed_are_trades(tmp_path: Path, name: str) -> None:
    position = {"open_time": "2026-04-07T10:00:00Z", "entry_price": "2", "pnl": "1.5"}
    closed = {**position, "close_time": "2026-04-07T11:00:00Z", "exit_price": "3.5"}
    found = found_in(written(tmp_path / "a.json", json.dumps({"balance": 1, name: [closed] * 2})))
    assert (found.layout, found.reading.closed) == ({"records": name}, 2)
    held = {name: [{**position, "current_price": "3.5", "updated_at": "2026-04-07T11:00:00Z"}] * 2}
    assert not found_in(written(tmp_path / "b.json", json.dumps(held))).reading.has_results


@pytest.mark.parametrize("end", [{"exit_price": "3.5"}, {"exit_reason": "settled"}])
@pytest.mark.parametrize("place", ["positions", "live_positions"])
def test_so_are_those_with_the_time_of_a_close_and_no_opening(
    tmp_path: Path, place: str, end: dict[str, str]
) -> None:
    position = {"symbol": "A", "entry_price": "2", "pnl": "1.5", "exit_time": "2026-04-07 11:00"}
    one = {**position, **end}
    found = found_in(written(tmp_path / "a.json", json.dumps({"balance": 1, place: [one] * 2})))
    assert (found.layout, found.reading.closed) == ({"records": place}, 2)
    found = found_in(written(tmp_path / "b.json", json.dumps({"open_positions": [one] * 2})))
    assert not found.reading.has_results


@pytest.mark.parametrize(
    "end",
    [
        {"status": "closed", "closed_at": "2026-04-07T11:00:00Z", "pnl": "1.5"},
        {"status": "CLOSED", "exit_price": "3.5", "pnl": "1.5", "opened_at": "2026-04-07"},
        {"status": "won", "closed_at": "2026-04-07T11:00:00Z", "cost": "2", "payout": "3.5"},
        {"status": "won", "date": "2026-04-07T11:00:00Z", "stake": "2", "odds": "1.75"},
    ],
)
def test_so_are_those_that_a_status_calls_closed(tmp_path: Path, end: dict[str, str]) -> None:
    held: Record = {**dict.fromkeys(end), "status": "open", "opened_at": "2026-04-08"}
    losses = {"won": {"status": "lost", "payout": "0"}}.get(end["status"], {"pnl": "-1"})
    each: list[Record] = [{**end, "market": "A"}, held, {**end, **losses, "market": "B"}] * 3
    document = {"positions": each}
    found = found_in(written(tmp_path / "a.json", json.dumps(document)))
    assert (found.layout, found.reading.closed) == ({"records": "positions"}, 6)
    valued = [{**one, "status": "open"} for one in each]
    found = found_in(written(tmp_path / "b.json", json.dumps({"open_positions": valued})))
    assert not found.reading.has_results


NOT_MADE = ["shadow_trades", "skipped", "rejected_trades", "missed_trades", "phantomTrades"]


@pytest.mark.parametrize("name", NOT_MADE)
@pytest.mark.parametrize("more", [{}, {"entry_price": "9", "exit_reason": "target"}])
def test_trades_that_were_not_made_do_not_count_beside_others(
    tmp_path: Path, name: str, more: dict[str, str]
) -> None:
    others = [{**one, **more} for one in full(range(1, 9))]
    document = {name: others, "trades": full(range(10, 14))}
    found = found_in(written(tmp_path / "a.json", json.dumps(document)))
    assert (found.layout, found.reading.doubts) == ({"records": "trades"}, ())
    assert found_in(written(tmp_path / "b.json", json.dumps({name: others}))).reading.has_results


def test_nor_do_those_of_which_each_has_a_reason_against_it(tmp_path: Path) -> None:
    others = [{**one, "skip_reason": "spread", "exit_reason": "tp"} for one in full(range(1, 9))]
    document = {"ideas": others, "done": full(range(10, 14))}
    found = found_in(written(tmp_path / "a.json", json.dumps(document)))
    assert (found.layout, found.reading.doubts) == ({"records": "done"}, ())


@pytest.mark.parametrize("names", [("trades", "paper_trades"), ("live", "paper"),
                                   ("live_history", "demo_history")])  # fmt: skip
def test_trades_of_other_accounts_are_asked_about_though_they_have_more_columns(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    more = {"exit_reason": "target", "model": "b", "confidence": "0.5", "run": "x"}
    others = [{**one, **more} for one in full(range(1, 9))]
    document = {names[0]: full(range(10, 14)), names[1]: others}
    found = found_in(written(tmp_path / "a.json", json.dumps(document)))
    (doubt,) = found.reading.doubts
    assert [one.changes for one in doubt.answers if one.meaning.endswith("alone")] == [
        {"records": name} for name in names
    ]


def test_a_carriage_return_within_a_long_line_of_json_is_a_blank(tmp_path: Path) -> None:
    lines = [
        json.dumps({**one, "note": "x" * 5000}).replace(', "note"', ',\r"note"') for one in TRADES
    ]
    path = written(tmp_path / "a.jsonl", "\n".join([*lines, ""]))
    plain = written(tmp_path / "b.jsonl", "\n".join([*map(json.dumps, TRADES), ""]))
    found, expected = (perfkit.read(one, quiet=True).summary("all") for one in (path, plain))
    assert found.metrics == expected.metrics
    assert found.data.lines == len(TRADES)


def test_a_list_that_has_the_others_in_it_is_the_one_that_counts(tmp_path: Path) -> None:
    won, lost = full(range(1, 6)), [{**one, "pnl": "-1"} for one in full(range(6, 9))]
    marked = [{**one, "rank": "1"} for one in won]
    days = [*lost, {"date": "x"}, *won]
    document = {"winningDays": marked, "losingDays": lost, "allTrades": days}
    found = found_in(written(tmp_path / "a.json", json.dumps(document)))
    assert (found.layout, found.reading.closed) == ({"records": "allTrades"}, 8)
    assert [doubt.name for doubt in found.reading.doubts] == []


def test_the_same_lists_twice_are_asked_about_where_they_are_of_several_tests(
    tmp_path: Path,
) -> None:
    runs = {
        name: {"trades": full(days), "final": {"trades": full(days)}}
        for name, days in (("SMA", range(1, 6)), ("RSI", range(6, 10)))
    }
    found = found_in(written(tmp_path / "a.json", json.dumps({"results": runs})))
    assert [doubt.name for doubt in found.reading.doubts] == ["records"]
