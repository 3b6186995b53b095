"""The book kept up to date equals the book read anew, whatever happens to logs and cache.

A machine does to a workspace what bots, operators and crashes do; after each step, what the book
says with its cache is compared with what a run without one says, down to each trade and tally.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from perfkit.book import batch, joint_days, parallel, update
from perfkit.book.book import Book
from perfkit.book.store import compaction, days, identity_index, manifest, pages
from perfkit.book.verify import contents
from perfkit.config.workspace import CACHE
from perfkit.core.errors import LogReadError
from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from perfkit.logs.formats.csv_rows import CsvRows
from perfkit.logs.formats.json_lines import JsonLines
from tests.clusterkit import Elsewhere
from tests.test_changing_logs import MOMENTS, Write, by_renaming, flipped, in_place

CONFIG = """\
timezone: {zone}
starting_equity: 1000
breakeven_tolerance: {tolerance}
quiet_days: zero
sources:
  - name: bot
    path: {path}
    pattern: "{pattern}"
    currency: USD
    format: jsonl  # a torn record alone is half a document else; forms have their own histories
    dialect:
      only: {{kind: trade}}
{dialect}"""
TRADES = """\
      open_when: {{state: open}}
      identity: [id]
      closes: {closes}
      fields: {{closed_at: closed, opened_at: opened, net_pnl: net, commission: fee,
               symbol: symbol, strategy: strategy, exit_reason: why, quantity: quantity,
               entry_price: entry, stop_loss: stop, outcome: result}}
"""
FILLS = """\
      {identity}
      fills: {{by: [{by}], match: {match}, trade: {trade}, short: {short}}}
      fields: {{at: closed, quantity: net, price: stop or entry, commission: fee, symbol: symbol,
               strategy: strategy, exit_reason: why, stop_loss: stop}}
"""
DIALECTS = [
    TRADES.format(closes="last"),
    TRADES.format(closes="each"),
    TRADES.format(closes="sum") + "      done_when: {why: target}\n      reuse: true\n",
    TRADES.format(closes="last").replace("fields: {", "fields: {realized_pnl: stop, "),
    TRADES.format(closes="last") + "      combine: {commission: sum, entry_price: average}\n",
    TRADES.format(closes="last")
    .replace("identity: [id]", "pair: {by: [symbol], order: lifo}")
    .replace("      closes: last\n", ""),
    *(
        FILLS.format(identity=identity, by=by, match=match, trade=trade, short=short)
        for identity, by, match, trade, short in (
            ("identity: [id]", "symbol", "fifo", "exit", "true"),
            ("", "account, strategy", "lifo", "exit", "false"),
            ("", "strategy", "average", "exit", "true"),
            ("identity: [id]", "account", "fifo", "position", "false"),
        )
    ),
    FILLS.format(
        identity="identity: [id]", by="symbol", match="fifo", trade="position", short="true"
    ).replace("fields: {", "fields: {gross_pnl: entry, "),
]

LAYOUTS = {
    "a file a day": ("logs/trades", "????-??-??.jsonl", ["2026-04-06.jsonl", "2026-04-07.jsonl"]),
    "one rotated file": ("logs/trades", "bot.jsonl*", ["bot.jsonl"]),
    "one growing file": ("logs/trades/bot.jsonl", "????-??-??.jsonl", ["bot.jsonl"]),
}
OTHER = """\
  - name: other
    path: logs/other
    currency: USD
    format: jsonl
