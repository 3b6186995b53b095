"""Places in a file by their names: trades that were not made, and those of another kind of account.

trades   shadow_trades    of the second, nothing was traded
trades   paper_trades     the same columns for another kind of account
"""

from __future__ import annotations

from perfkit.inference.layouts.place import Place
from perfkit.inference.words.names import word_set, words

_NOT_MADE = word_set("""
    shadow skipped skip missed rejected rejections blocked vetoed declined hypothetical phantom
    ghost counterfactual counterfactuals untaken unexecuted unfilled ignored
    excluded
    """)
_NOT = word_set("no not non without")
_WHY_NOT = word_set("skip skipped reject rejected rejection block blocked veto vetoed")
_REASONS = word_set("reason why")
_ACCOUNTS = word_set("""
    live real paper demo sim simulated simulation virtual dry dryrun backtest backtested test
    testnet mock
    """)


def are_not_made(place: Place) -> bool:
    """Whether a place is by its name, or by the reason that each record has, of no trades made."""
    said = {*words(_name(place))}
    if said & _NOT_MADE and not said & _NOT:
        return True
    return any(_says_why_not(name, place) for name in (place.records[0] if place.records else ()))


def _says_why_not(name: str, place: Place) -> bool:
    parts = {*words(name)}
    if not parts & _WHY_NOT or not parts & _REASONS:
        return False
    return all(record.get(name) not in (None, "") for record in place.records)


def differ_in_account(one: Place, other: Place) -> bool:
    """Whether names differ only in words such as `live` and `paper`: the same of other accounts."""
    said, others = {*words(_name(one))}, {*words(_name(other))}
    if said == others or said - _ACCOUNTS != others - _ACCOUNTS:
        return False
    return bool(said and others)


def _name(place: Place) -> str:
    return str(next(iter(place.layout.values()), place.name)).replace(".", "_")
