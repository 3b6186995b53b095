"""Records with a P&L, but without the exit price that the others have, and without an end.

time 2026-04-06   entry 100   exit 103   pnl 3
time 2026-04-07   entry 105              pnl 1.5      closed, or a value so far?
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from perfkit.inference.candidates import Candidate
from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.table.columns import Column
from perfkit.inference.table.roles import Times

_MOST = 3
"""Open trades are at most one of so many."""


def unpriced(best: Candidate, roles: Mapping[str, Column], times: Times) -> Doubt | None:
    """Whether such records closed, where neither a closing time nor a reason says so."""
    out, rows = roles.get("exit_price"), best.closing.rows
    if out is None or times.closed or best.closing.marker is not None:
        return None
    said = [roles[role] for role in ("exit_reason", "outcome") if role in roles]
    missing = [
        row
        for row in rows
        if not out.present[row]
        and best.pnl.numbers[row]
        and not any(one.present[row] for one in said)
    ]
    if not missing or len(missing) * _MOST > len(rows):
        return None
    total = sum((best.pnl.numbers[row] or Decimal(0) for row in missing), Decimal(0))
    return Doubt(
        "unpriced",
        f"{len(missing)} of {len(rows)} records with a {best.pnl.name} have no {out.name}, "
        f"{total:f} in total; did these close?",
        (Answer("no", {f"only.{out.expression}": "exists"}), Answer("yes", {})),
    )
