"""Events: the lines they rest on."""

from pathlib import Path

from tests.alerting import START, WIN_RATE, Bench, minutes


def test_sources_of_an_event_are_lines_of_its_group_alone(tmp_path: Path) -> None:
    bench = Bench(tmp_path, WIN_RATE.replace("{trades: 4}", "{trades: 2}, by: symbol"))
    bench.run(START)
    for number, symbol in enumerate(("ES", "NQ", "ES"), start=1):
        bench.trade(minutes(number), -1, symbol=symbol)
    bench.run(minutes(4))
    (fired,) = bench.events("firing")
    day = "logs/trades/2026-04-08.jsonl"
    assert fired["sources"] == [f"{day}:1", f"{day}:3"]
