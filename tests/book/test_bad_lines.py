"""Bad lines are kept where an operator finds them: all of them, as they are now, and no others."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit.book.bad_lines import KEPT_BYTES, QUARANTINE, keep
from perfkit.core.errors import OutputError
from perfkit.logs.forms import HEAD_BYTES
from tests.conftest import BOT, WriteWorkspace

GOOD = '{"timestamp": "2026-04-08T10:00:00Z", "net_profit_loss": "1"}\n'
TWO_SOURCES = """\
sources:
  - {name: scalper, path: logs/scalper.jsonl, currency: USD}
  - {name: ../Swing Trader, path: logs/swing.jsonl, currency: USD}
"""


def kept(root: Path, name: str = "bot") -> list[dict[str, Any]]:
    """The entries of one source's file."""
    text = (root / QUARANTINE / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_entry_has_path_line_offset_reason_and_text(workspace: WriteWorkspace) -> None:
    bad = '{"timestamp": "yesterday", "net_profit_loss": "é"}'
    root = workspace(logs={"logs/trades/2026-04-08.jsonl": GOOD + bad + "\r\n" + GOOD + "[1]\n"})
    (path,) = keep(perfkit.open(root).book)
    assert path == root / "logs/performance/quarantine/bot.jsonl"
    first, second = kept(root)
    assert list(first) == ["path", "line", "offset", "reason", "text"]
    assert (first["path"], first["line"]) == ("logs/trades/2026-04-08.jsonl", 2)
    assert (first["offset"], first["text"]) == (len(GOOD), bad)
    assert first["reason"].startswith("timestamp: ")
    assert (second["line"], second["text"]) == (4, "[1]")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        pytest.param(b"\xff\xfe{}", r"\xff\xfe{}", id="not UTF-8"),
        pytest.param(b'{"a": "\x00"}', '{"a": "\x00"}', id="NUL"),
        pytest.param(b"x" * 3000, "x" * KEPT_BYTES, id="longer than is kept"),
        pytest.param(b"x" * 1_100_000, "x" * KEPT_BYTES, id="longer than is read"),
        pytest.param(b"|`<script>", "|`<script>", id="markup"),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_text_is_the_start_of_the_line_whatever_is_in_it(
    workspace: WriteWorkspace, line: bytes, text: str, *, packed: bool
) -> None:
    log = GOOD.encode() + line + b"\n" + GOOD.encode()
    name = "logs/trades/2026-04-08.jsonl" + (".gz" if packed else "")
    root = workspace(logs={name: gzip.compress(log) if packed else log})
    keep(perfkit.open(root).book)
    (entry,) = kept(root)
    assert (entry["line"], entry["offset"], entry["text"]) == (2, len(GOOD), text)


def test_bad_lines_of_every_day_are_kept_whatever_the_window(workspace: WriteWorkspace) -> None:
    logs = {f"logs/trades/2026-04-0{day}.jsonl": GOOD + "bad\n" for day in (7, 8)}
    root = workspace(logs=logs)
    keep(perfkit.open(root).book)
    assert [entry["path"] for entry in kept(root)] == list(logs)


def test_line_that_closes_without_a_result_is_kept_with_its_own_text(
    workspace: WriteWorkspace,
) -> None:
    bad = '{"timestamp": "2026-04-08T10:00:00Z", "exit_timestamp": "2026-04-08T11:00:00Z"}'
    root = workspace(logs={"logs/trades/2026-04-08.jsonl": GOOD * 2 + bad + "\n" + GOOD})
    keep(perfkit.open(root).book)
    (entry,) = kept(root)
    assert (entry["line"], entry["offset"], entry["text"]) == (3, 2 * len(GOOD), bad)


def test_log_outside_of_the_workspace_is_found(
    workspace: WriteWorkspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = tmp_path_factory.mktemp("bot") / "trades.jsonl"
    log.write_text("bad\n" + GOOD)
    root = workspace(BOT.replace("logs/trades", str(log)))
    keep(perfkit.open(root).book)
    (entry,) = kept(root)
    assert (entry["path"], entry["text"]) == (log.as_posix(), "bad")


def test_unchanged_bad_lines_are_not_written_again(workspace: WriteWorkspace) -> None:
    root = workspace(logs={"logs/trades/2026-04-08.jsonl": "bad\n" + GOOD})
    (path,) = keep(perfkit.open(root).book)
    before = path.stat().st_mtime_ns
    assert keep(perfkit.open(root).book) == []
    assert path.stat().st_mtime_ns == before


def test_mended_line_disappears(workspace: WriteWorkspace) -> None:
    log = "logs/trades/2026-04-08.jsonl"
    keep(perfkit.open(workspace(logs={log: "bad\n[]\n"})).book)
    root = workspace(logs={log: GOOD + "[]\n"})
    keep(perfkit.open(root).book)
    assert [entry["text"] for entry in kept(root)] == ["[]"]
    root = workspace(logs={log: GOOD * 2})
    keep(perfkit.open(root).book)
    assert kept(root) == []


def test_clean_logs_make_no_file(workspace: WriteWorkspace) -> None:
    root = workspace(logs={"logs/trades/2026-04-08.jsonl": GOOD})
    assert keep(perfkit.open(root).book) == []
    assert not (root / QUARANTINE).exists()


def test_each_source_has_a_file_whose_name_stays_inside_the_folder(
    workspace: WriteWorkspace,
) -> None:
    root = workspace(TWO_SOURCES, {"logs/scalper.jsonl": "one\n", "logs/swing.jsonl": "two\n"})
    paths = keep(perfkit.open(root).book)
    assert [entry["text"] for entry in kept(root, "scalper")] == ["one"]
    assert {path.parent for path in paths} == {root / QUARANTINE}
    (other,) = (path for path in paths if path.name != "scalper.jsonl")
    assert [entry["text"] for entry in kept(root, other.stem)] == ["two"]


def test_reading_one_source_leaves_the_file_of_the_others_alone(workspace: WriteWorkspace) -> None:
    config = TWO_SOURCES.replace("../Swing Trader", "swing")
    logs = {"logs/scalper.jsonl": "one\n", "logs/swing.jsonl": "two\n"}
    keep(perfkit.open(workspace(config, logs)).book)
    root = workspace(config, {"logs/scalper.jsonl": GOOD, "logs/swing.jsonl": GOOD})
    keep(perfkit.open(root, source="scalper").book)
    assert kept(root, "scalper") == []
    assert [entry["text"] for entry in kept(root, "swing")] == ["two"]


def test_folder_that_cannot_be_made_is_an_output_error(workspace: WriteWorkspace) -> None:
    root = workspace(
        logs={"logs/trades/2026-04-08.jsonl": "bad\n", "logs/performance": "in the way"}
    )
    with pytest.raises(OutputError, match=r"cannot write .*bot\.jsonl"):
        keep(perfkit.open(root).book)


def test_a_file_name_that_is_no_text_is_kept_escaped(workspace: WriteWorkspace) -> None:
    config = BOT.replace("logs/trades", "logs/trades, pattern: '*.jsonl'")
    root = workspace(config, {})
    (root / "logs/trades" / os.fsdecode(b"a\xff.jsonl")).write_bytes(b"bad\n")
    keep(perfkit.open(root).book)
    (entry,) = kept(root, "bot")
    assert entry["path"] == "logs/trades/a\udcff.jsonl"


class TestVeryMany:
    """Of a file's bad lines the first are kept one by one, and the others are counted exactly."""

    day = "logs/trades/2026-04-08.jsonl"
    wrong = '{"timestamp": "2026-04-08T10:00:00Z", "net_profit_loss": "x%d"}\n'
    no_result = '{"exit_timestamp": "2026-04-08T10:00:00Z"}\n'

    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in ("store.ledger", "batch", "update", "book"):
            monkeypatch.setattr(f"perfkit.book.{module}.KEPT_BAD_LINES", 3)

    def written(self) -> str:
        """2 + 3 + 4 bad lines of three kinds around two good ones."""
        wrong = [self.wrong % n for n in range(9)]
        return GOOD + "".join(["bad\n" * 2, *wrong[:3], GOOD, self.no_result * 4])

    def test_the_first_are_kept_and_the_others_stand_for_all_of_their_kind(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace(logs={self.day: self.written()})
        keep(perfkit.open(root).book)
        found = [(entry["line"], entry["text"], entry.get("more")) for entry in kept(root)]
        assert found == [
            (2, "bad", None),
            (3, "bad", None),
            (4, (self.wrong % 0).strip(), None),
            (5, (self.wrong % 1).strip(), 1),
            (8, self.no_result.strip(), 3),
        ]

    def test_counts_and_findings_are_exact(self, workspace: WriteWorkspace) -> None:
        desk = perfkit.open(workspace(logs={self.day: self.written()}))
        data = desk.summary("all").data
        counted = {one.message: one.count for one in data.findings if one.code == "bad_lines"}
        assert (data.bad_lines, desk.book.bad_lines, data.lines) == (9, 9, 11)
        assert counted == {
            "unreadable: is not JSON": 2,
            "unreadable: net_profit_loss is not a number": 3,
            "unreadable: closes a trade without any P&L or outcome": 4,
        }

    def test_another_number_of_uncounted_lines_is_another_digest(
        self, workspace: WriteWorkspace
    ) -> None:
        one = perfkit.open(workspace(logs={self.day: self.written()})).summary("all")
        more = self.written() + self.no_result
        other = perfkit.open(workspace(logs={self.day: more})).summary("all")
        assert one.data.digest != other.data.digest

    def test_a_message_says_how_many_more_there_are(self, workspace: WriteWorkspace) -> None:
        errors = perfkit.open(workspace(logs={self.day: self.written()})).book.errors
        assert str(errors[-1]).endswith("P&L or outcome (and 3 more lines like it)")

    @pytest.mark.parametrize("cached", [True, False])
    def test_read_in_pieces_is_as_read_at_once(
        self, workspace: WriteWorkspace, *, cached: bool
    ) -> None:
        """With as many pieces as are put together again."""
        content = (self.written() + "\n") * 6
        lines = content.splitlines(keepends=True)
        for end in range(1, len(lines) + 1):
            root = workspace(logs={self.day: "".join(lines[:end])})
            grown = perfkit.open(root, cached=cached)
        assert grown.book.errors == perfkit.open(root, cached=False).book.errors
        assert grown.book.bad_lines == 54
        assert grown.summary("all").data.bad_lines == 54


def test_a_compressed_log_is_unpacked_once_for_all_of_its_bad_lines(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = b"".join(b"bad %d\n" % n + GOOD.encode() * 200 for n in range(100))
    root = workspace(logs={"logs/trades/2026-04-08.jsonl.gz": gzip.compress(text)})
    book = perfkit.open(root).book
    unpacked = 0
    real: Any = gzip._GzipReader.read

    def counted(self: object, size: int = -1) -> bytes:
        nonlocal unpacked
        found: bytes = real(self, size)
        unpacked += len(found)
        return found

    monkeypatch.setattr("gzip._GzipReader.read", counted)
    keep(book)
    assert [entry["text"] for entry in kept(root)] == [f"bad {n}" for n in range(100)]
    assert 0 < unpacked <= len(text) + HEAD_BYTES
