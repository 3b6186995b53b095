"""The shape of a summary, as types that JSON and its schema are made from.

Money, rates and seconds are decimal strings in JSON, counts are numbers, moments are ISO 8601 in
UTC, and an undefined figure is null with its reason in `undefined`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from perfkit.metrics.facts import Value

SCHEMA_VERSION = 1

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware datetime."""


class WindowShape(msgspec.Struct, frozen=True):
    """The window: `[start, end)`; `first_day` and `last_day` are trading days, both inclusive."""

    kind: str
    label: str
    start: Moment
    end: Moment
    first_day: date
    last_day: date
    timezone: str


class Finding(msgspec.Struct, frozen=True):
    """Something about the data worth knowing: a stable code, how often, and a sentence."""

    code: str
    count: int
    message: str


class DataShape(msgspec.Struct, frozen=True):
    """What the figures rest on.

    `digest` names everything they depend on: equal digests mean equal figures. `lines` counts
    the window's log lines, `ignored` those the dialect passes over, `bad_lines` the unreadable.
    """

    digest: str
    files: int
    lines: int
    ignored: int
    bad_lines: int
    partial: bool
    missing_days: tuple[date, ...]
    findings: tuple[Finding, ...]


class TargetVerdict(msgspec.Struct, frozen=True):
    """A target against what came out.

    `bound` is at_least or at_most; `verdict` is met, missed or insufficient; `distance` is actual
    minus target, null without an actual figure; `reason` says why a verdict is insufficient.
    """

    metric: str
    bound: str
    target: Decimal
    actual: Decimal | None
    distance: Decimal | None
    verdict: str
    reason: str | None


class OpenShape(msgspec.Struct, frozen=True):
    """Trades open at the window's end; ages in seconds up to then or to the newest line."""

    trades: int
    oldest_opened_at: Moment | None
    oldest_age_seconds: Decimal | None


class Part(msgspec.Struct, frozen=True):
    """One part of a breakdown: the same metrics; those of the whole account are null."""

    name: str
    metrics: dict[str, Value | None]
    undefined: dict[str, str]


class SummaryShape(msgspec.Struct, frozen=True):
    """Every figure of one window; see `docs/metrics.md` for what each means."""

    schema_version: int
    window: WindowShape
    currency: str
    where: dict[str, str]
    metrics: dict[str, Value | None]
    undefined: dict[str, str]
    targets: tuple[TargetVerdict, ...]
    open: OpenShape
    data: DataShape
    breakdowns: dict[str, tuple[Part, ...]]

    def to_builtins(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers, as JSON has them."""
        plain = msgspec.to_builtins(self, builtin_types=(Decimal, datetime, date))
        return _plain(plain)  # type: ignore[no-any-return]

    def to_json(self) -> str:
        """Indented JSON, ending in a newline."""
        encoded = msgspec.json.encode(self.to_builtins())
        return msgspec.json.format(encoded, indent=2).decode() + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


class AlertEvent(msgspec.Struct, frozen=True):
    """One line of `logs/performance-alerts.jsonl`.

    `kind` says what happened, `reason` why an episode was resolved or how the data are;
    `occurred_at` is when the market did it, `detected_at` when perfkit saw it, `until` the end of a
    silence. `target` is the threshold; `first_trade` to `last_trade` are closing times, `sources`
    the `file:line` of trades.
    """

    v: int
    event: Literal["performance.alert"]
    id: str
    kind: Literal[
        "baseline",
        "firing",
        "resolved",
        "reminder",
        "data_state",
        "acked",
        "silenced",
        "unsilenced",
        "history_rewritten",
        "clock_skew",
        "state_recovered",
    ]
    reason: str | None
    rule: str | None
    group: str | None
    episode: str | None
    severity: Literal["warning", "critical"] | None
    occurred_at: Moment | None
    detected_at: Moment
    until: Moment | None
    metric: str | None
    actual: Decimal | None
    target: Decimal | None
    recover: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    interval: tuple[Decimal, Decimal] | None
    window: str | None
    first_trade: Moment | None
    last_trade: Moment | None
    sources: tuple[str, ...]
    message: str
