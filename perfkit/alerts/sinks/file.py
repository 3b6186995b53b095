"""The keys `sinks` and `metrics_file` of `config/alerts.yaml`, checked, and kept compiled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any

from perfkit.alerts.event import AlertEvent
from perfkit.alerts.rules.file import SEVERITIES, TOP_KEYS, AlertFile, duration_us, load_alerts
from perfkit.alerts.sinks.progress import STDERR
from perfkit.alerts.sinks.sink import FAILED, DeliverySettings, Sink
from perfkit.config.checks import YamlReader, suggestion
from perfkit.config.settings import Config
from perfkit.config.yaml import Document, KeyPath

SINK_KEYS = (
    "name",
    "exec",
    "python",
    "severity",
    "kinds",
    "rules",
    "timeout",
    "template",
    "give_up",
)
KINDS = (
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
    FAILED,
    "state_recovered",
)


def load_delivery(config: Config) -> DeliverySettings:
    """What the file of a workspace says about delivery. Raises `ConfigError`."""
    return delivery_of(load_alerts(config))


def delivery_of(file: AlertFile) -> DeliverySettings:
    """The same, of a file whose rules were read. Raises `ConfigError`."""
    rules = [rule.id for rule in file.rules]
    return _DeliveryReader(file.reader.shown, file.reader.document, rules).settings()


class _DeliveryReader(YamlReader):
    """Checks the sinks, key by key."""

    def __init__(self, shown: str, document: Document, rules: Sequence[str]) -> None:
        super().__init__(shown, document)
        self.rules = rules

    def settings(self) -> DeliverySettings:
        top = self.mapping((), self.document.value or {}, TOP_KEYS)
        wanted = top.get("metrics_file", False)
        if not isinstance(wanted, bool):
            raise self.problem(
                ("metrics_file",), f"{wanted!r} is neither true nor false", "write true or false"
            )
        sinks: list[Sink] = []
        for n, entry in enumerate(self.items(("sinks",), top.get("sinks", []))):
            sink = self._sink(("sinks", str(n)), entry)
            if sink.name in {earlier.name for earlier in sinks}:
                raise self.problem(
                    ("sinks", str(n), "name"),
                    f"{sink.name!r} is the name of two sinks",
                    "give each sink a name of its own",
                )
            sinks.append(sink)
        return DeliverySettings(tuple(sinks), wanted)

    def _sink(self, path: KeyPath, given: object) -> Sink:
        entry = self.mapping(path, given, SINK_KEYS)
        if ("exec" in entry) == ("python" in entry):
            raise self.problem(
                path,
                "needs exactly one receiver",
                "write `exec: [program, argument]` or `python: NAME`",
            )
        severity = ""
        if "severity" in entry:
            severity = self.choice((*path, "severity"), entry["severity"], SEVERITIES)
        return Sink(
            name=self._name(path, entry),
            program=self._program(path, entry) if "exec" in entry else (),
            python=self.text((*path, "python"), entry["python"]) if "python" in entry else "",
            severity=severity,
            kinds=self._words(path, entry, "kinds", KINDS),
            rules=self._words(path, entry, "rules", self.rules),
            timeout_us=self._length(path, entry, "timeout", "10s"),
            template=self._template(path, entry),
            give_up_us=self._length(path, entry, "give_up", "24h"),
        )

    def _name(self, path: KeyPath, entry: Mapping[str, Any]) -> str:
        name = self.text((*path, "name"), entry.get("name"))
        is_plain = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        if not is_plain or len(name) > 64:
            raise self.problem(
                (*path, "name"), f"{name!r} is not a name", "write letters, digits, - and _: pager"
            )
        if name == STDERR:
            raise self.problem((*path, "name"), f"{STDERR} is always a sink", "choose another name")
        return name

    def _program(self, path: KeyPath, entry: Mapping[str, Any]) -> tuple[str, ...]:
        at = (*path, "exec")
        words = self.items(at, entry["exec"])
        for n, word in enumerate(words):
            if word != "" or n == 0:
                self.text((*at, str(n)), word)
        if not words:
            raise self.problem(at, "has no program", "write [program, argument]")
        return tuple(words)

    def _words(
        self, path: KeyPath, entry: Mapping[str, Any], key: str, known: Sequence[str]
    ) -> tuple[str, ...]:
        if key not in entry:
            return ()
        words = self.items((*path, key), entry[key])
        if not words:
            raise self.problem((*path, key), "is empty", "leave it out for all of them")
        for word in words:
            if word not in known:
                raise self.problem(
                    (*path, key), f"{word!r} is unknown", suggestion(str(word), known)
                )
        return tuple(words)

    def _length(self, path: KeyPath, entry: Mapping[str, Any], key: str, default: str) -> int:
        given = entry.get(key, default)
        length = duration_us(given)
        if length is None:
            raise self.problem(
                (*path, key), f"{given!r} is not a length of time", "write 10s, 5m, 24h or 2d"
            )
        return length

    def _template(self, path: KeyPath, entry: Mapping[str, Any]) -> str:
        at = (*path, "template")
        if "template" not in entry:
            return ""
        template = self.text(at, entry["template"])
        try:
            parts = list(Formatter().parse(template))
        except ValueError as error:
            raise self.problem(
                at, f"is not a template: {error}", "write {message}, and {{ for a brace"
            ) from error
        for _, field, form, conversion in parts:
            if field is None:
                continue
            if form or conversion or field not in AlertEvent._fields:
                written = (
                    f"{field}{'!' if conversion else ''}{conversion or ''}{form and ':' + form}"
                )
                raise self.problem(
                    at,
                    f"{{{written}}} is not a field of an event",
                    suggestion(field, AlertEvent._fields, "`perfkit docs alerts`"),
                )
        return template
