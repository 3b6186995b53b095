"""A workspace that bots, operators and faults do things to, and what is right to say of it.

Every act keeps `World.sources` in step with the files on disk; the truth is worked out from there.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.truth import DAY, Trade, TruthRule, iso

RULES = {
    "day": (
        TruthRule("day", "net_pnl", "daily", "-14"),
        TruthRule("day", "net_pnl", "daily", "-9", minimum=3),
    ),
    "total": (
        TruthRule("total", "net_pnl", "all", "-20", recover="-12"),
        TruthRule("total", "net_pnl", "all", "-5"),
    ),
    "wins": (
        TruthRule("wins", "win_rate", 6, "0.34", recover="0.5", breaches=2),
        TruthRule("wins", "win_rate", 5, "0.41"),
    ),
    "five": (
        TruthRule("five", "net_pnl", 5, "-12", recover="-3", source="b"),
        TruthRule("five", "net_pnl", 4, "-8", breaches=3, source="b"),
    ),
    "line": (
        TruthRule("line", "minutes_since_last_line", None, "7"),
        TruthRule("line", "minutes_since_last_line", None, "12"),
    ),
    "line-b": (
        TruthRule("line-b", "minutes_since_last_line", None, "9", source="b"),
        TruthRule("line-b", "minutes_since_last_line", None, "20", source="b"),
    ),
    "hours": (
        TruthRule("hours", "minutes_since_last_line", None, "8", active=(3, 15)),
        TruthRule("hours", "minutes_since_last_line", None, "14", active=(6, 23)),
    ),
}
"""Each rule, and what an edit makes of it; "day" is never removed."""

LEFT = ("zeros", "newline", "half")
"""What may be left of a file without its trades."""

BROKEN_RULES = ("rules: [", "rules:\n  - {id: day, metrik: net_pnl}\n", "", "rules: []\n", "\xff")


class Line(NamedTuple):
    """A record of a trade that closed."""

    order: str
    closed: int
    pnl: int

    def text(self) -> str:
        record = {
            "timestamp": iso(self.closed - 300),
            "exit_timestamp": iso(self.closed),
            "symbol": "BTC",
            "order_id": self.order,
            "net_profit_loss": str(self.pnl),
        }
        return json.dumps(record) + "\n"


class LogFile:
    """A daily file: its lines, the start of a line that a crash tore, and what became of it.

    `fault` is "" for a file as bots write it, "packed" for a good .gz, else what stands in its
    place: a "broken" or "hollow" .gz, or a "folder"; or what is left of it: "zeros", a "newline",
    or "half" of its first line.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.torn: Line | None = None
        self.fault = ""
        self.was_cut = False
        """Whether lines were taken out of it."""

    @property
    def is_empty(self) -> bool:
        return not self.lines and self.torn is None

    @property
    def is_garbage(self) -> bool:
        """Whether it has whole lines, none of which is a trade."""
        return bool(self.lines) and not any(line.order for line in self.lines)

    @property
    def is_readable(self) -> bool:
        return self.fault in ("", "packed")


