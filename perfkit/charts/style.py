"""The style of every chart, and `Chart`: a figure with a name and its finding as a title.

The user's matplotlibrc, the clock and the installed fonts make no difference: equal figures give
equal bytes. pyplot is not used, so no figure stays open.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from perfkit.charts.canvas import Canvas
from perfkit.charts.font import DPI, FONT, balanced, wrapped
from perfkit.charts.layout import Panels
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trade import BREAKEVEN, LOSS, WIN

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.backend_bases import RendererBase
    from matplotlib.text import Text

WIDTH_INCHES = 5.6
SHOWN_WIDTH_PX = 640
"""Width in a notebook or page.

The picture has 1,120 pixels: sharp there, and on a phone, whose 390 pixels have up to three dots
each. Its texts can be read without zooming in on both.
"""

BEHIND_TEXT = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"}
"""What hides a line that passes behind a text, also between its words."""

INK, MUTED, FAINT, GRID = "#1a1a1a", "#5f5f5f", "#b8b8b8", "#e4e4e4"
BLUE, VERMILLION, GREY = "#0072B2", "#D55E00", "#8c8c8c"
"""From the palette of Okabe and Ito: these differ for people with any common colour blindness."""

TITLE_SIZE, SUBTITLE_SIZE, SMALL_SIZE = 13.0, 9.5, 8.5
TITLE_LINE, SUBTITLE_LINE, LEGEND_LINE, MARGIN = 0.235, 0.185, 0.27, 0.12
"""Heights of a line of the title, the subtitle and the legend, and the free edge, in inches."""


class Theme(NamedTuple):
    """How trades of one outcome are drawn; colour, hatch and marker all differ between outcomes."""

    label: str
    face: str
    edge: str
    hatch: str
    marker: str


THEMES = {
    WIN: Theme("win", BLUE, BLUE, "", "^"),
    LOSS: Theme("loss", "#fbe3d5", VERMILLION, "//////", "v"),
    BREAKEVEN: Theme("breakeven", "#ffffff", GREY, "....", "D"),
}

_STYLE: dict[Any, object] = {
    "font.family": [FONT],
    "font.size": 10,
    "text.hinting": "none",  # takes twice as long, and cannot be seen at this resolution
    "text.parse_math": False,  # a `$` in a strategy's name is a `$`
    "text.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": MUTED,
    "axes.labelsize": 9.5,
    "axes.titlesize": 9.5,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.8,
    "xtick.color": FAINT,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.color": FAINT,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 9,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "legend.borderpad": 0.0,
    "legend.handlelength": 1.6,
}


_NOT_STYLE = ("backend", "backend_fallback", "interactive", "toolbar")


@contextmanager
def style() -> Iterator[None]:
    """Applies perfkit's own style within the block, whatever the user's settings are.

    A block within another has the style already.
    """
    if dict.items(mpl.rcParams) >= _whole_style().items():
        yield
        return
    with mpl.rc_context():
        # All of these were checked once; `rcParams.update` would check each of them every time.
        dict.update(mpl.rcParams, _whole_style())
        yield


@cache
def _whole_style() -> dict[Any, object]:
    """The settings of matplotlib with those of perfkit, but for how figures are shown.

    Not by `rcdefaults`, which reads every style that comes with matplotlib.
    """
    own = mpl.rcParamsDefault.copy()
    own.update(_STYLE)
    return {name: dict.__getitem__(own, name) for name in own if name not in _NOT_STYLE}


class Heading(NamedTuple):
    """The texts of a chart: its finding, what it shows, and both in one sentence."""

    title: str
    subtitle: str
    alt: str


class Chart(Figure):
    """A figure with a `name` ("equity") and an `alt` text, one sentence with the finding.

    `digest` is the one of the summary it shows. A notebook shows it as a PNG whose bytes depend on
    the figures alone; `png()` returns them. It is also an ordinary matplotlib figure: `savefig`
    writes any other format.
    """

    def __init__(
        self, name: str, heading: Heading, body_inches: float, keys: Sequence[Artist] = ()
    ) -> None:
        super().__init__(figsize=(WIDTH_INCHES, body_inches), dpi=DPI)
        self._own_canvas = Canvas(self)
        self.name = name
        self.alt = heading.alt
        self.digest = ""
        above = self._head(heading, body_inches, keys)
        height = body_inches + above
        share = body_inches / height
        self.subplots_adjust(left=0.12, right=0.97, bottom=0.12 * share, top=0.97 * share)
        self.set_layout_engine(Panels(body_inches, height))

    def _head(self, heading: Heading, body_inches: float, keys: Sequence[Artist]) -> float:
        """Writes title, subtitle and legend above the body; returns the inches they take."""
        room = WIDTH_INCHES - 2 * MARGIN
        title = balanced(heading.title, room, TITLE_SIZE, "bold")
        subtitle = wrapped(heading.subtitle, room, SUBTITLE_SIZE)
        below_title = MARGIN + TITLE_LINE * len(title) + 0.03
        below_subtitle = below_title + SUBTITLE_LINE * len(subtitle) + 0.05
        above = below_subtitle + (LEGEND_LINE if keys else 0.0) + 0.03
        height = body_inches + above
        self.set_size_inches(WIDTH_INCHES, height)
        left = MARGIN / WIDTH_INCHES
        self.suptitle(
            "\n".join(title),
            x=left,
            y=1 - MARGIN / height,
            size=TITLE_SIZE,
            weight="bold",
            ha="left",
            va="top",
        )
        self.text(
            left,
            1 - below_title / height,
            "\n".join(subtitle),
            size=SUBTITLE_SIZE,
            color=MUTED,
            va="top",
        )
        if keys:
            corner = (left, 1 - below_subtitle / height)
            self.legend(
                handles=list(keys),
                loc="upper left",
                bbox_to_anchor=corner,
                ncols=len(keys),
                columnspacing=1.6,
                borderaxespad=0.0,
            )
        for artist in (*self.texts, *self.legends):
            artist.set_in_layout(False)
        return above

    def settle(self) -> Chart:
        """Fixes the layout, so that drawing the figure again changes nothing."""
        engine = self.get_layout_engine()
        if engine is not None and self.axes:
            engine.execute(self)
        self.set_layout_engine("none")
        return self

    def draw(self, renderer: RendererBase) -> None:
        """Draws in perfkit's style, also when the figure is saved with `savefig`."""
        with style():
            super().draw(renderer)

    def png(self) -> bytes:
        """The picture as PNG bytes; equal figures give equal bytes."""
        canvas = self._own_canvas  # it has measured the texts already
        self.set_canvas(canvas)
        with style():  # not `savefig`, which goes through the figure twice
            return canvas.png()

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, object]]:
        """The PNG in base64, as notebooks store it, and the file name nbconvert should use."""
        shown = {"image/png": b64encode(self.png()).decode("ascii"), "text/plain": self.alt}
        picture = {"alt": self.alt, "width": SHOWN_WIDTH_PX}
        metadata: dict[str, object] = {"filename": f"{self.name}.png", "alt": self.alt}
        metadata["image/png"] = picture
        if self.digest:
            metadata["perfkit_digest"] = self.digest
        return shown, metadata

    def _ipython_display_(self) -> None:
        """Shows that PNG, once: `%matplotlib inline` would render the figure its own way."""
        from IPython.display import display

        shown, metadata = self._repr_mimebundle_()
        display(shown, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]


