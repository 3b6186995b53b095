"""From where rules are stepped through the trades of the past."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from perfkit.alerts import cron
from perfkit.alerts.feed import Feed
from tests.clusterkit import line
from tests.conftest import WriteWorkspace

CONFIG = "sources: [{name: bot, path: logs/trades, currency: USD}]\n"
OF_THE_CLOCK = "rules: [{id: quiet, metric: minutes_since_last_line, above: 600}]\n"


def add(root: Path, day: str, order: str) -> None:
    folder = root / "logs/trades"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{day}.jsonl").open("a") as log:
        log.write(line(order, f"{day}T10:00:00Z", "1"))


def test_rules_of_the_clock_alone_read_no_earlier_day(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = workspace(CONFIG)
    (root / "config/alerts.yaml").write_text(OF_THE_CLOCK)
    read: list[tuple[int, int]] = []
    rows = Feed.rows

    def counted(feed: Feed, first_day: int, last_day: int) -> Any:
        read.append((first_day, last_day))
        return rows(feed, first_day, last_day)

    monkeypatch.setattr(Feed, "rows", counted)
    add(root, "2026-04-07", "earlier")
    for order in ("first", "second"):
        add(root, "2026-04-08", order)
        command = ["--root", str(root), "--now", "2026-04-09T12:00:00Z"]
        assert cron.main(command) == 2
    assert {day for days in read for day in days} <= {date(2026, 4, 8).toordinal()}
