"""Costs of openings that are not in the P&L of closes, as the prices of both prove."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

import perfkit
from perfkit.inference.infer import infer
from tests.inference.readings import Record, asked

MOVES = (2, -1, 3, 1, -2, 4, -3, 2)


def orders(less: str = "0", *, tagged: bool = False) -> list[Record]:
    """Longs of 50 at 100, of which each record costs 0.1; all are opened before the first close."""
    opened: list[Record] = []
    closed: list[Record] = []
    for n, move in enumerate(MOVES):
        one = {"coin": f"C{n % 4}", "side": "LONG", "fee": "0.1", "tag": f"t{n // 4}"}
        earned = Decimal(50 * move) / 100 - Decimal(less)
        opened.append(
            {**one, "t": f"2026-04-07T{n:02}:00:00Z", "act": "OPEN", "px": "100", "notional": "50"}
        )
        out = {"act": "CLOSE", "px": str(100 + move), "pnl": str(earned)}
        closed.append({**one, "t": f"2026-04-08T{n:02}:00:00Z", **out})
    records = [*opened, *closed]
    return records if tagged else [{k: v for k, v in one.items() if k != "tag"} for one in records]


def test_prices_prove_that_the_costs_of_both_come_on_top(tmp_path: Path) -> None:
    reading = infer(orders())
    assert asked(reading) == []
    assert reading.dialect["pair"] == {"by": ["coin"], "order": "fifo"}
    path = tmp_path / "a.json"
    path.write_text(json.dumps(orders()))
    # 50 x 6 % less 8 x 0.2
    assert perfkit.read(path, quiet=True).summary("all").metrics["net_pnl"] == Decimal("1.4")


def test_costs_of_the_close_may_be_in_it(tmp_path: Path) -> None:
    assert asked(infer(orders("0.1"))) == []
    path = tmp_path / "a.json"
    path.write_text(json.dumps(orders("0.1")))
    assert perfkit.read(path, quiet=True).summary("all").metrics["net_pnl"] == Decimal("1.4")


def test_an_order_id_of_each_record_says_nothing_of_them(tmp_path: Path) -> None:
    records = [{**one, "order_id": f"o{n}"} for n, one in enumerate(orders())]
    assert asked(infer(records)) == []
    path = tmp_path / "a.json"
    path.write_text(json.dumps(records))
    desk = perfkit.read(path, quiet=True)
    assert desk.summary("all").metrics["net_pnl"] == Decimal("1.4")
    assert (len(desk.book.closed), len(desk.book.open)) == (8, 0)


def test_another_field_may_say_which_belong_together() -> None:
    # of C0 and C1 the first opening is closed first, of C2 and C3 the second
    records = [
        {**one, "px": str(Decimal(str(one["px"])) * (1 + n % 8 // 4))}
        for n, one in enumerate(orders(tagged=True))
    ]
    closed = [records[8 + n] for n in (0, 1, 4, 5, 6, 7, 2, 3)]
    turned = [{**one, "t": f"2026-04-08T{n:02}:00:00Z"} for n, one in enumerate(closed)]
    pair = infer([*records[:8], *turned]).dialect["pair"]
    assert pair == {"by": ["coin", "tag"], "order": "fifo"}


@pytest.mark.parametrize("less", ["0.05", "0.2"])
def test_what_prices_do_not_show_is_asked_about(less: str) -> None:
    assert "pair" not in infer(orders(less)).dialect


@pytest.mark.parametrize("words", [("ENTER_LONG", "EXIT_LONG"), ("opened", "closed")])
def test_moments_at_which_nothing_was_done_and_events_without_a_side_say_it_too(
    tmp_path: Path, words: tuple[str, str]
) -> None:
    named = dict(zip(("OPEN", "CLOSE"), words, strict=True))
    records: list[Record] = [
        {("event" if k == "act" else k): named.get(str(v), v) for k, v in one.items()}
        for one in orders()
    ]
    records = [{k: v for k, v in one.items() if k != "side"} for one in records]
    for n in range(5):
        records.insert(3 * n, {"t": f"2026-04-07T0{n}:30:00Z", "event": "HOLD", "equity": "99"})
    path = tmp_path / "a.json"
    path.write_text(json.dumps(records))
    assert asked(infer(records)) == []
    assert perfkit.read(path, quiet=True).summary("all").metrics["net_pnl"] == Decimal("1.4")


@pytest.mark.parametrize("total", [True, False])
def test_a_total_so_far_does_not_say_whether_costs_are_in_the_results(
    tmp_path: Path, total: bool
) -> None:
    so_far, records = 0, list[Record]()
    for n, move in enumerate((*MOVES, *MOVES)):
        named = {"symbol": f"C{n % 3}", "fee": "0.25"}
        bought = {**named, "side": "BUY", "qty": "10", "price": "100"}
        records.append({**bought, "ts": f"2026-04-{n + 1:02}T09:00Z"})
        for k in range(2):
            sold = {**named, "side": "SELL", "qty": "5", "price": str(100 + move + k)}
            so_far += 5 * (move + k)
            more = {"total_pnl": str(so_far)} if total else {}
            at = f"2026-04-{n + 1:02}T1{k}:00Z"
            records.append({**sold, "ts": at, "pnl": str(5 * (move + k)), **more})
    path = tmp_path / "a.json"
    path.write_text(json.dumps(records))
    assert asked(infer(records)) == []
    net = perfkit.read(path, quiet=True).summary("all").metrics["net_pnl"]
    assert net == 2 * 10 * sum(MOVES) + 5 * 16 - Decimal("0.25") * 48
