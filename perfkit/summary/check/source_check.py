"""A source as perfkit sees it: its files, how its records are read, and what comes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from perfkit.book.book import Book
from perfkit.config.dialect import Dialect
from perfkit.config.settings import Source
from perfkit.core.errors import LogReadError, kind_of
from perfkit.core.formatting import aligned, plain
from perfkit.core.trade import Trade
from perfkit.inference.found import Found
from perfkit.inference.layouts.place import Place
from perfkit.inference.layouts.places import places_of
from perfkit.inference.source_yaml import in_one_sentence
from perfkit.logs.files import opened
from perfkit.logs.formulas import alternatives
from perfkit.summary.check.fields import FieldCheck, field_checks, place_of
from perfkit.summary.findings import findings
from perfkit.summary.selection import Selection, resolve_window

MOST_TRADES = 5
_MOST_ZEROS = 0.5


class SourceCheck(NamedTuple):
    """What there is to say of a source before its figures are relied on.

    Records are `read` as parts of trades, `ignored` as the dialect says, or `bad`, by reason;
    `packages` bring the dialect or the reader; `waiting` bytes are of a last record that is not
    complete. `trades` are the first ones.
    """

    source: str
    path: str
    dialect: str
    packages: tuple[str, ...]
    currency: str
    files: tuple[str, ...]
    read: int
    ignored: int
    bad: dict[str, int]
    waiting: int
    closed: int
    open: int
    fields: tuple[FieldCheck, ...]
    trades: tuple[Trade, ...]
    warnings: tuple[str, ...]

    @property
    def is_usable(self) -> bool:
        """Whether there is any trade."""
        return bool(self.closed or self.open)


def source_check(book: Book, source: Source, inferred: Found | None = None) -> SourceCheck:
    """The check of a source that a book has read; `inferred` is how its one file was found to be.

    Raises `LogReadError`.
    """
    entries = book.files_of(source.name)
    read = sum(parsed for file in entries for _, parsed, _, _ in file.days)
    ignored = sum(left for file in entries for _, _, left, _ in file.days)
    ignored += sum(file.leading[0] for file in entries)
    bad: Counter[str] = Counter()
    for error in book.errors:
        bad[kind_of(error.reason)] += 1 + error.more
    fields = _fields(book, source, entries[-1].name, inferred) if entries else ()
    closed, open_trades = sum(book.entry(day).rows for day in book.days), len(book.open)
    found = SourceCheck(
        source=source.name,
        path=source.location,
        dialect=source.dialect.name,
        packages=tuple(f"{one.name} of {one.package}" for one in source.extensions),
        currency=source.currency,
        files=tuple(file.name for file in entries),
        read=read,
        ignored=ignored,
        bad=dict(bad),
        waiting=sum(file.waiting for file in entries),
        closed=closed,
        open=open_trades,
        fields=fields,
        trades=_first_trades(book),
        warnings=(),
    )
    likely = inferred.reading.likely if inferred is not None else ()
    said = (*map(in_one_sentence, likely), *_warnings(found, source, book))
    return found._replace(warnings=said)


def _first_trades(book: Book) -> tuple[Trade, ...]:
    """The closed trades that are shown, of as many of the first days as have them."""
    days, rows = [], 0
    for day in book.days:
        days.append(day)
        rows += book.entry(day).rows
        if rows >= MOST_TRADES:
            break
    trades = book.trades_of(days)
    return tuple(trades[row] for row in range(min(MOST_TRADES, len(trades))))


def _fields(
    book: Book, source: Source, newest: str, inferred: Found | None
) -> tuple[FieldCheck, ...]:
    """A report on each field of the dialect, over the records of the newest file."""
    location = source.location if len(book.files_of(source.name)) == 1 else ""
    path = location if location.endswith(newest) else _path(book, newest)
    places: Sequence[Place] = ()
    if inferred is not None:
        places = place_of(inferred.places, inferred.layout, source.dialect)
    elif source.dialect.layout.reader is None:
        places = place_of(places_of(path), {}, source.dialect)
    records: Sequence[Mapping[str, object]] = places[0].records if places else ()
    if not any(record.keys() & source.dialect.keys for record in records):
        records = _made(path, newest, source) or records
    return field_checks(source.dialect, records)


def _made(path: str, shown: str, source: Source) -> list[dict[str, object]]:
    """The records that are made of a file which does not hold them line by line, numbers exact."""
    import msgspec

    decoder = msgspec.json.Decoder(dict[str, object], float_hook=str)
    records = []
    with suppress(LogReadError), opened(path, shown, source.dialect) as (text, _):
        for line in text:
            with suppress(msgspec.MsgspecError):  # it is bad, and counted as that
                records.append(decoder.decode(line))
    return records


def _path(book: Book, name: str) -> str:
    import os

    return os.path.join(book.config.folder, name)


def _warnings(found: SourceCheck, source: Source, book: Book) -> list[str]:
    said = []
    if not found.files:
        said.append(f"no file of {found.path} matches {source.pattern}; check path and pattern")
    elif found.ignored and not found.read and not found.bad:
        said.append(f"all {found.ignored} records are ignored; check `only` of the dialect")
    elif found.bad and not found.read:
        said.append(f"all {sum(found.bad.values())} records are bad; see the reasons")
    said += [str(field) for field in _never_found(found.fields, source.dialect)]
    zeros = _many_zeros(book, found.closed)
    if zeros:
        said.append(f"{zeros} of {found.closed} closed trades have a net P&L of 0")
    if found.waiting:
        said.append(f"{found.waiting} bytes wait at the end of a file for the rest of their record")
    if found.closed:
        selection = Selection(book, resolve_window(book, "all", None), {})
        said += [
            f"{one.message} ({one.count})" for one in findings(selection) if _is_of_trades(one.code)
        ]
    return said


def _many_zeros(book: Book, closed: int) -> int:
    """How many closed trades have a net P&L of 0, if most of them do; else 0.

    Each is a breakeven, so trades are looked at only where most are that.
    """
    breakevens = sum(book.sheet(day).whole.counts.breakevens for day in book.days)
    if breakevens <= _MOST_ZEROS * closed:
        return 0
    zeros = sum(not units for units in book.closed.net_pnl.units if units is not None)
    return zeros if zeros > _MOST_ZEROS * closed else 0


def _never_found(fields: Sequence[FieldCheck], dialect: Dialect) -> list[FieldCheck]:
    """Fields that no record has, unless another one that may stand in their place is there."""
    there = {field.part for field in fields if field.found}
    chosen = {
        part
        for part, expression in dialect.expressions.items()
        if part in there and len(alternatives(expression)) > 1
    }
    return [one for one in fields if not one.found and one.records and one.part not in chosen]


def _is_of_trades(code: str) -> bool:
    return code not in ("bad_lines", "missing_days", "unended_row")


def as_json(found: SourceCheck) -> dict[str, object]:
    """The check as values of JSON; numbers that are exact are texts."""
    return {
        "source": found.source,
        "path": found.path,
        "dialect": found.dialect,
        "packages": list(found.packages),
        "currency": found.currency,
        "files": list(found.files),
        "records": {
            "read": found.read,
            "ignored": found.ignored,
            "bad": found.bad,
            "waiting_bytes": found.waiting,
        },
        "trades": {
            "closed": found.closed,
            "open": found.open,
            "first": [_trade(trade) for trade in found.trades],
        },
        "fields": [
            {
                "part": field.part,
                "field": field.name,
                "found": field.found,
                "records": field.records,
                "range": [field.low, field.high] if field.low or field.high else None,
                "samples": list(field.samples),
                "did_you_mean": field.similar or None,
            }
            for field in found.fields
        ],
        "warnings": list(found.warnings),
    }


def _trade(trade: Trade) -> dict[str, object]:
    return {
        "opened_at": None if trade.opened_at is None else _utc(trade.opened_at),
        "closed_at": None if trade.closed_at is None else _utc(trade.closed_at),
        "symbol": trade.symbol,
        "side": trade.side,
        "outcome": trade.outcome,
        "net_pnl": None if trade.net_pnl is None else f"{trade.net_pnl.normalize():f}",
        "at": str(trade.line),
    }


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def check_text(found: SourceCheck) -> str:
    """The check as a page of text."""
    bad = sum(found.bad.values())
    lines = [
        f"{found.source}: {found.path}",
        f"  dialect   {found.dialect}, amounts in {found.currency}",
        *(f"  from      {one}" for one in found.packages),
        f"  files     {_listed(found.files)}",
        f"  records   {found.read} read, {found.ignored} ignored, {bad} bad",
        *(f"            {count} bad: {reason}" for reason, count in found.bad.items()),
        f"  trades    {found.closed} closed, {found.open} open",
    ]
    if found.fields:
        header = ("field", "read from", "found", "range", "such as")
        where = f" (of the newest file, {found.files[-1]})" if len(found.files) > 1 else ""
        lines += [
            "",
            f"  fields{where}:",
            *_indented(aligned(header, list(map(_cells, found.fields)), len(header))),
        ]
    if found.trades:
        header = ("closed at", "symbol", "side", "net P&L", "line")
        rows = [tuple(plain(str(cell or "-")) for cell in _shown(one)) for one in found.trades]
        lines += ["", "  first trades:", *_indented(aligned(header, rows, len(header)))]
    lines += ["", *(f"  warning: {said}" for said in found.warnings)] if found.warnings else []
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{len(names)}: {shown}{', ...' if len(names) > 3 else ''}" if names else "none"


def _indented(table: str) -> list[str]:
    return [f"  {line}" for line in table.splitlines()]


def _cells(field: FieldCheck) -> tuple[str, ...]:
    ends = f"{field.low} to {field.high}" if field.low or field.high else ""
    count = f"{field.found} of {field.records}"
    return field.part, plain(field.name), count, plain(ends), plain(", ".join(field.samples), 60)


def _shown(trade: Trade) -> list[object]:
    shown = _trade(trade)
    return [shown[name] for name in ("closed_at", "symbol", "side", "net_pnl", "at")]
