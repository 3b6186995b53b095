"""The words of a column that say what kind of record one is: a close, an opening, no trade.

status    open, closed, cancelled
action    BUY, SELL, HOLD
is_open   true, false
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from perfkit.inference.table.columns import BOOLEAN, MOST_WORDS, NUMBER, TEXT, TIME, Column
from perfkit.inference.words.names import CLOSED, pnl_name, time_role, word_set, words

CLOSING = word_set("""
    close closed exit exited sold settled settle settlement resolved resolve won win lost loss stop
    stopped stoploss sl tp tp1 tp2 tp3 take takeprofit profit partial out liquidated liquidation
    redeem redeemed expired completed complete finished trailing breakeven be cashout cover covered
    timeout wins even tie draw done ended target targets hit reached scratch scratched
    """)
OPENING = word_set("""
    open opened opening entry enter entered in pending placed active hold holding new submitted
    unrealized running live monitoring waiting unresolved unsettled unclosed ongoing outstanding
    start signal
    """)
FAILED = word_set(
    "failed fail rejected reject cancelled canceled cancel error errored skipped skip void voided "
    "invalid unfilled blocked failure denied aborted nofill"
)
UPDATES = word_set("update updated tick mark heartbeat snapshot monitor check valuation")
"""Words for records of a position that is neither opened nor closed by them."""
STILL_OPEN = word_set(
    "open active hold holding running live unrealized unsettled unclosed ongoing outstanding"
)
_NOT = frozenset(("not", "never", "yet"))
_MAY_BE_TO_COME = word_set("close exit settled sold resolved completed finished")
"""Words for a close, before which `not` says that the trade is open."""
MOVED = word_set("deposit withdrawal withdraw balance transfer payout")
"""Words for money that was moved, and not earned."""
_MOST_OF_LABEL = 6
_BOOKED = (("credit",), ("debit",), ("bonus",), ("funding",), ("interest",), ("dividend",))
_STATES = word_set(
    "status state event ev kind action type phase act side signal result outcome closed resolved "
    "settled open exited direction is reason category note trade order active won win entry "
    "position settlement"
)

_PLAIN = STILL_OPEN | {"still", "position", "trade", "end"}
_HELD = _PLAIN | word_set("at the of data period test backtest mtm as yet")
"""Words of a reason that says that nothing has ended: `Open`, `still open at end of data`."""

_OF_OPENINGS = word_set("entry open buy setup signal")
_OF_OTHER_THINGS = word_set(
    "setup day entry option contract market model asset instrument regime pattern session strategy "
    "trend product account"
)
"""Words of a column of types that says what was traded, or why it was opened."""

_EVENTS = frozenset(("event", "type", "kind", "action", "category", "record"))
_FILLS = word_set("fill filled fills executed execution")
_OF_ORDERS = word_set("order submitted signal placed intent request quote")
_EFFECTS = frozenset(
    ("action", "event", "type", "kind", "effect", "offset", "phase", "side", "code")
)
_OF_EFFECTS = {
    **dict.fromkeys(("open", "entry", "enter"), "open"),
    **dict.fromkeys(("close", "exit"), "close"),
    **dict.fromkeys(("bto", "sto"), "open"),
    **dict.fromkeys(("stc", "btc"), "close"),
}
_ENTRY = word_set("entry enter entered open opened opening")
_OF_TURNS = _EFFECTS | word_set("kind signal status record side position direction")
_LEAST_ENDED = 2
_OF_THE_TRADE = word_set("is has was been open active still already fully trade position order")
"""Words of a flag that says of a trade that it is open: a strategy or a stop is active as well."""
_OF_A_VALUE = word_set("is was unrealized mtm mark marked to market")
"""Words of a flag that says of a P&L that it is a value so far."""
_YES = word_set("true 1 yes y t ja si sí oui sim evet tak ya да 是 예 はい نعم")
_NO = word_set("false 0 no n f nein non não nie hayir tidak нет 否 아니오 いいえ لا")
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
        if column.kind == BOOLEAN and parts & _DONE and len(column.path) == 1:
            failed = {row for row, label in enumerate(column.labels) if label == "false"}
            earned = parts == {"success"} and _have_ended(failed, columns)
            if failed and len(failed) < len(column.labels) and not earned:
                return failed, {column.expression: {"not": False}}
        if column.kind != TEXT or not parts & _KINDS_OF_RECORDS or _says_why_it_opened(parts):
            continue
        if not column.has_few_words or len(column.distinct) > MOST_WORDS:
            continue
        bad = {label for label in column.distinct if _is_failed(label)}
        if bad and _say_how_it_ended(column, bad, columns):
            bad = set()
        bad |= {label for label in column.distinct if _is_moved(label)}
        bad |= {label for label in column.distinct if words(label) in _BOOKED}
        if bad and len(bad) < len([label for label in column.distinct if label]):
            rows = {row for row, label in enumerate(column.labels) if label in bad}
            if (filled := _filled_in_part(columns, rows)) is not None:
                empty = {row for row, size in enumerate(filled.numbers) if not size}
                return empty, {filled.expression: {"above": 0}}
            return rows, {column.expression: {"not": logged(column, bad)}}
    return set(), {}


def _filled_in_part(columns: Sequence[Column], rows: set[int]) -> Column | None:
    """How much was filled of orders, where some that were cancelled had been filled in part."""
    for column in columns:
        if column.kind != NUMBER or column.words not in _FILLED:
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
    may_be_filled = any(
        set(one.words) & _FILLS or pnl_name(one.name) is not None for one in columns
    )
    for column in columns:
        is_state = column.kind == TEXT and bool({"status", "state"} & set(column.words))
        is_state = is_state and not may_be_filled and len(column.labels) > 1
        if is_state and all(map(_is_failed, column.distinct)):
            return column
        is_flag = column.kind == BOOLEAN and bool(set(column.words) & {"ok", "success"})
        if is_flag and set(column.labels) == {"false"} and len(column.labels) > 1:
            return column
    return None


_FILLED = frozenset(
    (
        *(("filled",), ("filled", "quantity"), ("filled", "size"), ("filled", "amount")),
        *(("executed", "quantity"), ("executed", "size"), ("quantity", "filled")),
        *(("cum", "quantity"), ("cumulative", "quantity")),
    )
)
_DONE = frozenset(("ok", "success", "filled", "executed"))
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


_OF_TOTALS = re.compile("total|sum|overall")
_TOTALS = frozenset(("total", "totals", "sum", "summary", "grand total", "subtotal", "overall"))


def total_records(columns: Sequence[Column]) -> tuple[set[int], dict[str, object]]:
    """Records of totals, which a text such as `TOTAL` in place of a symbol tells."""
    for column in columns:
        if column.kind != TEXT:
            continue
        likely = [label for label in column.distinct if _OF_TOTALS.search(label)]
        said = {label for label in likely if " ".join(words(label)) in _TOTALS}
        rows = {row for row, label in enumerate(column.labels) if label in said}
        if rows and len(rows) * 4 <= len(column.labels):
            return rows, {column.expression: {"not": logged(column, said)}}
    return set(), {}


def fill_records(columns: Sequence[Column]) -> tuple[set[int], dict[str, object]]:
    """Records of executions, where orders are logged beside them, and the condition for these."""
    for column in columns:
        if column.kind != TEXT or not set(column.words) & _EVENTS:
            continue
        if not column.has_few_words or len(column.distinct) > MOST_WORDS:
            continue
        said = {label: set(words(label)) for label in column.distinct if label}
        fills = {label for label, one in said.items() if one & _FILLS and not one & _OF_ORDERS}
        orders = {label for label, one in said.items() if one & _OF_ORDERS}
        if fills and orders - fills:
            rows = {row for row, label in enumerate(column.labels) if label in fills}
            values = logged(column, fills)
            return rows, {column.expression: values[0] if len(values) == 1 else values}
    return set(), {}


def _all_open_or_close(labels: set[str]) -> bool:
    """Whether each word of a column says `open` or `close`, whatever the column is called."""
    said = [set(words(label)) & {"open", "close"} for label in labels]
    return len(labels) > 1 and all(len(one) == 1 for one in said) and len(set(map(str, said))) == 2


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


def effects_of(columns: Sequence[Column]) -> list[set[str]]:
    """What columns of events say of orders: that they open, that they close, or each of the two."""
    return [set(said.values()) for _, said in _effects(columns)]


def effect_of_all(columns: Sequence[Column], rows: Sequence[int]) -> str:
    """What a column says of each of some orders, `open` or `close`; empty where none says it."""
    for column, said in _effects(columns, of_all=False):
        found = {said.get(column.labels[row], "") for row in rows}
        if len(found) == 1 and len(set(said.values())) > 1:
            return found.pop()
    return ""


def _effects(
    columns: Sequence[Column], *, of_all: bool = True
) -> list[tuple[Column, dict[str, str]]]:
    """The columns whose words say that an order opens or that it closes, `of_all` each of them."""
    found = []
    for column in columns:
        if column.kind != TEXT or not set(column.words) & _EFFECTS or not column.has_few_words:
            continue
        said = {label: set(words(label)) & _OF_EFFECTS.keys() for label in column.distinct if label}
        known = {label: _OF_EFFECTS[min(one)] for label, one in said.items() if len(one) == 1}
        if known and (len(known) == len(said) or not of_all):
            found.append((column, known))
    return found


def entry_and_exit_words(column: Column) -> tuple[set[str], set[str]]:
    """The words of a column of events for an entry and for an exit, such as `TP`; empty: none."""
    if column.kind != TEXT or not set(column.words) & _OF_TURNS or not column.has_few_words:
        return set(), set()
    said = {label: set(words(label)) for label in column.distinct if label}
    opening = {label for label, one in said.items() if one & _ENTRY}
    return opening, {label for label, one in said.items() if one & CLOSING} - opening


def is_state(column: Column) -> bool:
    return bool(set(column.words) & {"status", "state", "close", "open"})


def closing_words(
    column: Column, pnl: Column, rows: Sequence[int], nonzero: Sequence[int]
) -> tuple[set[str], set[str]]:
    """The words of a column that say that a trade closed, and those that say that one opened."""
    labels = set(column.distinct) - {""}
    parts = set(column.words)
    if is_flag(column):
        return _of_flag(column, parts)
    if parts & {"status", "state"} and labels == {"o", "c"}:
        return {"c"}, {"o"}
    if not parts & _STATES and not _is_reason(parts) and not _all_open_or_close(labels):
        return set(), set()
    if _says_why_it_opened(parts):
        return set(), set()
    if _is_reason(parts):
        held = {label for label in labels if is_held(label)}
        if held:
            return labels - held, held
        return (labels, set()) if "" in column.distinct else (set(), set())
    if {"open", "close"} <= parts:
        ends = {label for label in labels if "c" in words(label) or "close" in words(label)}
        return ends, labels - ends
    sides = {label: set(words(label)) for label in labels}
    closing = {
        label
        for label, said in sides.items()
        if said & CLOSING and not said & FAILED and not _is_to_come(said)
    }
    opening = {label for label, said in sides.items() if said & OPENING and label not in closing}
    opening |= {label for label, said in sides.items() if _is_to_come(said)}
    clash = {label for label in closing if sides[label] & {"open", "opened", "entry"}}
    closing -= clash
    if "reason" in parts or "note" in parts:
        return closing, opening
    if not closing or not opening:
        sold = {label for label, said in sides.items() if said & {"sell", "sold"}} | closing
        bought = {label for label, said in sides.items() if said & {"buy", "bought"}} - closing
        held = {label for label, said in sides.items() if said & {"hold", "holding"}}
        earned = {column.labels[row] for row in nonzero}
        may_sell = bool(earned) and (not closing or not earned.isdisjoint(sold - closing))
        if sold - closing and may_sell and (bought or held) and not bought & earned:
            return sold, bought | opening
    return closing, opening


def is_held(reason: str) -> bool:
    """Whether a reason says that a trade has not ended, as no word of another reason beside it."""
    said = set(words(reason))
    return bool(said & STILL_OPEN) and said <= _HELD


def is_plainly_held(reason: str) -> bool:
    """The same of a reason that says nothing else; `open at end of data` also says when."""
    return is_held(reason) and set(words(reason)) <= _PLAIN


def says_it_is_open(label: str) -> bool:
    """Whether a word says of a trade that it is open: `open`, `not closed yet`."""
    said = set(words(label))
    return _is_to_come(said) or (bool(said & STILL_OPEN) and not said & CLOSING)


def _is_to_come(said: set[str]) -> bool:
    return bool(said & _NOT) and bool(said & _MAY_BE_TO_COME)


def is_flag(column: Column) -> bool:
    """Whether a column says yes or no of each record, as true and false, 1 and 0, or in words."""
    if column.kind in (BOOLEAN, NUMBER):
        return True
    labels = set(column.distinct) - {""} if column.kind == TEXT and column.has_few_words else set()
    return bool(labels) and labels <= _YES | _NO


def _of_flag(column: Column, parts: set[str]) -> tuple[set[str], set[str]]:
    """Of a column of true and false, or of 0 and 1; of MetaTrader, 0 for in and 1 for out."""
    if parts == {"entry"} and set(column.distinct) <= {"0", "1", "2", "3"}:
        return {"1", "2", "3"}, {"0"}
    labels = set(column.distinct)
    if not labels <= _YES | _NO | {""}:
        return set(), set()
    yes, no = labels & _YES, labels & _NO
    ends = parts & {"close", "resolved", "settled", "exited", "completed", "sold", "exit"}
    if ends:  # but not `forced_exit`, which is one way of closing
        return (yes, no) if parts - ends <= _OF_THE_TRADE else (set(), set())
    is_valued = parts <= _OF_A_VALUE and bool(parts & {"unrealized", "mtm", "market"})
    if is_valued or (parts & {"open", "active"} and parts <= _OF_THE_TRADE):
        return (no | {""} if "" in labels else no), yes
    return set(), set()


def _says_why_it_opened(parts: set[str]) -> bool:
    """Whether a column is one such as `setup_type` or `entry_reason`, whatever its words."""
    return ("type" in parts and bool(parts & _OF_OTHER_THINGS)) or (
        "reason" in parts and bool(parts & _OF_OPENINGS)
    )


def _is_reason(parts: set[str]) -> bool:
    return bool(parts & {"exit", "close"}) and bool(parts & {"reason", "type", "cause"})


def logged(column: Column, labels: set[str]) -> list[object]:
    """Words of a column as they are logged, in every spelling that occurs."""
    found: dict[object, None] = {}
    for value, label in zip(column.values, column.labels, strict=True):
        if label in labels and label:
            found.setdefault(_as_yaml(value))
    return list(found)


def _as_yaml(value: object) -> object:
    if isinstance(value, str) and re.fullmatch("true|false", value, re.IGNORECASE):
        return value.lower() == "true"
    return value
