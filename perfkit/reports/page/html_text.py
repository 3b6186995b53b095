"""HTML that a cell shows as Markdown: tables, headings, lists, paragraphs and pictures.

Its texts are escaped, so that nothing in them becomes markup. What a page cannot show, such as a
script, a video or a button, is named, and the page says so in its place.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from html import escape
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes

from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import escaped
from perfkit.reports.page.pictures import EXTENSIONS, Pictures, alt_text
from perfkit.reports.page.printed import block
from perfkit.reports.page.tables import TableReader

LONGEST_TEXT = 10_000
"""Characters of a text between two tags that a page shows."""

DEEPEST = 10
"""How deep a list in a list is set to the right."""

INTERACTIVE = "interactive content"
COLOURS = "colours and bars of a table"

_LEFT_OUT = {
    "script": INTERACTIVE,
    "iframe": "an embedded page",
    "embed": "embedded content",
    "object": "embedded content",
    "video": "a video",
    "audio": "a sound",
    "canvas": INTERACTIVE,
    "button": "a button",
    "select": "an input field",
    "input": "an input field",
    "textarea": "an input field",
}
"""What a page cannot show, in words, by its tag."""

_SILENT = frozenset(
    re.findall(
        r"\w+",
        "script style head template noscript iframe object video audio canvas select textarea",
    )
)
"""Elements whose content is not text of the page."""

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote center details dd div dl dt fieldset figcaption "
        "figure footer form header hr li main nav ol p pre section summary ul h1 h2 h3 h4 "
        "h5 h6 body html ",
    )
)
_SPANS = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~"}
_MARKS = frozenset(_SPANS.values())
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "area base br col embed hr img input link meta source track wbr ",
    )
)
_STYLER_RULE = re.compile(r"#T_\w{1,99}[^{}]{0,999}\{[^{}]{0,999}(?:color|background)")


class HtmlText(NamedTuple):
    """Markdown, and what of the HTML it could not show."""

    markdown: str
    left_out: tuple[str, ...]


def html_text(html: str, pictures: Pictures) -> HtmlText:
    """A piece of HTML as Markdown; pictures in it are added to those of the page."""
    reader = _Reader(pictures)
    reader.feed(html)
    reader.close()
    return reader.result()


class _Reader(HTMLParser):
    def __init__(self, pictures: Pictures) -> None:
        super().__init__(convert_charrefs=True)
        self._pictures = pictures
        self._parts: list[str] = []
        self._line: list[str] = []
        self._left_out: dict[str, None] = {}
        self._silent: list[str] = []
        self._style: list[str] = []
        self._svg: list[str] = []
        self._svg_open: list[str] = []
        self._pre: list[str] | None = None
        self._lists: list[str] = []
        self._links: list[str] = []
        self._prefix = ""
        self._table: TableReader | None = None

    def result(self) -> HtmlText:
        """What was read."""
        if self._svg:
            self._end_svg()
        self._end_table()
        self._end_block()
        if _STYLER_RULE.search("".join(self._style)):
            self._left_out.setdefault(COLOURS)
        return HtmlText("\n\n".join(self._parts), tuple(self._left_out))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._svg_open or tag == "svg":
            written = self.get_starttag_text() or ""
            self._svg.append(written)
            self._svg_open.append(written[1:].split()[0].rstrip("/>"))
            return
        if tag in _LEFT_OUT and given.get("type") != "hidden":
            self._left_out.setdefault(_LEFT_OUT[tag])
        if tag in _SILENT:
            self._silent.append(tag)
        if self._silent:
            return
        if self._table is not None or tag == "table":
            self._in_table(tag, given)
        else:
            self._start(tag, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._svg_open:
            self._svg.append(self.get_starttag_text() or "")
            return
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._svg_open:
            self._svg.append(f"</{self._svg_open.pop()}>")
            if not self._svg_open:
                self._end_svg()
        elif self._silent:
            if tag == self._silent[-1]:
                self._silent.pop()
        elif self._table is not None:
            if tag == "table" and self._table.end_table():
                self._end_table()
            elif tag != "table":
                self._table.end(tag)
        else:
            self._end(tag)

    def handle_data(self, data: str) -> None:
        if self._svg_open:
            self._svg.append(escape(data))
        elif self._silent:
            if self._silent[-1] == "style":
                self._style.append(data)
        elif self._table is not None:
            self._table.text(data)
        elif self._pre is not None:
            self._pre.append(data)
        else:
            text = _spaced(data)
            last = self._line[-1] if self._line else ""
            if text.startswith(" ") and last in _MARKS and self._line.count(last) % 2:
                self._line.insert(-1, " ")  # white space at the start of bold text goes before it
                text = text.lstrip()
            self._line.append(text)

    def _in_table(self, tag: str, given: dict[str, str]) -> None:
        if self._table is None:
            self._end_block()
            self._table = TableReader()
        if tag == "img":
            self._table.text(f" {given.get('alt', '')} ")
            self._left_out.setdefault("a picture in a table")
        else:
            self._table.start(tag, given)

    def _end_table(self) -> None:
        if self._table is not None:
            self._parts += self._table.markdown()
        self._table = None

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "br":
            self._line.append("  \n")
        elif tag == "img":
            self._picture(given)
        elif tag in ("progress", "meter"):
            self._line.append(escaped(f"{given.get('value', '?')}/{given.get('max', '1')}"))
        elif tag == "a":
            self._links.append(given.get("href", ""))
            self._line.append("[" if _leads_on(self._links[-1]) else "")
        elif tag in _SPANS:
            self._line.append(_SPANS[tag])
        elif tag == "pre":
            self._end_block()
            self._pre = []
        elif tag in _BLOCKS:
            self._end_block()
            self._start_block(tag)

    def _start_block(self, tag: str) -> None:
        if tag == "hr":
            self._parts.append("---")
        elif tag in ("ul", "ol"):
            self._lists.append(tag)
        elif tag == "li":
            kind = self._lists[-1] if self._lists else "ul"
            self._prefix = "  " * max(min(len(self._lists), DEEPEST) - 1, 0) + (
                "1. " if kind == "ol" else "- "
            )
        elif tag == "blockquote":
            self._prefix = "> "
        elif tag[0] == "h" and tag[1:].isdigit():
            self._prefix = "#" * int(tag[1:]) + " "

    def _end(self, tag: str) -> None:
        if tag == "a" and self._links:
            link = self._links.pop()
            self._line.append(f"]({link})" if _leads_on(link) else "")
        elif tag in _SPANS:
            self._end_span(_SPANS[tag])
        elif tag == "pre" and self._pre is not None:
            self._parts += filter(None, [block("".join(self._pre))])
            self._pre = None
        elif tag in _BLOCKS:
            self._end_block()
            self._prefix = ""
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()

    def _end_span(self, mark: str) -> None:
        """Puts white space before the end of bold text behind it, where Markdown wants it.

        Bold text without a word in it, such as an icon, is left out.
        """
        inside = next((n for n, part in enumerate(reversed(self._line)) if part.strip()), None)
        if inside is not None and self._line[-1 - inside] == mark and self._is_open(mark):
            del self._line[-1 - inside]
            return
        last = self._line[-1] if self._line else ""
        if last.endswith(" ") and last.strip():
            self._line[-1:] = [last.rstrip(), mark, " "]
        else:
            self._line.append(mark)

    def _is_open(self, mark: str) -> bool:
        return self._line.count(mark) % 2 == 1

    def _end_block(self) -> None:
        """Ends a paragraph, a heading or an entry of a list."""
        if not self._line:
            return
        for mark in sorted(_MARKS):
            if self._line.count(mark) % 2:  # bold text that goes on in the next paragraph
                self._line = [part for part in self._line if part != mark]
        text = _tidy("".join(self._line))
        self._line.clear()
        if text:
            self._parts.append(self._prefix + _not_a_list(text))
            self._prefix = ""

    def _picture(self, given: dict[str, str]) -> None:
        source, alt = given.get("src", ""), given.get("alt", "")
        found = _of_data(source)
        if found is not None:
            self._line.append(f"![{alt_text(alt)}]({self._pictures.add(*found)})")
        elif _leads_on(source):
            self._line.append(f"[{escaped(alt or 'picture')}]({source})")
            self._left_out.setdefault("a picture that is elsewhere")
        else:
            self._line.append(escaped(alt))
            self._left_out.setdefault(f"the picture {source or 'without a source'}")

    def _end_svg(self) -> None:
        source = "".join(self._svg)
        self._svg.clear()
        if "xmlns=" not in source.partition(">")[0]:
            source = source.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        if self._table is None and not self._silent:
            self._line.append(f"![]({self._pictures.add(source.encode(), 'svg')})")


def _spaced(text: str) -> str:
    """Text of one line, escaped; white space at its ends separates it from its neighbours."""
    body = " ".join(text.split())
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and body else ""
    return f"{before}{escaped(body, LONGEST_TEXT)}{after}"


def _tidy(text: str) -> str:
    """A paragraph without blank lines in it and marks around nothing."""
    for mark in ("****", "~~~~"):
        text = text.replace(mark, "")
    lines = [line.strip() + ("  " if line.endswith("  ") else "") for line in text.split("\n")]
    return "\n".join(line for line in lines if line.strip()).strip()


def _not_a_list(text: str) -> str:
    """A paragraph that Markdown would take for a list or a rule, escaped."""
    return re.sub(r"^(\d{1,9})([.)])", r"\1\\\2", re.sub(r"^([-=])", r"\\\1", text))


def _leads_on(link: str) -> bool:
    """Whether a link is to an address that is safe to show: not a script, not a file nearby."""
    safe = link.isascii() and link.isprintable() and not set(link) & set(" ()<>\\`|[]")
    return safe and link.lower().startswith(("http://", "https://", "mailto:"))


def _of_data(source: str) -> tuple[bytes, str] | None:
    """Bytes and extension of a picture that is written into the page as a data URI."""
    head, comma, body = source.partition(",")
    if not comma or not head.startswith("data:image/"):
        return None
    kind, *more = head.removeprefix("data:").split(";")
    if kind not in EXTENSIONS:
        return None
    try:
        content = b64decode(body, validate=False) if "base64" in more else unquote_to_bytes(body)
    except (Error, ValueError):
        return None
    return content, EXTENSIONS[kind]
