"""How the records of a log lie in its file: the keys of a dialect that say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from perfkit.core.fast_imports import NamedTuple

AUTO, JSONL, CSV, JSON, SQLITE = FORMATS = ("auto", "jsonl", "csv", "json", "sqlite")
READER = "reader"
"""The format of a file that a reader of another package turns into records."""

LAYOUT_KEYS = (
    *("format", "header", "columns", "delimiter", "section", "complete", "ragged"),
    *("records", "table", "query"),
    READER,
)

_OF = {
    "header": CSV,
    "columns": CSV,
    "delimiter": CSV,
    "section": CSV,
    "complete": CSV,
    "ragged": CSV,
    "records": JSON,
    "table": SQLITE,
    "query": SQLITE,
    READER: READER,
}
"""The format that a key is for."""


class Layout(NamedTuple):
    """What is said of the file of a log; the format is `auto` where it is to be found out.

    `header` is the number of the line with the names of a CSV file, `columns` are the names of one
    that has no such line, `section` is the first cell of a line above the header; it is `complete`
    where its last row counts without a newline, as nothing more comes, and `ragged` where rows may
    have fewer or more cells at their end than there are names. `records` are the names on
    the way to the records of a JSON document; `reader` is the name of an extension.
    """

    format: str = AUTO
    header: int | None = None
    columns: tuple[str, ...] = ()
    delimiter: str | None = None
    section: str | None = None
    complete: bool = False
    ragged: bool = False
    records: tuple[str, ...] = ()
    table: str | None = None
    query: str | None = None
    reader: str | None = None


def layout_of(spec: Mapping[str, object], problem: Callable[[str, str, str], Exception]) -> Layout:
    """The layout that a mapping with keys of it describes; `problem` makes the error."""
    said = {key: spec[key] for key in LAYOUT_KEYS if key in spec}
    chosen = said.get("format", AUTO)
    if chosen not in FORMATS:
        raise problem("format", f"{chosen!r} is unknown", f"write one of {', '.join(FORMATS)}")
    for key in said:
        if key != "format" and chosen not in (AUTO, _OF[key]):
            what = "stands beside" if key == READER else f"is for {_OF[key]}, not for"
            raise problem(key, f"{what} {chosen}", f"leave out `{key}` or `format`")
    implied = {_OF[key] for key in said if key != "format"}
    if len(implied) > 1:
        raise problem("format", "is not clear", f"the keys are of {' and '.join(sorted(implied))}")
    if "table" in said and "query" in said:
        raise problem("query", "is given beside a table", "write `table` or `query`, not both")
    header = said.get("header")
    if "header" in said and (not isinstance(header, int) or isinstance(header, bool) or header < 1):
        raise problem("header", f"{header!r} is not the number of a line", "count lines from 1")
    if "columns" in said and not said.keys().isdisjoint(("header", "section")):
        raise problem(
            "columns",
            "is for a file that has no line with the names of its columns",
            "leave out `columns`, or `header` and `section`",
        )
    delimiter = _text(said, "delimiter", "write one character such as ;", problem)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise problem("delimiter", f"{delimiter!r} is not one character", "write one such as ;")
    for key in ("complete", "ragged"):
        if not isinstance(said.get(key, False), bool):
            raise problem(key, f"{said[key]!r} is neither true nor false", "write true or false")
    records = _text(said, "records", "write names with dots between, such as data.*", problem)
    return Layout(
        format=implied.pop() if implied else str(chosen),
        header=header if isinstance(header, int) else None,
        columns=_columns(said, problem),
        delimiter=delimiter,
        section=_text(said, "section", "write the first cell of its first line", problem),
        complete=bool(said.get("complete")),
        ragged=bool(said.get("ragged")),
        records=() if records is None else tuple(records.split(".")),
        table=_text(said, "table", "write the name of a table", problem),
        query=_text(said, "query", "write a SELECT", problem),
        reader=_text(said, READER, "write the name of a reader", problem),
    )


def _columns(
    said: Mapping[str, object], problem: Callable[[str, str, str], Exception]
) -> tuple[str, ...]:
    """The names of the columns; an empty one is for a column that nothing reads."""
    columns = said.get("columns", [])
    is_list = isinstance(columns, list) and all(isinstance(one, str) for one in columns)
    if not is_list or ("columns" in said and len(columns) < 2):  # type: ignore[arg-type]
        raise problem(
            "columns",
            "is not a list of names",
            "write them all, such as [time, side, price, profit]",
        )
    return tuple(columns)  # type: ignore[arg-type]


def _text(
    said: Mapping[str, object],
    key: str,
    remedy: str,
    problem: Callable[[str, str, str], Exception],
) -> str | None:
    value = said.get(key)
    if key in said and (not isinstance(value, str) or not value):
        raise problem(key, f"{value!r} is not a text", remedy)
    return value if isinstance(value, str) else None
