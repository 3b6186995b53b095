"""What most filters say of a field, one value as it stands, and which fields are compared."""

from __future__ import annotations

from perfkit.core.trades import NUMBER_COLUMNS

TIME_FIELDS = ("closed_at", "opened_at")
ORDERED_FIELDS = (
    *(name for name in NUMBER_COLUMNS if name != "realized_pnl"),
    "hold_seconds",
    *TIME_FIELDS,
)
"""Numbers and times, which are compared: `<`, `<=`, `>` and `>=` go with them."""

_NOT_PLAIN = ("!=", "<", ">", "=", '"')
"""How a condition begins that is more than a value (see `conditions`)."""


def is_plain(said: str) -> bool:
    """Whether what a filter says of a text is one value, as it stands."""
    return bool(said) and "|" not in said and not said.startswith(_NOT_PLAIN)
