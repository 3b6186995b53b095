"""The event log: read whatever it holds, and written or the run stops."""

import json
from pathlib import Path

from perfkit.alerts import event_log
from tests.alerting import START, Bench


def test_what_is_no_event_is_passed_over(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.run(START)
    (event,) = bench.events()
    odd = [b"{", b"[]", b'{"event": "other"}', json.dumps({**event, "id": 5}).encode()]
    bench.event_log.write_bytes(b"\n".join([*odd, json.dumps(event).encode(), b"torn"]))
    assert event_log.read(str(tmp_path)) == [event]
    assert event_log.read(str(tmp_path), 1 << 20) == []


def test_event_log_that_cannot_be_written_stops_the_run(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.event_log.mkdir()
    found = bench.run(START)
    assert found.code == 3
    assert "logs/performance-alerts.jsonl" in found.err
