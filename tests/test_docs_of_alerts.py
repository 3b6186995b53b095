"""`docs/alerts.md` says what alerts do: every key, state, kind, field, command and example."""

import argparse
import json
import re
from pathlib import Path
from typing import get_args

import pytest

from perfkit.alerts.event import AlertEvent
from perfkit.alerts.metrics_file import METRICS_FILE
from perfkit.alerts.rules.file import RULE_KEYS, alerts_of
from perfkit.alerts.rules.rule import CLOCK_METRICS, ERROR, INSUFFICIENT
from perfkit.alerts.sinks.file import SINK_KEYS
from perfkit.alerts.status import WORDS
from perfkit.cli import alerts, main
from perfkit.config.settings import load
from perfkit.schemas.make import hints_of
from tests.alerting import BOT, WIN_RATE, Bench, minutes
from tests.test_docs import DOCS, ROOT, blocks, first_cells, section

PAGE = DOCS / "alerts.md"


def block(language: str, holds: str) -> str:
    (found,) = (one for one in blocks(PAGE) if one.language == language and holds in one.text)
    return found.text


def test_every_key_of_a_rule_is_documented() -> None:
    assert first_cells(section("alerts.md", "### Keys of a rule")) == set(RULE_KEYS)


def test_every_key_of_a_sink_is_documented() -> None:
    assert first_cells(section("alerts.md", "### Sinks")) == set(SINK_KEYS)


def test_every_metric_of_the_file_is_documented(tmp_path: Path) -> None:
    bench = Bench(tmp_path, WIN_RATE + "metrics_file: true\n")
    bench.run(minutes(0))
    text = (tmp_path / METRICS_FILE).read_text()
    named = set(re.findall(r"^# TYPE (\w+) gauge$", text, re.M))
    assert first_cells(section("alerts.md", "## Metrics for Prometheus")) == named


def test_every_state_is_documented() -> None:
    assert first_cells(section("alerts.md", "## States")) == {*WORDS.values(), INSUFFICIENT, ERROR}


def test_every_clock_metric_is_documented() -> None:
    listed = first_cells(section("alerts.md", "## Clock rules"))
    assert listed == set(CLOCK_METRICS)


def test_every_kind_and_field_of_an_event_is_documented() -> None:
    hints = hints_of(AlertEvent)
    assert first_cells(section("alerts.md", "## Events")) == {
        *get_args(hints["kind"]),
        *AlertEvent._fields,
    }


def test_every_command_is_documented() -> None:
    top = argparse.ArgumentParser()
    alerts.add_alerts(top.add_subparsers())
    (commands,) = (one for one in top._actions if isinstance(one, argparse._SubParsersAction))
    parser = commands.choices["alerts"]
    (below,) = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    listed = first_cells(section("alerts.md", "## Commands"))
    named = {name.split()[2] for name in listed if name.startswith("perfkit alerts")}
    assert named == below.choices.keys()
    text = section("alerts.md", "## Commands")
    for name, one in below.choices.items():
        for option in one._option_string_actions:
            if option not in ("-h", "--help", "--root"):
                assert option in text, f"{name} {option}"


def test_the_rule_with_every_key_loads(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/perfkit.yaml").write_text(BOT)
    (rule,) = alerts_of(block("yaml", "id: win-rate-20"), "docs", load(tmp_path)).rules
    assert rule.id == "win-rate-20"


def test_the_example_gives_the_event_shown(tmp_path: Path) -> None:
    bench = Bench(tmp_path, block("yaml", "three-in-a-row"))
    bench.run(minutes(-90))
    for line in block("json", '"net_profit_loss"').splitlines():
        bench.log(json.loads(line))
    assert bench.run(minutes(66)).code == 2
    (event,) = bench.events("firing")
    assert json.loads(block("json", '"three-in-a-row"')) == event


def test_the_tests_of_rules_shown_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tests.yaml"
    rules = "rules:\n  - {id: win-rate-20, metric: win_rate, over: {trades: 20}, below: 0.60, "
    file.write_text(rules + "recover: 0.65}\n" + block("yaml", "eleven of twenty"))
    assert main.main(["alerts", "test", str(file), "--root", str(ROOT)]) == 0
    assert capsys.readouterr().out.startswith("ok")


def test_every_exit_code_is_documented() -> None:
    rows = re.findall(r"^\| ([0-9]) \|", PAGE.read_text(encoding="utf-8"), re.M)
    assert rows == ["0", "2", "3"]
