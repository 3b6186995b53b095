"""`perfkit alerts lint`: warnings of rules that load, but cannot do what was meant."""

from datetime import timedelta
from pathlib import Path

import pytest

from perfkit.cli import main
from tests.alerting import BOT, Bench, minutes

WHOLE = {
    "strategy_name": "momentum",
    "account_id": "7",
    "action": "BUY",
    "execution_mode": "LIVE",
    "quantity": "1",
    "price": "100",
    "stop_loss": "90",
    "target": "120",
    "commission": "0.1",
}


def linted(
    bench: Bench, capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, list[str], str]:
    """The exit code, the warnings, and the last line."""
    code = main.main(["alerts", "lint", "--root", str(bench.root), *options])
    lines = capsys.readouterr().out.splitlines()
    found = [line.removeprefix("warning: ") for line in lines if line.startswith("warning: ")]
    return code, found, lines[-1]


def lint(bench: Bench, capsys: pytest.CaptureFixture[str], keys: str) -> list[str]:
    """The warnings about one rule of those keys."""
    bench.rules(f"rules:\n  - {{id: a, {keys}}}\n")
    code, found, _ = linted(bench, capsys)
    assert code == 0
    return found


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Forty trades, two a day from 10:00 on."""
    made = Bench(tmp_path)
    for number in range(40):
        at = minutes(60 * (number % 2)) + timedelta(days=number // 2)
        made.trade(at, (-1) ** number * 5, order_id=f"T{number}", **WHOLE)
    return made


SPAN = "over: {trades: 5}, below: 0"


@pytest.mark.parametrize(
    "keys",
    [
        f"metric: net_pnl, {SPAN}, where: {{strategy: momentum, side: long}}, by: account",
        f"metric: avg_r, {SPAN}",
        "metric: avg_risk_reward, over: {trades: 5}, below: 1",
        "metric: avg_hold_seconds, over: {window: daily}, above: 5, remind_every: 4h",
        'metric: net_pnl, over: {trades: 5}, below: 0, active: {from: "09:00", to: "10:30"}',
        "metric: open_trade_age_minutes, above: 5, where: {symbol: BTC}",
        "metric: bad_lines, above: 5, where: {source: bot}",
        "metric: losses_beyond_1r, over: {window: all}, above: 3",
    ],
)
def test_rules_that_fit_the_log_get_no_warning(
    bench: Bench, capsys: pytest.CaptureFixture[str], keys: str
) -> None:
    assert lint(bench, capsys, keys) == []


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            f"metric: net_pnl, {SPAN}, where: {{strategy: momentun}}",
            "where.strategy: no trade has the strategy 'momentun'; did you mean momentum?",
        ),
        (
            "metric: open_trade_age_minutes, above: 5, where: {symbol: ETH}",
            "where.symbol: no trade has the symbol 'ETH'; there is only BTC",
        ),
        (
            f"metric: net_pnl, {SPAN}, where: {{side: short, account: '7'}}",
            "where.side: no trade has the side 'short'; there is only long",
        ),
        (
            f"metric: slippage, {SPAN}",
            "metric: source bot never logs slippage; log it, or use another metric",
        ),
        (
            "metric: target_hits, over: {trades: 5}, above: 3",
            "metric: source bot never logs exit_price",
        ),
        (
            "metric: net_pnl, over: {window: daily}, below: 0, remind_every: 2d",
            "remind_every: is longer than a daily window",
        ),
        (
            f"metric: net_pnl, {SPAN}, "
            "active: {timezone: Asia/Tokyo, from: '09:00', to: '15:00'}",
            "active: none of the 40 trades of the last 30 days closed in mon,tue,wed,thu,fri,sat,",
        ),
        (
            f"metric: net_pnl, {SPAN}, active: {{from: '09:00', to: '09:00'}}",
            "active.to: is the same time as `from`, which means 24 hours from 09:00; change one",
        ),
    ],
)
def test_what_the_log_does_not_have_is_a_warning_at_its_line(
    bench: Bench, capsys: pytest.CaptureFixture[str], keys: str, said: str
) -> None:
    found = lint(bench, capsys, keys)
    assert len(found) == 1
    assert found[0].startswith("config/alerts.yaml:2: rules.0.")
    assert said in found[0]


@pytest.mark.parametrize(
    ("left_out", "metric", "said"),
    [
        ("stop_loss", "avg_r", "never logs stop_loss, which avg_r is made from"),
        ("quantity", "sqn", "never logs quantity, which sqn is made from"),
        ("stop_loss", "losses_beyond_1r", "never logs stop_loss, which losses_beyond_1r is made"),
        ("target", "avg_risk_reward", "never logs target, which avg_risk_reward is made from"),
        ("commission", "commission", "never logs commission; log it"),
    ],
)
def test_fields_a_source_never_logs_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], left_out: str, metric: str, said: str
) -> None:
    bench = Bench(tmp_path)
    logged = {name: value for name, value in WHOLE.items() if name != left_out}
    for number in range(3):
        bench.trade(minutes(number), 5, order_id=f"T{number}", **logged)
    (found,) = lint(bench, capsys, f"metric: {metric}, over: {{trades: 5}}, above: 3")
    assert said in found


def test_stops_on_the_wrong_side_are_no_missing_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path)
    bench.trade(minutes(0), 5, **{**WHOLE, "stop_loss": "110"})
    (found,) = lint(bench, capsys, f"metric: avg_r, {SPAN}")
    assert (
        "no trade of source bot has stop_loss and entry_price and quantity that fit together"
        in found
    )


def test_each_source_is_compared_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench = Bench(tmp_path, config=BOT + "  - {name: other, path: logs/other, currency: USD}\n")
    (tmp_path / "logs/other").mkdir()
    bench.trade(minutes(0), 5, **WHOLE)
    line = '{"exit_timestamp": "2026-04-08T12:00:00Z", "timestamp": "2026-04-08T11:00:00Z", '
    (tmp_path / "logs/other/2026-04-08.jsonl").write_text(line + '"net_profit_loss": "5"}\n')
    (found,) = lint(bench, capsys, f"metric: avg_r, {SPAN}")
    assert "source other never logs stop_loss or entry_price or quantity" in found
    assert lint(bench, capsys, f"metric: avg_r, {SPAN}, where: {{source: bot}}") == []


def test_field_that_no_trade_has_is_no_group(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path)
    bench.trade(minutes(0), 5)
    (found,) = lint(bench, capsys, f"metric: net_pnl, {SPAN}, by: account")
    assert ".by: no trade has an account; leave it out, or name the field in a dialect" in found
    (found,) = lint(bench, capsys, f"metric: net_pnl, {SPAN}, where: {{strategy: a}}")
    assert ".where.strategy: no trade has a strategy; leave it out" in found


def test_filter_that_only_different_trades_meet_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path)
    bench.trade(minutes(0), 5, strategy_name="a", account_id="1")
    bench.trade(minutes(1), 5, strategy_name="b", account_id="2")
    (found,) = lint(bench, capsys, f"metric: net_pnl, {SPAN}, where: {{strategy: a, account: '2'}}")
    assert ".where: no trade meets all of it" in found


class TestDays:
    """A daily rule, and where the days of the log end."""

    RULE = "metric: net_pnl, over: {window: daily}, below: 0"

    def session(self, tmp_path: Path, first_hour: int, config: str = BOT) -> Bench:
        """Thirty days, each with trades in three hours from `first_hour` on, in UTC."""
        bench = Bench(tmp_path, config=config)
        for number in range(90):
            hour = first_hour + number % 3 + 24 * (number // 3)
            at = minutes(0) + timedelta(hours=hour - 10, minutes=30)
            bench.trade(at, 5, order_id=f"T{number}")
        return bench

    def test_day_that_ends_within_the_session_is_a_warning(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench = self.session(tmp_path, 22)
        (found,) = lint(bench, capsys, self.RULE)
        assert ":2: rules.0.over.window: 67 % of the trades of the last 30 days closed" in found
        assert "within an hour of 00:00 UTC, when a trading day ends" in found
        assert "fewest trades close at 02:00" in found

    @pytest.mark.parametrize(
        "config",
        ['day_start: "02:00"\n' + BOT, "timezone: Asia/Tokyo\n" + BOT],
        ids=["day_start", "timezone"],
    )
    def test_day_that_ends_outside_of_it_is_none(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], config: str
    ) -> None:
        assert lint(self.session(tmp_path, 22, config), capsys, self.RULE) == []

    @pytest.mark.parametrize("window", ["weekly", "monthly", "all"])
    def test_other_windows_end_when_they_like(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], window: str
    ) -> None:
        bench = self.session(tmp_path, 22)
        assert lint(bench, capsys, self.RULE.replace("daily", window)) == []

    def test_bot_that_trades_around_the_clock_is_none(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench = Bench(tmp_path)
        for number in range(96):
            bench.trade(minutes(30 * number), 5, order_id=f"T{number}")
        assert lint(bench, capsys, self.RULE) == []

    def test_zone_of_the_log_that_is_not_that_of_the_days_is_a_warning(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        source = BOT.replace("currency: USD", "currency: USD, timezone: America/New_York")
        (found,) = lint(self.session(tmp_path, 10, source), capsys, self.RULE)
        assert "days end at 00:00 UTC, but source bot writes its times in America/New_York" in found


def test_days_without_trading_are_no_active_days(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path, config="trading_week: mon-fri\n" + BOT)
    (found,) = lint(bench, capsys, f"metric: net_pnl, {SPAN}, active: {{days: sat-sun}}")
    assert "active.days: sat, sun: not a day of the trading_week" in found


def test_equal_rules_are_a_warning_and_strict_counts_warnings(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = "  - {{id: {}, metric: net_pnl, {}, severity: {}}}\n"
    text = "rules:\n" + rule.format("a", SPAN, "warning") + rule.format("b", SPAN, "critical")
    bench.rules(text)
    code, found, last = linted(bench, capsys)
    assert found == [
        "config/alerts.yaml:3: rules.1.id: the same rule as 'a': both always fire together; "
        "remove one"
    ]
    assert (code, last) == (0, "config/alerts.yaml: 2 rules, no errors, 1 warning")
    assert linted(bench, capsys, "--strict")[0] == 3
    bench.rules(text.replace("below: 0, severity: critical", "below: -9, severity: critical"))
    assert linted(bench, capsys, "--strict")[:2] == (0, [])


def test_only_the_latest_trades_are_compared_and_it_is_said(
    bench: Bench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfkit.cli.alerts.MOST_COMPARED", 5)
    (found,) = lint(bench, capsys, f"metric: net_pnl, {SPAN}, where: {{strategy: gone}}")
    assert "none of the latest 6 trades has the strategy 'gone'" in found


def test_without_a_trade_only_the_file_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path)
    assert lint(bench, capsys, f"metric: avg_r, {SPAN}, where: {{strategy: a}}, by: symbol") == []


def test_long_lists_of_names_are_left_to_the_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path)
    for number in range(20):
        bench.trade(minutes(number), 5, symbol=f"S{number}", order_id=str(number))
    (found,) = lint(bench, capsys, f"metric: net_pnl, {SPAN}, where: {{symbol: BTCUSDT}}")
    assert "'BTCUSDT'; `perfkit summary --window all --by symbol` lists them" in found


def test_windows_that_never_have_enough_trades_are_a_warning(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = "metric: net_pnl, over: {window: daily}, below: 0, min_trades: "
    (found,) = lint(bench, capsys, rule + "3")
    assert ".min_trades: no daily window so far had 3 trades, the most were 2, so the rule" in found
    assert lint(bench, capsys, rule + "2") == []
    assert lint(bench, capsys, "metric: net_pnl, over: {trades: 100}, below: 0") == []


def test_figure_that_has_no_value_in_its_window_is_a_warning(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = "metric: sharpe, over: {{window: {}}}, below: 0"
    (found,) = lint(bench, capsys, rule.format("daily"))
    assert ".metric: sharpe had no value so far (" in found
    assert lint(bench, capsys, rule.format("all")) == []


def test_figure_without_a_value_for_want_of_losses_is_fine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path)
    for number in range(6):
        bench.trade(minutes(number), 5, order_id=str(number))
    assert lint(bench, capsys, "metric: profit_factor, over: {trades: 5}, below: 1") == []
