"""Runs the alerts of a `World`, and says what is wrong with what they did.

What may be said depends on a little history besides the present files: the last finished run, the
clock it saw, which trades it evaluated, which rules are silenced, and what has been announced.
"""

from __future__ import annotations

import contextlib
import io
import json
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from perfkit.alerts import commands, cron
from perfkit.core.errors import PerfkitError
from tests.truth import (
    AHEAD,
    Trade,
    TruthRule,
    Verdict,
    codes,
    fires,
    fires_by_the_clock,
    iso,
)
from tests.truth_world import World

SECOND_US = 1_000_000
LATEST = 200_000_000_000
"""Nobody silences a rule while the clock stands at an end of the calendar."""

BY_COMMAND = ("silenced", "unsilenced", "acknowledged")


class Finished(NamedTuple):
    """The last finished run: its clock, the codes to answer with, the edits so far."""

    clock: int
    codes: set[int]
    edits: int
    rules: tuple[TruthRule, ...]


class Silence:
    """A silenced rule; `certain` unless it may have ended without a word."""

    def __init__(self, since_us: int, until_us: int, rules: list[TruthRule]) -> None:
        self.since_us = since_us
        self.until_us = until_us
        self.rules = rules
        self.certain = True

    def holds(self, now_us: int) -> bool:
        """Whether it is in force: it ends where it was set by a clock that was ahead."""
        return self.since_us - SECOND_US <= now_us < self.until_us


