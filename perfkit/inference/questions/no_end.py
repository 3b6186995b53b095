"""Records with a P&L of which nothing says that a trade ended: they may be no trades.

buy_date 2026-04-06, pnl 3.20               something that is held, and what it has earned so far
window_start 10:00, window_end 10:05        what a bot did meanwhile
buy_exchange A, sell_exchange B, profit     a chance that nobody may have taken
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.table.columns import BOOLEAN, Column
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import word_set

_OF_AN_END = frozenset(("exit_price", "exit_reason", "outcome"))
_OF_ONE_TRADE = _OF_AN_END | {"side", "entry_price", "quantity", "stake"}
_ENDS = word_set("won win winner result outcome exit close sold settled")
_WINDOWS = word_set("window interval bucket candle bar slot epoch")
_VENUES = word_set("exchange venue dex market platform broker")
_DONE = word_set("status state executed filled success id order txid tx hash quantity size amount")


def may_be_no_trades(
    best: Candidate, roles: Mapping[str, Column], columns: Sequence[Column], times: Times
) -> bool:
    """Whether records are positions, windows of time or chances by what they say and do not say."""
    if best.closing.marker is not None or "realized" in best.pnl.words:
        return False
    only_opened = times.opened and not (times.closed or times.event or times.other)
    if only_opened and not roles.keys() & _OF_AN_END and not any(map(_says_how_it_ended, columns)):
        return not (_moves_a_balance(best) and roles.keys() & _OF_ONE_TRADE)
    ends = times.closed[:1]
    if ends and {*ends[0].words} & _WINDOWS and not roles.keys() & _OF_ONE_TRADE:
        return True
    return _are_chances(best, columns)


def _moves_a_balance(best: Candidate) -> bool:
    """Whether what an account holds moves by the results, as it does not by what is still held."""
    return best.proved and any(one.endswith(" moves by it") for one in best.reasons)


def _says_how_it_ended(column: Column) -> bool:
    return bool({*column.words} & _ENDS) and any(column.present)


def _are_chances(best: Candidate, columns: Sequence[Column]) -> bool:
    """Whether each record names where to buy and where to sell, and none lost or says it was done.

    That is what a scan for arbitrage logs.
    """
    said = [{*one.words} for one in columns]
    places = [any(way in one and one & _VENUES for one in said) for way in ("buy", "sell")]
    if not all(places) or any(one & _DONE for one in said):
        return False
    if any(one.kind == BOOLEAN for one in columns):
        return False
    return all((best.pnl.numbers[row] or 0) >= 0 for row in best.closing.rows)
