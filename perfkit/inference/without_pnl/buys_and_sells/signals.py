"""Lists of signals, which look like executions: a side, a price, and the volume of the bar.

time, signal, price, volume, rsi, ema_9         nothing was bought
time, signal, price, quantity, order_id         executions
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.inference.proof.costs.paid_amounts import fee_in_amount
from perfkit.inference.table.columns import Column
from perfkit.inference.table.roles import identities_of
from perfkit.inference.without_pnl.log_facts import Log
from perfkit.inference.words.names import word_set

_OPTIONS = word_set("call put ce pe calls puts")
_INDICATORS = word_set("rsi macd ema sma vwap adx atr bb bollinger stoch stochastic cci obv mfi")
_OF_BARS = word_set("volume avg average ratio ma high low open close")
_SURE = word_set("confidence probability prob prediction score")
_LEAST = 2
_OF_ORDERS = word_set("order fill filled executed execution exec status state account broker")


def are_signals(log: Log, rows: Sequence[int]) -> bool:
    """Whether records say what might be bought: calls and puts, or beside indicators of a bar."""
    side = log.roles.get("side")
    if side is None:
        return False
    labels = {side.labels[row] for row in rows if side.present[row]}
    if labels and labels <= _OPTIONS:
        return True
    if log.fees or identities_of(log.columns) or any(map(_is_of_order, log.columns)):
        return False
    size = log.roles.get("quantity")
    is_of_bar = size is not None and size.words == ("volume",)
    if is_of_bar and fee_in_amount(log.roles, log.columns, rows) is not None:
        return False  # which paid for it
    is_signal = bool({"signal", "signals"} & set(side.words))
    said = [one for one in log.columns if set(one.words) & _INDICATORS or _is_of_bar(one)]
    if is_of_bar and any(set(one.words) & _SURE for one in log.columns):
        return True
    return (is_signal or is_of_bar) and len(said) >= _LEAST


def _is_of_order(column: Column) -> bool:
    return bool(set(column.words) & _OF_ORDERS)


def _is_of_bar(column: Column) -> bool:
    """Whether a column is of the bar at which a signal came: `high`, `volume_avg_10`."""
    said = {word for word in column.words if not word.isdigit()}
    return len(said) > 0 and said <= _OF_BARS and column.words != ("volume",)
