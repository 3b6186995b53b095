"""Configuration files as values, parsed again only when their bytes changed.

What was parsed is kept beside the cache, so that a run that starts every minute need not load a
YAML parser. A copy that is missing, damaged or of other bytes is no copy: the file is parsed.
"""

from __future__ import annotations

import contextlib
import marshal
import os
from decimal import Decimal

from perfkit.book.store.freshness import CACHE, MARSHAL, VERSION, joined, read_bytes, split
from perfkit.config.yaml import Document, parse
from perfkit.disk.atomic import put_in_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def document(folder: str, shown: str, content: bytes, *, cached: bool = True) -> Document:
    """The value of a file of the workspace; `shown` is its path below its `folder`.

    `cached` False neither uses nor leaves a copy. Raises `ConfigError` where it is no valid YAML.
    """
    name = os.path.basename(shown).removesuffix(".yaml") + ".parsed"
    copy = os.path.join(folder, CACHE, name)
    known = _copied(copy, content) if cached else None
    if known is not None:
        return known
    parsed = parse(content.decode(), shown)
    if cached and os.path.isdir(os.path.dirname(copy)):
        body = marshal.dumps((_plain(parsed.value), parsed.lines), MARSHAL)
        with contextlib.suppress(OSError):
            put_in_place(copy, joined((VERSION, content, "", None), body))
    return parsed


def _copied(copy: str, content: bytes) -> Document | None:
    stored = read_bytes(copy)
    parts = None if stored is None else split(stored)
    if parts is None or parts[0][:2] != (VERSION, content):
        return None
    value, lines = marshal.loads(parts[1])
    return Document(_exact(value), lines)


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
