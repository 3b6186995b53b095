"""`config/perfkit.yaml`: what each key means, and what is said of a mistake."""

import os
import re
import resource
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.cli.main import main
from perfkit.config.settings import Config, load
from perfkit.config.targets import Target
from perfkit.config.workspace import find_root
from perfkit.config.yaml import parse
from perfkit.core.calendar import EVERY_DAY
from perfkit.core.errors import ConfigError, WindowError, WorkspaceNotFoundError
from perfkit.desk.desk import open as open_desk
from tests.conftest import BOT, WriteWorkspace
from tests.small_desk import desk_of

BILLION = "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else '1'] * 10)}]\n" for n in range(12)
)
"""A few lines that stand for 10**12 values."""


def config(workspace: WriteWorkspace, text: str) -> Config:
    """One source, and this."""
    return load(workspace(BOT + text))


class TestDefaults:
    def test_only_sources_are_required(self, workspace: WriteWorkspace) -> None:
        root = workspace()
        found = load(root)
        assert found.root == root
        assert (found.calendar.timezone, found.calendar.day_start) == ("UTC", time(0))
        assert found.calendar.trading_week == EVERY_DAY
        assert not found.quiet_days_are_zero
        assert (found.starting_equity, found.breakeven_tolerance) == (None, Decimal(0))
        assert (found.multipliers, found.targets, found.periods_per_year) == ({}, (), 365)

    def test_a_source_reads_daily_trade_records(self, workspace: WriteWorkspace) -> None:
        root = workspace()
        (source,) = load(root).sources
        assert (source.name, source.currency) == ("bot", "USD")
        assert (source.path, source.pattern) == (root / "logs/trades", "????-??-??.jsonl")
        assert source.dialect.name == "trade_record"
        assert source.dialect.zone is UTC


class TestKeys:
    def test_timezone(self, workspace: WriteWorkspace) -> None:
        found = config(workspace, "timezone: America/New_York\n")
        assert found.calendar.timezone == "America/New_York"
        assert found.calendar.start_of(date(2026, 4, 8)) % (24 * 3_600_000_000) == 4 * 3_600_000_000
        assert str(found.sources[0].dialect.zone) == "America/New_York"

    @pytest.mark.parametrize("text", ["17:00", '"17:00"', "'17:00'"])
    def test_day_start(self, workspace: WriteWorkspace, text: str) -> None:
        assert config(workspace, f"day_start: {text}\n").calendar.day_start == time(17)

    @pytest.mark.parametrize(
        ("text", "days"),
        [
            ("mon-fri", {0, 1, 2, 3, 4}),
            ("mon,wed,fri", {0, 2, 4}),
            ("[mon, wed]", {0, 2}),
            ("sun-thu", {6, 0, 1, 2, 3}),
            ("sat-sun", {5, 6}),
            ("Mon-Fri", {0, 1, 2, 3, 4}),
            ("mon-wed, sat", {0, 1, 2, 5}),
            ("tue-tue", {1}),
            ("mon-sun", {0, 1, 2, 3, 4, 5, 6}),
        ],
    )
    def test_trading_week(self, workspace: WriteWorkspace, text: str, days: set[int]) -> None:
        assert config(workspace, f"trading_week: {text}\n").calendar.trading_week == days

    @pytest.mark.parametrize(("text", "zero"), [("zero", True), ("missing", False)])
    def test_quiet_days(self, workspace: WriteWorkspace, text: str, zero: bool) -> None:
        assert config(workspace, f"quiet_days: {text}\n").quiet_days_are_zero is zero

    def test_starting_equity(self, workspace: WriteWorkspace) -> None:
        assert config(workspace, "starting_equity: 25000.10\n").starting_equity == Decimal(
            "25000.10"
        )

    def test_breakeven_tolerance(self, workspace: WriteWorkspace) -> None:
        assert config(workspace, "breakeven_tolerance: 0.50\n").breakeven_tolerance == Decimal(
            "0.5"
        )

    def test_multiplier(self, workspace: WriteWorkspace) -> None:
        found = config(workspace, "multiplier: {ES: 50, MES: 0.5, 123: 2}\n")
        assert found.multipliers == {"ES": Decimal(50), "MES": Decimal("0.5"), "123": Decimal(2)}

    def test_periods_per_year(self, workspace: WriteWorkspace) -> None:
        assert config(workspace, "periods_per_year: 250\n").periods_per_year == 250

    @pytest.mark.parametrize(
        ("week", "periods"), [("mon-fri", 252), ("sun-thu", 365), ("mon-sat", 365)]
    )
    def test_a_year_of_a_monday_to_friday_week_has_252_days(
        self, workspace: WriteWorkspace, week: str, periods: int
    ) -> None:
        assert config(workspace, f"trading_week: {week}\n").periods_per_year == periods

    def test_targets(self, workspace: WriteWorkspace) -> None:
        found = config(
            workspace,
            """\
targets:
  win_rate: {at_least: 0.60, at_most: 1}
  last-7d:
    max_drawdown: {at_least: -400}
""",
        )
        assert found.targets == (
            Target("win_rate", "at_least", Decimal("0.60"), None),
            Target("win_rate", "at_most", Decimal(1), None),
            Target("max_drawdown", "at_least", Decimal(-400), "last-7d"),
        )

    def test_a_source_may_have_a_zone_a_pattern_and_a_dialect(
        self, workspace: WriteWorkspace
    ) -> None:
        text = """\
sources:
  - name: swing
    path: /var/log/swing
    pattern: "*.log"
    currency: EUR
    timezone: Asia/Kolkata
    dialect: {fields: {closed_at: t, net_pnl: p}}
"""
        (source,) = load(workspace(text)).sources
        assert (source.path, source.pattern) == (Path("/var/log/swing"), "*.log")
        assert (source.dialect.name, str(source.dialect.zone)) == ("swing", "Asia/Kolkata")

    def test_a_number_or_null_may_be_left_out(self, workspace: WriteWorkspace) -> None:
        assert config(workspace, "starting_equity:\n").starting_equity is None


