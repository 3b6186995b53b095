"""What cells print, as a terminal would leave it, and without what differs from run to run.

A progress bar goes back to the start of its line with each step, so only its last state stays. The
time it took, the address of an object in memory and the path of a temporary file are different in
each run; they are left out, so that equal figures give equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from perfkit.core.formatting import plain

LONGEST_LINE = 2_000
"""Characters of a printed line that a page shows."""
MOST_LINES = 1_000
"""Printed lines that a page shows of one output: the first and the last."""

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
_UP = re.compile(r"\x1b\[[0-9]{0,3}A")
_FENCES = re.compile("`+")

_PATH = r"(?<![^\s\"'(<])[^\s\"'(<]{0,300}"
"""The start of a path: looked for only where a word starts, which takes no longer on long lines."""

_OF_THE_RUN = (  # each has a limit: a line may have millions of characters
    # `<Line2D at 0x7f0a1b2c3d4e>`, and `<function f at 0x...>`
    (" at 0x", re.compile(r"\b(at|object at) 0x[0-9a-f]{6,16}\b"), r"\1 0x…"),
    # `ipykernel_4711/123.py:3: UserWarning: ...` is a line of the cell
    ("ipykernel_", re.compile(_PATH + r"ipykernel_\d+/\d+\.py"), "cell"),
    ("-packages/", re.compile(_PATH + r"/(?:site|dist)-packages/"), ""),
    # `100%|██████████| 5/5 [00:01<00:00,  4.20it/s]`
    (
        "[",
        re.compile(
            r" ?\[[\d:]{4,9}<[\d:?]{1,9},[^\]\n]{0,80}\]|(?<=it) ?\[[\d:]{4,9},[^\]\n]{0,80}\]"
        ),
        "",
    ),
)


def merged(outputs: Iterable[Any]) -> list[Any]:
    """The outputs of a cell; what it printed in one go is one output, as in JupyterLab."""
    found: list[Any] = []
    for output in outputs:
        before = found[-1] if found else None
        if (
            before is not None
            and output["output_type"] == "stream" == before["output_type"]
            and output["name"] == before["name"]
        ):
            found[-1] = {**before, "text": _text(before) + _text(output)}
        else:
            found.append(output)
    return found


def _text(output: Any) -> str:
    text = output["text"]
    return text if isinstance(text, str) else "".join(text)


def as_left(text: str) -> str:
    r"""Printed text as a terminal leaves it: without colours, and each `\r` and `\b` done.

    `"50 %\r100 %\n"` leaves `"100 %\n"`, `"abc\rX"` leaves `"Xbc"`, `"ab\bc"` leaves `"ac"`.
    Bars below each other go up to their own lines: `"a\nb\x1b[A\rc"` leaves `"c\nb"`.
    """
    if _UP.search(text):
        text = _in_their_lines(text)
    text = _ANSI.sub("", text)
    if "\r" not in text and "\b" not in text:
        return text
    return "\n".join(map(_line_as_left, text.replace("\r\n", "\n").split("\n")))


def _in_their_lines(text: str) -> str:
    """The text with what was written after going up added to the line it went to."""
    lines: list[list[str]] = [[]]
    row = 0
    for part in re.split(f"(\n|{_UP.pattern})", text.replace("\r\n", "\n")):
        if part == "\n":
            row += 1
            if row == len(lines):
                lines.append([])
            else:
                lines[row].append("\r")
        elif part.endswith("A") and _UP.fullmatch(part):
            row = max(0, row - int(part[2:-1] or 1))
        else:
            lines[row].append(part)
    return "\n".join(map("".join, lines))


def _line_as_left(line: str) -> str:
    if "\b" in line:
        kept: list[str] = []
        for char in line:
            if char != "\b":
                kept.append(char)
            elif kept and kept[-1] != "\r":
                kept.pop()
        line = "".join(kept)
    left = ""
    for part in line.split("\r"):
        left = part + left[len(part) :]
    return left


def of_any_run(text: str) -> str:
    """The text without addresses, paths and times that differ from run to run."""
    for there, pattern, instead in _OF_THE_RUN:
        if there in text:
            text = pattern.sub(instead, text)
    return text


def block(text: str, longest: int = LONGEST_LINE) -> str:
    """Text as a block of Markdown in which nothing is markup; empty for blank text.

    Of more than `MOST_LINES` lines it has the first and the last, and says how many are left out.
    """
    lines = [plain(line.expandtabs(4), longest) for line in as_left(text).splitlines()]
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        return ""
    if len(lines) > MOST_LINES:
        left_out = len(lines) - MOST_LINES
        half = MOST_LINES // 2
        said = f"… {left_out:,} lines are left out here; report.ipynb has them …"
        lines = [*lines[:half], said, *lines[-half:]]
    body = "\n".join(lines)
    fence = "`" * max(3, 1 + max(map(len, _FENCES.findall(body)), default=0))
    return f"{fence}\n{body}\n{fence}"
