"""Names that bots and brokers use for the parts of a trade, the most frequent first.

Names are compared by their words (see `names.words`). They were counted in public logs.
"""

from __future__ import annotations

from collections.abc import Collection

from perfkit.inference.words.names import CURRENCIES, inner_name, spelled, word_set, words

_ROLES: dict[str, tuple[str, ...]] = {
    "symbol": (
        *("symbol", "ticker", "coin", "pair", "asset", "market", "instrument", "token", "contract"),
        *("market_id", "market_slug", "slug", "product_id", "inst_id", "security", "currency_pair"),
        *(
            "tsym",
            "stock_code",
            "ts_code",
            "code",
            "name",
            "question",
            "stock",
            "trading_symbol",
            "market_ticker",
            "coin_name",
            "crypto",
            "cryptocurrency",
            "crypto_name",
            "crypto_symbol",
            "product",
            "stock_symbol",
            "stock_name",
            "asset_symbol",
            "market_question",
            "market_title",
            "event_title",
            "title",
            "token_id",
            "contract_name",
            "contract_code",
            "contract_symbol",
            "underlying",
        ),
        *(
            "isin",
            "isin_code",
            "code_isin",
            "scrip",
            "scrip_code",
            "scrip_id",
            "scrip_name",
            "script_name",
            "scriptname",
            "scripname",
            "security_name",
            "security_id",
        ),
        *("security_code", "instrument_name", "asset_name", "wkn", "cusip", "company"),
        *(
            "underlying_symbol",
            "company_name",
            "market_name",
            "fund_name",
            "scheme_name",
            "option_symbol",
            "symbol_code",
            "currency_name",
            "name_symbol",
            "code_symbol",
            "symbol_name",
        ),
        *("instrument_id", "asset_id", "symbol_id", "contract_id", "coin_id", "instrument_token"),
        *("underlying_symbol", "underlying_ticker"),
    ),
    "side": (
        *("side", "direction", "position_side", "trade_type", "position_type", "dir", "bias"),
        *("trade_side", "order_side", "trade_direction", "action", "type", "signal", "buy_sell"),
        *("opening_direction", "signal_type", "position", "order_type", "is_short", "market_pos"),
        *("is_buyer", "is_buy", "is_long", "trans_code", "transaction_type", "trade_action"),
        *(
            "transaction",
            "trans_type",
            "buy_or_sell",
            "order_action",
            "b_s",
            "activity",
            "trantype",
        ),
    ),
    "quantity": (
        *("quantity", "shares", "volume", "size", "amount", "lots", "contracts", "units", "count"),
        *("position_size", "lot_size", "size_coin", "amount_coin", "filled_quantity", "lot"),
        *(
            "exec_quantity",
            "base_amount",
            "sz",
            "fill_sz",
            "peak_quantity",
            "filled",
            "position_qty",
        ),
        *(
            "trade_quantity",
            "qty_closed",
            "closed_quantity",
            "num_shares",
            "token_amount",
            "tokens",
        ),
        *("num_of_shares", "number_of_shares", "no_of_shares", "nb_shares", "filled_qty"),
        *("currency_amount", "quantity_sold", "qty_sold", "shares_sold", "units_sold"),
        *("last_qty", "last_shares", "last_quantity", "sell_quantity", "sold_quantity"),
        *("exit_qty", "buy_quantity", "bought_quantity", "entry_quantity", "entry_qty"),
        *("filled_amount", "executed_amount", "executed", "deal_amount", "traded_amount"),
        *("filled_size", "filled_shares", "filled_contracts", "quantity_filled", "qty_executed"),
        *("exec_size", "exec_shares", "executed_shares", "executed_size", "deal_quantity"),
        *("filled_volume", "executed_volume", "exit_size", "exit_quantity", "entry_size"),
        *(
            "flqty",
            "fillshares",
            "exec_qty",
            "executed_qty",
            "orig_qty",
            "order_qty",
            "num_contracts",
            "size_base",
            "fill_qty",
            "fill_size",
        ),
        *("delta_shares", "shares_delta", "delta_qty", "qty_delta", "shares_change", "qty_change"),
        *(
            "quantity_transacted",
            "signed_qty",
            "signed_size",
            "signed_shares",
            "shares_traded",
            "traded_qty",
        ),
    ),
    "entry_price": (
        *("actual_entry_price", "actual_entry", "entry_price_actual", "entry_actual"),
        *("entry_price", "entry", "open_price", "buy_price", "avg_entry", "avg_entry_price"),
        *("open_rate", "entry_px", "price_entry", "price_open", "avg_px_open", "fill_entry"),
        *(
            "average_entry_price",
            "average_entry",
            "price_in",
            "buy",
            "entry_fill_price",
            "avg_buy_price",
        ),
        *("price_buy", "bought_at", "open_px", "avg_open", "average_open_price", "avg_entry_px"),
        *("entry_fill", "opening_price", "ep", "position_entry_price", "cost_basis"),
        *("entry_point", "entry_avg_price", "avg_open_price", "entry_premium", "premium_entry"),
        *("price_at_entry", "mid_in", "entry_mid", "in_price", "entry_close", "initial_price"),
        *("start_price", "starting_price", "price_start"),
    ),
    "exit_price": (
        *("actual_exit_price", "actual_exit", "exit_price_actual", "exit_actual"),
        *("exit_price", "exit", "close_price", "sell_price", "close_rate", "exit_px"),
        *("price_exit", "price_close", "avg_exit_price", "avg_px_close", "price_out", "sell"),
        *("close_fill_price", "avg_exit", "exit_fill", "avg_sell_price", "exit_fill_price"),
        *("price_sell", "sold_at", "avg_close", "average_close_price", "avg_exit_px"),
        *(
            "average_exit_price",
            "average_exit",
            "settlement_price",
            "resolution_price",
            "outcome_price",
        ),
        *("exit_point", "closing_price", "exit_avg_price", "avg_close_price"),
        *("price_at_exit", "mid_out", "exit_mid", "out_price", "exit_close", "final_price"),
        *("exit_premium", "premium_exit", "end_price", "ending_price", "price_end"),
    ),
    "price": (
        *("fill_price", "filled_price", "exec_price", "executed_price", "price", "trade_price"),
        *("avg_price", "filled_avg_price", "avg_fill_price", "average_price", "stock_price"),
        *(
            "last_px",
            "avg_filled_price",
            "average_filled_price",
            "average_fill_price",
            "price_filled",
        ),
        *("avg_exec_price", "avg_executed_price", "average_executed_price", "executed_avg_price"),
        *("avg_execution_price", "average_execution_price", "avg_deal_price", "price_average"),
        *(
            "flprc",
            "avgprc",
            "execution_price",
            "px",
            "unit_price",
            "unit_value",
            "t_price",
            "trade_px",
            "price_per_share",
            "buysell_price",
            "buy_sell_price",
            "deal_price",
            "traded_price",
            "price_per_unit",
            "price_pro_unit",
            "price_at_transaction",
            "spot_price_at_transaction",
            "avg_trade_price",
            "average_trade_price",
            "rate",
        ),
    ),
    "stop_loss": ("stop_loss", "sl", "stop", "stop_price", "initial_stop", "initial_stop_loss"),
    "target": ("take_profit", "tp", "target", "target_price", "tp_price", "take_profit_price"),
    "strategy": ("strategy", "strategy_name", "engine", "bot", "setup", "strategy_id", "system"),
    "exit_reason": (
        "exit_reason",
        "close_reason",
        "reason_exit",
        "exit_type",
        "reason",
        "why",
        "exit",
    ),
    "account": ("account", "account_id", "wallet"),
    "execution_mode": ("execution_mode", "mode", "trading_mode", "env", "environment"),
    "identity": (
        *("trade_id", "id", "order_id", "position_id", "ticket", "uuid", "deal_id", "bet_id"),
        *("trade", "trade_no", "trade_num", "trade_number", "txid", "fill_id", "deal", "tid"),
    ),
    "outcome": (
        *("outcome", "result", "won", "win", "is_win", "win_loss", "status", "trade_result"),
        *("resolution", "settlement_result", "bet_result"),
        *("trade_outcome", "winner", "was_win", "correct", "w_l", "profitable", "is_winner"),
        *("settlement_result", "final_result", "bet_result", "final_outcome", "market_result"),
    ),
    "stake": (
        *("size_usd", "stake", "amount_usd", "notional", "cost", "size_usdt", "position_size_usd"),
        *(
            "bet_size",
            "position_size_usdt",
            "amount_usdt",
            "stake_amount",
            "invested",
            "bet",
            "wager",
        ),
        *("position_value", "capital", "margin", "cost_usd", "usd_size", "size_usdc", "bet_amount"),
        *("stake_usd", "stake_usdc", "stake_usdt", "stake_eur", "bet_usd", "bet_size_usd"),
        *("amount_usdc", "invested_usd", "wager_amount", "wager_usd", "staked", "cost_usdc"),
        *("usd", "usdt", "usdc", "dollars", "total_usd", "value_usd", "quote_amount", "amount_eur"),
        *("amount_sol", "sol_amount", "trade_size", "investment", "size_dollars", "size", "amount"),
    ),
    "leverage": ("leverage", "lev"),
    "balance": (
        *("balance", "balance_after", "equity", "bankroll", "equity_after", "account_balance"),
        *("capital", "cash", "new_balance", "bankroll_after", "portfolio_value", "wallet_balance"),
        *("capital_after", "cum_pnl", "cumulative_pnl", "running_pnl", "total_pnl", "balance_usd"),
        *("cash_after", "current_balance", "account_equity", "total_equity", "closing_balance"),
    ),
    "currency": (
        *("currency", "quote", "quote_currency", "quote_asset", "pnl_currency", "ccy", "cur"),
        *(
            "settle_currency",
            "profit_currency",
            "result_currency",
            "currency_result",
            "currency_primary",
            "margin_currency",
        ),
    ),
}
_RANKS = {
    role: {spelled(name): place for place, name in reversed(list(enumerate(names)))}
    for role, names in _ROLES.items()
}
_FEES = frozenset(
    (
        *(
            "fee",
            "commission",
            "charges",
            "brokerage",
            "swap",
            "funding",
            "tax",
            "comm",
            "financing",
        ),
        *("stt", "ctt", "gst"),  # taxes, as in India
    )
)
CARRY = frozenset(("swap", "funding", "financing", "interest", "rollover", "overnight"))
"""Words for what holding a position costs or earns, which is no commission."""
_OF_EXECUTIONS = word_set("transaction trading")
_CURRENCY_WORDS = word_set("currency asset coin token ccy")
_OF_AN_OBJECT = word_set(
    "cost amount value open close entry exit buy sell total sum paid maker taker usd usdt usdc eur "
    "quote"
)
_FEE_OTHERS = word_set(
    "rate pct percent currency asset id tier type est estimated bps % predicted days count "
    "estimate estimates equity balance capital cash bankroll after before received inclusive "
    "including incl basis"
)
"""Words that make a name of costs one of something else: a rate, an estimate, what is left."""
_PRICES = frozenset(("price", "entry_price", "exit_price", "stop_loss", "target", "balance"))
"""Parts of a trade whose names may say a currency: `price_eur`, `entry_price_usd`."""
_OF_OPTIONS = word_set("option options premium")
"""Words in the names of prices that say what was traded: `exit_price_option`."""
_OF_TRADES = frozenset(("entry_price", "exit_price"))
_ABOUT_MARKETS = word_set(
    "features indicators market context snapshot analysis technicals candle ticker params config"
)
_OF_NUMBERS = _PRICES | {"quantity", "stake", "leverage"}


