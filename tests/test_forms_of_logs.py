"""The same trades in every form give the same figures, however the file came to be what it is.

A log grows, is cut in the middle of a record, corrected and written anew. After each step, what
the book says with its cache is what a run without one says, and what JSON Lines say.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.alerts import cron
from perfkit.book.verify import contents
from perfkit.core.errors import PerfkitError
from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

Record = dict[str, str]

CONFIG = """\
sources:
  - name: bot
    path: {path}
    currency: USD
    dialect:
      only: {{kind: trade}}
      identity: [id]
      open_when: {{closed: missing}}
      fields: {{closed_at: closed, opened_at: opened, net_pnl: net, symbol: "Sym bol"}}
"""

records = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["trade", "trade", "trade", "total"]),
            "id": st.sampled_from(["A", "B", "C", ""]),
            "opened": st.just("2026-04-06T09:00:00Z"),
            "closed": st.sampled_from(["2026-04-06T10:00:00Z", "2026-04-07T11:00:00.5Z", ""]),
            "net": st.sampled_from(["1.50", "-0.000001", "12345678901234567890.125", "x", ""]),
            "Sym bol": st.sampled_from(["", "ES", "a,b", 'say "x"', "line\nbreak", "\u00e4;\t"]),
        }
    ),
    min_size=1,
    max_size=8,
)


def json_lines(rows: Sequence[Record]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def json_array(rows: Sequence[Record]) -> bytes:
    return json.dumps(rows, indent=1).encode()


def nested(rows: Sequence[Record]) -> bytes:
    return json.dumps({"run": 1, "bots": {"x": {"trades": rows}, "y": {"trades": None}}}).encode()


def split(rows: Sequence[Record]) -> bytes:
    cells = [[row[name] for name in rows[0]] for row in rows]
    return json.dumps(
        {"columns": list(rows[0]), "index": [*range(len(rows))], "data": cells}
    ).encode()


def headed(rows: Sequence[Record]) -> bytes:
    cells = [[row[name] for name in rows[0]] for row in rows]
    return json.dumps([list(rows[0]), *cells], indent=0).encode()


def separated(rows: Sequence[Record], delimiter: str = ",", above: str = "") -> bytes:
    stream = io.StringIO(newline="")
    stream.write(above)
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def semicolons(rows: Sequence[Record]) -> bytes:
    return separated(rows, ";", "\ufeffAccount;7\r\n\r\n")


FORMS: dict[str, Callable[[Sequence[Record]], bytes]] = {
    "a.json": json_array,
    "nested.json": nested,
    "split.json": split,
    "headed.json": headed,
    "a.csv": separated,
    "a.txt": semicolons,
    "a.jsonl.gz": lambda rows: gzip.compress(json_lines(rows)),
    "a.csv.bz2": lambda rows: bz2.compress(separated(rows)),
    "a.json.xz": lambda rows: lzma.compress(json_array(rows)),
    "returns.csv": lambda rows: separated(rows).replace(b"\r\n", b"\r").replace(b"\n", b"\r"),
    "a.log": lambda rows: json_lines(rows).decode().encode("utf-16"),
}
QUICK = ("a.json", "a.csv")


def desk_on(write: WriteWorkspace, name: str, content: bytes) -> Path:
    return write(CONFIG.format(path=f"logs/{name}"), {f"logs/{name}": content})


def figures(desk: Desk) -> dict[str, object]:
    summary = desk.summary("all", "2026-04-08")
    counts = (summary.data.lines, summary.data.ignored, summary.data.bad_lines)
    return {**summary.metrics, "counts": counts}


def assert_incremental_is_cold(root: Path) -> Desk:
    warm, cold = open_desk(root), open_desk(root, cached=False)
    for (what, one), (_, other) in zip(contents(warm.book), contents(cold.book), strict=True):
        assert one == other, what
    return warm


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in FORMS],
)
@given(rows=records, more=records)
def test_every_form_says_what_json_lines_say(
    fresh_workspace: WriteWorkspace, name: str, rows: list[Record], more: list[Record]
) -> None:
    root = desk_on(fresh_workspace, "plain.jsonl", json_lines(rows))
    plain = [figures(open_desk(root))]
    (root / "logs/plain.jsonl").write_bytes(json_lines([*rows, *more]))
    plain.append(figures(open_desk(root)))
    root = desk_on(fresh_workspace, name, FORMS[name](rows))
    found = [figures(assert_incremental_is_cold(root))]
    (root / "logs" / name).write_bytes(FORMS[name]([*rows, *more]))
    found.append(figures(assert_incremental_is_cold(root)))
    assert found == plain


@pytest.mark.parametrize("form", [json_lines, separated, semicolons])
@given(rows=records, data=st.data())
def test_a_log_that_grows_in_any_steps_is_what_it_is_read_at_once(
    fresh_workspace: WriteWorkspace,
    form: Callable[[Sequence[Record]], bytes],
    rows: list[Record],
    data: st.DataObject,
) -> None:
    content = form(rows)
    cuts = data.draw(st.lists(st.integers(0, len(content)), max_size=4).map(sorted))
    root = desk_on(fresh_workspace, "log", b"")
    for cut in [*cuts, len(content)]:
        (root / "logs/log").write_bytes(content[:cut])
        desk = assert_incremental_is_cold(root)
    assert desk.book.files[0].bytes_read == len(content)
    assert desk.book.files[0].waiting == 0


@pytest.mark.parametrize("form", [json_array, nested, split, headed])
def test_a_document_caught_half_written_leaves_the_earlier_figures_and_says_so(
    workspace: WriteWorkspace,
    caplog: pytest.LogCaptureFixture,
    form: Callable[[Sequence[Record]], bytes],
) -> None:
    rows = [{"kind": "trade", "id": "A", "closed": "2026-04-06T10:00:00Z", "net": "1"}]
    root = desk_on(workspace, "a.json", form(rows))
    assert figures(open_desk(root))["closed_trades"] == 1
    later = form([*rows, {**rows[0], "id": "B"}])
    (root / "logs/a.json").write_bytes(b"")
    assert figures(open_desk(root))["closed_trades"] == 1
    assert "logs/a.json is not a whole JSON document" in caplog.text
    caplog.clear()
    (root / "logs/a.json").write_bytes(later[:-9])
    assert figures(open_desk(root))["closed_trades"] == 1
    assert "logs/a.json is not a whole JSON document" in caplog.text
    caplog.clear()
    nobody_knows = r"not a whole JSON document|no trades yet"  # the latter of one on a single line
    with pytest.raises(PerfkitError, match=nobody_knows):
        open_desk(root, cached=False).summary("all")
    (root / "logs/a.json").write_bytes(later)
    assert figures(open_desk(root))["closed_trades"] == 2
    assert caplog.text == ""


@pytest.mark.parametrize("form", [json_array, nested, headed])
def test_no_all_clear_is_given_about_a_document_caught_half_written(
    workspace: WriteWorkspace,
    capsys: pytest.CaptureFixture[str],
    form: Callable[[Sequence[Record]], bytes],
) -> None:
    rows = [{"kind": "trade", "id": "A", "closed": "2026-04-06T10:00:00Z", "net": "1"}]
    root = desk_on(workspace, "a.json", form(rows))
    rule = "rules: [{id: loss, metric: net_pnl, over: {window: all}, below: 0}]\n"
    (root / "config/alerts.yaml").write_text(rule)
    words = ["--root", str(root)]
    assert cron.main(words) == 0
    later = form([*rows, {**rows[0], "id": "B", "net": "-7"}])
    (root / "logs/a.json").write_bytes(later[:-9])
    assert [cron.main(words), cron.main(words)] == [3, 3]
    assert "logs/a.json is not a whole JSON document" in capsys.readouterr().err
    (root / "logs/a.json").write_bytes(later)
    assert cron.main(words) == 2


def test_places_lead_back_to_records(workspace: WriteWorkspace) -> None:
    rows = [{"kind": "trade", "id": "A", "closed": "2026-04-06T10:00:00Z", "net": net}
            for net in ("x", "1")]  # fmt: skip
    root = desk_on(workspace, "a.json", json_array(rows))
    book = open_desk(root).book
    assert str(book.errors[0]).startswith("logs/a.json[0]: net: 'x' is not a number")
    assert [str(place) for place in book.trades_of(book.days).places(0)] == ["logs/a.json[1]"]


def test_places_lead_back_to_rows(workspace: WriteWorkspace) -> None:
    names = ["kind", "id", "closed", "net"]
    rows = [names, ["trade", "A", "2026-04-06T10:00:00Z", "x"], ["trade", "B"],
            ["trade", "C", "2026-04-06T10:00:00Z", 1.50]]  # fmt: skip
    root = desk_on(workspace, "a.json", json.dumps(rows).encode())
    book = assert_incremental_is_cold(root).book
    assert [str(error) for error in book.errors] == [
        "logs/a.json[1]: net: 'x' is not a number",
        "logs/a.json[2]: has 2 values, there are 4 columns",
    ]
    assert [str(place) for place in book.trades_of(book.days).places(0)] == ["logs/a.json[3]"]


def test_a_database_is_read_as_its_writers_left_it(workspace: WriteWorkspace) -> None:
    root = desk_on(workspace, "t.db", b"")
    (root / "logs/t.db").unlink()
    with closing(sqlite3.connect(root / "logs/t.db")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE done (kind, id, opened, closed, net REAL, 'Sym bol')")
        insert = "INSERT INTO done VALUES ('trade', ?, NULL, '2026-04-06T10:00:00Z', ?, 'ES')"
        database.execute(insert, ("A", 0.1))
        database.commit()
        desk = assert_incremental_is_cold(root)
        assert str(figures(desk)["net_pnl"]) == "0.1"
        database.execute(insert, ("B", 0.2))
        database.execute("UPDATE done SET net = 'x' WHERE id = 'A'")
        database.commit()
        desk = assert_incremental_is_cold(root)
        assert str(figures(desk)["net_pnl"]) == "0.2"
        assert [str(error)[:21] for error in desk.book.errors] == ["logs/t.db:done#1: net"]
        place = desk.book.trades_of(desk.book.days).places(0)[0]
        assert str(place) == "logs/t.db:done#2"


def test_a_locked_database_leaves_the_earlier_figures_and_says_so(
    workspace: WriteWorkspace, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfkit.logs.formats.sqlite_files.BUSY_S", 0.01)
    root = desk_on(workspace, "t.db", b"")
    insert = "INSERT INTO done VALUES ('trade', ?, '2026-04-06T10:00:00Z', 5)"
    with closing(sqlite3.connect(root / "logs/t.db")) as database:
        database.execute("CREATE TABLE done (kind, id, closed, net)")
        database.execute(insert, ("A",))
        database.commit()
        assert figures(open_desk(root))["closed_trades"] == 1
        database.execute(insert, ("B",))
        database.commit()
        database.execute("BEGIN EXCLUSIVE")
        assert figures(open_desk(root))["closed_trades"] == 1
        assert "logs/t.db is locked by a program that writes to it" in caplog.text
        with pytest.raises(PerfkitError, match=r"is locked by a program .*; try again$"):
            open_desk(root, cached=False).summary("all")
        database.rollback()
        assert figures(open_desk(root))["closed_trades"] == 2


COMPLETE = """\
sources:
  - name: bot
    path: logs/trades
    pattern: "*.csv"
    currency: USD
    complete: true
    dialect: {fields: {closed_at: t, net_pnl: pnl, symbol: name}}
"""


def test_a_complete_csv_file_needs_no_last_newline_and_may_grow_all_the_same(
    workspace: WriteWorkspace,
) -> None:
    rows = ("06T10:00:00Z,A,5", '06T11:00:00Z,"B, 2",-12.5', "06T12:00:00Z,C,7")
    text = "t,name,pnl\n" + "\n".join(f"2026-04-{row}" for row in rows)
    root = workspace(COMPLETE)
    for end in (*range(len("t,name,pnl\n"), len(text), 4), len(text)):
        (root / "logs/trades/a.csv").write_text(text[:end])
        cached, cold = open_desk(root), open_desk(root, cached=False)
        assert cached.book.closed.net_pnl.units == cold.book.closed.net_pnl.units
        assert cached.book.errors == cold.book.errors
    assert str(figures(open_desk(root))["net_pnl"]) == "-0.5"
    (root / "logs/trades/a.csv").write_text(text + "\n")
    assert str(figures(open_desk(root))["net_pnl"]) == "-0.5"
    workspace(COMPLETE.replace("complete: true", "complete: false"))
    (root / "logs/trades/a.csv").write_text(text)
    assert str(figures(open_desk(root))["net_pnl"]) == "-7.5"
