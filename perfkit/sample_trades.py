"""The invented bot behind the sample logs: what it trades, how, and how each trade ends.

Nothing is measured here and nothing differs between machines: each draw is `Random.randrange`, and
prices, quantities and money are integers (ticks, lots, 1/100,000 USD). Prices walk at random; how a
trade ends is drawn from the character of its strategy and of the day, not read off that walk.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from perfkit.core.fast_imports import NamedTuple

MONEY_PLACES = 5
ENTRY_FEE_PPM, EXIT_FEE_PPM = 200, 400
BREAKEVEN_PERMILLE = 15
RECOVERY_DAYS, SLUMP_DAYS, LATE_DAYS, RELEASE_DAYS, GOOD_DAYS = 3, 10, 14, 18, 25
"""Days before the end at which each begins; late is when a strategy goes bad."""
HOURLY_ACTIVITY = (1, 1, 2, 2, 2, 2, 3, 4, 5, 5, 4, 4, 5, 7, 8, 8, 7, 6, 5, 4, 3, 2, 2, 1)


class Market(NamedTuple):
    """A symbol: first price in ticks, decimal places, and the reach of an hourly step in ppm."""

    symbol: str
    start: int
    price_places: int
    quantity_places: int
    hourly_ppm: int

    @property
    def money_per_tick(self) -> int:
        """Units of 1/100,000 USD that one tick is worth to one lot."""
        return int(10 ** (MONEY_PLACES - self.price_places - self.quantity_places))


class Strategy(NamedTuple):
    """How one strategy trades; ranges are (lowest, highest), both possible.

    `indicators` maps each figure noted at entry to its decimal places and, in units of the last of
    these, its ranges for a long and for a short; the reasons are format strings over their names.
    `late_loss_permille` is what `win_permille` has lost by the end.
    """

    name: str
    execution_mode: str
    share: int
    win_permille: int
    stop_bps: tuple[int, int]
    reward_pct: tuple[int, int]
    hold_minutes: tuple[int, int]
    entry_type: str
    indicators: dict[str, tuple[int, tuple[int, int], tuple[int, int]]]
    long_reason: str
    short_reason: str
    late_loss_permille: int = 0


class Trade(NamedTuple):
    """A trade as drawn: what was planned at entry, and the exit it will come to."""

    order_id: str
    market: Market
    strategy: Strategy
    direction: int
    opened_at: datetime
    closed_at: datetime
    lots: int
    entry: int
    risk: int
    reward: int
    exit: int
    exit_reason: str
    commission: int
    slippage: int
    indicators: dict[str, int]
    bot_version: str

    def pnl(self, price: int) -> int:
        """Profit or loss at `price`, before fees, in 1/100,000 USD."""
        return (price - self.entry) * self.direction * self.lots * self.market.money_per_tick


MARKETS = (
    Market("BTCUSDT", 1_108_400, 1, 3, 2_600),
    Market("ETHUSDT", 432_150, 2, 3, 3_600),
    Market("SOLUSDT", 20_440, 2, 2, 4_400),
    Market("XRPUSDT", 28_270, 4, 1, 3_800),
    Market("LINKUSDT", 22_380, 3, 2, 4_200),
)

STRATEGIES = (
    Strategy(
        name="momentum",
        execution_mode="LIVE",
        share=30,
        win_permille=500,
        stop_bps=(80, 160),
        reward_pct=(150, 210),
        hold_minutes=(35, 380),
        entry_type="market",
        indicators={
            "rsi_14": (1, (556, 688), (312, 447)),
            "adx_14": (1, (221, 384), (221, 384)),
            "ema_gap_pct": (2, (12, 85), (-85, -12)),
        },
        long_reason="EMA 9 is above EMA 21 with ADX at {adx_14}; joining the trend on a pullback.",
        short_reason="EMA 9 is below EMA 21 with ADX at {adx_14}; selling the first bounce.",
    ),
    Strategy(
        name="mean_reversion",
        execution_mode="LIVE",
        share=36,
        win_permille=690,
        stop_bps=(70, 130),
        reward_pct=(80, 110),
        hold_minutes=(12, 150),
        entry_type="limit",
        indicators={
            "zscore_20": (2, (-298, -190), (190, 298)),
            "rsi_14": (1, (186, 309), (694, 821)),
        },
        long_reason="Price is {zscore_20} sd off its 20-bar mean, RSI {rsi_14}; buying it.",
        short_reason="Price is {zscore_20} sd off its 20-bar mean, RSI {rsi_14}; selling it.",
    ),
    Strategy(
        name="breakout",
        execution_mode="PAPER",
        share=13,
        win_permille=405,
        stop_bps=(120, 230),
        reward_pct=(250, 300),
        hold_minutes=(150, 1700),
        entry_type="stop",
        indicators={
            "range_hours": (0, (12, 48), (12, 48)),
            "volume_ratio": (2, (152, 340), (152, 340)),
        },
        long_reason="Closed above the {range_hours} h range on {volume_ratio} times usual volume.",
        short_reason="Closed below the {range_hours} h range on {volume_ratio} times usual volume.",
    ),
    Strategy(
        name="funding_fade",
        execution_mode="LIVE",
        share=21,
        win_permille=590,
        late_loss_permille=250,
        stop_bps=(80, 150),
        reward_pct=(100, 150),
        hold_minutes=(60, 480),
        entry_type="limit",
        indicators={
            "funding_8h_pct": (4, (-620, -210), (210, 620)),
            "open_interest_change_pct": (1, (21, 94), (21, 94)),
        },
        long_reason="Funding is {funding_8h_pct} % per 8 h; shorts are crowded, fading them.",
        short_reason="Funding is {funding_8h_pct} % per 8 h; longs are crowded, fading them.",
    ),
)


def draw_trades(end: datetime, days: int, rng: Random) -> Iterator[Trade]:
    """Yield the trades opened in the `days` days before `end` (a midnight), in opening order.

    A strategy holds one position per symbol at a time. The last trades close after `end`.
    """
    start = end - timedelta(days=days)
    paths = {market: _price_path(market, days * 24, rng) for market in MARKETS}
    busy_until: dict[str, dict[str, datetime]] = {each.name: {} for each in STRATEGIES}
    for day in range(days):
        midnight = start + timedelta(days=day)
        count = rng.randrange(8, 14) if midnight.weekday() >= 5 else rng.randrange(20, 29)
        for number, opened_at in enumerate(sorted(_moment(midnight, rng) for _ in range(count)), 1):
            strategy = STRATEGIES[_pick([each.share for each in STRATEGIES], rng)]
            busy = busy_until[strategy.name]
            free = [each for each in MARKETS if busy.get(each.symbol, start) <= opened_at]
            if not free:
                continue
            market = free[rng.randrange(len(free))]
            trade = _draw_trade(
                rng,
                order_id=f"ORD-{opened_at:%Y%m%d}-{number:03}",
                market=market,
                strategy=strategy,
                opened_at=opened_at,
                days_left=(end - opened_at).days,
                price=_price(paths[market], opened_at - start, rng),
            )
            busy[market.symbol] = trade.closed_at
            yield trade


def _draw_trade(
    rng: Random,
    *,
    order_id: str,
    market: Market,
    strategy: Strategy,
    opened_at: datetime,
    days_left: int,
    price: int,
) -> Trade:
    direction = 1 if rng.randrange(100) < 56 else -1
    risk = price * _between(strategy.stop_bps, rng) // 10_000
    reward = risk * _between(strategy.reward_pct, rng) // 100
    lots = rng.randrange(38, 64) * 10**MONEY_PLACES // (risk * market.money_per_tick)
    held_ms = _between(strategy.hold_minutes, rng) * 60_000 + rng.randrange(60_000)
    reason, move, exit_slip = _draw_exit(strategy, risk, reward, days_left, rng)
    worth = lots * market.money_per_tick
    commission = price * worth * (ENTRY_FEE_PPM + EXIT_FEE_PPM) // 1_000_000
    if reason == "breakeven_stop":  # it sat where the gain just pays the fees
        move = -(-commission // worth)
        commission = move * worth
    entry_slip = 0 if strategy.entry_type == "limit" else price * rng.randrange(12) // 100_000
    return Trade(
        order_id=order_id,
        market=market,
        strategy=strategy,
        direction=direction,
        opened_at=opened_at,
        closed_at=opened_at + timedelta(milliseconds=held_ms),
        lots=lots,
        entry=price,
        risk=risk,
        reward=reward,
        exit=price + direction * move,
        exit_reason=reason,
        commission=commission,
        slippage=(entry_slip + exit_slip) * worth,
        indicators={
            name: _between(for_long if direction > 0 else for_short, rng)
            for name, (_, for_long, for_short) in strategy.indicators.items()
        },
        bot_version="2.3.1" if days_left >= RELEASE_DAYS else "2.4.0",
    )


def _draw_exit(
    strategy: Strategy, risk: int, reward: int, days_left: int, rng: Random
) -> tuple[str, int, int]:
    """Draw why a trade ends, how many ticks price went its way, and the exit's slippage."""
    draw, kind = rng.randrange(1000), rng.randrange(100)
    wins = strategy.win_permille + _tilt_permille(days_left)
    if days_left < LATE_DAYS:
        wins -= strategy.late_loss_permille
    if draw < BREAKEVEN_PERMILLE:
        return "breakeven_stop", 0, 0
    if draw < BREAKEVEN_PERMILLE + wins:
        if kind < 46:
            return "take_profit", reward, 0
        if kind < 74:
            return "trailing_stop", _part(reward, 40, 85, rng), _part(risk, 0, 3, rng)
        if kind < 90:
            return "time_exit", _part(reward, 25, 65, rng), 0
        return "signal_reversal", _part(reward, 25, 55, rng), 0
    if kind < 66:
        slip = _part(risk, 0, 8, rng)
        return "stop_loss", -(risk + slip), slip
    if kind < 82:
        return "time_exit", -_part(risk, 10, 85, rng), 0
    return "signal_reversal", -_part(risk, 20, 90, rng), 0


