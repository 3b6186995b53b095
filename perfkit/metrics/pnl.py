"""Profit and loss: sums, means and what they imply."""

from __future__ import annotations

from decimal import Decimal

from perfkit.core.exact import multiply, ratio, subtract
from perfkit.metrics.facts import NO_LOSS, NO_PNL, NO_WIN, Facts, Undefined


def net_pnl(facts: Facts) -> Decimal:
    """Profit and loss after costs of the trades that closed in the window.

    Formula: sum of net P&L
    Unit: money
    Range: any
    Empty: 0
    Source: exact sum; net P&L is the logged net, else gross minus commission, else gross
    """
    return facts.tally.sums.net_pnl


def gross_profit(facts: Facts) -> Decimal:
    """Net P&L of the winning trades together.

    Formula: sum of net P&L over wins
    Unit: money
    Range: 0 and up
    Empty: 0
    Source: exact sum
    """
    return facts.tally.sums.gross_profit


def gross_loss(facts: Facts) -> Decimal:
    """Net P&L of the losing trades together.

    Formula: sum of net P&L over losses
    Unit: money
    Range: 0 and down
    Empty: 0
    Source: exact sum
    """
    return facts.tally.sums.gross_loss


def profit_factor(facts: Facts) -> Decimal | Undefined:
    """Money won for each unit of money lost.

    Formula: gross_profit / abs(gross_loss)
    Unit: ratio
    Range: 0 and up
    Empty: null when no trade lost money
    Source: the usual definition of trading-system reports
    Elsewhere: freqtrade gives 0 without a loss; quantstats gives infinity, or 0 when nothing was
    won either; nautilus_trader takes portfolio returns instead of the P&L of trades, and gives NaN
    without a loss.
    """
    sums = facts.tally.sums
    return ratio(sums.gross_profit, -sums.gross_loss) if sums.gross_loss else NO_LOSS


def avg_win(facts: Facts) -> Decimal | Undefined:
    """Mean net P&L of a winning trade.

    Formula: gross_profit / w, w = wins whose P&L is known
    Unit: money per trade
    Range: above 0
    Empty: null when no win has a P&L
    Source: plain mean
    Elsewhere: nautilus_trader and quantstats (of returns) give NaN without a win.
    """
    counts = facts.tally.counts
    return ratio(facts.tally.sums.gross_profit, counts.known_wins) if counts.known_wins else NO_WIN


def avg_loss(facts: Facts) -> Decimal | Undefined:
    """Mean net P&L of a losing trade.

    Formula: gross_loss / l, l = losses whose P&L is known
    Unit: money per trade
    Range: below 0
    Empty: null when no loss has a P&L
    Source: plain mean
    Elsewhere: nautilus_trader and quantstats (of returns) give NaN without a loss.
    """
    counts = facts.tally.counts
    return (
        ratio(facts.tally.sums.gross_loss, counts.known_losses) if counts.known_losses else NO_LOSS
    )


def payoff_ratio(facts: Facts) -> Decimal | Undefined:
    """Size of the average win against the average loss.

    Formula: avg_win / abs(avg_loss) = gross_profit x l / (abs(gross_loss) x w)
    Unit: ratio
    Range: above 0
    Empty: null when no win or no loss has a P&L
    Source: the usual definition; taken from the exact sums, not from the rounded means
    Elsewhere: quantstats takes the mean positive return over the mean negative one, and gives NaN
    without a win or a loss; nautilus_trader has none.
    """
    counts, sums = facts.tally.counts, facts.tally.sums
    if not counts.known_wins:
        return NO_WIN
    if not counts.known_losses:
        return NO_LOSS
    return ratio(
        multiply(sums.gross_profit, counts.known_losses),
        multiply(-sums.gross_loss, counts.known_wins),
    )


def expectancy(facts: Facts) -> Decimal | Undefined:
    """Mean net P&L of a trade: what one more trade brings if nothing changes.

    Formula: net_pnl / n, n = trades whose P&L is known
    Unit: money per trade
    Range: any
    Empty: null when no closed trade has a P&L
    Source: the expected payoff of MetaTrader's strategy report
    Elsewhere: of 100, -50, 0, 0, 200, -100 freqtrade also gives 25; nautilus_trader gives 37.5, as
    does avg_return of quantstats, because both leave zeros out. Without a trade freqtrade gives 0,
    nautilus_trader NaN; of zeros only nautilus_trader gives 0, quantstats NaN.
    """
    known = facts.tally.counts.known
    return ratio(facts.tally.sums.net_pnl, known) if known else NO_PNL


def required_win_rate(facts: Facts) -> Decimal | Undefined:
    """Share of decided trades that must win to break even at these average sizes.

    Formula: abs(avg_loss) / (avg_win + abs(avg_loss))
    Unit: fraction
    Range: 0 to 1
    Empty: null when no win or no loss has a P&L
    Source: setting the expectancy of a two-outcome bet to zero
    """
    counts, sums = facts.tally.counts, facts.tally.sums
    if not counts.known_wins:
        return NO_WIN
    if not counts.known_losses:
        return NO_LOSS
    lost = multiply(-sums.gross_loss, counts.known_wins)
    won = multiply(sums.gross_profit, counts.known_losses)
    return ratio(lost, subtract(won, -lost))


def largest_win(facts: Facts) -> Decimal | Undefined:
    """Highest net P&L of a winning trade.

    Formula: max of net P&L over wins
    Unit: money
    Range: above 0
    Empty: null when no win has a P&L
    Source: plain extreme
    Elsewhere: nautilus_trader gives NaN without a win; best of quantstats is the highest return,
    also where all of them are negative.
    """
    largest = facts.tally.largest_win
    return NO_WIN if largest is None else largest


def largest_loss(facts: Facts) -> Decimal | Undefined:
    """Lowest net P&L of a losing trade.

    Formula: min of net P&L over losses
    Unit: money
    Range: below 0
    Empty: null when no loss has a P&L
    Source: plain extreme
    Elsewhere: nautilus_trader gives NaN without a loss; worst of quantstats is the lowest return,
    also where all of them are positive.
    """
    largest = facts.tally.largest_loss
    return NO_LOSS if largest is None else largest


def commission(facts: Facts) -> Decimal:
    """Commissions and fees of the closed trades.

    Formula: sum of logged commission
    Unit: money
    Range: any; rebates are negative
    Empty: 0
    Source: exact sum
    """
    return facts.tally.sums.commission


def slippage(facts: Facts) -> Decimal:
    """Slippage the bot logged for the closed trades.

    Formula: sum of logged slippage
    Unit: money
    Range: any
    Empty: 0
    Source: exact sum
    """
    return facts.tally.sums.slippage


def unrealized_pnl(facts: Facts) -> Decimal | Undefined:
    """Logged P&L of the trades that have not closed.

    Formula: sum of the last logged P&L of trades without a close
    Unit: money
    Range: any
    Empty: null for a window that does not hold the newest line; 0 when nothing is open
    Source: exact sum of what the bot logged; perfkit knows no market prices
    """
    return facts.unrealized_pnl
