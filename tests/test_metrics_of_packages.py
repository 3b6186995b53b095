"""Metrics of packages that are installed: shown wherever metrics are, exact or one sentence.

The worked example of `docs/python-api.md` is the package that most tests install.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.cli.main import main
from perfkit.config import extensions
from perfkit.core.errors import ConfigError, ExtensionError, PerfkitError, UsageError
from perfkit.core.trades import Trades, no_trades
from perfkit.desk.desk import open as open_desk
from perfkit.metrics.facts import Undefined
from perfkit.metrics.metric import Quotient
from perfkit.metrics.of_trades import Made, WrongFigureError, trade_metric
from perfkit.metrics.registry import BROUGHT, METRICS
from perfkit.summary.breakdowns import BY_NAME
from tests.conftest import BOT, WriteWorkspace
from tests.packages import install
from tests.summary.test_shape import validator
from tests.test_extensions import packages, run

__all__ = ["packages"]

PAGE = (Path(__file__).parents[1] / "docs/python-api.md").read_text(encoding="utf-8")
PROJECT, CODE, CONFIG, EXPLAINED = re.findall(
    r"^```\w+\n(.*?)^```$", PAGE.partition("## A metric of your own\n")[2], re.MULTILINE | re.DOTALL
)
NAMED = BOT + "metrics: [scalp_rate]\n"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """No metric stays loaded from one test to the next."""
    extensions._metric.cache_clear()
    yield
    extensions._metric.cache_clear()
    BROUGHT.clear()


def scalps(folder: Path, code: str = CODE, version: str = "1.0") -> Path:
    """The package of the worked example."""
    project = tomllib.loads(PROJECT)["project"]
    points = project["entry-points"]["perfkit.metrics"]
    return install(folder, project["name"], {"scalps.py": code}, version, metrics=points)


def giving(value: str) -> str:
    """The example with a function that gives something else."""
    head: str = CODE.partition("    held = [")[0]
    return head + f"    return {value}\n"


def log(*trades: tuple[int, str, str]) -> dict[str, str]:
    """A log of trades that closed on the hour: minutes held, P&L, symbol."""
    lines = [
        f'{{"timestamp": "2026-04-08T{8 + n:02}:00:00Z", "order_id": "{n}", "symbol": "{symbol}",'
        f' "exit_timestamp": "2026-04-08T{8 + n:02}:{held:02}:00Z", "net_profit_loss": "{pnl}"}}\n'
        for n, (held, pnl, symbol) in enumerate(trades)
    ]
    return {"logs/trades/2026-04-08.jsonl": "".join(lines)}


LOG = log((10, "5", "ES"), (40, "-2", "ES"), (29, "1", "NQ"), (30, "1", "NQ"))


class TestShown:
    def test_is_in_summary_targets_json_breakdowns_frame_and_explanation(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        scalps(packages)
        desk = open_desk(workspace(BOT + CONFIG.replace("0.1", "0.5"), LOG))
        summary = desk.summary()
        assert summary.metrics["scalp_rate"] == Decimal("0.5")
        assert list(summary.metrics) == [*METRICS, "scalp_rate"]
        assert [one.verdict for one in summary.targets] == ["met"]
        assert re.search(r"Scalp rate +50.0 % +target ≤ 50.0 %: met", str(summary))
        assert "| Scalp rate | 50.0 % |" in summary._repr_mimebundle_()["text/markdown"]
        encoded = json.loads(summary.to_json())
        validator().validate(encoded)
        assert encoded["metrics"]["scalp_rate"] == "0.5"
        encoded["metrics"]["scalp_rate"] = 0.5
        assert not validator().is_valid(encoded)
        explained = desk.explain("scalp_rate")
        assert explained.inputs == {"held for less than 1800 s": 2, "with a holding time": 4}
        assert len(explained.lines) == 4
        frame = desk.breakdown("symbol").frame()
        assert dict(frame["scalp_rate"]) == {"ES": Decimal("0.5"), "NQ": Decimal("0.5")}
        with pytest.raises(UsageError, match="did you mean scalp_rate"):
            desk.explain("scalp_rat")

    def test_example_says_what_the_page_shows(
        self,
        workspace: WriteWorkspace,
        packages: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        scalps(packages)
        samples = {
            f"logs/trades/{path.name}": path.read_text(encoding="utf-8")
            for path in (Path(__file__).parents[1] / "logs/trades").glob("*.jsonl")
        }
        root = workspace(NAMED, samples)
        monkeypatch.chdir(root)
        capsys.readouterr()
        assert main(["explain", "scalp_rate", "--window", "all"]) == 0
        assert capsys.readouterr().out.startswith(EXPLAINED)
        assert main(["docs", "metrics"]) == 0
        assert "\n## scalp_rate\n\nShare of the trades" in (said := capsys.readouterr().out)
        assert said.endswith("- **Source**: our own\n- **From**: scalps 1.0\n")

    def test_comparison_has_it(self, workspace: WriteWorkspace, packages: Path) -> None:
        pytest.importorskip("numpy")
        scalps(packages)
        root = workspace(NAMED, log((10, "5", "ES"), (10, "1", "NQ"), (40, "1", "NQ")))
        compared = open_desk(root).compare({"symbol": "ES"}, {"symbol": "NQ"})
        (one,) = [one for one in compared.figures if one.metric == "scalp_rate"]
        assert (one.base, one.other) == (1, Decimal("0.5"))

    def test_a_workspace_that_does_not_name_it_is_without_it(
        self, fresh_workspace: WriteWorkspace, packages: Path
    ) -> None:
        scalps(packages)
        plain = open_desk(fresh_workspace(BOT, LOG)).summary()
        named = open_desk(fresh_workspace(NAMED, LOG)).summary()
        assert open_desk(fresh_workspace(BOT, LOG)).summary() == plain
        assert plain.data.digest != named.data.digest
        assert named.undefined == plain.undefined
        assert dict(named.metrics, scalp_rate=None) == dict(plain.metrics, scalp_rate=None)

    def test_without_trades_it_is_undefined_with_its_reason(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        scalps(packages)
        desk = open_desk(workspace(NAMED, LOG))
        summary = desk.summary("daily", date="2026-04-07")
        assert summary.metrics["scalp_rate"] is None
        assert summary.undefined["scalp_rate"] == "no trade has a holding time"

    @pytest.mark.slow
    @settings(max_examples=20)
    @given(
        trades=st.lists(
            st.tuples(
                st.integers(0, 59), st.sampled_from(["5", "-2.5", "0"]), st.sampled_from("ab")
            ),
            min_size=1,
            max_size=12,
        )
    )
    def test_every_part_has_the_figure_of_its_own_trades(
        self, fresh_workspace: WriteWorkspace, trades: list[tuple[int, str, str]]
    ) -> None:
        root = fresh_workspace(BOT + "metrics: [scalp_rate]\n", log(*trades))
        folder = root / "packages"
        folder.mkdir()
        scalps(folder, giving("sum((trades[n].net_pnl for n in range(len(trades))), Decimal(0))"))
        code = (folder / "scalps.py").read_text(encoding="utf-8")
        code = "from decimal import Decimal\n" + code
        code = code.replace('"fraction"', '"money"').replace("    bounds=(0, 1),\n", "")
        (folder / "scalps.py").write_text(code, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(str(folder))
            patch.delitem(__import__("sys").modules, "scalps", raising=False)
            extensions._metric.cache_clear()
            desk = open_desk(root)
            for dimension in BY_NAME:
                for part in desk.breakdown(dimension).parts:
                    assert part.metrics["scalp_rate"] == part.metrics["net_pnl"], dimension
            for where in ({"symbol": "a"}, {"symbol": "b"}):
                metrics = desk.summary(where=where).metrics
                assert metrics["scalp_rate"] == metrics["net_pnl"]


class TestChanges:
    """Another state of the package gives other figures, never a mixture."""

    def test_a_process_that_goes_on_says_that_the_package_was_replaced(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        scalps(packages)
        desk = open_desk(workspace(NAMED, LOG))
        desk.summary()
        scalps(packages, giving("Undefined('none')"), "2.0")
        with pytest.raises(ExtensionError, match=r"scalp_rate of scalps 1\.0 was replaced mean"):
            desk.summary()

    def test_function_cannot_change_the_trades(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        scalps(packages, giving("trades.net_pnl.units.clear() or trades.marks.clear() or 1"))
        desk = open_desk(workspace(NAMED, LOG))
        assert desk.summary().metrics["scalp_rate"] == 1
        assert desk.summary().metrics["net_pnl"] == 5
        assert [str(one.net_pnl) for one in map(desk.book.closed.__getitem__, range(4))] == [
            *("5", "-2", "1", "1")
        ]

    def test_a_rule_cannot_watch_it(self, workspace: WriteWorkspace, packages: Path) -> None:
        scalps(packages)
        root = workspace(NAMED, LOG)
        (root / "config/alerts.yaml").write_text(
            "rules: [{id: one, metric: scalp_rate, over: {window: all}, above: 1}]\n"
        )
        with pytest.raises(ConfigError, match=r"scalp_rate is computed from all trades of a wind"):
            open_desk(root).backtest()


class TestErrors:
    """What an extension does wrong is one sentence with its name, and never a figure."""

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ("0.5", r"gave 0\.5, a float; return an int, a Decimal or a Quotient"),
            ("Quotient(0.5, 1, Undefined('no'))", r"gave 0\.5, a float"),
            ("Quotient(1, 0, 0)", r"gave a Quotient by 0 whose `empty` is not Undefined"),
            ("True", "gave a value of type bool"),
            ("None", "gave a value of type NoneType"),
            ("'1'", "gave a value of type str"),
            ("__import__('decimal').Decimal('NaN')", "gave NaN; return Undefined"),
            ("__import__('decimal').Decimal(1) / 3", "rounds a number; return Quotient"),
            ("Quotient(4, 3, Undefined('no'))", r"gave 4 / 3, outside its bounds 0 to 1"),
            ("Quotient(4, -3, Undefined('no'))", r"gave 4 / -3, outside its bounds 0 to 1"),
            ("2", r"gave 2, outside its bounds 0 to 1"),
            ("Undefined('')", "gave Undefined without a reason"),
            ("1 // 0", r"failed over 4 trades: ZeroDivisionError: .*; correct it, or leave it out"),
            ("exit(0)", "failed over 4 trades: SystemExit: 0"),
        ],
    )
    def test_what_is_no_exact_figure_is_named(
        self, workspace: WriteWorkspace, packages: Path, value: str, said: str
    ) -> None:
        scalps(packages, giving(value))
        desk = open_desk(workspace(NAMED, LOG))
        with pytest.raises(ExtensionError, match=rf"the metric scalp_rate of scalps 1\.0 {said}"):
            desk.summary()

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("raise OSError('no licence')", "cannot be loaded: OSError: no licence"),
            ("scalp_rate = len", "is not one; decorate its function with `trade_metric`"),
            (CODE.replace('"fraction"', '"percent"'), "has the unknown unit 'percent'"),
            (CODE.replace('"our own"', '" "'), "has no source"),
            (CODE + "scalp_rate = scalp_rate._replace(row=scalp_rate.row._replace(name='x'))",
             "has a function named x"),
            (CODE.replace("    bounds", "    label='Win rate',\n    bounds"),
             "has the label of a built-in metric, 'Win rate'"),
        ],
    )  # fmt: skip
    def test_what_is_no_metric_is_named_with_the_line_of_the_configuration(
        self, workspace: WriteWorkspace, packages: Path, code: str, said: str
    ) -> None:
        scalps(packages, code)
        said = rf"^config/perfkit\.yaml:\d+: metrics: the metric scalp_rate of scalps 1\.0 {said}"
        with pytest.raises(ConfigError, match=said):
            open_desk(workspace(NAMED, LOG))

    @pytest.mark.parametrize(
        ("named", "said"),
        [
            ("[nobodys]", r"there is no metric 'nobodys'; install the package that brings it\. In"),
            ("[scalp_rate, scalp_rate]", "names scalp_rate more than once"),
            ("scalp_rate", "is not a list"),
            ("[3]", "is not text"),
        ],
    )
    def test_what_cannot_be_named_is_an_error(
        self, workspace: WriteWorkspace, packages: Path, named: str, said: str
    ) -> None:
        scalps(packages)
        with pytest.raises(ConfigError, match=said):
            open_desk(workspace(BOT + f"metrics: {named}\n", LOG))

    def test_a_built_in_name_is_taken(self, workspace: WriteWorkspace, packages: Path) -> None:
        code = CODE.replace("scalp_rate", "win_rate")
        install(packages, "w", {"w.py": code}, metrics={"win_rate": "w:win_rate"})
        with pytest.raises(ConfigError, match="has the name of a built-in metric"):
            open_desk(workspace(BOT + "metrics: [win_rate]\n", LOG))

    def test_target_without_the_metric_named_is_unknown(
        self, workspace: WriteWorkspace, packages: Path
    ) -> None:
        scalps(packages)
        with pytest.raises(ConfigError, match=r"targets\.scalp_rate: is not a metric"):
            open_desk(workspace(BOT + CONFIG.replace("metrics: [scalp_rate]\n", ""), LOG))

    def test_counts_are_whole_numbers(self, workspace: WriteWorkspace, packages: Path) -> None:
        code = giving("__import__('decimal').Decimal(1)").replace('"fraction"', '"trades"')
        scalps(packages, code)
        desk = open_desk(workspace(NAMED, LOG))
        with pytest.raises(PerfkitError, match="gave 1, a Decimal of trades; return an int"):
            desk.summary()


numbers = st.integers(-50, 50) | st.decimals(-50, 50, places=3)


@given(numerator=numbers, denominator=numbers)
def test_bounds_of_a_quotient_are_compared_exactly(
    numerator: int | Decimal, denominator: int | Decimal
) -> None:
    def between(_: Trades) -> Made:
        return Quotient(numerator, denominator, Undefined("nothing"))

    made = trade_metric(
        "One.",
        formula="a / b",
        unit="ratio",
        range="-1 to 2",
        empty="b = 0",
        source="this test",
        group="Risk",
        bounds=(-1, 2),
    )(between)
    is_inside = not denominator or -1 <= Fraction(numerator) / Fraction(denominator) <= 2
    if is_inside:
        assert made(no_trades({})) == between(no_trades({}))
    else:
        with pytest.raises(WrongFigureError, match="outside its bounds"):
            made(no_trades({}))


@pytest.mark.slow
def test_commands_show_an_upgrade_and_say_what_is_missing(
    workspace: WriteWorkspace, tmp_path: Path
) -> None:
    path = scalps(tmp_path / "packages")
    root = workspace(NAMED, LOG)
    words = ("perfkit", "summary", "--window", "all", "--json")
    figures = []
    for version, code in (("1.0", CODE), ("1.0", giving("1")), ("2.0", giving("0"))):
        scalps(path, code, version)
        for _ in range(2):  # the second time an answer may be known
            done = run(*words, path=path, root=root)
            figures.append(json.loads(done.stdout)["metrics"]["scalp_rate"])
    assert figures == ["0.5", "0.5", "1", "1", "0", "0"]
    scalps(path, giving("0.5"))
    done = run(*words, path=path, root=root)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "perfkit: the metric scalp_rate of scalps 1.0 gave 0.5, a float; "
        "return an int, a Decimal or a Quotient\n"
    )
    done = run(*words, path=tmp_path, root=root)
    assert done.returncode == 3
    assert "metrics: there is no metric 'scalp_rate'" in done.stderr