class Ledger:
    """All events, also those that are no longer in the log."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.open: dict[str, str] = {}
        self.ended: set[str] = set()
        self.is_whole = True

    def add(self, event: dict[str, Any]) -> None:
        if not self.is_whole:
            return
        assert event["id"] not in self.ids, f"id comes twice: {event['message']}"
        self.ids.add(event["id"])
        episode = event["episode"]
        if event["kind"] == "firing":
            assert episode not in self.open, f"fires twice: {event['message']}"
            assert episode not in self.ended, f"fires after its end: {event['message']}"
            self.open[episode] = event["rule"]
        elif event["kind"] == "resolved":
            assert self.open.pop(episode, None), f"ends without a beginning: {event['message']}"
            self.ended.add(episode)


class Witness:
    """One run after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ledger = Ledger()
        self.last: Finished | None = None
        self.newest_clock = world.now
        self.finished: list[int] = []
        self.evaluated: int | None = None
        """The closing time of the last trade that was surely evaluated."""
        self.perhaps = 0
        """No trade that closed later has been evaluated."""
        self.mentioned = 0.0
        """The latest time in an event."""
        self.before: dict[TruthRule, Verdict] = {}
        self.silences: dict[str, Silence] = {}
        self.over: dict[str, list[Silence]] = {}
        """The silences of each rule that have ended."""
        self.returned: dict[str, list[Silence]] = {}
        """Those of them whose end may have been lost with the event log."""
        self._trades: dict[int, tuple[Trade, ...]] = {}

    # What is right

    def right(self) -> set[int]:
        """The exit codes that are right for a run now."""
        world = self.world
        if world.lock is not None:
            return self._of_another()
        trouble = world.in_trouble()
        if not world.valid or True in trouble.values():
            return {3}
        verdicts = self.verdicts()
        found = {3} if trouble else set()
        now = world.clock + AHEAD
        if any(now < one.closed for one in self.trades(self.horizon())):
            return {3}
        if any(now < one.closed for one in self.trades(self.perhaps)):
            found |= {3} | self._codes(self.verdicts(self.perhaps))
        return found | self._codes(verdicts)

    def _of_another(self) -> set[int]:
        last, world = self.last, self.world
        if last is None or not 0 <= world.clock - last.clock <= 2 * self._usual():
            return {3}
        if world.clock - last.clock > 2 * 60:  # runs were seldom, as others had the lock
            return {3} | last.codes
        if last.edits != world.edits:
            is_same = world.valid and last.rules == tuple(world.active_rules())
            return {3} | (last.codes if is_same else set())
        return last.codes

    def _usual(self) -> int:
        """The shorter of the last two times between runs that finished, at least a minute."""
        gaps = [later - sooner for sooner, later in pairwise(self.finished[-3:])]
        return max(60, min(gaps, default=60)) if len(gaps) == 2 else 60

    def horizon(self) -> int:
        """Trades up to here count: what was evaluated once still does."""
        known = None if self.world.lost_state else self.evaluated
        now = self.world.clock + AHEAD
        return now if known is None else max(now, known)

    def trades(self, horizon: int) -> tuple[Trade, ...]:
        """The trades that closed up to then."""
        if horizon not in self._trades:
            self._trades[horizon] = self.world.present(horizon)
        return self._trades[horizon]

    def verdicts(self, horizon: int = 0) -> dict[TruthRule, Verdict]:
        """Whether each rule fires."""
        world = self.world
        trades = self.trades(max(horizon, self.horizon()))
        found: dict[TruthRule, Verdict] = {}
        for rule in world.active_rules():
            if not rule.is_clock:
                found[rule] = fires(rule, trades)
                continue
            before = self.before.get(rule, False)
            found[rule] = fires_by_the_clock(rule, trades, world.clock, before)
            if self.is_doubtful() and before is not False and not found[rule]:
                found[rule] = None  # nothing is resolved while nobody can say what time it is
        return found

    def is_doubtful(self) -> bool:
        """Whether the clock has gone back, also where it did so to before an evaluated trade."""
        known = [one.closed for one in self.trades(self.horizon())[-1:]]
        return self.world.clock < self.newest_clock or max(known, default=0) > (
            self.world.clock + AHEAD
        )

    def _codes(self, verdicts: dict[TruthRule, Verdict]) -> set[int]:
        return codes((fires, self.is_silenced(rule)) for rule, fires in verdicts.items())

    def is_silenced(self, rule: TruthRule) -> Verdict:
        now_us = self.world.clock * SECOND_US
        known = self.silences.get(rule.id)
        if known is None or not known.holds(now_us):
            returned = self.returned.get(rule.id, [])
            return None if any(one.holds(now_us) for one in returned) else False
        return True if known.certain and known.rules == [rule] else None

    # What is done

    def run(self) -> None:
        """One run, and all that is claimed of it."""
        world = self.world
        self._trades = {}
        if world.cut_log:
            self._log_was_cut()
        right = self.right()
        size = world.event_log.stat().st_size if world.event_log.exists() else 0
        err = io.StringIO()
        words = ["--root", str(world.root), "--now", iso(world.clock)]
        with contextlib.redirect_stderr(err):
            code = cron.main(words)
        said = err.getvalue()
        assert code in right, f"exit {code}, not {right}: {self.describe()}; stderr: {said}"
        assert "Traceback" not in said, said
        assert said or code != 3, "exit 3 without a reason"
        self._events(size)
        self._episodes()
        if world.lock is None:
            self._learn(code)

    def command(self) -> None:
        """The silence that somebody wants, or its end."""
        world = self.world
        if world.wants is None or world.lock is not None or abs(world.clock) > LATEST:
            world.wants = None
            return
        (name, seconds), world.wants = world.wants, None
        now_us = world.clock * SECOND_US + len(self.ledger.ids)
        size = world.event_log.stat().st_size if world.event_log.exists() else 0
        try:
            if seconds:
                commands.silence(world.root, name, seconds * SECOND_US, now_us)
                known = [rule for rule in self.before if rule.id == name]
                until_us = now_us + seconds * SECOND_US
                self._end(name)
                self.silences[name] = one = Silence(now_us, until_us, known[-1:])
                one.certain = known == [world.rules.get(name)]
            else:
                commands.end_silence(world.root, name, now_us)
                self._end(name)
        except PerfkitError:
            return
        self._events(size)
        if self.last is not None and 3 not in self.last.codes:
            self.last = self.last._replace(codes=self._codes(self.before))

    def _learn(self, code: int) -> None:
        """What this run knows from now on."""
        world = self.world
        trouble = world.in_trouble()
        if code == 0:
            world.relied_on()
        rules = tuple(world.active_rules())
        self.finished.append(world.clock)
        self.last = Finished(world.clock, {code}, world.edits, rules)
        is_skewed = world.clock < self.newest_clock
        verdicts = self.verdicts()
        is_all = len(trouble) == len(world.names)
        if not world.valid or is_all or (world.lost_state and trouble):
            self.perhaps = max(self.perhaps, self.horizon())
            self.newest_clock = max(self.newest_clock, world.clock)
            self._silences_over(is_sure=False)
            gone = [rule for rule in self.before if rule not in verdicts]
            self.before |= dict.fromkeys(gone)
            self._hours_are_unknown()
            return
        self.newest_clock = world.clock
        self.perhaps = max(self.perhaps, self.horizon())
        self._silences_over(is_sure=not trouble and not is_skewed)
        if None in trouble.values():
            self.evaluated = None
        if trouble:
            self.before = {
                rule: verdict if self.before.get(rule, False) is verdict else None
                for rule, verdict in verdicts.items()
            }
            self._hours_are_unknown()
            if None not in trouble.values():
                world.note_seen(trouble)
            return
        self.before = verdicts
        if code == 3:  # a clock behind the trades: rules that go by it were not stepped
            self._hours_are_unknown()
        world.note_seen(trouble)
        trades = self.trades(self.horizon())
        self.evaluated = trades[-1].closed if trades else None
        # Exit 3 without any trouble: a trade that is ahead of the clock now was evaluated before.
        self.perhaps = max(self.evaluated or 0, self.perhaps if code == 3 else 0)
        if world.state.exists() and world.state.read_bytes() != world.damaged:
            world.lost_state = False  # a run that finds nothing new reads only the start of it

    def _hours_are_unknown(self) -> None:
        """What a run in trouble made of a rule holds on out of its hours."""
        self.before |= {rule: None for rule in self.before if rule.active is not None}

    def _silences_over(self, *, is_sure: bool) -> None:
        now_us = self.world.clock * SECOND_US
        rules = {rule.id: rule for rule in self.world.active_rules()}
        for name, one in list(self.silences.items()):
            if one.holds(now_us) and one.rules in ([], [rules.get(name)]):
                continue
            if is_sure:
                self._end(name)
            else:
                one.certain = False

    def _end(self, name: str) -> None:
        if name in self.silences:
            self.over.setdefault(name, []).append(self.silences.pop(name))

    def _log_was_cut(self) -> None:
        """Silences, ids and open episodes are in the event log; without it some are forgotten."""
        if self.world.lost_state:
            self.ledger.is_whole = False
            for one in self.silences.values():
                one.certain = False
            # The log may have lost the end of a silence, and kept that it was set.
            self.returned = {name: list(ended) for name, ended in self.over.items()}
            # Out of its hours, nobody can say whether such a rule was firing within them.
            self._hours_are_unknown()

    def _events(self, size: int) -> None:
        world = self.world
        if not world.event_log.exists():
            return
        with world.event_log.open("rb") as stream:
            stream.seek(size)
            lines = stream.read().splitlines()
        latest = max(world.clock + AHEAD, self.perhaps, self.mentioned)
        for event in (json.loads(line) for line in lines if line):
            self.ledger.add(event)
            # A command says what it did by the clock of its moment, which may since have gone back.
            is_of_run = event["rule"] and event["kind"] not in BY_COMMAND
            for field in ("first_trade", "last_trade", "occurred_at"):
                at = event[field] if is_of_run else None
                assert at is None or _seconds(at) <= latest, f"{field} is ahead: {event}"
                self.mentioned = max(self.mentioned, _seconds(at) if at else 0)

    def _episodes(self) -> None:
        """After a run that could evaluate a rule, its episode is open if and only if it fires."""
        world = self.world
        if not self.ledger.is_whole or world.lock is not None or not world.valid:
            return
        trouble = world.in_trouble()
        if None in trouble.values() or world.lost_state:
            return
        # A run may wait for a trade that an earlier one saw, though it is ahead of the clock now.
        ahead = self.perhaps if trouble else self.evaluated or 0
        if ahead > world.clock + AHEAD:
            return
        if self.trades(self.perhaps) != self.trades(min(self.perhaps, self.horizon())):
            return
        for rule, verdict in self.verdicts().items():
            if verdict is None or any(rule.concerns(source) for source in trouble):
                continue
            if rule.is_clock and self.is_doubtful():
                continue
            count = sum(name == rule.id for name in self.ledger.open.values())
            assert count == verdict, f"{rule.id}: {count} episodes are open; it fires: {verdict}"

    def describe(self) -> str:
        """The world in a line."""
        trouble = self.world.in_trouble()
        state = {rule.id: one for rule, one in self.verdicts().items()}
        silent = {name: one.until_us // SECOND_US for name, one in self.silences.items()}
        return (
            f"clock {iso(self.world.clock)}, now {iso(self.world.now)}, fires {state}, "
            f"silenced {silent}, trouble {trouble}, valid {self.world.valid}, locked "
            f"{self.world.lock is not None}, last run {self.last and self.last[:4]}"
        )


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
