"""A breakdown: a table in a notebook, a frame for pandas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property

from perfkit.desk.frames import checked_numbers
from perfkit.summary import render
from perfkit.summary.render import Text
from perfkit.summary.shape import Part
from perfkit.summary.shown import as_html, bundle, is_in_report, markdown_with_readings
from perfkit.summary.summary import Summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    import pandas as pd


class Breakdown(Text):
    """The parts of a window by a dimension: a table to look at, a frame to compute with."""

    def __init__(
        self,
        summary_of: Callable[[Sequence[str] | None], Summary],
        dimension: str,
        data_up_to: date | None = None,
        readings: Sequence[str] = (),
    ) -> None:
        """`summary_of` has the figures of that name of each part, or all.

        `readings` says how logs that no workspace describes are likely to be read.
        """
        summary = summary_of(render.SHOWN_OF_PARTS)
        markdown = markdown_with_readings(render.breakdown(summary, dimension), readings)
        super().__init__(markdown, summary.data.digest, data_up_to)
        self.dimension = dimension
        self._summary_of = summary_of
        self._readings = list(readings)
        self._titled = f"{render.headline(summary)}\n\n{markdown}"

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Every figure of each part."""
        return self._summary_of(None).breakdowns[self.dimension]

    def _repr_html_(self) -> str | None:
        """The table under its window; in a report the page has said it."""
        return as_html(self._titled, self.data_up_to)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, str]]:
        if is_in_report():
            return super()._repr_mimebundle_()
        shown = bundle(self._titled, self._titled, self.data_up_to)
        return shown, {"perfkit_digest": self.digest}

    def frame(self, numbers: str = "decimal") -> pd.DataFrame:
        """A row per part, by name, and a column per metric; None where one has no value.

        >>> desk.breakdown("hour", "all").frame(numbers="float")["win_rate"].plot.bar()
        """
        checked_numbers(numbers)
        from perfkit.summary.frame import parts_frame

        frame = parts_frame(self.parts, self.dimension, numbers)
        if self._readings:
            frame.attrs["likely_reading"] = self._readings
        return frame
