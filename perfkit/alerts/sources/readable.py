"""Which sources can be read where not all can."""

from __future__ import annotations

import os

from perfkit.book.cache import Options, open_book
from perfkit.config.settings import Config, Source
from perfkit.core.errors import LogReadError
from perfkit.logs.listing import is_below, log_files


def readable_sources(
    config: Config, options: Options, troubles: dict[str, str]
) -> tuple[Source, ...]:
    """The sources whose logs can be read; `troubles` gets why the others cannot.

    Those without any log are found first, as there may be a thousand of them at once.
    """
    left = []
    for source in config.sources:
        try:
            log_files(source, config.folder)
        except LogReadError as error:
            troubles[source.name] = str(error)
        else:
            left.append(source)
    while left:
        try:
            open_book(config, left, options)
        except LogReadError as error:
            path = os.path.join(config.folder, error.path)
            asked = [one for one in left if is_below(path, one.location)] or left
            bad = {one.name for one in asked if _unreadable(config, one, options, troubles)}
            if not bad:
                break  # it was for a moment
            left = [one for one in left if one.name not in bad]
        else:
            break
    return tuple(left)


def _unreadable(config: Config, source: Source, options: Options, troubles: dict[str, str]) -> bool:
    """Whether the logs of one source cannot be read; then `troubles` has why."""
    try:
        open_book(config, (source,), options)
    except LogReadError as error:
        troubles[source.name] = str(error)
        return True
    return False
