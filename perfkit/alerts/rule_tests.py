"""Tests of alert rules as YAML: trades, the states they must lead to, and the events expected.

Each test runs the real `perfkit-alerts` over a workspace of its own, whose clock stands where the
test says: when each entry of its trades has closed, and at every time it expects something.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from perfkit.alerts.check import check
from perfkit.alerts.event_log import Event, read
from perfkit.alerts.rules.file import RULES_FILE, duration_us
from perfkit.alerts.status import status
from perfkit.config.checks import YamlReader, read_yaml
from perfkit.config.workspace import CONFIG
from perfkit.config.yaml import KeyPath, parse
from perfkit.core.calendar import instant_of, moment_of
from perfkit.core.errors import ConfigError, UsageError
from perfkit.core.fast_imports import NamedTuple

TRADE_KEYS = {
    "pnl": "net_profit_loss",
    "symbol": "symbol",
    "strategy": "strategy_name",
    "side": "action",
    "execution_mode": "execution_mode",
    "account": "account_id",
    "opened_at": "timestamp",
    "commission": "commission",
    "slippage": "slippage",
    "quantity": "quantity",
    "entry_price": "price",
    "stop_loss": "stop_loss",
    "target": "target",
    "risk_reward": "risk_reward_ratio",
}
"""Keys of a trade besides `at`, `source`, `times` and `every`, as the log calls them."""

_FILE_KEYS = ("rules", "config", "tests")
_TEST_KEYS = ("name", "trades", "expect", "events")
_EXPECT_KEYS = ("at", "rule", "group", "state")
_EVENT_KEYS = ("kind", "rule", "group", "reason", "at", "severity")
_DAY_US = 86_400 * 1_000_000


class Result(NamedTuple):
    """The result of a test: `problems` lists what differs, a line each."""

    name: str
    problems: tuple[str, ...]


class _Case(NamedTuple):
    """One test: log lines by closing time and source, what to expect when, and which events."""

    name: str
    trades: tuple[tuple[int, str, dict[str, Any]], ...]
    looks: tuple[int, ...]
    expect: tuple[dict[str, Any], ...]
    events: tuple[dict[str, Any], ...] | None


def run_file(path: Path, root: Path | None) -> list[Result]:
    """Runs the tests of a file, over its own `rules`, else those of the workspace at `root`.

    Raises `ConfigError` where the file makes no sense.
    """
    try:
        text = read_yaml(path, str(path)).decode()
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no such file") from error
    reader = _TestsReader(str(path), parse(text, str(path)))
    top = reader.mapping((), reader.document.value, _FILE_KEYS)
    rules = _rules_text(top, root)
    settings = _settings(reader, root)
    given = top.get("tests")
    if not isinstance(given, list) or not given:
        raise reader.problem(("tests",), "has no test", "list at least one")
    cases = [reader.case(("tests", str(n)), one) for n, one in enumerate(given)]
    return [_run(case, rules, settings) for case in cases]


def _run(case: _Case, rules: str, settings: Mapping[str, Any]) -> Result:
    with TemporaryDirectory(prefix="perfkit-alerts-") as name:
        root = Path(name)
        _make(root, case, rules, settings)
        problems = _followed(root, case)
        if case.events is not None:
            problems += _difference(case.events, read(name))
    return Result(case.name, tuple(problems))


def _make(root: Path, case: _Case, rules: str, settings: Mapping[str, Any]) -> None:
    sources = sorted({source for _, source, _ in case.trades}) or ["bot"]
    entries = [{"name": one, "path": f"logs/{one}.jsonl", "currency": "USD"} for one in sources]
    (root / "config").mkdir()
    (root / "logs").mkdir()
    (root / CONFIG).write_text(_flow({**settings, "sources": entries}), encoding="utf-8")
    (root / RULES_FILE).write_text(rules, encoding="utf-8")
    for one in sources:
        (root / f"logs/{one}.jsonl").write_text("\n", encoding="utf-8")  # it has begun


def _followed(root: Path, case: _Case) -> list[str]:
    """Lets the log grow and the clock move on; returns where a state was not as expected."""
    problems: list[str] = []
    waiting = sorted(case.trades, key=lambda one: one[0])
    if case.looks:
        check(str(root), min(case.looks) - _DAY_US)  # from here on, nothing is history
    for now in case.looks:
        while waiting and waiting[0][0] <= now:
            _, source, line = waiting.pop(0)
            with (root / f"logs/{source}.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
        check(str(root), now)
        wanted = [one for one in case.expect if one["at"] == now]
        if wanted:
            problems += _unlike(root, now, wanted)
    return problems


def _unlike(root: Path, now: int, wanted: Sequence[Mapping[str, Any]]) -> list[str]:
    standings = {(one.rule, one.group): one.state.lower() for one in status(root).standings}
    problems = []
    for one in wanted:
        place = (one["rule"], one.get("group") or "")
        state = standings.get(place, "ok" if place[1] else "not there")
        if state != one["state"]:
            named = f"{place[0]} [{place[1]}]" if place[1] else place[0]
            problems.append(f"at {_shown(now)}: {named} is {state}, expected {one['state']}")
    return problems


def _difference(wanted: Sequence[Mapping[str, Any]], events: Sequence[Event]) -> list[str]:
    """Events as they came against those expected: `-` is missing, `+` came unexpected."""
    came = [
        {**event, "at": _instant_or_none(event["occurred_at"])}
        for event in events
        if event["kind"] != "baseline"
    ]
    fits = [[_fits(one, event) for event in came] for one in wanted]
    # longest[i][j]: how many of wanted[i:] can be found, in order, in came[j:]
    longest = [[0] * (len(came) + 1) for _ in range(len(wanted) + 1)]
    for i in reversed(range(len(wanted))):
        for j in reversed(range(len(came))):
            skipped = max(longest[i + 1][j], longest[i][j + 1])
            found = 1 + longest[i + 1][j + 1] if fits[i][j] else 0
            longest[i][j] = max(skipped, found)
    lines, i, j = [], 0, 0
    while i < len(wanted) or j < len(came):
        both = i < len(wanted) and j < len(came)
        if both and fits[i][j] and longest[i][j] == 1 + longest[i + 1][j + 1]:
            i, j = i + 1, j + 1
        elif i < len(wanted) and (not both or longest[i + 1][j] >= longest[i][j + 1]):
            lines.append(f"- {_words(wanted[i])}")
            i += 1
        else:
            lines.append(f"+ {_words(came[j])}")
            j += 1
    return lines


def _fits(wanted: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    return all(event[name] == value for name, value in wanted.items())


def _words(values: Mapping[str, Any]) -> str:
    parts = [
        f"{name} {_shown(value) if name == 'at' else value}"
        for name in _EVENT_KEYS
        if (value := values.get(name)) is not None
    ]
    return ", ".join(parts)


def _shown(instant: int) -> str:
    return moment_of(instant).isoformat().replace("+00:00", "Z")


def _instant_or_none(text: str | None) -> int | None:
    return None if text is None else instant_of(datetime.fromisoformat(text))


def _rules_text(top: Mapping[str, Any], root: Path | None) -> str:
    if "rules" in top:
        return _flow({"rules": top["rules"]})
    if root is None:
        raise UsageError("no rules to test: write `rules` into the file, or name a workspace")
    try:
        return read_yaml(root / RULES_FILE, RULES_FILE.as_posix()).decode()
    except FileNotFoundError as error:
        raise ConfigError(
            RULES_FILE.as_posix(), "", "cannot be read", "write your rules into it"
        ) from error


def _settings(reader: YamlReader, root: Path | None) -> dict[str, Any]:
    """The settings of the workspace, with those of the file in their place; never its sources."""
    settings: dict[str, Any] = {}
    if root is not None:
        text = read_yaml(root / CONFIG, CONFIG).decode()
        workspace = YamlReader(CONFIG, parse(text, CONFIG))
        settings.update(workspace.mapping((), workspace.document.value or {}, None))
    given = reader.document.value.get("config")
    settings.update(reader.mapping(("config",), given or {}, None))
    settings.pop("sources", None)
    settings.pop("targets", None)
    return settings


def _flow(value: Any) -> str:
    """A parsed value as YAML again, numbers with their digits."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, Decimal):
        return format(value, "f") if "." in format(value, "f") else f"{value:f}.0"
    return json.dumps(value)


