"""HTML that cells show, as Markdown."""

import html as markup

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.formatting import plain
from perfkit.reports.page.html_text import COLOURS, INTERACTIVE, html_text
from perfkit.reports.page.pictures import Pictures
from perfkit.reports.page.tables import LONGEST_CELL
from tests.reportkit import HOSTILE, tokens

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


def shown(html: str) -> str:
    return html_text(html, Pictures()).markdown


def left_out(html: str) -> tuple[str, ...]:
    return html_text(html, Pictures()).left_out


def texts(markdown: str) -> list[str]:
    """The text of each paragraph, heading and cell of some Markdown."""
    return [
        " ".join("".join(c.content for c in token.children or ()).split())
        for token in tokens(markdown)
        if token.type == "inline"
    ]


class TestTables:
    @given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
    def test_any_cells_come_through(self, cells: list[str]) -> None:
        row = "".join(f"<td>{markup.escape(cell)}</td>" for cell in cells)
        text = shown(f"<div><table><tr>{row}</tr><tr>{row}</tr></table></div>")
        # A browser takes CR for a line feed, and so does the parser.
        wanted = [
            " ".join(plain(c.replace("\r\n", "\n").strip(), LONGEST_CELL).split()) for c in cells
        ]
        assert texts(text) == wanted * 2

    @pytest.mark.parametrize(
        ("html", "wanted"),
        [
            pytest.param(
                "<table><tr><th>a<br>b</th></tr><tr><td>1<td>2</tr></table>",
                "| a b |  |\n| :-- | --: |\n| 1 | 2 |",
                id="cells that are not closed",
            ),
            pytest.param(
                "<table><thead><tr><th></th><th colspan=2>pnl</th></tr>"
                "<tr><th></th><th>sum</th><th>mean</th></tr>"
                "<tr><th>side</th><th></th><th></th></tr></thead>"
                "<tr><th>long</th><td>3</td><td>1</td></tr></table>",
                "| side | pnl sum | pnl mean |\n| :-- | --: | --: |\n| long | 3 | 1 |",
                id="two levels of columns and the name of the index",
            ),
            pytest.param(
                "<table><tr><th>a</th><th>b</th></tr><tr><th rowspan=2>x</th><td>1</td></tr>"
                "<tr><td>2</td></tr></table>",
                "| a | b |\n| :-- | --: |\n| x | 1 |\n| x | 2 |",
                id="two levels of the index",
            ),
            pytest.param(
                "<table><caption>Best <b>days</b></caption><tr><td>1</td></tr></table>",
                "**Best days**\n\n| 1 |\n| :-- |",
                id="a caption",
            ),
            pytest.param(
                "<table><tr><td>a<table><tr><td>b</td></tr></table></td><td>c</td></tr></table>",
                "| a b | c |\n| :-- | --: |",
                id="a table in a cell",
            ),
        ],
    )
    def test_table_is_a_markdown_table(self, html: str, wanted: str) -> None:
        found = " ".join(shown(html).split(" "))
        assert "\n".join(" ".join(line.split()) for line in found.splitlines()) == "\n".join(
            " ".join(line.split()) for line in wanted.splitlines()
        )

    def test_text_around_a_table_is_kept(self) -> None:
        html = "<h3>Top</h3><table><tr><td>1</td></tr></table><p>80 rows × 2 columns</p>"
        assert texts(shown(html)) == ["Top", "1", "80 rows × 2 columns"]

    def test_colours_of_a_styler_are_said_to_be_left_out(self) -> None:
        style = "<style>#T_1f row0 { background-color: red; }</style>"
        assert left_out(f"{style}<table><tr><td>1</td></tr></table>") == (COLOURS,)
        plain_style = "<style scoped>.dataframe tbody tr th { color: red; }</style>"
        assert left_out(f"{plain_style}<table><tr><td>1</td></tr></table>") == ()

    def test_a_claim_of_many_columns_is_not_believed(self) -> None:
        text = shown("<table><tr><td colspan=9999 rowspan=99999>x</td></tr></table>")
        assert text.count("x") == 1_000


class TestText:
    @given(st.text(max_size=40) | st.sampled_from(HOSTILE))
    def test_any_text_comes_through_and_is_no_markup(self, text: str) -> None:
        page = shown(f"<div><p>{markup.escape(text)}</p></div>")
        kinds = {token.type for token in tokens(page)}
        paragraph = {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
        assert kinds <= paragraph | {"softbreak"}
        wanted = " ".join(text.replace("\r", "\n").split())
        assert " ".join(texts(page)) == " ".join(plain(wanted, 10_000).split())

    @pytest.mark.parametrize(
        ("html", "wanted"),
        [
            ("<h2>a</h2>", "## a"),
            ("<p>a<br>b</p>", "a  \nb"),
            ("a <b>b </b>c<i> d</i>", "a **b** c *d*"),
            ("<b><p>a</p></b>", "a"),
            ("<ul><li>a</li><li><p>b</p></li></ul>c", "- a\n\n- b\n\nc"),
            ("<ol><li>a<ul><li>b</li></ul></ol>", "1. a\n\n  - b"),
            ("<pre>a  b\n`c`</pre>", "```\na  b\n`c`\n```"),
            ('<a href="https://x.org/a?b=1">x</a>', "[x](https://x.org/a?b=1)"),
            ('<a href="javascript:alert(1)">x</a>', "x"),
            ('<a href="files/x.csv">x</a>', "x"),
            ('<progress value="3" max="10"></progress>', "3/10"),
            ("<style>p {color: red}</style><!-- c -->", ""),
        ],
    )
    def test_element_is_its_markdown(self, html: str, wanted: str) -> None:
        assert shown(html) == wanted


class TestPictures:
    def test_picture_that_is_part_of_the_html_is_a_file(self) -> None:
        pictures = Pictures()
        text, missing = html_text(f'<p>a <img alt="b]" src="{PIXEL}"></p>', pictures)
        assert (text, missing) == (r"a ![b\]](figure_1.gif)", ())
        assert pictures.files["figure_1.gif"].startswith(b"GIF89a")

    def test_drawing_is_a_file_with_its_names_as_they_were(self) -> None:
        pictures = Pictures()
        svg = '<svg viewBox="0 0 1 1"><linearGradient id="a"></linearGradient><path d="M0"/></svg>'
        assert html_text(svg, pictures).markdown == "![](figure_1.svg)"
        body = pictures.files["figure_1.svg"].decode()
        assert body.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox')
        assert "</linearGradient>" in body

    @pytest.mark.parametrize(
        ("html", "what"),
        [
            ('<img src="https://x.org/a.png">', "a picture that is elsewhere"),
            ('<img src="a.png">', "the picture a.png"),
            ("<script>x = '<p>'</script>", INTERACTIVE),
            ("<iframe src='x'></iframe>", "an embedded page"),
            ("<video controls><p>x</p></video>", "a video"),
            ("<button>Buy</button>", "a button"),
        ],
    )
    def test_what_cannot_be_shown_is_named(self, html: str, what: str) -> None:
        assert left_out(f"<div>{html}</div>") == (what,)


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<button><i class=x></i></button><b>a</b> b", "**a** b"),
        ("<b> </b><i>x</i><i> </i>y", "*x* y"),
        ("<b>a</b> <b>b</b>", "**a** **b**"),
    ],
)
def test_an_icon_leaves_no_mark_behind(html: str, wanted: str) -> None:
    assert shown(html) == wanted
