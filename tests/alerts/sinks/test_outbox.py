"""What waits for a sink, after whatever became of the event log meanwhile."""

import bz2
import gzip
import json
import lzma
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.alerts import event_log
from perfkit.alerts.event import event, time_text
from perfkit.alerts.event_log import Event
from perfkit.alerts.sinks.outbox import deal, outbox, start
from perfkit.alerts.sinks.progress import MOST_IDS, Progress, is_behind, load, save
from perfkit.config.workspace import EVENT_LOG
from tests.alerting import START, Bench, minutes

SECOND = 1_000_000


def numbered(number: int) -> Event:
    return event("clock_skew", f"id-{number}", number * SECOND, f"event {number}")


def append(root: Path, *numbers: int) -> None:
    (root / "logs").mkdir(exist_ok=True)
    event_log.append(str(root), [numbered(number) for number in numbers])


def deliver(root: Path, progress: Progress, most: int = 1 << 30) -> list[int]:
    """Delivers what waits, or the first of it; the numbers of those events."""
    found = outbox(str(root), progress)
    for one in found.waiting[:most]:
        deal(progress, one)
    if len(found.waiting) <= most:
        progress.position = found.end
    save(str(root), "x", progress)
    return [int(one.event["id"].removeprefix("id-")) for one in found.waiting[:most]]


def loaded(root: Path) -> Progress:
    progress = load(str(root), "x")
    assert progress is not None
    return progress


def renamed(log: Path) -> None:
    log.rename(f"{log}.1")


def created(log: Path) -> None:
    log.rename(f"{log}.1")
    log.touch()


def truncated(log: Path) -> None:
    shutil.copy(log, f"{log}.1")
    os.truncate(log, 0)


def dated(log: Path) -> None:
    log.rename(f"{log}-20260408")


def dated_before_the_extension(log: Path) -> None:
    log.rename(log.with_name("performance-alerts-20260408.jsonl"))


def compressed(log: Path) -> None:
    Path(f"{log}.1.gz").write_bytes(gzip.compress(log.read_bytes()))
    log.unlink()


def compressed_by_xz(log: Path) -> None:
    log.with_name("performance-alerts.jsonl-20260408.xz").write_bytes(
        lzma.compress(log.read_bytes())
    )
    log.unlink()


def compressed_by_bzip2(log: Path) -> None:
    Path(f"{log}.1.bz2").write_bytes(bz2.compress(log.read_bytes()))
    log.unlink()


def copied(log: Path) -> None:
    shutil.copy(log, f"{log}.copy")
    os.replace(f"{log}.copy", log)


def trimmed(log: Path) -> None:
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[3:]))


ROTATIONS: list[Callable[[Path], None]] = [
    renamed,
    created,
    truncated,
    dated,
    dated_before_the_extension,
    compressed,
    compressed_by_xz,
    compressed_by_bzip2,
    copied,
    trimmed,
]


@pytest.mark.parametrize("rotate", ROTATIONS)
@pytest.mark.parametrize("delivered", [0, 1, 5, 8])
def test_rotation_neither_loses_nor_repeats(
    tmp_path: Path, rotate: Callable[[Path], None], delivered: int
) -> None:
    progress = start(str(tmp_path), None, 0)
    append(tmp_path, *range(5, 13))
    given_out = deliver(tmp_path, progress, delivered)
    rotate(tmp_path / EVENT_LOG)
    if rotate is not trimmed or delivered:
        given_out += deliver(tmp_path, loaded(tmp_path), 1)
    append(tmp_path, 13, 14)
    given_out += deliver(tmp_path, loaded(tmp_path))
    expected = list(range(5, 15))
    if rotate is trimmed and delivered < 3:  # lines that nobody has any more
        expected = [number for number in expected if number >= 8 or number in given_out]
    assert given_out == expected
    assert deliver(tmp_path, loaded(tmp_path)) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("append"), st.integers(1, 4)),
            st.tuples(st.just("deliver"), st.integers(0, 4)),
            st.tuples(st.just("rotate"), st.integers(0, 3)),
            st.tuples(st.just("junk"), st.just(0)),
        ),
        max_size=14,
    )
)
def test_any_history_is_delivered_in_order_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    root = tmp_path_factory.mktemp("history")
    log = root / EVENT_LOG
    progress = start(str(root), None, 0)
    save(str(root), "x", progress)
    written, given_out, age = 10, [], 0
    for what, number in [*steps, ("append", 1), ("deliver", 99)]:
        if what == "append":
            append(root, *range(written, written + number))
            written += number
        elif what == "deliver":
            given_out += deliver(root, loaded(root), number)
        elif what == "junk" and log.exists():
            with log.open("ab") as stream:
                stream.write(b'{"event": "performance.alert"\n')
        elif what == "rotate" and log.exists() and given_out:
            for older in range(8, 0, -1):
                if os.path.exists(f"{log}.{older}"):
                    os.rename(f"{log}.{older}", f"{log}.{older + 1}")
            (renamed, created, truncated, copied)[number](log)
            age += 1
            for path in root.glob("logs/*.jsonl.1"):
                os.utime(path, (age, age))
    assert given_out == list(range(10, written))