MISTAKES = {
    "unknown key": ("timezome: UTC\n", 3, "timezome", "is unknown", "did you mean timezone"),
    "unknown zone": (
        "timezone: Mars/Olympus\n",
        3,
        "timezone",
        "'Mars/Olympus' is not a time zone",
        "write one such as Europe/Berlin",
    ),
    "zone that is not text": (
        "timezone: 2\n",
        3,
        "timezone",
        "2 is not a time zone",
        "write one such as",
    ),
    "day start of an hour": (
        "day_start: 17\n",
        3,
        "day_start",
        "17 is not a time",
        'write "HH:MM"',
    ),
    "day start beyond the day": (
        "day_start: 25:00\n",
        3,
        "day_start",
        "'25:00' is not a time",
        'write "HH:MM"',
    ),
    "day start with seconds": (
        "day_start: 17:00:30\n",
        3,
        "day_start",
        "'17:00:30' is not a time",
        'write "HH:MM"',
    ),
    "unknown first day of the week": (
        "week_starts: someday\n",
        3,
        "week_starts",
        "'someday' is unknown",
        "write monday or tuesday",
    ),
    "holidays of an exchange": (
        "holidays: XNYS\n",
        3,
        "holidays",
        "'XNYS' is not a list of dates",
        "write the holidays of an exchange out with `perfkit holidays XNYS --write`",
    ),
    "holiday that is no date": (
        "holidays: [2026-12-25, 2026-13-01]\n",
        3,
        r"holidays\.1",
        "'2026-13-01' is not a date",
        "write YYYY-MM-DD",
    ),
    "holidays that are a mapping": (
        "holidays: {day: 2026-12-25}\n",
        3,
        "holidays",
        "is not a list",
        "write `- ` before",
    ),
    "unknown weekday": (
        "trading_week: mon-fry\n",
        3,
        "trading_week",
        "'mon-fry' is not a weekday",
        "write mon-fri",
    ),
    "week of no days": ("trading_week: []\n", 3, "trading_week", ".*", "write mon-fri"),
    "unknown quiet days": (
        "quiet_days: yes\n",
        3,
        "quiet_days",
        "'yes' is unknown",
        "write missing or zero",
    ),
    "equity of nothing": (
        "starting_equity: 0\n",
        3,
        "starting_equity",
        "0 is not above 0",
        "write a number above 0",
    ),
    "equity as text": (
        'starting_equity: "1000"\n',
        3,
        "starting_equity",
        "'1000' is not a number",
        "write a plain decimal",
    ),
    "number with underscores": (
        "starting_equity: 1_000\n",
        3,
        "starting_equity",
        "'1_000' is not a number",
        "write a plain decimal",
    ),
    "not a number": (
        "starting_equity: .nan\n",
        3,
        "starting_equity",
        "'.nan' is not a number",
        "write a plain decimal",
    ),
    "boolean for a number": (
        "breakeven_tolerance: true\n",
        3,
        "breakeven_tolerance",
        "True is not a number",
        "write a plain decimal",
    ),
    "negative tolerance": (
        "breakeven_tolerance: -0.1\n",
        3,
        "breakeven_tolerance",
        "-0.1 is below 0",
        "write 0 or more",
    ),
    "multiplier of zero": (
        "multiplier:\n  ES: 50\n  NQ: 0\n",
        5,
        "multiplier.NQ",
        "0 is not above 0",
        "write a number above 0",
    ),
    "multiplier for all": (
        "multiplier: 50\n",
        3,
        "multiplier",
        "is not a mapping",
        "write `key: value`",
    ),
    "periods that are no count": (
        "periods_per_year: 252.5\n",
        3,
        "periods_per_year",
        ".*252.5.* is not a count",
        "write a whole number above 0",
    ),
    "no periods": (
        "periods_per_year: 0\n",
        3,
        "periods_per_year",
        "0 is not a count",
        "write a whole number above 0",
    ),
    "target of no metric": (
        "targets:\n  winrate: {at_least: 0.5}\n",
        4,
        "targets.winrate",
        "is not a metric",
        "did you mean win_rate",
    ),
    "target of a word": (
        "targets:\n  current_streak_kind: {at_least: 1}\n",
        4,
        "targets.current_streak_kind",
        "is not a number",
        "set targets for figures that are numbers",
    ),
    "target of a moment": (
        "targets:\n  drawdown_peak_at: {at_least: 1}\n",
        4,
        "targets.drawdown_peak_at",
        "is not a number",
        "set targets for figures that are numbers",
    ),
    "target without a bound": (
        "targets:\n  win_rate: 0.5\n",
        4,
        "targets.win_rate",
        "is not a mapping",
        "write `key: value`",
    ),
    "target with an empty bound": (
        "targets:\n  win_rate: {}\n",
        4,
        "targets.win_rate",
        "has no bound",
        "write at_least or at_most",
    ),
    "unknown bound": (
        "targets:\n  daily:\n    win_rate:\n      above: 0.5\n",
        6,
        "targets.daily.win_rate.above",
        "is unknown",
        "use one of at_least, at_most",
    ),
    "bound that is not a number": (
        "targets:\n  win_rate: {at_least: half}\n",
        4,
        "targets.win_rate.at_least",
        "'half' is not a number",
        "write a plain decimal",
    ),
    "unknown kind of window": (
        "targets:\n  hourly:\n    win_rate: {at_least: 1}\n",
        4,
        "targets.hourly",
        "is not a metric",
        "see `perfkit docs metrics`",
    ),
}


