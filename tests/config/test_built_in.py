"""The built-in dialects: small logs in the layout of each tool, with figures worked out by hand.

The samples are in `dialects/`. Larger ones, not ours to publish, are read if `PERFKIT_SHARED_DATA`
names the folder beside theirs.
"""

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from perfkit.cli.main import main
from perfkit.config.built_in import TRADE_RECORD, built_in, extended, names, text_of
from perfkit.config.settings import load
from perfkit.config.yaml import parse
from perfkit.core.errors import ConfigError
from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

SAMPLES = Path(__file__).parent / "dialects"
SHARED = os.environ.get("PERFKIT_SHARED_DATA", "")
EXPORTS = Path(SHARED).parent / "exports" if SHARED else None


class Figures(NamedTuple):
    """What a log comes to; `others` are the lines that are bad or have a value left out."""

    wins: int
    losses: int
    breakevens: int
    net_pnl: str
    commission: str
    open: int = 0
    others: int = 0
    currency: str = "USD"
    more: str = ""


def desk_on(workspace: WriteWorkspace, path: Path, dialect: str, figures: Figures) -> Desk:
    config = (
        f"sources:\n  - name: bot\n    path: {path}\n    currency: {figures.currency}\n"
        f"    dialect: {dialect}\n{figures.more}"
    )
    return open_desk(workspace(config))


def figures_of(desk: Desk, like: Figures) -> Figures:
    summary = desk.summary("all")
    one: Any = summary.metrics
    left_out = sum(found.count for found in summary.data.findings if found.code == "left_out")
    return like._replace(
        wins=one["wins"],
        losses=one["losses"],
        breakevens=one["breakevens"],
        net_pnl=str(one["net_pnl"]),
        commission=str(one["commission"]),
        open=one["open_trades"],
        others=summary.data.bad_lines + left_out,
    )


def sample_of(name: str, folder: Path) -> Path:
    """The sample of a dialect; a database is made from its SQL."""
    (path,) = SAMPLES.glob(f"{name}.*")
    if path.suffix != ".sql":
        return path
    made = folder / f"{name}.sqlite"
    with sqlite3.connect(made) as database:
        database.executescript(path.read_text(encoding="utf-8"))
    database.close()
    return made


BY_HAND = {
    # AAPL 10 x 2.5; TSLA sold short, 5 x -3
    "alpaca": Figures(1, 1, 0, "10", "0"),
    # 0.1 x 100 - 0.08 - 0.084; 0.2 x -10 - 0.1688, and a fee in BNB apart
    "binance-futures": Figures(1, 1, 0, "7.6672", "0.3328", others=1, currency="USDT"),
    # 9.8 - 5.2998; 0.2 + 0.3
    "bybit": Figures(1, 1, 0, "4.5002", "0.5", currency="USDT"),
    # 10 - 0.5 - 0.55; one of two is still held; the fill in EUR does not count
    "coinbase": Figures(1, 0, 0, "8.95", "1.05", open=1, others=1),
    # 48 - 21.5
    "ctrader": Figures(1, 1, 0, "26.5", "3", currency="EUR"),
    # 10 - 4.25; 0.5 + 0.5 + 0.2 + 0.3
    "freqtrade": Figures(1, 1, 0, "5.75", "1.5", open=1, currency="USDT"),
    # 19.58 - 5.205; 2 x (100 + 110) / 1000 + 5 x (20 + 21) / 1000
    "freqtrade-backtest": Figures(1, 1, 0, "14.375", "0.625", currency="USDT"),
    # kucoin: 0.4 x 5 - 0.4 x 0.05 - 0.022, 0.6 is still held; okx: a short that is still open
    "hummingbot": Figures(1, 0, 0, "1.958", "0.042", open=2, currency="USDT"),
    # 400 x 0.5 - 5 x 400 / 1000 - 2; 600 are still held; the order in EUR does not count
    "ibkr-activity": Figures(1, 0, 0, "196", "4", open=1, others=1),
    # option: 100 x (3 - 1) - 2; share: -10 - 0.5 + 0.1
    "ibkr-flex": Figures(1, 1, 0, "187.6", "2.4"),
    # 95 - 100 - 0.26 - 0.247; the second is still held
    "kraken": Figures(0, 1, 0, "-5.507", "0.507", open=1, currency="EUR"),
    # 30 - 2; 1 - 1.5
    "lean": Figures(1, 1, 0, "27.5", "3.5"),
    # 100 - 0.5 - 0.5 - 0.2; -39.92 - 0.7 - 0.7 + 0.1
    "metatrader5": Figures(1, 1, 0, "57.58", "2.5"),
    # 12.5 - 3; the position in JPY does not count
    "nautilus": Figures(1, 1, 0, "9.5", "1.5", open=1, others=1),
    # 95.6 - 1104.4; 2 x 4.4
    "ninjatrader": Figures(1, 1, 0, "-1008.8", "8.8"),
    # 50 x 2 x 0.1 - 0.6 + 0.1
    "okx": Figures(1, 0, 0, "9.5", "0.5", currency="USDT", more="multiplier: {ETH-USDT-SWAP: 0.1}"),
    # 100 - 40
    "tradingview": Figures(1, 1, 0, "60", "0", open=1, currency="EUR"),
    # -25 + 1250
    "tradovate": Figures(1, 1, 0, "1225", "0"),
    # 5.5 - 0.45; 0.1 + 0.15 + 0.1 + 0.1
    "vectorbt": Figures(1, 1, 0, "5.05", "0.45", open=1),
}
"""By dialect what its sample comes to, and how."""


