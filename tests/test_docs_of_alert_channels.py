"""The channels that `docs/alerts.md` shows work: each example is run with an event on its input."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import pytest

from perfkit.config.yaml import parse
from tests.alerting import WIN_RATE, Bench, minutes
from tests.test_docs import DOCS, blocks

CHANNELS = ("mail", "telegram", "slack", "alertmanager")
needs = pytest.mark.skipif(
    shutil.which("jq") is None or shutil.which("curl") is None, reason="needs jq and curl"
)


class Call(NamedTuple):
    """What the HTTP server was sent."""

    path: str
    kind: str
    body: str


def example(name: str) -> dict[str, Any]:
    """The sink of that name, as the page has it."""
    texts = [one.text for one in blocks(DOCS / "alerts.md") if one.language == "yaml"]
    (text,) = [text for text in texts if f"- name: {name}\n" in text]
    sinks: list[dict[str, Any]] = parse(text, "docs/alerts.md").value["sinks"]
    return sinks[0]


@pytest.fixture
def calls() -> Iterator[tuple[str, list[Call]]]:
    """An HTTP server: its address, and the calls it got."""
    found: list[Call] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found.append(Call(self.path, self.headers["Content-Type"], body))
            self.send_response(500 if "broken" in self.path else 200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def event(tmp_path: Path) -> dict[str, Any]:
    """A firing event with text that a shell, JSON and a form would trip over."""
    bench = Bench(tmp_path / "w", "rules: [{id: r, metric: net_pnl, over: {trades: 1}, below: 0}]")
    bench.run(minutes(0))
    bench.trade(minutes(1), -5)
    bench.run(minutes(2))
    (fired,) = bench.events("firing")
    return {**fired, "message": fired["message"] + ' & "quotes" $HOME `id` 50 %', "group": None}


def delivered(
    name: str, event: dict[str, Any], tmp_path: Path, address: str = "", path: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs the program of a sink as it stands in the page, but for the host it calls."""
    words = [word.replace("https://api.telegram.org", address) for word in example(name)["exec"]]
    tools = tmp_path / "bin"
    tools.mkdir()
    mail = tools / "mail"
    mail.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > {tmp_path}/mail\ncat >> {tmp_path}/mail\n')
    mail.chmod(0o755)
    return subprocess.run(
        words,
        input=json.dumps(event),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={
            "PATH": f"{tools}:{path or os.environ['PATH']}",
            "ONCALL": "oncall@example.com",
            "TELEGRAM_CHAT": "-42",
            "TELEGRAM_TOKEN": "7:abc",
            "SLACK_WEBHOOK": f"{address}/services/T/B/x",
            "ALERTMANAGER": address,
        },
    )


@pytest.mark.parametrize("name", CHANNELS)
def test_each_example_is_a_sink_of_a_few_lines(name: str) -> None:
    sink = example(name)
    assert sink["name"] == name
    assert set(sink) <= {"name", "exec", "severity", "kinds", "rules", "timeout", "give_up"}
    assert all(isinstance(word, str) for word in sink["exec"])


@pytest.mark.parametrize("name", CHANNELS)
def test_each_example_is_accepted_beside_rules(name: str, tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    (text,) = [one.text for one in blocks(DOCS / "alerts.md") if f"- name: {name}\n" in one.text]
    bench.rules(WIN_RATE + text)
    ran = bench.run(minutes(0), "--dry-run")
    if "sinks: is unknown" in ran.err:
        pytest.skip("config/alerts.yaml has no sinks yet")
    assert ran == (0, "", "")


@needs
def test_mail_has_the_message_and_nothing_of_it_is_run(
    event: dict[str, Any], tmp_path: Path
) -> None:
    done = delivered("mail", event, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    sent = (tmp_path / "mail").read_text()
    assert sent == f"-s|{event['message']}|oncall@example.com|{event['message']}\n"


@needs
def test_telegram_gets_chat_and_text(
    event: dict[str, Any], tmp_path: Path, calls: tuple[str, list[Call]]
) -> None:
    address, found = calls
    done = delivered("telegram", event, tmp_path, address)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (call,) = found
    assert call.path == "/bot7:abc/sendMessage"
    assert parse_qs(call.body) == {"chat_id": ["-42"], "text": [event["message"]]}


@needs
def test_slack_gets_the_text_as_json(
    event: dict[str, Any], tmp_path: Path, calls: tuple[str, list[Call]]
) -> None:
    address, found = calls
    done = delivered("slack", event, tmp_path, address)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (call,) = found
    assert (call.path, call.kind) == ("/services/T/B/x", "application/json")
    assert json.loads(call.body) == {"text": event["message"]}


@needs
@pytest.mark.parametrize("kind", ["firing", "resolved"])
def test_alertmanager_gets_an_alert_that_ends_with_its_episode(
    event: dict[str, Any], tmp_path: Path, calls: tuple[str, list[Call]], kind: str
) -> None:
    address, found = calls
    done = delivered("alertmanager", {**event, "kind": kind}, tmp_path, address)
    assert (done.returncode, done.stderr) == (0, "")
    (call,) = found
    assert call.path == "/api/v2/alerts"
    (alert,) = json.loads(call.body)
    assert alert["labels"] == {"alertname": "r", "severity": "warning", "group": ""}
    assert alert["annotations"] == {"summary": event["message"]}
    at = event["occurred_at"]
    times = {"endsAt": at}
    if kind == "firing":
        times = {"startsAt": at, "endsAt": "2100-01-01T00:00:00Z"}
    assert {name: alert[name] for name in alert if name.endswith("At")} == times


@needs
def test_a_server_that_refuses_is_no_delivery(
    event: dict[str, Any], tmp_path: Path, calls: tuple[str, list[Call]]
) -> None:
    for number, name in enumerate(("telegram", "slack", "alertmanager")):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert delivered(name, event, folder, calls[0] + "/broken").returncode != 0


@needs
@pytest.mark.parametrize("name", CHANNELS)
def test_without_jq_nothing_is_sent_and_nothing_counts_as_delivered(
    name: str, event: dict[str, Any], tmp_path: Path, calls: tuple[str, list[Call]]
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "curl", "cat"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    done = delivered(name, event, tmp_path, calls[0], str(tools))
    assert done.returncode != 0
    assert not calls[1]
    assert not (tmp_path / "mail").exists()


@needs
@pytest.mark.parametrize(("code", "sent"), [(0, 1), (2, 1), (3, 0)])
def test_the_call_that_a_service_expects_is_made_by_runs_that_evaluated(
    tmp_path: Path, calls: tuple[str, list[Call]], code: int, sent: int
) -> None:
    texts = [one.text for one in blocks(DOCS / "alerts.md") if one.language == "cron"]
    (line,) = [text.strip() for text in texts if "hc-ping" in text]
    assert line.startswith("* * * * * ")
    run = tmp_path / "perfkit-alerts"
    run.write_text(f"#!/bin/sh\nexit {code}\n")
    run.chmod(0o755)
    words = line.removeprefix("* * * * * ")
    words = words.replace("/srv/trading/.venv/bin/perfkit-alerts", str(run))
    words = words.replace("https://hc-ping.com/YOUR-ID", f"-d x {calls[0]}/YOUR-ID")
    subprocess.run(["/bin/sh", "-c", words], timeout=30, check=False)
    assert [call.path for call in calls[1]] == ["/YOUR-ID"] * sent
