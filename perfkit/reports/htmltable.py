"""HTML tables of a notebook, such as pandas shows, as Markdown tables."""

from __future__ import annotations

from html.parser import HTMLParser

from perfkit.core.formatting import escaped, table

LONGEST_CELL = 200


def markdown_of(html: str) -> str | None:
    """The tables of a piece of HTML as Markdown; None where there are none.

    Every text in them is escaped; what stands outside of a table is left out.
    """
    reader = _Tables()
    reader.feed(html)
    reader.close()
    tables = [rows for rows in reader.tables if rows]
    if not tables:
        return None
    return "\n".join(map(_table, tables))


class _Tables(HTMLParser):
    """Collects the cells of each row of each table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append("".join(self._cell).strip())
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def _table(rows: list[list[str]]) -> str:
    width = max(map(len, rows))
    cells = [[escaped(cell, LONGEST_CELL) for cell in row] for row in rows]
    padded = [row + [""] * (width - len(row)) for row in cells]
    return table(padded[0], padded[1:])
