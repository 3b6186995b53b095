"""What `perfkit-alerts` says and remembers, run by run, over logs that grow."""

import json
import os
import re
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from perfkit.alerts import check, cron, state_file
from perfkit.cli.main import main
from perfkit.core.errors import OutputError
from tests.alerting import BOT, START, WIN_RATE, Bench, minutes, ran, trade

DAILY = """\
rules:
  - {id: loss, metric: net_pnl, over: {window: daily}, below: -50, recover: -20, remind_every: 1h}
"""
STALE = """\
rules:
  - {id: stale, metric: minutes_since_last_line, above: 60, for: {minutes: 10}, remind_every: 4h}
"""


def rule(**keys: object) -> str:
    return "rules:\n  - {" + ", ".join(f"{k}: {v}" for k, v in keys.items()) + "}\n"


def losing(bench: Bench, count: int, start: float = 0, pnl: object = -10) -> None:
    for number in range(count):
        bench.trade(minutes(start + number), pnl)


class TestThreshold:
    def test_value_at_the_threshold_is_no_breach(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        bench.run(START)
        for number, pnl in enumerate((10, 10, -10, -10)):
            bench.trade(minutes(number), pnl)
        assert bench.run(minutes(9)).code == 0
        assert bench.told() == []

    def test_one_trade_fewer_than_the_span_is_insufficient(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        bench.run(START)
        losing(bench, 3)
        assert bench.run(minutes(5)).code == 0
        assert bench.told() == []
        losing(bench, 1, 6)
        assert bench.run(minutes(9)).code == 2
        assert bench.told() == ["firing"]

    def test_all_breakeven_is_no_win(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        losing(bench, 4, pnl=0)
        assert bench.run(minutes(9)).code == 2

    def test_profit_factor_without_a_loss_is_better_than_any_threshold(
        self, tmp_path: Path
    ) -> None:
        bench = Bench(
            tmp_path,
            rule(id="pf", metric="profit_factor", over="{trades: 2}", below=3, recover=5),
        )
        bench.run(START)
        for number, pnl in enumerate((10, -10, 10, 10, 0, 0)):
            bench.trade(minutes(number), pnl)
        bench.run(minutes(9))
        assert bench.told() == ["firing", "resolved recovered"]

    def test_profit_factor_of_losses_only_breaches(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, rule(id="pf", metric="profit_factor", over="{trades: 2}", below=1))
        losing(bench, 2)
        assert bench.run(minutes(9)).code == 2

    def test_empty_log_and_only_open_trades_fire_nothing(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY)
        assert bench.run(START).code == 0
        opened = {"timestamp": "2026-04-08T09:00:00Z", "order_id": "1", "outcome": "open"}
        bench.log(opened, name="2026-04-08.jsonl")
        assert bench.run(minutes(1)).code == 0
        assert bench.told() == []

    @pytest.mark.parametrize(("bound", "pnl", "code"), [("below", -10, 2), ("above", 10, 2)])
    def test_both_sides(self, tmp_path: Path, bound: str, pnl: int, code: int) -> None:
        limit = {bound: -5 if bound == "below" else 5}
        bench = Bench(tmp_path, rule(id="x", metric="net_pnl", over="{trades: 1}", **limit))
        losing(bench, 1, pnl=pnl)
        assert bench.run(minutes(9)).code == code


class TestEpisodes:
    def test_breach_while_recovering_is_the_same_episode(self, tmp_path: Path) -> None:
        bench = Bench(
            tmp_path,
            rule(id="w", metric="win_rate", over="{trades: 4}", below=0.5, recover=0.75),
        )
        bench.run(START)
        for number, pnl in enumerate((-1, -1, -1, -1, 1, 1, -1, -1, 1, 1, 1)):
            bench.trade(minutes(number), pnl)
        bench.run(minutes(20))
        assert bench.told() == ["firing", "resolved recovered"]

    def test_for_trades_counts_the_first_breach(self, tmp_path: Path) -> None:
        keys = {"id": "w", "metric": "net_pnl", "over": "{trades: 1}", "below": 0}
        bench = Bench(tmp_path, rule(**keys, **{"for": "{trades: 3}"}))
        bench.run(START)
        for number, pnl in enumerate((-1, -1, 1, -1, -1)):
            bench.trade(minutes(number), pnl)
        bench.run(minutes(20))
        assert bench.told() == []
        bench.trade(minutes(21), -1)
        bench.run(minutes(22))
        (fired,) = bench.events("firing")
        assert fired["occurred_at"] == "2026-04-08T10:21:00Z"

    def test_for_minutes_is_measured_from_trade_to_trade(self, tmp_path: Path) -> None:
        keys = {"id": "w", "metric": "net_pnl", "over": "{trades: 1}", "below": 0}
        bench = Bench(tmp_path, rule(**keys, **{"for": "{minutes: 10}"}))
        bench.run(START)
        losing(bench, 1)
        assert bench.run(minutes(30)).code == 0
        losing(bench, 1, 10)
        assert bench.run(minutes(31)).code == 2

    def test_groups_have_states_of_their_own(self, tmp_path: Path) -> None:
        bench = Bench(
            tmp_path,
            rule(id="s", metric="net_pnl", over="{window: all}", below=-5, by="strategy"),
        )
        bench.run(START)
        bench.trade(minutes(1), -10, strategy_name="a")
        bench.trade(minutes(2), -1, strategy_name="b")
        bench.trade(minutes(3), -10)
        bench.run(minutes(9))
        assert bench.told() == ["firing a", "firing"]

    def test_filter_keeps_paper_trades_out(self, tmp_path: Path) -> None:
        where = "{execution_mode: LIVE}"
        bench = Bench(
            tmp_path, rule(id="l", metric="net_pnl", over="{window: all}", below=-5, where=where)
        )
        bench.run(START)
        bench.trade(minutes(1), -10, execution_mode="PAPER")
        assert bench.run(minutes(2)).code == 0
        bench.trade(minutes(3), -10, execution_mode="LIVE")
        assert bench.run(minutes(4)).code == 2

    def test_group_without_a_trade_for_30_days_is_resolved_as_idle(self, tmp_path: Path) -> None:
        bench = Bench(
            tmp_path,
            rule(id="s", metric="net_pnl", over="{window: all}", below=-5, by="strategy"),
        )
        bench.run(START)
        bench.trade(minutes(0), -10, strategy_name="a")
        bench.trade(START + timedelta(days=29), 1, strategy_name="b")
        bench.run(START + timedelta(days=29))
        assert bench.told() == ["firing a"]
        bench.trade(START + timedelta(days=30), 1, strategy_name="b")
        bench.run(START + timedelta(days=30))
        assert bench.told() == ["firing a", "resolved idle a"]
        assert bench.events("resolved")[0]["occurred_at"] == "2026-05-08T10:00:00Z"

    def test_outside_active_hours_the_state_holds(self, tmp_path: Path) -> None:
        hours = '{days: mon-fri, from: "09:00", to: "11:00", timezone: UTC}'
        bench = Bench(
            tmp_path, rule(id="h", metric="net_pnl", over="{trades: 1}", below=0, active=hours)
        )
        bench.run(START)
        bench.trade(minutes(120), -10)
        assert bench.run(minutes(121)).code == 0
        bench.trade(START + timedelta(days=1), -10)
        assert bench.run(START + timedelta(days=1)).code == 2
        bench.trade(START + timedelta(days=1, hours=2), 10)
        assert bench.run(START + timedelta(days=1, hours=3)).code == 2


class TestWindows:
    def test_daily_rule_in_breach_at_midnight_ends_with_its_window(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY)
        bench.run(START)
        losing(bench, 6)
        bench.run(minutes(9))
        bench.trade(START + timedelta(days=1), 5)
        assert bench.run(START + timedelta(days=1, minutes=1)).code == 0
        assert bench.told() == ["firing", "resolved window_ended"]
        ended = bench.events("resolved")[0]
        assert (ended["occurred_at"], ended["window"], ended["actual"]) == (
            "2026-04-09T00:00:00Z",
            "2026-04-08",
            "-60",
        )

    def test_next_window_may_fire_again(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY)
        bench.run(START)
        losing(bench, 1, 0, pnl=-60)
        losing(bench, 1, 24 * 60, pnl=-60)
        bench.run(START + timedelta(days=2))
        assert bench.told() == ["firing", "resolved window_ended", "firing"]

    def test_no_reminder_after_the_window_is_over(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY)
        bench.run(START)
        losing(bench, 1, pnl=-60)
        for hour in range(40):
            bench.run(START + timedelta(hours=hour, minutes=1))
        assert bench.told() == ["firing", *["reminder"] * 14]

    def test_leap_day_is_a_day_of_its_own(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY)
        leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
        bench.run(leap - timedelta(days=1))
        bench.trade(leap, -60)
        bench.trade(leap + timedelta(hours=12), -1)
        bench.run(leap + timedelta(days=1))
        assert [one["window"] for one in bench.events("firing", "resolved")] == ["2028-02-29"] * 2

    def test_day_of_25_hours_is_one_window(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY, BOT + "timezone: America/New_York\n")
        first = datetime(2025, 11, 2, 4, tzinfo=UTC)
        bench.run(first)
        bench.trade(first, -30)
        bench.trade(first + timedelta(hours=25, seconds=-1), -30)
        bench.run(first + timedelta(hours=30))
        assert bench.told() == ["firing"]

    def test_window_that_starts_in_breach_is_an_episode_of_its_own(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY)
        losing(bench, 1, -24 * 60, pnl=-60)
        bench.run(START)
        assert bench.told() == ["firing"]
        losing(bench, 1, 1, pnl=-60)
        bench.run(minutes(2))
        assert bench.told() == ["firing", "resolved window_ended", "firing"]


class TestFirstRun:
    def test_year_of_history_is_replayed_in_silence(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, WIN_RATE)
        for day in range(365):
            at = START + timedelta(days=day - 365)
            bench.trade(at, -10 if day % 20 < 8 else 10)
        for number in range(4):
            bench.trade(minutes(number), -10)
        ran = bench.run(minutes(10))
        assert ran.code == 2
        assert [one["kind"] for one in bench.events()] == ["baseline", "firing"]
        assert "369 trades of history" in bench.events()[0]["message"]

    def test_event_names_the_lines_the_numbers_and_the_interval(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        losing(bench, 5)
        bench.run(minutes(9))
        (fired,) = bench.events("firing")
        assert fired["sources"] == [f"logs/trades/2026-04-08.jsonl:{n}" for n in (1, 2, 3, 4)]
        assert (fired["numerator"], fired["denominator"], fired["actual"]) == ("0", "4", "0")
        assert fired["interval"][0] == "0"
        assert fired["first_trade"] == "2026-04-08T10:00:00Z"
        assert fired["last_trade"] == "2026-04-08T10:03:00Z"

    def test_new_event_is_one_line_on_stderr_and_silence_follows(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        bench.run(START)
        losing(bench, 4)
        ran = bench.run(minutes(9))
        assert ran.out == ""
        assert ran.err == (
            "perfkit-alerts: WARN warning firing: Win rate of the last 4 trades is 0.0 %, "
            "limit 50 % (rule win-rate, warning; 0 of 4)\n"
        )
        assert bench.run(minutes(10)) == (2, "", "")

    def test_baseline_prints_no_line(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        losing(bench, 2)
        assert bench.run(minutes(9)) == (0, "", "")
        assert [one["kind"] for one in bench.events()] == ["baseline"]


class TestChangedPast:
    def test_correction_that_unbreaches_resolves_as_corrected(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY)
        bench.run(START)
        bench.trade(minutes(1), -60, order_id="A")
        assert bench.run(minutes(2)).code == 2
        bench.trade(minutes(1), 60, order_id="A")
        assert bench.run(minutes(3)).code == 0
        assert bench.told() == ["firing", "resolved corrected"]

    def test_correction_taken_back_fires_under_a_new_name(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY)
        bench.run(START)
        for number, pnl in enumerate((-60, 60, -60, 60)):
            bench.trade(minutes(1), pnl, order_id="A")
            bench.run(minutes(2 + number))
        assert bench.told() == ["firing", "resolved corrected"] * 2
        assert len({one["episode"] for one in bench.events("firing")}) == 2

    def test_episode_that_came_and_went_unseen_is_told_once(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, rule(id="n", metric="net_pnl", over="{trades: 1}", below=-5))
        bench.run(START)
        bench.trade(minutes(10), 1)
        bench.run(minutes(11))
        bench.trade(minutes(5), -10)
        bench.run(minutes(12))
        bench.trade(minutes(20), 1)
        bench.run(minutes(21))
        assert bench.told() == ["history_rewritten"]

    def test_trades_that_close_with_the_last_known_one_are_told_as_they_come(
        self, tmp_path: Path
    ) -> None:
        bench = Bench(tmp_path, rule(id="n", metric="net_pnl", over="{trades: 1}", below=-5))
        bench.run(START)
        bench.trade(minutes(1), 1, symbol="A")
        bench.run(minutes(2))
        bench.trade(minutes(1), -10, symbol="B")
        bench.trade(minutes(1), 10, symbol="C")
        bench.run(minutes(3))
        assert bench.told() == ["firing", "resolved recovered"]

    def test_late_trade_replays_from_the_day_before(self, tmp_path: Path) -> None:
        bench = Bench(
            tmp_path, rule(id="d", metric="current_drawdown", over="{window: all}", below=-15)
        )
        bench.run(START)
        for day in range(20):
            bench.trade(START + timedelta(days=day), -1 if day % 2 else 1)
        bench.run(START + timedelta(days=20))
        assert bench.told() == []
        bench.trade(START + timedelta(days=3, hours=1), -20)
        assert bench.run(START + timedelta(days=20)).code == 2
        (fired,) = bench.events("firing")
        assert fired["occurred_at"] == "2026-04-11T11:00:00Z"

    def test_log_that_vanishes_takes_its_episode_along_and_brings_it_back(
        self, tmp_path: Path
    ) -> None:
        bench = Bench(tmp_path, DAILY)
        bench.trade(START - timedelta(days=1), 1)
        bench.run(START)
        bench.trade(minutes(1), -60)
        bench.run(minutes(2))
        file = tmp_path / "logs/trades/2026-04-08.jsonl"
        away = tmp_path / "away"
        file.rename(away)
        assert bench.run(minutes(3)).code == 0
        away.rename(file)
        assert bench.run(minutes(4)).code == 2
        assert bench.told() == ["firing", "resolved corrected", "firing"]

    def test_edited_rule_closes_its_episode_and_starts_anew(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        bench.run(START)
        losing(bench, 4)
        bench.run(minutes(9))
        bench.rules(WIN_RATE.replace("0.5", "0.4"))
        assert bench.run(minutes(10)).code == 2
        bench.rules(WIN_RATE)
        assert bench.run(minutes(11)).code == 2
        assert bench.told() == ["firing", "resolved rule_changed"] * 2 + ["firing"]
        ids = [one["id"] for one in bench.events()]
        assert len(set(ids)) == len(ids)

    def test_severity_may_be_edited_without_a_new_episode(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        losing(bench, 4)
        bench.run(minutes(9))
        bench.rules(WIN_RATE.replace("below", "severity: critical, remind_every: 1h, below"))
        bench.run(minutes(10))
        assert bench.told() == ["firing"]

    def test_removed_rule_closes_its_episode(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        losing(bench, 4)
        bench.run(minutes(9))
        bench.rules(DAILY)
        assert bench.run(minutes(10)).code == 0
        assert bench.told() == ["firing", "resolved rule_removed"]

    def test_other_time_zone_replays_everything(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY)
        bench.run(START)
        bench.trade(datetime(2026, 4, 8, 23, tzinfo=UTC), -30)
        bench.trade(datetime(2026, 4, 9, 1, tzinfo=UTC), -30)
        assert bench.run(START + timedelta(days=1)).code == 0
        (tmp_path / "config/perfkit.yaml").write_text(BOT + "timezone: America/New_York\n")
        assert bench.run(START + timedelta(days=1)).code == 2


class TestClock:
    def test_stale_log_fires_after_its_minutes_and_resolves_with_a_line(
        self, tmp_path: Path
    ) -> None:
        bench = Bench(tmp_path, STALE)
        bench.trade(START, 1)
        assert bench.run(minutes(60)).code == 0
        assert bench.run(minutes(70)).code == 0
        assert bench.run(minutes(71)).code == 2
        (fired,) = bench.events("firing")
        assert fired["occurred_at"] == "2026-04-08T11:10:00.000001Z"
        bench.trade(minutes(72), 1)
        assert bench.run(minutes(73)).code == 0
        assert bench.told() == ["firing", "resolved recovered"]

    def test_looking_late_tells_the_same_moment(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, STALE)
        bench.trade(START, 1)
        bench.run(minutes(1))
        bench.run(minutes(5000))
        assert bench.events("firing")[0]["occurred_at"] == "2026-04-08T11:10:00.000001Z"
        assert bench.told() == ["firing"]

    def test_only_active_minutes_count(self, tmp_path: Path) -> None:
        hours = '{days: mon-fri, from: "09:00", to: "11:00", timezone: UTC}'
        bench = Bench(
            tmp_path, rule(id="s", metric="minutes_since_last_line", above=90, active=hours)
        )
        bench.trade(START, 1)
        bench.run(START)
        assert bench.run(START + timedelta(hours=20)).code == 0
        assert bench.run(START + timedelta(days=1, minutes=-29)).code == 2
        assert bench.events("firing")[0]["occurred_at"] == "2026-04-09T09:30:00.000001Z"

    def test_open_trade_that_grows_old_fires_by_symbol(self, tmp_path: Path) -> None:
        bench = Bench(
            tmp_path, rule(id="o", metric="open_trade_age_minutes", above=30, by="symbol")
        )
        bench.run(START)
        opened = {"timestamp": "2026-04-08T10:00:00Z", "order_id": "1", "outcome": "open"}
        bench.log({**opened, "symbol": "ETH"}, name="2026-04-08.jsonl")
        assert bench.run(minutes(30)).code == 0
        assert bench.run(minutes(31)).code == 2
        assert bench.events("firing")[0]["sources"] == ["logs/trades/2026-04-08.jsonl:1"]
        bench.trade(minutes(32), 1, order_id="1", symbol="ETH")
        assert bench.run(minutes(33)).code == 0
        assert bench.told() == ["firing ETH", "resolved recovered ETH"]

    def test_bad_lines_fire_once_they_have_been_there_for_long(self, tmp_path: Path) -> None:
        bench = Bench(
            tmp_path, rule(id="b", metric="bad_lines", above=0, **{"for": "{minutes: 5}"})
        )
        bench.trade(START, 1)
        bench.run(START)
        file = tmp_path / "logs/trades/2026-04-08.jsonl"
        good = file.read_bytes()
        file.write_bytes(good + b"garbage\n")
        assert bench.run(minutes(1)).code == 0
        assert bench.run(minutes(6)).code == 2
        file.write_bytes(good)
        assert bench.run(minutes(7)).code == 0
        assert bench.told() == ["firing", "resolved recovered"]

    def test_line_ahead_of_the_clock_is_not_believed(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, STALE)
        bench.trade(START, 1)
        bench.run(START)
        bench.trade(START + timedelta(days=400), 1)
        assert bench.run(minutes(1)).code == 0
        assert bench.run(minutes(70)).code == 0
        assert bench.run(minutes(71)).code == 2
        assert bench.told() == ["data_state error", "firing"]

    @pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)])
    def test_clock_that_goes_back_is_said_once_and_evaluation_goes_on(
        self, tmp_path: Path, back: timedelta
    ) -> None:
        bench = Bench(tmp_path, STALE)
        bench.trade(START, 1)
        bench.run(minutes(65))
        for second in range(3):
            bench.run(minutes(65) - back + timedelta(seconds=second / 10))
        assert bench.told() == ["clock_skew"]
        assert bench.run(minutes(75)).code == 2
        assert bench.told() == ["clock_skew", "firing"]

    def test_clock_that_goes_back_does_not_freeze_trade_rules(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        bench.run(minutes(60))
        losing(bench, 4)
        assert bench.run(minutes(10)).code == 2

    def test_autumn_hour_counts_twice(self, tmp_path: Path) -> None:
        hours = '{days: sun, from: "00:00", to: "24:00", timezone: America/New_York}'
        bench = Bench(
            tmp_path, rule(id="s", metric="minutes_since_last_line", above=1499, active=hours)
        )
        sunday = datetime(2025, 11, 2, 4, tzinfo=UTC)
        bench.trade(sunday, 1)
        bench.run(sunday)
        assert bench.run(sunday + timedelta(minutes=1499)).code == 0
        assert bench.run(sunday + timedelta(minutes=1499.5)).code == 2


class TestSources:
    """Two bots with a currency each: nothing of theirs is ever added."""

    CONFIG = """\
sources:
  - {name: dollar, path: logs/dollar, currency: USD}
  - {name: euro, path: logs/euro, currency: EUR}
"""

    def bench(self, root: Path, rules: str) -> Bench:
        bench = Bench(root, rules, self.CONFIG)
        for name in ("dollar", "euro"):
            (root / "logs" / name).mkdir()
            bench.log_begins(f"../{name}")
        return bench

    def test_rule_over_trades_is_about_one_of_them(self, tmp_path: Path) -> None:
        keys = {"metric": "net_pnl", "over": "{window: all}", "below": -5}
        bench = self.bench(tmp_path, rule(id="e", where="{source: euro}", **keys))
        bench.run(START)
        bench.log(trade(minutes(1), -10), name="../dollar/2026-04-08.jsonl")
        assert bench.run(minutes(2)).code == 0
        bench.log(trade(minutes(3), -10), name="../euro/2026-04-08.jsonl")
        assert bench.run(minutes(4)).code == 2
        assert bench.events("firing")[0]["sources"] == ["logs/euro/2026-04-08.jsonl:1"]

    def test_figure_of_days_counts_missing_ones(self, tmp_path: Path) -> None:
        keys = {"metric": "sharpe", "over": "{window: all}", "below": 100}
        bench = self.bench(tmp_path, rule(id="s", where="{source: euro}", **keys))
        for day in range(25):
            at = START + timedelta(days=day)
            line = trade(at, 1 + day % 3)
            for name in ("dollar", "euro"):
                bench.log(line, name=f"../{name}/{at:%Y-%m-%d}.jsonl")
        assert bench.run(START + timedelta(days=25)).code == 2
        (tmp_path / "logs/euro/2026-04-20.jsonl").unlink()
        bench.run(START + timedelta(days=25))
        assert bench.events("firing", "data_state")[-1]["kind"] == "firing"

    def test_silence_of_one_of_them_is_told_by_source(self, tmp_path: Path) -> None:
        bench = self.bench(
            tmp_path, rule(id="s", metric="minutes_since_last_line", above=60, by="source")
        )
        for name in ("dollar", "euro"):
            bench.log(trade(START, 1), name=f"../{name}/2026-04-08.jsonl")
        bench.run(START)
        bench.log(trade(minutes(50), 1), name="../euro/2026-04-08.jsonl")
        bench.run(minutes(65))
        assert bench.told() == ["firing dollar"]
        bench.log(trade(minutes(66), 1), name="../dollar/2026-04-08.jsonl")
        bench.run(minutes(70))
        assert bench.told() == ["firing dollar", "resolved recovered dollar"]

    def test_bad_lines_of_one_source(self, tmp_path: Path) -> None:
        bench = self.bench(
            tmp_path, rule(id="b", metric="bad_lines", above=0, where="{source: euro}")
        )
        for minute, name, code in ((0, "dollar", 0), (1, "euro", 2)):
            bench.log(trade(START, 1), name=f"../{name}/2026-04-08.jsonl")
            with (tmp_path / "logs" / name / "2026-04-08.jsonl").open("a") as stream:
                stream.write("garbage\n")
            assert bench.run(minutes(minute)).code == code


class TestReminders:
    @pytest.mark.slow
    def test_month_of_minutes_with_a_breach_in_the_middle(self, tmp_path: Path) -> None:
        """Every minute at which something can happen, and some others, as cron would run them."""
        bench = Bench(
            tmp_path,
            rule(id="d", metric="net_pnl", over="{window: all}", below=-50, remind_every="1d"),
        )
        bench.trade(START, 1)
        bench.run(START)
        sizes = set()
        for minute in range(1, 43_200, 7):
            if minute - 7 < 14_400 <= minute:
                bench.trade(minutes(14_400), -60)
            if minute - 7 < 28_800 <= minute:
                bench.trade(minutes(28_800), 60)
            assert bench.run(minutes(minute)).code == (2 if 14_400 <= minute < 28_800 else 0)
            sizes.add(bench.event_log.stat().st_size)
        assert bench.told() == ["firing", *["reminder"] * 9, "resolved recovered"]
        assert len(sizes) == 12

    def test_after_a_gap_only_the_latest_is_told(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path, DAILY)
        bench.run(START)
        losing(bench, 1, pnl=-60)
        bench.run(minutes(1))
        bench.run(minutes(5 * 60 + 1))
        assert bench.told() == ["firing", "reminder"]
        assert bench.events("reminder")[0]["occurred_at"] == "2026-04-08T15:00:00Z"


class TestCommands:
    def perfkit(self, bench: Bench, *words: str) -> int:
        return main(["alerts", *words, "--root", str(bench.root)])

    def fired(self, tmp_path: Path) -> Bench:
        bench = Bench(tmp_path, WIN_RATE.replace("below", "remind_every: 1h, below"))
        now = datetime.now(UTC).replace(microsecond=0)
        for number in range(4):
            bench.trade(now - timedelta(hours=3, minutes=9 - number), -10)
        assert bench.run().code == 2
        return bench

    def test_acknowledged_episode_is_reminded_of_no_more(self, tmp_path: Path) -> None:
        bench = self.fired(tmp_path)
        assert self.perfkit(bench, "ack", bench.events("firing")[0]["episode"]) == 0
        later = datetime.now(UTC) + timedelta(hours=9)
        assert bench.run(later).code == 2
        assert bench.told() == ["firing", "acked"]

    def test_acknowledging_twice_is_refused(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench = self.fired(tmp_path)
        assert self.perfkit(bench, "ack", "win-rate") == 0
        assert self.perfkit(bench, "ack", "win-rate") == 3
        assert self.perfkit(bench, "ack", "nothing") == 3
        said = capsys.readouterr().err
        assert "already acknowledged" in said
        assert "no such episode is open; open episodes:" in said

    def test_silenced_rule_is_quiet_until_its_end(self, tmp_path: Path) -> None:
        bench = self.fired(tmp_path)
        assert self.perfkit(bench, "silence", "win-rate", "--for", "2h") == 0
        soon = datetime.now(UTC) + timedelta(hours=1)
        assert bench.run(soon) == (0, "", "")
        late = bench.run(soon + timedelta(hours=2))
        assert late.code == 2
        assert "is no longer silenced and still fires" in late.err
        assert bench.told() == ["firing", "silenced", "unsilenced", "reminder"]

    def test_silence_may_end_early(self, tmp_path: Path) -> None:
        bench = self.fired(tmp_path)
        assert self.perfkit(bench, "silence", "win-rate", "--for", "2h") == 0
        assert self.perfkit(bench, "unsilence", "win-rate") == 0
        assert bench.run().code == 2
        assert self.perfkit(bench, "unsilence", "win-rate") == 3
        assert self.perfkit(bench, "unsilence", "wrong") == 3
        assert self.perfkit(bench, "silence", "wrong", "--for", "2h") == 3
        assert self.perfkit(bench, "silence", "win-rate", "--for", "soon") == 3
        assert self.perfkit(bench, "silence", "win-rate", "--for", "400d") == 3

    def test_silences_and_acknowledgements_outlive_a_lost_state(self, tmp_path: Path) -> None:
        bench = self.fired(tmp_path)
        self.perfkit(bench, "silence", "win-rate", "--for", "2h")
        self.perfkit(bench, "ack", "win-rate")
        bench.state.unlink()
        assert bench.run().code == 0
        assert bench.told() == ["firing", "silenced", "acked"]

    def test_a_silence_ends_with_its_rule_also_where_the_state_is_lost(
        self, tmp_path: Path
    ) -> None:
        bench = self.fired(tmp_path)
        self.perfkit(bench, "silence", "win-rate", "--for", "2h")
        bench.rules(WIN_RATE.replace("win-rate", "another"))
        bench.run()
        bench.state.unlink()
        bench.run()
        bench.rules(WIN_RATE)
        assert bench.run().code == 2

    def test_commands_before_the_first_run_say_so(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench = Bench(tmp_path)
        assert self.perfkit(bench, "ack", "x") == 3
        assert self.perfkit(bench, "status") == 0
        said = capsys.readouterr()
        assert "run `perfkit-alerts` first" in said.err
        assert "not been evaluated yet" in said.out

    def test_status_tells_every_rule(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench = self.fired(tmp_path)
        self.perfkit(bench, "silence", "win-rate", "--for", "2h")
        self.perfkit(bench, "ack", "win-rate")
        capsys.readouterr()
        assert self.perfkit(bench, "status") == 2
        shown = capsys.readouterr().out.splitlines()
        assert shown[0].startswith("as of ")
        assert shown[2].split()[:2] == ["win-rate", "firing"]
        assert "win rate 0.0 % " in shown[2]
        assert "acknowledged; silenced until" in shown[2]

    def test_heartbeat_tells_whether_runs_still_come(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench = Bench(tmp_path)
        assert self.perfkit(bench, "heartbeat") == 3
        missing = f"{tmp_path}/logs/performance/alerts.heartbeat: missing or unreadable"
        assert missing in capsys.readouterr().err
        bench.run()
        assert self.perfkit(bench, "heartbeat") == 0
        bench.rules("rules: 1\n")
        assert bench.run().code == 3
        assert self.perfkit(bench, "heartbeat") == 3
        bench.rules(WIN_RATE)
        bench.run(START)
        assert self.perfkit(bench, "heartbeat", "--max-age", "5m") == 3
        refused = capsys.readouterr().err
        assert "could not evaluate" in refused
        assert re.search(r"was \d+ d \d\d h ago$", refused.rstrip())

    def test_lint_says_what_each_rule_watches(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench = Bench(tmp_path)
        assert self.perfkit(bench, "lint") == 0
        assert capsys.readouterr().out.splitlines() == [
            "win-rate: warning when win rate of the last 4 trades is below 50 %",
            "config/alerts.yaml: 1 rule, no errors",
        ]
        bench.rules(WIN_RATE.replace("win_rate", "luck"))
        assert self.perfkit(bench, "lint") == 3
        assert (
            "config/alerts.yaml:2: rules.0.metric: 'luck' is not a metric;"
            in capsys.readouterr().err
        )

    @pytest.mark.parametrize("command", ["heartbeat", "status", "check", "lint", "ack x"])
    def test_folder_that_is_no_workspace_is_named(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
    ) -> None:
        bench = Bench(tmp_path)
        for folder, remedy in (
            (f"{tmp_path}/logs", f"there is a workspace above it: name {tmp_path}"),
            ("/nowhere", "name a workspace, or make one with `perfkit init DIR`"),
        ):
            assert main(["alerts", *command.split(), "--root", folder]) == 3
            said = capsys.readouterr().err
            assert f"{folder}/config/perfkit.yaml: is missing; {remedy}\n" in said
            assert cron.main(["--root", folder]) == 3
            assert (
                f"{folder}/config/perfkit.yaml: is missing; {remedy}\n" in capsys.readouterr().err
            )
        assert bench.run().code == 0

    def test_time_that_is_none_is_the_mistake_of_the_command_that_was_given(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.perfkit(Bench(tmp_path), "check", "--now", "x") == 3
        assert capsys.readouterr().err == (
            "perfkit: --now x: write a time with its zone, such as 2026-04-08T10:00:00Z\n"
        )

    def test_check_is_perfkit_alerts(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        losing(bench, 4)
        assert self.perfkit(bench, "check", "--now", "2026-04-08T12:00:00Z", "--json") == 2


class TestDryRun:
    def test_nothing_is_written(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        losing(bench, 4)
        before = sorted(tmp_path.rglob("*"))
        ran = bench.run(minutes(9), "--dry-run", "--json")
        assert ran.code == 2
        assert json.loads(ran.out)["firing"][0]["rule"] == "win-rate"
        assert sorted(tmp_path.rglob("*")) == before

    def test_lines_of_what_is_new_are_shown_with_what_fires_already(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        losing(bench, 4)
        new = bench.run(minutes(9), "--dry-run")
        assert (new.code, new.out) == (2, "")
        (line,) = new.err.splitlines()
        assert line.startswith("perfkit-alerts: WARN warning firing: Win rate of the last 4 trades")
        assert bench.run(minutes(9)).err == new.err
        again = bench.run(minutes(10), "--dry-run")
        assert (again.code, again.out) == (2, "")
        assert re.fullmatch(
            r"perfkit-alerts: win-rate fires since 2026-04-\d\d .* UTC\n", again.err
        )

    def test_nothing_is_shown_where_nothing_fires(self, tmp_path: Path) -> None:
        assert Bench(tmp_path).run(minutes(9), "--dry-run") == (0, "", "")


class TestTrouble:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["--now", "yesterday"], "--now yesterday: write a time with its zone"),
            (["--now", "2026-04-08T10:00:00"], "write a time with its zone"),
            (["--now"], "--now needs a value"),
            (["--frequently"], "unknown option"),
            (["--json=1"], "unknown option"),
        ],
    )
    def test_wrong_usage_exits_with_3(self, tmp_path: Path, words: list[str], said: str) -> None:
        ran = Bench(tmp_path).run(None, *words)
        assert (ran.code, ran.out) == (3, "")
        assert said in ran.err

    def test_help_is_no_run(self, tmp_path: Path) -> None:
        ran = Bench(tmp_path).run(None, "--help")
        assert ran.code == 0
        assert ran.out.startswith("usage: perfkit-alerts")

    def test_no_workspace_exits_with_3(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        (tmp_path / "config/perfkit.yaml").unlink()
        assert bench.run(START).code == 3

    def test_bad_rules_never_become_other_rules(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        losing(bench, 4)
        bench.run(minutes(9))
        bench.rules("rules:\n  - {id: x\n")
        ran = bench.run(minutes(10))
        assert ran.code == 3
        assert "config/alerts.yaml" in ran.err
        bench.rules(WIN_RATE)
        assert bench.run(minutes(11)) == (2, "", "")
        assert bench.told() == ["firing"]

    def test_missing_rules_are_an_error(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        (tmp_path / "config/alerts.yaml").unlink()
        ran = bench.run(START)
        assert ran.code == 3
        assert "config/alerts.yaml: is missing" in ran.err

    def test_missing_log_folder_is_an_error(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        bench.run(START)
        shutil.rmtree(tmp_path / "logs/trades")
        assert bench.run(minutes(1)).code == 3

    def test_state_that_cannot_be_written_is_an_error(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        bench.run(START)
        bench.state.unlink()
        bench.state.mkdir()
        (bench.state / "full").touch()
        assert bench.run(minutes(1)).code == 3

    def test_run_beside_another_answers_from_its_state(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        losing(bench, 4)
        bench.run(minutes(9))
        held = state_file.lock(str(tmp_path))
        assert held is not None
        try:
            assert bench.run(minutes(10)) == (2, "", "")
            then = time.time() - 21 * 60
            os.utime(tmp_path / state_file.LOCK, (then, then))
            stuck = bench.run(minutes(30))
            assert stuck.code == 3
            assert "another run has held logs/performance/alerts.lock for 21 minutes" in stuck.err
        finally:
            os.close(held)

    def test_torn_tail_of_the_event_log_is_ended_with_a_newline(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        bench.run(START)
        with bench.event_log.open("ab") as log:
            log.write(b'{"v": 1, "event": "perf')
        before = bench.event_log.read_bytes()
        losing(bench, 4)
        bench.run(minutes(9))
        after = bench.event_log.read_bytes()
        assert after.startswith(before + b"\n")
        assert json.loads(after.splitlines()[-1])["kind"] == "firing"

    def test_rotated_event_log_repeats_nothing(self, tmp_path: Path) -> None:
        bench = Bench(tmp_path)
        losing(bench, 4)
        bench.run(minutes(9))
        bench.event_log.rename(tmp_path / "old.jsonl")
        bench.trade(minutes(20), -10)
        assert bench.run(minutes(21)) == (2, "", "")
        assert not bench.event_log.exists()

    def test_line_of_an_odd_trade_stays_one_line(self, tmp_path: Path) -> None:
        bench = Bench(
            tmp_path, rule(id="s", metric="net_pnl", over="{trades: 1}", below=0, by="strategy")
        )
        bench.run(START)
        bench.log(trade(minutes(1), -1, strategy_name="a\nperfkit-alerts: all is well\x1b[2J"))
        ran = bench.run(minutes(2))
        assert ran.err.count("\n") == 1
        assert "\x1b" not in ran.err


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (ZeroDivisionError("half"), "a bug in perfkit, please report it"),
        (PermissionError(13, "Permission denied", "x.jsonl"), "x.jsonl: Permission denied; check"),
        (OutputError("a.state", "disk full"), "cannot write a.state: disk full"),
        (KeyboardInterrupt(), "interrupted; no file was left half written"),
    ],
)
def test_whatever_goes_wrong_is_said_and_exits_with_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: BaseException, said: str
) -> None:
    bench = Bench(tmp_path)

    def broken(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(check, "check", broken)
    found = bench.run(START)
    assert found.code == 3
    assert said in found.err
    beat = state_file.last_beat(str(tmp_path))
    assert beat is None if isinstance(raised, KeyboardInterrupt) else beat and beat.code == 3


def test_reader_that_went_away_is_no_all_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(cron, "_main", gone)
    assert Bench(tmp_path).run(START).code == 3


def test_workspace_is_found_from_a_folder_below_it_or_by_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path / "here")
    monkeypatch.chdir(bench.root / "logs/trades")
    assert ran(["--now", START.isoformat()]).code == 0
    monkeypatch.chdir("/")
    assert ran([]).code == 3
    monkeypatch.setenv("PERFKIT_ROOT", str(bench.root))
    assert ran(["--now=" + START.isoformat()]).code == 0


def test_json_of_a_run_beside_another_waits_for_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, WIN_RATE)
    bench.run(START)
    held = state_file.lock(str(tmp_path))
    assert held is not None
    ended: list[float] = []

    def end() -> None:
        ended.append(time.monotonic())
        os.close(held)

    timer = threading.Timer(0.5, end)
    timer.start()
    found = bench.run(minutes(1), "--json")
    assert ended
    assert time.monotonic() > ended[0]
    timer.join()
    assert json.loads(found.out)["code"] == 0


@pytest.mark.parametrize("held_s", [599.5, 1260.0])
def test_json_does_not_wait_for_a_run_that_hangs(tmp_path: Path, held_s: float) -> None:
    bench = Bench(tmp_path, WIN_RATE)
    bench.run(START)
    held = state_file.lock(str(tmp_path))
    assert held is not None
    then = time.time() - held_s
    os.utime(tmp_path / state_file.LOCK, (then, then))
    try:
        found = bench.run(minutes(1), "--json")
    finally:
        os.close(held)
    assert found.code == 3
    assert not found.out
    assert f"another run has held logs/performance/alerts.lock for {max(10, held_s // 60):.0f}" in (
        found.err
    )
