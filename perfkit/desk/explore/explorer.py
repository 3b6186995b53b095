"""The explorer: pickers for a question to the desk, and the answer beside them.

`desk.explore()` shows it in JupyterLab. It asks what a line of Python would ask, and shows these
lines, so that what was found can be asked again in a cell.
"""

from __future__ import annotations

from base64 import b64encode
from html import escape

from perfkit.core.errors import PerfkitError, UsageError
from perfkit.core.interpreter import uncollected
from perfkit.desk.breakdown import Breakdown
from perfkit.desk.explore.pickers import (
    FIGURES,
    NOTHING,
    Asks,
    Pickers,
    are_apart,
    charts,
    column,
    html,
    row,
    sources,
)
from perfkit.desk.explore.question import RANGE, Question
from perfkit.summary import render
from perfkit.summary.breakdowns import checked_dimension
from perfkit.summary.filters import Where, as_where, filter_fields
from perfkit.summary.html import html_of
from perfkit.summary.selection import Day, as_date
from perfkit.summary.shown import PublicNames, markdown_with_readings, said
from perfkit.summary.summary import Summary, summarize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from perfkit.charts.style import Chart

RENDERED = dict(
    zip(FIGURES, (render.glance, render.figures, render.targets, render.quality), strict=True)
)

_OWN_KEYS = (
    "const own=left=>{const box=this.closest('.perfkit-explorer');"
    "if(box)box.addEventListener('focusin',"
    "one=>one.target.setAttribute('data-lm-suppress-shortcuts','true'));"
    "else if(left)setTimeout(own,100,left-1)};own(50)"
)
"""JavaScript: JupyterLab leaves arrows and Enter to the control that has the focus."""

STYLE = f"""\
<style onload="{_OWN_KEYS}">
"""
STYLE += """\
.perfkit-explorer .widget-html,.perfkit-explorer .widget-html-content{height:auto;min-width:0}
.perfkit-explorer .widget-html-content{line-height:1.4;
color:var(--jp-content-font-color1,inherit);font-size:var(--jp-ui-font-size1,13px)}
.perfkit-explorer .perfkit-figures{flex:1 1 300px}
.perfkit-explorer .perfkit-picture{flex:2 1 500px}
.perfkit-explorer .perfkit th,.perfkit-explorer .perfkit td{padding:.2em .5em}
.perfkit-explorer .perfkit th:first-child,.perfkit-explorer .perfkit td:first-child{padding-left:0}
.perfkit-figures .perfkit td:nth-child(2){white-space:nowrap}
.perfkit-explorer .perfkit-figures .perfkit th{white-space:nowrap}
.perfkit-explorer img{width:100%;height:auto;display:block;border-radius:4px}
[data-jp-theme-light=false] .perfkit-explorer{color-scheme:dark}
[data-jp-theme-light=false] .perfkit-explorer img{filter:invert(.93) hue-rotate(180deg)}
.perfkit-explorer pre{margin:0;padding:.5em .75em;overflow-x:auto;user-select:all;color:inherit;
background:transparent;border:1px solid rgba(128,128,128,.35);border-radius:4px;
font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px)}
.perfkit-explorer .perfkit-error{border-left:3px solid #D55E00;padding-left:.75em}
</style>"""

_COPY = (
    "navigator.clipboard.writeText(this.parentNode.nextElementSibling.innerText);"
    "this.innerText='Copied';setTimeout(()=>this.innerText='Copy',1500)"
)