@pytest.mark.parametrize(
    ("text", "line", "key", "problem", "remedy"), MISTAKES.values(), ids=MISTAKES
)
def test_a_mistake_is_told_with_file_line_key_and_remedy(
    workspace: WriteWorkspace, *, text: str, line: int, key: str, problem: str, remedy: str
) -> None:
    place = rf"^config/perfkit\.yaml:{line}: {key}: "
    with pytest.raises(ConfigError, match=f"{place}{problem}; {remedy}"):
        config(workspace, text)


SOURCE_MISTAKES = {
    "no source": ("sources: []\n", 1, "sources", "has no source", "list at least one"),
    "sources as a mapping": (
        "sources:\n  bot: {path: logs}\n",
        1,
        "sources",
        "has no source",
        "list at least one",
    ),
    "no name": (
        "sources:\n  - path: logs\n    currency: USD\n",
        2,
        "sources.0.name",
        "is missing",
        "enter text",
    ),
    "no path": (
        "sources:\n  - name: a\n    currency: USD\n",
        2,
        "sources.0.path",
        "is missing",
        "enter text",
    ),
    "no currency": (
        "sources:\n  - name: a\n    path: logs\n",
        2,
        "sources.0.currency",
        "is missing",
        "enter text",
    ),
    "number for a name": (
        "sources:\n  - name: 7\n    path: logs\n    currency: USD\n",
        2,
        "sources.0.name",
        "7 is not text",
        "write it in quotes",
    ),
    "unknown key": (
        "sources:\n  - name: a\n    path: logs\n    curency: USD\n",
        4,
        "sources.0.curency",
        "is unknown",
        "did you mean currency",
    ),
    "unknown zone": (
        "sources:\n  - name: a\n    path: logs\n    currency: USD\n    timezone: CET+1\n",
        5,
        "sources.0.timezone",
        r"'CET\+1' is not a time zone",
        "write one such as Europe",
    ),
    "the same name twice": (
        "sources:\n  - {name: a, path: x, currency: USD}\n  - {name: a, path: y, currency: USD}\n",
        3,
        "sources.1.name",
        "'a' is the name of two sources",
        "give each source a name of its own",
    ),
    **{
        f"pattern {pattern}": (
            f'sources:\n  - {{name: a, path: logs, currency: USD, pattern: "{pattern}"}}\n',
            2,
            "sources.0.pattern",
            f"'{re.escape(pattern)}' is not a valid pattern: .*",
            "write one such as",
        )
        for pattern in ("**", ".", "/x", "a**", "a/../../x", "..", "a/", "**/", "a/**")
    },
    "source that is a text": (
        "sources:\n  - logs\n",
        2,
        "sources.0",
        "is not a mapping",
        "write `key: value`",
    ),
}


