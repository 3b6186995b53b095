"""Lines of fills to the records and columns of the trades that they make.

The fills of a group are put in the order of time and matched (see `fills`). Each trade then is a
record like any other: the line that closed it decides, and the other lines are those of its entries
and of its other exits. A column per target says what the trade is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from decimal import Decimal
from itertools import chain, pairwise
from operator import lt
from types import MappingProxyType

from perfkit.config.dialect import Dialect
from perfkit.config.fills import AVERAGE, FIELDS, LOGGED_PNL
from perfkit.core.exact import PER_TRADE_PLACES, decimal_places, divide_half_even
from perfkit.core.exact import units as exact_units
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import Numbers, coarsest, take
from perfkit.core.trade import LONG, SHORT
from perfkit.core.trades import (
    OPENED_WITH_PNL,
    OVERSOLD,
    PAID_IN_KIND,
    PNL_COMPUTED,
    SAME_TIME,
)
from perfkit.logs.combine import Records, joined_lines
from perfkit.logs.file_log import FileLog
from perfkit.logs.fills.distinct import DistinctFills, distinct_fills
from perfkit.logs.fills.lines import signed_quantities, without_fees
from perfkit.logs.fills.matching import Fill, RoundTrip, Rules, matched
from perfkit.logs.formulas import Column, evaluated, values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from perfkit.logs.fills.logged_pnl import WithLogged

NOTHING: Mapping[int, int] = MappingProxyType({})

AT_ENTRY = ("symbol", "strategy", "execution_mode", "account", "stop_loss", "target")
"""What the first fill of a trade that says it, says of the trade."""


class FillTrades(NamedTuple):
    """Trades made of fills: records, a column per target, and the rows that have each finding.

    `unmatched` are the lines, by place in the logs and number, that sell what is not held. Of the
    rows, `several` are those of fills that several lines speak of, `before` were not matched.
    `computed` are the trades whose P&L is made from prices.
    """

    records: Records
    targets: dict[str, Column]
    findings: tuple[tuple[frozenset[int], int], ...]
    unmatched: list[tuple[int, int]]
    several: frozenset[int]
    before: frozenset[int]
    computed: frozenset[int]


def fill_trades(
    logs: list[FileLog],
    dialect: Dialect,
    multipliers: Mapping[str, Decimal],
    since: Mapping[int, int] = NOTHING,
) -> FillTrades:
    """The trades that the fills of the files of one source make; files count as in `logs`.

    Fills before the instant that `since` has for the key of their group are passed over.
    """
    lines, file = joined_lines(logs, dialect)
    fills = distinct_fills(lines, dialect)
    matcher = _Matcher(fills.slots, len(lines), dialect)
    before = matcher.before(lines.key, fills, since) if since else frozenset()
    groups: dict[str | None, list[int]] = {}
    for row, group in zip(fills.rows, take(lines.identity, fills.rows), strict=True):
        if row not in before:
            groups.setdefault(group, []).append(row)
    matcher.match_each(groups.values())
    places = [
        [line for row in rows for line in (row, *fills.others.get(row, ()))]
        for rows in matcher.rows
    ]
    deciding = [rows[-1] for rows in matcher.rows]
    records = Records(
        slots=[],
        key=take(lines.key, deciding),
        is_open=[trade.closed_at is None for trade in matcher.trades],
        file=take(file, deciding),
        line=take(lines.line, deciding),
        other_lines={
            n: tuple((file[row], lines.line[row]) for row in own if row != deciding[n])
            for n, own in enumerate(places)
            if len(own) > 1
        },
        corrected=_with_any(fills.corrected, matcher.rows),
        repeated=_with_any(fills.repeated, matcher.rows),
    )
    findings, targets = matcher.findings(), matcher.targets(multipliers)
    computed = frozenset(range(len(deciding)))
    if not matcher.columns.keys().isdisjoint(LOGGED_PNL):
        logged = matcher.with_logged(targets)
        targets.update(logged.targets)
        findings += ((logged.computed, PNL_COMPUTED), (logged.opening, OPENED_WITH_PNL))
        computed = logged.computed
    unmatched = [(file[row], lines.line[row]) for row in matcher.unmatched]
    several = frozenset(chain(fills.others, *fills.others.values()))
    return FillTrades(records, targets, findings, unmatched, several, before, computed)


class _Matcher:
    """Matches the fills of one group after another; `rows` are those of the fills of each trade."""

    def __init__(self, slots: Sequence[Column], count: int, dialect: Dialect) -> None:
        assert dialect.fills is not None
        fills = dialect.fills
        self.columns = evaluated(slots, count, dialect, FIELDS)
        for name, expression in dialect.dimensions.items():
            self.columns[name] = values(expression, slots, count)
        self.at_entry = (*AT_ENTRY, *dialect.dimensions)
        self.newest_first = fills.newest_first
        self.order = None if fills.order is None else values(fills.order, slots, count)
        price = _numbers(self.columns["price"])
        quantity = signed_quantities(self.columns)
        fee = _numbers(self.columns.get("commission", Numbers([None] * count, 0)))
        self.paid_in_kind: set[int] = set()
        if fills.fee_from_quantity:
            pairs = zip(quantity.units, fee.units, strict=True)
            self.paid_in_kind = {
                row for row, (size, cost) in enumerate(pairs) if cost and size and size > 0
            }
            quantity, fee = without_fees(quantity, fee)
        self.quantity_places = max(quantity.places, decimal_places(fills.dust))
        product = self.quantity_places + price.places
        self.fee_places = max(PER_TRADE_PLACES, fee.places)
        self.cost_places = max(PER_TRADE_PLACES, product) if fills.match == AVERAGE else product
        self.has_fee = [one is not None for one in fee.units]
        self.rules = Rules(
            *(fills.match, fills.by_position, fills.short),
            exact_units(fills.dust, self.quantity_places),
            *(product, self.cost_places, self.fee_places),
        )
        self.price_places = price.places
        fees = Numbers(list(fee.or_zero()), fee.places)
        self.fills = [
            Fill(at, size, paid, cost)  # type: ignore[arg-type]
            for at, size, paid, cost in zip(
                self.columns["at"],  # type: ignore[arg-type]
                quantity.at_places(self.quantity_places),
                price.units,
                fees.at_places(self.fee_places),
                strict=True,
            )
        ]
        self.trades: list[RoundTrip] = []
        self.rows: list[list[int]] = []
        self.unmatched: list[int] = []
        self.same_time: set[int] = set()

    def match_each(self, groups: Iterable[list[int]]) -> None:
        """The trades of groups, one after the other."""
        for rows in groups:
            self.match(rows)

    def match(self, rows: list[int]) -> None:
        """The trades of one group, whose rows are in the order of their lines."""
        rows = self._in_time([row for row in rows if self.fills[row].quantity])
        found = matched(map(self.fills.__getitem__, rows), self.rules)
        self.trades += found.trades
        self.rows += [[rows[place] for place in trade.fills] for trade in found.trades]
        self.unmatched += [rows[place] for place in found.unmatched]

    def before(
        self, keys: Sequence[int | None], fills: DistinctFills, since: Mapping[int, int]
    ) -> frozenset[int]:
        """The rows of fills before an instant, by the keys of their groups."""
        rows = (
            row
            for row in fills.rows
            if self.fills[row].at < since.get(keys[row], self.fills[row].at)  # type: ignore[arg-type]
        )
        return frozenset(one for row in rows for one in (row, *fills.others.get(row, ())))

    def findings(self) -> tuple[tuple[frozenset[int], int], ...]:
        """The trades that have each finding."""
        oversold = frozenset(n for n, trade in enumerate(self.trades) if trade.oversold)
        return (
            (_with_any(self.paid_in_kind, self.rows), PAID_IN_KIND),
            (_with_any(self.same_time, self.rows), SAME_TIME),
            (oversold, OVERSOLD),
        )

    def targets(self, multipliers: Mapping[str, Decimal]) -> dict[str, Column]:
        """A column per target of a trade."""
        trades = self.trades
        targets: dict[str, Column] = {
            "opened_at": [trade.opened_at for trade in trades],
            "closed_at": [trade.closed_at for trade in trades],
            "side": [LONG if trade.direction > 0 else SHORT for trade in trades],
            "quantity": Numbers([trade.quantity for trade in trades], self.quantity_places),
            "entry_price": self._prices(
                [(trade.entry_cost, trade.quantity) for trade in trades],
                [rows[0] for rows in self.rows],
            ),
            "exit_price": self._prices(
                [(trade.exit_value, trade.exit_quantity) for trade in trades],
                [rows[-1] for rows in self.rows],
            ),
        }
        for target in self.at_entry:
            if target in self.columns:
                targets[target] = self._said(target, last=False)
        if "exit_reason" in self.columns:
            targets["exit_reason"] = self._said("exit_reason", last=True)
        if "commission" in self.columns:
            fees = [
                trade.fee if any(self.has_fee[row] for row in rows) else None
                for trade, rows in zip(trades, self.rows, strict=True)
            ]
            targets["commission"] = coarsest(Numbers(fees, self.fee_places))
        symbols: list[Any] | None = targets.get("symbol")  # type: ignore[assignment]
        gross = [None if one.closed_at is None else one.gross_pnl for one in trades]
        targets["gross_pnl"] = coarsest(self._money(gross, symbols, multipliers))
        entries = [one.entry_cost for one in trades]
        targets["turnover"] = coarsest(self._money(entries, symbols, multipliers))  # type: ignore[arg-type]
        if self.rules.by_position:
            targets["realized_pnl"] = self._realized(symbols, multipliers)
        return targets

    def with_logged(self, targets: Mapping[str, Column]) -> WithLogged:
        """The P&L of the trades, as far as their fills log one."""
        from perfkit.logs.fills.logged_pnl import with_logged  # most logs of fills do without

        own = self.trades, self.rows, self.fee_places
        return with_logged(targets, self.columns, self.fills, *own)

    def _realized(self, symbols: list[Any] | None, multipliers: Mapping[str, Decimal]) -> Numbers:
        """What has been closed of positions still open, less the costs of that part."""
        gross = self._money([one.realized for one in self.trades], symbols, multipliers)
        places = max(gross.places, self.fee_places)
        fees = Numbers([one.realized_fee for one in self.trades], self.fee_places)
        both = zip(gross.at_places(places), fees.at_places(places), strict=True)
        return coarsest(Numbers([g if g is None else g - (fee or 0) for g, fee in both], places))

    def _money(
        self,
        amounts: list[int | None],
        symbols: list[Any] | None,
        multipliers: Mapping[str, Decimal],
    ) -> Numbers:
        """Quantities times prices, one for each trade, in money."""
        places = self.cost_places
        if multipliers and symbols is not None:
            from perfkit.core.multipliers import multipliers_of

            multipliers = multipliers_of(multipliers, symbols)
            finest = max(map(decimal_places, multipliers.values()))
            factors = {name: exact_units(one, finest) for name, one in multipliers.items()}
            one = 10**finest
            amounts = [
                None if amount is None else amount * factors.get(symbol, one)
                for amount, symbol in zip(amounts, symbols, strict=True)
            ]
            places += finest
        return Numbers(amounts, places)

    def _prices(self, amounts: Iterable[tuple[int, int]], one_of: Iterable[int]) -> Numbers:
        """Costs over quantities: as they were paid where there is one price, else rounded once.

        `one_of` has a fill of each, at whose price all were if that has more than 12 places.
        """
        shift = PER_TRADE_PLACES + self.quantity_places - self.cost_places
        up, down = 10 ** max(shift, 0), 10 ** max(-shift, 0)
        places = max(PER_TRADE_PLACES, self.price_places)
        more = 10 ** (places - PER_TRADE_PLACES)
        exact = 10 ** max(0, places + self.quantity_places - self.cost_places)
        less = 10 ** max(0, self.cost_places - places - self.quantity_places)
        found: list[int | None] = []
        for (cost, quantity), row in zip(amounts, one_of, strict=True):
            if not quantity:
                found.append(None)
                continue
            price, rest = divmod(cost * exact, quantity * less)
            if rest or (price % more and price != self.fills[row].price):
                price = divide_half_even(cost * up, quantity * down) * more
            found.append(price)
        return coarsest(Numbers(found, places))

    def _said(self, target: str, *, last: bool) -> Column:
        """What the first fill of each trade that says it says, or the last of a closed trade."""
        column = self.columns[target]
        said = column.units if isinstance(column, Numbers) else column
        found: list[Any] = []
        for trade, rows in zip(self.trades, self.rows, strict=True):
            if last:
                closing = [] if trade.closed_at is None else rows[:0:-1]
                found.append(next((said[row] for row in closing if said[row] is not None), None))
            elif said[rows[0]] is not None:
                found.append(said[rows[0]])
            else:
                found.append(next((said[row] for row in rows if said[row] is not None), None))
        return Numbers(found, column.places) if isinstance(column, Numbers) else found

    def _in_time(self, rows: list[int]) -> list[int]:
        """Rows in the order of time; of equal times by `order`, else as `newest_first` says."""
        fills = self.fills
        instants = [fills[row].at for row in rows]
        if all(map(lt, instants, instants[1:])):
            return rows
        order = self.order
        rows = rows[::-1] if self.newest_first else rows
        if order is None:
            rows = sorted(rows, key=lambda row: fills[row].at)
        else:
            rows = sorted(rows, key=lambda row: (fills[row].at, _rank(order[row])))
        for one, other in pairwise(rows):
            if fills[one].at == fills[other].at and fills[one] != fills[other]:
                decided = order is not None and None not in (order[one], order[other])
                if self.newest_first:
                    continue
                if not decided or order[one] == order[other]:  # type: ignore[index]
                    self.same_time.update((one, other))
        return rows


def _rank(order: str | None) -> tuple[int, int, str]:
    """Ids of digits by number (9 before 10), then other ids as texts, then those without one."""
    if order is None:
        return 2, 0, ""
    digits = order.lstrip("0")
    return (0, len(digits), digits) if order.isascii() and order.isdigit() else (1, 0, order)


def _numbers(column: Column) -> Numbers:
    assert isinstance(column, Numbers)
    return column


def _with_any(fills: Set[int], trades: list[list[int]]) -> frozenset[int]:
    """The trades that any of some fills has a part in."""
    if not fills:
        return frozenset()
    return frozenset(n for n, rows in enumerate(trades) if any(row in fills for row in rows))
