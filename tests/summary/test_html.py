"""HTML of the Markdown that perfkit writes: the same as another implementation makes of it."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from perfkit.core.formatting import escaped, table
from perfkit.summary.html import html_of


class Seen(HTMLParser):
    """Elements and texts in order; white space is one blank."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.skipped = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.skipped += tag == "style"
        self.found += [f"<{tag}>"] if tag not in ("div", "style", "br") else []

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag == "style"
        self.found += [f"</{tag}>"] if tag not in ("div", "style") else []

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.skipped:
            if self.found and not self.found[-1].startswith("<"):
                self.found[-1] += data
            else:
                self.found.append(f"text {data}")  # text may look like a tag

    @property
    def what(self) -> list[str]:
        return [" ".join(one.split()) if one[0] != "<" else one for one in self.found]


def other(markdown: str) -> list[str]:
    html = MarkdownIt("commonmark").enable("table").render(markdown)
    found = Seen(html).what
    # A quote or a list item of one line has no paragraph of its own here.
    return [
        one
        for n, one in enumerate(found)
        if not (one == "<p>" and found[n - 1] in ("<blockquote>", "<li>"))
        and not (one == "</p>" and found[n + 1 : n + 2] in (["</blockquote>"], ["</li>"]))
    ]


@pytest.mark.parametrize(
    "markdown",
    [
        "**Week 2026-W15**: 2026-04-06 to 2026-04-12 where symbol = BTC\n",
        "Net P&L **+1.50 USD** from 3 trades: 2 won, 1 lost.\n",
        "### Targets\n\nNo targets are set in `config/perfkit.yaml`.\n",
        "> Partial: 2 expected days without a log file.\n\n> 1 line could not be read.\n",
        "New alerts:\n\n- 2026-04-08 warning **win-rate** (BTC): too low\n- another\n",
        table(["Strategy", "Net P&L"], [["breakout", "+1.00"], ["", "**missed**"]]),
        "text\n\n" + table(["", "Now"], [["a\\|b", "–"]], left=0) + "\nmore\n",
        "a \\*star\\* and \\_under\\_ &lt;b&gt; &amp;amp; \\`x\\`\n",
    ],
)
def test_markdown_that_perfkit_writes_is_the_same_elsewhere(markdown: str) -> None:
    assert Seen(html_of(markdown)).what == other(markdown)


@given(st.lists(st.text(max_size=15), min_size=1, max_size=4))
def test_name_from_a_log_is_shown_as_it_is_and_never_markup(names: list[str]) -> None:
    shown = [escaped(name) or "(none)" for name in names]
    markdown = (
        table(["Symbol", "n"], [[name, "1"] for name in shown]) + "\n**of** " + shown[0] + "\n"
    )
    assert Seen(html_of(markdown)).what == other(markdown)
    cells = [one for one in Seen(html_of(markdown)).what if one.startswith("<")]
    assert {one.strip("</>") for one in cells} == {
        "p",
        "strong",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }


def test_numbers_are_to_the_right_and_names_to_the_left() -> None:
    html = html_of(table(["Symbol", "n"], [["BTC", "1"]]))
    assert '<th class="left">Symbol</th><th>n</th>' in html
    assert '<td class="left">BTC</td><td>1</td>' in html


def test_note_is_below() -> None:
    assert html_of("text\n", "Data up to <now>.").endswith(
        '<p>text</p><p class="note">Data up to &lt;now&gt;.</p></div>'
    )
