"""The canvas of the charts: it lays out each line of text once, and gives its picture as a PNG.

matplotlib lays out a text to measure it and again to draw it, glyph by glyph, which takes a sixth
of the time of a chart. Rotated texts, formulas and characters that the font does not have are left
to matplotlib.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.font_manager import findfont, get_font
from PIL import Image

from perfkit.charts.font import DPI, FONT, drawable
from perfkit.core.fast_imports import NamedTuple

if TYPE_CHECKING:
    from matplotlib.backend_bases import GraphicsContextBase
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text
    from numpy.typing import NDArray

WHITE = 0xFFFFFFFF
"""A white pixel: its four bytes as one number."""

COLOURS = 255
"""Colours of a picture besides white."""

SUBPIXELS = 64
"""Parts of a pixel that the library of fonts counts in."""

hinting_flag: Any = get_hinting_flag  # matplotlib has no types for its renderers
_Agg: Any = RendererAgg


class Canvas(FigureCanvasAgg):
    """A canvas for one chart."""

    _drawn: tuple[int, int, float] | None = None

    def get_renderer(self) -> RendererAgg:
        """The renderer, a new one where the size of the figure has changed."""
        key = (*self.get_width_height(), self.figure.dpi)
        if self._drawn != key:
            self.renderer = _Renderer(*key)
            self._drawn = key
        found: RendererAgg = self.renderer
        return found

    def png(self) -> bytes:
        """Draws the figure; equal pixels give equal bytes."""
        self.draw()  # type: ignore[no-untyped-call]
        pixels = np.asarray(self.buffer_rgba())  # type: ignore[no-untyped-call]
        picture = BytesIO()
        with_palette(pixels).save(picture, "png", dpi=(DPI, DPI), compress_level=3)
        return picture.getvalue()


def with_palette(pixels: NDArray[np.uint8]) -> Image.Image:
    """A picture with a palette: white, and the colours that suit all other pixels best.

    That takes a third of the bytes. Nine pixels of ten are white; as only the others are looked at,
    it takes a third of the time as well.
    """
    height, width, _ = pixels.shape
    flat = np.ascontiguousarray(pixels).view(np.uint32).ravel()
    inked = np.flatnonzero(flat != WHITE)
    row = Image.frombuffer("RGBA", (len(inked), 1), flat[inked].tobytes(), "raw", "RGBA", 0, 1)
    few = row.convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    places = np.full(flat.shape, COLOURS, np.uint8)
    places[inked] = np.frombuffer(few.tobytes(), np.uint8)
    picture = Image.frombuffer("P", (width, height), places.tobytes(), "raw", "P", 0, 1)
    colours = few.getpalette() or []
    picture.putpalette([*colours, *[0] * (3 * COLOURS - len(colours)), 255, 255, 255])
    return picture


class _Line(NamedTuple):
    """A line of text: its size and descent, and its picture with the place of its corner.

    All in pixels.
    """

    width: float
    height: float
    descent: float
    left: float
    top: float
    picture: NDArray[np.uint8]


class _Renderer(_Agg):  # type: ignore[misc]  # its type is Any
    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | str
    ) -> tuple[float, float, float]:
        line = None if ismath else self._line(s, prop)
        if line is None:
            measured: tuple[float, float, float] = super().get_text_width_height_descent(
                s, prop, ismath
            )
            return measured
        return line.width, line.height, line.descent

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: bool | str = False,
        mtext: Text | None = None,
    ) -> None:
        line = None if angle or ismath else self._line(s, prop)
        if line is None:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        left, below = round(x + line.left), round(y + line.top + line.descent) + 1
        self._renderer.draw_text_image(line.picture, left, below, 0, gc)

    def _line(self, text: str, prop: FontProperties) -> _Line | None:
        """The line; None where matplotlib has to look for its characters in other fonts."""
        if prop.get_family() != [FONT] or drawable(text) != text:
            return None
        return _laid_out(text, findfont(prop), prop.get_size_in_points(), self.dpi)


@lru_cache(512)
def _laid_out(text: str, path: str, points: float, dpi: float) -> _Line:
    font: Any = get_font(path)
    font.set_size(points, dpi)
    font.set_text(text, 0.0, flags=hinting_flag())
    font.draw_glyphs_to_bitmap(antialiased=True)
    sizes = (*font.get_width_height(), font.get_descent(), *font.get_bitmap_offset())
    width, height, descent, left, top = (one / SUBPIXELS for one in sizes)
    return _Line(width, height, descent, left, top, np.array(font.get_image()))
