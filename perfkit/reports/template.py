"""A new notebook for a report, from a template of perfkit.

`quarterly`, `yearly` and `since-the-start` have all that such a report needs. Any other name has a
short notebook to begin with.
"""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path

from perfkit.core.errors import OutputError, UsageError
from perfkit.core.formatting import plain
from perfkit.reports.definitions import NOTEBOOKS
from perfkit.reports.published import is_name

TEMPLATE, LONG_TEMPLATE = "report.ipynb", "long-period.ipynb"
NAME, TITLE, PERIOD = "NAME", "TITLE", "PERIOD"
"""Words of the templates, for the name, the title and the window of the figures."""

SINCE_THE_START = "since-the-start"
LONG = ("quarterly", "yearly", SINCE_THE_START)
"""Names of reports about a long time."""

COMPARED = ("before-heading", "before")
"""Cells that compare with the period before; before the start there was none."""

_PERIODS = ("daily", "weekly", "monthly", "quarterly", "yearly")


def period_of(name: str) -> str:
    """The period of a new report of that name, where none is given."""
    if name == SINCE_THE_START:
        return "monthly"
    return name if name in _PERIODS else "daily"


def new_report(root: Path, name: str, period: str) -> Path:
    """Writes `notebooks/NAME.ipynb`, whole or not at all; returns its path.

    Raises `UsageError` for a name that is none or is taken, and `OutputError`.
    """
    if not is_name(name):
        shown = plain(name, 80)
        remedy = "use letters, digits and hyphens, without a slash and without .ipynb"
        raise UsageError(f"{shown!r} is not the name of a report; {remedy}")
    path = root / NOTEBOOKS / f"{name}.ipynb"
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(exist_ok=True)
        aside.write_text(notebook_text(name, period), encoding="utf-8")
        os.link(aside, path)  # a link never takes the place of a file
    except FileExistsError:
        taken = f"{path} is there already; choose another name, or run `perfkit report {name}`"
        raise UsageError(taken) from None
    except OSError as error:
        raise OutputError(str(path), error) from error
    finally:
        aside.unlink(missing_ok=True)
    return path


def notebook_text(name: str, period: str) -> str:
    """The notebook of that name and period."""
    template = LONG_TEMPLATE if name in LONG else TEMPLATE
    text = files("perfkit").joinpath("templates", template).read_text(encoding="utf-8")
    window = "all" if name == SINCE_THE_START else period
    notebook = json.loads(text)
    if window == "all":
        notebook["cells"] = [one for one in notebook["cells"] if one["id"] not in COMPARED]
    for cell in notebook["cells"]:
        for word, put in ((PERIOD, window), (TITLE, _title(name)), (NAME, name)):
            cell["source"] = [line.replace(word, put) for line in cell["source"]]
    notebook["metadata"]["perfkit"] = {"period": period}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _title(name: str) -> str:
    """The title of a report as words: "Yearly report", "Live weekly" for `live-weekly`."""
    words = " ".join(name.replace("-", " ").replace("_", " ").split()) or name
    title = words[:1].upper() + words[1:]
    return f"{title} report" if name in _PERIODS else title
