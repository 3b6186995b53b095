"""The one call that commands, notebooks and reports share: a window's figures from the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from perfkit.book.book import PnlCurve
from perfkit.book.store.day_sheet import DIMENSIONS
from perfkit.core.calendar import moment_of
from perfkit.core.errors import lines_in
from perfkit.core.exact import ZERO, canonical, decimal_places, scaled, sum_of, units
from perfkit.core.fast_imports import NamedTuple, blake2b
from perfkit.core.interpreter import uncollected
from perfkit.core.numbers import column_digest
from perfkit.core.trades import TEXT_COLUMNS, Trades
from perfkit.metrics.account import account_of, deposited
from perfkit.metrics.drawdown import (
    Fall,
    Share,
    deepest_relative_fall,
    deepest_share,
    equity_curve,
    recovery_within,
)
from perfkit.metrics.facts import (
    EQUITY_USED_UP,
    NO_EQUITY,
    Account,
    Facts,
    Held,
    Undefined,
    without_log,
)
from perfkit.metrics.ranks import Ranks, merged_ranks
from perfkit.metrics.registry import evaluate
from perfkit.metrics.tally import Tally
from perfkit.summary.breakdowns import WindowSlices, brought
from perfkit.summary.findings import findings
from perfkit.summary.render import summary_markdown, summary_text
from perfkit.summary.selection import Selection
from perfkit.summary.shape import (
    SCHEMA_VERSION,
    DataShape,
    OpenShape,
    Part,
    SummaryShape,
    WindowShape,
)
from perfkit.summary.shown import PublicNames, as_html, bundle, with_note
from perfkit.summary.targets import verdicts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.summary.shown import Printer

ENDED_BEFORE = Undefined("the window does not hold the newest line")


class Summary(PublicNames, SummaryShape):
    """Every figure of one window, which JupyterLab and a terminal show as tables.

    `data_up_to` is the newest trading day with a line, where a desk has made the summary.
    """

    data_up_to: date | None = None

    def __str__(self) -> str:
        return summary_text(self)

    def _repr_html_(self) -> str | None:
        return as_html(summary_markdown(self), self.data_up_to)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return bundle(summary_text(self), summary_markdown(self), self.data_up_to)

    def _repr_pretty_(self, printer: Printer, _: object) -> None:
        """The text as IPython asks for it; of a tuple it would show the fields."""
        printer.text(with_note(summary_text(self), self.data_up_to))


def summarize(
    selection: Selection,
    dimensions: Sequence[str] = DIMENSIONS,
    of_parts: Sequence[str] | None = None,
) -> Summary:
    """Every figure of the window, over the trades that meet the filter.

    A caller that shows no breakdowns, or only some, names their `dimensions`; one that shows few
    figures of their parts names these with `of_parts`.
    """
    with uncollected():
        return _summary(selection, dimensions, of_parts)


def _summary(
    selection: Selection, dimensions: Sequence[str], of_parts: Sequence[str] | None
) -> Summary:
    config = selection.book.config
    cut = WindowSlices(selection)
    facts = facts_of(selection, cut)
    cut.make(dimensions)
    figures = evaluate(facts, brought(config))
    return Summary(
        schema_version=SCHEMA_VERSION,
        window=_window_shape(selection),
        currency=selection.book.currency,
        where=selection.where,
        metrics=figures.values,
        undefined=figures.undefined,
        targets=tuple(verdicts(config.targets, _window_shape(selection), figures)),
        open=_open_shape(selection),
        data=_data(selection, facts),
        breakdowns={
            dimension: tuple(
                Part(name, part.values, part.undefined)
                for name, part in cut.parts(dimension, facts, of_parts)
            )
            for dimension in dimensions
        },
    )


def pnl_curve(trades: Trades) -> list[int]:
    """Cumulative net P&L from 0, in the column's unit; a trade of unknown P&L moves nothing."""
    return equity_curve([pnl or 0 for pnl in trades.net_pnl.units])


class AccountCurve(NamedTuple):
    """Equity through a window, in units of 10**-places, without what is `paid_in` within it.

    `paid_in` says that for each point; it is empty where nothing is.
    """

    heights: list[int]
    places: int
    paid_in: list[int]

    @property
    def deepest(self) -> Fall | None:
        """The deepest fall as a share of its peak; None where equity was not above 0."""
        return deepest_relative_fall(self.heights, self.paid_in)


def account_curve(selection: Selection) -> AccountCurve | None:
    """Equity through the window, in the finest unit needed; None without a `starting_equity`."""
    starting, history = selection.book.config.starting_equity, selection.history
    if starting is None:
        return None
    deposits, first = selection.book.config.deposits, selection.window.first_day
    finest = max((decimal_places(amount) for _, amount in deposits), default=0)
    places = max(history.net_pnl.places, decimal_places(starting), finest)
    net = [pnl or 0 for pnl in history.net_pnl.at_places(places)]
    before = len(history) - len(selection.inside)
    paid_before = units(deposited(deposits, first), places)
    start = units(starting, places) + paid_before + sum(net[:before])
    paid_in = []
    if any(first < day <= selection.window.last_day for day, _ in deposits):
        days = selection.book.config.calendar.days_of(selection.inside.closed_at)
        known = {day: units(deposited(deposits, day), places) for day in {first, *days}}
        paid_in = [known[day] - paid_before for day in (first, *days)]
    return AccountCurve(equity_curve(net[before:], start), places, paid_in)


