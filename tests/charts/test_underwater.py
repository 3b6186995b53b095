"""The underwater chart marks and lists what the table of drawdowns has."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Annotation

import perfkit
from perfkit.charts.style import Chart
from perfkit.summary.tables.drawdowns import deepest_drawdowns
from tests.charts.test_charts import colliding, hourly, markers, outside, texts, title
from tests.conftest import WriteWorkspace


def marks(chart: Chart) -> dict[str, tuple[float, float]]:
    """Each number on the curve, and where it is: hours since midnight, and the depth."""
    notes = (text for text in chart.axes[0].texts if isinstance(text, Annotation))
    return {text.get_text(): text.xy for text in notes}


def shades(chart: Chart) -> list[tuple[float, float]]:
    """The spans of the marked drawdowns, in hours since midnight."""
    boxes = (patch.get_bbox() for patch in chart.axes[0].patches)  # type: ignore[attr-defined]
    return sorted((box.x0, box.x1) for box in boxes)


class TestUnderwater:
    @pytest.fixture
    def chart(self, workspace: WriteWorkspace) -> Chart:
        """Closes at 00:00 to 07:00: 5, 3, 6, 2, 6, 7, 4, 4."""
        nets = ("5", "-2", "3", "-4", "4", "1", "-3", None)
        return perfkit.open(workspace(logs=hourly(*nets))).chart.underwater()

    def test_each_drawdown_has_its_number_at_its_lowest_point(self, chart: Chart) -> None:
        assert marks(chart) == {"1": (3, -4), "2": (6, -3), "3": (1, -2)}
        assert sorted(line.get_xydata().tolist() for line in markers(chart.axes[0], "v")) == [  # type: ignore[union-attr]
            [[1, -2]],
            [[3, -4]],
            [[6, -3]],
        ]

    def test_a_shade_runs_from_the_peak_to_the_recovery_or_the_end(self, chart: Chart) -> None:
        assert shades(chart) == [(0, 2), (2, 4), (5, 24)]

    def test_they_are_listed_under_the_curve(self, chart: Chart) -> None:
        written = [text.get_text() for text in chart.axes[1].texts]
        rows = [written[n : n + 7] for n in range(0, len(written), 7)]
        assert rows == [
            ["", "depth", "from", "lowest", "recovered", "lasted", "trades"],
            ["1", "−4.00", "02:00", "03:00", "04:00", "2 h 00 min", "2"],
            ["2", "−3.00", "05:00", "06:00", "–", "2 h 00 min so far", "2"],
            ["3", "−2.00", "00:00", "01:00", "02:00", "2 h 00 min", "2"],
        ]

    def test_the_title_has_the_two_deepest(self, chart: Chart) -> None:
        assert title(chart) == (
            "Deepest drawdown 4.00 USD, lowest at 03:00, recovered; the next 3.00"
        )

    def test_a_first_loss_is_a_drawdown_from_the_start(self, workspace: WriteWorkspace) -> None:
        chart = perfkit.open(workspace(logs=hourly(*("-1", "0.5")))).chart.underwater()
        assert title(chart) == (
            "Deepest drawdown 1.00 USD, lowest at 00:00, not recovered; the only one"
        )
        assert "the start" in texts(chart)
        assert shades(chart) == [(0, 24)]

    def test_without_a_fall_there_is_nothing_to_list(self, workspace: WriteWorkspace) -> None:
        chart = perfkit.open(workspace(logs=hourly("1", "0", "2"))).chart.underwater()
        assert title(chart) == "Never below its peak"
        assert (len(chart.axes), marks(chart)) == (1, {})

    def test_of_six_drawdowns_the_five_deepest_are_marked(self, workspace: WriteWorkspace) -> None:
        nets = [net for depth in (3, 1, 6, 2, 5, 4) for net in (f"-{depth}", f"{depth}")]
        chart = perfkit.open(workspace(logs=hourly(*nets))).chart.underwater()
        assert [depth for _, (_, depth) in sorted(marks(chart).items())] == [-6, -5, -4, -3, -2]

    def test_numbers_close_to_each_other_are_not_written_over_each_other(
        self, workspace: WriteWorkspace
    ) -> None:
        nets = [net for _ in range(60) for net in ("-1", "1")]
        chart = perfkit.open(workspace(logs=hourly(*nets))).chart.underwater("all")
        notes = [text for text in chart.axes[0].texts if isinstance(text, Annotation)]
        boxes = [text.get_window_extent() for text in notes]
        assert len(boxes) == 5
        assert not any(one.overlaps(other) for one in boxes for other in boxes if one is not other)
        assert (outside(chart), colliding(chart)) == ([], [])

    @pytest.mark.slow
    @settings(deadline=None, max_examples=10)
    @given(st.lists(st.integers(-9, 9), min_size=1, max_size=24))
    def test_the_marks_are_those_of_the_table(
        self, fresh_workspace: WriteWorkspace, nets: list[int]
    ) -> None:
        desk = perfkit.open(fresh_workspace(logs=hourly(*map(str, nets))))
        chart = desk.chart.underwater()
        sums = [sum(nets[: n + 1]) for n in range(len(nets))]
        for hour, depth in marks(chart).values():
            at = int(hour)
            assert depth == sums[at] - max(0, *sums[: at + 1])
        assert len(marks(chart)) == len(deepest_drawdowns(desk.selection()))
