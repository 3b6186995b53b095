"""HTML tables of notebooks as Markdown."""

from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.formatting import plain
from perfkit.reports.markdown_export import markdown_of
from tests.reportkit import tokens


class TestTables:
    """HTML tables of notebooks as Markdown."""

    @given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
    def test_any_cells_come_through(self, cells: list[str]) -> None:
        import html as markup

        row = "".join(f"<td>{markup.escape(cell)}</td>" for cell in cells)
        text = markdown_of(f"<div><table><tr>{row}</tr><tr>{row}</tr></table></div>")
        assert text is not None
        read = [
            " ".join("".join(c.content for c in token.children or ()).split())
            for token in tokens(text)
            if token.type == "inline"
        ]
        # A browser takes CR for a line feed, and so does the parser.
        wanted = [" ".join(plain(c.replace("\r\n", "\n").strip(), 200).split()) for c in cells]
        assert read == wanted * 2

    def test_what_is_no_table_is_none(self) -> None:
        assert markdown_of("<p>x</p>") is None
        assert markdown_of("<table></table>") is None
        text = markdown_of("<table><tr><th>a<br>b</th></tr><tr><td>1<td></tr></table>")
        assert text is not None
        assert text.startswith("| a b |")