def _window_shape(selection: Selection) -> WindowShape:
    window, so_far = selection.window, len(selection.expected)
    return WindowShape(
        kind=window.kind,
        label=window.label,
        start=moment_of(window.start),
        end=moment_of(window.end),
        first_day=window.first_day,
        last_day=window.last_day,
        timezone=window.timezone,
        days=selection.days,
        days_so_far=so_far,
        is_over=so_far == selection.days,
    )


def facts_of(selection: Selection, cut: WindowSlices) -> Facts:
    """What every figure of the window is computed from."""
    net = {day: tally.net_pnl for day, tally in cut.by_day}
    return Facts(
        tally=cut.whole,
        days=tuple(net.items()),
        expected_days=len(selection.expected),
        open_trades=sum(map(len, selection.still_open)),
        recovered_at=_recovered_at(selection, cut.whole),
        unrealized_pnl=_unrealized(selection),
        realized_pnl=_realized(selection),
        returns=_returns(selection, net),
        current_drawdown=_current_drawdown(selection),
        max_drawdown_pct=_relative_drawdown(selection),
        periods_per_year=selection.book.config.periods_per_year,
        every_day=tuple(net.get(day, ZERO) for day in sorted(net.keys() | set(selection.expected))),
        account=_account(selection, net),
        ranks=merged_ranks(sheet.ranks for _, sheet in selection.sheets),
        trades=lambda: selection.inside,
        held=lambda: held_in(selection),
    )


def held_in(selection: Selection) -> Held | Undefined:
    """When trades were open; one that has not closed by now is looked at up to the newest line."""
    from perfkit.metrics.concurrency import held_of  # most workspaces do without

    window, newest = selection.window, selection.book.newest
    inside = selection.inside
    later, never = selection.still_open
    so_far = window.end if newest is None else newest
    times = zip(inside.opened_at, inside.closed_at, strict=True)
    spans = [(a, b) for a, b in times if a is not None and a <= b]
    spans += [(at, window.end) for at in later.opened_at if at is not None]
    spans += [(at, so_far) for at in never.opened_at if at is not None]
    return held_of(spans, window.start, window.end)


def _recovered_at(selection: Selection, whole: Tally) -> int | None:
    """When cumulative P&L first was at or above the peak of the largest drawdown again.

    The sheets show on which days the trough and the recovery are; only those are walked.
    """
    start = peak = 0
    level: int | None = None
    for day, sheet in selection.sheets if whole.curve.depth else ():
        own = sheet.whole.at_places(whole.places).curve
        if level is None:
            falls = max(peak - (start + own.low), own.depth) == whole.curve.depth
        else:
            falls = start + own.peak >= level
        if falls:
            trades = selection.day_trades(day)
            net = [pnl or 0 for pnl in trades.net_pnl.at_places(whole.places[0])]
            level, row = recovery_within(net, start, peak, whole.curve.depth, level)
            if row is not None:
                return trades.closed_at[row]
        peak = max(peak, start + own.peak)
        start += own.total
    return None


def _unrealized(selection: Selection) -> Decimal | Undefined:
    """Logged P&L of open trades; of 7 of which parts have earned 5, the 2 of what is left."""
    if not selection.holds_newest:
        return ENDED_BEFORE
    trades = selection.never_closed
    net, realized = trades.net_pnl, trades.realized_pnl
    if net.units and net.units.count(None) == len(net.units):
        return Undefined("no open trade has a P&L")
    places = max(net.places, realized.places)
    both = zip(net.at_places(places), realized.at_places(places), strict=True)
    return scaled(sum(pnl - (part or 0) for pnl, part in both if pnl is not None), places)


def _realized(selection: Selection) -> Decimal | Undefined:
    if not selection.holds_newest:
        return ENDED_BEFORE
    column = selection.never_closed.realized_pnl
    if column.units and column.units.count(None) == len(column.units):
        return Undefined("no open trade has a realized P&L")
    return scaled(sum(filter(None, column.units)), column.places)


def _returns(selection: Selection, net: Mapping[date, Decimal]) -> tuple[Decimal, ...] | Undefined:
    if selection.missing:
        return without_log(len(selection.missing))
    return tuple(net.get(day, ZERO) for day in selection.expected)


def _account(selection: Selection, net: Mapping[date, Decimal]) -> Account | Undefined:
    config = selection.book.config
    if config.starting_equity is None:
        return NO_EQUITY
    earned = sum_of(scaled(curve.net, curve.places) for curve in selection.curves_before)
    first = selection.window.first_day
    return account_of(
        config.starting_equity, config.deposits, earned, net, first, selection.expected
    )


