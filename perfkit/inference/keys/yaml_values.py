"""Values as YAML that reads back the same: a block for what is nested, lists on one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

_PLAIN = re.compile(r"(?!.* #)(?!.*: )[A-Za-z_/(][A-Za-z0-9_ ./()+*<>-]*(?<![ :])")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off"))
WIDTH = 96


def scalar(value: object) -> str:
    """One value: a text in quotes where it would be read as something else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    if text.isprintable() and "'" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'


def flow(value: object) -> str:
    """A value on one line: `{event: [entry, exit]}`."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_inside(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return _inside(value)


def _inside(value: object) -> str:
    text = scalar(value)
    return text if not set(text) & set(",[]{}:") or text[0] in "'\"" else f"'{text}'"


def on_one_line(value: object) -> str:
    """A value as it stands after its key."""
    return scalar(value) if _is_text(value) else flow(value)


def block(value: Mapping[str, object]) -> str:
    """A mapping, a line for each key; short inner mappings on the line of theirs."""
    lines = []
    for key, entry in value.items():
        line = f"{scalar(key)}: {on_one_line(entry)}"
        if isinstance(entry, Mapping) and entry and (len(line) > WIDTH or len(entry) > 3):
            lines.append(f"{scalar(key)}:")
            lines += [f"  {inner}" for inner in block(entry).splitlines()]
        else:
            lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def _is_text(value: object) -> bool:
    return not isinstance(value, Mapping | list | tuple)


def comment(text: str) -> str:
    """A text as a comment of one line."""
    return "# " + " ".join(text.split())
