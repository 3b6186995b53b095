"""Blocks of whole records to columns and line errors, one file at a time."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain
from operator import add
from sys import intern

from perfkit.config.dialect import NUMBER, WHOLE_LINE, Dialect
from perfkit.config.layout import CSV, JSON, READER
from perfkit.core import values as col
from perfkit.core.errors import LineError
from perfkit.core.fast_imports import NamedTuple, blake2b
from perfkit.core.numbers import concatenated
from perfkit.core.one_value import BadValueError
from perfkit.logs.file_log import ContentChangedError, FileLog, Lines, Sizes, Start
from perfkit.logs.formats import json_lines
from perfkit.logs.formats.form import Form
from perfkit.logs.formulas import Column
from perfkit.logs.line_columns import LineColumns, Raw, Typed, kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from perfkit.logs.formats.csv_rows import CsvRows
    from perfkit.logs.formats.header_watch import HeaderWatch

    Decoder: TypeAlias = "json_lines.JsonLines | CsvRows"


DIGEST_BYTES = 8
"""Of a digest that tells the lines of one trade apart."""


class _BlockPlace(NamedTuple):
    """A block as read, the offset of its first byte and the number of its first line."""

    block: bytes
    offset: int
    line: int

    def offset_of(self, number: int) -> int:
        """The offset of the first byte of that line."""
        return self.offset + _starts(self.block)[number - self.line]


@lru_cache(maxsize=1)
def _starts(block: bytes) -> list[int]:
    """Where each line of a block starts; remembered, as bad lines seldom come alone."""
    return list(accumulate((len(raw) + 1 for raw in block.split(b"\n")), initial=0))


class Gatherer:
    """Gathers the columns of one file, block by block."""

    def __init__(self, shown: str, dialect: Dialect, start: Start, form: Form) -> None:
        self.shown = shown
        self.numbering = form.numbering
        self.dialect = dialect
        self.decoder = _decoder(form, dialect)
        self.columns = LineColumns(dialect)
        self.numbers = _numbers_in_texts(form, dialect)
        self.next_line = start.line
        self.end = start.offset
        self.headers = _header_watch(shown, dialect, form)
        self.begin()

    def begin(self) -> None:
        """Begins a new run of lines."""
        self.first_line = self.next_line
        self.chunks: list[list[Column]] = [[] for _ in self.dialect.slots]
        self.identity: list[str | None] = []
        self.is_open: list[bool] = []
        self.line: list[int] = []
        self.at: list[int] = []
        self.errors: list[LineError] = []
        self.offset_of: dict[int, int] = {}
        self.left_out: list[LineError] = []
        self.ignored: list[int] = []
        self.blank = 0
        self.waiting_line: int | None = None
        self.waiting_bytes = 0
        self.waiting_lines = 0
        self.decimal_marks = 0
        self.blocks: list[tuple[int, int]] = []
        self.sizes = Sizes()

    @property
    def lines_above(self) -> int:
        """How many lines stand above the next record."""
        return max(0, self.decoder.first_line - self.next_line)

    def end_line(self, length: int) -> None:
        """Takes the newline, of so many bytes, that the line before had not yet."""
        self.end += length
        self._count(length, 0, 0, 0)

    def block(self, block: bytes, offset: int, added: int = 0) -> None:
        """Takes a block of whole records that starts at that byte of the text.

        Its last `added` bytes are not in the file.
        """
        self.blocks.append((self.next_line, offset))
        self.end = offset + len(block) - added
        above = self._above_records(block)
        if above:
            self._count(0, 0, above, 0)
            block, offset = block[above:], offset + above
        if block:
            self._whole(_BlockPlace(block, offset, self.next_line), added)

    def _above_records(self, block: bytes) -> int:
        """How many bytes at the start of a block are none of a record: a mark, the header."""
        above = len(BOM_UTF8) if self.next_line == 1 and block.startswith(BOM_UTF8) else 0
        while self.next_line < self.decoder.first_line and above < len(block):
            start, above = above, block.find(b"\n", above) + 1
            self.next_line += 1
            self.blank += 1
            is_last = self.next_line == self.decoder.first_line
            if is_last and not self.decoder.is_header(block[start:above]):
                raise ContentChangedError(self.shown)
        return above

    def _whole(self, place: _BlockPlace, added: int) -> None:
        block = place.block
        ignored, errors, parsed = len(self.ignored), len(self.errors), len(self.line)
        blank = self._blank_lines(block) or self._records(place)
        sizes = [0, 0, blank, 0]
        if len(self.ignored) > ignored or len(self.errors) > errors:
            lengths = self._lengths(place)
            sizes[1] = sum(lengths[number] for number in self.ignored[ignored:])
            sizes[3] = sum(lengths[error.line] for error in self.errors[errors:])
        if self.headers is not None:
            odd = self.ignored[ignored:] + [error.line for error in self.errors[errors:]]
            self.headers.look(self._headers(place, odd), self.line[parsed:], self.next_line)
        sizes[0] = len(block) - sum(sizes)
        if added:  # the last line has it, and is not blank
            last = self.next_line - 1
            bad = bool(self.errors) and any(error.line == last for error in self.errors[errors:])
            sizes[1 if self.ignored[-1:] == [last] else 3 if bad else 0] -= added
        self._count(*sizes)

    def _lengths(self, place: _BlockPlace) -> dict[int, int]:
        """The length in bytes of each record of a block, by its line."""
        lengths: dict[int, int] = {}
        line = place.line
        for raw in self.decoder.records(place.block):
            lengths[line] = len(raw) + 1
            line += 1 + raw.count(b"\n")
        return lengths

    def _digests(self, place: _BlockPlace) -> dict[int, str]:
        """A digest of each record of a block, by its line; blanks around it do not count."""
        digests: dict[int, str] = {}
        line = place.line
        for raw in self.decoder.records(place.block):
            digests[line] = blake2b(raw.strip(), digest_size=DIGEST_BYTES).hexdigest()
            line += 1 + raw.count(b"\n")
        return digests

    def _count(self, *sizes: int) -> None:
        self.sizes = Sizes(*map(add, self.sizes, sizes))

    def _blank_lines(self, block: bytes) -> int:
        """Takes a block of nothing but blank lines; returns how long it is, else 0."""
        most = json_lines.MAX_LINE_BYTES
        if not block.isspace() or (len(block) > most < max(map(len, block.split(b"\n")))):
            return 0
        lines = block.count(b"\n")
        self.blank += lines
        self.next_line += lines
        return len(block)

    def _records(self, place: _BlockPlace) -> int:
        """Takes the records of a block; returns how many bytes of it are blank lines."""
        decoded = self.decoder.block(place.block)
        lines = _lines_in(place.block)
        if decoded is not None:
            columns, at = decoded
            self.next_line += lines
            self._rows(columns, [place.line + line for line in at], place)
            return 0
        blank, number = 0, place.line
        rows, numbers = [], []
        odd: list[tuple[tuple[Any, ...], int, str]] = []
        for raw in self.decoder.records(place.block):
            try:
                row = self.decoder.record(raw)
                if row is None:
                    blank += len(raw) + 1
                    self.blank += 1 + raw.count(b"\n")
                else:
                    rows.append(row)
                    numbers.append(number)
            except BadValueError as error:
                partial = getattr(error, "row", None)
                if partial is None or not self.dialect.only:
                    self._bad(number, place.offset_of(number), str(error))
                else:
                    odd.append((partial, number, str(error)))
            number += 1 + raw.count(b"\n")
        self.next_line += lines
        self._odd_rows(odd, place)
        self._rows(list(zip(*rows, strict=True)), numbers, place)
        return blank

    def _headers(self, place: _BlockPlace, odd: Sequence[int]) -> Iterator[tuple[int, bool]]:
        """Which of some lines, bad or passed over, are headers, and whether they read alike."""
        for number in sorted(odd):
            start = place.offset_of(number) - place.offset
            alike = self.decoder.reads_alike(place.block[start : place.block.find(b"\n", start)])
            if alike is not None:
                yield number, alike

    def _odd_rows(
        self, odd: Sequence[tuple[tuple[Any, ...], int, str]], place: _BlockPlace
    ) -> None:
        """Takes rows of another width than the header: ignored by `only`, or bad."""
        for row, number, reason in odd:
            try:
                (kept,) = self.columns.meeting(self.dialect.only, [(value,) for value in row], 1)
            except BadValueError:
                kept = True
            if kept:
                self._bad(number, place.offset_of(number), reason)
            else:
                self.ignored.append(number)

    def long_line(self, offset: int, length: int) -> None:
        """Takes note of a line too long to be looked at."""
        self._bad(self.next_line, offset, json_lines.too_long())
        self.next_line += 1
        self._count(0, 0, 0, length)
        self.end = offset + length

    def waiting(self, length: int, lines: int = 0) -> None:
        """Takes note of what is still being written: a last line without a newline.

        Whole `lines` before it are the beginning of a row with a quoted cell that goes on.
        """
        self.waiting_line, self.waiting_bytes = self.next_line, length
        self.waiting_lines = lines

    def result(self) -> FileLog:
        slots: list[Column] = []
        for slot, chunks in zip(self.dialect.slots, self.chunks, strict=True):
            if len(chunks) == 1:
                slots += chunks
            elif slot.kind == NUMBER:
                slots.append(concatenated(chunks))  # type: ignore[arg-type]
            else:
                slots.append(list(chain.from_iterable(chunks)))  # type: ignore[arg-type]
        self.errors.sort(key=lambda error: error.line)
        self.ignored.sort()
        return FileLog(
            path=self.shown,
            lines=Lines(slots, self.identity, col.keys_of(self.identity), self.is_open, self.line),
            at=self.at,
            errors=self.errors,
            ignored=self.ignored,
            blank=self.blank,
            total=self.next_line - self.first_line,
            blocks=self.blocks,
            sizes=self.sizes,
            end=self.end,
            waiting_line=self.waiting_line,
            waiting_bytes=self.waiting_bytes,
            waiting_lines=self.waiting_lines,
            offset_of=self.offset_of,
            left_out=self.left_out,
            another_header=0 if self.headers is None else self.headers.another,
            decimal_marks=self.decimal_marks,
        )

    def _rows(self, raw: Raw, numbers: list[int], place: _BlockPlace) -> None:
        """Takes the fields of decoded lines, with the numbers of these."""
        if not numbers:
            return
        if self.dialect.only:
            raw, numbers = self._chosen(raw, numbers, place)
        if self.numbers:
            from perfkit.logs.decimal_marks import marks_in

            self.decimal_marks = marks_in(raw, self.numbers, self.decimal_marks)
        while numbers:
            typed, bad = self._converted(raw, len(numbers))
            if typed is not None and not bad:
                self._typed(typed, numbers, place)
                return
            raw, numbers = self._without_bad(bad, raw, numbers, place)

    def _converted(self, raw: Raw, count: int) -> tuple[Typed | None, dict[int, str]]:
        """The typed columns of some rows, and the rows that cannot be read, with the reason."""
        try:
            typed = self.columns.typed(raw, count)
        except BadValueError:
            from perfkit.logs.bad_values import looked_over

            left, bad = looked_over(self.columns, raw, count)
            if left is None:
                return None, bad
            typed = left
        return typed, self.columns.unusable(typed)

    def _chosen(self, raw: Raw, numbers: list[int], place: _BlockPlace) -> tuple[Raw, list[int]]:
        """The lines that the dialect reads; takes note of those it passes over."""
        try:
            keep = self.columns.meeting(self.dialect.only, raw, len(numbers))
        except BadValueError:
            from perfkit.logs.bad_values import bad_conditions

            bad = bad_conditions(self.columns, raw, len(numbers))
            raw, numbers = self._without_bad(bad, raw, numbers, place)
            keep = self.columns.meeting(self.dialect.only, raw, len(numbers))
        if all(keep):
            return raw, numbers
        self.ignored += [n for n, kept in zip(numbers, keep, strict=True) if not kept]
        return kept(raw, numbers, keep)

    def _without_bad(
        self, bad: Mapping[int, str], raw: Raw, numbers: list[int], place: _BlockPlace
    ) -> tuple[Raw, list[int]]:
        """The other lines; takes note of the bad ones."""
        for row, reason in bad.items():
            self._bad(numbers[row], place.offset_of(numbers[row]), reason)
        return kept(raw, numbers, [row not in bad for row in range(len(numbers))])

    def _typed(self, typed: Typed, numbers: list[int], place: _BlockPlace) -> None:
        """Takes lines that are converted, with their line numbers."""
        if self.dialect.slots[-1] == WHOLE_LINE:
            digests = self._digests(place)
            typed.slots[-1] = list(map(digests.get, numbers))
        for chunks, column in zip(self.chunks, typed.slots, strict=True):
            chunks.append(column)
        self.identity += typed.identity
        self.is_open += typed.is_open
        self.at += typed.at  # type: ignore[arg-type]
        self.line += numbers
        for row in self.columns.rows_without_result(typed):
            self.offset_of[numbers[row]] = place.offset_of(numbers[row])
        for row, reason in typed.left_out:
            self.left_out.append(self._error(numbers[row], place.offset_of(numbers[row]), reason))

    def _bad(self, number: int, offset: int, reason: str) -> None:
        self.errors.append(self._error(number, offset, reason))

    def _error(self, number: int, offset: int, reason: str) -> LineError:
        # Very many lines may be bad for one reason, which is then kept once.
        return LineError(self.shown, number, offset, intern(reason), numbering=self.numbering)


def _lines_in(block: bytes) -> int:
    """How many newlines a block has: fifteen times as fast as `bytes.count` up to Python 3.12."""
    return len(block) - len(block.replace(b"\n", b""))


def _decoder(form: Form, dialect: Dialect) -> Decoder:
    if form.format in (JSON, READER):
        from perfkit.logs.formats.made_lines import MadeLines

        return MadeLines(dialect.keys, dialect.decimal)
    if form.format != CSV:
        return json_lines.JsonLines(dialect.keys, dialect.decimal)
    from perfkit.logs.formats.csv_rows import CsvRows

    assert form.header is not None
    layout = dialect.layout
    return CsvRows(form.header, dialect.keys, complete=layout.complete, ragged=layout.ragged)


def _header_watch(shown: str, dialect: Dialect, form: Form) -> HeaderWatch | None:
    if form.header is None:
        return None
    from perfkit.logs.formats.header_watch import HeaderWatch

    return HeaderWatch(shown, form.header.line, passes_over=bool(dialect.only))


def _numbers_in_texts(form: Form, dialect: Dialect) -> list[int]:
    """The places of the keys whose numbers are texts of any form."""
    if form.format != CSV:
        return []
    from perfkit.logs.decimal_marks import places_of_numbers

    return places_of_numbers(dialect)
