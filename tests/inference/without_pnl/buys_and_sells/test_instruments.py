"""Options of one underlying are matched strike by strike."""

from perfkit.inference.infer import infer
from tests.inference.executions import fills
from tests.inference.readings import asked

ORDERS = tuple(
    (side, "200", price)
    for side, price in (("buy", "10"), ("buy", "20"), ("sell", "21"), ("sell", "12"))
)
STRIKES: list[object] = ["500", "510", "510", "500"]
KINDS: list[object] = ["call", "put", "put", "call"]


def test_strike_expiry_and_kind_name_an_option() -> None:
    reading = infer(fills(*ORDERS, strike=STRIKES, expiry=["2026-05-15"] * 4, option_type=KINDS))
    assert asked(reading) == []
    by = reading.dialect["fills"]["by"]  # type: ignore[index]
    assert by == ["symbol", "strike", "expiry", "option_type"]


def test_one_option_of_a_symbol_needs_no_more() -> None:
    reading = infer(fills(*ORDERS, strike=["500"] * 4, option_type=["call"] * 4))
    assert reading.dialect["fills"]["by"] == ["symbol"]  # type: ignore[index]


def test_closes_of_other_strikes_than_were_bought_stay_together() -> None:
    reading = infer(fills(*ORDERS, strike=["500", "510", "505", "515"], option_type=["call"] * 4))
    assert reading.dialect["fills"]["by"] == ["symbol"]  # type: ignore[index]


def test_a_description_names_an_option() -> None:
    named: list[object] = [
        f"SPY 01/17/2026 {kind} ${strike}.00" for kind, strike in zip(KINDS, STRIKES, strict=True)
    ]
    reading = infer(fills(*ORDERS, description=named))
    assert reading.dialect["fills"]["by"] == ["symbol", "description"]  # type: ignore[index]
    plain = infer(fills(*ORDERS, description=["a", "b", "b", "a"]))
    assert plain.dialect["fills"]["by"] == ["symbol"]  # type: ignore[index]


def test_few_described_options_may_be_of_a_hundred_shares() -> None:
    orders = [(side, "2", price) for side, _, price in ORDERS]
    named: list[object] = [
        f"SPY 1/17/26 {strike} {kind}" for kind, strike in zip(KINDS, STRIKES, strict=True)
    ]
    (doubt,) = infer(fills(*orders, description=named)).doubts
    assert (doubt.name, doubt.answers[0].changes) == (
        "contract_size",
        {"fields.quantity": "quantity * 100"},
    )


def test_letters_say_call_and_put_beside_a_strike() -> None:
    kinds: list[object] = ["C", "P", "P", "C"]
    records = fills(*ORDERS, **{"Call/Put": kinds, "Strike Price": STRIKES})
    months = [{**one, "Contract Month": "9"} for one in records]
    assert infer(months).dialect["fills"]["by"] == [  # type: ignore[index]
        *("symbol", '"Strike Price"', '"Contract Month"', '"Call/Put"'),
    ]


def test_some_options_may_be_left_open() -> None:
    orders = (*ORDERS, ("buy", "200", "5"), ("sell", "200", "7"))
    strikes: list[object] = [*STRIKES, "520", "530"]
    reading = infer(fills(*orders, strike=strikes, option_type=[*KINDS, "call", "call"]))
    by = reading.dialect["fills"]["by"]  # type: ignore[index]
    assert by == ["symbol", "strike", "option_type"]
