"""Rules for a backtest: ids, objects, mappings and variants, with exact thresholds."""

from decimal import Decimal
from typing import Any

import pytest

import perfkit
from perfkit import Desk, UsageError
from perfkit.alerts.rules.rule import Rule
from tests.conftest import WriteWorkspace
from tests.desk.test_overview import line

ALERTS = """\
rules:
  - id: win-rate
    metric: win_rate
    over: {trades: 2}
    below: 0.60
    recover: 0.65
    for: {trades: 2}
  - {id: loss, metric: net_pnl, over: {window: daily}, below: -300}
  - {id: silent, metric: minutes_since_last_line, above: 60}
"""
OWN = {"id": "mine", "metric": "net_pnl", "over": {"window": "daily"}, "below": "0.10"}


@pytest.fixture
def desk(workspace: WriteWorkspace) -> Desk:
    root = workspace(logs={"logs/trades/2026-04-07.jsonl": line("1", "2026-04-07")})
    (root / "config/alerts.yaml").write_text(ALERTS)
    return perfkit.open(root)


def ids(desk: Desk, rule: Any) -> list[str]:
    return [history.rule.id for history in desk.backtest(rule).histories]


class TestBacktest:
    def test_rule_may_be_an_id_an_object_a_mapping_or_a_list_of_these(self, desk: Desk) -> None:
        variant = desk.rule("win-rate", below="0.5")
        assert ids(desk, "loss") == ["loss"]
        assert ids(desk, variant) == ["win-rate-below-0.5"]
        assert ids(desk, OWN) == ["mine"]
        assert ids(desk, ["loss", variant, OWN]) == ["loss", "win-rate-below-0.5", "mine"]
        assert ids(desk, ("loss", OWN)) == ["loss", "mine"]
        assert ids(desk, None) == ["win-rate", "loss"]

    def test_threshold_of_a_mapping_is_exact(self, desk: Desk) -> None:
        for limit in ("0.10", Decimal("0.10")):
            (history,) = desk.backtest({**OWN, "below": limit}).histories
            assert history.rule.threshold == Decimal("0.1")
        (history,) = desk.backtest({**OWN, "below": 3}).histories
        assert history.rule.threshold == 3

    @pytest.mark.parametrize(
        ("rule", "said"),
        [
            (5, "5 is not a rule; give the id of one"),
            (b"loss", "is not a rule; give the id of one"),
            ({"loss"}, "is not a rule; give the id of one"),
            ("los", "'los' is not a rule of config/alerts.yaml; did you mean 'loss'?"),
            ("other", "the rules are win-rate, loss, silent"),
            ([], "the list of rules is empty"),
            (["loss", "loss"], "two rules are called 'loss'"),
            ([None], "None is not a rule"),
            ("silent", "clock rules cannot be backtested"),
            ({**OWN, "below": 0.1}, "below=0.1 is a binary float .* write it as text: below='0.1'"),
            ({**OWN, "over": {"trades": 2.0}}, "trades=2.0 is a binary float"),
            ({**OWN, "below": "x"}, "rule: below: 'x' is not a number"),
            ({**OWN, "below": "NaN"}, "rule: below: 'NaN' is not a number"),
            ({**OWN, "bellow": "1"}, "rule: bellow: is unknown; did you mean below"),
            ({"id": "x"}, "rule: metric"),
            ({}, "rule: id"),
        ],
    )
    def test_anything_else_is_one_sentence(self, desk: Desk, rule: Any, said: str) -> None:
        with pytest.raises(UsageError, match=said) as raised:
            desk.backtest(rule)
        assert "\n" not in str(raised.value)


class TestVariant:
    def test_it_differs_in_what_is_given_and_its_id_says_so(self, desk: Desk) -> None:
        base, variant = desk.rule("win-rate"), desk.rule("win-rate", below="0.55")
        assert isinstance(base, Rule)
        assert variant == base._replace(id="win-rate-below-0.55", threshold=Decimal("0.55"))

    def test_rule_itself_is_that_of_the_file(self, desk: Desk) -> None:
        (history,) = desk.backtest("win-rate").histories
        assert desk.rule("win-rate") == history.rule

    def test_several_keys_may_change_and_none_leaves_one_out(self, desk: Desk) -> None:
        variant = desk.rule("win-rate", over={"trades": 5}, for_=None, recover=None, id="longer")
        assert (variant.id, variant.trades, variant.for_trades) == ("longer", 5, 1)
        assert variant.recover == variant.threshold
        assert desk.rule("win-rate", for_={"trades": 3}).for_trades == 3

    def test_other_bound_takes_the_place_of_the_first(self, desk: Desk) -> None:
        variant = desk.rule("win-rate", above="0.9")
        assert (variant.bound, variant.threshold, variant.recover) == (
            "above",
            Decimal("0.9"),
            Decimal("0.9"),
        )

    @pytest.mark.parametrize(
        ("name", "changes", "said"),
        [
            ("win-rat", {}, "did you mean 'win-rate'"),
            (7, {}, "7 is not a rule of config/alerts.yaml"),
            ("win-rate", {"below": 0.55}, "below='0.55'"),
            ("win-rate", {"below": "0.7"}, "recover: 0.65 is still a breach of `below: 0.7`"),
            ("win-rate", {"below": "55"}, "write 0.55 for 55 per cent"),
            ("win-rate", {"bellow": "1"}, "did you mean below"),
            ("win-rate", {"metric": "win_rat"}, "did you mean win_rate"),
        ],
    )
    def test_what_makes_no_sense_is_one_sentence(
        self, desk: Desk, name: Any, changes: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(UsageError, match=said) as raised:
            desk.rule(name, **changes)
        assert "\n" not in str(raised.value)
