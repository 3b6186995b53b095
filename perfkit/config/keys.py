"""What keys of YAML hold, checked where it is no more than a mapping or a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Problem = Callable[[str, str, str], Exception]
"""Makes the error for `(key, problem, remedy)`; the caller knows the file."""


def mapping_of(value: object, key: str, problem: Problem) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise problem(key, "is not a mapping", "write `name: value` lines below it")
    return {word_of(name): entry for name, entry in value.items()}


def list_of(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def check_keys(
    mapping: Mapping[str, object], known: tuple[str, ...], prefix: str, problem: Problem
) -> None:
    for key in mapping:
        if key not in known:
            raise problem(f"{prefix}{key}", "is unknown", f"use one of {', '.join(known)}")


def word_of(value: object) -> str:
    """A value of YAML as a log has it in a text: true rather than True."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
