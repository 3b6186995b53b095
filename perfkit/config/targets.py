"""What metrics should reach: the key `targets` of the settings."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from perfkit.config.checks import YamlReader, suggestion
from perfkit.config.yaml import KeyPath
from perfkit.core.calendar import WINDOW_KINDS
from perfkit.core.fast_imports import NamedTuple

BOUNDS = ("at_least", "at_most")


class Target(NamedTuple):
    """What a metric should reach: `bound` is at_least or at_most; `window` None means every one."""

    metric: str
    bound: str
    value: Decimal
    window: str | None


def targets_of(reader: YamlReader, given: object, brought: Sequence[str]) -> tuple[Target, ...]:
    """The targets that are given; `brought` names metrics of other packages.

    Raises `ConfigError`.
    """
    mapping = reader.mapping(("targets",), given, None)
    if not mapping:
        return ()
    from perfkit.metrics.registry import METRICS

    known = [*METRICS, *brought]
    targets: list[Target] = []
    for name, value in mapping.items():
        if name in WINDOW_KINDS:
            nested = reader.mapping(("targets", name), value, None)
            for metric, bounds in nested.items():
                targets += _bounds(reader, ("targets", name, metric), bounds, name, known)
        else:
            targets += _bounds(reader, ("targets", name), value, None, known)
    return tuple(targets)


def _bounds(
    reader: YamlReader, path: KeyPath, given: object, window: str | None, known: Sequence[str]
) -> list[Target]:
    from perfkit.metrics.registry import row_of

    metric = path[-1]
    if metric not in known:
        remedy = suggestion(metric, known, "`perfkit docs metrics`")
        raise reader.problem(path, "is not a metric", remedy)
    bounds = reader.mapping(path, given, BOUNDS)
    if not bounds:
        raise reader.problem(path, "has no bound", "write at_least or at_most with a number")
    if not row_of(metric).is_number:
        raise reader.problem(path, "is not a number", "set targets for figures that are numbers")
    targets = []
    for bound, value in bounds.items():
        number = reader.number((*path, bound), value, unit=row_of(metric).unit)
        targets.append(Target(metric, bound, number, window))
    return targets
