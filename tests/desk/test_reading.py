"""`perfkit.read`: a desk on files that no workspace describes."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.config.workspace import CONFIG

LINES = [
    {"symbol": "BTCUSDT", "exit_time": "2026-04-07T10:00:00Z", "pnl": "5.5", "side": "long"},
    {"symbol": "BTCUSDT", "exit_time": "2026-04-08T10:00:00Z", "pnl": "-2.25", "side": "short"},
]


def log(path: Path, **more: object) -> Path:
    path.write_text("".join(json.dumps({**line, **more}) + "\n" for line in LINES))
    return path


def test_figures_follow_from_a_file_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = perfkit.read(log(tmp_path / "trades.jsonl"))
    metrics = desk.summary("all").metrics
    assert (metrics["closed_trades"], metrics["net_pnl"]) == (2, Decimal("3.25"))
    assert "net_pnl: pnl" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["trades.jsonl"]


def test_the_yaml_that_is_printed_gives_the_same_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = perfkit.read(log(tmp_path / "trades.jsonl"))
    (tmp_path / "config").mkdir()
    (tmp_path / CONFIG).write_text(capsys.readouterr().out)
    opened = perfkit.open(tmp_path)
    assert opened.summary("all").metrics == desk.summary("all").metrics


def test_two_files_of_one_name_are_two_sources(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    desk = perfkit.read(log(tmp_path / "a/t.jsonl"), log(tmp_path / "b/t.jsonl"), quiet=True)
    assert [source.name for source in desk.config.sources] == ["t", "t-2"]
    assert desk.summary("all").metrics["closed_trades"] == 4


def test_a_currency_of_ones_own(tmp_path: Path) -> None:
    desk = perfkit.read(log(tmp_path / "t.jsonl"), currency="EUR", quiet=True)
    assert desk.book.currency == "EUR"


def test_whoever_names_a_currency_knows_better_than_a_name_does(tmp_path: Path) -> None:
    path = log(tmp_path / "t.jsonl")
    path.write_text(path.read_text().replace("pnl", "pnl_pct"))
    assert perfkit.read(path, quiet=True).book.currency == "%"
    assert perfkit.read(path, currency="EUR", quiet=True).book.currency == "EUR"


def test_what_is_undecided_is_asked_and_can_be_answered(tmp_path: Path) -> None:
    path = log(tmp_path / "t.jsonl", fee="0.5")
    with pytest.raises(perfkit.UndecidedError, match=r"costs=2  before costs: .*pnl - fee"):
        perfkit.read(path)
    desk = perfkit.read(path, answers={"costs": 2}, quiet=True)
    assert desk.summary("all").metrics["net_pnl"] == Decimal("2.25")


def test_costs_of_opening_and_close_add_up_where_an_id_links_them(tmp_path: Path) -> None:
    lines = []
    for n, pnl in enumerate(("20", "-5")):
        day = f"2026-01-0{n + 5}T1"
        lines.append({"event": "OPEN", "time": f"{day}0:00:00Z", "id": n, "fee": "0.3"})
        lines.append(
            {"event": "CLOSE", "time": f"{day}1:00:00Z", "id": n, "fee": "0.4", "pnl": pnl}
        )
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    metrics = perfkit.read(path, answers={"costs": 3}, quiet=True).summary("all").metrics
    assert (metrics["commission"], metrics["net_pnl"]) == (Decimal("1.4"), Decimal("13.6"))


def test_a_log_without_results_is_said_to_have_none(tmp_path: Path) -> None:
    path = tmp_path / "signals.jsonl"
    path.write_text('{"time": "2026-04-07T10:00:00Z", "signal": "BUY"}\n' * 2)
    with pytest.raises(perfkit.NoResultsError, match="It has: time, signal"):
        perfkit.read(path)
    with pytest.raises(perfkit.UsageError, match="name a log file"):
        perfkit.read()


@given(
    st.lists(st.decimals(-999, 999, places=2).filter(bool), min_size=2, max_size=40),
    st.sampled_from(["jsonl", "json", "csv"]),
)
def test_what_is_read_without_asking_is_what_was_logged(
    tmp_path_factory: pytest.TempPathFactory, pnls: list[Decimal], form: str
) -> None:
    records = [
        {
            "symbol": "BTCUSDT",
            "side": "long",
            "exit_time": f"2026-04-07T10:{n:02}:00Z",
            "pnl": str(pnl),
        }
        for n, pnl in enumerate(pnls)
    ]
    path = tmp_path_factory.mktemp("log") / f"log.{form}"
    if form == "csv":
        rows = [",".join(records[0]), *(",".join(record.values()) for record in records)]
        path.write_text("\n".join(rows) + "\n")
    elif form == "json":
        path.write_text(json.dumps({"trades": records}, indent=1))
    else:
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    try:
        desk = perfkit.read(path, quiet=True)
    except perfkit.UndecidedError:
        return
    metrics = desk.summary("all").metrics
    assert (metrics["closed_trades"], metrics["net_pnl"]) == (len(pnls), sum(pnls))


@pytest.mark.parametrize("path", [5, None, ["trades.csv"]])
def test_what_is_no_path_is_one_sentence(path: Any) -> None:
    with pytest.raises(perfkit.UsageError, match="is not a path; name a log file"):
        perfkit.read(path)
