"""Units of work on any executor: the same book, and words for whatever goes wrong."""

from __future__ import annotations

import itertools
import os
import pickle
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit.book import parallel
from perfkit.book.verify import contents
from perfkit.book.work import UnitResult
from perfkit.core.errors import LogReadError, UsageError, WorkerError
from perfkit.disk.sealed import VERSION
from tests.clusterkit import FILES, days_of_logs, line
from tests.conftest import WriteWorkspace


@pytest.fixture(autouse=True)
def _little_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "PARALLEL_BYTES", 0)


@pytest.fixture
def root(workspace: WriteWorkspace) -> Path:
    return workspace(logs=days_of_logs())


def figures(root: Path, **options: Any) -> str:
    return perfkit.open(root, **options).summary("all").to_json()


class Answering:
    """An executor in this process; `change` has its say on each answer."""

    def __init__(self, change: Callable[[UnitResult], UnitResult] = lambda one: one) -> None:
        self.change = change
        self.units = 0

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        self.units += 1
        future: Future[Any] = Future()
        future.set_result(self.change(function(*args)))
        return future


class TestAnyExecutor:
    @pytest.mark.parametrize("cached", [True, False])
    def test_threads_processes_and_this_process_make_the_same_book(
        self, root: Path, *, cached: bool
    ) -> None:
        expected = list(contents(perfkit.open(root, cached=False, jobs=1).book))
        with (
            ThreadPoolExecutor(3) as threads,
            ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes,
        ):
            for executor in (threads, processes, Answering()):
                perfkit.open(root, cached=cached, executor=executor)
                book = perfkit.open(root, cached=cached, executor=executor).book
                assert list(contents(book)) == expected
                assert book.activity.lines == FILES * 31
                for page in (root / "logs/performance").rglob("*.page"):
                    page.unlink()

    def test_files_that_grew_go_out_as_well(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert figures(root)
        for day in (3, 9, 20):
            with (root / f"logs/trades/2026-04-{day:02d}.jsonl").open("a") as log:
                log.write(line(f"late {day}", f"2026-04-{day:02d}T23:00:00Z", "7"))
        monkeypatch.setattr(parallel, "LEAST_BYTES", 1)
        executor = Answering()
        desk = perfkit.open(root, executor=executor, jobs=3)
        assert (desk.book.activity.grown, executor.units) == (3, 3)
        assert desk.summary("all").to_json() == figures(root, cached=False)
        assert (
            desk.summary("all").metrics["net_pnl"]
            == perfkit.open(root, cached=False).summary("all").metrics["net_pnl"]
        )

    def test_a_book_whose_cache_is_damaged_is_made_anew_by_the_executor(self, root: Path) -> None:
        expected = figures(root)
        executor = Answering()
        desk = perfkit.open(root, executor=executor, jobs=3, live=False)
        assert desk.book.days_with_lines
        assert executor.units == 0
        for page in (root / "logs/performance/cache/pages").iterdir():
            page.write_bytes(page.read_bytes()[::-1])
        assert desk.summary("all").to_json() == expected
        assert executor.units >= 3

    def test_little_is_read_here(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parallel, "PARALLEL_BYTES", 1 << 30)
        executor = Answering()
        assert figures(root, executor=executor)
        assert executor.units == 0

    def test_progress_counts_every_file(self, root: Path) -> None:
        steps: list[tuple[int, int]] = []
        executor = Answering()
        perfkit.open(
            root, executor=executor, jobs=3, progress=lambda *step: steps.append(step)
        ).summary()
        assert steps[0] == (0, FILES)
        assert steps[-1] == (FILES, FILES)
        assert steps == sorted(steps)
        assert len(steps) == 1 + executor.units >= 4

    def test_a_unit_says_nothing_of_other_sources(
        self, workspace: WriteWorkspace, root: Path
    ) -> None:
        config = (root / "config/perfkit.yaml").read_text()
        workspace(
            config + "  - {name: secretive, path: logs/other, currency: USD}\n",
            {"logs/other/2026-04-01.jsonl": line("x", "2026-04-01T00:00:00Z", "1")},
        )
        sent: list[bytes] = []

        class Noting(Answering):
            def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
                sent.append(pickle.dumps(args))
                return super().submit(function, *args)

        assert figures(root, executor=Noting())
        assert sum(b"secretive" in one for one in sent) == 1

    @pytest.mark.parametrize("given", [3, object(), max])
    def test_what_takes_no_work_is_refused(self, root: Path, given: object) -> None:
        with pytest.raises(UsageError, match="cannot take work; give a"):
            perfkit.open(root, executor=given)  # type: ignore[arg-type]


class TestWhatGoesWrong:
    def test_an_error_that_is_there_for_all_is_raised(
        self, root: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        path = root / "logs/trades/2026-04-05.jsonl"
        path.write_bytes(b"PK\x03\x04" + b"x" * 100)
        with pytest.raises(LogReadError, match="2026-04-05"):
            perfkit.open(root, executor=Answering(), jobs=3).summary()

    def test_a_unit_that_fails_there_is_done_here_with_a_word(
        self, root: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        expected = figures(root, cached=False, jobs=1)
        number = itertools.count()

        def fails(found: UnitResult) -> UnitResult:
            if next(number) != 1:
                return found
            return UnitResult("w7", problem="logs/trades/x.jsonl: Permission denied")

        assert figures(root, executor=Answering(fails), jobs=3) == expected
        assert caplog.messages == [
            "perfkit: warning: worker w7: logs/trades/x.jsonl: Permission denied; its part was "
            "done here"
        ]

    def test_an_executor_that_breaks_leaves_the_rest_to_this_process(
        self, root: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        expected = figures(root, cached=False, jobs=1)

        class Breaking(Answering):
            def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
                if self.units == 2:
                    raise RuntimeError("cannot schedule new futures after shutdown")
                future = super().submit(function, *args)
                if self.units == 2:
                    future = Future()
                    future.set_exception(EOFError("it broke"))
                return future

        assert figures(root, executor=Breaking(), jobs=3) == expected
        assert caplog.messages == [
            "perfkit: warning: workers were lost: cannot schedule new futures after shutdown; "
            "this process does the rest"
        ]

    def test_an_executor_that_says_it_is_gone_is_not_waited_for(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr("perfkit.book.dispatch.WAIT_SECONDS", 0.01)

        class Gone(Answering):
            def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
                return Future()

            def problem(self) -> str:
                return "the scheduler is gone"

        assert figures(root, executor=Gone()) == figures(root, cached=False, jobs=1)
        assert "workers were lost: the scheduler is gone" in caplog.text
        assert len(caplog.messages) == 1

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (
                lambda found: UnitResult("w7", other_version="perfkit 9.9 1 cpython-399"),
                f"worker w7: it is perfkit 9.9 1 cpython-399, and this is {VERSION}; install the "
                "same versions",
            ),
            (
                lambda found: found._replace(worker="w7", pages=("nowhere",)),
                "worker w7: .*/cache/pages is another folder there; mount the same workspace",
            ),
            (
                lambda found: UnitResult("w7", problem="gone", missing=os.getcwd()),
                "worker w7: it does not see /.*; mount the same workspace at the same path",
            ),
            (
                lambda found: found._replace(
                    worker="w7",
                    made=[
                        (
                            name,
                            one._replace(
                                files=[file._replace(fingerprint=(0,) * 5) for file in one.files]
                            ),
                        )
                        for name, one in found.made or ()
                    ],
                ),
                r"worker w7: /.*/2026-04-01\.jsonl is another file there; mount the same",
            ),
        ],
        ids=["another version", "another folder", "no files", "other files"],
    )
    def test_a_worker_that_is_not_like_this_process_is_named(
        self, root: Path, change: Callable[[UnitResult], UnitResult], said: str
    ) -> None:
        with pytest.raises(WorkerError, match=said):
            figures(root, executor=Answering(change))
        assert not (root / "logs/performance/cache/manifest").exists()

    def test_a_unit_for_another_version_is_not_even_unpacked(self) -> None:
        from perfkit.book.work import answer

        assert answer("perfkit 0", b"not a pickle").other_version == VERSION

    def test_devices_are_numbered_as_they_are_here(self, root: Path) -> None:
        def elsewhere(found: UnitResult) -> UnitResult:
            return found._replace(
                made=[
                    (
                        name,
                        one._replace(
                            files=[
                                file._replace(fingerprint=(99, *file.fingerprint[1:]))
                                for file in one.files
                            ]
                        ),
                    )
                    for name, one in found.made or ()
                ]
            )

        time.sleep(0.03)
        assert figures(root, executor=Answering(elsewhere))
        book = perfkit.open(root).book
        assert {file.fingerprint[0] for file in book.files} == {root.stat().st_dev}
        assert book.activity.hit == FILES

    def test_an_interrupt_cancels_what_has_not_begun(self, root: Path) -> None:
        futures: list[Future[Any]] = []

        class Interrupted(Answering):
            def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
                future: Future[Any] = Future()
                futures.append(future)
                if len(futures) == 1:
                    future.set_exception(KeyboardInterrupt())
                return future

        with pytest.raises(KeyboardInterrupt):
            figures(root, executor=Interrupted(), jobs=3)
        assert len(futures) > 2
        assert all(future.cancelled() for future in futures[1:])

    def test_a_log_that_is_replaced_after_it_was_sent_is_read_again(self, root: Path) -> None:
        """The digest of what came before goes along, and is compared where the unit is done."""
        path = root / "logs/trades/2026-04-03.jsonl"
        assert figures(root)
        with path.open("a") as log:
            log.write(line("late", "2026-04-03T23:00:00Z", "7"))
        first = threading.Event()

        class Replacing(Answering):
            def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
                if not first.is_set():
                    first.set()
                    with path.open("r+") as log:
                        log.write(path.read_text().replace('"-5"', '"-4"'))
                return super().submit(function, *args)

        with (root / "logs/trades/2026-04-04.jsonl").open("a") as log:
            log.write(line("late too", "2026-04-04T23:00:00Z", "7"))
        assert figures(root, executor=Replacing()) == figures(root, cached=False)


def test_a_digest_that_was_sent_goes_on_from_the_bytes_of_its_last_chunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from perfkit.logs import digest
    from perfkit.logs.file_log import ContentChangedError

    monkeypatch.setattr(digest, "CHUNK_BYTES", 8)
    path = tmp_path / "log"
    for length in range(30):
        path.write_bytes(bytes(range(length)) + b"more of it")
        here = digest.ContentDigest()
        here.update(bytes(range(length)))
        sent = pickle.loads(pickle.dumps(here))
        assert sent.is_sent
        with path.open("rb") as stream:
            sent.resume(stream, "log")
        assert not sent.is_sent
        for one in (here, sent):
            one.update(b"more of it")
        assert sent.chunks() == here.chunks()
        if here.filled:
            sent = pickle.loads(pickle.dumps(here))
            path.write_bytes(b"x" * 99)
            with path.open("rb") as stream, pytest.raises(ContentChangedError):
                sent.resume(stream, "log")
