"""Trades that a published report shows and whose log files are gone: it is not made again.

A volume that is not mounted looks like logs without trades. A report of 9 October with 20 trades of
`logs/trades/2025-10-09.jsonl` would then be replaced by a page without any. Where a line was
corrected or removed, its file is still there: such a report is made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from perfkit.book.book import Book
from perfkit.core.formatting import plain, utf8
from perfkit.reports.published import REPORTS, Published
from perfkit.summary.selection import Selection

Logs = Mapping[str, Mapping[str, int]]
"""How many trades of a report come from each log file, by the name of its source."""


def logs_of(selection: Selection) -> dict[str, dict[str, int]]:
    """Where the trades of a window come from."""
    names = {file.number: utf8(file.name) for file in selection.book.files}
    inside = selection.inside
    counts = Counter(zip(inside.source, inside.file, strict=True))
    found: dict[str, dict[str, int]] = {}
    for (source, number), trades in sorted(counts.items()):
        found.setdefault(source, {})[names[number]] = trades
    return found


def lost_logs(report: Published, now: Logs, book: Book) -> str | None:
    """Why a published report has to stay as it is; None where it may be made again.

    It stays where a source has fewer trades in its window than it shows, and a log file that they
    come from is gone, has no line that can be read as a trade any more, or is not a file.
    """
    lost, gone = 0, []
    for source in book.sources:
        before = report.status.logs.get(source.name, {})
        fewer = sum(before.values()) - sum(now.get(source.name, {}).values())
        there = {utf8(file.name) for file in book.files_of(source.name) if file.sizes[0]}
        without = [file for file in before if file not in there]
        if fewer > 0 and without:
            lost += fewer
            gone += without
    if not lost:
        return None
    trades = "a trade that it shows has" if lost == 1 else f"{lost:,} trades that it shows have"
    return (
        f"{trades} no log any more: {_listed(gone)} gone or empty (is a volume not mounted? "
        f"if this is intended, remove {REPORTS / report.status.kind / report.folder.name})"
    )


def _listed(files: Sequence[str]) -> str:
    more = len(files) - 1
    if not more:
        return f"{plain(files[0])} is"
    return f"{plain(files[0])} and {more:,} more log file{'s' if more > 1 else ''} are"