def role_rank(name: str, role: str) -> int | None:
    """How early a name comes among those of a role, from 0; None where it is not one of them.

    A field of an object counts by its own name, or together with that of the object around it.
    """
    known = _RANKS[role]
    last = inner_name(name)
    outer = name.removesuffix(last).rstrip(".")
    if role == "currency" and is_currency_of_fee(name):
        return None
    if outer and role in _OF_NUMBERS and set(words(outer)) & _ABOUT_MARKETS:
        return None
    spelled = [words(last), words(f"{inner_name(outer)} {last}")]
    ranks = [known[" ".join(one)] for one in spelled if " ".join(one) in known]
    if not ranks and role in _PRICES:
        others = CURRENCIES.keys() | (_OF_OPTIONS if role in _OF_TRADES else ())
        plain = [" ".join(word for word in one if word not in others) for one in spelled]
        plain = [one for one in plain if "price" in one or role == "balance"]
        ranks = [len(known) + known[one] for one in plain if one in known]
    return min(ranks, default=None)


_CUT_SHORT = word_set("transaction and or third")
"""A name in exports of a broker, of which `party fees` has been cut off."""


def is_fee(name: str) -> bool:
    """Whether a name is that of costs in money, such as `fees` or `entry_commission`."""
    last = inner_name(name)
    parts = set(words(last))
    if parts <= _OF_AN_OBJECT:  # fee.cost, beside fee.currency
        parts |= set(words(inner_name(name.removesuffix(last).rstrip("."))))
    if parts == _CUT_SHORT:
        return True
    if parts & {"cost", "costs"} and parts & _OF_EXECUTIONS and not parts & _FEE_OTHERS:
        return True
    return bool(parts & _FEES) and not parts & _FEE_OTHERS and not parts & {"pnl", "profit", "net"}


