"""Trades chosen in pandas have the exact figures that a log of them alone would have."""

import json
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit import Desk
from perfkit.core.errors import MixedCurrencyError, UsageError
from tests.conftest import BOT, WriteWorkspace

LAST = "2026-04-10"
SPAN = {"start": "2026-04-06", "end": LAST}


def line(number: int, day: int, pnl: str | None, **more: str) -> str:
    """A line of a `trade_record` log; without a P&L, of an open trade."""
    at = f"2026-04-{day:02d}T{number % 20:02d}:00:00"
    record = {"order_id": f"T{number}", "timestamp": f"{at}Z", "symbol": "ETH", **more}
    if pnl is None:
        return json.dumps({**record, "outcome": "open"}) + "\n"
    closed = {"exit_timestamp": f"{at}.5Z", "net_profit_loss": pnl}
    return json.dumps({**record, **closed}) + "\n"


def desk_with(root: Path, lines: list[tuple[int, str]]) -> Desk:
    """A desk on a file a day from 6 to 10 April, with these lines and an open trade on the last."""
    (root / "config").mkdir(parents=True)
    (root / "config/perfkit.yaml").write_text(f"{BOT}starting_equity: 1000\n")
    (root / "logs/trades").mkdir(parents=True)
    for day in range(6, 11):
        text = "".join(text for on, text in lines if on == day)
        (root / f"logs/trades/2026-04-{day:02d}.jsonl").write_text(text)
    with (root / f"logs/trades/{LAST}.jsonl").open("a") as log:
        log.write(line(999, 10, None))
    return perfkit.open(root)


LOGS = {
    "logs/trades/2026-04-07.jsonl": line(1, 7, "0.1", action="BUY") + line(2, 7, "-0.3"),
    "logs/trades/2026-04-08.jsonl": line(3, 8, "0.25", action="BUY") + line(4, 8, None),
}


@pytest.fixture
def desk(workspace: WriteWorkspace) -> Desk:
    return perfkit.open(workspace(logs=LOGS))


TRADES = st.lists(
    st.tuples(
        st.integers(6, 10),
        st.decimals(-99, 99, places=3),
        st.sampled_from(["BUY", "SELL"]),
        st.booleans(),
    ),
    max_size=12,
)


@given(trades=TRADES, numbers=st.sampled_from(["decimal", "float"]), shuffled=st.randoms())
def test_figures_are_those_of_a_log_with_these_trades_alone(
    trades: list[tuple[int, Decimal, str, bool]], numbers: str, shuffled: Any
) -> None:
    lines = [
        (day, line(n, day, str(pnl), action=side)) for n, (day, pnl, side, _) in enumerate(trades)
    ]
    kept = [one for one, (*_, is_kept) in zip(lines, trades, strict=True) if is_kept]
    wanted = {f"2026-04-{day:02d}T{n % 20:02d}" for n, (day, *_, kept) in enumerate(trades) if kept}
    with TemporaryDirectory() as folder:
        whole, alone = desk_with(Path(folder) / "a", lines), desk_with(Path(folder) / "b", kept)
        frame = pd.concat([whole.trades(numbers=numbers), whole.open_trades(numbers=numbers)])
        chosen = frame[
            frame["opened_at"].dt.strftime("%Y-%m-%dT%H").isin(wanted) | frame["closed_at"].isna()
        ]
        rows = list(range(len(chosen)))
        shuffled.shuffle(rows)
        ours, theirs = whole.summary_of(chosen.iloc[rows], **SPAN), alone.summary(**SPAN)
    assert ours.metrics == theirs.metrics
    assert ours.undefined == theirs.undefined
    assert ours.breakdowns == theirs.breakdowns
    assert ours.open == theirs.open


