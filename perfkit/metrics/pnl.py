"""Profit and loss: sums, means and what they imply."""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.exact import ZERO, add, multiply, ratio, scaled, subtract
from perfkit.core.trades import LOST, PNL_KNOWN, TURNED, WON
from perfkit.metrics.facts import NO_PNL, Facts, Undefined, if_known, no_loss, no_win
from perfkit.metrics.metric import PNL, RISK, TRADES, Inputs, Quotient, metric
from perfkit.metrics.ranks import count_of, middle_two

_NO_TURNOVER = Undefined("no closed trade has a quantity and an entry price")


def _payoff_inputs(facts: Facts) -> Inputs:
    counts, sums = facts.tally.counts, facts.tally.sums
    return {
        "gross_profit": sums.gross_profit,
        "l": counts.known_losses,
        "gross_loss": sums.gross_loss,
        "w": counts.known_wins,
    }


def _median_inputs(facts: Facts) -> Inputs:
    if isinstance(facts.ranks, Undefined) or not facts.ranks.net:
        return {}
    low, high = middle_two(facts.ranks.net)
    places = facts.ranks.places
    return {
        "n": count_of(facts.ranks.net),
        "low": scaled(low, places),
        "high": scaled(high, places),
    }


def _payoff(facts: Facts) -> tuple[Decimal, Decimal]:
    """What the average win and the size of the average loss are, both times w x l."""
    counts, sums = facts.tally.counts, facts.tally.sums
    lost = subtract(ZERO, sums.gross_loss)
    return multiply(sums.gross_profit, counts.known_losses), multiply(lost, counts.known_wins)


@metric(
    "Profit and loss after costs of the trades that closed in the window.",
    formula="sum of net P&L",
    unit="money",
    range="any",
    empty="0; null when trades closed and none has a P&L",
    source="exact sum; net P&L is the logged net, else gross minus commission, else gross",
    label="Net P&L",
    group=PNL,
    reads=("net_pnl",),
    marks=PNL_KNOWN,
    adds_up=True,
)
def net_pnl(facts: Facts) -> Decimal | Undefined:
    return if_known(facts, facts.tally.sums.net_pnl)


@metric(
    "Total net P&L of the winning trades.",
    formula="sum of net P&L over wins",
    unit="money",
    range="0 and up",
    bounds=(0, None),
    empty="0; null when trades won and no win has a P&L",
    source="exact sum",
    group=PNL,
    reads=("gross_profit",),
    marks=WON | PNL_KNOWN,
    adds_up=True,
)
def gross_profit(facts: Facts) -> Decimal | Undefined:
    counts = facts.tally.counts
    unknown = counts.wins and not counts.known_wins
    return no_win(facts) if unknown else facts.tally.sums.gross_profit


@metric(
    "Net P&L of the losing trades together.",
    formula="sum of net P&L over losses",
    unit="money",
    range="0 and down",
    bounds=(None, 0),
    empty="0; null when trades lost and no loss has a P&L",
    source="exact sum",
    group=PNL,
    reads=("gross_loss",),
    marks=LOST | PNL_KNOWN,
    adds_up=True,
)
def gross_loss(facts: Facts) -> Decimal | Undefined:
    counts = facts.tally.counts
    unknown = counts.losses and not counts.known_losses
    return no_loss(facts) if unknown else facts.tally.sums.gross_loss


@metric(
    "Money won for each unit of money lost.",
    formula="gross_profit / abs(gross_loss)",
    unit="ratio",
    range="0 and up",
    bounds=(0, None),
    empty="null when no loss has a P&L, or trades won and no win has one",
    source="the usual definition of trading-system reports",
    elsewhere=(
        "freqtrade gives 0 without a loss; quantstats gives infinity, or 0 when nothing was won "
        "either; nautilus_trader takes portfolio returns instead of the P&L of trades, and gives "
        "NaN without a loss."
    ),
    group=PNL,
    reads=("gross_profit", "gross_loss"),
    inputs=("gross_profit", "gross_loss"),
)
def profit_factor(facts: Facts) -> Quotient | Undefined:
    counts, sums = facts.tally.counts, facts.tally.sums
    if counts.wins and not counts.known_wins:
        return no_win(facts)
    return Quotient(sums.gross_profit, subtract(ZERO, sums.gross_loss), no_loss(facts))


