"""What is compared with what was known, and what needs no comparison."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit.book import plan
from perfkit.book.verify import contents
from tests.clusterkit import line
from tests.conftest import WriteWorkspace

CONFIG = 'sources: [{path: "logs/bots/{source}/", currency: USD}]\n'


def add(root: Path, bot: str, order: str) -> None:
    folder = root / "logs/bots" / bot
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "2026-04-08.jsonl").open("a") as log:
        log.write(line(order, "2026-04-08T10:00:00Z", "1", symbol=bot))


def test_only_the_files_of_a_source_that_changed_are_compared_one_by_one(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = workspace(CONFIG)
    for bot in "abc":
        add(root, bot, f"first {bot}")
    time.sleep(0.1)  # until a change would show in the fingerprints of files
    assert perfkit.open(root).book.files
    compared: list[list[str]] = []
    known_files = plan._KnownFiles

    def counted(ledger: Any, fingerprints: Any) -> Any:
        compared.append([file.name for file in ledger.files])
        return known_files(ledger, fingerprints)

    monkeypatch.setattr(plan, "_KnownFiles", counted)
    add(root, "b", "second b")
    book = perfkit.open(root).book
    assert compared == [["logs/bots/b/2026-04-08.jsonl"]]
    assert list(contents(book)) == list(contents(perfkit.open(root, cached=False).book))
