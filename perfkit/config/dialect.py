"""How one bot's log lines become trades: a few declarative words, never code.

A dialect maps the *targets* below to expressions over a line's fields (see `expressions`); a result
is there only when every part of it is. The built-in `trade_record` is written in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from perfkit.config.expressions import (
    Call,
    Constant,
    Field,
    Formula,
    Leaf,
    Tree,
)
from perfkit.config.layout import LAYOUT_KEYS, Layout
from perfkit.core.fast_imports import NamedTuple, tzinfo
from perfkit.core.one_value import (
    BadValueError,
    UnclearNumberError,
    in_currency,
    shown,
    unquoted,
)
from perfkit.core.trade import BREAKEVEN, LONG, LOSS, SHORT, WIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

TEXT = "text"
NUMBER = "number"
TIME = "time"
LABEL = "label"
"""A value of a dimension: a text, or each entry of a list."""
RAW = "raw"
"""A value as it stands on the line, for conditions that are looked at later."""

FIRST = "first"
"""The first value a trade's lines give stays: the initial stop is what was risked."""
LAST = "last"
"""A later value wins; after a close, an open line only fills a gap."""
ENTRY = "entry"
"""What open lines say counts, the last of them; without any, as `LAST`."""
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
    "realized_pnl": (NUMBER, LAST),
    "commission": (NUMBER, LAST),
    "slippage": (NUMBER, LAST),
    "quantity": (NUMBER, FIRST),
    "entry_price": (NUMBER, FIRST),
    "exit_price": (NUMBER, CLOSING),
    "stop_loss": (NUMBER, FIRST),
    "target": (NUMBER, FIRST),
    "risk_reward": (NUMBER, LAST),
    "hold_seconds": (NUMBER, LAST),
    "mae": (NUMBER, LAST),
    "mfe": (NUMBER, LAST),
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

VALUE_KEYS = ("values", "time_format", "decimal", "hold_unit")
"""Keys about how values are written (see `value_keys`)."""

PLAIN_KEYS = (
    *("only", "open_when", "identity", "closes", "time_unit", "fields", "nulls", "dimensions"),
    *VALUE_KEYS,
    *LAYOUT_KEYS,
)
JOINING_KEYS = ("combine", "done_when", "reuse", "pair")
"""Keys of how several lines become one trade (see `joining`)."""

_KEYS = (*PLAIN_KEYS, "fills", *JOINING_KEYS)

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


WHOLE_LINE = Slot("line", Call("line", ()), RAW, FIRST)
"""A digest of the whole line, where lines that say the same of a trade may be two parts of it."""


class SlotValue(NamedTuple):
    """What a slot, by number, holds once lines are combined: a leaf of an expression."""

    slot: int


class Condition(NamedTuple):
    """What a value of a line must be: one of `allowed`, or with `negated` none of them.

    null stands for missing, null or empty. A number must also lie above `above` and below `below`.
    `decimal` is the decimal mark of the log, where the dialect says it.
    """

    source: Leaf
    allowed: tuple[object, ...] | None = None
    negated: bool = False
    above: Decimal | None = None
    below: Decimal | None = None
    decimal: str | None = None

    def holds(self, value: object) -> bool:
        """Whether a raw value of the line meets the condition; one that is not clear does not."""
        try:
            return self.verdict(value)
        except UnclearNumberError:
            return False

    def verdict(self, value: object) -> bool:
        """The same; raises `UnclearNumberError` where it matters whether 1,234 is 1234 or 1.234."""
        try:
            return self._verdict(value)
        except UnclearNumberError:
            if len({self._replace(decimal=mark)._verdict(value) for mark in ".,"}) > 1:
                raise
            return self._replace(decimal=".")._verdict(value)

    def _verdict(self, value: object) -> bool:
        if self.allowed is not None and self.negated == any(
            _same(value, wanted, self.decimal) for wanted in self.allowed
        ):
            return False
        if self.above is None and self.below is None:
            return True
        number = _number_in(value, self.decimal)
        return (
            number is not None
            and (self.above is None or number > self.above)
            and (self.below is None or number < self.below)
        )


Expression: TypeAlias = "SlotValue | Constant | Formula"


