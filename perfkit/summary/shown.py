"""How results show in a notebook: which forms they have, and how far their data goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from perfkit.config.workspace import setting
from perfkit.core.formatting import escaped, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Printer(Protocol):
        """What IPython hands to `_repr_pretty_`."""

        def text(self, text: str) -> None: ...


LONGEST_READING = 1_000
"""So many characters of a sentence about a likely reading are shown: it names every answer."""


class PublicNames:
    """Lets tab completion offer what is meant to be used, and nothing else."""

    __slots__ = ()

    def __dir__(self) -> list[str]:
        return public_names(self)


def public_names(one: object) -> list[str]:
    """The attributes of a value that do not begin with an underscore; not those of any tuple."""
    hidden = {"count", "index"} if isinstance(one, tuple) else set()
    return [name for name in object.__dir__(one) if name[0] != "_" and name not in hidden]


def bundle(text: str, markdown: str, data_up_to: date | None = None) -> dict[str, str]:
    """The forms in which a notebook stores a result; it shows the richest it can.

    In the notebook of a report the result is that of its window, whatever was logged since, and a
    page is made from its Markdown alone.
    """
    html = as_html(markdown, data_up_to)
    if html is None:
        return {"text/plain": text, "text/markdown": markdown}
    note = said(data_up_to)
    return {
        "text/plain": with_note(text, data_up_to),
        "text/markdown": markdown + (f"\n*{note}*\n" if note else ""),
        "text/html": html,
    }


def with_note(text: str, data_up_to: date | None) -> str:
    """A text with how far the data goes; in the notebook of a report the text alone."""
    note = "" if is_in_report() else said(data_up_to)
    return f"{text}{note}\n" if note else text


def reading_sentence(reading: str, clean: Callable[[str, int], str] = plain) -> str:
    """How a log is likely to be read, and what to write to read it otherwise, as a sentence."""
    return f"{clean(reading[:1].upper() + reading[1:], LONGEST_READING)}."


def text_with_readings(text: str, readings: Sequence[str]) -> str:
    """A text with how its logs are likely to be read below it."""
    return text + "".join(f"\n{reading_sentence(one)}\n" for one in readings)


def markdown_with_readings(markdown: str, readings: Sequence[str]) -> str:
    """The same of Markdown."""
    return markdown + "".join(f"\n{reading_sentence(one, escaped)}\n" for one in readings)


def is_in_report() -> bool:
    """Whether this is the notebook of a report, which reads its logs as they were at its start."""
    return bool(setting("PERFKIT_SNAPSHOT"))


def as_html(markdown: str, data_up_to: date | None) -> str | None:
    """HTML of the Markdown of a result; None in the notebook of a report."""
    if is_in_report():
        return None
    from perfkit.summary.html import html_of

    return html_of(markdown, said(data_up_to))


def said(data_up_to: date | None) -> str:
    """How far the data goes, in words."""
    return "" if data_up_to is None else f"Data up to {data_up_to:%A}, {data_up_to}."
