"""YAML read exactly: numbers from their digits, no key twice, and every key's line at hand.

A subset of YAML 1.1 without its traps: `17:00` and `2026-04-08` stay texts, `yes` and `on` are
texts as well, and `0.60` is a Decimal. Anchors, aliases and tags are refused: nothing here needs
them, and a few lines of aliases can stand for more values than fit into memory.
"""

from __future__ import annotations

import contextlib
import marshal
import os
from decimal import Decimal
from functools import cache

from perfkit.config.workspace import CACHE
from perfkit.core.errors import ConfigError
from perfkit.core.fast_imports import NamedTuple
from perfkit.disk.atomic import put_in_place
from perfkit.disk.sealed import MARSHAL, VERSION, read_bytes, sealed, unsealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import yaml

KeyPath = tuple[str, ...]

LARGEST = 1 << 20
"""Bytes of a file; the parser takes a second for about 100,000."""

DEEPEST = 64
"""How many lists and mappings may be inside each other."""


class Document(NamedTuple):
    """A parsed file: its value, and the line (from 1) on which each key stands."""

    value: Any
    lines: dict[KeyPath, int]


_PATTERNS = {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+",
    "float": r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?",
    "str": r"(?s:.*)",
}
_STARTS = {
    "null": ["~", "n", "N", ""],
    "bool": list("tTfF"),
    "int": list("-+0123456789"),
    "float": list("-+.0123456789"),
}


def parse(text: str, file: str) -> Document:
    """Parses the text of `file`; raises `ConfigError` with the line where it is not valid YAML."""
    import yaml

    check_size(len(text.encode("utf-8", "surrogatepass")), file)
    try:
        root = yaml.compose(text, Loader=_loader())
    except _RefusedError as refused:
        raise ConfigError(f"{file}:{refused.line}", "", refused.problem, refused.remedy) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{file}:{mark.line + 1}" if mark is not None else file
        raise ConfigError(
            where, "", f"is not valid YAML: {error.problem}", "fix the syntax of that line"
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(
            file, "", f"is not valid YAML: {error}", "save it as plain UTF-8 text"
        ) from error
    lines: dict[KeyPath, int] = {}
    return Document(None if root is None else _value(root, (), lines, file), lines)


def check_size(size: int, file: str) -> None:
    """Raises `ConfigError` for a file of more bytes than are read."""
    if size > LARGEST:
        raise ConfigError(file, "", f"is larger than {LARGEST} bytes", "write a shorter file")


class _RefusedError(Exception):
    """Something that YAML has and these files do not: on which line, what it is, what to write."""

    def __init__(self, event: yaml.Event, problem: str, remedy: str) -> None:
        mark = event.start_mark
        self.line = 1 if mark is None else mark.line + 1
        self.problem = problem
        self.remedy = remedy


@cache
def _loader() -> type[yaml.SafeLoader]:
    """A loader that knows null, true and false, integers, decimals and texts."""
    import re

    import yaml

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {}  # noqa: RUF012  as its base has it
        depth = 0

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
                raise _RefusedError(event, "has an anchor or alias", "write the value out")
            if event.tag is not None:
                raise _RefusedError(event, "has a tag", "write a plain value without `!`")
            if self.depth == DEEPEST and isinstance(event, yaml.CollectionStartEvent):
                raise _RefusedError(
                    event, f"is nested more than {DEEPEST} levels deep", "write fewer levels"
                )
            self.depth += 1
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

    for tag, starts in _STARTS.items():
        pattern = re.compile(f"(?:{_PATTERNS[tag]})$")
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", pattern, starts)
    return Loader


def _value(node: yaml.Node, path: KeyPath, lines: dict[KeyPath, int], file: str) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    import yaml

    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, file)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, str(n)), lines, file) for n, item in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return node.value.lower() == "true"
    if kind == "str":
        return _text(node, file)
    from perfkit.core.one_value import BadValueError, exact_number

    try:
        number = exact_number(node.value)
    except BadValueError as error:
        where = f"{file}:{node.start_mark.line + 1}"
        raise ConfigError(where, ".".join(path), str(error), "write a shorter number") from error
    return number if number is None or kind == "float" else int(number)