def test_every_built_in_dialect_has_a_sample() -> None:
    assert ["trade_record", *sorted(BY_HAND)] == names()


@pytest.mark.parametrize("name", BY_HAND)
def test_a_sample_comes_to_what_was_worked_out_by_hand(
    workspace: WriteWorkspace, tmp_path: Path, name: str
) -> None:
    expected = BY_HAND[name]
    desk = desk_on(workspace, sample_of(name, tmp_path), name, expected)
    assert figures_of(desk, expected) == expected


@pytest.mark.parametrize("name", BY_HAND)
def test_no_field_of_a_dialect_is_unknown_to_its_sample(
    workspace: WriteWorkspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    desk_on(workspace, sample_of(name, tmp_path), name, BY_HAND[name])
    assert main(["check", "--root", str(tmp_path)]) == 0
    assert "did you mean" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "row", "field", "expected"),
    [
        ("bybit", 0, "side", "long"),
        ("bybit", 1, "side", "short"),
        ("ctrader", 0, "closed_at", "2026-01-07 23:30:00.500000+00:00"),
        ("freqtrade", 1, "side", "short"),
        ("freqtrade-backtest", 1, "strategy", "B"),
        ("lean", 0, "symbol", "SPY"),
        ("lean", 1, "symbol", "AAPL"),
        ("nautilus", 1, "side", "short"),
        ("tradingview", 1, "side", "short"),
        ("tradingview", 1, "entry_price", "200"),
        ("tradingview", 1, "exit_price", "240"),
        ("tradovate", 0, "opened_at", "2026-04-08 10:00:00+00:00"),
        ("tradovate", 0, "closed_at", "2026-04-08 10:12:00+00:00"),
        ("ninjatrader", 0, "closed_at", "2026-04-06 12:58:03+00:00"),
    ],
)
def test_a_trade_of_a_sample_is_as_its_log_says(
    workspace: WriteWorkspace, tmp_path: Path, *, name: str, row: int, field: str, expected: str
) -> None:
    desk = desk_on(workspace, sample_of(name, tmp_path), name, BY_HAND[name])
    assert str(getattr(desk.book.closed[row], field)) == expected


def test_what_is_realised_of_an_open_trade_is_not_what_it_would_come_to(
    workspace: WriteWorkspace, tmp_path: Path
) -> None:
    desk = desk_on(workspace, sample_of("freqtrade", tmp_path), "freqtrade", BY_HAND["freqtrade"])
    assert (desk.book.open[0].net_pnl, desk.book.open[0].realized_pnl) == (None, Decimal(2))


