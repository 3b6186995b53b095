"""The text of a Markdown cell, whose author may have mixed HTML into it, as Markdown alone.

JupyterLab shows `<br>`, `<b>`, `<img>`, a centred picture or a table. A page has no HTML from
outside, so these are written in Markdown. Code is left as it is, and so is any other HTML: the page
shows it as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from perfkit.reports.page.html_text import html_text
from perfkit.reports.page.pictures import Pictures, alt_text

_CODE = re.compile(
    r"(^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<tick>`+)(?!`)[^\n]{1,2000}?(?<!`)(?P=tick)(?!`))",
    re.MULTILINE | re.DOTALL,
)
"""A fenced block, or code within a line."""

_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~"}
_WITHIN = r"((?:(?!\n\s*\n|</?{0}\b).)*?)"
_ATTRIBUTE = r"""\b{0}\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))"""


def _spans(tag: str) -> re.Pattern[str]:
    return re.compile(
        rf"<{tag}\s*>\s*{_WITHIN.format(tag)}\s*</{tag}\s*>", re.IGNORECASE | re.DOTALL
    )


def _heading(level: int) -> re.Pattern[str]:
    inside = rf"((?:(?!<h{level}\b)[^\n])*?)"
    return re.compile(rf"<h{level}\b[^<>]*>\s*{inside}\s*</h{level}\s*>", re.IGNORECASE)


def _attribute(name: str, tag: str) -> str:
    found = re.search(_ATTRIBUTE.format(name), tag, re.IGNORECASE)
    return next(filter(None, found.groups()), "").strip() if found else ""


def _picture(found: re.Match[str]) -> str:
    source = _attribute("src", found[0])
    if not source:
        return found[0]
    return f"![{alt_text(_attribute('alt', found[0]))}](<{source}>)"


def _link(found: re.Match[str]) -> str:
    target = _attribute("href", found[1])
    return f"[{found[2]}](<{target}>)" if target else found[2]


def _listed(found: re.Match[str]) -> str:
    return f"\n\n{html_text(found[0], Pictures()).markdown}\n\n"


def _break(found: re.Match[str]) -> str:
    """The end of a line; in a row of a table, a space."""
    line = found.string[found.string.rfind("\n", 0, found.start()) + 1 : found.start()]
    return " " if line.lstrip().startswith("|") else "  \n"


_CHANGES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL), ""),
    (
        re.compile(r"<(table|ul|ol)\b[^<>]*>(?:(?!<\1\b).)*?</\1\s*>", re.IGNORECASE | re.DOTALL),
        _listed,
    ),
    (re.compile(r"<img\b[^<>]*>", re.IGNORECASE), _picture),
    (re.compile(rf"<a\b([^<>]*)>{_WITHIN.format('a')}</a\s*>", re.IGNORECASE | re.DOTALL), _link),
    *((_spans(tag), rf"{mark}\1{mark}") for tag, mark in _MARKS.items()),
    *((_heading(level), f"\n\n{'#' * level} \\1\n\n") for level in range(1, 7)),
    (
        re.compile(r"<summary\b[^<>]*>\s*([^\n]*?)\s*</summary\s*>", re.IGNORECASE),
        r"\n\n**\1**\n\n",
    ),
    (re.compile(r"</?(?:div|p|center|details|section)\b[^<>]*>", re.IGNORECASE), "\n\n"),
    (re.compile(r"<hr\s*/?>", re.IGNORECASE), "\n\n---\n\n"),
    (re.compile(r"<br\s*/?>[ \t]*\n?", re.IGNORECASE), _break),
    (re.compile(r"</?(?:span|font|u|small|big|mark|sub|sup|nobr)\b[^<>]*>", re.IGNORECASE), ""),
)


def author_text(source: str) -> str:
    """The text as Markdown, without the HTML that Markdown has other words for."""
    if "<" not in source:
        return source
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\x02{len(kept) - 1}\x03"

    text = _CODE.sub(keep, source.replace("\x02", "").replace("\x03", ""))
    for pattern, instead in _CHANGES:
        text = pattern.sub(instead, text)
    if not kept and text == source:
        return source
    return re.sub("\x02(\\d+)\x03", lambda found: kept[int(found[1])], text)
