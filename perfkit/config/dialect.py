"""How one bot's log lines become trades: a few declarative words, never code.

A dialect maps the *targets* below to expressions over a line's fields. An expression is one or more
alternatives joined by ` or ` (the first that is there counts); an alternative is a field name, a
dotted path, `= constant`, or a sum and difference of fields (`pnl - fees - funding`), which is
there only when every part is. The built-in `trade_record` is written in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from decimal import Decimal

from perfkit.core.fast_imports import NamedTuple
from perfkit.core.trade import BREAKEVEN, LONG, LOSS, SHORT, WIN
from perfkit.core.values import TIME_UNITS_US, BadValueError, exact_number, shown

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
}
"""What a line can say of a trade: its kind, and how several lines of one trade combine."""

OPEN = "open"
_KNOWN_WORDS = {
    "side": {"long": LONG, "short": SHORT, "buy": LONG, "sell": SHORT},
    "outcome": {"win": WIN, "loss": LOSS, "breakeven": BREAKEVEN, "open": OPEN},
}

TRADE_RECORD: dict[str, object] = {
    "open_when": [{"outcome": "open"}, {"outcome": None, "exit_timestamp": None}],
    "identity": ["order_id"],
    "fields": {
        "closed_at": "exit_timestamp or timestamp",
        "opened_at": "timestamp",
        "symbol": "symbol",
        "strategy": "strategy_name",
        "side": "action",
        "execution_mode": "execution_mode",
        "account": "account_id",
        "exit_reason": "exit_reasoning",
        "outcome": "outcome",
        "net_pnl": "net_profit_loss",
        "gross_pnl": "profit_loss",
        "commission": "commission",
        "slippage": "slippage",
        "quantity": "quantity",
        "entry_price": "price",
        "stop_loss": "stop_loss",
        "target": "target",
        "risk_reward": "risk_reward_ratio",
        "hold_seconds": "hold_duration_seconds",
    },
}
BUILT_IN: dict[str, dict[str, object]] = {"trade_record": TRADE_RECORD}

_KEYS = ("only", "open_when", "identity", "closes", "time_unit", "fields", "values")

Path = tuple[str, ...]
Problem = Callable[[str, str, str], Exception]
"""Makes the error for `(key, problem, remedy)`; the caller knows the file."""


class Slot(NamedTuple):
    """One field of a line that one target needs, and how it combines over lines."""

    target: str
    path: Path
    kind: str
    policy: str


class Term(NamedTuple):
    """One part of an alternative: a slot (by number) or a constant, added or subtracted."""

    sign: int
    slot: int | None
    constant: str | Decimal | None


class Condition(NamedTuple):
    """A field must hold one of these values; null stands for missing, null or empty."""

    path: Path
    allowed: tuple[object, ...]

    def holds(self, value: object) -> bool:
        """Whether a raw value of the line meets the condition."""
        return any(_same(value, wanted) for wanted in self.allowed)


class Dialect(NamedTuple):
    """A compiled dialect. `expressions` has, per target, alternatives of terms."""

    name: str
    only: tuple[Condition, ...]
    open_when: tuple[tuple[Condition, ...], ...]
    identity: tuple[Path, ...]
    closes_each: bool
    time_unit: str
    zone: tzinfo
    slots: tuple[Slot, ...]
    expressions: dict[str, tuple[tuple[Term, ...], ...]]
    words: dict[str, dict[str, str]]

    @property
    def keys(self) -> tuple[str, ...]:
        """The top-level JSON names a line is read for, each once."""
        paths = [slot.path for slot in self.slots] + list(self.identity)
        paths += [condition.path for condition in self.only]
        paths += [condition.path for group in self.open_when for condition in group]
        return tuple(dict.fromkeys(path[0] for path in paths))

    def word(self, target: str, text: str) -> str:
        """What a logged text means for a target; raises `BadValueError` where it must be known."""
        mapped = self.words.get(target, {}).get(text, text)
        known = _KNOWN_WORDS.get(target)
        if known is None:
            return mapped
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
    _check_keys(spec, _KEYS, "", problem)
    fields = _mapping(spec.get("fields"), "fields", problem)
    _check_keys(fields, tuple(TARGETS), "fields.", problem)
    if "closed_at" not in fields:
        raise problem("fields", "has no closed_at", "name the field that holds the closing time")
    if not {"net_pnl", "gross_pnl", "outcome"} & fields.keys():
        raise problem("fields", "has no P&L", "name the field that holds net_pnl or gross_pnl")
    slots: list[Slot] = []
    expressions = {
        target: _expression(target, source, slots, problem) for target, source in fields.items()
    }
    closes = spec.get("closes", "last")
    if closes not in ("last", "each"):
        raise problem("closes", f"{closes!r} is unknown", "write last or each")
    unit = spec.get("time_unit", "ms")
    if not isinstance(unit, str) or unit not in TIME_UNITS_US:
        raise problem("time_unit", f"{unit!r} is unknown", "write s, ms, us or ns")
    open_when = spec.get("open_when", [])
    groups = open_when if isinstance(open_when, list) else [open_when]
    if {} in groups:
        raise problem(
            "open_when", "has no condition", "name a field and its value, or leave it out"
        )
    return Dialect(
        name=name,
        only=_conditions(spec.get("only", {}), "only", problem),
        open_when=tuple(_conditions(group, "open_when", problem) for group in groups),
        identity=tuple(
            _path(part, "identity", problem) for part in _list(spec.get("identity", []))
        ),
        closes_each=closes == "each",
        time_unit=unit,
        zone=zone,
        slots=tuple(slots),
        expressions=expressions,
        words=_words(spec.get("values", {}), problem),
    )


def _expression(
    target: str, source: object, slots: list[Slot], problem: Problem
) -> tuple[tuple[Term, ...], ...]:
    key = f"fields.{target}"
    kind, _ = TARGETS[target]
    if isinstance(source, int | Decimal) and not isinstance(source, bool):
        raise problem(key, f"{source} is a number", f'write "= {source}" for a constant')
    if not isinstance(source, str) or not source.strip():
        raise problem(key, "is empty", "name a field, a sum of fields, or `= constant`")
    alternatives = []
    for alternative in source.split(" or "):
        terms = _terms(alternative, target, slots, problem)
        if kind != NUMBER and (len(terms) > 1 or terms[0].sign < 0):
            raise problem(key, f"{source!r} adds up what is not a number", "name one field")
        alternatives.append(terms)
    return tuple(alternatives)


def _terms(alternative: str, target: str, slots: list[Slot], problem: Problem) -> tuple[Term, ...]:
    key = f"fields.{target}"
    kind, policy = TARGETS[target]
    text = alternative.strip()
    if text.startswith("="):
        return (Term(1, None, _constant(text[1:].strip(), target, problem)),)
    words = text.split()
    if words and words[0] not in ("+", "-"):
        words.insert(0, "+")
    if not words or len(words) % 2 or any(sign not in ("+", "-") for sign in words[::2]):
        raise problem(
            key, f"{text!r} is not an expression", "write `a - b + c` with blanks between"
        )
    terms = []
    for sign, name in zip(words[::2], words[1::2], strict=True):
        slot = Slot(target, _path(name, key, problem), kind, policy)
        if slot not in slots:
            slots.append(slot)
        terms.append(Term(1 if sign == "+" else -1, slots.index(slot), None))
    return tuple(terms)


def _constant(text: str, target: str, problem: Problem) -> str | Decimal:
    key = f"fields.{target}"
    kind, _ = TARGETS[target]
    if kind == TIME:
        raise problem(key, "a time cannot be a constant", "name the field that holds it")
    if not text:
        raise problem(key, "has nothing after `=`", "write the constant there")
    if kind == TEXT:
        known = _KNOWN_WORDS.get(target, {text.lower(): text})
        if text.lower() not in known:
            raise problem(key, f"{text!r} is unknown", f"write one of {', '.join(known)}")
        return known[text.lower()]
    try:
        number = exact_number(text)
    except BadValueError as error:
        raise problem(key, str(error), "write a plain decimal after `=`") from error
    assert number is not None
    return number


def _path(name: object, key: str, problem: Problem) -> Path:
    parts = tuple(name.split(".")) if isinstance(name, str) else ()
    if not parts or not all(parts):
        raise problem(key, f"{name!r} is not a field name", "write a name or a dotted path")
    return parts


def _conditions(spec: object, key: str, problem: Problem) -> tuple[Condition, ...]:
    mapping = _mapping(spec, key, problem)
    return tuple(
        Condition(_path(name, key, problem), tuple(_list(value))) for name, value in mapping.items()
    )


def _words(spec: object, problem: Problem) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for target, mapping in _mapping(spec, "values", problem).items():
        if TARGETS.get(target, ("", ""))[0] != TEXT:
            raise problem(
                f"values.{target}",
                "is not a field that holds a name",
                "map side, outcome, symbol, strategy, execution_mode, account or exit_reason",
            )
        entries = _mapping(mapping, f"values.{target}", problem)
        words[target] = {str(logged): str(meaning) for logged, meaning in entries.items()}
        known = _KNOWN_WORDS.get(target)
        for logged, meaning in words[target].items():
            if known is not None and meaning.lower() not in known:
                raise problem(
                    f"values.{target}.{logged}",
                    f"{meaning!r} is unknown",
                    f"write one of {', '.join(known)}",
                )
    return words


def _same(value: object, wanted: object) -> bool:
    if wanted is None or wanted == "":
        return value is None or value == ""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(wanted, int | Decimal):
        try:
            return exact_number(value) == wanted
        except BadValueError:
            return False
    return str(value) == str(wanted) if isinstance(value, str | int) else False


def _mapping(value: object, key: str, problem: Problem) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise problem(key, "is not a mapping", "write `name: value` lines below it")
    return {str(name): entry for name, entry in value.items()}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def _check_keys(
    mapping: Mapping[str, object], known: tuple[str, ...], prefix: str, problem: Problem
) -> None:
    for key in mapping:
        if key not in known:
            raise problem(f"{prefix}{key}", "is unknown", f"use one of {', '.join(known)}")
