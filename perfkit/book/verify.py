"""The cache looked at: what it holds, and whether that is what the logs say."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.book import book as books
from perfkit.book.book import Book
from perfkit.book.cache import DEFAULT, Options, discard, open_book, stored
from perfkit.book.dimension_parts import parts_on
from perfkit.book.store.day_sheet import digest_of, sheet_of
from perfkit.book.store.ledger import bad_lines_of
from perfkit.book.store.manifest import Manifest
from perfkit.book.store.packing import PackedTrades
from perfkit.book.store.pages import CacheDamagedError
from perfkit.config.settings import Config, Source
from perfkit.config.workspace import CACHE
from perfkit.core.errors import OutputError
from perfkit.core.exact import scaled
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trade import Trade
from perfkit.core.trades import Trades
from perfkit.logs.file_log import OPEN


class Holdings(NamedTuple):
    """What the cache holds of one source; bytes and lines are those of the logs."""

    source: str
    files: int
    bytes_read: int
    lines: int
    days: int
    trades: int
    open_trades: int
    bad_lines: int


class CacheStatus(NamedTuple):
    """The state of a cache.

    `state` is "up to date", "out of date" (logs or configuration changed, or it was damaged: the
    next run mends that) or "empty"; `size` is its length on disk in bytes, `files` how many.
    """

    folder: str
    state: str
    files: int
    size: int
    holdings: tuple[Holdings, ...]


def status(config: Config) -> CacheStatus:
    """The state of the cache of a workspace; nothing is changed."""
    folder = config.root / CACHE
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    known = stored(config)
    state = "empty" if not paths else "out of date"
    holdings: tuple[Holdings, ...] = ()
    if known is not None:
        try:
            holdings = tuple(_holdings(known.manifest))
            state = "up to date" if known.is_current else "out of date"
        except CacheDamagedError:
            holdings = ()
    return CacheStatus(
        CACHE, state, len(paths), sum(path.stat().st_size for path in paths), holdings
    )


def _holdings(manifest: Manifest) -> Iterator[Holdings]:
    for name, ledger in manifest.ledgers.items():
        yield Holdings(
            source=name,
            files=len(ledger.files),
            bytes_read=sum(file.bytes_read for file in ledger.files),
            lines=sum(file.lines for file in ledger.files),
            days=len(ledger.days.keys() - {OPEN}),
            trades=sum(day.rows for number, day in ledger.days.items() if number != OPEN),
            open_trades=ledger.days[OPEN].rows if OPEN in ledger.days else 0,
            bad_lines=bad_lines_of(ledger),
        )


def status_text(found: CacheStatus) -> str:
    """The state of a cache as a person reads it."""
    lines = [
        f"{found.folder}: {found.state}, {found.size:,} bytes in {found.files} files",
        *(
            f"  {one.source}: {one.trades:,} trades on {one.days:,} days, "
            f"{one.open_trades:,} open; {one.lines:,} lines ({one.bad_lines:,} bad), "
            f"{one.bytes_read:,} bytes, {one.files:,} log files"
            for one in found.holdings
        ),
    ]
    return "\n".join(lines) + "\n"


def first_difference(config: Config, source: Source, options: Options = DEFAULT) -> str | None:
    """What differs first between the cache and the logs, read again as far as the cache read them.

    None when nothing does. Raises `LogReadError`.
    """
    cached = books.read(config, source.name, options._replace(cached=True))
    if cached.problem is not None:
        return f"{CACHE} cannot be written: {cached.problem.strerror}"
    limits = cached.snapshot()
    cold_options = options._replace(cached=False, progress=None, limits=limits)
    cold = books.read(config, source.name, cold_options)
    for (what, one), (_, other) in zip(contents(cached), contents(cold), strict=True):
        if one != other:
            own, real = _narrowed(one, other)
            return f"{source.name}: {what}: the cache has {_short(own)}, the logs {_short(real)}"
    return None


def first_shared_difference(config: Config, options: Options = DEFAULT) -> str | None:
    """What differs first between a day that sources share, as the cache has it, and its trades.

    None when nothing does. The trades of each source are compared by `first_difference`.
    """
    if len(config.sources) < 2 or len({source.currency for source in config.sources}) > 1:
        return None  # no days are put together
    book = books.read(config, None, options._replace(cached=True))
    for day in book.days:
        trades = book.trades_of([day])
        if len(set(trades.source)) < 2:
            continue
        made = sheet_of(trades, config.calendar, digest_of(PackedTrades(trades)))
        known, curve = book.sheet(day), book.curve(day)
        whole = made.whole.curve
        for what, one, other in (
            ("other trades", known.digest, made.digest),
            ("other figures", known.whole, made.whole),
            ("other findings", dict(known.findings), dict(made.findings)),
            ("other breakdowns", dict(known.parts), dict(made.parts)),
            ("another curve", (curve.net, curve.peak), (whole.total, whole.peak)),
        ):
            if one != other:
                return f"all sources: the cache has {what} of {day} than its trades give"
    return None


def rebuild(config: Config, options: Options) -> None:
    """Rebuilds the cache from the logs; raises `OutputError` when it cannot be written.

    All sources are read in one go, also where their currencies differ.
    """
    discard(config)
    made = open_book(config, config.sources, options)
    if made.problem is not None:
        raise OutputError(CACHE, made.problem)


def contents(book: Book) -> Iterator[tuple[str, object]]:
    """Everything a figure can depend on, from the general to the particular."""
    yield "trading days", book.days
    yield "bytes read", book.snapshot()
    for day, lines in sorted(book.lines.items(), key=lambda item: str(item[0])):
        yield f"lines of {day}", lines._replace(files=frozenset())
    yield "bad lines", book.errors
    yield "values left out", book.left_out
    for day in book.days:
        yield f"trades of {day}", _rows(book.trades_of([day]))
        sheet = book.sheet(day)
        yield f"digest of {day}", sheet.digest
        yield f"tally of {day}", sheet.whole
        yield f"findings of {day}", sheet.findings
        for dimension, parts in sheet.parts.items():
            yield f"{dimension} of {day}", parts
        curve = book.curve(day)
        ends = (scaled(curve.net, curve.places), scaled(curve.peak, curve.places))
        yield f"curve of {day}", ends
        for dimension, column in sorted(book.trades_of([day]).dimensions.columns.items()):
            yield f"values of {dimension} on {day}", column
            yield f"{dimension} of {day}", parts_on(book, day, dimension)
    yield "open trades", _rows(book.open)
    yield "dimensions of open trades", dict(book.open.dimensions.columns)
    yield "newest line", book.newest


def _rows(trades: Trades) -> list[tuple[Trade, list[str], int]]:
    return [
        (trades[row], list(map(str, trades.places(row))), trades.findings[row])
        for row in range(len(trades))
    ]


def _narrowed(one: object, other: object) -> tuple[object, object]:
    """The first part in which two values differ."""
    while isinstance(one, list | tuple) and isinstance(other, list | tuple):
        if len(one) != len(other):
            return f"{len(one)} of them", f"{len(other)}"
        one, other = next((a, b) for a, b in zip(one, other, strict=True) if a != b)
    return one, other


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) < 200 else text[:197] + "..."
