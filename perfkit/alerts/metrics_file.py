"""`logs/performance/perfkit.prom`: the state of the rules in the text format of Prometheus.

node_exporter's textfile collector reads it; its permissions are those of the cache. Each run
replaces it, also one that finds nothing new: that one takes the lines about rules from the run
before. It imports next to nothing.
"""

from __future__ import annotations

import os

from perfkit.alerts.sinks.progress import METRICS
from perfkit.config.workspace import CACHE, MANIFEST
from perfkit.disk.atomic import mode_like, put_in_place, sweep_temporaries
from perfkit.disk.sealed import read_bytes, sealed, unsealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perfkit.alerts.check import CheckResult
    from perfkit.alerts.feed import Feed
    from perfkit.alerts.rules.rule import Rule

METRICS_FILE = "logs/performance/perfkit.prom"


def keep(root: str, result: CheckResult | None) -> None:
    """Keeps what a run found out about the rules; None where the file is not wanted."""
    kept = os.path.join(root, METRICS)
    if result is not None:
        if not result.memory.entries and os.path.exists(kept):
            return  # nothing can be said of any rule
        for path in (METRICS, METRICS_FILE):
            folder, name = os.path.split(os.path.join(root, path))
            sweep_temporaries(folder, name)
        put_in_place(kept, sealed(_of_rules(result)), mode=0o600, durable=False)
    elif os.path.exists(kept):
        for path in (kept, os.path.join(root, METRICS_FILE)):
            if os.path.exists(path):
                os.unlink(path)


def write(root: str, now: int, code: int, duration_ns: int) -> None:
    """Replaces the file, where it is wanted. Raises `OSError`."""
    content = read_bytes(os.path.join(root, METRICS))
    rules = None if content is None else unsealed(content)
    if not isinstance(rules, str):
        return
    run = "".join(
        (
            _family("perfkit_alerts_last_run_timestamp_seconds", "When the last run was."),
            f"perfkit_alerts_last_run_timestamp_seconds {_seconds(now, 6)}\n",
            _family("perfkit_alerts_run_duration_seconds", "How long the last run took."),
            f"perfkit_alerts_run_duration_seconds {_seconds(duration_ns, 9)}\n",
            _family(
                "perfkit_alerts_exit_code",
                "Exit code of the last run: 0 nothing fires, 2 a rule fires, 3 could not evaluate.",
            ),
            f"perfkit_alerts_exit_code {code}\n",
        )
    )
    mode = mode_like(os.path.join(root, CACHE, MANIFEST))
    put_in_place(os.path.join(root, METRICS_FILE), (run + rules).encode(), mode=mode, durable=False)


def _of_rules(result: CheckResult) -> str:
    firing, values = [], []
    for rule, group, is_open, value in _states(result):
        labels = {"rule": rule.id, "group": group}
        firing.append(
            _sample("perfkit_alerts_firing", labels | {"severity": rule.severity}, str(is_open))
        )
        if value is not None:
            values.append(_sample("perfkit_rule_value", labels, value))
    newest = [
        _sample("perfkit_newest_line_timestamp_seconds", {"source": name}, _seconds(at, 6))
        for name, at in _newest_lines(result.feed)
    ]
    return "".join(
        (
            _family("perfkit_alerts_firing", "Whether an episode of the rule is open."),
            *firing,
            _family("perfkit_rule_value", "The figure of the rule."),
            *values,
            _family(
                "perfkit_newest_line_timestamp_seconds",
                "The time of the newest trade line of the source.",
            ),
            *newest,
        )
    )


def _states(result: CheckResult) -> Iterator[tuple[Rule, str, int, str | None]]:
    """Each rule and group, whether an episode is open (1 or 0), and the figure."""
    from perfkit.alerts.rules.clock import stepped
    from perfkit.alerts.rules.evidence import evidence_of
    from perfkit.alerts.rules.rule import plain_number

    for entry in result.memory.entries.values():
        rule, states = entry.rule, entry.states()
        if rule.is_clock:
            steps = stepped(rule, entry.clock, result.feed, result.now)
            figures = {one.group: one.evidence.actual for one in steps}
        else:
            groups = entry.run.groups.items()
            figures = {name: evidence_of(group.gauge).actual for name, group in groups}
        for group in sorted({*figures, *states}):
            figure, state = figures.get(group), states.get(group)
            is_open = int(state is not None and state.episode is not None)
            yield rule, group, is_open, None if figure is None else plain_number(figure)


def _newest_lines(feed: Feed) -> Iterable[tuple[str, int]]:
    for name in feed.sources:
        newest = feed.newest_line(name)
        if newest is not None:
            yield name, newest


def _family(name: str, meaning: str) -> str:
    return f"# HELP {name} {meaning}\n# TYPE {name} gauge\n"


def _sample(name: str, labels: dict[str, str], value: str) -> str:
    shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{shown}}} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _seconds(number: int, places: int) -> str:
    """A number of microseconds (6 places) or nanoseconds (9) in seconds."""
    whole, rest = divmod(number, 10**places)
    return f"{whole}.{rest:0{places}d}"
