"""Whether stops and targets held, and how far trades went against and for them while open."""

from __future__ import annotations

from perfkit.core.trades import BEYOND_1R, EXIT_KNOWN, MAE_KNOWN, MFE_KNOWN, TARGET_HIT
from perfkit.metrics.facts import Facts, Undefined
from perfkit.metrics.metric import RISK, Quotient, metric

_NO_MFE = Undefined("no closed trade logs a favourable excursion (mfe)")


@metric(
    "Trades that lost more than was at risk, before commission: the stop did not hold.",
    formula="count of net P&L + commission < -abs(entry - initial stop) x quantity x multiplier",
    unit="trades",
    range="0 to r_trades",
    bounds=(0, None),
    empty="0; also when no trade has an R, see r_trades",
    source="plain count",
    label="Losses beyond 1 R",
    group=RISK,
    marks=BEYOND_1R,
    adds_up=True,
)
def losses_beyond_1r(facts: Facts) -> int:
    return facts.tally.counts.beyond_1r


@metric(
    "Trades that closed at or beyond their target.",
    formula="count of exit price >= target (long) or <= target (short)",
    unit="trades",
    range="0 to closed_trades",
    bounds=(0, None),
    empty="null when no closed trade has a logged exit price",
    source="plain count",
    group=RISK,
    marks=EXIT_KNOWN | TARGET_HIT,
    adds_up=True,
)
def target_hits(facts: Facts) -> int | Undefined:
    counts = facts.tally.counts
    return counts.target_hits if counts.exits_known else Undefined("no exit price is logged")


@metric(
    "Mean of the worst P&L that each trade showed while it was open.",
    formula="mean of the logged maximum adverse excursion",
    unit="money per trade",
    range="0 and down",
    bounds=(None, 0),
    empty="null when no closed trade logs one",
    source="J. Sweeney, Maximum Adverse Excursion, 1997; in money, as the bot logs it",
    elsewhere=(
        "QuantConnect LEAN works it out from the prices seen while a trade was open, before costs; "
        "others give it in per cent of the entry, or as a positive size."
    ),
    label="Adverse excursion (MAE)",
    group=RISK,
    reads=("mae",),
    parts=("sum of mae", "trades with one"),
    marks=MAE_KNOWN,
)
def mae(facts: Facts) -> Quotient:
    none = Undefined("no closed trade logs an adverse excursion (mae)")
    return Quotient(facts.tally.sums.mae, facts.tally.counts.adverse, none)


@metric(
    "Mean of the best P&L that each trade showed while it was open.",
    formula="mean of the logged maximum favourable excursion",
    unit="money per trade",
    range="0 and up",
    bounds=(0, None),
    empty="null when no closed trade logs one",
    source="J. Sweeney, Maximum Adverse Excursion, 1997; in money, as the bot logs it",
    elsewhere="see mae.",
    label="Favourable excursion (MFE)",
    group=RISK,
    reads=("mfe",),
    parts=("sum of mfe", "trades with one"),
    marks=MFE_KNOWN,
)
def mfe(facts: Facts) -> Quotient:
    return Quotient(facts.tally.sums.mfe, facts.tally.counts.favourable, _NO_MFE)


@metric(
    "Share of the best P&L within reach that trades kept until they closed.",
    formula="sum of net P&L / sum of mfe, both over trades that log an mfe",
    unit="fraction",
    range="any; below 0 where these trades lost together",
    empty="null when no closed trade logs one, they sum to 0, or one of them has no P&L",
    source="plain quotient of sums, so that a trade counts by its size",
    label="Favourable excursion kept",
    group=RISK,
    reads=("mfe", "captured_pnl"),
    parts=("sum of net P&L", "sum of mfe"),
    marks=MFE_KNOWN,
)
def mfe_captured(facts: Facts) -> Quotient | Undefined:
    counts, sums = facts.tally.counts, facts.tally.sums
    if unknown := counts.favourable - counts.captured:
        have = "trade that logs an mfe has" if unknown == 1 else "trades that log an mfe have"
        return Undefined(f"{unknown} {have} no P&L")
    zero = Undefined("no trade was ever in profit: the favourable excursions sum to 0")
    return Quotient(sums.captured_pnl, sums.mfe, zero if counts.favourable else _NO_MFE)
