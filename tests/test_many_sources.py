"""Sources that come, go and change without a word in `config/perfkit.yaml`."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

import perfkit
from perfkit.alerts.cron import quiet_code
from perfkit.alerts.status import status
from perfkit.book.cache import stored
from perfkit.cli.main import main
from perfkit.config.settings import load
from tests.alerting import START, Bench, minutes, trade

EACH = 'sources:\n  - {path: "logs/trades/{source}/", currency: USD}\n'
LOSS = """\
rules:
  - {id: loss, metric: net_pnl, over: {window: daily}, below: -100, by: source}
  - {id: b-loss, metric: net_pnl, over: {window: daily}, below: -1, where: {source: b}}
"""
DAY = f"{START:%Y-%m-%d}.jsonl"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Two bots, of which one loses."""
    bench = Bench(tmp_path, LOSS, EACH)
    for name, pnl in (("a", 5), ("b", -10)):
        bot(bench, name, pnl)
    return bench


def bot(bench: Bench, name: str, pnl: int, minute: int = -1) -> None:
    (bench.root / "logs/trades" / name).mkdir(exist_ok=True)
    bench.log(trade(minutes(minute), pnl), name=f"{name}/{DAY}")


def settled(root: Path) -> None:
    """Waits until a change would show in the fingerprints of files."""
    time.sleep(0.03)
    perfkit.open(root).summary("all")


def parts(root: Path) -> dict[str, str]:
    found = perfkit.open(root).breakdown("source", "all").parts
    return {part.name: str(part.metrics["net_pnl"]) for part in found}


def test_a_folder_that_comes_is_read_by_the_next_run(bench: Bench) -> None:
    assert parts(bench.root) == {"a": "5", "b": "-10"}
    settled(bench.root)
    assert is_current(bench.root)
    bot(bench, "c", 7)
    assert not is_current(bench.root)
    assert parts(bench.root) == {"a": "5", "b": "-10", "c": "7"}


def is_current(root: Path) -> bool:
    known = stored(load(root))
    return known is not None and known.is_current


def test_a_book_opened_before_reads_on_without_the_new_source_and_takes_it_from_nobody(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    desk = perfkit.open(bench.root)
    assert desk.summary("all").metrics["closed_trades"] == 2
    bot(bench, "c", 7)
    assert parts(bench.root) == {"a": "5", "b": "-10", "c": "7"}
    bot(bench, "a", 1)
    assert desk.refresh().summary("all").metrics["closed_trades"] == 3
    assert not is_current(bench.root)
    assert parts(bench.root) == {"a": "6", "b": "-10", "c": "7"}
    assert caplog.text == ""


def test_a_book_opened_before_has_its_days_when_another_run_has_read_a_new_source(
    bench: Bench,
) -> None:
    desk = perfkit.open(bench.root)
    assert desk.summary("all").metrics["closed_trades"] == 2
    bot(bench, "c", 7)
    settled(bench.root)
    assert is_current(bench.root)
    assert desk.refresh().summary("all").metrics["closed_trades"] == 2
    assert parts(bench.root) == {"a": "5", "b": "-10", "c": "7"}


def test_a_folder_that_goes_is_said_and_its_trades_no_longer_count(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    parts(bench.root)
    shutil.rmtree(bench.root / "logs/trades/b")
    caplog.clear()
    assert parts(bench.root) == {"a": "5"}
    assert "b is gone; its trades no longer count" in caplog.text
    caplog.clear()
    parts(bench.root)
    assert caplog.text == ""


def test_rules_follow_sources_and_a_source_that_is_lost_is_no_silence(bench: Bench) -> None:
    assert bench.run(START).code == 2
    assert bench.told() == ["firing"]
    bot(bench, "c", -500, minute=1)
    assert bench.run(minutes(2)).code == 2
    assert bench.told()[-1] == "firing c"
    shutil.move(bench.root / "logs/trades/b", bench.root / "away")
    lost = bench.run(minutes(3))
    assert lost.code == 3
    assert "there is no source 'b'; use one of a, c" in lost.err
    shutil.move(bench.root / "away", bench.root / "logs/trades/b")
    assert bench.run(minutes(4)).code == 2


def test_a_lost_source_that_no_rule_names_is_no_silence_either(bench: Bench) -> None:
    bot(bench, "d", 3)
    bench.run(START)
    shutil.rmtree(bench.root / "logs/trades/d")
    lost = bench.run(minutes(1))
    assert lost.code == 3
    assert f"source d: it is gone from logs/trades/d/{DAY} (is a volume not mounted?" in lost.err


def test_a_run_without_anything_new_stays_quiet(bench: Bench) -> None:
    bench.run(START)
    time.sleep(0.03)
    bench.run(minutes(1))
    now = int(minutes(2).timestamp() * 1_000_000)
    assert quiet_code(str(bench.root), now) == 2
    bot(bench, "c", 1)
    assert quiet_code(str(bench.root), now) is None


def test_a_file_of_a_source_that_changes_counts_at_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "rules: []\n", "sources_from: bots/*.yaml\n")
    (tmp_path / "bots").mkdir()
    for name in "ab":
        bot(bench, name, 4)
        said = f"{{path: logs/trades/{name}, currency: USD}}\n"
        (tmp_path / f"bots/{name}.yaml").write_text(said)
    assert parts(tmp_path) == {"a": "4", "b": "4"}
    settled(tmp_path)
    assert is_current(tmp_path)
    (tmp_path / "bots/b.yaml").write_text(
        "{path: logs/trades/b, currency: USD, dialect: {fields: {closed_at: exit_timestamp, "
        "net_pnl: net_profit_loss * 2}}}\n"
    )
    assert not is_current(tmp_path)
    assert parts(tmp_path) == {"a": "4", "b": "8"}
    (tmp_path / "bots/a.yaml").unlink()
    assert parts(tmp_path) == {"b": "8"}


def test_sources_are_listed_with_the_worst_first(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bot(bench, "c", -500)
    assert main(["summary", "--window", "all", "--by", "source", "--root", str(bench.root)]) == 0
    rows = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line[:2] in OF]
    assert rows == ["c", "b", "a"]
    assert list(parts(bench.root)) == ["a", "b", "c"]


OF = ("a ", "b ", "c ")


def test_groups_that_are_well_are_counted_where_there_are_many(bench: Bench) -> None:
    for n in range(40):
        bot(bench, f"n{n:02d}", 1 if n else -500)
    bench.run(START)
    shown = str(status(bench.root))
    assert "loss [n00]" in shown
    assert "loss [41 of 42]" in shown
    assert "n01" not in shown
    assert len(status(bench.root).standings) == 43


def test_sources_that_cannot_be_read_are_each_named_and_the_others_evaluated(
    bench: Bench,
) -> None:
    for name in ("c", "d"):
        bot(bench, name, 1)
        (bench.root / f"logs/trades/{name}/{DAY}").chmod(0)
    (bench.root / "config/alerts.yaml").write_text("rules: []\n")
    (bench.root / f"logs/trades/c/{DAY}").unlink()
    (bench.root / f"logs/trades/c/{DAY}").mkdir()
    assert bench.run(START).code == 3
