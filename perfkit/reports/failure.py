"""A failed report: the cause and how to look into it, as a page and as text for a terminal.

The page is `reports/failures/<kind>/<name>.md`, apart from the last good report; the `.html` beside
it is the same for a browser, the `.json` for programs. They are removed when the report is made.
"""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from perfkit.core.formatting import escaped, plain, utf8
from perfkit.disk.atomic import replace
from perfkit.reports.published import (
    FAILURES,
    HTML,
    KINDS,
    PAGE,
    REPORTS,
    check_identity,
    kinds_in,
    name_of,
    read_as,
    titled,
)
from perfkit.summary.filters import condition_texts, conditions_in_words

TRACEBACK_LINES = 15
LONGEST_LINE = 200

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[@-Z\\-_]")


class Failure(msgspec.Struct, frozen=True):
    """Why a report could not be made.

    `reason` is one line. `cell` counts the cells of the notebook from 1; None where no cell failed.
    `heading` is the nearest one above the cell; `traceback` has its last lines, without colours.
    """

    reason: str
    cell: int | None = None
    heading: str = ""
    traceback: tuple[str, ...] = ()


class Card(msgspec.Struct, frozen=True):
    """A failed report. `failed_at` is when it failed first, ISO 8601 in UTC."""

    kind: str
    label: str
    where: dict[str, str]
    notebook: str
    parameters: dict[str, str | int | float | bool]
    failed_at: str
    standing: bool
    """Whether there is an earlier report, which was kept."""
    failure: Failure
    period: str = ""
    """The kind of its window, where that is not its own kind."""

    def __post_init__(self) -> None:
        check_identity(self.kind, self.period, self.where, self.parameters)

    @property
    def name(self) -> str:
        """The name of the report's folder."""
        return name_of(self.label, self.where)


def failure_of(error: object) -> Failure:
    """The failure that an error or a sentence explains; the name of a file may not be UTF-8."""
    return Failure(utf8(str(error)))


def last_lines(text: str | Sequence[str], lines: int = TRACEBACK_LINES) -> tuple[str, ...]:
    """The last lines that are not blank, without colours and invisible characters."""
    joined = text if isinstance(text, str) else "\n".join(text)
    kept = [line.rstrip() for line in _ANSI.sub("", joined).splitlines() if line.strip(" -")]
    return tuple(_indented(line) for line in kept[-lines:])


def write_card(root: Path, card: Card) -> Path:
    """Writes all three; returns the page's path. A failure that lasts keeps its first time."""
    page = _page_path(root, card.kind, card.name)
    before = read_as(page.with_suffix(".json"), Card)
    if before is not None and before.failed_at < card.failed_at:
        card = msgspec.structs.replace(card, failed_at=before.failed_at)
    replace(page, card_markdown(card))
    folder = root / REPORTS / card.kind / card.name
    replace(page.with_suffix(".html"), card_html(card, HTML if (folder / HTML).exists() else PAGE))
    body = msgspec.json.format(msgspec.json.encode(card), indent=2)
    replace(page.with_suffix(".json"), body + b"\n")
    return page


def remove_card(root: Path, kind: str, name: str) -> None:
    """Removes the card of a report that has been made since."""
    page = _page_path(root, kind, name)
    for path in (page.with_suffix(".json"), page.with_suffix(".html"), page):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def cards(reports: Path) -> list[Card]:
    """The cards of all reports that fail, by kind and name."""
    folders = (reports / FAILURES / kind for kind in kinds_in(reports))
    paths = (path for folder in folders for path in sorted(folder.glob("*.json")))
    return [card for path in paths if (card := read_as(path, Card)) is not None]


