"""Executions to infer from, and what is asked of them."""

from perfkit.inference.result import Reading
from tests.inference.readings import Record


def field(reading: Reading, name: str) -> object:
    return reading.dialect["fields"][name]  # type: ignore[index]


def fills(*orders: tuple[str, str, str], **more: list[object]) -> list[Record]:
    return [
        {
            "time": f"2026-04-07T{n:02}:00:00Z",
            "symbol": "A",
            "side": side,
            "quantity": size,
            "price": price,
            **{name: values[n] for name, values in more.items()},
        }
        for n, (side, size, price) in enumerate(orders)
    ]


FOUR = (("buy", "2", "10"), ("sell", "2", "12"), ("buy", "3", "11"), ("sell", "3", "10"))


def renamed(records: list[Record], **names: str) -> list[Record]:
    return [{names.get(name, name): value for name, value in one.items()} for one in records]
