"""How one bot's log lines become trades: a few declarative words, never code.

A dialect maps the *targets* below to expressions over a line's fields (see `expressions`); a result
is there only when every part of it is. The built-in `trade_record` is written in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from decimal import Decimal

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
from perfkit.config.layout import LAYOUT_KEYS, Layout, layout_of
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trade import BREAKEVEN, LONG, LOSS, SHORT, WIN
from perfkit.core.values import (
    TIME_UNITS_US,
    BadValueError,
    exact_number,
    in_currency,
    logged_number,
    shown,
    unquoted,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

TEXT = "text"
NUMBER = "number"
TIME = "time"

FIRST = "first"
"""The first value a trade's lines give stays: the initial stop is what was risked."""
LAST = "last"
"""A later value wins; after a close, an open line only fills a gap."""
CLOSING = "closing"
"""Only a closing line can say it; a later closing line corrects an earlier one."""
PNL = "pnl"
"""What open lines say of it counts only while the trade is open."""

TARGETS: dict[str, tuple[str, str]] = {
    "opened_at": (TIME, FIRST),
    "closed_at": (TIME, CLOSING),
    "symbol": (TEXT, LAST),
    "strategy": (TEXT, LAST),
    "side": (TEXT, LAST),
    "execution_mode": (TEXT, LAST),
    "account": (TEXT, LAST),
    "exit_reason": (TEXT, CLOSING),
    "outcome": (TEXT, CLOSING),
    "net_pnl": (NUMBER, PNL),
    "gross_pnl": (NUMBER, PNL),
    "commission": (NUMBER, LAST),
    "slippage": (NUMBER, LAST),
    "quantity": (NUMBER, FIRST),
    "entry_price": (NUMBER, FIRST),
    "exit_price": (NUMBER, CLOSING),
    "stop_loss": (NUMBER, FIRST),
    "target": (NUMBER, FIRST),
    "risk_reward": (NUMBER, LAST),
    "hold_seconds": (NUMBER, LAST),
    **dict.fromkeys(("currency", "commission_currency"), (TEXT, LAST)),
}
"""What a line can say of a trade: its kind, and how several lines of one trade combine."""

RESULTS = ("net_pnl", "gross_pnl", "outcome")
"""Targets of which a closed trade needs one."""

OF_PRICES = ("exit_price", "entry_price", "quantity", "side")
"""Targets that P&L is computed from where none of these is named."""

OPEN = "open"
_BOOLEANS = ("true", "false")
KNOWN_WORDS = {
    "side": {"long": LONG, "short": SHORT, "buy": LONG, "sell": SHORT},
    "outcome": {"win": WIN, "loss": LOSS, "breakeven": BREAKEVEN, "open": OPEN},
}

_VALUE_KEYS = ("values", "time_format", "decimal", "hold_unit")
"""Keys about how values are written (see `value_keys`)."""
_KEYS = (
    *("only", "open_when", "identity", "closes", "fills", "time_unit", "fields", "nulls"),
    *_VALUE_KEYS,
    *LAYOUT_KEYS,
)

Kinds = Mapping[str, tuple[str, str]]
"""Of each target its kind, and how several lines combine."""

Problem = Callable[[str, str, str], Exception]
"""Makes the error for `(key, problem, remedy)`; the caller knows the file."""


class Slot(NamedTuple):
    """One value of a line that one target needs, and how it combines over lines."""

    target: str
    source: Leaf
    kind: str
    policy: str


class SlotValue(NamedTuple):
    """What a slot, by number, holds once lines are combined: a leaf of an expression."""

    slot: int


class Condition(NamedTuple):
    """What a value of a line must be: one of `allowed`, or with `negated` none of them.

    null stands for missing, null or empty. A number must also lie above `above` and below `below`.
    """

    source: Leaf
    allowed: tuple[object, ...] | None = None
    negated: bool = False
    above: Decimal | None = None
    below: Decimal | None = None

    def holds(self, value: object) -> bool:
        """Whether a raw value of the line meets the condition."""
        if self.allowed is not None and self.negated == any(
            _same(value, wanted) for wanted in self.allowed
        ):
            return False
        if self.above is None and self.below is None:
            return True
        try:
            number = logged_number(value)
        except BadValueError:
            return False
        return (
            number is not None
            and (self.above is None or number > self.above)
            and (self.below is None or number < self.below)
        )


Expression: TypeAlias = "SlotValue | Constant | Formula"


class Fills(NamedTuple):
    """How fills become round trips (see `perfkit.config.fills`).

    Fills with the same values of `by` are matched with each other. Those with the same values of
    `identity` as well are one fill, said several times. `order` decides among equal times.
    """

    by: dict[str, Expression]
    identity: tuple[Expression, ...]
    order: Expression | None
    match: str
    by_position: bool
    short: bool
    dust: Decimal
    fee_from_quantity: bool


