"""What the book remembers of one source: its files, its trading days, where each line went.

Plain values all the way down, so that they are written and read at once. Days are ordinals
(`date.toordinal`), 0 stands for trades that are still open.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Mapping
from itertools import repeat

from perfkit.book.store.pages import Address
from perfkit.config.layout import CSV
from perfkit.core.errors import kind_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.atomic import FILE_MODE
from perfkit.disk.sealed import MARSHAL
from perfkit.logs.file_log import Fruitless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Fingerprint = tuple[int, int, int, int, int]
"""Device, inode, size, and the times of the last change of content and of status in ns."""

COMPRESSED = ("gz", "bz2", "xz")
"""What the form of a compressed file begins with."""

BadLine = tuple[int, int, str, int | None, int]
"""Line, offset, reason, day and how many more lines it stands for.

The day is None before the first trade line of its file.
"""

KEPT_BAD_LINES = 1000
"""So many bad lines of a file are kept one by one; others count with the first of their kind."""

UNDER_ANOTHER_HEADER = "\n\nanother header"
"""Marks the form of a CSV file that is read from its start when it grows, as its end is a table
that the dialect passes over."""


class FileEntry(NamedTuple):
    """One log file up to the end of its last whole line.

    `number` never names another file; `name` is its path as the workspace shows it. `seen_at` is
    when its content was looked at, `end` the offset of its text up to which `lines` whole lines
    were read, `chunks` the digests of its text up to there. `waiting`
    bytes follow without a newline. `sizes` are bytes parsed, ignored, blank and bad. `days` has
    `(day, parsed, ignored, bad)` lines; `leading` those ignored and bad before its first trade
    line, which is of `first_day`, as the last is of `last_day`. `newest` is the latest instant a
    line speaks of. `details` are the addresses of what is seldom needed. When it was last compared
    with its digests, a sample of its first `sampled` bytes was; 0 stands for all of them. `form` is
    the label of its form, `numbering` how its records are numbered if they are no lines;
    `left_out` is how many values of its lines could not be read and were left out. Of what waits,
    `waiting_lines` are whole lines, in a quoted cell of CSV that goes on; `decimal_marks` are
    those that its numbers show where the dialect does not say which mark they have.
    """

    number: int
    name: str
    fingerprint: Fingerprint
    seen_at: int
    end: int
    lines: int
    chunks: tuple[bytes, ...]
    waiting: int
    sizes: tuple[int, int, int, int]
    days: tuple[tuple[int, int, int, int], ...]
    leading: tuple[int, int]
    first_day: int | None
    last_day: int | None
    newest: int | None
    details: tuple[Address, ...]
    sampled: int = 0
    form: str = ""
    numbering: str = ""
    left_out: int = 0
    waiting_lines: int = 0
    decimal_marks: int = 0

    @property
    def unclosed_quote(self) -> str:
        """What to say of a quoted cell that goes on over whole lines; empty without one."""
        if not self.waiting_lines:
            return ""
        return (
            f"{self.name}: a quote opens a cell on line {self.lines + 1} and is not closed; "
            "the lines from there on wait"
        )

    @property
    def label(self) -> str:
        """Its name, as the places of its lines show it."""
        return self.name + self.numbering

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The names of the columns of a CSV file; None of any other."""
        parts = self.form.removesuffix(UNDER_ANOTHER_HEADER).split("\n")
        return tuple(parts[5:]) if parts[1:2] == [CSV] else None

    @property
    def is_compressed(self) -> bool:
        """Whether its text was unpacked from it."""
        return self.form.partition("\n")[0] in COMPRESSED

    @property
    def is_read_anew(self) -> bool:
        """Whether it is read from its start whenever it grows, as records do not follow lines."""
        _, of, table, *_ = [*self.form.split("\n"), "", ""]
        has_section = of == CSV and bool(table)
        return has_section or bool(self.numbering) or self.form.endswith(UNDER_ANOTHER_HEADER)

    @property
    def bytes_read(self) -> int:
        """The offset of its text up to which it was read."""
        return self.end + self.waiting

    def is_doubtful(self, verified_bytes: int) -> bool:
        """Whether a run that verifies so many bytes must compare it although it looks the same."""
        return 0 < self.sampled <= verified_bytes


class Details(NamedTuple):
    """What is seldom needed of a run of lines of a file.

    `keys` are the identities of its lines, `blocks` the number and offset of a line now and
    then, `errors` its bad lines (see `limited`), `left_out` its lines with a
    value that was left out, of each day and kind of reason the first.
    """

    keys: tuple[int, ...]
    blocks: tuple[tuple[int, int], ...]
    errors: tuple[BadLine, ...]
    left_out: tuple[BadLine, ...] = ()

    @property
    def packed(self) -> bytes:
        """The value as bytes."""
        return marshal.dumps(tuple(self), MARSHAL)


