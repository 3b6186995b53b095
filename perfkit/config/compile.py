"""A dialect of trades checked and compiled: its fields, and what else is about single lines."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from perfkit.config.dialect import (
    ENTRY,
    KNOWN_WORDS,
    LABEL,
    LAST,
    NUMBER,
    OF_PRICES,
    PLAIN_KEYS,
    RESULTS,
    TARGETS,
    TEXT,
    TIME,
    VALUE_KEYS,
    Condition,
    Dialect,
    Expression,
    Kinds,
    Problem,
    Slot,
    SlotValue,
    check_keys,
    mapping_of,
    word_of,
)
from perfkit.config.expressions import (
    Call,
    Constant,
    ExpressionError,
    Field,
    Formula,
    Leaf,
    Tree,
    simple,
)
from perfkit.config.layout import layout_of
from perfkit.core.fast_imports import UTC, datetime, tzinfo
from perfkit.core.one_value import TIME_UNITS_US, BadValueError, exact_number

_GIVES = {
    "sum": (NUMBER,),
    "quote": (TEXT, LABEL),
    "where": (NUMBER, TEXT, LABEL, TIME),
    **dict.fromkeys(("before", "after"), (TEXT, LABEL, TIME, NUMBER)),
    **dict.fromkeys(("earliest", "latest"), (TIME,)),
}
"""The kinds of fields that a function is for; others are for texts and times."""


def compile_dialect(
    name: str, spec: Mapping[str, object], problem: Problem, zone: tzinfo = UTC
) -> Dialect:
    """Checks a dialect's words and compiles them; raises what `problem` makes of a mistake."""
    check_keys(spec, PLAIN_KEYS, "", problem)
    fields = _fields(spec.get("fields"), problem)
    slots: list[Slot] = []
    expressions = {
        target: expression_of(target, source, slots, TARGETS, problem)
        for target, source in fields.items()
    }
    compiled = dialect_of(name, spec, slots, expressions, problem, zone)
    return of_its_entry(compiled) if compiled.pnl_from_prices else compiled


def of_its_entry(dialect: Dialect) -> Dialect:
    """The dialect with the side of a trade from its open lines.

    A close that has a side of its own sells what was bought. The quantity that it closes is that of
    the P&L that is computed from prices.
    """
    policies = {"side": ENTRY}
    if dialect.pnl_from_prices:
        policies["quantity"] = LAST
    slots = (one._replace(policy=policies.get(one.target, one.policy)) for one in dialect.slots)
    return dialect._replace(slots=tuple(slots))


def dialect_of(
    name: str,
    spec: Mapping[str, object],
    slots: list[Slot],
    expressions: dict[str, Expression],
    problem: Problem,
    zone: tzinfo,
) -> Dialect:
    """The dialect of those expressions, with all that is not about its fields."""
    closes = spec.get("closes", "last")
    if closes not in ("last", "each"):
        raise problem("closes", f"{closes!r} is unknown", "write last, each or sum")
    unit = spec.get("time_unit")
    if unit is not None and (not isinstance(unit, str) or unit not in TIME_UNITS_US):
        raise problem("time_unit", f"{unit!r} is unknown", "write s, ms, us or ns")
    open_when = spec.get("open_when", [])
    groups = open_when if isinstance(open_when, list) else [open_when]
    if {} in groups:
        raise problem(
            "open_when", "has no condition", "name a field and its value, or leave it out"
        )
    compiled = Dialect(
        name=name,
        only=conditions_of(spec.get("only", {}), "only", problem),
        open_when=tuple(conditions_of(group, "open_when", problem) for group in groups),
        identity=tuple(
            _leaf(part, "identity", problem) for part in _list(spec.get("identity", []))
        ),
        closes_each=closes == "each",
        time_unit=unit,
        zone=zone,
        slots=tuple(slots),
        expressions=expressions,
        words={},
        nulls=frozenset(map(word_of, _list(spec.get("nulls", [])))),
        layout=layout_of(spec, problem),
    )
    if spec.keys().isdisjoint(VALUE_KEYS):
        return compiled
    from perfkit.config.value_keys import with_value_keys

    return with_value_keys(compiled, spec, problem)


def _fields(given: object, problem: Problem) -> Mapping[str, object]:
    """The expression of each target; a trade needs a closing time and a result."""
    fields = mapping_of(given, "fields", problem)
    check_keys(fields, tuple(TARGETS), "fields.", problem)
    if "closed_at" not in fields:
        raise problem("fields", "has no closed_at", "name the field that holds the closing time")
    if not fields.keys() & RESULTS and not fields.keys() >= set(OF_PRICES):
        raise problem(
            "fields",
            "has no P&L",
            f"name the field that holds net_pnl or gross_pnl, or {', '.join(OF_PRICES)}",
        )
    return fields


def name_of(slots: list[Slot], text: object, key: str, problem: Problem) -> SlotValue:
    """A name or an id read from the line, beside the fields of its trade."""
    return in_a_slot(Slot(key, _leaf(text, key, problem), TEXT, LAST), slots)


