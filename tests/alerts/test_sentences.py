"""What alerts say: a sentence with units for every kind of event, window and group."""

import os
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from perfkit.alerts.rules.active_hours import ActiveHours
from perfkit.alerts.rules.evidence import Evidence
from perfkit.alerts.rules.file import alerts_of
from perfkit.alerts.rules.rule import Rule, RuleEvent
from perfkit.alerts.sentences import Sentences, describe
from perfkit.cli import main
from perfkit.config import settings as configs
from perfkit.core.calendar import instant_of
from tests.alerting import WIN_RATE, Bench, minutes

GOLDEN = Path(__file__).parents[1] / "golden/alert-sentences.txt"
AT = instant_of(datetime(2026, 4, 8, 10, 5, tzinfo=UTC))
HOUR = 3_600 * 1_000_000

FIGURES = [  # metric, trades, window, its label, bound, threshold, recover, value
    ("current_drawdown", None, "all", "all", "below", "-900", "-600", "-905.66"),
    ("net_pnl", None, "daily", "2026-04-08", "below", "-300", "-300", "-1312.5"),
    ("win_rate", 20, None, "last 20 trades", "below", "0.6", "0.65", "0.54"),
    ("win_rate_high", None, "weekly", "2026-W15", "below", "0.6", "0.6", "0.5994"),
    ("profit_factor", None, "monthly", "2025-10", "below", "1", "1.2", "0.8649"),
    ("avg_hold_seconds", None, "last-7d", "last-7d", "above", "3600", "3600", "5025.25"),
    ("losses", None, "daily", "2026-04-07", "above", "5", "5", "6"),
    ("longest_loss_streak", 50, None, "last 50 trades", "above", "4", "4", "7"),
    ("avg_r", None, "last-30d", "last-30d", "below", "0", "0.1", "-0.45"),
    ("commission", 1, None, "last 1 trades", "above", "2.5", "2.5", "2.5001"),
    ("minutes_since_last_line", None, None, None, "above", "720", "720", "725"),
    ("open_trade_age_minutes", None, None, None, "above", "2880", "2880", "4560.5"),
    ("bad_lines", None, None, None, "above", "0", "0", "3"),
]


def rule_of(metric: str, **more: Any) -> Rule:
    made: dict[str, Any] = {
        "id": "a-rule",
        "metric": metric,
        "trades": None,
        "window": "all",
        "bound": "below",
        "threshold": Decimal(0),
        "recover": Decimal(0),
        "for_trades": 1,
        "for_us": 0,
        "min_trades": 1,
        "where": (),
        "by": None,
        "severity": "critical",
        "active": None,
        "remind_us": None,
    }
    return Rule(**(made | more))


def evidence_of(value: object, window: str | None = "all", **more: Any) -> Evidence:
    actual = None if value is None else Decimal(str(value))
    made = Evidence(actual, None, None, None, window, 20, AT, AT, "")
    return made._replace(**more)


def figures() -> list[tuple[Rule, Evidence]]:
    found = []
    for metric, trades, window, label, bound, threshold, recover, value in FIGURES:
        rule = rule_of(
            metric,
            trades=trades,
            window=window,
            bound=bound,
            threshold=Decimal(threshold),
            recover=Decimal(recover),
        )
        found.append((rule, evidence_of(value, label)))
    return found


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Sentences:
    return words_of(tmp_path_factory.mktemp("words"), "USD", "EUR", timezone="Europe/Berlin")


def words_of(root: Path, *currencies: str, timezone: str = "UTC") -> Sentences:
    (root / "config").mkdir(exist_ok=True)
    text = f"timezone: {timezone}\nsources:\n" + "".join(
        f"  - {{name: bot{n or ''}, path: logs/{n}, currency: {code}}}\n"
        for n, code in enumerate(currencies)
    )
    (root / "config/perfkit.yaml").write_text(text)
    return Sentences(configs.load(root))


