"""Packages that bring perfkit a reader, a dialect or a metric, found by their entry points.

A package that is installed beside perfkit names what it brings in its `pyproject.toml`:

    [project.entry-points."perfkit.readers"]
    broker-xml = "broker_logs:read"    a function (see `logs.formats.reader_records`)

    [project.entry-points."perfkit.dialects"]
    broker = "broker_logs"             a package in which there is a file `broker.yaml`

    [project.entry-points."perfkit.metrics"]
    scalp_rate = "scalps:scalp_rate"   a metric (see `metrics.of_trades`)

Looking for them takes longer than a quiet run, so it is done only where a source names one,
or `metrics` in `config/perfkit.yaml`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

from perfkit import __version__
from perfkit.config.built_in import EXTENDS, SUFFIX, built_in, extended, names
from perfkit.config.dialect import Problem
from perfkit.config.dialects import compiled
from perfkit.config.layout import READER
from perfkit.config.yaml import parse
from perfkit.core.errors import ConfigError, ExtensionError
from perfkit.core.fast_imports import NamedTuple, blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.config.checks import YamlReader
    from perfkit.core.trades import Trades
    from perfkit.metrics.metric import Metric
    from perfkit.metrics.of_trades import Made, TradeMetric

READERS = "perfkit.readers"
DIALECTS = "perfkit.dialects"
METRICS = "perfkit.metrics"


class Extension(NamedTuple):
    """A reader, dialect or metric by its group and name, and its package, with the version.

    A package that is being worked on changes without its version, so `files` has the path, size
    and time of each of its files: figures made with another state of it are computed anew.
    """

    group: str
    name: str
    package: str
    files: tuple[tuple[str, int, int], ...]


def extensions(group: str) -> dict[str, list[EntryPoint]]:
    """What the installed packages bring, by name; several that bring the same are a mistake."""
    found: dict[str, list[EntryPoint]] = {}
    for one in sorted(entry_points(group=group), key=lambda one: (one.name, label_of(one))):
        found.setdefault(one.name, []).append(one)
    return found


def the_one(brought: Sequence[EntryPoint]) -> EntryPoint:
    """The one extension of a name; raises `ExtensionError` if there are several."""
    first, *others = brought
    if others:
        packages = " and by ".join(map(label_of, brought))
        raise ExtensionError(
            f"{first.name!r} is in {packages} (entry points {first.group}); "
            "uninstall all but one of them"
        )
    return first


def reader_named(name: str) -> EntryPoint:
    """The reader of that name; raises `ExtensionError` if it is not installed."""
    return _named(READERS, "reader", name)


def metrics_of(reader: YamlReader, given: object) -> tuple[Extension, ...]:
    """The metrics that `metrics` of a configuration names; raises `ConfigError`."""
    path = ("metrics",)
    try:
        return metrics_named([reader.text(path, one) for one in reader.items(path, given)])
    except ExtensionError as error:
        raise reader.problem(path, *error.parted) from error


def metrics_named(names: Sequence[str]) -> tuple[Extension, ...]:
    """The states of the packages that bring those metrics, once each of these can be used.

    Raises `ExtensionError`.
    """
    from perfkit.metrics.concurrency import ON_REQUEST
    from perfkit.metrics.registry import BROUGHT

    for name in names:
        if names.count(name) > 1:
            raise ExtensionError(f"names {name} more than once; write it once")
        BROUGHT[name] = _metric(name)[1]
    states = tuple(
        _on_request(name) if name in ON_REQUEST else state_of(_named(METRICS, "metric", name))
        for name in names
    )
    labels = [BROUGHT[name].label for name in names]
    for name, label in zip(names, labels, strict=True):
        if labels.count(label) > 1:
            raise ExtensionError(
                f"{name} has the label of another metric, {label!r}; use one of the two"
            )
    return states


def metric_rows(states: Sequence[Extension]) -> tuple[Metric, ...]:
    """The rows of metrics, as long as their packages are as they were when they were loaded.

    Raises `ExtensionError`.
    """
    rows = []
    for state in states:
        loaded, row = _metric(state.name)
        if loaded != state or not is_as_it_was(loaded):
            raise _replaced(loaded)
        rows.append(row)
    return tuple(rows)


def contents_of(states: Sequence[Extension]) -> list[tuple[str, str, str]]:
    """Name, package and a digest of the files of each, the same on any machine.

    Raises `ExtensionError` where they are just being replaced.
    """
    found = []
    for state in states:
        hashed = blake2b(digest_size=16)
        for path, *_ in state.files:
            try:
                with open(path, "rb") as file:
                    content = file.read()
            except OSError as error:
                raise _replaced(state) from error
            hashed.update(f"{os.path.basename(path)} {len(content)} ".encode())
            hashed.update(content)
        found.append((state.name, state.package, hashed.hexdigest()))
    return found


def _replaced(state: Extension) -> ExtensionError:
    return ExtensionError(
        f"the metric {state.name} of {state.package} was replaced meanwhile; start again"
    )


@cache
def _metric(name: str) -> tuple[Extension, Metric]:
    """The state of the package that brings a metric, and its row, whose function says its errors.

    Raises `ExtensionError`.
    """
    from perfkit.metrics.concurrency import ON_REQUEST

    if name in ON_REQUEST:
        return _on_request(name), ON_REQUEST[name]
    from perfkit.metrics.of_trades import TradeMetric, WrongFigureError, check_row, metric_of_facts

    found = _named(METRICS, "metric", name)
    label = f"the metric {name} of {label_of(found)}"
    state = state_of(found)
    try:
        brought = found.load()
    except (Exception, SystemExit) as error:
        raise ExtensionError(
            f"{label} cannot be loaded: {reason_of(error)}; "
            "install what it needs, or another version of it"
        ) from error
    try:
        if not isinstance(brought, TradeMetric):
            raise WrongFigureError("is not one; decorate its function with `trade_metric`")
        if brought.row.name != name:
            raise WrongFigureError(f"has a function named {brought.row.name}; give both one name")
        check_row(brought.row)
    except WrongFigureError as error:
        raise ExtensionError(f"{label} {error}") from error

    def called(brought: TradeMetric, trades: Trades) -> Made:
        try:
            return brought(trades)
        except WrongFigureError as error:
            raise ExtensionError(f"{label} {error}") from error
        except (Exception, SystemExit) as error:  # whatever it does, there is no figure
            raise ExtensionError(
                f"{label} failed over {len(trades):,} trades: {reason_of(error)}; "
                "correct it, or leave it out of `metrics` in config/perfkit.yaml"
            ) from error

    return state, metric_of_facts(brought, called)


def _on_request(name: str) -> Extension:
    """A metric of perfkit itself: it is replaced together with all the rest."""
    return Extension(METRICS, name, f"perfkit {__version__}", ())


def _named(group: str, kind: str, name: str) -> EntryPoint:
    """The extension of that name; raises `ExtensionError` if it is not installed."""
    found = extensions(group)
    if name in found:
        return the_one(found[name])
    there = ", ".join(f"{one} (of {label_of(brought[0])})" for one, brought in found.items())
    raise ExtensionError(
        f"there is no {kind} {name!r}; install the package that brings it. "
        f"Installed are: {there or 'none'}"
    )


def state_of_reader(name: str, problem: Problem) -> Extension:
    """The state of the package that brings a reader; raises what `problem` makes of a mistake."""
    try:
        return state_of(reader_named(name))
    except ExtensionError as error:
        what, _, remedy = str(error).partition("; ")
        raise problem(READER, what, remedy) from error


def label_of(extension: EntryPoint) -> str:
    """The package that brings it, and its version."""
    package = extension.dist
    if package is None:
        return "an unknown package"
    known = package.metadata
    return f"{known['Name'] or 'an unknown package'} {known['Version'] or '(of no version)'}"


def state_of(extension: EntryPoint) -> Extension:
    """An extension as it is now; nothing of it is imported."""
    seen: list[tuple[str, int, int]] = []
    try:
        spec = find_spec(extension.module.partition(".")[0])
        folders = [] if spec is None else list(spec.submodule_search_locations or ())
        if spec is not None and not folders and spec.origin is not None:
            seen.append(_seen(spec.origin, os.stat(spec.origin)))
        while folders:
            with os.scandir(folders.pop()) as entries:
                for one in entries:
                    if one.is_dir(follow_symlinks=False) and one.name != "__pycache__":
                        folders.append(one.path)
                    elif one.name.endswith((".py", ".so", SUFFIX)):
                        seen.append(_seen(one.path, one.stat()))
    except (ImportError, OSError, ValueError):  # using it will say what is wrong
        seen = []
    return Extension(extension.group, extension.name, label_of(extension), tuple(sorted(seen)))


def is_as_it_was(extension: Extension) -> bool:
    """Whether none of the files of an extension has changed since its state was taken."""
    try:
        return all(_seen(path, os.stat(path)) == (path, *seen) for path, *seen in extension.files)
    except OSError:
        return False


def _seen(path: str, status: os.stat_result) -> tuple[str, int, int]:
    return path, status.st_size, status.st_mtime_ns


def dialect_text(extension: EntryPoint, currency: str) -> str:
    """The YAML of a dialect that a package brings, `{currency}` being that of the source.

    Raises `ExtensionError`.
    """
    from importlib.resources import files

    name = extension.name + SUFFIX
    try:
        text = files(extension.module).joinpath(name).read_text(encoding="utf-8")
    except (Exception, SystemExit) as error:  # importing the package may raise anything
        raise ExtensionError(
            f"{place_of(extension)}: cannot be read: {reason_of(error)}; "
            f"its package {extension.module} should have a file {name}"
        ) from error
    return text.replace("{currency}", currency)


def dialect_of(extension: EntryPoint, currency: str) -> Mapping[str, object]:
    """The keys of a dialect that a package brings.

    Raises `ExtensionError` or `ConfigError`, which name the package.
    """
    place = place_of(extension)

    def problem(key: str, what: str, remedy: str) -> ConfigError:
        return ConfigError(place, key, what, remedy)

    spec: dict[str, object] = parse(dialect_text(extension, currency), place).value
    if not isinstance(spec, dict):
        raise problem("", "has no keys of a dialect", "write `fields:` and so on")
    if EXTENDS in spec:
        base = str(spec[EXTENDS])
        if base not in names():
            remedy = f"write one of {', '.join(names())}"
            raise problem(EXTENDS, f"{base!r} is not built in", remedy)
        spec = extended(built_in(base, currency), spec)
    compiled(extension.name, spec, problem)
    return spec


def place_of(extension: EntryPoint) -> str:
    """The file of a dialect that a package brings, as messages name it."""
    return f"{extension.name}{SUFFIX} of {label_of(extension)}"


def reason_of(error: BaseException) -> str:
    """What somebody else's code raised, on one line."""
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
