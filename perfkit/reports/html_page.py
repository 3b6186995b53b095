"""Self-contained HTML pages: one file with everything in it, readable on a phone and on paper.

A page has no script and loads nothing, and its security policy makes the browser enforce that:
whatever text a log puts into it, none of it runs.
"""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from perfkit.reports.page.pictures import TYPES

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

STYLE = """\
:root { color-scheme: light; --ink: #1a1a1a; --muted: #5f5f5f; --line: #dcdcdc; --soft: #f5f6f8;
  --good: #0072b2; --bad: #b34700; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem 1.25rem 3rem; max-width: 62rem; color: var(--ink);
  background: #fff; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans",
  sans-serif; -webkit-text-size-adjust: 100%; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0 1rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .2rem;
  border-bottom: 1px solid var(--line); }
a { color: var(--good); }
img { display: block; max-width: 100%; height: auto; margin: .8rem 0; }
blockquote { margin: .8rem 0; padding: .4rem .9rem; border-left: 4px solid #e69f00;
  background: #fdf6e7; }
blockquote p { margin: 0; }
.wide { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .55rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
th { background: var(--soft); font-weight: 600; }
td.figure { white-space: nowrap; }
tr > :first-child { padding-left: .4rem; }
pre { overflow-x: auto; padding: .7rem .9rem; background: var(--soft); font-size: .85rem; }
@media (max-width: 40rem) {
  body { padding: .6rem .8rem 2rem; font-size: 15px; }
  th, td { padding: .25rem .45rem; font-size: .87rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  h2 { break-after: avoid; margin-top: 1.3rem; }
  img, tr, blockquote { break-inside: avoid; }
  .wide { overflow: visible; }
  td.figure { white-space: normal; }
  a { color: inherit; text-decoration: none; }
}
"""

_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_BOLD = re.compile(r"^\*\*(.+?)\*\*", re.MULTILINE)


def html_page(markdown: str, images: Mapping[str, bytes]) -> str:
    """A report's Markdown as a page; its images, by file name, become part of it."""
    titles = [found[1] for pattern in (_TITLE, _BOLD) if (found := pattern.search(markdown))]
    body = _rendered(markdown, images)
    return document(" · ".join(map(_plain_text, titles)) or "Report", body)


def document(title: str, body: str, style: str = "") -> str:
    """A page around a body of HTML."""
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>
{STYLE}{style}</style>
</head>
<body>
{body}</body>
</html>
"""


def _rendered(markdown: str, images: Mapping[str, bytes]) -> str:
    import mistune

    class Renderer(mistune.HTMLRenderer):
        """Shows HTML inside a report's Markdown as text."""

        def text(self, text: str) -> str:
            return _safe(text)

        def inline_html(self, html: str) -> str:
            return _safe(html)

        def block_html(self, html: str) -> str:
            return f"<p>{_safe(html)}</p>\n"

        def image(self, text: str, url: str, title: str | None = None) -> str:
            picture = images.get(url)
            if picture is None:
                return text
            data = b64encode(picture).decode("ascii")
            kind = TYPES.get(url.rpartition(".")[2], "image/png")
            return f'<img src="data:{kind};base64,{data}" alt="{text}">'

    renderer = Renderer(escape=False)
    rendered: Any = mistune.create_markdown(renderer=renderer, plugins=["table"])(markdown)
    text = str(rendered).replace("<table>", '<div class="wide"><table>')
    text = _FIGURE.sub(r'<td class="figure" \1', text)
    return text.replace("</table>", "</table></div>")


_FIGURE = re.compile(r'<td (style="text-align:right">[^<]{1,20}</td>)')
"""A figure with its unit, to be kept on one line."""

_ENTITY = re.compile(r"&amp;(lt|gt|amp|quot|#39);")


def _safe(text: str) -> str:
    """HTML-escaped; what is escaped already is not escaped twice."""
    return _ENTITY.sub(r"&\1;", html.escape(text))


def _plain_text(markdown: str) -> str:
    return html.unescape(re.sub(r"\\(.)", r"\1", markdown))
