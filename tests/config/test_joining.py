"""What a dialect may say of trades that several lines make, and what is said about a mistake."""

from textwrap import indent

import pytest

from perfkit.config.settings import load
from perfkit.core.errors import ConfigError
from tests.conftest import WriteWorkspace

HEAD = """\
sources:
  - name: bot
    path: logs/bot.jsonl
    currency: USD
    dialect:
      fields: {closed_at: t, net_pnl: pnl, commission: fee, symbol: s, entry_price: p}
"""
PRICES = HEAD.replace("net_pnl: pnl", "side: side, exit_price: x, quantity: q")


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        ("combine: {commission: sum}", "combine: says how the lines of one trade combine"),
        ("closes: sum", "closes: says how the lines of one trade combine"),
        ("reuse: true", "reuse: says how the lines of one trade combine"),
        ("identity: [id]\nreuse: maybe", "'maybe' is unknown; write true or false"),
        ("identity: [id]\ncloses: all", "'all' is unknown; write last, each or sum"),
        ("identity: [id]\ncloses: each\nreuse: true", "each close is a trade of its own"),
        ("identity: [id]\ncombine: {fees: sum}", "combine.fees: is not one of the `fields`"),
        ("identity: [id]\ncombine: {commission: total}", "'total' is unknown; write one of first"),
        ("identity: [id]\ncombine: {symbol: sum}", "is not a number, so it has no sum"),
        ("identity: [id]\ncombine: {closed_at: average}", "is not a number, so it has no average"),
        ("identity: [id]\ncombine: {net_pnl: sum}", "write `closes: sum` to add closes up"),
        ("identity: [id]\ncombine: {entry_price: average}", "needs a quantity to weigh by"),
        ("identity: [id]\npair: {by: [s]}", "pair: does not go with `identity`"),
        ("closes: sum\npair: {by: [s]}", "closes: does not go with `pair`"),
        ("pair: {}", "pair.by: is missing"),
        ("pair: {by: [s], order: newest}", "'newest' is unknown; write fifo or lifo"),
        ("pair: {with: [s]}", "pair.with: is unknown"),
    ],
)
def test_a_mistake_is_named_with_what_to_write(
    workspace: WriteWorkspace, dialect: str, message: str
) -> None:
    root = workspace(HEAD + indent(dialect, " " * 6) + "\n")
    with pytest.raises(ConfigError) as caught:
        load(root)
    assert message in str(caught.value)


def test_pnl_is_not_computed_from_a_mean_price(workspace: WriteWorkspace) -> None:
    with pytest.raises(ConfigError, match="none can be computed from a mean price exactly"):
        load(workspace(PRICES + "      identity: [id]\n      closes: sum\n"))
