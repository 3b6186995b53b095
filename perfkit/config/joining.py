"""What a dialect says of trades that several lines make: `combine`, `pair` and so on.

closes: sum                            all closes of an identity are parts of one trade
done_when: {left: 0}                   which close completes it; until then it is open
reuse: true                            an identity comes again, for another trade
pair: {by: [symbol], order: fifo}      a close belongs to the oldest open line of its symbol
combine: {commission: sum}             how the lines of a trade make one value of a field
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo

from perfkit.config.compile import compile_dialect, conditions_of, in_a_slot, of_its_entry
from perfkit.config.dialect import (
    CLOSING,
    FIRST,
    JOINING_KEYS,
    LAST,
    NUMBER,
    PNL,
    RAW,
    TARGETS,
    TEXT,
    Condition,
    Dialect,
    Joining,
    Problem,
    Slot,
    Total,
    check_keys,
    mapping_of,
)

SUM, MIN, MAX, AVERAGE = "sum", "min", "max", "average"
KEPT = (FIRST, LAST, CLOSING)
RULES = (*KEPT, SUM, MIN, MAX, AVERAGE)
FIFO, LIFO = "fifo", "lifo"

ALL, OPENING, OF_CLOSES = "all", "opening", "closing"

ADDED_UP = {
    "net_pnl": (SUM, OF_CLOSES),
    "gross_pnl": (SUM, OF_CLOSES),
    "commission": (SUM, ALL),
    "slippage": (SUM, ALL),
    "quantity": (SUM, OF_CLOSES),
    "exit_price": (AVERAGE, OF_CLOSES),
    "closed_at": (MAX, OF_CLOSES),
}
"""What `closes: sum` makes of the closes of a trade."""


def compile_joining(
    name: str, spec: Mapping[str, object], problem: Problem, zone: tzinfo = UTC
) -> Dialect:
    """Checks such a dialect and compiles it; raises what `problem` makes of a mistake."""
    plain = {key: value for key, value in spec.items() if key not in JOINING_KEYS}
    sums = spec.get("closes") == "sum"
    if sums:
        del plain["closes"]
    if "pair" in spec:
        if "identity" in spec:
            raise problem("pair", "does not go with `identity`", "leave one of them out")
        if "closes" in spec:
            raise problem("closes", "does not go with `pair`", "a pair has one close")
        by, order = _pair(spec["pair"], plain, problem)
        plain["identity"] = by
    elif not plain.get("identity"):
        raise problem(
            next(key for key in ("combine", "done_when", "reuse", "closes") if key in spec),
            "says how the lines of one trade combine, but nothing says which lines those are",
            "name the fields that identify a trade as `identity`",
        )
    compiled = compile_dialect(name, plain, problem, zone)
    if "pair" in spec:
        compiled = of_its_entry(compiled)
    slots = list(compiled.slots)
    totals = _totals(compiled, spec, slots, problem, sums=sums)
    if compiled.pnl_from_prices and any(one.rule == AVERAGE for one in totals):
        raise problem(
            "fields",
            "has no P&L, and none can be computed from a mean price exactly",
            "name net_pnl, such as `(exit - entry) * qty` of each close, or use `fills`",
        )
    done_when = conditions_of(spec.get("done_when", {}), "done_when", problem)
    done_when = tuple(one._replace(decimal=compiled.decimal) for one in done_when)
    reuse = spec.get("reuse", False)
    if not isinstance(reuse, bool):
        raise problem("reuse", f"{reuse!r} is unknown", "write true or false")
    if compiled.closes_each and (totals or done_when or reuse):
        raise problem("closes", "each close is a trade of its own", "write closes: last or sum")
    joining = Joining(
        totals=totals,
        sums_closes=sums,
        done_when=tuple((one, _looked_at(one, slots)) for one in done_when),
        reuse=reuse,
        pair=order if "pair" in spec else None,
    )
    return compiled._replace(slots=tuple(slots), joining=joining)


def _looked_at(condition: Condition, slots: list[Slot]) -> int:
    return in_a_slot(Slot("done_when", condition.source, RAW, LAST), slots).slot


def _totals(
    dialect: Dialect,
    spec: Mapping[str, object],
    slots: list[Slot],
    problem: Problem,
    *,
    sums: bool,
) -> tuple[Total, ...]:
    """The targets that are added up or compared; the slots of others get their rule."""
    rules: dict[str, tuple[str, str]] = dict(ADDED_UP) if sums else {}
    for target, rule in mapping_of(spec.get("combine", {}), "combine", problem).items():
        key = f"combine.{target}"
        if target not in dialect.expressions:
            raise problem(key, "is not one of the `fields`", "name one that is")
        if not isinstance(rule, str) or rule not in RULES:
            raise problem(key, f"{rule!r} is unknown", f"write one of {', '.join(RULES)}")
        kind, policy = TARGETS[target]
        if rule in KEPT:
            slots[:] = [one._replace(policy=rule) if one.target == target else one for one in slots]
            rules.pop(target, None)
            continue
        if kind == TEXT or (kind != NUMBER and rule in (SUM, AVERAGE)):
            raise problem(key, f"is not a number, so it has no {rule}", f"write {', '.join(KEPT)}")
        if policy == PNL and not sums:
            raise problem(key, "is that of one close", "write `closes: sum` to add closes up")
        rules[target] = rule, _counted(target, policy, rules)
    weight = dialect.expressions.get("quantity")
    for target, (rule, _) in rules.items():
        if rule == AVERAGE and weight is None and target in dialect.expressions and not sums:
            raise problem(
                f"combine.{target}", "needs a quantity to weigh by", "name it among the fields"
            )
    return tuple(
        Total(target, rule, over, dialect.expressions[target], weight if rule == AVERAGE else None)
        for target, (rule, over) in rules.items()
        if target in dialect.expressions
    )


def _counted(target: str, policy: str, known: Mapping[str, tuple[str, str]]) -> str:
    """Whose values of a target count."""
    if target in known:
        return known[target][1]
    return {FIRST: OPENING, CLOSING: OF_CLOSES, PNL: OF_CLOSES}.get(policy, ALL)


def _pair(given: object, spec: Mapping[str, object], problem: Problem) -> tuple[list[object], str]:
    """What a close and its open line have in common, and which open line comes first."""
    pair = mapping_of(given, "pair", problem)
    check_keys(pair, ("by", "order"), "pair.", problem)
    by = pair.get("by")
    parts = list(by) if isinstance(by, list) else [by]
    if not parts or None in parts:
        raise problem("pair.by", "is missing", "name the fields that a close and its open share")
    order = pair.get("order", FIFO)
    if order not in (FIFO, LIFO):
        raise problem("pair.order", f"{order!r} is unknown", "write fifo or lifo")
    fields = mapping_of(spec.get("fields"), "fields", problem)
    shared = [fields.get(part, part) if isinstance(part, str) else part for part in parts]
    return [one for one in shared if not str(one).lstrip().startswith("=")], str(order)
