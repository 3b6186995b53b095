"""Quotes where nobody expects them: CSV rows are read alike however the file grew."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perfkit.alerts import cron
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace
from tests.test_forms_of_logs import assert_incremental_is_cold

CONFIG = """\
sources:
  - name: bot
    path: logs/t.csv
    currency: USD
    dialect: {only: {k: T}, fields: {closed_at: t, net_pnl: pnl, strategy: note}}
"""

notes = st.sampled_from(
    [
        "a",
        "",
        'gun 5" long',
        '7" x',
        '"',
        '""',
        '"open',
        'end"',
        '"a"',
        '"a"b',
        '"2\nlines"',
        '"a,b"',
    ]
)
rows = st.lists(
    st.builds(
        "{},2026-01-05 {:02}:00,{},{}{}".format,
        st.sampled_from("TTTU"),
        st.integers(0, 23),
        notes,
        st.sampled_from(["5", "-60", '"6"']),
        st.sampled_from(["\n", "\n", "\n", ",7\n", "\r\n"]),
    ),
    max_size=12,
)


@given(rows, st.data())
@example(
    [
        "T,2026-01-05 10:00,a,5\n",
        'T,2026-01-05 10:30,5" x,-60\n',
        "T,2026-01-05 11:00,b,6\n",
        'T,2026-01-05 12:00,7" x,6\n',
        "\n",
    ],
    None,
)
def test_rows_with_stray_quotes_are_what_they_are_read_at_once(
    fresh_workspace: WriteWorkspace, some: list[str], data: st.DataObject | None
) -> None:
    content = ("k,t,note,pnl\n" + "".join(some)).encode()
    if data is None:
        cuts = [len(content) - 31, len(content) - 1]
    else:
        cuts = data.draw(st.lists(st.integers(13, len(content)), max_size=4).map(sorted))
    root = fresh_workspace(CONFIG, {"logs/t.csv": content[:13]})
    for cut in [*cuts, len(content)]:
        (root / "logs/t.csv").write_bytes(content[:cut])
        assert_incremental_is_cold(root)


def forty_rows(tenth: str) -> bytes:
    """A header, and forty trades, of which the tenth has that note."""
    some = [f"T,2026-01-05 10:{n:02},{tenth if n == 9 else 'a'},1\n" for n in range(40)]
    return ("k,t,note,pnl\n" + "".join(some)).encode()


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_a_quote_inside_a_cell_hides_no_row(workspace: WriteWorkspace, name: str) -> None:
    content = forty_rows('gun 5" long')
    content = gzip.compress(content) if name.endswith("gz") else content
    root = workspace(CONFIG.replace("t.csv", name), {f"logs/{name}": content})
    assert open_desk(root).summary("all").metrics["closed_trades"] == 40


def test_rows_that_wait_for_the_end_of_a_quote_are_said_by_summary_and_alerts(
    workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = "{id: r, metric: win_rate, over: {trades: 5}, below: 0.1, severity: warning}"
    logs = {"logs/t.csv": forty_rows('"gun'), "config/alerts.yaml": f"rules: [{rule}]\n".encode()}
    root = workspace(CONFIG, logs)
    (finding,) = open_desk(root).summary("all").data.findings
    said = "logs/t.csv: a quote opens a cell on line 11 and is not closed"
    assert (finding.code, finding.count) == ("unclosed_quote", 31)
    assert said in finding.message
    assert cron.main(["--root", str(root)]) == 3
    assert said in capsys.readouterr().err
    with (root / "logs/t.csv").open("ab") as log:
        log.write(b"T,2026-01-05 11:00,a,1\n" * 70)
    (finding,) = open_desk(root).summary("all").data.findings
    assert (finding.code, finding.count) == ("bad_lines", 1)
    assert open_desk(root).summary("all").metrics["closed_trades"] == 109
    assert cron.main(["--root", str(root)]) == 0
