"""A source of which nothing is read says why, in one line."""

import pytest

from perfkit.book.silent import silent_sources
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

LINE = '{"t": "2026-01-05T10:00:00Z", "p": "1"}\n'


def config(path: str = "logs/a.jsonl", only: str = "{t: exists}", pnl: str = "p") -> str:
    return f"""\
sources:
  - name: bot
    path: {path}
    currency: USD
    dialect:
      only: {only}
      fields: {{closed_at: t, net_pnl: {pnl}}}
"""


@pytest.mark.parametrize(
    ("text", "log", "said"),
    [
        pytest.param(config(), LINE, [], id="read"),
        pytest.param(
            config("logs"),
            LINE,
            [
                "logs: no file matches ????-??-??.jsonl (there are a.jsonl, trades); "
                "check `path` and `pattern` of bot"
            ],
            id="no file",
        ),
        pytest.param(
            config(only="{x: 1}"),
            LINE,
            ["logs/a.jsonl: all 1 records are ignored; check `only` in the dialect of source bot"],
            id="all ignored",
        ),
        pytest.param(
            config(),
            "oh\nno\n" + LINE.replace("2026", "1026"),
            [
                "logs/a.jsonl: none of 3 records could be read, mostly: is not JSON; "
                "see `perfkit check bot`"
            ],
            id="all bad",
        ),
        pytest.param(
            config(pnl="q"),
            LINE * 2,
            ["logs/a.jsonl: no trade in 2 records; see `perfkit check bot`"],
            id="no result",
        ),
        pytest.param(
            config(),
            LINE[:9],
            ["logs/a.jsonl: no record is complete yet; check the end of logs/a.jsonl"],
            id="all waits",
        ),
        pytest.param(config(), "", ["logs/a.jsonl: there are no records yet"], id="empty"),
    ],
)
def test_it_is_said_why_nothing_comes_of_a_source(
    workspace: WriteWorkspace, text: str, log: str, said: list[str]
) -> None:
    desk = open_desk(workspace(text, {"logs/a.jsonl": log}))
    assert silent_sources(desk.book) == said