@pytest.mark.parametrize(
    ("text", "line", "key", "problem", "remedy"), SOURCE_MISTAKES.values(), ids=SOURCE_MISTAKES
)
def test_a_mistake_in_a_source_is_told_with_file_line_key_and_remedy(
    workspace: WriteWorkspace, *, text: str, line: int, key: str, problem: str, remedy: str
) -> None:
    place = rf"^config/perfkit\.yaml:{line}: {key}: "
    with pytest.raises(ConfigError, match=f"{place}{problem}; {remedy}"):
        load(workspace(text))


class TestWholeFiles:
    @pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "null\n"])
    def test_an_empty_file_names_no_source(self, workspace: WriteWorkspace, text: str) -> None:
        with pytest.raises(ConfigError, match=r"config/perfkit\.yaml.*sources: has no source"):
            load(workspace(text))

    @pytest.mark.parametrize("text", ["- a\n", "just text\n", "17\n"])
    def test_a_file_that_is_no_mapping_is_refused(
        self, workspace: WriteWorkspace, text: str
    ) -> None:
        with pytest.raises(ConfigError, match=r"perfkit\.yaml:1: is not a mapping; write `key"):
            load(workspace(text))

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("a: 1\nb: [1, 2\n", 3),
            ("a: 1\n\tb: 2\n", 2),
            ("a: b: c\n", 1),
            ("a: 'x\n", 2),
            ("a: 1\n---\nb: 2\n", 2),
        ],
        ids=["open bracket", "tab", "two colons", "open quote", "two documents"],
    )
    def test_what_is_no_yaml_is_told_with_its_line(
        self, workspace: WriteWorkspace, text: str, line: int
    ) -> None:
        with pytest.raises(ConfigError, match=rf"perfkit\.yaml:{line}: is not valid YAML: .*; fix"):
            load(workspace(text))

    @pytest.mark.parametrize("text", ["a: \0\n", "a: \x07\n"])
    def test_control_characters_are_refused(self, workspace: WriteWorkspace, text: str) -> None:
        with pytest.raises(ConfigError, match="is not valid YAML"):
            load(workspace(text))

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("a: 1\nb: &x 2\n", "2: has an anchor or alias; write the value out"),
            ("a: 1\nb: *x\n", "2: has an anchor or alias; write the value out"),
            ("a: &x\n  - *x\n", "1: has an anchor or alias"),
            ("&x a: 1\n", "1: has an anchor or alias"),
            (BILLION, "1: has an anchor or alias"),
            ("a: 1\nb: !!int 0x1F\n", "2: has a tag; write a plain value without `!`"),
            ("a: ! 1\n", "1: has a tag"),
            ("!x\na: 1\n", "1: has a tag"),
            ("a: !!python/name:os.system\n", "1: has a tag"),
            (
                "a:\n  " + "[" * 64 + "]" * 64,
                "2: is nested more than 64 levels deep; write fewer levels",
            ),
            ("- " * 66, "1: is nested more than 64 levels deep"),
            ("{a: " * 100_000, "1: is nested more than 64 levels deep"),
            ('a: 1\nb: "x\\ud800"\n', r"2: 'x\\ud800': is not text; write whole characters"),
            ('a: "logs\\0x"\n', r"1: 'logs\\x00x': is not text"),
            ('"\\udcff": 1\n', "1: .* is not text"),
            ("a: " + "x" * (1 << 20), " is larger than 1048576 bytes; write a shorter file"),
        ],
    )
    def test_what_needs_much_memory_or_has_another_meaning_is_refused_with_its_line(
        self, text: str, said: str
    ) -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(ConfigError, match=f"^x.yaml:{said}"):
            parse(text, "x.yaml")
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000

    def test_what_is_nested_64_deep_is_read(self) -> None:
        assert parse("[" * 64 + "1" + "]" * 64, "x.yaml").lines[("0",) * 64] == 1

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("below: -" + "9" * 5000, "a number of 5000 digits; at most 40"),
            ("below: " + "9" * 41, "a number of 41 digits"),
            ("below: 0." + "1" * 5000, "a number of 5001 digits"),
            ("below: 1.0e99", "a number with exponent 99; at most 1e30"),
        ],
    )
    def test_a_number_has_the_limits_of_numbers_in_logs(self, text: str, said: str) -> None:
        with pytest.raises(ConfigError, match=f"^x.yaml:2: rule.below: {said}"):
            parse(f"rule:\n  {text}\n", "x.yaml")

    def test_what_is_not_utf_8_is_refused_with_the_remedy(self, workspace: WriteWorkspace) -> None:
        root = workspace()
        (root / "config/perfkit.yaml").write_bytes(b"timezone: \xff\n")
        with pytest.raises(ConfigError, match=r"perfkit\.yaml: is not UTF-8; save it as plain"):
            load(root)

    def test_a_file_that_is_too_large_is_refused_without_being_read(
        self, workspace: WriteWorkspace
    ) -> None:
        root = workspace()
        os.truncate(root / "config/perfkit.yaml", 1 << 40)
        with pytest.raises(ConfigError, match=r"perfkit\.yaml: is larger than 1048576 bytes; wr"):
            load(root)

    def test_a_byte_order_mark_does_no_harm(self, workspace: WriteWorkspace) -> None:
        root = workspace()
        (root / "config/perfkit.yaml").write_bytes(b"\xef\xbb\xbf" + BOT.encode())
        assert load(root).sources[0].name == "bot"

    def test_a_key_that_stands_twice_is_refused_with_the_line_of_the_second(
        self, workspace: WriteWorkspace
    ) -> None:
        with pytest.raises(ConfigError, match=r"yaml:4: timezone: is given twice; remove one"):
            config(workspace, "timezone: UTC\ntimezone: Europe/Berlin\n")
        with pytest.raises(ConfigError, match=r"yaml:3: ES: is given twice; remove one"):
            config(workspace, "multiplier: {ES: 1, ES: 1}\n")

    def test_a_key_that_is_no_name_is_refused(self, workspace: WriteWorkspace) -> None:
        with pytest.raises(ConfigError, match=r"yaml:3: a key is not a name; write `name: value`"):
            config(workspace, "? [a, b]\n: 1\n")

    def test_a_file_that_is_not_there_is_told_with_its_path(self, tmp_path: Path) -> None:
        with pytest.raises(
            ConfigError, match=r"config/perfkit\.yaml: is missing; name a workspace"
        ):
            load(tmp_path)

    def test_lines_may_end_in_carriage_return_and_line_feed(
        self, workspace: WriteWorkspace
    ) -> None:
        text = (BOT + "timezone: Europe/Berlin\n").replace("\n", "\r\n")
        assert load(workspace(text)).calendar.timezone == "Europe/Berlin"


