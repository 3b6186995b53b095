"""Figures and names as text that reads well in a terminal and in Markdown.

Rounding happens here and only here, on the way to the page. Whatever came out of a log is escaped
so that it can neither break a table nor become markup.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

NOTHING = "–"
"""Shown for a figure that is undefined."""

LONGEST_NAME = 60

_DISPLAY = Context(prec=200, rounding=ROUND_HALF_EVEN)
_ESCAPED = str.maketrans(
    {c: f"\\{c}" for c in "\\`*_{}[]()#+!|~$"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
)


def fixed(value: Decimal, places: int) -> str:
    """A number with that many decimals and thousands separators; never `-0.00`."""
    shown = value.quantize(Decimal(1).scaleb(-places), context=_DISPLAY)
    return f"{shown if shown else abs(shown):,f}"


def signed(value: Decimal, places: int = 2) -> str:
    """A number with its sign, `+` included."""
    text = fixed(value, places)
    return text if text.startswith("-") or not text.strip("0.,") else f"+{text}"


def amount(value: Decimal | None) -> str:
    """An amount by itself, with as many decimals as show three of its digits, at least two."""
    if value is None:
        return NOTHING
    own = -value.normalize(_DISPLAY).as_tuple().exponent  # type: ignore[operator]
    return signed(value, max(2, min(own, 2 - value.adjusted())))


def percent(fraction: Decimal, places: int = 1) -> str:
    """A fraction as per cent."""
    return f"{fixed(fraction * 100, places)} %"


def duration(seconds: Decimal) -> str:
    """Seconds as the two largest units that fit, rounded down: `2 h 05 min`."""
    whole = int(seconds)
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours:02d} h"
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {left:02d} s" if minutes else f"{left} s"


def plain(name: str, longest: int = LONGEST_NAME) -> str:
    """A logged name on one line, cut where it is longer than that.

    Control, bidirectional and other invisible characters are shown as `?`.
    """
    if name.isascii() and name.isprintable():
        return name if len(name) <= longest else name[: longest - 1] + "…"
    import unicodedata  # alert runs do without

    visible = "".join(
        " " if char in "\t\n\r" else "?" if unicodedata.category(char) in _INVISIBLE else char
        for char in name[: longest + 1]
    )
    return visible if len(visible) <= longest else visible[: longest - 1] + "…"


_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def utf8(text: str) -> str:
    """A text with whatever is not UTF-8 in it escaped, as the shell or a file name may hold it."""
    return text.encode("utf-8", "backslashreplace").decode()


def escaped(name: str, longest: int = LONGEST_NAME) -> str:
    """A logged name as plain text inside Markdown."""
    text = plain(name, longest).translate(_ESCAPED)
    # What a forge would turn into a link by itself.
    return text.replace("://", "\\://").replace("www.", "www\\.")


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], left: int | Collection[int] = 1
) -> str:
    """A Markdown table; the first `left` columns, or those named, are aligned left."""
    to_left = range(left) if isinstance(left, int) else left
    rule = [":--" if n in to_left else "--:" for n in range(len(header))]
    lines = [header, rule, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """The same table as plain text with aligned columns."""
    lines = [list(header), *map(list, rows)] if any(header) else list(map(list, rows))
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(
            _padded(cell, widths[n], to_left=n < left) for n, cell in enumerate(line)
        ).rstrip()
        + "\n"
        for line in lines
    )


def _padded(text: str, width: int, *, to_left: bool) -> str:
    gap = " " * (width - _width(text))
    return text + gap if to_left else gap + text


def _width(text: str) -> int:
    """Columns a text takes in a terminal."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def slug(where: Mapping[str, str]) -> str:
    """A filter as part of a file name: its words, and a digest that keeps similar ones apart."""
    text = "-".join(f"{name}-{value}" for name, value in sorted(where.items()))
    words = "".join(char if char.isascii() and char.isalnum() else "-" for char in text.lower())
    from hashlib import sha256

    digest = sha256(repr(sorted(where.items())).encode()).hexdigest()[:8]
    return f"{words[:60].strip('-')}-{digest}"
