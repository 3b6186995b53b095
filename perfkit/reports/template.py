"""A new notebook for a report, from the template of perfkit."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path

from perfkit.core.errors import OutputError, UsageError
from perfkit.core.formatting import plain
from perfkit.reports.definitions import NOTEBOOKS
from perfkit.reports.published import is_name

TEMPLATE = "report.ipynb"
NAME, PERIOD = "NAME", "PERIOD"
"""Words of the template in whose place the name and the period are put."""


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
    text = files("perfkit").joinpath("templates", TEMPLATE).read_text(encoding="utf-8")
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        cell["source"] = [
            line.replace(PERIOD, period).replace(NAME, name) for line in cell["source"]
        ]
    notebook["metadata"]["perfkit"] = {"period": period}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
