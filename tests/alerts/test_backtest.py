"""Backtests: what rules would have done, what it meant in money, and its chart."""

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

import perfkit
from perfkit.alerts.rules.rule import Rule
from perfkit.alerts.status import logged_episodes
from perfkit.cli import main
from perfkit.core.calendar import instant_of
from perfkit.core.errors import UsageError
from perfkit.schemas.make import schemas
from tests.alerting import START, Bench, minutes

ROOT = Path(__file__).parents[2]
RULES = """\
rules:
  - {id: loss, metric: net_pnl, over: {trades: 1}, below: 0, by: strategy}
  - {id: calm, metric: net_pnl, over: {window: all}, below: -1000}
  - {id: stale, metric: minutes_since_last_line, above: 60}
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path, RULES)
    for number, pnl in enumerate((5, -10, -20, 7, -1)):
        bench.trade(minutes(number * 600), pnl, strategy_name="a|b")
    return bench


class TestEpisodes:
    def test_episode_tells_its_trades_and_what_they_brought(self, bench: Bench) -> None:
        loss, calm = perfkit.open(bench.root).backtest().histories
        first, second = loss.episodes
        assert (first.group, first.reason, first.trades) == ("a|b", "recovered", 2)
        assert (str(first.net_pnl), str(first.worst)) == ("-13", "-20")
        assert (second.ended_at, second.reason, second.trades) == (None, None, 0)
        assert calm.episodes == ()

    def test_text_says_what_standing_aside_would_have_meant(self, bench: Bench) -> None:
        text = str(perfkit.open(bench.root).backtest())
        assert "loss: fired 2 times in 5 trades; 2 closed while it was firing; not trading" in text
        assert "would have saved 13.00 USD" in text
        assert "calm: never fired in 5 trades" in text
        assert "still firing" in text

    def test_markdown_escapes_what_comes_from_a_log(self, bench: Bench) -> None:
        assert "a\\|b" in perfkit.open(bench.root).backtest()._repr_markdown_()

    def test_what_was_before_is_stepped_in_silence(self, bench: Bench) -> None:
        found = perfkit.open(bench.root).backtest("loss", "2026-04-09", "2026-04-09")
        (history,) = found.histories
        assert [one.trades for one in history.episodes] == [2]
        assert history.steps == 2

    def test_rule_of_ones_own(self, bench: Bench) -> None:
        desk = perfkit.open(bench.root)
        loss = desk.backtest("loss").histories[0].rule
        assert isinstance(loss, Rule)
        stricter = loss._replace(id="mine", threshold=loss.threshold - 15)
        assert len(desk.backtest(stricter).histories[0].episodes) == 1

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("nothing",), "is not a rule of config.alerts.yaml; the rules are loss, calm"),
            (("stale",), "stale is a clock rule"),
            (("loss", "2026-04-09", "2026-04-08"), "is before the first"),
            (("loss", "soon"), "is not a date"),
        ],
    )
    def test_what_makes_no_sense_is_said(
        self, bench: Bench, arguments: tuple[str, ...], said: str
    ) -> None:
        with pytest.raises(UsageError, match=said):
            perfkit.open(bench.root).backtest(*arguments)

    def test_empty_log(self, tmp_path: Path) -> None:
        found = perfkit.open(Bench(tmp_path, RULES).root).backtest()
        assert [one.steps for one in found.histories] == [0, 0]
        assert found.chart().png().startswith(b"\x89PNG")


class TestChart:
    def test_it_says_how_often_the_rule_fires(self, bench: Bench) -> None:
        chart = perfkit.open(bench.root).backtest().chart("loss")
        assert chart.alt == "Backtest of loss [a|b]: fires 2 times in 5 trades."
        assert chart.png().startswith(b"\x89PNG")

    def test_equal_figures_give_equal_bytes(self) -> None:
        found = perfkit.open(ROOT).backtest("win-rate-20")
        assert found.chart().png() == found.chart("win-rate-20").png()

    def test_what_is_not_there_is_said(self, bench: Bench) -> None:
        found = perfkit.open(bench.root).backtest()
        with pytest.raises(UsageError, match="is not in this backtest; the rules are loss, calm"):
            found.chart("other")
        with pytest.raises(UsageError, match="no trade of that group"):
            found.chart("loss", "zzz")


class TestCommand:
    def test_charts_are_written(
        self, bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ["backtest", "--root", str(bench.root), "--charts", str(tmp_path / "charts")]
        assert main.main(["alerts", *words, "--rule", "loss"]) == 0
        assert capsys.readouterr().out.endswith(f"{tmp_path}/charts/loss.png\n")
        assert (tmp_path / "charts/loss.png").stat().st_size > 10_000

    def test_days_are_those_given(self, capsys: pytest.CaptureFixture[str]) -> None:
        words = ["--root", str(ROOT), "--from", "2025-10-01", "--to", "2025-10-02"]
        assert main.main(["alerts", "backtest", *words]) == 0
        assert capsys.readouterr().out.startswith("2025-10-01 00:00 to 2025-10-03 00:00 UTC")


class TestStatusAndEvents:
    def test_desk_shows_how_rules_stood(self, bench: Bench) -> None:
        desk = perfkit.open(bench.root)
        assert "not been evaluated yet" in str(desk.alerts())
        bench.run(START + timedelta(days=3))
        shown = str(desk.alerts())
        assert "| loss \\[a\\|b\\]" in shown or "loss [a\\|b]" in shown
        assert "firing" in shown

    def test_episodes_of_a_window_are_those_that_began_in_it(self, bench: Bench) -> None:
        bench.rules(RULES.replace("below: -1000", "below: -12"))
        bench.run(START + timedelta(days=9))
        day = 86_400 * 1_000_000
        start = instant_of(START)
        (calm,) = logged_episodes(bench.root, start, start + day)
        assert (calm.rule, calm.group, calm.ended_at) == ("calm", "", None)
        both = logged_episodes(bench.root, start, start + 9 * day)
        assert [one.rule for one in both if one.rule != "stale"] == ["calm", "loss"]
        assert logged_episodes(bench.root, start - 9 * day, start) == ()
        bench.trade(minutes(2500), 100, strategy_name="a|b")
        bench.run(START + timedelta(days=3))
        both = logged_episodes(bench.root, start, start + 9 * day)
        reasons = [one.reason for one in both if one.rule != "stale"]
        assert reasons == ["recovered", "recovered"]

    def test_episode_that_a_correction_took_back_is_not_told(self, bench: Bench) -> None:
        bench.trade(minutes(3000), -50, order_id="A", strategy_name="c")
        bench.run(START + timedelta(days=3))
        bench.trade(minutes(3000), 50, order_id="A", strategy_name="c")
        bench.run(START + timedelta(days=3))
        assert bench.events("resolved")[-1]["reason"] == "corrected"
        found = logged_episodes(bench.root, 0, 1 << 60)
        assert [one.group for one in found if one.rule == "loss"] == ["a|b"]

    def test_summary_shows_the_status_and_checks_on_demand(
        self, bench: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ["summary", "--root", str(bench.root)]
        assert main.main([*words, "--check"]) == 2
        said = capsys.readouterr()
        loss = "perfkit: warning: loss fires for strategy a|b since 2026-04-10 02:00 UTC\n"
        assert said.err.startswith(loss)
        assert "Alerts" not in said.out
        assert not (bench.root / "logs/performance/alerts.state").exists()
        bench.run(START)
        assert main.main(words) == 0
        assert "Alerts, as of 2026-04-08 10:00 UTC" in capsys.readouterr().out
        bench.state.write_bytes(b"damaged")
        assert main.main(words) == 0
        assert "it is damaged; perfkit-alerts rebuilds it" in capsys.readouterr().err

    def test_every_event_is_as_its_schema_says(self, bench: Bench) -> None:
        schema = schemas()["alert-event.schema.json"]
        bench.rules(RULES.replace("by: strategy", "by: strategy, remind_every: 1h"))
        bench.run(START + timedelta(days=9))
        bench.run(START + timedelta(days=12))
        bench.run(START + timedelta(days=11))
        main.main(["alerts", "silence", "loss", "--for", "1h", "--root", str(bench.root)])
        main.main(["alerts", "unsilence", "loss", "--root", str(bench.root)])
        main.main(["alerts", "ack", "loss", "--root", str(bench.root)])
        bench.trade(minutes(1), -5)
        bench.trade(minutes(2), 5)
        bench.run(START + timedelta(days=12))
        bench.state.write_bytes(b"damaged")
        bench.run(START + timedelta(days=12))
        events = bench.events()
        for event in events:
            jsonschema.validate(event, schema)
            assert list(event) == list(schema["$defs"]["AlertEvent"]["properties"])
        kinds = set(schema["$defs"]["AlertEvent"]["properties"]["kind"]["enum"])
        assert {event["kind"] for event in events} >= kinds - {
            "data_state",
            "resolved",
            "delivery_failed",
        }
        assert json.loads(bench.run(START + timedelta(days=12), "--json").out)["code"] == 2
