"""Trades as pandas frames."""

from __future__ import annotations

try:
    import pandas as pd
except ModuleNotFoundError as error:  # pragma: no cover - needs an environment without pandas
    from perfkit.core.errors import MissingExtraError

    raise MissingExtraError("pandas", "reports") from error

from perfkit.core.trade import Trade
from perfkit.core.trades import Trades

TIMES = ("opened_at", "closed_at")


def trades_frame(trades: Trades) -> pd.DataFrame:
    """A row per trade, a column per field of `Trade`.

    Money, prices and ratios stay `decimal.Decimal` (dtype object), so the sum of a column is exact.
    Times are UTC timestamps; `line` is the `path:line` the trade was read from. Without trades the
    frame has the same columns and no rows.
    """
    rows = [trades[row] for row in range(len(trades))]
    frame = pd.DataFrame(rows, columns=list(Trade._fields), dtype=object)
    for name in TIMES:
        frame[name] = pd.to_datetime(frame[name], utc=True)
    frame["line"] = [str(row.line) for row in rows]
    return frame