class TestWordsForThem:
    """What the dialects of these tools need, on a log of one line."""

    @staticmethod
    def closed(
        workspace: WriteWorkspace, fields: str, line: str, more: str = "", currency: str = "USD"
    ) -> Desk:
        return open_desk(
            workspace(
                "sources:\n  - name: a\n    path: a.jsonl\n"
                f"    currency: {currency}\n    dialect:\n      fields: {{{fields}}}\n{more}",
                {"a.jsonl": line + "\n"},
            )
        )

    @pytest.mark.parametrize("bought_first", [True, False])
    def test_earliest_and_latest_of_two_times(
        self, workspace: WriteWorkspace, *, bought_first: bool
    ) -> None:
        one, other = ("b", "s") if bought_first else ("s", "b")
        line = f'{{"{one}": "2026-03-02T10:00:00Z", "{other}": "2026-03-02T11:00:00Z", "p": 1}}'
        fields = '"closed_at": "latest(b, s)", "opened_at": "earliest(b, s)", "net_pnl": p'
        trade = self.closed(workspace, fields, line).book.closed[0]
        assert (trade.opened_at, trade.closed_at) == (
            datetime(2026, 3, 2, 10, tzinfo=UTC),
            datetime(2026, 3, 2, 11, tzinfo=UTC),
        )

    def test_the_latest_of_two_times_is_missing_if_one_is(self, workspace: WriteWorkspace) -> None:
        line = '{"b": "2026-03-02T10:00:00Z", "s": null, "p": 1}'
        fields = '"closed_at": "latest(b, s)", "opened_at": b, "net_pnl": p'
        book = self.closed(workspace, fields, line).book
        assert (len(book.closed), len(book.open)) == (0, 1)

    @pytest.mark.parametrize("function", ["earliest", "latest"])
    @pytest.mark.parametrize("field", ["net_pnl", "symbol"])
    def test_of_two_times_is_a_time(
        self, workspace: WriteWorkspace, function: str, field: str
    ) -> None:
        fields = f'"closed_at": b, "net_pnl": p, "{field}": "{function}(b, s)"'
        fields = fields.replace('"net_pnl": p, "net_pnl"', '"net_pnl"')
        with pytest.raises(ConfigError, match=rf"{function}\(\) does not return"):
            self.closed(workspace, fields, "{}")

    def test_a_time_of_two_identifies_nothing(self, workspace: WriteWorkspace) -> None:
        more = '      identity: ["latest(b, s)"]\n'
        with pytest.raises(ConfigError, match="is not a field name"):
            self.closed(workspace, '"closed_at": b, "net_pnl": p', "{}", more)

    @pytest.mark.parametrize(
        "field", ['"t (GMT+2)"', 'join(day, "t (GMT+2)")', 'latest(o, "t (GMT+2)")']
    )
    def test_the_zone_in_the_name_of_a_field_counts_inside_functions_too(
        self, workspace: WriteWorkspace, field: str
    ) -> None:
        clock = "10:00" if "join" in field else "2026-03-02 10:00"
        line = f'{{"day": "2026-03-02", "t (GMT+2)": "{clock}", "o": "2026-03-02 01:00", "p": 1}}'
        fields = f"closed_at: '{field}', net_pnl: p"
        closed = self.closed(workspace, fields, line).book.closed
        assert closed[0].closed_at == datetime(2026, 3, 2, 8, tzinfo=UTC)

    def test_a_number_before_a_word(self, workspace: WriteWorkspace) -> None:
        line = '{"t": "2026-03-02T10:00:00Z", "p": 1, "size": "0.50 Lots"}'
        fields = """"closed_at": t, "net_pnl": p, "quantity": 'before(size, " Lots")'"""
        trade = self.closed(workspace, fields, line).book.closed[0]
        assert trade.quantity == Decimal("0.5")

    def test_money_after_a_word_is_in_the_currency_of_the_source(
        self, workspace: WriteWorkspace
    ) -> None:
        line = '{"t": "2026-03-02T10:00:00Z", "p": "net 5 EUR"}'
        fields = """"closed_at": t, "net_pnl": 'after(p, "net ")'"""
        book = self.closed(workspace, fields, line).book
        assert (len(book.closed), len(book.errors)) == (0, 1)
        assert len(self.closed(workspace, fields, line, currency="EUR").book.closed) == 1