def _tilt_permille(days_left: int) -> int:
    """How kind the days are to every strategy alike."""
    begins = {RECOVERY_DAYS: 75, SLUMP_DAYS: -165, GOOD_DAYS: 45}
    return next((tilt for days, tilt in begins.items() if days_left < days), -75)


def _price_path(market: Market, hours: int, rng: Random) -> list[int]:
    """Walk a price hour by hour; a step is the sum of three draws, so small ones are common."""
    reach = market.hourly_ppm
    steps = [sum(rng.randrange(-reach, reach + 1) for _ in range(3)) for _ in range(hours)]
    return list(accumulate(steps, lambda at, ppm: at + at * ppm // 1_000_000, initial=market.start))


def _price(path: list[int], elapsed: timedelta, rng: Random) -> int:
    hour, minutes = divmod(elapsed // timedelta(minutes=1), 60)
    between = path[hour] + (path[hour + 1] - path[hour]) * minutes // 60
    return between + between * rng.randrange(-600, 601) // 1_000_000


def _moment(midnight: datetime, rng: Random) -> datetime:
    milliseconds = _pick(HOURLY_ACTIVITY, rng) * 3_600_000 + rng.randrange(3_600_000)
    return midnight + timedelta(milliseconds=milliseconds)


def _pick(shares: Sequence[int], rng: Random) -> int:
    """Draw an index, each as often as its share."""
    draw = rng.randrange(sum(shares))
    return next(index for index, upto in enumerate(accumulate(shares)) if draw < upto)


def _between(ends: tuple[int, int], rng: Random) -> int:
    return rng.randrange(ends[0], ends[1] + 1)


def _part(whole: int, low_pct: int, high_pct: int, rng: Random) -> int:
    return whole * rng.randrange(low_pct, high_pct + 1) // 100
