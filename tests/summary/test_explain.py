"""`explain` leads a figure back to its log lines: for what has a cause, to exactly those."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit import Desk
from perfkit.cli.main import main
from perfkit.core.errors import UsageError
from perfkit.metrics.registry import METRICS
from perfkit.summary.explain import Explanation, explain
from perfkit.summary.summary import summarize
from tests.conftest import BOT, WriteWorkspace
from tests.generated import LogLine, line_bytes, time_text

CHECKOUT = Path(__file__).parents[2]
START = datetime(2026, 4, 6, 22, tzinfo=UTC)
EQUITY = 8


class Deal(NamedTuple):
    """A closed trade: minutes since the one before, its P&L, and its outcome if that is unknown."""

    minutes: int
    pnl: int | None
    outcome: str = "win"

    @property
    def sign(self) -> int:
        if self.pnl is None:
            return {"win": 1, "loss": -1, "breakeven": 0}[self.outcome]
        return (self.pnl > 0) - (self.pnl < 0)


deals = st.lists(
    st.builds(
        Deal,
        minutes=st.sampled_from([0, 0, 1, 45, 700]),
        pnl=st.sampled_from([1, 1, 2, 3, 0, -1, -1, -2, -3, None]),
        outcome=st.sampled_from(["win", "loss", "breakeven"]),
    ),
    max_size=14,
)


def closing_times(run: Sequence[Deal]) -> list[datetime]:
    at, times = START, []
    for deal in run:
        at += timedelta(minutes=deal.minutes)
        times.append(at)
    return times


def desk_of(write: WriteWorkspace, run: Sequence[Deal], order: Sequence[int]) -> Desk:
    """A desk with those trades, written in any order; symbols order those of one instant."""
    lines: list[LogLine] = [
        {
            "order_id": str(number),
            "timestamp": time_text(START - timedelta(hours=1)),
            "exit_timestamp": time_text(at),
            "symbol": f"S{number:02d}",
            "action": "BUY",
            "quantity": "1",
            "price": "10",
            "stop_loss": "8",
            "target": f"{12 + number}",
            "net_profit_loss": deal.pnl,
            "outcome": deal.outcome if deal.pnl is None else None,
        }
        for number, (deal, at) in enumerate(zip(run, closing_times(run), strict=True))
    ]
    log = b"".join(line_bytes(lines[n]) for n in order)
    config = BOT + f"starting_equity: {EQUITY}\n"
    return perfkit.open(write(config, {"logs/trades/2026-04-06.jsonl": log}))


def explainer(desk: Desk, window: str, day: str) -> Callable[[str], Explanation]:
    """What `desk.explain` gives for each metric of one window, which is selected only once."""
    selection = desk.selection(window, day)
    return partial(explain, summary=summarize(selection), selection=selection)


def orders(root: Path, explanation: Explanation) -> list[int]:
    """The orders whose lines an explanation leads to, as those very lines tell."""
    found = []
    for place in explanation.lines:
        path, _, line = place.rpartition(":")
        text = (root / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        found.append(int(json.loads(text)["order_id"]))
    return found


def where(run: Sequence[Deal], holds: Callable[[Deal], bool]) -> list[int]:
    return [n for n, deal in enumerate(run) if holds(deal)]


def falls(curve: Sequence[Fraction]) -> Iterator[tuple[Fraction, int, int]]:
    """Every fall of a curve: how deep, from which point, to which point."""
    for j in range(len(curve)):
        for i in range(j + 1):
            if curve[i] == max(curve[: j + 1]):
                yield curve[i] - curve[j], i, j


def deepest(found: Sequence[tuple[Fraction, int, int]]) -> tuple[int, int]:
    """The points of the earliest of the deepest falls; (0, 0) where there is none."""
    depth = max(fall for fall, _, _ in found)
    if not depth:
        return 0, 0
    trough = min(j for fall, _, j in found if fall == depth)
    return min(i for fall, i, j in found if (fall, j) == (depth, trough)), trough


def streaks(run: Sequence[Deal]) -> list[list[int]]:
    """Runs of wins or of losses; a breakeven neither ends nor lengthens one."""
    found: list[list[int]] = []
    for n in where(run, lambda deal: bool(deal.sign)):
        if found and run[found[-1][-1]].sign == run[n].sign:
            found[-1].append(n)
        else:
            found.append([n])
    return found


def longest(run: Sequence[Deal], sign: int) -> list[int]:
    own = [streak for streak in streaks(run) if run[streak[0]].sign == sign]
    return max(own, key=len, default=[])


def best(run: Sequence[Deal], choose: Callable[[list[int]], int]) -> list[int]:
    """The trades of the first day whose P&L is the one chosen."""
    days: dict[object, list[int]] = {}
    for n, at in enumerate(closing_times(run)):
        days.setdefault(at.date(), []).append(n)
    totals = {day: sum(run[n].pnl or 0 for n in rows) for day, rows in days.items()}
    if not days:
        return []
    return next(days[day] for day in days if totals[day] == choose(list(totals.values())))


def causes(run: Sequence[Deal]) -> dict[str, list[int]]:
    """For each figure that only some trades make: which, by looking at everything."""
    pnls = [deal.pnl or 0 for deal in run]
    curve = [Fraction(sum(pnls[:n])) for n in range(len(run) + 1)]
    peak, trough = deepest(list(falls(curve)))
    back = [n for n in range(trough, len(curve)) if trough and curve[n] >= curve[peak]]
    equity = [EQUITY + height for height in curve]
    shares = [(fall / equity[i], i, j) for fall, i, j in falls(equity)]
    last_peak = curve.index(max(curve))
    known_wins = [deal.pnl for deal in run if deal.pnl is not None and deal.pnl > 0]
    known_losses = [deal.pnl for deal in run if deal.pnl is not None and deal.pnl < 0]
    return {
        "closed_trades": list(range(len(run))),
        "wins": where(run, lambda deal: deal.sign > 0),
        "losses": where(run, lambda deal: deal.sign < 0),
        "breakevens": where(run, lambda deal: deal.sign == 0),
        "win_rate_decided": where(run, lambda deal: deal.sign != 0),
        "net_pnl": where(run, lambda deal: deal.pnl is not None),
        "expectancy": where(run, lambda deal: deal.pnl is not None),
        "gross_profit": where(run, lambda deal: deal.pnl is not None and deal.pnl > 0),
        "gross_loss": where(run, lambda deal: deal.pnl is not None and deal.pnl < 0),
        "largest_win": where(run, lambda deal: deal.pnl == max(known_wins, default="none"))[:1],
        "largest_loss": where(run, lambda deal: deal.pnl == min(known_losses, default="none"))[:1],
        "best_day": best(run, max),
        "worst_day": best(run, min),
        "max_drawdown": list(range(peak, trough)),
        "drawdown_peak_at": [peak - 1] if peak else [],
        "drawdown_trough_at": [trough - 1] if trough else [],
        "drawdown_recovered_at": [back[0] - 1] if back else [],
        "current_drawdown": list(range(last_peak, len(run))) if curve[-1] < max(curve) else [],
        "max_drawdown_pct": list(range(*deepest(shares))),
        "longest_win_streak": longest(run, 1),
        "longest_loss_streak": longest(run, -1),
        "current_streak": streaks(run)[-1] if streaks(run) else [],
        "current_streak_kind": streaks(run)[-1] if streaks(run) else [],
        "open_trades": [],
        "unrealized_pnl": [],
        "realized_pnl": [],
    }


@given(run=deals, shuffle=st.randoms())
def test_a_figure_leads_to_exactly_the_trades_that_make_it_in_trade_order(
    fresh_workspace: WriteWorkspace, run: list[Deal], shuffle: Random
) -> None:
    order = list(range(len(run)))
    shuffle.shuffle(order)
    desk = desk_of(fresh_workspace, run, order)
    last = max(closing_times(run), default=START).date()
    explained = explainer(desk, "all", last.isoformat())
    for metric, expected in causes(run).items():
        explanation = explained(metric)
        assert (metric, orders(desk.config.root, explanation)) == (metric, expected)


@given(run=deals)
def test_the_trades_behind_a_sum_or_a_fall_add_up_to_it_and_those_behind_a_count_are_as_many(
    fresh_workspace: WriteWorkspace, run: list[Deal]
) -> None:
    desk = desk_of(fresh_workspace, run, range(len(run)))
    last = max(closing_times(run), default=START).date()
    adds_up(desk, "all", last.isoformat())


@pytest.mark.parametrize("window", ["daily", "weekly", "monthly", "last-7d", "all"])
def test_so_it_is_for_the_sample_logs(window: str) -> None:
    adds_up(perfkit.open(CHECKOUT), window, "2025-10-08")


SUMS = (
    *("net_pnl", "gross_profit", "gross_loss", "largest_win", "largest_loss", "unrealized_pnl"),
    *("best_day", "worst_day", "max_drawdown", "current_drawdown"),
)
COUNTS = (
    *("closed_trades", "wins", "losses", "breakevens", "open_trades", "current_streak"),
    *("longest_win_streak", "longest_loss_streak", "risk_reward_trades", "r_trades"),
    *("losses_beyond_1r", "target_hits"),
)
MEANS = {
    "expectancy": "net_pnl",
    "avg_win": "net_pnl",
    "avg_loss": "net_pnl",
    "avg_r": "r",
    "avg_risk_reward": "risk_reward",
    "avg_hold_seconds": "hold_seconds",
    "win_hold_seconds": "hold_seconds",
    "loss_hold_seconds": "hold_seconds",
}
"""Means, and the column they are means of."""


def adds_up(desk: Desk, window: str, day: str) -> None:
    """Checks sums, counts and means against the trades they are explained by."""
    metrics = desk.summary(window, day).metrics
    explained = explainer(desk, window, day)
    for metric in SUMS:
        total_pnl = sum(pnl for pnl in column(explained(metric), "net_pnl") if pnl is not None)
        assert (metric, total_pnl) == (metric, metrics[metric] or 0)
    for metric in COUNTS:
        behind_count = len(explained(metric).trades)
        assert (metric, behind_count) == (metric, metrics[metric] or 0)
    for metric, name in MEANS.items():
        behind = column(explained(metric), name)
        value = metrics[metric]
        assert (metric, behind.count(None)) == (metric, 0)
        if value is None:
            assert (metric, behind) == (metric, [])
        else:
            assert isinstance(value, Decimal)
            total = sum((Fraction(known) for known in behind if known is not None), Fraction(0))
            assert abs(total - len(behind) * Fraction(value)) <= abs(total) / 10**17, metric


def column(explanation: Explanation, name: str) -> list[Decimal | None]:
    """One column of the trades behind a figure."""
    rows = range(len(explanation.trades))
    return [getattr(explanation.trades[row], name) for row in rows]


RUN = [Deal(1, 3), Deal(1, -1), Deal(1, 0), Deal(1, None, "win"), Deal(700, -2), Deal(0, 4)]


Given = Mapping[str, Fraction]


def variance(given: Given, total: str, squares: str) -> Fraction:
    return (given[squares] - given[total] ** 2 / given["n"]) / (given["n"] - 1)


FORMULAS: Mapping[str, Callable[[Given], Fraction]] = {
    "closed_trades": lambda given: given["wins"] + given["losses"] + given["breakevens"],
    "trades_per_day": lambda given: given["N"] / given["expected days"],
    "win_rate": lambda given: given["wins"] / given["closed_trades"],
    "win_rate_decided": lambda given: given["wins"] / (given["wins"] + given["losses"]),
    "profit_factor": lambda given: given["gross_profit"] / -given["gross_loss"],
    "avg_win": lambda given: given["sum of gross_profit"] / given["w"],
    "avg_loss": lambda given: given["sum of gross_loss"] / given["l"],
    "payoff_ratio": lambda given: (
        given["gross_profit"] * given["l"] / (-given["gross_loss"] * given["w"])
    ),
    "expectancy": lambda given: given["sum of net_pnl"] / given["n"],
    "required_win_rate": lambda given: -given["avg_loss"] / (given["avg_win"] - given["avg_loss"]),
    "avg_risk_reward": lambda given: given["sum of risk_reward"] / given["n"],
    "avg_r": lambda given: given["sum of r"] / given["n"],
    "sd_r": lambda given: variance(given, "sum R", "sum R^2"),
    "sqn": lambda given: given["sum R"] ** 2 / given["n"] / variance(given, "sum R", "sum R^2"),
    "avg_hold_seconds": lambda given: given["sum of hold"] / given["n"],
    "win_hold_seconds": lambda given: given["sum of win_hold"] / given["n"],
    "loss_hold_seconds": lambda given: given["sum of loss_hold"] / given["n"],
    "max_drawdown": lambda given: given["C at the trough"] - given["C at the peak"],
    "current_drawdown": lambda given: given["C"] - given["max of C so far"],
    "max_drawdown_pct": lambda given: (given["E"] - given["P"]) / given["P"],
    "avg_day": lambda given: given["sum x"] / given["n"],
    "sd_day": lambda given: variance(given, "sum x", "sum x^2"),
}
"""Each figure from the numbers shown with it; of those in `ROOTS`, its square."""

ROOTS = ("sd_r", "sqn", "sd_day")


class TestText:
    @pytest.fixture
    def desk(self, workspace: WriteWorkspace) -> Desk:
        return desk_of(workspace, RUN, range(len(RUN)))

    @pytest.mark.parametrize("metric", METRICS)
    def test_every_metric_is_explained_with_formula_value_and_trades(
        self, desk: Desk, capsys: pytest.CaptureFixture[str], metric: str
    ) -> None:
        assert main(["explain", metric, "--root", str(desk.config.root), "--window", "all"]) == 0
        printed = capsys.readouterr()
        explanation = desk.explain(metric, "all")
        assert printed == (str(explanation), "")
        summary = desk.summary("all")
        assert f"  formula  {METRICS[metric].formula}\n" in printed.out
        if summary.metrics[metric] is None:
            reason = f"  {metric} is undefined: {summary.undefined[metric]}\n"
            assert reason in printed.out
        else:
            unit = METRICS[metric].unit.replace("money", "USD")
            assert re.search(rf"^  {metric} = \S+ \({re.escape(unit)}\)$",
                             printed.out, re.MULTILINE)  # fmt: skip
        count = len(explanation.trades)
        assert f"\nBased on {count} trade{'' if count == 1 else 's'}.\n" in printed.out
        for place in explanation.lines:
            assert re.search(rf"  {re.escape(place)}$", printed.out, re.MULTILINE)

    def test_numbers_are_not_rounded(self, workspace: WriteWorkspace) -> None:
        log: LogLine = {
            "exit_timestamp": "2026-04-06T10:00:00Z",
            "net_profit_loss": "-1234.00000000000000000000000001",
        }
        root = workspace(logs={"logs/trades/2026-04-06.jsonl": line_bytes(log)})
        text = str(perfkit.open(root).explain("net_pnl"))
        assert "  net_pnl = -1234.00000000000000000000000001 (USD)\n" in text
        assert "  -1234.00000000000000000000000001  logs/trades/2026-04-06.jsonl:1\n" in text

    @pytest.mark.parametrize("metric", FORMULAS)
    def test_numbers_shown_give_the_figure_also_where_a_pnl_is_unknown(
        self, desk: Desk, metric: str
    ) -> None:
        explanation = desk.explain(metric, "all")
        printed = re.findall(r"^  with     (.+) = (\S+)$", str(explanation), re.MULTILINE)
        given = {name: Fraction(number) for name, number in printed}
        assert given == {name: Fraction(str(one)) for name, one in explanation.inputs.items()}
        assert isinstance(explanation.value, Decimal | int)
        value = Fraction(explanation.value)
        if metric in ROOTS:
            value *= abs(value)
        assert abs(FORMULAS[metric](given) - value) <= abs(value) / 10**16

    def test_unknown_metric_is_a_usage_error(self, desk: Desk) -> None:
        with pytest.raises(UsageError, match=r"perfkit summary --json"):
            desk.explain("win_ratio")

    def test_hostile_names_cannot_break_the_table(self, workspace: WriteWorkspace) -> None:
        log: LogLine = {
            "exit_timestamp": "2026-04-06T10:00:00Z",
            "symbol": "A\nB\x1b[31m\u202e",
            "net_profit_loss": "1",
        }
        root = workspace(logs={"logs/trades/2026-04-06.jsonl": line_bytes(log)})
        text = str(perfkit.open(root).explain("net_pnl"))
        assert text.splitlines()[-1].startswith("2026-04-06 10:00:00 UTC  A B?[31m?  win  ")


def record(order: str, opened_at: str, **more: str | None) -> str:
    """A line of a `trade_record` log."""
    return json.dumps({"order_id": order, "timestamp": f"{opened_at}Z", **more}) + "\n"


class TestLines:
    """One trade of several lines, and trades that are still open."""

    LOGS: Mapping[str, str] = {
        "logs/trades/2026-04-06.jsonl": record("1", "2026-04-06T10:00:00", outcome="open")
        + record("2", "2026-04-06T11:00:00", outcome="open", profit_loss="7")
        + record("3", "2026-04-06T12:00:00", outcome="open", profit_loss="5"),
        "logs/trades/2026-04-07.jsonl": record(
            "1", "2026-04-06T10:00:00", exit_timestamp="2026-04-07T10:00:00Z", net_profit_loss="2"
        ),
        "logs/trades/2026-04-08.jsonl": record(
            "3", "2026-04-06T12:00:00", exit_timestamp="2026-04-08T10:00:00Z", net_profit_loss="4"
        )
        + record(
            "1", "2026-04-06T10:00:00", exit_timestamp="2026-04-07T10:00:00Z", net_profit_loss="1"
        ),
    }

    def explained(self, write: WriteWorkspace, metric: str, day: str) -> list[str]:
        desk = perfkit.open(write(logs=self.LOGS))
        explanation = desk.explain(metric, "daily", day)
        return [place.removeprefix("logs/trades/2026-04-") for place in explanation.lines]

    def test_every_line_of_a_trade_is_named_in_file_order_and_holds_its_order_id(
        self, workspace: WriteWorkspace
    ) -> None:
        places = self.explained(workspace, "net_pnl", "2026-04-07")
        assert places == ["06.jsonl:1", "07.jsonl:1", "08.jsonl:2"]
        desk = perfkit.open(workspace(logs=self.LOGS))
        assert orders(desk.config.root, desk.explain("net_pnl", "daily", "2026-04-07")) == [1] * 3

    def test_open_trades_of_a_past_day_are_those_that_were_open_then(
        self, workspace: WriteWorkspace
    ) -> None:
        assert self.explained(workspace, "open_trades", "2026-04-07") == [
            "06.jsonl:3", "08.jsonl:1", "06.jsonl:2",
        ]  # fmt: skip
        assert self.explained(workspace, "open_trades", "2026-04-08") == ["06.jsonl:2"]

    def test_realized_pnl_is_of_the_open_trades_that_have_one(
        self, workspace: WriteWorkspace
    ) -> None:
        """Of trade 2, which stands at 7, 5 are realized; of trade 4 nothing is."""
        logs = {
            "logs/trades/2026-04-06.jsonl": record(
                "2", "2026-04-06T11:00:00", outcome="open", profit_loss="7", so_far="5"
            )
            + record("4", "2026-04-06T12:00:00", outcome="open")
        }
        fields = "{realized_pnl: so_far}"
        config = BOT.replace("USD}", f"USD, dialect: {{extends: trade_record, fields: {fields}}}}}")
        desk = perfkit.open(workspace(config, logs))
        found = desk.explain("realized_pnl", "all")
        assert (found.value, found.lines) == (5, ["logs/trades/2026-04-06.jsonl:1"])
        header, row = found.text.splitlines()[-2:]
        assert header.split() == [
            "closed",
            "symbol",
            "outcome",
            "net",
            "P&L",
            "realized",
            "log",
            "lines",
        ]
        assert row.split()[:5] == ["open", "–", "–", "7", "5"]
        assert desk.explain("unrealized_pnl", "all").value == 2
        assert "realized" not in desk.explain("open_trades", "daily", "2026-04-05").text
        assert list(desk.open_trades()["realized_pnl"]) == [5, None]

    def test_unrealized_pnl_is_of_the_trades_that_never_closed(
        self, workspace: WriteWorkspace
    ) -> None:
        assert self.explained(workspace, "unrealized_pnl", "2026-04-08") == ["06.jsonl:2"]
        assert self.explained(workspace, "unrealized_pnl", "2026-04-07") == []
