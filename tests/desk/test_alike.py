"""Questions whose answers all give the same trades."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from perfkit.core.errors import LogReadError, UndecidedError
from perfkit.desk.alike import without_idle_questions
from perfkit.desk.desk import Desk
from perfkit.desk.reading import desk_on, inferred
from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.found import Found
from perfkit.inference.source import found_in

TRADES: list[dict[str, object]] = [
    {"id": n, "symbol": "A", "entry": 10, "exit": 11, "exit_time": f"2026-04-0{n}T10:00", "pnl": n}
    for n in (1, 2, 3)
]


def written(path: Path, records: list[dict[str, object]]) -> str:
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    return str(path)


def test_records_that_an_identity_merges_are_not_asked_about(tmp_path: Path) -> None:
    (found,) = inferred([written(tmp_path / "a.jsonl", TRADES * 2)], None, {})
    assert any("makes no difference" in said for said in found.reading.assumed)


def test_what_makes_a_difference_is_asked(tmp_path: Path) -> None:
    records = [{name: one for name, one in each.items() if name != "id"} for each in TRADES * 2]
    with pytest.raises(UndecidedError) as raised:
        inferred([written(tmp_path / "a.jsonl", records)], None, {})
    assert "repeats=1" in str(raised.value)


def answered_with(desk_of: Callable[[Sequence[Found]], Desk], path: Path) -> Found:
    """A log with a question of three answers, the first of which names a field it does not have."""
    found = found_in(written(path, TRADES))
    changes: list[dict[str, object]] = [{"fields.net_pnl": "missing"}, {}, {"currency": "EUR"}]
    doubt = Doubt("unit", "?", tuple(Answer(str(n), one) for n, one in enumerate(changes)))
    return without_idle_questions(
        found._replace(reading=found.reading._replace(doubts=(doubt,))), desk_of
    )


def test_an_answer_that_cannot_be_read_is_not_offered(tmp_path: Path) -> None:
    def desk_of(founds: Sequence[Found]) -> Desk:
        if "missing" in str(founds[0].reading.dialect):
            raise LogReadError("a.jsonl", "has no records", "check it")
        return desk_on(founds, "UTC", 1)

    (doubt,) = answered_with(desk_of, tmp_path / "a.jsonl").reading.doubts
    assert [one.meaning for one in doubt.answers] == ["1", "2"]


def test_a_log_of_which_no_answer_can_be_read_has_no_results(tmp_path: Path) -> None:
    def desk_of(founds: Sequence[Found]) -> Desk:
        raise LogReadError("a.jsonl", "has no records", "check it")

    reading = answered_with(desk_of, tmp_path / "a.jsonl").reading
    assert not reading.has_results
    assert "has no records" in reading.evidence[0]


def test_answers_that_make_all_records_bad_do_not_decide(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [{**one, "pnl": "much"} for one in TRADES])
    dialect: dict[str, object] = {"fields": {"closed_at": "exit_time", "net_pnl": "pnl"}}
    doubt = Doubt("either", "Which?", (Answer("one", {}), Answer("other", {"identity": ["id"]})))
    reading = found_in(written(tmp_path / "b.jsonl", TRADES)).reading
    reading = reading._replace(dialect=dialect, doubts=(doubt,))
    found = Found("a", path, {}, 3, reading)
    assert without_idle_questions(found, lambda founds: desk_on(founds, "UTC", 1)).reading.doubts