def _current_drawdown(selection: Selection) -> Decimal:
    curves = selection.curves_before + [
        PnlCurve(sheet.whole.curve.total, sheet.whole.curve.peak, sheet.whole.places[0])
        for _, sheet in selection.sheets
    ]
    places = max((curve.places for curve in curves), default=0)
    total = peak = 0
    for curve in curves:
        factor = 10 ** (places - curve.places)
        peak = max(peak, total + curve.peak * factor)
        total += curve.net * factor
    return scaled(total - peak, places)


def _relative_drawdown(selection: Selection) -> tuple[Decimal, Decimal] | Undefined:
    """The deepest fall and the equity it fell from.

    Falls are looked at when a trade closes. A day is walked only where its falls could be deeper
    than those before it. A deposit raises equity and its peak alike.
    """
    starting, sheets = selection.book.config.starting_equity, selection.sheets
    if starting is None:
        return NO_EQUITY
    deposits, before = selection.book.config.deposits, selection.curves_before
    places = max(
        decimal_places(starting),
        *(decimal_places(amount) for _, amount in deposits),
        *(curve.places for curve in before),
        *(sheet.whole.places[0] for _, sheet in sheets),
        0,
    )
    paid_in = units(deposited(deposits, selection.window.first_day), places)
    equity = units(starting, places) + paid_in
    equity += sum(curve.net * 10 ** (places - curve.places) for curve in before)
    if equity <= 0:
        return EQUITY_USED_UP
    deepest = Share(equity, 0, equity)
    for day, sheet in sheets:
        more = units(deposited(deposits, day), places) - paid_in if deposits else 0
        paid_in += more
        equity += more
        deepest = deepest._replace(peak=deepest.peak + more)
        if deepest.peak <= 0:
            return EQUITY_USED_UP
        factor = 10 ** (places - sheet.whole.places[0])
        own = sheet.whole.curve.times(factor)
        most = max(deepest.peak - (equity + own.low), own.depth)
        if most * deepest.of_peak > deepest.depth * deepest.peak:
            trades = selection.day_trades(day)
            net = [pnl or 0 for pnl in trades.net_pnl.at_places(places)]
            deepest = deepest_share(equity_curve(net, equity)[1:], deepest)
        deepest = deepest._replace(peak=max(deepest.peak, equity + own.peak))
        equity += own.total
    return scaled(-deepest.depth, places), scaled(deepest.of_peak, places)


def _open_shape(selection: Selection) -> OpenShape:
    still_open = sum(map(len, selection.still_open))
    opened_at = [at for part in selection.still_open for at in part.opened_at if at is not None]
    newest = selection.book.newest
    if not opened_at or newest is None:
        return OpenShape(still_open, None, None)
    oldest = min(opened_at)
    age = max(0, min(selection.window.end, newest) - oldest)
    return OpenShape(still_open, moment_of(oldest), canonical(scaled(age, 6)))


def _data(selection: Selection, facts: Facts) -> DataShape:
    counts = selection.line_counts
    return DataShape(
        digest=_digest(selection, facts),
        files=len(frozenset[int]().union(*(lines.files for lines in counts))),
        lines=sum(lines.lines for lines in counts),
        ignored=sum(lines.ignored for lines in counts),
        bad_lines=lines_in(selection.errors),
        partial=bool(selection.missing),
        missing_days=tuple(selection.missing),
        findings=tuple(findings(selection)),
    )


def _digest(selection: Selection, facts: Facts) -> str:
    """One digest of the window's days, what is carried in, and the settings that count."""
    config = selection.book.config
    hashed = blake2b(digest_size=32)
    for _, sheet in selection.sheets:
        hashed.update(sheet.digest or b"")
    for part in selection.still_open:
        for name in (*TEXT_COLUMNS, "opened_at"):
            hashed.update(name.encode())
            hashed.update(column_digest(getattr(part, name)))
    counts = [(len(one.files), one.lines, one.ignored) for one in selection.line_counts]
    settings = (
        SCHEMA_VERSION,
        selection.window,
        sorted(selection.where.items()),
        selection.book.currency,
        selection.days,
        facts._replace(ranks=Ranks())[2:-2],  # the days' own digests cover them, and the trades
        config.starting_equity,
        config.deposits,
        config.breakeven_tolerance,
        sorted(config.multipliers.items()),
        config.targets,
        selection.missing,
        selection.unterminated,
        [(error.path, error.line, error.text) for error in selection.errors],
        sorted(counts),
        selection.book.newest_day if selection.holds_newest else None,
        _open_shape(selection),
        *((one.name, one.lines, one.waiting_lines) for one in selection.waiting),
        *((one.name, one.lines) for one in selection.unended),
    )
    hashed.update(repr(_plain(settings)).encode("utf-8", "surrogatepass"))
    if config.metrics:
        from perfkit.config.extensions import contents_of
        from perfkit.metrics.concurrency import ON_REQUEST

        hashed.update(repr(contents_of(config.metrics)).encode())
        if any(one.name in ON_REQUEST for one in config.metrics):
            hashed.update(repr(held_in(selection)).encode())
    return hashed.hexdigest()


def _plain(value: object) -> object:
    """The value with every Decimal written one way, however it was written in a log or config."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return canonical(value)
