"""The numbers that stand beside the records of a document."""

import pytest

from perfkit.inference.layouts.beside import numbers_beside


@pytest.mark.parametrize("turned", [False, True])
def test_a_summary_of_all_counts_before_those_of_parts(turned: bool) -> None:
    parts = {"summary": {"totalTrades": 5}, "trainSummary": {"totalTrades": 3, "split": 2}}
    parts = dict(reversed(parts.items())) if turned else parts
    document = {**parts, "trades": [{"pnl": "1"}]}
    assert numbers_beside(document, ["trades"]) == {"totalTrades": 5, "split": 2}
