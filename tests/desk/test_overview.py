"""A desk shows what it holds."""

import json

import perfkit
from tests.conftest import WriteWorkspace

TWO = """\
sources:
  - {name: scalper, path: logs/scalper.jsonl, currency: USD}
  - {name: swing, path: logs/swing.jsonl, currency: EUR}
"""


def line(order: str, day: str) -> str:
    record = {"order_id": order, "timestamp": f"{day}T09:00:00Z", "net_profit_loss": "1"}
    return json.dumps({**record, "exit_timestamp": f"{day}T10:00:00Z"}) + "\n"


LOGS = {
    "logs/scalper.jsonl": line("1", "2026-04-07") + line("2", "2026-04-08"),
    "logs/swing.jsonl": line("3", "2026-04-09"),
}


def test_each_source_has_a_line_also_where_currencies_differ(workspace: WriteWorkspace) -> None:
    desk = perfkit.open(workspace(TWO, LOGS))
    text = str(desk)
    rows = [row.split() for row in text.splitlines()]
    assert ["scalper", "USD", "1", "2", "0", "2026-04-07", "to", "2026-04-08"] in rows
    assert ["swing", "EUR", "1", "1", "0", "2026-04-09", "to", "2026-04-09"] in rows
    assert repr(desk) == f"<Desk on {desk.config.root}>"
    shown = desk._repr_mimebundle_()
    assert "| scalper | USD | 1 | 2 | 0 | 2026-04-07 to 2026-04-08 |" in shown["text/markdown"]
    assert "Data up to Thursday, 2026-04-09." in shown["text/html"]
    assert shown["text/html"] == desk._repr_html_()


def test_desk_of_one_source_shows_that_one(workspace: WriteWorkspace) -> None:
    text = str(perfkit.open(workspace(TWO, LOGS), source="swing"))
    assert "swing" in text
    assert "scalper" not in text


def test_source_that_cannot_be_read_says_why_and_the_others_are_shown(
    workspace: WriteWorkspace,
) -> None:
    root = workspace(TWO, LOGS)
    (root / "logs/swing.jsonl").unlink()
    text = str(perfkit.open(root))
    assert "2026-04-07 to 2026-04-08" in text
    assert "logs/swing.jsonl: there is no such file or folder" in text


def test_every_question_it_names_can_be_asked(workspace: WriteWorkspace) -> None:
    root = workspace(TWO.partition("  - {name: swing")[0], LOGS)
    desk = perfkit.open(root)
    for asked in [one.strip() for one in str(desk).partition("Ask:\n")[2].splitlines()]:
        assert eval(asked, {"desk": desk}) is not None


def test_desk_without_a_line_has_no_day(workspace: WriteWorkspace) -> None:
    desk = perfkit.open(workspace())
    assert "bot" in str(desk)
    assert "Data up to" not in (desk._repr_html_() or "")


def test_the_two_values_that_closed_last_are_compared_as_an_example(
    workspace: WriteWorkspace,
) -> None:
    lines = ""
    for number, version in enumerate(("0.9", "1.5.0", "1.4.2", "1.4.2", "1.5.0")):
        record = json.loads(line(str(number), f"2026-04-0{number + 1}"))
        lines += json.dumps({**record, "bot_version": version}) + "\n"
    config = "sources: [{name: bot, path: logs/bot.jsonl, currency: USD}]\n"
    desk = perfkit.open(workspace(config, {"logs/bot.jsonl": lines}))
    example = "desk.compare('bot_version=1.4.2', 'bot_version=1.5.0')"
    assert example in str(desk)
    assert eval(example, {"desk": desk}).figure("closed_trades")[1:3] == (2, 2)
