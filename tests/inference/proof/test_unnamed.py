"""Results under names that say nothing, proved by a balance or by prices."""

import pytest

from perfkit.inference.infer import infer
from tests.inference.executions import field
from tests.inference.readings import Record, asked

EARNED = (5, -3, 7, -2, 4, 9, -6)


def trades(balance: str, result: str, amounts: tuple[int, ...] = EARNED) -> list[Record]:
    held, records = 100, list[Record]()
    for n, amount in enumerate(amounts):
        held += EARNED[n]
        records.append(
            {
                "opened": f"2026-04-0{n + 1}T09:00:00Z",
                "closed": f"2026-04-0{n + 1}T10:00:00Z",
                "entry_price": "50",
                "exit_price": str(50 + 2 * EARNED[n]),
                "side": "long",
                result: str(amount),
                balance: str(held),
            }
        )
    return records


@pytest.mark.parametrize(
    ("balance", "result"),
    [("Balance Final", "Cambio Balance"), ("saldo", "xyz"), ("b", "Δ"), ("конец", "изменение")],
)
def test_what_a_balance_moves_by_is_the_result(balance: str, result: str) -> None:
    reading = infer(trades(balance, result))
    assert asked(reading) == []
    assert str(field(reading, "net_pnl")).strip('"') == result


def test_what_a_balance_does_not_move_by_is_not() -> None:
    reading = infer(trades("saldo", "xyz", (5, -3, 7, 2, -4, 9, 6)))
    assert "net_pnl" not in reading.dialect["fields"]  # type: ignore[operator]


def test_what_prices_give_is_the_result() -> None:
    records = trades("saldo", "xyz", tuple(6 * one for one in EARNED))
    for record in records:
        record["quantity"] = "3"
        del record["saldo"]
    assert field(infer(records), "net_pnl") == "xyz"


def test_how_a_price_changes_is_none() -> None:
    records = [
        {
            "open_time": f"2026-04-0{n + 1}T09:00:00Z",
            "close_time": f"2026-04-0{n + 1}T10:00:00Z",
            "close": str(100 + sum(EARNED[: n + 1])),
            "change": str(size),
        }
        for n, size in enumerate(EARNED)
    ]
    assert not infer(records).has_results


def test_how_a_position_changes_is_none() -> None:
    records = [
        {"time": f"2026-04-0{n + 1}", "position": str(sum(EARNED[: n + 1])), "change": str(size)}
        for n, size in enumerate(EARNED)
    ]
    assert not infer(records).has_results


def test_sums_of_binary_floats_are_what_a_balance_moves_by() -> None:
    amounts = [0.1 * n * (-1) ** n for n in range(1, 500)]
    held, records = 50.0, list[Record]()
    for n, amount in enumerate(amounts):
        held += amount
        records.append(
            {
                "Hora Cierre": f"2026-{n // 100 + 1:02}-{n // 24 % 28 + 1:02}T{n % 24:02}:00:00Z",
                "Precio Apertura": "100",
                "Precio Cierre": repr(100 + amount * 2),
                "Cambio Balance": repr(amount),
                "Balance Final": repr(held),
            }
        )
    reading = infer(records)
    assert (asked(reading), field(reading, "net_pnl")) == ([], '"Cambio Balance"')


def test_so_it_is_where_all_was_lost() -> None:
    held, records = 100, list[Record]()
    for one in trades("saldo", "xyz"):
        held -= abs(int(str(one["xyz"])))
        records.append({**one, "xyz": f"-{str(one['xyz']).lstrip('-')}", "saldo": str(held)})
    assert field(infer(records), "net_pnl") == "xyz"
