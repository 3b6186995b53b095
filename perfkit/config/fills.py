"""The `fills` of a dialect checked: how executions become round trips.

    fills: {by: [account, symbol], match: fifo, trade: exit}

A name under `by` is a field of the dialect (`symbol`, whatever the log calls it), else a field of
the record. Fills are matched within a group, that is, among those with equal values of `by`; those
of different symbols never are, whatever `by` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from decimal import Decimal

from perfkit.config.compile import dialect_of, expression_of, name_of
from perfkit.config.dialect import (
    LAST,
    NUMBER,
    TEXT,
    TIME,
    Dialect,
    Expression,
    Fills,
    Problem,
    Slot,
    check_keys,
    mapping_of,
)
from perfkit.config.layout import LAYOUT_KEYS
from perfkit.core.one_value import BadValueError, exact_number

FIELDS: dict[str, tuple[str, str]] = {
    "at": (TIME, LAST),
    "side": (TEXT, LAST),
    "quantity": (NUMBER, LAST),
    "price": (NUMBER, LAST),
    "commission": (NUMBER, LAST),
    "gross_pnl": (NUMBER, LAST),
    "net_pnl": (NUMBER, LAST),
    "symbol": (TEXT, LAST),
    "strategy": (TEXT, LAST),
    "execution_mode": (TEXT, LAST),
    "account": (TEXT, LAST),
    "exit_reason": (TEXT, LAST),
    "stop_loss": (NUMBER, LAST),
    "target": (NUMBER, LAST),
    **dict.fromkeys(("currency", "commission_currency"), (TEXT, LAST)),
}
"""What a line can say of a fill. Of several lines of one fill, a later one corrects it."""

LOGGED_PNL = ("gross_pnl", "net_pnl")
"""What a fill may log of what it closes, which counts before P&L from prices."""

FIFO, LIFO, AVERAGE = "fifo", "lifo", "average"
EXIT, POSITION = "exit", "position"

KEYS = ("by", "match", "trade", "short", "dust", "fee_from", "order", "newest_first")
NEEDED = {
    "at": "name the field that holds the time of the fill",
    "quantity": "name the field that holds how much was bought or sold",
    "price": "name the field that holds the price of the fill",
}
USUAL_GROUP = ("account", "symbol")
"""What fills are grouped by if nothing else is said, as far as the dialect has it."""

MAY_BE_MISSING = ("account", "strategy", "execution_mode")
"""A fill without one of these is matched with others that have none; all else it must have."""

NAMES = ("symbol", *MAY_BE_MISSING)
WITH_FILLS = (
    *("fields", "fills", "only", "identity", "values", "nulls"),
    *("time_unit", "time_format", "decimal", "dimensions"),
    *LAYOUT_KEYS,
)


def compile_fills(
    name: str, spec: Mapping[str, object], problem: Problem, zone: tzinfo = UTC
) -> Dialect:
    """Checks a dialect of fills and compiles it; raises what `problem` makes of a mistake."""
    for key in spec:
        if key not in WITH_FILLS:
            raise problem(key, "does not go with `fills`", f"use {', '.join(WITH_FILLS)}")
    given = mapping_of(spec["fills"], "fills", problem)
    check_keys(given, KEYS, "fills.", problem)
    fields = mapping_of(spec.get("fields"), "fields", problem)
    check_keys(fields, tuple(FIELDS), "fields.", problem)
    for field, remedy in NEEDED.items():
        if field not in fields:
            raise problem("fields", f"has no {field}, which fills need", remedy)
    if "commission_currency" in fields and given.get("fee_from") == "quantity":
        raise problem(
            "fields.commission_currency",
            "does not go with `fee_from: quantity`, which says that purchases cost what they buy",
            "leave one of them out",
        )
    slots: list[Slot] = []
    expressions = {
        target: expression_of(target, source, slots, FIELDS, problem)
        for target, source in fields.items()
    }
    order = given.get("order")
    fills = Fills(
        by=_group(given, expressions, slots, problem),
        identity=tuple(
            name_of(slots, part, "identity", problem) for part in _list(spec.get("identity", []))
        ),
        order=None if order is None else name_of(slots, order, "fills.order", problem),
        match=_one_of("match", given, (FIFO, LIFO, AVERAGE), problem),
        by_position=_one_of("trade", given, (EXIT, POSITION), problem) == POSITION,
        short=_flag("short", given, problem),
        dust=_dust(given.get("dust", 0), problem),
        fee_from_quantity=_one_of("fee_from", given, ("money", "quantity"), problem) == "quantity",
        newest_first=_flag("newest_first", given, problem, usual=False),
    )
    rest = {key: value for key, value in spec.items() if key != "identity"}
    compiled = dialect_of(name, rest, slots, expressions, problem, zone)
    return compiled._replace(slots=tuple(slots), fills=fills)


def _group(
    given: Mapping[str, object],
    fields: dict[str, Expression],
    slots: list[Slot],
    problem: Problem,
) -> dict[str, Expression]:
    """What fills of one group have in common, by name."""
    parts = _list(given.get("by", [one for one in USUAL_GROUP if one in fields]))
    if "symbol" in fields and "symbol" not in parts:
        parts.append("symbol")
    group: dict[str, Expression] = {}
    for part in parts:
        if part in fields and part not in NAMES:
            raise problem(
                "fills.by", f"{part} is not a name to group by", f"use one of {', '.join(NAMES)}"
            )
        known = fields.get(part) if isinstance(part, str) else None
        group[str(part)] = name_of(slots, part, "fills.by", problem) if known is None else known
    return group


def _one_of(key: str, given: Mapping[str, object], known: tuple[str, ...], problem: Problem) -> str:
    """A word, the first of those known if none is given."""
    word = given.get(key, known[0])
    if not isinstance(word, str) or word not in known:
        raise problem(f"fills.{key}", f"{word!r} is unknown", f"write {' or '.join(known)}")
    return word


def _flag(key: str, given: Mapping[str, object], problem: Problem, *, usual: bool = True) -> bool:
    flag = given.get(key, usual)
    if not isinstance(flag, bool):
        raise problem(f"fills.{key}", f"{flag!r} is unknown", "write true or false")
    return flag


def _dust(given: object, problem: Problem) -> Decimal:
    try:
        dust = exact_number(str(given))
    except BadValueError:
        dust = None
    if dust is None or dust < 0:
        raise problem(
            "fills.dust", f"{given!r} is not a quantity", "write a small number, such as 1e-8"
        )
    return dust


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]
