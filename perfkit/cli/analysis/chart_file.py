"""The option `--chart FILE` of an analysis: its chart as a PNG file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from perfkit.core.errors import MissingExtraError, OutputError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.charts.style import Chart


def write_chart(name: str, draw: Callable[[], Chart]) -> None:
    """Draws a chart to a file; `draw` imports what it needs."""
    path = Path(name)
    if path.suffix.lower() != ".png":
        raise UsageError(f"--chart {path}: the name should end with .png")
    try:
        png = draw().png()
    except ModuleNotFoundError as error:
        raise MissingExtraError("matplotlib", "reports") from error
    try:
        path.write_bytes(png)
    except OSError as error:
        raise OutputError(str(path), error.strerror or str(error)) from error