class TestYamlValues:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("17:00", "17:00"),
            ("1:30:00", "1:30:00"),
            ("2026-04-08", "2026-04-08"),
            ("2026-04-08T10:00:00Z", "2026-04-08T10:00:00Z"),
            ("yes", "yes"),
            ("no", "no"),
            ("on", "on"),
            ("off", "off"),
            ("y", "y"),
            ("NO", "NO"),
            ("0x1F", "0x1F"),
            ("0o17", "0o17"),
            ("1_000", "1_000"),
            (".inf", ".inf"),
            (".nan", ".nan"),
            ("1e5", "1e5"),
            ("=", "="),
            ("<<", "<<"),
            ("true", True),
            ("False", False),
            ("null", None),
            ("~", None),
            ("", None),
            ("'null'", "null"),
            ('"true"', "true"),
            ('"17"', "17"),
            ("17", 17),
            ("-17", -17),
            ("017", 17),
        ],
    )
    def test_only_true_false_null_and_decimals_are_no_texts(self, text: str, value: object) -> None:
        found = parse(f"key: {text}\n", "x.yaml").value["key"]
        assert found == value
        assert type(found) is type(value)

    @given(
        st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**12))
        | st.sampled_from([Decimal("0.60"), Decimal("0.1"), Decimal("25.246000000000002")])
    )
    def test_decimals_are_read_from_their_digits(self, value: Decimal) -> None:
        found = parse(f"key: {value:f}\n", "x.yaml").value["key"]
        assert isinstance(found, Decimal)
        assert f"{found:f}" == f"{value:f}"

    @pytest.mark.parametrize(
        ("text", "value"),
        [("1.5e3", "1500"), ("1.0E-7", "1E-7"), (".5", "0.5"), ("5.", "5"), ("+1.0", "1")],
    )
    def test_decimals_may_have_an_exponent(self, text: str, value: str) -> None:
        assert parse(f"key: {text}\n", "x.yaml").value["key"] == Decimal(value)

    def test_the_line_of_every_key_is_known(self) -> None:
        document = parse("# c\na:\n  b: 1\n\n  c:\n    - d: 2\n      e: 3\n", "x.yaml")
        assert document.lines["a",] == 2
        assert document.lines["a", "b"] == 3
        assert document.lines["a", "c"] == 5
        assert document.lines["a", "c", "0", "e"] == 7