def test_start_never_floods(tmp_path: Path) -> None:
    append(tmp_path, *range(100))
    size = (tmp_path / EVENT_LOG).stat().st_size
    append(tmp_path, 100)
    assert deliver(tmp_path, start(str(tmp_path), None, size)) == [100]
    assert deliver(tmp_path, start(str(tmp_path), 98 * SECOND, size)) == [98, 99, 100]


@pytest.mark.parametrize("lines_lost", [True, False])
def test_a_clock_that_was_ahead_passes_over_nothing_later(tmp_path: Path, lines_lost: bool) -> None:
    rules = "rules: [{id: loss, metric: net_pnl, over: {window: all}, below: -5}]\n"
    sink = 'sinks: [{name: pager, exec: ["true"]}]\n'
    bench = Bench(tmp_path, rules)
    bench.trade(START, 5)
    bench.run(minutes(1))
    bench.run(START + timedelta(days=365))
    if lines_lost:
        shutil.rmtree(tmp_path / "logs/performance/sinks")
    else:
        bench.rules(rules + sink)
    bench.run(minutes(3))
    renamed(bench.event_log)
    bench.trade(minutes(3), -500)
    found = bench.run(minutes(4))
    assert "WARN warning firing" in found.err
    progress = load(str(tmp_path), "stderr" if lines_lost else "pager")
    assert progress is not None
    (fired,) = bench.events("firing")
    assert fired["id"] in {
        *progress.ids,
        *(one.event["id"] for one in outbox(str(tmp_path), progress).waiting),
    }


def test_ids_of_a_time_ahead_do_not_pass_over_what_comes_later() -> None:
    progress = Progress()
    for number in range(MOST_IDS + 5):
        progress.remember(f"id-{number}", (10**9 if number < 9 else number) * SECOND)
    assert progress.horizon < 10**6 * SECOND


def test_log_cut_back_by_more_than_is_remembered_repeats_nothing(tmp_path: Path) -> None:
    progress = start(str(tmp_path), None, 0)
    append(tmp_path, *range(1, MOST_IDS + 500))
    assert len(deliver(tmp_path, progress)) == MOST_IDS + 499
    log = tmp_path / EVENT_LOG
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:200]))
    assert deliver(tmp_path, loaded(tmp_path)) == []
    append(tmp_path, MOST_IDS + 500)
    assert deliver(tmp_path, loaded(tmp_path)) == [MOST_IDS + 500]


def test_torn_tail_waits_until_it_is_ended(tmp_path: Path) -> None:
    progress = start(str(tmp_path), None, 0)
    append(tmp_path, 1)
    with (tmp_path / EVENT_LOG).open("ab") as log:
        log.write(event_log.line_of(numbered(2))[:40])
    assert deliver(tmp_path, progress) == [1]
    append(tmp_path, 2)
    assert deliver(tmp_path, loaded(tmp_path)) == [2]
    assert not is_behind(str(tmp_path), loaded(tmp_path))


def changed(**fields: object) -> bytes:
    return json.dumps(numbered(7) | fields).encode()