def is_currency_of_fee(name: str) -> bool:
    """Whether a name is that of the currency in which costs are paid, such as `fee_asset`."""
    last = inner_name(name)
    parts = set(words(last))
    outer = set(words(inner_name(name.removesuffix(last).rstrip("."))))
    return bool(parts & _CURRENCY_WORDS) and bool((parts | outer) & {"fee", "commission"})


def is_signed_cost(parts: Collection[str]) -> bool:
    """Whether a cost is logged with the sign of a P&L, as swap and financing are: -3 is paid."""
    return bool(set(parts) & {"swap", "interest", "financing"})


def is_total_fee(name: str) -> bool:
    """Whether costs are those of the whole trade, beside which its parts must not be added."""
    parts = set(words(inner_name(name)))
    return bool(parts & {"total", "all", "round", "roundtrip"})


_SUMMARY_NAMES = frozenset(
    (
        *("win rate", "winrate", "wins", "losses", "sharpe", "sharpe ratio", "max drawdown"),
        *("total trades", "num trades", "n trades", "trades", "profit factor", "trade count"),
        *("winning trades", "losing trades", "trades count", "max dd", "number of trades"),
        *("drawdown", "max drawdown pct", "win rate pct", "sortino", "trades today", "expectancy"),
        *("accuracy", "accuracy pct", "hit rate", "hit rate pct", "hitrate", "avg pnl", "mean pnl"),
        *("total bets", "num bets", "n bets", "bets", "total predictions", "total signals"),
        *("n wins", "num wins", "total wins", "win count", "wins count", "winning count"),
        *("n losses", "num losses", "total losses", "loss count", "losses count", "losing count"),
        *("brier", "brier score", "resolved count", "profitable trades", "win pct"),
        *("maximum drawdown", "max drawdown usd", "average win", "average loss", "avg win", "wr"),
        *("trades closed", "closed trades", "number of closed trades"),
    )
)


