"""The words of a column that say what kind of record one is: a close, an opening, no trade.

status    open, closed, cancelled
action    BUY, SELL, HOLD
is_open   true, false
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from perfkit.inference.table.columns import BOOLEAN, NUMBER, TEXT, Column
from perfkit.inference.words.names import word_set, words

CLOSING = word_set("""
    close closed exit exited sold settled settle settlement resolved resolve won win lost loss stop
    stopped stoploss sl tp tp1 tp2 tp3 take takeprofit profit partial out liquidate liquidated
    liquidation flatten flattened
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
_STATES = word_set(
    "status state event ev kind action type phase act side signal result outcome closed resolved "
    "settled open exited direction is reason category note trade order active won win entry "
    "position settlement msg message op operation stage step"
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
_OF_THE_TRADE = word_set("is has was been open active still already fully trade position order")
"""Words of a flag that says of a trade that it is open: a strategy or a stop is active as well."""
_OF_A_VALUE = word_set("is was unrealized mtm mark marked to market")
"""Words of a flag that says of a P&L that it is a value so far."""
_YES = word_set("true 1 yes y t ja si sí oui sim evet tak ya да 是 예 はい نعم")
_NO = word_set("false 0 no n f nein non não nie hayir tidak нет 否 아니오 いいえ لا")


def _all_open_or_close(labels: set[str]) -> bool:
    """Whether each word of a column says `open` or `close`, whatever the column is called."""
    said = [set(words(label)) & {"open", "close"} for label in labels]
    return len(labels) > 1 and all(len(one) == 1 for one in said) and len(set(map(str, said))) == 2


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
    if says_why_it_opened(parts):
        return set(), set()
    if _is_reason(parts):
        held = {label for label in labels if is_held(label)}
        if held:
            return labels - held, held
        return (labels, set()) if "" in column.distinct else (set(), set())
    if {"open", "close"} <= parts:
        ends = {label for label in labels if "c" in words(label) or "close" in words(label)}
        return ends, labels - ends
    sides = {label: set(words(label)) for label in labels - not_made(column)}
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


NOT_MADE = word_set(
    "shadow ghost phantom hypothetical counterfactual untaken missed fictitious imaginary "
    "nonexistent"
)
"""Words of trades that were never made; those on paper were, if only there."""


def not_made(column: Column) -> set[str]:
    """The words of what was not traded beside those of what was: `exit_shadow` and `exit`."""
    said = {label: {*words(label)} for label in column.distinct if label}
    plain = [one for one in said.values() if not one & NOT_MADE]
    return {label for label, one in said.items() if one & NOT_MADE and one - NOT_MADE in plain}


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


def says_why_it_opened(parts: set[str]) -> bool:
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
