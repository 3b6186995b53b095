"""What a word says of how a trade ended: won, lost or even."""

from __future__ import annotations

from perfkit.inference.words.names import word_set, words

_WON = word_set("win won w profit tp winner true success plus gain")
_LOST = word_set("loss lost lose l sl loser false minus")
_EVEN = word_set("breakeven be even draw tie push flat scratch scratched riskfree")
WON, LOST, EVEN = "win", "loss", "breakeven"
_COLOURS: dict[tuple[str, ...], str] = {("green",): WON, ("red",): LOST}
"""Words that are outcomes alone, and not in a name such as Red Sox."""


def outcome_of(label: str) -> str:
    """What a word such as `WIN` or `closed_loss` says of the outcome; empty: nothing."""
    parts = {*label.replace("-", "_").replace(" ", "_").split("_"), *words(label)}
    if parts & {"stop"} and parts & {"loss"}:
        return ""
    if parts & {"take"} and parts & {"profit"}:
        return ""
    if parts & _WON or label == "1":
        return WON
    if parts & _LOST or label == "0":
        return LOST
    if parts & _EVEN or {"risk", "free"} <= parts:
        return EVEN
    return _COLOURS.get(words(label), "")
