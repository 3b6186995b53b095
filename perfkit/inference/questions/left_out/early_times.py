"""Trades that closed before March 1970, whose times perfkit cannot read."""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.one_value import EARLIEST_US
from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.keys.trade_times import ONE_DAY
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.table.columns import Column


def closed_early(best: Candidate, closed: Column) -> Doubt | None:
    """What to do with trades of such times: they may be left out, or all count on one day."""
    rows = best.closing.rows
    early = [row for row in rows if (at := closed.instants[row]) is not None and at < EARLIEST_US]
    if not early:
        return None
    total = sum((best.pnl.numbers[row] or Decimal(0) for row in early), Decimal(0))
    return Doubt(
        "early_times",
        f"{closed.name} is before March 1970 in {len(early)} of {len(rows)} records, and cannot be "
        f"read so; their {best.pnl.name} is {total:f} in total. Should they be left out?",
        (
            Answer("yes", {}),
            Answer(
                "no: all trades count on one day, so only the totals mean something",
                {"fields.closed_at": ONE_DAY, "fields.opened_at": None},
            ),
        ),
    )
