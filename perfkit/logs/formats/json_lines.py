"""Lines of JSON to the fields that a dialect reads, each line exactly one object.

msgspec decodes many lines; few are decoded by Python's own reader, which loads in less time. Both
hand over a number with a point or an exponent as its digits, and both give the same. What is nested
too deep is found before either sees it: their own limit is Python's stack, which differs from
caller to caller.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import accumulate, islice

from perfkit.core.fast_imports import JsonReader
from perfkit.core.one_value import MAX_DIGITS, BadValueError, exact_number, short_int

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    import msgspec

    Digits: TypeAlias = "Callable[[str], str]"

MAX_LINE_BYTES = 1024 * 1024

MAX_DEPTH = 64
"""Lists and objects are nested at most so deep; the object that is the line is the first level."""

DECODERS = 16
"""So many decoders are kept: one for each order in which logs have their keys."""

FEW_LINES = 16
"""So many lines together seldom have more opening brackets than one line may be deep."""

SAME_START = 8
"""Records of one bot begin alike, so a second one on a line is looked for by so many bytes."""

FEW_BYTES = 64 * 1024
"""A block up to so long is decoded by Python's own reader: loading msgspec would take longer."""

_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_OPENING = bytes(set(range(256)) - set(b"[{\n"))
_NO_BRACKET = bytes(set(range(256)) - set(_STEPS))


class JsonLines:
    """Decodes the lines of one file (`CsvRows` does the same for rows)."""

    first_line = 1
    block_bytes = 1024 * 1024

    def __init__(self, keys: tuple[str, ...], decimal: str | None = None) -> None:
        self._keys = keys
        self._digits = _with_comma if decimal == "," else str

    def is_header(self, raw: bytes) -> bool:
        """Whether a line is the header: there is none."""
        del raw
        return False

    def reads_alike(self, raw: bytes) -> bool | None:
        """Whether a header is as the one before: a line never is a header."""
        del raw
        return None

    def whole_until(self, block: bytes, above: int = 0) -> int:
        """Up to which byte a block has whole lines, whatever stands above them."""
        del above
        return block.rfind(b"\n") + 1

    def is_whole(self, raw: bytes) -> bool:
        """Whether some lines are whole records."""
        del raw
        return True

    def is_complete(self, raw: bytes) -> bool:
        """Whether a last line without its newline is all of an object: no part of one is one."""
        if len(raw) > MAX_LINE_BYTES or raw.rstrip()[-1:] != b"}":
            return False
        try:
            decoded_line(raw, self._keys, self._digits)
        except BadValueError:
            return False
        return True

    def block(self, block: bytes) -> tuple[list[Sequence[Any]], Sequence[int]] | None:
        """The fields of all lines of a block, and which line of it, from 0, each is.

        None when any of them is not one plain object.
        """
        keys = _as_in_first_line(block, self._keys)
        rows = decoded_block(block, keys, self._digits)
        if rows is None:
            return None
        columns = dict(zip(keys, zip(*rows, strict=True), strict=True))
        return [columns[key] for key in self._keys], range(len(rows))

    def records(self, block: bytes) -> Iterator[bytes]:
        """The lines of a block one by one."""
        return islice(block.split(b"\n"), block.count(b"\n"))

    def record(self, raw: bytes) -> tuple[Any, ...] | None:
        """One line, None when it is blank; raises `BadValueError` with the reason."""
        if not raw or (raw.isspace() and len(raw) <= MAX_LINE_BYTES):
            return None
        return decoded_line(raw, self._keys, self._digits)