@pytest.mark.parametrize(
    ("name", "symbol", "currency", "other"),
    [
        ("kraken", "XETHZEUR", "EUR", "XETHZUSD"),
        ("binance-futures", "ETHUSDT", "USDT", "ETHBTC"),
        ("okx", "ETH-USDT-SWAP", "USDT", "ETH-USD-SWAP"),
        ("bybit", "SOLUSDT", "USDT", "SOLUSD"),
        ("alpaca", "AAPL", "USD", "ETH/BTC"),
    ],
)
def test_lines_of_a_pair_in_another_currency_are_bad(
    workspace: WriteWorkspace, tmp_path: Path, *, name: str, symbol: str, currency: str, other: str
) -> None:
    sample = sample_of(name, tmp_path)
    text = sample.read_text(encoding="utf-8")
    path = tmp_path / ("other" + sample.suffix)
    path.write_text(text.replace(symbol, other), encoding="utf-8")
    desk = desk_on(workspace, path, name, BY_HAND[name]._replace(currency=currency))
    assert desk.book.errors
    assert all("give each currency a source of its own" in one.reason for one in desk.book.errors)


class TestExtends:
    @pytest.mark.parametrize(
        ("match", "net_pnl"), [("fifo", "-5.507"), ("lifo", "4.519"), ("average", "-0.494")]
    )
    def test_a_built_in_dialect_with_another_key(
        self, workspace: WriteWorkspace, match: str, net_pnl: str
    ) -> None:
        dialect = f"{{extends: kraken, fills: {{match: {match}}}}}"
        desk = desk_on(workspace, SAMPLES / "kraken.csv", dialect, BY_HAND["kraken"])
        assert desk.summary("all").metrics["net_pnl"] == Decimal(net_pnl)

    def test_each_currency_of_a_log_in_a_source_of_its_own(self, workspace: WriteWorkspace) -> None:
        dialect = "{extends: ibkr-activity, only: {Currency: USD}}"
        expected = BY_HAND["ibkr-activity"]._replace(others=0)
        desk = desk_on(workspace, SAMPLES / "ibkr-activity.csv", dialect, expected)
        assert figures_of(desk, expected) == expected

    def test_mappings_are_added_to_and_all_else_is_replaced(self) -> None:
        known = built_in("kraken", "EUR")
        more = {"extends": "kraken", "fields": {"at": "when"}, "identity": ["id"]}
        added = extended(known, more)
        assert isinstance(known["fields"], dict)
        changed = {"fields": {**known["fields"], "at": "when"}, "identity": ["id"]}
        assert added == {**known, **changed}

    def test_an_unknown_name_is_refused_with_the_nearest(self, workspace: WriteWorkspace) -> None:
        config = (
            "sources:\n  - name: a\n    path: a\n    currency: USD\n    dialect: {extends: krakn}\n"
        )
        with pytest.raises(ConfigError, match=r"dialect\.extends: .* did you mean kraken\?"):
            load(workspace(config))


