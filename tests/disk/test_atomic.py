"""Files are replaced as a whole: killed anywhere, disk full or forbidden, the old content stays.

The kill tests run the real code in forked processes that leave with `os._exit` at the first step,
at the second, the third and so on, until one gets through. A step is a line of `perfkit.disk`,
or a system call that the standard library makes for it and reports to audit hooks.
"""

import errno
import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, ClassVar

import pytest

from perfkit.core.errors import OutputError
from perfkit.disk.atomic import publish_folder, recover_folders, replace
from perfkit.disk.locks import exclusive
from tests.unmeasured import environment

OLD, NEW = "old\n" * 3000, "new\n" * 5000
"""More than fits a buffer, so that writing takes more than one system call."""

Tree = dict[str, str]

KILLED_AT_EVERY_STEP = """
import ctypes, json, os, shutil, sys
from pathlib import Path
from perfkit.disk import atomic, locks

OLD, NEW = "old\\n" * 3000, "new\\n" * 5000
DONE, KILLED = 0, 77
os.fsync = lambda _: None  # slow, and what a killed process wrote is not lost

def tree(folder):
    found = (p for p in Path(folder).rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): p.read_text() for p in found}

def write(folder, names, text):
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(text)

def forked(action, step=0):
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    steps = 0
    def count(event, *_):
        nonlocal steps
        if event in ("line", "open") or event.startswith("os."):
            steps += 1
            if steps == step:
                os._exit(KILLED)
    def trace(frame, event, argument):
        if frame.f_code.co_filename in (atomic.__file__, locks.__file__):
            count(event)
            return trace
    sys.settrace(trace)
    sys.addaudithook(count)
    action()
    os._exit(DONE)

def at_every_step(prepare, action, look):
    root = Path(sys.argv[1])
    step, killed, seen = 0, KILLED, []
    while killed == KILLED:
        step += 1
        shutil.rmtree(root, ignore_errors=True)
        prepare(root)
        killed = forked(lambda: action(root), step)
        assert killed in (DONE, KILLED), killed
        seen.append(look(root))
    print(json.dumps(seen))
"""


