"""Small but nasty `trade_record` logs for property tests, and a way to put them on disk.

A log is a list of (file name, line) pairs, in file order: by file name, then as written.  Every
line is valid by itself, so nothing here ever lands in quarantine; what is nasty is how the lines
relate.  Instants come from a handful around one calendar boundary, so that ties in closing time
are the rule; prices come from a short list, so that a stop equals the entry or lies on its wrong
side as often as not.

Numbers in a line are `str` (a JSON string), or `int` or `Decimal` (a JSON number with exactly those
digits), never floats.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from hypothesis import strategies as st

from tests.oracle import EVERY_DAY, MONDAY_TO_FRIDAY, Config

JsonValue: TypeAlias = "str | int | Decimal | list[JsonValue] | dict[str, JsonValue] | None"
LogLine: TypeAlias = dict[str, JsonValue]
Log: TypeAlias = list[tuple[str, LogLine]]
Draw: TypeAlias = st.DrawFn

BOUNDARIES = (
    datetime(2026, 4, 6, tzinfo=UTC),  # ISO week
    datetime(2026, 4, 1, tzinfo=UTC),  # month
    datetime(2026, 1, 1, tzinfo=UTC),  # year, inside an ISO week
    datetime(2025, 12, 29, tzinfo=UTC),  # ISO year, before the calendar's
    datetime(2024, 3, 1, tzinfo=UTC),  # after a 29 February
    datetime(2026, 4, 6, 21, tzinfo=UTC),  # 17:00 in New York
    datetime(2026, 4, 6, 4, tzinfo=UTC),  # midnight in New York
    datetime(2026, 3, 8, 7, tzinfo=UTC),  # New York springs forward
    datetime(2025, 11, 2, 6, tzinfo=UTC),  # New York falls back
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # Berlin springs forward
    datetime(2025, 10, 26, 1, tzinfo=UTC),  # Berlin falls back
)
BOUNDARY_DAYS = sorted({at.date() for at in BOUNDARIES})
OFFSETS = (
    timedelta(0),
    timedelta(microseconds=-1),
    timedelta(microseconds=1),
    timedelta(seconds=-1),
    timedelta(milliseconds=1),
    timedelta(hours=-1),
    timedelta(hours=1),
    timedelta(hours=-12),
    timedelta(hours=23),
    timedelta(days=-1),
    timedelta(days=1),
    timedelta(days=2),
    timedelta(days=-7),
    timedelta(days=7),
    timedelta(days=21),
)
LONG_AFTER = timedelta(days=33)  # enough days in between for a Sharpe ratio
# What happens to one order, line by line; `repeat` is the line before it once more.
STORIES = (
    ("close",),
    ("open", "close"),
    ("open",),
    ("close", "close"),
    ("close", "repeat"),
    ("close", "open"),
    ("open", "open"),
    ("open", "close", "close"),
    ("open", "repeat", "close", "repeat"),
    ("open", "close", "open", "close"),
    ("close", "open", "open", "close"),
)
PNLS = (
    "1",
    "-1",
    "0",
    "2",
    "-3",
    "0.1",
    "-0.1",
    "0.2",
    "-0.3",
    "0.0",
    "-0.00",
    "1e-7",
    "-1E-7",
    "25.246000000000002",
    "-25.246000000000002",
    "1.0000000000005",
    "-0.0000000000015",
    "123456789.123456789",
    "-1E+3",
    "12.50",
)
COSTS = ("0", "1", "1.00", "0.35", "-0.25", "1e-3", "0.0000000001")
ENTRIES = ("100", "100.0", "100.00", "99.5", "25.246000000000002")
STOPS = ("97", "103", "99", "100", "0.1", "25.246000000000002", "99.50")
TARGETS = ("110", "90", "100", "101.0000000000005", "0.3", "25.2460000000000021")
QUANTITIES = ("1", "10", "3", "0.5", "1E+2", "0.001", "0", "-2")
RISK_REWARDS = ("2", "1.5", "0.333333333333", "0", "1e-3")
HOLDS = ("0", "60", "3600", "90.5")
SYMBOLS = ("AAPL", "MSFT", "ES", "BTC-USD")
STRATEGIES = ("momentum", "mean_reversion", "break|out")
EXIT_REASONS = ("target", "stop_loss", "time", "other", "señal <b>`x`|\u2028\n")
INDICATORS: tuple[JsonValue, ...] = (
    None,
    [],
    ["RSI", "déjà|vu"],
    {"rsi": Decimal("25.246000000000002"), "nested": {"profit_loss": "999"}},
)


# --- strategies -----------------------------------------------------------------------------------


@st.composite
def logs(draw: Draw, max_orders: int = 8) -> Log:
    """Up to `max_orders` orders of one to four lines each, some without an order_id."""
    instants = draw(palettes())
    lines: Log = []
    for number in range(draw(st.integers(0, max_orders))):
        lines += draw(orders(number, instants))
    if draw(st.booleans()):
        lines = draw(st.permutations(lines))
    return in_file_order(lines)


@st.composite
def crowded_logs(draw: Draw) -> Log:
    """48 to 55 exit reasons, few of them told apart by how often they occur."""
    instants = draw(palettes())
    count = draw(st.integers(48, 55))
    again = draw(st.lists(st.integers(0, count - 1), max_size=8))
    lines: Log = []
    for number, reason in enumerate([*range(count), *again]):
        closed_at = instants[number % len(instants)]
        line: LogLine = {
            "order_id": f"C{number}",
            "timestamp": time_text(closed_at),
            "exit_timestamp": time_text(closed_at),
            "symbol": SYMBOLS[number % len(SYMBOLS)],
            "exit_reasoning": f"r{reason}",
            "net_profit_loss": PNLS[number % len(PNLS)],
        }
        lines.append((file_name(closed_at), line))
    return in_file_order(lines)


@st.composite
def orders(draw: Draw, number: int, instants: Sequence[datetime]) -> Log:
    """The lines of one order; each a trade of its own where the order_id is missing.

    The first line is in the file of the day the order was opened; later ones are there as well or
    in the file of any other day.
    """
    when = st.sampled_from(instants)
    opened_at = draw(when)
    order_id = draw(st.sampled_from([f"T{number}"] * 6 + [None, ""]))
    lines: Log = []
    for kind in draw(st.sampled_from(STORIES)):
        name = file_name(opened_at if not lines else draw(st.one_of(st.just(opened_at), when)))
        if kind == "repeat":
            lines.append((name, dict(lines[-1][1])))
            continue
        result = closing_results(when) if kind == "close" else open_results(when)
        logged_at = draw(st.sampled_from([opened_at] * 3 + [*instants]))
        line = {
            **draw(entry_fields()),
            **draw(label_fields()),
            **draw(cost_fields()),
            **draw(result),
            "order_id": order_id,
            "timestamp": draw(time_texts(logged_at)),
        }
        lines.append((name, draw(with_gaps(line))))
    return lines


@st.composite
def closing_results(draw: Draw, when: st.SearchStrategy[datetime]) -> LogLine:
    """P&L, outcome or both; an exit time wherever the outcome does not say that it is closed.

    A logged outcome may contradict the sign of the P&L: that is a finding, not a bad line.
    """
    outcome = draw(st.sampled_from(["win", "loss", "breakeven", None, ""]))
    exit_at = draw(when)
    pnl: LogLine = {
        "profit_loss": draw(optional(PNLS)),
        "net_profit_loss": draw(optional(PNLS)),
    }
    if draw(st.integers(0, 3)) == 0:
        pnl = {"profit_loss": None, "net_profit_loss": ""}
    if not outcome and all(value in (None, "") for value in pnl.values()):
        pnl = {"profit_loss": draw(numbers(PNLS))}
    exit_text: JsonValue = draw(time_texts(exit_at))
    if outcome and draw(st.integers(0, 4)) == 0:
        exit_text = draw(st.sampled_from([None, ""]))
    return {
        **pnl,
        "outcome": outcome,
        "exit_timestamp": exit_text,
        "exit_reasoning": draw(st.sampled_from([*EXIT_REASONS, None, ""])),
    }


@st.composite
def open_results(draw: Draw, when: st.SearchStrategy[datetime]) -> LogLine:
    """Outcome `open`, or neither outcome nor exit time; its P&L, if any, is unrealized."""
    said = draw(st.booleans())
    exit_text: JsonValue = draw(st.sampled_from([None, ""]))
    if said and draw(st.integers(0, 4)) == 0:
        exit_text = time_text(draw(when))
    return {
        "outcome": "open" if said else draw(st.sampled_from([None, ""])),
        "exit_timestamp": exit_text,
        "exit_reasoning": draw(st.sampled_from([None, "", "not yet"])),
        "profit_loss": draw(optional(PNLS)),
        "net_profit_loss": draw(optional(PNLS)),
    }


@st.composite
def entry_fields(draw: Draw) -> LogLine:
    """Prices at any side of each other, some equal in value but not in scale."""
    return {
        "price": draw(optional(ENTRIES, null_in=8)),
        "stop_loss": draw(optional(STOPS, null_in=8)),
        "target": draw(optional(TARGETS, null_in=8)),
        "quantity": draw(optional(QUANTITIES, null_in=8)),
        "risk_reward_ratio": draw(optional(RISK_REWARDS)),
        "hold_duration_seconds": draw(optional(HOLDS)),
    }


@st.composite
def label_fields(draw: Draw) -> LogLine:
    """Who traded what how, and the fields that no figure depends on."""
    return {
        "symbol": draw(st.sampled_from(SYMBOLS)),
        "action": draw(st.sampled_from(["BUY", "SELL", "BUY", "SELL", None, ""])),
        "strategy_name": draw(st.sampled_from([*STRATEGIES, None, ""])),
        "execution_mode": draw(st.sampled_from(["PAPER", "LIVE", "PAPER", "LIVE", None])),
        "account_id": draw(st.sampled_from(["A1", "A2", None, ""])),
        "total_value": draw(optional(ENTRIES)),
        "entry_type": "MARKET",
        "decision_reasoning": 'crossed \\ "above" \t<script>|',
        "indicators_used": draw(st.sampled_from(INDICATORS)),
        "session_id": "s-1",
        "bot_version": "1.0.0",
        "config_hash": "c0ffee",
    }


@st.composite
def cost_fields(draw: Draw) -> LogLine:
    """Commission and slippage, rebates among them."""
    return {"commission": draw(optional(COSTS)), "slippage": draw(optional(COSTS))}


@st.composite
def with_gaps(draw: Draw, line: LogLine) -> LogLine:
    """The line with null fields written as null or "" or not at all."""
    leave_out = draw(st.booleans())
    return {name: value for name, value in line.items() if value is not None or not leave_out}


@st.composite
def numbers(draw: Draw, texts: Sequence[str]) -> JsonValue:
    """One of `texts` as a JSON string or as a JSON number, with the same digits."""
    text = draw(st.sampled_from(texts))
    if draw(st.booleans()):
        return text
    return int(text) if text.lstrip("-").isdecimal() else Decimal(text)


@st.composite
def optional(draw: Draw, texts: Sequence[str], null_in: int = 3) -> JsonValue:
    """A number, or null one time in `null_in`."""
    if draw(st.integers(1, null_in)) == null_in:
        return draw(st.sampled_from([None, ""]))
    return draw(numbers(texts))


@st.composite
def palettes(draw: Draw) -> list[datetime]:
    """One to seven instants around one boundary; a log takes all of its times from them."""
    boundary = draw(st.sampled_from(BOUNDARIES))
    offsets = draw(st.lists(st.sampled_from(OFFSETS), min_size=1, max_size=6, unique=True))
    if draw(st.integers(0, 3)) == 0:
        offsets.append(LONG_AFTER)
    return [boundary + offset for offset in offsets]


@st.composite
def time_texts(draw: Draw, at: datetime) -> str:
    """The instant with 0, 3, 6 or 9 fractional digits, as few as are needed or more."""
    digits = [n for n in (0, 3, 6, 9) if at.microsecond % 10 ** max(6 - n, 0) == 0]
    return time_text(at, draw(st.sampled_from(digits)))


def configs() -> st.SearchStrategy[Config]:
    """Zones with and without clock changes, days that start at midnight or at 17:00."""
    return st.builds(
        Config,
        timezone=st.sampled_from(
            ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland"]
        ),
        day_start=st.sampled_from(["00:00", "17:00"]),
        starting_equity=st.sampled_from([None, Decimal(10000), Decimal("0.5"), Decimal("25.25")]),
        breakeven_tolerance=st.sampled_from([Decimal(0), Decimal("0.1"), Decimal(1)]),
        multiplier=st.sampled_from([{}, {"ES": Decimal(50)}, {"AAPL": Decimal("0.3")}]),
        periods_per_year=st.sampled_from([None, 250]),
        trading_week=st.sampled_from([EVERY_DAY, MONDAY_TO_FRIDAY, frozenset([6, 0, 1, 2, 3])]),
        deposits=st.lists(
            st.tuples(
                st.sampled_from([day + timedelta(days=n) for day in BOUNDARY_DAYS for n in (0, 2)]),
                st.sampled_from([Decimal(5000), Decimal("-0.25"), Decimal("17.5")]),
            ),
            max_size=3,
            unique=True,
        ).map(lambda paid: tuple(sorted(paid))),
        holidays=st.frozensets(st.sampled_from(BOUNDARY_DAYS), max_size=3),
    )


# --- from a log to files --------------------------------------------------------------------------


def in_file_order(lines: Iterable[tuple[str, LogLine]]) -> Log:
    """By file name; within a file as given."""
    return sorted(lines, key=lambda pair: pair[0])


def file_name(at: datetime) -> str:
    """`YYYY-MM-DD.jsonl`, of the UTC date."""
    day: date = at.astimezone(UTC).date()
    return f"{day.isoformat()}.jsonl"


def time_text(at: datetime, digits: int = 6) -> str:
    """ISO 8601 in UTC with `Z` and so many fractional digits (at most 9; further ones cut off)."""
    fraction = f"{at.microsecond:06d}000"[:digits]
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{'.' if digits else ''}{fraction}Z"


def json_text(value: JsonValue) -> str:
    """JSON with the digits of Decimals as they are, and non-ASCII text unescaped."""
    if isinstance(value, dict):
        inside = ", ".join(f"{json_text(name)}: {json_text(item)}" for name, item in value.items())
        return "{" + inside + "}"
    if isinstance(value, list):
        return "[" + ", ".join(json_text(item) for item in value) + "]"
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def line_bytes(line: LogLine) -> bytes:
    """The line as the bot writes it, newline included."""
    return json_text(line).encode() + b"\n"


def write_log(folder: Path, log: Iterable[tuple[str, LogLine]]) -> list[Path]:
    """One file per name in `folder`, lines in the order given; the paths, sorted.

    Files of those names are replaced, others left alone.
    """
    contents: dict[str, bytes] = {}
    for name, line in log:
        contents[name] = contents.get(name, b"") + line_bytes(line)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return sorted(folder / name for name in contents)
