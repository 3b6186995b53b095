"""A sink of `config/alerts.yaml`, which of the events it wants, and how it is given them."""

from __future__ import annotations

from perfkit.core.fast_imports import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.alerts.event_log import Event

QUIET_KINDS = ("baseline", "acked", "silenced")
"""Events that are no news: somebody began to watch, or did it himself."""

FAILED = "delivery_failed"


class Sink(NamedTuple):
    """A program, or the name of an entry point; one of both is empty.

    `severity` empty, `kinds` and `rules` empty: all that are news. `template` empty: the event as
    JSON. Lengths are in microseconds.
    """

    name: str
    program: tuple[str, ...]
    python: str
    severity: str
    kinds: tuple[str, ...]
    rules: tuple[str, ...]
    timeout_us: int
    template: str
    give_up_us: int


class DeliverySettings(NamedTuple):
    """The sinks besides standard error, and whether there is a file of metrics."""

    sinks: tuple[Sink, ...]
    metrics_file: bool


def is_news(event: Event) -> bool:
    """Whether somebody wants to know at once."""
    if event["kind"] == "unsilenced":
        return bool(event.get("occurred_at") == event.get("until"))  # it ran out by itself
    return event["kind"] not in QUIET_KINDS


def wants(sink: Sink, event: Event) -> bool:
    """Whether the event is for this sink; that it failed itself never is."""
    if event["kind"] == FAILED and event.get("reason") == sink.name:
        return False
    return (
        (event["kind"] in sink.kinds if sink.kinds else is_news(event))
        and (not sink.severity or event.get("severity") == sink.severity)
        and (not sink.rules or event.get("rule") in sink.rules)
    )


def text_of(template: str, event: Event) -> str:
    """The template with the fields of the event; null is empty, a list has commas."""
    return template.format_map(_Fields((name, _shown(value)) for name, value in event.items()))


class _Fields(dict[str, str]):
    """The fields of an event; one that a line of an older log lacks is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def _shown(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
