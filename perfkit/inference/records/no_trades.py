"""Records that are no trades: what they look like instead, in a few words.

win_rate, total_trades                 figures of many trades
cash, equity                           states of an account
current_price, days_held               positions that are still held
date, pnl; each day once               a day's totals
price, size, aggressor_side            trades of a whole market
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from perfkit.inference.records.account_states import states_of_account
from perfkit.inference.records.bars import what_of_market
from perfkit.inference.records.beside_trades import all_failed
from perfkit.inference.records.groups import what_groups
from perfkit.inference.records.kinds import closing_words, is_flag, says_it_is_open
from perfkit.inference.records.running_figures import are_beside_results
from perfkit.inference.table import shapes
from perfkit.inference.table.columns import BOOLEAN, EMPTY, NUMBER, OTHER, TEXT, TIME, Column
from perfkit.inference.table.directions import directions
from perfkit.inference.table.roles import identities_of
from perfkit.inference.table.time_columns import Times
from perfkit.inference.words.names import (
    CLOSED,
    RISK,
    lies_in_state,
    pnl_name,
    time_role,
    word_set,
    words,
)
from perfkit.inference.words.role_names import (
    is_state_of_account,
    is_strong_summary,
    is_summary_name,
    role_rank,
)

OF_A_TRADE = ("side", "entry_price", "exit_price", "price", "quantity")
"""Parts without which a record may be something else than a trade."""
_OF_ITS_END = ("exit_price", "exit_reason", "outcome")
_OF_ONE_TRADE = {*OF_A_TRADE, *_OF_ITS_END} - {"quantity"}
_MANY_FIGURES = 3
"""Figures of many trades beside which a number of pieces or trades shows no trade."""
_COUNTS = (("total",), ("count",), ("n",), ("samples",), ("num",))
_RIGHT = (("correct",), ("hits",), ("right",), ("won",), ("win",))
_LEAST_EMPTY = 2
"""Parts of a close that no record has, where all are open."""
_LEAST_TIMES = 4
_LEAST_MOMENTS = 10
_DAY = 86_400 * 1_000_000
_LONGEST_GAP = 4 * _DAY
"""Between two days of trading, over a weekend and a holiday beside it."""
_OF_GROUPS = word_set(
    "desk account book portfolio fund variable series index factor trader user wallet"
)
"""Words of what has totals of its own beside those of others."""
_MONTHS = range(28, 32)
_LEAST_OF_A_GROUP = 2
"""Of groups such as desks, each has so many totals at least."""
_PAYOFFS = (("max", "profit"), ("max", "loss"))
_IN_TRAINING = word_set("train training is ins insample")
_IN_TEST = word_set("test testing oos validation val outsample")
_LEAST_TRIED = 2
"""Figures that stand in a table once for the training and once for the test of parameters."""
_OF_COMPANIES = (
    *({"pe"}, {"pe", "ratio"}, {"trailing", "pe"}, {"forward", "pe"}, {"peg"}, {"peg", "ratio"}),
    *({"per"}, {"pb"}, {"pb", "ratio"}, {"pbr"}, {"ps"}, {"ps", "ratio"}, {"eps"}, {"ebitda"}),
    *({"market", "cap"}, {"dividend", "yield"}, {"earnings", "yield"}, {"book", "value"}),
    *({"book", "yield"}, {"roa"}, {"roe"}, {"revenue"}, {"revenue", "growth"}, {"net", "income"}),
    *({"gross", "profit"}, {"operating", "income"}, {"total", "revenue"}, {"eps", "actual"}),
    *({"eps", "estimate"}, {"surprise"}, {"surprise", "pct"}, {"free", "cash", "flow"}),
    *({"debt", "equity"}, {"debt", "to", "equity"}, {"asset", "growth"}, {"profit", "margin"}),
    *({"p", "vp"}, {"pvp"}, {"pbv"}, {"vpa"}, {"lpa"}, {"dy"}, {"psr"}, {"payout"}, {"roic"}),
    *({"ev", "ebit"}, {"ev", "ebitda"}, {"p", "ebit"}, {"p", "ebitda"}, {"p", "e"}),
)
_LEAST_OF_COMPANIES = 3
_LETTERS = re.compile("[a-z]+")
_PRICE_TO_EARNINGS = (["pl"], ["p", "l"])
"""What `P/L` is beside other ratios: preço sobre lucro."""
_OF_CLOSES = word_set(
    "close exit sell sold stop stopped tp sl target win won loss lost settled filled"
)
"""Words of records that are more than positions valued now."""
_BOUGHT_OR_SOLD = word_set("buy bought sell sold")
_OF_NOW = (
    *({"current", "price"}, {"last", "price"}, {"ltp"}, {"mark", "price"}, {"market", "price"}),
    *({"cur", "val"}, {"current", "value"}, {"market", "value"}, {"liquidation", "price"}),
    *({"cmp"}, {"price", "now"}, {"live", "price"}, {"latest", "price"}, {"current", "rate"}),
    *({"current", "close"}, {"last", "close"}, {"latest", "close"}, {"today", "price"}),
)
"""Words of the names that say what something is worth now."""


def why_no_trades(
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    times: Times,
    without_values: Sequence[Column] = (),
) -> str:
    """Why records are no trades, such as `rows look like figures of many trades`; else empty.

    Of the columns `without_values`, which no record fills, the names may say it.
    """
    roles = {role: one for role, one in roles.items() if not lies_in_state(one.path)}
    what = _instead(columns, roles, times, without_values)
    if what:
        return f"rows look like {what}"
    if (flag := all_failed(columns)) is not None:
        return f"all records failed, as {flag.name} says"
    is_alone = len(columns[0].values) == 1 and not any(map(is_summary_name, _names(columns)))
    if not times.are_there and is_alone and not roles.keys() & set(OF_A_TRADE):
        return "there is one record, without a time or a part of a trade"
    return ""


def _instead(
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    times: Times,
    without_values: Sequence[Column],
) -> str:
    """What the records of no trades are, with the columns that show it; else empty."""
    summaries, states = _figures(columns, roles)
    of_many = f"figures of many trades ({', '.join(summaries[:3])})"
    if not times.are_there and "exit_price" not in roles:
        if summaries:
            return of_many
        payoffs = [one.name for one in columns if one.words in _PAYOFFS]
        if len(payoffs) == len(_PAYOFFS):
            return f"payoffs of positions ({', '.join(payoffs)})"
        if (held := _held(columns)) and not _are_orders(roles):
            return f"positions that are still held ({held})"
    still = _still_held(columns, roles, times) or _valued(columns, roles, times)
    if still is not None:
        return f"positions that are still held ({still.name})"
    if (
        what := _all_open(columns, roles, without_values)
        or _of_training_and_test(columns)
        or _of_companies(columns, roles, times)
    ):
        return what
    if what := what_groups(columns, roles, times) or states_of_account(columns, roles, times):
        return what
    if _are_of_many(columns, roles, summaries, states):
        return of_many
    of_market = what_of_market(columns, roles, times, without_values)
    if of_market or roles.keys() & set(OF_A_TRADE):
        return of_market
    if len(summaries) > 1 or any(map(is_strong_summary, summaries)):
        return of_many
    if len(states) > 1 and "symbol" not in roles:
        return f"states of an account ({', '.join(states[:3])})"
    said = next((one.name for one in columns if {*one.words} == {"summary", "date"}), "")
    if said:
        return f"totals of a day ({said})"
    return _periods_of_tests(columns, roles) or _totals_of_days(columns, roles)


def _figures(columns: Sequence[Column], roles: Mapping[str, Column]) -> tuple[list[str], list[str]]:
    """The names of figures of many trades and of states of an account, unless beside results."""
    summaries = [name for name in _names(columns) if is_summary_name(name)] or _counts(columns)
    states = [name for name in _names(columns) if is_state_of_account(name)]
    is_beside = bool(summaries or states) and are_beside_results(columns, roles)
    return ([], []) if is_beside else (summaries, states)


def _are_of_many(
    columns: Sequence[Column],
    roles: Mapping[str, Column],
    summaries: Sequence[str],
    states: Sequence[str],
) -> bool:
    """Whether there are several figures of many trades, and nothing of one trade but its size.

    Beside what an account holds, a cost basis is that of the account.
    """
    if len(summaries) >= _MANY_FIGURES and not roles.keys() & _OF_ONE_TRADE:
        return True
    is_account = len(states) > 1 and not roles.keys() & {"symbol", "side", *_OF_ITS_END}
    return len(summaries) > 1 and (is_account or _are_all_so_far(columns, roles))


def _are_all_so_far(columns: Sequence[Column], roles: Mapping[str, Column]) -> bool:
    """Whether each P&L is one so far by its name, such as `total_pnl`, and nothing was closed."""
    if "exit_price" in roles:
        return False
    results = [known for one in columns if one.kind == NUMBER and (known := pnl_name(one.name))]
    return bool(results) and all(one.is_running for one in results)


def _names(columns: Sequence[Column]) -> list[str]:
    return [column.name for column in columns]


def _counts(columns: Sequence[Column]) -> list[str]:
    """The names of how many there are and how many of them were right, of which none is a trade."""
    counts = [one for one in columns if one.kind == NUMBER and one.words in _COUNTS]
    right = [one for one in columns if one.kind == NUMBER and one.words in _RIGHT]
    return _names([*counts, *right]) if counts and right else []


def _held(columns: Sequence[Column]) -> str:
    """The name of a price or a value of now; empty where a P&L is called realized, or none."""
    if any({"realized"} <= set(one.words) and pnl_name(one.name) for one in columns):
        return ""
    sizes = [one for one in columns if role_rank(one.name, "quantity") is not None]
    if any(one.kind == NUMBER and not any(one.numbers) for one in sizes):
        return ""
    of_now = (one.name for one in columns if any(said <= set(one.words) for said in _OF_NOW))
    return next(of_now, "")


def _still_held(
    columns: Sequence[Column], roles: Mapping[str, Column], times: Times
) -> Column | None:
    """The column that says how long positions are held, where nothing says that they ended."""
    if times.closed or times.event or times.other or not times.opened:
        return None
    if roles.keys() & set(_OF_ITS_END):
        return None
    return next((one for one in columns if set(one.words) == {"days", "held"}), None)


def _all_open(
    columns: Sequence[Column], roles: Mapping[str, Column], without_values: Sequence[Column]
) -> str:
    """What records are where each says that it is open, or no record has any part of a close."""
    if (flag := _flag_of_open(columns, roles)) is not None:
        return f"positions that are all open, as {flag.name} says"
    if (now := _left_from_before(columns, roles)) is not None:
        return f"positions that are held, or were before ({now.name})"
    if roles.keys() & {*_OF_ITS_END, "exit_price"} or any(pnl_name(one.name) for one in columns):
        return ""
    for column in columns:
        is_state = column.kind == TEXT and bool({"status", "state"} & set(column.words))
        if is_state and all(column.present) and all(map(says_it_is_open, column.distinct)):
            return f"positions that are all open, as {column.name} says"
    empty = [one for one in without_values if _is_of_a_close(one)]
    if len(empty) < _LEAST_EMPTY or not any(map(_is_exit_price, empty)):
        return ""
    return f"positions that are all open ({', '.join(_names(empty[:3]))} are empty)"


def _flag_of_open(columns: Sequence[Column], roles: Mapping[str, Column]) -> Column | None:
    """The column that says yes or no of a close, and of each record that there was none.

    A price beside it is that of now, and a P&L what has been earned so far.
    """
    if roles.keys() & {*_OF_ITS_END} - {"exit_price"} or _are_bought_and_sold(roles):
        return None
    if any(one.kind == TIME and time_role(one.name) == CLOSED for one in columns):
        return None
    for column in columns:
        if len(column.labels) < _LEAST_EMPTY or not is_flag(column) or not all(column.present):
            continue
        closing, opening = closing_words(column, column, [], [])
        if not closing and opening == {*column.distinct}:
            return column
    return None


def _left_from_before(columns: Sequence[Column], roles: Mapping[str, Column]) -> Column | None:
    """The P&L of now of positions of which those that are not open have no price of an entry."""
    results = [one for one in columns if one.kind == NUMBER and pnl_name(one.name) is not None]
    if len(results) != 1 or "current" not in results[0].words or "entry_price" not in roles:
        return None
    for flag in filter(is_flag, columns):
        closing, opening = closing_words(flag, flag, [], [])
        rows = [row for row, label in enumerate(flag.labels) if label in closing]
        if opening and rows and not any(roles["entry_price"].numbers[row] for row in rows):
            return results[0]
    return None


def _are_bought_and_sold(roles: Mapping[str, Column]) -> bool:
    """Whether each record has a price and a quantity, and some buy and others sell."""
    if not {"side", "price", "quantity"} <= roles.keys() or "entry_price" in roles:
        return False
    return {1, -1} <= {*directions(roles["side"])}


def _are_orders(roles: Mapping[str, Column]) -> bool:
    """Whether each record has a price and a quantity, and all sides are called buy or sell."""
    return _are_bought_and_sold(roles) and all(
        {*words(label)} & _BOUGHT_OR_SOLD for label in roles["side"].distinct
    )


def _is_exit_price(column: Column) -> bool:
    return role_rank(column.name, "exit_price") is not None


def _is_of_a_close(column: Column) -> bool:
    """Whether a column is by its name the price, the time or the result of a close."""
    if _is_exit_price(column) or pnl_name(column.name) is not None:
        return True
    return time_role(column.name) == CLOSED


def _valued(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> Column | None:
    """A current price beside a current value, as records have that are valued and not closed.

    One price of now is enough where there is no time but that of the opening, or it is the mark.
    The end of a market, as in `endDate`, is not that of a position.
    """
    closed = [one for one in times.closed if one.words != ("end", "date")]
    if closed or roles.keys() & set(_OF_ITS_END):
        return None
    now = next((one for one in columns if one.name == _held(columns)), None)
    if now is not None and not any(map(_says_closed, columns)):
        is_opened = bool(times.opened) and not (times.event or times.other)
        is_mark = set(now.words) == {"mark", "price"} and "entry_price" in roles
        if is_opened or is_mark:
            return now
    said = [one for one in columns if {"current", "cur"} & set(one.words) and one.filled]
    price = next((one for one in said if "price" in one.words and len(one.words) == 2), None)
    return price if any(set(one.words) & {"value", "worth"} for one in said) else None


def _of_training_and_test(columns: Sequence[Column]) -> str:
    """What the records say where figures stand once for training and once for a test."""
    numbers = [one for one in columns if one.kind == NUMBER]
    trained, tested = (
        {frozenset(one.words) - words: one.name for one in numbers if set(one.words) & words}
        for words in (_IN_TRAINING, _IN_TEST)
    )
    shared = [part for part in trained if part and part in tested]
    if len(shared) < _LEAST_TRIED:
        return ""
    names = [name for part in shared[:2] for name in (trained[part], tested[part])]
    return f"figures of parameters that were trained and tested ({', '.join(names)})"


def _periods_of_tests(columns: Sequence[Column], roles: Mapping[str, Column]) -> str:
    """What the records say where all their times are those of training and test: `test_start`."""
    times = [one for one in columns if one.kind == TIME]
    if len(times) < _LEAST_TRIED or roles.keys() & {*OF_A_TRADE, *_OF_ITS_END}:
        return ""
    if not all({*one.words} & (_IN_TRAINING | _IN_TEST) for one in times):
        return ""
    return f"figures of periods of training and test ({', '.join(_names(times[:2]))})"


def _of_companies(columns: Sequence[Column], roles: Mapping[str, Column], times: Times) -> str:
    """What the records say where they are of companies, and none of a trade that ended."""
    if times.closed or roles.keys() & {"side", *_OF_ITS_END}:
        return ""
    results = [one for one in columns if "pnl" in one.words and pnl_name(one.name) is not None]
    if any(_LETTERS.findall(one.name.lower()) not in _PRICE_TO_EARNINGS for one in results):
        return ""
    found = [one.name for one in columns if set(one.words) in _OF_COMPANIES]
    if len(found) < _LEAST_OF_COMPANIES:
        return ""
    return f"fundamentals of companies ({', '.join(found[:3])})"


def _says_closed(column: Column) -> bool:
    """Whether a column has a word for records that close, such as `closed` or `SELL`."""
    if column.kind != TEXT or not column.has_few_words:
        return column.kind == BOOLEAN and "close" in column.words
    return any(set(words(label)) & _OF_CLOSES for label in column.distinct)


def _totals_of_days(columns: Sequence[Column], roles: Mapping[str, Column]) -> str:
    """What records of each day, or each hour, are that say nothing of a trade but an amount."""
    filled = [column for column in columns if column.kind not in (EMPTY, OTHER)]
    moments = [column for column in filled if column.kind == TIME]
    numbers = [column for column in filled if column.kind == NUMBER]
    groups = [one for one in filled if one.kind == TEXT and set(one.words) & _OF_GROUPS]
    results = [name for one in numbers if (name := pnl_name(one.name)) is not None]
    if len(moments) != 1 or len(groups) > 1 or not results:
        return ""
    if len(moments) + len(numbers) + len(groups) != len(filled):
        return ""
    if any(name.unit == RISK for name in results) or identities_of(numbers):
        return ""
    if roles.keys() & {"symbol", *_OF_ITS_END} or not _come_regularly(moments[0], groups):
        return ""
    amounts = [one.name for one in numbers if pnl_name(one.name) is not None]
    return f"totals of a day or another period, not trades ({moments[0].name}, {amounts[0]})"


def _come_regularly(moments: Column, groups: Sequence[Column]) -> bool:
    """Whether times are days or months in a row, or equally far apart; in each group if any."""
    are_days = all(map(shapes.is_date_alone, moments.sample)) or bool(moments.layout)
    if not groups:
        return _are_regular(moments.instants, are_days=are_days)
    each: dict[str, list[int | None]] = {}
    for label, instant in zip(groups[0].labels, moments.instants, strict=True):
        each.setdefault(label, []).append(instant)
    least = min(map(len, each.values()))
    return least >= _LEAST_OF_A_GROUP and all(
        _are_regular(instants, are_days=are_days) for instants in each.values()
    )


def _are_regular(instants: Sequence[int | None], *, are_days: bool) -> bool:
    known = [one for one in instants if one is not None]
    if len(known) < _LEAST_TIMES or len(set(known)) < len(known):
        return False
    if known not in (sorted(known), sorted(known, reverse=True)):
        return False
    gaps = Counter(abs(after - before) for before, after in pairwise(known))
    _, often = gaps.most_common(1)[0]
    if often * 10 >= 9 * gaps.total() and len(known) >= _LEAST_MOMENTS:
        return True
    if not are_days or any(gap % _DAY for gap in gaps):
        return False
    in_a_row = sum(count for gap, count in gaps.items() if gap <= _LONGEST_GAP)
    return in_a_row * 10 >= 8 * gaps.total() or all(gap // _DAY in _MONTHS for gap in gaps)
