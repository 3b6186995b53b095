"""Breakdowns and filters by what a source declares: incremental is cold, and nobody else pays."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit import Desk
from perfkit.book.dimension_parts import FOLDER
from perfkit.book.verify import first_difference
from perfkit.config.workspace import CACHE
from tests.conftest import WriteWorkspace
from tests.filterkit import configured, desk_with, line

TAGGED = "{tag: tags, version: version}"


def parts(desk: Desk, dimension: str = "tag", where: str | None = None) -> dict[str, object]:
    """Trades and net P&L of each part."""
    found = desk.breakdown(dimension, "all", where=where).parts
    return {
        one.name: (one.metrics["closed_trades"], one.metrics["open_trades"], one.metrics["net_pnl"])
        for one in found
    }


class TestBreakdown:
    def test_each_entry_of_a_list_is_a_part_and_no_value_is_one_too(self, tmp_path: Path) -> None:
        lines = [
            line(1, "5", "2026-04-06", tags=["news", "gap", "news"]),
            line(2, "-2", "2026-04-06", tags="gap"),
            line(3, "1", "2026-04-07", tags=[]),
            line(4, "7", "2026-04-07"),
            line(5, None, "2026-04-07", state="open", tags=["gap", 7, True]),
        ]
        desk = desk_with(tmp_path, {"a.jsonl": lines}, TAGGED)
        assert parts(desk) == {
            "7": (0, 1, 0),
            "gap": (2, 1, 3),
            "news": (1, 0, 5),
            "true": (0, 1, 0),
            "": (2, 0, 8),
        }
        assert "(none)" in str(desk.breakdown("tag", "all"))
        assert desk.trades(where="tag=gap, net_pnl<0")["tag"].tolist() == ["gap"]
        assert desk.trades()["tag"].tolist() == [("news", "gap"), "gap", None, None]

    def test_value_that_cannot_be_read_costs_the_dimension_alone(self, tmp_path: Path) -> None:
        lines = [
            line(1, "5", "2026-04-06", tags={"a": 1}, version="1"),
            line(2, "2", "2026-04-06", tags=[["x"]], version="2"),
            line(3, "1", "2026-04-06", tags="x", version=3),
        ]
        desk = desk_with(tmp_path, {"a.jsonl": lines}, TAGGED)
        assert parts(desk) == {"": (2, 0, 7), "x": (1, 0, 1)}
        assert list(parts(desk, "version")) == ["1", "2", "3"]
        assert len(desk.book.left_out) == 1  # the first stands for both
        assert desk.book.errors == []

    def test_the_last_line_of_a_trade_says_it_and_no_finding_comes_of_that(
        self, tmp_path: Path
    ) -> None:
        lines = [
            line(1, None, "2026-04-06", state="open", version="1", tags="a"),
            line(1, "5", "2026-04-06", version="2"),
            line(1, "5", "2026-04-06", version="3"),
        ]
        desk = desk_with(tmp_path, {"a.jsonl": lines}, TAGGED)
        assert parts(desk, "version") == {"3": (1, 0, 5)}
        assert parts(desk, "tag") == {"a": (1, 0, 5)}
        codes = {one.code for one in desk.summary("all").data.findings}
        assert "corrections" not in codes
        assert "repeated_lines" in codes

    def test_trade_record_declares_four(self, workspace: WriteWorkspace) -> None:
        sample = Path("logs/trades/2025-10-09.jsonl").read_text()
        root = workspace(logs={"logs/trades/2025-10-09.jsonl": sample})
        desk = perfkit.open(root)
        for dimension in ("bot_version", "config_hash", "session_id", "entry_type"):
            assert sum(found[0] for found in parts(desk, dimension).values()) == len(  # type: ignore[index]
                desk.book.closed
            )
        with pytest.raises(perfkit.PerfkitError, match="did you mean bot_version"):
            desk.breakdown("bot_verson")

    @pytest.mark.parametrize(
        ("dimensions", "said"),
        [
            ("{symbol: tags}", "has a meaning of its own"),
            ("{net_pnl: tags}", "has a meaning of its own"),
            ('{"Bot Version": tags}', "is not the name of a dimension"),
            ("{tag: 5}", "is a number"),
            ("{tag: a + b}", "needs numbers"),
            ("[tags]", "is not a mapping"),
        ],
    )
    def test_declaration_that_makes_no_sense_is_an_error(
        self, tmp_path: Path, dimensions: str, said: str
    ) -> None:
        configured(tmp_path, dimensions)
        with pytest.raises(perfkit.PerfkitError, match=f"dimensions.*{said}"):
            perfkit.open(tmp_path)


class TestCache:
    def test_tallies_are_kept_and_a_damaged_file_of_them_changes_nothing(
        self, tmp_path: Path
    ) -> None:
        lines = [line(n, str(n - 3), f"2026-04-0{n}", tags=[str(n % 2)]) for n in range(1, 9)]
        desk = desk_with(tmp_path, {"a.jsonl": lines}, TAGGED)
        desk.summary("all")
        kept = tmp_path / CACHE / FOLDER
        assert not kept.exists()
        expected = parts(desk)
        (file,) = kept.iterdir()
        content = file.read_bytes()
        for broken in (b"", content[:-1], content[:40] + b"?" + content[41:]):
            file.write_bytes(broken)
            assert parts(perfkit.open(tmp_path)) == expected
        assert file.read_bytes() == content

    def test_changed_declaration_is_read_anew(self, tmp_path: Path) -> None:
        lines = [line(1, "1", "2026-04-06", tags="a", version="1")]
        desk = desk_with(tmp_path, {"a.jsonl": lines}, "{tag: tags}")
        assert list(parts(desk)) == ["a"]
        configured(tmp_path, "{tag: version}")
        assert list(parts(perfkit.open(tmp_path))) == ["1"]

    @given(
        st.lists(
            st.tuples(
                st.integers(1, 6),
                st.sampled_from(["1", "-2", "0.5"]),
                st.integers(1, 3),
                st.sampled_from([None, "a", "b", ["a", "b"], ["c"]]),
                st.sampled_from(["a.jsonl", "b.jsonl"]),
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_incremental_equals_cold(self, steps: list[tuple[int, str, int, object, str]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            desk_with(root, {"a.jsonl": [], "b.jsonl": []}, TAGGED)
            for number, pnl, day, tags, file in steps:
                with (root / "logs" / file).open("a") as log:
                    log.write(line(number, pnl, f"2026-04-0{day}", tags=tags) + "\n")
                warm, cold = perfkit.open(root), perfkit.open(root, cached=False)
                assert parts(warm) == parts(cold)
                for where in ("tag=a", "tag!=b", "tag=a|c, net_pnl>0"):
                    one = warm.summary("daily", "2026-04-03", where=where)
                    assert one == cold.summary("daily", "2026-04-03", where=where)
            (source,) = warm.config.sources
            assert first_difference(warm.config, source) is None


class TestRules:
    RULES = """\
