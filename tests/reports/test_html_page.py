"""HTML made of a report's Markdown."""

from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.formatting import escaped, plain
from perfkit.reports import html_page
from tests.reportkit import Texts


class TestPages:
    """HTML made of a report's Markdown."""

    @given(st.text(max_size=70))
    def test_any_name_comes_through_as_plain_text(self, name: str) -> None:
        markdown = f"# Day\n\n| a | b |\n| :-- | --: |\n| {escaped(name)} | end |\n"
        texts = Texts(html_page.html_page(markdown, {}))
        assert texts.tags.count("td") == 2
        assert not {"script", "a", "img", "em", "strong", "code"} & set(texts.tags)
        shown = " ".join(plain(name).split())
        assert shown in " ".join(texts.text.split())

    def test_html_in_the_markdown_is_text_and_a_picture_it_has_not_is_its_description(self) -> None:
        text = "**Day**\n\n<script>alert(1)</script>\n\na <b>c</b>\n\n![what](x.png)\n"
        texts = Texts(html_page.html_page(text, {"y.png": b""}))
        assert "script" not in texts.tags
        assert "b" not in texts.tags
        assert "img" not in texts.tags
        for said in ("<script>alert(1)</script>", "a <b>c</b>", "what"):
            assert said in texts.text

    def test_title_is_that_of_the_report(self) -> None:
        assert "<title>Daily report · Thu\\ &lt;1&gt;</title>" not in html_page.html_page("x", {})
        text = "# Daily report\n\n**Thu &lt;1&gt;** where a\n"
        assert "<title>Daily report · Thu &lt;1&gt;</title>" in html_page.html_page(text, {})
        assert "<title>Report</title>" in html_page.html_page("x", {})
