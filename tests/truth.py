"""What alert rules ought to say, worked out by brute force and without any of perfkit's code.

Each rule is stepped from the first trade on, every time; times are whole seconds since 1970, P&L is
whole dollars. A verdict is True (fires), False (does not), or None (either may be right).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

DAY = 86_400
AHEAD = 600
"""Trades that close up to this many seconds later than the present count."""

Verdict = bool | None


class Trade(NamedTuple):
    """A closed trade, in trade order when sorted."""

    closed: int
    pnl: int
    order: str
    source: str


class TruthRule(NamedTuple):
    """A rule, and its line in the configuration.

    `span` is a number of trades, "daily" or "all"; a rule without one is about the newest line, and
    counts the time between two hours of each day only if it has `active` ones.
    """

    id: str
    metric: str
    span: int | str | None
    limit: str
    recover: str | None = None
    breaches: int = 1
    minimum: int | None = None
    source: str | None = None
    active: tuple[int, int] | None = None

    @property
    def is_clock(self) -> bool:
        return self.span is None

    def text(self) -> str:
        """The rule as YAML."""
        parts = [f"id: {self.id}", f"metric: {self.metric}"]
        if self.is_clock:
            parts.append(f"above: {self.limit}")
        else:
            key = "trades" if isinstance(self.span, int) else "window"
            parts += [f"over: {{{key}: {self.span}}}", f"below: {self.limit}"]
        parts += [f"recover: {self.recover}"] if self.recover else []
        parts += [f"for: {{trades: {self.breaches}}}"] if self.breaches > 1 else []
        parts += [f"min_trades: {self.minimum}"] if self.minimum else []
        parts += [f"where: {{source: {self.source}}}"] if self.source else []
        if self.active is not None:
            start, end = (f"{hour:02}:00" for hour in self.active)
            parts.append(f'active: {{days: mon-sun, from: "{start}", to: "{end}", timezone: UTC}}')
        return f"  - {{{', '.join(parts)}}}\n"

    def concerns(self, source: str) -> bool:
        return self.source in (None, source)


def day_of(instant: int) -> int:
    return instant // DAY


def iso(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=32)
def fires(rule: TruthRule, trades: tuple[Trade, ...]) -> bool:
    """Whether a rule over trades or a window fires after the last of these sorted trades."""
    # Compared as whole numbers: a rate below 0.34 is a count below 34/100 of them.
    limit, per = Fraction(rule.limit).as_integer_ratio()
    recover, of = Fraction(rule.recover or rule.limit).as_integer_ratio()
    least = rule.minimum or (rule.span if isinstance(rule.span, int) else 1)
    episode, breaches, day = False, 0, None
    span: list[int] = []
    figure = 0
    for trade in trades:
        if not rule.concerns(trade.source):
            continue
        if rule.span == "daily" and day_of(trade.closed) != day:
            day = day_of(trade.closed)
            span, figure, episode, breaches = [], 0, False, 0
        span.append(trade.pnl > 0 if rule.metric == "win_rate" else trade.pnl)
        figure += span[-1]
        if isinstance(rule.span, int) and len(span) > rule.span:
            figure -= span.pop(0)
        if len(span) < least:
            continue
        scale = len(span) if rule.metric == "win_rate" else 1
        if figure * per < limit * scale:
            breaches += 1
            episode = episode or breaches >= rule.breaches
        else:
            breaches = 0
            episode = episode and figure * of < recover * scale
    return episode


def fires_by_the_clock(
    rule: TruthRule, trades: Iterable[Trade], now: int, before: Verdict
) -> Verdict:
    """Whether a rule about the newest line fires; `before` is what held at the last run."""
    newest = max((one.closed for one in trades if rule.concerns(one.source)), default=None)
    if newest is None:
        return None if before is not False else False
    if rule.active is None:
        return now - newest > 60 * int(rule.limit)
    start, end = (3600 * hour for hour in rule.active)
    if not start <= now % DAY < end:
        return before  # the state holds
    return _active(now, start, end) - _active(newest, start, end) > 60 * int(rule.limit)


def _active(instant: int, start: int, end: int) -> int:
    """The seconds between two times of day, of all days since 1970 up to an instant."""
    return instant // DAY * (end - start) + min(max(instant % DAY - start, 0), end - start)


def codes(verdicts: Iterable[tuple[Verdict, Verdict]]) -> set[int]:
    """The exit codes that are right; of each rule, whether it fires and whether it is silenced."""
    found = set()
    pairs = list(verdicts)
    if any(fires is not False and silenced is not True for fires, silenced in pairs):
        found.add(2)
    if not any(fires is True and silenced is False for fires, silenced in pairs):
        found.add(0)
    return found
