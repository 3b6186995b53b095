"""The objects around a record of a JSON document, as far as the dialect reads fields of them.

In fills of orders, `records: orders.*.fills`, the symbol may be that of the order:

    {"desk": "x", "orders": [{"symbol": "SOL", "fills": [{"p": 1}, {"p": 2}]}]}

    symbol: _parent.symbol             {"_parent":{"symbol":"SOL"},"p":1}
    account: _parent._parent.desk      {"_parent":{"_parent":{"desk":"x"},"symbol":"SOL"},"p":1}

A parent is an object in which a name of `records` is looked up: `fills` in an order, `orders` in
the document. What `*` stands for is none, but its name is the `_key` of what comes below.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from perfkit.core.fast_imports import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    import msgspec

    from perfkit.config.expressions import Field

EVERY = "*"
KEY = "_key"
PARENT = "_parent"


class Parents(NamedTuple):
    """The fields wanted of each object around a record, the nearest first: `(("symbol",),)`."""

    wanted: tuple[tuple[str, ...], ...] = ()

    def of(
        self,
        members: Mapping[str, msgspec.Raw],
        path: tuple[str, ...],
        key: str | None,
        above: bytes,
    ) -> bytes:
        """An object as the parent of what lies at the path below it; empty if none is wanted.

        `key` is the name that it has itself, `above` is its own parent.
        """
        distance = len(path) - path.count(EVERY)
        if distance > len(self.wanted):
            return b""
        parent = b"{}"
        for name in self.wanted[distance - 1]:
            if name in members:
                parent = with_member(parent, name, bytes(members[name]))
            elif name == KEY and key is not None:
                parent = with_member(parent, name, json.dumps(key).encode())
        return with_member(parent, PARENT, above) if above else parent


NO_PARENTS = Parents()


def parents_of(fields: Iterable[Field]) -> Parents:
    """The parents that these fields read."""
    wanted: list[dict[str, None]] = []
    for field in fields:
        names = [str(step) for step in field.path]
        distance = next((n for n, name in enumerate(names) if name != PARENT), len(names))
        if 0 < distance < len(names):
            wanted += [{} for _ in range(distance - len(wanted))]
            wanted[distance - 1][names[distance]] = None
    return Parents(tuple(map(tuple, wanted)))


def with_member(value: bytes, name: str, member: bytes) -> bytes:
    """A JSON object with a further member before those it has, which count if named the same."""
    rest = value[1:].lstrip()
    comma = b"" if rest[:1] == b"}" else b","
    return b"{%b:%b%b%b" % (json.dumps(name).encode(), member, comma, rest)
