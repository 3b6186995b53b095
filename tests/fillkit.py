"""Logs of fills in a short notation, and the trades that perfkit makes of them.

    +1000@1.08 1        bought 1000 at 1.08 with a fee of 1; a sale begins with -

Fills are a minute apart, unless a line begins with its minute and a colon: `5: -3@2`.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from perfkit.core.trade import Trade
from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk

START = datetime(2026, 3, 2, tzinfo=UTC)

CONFIG = """\
{top}sources:
  - name: bot
    path: logs/fills.jsonl
    currency: USD
    dialect:
      fills: {fills}
      fields: {{at: t, quantity: q, price: p, commission: f, symbol: s}}
"""


def lines_of(text: str, symbol: str = "A") -> list[dict[str, object]]:
    """The lines of a log, of fills in the notation with a semicolon between."""
    lines: list[dict[str, object]] = []
    for place, one in enumerate(text.split(";")):
        minute, colon, rest = one.strip().rpartition(":")
        amount, *fee = rest.split()
        quantity, _, price = amount.partition("@")
        at = START + timedelta(minutes=int(minute) if colon else place)
        lines.append(
            {
                "t": at.isoformat(),
                "q": quantity.removeprefix("+"),
                "p": price,
                "f": fee[0] if fee else None,
                "s": symbol,
            }
        )
    return lines


def desk_of_fills(
    workspace: Callable[..., Path],
    lines: Sequence[dict[str, object]],
    fills: str = "{}",
    top: str = "",
) -> Desk:
    """A desk over a log of those lines."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    config = CONFIG.format(fills=fills, top=top)
    return open_desk(workspace(config, {"logs/fills.jsonl": text}))


def closed(desk: Desk) -> list[Trade]:
    """The closed trades, in trade order."""
    return [desk.book.closed[row] for row in range(len(desk.book.closed))]


def left(desk: Desk) -> list[Trade]:
    """The trades still open."""
    return [desk.book.open[row] for row in range(len(desk.book.open))]


def shown(trade: Trade) -> str:
    """A trade in short: side, quantity, prices, minutes, gross, costs and net P&L."""
    minutes = [
        "" if at is None else str((at - START) // timedelta(minutes=1))
        for at in (trade.opened_at, trade.closed_at)
    ]
    parts = [
        "L" if trade.side == "long" else "S",
        f"{plain(trade.quantity)} {plain(trade.entry_price)}->{plain(trade.exit_price)}",
        f"[{'..'.join(minutes)}]",
        f"{plain(trade.gross_pnl)} {plain(trade.commission)} {plain(trade.net_pnl)}",
    ]
    return " ".join(parts)


def plain(number: Decimal | None) -> str:
    """A number without zeros at its end."""
    if number is None:
        return "-"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
