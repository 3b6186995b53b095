"""How a file is read: the places in it, which of them counts, and what an answer changes."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from perfkit.config.settings import of_text
from perfkit.core.errors import ConfigError, UsageError
from perfkit.inference.doubts import LESS_COSTS, Answer, Doubt
from perfkit.inference.found import Found
from perfkit.inference.infer import infer
from perfkit.inference.keys.number_marks import with_marks_asked
from perfkit.inference.layouts.not_made import are_not_made, differ_in_account
from perfkit.inference.layouts.place import Place
from perfkit.inference.layouts.places import places_of, why_no_place
from perfkit.inference.proof.said_totals import (
    decided_by_totals,
    in_per_cent_by_means,
    with_other_count_noted,
)
from perfkit.inference.questions.left_out.empty_tables import with_empty_asked
from perfkit.inference.questions.left_out.odd_rows import with_odd_rows_asked
from perfkit.inference.records.kinds import CLOSING, says_it_is_open
from perfkit.inference.result import Reading, nothing_found
from perfkit.inference.source_yaml import config_yaml
from perfkit.inference.words.names import (
    CLOSED,
    PERCENT,
    POINTS,
    RISK,
    time_role,
    word_set,
    words,
)
from perfkit.inference.words.role_names import is_skipped_place
from perfkit.logs.formats.json_places import place_of_all

RESULT = "fields.net_pnl"
WHICH_RECORDS = "records"
"""The question which lists or tables of a file count; its answers are keys of the layout."""
MOST_ANSWERS = 8
_TRADES = word_set("trade trades orders positions")
_MOST_OF_THEM = 80
_HALF = 50
_NO_MONEY = (PERCENT, POINTS, RISK)
_MAY_HAVE_CLOSED = word_set("positions signals predictions decisions opportunities alerts")
_OF_WHOLE_TRADES = {"opened_at", "closed_at", "net_pnl", "entry_price", "exit_price"}
_STILL_HELD = word_set("open active current")
_RESULTS = {"net_pnl", "gross_pnl"}
_STATES = word_set("status state closed settled resolved outcome result")
_OF_AN_EXIT = ("exit_price", "exit_reason")
_LISTS_OF_WINS = word_set("winning wins winners won profitable profits")
_LISTS_OF_LOSSES = word_set("losing losses losers lost unprofitable")


def found_in(path: str) -> Found:
    """The best reading of a file: of all places in it, the one with the most evidence.

    Raises `LogReadError`.
    """
    stem = os.path.basename(path).partition(".")[0]
    name = re.sub(r"\W+", "-", stem).strip("-") or "log"
    places = places_of(path)
    empty = "the file has no records" if places else why_no_place(path)
    best = Found(name, path, {}, 0, nothing_found((), empty))
    founds: list[tuple[Found, Place]] = []
    for place in places:
        reading = infer(place.records)
        if place.parted_by == ";":
            reading = with_marks_asked(reading, place.records)
        if place.odd_rows:
            reading = with_odd_rows_asked(reading, place.odd_rows, place.records)
        if is_skipped_place(place.name) and not _have_closed(place.name, reading):
            reading = nothing_found(reading.columns, f"{place.name} is not a list of trades")
        reading = in_per_cent_by_means(decided_by_totals(reading, place.said), place.said)
        reading = with_other_count_noted(reading, place.said)
        found = _supported(Found(name, path, place.layout, len(place.records), reading))
        if best.reading.has_results and place.is_inside:
            continue  # what is inside records counts where they say nothing themselves
        founds.append((found, place))
        if _rank(found) > _rank(best):
            best = found
    made = [one for one in founds if one[0].reading.has_results and not are_not_made(one[1])]
    if made and best.reading.has_results:
        founds, best = made, max((found for found, _ in made), key=_rank)
    best = _asked_which(_of_whole_trades(best, founds), founds)
    reading = with_empty_asked(best.reading, best.layout.get("table"), places)
    return best._replace(reading=reading, places=places)


def _of_whole_trades(best: Found, founds: Sequence[tuple[Found, Place]]) -> Found:
    """The best reading, or one of the same results with the opening and both prices of each trade.

    A report has its trades as positions, and once more as the deals that they were made of.
    """
    if "section" not in best.layout or not best.reading.is_sure:
        return best
    for found, _ in founds:
        reading = found.reading
        fields = reading.dialect.get("fields")
        is_same = reading.is_sure and reading.total == best.reading.total is not None
        if is_same and isinstance(fields, Mapping) and fields.keys() >= _OF_WHOLE_TRADES:
            return found
    return best


def _have_closed(name: str, reading: Reading) -> bool:
    """Whether positions or signals are those that closed: with both times, a result and an exit.

    Of positions two signs of a close are enough: its time, an exit, a word such as `closed`.
    """
    fields = reading.dialect.get("fields")
    parts = {*words(name)}
    if not parts & _MAY_HAVE_CLOSED or not isinstance(fields, Mapping):
        return False
    if fields.keys() >= {"opened_at", "closed_at", "net_pnl", "exit_price"}:
        return True
    if parts & _STILL_HELD or "positions" not in parts or not fields.keys() & _RESULTS:
        return False
    is_timed = time_role(str(fields.get("closed_at", ""))) == CLOSED
    signs = (is_timed, fields.keys() & _OF_AN_EXIT, _are_marked_closed(reading.dialect))
    return _are_won_or_lost(reading) or sum(map(bool, signs)) > 1


def _are_won_or_lost(reading: Reading) -> bool:
    """Whether a word such as `won` or `lost` says of each record how it ended."""
    fields = reading.dialect.get("fields")
    agreed = [one for one in reading.evidence if "its sign agrees with " in one]
    return (isinstance(fields, Mapping) and "outcome" in fields) or any(
        not one.endswith("the prices") for one in agreed
    )


def _are_marked_closed(dialect: Mapping[str, object]) -> bool:
    """Whether a word such as `closed` or `won` tells records that closed from others."""
    if "open_when" in dialect:
        return True
    only = dialect.get("only")
    for name, kept in only.items() if isinstance(only, dict) else ():
        if not {*words(name)} & _STATES:
            continue
        is_not = isinstance(kept, Mapping)
        labels = kept.get("not") if isinstance(kept, Mapping) else kept
        said = map(str, labels if isinstance(labels, list) else [labels])
        if any(says_it_is_open(one) if is_not else {*words(one)} & CLOSING for one in said):
            return True
    return False


def _asked_which(best: Found, founds: Sequence[tuple[Found, Place]]) -> Found:
    """The best reading, with the question which records count where others are of its kind."""
    if not best.reading.has_results:
        return best
    own = next(place for found, place in founds if found is best)
    alike = [
        one
        for one in founds
        if one[0] is best
        or _are_alike(one[0].reading, best.reading)
        or (differ_in_account(one[1], own) and _are_alike(one[0].reading, best.reading, _HALF))
    ]
    if (whole := _whole(alike)) is not None:
        return whole
    lists: list[tuple[str, object]] = []
    for _, place in alike:
        key, value = next(iter(place.layout.items()), ("records", ""))
        lists += [(key, one) for one in place.lists or (value,)]
    if len(lists) < 2:
        return best
    answers = [Answer(f"{value} alone", {key: value}) for key, value in lists[:MOST_ANSWERS]]
    together = place_of_all([tuple(str(value).split(".")) for _, value in lists])
    if together is not None and lists[0][0] == "records":
        apart: dict[str, object] = {"identity": None} if _share_ids(best.reading, alike) else {}
        answers.insert(0, Answer("all of them", {"records": ".".join(together), **apart}))
    if len(lists) == len(answers) - 1 == 2 and _are_won_and_lost([str(name) for _, name in lists]):
        return _supported(best._replace(layout={**best.layout, **answers[0].changes}))
    names = ", ".join(str(value) for _, value in lists[:MOST_ANSWERS])
    more = f" and {len(lists) - MOST_ANSWERS} more" if len(lists) > MOST_ANSWERS else ""
    shared = [one for one in best.reading.doubts if one.name == "repeats"]
    again = f" (in all, {shared[0].question.partition(';')[0]})" if shared else ""
    question = f"Several parts of the file have such records: {names}{more}{again}. Which count?"
    doubt = Doubt(WHICH_RECORDS, question, tuple(answers))
    others = tuple(one for one in best.reading.doubts if one not in shared)
    return best._replace(reading=best.reading._replace(doubts=(*others, doubt)))


def _share_ids(reading: Reading, alike: Sequence[tuple[Found, Place]]) -> bool:
    """Whether lists count their trades anew, so that an id is that of a trade of each of them."""
    fields = reading.dialect.get("identity")
    if not isinstance(fields, list):
        return False
    seen = []
    for _, place in alike:
        ids = (tuple(one.get(name.strip('"')) for name in fields) for one in place.records)
        seen.append({tuple(map(str, one)) for one in ids if any(one)})
    return len(set().union(*seen)) < sum(map(len, seen))


def _whole(alike: Sequence[tuple[Found, Place]]) -> Found | None:
    """The reading of the records that have all others among them, as `allTrades` has `winners`."""
    if len(alike) < 2:
        return None
    names = [{name for record in place.records for name in record} for _, place in alike]
    shared = sorted(set.intersection(*names))
    seen = [
        {repr([record.get(name) for name in shared]) for record in place.records}
        for _, place in alike
    ]
    every = set().union(*seen)
    whole = [
        found
        for (found, place), records in zip(alike, seen, strict=True)
        if records == every and not place.lists
    ]
    return whole[0] if whole else None


def _are_won_and_lost(names: Sequence[str]) -> bool:
    """Whether of two lists one has what was won and the other what was lost, so that both count."""
    said = [{*words(name)} for name in names]
    wins = [bool(one & _LISTS_OF_WINS) for one in said]
    losses = [bool(one & _LISTS_OF_LOSSES) for one in said]
    return sorted(wins) == sorted(losses) == [False, True] and wins != losses


def _are_alike(one: Reading, other: Reading, least: int = _MOST_OF_THEM) -> bool:
    """Whether records of one reading have about the columns of another, `least` per cent of all."""
    shared = set(one.columns) & set(other.columns)
    return one.has_results and len(shared) * 100 >= len({*one.columns, *other.columns}) * least


def _supported(found: Found) -> Found:
    """The same; where its dialect is not one that perfkit can read, that is a question."""
    if not found.reading.is_sure:
        return found
    try:
        of_text(config_yaml([found]).encode(), os.path.dirname(found.path))
    except ConfigError as error:
        problem = str(error).partition(": ")[2]
        doubt = Doubt("unsupported", f"This log needs a dialect of your own: {problem}")
        return found._replace(reading=found.reading._replace(doubts=(doubt,)))
    return found


def _rank(found: Found) -> tuple[object, ...]:
    reading = found.reading
    return reading.has_results, reading.score, reading.closed, _is_of_trades(found), found.records


def _is_of_trades(found: Found) -> bool:
    """Whether a list or table is called one of trades, whose reason then counts before others'."""
    names = [str(value).rpartition(".")[2] for value in found.layout.values()]
    return found.records > 0 and any({*words(name)} & _TRADES for name in names)


