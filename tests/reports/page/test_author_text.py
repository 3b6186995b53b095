"""HTML that an author wrote into a Markdown cell."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.reports.page.author_text import author_text


def words(text: str) -> str:
    """The text with one blank line at a time."""
    parts = [part.strip("\n") for part in text.split("\n\n")]
    return "\n\n".join(filter(None, parts))


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        pytest.param("a <b>x</b>, <em> y </em> <S>z</S>", "a **x**, *y* ~~z~~", id="spans"),
        pytest.param("one<br>two<br/>\nthree", "one  \ntwo  \nthree", id="breaks"),
        pytest.param("| a<br>b |\n| - |", "| a b |\n| - |", id="break in a table"),
        pytest.param(
            '<div align="center">\n<img src="a.png" width="9" alt="My *logo*">\n</div>',
            "![My \\*logo\\*](<a.png>)",
            id="centred picture",
        ),
        pytest.param("<img src=a.png alt='x y'>", "![x y](<a.png>)", id="picture"),
        pytest.param('a <a href="https://x.y/z">b</a>', "a [b](<https://x.y/z>)", id="link"),
        pytest.param('a <a name="top">b</a>', "a b", id="place of a link"),
        pytest.param("<h2 class=x>Ours</h2>text", "## Ours\n\ntext", id="heading"),
        pytest.param('<span style="color:red">hot</span> H<sub>2</sub>', "hot H2", id="colour"),
        pytest.param("a <!-- not\n\nthis --> b", "a  b", id="comment"),
        pytest.param("<ul><li>a<li>b</ul>", "- a\n\n- b", id="list"),
        pytest.param("<table><tr><th>k<tr><td>1</table>", "| k |\n| :-- |\n| 1 |", id="table"),
        pytest.param(
            "<details><summary>More</summary>\n\n*in*\n\n</details>", "**More**\n\n*in*", id="fold"
        ),
        pytest.param("<script>alert(1)</script>", "<script>alert(1)</script>", id="script"),
        pytest.param("a < b > c <b>open", "a < b > c <b>open", id="nothing to change"),
        pytest.param("<https://x.y>", "<https://x.y>", id="address"),
        pytest.param("`<b>a</b>` <b>c</b>", "`<b>a</b>` **c**", id="code in a line"),
        pytest.param("```\n<br>\n```\n<br>x", "```\n<br>\n```\n  \nx", id="block of code"),
    ],
)
def test_html_becomes_markdown(source: str, wanted: str) -> None:
    assert words(author_text(source)) == words(wanted)


@given(st.text(alphabet="ab <>/`*|\n!-", max_size=60))
def test_text_without_html_is_left_as_it_is(text: str) -> None:
    if "<" not in text:
        assert author_text(text) == text
    assert not {"\x02", "\x03"} & set(author_text(text))


@pytest.mark.parametrize(
    "piece", ["<b>", "<a ", "<a>", "<!--", "` <", "`<", "<ul>", "<h1>", "<img ", "<table>x</ul"]
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    started = time.process_time()
    author_text(piece * 20_000)
    assert time.process_time() - started < 2
