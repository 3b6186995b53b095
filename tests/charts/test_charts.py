"""Charts: what they say, that they draw the exact figures, and that their bytes never change."""

import json
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from itertools import accumulate, combinations
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_hex, to_rgba
from matplotlib.container import BarContainer
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text
from matplotlib.transforms import BboxBase

import perfkit
from perfkit import Desk
from perfkit.charts.labels import gain, short
from perfkit.charts.style import BLUE, VERMILLION, Chart
from perfkit.core.errors import MissingExtraError
from perfkit.core.formatting import fixed, signed
from tests.conftest import BOT, WriteWorkspace

pytestmark = pytest.mark.filterwarnings("error")

CHARTS = (
    "equity",
    "pnl_per_trade",
    "pnl_per_day",
    "rolling_win_rate",
    "distribution",
    "by_strategy",
    "by_symbol",
    "calendar",
    "r_histogram",
    "hour_heatmap",
    "underwater",
    "monthly_returns",
    "excursions",
)
AMOUNT_CHARTS = (
    "equity",
    "pnl_per_trade",
    "distribution",
    "hour_heatmap",
    "underwater",
    "monthly_returns",
)
WINDOWS = ("daily", "weekly", "monthly")
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CONFIG = Path(__file__).parents[2] / "config/perfkit.yaml"
NOON = datetime(2025, 10, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WITH_TARGET = BOT + "targets: {win_rate: {at_least: 0.55}}\n"
IN_NEW_YORK = BOT + "timezone: America/New_York\n"


Closed = tuple[datetime, str | None, Mapping[str, str | None]]
"""When a trade closed, its net P&L, and what else is special about it."""


def trade(number: int, closed_at: datetime, net: str | None, **fields: str | None) -> str:
    """A closed long trade that risked 10 a piece and was open for half an hour."""
    line = {
        "timestamp": (closed_at - HOUR / 2).isoformat(),
        "exit_timestamp": closed_at.isoformat(),
        "order_id": f"order-{number}",
        "symbol": "BTCUSDT",
        "strategy_name": "momentum",
        "action": "BUY",
        "quantity": "1",
        "price": "100",
        "stop_loss": "90",
        "outcome": "win",
        "net_profit_loss": net,
    }
    return json.dumps(line | fields, ensure_ascii=False) + "\n"


def logs(trades: Sequence[Closed]) -> dict[str, str]:
    """A daily log file for each day on which one of those trades closed."""
    files: dict[str, str] = {}
    for number, (at, net, fields) in enumerate(trades):
        name = f"logs/trades/{at.date()}.jsonl"
        files[name] = files.get(name, "") + trade(number, at, net, **fields)
    return files


def hourly(*nets: str | None, **fields: str | None) -> dict[str, str]:
    """Trades that close at 00:00, 01:00 and so on, on 9 October 2025."""
    start = NOON - 12 * HOUR
    return logs([(start + n * HOUR, net, fields) for n, net in enumerate(nets)])


def draw(desk: Desk, name: str, *window: str, where: str | None = None) -> Chart:
    method: Callable[..., Chart] = getattr(desk.chart, name)
    return method(*window, where=where)


def title(chart: Chart) -> str:
    return chart.get_suptitle().replace("\n", " ")


def texts(chart: Chart) -> list[str]:
    """What can be read on a chart, tick labels included."""
    found = (artist for artist in chart.findobj() if isinstance(artist, Text))
    return [text.get_text() for text in found if text.get_visible() and text.get_text()]


def bars(axes: Axes) -> list[tuple[float, float, str]]:
    """Each bar's place, height and hatch."""
    return sorted(
        (bar.get_x() + bar.get_width() / 2, bar.get_height(), bar.get_hatch() or "")
        for container in axes.containers
        if isinstance(container, BarContainer)
        for bar in container.patches
    )


def markers(axes: Axes, shape: str) -> list[Line2D]:
    """The marks of that shape."""
    return [line for line in axes.lines if line.get_marker() == shape]


def digest(chart: Chart) -> str:
    return sha256(chart.png()).hexdigest()


@pytest.fixture(scope="module")
def sample_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sample")
    (root / "config").mkdir()
    (root / "config/perfkit.yaml").write_bytes(CONFIG.read_bytes())
    shutil.copytree(CONFIG.parents[1] / "logs/trades", root / "logs/trades")
    return root


@pytest.fixture(scope="module")
def sample(sample_root: Path) -> Desk:
    return perfkit.open(sample_root)


DrawSample = Callable[[str, str], Chart]


@pytest.fixture(scope="module")
def sample_chart(sample: Desk) -> DrawSample:
    """Draws each chart of the sample log once."""
    return cache(lambda name, window: draw(sample, name, window))


@pytest.fixture(scope="module")
def elsewhere(sample_root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Digests from another process, whose user has a matplotlibrc and %matplotlib inline."""
    rc = tmp_path_factory.mktemp("rc") / "matplotlibrc"
    rc.write_text("font.size: 30\nsavefig.dpi: 20\ntext.usetex: True\nlines.linewidth: 9\n")
    program = """
        import json, sys
        from hashlib import sha256

        import perfkit

        desk = perfkit.open(sys.argv[1])
        names = sys.argv[2].split(",")
        digests = {n: sha256(getattr(desk.chart, n)("weekly").png()).hexdigest() for n in names}
        pyplot = "matplotlib.pyplot" in sys.modules

        from IPython.core.interactiveshell import InteractiveShell
        from IPython.core.pylabtools import select_figure_formats
        from IPython.utils.capture import capture_output

        shell = InteractiveShell.instance()
        select_figure_formats(shell, {"png", "svg"})
        with capture_output() as captured:
            shell.run_cell("import perfkit; desk = perfkit.open(%r)" % sys.argv[1])
            shell.run_cell("desk.chart.equity('weekly')")
        shown = [[out.data, out.metadata] for out in captured.outputs]
        print(json.dumps({"digests": digests, "pyplot": pyplot, "shown": shown}))
    """
    ran = subprocess.run(
        [sys.executable, "-c", dedent(program), str(sample_root), ",".join(CHARTS)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env=os.environ | {"MATPLOTLIBRC": str(rc), "PYTHONHASHSEED": "7"},
    )
    loaded: dict[str, object] = json.loads(ran.stdout.splitlines()[-1])
    return loaded


class TestBytes:
    @pytest.mark.slow
    def test_another_process_with_other_settings_draws_the_same_bytes(
        self, sample_chart: DrawSample, elsewhere: dict[str, object]
    ) -> None:
        own = {name: digest(sample_chart(name, "weekly")) for name in CHARTS}
        assert own == elsewhere["digests"]

    @pytest.mark.slow
    def test_pyplot_is_never_loaded_so_no_figure_stays_open(
        self, elsewhere: dict[str, object]
    ) -> None:
        assert elsewhere["pyplot"] is False

    @pytest.mark.slow
    def test_a_notebook_shows_a_chart_once_whatever_matplotlib_inline_registers(
        self, sample: Desk, elsewhere: dict[str, object]
    ) -> None:
        expected = sample.chart.equity("weekly")._repr_mimebundle_()
        assert elsewhere["shown"] == [list(expected)]

    def test_drawing_a_figure_again_gives_the_same_bytes(self, sample: Desk) -> None:
        chart = sample.chart.equity("daily")
        assert chart.png() == chart.png()

    def test_a_picture_is_sharp_at_its_width_and_names_no_software(self, sample: Desk) -> None:
        picture = sample.chart.equity().png()
        assert int.from_bytes(picture[16:20], "big") == 1120
        assert b"Software" not in picture

    def test_the_mimebundle_is_the_png_as_text_with_name_and_description(
        self, sample: Desk
    ) -> None:
        chart = sample.chart.by_strategy()
        shown, told = chart._repr_mimebundle_(include=None, exclude=None)
        assert b64decode(shown["image/png"], validate=True) == chart.png()
        assert shown["text/plain"] == chart.alt
        assert "by_strategy.png" in json.dumps(told)
        assert chart.alt in json.dumps(told, ensure_ascii=False)
        output = nbformat.v4.new_output("display_data", data=shown, metadata=told)
        nbformat.validate(nbformat.v4.new_notebook(cells=[code_cell(output)]))


def code_cell(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    cell: nbformat.NotebookNode = nbformat.v4.new_code_cell("chart", outputs=[output])
    return cell


NASTY_NAMES = (
    r"$\frac{1}{",
    "$$",
    "a|b `code` <script>",
    "_under_^{}%&#~\\",
    "?" * 12,
    "momentum_btcusdt_fast_v2_with_trailing_stop_and_a_filter_too",
    "W" * 60,
    "عربى",
    "[link](javascript:x)",
)
UNDRAWABLE_NAMES = {"策略 alpha": "?? alpha", "\u202eevil": "?evil", "two\nlines": "two lines"}


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """63 trades of 21 strategies and symbols whose names are up to no good."""
    names = [*NASTY_NAMES, *UNDRAWABLE_NAMES, "x" * 200, " ", *(f"{n}" * 59 for n in range(7))]
    assert len(names) == 21
    root = tmp_path_factory.mktemp("nasty")
    (root / "config").mkdir()
    (root / "config/perfkit.yaml").write_text(WITH_TARGET)
    trades = [
        (
            NOON - 11 * HOUR + n * HOUR / 3,
            str(Decimal("3.17") * n * (-1) ** n),
            {"strategy_name": names[n % 21], "symbol": names[5 * n % 21]},
        )
        for n in range(63)
    ]
    for name, text in logs(trades).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return perfkit.open(root)


def tick_labels(axis: Axis) -> dict[str, BboxBase]:
    """The labels of the ticks in view, and where they are."""
    low, high = sorted(axis.get_view_interval())
    ticks = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
    return {
        label.get_text(): label.get_window_extent()
        for place, label in ticks
        if low <= place <= high and label.get_visible() and label.get_text().strip()
    }


def blocks(chart: Chart) -> dict[str, BboxBase]:
    """Title, subtitle, legend and panels with all their labels, and where they are."""
    head = (*chart.texts, *chart.legends)
    boxes: dict[str, BboxBase] = {str(artist): artist.get_window_extent() for artist in head}
    for axes in chart.axes:
        box = axes.get_tightbbox()
        assert box is not None
        boxes[str(axes)] = box
    return boxes


def outside(chart: Chart) -> list[str]:
    """What reaches beyond the figure."""
    width, height = chart.get_size_inches() * chart.dpi
    return [
        name
        for name, box in blocks(chart).items()
        if min(box.x0, box.y0) < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]


def colliding(chart: Chart) -> list[tuple[str, str]]:
    """The pairs of blocks, and of tick labels of one axis, that overlap."""
    axes = (axis for panel in chart.axes for axis in (panel.xaxis, panel.yaxis))
    labels = (pair for axis in axes for pair in overlapping(tick_labels(axis)))
    return [*overlapping(blocks(chart)), *labels]


def overlapping(boxes: Mapping[str, BboxBase]) -> Iterator[tuple[str, str]]:
    for one, other in combinations(boxes, 2):
        if boxes[one].overlaps(boxes[other]):
            yield one, other


class TestReadability:
    @pytest.mark.parametrize("window", WINDOWS)
    @pytest.mark.parametrize("name", CHARTS)
    def test_no_text_is_clipped_or_runs_into_another(
        self, sample_chart: DrawSample, name: str, window: str
    ) -> None:
        chart = sample_chart(name, window)
        assert outside(chart) == []
        assert colliding(chart) == []

    @pytest.mark.parametrize("name", ["pnl_per_trade", "by_strategy", "by_symbol"])
    def test_nasty_names_neither_raise_nor_spill_over(self, nasty: Desk, name: str) -> None:
        chart = draw(nasty, name)
        assert outside(chart) == []
        assert colliding(chart) == []

    @pytest.mark.parametrize("name", ["by_strategy", "by_symbol"])
    def test_names_stand_there_literally(self, nasty: Desk, name: str) -> None:
        shown = [
            label.get_text().replace("\n", "")
            for label in draw(nasty, name).axes[0].get_yticklabels()
        ]
        expected = [*NASTY_NAMES, *UNDRAWABLE_NAMES.values(), "(blank)"]
        assert [one for one in expected if one.replace(" ", "") not in spaceless(shown)] == []
        assert len(set(shown)) == 21

    @pytest.mark.parametrize("name", AMOUNT_CHARTS)
    @pytest.mark.parametrize("exponent", [-9, 7, 21])
    def test_amounts_of_any_size_fit(
        self, workspace: WriteWorkspace, name: str, exponent: int
    ) -> None:
        nets = [f"{Decimal(net).scaleb(exponent):f}" for net in ("1.5", "-7", "0.25", "3")]
        chart = draw(perfkit.open(workspace(logs=hourly(*nets))), name)
        assert outside(chart) == []
        assert colliding(chart) == []

    def test_what_is_too_long_for_three_lines_is_cut(self, nasty: Desk) -> None:
        where = f"strategy={'W' * 60}, symbol={'W ' * 60}, account={'x ' * 60}"
        chart = draw(nasty, "equity", where=where)
        assert [text.count("\n") for text in texts(chart) if text.endswith("…")] == [2]
        assert outside(chart) == []

    def test_a_nasty_filter_is_part_of_the_description(self, nasty: Desk) -> None:
        chart = draw(nasty, "equity", where=r"strategy=$\frac{1}{")
        assert r" where strategy = $\frac{1}{: " in chart.alt
        assert outside(chart) == []

    @pytest.mark.parametrize("window", WINDOWS)
    @pytest.mark.parametrize("name", CHARTS)
    def test_every_chart_has_its_name_a_title_and_a_description(
        self, sample_chart: DrawSample, name: str, window: str
    ) -> None:
        chart = sample_chart(name, window)
        assert chart.name == name
        assert len(title(chart)) > 10
        assert chart.alt.endswith(f": {title(chart)}.")

    def test_axes_name_their_units(self, sample: Desk) -> None:
        upper, lower = sample.chart.equity("weekly").axes
        assert upper.get_ylabel() == "net P&L, USD"
        assert lower.get_ylabel() == "drawdown, USD"
        assert lower.get_xlabel() == "closing time, UTC"


def spaceless(names: Sequence[str]) -> set[str]:
    return {name.replace(" ", "") for name in names}


class TestNothingToDraw:
    @pytest.mark.parametrize("name", CHARTS)
    def test_an_empty_window_gives_a_chart_that_says_so(self, sample: Desk, name: str) -> None:
        chart = draw(sample, name, "daily", "2024-02-29")
        assert chart.name == name
        assert title(chart) == "No trades in window"
        assert chart.alt.endswith(", Thu 29 Feb 2024: No trades in window.")
        assert chart.axes == []

    @pytest.mark.parametrize("name", sorted(set(CHARTS) - {"by_strategy", "by_symbol"}))
    def test_trades_without_a_pnl_give_no_curve_of_zeros(
        self, workspace: WriteWorkspace, name: str
    ) -> None:
        desk = perfkit.open(workspace(logs=hourly(None, None, outcome="loss")))
        expected = {
            "rolling_win_rate": "Too few trades: 2 closed so far, 20 needed",
        }.get(name, "No closed trade has a P&L")
        assert title(draw(desk, name)) == expected

    def test_parts_without_a_pnl_show_trades_and_win_rate_but_no_amount(
        self, workspace: WriteWorkspace
    ) -> None:
        desk = perfkit.open(workspace(logs=hourly(None, None, outcome="win")))
        shown = texts(desk.chart.by_symbol())
        assert {"–", "2", "100 %"} <= set(shown)
        assert "0.00" not in shown

    def test_trades_without_a_stop_have_no_r_histogram(self, workspace: WriteWorkspace) -> None:
        desk = perfkit.open(workspace(logs=hourly("5", "-3", stop_loss=None)))
        assert title(desk.chart.r_histogram()) == "No closed trade has a known risk"

    @pytest.mark.parametrize("nets", [("12.34",), ("0", "0.00", "-0")], ids=["one", "even"])
    def test_one_trade_or_only_breakevens_fit_the_picture(
        self, workspace: WriteWorkspace, nets: Sequence[str]
    ) -> None:
        desk = perfkit.open(workspace(logs=hourly(*nets)))
        for name in sorted(set(CHARTS) - {"by_symbol", "calendar"}):
            chart = draw(desk, name)
            assert outside(chart) == []
            assert colliding(chart) == []

    def test_without_matplotlib_the_error_names_the_extra(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in [name for name in sys.modules if name.startswith("perfkit.chart")]:
            monkeypatch.delitem(sys.modules, module)
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        with pytest.raises(MissingExtraError, match=r"PERFKIT\[reports\]"):
            __import__("perfkit.charts.desk")


NETS = ("10", "-4.5", "2.25", "0", "-6.75", None, "8.5", "-1.5")
"""Eight trades; the deepest fall is from 10 to 1.0, at 04:00."""


class TestExactFigures:
    @pytest.fixture
    def desk(self, workspace: WriteWorkspace) -> Desk:
        return perfkit.open(workspace(logs=hourly(*NETS)))

    def test_equity_draws_the_running_sum_and_its_falls(self, desk: Desk) -> None:
        sums = list(accumulate((Decimal(net or 0) for net in NETS), initial=Decimal(0)))
        upper, lower = desk.chart.equity().axes
        curve = next(line for line in upper.lines if len(line.get_xdata()) > len(NETS))  # type: ignore[arg-type]
        assert list(curve.get_ydata()) == [*map(float, sums), float(sums[-1])]  # type: ignore[arg-type]
        assert list(curve.get_xdata()) == [0, *range(8), 24]  # type: ignore[arg-type]
        falls = [float(one - max(sums[: n + 1])) for n, one in enumerate(sums)]
        drawn = next(line for line in lower.lines if len(line.get_xdata()) > len(NETS))  # type: ignore[arg-type]
        assert list(drawn.get_ydata()) == [*falls, falls[-1]]  # type: ignore[arg-type]

    def test_equity_marks_peak_and_trough_where_they_were(self, desk: Desk) -> None:
        chart = desk.chart.equity()
        marked = {
            text.get_text(): text.xy
            for axes in chart.axes
            for text in axes.texts
            if isinstance(text, Annotation)
        }
        assert marked == {
            "peak 00:00": (0.0, 10.0),
            "trough 04:00": (4.0, 1.0),
            "−9.00": (4.0, -9.0),
            "+8.00": (24.0, 8.0),
        }
        assert title(chart) == "Up 8.00 USD on the day; worst fall 9.00 USD, lowest at 04:00"

    def test_bars_per_trade_are_the_trades_and_losses_are_hatched(self, desk: Desk) -> None:
        chart = desk.chart.pnl_per_trade()
        drawn = bars(chart.axes[0])
        assert [(round(place, 9), height) for place, height, _ in drawn] == [
            (n, float(Decimal(net)))
            for n, net in enumerate(NETS)
            if net is not None and Decimal(net)
        ]
        assert {(height > 0, bool(hatch)) for _, height, hatch in drawn} == {
            (True, False),
            (False, True),
        }
        assert {"win", "loss", "breakeven", "P&L not logged"} <= set(texts(chart))
        assert {"+10.00 BTCUSDT", "−6.75 BTCUSDT"} <= set(texts(chart))

    def test_charts_of_one_desk_follow_its_window_filter_and_logs(
        self, workspace: WriteWorkspace
    ) -> None:
        files = logs([(NOON + n * DAY, f"{n + 1}", {"symbol": f"S{n}"}) for n in range(3)])
        desk = perfkit.open(workspace(logs=files))
        assert title(desk.chart.equity("all")).startswith("Up 6.00 USD")
        assert title(desk.chart.equity("daily")).startswith("Up 3.00 USD")
        assert title(desk.chart.equity("all", where="symbol=S1")).startswith("Up 2.00 USD")
        workspace(logs=logs([(NOON + 3 * DAY, "4", {})]))
        assert title(desk.chart.equity("all", where="symbol=S1")).startswith("Up 2.00 USD")
        assert title(desk.chart.equity("all")).startswith("Up 9.00 USD")  # a correction

    @pytest.mark.parametrize(("name", "panels"), [("equity", 2), ("rolling_win_rate", 1)])
    def test_curve_is_hidden_where_no_log_says_anything(
        self, sample: Desk, name: str, panels: int
    ) -> None:
        chart = getattr(sample.chart, name)("monthly", "2025-09-30")
        hidden = [
            patch.get_extents().transformed(axes.transData.inverted())
            for axes in chart.axes
            for patch in axes.patches
            if patch.get_hatch() == "////"
        ]
        days = [(round(box.x0, 6), round(box.x1, 6)) for box in hidden]
        assert days == [(0, 96)] * panels  # 1 to 4 September, in hours
        curves = [line for axes in chart.axes for line in axes.lines]
        assert max(line.get_zorder() for line in curves) < 2.6
        assert "no log" in texts(chart)
        assert "no log for 4 days" in " ".join(texts(chart))
        whole = getattr(sample.chart, name)("monthly", "2025-10-09")
        assert "no log" not in " ".join(texts(whole))

    def test_bars_per_day_are_the_daily_sums_and_a_missing_day_is_no_zero(
        self, workspace: WriteWorkspace
    ) -> None:
        nets = {0: "5.5", 1: "-2.25", 3: "1"}
        files = logs([(NOON + n * DAY, net, {}) for n, net in nets.items()])
        chart = perfkit.open(workspace(logs=files)).chart.pnl_per_day("last-7d")
        assert [height for _, height, _ in bars(chart.axes[0])] == [5.5, -2.25, 1.0]
        assert texts(chart).count("no log") == 4
        assert [list(line.get_xdata()) for line in markers(chart.axes[0], "D")] == [[]]  # type: ignore[arg-type]
        assert title(chart) == (
            "2 of 3 days made money; best Thu 9 Oct +5.50, worst Fri 10 Oct −2.25 USD"
        )

    def test_equal_days_and_parts_have_no_best(self, workspace: WriteWorkspace) -> None:
        files = logs([(NOON + n * DAY, "2", {"symbol": f"S{n}"}) for n in range(2)])
        desk = perfkit.open(workspace(logs=files))
        assert [title(draw(desk, name, "weekly")) for name in ("pnl_per_day", "by_symbol")] == [
            "2 of 2 days made money; each +2.00 USD",
            "2 symbols with the same net P&L: +2.00 USD each",
        ]
        assert title(desk.chart.hour_heatmap("weekly")) == ("2 hours with trades, each +2.00 USD")

    def test_a_day_without_a_pnl_counts_but_is_marked(self, workspace: WriteWorkspace) -> None:
        files = logs([(NOON, "2", {}), (NOON + DAY, None, {"outcome": "loss"})])
        chart = perfkit.open(workspace(logs=files)).chart.pnl_per_day("weekly")
        assert title(chart) == (
            "1 of 2 days made money; best Thu 9 Oct +2.00, worst Fri 10 Oct 0.00 USD"
        )
        assert [list(line.get_xdata()) for line in markers(chart.axes[0], "x")] == [[4]]  # type: ignore[arg-type]

    @pytest.mark.parametrize("dimension", ["strategy", "symbol"])
    def test_bar_widths_and_texts_are_the_breakdown(self, sample: Desk, dimension: str) -> None:
        summary = sample.summary("monthly")
        parts = [part for part in summary.breakdowns[dimension] if part.metrics["closed_trades"]]
        net = {part.name: Decimal(str(part.metrics["net_pnl"])) for part in parts}
        axes = draw(sample, f"by_{dimension}", "monthly").axes[0]
        ranked = sorted(net, key=lambda name: -net[name])
        assert [label.get_text() for label in axes.get_yticklabels()] == ranked
        assert [bar.get_width() for bar in axes.patches] == [float(net[name]) for name in ranked]  # type: ignore[attr-defined]
        assert [bool(bar.get_hatch()) for bar in axes.patches] == [net[n] < 0 for n in ranked]
        written = {text.get_text() for text in axes.texts}
        assert {gain(amount) for amount in net.values()} <= written
        assert {f"{part.metrics['closed_trades']}" for part in parts} <= written

    def test_calendar_prints_every_day_and_the_sum_of_every_week(self, sample: Desk) -> None:
        summary = sample.summary("monthly")
        written = texts(sample.chart.calendar("monthly"))
        days = [date(2025, 10, n) for n in range(1, 10)]
        amounts = [Decimal(str(sample.summary("daily", day).metrics["net_pnl"])) for day in days]
        assert sum(amounts) == summary.metrics["net_pnl"]
        assert {gain(amount) for amount in amounts} <= set(written)
        assert {gain(sum(amounts[:5], Decimal(0))), gain(sum(amounts[5:], Decimal(0)))} <= set(
            written
        )
        assert [text for text in written if text.isdigit()] == [str(n) for n in range(2, 32)]

    def test_calendar_starts_weeks_on_monday(self, sample: Desk) -> None:
        axes = sample.chart.calendar("monthly").axes[0]
        assert [text.get_text() for text in axes.get_xticklabels()][:7] == [
            "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
        ]  # fmt: skip
        first = next(text for text in axes.texts if text.get_text() == "1 Oct")
        assert round(first.get_position()[0]) == date(2025, 10, 1).weekday()

    def test_weeks_of_a_calendar_start_as_those_of_the_workspace(
        self, workspace: WriteWorkspace
    ) -> None:
        files = logs(
            [(datetime(2026, 4, 1 + n, 12, tzinfo=UTC), f"{n + 1}", {}) for n in range(14)]
        )
        desk = perfkit.open(workspace(BOT + "week_starts: sunday\n", logs=files))
        axes = desk.chart.calendar("monthly", date(2026, 4, 1)).axes[0]
        assert [text.get_text() for text in axes.get_xticklabels()][:2] == ["Sun", "Mon"]
        first = next(text for text in axes.texts if text.get_text() == "1 Apr")
        assert round(first.get_position()[0]) == 3  # a Wednesday
        written = {text.get_text() for text in axes.texts}
        assert {"+10.00", "+56.00", "+39.00"} <= written  # 1-4, 5-11, 12-14 April

    def test_hours_add_up_to_the_weekday_and_hour_breakdowns(self, sample: Desk) -> None:
        chart = sample.chart.hour_heatmap("weekly")
        summary = sample.summary("weekly")
        cells = {
            (round(text.get_position()[1]), round(text.get_position()[0])): text.get_text()
            for text in chart.axes[0].texts
        }
        for column, part in enumerate(summary.breakdowns["weekday"]):
            assert cells[24, column] == short(Decimal(str(part.metrics["net_pnl"])))
        hours = {int(part.name) for part in summary.breakdowns["hour"]}
        assert {row for row, _ in cells} - {24} == hours

    @pytest.mark.parametrize("name", ["calendar", "hour_heatmap"])
    def test_shades_are_in_proportion_to_the_amounts(
        self, workspace: WriteWorkspace, name: str
    ) -> None:
        files = logs([(NOON, "8", {}), (NOON + DAY, "-4", {}), (NOON + 2 * DAY, "0", {})])
        tiles = draw(perfkit.open(workspace(logs=files)), name, "weekly").axes[0].patches
        shades = [to_rgba(tile.get_facecolor()) for tile in tiles if isinstance(tile, Rectangle)]
        deepest = max(shade[3] for shade in shades)
        shown = {shade for shade in shades if shade[3]}
        assert shown == {to_rgba(BLUE, deepest), to_rgba(VERMILLION, deepest / 2)}

    def test_histogram_counts_every_trade_once_by_outcome(self, desk: Desk) -> None:
        chart = desk.chart.distribution()
        counted: dict[str, float] = {}
        for bar in chart.axes[0].patches:
            hatch = str(bar.get_hatch() or "")
            counted[hatch] = counted.get(hatch, 0) + bar.get_height()  # type: ignore[attr-defined]
        assert sorted(counted.values()) == [1, 3, 3]  # one broke even; one has no P&L
        lefts = sorted(bar.get_x() for bar in chart.axes[0].patches)  # type: ignore[attr-defined]
        assert lefts == [-7, -5, -2, 0, 2, 8, 10]  # bins are 1 wide, and 0 is an edge
        assert {"mean +1.14", "median 0.00"} <= set(texts(chart))

    def test_r_histogram_marks_the_planned_loss_and_the_mean(
        self, workspace: WriteWorkspace
    ) -> None:
        desk = perfkit.open(workspace(logs=hourly("15", "-12", "6")))
        chart = desk.chart.r_histogram()
        assert {"planned loss, −1 R", "mean +0.30 R"} <= set(texts(chart))
        assert title(chart) == "+0.30 R per trade on average; 1 trade lost more than planned"

    def test_the_description_carries_the_figures_of_the_summary(self, sample: Desk) -> None:
        metrics = sample.summary("weekly").metrics
        net, fall = (Decimal(str(metrics[name])) for name in ("net_pnl", "max_drawdown"))
        alt = sample.chart.equity("weekly").alt
        assert f"Up {fixed(net, 2)} USD in the week; worst fall {fixed(-fall, 2)} USD" in alt
        best, worst = (Decimal(str(metrics[name])) for name in ("largest_win", "largest_loss"))
        alt = sample.chart.pnl_per_trade("weekly").alt
        assert f"{metrics['wins']} won, {metrics['losses']} lost" in alt
        assert f"best {signed(best)}, worst −{fixed(-worst, 2)} USD" in alt


class TestRollingWinRate:
    def rates(self, chart: Chart) -> list[float]:
        curve = max(chart.axes[0].lines, key=lambda line: len(line.get_xdata()))  # type: ignore[arg-type]
        return list(curve.get_ydata())  # type: ignore[arg-type]

    def test_starts_full_with_the_trades_before_the_window(self, workspace: WriteWorkspace) -> None:
        """20 wins the day before; then a loss, a win and a loss."""
        before: list[Closed] = [(NOON - DAY + n * HOUR / 4, "1", {}) for n in range(20)]
        after: list[Closed] = [
            (NOON + n * HOUR, net, {}) for n, net in enumerate(("-1", "1", "-1"))
        ]
        desk = perfkit.open(workspace(config=WITH_TARGET, logs=logs([*before, *after])))
        chart = desk.chart.rolling_win_rate()
        assert self.rates(chart) == [1.0, 0.95, 0.95, 0.9, 0.9]
        assert title(chart) == "18 of the last 20 trades won, 90.0 %: clearly above the 55 % target"
        assert "target 55 %" in texts(chart)

    def test_begins_at_the_twentieth_trade_where_there_is_no_history(
        self, workspace: WriteWorkspace
    ) -> None:
        trades: list[Closed] = [
            (NOON - 12 * HOUR + n * HOUR / 2, "1" if n % 2 else "-1", {}) for n in range(22)
        ]
        desk = perfkit.open(workspace(config=WITH_TARGET, logs=logs(trades)))
        chart = desk.chart.rolling_win_rate()
        assert self.rates(chart) == [0.5, 0.5, 0.5, 0.5]
        assert title(chart) == (
            "10 of the last 20 trades won, 50.0 %; the 55 % target is within the 95 % interval"
        )

    def test_the_filter_holds_for_the_trades_before_the_window(
        self, workspace: WriteWorkspace
    ) -> None:
        other = [(NOON - DAY + n * HOUR / 4, "1", {"symbol": "OTHER"}) for n in range(20)]
        desk = perfkit.open(workspace(logs=logs([*other, (NOON, "1", {})])))
        chart = draw(desk, "rolling_win_rate", where="symbol=BTCUSDT")
        assert title(chart) == "Too few trades: 1 closed so far, 20 needed"


class TestTime:
    def test_times_are_those_of_the_workspace(self, workspace: WriteWorkspace) -> None:
        desk = perfkit.open(workspace(config=IN_NEW_YORK, logs=logs([(NOON, "-5", {})])))
        chart = desk.chart.equity()
        assert title(chart) == "Down 5.00 USD on the day; worst fall 5.00 USD, lowest at 08:00"
        assert chart.axes[1].get_xlabel() == "closing time, America/New_York"

    def test_a_day_of_25_hours_is_25_hours_wide(self, workspace: WriteWorkspace) -> None:
        late = datetime(2025, 11, 3, 4, tzinfo=UTC)  # 23:00 on 2 November, after falling back
        desk = perfkit.open(workspace(config=IN_NEW_YORK, logs=logs([(late, "5", {})])))
        axes = desk.chart.equity("daily", "2025-11-02").axes[1]
        assert axes.get_xlim() == (0.0, 25.0)
        ticks = {
            text.get_text(): x
            for text, x in zip(axes.get_xticklabels(), axes.get_xticks(), strict=True)
        }
        assert ticks["03:00"] == 4.0

    def test_long_windows_are_marked_by_months(self, workspace: WriteWorkspace) -> None:
        files = logs([(NOON + n * 10 * DAY, str((-1) ** n), {}) for n in range(30)])
        chart = perfkit.open(workspace(logs=files)).chart.equity("all")
        labels = list(tick_labels(chart.axes[1].xaxis))
        assert (labels[0], labels[2], labels[-1]) == ("Nov\n2025", "Jan\n2026", "Jul\n2026")
        assert colliding(chart) == []

    def test_a_day_that_starts_in_the_evening_says_so(self, workspace: WriteWorkspace) -> None:
        config = IN_NEW_YORK + 'day_start: "17:00"\n'
        desk = perfkit.open(workspace(config=config, logs=logs([(NOON - 13 * HOUR, "5", {})])))
        chart = desk.chart.hour_heatmap()
        assert title(chart) == "All in one hour: Thu 19h +5.00 USD (1 trade)"
        assert "a day starts 17:00 of the day before" in " ".join(texts(chart))
        assert next(iter(tick_labels(chart.axes[0].yaxis))) == "17"

    def test_a_running_week_ends_with_its_log(self, sample: Desk) -> None:
        chart = sample.chart.equity("weekly")
        assert chart.axes[1].get_xlim() == (0.0, 96.0)
        assert "log ends Thu 9 Oct" in " ".join(texts(chart))


class TestManyTrades:
    def test_hundreds_of_trades_are_lines_in_both_directions(self, sample: Desk) -> None:
        trades = sample.summary("all").metrics
        axes = sample.chart.pnl_per_trade("all").axes[0]
        drawn = [
            (to_hex(lines.get_color()[0]), float(segment[1][1]) > 0)  # type: ignore[attr-defined]
            for lines in axes.collections
            for segment in lines.get_segments()  # type: ignore[attr-defined]
        ]
        assert len(drawn) == int(str(trades["wins"])) + int(str(trades["losses"]))
        assert len(set(drawn)) == 2

    def test_of_many_parts_the_best_and_the_worst_are_drawn(
        self, workspace: WriteWorkspace
    ) -> None:
        trades = [(NOON + n * HOUR / 10, f"{n - 15}", {"symbol": f"S{n:02d}"}) for n in range(30)]
        chart = perfkit.open(workspace(logs=logs(trades))).chart.by_symbol()
        names = [label.get_text() for label in chart.axes[0].get_yticklabels()]
        assert names == [f"S{n:02d}" for n in (*range(29, 17, -1), *range(11, -1, -1))]
        assert "the 6 in between are not shown" in " ".join(texts(chart)).replace("\n", " ")
        assert outside(chart) == []

    def test_a_long_calendar_shows_the_newest_weeks(self, workspace: WriteWorkspace) -> None:
        files = logs([(NOON - n * 7 * DAY, "1", {}) for n in range(30)])
        chart = perfkit.open(workspace(logs=files)).chart.calendar("all")
        assert texts(chart).count("1 trade") == 14
        assert outside(chart) == []
        assert "the newest 14 weeks" in " ".join(texts(chart))


class TestNotebooks:
    @pytest.mark.parametrize("kind", ["daily", "weekly", "monthly"])
    def test_a_notebook_is_thin(self, kind: str) -> None:
        notebook = nbformat.read(NOTEBOOKS / f"{kind}.ipynb", as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert code[0].metadata.tags == ["parameters"]
        assert [line.split(":")[0] for line in code[0].source.splitlines()] == [
            "date",
            "root",
            "where",
        ]
        assert code[1].source == "import perfkit\n\ndesk = perfkit.open(root)"
        calls = [cell.source for cell in code[2:]]
        title = f', title="{kind.capitalize()} report")'
        assert calls[0].endswith(title)
        calls[0] = calls[0].removesuffix(title) + ")"
        assert all(call.endswith(f'"{kind}", date, where=where)') for call in calls)
        assert calls[0].startswith("desk.glance(")
        charts = [call.removeprefix("desk.chart.") for call in calls if ".chart." in call]
        names = [call.partition("(")[0] for call in charts]
        assert len(set(names)) == len(names)
        assert set(names) <= set(CHARTS)
        assert not any(cell.outputs or cell.execution_count for cell in code)
