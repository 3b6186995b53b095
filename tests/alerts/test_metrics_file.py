"""`logs/performance/perfkit.prom` is what Prometheus can read, and says what the run found."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from perfkit.alerts.metrics_file import METRICS_FILE
from tests.alerting import START, WIN_RATE, Bench, minutes

ON = "metrics_file: true\n"
RULES = """\
rules:
  - {id: loss, metric: net_pnl, over: {window: all}, below: -15.5, by: strategy}
  - {id: silent, metric: minutes_since_last_line, above: 60, severity: critical}
"""
_LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"')
_SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)")
_UNESCAPED = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


class Sample(NamedTuple):
    """A line of the file."""

    name: str
    labels: tuple[str, ...]
    value: float


def parsed(text: str) -> list[Sample]:
    """The samples; strict, after the definition of the text format."""
    assert text.endswith("\n")
    assert "\r" not in text
    helped: set[str] = set()
    family = ""
    found: list[Sample] = []
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split()[2]
            assert name not in helped, "one family, one place"
            helped.add(name)
        elif line.startswith("# TYPE "):
            _, _, family, kind = line.split()
            assert kind == "gauge"
            assert family in helped
        else:
            matched = _SAMPLE.fullmatch(line)
            assert matched is not None, line
            assert matched[1] == family
            pairs = _LABEL.findall(matched[2] or "")
            assert ",".join(f'{name}="{value}"' for name, value in pairs) == (matched[2] or "")
            values = [re.sub(r"\\.", lambda one: _UNESCAPED[one[0]], value) for _, value in pairs]
            found.append(Sample(matched[1], tuple(values), float(matched[3])))
    assert len({one[:2] for one in found}) == len(found)
    return found


def metrics(bench: Bench) -> dict[tuple[str, ...], float]:
    text = (bench.root / METRICS_FILE).read_text(encoding="utf-8")
    return {
        (one.name.removeprefix("perfkit_").removeprefix("alerts_"), *one.labels): one.value
        for one in parsed(text)
    }


def test_file_says_what_fires_and_why(tmp_path: Path) -> None:
    bench = Bench(tmp_path, RULES + ON)
    bench.trade(minutes(-5), -20.25, strategy_name='a"\\\nb')
    bench.trade(minutes(-2), 3, strategy_name="c")
    assert bench.run(START).code == 2
    found = metrics(bench)
    duration = found.pop(("run_duration_seconds",))
    assert 0 < duration < 60
    assert found == {
        ("last_run_timestamp_seconds",): START.timestamp(),
        ("exit_code",): 2,
        ("firing", "loss", 'a"\\\nb', "warning"): 1,
        ("firing", "loss", "c", "warning"): 0,
        ("firing", "silent", "", "critical"): 0,
        ("rule_value", "loss", 'a"\\\nb'): -20.25,
        ("rule_value", "loss", "c"): 3,
        ("rule_value", "silent", ""): 2,
        ("newest_line_timestamp_seconds", "bot"): minutes(-2).timestamp(),
    }


def test_quiet_run_and_one_that_fails_replace_it_too(tmp_path: Path) -> None:
    bench = Bench(tmp_path, WIN_RATE + ON)
    for minute in range(4):
        bench.trade(minutes(minute), -10)
    bench.run(minutes(5))
    for minute in (6, 7):
        bench.run(minutes(minute))
        found = metrics(bench)
        assert found["last_run_timestamp_seconds",] == minutes(minute).timestamp()
        assert found["exit_code",] == 2
        assert found["firing", "win-rate", "", "warning"] == 1
    bench.rules("rules: 1\n")
    assert bench.run(minutes(8)).code == 3
    found = metrics(bench)
    assert found["last_run_timestamp_seconds",] == minutes(8).timestamp()
    assert found["exit_code",] == 3
    assert found["firing", "win-rate", "", "warning"] == 1


def test_file_is_gone_once_it_is_not_wanted(tmp_path: Path) -> None:
    bench = Bench(tmp_path, WIN_RATE + ON)
    bench.run(START)
    assert (tmp_path / METRICS_FILE).exists()
    bench.rules(WIN_RATE)
    bench.run(minutes(1))
    assert not (tmp_path / METRICS_FILE).exists()
    bench.run(minutes(2))
    assert not (tmp_path / METRICS_FILE).exists()


def test_dry_run_writes_none(tmp_path: Path) -> None:
    bench = Bench(tmp_path, WIN_RATE + ON)
    bench.run(START, "--dry-run")
    assert not (tmp_path / METRICS_FILE).exists()


def test_prometheus_reads_it(tmp_path: Path) -> None:
    parser = pytest.importorskip("prometheus_client.parser")
    bench = Bench(tmp_path, RULES + ON)
    bench.trade(minutes(-5), -20.25, strategy_name='a"\\\nb')
    bench.run(START)
    text = (tmp_path / METRICS_FILE).read_text(encoding="utf-8")
    found = [
        one for family in parser.text_string_to_metric_families(text) for one in family.samples
    ]
    assert sorted((one.name, *one.labels.values(), one.value) for one in found) == sorted(
        (one.name, *one.labels, one.value) for one in parsed(text)
    )
