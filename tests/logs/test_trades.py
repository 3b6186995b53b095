"""Trades whose last line has no P&L."""

from pathlib import Path

from tests.small_desk import bot_line, desk_of


def test_a_close_that_says_nothing_leaves_the_trade_open(tmp_path: Path) -> None:
    content = f"{bot_line(1, '0', state='open')}\n{bot_line(1, None)}\n{bot_line(2, '4')}\n"
    desk = desk_of(tmp_path, "t.jsonl", {"t.jsonl": content.encode()})
    summary = desk.summary("all")
    assert (summary.metrics["closed_trades"], summary.metrics["open_trades"]) == (1, 1)
    assert [(error.line, error.offset) for error in desk.book.errors] == [
        (2, len(bot_line(1, "0", state="open")) + 1)
    ]


def test_a_correction_without_pnl_keeps_the_pnl_of_the_close(tmp_path: Path) -> None:
    content = f"{bot_line(1, '5')}\n{bot_line(1, None)}\n"
    desk = desk_of(tmp_path, "t.jsonl", {"t.jsonl": content.encode()})
    assert desk.summary("all").metrics["net_pnl"] == 5
    assert desk.book.errors == []
