"""Tags of a page of HTML: changed one by one, while everything else stays as it is, to the byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html.parser import HTMLParser

Attributes = Mapping[str, str]


def with_tags(page: str, change: Callable[[str, Attributes], str | None]) -> str:
    """The page, where `change` gives the text that replaces a start tag, or None to leave it.

    >>> with_tags("<p><img src='a'></p>", lambda tag, _: "x" if tag == "img" else None)
    '<p>x</p>'
    """
    return _Rewriter(page, change).text


class _Rewriter(HTMLParser):
    """Copies a page from tag to tag."""

    def __init__(self, page: str, change: Callable[[str, Attributes], str | None]) -> None:
        super().__init__(convert_charrefs=False)
        self.text = ""
        self._page = page
        self._change = change
        self._copied = 0
        self._lines = [0]
        for line in page.split("\n"):  # what the parser counts
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.feed(page)
        self.close()
        self.text += page[self._copied :]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        replacement = self._change(tag, {name: value or "" for name, value in attrs})
        if replacement is None:
            return
        line, column = self.getpos()
        start = self._lines[line - 1] + column
        self.text += self._page[self._copied : start] + replacement
        self._copied = start + len(self.get_starttag_text() or "")