class Dialect(NamedTuple):
    """A compiled dialect: `expressions` by target, over `slots`; `nulls` count as not there.

    Without a `time_unit`, the size of a number that is a time tells its unit. `currency` is that of
    the source, which amounts with a unit must be in.
    """

    name: str
    only: tuple[Condition, ...]
    open_when: tuple[tuple[Condition, ...], ...]
    identity: tuple[Leaf, ...]
    closes_each: bool
    time_unit: str | None
    zone: tzinfo
    slots: tuple[Slot, ...]
    expressions: dict[str, Expression]
    words: dict[str, dict[str, str]]
    nulls: frozenset[str] = frozenset()
    time_format: str | None = None
    decimal: str | None = None
    hold_unit: str | None = None
    currency: str | None = None
    layout: Layout = Layout()
    fills: Fills | None = None

    @property
    def pnl_from_prices(self) -> bool:
        """Whether net P&L is computed from prices, as none and no outcome is named."""
        return self.expressions.keys().isdisjoint(RESULTS)

    @property
    def results(self) -> list[Expression]:
        """What a closed trade needs one of."""
        if self.pnl_from_prices:
            return [Formula("*", tuple(map(self.expressions.__getitem__, OF_PRICES)))]  # type: ignore[arg-type]
        return [self.expressions[name] for name in RESULTS if name in self.expressions]

    @property
    def result_may_vanish(self) -> bool:
        """Whether a trade can lose its result by a further line: a divisor may become 0."""
        return any(map(_divides, self.results))

    @property
    def keys(self) -> tuple[str, ...]:
        """The top-level JSON names a line is read for, each once."""
        leaves = [slot.source for slot in self.slots] + list(self.identity)
        leaves += [condition.source for condition in self.only]
        leaves += [condition.source for group in self.open_when for condition in group]
        fields = [
            field
            for leaf in leaves
            for field in ((leaf,) if isinstance(leaf, Field) else leaf.parts)
        ]
        return tuple(dict.fromkeys(str(field.path[0]) for field in fields))

    def word(self, target: str, text: str) -> str:
        """What a logged text means for a target; raises `BadValueError` where it must be known."""
        text, words = unquoted(text), self.words.get(target, {})
        mapped = words.get(text, text)
        if mapped is text and text.lower() in _BOOLEANS:
            mapped = words.get(text.lower(), text)
        known = KNOWN_WORDS.get(target)
        if known is None:
            return in_currency(mapped, self.currency, target)
        meaning = known.get(mapped.lower())
        if meaning is None:
            raise BadValueError(
                f"{shown(mapped)} is not one of {', '.join(known)}; "
                "map it with `values` in the dialect"
            )
        return meaning


def compile_dialect(
    name: str, spec: Mapping[str, object], problem: Problem, zone: tzinfo = UTC
) -> Dialect:
    """Checks a dialect's words and compiles them; raises what `problem` makes of a mistake."""
    check_keys(spec, _KEYS, "", problem)
    fields = _fields(spec.get("fields"), problem)
    slots: list[Slot] = []
    expressions = {
        target: expression_of(target, source, slots, TARGETS, problem)
        for target, source in fields.items()
    }
    return dialect_of(name, spec, slots, expressions, problem, zone)


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
        raise problem("closes", f"{closes!r} is unknown", "write last or each")
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
        only=_conditions(spec.get("only", {}), "only", problem),
        open_when=tuple(_conditions(group, "open_when", problem) for group in groups),
        identity=tuple(
            _leaf(part, "identity", problem) for part in _list(spec.get("identity", []))
        ),
        closes_each=closes == "each",
        time_unit=unit,
        zone=zone,
        slots=tuple(slots),
        expressions=expressions,
        words={},
        nulls=frozenset(map(_word, _list(spec.get("nulls", [])))),
        layout=layout_of(spec, problem),
    )
    if spec.keys().isdisjoint(_VALUE_KEYS):
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
    return _in_a_slot(Slot(key, _leaf(text, key, problem), TEXT, LAST), slots)


def _in_a_slot(slot: Slot, slots: list[Slot]) -> SlotValue:
    if slot not in slots:
        slots.append(slot)
    return SlotValue(slots.index(slot))


def _divides(expression: Expression | Tree) -> bool:
    return isinstance(expression, Formula) and (
        expression.operation == "/" or any(map(_divides, expression.parts))
    )


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
    if isinstance(tree, Call) and (tree.name == "sum") != (kind == NUMBER):
        raise problem(key, f"{tree.name}() gives no {kind}", "see the functions of expressions")
    return _in_a_slot(Slot(target, tree, kind, policy), slots)


def _constant(text: str, target: str, kind: str, problem: Problem) -> str | Decimal:
    key = f"fields.{target}"
    if kind == TIME:
        raise problem(key, "a time cannot be a constant", "name the field that holds it")
    if not text:
        raise problem(key, "has nothing after `=`", "write the constant there")
    if kind == TEXT:
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


def _leaf(text: object, key: str, problem: Problem) -> Leaf:
    try:
        tree = parsed(text) if isinstance(text, str) else None
    except ExpressionError as error:
        raise problem(key, error.problem, error.remedy) from error
    if not isinstance(tree, Field | Call):
        raise problem(key, f"{text!r} is not a field name", "write a name or a dotted path")
    return tree


def _conditions(spec: object, key: str, problem: Problem) -> tuple[Condition, ...]:
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
    return Condition(source, allowed, allowed is not None, *map(_decimal, bounds))


def _decimal(bound: object) -> Decimal | None:
    return None if bound is None else exact_number(str(bound))


def _word(value: object) -> str:
    """A value of YAML as a log has it in a text: true rather than True."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _same(value: object, wanted: object) -> bool:
    if wanted is None or wanted == "":
        return value is None or value == ""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted or (isinstance(value, str) and value.lower() == _word(wanted))
    if isinstance(wanted, int | Decimal):
        try:
            return exact_number(value) == wanted
        except BadValueError:
            return False
    return str(value) == str(wanted) if isinstance(value, str | int) else False


def mapping_of(value: object, key: str, problem: Problem) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise problem(key, "is not a mapping", "write `name: value` lines below it")
    return {_word(name): entry for name, entry in value.items()}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def check_keys(
    mapping: Mapping[str, object], known: tuple[str, ...], prefix: str, problem: Problem
) -> None:
    for key in mapping:
        if key not in known:
            raise problem(f"{prefix}{key}", "is unknown", f"use one of {', '.join(known)}")
