"""What cannot be decided from a log: a question, and what to write for each answer."""

from __future__ import annotations

from typing import NamedTuple

LESS_COSTS = ", less the costs that are logged"
"""Ends what is assumed of a P&L, and falls away with them."""


class Answer(NamedTuple):
    """One answer to a question: what it means, and the lines of YAML that say so.

    `changes` are keys of the dialect (`currency`, `records` and `table` are of the source) with
    their values; None removes a key. Keys of a mapping are named with a dot: `fields.net_pnl`.
    `why_none` is why there are no results, where the answer says that there are none. `gives` says
    what figures follow from it, once they are known.
    """

    meaning: str
    changes: dict[str, object]
    why_none: str = ""
    gives: str = ""


class Doubt(NamedTuple):
    """A question about a log whose answer changes the figures. `name` stays the same for a kind.

    `likely` is why the first answer is much more likely than the others. Then it is not asked: the
    figures are given with that answer, and say so. It is empty where answers are equally good.
    """

    name: str
    question: str
    answers: tuple[Answer, ...] = ()
    likely: str = ""


def no(why: str) -> Answer:
    """The answer that there are no results, with the reason, such as `these are forecasts`."""
    return Answer("no", {}, why)


LONG_OR_SHORT = Doubt(
    "side",
    "Are the trades long or short? No column says so.",
    (
        Answer("long", {"fields.side": "= long"}),
        Answer("short", {"fields.side": "= short"}),
    ),
)
