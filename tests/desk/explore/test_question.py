"""What is picked is a line of Python that asks the same."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.calendar import Calendar, Window
from perfkit.desk.explore.question import ALL, RANGE, Question, day_after, day_before, quoted

DAY = date(2026, 4, 8)


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (Question("weekly", DAY, None, None, {}), 'desk.summary("weekly", "2026-04-08")'),
        (Question("weekly", None, None, None, {}), 'desk.summary("weekly")'),
        (Question(ALL, DAY, DAY, DAY, {}), 'desk.summary("all")'),
        (
            Question(RANGE, DAY, DAY, date(2026, 4, 9), {"side": "long"}),
            'desk.summary(start="2026-04-08", end="2026-04-09", where={"side": "long"})',
        ),
        (Question(RANGE, None, DAY, None, {}), 'desk.summary(start="2026-04-08")'),
    ],
)
def test_line_has_what_the_question_depends_on_and_nothing_else(asked: Question, line: str) -> None:
    assert asked.line("summary") == line


def test_what_a_method_takes_first_comes_first() -> None:
    asked = Question("weekly", DAY, None, None, {"symbol": "BTC"})
    line = 'desk.breakdown("side", "weekly", "2026-04-08", where={"symbol": "BTC"})'
    assert asked.line("breakdown", "side") == line


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text()) | st.integers()))
def test_quoted_value_is_python_that_means_it(value: dict[str, Any]) -> None:
    assert eval(quoted(value)) == value


KINDS = st.sampled_from(["daily", "weekly", "monthly", "last-7d", "last-30d"])


@given(KINDS, st.dates(date(1980, 1, 1), date(2100, 1, 1)))
def test_windows_before_and_after_touch_and_lead_back(kind: str, day: date) -> None:
    calendar = Calendar()
    window: Window = calendar.window(kind, day)
    before = calendar.window(kind, day_before(window))
    assert before.end == window.start
    assert calendar.window(kind, day_after(before)) == window