NO_EVENTS = {
    "nested": b'{"event": "performance.alert", "id": ' + b"[" * 3000 + b"]" * 3000 + b"}",
    "bytes": b'{"event": "performance.alert", "id": "\xff", "kind": "firing"}',
    "huge number": b'{"event": "performance.alert", "v": ' + b"9" * 5000 + b"}",
    "huge": changed(message="x" * (5 << 20)),
    "list": b'["performance.alert"]',
    "no id": changed(id=None),
    "kind": changed(kind=["firing"]),
    "rule": changed(rule=5),
    "message": changed(message={}),
    "time": changed(occurred_at="nope"),
    "no zone": changed(detected_at="2026-04-08T10:00:00"),
    "episode of no rule": changed(kind="firing", episode="e"),
}


@pytest.mark.parametrize("line", NO_EVENTS.values(), ids=NO_EVENTS)
def test_line_that_is_no_event_is_passed_over_everywhere(tmp_path: Path, line: bytes) -> None:
    bench = Bench(tmp_path)
    bench.run(START)
    with bench.event_log.open("ab") as log:
        log.write(line + b"\n")
    for minute in range(4):
        bench.trade(minutes(minute), -10)
    found = bench.run(minutes(9))
    assert (found.code, found.err.count("WARN")) == (2, 1)
    bench.state.unlink()
    assert bench.run(minutes(10)) == (2, "", "")


def test_of_lines_that_are_no_events_each_is_parsed_once_and_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many there are, nothing is parsed again: that would take long in a long log."""
    parsed: list[int] = []

    def counted(text: bytes) -> object:
        parsed.append(len(text))
        return loads(text)

    loads = json.loads
    monkeypatch.setattr(json, "loads", counted)
    line = b'{"event": "performance.alert", "x": ' + b"[" * 2000
    for count in (1, 200, 2000):
        parsed.clear()
        assert list(event_log.events_in((line + b"\n") * count)) == []
        assert parsed == [len(line)] * count


def test_events_of_a_killed_run_are_found_in_the_log_rotated_since(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.run(START)
    saved = bench.state.read_bytes()
    for minute in range(4):
        bench.trade(minutes(minute), -10)
    assert bench.run(minutes(9)).code == 2
    bench.state.write_bytes(saved)  # as if the run had been killed before it wrote the state
    renamed(bench.event_log)
    assert bench.run(minutes(10)) == (2, "", "")
    assert bench.events() == []


@pytest.mark.parametrize("content", [b"", b"no such thing", lzma.compress(b"x" * 99)[:-9]])
def test_a_rotated_log_that_cannot_be_unpacked_has_no_events(
    tmp_path: Path, content: bytes
) -> None:
    append(tmp_path, 5)
    for suffix in ("gz", "bz2", "xz"):
        (tmp_path / f"{EVENT_LOG}.1.{suffix}").write_bytes(content)
    assert len(event_log.read_all(str(tmp_path))) == 1


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_rotated_log_may_be_damaged_at_any_byte(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    append(tmp_path, 5, 6, 7)
    log = tmp_path / EVENT_LOG
    whole = pack(log.read_bytes())
    log.unlink()
    append(tmp_path, 8)
    suffix = {gzip.compress: "gz", bz2.compress: "bz2", lzma.compress: "xz"}[pack]
    rotated = Path(f"{log}.1.{suffix}")
    rotated.write_bytes(whole)
    assert len(event_log.read_all(str(tmp_path))) == 4
    for place in range(len(whole)):
        rotated.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        assert len(event_log.read_all(str(tmp_path))) in (1, 4), place


def test_a_rotated_log_may_vanish_while_logs_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(tmp_path, 5)
    for number in (1, 2):
        shutil.copy(tmp_path / EVENT_LOG, tmp_path / f"{EVENT_LOG}.{number}")
    listed = os.scandir

    def then_gone(folder: str) -> list[os.DirEntry[str]]:
        found = list(listed(folder))
        os.unlink(tmp_path / f"{EVENT_LOG}.2")  # as logrotate does
        return found

    monkeypatch.setattr(os, "scandir", then_gone)
    assert len(event_log.read_all(str(tmp_path))) == 2


def test_time_is_read_as_it_was_written() -> None:
    assert time_text(7 * SECOND) == numbered(7)["detected_at"]