def in_currency(found: Found, currency: str) -> Found:
    """The reading with amounts of money in a currency, also those that an answer chooses.

    Where answers differ in the unit, results in per cent, in R or in points stay what they are;
    where nothing is asked of it, whoever names a currency knows better.
    """
    reading = found.reading

    def said(keys: dict[str, object]) -> dict[str, object]:
        is_money = "currency" in keys and keys["currency"] not in _NO_MONEY
        return {**keys, "currency": currency} if is_money else keys

    def of(doubt: Doubt) -> Doubt:
        answers = (one._replace(changes=said(one.changes)) for one in doubt.answers)
        return doubt._replace(answers=tuple(answers))

    doubts = tuple(of(doubt) for doubt in reading.doubts if doubt.name != "currencies")
    kept = tuple(one for one in reading.assumed if "currency" not in one)
    is_asked = any("currency" in one.changes for doubt in doubts for one in doubt.answers)
    source = said(reading.source) if is_asked else {**reading.source, "currency": currency}
    reading = reading._replace(source=source, assumed=kept, doubts=doubts)
    return found._replace(reading=reading)


def answered(found: Found, name: str, number: int) -> Found:
    """The reading once a question was answered; raises `UsageError` where it was not asked."""
    reading = found.reading
    doubt = next((one for one in reading.doubts if one.name == name), None)
    if doubt is None or not 1 <= number <= len(doubt.answers):
        known = [f"{one.name}={n + 1}" for one in reading.doubts for n in range(len(one.answers))]
        choices = f"write one of {', '.join(known)}" if known else "nothing is asked"
        raise UsageError(f"--answer {name}={number}: there is no such answer; {choices}")
    answer = doubt.answers[number - 1]
    if answer.why_none:
        return found._replace(reading=nothing_found(reading.columns, answer.why_none))
    if name == WHICH_RECORDS:
        doubts = tuple(one for one in reading.doubts if one is not doubt)
        places = {key: value for key, value in answer.changes.items() if key != "identity"}
        if len(places) < len(answer.changes):
            kept = {key: value for key, value in reading.dialect.items() if key != "identity"}
            reading = reading._replace(dialect=kept)
        layout = {**found.layout, **places}
        return _supported(found._replace(layout=layout, reading=reading._replace(doubts=doubts)))
    source, dialect = _changed(reading, answer)
    doubts = tuple(
        _of_what_was_chosen(one, reading, answer) for one in reading.doubts if one is not doubt
    )
    reading = reading._replace(source=source, dialect=dialect, doubts=doubts)
    if answer.changes.get("fields.commission", "") is None:
        assumed = tuple(said.removesuffix(LESS_COSTS) for said in reading.assumed)
        reading = reading._replace(assumed=assumed)
    return found._replace(reading=reading)


