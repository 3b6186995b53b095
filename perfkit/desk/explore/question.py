"""What an analyst has picked: a window and a filter, as arguments and as a line of Python."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from datetime import timedelta

from perfkit.core.calendar import Window
from perfkit.core.fast_imports import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RANGE = "range"
"""The window from one date to another, beside the kinds that `desk.window` takes."""
ALL = "all"


class Question(NamedTuple):
    """A window, the dates that choose it, and a filter, as each method of a desk takes them."""

    window: str
    date: datetime.date | None
    start: datetime.date | None
    end: datetime.date | None
    where: Mapping[str, Any]

    @property
    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of `desk.summary`; only those that say something."""
        named: dict[str, Any] = {"window": self.window, "date": self.date}
        if self.window == RANGE:
            named = {"start": self.start, "end": self.end}
        elif self.window == ALL:
            del named["date"]
        named["where"] = dict(self.where)
        return {name: value for name, value in named.items() if value}

    def line(self, method: str, *first: str) -> str:
        """A call of a method of the desk, to paste into a cell.

        `desk.breakdown("side", "weekly", "2026-04-08", where={"symbol": "BTCUSDT"})`
        """
        named = self.arguments
        given = list(map(quoted, first))
        given += [quoted(named.pop(name)) for name in ("window", "date") if name in named]
        given += [f"{name}={quoted(value)}" for name, value in named.items()]
        return f"desk.{method}({', '.join(given)})"


def day_before(window: Window) -> datetime.date:
    """A day that chooses the window before this one."""
    return window.first_day - timedelta(days=1)


def day_after(window: Window) -> datetime.date:
    """A day that chooses the window after this one; `last-7d` and the like end with it."""
    days = 1
    if window.kind.startswith("last-"):
        days = (window.last_day - window.first_day).days + 1
    return window.last_day + timedelta(days=days)


def quoted(value: object) -> str:
    """A value as Python code, with double quotes where nothing stands against them."""
    if isinstance(value, dict):
        entries = ", ".join(f"{quoted(key)}: {quoted(one)}" for key, one in value.items())
        return f"{{{entries}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(quoted, value))}]"
    code = repr(str(value) if isinstance(value, datetime.date) else value)
    is_plain = code[0] == "'" and not {'"', "\\"} & set(code)
    return f'"{code[1:-1]}"' if is_plain else code
