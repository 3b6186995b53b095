"""Where the panels of a chart stand, from the room that their labels need.

matplotlib's own engine for this goes through all texts twice, which is a quarter of the time of a
chart. Here the number of ticks does not depend on the size of a panel, so once is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.layout_engine import ConstrainedLayoutEngine, LayoutEngine

from perfkit.core.fast_imports import NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE, BETWEEN, BELOW = 0.05, 0.1, 0.05
"""Free inches beside the outermost labels, between two panels and below the last one."""


class Panels(LayoutEngine):
    """Panels one below the other, in the lower `body_inches` of a chart.

    Their labels get the room that they need, and the panels share the rest by their
    `height_ratios`. Panels side by side are left to matplotlib.
    """

    _adjust_compatible = True
    _colorbar_gridspec = True

    def __init__(self, body_inches: float, height: float) -> None:
        super().__init__()
        self._body = body_inches
        share = body_inches / height
        self._side_by_side = ConstrainedLayoutEngine(rect=(0.008, 0.0, 0.984, share), hspace=0.04)

    def execute(self, fig: Figure) -> None:
        """Puts the panels into their places."""
        panels = fig.axes
        if any(_columns(axes) > 1 for axes in panels):
            self._side_by_side.execute(fig)
            return
        width, height = fig.get_size_inches()
        rooms = [_room(axes, fig) for axes in panels]
        left = SIDE + max(room.left for room in rooms)
        wide = max(width - left - SIDE - max(room.right for room in rooms), width / 10)
        labels = sum(room.top + room.bottom for room in rooms)
        free = self._body - labels - BELOW - BETWEEN * (len(rooms) - 1)
        shares = _shares(panels)
        top = self._body
        for axes, room, share in zip(panels, rooms, shares, strict=True):
            high = max(free, self._body / 10) * share
            top -= room.top
            place = left / width, (top - high) / height, wide / width, high / height
            axes.set_position(place)
            top -= high + room.bottom + BETWEEN


class _Room(NamedTuple):
    """Inches that the labels of a panel take on each side of it."""

    left: float
    right: float
    top: float
    bottom: float


def _room(axes: Axes, figure: Figure) -> _Room:
    canvas: Any = figure.canvas
    labels = axes.get_tightbbox(canvas.get_renderer(), for_layout_only=True)
    panel = axes.get_window_extent()
    if labels is None:
        return _Room(0, 0, 0, 0)
    inches = (
        (panel.x0 - labels.x0) / figure.dpi,
        (labels.x1 - panel.x1) / figure.dpi,
        (labels.y1 - panel.y1) / figure.dpi,
        (panel.y0 - labels.y0) / figure.dpi,
    )
    return _Room(*(max(float(one), 0.0) for one in inches))


def _columns(axes: Axes) -> int:
    spec = axes.get_subplotspec()
    return 1 if spec is None else spec.get_gridspec().ncols


def _shares(panels: list[Axes]) -> list[float]:
    """What part of the height each panel has."""
    spec = panels[0].get_subplotspec()
    ratios = None if spec is None else spec.get_gridspec().get_height_ratios()
    if not isinstance(ratios, list | tuple) or len(ratios) != len(panels):
        ratios = [1.0] * len(panels)
    return [float(ratio) / sum(ratios) for ratio in ratios]
