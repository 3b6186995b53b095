"""What `fills` of a dialect may say, and what is said about a mistake in it."""

from pathlib import Path
from textwrap import indent

import pytest

from perfkit.config.fills import AVERAGE
from perfkit.config.settings import load
from perfkit.core.errors import ConfigError
from tests.conftest import WriteWorkspace

HEAD = """\
sources:
  - name: bot
    path: logs/bot.jsonl
    currency: USD
    dialect:
"""
FIELDS = "fields: {at: t, quantity: q, price: p, symbol: s, account: = main}\n"


def root_of(workspace: WriteWorkspace, dialect: str) -> Path:
    return workspace(HEAD + indent(dialect, " " * 6))


@pytest.mark.parametrize(
    ("fills", "group"),
    [
        ("{}", ["account", "symbol"]),
        ("{by: symbol}", ["symbol"]),
        ("{by: [position.id]}", ["position.id", "symbol"]),
        ("{by: []}", ["symbol"]),
    ],
)
def test_fills_are_grouped_by_account_and_symbol_and_never_across_symbols(
    workspace: WriteWorkspace, fills: str, group: list[str]
) -> None:
    (source,) = load(root_of(workspace, f"fills: {fills}\n{FIELDS}")).sources
    assert source.dialect.fills is not None
    assert list(source.dialect.fills.by) == group


def test_all_keys_are_read(workspace: WriteWorkspace) -> None:
    spec = (
        "{match: average, trade: position, short: false, dust: 1e-8, fee_from: quantity, "
        "newest_first: true}"
    )
    (source,) = load(root_of(workspace, f"fills: {spec}\n{FIELDS}")).sources
    fills = source.dialect.fills
    assert fills is not None
    assert (fills.match, fills.by_position, fills.short) == (AVERAGE, True, False)
    assert (str(fills.dust), fills.fee_from_quantity, fills.newest_first) == ("1E-8", True, True)


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        ("fills: fifo\n" + FIELDS, "fills: is not a mapping"),
        ("fills: {matching: fifo}\n" + FIELDS, "fills.matching: is unknown"),
        ("fills: {match: hifo}\n" + FIELDS, "'hifo' is unknown; write fifo or lifo or average"),
        ("fills: {trade: day}\n" + FIELDS, "'day' is unknown; write exit or position"),
        ("fills: {newest_first: yes}\n" + FIELDS, "'yes' is unknown; write true or false"),
        ("fills: {short: no}\n" + FIELDS, "'no' is unknown; write true or false"),
        ("fills: {dust: -1}\n" + FIELDS, "is not a quantity"),
        ("fills: {by: price}\n" + FIELDS, "price is not a name to group by"),
        (
            "fills: {fee_from: quantity}\n" + FIELDS.replace("{", "{commission_currency: c, "),
            "fields.commission_currency: does not go with `fee_from: quantity`",
        ),
        ("fills: {}\nopen_when: {a: 1}\n" + FIELDS, "open_when: does not go with `fills`"),
        ("fills: {}\nfields: {at: t, price: p}\n", "has no quantity, which fills need"),
        ("fills: {}\nfields: {closed_at: t}\n", "fields.closed_at: is unknown"),
    ],
)
def test_a_mistake_is_named_with_what_to_write(
    workspace: WriteWorkspace, dialect: str, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(root_of(workspace, dialect))
    assert message in str(caught.value)
