"""The parameters of a notebook, read from its parameters cell, and values checked against them.

The cell is Python, but it is only parsed, never run: `days: int = 30` takes a whole number, `date:
str = ""` takes text. A name without an annotation has the type of its default.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from perfkit.core.calendar import parse_date
from perfkit.core.errors import LogReadError, ReportError, UsageError
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import utf8
from perfkit.reports.published import KINDS, NOT_JSON

Value = str | int | float | bool

FIXED = ("date", "where", "root")
"""Parameters that have their own options."""

MAY_RAISE = "raises-exception"
"""The tag of a cell whose exception is part of what it shows; the cells below it run as well."""

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
    beside: tuple[tuple[str, str], ...] = ()
    """The files of its folder that it names, each with the SHA-256 of its content."""

    def text(self, name: str) -> str:
        """The type of a parameter, in words."""
        return _KINDS.get(self.takes[name], "text")


def read_notebook(path: Path) -> Notebook:
    """The notebook at that path; raises `LogReadError` or `ReportError` if it is not usable."""
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        remedy = "copy it back from `perfkit init DIR`"
        if path.stem not in KINDS:
            remedy = f"write it, or run `perfkit new-report {path.stem}`"
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
            f"{path.name} has no parameters cell; begin it with a code cell that has the tag "
            '`parameters` and the line `date: str = ""`'
        )
    takes = _taken(codes[0], path)
    if "date" not in takes:
        remedy = 'add `date: str = ""` to its parameters cell'
        raise ReportError(f"{path.name} has no parameter date; {remedy}")
    return Notebook(path, body, takes, _beside(path, body))


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


def _beside(path: Path, body: bytes) -> tuple[tuple[str, str], ...]:
    """The modules, pictures and data in the folder of a notebook whose names are in its text."""
    found = []
    for file in sorted(path.parent.glob("[!.]*")):
        name = file.stem if file.suffix == ".py" else file.name
        if file.suffix == ".ipynb" or name.encode() not in body or not file.is_file():
            continue
        with contextlib.suppress(OSError):
            found.append((file.name, hashlib.sha256(file.read_bytes()).hexdigest()))
    return tuple(found)


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
        own = [other for other in notebook.takes if other not in FIXED]
        close = get_close_matches(name, own, 1)
        remedy = f"it has {', '.join(own)}" if own else "it takes none but date and where"
        if close:
            remedy = f"did you mean {close[0]}?"
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
