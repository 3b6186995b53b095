"""Figures of pyplot in a kernel: shown as JupyterLab shows them, whatever backend a notebook names.

A notebook written for a desktop or a server may begin with `matplotlib.use("Agg")` or
`%matplotlib qt`. There its figures would be shown in windows or nowhere; a report shows each of
them below its cell.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from IPython.core.pylabtools import select_figure_formats
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

INLINE = "module://matplotlib_inline.backend_inline"
LONGEST_ALT = 200
_SALT = "perfkit"


def show_figures(shell: InteractiveShell) -> None:
    """Has the shell show every figure, and give it its name and a description."""
    os.environ["MPLBACKEND"] = INLINE
    for settings in (mpl.rcParams, mpl.rcParamsDefault):
        settings["svg.hashsalt"] = _SALT  # the ids in an SVG are random without it
    mpl.rcParams["backend"] = INLINE
    mpl.use = _use
    of_shell: Any = shell
    enable_matplotlib = of_shell.enable_matplotlib
    of_shell.enable_matplotlib = lambda gui=None: enable_matplotlib("inline")
    select_figure_formats(shell, {"png"}, bbox_inches="tight")  # type: ignore[no-untyped-call]
    formatter = of_shell.display_formatter
    formatter.format = _with_names(formatter.format)
    shell.events.register("post_execute", _show_what_is_open)


def _use(backend: str, *, force: bool = True) -> None:
    """Takes the place of `matplotlib.use`: a report has one backend."""


def _with_names(format_object: Any) -> Any:
    """The formatter of the shell, which adds a figure's own name and a description."""

    def format_figure(shown: Any, include: Any = None, exclude: Any = None) -> Any:
        data, metadata = format_object(shown, include=include, exclude=exclude)
        if isinstance(shown, Figure) and data:
            metadata = {"filename": str(shown.get_label()), "alt": _described(shown), **metadata}
        return data, metadata

    return format_figure


def _described(figure: Figure) -> str:
    """The titles in a figure."""
    titles = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
    return "; ".join(dict.fromkeys(filter(None, titles)))[:LONGEST_ALT]


def _show_what_is_open() -> None:
    """Shows and closes the figures of a backend that `pyplot.switch_backend` chose."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or mpl.get_backend(auto_select=False) in (INLINE, "inline"):
        return
    from IPython.display import display

    for number in pyplot.get_fignums():
        display(pyplot.figure(number))  # type: ignore[no-untyped-call]
    pyplot.close("all")
