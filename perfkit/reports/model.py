"""What a report is made from, and digests that show whether any of it changed.

A report shows one window and compares it with the period before; some charts also use the trades
just before the window. Nothing else in the logs affects it.
"""

from __future__ import annotations

import hashlib
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from perfkit.alerts.status import began_in
from perfkit.core.calendar import Window, instant_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.numbers import column_digest
from perfkit.desk.desk import Desk
from perfkit.desk.trade_list import trade_list
from perfkit.reports.lost_logs import Logs, logs_of, lost_logs
from perfkit.reports.notebook import Notebook, Value
from perfkit.reports.published import KINDS, Published, name_of
from perfkit.summary.changes import COMPARED, Episode, compared, period_before
from perfkit.summary.filters import where_text
from perfkit.summary.selection import Selection
from perfkit.summary.summary import Summary

LEAD_IN_TRADES = 20
"""How many trades before the window charts use; the rolling win rate does."""

_DRAWN = ("closed_at", "net_pnl", "r", "symbol", "strategy", "side")
"""Columns that charts show for each trade of a window."""

_SHAPING = (
    *("ipykernel", "ipython", "jinja2", "matplotlib", "mistune", "nbclient", "nbconvert"),
    *("nbformat", "numpy", "pandas", "papermill", "pillow", "tzdata"),
)
"""Packages whose version may change the bytes of a report."""


OWN_TEMPLATE = Path("config/report.html.j2")
"""A workspace's own template of HTML pages."""


def own_template(root: Path) -> Path | None:
    """The template of a workspace; None where it has none."""
    path = root / OWN_TEMPLATE
    return path if path.is_file() else None


class Model(NamedTuple):
    """One report's figures and how to make it.

    Digests: `figures` covers all it shows, `compared` its section "What changed", `settled` the
    part that later lines should not change; `digest` also notebook, parameters and versions.
    `logs` are the log files that its trades come from. `kind` is daily, weekly, monthly, or the
    report's own name.
    """

    kind: str
    notebook: Notebook
    summary: Summary
    previous: Summary
    parameters: Mapping[str, Value]
    compared: str
    settled: str
    figures: str
    digest: str
    logs: Logs

    @property
    def period(self) -> str:
        """The kind of its window, such as daily or quarterly."""
        return self.summary.window.kind

    @property
    def name(self) -> str:
        """The name of its folder."""
        return name_of(self.summary.window.label, self.summary.where)


