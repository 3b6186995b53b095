"""The shape of a summary, as types that JSON and its schema are made from.

Money, rates and seconds are decimal strings in JSON, counts are numbers, moments are ISO 8601 in
UTC, and an undefined figure is null with its reason in `undefined`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from perfkit.core.fast_imports import NamedTuple
from perfkit.metrics.facts import Value

try:
    from _json import encode_basestring  # alone, it loads in a tenth of the time of `json`
except ImportError:  # pragma: no cover  where Python keeps it elsewhere
    from json.encoder import encode_basestring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA_VERSION = 1

Moment = datetime
"""An aware datetime."""


class WindowShape(NamedTuple):
    """The window: `[start, end)`; `first_day` and `last_day` are trading days, both inclusive.

    Of its `days` on which trading is expected, `days_so_far` are not later than the newest line. It
    is over when none of them is.
    """

    kind: str
    label: str
    start: Moment
    end: Moment
    first_day: date
    last_day: date
    timezone: str
    days: int
    days_so_far: int
    is_over: bool

    @property
    def so_far(self) -> str:
        """How much of a window has passed that is not over: "9 of 31 days so far"."""
        return f"{self.days_so_far} of {self.days} {'day' if self.days == 1 else 'days'} so far"


class Finding(NamedTuple):
    """Something about the data worth knowing: a stable code, how often, and a sentence."""

    code: str
    count: int  # type: ignore[assignment]  # the name in JSON; tuples have a method so called
    message: str


class DataShape(NamedTuple):
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


class TargetVerdict(NamedTuple):
    """A target and the actual figure.

    `bound` is at_least or at_most; `verdict` is met, missed, open (a sum of a window that is not
    over) or insufficient; `distance` is actual minus target, null without an actual figure;
    `reason` says why a verdict is open or insufficient.
    """

    metric: str
    bound: str
    target: Decimal
    actual: Decimal | None
    distance: Decimal | None
    verdict: str
    reason: str | None


class OpenShape(NamedTuple):
    """Trades open at the window's end; ages in seconds up to then or to the newest line."""

    trades: int
    oldest_opened_at: Moment | None
    oldest_age_seconds: Decimal | None


class Part(NamedTuple):
    """One part of a breakdown: the same metrics; those of the whole account are null."""

    name: str
    metrics: dict[str, Value | None]
    undefined: dict[str, str]


class SummaryShape(NamedTuple):
    """Every figure of one window; `perfkit docs metrics` says what each means."""

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
        return json_value(self)  # type: ignore[no-any-return]

    def to_json(self) -> str:
        """Indented JSON, ending in a newline."""
        return json_text(self.to_builtins())


_PLAIN = (str, int)
_LISTS = (list, tuple)  # a union `list | tuple` in the function would be made for each value


def json_value(value: Any) -> Any:
    """A value as plain JSON: exact decimals as texts, moments in UTC."""
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {key: json_value(entry) for key, entry in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: json_value(entry) for name, entry in zip(value._fields, value, strict=True)}
    if isinstance(value, _LISTS):
        return [json_value(entry) for entry in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be written as JSON")


def json_text(value: object) -> str:
    """Plain values as indented JSON, ending in a newline.

    Written as `json.dumps` does with an indent of 2, at a third of its cost, as that does without
    its C encoder where there is an indent.
    """
    return _indented(value, "\n") + "\n"


def _indented(value: object, margin: str) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    inner = margin + "  "
    if isinstance(value, dict):
        entries = [
            f"{inner}{encode_basestring(name)}: {_indented(entry, inner)}"
            for name, entry in value.items()
        ]
        return f"{{{','.join(entries)}{margin}}}" if entries else "{}"
    if isinstance(value, list):
        entries = [f"{inner}{_indented(entry, inner)}" for entry in value]
        return f"[{','.join(entries)}{margin}]" if entries else "[]"
    raise TypeError(f"{value!r} cannot be written as JSON")
