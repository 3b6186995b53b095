"""Summaries as text: what happened in one glance, figures, targets, breakdowns, data quality."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

from perfkit.core.formatting import (
    NOTHING,
    aligned,
    duration,
    escaped,
    percent,
    plain,
    table,
)
from perfkit.metrics.facts import Value
from perfkit.metrics.risk import SQN_TRADES_ADVISED
from perfkit.summary.labels import (
    PART_COLUMNS,
    Cash,
    cash_of,
    groups,
    in_sentence,
    label_of,
    moment,
    shown,
    shown_difference,
)
from perfkit.summary.shape import Finding, Part, SummaryShape, TargetVerdict, WindowShape
from perfkit.summary.shown import LONGEST_READING, PublicNames, as_html, bundle, reading_sentence
from perfkit.summary.targets import INSUFFICIENT, MET, MISSED, OPEN

SHOWN_OF_PARTS = (*PART_COLUMNS, "win_rate_low", "win_rate_high")
"""The figures that a breakdown has a column of, or an interval."""

NO_TRADES = "No trades in window"
TARGETS_OF_ALL = "The targets are those set for all trades, not for these alone"
LONGEST_SENTENCE = 400
LIKELY_READING = "likely_reading"

VERDICTS = {MET: "met", MISSED: "**missed**", OPEN: "open", INSUFFICIENT: "not enough data"}

_SPANS = {"weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year"}
"""Windows of several days, in a sentence."""

_KINDS = {
    "daily": "Day",
    "weekly": "Week",
    "monthly": "Month",
    "quarterly": "Quarter",
    "yearly": "Year",
}


class Text(PublicNames):
    """Markdown that shows as such in JupyterLab, in a report, and as plain text in a terminal.

    `digest` is that of the summary it was made from; `data_up_to` the newest trading day with a
    line, where that is known.
    """

    def __init__(self, markdown: str, digest: str, data_up_to: date | None = None) -> None:
        self.markdown = markdown
        self.digest = digest
        self.data_up_to = data_up_to

    def __str__(self) -> str:
        return self.markdown

    def _repr_html_(self) -> str | None:
        return as_html(self.markdown, self.data_up_to)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, str]]:
        shown = bundle(self.markdown, self.markdown, self.data_up_to)
        return shown, {"perfkit_digest": self.digest}


def headline(summary: SummaryShape) -> str:
    """The window and the filter, such as "**Thursday, 2025-10-09** where side = long"."""
    return f"**{_title(summary)}**{_filter_note(summary)}"


def glance(summary: SummaryShape, title: str = "", data_up_to: date | None = None) -> str:
    """What happened, in one paragraph and one small table.

    With a title it begins with that as a heading, with the period, and says how much of it there is
    data of, up to the day `data_up_to`.
    """
    metrics, cash = summary.metrics, _cash(summary)
    if title:
        lines = [f"# {title}, {period_words(summary.window)}{_filter_note(summary)}\n"]
        lines += [f"{text}\n" for text in _extent(summary.window, data_up_to)]
    else:
        lines = [headline(summary) + "\n"]
    if not metrics["closed_trades"]:
        lines.append(f"{NO_TRADES}.{_open_sentence(summary)}\n")
    else:
        trades = _count(metrics["closed_trades"], "trade")
        lines.append(
            f"Net P&L **{shown('net_pnl', metrics['net_pnl'], cash)}** from {trades}: "
            f"{metrics['wins']} won, {metrics['losses']} lost"
            + (f", {metrics['breakevens']} broke even" if metrics["breakevens"] else "")
            + f".{_open_sentence(summary)}\n"
        )
        lines.append(table(*_glance_rows(summary), left=3))
    lines += [f"> {note}\n" for note in _cautions(summary)]
    return "\n".join(lines)


def _glance_rows(summary: SummaryShape) -> tuple[list[str], list[list[str]]]:
    metrics, cash = summary.metrics, _cash(summary)
    trough = metrics["drawdown_trough_at"]
    fall = "none"
    if isinstance(trough, datetime):
        fall = f"lowest at {moment(trough, summary.window.timezone)}"
    rows = [
        [
            "Win rate",
            shown("win_rate", metrics["win_rate"]),
            _interval(metrics, 1, "95 % interval "),
        ],
        ["Largest drawdown", shown("max_drawdown", metrics["max_drawdown"], cash), fall],
        ["Expectancy", shown("expectancy", metrics["expectancy"], cash), "per trade"],
        ["Targets", _targets_in_short(summary.targets), _missed_names(summary.targets)],
    ]
    return ["At a glance", "", ""], rows


def figures(summary: SummaryShape) -> str:
    """Every figure, in groups; an undefined one with its reason."""
    parts = []
    for group, names in groups(summary.metrics).items():
        rows = [[label_of(name), _shown_in(summary, name)] for name in names]
        parts.append(table([group, ""], rows))
    return "\n".join(parts)


def targets(summary: SummaryShape) -> str:
    """Targets against actual figures."""
    if not summary.targets:
        return "No targets are set in `config/perfkit.yaml`.\n"
    rows = _target_rows(summary)
    text = table(["Target", "Wanted", "Actual", "Distance", "Verdict"], rows, left=(0, 4))
    return f"{text}\n{TARGETS_OF_ALL}.\n" if summary.where else text


def breakdown(summary: SummaryShape, dimension: str) -> str:
    """One line per part: trades, P&L, win rate with its interval, and further figures.

    Sources are in order of their net P&L, the worst first: there may be a thousand.
    """
    rows = _part_rows(summary, dimension, escaped)
    return table(_part_header(dimension), rows) if rows else f"{NO_TRADES}.\n"


def breakdown_text(summary: SummaryShape, dimension: str) -> str:
    """The same for a terminal."""
    rows = _part_rows(summary, dimension, plain)
    return aligned(_part_header(dimension), rows) if rows else f"{NO_TRADES}.\n"


def quality(summary: SummaryShape) -> str:
    """How many lines were read, and the findings about them."""
    data = summary.data
    read = f"{_count(data.lines, 'line')} of {_count(data.files, 'file')}"
    if data.ignored:
        read += f", {data.ignored} of them not about trades"
    if not data.findings:
        return f"Read {read}.\n"
    rows = [[_sentence(finding.message), str(finding.count)] for finding in data.findings]
    text = f"Read {read}.\n\n" + table(["Finding", "Count"], rows)
    if data.missing_days:
        days = ", ".join(map(str, data.missing_days[:10]))
        more = len(data.missing_days) - 10
        text += f"\nMissing: {days}{f' and {more} more' if more > 0 else ''}.\n"
    return text


def summary_markdown(summary: SummaryShape) -> str:
    """A whole summary as Markdown."""
    parts = [glance(summary), "### Targets\n", targets(summary), "### Figures\n", figures(summary)]
    parts += ["### Data\n", quality(summary)]
    return "\n".join(parts)


def summary_text(summary: SummaryShape) -> str:
    """A whole summary for a terminal: aligned, with the variance against targets."""
    lines = [_title(summary) + _filter_note(summary, plain)]
    if not summary.metrics["closed_trades"]:
        lines.append(f"{NO_TRADES}.")
    lines.append("")
    by_metric: dict[str, list[TargetVerdict]] = {}
    for verdict in summary.targets:
        by_metric.setdefault(verdict.metric, []).append(verdict)
    rows: list[list[str]] = []
    for group, names in groups(summary.metrics).items():
        rows.append([group.upper(), "", ""])
        rows += [
            [
                f"  {label_of(name)}",
                _shown_in(summary, name, with_reason=False),
                "; ".join(
                    [_variance(summary, one) for one in by_metric.get(name, [])]
                    or [summary.undefined.get(name) or _note(summary, name)]
                ),
            ]
            for name in names
        ]
    lines.append(_aligned_rows(rows))
    lines += [f"! {_found(finding)}" for finding in summary.data.findings]
    if summary.targets and summary.where:
        lines.append(f"! {TARGETS_OF_ALL}")
    return "\n".join(lines).rstrip() + "\n"


def _found(finding: Finding) -> str:
    """How often something was found, and what; a reading is one, and begins with a number."""
    if finding.code == LIKELY_READING:
        return plain(finding.message, LONGEST_READING)
    return f"{finding.count:,} x {plain(finding.message, LONGEST_SENTENCE)}"


def _aligned_rows(rows: Sequence[Sequence[str]]) -> str:
    """Name left, figure right, note left."""
    pairs = aligned(["", ""], [row[:2] for row in rows]).splitlines()
    width = max(map(len, pairs))
    return (
        "\n".join(
            f"{pair.ljust(width)}   {row[2]}".rstrip()
            for pair, row in zip(pairs, rows, strict=True)
        )
        + "\n"
    )


def _shown_in(summary: SummaryShape, name: str, *, with_reason: bool = True) -> str:
    value = summary.metrics[name]
    if value is None:
        return f"{NOTHING} ({summary.undefined[name]})" if with_reason else NOTHING
    text = shown(name, value, _cash(summary), summary.window.timezone)
    return f"{text} ({note})" if with_reason and (note := _note(summary, name)) else text


def _note(summary: SummaryShape, name: str) -> str:
    """What to keep in mind with a figure that has a value; mostly nothing."""
    trades = summary.metrics["r_trades"]
    few = isinstance(trades, int) and trades < SQN_TRADES_ADVISED
    return f"fewer than {SQN_TRADES_ADVISED} trades" if name == "sqn" and few else ""


def _variance(summary: SummaryShape, verdict: TargetVerdict) -> str:
    wanted = _wanted(verdict, _cash(summary))
    sign = "≥" if verdict.bound == "at_least" else "≤"
    text = f"target {sign} {wanted}: "
    if verdict.distance is None:
        return f"{text}not enough data ({verdict.reason})"
    distance = _distance(verdict, _cash(summary))
    if verdict.verdict in (MET, MISSED):
        return f"{text}{verdict.verdict} by {distance}"
    way = "below" if verdict.distance < 0 else "above"
    but = f"open ({verdict.reason})" if verdict.verdict == OPEN else "but too few trades to say"
    return f"{text}{distance.lstrip('+-')} {way} target, {but}"


def _wanted(verdict: TargetVerdict, cash: Cash) -> str:
    return shown(verdict.metric, verdict.target, cash).removeprefix("+")


def _distance(verdict: TargetVerdict, cash: Cash) -> str:
    if verdict.distance is None:
        return NOTHING
    return shown_difference(verdict.metric, verdict.distance, cash)


def _target_rows(summary: SummaryShape) -> list[list[str]]:
    cash = _cash(summary)
    rows = []
    for verdict in summary.targets:
        sign = "at least" if verdict.bound == "at_least" else "at most"
        wanted = f"{sign} {_wanted(verdict, cash)}"
        status = VERDICTS[verdict.verdict] + (f" ({verdict.reason})" if verdict.reason else "")
        actual = shown(verdict.metric, verdict.actual, cash)
        rows.append([label_of(verdict.metric), wanted, actual, _distance(verdict, cash), status])
    return rows


def _part_header(dimension: str) -> list[str]:
    names = list(map(label_of, PART_COLUMNS))
    return [label_of(dimension), *names[:3], "95 % interval", *names[3:]]


def _part_rows(summary: SummaryShape, dimension: str, clean: Callable[..., str]) -> list[list[str]]:
    cash = _cash(summary)
    parts = summary.breakdowns[dimension]
    if dimension == "source":
        parts = tuple(sorted(parts, key=lambda part: _hurt(part.metrics["net_pnl"])))
    return [_part_row(part, cash, clean) for part in parts]


def _hurt(net_pnl: Value | None) -> tuple[bool, Decimal]:
    """The most painful first, what has no P&L last."""
    return (False, net_pnl) if isinstance(net_pnl, Decimal) else (True, Decimal(0))


def _part_row(part: Part, cash: Cash, clean: Callable[..., str]) -> list[str]:
    cells = [shown(name, part.metrics[name], cash) for name in PART_COLUMNS]
    return [clean(part.name) or "(none)", *cells[:3], _interval(part.metrics, 0), *cells[3:]]


def _interval(metrics: dict[str, Value | None], places: int, name: str = "") -> str:
    """The 95 % interval of the win rate, such as "21 % to 64 %"."""
    low, high = metrics["win_rate_low"], metrics["win_rate_high"]
    if not isinstance(low, Decimal) or not isinstance(high, Decimal):
        return NOTHING
    return f"{name}{percent(low, places)} to {percent(high, places)}"


def _title(summary: SummaryShape) -> str:
    """The window, and how much of it has passed if it is not over."""
    window = summary.window
    return _window_title(window) + ("" if window.is_over else f" ({window.so_far})")


def _window_title(window: WindowShape) -> str:
    kind = _KINDS.get(window.kind)
    if kind == "Day":
        return f"{window.first_day:%A}, {window.label}"
    if kind is not None:
        return f"{kind} {window.label}: {window.first_day} to {window.last_day}"
    return f"{window.first_day} to {window.last_day}"


def period_words(window: WindowShape) -> str:
    """The period in words: "Thursday 9 October 2025", "6 to 12 October 2025 (2025-W41)"."""
    first, last = window.first_day, window.last_day
    if window.kind == "daily":
        return _day_words(first)
    if window.kind == "monthly":
        return f"{first:%B} {first.year}"
    if window.kind in ("quarterly", "yearly"):
        return " ".join(reversed(window.label.split("-")))
    until = f"{last.day} {last:%B} {last.year}"
    since = str(first.day)
    if (first.year, first.month) != (last.year, last.month):
        since += f" {first:%B}" + (f" {first.year}" if first.year != last.year else "")
    week = f" ({window.label})" if window.kind == "weekly" and "W" in window.label else ""
    return f"{since} to {until}{week}" if first != last else until


def _extent(window: WindowShape, data_up_to: date | None) -> list[str]:
    """How far the data of a window goes; of a day, that is said by its figures."""
    if window.is_over:
        return [f"The {_SPANS[window.kind]} is over."] if window.kind in _SPANS else []
    until = f"Data up to {_day_words(data_up_to)}: " if data_up_to else ""
    return [f"{until}{window.so_far}."]


def _day_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def _filter_note(summary: SummaryShape, clean: Callable[..., str] = escaped) -> str:
    if not summary.where:
        return ""
    from perfkit.summary.filters import conditions_in_words

    return " where " + ", ".join(conditions_in_words(summary.where, clean))


def _open_sentence(summary: SummaryShape) -> str:
    opened = summary.open
    if not opened.trades:
        return ""
    text = f" {_count(opened.trades, 'trade')} still open"
    if opened.oldest_age_seconds is not None:
        text += f", the oldest for {duration(opened.oldest_age_seconds)}"
    unrealized = summary.metrics["unrealized_pnl"]
    if isinstance(unrealized, Decimal):
        text += f", {shown('unrealized_pnl', unrealized, _cash(summary))} unrealized"
    realized = summary.metrics["realized_pnl"]
    if realized:
        text += f", {shown('realized_pnl', realized, _cash(summary))} realized of them"
    return text + "."


def _cautions(summary: SummaryShape) -> list[str]:
    """What a reader must know before trusting the figures."""
    notes = []
    if summary.data.partial:
        notes.append(
            f"Partial: {_count(len(summary.data.missing_days), 'expected day')} without a log file."
        )
    if summary.data.bad_lines:
        notes.append(f"{_count(summary.data.bad_lines, 'line')} could not be read.")
    for finding in summary.data.findings:
        if finding.code == LIKELY_READING:
            notes.append(reading_sentence(finding.message, escaped))
        elif finding.code == "mixed_modes":
            notes.append(f"{_sentence(finding.message)}.")
    return notes


def _sentence(text: str) -> str:
    """A sentence that may quote a log, as Markdown and with a capital."""
    return escaped(text[:1].upper() + text[1:], LONGEST_SENTENCE)


def _targets_in_short(verdicts: Sequence[TargetVerdict]) -> str:
    if not verdicts:
        return "none set"
    met = sum(verdict.verdict == MET for verdict in verdicts)
    return f"{met} of {len(verdicts)} met"


def _missed_names(verdicts: Sequence[TargetVerdict]) -> str:
    missed = [in_sentence(v.metric) for v in verdicts if v.verdict == MISSED]
    unsure = [in_sentence(v.metric) for v in verdicts if v.verdict == INSUFFICIENT]
    still = [in_sentence(v.metric) for v in verdicts if v.verdict == OPEN]
    parts = [f"missed: {', '.join(missed)}"] if missed else []
    parts += [f"open: {', '.join(still)}"] if still else []
    parts += [f"not enough data: {', '.join(unsure)}"] if unsure else []
    return "; ".join(parts)


def _count(number: Value | None, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _cash(summary: SummaryShape) -> Cash:
    return cash_of(summary.metrics, summary.currency)
