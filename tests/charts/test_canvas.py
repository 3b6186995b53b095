"""The canvas of charts: its texts are where matplotlib has them, its colours are those drawn."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from perfkit.charts.canvas import Canvas
from perfkit.charts.font import FONT
from perfkit.charts.style import BLUE, VERMILLION, style


def _pixels(canvas: Any) -> Any:
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].astype(int)


def _with_text(kind: type[FigureCanvasAgg], text: str, **given: Any) -> Any:
    with style():
        figure = Figure(figsize=(4, 2), dpi=200)
        canvas = kind(figure)
        figure.text(0.5, 0.5, text, **{"size": 12, **given})
        return _pixels(canvas)


def _box(pixels: Any) -> Any:
    """First and last row and column that are not white."""
    inked = np.argwhere((pixels < 250).any(axis=2))
    return np.concatenate([inked.min(0), inked.max(0)])


class TestTexts:
    """A text is laid out once, and is where matplotlib would draw it."""

    @pytest.mark.parametrize("text", ["net P&L, USD", "−1,234.50", "Äpfel gjy", "two\nlines", "."])
    @pytest.mark.parametrize("given", [{}, {"ha": "right"}, {"va": "top"}])
    def test_a_text_is_where_matplotlib_draws_it(self, text: str, given: dict[str, Any]) -> None:
        place = _box(_with_text(Canvas, text, **given))
        assert np.abs(place - _box(_with_text(FigureCanvasAgg, text, **given))).max() <= 1

    @pytest.mark.parametrize(
        ("text", "given"),
        [
            pytest.param("net P&L", {"rotation": 90}, id="rotated"),
            pytest.param("$x^2$", {"parse_math": True}, id="formula"),
            pytest.param("net", {"family": ["DejaVu Serif"]}, id="other font"),
            pytest.param("\u0e01", {}, id="a character the font does not have"),
        ],
    )
    @pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
    def test_what_is_left_to_matplotlib_is_drawn_by_it(
        self, text: str, given: dict[str, Any]
    ) -> None:
        own, theirs = (_with_text(kind, text, **given) for kind in (Canvas, FigureCanvasAgg))
        assert (own == theirs).all()

    def test_a_figure_that_grew_is_drawn_whole(self) -> None:
        figure = Figure(figsize=(1, 1), dpi=100)
        canvas = Canvas(figure)
        assert _pixels(canvas).shape[:2] == (100, 100)
        figure.set_size_inches(2, 3)
        assert _pixels(canvas).shape[:2] == (300, 200)

    def test_a_height_that_floats_cannot_hold_exactly_is_one_height(self) -> None:
        figure = Figure(figsize=(5.6, 927.9999999999999 / 200), dpi=200)
        canvas = Canvas(figure)
        with Image.open(BytesIO(canvas.png())) as picture:
            assert picture.size == canvas.get_width_height()


class TestColours:
    """The palette of a picture has white, and the colours of all large areas."""

    def test_areas_have_their_colours(self) -> None:
        figure = Figure(figsize=(3, 1), dpi=200)
        canvas = Canvas(figure)
        for at, color in ((0.2, BLUE), (0.6, VERMILLION)):
            figure.add_axes((at, 0.2, 0.2, 0.6), facecolor=color, xticks=[], yticks=[])
        drawn = _pixels(canvas)
        with Image.open(BytesIO(canvas.png())) as picture:
            assert picture.mode == "P"
            shown = np.asarray(picture.convert("RGB")).astype(int)
        assert (shown[drawn.min(axis=2) == 255] == 255).all()
        for place in (150, 400):
            assert np.abs(shown[100, place] - drawn[100, place]).max() <= 2
        assert np.abs(shown - drawn).max() <= 16

    def test_a_white_page_is_white(self) -> None:
        canvas = Canvas(Figure(figsize=(1, 1), dpi=100, facecolor="white"))
        with Image.open(BytesIO(canvas.png())) as picture:
            assert picture.convert("RGB").getextrema() == ((255, 255),) * 3


def test_the_style_draws_texts_in_the_font_that_the_canvas_lays_out() -> None:
    with style():
        assert Figure().text(0, 0, "x").get_fontfamily() == [FONT]
