"""Log files that no workspace describes, as a desk: how they are read is inferred and said."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.book.cache import Options
from perfkit.config.settings import of_text
from perfkit.config.workspace import timezone_override
from perfkit.core.errors import NoResultsError, UndecidedError, UsageError
from perfkit.core.interpreter import uncollected
from perfkit.desk.desk import Desk
from perfkit.inference.found import Found
from perfkit.inference.source import (
    answered,
    found_in,
    in_currency,
    named_apart,
    with_likely_answers,
)
from perfkit.inference.source_yaml import config_yaml, in_one_sentence, in_words, source_yaml
from perfkit.logs.files import refuse_unreadable
from perfkit.logs.listing import shown_path

if TYPE_CHECKING:
    from perfkit.inference.doubts import Doubt


def read(
    *paths: str | Path,
    currency: str | None = None,
    timezone: str = "UTC",
    answers: Mapping[str, int] | None = None,
    quiet: bool = False,
) -> Desk:
    """A desk on log files without a workspace: JSON Lines, JSON, CSV or SQLite.

    How they are read is printed as YAML, unless `quiet`. `currency` is that of all amounts,
    `timezone` the zone of days, and of times without a zone. If a log can be read in several ways,
    `UndecidedError` lists the questions, and `answers` has the number of the answer to each:
    `{"costs": 2}`. No file is written. When the files grow, the next figure includes it.

    Raises `NoResultsError`, `UndecidedError`, `LogReadError` or `UsageError`.

    >>> desk = perfkit.read("trades.csv", currency="USDT")
    >>> desk.summary("all")
    """
    if not paths:
        raise UsageError('name a log file: perfkit.read("trades.csv")')
    for path in paths:
        if not isinstance(path, str | os.PathLike):
            raise UsageError(f'{path!r} is not a path; name a log file: perfkit.read("trades.csv")')
    founds = inferred([os.fspath(path) for path in paths], currency, answers or {})
    if not quiet:
        print(yaml_of(founds))
    return desk_on(founds, timezone, live=True)


def inferred(paths: Sequence[str], currency: str | None, answers: Mapping[str, int]) -> list[Found]:
    """How each file is read, its questions answered; raises where that cannot be said."""
    desk_of = _Desks()
    with uncollected():
        founds = named_apart(
            [_inferred(os.path.abspath(path), currency, desk_of) for path in paths]
        )
    order = [doubt.name for found in founds for doubt in found.reading.doubts]
    for name in sorted(answers, key=lambda name: [*order, name].index(name)):
        number = answers[name]  # which result counts is said before whether costs are in it
        asked = [any(doubt.name == name for doubt in one.reading.doubts) for one in founds]
        founds = [
            answered(found, name, number)
            if found.reading.has_results and (is_asked or not any(asked))
            else found
            for found, is_asked in zip(founds, asked, strict=True)
        ]
    return [_decided(_with_results(found), desk_of) for found in founds]


def _decided(found: Found, desk_of: Callable[[Found], Desk]) -> Found:
    """The reading with each question answered of which one answer is much more likely.

    Raises `UndecidedError` where others are left.
    """
    if not found.reading.doubts:
        return found

    from perfkit.desk.answers import with_figures

    found = with_figures(found, desk_of)
    if asked := [doubt for doubt in found.reading.doubts if not doubt.likely]:
        raise UndecidedError(_shown(found.path), questions(asked))
    return with_likely_answers(found)


class _Desks:
    """Desks on one log as it may be read, each made once while its questions are looked at."""

    def __init__(self) -> None:
        self._made: dict[str, Desk] = {}

    def __call__(self, found: Found) -> Desk:
        text = config_yaml([found])
        if text not in self._made:
            self._made[text] = desk_on([found], "UTC", 1)
        return self._made[text]


def _inferred(path: str, currency: str | None, desk_of: Callable[[Found], Desk]) -> Found:
    if os.path.isdir(path):
        raise UsageError(
            f"{_shown(path)} is a folder; name the files in it, or make a workspace of them with "
            "`perfkit init DIR --from FILE...`"
        )
    refuse_unreadable(path, _shown(path))
    found = _with_results(found_in(path))
    if currency is not None:
        found = in_currency(found, currency)
    return _with_results(_without_idle_questions(found, desk_of))


def _with_results(found: Found) -> Found:
    reading = found.reading
    if not reading.has_results:
        raise NoResultsError(_shown(found.path), "; ".join(reading.evidence), reading.columns)
    return found


def _without_idle_questions(found: Found, desk_of: Callable[[Found], Desk]) -> Found:
    if not found.reading.doubts:
        return found

    from perfkit.desk.alike import without_idle_questions

    return without_idle_questions(found, lambda founds: desk_of(founds[0]))


def _shown(path: str) -> str:
    return shown_path(path, os.getcwd())


def questions(doubts: Sequence[Doubt]) -> list[str]:
    """Each question with what to write for each of its answers."""
    lines = []
    for doubt in doubts:
        lines.append(f"{doubt.question}")
        for number, answer in enumerate(doubt.answers, 1):
            gives = f"; gives {answer.gives}" if answer.gives else ""
            lines.append(f"  {doubt.name}={number}  {answer.meaning}: {in_words(answer)}{gives}")
        if not doubt.answers:
            lines.append(f"  ({doubt.name}) write a dialect: see `perfkit docs configuration`")
    if len(doubts) > 1 and any(answer.gives for doubt in doubts for answer in doubt.answers):
        lines.append(
            "The figures of an answer are those with the first answer to the other questions."
        )
    return lines


def yaml_of(founds: Sequence[Found]) -> str:
    """The sources as they stand in a configuration, with the reasons as comments."""
    return "sources:\n" + "".join(map(source_yaml, founds))


def desk_on(
    founds: Sequence[Found], timezone: str, jobs: int | None = None, *, live: bool = False
) -> Desk:
    """A desk in memory that reads these files as a workspace with that YAML would."""
    text = config_yaml(founds, timezone)
    config = of_text(text.encode(), os.getcwd(), timezone_override() or None)
    when = "as first read: " if live else ""  # its figures may change
    readings = {
        found.name: [f"{when}{in_one_sentence(doubt)}" for doubt in found.reading.likely]
        for found in founds
    }
    return Desk(config, None, Options(cached=False, jobs=jobs), live=live, readings=readings)
