"""Values of a YAML file, checked: each is what its key needs, or an error says what to write.

The three files perfkit reads (settings, alert rules, tests of rules) share this reader, so the same
mistake gets the same message everywhere: file and line, key, what is wrong, what to write.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal

from perfkit.config.yaml import LARGEST, Document, KeyPath, check_size
from perfkit.core.calendar import WEEKDAYS, parse_date, zone_named
from perfkit.core.errors import ConfigError, UsageError, WindowError
from perfkit.core.filters.plain import ORDERED_FIELDS, is_plain
from perfkit.disk.sealed import open_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from typing import Any


class YamlReader:
    """Reads one parsed file key by key; `shown` is what errors call the file."""

    def __init__(self, shown: str, document: Document) -> None:
        self.shown = shown
        self.document = document

    def problem(self, path: KeyPath, problem: str, remedy: str) -> ConfigError:
        """The error about a key, with the line it (or what should hold it) stands on."""
        known = path
        while known not in self.document.lines and known:
            known = known[:-1]
        line = self.document.lines.get(known)
        where = self.shown if line is None else f"{self.shown}:{line}"
        return ConfigError(where, ".".join(path), problem, remedy)

    def mapping(self, path: KeyPath, value: object, known: Sequence[str] | None) -> dict[str, Any]:
        """A mapping with no other keys than those `known` (None: any)."""
        if not isinstance(value, dict):
            raise self.problem(path, "is not a mapping", "write `key: value` lines below it")
        for key in value:
            if known is not None and key not in known:
                raise self.problem((*path, key), "is unknown", suggestion(key, known))
        return value

    def where(self, path: KeyPath, value: object, texts: Sequence[str]) -> dict[str, str]:
        """A filter: what is said of each field (see `core.filters`); `texts` hold no numbers."""
        said = self.mapping(path, value, None)
        for name, given in said.items():
            if name in texts and isinstance(given, str) and is_plain(given):
                continue
            said = {**said, name: self._condition((*path, name), name, given, texts)}
        return said

    def _condition(self, path: KeyPath, name: str, given: object, texts: Sequence[str]) -> str:
        """What is said of a field beyond a plain value, in its one form."""
        from perfkit.core.filters import conditions  # most filters are plain

        known = (*texts, *ORDERED_FIELDS) if len(texts) > 1 else texts
        if name not in known:
            raise self.problem(path, "is unknown", suggestion(name, known))
        is_number = isinstance(given, int | Decimal) and not isinstance(given, bool)
        is_said = isinstance(given, str | list) or (is_number and name not in texts)
        if not is_said or given in ("", []):
            raise self.problem(path, f"{given!r} is not text", 'write it in quotes: "..."')
        try:
            said = conditions.said_of(
                name, conditions.conditions_of(name, conditions.text_of(name, given))
            )
        except UsageError as error:
            _, _, what = str(error).partition(": ")
            problem, _, remedy = what.rpartition("; ")
            raise self.problem(path, problem or what, remedy or "write another") from error
        if name == "source" and not is_plain(said):
            raise self.problem(path, f"{said} is not one source", "name one, or leave it out")
        return said

    def items(self, path: KeyPath, value: object) -> list[Any]:
        """A list."""
        if not isinstance(value, list):
            raise self.problem(path, "is not a list", "write `- ` before each entry")
        return value

    def text(self, path: KeyPath, value: object) -> str:
        """A text that is not empty."""
        if value is None or value == "":
            raise self.problem(path, "is missing", "enter text")
        if not isinstance(value, str):
            raise self.problem(path, f"{value!r} is not text", 'write it in quotes: "..."')
        return value

    def number(
        self, path: KeyPath, value: object, *, unit: str = "", above_zero: bool = False
    ) -> Decimal:
        """An exact number; of the unit `fraction`, one from -1 to 1."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.problem(path, f"{value!r} is not a number", "write a plain decimal")
        number = Decimal(value)
        if above_zero and number <= 0:
            raise self.problem(path, f"{value} is not above 0", "write a number above 0")
        if unit == "fraction" and abs(number) > 1:
            fraction = format(number.scaleb(-2).normalize(), "f")
            raise self.problem(
                path, f"{value} is not a fraction", f"write {fraction} for {value} per cent"
            )
        return number

    def day(self, path: KeyPath, value: object) -> date:
        """A date written YYYY-MM-DD."""
        try:
            return parse_date(str(value))
        except WindowError as error:
            problem, _, remedy = str(error).partition("; ")
            raise self.problem(path, problem, remedy) from error

    def count(self, path: KeyPath, value: object, most: int) -> int:
        """A whole number from 1 to `most`."""
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise self.problem(
                path, f"{value!r} is not a count", f"write a whole number from 1 to {most}"
            )
        return value

    def choice(self, path: KeyPath, value: object, allowed: Sequence[str]) -> str:
        """One of the allowed words; the first where nothing is given."""
        chosen = allowed[0] if value is None else value
        if chosen not in allowed:
            raise self.problem(path, f"{value!r} is unknown", f"write {' or '.join(allowed)}")
        return str(chosen)

    def zone(self, path: KeyPath, value: object) -> str:
        """The name of a time zone."""
        try:
            zone_named(value)  # type: ignore[arg-type]  # anything else is a TypeError
        except (WindowError, TypeError) as error:
            raise self.problem(
                path, f"{value!r} is not a time zone", "write one such as Europe/Berlin"
            ) from error
        return str(value)

    def weekdays(self, path: KeyPath, value: object) -> frozenset[int]:
        """Weekdays (Monday is 0) of `mon-fri`, `mon,wed,fri` or a list; `fri-mon` goes round."""
        names = value if isinstance(value, list) else str(value).split(",")
        days: set[int] = set()
        for name in names:
            first, _, last = str(name).strip().lower().partition("-")
            if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
                raise self.problem(
                    path, f"{name!r} is not a weekday", "write mon-fri, or mon,wed,fri"
                )
            start, stop = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            days |= {n % 7 for n in range(start, stop + 1 if stop >= start else stop + 8)}
        if not days:
            raise self.problem(path, "has no day", "write mon-fri, or leave it out")
        return frozenset(days)


def suggestion(word: str, known: Sequence[str], page: str = "") -> str:
    """What to write in place of an unknown word; `page` lists the words where they are many."""
    from difflib import get_close_matches

    close = get_close_matches(word, known, 1)
    if close:
        return f"did you mean {close[0]}?"
    if page:
        return f"see {page} for their names"
    return f"use one of {', '.join(known)}" if len(known) > 1 else f"there is only {known[0]}"


def read_yaml(path: str | os.PathLike[str], shown: str) -> bytes:
    """The content of a YAML file, which is UTF-8, read no further than it may be long.

    Raises `FileNotFoundError`, and `ConfigError` for anything else that is wrong with it.
    """
    try:
        check_size(os.stat(path).st_size, shown)
        with open(open_plain(os.fspath(path)), "rb") as stream:
            content = stream.read(LARGEST + 1)
        check_size(len(content), shown)
        content.decode()
    except FileNotFoundError:
        raise
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise ConfigError(shown, "", problem, "check its permissions") from error
    except UnicodeDecodeError as error:
        raise ConfigError(shown, "", "is not UTF-8", "save it as plain UTF-8 text") from error
    return content
