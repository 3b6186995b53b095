"""Returns beside prices: per cent or fractions of the entry, with costs taken off."""

from collections.abc import Sequence
from decimal import Decimal

from perfkit.inference.infer import infer
from perfkit.inference.result import Reading

PRICES = (
    *(("0.0424", "0.0433"), ("0.0529", "0.0623"), ("0.3422", "0.3582"), ("52.10", "51.05")),
    *(("100", "231.64"), ("6120", "6011"), ("0.0930", "0.0944"), ("18.2", "17.1")),
)


def of_returns(returns: Sequence[Decimal]) -> Reading:
    return infer(
        [
            {
                "date": f"2026-04-{n:02}",
                "exit_date": f"2026-04-{n + 2:02}",
                "coin": "ADA",
                "entry_price": entry,
                "exit_price": out,
                "net_ret": f"{earned:f}",
            }
            for n, ((entry, out), earned) in enumerate(zip(PRICES, returns, strict=True), 6)
        ]
    )


def returns(costs: str, times: int = 1) -> list[Decimal]:
    found = [Decimal(out) / Decimal(entry) - 1 - Decimal(costs) for entry, out in PRICES]
    return [(one * times).quantize(Decimal("0.000001")) for one in found]


def test_fractions_less_costs_are_fractions_though_one_is_above_1() -> None:
    reading = of_returns(returns("0.002"))
    assert reading.is_sure
    assert reading.dialect["fields"]["net_pnl"] == "net_ret * 100"  # type: ignore[index]


def test_per_cents_less_costs_are_per_cents() -> None:
    reading = of_returns(returns("0.002", 100))
    assert reading.is_sure
    assert reading.dialect["fields"]["net_pnl"] == "net_ret"  # type: ignore[index]


def test_about_the_moves_in_fractions_is_asked_about_though_one_is_above_1() -> None:
    levered = [one * Decimal("1.4") for one in returns("0.002")]
    (doubt,) = of_returns(levered).doubts
    assert doubt.name == "fraction"