class Fills(NamedTuple):
    """How fills become round trips (see `perfkit.config.fills`).

    Fills with the same values of `by` are matched with each other. Those with the same values of
    `identity` as well are one fill, said several times. `order` decides among equal times, and
    then the lines, of which the last is the first fill with `newest_first`.
    """

    by: dict[str, Expression]
    identity: tuple[Expression, ...]
    order: Expression | None
    match: str
    by_position: bool
    short: bool
    dust: Decimal
    fee_from_quantity: bool
    newest_first: bool = False


class Total(NamedTuple):
    """A target made of all lines of a trade, or of some: its sum, least, greatest or mean.

    `rule` is `sum`, `min`, `max` or `average`, the latter weighted by `weight`. `over` says whose
    value counts: `all` lines, those that open (`opening`) or those that close (`closing`).
    """

    target: str
    rule: str
    over: str
    expression: Expression
    weight: Expression | None = None


class Joining(NamedTuple):
    """How lines become trades beyond the usual rules (see `perfkit.config.joining`).

    With `sums_closes`, the closes of a trade are parts of it. `done_when` are the conditions under
    which a close completes it, with the slots of what they look at; `reuse` says that an identity
    comes again. `pair` is the order in which closes take open lines of their group, or None.
    """

    totals: tuple[Total, ...]
    sums_closes: bool
    done_when: tuple[tuple[Condition, int], ...]
    reuse: bool
    pair: str | None


class Dialect(NamedTuple):
    """A compiled dialect: `expressions` by target, over `slots`; `nulls` count as not there.

    Without a `time_unit`, the size of a number that is a time tells its unit. `currency` is that of
    the source, which amounts with a unit must be in. `dimensions` are further fields, by name, to
    break down and filter by.
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
    joining: Joining | None = None
    dimensions: Mapping[str, Expression] = {}

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
        """Whether a trade can lose its result by a further line.

        A divisor may become 0; a close may be of more than was opened, where prices make the P&L.
        """
        return (self.pnl_from_prices and bool(self.identity)) or any(map(_divides, self.results))

    @property
    def said(self) -> list[int]:
        """The slots that tell lines apart: a dimension makes no other trade of one."""
        return [n for n, slot in enumerate(self.slots) if slot.kind != LABEL]

    @property
    def read_fields(self) -> list[Field]:
        """Every field that a line is read for."""
        leaves = [slot.source for slot in self.slots] + list(self.identity)
        leaves += [condition.source for condition in self.only]
        leaves += [condition.source for group in self.open_when for condition in group]
        return [
            field
            for leaf in leaves
            for field in ((leaf,) if isinstance(leaf, Field) else leaf.parts)
        ]

    @property
    def keys(self) -> tuple[str, ...]:
        """The top-level JSON names a line is read for, each once."""
        return tuple(dict.fromkeys(str(field.path[0]) for field in self.read_fields))

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


def _divides(expression: Expression | Tree) -> bool:
    return isinstance(expression, Formula) and (
        expression.operation == "/" or any(map(_divides, expression.parts))
    )


def word_of(value: object) -> str:
    """A value of YAML as a log has it in a text: true rather than True."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _same(value: object, wanted: object, decimal: str | None) -> bool:
    if wanted is None or wanted == "":
        return value is None or value == ""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted or (isinstance(value, str) and value.lower() == word_of(wanted))
    if isinstance(wanted, int | Decimal):
        return _number_in(value, decimal) == wanted
    return str(value) == str(wanted) if isinstance(value, str | int) else False


def _number_in(value: object, decimal: str | None) -> Decimal | None:
    """The number that a value is; None where it is none. Raises `UnclearNumberError`."""
    from perfkit.core.values import logged_number  # few conditions compare numbers

    try:
        return logged_number(value, decimal)
    except UnclearNumberError:
        raise
    except BadValueError:
        return None


def mapping_of(value: object, key: str, problem: Problem) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise problem(key, "is not a mapping", "write `name: value` lines below it")
    return {word_of(name): entry for name, entry in value.items()}


def check_keys(
    mapping: Mapping[str, object], known: tuple[str, ...], prefix: str, problem: Problem
) -> None:
    for key in mapping:
        if key not in known:
            raise problem(f"{prefix}{key}", "is unknown", f"use one of {', '.join(known)}")
