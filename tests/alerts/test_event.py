"""Events: the sentence of their rule and the lines they rest on."""

from pathlib import Path

from perfkit.alerts.event import describe
from perfkit.alerts.rules.file import rules_of
from tests.alerting import START, WIN_RATE, Bench, minutes


def test_sentence_of_a_rule_with_every_key(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    text = """\
rules:
  - {id: a, metric: win_rate, over: {trades: 5}, below: 0.5, for: {trades: 2}, by: symbol,
     where: {side: long}, severity: critical, active: {days: mon, from: "09:30", to: "22:00"}}
  - {id: b, metric: net_pnl, over: {window: daily}, above: 5, for: {minutes: 10}}
"""
    from perfkit.config import settings as configs

    one, other = rules_of(text, "alerts.yaml", configs.load(bench.root))
    assert describe(one) == (
        "a: critical when win_rate over the last 5 trades is below 0.5 for 2 trades "
        "where side = long for each symbol in mon 09:30-22:00 UTC"
    )
    assert describe(other) == "b: warning when daily net_pnl is above 5 for 10 minutes"


def test_sources_of_an_event_are_lines_of_its_group_alone(tmp_path: Path) -> None:
    bench = Bench(tmp_path, WIN_RATE.replace("{trades: 4}", "{trades: 2}, by: symbol"))
    bench.run(START)
    for number, symbol in enumerate(("ES", "NQ", "ES"), start=1):
        bench.trade(minutes(number), -1, symbol=symbol)
    bench.run(minutes(4))
    (fired,) = bench.events("firing")
    day = "logs/trades/2026-04-08.jsonl"
    assert fired["sources"] == [f"{day}:1", f"{day}:3"]
