"""Records to infer from, and what a reading of some says."""

from perfkit.inference.result import Reading

Record = dict[str, object]


def asked(reading: Reading) -> list[str]:
    return [doubt.name for doubt in reading.doubts]


def fields(reading: Reading) -> dict[str, object]:
    found = reading.dialect["fields"]
    assert isinstance(found, dict)
    return found


def times(count: int) -> list[str]:
    return [f"2026-04-07T{10 + n // 60:02}:{n % 60:02}:00Z" for n in range(count)]


def closed_trades() -> list[Record]:
    moves = [("100", "103", "2", "6"), ("50", "49", "3", "-3"), ("10", "12", "5", "10")]
    return [
        {
            "symbol": "BTCUSDT",
            "side": "long",
            "entry_price": entry,
            "exit_price": out,
            "qty": size,
            "entry_time": f"2026-04-0{n + 1}T09:00:00Z",
            "exit_time": f"2026-04-0{n + 1}T10:00:00Z",
            "pnl": pnl,
        }
        for n, (entry, out, size, pnl) in enumerate(moves)
    ]
