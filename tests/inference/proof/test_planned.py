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


def journal(**more: object) -> list[Record]:
    """Two that were stopped out and two that reached their targets, in R."""
    trades = [("90", "120", "-1"), ("95", "110", "2"), ("90", "115", "1.5"), ("98", "110", "-1.0")]
    return [
        {
            "date": f"2026-04-0{n + 1}",
            "setup": "pullback",
            "direction": "long",
            "entry": "100",
            "stop": stop,
            "target": target,
            "r": earned,
            **more,
        }
        for n, (stop, target, earned) in enumerate(trades)
    ]


def test_results_of_a_stop_or_of_the_target_are_those_of_trades() -> None:
    reading = infer(journal())
    assert not reading.doubts
    assert reading.source["currency"] == "R"


def test_a_planned_result_shows_it_as_well() -> None:
    plans = ("3", "2", "1.5", "6")
    records = [
        {**one, "r_planned": plan} for one, plan in zip(journal(target=""), plans, strict=True)
    ]
    assert not infer(records).doubts


def test_results_beside_another_plan_may_be_anything() -> None:
    assert [doubt.name for doubt in infer(journal(target="130")).doubts] == ["weak"]