_STRONG_SUMMARIES = frozenset(
    ("win rate", "winrate", "win rate pct", "total trades", "num trades", "sharpe", "sharpe ratio")
)
_STATES_OF_ACCOUNTS = frozenset(
    (
        *("equity", "cash", "nav", "portfolio value", "holdings value", "total value", "holdings"),
        *("total equity", "account value", "positions value", "invested", "market value"),
        *("open positions", "active positions", "num positions", "n positions", "total assets"),
    )
)


def is_strong_summary(name: str) -> bool:
    """Whether a column alone shows that records are figures of many trades."""
    return _spelled(name) in _STRONG_SUMMARIES


def _spelled(name: str) -> str:
    """The words of a name, with one spelling of per cent: `Win Rate (%)`, `win_rate_pct`."""
    return " ".join("pct" if word == "%" else word for word in words(inner_name(name)))


def is_state_of_account(name: str) -> bool:
    """Whether a column is what an account holds, such as `cash` beside `equity`."""
    return " ".join(words(inner_name(name))) in _STATES_OF_ACCOUNTS


def is_summary_name(name: str) -> bool:
    """Whether a column is a figure of many trades, such as `win_rate` or `total_trades`."""
    return _spelled(name) in _SUMMARY_NAMES


_SKIPPED_PLACES = word_set("""
    signal signals opportunity opportunities snapshot snapshots candle candles ohlcv klines bars
    scan scans watchlist decisions predictions alerts equity daily stats summary metrics config
    params settings indicators features prices quotes ticks positions pending orderbook
    samples dataset ml ladder targets benchmark benchmarks
    """)


_CHOSEN = word_set("top best worst biggest largest")
"""Words of a list that has some of the trades, chosen by what they earned."""


def is_skipped_place(path: str) -> bool:
    """Whether a part of a document or a table is by its name something else than trades."""
    parts = set(words(inner_name(path)))
    if parts & _CHOSEN:
        return True
    if parts & {"trade", "trades", "close", "history", "fills", "result"}:
        return False
    if {"scenario", "scenarios"} & set(words(path)):  # of what might have been
        return True
    if {"buy", "hold"} <= parts:  # which is what nobody traded, beside a strategy
        return True
    return bool(parts & _SKIPPED_PLACES) or parts in ({"open"}, {"open", "positions"})