class TestCommand:
    def test_lists_every_dialect_with_its_tool(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["dialects"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[0] for line in lines] == names()
        assert all(": " in line for line in lines)

    @pytest.mark.parametrize("name", names())
    def test_prints_yaml_that_reads_as_the_dialect(
        self, capsys: pytest.CaptureFixture[str], name: str
    ) -> None:
        assert main(["dialects", name]) == 0
        assert parse(capsys.readouterr().out, name).value == built_in(name, "USD")

    def test_an_unknown_name_is_refused_with_the_nearest(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["dialects", "krakn"]) == 3
        assert "did you mean kraken?" in capsys.readouterr().err

    def test_the_currency_stands_in_names_of_columns(self) -> None:
        assert "Net PnL EUR" in text_of("tradingview", "EUR")


def test_a_dialect_that_is_written_out_loads_no_built_in_one(workspace: WriteWorkspace) -> None:
    config = "sources:\n  - {name: a, path: a, currency: USD, dialect: DIALECT}\n"
    written = "{fields: {closed_at: t, net_pnl: p}}"
    script = (
        "import sys, os\nread = os.listdir\n"
        "def listdir(path): raise SystemExit(f'lists {path}')\nos.listdir = listdir\n"
        "from perfkit.config.settings import load\nload(sys.argv[1], cached=False)\n"
    )
    for dialect, code in (("trade_record", 0), (written, 0), ("kraken", 1)):
        root = workspace(config.replace("DIALECT", dialect))
        done = subprocess.run([sys.executable, "-c", script, root], check=False)
        assert done.returncode == code, dialect


def test_trade_record_is_the_default(workspace: WriteWorkspace) -> None:
    root = workspace("sources:\n  - {name: a, path: a, currency: USD}\n")
    assert load(root).sources[0].dialect.name == "trade_record"
    assert built_in("trade_record", "USD") is TRADE_RECORD


IN_EXPORTS = {
    "binance-futures": (
        "binance-futures-usertrades.json",
        Figures(1, 1, 0, "0.6728", "1.3272", others=1, currency="USDT"),
    ),
    "bybit": ("bybit-closed-pnl.json", Figures(2, 1, 0, "33.73155", "5.26845", currency="USDT")),
    "coinbase": ("coinbase-fills.csv", Figures(1, 1, 0, "-38.04", "48.04", open=1)),
    "ctrader": ("ctrader-history.csv", Figures(1, 2, 0, "84.65", "4.9")),
    "freqtrade": (
        "freqtrade-trades.sqlite",
        Figures(2, 2, 0, "47.5967", "7.8433", open=1, currency="USDT"),
    ),
    "freqtrade-backtest": (
        "freqtrade-backtest.json",
        Figures(3, 1, 0, "16.959", "4.041", currency="USDT"),
    ),
    "hummingbot": (
        "hummingbot-trades.csv",
        Figures(1, 1, 0, "3.2019", "2.9981", open=1, currency="USDT"),
    ),
    "{extends: hummingbot, fills: {trade: position}}": (
        "hummingbot-trades.csv",
        Figures(1, 0, 0, "3.2019", "2.9981", open=1, currency="USDT"),
    ),
    "{extends: ibkr-activity, only: {Currency: USD}}": (
        "ibkr-activity-statement.csv",
        Figures(2, 0, 0, "206.3", "13.7", open=1),
    ),
    "{extends: ibkr-activity, only: {Currency: EUR}}": (
        "ibkr-activity-statement.csv",
        Figures(0, 1, 0, "-36", "6", currency="EUR"),
    ),
    "ibkr-flex": ("ibkr-flex-trades.csv", Figures(2, 1, 0, "82.74", "6.46", open=1)),
    "kraken": ("kraken-trades.csv", Figures(1, 1, 0, "24.12", "35.88", open=1, currency="EUR")),
    "{extends: kraken, fills: {match: lifo}}": (
        "kraken-trades.csv",
        Figures(1, 1, 0, "44.172", "35.828", open=1, currency="EUR"),
    ),
    "{extends: kraken, fills: {match: average}}": (
        "kraken-trades.csv",
        Figures(1, 1, 0, "34.146", "35.854", open=1, currency="EUR"),
    ),
    "lean": ("lean-closedtrades.json", Figures(1, 2, 0, "170.6", "6")),
    "metatrader5": (
        "metatrader5-deals.csv",
        # with the swap of 0.66
        Figures(2, 1, 0, "158.84", "11.16"),
    ),
    "nautilus": ("nautilus-positions.csv", Figures(2, 1, 0, "-30.66", "7.66", open=1, others=1)),
    "ninjatrader": ("ninjatrader-trades.csv", Figures(3, 2, 0, "2374.71", "46.54")),
    "okx": (
        "okx-fills.json",
        Figures(
            *(2, 0, 0, "7.75155", "6.74845"),
            currency="USDT",
            more="multiplier: {BTC-USDT-SWAP: 0.01}\n",
        ),
    ),
    "tradingview": ("tradingview-list-of-trades.csv", Figures(1, 1, 1, "355", "0", open=1)),
    "tradovate": ("tradovate-performance.csv", Figures(2, 1, 1, "1375", "0")),
    "vectorbt": ("vectorbt-trades.csv", Figures(1, 2, 0, "0.938", "1.062", open=1)),
}


@pytest.mark.skipif(EXPORTS is None, reason="PERFKIT_SHARED_DATA is not set")
@pytest.mark.parametrize("dialect", IN_EXPORTS)
def test_an_export_comes_to_what_was_worked_out_by_hand(
    workspace: WriteWorkspace, dialect: str
) -> None:
    assert EXPORTS is not None
    file, expected = IN_EXPORTS[dialect]
    desk = desk_on(workspace, EXPORTS.resolve() / file, dialect, expected)
    assert figures_of(desk, expected) == expected
