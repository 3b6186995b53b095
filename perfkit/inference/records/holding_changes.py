"""Records among buys and sells that change how much is held without a purchase or a sale.

2018-09-17  Buy    EGIE3  40  36.5
2018-12-12  Split  EGIE3  10   0      10 more are held
2019-03-15  Sell   EGIE3  25  39.0
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.inference.doubts import Answer, Doubt, no
from perfkit.inference.table.columns import TEXT, Column
from perfkit.inference.words.names import word_set, words

_OF_COMPANIES = word_set(
    "split splits stocksplit reversesplit merger merged spinoff spin demerger redenomination"
)
"""Words of what changes a holding also where only a ratio is logged, such as 4:1."""
_CHANGES = _OF_COMPANIES | word_set("bonus conversion converted transfer transferred airdrop")
_OF_KINDS = word_set("type kind action side event category transaction activity code description")


def changes_of_holdings(
    columns: Sequence[Column], roles: Mapping[str, Column], executed: Sequence[int]
) -> Doubt | None:
    """What is asked where such records name a symbol that is bought or sold.

    A transfer or a bonus without a quantity is one of money.
    """
    known, size = set(executed), roles["quantity"].numbers
    symbol = roles.get("symbol")
    traded = {symbol.labels[row] for row in executed} if symbol is not None else set()
    for column in columns:
        if column.kind != TEXT or not column.has_few_words or not set(column.words) & _OF_KINDS:
            continue
        said = {label for label in column.distinct if set(words(label)) & _CHANGES}
        rows = [
            row
            for row, label in enumerate(column.labels)
            if label in said
            and row not in known
            and (size[row] or set(words(label)) & _OF_COMPANIES)
            and (symbol is None or symbol.labels[row] in traded)
        ]
        if rows:
            return _asked(column, rows)
    return None


def _asked(column: Column, rows: Sequence[int]) -> Doubt:
    kinds = " or ".join(dict.fromkeys(str(column.values[row]) for row in rows))
    return Doubt(
        "holding_changes",
        f"{kinds} in {column.name} ({len(rows)} of {len(column.labels)} records) changes what is "
        "held without a purchase or a sale; what was sold of it later may have cost less or more "
        "than its purchases say. Compute figures without?",
        (
            Answer(f"yes, without {kinds}", {}),
            no(f"quantities change by {kinds}, which executions do not say"),
        ),
    )
