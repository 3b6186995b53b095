"""Pages of a report whose pictures are gone: a sentence at the top, and one in each one's place."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape

from perfkit.reports.page.tags import Attributes, with_tags

_HEADING = re.compile(r"^# .*\n", re.MULTILINE)
_TOPS = [re.compile(tag, re.IGNORECASE) for tag in (r"</h1\s*>", r"<body\b[^>]*>")]
_PICTURE = re.compile(r"!?\[((?:\\.|[^\\\]\n])*)\]\((?:<([^>\n]+)>|([^)\s]+))[^)\n]*\)")

GONE = "(picture removed)"


def note(keep: str) -> str:
    """The sentence at the top of a page; `keep` is that of the configuration, such as 400d."""
    return (
        "The pictures and the executed notebook of this report were removed to save space "
        f"(keep: {keep}). Its figures are all here."
    )


def thinned_markdown(page: str, pictures: Collection[str], keep: str) -> str:
    """The Markdown of a report without those pictures, named as they are in it."""

    def without(match: re.Match[str]) -> str:
        if (match[2] or match[3]) not in pictures:
            return match[0]
        return f"*{match[1].strip()} {GONE}*" if match[1].strip() else f"*{GONE}*"

    def change(tag: str, attributes: Attributes) -> str | None:
        if tag != "img" or attributes.get("src") not in pictures:
            return None
        return f"{escape(attributes.get('alt', ''))} {GONE}".strip()

    heading = _HEADING.search(page)
    top = heading.end() if heading else 0
    rest = with_tags(_PICTURE.sub(without, page[top:]), change).lstrip("\n")
    return f"{page[:top]}\n> {note(keep)}\n\n{rest}".lstrip("\n")


def thinned_html(page: str, pictures: Collection[str], keep: str) -> str:
    """The HTML of a report without pictures, be they inside of it or beside it."""

    def gone(source: str) -> bool:
        return source.startswith("data:") or source in pictures

    def change(tag: str, attributes: Attributes) -> str | None:
        if tag == "source" and gone(attributes.get("srcset", "")):
            return ""
        if tag == "img" and gone(attributes.get("src", "")):
            return f"<em>{escape(attributes.get('alt', ''))} {GONE}</em>".replace("<em> ", "<em>")
        if tag == "a" and attributes.get("href") in pictures:
            return f"<a>{GONE} "  # a link to nowhere is none
        return None

    top = next((found.end() for tag in _TOPS if (found := tag.search(page))), 0)
    quoted = f"\n<blockquote><p>{escape(note(keep))}</p></blockquote>"
    return with_tags(page[:top] + quoted + page[top:], change)
