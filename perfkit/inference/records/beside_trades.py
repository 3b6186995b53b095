"""Records beside those of trades: what failed, moved money, totals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.records.filled import EVENTS, FILLS, WAITING
from perfkit.inference.records.kinds import (
    CLOSING,
    FAILED,
    MOVED,
    NOT_MADE,
    logged,
    not_made,
    says_why_it_opened,
)
from perfkit.inference.table.columns import BOOLEAN, MOST_WORDS, NUMBER, TEXT, TIME, Column
from perfkit.inference.words.names import CLOSED, pnl_name, time_role, word_set, words
from perfkit.inference.words.role_names import role_rank

_MOST_OF_LABEL = 6
_BOOKED = (
    *(("credit",), ("debit",), ("bonus",), ("funding",), ("interest",), ("dividend",)),
    *(("funding", "fee"), ("funding", "payment"), ("interest", "payment")),
)
_LEAST_ENDED = 2
_KINDS_OF_RECORDS = frozenset(
    ("status", "state", "result", "event", "action", "type", "kind", "category")
)


def failed_records(columns: Sequence[Column]) -> tuple[set[int], dict[str, object]]:
    """Records of no trade (rejected, cancelled, deposits), and the condition that leaves them out.

    Those of one column: the first that has such words.
    """
    for column in columns:
        parts = set(column.words)
        if parts == {"type"} and column.kind == NUMBER and _are_deals(columns):
            moved = {row for row, size in enumerate(column.numbers) if size and size > 1}
            if moved:
                return moved, {column.expression: [0, 1]}
        if column.kind == BOOLEAN and _says_it_was_done(parts) and len(column.path) == 1:
            failed = {row for row, label in enumerate(column.labels) if label == "false"}
            earned = parts == {"success"} and _have_ended(failed, columns)
            if failed and len(failed) < len(column.labels) and not earned:
                return failed, {column.expression: {"not": False}}
        if column.kind != TEXT or not parts & _KINDS_OF_RECORDS or says_why_it_opened(parts):
            continue
        if not column.has_few_words or len(column.distinct) > MOST_WORDS:
            continue
        bad = {label for label in column.distinct if _is_failed(label)}
        if bad and _say_how_it_ended(column, bad, columns):
            bad = set()
        bad |= {label for label in column.distinct if _is_moved(label)}
        bad |= {label for label in column.distinct if words(label) in _BOOKED}
        bad |= not_made(column) | _settlements(column, columns)
        if bad and len(bad) < len([label for label in column.distinct if label]):
            rows = {row for row, label in enumerate(column.labels) if label in bad}
            if (filled := _filled_in_part(columns, rows)) is not None:
                empty = {row for row, size in enumerate(filled.numbers) if not size}
                return empty, {filled.expression: {"above": 0}}
            return rows, {column.expression: {"not": logged(column, bad)}}
    for found in (_unfilled_records, _waiting_orders):
        rows, condition = found(columns)
        if rows:
            return rows, condition
    return _idle_records(columns)


def _settlements(column: Column, columns: Sequence[Column]) -> set[str]:
    """The word for settlements of a position, which pay the funding that no trade has."""
    said = {label for label in column.distinct if words(label) == ("settlement",)}
    rows = {row for row, label in enumerate(column.labels) if label in said}
    for one in columns:
        if (
            rows
            and one.kind == NUMBER
            and {*one.words} <= {"funding", "fee"}
            and "funding" in one.words
        ):
            paid = {row for row, amount in enumerate(one.numbers) if amount}
            if paid and paid <= rows:
                return said
    return set()


_OF_ENDS = word_set("outcome result status reason exit note state")
_UNFILLED = {
    *((one, "fill") for one in ("no", "not", "never")),
    *((one, "filled") for one in ("not", "never", "un")),
    *((one, what) for one in ("not", "never") for what in ("triggered", "executed", "activated")),
    *((one, "entry") for one in ("no", "not", "never", "missed")),
    *((one,) for one in ("nofill", "unfilled", "notfilled", "noentry", "untriggered")),
}


def _unfilled_records(columns: Sequence[Column]) -> tuple[set[int], dict[str, object]]:
    """Records whose outcome is that there was no entry, such as `NO_FILL`, and that earned nothing.

    So are those of trades that were never made, such as `PHANTOM`. They may have a closing time:
    that at which the order or the signal expired.
    """
    results = _results(columns)
    for column in columns if results else ():
        if column.kind != TEXT or not set(column.words) & _OF_ENDS or not column.has_few_words:
            continue
        said = {label for label in column.distinct if _was_never_made(label)}
        rows = {row for row, label in enumerate(column.labels) if label in said}
        if rows and not any(one.numbers[row] for one in results for row in rows):
            return rows, {column.expression: {"not": logged(column, said)}}
    return set(), {}


def _was_never_made(label: str) -> bool:
    said = words(label)
    return said in _UNFILLED or not NOT_MADE.isdisjoint(said)


_STATES = word_set("status state")
_WAITS = WAITING | word_set("wait waiting open working live active unfilled")
_EXECUTED = CLOSING | word_set("filled fill executed execution matched")


def _waiting_orders(columns: Sequence[Column]) -> tuple[set[int], dict[str, object]]:
    """Orders that wait to be filled beside those that were, of which sales alone have results.

    side     Buy    Sell   Sell
    status   Done   Done   Wait
    profit   0      25     0
    """
    results = _results(columns)
    sides = [one for one in columns if set(one.distinct) - {""} == {"buy", "sell"}]
    earned = {row for one in results for row, amount in enumerate(one.numbers) if amount}
    closing = {sides[0].labels[row] for row in earned} if sides else set()
    for column in columns if len(closing) == 1 else ():
        if column.kind != TEXT or not set(column.words) & _STATES or not column.has_few_words:
            continue
        waits = {label for label in column.distinct if {*words(label)} & _WAITS}
        waits = {label for label in waits if not {*words(label)} & _EXECUTED}
        rows = {row for row, label in enumerate(column.labels) if label in waits}
        others = set(column.distinct) - waits
        if not others or not all({*words(label)} & _EXECUTED for label in others) or rows & earned:
            continue
        if any(sides[0].labels[row] in closing for row in rows):
            return rows, {column.expression: {"not": logged(column, waits)}}
    return set(), {}


_OF_DECISIONS = word_set("signal decision action side recommendation verdict pick bet direction")
_TO_TRADE = word_set("trade traded enter entered entry")
_MAY_TRADE = _TO_TRADE | word_set("should take taken is was did has do allowed ok made signal")
"""Words of a flag such as `should_trade`, which says whether there was a trade."""
_IDLE = {
    *((one,) for one in ("skip", "skipped", "pass", "hold", "wait", "noop", "notrade", "nobet")),
    *((one,) for one in ("flat", "none", "neutral")),
    *(("no", one) for one in ("trade", "bet", "action", "signal", "position", "entry")),
}


def _idle_records(columns: Sequence[Column]) -> tuple[set[int], dict[str, object]]:
    """Records of a decision not to trade, such as `SKIP`, which have no result where others do."""
    for column in columns:
        if column.kind == BOOLEAN and {*column.words} & _TO_TRADE and {*column.words} <= _MAY_TRADE:
            idle = {"false"} & column.distinct.keys()
        elif column.kind == TEXT and {*column.words} & _OF_DECISIONS and column.has_few_words:
            idle = {label for label in column.distinct if words(label) in _IDLE}
        else:
            continue
        if len(column.distinct) > MOST_WORDS:
            continue
        results = _results(columns) if idle else []
        if not results:
            continue
        earned = {row for one in results for row, amount in enumerate(one.numbers) if amount}
        rows = {row for row, label in enumerate(column.labels) if label in idle}
        others = len(column.labels) - len(rows)
        if not rows & earned and others and len(earned) * 10 >= 8 * others:
            return rows, {column.expression: {"not": logged(column, idle)}}
    return set(), {}


def _results(columns: Sequence[Column]) -> list[Column]:
    """The columns whose names say best that they are results: `net_ret`, and not `morning_ret`."""
    named = [
        (known.score, one)
        for one in columns
        if one.kind == NUMBER and (known := pnl_name(one.name))
    ]
    best = max((score for score, _ in named), default=0)
    return [one for score, one in named if score == best]


def _says_it_was_done(parts: set[str]) -> bool:
    """Whether a flag says of a trade that there was one: `executed`, and not `partial_taken`."""
    return bool(parts & _DONE) and not parts & _OF_EXITS


def _filled_in_part(columns: Sequence[Column], rows: set[int]) -> Column | None:
    """How much was filled of orders, where some that were cancelled had been filled in part."""
    is_ordered = any({*one.words} == {"order", "quantity"} for one in columns)
    for column in columns:
        said = {*column.words}
        is_filled = bool(said & _FILLED) and said <= _FILLED | _OF_SIZES
        if column.kind != NUMBER or not (is_filled or (is_ordered and said == {"quantity"})):
            continue
        if any(column.numbers[row] for row in rows) and not all(column.numbers):
            return column
    return None


def _are_deals(columns: Sequence[Column]) -> bool:
    """Whether records are deals of MetaTrader: type 0 buys, 1 sells, and the others move money."""
    names = {column.words for column in columns}
    return ("entry",) in names and any("position" in one or "deal" in one for one in names)


def all_failed(columns: Sequence[Column]) -> Column | None:
    """The column that says of every record that it failed: `success: false`, `status: rejected`.

    An order that was cancelled may have been filled in part, and a P&L says that there was a trade.
    """
    may_be_filled = any(set(one.words) & FILLS or pnl_name(one.name) is not None for one in columns)
    for column in columns:
        is_state = column.kind == TEXT and bool({"status", "state"} & set(column.words))
        is_state = is_state and not may_be_filled and len(column.labels) > 1
        if is_state and all(map(_is_failed, column.distinct)):
            return column
        is_flag = column.kind == BOOLEAN and bool(set(column.words) & {"ok", "success"})
        if is_flag and set(column.labels) == {"false"} and len(column.labels) > 1:
            return column
    return None


_FILLED = word_set("filled fill executed exec cum cumulative dealt")
_OF_SIZES = word_set("quantity size amount volume shares contracts units total so far")
_DONE = frozenset(("ok", "success", "filled", "executed", "taken", "traded", "acted"))
_OF_EXITS = word_set(
    "partial partially partials part half tp tp1 tp2 tp3 target targets profit profits stop sl "
    "exit close scale scaled out runner breakeven be trail trailing first second hedge pyramid add"
)
"""Words of a flag that says what was done of an exit, or to a trade that there was anyhow."""
_MOST_MOVED = 5
"""Money is moved in one of so many records at most."""


def moved_records(
    columns: Sequence[Column], roles: Mapping[str, Column]
) -> tuple[set[int], dict[str, object]]:
    """Records of deposits and withdrawals, which have an amount but neither a symbol nor a price.

    So do those in a history of MetaTrader, whose amount is in the column of the profit.
    """
    symbol = roles.get("symbol")
    prices = [roles[one] for one in ("entry_price", "exit_price", "price") if one in roles]
    results = [one for one in columns if one.kind == NUMBER and pnl_name(one.name) is not None]
    if symbol is None or not prices or not results:
        return set(), {}
    without = {row for row, is_there in enumerate(symbol.present) if not is_there}
    if not 0 < len(without) * _MOST_MOVED <= len(symbol.present):
        return set(), {}
    if any(one.numbers[row] for one in prices for row in without):
        return set(), {}
    if not all(any(one.numbers[row] for one in results) for row in without):
        return set(), {}
    return without, {symbol.expression: "exists"}


_OF_BETS = word_set("market bet pick wager type selection side line")
"""Words of a column that says what was bet on."""
_OF_TOTALS = re.compile("total|sum|overall|recap|report|session|day|eod|engine|bot|run|test")
_TOTALS = frozenset(("total", "totals", "sum", "summary", "grand total", "subtotal", "overall"))
_OF_SUMS = word_set("total totals sum summary recap report")
_OF_PERIODS = word_set("daily weekly monthly day week month session hourly eod")
_BESIDE_PERIODS = word_set("end of the close closed start trading portfolio account bot pnl stats")
_OF_RUNS = word_set("engine bot run backtest session")
_BESIDE_RUNS = word_set("end ended start started stop stopped finished complete completed shutdown")


def total_records(columns: Sequence[Column]) -> tuple[set[int], dict[str, object]]:
    """Records of totals, which a text such as `TOTAL` in place of a symbol tells.

    So does an event such as `daily_summary`, and `session_end` or `engine_stopped` where these have
    no symbol.
    """
    for column in columns:
        if column.kind != TEXT:
            continue
        likely = [label for label in column.distinct if _OF_TOTALS.search(label)]
        said = {label for label in likely if _is_total(label, column, columns)}
        rows = {row for row, label in enumerate(column.labels) if label in said}
        if not rows or len(rows) * 4 > len(column.labels) or _is_beside(column, rows, columns):
            continue
        if not _are_bets_on_totals(column, rows, columns):
            return rows, {column.expression: {"not": logged(column, said)}}
    return set(), {}


def _are_bets_on_totals(column: Column, rows: set[int], columns: Sequence[Column]) -> bool:
    """Whether `total` is what was bet on, beside moneylines and spreads: over or under.

    Each record has all that others have, and no P&L is the sum of those before it.
    """
    if not {*column.words} & _OF_BETS:
        return False
    others = [row for row in range(len(column.present)) if row not in rows]
    usual = [one for one in columns if all(one.present[row] for row in others)]
    is_full = all(one.present[row] for one in usual for row in rows)
    return is_full and not any(_is_sum_of_others(one, rows) for one in _results(columns))


def _is_sum_of_others(pnl: Column, rows: set[int]) -> bool:
    """Whether a P&L is in one of some records the sum of all others before it, since the last."""
    added, count = Decimal(0), 0
    for row, earned in enumerate(pnl.numbers):
        if row not in rows:
            added, count = added + (earned or Decimal(0)), count + 1
        elif count > 1 and earned and abs(earned - added) <= pnl.step:
            return True
        else:
            added, count = Decimal(0), 0
    return False


def _is_beside(column: Column, rows: set[int], columns: Sequence[Column]) -> bool:
    """Whether totals stand in a table beside that of the trades, in the rows of some of these.

    Few rows have a cell of that table, and those with a total have all that each other row has.
    """
    if sum(column.present) * 2 > len(column.present):
        return False
    others = [row for row in range(len(column.present)) if row not in rows]
    usual = [one for one in columns if all(one.present[row] for row in others)]
    kinds = {one.kind for one in usual}
    return {NUMBER, TEXT} <= kinds and all(one.present[row] for one in usual for row in rows)


def _is_total(label: str, column: Column, columns: Sequence[Column]) -> bool:
    """Whether a label is that of totals, of all trades or of a day or a session."""
    if " ".join(words(label)) in _TOTALS:
        return True
    if not (set(column.words) & EVENTS and column.has_few_words and _is_of_period(label)):
        return False
    return bool({*words(label)} & _OF_SUMS) or _have_no_symbol(column, columns)


def _is_of_period(label: str) -> bool:
    parts = {*words(label)}
    if parts & _OF_RUNS and parts & _BESIDE_RUNS and parts <= _OF_RUNS | _BESIDE_RUNS:
        return True
    return bool(parts & _OF_PERIODS) and parts <= _OF_SUMS | _OF_PERIODS | _BESIDE_PERIODS


def _have_no_symbol(column: Column, columns: Sequence[Column]) -> bool:
    """Whether the records of a period lack the symbol that all others have."""
    symbol = next((one for one in columns if role_rank(one.name, "symbol") is not None), None)
    of_period = {label: _is_of_period(label) for label in column.distinct}
    return symbol is not None and all(
        is_there != of_period[label]
        for is_there, label in zip(symbol.present, column.labels, strict=True)
    )


def _say_how_it_ended(column: Column, failed: set[str], columns: Sequence[Column]) -> bool:
    """Whether words such as `failed` say how trades ended: those all lost, and others all won.

    So they do of a trade that hit its stop: with a closing time, and a P&L below 0. A type of exit
    such as `failed breakout` does as well, where all of these have a closing time.
    """
    closed = [one.present for one in columns if one.kind == TIME and time_role(one.name) == CLOSED]
    if {"exit", "close"} & set(column.words) and not {"status", "state"} & set(column.words):
        rows = [row for row, label in enumerate(column.labels) if label in failed]
        if closed and all(closed[0][row] for row in rows):
            return True
    for pnl in columns:
        if not closed or pnl.kind != NUMBER or pnl_name(pnl.name) is None:
            continue
        ended: dict[bool, list[Decimal | None]] = {True: [], False: []}
        for row, label in enumerate(column.labels):
            if closed[0][row] or label in failed:
                ended[label in failed].append(pnl.numbers[row] if closed[0][row] else None)
        lost, won = ended[True], ended[False]
        if min(len(lost), len(won)) < _LEAST_ENDED:
            continue
        if all(one is not None and one < 0 for one in lost) and all(one and one > 0 for one in won):
            return True
    return False


def _have_ended(rows: set[int], columns: Sequence[Column]) -> bool:
    """Whether records have a closing time and a P&L other than 0, as trades that lost have.

    Then a flag such as `success` says how they ended.
    """
    closed = [one.present for one in columns if one.kind == TIME and time_role(one.name) == CLOSED]
    earned = [one.numbers for one in columns if one.kind == NUMBER and pnl_name(one.name)]
    is_timed = any(all(present[row] for row in rows) for present in closed)
    return is_timed and any(all(numbers[row] for row in rows) for numbers in earned)


def _is_moved(label: str) -> bool:
    """Whether a label says that money was moved; a note of many words says something else."""
    said = words(label)
    return bool(set(said) & MOVED) and len(said) <= _MOST_OF_LABEL


def _is_failed(label: str) -> bool:
    return bool(set(words(label)) & FAILED)
