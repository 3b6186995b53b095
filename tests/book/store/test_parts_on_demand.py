"""Breakdowns of a day that a book in memory makes when they are asked for."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfkit.book import book as books
from perfkit.book import parallel, verify
from perfkit.book.cache import Options
from perfkit.book.store import day_sheet
from perfkit.book.store.parts_on_demand import ALL, PartsOnDemand
from perfkit.config import settings as configs

CONFIG = "sources: [{name: bot, path: bot.jsonl, currency: USD}]\n"

trade = st.fixed_dictionaries(
    {
        "hour": st.integers(0, 23),
        "day": st.integers(1, 3),
        "net_profit_loss": st.integers(-5, 5),
        "symbol": st.sampled_from(["ES", "NQ", None]),
        "direction": st.sampled_from(["long", "short"]),
        "execution_mode": st.sampled_from(["live", "paper", None]),
        "exit_reason": st.sampled_from(["stop", "target", None]),
    }
)


def opened(folder: Path, trades: list[dict[str, object]], *, cached: bool) -> books.Book:
    (folder / "config").mkdir(exist_ok=True)
    (folder / "config/perfkit.yaml").write_text(CONFIG)
    lines = []
    for one in trades:
        at = f"2026-04-0{one['day']}T{one['hour']:02}"
        rest = {name: value for name, value in one.items() if value is not None}
        times = {"timestamp": f"{at}:00:00Z", "exit_timestamp": f"{at}:30:00Z"}
        lines.append(json.dumps({**rest, **times}) + "\n")
    (folder / "bot.jsonl").write_text("".join(lines))
    return books.read(configs.load(str(folder)), None, Options(cached=cached))


@pytest.fixture(autouse=True)
def _sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "SEALED_BYTES", 0)


ONE: dict[str, object] = {"hour": 9, "day": 1, "net_profit_loss": 3, "symbol": "ES"}


def test_a_book_in_memory_makes_only_the_parts_that_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    plain = day_sheet.made_parts

    def counted(dimension: str, *rest: object) -> object:
        made.append(dimension)
        return plain(dimension, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(day_sheet, "made_parts", counted)
    monkeypatch.setattr("perfkit.book.store.parts_on_demand.made_parts", counted)
    book = opened(tmp_path, [ONE], cached=False)
    sheet = book.sheet(book.days[0])
    assert made == ["execution_mode"]
    assert sheet.parts["symbol"] is sheet.parts["symbol"]
    assert made == ["execution_mode", "symbol"]


def test_there_is_no_breakdown_by_anything_else(tmp_path: Path) -> None:
    book = opened(tmp_path, [ONE], cached=False)
    parts = book.sheet(book.days[0]).parts
    assert isinstance(parts, PartsOnDemand)
    assert tuple(parts) == ALL
    assert len(parts) == len(ALL) == day_sheet.PARTS
    with pytest.raises(KeyError):
        parts["mood"]


@given(st.lists(trade, min_size=1, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_they_are_always_those_of_a_cached_book(
    tmp_path: Path, trades: list[dict[str, object]]
) -> None:
    in_memory = opened(tmp_path, trades, cached=False)
    cached = opened(tmp_path, trades, cached=True)
    assert list(verify.contents(in_memory)) == list(verify.contents(cached))