def _mapping(
    node: yaml.MappingNode, path: KeyPath, lines: dict[KeyPath, int], file: str
) -> dict[str, Any]:
    import yaml

    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise ConfigError(f"{file}:{line}", "", "a key is not a name", "write `name: value`")
        key = _text(key_node, file)
        if key in mapping:
            raise ConfigError(f"{file}:{line}", key, "is given twice", "remove one of the two")
        lines[*path, key] = line
        mapping[key] = _value(value_node, (*path, key), lines, file)
    return mapping


def _text(node: yaml.ScalarNode, file: str) -> str:
    r"""A text; an escape such as `"\ud800"` or `"\0"` makes what no file or path can hold."""
    from perfkit.core.formatting import utf8

    text: str = node.value
    if text != utf8(text) or "\0" in text:
        where = f"{file}:{node.start_mark.line + 1}"
        raise ConfigError(where, repr(text), "is not text", "write whole characters")
    return text


def document(folder: str, shown: str, content: bytes, *, cached: bool = True) -> Document:
    """The value of a file of the workspace; `shown` is its path below its `folder`.

    `cached` False neither uses nor leaves a copy. Raises `ConfigError` where it is not valid YAML.
    """
    name = os.path.basename(shown).removesuffix(".yaml") + ".parsed"
    copy = os.path.join(folder, CACHE, name)
    known = _copied(copy, content) if cached else None
    if known is not None:
        return known
    parsed = parse(content.decode(), shown)
    if cached and os.path.isdir(os.path.dirname(copy)):
        body = marshal.dumps((_plain(parsed.value), parsed.lines), MARSHAL)
        try:
            put_in_place(copy, sealed(((VERSION, content, "", None), body)), mode=0o600)
        except OSError:
            return parsed  # it is parsed again the next time
    return parsed


def _copied(copy: str, content: bytes) -> Document | None:
    stored = read_bytes(copy)
    parts = None if stored is None else unsealed(stored)
    if parts is None or parts[0][:2] != (VERSION, content):
        return None
    value, lines = marshal.loads(parts[1])
    return Document(_exact(value), lines)


def documents(
    folder: str, name: str, contents: Mapping[str, bytes], *, cached: bool = True
) -> dict[str, Document]:
    """The values of many files of the workspace, by their paths below its `folder`.

    One copy under that name has all of them, and only what is new or has changed is parsed. Else
    as `document`.
    """
    copy = os.path.join(folder, CACHE, f"{name}.parsed")
    stored = read_bytes(copy) if cached else None
    parts = None if stored is None else unsealed(stored)
    known: dict[str, Any] = {}
    if parts is not None and parts[0] == (VERSION, name):
        known = marshal.loads(parts[1])
    found, kept = {}, {}
    for shown, content in contents.items():
        kept[shown] = one = known.get(shown, (None,))
        if one[0] == content:
            found[shown] = Document(_exact(one[1]), one[2])
        else:
            found[shown] = parsed = parse(content.decode(), shown)
            kept[shown] = content, _plain(parsed.value), parsed.lines
    if cached and kept != known and os.path.isdir(os.path.dirname(copy)):
        with contextlib.suppress(OSError):  # they are parsed again the next time
            body = marshal.dumps(kept, MARSHAL)
            put_in_place(copy, sealed(((VERSION, name), body)), mode=0o600)
    return found


def _plain(value: Any) -> Any:
    """The value with each Decimal as a tuple of its digits; nothing else is a tuple."""
    if isinstance(value, Decimal):
        return (str(value),)
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, list) else value


def _exact(value: Any) -> Any:
    if isinstance(value, tuple):
        return Decimal(value[0])
    if isinstance(value, dict):
        return {key: _exact(entry) for key, entry in value.items()}
    return [_exact(entry) for entry in value] if isinstance(value, list) else value
