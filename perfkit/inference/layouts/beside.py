"""The numbers that stand beside the records of a document: `total_pnl`, `wins`, `total_trades`.

{"summary": {"trades": 2, "pnl": 3}, "trades": [...]}     trades 2, pnl 3
{"a": {"pnl": 1, "trades": [...]}, "b": {"pnl": 2, "trades": [...]}}     of both lists: pnl 3
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from perfkit.inference.table import shapes
from perfkit.inference.words.names import word_set, words

_OF_TOTALS = word_set("summary stats statistics metrics performance total totals report overall")


def numbers_beside(document: object, path: Sequence[str]) -> dict[str, Decimal]:
    """The numbers beside the list at a path; of several lists, those that stand beside each."""
    if not path:
        return {}
    found: dict[str, list[Decimal]] = {}
    owners = list(_owners(document, path))
    for owner in owners:
        for name, number in {**_numbers_in_summaries(owner), **_numbers(owner)}.items():
            found.setdefault(name, []).append(number)
    return {
        name: sum(numbers, Decimal(0))
        for name, numbers in found.items()
        if len(numbers) == len(owners)
    }


def _owners(node: object, path: Sequence[str]) -> Iterator[Mapping[str, object]]:
    """The objects that hold what a path leads to."""
    if not isinstance(node, Mapping):
        return
    first, *rest = path
    if not rest:
        yield node
        return
    for name, inner in node.items():
        if first in ("*", name):
            yield from _owners(inner, rest)


def _numbers(owner: Mapping[str, object]) -> dict[str, Decimal]:
    known = ((name, shapes.number(value)) for name, value in owner.items() if _is_plain(value))
    return {name: number for name, number in known if number is not None}


def _numbers_in_summaries(owner: Mapping[str, object]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for name, inner in owner.items():
        if isinstance(inner, Mapping) and {*words(name)} & _OF_TOTALS:
            found |= _numbers(inner)
    return found


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
