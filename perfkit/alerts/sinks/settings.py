"""What `config/alerts.yaml` says about delivery, in a file that is read without a YAML parser."""

from __future__ import annotations

import os

from perfkit.alerts.sinks.progress import FOLDER, SETTINGS
from perfkit.alerts.state_file import CONFIG, RULES
from perfkit.disk.atomic import put_in_place
from perfkit.disk.fingerprints import mark_of
from perfkit.disk.sealed import read_bytes, sealed, unsealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from perfkit.alerts.sinks.sink import DeliverySettings

_LAYOUT = "settings 1"


def wanted(root: str, timezone: str) -> tuple[list[str], bool]:
    """The names of the sinks besides standard error, and whether there is a file of metrics.

    Raises `ConfigError`.
    """
    plain = _stored(root)
    if plain is not None and plain[1] == _marks(root):
        return [one[0] for one in plain[2]], plain[3]
    found = _renewed(root, timezone)
    return [sink.name for sink in found.sinks], found.metrics_file


def last_known(root: str) -> DeliverySettings:
    """The settings of the last run whose configuration was valid; without one, no sinks."""
    from perfkit.alerts.sinks.sink import DeliverySettings, Sink

    plain = _stored(root)
    if plain is None:
        return DeliverySettings((), False)
    return DeliverySettings(tuple(Sink(*one) for one in plain[2]), plain[3])


def restored(root: str, timezone: str) -> None:
    """Reads the configuration where the file is lost or damaged. Raises `ConfigError`."""
    if _stored(root) is None:
        _renewed(root, timezone)


def _renewed(root: str, timezone: str) -> DeliverySettings:
    from perfkit.alerts.feed import load_config
    from perfkit.alerts.sinks.file import load_delivery

    marks = _marks(root)
    found = load_delivery(load_config(root, timezone or None))
    plain = (_LAYOUT, marks, tuple(map(tuple, found.sinks)), found.metrics_file)
    try:
        os.makedirs(os.path.join(root, FOLDER), exist_ok=True)
        put_in_place(os.path.join(root, SETTINGS), sealed(plain), mode=0o600)
    except OSError:
        return found  # the next run reads the configuration again
    return found


def _stored(root: str) -> Any:
    """What was written: layout, marks of the files, sinks, whether there is a file of metrics."""
    content = read_bytes(os.path.join(root, SETTINGS))
    plain = None if content is None else unsealed(content)
    if not isinstance(plain, tuple) or plain[:1] != (_LAYOUT,):
        return None
    return plain if len(plain) == 4 and isinstance(plain[2], tuple) else None


def _marks(root: str) -> tuple[Any, ...]:
    return tuple(mark_of(os.path.join(root, name)) for name in (CONFIG, RULES))
