"""The schemas that ship: those of the types, and what they refuse."""

import json

import pytest
from jsonschema import Draft202012Validator, ValidationError

from perfkit.schemas.make import schemas
from tests.conftest import WriteWorkspace
from tests.summary.test_shape import shipped, summary, trade, validator


class TestSchemas:
    @pytest.mark.parametrize("name", sorted(schemas()))
    def test_shipped_schemas_are_those_the_types_give(self, name: str) -> None:
        assert shipped(name) == json.loads(json.dumps(schemas()[name]))
        Draft202012Validator.check_schema(shipped(name))

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("metrics", "net_pnl"), 5),
            (("metrics", "net_pnl"), "5e3"),
            (("metrics", "net_pnl"), "NaN"),
            (("metrics", "wins"), "1"),
            (("metrics", "wins"), 1.5),
            (("metrics", "current_streak_kind"), "draw"),
            (("metrics", "unknown"), 1.5),
            (("metrics", "unknown"), "NaN"),
            (("window", "start"), "yesterday"),
            (("window", "first_day"), "06.04.2026"),
            (("data", "bad_lines"), None),
            (("data", "partial"), "no"),
            (("currency",), None),
            (("more",), 1),
        ],
    )
    def test_what_is_no_summary_is_refused(
        self, workspace: WriteWorkspace, path: tuple[str, ...], value: object
    ) -> None:
        encoded = summary(workspace, trade("5")).to_builtins()
        validator().validate(encoded)
        inside = encoded
        for name in path[:-1]:
            inside = inside[name]
        inside[path[-1]] = value
        with pytest.raises(ValidationError):
            validator().validate(encoded)

    @pytest.mark.parametrize("name", ["net_pnl", "sortino", "wins", "drawdown_peak_at"])
    def test_a_summary_without_one_of_its_metrics_is_refused(
        self, workspace: WriteWorkspace, name: str
    ) -> None:
        encoded = summary(workspace, trade("5")).to_builtins()
        del encoded["metrics"][name]
        with pytest.raises(ValidationError, match=name):
            validator().validate(encoded)
