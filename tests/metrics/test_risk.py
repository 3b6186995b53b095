"""Figures in multiples of the planned risk."""

from pathlib import Path

from perfkit.desk.desk import open as open_desk
from tests.small_desk import bot_line, desk_of


def test_sqn_is_noted_below_thirty_trades(tmp_path: Path) -> None:
    stops = '"stop": 90, "entry": 100, "quantity": 1}'
    lines = [
        bot_line(n, str(n % 5 - 2)).replace('"symbol": "BTC"}', f'"symbol": "BTC", {stops}')
        for n in range(31)
    ]
    for count, noted in ((29, True), (30, False), (31, False)):
        root = tmp_path / str(count)
        root.mkdir()
        desk = desk_of(root, "t.jsonl", {"t.jsonl": ("\n".join(lines[:count]) + "\n").encode()})
        config = root / "config/perfkit.yaml"
        fields = "symbol: symbol, stop_loss: stop, entry_price: entry, quantity: quantity}"
        config.write_text(config.read_text().replace("symbol: symbol}", fields))
        desk = open_desk(root)
        assert desk.summary("all").metrics["r_trades"] == count
        assert ("fewer than 30 trades" in str(desk.summary("all"))) is noted
