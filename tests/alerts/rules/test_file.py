"""`config/alerts.yaml`: every key, its default, and what is said when it makes no sense."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from perfkit.alerts.rules.active_hours import ActiveHours
from perfkit.alerts.rules.file import RULE_KEYS, alerts_of, duration_us, load_alerts
from perfkit.alerts.rules.rule import CLOCK_METRICS, Rule, rule_from
from perfkit.config import settings as configs
from perfkit.core.calendar import Calendar
from perfkit.core.errors import ConfigError
from tests.alerting import BOT

ROOT = Path(__file__).parents[3]
WHOLE = """\
rules:
  - id: win-rate-20
    metric: win_rate
    over: {trades: 20}
    below: 0.60
    recover: 0.65
    for: {trades: 2}
    min_trades: 10
    where: {execution_mode: LIVE}
    by: strategy
    severity: critical
    active: {days: mon-fri, from: "09:30", to: "16:00", timezone: America/New_York}
    remind_every: 4h
"""
DEFAULTS = "rules: [{id: a, metric: net_pnl, over: {window: daily}, above: 5}]"


@pytest.fixture
def config(tmp_path: Path) -> configs.Config:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/perfkit.yaml").write_text(BOT)
    return configs.load(tmp_path)


def read(text: str, config: configs.Config) -> tuple[Rule, ...]:
    return alerts_of(text, "config/alerts.yaml", config).rules


def test_every_key_means_what_it_says(config: configs.Config) -> None:
    (rule,) = read(WHOLE, config)
    assert rule == Rule(
        id="win-rate-20",
        metric="win_rate",
        trades=20,
        window=None,
        bound="below",
        threshold=Decimal("0.60"),
        recover=Decimal("0.65"),
        for_trades=2,
        for_us=0,
        min_trades=10,
        where=(("execution_mode", "LIVE"),),
        by="strategy",
        severity="critical",
        active=ActiveHours(frozenset(range(5)), 570, 960, "America/New_York"),
        remind_us=4 * 3600 * 1_000_000,
    )
    assert all(f"{key}:" in WHOLE for key in RULE_KEYS if key != "above")


def test_defaults(config: configs.Config) -> None:
    (rule,) = read(DEFAULTS, config)
    assert (rule.recover, rule.for_trades, rule.for_us, rule.min_trades) == (Decimal(5), 1, 0, 1)
    assert (rule.where, rule.by, rule.severity) == ((), None, "warning")
    assert (rule.active, rule.remind_us) == (None, None)


def test_fewest_trades_are_all_of_the_span_by_default(config: configs.Config) -> None:
    (rule,) = read("rules: [{id: a, metric: net_pnl, over: {trades: 7}, below: 5}]", config)
    assert rule.min_trades == 7


def test_rule_survives_being_made_plain(config: configs.Config) -> None:
    closed = config.calendar
    closed = Calendar(closed.timezone, holidays=frozenset({date(2026, 4, 6)}))
    for one in (config, config._replace(calendar=closed)):
        for rule in (
            *read(WHOLE, one),
            *read(DEFAULTS, one),
            *load_alerts(configs.load(ROOT)).rules,
        ):
            assert rule_from(rule.plain()) == rule


def test_holidays_change_the_active_time_of_a_rule_and_not_its_definition(
    config: configs.Config,
) -> None:
    holidays = frozenset({date(2026, 4, 6)})
    closed = config._replace(calendar=Calendar(config.calendar.timezone, holidays=holidays))
    for text in (WHOLE, DEFAULTS):
        (without,), (with_holiday,) = read(text, config), read(text, closed)
        assert with_holiday.active is not None
        assert with_holiday.active.off == {date(2026, 4, 6).toordinal()}
        assert with_holiday.definition == without.definition


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("below: 0.60", "below: 0.6", True),
        ("severity: critical", "severity: warning", True),
        ("remind_every: 4h", "remind_every: 1h", True),
        ("below: 0.60", "below: 0.61", False),
        ("min_trades: 10", "min_trades: 11", False),
        ("by: strategy", "by: symbol", False),
        ('from: "09:30"', 'from: "09:31"', False),
    ],
)
def test_definition_holds_what_states_depend_on(
    config: configs.Config, one: str, other: str, same: bool
) -> None:
    (before,), (after,) = read(WHOLE, config), read(WHOLE.replace(one, other), config)
    assert (before.definition == after.definition) is same


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: win-rate-20", "id: 20", ":2: rules.0.id: 20 is not an id; write letters"),
        ("id: win-rate-20", "id: a b", ":2: rules.0.id: 'a b' is not an id"),
        ("metric: win_rate", "metric: exposure", "exposure needs the times of every trade, and is"),
        ("metric: win_rate", "metric: luck", ":3: rules.0.metric: 'luck' is not a metric; see"),
        ("metric: win_rate", "metric: [a]", ":3: rules.0.metric: is not text; write the name"),
        (
            "metric: win_rate",
            "metric: current_streak_kind",
            ":3: rules.0.metric: current_streak_kind is not a number",
        ),
        (
            "metric: win_rate",
            "metric: median_pnl",
            ":3: rules.0.metric: median_pnl is not kept from trade to trade; watch a mean",
        ),
        (
            "metric: win_rate",
            "metric: open_trades",
            ":3: rules.0.metric: open_trades is not computed from closed trades",
        ),
        (
            "metric: win_rate",
            "metric: max_drawdown_pct",
            ":3: rules.0.metric: max_drawdown_pct needs an account size; set starting_equity",
        ),
        ("over: {trades: 20}", "over: {trades: 0}", ":4: rules.0.over.trades: 0 is not a count"),
        (
            "over: {trades: 20}",
            "over: {trades: yes}",
            ":4: rules.0.over.trades: 'yes' is not a count",
        ),
        ("over: {trades: 20}", "over: {days: 2}", ":4: rules.0.over.days: is unknown"),
        ("over: {trades: 20}", "over: {}", ":4: rules.0.over: needs exactly one span"),
        ("over: {trades: 20}", "over: {window: hourly}", "over.window: 'hourly' is unknown; use"),
        ("over: {trades: 20}", "over: 20", ":4: rules.0.over: is not a mapping"),
        ("below: 0.60", "below: 60", ":5: rules.0.below: 60 is not a fraction; write 0.6"),
        ("below: 0.60", 'below: "0.6"', ":5: rules.0.below: '0.6' is not a number"),
        ("below: 0.60", "above: 0.7\n    below: 0.6", "needs exactly one threshold"),
        ("    below: 0.60\n", "", ":2: rules.0: needs exactly one threshold"),
        ("below: 0.60", "below: -20", ":5: rules.0.below: -20 is not a fraction; write -0.2 for"),
        ("recover: 0.65", "recover: 0.55", ":6: rules.0.recover: 0.55 is still a breach"),
        (
            "for: {trades: 2}",
            "for: {trades: 2, minutes: 1}",
            ":7: rules.0.for: needs exactly one length",
        ),
        ("for: {trades: 2}", "for: {hours: 2}", ":7: rules.0.for.hours: is unknown"),
        ("min_trades: 10", "min_trades: 21", "21 trades are never in the last 20"),
        ("{execution_mode: LIVE}", "{mode: LIVE}", ":9: rules.0.where.mode: is unknown; use one"),
        ("{execution_mode: LIVE}", "{source: bat}", "there is no source 'bat'; did you mean bot?"),
        ("{execution_mode: LIVE}", "{account: 7}", ":9: rules.0.where.account: 7 is not text"),
        ("by: strategy", "by: mood", ":10: rules.0.by: 'mood' is unknown"),
        ("severity: critical", "severity: bad", ":11: rules.0.severity: 'bad' is unknown"),
        ("days: mon-fri", "days: workdays", "active.days: 'workdays' is not a weekday"),
        ('from: "09:30"', 'from: "9:30"', "active.from: '9:30' is not a time"),
        ('to: "16:00"', 'to: "24:30"', "active.to: '24:30' is not a time"),
        ("America/New_York", "Mars/Base", "active.timezone: 'Mars/Base' is not a time zone"),
        (
            "remind_every: 4h",
            "remind_every: 30s",
            "remind_every: '30s' is not a length of at least",
        ),
        ("remind_every: 4h", "remind_every: often", "remind_every: 'often' is not a length"),
        ("    by: strategy", "    sound: bell", ":10: rules.0.sound: is unknown; use one of id"),
    ],
)
def test_error_names_file_line_key_and_remedy(
    config: configs.Config, old: str, new: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(WHOLE.replace(old, new), config)
    assert str(caught.value).startswith("config/alerts.yaml:")
    assert said in str(caught.value)
    assert "; " in str(caught.value)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "metric: bad_lines, above: 0, over: {window: daily}",
            "over: does not apply to rules",
        ),
        (
            "metric: bad_lines, above: 0, min_trades: 3",
            "min_trades: does not apply to rules",
        ),
        ("metric: bad_lines, below: 5", "below: cannot notice that something is late; use `above`"),
        ("metric: bad_lines, above: 0, for: {trades: 2}", "for: needs exactly one length"),
        ("metric: bad_lines, above: 0, by: symbol", "by: 'symbol' is unknown; use one of source"),
        ("metric: bad_lines, above: 0, where: {symbol: x}", "where.symbol: is unknown"),
        ("metric: net_pnl, above: 0", "over: is not a mapping"),
    ],
)
def test_what_goes_by_the_clock_takes_no_trades(
    config: configs.Config, rule: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said.replace("{", ".").replace("`", ".")):
        read(f"rules: [{{id: a, {rule}}}]", config)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "rules: has no rule"),
        ("rules: []", "rules: has no rule"),
        ("rule: []", "rule: is unknown"),
        ("rules: [1]", "rules.0: is not a mapping"),
        (WHOLE + WHOLE.partition("\n")[2], "is the id of two rules"),
        ("rules: [", "is not valid YAML"),
    ],
)
def test_file_without_rules_is_an_error(config: configs.Config, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read(text, config)


def test_file_that_cannot_be_read_is_an_error(config: configs.Config) -> None:
    file = config.root / "config/alerts.yaml"
    with pytest.raises(ConfigError, match=r"config/alerts.yaml: is missing; write your rules"):
        load_alerts(config)
    file.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load_alerts(config)
    file.unlink()
    file.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load_alerts(config)


def test_money_of_several_currencies_needs_a_source(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    text = BOT + "  - {name: euro, path: logs/euro, currency: EUR}\n"
    (tmp_path / "config/perfkit.yaml").write_text(text)
    config = configs.load(tmp_path)
    rule = "id: a, metric: net_pnl, over: {trades: 2}, below: 0"
    with pytest.raises(ConfigError, match=r"do not share a currency \(EUR, USD\); name one with"):
        read(f"rules: [{{{rule}}}]", config)
    assert read(f"rules: [{{{rule}, where: {{source: euro}}}}]", config)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10m", 600), ("4h", 14_400), ("2d", 172_800), ("0m", None), ("4 h", 14_400)],
)
def test_lengths(text: str, seconds: int | None) -> None:
    assert duration_us(text) == (None if seconds is None else seconds * 1_000_000)


@pytest.mark.parametrize("text", ["", "h", "-1h", "1.5h", "1w", 5, None])
def test_what_is_no_length(text: object) -> None:
    assert duration_us(text) is None


def test_shipped_rules_load_and_so_does_what_is_commented_out(config: configs.Config) -> None:
    text = (ROOT / "config/alerts.yaml").read_text(encoding="utf-8")
    assert len(read(text, config)) == 5
    head, _, rest = text.partition("  # - id:")
    more = "\n".join(line.replace("  # ", "  ", 1) for line in ("  # - id:" + rest).splitlines())
    assert [rule.id for rule in read(head + more, config)] == [
        "win-rate-20",
        "risk-reward-10",
        "daily-loss",
        "drawdown",
        "stale-log",
        "win-rate-surely-low",
    ]


@pytest.mark.parametrize(
    ("metric", "limits", "said"),
    [
        (
            "win_rate",
            "below: 0",
            "below: win_rate is never below 0, so the rule cannot fire; write a",
        ),
        (
            "win_rate",
            "above: 1",
            "above: win_rate is never above 1, so the rule cannot fire; write a",
        ),
        ("win_rate", "above: -0.1", "win_rate is always above -0.1, so the rule would fire all"),
        ("avg_loss", "above: 0", "avg_loss is never above 0, so the rule cannot fire"),
        ("avg_loss", "above: 50", "above: avg_loss is never above 50, so the rule cannot fire"),
        (
            "avg_win",
            "below: -5",
            "avg_win is never below -5, so the rule cannot fire; write a",
        ),
        ("max_drawdown", "above: 0", "max_drawdown is never above 0, so the rule cannot fire"),
        (
            "max_drawdown",
            "below: 900",
            "always below 900, so the rule would fire all the time; "
            "write a number below 0, such as -900",
        ),
        ("max_drawdown", "below: -900, recover: 1", "recover: max_drawdown never reaches 1, so"),
        ("profit_factor", "below: 0", "profit_factor is never below 0, so the rule cannot fire"),
        (
            "profit_factor",
            "above: 3, recover: -1",
            "never reaches -1, so an episode would never",
        ),
        ("losses", "above: 20", "losses is never above 20, so the rule cannot fire"),
        ("longest_loss_streak", "below: 21", "longest_loss_streak is always below 21"),
    ],
)
def test_limit_that_the_figure_cannot_reach_is_an_error(
    config: configs.Config, metric: str, limits: str, said: str
) -> None:
    text = f"rules:\n  - {{id: a, metric: {metric}, over: {{trades: 20}}, {limits}}}"
    with pytest.raises(ConfigError) as caught:
        read(text, config)
    assert str(caught.value).startswith("config/alerts.yaml:2: rules.0.")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("metric", "limits"),
    [
        ("win_rate", "below: 1"),
        ("win_rate", "above: 0, recover: 0"),
        ("max_drawdown", "below: 0"),
        ("max_drawdown", "below: -900, recover: 0"),
        ("losses", "above: 19"),
        ("net_pnl", "below: 0"),
        ("avg_r", "below: -5, recover: 5"),
        ("commission", "above: -1"),
    ],
)
def test_limit_at_the_end_of_the_range_is_one(
    config: configs.Config, metric: str, limits: str
) -> None:
    text = f"rules:\n  - {{id: a, metric: {metric}, over: {{trades: 20}}, {limits}}}"
    assert len(read(text, config)) == 1


def test_clock_rule_that_always_fires_is_an_error(config: configs.Config) -> None:
    for metric in CLOCK_METRICS:
        with pytest.raises(ConfigError, match=f"{metric} is always above -5"):
            read(f"rules: [{{id: a, metric: {metric}, above: -5}}]", config)


@pytest.mark.parametrize(
    ("window", "longest"), [("daily", 1499), ("weekly", 10139), ("monthly", 44699)]
)
def test_breach_has_to_be_possible_within_its_window(
    config: configs.Config, window: str, longest: int
) -> None:
    text = (
        "rules: [{{id: a, metric: net_pnl, over: {{window: {}}}, below: 0, for: {{minutes: {}}}}}]"
    )
    assert len(read(text.format(window, longest), config)) == 1
    with pytest.raises(ConfigError, match=f"are longer than a {window} window"):
        read(text.format(window, longest + 1), config)
    assert len(read(text.format("all", longest + 1), config)) == 1
