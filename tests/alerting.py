"""Workspaces with alert rules for the tests, and runs at a time of their choosing."""

import contextlib
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from perfkit.alerts import cron

START = datetime(2026, 4, 8, 10, tzinfo=UTC)
BOT = """\
sources:
  - {name: bot, path: logs/trades, currency: USD}
"""
WIN_RATE = """\
rules:
  - {id: win-rate, metric: win_rate, over: {trades: 4}, below: 0.5}
"""

WITHOUT_TRADE = "2026-01-01.jsonl"
"""A log that has begun: without any file, nothing can be said of a source."""

Line = dict[str, Any]
Event = dict[str, Any]


class Ran(NamedTuple):
    """What a run of `perfkit-alerts` did."""

    code: int
    out: str
    err: str


class Bench:
    """A workspace whose log grows; `run` is `perfkit-alerts` at a time."""

    def __init__(self, root: Path, rules: str = WIN_RATE, config: str = BOT) -> None:
        self.root = root
        (root / "config").mkdir(parents=True, exist_ok=True)
        (root / "logs/trades").mkdir(parents=True, exist_ok=True)
        (root / "config/perfkit.yaml").write_text(config, encoding="utf-8")
        self.log_begins(".")
        self.rules(rules)

    def rules(self, text: str) -> None:
        """Writes the rules."""
        (self.root / "config/alerts.yaml").write_text(text, encoding="utf-8")

    def log_begins(self, folder: str) -> None:
        """Makes a log without any trade in a folder beside the trades."""
        (self.root / "logs/trades" / folder / WITHOUT_TRADE).write_text("\n", encoding="utf-8")

    def log(self, *lines: Line, name: str | None = None) -> None:
        """Appends lines, each to the file of the day it closes unless a name is given."""
        for line in lines:
            day = name or f"{line['exit_timestamp'][:10]}.jsonl"
            with (self.root / "logs/trades" / day).open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(line) + "\n")

    def trade(self, at: datetime, pnl: object, **more: object) -> None:
        """Logs a trade that closed then."""
        self.log(trade(at, pnl, **more))

    def run(self, at: datetime | None = None, *words: str) -> Ran:
        """Runs `perfkit-alerts` at that time."""
        now = [] if at is None else ["--now", at.isoformat()]
        return ran(["--root", str(self.root), *now, *words])

    @property
    def event_log(self) -> Path:
        return self.root / "logs/performance-alerts.jsonl"

    @property
    def state(self) -> Path:
        return self.root / "logs/performance/alerts.state"

    def events(self, *kinds: str) -> list[Event]:
        """The events written so far, of those kinds or of all."""
        if not self.event_log.exists():
            return []
        lines = self.event_log.read_bytes().splitlines()
        found = [json.loads(line) for line in lines if line]
        return [one for one in found if not kinds or one["kind"] in kinds]

    def told(self) -> list[str]:
        """Kind, reason and group of each event, but for baselines."""
        return [
            " ".join(filter(None, (one["kind"], one["reason"], one["group"])))
            for one in self.events()
            if one["kind"] != "baseline"
        ]


def ran(words: list[str]) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cron.main(words)
    return Ran(code, out.getvalue(), err.getvalue())


def trade(at: datetime, pnl: object, **more: object) -> Line:
    """A line of a trade that closed then."""
    opened = at - timedelta(minutes=5)
    return {
        "timestamp": _text(opened),
        "exit_timestamp": _text(at),
        "symbol": "BTC",
        "net_profit_loss": str(pnl),
        **more,
    }


def minutes(number: float) -> datetime:
    """So many minutes after the start."""
    return START + timedelta(minutes=number)


def without_times(events: Iterable[Mapping[str, Any]]) -> list[Event]:
    """Events without when they were seen."""
    return [{k: v for k, v in one.items() if k != "detected_at"} for one in events]


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