@metric(
    "Mean net P&L of a winning trade.",
    formula="gross_profit / w, w = wins whose P&L is known",
    unit="money per trade",
    range="above 0",
    bounds=(0, None),
    empty="null when no win has a P&L",
    source="plain mean",
    elsewhere="nautilus_trader and quantstats (of returns) give NaN without a win.",
    label="Average win",
    group=PNL,
    reads=("gross_profit",),
    parts=("sum of gross_profit", "w"),
    marks=WON | PNL_KNOWN,
)
def avg_win(facts: Facts) -> Quotient:
    return Quotient(facts.tally.sums.gross_profit, facts.tally.counts.known_wins, no_win(facts))


@metric(
    "Mean net P&L of a losing trade.",
    formula="gross_loss / l, l = losses whose P&L is known",
    unit="money per trade",
    range="below 0",
    bounds=(None, 0),
    empty="null when no loss has a P&L",
    source="plain mean",
    elsewhere="nautilus_trader and quantstats (of returns) give NaN without a loss.",
    label="Average loss",
    group=PNL,
    reads=("gross_loss",),
    parts=("sum of gross_loss", "l"),
    marks=LOST | PNL_KNOWN,
)
def avg_loss(facts: Facts) -> Quotient:
    return Quotient(facts.tally.sums.gross_loss, facts.tally.counts.known_losses, no_loss(facts))


@metric(
    "Average win relative to the average loss.",
    formula="avg_win / abs(avg_loss) = gross_profit x l / (abs(gross_loss) x w)",
    unit="ratio",
    range="above 0",
    bounds=(0, None),
    empty="null when no win or no loss has a P&L",
    source="the usual definition; taken from the exact sums, not from the rounded means",
    elsewhere=(
        "quantstats takes the mean positive return over the mean negative one, and gives NaN "
        "without a win or a loss; nautilus_trader has none."
    ),
    group=PNL,
    reads=("gross_profit", "gross_loss"),
    inputs=_payoff_inputs,
)
def payoff_ratio(facts: Facts) -> Quotient:
    why = no_loss(facts) if facts.tally.counts.known_wins else no_win(facts)
    return Quotient(*_payoff(facts), why)


@metric(
    "Mean net P&L of a trade: what one more trade brings if nothing changes.",
    formula="net_pnl / n, n = trades whose P&L is known",
    unit="money per trade",
    range="any",
    empty="null when no closed trade has a P&L",
    source="the expected payoff of MetaTrader's strategy report",
    elsewhere=(
        "of 100, -50, 0, 0, 200, -100 freqtrade also gives 25; nautilus_trader gives 37.5, as "
        "does avg_return of quantstats, because both leave zeros out. Without a trade freqtrade "
        "gives 0, nautilus_trader NaN; of zeros only nautilus_trader gives 0, quantstats NaN."
    ),
    group=PNL,
    reads=("net_pnl",),
    parts=("sum of net_pnl", "n"),
    marks=PNL_KNOWN,
)
def expectancy(facts: Facts) -> Quotient:
    return Quotient(facts.tally.sums.net_pnl, facts.tally.counts.known, NO_PNL)


@metric(
    "Net P&L of the trade in the middle: half of the trades earned more, half less.",
    formula="middle of the sorted net P&L, the mean of the middle two of an even number",
    unit="money per trade",
    range="any",
    empty="null when no closed trade has a P&L",
    source="plain median",
    label="Median P&L",
    group=PNL,
    reads=("ranks",),
    inputs=_median_inputs,
    marks=PNL_KNOWN,
)
def median_pnl(facts: Facts) -> Quotient | Undefined:
    ranks = facts.ranks
    if isinstance(ranks, Undefined):
        return ranks
    if not ranks.net:
        return NO_PNL
    return Quotient(scaled(sum(middle_two(ranks.net)), ranks.places), 2, NO_PNL)


@metric(
    "Share of decided trades that must win to break even at these average sizes.",
    formula="abs(avg_loss) / (avg_win + abs(avg_loss))",
    unit="fraction",
    range="0 to 1",
    bounds=(0, 1),
    empty="null when no win or no loss has a P&L",
    source="setting the expectancy of a two-outcome bet to zero",
    group=TRADES,
    reads=("gross_profit", "gross_loss"),
    inputs=("avg_win", "avg_loss"),
)
def required_win_rate(facts: Facts) -> Decimal | Undefined:
    counts = facts.tally.counts
    if not counts.known_wins:
        return no_win(facts)
    if not counts.known_losses:
        return no_loss(facts)
    won, lost = _payoff(facts)
    return ratio(lost, add(won, lost))