class TestWhereAWorkspaceIs:
    def test_it_is_found_from_any_folder_inside(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = workspace()
        inside = root / "notebooks/deep"
        inside.mkdir(parents=True)
        assert find_root(inside) == find_root(str(root)) == str(root)
        monkeypatch.chdir(inside)
        assert open_desk().config.root == root

    def test_where_there_is_none_the_remedies_are_told(self, tmp_path: Path) -> None:
        with pytest.raises(WorkspaceNotFoundError, match="name it with PERFKIT_ROOT, --root DIR"):
            find_root(tmp_path)

    def test_the_environment_names_it_and_an_argument_wins(
        self,
        workspace: WriteWorkspace,
        tmp_path_factory: pytest.TempPathFactory,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        root, other = workspace(), tmp_path_factory.mktemp("other")
        monkeypatch.chdir(other)
        monkeypatch.setenv("PERFKIT_ROOT", str(root))
        assert open_desk().config.root == root
        with pytest.raises(ConfigError, match=str(other)):
            open_desk(other)

    def test_the_environment_may_override_the_zone(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = workspace(BOT + "timezone: Europe/Berlin\n")
        monkeypatch.setenv("PERFKIT_TIMEZONE", "America/New_York")
        found = open_desk(root).config
        assert found.calendar.timezone == "America/New_York"
        naive = datetime(2026, 4, 8, tzinfo=found.sources[0].dialect.zone)
        assert naive.astimezone(UTC).hour == 4

    def test_an_unknown_zone_in_the_environment_is_refused(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PERFKIT_TIMEZONE", "Mars/Olympus")
        with pytest.raises(WindowError, match="'Mars/Olympus' is unknown"):
            open_desk(workspace())

    def test_a_zone_in_the_environment_leaves_that_of_a_source(
        self, workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = BOT.replace("currency: USD", "currency: USD, timezone: Asia/Kolkata")
        monkeypatch.setenv("PERFKIT_TIMEZONE", "America/New_York")
        (source,) = open_desk(workspace(text)).config.sources
        assert str(source.dialect.zone) == "Asia/Kolkata"


@pytest.mark.parametrize(
    ("target", "remedy"),
    [
        ("win_rate: {at_least: 60}", "write 0.6 for 60 per cent"),
        ("current_streak_kind: {at_least: 1}", "figures that are numbers"),
        ("drawdown_trough_at: {at_most: 1}", "figures that are numbers"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str, remedy: str
) -> None:
    desk_of(tmp_path, "t.jsonl", {})
    with (tmp_path / "config/perfkit.yaml").open("a") as config:
        config.write(f"targets:\n  {target}\n")
    assert main(["summary", "--root", str(tmp_path)]) == 3
    assert remedy in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "after", "remedy"),
    [
        ("t.jsonl", "/etc/*", "write one such as"),
        ("t.jsonl", "logs**.jsonl", "write one such as"),
        ("USD", "'US|D<b>'", "write a code such as USD"),
    ],
)
def test_a_source_that_makes_no_sense_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, remedy: str
) -> None:
    desk_of(tmp_path, "t.jsonl", {})
    config = tmp_path / "config/perfkit.yaml"
    config.write_text(config.read_text().replace(before, after))
    assert main(["summary", "--root", str(tmp_path)]) == 3
    assert remedy in capsys.readouterr().err


def test_two_sources_that_read_the_same_lines_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_of(tmp_path, "t.jsonl", {})
    config = tmp_path / "config/perfkit.yaml"
    twice = config.read_text().partition("sources:\n")[2].replace("name: bot", "name: twin")
    config.write_text(config.read_text() + twice)
    assert main(["summary", "--root", str(tmp_path)]) == 3
    assert "every trade counts twice" in capsys.readouterr().err


def test_sources_are_compared_only_where_they_share_a_path(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand sources are not half a million pairs."""
    compared: list[str] = []
    monkeypatch.setattr(
        "perfkit.config.settings._reads_the_same",
        lambda one, other: compared.append(f"{one.name} {other.name}"),
    )
    entries = [f"  - {{name: bot{n}, path: logs/bot{n // 2}, currency: USD}}" for n in range(6)]
    assert len(load(workspace("sources:\n" + "\n".join(entries))).sources) == 6
    assert compared == ["bot0 bot1", "bot2 bot3", "bot4 bot5"]
