"""Workspaces whose reports are made by processes of their own, and what is left of those."""

import html.parser
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from perfkit.cli.new_workspace import make_workspace
from perfkit.reports import failure
from perfkit.reports.failure import Card, Failure

CAMPAIGN = os.environ.get("PERFKIT_CAMPAIGN") == "1"
"""Many more kills, for a night."""

HOSTILE = (
    "pipe|pipe",
    "``tick`tick``",
    "<script>alert(1)</script>",
    "end](javascript:x) ![a](b.png)",
    "line\nfeed | a |\n| - |\n",
    "mark\u200f\u202eleft",
    "**bold** __x__ $m$ #1",
    "\\",
)

KINDS = ("daily/", "weekly/", "monthly/")

Tree = dict[str, bytes]


class Ran(NamedTuple):
    """What a process did."""

    code: int
    out: str
    err: str


def trade(order: str, closed_at: str, pnl: str, **more: str) -> str:
    """A line of a `trade_record` log."""
    times = {"timestamp": "2026-04-06T00:00:00Z", "exit_timestamp": f"{closed_at}Z"}
    return json.dumps({"order_id": order, **times, "net_profit_loss": pnl, **more}) + "\n"


LOGS = {
    "logs/trades/2026-04-06.jsonl": "",
    "logs/trades/2026-04-07.jsonl": trade("A1", "2026-04-07T10:00:00", "1.5"),
    "logs/trades/2026-04-08.jsonl": trade("B1", "2026-04-08T10:00:00", "1000.125")
    + trade("B2", "2026-04-08T11:00:00", "-250.5"),
}
HOSTILE_LOG = "not JSON\n" + "".join(
    trade(
        *(str(n), f"2026-04-08T{n:02d}:30:00", f"{10 - 3 * n}.25"),
        strategy_name=name, symbol=name, exit_reasoning=name, execution_mode=name,
    )
    for n, name in enumerate(HOSTILE)
)  # fmt: skip

OPEN = "import perfkit\n\ndesk = perfkit.open(root)"
GLANCE = 'desk.glance("daily", date, where=where)'
CHART = 'desk.chart.pnl_per_trade("daily", date, where=where)'


def notebook(*cells: str) -> str:
    """A notebook of a parameters cell and those code cells."""
    parameters = 'date: str = ""\nroot: str = ""\nwhere: str = ""'
    code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {
            "cells": [
                {**code, "id": "p", "metadata": {"tags": ["parameters"]}, "source": parameters},
                *(
                    {**code, "id": f"c{n}", "metadata": {}, "source": cell}
                    for n, cell in enumerate(cells)
                ),
            ],
            "metadata": {"kernelspec": kernel},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


SMALL = notebook(OPEN, GLANCE, CHART)


def write_workspace(root: Path, logs: Mapping[str, str], daily: str | None = SMALL) -> Path:
    """A workspace as `perfkit init` makes it; `daily` replaces its notebook of that name."""
    make_workspace(root)
    for name, text in logs.items():
        (root / name).write_text(text, encoding="utf-8")
    if daily is not None:
        (root / "notebooks/daily.ipynb").write_text(daily, encoding="utf-8")
    return root


def start(*words: object, **settings: Any) -> subprocess.Popen[str]:
    """Starts `perfkit WORDS...`."""
    return subprocess.Popen(
        [sys.executable, "-m", "perfkit", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **settings,
    )


def finish(process: subprocess.Popen[str], seconds: float = 120) -> Ran:
    out, err = process.communicate(timeout=seconds)
    return Ran(process.returncode, out, err)


def report(root: Path, *words: str, **settings: Any) -> Ran:
    """Runs `perfkit report daily` to its end."""
    return finish(start("report", "daily", "--root", root, *words, **settings))


def tree(folder: Path) -> Tree:
    """Every file of a folder, by its path in it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def kernels(root: Path) -> list[int]:
    """The processes of report runs in that workspace: runners, kernel servers, kernels."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            there = (folder / "cwd").readlink()
        except OSError:
            continue
        inside = there in (root.resolve(), root.resolve() / "notebooks")
        of_root = inside or os.fsencode(root) in command.split(b"\0")
        if of_root and b"perfkit" in command:
            found.append(int(folder.name))
    return found


def is_clean(root: Path) -> bool:
    """Whether a run left neither a kernel nor anything in staging."""
    return not kernels(root) and not tree(root / "reports/.staging")


def pages(root: Path) -> Tree:
    """Every file of the published reports; neither failures nor the index."""
    found = tree(root / "reports")
    return {name: body for name, body in found.items() if name.startswith(KINDS)}


def tokens(markdown: str) -> Iterator[Token]:
    """Every token of a page, those inside of a line included."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for token in parser.parse(markdown):
        yield token
        yield from token.children or ()


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Waits until something holds; fails when it does not."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


GOLDEN = Path(__file__).parent / "golden_reports"


def golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("PERFKIT_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


class Texts(html.parser.HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


CARD = Card(
    kind="daily",
    label="2026-04-08",
    where={"strategy": '"a|b `c` <d>"'},
    notebook="daily.ipynb",
    parameters={"date": "2026-04-08", "where": 'strategy="a|b `c` <d>"', "days": 30},
    failed_at="2026-04-09T00:15:03Z",
    standing=True,
    failure=Failure(
        "ZeroDivisionError: division by zero",
        7,
        "By *strategy*",
        failure.last_lines("\x1b[31m-----\x1b[0m\nCell In[5], line 1\n----> 1 1 / 0\n\n"),
    ),
)
