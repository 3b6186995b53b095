"""What `config/alerts.yaml` says about delivery, in a file that is read without a YAML parser."""

from __future__ import annotations

import os

from perfkit.alerts.sinks.progress import FOLDER, SETTINGS
from perfkit.alerts.sinks.sink import DeliverySettings, Sink
from perfkit.alerts.state_file import CONFIG, RULES
from perfkit.disk.atomic import put_in_place
from perfkit.disk.fingerprints import mark_of
from perfkit.disk.sealed import read_bytes, sealed, unsealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LAYOUT = "settings 1"


def current(root: str, timezone: str) -> DeliverySettings:
    """The settings as the configuration has them now. Raises `ConfigError`."""
    marks = _marks(root)
    known = _stored(root)
    if known is not None and known[0] == marks:
        return known[1]
    from perfkit.alerts.feed import load_config
    from perfkit.alerts.sinks.file import load_delivery

    found = load_delivery(load_config(root, timezone or None))
    plain = (_LAYOUT, marks, tuple(map(tuple, found.sinks)), found.metrics_file)
    try:
        os.makedirs(os.path.join(root, FOLDER), exist_ok=True)
        put_in_place(os.path.join(root, SETTINGS), sealed(plain), mode=0o600)
    except OSError:
        return found  # the next run reads the configuration again
    return found


def last_known(root: str) -> DeliverySettings:
    """The settings of the last run whose configuration was valid; without one, no sinks."""
    known = _stored(root)
    return DeliverySettings((), False) if known is None else known[1]


def _stored(root: str) -> tuple[Any, DeliverySettings] | None:
    content = read_bytes(os.path.join(root, SETTINGS))
    plain: Any = None if content is None else unsealed(content)
    if not isinstance(plain, tuple) or plain[:1] != (_LAYOUT,):
        return None
    return plain[1], DeliverySettings(tuple(Sink(*one) for one in plain[2]), plain[3])


def _marks(root: str) -> tuple[Any, ...]:
    return tuple(mark_of(os.path.join(root, name)) for name in (CONFIG, RULES))
