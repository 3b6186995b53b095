"""A P&L that stands on several records of one trade, and records without the usual time."""

from perfkit.inference.infer import infer
from tests.inference.executions import field
from tests.inference.readings import Record, asked


def markets(*pnls: str, lines: int = 3) -> list[Record]:
    """Markets whose result stands on each of their executions."""
    return [
        {
            "time": f"2026-04-{n + 1:02}T0{line}:00:00Z",
            "ticker": f"M{n}",
            "action": "SELL",
            "cost": str(line + 1),
            "pnl_usd": pnl,
        }
        for n, pnl in enumerate(pnls)
        for line in range(lines)
    ]


class TestOneResultOnSeveralRecords:
    def test_it_is_asked_whether_it_counts_again(self) -> None:
        reading = infer(markets("5", "-3", "2", "7", "-1", "4"))
        assert asked(reading) == ["repeats"]
        assert reading.doubts[0].answers[0].changes == {"identity": ["ticker"]}

    def test_results_that_differ_within_a_market_are_trades(self) -> None:
        records = markets("5", "-3", "2", "7", "-1", "4")
        records[1]["pnl_usd"] = "6"
        assert asked(infer(records)) == []


class TestRecordsWithoutTheClosingTime:
    def trades(self, **last: object) -> list[Record]:
        usual: Record = {"symbol": "A", "side": "long", "entry": "100", "exit_price": "101"}
        times = [{"open_time": f"2026-04-0{n}", "close_time": f"2026-04-0{n}"} for n in range(1, 8)]
        records = [{**usual, **one, "pnl": str(n - 3.5)} for n, one in enumerate(times)]
        return [*records, {**usual, "open_time": "2026-04-08", "pnl": "-90", **last}]

    def test_a_result_with_an_exit_price_and_no_time_is_asked_about(self) -> None:
        reading = infer(self.trades())
        assert asked(reading) == ["untimed"]
        assert reading.doubts[0].answers[0].changes == {
            "fields.closed_at": "close_time or open_time"
        }

    def test_one_without_an_exit_price_is_still_open(self) -> None:
        reading = infer(self.trades(exit_price=None))
        assert (asked(reading), reading.closed) == ([], 7)
        assert field(reading, "closed_at") == "close_time"


def test_a_credit_is_no_trade() -> None:
    records: list[Record] = [
        {"close_time": f"2026-04-0{n + 1}", "symbol": "A", "status": status, "pnl": str(pnl)}
        for n, (status, pnl) in enumerate([("CLOSED", 4), ("CREDIT", 0), ("CLOSED", -2)])
    ]
    assert infer(records).closed == 2


def pairs(*earned: str, word: str = "sell") -> list[dict[str, object]]:
    """A buy and its sale for each result, which both of them have."""
    return [
        {"action": action, "quantity": "1", "price": str(100 + n), "pnl": pnl}
        for n, pnl in enumerate(earned)
        for action in ("buy", word)
    ]


def test_the_result_of_a_sale_on_its_buy_is_asked_about() -> None:
    reading = infer(pairs("1", "-2", "3", "-4", "5", "6"))
    doubt = next(one for one in reading.doubts if one.name == "repeats")
    assert doubt.answers[0].changes == {"only.action": "sell"}


def test_results_of_buys_that_differ_from_those_of_sales_are_their_own() -> None:
    records = pairs("1", "-2", "3", "-4", "5", "6")
    for n, record in enumerate(records):
        record["pnl"] = str(n - 5)
    assert "repeats" not in [one.name for one in infer(records).doubts]


class TestClosesThatNearlyComeAgain:
    def closes(self, *closes: tuple[str, str, str]) -> list[Record]:
        return [
            {"symbol": symbol, "pnl": pnl, "close_time": f"2026-04-07T{at}Z"}
            for symbol, pnl, at in closes
        ]

    TWICE = (
        *(("HR", "-73.0", "18:13:02"), ("NF", "-6559.7", "18:13:04")),
        *(("HR", "-73.0", "18:15:21"), ("NF", "-6559.9", "18:15:22")),
    )

    def test_they_are_asked_about(self) -> None:
        reading = infer(self.closes(*self.TWICE))
        assert asked(reading) == ["repeats"]
        assert reading.doubts[0].answers[1].changes == {"identity": ["symbol"], "closes": "last"}

    def test_the_last_of_each_is_not_offered_where_symbols_close_at_other_times(self) -> None:
        reading = infer(self.closes(*self.TWICE, ("HR", "12", "20:00:00")))
        assert [len(doubt.answers) for doubt in reading.doubts] == [1]

    def test_other_results_are_other_trades(self) -> None:
        others = (("HR", "-70.0", "18:15:21"), ("NF", "-6500", "18:15:22"))
        assert "repeats" not in asked(infer(self.closes(*self.TWICE[:2], *others)))

    def test_hours_later_they_are_other_trades(self) -> None:
        later = (("HR", "-73.0", "20:15:21"), ("NF", "-6559.9", "20:15:22"))
        assert "repeats" not in asked(infer(self.closes(*self.TWICE[:2], *later)))


class TestAResultThatCannotBeThatOfEachRecord:
    def test_records_at_several_prices_have_the_result_of_their_market(self) -> None:
        records = markets("5", "-3", "2", "7", "-1", "4")
        for n, record in enumerate(records):
            record.update(price=f"0.{40 + n % 3}", quantity="10")
        reading = infer(records)
        assert (asked(reading), reading.dialect["identity"]) == ([], ["ticker"])
        assert any("which counts once" in said for said in reading.assumed)

    def test_records_at_one_price_are_asked_about(self) -> None:
        records = markets("5", "-3", "2", "7", "-1", "4")
        for record in records:
            record.update(price="0.40", quantity="10")
        assert "repeats" in asked(infer(records))

    def trades(self, *, shown: int) -> list[Record]:
        """A buy and its sale, both with what the two earned, or with that and a bit more."""
        records: list[Record] = []
        for n, (entry, out) in enumerate(((10, 12), (9, 8), (11, 15), (7, 6), (8, 13), (9, 16))):
            for hour, side, price in ((9, "buy", entry), (15, "sell", out)):
                at = f"2026-04-{n + 1:02}T{hour:02}:00:00Z"
                one = {"type": side, "size": "3", "price": str(price), "fee": "0.1"}
                pnl = (out - entry) * 3 + shown * (n + 2)
                records.append({"datetime": at, **one, "pnl": f"{pnl - 0.2:.1f}"})
        return records

    def test_what_prices_of_a_buy_and_its_sale_give_is_that_of_both(self) -> None:
        reading = infer(self.trades(shown=0))
        assert (asked(reading), reading.dialect["only"]) == ([], {"type": "sell"})

    def test_what_they_do_not_give_is_asked_about(self) -> None:
        assert "repeats" in asked(infer(self.trades(shown=1)))
