"""A window day by day: net P&L, equity and returns, exactly.

The days are the expected days of the window up to the newest line, days without a trade included,
and any other day on which a trade closed. A day is *missing* when it is expected and has no log
file: what its trades earned is not known, so it has no P&L (unless trades of other files closed on
it, whose sum it has), no equity and no return.

With `starting_equity: 1000`, a first day of +50 and a second of -21: equity is 1050, then 1029; the
returns are 50/1000 = 0.05 and -21/1050 = -0.02.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from perfkit.core.errors import UsageError
from perfkit.core.exact import add, ratio, scaled, sum_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.metrics import tally
from perfkit.metrics.account import deposited
from perfkit.metrics.tally import Tally
from perfkit.summary.selection import Selection

MOST_NAMED = 5
"""Days that a sentence lists; of more it says how many they are."""

NO_EQUITY = "no starting_equity in config/perfkit.yaml; write the size of the account at the start"


class DayRow(NamedTuple):
    """One trading day: its closed trades, and whether it is expected and has no log file."""

    day: date
    tally: Tally
    is_expected: bool
    is_missing: bool

    @property
    def net_pnl(self) -> Decimal | None:
        """Net P&L of the day, 0 without a trade; None where it is not known."""
        counts = self.tally.counts
        is_unknown = not counts.known if self.tally.trades else self.is_missing
        return None if is_unknown else self.tally.net_pnl


class EquityRow(NamedTuple):
    """Equity at the start and at the end of a trading day, by what is known of its trades."""

    of: DayRow
    start: Decimal
    end: Decimal


def day_rows(selection: Selection) -> list[DayRow]:
    """The days of a window, in order."""
    sheets = {day: sheet.whole for day, sheet in selection.sheets}
    expected, missing = set(selection.expected), set(selection.missing)
    return [
        DayRow(day, sheets.get(day, tally.EMPTY), day in expected, day in missing)
        for day in sorted(expected | sheets.keys())
    ]


def counts_of(rows: Sequence[DayRow]) -> dict[str, list[int]]:
    """How many trades closed on each day."""
    return {
        "closed_trades": [row.tally.trades for row in rows],
        "wins": [row.tally.counts.wins for row in rows],
        "losses": [row.tally.counts.losses for row in rows],
        "breakevens": [row.tally.counts.breakevens for row in rows],
    }


def money_of(rows: Sequence[DayRow]) -> dict[str, list[Decimal | None]]:
    """What the trades of each day earned and cost; None where it is not known."""
    unknown = [row.net_pnl is None for row in rows]
    unlogged = [row.is_missing and not row.tally.trades for row in rows]
    sums = [row.tally.sums for row in rows]
    return {
        "net_pnl": _known([one.net_pnl for one in sums], unknown),
        "gross_profit": _known([one.gross_profit for one in sums], unknown),
        "gross_loss": _known([one.gross_loss for one in sums], unknown),
        "commission": _known([one.commission for one in sums], unlogged),
        "slippage": _known([one.slippage for one in sums], unlogged),
    }


def _known(amounts: Sequence[Decimal], unknown: Sequence[bool]) -> list[Decimal | None]:
    return [None if not_known else one for one, not_known in zip(amounts, unknown, strict=True)]


def flags_of(rows: Sequence[DayRow]) -> dict[str, list[bool]]:
    """Of each day whether it is expected, and whether it is missing."""
    return {
        "is_expected": [row.is_expected for row in rows],
        "is_missing": [row.is_missing for row in rows],
    }


def equity_rows(selection: Selection) -> list[EquityRow]:
    """Equity day by day: `starting_equity`, deposits and all net P&L of the trades selected.

    Raises `UsageError` without a `starting_equity`.
    """
    starting, deposits = selection.book.config.starting_equity, selection.book.config.deposits
    if starting is None:
        raise UsageError(NO_EQUITY)
    earned = sum_of(scaled(before.net, before.places) for before in selection.curves_before)
    rows = []
    for row in day_rows(selection):
        start = sum_of((starting, deposited(deposits, row.day), earned))
        rows.append(EquityRow(row, start, add(start, row.tally.net_pnl)))
        earned = add(earned, row.tally.net_pnl)
    return rows


def day_returns(rows: Sequence[EquityRow]) -> list[tuple[date, Decimal | None]]:
    """Each expected day and its return: net P&L over equity at its start, None where not known.

    Raises `UsageError` where equity was not above 0, as there is no return then.
    """
    returns: list[tuple[date, Decimal | None]] = []
    for row in rows:
        if not row.of.is_expected:
            continue
        net = None if row.of.is_missing else row.of.net_pnl
        if net is not None and row.start <= 0:
            raise UsageError(
                f"no return on {row.of.day}: equity was {row.start:f} at its start; "
                f"end before it, with end=..., or raise starting_equity in config/perfkit.yaml"
            )
        returns.append((row.of.day, None if net is None else ratio(net, row.start)))
    return returns


def missing_sentence(days: Sequence[date]) -> str:
    """Which days have no log file, in a sentence; empty without any."""
    if not days:
        return ""
    noun = "expected day has" if len(days) == 1 else "expected days have"
    return f"{len(days)} {noun} no log file ({_listed(days)}); what they earned is not known"


def unexpected_sentence(rows: Sequence[DayRow]) -> str:
    """On which days outside of the trading week trades closed; empty without any."""
    days = [row.day for row in rows if not row.is_expected]
    if not days:
        return ""
    noun = "day" if len(days) == 1 else "days"
    return (
        f"trades closed on {len(days)} {noun} outside of the trading week ({_listed(days)}); "
        "their P&L is in equity, but in no return"
    )


def _listed(days: Sequence[date]) -> str:
    more = len(days) - MOST_NAMED
    return ", ".join(map(str, days[:MOST_NAMED])) + (f" and {more} more" if more > 0 else "")
