"""What filters say, against a reading of the same words one trade at a time."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit import Desk
from perfkit.core.errors import UsageError
from perfkit.core.filters.conditions import conditions_of, in_words, said_of, with_sign
from tests.filterkit import desk_with, line

SIGNS = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    lines = [
        line(1, "2.50", "2026-04-06", symbol="BTC", size="1"),
        line(2, "-1", "2026-04-06", symbol="ETH", size="0.5", opened="2026-04-06T09:59:00Z"),
        line(3, "0", "2026-04-07", symbol="a|b", size=None),
        line(4, "2.5", "2026-04-08", symbol=None, size="3", tags=["x", "y"]),
        line(5, "-0.001", "2026-04-08", symbol="BTC", size="2", tags="y"),
    ]
    root = tmp_path_factory.mktemp("filters")
    return desk_with(root, {"t.jsonl": lines}, "{size: size, tag: tags}", "timezone: Asia/Tokyo")


def numbers(desk: Desk, where: object) -> list[int]:
    """The trades that meet a filter, by their numbers, in order."""
    frame = desk.trades(where=where)  # type: ignore[arg-type]
    return [int(place.rpartition(":")[2]) for place in frame["line"].map(str)]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("symbol=BTC|ETH", [1, 2, 5]),
        ({"symbol": ["ETH", "a|b"]}, [2, 3]),
        ('symbol="a|b"', [3]),
        ("symbol!=BTC", [2, 3, 4]),
        ("symbol!=BTC|ETH", [3, 4]),
        ("symbol=", [4]),
        ("symbol!=", [1, 2, 3, 5]),
        ('symbol=BTC|""', [1, 4, 5]),
        ("tag=y", [4, 5]),
        ("tag=x|z", [4]),
        ("tag!=x", [1, 2, 3, 5]),
        ("tag=", [1, 2, 3]),
        ("size=1|2", [1, 5]),
        ("net_pnl>0", [1, 4]),
        ("net_pnl=2.50", [1, 4]),
        ("net_pnl!=2.5", [2, 3, 5]),
        ("net_pnl<0, net_pnl>=-0.001", [5]),
        ("net_pnl>-0.0005", [1, 3, 4]),
        ("hold_seconds<=3600", [1, 2, 3, 4, 5]),
        ("hold_seconds<3600", [2]),
        ("closed_at=2026-04-06", [1, 2]),
        ("closed_at>2026-04-06", [3, 4, 5]),
        ("closed_at>=2026-04-07, closed_at<2026-04-08", [3]),
        ("closed_at<=2026-04-07", [1, 2, 3]),
        ({"closed_at": date(2026, 4, 8)}, [4, 5]),
        ("closed_at>=2026-04-06T19:02", [2, 3, 4, 5]),  # in Tokyo: 10:02 in UTC
        ("closed_at>=2026-04-06T10:02Z", [2, 3, 4, 5]),
        ("closed_at=2026-04-06T10:01:00Z", [1]),
        ("symbol=BTC, net_pnl<0", [5]),
    ],
)
def test_filter_selects_these_trades(desk: Desk, where: object, found: list[int]) -> None:
    assert numbers(desk, where) == found
    assert desk.summary("all", where=where).metrics["closed_trades"] == len(found)  # type: ignore[arg-type]


@given(
    st.sampled_from(sorted(SIGNS)),
    st.decimals(-3, 3, places=3, allow_nan=False),
)
def test_sign_and_number_mean_what_they_mean_in_arithmetic(
    desk: Desk, sign: str, limit: Decimal
) -> None:
    pnls = map(Fraction, ("2.50", "-1", "0", "2.5", "-0.001"))
    meant = [n for n, pnl in enumerate(pnls, 1) if SIGNS[sign](pnl, Fraction(limit))]
    assert numbers(desk, f"net_pnl{sign}{limit}") == meant


@given(st.sampled_from(sorted(SIGNS)), st.integers(-3, 3 * 24 * 60))
def test_sign_and_time_compare_instants(desk: Desk, sign: str, minutes: int) -> None:
    moment = datetime(2026, 4, 6, 9, tzinfo=UTC) + timedelta(minutes=minutes)
    closed = [datetime(2026, 4, day, 10, n, tzinfo=UTC) for n, day in enumerate((6, 6, 7, 8, 8), 1)]
    meant = [n for n, at in enumerate(closed, 1) if SIGNS[sign](at, moment)]
    assert numbers(desk, {"closed_at": f"{sign}{moment.isoformat()}"}) == meant


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.booleans())
def test_what_is_said_of_a_text_is_read_as_the_same(values: list[str], is_not: bool) -> None:
    from perfkit.core.filters.conditions import text_of

    said = ("!=" if is_not else "") + text_of("symbol", values)
    ((sign, found),) = conditions_of("symbol", said)
    assert (sign, set(found)) == ("!=" if is_not else "=", set(values))
    assert said_of("symbol", conditions_of("symbol", said_of("symbol", ((sign, found),)))) == (  # type: ignore[arg-type]
        said_of("symbol", ((sign, found),))  # type: ignore[arg-type]
    )


@given(st.text(max_size=12), st.sampled_from(["symbol", "net_pnl", "closed_at"]))
def test_any_text_is_a_condition_or_a_usage_error(said: str, field: str) -> None:
    try:
        found = conditions_of(field, said)
    except UsageError:
        return
    again = said_of(field, found)
    assert said_of(field, conditions_of(field, again)) == again


@pytest.mark.parametrize(
    ("field", "said", "option", "words"),
    [
        ("symbol", "BTC", "symbol=BTC", "symbol = BTC"),
        ("symbol", "BTC|ETH", "symbol=BTC|ETH", "symbol = BTC or ETH"),
        ("symbol", "!=BTC", "symbol!=BTC", "symbol != BTC"),
        ("symbol", "", "symbol=", "no symbol"),
        ("symbol", "!=", "symbol!=", "any symbol"),
        ("net_pnl", "<=100 and >0", "net_pnl<=100 and >0", "net_pnl <= 100 and > 0"),
        ("symbol", '"a|b"', 'symbol="a|b"', "symbol = a|b"),
    ],
)
def test_condition_in_words(field: str, said: str, option: str, words: str) -> None:
    assert with_sign(field, said) == option
    assert in_words(field, said) == words


def test_filter_of_sources_reads_only_those(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    sources = "".join(
        f"  - {{name: {name}, path: {name}.jsonl, currency: {currency}, dialect: "
        "{fields: {closed_at: at, net_pnl: pnl}}}\n"
        for name, currency in (("a", "USD"), ("b", "USD"), ("c", "EUR"))
    )
    (tmp_path / "config/perfkit.yaml").write_text(f"sources:\n{sources}")
    for name, pnl in (("a", 1), ("b", 2), ("c", 4)):
        (tmp_path / f"{name}.jsonl").write_text(f'{{"at": "2026-04-06T10:00Z", "pnl": {pnl}}}\n')
    desk = perfkit.open(tmp_path)
    for where, total in (("source=a|b", 3), ("source!=c", 3), ("source!=a|b", 4)):
        assert desk.summary("all", where=where).metrics["net_pnl"] == total
    with pytest.raises(perfkit.PerfkitError, match="currenc"):
        desk.summary("all", where="source=a|c")
    with pytest.raises(UsageError, match="there is no such source"):
        desk.summary("all", where="source=a|x")