class TestChosenTrades:
    def test_figures_are_exact_though_the_frame_has_floats(self, desk: Desk) -> None:
        frame = desk.trades(numbers="float")
        assert sum(frame["net_pnl"]) != 0.05
        assert desk.summary_of(frame).metrics["net_pnl"] == Decimal("0.05")

    def test_subset_says_how_many_it_is_of(self, desk: Desk) -> None:
        frame = desk.trades()
        summary = desk.summary_of(frame[frame["side"] == "long"])
        assert summary.where == {"chosen": "2 of 4 trades"}
        assert "where chosen = 2 of 4 trades" in str(summary)
        assert summary.metrics["net_pnl"] == Decimal("0.35")
        assert summary.metrics["open_trades"] == 0

    def test_subsets_have_digests_of_their_own(self, desk: Desk) -> None:
        frame = desk.trades()
        digests = [desk.summary_of(frame.iloc[[row]]).data.digest for row in (0, 1, 2)]
        assert len({*digests, desk.summary("all").data.digest}) == 4

    def test_columns_of_ones_own_and_columns_left_out_are_fine(self, desk: Desk) -> None:
        frame = desk.trades().assign(score=1)
        assert desk.summary_of(frame).metrics["closed_trades"] == 3
        assert desk.summary_of(frame[["line"]]).metrics["closed_trades"] == 3

    def test_frame_went_through_other_types_of_pandas(self, desk: Desk) -> None:
        frame = desk.trades(numbers="float").convert_dtypes()
        frame["symbol"] = frame["symbol"].astype("category")
        frame["closed_at"] = frame["closed_at"].dt.tz_convert("Europe/Berlin")
        assert desk.summary_of(frame).metrics["net_pnl"] == Decimal("0.05")

    def test_no_row_has_the_figures_of_no_trade(self, desk: Desk) -> None:
        summary = desk.summary_of(desk.trades().iloc[:0])
        assert summary.metrics["closed_trades"] == 0
        assert summary.metrics["win_rate"] is None

    def test_window_is_chosen_as_for_a_summary(self, desk: Desk) -> None:
        frame = desk.trades("2026-04-08")
        assert desk.summary_of(frame, "daily").metrics["trades_per_day"] == 1
        assert desk.summary_of(frame).window.label == "2026-04-07..2026-04-08"

    def test_trades_logged_since_are_no_matter(self, desk: Desk) -> None:
        frame = desk.trades()
        with (desk.config.root / "logs/trades/2026-04-08.jsonl").open("a") as log:
            log.write(line(5, 8, "9"))
        assert desk.summary_of(frame).metrics["closed_trades"] == 3

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            pytest.param(lambda f: 7, "needs a frame and was given a value of type int", id="int"),
            pytest.param(lambda f: f["net_pnl"], "a value of type Series", id="series"),
            pytest.param(lambda f: f.drop(columns="line"), "no column 'line'", id="no line"),
            pytest.param(
                lambda f: f.assign(line="logs/trades/2026-04-07.jsonl:9"),
                "row 1: 'logs/trades/2026-04-07.jsonl:9' is not the line of a trade",
                id="line of nothing",
            ),
            pytest.param(
                lambda f: f.assign(net_pnl=f["net_pnl"] * 2),
                "row 1: net_pnl is 0.20, but the trade of .* has 0.10; put your own values",
                id="changed number",
            ),
            pytest.param(
                lambda f: f.assign(symbol="BTC"), "symbol is BTC, but the trade", id="changed text"
            ),
            pytest.param(lambda f: f.assign(side=None), "side is None, but", id="removed text"),
            pytest.param(
                lambda f: f.assign(net_pnl=[float(one) + 1e-17 for one in f["net_pnl"]]).assign(
                    net_pnl=lambda g: g["net_pnl"].astype("float32").astype("float64")
                ),
                "net_pnl is 0.1000000014",
                id="float of fewer digits",
            ),
            pytest.param(
                lambda f: f.assign(closed_at=f["closed_at"] + pd.Timedelta("1us")),
                "closed_at is 2026-04-07 01:00:00.500001",
                id="changed time",
            ),
            pytest.param(
                lambda f: pd.concat([f, f.iloc[[1]]]),
                r"row 4: the trade of logs/trades/2026-04-07.jsonl:2 is in the frame twice",
                id="copy",
            ),
            pytest.param(
                lambda f: pd.concat([f, f[["side"]]], axis=1), "two columns 'side'", id="columns"
            ),
        ],
    )
    def test_frame_that_is_not_of_the_log_is_one_sentence(
        self, desk: Desk, change: Any, said: str
    ) -> None:
        with pytest.raises(UsageError, match=said) as raised:
            desk.summary_of(change(desk.trades()))
        assert "\n" not in str(raised.value)

    def test_trade_outside_of_the_window_is_an_error(self, desk: Desk) -> None:
        with pytest.raises(UsageError, match="2 trades of the frame closed outside 2026-04-08"):
            desk.summary_of(desk.trades(), "daily", "2026-04-08")

    def test_trade_corrected_since_is_an_error_that_says_what_to_do(self, desk: Desk) -> None:
        frame = desk.trades()
        log = desk.config.root / "logs/trades/2026-04-07.jsonl"
        log.write_text(log.read_text().replace('"0.1"', '"0.2"'))
        with pytest.raises(UsageError, match="if the log has changed, make the frame again"):
            desk.summary_of(frame)

    def test_currencies_are_only_refused_where_they_would_be_mixed(
        self, workspace: WriteWorkspace
    ) -> None:
        config = (
            "sources:\n  - {name: a, path: logs/a.jsonl, currency: USD}\n"
            "  - {name: b, path: logs/b.jsonl, currency: EUR}\n"
        )
        logs = {"logs/a.jsonl": line(1, 7, "1"), "logs/b.jsonl": line(2, 7, "5")}
        desk = perfkit.open(workspace(config, logs))
        of_a, of_b = (desk.trades(where={"source": name}) for name in "ab")
        assert desk.summary_of(of_b).currency == "EUR"
        with pytest.raises(MixedCurrencyError):
            desk.summary_of(pd.concat([of_a, of_b]))

    def test_trades_of_one_line_are_told_apart(self, workspace: WriteWorkspace) -> None:
        """A line that closes one position and opens the next is of a closed and of an open one."""
        config = (
            "sources:\n  - name: bot\n    path: logs/fills.jsonl\n    currency: USD\n"
            "    dialect:\n      fills: {by: [symbol]}\n"
            "      fields: {at: at, symbol: symbol, side: side, quantity: qty, price: price}\n"
            "      values: {side: {B: buy, S: sell}}\n"
        )
        fills = [("B", "1", "10"), ("S", "3", "12")]
        text = "".join(
            json.dumps(
                {"at": f"2026-04-07T1{n}:00:00Z", "symbol": "X", "side": s, "qty": q, "price": p}
            )
            + "\n"
            for n, (s, q, p) in enumerate(fills)
        )
        desk = perfkit.open(workspace(config, {"logs/fills.jsonl": text}))
        both = pd.concat([desk.trades(), desk.open_trades()])
        assert list(both["line"]) == ["logs/fills.jsonl:2"] * 2
        summary = desk.summary_of(both)
        assert (summary.metrics["closed_trades"], summary.metrics["open_trades"]) == (1, 1)
        assert desk.summary_of(desk.open_trades()).metrics["closed_trades"] == 0


