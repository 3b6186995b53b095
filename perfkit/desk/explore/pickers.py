"""The controls of the explorer: window, dates, filter, breakdown and chart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Protocol

from perfkit.book.store.day_sheet import DIMENSIONS
from perfkit.config.settings import Config, Source
from perfkit.core.calendar import WINDOW_KINDS, Window
from perfkit.core.dimensions import NO_NAME
from perfkit.core.errors import MissingExtraError, PerfkitError
from perfkit.core.filters.conditions import quoted
from perfkit.core.trade import FILTER_FIELDS
from perfkit.desk.breakdown import Breakdown
from perfkit.desk.explore.question import ALL, RANGE, Question, day_after, day_before
from perfkit.summary.filters import Where
from perfkit.summary.labels import label_of
from perfkit.summary.selection import Day, Selection
from perfkit.summary.summary import Summary

try:
    import ipywidgets
except ModuleNotFoundError as error:
    raise MissingExtraError("ipywidgets", "lab") from error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NOTHING = "none"
MOST_VALUES = 200
"""Fields with more values, such as the id of a session, are no list to pick from."""
FIGURES = ("at a glance", "all figures", "targets", "data quality")

_ANY = ("any", "")
_WINDOWS = [*((kind, kind) for kind in WINDOW_KINDS), ("from … to", RANGE)]
_LAYOUT = {"width": "auto", "margin": "2px 12px 2px 0"}
_SHORT: dict[str, object] = {"style": {"description_width": "initial"}, "layout": _LAYOUT}


class Asks(Protocol):
    """What the explorer needs of a desk."""

    config: Config
    source: str | None

    @property
    def chart(self) -> object: ...

    def window(
        self,
        window: str = ...,
        date: Day = ...,
        start: Day = ...,
        end: Day = ...,
        *,
        where: Where = ...,
    ) -> Window: ...

    def selection(
        self,
        window: str = ...,
        date: Day = ...,
        *,
        start: Day = ...,
        end: Day = ...,
        where: Where = ...,
    ) -> Selection: ...

    def summary(
        self,
        window: str = ...,
        date: Day = ...,
        *,
        start: Day = ...,
        end: Day = ...,
        where: Where = ...,
    ) -> Summary: ...

    def breakdown(
        self,
        dimension: str,
        window: str = ...,
        date: Day = ...,
        *,
        start: Day = ...,
        end: Day = ...,
        where: Where = ...,
    ) -> Breakdown: ...


class Pickers:
    """The controls; `rows` holds them as they are laid out."""

    def __init__(self, desk: Asks, asked: Question, by: str, chart: str) -> None:
        self._desk = desk
        self._is_held = False
        self._window_before = ALL if asked.window == RANGE else asked.window
        self._window = _dropdown("Window", _WINDOWS, asked.window)
        self._date, self._start, self._end = (
            ipywidgets.DatePicker(description=name, value=day, **_SHORT)
            for name, day in (("Date", asked.date), ("From", asked.start), ("To", asked.end))
        )
        self._before, self._after = (
            ipywidgets.Button(description=sign, tooltip=tooltip, layout={"width": "36px"})
            for sign, tooltip in (("◀", "Window before"), ("▶", "Window after"))
        )
        offered = _offered(desk, asked.where)
        self._where = {
            field: _dropdown(label_of(field), options, asked.where.get(field, options[0][1]))
            for field, options in offered.items()
        }
        self._kept = {name: one for name, one in asked.where.items() if name not in offered}
        self._figures = _dropdown("Figures", FIGURES, FIGURES[0])
        self._chart = _dropdown("Chart", _labelled([*charts(desk), NOTHING]), chart)
        self._by = _dropdown(
            "Breakdown", _labelled([*DIMENSIONS, *desk.config.dimensions, NOTHING]), by
        )
        dates = [self._window, self._date, self._before, self._after, self._start, self._end]
        self.rows = [
            row(one)
            for one in (dates, [*self._where.values()], [self._figures, self._chart, self._by])
        ]
        self._fit()

    @property
    def question(self) -> Question:
        """The window and filter that are picked."""
        picked = {field: one.value for field, one in self._where.items() if one.value}
        dates = self._date.value, self._start.value, self._end.value
        return Question(self._window.value, *dates, {**self._kept, **picked})

    @property
    def by(self) -> str:
        """The dimension of the breakdown, or `NOTHING`."""
        return str(self._by.value)

    @property
    def chart(self) -> str:
        """The name of the chart, or `NOTHING`."""
        return str(self._chart.value)

    @property
    def figures(self) -> str:
        """Which of `FIGURES` are shown."""
        return str(self._figures.value)

    def on_change(self, show: Callable[[], None]) -> None:
        """Calls `show` once after each change that a person makes."""

        def changed(_: object) -> None:
            if self._is_held:
                return
            with self._held():
                self._fit()
            show()

        every = [self._window, self._date, self._start, self._end, *self._where.values()]
        for one in [*every, self._figures, self._chart, self._by]:
            one.observe(changed, "value")
        self._before.on_click(lambda _: self._step(day_before))
        self._after.on_click(lambda _: self._step(day_after))

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Changes that a person did not make."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False

    def _fit(self) -> None:
        """Shows the dates that the window needs; a range begins with the window before it."""
        window = self._window.value
        for one in (self._date, self._before, self._after):
            one.layout.display = "none" if window in (ALL, RANGE) else None
        for one in (self._start, self._end):
            one.layout.display = None if window == RANGE else "none"
        if window == RANGE and not (self._start.value or self._end.value):
            span = self._desk.window(self._window_before, self._date.value)
            self._start.value, self._end.value = span.first_day, span.last_day
        if window != RANGE:
            self._window_before = window

    def _step(self, day_of: Callable[[Window], date]) -> None:
        """Goes to the window before or after."""
        asked = self.question
        try:
            window = self._desk.window(asked.window, asked.date, where=asked.where)
            self._date.value = day_of(window)
        except PerfkitError:  # what is shown instead of figures says why
            return


def charts(desk: Asks) -> list[str]:
    """The names of the charts of one window that are drawn at once, as they are documented."""
    names = [name for name in vars(type(desk.chart)) if name[0] != "_"]
    return [name for name in names if name not in ("comparison", "monte_carlo")]


def sources(desk: Asks) -> list[Source]:
    """The sources that a desk reads."""
    return [one for one in desk.config.sources if desk.source in (None, one.name)]


def are_apart(desk: Asks) -> bool:
    """Whether its sources have several currencies, and so no figures together."""
    return len({one.currency for one in sources(desk)}) > 1


def _offered(desk: Asks, where: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """For each field that trades differ in, what is shown of a value, and the filter by it."""
    apart = are_apart(desk)
    found: dict[str, dict[str, str]] = {
        field: {} for field in (*FILTER_FIELDS, *desk.config.dimensions)
    }
    for only in [{"source": one.name} for one in sources(desk)] if apart else [{}]:
        try:
            parts = dict(desk.summary(ALL, where=only).breakdowns)
            for dimension in desk.config.dimensions:
                parts[dimension] = desk.breakdown(dimension, ALL, where=only).parts
        except PerfkitError:  # what is shown instead of figures says why
            continue
        for field, names in found.items():
            own = (part.name for part in parts.get(field, ()))
            names.update({quoted(name) if name else NO_NAME: name for name in own})
    if apart:
        found["source"] = {quoted(one.name): one.name for one in sources(desk)}
    for field, said in where.items():
        found.setdefault(field, {}).setdefault(said, said)
    return {
        field: ([] if apart and field == "source" else [_ANY])
        + sorted((name, said) for said, name in names.items() if said != NO_NAME)
        for field, names in found.items()
        if 1 < len(names) <= MOST_VALUES or field in where
    }


def _labelled(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), name) for name in names]


def _dropdown(label: str, options: Sequence[object], value: object) -> Any:
    return ipywidgets.Dropdown(description=label, options=options, value=value, **_SHORT)


def row(controls: Sequence[object], gap: str = "0") -> Any:
    """Controls side by side, in further lines where there is no room."""
    shown = "flex" if controls else "none"
    layout = {"flex_flow": "row wrap", "display": shown, "grid_gap": gap}
    return ipywidgets.Box(controls, layout=layout)


def column(boxes: Sequence[object]) -> Any:
    """Boxes below each other."""
    return ipywidgets.VBox(boxes)


def html(text: str = "") -> Any:
    """A box of HTML."""
    return ipywidgets.HTML(text, layout={"width": "auto"})