"""

lines = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["trade", "trade", "trade", "trade", "ping"]),
        "id": st.sampled_from(["A", "B", "C", "D", "E", None]),
        "state": st.sampled_from(["open", "closed", "closed"]),
        "opened": st.sampled_from(["2026-04-05T23:50:00Z", "2026-04-06T10:00:00Z", None]),
        "closed": st.sampled_from(
            [f"2026-04-0{day}T{hour}:00:00Z" for day in (6, 7, 8) for hour in ("01", "12", "23")]
        ),
        "net": st.sampled_from(["1.5", "-2", "0", "3.25", "-1e-7", None]),
        "fee": st.sampled_from(["0.1", None]),
        "symbol": st.sampled_from(["X", "Y", None]),
        "strategy": st.sampled_from(["s", "t"]),
        "why": st.sampled_from(["stop", "target"]),
        "quantity": st.just("2"),
        "entry": st.sampled_from(["100", None]),
        "stop": st.sampled_from(["99", "101", None]),
        "result": st.sampled_from([None, None, "win"]),
    }
)
texts = st.one_of(
    lines.map(lambda line: json.dumps(line).encode()),
    st.sampled_from([b"", b"not json", b"[1]", b'{"kind": "trade", "closed": "never"}']),
)
blocks = st.lists(texts, min_size=1, max_size=4).map(lambda some: b"\n".join(some) + b"\n")


class Workspace(RuleBasedStateMachine):
    """A workspace that things happen to."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="perfkit-machine-"))
        self.tolerance, self.zone = "0", "UTC"

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    @initialize(
        small=st.booleans(),
        layout=st.sampled_from(sorted(LAYOUTS)),
        dialect=st.sampled_from(DIALECTS),
        several=st.booleans(),
        spread=st.booleans(),
    )
    def begin(self, *, small: bool, layout: str, dialect: str, several: bool, spread: bool) -> None:
        self.small = small
        self.executor = Elsewhere() if spread else None
        self.path, self.pattern, self.names = LAYOUTS[layout]
        self.dialect = dialect
        self.several, self.first = several, False
        (self.root / "config").mkdir()
        (self.root / "logs/trades").mkdir(parents=True)
        (self.root / "logs/other").mkdir()
        if layout == "one growing file":
            (self.root / "logs/trades/bot.jsonl").touch()
        self.configure()

    def configure(self) -> None:
        text = CONFIG.format(
            zone=self.zone,
            tolerance=self.tolerance,
            path=self.path,
            pattern=self.pattern,
            dialect=self.dialect,
        )
        if self.several and self.first:
            text = text.replace("sources:\n", "sources:\n" + OTHER)
        elif self.several:
            text += OTHER
        (self.root / "config/perfkit.yaml").write_text(text)

    @property
    def folder(self) -> Path:
        return self.root / "logs/trades"

    def files(self) -> list[Path]:
        return sorted(path for path in self.folder.iterdir() if path.stat().st_size)

    def one(self, number: int) -> Path | None:
        files = self.files()
        return files[number % len(files)] if files else None

    @rule(number=st.integers(0, 3), block=blocks, torn=st.integers(0, 40))
    def append(self, number: int, block: bytes, torn: int) -> None:
        """Lines, the last of which may not be finished yet."""
        with (self.folder / self.names[number % len(self.names)]).open("ab") as stream:
            stream.write(block[: len(block) - torn if torn < len(block) else None])

    @rule(number=st.integers(0, 3), text=texts)
    def append_one_line(self, number: int, text: bytes) -> None:
        with (self.folder / self.names[number % len(self.names)]).open("ab") as stream:
            stream.write(text + b"\n")

    @rule(number=st.integers(0, 3))
    def finish_the_line(self, number: int) -> None:
        path = self.one(number)
        if path is not None and path.suffix != ".gz":
            with path.open("ab") as stream:
                stream.write(b"\n")

    @rule(block=blocks)
    def write_to_the_other_source(self, block: bytes) -> None:
        with (self.root / "logs/other/2026-04-07.jsonl").open("ab") as stream:
            for line in block.splitlines():
                try:
                    said = json.loads(line)
                except ValueError:
                    continue
                if isinstance(said, dict) and said.get("net"):
                    own = {
                        "timestamp": "2026-04-06T00:00:00Z",
                        "exit_timestamp": said.get("closed"),
                        "net_profit_loss": said["net"],
                        "order_id": said["id"],
                    }
                    stream.write(json.dumps(own).encode() + b"\n")

    @rule(number=st.integers(0, 9), at=st.integers(0, 5000), same_time=st.booleans())
    def rewrite_a_byte_in_place(self, number: int, at: int, *, same_time: bool) -> None:
        """Same size, and the time of change set back."""
        path = self.one(number)
        if path is None or path.suffix == ".gz":
            return
        status = path.stat()
        content = bytearray(path.read_bytes())
        place = at % len(content)
        content[place] = ord("7") if chr(content[place]).isdigit() else content[place] ^ 1
        with path.open("r+b") as stream:
            stream.write(content)
        if same_time:
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    @rule(number=st.integers(0, 9), block=blocks, at=st.integers(0, 5000))
    def rewrite_from_somewhere(self, number: int, block: bytes, at: int) -> None:
        path = self.one(number)
        if path is not None and path.suffix != ".gz":
            content = path.read_bytes()
            path.write_bytes(content[: at % (len(content) + 1)] + block)

    @rule(number=st.integers(0, 9), block=blocks)
    def replace_by_a_longer_copy(self, number: int, block: bytes) -> None:
        path = self.one(number)
        if path is not None and path.suffix != ".gz":
            copy = path.with_name("copying")
            copy.write_bytes(path.read_bytes() + block)
            copy.replace(path)

    @rule(number=st.integers(0, 9), at=st.integers(0, 5000))
    def truncate(self, number: int, at: int) -> None:
        path = self.one(number)
        if path is not None and path.suffix != ".gz":
            os.truncate(path, at % path.stat().st_size)

    @rule(copy=st.booleans())
    def rotate(self, *, copy: bool) -> None:
        """By renaming, or by copying and truncating."""
        if self.path == "logs/trades/bot.jsonl" or len(self.names) > 1:
            return
        old, older, current = (self.folder / f"bot.jsonl{n}" for n in (".1", ".2", ""))
        if not current.exists():
            return
        if old.exists():
            old.replace(older)
        if copy:
            shutil.copy(current, old)
            os.truncate(current, 0)
        else:
            current.replace(old)

    @rule(number=st.integers(0, 9))
    def delete(self, number: int) -> None:
        path = self.one(number)
        if path is not None and self.path != "logs/trades/bot.jsonl":
            path.unlink()

    @rule(number=st.integers(0, 9))
    def compress(self, number: int) -> None:
        path = self.one(number)
        if path is None or path.suffix == ".gz" or self.path == "logs/trades/bot.jsonl":
            return
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        path.unlink()

    @rule(block=blocks)
    def write_a_late_file(self, block: bytes) -> None:
        name = "2026-04-05.jsonl" if len(self.names) > 1 else "bot.jsonl.3"
        if self.path != "logs/trades/bot.jsonl":
            (self.folder / name).write_bytes(block)

    @rule(tolerance=st.sampled_from(["0", "1.6"]), zone=st.sampled_from(["UTC", "Asia/Tokyo"]))
    def change_the_configuration(self, tolerance: str, zone: str) -> None:
        self.tolerance, self.zone = tolerance, zone
        self.configure()

    @rule(several=st.booleans(), first=st.booleans(), dialect=st.sampled_from(DIALECTS))
    def change_the_sources(self, *, several: bool, first: bool, dialect: str) -> None:
        """One comes, goes or moves to the front, another is read in another way."""
        self.several, self.first, self.dialect = several, first, dialect
        self.configure()

    @rule(
        number=st.integers(0, 99),
        at=st.integers(0, 1 << 20),
        harm=st.sampled_from(["flip", "cut", "delete", "empty"]),
    )
    def harm_the_cache(self, number: int, at: int, harm: str) -> None:
        paths = sorted(path for path in (self.root / CACHE).rglob("*") if path.is_file())
        if not paths:
            return
        path = paths[number % len(paths)]
        content = bytearray(path.read_bytes())
        if harm == "delete":
            path.unlink()
        elif harm == "empty" or not content:
            path.write_bytes(b"")
        elif harm == "cut":
            path.write_bytes(content[: at % len(content)])
        else:
            content[at % len(content)] ^= 1 << (at % 8)
            path.write_bytes(content)

    @rule(
        number=st.integers(0, 9),
        block=blocks,
        at=st.integers(0, 5000),
        moment=st.sampled_from(sorted(MOMENTS)),
        write=st.sampled_from([in_place, by_renaming]),
    )
    def flip_a_log_while_it_is_read(
        self, number: int, block: bytes, at: int, moment: str, write: Write
    ) -> None:
        """It holds something else for a moment."""
        path = self.one(number)
        if path is None:
            return
        content = path.read_bytes()
        packed = path.suffix == ".gz"
        other = content[: at % (len(content) + 1)] + block
        if packed and at % 2:
            text = gzip.decompress(content)
            other = gzip.compress(text[: at % (len(text) + 1)] + block, mtime=0)
        there, back = (lambda: write(path, other)), (lambda: write(path, content))
        with (
            flipped(pytest.MonkeyPatch(), moment, there, back),
            small_sizes() if self.small else nullcontext(),
            # A damaged archive is an error, which leaves nothing behind either.
            suppress(LogReadError) if packed else nullcontext(),
        ):
            assert open_desk(self.root).book.files is not None

    @rule()
    def check_twice(self) -> None:
        """The second run finds nothing new."""
        self.equal()
        self.equal()

    @invariant()
    def incremental_equals_cold(self) -> None:
        if hasattr(self, "names"):
            self.equal()

    def equal(self) -> None:
        kept = open_desk(self.root, executor=self.executor)
        cold = open_desk(self.root, cached=False)
        with small_sizes() if self.small else nullcontext():
            assert kept.book.files is not None
        equal_books(kept.book, cold.book)
        for source in ("bot", "other") if self.several else ():
            where = {"source": source}
            with small_sizes() if self.small else nullcontext():
                assert kept.book_of(where).files is not None
            equal_books(kept.book_of(where), cold.book_of(where))
        for ask in FIGURES:
            assert ask(kept) == ask(cold)