def with_likely_answers(found: Found) -> Found:
    """The reading with the questions answered of which one answer is much more likely."""
    for doubt in found.reading.doubts:
        if doubt.likely:
            taken = answered(found, doubt.name, 1)
            likely = (*taken.reading.likely, _instead_of_first(doubt, found))
            found = taken._replace(reading=taken.reading._replace(likely=likely))
    return found


def _instead_of_first(doubt: Doubt, before: Found) -> Doubt:
    """A question whose first answer was taken, with the changes that another makes to that."""
    first, *others = doubt.answers
    undone = {key: _value(before, key) for key in first.changes}
    others = [one._replace(changes={**undone, **one.changes}) for one in others]
    return doubt._replace(answers=(first, *others))


def _value(found: Found, key: str) -> object:
    """What a reading has for a key as answers name it; None without it."""
    reading = found.reading
    outer, _, inner = key.partition(".")
    within = reading.dialect.get(outer)
    for keys in (reading.source, reading.dialect, found.layout):
        if key in keys:
            return keys[key]
    return within.get(inner) if isinstance(within, Mapping) else None


def _of_what_was_chosen(doubt: Doubt, reading: Reading, chosen: Answer) -> Doubt:
    """A question left, about what an answer chose in place of what the reading had.

    Once `Net` is the result and not `PnL`, "less the costs" is `Net - Fee` and not `PnL - Fee`.
    """
    value = chosen.changes.get(RESULT)
    fields = reading.dialect.get("fields")
    before = fields.get("net_pnl") if isinstance(fields, Mapping) else None
    if not isinstance(value, str) or not isinstance(before, str):
        return doubt

    def said(changes: dict[str, object]) -> dict[str, object]:
        own = changes.get(RESULT)
        if not isinstance(own, str) or (own != before and not own.startswith(f"{before} ")):
            return changes
        return {**changes, RESULT: value + own.removeprefix(before)}

    answers = tuple(one._replace(changes=said(one.changes)) for one in doubt.answers)
    return doubt._replace(answers=answers)


def _changed(reading: Reading, answer: Answer) -> tuple[dict[str, object], dict[str, object]]:
    source, dialect = dict(reading.source), dict(reading.dialect)
    for key, value in answer.changes.items():
        outer, _, inner = key.partition(".")
        if key in source:
            source[key] = value
        elif inner:
            within = dialect.get(outer)
            entries = {**(within if isinstance(within, Mapping) else {}), inner: value}
            dialect[outer] = {name: one for name, one in entries.items() if one is not None}
            if outer == "values" and not dialect[outer]:
                del dialect[outer]
        elif value is None:
            dialect.pop(key, None)
        else:
            dialect[key] = value
    return source, dialect


def named_apart(founds: Sequence[Found]) -> list[Found]:
    """The same with a name of its own for each: trades, trades-2, trades-3."""
    seen: Counter[str] = Counter()
    named = []
    for found in founds:
        seen[found.name] += 1
        count = seen[found.name]
        named.append(found if count == 1 else found._replace(name=f"{found.name}-{count}"))
    return named