class World:
    """One workspace; `now` is the true time, `later` what is put right again, and when."""

    def __init__(self, root: Path, random: Random, now: int) -> None:
        self.root = root
        self.now = now
        self.clock = now
        self.serial = 0
        self.names = ["a", "b"] if random.random() < 0.7 else ["b"]
        self.sources: dict[str, dict[str, LogFile]] = {name: {} for name in self.names}
        self.away: set[str] = set()
        self.had: dict[str, set[frozenset[str]]] = {}
        self.seen: dict[str, frozenset[str]] = {}
        self.later: list[tuple[int, Callable[[], None]]] = []
        self.rules = {name: versions[0] for name, versions in RULES.items()}
        self.valid = True
        self.edits = 0
        self.version = 0
        self.lock: int | None = None
        self.lost_state = self.cut_log = False
        self.damaged: bytes | None = None
        self.wants: tuple[str, int] | None = None
        for folder in ("config", "logs/performance"):
            (root / folder).mkdir(parents=True)
        config = "sources:\n" + "".join(
            f"  - {{name: {name}, path: logs/{name}, currency: USD}}\n" for name in self.names
        )
        (root / "config/perfkit.yaml").write_text(config, encoding="utf-8")
        self.write_rules()
        for name in self.names:
            (root / "logs" / name).mkdir()
            for back in sorted((random.randrange(1, 3 * DAY) for _ in range(12)), reverse=True):
                self.append(name, self.line(now - back, random))

    # Files

    def path(self, source: str, name: str) -> Path:
        return self.root / "logs" / source / name

    def line(self, closed: int, random: Random) -> Line:
        """A new trade; bots have better and worse hours."""
        self.serial += 1
        worse = (closed // 2400) % 3 == 0
        pnl = random.choice([-9, -6, -4, -3, 2, 4] if worse else [-5, -2, 1, 3, 5, 8])
        return Line(f"o{self.serial}", closed, pnl)

    def append(self, source: str, line: Line, name: str | None = None, *, torn: int = 0) -> None:
        """Appends a line, or its first `torn` bytes; a torn one is completed before."""
        if source in self.away:
            return
        files = self.sources[source]
        name = name or f"{iso(line.closed)[:10]}.jsonl"
        file = files.setdefault(name, LogFile())
        if file.fault:
            return
        self.complete(source, name)
        if torn:
            file.torn = line
            self._add(source, name, line.text()[:torn])
        else:
            file.lines.append(line)
            self._add(source, name, line.text())

    def complete(self, source: str, name: str, *, ends: bool = True) -> None:
        """Writes the rest of a torn line, or only its newline, so that it is a bad one."""
        file = self.sources[source].get(name)
        if file is None or file.torn is None or file.fault or source in self.away:
            return
        if ends:
            path = self.path(source, name)
            start = path.read_text().rpartition("\n")[2]
            self._add(source, name, file.torn.text()[len(start) :])
            file.lines.append(file.torn)
        else:
            self._add(source, name, "\n")
            file.lines.append(Line("", 0, 0))
        file.torn = None

    def _add(self, source: str, name: str, text: str) -> None:
        with self.path(source, name).open("a", encoding="utf-8") as stream:
            stream.write(text)

    def rewrite(self, source: str, name: str) -> None:
        """Writes a file as it ought to be, whatever stands in its place."""
        file = self.sources[source][name]
        self.clear(source, name)
        if file.fault == "broken":
            self.path(source, name + ".gz").write_bytes(gzip.compress(b"x" * 99)[:20])
        elif file.fault == "hollow":
            self.path(source, name + ".gz").write_bytes(b"")
        elif file.fault == "folder":
            self.path(source, name).mkdir()
        elif file.fault in LEFT:
            half = next(line.text() for line in file.lines if line.order)[:40].encode()
            left = {"zeros": bytes(4096), "newline": b"\n", "half": half}
            self.path(source, name).write_bytes(left[file.fault])
        else:
            text = "".join(line.text() if line.order else "bad\n" for line in file.lines)
            if file.torn is not None:
                text += file.torn.text()[:20]
            path, content = self.path(source, name), text.encode()
            if file.fault == "packed":
                path, content = self.path(source, name + ".gz"), gzip.compress(content)
            path.write_bytes(content)

    def clear(self, source: str, name: str) -> None:
        """Removes a file or what stands in its place."""
        path = self.path(source, name)
        if path.is_dir():
            path.rmdir()
        path.unlink(missing_ok=True)
        self.path(source, name + ".gz").unlink(missing_ok=True)

    def remove(self, source: str, name: str) -> None:
        self.clear(source, name)
        del self.sources[source][name]

    def newest(self, source: str) -> str | None:
        """The name of the newest file that can be reached."""
        return None if source in self.away else max(self.sources[source], default=None)

    def after(self, minutes: int, act: Callable[[], None]) -> None:
        self.later.append((self.now + 60 * minutes, act))

    def put_right(self, *, everything: bool = False) -> None:
        """Does what is due of `later`."""
        due = [one for one in self.later if everything or one[0] <= self.now]
        self.later = [one for one in self.later if one not in due]
        for _, act in due:
            act()

    # Configuration, state, lock

    def write_rules(self, text: str | None = None) -> None:
        self.valid = text is None
        self.edits += 1
        if text is None:
            chosen = [one for one in self.rules.values() if one.source in (None, *self.names)]
            text = "rules:\n" + "".join(rule.text() for rule in chosen)
        content = text.encode("latin-1")
        (self.root / "config/alerts.yaml").write_bytes(content)

    def active_rules(self) -> list[TruthRule]:
        return [one for one in self.rules.values() if one.source in (None, *self.names)]

    @property
    def state(self) -> Path:
        return self.root / "logs/performance/alerts.state"

    @property
    def event_log(self) -> Path:
        return self.root / "logs/performance-alerts.jsonl"

    def take_lock(self) -> None:
        descriptor = os.open(
            self.root / "logs/performance/alerts.lock", os.O_RDWR | os.O_CREAT, 0o644
        )
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.utime(descriptor)
        self.lock = descriptor

    def give_lock_back(self) -> None:
        if self.lock is not None:
            os.close(self.lock)
        self.lock = None

    def close(self) -> None:
        self.give_lock_back()
        shutil.rmtree(self.root, ignore_errors=True)

    # The truth

    def trades(self, source: str) -> Iterator[Trade]:
        """The trades of a source: of lines with the same order, the last one."""
        latest: dict[str, Line] = {}
        files = self.sources[source]
        for name in sorted(files):
            file = files[name]
            if file.is_readable:
                latest |= {line.order: line for line in file.lines if line.order}
        for line in latest.values():
            yield Trade(line.closed, line.pnl, line.order, source)

    def present(self, horizon: int) -> tuple[Trade, ...]:
        """The closed trades of all sources up to then, in trade order."""
        found = [one for name in self.names for one in self.trades(name) if one.closed <= horizon]
        return tuple(sorted(found))

    def relied_on(self) -> None:
        """A run has said 0: it relies on the files with trades that there are, and on no others."""
        self.had = {source: {self._with_trades(source)} for source in self.names}

    def note_seen(self, troubled: Iterable[str]) -> None:
        """A run has read the sources; of those in trouble it knows what it knew before."""
        self.seen |= {name: self._with_trades(name) for name in self.names if name not in troubled}

    def _with_trades(self, source: str) -> frozenset[str]:
        files = self.sources[source].items()
        return frozenset(
            name
            for name, file in files
            if file.is_readable and any(line.order for line in file.lines)
        )

    def in_trouble(self) -> dict[str, bool | None]:
        """The sources of which nothing can be said; None where that is a matter of opinion.

        Nothing can be said where the newest file is not there, is empty, or holds only bad lines,
        nor where nothing is left of the trades that every run knows it had.
        Whether a source that lost all files with trades can be relied on is such a matter as well:
        what a run remembers of them depends on which runs there were, and on what each could read.
        An older file that cannot be read is such a matter: the newest line is there. So is a last
        line that is not whole: nothing can be said if an earlier run saw it as well.
        """
        found: dict[str, bool | None] = {}
        for source in self.names:
            newest = self.newest(source)
            files = self.sources[source]
            known, present = self.had.setdefault(source, set()), self._with_trades(source)
            if newest is not None and files[newest].fault in LEFT:
                is_known = newest in self.seen.get(source, ()) and not self.lost_state
                found[source] = True if is_known else None
                continue
            if (
                newest is None
                or files[newest].is_empty
                or files[newest].is_garbage
                or files[newest].fault not in ("", "packed")
            ):
                found[source] = True
            elif files[newest].torn is not None or any(
                file.fault not in ("", "packed")
                or not file.lines
                or (file.was_cut and file.torn is not None)
                for file in files.values()
            ):
                found[source] = None
            if source not in found and any(not had & present for had in known if had):
                found[source] = None
            elif source in found:
                known.add(present)
            else:
                self.had[source] = {present} if present else known
        return found
