"""The trades of a window as tables."""

import json

import perfkit
from tests.conftest import BOT, WriteWorkspace

PLAN = {"price": "100", "stop_loss": "98", "quantity": "10.50", "action": "BUY"}


def trade(order: str, opened: str, closed: str | None, pnl: str | None, **more: str) -> str:
    times = {"timestamp": f"2026-04-{opened}Z", "exit_timestamp": closed and f"2026-04-{closed}Z"}
    return json.dumps({"order_id": order, **times, "net_profit_loss": pnl, **more}) + "\n"


LOG = (
    trade("A", "08T09:00:00", "08T10:30:15", "42", symbol="BTC|1", exit_reasoning="target", **PLAN)
    + trade("B", "07T23:00:00", "08T11:00:00", "-21.5", symbol="ETH")
    + trade("C", "08T12:00:00", None, None, outcome="open", symbol="SOL", **PLAN)
)
LATER = trade("C", "08T12:00:00", "09T08:00:00", "7", symbol="SOL", **PLAN)


def listed(workspace: WriteWorkspace, window: str = "daily", later: str = "") -> str:
    logs = {"2026-04-08": LOG, "2026-04-09": later}
    files = {f"logs/trades/{name}.jsonl": text for name, text in logs.items() if text}
    desk = perfkit.open(workspace(BOT, files))
    return desk.trade_list(window, "2026-04-08").markdown


def test_trades_of_a_day_are_listed_in_their_order_with_the_time_of_day(
    workspace: WriteWorkspace,
) -> None:
    assert listed(workspace) == (
        "| Closed | Symbol | Side | Net P&L | R | Held | Exit |\n"
        "| :-- | :-- | :-- | --: | --: | --: | :-- |\n"
        "| 10:30:15 | BTC\\|1 | long | +42.00 USD | 2.00 R | 1 h 30 min | target |\n"
        "| 11:00:00 | ETH | – | -21.50 USD | – | 12 h 00 min | – |\n"
        "\n"
        "1 trade was open at the end:\n"
        "\n"
        "| Opened | Symbol | Side | Quantity | Entry price |\n"
        "| :-- | :-- | :-- | --: | --: |\n"
        "| 12:00:00 | SOL | long | 10.5 | 100 |\n"
    )


def test_what_was_open_at_the_end_of_a_day_stays_when_it_has_closed(
    workspace: WriteWorkspace,
) -> None:
    before = listed(workspace)
    assert listed(workspace, later=LATER) == before


def test_times_of_a_longer_window_have_their_date(workspace: WriteWorkspace) -> None:
    assert "| 2026-04-08 10:30 | BTC" in listed(workspace, "weekly")


def test_day_without_trades_says_so(workspace: WriteWorkspace) -> None:
    open_only = trade("C", "08T12:00:00", None, None, outcome="open")
    desk = perfkit.open(workspace(BOT, {"logs/trades/2026-04-08.jsonl": open_only}))
    text = desk.trade_list().markdown
    assert text.startswith("No trade closed.\n\n1 trade was open at the end:\n")


def test_of_very_many_trades_the_first_are_listed_and_the_others_counted(
    workspace: WriteWorkspace,
) -> None:
    many = "".join(
        trade(str(n), "08T00:00:00", f"08T{n // 60:02d}:{n % 60:02d}:00", "1") for n in range(203)
    )
    desk = perfkit.open(workspace(BOT, {"logs/trades/2026-04-08.jsonl": many}))
    text = desk.trade_list().markdown
    assert text.count("+1.00 USD") == 200
    assert text.endswith("\nAnd 3 more; `perfkit trades` lists them all.\n")