def in_a_slot(slot: Slot, slots: list[Slot]) -> SlotValue:
    if slot not in slots:
        slots.append(slot)
    return SlotValue(slots.index(slot))


def parsed(text: str) -> Tree:
    """The tree of an expression; raises `ExpressionError`."""
    tree = simple(text)
    if tree is not None:
        return tree
    from perfkit.config import expression_parser

    return expression_parser.parsed(text)


def expression_of(
    target: str, source: object, slots: list[Slot], kinds: Kinds, problem: Problem
) -> Expression:
    """What a target is made from; `slots` gets what is to be read for it."""
    key = f"fields.{target}"
    if isinstance(source, int | Decimal) and not isinstance(source, bool):
        raise problem(key, f"{source} is a number", f'write "= {source}" for a constant')
    if not isinstance(source, str) or not source.strip():
        raise problem(key, "is empty", "name a field, an expression of fields, or `= constant`")
    try:
        tree = parsed(source)
    except ExpressionError as error:
        raise problem(key, error.problem, error.remedy) from error
    return _resolved(tree, target, slots, kinds, problem)


def _resolved(
    tree: Tree, target: str, slots: list[Slot], kinds: Kinds, problem: Problem
) -> Expression:
    """The tree with a slot in place of each value that is read from the line."""
    key = f"fields.{target}"
    kind, policy = kinds[target]
    if isinstance(tree, Constant):
        return Constant(_constant(str(tree.value), target, kind, problem))
    if isinstance(tree, Formula):
        if kind != NUMBER and tree.operation != "or":
            raise problem(
                key, f"{tree.operation!r} needs numbers", "name one field, or fields joined by `or`"
            )
        parts = tuple(_resolved(part, target, slots, kinds, problem) for part in tree.parts)
        return Formula(tree.operation, parts)  # type: ignore[arg-type]
    if isinstance(tree, Call) and kind not in _GIVES.get(tree.name, (TEXT, LABEL, TIME)):
        raise problem(
            key, f"{tree.name}() does not return a {kind}", "see the functions of expressions"
        )
    return in_a_slot(Slot(target, tree, kind, policy), slots)


def _constant(text: str, target: str, kind: str, problem: Problem) -> str | Decimal | int:
    key = f"fields.{target}"
    if kind == TIME:
        return _constant_time(text, key, problem)
    if not text:
        raise problem(key, "has nothing after `=`", "write the constant there")
    if kind in (TEXT, LABEL):
        known = KNOWN_WORDS.get(target, {text.lower(): text})
        if text.lower() not in known:
            raise problem(key, f"{text!r} is unknown", f"write one of {', '.join(known)}")
        return known[text.lower()]
    try:
        number = exact_number(text)
    except BadValueError as error:
        raise problem(key, str(error), "write a plain decimal after `=`") from error
    assert number is not None
    return number


def _constant_time(text: str, key: str, problem: Problem) -> int:
    """A date, or a time in ISO 8601, in microseconds since 1970; without a zone it is UTC."""
    from perfkit.core.calendar import instant_of

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        remedy = "name the field that holds it, or write a date such as `= 2026-04-08`"
        raise problem(key, f"{text!r} is not a time", remedy) from error
    return instant_of(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))


def _leaf(text: object, key: str, problem: Problem) -> Leaf:
    try:
        tree = parsed(text) if isinstance(text, str) else None
    except ExpressionError as error:
        raise problem(key, error.problem, error.remedy) from error
    is_time = isinstance(tree, Call) and _GIVES.get(tree.name) == (TIME,)
    if is_time or not isinstance(tree, Field | Call):
        raise problem(key, f"{text!r} is not a field name", "write a name or a dotted path")
    return tree


def conditions_of(spec: object, key: str, problem: Problem) -> tuple[Condition, ...]:
    mapping = mapping_of(spec, key, problem)
    return tuple(
        _condition(_leaf(name, key, problem), wanted, f"{key}.{name}", problem)
        for name, wanted in mapping.items()
    )


def _condition(source: Leaf, wanted: object, key: str, problem: Problem) -> Condition:
    if wanted in ("exists", "missing"):
        return Condition(source, (None,), negated=wanted == "exists")
    if not isinstance(wanted, Mapping):
        return Condition(source, tuple(_list(wanted)))
    check_keys(wanted, ("not", "above", "below"), f"{key}.", problem)
    bounds = [wanted.get(name) for name in ("above", "below")]
    for bound in bounds:
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, int | Decimal)):
            raise problem(key, f"{bound!r} is not a number", "write `above: 0` or `below: 0`")
    allowed = tuple(_list(wanted["not"])) if "not" in wanted else None
    above, below = map(_decimal, bounds)
    return Condition(source, allowed, allowed is not None, above, below)


def _decimal(bound: object) -> Decimal | None:
    return None if bound is None else exact_number(str(bound))


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]
