"""`perfkit fetch`: copies new logs of object stores to this machine."""

from __future__ import annotations

import argparse
import sys

from perfkit.cli.arguments import (
    Commands,
    Parser,
    add_command,
    add_root,
    progress_of,
)
from perfkit.core.errors import RemoteError, UsageError
from perfkit.core.interpreter import EXIT_FAILED, EXIT_OK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfkit.config.settings import Config, Source
    from perfkit.mirror.fetch import Fetched
    from perfkit.mirror.store import Connections

EPILOG = """\
A source whose path is a URL, such as s3://bucket/bot/, is read from copies below logs/mirror/.
This command copies what is new or has changed; it compares sizes and versions, so with nothing new
it only lists the store. No other command connects to the store. Credentials come from the
configuration of fsspec and of the store.

example: perfkit fetch"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "copy new logs of object stores to this machine"
    parser = add_command(commands, "fetch", run, what, EPILOG)
    parser.add_argument("sources", metavar="SOURCE", nargs="*", help="only these sources")
    parser.add_argument(
        "--delete",
        action="store_true",
        help="also remove copies of objects that are gone (default: they stay, and are listed)",
    )
    add_root(parser)


def run(arguments: argparse.Namespace) -> int:
    """Fetches each source; one that fails stops no other."""
    from perfkit.config.settings import load
    from perfkit.config.workspace import folder_of, timezone_override
    from perfkit.mirror.fetch import fetch

    config = load(folder_of(arguments.root), timezone_override() or None)
    code = EXIT_OK
    connections: Connections = {}
    for source in _wanted(config, arguments.sources):
        try:
            found = fetch(
                config,
                source,
                delete=arguments.delete,
                progress=progress_of("fetching"),
                connections=connections,
            )
        except RemoteError as error:
            print(f"perfkit: {source.name}: {error}", file=sys.stderr)
            code = EXIT_FAILED
        else:
            print(text_of(found))
    return code


def _wanted(config: Config, names: Sequence[str]) -> list[Source]:
    remote = {source.name: source for source in config.sources if source.remote}
    if not remote:
        raise UsageError("no source is in a store; write a URL as its path: s3://bucket/folder/")
    for name in names:
        if name not in remote:
            raise UsageError(f"{name} is not a source in a store; those are {', '.join(remote)}")
    return [source for name, source in remote.items() if name in names or not names]


def text_of(found: Fetched) -> str:
    """One line about a source."""
    counts = [
        (len(found.new), "new"),
        (len(found.changed), "changed"),
        (found.stood, "as before"),
        (len(found.removed), "removed, as they are gone from the store"),
        (len(found.gone), "gone from the store, their copies stay (--delete removes them)"),
    ]
    return f"{found.source}: " + ", ".join(f"{count:,} {what}" for count, what in counts if count)
