"""Records that have all that a closed trade has, and that a reading leaves out all the same.

The last look at a reading, whatever found it: each record with a P&L other than 0, a time, and an
exit price or a closing time (where a log has either) is read, or there is a reason why it is no
trade: it is still open by its own words, it is there once more, or it is money that was moved. All
others are asked about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from decimal import Decimal

from perfkit.config.compile import compile_dialect
from perfkit.config.dialect import Dialect
from perfkit.inference.checks.confirm import RefusedError, refused, rows_meeting
from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.records.beside_trades import moved_records, total_records
from perfkit.inference.records.closing import is_zero
from perfkit.inference.records.kinds import (
    FAILED,
    MOVED,
    OPENING,
    UPDATES,
    closing_words,
    is_plainly_held,
    not_made,
    says_it_is_open,
)
from perfkit.inference.records.unfinished import unfinished_records
from perfkit.inference.result import Reading
from perfkit.inference.table.columns import BOOLEAN, NUMBER, TEXT, Column
from perfkit.inference.table.roles import identities_of
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import word_set, words

Record = Mapping[str, object]

_RESULTS = ("net_pnl", "gross_pnl")
_SAME_QUESTIONS = frozenset(("opening_results", "untimed", "left_out"))
_KINDS = frozenset(
    (
        "status",
        "state",
        "event",
        "type",
        "kind",
        "action",
        "phase",
        "result",
        "outcome",
        "category",
        "settlement",
    )
)
_OF_OTHERS = word_set("previous prev prior old market")
"""Words of a state that is not that of the trade when it was logged."""
_REASONS = word_set("reason note notes exit")
_SUCCESS = word_set("ok success successful succeeded")
_ERRORS = word_set("error errors exception")


def with_ignored_asked(
    reading: Reading,
    records: Sequence[Record],
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    times: Times,
    opening: Set[int],
) -> Reading:
    """The reading, with a question about what it leaves out, but for what is known to only open."""
    pnl = _result_of(reading, columns)
    if pnl is None or "fills" in reading.dialect or not times.are_there:
        return reading
    if any(doubt.name in _SAME_QUESTIONS for doubt in reading.doubts):
        return reading
    full, unended = _with_results(pnl, roles, times)
    try:
        dialect = compile_dialect("inferred", reading.dialect, refused)
    except RefusedError:
        return reading
    read = _rows_read(dialect, records)
    known = read | opening
    ignored, others = (
        _without_reason([row for row in rows if row not in known], read, pnl, columns, roles, times)
        for rows in (full, unended)
    )
    if others:
        total = sum((pnl.numbers[row] or Decimal(0) for row in others), Decimal(0))
        said = f"{len(others)} records with a {pnl.name}, {total:f} in total, have no end: left out"
        reading = reading._replace(assumed=(*reading.assumed, said))
    shown, words_of = _not_made(ignored, columns)
    if shown:
        ignored = [row for row in ignored if row not in shown]
        said = f"{len(shown)} records of {words_of} were not traded: left out"
        reading = reading._replace(assumed=(*reading.assumed, said))
    if failed := _came_to_nothing(ignored, columns):
        ignored = [row for row in ignored if row not in failed]
        said = f"{len(failed)} records with a {pnl.name} failed, as they say: left out"
        reading = reading._replace(assumed=(*reading.assumed, said))
    if not ignored:
        return reading
    has_ends = "exit_price" in roles or bool(times.closed)
    doubt = _asked(reading, dialect, records, ignored, pnl, times, has_ends=has_ends)
    if len(doubt.answers) > 1 and _end_what_opened(ignored, read, pnl, columns):
        return _with_ended(reading, doubt.answers[0].changes, ignored, pnl)
    return reading._replace(doubts=(*reading.doubts, doubt))


def _result_of(reading: Reading, columns: Sequence[Column]) -> Column | None:
    """The column that a reading takes the P&L from, alone or less others."""
    fields = reading.dialect.get("fields")
    said = [fields[name] for name in _RESULTS if name in fields] if isinstance(fields, dict) else []
    names = {str(one).partition(" ")[0] for one in said}
    return next((one for one in columns if one.kind == NUMBER and one.expression in names), None)


def _with_results(
    pnl: Column, roles: Mapping[str, Column], times: Times
) -> tuple[list[int], list[int]]:
    """The records with a P&L and a time: those with an exit as well, and those without one.

    Where a log has neither exit prices nor closing times, no record needs one.
    """
    out = roles.get("exit_price")
    closed = times.closed[0] if times.closed else None
    whens = [*times.closed, *times.event, *times.other, *times.opened]
    full: list[int] = []
    unended: list[int] = []
    for row, earned in enumerate(pnl.numbers):
        if not earned or not any(when.present[row] for when in whens):
            continue
        has_ended = (
            (out is None and closed is None)
            or (out is not None and bool(out.numbers[row]))
            or (closed is not None and closed.present[row] and not is_zero(closed, row))
        )
        (full if has_ended else unended).append(row)
    return full, unended


def _rows_read(dialect: Dialect, records: Sequence[Record]) -> set[int]:
    kept = set(rows_meeting(dialect.only, records, range(len(records))))
    for group in dialect.open_when:
        kept -= set(rows_meeting(group, records, sorted(kept)))
    return kept


def _without_reason(
    rows: Sequence[int],
    read: set[int],
    pnl: Column,
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    times: Times,
) -> list[int]:
    if not rows:
        return []
    totals = total_records(columns)[0] | moved_records(columns, roles)[0]
    totals |= unfinished_records(columns)[0]
    whens = (*times.closed, *times.event, *times.other, *times.opened)
    parts = [pnl, *whens[:1], *(roles[role] for role in ("symbol",) if role in roles)]
    known = {_key(parts, row) for row in read}
    words_of = [
        one
        for one in columns
        if not set(one.words) & _OF_OTHERS
        and (
            one.kind in (BOOLEAN, NUMBER)
            or (one.kind == TEXT and one.has_few_words and set(one.words) & (_KINDS | _REASONS))
        )
    ]
    return [
        row
        for row in rows
        if row not in totals
        and _key(parts, row) not in known
        and not any(_is_no_close(column, row) for column in words_of)
    ]


def _not_made(rows: Sequence[int], columns: Sequence[Column]) -> tuple[set[int], str]:
    """The records that were not traded by a word such as `exit_shadow` beside `exit`, and that."""
    for column in columns:
        if column.kind == TEXT and set(column.words) & _KINDS and column.has_few_words:
            said = not_made(column)
            found = {row for row in rows if column.labels[row] in said}
            if found:
                labels = sorted({str(column.values[row]) for row in found})
                return found, f"{column.name} {', '.join(labels)}"
    return set(), ""


def _came_to_nothing(rows: Sequence[int], columns: Sequence[Column]) -> set[int]:
    """The records of which a flag such as `success` is false, with an error or a word for it.

    A flag alone may say that a trade lost, and so may a word.
    """
    flags = [one for one in columns if one.kind == BOOLEAN and {*one.words} & _SUCCESS]
    failed = {row for row in rows if any(one.labels[row] == "false" for one in flags)}
    said = [one for one in columns if one.kind == TEXT and {*one.words} & _ERRORS]
    kinds = [one for one in columns if one.kind == TEXT and {*one.words} & _KINDS]
    return {
        row
        for row in failed
        if any(one.present[row] for one in said)
        or any({*words(one.labels[row])} & FAILED for one in kinds)
    }


def _end_what_opened(
    rows: Sequence[int], read: set[int], pnl: Column, columns: Sequence[Column]
) -> bool:
    """Whether each of some records has the id of one without a P&L, and of none that is read.

    Where that opened, nothing else ended it.
    """
    for column in identities_of(columns):
        ids = [column.labels[row] for row in rows]
        if not all(ids) or len(set(ids)) < len(ids) or "order" in column.words:
            continue
        ended = {column.labels[row] for row in read}
        others = set(range(len(pnl.numbers))) - read - set(rows)
        opened = {column.labels[row] for row in others if not pnl.numbers[row]}
        if ended and ended <= opened and set(ids) <= opened - ended:
            return True
    return False


def _with_ended(
    reading: Reading, changes: Mapping[str, object], rows: Sequence[int], pnl: Column
) -> Reading:
    """The reading with records that end what was opened, as they are the only ones to do so."""
    only = reading.dialect.get("only")
    kept = dict(only) if isinstance(only, dict) else {}
    for name, condition in changes.items():
        kept.pop(name.removeprefix("only."), None)
        if condition is not None:
            kept[name.removeprefix("only.")] = condition
    said = f"{len(rows)} records with a {pnl.name} end what nothing else ends: trades as well"
    total = sum((pnl.numbers[row] or Decimal(0) for row in rows), Decimal(0))
    return reading._replace(
        dialect={**reading.dialect, "only": kept},
        closed=reading.closed + len(rows),
        total=None if reading.total is None else reading.total + total,
        assumed=(*reading.assumed, said),
    )


def _key(parts: Sequence[Column], row: int) -> tuple[Decimal | str | None, ...]:
    return tuple(one.numbers[row] if one.kind == NUMBER else one.labels[row] for one in parts)


def _is_no_close(column: Column, row: int) -> bool:
    """Whether a record says itself that it opens, is still open, or moves money."""
    label = column.labels[row]
    if column.kind in (BOOLEAN, NUMBER):
        return label in closing_words(column, column, [], [])[1]
    said = set(words(label))
    if set(column.words) & _REASONS:
        return is_plainly_held(label)
    if says_it_is_open(label):
        return True
    return bool(said & MOVED) or (bool(said & (OPENING | UPDATES)) and "close" not in said)


def _asked(
    reading: Reading,
    dialect: Dialect,
    records: Sequence[Record],
    ignored: Sequence[int],
    pnl: Column,
    times: Times,
    *,
    has_ends: bool,
) -> Doubt:
    total = sum((pnl.numbers[row] or Decimal(0) for row in ignored), Decimal(0))
    only = reading.dialect.get("only")
    names = list(only) if isinstance(only, dict) else []
    by = [
        name
        for name, condition in zip(names, dialect.only, strict=True)
        if len(rows_meeting([condition], records, ignored)) < len(ignored)
    ]
    answers, likely = [Answer("no", {})], ""
    if by and pnl.expression not in by:
        answers.insert(0, Answer("yes", _with_them(reading, by, records, ignored, pnl, times)))
        likely = "they have all that the others have"
    ends = " and an exit" if has_ends else ""
    return Doubt(
        "ignored",
        f"{len(ignored)} records have a {pnl.name}, {total:f} in total, and a time{ends} "
        f"like others{', but are left out because of ' + ' and '.join(by) if by else ''}; are "
        "they trades?",
        tuple(answers),
        likely,
    )


def _with_them(
    reading: Reading,
    by: Sequence[str],
    records: Sequence[Record],
    ignored: Sequence[int],
    pnl: Column,
    times: Times,
) -> dict[str, object]:
    """The conditions under which ignored records count, and no others that are left out.

    Without those that leave them out, as words are never complete; but where that lets in openings
    with a P&L of 0 as well, the words of the ignored ones are added.
    """
    without: dict[str, object] = dict.fromkeys(f"only.{name}" for name in by)
    closed = times.closed[0] if times.closed else None
    timed = closed is not None and all(closed.present[row] for row in ignored)
    asked = closed.expression if closed is not None and timed else pnl.expression
    without[f"only.{asked}"] = "exists"
    only = reading.dialect.get("only")
    conditions = dict(only) if isinstance(only, dict) else {}
    more = {name: _with_words(name, conditions[name], records, ignored) for name in by}
    if not all(more.values()):
        return without
    wider = {name: one for name, one in conditions.items() if name not in by}
    let_in = _meeting({**wider, asked: "exists"}, reading, records)
    if let_in <= _meeting(conditions, reading, records) | set(ignored):
        return without
    added: dict[str, object] = {f"only.{name}": words_of for name, words_of in more.items()}
    known = pnl.numbers
    is_whole = all(known[row] is not None for row in _meeting({**wider, **more}, reading, records))
    return added if is_whole else {**added, f"only.{pnl.expression}": "exists"}


def _with_words(
    name: str, condition: object, records: Sequence[Record], ignored: Sequence[int]
) -> list[object]:
    """The words of a condition with those of ignored records; empty where it is another one."""
    words_of = condition if isinstance(condition, list) else [condition]
    more = [records[row].get(name) for row in ignored]
    if condition == "exists" or not all(isinstance(one, str) and one for one in (*words_of, *more)):
        return []
    return list(dict.fromkeys((*words_of, *more)))


def _meeting(only: Mapping[str, object], reading: Reading, records: Sequence[Record]) -> set[int]:
    """The records that meet some conditions and those for what is open."""
    dialect = compile_dialect("inferred", {**reading.dialect, "only": dict(only)}, refused)
    return _rows_read(dialect, records)
