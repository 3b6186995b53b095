"""HTML made of a report's Markdown."""

import pytest
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
        texts = Texts(html_page.as_html(markdown, {}))
        assert texts.tags.count("td") == 2
        assert not {"script", "a", "img", "em", "strong", "code"} & set(texts.tags)
        shown = " ".join(plain(name).split())
        assert shown in " ".join(texts.text.split())

    def test_html_in_the_markdown_is_text_and_a_picture_it_has_not_is_its_description(self) -> None:
        text = "**Day**\n\n<script>alert(1)</script>\n\na <b>c</b>\n\n![what](x.png)\n"
        texts = Texts(html_page.as_html(text, {"y.png": b""}))
        assert "script" not in texts.tags
        assert "b" not in texts.tags
        assert "img" not in texts.tags
        for said in ("<script>alert(1)</script>", "a <b>c</b>", "what"):
            assert said in texts.text

    def test_title_is_that_of_the_report(self) -> None:
        text = "# Daily report\n\n**Thu &lt;1&gt;** where a\n"
        assert html_page.title_of(text) == "Daily report · Thu <1>"
        assert html_page.title_of("# My *own* \\*day\\* `x`") == "My own *day* x"
        assert html_page.title_of("x") == "Report"
        assert "<title>a &lt;b&gt;</title>" in html_page.document("a <b>", "")


class TestNarrowScreens:
    """No figure is broken over two lines; what is too wide is in a frame that can be scrolled."""

    @pytest.mark.parametrize(
        "figure",
        [
            "+1,234.50 USD",
            "-108.71 USD",
            "\u2212108.71 USD",
            "57.9 %",
            "0.15 R",
            "2025-10-09",
            "2025-10-09 16:03:42 UTC",
            "2025-W41",
            "44 min",
            "3 h",
        ],
    )
    def test_figure_with_its_unit_is_one_piece(self, figure: str) -> None:
        body = html_page.as_html(f"Net P&L {figure}, and (so)\n", {})
        assert f'<span class="figure">{figure}</span>' in body

    @pytest.mark.parametrize("text", ["19 trades", "x-1 y", "&#x27;1 A&#39;", "A1 USD", "v2 R"])
    def test_other_text_stays_as_it_is(self, text: str) -> None:
        assert "figure" not in html_page.as_html(text, {})

    @given(st.text(max_size=70))
    def test_whatever_is_kept_together_the_text_is_the_same(self, text: str) -> None:
        shown = escaped(text)
        plain_text = Texts(html_page.as_html(f"| a |\n| :-- |\n| {shown} |\n", {})).text
        assert " ".join(plain(text).split()) in " ".join(plain_text.split())

    def test_table_is_in_a_frame_and_its_cells_say_what_they_are(self) -> None:
        table = (
            "| a | b |\n| :-- | --: |\n| name | 1 of 2 |\n| of a | a long text of many words |\n"
        )
        body = html_page.as_html(table, {})
        assert '<div class="wide"><table>' in body
        assert "</table></div>" in body
        assert '<td class="figure" style="text-align:right">1 of 2</td>' in body
        assert '<td class="text" style="text-align:right">a long' in body
        assert '<td style="text-align:left">name</td>' in body

    @pytest.mark.parametrize(
        "amount",
        ["-108.71 USD", "-8", "-0.4 %", "**-903.59 USD**", "-7.8 points", "at least -8.0 %"],
    )
    def test_an_amount_that_stands_alone_has_a_true_minus(self, amount: str) -> None:
        body = html_page.as_html(f"| a |\n| --: |\n| {amount} |\n", {})
        assert Texts(body).text.split()[1:] == amount.strip("*").replace("-", "−").split()

    @pytest.mark.parametrize("text", ["-v2", "- 1", "long -1 USD", "-1 of 2"])
    def test_a_name_with_a_hyphen_stays_literal(self, text: str) -> None:
        body = html_page.as_html(f"| a |\n| --: |\n| {text} |\n", {})
        assert Texts(body).text.split()[1:] == text.split()

    def test_chart_has_a_frame(self) -> None:
        text = "![Up 3 USD \\<b\\>](equity.png)\n"
        images = {"equity.png": b"PNG"}
        chart = html_page.as_html(text, images, {"equity.png"})
        assert chart == (
            '<div class="picture chart"><img src="data:image/png;base64,UE5H" '
            'alt="Up 3 USD &lt;b&gt;"></div>\n'
        )
        other = html_page.as_html(text, images)
        assert other.startswith('<div class="picture"><img src="data:image/png;base64,UE5H"')
