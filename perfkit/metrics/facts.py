"""What a metric is computed from: the facts of one window, or of one part of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from perfkit.core.exact import add
from perfkit.core.fast_imports import NamedTuple, date, datetime
from perfkit.metrics.ranks import Ranks
from perfkit.metrics.tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from perfkit.core.trades import Trades


class Undefined(NamedTuple):
    """Why a figure has no value; `reason` is a phrase such as "no trade lost"."""

    reason: str


NOT_IN_A_PART = Undefined("describes the whole account, not a part of it")
NOT_OF_A_PART = Undefined("is of the whole window, not of a part of it")
NO_EQUITY = Undefined("no starting_equity is configured")
EQUITY_USED_UP = Undefined("equity was not above 0")

Value = int | str | Decimal | datetime
"""What a defined figure is: a count, a word, money / a rate / seconds, or a moment in UTC."""


class AccountDay(NamedTuple):
    """A trading day of the account: what was paid in and earned up to its start, and its net P&L.

    `base` is the starting equity and all deposits, those of the day included.
    """

    base: Decimal
    earned: Decimal
    net: Decimal
    is_expected: bool

    @property
    def start(self) -> Decimal:
        """Equity at the start of the day."""
        return add(self.base, self.earned)


class Account(NamedTuple):
    """The account through a window: equity at its start, and its days up to the newest line."""

    start: Decimal
    days: tuple[AccountDay, ...]


class Held(NamedTuple):
    """For how long of a window any trade was open, and how many at once: `most`, at `most_at`."""

    open_us: int
    window_us: int
    most: int
    most_at: int


class Facts(NamedTuple):
    """Everything the metrics of one window, or of one part of it, need.

    `tally` folds from the tallies of the days; so do `days`, the net P&L per trading day with a
    closed trade. The rest is walked: `open_trades`, `unrealized_pnl`, `realized_pnl`, `returns`
    (net P&L of every expected day up to the newest line), `recovered_at`, `current_drawdown`,
    `max_drawdown_pct` (numerator and denominator), `every_day` (net P&L of every day that is
    expected or has a closed trade) and `account`; they describe the whole account, so in a part
    they are undefined. So are `ranks`, which are put together from those of the days.
    `trades` gives the closed trades themselves, to the metrics of other packages, and `held` when
    trades were open, to those of `concurrency`: both read trades, and only when called.
    """

    tally: Tally
    days: tuple[tuple[date, Decimal], ...]
    expected_days: int
    open_trades: int
    recovered_at: int | Undefined | None
    unrealized_pnl: Decimal | Undefined
    realized_pnl: Decimal | Undefined
    returns: tuple[Decimal, ...] | Undefined
    current_drawdown: Decimal | Undefined
    max_drawdown_pct: tuple[Decimal | int, Decimal | int] | Undefined
    periods_per_year: int
    every_day: tuple[Decimal, ...] | Undefined = ()
    account: Account | Undefined = NOT_IN_A_PART
    ranks: Ranks | Undefined = Ranks()
    trades: Callable[[], Trades] | None = None
    held: Callable[[], Held | Undefined] | None = None


NO_TRADES = Undefined("no trade closed in the window")
NO_PNL = Undefined("no closed trade has a P&L")
NO_WIN = Undefined("no trade won")
NO_LOSS = Undefined("no trade lost")
NO_KNOWN_WIN = Undefined("no win has a P&L")
NO_KNOWN_LOSS = Undefined("no loss has a P&L")
NO_LOSING_DAY = Undefined("no day lost money")


def without_log(days: int) -> Undefined:
    """Why nothing is known of every day of a window."""
    return Undefined(f"{days} expected {'day has' if days == 1 else 'days have'} no log")


def no_win(facts: Facts) -> Undefined:
    """Why nothing is known of what wins brought."""
    return NO_KNOWN_WIN if facts.tally.counts.wins else NO_WIN


def no_loss(facts: Facts) -> Undefined:
    """Why nothing is known of what losses cost."""
    return NO_KNOWN_LOSS if facts.tally.counts.losses else NO_LOSS


def if_known(facts: Facts, figure: Decimal | Undefined) -> Decimal | Undefined:
    """A figure of net P&L; undefined where trades closed and the P&L of none is known."""
    counts = facts.tally.counts
    closed = counts.wins + counts.losses + counts.breakevens
    return NO_PNL if closed and not counts.known else figure