rules:
  - {id: r, metric: net_pnl, over: {trades: 1}, below: 0, %s}
"""

    def backtested(self, root: Path, more: str) -> list[tuple[str, str]]:
        (root / "config/alerts.yaml").write_text(self.RULES % more)
        found = perfkit.open(root).backtest("r")
        return [(one.rule.id, point.group) for one in found.histories for point in one.points]

    def test_rules_take_dimensions_lists_and_comparisons(self, tmp_path: Path) -> None:
        lines = [
            line(1, "-5", "2026-04-06", tags=["a", "b"]),
            line(2, "2", "2026-04-06", tags="a", symbol="ETH"),
            line(3, "1", "2026-04-06"),
        ]
        desk_with(tmp_path, {"a.jsonl": lines}, TAGGED)
        groups = self.backtested(tmp_path, "by: tag")
        assert [name for _, name in groups] == ["a", "b", "a", ""]
        for where, count in (
            ("{tag: a}", 2),
            ("{tag: [a, c]}", 2),
            ('{tag: "!=b"}', 2),
            ('{net_pnl: ">0"}', 2),
            ('{net_pnl: ">0 and <2"}', 1),
            ("{symbol: [BTC, ETH], net_pnl: 1}", 1),
        ):
            assert len(self.backtested(tmp_path, f"where: {where}")) == count
        for where, said in (
            ("{tagg: a}", "did you mean tag"),
            ('{symbol: ">a"}', "symbol is a text"),
            ('{net_pnl: ">lots"}', "'lots' is not a number"),
            ("{symbol: []}", "is not text"),
            ("{source: [bot, b]}", "is not one source"),
        ):
            with pytest.raises(perfkit.PerfkitError, match=said):
                self.backtested(tmp_path, f"where: {where}")

    def test_definition_of_a_rule_of_plain_values_is_what_it_was(self, tmp_path: Path) -> None:
        from perfkit.alerts.rules.file import load_alerts

        desk = desk_with(tmp_path, {"a.jsonl": []}, TAGGED)
        (tmp_path / "config/alerts.yaml").write_text(
            self.RULES % "where: {symbol: BTC, side: long}"
        )
        (rule,) = load_alerts(desk.config).rules
        assert rule.where == (("side", "long"), ("symbol", "BTC"))
