"""What is known of a column that may hold the P&L, and what speaks for it.

Evidence counts in tenths of a point. A reading is confident from `CONFIDENT` on; what that takes
was measured on public logs: a name such as `pnl` is worth 2.4 points, agreement with prices or with
a balance 2.5, a column that marks the closing records 1.2.
"""

from __future__ import annotations

from typing import NamedTuple

from perfkit.inference.records.closing import Closing
from perfkit.inference.table.columns import Column
from perfkit.inference.words.names import PnlName

CONFIDENT = 30
CLOSE_CALL = 6
"""Two readings that differ by less than this are equally good."""


class Candidate(NamedTuple):
    """A column that may hold the P&L, with the records that close a trade by it.

    `is_net` says whether costs are in it (None: unknown), `reasons` what speaks for and against.
    `is_in_quotes` says that it is what prices give, and so in what these are quoted in.
    """

    pnl: Column
    name: PnlName
    closing: Closing
    score: int
    unit: str
    is_net: bool | None
    reasons: tuple[str, ...]
    sign_contradicts: bool
    proved: bool
    side_of_exit: bool
    is_in_quotes: bool