def all_sentences(words: Sentences) -> list[str]:
    """Every kind of event for every figure; then groups and filters, and what has no rule."""
    said: list[str] = []
    only_bot = (("source", "bot"),)
    for figure, evidence in figures():
        rule = figure._replace(where=only_bot)
        said += ["", f"# {rule.metric}", words.describe(rule), words.baseline(rule, 369)]
        events = [
            ("firing", "", evidence),
            *(
                ("resolved", reason, evidence)
                for reason in ("corrected", "window_ended", "rule_changed", "rule_removed", "idle")
                if reason != "window_ended" or rule.window in ("daily", "weekly", "monthly")
            ),
            ("resolved", "recovered", evidence._replace(actual=rule.recover)),
            ("data_state", "insufficient", evidence._replace(actual=None, reason="some reason")),
            ("data_state", "ok", evidence),
        ]
        for kind, reason, seen in events:
            at = AT + 30 * 24 * HOUR if reason in ("window_ended", "idle") else AT
            done = RuleEvent(kind, reason, at, "e", evidence.window)
            fired_at = at - 2 * HOUR - 5 * HOUR // 60
            said.append(words.rule_event(rule, "", done, seen, fired_at))
        said.append(words.reminder(rule, "", AT, evidence, AT - 4 * HOUR))
        said.append(words.acked(rule, "", AT))
        if not rule.is_clock:
            said.append(words.rewritten(rule, "", [AT, AT + HOUR], evidence))
    (rate, seen), done = figures()[2], RuleEvent("firing", "", AT, "e", "last 20 trades")
    said += ["", "# how many of how many, too few, no value, no open trade"]
    said.append(words.rule_event(rate, "", done, seen._replace(numerator=11, denominator=20)))
    few = RuleEvent("data_state", "insufficient", AT, None, "last-7d")
    needs = rate._replace(trades=None, window="last-7d", min_trades=5)
    said.append(words.rule_event(needs, "", few, seen._replace(trades=3)))
    nothing = figures()[4][1]._replace(actual=None, reason="no losing trade")
    gone = RuleEvent("resolved", "recovered", AT, "e", None)
    said.append(words.rule_event(figures()[4][0], "", gone, nothing, AT - HOUR))
    said.append(words.rule_event(figures()[11][0], "", gone, evidence_of(None, None), AT - HOUR))
    said.append(words.rule_event(rate, "", gone, None))
    hours = ActiveHours(frozenset(range(5)), 570, 960, "America/New_York")
    stale, seen = figures()[10]
    said.append(words.rule_event(stale._replace(active=hours), "", done, seen))
    said.append(words.describe(rate._replace(active=hours, for_trades=3)))
    said.append(words.describe(stale._replace(for_us=10 * HOUR // 60)))
    said += ["", "# groups and filters"]
    for (figure, evidence), (by, group, where) in product(
        [figures()[n] for n in (0, 2, 11)],
        [
            ("strategy", "momentum", ()),
            ("strategy", "", ()),
            ("source", "bot1", ()),
            ("execution_mode", "LIVE", (("account", "7"), ("source", "bot1"))),
        ],
    ):
        rule = figure._replace(by=by, where=where)
        done = RuleEvent("firing", "", AT, "e", evidence.window)
        said += [words.rule_event(rule, group, done, evidence), words.describe(rule)]
    said += ["", "# others", words.silenced(figures()[0][0], AT + HOUR)]
    said += [words.unsilenced("drawdown", fires=fires) for fires in (True, False)]
    said += [words.clock_skew(AT, AT - 26 * HOUR), words.state_recovered()]
    return said


def test_sentences_of_every_kind_are_as_written_down(words: Sentences) -> None:
    text = "\n".join(all_sentences(words)).strip() + "\n"
    if os.environ.get("PERFKIT_GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_money_of_several_currencies_has_that_of_the_source(tmp_path: Path) -> None:
    words = words_of(tmp_path, "USD", "EUR")
    rule = rule_of("net_pnl", where=(("source", "bot1"),), threshold=Decimal(-5))
    done = RuleEvent("firing", "", AT, "e", "all")
    assert "is -7.00 EUR, limit -5.00 (" in words.rule_event(rule, "", done, evidence_of(-7))


def test_a_name_from_a_log_stays_on_one_line(words: Sentences) -> None:
    done = RuleEvent("firing", "", AT, "e", "all")
    said = words.rule_event(rule_of("net_pnl", by="symbol"), "a\nb\u202e", done, evidence_of(-7))
    assert "for symbol a b? is -7.00" in said


def test_no_sentence_has_more_than_one_line_or_names_an_internal_word(words: Sentences) -> None:
    for said in all_sentences(words):
        assert "\n" not in said
        assert not said or said.startswith(("#", "a-rule:")) or said[0].isupper() or said[0] == "3"
        for name in ("None", "Decimal", "data state", "last-7d", "win_rate"):
            assert said.startswith("#") or name not in said


def test_events_carry_these_sentences(tmp_path: Path) -> None:
    bench = Bench(tmp_path, WIN_RATE.replace("below: 0.5", "below: 0.5, remind_every: 1h"))
    for number in range(4):
        bench.trade(minutes(number), 5)
    bench.run(minutes(5))
    for number in range(3):
        bench.trade(minutes(10 + number), -5)
    bench.run(minutes(20))
    bench.run(minutes(80))
    bench.trade(minutes(90), 5)
    bench.run(minutes(91))
    assert [one["message"] for one in bench.events()] == [
        "Rule win-rate is now being monitored: warning when win rate of the last 4 trades is below "
        "50 %; read 4 trades of history",
        "Win rate of the last 4 trades is 25.0 %, limit 50 % (rule win-rate, warning; 1 of 4)",
        "Still firing since 2026-04-08 10:12 UTC (1 h): win rate of the last 4 trades is 25.0 %, "
        "limit 50 % (rule win-rate, warning; 1 of 4)",
    ]


def test_resolved_events_say_why_and_how_long_the_episode_lasted(tmp_path: Path) -> None:
    daily = "rules:\n  - {id: loss, metric: net_pnl, over: {window: daily}, below: -50"
    bench = Bench(tmp_path, daily + "}\n")
    bench.run(minutes(0))
    bench.trade(minutes(1), -60, order_id="A")
    bench.run(minutes(2))
    bench.trade(minutes(31), 20, order_id="B")
    bench.run(minutes(32))
    bench.trade(minutes(41), -30, order_id="C")
    bench.run(minutes(42))
    bench.trade(minutes(41), 5, order_id="C")
    bench.run(minutes(43))
    bench.trade(minutes(61), -50, order_id="D")
    bench.run(minutes(62))
    bench.trade(minutes(24 * 60), 1, order_id="E")
    bench.run(minutes(24 * 60 + 1))
    bench.trade(minutes(25 * 60), -101, order_id="F")
    bench.run(minutes(25 * 60 + 1))
    bench.rules(daily + ", for: {trades: 2}}\n")
    bench.run(minutes(25 * 60 + 2))
    bench.rules(WIN_RATE)
    bench.run(minutes(25 * 60 + 3))
    assert [one["message"] for one in bench.events("resolved")] == [
        "Resolved, recovered: net P&L today (8 April 2026) is -40.00 USD, limit -50.00; it fired "
        "for 30 min (rule loss, warning)",
        "Resolved, earlier trades in the log, or how they are read, have changed: net P&L today "
        "(8 April 2026) is -35.00 USD, limit -50.00 (rule loss, warning)",
        "Resolved, the day is over: net P&L on 8 April 2026 was -85.00 USD, limit -50.00; it fired "
        "for 12 h 59 min (rule loss, warning)",
        "Resolved, the rule was edited and starts again: net P&L today (9 April 2026) is "
        "-100.00 USD, limit -50.00 (rule loss, warning)",
    ]


def test_other_events_are_sentences_as_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path, WIN_RATE)
    for number in range(4):
        bench.trade(minutes(number), -5)
    bench.run(minutes(5))
    monkeypatch.setattr("perfkit.alerts.state_file.clock", lambda: instant_of(minutes(6)))
    for command in ("ack win-rate", "silence win-rate --for 2h", "unsilence win-rate"):
        assert main.main(["alerts", *command.split(), "--root", str(tmp_path)]) == 0
    bench.run(minutes(-30))
    bench.state.write_bytes(b"damaged")
    bench.run(minutes(7))
    said = [
        "Acknowledged, firing since 2026-04-08 10:03 UTC: win rate of the last 4 trades; no more "
        "reminders of this episode (rule win-rate, warning)",
        "Rule win-rate is silenced until 2026-04-08 12:06 UTC; its events are still written",
        "Rule win-rate is no longer silenced and still fires",
    ]
    assert capsys.readouterr().out.splitlines() == said
    kinds = ("acked", "silenced", "unsilenced", "clock_skew", "state_recovered")
    assert [one["message"] for one in bench.events(*kinds)] == [
        *said,
        "The clock went back by 35 min, from 2026-04-08 10:05 UTC to 2026-04-08 09:30 UTC; "
        "rules are evaluated at the current time",
        "The alert state was damaged; it was moved to alerts.state.damaged and rebuilt from the "
        "logs and the event log",
    ]


def test_sentence_of_a_rule_with_every_key(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    text = """\
rules:
  - {id: a, metric: win_rate, over: {trades: 5}, below: 0.5, for: {trades: 2}, by: symbol,
     where: {side: long}, severity: critical, active: {days: mon, from: "09:30", to: "22:00"}}
  - {id: b, metric: net_pnl, over: {window: daily}, above: 5, for: {minutes: 10}}
"""
    one, other = alerts_of(text, "alerts.yaml", configs.load(bench.root)).rules
    assert describe(one) == (
        "a: critical when win rate of the last 5 trades for side long is below 50 % "
        "for 2 trades in a row for each symbol in mon 09:30-22:00 UTC"
    )
    assert describe(other) == (
        "b: warning when net P&L of the day is above +5.00, for at least 10 min"
    )
