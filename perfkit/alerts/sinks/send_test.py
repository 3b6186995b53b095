"""`perfkit alerts send-test`: gives a sink an event that says that it is a test."""

from __future__ import annotations

import time

from perfkit.alerts.event import event
from perfkit.alerts.event_log import Event
from perfkit.alerts.rules.rule import digest
from perfkit.alerts.sinks.file import load_delivery
from perfkit.alerts.sinks.lines import warning, written
from perfkit.alerts.sinks.program import hand_over
from perfkit.alerts.sinks.progress import STDERR
from perfkit.config.checks import suggestion
from perfkit.config.settings import Config
from perfkit.core.errors import UsageError


def send_test(config: Config, name: str) -> str:
    """Why the test event could not be delivered; nothing when it was.

    The sink gets it whatever kinds, rules and severity it wants; the event log does not.
    Raises `ConfigError` and `UsageError`.
    """
    sinks = {sink.name: sink for sink in load_delivery(config).sinks}
    if name == STDERR:
        return "" if written(f"perfkit-alerts: {warning(_test_of(name))}\n") else "not written"
    if name not in sinks:
        known = [STDERR, *sinks]
        raise UsageError(f"{name}: there is no such sink; {suggestion(name, known)}")
    return hand_over(config.folder, sinks[name], _test_of(name))


def _test_of(name: str) -> Event:
    now = time.time_ns() // 1000
    message = f"This is a test of sink {name}; no rule is firing"
    test = event("firing", digest(name, "test", str(now)), now, message, occurred_at=now)
    return test | {"rule": "test", "severity": "warning"}