def limited(errors: Iterable[BadLine], room: int) -> tuple[BadLine, ...]:
    """Bad lines in their order: the first `room` of them, then the first of each day and kind.

    The latter stand for all that follow of their day and kind, so counts stay exact. Of a file in
    parts, the whole is what is left of the parts that are left, wherever it is cut.
    """
    kept: list[BadLine] = []
    others: dict[tuple[int | None, str], BadLine] = {}
    for error in errors:
        if len(kept) < room:
            kept.append(error)
            continue
        _, _, reason, day, more = error
        kind = day, kind_of(reason)
        known = others.get(kind)
        others[kind] = error if known is None else (*known[:4], known[4] + 1 + more)
    return (*kept, *others.values())


def unpacked_details(content: bytes) -> Details:
    """The details of those bytes."""
    return Details._make(marshal.loads(content))


class DayEntry(NamedTuple):
    """One trading day: where its trades and its sheet are, and what windows ask most.

    `epoch` changes when a trade that was there changed, went or moved; where only `rows` grew, the
    new trades come after the known ones. `fragments` are addresses of runs of trades with their
    lengths; `opened_from` is the earliest opening; `net`, `peak` are the day's P&L and its highest
    point in units of 10**-places. Of the open trades there is no sheet and none of these.
    """

    epoch: int
    rows: int
    fragments: tuple[tuple[Address, int], ...]
    sheet: Address | None
    first_at: int
    last_at: int
    opened_from: int | None
    net: int
    peak: int
    places: int


class Run(NamedTuple):
    """Sorted entries of the index: the first key of each block, its address, its length."""

    blocks: tuple[tuple[int, Address, int], ...] = ()

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return sum(length for *_, length in self.blocks)


class Ledger(NamedTuple):
    """One source.

    `files` are in the order they are read; `identities` leads from identities to lines and days.
    `mode` is that of what is made from them: nobody may read it who may not read all of them.
    """

    files: tuple[FileEntry, ...] = ()
    days: Mapping[int, DayEntry] = {}
    fruitless: tuple[Fruitless, ...] = ()
    identities: tuple[Run, ...] = ()
    mode: int = FILE_MODE

    def addresses(self) -> list[Address]:
        """Every section it refers to."""
        return [
            *(address for file in self.files for address in file.details),
            *(address for day in self.days.values() for address in day_addresses(day)),
            *(address for run in self.identities for _, address, _ in run.blocks),
        ]

    def moved(self, place: Callable[[Address], Address]) -> Ledger:
        """The same with other addresses."""
        return self._replace(
            files=tuple(
                file._replace(details=tuple(map(place, file.details))) for file in self.files
            ),
            days={number: moved_day(day, place) for number, day in self.days.items()},
            identities=tuple(
                Run(tuple((key, place(address), n) for key, address, n in run.blocks))
                for run in self.identities
            ),
        )

    def plain(self) -> tuple[Any, ...]:
        """The ledger as plain tuples and dicts."""
        return (
            tuple(map(tuple, self.files)),
            {number: tuple(day) for number, day in self.days.items()},
            tuple(map(tuple, self.fruitless)),
            tuple(tuple(run) for run in self.identities),
            self.mode,
        )


def ledger_of(plain: tuple[Any, ...]) -> Ledger:
    """The ledger of plain tuples and dicts."""
    files, days, fruitless, index, mode = plain
    return Ledger(
        tuple(map(tuple.__new__, repeat(FileEntry), files)),  # `_make`, for very many
        dict(zip(days, map(tuple.__new__, repeat(DayEntry), days.values()), strict=True)),
        tuple(map(Fruitless._make, fruitless)),
        tuple(map(Run._make, index)),
        mode,
    )


def bad_lines_of(ledger: Ledger) -> int:
    """How many bad lines a source has."""
    counted = (file.leading[1] + sum(bad for *_, bad in file.days) for file in ledger.files)
    return len(ledger.fruitless) + sum(counted)


def day_addresses(day: DayEntry) -> list[Address]:
    """Every section a day refers to."""
    found = [address for address, _ in day.fragments]
    if day.sheet is not None:
        found.append(day.sheet)
    return found


def moved_day(day: DayEntry, place: Callable[[Address], Address]) -> DayEntry:
    """The day with other addresses."""
    return day._replace(
        fragments=tuple((place(address), rows) for address, rows in day.fragments),
        sheet=None if day.sheet is None else place(day.sheet),
    )
