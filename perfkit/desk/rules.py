"""Rules to backtest: those of the file, rules of one's own, and variants of either.

Numbers are taken as they are written: "0.55", an integer or a `Decimal`, never a binary float.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from perfkit.alerts.rules.file import RULES_FILE, load_alerts, rules_from
from perfkit.alerts.rules.rule import ABOVE, BELOW, Rule
from perfkit.config.settings import Config
from perfkit.core.errors import ConfigError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RuleGiven = str | Rule | Mapping[str, object]
"""The id of a rule in config/alerts.yaml, a `Rule`, or a mapping with the keys of that file."""

OWN = "rule"
"""What errors call a rule that stands in no file."""

_LIMITS = (BELOW, ABOVE, "recover")


def rules_given(config: Config, given: RuleGiven | Sequence[RuleGiven] | None) -> tuple[Rule, ...]:
    """The rules that a backtest is given; None is every rule of the file.

    Raises `UsageError` or `ConfigError`.
    """
    if given is None:
        return load_alerts(config).rules
    several = list(given) if isinstance(given, list | tuple) and not _is_rule(given) else [given]
    rules = tuple(_rule(config, one) for one in several)
    if not rules:
        raise UsageError("the list of rules is empty; leave it out to run all of the file")
    ids = [rule.id for rule in rules]
    for name in ids:
        if ids.count(name) > 1:
            raise UsageError(f"two rules are called {name!r}; give one another id")
    return rules


def variant(config: Config, rule: str, changes: Mapping[str, object]) -> Rule:
    """A rule of the file with some of its keys changed; None as a value leaves a key out.

    Its id says what differs, unless `id` is among the changes. Raises `UsageError` or
    `ConfigError`.
    """
    keys = {name.removesuffix("_"): value for name, value in changes.items()}  # `for_` is `for`
    base: dict[str, object] = dict(_in_file(config, rule))
    if not keys:
        return _of_mapping(config, base)
    for one, other in ((BELOW, ABOVE), (ABOVE, BELOW)):
        if one in keys and other in base and other not in keys:
            del base[other]
            base.pop("recover", None)
    base["id"] = keys.get("id") or _named(rule, keys)
    base.update(keys)
    return _of_mapping(config, {name: value for name, value in base.items() if value is not None})


def _rule(config: Config, given: object) -> Rule:
    if _is_rule(given):
        return given  # type: ignore[return-value]
    if isinstance(given, Mapping):
        return _of_mapping(config, given)
    if isinstance(given, str):
        return _of_mapping(config, _in_file(config, given))
    raise UsageError(
        f"{given!r} is not a rule; give the id of one, such as 'win-rate-20', what desk.rule(...) "
        "returns, or a mapping with the keys of config/alerts.yaml"
    )


def _is_rule(given: object) -> bool:
    return isinstance(given, Rule)


def _in_file(config: Config, name: object) -> dict[str, Any]:
    """The keys of a rule as config/alerts.yaml has them."""
    entries: list[dict[str, Any]] = load_alerts(config).reader.document.value["rules"]
    by_id = {entry["id"]: entry for entry in entries}
    if isinstance(name, str) and name in by_id:
        return by_id[name]
    from difflib import get_close_matches

    close = get_close_matches(str(name), by_id, 1)
    remedy = f"did you mean {close[0]!r}?" if close else f"the rules are {', '.join(by_id)}"
    raise UsageError(f"{name!r} is not a rule of {RULES_FILE.as_posix()}; {remedy}")


def _of_mapping(config: Config, given: Mapping[str, object]) -> Rule:
    entry = {str(key): _exact(str(key), value) for key, value in given.items()}
    try:
        (rule,) = rules_from([entry], OWN, config)
    except ConfigError as error:  # which says where in a file it stands
        raise UsageError(str(error).replace("rules.0.", "", 1)) from None
    return rule


def _exact(key: str, value: object) -> object:
    """A value of a rule without any binary float in it."""
    if isinstance(value, float):
        raise UsageError(
            f"{key}={value!r} is a binary float and not exact; write it as text: {key}='{value!r}'"
        )
    if isinstance(value, Mapping):
        return {str(name): _exact(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(key, inner) for inner in value]
    if key in _LIMITS and isinstance(value, str):
        try:
            number = Decimal(value)
        except InvalidOperation:
            return value  # which is then said not to be a number
        return number if number.is_finite() else value
    return value


def _named(rule: str, changes: Mapping[str, object]) -> str:
    """An id for a variant: `win-rate-20` with `below: 0.55` is `win-rate-20-below-0.55`."""
    words = "-".join(f"{name}-{value}" for name, value in changes.items())
    return f"{rule}-{re.sub(r'[^A-Za-z0-9._-]+', '-', words).strip('-')}"[:64].rstrip("-")