class Explorer(PublicNames):
    """Pickers, figures, chart and breakdown of one desk.

    `summary`, `breakdown` and `chart` are those that are shown, None where there is none; `code`
    has the lines of Python that give the same, and `widget` is the box of ipywidgets.
    """

    def __init__(self, desk: Asks, asked: Question, by: str, chart: str) -> None:
        self._asked: Question | None = None
        self.breakdown: Breakdown | None = None
        self.chart: Chart | None = None
        self.code = ""
        self._desk = desk
        self._drawn: object = None
        self._pickers = Pickers(desk, asked, by, chart)
        self._figures, self._picture, self._parts, self._lines = (html() for _ in range(4))
        self._figures.add_class("perfkit-figures")
        self._picture.add_class("perfkit-picture")
        beside = row([self._figures, self._picture], "8px 24px")
        self.widget = column([html(STYLE), *self._pickers.rows, beside, self._parts, self._lines])
        self.widget.add_class("perfkit-explorer")
        self._pickers.on_change(self._show)
        self._show()

    @property
    def summary(self) -> Summary | None:
        """The summary that is shown, with all its breakdowns."""
        return None if self._asked is None else self._desk.summary(**self._asked.arguments)

    def __repr__(self) -> str:
        return self.code

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = self.widget._repr_mimebundle_(**kwargs)
        return {**shown, "text/plain": self.code}

    def _show(self) -> None:
        """Answers what is picked; where that has no answer, says why in a sentence."""
        asked = self._pickers.question
        try:
            with uncollected():
                self._answer(asked)
        except PerfkitError as error:
            self._asked = self.breakdown = self.chart = self._drawn = None
            self._say([asked.line("summary")])
            self._figures.value = f'<p class="perfkit-error">{escape(str(error))}</p>'
            self._parts.value = self._picture.value = ""

    def _answer(self, asked: Question) -> None:
        """The figures first, as drawing takes longer."""
        by, chart = self._pickers.by, self._pickers.chart
        lines = [asked.line("summary")]
        selection = self._desk.selection(**asked.arguments)
        summary = summarize(selection, () if by == NOTHING else (by,))  # others take time
        up_to = selection.book.present_day
        self._asked = asked
        figures = RENDERED[self._pickers.figures]
        shown = figures(summary)
        if figures not in (render.glance, render.quality):  # which say it themselves
            shown = markdown_with_readings(shown, selection.likely_readings)
        self._figures.value = html_of(shown, said(up_to))
        self.breakdown = None
        if by != NOTHING:
            lines.append(asked.line("breakdown", by))
            self.breakdown = Breakdown(lambda _: summary, by, up_to)
        self._parts.value = html_of(self.breakdown.markdown) if self.breakdown else ""
        if chart != NOTHING:
            lines.append(asked.line(f"chart.{chart}"))
        self._say(lines)
        drawn = (asked, chart, summary.data.digest)
        if self._drawn != drawn:
            self._draw(asked, chart)
            self._drawn = drawn

    def _draw(self, asked: Question, chart: str) -> None:
        self.chart, self._drawn = None, None
        picture = ""
        if chart != NOTHING:
            drawn: Chart = getattr(self._desk.chart, chart)(**asked.arguments)
            content = b64encode(drawn.png()).decode("ascii")
            picture = f'<img alt="{escape(drawn.alt)}" src="data:image/png;base64,{content}">'
            self.chart = drawn
        self._picture.value = picture

    def _say(self, lines: list[str]) -> None:
        """Shows the lines of Python, with a button that copies them."""
        self.code = "\n".join(lines)
        button = f'<button class="jupyter-button" onclick="{_COPY}">Copy</button>'
        self._lines.value = f"<div>The same in Python {button}</div><pre>{escape(self.code)}</pre>"


def explorer(
    desk: Asks,
    window: str,
    date: Day,
    start: Day,
    end: Day,
    where: Where,
    by: str,
    chart: str,
) -> Explorer:
    """The explorer of a desk that begins with a question; without a date, with the newest day.

    Raises `UsageError`, `WindowError` or `NoTradesError`.
    """
    conditions = dict(as_where(where, filter_fields(desk.config)))
    if are_apart(desk):
        conditions.setdefault("source", sources(desk)[0].name)
    if by != NOTHING:
        checked_dimension(by, desk.config)
    if chart not in (*charts(desk), NOTHING):
        from difflib import get_close_matches

        close = get_close_matches(str(chart), charts(desk), 1)
        meant = f"did you mean {close[0]}? " if close else ""
        raise UsageError(f"no chart {chart!r}; {meant}use one of {', '.join(charts(desk))}")
    span = desk.window(window, date, start, end, where=conditions)
    if span.kind == RANGE:
        asked = Question(RANGE, None, span.first_day, span.last_day, conditions)
    else:
        day = as_date(date) if date else desk.window(where=conditions).last_day
        asked = Question(window, day, None, None, conditions)
    return Explorer(desk, asked, by, chart)
