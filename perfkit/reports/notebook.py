"""The parameters of a notebook, read from its parameters cell, and values checked against them.

The cell is Python, but it is only parsed, never run: `days: int = 30` takes a whole number, `date:
str = ""` takes text. A name without an annotation has the type of its default.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from perfkit.core.calendar import parse_date
from perfkit.core.errors import LogReadError, ReportError, UsageError
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import utf8
from perfkit.reports.published import NOT_JSON

Value = str | int | float | bool

OWN = ("date", "where")
"""Parameters that a report run sets itself; a notebook must have both."""
FIXED = (*OWN, "root")
"""Parameters that have their own options."""

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "date": "a date YYYY-MM-DD",
}


_NOT_A_NOTEBOOK = (
    *NOT_JSON,
    *(AttributeError, KeyError, TypeError),  # from values of another type than a notebook has
)


class Notebook(NamedTuple):
    """A notebook as it is on disk, before it is run."""

    path: Path
    body: bytes
    takes: Mapping[str, str]
    """The type of each parameter, by name."""

    def text(self, name: str) -> str:
        """The type of a parameter, in words."""
        return _KINDS.get(self.takes[name], "text")


def read_notebook(path: Path) -> Notebook:
    """The notebook at that path; raises `LogReadError` or `ReportError` if it is not usable."""
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        remedy = "copy it back from `perfkit init DIR`"
        raise LogReadError(str(path), "there is no such notebook", remedy) from None
    except OSError as error:
        raise LogReadError(str(path), str(error.strerror), "check its permissions") from error
    try:
        cells = msgspec.json.decode(body)["cells"]
        codes = ["".join(cell["source"]) for cell in cells if _is_parameters(cell)]
    except _NOT_A_NOTEBOOK as error:
        reason = str(error) or type(error).__name__
        raise ReportError(f"{path.name} cannot be run: it is not a notebook ({reason})") from error
    if not codes:
        raise ReportError(
            f"{path.name} has no parameters cell; tag the cell that sets `date` and `where` with "
            "`parameters`"
        )
    takes = _taken(codes[0], path)
    for name in OWN:
        if name not in takes:
            remedy = f'add `{name}: str = ""` to its parameters cell'
            raise ReportError(f"{path.name} has no parameter {name}; {remedy}")
    return Notebook(path, body, takes)


def checked(notebook: Notebook, given: Mapping[str, str]) -> dict[str, Value]:
    """The given texts as values of the types the notebook takes; raises `UsageError`."""
    return {name: _value(notebook, name, text) for name, text in given.items()}


def parse_parameters(texts: list[str]) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping; raises `UsageError`."""
    given: dict[str, str] = {}
    for text in map(utf8, texts):
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"--param {text}: write NAME=VALUE, for example --param days=30")
        if name in given:
            raise UsageError(f"--param {name}: given twice")
        if name in FIXED:
            raise UsageError(f"--param {name}: use --{name} instead")
        given[name] = value
    return given


def _is_parameters(cell: Mapping[str, Any]) -> bool:
    tags = cell.get("metadata", {}).get("tags", [])
    return cell["cell_type"] == "code" and "parameters" in tags


def _taken(code: str, path: Path) -> dict[str, str]:
    try:
        return _types(ast.parse(code).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = str(error) or "it is nested too deep"
        raise ReportError(
            f"{path.name}: its parameters cell is not valid Python: {reason}"
        ) from error


def _types(statements: list[ast.stmt]) -> dict[str, str]:
    takes = {}
    for statement in statements:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            takes[statement.target.id] = ast.unparse(statement.annotation).split(" ")[0]
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    takes[target.id] = _kind_of(statement.value)
    return takes


def _kind_of(default: ast.expr) -> str:
    return type(default.value).__name__ if isinstance(default, ast.Constant) else "str"


def _value(notebook: Notebook, name: str, text: str) -> Value:
    if name not in notebook.takes:
        known = ", ".join(other for other in notebook.takes if other not in FIXED)
        remedy = f"it has {known}" if known else "it takes none but date and where"
        raise UsageError(f"--param {name}: {notebook.path.name} has no such parameter; {remedy}")
    try:
        return _read(notebook.takes[name], text)
    except (ValueError, UsageError):
        wanted = notebook.text(name)
        raise UsageError(
            f"--param {name}: {text!r} is not {wanted}, as {notebook.path.name} needs"
        ) from None


def _read(kind: str, text: str) -> Value:
    if kind == "int":
        return msgspec.json.decode(text, type=int)
    if kind == "float":
        return msgspec.json.decode(text, type=float)
    if kind == "bool":
        return msgspec.json.decode(text, type=bool)
    if kind == "date":
        return parse_date(text).isoformat()
    return text
