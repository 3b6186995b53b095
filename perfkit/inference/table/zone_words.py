"""Times that end in the words of one zone, such as EST in winter and EDT in summer.

Filled Time   09/19/2025 13:31:39 EDT     before("Filled Time", " E"), in America/New_York
Filled Time   12/03/2025 10:02:11 EST

So may the name of a zone, behind its offset:

time          Mon Apr 06 2026 09:30:00 GMT+0200 (Central European Summer Time)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from perfkit.inference.table.columns import TIME, Column, column_of_values

ZONES = {
    **dict.fromkeys(("UTC", "GMT"), "UTC"),
    **dict.fromkeys(("EST", "EDT", "ET"), "America/New_York"),
    **dict.fromkeys(("PST", "PDT", "PT"), "America/Los_Angeles"),
    **dict.fromkeys(("CET", "CEST"), "Europe/Berlin"),
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
    "MSK": "Europe/Moscow",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "HKT": "Asia/Hong_Kong",
    "SGT": "Asia/Singapore",
    "WIB": "Asia/Jakarta",
    "TRT": "Europe/Istanbul",
    "BRT": "America/Sao_Paulo",
    "CDT": "America/Chicago",
}
"""Words for one zone alone; IST is that of India, of Israel and of Ireland."""
_OF_BOTH = {**ZONES, "CST": "America/Chicago", "MST": "America/Denver", "MDT": "America/Denver"}
"""Words that stand for one zone beside the other one of it."""
_WORD = re.compile(r" ([A-Z]{3,4})\Z")
_NAMED = re.compile(r"[^(]+[0-9] ?(?:GMT|UTC)?[+-][0-9]{2}:?[0-9]{2} \([^()]+\)?")
"""A time with an offset and the name of its zone, which may be cut short."""


class ZoneWords(NamedTuple):
    """What parts the words from the times, and their zone; none where they have an offset."""

    gap: str
    zone: str


@dataclass(frozen=True, eq=False)
class TimeInZone(Column):
    """A column of times without the words of its zone, two of which stood behind them."""

    gap: str = ""
    zone: str = ""

    @property
    def expression(self) -> str:
        """What is before the word, as an expression of a dialect."""
        return f'before({super().expression}, "{self.gap}")'


def zone_words(sample: Sequence[object]) -> ZoneWords | None:
    """The words of summer and of winter that end some times; None unless there are both.

    The name of a zone may end them where they have an offset as well.
    """
    texts = [one.strip() for one in sample if isinstance(one, str)]
    if not texts or len(texts) < len(sample):
        return None
    if all(map(_NAMED.fullmatch, texts)):
        return ZoneWords(" (", "")
    found = [_WORD.search(text) for text in texts]
    words = {one[1] for one in found if one is not None}
    zones = {_OF_BOTH.get(word, "") for word in words}
    if None in found or len(words) != 2 or len(zones) != 1 or zones == {""}:
        return None
    first = {word[0] for word in words}
    gap = f" {min(first)}"
    if len(first) > 1 or any(text.count(gap) != 1 for text in texts):
        return None
    return ZoneWords(gap, zones.pop())


def in_zone(column: Column) -> Column:
    """The column as times without such words, where it has them; else itself."""
    if not column.values or (words := zone_words(column.sample)) is None:
        return column
    values = [one.partition(words.gap)[0] if isinstance(one, str) else one for one in column.values]
    plain = column_of_values(column.path, values)
    if plain.kind != TIME:
        return column
    return TimeInZone(plain.path, values, plain.kind, plain.unit, plain.layout, *words)