class Models:
    """Makes models; a summary that several of them need is computed once."""

    def __init__(self, desk: Desk, where: Mapping[str, str]) -> None:
        self.desk = desk
        self.where = dict(where)
        self._summaries: dict[tuple[str, date, date], Summary] = {}

    def refresh(self) -> None:
        """Forgets everything, so that the logs are read again."""
        self.desk.refresh()
        self._summaries.clear()

    def window(self, kind: str, day: str | date | None) -> Window:
        """The window of that kind that holds the day."""
        return self.desk.window(kind, day, where=self.where)

    def of(
        self,
        notebook: Notebook,
        kind: str,
        day: str | date | None,
        given: Mapping[str, Value],
        period: str = "",
    ) -> Model:
        """The model of the report of that kind and day; `given` are further parameters.

        A report of a name of its own may show other windows than its period: its digest covers
        every trade up to the end of that, and the files beside its notebook that it names.
        """
        window = self.window(period or kind, day)
        parameters: dict[str, Value] = {"date": window.last_day.isoformat()}
        if "where" in notebook.takes:
            parameters["where"] = where_text(self.where)
        parameters |= given
        figures = self.figures(window)
        made_with = [
            hashlib.sha256(notebook.body).hexdigest(),
            sorted(parameters.items()),
            versions(),
        ]
        if kind not in KINDS:
            so_far = self.desk.summary("all", window.last_day, where=self.where)
            made_with += [so_far.data.digest, window.kind]
        template = own_template(self.desk.config.root)
        if template is not None:
            made_with.append(hashlib.sha256(template.read_bytes()).hexdigest())
        if notebook.beside:
            made_with.append(notebook.beside)
        return Model(
            kind=kind,
            notebook=notebook,
            summary=self._summary_of(window),
            previous=self._summary_of(self.before(window)),
            parameters=parameters,
            compared=self._compared(window),
            settled=self.settled(window),
            figures=figures,
            digest=_sha256(figures, tuple(made_with)),
            logs=self.logs(window),
        )

    def logs(self, window: Window) -> Logs:
        """The log files that the trades of a window come from."""
        return logs_of(self._selection(window))

    def lost_logs(self, report: Published, window: Window) -> str | None:
        """Why a published report of that window has to stay as it is; None where it need not."""
        return lost_logs(report, self.logs(window), self.desk.book_of(self.where))

    def figures(self, window: Window) -> str:
        """The digest of everything a report of that window shows."""
        previous = self._summary_of(self.before(window))
        listed = trade_list(self._selection(window)) if window.kind == "daily" else ""
        return _sha256(self._compared(window), self._lead_in(window, previous), listed)

    def _compared(self, window: Window) -> str:
        previous = self._summary_of(self.before(window))
        return compared(self._summary_of(window), previous, self.episodes(window))

    def settled(self, window: Window) -> str:
        """The digest of the part of a past window's report that should not change any more.

        Left out is what changes as time goes on: whether the window has the newest line, the
        results of trades that were still open at its end, and how long they were open in it.
        """
        inside = self._selection(window).inside
        previous = self._summary_of(self.before(window))
        return _sha256(
            _lasting(self._summary_of(window).to_builtins()),
            [column_digest(getattr(inside, name)) for name in _DRAWN],
            [previous.metrics[name] for name in COMPARED],
            [verdict.verdict for verdict in previous.targets],
            self.episodes(window),
        )

    def before(self, window: Window) -> Window:
        """The period a window is compared with."""
        shape = self._summary_of(window).window
        return period_before(self.desk.config.calendar, window, shape)

    def episodes(self, window: Window) -> Sequence[Episode]:
        """The alert episodes that began in the window."""
        return began_in(self.desk.config.root, window)

    def _summary_of(self, window: Window) -> Summary:
        key = (window.kind, window.first_day, window.last_day)
        if key not in self._summaries:
            self._summaries[key] = self.desk.summary(**_choice_of(window), where=self.where)
        return self._summaries[key]

    def _selection(self, window: Window) -> Selection:
        return self.desk.selection(**_choice_of(window), where=self.where)

    def _lead_in(self, window: Window, previous: Summary) -> list[bytes]:
        """The trades before the window, unless the period before has all that charts need."""
        count = previous.metrics["closed_trades"]
        adjoins = instant_of(previous.window.end) == window.start
        if adjoins and isinstance(count, int) and count >= LEAD_IN_TRADES:
            return []
        trades = self._selection(window).lead_in(LEAD_IN_TRADES)
        return [column_digest(getattr(trades, name)) for name in ("closed_at", "marks", "net_pnl")]


def _choice_of(window: Window) -> dict[str, Any]:
    """The arguments that choose a window."""
    if window.kind == "range":
        return {"start": window.first_day, "end": window.last_day}
    return {"window": window.kind, "date": window.last_day}


def _lasting(summary: dict[str, Any]) -> dict[str, Any]:
    """A summary as in its JSON, without what later lines may change."""
    kept = {name: summary[name] for name in ("window", "currency", "where", "targets")}
    lost = ("unrealized_pnl", "realized_pnl", "exposure", "max_concurrent")
    kept["metrics"] = _without(summary["metrics"], *lost)
    kept["data"] = _without(summary["data"], "digest")
    kept["breakdowns"] = [
        (by, part["name"], sorted(_without(part["metrics"], *lost, "open_trades").items()))
        for by, parts in summary["breakdowns"].items()
        for part in parts
        if part["metrics"]["closed_trades"]
    ]
    return kept


def _without(entries: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: entry for name, entry in entries.items() if name not in names}


@cache
def versions() -> tuple[str, ...]:
    """Everything besides data and notebook that affects a report: Python, packages, perfkit.

    The versions of packages are read from the names of their folders, which is ten times faster
    than from their metadata. For perfkit it is a digest of its code, which in a checkout changes
    while the version stays the same.
    """
    found = {Path(path) for path in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))}
    infos = [info.name for folder in found for info in folder.glob("*.dist-info")]
    named = [name for name in infos if name.partition("-")[0].lower() in _SHAPING]
    package = Path(__file__).parents[1]
    code = hashlib.sha256()
    template = package / "templates" / "jupyter"
    for path in sorted((*package.rglob("*.py"), *template.rglob("*.*"))):
        code.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return (sys.version, *sorted(named), code.hexdigest())


def _sha256(*parts: object) -> str:
    return hashlib.sha256(repr(_listed(parts)).encode("utf-8", "surrogatepass")).hexdigest()


def _listed(value: object) -> object:
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return [_listed(item) for item in value]
    return value
