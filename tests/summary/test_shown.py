"""Which forms a result has in a notebook."""

from datetime import date

import pytest

from perfkit.summary.shown import bundle, is_in_report, public_names, said


def test_result_without_a_day_has_no_note() -> None:
    shown = bundle("text", "**text**\n")
    assert (shown["text/plain"], shown["text/markdown"]) == ("text", "**text**\n")
    assert "note" not in shown["text/html"].partition("</style>")[2]


def test_note_names_weekday_and_date() -> None:
    assert said(date(2026, 4, 8)) == "Data up to Wednesday, 2026-04-08."


def test_notebook_of_a_report_is_told_by_its_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERFKIT_SNAPSHOT", raising=False)
    assert not is_in_report()
    monkeypatch.setenv("PERFKIT_SNAPSHOT", "snapshot.json")
    assert is_in_report()


def test_methods_of_any_tuple_are_not_offered() -> None:
    assert public_names((1, 2)) == []
    assert "sort" in public_names([])