SMALL = {
    (days, "FRAGMENT_ROWS"): 2,
    (batch, "BATCH_LINES"): 3,
    (identity_index, "BLOCK_ENTRIES"): 2,
    (identity_index, "MERGED_ENTRIES"): 3,
    (identity_index, "MOST_RUNS"): 4,
    (update, "MOST_DETAILS"): 2,
    (parallel, "SEALED_BYTES"): 300,
    (parallel, "PARALLEL_BYTES"): 0,
    (joint_days, "ROWS"): 0,
    (parallel, "MOST_BYTES"): 300,
    (pages, "PAGE_BYTES"): 2000,
    (compaction, "MOST_PAGES"): 3,
    (manifest, "MOST_LEDGER_BYTES"): 300,
    (JsonLines, "block_bytes"): 300,
    (CsvRows, "block_bytes"): 300,
}


@contextmanager
def small_sizes() -> Iterator[None]:
    """Everything that is cut into pieces is cut into many."""
    before = {(module, name): getattr(module, name) for module, name in SMALL}
    for (module, name), size in SMALL.items():
        setattr(module, name, size)
    try:
        yield
    finally:
        for (module, name), size in before.items():
            setattr(module, name, size)


FIGURES: list[Callable[[Desk], object]] = [
    lambda desk: desk.summary("all", "2026-04-09").to_json(),
    lambda desk: desk.summary("daily", "2026-04-07").to_json(),
    lambda desk: desk.summary("weekly", "2026-04-07", where="strategy=s").to_json(),
    lambda desk: desk.summary(
        start="2026-04-06", end="2026-04-07", where={"symbol": "X", "strategy": "t"}
    ).to_json(),
]


def equal_books(kept: Book, cold: Book) -> None:
    for (what, one), (_, other) in zip(contents(kept), contents(cold), strict=True):
        assert one == other, what
    every = [cold.closed.place(row) for row in range(len(cold.closed))]
    for count in (1, 2, 5, 600):
        last = kept.last(count)
        assert [last.place(row) for row in range(len(last))] == every[-count:]
    for file in kept.files:
        assert sum(file.sizes) == file.end
        if not file.name.endswith(".gz"):
            assert file.bytes_read == (kept.config.root / file.name).stat().st_size


TestWorkspace = Workspace.TestCase
TestWorkspace.settings = settings(stateful_step_count=12, deadline=None)
pytest.mark.slow(TestWorkspace)
