"""The parts of a JSON document, each as the bytes that it is, so that digits stay as they are."""

from __future__ import annotations

from collections import Counter
from functools import cache

from perfkit.core.one_value import BadValueError, shown
from perfkit.logs.formats.form import NotWholeError
from perfkit.logs.formats.json_lines import without_nan

TYPE_CHECKING = False
if TYPE_CHECKING:
    import msgspec

BLANKS = b" \t\r\n"


class NotADocumentError(NotWholeError):
    """The file is not a whole JSON document; says why."""


class NoRecordsError(BadValueError):
    """It cannot be said where the records of a document are; says what there is."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.remedy = remedy


def is_whole(content: bytes) -> bool:
    """Whether that is one whole JSON value."""
    try:
        strict(content)
    except NotADocumentError:
        return False
    return True


def strict(content: bytes) -> bytes:
    """The document as strict JSON: NaN and its like as text, half characters as they are."""
    import msgspec

    try:
        msgspec.json.decode(content, type=msgspec.Raw)
        return content.strip(BLANKS)
    except RecursionError as problem:
        raise NotADocumentError("is nested too deep") from problem
    except msgspec.DecodeError as problem:
        mended = _without_half_characters(without_nan(content))
        if mended != content:
            return strict(mended)
        raise NotADocumentError(f"is not a whole JSON document: {problem}") from problem


def _without_half_characters(content: bytes) -> bytes:
    r"""The same with bytes that are not UTF-8 in place of `\ud83d` without its other half.

    Its record is then reported as not UTF-8, as msgspec does not part the records around it.
    """
    if b"\\ud" not in content.lower():
        return content
    import re

    pair = rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    half = rb"\\u([dD][89a-fA-F][0-9a-fA-F]{2})"
    return re.sub(
        rb"%b|%b|\\." % (pair, half),
        lambda found: (
            chr(int(found[1], 16)).encode("utf-8", "surrogatepass") if found[1] else found[0]
        ),
        content,
        flags=re.DOTALL,
    )


@cache
def _elements() -> msgspec.json.Decoder[list[msgspec.Raw]]:
    import msgspec

    return msgspec.json.Decoder(list[msgspec.Raw])


def elements_of(content: bytes) -> list[msgspec.Raw]:
    """The elements of a list."""
    return _elements().decode(content)


class _Name:
    """The name of a member: equal to no other one, so that none is lost."""

    def __init__(self, text: str) -> None:
        self.text = text


@cache
def _pairs() -> msgspec.json.Decoder[dict[_Name, msgspec.Raw]]:
    import msgspec

    return msgspec.json.Decoder(dict[_Name, msgspec.Raw], dec_hook=lambda _, name: _Name(name))


def members_of(content: bytes) -> dict[str, msgspec.Raw]:
    """The members of an object around records; raises `NoRecordsError` if a name comes twice."""
    try:
        pairs = _pairs().decode(content)
    except UnicodeDecodeError as error:
        problem = "has a name around its records that is not UTF-8"
        raise NoRecordsError(problem, "write it as UTF-8") from error
    members = {name.text: raw for name, raw in pairs.items()}
    if len(members) < len(pairs):
        names = Counter(name.text for name in pairs)
        twice = next(name for name, count in names.items() if count > 1)
        problem = f"has the name {shown(twice)} twice in one object around its records"
        raise NoRecordsError(problem, "give each a name of its own")
    return members


def fields_of(record: bytes) -> dict[str, msgspec.Raw]:
    """What an object has, which may be a record; nothing where its names cannot be read."""
    import msgspec

    try:
        return msgspec.json.decode(record, type=dict[str, msgspec.Raw])
    except (UnicodeDecodeError, msgspec.MsgspecError):
        return {}


def start_of(content: bytes) -> bytes:
    """The byte that says what a value is."""
    return bytes(memoryview(content)[:1])