def card_markdown(card: Card, earlier: str = PAGE) -> str:
    """The page as Markdown; `earlier` is the file of the earlier report that it links to."""
    failure = card.failure
    parts = [f"# {_title(card, escaped)} failed\n", f"{escaped(failure.reason, 400)}\n"]
    if failure.cell is not None:
        parts.append(f"- Cell: {failure.cell} of `{card.notebook}`{_under(failure, escaped)}")
    parts.append(f"- Failing since: {card.failed_at}")
    page = f"[the earlier one](../../{card.kind}/{card.name}/{earlier}) was kept and is stale"
    parts.append(f"- Report: {page if card.standing else 'none for this period yet'}\n")
    if failure.traceback:
        parts.append("## Last lines of the traceback\n")
        parts.append("\n".join(f"    {line}" for line in failure.traceback) + "\n")
    parts.append("## Parameters\n")
    parts.append("\n".join(f"    {line}" for line in _parameter_lines(card.parameters)) + "\n")
    parts.append("## How to look into it\n")
    parts.append("Run this in the workspace to open the notebook with these parameters:\n")
    parts.append("\n".join(f"    {line}" for line in reopen(card)) + "\n")
    parts.append("Run this to make the report again:\n")
    parts.append(f"    {rerun(card.kind, card.period, str(card.parameters['date']), card.where)}\n")
    return "\n".join(parts)


def card_html(card: Card, earlier: str) -> str:
    """The same page as HTML, with a link to the index."""
    from perfkit.reports.html_page import DARK, as_html, document

    links = '<nav class="pages"><a href="../../index.html">All reports</a></nav>\n'
    title = f"{_title(card, plain)} failed"
    return document(title, links + as_html(card_markdown(card, earlier), {}), DARK)


def card_text(card: Card) -> str:
    """The card for a terminal; its last line says it all in short."""
    failure = card.failure
    lines = []
    if failure.cell is not None:
        lines.append(f"  cell {failure.cell} of {card.notebook}{_under(failure, plain)}")
    lines += [f"  | {line}" for line in failure.traceback[-6:]]
    lines.append("  parameters: " + ", ".join(_parameter_lines(card.parameters)))
    lines.append(f"  details: {_page_path(Path(), card.kind, card.name)}; to look into it, run:")
    lines += [f"    {line}" for line in reopen(card)]
    kept = "the earlier report was kept" if card.standing else "there is no earlier report"
    last = f"{_title(card, plain)} failed: {plain(failure.reason, 400)}; {kept}"
    if card.kind in KINDS:
        last = f"{last[:1].lower()}{last[1:]}"
    return "\n".join([*lines, f"perfkit: {last}"]) + "\n"


def reopen(card: Card) -> list[str]:
    """Commands that open the notebook with the parameters of the failed run."""
    copy = f"notebooks/{card.kind}-{card.label}-debug.ipynb"
    given = [
        word
        for name, value in card.parameters.items()
        for word in ("-r" if isinstance(value, str) else "-p", name, _worded(value))
    ]
    return [
        shlex.join(["papermill", "--prepare-only", f"notebooks/{card.notebook}", copy, *given]),
        shlex.join(["jupyter", "lab", copy]),
    ]


def rerun(kind: str, period: str, days: str | tuple[str, str], where: Mapping[str, str]) -> str:
    """The command that makes again the report of a day, or all from one day to another.

    `period` is empty where it is the kind.
    """
    named = [kind, "--period", period] if period else [kind]
    about = ["--date", days] if isinstance(days, str) else ["--from", days[0], "--to", days[1]]
    conditions = [word for one in condition_texts(where) for word in ("--where", one)]
    return shlex.join(["perfkit", "report", *named, *about, *conditions])


def _page_path(root: Path, kind: str, name: str) -> Path:
    return root / REPORTS / FAILURES / kind / f"{name}.md"


def _title(card: Card, clean: object) -> str:
    where = ", ".join(conditions_in_words(card.where))
    filtered = f" where {escaped(where) if clean is escaped else plain(where)}" if where else ""
    kind = escaped(titled(card.kind)) if clean is escaped else plain(titled(card.kind))
    return f"{kind} report {card.label}{filtered}"


def _under(failure: Failure, clean: object) -> str:
    if not failure.heading:
        return ""
    heading = escaped(failure.heading) if clean is escaped else plain(failure.heading)
    return f", under “{heading}”"


def _parameter_lines(parameters: Mapping[str, object]) -> list[str]:
    return [f"{name} = {_one_line(value)}" for name, value in parameters.items()]


def _one_line(value: object) -> str:
    return plain(value, 400) if isinstance(value, str) and value else repr(value)


def _worded(value: object) -> str:
    return value if isinstance(value, str) else str(value)


def _indented(line: str) -> str:
    """A line of code as one line of plain text with its indentation."""
    return plain(line.expandtabs(4), LONGEST_LINE)
