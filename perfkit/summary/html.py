r"""HTML of the Markdown that perfkit writes.

That is a small part of the language: paragraphs, headings, tables, lists, quotes, bold, code, and
characters escaped with `\`. Colours are those of the page, so it reads well in light and in dark.
"""

from __future__ import annotations

import re
from html import escape, unescape

STYLE = (
    "<style>"
    ".perfkit{color:inherit;background:transparent;font-variant-numeric:tabular-nums;overflow-x:auto}"
    ".perfkit table{border-collapse:collapse;margin:.5em 0;color:inherit;background:transparent;"
    "font-size:inherit}"
    ".perfkit th,.perfkit td{padding:.25em .75em;border:0;text-align:right;color:inherit;"
    "background:transparent;border-bottom:1px solid rgba(128,128,128,.35);white-space:nowrap}"
    ".perfkit th.left,.perfkit td.left{text-align:left;white-space:normal}"
    ".perfkit th{font-weight:600;border-bottom:1px solid rgba(128,128,128,.8)}"
    ".perfkit blockquote{margin:.5em 0;padding-left:.75em;border-left:3px solid "
    "rgba(128,128,128,.8);color:inherit}"
    ".perfkit .note{opacity:.75;font-size:.9em}"
    "</style>"
)

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]*)`")
_HELD = "\ue000{}\ue001"
_HELD_MARKS = re.compile("[\ue000-\ue003]")
_CELL = re.compile(r"(?<!\\)\|")


def html_of(markdown: str, note: str = "") -> str:
    """The HTML; `note` is a line of small text below it."""
    body = "".join(map(_block, re.split(r"\n{2,}", markdown.strip("\n"))))
    last = f'<p class="note">{escape(note)}</p>' if note else ""
    return f'{STYLE}<div class="perfkit">{body}{last}</div>'


def _block(text: str) -> str:
    lines = text.splitlines()
    if not lines:
        return ""
    if lines[0].startswith("| ") and len(lines) > 1 and set(lines[1]) <= set("|:- "):
        return _table(lines)
    if all(line.startswith("- ") for line in lines):
        return f"<ul>{''.join(f'<li>{_inline(line[2:])}</li>' for line in lines)}</ul>"
    if all(line.startswith("> ") for line in lines):
        return f"<blockquote>{'<br>'.join(_inline(line[2:]) for line in lines)}</blockquote>"
    heading = re.fullmatch(r"(#{1,6}) (.*)", lines[0])
    if heading and len(lines) == 1:
        level = len(heading[1])
        return f"<h{level}>{_inline(heading[2])}</h{level}>"
    if len(lines) > 1 and (heading or lines[1].startswith("| ")):
        return _block(lines[0]) + _block("\n".join(lines[1:]))
    return f"<p>{_inline(' '.join(lines))}</p>"


def _table(lines: list[str]) -> str:
    header, rule, *rows = ([cell.strip() for cell in _CELL.split(line)[1:-1]] for line in lines)
    left = [cell.endswith("-") for cell in rule]
    body = "".join(_row("td", row, left) for row in rows)
    return f"<table><thead>{_row('th', header, left)}</thead><tbody>{body}</tbody></table>"


def _row(tag: str, cells: list[str], left: list[bool]) -> str:
    opening = {True: f'<{tag} class="left">', False: f"<{tag}>"}
    shown = (
        f"{opening[to_left]}{_inline(cell)}</{tag}>"
        for cell, to_left in zip(cells, left, strict=True)
    )
    return f"<tr>{''.join(shown)}</tr>"


def _inline(text: str) -> str:
    """Text with bold and code; what is escaped in it means itself."""
    held: list[str] = []

    def hold(html: str) -> str:
        held.append(html)
        return _HELD.format(len(held) - 1)

    text = _HELD_MARKS.sub("", text)
    text = _ESCAPED.sub(lambda found: hold(escape(found[1], quote=False)), text)
    text = _CODE.sub(lambda found: hold(f"<code>{escape(unescape(found[1]))}</code>"), text)
    text = _BOLD.sub("\ue002\\1\ue003", text)
    text = escape(unescape(text), quote=False)
    text = text.replace("\ue002", "<strong>").replace("\ue003", "</strong>")
    for _ in range(2):  # what is held may be in code, which is held itself
        text = re.sub("\ue000([0-9]+)\ue001", lambda found: held[int(found[1])], text)
    return text
