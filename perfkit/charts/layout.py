"""Where the panels of a chart stand, from the room that their labels need.

matplotlib's own engine for this goes through all texts twice, which is a quarter of the time of a
chart. Here the number of ticks does not depend on the size of a panel, so once is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.layout_engine import ConstrainedLayoutEngine, LayoutEngine
from matplotlib.transforms import Bbox, offset_copy

from perfkit.core.fast_imports import NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.backend_bases import RendererBase
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
    renderer = canvas.get_renderer()
    panel = axes.get_window_extent()
    shown = (axes.xaxis, axes.yaxis) if axes.axison else ()
    boxes = [_measured(axis, figure, panel, renderer) for axis in shown]
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_in_layout(False)
    boxes.append(axes.get_tightbbox(renderer, for_layout_only=True))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_in_layout(True)
    whole = Bbox.union([panel, *(box for box in boxes if box is not None)])
    inches = (panel.x0 - whole.x0, whole.x1 - panel.x1, whole.y1 - panel.y1, panel.y0 - whole.y0)
    return _Room(*(float(one) / figure.dpi for one in inches))


def _measured(axis: Axis, figure: Figure, panel: Bbox, renderer: RendererBase) -> Bbox | None:
    """What the tick labels of an axis and its own label take; None without any.

    The label is fixed where matplotlib would put it. It would measure all tick labels again for
    that, here and when it draws.
    """
    side = axis.get_label_position()
    if not axis.get_label_text() or side not in ("bottom", "left"):
        return _extent(axis, renderer)
    axis.set_label_coords(0.5, 0.5)  # not by matplotlib
    hidden = axis.label, axis.get_offset_text()
    for text in hidden:
        text.set_visible(False)
    ticks = _extent(axis, renderer)
    for text in hidden:
        text.set_visible(True)
    size = axis.label.get_window_extent(renderer)
    line = axis.axes.spines[side].get_window_extent(renderer)
    edges = Bbox.union([panel, line, *([] if ticks is None else [ticks])])
    pad = axis.labelpad * figure.dpi / 72
    if side == "bottom":
        place, below = (0.5, 0.0), panel.y0 - edges.y0 + pad
        away = 0.0, -below / figure.dpi
        box = Bbox.from_extents(panel.x0, panel.y0 - below - size.height, panel.x0, edges.y0)
    else:
        place, beside = (0.0, 0.5), panel.x0 - edges.x0 + pad
        away = -beside / figure.dpi, 0.0
        box = Bbox.from_extents(panel.x0 - beside - size.width, panel.y0, edges.x0, panel.y0)
    axis.set_label_coords(*place, offset_copy(axis.axes.transAxes, figure, *away, units="inches"))
    return box if ticks is None else Bbox.union([box, ticks])


def _extent(axis: Axis, renderer: RendererBase) -> Bbox | None:
    return axis.get_tightbbox(renderer, for_layout_only=True)


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