def killed_at_every_step(tmp_path: Path, script: str) -> list[Any]:
    """What `look` of the script saw after a kill at each step; the last run was not killed."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT_EVERY_STEP + textwrap.dedent(script), str(tmp_path / "w")],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    seen: list[Any] = json.loads(done.stdout)
    assert len(seen) > 20
    return seen


class TestReplace:
    def test_file_and_its_folder_are_made_where_they_are_not_there(self, tmp_path: Path) -> None:
        path = tmp_path / "a/b/summary.json"
        assert replace(path, "{}\n")
        assert path.read_bytes() == b"{}\n"
        assert [entry.name for entry in path.parent.iterdir()] == ["summary.json"]

    def test_equal_content_is_not_written_again(self, tmp_path: Path) -> None:
        path = tmp_path / "summary.json"
        assert replace(path, "é\n")
        before = path.stat()
        assert not replace(path, "é\n".encode())
        after = path.stat()
        assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)

    def test_reader_that_has_the_old_file_open_keeps_the_old_content(self, tmp_path: Path) -> None:
        path = tmp_path / "summary.json"
        replace(path, OLD)
        with path.open() as stream:
            assert replace(path, NEW)
            assert stream.read() == OLD
        assert path.read_text() == NEW

    @pytest.mark.parametrize("before", [OLD, None], ids=["an old file", "no file"])
    def test_killed_anywhere_leaves_the_old_or_the_new_content_and_the_next_run_works(
        self, tmp_path: Path, before: str | None
    ) -> None:
        seen = killed_at_every_step(
            tmp_path,
            f"""
            def prepare(root):
                if {before is not None}:
                    write(root, ["summary.json"], OLD)

            def action(root):
                atomic.replace(root / "summary.json", NEW)

            def look(root):
                path = root / "summary.json"
                content = path.read_text() if path.exists() else None
                beside = [p.name for p in root.iterdir() if p != path] if root.exists() else []
                again = forked(lambda: action(root))
                return content, beside, again, path.read_text()

            at_every_step(prepare, action, look)
            """,
        )
        contents = [content for content, *_ in seen]
        assert set(contents) == {before, NEW}
        first_new = contents.index(NEW)
        assert set(contents[first_new:]) == {NEW}
        for _, beside, again, content_then in seen:
            assert len(beside) <= 1
            assert all(name.startswith(".summary.json.") for name in beside)
            assert (again, content_then) == (0, NEW)
        assert seen[-1][1] == []

    def test_file_where_the_folder_should_be_is_an_output_error(self, tmp_path: Path) -> None:
        (tmp_path / "reports").write_text("in the way")
        with pytest.raises(OutputError, match=r"cannot write .*summary\.json: .*; check the path"):
            replace(tmp_path / "reports/summary.json", NEW)

    def test_folder_where_the_file_should_be_is_an_output_error(self, tmp_path: Path) -> None:
        (tmp_path / "summary.json/x").mkdir(parents=True)
        with pytest.raises(OutputError, match="cannot write"):
            replace(tmp_path / "summary.json", NEW)
        assert [entry.name for entry in tmp_path.iterdir()] == ["summary.json"]

    def test_folder_that_must_not_be_written_keeps_the_old_content(self, tmp_path: Path) -> None:
        path = tmp_path / "locked/summary.json"
        replace(path, OLD)
        path.parent.chmod(0o555)
        script = """
            import os, sys
            from pathlib import Path
            from perfkit.core.errors import OutputError
            from perfkit.disk import atomic
            if os.getuid() == 0:
                os.setuid(65534)
            try:
                atomic.replace(Path(sys.argv[1]), "new")
            except OutputError as error:
                print(error)
            """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        path.parent.chmod(0o755)
        assert done.stdout.startswith(f"cannot write {path}: Permission denied"), done.stderr
        assert path.read_text() == OLD

    def test_disk_that_fills_up_while_writing_keeps_the_old_content_and_leaves_no_rest(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "summary.json"
        replace(path, OLD)
        script = """
            import resource, sys
            from pathlib import Path
            from perfkit.core.errors import OutputError
            from perfkit.disk import atomic
            resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
            try:
                atomic.replace(Path(sys.argv[1]), "new\\n" * 5000)
            except OutputError as error:
                print(error)
            """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.startswith(f"cannot write {path}: File too large"), done.stderr
        assert path.read_text() == OLD
        assert [entry.name for entry in tmp_path.iterdir()] == ["summary.json"]

    @pytest.mark.parametrize("call", ["fsync", "replace"])
    def test_system_call_that_fails_is_an_output_error_and_keeps_the_old_content(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
    ) -> None:
        path = tmp_path / "summary.json"
        replace(path, OLD)

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, call, full)
        with pytest.raises(OutputError, match="No space left on device; free some space"):
            replace(path, NEW)
        assert path.read_text() == OLD
        assert [entry.name for entry in tmp_path.iterdir()] == ["summary.json"]

    def test_content_is_on_disk_before_it_gets_its_name_and_the_name_after(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls: list[str] = []
        fsync, rename = os.fsync, os.replace

        def noted_fsync(descriptor: int) -> None:
            folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
            calls.append("flush the folder" if folder else "flush the file")
            fsync(descriptor)

        def noted_replace(source: Path, target: Path) -> None:
            calls.append("rename")
            rename(source, target)

        monkeypatch.setattr(os, "fsync", noted_fsync)
        monkeypatch.setattr(os, "replace", noted_replace)
        (tmp_path / "reports").mkdir()
        replace(tmp_path / "reports/summary.json", NEW)
        assert calls == ["flush the file", "rename", "flush the folder"]

    @pytest.mark.slow
    def test_processes_that_write_one_file_at_once_leave_one_of_their_contents(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "summary.json"
        replace(path, "0" * 20_000)
        script = """
            import sys
            from pathlib import Path
            from perfkit.core.errors import OutputError
            from perfkit.disk import atomic
            for _ in range(60):
                for digit in sys.argv[2]:
                    atomic.replace(Path(sys.argv[1]), digit * 20_000)
            """
        words = [sys.executable, "-c", textwrap.dedent(script), str(path)]
        writers = [subprocess.Popen([*words, digits]) for digits in ("12", "34")]
        seen = set()
        while any(writer.poll() is None for writer in writers):
            content = path.read_text()
            assert len(content) == 20_000
            assert len(set(content)) == 1
            seen.add(content[0])
        assert [writer.returncode for writer in writers] == [0, 0]
        assert len(seen) > 1
        assert [entry.name for entry in tmp_path.iterdir()] == ["summary.json"]


class TestPublishFolder:
    OLD_TREE: ClassVar[Tree] = {"report.md": OLD, "gone.png": OLD}
    NEW_TREE: ClassVar[Tree] = {"report.md": NEW, "come.png": NEW}

    def tree(self, folder: Path) -> Tree:
        return {path.name: path.read_text() for path in folder.iterdir()}

    def write(self, folder: Path, tree: Tree) -> Path:
        folder.mkdir(parents=True)
        for name, text in tree.items():
            (folder / name).write_text(text)
        return folder

    def test_new_folder_takes_the_place_of_the_old_one(self, tmp_path: Path) -> None:
        staging = self.write(tmp_path / "staging/x", self.NEW_TREE)
        target = self.write(tmp_path / "reports/2026-04-08", self.OLD_TREE)
        publish_folder(staging, target)
        assert self.tree(target) == self.NEW_TREE
        assert not staging.exists()

    def test_first_folder_is_put_in_a_place_that_is_made_for_it(self, tmp_path: Path) -> None:
        staging = self.write(tmp_path / "staging/x", self.NEW_TREE)
        publish_folder(staging, tmp_path / "reports/daily/2026-04-08")
        assert self.tree(tmp_path / "reports/daily/2026-04-08") == self.NEW_TREE

    def test_file_in_the_way_is_an_output_error(self, tmp_path: Path) -> None:
        staging = self.write(tmp_path / "staging", self.NEW_TREE)
        (tmp_path / "reports").write_text("in the way")
        with pytest.raises(OutputError, match=r"cannot write .*2026-04-08"):
            publish_folder(staging, tmp_path / "reports/2026-04-08")
        assert self.tree(staging) == self.NEW_TREE

    KILLED = """
        def prepare(root):
            write(root / "staging", ["report.md", "come.png"], NEW)
            if AN_OLD_ONE:
                write(root / "reports/2026-04-08", ["report.md", "gone.png"], OLD)

        def action(root):
            atomic.publish_folder(root / "staging", root / "reports/2026-04-08")

        def look(root):
            target = root / "reports/2026-04-08"
            left = tree(target)
            atomic.recover_folders(target.parent)
            recovered = tree(target)
            shutil.rmtree(root / "staging", ignore_errors=True)
            write(root / "staging", ["report.md", "come.png"], NEW)
            again = forked(lambda: action(root))
            return left, recovered, again, tree(root)

        at_every_step(prepare, action, look)
        """

    @pytest.mark.parametrize("before", [OLD_TREE, {}], ids=["an old folder", "no folder"])
    def test_killed_anywhere_leaves_the_old_or_the_new_folder_and_the_next_run_works(
        self, tmp_path: Path, before: Tree
    ) -> None:
        script = f"AN_OLD_ONE = {bool(before)}\n" + textwrap.dedent(self.KILLED)
        seen = killed_at_every_step(tmp_path, script)
        assert {left == before for left, *_ in seen} == {True, False}
        for left, recovered, again, then in seen:
            assert left in (before, self.NEW_TREE)
            assert recovered == left
            assert again == 0
            assert then == {f"reports/2026-04-08/{n}": text for n, text in self.NEW_TREE.items()}

    def test_killed_where_folders_cannot_be_exchanged_leaves_one_that_the_next_run_finds(
        self, tmp_path: Path
    ) -> None:
        """Without `renameat2` it takes two renames; `recover_folders` completes them."""
        no_exchange = "ctypes.CDLL = lambda *_, **__: object()\nAN_OLD_ONE = True\n"
        seen = killed_at_every_step(tmp_path, no_exchange + textwrap.dedent(self.KILLED))
        assert {} in [left for left, *_ in seen]
        for left, recovered, again, then in seen:
            assert left in (self.OLD_TREE, self.NEW_TREE, {})
            assert recovered in (self.OLD_TREE, self.NEW_TREE)
            assert again == 0
            assert then == {f"reports/2026-04-08/{n}": text for n, text in self.NEW_TREE.items()}

    def test_every_folder_set_aside_comes_back_unless_its_successor_is_there(
        self, tmp_path: Path
    ) -> None:
        self.write(tmp_path / ".2026-04-07.previous", self.OLD_TREE)
        self.write(tmp_path / ".2026-04-08.previous", self.OLD_TREE)
        self.write(tmp_path / "2026-04-08", self.NEW_TREE)
        self.write(tmp_path / "2026-04-09", self.OLD_TREE)
        recover_folders(tmp_path)
        assert {folder.name: self.tree(folder) for folder in tmp_path.iterdir()} == {
            "2026-04-07": self.OLD_TREE,
            "2026-04-08": self.NEW_TREE,
            "2026-04-09": self.OLD_TREE,
        }

    def test_recovery_where_there_is_no_folder_changes_nothing(self, tmp_path: Path) -> None:
        recover_folders(tmp_path / "daily")
        assert list(tmp_path.iterdir()) == []


class TestExclusive:
    HOLD = """
        import sys
        from pathlib import Path
        from perfkit.disk import locks
        with locks.exclusive(str(Path(sys.argv[1]))):
            print("held", flush=True)
            sys.stdin.read()
        """

    def holder(self, path: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(self.HOLD), str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def said(self, holder: subprocess.Popen[str]) -> str:
        assert holder.stdout is not None
        return holder.stdout.readline()

    def test_second_process_waits_until_the_first_is_done_and_the_file_stays(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "performance/report.lock"
        with self.holder(path) as first:
            assert self.said(first) == "held\n"
            identity = path.stat().st_ino
            with self.holder(path) as second:
                with pytest.raises(subprocess.TimeoutExpired):
                    second.wait(0.5)
                first.communicate()
                assert self.said(second) == "held\n"
                second.communicate()
        assert path.stat().st_ino == identity

    def test_lock_of_a_killed_process_is_free(self, tmp_path: Path) -> None:
        path = tmp_path / "report.lock"
        with self.holder(path) as first:
            assert self.said(first) == "held\n"
            first.send_signal(signal.SIGKILL)
        with exclusive(str(path)):
            assert path.exists()

    def test_lock_is_free_again_after_an_exception(self, tmp_path: Path) -> None:
        path = tmp_path / "report.lock"
        with pytest.raises(KeyError), exclusive(str(path)):
            raise KeyError
        with exclusive(str(path)):
            assert path.exists()

    def test_lock_that_cannot_be_made_is_an_output_error(self, tmp_path: Path) -> None:
        (tmp_path / "performance").write_text("in the way")
        with (
            pytest.raises(OutputError, match=r"cannot write .*report\.lock"),
            exclusive(str(tmp_path / "performance/report.lock")),
        ):
            pass
