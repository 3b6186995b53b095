"""Pages whose pictures are gone."""

from perfkit.reports.html_page import as_html, document
from perfkit.reports.keeping.thinned import thinned_html, thinned_markdown
from tests.reportkit import Texts, tokens

PAGE = """\
# Daily report

**Thursday, 2025-10-09**

![Equity, a\\[1\\]: up 5 USD](equity.png)

[the table](figure_1.pdf) and ![](odd.png "title") ![elsewhere](https://example.com/x.png)

<img src="by_symbol.png" alt="By symbol">

| a | b |
| - | - |
| 1 | [link](equity.png.txt) |
"""
PICTURES = {"equity.png", "figure_1.pdf", "odd.png", "by_symbol.png"}
NOTE = (
    "The pictures and the executed notebook of this report were removed to save space "
    "(keep: 400d). Its figures are all here."
)


def test_markdown_says_so_at_the_top_and_in_the_place_of_each_picture() -> None:
    assert (
        thinned_markdown(PAGE, PICTURES, "400d")
        == f"""\
# Daily report

> {NOTE}

**Thursday, 2025-10-09**

*Equity, a\\[1\\]: up 5 USD (picture removed)*

*the table (picture removed)* and *(picture removed)* ![elsewhere](https://example.com/x.png)

By symbol (picture removed)

| a | b |
| - | - |
| 1 | [link](equity.png.txt) |
"""
    )


def test_markdown_refers_to_none_of_the_pictures_any_more() -> None:
    thinned = thinned_markdown(PAGE, PICTURES, "400d")
    found = {one.attrs.get("src") or one.attrs.get("href") for one in tokens(thinned)} - {None}
    assert found == {"https://example.com/x.png", "equity.png.txt"}


def test_page_without_a_heading_begins_with_the_sentence() -> None:
    assert thinned_markdown("text\n", (), "30d").startswith("> The pictures and the executed")


def test_html_has_the_sentence_below_its_title_and_no_picture() -> None:
    images = dict.fromkeys(PICTURES, b"\x89PNG")
    page = document("Daily", as_html(PAGE, images, ["equity.png"]))
    thinned = thinned_html(page, PICTURES, "400d")
    assert "data:image" in page
    assert "data:image" not in thinned
    assert "<img" not in thinned
    assert "href" not in thinned.partition("</h1>")[2].partition("<table>")[0]
    text = " ".join(Texts(thinned).text.split())
    assert f"Daily report {NOTE} Thursday, 2025-10-09" in text
    assert "Equity, a[1]: up 5 USD (picture removed)" in text
    assert text.count("up 5 USD") == 1


def test_html_keeps_pictures_of_other_places_and_drops_variants_of_its_own() -> None:
    page = (
        '<body><picture><source srcset="data:image/png;base64,AA"><source srcset="dark.png">'
        '<img alt="A" src="light.png"></picture><img src="https://example.com/logo.png">'
    )
    assert thinned_html(page, {"light.png", "dark.png"}, "9d").partition("</blockquote>")[2] == (
        '<picture><em>A (picture removed)</em></picture><img src="https://example.com/logo.png">'
    )
