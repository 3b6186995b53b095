"""What changed: a window against the period before, in figures, targets and alert episodes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from perfkit.core.calendar import Calendar, Window
from perfkit.core.exact import subtract
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import NOTHING, escaped, signed, table
from perfkit.metrics.facts import Value
from perfkit.summary.labels import cash_of, label_of, moment, shown, shown_difference
from perfkit.summary.render import VERDICTS, Text
from perfkit.summary.shape import SummaryShape, TargetVerdict, WindowShape
from perfkit.summary.shown import markdown_with_readings
from perfkit.summary.targets import INSUFFICIENT

COMPARED = (
    "net_pnl",
    "closed_trades",
    "win_rate",
    "profit_factor",
    "expectancy",
    "avg_r",
    "max_drawdown",
    "commission",
)
"""Figures that are compared with the period before."""

MOST_EPISODES = 20
LONGEST_MESSAGE = 200

_BEFORE = {
    "daily": "the trading day before",
    "weekly": "the week before",
    "monthly": "the month before",
    "quarterly": "the quarter before",
    "yearly": "the year before",
}


class Changes(Text):
    """What changed, as Markdown, with a digest of the summaries and episodes it was made from."""

    def __init__(
        self, markdown: str, digest: str, compared: str, data_up_to: date | None = None
    ) -> None:
        super().__init__(markdown, digest, data_up_to)
        self.compared = compared

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, str]]:
        bundle, metadata = super()._repr_mimebundle_()
        return bundle, {**metadata, "perfkit_compared": self.compared}


def changes(
    summary: SummaryShape,
    previous: SummaryShape,
    episodes: Sequence[Episode] = (),
    data_up_to: date | None = None,
    readings: Sequence[str] = (),
) -> Changes:
    """The figures of both periods, targets whose status changed, and new alerts.

    Below them it says how logs that no workspace describes are likely to be read.
    """
    parts = [_sentence(summary, previous)]
    if summary.metrics["closed_trades"] or previous.metrics["closed_trades"]:
        header = ["", "Now", "Before", "Change"]
        parts.append(table(header, [_row(name, summary, previous) for name in COMPARED]))
    parts.append(_changed_targets(summary, previous))
    parts.append(_new_alerts(episodes, summary.window.timezone))
    text = markdown_with_readings("\n".join(part for part in parts if part), readings)
    made_of = compared(summary, previous, episodes)
    return Changes(text, summary.data.digest, made_of, data_up_to)


def compared(
    summary: SummaryShape, previous: SummaryShape, episodes: Sequence[Episode] = ()
) -> str:
    """A digest of all that is compared."""
    made_of = (summary.data.digest, previous.data.digest, list(map(tuple, episodes)))
    return hashlib.sha256(repr(made_of).encode("utf-8", "surrogatepass")).hexdigest()


def period_before(calendar: Calendar, window: Window, shape: WindowShape) -> Window:
    """The period a window is compared with; of a day, the last expected day before.

    Of a window that is not over, it is as many days of the period before.
    """
    previous = calendar.previous(window)
    if window.kind == "daily":
        return calendar.window("daily", calendar.last_expected(previous.last_day))
    return previous if shape.is_over else calendar.first_days(previous, shape.days_so_far)


def _sentence(summary: SummaryShape, previous: SummaryShape) -> str:
    before = _BEFORE.get(summary.window.kind, "the period before")
    if not summary.window.is_over and previous.window.days == summary.window.days_so_far:
        days = previous.window.days
        before = f"the first {f'{days} days' if days > 1 else 'day'} of {before}"
    label = previous.window.label.replace("..", " to ")
    text = f"Compared with {before}, {label}"
    if not previous.metrics["closed_trades"]:
        return f"{text}: no trades closed then.\n"
    difference = _difference(summary.metrics["net_pnl"], previous.metrics["net_pnl"])
    if difference is None or not difference:
        return f"{text}: net P&L is the same.\n"
    way = "higher" if difference > 0 else "lower"
    cash = cash_of(summary.metrics, summary.currency)
    amount = signed(abs(difference), cash.places).removeprefix("+")
    return f"{text}: net P&L is {amount} {summary.currency} {way}.\n"


def _row(name: str, summary: SummaryShape, previous: SummaryShape) -> list[str]:
    now, before = summary.metrics[name], previous.metrics[name]
    difference = _difference(now, before)
    cash = cash_of(summary.metrics, summary.currency)
    return [
        label_of(name),
        shown(name, now, cash),
        shown(name, before, cash._replace(currency=previous.currency)),
        NOTHING if difference is None else shown_difference(name, difference, cash),
    ]


def _difference(now: Value | None, before: Value | None) -> Decimal | None:
    if not isinstance(now, Decimal | int) or not isinstance(before, Decimal | int):
        return None
    return subtract(Decimal(now), Decimal(before))


def _changed_targets(summary: SummaryShape, previous: SummaryShape) -> str:
    """The targets whose status changed."""
    before = {_key(one): one for one in previous.targets}
    lines = [
        f"- {label_of(one.metric)}: {_verdict(before[_key(one)])} before, {_verdict(one)} now"
        for one in summary.targets
        if _key(one) in before and before[_key(one)].verdict != one.verdict
    ]
    if not lines:
        return "No target changed status.\n" if summary.targets else ""
    return "Targets whose status changed:\n\n" + "\n".join(lines) + "\n"


def _key(verdict: TargetVerdict) -> tuple[str, str, Decimal]:
    return verdict.metric, verdict.bound, verdict.target


def _verdict(verdict: TargetVerdict) -> str:
    return VERDICTS[verdict.verdict] if verdict.verdict != INSUFFICIENT else "not enough data"


def _new_alerts(episodes: Sequence[Episode], timezone: str) -> str:
    if not episodes:
        return ""
    lines = [
        f"- {moment(one.began_at, timezone)}: {_said(one)}" for one in episodes[:MOST_EPISODES]
    ]
    if len(episodes) > MOST_EPISODES:
        lines.append(f"- and {len(episodes) - MOST_EPISODES} more")
    return "New alerts:\n\n" + "\n".join(lines) + "\n"


def _said(episode: Episode) -> str:
    """The sentence of an alert, which names its rule and how severe it is."""
    text = escaped(episode.message, LONGEST_MESSAGE)
    if episode.rule in episode.message and episode.severity in episode.message:
        return f"{text}."
    group = f" for {episode.group}" if episode.group else ""
    return f"{text} ({escaped(f'rule {episode.rule}{group}, {episode.severity}')})."


class Episode(NamedTuple):
    """An alert episode: its rule and group, its severity, and when it began."""

    rule: str
    group: str
    severity: str
    began_at: datetime
    message: str
