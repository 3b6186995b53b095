"""The numbers that stand beside the records of a document: `total_pnl`, `wins`, `total_trades`.

A list of numbers, such as `pnl_sequence`, says what it adds up to.

{"summary": {"trades": 2, "pnl": 3}, "trades": [...]}     trades 2, pnl 3
{"a": {"pnl": 1, "trades": [...]}, "b": {"pnl": 2, "trades": [...]}}     of both lists: pnl 3
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from perfkit.inference.table import shapes
from perfkit.inference.words.names import word_set, words

_OF_TOTALS = word_set("summary stats statistics metrics performance total totals report overall")
_LISTS = word_set("sequence list series values history all each")


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
    found = {name: number for name, number in known if number is not None}
    sums = (
        ("_".join(_without_kind(name)), _sum_of(value))
        for name, value in owner.items()
        if isinstance(value, list) and {*words(name)} & _LISTS
    )
    return {name: number for name, number in sums if name and number is not None} | found


def _without_kind(name: str) -> list[str]:
    """The words of a name without those for a list: `pnl` of `pnl_sequence`."""
    return [word for word in words(name) if word not in _LISTS]


def _sum_of(values: Sequence[object]) -> Decimal | None:
    """What a list of numbers adds up to; None where it has anything else."""
    numbers = [shapes.number(one) if _is_plain(one) else None for one in values]
    known = [one for one in numbers if one is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(numbers) else None


def _numbers_in_summaries(owner: Mapping[str, object]) -> dict[str, Decimal]:
    """The numbers of summaries; those of `train_summary` count less than those of `summary`."""
    found: dict[str, Decimal] = {}
    named = [({*words(name)}, inner) for name, inner in owner.items()]
    for said, inner in sorted(named, key=lambda one: one[0] <= _OF_TOTALS):
        if isinstance(inner, Mapping) and said & _OF_TOTALS:
            found |= _numbers(inner)
    return found


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