class _TestsReader(YamlReader):
    """Checks a file of tests, key by key."""

    def case(self, path: KeyPath, given: object) -> _Case:
        entry = self.mapping(path, given, _TEST_KEYS)
        trades: list[tuple[int, str, dict[str, Any]]] = []
        looks: set[int] = set()
        for n, one in enumerate(self.items((*path, "trades"), entry.get("trades", []))):
            trades += self._trades((*path, "trades", str(n)), one)
            looks.add(trades[-1][0])
        expect = []
        for n, one in enumerate(self.items((*path, "expect"), entry.get("expect", []))):
            at = (*path, "expect", str(n))
            wanted = self.mapping(at, one, _EXPECT_KEYS)
            for key in ("at", "rule", "state"):
                if key not in wanted:
                    raise self.problem((*at, key), "is missing", "say when, which rule, and how")
            wanted = {**wanted, "at": self._time((*at, "at"), wanted["at"])}
            expect.append(wanted)
            looks.add(wanted["at"])
        events = None
        if "events" in entry:
            events = tuple(
                self._event((*path, "events", str(n)), one)
                for n, one in enumerate(self.items((*path, "events"), entry["events"]))
            )
        name = str(entry.get("name", f"test {int(path[-1]) + 1}"))
        return _Case(name, tuple(trades), tuple(sorted(looks)), tuple(expect), events)

    def _trades(self, path: KeyPath, given: object) -> list[tuple[int, str, dict[str, Any]]]:
        known = ("at", "source", "times", "every", *TRADE_KEYS)
        entry = self.mapping(path, given, known)
        at = self._time((*path, "at"), entry.get("at"))
        times, every = entry.get("times", 1), duration_us(entry.get("every", "1m"))
        if not isinstance(times, int) or not 1 <= times <= 10_000 or every is None:
            raise self.problem(path, "cannot be repeated so", "write {times: 20, every: 1m}")
        line = {TRADE_KEYS[key]: _plain(entry[key]) for key in TRADE_KEYS if key in entry}
        source = str(entry.get("source", "bot"))
        made = []
        for number in range(times):
            closed = at + number * every
            made.append((closed, source, {**line, "exit_timestamp": _shown(closed)}))
        for _, _, one in made:
            one.setdefault("timestamp", one["exit_timestamp"])
        return made

    def _event(self, path: KeyPath, given: object) -> dict[str, Any]:
        entry = self.mapping(path, given, _EVENT_KEYS)
        if "at" in entry:
            entry = {**entry, "at": self._time((*path, "at"), entry["at"])}
        return entry

    def _time(self, path: KeyPath, value: object) -> int:
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise self.problem(
                path,
                f"{value!r} is not a time with a zone",
                "write one such as 2026-04-08T10:00:00Z",
            )
        return instant_of(moment)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal | int) else value
