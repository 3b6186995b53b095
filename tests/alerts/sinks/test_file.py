"""The keys `sinks` and `metrics_file`: what they mean, and what is said of a wrong one."""

from pathlib import Path
from typing import get_args

import pytest

from perfkit.alerts.event import AlertEvent
from perfkit.alerts.sinks.file import KINDS, load_delivery
from perfkit.alerts.sinks.settings import last_known, wanted
from perfkit.alerts.sinks.sink import DeliverySettings, Sink
from perfkit.config.settings import load
from perfkit.core.errors import ConfigError
from perfkit.schemas.make import hints_of
from tests.alerting import START, WIN_RATE, Bench


def read(root: Path, text: str) -> DeliverySettings:
    Bench(root, WIN_RATE + text)
    return load_delivery(load(root))


def test_without_keys_there_is_no_sink_and_no_file(tmp_path: Path) -> None:
    assert read(tmp_path, "") == DeliverySettings((), False)


def test_every_key_has_its_meaning(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """\
sinks:
  - name: pager
    exec: [/usr/local/bin/page, --now]
    severity: critical
    kinds: [firing, resolved]
    rules: [win-rate]
    timeout: 5s
    template: "{rule}: {message} {{}}"
    give_up: 2d
  - {name: beep, python: beep}
metrics_file: true
""",
    )
    pager = Sink(
        name="pager",
        program=("/usr/local/bin/page", "--now"),
        python="",
        severity="critical",
        kinds=("firing", "resolved"),
        rules=("win-rate",),
        timeout_us=5_000_000,
        template="{rule}: {message} {{}}",
        give_up_us=2 * 86_400_000_000,
    )
    beep = Sink("beep", (), "beep", "", (), (), 10_000_000, "", 86_400_000_000)
    assert found == DeliverySettings((pager, beep), True)


@pytest.mark.parametrize(
    ("sink", "said"),
    [
        ("{exec: [x]}", "sinks.0.name: is missing"),
        ("{name: a b, exec: [x]}", "'a b' is not a name"),
        ("{name: ../a, exec: [x]}", "is not a name"),
        ("{name: stderr, exec: [x]}", "stderr is always a sink"),
        ("{name: a}", "needs exactly one receiver"),
        ("{name: a, exec: [x], python: y}", "needs exactly one receiver"),
        ("{name: a, exec: x}", "sinks.0.exec: is not a list"),
        ("{name: a, exec: []}", "has no program"),
        ("{name: a, exec: [x, 5]}", "sinks.0.exec.1: 5 is not text"),
        ('{name: a, exec: ["x\\0"]}', "is not text"),
        ('{name: a, exec: ["", x]}', "sinks.0.exec.0: is missing"),
        ("{name: a, python: 5}", "sinks.0.python: 5 is not text"),
        ("{name: a, exec: [x], severity: high}", "write warning or critical"),
        ("{name: a, exec: [x], kinds: [fireing]}", "did you mean firing?"),
        ("{name: a, exec: [x], kinds: []}", "is empty; leave it out"),
        ("{name: a, exec: [x], rules: [win-rat]}", "did you mean win-rate?"),
        ("{name: a, exec: [x], timeout: soon}", "'soon' is not a length of time"),
        ("{name: a, exec: [x], timeout: 0s}", "'0s' is not a length of time"),
        ("{name: a, exec: [x], give_up: 5}", "5 is not a length of time"),
        ('{name: a, exec: [x], template: "{mesage}"}', "{mesage} is not a field of an event; did"),
        ('{name: a, exec: [x], template: "{message!r}"}', "{message!r} is not a field"),
        ('{name: a, exec: [x], template: "{rule:>9}"}', "{rule:>9} is not a field"),
        ('{name: a, exec: [x], template: "{rule.__class__}"}', "{rule.__class__} is not a field"),
        ('{name: a, exec: [x], template: "{}"}', "{} is not a field"),
        ('{name: a, exec: [x], template: "{rule"}', "is not a template"),
        ("{name: a, exec: [x], retry: 5}", "sinks.0.retry: is unknown"),
    ],
)
def test_wrong_sink_is_an_error_that_names_line_key_and_remedy(
    tmp_path: Path, sink: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"sinks:\n  - {sink}\n")
    assert said in str(caught.value)
    assert str(caught.value).startswith(("config/alerts.yaml:3: ", "config/alerts.yaml:4: "))


def test_names_come_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'a' is the name of two sinks"):
        read(tmp_path, "sinks:\n  - {name: a, exec: [x]}\n  - {name: a, exec: [y]}\n")


def test_metrics_file_is_true_or_false(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="metrics_file: 'maybe' is neither true nor false"):
        read(tmp_path, "metrics_file: maybe\n")


def test_wrong_sink_makes_the_run_say_so_and_exit_with_3(tmp_path: Path) -> None:
    bench = Bench(tmp_path, WIN_RATE + "sinks: [{name: a}]\n")
    ran = bench.run(START)
    assert ran.code == 3
    assert "needs exactly one receiver" in ran.err


def test_settings_are_parsed_when_the_configuration_changed_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path, WIN_RATE + "sinks: [{name: a, exec: [x]}]\n")
    assert wanted(str(tmp_path), "") == (["a"], False)
    with monkeypatch.context() as patched:
        patched.setattr("perfkit.alerts.sinks.file.load_delivery", None)
        assert wanted(str(tmp_path), "") == (["a"], False)
        assert [one.name for one in last_known(str(tmp_path)).sinks] == ["a"]
    bench.rules(WIN_RATE + "sinks: [{name: bb, exec: [x]}]\n")
    assert wanted(str(tmp_path), "") == (["bb"], False)


def test_kinds_are_those_of_events() -> None:
    assert set(get_args(hints_of(AlertEvent)["kind"])) == set(KINDS)