def swatch(outcome: str) -> Patch:
    """A legend entry for bars of that outcome."""
    theme = THEMES[outcome]
    return Patch(facecolor=theme.face, edgecolor=theme.edge, hatch=theme.hatch, label=theme.label)


def dot(label: str, marker: str, color: str) -> Line2D:
    """A legend entry for a marker."""
    return Line2D([], [], linestyle="", marker=marker, color=color, label=label, markersize=6)


def count_ticks(axis: Axis) -> None:
    """Ticks at whole numbers only."""
    axis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=1))
    axis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def haloed(text: Text) -> Text:
    """Keeps a label readable where a line passes behind it."""
    text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])
    return text


class Grid:
    """A panel of unit cells, row 0 on top, with a name over every column and beside every row."""

    def __init__(self, axes: Axes, columns: Sequence[str], rows: Sequence[str]) -> None:
        self._axes = axes
        axes.set_xlim(-0.5, len(columns) - 0.5)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xticks(range(len(columns)), columns)
        axes.set_yticks(range(len(rows)), rows)
        axes.xaxis.tick_top()
        axes.grid(visible=False)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)

    def tile(self, row: int, column: int, share: float, hatch: str = "") -> None:
        """Fills a cell; `share` runs from -1, deepest vermillion, over white to 1, deepest blue."""
        color = to_rgba(VERMILLION if share < 0 else BLUE, 0.55 * abs(share))
        patch = Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=color, hatch=hatch)
        patch.set(edgecolor=FAINT if hatch else GRID, linewidth=0.8)
        self._axes.add_patch(patch)

    def write(self, row: float, column: float, text: str, **style: Any) -> Text:
        """A text in the middle of a cell; fractions of row and column move it off the middle."""
        return self._axes.text(column, row, text, **{"ha": "center", "va": "center", **style})