@metric(
    "Highest net P&L of a winning trade.",
    formula="max of net P&L over wins",
    unit="money",
    range="above 0",
    bounds=(0, None),
    empty="null when no win has a P&L",
    source="plain extreme",
    elsewhere=(
        "nautilus_trader gives NaN without a win; best of quantstats is the highest return, also "
        "where all of them are negative."
    ),
    group=PNL,
    reads=("largest_win",),
)
def largest_win(facts: Facts) -> Decimal | Undefined:
    largest = facts.tally.largest_win
    return no_win(facts) if largest is None else largest


@metric(
    "Lowest net P&L of a losing trade.",
    formula="min of net P&L over losses",
    unit="money",
    range="below 0",
    bounds=(None, 0),
    empty="null when no loss has a P&L",
    source="plain extreme",
    elsewhere=(
        "nautilus_trader gives NaN without a loss; worst of quantstats is the lowest return, also "
        "where all of them are positive."
    ),
    group=PNL,
    reads=("largest_loss",),
)
def largest_loss(facts: Facts) -> Decimal | Undefined:
    largest = facts.tally.largest_loss
    return no_loss(facts) if largest is None else largest


@metric(
    "Commissions and fees of the closed trades.",
    formula="sum of logged commission",
    unit="money",
    range="any; rebates are negative",
    empty="0; also when no trade logs one",
    source="exact sum",
    group=PNL,
    signed=False,
    reads=("commission",),
    adds_up=True,
)
def commission(facts: Facts) -> Decimal:
    return facts.tally.sums.commission


@metric(
    "Slippage the bot logged for the closed trades.",
    formula="sum of logged slippage",
    unit="money",
    range="any",
    empty="0; also when no trade logs one",
    source="exact sum",
    group=PNL,
    signed=False,
    reads=("slippage",),
    adds_up=True,
)
def slippage(facts: Facts) -> Decimal:
    return facts.tally.sums.slippage


@metric(
    "Total value of the entries of the closed trades.",
    formula="sum of abs(quantity) x entry price x multiplier",
    unit="money",
    range="any; 0 and up unless prices are negative",
    empty="0; null when trades closed and none has a quantity and an entry price",
    source="exact sum; of trades made from fills, what their entries cost",
    elsewhere=(
        "brokers count both sides, so about twice as much; quantstats and pyfolio mean the share "
        "of the portfolio that changes hands in a day."
    ),
    group=PNL,
    signed=False,
    reads=("turnover",),
    marks=TURNED,
    adds_up=True,
)
def turnover(facts: Facts) -> Decimal | Undefined:
    tally = facts.tally
    return _NO_TURNOVER if tally.trades and not tally.counts.turned else tally.sums.turnover


@metric(
    "Commissions and fees for each unit of money traded.",
    formula="commission / turnover",
    unit="fraction of turnover",
    range="any; rebates are negative",
    empty="null when turnover is 0, or not known of each closed trade",
    source="plain quotient; the costs of both sides over what the entries were worth",
    group=PNL,
    signed=False,
    reads=("commission", "turnover"),
    inputs=("commission", "turnover"),
    marks=TURNED,
)
def commission_rate(facts: Facts) -> Quotient | Undefined:
    tally = facts.tally
    if tally.trades and not tally.counts.turned:
        return _NO_TURNOVER
    if unknown := tally.trades - tally.counts.turned:
        have = "trade has" if unknown == 1 else "trades have"
        return Undefined(f"{unknown} closed {have} no quantity or no entry price")
    return Quotient(tally.sums.commission, tally.sums.turnover, Undefined("turnover is 0"))


@metric(
    "Share of the account to risk on a trade for the fastest growth, if trades go on like this.",
    formula="p - (1 - p) / payoff_ratio, p = win_rate_decided",
    unit="fraction",
    range="up to 1; below 0 for a record that loses",
    bounds=(None, 1),
    empty="null when no win or no loss has a P&L",
    source="J. L. Kelly, A New Interpretation of Information Rate, 1956, for a bet of two outcomes",
    elsewhere=(
        "backtesting.py takes the win rate of all trades, breakevens included. Most traders risk "
        "half of it or less, because the estimate is uncertain."
    ),
    label="Kelly fraction",
    group=RISK,
    reads=("gross_profit", "gross_loss"),
    inputs=("win_rate_decided", "payoff_ratio"),
)
def kelly(facts: Facts) -> Quotient | Undefined:
    counts = facts.tally.counts
    if not counts.known_wins:
        return no_win(facts)
    if not counts.known_losses:
        return no_loss(facts)
    won, lost = _payoff(facts)
    # W / (W + L) - L / (W + L) x lost / won, over one denominator
    numerator = subtract(multiply(counts.wins, won), multiply(counts.losses, lost))
    return Quotient(numerator, multiply(facts.tally.decided, won), no_win(facts))
