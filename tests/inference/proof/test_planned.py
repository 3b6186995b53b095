"""Amounts that trades would earn at their targets."""

from perfkit.inference.infer import infer
from tests.inference.readings import Record

PLANS = (("100", "110"), ("50", "58"), ("20", "23"), ("80", "84"), ("10", "16"), ("30", "37"))


def plans(**more: object) -> list[Record]:
    return [
        {
            "date": f"2026-04-0{n + 1}",
            "ticker": f"T{n}",
            "action": "BUY",
            "entry": entry,
            "exit": entry if n > 2 else "",
            "shares": "5",
            "stop": "1",
            "target": target,
            "pnl": str(5 * (int(target) - int(entry))),
            **more,
        }
        for n, (entry, target) in enumerate(PLANS)
    ]


def test_what_a_target_would_bring_is_no_result() -> None:
    assert not infer(plans()).has_results


def test_the_quantity_may_be_one_that_is_not_logged() -> None:
    assert not infer(plans(shares="10")).has_results


def test_what_it_brought_is_one() -> None:
    assert infer([{**one, "exit": one["target"]} for one in plans()]).has_results
