"""Numbers with a decimal comma beside numbers whose point may separate thousands."""

from __future__ import annotations

import pytest

from perfkit.desk.desk import open as open_desk
from perfkit.logs.decimal_marks import marks_in
from perfkit.logs.file_log import COMMA, POINT
from tests.conftest import WriteWorkspace
from tests.test_forms_of_logs import assert_incremental_is_cold

CONFIG = """\
sources:
  - name: bot
    path: logs/t.csv
    currency: EUR
    dialect: {fields: {closed_at: t, net_pnl: pnl}}
"""


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("5,5", COMMA),
        ("-0,62 EUR", COMMA),
        ("1.234,50", COMMA),
        ("1.234", POINT),
        ("$-12.500", POINT),
        ("0.125", 0),
        ("1.23", 0),
        ("1.2345", 0),
        ("1234.500", 0),
        ("1,234.50", 0),
        ("12", 0),
        ("", 0),
    ],
)
def test_a_number_shows_its_decimal_mark(text: str, marks: int) -> None:
    assert marks_in([("x,1",), ("7", text, "7")], [1], 0) == marks


def test_a_decimal_comma_beside_a_doubtful_point_is_a_finding_however_the_log_grew(
    workspace: WriteWorkspace,
) -> None:
    root = workspace(CONFIG, {"logs/t.csv": "t;pnl\n2026-04-08 09:00;1.234\n"})
    for hour, number, count in ((10, "5", 0), (11, "1.234,5", 1), (12, "7", 1)):
        with (root / "logs/t.csv").open("a") as log:
            log.write(f"2026-04-08 {hour}:00;{number}\n")
        findings = assert_incremental_is_cold(root).summary("all").data.findings
        assert [one.code for one in findings] == ["decimal_marks"] * count
    said = CONFIG.replace("{fields", '{decimal: ",", fields')
    summary = open_desk(workspace(said)).summary("all")
    assert summary.data.findings == ()
    assert str(summary.metrics["net_pnl"]) == "2480.5"
