"""Trades of several tests of one strategy in one log, of which each may be meant.

arm     base, veto-0.1, veto-0.2                the same entries, staked by what each had earned
params  fast=5,slow=20   fast=10,slow=50        other entries, in the same years
sl_mult 1.0, 1.5, 2.0                           the same entries, each ended otherwise

Windows of a walk-forward test follow each other, and add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.pnl_column.candidates import Candidate
from perfkit.inference.records.kinds import logged
from perfkit.inference.table.columns import NUMBER, TEXT, Column
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import word_set

_LEAST = 5
"""A test has so many trades on average."""
_SHARED = 5
"""Trades of tests are asked about if one of so many has the entry of an earlier one."""
_MOST, _MOST_OFFERED = 60, 8
"""Tests of one strategy are so few, other numbers are more; so many of them are offered."""
_OF_PARAMETERS = word_set("params param parameters paramset config configuration arm combo")
_NAMED_SO = _OF_PARAMETERS | word_set("id name no number num label key string str")
"""Words of a name of all parameters, while `param_delta` may be one that each trade chose."""
_OF_TESTS = _OF_PARAMETERS | word_set(
    "variant scenario experiment trial fold seed hyperparameters setting settings"
)
_OF_SETTINGS = word_set(
    "mult multiplier threshold lookback period window length fast slow atr rr hold horizon delay "
    "offset factor stop sl k n"
)
"""Words of a number that may be what was varied, where each trade comes once with each of few."""


def tested_apart(
    best: Candidate, columns: Sequence[Column], roles: Mapping[str, Column], times: Times
) -> Doubt | None:
    """A question where a column such as `arm` or `config` names tests of one strategy."""
    rows = best.closing.rows
    when = times.opened[:1] or times.closed[:1]
    if not when or len(rows) < 2 * _LEAST:
        return None
    named = [roles[role] for role in ("symbol", "side") if role in roles]
    for label in columns:
        said = {*label.words}
        is_test = bool(said & _OF_TESTS) and label.kind in (TEXT, NUMBER)
        is_setting = not is_test and label.kind == NUMBER and bool(said & _OF_SETTINGS)
        if label in named or not (is_test or is_setting) or not label.has_few_words:
            continue
        if not 2 <= len({label.labels[row] for row in rows}) <= min(_MOST, len(rows) // _LEAST):
            continue
        again = _of_same_entries(label, [*when, *named], rows) if named else 0
        if again * (2 if is_setting else _SHARED) >= len(rows):
            what = f"{again} of {len(rows)} records have the time of an earlier one with another "
            return _which(f"{what}{label.name}, as tests of one strategy have", label, rows)
        if said & _OF_PARAMETERS and said <= _NAMED_SO and _are_of_one_time(label, when[0], rows):
            what = (
                f"Records of each {label.name} are of the same time, as tests of one strategy are"
            )
            return _which(what, label, rows)
    return None


def _of_same_entries(label: Column, parts: Sequence[Column], rows: Sequence[int]) -> int:
    """How many records have the entry of an earlier one under another word; 0 if of the same."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        key = tuple(str(part.values[row]) for part in parts)
        groups.setdefault(key, []).append(label.labels[row])
    again = [words for words in groups.values() if len(words) > 1]
    apart = sum(len({*words}) == len(words) for words in again)
    return len(rows) - len(groups) if apart * 20 >= len(again) * 19 else 0


def _are_of_one_time(label: Column, when: Column, rows: Sequence[int]) -> bool:
    """Whether the records of each word are spread over most of the time of all of them."""
    spans: dict[str, list[int]] = {}
    for row in rows:
        if (at := when.instants[row]) is not None:
            spans.setdefault(label.labels[row], []).append(at)
    every = [at for found in spans.values() for at in found]
    whole = max(every, default=0) - min(every, default=0)
    return whole > 0 and all(2 * (max(found) - min(found)) > whole for found in spans.values())


def _which(what: str, label: Column, rows: Sequence[int]) -> Doubt:
    words = list(dict.fromkeys(label.labels[row] for row in rows))[:_MOST_OFFERED]
    values = [logged(label, {word})[0] for word in words if word]
    only = f"only.{label.expression}"
    return Doubt(
        "repeats",
        f"{what}; which of them count?",
        (
            Answer("all: each record is a trade", {}),
            *(Answer(f"only those with {label.name} {value}", {only: value}) for value in values),
        ),
    )
