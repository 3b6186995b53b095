"""What alerts say: one sentence for each kind of event, as somebody reads it at three in the night.

A sentence names the figure, its window and group, its value with the unit, the limit and the rule:
"Drawdown since the start is -905.66 USD, limit -900.00 (rule drawdown, critical)". It depends only
on what happened, never on when perfkit noticed it, so a repeated run says the same. Labels and
units are those of the metric's row.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.alerts.rules.evidence import Evidence, Number
from perfkit.alerts.rules.rule import (
    CORRECTED,
    ERROR,
    IDLE,
    OK,
    RECOVERED,
    RULE_CHANGED,
    RULE_REMOVED,
    WINDOW_ENDED,
    Rule,
    RuleEvent,
)
from perfkit.core.calendar import CALENDAR_WINDOWS, moment_of, zone_named
from perfkit.core.errors import WindowError
from perfkit.core.filters.plain import is_plain
from perfkit.core.formatting import fixed, plain
from perfkit.metrics.registry import METRICS
from perfkit.summary.amounts import amount, is_plural, length, limit_text, unit_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    from perfkit.config.settings import Config

LAST_LINE, OPEN_TRADE, BAD_LINES = "minutes_since_last_line", "open_trade_age_minutes", "bad_lines"

_SPANS = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
}
_WHY = {
    RECOVERED: "recovered",
    CORRECTED: "earlier trades in the log, or how they are read, have changed",
    RULE_CHANGED: "the rule was edited and starts again",
    RULE_REMOVED: "the rule was removed",
    IDLE: "no trade closed for 30 days",
}


class Sentences:
    """The sentences of a workspace: times in its zone, money in the currency of the source."""

    def __init__(self, config: Config) -> None:
        self.calendar = config.calendar
        self.currencies = {source.name: source.currency for source in config.sources}

    def rule_event(
        self,
        rule: Rule,
        group: str,
        done: RuleEvent,
        evidence: Evidence | None,
        fired_at: int | None = None,
    ) -> str:
        """A firing, resolved or data_state event; `fired_at` is when a resolved episode began."""
        if done.kind == "resolved":
            said = self._resolved(rule, group, done, evidence, fired_at)
        elif done.kind == "data_state":
            said = self._data_state(rule, group, done, evidence)
        else:
            said = self._stands(rule, group, evidence, done.at)
        return said + _tail(rule, evidence)

    def _resolved(
        self,
        rule: Rule,
        group: str,
        done: RuleEvent,
        evidence: Evidence | None,
        fired_at: int | None,
    ) -> str:
        over = done.reason == WINDOW_ENDED
        why = f"the {_SPANS.get(rule.window or '', 'window')} is over"
        why = why if over else _WHY.get(done.reason, done.reason)
        verb = "was" if over or done.reason == IDLE else "is"
        to_recover = done.reason == RECOVERED
        stands = self._stands(rule, group, evidence, done.at, verb=verb, to_recover=to_recover)
        lasted = ""
        if fired_at is not None and done.at > fired_at:
            lasted = f"; it fired for {_lasted(fired_at, done.at)}"
        return f"Resolved, {why}: {_within(stands)}{lasted}"

    def _data_state(
        self, rule: Rule, group: str, done: RuleEvent, evidence: Evidence | None
    ) -> str:
        if done.reason == OK:
            return f"Evaluated again: {_within(self._stands(rule, group, evidence, done.at))}"
        missing = self._no_value(rule, group, evidence, done.at)
        if done.reason == ERROR:
            missing = f"{self._subject(rule, group, evidence, done.at)} could not be computed"
        elif evidence is not None and not rule.is_clock and evidence.trades < rule.min_trades:
            missing = (
                f"{self._subject(rule, group, evidence, done.at)} is from "
                f"{_counted(evidence.trades, 'trade')}, too few for a rule that needs "
                f"{rule.min_trades}"
            )
        return (
            f"{missing}; until that changes, the rule "
            f"{'keeps firing' if done.episode else 'cannot fire'}"
        )

    def reminder(
        self, rule: Rule, group: str, at: int, evidence: Evidence | None, fired_at: int
    ) -> str:
        """The rule still fires, since `fired_at`."""
        value = None if evidence is None else evidence.actual
        recovering = value is not None and not rule.breached(value)
        stands = self._stands(rule, group, evidence, at, to_recover=recovering)
        since = f"{self.moment(fired_at)} ({_lasted(fired_at, at)})"
        return f"Still firing since {since}: {_within(stands)}{_tail(rule, evidence)}"

    def baseline(self, rule: Rule, trades: int) -> str:
        """A new rule is being monitored."""
        history = "" if rule.is_clock else f"; read {_counted(trades, 'trade')} of history"
        condition = _condition(rule, self._currency(rule, ""))
        return f"Rule {rule.id} is now being monitored: {condition}{history}"

    def rewritten(self, rule: Rule, group: str, times: Sequence[int], evidence: Evidence) -> str:
        """Earlier trades changed, and with them the rule fired at these times."""
        shown = ", ".join(self.moment(at) for at in times[:5])
        more = f" and {len(times) - 5} more" if len(times) > 5 else ""
        many = len(times) > 1
        episodes = f"{len(times)} past episodes" if many else "a past episode"
        subject, verb = self._subject(rule, group, evidence, None), _verb(rule, "was")
        return (
            f"Earlier trades in the log have changed: {_within(subject)} {verb} {rule.bound} "
            f"{limit_text(rule.metric, rule.threshold)} in {episodes} that "
            f"{'were' if many else 'was'} not announced, from {shown}{more}{_tail(rule)}"
        )

    def acked(self, rule: Rule, group: str, since: int) -> str:
        """Somebody acknowledged an episode."""
        subject = _within(self._subject(rule, group, None, None))
        return (
            f"Acknowledged, firing since {self.moment(since)}: {subject}; no more reminders of "
            f"this episode{_tail(rule)}"
        )

    def silenced(self, rule: Rule, until: int) -> str:
        """Somebody silenced a rule."""
        return (
            f"Rule {rule.id} is silenced until {self.moment(until)}; its events are still written"
        )

    def unsilenced(self, rule: str, *, fires: bool) -> str:
        """A silence is over."""
        return f"Rule {rule} is no longer silenced{' and still fires' if fires else ''}"

    def state_recovered(self) -> str:
        """The state was damaged, and made anew."""
        return (
            "The alert state was damaged; it was moved to alerts.state.damaged and rebuilt from "
            "the logs and the event log"
        )

    def source(self, name: str, trouble: str | None) -> str:
        """A source cannot be relied on, or can be again."""
        if trouble is None:
            return f"Source {name} can be read again; its rules go on where they waited"
        return (
            f"Source {name} cannot be relied on: {trouble}; its rules wait, and nothing is resolved"
        )

    def removed_source(self, name: str) -> str:
        """A source that could not be relied on was taken out of the configuration."""
        return f"Source {name}, which could not be relied on, is no longer in the configuration"

    def ahead(self, place: str, closed_at: int, count: int) -> str:
        """Trades close later than the present; the first is at `place`."""
        counted = _counted(count, "trade")
        verb = "closes" if count == 1 else "close"
        return (
            f"{counted} {verb} later than now, the first at {self.moment(closed_at)} ({place}); "
            "no rule counts them before their time"
        )

    def orphan(self, rule: str, reason: str) -> str:
        """An episode is resolved whose rule went while the state was lost."""
        return f"Resolved, {_WHY.get(reason, reason)} (rule {rule})"

    def clock_skew(self, newest: int, now: int) -> str:
        """The clock went back."""
        seconds = abs(newest - now) // 1_000_000
        return (
            f"The clock went back by {length(Decimal(seconds))}, from {self.moment(newest)} to "
            f"{self.moment(now)}; rules are evaluated at the current time"
        )

    def fires(self, rule: Rule, group: str, since: int) -> str:
        """An episode is open: `drawdown fires since 2026-04-08 12:05 CEST`."""
        return f"{rule.id} fires{_of(rule, group)} since {self.moment(since)}"

    def describe(self, rule: Rule) -> str:
        """When a rule fires."""
        return describe(rule, self._currency(rule, ""))

    def figure(self, rule: Rule, group: str, value: Decimal) -> str:
        """The figure of a rule with its name and unit: `win rate 54.0 %`."""
        shown = amount(rule.metric, value, (rule.threshold,), self._currency(rule, group))
        return f"{_within(_label(rule.metric))} {shown}"

    def moment(self, instant: int) -> str:
        """A time to the minute, in the zone of the workspace."""
        return minute_of(instant, self.calendar.timezone)

    def _stands(
        self,
        rule: Rule,
        group: str,
        evidence: Evidence | None,
        at: int,
        *,
        verb: str = "is",
        to_recover: bool = False,
    ) -> str:
        """Where the figure stands: "Win rate of the last 20 trades is 54.0 %, limit 60 %"."""
        hysteresis = to_recover and rule.recover != rule.threshold
        limit = limit_text(rule.metric, rule.recover if hysteresis else rule.threshold)
        limit = f", limit to recover {limit}" if hysteresis else f", limit {limit}"
        if evidence is None:  # an episode whose trades are gone
            return self._subject(rule, group, None, at) + limit
        value = evidence.actual
        if value is None:
            return self._no_value(rule, group, evidence, at) + ("" if rule.is_clock else limit)
        limits = (rule.threshold, rule.recover)
        shown = amount(rule.metric, value, limits, self._currency(rule, group))
        if rule.is_clock:
            return self._by_the_clock(rule, group, value, shown) + limit
        return f"{self._subject(rule, group, evidence, at)} {_verb(rule, verb)} {shown}{limit}"

    def _by_the_clock(self, rule: Rule, group: str, value: Decimal, shown: str) -> str:
        active = " of active time" if str(rule.active or "") else ""
        if rule.metric == LAST_LINE:
            line = _line(rule, group)
            if rule.breached(value):
                return f"No {line} for {shown}{active}"
            return f"The newest {line} was {shown}{active} ago"
        if rule.metric == OPEN_TRADE:
            return f"The oldest open trade{_of(rule, group)} has been open for {shown}{active}"
        lines = f"{shown} line{'' if value == 1 else 's'}"
        return f"{lines}{_in_log(rule, group) or ' of the logs'} cannot be read"

    def _no_value(self, rule: Rule, group: str, evidence: Evidence | None, at: int | None) -> str:
        reason = f" ({evidence.reason})" if evidence is not None and evidence.reason else ""
        if rule.metric == LAST_LINE:
            return f"The age of the newest {_line(rule, group)} is not known{reason}"
        if rule.metric == OPEN_TRADE:
            return f"No trade{_of(rule, group)} is open"
        return f"{self._subject(rule, group, evidence, at)} {_verb(rule, 'has')} no value{reason}"

    def _subject(self, rule: Rule, group: str, evidence: Evidence | None, at: int | None) -> str:
        """The figure, its window and its group, such as "Net P&L today (8 April 2026)"."""
        label = (evidence.window if evidence is not None else None) or rule.window
        # Before its first trade a window has no dates; its label is its kind then.
        if label is None or label == rule.window or rule.window not in CALENDAR_WINDOWS:
            return _figure(rule, group, _span(rule))
        day = self.calendar.day_of(at) if at is not None else None
        is_present = self._is_of(rule.window, label, day)
        return _figure(rule, group, _calendar_words(rule.window, label, is_present=is_present))

    def _is_of(self, kind: str, label: str, day: date | None) -> bool:
        try:
            return day is not None and self.calendar.window(kind, day).label == label
        except WindowError:
            return False

    def _currency(self, rule: Rule, group: str) -> str:
        source = group if rule.by == "source" and group else dict(rule.where).get("source")
        if source is not None:
            return self.currencies.get(source, "")
        codes = set(self.currencies.values())
        return next(iter(codes)) if len(codes) == 1 else ""


def describe(rule: Rule, currency: str = "") -> str:
    """When a rule fires: "loss: critical when net P&L of the day is below -300.00 USD"."""
    return f"{rule.id}: {_condition(rule, currency)}"


def minute_of(instant: int, timezone: str) -> str:
    """A time to the minute: `2026-04-08 12:05 CEST`."""
    local = moment_of(instant).astimezone(zone_named(timezone))
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"


def _condition(rule: Rule, currency: str) -> str:
    limit = limit_text(rule.metric, rule.threshold)
    if rule.is_clock:
        log = _in_log(rule, "")
        when = {
            LAST_LINE: f"no {_line(rule, '')} for more than {limit}",
            OPEN_TRADE: f"a trade{_of(rule, '', groups=True)} has been open for more than {limit}",
            BAD_LINES: f"more than {limit} lines{log or ' of the logs'} cannot be read",
        }[rule.metric]
    else:
        limit += f" {currency}" if currency and unit_of(rule.metric).startswith("money") else ""
        subject = _within(_figure(rule._replace(by=None), "", _span(rule)))
        when = f"{subject} {_verb(rule, 'is')} {rule.bound} {limit}"
    parts = [f"{rule.severity} when {when}"]
    if rule.for_us:
        parts[0] += f", for at least {length(Decimal(rule.for_us // 1_000_000))}"
    elif rule.for_trades > 1:
        parts.append(f"for {rule.for_trades} trades in a row")
    if rule.by:
        parts.append(f"for each {_words(rule.by)}")
    if hours := str(rule.active or ""):
        parts.append(f"in {hours}")
    return " ".join(parts)


def _figure(rule: Rule, group: str, span: str) -> str:
    if rule.metric == LAST_LINE:
        return f"Age of the newest {_line(rule, group)}"
    if rule.metric == OPEN_TRADE:
        return f"Age of the oldest open trade{_of(rule, group)}"
    if rule.metric == BAD_LINES:
        return f"Number of unreadable lines{_in_log(rule, group)}"
    label = _label(rule.metric)
    return f"{label}{',' if ',' in label else ''} {span}{_of(rule, group)}"


def _span(rule: Rule) -> str:
    """The span of a figure in words, without a date: of the last 20 trades, of the day."""
    if rule.trades is not None:
        return f"of the last {_counted(rule.trades, 'trade', alone=True)}"
    kind = rule.window or "all"
    if kind == "all":
        return "since the start"
    if kind.startswith("last-"):
        return f"of the last {kind.removeprefix('last-').removesuffix('d')} days"
    return f"of the {_SPANS.get(kind, kind)}"


def _lasted(start: int, end: int) -> str:
    return length(Decimal(max(0, end - start) // 1_000_000))


def _label(metric: str) -> str:
    """The name of a figure; that it is the current one, of all history, is said elsewhere."""
    label = METRICS[metric].label if metric in METRICS else metric.replace("_", " ")
    label = label.removeprefix("Current ").removesuffix(" (all history)")
    return label[:1].upper() + label[1:]


def _verb(rule: Rule, verb: str) -> str:
    """The verb, in the plural where the label is one: "Losses today are 6"."""
    plural = {"is": "are", "was": "were", "has": "have"}
    return plural[verb] if is_plural(_label(rule.metric)) else verb


def _calendar_words(kind: str, label: str, *, is_present: bool) -> str:
    """A calendar window: today (8 April 2026), in week 2026-W15, in April 2026."""
    from perfkit.core.fast_imports import date

    if kind == "daily":
        day = date.fromisoformat(label)
        named = f"{day.day} {day:%B %Y}"
        return f"today ({named})" if is_present else f"on {named}"
    if kind == "weekly":
        named = f"week {label}" if "W" in label else f"the week of {label}"
        return f"this week ({label})" if is_present else f"in {named}"
    if kind == "monthly":
        return f"in {date.fromisoformat(f'{label}-01'):%B %Y}"
    if kind == "quarterly":
        year, _, quarter = label.partition("-")
        return f"in {quarter} {year}"
    return f"in {label}"


def _of(rule: Rule, group: str, *, groups: bool = False) -> str:
    """The trades that a figure is about: " for strategy momentum and execution mode LIVE"."""
    parts = []
    if rule.by is not None and not groups:
        by = _words(rule.by)
        parts.append(f"{by} {plain(group)}" if group else f"trades without {_article(by)}")
    for name, value in rule.where:
        if name != rule.by:
            parts.append(_said_of(name, value))
    return f" for {' and '.join(parts)}" if parts else ""


def _said_of(name: str, said: str) -> str:
    """A condition in a sentence: `execution mode LIVE`, `net pnl > 0`."""
    if is_plain(said) and not said.startswith("="):
        return f"{_words(name)} {plain(said)}"
    from perfkit.core.filters.conditions import in_words

    return plain(_words(name) + in_words(name, said).removeprefix(name))


def _line(rule: Rule, group: str) -> str:
    log = _in_log(rule, group)
    return f"line{log}" if log else "log line"


def _in_log(rule: Rule, group: str) -> str:
    source = group if rule.by == "source" and group else dict(rule.where).get("source")
    return f" in the log of {plain(source)}" if source else ""


def _tail(rule: Rule, evidence: Evidence | None = None) -> str:
    """The rule, and of a rate how many of how many: " (rule win-rate, warning; 11 of 20)"."""
    made = ""
    if evidence is not None and not rule.is_clock and METRICS[rule.metric].unit == "fraction":
        counts = (evidence.numerator, evidence.denominator)
        if all(map(_is_whole, counts)):
            made = "; {} of {}".format(*(fixed(Decimal(one or 0), 0) for one in counts))
    return f" (rule {rule.id}, {rule.severity}{made})"


def _is_whole(number: Number) -> bool:
    return number is not None and number == int(number)


def _within(text: str) -> str:
    """A text within a sentence: with a small letter, unless it begins with an abbreviation."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _words(name: str) -> str:
    return name.replace("_", " ")


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _counted(number: int, noun: str, *, alone: bool = False) -> str:
    """`1 trade`, `20 trades`; `alone`: `trade` without the number where it is 1."""
    if number == 1:
        return noun if alone else f"1 {noun}"
    return f"{number:,} {noun}s"
