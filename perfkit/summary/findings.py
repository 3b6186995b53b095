"""Problems in the data of a window: code, count and message; none when it is clean."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from operator import or_

from perfkit.core.dimensions import NO_NAME
from perfkit.core.errors import LineError, kind_of, place_text
from perfkit.core.trades import (
    CLOSED_BEFORE_OPENED,
    CLOSED_TOGETHER,
    CORRECTED,
    HOLD_DISAGREES,
    NET_DISAGREES,
    NO_MULTIPLIER,
    OPENED_WITH_PNL,
    OUTCOME_DISAGREES,
    OVERSOLD,
    PAID_IN_KIND,
    PNL_COMPUTED,
    REPEATED,
    RESIZED,
    SAME_TIME,
    UNPAIRED,
    WRONG_EXCURSION,
)
from perfkit.logs.file_log import COMMA, POINT
from perfkit.metrics.tally import Counts
from perfkit.summary.selection import Selection
from perfkit.summary.shape import Finding

_PER_TRADE = (
    (REPEATED, "repeated_lines", "a line repeats one already logged; its trade is counted once"),
    (CORRECTED, "corrections", "a later line changed a trade that had closed"),
    (
        OUTCOME_DISAGREES,
        "outcome_disagrees",
        "the logged outcome contradicts the net P&L; the net P&L is used",
    ),
    (NET_DISAGREES, "net_disagrees", "net P&L is not gross minus commission; the net is used"),
    (HOLD_DISAGREES, "hold_disagrees", "the logged holding time differs from exit minus entry"),
    (
        CLOSED_BEFORE_OPENED,
        "closed_before_opened",
        "a trade closed before it opened; it is counted without a holding time",
    ),
    (
        PNL_COMPUTED,
        "pnl_computed",
        "no P&L is logged: it is computed from prices, quantity and side, less commission",
    ),
    (
        PAID_IN_KIND,
        "paid_in_kind",
        "fees of purchases were paid in what was bought (`fee_from: quantity`): they are "
        "subtracted from the quantity, and are not costs in the P&L",
    ),
    (
        NO_MULTIPLIER,
        "no_multiplier",
        "P&L is computed from prices, and `multiplier` has no key for the symbol, so it is taken "
        'as 1; write the symbol, a pattern such as "ES*", or "*": 1 for all others',
    ),
    (
        CLOSED_TOGETHER,
        "closed_together",
        "a win and a loss closed at the same time: streaks and drawdown depend on their order, "
        "which is that of opening time, symbol, strategy and side",
    ),
    (
        SAME_TIME,
        "same_time",
        "fills of the same time are taken in the order of their lines; name an id as `order`",
    ),
    (UNPAIRED, "unpaired", "a close has no open line to pair with; its opening time is unknown"),
    (
        RESIZED,
        "other_quantity",
        "the quantity of a close differs from that of its open line: P&L is computed for the "
        "quantity of the close; read a log of partial closes with `fills`",
    ),
    (
        OPENED_WITH_PNL,
        "opened_with_pnl",
        "a fill has a P&L but closes nothing in the log, so that P&L is in no trade; the log may "
        "begin within a position, or have long and short ones at once (separate them with `by`)",
    ),
    (OVERSOLD, "oversold", "more was sold than was held; the excess opened nothing"),
    (
        WRONG_EXCURSION,
        "wrong_excursion",
        "an `mae` above 0 or an `mfe` below 0 is left out; if the log has no signs, write "
        "`mae: -NAME` in the dialect",
    ),
)


def findings(selection: Selection) -> list[Finding]:
    """The findings of a window, from its trades, bad lines and days."""
    missing, unterminated = selection.missing, selection.unterminated
    found = [Finding("likely_reading", 1, said) for said in selection.likely_readings]
    unreadable: Counter[str] = Counter()
    for error in selection.errors:
        unreadable[kind_of(error.reason)] += 1 + error.more
    for reason, count in sorted(unreadable.items()):
        found.append(Finding("bad_lines", count, f"unreadable: {reason}"))
    found += _left_out(selection)
    kinds: Counter[int] = Counter()
    for _, sheet in selection.sheets:
        kinds.update(sheet.findings)
    # What a position began with that has not closed; of others, it is said where they closed.
    _, never = selection.still_open
    kinds.update(kind & OPENED_WITH_PNL for kind in never.findings)
    for bit, code, message in _PER_TRADE:
        count = sum(number for kind, number in kinds.items() if kind & bit)
        if count:
            found.append(Finding(code, count, message))
    if unknown := sum(_without_pnl(sheet.whole.counts) for _, sheet in selection.sheets):
        message = "closed trades without a P&L: they count by their outcome, but not in amounts"
        found.append(Finding("without_pnl", unknown, message))
    found += _mixed_modes(selection)
    if selection.ahead:
        message = "dated a day or more after the last change of the log file"
        found.append(Finding("ahead", selection.ahead, message))
    if missing:
        found.append(Finding("missing_days", len(missing), "expected days without a log file"))
    if unterminated:
        found.append(
            Finding(
                "unterminated_days",
                len(unterminated),
                "the log of a past day ends with an incomplete line",
            )
        )
    return [
        *found,
        *_lost_columns(selection),
        *_decimal_marks(selection),
        *_waiting(selection),
    ]


def _waiting(selection: Selection) -> list[Finding]:
    """Rows of CSV that are not whole and do not count yet."""
    found = [
        Finding("unclosed_quote", file.waiting_lines, file.unclosed_quote)
        for file in selection.waiting
    ]
    if unended := selection.unended:
        place = place_text(unended[0].label, unended[0].lines + 1)
        message = (
            f"the last row has no newline yet and does not count ({place}); if the file is all "
            "there, write `complete: true` in its source"
        )
        found.append(Finding("unended_row", len(unended), message))
    return found


def _lost_columns(selection: Selection) -> list[Finding]:
    """For each field how many files lack what it is read from, and the first of them."""
    counts = Counter(lost.field for lost in selection.lost)
    first = {lost.field: lost for lost in reversed(selection.lost)}
    return [Finding("lost_column", counts[field], str(first[field])) for field in sorted(first)]


def _decimal_marks(selection: Selection) -> list[Finding]:
    """Sources that have numbers with a decimal comma beside numbers such as 1.234."""
    marks = [
        reduce(or_, (file.decimal_marks for file in selection.book.files_of(source.name)), 0)
        for source in selection.book.sources
    ]
    message = (
        "some numbers have a decimal comma, others are such as 1.234, which is read as a fraction: "
        'if its point separates thousands, write `decimal: ","` in the dialect, else `decimal: "."`'
    )
    count = marks.count(COMMA | POINT)
    return [Finding("decimal_marks", count, message)] if count else []


def _left_out(selection: Selection) -> list[Finding]:
    """Values that could not be read: for each kind of reason how many, and the first of them."""
    counts: Counter[str] = Counter()
    first: dict[str, LineError] = {}
    for line in selection.left_out:
        kind = kind_of(line.reason)
        counts[kind] += 1 + line.more
        first.setdefault(kind, line)
    return [
        Finding(
            "left_out",
            count,
            f"left out of its trade: {first[kind].reason} ({first[kind].place})",
        )
        for kind, count in sorted(counts.items())
    ]


def _without_pnl(counts: Counts) -> int:
    return counts.wins + counts.losses + counts.breakevens - counts.known


def _mixed_modes(selection: Selection) -> list[Finding]:
    """Execution modes that are in one figure, with the number of all its trades."""
    modes = _modes(selection)
    if len(modes) < 2:
        return []
    trades = sum(sheet.whole.trades for _, sheet in selection.sheets)
    message = f"{' and '.join(modes)} trades are mixed; filter by execution_mode to separate them"
    return [Finding("mixed_modes", trades, message)]


def _modes(selection: Selection) -> list[str]:
    """The execution modes of the window's trades."""
    modes: set[str] = set()
    for day, sheet in selection.sheets:
        parts = sheet.parts["execution_mode"]
        if parts is None:
            modes.update(mode or NO_NAME for mode in selection.day_trades(day).execution_mode)
        else:
            modes.update(parts)
    return sorted(modes - {NO_NAME})