class TestBreakdownFrame:
    def test_it_has_every_metric_of_each_part(self, desk: Desk) -> None:
        found, summary = desk.breakdown("side", "all"), desk.summary("all")
        frame = found.frame()
        assert list(frame.columns) == list(summary.metrics)
        assert (frame.index.name, list(frame.index)) == ("side", ["long", "(none)"])
        for part in summary.breakdowns["side"]:
            row = frame.loc[part.name or "(none)"]
            assert row["net_pnl"] == part.metrics["net_pnl"]
            assert row["profit_factor"] == part.metrics["profit_factor"]
        assert frame["net_pnl"].sum() == summary.metrics["net_pnl"]
        assert str(frame["closed_trades"].dtype) == "int64"

    def test_floats_have_nan_where_a_metric_has_no_value(self, desk: Desk) -> None:
        frame = desk.breakdown("side", "all").frame(numbers="float")
        assert frame["profit_factor"].isna().tolist() == [True, False]
        assert frame["net_pnl"].tolist() == [0.35, -0.3]

    def test_breakdown_of_nothing_has_the_same_columns(self, desk: Desk) -> None:
        empty = desk.breakdown("side", "daily", "2026-04-06").frame()
        assert (len(empty), list(empty.columns)) == (0, list(desk.summary().metrics))

    def test_days_may_be_any_two(self, desk: Desk) -> None:
        found = desk.breakdown("side", start="2026-04-07", end="2026-04-07")
        assert found.frame()["closed_trades"].sum() == 2

    def test_kind_of_number_that_there_is_not_is_a_usage_error(self, desk: Desk) -> None:
        with pytest.raises(UsageError, match="use 'decimal'"):
            desk.breakdown("side", "all").frame(numbers="int")
