"""`perfkit summary FILE...`: figures of log files that no workspace describes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from perfkit.cli.arguments import where_of
from perfkit.cli.printing import print_bad_lines, print_if_none_meets
from perfkit.core.errors import UsageError
from perfkit.core.formatting import plain
from perfkit.core.interpreter import EXIT_FAILED, EXIT_OK
from perfkit.core.log import log_to_stderr
from perfkit.desk.reading import desk_on, inferred, yaml_of
from perfkit.inference.source_yaml import in_one_sentence
from perfkit.summary.shown import LONGEST_READING

if TYPE_CHECKING:
    from perfkit.inference.found import Found


def founds_of(files: Sequence[str], arguments: argparse.Namespace) -> list[Found]:
    """How the files of a command are read; raises where that cannot be said."""
    answers: dict[str, int] = {}
    for text in arguments.answer:
        name, _, number = text.partition("=")
        if not number.isdigit():
            raise UsageError(f"--answer {text}: write NAME=N, such as costs=2")
        answers[name] = int(number)
    return inferred(files, arguments.currency, answers)


def config_of(founds: Sequence[Found], zone: str) -> str:
    """A configuration that reads files as was found, with the reasons as comments."""
    return (
        "# How perfkit reads your logs. `perfkit docs configuration` has every key.\n"
        f"{yaml_of(founds)}\n"
        f"timezone: {zone}  # the zone of days, weeks and months\n"
    )


def to_be_checked(founds: Sequence[Found]) -> str:
    """The questions about a workspace's logs whose likely answers were taken; empty without any.

    No command says it of a workspace: what stands in its configuration is what the user wants.
    """
    if not any(found.reading.likely for found in founds):
        return ""
    lines = ["Check these answers, which are likely and stand in config/perfkit.yaml from here on:"]
    for found in founds:
        for doubt in found.reading.likely:
            said = plain(in_one_sentence(doubt), LONGEST_READING)
            lines.append(f"  - {found.name}: {said}")
    lines.append("What to write for another one is a comment above the source.")
    return "\n".join(lines)


def run_summary(arguments: argparse.Namespace) -> int:
    """Prints how the files are read, then their figures."""
    unfit = [
        f"--{name}" for name in ("root", "export", "check", "backfill") if getattr(arguments, name)
    ]
    if unfit:
        raise UsageError(
            f"{unfit[0]} needs a workspace; make one with `perfkit init DIR --from FILE`"
        )
    if arguments.log_format is not None:
        log_to_stderr(arguments.log_format)
    founds = founds_of(arguments.files, arguments)
    out = sys.stderr if arguments.json else sys.stdout
    out.write(yaml_of(founds) + "\n")
    desk = desk_on(founds, arguments.timezone or "UTC", arguments.jobs)
    del founds  # they hold all records

    from perfkit.book.store.day_sheet import DIMENSIONS
    from perfkit.summary.summary import summarize
    from perfkit.summary.tables.by_name import checked_table, dimensions_of, tables_text

    where = where_of(arguments)
    by = [checked_table(one, desk.config) for one in arguments.by]
    book = desk.book_of(where)
    if not len(book.closed) and not len(book.open):
        print_bad_lines(book.errors)
        print("perfkit: none of the records could be read as a trade", file=sys.stderr)
        return EXIT_FAILED
    selection = desk.selection(
        arguments.window, arguments.date, start=arguments.start, end=arguments.end, where=where
    )
    print_if_none_meets(book, where)
    summary = summarize(selection, dimensions_of(by, DIMENSIONS if arguments.json else ()))
    tables = "" if arguments.json else tables_text(summary, selection, by)
    sys.stdout.write(summary.to_json() if arguments.json else f"{summary}{tables}")
    print_bad_lines(selection.errors)
    return EXIT_OK
