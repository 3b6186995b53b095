"""What most filters say of a field: one value, as it stands."""

from __future__ import annotations

_NOT_PLAIN = ("!=", "<", ">", "=", '"')
"""How a condition begins that is more than a value (see `conditions`)."""


def is_plain(said: str) -> bool:
    """Whether what a filter says of a text is one value, as it stands."""
    return bool(said) and "|" not in said and not said.startswith(_NOT_PLAIN)
