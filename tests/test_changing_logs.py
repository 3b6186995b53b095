"""A log that holds one content, for a moment another, and the first again, while a run reads it.

What is kept of a file and what was computed from it are of the same bytes. So the run after the
one that met such a moment always equals one without a cache.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from perfkit.book import batch, parallel, plan, update
from perfkit.book.verify import contents
from perfkit.core.errors import LogReadError
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

OPENS, CLOSES = "2026-04-07.jsonl", "2026-04-08.jsonl"
FOLDER = "logs/trades"
TRADES = 30


def opening_lines() -> str:
    return "".join(
        json.dumps({"timestamp": "2026-04-07T09:00:00Z", "order_id": str(n), "outcome": "open"})
        + "\n"
        for n in range(TRADES)
    )


def closing_lines(net: str, trades: int = TRADES) -> str:
    """Each closes a trade that the other file opened: both files are read once more for it."""
    return "".join(
        json.dumps(
            {
                "timestamp": "2026-04-08T09:00:00Z",
                "exit_timestamp": f"2026-04-08T10:00:{n:02d}Z",
                "order_id": str(n),
                "net_profit_loss": net,
            }
        )
        + "\n"
        for n in range(trades)
    )


def assert_right(root: Path) -> None:
    """The book with its cache equals the book without."""
    kept, cold = open_desk(root).book, open_desk(root, cached=False).book
    for (what, one), (_, other) in zip(contents(kept), contents(cold), strict=True):
        assert one == other, what


def in_place(path: Path, content: bytes) -> None:
    with path.open("r+b") as stream:
        stream.write(content)
        stream.truncate()


def by_renaming(path: Path, content: bytes) -> None:
    beside = path.with_name("unfinished")
    beside.write_bytes(content)
    beside.replace(path)


Write = Callable[[Path, bytes], None]

A = closing_lines("1.00").encode()
MOMENTARY = {
    "other bytes of the same length": (in_place, closing_lines("2.00").encode()),
    "a line of other bytes": (in_place, A.replace(b'"1.00"', b'"7.00"', 1)),
    "shorter": (in_place, closing_lines("2.00", 3).encode()),
    "longer": (in_place, closing_lines("22222.00").encode() * 3),
    "empty": (in_place, b""),
    "another file": (by_renaming, closing_lines("2.00").encode()),
    "another file with a longer line": (by_renaming, A.replace(b'"1.00"', b'"17.00"', 1)),
}
BEFORE = {
    "new": None,
    "rewritten": closing_lines("9.00").encode(),
    "grown": closing_lines("1.00", 4).encode(),
    "grown, and torn": A[:-20],
}


MOMENTS = {
    "compared": (plan, "_compared"),
    "compared, then read on": (parallel, "_read"),
    "digested, then unpacked": (batch, "verified_text"),
    "read once more": (update._Absorption, "_combined_again"),
}


@contextmanager
def flipped(
    patch: pytest.MonkeyPatch,
    moment: str,
    there: Callable[[], None],
    back: Callable[[], None],
    *,
    always: bool = False,
) -> Iterator[list[int]]:
    """Goes there for as long as the moment lasts, once or `always`; yields how often it did."""
    module, name = MOMENTS[moment]
    real = getattr(module, name)
    times: list[int] = []

    def act(*given: object) -> object:
        if times and not always:
            return real(*given)
        times.append(1)
        there()
        try:
            return real(*given)
        finally:
            back()

    patch.setattr(module, name, act)
    yield times
    patch.undo()


@pytest.mark.parametrize("moment", ["compared, then read on", "read once more"])
@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("kind", MOMENTARY)
def test_what_was_there_for_a_moment_leaves_nothing_behind(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch, kind: str, before: str, moment: str
) -> None:
    write, content = MOMENTARY[kind]
    root = workspace(logs={f"{FOLDER}/{OPENS}": opening_lines()})
    path = root / FOLDER / CLOSES
    known = BEFORE[before]
    if known is not None:
        path.write_bytes(known)
        assert open_desk(root).book.files
        in_place(path, A)
    else:
        path.write_bytes(A)
    with flipped(
        monkeypatch, moment, lambda: write(path, content), lambda: write(path, A)
    ) as times:
        assert open_desk(root).book.files
    assert times == [1]
    assert_right(root)


@pytest.mark.parametrize("moment", ["digested, then unpacked", "read once more"])
@pytest.mark.parametrize("write", [in_place, by_renaming])
@pytest.mark.parametrize(
    "content",
    [gzip.compress(closing_lines("2.00").encode()), gzip.compress(A)[:-20], b"", A],
    ids=["other lines", "cut", "empty", "not packed"],
)
def test_nor_does_what_a_compressed_log_held_for_a_moment(
    workspace: WriteWorkspace,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    write: Write,
    content: bytes,
) -> None:
    root = workspace(logs={f"{FOLDER}/{OPENS}": opening_lines()})
    assert open_desk(root).book.files
    path, packed = root / FOLDER / (CLOSES + ".gz"), gzip.compress(A)
    path.write_bytes(packed)
    with flipped(
        monkeypatch, moment, lambda: write(path, content), lambda: write(path, packed)
    ) as times:
        assert open_desk(root).book.closed.symbol == [None] * TRADES
    assert times == [1]
    assert_right(root)


@pytest.mark.parametrize("moment", ["compared", "compared, then read on", "read once more"])
@pytest.mark.parametrize("usual", ["one", "two"])
def test_nor_does_a_folder_that_a_link_led_to_for_a_moment(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch, usual: str, moment: str
) -> None:
    """No file changes, so none looks as if it had: only the way to them leads elsewhere."""
    opening = opening_lines() if moment == "read once more" else ""
    root = workspace(logs={f"logs/{name}/{OPENS}": opening for name in ("one", "two")})
    (root / FOLDER).rmdir()
    (root / FOLDER).symlink_to("one")
    (root / "logs/one" / CLOSES).write_bytes(A[: len(A) // 2])
    assert open_desk(root).book.files
    (root / "logs/one" / CLOSES).write_bytes(A)
    (root / "logs/two" / CLOSES).write_bytes(closing_lines("2.00").encode())
    time.sleep(0.05)  # both are settled

    def lead_to(name: str) -> None:
        (root / "logs/link").symlink_to(name)
        (root / "logs/link").replace(root / FOLDER)

    lead_to(usual)
    other = {"one": "two", "two": "one"}[usual]
    there, back = (lambda: lead_to(other)), (lambda: lead_to(usual))
    with flipped(monkeypatch, moment, there, back, always=moment == "compared"):
        assert open_desk(root).book.files
    assert_right(root)


def test_a_log_that_changes_at_each_attempt_is_an_error_and_the_next_run_is_right(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = workspace(
        logs={f"{FOLDER}/{OPENS}": opening_lines(), f"{FOLDER}/{CLOSES}": closing_lines("1.00", 3)}
    )
    assert open_desk(root).book.files
    path = root / FOLDER / CLOSES
    path.write_bytes(A)
    with (
        flipped(
            monkeypatch,
            "read once more",
            lambda: in_place(path, closing_lines("2.00").encode()),
            lambda: in_place(path, A),
            always=True,
        ),
        pytest.raises(LogReadError, match=f"{CLOSES}: changes faster than it can be read"),
    ):
        assert open_desk(root).book.files
    assert_right(root)


def test_a_log_that_is_rewritten_is_not_read_twice(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An identity that no other file has is complete in what was just read."""
    root = workspace(logs={f"{FOLDER}/{CLOSES}": closing_lines("9.00")})
    assert open_desk(root).book.files
    (root / FOLDER / CLOSES).write_bytes(A)
    monkeypatch.setattr(update, "verified_text", None)
    assert open_desk(root).summary("all").metrics["net_pnl"] == TRADES
    assert_right(root)


@pytest.mark.slow
def test_a_writer_that_renames_a_content_into_place_all_the_time_is_never_remembered_wrongly(
    workspace: WriteWorkspace,
) -> None:
    root = workspace(logs={f"{FOLDER}/{OPENS}": opening_lines()})
    path = root / FOLDER / CLOSES
    bodies = [closing_lines(net).encode() for net in ("1.00", "2.00", "3.00")]
    command = [sys.executable, "-m", "perfkit", "summary", "--root", str(root)]
    by_renaming(path, bodies[0])
    done = threading.Event()

    def write() -> None:
        turn = 0
        while not done.wait(1 / 12):
            turn += 1
            by_renaming(path, bodies[turn % 3])

    for _ in range(8):
        writer = threading.Thread(target=write)
        done.clear()
        writer.start()
        try:
            for _ in range(4):
                ran = subprocess.run(command, capture_output=True, text=True, check=False)
                assert ran.returncode == 0, ran.stderr
        finally:
            done.set()
            writer.join()
        assert_right(root)
