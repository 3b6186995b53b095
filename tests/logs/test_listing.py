"""Which files of a source are read, and which of them may end with half a line."""

import errno
import gzip
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perfkit.core.errors import ConfigError, LogReadError
from perfkit.desk.desk import open as open_desk
from perfkit.logs.files import unreadable
from perfkit.logs.forms import PACKED_SUFFIXES
from perfkit.logs.listing import log_files, pattern_meets, shown_path
from tests.conftest import WriteWorkspace
from tests.small_desk import bot_line, desk_of, unterminated


def test_half_a_line_of_a_rotated_file_is_reported(tmp_path: Path) -> None:
    older = bot_line(1, "5").encode() + b"\n" + bot_line(2, "7").encode()[:-1]
    newer = bot_line(3, "3", "2026-04-07").encode() + b"\n"
    desk = desk_of(tmp_path, "t.jsonl*", {"t.jsonl.1": older, "t.jsonl": newer})
    assert desk.summary("all").metrics["closed_trades"] == 2
    assert unterminated(desk) == 1


def test_half_a_line_of_the_file_being_written_waits_in_silence(tmp_path: Path) -> None:
    older = bot_line(1, "5").encode() + b"\n"
    newer = bot_line(3, "3", "2026-04-07").encode() + b"\n" + bot_line(4, "4").encode()[:30]
    desk = desk_of(tmp_path, "t.jsonl*", {"t.jsonl.1": older, "t.jsonl": newer})
    assert unterminated(desk) == 0
    assert desk.book.errors == []


def test_half_a_line_of_a_compressed_file_is_reported(tmp_path: Path) -> None:
    content = gzip.compress(bot_line(1, "5").encode() + b"\n" + bot_line(2, "7").encode()[:-1])
    desk = desk_of(tmp_path, "t.jsonl", {"t.jsonl.gz": content})
    assert unterminated(desk) == 1


def test_a_day_whose_only_line_is_half_written_is_part_of_everything(tmp_path: Path) -> None:
    files = {
        "2026-04-05.jsonl": bot_line(1, "5", "2026-04-05").encode()[:-1],
        "2026-04-06.jsonl": bot_line(2, "7").encode() + b"\n",
    }
    desk = desk_of(tmp_path, "????-??-??.jsonl", files)
    assert str(desk.summary("all").window.first_day) == "2026-04-05"
    assert unterminated(desk) == 1


def test_the_compressed_copy_of_a_file_is_not_read_beside_it(tmp_path: Path) -> None:
    content = bot_line(1, "5").encode().replace(b'"T1"', b"null") + b"\n"
    files = {"t.jsonl": content, "t.jsonl.gz": gzip.compress(content)}
    assert desk_of(tmp_path, "t.jsonl", files).summary("all").metrics["closed_trades"] == 1


class TestTwoSourcesOfOneFile:
    LINE = '{"t": "2026-03-02T10:00:00Z", "p": 5, "k": "A"}\n'

    def net_pnl(self, workspace: WriteWorkspace, more: str, other: str) -> object:
        source = "  - {{name: {}, path: logs, pattern: {}, currency: USD, dialect: {{{}}}}}\n"
        config = "sources:\n" + source.format(
            "a", '"*.jsonl"', "fields: {closed_at: t, net_pnl: p}"
        )
        config += source.format("b", '"bot.*"', f"{more}fields: {{closed_at: t, net_pnl: {other}}}")
        desk = open_desk(workspace(config, {"logs/bot.jsonl": self.LINE}))
        return desk.summary("all").metrics["net_pnl"]

    def test_it_would_count_twice(self, workspace: WriteWorkspace) -> None:
        message = "'a' and 'b' both read logs/bot.jsonl, so its trades would count twice"
        with pytest.raises(ConfigError, match=message):
            self.net_pnl(workspace, "", "p")

    def test_they_may_tell_its_lines_apart_or_read_other_results(
        self, workspace: WriteWorkspace
    ) -> None:
        assert self.net_pnl(workspace, "only: {k: B}, ", "p") == 5
        assert self.net_pnl(workspace, "", "p * 2") == 15


def test_folder_and_file_that_may_not_be_read_are_named_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "logs/trades"))
    desk = desk_of(tmp_path, "t.jsonl", {"t.jsonl": bot_line(1, "5").encode() + b"\n"})
    root = desk.config.folder
    source = desk.config.sources[0]

    def refuse(_: object) -> None:
        raise error

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(LogReadError) as folder:
        log_files(source, root)
    shown = shown_path(source.location, root)
    assert str(folder.value) == f"{shown}: Permission denied; check the permissions of the folder"
    file = unreadable(f"{shown}/t.jsonl", error)
    assert str(file) == f"{shown}/t.jsonl: Permission denied; check the permissions"
    gone = unreadable("t.jsonl", FileNotFoundError(errno.ENOENT, "No such file or directory"))
    assert str(gone) == "t.jsonl: No such file or directory; check that it is there and may be read"


@given(
    pattern=st.text("?ab.-", min_size=1)
    | st.text("?*[]!ab.", min_size=1).filter(lambda pattern: "**" not in pattern),
    name=st.text("ab.-", min_size=1),
    suffix=st.sampled_from(["", *PACKED_SUFFIXES]),
)
@example("????-??-??.jsonl", "2026-04-08.jsonl", ".gz")
@example("????-??-??.jsonl", "2026-04-081jsonl", "")
@example("?", "a", "")
def test_a_pattern_meets_what_the_shell_would_name(pattern: str, name: str, suffix: str) -> None:
    expected = any(
        fnmatchcase(name + suffix, own)
        for own in (pattern, *(pattern + packed for packed in PACKED_SUFFIXES))
    )
    assert bool(pattern_meets(pattern)(name + suffix)) == expected