def _as_in_first_line(block: bytes, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys in the order in which the first line of a block has them.

    A decoder looks each name up from the place after the last that it found.
    """
    line = block[: block.find(b"\n")]
    return tuple(sorted(keys, key=lambda key: line.find(b'"%b"' % key.encode(errors="replace"))))


def decoded_block(
    block: bytes, keys: tuple[str, ...], digits: Digits = str
) -> list[tuple[Any, ...]] | None:
    """All lines of the block decoded; None when any of them is not one plain object.

    `digits` makes a text of the digits of a number that is no integer.
    """
    lines = BytesIO(block).readlines()
    if b"\0" in block or _has_deep_line(lines):
        return None
    if len(block) <= min(FEW_BYTES, MAX_LINE_BYTES):
        rows = plainly_decoded(block, keys, digits)
        if rows is not None:
            return rows
    from msgspec import MsgspecError
    from msgspec.structs import astuple

    try:
        if not block.isascii():
            block.decode("utf-8")
        if len(block) > MAX_LINE_BYTES and max(map(len, lines)) > MAX_LINE_BYTES:
            return None
        return list(map(astuple, map(_line_decoder(keys, digits).decode, lines)))
    except (MsgspecError, UnicodeDecodeError):
        return None


def decoded_line(raw: bytes, keys: tuple[str, ...], digits: Digits = str) -> tuple[Any, ...]:
    """One line decoded; raises `BadValueError` with the reason."""
    import msgspec

    if len(raw) > MAX_LINE_BYTES:
        raise BadValueError(too_long())
    if b"\0" in raw:
        raise BadValueError(why_nul(raw))
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadValueError(f"is not UTF-8 at byte {error.start + 1}") from error
    if _is_deep(raw):
        raise BadValueError(f"is nested more than {MAX_DEPTH} levels deep")
    try:
        return msgspec.structs.astuple(_line_decoder(keys, digits).decode(raw))
    except msgspec.ValidationError as error:
        raise BadValueError(_not_an_object(raw, str(error))) from error
    except msgspec.DecodeError as error:
        quoted = without_nan(raw)
        if quoted != raw:
            return decoded_line(quoted, keys, digits)
        raise BadValueError(f"is not JSON: {_why_not_json(raw, str(error))}") from error


def plainly_decoded(
    block: bytes, keys: tuple[str, ...], digits: Digits = str
) -> list[tuple[Any, ...]] | None:
    """The named fields of each line, by the standard library; None where that might differ.

    ASCII without escapes leaves no question of how to read a text, and numbers stay as they are:
    a short integer, or the digits.
    """
    if not block.isascii() or b"\\" in block:
        return None
    reader = JsonReader(digits, short_int, _no_number)
    try:
        lines = [reader.read(line) for line in block.decode("ascii").split("\n")[:-1]]
    except ValueError:
        return None
    if not all(isinstance(line, dict) for line in lines):
        return None
    return [tuple(map(line.get, keys)) for line in lines]


def _with_comma(digits: str) -> str:
    """A number of JSON as a dialect whose decimal mark is a comma has it in a text."""
    try:
        return f"{exact_number(digits):f}".replace(".", ",")
    except BadValueError:
        return digits


def _has_deep_line(lines: Sequence[bytes]) -> bool:
    """Whether a line is nested too deep; only lines with many opening brackets are looked at."""
    for start in range(0, len(lines), FEW_LINES):
        few = lines[start : start + FEW_LINES]
        joined = b"".join(few)
        opening = 2 * len(joined) - len(joined.replace(b"{", b"")) - len(joined.replace(b"[", b""))
        if opening <= MAX_DEPTH:
            continue
        most = max(map(len, joined.translate(None, _NO_OPENING).split(b"\n")))
        if most > MAX_DEPTH and any(map(_is_deep, few)):
            return True
    return False


def _is_deep(raw: bytes) -> bool:
    """Whether the lists and objects of a line are nested too deep, up to where it stops being JSON.

    `{"a": [["[["]]}` has three levels: what a text holds does not count.
    """
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return False
    import re

    bare = re.sub(rb'"(?:[^"\\]++|\\.)*"?', b"", raw, flags=re.DOTALL)
    steps = map(_STEPS.__getitem__, bare.translate(None, _NO_BRACKET))
    return max(accumulate(steps), default=0) > MAX_DEPTH


def without_nan(raw: bytes) -> bytes:
    """A line with texts in place of NaN and infinities, which Python writes and JSON has not.

    `{"pnl": 1.5, "sharpe": NaN}` becomes `{"pnl": 1.5, "sharpe": "NaN"}`. What reads the field says
    that a text is not a number; nobody minds where no field is read.
    """
    if b"NaN" not in raw and b"Infinity" not in raw:
        return raw
    import re

    token = rb'("(?:[^"\\]++|\\.)*")|(?<![\w.])-?(?:NaN|Infinity)(?![\w.])'
    return re.sub(token, lambda found: found[1] or b'"%b"' % found[0], raw, flags=re.DOTALL)


def too_long() -> str:
    """Why a line is not looked at."""
    return f"a line of more than {MAX_LINE_BYTES} bytes"


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a number")


@lru_cache(maxsize=DECODERS)
def _line_decoder(keys: tuple[str, ...], digits: Digits = str) -> msgspec.json.Decoder[Any]:
    """Decodes only the named fields; a JSON number with a point or exponent stays its digits."""
    from typing import Any

    import msgspec

    names = [f"field_{n}" for n in range(len(keys))]
    line = msgspec.defstruct(
        "Line",
        [(name, Any, None) for name in names],
        rename=dict(zip(names, keys, strict=True)),
        gc=False,
    )
    return msgspec.json.Decoder(line, float_hook=digits)


def _not_an_object(raw: bytes, problem: str) -> str:
    start = raw.lstrip()[:1]
    if start == b"[":
        return "is not a JSON object: it is a list; write each record on a line of its own"
    if start != b"{":
        return "is not JSON: it looks like CSV" if _is_csv(raw) else "is not a JSON object"
    if "out of range" in problem:  # a whole number that Python does not convert
        return f"has a number of more than {MAX_DIGITS} digits"
    return problem


def why_nul(raw: bytes) -> str:
    """What a line with NUL bytes probably is."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw.count(b"\0") * 3 > len(raw) > raw.count(b"\0"):
        return "holds NUL bytes and is probably UTF-16; write the log as UTF-8"
    return "holds a NUL byte; a crash or a full disk may have left it"


def _why_not_json(raw: bytes, problem: str) -> str:
    """What a line that is not JSON probably is, and what to do; else the problem as it is."""
    text = raw.strip()
    if text.startswith(BOM_UTF8):
        return "it begins with a byte order mark (BOM); write the log as UTF-8 without one"
    if text in (b"[", b"]") or (text.endswith(b",") and _is_object(text[:-1])):
        return "it is a part of a list over several lines; write each record on a line of its own"
    if not text.startswith((b"{", b"[", b'"')) and _is_csv(text):
        return "it looks like CSV"
    again = text.find(text[:SAME_START], 1) if text.startswith(b"{") else -1
    if again > 0 and _is_object(text[again:]):
        whole = "two records" if _is_object(text[:again]) else "a part of a record and another one"
        return f"it holds {whole}, as after a crash; the second begins at byte {again + 1}"
    if "truncated" in problem:
        return "it ends in the middle, as after a crash"
    return problem


def _is_csv(raw: bytes) -> bool:
    return max(map(raw.count, (b",", b";", b"\t"))) > 1


def _is_object(raw: bytes) -> bool:
    import msgspec

    try:
        return isinstance(msgspec.json.decode(raw), dict)
    except (msgspec.MsgspecError, ValueError):
        return False
