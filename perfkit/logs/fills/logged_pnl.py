"""P&L that fills log themselves, which counts before that from prices.

Exchanges and brokers often say with an execution what it closed has earned. In lots of 100,000:

    bought 0.1 at 1.10, commission 0.5            opens, so a P&L of it would count nowhere
    sold   0.1 at 1.11, commission 0.5, P&L 100   a trade of 100 before costs, 99 after them

A trade has the P&L of the fills that closed it. Where one of them logs none, all of its P&L is
computed from prices. Costs are shared among trades as ever, and those of both sides come off a
logged gross P&L; a net one has them already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.config.fills import LOGGED_PNL
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import Numbers, coarsest
from perfkit.logs.fills.matching import Fill, RoundTrip
from perfkit.logs.formulas import Column


class WithLogged(NamedTuple):
    """Columns of P&L in which what is logged stands in place of what is computed.

    `computed` are the closed trades of which nothing is logged, `opening` those that a fill with a
    P&L opened which closed nothing.
    """

    targets: dict[str, Column]
    computed: frozenset[int]
    opening: frozenset[int]


def with_logged(
    computed: Mapping[str, Column],
    columns: Mapping[str, Column],
    fills: Sequence[Fill],
    trades: Sequence[RoundTrip],
    rows: Sequence[Sequence[int]],
    fee_places: int,
) -> WithLogged:
    """The P&L of trades, of which `rows` are those of the fills; their fees are in `fee_places`."""
    nothing = Numbers([None] * len(fills), 0)
    said = {name: _numbers(columns.get(name, nothing)) for name in LOGGED_PNL}
    gross = _numbers(computed["gross_pnl"])
    realized = _numbers(computed.get("realized_pnl", Numbers([None] * len(trades), 0)))
    used = (gross, realized, *said.values())
    places = max(fee_places, *(one.places for one in used))
    gross_said, net_said = (said[name].at_places(places) for name in LOGGED_PNL)
    grain = 10 ** (places - fee_places)
    gross_units, realized_units = gross.at_places(places), realized.at_places(places)
    net_units: list[int | None] = [None] * len(trades)
    closers: set[int] = set()
    unknown: list[int] = []
    for n, (trade, own) in enumerate(zip(trades, rows, strict=True)):
        closing = [row for row in own if fills[row].quantity * trade.direction < 0]
        closers.update(closing)
        before, after = _total(gross_said, closing), _total(net_said, closing)
        if trade.closed_at is not None:
            if before is None and after is None:
                unknown.append(n)
                continue
            gross_units[n], net_units[n] = before, after
        elif after is not None:
            realized_units[n] = after
        elif before is not None:
            realized_units[n] = before - trade.realized_fee * grain
    found = {"gross_pnl": gross_units, "net_pnl": net_units}
    if "realized_pnl" in computed:
        found["realized_pnl"] = realized_units
    earned = {
        row
        for row in range(len(fills))
        if row not in closers and (gross_said[row] or net_said[row])
    }
    opening = (n for n, own in enumerate(rows) if earned and not earned.isdisjoint(own))
    money: dict[str, Column] = {
        name: coarsest(Numbers(units, places)) for name, units in found.items()
    }
    return WithLogged(money, frozenset(unknown), frozenset(opening))


def _total(said: Sequence[int | None], rows: Sequence[int]) -> int | None:
    """The sum over some fills; None where one of them says nothing, or there are none."""
    found = [one for row in rows if (one := said[row]) is not None]
    return sum(found) if found and len(found) == len(rows) else None


def _numbers(column: Column) -> Numbers:
    assert isinstance(column, Numbers)
    return column
